//! [`Cell`]: a field, or a piece of one, in sixteen bytes.
//!
//! A cell is copied as a whole wherever the line ends, and its last byte says how many of the
//! others are meant: so lines are put together without asking what a field is.

use peyote_schemas::value::wide::is_widest;

use crate::export::digits::{Days, EIGHT, FOUR, LONGEST, Line, ZEROS, clock, eight, fraction};

mod shorts;

/// The length of a cell: one register.
pub(super) const CELL: usize = 16;
/// The longest text of a cell.
const MEANT: usize = CELL - 1;
/// The most digits of a whole number that are one cell, with a sign and what stands behind them.
const TWELVE: u64 = 1_000_000_000_000;
/// Digits behind a point that are put into a cell at once with the point and what stands behind.
const AT_ONCE: u8 = 6;
/// Microseconds of a second.
const SECOND: u64 = 1_000_000;
/// Seconds of a day.
const DAY: u64 = 86_400;
/// Days from the first one whose year has four digits to that of 1970.
const BEFORE: i64 = 719_528;
/// Days whose years have four digits.
const DAYS: u64 = 3_652_425;

/// A text from the first byte on; the last byte says how long it is.
pub(super) type Cell = [u8; CELL];

/// The cells of a column: those of all rows from its first one on, and how many a row has.
pub(super) type Place<'c> = (&'c mut [Cell], usize);

/// Does something for every value and the first cell of its row.
#[inline]
pub(super) fn each<T: Copy>(
    values: &[T],
    (cells, row_cells): Place<'_>,
    mut make: impl FnMut(T, &mut Cell),
) {
    let mut at = 0;
    for value in values {
        if let Some(cell) = cells.get_mut(at) {
            make(*value, cell);
        }
        at += row_cells;
    }
}

/// How whole numbers are written that stand for so many digits behind a point.
#[derive(Debug, Clone, Copy)]
pub(super) enum Digits {
    /// At most eight digits, of which so many stand behind a point.
    Short(u8),
    /// More digits, and no point.
    Long,
    /// More digits, or many of them behind a point.
    Split(u8),
}

/// A text as so many cells, the last of which holds what stands behind it; none where it is longer.
pub(super) fn cells(text: &[u8], behind: u8, many: usize) -> Option<Vec<Cell>> {
    let (whole, rest) = text.as_chunks::<MEANT>();
    let mut cells: Vec<Cell> = whole.iter().map(|piece| piece_of(piece)).collect();
    let mut last = piece_of(rest);
    end(&mut last, rest.len(), behind);
    cells.push(last);
    if cells.len() > many {
        return None;
    }
    // Cells of nothing before the last make up for what is missing.
    let missing = many - cells.len();
    cells.splice(cells.len() - 1..cells.len() - 1, vec![[0; CELL]; missing]);
    Some(cells)
}

fn piece_of(text: &[u8]) -> Cell {
    let mut cell = [0; CELL];
    cell[..text.len()].copy_from_slice(text);
    cell[MEANT] = text.len() as u8;
    cell
}

/// Puts eight letters at a place.
#[inline]
fn put(cell: &mut Cell, at: usize, letters: u64) {
    if let Some(slot) = cell.get_mut(at..at + 8) {
        slot.copy_from_slice(&letters.to_le_bytes());
    }
}

/// Says where the text of a cell ends, and what stands behind it.
#[inline]
fn end(cell: &mut Cell, len: usize, behind: u8) {
    cell[len % CELL] = behind;
    cell[MEANT] = len as u8 + 1;
}

impl Digits {
    /// How numbers are written, if all of them fit into a cell each.
    pub(super) fn of(values: &[i64], scale: u8) -> Option<Self> {
        // Of sums without overflow one is negative where a value is farther from zero.
        let within = |most: u64| {
            let most = most as i64 - 1;
            let out = |value: &i64| value.wrapping_add(most) | most.wrapping_sub(*value);
            values.iter().fold(0, |all, value| all | out(value)) >= 0
        };
        match scale {
            0..=AT_ONCE if within(EIGHT) => Some(Self::Short(scale)),
            0 if within(TWELVE) => Some(Self::Long),
            1..12 if within(TWELVE) => Some(Self::Split(scale)),
            _ => None,
        }
    }

    /// Makes the cell of every number.
    pub(super) fn fill(self, values: &[i64], behind: u8, place: Place<'_>) {
        match self {
            Self::Short(scale) if is_widest() && values.iter().all(|value| *value >= 0) => {
                shorts::fill(values, scale, behind, place);
            }
            Self::Short(0) => each(values, place, |value, cell| short(value, behind, cell)),
            Self::Short(scale) => {
                each(values, place, |value, cell| pointed(value, scale, behind, cell));
            }
            Self::Long => each(values, place, |value, cell| long(value, behind, cell)),
            Self::Split(scale) => {
                each(values, place, |value, cell| split(value, scale, behind, cell));
            }
        }
    }
}

/// A whole number of at most eight digits.
#[inline]
fn short(number: i64, behind: u8, cell: &mut Cell) {
    let letters = eight(number.unsigned_abs());
    // The last digit stays, even if it is a zero.
    let zeros = ((letters ^ ZEROS | 1 << 63).trailing_zeros() / 8) as usize;
    let sign = usize::from(number < 0);
    cell[0] = b'-';
    put(cell, sign, letters >> (8 * zeros));
    end(cell, 8 - zeros + sign, behind);
}

/// A number of at most eight digits, some of them behind a point.
#[inline]
fn pointed(number: i64, scale: u8, behind: u8, cell: &mut Cell) {
    let before = 8 - u32::from(scale);
    let letters = eight(number.unsigned_abs());
    // The last digit before the point stays.
    let zeros = ((letters ^ ZEROS | 1 << (8 * before - 1)).trailing_zeros() / 8) as usize;
    let sign = usize::from(number < 0);
    let point = before as usize - zeros + sign;
    let after = (letters >> (8 * before)) << 8 | u64::from(b'.');
    cell[0] = b'-';
    put(cell, sign, letters >> (8 * zeros));
    put(cell, point, after | u64::from(behind) << (8 * (scale + 1)));
    cell[MEANT] = point as u8 + scale + 2;
}

/// A whole number of at most twelve digits.
#[inline]
fn long(number: i64, behind: u8, cell: &mut Cell) {
    let count = number.unsigned_abs();
    if count < EIGHT {
        return short(number, behind, cell);
    }
    let first = FOUR[(count / EIGHT % 10_000) as usize];
    let zeros = ((first ^ ZEROS as u32 | 1 << 31).trailing_zeros() / 8) as usize;
    let sign = usize::from(number < 0);
    cell[0] = b'-';
    put(cell, sign, u64::from(first >> (8 * zeros)));
    put(cell, 4 - zeros + sign, eight(count % EIGHT));
    end(cell, 12 - zeros + sign, behind);
}

/// A number of at most twelve digits, some of them behind a point.
fn split(number: i64, scale: u8, behind: u8, cell: &mut Cell) {
    let mut room = [0; LONGEST];
    let mut line = Line::new(&mut room);
    line.decimal(number, scale);
    let text = line.text();
    cell[..text.len()].copy_from_slice(text);
    end(cell, text.len(), behind);
}

/// The cell of every day; whether all their years have four digits.
pub(super) fn days(values: &[i64], behind: u8, days: &mut Days, place: Place<'_>) -> bool {
    let mut all = true;
    each(values, place, |value, cell| {
        all &= (value.wrapping_add(BEFORE) as u64) < DAYS;
        all &= day(value as i32, behind, days, cell);
    });
    all
}

#[inline]
fn day(day: i32, behind: u8, days: &mut Days, cell: &mut Cell) -> bool {
    let Some(text) = days.text(day) else { return false };
    cell[..12].copy_from_slice(&text);
    (cell[10], cell[MEANT]) = (behind, 11);
    true
}

/// Two cells for every moment, or three with fractions of a second, and the mark of UTC or nothing
/// behind it; whether all of them can be written so.
pub(super) fn moments<'c>(
    values: &[i64],
    (mark, behind): (&[u8], u8),
    known: &mut Days,
    cells: impl Iterator<Item = &'c mut [Cell]>,
) -> bool {
    let mut all = true;
    for (value, cells) in values.iter().zip(cells) {
        // All that is in range counts up from the first day.
        let micros = value.wrapping_add(BEFORE * (DAY * SECOND) as i64) as u64;
        let (seconds, part) = (micros / SECOND, micros % SECOND);
        let (date, time) = (seconds / DAY, seconds % DAY);
        all &= date < DAYS;
        let [first, rest @ ..] = cells else { return false };
        all &= day((date as i64 - BEFORE) as i32, b'T', known, first);
        all &= second(time as u32, part as u32, (mark, behind), rest);
    }
    all
}

/// A cell for every time of day, or two with fractions of a second; whether all of them can be
/// written so.
pub(super) fn times<'c>(
    values: &[i64],
    behind: u8,
    cells: impl Iterator<Item = &'c mut [Cell]>,
) -> bool {
    let mut all = true;
    for (value, cells) in values.iter().zip(cells) {
        let micros = value.rem_euclid((DAY * SECOND) as i64) as u64;
        let (seconds, part) = (micros / SECOND, micros % SECOND);
        all &= second(seconds as u32, part as u32, (&[], behind), cells);
    }
    all
}

/// A second of a day and a fraction of it.
#[inline]
fn second(seconds: u32, part: u32, (mark, behind): (&[u8], u8), cells: &mut [Cell]) -> bool {
    let mark = mark.first().copied();
    let (before, last) = match cells {
        [whole] => {
            put(whole, 0, clock(seconds));
            (8, whole)
        }
        [whole, last] => {
            put(whole, 0, clock(seconds));
            whole[MEANT] = 8;
            let (letters, len) = fraction(part);
            put(last, 0, letters);
            (len, last)
        }
        _ => return false,
    };
    let len = before + usize::from(mark.is_some());
    last[before % CELL] = mark.unwrap_or_default();
    end(last, len, behind);
    cells.len() > 1 || part == 0
}

/// Whether some of the first moments have fractions of a second.
pub(super) fn have_parts(values: &[i64]) -> bool {
    values.iter().take(CELL).any(|value| value.rem_euclid(SECOND as i64) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::digits::line;

    fn meant(cells: &[Cell]) -> String {
        let text = |cell: &Cell| str::from_utf8(&cell[..usize::from(cell[15])]).unwrap().to_owned();
        cells.iter().map(text).collect()
    }

    #[test]
    fn numbers_are_what_lines_hold() {
        for scale in 0..12 {
            let powers = (0..13).map(|power| 10_i64.pow(power));
            let around = powers.flat_map(|power| [power - 1, power, power + 1, 7 - power]);
            let around: Vec<i64> = around.filter(|number| number.abs() < TWELVE as i64).collect();
            for values in [&around[..], &around[..20], &[0], &[-9, -10]] {
                let found = Digits::of(values, scale).expect("digits that fit");
                let mut cells = vec![[0xff; CELL]; values.len()];
                found.fill(values, b';', (&mut cells, 1));
                for (number, cell) in values.iter().zip(cells) {
                    let text = line(|line| line.decimal(*number, scale)) + ";";
                    assert_eq!(meant(&[cell]), text);
                }
            }
        }
        for strange in [i64::MIN, i64::MAX, TWELVE as i64, -(TWELVE as i64)] {
            assert!(Digits::of(&[1, strange], 0).is_none() && Digits::of(&[strange], 3).is_none());
        }
        assert!(Digits::of(&[1], 12).is_none());
    }

    #[test]
    fn moments_are_what_lines_hold() {
        let mut known = Days::new();
        let day = (DAY * SECOND) as i64;
        let whole = [0, -day, 86_399_000_000, 19_782 * day + 1_000_000, -BEFORE * day];
        let parts = [1, -1, 1_500_000, 999_999, 120_000, 86_399_999_990, 2_932_897 * day - 1];
        for values in [&whole[..], &parts, &[whole, whole].concat()] {
            for mark in [&b"Z"[..], b""] {
                let many = 2 + usize::from(have_parts(values));
                let mut cells = vec![[0xff; CELL]; values.len() * many];
                let into = cells.chunks_mut(many);
                assert!(moments(values, (mark, b','), &mut known, into));
                for (micros, cells) in values.iter().zip(cells.chunks(many)) {
                    let mark = str::from_utf8(mark).unwrap();
                    let text = line(|line| line.moment(*micros, &mut known)) + mark + ",";
                    assert_eq!(meant(cells), text);
                }
                let mut cells = vec![[0xff; CELL]; values.len() * (many - 1)];
                assert!(times(values, b'\n', cells.chunks_mut(many - 1)));
                for (micros, cells) in values.iter().zip(cells.chunks(many - 1)) {
                    assert_eq!(meant(cells), line(|line| line.time(*micros)) + "\n");
                }
            }
        }
        let mut cells = [[0; CELL]; 3];
        for strange in [i64::MIN, i64::MAX, 2_932_897 * day, -(BEFORE + 1) * day] {
            assert!(!moments(&[strange], (b"", b','), &mut known, cells.chunks_mut(3)));
        }
        assert!(!moments(&[1], (b"", b','), &mut known, cells.chunks_mut(2)));
        assert!(!times(&[1], b',', cells.chunks_mut(1)));
    }

    #[test]
    fn days_are_those_of_four_digits() {
        let mut known = Days::new();
        let mut cells = [[0; CELL]; 2];
        assert!(days(&[-BEFORE, 2_932_896], b',', &mut known, (&mut cells, 1)));
        assert_eq!(meant(&cells), "0000-01-01,9999-12-31,");
        for strange in [-BEFORE - 1, 2_932_897, i64::MIN, i64::MAX, 1 << 32] {
            assert!(!days(&[0, strange], b',', &mut known, (&mut cells, 1)));
        }
    }

    #[test]
    fn texts_are_as_many_cells_as_are_asked_for() {
        for len in 0..45 {
            let text: String = ('a'..='z').cycle().take(len).collect();
            for many in 1..4 {
                let cells = cells(text.as_bytes(), b',', many);
                assert_eq!(cells.is_some(), len < MEANT * many);
                if let Some(cells) = cells {
                    assert_eq!(meant(&cells), text.clone() + ",");
                    assert_eq!(cells.len(), many);
                }
            }
        }
    }
}
