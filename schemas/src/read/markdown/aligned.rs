//! [`Aligned`]: a table that pandas prints, whose columns end where their names do.

use std::borrow::Cow;
use std::ops::Range;

use super::pipes::Hand;
use super::sheet::{Place, Sheet};
use super::{Line, columns, notes};
use crate::cell::RawTable;
use crate::finding::Finding;
use crate::read::align::shape::shape;
use crate::read::delimited::header;
use crate::read::delimited::scan::Piece;

/// Rows that must agree where nothing but their look says that they are a table.
const AGREEING: usize = 3;

/// A table as it is printed, in one or more blocks of columns below each other.
#[derive(Debug, Clone)]
pub(super) struct Aligned {
    /// All of it, as numbers of lines.
    pub(super) all: Range<usize>,
    blocks: Vec<Block>,
}

/// Some of the columns, for all rows.
#[derive(Debug, Clone)]
struct Block {
    /// The line of the names.
    head: usize,
    /// The rows.
    rows: Range<usize>,
    /// The letters in which the names, and so the columns, end.
    ends: Vec<usize>,
    /// What stands before the columns.
    index: Index,
    /// Whether more columns follow in another block.
    goes_on: bool,
}

/// What stands before the columns of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Index {
    /// Nothing.
    None,
    /// Labels without a name.
    Nameless,
    /// Labels whose name is in the line below the names of the columns.
    Named,
}

/// Lines read in vain for each line of a text, at most.
const PATIENCE: usize = 8;

/// The table whose names are in a line; `wasted` counts the lines that were read in vain.
pub(super) fn find(lines: &[Line<'_>], at: usize, wasted: &mut usize) -> Option<Aligned> {
    if !may_begin(lines, at) || *wasted > PATIENCE * lines.len() {
        return None;
    }
    let first = block(lines, at)?;
    let mut blocks = vec![first];
    let found = whole(lines, at, &mut blocks);
    if found.is_none() {
        *wasted += blocks.iter().map(|block| 1 + block.rows.len()).sum::<usize>();
    }
    found
}

/// Whether a line has blanks, and one below is as long.
fn may_begin(lines: &[Line<'_>], at: usize) -> bool {
    let line = lines[at].1;
    let bare = line.strip_suffix('\\').map_or(line, str::trim_end);
    let letters = |line: &str| line.chars().count();
    let below = |by: usize| lines.get(at + by).map_or("", |line| line.1);
    !bare.trim_start().is_empty()
        && bare.contains(' ')
        && columns::runs(below(1)).is_none()
        && (1..=AGREEING).any(|by| letters(below(by)) == letters(bare))
}

/// The table whose first block is known; to it come the others that were looked at.
fn whole(lines: &[Line<'_>], at: usize, blocks: &mut Vec<Block>) -> Option<Aligned> {
    let mut end = blocks.first()?.rows.end;
    while let Some(last) = blocks.last().filter(|last| last.goes_on) {
        let next = block(lines, end + 1).filter(|_| lines[end].1.is_empty())?;
        if next.rows.len() != last.rows.len() || next.index != last.index {
            return None;
        }
        end = next.rows.end;
        blocks.push(next);
    }
    let note = (end..lines.len()).take(2).find(|at| notes::is_note(lines[*at].1));
    let note = note.filter(|note| lines[end..*note].iter().all(|line| line.1.is_empty()));
    if !is_table(lines, blocks, note.is_some()) {
        return None;
    }
    Some(Aligned { all: at..note.map_or(end, |note| note + 1), blocks: blocks.clone() })
}

/// The block whose names are in a line, if the lines below end where it does.
fn block(lines: &[Line<'_>], head: usize) -> Option<Block> {
    let line = lines.get(head)?.1;
    let (bare, goes_on) = match line.strip_suffix('\\') {
        Some(bare) => (bare.trim_end(), true),
        None => (line, false),
    };
    let below = lines.get(head + 1).map_or("", |line| line.1);
    let labelled = bare.starts_with(' ') && !below.starts_with(' ') && !below.is_empty();
    let ends = ends(bare, if labelled { "  " } else { " " })?;
    let mut first = head + 1;
    let mut index = if labelled { Index::Nameless } else { Index::None };
    let indent = bare.len() - bare.trim_start().len();
    if labelled && below.chars().count() <= indent && lines.get(head + 2).is_some() {
        first += 1;
        index = Index::Named;
    }
    let mut end = first;
    while lines.get(end).is_some_and(|line| fits(line.1, &ends, index)) {
        end += 1;
    }
    (end > first).then_some(Block { head, rows: first..end, ends, index, goes_on })
}

/// Where the names in a line end, in letters, if they may be names.
fn ends(line: &str, between: &str) -> Option<Vec<usize>> {
    let mut ends = Vec::new();
    let mut names = Vec::new();
    let mut letters = 0;
    for part in line.split(between) {
        let name = part.trim();
        if !name.is_empty() {
            ends.push(letters + part.trim_end().chars().count());
            names.push(Piece { text: name.into(), quoted: false, start: 0, end: 0 });
        }
        letters += part.chars().count() + between.len();
    }
    let shown: Vec<Piece<'_>> =
        names.into_iter().filter(|name| !notes::is_elision(&name.text)).collect();
    let numbered = shown.iter().all(|name| name.text.bytes().all(|byte| byte.is_ascii_digit()));
    (!shown.is_empty() && (header::could_name(&shown) || (numbered && shown.len() > 1)))
        .then_some(ends)
}

/// Whether a line ends where the names do and has a blank behind each column.
fn fits(line: &str, ends: &[usize], index: Index) -> bool {
    let Some(last) = ends.last() else { return false };
    let several = ends.len() > 1;
    if line.is_empty() || (index != Index::None && line.starts_with(' ')) || notes::is_note(line) {
        return false;
    }
    let mut ends = ends.iter().peekable();
    let mut count = 0;
    for (at, letter) in line.chars().enumerate() {
        if ends.next_if(|end| **end == at).is_some() && letter != ' ' {
            return false;
        }
        count = at + 1;
    }
    // The last cell may be blank.
    count == *last || (several && count < *last && ends.len() == 1 && index != Index::None)
}

/// Whether blocks are surely a table and no text that looks like one.
fn is_table(lines: &[Line<'_>], blocks: &[Block], noted: bool) -> bool {
    let [first, ..] = blocks else { return false };
    if (noted && first.index != Index::None) || blocks.len() > 1 {
        return true;
    }
    let rows = &lines[first.rows.clone()];
    let head = lines[first.head].1;
    let cells: Vec<Vec<Piece<'_>>> =
        rows.iter().map(|line| cut(line, first)).map(|(_, cells)| cells).collect();
    let is_filled = |row: &Vec<Piece<'_>>| row.iter().all(|cell| !cell.text.is_empty());
    let shown: Vec<&Vec<Piece<'_>>> = cells.iter().filter(|row| !notes::is_elided(row)).collect();
    let data = (0..first.ends.len()).any(|column| {
        let is_data =
            |text: &str| shape(text).is_data() || notes::is_nothing(text) || text == "NaN";
        let cell = |row: &&Vec<Piece<'_>>| row.get(column).is_some_and(|cell| is_data(&cell.text));
        shown.iter().all(cell)
    });
    let padded = |line: &str| line.starts_with(' ') || line.contains("  ");
    match first.index {
        Index::Nameless => {
            let labels = rows.iter().map(|line| cut(line, first).0.text);
            let number = |label: Cow<'_, str>| {
                label.bytes().all(|byte| byte.is_ascii_digit()) || notes::is_elision(&label)
            };
            let numbered = labels.into_iter().all(number);
            let sure = numbered && (rows.len() > 1 || first.ends.len() > 1);
            let alike = rows.len() >= AGREEING && first.ends.len() > 1 && data;
            cells.iter().all(is_filled) && (sure || alike)
        }
        Index::None => {
            let aligned = padded(head) || rows.iter().any(|line| padded(line.1));
            data && aligned
                && cells.iter().all(is_filled)
                && first.ends.len() > 1
                && (rows.len() > 1 || noted)
        }
        Index::Named => data || (rows.len() >= AGREEING && first.ends.len() > 1),
    }
}

/// Reads a table whose lines lie in `place.text`; `None` where the rows fill too few of the columns.
pub(super) fn read<'a>(
    lines: &[Line<'a>],
    aligned: &Aligned,
    place: Place<'a, '_>,
) -> Option<(RawTable<'a>, Vec<Finding>)> {
    let Aligned { all, blocks } = aligned;
    let first = blocks.first()?;
    let bytes = lines[all.clone()].iter().map(|(_, line)| line.len()).sum();
    let labels = || first.rows.clone().map(|at| cut(&lines[at], first).0.text);
    let counted = first.index == Index::Nameless && is_count(labels());
    let name = match first.index {
        Index::None => None,
        Index::Nameless => Some("index").filter(|_| !counted),
        Index::Named => Some(lines[first.head + 1].1),
    };
    let mut names: Vec<Cow<'a, str>> = name.into_iter().map(Cow::Borrowed).collect();
    for block in blocks {
        let (line, bare) = (&lines[block.head], lines[block.head].1.trim_end_matches('\\'));
        names.extend(cut(&(line.0, bare), block).1.into_iter().map(|piece| piece.text));
    }
    let sizes = (first.rows.len(), bytes);
    let mut sheet = Sheet::new(place, Hand::Printed, names.iter().map(|name| &**name), sizes)?;
    if counted {
        sheet.note(None, "the numbers before the rows, counted from 0, are left out");
    }
    for row in 0..first.rows.len() {
        let mut pieces: Vec<Piece<'a>> = Vec::with_capacity(names.len());
        for (number, block) in blocks.iter().enumerate() {
            let (label, cells) = cut(&lines[block.rows.start + row], block);
            pieces.extend(Some(label).filter(|_| number == 0 && name.is_some()));
            pieces.extend(cells);
        }
        for piece in &mut pieces {
            if matches!(&*piece.text, "NaN" | "NaT" | "None" | "<NA>") {
                piece.text = Cow::Borrowed("");
            }
        }
        sheet.take(pieces);
    }
    let behind = lines[..all.end].last().map(|line| line.1);
    Some(sheet.finish(behind.filter(|line| notes::is_note(line))))
}

/// Whether labels count the rows from 0 up, but for those that are not printed.
fn is_count<'l>(labels: impl Iterator<Item = Cow<'l, str>>) -> bool {
    let mut next = Some(0);
    for label in labels {
        if notes::is_elision(&label) {
            next = None;
            continue;
        }
        let number = label.parse::<usize>().ok();
        if number.is_none() || next.is_some_and(|next| number != Some(next)) {
            return false;
        }
        next = number.and_then(|number| number.checked_add(1));
    }
    true
}

/// The label and the cells of a line that lies in the text, as pieces of it.
fn cut<'a>((at, line): &Line<'a>, block: &Block) -> (Piece<'a>, Vec<Piece<'a>>) {
    let piece = |cell: &'a str| {
        let cell = cell.trim();
        let start = at + (cell.as_ptr().addr() - line.as_ptr().addr());
        Piece { text: Cow::Borrowed(cell), quoted: false, start, end: start + cell.len() }
    };
    let mut places = line.char_indices().map(|(at, _)| at).chain([line.len()]).enumerate();
    let mut bytes = block.ends.iter().map(|end| {
        let byte = places.find(|(number, _)| number == end);
        byte.map_or(line.len(), |(_, byte)| byte)
    });
    let first = bytes.next().unwrap_or(line.len());
    let (label, cell) = match (block.index, line[..first].rfind("  ")) {
        (Index::None, _) => (&line[..0], &line[..first]),
        (_, Some(space)) => (&line[..space], &line[space..first]),
        (_, None) => (&line[..first], &line[first..first]),
    };
    let mut cells = vec![piece(cell)];
    let mut start = first;
    for end in bytes {
        cells.push(piece(&line[start..end]));
        start = end;
    }
    (piece(label), cells)
}
