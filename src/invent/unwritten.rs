//! [`Unwritten`]: tables whose rows nobody wrote, made as everything is that is made at size.

use std::collections::{BTreeMap, BTreeSet};

use peyote_schemas::design::{Design, DesignColumn, DesignTable, resolve};
use peyote_schemas::draft::{ColumnDraft, Draft, KeyDraft, TableDraft};
use peyote_schemas::fit::{Samples, fit};
use peyote_schemas::value::json::cell_value;
use peyote_schemas::{ForeignKey, Kind, RawTable, guard, infer};
use serde_json::{Value, json};

use super::settle::said;
use super::words::Words;
use crate::error::Error;
use crate::generate::cell;
use crate::generate::recipe::recipe;
use crate::plan::{Plan, Sizes};

/// Rows of all tables together up to which they are held in memory at once.
const MOST: u64 = 1 << 18;

/// The rows of every table of a design: those written in it, else so many made ones, or as many as
/// its keys and its parents' children allow.
///
/// # Errors
///
/// If the design cannot be made with so many rows; the error names what conflicts.
pub(super) fn all(design: &Design, rows: u64, seed: u64) -> Result<Vec<RawTable<'static>>, Error> {
    let closed = design.closed(&BTreeMap::new());
    let tables = closed.tables().iter().zip(closed.few_rows(rows));
    let tables = tables.map(|(table, rows)| (table.name().to_string(), rows)).collect();
    let plan = Plan::new(&closed, &Sizes { tables, ..Sizes::default() }, seed)?;
    let many: u64 = plan.rows().iter().sum();
    if many > MOST {
        let message =
            format!("the design's parents have so many children that it comes to {many} rows");
        return Err(Error::usage(message)
            .at("--design")
            .hint("say `--scale 1`, so that they are made in parts"));
    }
    let recipe = recipe(&closed, &plan.rows(), seed)?;
    let each = |(at, table): (usize, &DesignTable)| {
        if table.rows().is_empty() { cell::made(&recipe, at) } else { Ok(written(table)) }
    };
    closed.tables().iter().enumerate().map(each).collect()
}

/// The rows that a design has written out.
fn written(table: &DesignTable) -> RawTable<'static> {
    let header = table.columns().iter().map(|column| column.name().to_string()).collect();
    cell::written(table.name().as_str(), header, table.rows())
}

/// A table without rows among those that have theirs by now.
#[derive(Clone, Copy)]
pub(super) struct Unwritten<'a> {
    pub(super) design: &'a Design,
    /// For each table of the design its rows, where it has some.
    pub(super) tables: &'a [Option<RawTable<'static>>],
    /// Its place in the design.
    pub(super) table: usize,
}

/// A design whose kinds are known, and the table in it that is looked at.
pub(super) struct Closed {
    design: Design,
    table: usize,
    /// The columns that refer to tables that nobody designed and no answer has rows of.
    stray: Vec<String>,
}

impl Closed {
    pub(super) fn table(&self) -> &DesignTable {
        &self.design.tables()[self.table]
    }

    fn place(&self, name: &str) -> usize {
        let columns = self.table().columns();
        columns.iter().position(|column| *column.name() == name).unwrap_or(columns.len())
    }

    /// Whether a column's texts have a form that is known.
    pub(super) fn is_formed(&self, column: &DesignColumn) -> bool {
        self.design.is_formed(self.table, self.place(column.name().as_str()))
    }

    /// Whether a column refers to a table of which only its own values tell.
    pub(super) fn is_stray(&self, column: &DesignColumn) -> bool {
        self.stray.iter().any(|name| *column.name() == name.as_str())
    }

    /// Whether nothing is known of a column's values.
    pub(super) fn is_unknown(&self, column: &DesignColumn) -> bool {
        let name = column.name().as_str();
        self.is_stray(column) || self.design.is_unknown(self.table, self.place(name))
    }
}

impl Unwritten<'_> {
    /// The design with a kind for every column, told by the rows that there are, where they tell.
    pub(super) fn closed(self) -> Closed {
        let mut seen = BTreeMap::new();
        for (table, raw) in self.design.tables().iter().zip(self.tables) {
            let Some(raw) = raw else { continue };
            let columns = infer::kinds::columns(raw, &said(table), "", &mut Vec::new());
            seen.extend(columns.into_iter().map(|column| (column.name, column.kind)));
        }
        let tables = || self.design.tables().iter().zip(self.tables);
        let own = &self.design.tables()[self.table];
        let stray = own.foreign_keys().iter().filter(|key| {
            let target = tables().find(|(table, _)| table.name() == &key.references.table);
            target.is_some_and(|(table, raw)| table.is_implied() && raw.is_none())
        });
        let stray = stray.flat_map(|key| &key.columns).map(ToString::to_string).collect();
        Closed { design: self.design.closed(&seen), table: self.table, stray }
    }

    /// Rows of the table, which refer to those of the others; fewer where its keys tell fewer apart.
    ///
    /// What the design says is followed as far as it can be: where it cannot be made, first how
    /// values behave is left open, then what they promise; the guard holds all of them to it.
    pub(super) fn rows(
        self,
        closed: &Closed,
        words: &Words,
        rows: u64,
        seed: u64,
    ) -> RawTable<'static> {
        let own = closed.table();
        let parents = self.parents(closed);
        for ease in [Ease::None, Ease::Behaviours, Ease::Promises] {
            let draft = Draft {
                resolved: true,
                clock: closed.design.clock().map(|clock| clock.to_string()),
                tables: std::iter::once(eased(own, words, &parents, ease))
                    .chain(parents.values().cloned())
                    .collect(),
                ..Draft::default()
            };
            if let Ok(raw) = attempt(&draft, own, rows, seed) {
                return raw;
            }
        }
        let header = own.columns().iter().map(|column| column.name().to_string()).collect();
        RawTable::new(own.name().as_str(), cell::MADE, header)
    }

    /// The tables with rows that the table refers to, as tables that are written in full.
    fn parents(self, closed: &Closed) -> BTreeMap<String, TableDraft> {
        let mut parents = BTreeMap::new();
        let own = closed.table();
        for key in own.foreign_keys().iter().map(ForeignKey::to_text) {
            let target = key.references.table.as_str();
            let designed = self.design.tables().iter().zip(self.tables);
            let found = designed.clone().find(|(table, _)| *table.name() == target);
            let Some((table, Some(raw))) = found else { continue };
            if parents.contains_key(target) || *own.name() == target {
                continue;
            }
            let sets: Vec<Vec<String>> = (own.foreign_keys().iter().map(ForeignKey::to_text))
                .filter(|key| key.references.table == target)
                .map(|key| key.references.columns)
                .collect();
            if let Some(parent) = parent(table, raw, &sets) {
                parents.insert(target.to_owned(), parent);
            }
        }
        parents
    }
}

/// How much of what a design says is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ease {
    None,
    /// How values come about.
    Behaviours,
    /// Checks and keys as well.
    Promises,
}

/// Rows that were given, as a written table with scalar columns whose keys tell rows apart; none
/// where a key is not among them.
fn parent(table: &DesignTable, raw: &RawTable<'_>, sets: &[Vec<String>]) -> Option<TableDraft> {
    let columns = infer::kinds::columns(raw, &said(table), "", &mut Vec::new());
    let (mut drafts, mut arrays) = (Vec::new(), Vec::new());
    for (place, column) in columns.iter().enumerate() {
        let values = match &column.kind {
            Kind::Json | Kind::List(_) | Kind::Struct(_) => continue,
            Kind::Enum(words) => Some(words.clone()),
            _ => None,
        };
        drafts.push(ColumnDraft {
            name: column.name.clone(),
            kind: Some(column.kind.to_string()),
            values,
            ..ColumnDraft::default()
        });
        arrays.push((guard::column::array(raw, place, column).0, &column.kind));
    }
    let place = |name: &String| drafts.iter().position(|column| column.name == *name);
    let keys: Vec<Vec<usize>> = (sets.iter())
        .map(|set| set.iter().map(place).collect::<Option<Vec<usize>>>())
        .collect::<Option<_>>()?;
    let mut seen = vec![BTreeSet::new(); keys.len()];
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for row in 0..raw.len() {
        let values: Vec<Value> =
            arrays.iter().map(|(array, kind)| cell_value(array, row, kind)).collect();
        let key = |set: &Vec<usize>| {
            let parts = set.iter().map(|place| values[*place].clone());
            parts.clone().all(|value| !value.is_null()).then(|| json!(parts.collect::<Vec<_>>()))
        };
        let Some(told) = keys.iter().map(key).collect::<Option<Vec<Value>>>() else { continue };
        let fresh = told.iter().zip(&seen).all(|(key, seen)| !seen.contains(&key.to_string()));
        if fresh {
            for (key, seen) in told.iter().zip(&mut seen) {
                seen.insert(key.to_string());
            }
            rows.push(values);
        }
    }
    let (primary_key, unique) = sets.split_first()?;
    (!rows.is_empty()).then(|| TableDraft {
        name: table.name().to_string(),
        columns: drafts,
        primary_key: primary_key.clone(),
        unique: unique.iter().filter(|set| *set != primary_key).cloned().collect(),
        rows,
        ..TableDraft::default()
    })
}

/// The table that is to be made, with the words that were found for it.
fn eased(
    own: &DesignTable,
    words: &Words,
    parents: &BTreeMap<String, TableDraft>,
    ease: Ease,
) -> TableDraft {
    let mut table = TableDraft { size: None, ..own.to_draft() };
    let mut waiting = Vec::new();
    table.foreign_keys.retain(|key| {
        let there = parents.contains_key(&key.references.table)
            || *own.name() == key.references.table.as_str();
        if !there {
            waiting.extend(key.columns.iter().cloned());
        }
        there
    });
    for column in &mut table.columns {
        if let Some(words) = words.get(&column.name) {
            column.kind = Some("text".to_owned());
            column.vocabulary = Some(words.clone());
        }
        if ease >= Ease::Behaviours {
            (column.behaviour, column.nulls) = (None, None);
        }
        // A row to refer to may come later; none is made up.
        let optional = column.nullable != Some(false) && !words.contains_key(&column.name);
        if optional && waiting.contains(&column.name) {
            (column.behaviour, column.nulls) = (None, Some(json!({"rate": 1.0})));
        }
    }
    for key in &mut table.foreign_keys {
        let Some(parent) = parents.get(&key.references.table) else { continue };
        for (name, referred) in key.columns.iter().zip(&key.references.columns) {
            let kind = parent.columns.iter().find(|one| one.name == *referred);
            let Some(column) = table.columns.iter_mut().find(|one| one.name == *name) else {
                continue;
            };
            // Keys are held as those are that there are, whatever they were said to be.
            column.kind = kind.and_then(|one| one.kind.clone());
            column.values = kind.and_then(|one| one.values.clone());
            if ease == Ease::Promises {
                let place = parent.columns.iter().position(|one| one.name == *referred);
                let values: Vec<&Value> =
                    parent.rows.iter().filter_map(|row| row.get(place?)).collect();
                column.behaviour = Some(json!({"is": "values", "values": values}));
            }
        }
        if ease >= Ease::Behaviours {
            let plain =
                ForeignKey { columns: key.columns.clone(), references: key.references.clone() };
            *key = KeyDraft::from(plain);
        }
    }
    if ease >= Ease::Behaviours {
        (table.lifecycles, table.history, table.rows) = (Vec::new(), None, Vec::new());
        table.unique.clear();
    }
    if ease >= Ease::Promises {
        table.primary_key.clear();
        table.foreign_keys.clear();
        table.checks.clear();
    }
    table
}

/// The rows of one table of a draft whose others are written.
fn attempt(
    draft: &Draft,
    own: &DesignTable,
    rows: u64,
    seed: u64,
) -> Result<RawTable<'static>, Error> {
    let refused = || Error::failed("the table cannot be made");
    let (design, _) = resolve(draft).map_err(|_| refused())?;
    // What was written of it is a sample of what is made.
    let fitted = design.table(own.name().as_str()).is_some_and(|own| !own.rows().is_empty());
    let design = if fitted { fit(&design, &Samples::default()) } else { design };
    let place = |design: &Design| design.tables().iter().position(|one| one.name() == own.name());
    let at = place(&design).ok_or_else(refused)?;
    let mut sizes = design.few_rows(rows);
    sizes[at] = sizes[at].max(if fitted { rows } else { 0 });
    if !design.conflicts(&sizes).is_empty() || sizes[at] > MOST {
        return Err(refused());
    }
    cell::made(&recipe(&design, &sizes, seed)?, at)
}
