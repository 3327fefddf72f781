//! [`blocks`]: which parts of a text are tables, and of what form; prose is left alone.

use std::ops::Range;

use super::json::{self, Fenced};
use super::{Source, delimited, list, markdown};

/// How a block of text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON, however broken, or one value a line.
    Json,
    /// Fields between commas, tabs, semicolons or pipes.
    Delimited,
    /// A table of pipes with a rule under its header.
    Markdown,
    /// Numbered, bulleted or comma-separated items.
    List,
}

/// A block, with its values if they were read to find it.
pub(crate) type Found<'a> = (Block<'a>, Option<Box<json::Values<'a>>>);

/// A part of a text that holds data.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// How it is written.
    pub form: Form,
    /// Its text, without fences.
    pub text: &'a str,
}

/// Bytes read in vain for each byte of a text, at most, where brackets begin no data.
const PATIENCE: usize = 8;

/// Endings of files that are JSON.
const JSON: [&str; 6] = [".json", ".jsonl", ".ndjson", ".jl", ".json5", ".geojson"];

/// Words after a fence whose text is code or a command's output rather than data.
const CODE: [&str; 34] = [
    "python",
    "py",
    "python3",
    "javascript",
    "js",
    "jsx",
    "typescript",
    "ts",
    "tsx",
    "rust",
    "go",
    "java",
    "kotlin",
    "c",
    "cpp",
    "csharp",
    "cs",
    "php",
    "ruby",
    "rb",
    "swift",
    "r",
    "sql",
    "bash",
    "sh",
    "shell",
    "console",
    "powershell",
    "html",
    "css",
    "xml",
    "yaml",
    "dockerfile",
    "mermaid",
];

/// The parts of a text that hold data, in order: by the name's ending, else JSON in fences and
/// between words, then what is found in the rest.
pub fn blocks<'a>(source: &Source<'a>) -> Vec<Block<'a>> {
    found(source).into_iter().map(|(block, _)| block).collect()
}

/// The same, with what was read of them on the way.
pub(crate) fn found<'a>(source: &Source<'a>) -> Vec<Found<'a>> {
    let text = source.text;
    let name = source.name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if text.trim().is_empty() {
        return Vec::new();
    }
    if source.is_delimited_file() {
        return vec![(Block { form: Form::Delimited, text }, None)];
    }
    if ends(&JSON) || is_json(text) {
        return vec![(Block { form: Form::Json, text }, None)];
    }
    let mut blocks = Vec::new();
    let mut rest = 0;
    let mut at = 0;
    let mut wasted = 0;
    let mut tables: Option<std::iter::Peekable<std::vec::IntoIter<Range<usize>>>> = None;
    while let Some(found) = memchr::memchr3(b'`', b'{', b'[', &text.as_bytes()[at..]) {
        let start = at + found;
        // Brackets in the cells of a printed table are the cells'.
        let tables = tables.get_or_insert_with(|| markdown::cells(text).into_iter().peekable());
        while tables.next_if(|table| table.end <= start).is_some() {}
        if let Some(table) = tables.peek().filter(|table| table.contains(&start)) {
            at = table.end;
            continue;
        }
        let (end, block) = if text.as_bytes()[start] != b'`' {
            between_words(text, start, &mut wasted)
        } else if text[start..].starts_with("```") {
            let (end, found) = fenced(text, start, &mut wasted);
            others(&text[rest..start], Place::Between, &mut blocks);
            blocks.extend(found);
            rest = end;
            (end, None)
        } else {
            (start + 1, None)
        };
        if let Some(block) = block {
            others(&text[rest..start], Place::Between, &mut blocks);
            blocks.push(block);
            rest = end;
        }
        at = end;
    }
    let place = if rest == 0 { Place::Whole } else { Place::Between };
    others(&text[rest..], place, &mut blocks);
    set_lists_aside(&mut blocks);
    blocks
}

/// A list of JSON is data only where nothing else is; beside objects it is a note on the first.
fn set_lists_aside(blocks: &mut Vec<Found<'_>>) {
    let rows = |(_, values): &Found<'_>| values.as_ref().is_some_and(|values| values.hold_rows());
    let Some(first) = blocks.iter().position(rows) else { return };
    let is_list =
        |(_, values): &Found<'_>| values.as_ref().is_some_and(|values| values.are_lists());
    let behind = blocks.split_off(first);
    let (lists, behind): (Vec<_>, Vec<_>) = behind.into_iter().partition(is_list);
    // Notes are on the table behind them.
    blocks.extend(lists);
    for (_, values) in blocks.iter_mut().filter(|block| is_list(block)) {
        if let Some(values) = values {
            values.set_aside();
        }
    }
    blocks.extend(behind);
}

/// What the line before a block calls it, if that is a heading, bold words, or a name with a colon.
pub(super) fn title<'a>(text: &'a str, block: &str) -> Option<&'a str> {
    /// Words of a title, of a name, and bytes of both, at most.
    const WORDS: (usize, usize, usize) = (5, 1, 60);
    let start = (block.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let before = text.get(..start)?.trim_end();
    // The line that opens the fence, with the word behind it.
    let before = match before.rfind('\n') {
        Some(line) if before[line..].trim_start().starts_with("```") => before[..line].trim_end(),
        None if before.starts_with("```") => return None,
        _ => before,
    };
    let line = before.rsplit('\n').next()?.trim();
    let bold = |mark: &str| {
        let inner = line.trim_end_matches(':').strip_prefix(mark)?.strip_suffix(mark)?;
        (!inner.contains(mark)).then_some(inner)
    };
    let heading = line.starts_with('#').then(|| line.trim_matches(['#', ' ']));
    let (said, most) = match heading.or_else(|| bold("**")).or_else(|| bold("__")) {
        Some(said) => (said, WORDS.0),
        None => (line.strip_suffix(':')?, WORDS.1),
    };
    let said = said.trim_matches(['*', '_', '`', ':', ' ']);
    // `Table 2: Users`, `3. Users`
    let numbered = |word: &str| {
        let number = word.trim_end_matches(['.', ')', ':']);
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut name = said;
    while let Some((word, rest)) = name.split_once(' ')
        && (numbered(word) || word.trim_end_matches(':').eq_ignore_ascii_case("table"))
    {
        name = rest.trim_start();
    }
    let name = name.trim_matches(['*', '_', '`', ':', ' ']);
    let words = name.split_whitespace().count();
    let named = name.starts_with(char::is_alphabetic) && !name.contains(['.', '?', '!', '|']);
    (named && (1..=most).contains(&words) && name.len() <= WORDS.2).then_some(name)
}

/// Where a text stands that is neither JSON nor in a fence with a telling word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is all there is.
    Whole,
    /// Before, between or behind other blocks.
    Between,
    /// In a fence.
    Fence,
}

/// Finds Markdown tables, else delimited text, in a part of a text that is not JSON; a list is
/// data only where nothing else is, for prose is full of lists.
fn others<'a>(text: &'a str, place: Place, blocks: &mut Vec<Found<'a>>) {
    if text.trim().is_empty() {
        return;
    }
    let before = blocks.len();
    let found = |form, spans: Vec<Range<usize>>| {
        spans.into_iter().map(move |span| (Block { form, text: &text[span] }, None))
    };
    blocks.extend(found(Form::Markdown, markdown::spans(text)));
    if blocks.len() == before {
        blocks.extend(found(Form::Delimited, delimited::spans(text)));
    }
    if blocks.len() == before && place != Place::Between {
        blocks.extend(found(Form::List, list::spans(text)));
    }
}

/// Whether a text is JSON from its beginning on, without a word before it.
fn is_json(text: &str) -> bool {
    let start = json::past_space(text, 0);
    let bytes = text.as_bytes();
    match bytes.get(start) {
        Some(b'{') if json::begins(text, start) => true,
        Some(b'[') if json::begins(text, start) => {
            let next = json::past_space(text, start + 1);
            match bytes.get(next) {
                Some(b'{' | b'[' | b'"' | b'\'') | None => true,
                // `[1] see …` begins a footnote, `[1, 2]` a list.
                _ => json::extent(text, start, Fenced::Yes)
                    .end
                    .is_some_and(|end| text[end..].trim().is_empty()),
            }
        }
        Some(b'"') => {
            let inner = text[start + 1..].trim_start();
            inner.starts_with(['{', '[']) && inner[1..].trim_start().starts_with(['\\', '{', '['])
        }
        _ => false,
    }
}

/// Tries a bracket between words: the data that begins there, or the byte to go on at.
fn between_words<'a>(
    text: &'a str,
    start: usize,
    wasted: &mut usize,
) -> (usize, Option<Found<'a>>) {
    if !json::begins(text, start) || *wasted > PATIENCE * text.len() {
        return (start + 1, None);
    }
    let json::Extent { end, read, values } = json::extent(text, start, Fenced::No);
    *wasted += read - end.unwrap_or(start);
    let block = end.map(|end| of_json(&text[start..end], values));
    (end.unwrap_or(start + 1).max(start + 1), block)
}

/// A block of JSON of which all values were read, as long as none of them is within a string.
fn of_json<'a>(text: &'a str, values: json::Values<'a>) -> Found<'a> {
    let known = json::unwrapped(text).is_none();
    (Block { form: Form::Json, text }, known.then(|| Box::new(values)))
}

/// What stands in the fence that opens at a byte, and where the fence ends.
fn fenced<'a>(text: &'a str, start: usize, wasted: &mut usize) -> (usize, Vec<Found<'a>>) {
    let bytes = text.as_bytes();
    let mut blocks = Vec::new();
    let ticks = bytes[start..].iter().take_while(|byte| **byte == b'`').count();
    let mut at = start + ticks;
    let word =
        bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-_".contains(byte));
    let length = word.count();
    let word = text[at..at + length].to_ascii_lowercase();
    at += length;
    let value = assigned(text, json::past_space(text, at));
    let mut from = at;
    if json::begins(text, value) && *wasted <= PATIENCE * text.len() {
        let json::Extent { end, read, values } = json::extent(text, value, Fenced::Yes);
        *wasted += read - end.unwrap_or(value);
        if let Some(end) = end {
            blocks.push(of_json(&text[value..end], values));
            from = end;
        }
    }
    let close = memchr::memmem::find(&bytes[from..], b"```").map_or(text.len(), |end| from + end);
    if blocks.is_empty() {
        let body = &text[at..close];
        if matches!(word.as_str(), "csv" | "tsv") {
            blocks.push((Block { form: Form::Delimited, text: body }, None));
        } else if !CODE.contains(&word.as_str()) {
            others(body, Place::Fence, &mut blocks);
        }
    }
    let end = close + bytes[close..].iter().take_while(|byte| **byte == b'`').count();
    (end, blocks)
}

/// Past a name and an equals sign, if they stand at a byte: `const rows = [`.
fn assigned(text: &str, start: usize) -> usize {
    /// Longest name with its words before it.
    const LONGEST: usize = 80;
    let bytes = text.as_bytes();
    let reach = (start + LONGEST).min(bytes.len());
    match memchr::memchr2(b'=', b'\n', &bytes[start..reach]) {
        Some(sign) if bytes[start + sign] == b'=' => {
            let name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_ :.[]<>".contains(byte);
            let value = json::past_space(text, start + sign + 1);
            let is_name = bytes[start..start + sign].iter().all(name);
            if is_name && matches!(bytes.get(value), Some(b'{' | b'[')) { value } else { start }
        }
        _ => start,
    }
}
