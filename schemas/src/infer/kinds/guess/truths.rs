//! [`Truths`]: true and false in one pair of words.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, BooleanBufferBuilder};
use arrow::buffer::NullBuffer;

use super::super::Verdict;
use super::super::hint::Hint;
use crate::cell::cut::Cut;
use crate::kind::Kind;

/// The pairs of words that truths come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pair {
    Words,
    YesNo,
    Letters,
    Digits,
}

/// The values of a column of truths.
pub(super) struct Truths {
    pair: Pair,
    bits: BooleanBufferBuilder,
    /// Whether a false one and a true one was seen.
    seen: [bool; 2],
}

impl Truths {
    /// An empty column of the words that a text is one of.
    pub(super) fn begin(text: &[u8], hint: &Hint) -> Option<Self> {
        let (pair, _) = truth(text)?;
        (pair != Pair::Digits || hint.is_truth()).then(|| Self {
            pair,
            bits: BooleanBufferBuilder::new(0),
            seen: [false; 2],
        })
    }

    /// Takes some cells of a text in, or as many as come before the one that is none of the words.
    pub(super) fn take(&mut self, text: &[u8], cuts: &[Cut]) -> Result<(), usize> {
        for (at, cut) in cuts.iter().enumerate() {
            if cut.is_absent() {
                self.bits.append(false);
                continue;
            }
            let (pair, truth) = truth(cut.of(text)).ok_or(at)?;
            if pair != self.pair {
                return Err(at);
            }
            self.seen[usize::from(truth)] = true;
            self.bits.append(truth);
        }
        Ok(())
    }

    pub(super) fn finish(
        mut self,
        hint: &Hint,
        nulls: Option<NullBuffer>,
    ) -> Option<(Verdict, ArrayRef)> {
        let sure = match self.pair {
            Pair::Words => true,
            Pair::YesNo | Pair::Letters => hint.is_truth() || self.seen == [true, true],
            Pair::Digits => hint.is_truth(),
        };
        let array = BooleanArray::new(self.bits.finish(), nulls);
        sure.then(|| (Verdict::new(Kind::Bool), Arc::new(array) as ArrayRef))
    }
}

/// The truth that a text without spaces around it is, and the pair that it is one of.
#[inline]
fn truth(text: &[u8]) -> Option<(Pair, bool)> {
    let is = |word: &[u8]| text.eq_ignore_ascii_case(word);
    Some(match text {
        [b'1'] => (Pair::Digits, true),
        [b'0'] => (Pair::Digits, false),
        [b't' | b'T' | b'y' | b'Y'] => (Pair::Letters, true),
        [b'f' | b'F' | b'n' | b'N'] => (Pair::Letters, false),
        [_, _] if is(b"no") => (Pair::YesNo, false),
        [_, _, _] if is(b"yes") => (Pair::YesNo, true),
        [_, _, _, _] if is(b"true") => (Pair::Words, true),
        [_, _, _, _, _] if is(b"false") => (Pair::Words, false),
        _ => return None,
    })
}
