//! [`Lines`]: the lines of rows in memory, put together from cells.

use std::io::{self, Write};
use std::ops::Range;

use super::cell::{CELL, Cell};
use super::cells::Source;
use super::lanes::has_plain_ends;
use crate::export::digits::{Days, LONGEST, Line};

/// Bytes of a text that are copied at once, where there are as many: most texts are shorter.
const AT_ONCE: usize = 32;

/// Lines in memory. Their room is used again when they are cleared.
#[derive(Debug, Default)]
pub struct Lines {
    room: Vec<u8>,
    len: usize,
    rows: usize,
}

/// How the fields of a column, or of some beside each other, get into the lines of a block.
pub(super) enum Step<'s> {
    /// Cells of every row.
    Cells(Range<usize>),
    /// Texts without a byte that asks for quotes: where each row's ends, and what they are.
    Text(&'s Source<'s>, &'s [u32], &'s [u8]),
    /// Whatever is written value by value.
    Other(&'s Source<'s>),
}

impl Lines {
    /// Forgets all lines.
    pub fn clear(&mut self) {
        (self.len, self.rows) = (0, 0);
    }

    /// The lines.
    pub fn bytes(&self) -> &[u8] {
        &self.room[..self.len]
    }

    /// How many there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How long they are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Counts lines that were added.
    pub(super) fn add(&mut self, rows: usize) {
        self.rows += rows;
    }

    #[inline]
    fn room(&mut self, many: usize) -> &mut [u8] {
        self.reserve(many);
        &mut self.room[self.len..self.len + many]
    }

    /// Makes room for so many bytes more.
    #[inline]
    fn reserve(&mut self, many: usize) {
        let end = self.len + many;
        if end > self.room.len() {
            self.grow(end);
        }
    }

    #[cold]
    fn grow(&mut self, end: usize) {
        self.room.resize((2 * end).max(1 << 16), 0);
    }

    /// The lines of a block of rows, whose cells lie row by row.
    pub(super) fn block(
        &mut self,
        rows: Range<usize>,
        (cells, row_cells): (&[Cell], usize),
        steps: &[Step<'_>],
        days: &mut Days,
    ) -> io::Result<()> {
        for (place, row) in rows.enumerate() {
            let line = &cells[place * row_cells..(place + 1) * row_cells];
            for step in steps {
                match step {
                    Step::Cells(range) => self.cells(&line[range.clone()]),
                    Step::Text(source, ends, bytes) => {
                        let start = row.checked_sub(1).map_or(0, |before| ends[before] as usize);
                        let len = ends[row] as usize - start;
                        match bytes[start..].first_chunk::<AT_ONCE>() {
                            Some(text)
                                if len < AT_ONCE
                                    && has_plain_ends(&text[..len])
                                    && source.holds(row) =>
                            {
                                let room = self.room(AT_ONCE);
                                room.copy_from_slice(text);
                                room[len] = source.behind;
                                self.len += len + 1;
                            }
                            _ => self.other(row, source, days)?,
                        }
                    }
                    Step::Other(source) => self.other(row, source, days)?,
                }
            }
        }
        Ok(())
    }

    /// What cells mean, one behind the other.
    #[inline]
    fn cells(&mut self, cells: &[Cell]) {
        self.reserve(size_of_val(cells));
        let room = &mut self.room[self.len..];
        let (fours, rest) = cells.as_chunks::<4>();
        let meant = |cell: &Cell| usize::from(cell[CELL - 1]) % CELL;
        let mut at = 0;
        for [one, two, three, four] in fours {
            // One look at the room for all of them.
            let into = &mut room[at..at + 4 * CELL];
            let mut from = 0;
            for cell in [one, two, three, four] {
                into[from..from + CELL].copy_from_slice(cell);
                from += meant(cell);
            }
            at += from;
        }
        for cell in rest {
            room[at..at + CELL].copy_from_slice(cell);
            at += meant(cell);
        }
        self.len += at;
    }

    /// A field that is written value by value.
    fn other(&mut self, row: usize, source: &Source<'_>, days: &mut Days) -> io::Result<()> {
        source.write(row, days, self)?;
        self.byte(source.behind);
        Ok(())
    }

    #[inline]
    pub(super) fn byte(&mut self, byte: u8) {
        self.room(1)[0] = byte;
        self.len += 1;
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        self.room(text.len()).copy_from_slice(text);
        self.len += text.len();
    }

    /// A part of some bytes, which are copied farther than it goes where that is faster.
    #[inline]
    pub(super) fn part(&mut self, bytes: &[u8], start: usize, len: usize) {
        match bytes.get(start..).and_then(|rest| rest.first_chunk::<AT_ONCE>()) {
            Some(more) if len <= AT_ONCE => self.room(AT_ONCE).copy_from_slice(more),
            _ => self.room(len).copy_from_slice(&bytes[start..start + len]),
        }
        self.len += len;
    }

    #[inline]
    pub(super) fn line(&mut self, write: impl FnOnce(&mut Line<'_>)) {
        if let Some(room) = self.room(LONGEST).first_chunk_mut() {
            let mut line = Line::new(room);
            write(&mut line);
            let len = line.len();
            self.len += len;
        }
    }
}

impl Write for Lines {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.text(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
