//! [`Instants`]: dates and timestamps in ISO 8601, all of one form.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, TimestampMicrosecondArray};
use arrow::buffer::{NullBuffer, ScalarBuffer};

use super::super::Verdict;
use crate::cell::cut::Cut;
use crate::cell::span::Sort;
use crate::kind::Kind;
use crate::value::digits;
use crate::value::moment::{DAY, Order, Spelling};

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

    /// Takes some cells of a text in, or as many as come before the one of another form.
    pub(super) fn take(&mut self, text: &[u8], cuts: &[Cut]) -> Result<(), usize> {
        match &mut self.values {
            Values::Days(days) => fill(days, text, cuts, date),
            Values::Micros(micros, Zone::None) => fill(micros, text, cuts, |bytes| {
                stamp(bytes).filter(|found| found.1 == Zone::None).map(|found| found.0)
            }),
            Values::Micros(micros, Zone::Utc) => fill(micros, text, cuts, |bytes| {
                stamp(bytes).filter(|found| found.1 == Zone::Utc).map(|found| found.0)
            }),
        }
    }

    /// An empty column of the same form.
    pub(super) fn fork(&self) -> Self {
        let values = match &self.values {
            Values::Days(_) => Values::Days(Vec::new()),
            Values::Micros(_, zone) => Values::Micros(Vec::new(), *zone),
        };
        Self { format: self.format.clone(), values }
    }

    /// These values and others behind them, unless those are of another form.
    pub(super) fn join(mut self, later: &Self) -> Option<Self> {
        match (&mut self.values, &later.values) {
            (Values::Days(days), Values::Days(more)) => days.extend_from_slice(more),
            (Values::Micros(micros, zone), Values::Micros(more, other)) if zone == other => {
                micros.extend_from_slice(more);
            }
            _ => return None,
        }
        Some(self)
    }

    pub(super) fn finish(self, nulls: Option<NullBuffer>) -> (Verdict, ArrayRef) {
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
        (verdict, array)
    }
}

/// Appends a value for each cell, 0 where nothing stands.
#[inline]
fn fill<T: Copy + Default>(
    values: &mut Vec<T>,
    text: &[u8],
    cuts: &[Cut],
    read: impl Fn(&[u8]) -> Option<T>,
) -> Result<(), usize> {
    let from = values.len();
    values.resize(from + cuts.len(), T::default());
    for (at, (cut, slot)) in cuts.iter().zip(&mut values[from..]).enumerate() {
        if let Some(value) = read(cut.of(text)).filter(|_| cut.sort() != Some(Sort::Nested)) {
            *slot = value;
        } else if !cut.is_absent() {
            values.truncate(from + at);
            return Err(at);
        }
    }
    Ok(())
}

/// The days of `2020-01-31`.
#[inline]
fn date(bytes: &[u8]) -> Option<i32> {
    days(bytes.try_into().ok()?)
}

#[inline]
fn days(text: &[u8; DATE]) -> Option<i32> {
    /// The hyphens of `YYYY-MM-`.
    const MARKS: u64 = 0xff00_00ff_0000_0000;
    const HYPHENS: u64 = 0x2d00_002d_0000_0000;
    /// Days of each month, but for the 29th of February.
    const LONG: [u32; 16] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0];
    /// Days of a year that begins with March before each month, which ends with February.
    const BEFORE: [u32; 16] = [0, 306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 0, 0, 0];
    /// Days from the 1st of March of the year 0 to 1970.
    const TO_1970: i32 = 719_468;
    let head = u64::from_le_bytes(*text.first_chunk()?);
    if head & MARKS != HYPHENS {
        return None;
    }
    let day = u64::from(u16::from_le_bytes([text[8], text[9]]));
    let eight = head & 0xffff_ffff | (head >> 8) & 0xffff_0000_0000 | day << 48;
    let [hundreds, years, month, day] = digits::pairs(eight)?;
    let year = hundreds * 100 + years;
    let leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let long = LONG.get(month as usize)? + u32::from(leap);
    if year == 0 || day.wrapping_sub(1) >= long {
        return None;
    }
    let march = year - u32::from(month <= 2);
    let days = march * 365 + march / 4 - march / 100 + march / 400;
    Some((days + BEFORE[month as usize] + day) as i32 - 1 - TO_1970)
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
