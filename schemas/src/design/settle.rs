//! [`Settlement`]: what the rows of a table turned out to be, which closes what a design left open.

use std::collections::BTreeMap;

use serde_json::Value;

use super::write::drafted;
use super::{Design, DesignColumn, DesignTable, link, resolve, stem};
use crate::column::Column;
use crate::draft::{Check, ColumnDraft, KeyDraft, TableDraft};
use crate::finding::Finding;
use crate::keys::ForeignKey;
use crate::kind::{IntSize, Kind};

/// What holds of a table's rows: its columns, in their order, and its keys.
///
/// Names may be the design's or as the model wrote them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settlement {
    /// All columns that the table has from now on; their kinds, units and formats hold.
    pub columns: Vec<Column>,
    /// The columns that together name a row; empty where nothing does.
    pub primary_key: Vec<String>,
    /// The references that hold.
    pub foreign_keys: Vec<ForeignKey>,
    /// Other sets of columns that are unique together, besides those of the design.
    pub unique: Vec<Vec<String>>,
    /// What else holds for every row, besides what the design says.
    pub checks: Vec<Check>,
    /// The words that text columns draw from, where the design has none.
    pub vocabulary: BTreeMap<String, Vec<String>>,
}

impl Design {
    /// The design after its rows were read: tables named in `found` (by the design's names) have
    /// the columns and keys that are said there, and every open kind is closed: by what it points
    /// at, by its name, else as text. So `settle(&BTreeMap::new())` gives a typed design without
    /// any row.
    #[must_use]
    pub fn settle(&self, found: &BTreeMap<String, Settlement>) -> (Self, Vec<Finding>) {
        let mut draft = self.to_draft();
        for (table, drafted) in self.tables.iter().zip(&mut draft.tables) {
            let settlement = found.get(table.name.as_str());
            if let Some(settlement) = settlement.filter(|found| !found.columns.is_empty()) {
                settled(table, drafted, settlement);
            }
        }
        match resolve(&draft) {
            Ok((mut design, mut findings)) => {
                design.close();
                // What was said of a column while its kind was open may not fit the kind it got.
                match resolve(&design.to_draft()) {
                    Ok((closed, found)) => {
                        findings.extend(found);
                        (closed, findings)
                    }
                    Err(_) => (design, findings),
                }
            }
            // A design has tables with columns, and settling takes none away.
            Err(findings) => (self.clone(), findings),
        }
    }

    /// Gives every open kind the one that keys or names suggest.
    fn close(&mut self) {
        link::share_kinds(&mut self.tables);
        // What is pointed at decides first, so that both ends of a reference agree.
        for table in &mut self.tables {
            let keys = table.primary_key.clone();
            for column in table.columns.iter_mut().filter(|column| keys.contains(&column.name)) {
                column.kind.get_or_insert_with(|| by_name(column.name.as_str()));
            }
        }
        link::share_kinds(&mut self.tables);
        for column in self.tables.iter_mut().flat_map(|table| &mut table.columns) {
            column.kind.get_or_insert_with(|| by_name(column.name.as_str()));
        }
    }
}

/// Puts what the rows say into a table's draft.
fn settled(table: &DesignTable, draft: &mut TableDraft, found: &Settlement) {
    let mut places: Vec<Option<usize>> = Vec::new();
    draft.columns = (found.columns.iter())
        .map(|column| {
            let place = stem::column(&table.columns, &column.name);
            let place = place.filter(|place| !places.contains(&Some(*place)));
            places.push(place);
            let words = found.vocabulary.get(&column.name).cloned();
            typed(column, place.map(|place| &table.columns[place]), words)
        })
        .collect();
    if !table.rows.is_empty() {
        let cell = |row: &[Value], place: Option<usize>| {
            place.and_then(|place| row.get(place)).cloned().unwrap_or_default()
        };
        draft.rows = (table.rows.iter())
            .map(|row| places.iter().map(|place| cell(row, *place)).collect())
            .collect();
    }
    draft.primary_key.clone_from(&found.primary_key);
    let said = std::mem::take(&mut draft.foreign_keys);
    draft.foreign_keys = (found.foreign_keys.iter())
        .map(|key| {
            // How rows are dealt out stays what it was, where the key did.
            let before = said.iter().find(|one| {
                one.columns == key.columns && one.references.table == key.references.table
            });
            let after = KeyDraft::from(key.clone());
            before.map_or(after.clone(), |before| after.spread_as(&before.spread()))
        })
        .collect();
    let kept = |columns: &[String]| {
        columns.iter().all(|name| draft.columns.iter().any(|column| column.name == *name))
    };
    draft.unique.retain(|set| kept(set));
    for set in found.unique.iter().filter(|set| **set != found.primary_key) {
        if !draft.unique.contains(set) {
            draft.unique.push(set.clone());
        }
    }
    for check in &found.checks {
        if !draft.checks.contains(check) {
            draft.checks.push(check.clone());
        }
    }
}

fn typed(
    column: &Column,
    designed: Option<&DesignColumn>,
    words: Option<Vec<String>>,
) -> ColumnDraft {
    let before = designed.map(DesignColumn::to_draft).unwrap_or_default();
    let after = drafted(&column.kind);
    ColumnDraft {
        name: designed.map_or_else(|| column.name.clone(), |one| one.name.to_string()),
        said: before.said,
        kind: after.kind,
        nullable: Some(column.nullable),
        unit: column.unit.clone().or(before.unit),
        format: column.format.clone(),
        description: before.description.or_else(|| column.description.clone()),
        values: after.values,
        vocabulary: before.vocabulary.or(words),
        behaviour: before.behaviour,
        nulls: before.nulls,
        item: after.item,
        fields: after.fields,
        remark: None,
    }
}

/// The kind that a name alone suggests.
fn by_name(name: &str) -> Kind {
    let words = stem::words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let last = words.last().map(String::as_str).unwrap_or_default();
    let first = words.first().map(String::as_str).unwrap_or_default();
    if last == "id" {
        Kind::Int(IntSize::I64)
    } else if last == "at" || has(&["timestamp", "datetime"]) {
        Kind::Timestamp
    } else if has(&["date", "birthday", "dob"]) {
        Kind::Date
    } else if words.len() > 1 && matches!(first, "is" | "has" | "was" | "can") {
        Kind::Bool
    } else if has(&["price", "cost", "amount", "revenue", "salary", "fee", "balance", "budget"]) {
        Kind::Decimal { precision: 18, scale: 2 }
    } else if has(&["count", "quantity", "qty", "year", "age", "population"]) {
        Kind::Int(IntSize::I64)
    } else if has(&["rate", "percent", "percentage", "latitude", "longitude", "score", "ratio"]) {
        Kind::Float
    } else {
        Kind::Text
    }
}
