//! Many values at a time: numbers, dates and timestamps of one form, [`LANES`] cells together.
//!
//! The cells of a block are gathered as words, and what is done to each word has no branch, so that
//! it is done to as many words at once as a vector holds. A block that holds anything else is left
//! to who reads one cell after the other; where nothing stands, the value is 0.

use crate::cell::cut::Cut;
use crate::cell::span::Sort;
use crate::value::digits::{ZEROS, are_digits, pairs_of, sum};
use crate::value::moment::DAY;
use crate::value::wide::{Work, widest};

/// Cells of a block.
pub(super) const LANES: usize = 32;

/// Bytes of a date, and of a date with a time to the second.
pub(super) const DATE: usize = 10;
pub(super) const STAMP: usize = 19;

/// Reads cells that are numbers of at most eight bytes with so many digits behind the point, a block
/// at a time; how many were read before the first block that holds anything else.
pub(super) fn numbers(text: &[u8], cuts: &[Cut], scale: u8, values: &mut [i64]) -> usize {
    /// A number has a digit, a point and no more than six digits behind that.
    const MOST: u8 = 6;
    if scale > MOST {
        return 0;
    }
    whole(cuts, values, |cuts, values| widest(Numbers { text, cuts, scale, values }))
}

/// Reads cells that are dates as `2020-01-31`, likewise, as days since 1970.
pub(super) fn dates(text: &[u8], cuts: &[Cut], values: &mut [i32]) -> usize {
    whole(cuts, values, |cuts, values| widest(Dates { text, cuts, values }))
}

/// Reads cells that are timestamps as `2020-01-31 09:05:07`, with a space or a `T`, likewise, as
/// microseconds since 1970.
pub(super) fn stamps(text: &[u8], cuts: &[Cut], values: &mut [i64]) -> usize {
    whole(cuts, values, |cuts, values| widest(Stamps { text, cuts, values }))
}

/// Reads blocks, and what is left behind the last one as a block of which the rest is nothing.
fn whole<T: Copy + Default>(
    cuts: &[Cut],
    values: &mut [T],
    read: impl Fn(&[Cut], &mut [T]) -> usize,
) -> usize {
    /// Cells that are as quickly read one after the other.
    const FEW: usize = 4;
    let done = read(cuts, values);
    let rest = &cuts[done..];
    if !(FEW..LANES).contains(&rest.len()) {
        return done;
    }
    let mut block = [Cut::ABSENT; LANES];
    let mut found = [T::default(); LANES];
    block[..rest.len()].copy_from_slice(rest);
    if read(&block, &mut found) < LANES {
        return done;
    }
    values[done..cuts.len()].copy_from_slice(&found[..rest.len()]);
    cuts.len()
}

/// What numbers come to together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    /// The least and the greatest.
    pub(super) least: i64,
    pub(super) most: i64,
    /// The smallest and the largest without their signs.
    pub(super) smallest: u64,
    pub(super) largest: u64,
    /// How many have at least so many digits.
    pub(super) long: usize,
}

/// What numbers come to together, of which those from `long` on, without their signs, are long.
pub(super) fn sums(values: &[i64], long: u64) -> Sums {
    widest(Summing { values, long })
}

/// The days since 1970 of a date in the digits `YYYYMMDD`; no zero where it is none.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
pub(super) fn days(eight: u64) -> (i64, u64) {
    /// Days from the 1st of March of the year 0 to 1970, and to the day before a month's first.
    const TO_1970: i64 = 719_468 + 1;
    let [hundreds, years, month, day] = pairs_of(eight);
    let year = hundreds * 100 + years;
    let fours = if years == 0 { hundreds } else { years };
    let leap = u64::from(fours % 4 == 0);
    let long = if month == 2 { 28 + leap } else { 30 + ((month + (month >> 3)) & 1) };
    let wrong = u64::from(year == 0)
        | u64::from(month.wrapping_sub(1) > 11)
        | u64::from(day.wrapping_sub(1) >= long);
    // A year that begins with March ends with February.
    let late = u64::from(month <= 2);
    let march = year.wrapping_sub(late);
    let month = (month + 12 * late).wrapping_sub(3);
    let hundreds = march.wrapping_mul(5243) >> 19;
    let before = ((month.wrapping_mul(153).wrapping_add(2)).wrapping_mul(52_429)) >> 18;
    // The year 0 is none, whatever its days are.
    let days = march.wrapping_mul(365).wrapping_add(march >> 2).wrapping_add(hundreds >> 2);
    let days = days.wrapping_add(before + day).wrapping_sub(hundreds);
    ((days as i64).wrapping_sub(TO_1970), wrong)
}

/// The eight bytes of a text that begin at a place.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
fn word(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

struct Numbers<'n> {
    text: &'n [u8],
    cuts: &'n [Cut],
    scale: u8,
    values: &'n mut [i64],
}

impl Work for Numbers<'_> {
    type Done = usize;

    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) -> usize {
        /// The longest number.
        const LONGEST: usize = 8;
        // The point stands in front of this bit of a word that ends with the number.
        let point = match self.scale {
            0 => u64::BITS,
            scale => u64::BITS - 8 * (u32::from(scale) + 1),
        };
        // Nothing is as 0, or 0.00.
        let (blank, blank_pad) = match self.scale {
            0 => (ZEROS, u64::BITS - 8),
            _ => (ZEROS & !(0xff << point) | u64::from(b'.') << point, point - 8),
        };
        let mut words = [0; LANES];
        let mut pads = [0; LANES];
        let mut done = 0;
        let (blocks, _) = self.cuts.as_chunks::<LANES>();
        let (rooms, _) = self.values.as_chunks_mut::<LANES>();
        for (block, values) in blocks.iter().zip(rooms) {
            for ((cut, word), pad) in block.iter().zip(&mut words).zip(&mut pads) {
                let length = cut.length();
                let end = cut.start() + length;
                if cut.is_absent() {
                    (*word, *pad) = (blank, u64::from(blank_pad));
                } else if length <= LONGEST
                    && length > 0
                    && cut.sort() != Some(Sort::Nested)
                    && end >= LONGEST
                    && let Some(held) = self::word(self.text, end - LONGEST)
                {
                    (*word, *pad) = (held, 8 * (LONGEST - length) as u64);
                } else {
                    return done;
                }
            }
            let wrong = if self.scale == 0 {
                read(&words, &pads, values, |word| (word, 0), u64::BITS)
            } else {
                let before = (1 << point) - 1;
                let after = u64::MAX.checked_shl(point + 8).unwrap_or(0);
                let split = |word: u64| {
                    let digits = (word & before) << 8 | word & after | u64::from(b'0');
                    (digits, (word >> point & 0xff) ^ u64::from(b'.'))
                };
                read(&words, &pads, values, split, point)
            };
            if wrong != 0 {
                return done;
            }
            done += LANES;
        }
        done
    }
}

/// The numbers at the ends of words, without the so many bits in front of them; no zero where one of
/// them is none. `split` takes the point out of the digits, which stands in front of a bit, and says
/// whether it is there.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
fn read(
    words: &[u64; LANES],
    pads: &[u64; LANES],
    values: &mut [i64; LANES],
    split: impl Fn(u64) -> (u64, u64),
    point: u32,
) -> u64 {
    let point = u64::from(point);
    let mut wrong = 0;
    for ((word, pad), value) in words.iter().zip(pads).zip(values) {
        let minus = u64::from(word.wrapping_shr(*pad as u32) & 0xff == u64::from(b'-'));
        let pad = pad + 8 * minus;
        let held = u64::MAX.wrapping_shl(pad as u32);
        let word = word & held | ZEROS & !held;
        let zero = u64::from(word.wrapping_shr(pad as u32) & 0xff == u64::from(b'0'));
        let (digits, missing) = split(word);
        wrong |= missing
            | not_digits(digits)
            | (zero & u64::from(pad + 8 < point))
            | u64::from(pad >= point);
        let sign = minus.wrapping_neg() as i64;
        *value = (sum(digits) ^ sign).wrapping_sub(sign);
    }
    wrong
}

/// No zero where a word is not eight digits.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
fn not_digits(word: u64) -> u64 {
    u64::from(!are_digits(word))
}

struct Dates<'n> {
    text: &'n [u8],
    cuts: &'n [Cut],
    values: &'n mut [i32],
}

/// The first eight and the last eight bytes of a date.
pub(super) type Halves = (u64, u64);

/// The halves of `1970-01-01`, whose days are 0.
const BLANK: Halves = (u64::from_le_bytes(*b"1970-01-"), u64::from_le_bytes(*b"70-01-01"));

/// The digits `YYYYMMDD` of a date, and no zero where its hyphens are not there.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
pub(super) fn digits((head, tail): Halves) -> (u64, u64) {
    /// The hyphens of `YYYY-MM-`.
    const MARKS: u64 = 0xff00_00ff_0000_0000;
    const HYPHENS: u64 = 0x2d00_002d_0000_0000;
    let eight = head & 0xffff_ffff | (head >> 8) & 0xffff_0000_0000 | tail & (0xffff << 48);
    (eight, (head & MARKS) ^ HYPHENS | not_digits(eight))
}

impl Work for Dates<'_> {
    type Done = usize;

    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) -> usize {
        let (mut heads, mut tails) = ([0; LANES], [0; LANES]);
        let mut done = 0;
        let (blocks, _) = self.cuts.as_chunks::<LANES>();
        let (rooms, _) = self.values.as_chunks_mut::<LANES>();
        for (block, values) in blocks.iter().zip(rooms) {
            for ((cut, head), tail) in block.iter().zip(&mut heads).zip(&mut tails) {
                let start = cut.start();
                if cut.is_absent() {
                    (*head, *tail) = BLANK;
                } else if cut.length() == DATE
                    && cut.sort() != Some(Sort::Nested)
                    && let Some(first) = word(self.text, start)
                    && let Some(last) = word(self.text, start + DATE - 8)
                {
                    (*head, *tail) = (first, last);
                } else {
                    return done;
                }
            }
            let mut wrong = 0;
            for ((head, tail), value) in heads.iter().zip(&tails).zip(values) {
                let (eight, odd) = digits((*head, *tail));
                let (days, none) = days(eight);
                wrong |= odd | none;
                *value = days as i32;
            }
            if wrong != 0 {
                return done;
            }
            done += LANES;
        }
        done
    }
}

struct Stamps<'n> {
    text: &'n [u8],
    cuts: &'n [Cut],
    values: &'n mut [i64],
}

impl Work for Stamps<'_> {
    type Done = usize;

    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) -> usize {
        /// The colons of `hh:mm:ss`, and what follows midnight by nothing.
        const MARKS: u64 = 0x0000_ff00_00ff_0000;
        const COLONS: u64 = 0x0000_3a00_003a_0000;
        const MIDNIGHT: u64 = u64::from_le_bytes(*b"00:00:00");
        let (mut heads, mut tails) = ([0; LANES], [0; LANES]);
        let (mut seams, mut clocks) = ([0; LANES], [0; LANES]);
        let mut done = 0;
        let (blocks, _) = self.cuts.as_chunks::<LANES>();
        let (rooms, _) = self.values.as_chunks_mut::<LANES>();
        for (block, values) in blocks.iter().zip(rooms) {
            for (at, cut) in block.iter().enumerate() {
                let start = cut.start();
                if cut.is_absent() {
                    (heads[at], tails[at]) = BLANK;
                    (seams[at], clocks[at]) = (u64::from(b' '), MIDNIGHT);
                } else if cut.length() == STAMP
                    && cut.sort() != Some(Sort::Nested)
                    && let Some(stamp) = self.text.get(start..start + STAMP)
                    && let Some(first) = word(stamp, 0)
                    && let Some(last) = word(stamp, DATE - 8)
                    && let Some(clock) = word(stamp, STAMP - 8)
                {
                    (heads[at], tails[at]) = (first, last);
                    (seams[at], clocks[at]) = (u64::from(stamp[DATE]), clock);
                } else {
                    return done;
                }
            }
            let mut wrong = 0;
            for (at, value) in values.iter_mut().enumerate() {
                let (eight, odd) = digits((heads[at], tails[at]));
                let (days, none) = days(eight);
                let clock = clocks[at];
                let six =
                    clock & 0xffff | (clock >> 8) & 0xffff_0000 | (clock >> 16) & 0xffff_0000_0000;
                let six = six | 0x3030 << 48;
                let [hour, minute, second, _] = pairs_of(six);
                let seam = seams[at];
                wrong |= odd
                    | none
                    | not_digits(six)
                    | (clock & MARKS) ^ COLONS
                    | u64::from(seam != u64::from(b' ')) & u64::from(seam != u64::from(b'T'))
                    | u64::from(hour > 23)
                    | u64::from(minute > 59)
                    | u64::from(second > 59);
                let seconds = hour * 3600 + minute * 60 + second;
                *value = days.wrapping_mul(DAY).wrapping_add(seconds as i64 * 1_000_000);
            }
            if wrong != 0 {
                return done;
            }
            done += LANES;
        }
        done
    }
}

struct Summing<'n> {
    values: &'n [i64],
    long: u64,
}

impl Work for Summing<'_> {
    type Done = Sums;

    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) -> Sums {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        let (mut smallest, mut largest, mut long) = (u64::MAX, 0, 0);
        for value in self.values {
            let size = value.unsigned_abs();
            least = least.min(*value);
            most = most.max(*value);
            smallest = smallest.min(size);
            largest = largest.max(size);
            long += u64::from(size >= self.long);
        }
        Sums { least, most, smallest, largest, long: long as usize }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{digits, moment};

    #[test]
    fn days_are_those_of_the_calendar() {
        for year in (0..=9999_u16).filter(|year| year % 97 < 9 || year % 100 == 0) {
            for month in 0..=13_u8 {
                for day in 0..=33_u8 {
                    let text = format!("{year:04}{month:02}{day:02}");
                    let word = u64::from_le_bytes(text.as_bytes().try_into().unwrap());
                    let (days, wrong) = days(word);
                    let found = (wrong == 0).then_some(days as i32);
                    let known = moment::date(i32::from(year), u32::from(month), u32::from(day));
                    assert_eq!(found, known.filter(|_| year > 0), "{text}");
                }
            }
        }
    }

    /// The cells of lines.
    fn cuts(text: &str) -> Vec<Cut> {
        let mut start = 0;
        let cut = |line: &str| {
            let cut = Cut::plain(start, line.len() as u32);
            start += line.len() as u32 + 1;
            cut
        };
        text.split('\n').map(cut).collect()
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]
        #[test]
        fn numbers_of_a_block_are_those_one_by_one(
            cells in proptest::collection::vec("(-?(0|[1-9][0-9]{0,4})\\.[0-9]{2}|)", 40..120),
            odd in "(-?[0-9]{0,7}|[-0-9.a]{0,9})",
            spoilt in proptest::bool::ANY,
            scale in 0..8_u8,
        ) {
            let mut cells: Vec<String> = cells
                .iter()
                .map(|cell| match scale {
                    0 => cell.split('.').next().unwrap_or("").to_owned(),
                    2 => cell.clone(),
                    _ if cell.is_empty() => String::new(),
                    _ => format!("{}.{:0width$}", cell.len() % 7, cell.len() * 3, width = usize::from(scale)),
                })
                .collect();
            if spoilt {
                cells[35] = odd;
            }
            let text = format!("00000000\n{}\n", cells.join("\n"));
            let cuts = cuts(&text);
            let cuts = &cuts[1..=cells.len()];
            let mut values = vec![7; cells.len()];
            let done = numbers(text.as_bytes(), cuts, scale, &mut values);
            let one = |cut: &Cut| {
                if cut.is_absent() {
                    return Some(0);
                }
                let found = digits::number(text.as_bytes(), cut.start(), cut.length())?;
                (found.scale == scale && cut.length() <= 8).then_some(found.digits)
            };
            let plain: Vec<Option<i64>> = cuts.iter().map(one).collect();
            let block = |from: usize| plain[from..from + LANES].iter().all(Option::is_some);
            let fits = (0..cells.len() / LANES).take_while(|at| block(at * LANES)).count() * LANES;
            let rest = &plain[fits..];
            let all = rest.len() >= 4 && rest.len() < LANES && rest.iter().all(Option::is_some);
            let expected = if all { cells.len() } else { fits };
            proptest::prop_assert_eq!(done, if scale > 6 { 0 } else { expected });
            for (value, plain) in values[..done].iter().zip(&plain) {
                proptest::prop_assert_eq!(Some(*value), *plain);
            }
        }
    }

    #[test]
    fn sums_are_those_of_all_values() {
        let values: Vec<i64> = (0..99).map(|at| (at * 37 % 101 - 50) * 41).collect();
        let sums = sums(&values, 1000);
        assert_eq!(sums.least, *values.iter().min().unwrap());
        assert_eq!(sums.most, *values.iter().max().unwrap());
        assert_eq!(sums.smallest, values.iter().map(|value| value.unsigned_abs()).min().unwrap());
        assert_eq!(sums.largest, values.iter().map(|value| value.unsigned_abs()).max().unwrap());
        assert_eq!(sums.long, values.iter().filter(|value| value.unsigned_abs() >= 1000).count());
    }
}
