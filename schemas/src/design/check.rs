//! Checks and literal rows: kept where they speak of columns that are there and make sense.

use std::cmp::Ordering;

use serde_json::Value;

use super::gather::line;
use super::{DesignColumn, DesignTable, stem};
use crate::draft::{Check, TableDraft};
use crate::finding::{Finding, Level};
use crate::kind::Kind;
use crate::value::moment::{self, Moment, Order};

/// The most checks a table has.
const MAX_CHECKS: usize = 100;
/// The longest pattern, in characters.
const MAX_PATTERN: usize = 200;

/// Keeps the checks of every table that can hold; the others become findings.
pub(super) fn keep(
    tables: &mut [DesignTable],
    drafts: &[Vec<(usize, &TableDraft)>],
    findings: &mut Vec<Finding>,
) {
    for (table, drafts) in tables.iter_mut().zip(drafts) {
        for (number, draft) in drafts {
            for (place, check) in draft.checks.iter().enumerate() {
                let at = format!("/tables/{number}/checks/{place}");
                if table.checks.len() == MAX_CHECKS {
                    let message = format!("checks after the first {MAX_CHECKS} were left out");
                    findings.push(Finding::new(Level::Reject, at, message));
                    break;
                }
                match checked(table, check) {
                    Ok(check) if table.checks.contains(&check) => {}
                    Ok(check) => table.checks.push(check),
                    Err(why) => {
                        let message = format!("a check of `{}` was left out: {why}", table.name);
                        findings.push(Finding::new(Level::Reject, at, message));
                    }
                }
            }
        }
    }
}

/// The check with the names that its columns have here, or why it cannot hold.
fn checked(table: &DesignTable, check: &Check) -> Result<Check, String> {
    let column = |name: &str| -> Result<&DesignColumn, String> {
        stem::column(&table.columns, name)
            .map(|place| &table.columns[place])
            .ok_or_else(|| format!("there is no column `{}`", line(name)))
    };
    let name = |column: &DesignColumn| column.name.as_str().to_owned();
    match check {
        Check::Range { column: of, min, max } => {
            let of = column(of)?;
            let (min, max) = (bound(of, min.as_ref())?, bound(of, max.as_ref())?);
            if min.is_none() && max.is_none() {
                return Err(format!("the range of `{}` has no bound", of.name));
            }
            if let (Some(least), Some(most)) = (&min, &max)
                && compare(least, most) == Some(Ordering::Greater)
            {
                return Err(format!("the range of `{}` ends before it begins", of.name));
            }
            Ok(Check::Range { column: name(of), min, max })
        }
        Check::Pattern { column: of, pattern } => {
            let of = column(of)?;
            let plain = !pattern.is_empty() && !pattern.chars().any(char::is_control);
            if !plain || pattern.chars().count() > MAX_PATTERN {
                return Err(format!("the pattern of `{}` is empty or too long", of.name));
            }
            Ok(Check::Pattern { column: name(of), pattern: pattern.clone() })
        }
        Check::Order { columns } => {
            let mut order: Vec<String> = Vec::new();
            for each in columns {
                let each = name(column(each)?);
                if order.contains(&each) {
                    return Err(format!("`{each}` cannot come after itself"));
                }
                order.push(each);
            }
            if order.len() < 2 {
                return Err("an order needs two columns".into());
            }
            Ok(Check::Order { columns: order })
        }
        Check::When { column: of, is, then, must } => {
            let (of, then) = (column(of)?, column(then)?);
            if is.is_empty() {
                return Err(format!("no value of `{}` is named", of.name));
            }
            if of.name == then.name {
                return Err(format!("`{}` cannot depend on itself", of.name));
            }
            Ok(Check::When { column: name(of), is: is.clone(), then: name(then), must: *must })
        }
    }
}

/// A bound that values of the column can be compared with.
fn bound(column: &DesignColumn, value: Option<&Value>) -> Result<Option<Value>, String> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    let fits = match &column.kind {
        Some(kind) if kind.is_number() => number(value).is_some(),
        Some(kind) if kind.is_moment() => moment(value).is_some(),
        None | Some(Kind::Text) => number(value).is_some() || moment(value).is_some(),
        Some(_) => false,
    };
    if fits {
        Ok(Some(value.clone()))
    } else {
        let value = line(&value.to_string());
        Err(format!("`{value}` is no bound for `{}`", column.name))
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

fn moment(value: &Value) -> Option<Moment> {
    moment::parse(value.as_str()?, Order::MonthFirst)
}

fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    if let (Some(one), Some(other)) = (number(one), number(other)) {
        return one.partial_cmp(&other);
    }
    match (moment(one)?, moment(other)?) {
        (Moment::Date(one), Moment::Date(other)) => Some(one.cmp(&other)),
        (Moment::Time(one), Moment::Time(other)) => Some(one.cmp(&other)),
        (one, other) => Some(micros(one)?.cmp(&micros(other)?)),
    }
}

fn micros(moment: Moment) -> Option<i64> {
    match moment {
        Moment::Date(days) => i64::from(days).checked_mul(moment::DAY),
        Moment::Time(_) => None,
        Moment::Timestamp(micros) | Moment::TimestampTz(micros) => Some(micros),
    }
}

/// Keeps the literal rows of every table, each as wide as its columns.
pub(super) fn rows(
    tables: &mut [DesignTable],
    drafts: &[Vec<(usize, &TableDraft)>],
    findings: &mut Vec<Finding>,
) {
    for (table, drafts) in tables.iter_mut().zip(drafts) {
        let Some((number, draft)) = drafts.iter().find(|(_, draft)| !draft.rows.is_empty()) else {
            continue;
        };
        let width = table.columns.len();
        let mut uneven = 0;
        table.rows = (draft.rows.iter())
            .map(|row| {
                uneven += usize::from(row.len() != draft.columns.len());
                let filled = row.iter().cloned().chain(std::iter::repeat(Value::Null));
                filled.take(width).collect()
            })
            .collect();
        if uneven > 0 {
            let at = format!("/tables/{number}/rows");
            let message = format!("{uneven} rows of `{}` were not as wide as it is", table.name);
            findings.push(Finding::new(Level::Repair, at, message));
        }
    }
}
