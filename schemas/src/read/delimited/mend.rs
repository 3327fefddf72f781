//! Records whose quotes are wrong: every plain way to read them, and the one that fits best.

use std::borrow::Cow;

use memchr::memchr;

use super::ragged::Ragged;
use super::scan::{Piece, Scanner};
use crate::read::align::shape::shape;
use crate::read::align::{self, Aligned, Patience, Profile, Tail};

/// What another reading than the plain one must be better by.
const DOUBT: f32 = 0.5;

/// The reading of a record that fits the columns best.
pub(super) fn best<'a>(
    profile: &Profile,
    scanner: &Scanner<'a>,
    ragged: &Ragged,
    pieces: &[Piece<'a>],
    patience: &mut Patience,
) -> Aligned<'a> {
    let text = scanner.text;
    let Ragged { at, stray, .. } = ragged;
    // A text that was cut off does not end its last line.
    let last = scanner.line(*at) == text.len();
    let tail = if last { Tail::Cut } else { Tail::Whole };
    let mut best = align::align(profile, text, pieces, tail, patience);
    let Some(quote) = scanner.dialect.quote else { return best };
    let line = *at..scanner.line(*at);
    if !stray && (memchr(quote, &text.as_bytes()[line.clone()]).is_none()) {
        return best;
    }
    let delimiter = scanner.dialect.delimiter;
    for other in [loose(text, line.clone(), delimiter, quote), between(text, line, quote)] {
        if other.len() != profile.width() || other.len() == pieces.len() {
            continue;
        }
        let aligned = align::align(profile, text, &other, tail, patience);
        if aligned.cost + DOUBT < best.cost {
            best = aligned;
        }
    }
    best
}

/// Takes a quote away that only opens or only closes a bare piece.
pub(super) fn unquote(piece: &mut Piece<'_>) {
    if piece.quoted {
        return;
    }
    let text = piece.text.trim_matches('"');
    let lone = piece.text.len() - text.len() == 1;
    if lone && !text.contains('"') {
        piece.text = Cow::Owned(text.to_owned());
    }
}

/// Takes the comment away that ends a record, in a text that has comment lines: a `#` behind a
/// number or a word of a bare piece, and all behind it.
pub(super) fn uncomment(pieces: &mut Vec<Piece<'_>>) -> bool {
    let found = pieces.iter().position(|piece| {
        let mark = piece.text.find('#');
        !piece.quoted && mark.is_some_and(|mark| shape(&piece.text[..mark]).is_data())
    });
    let Some(at) = found else { return false };
    let piece = &mut pieces[at];
    let before = piece.text.split('#').next().unwrap_or_default().trim_end().to_owned();
    piece.end = piece.start + before.len();
    piece.text = Cow::Owned(before);
    pieces.truncate(at + 1);
    true
}

/// A quote ends where a delimiter follows it, however many stand before it.
fn loose(text: &str, line: std::ops::Range<usize>, delimiter: u8, quote: u8) -> Vec<Piece<'_>> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut start = line.start;
    loop {
        let open = start + bytes[start..line.end].iter().take_while(|byte| **byte == b' ').count();
        let quoted = open < line.end && bytes[open] == quote;
        let end = if quoted {
            let mut at = open + 1;
            loop {
                match memchr(quote, &bytes[at.min(line.end)..line.end]) {
                    None => break line.end,
                    Some(found) => at += found + 1,
                }
                if at >= line.end || bytes[at] == delimiter {
                    break at;
                }
            }
        } else {
            memchr(delimiter, &bytes[start..line.end]).map_or(line.end, |end| start + end)
        };
        let inner = text[start..end].trim();
        let content = inner.trim_matches(char::from(quote));
        pieces.push(Piece { text: Cow::Borrowed(content), quoted, start, end });
        if end >= line.end {
            return pieces;
        }
        start = end + 1;
    }
}

/// What stands between quotes, whatever stands between those.
fn between(text: &str, line: std::ops::Range<usize>, quote: u8) -> Vec<Piece<'_>> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut at = line.start;
    while let Some(open) = memchr(quote, &bytes[at..line.end]) {
        let start = at + open + 1;
        let Some(length) = memchr(quote, &bytes[start..line.end]) else { return Vec::new() };
        let end = start + length;
        let outside = text[at..start - 1].trim();
        if outside.len() > 1 {
            return Vec::new();
        }
        pieces.push(Piece {
            text: Cow::Borrowed(&text[start..end]),
            quoted: true,
            start: start - 1,
            end: end + 1,
        });
        at = end + 1;
    }
    pieces
}
