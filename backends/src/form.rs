//! [`Form`]: how an answer is to be written, and the JSON Schema of a good one.

use peyote_schemas::Kind;
use peyote_schemas::draft::{ColumnDraft, TableDraft};
use serde_json::{Map, Value, json};

use crate::ask::{Ask, ParentKeys};

/// How an answer is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// One JSON object, as the ask's schema has it.
    Json,
    /// What people write: numbered lists, bullets, CSV.
    Text,
}

/// Kinds that no model is offered: small integers tempt it to count too low, and what is inside a
/// list or a struct it does not say.
const NOT_OFFERED: [&str; 4] = ["int8", "int16", "list", "struct"];
/// The decimals that a model is offered: amounts, and rates.
const DECIMALS: [&str; 2] = ["decimal(12,2)", "decimal(18,6)"];

/// Tables of a design where no number was asked for, as the prompt says.
const USUAL_TABLES: (usize, usize) = (4, 7);
/// The fewest columns of a table: a key and two facts.
const LEAST_COLUMNS: usize = 3;
/// The most columns of a table, as the prompt says.
const MOST_COLUMNS: usize = 10;
/// Columns of one key.
const MOST_KEY_COLUMNS: usize = 3;
/// Foreign keys of one table.
const MOST_FOREIGN_KEYS: usize = 5;
/// The longest list that is counted: a grammar repeats its rule as often.
const MOST_COUNTED: usize = 60;
/// Keys of one parent that a prompt lists and a schema allows.
pub(crate) const MOST_KEYS: usize = 40;

/// The words for kinds that a design in JSON may use; a model that may write anything writes
/// `VARCHAR(255)`.
pub(crate) fn kinds() -> Vec<&'static str> {
    let offered = Kind::WORDS.into_iter().filter(|word| !NOT_OFFERED.contains(word));
    offered
        .flat_map(|word| if word == "decimal" { DECIMALS.to_vec() } else { vec![word] })
        .collect()
}

/// The JSON Schema of a good answer to an ask that is no repair.
pub(crate) fn schema(ask: &Ask) -> Value {
    match ask {
        Ask::Ideas { .. } => {
            let idea = object([("name", text()), ("about", text()), ("use_cases", text())]);
            object([("ideas", list(idea))])
        }
        Ask::Design { .. } => object([("tables", list(table()))]),
        Ask::Rows { table, parents, .. } => object([("rows", list(row(table, parents)))]),
        Ask::Sample { table, .. } => object([("rows", list(row(table, &[])))]),
        Ask::Names { .. } => object([("tables", list(text()))]),
        Ask::Columns { .. } => {
            object([("columns", list(object([("name", text()), ("kind", text())])))])
        }
        Ask::Vocabulary { .. } => object([("values", list(text()))]),
        Ask::Repair { of, .. } | Ask::Rest { of, .. } => schema(of.base()),
    }
}

/// The same schema with bounds on its lists, for servers that bear them: without, a small model
/// ends after one table or never ends.
pub(crate) fn bounded_schema(ask: &Ask) -> Value {
    let mut schema = schema(ask);
    let all = &mut schema["properties"];
    match ask.base() {
        Ask::Ideas { count, .. } => bound(&mut all["ideas"], *count, *count),
        Ask::Design { tables, .. } => {
            let (least, most) = tables.map_or(USUAL_TABLES, |count| (count, count));
            bound(&mut all["tables"], least, most);
            let table = &mut all["tables"]["items"]["properties"];
            bound(&mut table["columns"], LEAST_COLUMNS, MOST_COLUMNS);
            bound(&mut table["primary_key"], 1, MOST_KEY_COLUMNS);
            bound(&mut table["foreign_keys"], 0, MOST_FOREIGN_KEYS);
            let key = &mut table["foreign_keys"]["items"]["properties"];
            bound(&mut key["columns"], 1, MOST_KEY_COLUMNS);
            bound(&mut key["references"]["properties"]["columns"], 1, MOST_KEY_COLUMNS);
        }
        Ask::Rows { rows, .. } => bound(&mut all["rows"], *rows, *rows),
        Ask::Vocabulary { count, .. } => bound(&mut all["values"], count.div_ceil(2), *count),
        // Small asks go without a schema.
        Ask::Names { .. }
        | Ask::Columns { .. }
        | Ask::Sample { .. }
        | Ask::Repair { .. }
        | Ask::Rest { .. } => {}
    }
    if matches!(ask, Ask::Rest { .. })
        && let Some(lists) = all.as_object_mut()
    {
        // Of the rest there may be anything, or nothing.
        lists.values_mut().for_each(|list| list["minItems"] = 0.into());
    }
    schema
}

/// Bounds a list's length, as far as a grammar bears it.
fn bound(list: &mut Value, least: usize, most: usize) {
    let least = least.clamp(0, MOST_COUNTED);
    list["minItems"] = least.into();
    if most <= MOST_COUNTED {
        list["maxItems"] = most.max(1).into();
    }
}

fn table() -> Value {
    let column = object([
        ("name", text()),
        ("kind", json!({"type": "string", "enum": kinds()})),
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

fn row(table: &TableDraft, parents: &[ParentKeys]) -> Value {
    let columns = table.columns.iter().filter(|column| !column.name.is_empty()).map(|column| {
        let keys = parents.iter().find(|parent| parent.columns == [column.name.as_str()]);
        let free_cell = cell(column);
        let cell = keys.and_then(|parent| key(&free_cell, parent)).unwrap_or(free_cell);
        let free = column.nullable != Some(false) && !table.primary_key.contains(&column.name);
        (column.name.as_str(), if free { nullable(cell) } else { cell })
    });
    object(columns)
}

/// A cell that refers to a parent takes one of the keys that the prompt lists, in their own type.
fn key(cell: &Value, parent: &ParentKeys) -> Option<Value> {
    let listed: Vec<String> = parent.keys.iter().take(MOST_KEYS).cloned().collect();
    let keys: Vec<Value> = match cell["type"].as_str()? {
        "integer" => listed
            .iter()
            .map(|key| key.parse::<i64>().ok().map(Value::from))
            .collect::<Option<_>>()?,
        "string" => distinct(&listed).into_iter().map(|key| Value::from(key.as_str())).collect(),
        _ => return None,
    };
    let mut seen = std::collections::BTreeSet::new();
    let keys: Vec<Value> = keys.into_iter().filter(|key| seen.insert(key.to_string())).collect();
    (!keys.is_empty()).then(|| json!({"type": cell["type"], "enum": keys}))
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
        let schema = row(&table, &[]);
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
    fn reference_takes_only_listed_keys_in_their_type() {
        let table = TableDraft {
            columns: vec![
                column("hive", "int32", None),
                column("code", "text", Some(false)),
                column("x", "int32", Some(false)),
            ],
            ..TableDraft::default()
        };
        let parent = |column: &str, keys: &[&str]| ParentKeys {
            columns: vec![column.into()],
            table: "Parent".into(),
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        };
        let parents =
            [parent("hive", &["3", "8", "3"]), parent("code", &["A-1"]), parent("x", &["n/a"])];
        let schema = row(&table, &parents);
        assert_eq!(
            schema["properties"]["hive"],
            json!({"type": ["integer", "null"], "enum": [3, 8, null]})
        );
        assert_eq!(schema["properties"]["code"], json!({"type": "string", "enum": ["A-1"]}));
        assert_eq!(schema["properties"]["x"], json!({"type": "integer"}));
    }

    #[test]
    fn bounds_follow_the_ask() {
        let asks = crate::contract::asks();
        let design = bounded_schema(&asks[1]);
        assert_eq!(design["properties"]["tables"]["minItems"], 4);
        assert_eq!(design["properties"]["tables"]["items"]["properties"]["columns"]["minItems"], 3);
        let repair = bounded_schema(&asks[4]);
        assert_eq!(repair["properties"]["rows"]["maxItems"], 12);
        let many = Ask::Ideas { topic: "x".into(), count: usize::MAX };
        assert_eq!(bounded_schema(&many)["properties"]["ideas"]["maxItems"], Value::Null);
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
