//! Short numbers: those of at most eight digits and no sign, made into cells several at once.
//!
//! A cell is two words: what is to stand in it with all eight digits is moved up by as many bytes as
//! there are zeros in front.

use peyote_schemas::value::wide::{Work, widest};

use super::{AT_ONCE, CELL, Place, ZEROS};

/// Numbers whose cells are made at once.
const MANY: usize = 32;
/// Bits of a letter.
const LETTER: u64 = 8;
/// Where the last byte of a word begins, in bits.
const LAST: u64 = 56;

/// Makes the cells of numbers below ten to the eighth that are not negative, of which so many digits
/// stand behind a point.
pub(super) fn fill(values: &[i64], scale: u8, behind: u8, (cells, row_cells): Place<'_>) {
    let (mut low, mut high) = ([0; MANY], [0; MANY]);
    let row_cells = row_cells.max(1);
    for (values, cells) in values.chunks(MANY).zip(cells.chunks_mut(MANY * row_cells)) {
        widest(Shorts { values, scale, behind, low: &mut low, high: &mut high });
        let words = low.iter().zip(&high).take(values.len());
        for (cell, (low, high)) in cells.iter_mut().step_by(row_cells).zip(words) {
            let [first, second] = [low.to_le_bytes(), high.to_le_bytes()];
            cell[..CELL / 2].copy_from_slice(&first);
            cell[CELL / 2..].copy_from_slice(&second);
        }
    }
}

/// Numbers, and room for both words of their cells.
struct Shorts<'v> {
    values: &'v [i64],
    scale: u8,
    behind: u8,
    low: &'v mut [u64; MANY],
    high: &'v mut [u64; MANY],
}

impl Work for Shorts<'_> {
    type Done = ();

    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) {
        let Self { values, scale, behind, low, high } = self;
        let mut parts = [[0; 2]; MANY];
        for (part, value) in parts.iter_mut().zip(values) {
            let number = *value as u32;
            // 3518437209 / 2^45 is a ten-thousandth, exact for every number of 32 bits.
            let upper = ((u64::from(number) * 3_518_437_209) >> 45) as u32;
            *part = [upper, number - upper * 10_000];
        }
        for part in parts.as_flattened_mut() {
            *part = four(*part);
        }
        let behind = u64::from(behind);
        // Bits of the digits before the point, of which the last one stays even if it is a zero.
        let before = LETTER * (8 - u64::from(scale.min(AT_ONCE)));
        let stays = 1 << (before - 1);
        let words = low.iter_mut().zip(high.iter_mut());
        let letters =
            parts.iter().map(|[upper, lower]| u64::from(*upper) | u64::from(*lower) << 32);
        if scale == 0 {
            for (letters, (low, high)) in letters.zip(words) {
                let zeros = zeros(letters, stays);
                (*low, *high) = moved(letters, behind, zeros);
                // Eight digits and what stands behind.
                *high |= (9 * LETTER - zeros) << (LAST - 3);
            }
        } else {
            let whole = (1 << before) - 1;
            let point = u64::from(b'.') << before;
            for (letters, (low, high)) in letters.zip(words) {
                let zeros = zeros(letters, stays);
                let first = letters & whole | point | (letters & !whole) << LETTER;
                (*low, *high) = moved(first, letters >> LAST | behind << LETTER, zeros);
                *high |= (10 * LETTER - zeros) << (LAST - 3);
            }
        }
    }
}

/// The four digits of a number below ten thousand: halves and quarters side by side in one word.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
fn four(number: u32) -> u32 {
    // 10486 / 2^20 is a hundredth, exact below ten thousand.
    let hundreds = (number * 10_486) >> 20;
    let halves = hundreds | (number - hundreds * 100) << 16;
    // 103 / 2^10 is a tenth, exact below a hundred.
    let tens = ((halves * 103) >> 10) & 0x000f_000f;
    (tens | (halves - tens * 10) << 8) + ZEROS as u32
}

/// The bits of the zeros in front of a number's digits, but for a digit that stays.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
fn zeros(letters: u64, stays: u64) -> u64 {
    u64::from((letters ^ ZEROS | stays).trailing_zeros()) & !(LETTER - 1)
}

/// Two words without so many bits in front, fewer than a word has.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
fn moved(low: u64, high: u64, bits: u64) -> (u64, u64) {
    (low >> bits | (high << 1) << (63 - bits), high >> bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::csv::cell::{Digits, pointed, short};

    #[test]
    fn cells_made_at_once_are_those_made_one_by_one() {
        let powers = (0..8).map(|power| 10_i64.pow(power));
        let around = powers.flat_map(|power| [power - 1, power, power + 1, power * 7]);
        let values: Vec<i64> = around.chain((0..99_999_999).step_by(1_234_567)).collect();
        for scale in 0..=AT_ONCE {
            for row_cells in [1, 3] {
                let mut cells = vec![[0xff; CELL]; values.len() * row_cells - (row_cells - 1)];
                fill(&values, scale, b';', (&mut cells, row_cells));
                for (value, cell) in values.iter().zip(cells.iter().step_by(row_cells)) {
                    let mut alone = [0; CELL];
                    match scale {
                        0 => short(*value, b';', &mut alone),
                        _ => pointed(*value, scale, b';', &mut alone),
                    }
                    let len = usize::from(alone[CELL - 1]);
                    assert_eq!(cell[..len], alone[..len], "{value} with {scale}");
                    assert_eq!(cell[CELL - 1], alone[CELL - 1]);
                }
            }
        }
        assert!(matches!(Digits::of(&values[..20], 2), Some(Digits::Short(2))));
    }
}
