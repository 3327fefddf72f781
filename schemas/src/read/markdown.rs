//! Printed tables: Markdown's pipes with a rule under the header, or pipes that agree line by line; and
//! what databases and data frames print, in frames, in columns below dashes, or one value a line.

use std::ops::Range;

use super::delimited;
use super::{MOST_TABLES, Reading, Source};

mod aligned;
mod columns;
mod frame;
mod notes;
mod pipes;
mod records;
mod sheet;
#[cfg(test)]
mod tests;
mod typed;

use sheet::Place;

/// A line of a text without blanks at its end, and the byte it begins at.
type Line<'a> = (usize, &'a str);

/// How a table is printed.
#[derive(Debug, Clone)]
enum Layout {
    /// With pipes or the bars of a box between its columns.
    Pipes(pipes::Pipes),
    /// In columns below runs of dashes.
    Columns(columns::Columns),
    /// In columns that end where their names do.
    Aligned(aligned::Aligned),
    /// A line for each value.
    Records(records::Records),
}

/// Reads a block that holds printed tables.
pub fn read<'a>(text: &'a str, source: &Source<'a>) -> Reading<'a> {
    let mut reading = Reading::default();
    let lines = lines(text);
    let mut found = find(&lines);
    // What lies behind is taken together, and as many tables as a text can hold are much.
    found.truncate(MOST_TABLES + 1);
    found.shrink_to_fit();
    for layout in found {
        let number = reading.tables.len();
        let span = layout.span(&lines);
        if number == MOST_TABLES {
            let message = "more tables than any dataset has: every further line is one value";
            let (table, finding) = delimited::lines(&text[span.start..], number, source, message);
            reading.tables.push(table);
            reading.findings.push(finding);
            break;
        }
        let place = Place { number, text, source };
        let read = match &layout {
            Layout::Pipes(pipes) => frame::read(&lines, pipes, place),
            Layout::Columns(columns) => columns::read(&lines, columns, place),
            Layout::Aligned(aligned) => aligned::read(&lines, aligned, place),
            Layout::Records(records) => records::read(&lines, records, place),
        };
        let (table, findings) = read.unwrap_or_else(|| {
            let message =
                "the rows fill so few of the columns that every line is kept as one value";
            let (table, finding) = delimited::lines(&text[span], number, source, message);
            (table, vec![finding])
        });
        reading.tables.push(table);
        reading.findings.extend(findings);
    }
    reading
}

/// The byte ranges of a text that are printed tables, with what is printed round them.
pub fn spans(text: &str) -> Vec<Range<usize>> {
    if !may_hold(text) {
        return Vec::new();
    }
    let lines = lines(text);
    find(&lines).iter().map(|layout| layout.span(&lines)).collect()
}

/// Those of them whose brackets are no JSON of their own: they stand in cells.
pub(super) fn cells(text: &str) -> Vec<Range<usize>> {
    if !may_hold(text) {
        return Vec::new();
    }
    let lines = lines(text);
    let sure = |layout: &&Layout| match layout {
        Layout::Pipes(_) | Layout::Columns(_) => true,
        Layout::Records(records) => records.is_marked(),
        Layout::Aligned(_) => false,
    };
    find(&lines).iter().filter(sure).map(|layout| layout.span(&lines)).collect()
}

/// Whether a text has bars, dashes or equals signs, or two blanks side by side.
fn may_hold(text: &str) -> bool {
    pipes::bars(text).next().is_some()
        || ["--", "==", " = ", "***", "  "]
            .iter()
            .any(|mark| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some())
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let at = start;
            start += line.len();
            (at, line.trim_end())
        })
        .collect()
}

/// The tables among the lines of a text.
fn find(lines: &[Line<'_>]) -> Vec<Layout> {
    let mut found = Vec::new();
    let (mut at, mut free, mut known, mut wasted) = (0, 0, 0, 0);
    while at < lines.len() {
        if lines[at].1.is_empty() {
            at += 1;
            continue;
        }
        let layout = records::find(lines, at)
            .map(Layout::Records)
            .or_else(|| columns::find(lines, at, free, &mut known).map(Layout::Columns))
            .or_else(|| aligned::find(lines, at, &mut wasted).map(Layout::Aligned));
        let layout = match layout {
            Some(layout) => layout,
            None => match pipes::find(lines, at, free) {
                Ok(pipes) => Layout::Pipes(pipes),
                Err(next) => {
                    at = next;
                    continue;
                }
            },
        };
        at = layout.lines().end;
        free = at;
        found.push(layout);
    }
    found
}

impl Layout {
    /// The numbers of its lines.
    fn lines(&self) -> &Range<usize> {
        match self {
            Self::Pipes(pipes) => &pipes.all,
            Self::Columns(columns) => &columns.all,
            Self::Aligned(aligned) => &aligned.all,
            Self::Records(records) => &records.all,
        }
    }

    /// The bytes of its lines.
    fn span(&self, lines: &[Line<'_>]) -> Range<usize> {
        let Range { start, end } = *self.lines();
        let (last, line) = lines[end - 1];
        lines[start].0..last + line.len()
    }
}

/// A column's name without the marks of bold and code.
fn plain(name: &str) -> &str {
    let name = name.trim();
    for mark in ["**", "__", "`", "*"] {
        let bare = name.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
        if let Some(bare) = bare.filter(|bare| !bare.is_empty() && !bare.contains(mark)) {
            return bare.trim();
        }
    }
    name
}
