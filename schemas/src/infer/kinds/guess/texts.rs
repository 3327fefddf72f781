//! [`Texts`]: texts of any sort, one after the other.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};

use super::super::Verdict;
use super::many::DATE;
use super::{fitted, room};
use crate::cell::cut::Cut;
use crate::cell::span::Sort;
use crate::guard::column::Gap;
use crate::kind::Kind;
use crate::value::absent;

/// Bytes that are copied at once, whatever a text's length is up to that: two vectors.
const STRIDE: usize = 32;

/// Bytes of a text for which room is made beforehand, at most.
const SHORT: usize = 256;

/// The values of a column of text.
pub(super) struct Texts {
    /// The texts, and behind `used` of them what the next ones may be copied over.
    bytes: Vec<u8>,
    used: usize,
    ends: Vec<i32>,
    gap: Gap,
}

impl Texts {
    pub(super) fn new(gap: Gap) -> Self {
        Self { bytes: Vec::new(), used: 0, ends: vec![0], gap }
    }

    /// Makes room for so many texts more, if they are as long as those before.
    pub(super) fn reserve(&mut self, rows: usize) {
        let usual = self.used.div_ceil((self.ends.len() - 1).max(1));
        room(&mut self.ends, rows);
        let more = rows.saturating_mul(usual.min(SHORT)).saturating_add(STRIDE);
        room(&mut self.bytes, more);
    }

    /// Takes some cells of a text in, or as many as come before the one that is no text.
    pub(super) fn take(&mut self, text: &[u8], cuts: &[Cut]) -> Result<(), usize> {
        let more: usize = cuts.iter().map(|cut| cut.length()).sum();
        if i32::try_from(self.used + more).is_err() {
            return Err(0);
        }
        self.bytes.resize(self.used + more + STRIDE, 0);
        let from = self.ends.len();
        self.ends.resize(from + cuts.len(), 0);
        let words = self.gap == Gap::Word;
        let mut used = self.used;
        for (at, (cut, end)) in cuts.iter().zip(&mut self.ends[from..]).enumerate() {
            let (start, length) = (cut.start(), cut.length());
            if let Some(strip) = text.get(start..).and_then(|rest| rest.first_chunk::<STRIDE>())
                && length <= STRIDE
                && let Some(place) = self.bytes[used..].first_chunk_mut::<STRIDE>()
            {
                *place = *strip;
            } else {
                self.bytes[used..used + length].copy_from_slice(cut.of(text));
            }
            let first = self.bytes[used];
            let may = length == 0 || may_be_literal(first) || words && may_be_word(first, length);
            if may && refused(text, *cut, self.gap) {
                self.used = used;
                self.ends.truncate(from + at);
                return Err(at);
            }
            used += length;
            *end = used as i32;
        }
        self.used = used;
        Ok(())
    }

    pub(super) fn finish(mut self, nulls: Option<NullBuffer>) -> Option<(Verdict, ArrayRef)> {
        self.bytes.truncate(self.used);
        let ends = OffsetBuffer::new(ScalarBuffer::from(fitted(self.ends)));
        let array = StringArray::try_new(ends, Buffer::from_vec(fitted(self.bytes)), nulls).ok()?;
        Some((Verdict::new(Kind::Text), Arc::new(array)))
    }
}

/// Whether a cell is something else than a text.
#[cold]
fn refused(text: &[u8], cut: Cut, gap: Gap) -> bool {
    match gap {
        Gap::Literal => cut.sort() == Some(Sort::Bare) && is_literal(cut.of(text)),
        Gap::Word => {
            !cut.is_absent() && std::str::from_utf8(cut.of(text)).is_ok_and(absent::is_word)
        }
    }
}

/// Whether the null of a language may begin so; what begins with a space may be one behind it.
#[inline]
fn may_be_literal(first: u8) -> bool {
    first <= b' ' || first >= 0x80 || matches!(first, b'n' | b'N' | b'\\' | b'<' | b'(')
}

/// Whether a word for nothing of so many bytes may begin so, besides the null of a language.
#[inline]
fn may_be_word(first: u8, length: usize) -> bool {
    matches!(first, b'-' | b'?' | b'.' | b'#' | b'm' | b'M') || first == b'0' && length >= DATE
}

/// Whether a bare text is the null of a language, even among text.
pub(super) fn is_literal(bytes: &[u8]) -> bool {
    /// Bytes of the longest.
    const LONGEST: usize = 6;
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return true };
    if first.is_ascii_graphic() && last.is_ascii_graphic() && bytes.len() > LONGEST {
        return false;
    }
    may_be_literal(*first) && std::str::from_utf8(bytes).is_ok_and(absent::is_literal)
}

#[cfg(test)]
mod tests {
    use super::{may_be_literal, may_be_word};
    use crate::value::absent::{WORDS, is_word};

    #[test]
    fn quick_look_passes_no_word_for_nothing() {
        let others = [" - ", "0000-00-00", "0000-00-00 00:00:00"].map(str::to_owned);
        let either = |word: &&str| [(*word).to_owned(), word.to_uppercase()];
        for word in WORDS.iter().flat_map(either).chain(others) {
            let first = word.as_bytes()[0];
            assert!(is_word(&word), "{word:?}");
            assert!(may_be_literal(first) || may_be_word(first, word.len()), "{word:?}");
        }
    }
}
