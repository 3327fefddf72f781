//! [`spans`]: where in a text lines of delimited data stand, with prose left alone.

use std::ops::Range;

use memchr::memchr_iter;

use super::header;
use super::scan::{Dialect, Escape, Piece, Scanner};

/// Delimiters looked for, the surest first.
const DELIMITERS: [u8; 4] = [b'\t', b'|', b';', b','];

/// A line of a text.
#[derive(Debug, Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
}

/// The byte ranges of a text that are clearly lines of fields: a header of short names, and below it
/// lines with at least one delimiter each.
pub fn spans(text: &str) -> Vec<Range<usize>> {
    let lines = lines(text);
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if let Some(end) =
            DELIMITERS.iter().find_map(|delimiter| table(text, &lines, at, *delimiter))
        {
            spans.push(lines[at].start..lines[end - 1].end);
            at = end;
        } else {
            at += 1;
        }
    }
    spans
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for end in memchr_iter(b'\n', bytes).map(|end| end + 1).chain([bytes.len()]) {
        let line = &bytes[start..end];
        let marks = line.iter().rev().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        if !line.is_empty() {
            lines.push(Line { start, end: end - marks });
        }
        start = end;
    }
    lines
}

/// Where the table ends that a line begins, if one does: the number of the line after its last.
fn table(text: &str, lines: &[Line], at: usize, delimiter: u8) -> Option<usize> {
    let count =
        |line: &Line| memchr_iter(delimiter, &text.as_bytes()[line.start..line.end]).count();
    let head = lines[at];
    let fields = count(&head);
    if fields == 0 || lines.get(at + 1).is_none_or(|below| count(below) == 0) {
        return None;
    }
    let first = &text[head.start..head.end];
    let dialect = Dialect { delimiter, quote: Some(b'"'), escape: Escape::Doubled };
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    Scanner::new(first, dialect).single(0, &mut pieces);
    if pieces.len() < 2 || !header::could_name(&pieces) || is_prose(first) {
        return None;
    }
    let below = &text[lines[at + 1].start..lines[at + 1].end];
    if is_prose(below) && count(&lines[at + 1]) != fields {
        return None;
    }
    let mut end = at + 1;
    let mut open = false;
    for number in at + 1..lines.len() {
        let line = &lines[number];
        let quotes = memchr_iter(b'"', &text.as_bytes()[line.start..line.end]).count();
        let inside = open;
        open ^= quotes % 2 == 1;
        if inside || open {
            end = number + 1;
            continue;
        }
        match count(line) {
            0 if text[line.start..line.end].trim().is_empty() => {
                // A blank line ends the table unless the next one goes on like it.
                let alike =
                    |next: &Line| count(next) == fields && !is_prose(&text[next.start..next.end]);
                if !lines.get(number + 1).is_some_and(alike) {
                    break;
                }
            }
            0 => {
                // One line without a delimiter may be a row that was cut off, or a value broken in two.
                let more = lines.get(number + 1).is_some_and(|next| count(next) == fields);
                if !more {
                    break;
                }
            }
            _ => end = number + 1,
        }
    }
    Some(end)
}

/// Whether a line reads like a sentence or an item of a list.
pub(super) fn is_prose(line: &str) -> bool {
    let line = line.trim();
    let item = line.starts_with(['-', '*', '\u{2022}', '#', '>']) || {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && line[digits..].starts_with(['.', ')']) && line[digits + 1..].starts_with(' ')
    };
    item || line.ends_with([':', '.', '?', '!']) && line.split_whitespace().count() > 4
}
