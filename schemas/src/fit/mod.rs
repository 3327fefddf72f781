//! [`fit`]: behaviours that make more of what some rows show.
//!
//! Twenty rows say a lot: which words there are and how often, how amounts spread and what prices
//! end in, that an address is made of a name, that a total is a price times a quantity, that
//! delivery follows shipping, how many children a parent has. What the design says already stays;
//! what rows of a model do by habit (a day between any two, one child for each parent, quarters of
//! an hour) is not learnt.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::design::{Design, DesignTable, Maker, resolve};
use crate::draft::{Check, Draft};
use crate::finding::Level;
use crate::kind::Kind;

mod code;
mod made;
mod moment;
pub(crate) mod number;
mod relation;
mod sheet;
#[cfg(test)]
mod tests;
mod word;

pub(crate) use number::numbers;
use sheet::Sheet;

/// Rows by the names of their tables, as wide as these, as literal rows hold values.
pub type Samples = BTreeMap<String, Vec<Vec<Value>>>;

/// The fewest rows that show anything.
const FEWEST: usize = 6;
/// The most rows that are looked at.
const MOST: usize = 2_000;

/// The design with a behaviour for every column that rows show one for and that has none; tables
/// without a sample are fitted to the rows written in the design.
///
/// The design's own statements stay, all of them. What the rows show is taken only where it can
/// hold together with them.
#[must_use]
pub fn fit(design: &Design, samples: &Samples) -> Design {
    let sheets: Vec<Sheet<'_>> = (design.tables().iter())
        .map(|table| {
            let rows = samples.get(table.name().as_str()).map(Vec::as_slice);
            Sheet::new(rows.filter(|rows| !rows.is_empty()).unwrap_or(table.rows()), MOST)
        })
        .collect();
    let mut draft = design.to_draft();
    for (place, table) in design.tables().iter().enumerate() {
        if sheets[place].len() < FEWEST {
            continue;
        }
        relation::spreads(design, &sheets, place, &mut draft);
        for (at, column) in table.columns().iter().enumerate() {
            let drafted = &mut draft.tables[place].columns[at];
            if column.nulls().is_none() && column.nullable() {
                drafted.nulls = Some(nulls(table, &sheets[place], at));
            }
        }
    }
    // Relations between columns first: what follows from others is drawn by no law.
    for stage in [relation_of, law_of] {
        for (place, table) in design.tables().iter().enumerate() {
            if sheets[place].len() < FEWEST {
                continue;
            }
            for at in 0..table.columns().len() {
                // What names a row beside others counts: rows show no law of it.
                let name = table.columns()[at].name();
                let mut sets = std::iter::once(table.primary_key())
                    .chain(table.unique().iter().map(Vec::as_slice));
                if sets.any(|set| set.len() > 1 && set.contains(name)) {
                    continue;
                }
                let open = draft.tables[place].columns[at].behaviour.is_none()
                    && matches!(table.maker(at), Maker::Open);
                if !open {
                    continue;
                }
                if let Some(found) = stage(design, &sheets, place, at) {
                    draft.tables[place].columns[at].behaviour = serde_json::to_value(&found).ok();
                }
            }
        }
    }
    settled(design, &draft)
}

/// The design of a draft, without what contradicts the rest of it.
fn settled(design: &Design, draft: &Draft) -> Design {
    match resolve(draft) {
        Ok((fitted, findings)) => {
            // What was left out is a behaviour found here: the design's own stood already.
            debug_assert!(findings.iter().all(|finding| finding.level == Level::Error));
            fitted
        }
        Err(_) => design.clone(),
    }
}

/// A behaviour by which a column follows from others.
fn relation_of(
    design: &Design,
    sheets: &[Sheet<'_>],
    table: usize,
    column: usize,
) -> Option<Behaviour> {
    let own = &design.tables()[table];
    let kind = own.columns()[column].kind()?;
    if names_a_row(own, column) {
        return None;
    }
    match kind {
        Kind::Int(_) | Kind::Float | Kind::Decimal { .. } => {
            relation::expression(design, sheets, table, column)
                .or_else(|| relation::total(design, sheets, table, column))
                .or_else(|| relation::copy(design, sheets, table, column))
        }
        Kind::Text | Kind::Enum(_) => relation::copy(design, sheets, table, column),
        Kind::Date | Kind::Timestamp | Kind::TimestampTz => {
            moment::after(design, sheets, table, column)
        }
        _ => None,
    }
}

/// A behaviour by which a column's values are drawn.
fn law_of(design: &Design, sheets: &[Sheet<'_>], table: usize, column: usize) -> Option<Behaviour> {
    let own = &design.tables()[table];
    let one = &own.columns()[column];
    let sheet = &sheets[table];
    let alone = names_a_row(own, column);
    let kind = one.kind()?;
    match kind {
        Kind::Bool => {
            let truths: Vec<bool> = sheet.values(column).filter_map(Value::as_bool).collect();
            let held = truths.iter().filter(|truth| **truth).count() as f64;
            let share = (held + 0.5) / (truths.len() as f64 + 1.0);
            (truths.len() >= FEWEST)
                .then(|| Behaviour::Bool { share: (share * 100.0).round() / 100.0, given: None })
        }
        Kind::Int(_) | Kind::Float | Kind::Decimal { .. } if !alone => {
            let mut numbers: Vec<f64> = sheet.numbers(column).into_iter().flatten().collect();
            numbers.sort_by(f64::total_cmp);
            let counted = own.primary_key().iter().any(|name| name == one.name());
            (numbers.len() >= FEWEST && !counted)
                .then(|| Behaviour::Number(number::numbers(&numbers, kind)))
        }
        Kind::Enum(_) | Kind::Text => {
            if let Some(given) = word::given(design, sheets, table, column).filter(|_| !alone) {
                return Some(given);
            }
            if *kind != Kind::Text {
                return word::weighted(sheet, one, column).filter(|_| !alone);
            }
            // A form that must be kept is known; whole texts of the rows have it.
            let formed = own.checks().iter().any(|check| match check {
                Check::Pattern { column, .. } => *one.name() == column.as_str(),
                _ => false,
            });
            if formed {
                return word::text(sheet, one, column, alone).filter(|_| !alone);
            }
            made::template(own, sheet, column, alone)
                .or_else(|| code::code(sheet, column))
                .or_else(|| word::text(sheet, one, column, alone))
        }
        Kind::Date | Kind::Timestamp | Kind::TimestampTz => {
            moment::happening(design, sheet, column, kind)
        }
        Kind::Json | Kind::List(_) | Kind::Struct(_) => word::pool(sheet, column),
        _ => None,
    }
}

/// How many values are missing, and where, if another column decides it.
fn nulls(table: &DesignTable, sheet: &Sheet<'_>, column: usize) -> Value {
    let missing = |row: &usize| sheet.cell(*row, column).is_none();
    let many = (0..sheet.len()).filter(missing).count();
    if many == 0 {
        return json!({"rate": 0.0});
    }
    let rate = (many as f64 / sheet.len() as f64 * 100.0).round() / 100.0;
    for (other, one) in table.columns().iter().enumerate() {
        let Some(Kind::Enum(words)) = one.kind() else { continue };
        if other == column {
            continue;
        }
        let mut absent = Vec::new();
        let mut present = Vec::new();
        let decided = words.iter().all(|word| {
            let rows = (0..sheet.len())
                .filter(|row| sheet.cell(*row, other).and_then(Value::as_str) == Some(word));
            let (mut all, mut none) = (0, 0);
            for row in rows {
                all += 1;
                none += usize::from(missing(&row));
            }
            match (all, none) {
                (0, _) => true,
                (all, none) if all == none => {
                    absent.push(word.clone());
                    true
                }
                (_, 0) => {
                    present.push(word.clone());
                    true
                }
                _ => false,
            }
        });
        if decided && !absent.is_empty() && !present.is_empty() {
            return json!({"rate": rate, "when": [
                {"column": one.name(), "is": absent, "rate": 1.0},
                {"column": one.name(), "is": present, "rate": 0.0},
            ]});
        }
    }
    json!({ "rate": rate })
}

/// Whether a column alone names a row.
fn names_a_row(table: &DesignTable, column: usize) -> bool {
    let name = table.columns()[column].name();
    std::iter::once(table.primary_key())
        .chain(table.unique().iter().map(Vec::as_slice))
        .any(|set| set == std::slice::from_ref(name))
}
