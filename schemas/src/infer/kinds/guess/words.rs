//! [`Words`]: values by their number among the few words of a column.

use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow::buffer::ScalarBuffer;
use arrow::datatypes::Int32Type;

use super::super::hint::Hint;
use super::super::{Verdict, word};
use super::nulls::Nulls;
use super::texts::{Texts, is_literal};
use crate::cell::cut::Cut;
use crate::cell::span::Sort;
use crate::guard::column::Gap;
use crate::kind::Kind;
use crate::value::moment::Spelling;
use crate::value::number::{self, Mark};
use crate::value::{absent, boolean, uuid};

/// Slots of the table in which words are looked up: a power of two, more than twice as many as the
/// most words of a class.
const SLOTS: usize = 256;

/// What stands in the place of a value: nothing, or a quoted text without a letter.
const NONE: i32 = -1;
const EMPTY: i32 = -2;

/// Bytes of the longest word, and of each of the two parts that a longer one is known by.
const LONGEST: usize = 2 * HALF;
const HALF: usize = 16;

/// Values that become texts together.
const CHUNK: usize = 1024;

/// The values of a column of words.
pub(super) struct Words {
    known: Vec<Word>,
    /// The number of a word, from 1, by its hash.
    slots: Box<[u8; SLOTS]>,
    values: Vec<i32>,
    /// Values that are quoted texts without a letter.
    empty: usize,
}

/// A word of a class.
#[derive(Clone)]
struct Word {
    key: Key,
    text: Box<[u8]>,
    /// Whether it is a null where it is not quoted.
    literal: bool,
}

/// A word of at most 32 bytes in four numbers: its first and its last sixteen bytes, or, where it
/// has no more than that, all of them and nothing; and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    first: u128,
    last: u128,
    length: u32,
}

/// The bits of so many bytes.
const MASKS: [u128; HALF] = {
    let mut masks = [0; HALF];
    let mut length = 0;
    while length < HALF {
        masks[length] = (1 << (8 * length)) - 1;
        length += 1;
    }
    masks
};

impl Key {
    #[inline]
    fn of(text: &[u8], cut: Cut) -> Self {
        let (start, length) = (cut.start(), cut.length());
        let mut first;
        let mut last = 0;
        if let Some(rest) = text.get(start..)
            && let Some(chunk) = rest.first_chunk()
        {
            first = u128::from_le_bytes(*chunk);
            if length < HALF {
                first &= MASKS[length];
            } else if let Some(chunk) = rest.get(..length).and_then(|word| word.last_chunk()) {
                last = u128::from_le_bytes(*chunk);
            }
        } else {
            // So near the end of the text, a word is shorter than that.
            let mut all = [0; HALF];
            let word = cut.of(text);
            all[..word.len()].copy_from_slice(word);
            first = u128::from_le_bytes(all);
        }
        Self { first, last, length: length as u32 }
    }

    #[inline]
    fn slot(&self) -> usize {
        /// From the golden ratio, as D. E. Knuth multiplies hashes.
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let both = self.first ^ self.last.rotate_left(31);
        let word = (both as u64) ^ ((both >> 64) as u64).rotate_left(17);
        ((word ^ u64::from(self.length)).wrapping_mul(MIX) >> 56) as usize % SLOTS
    }
}

impl Words {
    pub(super) fn new() -> Self {
        Self { known: Vec::new(), slots: Box::new([0; SLOTS]), values: Vec::new(), empty: 0 }
    }

    /// Takes some cells of a text in, or as many as come before the one that is no word of a class.
    pub(super) fn take(&mut self, text: &[u8], cuts: &[Cut]) -> Result<(), usize> {
        let from = self.values.len();
        self.values.resize(from + cuts.len(), NONE);
        for (at, cut) in cuts.iter().enumerate() {
            let Some(sort) = cut.sort() else { continue };
            let number = if cut.length() <= LONGEST && cut.length() > 0 {
                let key = Key::of(text, *cut);
                match self.find(&key) {
                    Ok(number) if !self.known[number].literal || sort == Sort::Quoted => {
                        (sort != Sort::Nested).then_some(number as i32)
                    }
                    Ok(_) => None,
                    Err(slot) => self.meet(text, *cut, key, slot),
                }
            } else if sort == Sort::Quoted && cut.length() == 0 {
                self.empty += 1;
                Some(EMPTY)
            } else {
                None
            };
            let Some(number) = number else {
                self.values.truncate(from + at);
                return Err(at);
            };
            self.values[from + at] = number;
        }
        Ok(())
    }

    /// The number of a word, else the slot where it would stand.
    #[inline]
    fn find(&self, key: &Key) -> Result<usize, usize> {
        let mut slot = key.slot();
        loop {
            let Some(at) = usize::from(self.slots[slot]).checked_sub(1) else { return Err(slot) };
            if self.known[at].key == *key {
                return Ok(at);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    #[cold]
    fn meet(&mut self, text: &[u8], cut: Cut, key: Key, slot: usize) -> Option<i32> {
        let bytes = cut.of(text);
        let literal = is_literal(bytes);
        let fits = cut.sort() != Some(Sort::Nested)
            && !(cut.sort() == Some(Sort::Bare) && literal)
            && self.known.len() < word::MOST
            && std::str::from_utf8(bytes).is_ok_and(word::may_be_class);
        if !fits {
            return None;
        }
        self.known.push(Word { key, text: bytes.into(), literal });
        self.slots[slot] = self.known.len() as u8;
        Some(self.known.len() as i32 - 1)
    }

    /// Makes room for so many values more.
    pub(super) fn reserve(&mut self, rows: usize) {
        super::room(&mut self.values, rows);
    }

    /// The same values as texts.
    pub(super) fn into_texts(self) -> Option<Texts> {
        let mut texts = Texts::new(Gap::Literal);
        // The words one after the other are a text that each value is a piece of.
        let all: Vec<u8> = self.known.iter().flat_map(|word| word.text.iter().copied()).collect();
        let mut starts = Vec::with_capacity(self.known.len());
        let mut start = 0;
        for word in &self.known {
            starts.push(Cut::new(Sort::Quoted, start, word.text.len() as u32));
            start += word.text.len() as u32;
        }
        for values in self.values.chunks(CHUNK) {
            let cuts: Vec<Cut> = (values.iter())
                .map(|value| match *value {
                    NONE => Cut::ABSENT,
                    EMPTY => Cut::new(Sort::Quoted, 0, 0),
                    word => starts[word as usize],
                })
                .collect();
            texts.take(&all, &cuts).ok()?;
        }
        Some(texts)
    }

    /// A class where the words are few and come again, else text; empty texts are nulls of a class.
    pub(super) fn finish(self, hint: &Hint, nulls: &mut Nulls) -> Option<(Verdict, ArrayRef)> {
        let count = self.values.len() - nulls.count() - self.empty;
        if !word::is_class(self.known.len(), count, hint) {
            return self.into_texts()?.finish(nulls.finish());
        }
        if self.empty > 0 {
            *nulls = Nulls::new();
            for value in &self.values {
                nulls.take(*value >= 0);
            }
        }
        let word = |word: &Word| String::from_utf8_lossy(&word.text).into_owned();
        let words: Vec<String> = self.known.iter().map(word).collect();
        let values: StringArray = words.iter().map(Some).collect();
        let mut keys = super::fitted(self.values);
        if !nulls.is_empty() {
            for key in &mut keys {
                *key = (*key).max(0);
            }
        }
        let keys = Int32Array::new(ScalarBuffer::from(keys), nulls.finish());
        let array = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(values)).ok()?;
        Some((Verdict::new(Kind::Enum(words)), Arc::new(array)))
    }
}

/// Whether a text can be nothing but text, so that its column is text, whatever else is in it.
pub(super) fn is_but_text(text: &str) -> bool {
    !absent::is_word(text)
        && boolean::parse(text).is_none()
        && !text.trim_start().starts_with(['{', '['])
        && uuid::parse(text).is_none()
        && Spelling::read(text).is_none()
        // A number is a float, too.
        && [Mark::Point, Mark::Comma].iter().all(|mark| number::float(text, *mark).is_none())
}
