//! [`Lane`]: records that fit, taken many at a time from mark to mark.
//!
//! What is not plainly as it should be is left to the careful reading, which takes one record and
//! comes back; for a record that is taken here, both give the same cells.

use std::sync::Arc;

use super::index::{Ending, Index};
use super::scan::Dialect;
use crate::cell::RawTable;
use crate::cell::cut::Cut;
use crate::cell::span::{Sort, Span};

/// A text that is read from mark to mark, and what is known of its next stretch.
#[derive(Debug)]
pub(super) struct Lane<'a> {
    text: &'a str,
    dialect: Dialect,
    index: Arc<Index>,
    /// The cells of a first column.
    first: Vec<Cut>,
}

/// Records one after the other, each with as many fields as there are columns.
pub(crate) struct Run<'a, 'l> {
    /// The text from which on the places of cells count.
    text: &'a str,
    /// Where that begins in the text that is read.
    base: usize,
    index: &'l Arc<Index>,
    quote: Option<u8>,
    /// The first record, where it begins, and how many fields end before it.
    from: usize,
    start: u32,
    fields: usize,
    count: usize,
    width: usize,
}

/// A run that keeps its index.
pub(super) struct Stretch<'a> {
    text: &'a str,
    base: usize,
    index: Arc<Index>,
    quote: Option<u8>,
    from: usize,
    start: u32,
    fields: usize,
    count: usize,
    width: usize,
}

impl<'a> Stretch<'a> {
    /// The run.
    pub(super) fn run(&self) -> Run<'a, '_> {
        let Self { text, base, ref index, quote, from, start, fields, count, width } = *self;
        Run { text, base, index, quote, from, start, fields, count, width }
    }

    /// How many cells there are.
    pub(super) fn cells(&self) -> usize {
        self.count * self.width
    }
}

impl<'a> Lane<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self { text, dialect, index: Arc::default(), first: Vec::new() }
    }

    /// How long the text is.
    pub(super) fn length(&self) -> usize {
        self.text.len()
    }

    /// The records from `at` on, up to the first that is not clean, at most to the end of what is
    /// indexed; where those end. `None` where the first one is not clean.
    ///
    /// A record is clean that has as many fields as there are columns, each bare and beginning with
    /// neither a quote nor a space, or between quotes with nothing of note inside, and whose first
    /// field is not the first name of the header.
    pub(super) fn run(
        &mut self,
        at: usize,
        width: usize,
        name: &str,
    ) -> Option<(Run<'a, '_>, usize)> {
        let place = match self.index.record_at(at).filter(|from| *from < self.index.records.len()) {
            Some(from) => Some(from),
            // The record is known and does not stand among those that can be told by their marks.
            None if at == self.index.end && self.is_odd(at) => None,
            None => {
                // A run that is kept keeps the index.
                if Arc::get_mut(&mut self.index).is_none() {
                    self.index = Arc::new(self.index.fresh());
                }
                Arc::get_mut(&mut self.index)?.build(self.text.as_bytes(), at, self.dialect);
                (!self.index.records.is_empty()).then_some(0)
            }
        };
        let from = place?;
        let records = &self.index.records;
        let before = if from == 0 { Ending::default() } else { records[from - 1] };
        let mut fields = before.fields;
        // Up to the record that holds something odd.
        let odd = self.index.odd.partition_point(|odd| (*odd as usize) + self.index.base < at);
        let most = self
            .index
            .odd
            .get(odd)
            .map_or(records.len(), |odd| records.partition_point(|record| record.next <= *odd));
        let fits = records[from..most].iter().take_while(|record| {
            let fit = record.fields - fields == width as u32;
            fields = record.fields;
            fit
        });
        let mut count = fits.count();
        let run = |count| Run {
            text: &self.text[self.index.base..],
            base: self.index.base,
            index: &self.index,
            quote: self.dialect.quote,
            from,
            start: before.next,
            fields: before.fields as usize,
            count,
            width,
        };
        let whole = run(count);
        let first = &mut self.first;
        whole.cuts(0, first);
        let text = whole.text.as_bytes();
        let named = |cut: &Cut| cut.length() == name.len() && cut.of(text) == name.as_bytes();
        count = first.iter().position(named).unwrap_or(count);
        let last = self.index.records[..from + count].last().filter(|_| count > 0)?;
        Some((run(count), self.index.base + last.next as usize))
    }

    fn is_odd(&self, at: usize) -> bool {
        self.index.odd.binary_search(&((at - self.index.base) as u32)).is_ok()
    }
}

impl<'a> Run<'a, '_> {
    /// How many records there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The same, with an index of its own.
    pub(super) fn stretch(&self) -> Stretch<'a> {
        let Self { text, base, index, quote, from, start, fields, count, width } = *self;
        let index = Arc::clone(index);
        Stretch { text, base, index, quote, from, start, fields, count, width }
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The text that cells are pieces of.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The cells of a column.
    pub(crate) fn cuts(&self, column: usize, cuts: &mut Vec<Cut>) {
        cuts.clear();
        let index = self.index;
        let ends = &index.ends[self.fields..self.fields + self.count * self.width];
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
        let starts = std::iter::once(self.start)
            .chain(index.records[self.from..].iter().map(|record| record.next));
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

    /// Appends the records to a table of as many columns.
    pub(super) fn append(&self, offset: usize, cuts: &mut Vec<Cut>, table: &mut RawTable<'_>) {
        let width = self.width;
        let base = offset + self.base;
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
    use crate::cell::Cell;
    use crate::read::align;

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
            let mut lane = Lane::new(&text, dialect);
            let mut scanner = Scanner::new(&text, dialect);
            let mut at = 0;
            let mut pieces = Vec::new();
            let mut cuts = Vec::new();
            while at < text.len() {
                while let Some((run, end)) = lane.run(at, 2, "a") {
                    let before = table.len();
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
