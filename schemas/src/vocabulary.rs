//! Vocabulary: the words of a column, out of any reply that lists some.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cell::Cell;
use crate::read::{self, Source};

/// Letters of the longest word or phrase that is taken.
const LONGEST: usize = 200;

/// The words and phrases that a reply lists, in order, each once; none where it lists none.
///
/// A list in any form is taken (bullets, numbers, commas, lines, a JSON array or an object that
/// holds one); of a table, its first column.
pub fn read(text: &str) -> Vec<String> {
    let reading = read::read(&Source { name: "vocabulary", text, expect: None });
    let mut words = Vec::new();
    let mut seen = BTreeSet::new();
    let Some(table) = reading.tables.first() else { return words };
    for row in table.rows() {
        let nested = row.iter().find_map(|cell| match cell {
            Cell::Nested(text) => serde_json::from_str::<Vec<Value>>(text).ok(),
            _ => None,
        });
        let found: Vec<String> = match nested {
            Some(values) => values.iter().filter_map(word).collect(),
            None => row.first().and_then(Cell::text).map(str::to_owned).into_iter().collect(),
        };
        for word in found {
            let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
            let short = word.chars().nth(LONGEST).is_none();
            if short && !word.is_empty() && seen.insert(word.to_lowercase()) {
                words.push(word);
            }
        }
    }
    words
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(object) => object.values().find_map(word),
        Value::Null | Value::Bool(_) | Value::Array(_) => None,
    }
}
