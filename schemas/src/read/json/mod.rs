//! JSON as tables, however broken: one tolerant pass from text to values, and values to tables.

use std::borrow::Cow;

use self::lane::Between;
use self::node::Node;
use self::parse::{Parser, Place};
use self::repair::{Log, Repair};
use super::{Reading, Source};

mod alike;
mod bare;
mod brackets;
mod cut;
mod ends;
mod expected;
mod groups;
mod grown;
mod lane;
mod large;
pub(crate) mod lines;
mod look;
mod names;
mod node;
mod objects;
mod parse;
mod records;
mod repair;
mod string;
#[cfg(test)]
mod tests;
mod told;

/// A value that stands alone in a text.
#[derive(Debug)]
struct Root<'a> {
    node: Node<'a>,
    /// Whether words stand between it and the value before it.
    apart: bool,
}

/// The values of a text and what was mended in them.
#[derive(Debug, Default)]
pub(crate) struct Values<'a> {
    roots: Vec<Root<'a>>,
    log: Log,
    /// Whether they stand beside data and are but told of.
    aside: bool,
}

/// What was found to be data at a place of a text.
#[derive(Debug, Default)]
pub(super) struct Extent<'a> {
    /// Where the data ends; nothing, if there is none.
    pub(super) end: Option<usize>,
    /// The byte up to which the text was read to know.
    pub(super) read: usize,
    /// What it says.
    pub(super) values: Values<'a>,
}

/// Longest run of marks between two values that still belong together: `,`, `2.`, `-`.
const THIN: usize = 16;

/// Reads a block of JSON: an array of objects is a table; an object that directly holds such arrays
/// is those tables; any other object is a row, and objects alike that stand in a row are rows of one
/// table; an array of anything else is a table of one column, `item`.
///
/// What had to be mended on the way is in the findings, at the row where it stood. Of a text that
/// is cut off all whole members are kept.
pub fn read<'a>(text: &'a str, source: &Source<'a>) -> Reading<'a> {
    if let Some(inner) = unwrapped(text) {
        let Values { roots, mut log, .. } = values(Parser::new(&inner, 0));
        log.note(Repair::Escaped, 0);
        let owned = roots.into_iter().map(|root| (root.node.into_owned(), root.apart)).collect();
        return records::reading(owned, &log, source);
    }
    tables(values(parser(text, source)), source)
}

/// The tables that values read before are.
pub(super) fn tables<'a>(values: Values<'a>, source: &Source<'a>) -> Reading<'a> {
    if values.aside {
        let nodes: Vec<&Node<'_>> = values.roots.iter().map(|root| &root.node).collect();
        return Reading { tables: Vec::new(), findings: vec![told::beside(&nodes)] };
    }
    let roots = values.roots.into_iter().map(|root| (root.node, root.apart)).collect();
    records::reading(roots, &values.log, source)
}

/// The first value of the text from a byte on and the byte behind what was read, if it is an object
/// or an array that looks like data: as JSON that `serde_json` reads.
pub(crate) fn first(text: &str, at: usize) -> Option<(serde_json::Value, usize)> {
    if !begins(text, at) {
        return None;
    }
    let mut parser = Parser::new(text, at);
    let node = parser.value(Place::Item)?;
    let is_data = records::is_data(&node, &parser.log, Fenced::Yes);
    let value = serde_json::from_str(&node.compact()).ok().filter(|_| is_data)?;
    Some((value, parser.at))
}

impl Values<'_> {
    /// Whether there are objects among them.
    pub(super) fn hold_rows(&self) -> bool {
        let holds = |node: &Node<'_>| match node {
            Node::Array(items) => items.iter().any(records::is_row),
            node => records::is_row(node),
        };
        self.roots.iter().any(|root| holds(&root.node))
    }

    /// Whether they are but lists of single values.
    pub(super) fn are_lists(&self) -> bool {
        let is_list = |node: &Node<'_>| matches!(node, Node::Array(items) if !items.iter().any(Node::is_nested));
        !self.roots.is_empty() && self.roots.iter().all(|root| is_list(&root.node))
    }

    /// Leaves them out of the tables, with a note on the table that comes next.
    pub(super) fn set_aside(&mut self) {
        self.aside = true;
    }
}

/// A parser of a text: with a lane, if the text is a part of the source's.
fn parser<'a>(text: &'a str, source: &Source<'a>) -> Parser<'a> {
    let mut parser = Parser::new(text, 0);
    parser.lines = source.is_lines_file();
    let whole = source.text.as_bytes().as_ptr_range();
    let part = text.as_bytes().as_ptr_range();
    if whole.start <= part.start && part.end <= whole.end {
        parser.with_lane(part.start as usize - whole.start as usize)
    } else {
        parser
    }
}

/// The JSON that begins at a byte of a source's text and, with it, all the values that follow
/// without words between, unless it is no data: a placeholder in braces, a citation, code.
pub(super) fn extent(text: &str, at: usize, fenced: Fenced) -> Extent<'_> {
    let mut extent = Extent { read: at, ..Extent::default() };
    // Where a value stands to which no byte comes before the next.
    let mut glued = None;
    let mut parser = Parser::new(text, at).with_lane(0);
    let mut nodes = Vec::new();
    loop {
        parser.space();
        let from = parser.at;
        if parser.peek() == Some(b'{') {
            parser.objects(Between::Blanks, &mut nodes);
        } else {
            nodes.extend(parser.value(Place::Item));
        }
        let log = std::mem::take(&mut parser.log);
        extent.read = parser.at;
        // Of several objects at once, all are as much data as the last.
        let mut news = nodes.drain(..);
        if !news.len().gt(&0)
            || !news.as_slice().iter().all(|node| records::is_data(node, &log, fenced))
        {
            break;
        }
        let roots = &mut extent.values.roots;
        if glued == Some(from)
            && let ([new], Some(old)) = (news.as_slice(), roots.last())
            && grown::outgrows(new, &old.node)
        {
            roots.pop();
            extent.values.log.note(Repair::Outgrown, from);
        }
        roots.extend(news.by_ref().map(|node| Root { node, apart: false }));
        extent.values.log.append(&log);
        extent.end = Some(parser.at);
        glued = extent.end;
        let Some(next) = thin(text, parser.at) else { break };
        if !begins(text, next) {
            break;
        }
        let end = parser.at;
        parser.space();
        parser.at = parser.at.max(end);
        stray(&mut extent.values.log, text, parser.at, next);
        extent.values.log.append(&std::mem::take(&mut parser.log));
        parser.at = next;
        debug_assert!(next > from);
    }
    extent
}

/// Whether a text stands in a fence, where less evidence is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fenced {
    /// Between three backticks.
    Yes,
    /// Between words.
    No,
}

/// Whether an object or an array could begin at a byte: a bracket, and behind it a key, an item or
/// the end.
pub(super) fn begins(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let next = look::space(bytes, at + 1);
    match (bytes.get(at), bytes.get(next)) {
        (Some(b'{' | b'['), None | Some(b'"' | b'\'' | b'{' | b'['))
        | (Some(b'{'), Some(b'}'))
        | (Some(b'['), Some(b']' | b'-' | b'0'..=b'9')) => true,
        (Some(b'{' | b'['), Some(b'`')) => {
            bytes[next..].starts_with(b"```") || look::key_at(bytes, next)
        }
        (Some(b'{'), Some(b',')) => look::key_at(bytes, look::space(bytes, next + 1)),
        (Some(b'{' | b'['), Some(b'\\')) => is_escaped(&bytes[at..]),
        (Some(b'{'), Some(_)) => {
            look::key_at(bytes, next)
                || look::is_curly(bytes, next)
                || look::word_and_text(text, next)
        }
        (Some(b'['), Some(_)) => {
            look::opens_text(text, next)
                || ["true", "false", "null", "None", "True", "False"]
                    .iter()
                    .any(|word| bytes[next..].starts_with(word.as_bytes()))
        }
        _ => false,
    }
}

/// Where blanks and comments end from a byte on.
pub(super) fn past_space(text: &str, at: usize) -> usize {
    let mut parser = Parser::new(text, at);
    parser.space();
    parser.at
}

/// All values of a text.
fn values(mut parser: Parser<'_>) -> Values<'_> {
    let text = parser.text;
    let mut roots: Vec<Root<'_>> = Vec::new();
    let mut nodes = Vec::new();
    let mut apart = false;
    let mut glued = None;
    loop {
        parser.space();
        match parser.peek() {
            None => break,
            Some(byte @ (b'{' | b'[')) => {
                // Behind words a bracket needs to look like data; nothing else was seen yet
                // otherwise.
                let before = parser.log.count();
                if apart && !roots.is_empty() && !begins(text, parser.at) {
                    parser.at += 1;
                    continue;
                }
                let start = parser.at;
                if byte == b'{' && !apart {
                    nodes.extend(roots.pop_if(|root| !root.apart).map(|root| root.node));
                    parser.objects(Between::Blanks, &mut nodes);
                    roots.extend(nodes.drain(..).map(|node| Root { node, apart: false }));
                } else if let Some(node) = parser.cut().or_else(|| parser.value(Place::Item)) {
                    let doubtful = apart && !roots.is_empty() && parser.log.count() > before;
                    if !doubtful || records::is_data(&node, &parser.log, Fenced::No) {
                        let old = roots.pop_if(|old| {
                            glued == Some(start) && grown::outgrows(&node, &old.node)
                        });
                        if old.is_some() {
                            parser.log.note(Repair::Outgrown, start);
                        }
                        roots.push(Root { node, apart });
                    }
                }
                parser.at = parser.at.max(start + 1);
                glued = Some(parser.at);
                apart = false;
            }
            Some(_) => {
                let start = parser.at;
                let next = memchr::memchr2(b'{', b'[', &parser.bytes[start..]);
                parser.at = next.map_or(parser.bytes.len(), |next| start + next);
                apart = !is_thin(&text[start..parser.at]);
                if next.is_some() || !roots.is_empty() {
                    stray(&mut parser.log, text, start, parser.at);
                }
            }
        }
    }
    if roots.is_empty() {
        let mut parser = Parser::new(text, 0);
        if let Some(node) = parser.value(Place::Item) {
            return Values {
                roots: vec![Root { node, apart: false }],
                log: parser.log,
                aside: false,
            };
        }
    }
    Values { roots, log: parser.log, aside: false }
}

/// Notes what stands between two values and is neither a comma nor the like.
fn stray(log: &mut Log, text: &str, from: usize, to: usize) {
    let mark = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '`');
    let rest = text[from..to].trim_matches(mark);
    if rest.is_empty() {
        return;
    }
    let closing = rest.bytes().all(|byte| matches!(byte, b'}' | b']' | b')'));
    log.note(if closing { Repair::WrongBracket } else { Repair::Stray }, from);
}

/// The next opening bracket, if only marks stand before it.
fn thin(text: &str, at: usize) -> Option<usize> {
    let start = past_space(text, at);
    let rest = &text.as_bytes()[start..];
    let next = rest.iter().take(THIN).position(|byte| matches!(byte, b'{' | b'['))?;
    is_thin(&text[start..start + next]).then_some(start + next)
}

fn is_thin(gap: &str) -> bool {
    let mark = |byte: u8| {
        byte.is_ascii_whitespace() || byte.is_ascii_digit() || b",;.-*)]}:".contains(&byte)
    };
    gap.len() <= THIN && gap.bytes().all(mark)
}

/// What a text says that is JSON within a string: `"{\"a\": 1}"`, with or without its outer marks.
pub(super) fn unwrapped(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    let bytes = text.as_bytes();
    if let Some(inner) = text.strip_prefix('"') {
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        let whole = inner.trim_start().starts_with(['{', '[']);
        return (whole && is_escaped(inner.as_bytes())).then(|| string::unescape(inner).into());
    }
    is_escaped(bytes).then(|| string::unescape(text).into())
}

/// Whether the first quotation mark behind the brackets at the beginning is escaped.
fn is_escaped(bytes: &[u8]) -> bool {
    let mut at = 0;
    let mut opened = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => opened = true,
            b'\\' if matches!(bytes.get(at + 1), Some(b'n' | b't' | b'r')) => at += 1,
            b'\\' => return opened && bytes.get(at + 1) == Some(&b'"'),
            byte if byte.is_ascii_whitespace() => {}
            _ => return false,
        }
        at += 1;
    }
    false
}
