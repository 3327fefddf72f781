//! [`Parser::large`]: long lists as they stand, of which a tree would be many times as large.

use std::borrow::Cow;

use super::lane::{strict, strict_end};
use super::look;
use super::node::Node;
use super::parse::{Parser, Place};

/// Bytes of a list from which on it is held as it stands.
const LARGE: usize = if cfg!(test) { 1 << 6 } else { 1 << 12 };

/// Containers within which such a list is looked for: a row of a table that is a member. Each may
/// be looked at once more.
const OUTER: usize = 3;

impl<'a> Parser<'a> {
    /// Reads the list that begins here, if it is long, strict JSON and no table.
    pub(super) fn large(&mut self) -> Option<Node<'a>> {
        let start = self.at;
        let bytes = self.bytes;
        if self.open.len() > OUTER
            || self.peek() != Some(b'[')
            || bytes.len() - start < LARGE
            || bytes.get(look::space(bytes, start + 1)) == Some(&b'{')
        {
            return None;
        }
        let end = strict_end(self.text, start)?;
        let next = bytes.get(look::space(bytes, end));
        if end - start < LARGE || !matches!(next, Some(b',' | b'}')) {
            return None;
        }
        self.at = end;
        self.steps += end - start;
        Some(Node::Large(&self.text[start..end]))
    }
}

/// A list as compact JSON.
pub(super) fn compact(text: &str) -> Cow<'_, str> {
    strict(text, 0).unwrap_or(Cow::Borrowed(text))
}

/// The items of a list, in order.
pub(super) fn items(text: &str) -> impl Iterator<Item = Node<'_>> {
    let mut parser = Parser::new(text, 1);
    parser.open.push(b']');
    std::iter::from_fn(move || {
        parser.space();
        if parser.peek() == Some(b',') {
            parser.at += 1;
        }
        parser.value(Place::Item)
    })
}

/// How many items a list has, if none is a list or an object.
pub(super) fn count(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut quoted = false;
    let mut commas = 0;
    // Strict JSON without escapes: whatever stands between marks is a text.
    for byte in bytes.get(1..bytes.len().checked_sub(1)?)? {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => commas += 1,
            b'[' | b'{' if !quoted => return None,
            _ => {}
        }
    }
    Some(commas + 1)
}

#[cfg(test)]
mod tests {
    use super::super::super::{Reading, Source, read};
    use super::count;
    use crate::cell::Cell;

    fn cells<'a>(reading: &'a Reading<'_>) -> Vec<Vec<Cell<'a>>> {
        let table = &reading.tables[0];
        (0..table.len()).map(|row| table.row(row)).collect()
    }

    #[test]
    fn long_list_is_what_it_is_with_a_comma_too_many() {
        for list in [
            "1, 2.5, -3e4, \"a, [b\", true, null".repeat(8).replace("null1", "null,\n1"),
            "[1,2],[\"x\", {\"y\": [] }],[],{\"z\":null}".to_owned(),
            "\"ü\",".repeat(40) + "\"ß\"",
        ] {
            let list = format!("{list},{}", vec!["0"; 60].join(","));
            for text in [
                "{\"a\":[LIST],\"b\":1}",
                "[{\"a\": [LIST] , \"b\":1},{\"a\":[LIST]}]",
                "{\"a\":[LIST],\"b\":[LIST]}",
                "{\"a\":{\"x\":[LIST]}}",
            ] {
                let long = text.replace("LIST", &list);
                let odd = text.replace("LIST", &format!("{list},"));
                let [long, odd] =
                    [&long, &odd].map(|text| read(&Source { name: "a.json", text, expect: None }));
                assert!(long.findings.is_empty() && !odd.findings.is_empty(), "{text}");
                assert_eq!(long.tables[0].header(), odd.tables[0].header(), "{text}");
                assert_eq!(cells(&long), cells(&odd), "{text}");
            }
        }
    }

    #[test]
    fn items_are_counted_outside_of_texts() {
        assert_eq!(count("[1,\"a,b\" , null]"), Some(3));
        assert_eq!(count("[1,[2]]"), None);
    }
}
