//! Markdown tables: pipes with a rule under the header, or pipes that agree line by line; and the
//! tables that databases print, framed by `+---+` or by box-drawing lines.

use std::borrow::Cow;
use std::ops::Range;

use super::align::{self, Patience, Profile, Tail};
use super::delimited::scan::{MOST_PIECES, Piece};
use super::delimited::{self, header};
use super::{MOST_TABLES, Reading, Source};
use crate::cell::RawTable;
use crate::finding::{Finding, Level};

/// Lines of pipes that must agree where no rule says that they are a table.
const AGREEING: usize = 3;

/// Cells that a table may have without being filled.
const ROOMY: usize = 1 << 20;

/// Lines below the names of a framed table among which the rule is.
const FRAMED: usize = 3;

/// The first byte of every letter from U+2500 to U+257F, in UTF-8.
const BOX: [u8; 1] = [0xE2];

/// Letters of a box that stand where pipes do.
const BARS: [char; 4] = ['│', '┃', '║', '┆'];

/// Letters that only the lower edge of a box has.
const BOTTOM: [char; 8] = ['┴', '╧', '╩', '┻', '└', '╰', '╚', '┗'];

/// Letters where lines of a frame meet.
const CROSSING: [char; 6] = ['+', '┼', '╪', '╬', '╋', '├'];

/// How the types begin that `DuckDB` and Polars print under the names.
const TYPES: [&str; 22] = [
    "int", "i8", "i16", "i32", "i64", "uint", "u8", "u16", "u32", "u64", "f32", "f64", "float",
    "double", "decimal", "varchar", "str", "bool", "date", "time", "list", "blob",
];

/// Reads a block that holds Markdown tables.
pub fn read<'a>(text: &'a str, source: &Source<'a>) -> Reading<'a> {
    let mut reading = Reading::default();
    for span in spans(text) {
        let number = reading.tables.len();
        if number == MOST_TABLES {
            let message = "more tables than any dataset has: every further line is one value";
            let (table, finding) = delimited::lines(&text[span.start..], number, source, message);
            reading.tables.push(table);
            reading.findings.push(finding);
            break;
        }
        let span = &text[span];
        let lines: Vec<&'a str> = span.lines().collect();
        let name = if number == 0 {
            source.stem().to_owned()
        } else {
            format!("{}_{}", source.stem(), number + 1)
        };
        let Some((head, rows)) = lines.split_first() else { continue };
        let names = header::names(cells(head, text).iter().map(|piece| plain(&piece.text)));
        // A full row has a pipe for each cell.
        if names.len() > MOST_PIECES || names.len() * rows.len() > ROOMY.max(span.len()) {
            let message =
                "the rows fill so few of the columns that every line is kept as one value";
            let (table, finding) = delimited::lines(span, number, source, message);
            reading.tables.push(table);
            reading.findings.push(finding);
            continue;
        }
        let mut table = RawTable::within(source.text, name, source.name, names);
        let width = table.width();
        let types = rows.iter().position(|line| !is_rule(line)).filter(|at| *at < FRAMED);
        let typed = |at: &usize| {
            are_types(rows[*at], text) && rows.get(at + 1).is_some_and(|line| is_rule(line))
        };
        let rows = types.filter(typed).map_or(rows, |at| &rows[at + 1..]);
        let mut profile = Profile::new(table.header(), source.expect);
        let mut ragged = Vec::new();
        for line in rows {
            let mut pieces = cells(line, text);
            if is_rule(line) {
                continue;
            }
            if pieces.len() == width + 1 && pieces[0].text.bytes().all(|byte| b":-".contains(&byte))
            {
                pieces.remove(0);
            }
            while pieces.len() > width && pieces.last().is_some_and(|piece| piece.text.is_empty()) {
                pieces.pop();
            }
            if pieces.len() == width {
                profile.learn(pieces.iter().map(|piece| &*piece.text));
                table.push_row(pieces.iter().map(align::as_cell));
            } else {
                ragged.push((table.len(), pieces));
                table.push_row([]);
            }
        }
        let mut patience = Patience::with(text.len());
        for (row, pieces) in ragged {
            let aligned = align::align(&profile, text, &pieces, Tail::Whole, &mut patience);
            if let Some(message) = align::told(&aligned, table.header()) {
                let at = format!("/tables/{number}/rows/{row}");
                reading.findings.push(Finding { at, level: Level::Repair, message, hint: None });
            }
            for (column, cell) in aligned.cells.into_iter().enumerate() {
                table.set(row, column, cell);
            }
        }
        reading.tables.push(table);
    }
    reading
}

/// The byte ranges of a text that are Markdown tables, header first.
pub fn spans(text: &str) -> Vec<Range<usize>> {
    if bars(text).next().is_none() {
        return Vec::new();
    }
    let lines: Vec<(usize, &str)> = {
        let mut start = 0;
        text.split_inclusive('\n')
            .map(|line| {
                let at = start;
                start += line.len();
                (at, line.trim_end())
            })
            .collect()
    };
    let mut spans = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let Some(end) = table(&lines, at) else {
            at += 1;
            continue;
        };
        let (last, line) = lines[end - 1];
        spans.push(lines[at].0..last + line.len());
        at = end;
    }
    spans
}

/// The number of the line after the table that a line begins, if it begins one.
fn table(lines: &[(usize, &str)], at: usize) -> Option<usize> {
    let head = lines[at].1;
    let width = count(head);
    if width == 0 || is_rule(head) {
        return None;
    }
    // In a frame the types may stand between the names and the rule.
    let framed = at > 0 && divides(lines[at - 1].1);
    let reach = if framed { FRAMED } else { 1 };
    let below = lines[at + 1..].iter().take(reach).map(|(_, line)| *line);
    let ruled = below
        .clone()
        .position(divides)
        .is_some_and(|rule| below.clone().take(rule).all(|line| count(line) == width));
    if !ruled && width < 2 {
        return None;
    }
    let mut end = at + 1;
    while let Some((_, line)) = lines.get(end) {
        let rule = ruled && divides(line);
        if rule && line.contains(BOTTOM) {
            break;
        }
        if (count(line) == 0 && !rule) || (!ruled && count(line).abs_diff(width) > 1) {
            break;
        }
        // A line with a rule under it begins the next table, unless rules divide all rows.
        let edge = |below: &str| below.contains(CROSSING) || below.contains(BOTTOM);
        let next = |below: &str| divides(below) && !edge(below);
        if end > at + 1 && !rule && lines.get(end + 1).is_some_and(|(_, below)| next(below)) {
            break;
        }
        end += 1;
    }
    let outer =
        lines[at..end].iter().filter(|(_, line)| line.trim_start().starts_with('|')).count();
    // Without a rule the outer pipes must make up for it; else it is delimited text.
    (ruled || (end - at >= AGREEING && outer * 2 > end - at)).then_some(end)
}

/// How many cells the pipes of a line divide; 0 where there is none.
fn count(line: &str) -> usize {
    if is_rule(line) && !line.contains('|') || bars(line).next().is_none() {
        return 0;
    }
    1 + bars(inner(line)).count()
}

/// Where pipes stand in a text that no backslash escapes: `|`, or a box's `│`, `┃`, `║` or `┆`.
fn bars(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'|', BOX[0], bytes).filter_map(move |at| match bytes[at] {
        b'|' => (at == 0 || bytes[at - 1] != b'\\').then_some(at..at + 1),
        _ => text[at..].starts_with(BARS).then_some(at..at + 3),
    })
}

/// A line without its outer pipes.
fn inner(line: &str) -> &str {
    let line = unquoted(line);
    let line = line.strip_prefix('|').or_else(|| line.strip_prefix(BARS)).unwrap_or(line);
    match line.strip_suffix('|').or_else(|| line.strip_suffix(BARS)) {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => line,
    }
}

/// A line of dashes, colons and pipes, or of a frame.
fn is_rule(line: &str) -> bool {
    let dash = |letter| matches!(letter, '-' | '=' | '─' | '━' | '═' | '╌');
    let line = unquoted(line);
    // A long dash alone is a cell that says nothing; several are what an editor made of hyphens.
    let long = ["––", "—–", "–—", "——"].iter().any(|pair| line.contains(pair));
    let frame = |letter| {
        matches!(letter, '|' | '-' | ':' | ' ' | '\t' | '+' | '=' | '\u{2500}'..='\u{257F}')
            || (long && matches!(letter, '–' | '—'))
    };
    (long || line.contains(dash)) && line.chars().all(frame)
}

/// A line without blanks round it and the marks of a quotation before it.
fn unquoted(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '\t']).trim_end()
}

/// Whether a line is a rule that divides columns, or the edge of a frame.
fn divides(line: &str) -> bool {
    is_rule(line) && (line.contains(['|', '+']) || line.bytes().any(|byte| byte == BOX[0]))
}

/// Whether the cells of a line name types, as some databases print them under the names.
fn are_types(line: &str, text: &str) -> bool {
    let cells = cells(line, text);
    let is_type = |cell: &str| TYPES.iter().any(|start| cell.starts_with(start));
    !is_rule(line) && cells.iter().all(|cell| is_type(&cell.text))
}

/// The cells of a line, which lies in `text`.
fn cells<'a>(line: &'a str, text: &str) -> Vec<Piece<'a>> {
    let inner = inner(line);
    // Where the line lies in the text: pieces are joined from there.
    let base = inner.as_ptr().addr() - text.as_ptr().addr();
    let mut pieces = Vec::new();
    let mut start = 0;
    for bar in bars(inner).chain([inner.len()..inner.len()]) {
        let cell = inner[start..bar.start].trim();
        let text = if cell.contains("\\|") {
            Cow::Owned(cell.replace("\\|", "|"))
        } else {
            Cow::Borrowed(cell)
        };
        pieces.push(Piece { text, quoted: false, start: base + start, end: base + bar.start });
        start = bar.end;
    }
    pieces
}

/// A column's name without the marks of bold and code.
fn plain(name: &str) -> &str {
    let name = name.trim();
    for mark in ["**", "__", "`", "*"] {
        let bare = name.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
        if let Some(bare) = bare.filter(|bare| !bare.is_empty() && !bare.contains(mark)) {
            return bare.trim();
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
        let reading = read(text, &Source { name: "reply.md", text, expect: None });
        let table = &reading.tables[0];
        let rows = table
            .rows()
            .map(|row| row.iter().map(|cell| cell.text().unwrap_or("∅").into()).collect())
            .collect();
        (table.header().to_vec(), rows)
    }

    #[test]
    fn outer_pipes_are_optional_and_inner_ones_escaped() {
        let text = "Look:\n\n**Name** | Use\n:--|--:\na \\| b | x\nc |\n\nDone | so.\n";
        let (header, rows) = rows(text);
        assert_eq!(header, ["Name", "Use"]);
        assert_eq!(rows, [["a | b", "x"], ["c", "∅"]]);
    }

    #[test]
    fn two_tables_are_two() {
        let text =
            "| a | b |\n|---|---|\n| 1 | 2 |\n\n| c | d |\n|---|---|\n| 3 | 4 |\n| 5 | 6 |\n";
        let found = read(text, &Source { name: "reply.md", text, expect: None });
        assert_eq!(found.tables.iter().map(RawTable::len).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn pipes_that_agree_need_no_rule() {
        assert_eq!(rows("| a | b |\n| 1 | 2 |\n| 3 | 4 |\n").1.len(), 2);
    }

    #[test]
    fn tables_quoted_or_printed_are_tables() {
        let printed = [
            " id | town \n----+------\n  1 | Oslo\n  2 | Hull\n(2 rows)\n",
            "> | id | town |\n> | —– | —– |\n> | 1 | Oslo |\n> | 2 | Hull |\n",
            "+----+------+\n| id | town |\n+----+------+\n|  1 | Oslo |\n|  2 | Hull |\n+----+------+\n",
            "+----+------+\n| id | town |\n+====+======+\n| 1  | Oslo |\n+----+------+\n| 2  | Hull |\n+----+------+\n",
            "┌───────┬─────────┐\n│  id   │  town   │\n│ int32 │ varchar │\n├───────┼─────────┤\n│     1 │ Oslo    │\n│     2 │ Hull    │\n├───────┴─────────┤\n│ 2 rows          │\n└─────────────────┘\n",
            "shape: (2, 2)\n┌─────┬──────┐\n│ id  ┆ town │\n│ --- ┆ ---  │\n│ i64 ┆ str  │\n╞═════╪══════╡\n│ 1   ┆ Oslo │\n│ 2   ┆ Hull │\n└─────┴──────┘\n",
        ];
        for text in printed {
            let (header, rows) = rows(text);
            assert_eq!(header, ["id", "town"], "{text}");
            assert_eq!(rows, [["1", "Oslo"], ["2", "Hull"]], "{text}");
        }
    }

    #[test]
    fn tree_of_folders_is_no_table() {
        assert!(spans("a\n│   ├── b\n│   │   └── c\n│   │   ├── d\n│   └── e\n").is_empty());
    }

    #[test]
    fn longer_row_loses_nothing() {
        let text = "| id | note |\n|---|---|\n| 1 | x |\n| 2 | y | z |\n";
        assert_eq!(rows(text).1[1], ["2", "y | z"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_reads(text in "[a|\\\\:\n +│┼─┴-]{0,120}") {
            let _ = read(&text, &Source { name: "reply.md", text: &text, expect: None });
        }
    }
}
