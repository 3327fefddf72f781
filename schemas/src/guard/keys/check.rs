//! Checks over columns: which rows fail one, and in what words.

use std::collections::BTreeSet;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use serde_json::Value;

use super::{Held, patch};
use crate::draft::{Check, Presence};
use crate::value::moment::{self, DAY, Moment};

/// The columns that a check speaks of.
pub(super) fn columns(check: &Check) -> Vec<String> {
    match check {
        Check::Range { column, .. } | Check::Pattern { column, .. } => vec![column.clone()],
        Check::Order { columns } => columns.clone(),
        Check::When { column, then, .. } => vec![column.clone(), then.clone()],
    }
}

/// What is wrong with a row that fails a check.
pub(super) fn reason(check: &Check) -> String {
    match check {
        Check::Range { min: Some(min), max: Some(max), .. } => {
            format!("not between {} and {}", plain(min), plain(max))
        }
        Check::Range { min: Some(min), .. } => format!("less than {}", plain(min)),
        Check::Range { max: Some(max), .. } => format!("more than {}", plain(max)),
        Check::Range { .. } => "out of range".into(),
        Check::Pattern { pattern, .. } => format!("not of the form `{pattern}`"),
        Check::Order { columns } => format!("`{}` do not rise", columns.join("`, `")),
        Check::When { column, then, must: Presence::Present, .. } => {
            format!("`{then}` must be there for this `{column}`")
        }
        Check::When { column, then, must: Presence::Absent, .. } => {
            format!("`{then}` must not be there for this `{column}`")
        }
    }
}

/// The rows that fail a check on these columns.
pub(super) fn failing(check: &Check, columns: &[usize], table: &Held) -> Vec<usize> {
    let array = |place: usize| &table.arrays[columns[place]];
    let rows = 0..table.rows();
    match check {
        Check::Range { min, max, .. } => {
            let Some(values) = numbers(array(0)) else { return Vec::new() };
            let (min, max) = (bound(min.as_ref(), array(0)), bound(max.as_ref(), array(0)));
            let out = |value: f64| {
                min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max)
            };
            rows.filter(|row| values.is_valid(*row) && out(values.value(*row))).collect()
        }
        Check::Pattern { pattern, .. } => {
            let (texts, form) = (patch::texts(array(0)), form(pattern));
            rows.filter(|row| texts.is_valid(*row) && !fits(texts.value(*row), &form)).collect()
        }
        Check::Order { .. } => {
            let Some(values) =
                columns.iter().map(|at| numbers(&table.arrays[*at])).collect::<Option<Vec<_>>>()
            else {
                return Vec::new();
            };
            rows.filter(|row| {
                let there = values
                    .iter()
                    .filter(|array| array.is_valid(*row))
                    .map(|array| array.value(*row))
                    .filter(|value| !value.is_nan());
                !there.is_sorted()
            })
            .collect()
        }
        Check::When { is, must, .. } => {
            let texts = patch::texts(array(0));
            let is: BTreeSet<&str> = is.iter().map(String::as_str).collect();
            let then = array(1);
            rows.filter(|row| texts.is_valid(*row) && is.contains(texts.value(*row)))
                .filter(|row| then.is_null(*row) == (*must == Presence::Present))
                .collect()
        }
    }
}

/// Values on one line of numbers: moments as microseconds, a day as its midnight; none for text.
pub(super) fn numbers(array: &ArrayRef) -> Option<Float64Array> {
    let micros = || {
        let values = cast(array, &DataType::Int64).ok()?;
        cast(&values, &DataType::Float64).ok()
    };
    let values = match array.data_type() {
        DataType::Date32 => {
            let moments = cast(array, &DataType::Timestamp(TimeUnit::Microsecond, None)).ok()?;
            let moments = cast(&moments, &DataType::Int64).ok()?;
            moments.as_primitive_opt::<Int64Type>()?;
            cast(&moments, &DataType::Float64).ok()?
        }
        DataType::Timestamp(_, _) | DataType::Time64(_) => micros()?,
        kind if kind.is_numeric() => cast(array, &DataType::Float64).ok()?,
        _ => return None,
    };
    values.as_primitive_opt::<Float64Type>().cloned()
}

/// A bound on the same line as an array's numbers.
fn bound(value: Option<&Value>, array: &ArrayRef) -> Option<f64> {
    let value = value?;
    let moment = matches!(
        array.data_type(),
        DataType::Date32 | DataType::Timestamp(_, _) | DataType::Time64(_)
    );
    match value {
        Value::Number(number) if !moment => number.as_f64(),
        Value::String(text) if !moment => {
            text.trim().parse().ok().filter(|number: &f64| number.is_finite())
        }
        Value::String(text) => Some(match moment::parse(text, moment::Order::MonthFirst)? {
            Moment::Date(days) => (i64::from(days) * DAY) as f64,
            Moment::Time(micros) | Moment::Timestamp(micros) | Moment::TimestampTz(micros) => {
                micros as f64
            }
        }),
        _ => None,
    }
}

/// The bound that a value out of range is nearest to, as text.
pub(super) fn nearest(check: &Check, value: f64, array: &ArrayRef) -> Option<String> {
    let Check::Range { min, max, .. } = check else { return None };
    let below = bound(min.as_ref(), array).is_some_and(|min| value < min);
    let to = if below { min.as_ref()? } else { max.as_ref()? };
    let integer = array.data_type().is_integer();
    match to {
        Value::Number(number) if integer && number.as_i64().is_none() => {
            let number = number.as_f64()?;
            Some(format!("{:.0}", if below { number.ceil() } else { number.floor() }))
        }
        other => Some(plain(other)),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Digit,
    Upper,
    Lower,
    Any,
    Is(char),
}

fn form(pattern: &str) -> Vec<Part> {
    let mut letters = pattern.chars();
    let mut parts = Vec::new();
    while let Some(letter) = letters.next() {
        parts.push(match letter {
            '#' => Part::Digit,
            'A' => Part::Upper,
            'a' => Part::Lower,
            '*' => Part::Any,
            '\\' => Part::Is(letters.next().unwrap_or('\\')),
            other => Part::Is(other),
        });
    }
    parts
}

/// Whether a text has a form; back to the last `*` only, so that no text is slow.
fn fits(text: &str, form: &[Part]) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let (mut at, mut part) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < letters.len() {
        let one = form.get(part).is_some_and(|part| match part {
            Part::Digit => letters[at].is_ascii_digit(),
            Part::Upper => letters[at].is_uppercase(),
            Part::Lower => letters[at].is_lowercase(),
            Part::Any => false,
            Part::Is(letter) => letters[at] == *letter,
        });
        if one {
            (at, part) = (at + 1, part + 1);
        } else if form.get(part) == Some(&Part::Any) {
            star = Some((at, part));
            part += 1;
        } else if let Some((from, any)) = star {
            star = Some((from + 1, any));
            (at, part) = (from + 1, any + 1);
        } else {
            return false;
        }
    }
    form[part..].iter().all(|part| *part == Part::Any)
}
