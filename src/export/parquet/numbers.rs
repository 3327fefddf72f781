//! [`Numbers`]: how a column's whole numbers and fractions are written, chosen by what they are.

use std::io;

use parquet::basic::Encoding;

use super::bits::{hybrid, width};
use super::codec::{Codec, Content};
use super::delta::{self, Width};

/// Values of a page by which its column's form is chosen.
const SAMPLE: usize = 1024;
/// How many values there are for each different one where a dictionary is worth it, at least.
const REPEATS: usize = 4;
/// The most values of a dictionary: what a reader keeps in its cache.
const MOST_WORDS: usize = 1 << 15;
/// The weight of the golden ratio in 64 bits, which spreads neighbours (Knuth 6.4).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// The most numbers from the least to the greatest for which each has a place of its own in a table:
/// what the nearest caches keep.
const MOST_PLACES: u64 = 1 << 16;
/// A place in a table that is free.
const FREE: u32 = u32::MAX;

/// How wide a number is stored and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Whole numbers of 32 bits.
    Short,
    /// Whole numbers of 64 bits.
    Long,
    /// The bits of binary fractions.
    Fraction,
}

/// How the numbers of a column of one row group are written.
pub(super) struct Numbers {
    measure: Measure,
    form: Option<Form>,
    words: Words,
    codes: Vec<u32>,
    room: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Delta,
    Dictionary,
}

/// The different numbers so far, each with its code.
#[derive(Default)]
struct Words {
    keys: Vec<i64>,
    /// Each number and its code where its digits are scattered to, if that is where they are.
    slots: Vec<(i64, u32)>,
    is_scattered: bool,
    /// The codes of all numbers from the first on, where these lie near each other.
    places: Vec<u32>,
    first: i64,
}

impl Measure {
    /// Bytes of a number.
    pub(super) fn bytes(self) -> usize {
        if self == Self::Short { 4 } else { 8 }
    }
}

impl Numbers {
    /// Of a measure.
    pub(super) fn new(measure: Measure) -> Self {
        Self { measure, form: None, words: Words::default(), codes: Vec::new(), room: Vec::new() }
    }

    /// Forgets the last row group.
    pub(super) fn clear(&mut self) {
        self.form = None;
        self.words.clear();
    }

    /// Appends the numbers of a page to it; `range` is what they lie between, where that is known.
    pub(super) fn write(
        &mut self,
        values: &[i64],
        range: Option<(i64, i64)>,
        codec: &mut Codec,
        page: &mut Vec<u8>,
    ) -> io::Result<(Encoding, Content)> {
        if self.form.is_none() && !values.is_empty() {
            self.form = Some(self.choose(values, range, codec)?);
        }
        if self.form == Some(Form::Dictionary) {
            if self.words.encode(values, range, MOST_WORDS, &mut self.codes) {
                let width = width(self.words.keys.len());
                page.push(width as u8);
                hybrid(&self.codes, width, page);
                return Ok((Encoding::RLE_DICTIONARY, Content::Packed));
            }
            let fractions = self.measure == Measure::Fraction;
            self.form = Some(if fractions { Form::Plain } else { Form::Delta });
        }
        if self.form == Some(Form::Delta) {
            delta::encode(values, self.steps(), page);
            return Ok((Encoding::DELTA_BINARY_PACKED, Content::Packed));
        }
        plain(values, self.measure, page);
        Ok((Encoding::PLAIN, Content::Any))
    }

    /// The dictionary of the row group, if one is used: how many values, and their bytes.
    pub(super) fn dictionary(&self, page: &mut Vec<u8>) -> usize {
        plain(&self.words.keys, self.measure, page);
        self.words.keys.len()
    }

    /// The numbers of the dictionary.
    pub(super) fn words(&self) -> &[i64] {
        &self.words.keys
    }

    fn steps(&self) -> Width {
        if self.measure == Measure::Short { Width::Short } else { Width::Long }
    }

    /// The form in which the beginning of a column is the smallest.
    fn choose(
        &mut self,
        values: &[i64],
        range: Option<(i64, i64)>,
        codec: &mut Codec,
    ) -> io::Result<Form> {
        let sample = &values[..values.len().min(SAMPLE)];
        let mut sized = |fill: &mut dyn FnMut(&mut Vec<u8>)| {
            self.room.clear();
            fill(&mut self.room);
            self.room.len()
        };
        let mut best = (Form::Plain, usize::MAX);
        if self.measure != Measure::Fraction {
            let steps = if self.measure == Measure::Short { Width::Short } else { Width::Long };
            best = (Form::Delta, sized(&mut |room| delta::encode(sample, steps, room)));
        }
        let most = values.len() / REPEATS;
        let repeats =
            !has_more(values, most) && self.words.encode(values, range, most, &mut self.codes);
        if repeats {
            let width = width(self.words.keys.len());
            let codes = &self.codes[..sample.len()];
            let size = sized(&mut |room| hybrid(codes, width, room));
            let words = self.words.keys.len() * self.measure.bytes() * sample.len() / values.len();
            // What is in a dictionary counts once, however many pages there are.
            if size + words / 8 <= best.1 {
                best = (Form::Dictionary, size);
            }
        }
        // Two bytes a value are less than a compressor makes of eight.
        if best.1 > 2 * sample.len() {
            self.room.clear();
            plain(sample, self.measure, &mut self.room);
            let size = codec.size(&self.room)?;
            // Packed numbers are faster to write; so they may take a little more.
            if size < best.1 - best.1 / 8 {
                best.0 = Form::Plain;
            }
        }
        if best.0 != Form::Dictionary {
            self.words.clear();
        }
        Ok(best.0)
    }
}

impl Words {
    fn clear(&mut self) {
        if self.keys.is_empty() {
            return;
        }
        self.keys.clear();
        if self.is_scattered {
            self.slots.fill((0, FREE));
        }
        self.is_scattered = false;
    }

    /// The codes of numbers, which may lie in a range; whether there are at most so many different ones
    /// with those before.
    fn encode(
        &mut self,
        values: &[i64],
        range: Option<(i64, i64)>,
        most: usize,
        codes: &mut Vec<u32>,
    ) -> bool {
        codes.clear();
        codes.reserve(values.len());
        if self.reach(range) {
            let all = values.iter().try_for_each(|value| {
                let place = value.wrapping_sub(self.first) as u64 as usize;
                // A number out of its range ends this.
                let code = self.places.get_mut(place).ok_or(true)?;
                if *code == FREE {
                    if self.keys.len() >= most {
                        return Err(false);
                    }
                    *code = self.keys.len() as u32;
                    self.keys.push(*value);
                }
                codes.push(*code);
                Ok(())
            });
            if all != Err(true) {
                return all.is_ok();
            }
            codes.clear();
        }
        self.scatter();
        for value in values {
            let code = match self.find(*value) {
                Ok(code) => code,
                Err(_) if self.keys.len() >= most => return false,
                Err(slot) => self.insert(*value, slot),
            };
            codes.push(code);
        }
        true
    }

    /// Gives each number of a range a place of its own, besides those before; whether it has one.
    fn reach(&mut self, range: Option<(i64, i64)>) -> bool {
        let Some((least, most)) = range.filter(|_| !self.is_scattered) else { return false };
        let (mut least, mut most) = (least, most);
        if !self.keys.is_empty() {
            let last = self.first.saturating_add(self.places.len() as i64 - 1);
            (least, most) = (least.min(self.first), most.max(last));
            if (least, most) == (self.first, last) {
                return true;
            }
        }
        let many = most.checked_sub(least).and_then(|many| u64::try_from(many).ok());
        let Some(many) = many.filter(|many| *many < MOST_PLACES) else { return false };
        self.first = least;
        self.places.clear();
        self.places.resize(many as usize + 1, FREE);
        for (code, key) in (0..).zip(&self.keys) {
            if let Some(place) = self.places.get_mut(key.wrapping_sub(least) as u64 as usize) {
                *place = code;
            }
        }
        true
    }

    /// Scatters the numbers so far, unless they are.
    fn scatter(&mut self) {
        if self.slots.is_empty() {
            self.slots.resize(1 << 10, (0, FREE));
        }
        if !self.is_scattered {
            self.is_scattered = true;
            for (code, key) in std::mem::take(&mut self.keys).into_iter().enumerate() {
                debug_assert_eq!(code, self.keys.len());
                if let Err(slot) = self.find(key) {
                    self.insert(key, slot);
                }
            }
        }
    }

    /// The code of a number, or the free slot where it belongs.
    #[inline]
    fn find(&self, value: i64) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let spread = (value as u64).wrapping_mul(SPREAD);
        let mut slot = (spread >> (64 - mask.count_ones())) as usize;
        loop {
            match self.slots[slot & mask] {
                (_, FREE) => return Err(slot & mask),
                (key, code) if key == value => return Ok(code),
                _ => slot += 1,
            }
        }
    }

    #[cold]
    fn insert(&mut self, value: i64, slot: usize) -> u32 {
        let code = self.keys.len() as u32;
        self.slots[slot] = (value, code);
        self.keys.push(value);
        if self.keys.len() * 2 > self.slots.len() {
            let slots = self.slots.len() * 4;
            self.slots.clear();
            self.slots.resize(slots, (0, FREE));
            for code in 0..self.keys.len() {
                let key = self.keys[code];
                if let Err(slot) = self.find(key) {
                    self.slots[slot] = (key, code as u32);
                }
            }
        }
        code
    }
}

/// Whether numbers are so plainly more than so many different ones that none has to be looked up: they
/// rise, as keys do.
fn has_more(values: &[i64], most: usize) -> bool {
    values.is_sorted() && values.windows(2).filter(|pair| pair[0] != pair[1]).count() >= most
}

fn plain(values: &[i64], measure: Measure, page: &mut Vec<u8>) {
    let start = page.len();
    page.resize(start + values.len() * measure.bytes(), 0);
    if measure == Measure::Short {
        for (slot, value) in page[start..].as_chunks_mut::<4>().0.iter_mut().zip(values) {
            *slot = (*value as i32).to_le_bytes();
        }
    } else {
        for (slot, value) in page[start..].as_chunks_mut::<8>().0.iter_mut().zip(values) {
            *slot = value.to_le_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::parquet::Compression;

    fn form(measure: Measure, values: &[i64]) -> Encoding {
        let mut codec = Codec::new(Compression::Zstd).unwrap();
        let mut page = Vec::new();
        Numbers::new(measure).write(values, None, &mut codec, &mut page).unwrap().0
    }

    #[test]
    fn numbers_are_written_in_the_form_that_fits_them() {
        let mixed = |at: i64| at.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64);
        let few: Vec<i64> = (0..10_000).map(|at| mixed(at).rem_euclid(90) * 1_000_003).collect();
        assert_eq!(form(Measure::Long, &few), Encoding::RLE_DICTIONARY);
        assert_eq!(form(Measure::Fraction, &few), Encoding::RLE_DICTIONARY);
        let sequence: Vec<i64> = (0..10_000).collect();
        assert_eq!(form(Measure::Long, &sequence), Encoding::DELTA_BINARY_PACKED);
        let keys: Vec<i64> = (0..10_000).map(|at| mixed(at).rem_euclid(1 << 24)).collect();
        assert_eq!(form(Measure::Short, &keys), Encoding::DELTA_BINARY_PACKED);
        let wild: Vec<i64> = (0..10_000).map(mixed).collect();
        assert_eq!(form(Measure::Fraction, &wild), Encoding::PLAIN);
        assert_eq!(form(Measure::Long, &[]), Encoding::PLAIN);
    }

    #[test]
    fn rising_numbers_are_counted_as_looked_up() {
        for (values, most) in [(0..100, 25), (0..100, 99), (0..100, 100), (0..1, 0), (0..1, 1)] {
            for times in 1..4 {
                let values: Vec<i64> =
                    values.clone().flat_map(|at| std::iter::repeat_n(at * 7, times)).collect();
                let fits = Words::default().encode(&values, None, most, &mut Vec::new());
                assert_eq!(has_more(&values, most), !fits, "{} {most}", values.len());
            }
        }
    }

    #[test]
    fn near_numbers_have_the_codes_of_scattered_ones() {
        let mixed = |at: i64, many: i64| at.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64) % many;
        let page = |many: i64, from: i64| (0..500).map(|at| from + mixed(at, many)).collect();
        // Within the range of the page before, beyond it, far from it, near again, and as it is not said.
        let pages: [Vec<i64>; 6] = [
            page(50, 0),
            page(20, 3),
            page(90, -40),
            page(9, 1 << 40),
            page(70, 7),
            page(5, i64::MAX - 9),
        ];
        for wrong in [0, 3] {
            let (mut near, mut far) = (Words::default(), Words::default());
            for page in &pages {
                let range = page.iter().min().zip(page.iter().max());
                let range = range.map(|(least, most)| (least + wrong, *most));
                let (mut codes, mut expected) = (Vec::new(), Vec::new());
                let fits = near.encode(page, range, 150, &mut codes);
                assert_eq!(fits, far.encode(page, None, 150, &mut expected));
                assert_eq!((&codes, &near.keys), (&expected, &far.keys));
            }
        }
    }

    #[test]
    fn a_dictionary_that_grows_too_large_is_left() {
        let mut codec = Codec::new(Compression::Zstd).unwrap();
        let mut numbers = Numbers::new(Measure::Long);
        let mut page = Vec::new();
        let few: Vec<i64> = (0..10_000).map(|at| at % 7).collect();
        let many: Vec<i64> = (0..2 * MOST_WORDS as i64).map(|at| at * 13 % 99_991).collect();
        let mut forms = Vec::new();
        for values in [&few, &many, &few] {
            forms.push(numbers.write(values, None, &mut codec, &mut page).unwrap().0);
        }
        let delta = Encoding::DELTA_BINARY_PACKED;
        assert_eq!(forms, [Encoding::RLE_DICTIONARY, delta, delta]);
        assert!(numbers.dictionary(&mut Vec::new()) <= MOST_WORDS);
    }
}
