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

/// Values that are taken in together. Where they lie until they are kept is not the column's own, of
/// which a table may have thousands.
const FRESH: usize = 8 * LANES;

/// Whole numbers up to here are exact floats.
const EXACT: u64 = 1 << 53;

/// The digits of values, each at its own scale; 0 where nothing stands.
enum Values {
    /// As whole numbers are kept.
    Whole(Vec<i64>),
    /// As decimals are kept.
    Wide(Vec<i128>),
}

/// The values of a column of numbers.
pub(super) struct Numbers {
    values: Values,
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

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Whole(values) => values.len(),
            Self::Wide(values) => values.len(),
        }
    }

    fn extend(&mut self, more: &[i64]) {
        match self {
            Self::Whole(values) => values.extend_from_slice(more),
            Self::Wide(values) => values.extend(more.iter().map(|value| i128::from(*value))),
        }
    }

    /// Keeps the values as decimals are kept.
    fn widen(&mut self) {
        if let Self::Whole(values) = self {
            let mut wide = Vec::new();
            room(&mut wide, values.capacity());
            wide.extend(values.iter().map(|value| i128::from(*value)));
            *self = Self::Wide(wide);
        }
    }

    /// The values in order: none needs more than 64 bits.
    fn each(&self) -> impl Iterator<Item = i64> {
        let (whole, wide): (&[i64], &[i128]) = match self {
            Self::Whole(values) => (values, &[]),
            Self::Wide(values) => (&[], values),
        };
        whole.iter().copied().chain(wide.iter().map(|value| *value as i64))
    }
}

impl Numbers {
    pub(super) fn new() -> Self {
        Self {
            values: Values::Whole(Vec::new()),
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
        if let [_] = cuts {
            return self.take_fresh(text, cuts, gaps, &mut [0]);
        }
        let mut fresh = [0; FRESH];
        for (number, cuts) in cuts.chunks(FRESH).enumerate() {
            self.take_fresh(text, cuts, gaps, &mut fresh[..cuts.len()])
                .map_err(|odd| number * FRESH + odd)?;
        }
        Ok(())
    }

    /// Takes as many cells in as there is room for fresh values, likewise.
    fn take_fresh(
        &mut self,
        text: &[u8],
        cuts: &[Cut],
        gaps: Gaps,
        fresh: &mut [i64],
    ) -> Result<(), usize> {
        let before = self.values.len();
        let (mut at, mut done) = (0, Ok(()));
        while at < cuts.len() {
            if let Some(scale) = self.scale.filter(|_| self.scales.is_empty()) {
                at += many::numbers(text, &cuts[at..], scale, &mut fresh[at..]);
            }
            // What is none of a block of one scale.
            let to = (at + LANES).min(cuts.len());
            if let Err(odd) = self.take_some(text, &cuts[..to], at, before, fresh) {
                done = Err(odd);
                break;
            }
            at = to;
        }
        let taken = done.err().unwrap_or(cuts.len());
        if gaps == Gaps::None && self.scales.is_empty() {
            self.count_all(&fresh[..taken]);
        } else {
            for (at, cut) in cuts[..taken].iter().enumerate() {
                if !cut.is_absent() {
                    self.count_one(fresh[at], before + at);
                }
            }
        }
        if self.scale.is_some_and(|scale| scale > 0) {
            self.values.widen();
        }
        self.values.extend(&fresh[..taken]);
        done
    }

    /// Takes some cells of a text in from one on, behind so many values, or as many as come before
    /// the one that is no plain number.
    fn take_some(
        &mut self,
        text: &[u8],
        cuts: &[Cut],
        from: usize,
        before: usize,
        fresh: &mut [i64],
    ) -> Result<(), usize> {
        let mut scale = self.scale.unwrap_or(u8::MAX);
        for (at, cut) in cuts.iter().enumerate().skip(from) {
            fresh[at] = 0;
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
                scale = self.other_scale(plain.scale, before + at);
            }
            fresh[at] = plain.digits;
        }
        Ok(())
    }

    /// Makes room for so many values more.
    pub(super) fn reserve(&mut self, rows: usize) {
        match &mut self.values {
            Values::Whole(values) => room(values, rows),
            Values::Wide(values) => room(values, rows),
        }
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

    /// Counts values in, all there and of one scale.
    fn count_all(&mut self, digits: &[i64]) {
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

    fn count_one(&mut self, value: i64, at: usize) {
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
        let array: ArrayRef = match (&kind, self.values) {
            (Kind::Int(_), Values::Whole(values)) => {
                Arc::new(Int64Array::new(ScalarBuffer::from(fitted(values)), nulls))
            }
            (Kind::Float, values) if largest < EXACT => {
                let float =
                    |(at, digits): (usize, i64)| digits as f64 / POWERS[usize::from(scale_of(at))];
                let values: Vec<f64> = values.each().enumerate().map(float).collect();
                Arc::new(Float64Array::new(ScalarBuffer::from(values), nulls))
            }
            (Kind::Decimal { scale, .. }, mut values) => {
                values.widen();
                let Values::Wide(mut values) = values else { return None };
                for (at, value) in values.iter_mut().enumerate().take(self.scales.len()) {
                    let power = u32::from(scale.saturating_sub(scale_of(at)));
                    *value *= 10_i128.pow(power);
                }
                let array = Decimal128Array::new(ScalarBuffer::from(fitted(values)), nulls);
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
        if most == 2 && !self.scales.is_empty() {
            let scale_of = |at: usize| self.scales.get(at).copied().unwrap_or(first);
            let pairs = self.values.each().enumerate().filter(|(at, _)| scale_of(*at) == 2);
            pairs.for_each(|(_, value)| tally.add_pair((value.unsigned_abs() % 100) as u8));
        }
        tally
    }
}
