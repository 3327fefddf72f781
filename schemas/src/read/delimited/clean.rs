//! [`rows`]: records that fit, taken as they stand, from mark to mark.
//!
//! What is not plainly as it should be is left to the careful reading, which takes one record and
//! comes back; for a record that is taken here, both give the same cells.

use super::marks::Marks;
use super::scan::{Dialect, Escape};
use crate::cell::RawTable;
use crate::cell::span::{Sort, Span};

/// Where a table's text lies in the text that its cells count from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The text that is read.
    pub(super) text: &'a str,
    /// Where it begins in the text that the table lies in.
    pub(super) offset: usize,
    /// How it is written.
    pub(super) dialect: Dialect,
}

/// Appends the records from `at` on to a table that knows its columns, up to the first that is not
/// clean; where that begins.
///
/// A record is clean that has as many fields as the table has columns, each bare and beginning with
/// neither a quote nor a space, or between quotes with nothing of note inside, and whose first
/// field is not the first name of the header.
pub(super) fn rows(
    place: &Place<'_>,
    at: usize,
    marks: &mut Marks<'_>,
    table: &mut RawTable<'_>,
) -> usize {
    let Place { text, offset, dialect } = *place;
    let bytes = text.as_bytes();
    let width = table.width();
    let first_name = table.header()[0].clone();
    let quote = dialect.quote;
    let spans = table.spans_mut();
    marks.seek(at);
    let mut row = at;
    let mut start = at;
    let mut count = 0;
    let mut kept = spans.len();
    loop {
        let Some(&first) = bytes.get(start) else { break };
        let mut end;
        let span;
        if Some(first) == quote {
            let open = marks.next();
            // Delimiters inside are no marks of note; anything else is left to the careful reading.
            let close = loop {
                match marks.next() {
                    Some(at) if bytes[at] == dialect.delimiter => {}
                    other => break other,
                }
            };
            let Some(close) = close.filter(|at| bytes[*at] == first && open == Some(start)) else {
                break;
            };
            end = close;
            let inside = &bytes[start + 1..end];
            if dialect.escape == Escape::Backslash && inside.contains(&b'\\') {
                break;
            }
            span = Span::new(Sort::Quoted, start + 1 + offset, end - start - 1);
            match marks.next() {
                Some(after) if after == end + 1 && bytes[after] != first => end = after,
                None if end + 1 == bytes.len() => end += 1,
                _ => break,
            }
        } else {
            if first == b' ' || first == b'\t' && dialect.delimiter != b'\t' {
                break;
            }
            end = loop {
                match marks.next() {
                    Some(at) if Some(bytes[at]) == quote => {}
                    Some(at) => break at,
                    None => break bytes.len(),
                }
            };
            let last = if end > start { bytes[end - 1] } else { b'x' };
            span = if end == start {
                Some(Span::ABSENT)
            } else if first.is_ascii_graphic() && last.is_ascii_graphic() {
                Span::new(Sort::Bare, start + offset, end - start)
            } else {
                let whole = &text[start..end];
                let trimmed = whole.trim();
                let before = whole.len() - whole.trim_start().len();
                if trimmed.is_empty() {
                    Some(Span::ABSENT)
                } else {
                    Span::new(Sort::Bare, start + before + offset, trimmed.len())
                }
            };
        }
        let Some(span) = span else { break };
        let text = span.range().map(|range| &bytes[range.start - offset..range.end - offset]);
        if count == 0 && text == Some(first_name.as_bytes()) {
            break;
        }
        spans.push(span);
        count += 1;
        if bytes.get(end) == Some(&dialect.delimiter) {
            if count == width {
                break;
            }
            start = end + 1;
            // A field that is missing at the very end of the text.
            if start == bytes.len() {
                break;
            }
            continue;
        }
        if count != width {
            break;
        }
        let mut next = end + 1;
        if bytes.get(end) == Some(&b'\r') && bytes.get(next) == Some(&b'\n') {
            marks.next();
            next += 1;
        }
        kept = spans.len();
        count = 0;
        row = next.min(bytes.len());
        start = row;
    }
    spans.truncate(kept);
    row
}

#[cfg(test)]
mod tests {
    use super::super::scan::Scanner;
    use super::*;
    use crate::cell::Cell;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(3000))]
        #[test]
        fn clean_rows_are_what_the_scanner_reads(
            text in "((\"[ab, \t]{0,3}\"|[ab0 \u{e9}\u{a0}]{0,4}|a\"b|\"a\"\"\"|[\"\\\\ a]{0,3})[,,,\n\n\r\t]{1,2}){0,40}",
            backslash in proptest::bool::ANY,
            tab in proptest::bool::ANY,
        ) {
            let escape = if backslash { Escape::Backslash } else { Escape::Doubled };
            let delimiter = if tab { b'\t' } else { b',' };
            let dialect = Dialect { delimiter, quote: Some(b'"'), escape };
            let header: Vec<String> = ["a", "b"].map(String::from).to_vec();
            let mut table = RawTable::within(&text, "t", "s", header);
            let mut marks = Marks::new(text.as_bytes(), &dialect);
            let mut scanner = Scanner::new(&text, dialect);
            let mut at = 0;
            let mut pieces = Vec::new();
            while at < text.len() {
                let before = table.len();
                let end = rows(&Place { text: &text, offset: 0, dialect }, at, &mut marks, &mut table);
                for row in before..table.len() {
                    let record = scanner.record(at, &mut pieces);
                    let cells: Vec<Cell<'_>> = pieces
                        .iter()
                        .map(|piece| match piece.quoted {
                            true => Cell::Quoted(piece.text.clone()),
                            false => Cell::bare(piece.text.clone()),
                        })
                        .collect();
                    proptest::prop_assert_eq!(table.row(row), cells);
                    proptest::prop_assert!(!record.stray && !record.broken);
                    at = record.next;
                }
                proptest::prop_assert_eq!(at, end);
                at = scanner.record(at, &mut pieces).next.max(at + 1);
                at = (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            }
        }
    }
}
