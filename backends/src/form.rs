//! [`Form`]: how an answer is to be written, and the JSON Schema of a good one.

use peyote_schemas::draft::{ColumnDraft, TableDraft};
use serde_json::{Map, Value, json};

use crate::ask::Ask;

/// How an answer is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// One JSON object, as the ask's schema has it.
    Json,
    /// What people write: numbered lists, bullets, CSV.
    Text,
}

/// The words for kinds that a design in JSON may use; a model that may write anything writes
/// `VARCHAR(255)`.
pub(crate) const KINDS: [&str; 14] = [
    "int32",
    "int64",
    "float64",
    "decimal(12,2)",
    "decimal(18,6)",
    "bool",
    "text",
    "enum",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
    "json",
];

/// The JSON Schema of a good answer to an ask that is no repair.
pub(crate) fn schema(ask: &Ask) -> Value {
    match ask {
        Ask::Ideas { .. } => {
            let idea = object([("name", text()), ("about", text()), ("use_cases", text())]);
            object([("ideas", list(idea))])
        }
        Ask::Design { .. } => object([("tables", list(table()))]),
        Ask::Rows { table, .. } => object([("rows", list(row(table)))]),
        Ask::Vocabulary { .. } => object([("values", list(text()))]),
        Ask::Repair { of, .. } => schema(of.base()),
    }
}

fn table() -> Value {
    let column = object([
        ("name", text()),
        ("kind", json!({"type": "string", "enum": KINDS})),
        ("nullable", json!({"type": "boolean"})),
        ("unit", nullable(text())),
        ("values", nullable(list(text()))),
        ("description", text()),
    ]);
    let reference = object([("table", text()), ("columns", list(text()))]);
    let foreign_key = object([("columns", list(text())), ("references", reference)]);
    object([
        ("name", text()),
        ("description", text()),
        ("columns", list(column)),
        ("primary_key", list(text())),
        ("foreign_keys", list(foreign_key)),
    ])
}

fn row(table: &TableDraft) -> Value {
    let columns = table.columns.iter().filter(|column| !column.name.is_empty()).map(|column| {
        let cell = cell(column);
        let free = column.nullable != Some(false) && !table.primary_key.contains(&column.name);
        (column.name.as_str(), if free { nullable(cell) } else { cell })
    });
    object(columns)
}

/// A cell's schema from a kind in anybody's words; what is inside a list or a struct is text.
fn cell(column: &ColumnDraft) -> Value {
    let kind = column.kind.as_deref().unwrap_or_default().to_ascii_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| kind.starts_with(word));
    match &column.values {
        Some(values) if !values.is_empty() => {
            return json!({"type": "string", "enum": distinct(values)});
        }
        _ => {}
    }
    if begins(&["interval"]) {
        text()
    } else if begins(&["int", "bigint", "smallint", "tinyint", "serial", "uint", "long"]) {
        json!({"type": "integer"})
    } else if begins(&["float", "double", "real", "number", "decimal", "numeric", "money"]) {
        json!({"type": "number"})
    } else if begins(&["bool"]) {
        json!({"type": "boolean"})
    } else if begins(&["list", "array"]) {
        list(text())
    } else {
        text()
    }
}

/// Values without repetition: some servers refuse an enum that says a word twice.
fn distinct(values: &[String]) -> Vec<&String> {
    let mut seen = std::collections::BTreeSet::new();
    values.iter().filter(|value| seen.insert(*value)).collect()
}

fn text() -> Value {
    json!({"type": "string"})
}

fn list(items: impl Into<Value>) -> Value {
    json!({"type": "array", "items": items.into()})
}

fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let fields: Map<String, Value> =
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let required: Vec<&String> = fields.keys().collect();
    json!({"type": "object", "required": required, "additionalProperties": false, "properties": fields})
}

/// The schema with null allowed, by a union of types.
fn nullable(mut schema: Value) -> Value {
    if let Some(kind) = schema.get("type").cloned() {
        schema["type"] = json!([kind, "null"]);
    }
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: &str, nullable: Option<bool>) -> ColumnDraft {
        ColumnDraft {
            name: name.into(),
            kind: Some(kind.into()),
            nullable,
            ..ColumnDraft::default()
        }
    }

    #[test]
    fn rows_schema_follows_the_columns() {
        let mut state = column("state", "enum", Some(true));
        state.values = Some(vec!["a".into(), "b".into(), "a".into()]);
        let table = TableDraft {
            columns: vec![
                column("id", "INTEGER", None),
                column("name", "VARCHAR(20)", None),
                column("price", "decimal(12,2)", Some(false)),
                state,
                column("", "text", None),
                column("tags", "list", Some(false)),
            ],
            primary_key: vec!["id".into()],
            ..TableDraft::default()
        };
        let schema = row(&table);
        assert_eq!(schema["required"], json!(["id", "name", "price", "state", "tags"]));
        assert_eq!(schema["properties"]["id"], json!({"type": "integer"}));
        assert_eq!(schema["properties"]["name"], json!({"type": ["string", "null"]}));
        assert_eq!(schema["properties"]["price"], json!({"type": "number"}));
        assert_eq!(
            schema["properties"]["state"],
            json!({"type": ["string", "null"], "enum": ["a", "b", null]})
        );
        assert_eq!(schema["properties"]["tags"]["type"], "array");
    }

    #[test]
    fn every_object_names_all_it_has_and_allows_no_more() {
        fn check(schema: &Value) {
            if schema["properties"].is_object() {
                assert_eq!(schema["additionalProperties"], json!(false));
                let fields = schema["properties"].as_object().unwrap();
                assert_eq!(schema["required"].as_array().unwrap().len(), fields.len());
                fields.values().for_each(check);
            }
            if !schema["items"].is_null() {
                check(&schema["items"]);
            }
        }
        for ask in crate::contract::asks() {
            check(&ask.schema());
        }
    }
}
