//! [`Profile`]: what a column's values are like as a key, and a sketch of which they are.

use std::hash::Hasher;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

use crate::dataset::Table;
use crate::kind::Kind;

/// How many of a column's least hashes are kept: all of them for most columns, 32 KB for the rest.
pub(super) const SKETCH: usize = 4096;
/// Microseconds in an hour: a timestamp that is no finer may be part of a key.
const HOUR: i64 = 3_600_000_000;

/// What kind of key a column could be part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Whole numbers, typed or as text.
    Int,
    /// Words, codes, names.
    Text,
    /// Days, and moments no finer than hours.
    Day,
    /// Times of day.
    Time,
    /// Moments finer than hours: events, seldom names of rows.
    Moment,
    /// Nothing that names a row: measures, truth values, documents.
    Other,
}

/// A column's values as a key would see them.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    /// What kind of key it could be.
    pub(super) family: Family,
    /// How many rows there are.
    pub(super) rows: usize,
    /// How many of them have no value.
    pub(super) nulls: usize,
    /// How many different values there are.
    pub(super) distinct: usize,
    /// Least and greatest, where all are whole numbers.
    pub(super) span: Option<(i64, i64)>,
    /// Bytes of a value, on average; 0 for what is not text.
    pub(super) mean_length: f64,
    /// Whether a value has white space inside.
    pub(super) spaced: bool,
    /// Whether these are UUIDs.
    pub(super) uuid: bool,
    /// The least hashes in order; all of them where `distinct` says so.
    pub(super) sketch: Vec<u64>,
}

enum Values {
    Ints(Int64Array),
    Texts(StringArray),
    None,
}

/// The profile of one column of a table.
pub(super) fn profile(table: &Table, at: usize) -> Profile {
    let kind = &table.columns[at].kind;
    let values = values(table, at);
    let rows = table.batch.num_rows();
    let mut profile = Profile {
        family: Family::Other,
        rows,
        nulls: 0,
        distinct: 0,
        span: None,
        mean_length: 0.0,
        spaced: false,
        uuid: *kind == Kind::Uuid,
        sketch: Vec::new(),
    };
    match &values {
        Values::None => {
            profile.nulls = table.batch.column(at).null_count();
            return profile;
        }
        Values::Ints(ints) => {
            profile.nulls = ints.null_count();
            profile.span = span(ints.iter().flatten());
            profile.family = match kind {
                Kind::Date => Family::Day,
                Kind::Time => Family::Time,
                Kind::Timestamp | Kind::TimestampTz
                    if ints.iter().flatten().all(|at| at % HOUR == 0) =>
                {
                    Family::Day
                }
                Kind::Timestamp | Kind::TimestampTz => Family::Moment,
                _ => Family::Int,
            };
        }
        Values::Texts(texts) => {
            profile.nulls = texts.null_count();
            let there = (rows - profile.nulls).max(1);
            let bytes: usize = texts.iter().flatten().map(str::len).sum();
            profile.mean_length = bytes as f64 / there as f64;
            profile.spaced =
                texts.iter().flatten().any(|text| text.trim().contains(char::is_whitespace));
            let ints =
                profile.nulls < rows && texts.iter().flatten().all(|text| whole(text).is_some());
            if ints {
                profile.span = span(texts.iter().flatten().filter_map(whole));
            }
            profile.family = if ints { Family::Int } else { Family::Text };
        }
    }
    let mut hashes = hashed(&values);
    profile.distinct = hashes.len();
    hashes.truncate(SKETCH);
    hashes.shrink_to_fit();
    profile.sketch = hashes;
    profile
}

/// The hashes of the different values of a column, in order.
pub(super) fn hashes(table: &Table, at: usize) -> Vec<u64> {
    hashed(&values(table, at))
}

/// A hash for each row over some columns together; `None` where one of them is null.
pub(super) fn row_hashes(table: &Table, columns: &[usize]) -> Vec<Option<u64>> {
    let mut rows = vec![Some(0_u64); table.batch.num_rows()];
    for at in columns {
        let mut mix = |row: usize, value: Option<u64>| {
            rows[row] =
                rows[row].zip(value).map(|(before, value)| spread(before.rotate_left(23) ^ value));
        };
        match values(table, *at) {
            Values::Ints(ints) => {
                ints.iter().enumerate().for_each(|(row, value)| mix(row, value.map(of_int)));
            }
            Values::Texts(texts) => {
                texts.iter().enumerate().for_each(|(row, value)| mix(row, value.map(of_text)));
            }
            Values::None => (0..table.batch.num_rows()).for_each(|row| mix(row, None)),
        }
    }
    rows
}

/// Whether all values of some hashes, in order, are among others, in order; how many are not.
pub(super) fn strangers(some: &[u64], others: &[u64]) -> usize {
    let mut others = others.iter();
    let mut ahead = others.next();
    let mut count = 0;
    for hash in some {
        while ahead.is_some_and(|other| other < hash) {
            ahead = others.next();
        }
        count += usize::from(ahead != Some(hash));
    }
    count
}

impl Profile {
    /// Whether each row has a value and no two the same.
    pub(super) fn is_unique(&self) -> bool {
        self.rows > 0
            && self.nulls == 0
            && self.distinct == self.rows
            && self.family != Family::Other
    }

    /// The share of sketched values that are not in the other column: 0 wherever all are included,
    /// and exact while both columns have few values.
    pub(super) fn share_outside(&self, other: &Self) -> f64 {
        let whole = other.distinct <= other.sketch.len();
        let reach = if whole { u64::MAX } else { other.sketch.last().copied().unwrap_or(0) };
        let seen = self.sketch.partition_point(|hash| *hash <= reach);
        if seen == 0 {
            return 0.0;
        }
        strangers(&self.sketch[..seen], &other.sketch) as f64 / seen as f64
    }

    /// Whether no value lies beyond the other column's least and greatest, as far as both are whole
    /// numbers.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.span.zip(other.span).is_none_or(|(own, all)| all.0 <= own.0 && own.1 <= all.1)
    }

    /// Whether every whole number from its least to its greatest is there.
    pub(super) fn is_dense(&self) -> bool {
        let all = |(least, most): (i64, i64)| i128::from(most) - i128::from(least) + 1;
        self.span.is_some_and(|span| all(span) == self.distinct as i128)
    }

    /// Whether the two sketches hold every value, so that nothing needs to be read again.
    pub(super) fn is_whole(&self) -> bool {
        self.distinct <= self.sketch.len()
    }
}

fn values(table: &Table, at: usize) -> Values {
    let array: &ArrayRef = table.batch.column(at);
    let ints = |array: &ArrayRef| {
        cast(array, &DataType::Int64)
            .map_or(Values::None, |array| Values::Ints(array.as_primitive::<Int64Type>().clone()))
    };
    match array.data_type() {
        DataType::Utf8 if table.columns[at].kind != Kind::Json => {
            Values::Texts(array.as_string::<i32>().clone())
        }
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::Timestamp(_, _)
        | DataType::Time64(_) => ints(array),
        DataType::Date32 => {
            cast(array, &DataType::Int32).map_or(Values::None, |array| ints(&array))
        }
        DataType::Dictionary(_, _) | DataType::Decimal128(_, 0) => cast(array, &DataType::Utf8)
            .map_or(Values::None, |array| Values::Texts(array.as_string::<i32>().clone())),
        _ => Values::None,
    }
}

fn hashed(values: &Values) -> Vec<u64> {
    let mut hashes: Vec<u64> = match values {
        Values::Ints(ints) => ints.iter().flatten().map(of_int).collect(),
        Values::Texts(texts) => texts.iter().flatten().map(of_text).collect(),
        Values::None => Vec::new(),
    };
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

fn span(values: impl Iterator<Item = i64>) -> Option<(i64, i64)> {
    values.fold(None, |span, value| {
        let (least, most) = span.unwrap_or((value, value));
        Some((least.min(value), most.max(value)))
    })
}

/// The whole number that a text is, spelt the one way in which numbers are printed.
pub(super) fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.is_empty()
        && (digits.len() == 1 || !digits.starts_with('0'))
        && text != "-0";
    if plain { text.parse().ok() } else { None }
}

/// The same for a number and for the text that prints it, so that kinds need not agree.
pub(super) fn of_text(text: &str) -> u64 {
    let text = text.trim();
    if let Some(int) = whole(text) {
        return of_int(int);
    }
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

fn of_int(int: i64) -> u64 {
    spread(int as u64 ^ 0x9e37_79b9_7f4a_7c15)
}

/// The finaliser of `SplitMix64`: one to one, so that no two whole numbers meet.
fn spread(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
