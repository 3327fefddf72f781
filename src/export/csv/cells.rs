//! [`Source`]: a column of a run of rows, and the cells of a block of them.
//!
//! Cells lie row by row, so that a line is put together by walking along them.

use std::io;
use std::ops::Range;

use super::cell::{CELL, Cell, Digits, cells, days, each, have_parts, moments, times};
use super::lanes::{Fields, Run};
use super::lines::{Lines, Step};
use crate::export::digits::Days;

/// The most bytes of cells that are made at once: with the lanes that they are made from, they stay
/// in the nearest cache.
const BYTES: usize = 20 << 10;
/// The fewest and the most rows whose cells are made at once.
const ROWS: [usize; 2] = [16, 256];

/// A column of a run of rows.
pub(super) struct Source<'l> {
    pub(super) run: Run<'l>,
    /// Which rows hold a value; `None` where all do.
    pub(super) valid: Option<&'l [u64]>,
    /// What stands behind a field.
    pub(super) behind: u8,
    pub(super) fields: &'l Fields,
}

/// How many rows' cells are made at once, of so many cells each.
pub(super) fn block(cells: usize) -> usize {
    (BYTES / CELL / cells.max(1)).clamp(ROWS[0], ROWS[1])
}

impl Source<'_> {
    /// Whether a row holds a value.
    #[inline]
    pub(super) fn holds(&self, row: usize) -> bool {
        self.valid.is_none_or(|valid| valid[row / 64] >> (row % 64) & 1 == 1)
    }

    /// Writes a field value by value, without what stands behind it.
    #[inline]
    pub(super) fn write(&self, row: usize, days: &mut Days, into: &mut Lines) -> io::Result<()> {
        if self.holds(row) { self.run.write(row, self.fields, days, into) } else { Ok(()) }
    }

    /// How many cells a field takes up; none where fields are written value by value.
    pub(super) fn many(&self) -> usize {
        match &self.run {
            Run::Bool(_) | Run::Int(_) | Run::Decimal(..) | Run::Day(_) => 1,
            Run::Time(values) => 1 + usize::from(have_parts(values)),
            Run::Moment(values) | Run::Instant(values) => 2 + usize::from(have_parts(values)),
            Run::Word(_) => self.fields.many(),
            _ => 0,
        }
    }

    /// Makes the cells of a block of rows, where a column's begin at a place in every row's, and
    /// says how its fields get into lines.
    pub(super) fn cells<'s>(
        &'s self,
        rows: Range<usize>,
        (at, many, row_cells): (usize, usize, usize),
        known: &mut Days,
        all: &mut [Cell],
    ) -> Step<'s> {
        if let Run::Text(ends, bytes, true) = &self.run {
            return Step::Text(self, ends, bytes);
        }
        let other = Step::Other(self);
        let Some(from) = all.get_mut(at..).filter(|_| many > 0) else { return other };
        let behind = self.behind;
        let whole = match &self.run {
            Run::Bool(values) => {
                let word =
                    |text: &[u8]| cells(text, behind, 1).and_then(|cells| cells.first().copied());
                let [no, yes] = [&b"false"[..], b"true"].map(|text| word(text).unwrap_or_default());
                each(&values[rows.clone()], (from, row_cells), |value, cell| {
                    *cell = if value { yes } else { no };
                });
                true
            }
            Run::Int(values) => self.numbers(&values[rows.clone()], 0, row_cells, from),
            Run::Decimal(values, scale) => {
                self.numbers(&values[rows.clone()], *scale, row_cells, from)
            }
            Run::Day(values) => days(&values[rows.clone()], behind, known, (from, row_cells)),
            Run::Time(values) => {
                times(&values[rows.clone()], behind, all_of(from, many, row_cells))
            }
            Run::Moment(values) => {
                moments(&values[rows.clone()], (b"", behind), known, all_of(from, many, row_cells))
            }
            Run::Instant(values) => {
                moments(&values[rows.clone()], (b"Z", behind), known, all_of(from, many, row_cells))
            }
            Run::Word(picks) => {
                let words = self.fields.cells();
                if let 1 = many {
                    each(&picks[rows.clone()], (from, row_cells), |pick, into| {
                        *into = words[pick as usize];
                    });
                } else {
                    for (pick, into) in
                        picks[rows.clone()].iter().zip(all_of(from, many, row_cells))
                    {
                        let start = *pick as usize * many;
                        into.copy_from_slice(&words[start..start + many]);
                    }
                }
                true
            }
            _ => false,
        };
        if !whole {
            return other;
        }
        if self.valid.is_some() {
            let mut nothing = [0; CELL];
            (nothing[0], nothing[CELL - 1]) = (behind, 1);
            for (row, cells) in rows.zip(all[at..].chunks_mut(row_cells)) {
                if !self.holds(row)
                    && let Some([last, before @ ..]) = cells.get_mut(..many)
                {
                    *last = nothing;
                    before.fill([0; CELL]);
                }
            }
        }
        Step::Cells(at..at + many)
    }

    /// The cells of numbers, if all of them fit.
    fn numbers(&self, values: &[i64], scale: u8, row_cells: usize, from: &mut [Cell]) -> bool {
        let digits = Digits::of(values, scale);
        digits.is_some_and(|digits| {
            digits.fill(values, self.behind, (from, row_cells));
            true
        })
    }
}

/// The cells of every row.
fn all_of(cells: &mut [Cell], many: usize, row_cells: usize) -> impl Iterator<Item = &mut [Cell]> {
    cells.chunks_mut(row_cells).filter_map(move |row| row.get_mut(..many))
}
