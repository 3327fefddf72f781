//! Doubts about a record: whether it is a row of the table that is read, or something else.

use super::body::Body;
use super::scan::{Piece, Scanner};
use super::sink::Sink;
use super::{ALIKE, ENOUGH, RARELY, header, is_blank};

impl<'a, S: Sink<'a>> Body<'a, S> {
    /// Whether a row that fits may do so by chance: where a space follows a delimiter as it hardly
    /// ever does, two pieces may be one value, and another missing.
    pub(super) fn is_suspect(&self, scanner: &Scanner<'a>, pieces: &[Piece<'a>]) -> bool {
        let bytes = scanner.text.as_bytes();
        let spaced =
            |piece: &Piece<'_>| bytes.get(piece.start) == Some(&b' ') && !piece.text.is_empty();
        self.learnt >= ENOUGH && self.profile.spaced() < RARELY && pieces[1..].iter().any(spaced)
    }

    /// Whether a record after a blank line is the header of another table.
    pub(super) fn is_other(
        &self,
        scanner: &mut Scanner<'a>,
        pieces: &[Piece<'a>],
        next: usize,
    ) -> bool {
        if pieces.len() < 2
            || self.table.width() < 2
            || !header::could_name(pieces)
            || next >= scanner.text.len()
        {
            return false;
        }
        let mut below = Vec::new();
        let record = scanner.record(next, &mut below);
        if record.broken {
            scanner.regret(record.end - next);
        }
        if below.len() != pieces.len() {
            return false;
        }
        pieces.len() != self.table.width()
            || (!self.repeats_header(pieces)
                && !header::names_columns(&below, &[], None)
                && header::names_columns(pieces, &[below], None))
    }

    /// Whether a record is the header of another table with no blank line before it: names in
    /// another number than there are columns, over records as many as they and unlike them.
    pub(super) fn is_next(
        &self,
        scanner: &mut Scanner<'a>,
        pieces: &[Piece<'a>],
        next: usize,
    ) -> bool {
        let width = self.table.width();
        if pieces.len() == width
            || pieces.len() < 2
            || width < 2
            || !self.manner.named
            || !self.fits
            || !header::could_name(pieces)
            || pieces.iter().any(|piece| piece.text.is_empty() || piece.text.contains(' '))
        {
            return false;
        }
        let mut rows = Vec::new();
        let mut at = next;
        while at < scanner.text.len() && rows.len() < ALIKE {
            let mut below = Vec::new();
            let record = scanner.single(at, &mut below);
            if is_blank(&below) {
                break;
            }
            rows.push(below);
            at = record.next;
        }
        !rows.is_empty()
            && rows.iter().all(|row| row.len() == pieces.len() && !header::could_name(row))
            && header::names_columns(pieces, &rows, None)
    }

    pub(super) fn repeats_header(&self, pieces: &[Piece<'_>]) -> bool {
        pieces.len() == self.table.width()
            && pieces.iter().zip(self.table.header()).all(|(piece, name)| *piece.text == **name)
            && self.table.width() > 1
    }
}
