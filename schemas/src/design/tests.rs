//! Tests of designs: what resolving keeps, mends, guesses and refuses.

use std::collections::BTreeMap;

use super::*;
use crate::draft::{ColumnDraft, Draft, TableDraft};
use crate::finding::{Finding, Level};

fn column(name: &str, kind: &str, remark: &str) -> ColumnDraft {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ColumnDraft {
        name: name.into(),
        kind: some(kind),
        remark: some(remark),
        ..ColumnDraft::default()
    }
}

/// A table from lines like `name: kind: remark`.
fn table(name: &str, columns: &[&str]) -> TableDraft {
    let columns = columns.iter().map(|line| {
        let mut parts = line.splitn(3, ':').map(str::trim);
        let mut next = || parts.next().unwrap_or_default();
        column(next(), next(), next())
    });
    TableDraft { name: name.into(), columns: columns.collect(), ..TableDraft::default() }
}

fn draft(tables: Vec<TableDraft>) -> Draft {
    Draft { name: "Trial".into(), tables, ..Draft::default() }
}

fn resolved(tables: Vec<TableDraft>) -> (Design, Vec<Finding>) {
    resolve(&draft(tables)).unwrap()
}

fn references(design: &Design, table: &str) -> Vec<String> {
    let keys = design.table(table).unwrap().foreign_keys();
    keys.iter()
        .map(|key| {
            let key = key.to_text();
            let (from, to) = (key.columns.join("+"), key.references.columns.join("+"));
            format!("{from}>{}.{to}", key.references.table)
        })
        .collect()
}

#[test]
fn remark_names_the_parent() {
    let (design, findings) = resolved(vec![
        table("Pets", &["Pet ID::primary key", "Owner ID::foreign key to Owner table"]),
        table("Owners", &["Owner ID::Primary Key", "Name"]),
    ]);
    assert_eq!(findings, []);
    let names: Vec<&str> = design.tables().iter().map(|table| table.name().as_str()).collect();
    assert_eq!(names, ["owners", "pets"]);
    assert_eq!(references(&design, "pets"), ["owner_id>owners.owner_id"]);
    assert_eq!(design.levels(), [vec![0], vec![1]]);
}

#[test]
fn missing_parent_is_added_and_said() {
    let (design, findings) = resolved(vec![table(
        "Loans",
        &["loan_id::primary key", "reader_id::foreign key to Readers table"],
    )]);
    let readers = design.table("readers").unwrap();
    assert!(readers.is_implied());
    assert_eq!(readers.primary_key(), ["reader_id"]);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].level, Level::Repair);
}

#[test]
fn settled_design_has_every_kind() {
    let (design, _) = resolved(vec![table("Trips", &["trip_id", "start_date", "note", "fare"])]);
    assert!(!design.is_settled());
    let (design, _) = design.settle(&BTreeMap::new());
    assert!(design.is_settled());
    assert_eq!(
        design.table("trips").unwrap().column("start_date").unwrap().kind(),
        Some(&Kind::Date)
    );
}
