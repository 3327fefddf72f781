//! Columns in words: `Visitor_ID (Primary Key), Cost (in USD), Severity (Low/Medium/High)`.

use super::ColumnDraft;
use crate::design::is_kind_word;

/// The longest remark or description kept of a column, in bytes.
const MAX_REMARK: usize = 2000;
/// The most words that the name of a column has.
const MAX_NAME_WORDS: usize = 8;
/// From how many words on a remark is a sentence.
const SENTENCE_WORDS: usize = 4;
/// The most words that an enum's word has.
const MAX_VALUE_WORDS: usize = 4;

/// The parts of a list between commas that stand outside brackets and quotes.
///
/// An open bracket that nothing closes hides nothing: then every comma counts.
pub(super) fn split(list: &str) -> Vec<&str> {
    let parts = split_outside(list);
    let unclosed = parts.last().is_some_and(|last| depth(last) > 0);
    if unclosed { list.split(',').map(str::trim).collect() } else { parts }
}

fn split_outside(list: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, letter) in list.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' | ';' | '\n' if depth == 0 => {
                parts.push(list[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(list[start..].trim());
    parts
}

fn depth(text: &str) -> usize {
    text.chars().fold(0, |depth: usize, letter| match letter {
        '(' | '[' | '{' => depth + 1,
        ')' | ']' | '}' => depth.saturating_sub(1),
        _ => depth,
    })
}

/// A column from what a list says of it, or `None` where that names none.
pub(super) fn read(item: &str) -> Option<ColumnDraft> {
    let item = item.trim().trim_end_matches(['.', ';', ',']).trim();
    let item = item.strip_prefix("and ").unwrap_or(item);
    let (name, rest) = named(item);
    let name = name.trim_matches(|edge: char| {
        edge.is_whitespace()
            || matches!(edge, '"' | '\'' | '`' | '“' | '”' | '*' | ':' | '-' | '<' | '>')
    });
    let words = name.split_whitespace().count();
    let usable = name.chars().any(char::is_alphanumeric) && words <= MAX_NAME_WORDS;
    if !usable
        || matches!(name.to_ascii_lowercase().as_str(), "etc" | "etc." | "and so on" | "more")
    {
        return None;
    }
    let mut column = ColumnDraft { name: name.to_owned(), ..ColumnDraft::default() };
    annotate(&mut column, rest);
    Some(column)
}

/// The name at the start of an item, and what is said after it.
fn named(item: &str) -> (&str, &str) {
    let mut end = item.len();
    for (at, letter) in item.char_indices() {
        let spaced = |from: usize| item[from..].starts_with(' ') || item[from..].is_empty();
        let dash = matches!(letter, '-' | '–' | '—')
            && item[..at].ends_with(' ')
            && spaced(at + letter.len_utf8());
        if matches!(letter, '(' | '[' | ':' | '{' | '=') || dash || item[at..].starts_with("->") {
            end = at;
            break;
        }
    }
    let (name, rest) = item.split_at(end);
    // `user_id INT NOT NULL`: a kind word straight after a name of one word.
    if let Some((first, after)) = name.trim().split_once(' ')
        && (first.contains('_') || after.chars().next().is_some_and(char::is_uppercase))
        && after.split_whitespace().next().is_some_and(|word| is_sql_word(word, first))
    {
        let at = item.find(first).unwrap_or(0) + first.len();
        return item.split_at(at);
    }
    (name, rest)
}

/// Whether a word after a name is its kind rather than part of the name: `INT`, and `integer`
/// after a name in `snake_case`, but neither `Date` in `Start Date` nor `Name` in `First Name`.
fn is_sql_word(word: &str, before: &str) -> bool {
    let word = word.trim_end_matches([',', ';']);
    let upper = word.len() > 2 && !word.chars().any(char::is_lowercase);
    let snake = before.contains('_') && !word.chars().any(char::is_uppercase);
    (upper || snake) && is_kind_word(word) && before.chars().any(char::is_lowercase)
        || snake && is_kind_word(word)
}

/// Adds what is said of a column to it: its kind, its unit, its words; all of it as a remark.
pub(super) fn annotate(column: &mut ColumnDraft, said: &str) {
    let edges = |edge: char| {
        edge.is_whitespace() || matches!(edge, ':' | '-' | '–' | '—' | '=' | '>' | '.')
    };
    let said = said.trim_matches(edges);
    if said.is_empty() {
        return;
    }
    let (bracket, tail) = bracketed(said);
    let mut notes: Vec<&str> = Vec::new();
    for (place, text) in [bracket, tail].into_iter().enumerate() {
        let text = text.trim_matches(edges);
        if text.is_empty() {
            continue;
        }
        // What follows a name is a sentence about it, as soon as it is one.
        let sentence = place == 1 && text.split_whitespace().count() >= SENTENCE_WORDS;
        if sentence && !split(text).first().is_some_and(|first| is_kind_phrase(first)) {
            column.description.get_or_insert_with(|| text.to_owned());
            if speaks_of_keys(text) {
                notes.push(text);
            }
            continue;
        }
        if let Some(values) = values(text) {
            set_values(column, values);
        } else {
            for piece in split(text) {
                note(column, piece);
            }
        }
        notes.push(text);
    }
    let remark = notes.join("; ");
    add_remark(column, &remark);
}

fn speaks_of_keys(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["primary key", "foreign key", "references", "refers to", "links to", "linked to"]
        .iter()
        .any(|word| lower.contains(word))
}

/// Adds to what else was said of a column.
pub(super) fn add_remark(column: &mut ColumnDraft, said: &str) {
    let said = said.trim();
    let remark = column.remark.get_or_insert_default();
    if said.is_empty() || remark.len() + said.len() > MAX_REMARK {
        if remark.is_empty() {
            column.remark = None;
        }
        return;
    }
    if !remark.is_empty() {
        remark.push_str("; ");
    }
    remark.push_str(said);
}

/// What stands in the first brackets, and what stands behind them.
fn bracketed(said: &str) -> (&str, &str) {
    let Some(start) = said.find(['(', '[']).filter(|start| *start == 0) else { return ("", said) };
    let mut depth = 0usize;
    for (at, letter) in said.char_indices() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return (&said[start + 1..at], &said[at + 1..]);
                }
            }
            _ => {}
        }
    }
    (&said[start + 1..], "")
}

/// Takes the kind, the unit and the like from one piece of a remark.
fn note(column: &mut ColumnDraft, piece: &str) {
    let piece = piece.trim().trim_end_matches('.');
    let lower = piece.to_ascii_lowercase();
    let of_nulls = match lower.as_str() {
        "not null" | "required" | "non-null" | "mandatory" => Some(false),
        "nullable" | "optional" | "null" | "can be null" | "may be null" | "if applicable"
        | "if any" => Some(true),
        _ => None,
    };
    if let Some(nullable) = of_nulls {
        column.nullable = Some(nullable);
        return;
    }
    if lower.contains("not null") {
        column.nullable = Some(false);
    }
    if let Some(kind) = moment_form(piece) {
        column.kind.get_or_insert_with(|| kind.to_owned());
        return;
    }
    if column.kind.is_none() && is_kind_phrase(piece) {
        column.kind = Some(piece.to_owned());
        return;
    }
    if let Some(unit) = unit(piece) {
        column.unit.get_or_insert_with(|| unit.to_owned());
    }
}

/// Whether a piece says a kind and little else: `int`, `VARCHAR(50) NOT NULL`, `list of strings`.
fn is_kind_phrase(piece: &str) -> bool {
    let first =
        piece.split(|edge: char| edge.is_whitespace() || edge == '(' || edge == '<' || edge == '[');
    let words = piece.split_whitespace().count();
    (words <= 6 && is_kind_word(piece))
        && (words <= 2
            || first.clone().next().is_some_and(|word| !word.chars().any(char::is_lowercase))
            || piece.contains(" of ")
            || piece.contains('(')
            || piece.to_ascii_lowercase().contains("null")
            || piece.to_ascii_lowercase().contains("zone")
            || piece.to_ascii_lowercase().contains("key"))
}

/// The kind that a form like `YYYY-MM-DD HH:MM` stands for.
fn moment_form(piece: &str) -> Option<&'static str> {
    let lower = piece.to_ascii_lowercase();
    let form =
        lower.trim_start_matches("format").trim_matches(|edge: char| edge == ':' || edge == ' ');
    let letters = form.chars().all(|letter| "ymdhst:-/. '\"z".contains(letter));
    if !letters || form.len() < 5 {
        return None;
    }
    match (form.contains("yy"), form.contains("hh")) {
        (true, true) => Some("timestamp"),
        (true, false) => Some("date"),
        (false, true) => Some("time"),
        (false, false) => None,
    }
}

/// The unit that a piece names: `in %`, `USD`, `in seconds`.
fn unit(piece: &str) -> Option<&str> {
    const UNITS: [(&str, &str); 38] = [
        ("%", "%"),
        ("percent", "%"),
        ("percentage", "%"),
        ("usd", "USD"),
        ("us dollars", "USD"),
        ("dollars", "USD"),
        ("$", "USD"),
        ("eur", "EUR"),
        ("euros", "EUR"),
        ("€", "EUR"),
        ("gbp", "GBP"),
        ("pounds sterling", "GBP"),
        ("seconds", "s"),
        ("s", "s"),
        ("ms", "ms"),
        ("milliseconds", "ms"),
        ("minutes", "min"),
        ("min", "min"),
        ("hours", "h"),
        ("days", "d"),
        ("kg", "kg"),
        ("kilograms", "kg"),
        ("grams", "g"),
        ("g", "g"),
        ("cm", "cm"),
        ("centimeters", "cm"),
        ("mm", "mm"),
        ("meters", "m"),
        ("m", "m"),
        ("km", "km"),
        ("kilometers", "km"),
        ("miles", "mi"),
        ("celsius", "°C"),
        ("°c", "°C"),
        ("°f", "°F"),
        ("fahrenheit", "°F"),
        ("mph", "mph"),
        ("km/h", "km/h"),
    ];
    let lower = piece.trim().to_ascii_lowercase();
    let bare = lower.strip_prefix("in ").unwrap_or(&lower);
    let bare = bare.strip_prefix("degrees ").unwrap_or(bare).trim();
    UNITS.iter().find(|(word, _)| *word == bare).map(|(_, unit)| *unit)
}

fn set_values(column: &mut ColumnDraft, values: Vec<String>) {
    let lower: Vec<String> = values.iter().map(|value| value.to_ascii_lowercase()).collect();
    let pair = |one: &str, other: &str| {
        lower.len() == 2
            && lower.iter().any(|word| word == one)
            && lower.iter().any(|word| word == other)
    };
    if pair("yes", "no")
        || pair("true", "false")
        || pair("y", "n")
        || pair("t", "f")
        || pair("0", "1")
    {
        column.kind.get_or_insert_with(|| "bool".into());
    } else if column.kind.as_ref().is_none_or(|kind| !is_number_word(kind)) {
        column.kind = Some("enum".into());
        column.values = Some(values);
    }
}

fn is_number_word(kind: &str) -> bool {
    let lower = kind.to_ascii_lowercase();
    ["int", "float", "double", "decimal", "number"].iter().any(|word| lower.starts_with(word))
}

/// The words of a list that is closed: `Low/Medium/High`, `manual or electric`, `'new', 'old'`.
/// What goes on with "etc." or begins with "e.g." only gives examples.
pub(super) fn values(text: &str) -> Option<Vec<String>> {
    let lower = text.to_ascii_lowercase();
    let open = ["etc", "e.g", "eg.", "such as", "for example", "example", "...", "…", "like "];
    if open.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let mut rest = text.trim();
    let mut announced = false;
    for start in [
        "one of",
        "either",
        "values are",
        "possible values",
        "allowed values",
        "values",
        "options",
        "enum",
        "choices",
    ] {
        let Some(after) = lower.strip_prefix(start) else { continue };
        if after.starts_with(char::is_alphanumeric) {
            continue;
        }
        rest = &text.trim()[text.trim().len().saturating_sub(after.len())..];
        rest = rest.trim_matches(|edge: char| edge.is_whitespace() || ":=()[]{}".contains(edge));
        announced = true;
        break;
    }
    let quoted = rest.starts_with(['\'', '"']) && rest.ends_with(['\'', '"']);
    let parts: Vec<&str> = if rest.contains('|') {
        rest.split('|').collect()
    } else if (announced || quoted) && rest.contains(',') {
        rest.split(',').collect()
    } else if rest.contains('/') && !rest.contains(',') {
        rest.split('/').collect()
    } else if rest.contains(" or ") && !rest.contains(',') {
        rest.split(" or ").collect()
    } else {
        return None;
    };
    let parts: Vec<String> = (parts.iter())
        .map(|part| part.trim().strip_prefix("or ").unwrap_or(part.trim()))
        .map(|part| {
            part.trim_matches(|edge| matches!(edge, '"' | '\'' | '“' | '”' | ' ')).to_owned()
        })
        .collect();
    let fits = |part: &String| {
        let words = part.split_whitespace().count();
        (1..=MAX_VALUE_WORDS).contains(&words)
            && part.chars().any(char::is_alphanumeric)
            && !is_measure(part)
            && !is_kind_word(part)
    };
    (parts.len() >= 2 && parts.iter().all(fits)).then_some(parts)
}

/// Words that name what is measured, not a value: "latitude/longitude", "city/state".
fn is_measure(part: &str) -> bool {
    const MEASURES: [&str; 28] = [
        "latitude",
        "longitude",
        "lat",
        "long",
        "lng",
        "coordinates",
        "city",
        "state",
        "country",
        "address",
        "street",
        "zip",
        "name",
        "id",
        "key",
        "date",
        "time",
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "number",
        "null",
        "mm",
        "dd",
        "yyyy",
    ];
    let lower = part.to_ascii_lowercase();
    lower.split(|edge: char| !edge.is_alphanumeric()).any(|word| MEASURES.contains(&word))
}
