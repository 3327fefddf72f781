//! [`Span`]: a cell in eight bytes: what it is and where its text lies.

use std::ops::Range;

/// Bits that say what a cell is, and the bit that says that its text lies apart.
const SORT: u64 = 0b011;
const APART: u64 = 0b100;
/// Bits of a length, behind those: texts up to 128 MiB.
const LENGTH_BITS: u32 = 27;
const LENGTH_AT: u32 = 3;
/// The remaining 34 bits are the place: texts up to 16 GiB.
const START_AT: u32 = LENGTH_AT + LENGTH_BITS;
const LONGEST: usize = (1 << LENGTH_BITS) - 1;

/// What a cell is and where its text lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(u64);

/// What a cell is that is not absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// [`Cell::Bare`](super::Cell::Bare).
    Bare = 1,
    /// [`Cell::Quoted`](super::Cell::Quoted).
    Quoted = 2,
    /// [`Cell::Nested`](super::Cell::Nested).
    Nested = 3,
}

impl Span {
    /// Nothing.
    pub(crate) const ABSENT: Self = Self(0);

    /// The last place at which a cell can begin.
    pub(crate) const FARTHEST: usize = (1 << (u64::BITS - START_AT)) - 1;

    /// A cell in the text, or `None` where it is too long or too far for eight bytes.
    #[inline]
    pub(crate) fn new(sort: Sort, start: usize, length: usize) -> Option<Self> {
        (length <= LONGEST && start <= Self::FARTHEST).then_some(Self(
            sort as u64 | (length as u64) << LENGTH_AT | (start as u64) << START_AT,
        ))
    }

    /// A cell whose text is the given one of those apart.
    pub(crate) fn apart(sort: Sort, number: usize) -> Self {
        Self(sort as u64 | APART | (number as u64) << LENGTH_AT)
    }

    /// What the cell is; `None` for nothing.
    #[inline]
    pub(crate) fn sort(self) -> Option<Sort> {
        match self.0 & SORT {
            1 => Some(Sort::Bare),
            2 => Some(Sort::Quoted),
            3 => Some(Sort::Nested),
            _ => None,
        }
    }

    /// Where in the text the cell lies, if it does.
    #[inline]
    pub(crate) fn range(self) -> Option<Range<usize>> {
        let start = (self.0 >> START_AT) as usize;
        let length = (self.0 >> LENGTH_AT) as usize & LONGEST;
        (self.0 & APART == 0 && self.0 & SORT != 0).then(|| start..start + length)
    }

    /// Which of the texts apart is the cell's, if one is.
    pub(crate) fn number(self) -> Option<usize> {
        (self.0 & APART != 0).then_some((self.0 >> LENGTH_AT) as usize)
    }

    /// The same cell, where so many texts stand before those apart.
    pub(crate) fn behind(self, texts: usize) -> Self {
        if self.0 & APART == 0 { self } else { Self(self.0 + ((texts as u64) << LENGTH_AT)) }
    }

    /// The same cell of the text, at another place, nearer to its beginning.
    pub(crate) fn moved(self, start: usize) -> Self {
        Self(self.0 & ((1 << START_AT) - 1) | (start as u64) << START_AT)
    }
}
