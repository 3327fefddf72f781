//! [`Numbers`]: plain digits with at most a minus and a point, as whole numbers that share a scale.

use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array};
use arrow::buffer::{NullBuffer, ScalarBuffer};

use super::super::Verdict;
use super::super::hint::Hint;
use super::super::number::Tally;
use super::Misfit;
use crate::cell::span::Sort;
use crate::kind::Kind;
use crate::value::number::POWERS;

/// Digits that are read here: what 64 bits hold whatever they are.
const MOST_DIGITS: usize = 18;

/// Whole numbers up to here are exact floats.
const EXACT: u64 = 1 << 53;

/// A number in plain digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain {
    /// All digits, as one whole number.
    digits: i64,
    /// How many of them stand after the point.
    scale: u8,
    /// Digits before the point that count.
    whole: u8,
}

/// The values of a column of numbers.
#[derive(Default)]
pub(super) struct Numbers {
    /// Digits of each value at its own scale; 0 where nothing stands.
    digits: Vec<i64>,
    /// The scale of each, from the first that differs from those before it.
    scales: Vec<u8>,
    scale: Option<u8>,
    count: usize,
    long: usize,
    whole: u8,
    least: i64,
    most: i64,
    /// The smallest and the largest without their signs.
    sizes: (u64, u64),
}

impl Numbers {
    pub(super) fn new() -> Self {
        Self { least: i64::MAX, most: i64::MIN, sizes: (u64::MAX, 0), ..Self::default() }
    }

    #[inline]
    pub(super) fn take(&mut self, value: Option<(Sort, &[u8])>) -> Result<(), Misfit> {
        let Some((sort, bytes)) = value else {
            if !self.scales.is_empty() {
                self.scales.push(0);
            }
            self.digits.push(0);
            return Ok(());
        };
        let plain = plain(bytes).filter(|_| sort != Sort::Nested).ok_or(Misfit)?;
        if self.scale != Some(plain.scale) {
            self.other_scale(plain.scale);
        }
        if !self.scales.is_empty() {
            self.scales.push(plain.scale);
        }
        self.digits.push(plain.digits);
        self.count += 1;
        let size = plain.digits.unsigned_abs();
        self.long += usize::from(size >= 1000);
        self.whole = self.whole.max(plain.whole);
        self.least = self.least.min(plain.digits);
        self.most = self.most.max(plain.digits);
        self.sizes = (self.sizes.0.min(size), self.sizes.1.max(size));
        Ok(())
    }

    #[cold]
    fn other_scale(&mut self, scale: u8) {
        match self.scale {
            None => self.scale = Some(scale),
            Some(first) if self.scales.is_empty() => {
                self.scales = vec![first; self.digits.len()];
            }
            Some(_) => {}
        }
    }

    pub(super) fn finish(
        self,
        hint: &Hint,
        nulls: Option<NullBuffer>,
    ) -> Option<(Verdict, ArrayRef)> {
        let first = self.scale?;
        let most = self.scales.iter().copied().max().unwrap_or(first).max(first);
        let kind = self.tally(first, most).plain_kind(hint)?;
        let scale_of = |at: usize| self.scales.get(at).copied().unwrap_or(first);
        let array: ArrayRef = match &kind {
            Kind::Int(_) => Arc::new(Int64Array::new(ScalarBuffer::from(self.digits), nulls)),
            Kind::Float if self.sizes.1 < EXACT => {
                let float = |(at, digits): (usize, &i64)| {
                    *digits as f64 / POWERS[usize::from(scale_of(at))]
                };
                let values: Vec<f64> = self.digits.iter().enumerate().map(float).collect();
                Arc::new(Float64Array::new(ScalarBuffer::from(values), nulls))
            }
            Kind::Decimal { scale, .. } => {
                let scaled = |(at, digits): (usize, &i64)| {
                    let power = u32::from(scale.saturating_sub(scale_of(at)));
                    i128::from(*digits) * 10_i128.pow(power)
                };
                let values: Vec<i128> = if self.scales.is_empty() {
                    self.digits.iter().map(|digits| i128::from(*digits)).collect()
                } else {
                    self.digits.iter().enumerate().map(scaled).collect()
                };
                let array = Decimal128Array::new(ScalarBuffer::from(values), nulls);
                Arc::new(array.with_data_type(kind.to_arrow()))
            }
            _ => return None,
        };
        Some((Verdict::new(kind), array))
    }

    /// What the careful inference would have counted.
    fn tally(&self, first: u8, most: u8) -> Tally<'static> {
        let digits = |size: u64| size.checked_ilog10().map_or(1, |log| log + 1);
        // The scale of an absent value counts for nothing: it is 0, and so may be too low.
        let fewest = if self.scales.is_empty() { first } else { u8::MAX };
        let mut tally = Tally::default();
        tally.scale = (most, fewest);
        tally.whole = u32::from(self.whole);
        tally.digits.count = self.count;
        tally.digits.long = self.long;
        tally.digits.most = digits(self.sizes.1);
        tally.digits.fewest = digits(self.sizes.0);
        (tally.least, tally.most) = (self.least.into(), self.most.into());
        tally.bare = self.count;
        tally
    }
}

/// The number that a text is in plain digits: no zeros in front, no point without digits around it.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> Option<Plain> {
    let (negative, rest) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if rest.len() > MOST_DIGITS + 1 {
        return None;
    }
    let mut digits = 0_i64;
    let mut point = rest.len();
    for (at, byte) in rest.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            digits = digits.wrapping_mul(10).wrapping_add(i64::from(digit));
        } else if *byte == b'.' && point == rest.len() {
            point = at;
        } else {
            return None;
        }
    }
    let scale = (rest.len() - point).saturating_sub(1);
    let bare_point = point < rest.len() && scale == 0;
    let zeros = point > 1 && rest[0] == b'0';
    if point == 0 || bare_point || zeros || point + scale > MOST_DIGITS {
        return None;
    }
    let whole = if rest[0] == b'0' { u8::from(scale == 0) } else { point as u8 };
    let digits = if negative { -digits } else { digits };
    Some(Plain { digits, scale: scale as u8, whole })
}
