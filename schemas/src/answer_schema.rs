//! Answer schemas: the JSON Schema of a good answer to each thing that a model is asked.
//!
//! They keep to the subset that servers share: every property required, absence said by `null`,
//! no further properties, no keyword that some of them refuse.

use serde_json::{Map, Value, json};

use crate::draft::TableDraft;
use crate::kind::Kind;

/// The published JSON Schema of the document `design.json`.
pub const DESIGN_DOCUMENT: &str = include_str!("../schemas/design.schema.json");

/// Ideas: `{"ideas": [{"name", "about", "use_cases"}]}`.
pub fn ideas_schema() -> Value {
    let idea = object([("name", string()), ("about", string()), ("use_cases", string())]);
    object([("ideas", array(idea))])
}

/// A design: tables with their columns and keys, as [`draft::read`](crate::draft::read) takes them.
pub fn design_schema() -> Value {
    let column = object([
        ("name", string()),
        ("kind", json!({ "type": "string", "enum": kind_words() })),
        ("nullable", json!({ "type": "boolean" })),
        ("unit", nullable("string")),
        ("values", json!({ "type": ["array", "null"], "items": { "type": "string" } })),
        ("description", string()),
    ]);
    let key = object([
        ("columns", array(string())),
        ("references", object([("table", string()), ("columns", array(string()))])),
    ]);
    let table = object([
        ("name", string()),
        ("description", string()),
        ("columns", array(column)),
        ("primary_key", array(string())),
        ("foreign_keys", array(key)),
    ]);
    object([("tables", array(table))])
}

/// Rows of a table: `{"rows": [{…}]}`, a member for every column, in the model's own names.
pub fn rows_schema(table: &TableDraft) -> Value {
    let mut members: Map<String, Value> = Map::new();
    for column in &table.columns {
        let kind = crate::design::kind_of(column);
        members.insert(column.name.clone(), cell(kind.as_ref(), column.nullable.unwrap_or(true)));
    }
    let required: Vec<Value> = members.keys().cloned().map(Value::from).collect();
    let row = json!({
        "type": "object",
        "properties": members,
        "required": required,
        "additionalProperties": false,
    });
    object([("rows", array(row))])
}

/// Values of one column: `{"values": ["…"]}`.
pub fn vocabulary_schema() -> Value {
    object([("values", array(string()))])
}

/// The words for kinds that a model may answer with; a decimal's digits are its own affair.
pub fn kind_words() -> Vec<&'static str> {
    vec![
        "bool",
        "int32",
        "int64",
        "float64",
        "decimal(12,2)",
        "decimal(18,4)",
        "text",
        "enum",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "uuid",
        "json",
        "list",
        "struct",
    ]
}

/// A cell of a kind; what no JSON type fits is text.
fn cell(kind: Option<&Kind>, nullable: bool) -> Value {
    let word = match kind {
        Some(Kind::Bool) => "boolean",
        Some(Kind::Int(_)) => "integer",
        Some(Kind::Float) => "number",
        Some(Kind::List(item)) => {
            let items = cell(Some(&item.kind), false);
            return json!({ "type": types("array", nullable), "items": items });
        }
        Some(Kind::Enum(words)) => {
            let mut words: Vec<Value> = words.iter().cloned().map(Value::from).collect();
            if nullable {
                words.push(Value::Null);
            }
            return json!({ "type": types("string", nullable), "enum": words });
        }
        Some(Kind::Struct(fields)) => {
            let members: Map<String, Value> = (fields.iter())
                .map(|field| (field.name.clone(), cell(Some(&field.kind), field.nullable)))
                .collect();
            let required: Vec<Value> = members.keys().cloned().map(Value::from).collect();
            return json!({
                "type": types("object", nullable),
                "properties": members,
                "required": required,
                "additionalProperties": false,
            });
        }
        _ => "string",
    };
    json!({ "type": types(word, nullable) })
}

fn types(word: &str, nullable: bool) -> Value {
    if nullable { json!([word, "null"]) } else { word.into() }
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let required: Vec<&str> = members.each_ref().map(|(name, _)| *name).to_vec();
    let properties: Map<String, Value> =
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn array(items: Value) -> Value {
    let members = [("type".to_owned(), "array".into()), ("items".to_owned(), items)];
    Value::Object(members.into_iter().collect())
}

fn string() -> Value {
    json!({ "type": "string" })
}

fn nullable(word: &str) -> Value {
    json!({ "type": [word, "null"] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::ColumnDraft;

    fn each_object(schema: &Value, seen: &mut dyn FnMut(&Map<String, Value>)) {
        match schema {
            Value::Object(object) => {
                if object.contains_key("properties") {
                    seen(object);
                }
                object.values().for_each(|inner| each_object(inner, seen));
            }
            Value::Array(list) => list.iter().for_each(|inner| each_object(inner, seen)),
            _ => {}
        }
    }

    #[test]
    fn every_property_is_required_and_no_other_allowed() {
        let table = TableDraft {
            columns: vec![ColumnDraft { name: "Fare".into(), ..ColumnDraft::default() }],
            ..TableDraft::default()
        };
        for schema in [ideas_schema(), design_schema(), rows_schema(&table), vocabulary_schema()] {
            each_object(&schema, &mut |object| {
                let names: Vec<&str> =
                    object["properties"].as_object().unwrap().keys().map(String::as_str).collect();
                let required: Vec<&str> = object["required"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter_map(Value::as_str)
                    .collect();
                assert_eq!(names, required);
                assert_eq!(object["additionalProperties"], false);
            });
        }
    }

    #[test]
    fn cells_have_the_type_of_their_kind() {
        let column = |name: &str, kind: &str| ColumnDraft {
            name: name.into(),
            kind: Some(kind.into()),
            nullable: Some(false),
            ..ColumnDraft::default()
        };
        let columns = vec![column("n", "int"), column("ok", "boolean"), column("at", "date")];
        let table = TableDraft { columns, ..TableDraft::default() };
        let row = &rows_schema(&table)["properties"]["rows"]["items"]["properties"];
        assert_eq!(row["n"]["type"], "integer");
        assert_eq!(row["ok"]["type"], "boolean");
        assert_eq!(row["at"]["type"], "string");
    }

    #[test]
    fn every_kind_is_in_the_published_schema() {
        let schema: Value = serde_json::from_str(DESIGN_DOCUMENT).unwrap();
        let pattern = schema["$defs"]["kind"]["pattern"].as_str().unwrap();
        let words = [
            "bool",
            "int8",
            "int16",
            "int32",
            "int64",
            "float64",
            "decimal",
            "text",
            "enum",
            "date",
            "time",
            "timestamp",
            "timestamptz",
            "uuid",
            "json",
            "list",
            "struct",
        ];
        for word in words {
            assert!(pattern.contains(word), "`{word}` is missing: add it to design.schema.json");
        }
        for word in kind_words() {
            let bare = word.split('(').next().unwrap();
            assert!(words.contains(&bare), "`{word}` is no kind");
        }
    }
}
