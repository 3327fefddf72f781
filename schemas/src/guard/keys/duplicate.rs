//! Keys that are missing or there twice: filled, numbered on, or led to another parent.

use std::collections::{BTreeMap, HashMap, HashSet};

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

use super::fault::{self, What};
use super::patch::{self, Patch};
use super::repair::{Change, apply};
use super::{Held, OnError, deal};
use crate::guard::reject::Reject;
use crate::kind::{IntSize, Kind};

/// How many other parents are tried for a pair that is there already.
const MOST_PARENTS: usize = 256;

/// Fills parts of primary keys that are missing and refer to nothing; whether there were any.
pub(super) fn filled(table: &mut Held, rejects: &mut Vec<Reject>) -> bool {
    let mut changed = false;
    for column in table.primary.clone() {
        let rows: Vec<usize> =
            (0..table.rows()).filter(|row| table.arrays[column].is_null(*row)).collect();
        if rows.is_empty() || table.foreign.iter().any(|link| link.columns.contains(&column)) {
            continue;
        }
        let patch = fresh(table, &[column], column, &rows);
        changed |= apply(
            table,
            Change { column, patch: &patch, reason: "a primary key needs a value" },
            rejects,
        );
    }
    changed
}

/// Gives every key that is there already another value; whether there were any.
pub(super) fn renumbered(
    tables: &mut [Held],
    at: usize,
    on_error: OnError,
    rejects: &mut Vec<Reject>,
) -> bool {
    let mut changed = false;
    let faults = fault::repeated(&tables[at]);
    let mut by_key: BTreeMap<Vec<usize>, (What, Vec<usize>)> = BTreeMap::new();
    for fault in faults {
        by_key.entry(fault.columns).or_insert((fault.what, Vec::new())).1.push(fault.row);
    }
    for (key, (what, rows)) in by_key {
        let table = &mut tables[at];
        let reason = table.reason(&what);
        let nullable = key.iter().copied().find(|column| !table.is_required(*column));
        if on_error == OnError::Null {
            if let (Some(column), What::Unique(_)) = (nullable, what) {
                let patch: Patch = rows.iter().map(|row| (*row, None)).collect();
                changed |= apply(table, Change { column, patch: &patch, reason: &reason }, rejects);
            }
            continue;
        }
        if let Some(column) = varying(table, &key) {
            let patch = fresh(table, &key, column, &rows);
            changed |= apply(table, Change { column, patch: &patch, reason: &reason }, rejects);
        } else if let Some(patches) = redealt(tables, at, &key, &rows) {
            for (column, patch) in patches {
                changed |= apply(
                    &mut tables[at],
                    Change { column, patch: &patch, reason: &reason },
                    rejects,
                );
            }
        } else if let (Some(column), What::Unique(_)) = (nullable, what) {
            let patch: Patch = rows.iter().map(|row| (*row, None)).collect();
            changed |=
                apply(&mut tables[at], Change { column, patch: &patch, reason: &reason }, rejects);
        }
    }
    changed
}

/// The column of a key that may take any new value: a number first, then text.
fn varying(table: &Held, key: &[usize]) -> Option<usize> {
    let free = |column: &&usize| !table.foreign.iter().any(|link| link.columns.contains(*column));
    let kind = |column: &usize| &table.rules.columns[*column].kind;
    // The last number of a key counts within the rest.
    key.iter()
        .rev()
        .filter(free)
        .find(|column| matches!(kind(column), Kind::Int(_)))
        .or_else(|| {
            key.iter()
                .rev()
                .filter(free)
                .find(|column| matches!(kind(column), Kind::Text | Kind::Uuid))
        })
        .copied()
}

/// New values of one column of a key for some rows, so that the key is there once.
fn fresh(table: &Held, key: &[usize], column: usize, rows: &[usize]) -> Patch {
    match &table.rules.columns[column].kind {
        Kind::Int(size) => numbers(table, key, column, rows, *size),
        Kind::Uuid => uuids(table, column, rows),
        Kind::Text => words(table, column, rows),
        _ => Patch::new(),
    }
}

/// Numbers past the greatest of those that share the rest of the key; where the type has none
/// left, the least that nobody has.
fn numbers(table: &Held, key: &[usize], column: usize, rows: &[usize], size: IntSize) -> Patch {
    let most = match size {
        IntSize::I8 => i64::from(i8::MAX),
        IntSize::I16 => i64::from(i16::MAX),
        IntSize::I32 => i64::from(i32::MAX),
        IntSize::I64 => i64::MAX - 1,
    };
    let Ok(array) = cast(&table.arrays[column], &DataType::Int64) else { return Patch::new() };
    let Some(values) = array.as_primitive_opt::<Int64Type>() else { return Patch::new() };
    let rest: Vec<_> = key
        .iter()
        .filter(|other| **other != column)
        .map(|other| patch::texts(&table.arrays[*other]))
        .collect();
    let group = |row: usize| -> Vec<Option<String>> {
        rest.iter().map(|texts| texts.is_valid(row).then(|| texts.value(row).to_owned())).collect()
    };
    let mut greatest: HashMap<Vec<Option<String>>, i64> =
        rows.iter().map(|row| (group(*row), 0)).collect();
    for row in (0..table.rows()).filter(|row| values.is_valid(*row)) {
        if let Some(greatest) = greatest.get_mut(&group(row)) {
            *greatest = (*greatest).max(values.value(row));
        }
    }
    let mut taken: Option<HashSet<i64>> = None;
    let mut gap = 0;
    let mut patch = Patch::new();
    for row in rows {
        let Some(last) = greatest.get_mut(&group(*row)) else { continue };
        let next = if *last < most {
            *last += 1;
            *last
        } else {
            let taken = taken.get_or_insert_with(|| values.iter().flatten().collect());
            gap += 1;
            while taken.contains(&gap) {
                gap += 1;
            }
            gap
        };
        patch.insert(*row, Some(next.to_string()));
    }
    patch
}

/// The same text with a number behind it, before the `@` of an address.
fn words(table: &Held, column: usize, rows: &[usize]) -> Patch {
    let texts = patch::texts(&table.arrays[column]);
    let mut taken: HashSet<String> = texts.iter().flatten().map(str::to_owned).collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let name = &table.rules.columns[column].name;
    let mut patch = Patch::new();
    for row in rows {
        let text = if texts.is_valid(*row) { texts.value(*row) } else { name };
        let count = counts.entry(text.to_owned()).or_insert(1);
        let next = loop {
            *count += 1;
            let next = match text.split_once('@') {
                Some((name, host)) => format!("{name}{count}@{host}"),
                None => format!("{text}-{count}"),
            };
            if taken.insert(next.clone()) {
                break next;
            }
        };
        patch.insert(*row, Some(next));
    }
    patch
}

/// UUIDs of version 8, which is anybody's own (RFC 9562), made of the table's name and the row.
fn uuids(table: &Held, column: usize, rows: &[usize]) -> Patch {
    use std::hash::Hasher;
    let half = |row: usize, salt: u8| {
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write(table.rules.table.as_bytes());
        hasher.write(table.rules.columns[column].name.as_bytes());
        hasher.write_u64(table.origin[row] as u64);
        hasher.write_u8(salt);
        hasher.finish()
    };
    let version = |bits: u64| (bits & !0xf000) | 0x8000;
    let variant = |bits: u64| (bits & !(0b11 << 62)) | (0b10 << 62);
    rows.iter()
        .map(|row| {
            let (high, low) = (version(half(*row, 0)), variant(half(*row, 1)));
            let text = format!(
                "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
                high >> 32,
                (high >> 16) & 0xffff,
                high & 0xffff,
                low >> 48,
                low & 0xffff_ffff_ffff
            );
            (*row, Some(text))
        })
        .collect()
}

/// Other parents for rows whose key is made of references and is there already; `None` where no
/// reference lies inside the key.
fn redealt(
    tables: &[Held],
    at: usize,
    key: &[usize],
    rows: &[usize],
) -> Option<BTreeMap<usize, Patch>> {
    let table = &tables[at];
    let links: Vec<_> = table
        .foreign
        .iter()
        .filter(|link| link.columns.iter().all(|column| key.contains(column)))
        .collect();
    if links.is_empty() {
        return None;
    }
    let texts: Vec<_> = key.iter().map(|column| patch::texts(&table.arrays[*column])).collect();
    let of_row = |row: usize| -> Vec<String> {
        texts
            .iter()
            .map(
                |texts| {
                    if texts.is_valid(row) { texts.value(row).to_owned() } else { String::new() }
                },
            )
            .collect()
    };
    let mut taken: HashSet<Vec<String>> = (0..table.rows()).map(of_row).collect();
    let mut patches: BTreeMap<usize, Patch> = BTreeMap::new();
    let parents: Vec<_> = links
        .iter()
        .map(|link| {
            let keys: Vec<_> = link
                .keys
                .iter()
                .map(|column| patch::texts(&tables[link.parent].arrays[*column]))
                .collect();
            (deal::candidates(tables, link), keys)
        })
        .collect();
    for row in rows {
        'row: for (link, (candidates, keys)) in links.iter().zip(&parents) {
            if candidates.is_empty() {
                continue;
            }
            let start = deal::place(&table.rules.table, link, *row, candidates.len());
            for step in 0..candidates.len().min(MOST_PARENTS) {
                let parent = candidates[(start + step) % candidates.len()];
                let mut tuple = of_row(*row);
                for (column, key_texts) in link.columns.iter().zip(keys) {
                    if let Some(place) = key.iter().position(|part| part == column) {
                        key_texts.value(parent).clone_into(&mut tuple[place]);
                    }
                }
                if taken.insert(tuple) {
                    for (column, key_texts) in link.columns.iter().zip(keys) {
                        patches
                            .entry(*column)
                            .or_default()
                            .insert(*row, Some(key_texts.value(parent).to_owned()));
                    }
                    break 'row;
                }
            }
        }
    }
    Some(patches)
}
