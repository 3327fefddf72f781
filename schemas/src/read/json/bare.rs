//! Bare words: numbers, literals, calls round a value, and text that nobody quoted.

use std::borrow::Cow;

use super::look;
use super::node::{Node, is_json_number};
use super::parse::{Parser, Place};
use super::repair::Repair;

impl<'a> Parser<'a> {
    /// Reads the words that stand here as a value; nothing, if they are none.
    pub(super) fn bare(&mut self, place: Place) -> Option<Node<'a>> {
        if let Some(text) = self.prefixed(place) {
            return Some(Node::Text(text));
        }
        if let Some(node) = self.call() {
            return Some(node);
        }
        let start = self.at;
        let (end, quoted) = self.words_end(place);
        self.steps += end - start;
        let word = self.text[start..end].trim_end();
        self.at = end + usize::from(quoted);
        if quoted && self.is_whole(start, end) {
            self.note(Repair::Quotes);
        } else if quoted {
            self.note(Repair::OpenQuote);
            return Some(Node::Text(Cow::Borrowed(word)));
        }
        if word.is_empty() {
            return None;
        }
        Some(self.meaning(word))
    }

    /// A key without quotation marks, or with only the last of them. Nothing, if the words here are
    /// no key; they are passed over then.
    pub(super) fn bare_key(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at;
        let mut end = start;
        while let Some(&byte) = self.bytes.get(end) {
            match byte {
                b':' | b',' | b'}' | b']' | b'{' | b'[' | b'\n' | b'"' | b'=' => break,
                b'\'' | b'`' if end > start && self.bytes[end - 1] == b' ' => break,
                0xE2 if look::is_curly(self.bytes, end) => break,
                b'/' if look::comment(self.bytes, end, 2) > end => break,
                _ => end += 1,
            }
        }
        self.steps += end - start;
        self.at = end;
        let word = self.text[start..end].trim();
        if word.is_empty() {
            self.at = end + look::width(self.bytes, end);
            self.at = self.at.min(self.bytes.len());
            self.note(Repair::Stray);
            return None;
        }
        if look::opens_text(self.text, end) {
            let after = look::space(self.bytes, end + look::width(self.bytes, end));
            if self.bytes.get(after) == Some(&b':') {
                self.at = after;
            } else if look::key_at(self.bytes, end) {
                self.note(Repair::Stray);
                return None;
            }
        }
        let word = word.trim_end_matches('"');
        self.note(Repair::UnquotedKey);
        Some(Cow::Borrowed(word))
    }

    /// Python's `r"…"`, `f'…'`.
    fn prefixed(&mut self, place: Place) -> Option<Cow<'a, str>> {
        let is_prefix =
            |byte: &u8| matches!(byte, b'r' | b'R' | b'b' | b'B' | b'f' | b'F' | b'u' | b'U');
        let length =
            self.bytes[self.at..].iter().take(2).take_while(|byte| is_prefix(byte)).count();
        if length == 0 || !matches!(self.bytes.get(self.at + length), Some(b'"' | b'\'')) {
            return None;
        }
        self.note(Repair::Literal);
        self.at += length;
        Some(self.string(place))
    }

    /// A call round one value is that value; round several it is text.
    fn call(&mut self) -> Option<Node<'a>> {
        /// Longest name of a call: `datetime.datetime` and the like fit.
        const NAME: usize = 64;
        let start = self.at;
        let rest = &self.bytes[start..];
        let new = if rest.starts_with(b"new ") { 4 } else { 0 };
        let is_name =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$');
        let length = new + rest[new..].iter().take(NAME).take_while(|byte| is_name(byte)).count();
        if !rest.first()?.is_ascii_alphabetic() || rest.get(length) != Some(&b'(') {
            return None;
        }
        if self.open.len() >= super::node::MAX_DEPTH {
            return None;
        }
        self.note(Repair::Wrapper);
        self.at = start + length;
        let mut items = self.arguments();
        if items.len() == 1 {
            return items.pop();
        }
        Some(Node::Text(Cow::Borrowed(self.text[start..self.at].trim_end())))
    }

    /// What stands between the parentheses that open here.
    pub(super) fn arguments(&mut self) -> Vec<Node<'a>> {
        self.at += 1;
        self.open.push(b')');
        let mut items = Vec::new();
        loop {
            self.space();
            let before = self.at;
            match self.peek() {
                None => break,
                Some(b')') => {
                    self.at += 1;
                    break;
                }
                Some(b'}') if self.awaits(b'}') => break,
                Some(b']') if self.awaits(b']') => break,
                Some(_) => items.extend(self.value(Place::Item)),
            }
            if self.at == before {
                self.at += look::width(self.bytes, before);
            }
        }
        self.open.pop();
        items
    }

    /// Where the words that stand here end, and whether a quotation mark ends them that nothing
    /// opened.
    fn words_end(&mut self, place: Place) -> (usize, bool) {
        let bytes = self.bytes;
        let start = self.at;
        let (brace, bracket, paren) = (self.awaits(b'}'), self.awaits(b']'), self.awaits(b')'));
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b',' if self.goes_on(place, start, at) => {}
                b'}' if !brace => {}
                b']' if !bracket && !self.is_whole(start, at) => {}
                b')' if !paren => {}
                b',' | b'}' | b']' | b')' | b'\n' => break,
                b'{' | b'[' | b';' if self.is_whole(start, at) => break,
                b'/' if bytes[at..].starts_with(b"/*") => break,
                b'/' if bytes[at..].starts_with(b"//")
                    && (at == start || bytes[at - 1].is_ascii_whitespace()) =>
                {
                    break;
                }
                b'#' if at > start && bytes[at - 1] == b' ' && bytes.get(at + 1) == Some(&b' ') => {
                    break;
                }
                b'"' if at > start => {
                    let behind = bytes.get(look::space(bytes, at + 1));
                    if look::key_at(bytes, at) {
                        break;
                    }
                    if self.is_whole(start, at) {
                        // `12",`: a mark that opens nothing.
                        let ends = matches!(behind, None | Some(b',' | b'}' | b']'));
                        return (at, ends && !self.ends_at(at + 1));
                    }
                    if self.is_paired(at) {
                        break;
                    }
                    let next = look::space(bytes, at + 1);
                    if matches!(bytes.get(next), None | Some(b',' | b'}' | b']')) {
                        return (at, true);
                    }
                }
                b'\'' | b' '
                    if self.is_whole(start, at)
                        && look::key_at(bytes, look::blank(bytes, at, 64)) =>
                {
                    break;
                }
                b'`' if bytes[at..].starts_with(b"```") => break,
                _ => {}
            }
            at += 1;
        }
        (at, false)
    }

    /// Whether a quoted text stands at a mark, close to the word before it, and ends the value.
    fn is_paired(&self, mark: usize) -> bool {
        /// Longest text looked at.
        const REACH: usize = 64;
        let rest = &self.bytes[mark + 1..];
        let rest = &rest[..rest.len().min(REACH)];
        let Some(length) = memchr::memchr2(b'"', b'\n', rest) else { return false };
        let next = self.bytes.get(look::space(self.bytes, mark + length + 2));
        length > 0
            && !self.bytes[mark - 1].is_ascii_whitespace()
            && rest[length] == b'"'
            && !rest[..length].contains(&b',')
            && matches!(next, None | Some(b',' | b'}' | b']'))
    }

    /// Whether a comma is part of the words: of a number's thousands, or of a sentence after which
    /// no key comes.
    fn goes_on(&self, place: Place, start: usize, comma: usize) -> bool {
        let bytes = self.bytes;
        if place != Place::Member || comma == start {
            return false;
        }
        let digits =
            bytes[comma + 1..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        if digits > 0 && bytes[comma - 1].is_ascii_digit() {
            let end = comma + 1 + digits;
            return bytes.get(look::blank(bytes, end, 16)) != Some(&b':');
        }
        let next = look::space(bytes, comma + 1);
        let line = bytes[comma..next].contains(&b'\n');
        let sentence = bytes.get(next).is_some_and(u8::is_ascii_alphanumeric);
        sentence && !line && !self.is_whole(start, comma) && !look::key_at(bytes, next)
    }

    /// Whether the bytes are a number or a literal, to which no word is added.
    fn is_whole(&self, start: usize, end: usize) -> bool {
        /// Longest number that is told from a word by looking at it again.
        const LONGEST: usize = 40;
        if end - start > LONGEST {
            return false;
        }
        let word = self.text[start..end].trim_end();
        is_json_number(word) || literal(word).is_some()
    }

    /// What a word means: a literal, a number, or itself.
    fn meaning(&mut self, word: &'a str) -> Node<'a> {
        /// Blanks behind which a text that ends, or its fence, is looked for.
        const LOOKED: usize = 64;
        if is_json_number(word) || matches!(word, "true" | "false") {
            return Node::Bare(Cow::Borrowed(word));
        }
        if word == "null" {
            return Node::Null;
        }
        let rest = look::blank(self.bytes, self.at, LOOKED);
        let cut = rest >= self.bytes.len() || self.bytes[rest..].starts_with(b"```");
        if let Some(node) = literal(word).or_else(|| if cut { beginning(word) } else { None }) {
            self.note(if cut { Repair::Cut } else { Repair::Literal });
            return node;
        }
        if let Some(number) = completed(word, cut) {
            self.note(Repair::Number);
            return Node::Bare(Cow::Owned(number));
        }
        self.note(Repair::Unquoted);
        Node::Bare(Cow::Borrowed(word))
    }
}

/// A literal of JSON, Python or JavaScript, in any case.
fn literal(word: &str) -> Option<Node<'static>> {
    const LONGEST: usize = 9;
    if word.len() > LONGEST {
        return None;
    }
    match word.to_ascii_lowercase().as_str() {
        "true" => Some(Node::Bare(Cow::Borrowed("true"))),
        "false" => Some(Node::Bare(Cow::Borrowed("false"))),
        // As JavaScript writes NaN in JSON.
        "null" | "none" | "undefined" | "nan" => Some(Node::Null),
        _ => None,
    }
}

/// A literal of which the end is cut off.
fn beginning(word: &str) -> Option<Node<'static>> {
    let begins = |whole: &str| whole.starts_with(word);
    if begins("true") || begins("True") {
        Some(Node::Bare(Cow::Borrowed("true")))
    } else if begins("false") || begins("False") {
        Some(Node::Bare(Cow::Borrowed("false")))
    } else if begins("null") || begins("None") {
        Some(Node::Null)
    } else {
        None
    }
}

/// A number that JSON would write otherwise: `.5`, `1.`, `+1`, `1e`, and `-` at the text's end.
fn completed(word: &str, cut: bool) -> Option<String> {
    if cut && matches!(word, "-" | "+") {
        return Some("0".into());
    }
    let (sign, rest) = match word.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", word.strip_prefix('+').unwrap_or(word)),
    };
    let rest =
        rest.strip_suffix(['-', '+']).filter(|rest| rest.ends_with(['e', 'E'])).unwrap_or(rest);
    let rest = rest.strip_suffix(['e', 'E']).unwrap_or(rest);
    let lead = if rest.starts_with('.') { "0" } else { "" };
    let tail = if rest.ends_with('.') { "0" } else { "" };
    let number = format!("{sign}{lead}{rest}{tail}");
    (rest.len() > tail.len() && is_json_number(&number)).then_some(number)
}
