//! Delimited text: fields between commas, tabs, semicolons or pipes.
//!
//! The dialect is sniffed, the table's first record found below any preamble, its header told from
//! its data, and every record read: those that fit are taken as they stand, the others divided
//! among the columns by kind. No row is lost; what was repaired or left out is a finding.

use super::{MOST_TABLES, Reading, Source};
use crate::cell::{Cell, RawTable};
use crate::finding::{Finding, Level};

mod begin;
pub(crate) mod body;
mod doubt;
mod give;
pub(super) mod header;
mod index;
pub(crate) mod lane;
mod lanes;
mod mend;
pub(crate) mod part;
mod queue;
mod ragged;
pub(super) mod scan;
pub(crate) mod share;
pub(crate) mod sink;
pub(super) mod sniff;
mod span;
mod spread;
#[cfg(test)]
mod tests;

use begin::begin;
use body::Body;
pub(crate) use scan::REACH;
use scan::{MOST_PIECES, Piece, Scanner};
use sink::{Nobody, Sink};
pub use span::spans;

/// Rows that fit and are looked at to learn what a column holds.
const LEARNT: usize = 1000;
/// Bytes of a table after which no more is learnt, and rows that wait for what is learnt.
const LESSON: usize = REACH / 2;
const MOST_WAITING: usize = 1 << 14;
/// Lines that may turn out to be a remark behind the table.
const MOST_REMARKS: usize = 1 << 10;
/// Rows looked at below what may be another table's header.
const ALIKE: usize = 3;
/// Cells that a table may have without being filled; beyond, as many as the text has bytes.
const ROOMY: usize = 1 << 22;
/// Lines of a preamble or a footer that a finding quotes.
const QUOTED: usize = 120;
/// The share of delimiters with a space behind them up to which such a space says something.
const RARELY: f32 = 0.05;
/// Rows that must fit before names are no longer asked what a column holds.
const ENOUGH: usize = 4;

/// Reads a block of delimited text: one table, or several where headers follow blank lines.
pub fn read<'a>(text: &'a str, source: &Source<'a>) -> Reading<'a> {
    let (tables, findings) = read_into(text, source, |_| None::<Nobody>);
    Reading { tables: tables.into_iter().map(|(table, _)| table).collect(), findings }
}

/// Reads a block of delimited text into sinks, one for each table, made for its header; with the
/// sink comes the table, which holds the rows that the sink did not take.
pub(crate) fn read_into<'a, S: Sink<'a>>(
    text: &'a str,
    source: &Source<'a>,
    mut sink: impl FnMut(&[String]) -> Option<S>,
) -> (Vec<(RawTable<'a>, Option<S>)>, Vec<Finding>) {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let sniffed = sniff::sniff(text);
    let mut scanner = Scanner::new(text, sniffed.dialect);
    let (mut tables, mut findings) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(begin) = begin(&mut scanner, at, &sniffed, source) {
        let number = tables.len();
        let crowded = number == MOST_TABLES;
        if crowded || begin.header.len() > MOST_PIECES {
            let message = if crowded {
                "more tables than any dataset has: every further line is kept as one value"
            } else {
                "a line has more fields than any table: every line is kept as one value"
            };
            let (table, finding) = lines(&text[at..], number, source, message);
            tables.push((table, None));
            findings.push(finding);
            break;
        }
        let mut body = Body::new(&begin, number, &sniffed, source, &scanner, sink(&begin.header));
        let before = at;
        let Some(end) = body.read(&mut scanner, begin.first) else {
            let message =
                "the rows fill so few of the columns that every line is kept as one value";
            let (table, finding) = lines(&text[before..], number, source, message);
            tables.push((table, None));
            findings.push(finding);
            break;
        };
        at = end;
        findings.extend(begin.findings(number));
        let mut read = body.finish(&scanner);
        tables.push((read.table, read.sink));
        findings.append(&mut read.findings);
    }
    (tables, findings)
}

/// A text too wide to be a table, as one column of its lines.
pub(super) fn lines<'a>(
    text: &'a str,
    number: usize,
    source: &Source<'a>,
    message: &str,
) -> (RawTable<'a>, Finding) {
    let mut table = RawTable::within(source.text, source.stem(), source.name, header::numbered(1));
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        table.push_row([Cell::bare(line)]);
    }
    (table, finding(format!("/tables/{number}"), Level::Repair, message.to_owned()))
}

fn finding(at: String, level: Level, message: String) -> Finding {
    Finding { at, level, message, hint: None }
}

fn left_out(what: &str, line: &str) -> String {
    match quoted(line.trim()) {
        "" => format!("{what} left out"),
        line => format!("{what} left out: `{line}`"),
    }
}

fn quoted(line: &str) -> &str {
    &line[..line.floor_char_boundary(QUOTED)]
}

fn is_blank(pieces: &[Piece<'_>]) -> bool {
    matches!(pieces, [only] if only.text.is_empty() && !only.quoted)
}

fn is_comment(pieces: &[Piece<'_>]) -> bool {
    matches!(pieces, [only] if only.text.starts_with('#') && !only.quoted)
}

/// Whether a record of several pieces begins as a comment of a text that has comments does.
fn opens_comment(pieces: &[Piece<'_>]) -> bool {
    pieces.first().is_some_and(|first| first.text.starts_with("# ") && !first.quoted)
}

/// Whether a line is but what ends a file on some systems: Ctrl-Z, or zeros up to a full block.
fn is_end_mark(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|byte| matches!(byte, 0 | 0x1A))
}

/// Whether a piece is what stands under a name where a rule is drawn under the header.
fn is_dashes(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|byte| byte == b'-')
}

/// A line of dashes, dots or fences is no row.
fn is_rule(line: &str) -> bool {
    line.len() > 2 && line.bytes().all(|byte| b"-=+.*_`~ ".contains(&byte))
}
