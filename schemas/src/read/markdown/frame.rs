//! [`read`]: a table of pipes or of a box, its cells joined that stand in several lines.

use std::borrow::Cow;

use super::pipes::{Hand, Pipes, SHAPE, bars, cells, crest, divided, divides, is_rule};
use super::sheet::{Place, Sheet};
use super::typed::{self, Type};
use super::{Line, notes, plain};
use crate::cell::RawTable;
use crate::finding::Finding;
use crate::read::delimited::scan::Piece;

/// How the lines of a table are rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Each line is one, unless it is marked.
    Lines,
    /// Rules stand between them, and lines of one row are joined so.
    Ruled(Joint),
}

/// How a cell goes on in the next line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// It does not.
    Ends,
    /// After the end of a line.
    Newline,
    /// After a space.
    Space,
    /// Within a word.
    Direct,
    /// After the end of a line for which a mark stands.
    MarkedNewline,
    /// At a mark behind it and one before the rest.
    MarkedWrap,
}

/// Reads a table whose lines lie in `place.text`; `None` where the rows fill too few of the columns.
pub(super) fn read<'a>(
    lines: &[Line<'a>],
    pipes: &Pipes,
    place: Place<'a, '_>,
) -> Option<(RawTable<'a>, Vec<Finding>)> {
    let text = place.text;
    let rows = &lines[pipes.rows.clone()];
    let (names, types) = names(&lines[pipes.head.clone()], pipes, text);
    let bytes = lines[pipes.all.clone()].iter().map(|(_, line)| line.len()).sum();
    let names = names.iter().map(|name| plain(name));
    let mut sheet = Sheet::new(place, pipes.hand, names, (rows.len(), bytes))?;
    if pipes.hand == Hand::Written {
        for (_, line) in rows.iter().filter(|(_, line)| !is_rule(line)) {
            sheet.take(cells(line, text));
        }
        return Some(sheet.finish(None));
    }
    let layout = layout(lines, pipes, text);
    let open = is_open(&lines[pipes.head.clone()]);
    let padded = is_padded(&lines[pipes.head.clone()], text);
    // The row, and its last line unless a rule stands below.
    let mut row: Option<Vec<Piece<'a>>> = None;
    let mut above: Option<Vec<Piece<'a>>> = None;
    for (_, line) in rows {
        if is_rule(line) {
            above = None;
            continue;
        }
        let pieces = if open { divided(line, text) } else { cells(line, text) };
        let joints =
            above.filter(|above| above.len() == pieces.len()).and_then(|above| match layout {
                Layout::Ruled(joint) => Some(filled(&pieces, joint)),
                Layout::Lines => marks(&above, &pieces, text)
                    .filter(|_| padded)
                    .or_else(|| wraps(&above, &pieces, text, &types)),
            });
        match (joints, row.as_mut()) {
            (Some(joints), Some(row)) => {
                for ((cell, more), joint) in row.iter_mut().zip(&pieces).zip(joints) {
                    join(cell, &more.text, joint);
                }
            }
            _ => {
                if let Some(row) = row.replace(pieces.clone()) {
                    sheet.take(row);
                }
            }
        }
        above = Some(pieces);
    }
    if let Some(row) = row {
        sheet.take(row);
    }
    Some(sheet.finish(counted(lines, pipes)))
}

/// The names of the columns, and the types printed under them.
fn names<'a>(
    head: &[Line<'a>],
    pipes: &Pipes,
    text: &str,
) -> (Vec<Cow<'a, str>>, Vec<Option<Type>>) {
    if pipes.crest {
        let names = head.first().and_then(|(_, line)| crest(line));
        let names = names.map(|names| names.map(|name| Cow::Borrowed(name.trim())).collect());
        return (names.unwrap_or_default(), Vec::new());
    }
    let mut lines: Vec<&'a str> =
        head.iter().map(|(_, line)| *line).filter(|line| !is_rule(line)).collect();
    let mut types = Vec::new();
    if let [_, .., last] = lines[..]
        && typed::are(last)
    {
        types = cells(last, text).iter().map(|cell| typed::named(&cell.text)).collect();
        lines.pop();
    }
    let mut lines = lines.into_iter().map(|line| cells(line, text));
    let mut names = lines.next().unwrap_or_default();
    for more in lines {
        for (name, more) in names.iter_mut().zip(&more) {
            join(name, &more.text, Joint::Space);
        }
    }
    (names.into_iter().map(|piece| piece.text).collect(), types)
}

/// Whether rules divide all rows, so that lines between two of them are one.
fn layout(lines: &[Line<'_>], pipes: &Pipes, text: &str) -> Layout {
    let rows = &lines[pipes.rows.clone()];
    let inner =
        rows.iter().rposition(|(_, line)| !is_rule(line)).map_or(&rows[..0], |last| &rows[..last]);
    let rules = inner.iter().filter(|(_, line)| divides(line));
    if pipes.hand == Hand::Written || rules.clone().next().is_none() {
        return Layout::Lines;
    }
    // reStructuredText and its like draw the line under the names in another way than those below.
    let head = lines[..pipes.rows.start].last().map_or("", |(_, line)| line);
    if head.contains(['=', '═', '━']) && !rules.clone().any(|(_, line)| line.contains(['=', '═']))
    {
        return Layout::Ruled(Joint::Space);
    }
    let (mut single, mut parts, mut dense) = (0, 0, 0);
    for group in rows.split(|(_, line)| is_rule(line)).filter(|group| !group.is_empty()) {
        let blank =
            |(_, line): &Line<'_>| cells(line, text).iter().any(|cell| cell.text.is_empty());
        if group.len() == 1 {
            single += 1;
        } else if group[1..].iter().all(blank) {
            parts += 1;
        } else {
            dense += 1;
        }
    }
    if dense == 0 || single + parts > 2 * dense {
        Layout::Ruled(Joint::Newline)
    } else {
        Layout::Lines
    }
}

/// Whether rows have bars between their cells, and none before the first and behind the last.
fn is_open(head: &[Line<'_>]) -> bool {
    let outer = |line: &str| bars(line).next().is_some_and(|bar| bar.start == 0);
    head.first().is_some_and(|(_, line)| crest(line).is_none() && !outer(line.trim_start()))
}

/// Whether cells have a blank on either side, so that a mark may take its place.
fn is_padded(head: &[Line<'_>], text: &str) -> bool {
    let Some((_, line)) = head.first() else { return false };
    let cells = cells(line, text);
    let Some((_, others)) = cells.split_last() else { return false };
    others.iter().all(|cell| text[cell.start..cell.end].ends_with(' '))
}

/// A line that is part of the row above.
fn filled(pieces: &[Piece<'_>], joint: Joint) -> Vec<Joint> {
    pieces.iter().map(|piece| if piece.text.is_empty() { Joint::Ends } else { joint }).collect()
}

/// How a line goes on with the row above, where marks at the ends of cells say so.
fn marks(above: &[Piece<'_>], pieces: &[Piece<'_>], text: &str) -> Option<Vec<Joint>> {
    let raw = |piece: &Piece<'_>| &text[piece.start..piece.end];
    let mut any = false;
    let joints = above.iter().zip(pieces).map(|(above, piece)| {
        let mark = marked(raw(above));
        any |= mark.is_some();
        match mark {
            Some(Joint::MarkedWrap) if raw(piece).starts_with(['.', '…']) => mark,
            Some(Joint::MarkedNewline) => mark,
            // A full stop at the end of the last column is none.
            _ => piece.text.is_empty().then_some(Joint::Ends),
        }
    });
    let joints: Option<Vec<Joint>> = joints.collect();
    joints.filter(|_| any)
}

/// The mark at the very end of a cell that goes on in the next line.
pub(super) fn marked(raw: &str) -> Option<Joint> {
    let whole = raw.starts_with([' ', '.', '…']) && raw.len() > 1;
    match raw.chars().next_back().filter(|_| whole)? {
        '+' | '↵' => Some(Joint::MarkedNewline),
        '.' | '…' => Some(Joint::MarkedWrap),
        _ => None,
    }
}

/// How a line goes on with the row above, where cells that were too wide go on in it: cells are blank
/// that cannot be, or what stands there had no room above.
fn wraps(
    above: &[Piece<'_>],
    pieces: &[Piece<'_>],
    text: &str,
    types: &[Option<Type>],
) -> Option<Vec<Joint>> {
    let blank = pieces.iter().filter(|piece| piece.text.is_empty()).count();
    if blank == 0 || blank == pieces.len() || types.len() != pieces.len() {
        return None;
    }
    let joints = above.iter().zip(pieces).map(|(above, piece)| {
        let letters = |text: &str| text.chars().count();
        // One blank on either side belongs to no cell.
        let room = letters(&text[above.start..above.end]).saturating_sub(2);
        let word = piece.text.split(' ').next().unwrap_or_default();
        if piece.text.is_empty() {
            Some(Joint::Ends)
        } else if letters(&above.text) >= room {
            Some(Joint::Direct)
        } else {
            (letters(&above.text) + 1 + letters(word) > room).then_some(Joint::Space)
        }
    });
    let solid = |at: &usize| types[*at] == Some(Type::Solid);
    let mut solids = (0..types.len()).filter(solid).peekable();
    if solids.peek().is_some() {
        let blank = solids.all(|at| pieces[at].text.is_empty());
        return blank.then(|| joints.map(|joint| joint.unwrap_or(Joint::Space)).collect());
    }
    if pieces[0].text.is_empty() { joints.collect() } else { None }
}

/// Joins what stands in the next line to a cell.
pub(super) fn join(cell: &mut Piece<'_>, more: &str, joint: Joint) {
    let (marks, between): (&[char], &str) = match joint {
        Joint::Ends => return,
        Joint::Newline => (&[], "\n"),
        Joint::Space => (&[], " "),
        Joint::Direct => (&[], ""),
        Joint::MarkedNewline => (&['+', '↵'], "\n"),
        Joint::MarkedWrap => (&['.', '…'], ""),
    };
    let whole = cell.text.to_mut();
    if whole.ends_with(marks) && !marks.is_empty() {
        whole.pop();
        whole.truncate(whole.trim_end().len());
    }
    if !whole.is_empty() {
        whole.push_str(between);
    }
    let more = if joint == Joint::MarkedWrap {
        more.strip_prefix(['.', '…']).unwrap_or(more)
    } else {
        more
    };
    whole.push_str(more);
}

/// The line within or under the lower edge that counts the rows.
fn counted<'a>(lines: &[Line<'a>], pipes: &Pipes) -> Option<&'a str> {
    let above = lines[pipes.all.clone()].first().map(|(_, line)| *line);
    if let Some(shape) = above.filter(|line| line.starts_with(SHAPE)) {
        return Some(shape);
    }
    let behind = &lines[pipes.rows.end..pipes.all.end];
    let bare = |line: &'a str| line.trim_matches(|letter| "│┃║| ".contains(letter));
    behind.iter().map(|(_, line)| bare(line)).find(|line| notes::is_note(line))
}
