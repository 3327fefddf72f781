//! [`Cells`]: fields of a few hundred rows, column by column, in rows of one length.
//!
//! A cell is copied as a whole wherever the line ends, and its last byte says how many of the
//! others are meant: so lines are put together without asking what a field is.

use std::io;
use std::ops::Range;

use super::lanes::{Fields, Lines, Run};
use crate::export::digits::{Days, LONGEST, Line, Scale};

/// Rows whose cells are made at once: the cells of a usual table stay in the cache.
pub(super) const BLOCK: usize = 256;
/// The length of a cell of a number or a day: one register.
const NARROW: usize = 16;
/// The length of a cell of a moment or a word: half a line of the cache.
pub(super) const WIDE: usize = 32;

/// The cells of a column. Their room is used again.
#[derive(Debug, Default)]
pub(super) struct Cells {
    narrow: Vec<[u8; NARROW]>,
    wide: Vec<[u8; WIDE]>,
    picks: Vec<u32>,
}

/// A column of a block of rows, by where its fields lie.
pub(super) enum Field<'b> {
    Narrow(&'b [[u8; NARROW]]),
    Wide(&'b [[u8; WIDE]]),
    /// Places in a list of cells.
    Word(&'b [u32], &'b [[u8; WIDE]]),
    /// Texts without a byte that asks for quotes: where each row's ends, and what they are.
    Text(&'b [u32], &'b [u8]),
    /// Whatever is written value by value.
    Other,
}

/// A column of a run of rows.
pub(super) struct Source<'l> {
    pub(super) run: Run<'l>,
    /// Which rows hold a value; `None` where all do.
    pub(super) valid: Option<&'l [u64]>,
    /// What stands behind a field.
    pub(super) behind: u8,
}

impl Source<'_> {
    /// Whether a row holds a value.
    #[inline]
    pub(super) fn holds(&self, row: usize) -> bool {
        self.valid.is_none_or(|valid| valid[row / 64] >> (row % 64) & 1 == 1)
    }

    /// Writes a field value by value, without what stands behind it.
    #[inline]
    pub(super) fn write(
        &self,
        row: usize,
        fields: &Fields,
        days: &mut Days,
        into: &mut Lines,
    ) -> io::Result<()> {
        if self.holds(row) { self.run.write(row, fields, days, into) } else { Ok(()) }
    }

    /// Makes the cells of a block of rows.
    pub(super) fn cells<'b>(
        &'b self,
        rows: Range<usize>,
        fields: &'b Fields,
        days: &mut Days,
        cells: &'b mut Cells,
    ) -> Field<'b> {
        let behind = self.behind;
        let Cells { narrow, wide, picks } = cells;
        narrow.clear();
        wide.clear();
        match &self.run {
            Run::Bool(values) => {
                let [no, yes] = [&b"false"[..], b"true"].map(|word| cell(word, behind));
                narrow.extend(values[rows.clone()].iter().map(|is| if *is { yes } else { no }));
            }
            Run::Int(values) => {
                let values = &values[rows.clone()];
                let Some(scale) = Scale::new(values, 0) else { return Field::Other };
                narrow.extend(values.iter().map(|value| scale.cell(*value, behind)));
            }
            Run::Decimal(values, scale) => {
                let values = &values[rows.clone()];
                let Some(scale) = Scale::new(values, *scale) else { return Field::Other };
                narrow.extend(values.iter().map(|value| scale.cell(*value, behind)));
            }
            Run::Day(values) => narrow.extend(values[rows.clone()].iter().map(|day| {
                let day = *day as i32;
                days.cell(day, behind)
                    .unwrap_or_else(|| written(|line| line.day(day, days), behind))
            })),
            Run::Time(values) => wide.extend(
                values[rows.clone()].iter().map(|time| written(|line| line.time(*time), behind)),
            ),
            Run::Moment(values) => wide.extend(values[rows.clone()].iter().map(|moment| {
                days.moment(*moment, &[behind])
                    .unwrap_or_else(|| written(|line| line.moment(*moment, days), behind))
            })),
            Run::Instant(values) => wide.extend(values[rows.clone()].iter().map(|moment| {
                days.moment(*moment, &[b'Z', behind]).unwrap_or_else(|| {
                    let line = |line: &mut Line<'_>| {
                        line.moment(*moment, days);
                        line.utc();
                    };
                    written(line, behind)
                })
            })),
            Run::Word(all) => {
                let Some(words) = fields.cells() else { return Field::Other };
                if self.valid.is_none() {
                    return Field::Word(&all[rows], words);
                }
                // Behind the words stands the cell of nothing.
                let nothing = words.len() as u32 - 1;
                let pick = |row: usize| if self.holds(row) { all[row] } else { nothing };
                picks.clear();
                picks.extend(rows.map(pick));
                return Field::Word(picks, words);
            }
            Run::Text(ends, bytes, true) => return Field::Text(ends, bytes),
            _ => return Field::Other,
        }
        if self.valid.is_some() {
            let absent = |at: &usize| !self.holds(rows.start + at);
            for at in (0..narrow.len()).filter(absent) {
                narrow[at] = cell(b"", behind);
            }
            for at in (0..wide.len()).filter(absent) {
                wide[at] = cell(b"", behind);
            }
        }
        // Texts too long for their cells have no length.
        let whole = |last: u8| last > 0;
        if narrow.is_empty() && wide.iter().all(|cell| whole(cell[WIDE - 1])) {
            Field::Wide(wide)
        } else if wide.is_empty() && narrow.iter().all(|cell| whole(cell[NARROW - 1])) {
            Field::Narrow(narrow)
        } else {
            Field::Other
        }
    }
}

/// A text as a cell; none of it where it is too long.
pub(super) fn cell<const W: usize>(text: &[u8], behind: u8) -> [u8; W] {
    let mut cell = [0; W];
    if text.len() + 1 < W {
        cell[..text.len()].copy_from_slice(text);
        cell[text.len()] = behind;
        cell[W - 1] = text.len() as u8 + 1;
    }
    cell
}

/// What is written into a line, as a cell.
fn written<const W: usize>(write: impl FnOnce(&mut Line<'_>), behind: u8) -> [u8; W] {
    let mut room = [0; LONGEST];
    let mut line = Line::new(&mut room);
    write(&mut line);
    cell(line.text(), behind)
}
