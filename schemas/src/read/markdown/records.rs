//! [`Records`]: rows printed one below the other, a line for each column.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::frame::{Joint, join, marked};
use super::pipes::{Hand, bars, is_rule};
use super::sheet::{Place, Sheet};
use super::{Line, notes};
use crate::cell::RawTable;
use crate::finding::Finding;
use crate::read::delimited::scan::Piece;

/// Letters of a name at most, and so of what stands before the sign behind it.
const LONGEST: usize = 120;

/// Letters of the room that `SQLite` makes for names, at least.
const NARROWEST: usize = 5;

/// Where records stand, as numbers of lines.
#[derive(Debug, Clone)]
pub(super) struct Records {
    /// All of them.
    pub(super) all: Range<usize>,
    /// The line behind the last value.
    end: usize,
    style: Style,
}

impl Records {
    /// Whether lines stand between the records that say what they are.
    pub(super) fn is_marked(&self) -> bool {
        !matches!(self.style, Style::Equal(_))
    }
}

/// How records are divided from each other, and names from values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `-[ RECORD 1 ]-`, and bars behind the names, as `psql` and Spark have it.
    Barred,
    /// `*** 1. row ***`, and colons where the longest name ends, as `MySQL` has it.
    Starred,
    /// `Row 1:` with a line under it, and colons behind the names, as `ClickHouse` has it.
    Numbered,
    /// Blank lines, and equals signs that stand below each other, as `SQLite` has it.
    Equal(usize),
}

/// The records whose first line a line is.
pub(super) fn find(lines: &[Line<'_>], at: usize) -> Option<Records> {
    let line = |number: usize| lines.get(number).map_or("", |line| line.1);
    let style = begins(line(at), line(at + 1)).or_else(|| equal(lines, at))?;
    if let Style::Equal(sign) = style {
        let end = equals(lines, at, sign)?;
        return Some(Records { all: at..end, end, style });
    }
    let sign = line(at + 1).find(": ");
    let mut end = at + 1;
    let mut apart = false;
    for (number, (_, line)) in lines.iter().enumerate().skip(at + 1) {
        if line.is_empty() {
            apart = true;
            continue;
        }
        let goes_on = match style {
            Style::Barred => !apart && (bars(line).next().is_some() || is_rule(line)),
            // A value may have blank lines.
            Style::Starred => {
                !apart || sign.is_some_and(|sign| line.get(sign..sign + 2) == Some(": "))
            }
            Style::Numbered | Style::Equal(_) => !apart,
        };
        let next = begins(line, self::line(lines, number + 1)) == Some(style);
        if !next && (!goes_on || notes::is_note(line)) {
            break;
        }
        apart = false;
        end = number + 1;
    }
    let note = (end..lines.len()).take(2).find(|at| notes::is_note(lines[*at].1));
    Some(Records { all: at..note.map_or(end, |note| note + 1), end, style })
}

fn line<'a>(lines: &[Line<'a>], number: usize) -> &'a str {
    lines.get(number).map_or("", |line| line.1)
}

/// Whether a line stands before a record and says so.
fn begins(line: &str, below: &str) -> Option<Style> {
    let frame = |letter: char| matches!(letter, '+' | '-' | '\u{2500}'..='\u{257F}');
    let digits = |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit());
    if line.starts_with(frame) {
        let said = line.trim_start_matches(frame);
        let said = said.strip_prefix("[ RECORD ").or_else(|| said.strip_prefix("RECORD "));
        return said.filter(|said| digits(said)).map(|_| Style::Barred);
    }
    if let Some(said) = line.strip_prefix("***") {
        let said = said.trim_matches('*').trim();
        return said.strip_suffix(". row").filter(|number| digits(number)).map(|_| Style::Starred);
    }
    let number = line.strip_prefix("Row ")?.strip_suffix(':')?;
    (digits(number) && !below.is_empty() && below.chars().all(|letter| letter == '─'))
        .then_some(Style::Numbered)
}

/// Where the equals sign stands in a line that begins records divided by blank lines.
fn equal(lines: &[Line<'_>], at: usize) -> Option<Style> {
    let first = line(lines, at);
    let sign = first.find(" = ").or_else(|| first.strip_suffix(" =").map(str::len))?;
    let new = at == 0 || line(lines, at - 1).is_empty();
    (new && sign <= LONGEST && field(first, sign).is_some()).then_some(Style::Equal(sign))
}

/// The name and the value of a line whose equals sign stands at a byte: names end there.
fn field(line: &str, sign: usize) -> Option<(&str, &str)> {
    let (name, value) = (line.get(..sign)?, line.get(sign..)?);
    let value = value.strip_prefix(" =")?;
    let named = !name.ends_with(' ') && name.contains(char::is_alphanumeric);
    (named && (value.is_empty() || value.starts_with(' '))).then_some((name.trim(), value.trim()))
}

/// Where records of equals signs end. Programs set shorter names in from the left, and hardly anybody
/// else does.
fn equals(lines: &[Line<'_>], at: usize, sign: usize) -> Option<usize> {
    let first = lines[at..].iter().take_while(|line| !line.1.is_empty());
    let names: Vec<&str> = first.filter_map(|line| Some(field(line.1, sign)?.0)).collect();
    let longest = names.iter().map(|name| name.len()).max().unwrap_or(0);
    let shortest = names.iter().map(|name| name.len()).min().unwrap_or(0);
    if longest.max(NARROWEST) != sign || shortest == sign {
        return None;
    }
    let (mut records, mut seen, mut end) = (0, 0, at);
    for (number, (_, line)) in lines.iter().enumerate().skip(at) {
        match field(line, sign) {
            Some((name, _)) if names.get(seen) == Some(&name) => {
                seen += 1;
                end = number + 1;
                records += usize::from(seen == names.len());
            }
            None if line.is_empty() && seen == names.len() => seen = 0,
            // A value of several lines goes on.
            None if seen > 0 => end = number + 1,
            _ => break,
        }
    }
    (records > 1 || (records == 1 && names.len() > 1 && longest == sign)).then_some(end)
}

/// Reads records whose lines lie in `place.text`; `None` where they fill too few of the columns.
pub(super) fn read<'a>(
    lines: &[Line<'a>],
    records: &Records,
    place: Place<'a, '_>,
) -> Option<(RawTable<'a>, Vec<Finding>)> {
    let Records { all, end, style } = records;
    let bytes = lines[all.clone()].iter().map(|(_, line)| line.len()).sum();
    let mut names: Vec<&'a str> = Vec::new();
    // A name may come more than once in a record.
    let mut columns: BTreeMap<(&'a str, usize), usize> = BTreeMap::new();
    let mut seen: BTreeMap<&'a str, usize> = BTreeMap::new();
    let mut rows: Vec<Vec<(usize, Piece<'a>)>> = Vec::new();
    let mut colon = None;
    let mut last = None;
    for number in all.start..*end {
        let (at, line) = lines[number];
        let below = self::line(lines, number + 1);
        let is_new = match style {
            Style::Equal(_) => line.is_empty() || number == all.start,
            _ => begins(line, below) == Some(*style),
        };
        if is_new {
            last = None;
            seen.clear();
            if rows.last().is_none_or(|row| !row.is_empty()) {
                rows.push(Vec::new());
            }
            if line.is_empty() || !matches!(style, Style::Equal(_)) {
                continue;
            }
        }
        let Some(row) = rows.last_mut() else { continue };
        let field = match style {
            Style::Barred => barred(line),
            Style::Starred | Style::Numbered => coloned(line, *style, &mut colon),
            Style::Equal(sign) => field(line, *sign),
        };
        if let Some((name, value)) = field.filter(|(name, _)| !name.is_empty()) {
            let again = seen.entry(name).and_modify(|again| *again += 1).or_insert(0);
            let column = *columns.entry((name, *again)).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            });
            let start = at + (value.as_ptr().addr() - line.as_ptr().addr());
            let end = start + value.len();
            let text = Cow::Borrowed(value);
            row.push((column, Piece { text, quoted: false, start, end }));
            last = Some(mark(line));
        } else if let (Some((_, cell)), Some(above)) = (row.last_mut(), last)
            && *style != Style::Numbered
            && !is_rule(line)
        {
            let more = field.map_or(line, |(_, value)| value);
            join(cell, more, above.unwrap_or(Joint::Newline));
            last = Some(mark(line));
        }
    }
    let rows: Vec<_> = rows.into_iter().filter(|row| !row.is_empty()).collect();
    let sizes = (rows.len(), bytes);
    let mut sheet = Sheet::new(place, Hand::Printed, names.iter().copied(), sizes)?;
    for row in rows {
        let mut cells = vec![None; names.len()];
        for (column, piece) in row {
            cells[column] = Some(piece);
        }
        sheet.take_whole(cells);
    }
    let behind = lines[*end..all.end].iter().map(|line| line.1);
    Some(sheet.finish(behind.into_iter().find(|line| notes::is_note(line))))
}

/// The mark at the end of a line that goes on in the next.
fn mark(line: &str) -> Option<Joint> {
    let line = line.strip_suffix(['|', '│']).unwrap_or(line);
    let value = bars(line).last()?;
    marked(&line[value.end..])
}

/// The name and the value of a line with a bar between them.
fn barred(line: &str) -> Option<(&str, &str)> {
    let inner = match line.strip_prefix(['|', '│', '║']) {
        Some(inner) => inner.strip_suffix(['|', '│', '║'])?,
        None => line,
    };
    let bar = bars(inner).next().filter(|_| !is_rule(line))?;
    Some((inner[..bar.start].trim(), inner[bar.end..].trim()))
}

/// The name and the value of a line with a colon between them, which stands where that of the first
/// line does where names end there.
fn coloned<'l>(
    line: &'l str,
    style: Style,
    colon: &mut Option<usize>,
) -> Option<(&'l str, &'l str)> {
    let at = match *colon {
        Some(at) if style == Style::Starred => at,
        _ => line.find(": ").or_else(|| line.strip_suffix(':').map(str::len))?,
    };
    let (name, value) = (line.get(..at)?, line.get(at..)?.strip_prefix(':')?);
    let whole = !name.ends_with(' ') && !name.is_empty() && name.len() <= LONGEST;
    if !whole || !(value.is_empty() || value.starts_with(' ')) {
        return None;
    }
    *colon = Some(at);
    Some((name.trim(), value.trim()))
}
