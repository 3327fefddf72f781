//! [`settle`]: what was designed and what the rows turned out to be, made to agree.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use peyote_schemas::design::{Design, DesignTable, Settlement};
use peyote_schemas::dataset::Table;
use peyote_schemas::guard::{self, Reject};
use peyote_schemas::infer::{self, Said};
use peyote_schemas::{Cell, Column, Finding, ForeignKey, Kind, Level, RawTable, Reference};

use super::rows::Rows;
use crate::error::Error;
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
    let settlements: BTreeMap<String, Settlement> = (design.tables().iter().zip(&tables))
        .map(|(designed, table)| (designed.name().to_string(), settlement(designed, table)))
        .collect();
    let (design, found) = design.settle(&settlements);
    findings.extend(found);
    mend(design, &tables, request, findings, rejects)
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
    let (batch, misfits) = guard::column::batch(&raw, &columns);
    rejects.extend(misfits.into_iter().map(|(column, misfit)| {
        let value = raw.cell(misfit.row, column).text().unwrap_or_default();
        Reject::emptied(&raw.name, misfit.row, &columns[column].name, value, &misfit.reason)
    }));
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
