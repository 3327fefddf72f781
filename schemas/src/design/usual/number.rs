//! Numbers by what they are called: prices, ages, counts, shares.

use serde_json::Value;

use crate::behaviour::{Law, Number};
use crate::design::{DesignColumn, DesignTable, stem};
use crate::draft::Check;
use crate::kind::{IntSize, Kind};

/// Where prices end: mostly just below the whole.
const ENDINGS: [f64; 10] = [0.99, 0.99, 0.99, 0.95, 0.95, 0.5, 0.0, 0.0, 0.49, 0.9];

/// What is usual for a column, within the bounds of its checks and its kind.
pub(super) fn usual(table: &DesignTable, column: &DesignColumn, kind: &Kind) -> Number {
    let written: Vec<f64> = {
        let place = table.columns.iter().position(|one| one.name == column.name).unwrap_or(0);
        table.rows.iter().filter_map(|row| numeric(row.get(place)?)).collect()
    };
    let mut number = from_written(&written, kind).unwrap_or_else(|| {
        let unit = column.unit.as_deref().unwrap_or_default();
        let mut number = named(column.name.as_str(), kind);
        if unit == "%" && number.max.is_none() {
            number = Number {
                min: Some(0.0),
                max: Some(100.0),
                ..Number::new(Law::Normal { mean: 42.0, deviation: 21.0 })
            };
        }
        number
    });
    rising(table, column, &mut number);
    bounded(table, column, number)
}

/// Numbers spread like some that were written, if they are enough.
fn from_written(written: &[f64], kind: &Kind) -> Option<Number> {
    let mut sorted = written.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (least, most) = (*sorted.first()?, *sorted.last()?);
    if sorted.len() < 8 || least >= most {
        return None;
    }
    let mut number = crate::fit::numbers(&sorted, kind);
    number.min.get_or_insert(least);
    Some(number)
}

/// What is usual for numbers of a name.
pub(super) fn named(name: &str, kind: &Kind) -> Number {
    let words = stem::words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let whole = matches!(kind, Kind::Int(_));
    let of = |law: Law, min: f64, max: f64| Number {
        min: Some(min),
        max: Some(max),
        ..Number::new(law)
    };
    let lognormal = |median: f64, sigma: f64| Law::Lognormal { median, sigma };
    let round = |number: Number, to: f64| Number { round: Some(to), ..number };
    let levels = |values: &[f64], weights: &[f64]| Law::Levels {
        values: values.to_vec(),
        weights: Some(weights.to_vec()),
    };
    if has(&["price", "msrp", "fare"]) {
        let price = of(lognormal(38.0, 0.9), 1.0, 5_000.0);
        return if whole { price } else { Number { ending: ENDINGS.to_vec(), ..price } };
    }
    if has(&["latitude", "lat"]) {
        return round(of(Law::Normal { mean: 44.0, deviation: 9.0 }, -54.0, 70.0), 0.00001);
    }
    if has(&["longitude", "lng", "lon", "long"]) {
        return round(of(Law::Normal { mean: 9.0, deviation: 40.0 }, -179.0, 179.0), 0.00001);
    }
    if has(&["salary", "income", "wage"]) {
        return round(of(lognormal(52_000.0, 0.4), 18_000.0, 400_000.0), 100.0);
    }
    if has(&["discount"]) {
        let (values, most) = if words.iter().any(|word| word == "percent" || word == "pct") {
            ([0.0, 5.0, 10.0, 15.0, 20.0, 30.0], 100.0)
        } else {
            ([0.0, 0.05, 0.1, 0.15, 0.2, 0.3], 1.0)
        };
        return of(levels(&values, &[62.0, 13.0, 11.0, 6.0, 5.0, 3.0]), 0.0, most);
    }
    if has(&["rating", "stars"]) {
        let weights = [5.0, 6.0, 13.0, 33.0, 43.0];
        return of(levels(&[1.0, 2.0, 3.0, 4.0, 5.0], &weights), 1.0, 5.0);
    }
    if has(&[
        "cost", "amount", "total", "revenue", "fee", "balance", "budget", "payment", "subtotal",
        "tax",
    ]) {
        return of(lognormal(85.0, 1.1), 0.5, 250_000.0);
    }
    if has(&["quantity", "qty", "units", "items", "seats"]) {
        return Number::new(Law::Zipf { most: 24, skew: 1.7 });
    }
    if has(&["age"]) {
        return of(Law::Normal { mean: 41.0, deviation: 15.0 }, 16.0, 94.0);
    }
    if has(&["year"]) {
        return round(
            of(Law::Triangular { min: 1965.0, mode: 2016.0, max: 2025.0 }, 1965.0, 2025.0),
            1.0,
        );
    }
    if has(&["month"]) {
        return of(Law::Uniform { min: 1.0, max: 12.0 }, 1.0, 12.0);
    }
    if has(&["percent", "percentage", "pct", "humidity"]) {
        return of(Law::Normal { mean: 46.0, deviation: 22.0 }, 0.0, 100.0);
    }
    if has(&["rate", "ratio", "share", "probability", "fraction"]) {
        return round(of(Law::Normal { mean: 0.34, deviation: 0.2 }, 0.0, 1.0), 0.0001);
    }
    if has(&["score", "grade"]) {
        return of(Law::Normal { mean: 68.0, deviation: 15.0 }, 0.0, 100.0);
    }
    if has(&["temperature", "temp"]) {
        return round(of(Law::Normal { mean: 14.5, deviation: 8.0 }, -30.0, 45.0), 0.1);
    }
    if has(&["population", "followers", "views", "subscribers", "downloads"]) {
        return of(lognormal(21_000.0, 1.6), 10.0, 40_000_000.0);
    }
    if has(&["height"]) {
        return round(of(Law::Normal { mean: 171.0, deviation: 9.5 }, 120.0, 215.0), 0.1);
    }
    if has(&["weight", "length", "distance", "size", "area", "width", "depth"]) {
        return round(of(lognormal(24.0, 0.8), 0.1, 9_000.0), if whole { 1.0 } else { 0.1 });
    }
    if has(&["duration", "minutes", "seconds", "hours", "days", "time"]) {
        return of(lognormal(47.0, 0.7), 1.0, 5_000.0);
    }
    if whole {
        of(lognormal(35.0, 1.0), 1.0, 100_000.0)
    } else {
        // Nobody reads off sixteen digits.
        round(of(lognormal(52.0, 0.8), 0.01, 100_000.0), 0.01)
    }
}

/// Where several numbers of a row must rise, each stays in a part of the range of its own.
fn rising(table: &DesignTable, column: &DesignColumn, number: &mut Number) {
    let name = column.name.as_str();
    let order = table.checks.iter().find_map(|check| match check {
        Check::Order { columns } if columns.iter().any(|one| one == name) => Some(columns),
        _ => None,
    });
    let Some(order) = order else { return };
    let Some(place) = order.iter().position(|one| one == name) else { return };
    // All of them by the range of the first, so that the parts meet.
    let first = table.column(&order[0]).unwrap_or(column);
    let kind = first.kind.clone().unwrap_or(Kind::Float);
    let Number { min, max, .. } = bounded(table, first, named(first.name.as_str(), &kind));
    let (least, most) = (min.unwrap_or(1.0), max.unwrap_or(1000.0).min(2_000.0));
    let part = (most - least) / order.len() as f64;
    let from = part.mul_add(place as f64, least).ceil();
    let to = part.mul_add((place + 1) as f64, least).floor().max(from);
    number.law = Law::Triangular { min: from, mode: from, max: to.max(from + 1.0) };
    number.min = Some(from);
    number.max = Some(to);
    number.ending = Vec::new();
}

/// The same numbers within the bounds of a column's checks and kind.
pub(super) fn bounded(table: &DesignTable, column: &DesignColumn, mut number: Number) -> Number {
    let most = column.kind.as_ref().map_or(f64::MAX, largest);
    if most < f64::MAX {
        number.max = Some(number.max.map_or(most, |max| max.min(most)));
        if number.min.is_some_and(|min| min < -most) {
            number.min = Some(-most);
        }
    }
    for check in &table.checks {
        let Check::Range { column: of, min, max } = check else { continue };
        if column.name != of.as_str() {
            continue;
        }
        let (least, most) = (min.as_ref().and_then(numeric), max.as_ref().and_then(numeric));
        number.min = [number.min, least].into_iter().flatten().reduce(f64::max);
        number.max = [number.max, most].into_iter().flatten().reduce(f64::min);
        // A law of which nothing lies between the bounds gives way to a triangle over them.
        if let (Some(least), Some(most)) = (least, most)
            && (number.min > number.max
                || column.behaviour.is_none() && !reaches(&number.law, least, most))
        {
            let mode = (most - least).mul_add(0.35, least);
            let law = if least < most {
                Law::Triangular { min: least, mode, max: most }
            } else {
                Law::Levels { values: vec![least], weights: None }
            };
            number =
                Number { min: Some(least), max: Some(most), ending: Vec::new(), law, ..number };
        }
    }
    if let (Some(min), Some(max)) = (number.min, number.max)
        && min > max
    {
        number.min = Some(max);
    }
    number
}

/// Whether the middle of a law lies between two bounds.
fn reaches(law: &Law, least: f64, most: f64) -> bool {
    let middle = match law {
        Law::Uniform { min, max } => f64::midpoint(*min, *max),
        Law::Normal { mean, .. } | Law::Exponential { mean } => *mean,
        Law::Lognormal { median, .. } => *median,
        Law::Zipf { .. } => 1.0,
        Law::Triangular { mode, .. } => *mode,
        Law::Levels { values, .. } => {
            return values.iter().all(|value| (least..=most).contains(value));
        }
    };
    (least..=most).contains(&middle)
}

/// The largest number that a kind holds.
fn largest(kind: &Kind) -> f64 {
    match kind {
        Kind::Int(IntSize::I8) => f64::from(i8::MAX),
        Kind::Int(IntSize::I16) => f64::from(i16::MAX),
        Kind::Int(IntSize::I32) => f64::from(i32::MAX),
        Kind::Int(IntSize::I64) => 9e18,
        Kind::Decimal { precision, scale } => {
            let whole = 10_f64.powi(i32::from(*precision) - i32::from(*scale));
            whole - 10_f64.powi(-i32::from(*scale))
        }
        _ => f64::MAX,
    }
}

/// A number as a literal row or a check holds it.
pub(super) fn numeric(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}
