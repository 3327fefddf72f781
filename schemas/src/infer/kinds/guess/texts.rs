//! [`Texts`]: texts of any sort, one after the other.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};

use super::super::Verdict;
use super::Misfit;
use crate::cell::span::Sort;
use crate::kind::Kind;
use crate::value::absent;

/// The values of a column of text.
pub(super) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<i32>,
}

impl Texts {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new(), ends: vec![0] }
    }

    #[inline]
    pub(super) fn take(&mut self, value: Option<(Sort, &[u8])>) -> Result<(), Misfit> {
        if let Some((sort, bytes)) = value {
            if sort == Sort::Nested || sort == Sort::Bare && is_literal(bytes) {
                return Err(Misfit);
            }
            self.bytes.extend_from_slice(bytes);
        }
        self.ends.push(i32::try_from(self.bytes.len()).map_err(|_| Misfit)?);
        Ok(())
    }

    pub(super) fn finish(self, nulls: Option<NullBuffer>) -> Option<(Verdict, ArrayRef)> {
        let ends = OffsetBuffer::new(ScalarBuffer::from(self.ends));
        let array = StringArray::try_new(ends, Buffer::from_vec(self.bytes), nulls).ok()?;
        Some((Verdict::new(Kind::Text), Arc::new(array)))
    }
}

/// Whether a bare text is the null of a language, even among text.
#[inline]
pub(super) fn is_literal(bytes: &[u8]) -> bool {
    // All of them begin so; what begins with a space may be one behind it.
    let may = match bytes.first() {
        None => true,
        Some(b'n' | b'N' | b'\\' | b'<' | b'(') => true,
        Some(first) => *first <= b' ' || *first >= 0x80,
    };
    may && std::str::from_utf8(bytes).is_ok_and(absent::is_literal)
}
