//! [`Parser::cut`]: an object that ends with its line although it is not whole, where lines of JSON
//! follow.

use super::look;
use super::node::{Node, is_json_number};
use super::parse::{Parser, Place};
use super::repair::Repair;

/// Lines behind one that is not whole of which none may belong to its object.
const LOOKED: usize = 4;

/// What stands in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// An object and nothing behind it.
    Whole,
    /// The beginning of an object.
    Begun,
    /// An item of a list, the end of a container, a key: part of an object of several lines.
    Inner,
    /// Anything else.
    Other,
}

impl<'a> Parser<'a> {
    /// Reads the object that begins here to the end of its line, if it is open there and what
    /// follows are lines of objects rather than the rest of it.
    pub(super) fn cut(&mut self) -> Option<Node<'a>> {
        let bytes = self.bytes;
        if !self.open.is_empty() || self.peek() != Some(b'{') {
            return None;
        }
        let column = column(bytes, self.at)?;
        let closed = closed(bytes, self.at);
        let (Ok(end) | Err(end)) = closed;
        self.steps += end - self.at;
        if closed.is_ok() || !self.is_among_lines(column, end) {
            return None;
        }
        let start = self.at;
        let mut line = Parser::new(&self.text[..end], start);
        let node = line.value(Place::Item)?;
        self.at = line.at;
        self.steps += line.steps;
        if line.log.forget(Repair::Cut) {
            line.log.note(Repair::CutLine, start);
        }
        self.log.append(&line.log);
        Some(node)
    }

    /// Whether the line that ends at a byte and whose first mark stands in a column is one of
    /// several of which each holds an object.
    fn is_among_lines(&mut self, column: usize, end: usize) -> bool {
        let bytes = self.bytes;
        let key = look::key_of(self.text, self.at);
        let mut at = end;
        // No key goes on in the next line.
        let mut alike =
            key.is_none() && look::opens_text(self.text, look::space(bytes, self.at + 1));
        for number in 0..LOOKED {
            let first = look::blank(bytes, at, usize::MAX);
            if first >= bytes.len() {
                if number == 0 {
                    return false;
                }
                break;
            }
            let (line, end) = line(bytes, first);
            self.steps += end - at;
            let indent = self::column(bytes, first).unwrap_or(usize::MAX);
            match line {
                Line::Inner => return false,
                Line::Whole | Line::Begun if indent > column => return false,
                Line::Whole | Line::Begun => {
                    alike |= key.is_some() && key == look::key_of(self.text, first);
                }
                Line::Other if number == 0 => return false,
                Line::Other => {}
            }
            at = end;
        }
        // Items of a list that were written without commas look the same.
        self.lines || alike || is_behind_whole(&bytes[..self.at])
    }

    /// Whether a value is a number that more digits would make another one, for the text ends in
    /// it: that is no cell, except where it is all that its container has. In a list that is a cell
    /// as a whole it stays.
    pub(super) fn is_cut(&mut self, value: &Node<'_>) -> bool {
        if self.at < self.bytes.len() || !matches!(value, Node::Bare(word) if is_json_number(word))
        {
            return false;
        }
        let within = self.open.last() == Some(&b']') && self.awaits(b'}');
        self.note(if within { Repair::CutItem } else { Repair::CutNumber });
        !within
    }
}

/// How many blanks stand before a byte in its line, if nothing else does.
fn column(bytes: &[u8], at: usize) -> Option<usize> {
    let before = bytes[..at].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    (at == before || bytes[at - before - 1] == b'\n').then_some(before)
}

/// The byte behind the object that begins at a byte, or the end of its line, if it ends later.
fn closed(bytes: &[u8], start: usize) -> Result<usize, usize> {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => break,
            b'"' => quoted = !quoted,
            b'\\' if quoted && bytes.get(at + 1) != Some(&b'\n') => at += 1,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    Err(at.min(bytes.len()))
}

/// What stands in the line whose first mark is at a byte, and the byte up to which it was looked at.
fn line(bytes: &[u8], first: usize) -> (Line, usize) {
    let rest = |at: usize| memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
    match bytes[first] {
        b'{' => {
            let key = look::blank(bytes, first + 1, LOOKED);
            if bytes.get(key) != Some(&b'}') && !look::key_at(bytes, key) {
                return (Line::Begun, rest(first));
            }
            let end = match closed(bytes, first) {
                Ok(end) => end,
                Err(end) => return (Line::Begun, end),
            };
            let close = rest(end);
            let behind = bytes[end..close].iter().find(|byte| !byte.is_ascii_whitespace());
            let line = match behind {
                None | Some(b'{') => Line::Whole,
                Some(b',' | b']' | b'}') => Line::Inner,
                Some(_) => Line::Other,
            };
            (line, close)
        }
        b'}' | b']' | b'"' | b',' | b':' => (Line::Inner, rest(first)),
        _ => (Line::Other, rest(first)),
    }
}

/// Whether the line before the one that the bytes end in holds an object and nothing else.
fn is_behind_whole(bytes: &[u8]) -> bool {
    let before = bytes.trim_ascii_end();
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let first = look::blank(before, start, usize::MAX);
    before.get(first) == Some(&b'{') && line(before, first).0 == Line::Whole
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::super::{Reading, Source, read};

    fn rows(reading: &Reading<'_>) -> Vec<String> {
        let said = |row: usize, table: usize| {
            let cells = reading.tables[table].row(row);
            let texts: Vec<_> = cells.iter().map(|cell| cell.text().unwrap_or("~")).collect();
            texts.join(" ")
        };
        let tables = 0..reading.tables.len();
        tables.flat_map(|at| (0..reading.tables[at].len()).map(move |row| said(row, at))).collect()
    }

    #[test]
    fn line_that_is_cut_off_takes_no_other_line() {
        for (line, row) in [
            (r#"{"id":2,"v":[7,"#, "2 [7]"),
            (r#"{"id":2,"v":[7,8],"#, "2 [7,8]"),
            (r#"{"id":2,"v":[{"x":[8"#, r#"2 [{"x":[8]}]"#),
            (r#"{"id":2,"v":"#, "2 ~"),
            (r#"{"id":2,"v"#, "2 ~"),
            (r#"{"id":2,"v":"long wo"#, "2 long wo"),
            (r#"{"id":2,"v":12"#, "2 ~"),
            (r#"{"id":2"#, "2 ~"),
            (r#"{"id"#, ""),
        ] {
            let text = format!(
                "{{\"id\":1,\"v\":[1]}}\n{line}\n{{\"id\":3,\"v\":[3]}}\n{line}\n{line}\n{{\"id\":4,\"v\":[]}}\n"
            );
            let all = ["1 [1]", row, "3 [3]", row, row, "4 []"];
            let all: Vec<_> = all.into_iter().filter(|row| !row.is_empty()).collect();
            for name in ["a.jsonl", "a.json", "reply.txt"] {
                let reading = read(&Source { name, text: &text, expect: None });
                assert_eq!(rows(&reading), all, "{name}: {line}");
                let cut =
                    reading.findings.iter().filter(|it| it.message.starts_with("the line ends"));
                assert_eq!(cut.count(), if row.is_empty() { 2 } else { 3 }, "{line}");
            }
        }
    }

    #[test]
    fn object_of_several_lines_goes_on() {
        for text in [
            "{\"id\":1,\n\"v\":2}\n{\"id\":2,\n\"v\":3}\n",
            "{\"id\":1,\"v\":[\n{\"id\":5}\n]}\n{\"id\":2,\"v\":[\n{\"id\":6},\n{\"id\":7}\n]}\n",
            "{\"id\":0,\"v\":1}\n{\"id\":1,\"v\":[\n  {\"id\":5}\n  {\"id\":6}\n  {\"id\":6}\n  {\"id\":6}\n]}\n",
            "{\"id\":0,\"v\":1}\n{\"id\":1,\"v\":{\n\"id\":5}}\n",
            "{\"id\":1,\"v\":\"two\nlines\"}\n{\"id\":2,\"v\":\"one\"}\n",
        ] {
            for name in ["a.jsonl", "a.json"] {
                let reading = read(&Source { name, text, expect: None });
                assert_eq!(reading.tables[0].len(), 2, "{name}: {text}");
                let cut = |it: &crate::finding::Finding| it.message.starts_with("the line ends");
                assert!(!reading.findings.iter().any(cut), "{name}: {text}");
            }
        }
    }

    #[test]
    fn lines_that_are_all_cut_off_are_read_in_linear_time() {
        for line in ["{\"a\":[", "{\"a\":\"", "{\"a\":1 {\"a\":[2", "{\"a\":[1] {\"b\"", "  {"] {
            let steps = |count: usize| {
                let mut text = String::new();
                for _ in 0..count {
                    let _ = writeln!(text, "{line}");
                }
                let mut parser = super::Parser::new(&text, 0);
                parser.lines = true;
                let mut nodes = Vec::new();
                while parser.at < text.len() {
                    let before = parser.at;
                    parser.space();
                    parser.objects(super::super::lane::Between::Blanks, &mut nodes);
                    parser.at = parser.at.max(before + 1);
                }
                parser.steps
            };
            assert!(steps(2000) < steps(1000) * 3, "{line}");
        }
    }
}
