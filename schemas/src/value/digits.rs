//! [`number`]: decimal digits eight or sixteen at a time.
//!
//! Eight digits in one word are checked and summed up by a handful of operations on the whole word,
//! first to pairs, then to fours, then to one number (D. Lemire, "Quickly parsing eight digits").

/// Eight times the digit 0.
pub(crate) const ZEROS: u64 = 0x3030_3030_3030_3030;
/// Eight times a point, one and the highest bit.
const POINTS: u64 = 0x2e2e_2e2e_2e2e_2e2e;
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// A number in plain digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plain {
    /// All digits, as one whole number.
    pub(crate) digits: i64,
    /// How many of them stand after the point.
    pub(crate) scale: u8,
}

/// Digits that are read here: what 64 bits hold whatever they are.
const MOST_DIGITS: usize = 18;

/// The four numbers of two digits each in a word of eight digits, the first of them lowest.
#[inline]
pub(crate) fn pairs(word: u64) -> Option<[u32; 4]> {
    if !are_digits(word) {
        return None;
    }
    Some(pairs_of(word).map(|pair| pair as u32))
}

/// The same, whatever the bytes of the word are.
#[inline]
pub(crate) fn pairs_of(word: u64) -> [u64; 4] {
    let word = word & 0x0f0f_0f0f_0f0f_0f0f;
    let word = word.wrapping_mul(10).wrapping_add(word >> 8);
    [word & 0xff, (word >> 16) & 0xff, (word >> 32) & 0xff, (word >> 48) & 0xff]
}

/// The number that some bytes of a text are in plain digits: a minus or none, no zeros in front, no
/// point without digits around it.
#[inline]
pub(crate) fn number(text: &[u8], start: usize, length: usize) -> Option<Plain> {
    let end = start + length;
    let before = text.get(..end)?;
    let minus = before.get(start) == Some(&b'-');
    let length = length - usize::from(minus);
    let (size, scale) = match length {
        1..=8 if end >= 8 => eight(u64::from_le_bytes(*before.last_chunk()?), length as u32)?,
        9..=16 if end >= 16 => sixteen(u128::from_le_bytes(*before.last_chunk()?), length as u32)?,
        _ => each(&before[end - length..])?,
    };
    let mask = -i64::from(minus);
    Some(Plain { digits: (size ^ mask) - mask, scale })
}

/// Whether a word is eight digits.
#[inline]
pub(crate) fn are_digits(word: u64) -> bool {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const SIXES: u64 = 0x0606_0606_0606_0606;
    (word & HIGH) | ((word.wrapping_add(SIXES) & HIGH) >> 4) == 0x3333_3333_3333_3333
}

/// The number that a word of eight digits is.
#[inline]
pub(crate) fn sum(word: u64) -> i64 {
    const MASK: u64 = 0x0000_00ff_0000_00ff;
    let word = word & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = word.wrapping_mul(10).wrapping_add(word >> 8);
    let high = (pairs & MASK).wrapping_mul(100 + (1_000_000 << 32));
    let low = ((pairs >> 16) & MASK).wrapping_mul(1 + (10_000 << 32));
    (high.wrapping_add(low) >> 32) as i64
}

/// The last one to eight bytes of a word as digits, and how many stand behind a point.
#[inline]
fn eight(word: u64, length: u32) -> Option<(i64, u8)> {
    let pad = u64::BITS - 8 * length;
    let held = u64::MAX << pad;
    let word = word & held | ZEROS & !held;
    let zero_first = (word >> pad) as u8 == b'0';
    let other = word ^ POINTS;
    let point = other.wrapping_sub(ONES) & !other & HIGHS;
    let (digits, whole, scale) = if point == 0 {
        (word, length, 0)
    } else {
        // The lowest byte that is a point.
        let at = point.trailing_zeros() & !7;
        let (whole, scale) = ((at - pad) / 8, 7 - at / 8);
        if whole == 0 || scale == 0 {
            return None;
        }
        let before = word & ((1 << at) - 1);
        let after = word & (u64::MAX << at << 8);
        (before << 8 | after | 0x30, whole, scale)
    };
    let valid = are_digits(digits) && !(zero_first && whole > 1);
    valid.then(|| (sum(digits), scale as u8))
}

/// The same for the last nine to sixteen bytes.
#[inline]
fn sixteen(word: u128, length: u32) -> Option<(i64, u8)> {
    let twice = |word: u64| u128::from(word) << 64 | u128::from(word);
    let pad = u128::BITS - 8 * length;
    let held = u128::MAX << pad;
    let word = word & held | twice(ZEROS) & !held;
    let zero_first = (word >> pad) as u8 == b'0';
    let other = word ^ twice(POINTS);
    let point = other.wrapping_sub(twice(ONES)) & !other & twice(HIGHS);
    let (digits, whole, scale) = if point == 0 {
        (word, length, 0)
    } else {
        let at = point.trailing_zeros() & !7;
        let (whole, scale) = ((at - pad) / 8, 15 - at / 8);
        if whole == 0 || scale == 0 {
            return None;
        }
        let before = word & ((1 << at) - 1);
        let after = word & (u128::MAX << at << 8);
        (before << 8 | after | 0x30, whole, scale)
    };
    let (high, low) = (digits as u64, (digits >> 64) as u64);
    let valid = are_digits(high) && are_digits(low) && !(zero_first && whole > 1);
    valid.then(|| (sum(high) * 100_000_000 + sum(low), scale as u8))
}

/// The same for any number of bytes, one after the other.
fn each(text: &[u8]) -> Option<(i64, u8)> {
    if text.len() > MOST_DIGITS + 1 {
        return None;
    }
    let mut digits = 0_i64;
    let mut point = text.len();
    for (at, byte) in text.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            digits = digits.wrapping_mul(10).wrapping_add(i64::from(digit));
        } else if *byte == b'.' && point == text.len() {
            point = at;
        } else {
            return None;
        }
    }
    let scale = (text.len() - point).saturating_sub(1);
    let bare_point = point < text.len() && scale == 0;
    let zeros = point > 1 && text[0] == b'0';
    let plain = point > 0 && !bare_point && !zeros && point + scale <= MOST_DIGITS;
    plain.then_some((digits, scale as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4000))]
        #[test]
        fn words_of_digits_are_what_digits_are_one_by_one(
            text in "[ ,0-9]{16}(-?[0-9]{1,20}|-?[0-9]{1,9}\\.[0-9]{1,9}|[-.0-9a/:\u{e9}]{0,18})[0-9]{0,9}",
            cut in 16..40_usize,
        ) {
            let bytes = text.as_bytes();
            let end = cut.min(bytes.len());
            let piece = &bytes[16..end];
            let minus = piece.first() == Some(&b'-');
            let plain = each(&piece[usize::from(minus)..]).map(|(size, scale)| Plain {
                digits: if minus { -size } else { size },
                scale,
            });
            proptest::prop_assert_eq!(number(bytes, 16, piece.len()), plain);
            proptest::prop_assert_eq!(number(piece, 0, piece.len()), plain);
        }
    }
}
