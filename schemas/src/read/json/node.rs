//! [`Node`]: a value of JSON as it was read, borrowing the text where nothing had to be mended.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::lane::Run;
use super::large;

/// Containers within containers that are read as such; what lies deeper stays text. Below
/// `serde_json`'s limit of 128, so that a cell's compact JSON can be read again.
pub(super) const MAX_DEPTH: usize = 100;

/// One value. Its depth is at most [`MAX_DEPTH`], so walking it may recurse.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node<'a> {
    /// `null`, `None`, or a key whose value is missing.
    Null,
    /// A number, `true`, `false`, or words that nobody quoted.
    Bare(Cow<'a, str>),
    /// Quoted text, its escapes resolved.
    Text(Cow<'a, str>),
    /// Keys and values in the order of the text.
    Object(Object<'a>),
    /// Items in order.
    Array(Vec<Node<'a>>),
    /// A large array, as it stands, that is strict JSON and whose first item is no object.
    Large(&'a str),
    /// Several flat objects: among items or beside each other, never a value of its own.
    Rows(Box<Run<'a>>),
}

/// An object and where it stood.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Object<'a> {
    /// The byte at which it began.
    pub(super) start: usize,
    /// Its members in order; a key may come twice.
    pub(super) members: Vec<(Cow<'a, str>, Node<'a>)>,
}

impl Node<'_> {
    /// The value as compact JSON; bare words become strings.
    pub(super) fn compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// Whether it is an object or an array.
    pub(super) fn is_nested(&self) -> bool {
        matches!(self, Self::Object(_) | Self::Array(_) | Self::Large(_) | Self::Rows(_))
    }

    /// How many values it stands for.
    pub(super) fn count(&self) -> usize {
        if let Self::Rows(run) = self { run.len() } else { 1 }
    }

    /// The same value, owning its text.
    pub(super) fn into_owned(self) -> Node<'static> {
        match self {
            Self::Null => Node::Null,
            Self::Bare(text) => Node::Bare(Cow::Owned(text.into_owned())),
            Self::Text(text) => Node::Text(Cow::Owned(text.into_owned())),
            Self::Array(items) => {
                Node::Array(each(items).into_iter().map(Node::into_owned).collect())
            }
            Self::Large(text) => Node::Array(large::items(text).map(Node::into_owned).collect()),
            Self::Rows(run) => Node::Array(run.objects().map(Node::into_owned).collect()),
            Self::Object(Object { start, members }) => Node::Object(Object {
                start,
                members: (members.into_iter())
                    .map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned()))
                    .collect(),
            }),
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bare(text) if is_json_word(text) => out.push_str(text),
            Self::Bare(text) | Self::Text(text) => write_string(text, out),
            Self::Array(items) => {
                out.push('[');
                for (number, item) in items.iter().enumerate() {
                    if number > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Large(text) => out.push_str(&large::compact(text)),
            Self::Rows(run) => {
                for (number, object) in run.objects().enumerate() {
                    if number > 0 {
                        out.push(',');
                    }
                    object.write(out);
                }
            }
            Self::Object(object) => {
                out.push('{');
                for (number, (key, value)) in object.members.iter().enumerate() {
                    if number > 0 {
                        out.push(',');
                    }
                    write_string(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// Values of which each stands for one.
pub(super) fn each(nodes: Vec<Node<'_>>) -> Vec<Node<'_>> {
    if !nodes.iter().any(|node| matches!(node, Node::Rows(_))) {
        return nodes;
    }
    let mut all = Vec::with_capacity(nodes.iter().map(Node::count).sum());
    for node in nodes {
        match node {
            Node::Rows(run) => all.extend(run.objects()),
            node => all.push(node),
        }
    }
    all
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

fn is_json_word(text: &str) -> bool {
    matches!(text, "true" | "false") || is_json_number(text)
}

/// Whether a text is a number by the grammar of RFC 8259.
pub(super) fn is_json_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        let from = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        (at > from).then_some(at)
    };
    let start = usize::from(bytes.first() == Some(&b'-'));
    let Some(mut at) = digits(start) else { return false };
    if at > start + 1 && bytes[start] == b'0' {
        return false;
    }
    if bytes.get(at) == Some(&b'.') {
        let Some(next) = digits(at + 1) else { return false };
        at = next;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let Some(next) = digits(at + 1 + sign) else { return false };
        at = next;
    }
    at == bytes.len()
}
