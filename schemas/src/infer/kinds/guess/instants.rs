//! [`Instants`]: dates and timestamps in ISO 8601, all of one form.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, TimestampMicrosecondArray};
use arrow::buffer::{NullBuffer, ScalarBuffer};

use super::super::Verdict;
use super::many::{self, DATE, LANES, STAMP};
use super::{fitted, room};
use crate::cell::cut::Cut;
use crate::cell::span::Sort;
use crate::kind::Kind;
use crate::value::digits;
use crate::value::moment::{DAY, Order, Spelling};

/// The values of a column of moments.
pub(super) struct Instants {
    /// How the first was written, in the letters of `strftime`.
    format: String,
    values: Values,
}

enum Values {
    /// Days since 1970.
    Days(Vec<i32>),
    /// Microseconds since 1970, and whether each names the zone `Z`.
    Micros(Vec<i64>, Zone),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Zone {
    None,
    Utc,
}

impl Instants {
    /// An empty column of the form that a text has.
    pub(super) fn begin(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let values = if date(bytes).is_some() {
            Values::Days(Vec::new())
        } else {
            Values::Micros(Vec::new(), stamp(bytes)?.1)
        };
        Some(Self { format: Spelling::format(text, Order::MonthFirst)?, values })
    }

    /// Takes some cells of a text in, or as many as come before the one of another form.
    pub(super) fn take(&mut self, text: &[u8], cuts: &[Cut]) -> Result<(), usize> {
        match &mut self.values {
            Values::Days(days) => fill(days, text, cuts, many::dates, date),
            Values::Micros(micros, Zone::None) => fill(micros, text, cuts, many::stamps, |bytes| {
                stamp(bytes).filter(|found| found.1 == Zone::None).map(|found| found.0)
            }),
            Values::Micros(micros, Zone::Utc) => fill(
                micros,
                text,
                cuts,
                |_, _, _| 0,
                |bytes| stamp(bytes).filter(|found| found.1 == Zone::Utc).map(|found| found.0),
            ),
        }
    }

    /// Makes room for so many values more.
    pub(super) fn reserve(&mut self, rows: usize) {
        match &mut self.values {
            Values::Days(days) => room(days, rows),
            Values::Micros(micros, _) => room(micros, rows),
        }
    }

    pub(super) fn finish(self, nulls: Option<NullBuffer>) -> (Verdict, ArrayRef) {
        let (kind, array): (Kind, ArrayRef) = match self.values {
            Values::Days(days) => {
                (Kind::Date, Arc::new(Date32Array::new(ScalarBuffer::from(fitted(days)), nulls)))
            }
            Values::Micros(micros, zone) => {
                let values = ScalarBuffer::from(fitted(micros));
                let array = TimestampMicrosecondArray::new(values, nulls);
                match zone {
                    Zone::None => (Kind::Timestamp, Arc::new(array)),
                    Zone::Utc => (Kind::TimestampTz, Arc::new(array.with_timezone("UTC"))),
                }
            }
        };
        let mut verdict = Verdict::new(kind);
        verdict.format = Some(self.format);
        (verdict, array)
    }
}

/// Appends a value for each cell, 0 where nothing stands: by `many` from a place on as far as that
/// goes, what it leaves by `read`.
#[inline]
fn fill<T: Copy + Default>(
    values: &mut Vec<T>,
    text: &[u8],
    cuts: &[Cut],
    many: impl Fn(&[u8], &[Cut], &mut [T]) -> usize,
    read: impl Fn(&[u8]) -> Option<T>,
) -> Result<(), usize> {
    let from = values.len();
    values.resize(from + cuts.len(), T::default());
    let mut at = 0;
    while at < cuts.len() {
        at += many(text, &cuts[at..], &mut values[from + at..]);
        let to = (at + LANES).min(cuts.len());
        for (cut, slot) in cuts[at..to].iter().zip(&mut values[from + at..]) {
            if let Some(value) = read(cut.of(text)).filter(|_| cut.sort() != Some(Sort::Nested)) {
                *slot = value;
            } else if !cut.is_absent() {
                values.truncate(from + at);
                return Err(at);
            } else {
                *slot = T::default();
            }
            at += 1;
        }
    }
    Ok(())
}

/// The days of `2020-01-31`.
#[inline]
fn date(bytes: &[u8]) -> Option<i32> {
    days(bytes.try_into().ok()?)
}

/// The days of a date of ten bytes.
#[inline]
fn days(text: &[u8; DATE]) -> Option<i32> {
    let halves =
        (u64::from_le_bytes(*text.first_chunk()?), u64::from_le_bytes(*text.last_chunk()?));
    let (eight, odd) = many::digits(halves);
    let (days, none) = many::days(eight);
    (odd | none == 0).then_some(days as i32)
}

/// The microseconds of `2020-01-31T09:05:07.25Z`, with a space or a `T`, with or without a fraction
/// and a zone.
#[inline]
fn stamp(bytes: &[u8]) -> Option<(i64, Zone)> {
    /// The colons of `hh:mm:ss`.
    const MARKS: u64 = 0x0000_ff00_00ff_0000;
    const COLONS: u64 = 0x0000_3a00_003a_0000;
    let (head, rest) = bytes.split_first_chunk::<STAMP>()?;
    let days = days(head.first_chunk()?)?;
    let clock = u64::from_le_bytes(*head.last_chunk()?);
    if !matches!(head[10], b' ' | b'T') || clock & MARKS != COLONS {
        return None;
    }
    let six = clock & 0xffff | (clock >> 8) & 0xffff_0000 | (clock >> 16) & 0xffff_0000_0000;
    let [hour, minute, second, _] = digits::pairs(six | 0x3030 << 48)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let micros = i64::from(days) * DAY + i64::from(hour * 3600 + minute * 60 + second) * 1_000_000;
    if rest.is_empty() { Some((micros, Zone::None)) } else { fraction(micros, rest) }
}

/// What stands behind the second.
fn fraction(mut micros: i64, mut rest: &[u8]) -> Option<(i64, Zone)> {
    if let [b'.', digits @ ..] = rest {
        let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=6).contains(&length) {
            return None;
        }
        let fraction =
            digits[..length].iter().fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'));
        micros += fraction * 10_i64.pow(6 - length as u32);
        rest = &digits[length..];
    }
    match rest {
        [] => Some((micros, Zone::None)),
        [b'Z'] => Some((micros, Zone::Utc)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::moment;

    #[test]
    fn days_are_those_of_the_calendar() {
        for year in [1, 4, 100, 400, 1899, 1900, 1970, 2000, 2023, 2024, 2100, 9999] {
            for month in 0..=13 {
                for day in 0..=32 {
                    let text = format!("{year:04}-{month:02}-{day:02}");
                    assert_eq!(date(text.as_bytes()), moment::date(year, month, day), "{text}");
                }
            }
        }
        assert_eq!(date(b"0000-01-01"), None);
        assert_eq!(date(b"2020-1a-01"), None);
        assert_eq!(date(b"2020/01/01"), None);
    }
}
