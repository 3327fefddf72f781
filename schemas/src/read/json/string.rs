//! Quoted text: where it ends, although nobody escaped or closed its quotation marks, and what it
//! says.

use std::borrow::Cow;

use super::look;
use super::parse::{Parser, Place};
use super::repair::Repair;

/// A form of quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Double,
    Single,
    Back,
    Curly,
    CurlySingle,
    /// `\"`, of a text that was escaped although nothing is round it.
    Escaped,
}

/// What a quotation mark inside a text is.
#[derive(Debug, Clone, Copy)]
enum Verdict {
    /// The end of the text.
    Close,
    /// Part of the text.
    Inner,
    /// Part of what follows: the text ended at this byte, without its mark.
    Before(usize),
}

impl<'a> Parser<'a> {
    /// Reads the quoted text that opens here, with all that is joined to it by `+`.
    pub(super) fn string(&mut self, place: Place) -> Cow<'a, str> {
        let mut text = self.quoted(place);
        if place == Place::Key {
            return text;
        }
        loop {
            let plus = look::space(self.bytes, self.at);
            if self.bytes.get(plus) != Some(&b'+') {
                return text;
            }
            let next = look::space(self.bytes, plus + 1);
            if !look::opens_text(self.text, next) {
                return text;
            }
            self.note(Repair::Concatenated);
            self.at = next;
            let more = self.quoted(place);
            text.to_mut().push_str(&more);
        }
    }

    fn quoted(&mut self, place: Place) -> Cow<'a, str> {
        let opened = self.at;
        let mark = self.mark();
        self.at += if mark == Mark::Escaped { 2 } else { look::width(self.bytes, opened) };
        if mark != Mark::Double {
            self.note(Repair::Quotes);
        }
        if let Some(text) = self.tripled(opened) {
            return text;
        }
        let doubled = mark == Mark::Double && self.is_doubled(place);
        if doubled {
            self.note(Repair::Quotes);
            self.at += 1;
        }
        let start = self.at;
        let mut cursor = start;
        let mut escaped = false;
        let mut skipped = 0_usize;
        let mut previous = None;
        let mut first = None;
        loop {
            let Some(found) = self.next_mark(mark, cursor) else {
                self.steps += self.bytes.len() - cursor;
                return self.unclosed((place, start), (skipped, first), escaped);
            };
            self.steps += found - cursor + 1;
            let slashed = self.bytes[found] == b'\\';
            if slashed && !(mark == Mark::Escaped && self.bytes.get(found + 1) == Some(&b'"')) {
                escaped = true;
                cursor = look::boundary(self.text, found + 2);
                continue;
            }
            let after = found + look::width(self.bytes, found) + usize::from(slashed);
            if is_apostrophe(mark, self.bytes, found, after) {
                cursor = after;
                continue;
            }
            let verdict = if doubled && self.bytes.get(after) == Some(&b'"') {
                Verdict::Close
            } else {
                self.verdict(place, start, after, skipped, previous)
            };
            match verdict {
                Verdict::Close => {
                    self.at = after;
                    if doubled && self.peek() == Some(b'"') {
                        self.at += 1;
                    } else if doubled && skipped % 2 == 1 {
                        // `""one" of them"`: but the first of a pair within.
                        self.note(Repair::InnerQuote);
                        return self.said(start - 1, found, escaped);
                    }
                    if skipped == 1
                        && previous == found.checked_sub(1)
                        && !self.inches(start, found)
                    {
                        self.note(Repair::Quotes);
                        return self.said(start, found - 1, escaped);
                    }
                    if skipped > 0 {
                        self.note(Repair::InnerQuote);
                    }
                    return self.said(start, found, escaped);
                }
                Verdict::Inner => {
                    skipped += 1;
                    first = first.or(Some(found));
                    previous = Some(found);
                    cursor = after;
                }
                Verdict::Before(end) => {
                    // Of the marks passed over the last one opens what comes next.
                    let lone = first.filter(|_| place != Place::Key && skipped == 2);
                    return self.ended(start, end, lone, escaped);
                }
            }
        }
    }

    /// What stands in the fence that opens here, if the fence is a value: without the word that
    /// names its language and the last line end.
    pub(super) fn code(&mut self) -> Option<Cow<'a, str>> {
        const FENCE: &[u8] = b"```";
        let open = self.at + FENCE.len();
        let length = memchr::memmem::find(&self.bytes[open..], FENCE)?;
        self.steps += length;
        let end = open + length;
        let behind = look::space(self.bytes, end + FENCE.len());
        if !matches!(self.bytes.get(behind), Some(b',' | b'}' | b']')) {
            return None;
        }
        let said = &self.text[open..end];
        let word = said.split_once('\n').filter(|(word, _)| !word.trim().contains(' '));
        let said = word.map_or(said, |(_, rest)| rest);
        self.note(Repair::Quotes);
        self.at = end + FENCE.len();
        Some(Cow::Borrowed(said.strip_suffix('\n').unwrap_or(said)))
    }

    fn mark(&self) -> Mark {
        match self.bytes[self.at] {
            b'"' => Mark::Double,
            b'\'' => Mark::Single,
            b'\\' => Mark::Escaped,
            0xE2 if self.bytes[self.at + 2] <= 0x9B => Mark::CurlySingle,
            0xE2 => Mark::Curly,
            _ => Mark::Back,
        }
    }

    fn next_mark(&self, mark: Mark, from: usize) -> Option<usize> {
        let rest = self.bytes.get(from..)?;
        let found = match mark {
            Mark::Double | Mark::Escaped => memchr::memchr2(b'"', b'\\', rest),
            Mark::Single => memchr::memchr2(b'\'', b'\\', rest),
            Mark::Back => memchr::memchr2(b'`', b'\\', rest),
            Mark::Curly => memchr::memchr3_iter(b'"', 0xE2, b'\\', rest)
                .find(|at| rest[*at] != 0xE2 || is_mark(rest, *at, 0x9C..=0x9F)),
            Mark::CurlySingle => memchr::memchr3_iter(b'\'', 0xE2, b'\\', rest)
                .find(|at| rest[*at] != 0xE2 || is_mark(rest, *at, 0x98..=0x9B)),
        };
        found.map(|at| from + at)
    }

    /// Python's `"""…"""`, if that is what opened.
    fn tripled(&mut self, opened: usize) -> Option<Cow<'a, str>> {
        let quote = self.bytes[opened];
        let fence = [quote; 3];
        if !matches!(quote, b'"' | b'\'') || !self.bytes[opened..].starts_with(&fence) {
            return None;
        }
        let start = opened + 3;
        let length = memchr::memmem::find(&self.bytes[start..], &fence)?;
        self.note(Repair::Quotes);
        self.at = start + length + 3;
        Some(self.said(start, start + length, self.text[start..start + length].contains('\\')))
    }

    /// Whether the mark that opened stands twice: `""word""`.
    fn is_doubled(&self, place: Place) -> bool {
        if self.peek() != Some(b'"') {
            return false;
        }
        let letter = |at: usize| {
            self.bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
        };
        letter(self.at + 1)
            || (place == Place::Key && {
                let next = look::blank(self.bytes, self.at + 1, 16);
                self.bytes.get(next).is_some_and(u8::is_ascii_alphabetic)
                    && !literal_at(self.bytes, next)
            })
    }

    /// What the quotation mark is that ends at `after`, in a text in which `skipped` marks were
    /// taken for part of it, the last one at `previous`.
    ///
    /// Marks inside a text come in pairs more often than not: the second of a pair closes the text
    /// only on better evidence than a comma or a bracket behind it.
    fn verdict(
        &mut self,
        place: Place,
        start: usize,
        after: usize,
        skipped: usize,
        previous: Option<usize>,
    ) -> Verdict {
        let bytes = self.bytes;
        let next = look::space(bytes, after);
        self.steps += next - after + 1;
        let odd = skipped % 2 == 1;
        let close_if = |yes: bool| if yes { Verdict::Close } else { Verdict::Inner };
        let Some(&byte) = bytes.get(next) else { return Verdict::Close };
        if byte == b')' && self.awaits(b')') {
            return Verdict::Close;
        }
        if place == Place::Key {
            return self.key_verdict(start, after, next, odd, previous);
        }
        let line = memchr::memchr(b'\n', &bytes[after..next]).is_some();
        let missed = |parser: &Self| previous.and_then(|mark| parser.ended_before(start, mark));
        match byte {
            b',' => {
                let then = look::space(bytes, next + 1);
                self.steps += then - next;
                let line = memchr::memchr(b'\n', &bytes[next..then]).is_some();
                let head = bytes.get(then).copied();
                let closer = matches!(head, None | Some(b'}' | b']'));
                // Behind a mark of several bytes there is no such place.
                let between = |mark: usize| self.text.get(mark + 1..after - 1);
                let alone = |mark: usize| between(mark).is_some_and(|text| text.trim().is_empty());
                if let Some(mark) = previous
                    .filter(|mark| odd && closer && self.bytes[*mark] == b'"' && alone(*mark))
                {
                    // `"text\n"\n",}`: the mark stands twice.
                    return Verdict::Before(mark);
                }
                if place == Place::Member {
                    let sure = closer || look::key_at(bytes, then);
                    let likely = line
                        || matches!(head, Some(b'"' | b'\'' | b'\\' | b'{' | b'.' | b',' | 0xE2));
                    return close_if(sure || (!odd && likely));
                }
                let value = matches!(head, Some(b'"' | b'\'' | b'{' | b'[' | b'0'..=b'9' | b'-'));
                if odd && (value || closer) {
                    return missed(self).map_or(Verdict::Close, Verdict::Before);
                }
                // `"one" (so to say), "two",`: the second mark opened an item.
                if skipped == 2
                    && let Some(end) = missed(self)
                {
                    return Verdict::Before(end);
                }
                close_if(closer || value || skipped == 0 || (!odd && line))
            }
            b'}' | b']' => {
                if !odd {
                    let end = missed(self).filter(|_| place == Place::Item && skipped == 2);
                    return end.map_or(Verdict::Close, Verdict::Before);
                }
                if !self.awaits(byte) {
                    return Verdict::Inner;
                }
                if !look::structure_at(bytes, next + 1) {
                    return Verdict::Inner;
                }
                match missed(self) {
                    Some(end) if place == Place::Item => Verdict::Before(end),
                    _ => Verdict::Close,
                }
            }
            b':' if skipped == 0 && (place == Place::Item || self.is_pair(next + 1)) => {
                Verdict::Close
            }
            b':' => missed(self).map_or(Verdict::Inner, Verdict::Before),
            b'+' => close_if(look::opens_text(self.text, look::space(bytes, next + 1))),
            b';' | b'`' | b'{' | b'[' if !odd && (line || byte == b';') => Verdict::Close,
            b'`' => close_if(!odd && bytes[next..].starts_with(b"```")),
            _ if look::opens_text(self.text, next) => {
                if look::key_at(bytes, next) && place == Place::Member {
                    return close_if(!odd || line);
                }
                // The next mark may be the one that ends the text.
                let then = next + look::width(bytes, next);
                let behind = bytes.get(look::space(bytes, then));
                let ends = matches!(behind, None | Some(b',' | b'}' | b']'));
                let glued = next == after && !self.ends_at(next + 1);
                close_if(place == Place::Item && !odd && !ends && !glued)
            }
            _ => close_if(line && !odd && (place == Place::Item || look::key_at(bytes, next))),
        }
    }

    /// Whether a whole value stands behind a colon.
    fn is_pair(&self, colon: usize) -> bool {
        let value = look::blank(self.bytes, colon, 64);
        match self.bytes.get(value) {
            Some(b'"') => self.ends_at(value + 1),
            Some(b'{' | b'[' | b'0'..=b'9' | b'-') => true,
            _ => literal_at(self.bytes, value),
        }
    }

    fn key_verdict(
        &self,
        start: usize,
        after: usize,
        next: usize,
        odd: bool,
        previous: Option<usize>,
    ) -> Verdict {
        // `"a: 1, "b": 2`: the mark opens what comes next, and the key ended at its colon.
        let colon = self.bytes[next] == b':';
        let opener = if colon { previous } else { previous.or(Some(after - 1)) };
        if let Some(colon) = opener.and_then(|mark| self.key_before(start, mark)) {
            return Verdict::Before(colon);
        }
        let close = match self.bytes[next] {
            b':' | b'=' => true,
            b',' | b'}' | b']' | b'{' | b'[' | b'0'..=b'9' | b'-' => !odd,
            _ if look::opens_text(self.text, next) => {
                !odd && (next > after || self.ends_at(next + 1))
            }
            _ => !odd && literal_at(self.bytes, next),
        };
        if close { Verdict::Close } else { Verdict::Inner }
    }

    /// The text between two bytes, its escapes resolved.
    pub(super) fn said(&mut self, start: usize, end: usize, escaped: bool) -> Cow<'a, str> {
        let raw = &self.text[start..end];
        if memchr::memchr(b'\n', raw.as_bytes()).is_some() {
            self.log.note(Repair::Control, start);
        }
        if escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) }
    }
}

fn is_mark(bytes: &[u8], at: usize, third: std::ops::RangeInclusive<u8>) -> bool {
    matches!(bytes.get(at..at + 3), Some([0xE2, 0x80, last]) if third.contains(last))
}

/// `won't`: a mark between two letters of a single-quoted text.
fn is_apostrophe(mark: Mark, bytes: &[u8], at: usize, after: usize) -> bool {
    matches!(mark, Mark::Single | Mark::CurlySingle)
        && at > 0
        && bytes[at - 1].is_ascii_alphanumeric()
        && bytes.get(after).is_some_and(u8::is_ascii_alphabetic)
}

pub(super) fn literal_at(bytes: &[u8], at: usize) -> bool {
    ["true", "false", "null", "None", "True", "False", "undefined", "NaN"].iter().any(|word| {
        bytes[at..].starts_with(word.as_bytes())
            && !bytes.get(at + word.len()).is_some_and(u8::is_ascii_alphanumeric)
    })
}

/// A text with its escapes resolved. An escape that JSON does not know stays as it is before a
/// letter (`\frac`) and is dropped before anything else; half of a surrogate pair is U+FFFD; an
/// escape that the end cuts off is dropped.
pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let Some(letter) = tail.chars().next() else { return out };
        let mut taken = letter.len_utf8();
        match letter {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'u' => match code(tail) {
                Some(high @ 0xD800..=0xDBFF) => {
                    taken = 5;
                    let low = tail.get(5..).and_then(|next| next.strip_prefix('\\')).and_then(code);
                    if let Some(low @ 0xDC00..=0xDFFF) = low {
                        taken = 11;
                        let pair = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                        out.push(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
                    } else {
                        out.push(char::REPLACEMENT_CHARACTER);
                    }
                }
                Some(code) => {
                    taken = 5;
                    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                None if tail.len() < 5
                    && tail[1..].bytes().all(|byte| byte.is_ascii_hexdigit()) =>
                {
                    return out;
                }
                None => out.push_str("\\u"),
            },
            letter if letter.is_alphanumeric() => {
                out.push('\\');
                out.push(letter);
            }
            letter => out.push(letter),
        }
        rest = &tail[taken..];
    }
    out.push_str(rest);
    out
}

/// The number that a `u` and four hexadecimal digits at the beginning of a text stand for.
fn code(tail: &str) -> Option<u32> {
    let digits = tail.strip_prefix('u')?.get(..4)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}
