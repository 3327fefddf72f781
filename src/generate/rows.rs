//! [`rows`]: rows of a designed table that nobody wrote, as text that goes through the one guard.

use std::collections::BTreeMap;

use peyote_schemas::design::{DesignColumn, DesignTable};
use peyote_schemas::draft::{Check, Presence};
use peyote_schemas::value::moment::{DAY, Moment, days_from_civil};
use peyote_schemas::{Cell, IntSize, Kind, RawTable};
use serde_json::Value;

use super::draw::Draw;
use super::promise;

/// The first day on which something happens, where nothing else is known.
const FIRST_DAY: (i32, u32, u32) = (2024, 1, 1);
/// How many days things go on from there: two years.
const DAYS: u64 = 730;
/// Percent of the values that are missing where values may be.
const MISSING_PERCENT: u64 = 8;
/// Percent of the truths that are true.
const TRUE_PERCENT: u64 = 70;
/// How much a number that must rise is above the one before it.
const RISE: f64 = 0.1;
/// The draw of a row that decides whether its value is missing; others decide the value.
const MISSING: u64 = 0;
const VALUE: u64 = 1;
const DRAWS: u64 = 4;

/// Words that a column draws from, and keys of the tables referred to, by column name.
pub type Words = BTreeMap<String, Vec<String>>;

/// `count` rows of a table; fewer where a unique column has fewer words.
///
/// Every value is a pure function of the seed, the names of table and column, the row, and the
/// words given. `parents` holds the keys that a referring column may have.
pub fn rows(
    table: &DesignTable,
    count: usize,
    seed: u64,
    words: &Words,
    parents: &Words,
) -> RawTable<'static> {
    let header = table.columns().iter().map(|column| column.name().to_string()).collect();
    let mut raw = RawTable::new(table.name().as_str(), "generated", header);
    let count = (table.columns().iter())
        .filter(|column| is_alone(table, column))
        .filter_map(|column| parents.get(column.name().as_str()))
        .map(Vec::len)
        .fold(count, usize::min);
    for row in 0..count as u64 {
        raw.push_row(table.columns().iter().map(|column| {
            let told = |name: &str| {
                let column = table.column(name)?;
                let text = value(table, column, row, seed, words, parents);
                text.text().map(str::to_owned)
            };
            let name = column.name().as_str();
            match promise::presence(table, name, told) {
                Some(Presence::Absent) => Cell::Absent,
                Some(Presence::Present) => there(table, column, row, seed, words, parents),
                None => value(table, column, row, seed, words, parents),
            }
        }));
    }
    raw
}

/// The rows that a design has written out.
pub fn written(table: &DesignTable) -> RawTable<'static> {
    let header = table.columns().iter().map(|column| column.name().to_string()).collect();
    let mut raw = RawTable::new(table.name().as_str(), "design", header);
    for row in table.rows() {
        raw.push_row(row.iter().map(cell));
    }
    raw
}

/// A value as a cell of a table that was read.
pub(super) fn cell(value: &Value) -> Cell<'static> {
    match value {
        Value::Null => Cell::Absent,
        Value::String(text) => Cell::Quoted(text.clone().into()),
        Value::Object(_) | Value::Array(_) => Cell::Nested(value.to_string().into()),
        Value::Bool(_) | Value::Number(_) => Cell::Bare(value.to_string().into()),
    }
}

/// Whether a column alone names a row.
fn is_alone(table: &DesignTable, column: &DesignColumn) -> bool {
    table.primary_key() == std::slice::from_ref(column.name())
        || table.unique().iter().any(|set| set.as_slice() == std::slice::from_ref(column.name()))
}

/// The value of a row in a column, or nothing where it may be missing.
fn value(
    table: &DesignTable,
    column: &DesignColumn,
    row: u64,
    seed: u64,
    words: &Words,
    parents: &Words,
) -> Cell<'static> {
    let draw = Draw::new(seed, table.name().as_str(), column.name().as_str());
    let missing = draw.below(row * DRAWS + MISSING, 100) < MISSING_PERCENT;
    if missing && column.nullable() && !is_alone(table, column) {
        return Cell::Absent;
    }
    there(table, column, row, seed, words, parents)
}

/// The value of a row in a column.
fn there(
    table: &DesignTable,
    column: &DesignColumn,
    row: u64,
    seed: u64,
    words: &Words,
    parents: &Words,
) -> Cell<'static> {
    let name = column.name().as_str();
    let draw = Draw::new(seed, table.name().as_str(), name);
    let alone = is_alone(table, column);
    let draws = |which: u64| row * DRAWS + which;
    if let Some(keys) = parents.get(name).filter(|keys| !keys.is_empty()) {
        let at = if alone { row } else { skewed(draw, draws(VALUE), keys.len() as u64) };
        return Cell::bare(keys[at as usize % keys.len()].clone());
    }
    let given = words.get(name).map(Vec::as_slice).or(column.vocabulary());
    if let Some(given) = given.filter(|given| !given.is_empty()) {
        let many = given.len() as u64;
        if !alone {
            return Cell::Quoted(given[skewed(draw, draws(VALUE), many) as usize].clone().into());
        }
        let word = &given[(row % many) as usize];
        let round = row / many;
        let more =
            || promise::formed(table, name, row).unwrap_or_else(|| format!("{word} {}", round + 1));
        let text = if round == 0 { word.clone() } else { more() };
        return Cell::Quoted(text.into());
    }
    let at = draws(VALUE);
    let number = if alone { row + 1 } else { draw.bits(at) };
    if let (None | Some(Kind::Text), Some(text)) =
        (column.kind(), promise::formed(table, name, number))
    {
        return Cell::Quoted(text.into());
    }
    // What must rise is drawn as the first of it, and then some.
    let (name, steps) = promise::after(table, name);
    let draw = Draw::new(seed, table.name().as_str(), name);
    let text = match column.kind().unwrap_or(&Kind::Text) {
        Kind::Bool => (draw.below(at, 100) < TRUE_PERCENT).to_string(),
        Kind::Int(_) if alone => (row + 1).to_string(),
        kind @ Kind::Int(_) => {
            (risen(fraction(table, name, kind, draw, at), steps) as i64).to_string()
        }
        kind @ Kind::Float => {
            format!("{:.3}", risen(fraction(table, name, kind, draw, at), steps))
        }
        kind @ Kind::Decimal { scale, .. } => {
            let number = risen(fraction(table, name, kind, draw, at), steps);
            format!("{number:.*}", usize::from(*scale))
        }
        Kind::Enum(values) if !values.is_empty() => {
            values[skewed(draw, at, values.len() as u64) as usize].clone()
        }
        Kind::Date => Moment::Date(day(draw, at) + steps as i32).to_string(),
        Kind::Time => Moment::Time(later(second(draw, at + 1), steps)).to_string(),
        Kind::Timestamp => {
            Moment::Timestamp(instant(draw, at) + i64::from(steps) * DAY).to_string()
        }
        Kind::TimestampTz => {
            Moment::TimestampTz(instant(draw, at) + i64::from(steps) * DAY).to_string()
        }
        Kind::Uuid => uuid(draw, at),
        Kind::List(_) => return Cell::Nested("[]".into()),
        Kind::Struct(fields) => {
            // What is inside is not known.
            let inside = fields.iter().map(|field| (field.name.clone(), Value::Null));
            return Cell::Nested(Value::Object(inside.collect()).to_string().into());
        }
        Kind::Json => return Cell::Nested("{}".into()),
        Kind::Text | Kind::Enum(_) if alone => format!("{}-{:04}", prefix(table), row + 1),
        Kind::Text | Kind::Enum(_) => return Cell::Absent,
    };
    Cell::Bare(text.into())
}

/// A place in `0..many` of which the first ones are the likelier: as the square of an even draw.
fn skewed(draw: Draw, at: u64, many: u64) -> u64 {
    let even = draw.unit(at);
    ((even * even * many as f64) as u64).min(many.saturating_sub(1))
}

/// The bounds that the design sets, or those of a column nothing is known of.
fn bounds(table: &DesignTable, name: &str) -> (f64, f64) {
    let number = |value: &Option<Value>| match value {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let range = table.checks().iter().find_map(|check| match check {
        Check::Range { column, min, max } if column == name => Some((number(min), number(max))),
        _ => None,
    });
    match range {
        Some((Some(least), Some(most))) => (least, most),
        Some((Some(least), None)) => (least, least + 1000.0),
        Some((None, Some(most))) => (most - 1000.0, most),
        Some((None, None)) | None => (1.0, 500.0),
    }
}

/// The largest number that a kind holds.
fn largest(kind: &Kind) -> f64 {
    match kind {
        Kind::Int(IntSize::I8) => f64::from(i8::MAX),
        Kind::Int(IntSize::I16) => f64::from(i16::MAX),
        Kind::Int(IntSize::I32) => f64::from(i32::MAX),
        Kind::Decimal { precision, scale } => {
            10_f64.powi(i32::from(*precision) - i32::from(*scale)) - 1.0
        }
        _ => f64::MAX,
    }
}

/// A number within bounds that its kind holds, of which small ones are the likelier.
fn fraction(table: &DesignTable, name: &str, kind: &Kind, draw: Draw, at: u64) -> f64 {
    let (least, most) = bounds(table, name);
    let (least, most) = (least.max(-largest(kind)), most.min(largest(kind)));
    let even = draw.unit(at);
    (most - least).mul_add(even * even, least)
}

/// A number some steps above another.
fn risen(number: f64, steps: u32) -> f64 {
    (number.abs() * RISE).mul_add(f64::from(steps), number)
}

/// A time some steps after another, on the same day.
fn later(time: i64, steps: u32) -> i64 {
    let left = DAY - 1_000_000 - time;
    time + left / 8 * i64::from(steps.min(8))
}

fn day(draw: Draw, at: u64) -> i32 {
    let (year, month, day) = FIRST_DAY;
    days_from_civil(year, month, day) + draw.below(at, DAYS) as i32
}

/// A second of the day, in microseconds.
fn second(draw: Draw, at: u64) -> i64 {
    draw.below(at, DAY as u64 / 1_000_000) as i64 * 1_000_000
}

fn instant(draw: Draw, at: u64) -> i64 {
    i64::from(day(draw, at)) * DAY + second(draw, at + 1)
}

/// A random UUID, version 4 (RFC 9562).
fn uuid(draw: Draw, at: u64) -> String {
    let high = draw.bits(at) & !0xf000 | 0x4000;
    let low = draw.bits(at + 1) & !(0b11 << 62) | 0b10 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// The first letters of a table's name, for codes.
fn prefix(table: &DesignTable) -> String {
    table.name().as_str().chars().take(3).collect::<String>().to_uppercase()
}
