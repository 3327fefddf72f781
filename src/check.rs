//! [`check`]: the promises of a folder, proved again from its files.

use std::path::Path;

use arrow::array::RecordBatch;
use peyote_schemas::guard::{self, Rules, Violation};
use peyote_schemas::{Finding, ForeignKey, Level, infer};

use crate::error::Error;
use crate::reopen::{Extent, Reopened, reopen_with};

pub use files::{Compared, Fault, compare, manifest};

mod files;
mod values;

/// What a check found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The tables and how many rows each has.
    pub tables: Vec<(String, usize)>,
    /// How many promises were looked at: columns, keys, references, checks.
    pub checks: usize,
    /// The promises that a row breaks.
    pub violations: Vec<Violation>,
    /// What was found while reading.
    pub findings: Vec<Finding>,
    /// The files, compared with the folder's manifest; nothing where it has none.
    pub files: Option<Compared>,
    /// Why the tables could not be read, where files are at fault besides.
    pub unread: Option<Error>,
}

impl Checked {
    /// How many promises are broken.
    pub fn broken(&self) -> usize {
        self.violations.len() + self.files.as_ref().map_or(0, |files| files.faults.len())
    }
}

/// Checks the files of a folder against its manifest, and its tables against its design; where it has
/// none, against what names and values say.
///
/// Of a share of the rows, references are not proved: what they name may be in another share.
pub fn check(folder: &Path) -> Result<Checked, Error> {
    let mut findings = Vec::new();
    let mut files = compare(folder)?;
    if files.is_none() && folder.join("design.json").exists() {
        let message = "there is no manifest: files are not compared with what was written";
        findings.push(Finding::new(Level::Note, "", message));
        let faults = files::twins(folder)?;
        if !faults.is_empty() {
            files = Some(Compared { files: faults.len(), faults, ..Compared::default() });
        }
    }
    let share = files.as_ref().and_then(|files| files.share);
    let extent = share.map_or(Extent::Whole, |_| Extent::Share);
    if let Some((k, n)) = share {
        let message = format!(
            "this is share {k} of {n}: references are not proved, for what they name may be in another"
        );
        findings.push(Finding::new(Level::Note, "", message));
    }
    let mut checked = match tables((folder, None), extent, files.as_ref()) {
        Ok(checked) => checked,
        Err(error) if files.as_ref().is_some_and(|files| !files.faults.is_empty()) => Checked {
            tables: Vec::new(),
            checks: 0,
            violations: Vec::new(),
            findings: Vec::new(),
            files: None,
            unread: Some(error),
        },
        Err(error) => return Err(error),
    };
    checked.findings.splice(0..0, findings);
    checked.checks += files.as_ref().map_or(0, |files| files.files);
    checked.files = files;
    Ok(checked)
}

/// Checks the tables of a folder together with further parts of them that lie in another one, and
/// nothing of its files.
pub fn check_with(folder: &Path, more: Option<&Path>) -> Result<Checked, Error> {
    tables((folder, more), Extent::Whole, None)
}

/// Checks the tables of a folder; where `files` are at fault, also which of their values are.
fn tables(
    (folder, more): (&Path, Option<&Path>),
    extent: Extent,
    files: Option<&Compared>,
) -> Result<Checked, Error> {
    let Reopened { design, tables, findings } = reopen_with(folder, more, extent)?;
    let rules: Vec<(Rules, RecordBatch)> = (tables.into_iter().enumerate())
        .map(|(at, table)| {
            let rules = match design.as_ref().map(|design| &design.tables()[at]) {
                Some(design) => Rules {
                    table: design.name().to_string(),
                    columns: table.columns,
                    primary_key: design.primary_key().iter().map(ToString::to_string).collect(),
                    unique: (design.unique().iter())
                        .map(|set| set.iter().map(ToString::to_string).collect())
                        .collect(),
                    foreign_keys: match extent {
                        Extent::Whole => {
                            design.foreign_keys().iter().map(ForeignKey::to_text).collect()
                        }
                        Extent::Share => Vec::new(),
                    },
                    checks: design.checks().to_vec(),
                },
                None => Rules {
                    unique: infer::keys::unique(&table),
                    checks: infer::checks::checks(&table.columns, &table.batch),
                    table: table.raw.name,
                    columns: table.columns,
                    primary_key: table.primary_key,
                    foreign_keys: table.foreign_keys,
                },
            };
            (rules, table.batch)
        })
        .collect();
    let promises = |rules: &Rules| {
        rules.columns.len()
            + usize::from(!rules.primary_key.is_empty())
            + rules.unique.len()
            + rules.foreign_keys.len()
            + rules.checks.len()
    };
    let mut violations = guard::violations(&rules);
    if let (Some(design), Some(files)) = (&design, files)
        && !files.faults.is_empty()
    {
        violations.extend(values::changed(folder, design, files, &rules)?);
    }
    Ok(Checked {
        tables: (rules.iter())
            .map(|(rules, batch)| (rules.table.clone(), batch.num_rows()))
            .collect(),
        checks: rules.iter().map(|(rules, _)| promises(rules)).sum(),
        violations,
        findings,
        files: None,
        unread: None,
    })
}
