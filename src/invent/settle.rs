//! [`settle`]: what was designed and what the rows turned out to be, made to agree.

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, RecordBatch};
use peyote_schemas::dataset::Table;
use peyote_schemas::design::{Design, DesignTable, Settlement};
use peyote_schemas::draft::Check;
use peyote_schemas::guard::{self, Action, Reject, Rules, Violation};
use peyote_schemas::infer::{self, Said};
use peyote_schemas::{Cell, Column, Finding, ForeignKey, Kind, Level, RawTable, Reference};

use super::rows::Rows;
use crate::error::Error;
use crate::export::Sheet;
use crate::run::{OnError, Request};

/// The share of rows that a said primary key must tell apart to be mended; below, it is no key.
const KEY_SHARE: f64 = 0.5;
/// The share of a reference's values that must be in another unique column of the parent than its
/// primary key for the reference to mean that one.
const NATURAL_SHARE: f64 = 0.3;

/// A dataset made from a conversation: typed, and true to its design.
#[derive(Debug, Clone)]
pub struct Made {
    /// The design, every kind in it known.
    pub design: Design,
    /// The rows of its tables, in the design's order.
    pub tables: Vec<MadeTable>,
    /// What was found on the way.
    pub findings: Vec<Finding>,
    /// What was changed or set aside.
    pub rejects: Vec<Reject>,
}

/// The rows of a designed table.
#[derive(Debug, Clone)]
pub struct MadeTable {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its values.
    pub batch: RecordBatch,
}

impl Made {
    /// Its tables as they are written, in the design's order.
    pub fn sheets(&self) -> Vec<OwnedSheet<'_>> {
        let tables = self.design.tables().iter().zip(&self.tables);
        tables
            .map(|(design, table)| OwnedSheet {
                design,
                primary_key: design.primary_key().iter().map(ToString::to_string).collect(),
                foreign_keys: design.foreign_keys().iter().map(ForeignKey::to_text).collect(),
                table,
            })
            .collect()
    }
}

/// A table with its keys as text.
#[derive(Debug, Clone)]
pub struct OwnedSheet<'a> {
    design: &'a DesignTable,
    primary_key: Vec<String>,
    foreign_keys: Vec<ForeignKey>,
    table: &'a MadeTable,
}

impl OwnedSheet<'_> {
    /// The table as it is written.
    pub fn sheet(&self) -> Sheet<'_> {
        Sheet {
            name: self.design.name().as_str(),
            description: self.design.description(),
            columns: &self.table.columns,
            primary_key: &self.primary_key,
            foreign_keys: &self.foreign_keys,
            batch: &self.table.batch,
        }
    }
}

/// Types the rows, decides the keys, and mends what breaks them.
///
/// Tables that nobody designed and no answer knew get the keys that other tables' rows name.
pub fn settle(design: &Design, rows: Rows, request: &Request) -> Result<Made, Error> {
    let mut findings = rows.findings;
    let raws = with_implied(design, rows.tables, &mut findings);
    let said: Vec<Said> = design.tables().iter().map(said).collect();
    let mut rejects = Vec::new();
    let mut tables: Vec<Table> = (raws.into_iter().zip(&said))
        .map(|(raw, said)| typed(raw, said, &mut findings, &mut rejects))
        .collect();
    infer::keys::find(&mut tables, &said, &mut findings);
    for at in 0..tables.len() {
        let table = &design.tables()[at];
        primary(table, &mut tables[at], &mut findings);
    }
    let claims: Vec<Vec<ForeignKey>> = (design.tables().iter().zip(0..))
        .map(|(table, at)| foreign(table, at, &tables, &mut findings))
        .collect();
    for (table, keys) in tables.iter_mut().zip(claims) {
        table.foreign_keys = keys;
    }
    let rules: Vec<(Rules, RecordBatch)> = (design.tables().iter().zip(&tables))
        .map(|(designed, table)| (rules(designed, table), table.batch.clone()))
        .collect();
    let mended = guard::mend(&rules, request.on_error.into()).map_err(|broken| failed(&broken))?;
    rejects.extend(mended.rejects);
    findings.extend(mended.findings);
    let kept: Vec<(Rules, RecordBatch)> = mended
        .rules
        .into_iter()
        .zip(mended.batches)
        .map(|(mut rules, batch)| {
            for (column, array) in rules.columns.iter_mut().zip(batch.columns()) {
                column.nullable |= array.null_count() > 0;
            }
            (rules, batch)
        })
        .collect();
    let settlements = (kept.iter().zip(&tables))
        .map(|((rules, batch), table)| (rules.table.clone(), settlement(rules, batch, table)))
        .collect();
    let (design, found) = design.settle(&settlements);
    findings.extend(found);
    let tables = (design.tables().iter())
        .filter_map(|table| {
            let (rules, batch) = kept.iter().find(|(rules, _)| *table.name() == rules.table.as_str())?;
            let columns = rules.columns.iter().zip(table.columns());
            let columns = columns.map(|(kept, designed)| Column {
                name: designed.name().to_string(),
                description: designed.description().map(str::to_owned),
                ..kept.clone()
            });
            Some(MadeTable { columns: columns.collect(), batch: batch.clone() })
        })
        .collect();
    Ok(Made { design, tables, findings, rejects })
}

/// The promises of a table: what its design says and its rows bear.
fn rules(design: &DesignTable, table: &Table) -> Rules {
    let has = |name: &str| place(table, name).is_some();
    let mut unique: Vec<Vec<String>> = (design.unique().iter())
        .map(|set| set.iter().map(ToString::to_string).collect::<Vec<_>>())
        .filter(|set| set.iter().all(|name| has(name)))
        .collect();
    unique.retain(|set| *set != table.primary_key);
    let mut checks: Vec<Check> = design.checks().to_vec();
    for check in infer::checks::checks(&table.columns, &table.batch) {
        if !checks.contains(&check) {
            checks.push(check);
        }
    }
    Rules {
        table: table.raw.name.clone(),
        columns: table.columns.clone(),
        primary_key: table.primary_key.clone(),
        unique,
        foreign_keys: table.foreign_keys.clone(),
        checks,
    }
}

/// What a table turned out to be, for the design to take over.
fn settlement(rules: &Rules, batch: &RecordBatch, table: &Table) -> Settlement {
    let refers = |name: &str| {
        rules.primary_key.iter().any(|key| key == name)
            || rules.foreign_keys.iter().any(|key| key.columns.iter().any(|column| column == name))
    };
    let vocabulary = (rules.columns.iter().zip(batch.columns()))
        .filter(|(column, _)| column.kind == Kind::Text && !refers(&column.name))
        .filter_map(|(column, array)| {
            let mut words: Vec<String> = Vec::new();
            for word in array.as_string_opt::<i32>()?.iter().flatten() {
                if !words.iter().any(|known| known == word) {
                    words.push(word.to_owned());
                }
            }
            Some((column.name.clone(), words))
        })
        .collect();
    Settlement {
        columns: rules.columns.clone(),
        primary_key: rules.primary_key.clone(),
        foreign_keys: rules.foreign_keys.clone(),
        unique: [infer::keys::unique(table), rules.unique.clone()].concat(),
        checks: rules.checks.clone(),
        vocabulary,
    }
}

/// The error of a run that was told to fail.
fn failed(broken: &[Violation]) -> Error {
    let first = broken.first().map(ToString::to_string).unwrap_or_default();
    Error::failed(format!("{} promises are broken, the first: {first}", broken.len()))
        .at("--on-error fail")
        .hint("choose `--on-error repair`, `null` or `reject`; every answer is kept")
}

impl From<OnError> for guard::OnError {
    fn from(on_error: OnError) -> Self {
        match on_error {
            OnError::Repair => Self::Repair,
            OnError::Null => Self::Null,
            OnError::Reject => Self::Reject,
            OnError::Fail => Self::Fail,
        }
    }
}

/// What the design says of a table, for inference to weigh.
fn said(table: &DesignTable) -> Said {
    let columns = table.columns().iter().filter_map(|column| {
        let kind = column.kind()?.clone();
        Some(Column {
            nullable: column.nullable(),
            unit: column.unit().map(str::to_owned),
            format: column.format().map(str::to_owned),
            description: column.description().map(str::to_owned),
            ..Column::new(column.name().as_str(), kind)
        })
    });
    let remarks = table.columns().iter().filter_map(|column| {
        Some((column.name().to_string(), column.remark()?.to_owned()))
    });
    Said { columns: columns.collect(), remarks: remarks.collect() }
}

/// The rows of every table; where there are none, the keys that the rows of others name.
fn with_implied(
    design: &Design,
    tables: Vec<Option<RawTable<'static>>>,
    findings: &mut Vec<Finding>,
) -> Vec<RawTable<'static>> {
    let mut made: Vec<RawTable<'static>> = Vec::with_capacity(tables.len());
    for (table, raw) in design.tables().iter().zip(&tables) {
        if let Some(raw) = raw {
            made.push(raw.clone());
            continue;
        }
        let key: Vec<String> = match table.primary_key() {
            [] => table.columns().iter().take(1).map(|column| column.name().to_string()).collect(),
            key => key.iter().map(ToString::to_string).collect(),
        };
        let mut raw = RawTable::new(table.name().as_str(), "implied", key);
        let mut seen = BTreeSet::new();
        for row in referring(design, table, &tables) {
            if seen.insert(row.clone()) {
                raw.push_row(row.into_iter().map(Cell::bare));
            }
        }
        findings.push(
            Finding::new(
                Level::Repair,
                format!("/tables/{}", table.name()),
                format!(
                    "no answer has a table `{}`, so it holds the {} keys that other tables name",
                    table.name(),
                    raw.len()
                ),
            )
            .hint("a larger model designs the tables it refers to"),
        );
        made.push(raw);
    }
    made
}

/// The keys of a table that the rows of other tables name, in order, whole ones only.
fn referring(
    design: &Design,
    target: &DesignTable,
    tables: &[Option<RawTable<'static>>],
) -> Vec<Vec<String>> {
    let mut keys = Vec::new();
    for (table, raw) in design.tables().iter().zip(tables) {
        let Some(raw) = raw else { continue };
        for key in table.foreign_keys() {
            if key.references.table != *target.name() {
                continue;
            }
            let places: Option<Vec<usize>> = (key.columns.iter())
                .map(|column| raw.header().iter().position(|name| name == column.as_str()))
                .collect();
            for row in places.iter().flat_map(|_| raw.rows()) {
                let key: Option<Vec<String>> = (places.iter().flatten())
                    .map(|place| row[*place].text().map(|text| text.trim().to_owned()))
                    .collect();
                keys.extend(key.filter(|key| key.iter().all(|part| !part.is_empty())));
            }
        }
    }
    keys
}

fn typed(
    raw: RawTable<'static>,
    said: &Said,
    findings: &mut Vec<Finding>,
    rejects: &mut Vec<Reject>,
) -> Table {
    let at = format!("/tables/{}", raw.name);
    let columns = infer::kinds::columns(&raw, said, &at, findings);
    for (place, column) in columns.iter().enumerate() {
        for misfit in guard::column::array(&raw, place, column).1 {
            let value = raw.cell(misfit.row, place).text().unwrap_or_default();
            rejects.push(Reject {
                table: raw.name.clone(),
                row: misfit.row,
                column: Some(column.name.clone()),
                value: value.into(),
                action: Action::Null,
                reason: misfit.reason,
            });
        }
    }
    let batch = guard::column::batch(&raw, &columns);
    Table { raw, columns, primary_key: Vec::new(), foreign_keys: Vec::new(), batch }
}

/// The said primary key, where the rows bear it; else the one that was found.
fn primary(design: &DesignTable, table: &mut Table, findings: &mut Vec<Finding>) {
    let said: Vec<String> = design.primary_key().iter().map(ToString::to_string).collect();
    if said.is_empty() || said == table.primary_key {
        return;
    }
    let at = format!("/tables/{}/primary_key", design.name());
    let places: Option<Vec<usize>> = said.iter().map(|name| place(table, name)).collect();
    let Some(places) = places else {
        let message = format!("the rows lack the primary key `{}`", said.join(", "));
        findings.push(Finding::new(Level::Note, at, message));
        return;
    };
    let keys: BTreeSet<Vec<Option<&str>>> = (table.raw.rows())
        .map(|row| places.iter().map(|place| row[*place].text()).collect())
        .collect();
    if keys.len() as f64 >= KEY_SHARE * table.raw.len() as f64 {
        table.primary_key = said;
        return;
    }
    let message = format!(
        "`{}` was said to be the primary key, but {} rows have only {} of it",
        said.join(", "),
        table.raw.len(),
        keys.len()
    );
    findings.push(Finding::new(Level::Note, at, message));
}

/// The references of a table: those that its rows prove, and those that were said and can be kept.
fn foreign(
    design: &DesignTable,
    at: usize,
    tables: &[Table],
    findings: &mut Vec<Finding>,
) -> Vec<ForeignKey> {
    let child = &tables[at];
    let mut keys = child.foreign_keys.clone();
    for said in design.foreign_keys().iter().map(ForeignKey::to_text) {
        if keys.iter().any(|key| key.columns == said.columns) {
            continue;
        }
        let told = |message: String| {
            let at = format!("/tables/{}/foreign_keys", design.name());
            Finding::new(Level::Note, at, message)
        };
        let (columns, target) = (said.columns.join(", "), &said.references.table);
        if said.columns.iter().any(|name| place(child, name).is_none()) {
            findings.push(told(format!("the rows lack `{columns}`, which should refer to `{target}`")));
            continue;
        }
        let Some(parent) = tables.iter().find(|table| table.raw.name == *target) else { continue };
        match meant(child, parent, &said) {
            Some(columns) => keys.push(ForeignKey {
                references: Reference { table: target.clone(), columns },
                ..said
            }),
            None => findings.push(
                told(format!("no value of `{columns}` names a row of `{target}`: the reference was dropped")),
            ),
        }
    }
    keys
}

/// The columns of the parent that a reference means: another unique column than the primary key
/// where more of the values are there, else the primary key where the kinds allow it.
fn meant(child: &Table, parent: &Table, said: &ForeignKey) -> Option<Vec<String>> {
    let [column] = said.columns.as_slice() else {
        return (parent.primary_key.len() == said.columns.len()).then(|| parent.primary_key.clone());
    };
    let from = place(child, column)?;
    let values: Vec<&str> = child.raw.column(from).filter_map(Cell::text).collect();
    let share = |to: usize| {
        let keys: BTreeSet<&str> = parent.raw.column(to).filter_map(Cell::text).collect();
        let unique = keys.len() == parent.raw.len();
        let found = values.iter().filter(|value| keys.contains(*value)).count();
        if unique { found as f64 / values.len().max(1) as f64 } else { 0.0 }
    };
    let primary = match parent.primary_key.as_slice() {
        [name] => place(parent, name),
        _ => None,
    };
    let best = (0..parent.columns.len())
        .map(|to| (share(to), to))
        .fold((0.0, None), |best: (f64, Option<usize>), (share, to)| {
            if share > best.0 { (share, Some(to)) } else { best }
        });
    let primary_share = primary.map_or(0.0, share);
    if let (natural, Some(to)) = best
        && natural >= NATURAL_SHARE
        && natural > primary_share
    {
        return Some(vec![parent.columns[to].name.clone()]);
    }
    let to = primary?;
    let alike = same_family(&child.columns[from].kind, &parent.columns[to].kind);
    (primary_share > 0.0 || alike).then(|| vec![parent.columns[to].name.clone()])
}

/// Whether values of two kinds can be each other's keys.
fn same_family(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Int(_), Kind::Int(_)) | (Kind::Uuid, Kind::Uuid) => true,
        // Text that names nothing in the parent says something of its own.
        _ => false,
    }
}

fn place(table: &Table, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.name == name)
}
