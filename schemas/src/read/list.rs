//! Numbered, bulleted and comma-separated lists: tables of one column, `item`.

use std::borrow::Cow;
use std::ops::Range;

use super::delimited::scan::{Dialect, Escape, Scanner};
use super::{Reading, Source};
use crate::cell::{Cell, RawTable};

/// Words an item of a comma list may have; more is a clause.
const MOST_WORDS: usize = 5;

/// Reads a block that is one list.
pub fn read<'a>(text: &'a str, source: &Source<'a>) -> Reading<'a> {
    let mut items = marked(text);
    if items.is_empty() {
        items = commas(text);
    }
    if items.is_empty() {
        return Reading::default();
    }
    let mut table = RawTable::within(source.text, source.stem(), source.name, vec!["item".into()]);
    for item in items {
        table.push_row([item]);
    }
    Reading { tables: vec![table], findings: Vec::new() }
}

/// The byte ranges of a text that are lists: runs of two or more marked lines of one style, or the
/// whole text where it is one line of short items between commas.
pub fn spans(text: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut run: Option<(Range<usize>, Style, usize, usize)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let bare = line.trim_end();
        let end = at + bare.len();
        let indent = bare.len() - bare.trim_start().len();
        match (item(bare), &mut run) {
            (Some((style, _)), Some((span, same, level, count)))
                if style == *same && indent == *level =>
            {
                span.end = end;
                *count += 1;
            }
            // What is indented deeper belongs to the item above.
            (_, Some((span, _, level, _))) if indent > *level => span.end = end,
            (_, Some(_)) if bare.trim().is_empty() => {}
            (Some((style, _)), _) => {
                close(&mut spans, run.take());
                run = Some((at..end, style, indent, 1));
            }
            (None, _) => close(&mut spans, run.take()),
        }
    }
    close(&mut spans, run);
    if spans.is_empty() && !commas(text).is_empty() {
        spans.push(0..text.len());
    }
    spans
}

fn close(spans: &mut Vec<Range<usize>>, run: Option<(Range<usize>, Style, usize, usize)>) {
    if let Some((span, _, _, count)) = run
        && count > 1
    {
        spans.push(span);
    }
}

/// How an item is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `1.` or `1)`.
    Numbered,
    /// `-`, `*`, `+` or a round bullet.
    Bulleted,
}

/// A marked line's style and text.
fn item(line: &str) -> Option<(Style, &str)> {
    let line = line.trim();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=4).contains(&digits) {
        let rest = line[digits..].strip_prefix(['.', ')', ':'])?;
        let spaced = rest.is_empty()
            || rest.starts_with(char::is_whitespace)
            || rest.starts_with(char::is_alphabetic);
        return spaced.then(|| (Style::Numbered, rest.trim()));
    }
    let rest =
        line.strip_prefix(['-', '*', '+', '\u{2022}', '\u{2013}', '\u{25CF}', '\u{25AA}'])?;
    rest.starts_with(char::is_whitespace).then(|| (Style::Bulleted, rest.trim()))
}

/// The items of a marked list, each with the deeper lines below it.
fn marked(text: &str) -> Vec<Cell<'_>> {
    let mut items: Vec<Cow<'_, str>> = Vec::new();
    let mut level: Option<(usize, Style)> = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let found = item(line);
        match (found, level) {
            (Some((style, text)), None) => {
                level = Some((indent, style));
                items.push(Cow::Borrowed(text));
            }
            (Some((style, text)), Some((least, same))) if style == same && indent <= least => {
                items.push(Cow::Borrowed(text));
            }
            (_, Some(_)) if !line.trim().is_empty() => {
                if let Some(last) = items.last_mut() {
                    let last = last.to_mut();
                    if !last.is_empty() {
                        last.push('\n');
                    }
                    last.push_str(line.trim());
                }
            }
            _ => {}
        }
    }
    items.into_iter().map(Cell::bare).collect()
}

/// The items of a line of short texts between commas; none where it is anything else.
fn commas(text: &str) -> Vec<Cell<'_>> {
    let offset = text.len() - text.trim_start().len();
    let line = text.trim();
    if line.is_empty()
        || line.contains(['\n', '\r', '|', '{', '[', '\t'])
        || line.ends_with(['.', '!', '?', ':'])
    {
        return Vec::new();
    }
    let dialect = Dialect { delimiter: b',', quote: Some(b'"'), escape: Escape::Doubled };
    let mut pieces = Vec::new();
    Scanner::new(text, dialect).single(offset, &mut pieces);
    let short = |text: &str| {
        text.split_whitespace().count() <= MOST_WORDS && !text.contains([':', '.', ';'])
    };
    if pieces.len() < 2 || !pieces.iter().all(|piece| piece.quoted || short(&piece.text)) {
        return Vec::new();
    }
    pieces.iter().map(super::align::as_cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Vec<String> {
        let reading = read(text, &Source { name: "reply.txt", text, expect: None });
        let Some(table) = reading.tables.first() else { return Vec::new() };
        table.column(0).map(|cell| cell.text().unwrap_or("∅").to_owned()).collect()
    }

    #[test]
    fn marks_are_no_part_of_items() {
        assert_eq!(items("1. oak\n2) elm\n\n3. ash"), ["oak", "elm", "ash"]);
        assert_eq!(items("• oak\n  which is hard\n• elm"), ["oak\nwhich is hard", "elm"]);
    }

    #[test]
    fn commas_divide_short_items_only() {
        assert_eq!(items("\"oak, red\", elm,"), ["oak, red", "elm", "∅"]);
        assert!(items("I cannot do that, because it would be wrong to do so.").is_empty());
    }

    #[test]
    fn lists_are_found_between_prose() {
        let text = "Trees:\n- oak\n- elm\n  - white\nThat is all.\n\n1. one\n";
        let found: Vec<&str> = spans(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(found, ["- oak\n- elm\n  - white"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_reads(text in "[a1-3.,)\n* -]{0,120}") {
            let _ = read(&text, &Source { name: "reply.txt", text: &text, expect: None });
            let _ = spans(&text);
        }
    }
}
