//! Runs: some rows dirtied together, as far as one may come behind another.

use super::text::{Texts, lane};
use super::{Defect, Dirtied, Flaw, Messy, Role, cell};
use crate::generate::draw::{Draw, share};
use crate::lane::Lane;

/// How many rows later a late one comes, at most.
const LATEST: u64 = 300;
/// How many rows later a row comes again, at most.
const AGAIN: u64 = 40;

/// A row of the dirty run.
struct Row {
    /// The place in the clean run.
    from: usize,
    /// What it stands behind: the place in the clean run, and whether in front of that row's own
    /// followers.
    behind: (u64, u8),
    kind: Option<Flaw>,
}

/// Dirties a run of rows; see [`Messy::dirty`].
pub(super) fn dirty(messy: &Messy, clean: &Texts, first: u64) -> (Vec<Lane>, Vec<Defect>) {
    let rows = order(messy, clean.first().map_or(0, Vec::len), first);
    // A block of rows has one more row than it had.
    let start = messy.dirty_rows(first);
    let mut defects = Vec::new();
    let mut out: Texts = messy.columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for (place, row) in rows.iter().enumerate() {
        let number = start + place as u64;
        let own = first + row.from as u64;
        let key = key(messy, clean, row.from);
        let mut note = |column, kind, before: Option<String>, after: Option<String>| {
            let key = key.clone();
            defects.push(Defect { row: number, key, column, kind, before, after });
        };
        match row.kind {
            Some(Flaw::Late) => {
                note(None, Flaw::Late, Some(own.to_string()), Some(number.to_string()));
            }
            Some(kind) => note(None, kind, None, None),
            None => {}
        }
        for (column, dirtied) in messy.columns.iter().enumerate() {
            let before = clean[column].get(row.from).cloned().flatten();
            // What comes again was written down again, with slips of its own.
            let draw = match row.kind {
                Some(Flaw::Duplicate) => dirtied.draw.named("again"),
                _ => dirtied.draw,
            };
            match flawed(messy, dirtied, draw, own, before.as_deref()) {
                Some((kind, after)) if after != before => {
                    note(Some(column), kind, before, after.clone());
                    out[column].push(after);
                }
                _ => out[column].push(before),
            }
        }
    }
    let lanes = out.iter().map(|column| lane(column.iter().map(Option::as_deref))).collect();
    (lanes, defects)
}

/// The rows of a dirty run in their order.
fn order(messy: &Messy, many: usize, first: u64) -> Vec<Row> {
    let (late, again) = (messy.rows.named("late"), messy.rows.named("again"));
    let block = messy.level.block();
    let share = share(messy.level.late());
    let last = (many as u64).saturating_sub(1);
    let mut rows: Vec<Row> = Vec::with_capacity(many + many / block as usize);
    for from in 0..many {
        let (place, row) = (from as u64, first + from as u64);
        let mut behind = (place, 0);
        let mut kind = None;
        if late.is_within(row, share) && place < last {
            behind = ((place + 1 + late.named("by").below(row, LATEST)).min(last), 1);
            kind = Some(Flaw::Late);
        }
        rows.push(Row { from, behind, kind });
    }
    // One row of every whole block comes again.
    for number in 0..many as u64 / block {
        let from = number * block + again.below(first / block + number, block);
        let by = again.named("by").below(first / block + number, AGAIN);
        let behind = ((from + by).min(last), 2);
        rows.push(Row { from: from as usize, behind, kind: Some(Flaw::Duplicate) });
    }
    rows.sort_by_key(|row| (row.behind, row.from));
    rows
}

/// What names a row.
fn key(messy: &Messy, clean: &Texts, row: usize) -> Option<String> {
    let value = |column: &usize| clean[*column].get(row).cloned().flatten();
    match messy.key.as_slice() {
        [] => None,
        [one] => value(one),
        all => {
            let values: Vec<Option<String>> = all.iter().map(value).collect();
            serde_json::to_string(&values).ok()
        }
    }
}

/// What becomes of a cell, if anything does.
fn flawed(
    messy: &Messy,
    dirtied: &Dirtied,
    draw: Draw,
    row: u64,
    before: Option<&str>,
) -> Option<(Flaw, Option<String>)> {
    if dirtied.role == Role::Key || !draw.is_within(row, messy.cells()) {
        return None;
    }
    match dirtied.role {
        Role::Reference(end) => cell::reference(&dirtied.column, end, draw, row, before?),
        _ => cell::value(&dirtied.column, draw, row, before),
    }
}
