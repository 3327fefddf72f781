//! Brackets that are missing, too many or of the wrong form: what they were meant to close, by what
//! comes next.

use std::borrow::Cow;

use super::look;
use super::node::{MAX_DEPTH, Node};
use super::parse::{Parser, Place};
use super::repair::Repair;

/// Bytes looked through for the next bracket that nothing opened.
const REACH: usize = 1024;
/// Members that a key is compared with, so that an object which ends again and again is read once.
const COMPARED: usize = 64;

impl<'a> Parser<'a> {
    /// Whether the object that just ended goes on: a key follows, which nothing round it takes.
    pub(super) fn ended_early(&mut self, members: &[(Cow<'a, str>, Node<'a>)]) -> bool {
        if self.at == 0 || self.bytes[self.at - 1] != b'}' {
            return false;
        }
        let next = look::space(self.bytes, self.at);
        self.steps += next - self.at + 1;
        if self.bytes.get(next) != Some(&b',') {
            return false;
        }
        let key = look::space(self.bytes, next + 1);
        let quoted = matches!(self.bytes.get(key), Some(b'"' | b'\''));
        if !quoted || !look::key_at(self.bytes, key) {
            return false;
        }
        // No object says one thing twice; of very wide ones the first members tell.
        let said = |name: &str| {
            let rest = self.text[key + 1..].strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with(['"', '\'']))
        };
        if members.iter().take(COMPARED).any(|(name, _)| said(name)) {
            return false;
        }
        match self.open[..] {
            [_] => true,
            [.., b'}', b']', _] => match self.closer(key) {
                Some((b'}', behind)) => self.is_item_behind(behind),
                _ => false,
            },
            [.., b']', _] => matches!(self.closer(key), Some((b'}', _))),
            _ => false,
        }
    }

    /// Whether the bracket here closes an object in a list of them, of which more follow.
    pub(super) fn is_brace_meant(&self) -> bool {
        let parents = &self.open[..self.open.len().saturating_sub(1)];
        matches!(parents, [b']'] | [.., b'}', b']']) && self.is_object_behind(self.at + 1)
    }

    /// Whether the brace here closes an object of a list a second time: more of them follow.
    pub(super) fn is_brace_doubled(&self, items: &[Node<'a>]) -> bool {
        matches!(items.last(), Some(Node::Object(_) | Node::Rows(_)))
            && matches!(self.open[..], [b'}', b']'] | [.., b'}', b'}', b']'])
            && self.is_object_behind(self.at + 1)
    }

    /// Whether the bracket here closes a list a second time: a key follows, which nothing round the
    /// object takes that is being read.
    pub(super) fn is_bracket_doubled(&mut self) -> bool {
        let parents = &self.open[..self.open.len().saturating_sub(1)];
        matches!(parents, [b']'] | [.., b']', b']'])
            && look::key_follows(self.bytes, self.at + 1, &mut self.steps)
    }

    /// Whether the next bracket that nothing opens from here on is that of the object round the
    /// array which is being read.
    pub(super) fn is_brace_next(&mut self) -> bool {
        matches!(self.open[..], [.., b'}', b']'])
            && matches!(self.closer(self.at), Some((b'}', behind)) if !self.is_item_behind(behind))
    }

    /// Whether the object goes on behind the bracket here, which nothing opened: it does not where
    /// the bracket stands for the object's own.
    pub(super) fn goes_on_behind(&mut self, alone: bool) -> bool {
        let behind = self.at + 1;
        let next = look::space(self.bytes, behind);
        let nested = matches!(self.open[..], [.., b'}', b'}']);
        let twice = self.text[..self.at].trim_ascii_end().ends_with(']');
        if nested && alone && !twice {
            return false;
        }
        self.bytes.get(next) == Some(&b'}')
            || look::key_follows(self.bytes, behind, &mut self.steps)
    }

    /// Whether the text that was read as a value from a byte on is the first key of an object
    /// whose bracket is missing.
    pub(super) fn opens_late(&self, from: usize) -> bool {
        let next = look::space(self.bytes, self.at);
        self.bytes.get(next) == Some(&b':')
            && look::key_at(self.bytes, from)
            && self.open.len() < MAX_DEPTH
    }

    /// Whether a key stands behind the bracket here.
    pub(super) fn is_key_inside(&self) -> bool {
        look::key_at(self.bytes, look::space(self.bytes, self.at + 1))
    }

    /// Whether an object behind these members is one more of a list that no bracket opened.
    pub(super) fn is_list(&self, members: &[(Cow<'a, str>, Node<'a>)]) -> bool {
        let objects = |node: &Node<'_>| match node {
            Node::Object(_) => true,
            Node::Array(items) => {
                matches!(items.last(), Some(Node::Object(_) | Node::Rows(_)))
            }
            _ => false,
        };
        members.last().is_some_and(|(_, value)| objects(value)) && !self.awaits(b']')
    }

    /// Reads the object that begins here into the list that the last member is.
    pub(super) fn listed(&mut self, members: &mut [(Cow<'a, str>, Node<'a>)]) {
        if self.open.len() >= MAX_DEPTH {
            return;
        }
        let (Some(object), Some((_, value))) = (self.value(Place::Item), members.last_mut()) else {
            return;
        };
        match value {
            Node::Array(items) => items.push(object),
            first => *first = Node::Array(vec![std::mem::replace(first, Node::Null), object]),
        }
    }

    /// Whether the array being read is an item of another, where `],[` is as it should be.
    pub(super) fn is_within_array(&self) -> bool {
        matches!(self.open[..], [.., b']', _])
    }

    /// After a colon in an array: the item before it was a key of an object without brackets.
    pub(super) fn keyed(&mut self, start: usize, items: &mut Vec<Node<'a>>) {
        let Some(Node::Text(_)) = items.last() else {
            self.note(Repair::Stray);
            return;
        };
        let Some(Node::Text(key)) = items.pop() else { return };
        self.note(Repair::MissingBracket);
        if self.open.len() >= MAX_DEPTH {
            items.push(Node::Text(key));
            return;
        }
        let value = self.value(Place::Member).unwrap_or(Node::Null);
        self.open.push(b'}');
        let object = self.object(start, vec![(key, value)]);
        self.open.pop();
        items.push(object);
    }

    fn is_object_behind(&self, at: usize) -> bool {
        let next = look::space(self.bytes, at);
        self.bytes.get(next) == Some(&b',')
            && self.bytes.get(look::space(self.bytes, next + 1)) == Some(&b'{')
    }

    /// Whether one more object of a list or the list's end stands at a byte, after a comma or not.
    fn is_item_behind(&self, at: usize) -> bool {
        let next = look::space(self.bytes, at);
        let comma = self.bytes.get(next) == Some(&b',');
        let next = if comma { look::space(self.bytes, next + 1) } else { next };
        matches!((comma, self.bytes.get(next)), (_, Some(b']')) | (true, Some(b'{')))
    }

    /// The first closing bracket from a byte on that nothing opens there, and the byte behind it.
    fn closer(&mut self, from: usize) -> Option<(u8, usize)> {
        let limit = (from + REACH).min(self.bytes.len());
        let mut depth = 0_usize;
        let mut quoted = false;
        let mut at = from;
        while at < limit {
            match self.bytes[at] {
                b'\\' => at += 1,
                b'"' => quoted = !quoted,
                _ if quoted => {}
                b'{' | b'[' => depth += 1,
                byte @ (b'}' | b']') if depth == 0 => {
                    self.steps += at - from;
                    return Some((byte, at + 1));
                }
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        self.steps += at - from;
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::read::{Source, read};

    #[test]
    fn object_that_ends_again_and_again_is_read_once() {
        let members: Vec<String> = (0..100_000).map(|at| format!("\"k{at}\": {at}}}")).collect();
        let text = format!("{{{}", members.join(", "));
        let reading = read(&Source { name: "a.json", text: &text, expect: None });
        let table = &reading.tables[0];
        assert_eq!((table.header().len(), table.len()), (100_000, 1));
    }
}
