//! [`Numbers`]: plain digits with at most a minus and a point, as whole numbers that share a scale.

use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array};
use arrow::buffer::{NullBuffer, ScalarBuffer};

use super::super::Verdict;
use super::super::hint::Hint;
use super::super::number::Tally;
use super::many::{self, LANES};
use super::nulls::Gaps;
use super::{fitted, room};
use crate::cell::cut::Cut;
use crate::cell::span::Sort;
use crate::kind::Kind;
use crate::value::digits;
use crate::value::number::POWERS;

/// Scales that a number of 18 digits may have.
const SCALES: usize = 19;

/// The smallest number of four digits.
const LONG: u64 = 1000;

/// Whole numbers up to here are exact floats.
const EXACT: u64 = 1 << 53;

/// The values of a column of numbers.
pub(super) struct Numbers {
    /// Digits of each value at its own scale; 0 where nothing stands.
    digits: Vec<i64>,
    /// The scale of each, from the first that differs from those before it.
    scales: Vec<u8>,
    scale: Option<u8>,
    count: usize,
    long: usize,
    least: i64,
    most: i64,
    /// The smallest without its sign, and the largest of each scale.
    smallest: u64,
    largest: [u64; SCALES],
    /// A bit for each scale that was seen.
    seen: u32,
}

impl Numbers {
    pub(super) fn new() -> Self {
        Self {
            digits: Vec::new(),
            scales: Vec::new(),
            scale: None,
            count: 0,
            long: 0,
            least: i64::MAX,
            most: i64::MIN,
            smallest: u64::MAX,
            largest: [0; SCALES],
            seen: 0,
        }
    }

    /// Takes some cells of a text in, or as many as come before the one that is no plain number.
    pub(super) fn take(&mut self, text: &[u8], cuts: &[Cut], gaps: Gaps) -> Result<(), usize> {
        let from = self.digits.len();
        self.digits.resize(from + cuts.len(), 0);
        let (mut at, mut done) = (0, Ok(()));
        while at < cuts.len() {
            if let Some(scale) = self.scale.filter(|_| self.scales.is_empty()) {
                at += many::numbers(text, &cuts[at..], scale, &mut self.digits[from + at..]);
            }
            // What is none of a block of one scale.
            let to = (at + LANES).min(cuts.len());
            if let Err(odd) = self.take_some(text, &cuts[at..to], from + at) {
                done = Err(at + odd);
                break;
            }
            at = to;
        }
        let taken = from + done.err().unwrap_or(cuts.len());
        self.digits.truncate(taken);
        if gaps == Gaps::None && self.scales.is_empty() {
            self.count_all(from);
        } else {
            for at in from..taken {
                if !cuts[at - from].is_absent() {
                    self.count_one(at);
                }
            }
        }
        done
    }

    /// Takes some cells of a text in as the values from a place on, or as many as come before the one
    /// that is no plain number.
    fn take_some(&mut self, text: &[u8], cuts: &[Cut], from: usize) -> Result<(), usize> {
        let mut scale = self.scale.unwrap_or(u8::MAX);
        for (at, cut) in cuts.iter().enumerate() {
            self.digits[from + at] = 0;
            let found = digits::number(text, cut.start(), cut.length());
            let Some(plain) = found.filter(|_| cut.sort() != Some(Sort::Nested)) else {
                if !cut.is_absent() {
                    return Err(at);
                }
                if !self.scales.is_empty() {
                    self.scales.push(0);
                }
                continue;
            };
            if plain.scale != scale || !self.scales.is_empty() {
                scale = self.other_scale(plain.scale, from + at);
            }
            self.digits[from + at] = plain.digits;
        }
        Ok(())
    }

    /// Makes room for so many values more.
    pub(super) fn reserve(&mut self, rows: usize) {
        room(&mut self.digits, rows);
    }

    /// These values and others behind them.
    pub(super) fn join(mut self, later: &Self) -> Self {
        let Some(scale) = self.scale.or(later.scale) else {
            self.digits.extend_from_slice(&later.digits);
            return self;
        };
        let other = later.scale.unwrap_or(scale);
        if scale != other || !self.scales.is_empty() || !later.scales.is_empty() {
            self.scales.resize(self.digits.len(), scale);
            if later.scales.is_empty() {
                self.scales.resize(self.digits.len() + later.digits.len(), other);
            } else {
                self.scales.extend_from_slice(&later.scales);
            }
        }
        self.scale = Some(scale);
        self.digits.extend_from_slice(&later.digits);
        self.count += later.count;
        self.long += later.long;
        self.least = self.least.min(later.least);
        self.most = self.most.max(later.most);
        self.smallest = self.smallest.min(later.smallest);
        for (largest, other) in self.largest.iter_mut().zip(&later.largest) {
            *largest = (*largest).max(*other);
        }
        self.seen |= later.seen;
        self
    }

    /// Notes the scale of the value after the first `before`; which scale is the usual one.
    fn other_scale(&mut self, scale: u8, before: usize) -> u8 {
        let first = *self.scale.get_or_insert(scale);
        if !self.scales.is_empty() {
            self.scales.push(scale);
        } else if scale != first {
            self.scales = vec![first; before];
            self.scales.push(scale);
        }
        first
    }

    /// Counts values in from one on, all there and of one scale.
    fn count_all(&mut self, from: usize) {
        let digits = &self.digits[from..];
        let Some(scale) = self.scale.filter(|_| !digits.is_empty()) else { return };
        self.count += digits.len();
        let sums = many::sums(digits, LONG);
        (self.least, self.most) = (self.least.min(sums.least), self.most.max(sums.most));
        self.smallest = self.smallest.min(sums.smallest);
        let largest = &mut self.largest[usize::from(scale)];
        *largest = (*largest).max(sums.largest);
        self.long += sums.long;
        self.seen |= 1 << scale;
    }

    fn count_one(&mut self, at: usize) {
        let value = self.digits[at];
        let scale = self.scales.get(at).copied().or(self.scale).unwrap_or(0);
        let size = value.unsigned_abs();
        self.count += 1;
        self.long += usize::from(size >= LONG);
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        self.smallest = self.smallest.min(size);
        let largest = &mut self.largest[usize::from(scale)];
        *largest = (*largest).max(size);
        self.seen |= 1 << scale;
    }

    pub(super) fn finish(
        self,
        hint: &Hint,
        nulls: Option<NullBuffer>,
    ) -> Option<(Verdict, ArrayRef)> {
        let first = self.scale?;
        let most = self.scales.iter().copied().max().unwrap_or(first).max(first);
        let largest = self.largest.into_iter().max().unwrap_or(0);
        let kind = self.tally(first, most, largest).plain_kind(hint)?;
        let scale_of = |at: usize| self.scales.get(at).copied().unwrap_or(first);
        let array: ArrayRef = match &kind {
            Kind::Int(_) => {
                Arc::new(Int64Array::new(ScalarBuffer::from(fitted(self.digits)), nulls))
            }
            Kind::Float if largest < EXACT => {
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
    fn tally(&self, first: u8, most: u8, largest: u64) -> Tally {
        let digits = |size: u64| size.checked_ilog10().map_or(1, |log| log + 1);
        // The scale of an absent value counts for nothing: it is 0, and so may be too low.
        let fewest = if self.scales.is_empty() { first } else { u8::MAX };
        let mut tally = Tally::default();
        tally.scale = (most, fewest);
        let whole = |(scale, size): (usize, &u64)| digits(*size).saturating_sub(scale as u32);
        let seen = |(scale, _): &(usize, &u64)| self.seen >> scale & 1 == 1;
        tally.whole = self.largest.iter().enumerate().filter(seen).map(whole).max().unwrap_or(0);
        tally.digits.count = self.count;
        tally.digits.long = self.long;
        tally.digits.most = digits(largest);
        tally.digits.fewest = digits(self.smallest);
        (tally.least, tally.most) = (self.least.into(), self.most.into());
        tally.bare = self.count;
        tally
    }
}
