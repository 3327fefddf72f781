//! [`Cut`]: a cell as a piece of a text that is at hand, for readers that keep no table.

use super::Cell;
use super::span::Sort;

/// Bits that say what a cell is; the rest of the word is its length.
const SORT_BITS: u32 = 2;

/// What a cell is and where in a text it lies: at most 2^32 bytes from the text's beginning, and at
/// most 2^30 long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    start: u32,
    /// The length, and below it what the cell is; 0 for nothing.
    tail: u32,
}

impl Cut {
    /// Nothing.
    pub(crate) const ABSENT: Self = Self { start: 0, tail: 0 };
    /// The longest text of a cell.
    pub(crate) const LONGEST: usize = (1 << (u32::BITS - SORT_BITS)) - 1;

    /// A cell that begins at a byte and has so many.
    #[inline]
    pub(crate) fn new(sort: Sort, start: u32, length: u32) -> Self {
        Self { start, tail: length << SORT_BITS | sort as u32 }
    }

    /// A bare cell, or nothing where it has no byte.
    #[inline]
    pub(crate) fn plain(start: u32, length: u32) -> Self {
        Self { start, tail: length << SORT_BITS | u32::from(length > 0) }
    }

    /// What the cell is; `None` for nothing.
    #[inline]
    pub(crate) fn sort(self) -> Option<Sort> {
        match self.tail & ((1 << SORT_BITS) - 1) {
            1 => Some(Sort::Bare),
            2 => Some(Sort::Quoted),
            3 => Some(Sort::Nested),
            _ => None,
        }
    }

    /// Whether nothing stands there.
    #[inline]
    pub(crate) fn is_absent(self) -> bool {
        self.tail == 0
    }

    /// Where the cell begins.
    #[inline]
    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    /// How many bytes it has.
    #[inline]
    pub(crate) fn length(self) -> usize {
        (self.tail >> SORT_BITS) as usize
    }

    /// The text of the cell in the text that it is a piece of.
    #[inline]
    pub(crate) fn text(self, text: &str) -> &str {
        text.get(self.start()..self.start() + self.length()).unwrap_or_default()
    }

    /// The cell in the text that it is a piece of.
    #[inline]
    pub(crate) fn cell(self, text: &str) -> Cell<'_> {
        match self.sort() {
            None => Cell::Absent,
            Some(Sort::Bare) => Cell::Bare(self.text(text).into()),
            Some(Sort::Quoted) => Cell::Quoted(self.text(text).into()),
            Some(Sort::Nested) => Cell::Nested(self.text(text).into()),
        }
    }

    /// The bytes of the cell in the text that it is a piece of.
    #[inline]
    pub(crate) fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.start()..self.start() + self.length()).unwrap_or_default()
    }
}
