//! [`Gap`]: what stands before a value of an object, between two of them, or behind the last.

use super::super::look;
use super::super::repair::Repair;

/// Bytes of a gap at most: what the careful parser looks ahead is no shorter.
pub(super) const LONGEST: usize = 120;

/// Bytes compared at a time.
const WORD: usize = 8;

/// Bytes up to which a gap is compared word by word.
const SHORT: usize = 4 * WORD;

/// The bytes before a value, with the key in them, or behind the last value.
#[derive(Debug, Clone)]
pub(super) struct Gap<'a> {
    pub(super) bytes: &'a [u8],
    /// The same bytes as words, the last one filled with zeros, if there are few.
    words: [u64; SHORT / WORD],
    /// The column of the value behind the gap; nothing, where the object ends.
    pub(super) column: Option<usize>,
    /// Repairs made here, each with its distance from the gap's first byte.
    pub(super) notes: Vec<(Repair, usize)>,
}

/// What a gap names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key<'a> {
    /// The key of the value behind it.
    Named(&'a str),
    /// Nothing: the object ends.
    End,
}

impl<'a> Gap<'a> {
    pub(super) fn new(bytes: &'a [u8], notes: Vec<(Repair, usize)>) -> Self {
        let mut words = [0; SHORT / WORD];
        for (word, piece) in words.iter_mut().zip(bytes.chunks(WORD)) {
            let mut filled = [0; WORD];
            filled[..piece.len()].copy_from_slice(piece);
            *word = u64::from_le_bytes(filled);
        }
        Self { bytes, words, column: None, notes }
    }

    /// Whether the gap stands at a byte.
    #[inline]
    pub(super) fn stands_at(&self, bytes: &[u8], at: usize) -> bool {
        let length = self.bytes.len();
        let Some(here) = bytes.get(at..at + SHORT).filter(|_| length <= SHORT) else {
            return bytes.get(at..at + length) == Some(self.bytes);
        };
        let mut rest = length;
        for (word, piece) in self.words.iter().zip(here.chunks_exact(WORD)) {
            let mut read = [0; WORD];
            read.copy_from_slice(piece);
            let unlike = word ^ u64::from_le_bytes(read);
            if rest <= WORD {
                return unlike << (8 * (WORD - rest)) == 0;
            }
            if unlike != 0 {
                return false;
            }
            rest -= WORD;
        }
        true
    }
}

/// Whether a comma and a quotation mark stand behind a value, comments aside.
pub(super) fn is_key_behind(bytes: &[u8], at: usize) -> bool {
    let next = blank(bytes, at);
    let then = next + usize::from(bytes.get(next) == Some(&b','));
    if matches!(bytes.get(blank(bytes, then)), None | Some(b'{' | b'}' | b']')) {
        return false;
    }
    let comma = look::space(bytes, at);
    bytes.get(comma) == Some(&b',')
        && matches!(bytes.get(look::space(bytes, comma + 1)), Some(b'"' | b'\''))
}

/// The first byte from one on that is no blank of JSON.
#[inline]
pub(super) fn blank(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// The key of the gap at a byte, `None` where the object ends, and the byte behind the gap, if it
/// is strict JSON; `first` for the gap before the first value.
pub(super) fn strict(text: &str, at: usize, first: First) -> Option<(Option<&str>, usize)> {
    let bytes = &text.as_bytes()[..text.len().min(at + LONGEST)];
    let mut next = at;
    if first == First::Yes {
        next = blank(bytes, opening(bytes, next)?);
    } else {
        next = blank(bytes, next);
        match bytes.get(next)? {
            b'}' => return Some((None, next + 1)),
            b',' => next = blank(bytes, next + 1),
            _ => return None,
        }
    }
    let (key, next) = quoted(text, bytes, next).filter(|_| bytes[next] == b'"')?;
    let next = blank(bytes, next);
    let value = blank(bytes, (bytes.get(next) == Some(&b':')).then_some(next + 1)?);
    Some((Some(key), value))
}

/// Whether a gap stands before the first value of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// It begins with the opening bracket.
    Yes,
    /// It stands behind a value.
    No,
}

/// The key of the gap at a byte, and the byte behind the gap: as in strict JSON, or with more
/// commas or none, a key between single quotation marks or of one word without any.
pub(super) fn loose(text: &str, at: usize, first: First) -> Option<(Key<'_>, usize)> {
    let bytes = text.as_bytes();
    let mut next = at;
    if first == First::Yes {
        next = blank(bytes, opening(bytes, next)?);
    } else {
        // A bare value ends only here.
        if !is_end(*bytes.get(next)?) {
            return None;
        }
        while matches!(bytes.get(next), Some(b',' | b' ' | b'\n' | b'\r' | b'\t')) {
            next += 1;
        }
        if bytes.get(next) == Some(&b'}') {
            return Some((Key::End, next + 1));
        }
    }
    let (key, next) = quoted(text, bytes, next).or_else(|| word(text, next))?;
    // One blank before the colon is as far as a key without quotation marks is looked for.
    let next = next + usize::from(bytes.get(next) == Some(&b' '));
    let value = blank(bytes, (bytes.get(next) == Some(&b':')).then_some(next + 1)?);
    Some((Key::Named(key), value))
}

/// Whether a byte ends a bare value.
#[inline]
pub(super) fn is_end(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b' ' | b'\n' | b'\r' | b'\t')
}

fn opening(bytes: &[u8], at: usize) -> Option<usize> {
    (bytes.get(at) == Some(&b'{')).then_some(at + 1)
}

/// A key between quotation marks, and the byte behind it.
fn quoted<'a>(text: &'a str, bytes: &[u8], at: usize) -> Option<(&'a str, usize)> {
    let mark = *bytes.get(at).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let rest = &bytes[at + 1..bytes.len().min(at + LONGEST)];
    let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b'\n'))?;
    (length > 0 && rest[length] == mark && is_name(&rest[..length]))
        .then(|| (&text[at + 1..=at + length], at + length + 2))
}

/// A key of one word without quotation marks, and the byte behind it.
fn word(text: &str, at: usize) -> Option<(&str, usize)> {
    let rest = &text.as_bytes()[at.min(text.len())..];
    let letter = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let length = rest.iter().take(LONGEST).take_while(letter).count();
    (length > 0 && !rest[0].is_ascii_digit()).then(|| (&text[at..at + length], at + length))
}

/// Whether a key has nothing of code in it, which would make data of words doubtful.
fn is_name(key: &[u8]) -> bool {
    !key.iter().any(|byte| matches!(byte, b'(' | b';' | b'{' | b'=' | b'<' | b'/'))
}
