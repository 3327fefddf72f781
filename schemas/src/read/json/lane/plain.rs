//! [`Plain`]: a value that no reader reads otherwise: a number, a literal, or a text between marks.

use super::gap::is_end;
use super::nest;
use crate::cell::span::Sort;

/// Bytes of a number at most: a longer one may be words.
const NUMBER: usize = 40;

/// Bytes of a text that are looked at by words before the rest is searched.
const NEAR: usize = 32;

/// A value and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    /// `null`.
    Null {
        /// The byte behind it.
        after: usize,
    },
    /// A number, `true` or `false`, a text without escapes between `"`, or compact JSON.
    Said {
        /// Which of them.
        sort: Sort,
        /// Its first byte.
        start: usize,
        /// The byte behind its last.
        end: usize,
    },
    /// A text without escapes between `'`.
    Single {
        /// Its first byte.
        start: usize,
        /// The byte behind its last.
        end: usize,
    },
    /// A text with escapes between `"`.
    Escaped {
        /// Its first byte.
        start: usize,
        /// The byte behind its last.
        end: usize,
    },
    /// An object or an array that is compact JSON but for blanks.
    Spaced {
        /// Its first byte.
        start: usize,
        /// The byte behind its last.
        end: usize,
    },
}

impl Plain {
    /// The byte behind the value and its marks.
    #[inline]
    pub(super) fn end(&self) -> usize {
        match *self {
            Self::Null { after } => after,
            Self::Said { sort: Sort::Bare | Sort::Nested, end, .. } | Self::Spaced { end, .. } => {
                end
            }
            Self::Said { end, .. } | Self::Single { end, .. } | Self::Escaped { end, .. } => {
                end + 1
            }
        }
    }
}

/// The plain value at a byte, or behind the blanks there, with what can end it behind it.
#[inline]
pub(super) fn value(bytes: &[u8], at: usize) -> Option<Plain> {
    let mut start = at;
    if bytes.get(start) == Some(&b' ') {
        start = super::gap::blank(bytes, start);
    }
    let plain = match bytes.get(start)? {
        b'"' => text(bytes, start + 1)?,
        b'-' | b'0'..=b'9' => number(bytes, start)?,
        b'\'' => single(bytes, start + 1)?,
        b'{' | b'[' => nest::value(bytes, start)?,
        b't' => literal(bytes, start, b"true")?,
        b'f' => literal(bytes, start, b"false")?,
        b'n' => {
            let Plain::Said { end, .. } = literal(bytes, start, b"null")? else { return None };
            Plain::Null { after: end }
        }
        _ => return None,
    };
    bytes.get(plain.end()).is_some_and(|byte| is_end(*byte)).then_some(plain)
}

pub(super) fn literal(bytes: &[u8], start: usize, word: &[u8]) -> Option<Plain> {
    let end = start + word.len();
    (bytes.get(start..end) == Some(word)).then_some(Plain::Said { sort: Sort::Bare, start, end })
}

/// A number by the grammar of RFC 8259.
#[inline]
pub(super) fn number(bytes: &[u8], start: usize) -> Option<Plain> {
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let first = start + usize::from(bytes[start] == b'-');
    let mut end = digits(first);
    if end == first || (end > first + 1 && bytes[first] == b'0') {
        return None;
    }
    if bytes.get(end) == Some(&b'.') {
        let from = end + 1;
        end = digits(from);
        if end == from {
            return None;
        }
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let from = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        end = digits(from);
        if end == from {
            return None;
        }
    }
    (end - start <= NUMBER).then_some(Plain::Said { sort: Sort::Bare, start, end })
}

/// A text in one line between `"`.
#[inline]
fn text(bytes: &[u8], start: usize) -> Option<Plain> {
    let end = mark(bytes, start)?;
    match bytes[end] {
        b'"' => Some(Plain::Said { sort: Sort::Quoted, start, end }),
        b'\\' => escaped(bytes, start, end),
        _ => None,
    }
}

fn escaped(bytes: &[u8], start: usize, mut at: usize) -> Option<Plain> {
    while bytes[at] == b'\\' {
        if *bytes.get(at + 1)? == b'\n' {
            return None;
        }
        at = mark(bytes, at + 2)?;
    }
    (bytes[at] == b'"').then_some(Plain::Escaped { start, end: at })
}

/// A text in one line, without escapes, between `'`.
fn single(bytes: &[u8], start: usize) -> Option<Plain> {
    let end = start + memchr::memchr3(b'\'', b'\\', b'\n', bytes.get(start..)?)?;
    (bytes[end] == b'\'').then_some(Plain::Single { start, end })
}

/// The first `"`, `\` or line end from a byte on.
#[inline]
pub(super) fn mark(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    if let Some(near) = rest.get(..NEAR) {
        for (number, piece) in near.chunks_exact(8).enumerate() {
            let mut word = [0; 8];
            word.copy_from_slice(piece);
            let word = u64::from_le_bytes(word);
            let found = zeros(word ^ spread(b'"'))
                | zeros(word ^ spread(b'\\'))
                | zeros(word ^ spread(b'\n'));
            if found != 0 {
                return Some(start + number * 8 + found.trailing_zeros() as usize / 8);
            }
        }
        return memchr::memchr3(b'"', b'\\', b'\n', &rest[NEAR..]).map(|at| start + NEAR + at);
    }
    memchr::memchr3(b'"', b'\\', b'\n', rest).map(|at| start + at)
}

const fn spread(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// A word whose lowest set bit is the highest of the lowest byte that is zero; 0 if none is.
#[inline]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(spread(1)) & !word & spread(0x80)
}
