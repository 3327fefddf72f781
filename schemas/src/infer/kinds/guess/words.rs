//! [`Words`]: values by their number among the few words of a column.

use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow::buffer::ScalarBuffer;
use arrow::datatypes::Int32Type;

use super::super::hint::Hint;
use super::super::{Verdict, word};
use super::texts::{Texts, is_literal};
use super::{Misfit, nulls};
use crate::cell::span::Sort;
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

/// The values of a column of words.
pub(super) struct Words {
    words: Vec<Box<[u8]>>,
    /// The number of a word, from 1, by its hash.
    slots: Box<[u8; SLOTS]>,
    values: Vec<i32>,
    /// Values that are words.
    count: usize,
}

impl Words {
    pub(super) fn new() -> Self {
        Self { words: Vec::new(), slots: Box::new([0; SLOTS]), values: Vec::new(), count: 0 }
    }

    #[inline]
    pub(super) fn take(&mut self, value: Option<(Sort, &[u8])>) -> Result<(), Misfit> {
        let Some((sort, bytes)) = value else {
            self.values.push(NONE);
            return Ok(());
        };
        let mut slot = hash(bytes);
        loop {
            match self.slots[slot] {
                0 => break,
                number => {
                    let at = usize::from(number) - 1;
                    if *self.words[at] == *bytes && sort != Sort::Nested {
                        // A word that was taken once may still be a null where it is not quoted.
                        if sort == Sort::Bare && is_literal(bytes) {
                            return Err(Misfit);
                        }
                        self.values.push(at as i32);
                        self.count += 1;
                        return Ok(());
                    }
                }
            }
            slot = (slot + 1) % SLOTS;
        }
        self.meet(sort, bytes, slot)
    }

    #[cold]
    fn meet(&mut self, sort: Sort, bytes: &[u8], slot: usize) -> Result<(), Misfit> {
        if sort == Sort::Quoted && bytes.is_empty() {
            self.values.push(EMPTY);
            return Ok(());
        }
        let fits = sort != Sort::Nested
            && !(sort == Sort::Bare && is_literal(bytes))
            && self.words.len() < word::MOST
            && std::str::from_utf8(bytes).is_ok_and(word::may_be_class);
        if !fits {
            return Err(Misfit);
        }
        self.words.push(bytes.into());
        self.slots[slot] = self.words.len() as u8;
        self.values.push(self.words.len() as i32 - 1);
        self.count += 1;
        Ok(())
    }

    /// The same values as texts.
    pub(super) fn into_texts(self) -> Option<Texts> {
        let mut texts = Texts::new();
        for value in self.values {
            let bytes = match value {
                NONE => None,
                EMPTY => Some(&b""[..]),
                word => Some(&*self.words[word as usize]),
            };
            texts.take(bytes.map(|bytes| (Sort::Quoted, bytes))).ok()?;
        }
        Some(texts)
    }

    /// A class where the words are few and come again, else text; `absent` are the rows where
    /// nothing stands, and become those where no word stands.
    pub(super) fn finish(
        self,
        hint: &Hint,
        absent: &mut Vec<usize>,
        rows: usize,
    ) -> Option<(Verdict, ArrayRef)> {
        if !word::is_class(self.words.len(), self.count, hint) {
            return self.into_texts()?.finish(nulls(absent, rows));
        }
        if self.values.contains(&EMPTY) {
            *absent = (0..rows).filter(|row| self.values[*row] < 0).collect();
        }
        let words: Vec<String> =
            self.words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        let values: StringArray = words.iter().map(Some).collect();
        let keys: Vec<i32> = self.values.into_iter().map(|key| key.max(0)).collect();
        let keys = Int32Array::new(ScalarBuffer::from(keys), nulls(absent, rows));
        let array = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(values)).ok()?;
        Some((Verdict::new(Kind::Enum(words)), Arc::new(array)))
    }
}

/// A slot for a text, by its ends and its length: words of a class differ there as a rule, and
/// what meets is told apart by comparing.
#[inline]
fn hash(bytes: &[u8]) -> usize {
    let first = bytes.first().copied().unwrap_or(0);
    let last = bytes.last().copied().unwrap_or(0);
    let middle = bytes.get(bytes.len() / 2).copied().unwrap_or(0);
    let mixed = u32::from_le_bytes([first, middle, last, bytes.len() as u8]);
    (mixed.wrapping_mul(0x9e37_79b1) >> 24) as usize % SLOTS
}

/// Whether a text can be nothing but text, so that its column is text, whatever else is in it.
pub(super) fn is_but_text(text: &str) -> bool {
    !absent::is_word(text)
        && boolean::parse(text).is_none()
        && !text.trim_start().starts_with(['{', '['])
        && uuid::parse(text).is_none()
        && [Mark::Point, Mark::Comma]
            .iter()
            .all(|mark| number::read(text, *mark).is_none() && number::float(text, *mark).is_none())
        && Spelling::read(text).is_none()
}
