//! [`are`]: types that programs print under the names of columns.

use super::notes::is_elision;
use super::pipes::{cells, count, is_rule};

/// The types that `DuckDB`, Polars and their like print, without what stands in brackets behind them,
/// of values that are printed as text of any length.
const TEXTUAL: [&str; 22] = [
    "varchar",
    "str",
    "string",
    "char",
    "bpchar",
    "text",
    "cat",
    "categorical",
    "enum",
    "list",
    "array",
    "struct",
    "map",
    "union",
    "json",
    "blob",
    "bytea",
    "binary",
    "bit",
    "object",
    "variant",
    "geometry",
];

/// The same of values that are never blank nor go on in another line.
const SOLID: [&str; 52] = [
    "int",
    "int1",
    "int2",
    "int4",
    "int8",
    "int16",
    "int32",
    "int64",
    "int128",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uint128",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "tinyint",
    "smallint",
    "integer",
    "bigint",
    "hugeint",
    "utinyint",
    "usmallint",
    "uinteger",
    "ubigint",
    "uhugeint",
    "bignum",
    "f32",
    "f64",
    "float",
    "double",
    "real",
    "decimal",
    "numeric",
    "bool",
    "boolean",
    "date",
    "time",
    "timestamp",
    "datetime",
    "duration",
    "interval",
    "uuid",
    "null",
];

/// What a type's values are printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    /// Text, which may be empty.
    Textual,
    /// A number, a moment or the like.
    Solid,
}

/// The type that a text names, as far as it names one.
pub(super) fn named(text: &str) -> Option<Type> {
    let word = text.find(['(', '[', '<', ' ']).map_or(text, |end| &text[..end]);
    let word = word.trim_matches('"');
    // `timestamp_ns`, `timetz`
    let base = word.split_once('_').map_or(word, |(base, _)| base);
    let base = base.strip_suffix("tz").unwrap_or(base);
    let list = text.ends_with("[]");
    let lower = !base.bytes().any(|byte| byte.is_ascii_uppercase());
    if TEXTUAL.contains(&base) || (list && lower) {
        Some(Type::Textual)
    } else {
        SOLID.contains(&base).then_some(Type::Solid)
    }
}

/// Whether the cells of a line name types, as some programs print them under the names: most are
/// known, and the others may be names that somebody gave to a type.
pub(super) fn are(line: &str) -> bool {
    if is_rule(line) || count(line) == 0 {
        return false;
    }
    let cells = cells(line, line);
    let shown = cells.iter().map(|cell| &*cell.text);
    let shown = shown.filter(|cell| !cell.is_empty() && !is_elision(cell));
    let known = shown.clone().filter(|cell| named(cell).is_some()).count();
    let all = shown.clone().count();
    let word = |cell: &str| {
        let bare = cell.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        bare || named(cell).is_some()
    };
    known * 2 > all && shown.clone().all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_from_words() {
        for line in [
            "│ int64 │ varchar │ timestamp with time zone │",
            "│ i64 ┆ str  ┆ datetime[μs, UTC] ┆ list[f64] │",
            "│ int32[] │ struct(a integer) │ … │ enum('x', 'y') │ mood │",
            "│ i64 ┆   ┆ f64 │",
        ] {
            assert!(are(line), "{line}");
        }
        for line in ["│ 1 │ Oslo │", "│ interest │ strong │", "│ Date │ Time │", "│ --- │"]
        {
            assert!(!are(line), "{line}");
        }
    }
}
