//! Values mended one rule at a time: twins, words, checks, orphans, keys.

use std::collections::BTreeMap;

use arrow::array::Array;

use super::fault::{self, What};
use super::matching;
use super::member::meant;
use super::patch::{self, Patch};
use super::{Held, OnError, check, deal, duplicate};
use crate::draft::{Check, Presence};
use crate::guard::reject::{Action, Reject};
use crate::kind::Kind;

/// New values of a column and why they are needed.
#[derive(Clone, Copy)]
pub(super) struct Change<'a> {
    pub(super) column: usize,
    pub(super) patch: &'a Patch,
    pub(super) reason: &'a str,
}

/// Sets aside rows that say nothing that a row before them did not say, where rows have keys.
pub(super) fn twins(tables: &mut [Held], rejects: &mut Vec<Reject>) {
    for table in tables.iter_mut().filter(|table| table.keys().next().is_some()) {
        let rows = matching::twins(&table.arrays, table.rows());
        if rows.is_empty() {
            continue;
        }
        let mut keep = vec![true; table.rows()];
        for row in rows {
            keep[row] = false;
            rejects.push(table.reject(
                row,
                None,
                Action::Row,
                "the same row is there already".into(),
            ));
        }
        table.keep(&keep);
    }
}

/// Mends every table once, parents before children; whether anything changed.
pub(super) fn round(tables: &mut [Held], on_error: OnError, rejects: &mut Vec<Reject>) -> bool {
    let mut changed = false;
    for at in parents_first(tables) {
        changed |= words(&mut tables[at], on_error, rejects);
        changed |= checks(&mut tables[at], on_error, rejects);
        for number in 0..tables[at].foreign.len() {
            changed |= deal::orphans(tables, at, number, on_error, rejects);
        }
        if on_error == OnError::Repair {
            changed |= duplicate::filled(&mut tables[at], rejects);
        }
        changed |= duplicate::renumbered(tables, at, on_error, rejects);
    }
    changed
}

/// Puts new values into a column and notes each that is another; whether there was one.
pub(super) fn apply(table: &mut Held, change: Change<'_>, rejects: &mut Vec<Reject>) -> bool {
    let (array, rows) = patch::put(&table.arrays[change.column], change.patch);
    let mut changed = false;
    for row in rows {
        let nulled = array.is_null(row);
        let same = nulled && table.arrays[change.column].is_null(row);
        if same {
            continue;
        }
        let action = if nulled { Action::Null } else { Action::Repair };
        rejects.push(table.reject(row, Some(change.column), action, change.reason.to_owned()));
        changed = true;
    }
    if changed {
        table.arrays[change.column] = match &table.rules.columns[change.column].kind {
            Kind::Enum(members) => patch::listed(&array, members),
            _ => array,
        };
    }
    changed
}

/// The tables so that parents come before children; tables in a circle in their order.
fn parents_first(tables: &[Held]) -> Vec<usize> {
    let mut waits: Vec<usize> = (0..tables.len())
        .map(|at| tables[at].foreign.iter().filter(|link| link.parent != at).count())
        .collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); tables.len()];
    for (at, table) in tables.iter().enumerate() {
        for link in table.foreign.iter().filter(|link| link.parent != at) {
            children[link.parent].push(at);
        }
    }
    let mut order: Vec<usize> = (0..tables.len()).filter(|at| waits[*at] == 0).collect();
    let mut next = 0;
    while let Some(at) = order.get(next).copied() {
        next += 1;
        for child in &children[at] {
            waits[*child] -= 1;
            if waits[*child] == 0 {
                order.push(*child);
            }
        }
    }
    order.extend((0..tables.len()).filter(|at| waits[*at] > 0));
    order
}

/// Words that are no members become their nearest member, or null.
fn words(table: &mut Held, on_error: OnError, rejects: &mut Vec<Reject>) -> bool {
    let mut patches: BTreeMap<usize, Patch> = BTreeMap::new();
    for fault in fault::words(table) {
        let column = fault.columns[0];
        let Kind::Enum(members) = &table.rules.columns[column].kind else { continue };
        let text = patch::texts(&table.arrays[column].slice(fault.row, 1));
        let twin = (on_error == OnError::Repair)
            .then(|| meant(text.value(0), members))
            .flatten()
            .map(str::to_owned);
        if twin.is_some() || !table.is_required(column) {
            patches.entry(column).or_default().insert(fault.row, twin);
        }
    }
    let mut changed = false;
    for (column, patch) in patches {
        changed |= apply(
            table,
            Change { column, patch: &patch, reason: "not a member of the enum" },
            rejects,
        );
    }
    changed
}

/// Rows that fail a check: values that should rise change places, one out of range becomes null
/// where it may and the nearest bound where it may not, any other becomes null.
fn checks(table: &mut Held, on_error: OnError, rejects: &mut Vec<Reject>) -> bool {
    let mut changed = false;
    for number in 0..table.rules.checks.len() {
        let one = table.rules.checks[number].clone();
        let Some(columns) = table.places(&check::columns(&one)) else { continue };
        let rows = check::failing(&one, &columns, table);
        if rows.is_empty() {
            continue;
        }
        let patches = match &one {
            Check::Range { .. } => ranged(table, &one, columns[0], &rows, on_error),
            Check::Pattern { .. } => nulled(table, columns[0], &rows),
            Check::Order { .. } if on_error == OnError::Repair => sorted(table, &columns, &rows),
            Check::Order { .. } => nulled(table, columns[columns.len() - 1], &rows),
            Check::When { must: Presence::Absent, .. } => nulled(table, columns[1], &rows),
            Check::When { must: Presence::Present, .. } => BTreeMap::new(),
        };
        let reason = table.reason(&What::Check(number));
        for (column, patch) in patches {
            changed |= apply(table, Change { column, patch: &patch, reason: &reason }, rejects);
        }
    }
    changed
}

fn nulled(table: &Held, column: usize, rows: &[usize]) -> BTreeMap<usize, Patch> {
    if table.is_required(column) {
        return BTreeMap::new();
    }
    BTreeMap::from([(column, rows.iter().map(|row| (*row, None)).collect())])
}

fn ranged(
    table: &Held,
    one: &Check,
    column: usize,
    rows: &[usize],
    on_error: OnError,
) -> BTreeMap<usize, Patch> {
    if !table.is_required(column) {
        return nulled(table, column, rows);
    }
    let Some(values) =
        check::numbers(&table.arrays[column]).filter(|_| on_error == OnError::Repair)
    else {
        return BTreeMap::new();
    };
    let patch: Patch = rows
        .iter()
        .filter_map(|row| {
            Some((*row, Some(check::nearest(one, values.value(*row), &table.arrays[column])?)))
        })
        .collect();
    BTreeMap::from([(column, patch)])
}

/// The values of each row in rising order over the columns that have one.
fn sorted(table: &Held, columns: &[usize], rows: &[usize]) -> BTreeMap<usize, Patch> {
    let mut patches: BTreeMap<usize, Patch> = BTreeMap::new();
    let Some(values) =
        columns.iter().map(|at| check::numbers(&table.arrays[*at])).collect::<Option<Vec<_>>>()
    else {
        return patches;
    };
    let texts: Vec<_> = columns.iter().map(|at| patch::texts(&table.arrays[*at])).collect();
    for row in rows {
        let there: Vec<usize> =
            (0..columns.len()).filter(|place| values[*place].is_valid(*row)).collect();
        let mut rising = there.clone();
        rising.sort_by(|a, b| values[*a].value(*row).total_cmp(&values[*b].value(*row)));
        for (to, from) in there.iter().zip(&rising).filter(|(to, from)| to != from) {
            patches
                .entry(columns[*to])
                .or_default()
                .insert(*row, Some(texts[*from].value(*row).to_owned()));
        }
    }
    patches
}
