//! [`Instants`]: dates and timestamps in ISO 8601, all of one form.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, TimestampMicrosecondArray};
use arrow::buffer::{NullBuffer, ScalarBuffer};

use super::super::Verdict;
use super::Misfit;
use crate::cell::span::Sort;
use crate::kind::Kind;
use crate::value::moment::{DAY, Order, Spelling, days_from_civil};

/// Bytes of a date, and of a date with a time to the second.
const DATE: usize = 10;
const STAMP: usize = 19;

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

    #[inline]
    pub(super) fn take(&mut self, value: Option<(Sort, &[u8])>) -> Result<(), Misfit> {
        let bytes = match value {
            None => None,
            Some((Sort::Nested, _)) => return Err(Misfit),
            Some((_, bytes)) => Some(bytes),
        };
        match &mut self.values {
            Values::Days(days) => days.push(match bytes {
                Some(bytes) => date(bytes).ok_or(Misfit)?,
                None => 0,
            }),
            Values::Micros(micros, zone) => micros.push(match bytes {
                Some(bytes) => match stamp(bytes) {
                    Some((micros, found)) if found == *zone => micros,
                    _ => return Err(Misfit),
                },
                None => 0,
            }),
        }
        Ok(())
    }

    pub(super) fn finish(self, nulls: Option<NullBuffer>) -> Option<(Verdict, ArrayRef)> {
        let (kind, array): (Kind, ArrayRef) = match self.values {
            Values::Days(days) => {
                (Kind::Date, Arc::new(Date32Array::new(ScalarBuffer::from(days), nulls)))
            }
            Values::Micros(micros, zone) => {
                let array = TimestampMicrosecondArray::new(ScalarBuffer::from(micros), nulls);
                match zone {
                    Zone::None => (Kind::Timestamp, Arc::new(array)),
                    Zone::Utc => (Kind::TimestampTz, Arc::new(array.with_timezone("UTC"))),
                }
            }
        };
        let mut verdict = Verdict::new(kind);
        verdict.format = Some(self.format);
        Some((verdict, array))
    }
}

/// The days of `2020-01-31`.
#[inline]
fn date(bytes: &[u8]) -> Option<i32> {
    days(bytes.try_into().ok()?)
}

#[inline]
fn days(text: &[u8; DATE]) -> Option<i32> {
    /// Days of each month, but for the 29th of February.
    const LONG: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let year = two(text[0], text[1])? * 100 + two(text[2], text[3])?;
    let (month, day) = (two(text[5], text[6])?, two(text[8], text[9])?);
    let long = *LONG.get((month as usize).wrapping_sub(1))?;
    let leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    (year > 0 && day > 0 && day <= long + u32::from(leap))
        .then(|| days_from_civil(year as i32, month, day))
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// The microseconds of `2020-01-31T09:05:07.25Z`, with a space or a `T`, with or without a fraction
/// and a zone.
#[inline]
fn stamp(bytes: &[u8]) -> Option<(i64, Zone)> {
    let (head, mut rest) = bytes.split_first_chunk::<STAMP>()?;
    let days = days(head.first_chunk()?)?;
    if !matches!(head[10], b' ' | b'T') || head[13] != b':' || head[16] != b':' {
        return None;
    }
    let (hour, minute) = (two(head[11], head[12])?, two(head[14], head[15])?);
    let second = two(head[17], head[18])?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut micros =
        i64::from(days) * DAY + i64::from(hour * 3600 + minute * 60 + second) * 1_000_000;
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
