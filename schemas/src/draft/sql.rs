//! Tables in SQL: `CREATE TABLE`, in any dialect, cut off or not.

use super::{ColumnDraft, TableDraft, column};
use crate::keys::{ForeignKey, Reference};

/// Words that end the kind of a column and begin its constraints.
const CONSTRAINTS: [&str; 14] = [
    "primary",
    "not",
    "null",
    "unique",
    "references",
    "default",
    "check",
    "constraint",
    "comment",
    "auto_increment",
    "autoincrement",
    "generated",
    "collate",
    "on",
];

/// The tables that `CREATE TABLE` statements of a reply make.
pub(super) fn tables(text: &str) -> Vec<TableDraft> {
    let text = uncommented(text);
    let lower = text.to_ascii_lowercase();
    let mut tables = Vec::new();
    let mut from = 0;
    while let Some(at) = lower[from..].find("create ").map(|at| at + from) {
        from = at + "create ".len();
        let Some(after) = statement(&lower[from..]).map(|skip| from + skip) else { continue };
        let Some(open) = text[after..].find('(').map(|open| open + after) else { break };
        let end = body_end(&text, open);
        let mut table = TableDraft { name: name(&text[after..open]), ..TableDraft::default() };
        for part in split(&text[open + 1..end]) {
            definition(&mut table, part);
        }
        if !table.columns.is_empty() && !table.name.is_empty() {
            tables.push(table);
        }
        from = end;
    }
    tables
}

/// How much of a statement stands before the table's name.
fn statement(rest: &str) -> Option<usize> {
    let mut at = 0;
    for word in ["or replace ", "temporary ", "temp ", "table", " if not exists"] {
        let skipped = rest[at..].len() - rest[at..].trim_start_matches([' ', '\n']).len();
        if rest[at + skipped..].starts_with(word.trim_start()) {
            at += skipped + word.trim_start().len();
        } else if word == "table" {
            return None;
        }
    }
    Some(at)
}

/// The text without `--` and `/* */`; what the comment after a column says is lost.
fn uncommented(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        let Some(end) = rest[start + 2..].find("*/") else {
            rest = "";
            break;
        };
        rest = &rest[start + 2 + end + 2..];
    }
    out.push_str(rest);
    let lines: Vec<&str> =
        out.lines().map(|line| line.split("--").next().unwrap_or(line)).collect();
    lines.join("\n")
}

/// Where the bracket that opens at a place closes, or the end of the text.
fn body_end(text: &str, open: usize) -> usize {
    let mut depth = 0usize;
    let mut quote = None;
    for (at, letter) in text[open..].char_indices() {
        match (quote, letter) {
            (Some(closer), letter) => quote = (letter != closer).then_some(closer),
            (None, '\'' | '"' | '`') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return open + at;
                }
            }
            (None, ';') if depth <= 1 => return open + at,
            _ => {}
        }
    }
    text.len()
}

fn split(body: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start, mut quote) = (0usize, 0, None);
    for (at, letter) in body.char_indices() {
        match (quote, letter) {
            (Some(closer), letter) => quote = (letter != closer).then_some(closer),
            (None, '\'' | '"' | '`') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(body[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(body[start..].trim());
    parts
}

fn definition(table: &mut TableDraft, part: &str) {
    let lower = part.to_ascii_lowercase();
    let mut part = part;
    if lower.starts_with("constraint ") {
        // The name of a constraint is not kept.
        part = part.splitn(3, char::is_whitespace).nth(2).unwrap_or_default().trim();
    }
    let lower = part.to_ascii_lowercase();
    let names = || {
        let list = part.split_once('(').map_or("", |(_, rest)| rest);
        list.split(')')
            .next()
            .unwrap_or("")
            .split(',')
            .map(name)
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
    };
    if lower.starts_with("primary key") {
        table.primary_key = names();
    } else if lower.starts_with("unique") && part.contains('(') {
        table.unique.push(names());
    } else if lower.starts_with("foreign key") {
        if let Some(at) = lower.find("references") {
            let references = reference(&part[at + "references".len()..]);
            table.foreign_keys.push(ForeignKey { columns: names(), references }.into());
        }
    } else if ["check", "index", "key ", "fulltext", "exclude", "like "]
        .iter()
        .any(|word| lower.starts_with(word))
    {
        // Nothing that a design keeps.
    } else if let Some(column) = column_of(table, part) {
        table.columns.push(column);
    }
}

/// `users (id) ON DELETE CASCADE` as what it refers to.
fn reference(text: &str) -> Reference {
    let (table, rest) = text.split_once('(').unwrap_or((text, ""));
    let table =
        if rest.is_empty() { table.split_whitespace().next().unwrap_or_default() } else { table };
    let columns = rest.split(')').next().unwrap_or_default();
    Reference {
        table: name(table),
        columns: columns.split(',').map(name).filter(|name| !name.is_empty()).collect(),
    }
}

fn column_of(table: &mut TableDraft, part: &str) -> Option<ColumnDraft> {
    let part = part.trim();
    let quoted = part.chars().next().filter(|first| matches!(first, '"' | '`' | '['));
    let (said, rest) = match quoted {
        Some(quote) => {
            let closer = if quote == '[' { ']' } else { quote };
            part[1..].split_once(closer)?
        }
        None => part.split_once(char::is_whitespace).unwrap_or((part, "")),
    };
    if !said.chars().any(char::is_alphanumeric) {
        return None;
    }
    let lower = rest.to_ascii_lowercase();
    let end = constraint_start(&lower).unwrap_or(rest.len());
    let mut column = ColumnDraft { name: said.to_owned(), ..ColumnDraft::default() };
    let kind = rest[..end].trim();
    column.kind = (!kind.is_empty()).then(|| kind.to_owned());
    if lower.contains("not null") || lower.contains("primary key") {
        column.nullable = Some(false);
    }
    if lower.contains("primary key") && table.primary_key.is_empty() {
        table.primary_key = vec![said.to_owned()];
    }
    if lower[end..].split_whitespace().any(|word| word == "unique") {
        table.unique.push(vec![said.to_owned()]);
    }
    if let Some(at) = lower[end..].find("references").map(|at| at + end) {
        let references = reference(&rest[at + "references".len()..]);
        table.foreign_keys.push(ForeignKey { columns: vec![said.to_owned()], references }.into());
    }
    if let Some(list) = in_list(rest, &lower) {
        column.values = column::values(&format!("one of: {list}"));
    }
    Some(column)
}

/// The words of `CHECK (status IN ('a', 'b'))`.
fn in_list<'a>(rest: &'a str, lower: &str) -> Option<&'a str> {
    let check = lower.find("check")?;
    let start = check + lower[check..].find(" in")?;
    let open = start + rest[start..].find('(')?;
    let close = open + rest[open..].find(')')?;
    Some(&rest[open + 1..close]).filter(|list| list.contains('\''))
}

fn constraint_start(lower: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut word_start = None;
    for (at, letter) in lower.char_indices().chain([(lower.len(), ' ')]) {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if letter.is_alphanumeric() || letter == '_' {
            word_start.get_or_insert(at);
        } else if let Some(start) = word_start.take()
            && depth == usize::from(letter == '(')
            && CONSTRAINTS.contains(&&lower[start..at])
        {
            return Some(start);
        }
    }
    None
}

/// A name without quotes and without the schema it stands in.
fn name(text: &str) -> String {
    let text = text.trim();
    let last = if text.contains(['"', '`', '[']) {
        text.rsplit("\".\"").next()
    } else {
        text.rsplit('.').next()
    };
    let last = last.unwrap_or(text);
    last.trim_matches(|edge: char| {
        edge.is_whitespace() || matches!(edge, '"' | '`' | '[' | ']' | '\'')
    })
    .to_owned()
}
