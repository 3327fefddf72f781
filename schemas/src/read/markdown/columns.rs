//! [`Columns`]: a table whose columns stand where the runs of a line of dashes do.

use std::borrow::Cow;
use std::ops::Range;

use super::frame::{Joint, join, marked};
use super::pipes::Hand;
use super::sheet::{Place, Sheet};
use super::{Line, notes, plain};
use crate::cell::RawTable;
use crate::finding::Finding;
use crate::read::delimited::scan::Piece;

/// Where a table of columns stands, as numbers of lines.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// All of it.
    pub(super) all: Range<usize>,
    /// The lines that name the columns; none where nothing does.
    head: Range<usize>,
    /// The rows, with what stands between them.
    rows: Range<usize>,
    /// Where the columns begin and end, in letters.
    runs: Vec<Range<usize>>,
    /// What a line means whose first column is blank.
    blank: Blank,
}

/// What a line means whose first column is blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    /// A row whose first value is missing.
    Row,
    /// More of the row above, as in reStructuredText.
    More,
}

/// The table whose first line of dashes a line is, with the names above it or, where it is the upper
/// edge, below; no line of it comes before `free`. Before the line `known`, no line is such a one.
pub(super) fn find(
    lines: &[Line<'_>],
    at: usize,
    free: usize,
    known: &mut usize,
) -> Option<Columns> {
    if at < *known {
        return None;
    }
    let runs = runs(lines[at].1)?;
    let fits =
        |number: usize| lines.get(number).is_some_and(|line| reached(line.1, &runs).is_some());
    if lines[at].1.trim_start().starts_with('=') {
        return edged(lines, at, runs);
    }
    let head = at.checked_sub(1).filter(|head| *head >= free && names(lines[*head].1, &runs))?;
    let mut end = at + 1;
    let mut last = end;
    while let Some((_, line)) = lines.get(end) {
        let again = |at: usize| {
            lines.get(at).is_some_and(|line| line.1 == lines[head].1)
                && lines.get(at + 1).is_some_and(|line| line.1 == lines[head + 1].1)
        };
        if again(end) {
            // The names once more, at the head of a page.
            end += 2;
            continue;
        }
        if line.is_empty() {
            // Rows of several lines have blank ones between them; prose stands apart as well.
            let next = lines.get(end + 1).map_or("", |line| line.1);
            let filled = reached(next, &runs)
                .map_or(0, |cells| cells.iter().filter(|cell| !cell.is_empty()).count());
            let more = filled * 2 > runs.len() && !notes::is_note(next);
            if !(again(end + 1) || runs.len() > 1 && more) {
                break;
            }
        } else if notes::is_note(line) || self::runs(line).is_some() || !fits(end) {
            break;
        } else {
            last = end + 1;
        }
        end += 1;
    }
    let noted = lines.get(last..last + 2).unwrap_or(&lines[last.min(lines.len())..]);
    let note = noted.iter().position(|line| notes::is_note(line.1));
    // One column under one run of dashes is a heading, unless its rows are counted.
    let (empty, lone) = (last == at + 1, runs.len() < 2);
    if (empty && lone) || ((empty || lone) && note.is_none()) {
        // The same names over the same dashes further down have the same rows or fewer, and a note
        // stands right behind them if anywhere.
        *known = end.saturating_sub(2);
        return None;
    }
    let all = head..note.map_or(last, |note| last + note + 1);
    Some(Columns { all, head: head..at, rows: at + 1..last, runs, blank: Blank::Row })
}

/// A table between two lines of `=`, with the names between them or under the second of three.
fn edged(lines: &[Line<'_>], at: usize, runs: Vec<Range<usize>>) -> Option<Columns> {
    if runs.len() < 2 {
        return None;
    }
    let mut edges = vec![at];
    let mut end = at + 1;
    while let Some((_, line)) = lines.get(end) {
        let rule = self::runs(line);
        let edge = rule.is_some() && line.trim_start().starts_with('=');
        if edge {
            edges.push(end);
            let blank = lines.get(end + 1).is_none_or(|line| line.1.is_empty());
            if edges.len() > 2 || blank {
                break;
            }
        } else if rule.is_none() && !line.is_empty() && reached(line, &runs).is_none() {
            return None;
        }
        end += 1;
    }
    let (head, rows) = match edges[..] {
        [first, last] => (first..first, first + 1..last),
        [first, second, last] => (first + 1..second, second + 1..last),
        _ => return None,
    };
    let all = at..edges.last()? + 1;
    Some(Columns { all, head, rows, runs, blank: Blank::More })
}

/// Reads a table whose lines lie in `place.text`; `None` where the rows fill too few of the columns.
pub(super) fn read<'a>(
    lines: &[Line<'a>],
    columns: &Columns,
    place: Place<'a, '_>,
) -> Option<(RawTable<'a>, Vec<Finding>)> {
    let Columns { all, head, rows, runs, blank } = columns;
    let bytes = lines[all.clone()].iter().map(|(_, line)| line.len()).sum();
    let mut names: Vec<Piece<'a>> = Vec::new();
    for line in lines[head.clone()].iter().filter(|line| self::runs(line.1).is_none()) {
        let more = pieces(line, runs);
        if names.is_empty() {
            names = more;
        } else {
            names.iter_mut().zip(more).for_each(|(name, more)| {
                if !more.text.is_empty() {
                    join(name, &more.text, Joint::Space);
                }
            });
        }
    }
    names.resize_with(runs.len(), || Piece { text: "".into(), quoted: false, start: 0, end: 0 });
    let names = names.iter().map(|name| plain(&name.text));
    let mut sheet = Sheet::new(place, Hand::Printed, names, (rows.len(), bytes))?;
    let mut row: Option<Vec<Piece<'a>>> = None;
    let mut marks = vec![None; runs.len()];
    let mut apart = true;
    let again = |at: usize| !head.is_empty() && lines[at].1 == lines[head.start].1;
    // Where rows may have several lines, blank ones stand between them.
    let groups = rows.clone().any(|at| lines[at].1.is_empty() && !again(at + 1));
    let mut at = rows.start;
    while at < rows.end {
        let line = &lines[at];
        at += 1;
        if line.1.is_empty() || self::runs(line.1).is_some() || again(at - 1) {
            apart = true;
            continue;
        }
        let more = pieces(line, runs);
        let marked = marks.iter().any(Option::is_some)
            && marks.iter().zip(&more).all(|(mark, more)| mark.is_some() || more.text.is_empty());
        let joined = marked
            || match blank {
                Blank::More => more[0].text.is_empty(),
                Blank::Row => groups && !apart && more.iter().any(|cell| cell.text.is_empty()),
            };
        let next: Vec<Option<Joint>> = ends(line.1, runs);
        match row.as_mut().filter(|_| joined) {
            Some(row) => row.iter_mut().zip(&more).zip(&marks).for_each(|((cell, more), mark)| {
                let joint = if *blank == Blank::More { Joint::Space } else { Joint::Newline };
                if !more.text.is_empty() || mark.is_some() {
                    join(cell, &more.text, mark.unwrap_or(joint));
                }
            }),
            None => {
                if let Some(row) = row.replace(more) {
                    sheet.take(row);
                }
            }
        }
        marks = next;
        apart = false;
    }
    if let Some(row) = row {
        sheet.take(row);
    }
    let behind = lines[rows.end..all.end].iter().map(|line| line.1);
    Some(sheet.finish(behind.into_iter().find(|line| notes::is_note(line))))
}

/// Where the runs of a line of nothing but dashes, or of nothing but `=`, begin and end.
pub(super) fn runs(line: &str) -> Option<Vec<Range<usize>>> {
    let bare = line.trim();
    let mark = bare.bytes().next().filter(|mark| matches!(mark, b'-' | b'='))?;
    if !bare.bytes().all(|byte| byte == mark || byte == b' ') || !bare.contains(['-', '=']) {
        return None;
    }
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, byte) in line.bytes().enumerate() {
        match runs.last_mut().filter(|run| run.end == at) {
            _ if byte != mark => {}
            Some(run) => run.end += 1,
            None => runs.push(at..at + 1),
        }
    }
    // `- - -` is a rule between paragraphs.
    let wide = runs.iter().any(|run| run.len() > 1);
    let apart = runs.windows(2).any(|pair| pair[1].start - pair[0].end > 1);
    (wide || apart).then_some(runs)
}

/// Whether a line names the columns.
fn names(line: &str, runs: &[Range<usize>]) -> bool {
    let cells = cut(line, runs).unwrap_or_default();
    let named = cells.iter().filter(|name| name.contains(char::is_alphanumeric)).count();
    named * 2 > runs.len() && !notes::is_note(line)
}

/// Those cells of a line that it is long enough for, and so all that are filled; `None` where text
/// stands between the columns.
fn reached<'l>(line: &'l str, runs: &[Range<usize>]) -> Option<Vec<&'l str>> {
    // What stands before the next column is looked at as well.
    let reach = runs.partition_point(|run| run.start < line.len()) + 1;
    cut(line, &runs[..reach.min(runs.len())])
}

/// The cells of a line; `None` where text stands between the columns.
fn cut<'l>(line: &'l str, runs: &[Range<usize>]) -> Option<Vec<&'l str>> {
    let plain = line.is_ascii();
    let mut places = line.char_indices().map(|(at, _)| at).enumerate();
    // The byte at which a letter begins, of letters asked for in their order.
    let mut byte = |letter: usize| -> usize {
        if plain {
            return letter.min(line.len());
        }
        places.find(|(number, _)| *number == letter).map_or(line.len(), |(_, at)| at)
    };
    let mut cells = Vec::with_capacity(runs.len());
    let mut start = byte(0);
    let first = runs.first()?.start;
    if first > 0 {
        let edge = byte(first);
        if !line[start..edge].trim().is_empty() {
            return None;
        }
        start = edge;
    }
    for (at, run) in runs.iter().enumerate() {
        let Some(next) = runs.get(at + 1) else {
            cells.push(line[start..].trim());
            break;
        };
        let end = byte(run.end);
        let edge = byte(next.start).max(end);
        if !matches!(line[end..edge].trim(), "" | "+" | "↵") {
            return None;
        }
        cells.push(line[start..end].trim());
        start = edge;
    }
    Some(cells)
}

/// The marks between the columns of a line that say which go on in the next.
fn ends(line: &str, runs: &[Range<usize>]) -> Vec<Option<Joint>> {
    let mut letters = line.chars();
    let mut passed = 0;
    runs.iter()
        .map(|run| {
            let mark = letters.nth(run.end.checked_sub(passed)?)?;
            passed = run.end + 1;
            marked(&format!(" {mark}")).filter(|joint| *joint == Joint::MarkedNewline)
        })
        .collect()
}

/// The cells of a line that lies in the text, as pieces of it.
fn pieces<'a>((at, line): &Line<'a>, runs: &[Range<usize>]) -> Vec<Piece<'a>> {
    let piece = |cell: &'a str| {
        let start = at + (cell.as_ptr().addr() - line.as_ptr().addr());
        Piece { text: Cow::Borrowed(cell), quoted: false, start, end: start + cell.len() }
    };
    cut(line, runs).unwrap_or_default().into_iter().map(piece).collect()
}
