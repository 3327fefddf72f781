//! [`Pipes`]: lines divided by pipes, or by the bars of a box, and where a table of them begins and ends.

use std::borrow::Cow;
use std::ops::Range;

use super::{Line, notes, typed};
use crate::read::delimited::scan::Piece;

/// Lines of pipes that must agree where no rule says that they are a table.
const AGREEING: usize = 3;

/// Lines below the names of a framed table among which the rule is.
const FRAMED: usize = 4;

/// The first byte of every letter from U+2500 to U+257F, in UTF-8.
const BOX: [u8; 1] = [0xE2];

/// Letters of a box that stand where pipes do.
const BARS: [char; 4] = ['│', '┃', '║', '┆'];

/// Letters that only the lower edge of a box has.
const BOTTOM: [char; 9] = ['┴', '╧', '╩', '┻', '└', '╰', '╚', '┗', '╘'];

/// Letters where lines of a frame meet.
const CROSSING: [char; 8] = ['+', '┼', '╪', '╬', '╋', '├', '╞', '╠'];

/// What Polars prints above a table, with its rows and columns behind it.
pub(super) const SHAPE: &str = "shape: (";

/// Where a table of pipes stands, as numbers of lines.
#[derive(Debug, Clone)]
pub(super) struct Pipes {
    /// All of it, with its edges and what is printed under it.
    pub(super) all: Range<usize>,
    /// The lines that name the columns.
    pub(super) head: Range<usize>,
    /// Whether the columns' names are part of the upper edge.
    pub(super) crest: bool,
    /// The rows, with the rules between them.
    pub(super) rows: Range<usize>,
    /// Who made it.
    pub(super) hand: Hand,
}

/// Who wrote a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    /// A person or a model, in Markdown.
    Written,
    /// A program that shows a table: what it holds is cut and filled by known rules.
    Printed,
}

/// The table that a line begins, none of whose lines comes before `free`; else the line to go on at.
pub(super) fn find(lines: &[Line<'_>], at: usize, free: usize) -> Result<Pipes, usize> {
    let line = |number: usize| lines.get(number).map_or("", |line| line.1);
    let head = line(at);
    let crested = crest(head).map(Iterator::count);
    let width = crested.unwrap_or_else(|| count(head));
    if width == 0 || is_rule(head) {
        return Err(at + 1);
    }
    // In a frame other lines may stand between the first names and the rule.
    let edge = at > free && divides(line(at - 1));
    let reach = if edge { FRAMED } else { 1 };
    let below = (at + 1..lines.len()).take(reach);
    let rule = below.clone().find(|below| divides(line(*below)));
    let rule = rule.filter(|rule| (at + 1..*rule).all(|between| count(line(between)) == width));
    // The lower edge is under the names only where types stand between, or the rule is both.
    let closed = |rule: usize| line(rule).contains(BOTTOM) && !line(rule).contains(CROSSING);
    let rule = rule.filter(|rule| !closed(*rule) || (rule - at > 1 && typed::are(line(rule - 1))));
    let ruled = rule.is_some() || crested.is_some();
    if !ruled && width < 2 {
        return Err(at + 1);
    }
    let framed = edge || crested.is_some() || rule.is_some_and(|rule| is_drawn(line(rule)));
    let mut first = rule.map_or(at + 1, |rule| rule + 1);
    let mut names = at..rule.unwrap_or(at + 1);
    if let Some(rule) = rule
        && typed::are(line(rule + 1))
        && divides(line(rule + 2))
    {
        // Types under the rule, with another rule under them.
        names.end = rule + 2;
        first = rule + 3;
    }
    let empty = rule.is_some_and(|rule| line(rule).contains(BOTTOM));
    let mut end = first;
    while let Some((_, line)) = lines.get(end).filter(|_| !empty) {
        let rule = ruled && divides(line);
        if rule && line.contains(BOTTOM) {
            break;
        }
        let number = count(line);
        if (number == 0 && !rule) || (!ruled && number.abs_diff(width) > 1) {
            break;
        }
        // A line with a rule under it begins the next table, unless rules divide all rows.
        let crossed = |below: &str| below.contains(CROSSING) || below.contains(BOTTOM);
        let next = |below: &str| divides(below) && !crossed(below);
        if !rule && !framed && lines.get(end + 1).is_some_and(|(_, below)| next(below)) {
            break;
        }
        end += 1;
    }
    // Without a rule the outer pipes must make up for it; else it is delimited text.
    if !ruled && let Err(next) = agree(&lines[at..end]) {
        return Err(at + next);
    }
    let rows = first.min(end)..end;
    let start = match at.checked_sub(2).filter(|before| edge && *before >= free) {
        Some(before) if line(before).starts_with(SHAPE) => before,
        _ if edge => at - 1,
        _ => at,
    };
    let last = if framed { behind(lines, if empty { first - 1 } else { end }) } else { end };
    let hand = if framed { Hand::Printed } else { Hand::Written };
    Ok(Pipes { all: start..last, head: names, crest: crested.is_some(), rows, hand })
}

/// Whether enough lines agree and most have outer pipes; else from which of them on it may be so.
fn agree(lines: &[Line<'_>]) -> Result<(), usize> {
    let (mut outer, mut start) = (0, None);
    for (below, (_, line)) in (1..).zip(lines.iter().rev()) {
        outer += usize::from(line.trim_start().starts_with('|'));
        if below >= AGREEING && outer * 2 > below {
            start = Some(lines.len() - below);
        }
    }
    match start {
        Some(0) => Ok(()),
        // The last line may be the head of a table with a rule.
        _ => Err(start.unwrap_or(lines.len() - 1).max(1)),
    }
}

/// The number of the line behind the lower edge of a frame and what is printed there.
fn behind(lines: &[Line<'_>], mut at: usize) -> usize {
    let is = |at: usize, what: fn(&str) -> bool| lines.get(at).is_some_and(|line| what(line.1));
    if is(at, |line| divides(line) && line.contains(BOTTOM)) {
        at += 1;
        // A box within the lower edge says how many rows there are.
        let inside = lines[at..].iter().take(FRAMED).take_while(|line| count(line.1) > 0).count();
        if inside > 0 && is(at + inside, |line| divides(line) && line.contains(BOTTOM)) {
            at += inside + 1;
        }
    }
    while is(at, notes::is_note) {
        at += 1;
    }
    at
}

/// How many cells the pipes of a line divide; 0 where there is none.
pub(super) fn count(line: &str) -> usize {
    if is_rule(line) && !line.contains('|') || bars(line).next().is_none() {
        return 0;
    }
    1 + bars(inner(line)).count()
}

/// Where pipes stand in a text that no backslash escapes: `|`, or a box's `│`, `┃`, `║` or `┆`.
pub(super) fn bars(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'|', BOX[0], bytes).filter_map(move |at| match bytes[at] {
        b'|' => (at == 0 || bytes[at - 1] != b'\\').then_some(at..at + 1),
        _ => text[at..].starts_with(BARS).then_some(at..at + 3),
    })
}

/// A line without its outer pipes.
fn inner(line: &str) -> &str {
    let line = unnumbered(unquoted(line));
    let line = line.strip_prefix('|').or_else(|| line.strip_prefix(BARS)).unwrap_or(line);
    match line.strip_suffix('|').or_else(|| line.strip_suffix(BARS)) {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => line,
    }
}

/// A row of a box without the number that stands before it: `1. │ a │`.
fn unnumbered(line: &str) -> &str {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line[digits..].strip_prefix(". ").map(str::trim_start);
    rest.filter(|rest| digits > 0 && rest.starts_with(BARS)).unwrap_or(line)
}

/// A line of dashes, colons and pipes, or of a frame.
pub(super) fn is_rule(line: &str) -> bool {
    let dash = |letter| matches!(letter, '-' | '=' | '─' | '━' | '═' | '╌');
    let line = unquoted(line);
    // A long dash alone is a cell that says nothing; several are what an editor made of hyphens.
    let long = ["––", "—–", "–—", "——"].iter().any(|pair| line.contains(pair));
    let frame = |letter| {
        matches!(letter, '|' | '-' | ':' | ' ' | '\t' | '+' | '=' | '\u{2500}'..='\u{257F}')
            || (long && matches!(letter, '–' | '—'))
    };
    (long || line.contains(dash)) && line.chars().all(frame)
}

/// A line without blanks round it and the marks of a quotation before it.
fn unquoted(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '\t']).trim_end()
}

/// Whether a line is a rule that divides columns, or the edge of a frame.
pub(super) fn divides(line: &str) -> bool {
    is_rule(line) && (line.contains(['|', '+']) || line.bytes().any(|byte| byte == BOX[0]))
}

/// Whether a rule is of those that programs draw rather than of Markdown's.
fn is_drawn(line: &str) -> bool {
    line.contains(CROSSING) || line.contains(BOTTOM)
}

/// The names in the upper edge of a box: `┌─id─┬─town─┐`.
pub(super) fn crest(line: &str) -> Option<impl Iterator<Item = &str>> {
    let names = line.trim().strip_prefix('┌')?.strip_suffix('┐')?;
    let named = |name: &str| name.contains(|letter| letter != '─');
    names.split('┬').all(named).then(|| names.split('┬').map(|name| name.trim_matches('─')))
}

/// The cells of a line, which lies in `text`.
pub(super) fn cells<'a>(line: &'a str, text: &str) -> Vec<Piece<'a>> {
    divided(inner(line), text)
}

/// What stands before, between and behind the bars of a part of the text.
pub(super) fn divided<'a>(inner: &'a str, text: &str) -> Vec<Piece<'a>> {
    // Where the line lies in the text: pieces are joined from there.
    let base = inner.as_ptr().addr() - text.as_ptr().addr();
    let mut pieces = Vec::new();
    let mut start = 0;
    for bar in bars(inner).chain(std::iter::once(inner.len()..inner.len())) {
        let cell = inner[start..bar.start].trim();
        let text = if cell.contains("\\|") {
            Cow::Owned(cell.replace("\\|", "|"))
        } else {
            Cow::Borrowed(cell)
        };
        pieces.push(Piece { text, quoted: false, start: base + start, end: base + bar.start });
        start = bar.end;
    }
    pieces
}
