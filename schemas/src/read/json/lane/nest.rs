//! [`value`]: an object or an array within a row, if it is strict JSON.

use std::borrow::Cow;

use super::gap::blank;
use super::plain::{self, Plain};
use crate::cell::span::Sort;

/// Containers within containers that are taken; what lies deeper is read with care.
pub(in super::super) const DEEPEST: usize = 60;

/// Bytes of a key at most: as far as the careful parser looks ahead.
const KEY: usize = 120;

/// The object or array that begins at a byte, if it is strict JSON whose texts have no escapes: as
/// it stands, or with blanks between its marks.
pub(super) fn value(bytes: &[u8], start: usize) -> Option<Plain> {
    // A bit for each open container, the innermost last: set for an object.
    let mut open = 0_u64;
    let mut depth = 0_usize;
    let mut spaced = false;
    let mut at = start;
    // Whether the last item of an array was an array: what may follow is read with care.
    let mut nested = false;
    let mut skip = |at: usize| {
        let next = blank(bytes, at);
        spaced |= next > at;
        next
    };
    loop {
        // A value begins here.
        let first = *bytes.get(at)?;
        if nested && !matches!(first, b'{' | b'[') {
            return None;
        }
        nested = false;
        let mut closed = false;
        match first {
            b'{' | b'[' => {
                if depth == DEEPEST {
                    return None;
                }
                depth += 1;
                open = open << 1 | u64::from(first == b'{');
                at = skip(at + 1);
                if *bytes.get(at)? == first + 2 {
                    closed = true;
                } else if first == b'{' {
                    at = skip(key(bytes, at)?);
                    at = skip((bytes.get(at) == Some(&b':')).then_some(at + 1)?);
                    continue;
                } else {
                    continue;
                }
            }
            b'"' => at = text(bytes, at)?,
            b'-' | b'0'..=b'9' => at = plain::number(bytes, at)?.end(),
            b't' => at = plain::literal(bytes, at, b"true")?.end(),
            b'f' => at = plain::literal(bytes, at, b"false")?.end(),
            b'n' => at = plain::literal(bytes, at, b"null")?.end(),
            _ => return None,
        }
        // What is behind it: the ends of containers, and a comma.
        loop {
            if !closed {
                at = skip(at);
            }
            closed = false;
            let object = open & 1 == 1;
            match (*bytes.get(at)?, object) {
                (b'}', true) | (b']', false) => {
                    at += 1;
                    open >>= 1;
                    depth -= 1;
                    nested = !object && open & 1 == 0;
                    if depth == 0 {
                        return Some(if spaced {
                            Plain::Spaced { start, end: at }
                        } else {
                            Plain::Said { sort: Sort::Nested, start, end: at }
                        });
                    }
                }
                (b',', true) => {
                    at = skip(at + 1);
                    at = skip(key(bytes, at)?);
                    at = skip((bytes.get(at) == Some(&b':')).then_some(at + 1)?);
                    nested = false;
                    break;
                }
                (b',', false) => {
                    at = skip(at + 1);
                    break;
                }
                _ => return None,
            }
        }
    }
}

/// The object or array that begins at a byte as compact JSON, if it is strict JSON whose
/// texts have no escapes.
pub(in super::super) fn strict(text: &str, start: usize) -> Option<Cow<'_, str>> {
    let plain = value(text.as_bytes(), start)?;
    let said = &text[start..plain.end()];
    let spaced = matches!(plain, Plain::Spaced { .. });
    Some(if spaced { compact(said).into() } else { said.into() })
}

/// The byte behind the object or array that begins at a byte, if it is strict JSON whose texts have
/// no escapes.
pub(in super::super) fn strict_end(text: &str, start: usize) -> Option<usize> {
    value(text.as_bytes(), start).map(|plain| plain.end())
}

/// The JSON between two bytes without the blanks between its marks.
pub(super) fn compact(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = self::text(bytes, at).unwrap_or(bytes.len()),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.push_str(&text[from..at]);
                at = blank(bytes, at);
                from = at;
            }
            _ => at += 1,
        }
    }
    out.push_str(&text[from..]);
    out
}

/// The byte behind the text without escapes that begins at a byte.
fn text(bytes: &[u8], at: usize) -> Option<usize> {
    let end = plain::mark(bytes, at + 1)?;
    let control = |byte: &u8| *byte < b' ';
    (bytes[end] == b'"' && !bytes[at + 1..end].iter().any(control)).then_some(end + 1)
}

/// The byte behind the key that begins at a byte.
fn key(bytes: &[u8], at: usize) -> Option<usize> {
    let end = (bytes.get(at) == Some(&b'"')).then(|| text(bytes, at))??;
    (end > at + 2 && end - at <= KEY).then_some(end)
}
