//! Ragged rows: of all ways to merge or split the cells, the one whose columns parse.
//!
//! A row with too many pieces has a delimiter inside a value, one with too few lacks a value. Every
//! division of the pieces among the columns has a cost: how odd each text would be in its column,
//! plus what it takes to join pieces, to leave a column empty, or to drop an empty piece. The
//! cheapest division is found by dynamic programming over pieces and columns.

use std::borrow::Cow;

use super::delimited::scan::{Piece, REACH};
use crate::cell::Cell;

pub(in crate::read) mod profile;
mod runs;
pub(in crate::read) mod shape;

pub(in crate::read) use profile::Profile;
use runs::Runs;
use shape::{Shape, shape};

/// Steps one row may take; a wider row is joined without weighing.
const STEPS: usize = 200_000;
/// Steps for each byte of a text, at most, besides.
const STEPS_PER_BYTE: usize = 16;
/// Pieces that one cell may be joined from, where weighing is worth it.
const JOINED: usize = 48;
/// What it takes to join two pieces that a bare delimiter divides.
const JOIN: f32 = 2.0;
/// What it takes to drop an empty piece.
const DROP: f32 = 1.2;
/// What it takes to set a piece aside that fits no column, and each more at a row's end: more than
/// any text column asks for it, less than a column of numbers or moments.
const ASIDE: f32 = 6.0;
const ASIDE_MORE: f32 = 2.0;
/// Bytes of a piece set aside that a finding quotes.
const QUOTED: usize = 80;
/// What it takes to leave a column empty, besides how odd that is.
const LEAVE: f32 = 1.0;
/// What it takes to join something with a quoted piece.
const JOIN_QUOTED: f32 = 3.0;
/// What a clear space says after a delimiter inside, or a missing one between, two values.
const SPACE: f32 = 1.6;
/// What it takes to let a word stand alone that always follows a name.
const SUFFIX: f32 = 5.0;
/// Words that follow a comma and a name, and are no value of their own.
const SUFFIXES: [&str; 14] =
    ["jr", "sr", "ii", "iii", "iv", "inc", "llc", "ltd", "phd", "ph.d", "md", "m.d", "esq", "gmbh"];
/// What a division must be cheaper by than all others can be: far more than sums of floats are off.
const DOUBTLESS: f32 = 0.01;
/// Within this a choice is a tie, settled by the column with the longer texts.
const TIE: f32 = 0.05;

/// A row divided among its columns.
#[derive(Debug)]
pub(in crate::read) struct Aligned<'a> {
    /// As many cells as there are columns.
    pub(in crate::read) cells: Vec<Cell<'a>>,
    /// The columns whose cell was joined from several pieces.
    pub(in crate::read) joined: Vec<usize>,
    /// The columns that were left empty.
    pub(in crate::read) missing: Vec<usize>,
    /// Empty pieces that were left out.
    pub(in crate::read) dropped: usize,
    /// Pieces that no column would take.
    pub(in crate::read) aside: Vec<Cow<'a, str>>,
    /// How odd the row is, for choosing between several readings of it.
    pub(in crate::read) cost: f32,
}

impl Aligned<'_> {
    /// Whether each column has one piece, and each piece a column.
    pub(in crate::read) fn is_plain(&self) -> bool {
        self.joined.is_empty()
            && self.missing.is_empty()
            && self.dropped == 0
            && self.aside.is_empty()
    }
}

/// Whether a row may have been cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum Tail {
    /// Another row follows.
    Whole,
    /// It is the last of its text: its last values may be missing.
    Cut,
}

/// What one column takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// So many pieces.
    Take(usize),
    /// None.
    Leave,
    /// No column takes this piece.
    Drop,
}

/// Steps that the rows of a text may take together: what keeps a text of nothing but ragged rows
/// linear, at a cost for each byte that any real text stays below.
#[derive(Debug, Clone)]
pub(in crate::read) struct Patience {
    /// How long the text is, up to [`REACH`].
    span: usize,
    /// Where in the text the row stands that is divided.
    at: usize,
    spent: usize,
}

impl Patience {
    /// For a text that is so long, up to [`REACH`].
    pub(in crate::read) fn with(span: usize) -> Self {
        Self { span, at: 0, spent: 0 }
    }

    /// Goes on to a row at a place of the text.
    pub(in crate::read) fn reach(&mut self, at: usize) {
        self.at = at;
    }

    fn left(&self) -> usize {
        let seen = self.span + self.at.saturating_sub(REACH);
        let all = seen.saturating_mul(STEPS_PER_BYTE).saturating_add(20 * STEPS);
        all.saturating_sub(self.spent)
    }
}

/// The best division of a row's pieces among the columns.
pub(in crate::read) fn align<'a>(
    profile: &Profile,
    text: &'a str,
    pieces: &[Piece<'a>],
    tail: Tail,
    patience: &mut Patience,
) -> Aligned<'a> {
    let (rows, width) = (pieces.len(), profile.width());
    let most = joinable(rows, width);
    let steps = rows.saturating_mul(width).saturating_mul(most);
    let empty = pieces.iter().filter(|piece| piece.text.is_empty()).count();
    let at = |piece: usize, column: usize| piece * (width + 1) + column;
    let (gaps, extra) = (width.saturating_sub(rows), rows.saturating_sub(width));
    let narrow = Band { gaps, extra, most: most.min(extra + 1) };
    let left = STEPS.min(patience.left());
    // Of a wide row no more is looked at than the divisions that leave and join least.
    let wide = steps > left;
    let steps = if wide { narrow.steps(rows, width) } else { steps };
    if steps > left || rows - empty > width.saturating_mul(most) {
        return joined(profile, text, pieces);
    }
    patience.spent += steps;
    let mut table = Vec::new();
    // Most rows lack no value but those that they are too short for. What no such division costs
    // less than, need not be looked at.
    if tail == Tail::Whole || wide {
        table = cheapest(profile, text, pieces, tail, narrow);
        if !wide && table[at(0, 0)].0 + DOUBTLESS > profile.least(gaps + 1) {
            table.clear();
        }
    }
    if table.is_empty() {
        table = weigh(profile, text, pieces, tail, Band { gaps: width, extra: rows, most });
    }
    let cost = table[at(0, 0)].0;
    if !cost.is_finite() {
        return joined(profile, text, pieces);
    }
    let mut aligned = Aligned {
        cells: Vec::with_capacity(width),
        joined: Vec::new(),
        missing: Vec::new(),
        dropped: 0,
        aside: Vec::new(),
        cost,
    };
    let (mut piece, mut column) = (0, 0);
    while (piece, column) != (rows, width) {
        match table[at(piece, column)].1 {
            Step::Drop => {
                if is_empty(&pieces[piece]) {
                    aligned.dropped += 1;
                } else {
                    aligned.aside.push(pieces[piece].text.clone());
                }
                piece += 1;
            }
            Step::Leave => {
                aligned.missing.push(column);
                aligned.cells.push(Cell::Absent);
                column += 1;
            }
            Step::Take(count) => {
                if count > 1 {
                    aligned.joined.push(column);
                }
                aligned.cells.push(cell(text, &pieces[piece..piece + count]));
                piece += count;
                column += 1;
            }
        }
    }
    aligned
}

/// The divisions that are looked at: those that leave so many columns empty before the pieces that
/// stand there, take so many more pieces than columns, and join so many at most.
#[derive(Debug, Clone, Copy)]
struct Band {
    gaps: usize,
    extra: usize,
    most: usize,
}

impl Band {
    /// How many columns a piece may stand in.
    fn width(self) -> usize {
        self.gaps + self.extra + 1
    }

    /// Steps that it takes for so many pieces and columns, room for what they cost included.
    fn steps(self, rows: usize, width: usize) -> usize {
        /// Places that are made in the time of a step.
        const PLACES: usize = 8;
        let weighed = rows.saturating_mul(self.width()).saturating_mul(self.most);
        weighed.saturating_add(rows.saturating_mul(width) / PLACES)
    }
}

/// What the rest of a row costs from each piece and column on, and the first step of that.
fn weigh(
    profile: &Profile,
    text: &str,
    pieces: &[Piece<'_>],
    tail: Tail,
    band: Band,
) -> Vec<(f32, Step)> {
    let mut runs = Runs::new(profile, text, pieces, band.most);
    for piece in 0..pieces.len() {
        runs.look(profile, piece, band.most.min(pieces.len() - piece));
    }
    over(profile, &runs, tail, band)
}

/// The same for a narrow band, of which only the cheapest division is right: what joins pieces in
/// vain is hardly looked at.
fn cheapest(
    profile: &Profile,
    text: &str,
    pieces: &[Piece<'_>],
    tail: Tail,
    band: Band,
) -> Vec<(f32, Step)> {
    /// How often a division may turn out to be dearer than it might have been.
    const SURPRISES: usize = 6;
    let mut runs = Runs::new(profile, text, pieces, band.most).within(band);
    // A piece that begins with a space most likely goes on with the one before it.
    for piece in (1..pieces.len()).filter(|_| band.most > 1) {
        if !pieces[piece].quoted && spaced(text, &pieces[piece]) {
            runs.look(profile, piece - 1, 2);
        }
    }
    for _ in 0..SURPRISES {
        let table = over(profile, &runs, tail, band);
        if !runs.follow(profile, &table) {
            return table;
        }
    }
    weigh(profile, text, pieces, tail, band)
}

/// What the rest of a row costs from each piece and column on, for runs as far as they are known.
fn over(profile: &Profile, runs: &Runs<'_>, tail: Tail, band: Band) -> Vec<(f32, Step)> {
    let pieces = runs.pieces;
    let (rows, width) = (pieces.len(), profile.width());
    let mut table = vec![(f32::INFINITY, Step::Drop); (rows + 1) * (width + 1)];
    let at = |piece: usize, column: usize| piece * (width + 1) + column;
    let freest = profile.freest();
    table[at(rows, width)].0 = 0.0;
    for piece in (0..=rows).rev() {
        let columns = piece.saturating_sub(band.extra)..=(piece + band.gaps).min(width);
        for column in columns.rev() {
            let mut best = table[at(piece, column)];
            let mut offer = |cost: f32, step: Step| {
                if cost < best.0 {
                    best = (cost, step);
                }
            };
            if piece < rows && is_empty(&pieces[piece]) {
                offer(table[at(piece + 1, column)].0 + DROP, Step::Drop);
            } else if piece < rows && rows > width {
                let after = table[at(piece + 1, column)].0;
                let again = column == width && after >= ASIDE;
                let aside = if again { ASIDE_MORE } else { ASIDE };
                offer(after + aside + runs.borders[piece], Step::Drop);
            }
            if column < width {
                for count in 1..=band.most.min(rows - piece) {
                    let after = table[at(piece + count, column + 1)].0;
                    if !after.is_finite() {
                        continue;
                    }
                    let tie = if count > 1 && column != freest { TIE } else { 0.0 };
                    let (fits, seam) = runs.cost(profile, column, piece, count);
                    let border = runs.borders[piece + count];
                    offer(after + fits + seam + border + tie, Step::Take(count));
                }
                // A row that was cut off lacks its last values. Where it is all the same, the
                // values stand before the gap.
                let leave = if piece == rows && tail == Tail::Cut { 0.3 } else { 1.0 };
                let cost = (profile.missing(column) + LEAVE) * leave;
                offer(table[at(piece, column + 1)].0 + cost, Step::Leave);
            }
            table[at(piece, column)] = best;
        }
    }
    table
}

/// Whether nothing stands in a piece.
fn is_empty(piece: &Piece<'_>) -> bool {
    piece.text.is_empty() && !piece.quoted
}

/// A piece as a cell.
pub(in crate::read) fn as_cell<'a>(piece: &Piece<'a>) -> Cell<'a> {
    if piece.quoted { Cell::Quoted(piece.text.clone()) } else { Cell::bare(piece.text.clone()) }
}

/// How many pieces one cell may be joined from.
fn joinable(pieces: usize, width: usize) -> usize {
    (pieces.saturating_sub(width) + 2).min(JOINED)
}

/// Several pieces as one text, as they stood.
fn whole<'p>(text: &'p str, pieces: &'p [Piece<'_>]) -> Cow<'p, str> {
    match pieces {
        [one] => Cow::Borrowed(&one.text),
        [first, .., last] => Cow::Borrowed(text[first.start..last.end].trim()),
        [] => Cow::Borrowed(""),
    }
}

fn cell<'a>(text: &'a str, pieces: &[Piece<'a>]) -> Cell<'a> {
    match pieces {
        [one] => as_cell(one),
        [first, .., last] => Cell::bare(text[first.start..last.end].trim()),
        [] => Cell::Absent,
    }
}

/// Whether a space stands between a piece and the delimiter before it.
fn spaced(text: &str, piece: &Piece<'_>) -> bool {
    text.as_bytes().get(piece.start) == Some(&b' ')
}

/// What it takes to join the last of some pieces with those before it.
fn join(profile: &Profile, text: &str, pieces: &[Piece<'_>]) -> f32 {
    let [before @ .., last] = pieces else { return 0.0 };
    let quoted = last.quoted || before.last().is_some_and(|piece| piece.quoted);
    if quoted {
        return JOIN_QUOTED + JOIN;
    }
    let mut cost = JOIN;
    if is_suffix(&last.text) {
        cost -= SPACE;
    } else if spaced(text, last) {
        cost -= SPACE * (1.0 - profile.spaced());
    } else if last.text.starts_with(|letter: char| letter.is_ascii_digit()) && !before.is_empty() {
        // Groups of three digits, or the second of two coordinates.
        let joined = shape(&whole(text, pieces));
        if !matches!(joined, Shape::Phrase | Shape::Word | Shape::Code) {
            cost -= SPACE;
        }
    }
    cost
}

/// What it takes to let a piece begin a value of its own.
fn boundary(profile: &Profile, text: &str, piece: &Piece<'_>) -> f32 {
    if piece.quoted {
        return 0.0;
    }
    let suffix = if is_suffix(&piece.text) { SUFFIX } else { 0.0 };
    let space = if spaced(text, piece) { SPACE * (1.0 - profile.spaced()) } else { 0.0 };
    suffix + space
}

fn is_suffix(text: &str) -> bool {
    // All begin with a letter, and hardly a value is as short as they are.
    if !text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        || text.len() > 4 && !text.ends_with('.')
    {
        return false;
    }
    let bare = text.trim_end_matches('.');
    bare.len() <= 4 && SUFFIXES.iter().any(|suffix| bare.eq_ignore_ascii_case(suffix))
}

/// A row too wide to weigh: what is too much stands joined in the freest column.
fn joined<'a>(profile: &Profile, text: &'a str, pieces: &[Piece<'a>]) -> Aligned<'a> {
    let width = profile.width();
    let mut aligned = Aligned {
        cells: Vec::new(),
        joined: Vec::new(),
        missing: Vec::new(),
        dropped: 0,
        aside: Vec::new(),
        cost: f32::MAX,
    };
    if pieces.len() < width {
        aligned.cells = pieces.iter().map(as_cell).collect();
        aligned.missing = (pieces.len()..width).collect();
        aligned.cells.resize(width, Cell::Absent);
        return aligned;
    }
    let freest = profile.freest();
    let more = pieces.len() - width;
    aligned.cells.extend(pieces[..freest].iter().map(as_cell));
    aligned.cells.push(cell(text, &pieces[freest..=freest + more]));
    aligned.cells.extend(pieces[freest + more + 1..].iter().map(as_cell));
    if more > 0 {
        aligned.joined.push(freest);
    }
    aligned
}

/// What was done to a row, in words; `None` where nothing was.
pub(in crate::read) fn told(aligned: &Aligned<'_>, header: &[String]) -> Option<String> {
    let named = |columns: &[usize]| {
        columns
            .iter()
            .filter_map(|column| header.get(*column))
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut done = Vec::new();
    if !aligned.joined.is_empty() {
        done.push(format!("unquoted delimiters kept inside {}", named(&aligned.joined)));
    }
    if !aligned.missing.is_empty() {
        done.push(format!("nothing found for {}", named(&aligned.missing)));
    }
    if aligned.dropped > 0 {
        done.push(format!("{} empty cells left out", aligned.dropped));
    }
    for piece in &aligned.aside {
        let piece = &piece[..piece.floor_char_boundary(QUOTED)];
        done.push(format!("`{piece}` set aside, for it fits no column"));
    }
    (!done.is_empty()).then(|| done.join("; "))
}

#[cfg(test)]
mod tests;
