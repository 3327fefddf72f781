//! Primary keys: as said, as remarked, or as names give away.

use super::gather::line;
use super::{DesignTable, foreign, stem};
use crate::draft::TableDraft;
use crate::finding::{Finding, Level};
use crate::name::Identifier;

/// Sets the primary key of every table whose draft or remarks name one; gives back, for each
/// table, whether they did.
pub(super) fn said(
    tables: &mut [DesignTable],
    drafts: &[Vec<(usize, &TableDraft)>],
    resolved: bool,
    findings: &mut Vec<Finding>,
) -> Vec<bool> {
    for (table, drafts) in tables.iter_mut().zip(drafts) {
        for (number, draft) in drafts {
            if !table.primary_key.is_empty() {
                break;
            }
            let at = format!("/tables/{number}/primary_key");
            table.primary_key = columns(table, &draft.primary_key, &at, findings);
        }
        if table.primary_key.is_empty() && !resolved {
            let remarked = table
                .columns
                .iter()
                .filter(|column| column.remark.as_deref().is_some_and(is_primary));
            table.primary_key = remarked.map(|column| column.name.clone()).collect();
        }
    }
    tables.iter().map(|table| !table.primary_key.is_empty()).collect()
}

/// Guesses the primary keys nobody named, from names alone: `id`, `user_id` in `users`, a first
/// column that is an id of nothing else.
pub(super) fn guess(tables: &mut [DesignTable]) {
    let subjects: Vec<Vec<String>> =
        tables.iter().map(|table| stem::subject(table.name.as_str())).collect();
    for (at, table) in tables.iter_mut().enumerate() {
        if !table.primary_key.is_empty() {
            continue;
        }
        let own = |name: &Identifier| {
            let words: Vec<String> =
                stem::keyed(name.as_str()).iter().map(|word| stem::word(word)).collect();
            stem::is_key(name.as_str())
                && (words == ["id"] || words == subjects[at] || subjects[at].ends_with(&words))
        };
        let free = |name: &Identifier| {
            let words: Vec<String> =
                stem::keyed(name.as_str()).iter().map(|word| stem::word(word)).collect();
            let elsewhere = (subjects.iter().enumerate())
                .any(|(other, subject)| other != at && subject.ends_with(&words));
            name.as_str().ends_with("_id") && !elsewhere
        };
        let claimed = |column: &super::DesignColumn| foreign::is_claimed(column);
        // What is named after the table is its key, whatever else is said of it.
        let exact = |name: &Identifier| {
            let words: Vec<String> =
                stem::keyed(name.as_str()).iter().map(|word| stem::word(word)).collect();
            words == subjects[at] && stem::is_key(name.as_str())
        };
        let found = (table.columns.iter())
            .find(|column| exact(&column.name) || own(&column.name) && !claimed(column))
            .or_else(|| table.columns.first().filter(|first| free(&first.name) && !claimed(first)));
        if let Some(column) = found {
            table.primary_key = vec![column.name.clone()];
        }
    }
}

/// Sets the other unique sets of every table.
pub(super) fn unique(
    tables: &mut [DesignTable],
    drafts: &[Vec<(usize, &TableDraft)>],
    resolved: bool,
    findings: &mut Vec<Finding>,
) {
    for (table, drafts) in tables.iter_mut().zip(drafts) {
        for (number, draft) in drafts {
            for (place, set) in draft.unique.iter().enumerate() {
                let at = format!("/tables/{number}/unique/{place}");
                let set = columns(table, set, &at, findings);
                add_unique(table, set);
            }
        }
        if !resolved {
            let remarked: Vec<Identifier> = (table.columns.iter())
                .filter(|column| column.remark.as_deref().is_some_and(is_unique))
                .map(|column| column.name.clone())
                .collect();
            for name in remarked {
                add_unique(table, vec![name]);
            }
        }
    }
}

/// Adds a set of columns to those that are unique, unless that is known already.
pub(super) fn add_unique(table: &mut DesignTable, set: Vec<Identifier>) {
    let same = |other: &[Identifier]| {
        other.len() == set.len() && set.iter().all(|name| other.contains(name))
    };
    if !set.is_empty() && !same(&table.primary_key) && !table.unique.iter().any(|one| same(one)) {
        table.unique.push(set);
    }
}

/// Makes the columns of primary keys ones that are never missing, and no key one said twice.
pub(super) fn finish(tables: &mut [DesignTable]) {
    for table in tables {
        let sets = std::mem::take(&mut table.unique);
        for set in sets {
            add_unique(table, set);
        }
        for column in &mut table.columns {
            if table.primary_key.contains(&column.name) {
                column.nullable = false;
            }
        }
    }
}

/// The columns that names mean; none where one of them is not there.
fn columns(
    table: &DesignTable,
    names: &[String],
    at: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Identifier> {
    let mut key: Vec<Identifier> = Vec::new();
    for name in names {
        let Some(place) = stem::column(&table.columns, name) else {
            let message = format!("`{}` has no column `{}`", table.name, line(name));
            findings.push(
                Finding::new(Level::Repair, at, message).hint("name columns of the table itself"),
            );
            return Vec::new();
        };
        let column = &table.columns[place].name;
        if !key.contains(column) {
            key.push(column.clone());
        }
    }
    key
}

/// Whether a remark says that a column is the primary key.
pub(super) fn is_primary(remark: &str) -> bool {
    let words = stem::words(remark);
    words.windows(2).any(|pair| {
        matches!(pair[0].as_str(), "primary" | "surrogate" | "identity") && pair[1] == "key"
    }) || words.iter().any(|word| word == "pk")
}

/// Whether a remark says that a column's values differ.
fn is_unique(remark: &str) -> bool {
    let words = stem::words(remark);
    words.first().is_some_and(|word| word == "unique") && words.len() <= 3
}
