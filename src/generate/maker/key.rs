//! Keys: [`Sequence`], [`Codes`] and UUIDs, of which no two are alike.

use super::pattern::Pattern;
use crate::generate::draw::Draw;
use crate::generate::frame::Rows;
use crate::generate::shuffle::Shuffle;
use crate::lane::{Lane, Values};

/// Whole numbers that rise with the row.
#[derive(Debug, Clone, Copy)]
pub(in crate::generate) struct Sequence {
    pub(in crate::generate) start: i64,
    pub(in crate::generate) step: i64,
    /// How many steps may be left out before each row.
    pub(in crate::generate) gap: u32,
}

/// Texts of a form, each once.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Codes {
    pub(in crate::generate) pattern: Pattern,
    /// Which code each row has, where they do not rise.
    pub(in crate::generate) shuffle: Option<Shuffle>,
    /// The number of the first row's code.
    pub(in crate::generate) start: u64,
}

impl Sequence {
    /// The number of a row.
    #[inline]
    pub(in crate::generate) fn at(&self, draw: Draw, row: u64) -> i64 {
        let steps = if self.gap == 0 {
            row
        } else {
            let stride = u64::from(self.gap) + 1;
            row.wrapping_mul(stride).wrapping_add(draw.below(row, stride))
        };
        self.start.wrapping_add(self.step.wrapping_mul(steps as i64))
    }

    pub(super) fn fill(&self, draw: Draw, rows: &Rows, lane: &mut Lane) {
        let Values::Int(values) = &mut lane.values else { return };
        let first = values.first().copied();
        let Self { start, step, gap } = *self;
        if let (Rows::Run { first, len }, 0) = (rows, gap) {
            // Vectors of all machines add, but do not multiply.
            let mut next = start.wrapping_add(step.wrapping_mul(*first as i64));
            values.extend((0..*len).map(|_| {
                let number = next;
                next = number.wrapping_add(step);
                number
            }));
        } else if gap == 0 {
            rows.each(values, |row| start.wrapping_add(step.wrapping_mul(row as i64)));
        } else {
            rows.each(values, |row| self.at(draw, row));
        }
        if let (Rows::Run { .. }, true, Some(last)) = (rows, step > 0, values.last()) {
            lane.known.rising = true;
            lane.known.bounds = Some((first.unwrap_or(values[0]), *last));
        }
    }
}

impl Codes {
    pub(super) fn fill(&self, rows: &Rows, lane: &mut Lane) {
        /// Codes that are made together.
        const AT_ONCE: usize = 512;
        let Values::Text { ends, bytes } = &mut lane.values else { return };
        bytes.reserve(rows.len() * self.pattern.width());
        let mut numbers = [0; AT_ONCE];
        for first in (0..rows.len()).step_by(AT_ONCE) {
            let numbers = &mut numbers[..AT_ONCE.min(rows.len() - first)];
            for (number, place) in numbers.iter_mut().zip(first..) {
                *number = self.start.wrapping_add(rows.at(place));
            }
            if let Some(shuffle) = &self.shuffle {
                shuffle.forward_all(numbers);
            }
            self.pattern.write_all(numbers, ends, bytes);
        }
    }
}

/// Random identifiers of version 4 (RFC 9562), as text.
pub(super) fn uuids(draw: Draw, rows: &Rows, lane: &mut Lane) {
    /// Characters of an identifier.
    const LENGTH: usize = 36;
    /// The places of a digit of each half byte.
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let Values::Text { ends, bytes } = &mut lane.values else { return };
    bytes.reserve(rows.len() * LENGTH);
    let other = draw.named("low");
    for place in 0..rows.len() {
        let row = rows.at(place);
        let high = draw.bits(row) & !0xf000 | 0x4000;
        let low = other.bits(row) & !(3 << 62) | 1 << 63;
        let mut digits = u128::from(high) << 64 | u128::from(low);
        let mut text = [b'-'; LENGTH];
        for (at, letter) in text.iter_mut().enumerate() {
            if !DASHES.contains(&at) {
                *letter = b"0123456789abcdef"[(digits >> 124) as usize];
                digits <<= 4;
            }
        }
        bytes.extend_from_slice(&text);
        ends.push(bytes.len() as u32);
    }
}
