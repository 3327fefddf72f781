//! [`Ragged`]: a record that does not fit its table, and what is to be said of such.

use super::scan::{Piece, Record, Scanner};
use super::{finding, mend};
use crate::finding::{Finding, Level};

/// What is to be said of the rows of one table, of each sort, at most; the rest is counted.
const MOST_NOTES: usize = 1 << 16;

/// A record that does not fit: where it stands, so that it can be read again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ragged {
    /// Where it stands in the text, and where it ends.
    pub(super) at: usize,
    end: usize,
    /// Whether it is one line of what its quotes say to be more.
    alone: bool,
    /// Whether a quote stood where none should.
    pub(super) stray: bool,
    /// Whether it may be a remark behind the last row.
    pub(super) remark: bool,
}

impl Ragged {
    /// A record of some pieces, with or without a blank line before it.
    pub(super) fn new(at: usize, record: &Record, pieces: &[Piece<'_>], apart: bool) -> Self {
        let Record { end, stray, alone, .. } = *record;
        Self { at, end, alone, stray, remark: is_remark(pieces, apart) }
    }

    /// Its pieces, cut to the width of the table where nothing but delimiters follows, and without
    /// the comment behind them where the text has `comments`.
    pub(super) fn pieces<'a>(
        &self,
        scanner: &Scanner<'a>,
        width: usize,
        comments: Option<()>,
    ) -> Vec<Piece<'a>> {
        let mut pieces = scanner.again(self.at, self.end);
        if self.alone {
            pieces.iter_mut().for_each(mend::unquote);
        }
        trim(&mut pieces, width);
        if comments.is_some() {
            mend::uncomment(&mut pieces);
        }
        pieces
    }

    /// The same record in a part of the text that begins so much later.
    pub(super) fn moved(self, by: usize) -> Self {
        Self { at: self.at - by, end: self.end - by, ..self }
    }
}

/// Takes the empty pieces away for which there is no column; whether there were any.
pub(super) fn trim(pieces: &mut Vec<Piece<'_>>, width: usize) -> bool {
    let bare = |piece: &Piece<'_>| piece.text.is_empty() && !piece.quoted;
    let trails = pieces.len() > width && pieces[width..].iter().all(bare);
    if trails {
        pieces.truncate(width);
    }
    trails
}

/// Whether a record behind the last row that fits is a remark and not a row that was cut off.
fn is_remark(pieces: &[Piece<'_>], apart: bool) -> bool {
    let [only] = pieces else {
        // A sentence with commas: pieces that begin with spaces and end in a full stop.
        let last = pieces.last().map_or("", |piece| &piece.text);
        return apart && last.ends_with(['.', ':', '!', '?']);
    };
    let text = only.text.trim();
    apart
        || text.split_whitespace().count() > 2
        || text.starts_with(['#', '*', '(', '['])
        || text.ends_with(['.', ':', '!'])
}

/// What is to be said of a row.
#[derive(Debug)]
struct Note {
    row: usize,
    level: Level,
    message: String,
}

/// What is to be said of rows, in order.
#[derive(Debug, Default)]
pub(super) struct Notes {
    first: Vec<Note>,
    /// How many more there are than are kept.
    more: usize,
}

impl Notes {
    pub(super) fn push(&mut self, row: usize, level: Level, message: impl FnOnce() -> String) {
        if self.first.len() < MOST_NOTES {
            self.first.push(Note { row, level, message: message() });
        } else {
            self.more += 1;
        }
    }

    /// The findings about the table at a pointer.
    pub(super) fn findings(self, at: &str) -> Vec<Finding> {
        let told =
            |note: Note| finding(format!("{at}/rows/{}", note.row), note.level, note.message);
        let last = self.first.last().map(|note| note.level);
        let mut findings: Vec<Finding> = self.first.into_iter().map(told).collect();
        if let Some(level) = last.filter(|_| self.more > 0) {
            let message = format!("the same was done in {} more places", self.more);
            findings.push(finding(at.to_owned(), level, message));
        }
        findings
    }
}
