//! [`Nulls`]: the rows of a column where nothing stands.

use arrow::array::BooleanBufferBuilder;
use arrow::buffer::NullBuffer;

use crate::cell::cut::Cut;

/// Whether nothing stands in some of several cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gaps {
    /// Something stands in all of them.
    None,
    /// Nothing stands in some.
    Some,
}

/// A bit for each row, from the first on where nothing stands.
#[derive(Debug)]
pub(super) struct Nulls {
    rows: usize,
    absent: usize,
    bits: Option<BooleanBufferBuilder>,
}

impl Nulls {
    pub(super) fn new() -> Self {
        Self { rows: 0, absent: 0, bits: None }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// How many rows hold nothing.
    pub(super) fn count(&self) -> usize {
        self.absent
    }

    /// Whether something stands in all rows.
    pub(super) fn is_empty(&self) -> bool {
        self.absent == 0
    }

    /// Whether nothing stands in some of the cells.
    pub(super) fn gaps(cuts: &[Cut]) -> Gaps {
        let absent = cuts.iter().filter(|cut| cut.is_absent()).count();
        if absent == 0 { Gaps::None } else { Gaps::Some }
    }

    /// Takes in some cells.
    pub(super) fn take_all(&mut self, cuts: &[Cut], gaps: Gaps) {
        if gaps == Gaps::None {
            self.rows += cuts.len();
            if let Some(bits) = &mut self.bits {
                bits.append_n(cuts.len(), true);
            }
        } else {
            for cut in cuts {
                self.take(!cut.is_absent());
            }
        }
    }

    /// Takes in whether something stands in the next row.
    pub(super) fn take(&mut self, there: bool) {
        if !there && self.bits.is_none() {
            let mut bits = BooleanBufferBuilder::new(self.rows + 1);
            bits.append_n(self.rows, true);
            self.bits = Some(bits);
        }
        if let Some(bits) = &mut self.bits {
            bits.append(there);
        }
        self.rows += 1;
        self.absent += usize::from(!there);
    }

    /// The bits as Arrow has them; nothing where something stands in all rows.
    pub(super) fn finish(&mut self) -> Option<NullBuffer> {
        self.bits.as_mut().map(|bits| NullBuffer::new(bits.finish()))
    }
}
