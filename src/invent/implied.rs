//! Tables that nobody wrote: the keys that the rows of other tables name.

use std::collections::BTreeSet;

use peyote_schemas::design::{Design, DesignTable};
use peyote_schemas::{Cell, Finding, Level, RawTable};

/// The rows of every table; where there are none, the keys that the rows of others name.
pub(super) fn with_implied(
    design: &Design,
    tables: &[Option<RawTable<'static>>],
    findings: &mut Vec<Finding>,
) -> Vec<RawTable<'static>> {
    let mut made: Vec<RawTable<'static>> = Vec::with_capacity(tables.len());
    for (table, raw) in design.tables().iter().zip(tables) {
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
        for row in referring(design, table, tables) {
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
            for row in places.iter().flat_map(|_| 0..raw.len()) {
                let key: Option<Vec<String>> = (places.iter().flatten())
                    .map(|place| raw.text(row, *place).map(|text| text.trim().to_owned()))
                    .collect();
                keys.extend(key.filter(|key| key.iter().all(|part| !part.is_empty())));
            }
        }
    }
    keys
}
