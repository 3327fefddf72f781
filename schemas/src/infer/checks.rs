//! Checks that a table's names promise and its rows keep: order in time, and sane ranges.

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use serde_json::json;

use crate::column::Column;
use crate::draft::Check;
use crate::name::Identifier;

/// The share of rows that must keep a promise for the names to mean it: one row in five may be a
/// slip that is worth mending; more than that, and the columns mean something else.
const KEPT: f64 = 0.8;

/// The longest stem that must be the whole word: `in` is not the beginning of `income`.
const WHOLE: usize = 2;

/// Stems of words that tell what comes first and what comes after it.
const PAIRS: [(&str, &str); 22] = [
    ("start", "end"),
    ("start", "finish"),
    ("start", "stop"),
    ("start", "complet"),
    ("begin", "end"),
    ("open", "clos"),
    ("creat", "updat"),
    ("creat", "modif"),
    ("order", "ship"),
    ("order", "deliver"),
    ("ship", "deliver"),
    ("placed", "paid"),
    ("birth", "death"),
    ("birth", "hire"),
    ("hire", "terminat"),
    ("admi", "discharg"),
    ("depart", "arriv"),
    ("issue", "due"),
    ("issue", "expir"),
    ("from", "to"),
    ("checkin", "checkout"),
    ("in", "out"),
];
/// Words that say that a column is a moment, and nothing of which.
const NEUTRAL: [&str; 8] = ["date", "time", "datetime", "timestamp", "at", "on", "last", "day"];
/// Words of columns, the bounds that nature or the word itself sets, and the share of rows that must
/// keep them.
const RANGES: [(&str, Option<f64>, Option<f64>, f64); 10] = [
    ("latitude", Some(-90.0), Some(90.0), KEPT),
    ("lat", Some(-90.0), Some(90.0), KEPT),
    ("longitude", Some(-180.0), Some(180.0), KEPT),
    ("lon", Some(-180.0), Some(180.0), KEPT),
    ("lng", Some(-180.0), Some(180.0), KEPT),
    ("age", Some(0.0), Some(125.0), ALWAYS),
    ("quantity", Some(0.0), None, ALWAYS),
    ("count", Some(0.0), None, ALWAYS),
    ("price", Some(0.0), None, ALWAYS),
    ("population", Some(0.0), None, ALWAYS),
];
/// All rows: there are worlds in which somebody is 900 years old.
const ALWAYS: f64 = 1.0;

/// The checks of a table, by the names of its columns and as far as its rows keep them.
pub fn checks(columns: &[Column], batch: &RecordBatch) -> Vec<Check> {
    let mut checks = Vec::new();
    for (column, array) in columns.iter().zip(batch.columns()) {
        checks.extend(range(column, array));
    }
    for (first, one) in columns.iter().enumerate().filter(|(_, column)| column.kind.is_moment()) {
        for (second, other) in columns.iter().enumerate() {
            if first != second
                && one.kind == other.kind
                && named_in_order(&one.name, &other.name)
                && rises(batch.column(first), batch.column(second))
            {
                checks.push(Check::Order { columns: vec![one.name.clone(), other.name.clone()] });
            }
        }
    }
    checks
}

fn words(name: &str) -> Vec<String> {
    Identifier::new(&name.replace("check-", "check"), "x")
        .as_str()
        .replace("check_in", "checkin")
        .replace("check_out", "checkout")
        .split('_')
        .map(str::to_owned)
        .collect()
}

/// Whether two names are alike but for a word of what comes first and one of what comes after.
fn named_in_order(first: &str, second: &str) -> bool {
    let (first, second) = (words(first), words(second));
    let rest = |words: &[String], stem: &str| -> Option<Vec<String>> {
        let at = words.iter().position(|word| {
            if stem.len() <= WHOLE { word == stem } else { word.starts_with(stem) }
        })?;
        let rest = words.iter().enumerate().filter(|(place, _)| *place != at);
        let told = rest.map(|(_, word)| word.clone());
        Some(told.filter(|word| !NEUTRAL.contains(&word.as_str())).collect())
    };
    PAIRS.iter().any(|(before, after)| {
        matches!((rest(&first, before), rest(&second, after)), (Some(a), Some(b)) if a == b)
    })
}

/// Whether the values of one column are, in most rows, at most those of the other.
fn rises(first: &ArrayRef, second: &ArrayRef) -> bool {
    let (Some(first), Some(second)) = (whole(first), whole(second)) else { return false };
    let both = || first.iter().zip(&second).filter_map(|(first, second)| Some((first?, second?)));
    let all = both().count();
    let kept = both().filter(|(first, second)| first <= second).count();
    // Two columns that are always equal say nothing of an order, but do keep it.
    all > 0 && kept as f64 >= KEPT * all as f64
}

fn whole(array: &ArrayRef) -> Option<Int64Array> {
    let wide = if *array.data_type() == DataType::Date32 {
        cast(&cast(array, &DataType::Int32).ok()?, &DataType::Int64).ok()?
    } else {
        cast(array, &DataType::Int64).ok()?
    };
    Some(wide.as_primitive::<Int64Type>().clone())
}

fn range(column: &Column, array: &ArrayRef) -> Option<Check> {
    if !column.kind.is_number() {
        return None;
    }
    let words = words(&column.name);
    let (_, least, most, share) =
        RANGES.iter().find(|(word, ..)| words.iter().any(|found| found == word))?;
    let values: Float64Array =
        cast(array, &DataType::Float64).ok()?.as_primitive::<Float64Type>().clone();
    let all = values.len() - values.null_count();
    let fits = |value: &f64| {
        least.is_none_or(|least| *value >= least) && most.is_none_or(|most| *value <= most)
    };
    let kept = values.iter().flatten().filter(fits).count();
    (all > 0 && kept as f64 >= share * all as f64).then(|| Check::Range {
        column: column.name.clone(),
        min: least.map(|least| json!(least)),
        max: most.map(|most| json!(most)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_comes_first() {
        for (first, second) in [
            ("start_date", "end_date"),
            ("DateTimeStarted", "DateTimeEnded"),
            ("Date_Created", "Last_Updated"),
            ("check_in_date", "check_out_date"),
            ("scheduled_departure", "scheduled_arrival"),
            ("order_date", "shipped_at"),
        ] {
            assert!(named_in_order(first, second), "{first} {second}");
        }
        for (first, second) in [
            ("end_date", "start_date"),
            ("scheduled_departure", "actual_arrival"),
            ("born_on", "updated_at"),
        ] {
            assert!(!named_in_order(first, second), "{first} {second}");
        }
    }
}
