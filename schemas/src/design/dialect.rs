//! Kind words: what `varchar(20)`, `bigint`, "list of strings" or `ENUM('a','b')` mean here.

use std::collections::BTreeSet;

use super::stem;
use crate::draft::ColumnDraft;
use crate::kind::{Field, IntSize, Kind, MAX_PRECISION};
use crate::name::Identifier;

/// How deep lists and structs may lie in each other.
const MAX_DEPTH: usize = 8;
/// The most words an enum has.
const MAX_WORDS: usize = 1000;
/// The longest word of an enum, in characters.
const MAX_WORD: usize = 200;
/// The longest kind word read, in characters: an enum may list its words in it.
const MAX_SAID: usize = 10_000;
/// The most fields a struct has.
const MAX_FIELDS: usize = 100;
/// An amount of money: what most databases in trade give it.
const MONEY: Kind = Kind::Decimal { precision: 18, scale: 2 };

/// What a kind word turned out to mean.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// This kind.
    Kind(Kind),
    /// A word that is known and leaves the kind open: an enum whose words nobody gave.
    Open,
    /// Nothing that is known.
    Unknown,
}

/// The kind of a drafted column, as far as its word, its words and its parts tell.
pub(super) fn kind(column: &ColumnDraft) -> Meaning {
    at_depth(column, MAX_DEPTH)
}

/// Whether text is a word for a kind, in any dialect.
pub(crate) fn is_kind_word(text: &str) -> bool {
    // "name" and the like are kinds only where nothing else can be meant.
    const WEAK: [&str; 10] =
        ["name", "address", "phone", "email", "url", "year", "count", "counter", "whole", "free"];
    let first = text.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    if WEAK.contains(&first.as_str()) || text.len() > MAX_WORD {
        return false;
    }
    let listed = listed(bare(text), &bare(text).to_ascii_lowercase()).is_some();
    listed || matches!(word(text, &worded(text), 2), Meaning::Kind(_))
}

fn at_depth(column: &ColumnDraft, depth: usize) -> Meaning {
    let said = column.kind.as_deref().unwrap_or_default();
    let meaning = if said.trim().is_empty() { Meaning::Open } else { word(said, column, depth) };
    let words = column.values.as_deref().map(enum_words).filter(|words| !words.is_empty());
    match (meaning, words) {
        (
            Meaning::Open | Meaning::Unknown | Meaning::Kind(Kind::Text | Kind::Enum(_)),
            Some(words),
        ) => Meaning::Kind(Kind::Enum(words)),
        (Meaning::Open, None) if depth > 0 => match (&column.fields, &column.item) {
            (Some(fields), _) if !fields.is_empty() => structure(fields, depth),
            (_, Some(item)) => Meaning::Kind(list(item, depth)),
            _ => Meaning::Open,
        },
        (meaning, _) => meaning,
    }
}

fn word(said: &str, column: &ColumnDraft, depth: usize) -> Meaning {
    let said: String = said.chars().take(MAX_SAID).collect();
    let said = bare(&said);
    let lower = said.to_ascii_lowercase();
    let text = lower.as_str();
    if let Some(words) = listed(said, text) {
        return if words.is_empty() { Meaning::Open } else { Meaning::Kind(Kind::Enum(words)) };
    }
    if let Some(inner) = item_word(text) {
        if depth == 0 {
            return Meaning::Kind(Kind::Json);
        }
        let item = column
            .item
            .as_deref()
            .map_or_else(|| list(&worded(inner), depth), |item| list(item, depth));
        return Meaning::Kind(item);
    }
    let (head, arguments) = match text.split_once('(') {
        Some((head, rest)) => (head.trim(), rest.split(')').next()),
        None => (text, None),
    };
    let tail = text.split_once(')').map_or("", |(_, tail)| tail.trim());
    let numbers: Vec<u8> =
        arguments.unwrap_or("").split(',').filter_map(|each| each.trim().parse().ok()).collect();
    match head.split_whitespace().next().unwrap_or_default() {
        "object" | "struct" | "record" | "row" | "dict" | "map" | "json" | "jsonb" | "variant"
        | "dictionary" | "super" => match &column.fields {
            Some(fields) if !fields.is_empty() && depth > 0 => structure(fields, depth),
            _ => Meaning::Kind(Kind::Json),
        },
        "decimal" | "numeric" | "dec" | "fixed" | "number" if !numbers.is_empty() => {
            exact(&numbers)
        }
        "tinyint" if numbers == [1] => Meaning::Kind(Kind::Bool),
        "bit" if numbers.iter().any(|bits| *bits > 1) => Meaning::Unknown,
        "decimal" | "numeric" | "dec" | "number" | "num" => number(&column.name),
        _ => simple(head, tail),
    }
}

/// The word without what says that it may be missing.
fn bare(text: &str) -> &str {
    const ENDS: [&str; 8] =
        ["| null", "|null", "| none", "or null", "?", "(nullable)", "nullable", "(optional)"];
    const STARTS: [&str; 7] = ["null |", "null|", "nullable ", "optional ", "an ", "a ", "the "];
    let mut text = text.trim_matches(|edge: char| edge.is_whitespace() || "`'\".;:".contains(edge));
    for end in ENDS {
        let cut = text.len().saturating_sub(end.len());
        if text.get(cut..).is_some_and(|rest| rest.eq_ignore_ascii_case(end)) {
            text = text[..cut].trim();
        }
    }
    for start in STARTS {
        if text.get(..start.len()).is_some_and(|first| first.eq_ignore_ascii_case(start)) {
            text = text[start.len()..].trim();
        }
    }
    for start in ["optional[", "nullable("] {
        if text.get(..start.len()).is_some_and(|first| first.eq_ignore_ascii_case(start)) {
            text = text[start.len()..].trim_end_matches([']', ')']).trim();
        }
    }
    text
}

/// The words of `enum('a', 'b')`, `category: a | b` or a bare `enum`; `text` is `said` in lower
/// case.
fn listed(said: &str, text: &str) -> Option<Vec<String>> {
    const STARTS: [&str; 8] =
        ["enumeration", "enum", "categorical", "category", "choice", "one of", "set(", "factor"];
    let start = STARTS.iter().find(|start| text.starts_with(**start))?;
    let rest = said.trim().get(start.len()..).unwrap_or_default();
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let rest = rest.trim_matches(|edge: char| edge.is_whitespace() || "()[]{}:<>=".contains(edge));
    let rest = rest.split(')').next().unwrap_or(rest);
    let joints: &[char] = if rest.contains(',') { &[','] } else { &['|', '/', ';'] };
    let words: Vec<String> = rest.split(joints).map(str::to_owned).collect();
    Some(enum_words(&words))
}

/// The words of an enum: trimmed, unlike each other, none empty, none without bound.
pub(super) fn enum_words(words: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    (words.iter())
        .map(|word| {
            let word =
                word.trim_matches(|edge: char| edge.is_whitespace() || "'\"`".contains(edge));
            word.chars().filter(|letter| !letter.is_control()).take(MAX_WORD).collect::<String>()
        })
        .filter(|word| !word.is_empty() && seen.insert(word.clone()))
        .take(MAX_WORDS)
        .collect()
}

/// The word for what is in a list, where a word is one for lists.
fn item_word(text: &str) -> Option<&str> {
    if let Some(inner) = text.strip_suffix("[]") {
        return Some(inner);
    }
    for start in ["list", "array", "set", "repeated", "sequence", "tuple"] {
        let Some(rest) = text.strip_prefix(start) else { continue };
        let rest = rest.trim_start();
        if rest.is_empty() {
            return Some("text");
        }
        if let Some(inner) = rest.strip_prefix("of ") {
            return Some(inner);
        }
        if let Some(inner) = rest.strip_prefix(['<', '[', '(']) {
            return Some(inner.strip_suffix(['>', ']', ')']).unwrap_or(inner));
        }
        if start == "repeated" {
            return Some(rest);
        }
    }
    None
}

/// A column of which only the word for its kind is known.
fn worded(kind: &str) -> ColumnDraft {
    ColumnDraft { kind: Some(kind.to_owned()), ..ColumnDraft::default() }
}

fn list(item: &ColumnDraft, depth: usize) -> Kind {
    let kind = match at_depth(item, depth - 1) {
        Meaning::Kind(kind) => kind,
        Meaning::Open | Meaning::Unknown => Kind::Text,
    };
    Kind::List(Box::new(Field {
        name: "item".into(),
        kind,
        nullable: item.nullable.unwrap_or(true),
    }))
}

fn structure(fields: &[ColumnDraft], depth: usize) -> Meaning {
    let mut parts: Vec<Field> = Vec::new();
    for field in fields.iter().take(MAX_FIELDS) {
        let name = Identifier::new(&field.name, "field");
        let name = name.unlike(|name| parts.iter().any(|part| part.name == name.as_str()));
        let kind = match at_depth(field, depth - 1) {
            Meaning::Kind(kind) => kind,
            Meaning::Open | Meaning::Unknown => Kind::Text,
        };
        let nullable = field.nullable.unwrap_or(true);
        parts.push(Field { name: name.as_str().to_owned(), kind, nullable });
    }
    Meaning::Kind(Kind::Struct(parts))
}

fn exact(numbers: &[u8]) -> Meaning {
    let precision = numbers[0].clamp(1, MAX_PRECISION);
    let scale = numbers.get(1).copied().unwrap_or(0).min(precision);
    // `number(9)` is how Oracle says integer.
    if scale == 0 && numbers.len() == 1 && precision <= 18 {
        return Meaning::Kind(Kind::Int(IntSize::I64));
    }
    Meaning::Kind(Kind::Decimal { precision, scale })
}

/// What "number" means depends on what is counted.
fn number(name: &str) -> Meaning {
    let words = stem::words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(&[
        "price", "cost", "amount", "total", "revenue", "salary", "fee", "balance", "budget", "wage",
    ]) {
        return Meaning::Kind(MONEY);
    }
    if stem::is_key(name) || has(&["count", "quantity", "qty", "year", "age", "number", "rank"]) {
        return Meaning::Kind(Kind::Int(IntSize::I64));
    }
    Meaning::Kind(Kind::Float)
}

fn simple(head: &str, tail: &str) -> Meaning {
    let zoned = |text: &str| text.contains("with time") || text.contains("with local");
    let mut words = head.split_whitespace();
    let first = words.next().unwrap_or_default().trim_end_matches([',', ':']);
    Meaning::Kind(match first {
        "bool" | "boolean" | "bit" | "flag" | "logical" | "yes/no" | "true/false" => Kind::Bool,
        "int8" | "tinyint" | "byte" => Kind::Int(IntSize::I8),
        "int16" | "smallint" | "short" | "int2" | "smallserial" | "uint8" => {
            Kind::Int(IntSize::I16)
        }
        "int32" | "int4" | "mediumint" | "serial" | "uint16" => Kind::Int(IntSize::I32),
        // What a model calls an integer may be a population: room for all is safe.
        "int" | "integer" | "int64" | "bigint" | "long" | "bigserial" | "whole"
        | "autoincrement" | "auto_increment" | "uint32" | "uint64" | "unsigned" | "identity"
        | "hugeint" | "count" | "counter" | "year" => Kind::Int(IntSize::I64),
        "float" | "float64" | "double" | "real" | "float32" | "float4" | "float8" | "floating"
        | "floating-point" | "percent" | "percentage" => Kind::Float,
        "money" | "currency" | "smallmoney" => MONEY,
        "text" | "string" | "str" | "varchar" | "char" | "character" | "nvarchar" | "nchar"
        | "varchar2" | "nvarchar2" | "clob" | "longtext" | "mediumtext" | "tinytext" | "bpchar"
        | "citext" | "utf8" | "object_id" | "url" | "uri" | "email" | "phone" | "free"
        | "short_text" | "alphanumeric" | "name" | "address" | "factor" => Kind::Text,
        "date" | "date32" if words.next() == Some("and") => Kind::Timestamp,
        "date" | "date32" => Kind::Date,
        "date/time" | "date-time" | "datetime" | "datetime2" | "smalldatetime"
        | "timestamp_ntz"
            if !zoned(head) && !zoned(tail) =>
        {
            Kind::Timestamp
        }
        "time" if !zoned(head) || head.starts_with("time with") => {
            if head.starts_with("time stamp") { Kind::Timestamp } else { Kind::Time }
        }
        "timetz" => Kind::Time,
        "timestamp" | "datetime" if zoned(head) || zoned(tail) => Kind::TimestampTz,
        "timestamp" => Kind::Timestamp,
        "timestamptz" | "datetimeoffset" | "timestamp_tz" | "timestamp_ltz" | "datetimetz"
        | "instant" => Kind::TimestampTz,
        "uuid" | "guid" | "uniqueidentifier" => Kind::Uuid,
        _ => return Meaning::Unknown,
    })
}
