//! Columns in JSON: names, objects, or an object of names and kinds.

use serde_json::{Map, Value};

use super::json::{DESCRIPTIONS, NAMES, get, text};
use super::{Check, ColumnDraft, TableDraft, column};
use crate::keys::{ForeignKey, Reference};

/// How deep structs and lists may lie in each other.
const MAX_DEPTH: usize = 8;
/// Keys under which the word for a kind stands.
const KINDS: [&str; 7] =
    ["kind", "type", "data_type", "dtype", "sql_type", "column_type", "field_type"];

/// Adds the columns that a value lists to a table, with the keys that they speak of.
pub(super) fn columns(table: &mut TableDraft, value: &Value) {
    match value {
        Value::Array(list) => {
            for each in list {
                match each {
                    Value::String(said) => table.columns.extend(column::read(said)),
                    Value::Object(object) => listed(table, object),
                    _ => {}
                }
            }
        }
        Value::Object(members) => {
            for (name, facts) in members {
                named(table, name, facts);
            }
        }
        Value::String(list) => {
            let parts = column::split(list);
            table.columns.extend(parts.into_iter().filter_map(column::read));
        }
        _ => {}
    }
}

/// A column that is an object in a list: `{"name": "age", "type": "int"}` or `{"age": "int"}`.
fn listed(table: &mut TableDraft, object: &Map<String, Value>) {
    let name = text(object, &NAMES);
    if name.is_empty() {
        for (name, facts) in object {
            named(table, name, facts);
        }
        return;
    }
    let column = facts(&name, object, MAX_DEPTH);
    constraints(table, &name, object);
    table.columns.push(column);
}

/// A column that is a member of an object: its name is the key.
fn named(table: &mut TableDraft, name: &str, value: &Value) {
    match value {
        Value::String(said) => {
            let mut column = ColumnDraft { name: name.to_owned(), ..ColumnDraft::default() };
            column::annotate(&mut column, said);
            table.columns.push(column);
        }
        Value::Object(object) => {
            constraints(table, name, object);
            table.columns.push(facts(name, object, MAX_DEPTH));
        }
        _ => table.columns.push(ColumnDraft { name: name.to_owned(), ..ColumnDraft::default() }),
    }
}

/// A column from what an object says of it.
fn facts(name: &str, object: &Map<String, Value>, depth: usize) -> ColumnDraft {
    let mut column = ColumnDraft { name: name.to_owned(), ..ColumnDraft::default() };
    let string = |keys: &[&str]| Some(text(object, keys)).filter(|text| !text.is_empty());
    kind(&mut column, get(object, &KINDS));
    column.said = object.get("said").and_then(Value::as_str).map(str::to_owned);
    column.description = string(&DESCRIPTIONS);
    column.unit = string(&["unit", "units"]);
    column.format = string(&["format"]);
    if let Some(kind) = column.format.as_deref().and_then(schema_format)
        && column.kind.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("string"))
    {
        column.kind = Some(kind.to_owned());
        column.format = None;
    }
    let words = get(
        object,
        &[
            "values",
            "enum",
            "allowed_values",
            "options",
            "choices",
            "categories",
            "possible_values",
        ],
    );
    if let Some(Value::Array(words)) = words {
        let words: Vec<String> = words.iter().filter_map(scalar).collect();
        column.values = (!words.is_empty()).then_some(words);
    }
    if let Some(Value::Array(words)) = get(object, &["vocabulary"]) {
        column.vocabulary = Some(words.iter().filter_map(scalar).collect());
    }
    // "behavior" is what half of all models call it.
    let said = get(object, &["behaviour", "behavior"]);
    column.behaviour = said.filter(|said| said.is_object()).cloned();
    column.nulls = object.get("nulls").filter(|said| said.is_object() || said.is_number()).cloned();
    let flag = |keys: &[&str]| get(object, keys).and_then(Value::as_bool);
    column.nullable = flag(&["nullable", "null", "optional", "allow_null"])
        .or_else(|| flag(&["required", "not_null"]).map(|required| !required))
        .or(column.nullable);
    if depth > 0 {
        column.item =
            get(object, &["item", "items"]).map(|item| Box::new(inner("item", item, depth)));
        column.fields = get(object, &["fields", "properties"]).map(|fields| parts(fields, depth));
    }
    let said = ["constraints", "constraint", "remark", "remarks", "notes", "note", "comment"];
    match get(object, &said) {
        Some(Value::String(said)) => column::annotate(&mut column, said),
        Some(Value::Array(list)) => {
            let said = list.iter().filter_map(Value::as_str);
            said.for_each(|said| column::annotate(&mut column, said));
        }
        _ => {}
    }
    if column.remark.is_none()
        && let Some(said) = column.description.clone()
        && ["foreign key", "references the", "primary key"]
            .iter()
            .any(|word| said.to_ascii_lowercase().contains(word))
    {
        column.remark = Some(said);
    }
    column
}

fn inner(name: &str, value: &Value, depth: usize) -> ColumnDraft {
    match value {
        Value::Object(object) => {
            let said = text(object, &["name"]);
            facts(if said.is_empty() { name } else { &said }, object, depth - 1)
        }
        other => {
            ColumnDraft { name: name.to_owned(), kind: scalar(other), ..ColumnDraft::default() }
        }
    }
}

fn parts(value: &Value, depth: usize) -> Vec<ColumnDraft> {
    match value {
        Value::Array(list) => list
            .iter()
            .map(|one| match one {
                Value::String(name) => ColumnDraft { name: name.clone(), ..ColumnDraft::default() },
                other => inner("field", other, depth),
            })
            .collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, one)| match one {
                Value::Object(object) => facts(name, object, depth - 1),
                other => inner(name, other, depth),
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn kind(column: &mut ColumnDraft, value: Option<&Value>) {
    match value {
        Some(Value::String(kind)) if !kind.trim().is_empty() => {
            let lower = kind.to_ascii_lowercase();
            let keys = ["primary key", "foreign key", "references ", " pk", " fk"];
            if keys.iter().any(|word| lower.contains(word)) {
                column::annotate(column, kind);
            } else {
                column.kind = Some(kind.trim().to_owned());
            }
        }
        Some(Value::Array(list)) => {
            let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            column.nullable = Some(words.contains(&"null"));
            column.kind = words.iter().find(|word| **word != "null").map(|word| (*word).to_owned());
        }
        _ => {}
    }
}

/// The kind that a format of JSON Schema stands for.
fn schema_format(format: &str) -> Option<&'static str> {
    match format {
        "date" => Some("date"),
        "date-time" => Some("timestamptz"),
        "time" => Some("time"),
        "uuid" => Some("uuid"),
        _ => None,
    }
}

/// Adds the keys and checks that a column's object speaks of to its table.
fn constraints(table: &mut TableDraft, name: &str, object: &Map<String, Value>) {
    let flag = |keys: &[&str]| get(object, keys).and_then(Value::as_bool).unwrap_or(false);
    let word = |keys: &[&str], words: &[&str]| {
        words.contains(&text(object, keys).to_ascii_lowercase().as_str())
    };
    let primary = flag(&["primary_key", "is_primary_key", "pk", "primary", "is_primary"])
        || word(&["key", "key_type", "role", "constraint"], &["pk", "primary", "primary key"]);
    if primary && !table.primary_key.iter().any(|one| one == name) {
        table.primary_key.push(name.to_owned());
    }
    if flag(&["unique", "is_unique"]) {
        table.unique.push(vec![name.to_owned()]);
    }
    let target =
        get(object, &["foreign_key", "references", "fk", "reference", "foreign_key_to", "foreign"]);
    match target {
        Some(Value::String(said)) if !said.trim().is_empty() => {
            if let Some(references) = reference(said) {
                table
                    .foreign_keys
                    .push(ForeignKey { columns: vec![name.to_owned()], references }.into());
            }
        }
        Some(Value::Object(target)) => {
            let their = text(target, &["column", "columns", "key", "field"]);
            let references = Reference {
                table: text(target, &["table", "references", "table_name", "entity", "name"]),
                columns: Some(their).filter(|one| !one.is_empty()).into_iter().collect(),
            };
            if !references.table.is_empty() {
                table
                    .foreign_keys
                    .push(ForeignKey { columns: vec![name.to_owned()], references }.into());
            }
        }
        _ => {}
    }
    let bound = |keys: &[&str]| get(object, keys).filter(|one| one.is_number() || one.is_string());
    let (min, max) = (bound(&["min", "minimum"]), bound(&["max", "maximum"]));
    if min.is_some() || max.is_some() {
        table.checks.push(Check::Range {
            column: name.to_owned(),
            min: min.cloned(),
            max: max.cloned(),
        });
    }
}

/// `users(id)`, `users.id` or `users`; a table whose key nobody named has none here.
fn reference(said: &str) -> Option<Reference> {
    let said = said.trim();
    let lower = said.to_ascii_lowercase();
    if matches!(lower.as_str(), "true" | "yes" | "no" | "false" | "none" | "null" | "n/a") {
        return None;
    }
    let told = if lower.starts_with("references ") { "references ".len() } else { 0 };
    let said = &said[told..];
    let (table, columns) = match said.split_once('(') {
        Some((table, rest)) => (table, rest.split(')').next().unwrap_or_default()),
        None => said.rsplit_once('.').unwrap_or((said, "")),
    };
    Some(Reference { table: table.trim().to_owned(), columns: names(&Value::from(columns)) })
}

/// Names: a list of them, or one text with commas.
pub(super) fn names(value: &Value) -> Vec<String> {
    match value {
        Value::String(list) => (list.split(','))
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect(),
        Value::Array(list) => (list.iter())
            .filter_map(Value::as_str)
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect(),
        _ => Vec::new(),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
