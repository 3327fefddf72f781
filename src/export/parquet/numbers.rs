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
struct Words {
    keys: Vec<i64>,
    slots: Vec<(i64, u32)>,
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
        let words = Words { keys: Vec::new(), slots: Vec::new() };
        Self { measure, form: None, words, codes: Vec::new(), room: Vec::new() }
    }

    /// Forgets the last row group.
    pub(super) fn clear(&mut self) {
        self.form = None;
        self.words.clear();
    }

    /// Appends the numbers of a page to it.
    pub(super) fn write(
        &mut self,
        values: &[i64],
        codec: &mut Codec,
        page: &mut Vec<u8>,
    ) -> io::Result<(Encoding, Content)> {
        if self.form.is_none() && !values.is_empty() {
            self.form = Some(self.choose(values, codec)?);
        }
        if self.form == Some(Form::Dictionary) {
            if self.words.encode(values, MOST_WORDS, &mut self.codes) {
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
    fn choose(&mut self, values: &[i64], codec: &mut Codec) -> io::Result<Form> {
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
        let repeated = self.words.encode(values, values.len() / REPEATS, &mut self.codes);
        if repeated {
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
        self.keys.clear();
        self.slots.fill((0, FREE));
    }

    /// The codes of numbers; whether there are at most so many different ones with those before.
    fn encode(&mut self, values: &[i64], most: usize, codes: &mut Vec<u32>) -> bool {
        codes.clear();
        if self.slots.is_empty() {
            self.slots.resize(1 << 10, (0, FREE));
        }
        codes.reserve(values.len());
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
        Numbers::new(measure).write(values, &mut codec, &mut page).unwrap().0
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
    fn a_dictionary_that_grows_too_large_is_left() {
        let mut codec = Codec::new(Compression::Zstd).unwrap();
        let mut numbers = Numbers::new(Measure::Long);
        let mut page = Vec::new();
        let few: Vec<i64> = (0..10_000).map(|at| at % 7).collect();
        let many: Vec<i64> = (0..2 * MOST_WORDS as i64).map(|at| at * 13 % 99_991).collect();
        let mut forms = Vec::new();
        for values in [&few, &many, &few] {
            forms.push(numbers.write(values, &mut codec, &mut page).unwrap().0);
        }
        let delta = Encoding::DELTA_BINARY_PACKED;
        assert_eq!(forms, [Encoding::RLE_DICTIONARY, delta, delta]);
        assert!(numbers.dictionary(&mut Vec::new()) <= MOST_WORDS);
    }
}
