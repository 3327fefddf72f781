//! Tables in lists: `1. Visitors: who came. Columns: visitor_id (primary key), age.` and its kin.

use super::outline::{Item, Marker};
use super::{ColumnDraft, TableDraft, column};

/// Words before the columns of a table, the longer ones first.
const COLUMNS: [&str; 12] = [
    "columns include",
    "columns are",
    "column names",
    "columns",
    "fields include",
    "fields",
    "attributes include",
    "attributes",
    "column",
    "variables",
    "schema",
    "properties",
];
/// Words over things that are no table.
const NO_TABLE: [&str; 14] = [
    "relationship",
    "note",
    "example",
    "description",
    "primary key",
    "foreign key",
    "index",
    "constraint",
    "summary",
    "conclusion",
    "key",
    "overview",
    "purpose",
    "introduction",
];
/// The most words that a table's name has.
const MAX_NAME_WORDS: usize = 8;
/// The fewest columns that make a list under a name a table where nothing says "columns".
const FEW: usize = 2;

/// The tables that the lines of a reply speak of, and the sentences that fit none of them.
pub(super) fn tables(items: &[Item]) -> (Vec<TableDraft>, Vec<String>) {
    let mut found = Found::default();
    for each in items {
        announced(each, &mut found);
    }
    if found.tables.is_empty() {
        for each in items {
            grouped(each, &mut found);
        }
    }
    if found.tables.is_empty() {
        for each in items {
            called(each, &mut found);
        }
    }
    (found.tables, found.asides)
}

#[derive(Default)]
struct Found {
    tables: Vec<TableDraft>,
    asides: Vec<String>,
}

/// Tables whose columns are announced as such: in the line itself, or in a line under it.
fn announced(item: &Item, found: &mut Found) {
    if let Some((head, list)) = columns_in(&item.text)
        && !head.trim().is_empty()
    {
        let mut table = headed(head);
        listed(&mut table, list, found);
        for under in &item.items {
            add_under(&mut table, under, found);
        }
        push(found, table);
        return;
    }
    let place = item
        .items
        .iter()
        .position(|under| columns_in(&under.text).is_some_and(|(head, _)| head.trim().is_empty()));
    let inner = item
        .items
        .iter()
        .any(|under| under.items.iter().any(|one| columns_in(&one.text).is_some()));
    if let Some(place) = place.filter(|_| item.marker != Marker::Plain && !inner) {
        let mut table = headed(&item.text);
        for (number, under) in item.items.iter().enumerate() {
            match columns_in(&under.text) {
                Some((head, list)) if head.trim().is_empty() => {
                    listed(&mut table, list, found);
                    for one in &under.items {
                        add_under(&mut table, one, found);
                    }
                }
                _ if number < place || !matches!(under.marker, Marker::Bullet | Marker::Number) => {
                    described(&mut table, &under.text);
                }
                _ => add_under(&mut table, under, found),
            }
        }
        push(found, table);
        return;
    }
    // A plain line may announce columns for the plain line before it.
    let mut above: Option<&str> = None;
    for under in &item.items {
        match (columns_in(&under.text), above) {
            (Some((start, columns)), Some(before))
                if start.trim().is_empty() && item.marker == Marker::Plain =>
            {
                let mut table = headed(before);
                listed(&mut table, columns, found);
                push(found, table);
            }
            _ => announced(under, found),
        }
        above = Some(&under.text);
    }
}

/// Tables whose columns stand under their names as a list, unannounced.
fn grouped(item: &Item, found: &mut Found) {
    let lists = |one: &&Item| matches!(one.marker, Marker::Bullet | Marker::Number);
    let children: Vec<&Item> = item.items.iter().filter(lists).collect();
    let deeper =
        children.iter().filter(|one| one.items.iter().filter(lists).count() >= FEW).count();
    let holds_tables = (item.items.iter()).any(|one| {
        matches!(one.marker, Marker::Heading(_) | Marker::Title) && !one.items.is_empty()
    });
    let is_table = children.len() >= FEW
        && deeper * 2 < children.len()
        && !holds_tables
        && item.marker != Marker::Plain
        && is_table_name(&item.text);
    if !is_table {
        for under in &item.items {
            grouped(under, found);
        }
        return;
    }
    let mut table = headed(&item.text);
    for under in &item.items {
        if lists(&under) {
            add_under(&mut table, under, found);
        } else {
            described(&mut table, &under.text);
        }
    }
    if table.columns.len() >= FEW {
        push(found, table);
    }
}

/// Tables written as a name with its columns in brackets: `visitors (id, name, age)`.
fn called(item: &Item, found: &mut Found) {
    if let Some((name, rest)) = item.text.split_once('(')
        && let Some(list) = rest.trim_end_matches(['.', ';', ' ']).strip_suffix(')')
        && is_table_name(name)
        && name.split_whitespace().count() <= 4
    {
        let columns: Vec<ColumnDraft> =
            column::split(list).into_iter().filter_map(column::read).collect();
        if columns.len() > FEW {
            let mut table = headed(name);
            table.columns = columns;
            push(found, table);
            return;
        }
    }
    for under in &item.items {
        called(under, found);
    }
}

fn push(found: &mut Found, table: TableDraft) {
    if !table.name.is_empty() && !table.columns.is_empty() {
        found.tables.push(table);
    }
}

/// What stands before and after the words that announce columns.
fn columns_in(text: &str) -> Option<(&str, &str)> {
    let lower = text.to_ascii_lowercase();
    let mut best: Option<(usize, usize)> = None;
    for word in COLUMNS {
        for (at, _) in lower.match_indices(word) {
            let before = lower[..at].chars().next_back();
            if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
                continue;
            }
            let after = &lower[at + word.len()..];
            let skipped = after.len() - after.trim_start_matches(['*', ' ', ')']).len();
            // `Key columns (5):` and `Columns –` announce as well as `Columns:`.
            let rest = &after[skipped..];
            let colon = rest.strip_prefix(':').map(|_| 1).or_else(|| {
                let at_edge = at == 0 && rest.is_empty();
                at_edge.then_some(0)
            });
            if let Some(colon) = colon
                && best.is_none_or(|(start, _)| at < start)
            {
                best = Some((at, at + word.len() + skipped + colon));
            }
        }
    }
    let (start, end) = best?;
    let head = &text[..start];
    // "Key Columns:", "Main columns:" announce for the line above.
    let lead = ["key", "main", "the", "its", "with", "suggested", "table", "important"];
    let bare = head.trim().trim_matches(|edge: char| !edge.is_alphanumeric()).to_ascii_lowercase();
    let head = if lead.contains(&bare.as_str()) { "" } else { head };
    Some((head, &text[end..]))
}

/// A table from the line that names it: its name, and what a row of it is.
fn headed(head: &str) -> TableDraft {
    let head = head.trim().trim_end_matches(['(', '[', '-', '–']).trim();
    let (name, description) = split_name(head);
    TableDraft {
        name: table_name(name),
        description: description.trim().trim_end_matches(['.', ' ', ';', ',']).trim().to_owned(),
        ..TableDraft::default()
    }
}

/// A name and what is said after it.
fn split_name(head: &str) -> (&str, &str) {
    let label = |text: &str| {
        let lower = text.trim().to_ascii_lowercase();
        let rest = ["table name", "table", "entity", "name", "dataset"]
            .iter()
            .find_map(|word| lower.strip_prefix(word));
        rest.is_some_and(|rest| rest.trim().chars().all(|c| c.is_ascii_digit() || c == '#'))
    };
    for joint in [":", " - ", " – ", " — "] {
        let Some((name, rest)) = head.split_once(joint) else { continue };
        if label(name) {
            return split_name(rest.trim());
        }
        return (name, rest);
    }
    match head.split_once(". ") {
        Some((name, rest)) if name.split_whitespace().count() <= MAX_NAME_WORDS => (name, rest),
        _ => (head, ""),
    }
}

/// A table's name without brackets, quotes and the word "table" before or behind it.
fn table_name(name: &str) -> String {
    let name = name.split('(').next().filter(|name| !name.trim().is_empty()).unwrap_or(name);
    let name = name.trim_matches(|edge: char| {
        edge.is_whitespace() || matches!(edge, '"' | '\'' | '`' | '“' | '”' | '*' | ':' | '#' | '.')
    });
    let lower = name.to_ascii_lowercase();
    let name = if lower.starts_with("table ") && name.len() > 8 {
        name["table ".len()..].trim()
    } else {
        name
    };
    name.to_owned()
}

fn is_table_name(text: &str) -> bool {
    let (name, _) = split_name(text);
    let words = name.split_whitespace().count();
    let lower = name.to_ascii_lowercase();
    let other = NO_TABLE.iter().any(|word| lower.trim_start().starts_with(word));
    (1..=MAX_NAME_WORDS).contains(&words) && !other && !name.trim_end().ends_with(['.', '!', '?'])
}

fn described(table: &mut TableDraft, text: &str) {
    let text = text.trim();
    let text = ["Description:", "description:", "Purpose:"]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(text)
        .trim();
    if !text.is_empty() && table.description.is_empty() {
        text.trim_end_matches('.').clone_into(&mut table.description);
    }
}

/// Adds what stands under a table or under its "Columns:".
fn add_under(table: &mut TableDraft, under: &Item, found: &mut Found) {
    if let Some((head, list)) = columns_in(&under.text)
        && head.trim().is_empty()
    {
        listed(table, list, found);
        for one in &under.items {
            add_under(table, one, found);
        }
        return;
    }
    if key_line(table, &under.text) {
        return;
    }
    if under.marker == Marker::Plain {
        // A list goes on over the end of its line.
        if under.text.contains(',') && table.columns.is_empty() {
            listed(table, &under.text, found);
        } else {
            sentences(table, &under.text, found);
        }
        return;
    }
    // A short list in one bullet: `- id, name, age`.
    let parts = column::split(&under.text);
    if parts.len() > FEW && parts.iter().all(|part| part.split_whitespace().count() <= 3) {
        listed(table, &under.text, found);
        return;
    }
    if let Some(mut column) = column::read(&under.text) {
        for one in &under.items {
            column::annotate(&mut column, &one.text);
        }
        table.columns.push(column);
    }
}

/// Adds a list between commas, and what its last sentences say of it.
fn listed(table: &mut TableDraft, list: &str, found: &mut Found) {
    let (list, rest) = list_end(list);
    table.columns.extend(column::split(list).into_iter().filter_map(column::read));
    sentences(table, rest, found);
}

/// Where a list ends and sentences begin: at a full stop that a word follows, outside brackets.
fn list_end(text: &str) -> (&str, &str) {
    let mut depth = 0usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => {
                let rest = &text[at + 1..];
                let word = rest.starts_with(char::is_whitespace)
                    && rest.trim_start().starts_with(char::is_alphanumeric);
                // "License No. of driver" goes on; a sentence has more than a word or two.
                let next = rest.split([',', '.']).next().unwrap_or_default();
                if word && next.split_whitespace().count() >= 3 {
                    return (&text[..at], rest);
                }
            }
            _ => {}
        }
    }
    (text, "")
}

/// Takes what sentences after a list say: keys, and remarks on columns they name.
fn sentences(table: &mut TableDraft, text: &str, found: &mut Found) {
    for sentence in text.split(". ").map(|one| one.trim().trim_end_matches('.')) {
        if sentence.is_empty() || key_line(table, sentence) {
            continue;
        }
        let lower = sentence.to_ascii_lowercase();
        let named = table.columns.iter_mut().find(|column| {
            let name = column.name.to_ascii_lowercase();
            lower.strip_prefix(&name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        });
        match named {
            Some(column) => column::add_remark(column, sentence),
            None => found.asides.push(format!("{}: {sentence}", table.name)),
        }
    }
}

/// Takes a line that is about keys: `Primary key: id`, `Foreign key: user_id references Users`.
fn key_line(table: &mut TableDraft, text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let after = |word: &str| {
        let rest = lower.strip_prefix(word)?;
        let rest = rest.strip_prefix('s').unwrap_or(rest).trim_start();
        rest.starts_with([':', '-', '–', '(']).then(|| &text[text.len() - rest.len() + 1..])
    };
    if let Some(rest) = after("primary key") {
        let names: Vec<String> = column::split(rest.trim_end_matches(')'))
            .into_iter()
            .map(|name| name.trim_matches(|edge: char| !edge.is_alphanumeric()).to_owned())
            .filter(|name| has_column(table, name))
            .collect();
        if table.primary_key.is_empty() {
            table.primary_key = names;
        }
        return true;
    }
    if let Some(rest) = after("foreign key") {
        for part in column::split(rest) {
            let Some(column) = longest(table, part) else { continue };
            let rest = part.trim().get(column.name.len()..).unwrap_or_default();
            column::add_remark(column, &format!("foreign key {}", rest.trim()));
        }
        return true;
    }
    false
}

fn has_column(table: &TableDraft, name: &str) -> bool {
    table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name))
}

/// The column with the longest name that a text begins with.
fn longest<'a>(table: &'a mut TableDraft, text: &str) -> Option<&'a mut ColumnDraft> {
    let lower = text.trim().trim_start_matches(['(', '"', '\'']).to_ascii_lowercase();
    (table.columns.iter_mut())
        .filter(|column| lower.starts_with(&column.name.to_ascii_lowercase()))
        .max_by_key(|column| column.name.len())
}
