//! [`Fault`]: a row and the rule it breaks, found one rule at a time over whole columns.

use std::collections::BTreeSet;

use arrow::array::Array;

use super::matching::{self, Target};
use super::{Held, check, patch};
use crate::kind::Kind;

/// A row that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) row: usize,
    /// The columns that the rule is about.
    pub(super) columns: Vec<usize>,
    pub(super) what: What,
}

/// The rule that a row breaks; numbers are places in the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Missing,
    Word,
    Primary,
    Unique(usize),
    Orphan(usize),
    Check(usize),
}

/// Everything that breaks a rule in one table.
pub(super) fn faults(tables: &[Held], at: usize) -> Vec<Fault> {
    let table = &tables[at];
    let mut faults = missing(table);
    faults.extend(words(table));
    faults.extend(repeated(table));
    for (number, link) in table.foreign.iter().enumerate() {
        let targets = matching::targets(tables, at, link);
        faults.extend(
            targets.iter().enumerate().filter(|(_, target)| **target == Target::Missing).map(
                |(row, _)| Fault { row, columns: link.columns.clone(), what: What::Orphan(number) },
            ),
        );
    }
    faults.extend(checks(table));
    faults
}

/// Values that must be there and are not.
pub(super) fn missing(table: &Held) -> Vec<Fault> {
    let required = (0..table.arrays.len()).filter(|column| table.is_required(*column));
    required
        .filter(|column| table.arrays[*column].logical_null_count() > 0)
        .flat_map(|column| {
            let array = table.arrays[column].clone();
            (0..table.rows()).filter(move |row| array.is_null(*row)).map(move |row| Fault {
                row,
                columns: vec![column],
                what: What::Missing,
            })
        })
        .collect()
}

/// Values of enums that are none of their members.
pub(super) fn words(table: &Held) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (column, array) in table.arrays.iter().enumerate() {
        let Kind::Enum(members) = &table.rules.columns[column].kind else { continue };
        let members: BTreeSet<&str> = members.iter().map(String::as_str).collect();
        let texts = patch::texts(array);
        let strays = texts
            .iter()
            .enumerate()
            .filter(|(_, text)| text.is_some_and(|text| !members.contains(text)));
        faults.extend(strays.map(|(row, _)| Fault {
            row,
            columns: vec![column],
            what: What::Word,
        }));
    }
    faults
}

/// Keys that a row before has already.
pub(super) fn repeated(table: &Held) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut look = |key: &[usize], what: What| {
        let arrays: Vec<_> = key.iter().map(|column| table.arrays[*column].clone()).collect();
        let rows = matching::repeated(&arrays, table.rows());
        faults.extend(rows.into_iter().map(|row| Fault { row, columns: key.to_vec(), what }));
    };
    if !table.primary.is_empty() {
        look(&table.primary, What::Primary);
    }
    for (number, key) in table.unique.iter().enumerate() {
        look(key, What::Unique(number));
    }
    faults
}

/// Rows that fail a check.
pub(super) fn checks(table: &Held) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (number, one) in table.rules.checks.iter().enumerate() {
        let Some(columns) = table.places(&check::columns(one)) else { continue };
        let rows = check::failing(one, &columns, table);
        faults.extend(rows.into_iter().map(|row| Fault {
            row,
            columns: columns.clone(),
            what: What::Check(number),
        }));
    }
    faults
}
