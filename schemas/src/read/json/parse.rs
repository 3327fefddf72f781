//! [`Parser`]: one pass over a text that gives the value which its writer meant.
//!
//! Containers recurse to [`MAX_DEPTH`] and no further; every loop goes on by a byte at least; every
//! look ahead is bounded. So time is linear in the text and the stack is bounded, whatever it holds.

use std::borrow::Cow;

use super::lane::{Between, Lane};
use super::look;
use super::node::{MAX_DEPTH, Node, Object};
use super::repair::{Log, Repair};

/// Where a value stands: what may follow it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A key of an object.
    Key,
    /// A value of an object.
    Member,
    /// An item of an array, of a call's arguments, or of nothing at all.
    Item,
}

/// What a container has at its next place.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Nothing more.
    Ended,
    /// What is no value, and gone past.
    Passed,
    /// A byte that depends on the container.
    At(u8),
}

/// The closing bracket, which no text has, of what a value that is read by itself stands in.
const OUTSIDE: u8 = 0;

/// A position in a text, the containers open there, and the repairs made on the way.
#[derive(Debug)]
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) log: Log,
    /// The closing brackets awaited, the innermost last.
    pub(super) open: Vec<u8>,
    /// How many bytes were visited, by reading and by looking ahead.
    pub(super) steps: usize,
    /// What takes objects written alike, where that may be.
    pub(super) lane: Option<Box<Lane<'a>>>,
    /// Whether the text is known to be an object a line.
    pub(super) lines: bool,
}

impl<'a> Parser<'a> {
    /// A parser at a byte of a text.
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        let (log, open) = (Log::default(), Vec::new());
        Self { text, bytes: text.as_bytes(), at, log, open, steps: 0, lane: None, lines: false }
    }

    /// The same for a value of a list that is read again by itself: what stands behind it is not
    /// its own.
    pub(super) fn of_list(text: &'a str, at: usize) -> Self {
        let mut parser = Self::new(text, at);
        parser.open.push(OUTSIDE);
        parser
    }

    /// The same with a fast lane for objects written alike; the text begins at `offset` in the
    /// text that their cells count from.
    pub(super) fn with_lane(mut self, offset: usize) -> Self {
        self.lane = Some(Box::new(Lane::new(self.text, offset)));
        self
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn note(&mut self, repair: Repair) {
        let at = self.at;
        self.log.note(repair, at);
    }

    pub(super) fn awaits(&self, closer: u8) -> bool {
        self.open.contains(&closer)
    }

    /// Reads the value at this position; nothing, if none begins here.
    pub(super) fn value(&mut self, place: Place) -> Option<Node<'a>> {
        self.space();
        let byte = self.peek()?;
        match byte {
            b'{' => Some(self.container(b'}')),
            b'[' => Some(self.container(b']')),
            b'(' => Some(self.parenthesis()),
            b'}' | b']' | b')' | b',' | b':' => None,
            b'`' if self.bytes[self.at..].starts_with(b"```") => match self.code() {
                Some(code) => Some(Node::Text(code)),
                None => self.bare(place),
            },
            _ if look::opens_text(self.text, self.at) => Some(Node::Text(self.string(place))),
            _ => self.bare(place),
        }
    }

    fn container(&mut self, closer: u8) -> Node<'a> {
        if self.open.len() >= MAX_DEPTH {
            return self.too_deep();
        }
        let start = self.at;
        self.at += 1;
        self.open.push(closer);
        let node = if closer == b'}' { self.object(start, Vec::new()) } else { self.array() };
        self.open.pop();
        node
    }

    /// The members of an object up to its end, after those that are there already.
    pub(super) fn object(
        &mut self,
        start: usize,
        mut members: Vec<(Cow<'a, str>, Node<'a>)>,
    ) -> Node<'a> {
        // Words where keys should be; a set if there is nothing else.
        let mut words: Vec<Node<'a>> = Vec::new();
        let mut comma = true;
        loop {
            let step = self.step(b'}', &mut comma, members.is_empty());
            let before = self.at;
            match step {
                Step::Ended if self.ended_early(&members) => {
                    self.note(Repair::WrongBracket);
                    continue;
                }
                Step::Ended => break,
                Step::Passed => continue,
                Step::At(b']') if self.is_brace_meant() => {
                    self.note(Repair::WrongBracket);
                    self.at += 1;
                    break;
                }
                Step::At(b']') if self.awaits(b']') && !self.is_bracket_doubled() => {
                    self.note(Repair::MissingBracket);
                    break;
                }
                Step::At(b']') => {
                    self.note(Repair::WrongBracket);
                    let more = self.goes_on_behind(words.is_empty());
                    self.at += 1;
                    if !more {
                        break;
                    }
                    // `"a": 1, 2, 3]`: a list whose bracket is missing.
                    if let (Some((_, value)), false) = (members.last_mut(), words.is_empty()) {
                        let first = std::mem::replace(value, Node::Null);
                        let all = std::iter::once(first).chain(words.drain(..));
                        *value = Node::Array(all.collect());
                    }
                }
                Step::At(b'{')
                    if members.is_empty() && words.is_empty() && self.is_key_inside() =>
                {
                    // The bracket before it stands twice.
                    self.note(Repair::WrongBracket);
                    self.at += 1;
                }
                Step::At(b'{') if comma && self.is_list(&members) => {
                    self.note(Repair::MissingBracket);
                    comma = false;
                    self.listed(&mut members);
                }
                Step::At(b'{' | b'[') if self.again(&mut members) => comma = false,
                Step::At(b'{') if !members.is_empty() || self.awaits(b']') => {
                    self.log.note(Repair::MissingBracket, start);
                    break;
                }
                Step::At(b'{' | b'(' | b')' | b':') => {
                    self.note(Repair::WrongBracket);
                    self.at += 1;
                }
                Step::At(_) => {
                    if !comma {
                        self.note(Repair::MissingComma);
                    }
                    comma = false;
                    let count = members.len();
                    self.member(&mut members, &mut words);
                    if members.len() > count {
                        words.drain(..).for_each(|_| self.note(Repair::Stray));
                    }
                }
            }
            if self.at == before {
                self.at += look::width(self.bytes, before);
            }
        }
        if members.is_empty() && words.len() > 1 {
            self.note(Repair::WrongBracket);
            return Node::Array(words);
        }
        for _ in &words {
            self.note(Repair::Stray);
        }
        Node::Object(Object { start, members })
    }

    fn member(&mut self, members: &mut Vec<(Cow<'a, str>, Node<'a>)>, words: &mut Vec<Node<'a>>) {
        let (key, quoted) = if look::opens_text(self.text, self.at) {
            (self.string(Place::Key), true)
        } else {
            match self.bare_key() {
                Some(key) => (key, false),
                None => return,
            }
        };
        self.space();
        match self.peek() {
            None => {
                self.note(Repair::NoValue);
                return;
            }
            Some(b':' | b'=') => {
                while matches!(self.peek(), Some(b':' | b'=')) {
                    self.at += 1;
                }
                if self.peek() == Some(b'>') {
                    self.at += 1;
                }
            }
            // A comma where the colon should be.
            Some(b',')
                if quoted
                    && members.is_empty()
                    && words.is_empty()
                    && self
                        .bytes
                        .get(look::space(self.bytes, self.at + 1))
                        .is_some_and(u8::is_ascii_digit) =>
            {
                self.note(Repair::MissingColon);
                self.at += 1;
            }
            Some(b',' | b'}' | b']') => {
                words.push(if quoted { Node::Text(key) } else { Node::Bare(key) });
                return;
            }
            Some(_) => self.note(Repair::MissingColon),
        }
        self.space();
        if self.at >= self.bytes.len() {
            self.note(Repair::NoValue);
            return;
        }
        let from = self.at;
        let value = self.large().or_else(|| self.value(Place::Member));
        let mut value = value.unwrap_or_else(|| {
            self.note(Repair::NoValue);
            Node::Null
        });
        if matches!(value, Node::Text(_)) && self.opens_late(from) {
            self.at = from;
            self.note(Repair::MissingBracket);
            self.open.push(b'}');
            value = self.object(from, Vec::new());
            self.open.pop();
        }
        if !members.is_empty() && self.is_cut(&value) {
            value = Node::Null;
        }
        members.push((key, value));
    }

    fn array(&mut self) -> Node<'a> {
        let mut items = Vec::new();
        let mut comma = true;
        let mut last = self.at;
        loop {
            let step = self.step(b']', &mut comma, items.is_empty());
            let before = self.at;
            match step {
                Step::Ended => break,
                Step::Passed => continue,
                Step::At(b'}') if self.is_brace_doubled(&items) => {
                    self.note(Repair::WrongBracket);
                    self.at += 1;
                }
                Step::At(b'}') if self.awaits(b'}') => {
                    if look::key_follows(self.bytes, self.at + 1, &mut self.steps) {
                        self.note(Repair::WrongBracket);
                        self.at += 1;
                    } else {
                        self.note(Repair::MissingBracket);
                    }
                    break;
                }
                Step::At(b'}' | b')') => {
                    self.note(Repair::WrongBracket);
                    self.at += 1;
                }
                Step::At(b':')
                    if matches!(items[..], [.., _, Node::Text(_)]) && self.is_brace_next() =>
                {
                    // What stands before the colon is a key of the object round the array.
                    self.note(Repair::MissingBracket);
                    self.at = last;
                    items.pop();
                    if let [Node::Array(_)] = items[..] {
                        return items.remove(0);
                    }
                    break;
                }
                Step::At(b':') => {
                    self.at += 1;
                    self.keyed(before, &mut items);
                }
                Step::At(byte) => {
                    if !comma {
                        self.note(Repair::MissingComma);
                    }
                    comma = false;
                    last = self.at;
                    if matches!(items.last(), Some(Node::Array(_)))
                        && self.open.len() < MAX_DEPTH
                        && !matches!(byte, b'[' | b'{')
                        && !self.is_within_array()
                        && look::closes_before_next(self.bytes, self.at)
                    {
                        self.note(Repair::MissingBracket);
                        self.open.push(b']');
                        let row = self.array();
                        self.open.pop();
                        items.push(row);
                        continue;
                    }
                    if byte == b'{' {
                        self.objects(Between::Comma, &mut items);
                    } else if let Some(item) = self.value(Place::Item)
                        && (items.is_empty() || !self.is_cut(&item))
                    {
                        items.push(item);
                    }
                }
            }
            if self.at == before {
                self.at += look::width(self.bytes, before);
            }
        }
        Node::Array(items)
    }

    /// Goes past blanks, and on by what any container may hold at the next place that is no value:
    /// its end, a comma, words left out.
    fn step(&mut self, closer: u8, comma: &mut bool, empty: bool) -> Step {
        self.space();
        let Some(byte) = self.peek() else {
            self.note(Repair::Cut);
            return Step::Ended;
        };
        match byte {
            _ if byte == closer => {
                if *comma && !empty {
                    self.note(Repair::ExtraComma);
                }
                self.at += 1;
                Step::Ended
            }
            b')' if self.awaits(b')') => {
                self.note(Repair::MissingBracket);
                Step::Ended
            }
            b',' | b';' => {
                if *comma {
                    self.note(Repair::ExtraComma);
                }
                *comma = true;
                self.at += 1;
                Step::Passed
            }
            _ if self.ellipsis() || self.fence() => Step::Passed,
            _ => Step::At(byte),
        }
    }

    /// A value in parentheses is itself; several are an array.
    fn parenthesis(&mut self) -> Node<'a> {
        if self.open.len() >= MAX_DEPTH {
            return self.too_deep();
        }
        let start = self.at;
        let mut items = self.arguments();
        self.log.note(if items.len() == 1 { Repair::Wrapper } else { Repair::WrongBracket }, start);
        if items.len() == 1 { items.pop().unwrap_or(Node::Null) } else { Node::Array(items) }
    }

    /// A container beyond the depth, as the text that it is.
    fn too_deep(&mut self) -> Node<'a> {
        self.note(Repair::Depth);
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.at += 1;
                    while let Some(byte) = self.peek() {
                        self.at += 1 + usize::from(byte == b'\\');
                        if byte == b'"' {
                            break;
                        }
                    }
                    continue;
                }
                b'{' | b'[' | b'(' => depth += 1,
                b'}' | b']' | b')' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        break;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        self.at = look::boundary(self.text, self.at);
        self.steps += self.at - start;
        Node::Text(Cow::Borrowed(&self.text[start..self.at]))
    }

    /// Goes past blanks and comments.
    pub(super) fn space(&mut self) {
        loop {
            let from = self.at;
            self.at = look::blank(self.bytes, from, usize::MAX);
            self.steps += self.at - from + 1;
            let end = look::comment(self.bytes, self.at, usize::MAX);
            if end == self.at {
                break;
            }
            self.note(Repair::Comment);
            self.steps += end - self.at;
            self.at = end;
        }
    }

    /// Goes past `...` or `…`, and past the words behind it that say what was left out.
    fn ellipsis(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let length = if rest.starts_with("...") {
            rest.bytes().take_while(|byte| *byte == b'.').count()
        } else if rest.starts_with('…') {
            '…'.len_utf8()
        } else {
            return false;
        };
        self.note(Repair::Ellipsis);
        self.at += length;
        let end = look::remark(self.bytes, self.at);
        self.steps += end - self.at;
        self.at = end;
        true
    }

    /// Goes past the three backticks of a fence and its word.
    fn fence(&mut self) -> bool {
        if !self.bytes[self.at..].starts_with(b"```") {
            return false;
        }
        self.note(Repair::Stray);
        self.at += self.bytes[self.at..].iter().take_while(|byte| **byte == b'`').count();
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            self.at += 1;
        }
        true
    }
}
