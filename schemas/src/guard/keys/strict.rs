//! Rows set aside: what nothing mended, and the rows that needed them.

use std::collections::BTreeMap;

use super::fault::{self, Fault, What};
use super::matching::{self, Target};
use super::patch::Patch;
use super::repair::{Change, apply};
use super::{Held, Link, OnError};
use crate::draft::{Check, Presence};
use crate::guard::reject::{Action, Reject};

/// Sets aside every row that still breaks a rule, with all that refers to it.
///
/// Values first, then keys that are there twice, since the other of two may have gone by then. To
/// take rows away makes orphans and nothing else, and those are followed to the end.
pub(super) fn set_aside(tables: &mut [Held], on_error: OnError, rejects: &mut Vec<Reject>) {
    let values = |tables: &[Held], at: usize| {
        let mut faults = fault::faults(tables, at);
        faults.retain(|fault| !matches!(fault.what, What::Primary | What::Unique(_)));
        faults
    };
    let keys = |tables: &[Held], at: usize| fault::repeated(&tables[at]);
    sweep(tables, &values, on_error, rejects);
    sweep(tables, &keys, on_error, rejects);
}

fn sweep(
    tables: &mut [Held],
    find: &dyn Fn(&[Held], usize) -> Vec<Fault>,
    on_error: OnError,
    rejects: &mut Vec<Reject>,
) {
    let mut gone: Vec<BTreeMap<usize, String>> = Vec::with_capacity(tables.len());
    let mut queue: Vec<(usize, usize)> = Vec::new();
    for at in 0..tables.len() {
        let mut rows = BTreeMap::new();
        for fault in find(tables, at) {
            let reason = || {
                let columns: Vec<&str> = fault
                    .columns
                    .iter()
                    .map(|at_column| tables[at].rules.columns[*at_column].name.as_str())
                    .collect();
                format!("`{}`: {}", columns.join("`, `"), tables[at].reason(&fault.what))
            };
            rows.entry(fault.row).or_insert_with(reason);
        }
        queue.extend(rows.keys().map(|row| (at, *row)));
        gone.push(rows);
    }
    if queue.is_empty() {
        return;
    }
    let referring = referring(tables);
    let mut loosened: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    while let Some((parent, row)) = queue.pop() {
        for (child, number, pairs) in referring.get(&parent).into_iter().flatten() {
            let start = pairs.partition_point(|(target, _)| *target < row);
            for (_, orphan) in pairs[start..].iter().take_while(|(target, _)| *target == row) {
                if gone[*child].contains_key(orphan) {
                    continue;
                }
                if on_error != OnError::Reject
                    && is_loose(&tables[*child], &tables[*child].foreign[*number])
                {
                    loosened.entry((*child, *number)).or_default().push(*orphan);
                    continue;
                }
                let reason = format!(
                    "it refers to a row of `{}` that was set aside",
                    tables[parent].rules.table
                );
                gone[*child].insert(*orphan, reason);
                queue.push((*child, *orphan));
            }
        }
    }
    for ((child, number), rows) in loosened {
        let reason = tables[child].reason(&What::Orphan(number));
        let link = tables[child].foreign[number].clone();
        for column in link.columns {
            if tables[child].is_required(column) {
                continue;
            }
            let patch: Patch = rows
                .iter()
                .filter(|row| !gone[child].contains_key(row))
                .map(|row| (*row, None))
                .collect();
            apply(&mut tables[child], Change { column, patch: &patch, reason: &reason }, rejects);
        }
    }
    for (table, rows) in tables.iter_mut().zip(gone).filter(|(_, rows)| !rows.is_empty()) {
        let mut keep = vec![true; table.rows()];
        for (row, reason) in rows {
            keep[row] = false;
            rejects.push(table.reject(row, None, Action::Row, reason));
        }
        table.keep(&keep);
    }
}

/// Whether a reference can become null without breaking anything else.
fn is_loose(table: &Held, link: &Link) -> bool {
    let awaited = |column: &usize| {
        table.rules.checks.iter().any(|check| {
            matches!(check, Check::When { then, must: Presence::Present, .. } if *then == table.rules.columns[*column].name)
        })
    };
    let free: Vec<&usize> =
        link.columns.iter().filter(|column| !table.is_required(**column)).collect();
    !free.is_empty() && !free.into_iter().any(awaited)
}

/// For every table the references to it: the child, the reference's number, and rows of the
/// parent with rows of the child, in order.
type Referring = BTreeMap<usize, Vec<(usize, usize, Vec<(usize, usize)>)>>;

fn referring(tables: &[Held]) -> Referring {
    let mut referring = Referring::new();
    for (child, table) in tables.iter().enumerate() {
        for (number, link) in table.foreign.iter().enumerate() {
            let targets = matching::targets(tables, child, link);
            let mut pairs: Vec<(usize, usize)> = targets
                .iter()
                .enumerate()
                .filter_map(|(row, target)| {
                    if let Target::Row(parent) = target { Some((*parent, row)) } else { None }
                })
                .collect();
            pairs.sort_unstable();
            referring.entry(link.parent).or_default().push((child, number, pairs));
        }
    }
    referring
}
