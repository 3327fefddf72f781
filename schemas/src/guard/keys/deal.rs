//! Orphans dealt to parents, unevenly and the same way every time.

use std::collections::BTreeMap;
use std::hash::Hasher;

use arrow::array::Array;

use super::matching::{self, Target};
use super::patch::{self, Patch};
use super::repair::{Change, apply};
use super::{Held, Link, OnError};
use crate::finding::{Finding, Level};
use crate::guard::reject::Reject;

/// Drops the references that nothing can mend: no value of the child is in the parent, and either
/// there is no parent or the two write their keys in ways that do not fit each other.
pub(super) fn drop_hopeless(tables: &mut [Held], findings: &mut Vec<Finding>) {
    for at in 0..tables.len() {
        let hopeless: Vec<bool> =
            tables[at].foreign.iter().map(|link| is_hopeless(tables, at, link)).collect();
        for number in (0..hopeless.len()).rev().filter(|number| hopeless[*number]) {
            let key = tables[at].rules.foreign_keys.remove(number);
            tables[at].foreign.remove(number);
            let message = format!(
                "the reference of `{}` to `{}` was dropped: the values of `{}` are of another form and match nothing there",
                tables[at].rules.table,
                key.references.table,
                key.columns.join("`, `")
            );
            findings.push(Finding::new(
                Level::Reject,
                format!("/tables/{at}/foreign_keys/{number}"),
                message,
            ));
        }
    }
}

fn is_hopeless(tables: &[Held], at: usize, link: &Link) -> bool {
    let targets = matching::targets(tables, at, link);
    let missing = targets.contains(&Target::Missing);
    if !missing || targets.iter().any(|target| matches!(target, Target::Row(_))) {
        return false;
    }
    let (child, parent) = (&tables[at], &tables[link.parent]);
    parent.rows() == 0
        || link.columns.iter().zip(&link.keys).any(|(column, key)| {
            let (from, to) = (&child.arrays[*column], &parent.arrays[*key]);
            !matching::some_fit(from, to) || !matching::some_fit(to, from)
        })
}

/// Gives every orphan a parent, or nothing where that is the policy; whether anything changed.
pub(super) fn orphans(
    tables: &mut [Held],
    at: usize,
    number: usize,
    on_error: OnError,
    rejects: &mut Vec<Reject>,
) -> bool {
    let link = tables[at].foreign[number].clone();
    let targets = matching::targets(tables, at, &link);
    let table = &tables[at];
    let lost = |row: usize| {
        link.columns
            .iter()
            .any(|column| table.is_required(*column) && table.arrays[*column].is_null(row))
    };
    let rows: Vec<usize> = (0..table.rows())
        .filter(|row| {
            targets[*row] == Target::Missing || (targets[*row] == Target::Nothing && lost(*row))
        })
        .collect();
    if rows.is_empty() {
        return false;
    }
    let parents = candidates(tables, &link);
    let own = link.parent == at;
    let mut patches: BTreeMap<usize, Patch> = BTreeMap::new();
    let nullable: Vec<usize> =
        link.columns.iter().copied().filter(|column| !table.is_required(*column)).collect();
    let mut nulls: Vec<usize> = Vec::new();
    let texts: Vec<_> =
        link.keys.iter().map(|key| patch::texts(&tables[link.parent].arrays[*key])).collect();
    for row in rows {
        // A row of the same table is given one before it, so that no circle is closed.
        let reach =
            if own { parents.partition_point(|parent| *parent < row) } else { parents.len() };
        if on_error == OnError::Null || parents.is_empty() || (reach == 0 && !nullable.is_empty()) {
            nulls.push(row);
            continue;
        }
        let reach = if reach == 0 { parents.len() } else { reach };
        let parent = parents[place(&table.rules.table, &link, row, reach)];
        for (column, text) in link.columns.iter().zip(&texts) {
            patches.entry(*column).or_default().insert(row, Some(text.value(parent).to_owned()));
        }
    }
    for row in nulls {
        for column in &nullable {
            if !tables[at].arrays[*column].is_null(row) {
                patches.entry(*column).or_default().insert(row, None);
            }
        }
    }
    let references = &tables[at].rules.foreign_keys[number].references;
    let reason =
        format!("no row of `{}` has this `{}`", references.table, references.columns.join("`, `"));
    let mut changed = false;
    for (column, patch) in patches {
        changed |=
            apply(&mut tables[at], Change { column, patch: &patch, reason: &reason }, rejects);
    }
    changed
}

/// The rows of a parent that can be referred to.
pub(super) fn candidates(tables: &[Held], link: &Link) -> Vec<usize> {
    let parent = &tables[link.parent];
    (0..parent.rows())
        .filter(|row| link.keys.iter().all(|key| !parent.arrays[*key].is_null(*row)))
        .collect()
}

/// Which of some parents a row gets: few get many, as in life.
pub(super) fn place(table: &str, link: &Link, row: usize, parents: usize) -> usize {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(table.as_bytes());
    hasher.write_u64(link.columns.first().copied().unwrap_or(0) as u64);
    let turn = hasher.finish();
    hasher.write_u64(row as u64);
    // 53 bits make a float from 0 to 1 exactly; its square crowds the first places.
    let draw = (hasher.finish() >> 11) as f64 / (1_u64 << 53) as f64;
    let crowded = ((draw * draw * parents as f64) as usize).min(parents.saturating_sub(1));
    // Which parents come first is the table's own affair.
    (crowded + (turn % parents.max(1) as u64) as usize) % parents.max(1)
}
