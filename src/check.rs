//! [`check`]: the promises of a folder, proved again from its files.

use std::path::Path;

use arrow::array::RecordBatch;
use peyote_schemas::guard::{self, Rules, Violation};
use peyote_schemas::{Finding, ForeignKey, infer};

use crate::error::Error;
use crate::reopen::{Reopened, reopen_with};

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
}

/// Checks the tables of a folder against its design; where it has none, against what names and
/// values say.
pub fn check(folder: &Path) -> Result<Checked, Error> {
    check_with(folder, None)
}

/// Checks the tables of a folder together with further parts of them that lie in another one.
pub fn check_with(folder: &Path, more: Option<&Path>) -> Result<Checked, Error> {
    let Reopened { design, tables, findings } = reopen_with(folder, more)?;
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
                    foreign_keys: design.foreign_keys().iter().map(ForeignKey::to_text).collect(),
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
    Ok(Checked {
        tables: (rules.iter())
            .map(|(rules, batch)| (rules.table.clone(), batch.num_rows()))
            .collect(),
        checks: rules.iter().map(|(rules, _)| promises(rules)).sum(),
        violations: guard::violations(&rules),
        findings,
    })
}
