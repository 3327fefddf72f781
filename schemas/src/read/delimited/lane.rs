//! [`Lane`]: records that fit, taken many at a time from mark to mark.
//!
//! What is not plainly as it should be is left to the careful reading, which takes one record and
//! comes back; for a record that is taken here, both give the same cells.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use super::index::{Ending, Index, LONGEST, STRETCH};
use super::scan::Dialect;
use super::spread::line_after;
use crate::cell::cut::Cut;
use crate::cell::span::{Sort, Span};
use crate::cell::{Cell, RawTable, offset};

/// Records that are looked at together at first.
const FEW: usize = 16;

/// Bytes that are indexed at first: the table may end soon, and the text hold many.
const FIRST: usize = 1 << 11;

/// A text that is read from mark to mark, and what is known of its next stretch.
#[derive(Debug)]
pub(super) struct Lane<'a> {
    text: &'a str,
    dialect: Dialect,
    index: Arc<Index>,
    /// The stretches that were indexed beforehand.
    marks: Marks,
    /// How much is indexed next.
    length: usize,
    /// The cells of a first column.
    first: Vec<Cut>,
}

/// Records of a stretch of text in order, each with as many cells as there are columns.
pub(crate) struct Run<'a> {
    stretch: Stretch<'a>,
    parts: Vec<Part>,
    /// The cells of the records that were mended, one record after the other.
    mended: Vec<Cut>,
    count: usize,
}

/// A stretch of text whose marks are known.
#[derive(Debug, Clone)]
struct Stretch<'a> {
    /// The text from which on the places of cells count.
    text: &'a str,
    /// Where that begins in the text that is read.
    base: usize,
    index: Arc<Index>,
    quote: Option<u8>,
    width: usize,
}

/// Some records of a run.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// Records that are clean.
    Clean(Clean),
    /// One that was mended: where its cells begin among those of all such.
    Mended(usize),
}

/// Records one after the other, each with as many fields as there are columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clean {
    /// The first record, where it begins, and how many fields end before it.
    from: usize,
    start: u32,
    fields: usize,
    /// How many there are.
    pub(super) count: usize,
}

/// Stretches of a text that were indexed before it is known where its records begin.
#[derive(Debug, Default)]
pub(super) struct Marks(VecDeque<Arc<Index>>);

impl Marks {
    /// The stretches of a text, if it begins with a record: in place of others that nobody needs.
    pub(super) fn of(text: &str, dialect: Dialect, mut used: Vec<Arc<Index>>) -> Self {
        let mut found = VecDeque::with_capacity(used.len());
        let mut at = 0;
        while at < text.len() {
            let mut index = used.pop().unwrap_or_default();
            if Arc::get_mut(&mut index).is_none() {
                index = Arc::default();
            }
            let Some(filled) = Arc::get_mut(&mut index) else { break };
            filled.build(text.as_bytes(), at, dialect);
            // One record that its marks do not tell is a line for the most part.
            let odd = filled.records.is_empty()
                || filled.odd.last().is_some_and(|odd| filled.base + *odd as usize == filled.end);
            at = if odd { line_after(text, filled.end) } else { filled.end };
            if !filled.records.is_empty() {
                found.push_back(index);
            }
        }
        Self(found)
    }

    /// The stretches, for when nobody needs them.
    pub(super) fn all(&self) -> Vec<Arc<Index>> {
        self.0.iter().map(Arc::clone).collect()
    }

    /// The stretch that begins at a place, which is behind all that was asked for before.
    fn next(&mut self, at: usize) -> Option<Arc<Index>> {
        while self.0.front().is_some_and(|index| index.base < at) {
            self.0.pop_front();
        }
        self.0.pop_front_if(|index| index.base == at)
    }
}

impl<'a> Lane<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect, marks: Marks) -> Self {
        Self { text, dialect, index: Arc::default(), marks, length: FIRST, first: Vec::new() }
    }

    /// How long the text is.
    pub(super) fn length(&self) -> usize {
        self.text.len()
    }

    /// Which of the records that are known begins at `at`, if one does.
    pub(super) fn place(&self, at: usize) -> Option<usize> {
        self.index.record_at(at).filter(|from| *from < self.index.records.len())
    }

    /// No records, behind which those of the stretch that is known can be put.
    pub(super) fn nothing(&self, width: usize) -> Run<'a> {
        Run { stretch: self.stretch(width), parts: Vec::new(), mended: Vec::new(), count: 0 }
    }

    fn stretch(&self, width: usize) -> Stretch<'a> {
        let (base, index) = (self.index.base, Arc::clone(&self.index));
        Stretch { text: &self.text[base..], base, index, quote: self.dialect.quote, width }
    }

    /// The records from `at` on, whose [`place`](Self::place) is that, up to the first that is not
    /// clean, at most to the end of what is indexed; where those end. `None` where the first one is
    /// not clean.
    ///
    /// A record is clean that has as many fields as there are columns, each bare and beginning with
    /// neither a quote nor a space, or between quotes with nothing of note inside, and whose first
    /// field is not the first name of the header.
    pub(super) fn clean(
        &mut self,
        at: usize,
        place: Option<usize>,
        width: usize,
        name: &str,
    ) -> Option<(Clean, usize)> {
        let place = match place {
            Some(from) => Some(from),
            // The record is known and does not stand among those that can be told by their marks.
            None if at == self.index.end && self.is_odd(at) => None,
            None if self.marks.next(at).is_some_and(|index| {
                self.index = index;
                true
            }) =>
            {
                Some(0)
            }
            None => {
                // A run that is kept keeps the index.
                if Arc::get_mut(&mut self.index).is_none() {
                    self.index = Arc::new(self.index.fresh());
                }
                let length = self.length;
                self.length = (length * 4).min(STRETCH);
                let bytes = self.text.as_bytes();
                Arc::get_mut(&mut self.index)?.build_of(length, bytes, at, self.dialect);
                (!self.index.records.is_empty()).then_some(0)
            }
        };
        let from = place?;
        let records = &self.index.records;
        let before = if from == 0 { Ending::default() } else { records[from - 1] };
        // Up to the record that holds something odd.
        let odd = self.index.odd.partition_point(|odd| (*odd as usize) + self.index.base < at);
        let most = self
            .index
            .odd
            .get(odd)
            .map_or(records.len(), |odd| records.partition_point(|record| record.next <= *odd));
        let stretch = self.stretch(width);
        let text = stretch.text.as_bytes();
        let named = |cut: &Cut| cut.length() == name.len() && cut.of(text) == name.as_bytes();
        let mut clean =
            Clean { from, start: before.next, fields: before.fields as usize, count: 0 };
        // Some at first and more each time, so that what is looked at in vain is never much more
        // than what is found, however often a record stands there that is not clean.
        let mut look = FEW;
        loop {
            let next = from + clean.count;
            let last = if clean.count == 0 { before } else { records[next - 1] };
            let mut fields = last.fields;
            let looked = &records[next..most.min(next + look)];
            let fits = looked.iter().take_while(|record| {
                let fit = record.fields - fields == width as u32;
                fields = record.fields;
                fit
            });
            let count = fits.count();
            let part = Clean { from: next, start: last.next, fields: last.fields as usize, count };
            self.first.clear();
            stretch.cuts(part, 0, &mut self.first);
            let found = self.first.iter().position(named).unwrap_or(count);
            clean.count += found;
            if found < look {
                break;
            }
            look *= 4;
        }
        let last = records[..from + clean.count].last().filter(|_| clean.count > 0)?;
        Some((clean, self.index.base + last.next as usize))
    }

    fn is_odd(&self, at: usize) -> bool {
        self.index.odd.binary_search(&((at - self.index.base) as u32)).is_ok()
    }
}

impl Stretch<'_> {
    /// Appends the cells that some records have in a column.
    fn cuts(&self, clean: Clean, column: usize, cuts: &mut Vec<Cut>) {
        let index = &*self.index;
        let ends = &index.ends[clean.fields..clean.fields + clean.count * self.width];
        let rows = ends.chunks_exact(self.width);
        let plain = !index.quoted && !index.padded;
        if column > 0 {
            let places = rows.map(|row| (row[column - 1] + 1, row[column]));
            if plain {
                cuts.extend(places.map(|(start, end)| Cut::plain(start, end - start)));
            } else {
                cuts.extend(places.map(|(start, end)| self.cut(start, end)));
            }
            return;
        }
        let starts = std::iter::once(clean.start)
            .chain(index.records[clean.from..].iter().map(|record| record.next));
        let places = starts.zip(rows.map(|row| row[0]));
        if plain {
            cuts.extend(places.map(|(start, end)| Cut::plain(start, end - start)));
            return;
        }
        cuts.extend(places.map(|(start, end)| self.cut(start, end)));
    }

    /// A field without its quotes or the white space around it.
    fn cut(&self, start: u32, end: u32) -> Cut {
        let (from, to) = (start as usize, end as usize);
        let field = self.text.as_bytes().get(from..to).unwrap_or_default();
        let [first, .., last] = field else {
            let blank = self.text.get(from..to).is_none_or(|field| field.trim().is_empty());
            return if blank { Cut::ABSENT } else { Cut::plain(start, end - start) };
        };
        if Some(*first) == self.quote {
            return Cut::new(Sort::Quoted, start + 1, end - start - 2);
        }
        if first.is_ascii_graphic() && last.is_ascii_graphic() {
            return Cut::plain(start, end - start);
        }
        let whole = self.text.get(from..to).unwrap_or_default();
        let trimmed = whole.trim();
        let before = whole.len() - whole.trim_start().len();
        if trimmed.is_empty() {
            return Cut::ABSENT;
        }
        Cut::plain(start + before as u32, trimmed.len() as u32)
    }
}

impl<'a> Run<'a> {
    /// Puts clean records of the same stretch behind the others.
    pub(super) fn push(&mut self, clean: Clean) {
        self.parts.push(Part::Clean(clean));
        self.count += clean.count;
    }

    /// Puts a record that was mended behind the others; `false` where a cell of it does not lie in
    /// the text behind the beginning of the stretch, or is long.
    pub(super) fn mend(&mut self, cells: &[Cell<'_>]) -> bool {
        let from = self.mended.len();
        let cuts = cells.iter().map(|cell| {
            let (sort, text) = match cell {
                Cell::Absent => return Some(Cut::ABSENT),
                Cell::Bare(Cow::Borrowed(text)) => (Sort::Bare, text),
                Cell::Quoted(Cow::Borrowed(text)) => (Sort::Quoted, text),
                _ => return None,
            };
            let start = u32::try_from(offset(self.stretch.text, text)?).ok()?;
            (text.len() < LONGEST).then(|| Cut::new(sort, start, text.len() as u32))
        });
        for cut in cuts {
            let Some(cut) = cut else {
                self.mended.truncate(from);
                return false;
            };
            self.mended.push(cut);
        }
        self.mended.resize(from + self.stretch.width, Cut::ABSENT);
        self.parts.push(Part::Mended(from));
        self.count += 1;
        true
    }

    /// How many records there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.stretch.width
    }

    /// The text that cells are pieces of.
    pub(crate) fn text(&self) -> &'a str {
        self.stretch.text
    }

    /// The cells of a column.
    pub(crate) fn cuts(&self, column: usize, cuts: &mut Vec<Cut>) {
        cuts.clear();
        for part in &self.parts {
            match *part {
                Part::Clean(clean) => self.stretch.cuts(clean, column, cuts),
                Part::Mended(from) => cuts.push(self.mended[from + column]),
            }
        }
    }

    /// Appends the records to a table of as many columns.
    pub(super) fn append(&self, offset: usize, cuts: &mut Vec<Cut>, table: &mut RawTable<'_>) {
        let width = self.width();
        let base = offset + self.stretch.base;
        let spans = table.spans_mut();
        let from = spans.len();
        spans.resize(from + self.count * width, Span::ABSENT);
        for column in 0..width {
            self.cuts(column, cuts);
            let places = spans[from..].iter_mut().skip(column).step_by(width);
            for (span, cut) in places.zip(&*cuts) {
                if let Some(sort) = cut.sort()
                    && let Some(found) = Span::new(sort, base + cut.start(), cut.length())
                {
                    *span = found;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::{Escape, Scanner};
    use super::*;
    use crate::read::align;

    #[test]
    fn header_repeated_in_every_line_is_looked_at_once_a_line() {
        const LINES: usize = 1 << 20;
        let text = "a,b\n".repeat(LINES);
        let dialect = Dialect { delimiter: b',', quote: Some(b'"'), escape: Escape::Doubled };
        let mut lane = Lane::new(&text, dialect, Marks::default());
        for at in (0..text.len()).step_by(4) {
            assert!(lane.clean(at, lane.place(at), 2, "a").is_none());
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(600))]
        #[test]
        fn clean_rows_are_what_the_scanner_reads(
            text in "((\"[ab, \t\n]{0,3}\"|[ab0 \u{e9}\u{a0}]{0,4}|a\"b|\"a\"\"\"|[\"\\\\ a]{0,3})([,,,\n\n\t]|\r\n|\r|,){1,2}){0,60}",
            backslash in proptest::bool::ANY,
            tab in proptest::bool::ANY,
            unquoted in proptest::bool::ANY,
        ) {
            let escape = if backslash { Escape::Backslash } else { Escape::Doubled };
            let delimiter = if tab { b'\t' } else { b',' };
            let dialect = Dialect { delimiter, quote: (!unquoted).then_some(b'"'), escape };
            let header: Vec<String> = ["a", "b"].map(String::from).to_vec();
            let mut table = RawTable::within(&text, "t", "s", header);
            let mut lane = Lane::new(&text, dialect, Marks::default());
            let mut scanner = Scanner::new(&text, dialect);
            let mut at = 0;
            let mut pieces = Vec::new();
            let mut cuts = Vec::new();
            while at < text.len() {
                while let Some((clean, end)) = lane.clean(at, lane.place(at), 2, "a") {
                    let before = table.len();
                    let mut run = lane.nothing(2);
                    run.push(clean);
                    run.append(0, &mut cuts, &mut table);
                    proptest::prop_assert!(run.count() > 0);
                    for row in before..table.len() {
                        let record = scanner.record(at, &mut pieces);
                        let cells: Vec<Cell<'_>> = pieces
                            .iter()
                            .map(align::as_cell)
                            .collect();
                        proptest::prop_assert_eq!(table.row(row), cells);
                        proptest::prop_assert!(!record.stray && !record.broken);
                        at = record.next;
                    }
                    proptest::prop_assert_eq!(at, end);
                }
                at = scanner.record(at, &mut pieces).next.max(at + 1);
                at = (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            }
        }
    }
}
