//! [`Index`]: where the fields and records of a stretch of text end, outside of quotes.

use super::lanes::{BLOCK, Masks, Pass, scan};
use super::scan::{Dialect, Escape};

/// Bytes of a stretch: what, with its index, stays near while its columns are read one by one.
pub(super) const STRETCH: usize = 1 << 16;
/// Bytes that a record may have; a longer one is left to the careful reading.
pub(super) const LONGEST: usize = 1 << 26;

/// The marks of a stretch of text: it begins with a record and ends behind one.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Where it begins and where it ends in the text; all places below count from the beginning.
    pub(super) base: usize,
    pub(super) end: usize,
    /// Where the fields end: at a delimiter or the end of a line. Behind those that the records tell
    /// of, it may hold anything.
    pub(super) ends: Vec<u32>,
    /// The records in order.
    pub(super) records: Vec<Ending>,
    /// Places within records that only careful reading understands, in order.
    pub(super) odd: Vec<u32>,
    /// Whether a field is quoted.
    pub(super) quoted: bool,
    /// Whether a field begins or ends with white space, or with what may be.
    pub(super) padded: bool,
}

/// Where a record ends.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ending {
    /// How many fields have ended with it since the stretch began.
    pub(super) fields: u32,
    /// Where the next record begins.
    pub(super) next: u32,
}

impl Index {
    /// An index that holds nothing, with as much room as this one.
    pub(super) fn fresh(&self) -> Self {
        let records = Vec::with_capacity(self.records.capacity());
        Self { ends: vec![0; self.ends.len()], records, ..Self::default() }
    }

    /// Indexes the stretch that begins with the record at `base`. It holds nothing where that record
    /// is the last one or cannot be told by its marks.
    pub(super) fn build(&mut self, text: &[u8], base: usize, dialect: Dialect) {
        self.build_of(STRETCH, text, base, dialect);
    }

    /// The same for a stretch of so many bytes, or more where its first record is longer.
    pub(super) fn build_of(
        &mut self,
        mut length: usize,
        text: &[u8],
        base: usize,
        dialect: Dialect,
    ) {
        loop {
            let whole = text.len() - base <= length;
            self.fill(&text[base..], length.min(text.len() - base), dialect);
            (self.base, self.end) = (base, base + self.end);
            if !self.records.is_empty() || whole || !self.odd.is_empty() || length >= LONGEST {
                return;
            }
            // No record ends in it: it is longer, or wrongly quoted.
            length *= 4;
        }
    }

    /// Indexes so many bytes at the beginning of a text.
    fn fill(&mut self, text: &[u8], length: usize, dialect: Dialect) {
        self.records.clear();
        self.odd.clear();
        (self.quoted, self.padded) = (false, false);
        let mut filling = Filling {
            text,
            length,
            tab: dialect.delimiter != b'\t',
            backslash: dialect.escape == Escape::Backslash && dialect.quote.is_some(),
            at: 0,
            count: 0,
            inside: 0,
            begins: 1,
            closed: 0,
            returned: 0,
            blank: 0,
            bad: false,
            index: self,
        };
        // A delimiter in place of a quote that is none finds nothing that is not found anyway.
        let quote = dialect.quote.unwrap_or(dialect.delimiter);
        let stretch = &text[..length];
        if dialect.quote.is_some() {
            scan(stretch, [dialect.delimiter, quote], &mut filling);
        } else {
            scan(stretch, [dialect.delimiter, quote], &mut Unquoted(&mut filling));
        }
        let bad = filling.bad;
        let last = self.records.last().copied().unwrap_or_default();
        // Of the record that was not finished nothing is known.
        self.end = last.next as usize;
        if bad {
            self.odd.push(last.next);
        }
        self.odd.sort_unstable();
    }

    /// Which record begins at a place of the text, if one does.
    pub(super) fn record_at(&self, at: usize) -> Option<usize> {
        let place = u32::try_from(at.checked_sub(self.base)?).ok()?;
        if place == 0 {
            return (!self.records.is_empty()).then_some(0);
        }
        let found = self.records.binary_search_by_key(&place, |record| record.next).ok()?;
        Some(found + 1)
    }
}

/// An index while it is filled.
struct Filling<'i, 't> {
    index: &'i mut Index,
    /// The text from the stretch's beginning on, and how long the stretch is.
    text: &'t [u8],
    length: usize,
    /// Whether a tab is a space.
    tab: bool,
    /// Whether a backslash may stand before a quote.
    backslash: bool,
    /// Where the next block begins.
    at: usize,
    /// Fields that have ended.
    count: usize,
    /// All bits where the block begins inside of quotes.
    inside: u64,
    /// What the byte before the block was: the end of a field, a closing quote, a carriage return,
    /// a blank within a field.
    begins: u64,
    closed: u64,
    returned: u64,
    blank: u64,
    /// Whether a quote stands where none should.
    bad: bool,
}

/// An index of a text without quotes.
struct Unquoted<'f, 'i, 't>(&'f mut Filling<'i, 't>);

impl Pass for Unquoted<'_, '_, '_> {
    #[allow(
        clippy::inline_always,
        reason = "one loop over the text, compiled for each set of instructions"
    )]
    #[inline(always)]
    fn block(&mut self, masks: Masks) -> bool {
        self.0.block(Masks { quotes: 0, ..masks })
    }
}

impl Pass for Filling<'_, '_> {
    #[allow(
        clippy::inline_always,
        reason = "one loop over the text, compiled for each set of instructions"
    )]
    #[inline(always)]
    fn block(&mut self, mut masks: Masks) -> bool {
        let left = self.length - self.at;
        if left < BLOCK {
            // What is past the end is no mark, whatever the needles are.
            let there = (1 << left) - 1;
            masks.delimiters &= there;
            masks.quotes &= there;
            masks.blanks &= there;
        }
        let feeds = masks.feeds;
        let follow = masks.returns << 1 | self.returned;
        let lines = masks.returns | feeds & !follow;
        let mut marks = masks.delimiters | lines;
        let mut kept = u64::MAX;
        let mut begins = (marks | feeds) << 1 | self.begins;
        if self.backslash {
            kept = self.before_backslash();
        }
        if masks.quotes | self.inside | self.closed != 0 {
            kept &= self.quotes(masks, lines, &mut marks, &mut begins);
        } else {
            self.begins = (masks.delimiters | lines | feeds) >> 63;
        }
        if masks.returns | self.returned != 0 {
            begins &= !(feeds & follow);
            self.returned = masks.returns >> 63;
        }
        let blanks = masks.blanks & !(masks.delimiters | masks.returns | feeds);
        let first = blanks & begins & kept;
        let last = (blanks << 1 | self.blank) & marks;
        self.blank = blanks >> 63;
        if first | last != 0 {
            self.index.padded |= last != 0;
            self.padded(first);
        }
        let stop = kept != u64::MAX;
        marks &= kept;
        self.flatten(marks, lines & marks, masks.returns);
        self.at += BLOCK;
        self.bad |= stop;
        !stop
    }
}

impl Filling<'_, '_> {
    /// Takes what is inside of quotes from the marks; the bits before the first quote that stands
    /// where none should.
    #[inline(never)]
    fn quotes(&mut self, masks: Masks, lines: u64, marks: &mut u64, begins: &mut u64) -> u64 {
        let quotes = masks.quotes;
        self.index.quoted |= quotes != 0;
        let inside = prefix_xor(quotes) ^ self.inside;
        self.inside = ((inside as i64) >> 63) as u64;
        let (open, close) = (quotes & inside, quotes & !inside);
        let after = close << 1 | self.closed;
        self.closed = close >> 63;
        *marks &= !inside;
        let ends = *marks | masks.feeds & !inside;
        *begins = ends << 1 | self.begins;
        self.begins = ends >> 63;
        // A quote inside that is doubled, and a line that ends inside, are for the careful reading.
        let mut odd = (open & after) | (lines & inside);
        while odd != 0 {
            self.index.odd.push(self.at as u32 + odd.trailing_zeros());
            odd &= odd - 1;
        }
        let misplaced = open & !(*begins | after) | after & !(*marks | open | self.past());
        if misplaced == 0 { u64::MAX } else { (misplaced & misplaced.wrapping_neg()) - 1 }
    }

    /// The bits behind the end of the text.
    fn past(&self) -> u64 {
        let left = self.length - self.at;
        if left < BLOCK { u64::MAX << left } else { 0 }
    }

    /// The bits before the first backslash.
    fn before_backslash(&self) -> u64 {
        let end = (self.at + BLOCK).min(self.length);
        let found = memchr::memchr(b'\\', &self.text[self.at..end]);
        found.map_or(u64::MAX, |at| (1 << at) - 1)
    }

    /// Notes fields that begin or end with white space, or with what is no ASCII.
    #[inline(never)]
    fn padded(&mut self, mut begins: u64) {
        while begins != 0 {
            let at = self.at + begins.trailing_zeros() as usize;
            if self.text[at] == b' ' || self.text[at] == b'\t' && self.tab {
                self.index.odd.push(at as u32);
            } else {
                self.index.padded = true;
            }
            begins &= begins - 1;
        }
    }

    /// Notes where fields and records end.
    #[allow(
        clippy::inline_always,
        reason = "one loop over the text, compiled for each set of instructions"
    )]
    #[inline(always)]
    fn flatten(&mut self, mut marks: u64, mut lines: u64, returns: u64) {
        /// Places that are written at once, whether or not there are as many.
        const BURST: usize = 8;
        let index = &mut *self.index;
        let before = self.count;
        if index.ends.len() < before + BLOCK + BURST {
            index.ends.resize((before + BLOCK + BURST) * 2, 0);
        }
        while lines != 0 {
            let bit = lines & lines.wrapping_neg();
            let place = self.at + bit.trailing_zeros() as usize;
            let pair = returns & bit != 0 && self.text.get(place + 1) == Some(&b'\n');
            let fields = before as u32 + (marks & (bit - 1)).count_ones() + 1;
            index.records.push(Ending { fields, next: place as u32 + 1 + u32::from(pair) });
            lines &= lines - 1;
        }
        self.count = before + marks.count_ones() as usize;
        let base = self.at as u32;
        let mut at = before;
        while marks != 0 {
            if let Some(burst) = index.ends[at..].first_chunk_mut::<BURST>() {
                for place in burst {
                    *place = base + marks.trailing_zeros();
                    marks &= marks.wrapping_sub(1);
                }
            }
            at += BURST;
        }
    }
}

/// For each bit whether it and those below it are odd in number.
#[inline]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
