//! Tables in JSON, under whatever keys a model thought of.

use serde_json::{Map, Value};

use super::json_column::{columns, names};
use super::{Check, Draft, KeyDraft, TableDraft, column};
use crate::draft::ColumnDraft;
use crate::keys::{ForeignKey, Reference};

/// How deep tables may lie inside other things.
const MAX_DEPTH: usize = 6;
/// Keys under which tables stand.
const TABLES: [&str; 10] = [
    "tables",
    "table",
    "entities",
    "schema",
    "schemas",
    "models",
    "relations",
    "datasets",
    "collections",
    "data_model",
];
/// Keys under which the columns of a table stand.
pub(super) const COLUMNS: [&str; 9] = [
    "columns",
    "fields",
    "attributes",
    "cols",
    "properties",
    "variables",
    "schema",
    "column",
    "features",
];
/// Keys under which a table's or a column's name stands.
pub(super) const NAMES: [&str; 9] = [
    "name",
    "table_name",
    "table",
    "column_name",
    "column",
    "field",
    "field_name",
    "title",
    "entity",
];
/// Keys under which a description stands.
pub(super) const DESCRIPTIONS: [&str; 8] =
    ["description", "desc", "comment", "about", "purpose", "meaning", "summary", "definition"];

/// The draft that a JSON value holds, or `None` where no table is in it.
pub(super) fn draft(value: &Value) -> Option<Draft> {
    // What a design wrote is taken by the letter.
    if value.get("resolved").and_then(Value::as_bool) == Some(true)
        && let Ok(draft) = serde_json::from_value::<Draft>(value.clone())
    {
        return Some(draft);
    }
    let mut draft = Draft::default();
    gather(value, MAX_DEPTH, &mut draft.tables);
    if draft.tables.is_empty() {
        return None;
    }
    if let Value::Object(object) = value {
        let is_table = draft.tables.len() == 1 && get(object, &COLUMNS).is_some();
        if !is_table {
            draft.name = text(object, &["name", "dataset_name", "dataset", "title", "database"]);
            draft.about = text(object, &["about", "description"]);
            draft.use_cases = text(object, &["use_cases", "use_case", "uses"]);
            draft.seed = object.get("seed").and_then(Value::as_u64);
            draft.clock = object.get("clock").and_then(Value::as_str).map(str::to_owned);
            let story = object.get("story").and_then(Value::as_array).cloned();
            draft.story = story.unwrap_or_default();
        }
        between(object, &mut draft.tables);
    }
    Some(draft)
}

/// The value under the first of some keys that is there; case and punctuation do not count.
pub(super) fn get<'a>(object: &'a Map<String, Value>, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().find_map(|key| {
        object
            .get(*key)
            .or_else(|| object.iter().find(|(name, _)| loosely(name, key)).map(|(_, value)| value))
    })
}

fn loosely(name: &str, key: &str) -> bool {
    let plain = |text: &str| -> Vec<u8> {
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        letters.map(|byte| byte.to_ascii_lowercase()).collect()
    };
    name.len() <= 2 * key.len() + 2 && plain(name) == plain(key)
}

/// The text under the first of some keys; lists of text are joined.
pub(super) fn text(object: &Map<String, Value>, keys: &[&str]) -> String {
    match get(object, keys) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(list)) => {
            list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
        }
        _ => String::new(),
    }
}

fn gather(value: &Value, depth: usize, tables: &mut Vec<TableDraft>) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Array(list) => {
            for each in list {
                gather(each, depth - 1, tables);
            }
        }
        Value::Object(object) => {
            if let Some(table) = table("", object) {
                tables.push(table);
                return;
            }
            for key in TABLES {
                let Some(inner) = get(object, &[key]) else { continue };
                let before = tables.len();
                match inner {
                    Value::Object(named) if table("", named).is_none() => {
                        by_name(named, depth, tables);
                    }
                    other => gather(other, depth - 1, tables),
                }
                if tables.len() > before {
                    return;
                }
            }
            by_name(object, depth, tables);
        }
        _ => {}
    }
}

/// Tables as members of an object: their names are the keys.
fn by_name(object: &Map<String, Value>, depth: usize, tables: &mut Vec<TableDraft>) {
    for (name, inner) in object {
        match inner {
            Value::Object(members) => match table(name, members) {
                Some(table) => tables.push(table),
                None if is_columns(members) => {
                    let mut table = TableDraft { name: name.clone(), ..TableDraft::default() };
                    columns(&mut table, inner);
                    tables.push(table);
                }
                None => gather(inner, depth - 1, tables),
            },
            Value::Array(list) if is_list_of_columns(list) && !is_key_word(name) => {
                let mut table = TableDraft { name: name.clone(), ..TableDraft::default() };
                columns(&mut table, inner);
                tables.push(table);
            }
            Value::Array(_) => gather(inner, depth - 1, tables),
            _ => {}
        }
    }
}

/// Whether an object is a list of columns: every member a word for a kind or a few facts.
fn is_columns(members: &Map<String, Value>) -> bool {
    let fits = |value: &Value| match value {
        Value::String(kind) => kind.len() < 200,
        Value::Object(facts) => get(facts, &["type", "kind", "data_type"]).is_some(),
        _ => false,
    };
    members.len() >= 2
        && members.values().all(fits)
        && members.values().any(|value| {
            value.is_object()
                || value.as_str().is_some_and(|kind| {
                    kind.split([',', ';', ' ']).next().is_some_and(crate::design::is_kind_word)
                })
        })
}

fn is_list_of_columns(list: &[Value]) -> bool {
    let fits = |value: &Value| match value {
        Value::String(name) => name.len() < 200,
        Value::Object(facts) => {
            get(facts, &COLUMNS).is_none_or(|inner| !inner.is_array() && !inner.is_object())
                && (get(facts, &["type", "kind", "data_type"]).is_some() || facts.len() == 1)
        }
        _ => false,
    };
    list.len() >= 2 && list.iter().all(fits)
}

fn is_key_word(name: &str) -> bool {
    [
        "primary_key",
        "foreign_keys",
        "use_cases",
        "values",
        "tags",
        "relationships",
        "notes",
        "ideas",
    ]
    .iter()
    .any(|key| loosely(name, key))
}

/// A table, if an object is one; `name` is the key it stands under.
fn table(name: &str, object: &Map<String, Value>) -> Option<TableDraft> {
    let inner = COLUMNS.iter().filter_map(|key| get(object, &[key])).find(|inner| match inner {
        Value::Array(list) => {
            !list.is_empty() && !list.iter().any(|one| one.as_object().is_some_and(holds_columns))
        }
        Value::Object(members) => {
            !members.is_empty()
                && !members.values().any(|one| one.as_object().is_some_and(holds_columns))
        }
        Value::String(list) => list.contains(',') || get(object, &["columns", "fields"]).is_some(),
        _ => false,
    })?;
    let said = text(object, &NAMES);
    // What has no name is a table only where it says that these are columns.
    if said.is_empty() && name.is_empty() && get(object, &COLUMNS[..3]).is_none() {
        return None;
    }
    let mut table = TableDraft {
        name: if said.is_empty() || !name.is_empty() && object.get("name").is_none() {
            name.to_owned()
        } else {
            said
        },
        description: text(object, &DESCRIPTIONS),
        said: object.get("said").and_then(Value::as_str).map(str::to_owned),
        implied: object.get("implied").and_then(Value::as_bool).unwrap_or(false),
        ..TableDraft::default()
    };
    if table.name.is_empty() {
        name.clone_into(&mut table.name);
    }
    columns(&mut table, inner);
    if let Some(key) = get(object, &["primary_key", "primary_keys", "pk", "key"]) {
        let key = key.get("columns").unwrap_or(key);
        let said = names(key);
        if !said.is_empty() {
            table.primary_key = said;
        }
    }
    if let Some(Value::Array(sets)) = get(object, &["unique", "unique_keys", "uniques"]) {
        table.unique.extend(sets.iter().map(names).filter(|set| !set.is_empty()));
    }
    if let Some(keys) =
        get(object, &["foreign_keys", "foreign_key", "fks", "references", "relationships"])
    {
        foreign_keys(&mut table, keys);
    }
    if let Some(Value::Array(checks)) = get(object, &["checks"]) {
        let read = |check: &Value| serde_json::from_value::<Check>(check.clone()).ok();
        table.checks.extend(checks.iter().filter_map(read));
    }
    if let Some(Value::Array(rows)) = get(object, &["rows"]) {
        table.rows = rows.iter().filter_map(|row| literal(&table.columns, row)).collect();
    }
    // What says how many rows there are elsewhere is a number; here it says how it grows.
    table.size = object.get("size").filter(|size| size.is_object()).cloned();
    table.history = object.get("history").filter(|history| history.is_object()).cloned();
    if let Some(Value::Array(lifecycles)) = object.get("lifecycles") {
        table.lifecycles.clone_from(lifecycles);
    }
    Some(table)
}

/// Whether an object is a table rather than a column.
fn holds_columns(object: &Map<String, Value>) -> bool {
    // A column of nested data has fields too, and a kind that says so.
    let column = get(object, &["type", "kind", "data_type"]).is_some();
    !column
        && ["columns", "fields", "attributes"].iter().any(|key| {
            get(object, &[key]).is_some_and(|inner| inner.is_array() || inner.is_object())
        })
}

fn literal(columns: &[ColumnDraft], row: &Value) -> Option<Vec<Value>> {
    match row {
        Value::Array(values) => Some(values.clone()),
        Value::Object(members) => Some(
            (columns.iter())
                .map(|column| members.get(&column.name).cloned().unwrap_or_default())
                .collect(),
        ),
        _ => None,
    }
}

/// Adds what is said of a table's foreign keys, in any of the usual forms.
fn foreign_keys(table: &mut TableDraft, keys: &Value) {
    match keys {
        Value::Array(list) => list.iter().for_each(|key| foreign_key(table, key)),
        Value::Object(object) if pair(object).is_some() => foreign_key(table, keys),
        Value::Object(object) => {
            for (column, target) in object {
                if let Some(references) = reference(target, &Map::new()) {
                    table
                        .foreign_keys
                        .push(ForeignKey { columns: vec![column.clone()], references }.into());
                }
            }
        }
        Value::String(_) => foreign_key(table, keys),
        _ => {}
    }
}

fn foreign_key(table: &mut TableDraft, said: &Value) {
    match said {
        Value::Object(object) => {
            if let Some((columns, references)) = pair(object) {
                let key = KeyDraft::from(ForeignKey { columns, references });
                table.foreign_keys.push(key.spread_as(said));
            }
        }
        // "user_id references users(id)", "user_id -> users.id", or just a column
        Value::String(said) => {
            let lower = said.to_ascii_lowercase();
            let found = (table.columns.iter_mut())
                .filter(|column| lower.starts_with(&column.name.to_ascii_lowercase()))
                .max_by_key(|column| column.name.len());
            if let Some(found) = found {
                let rest = said.get(found.name.len()..).unwrap_or_default();
                column::add_remark(found, &format!("foreign key {}", rest.trim()));
            }
        }
        _ => {}
    }
}

fn pair(object: &Map<String, Value>) -> Option<(Vec<String>, Reference)> {
    let from = get(
        object,
        &[
            "columns",
            "column",
            "column_name",
            "from",
            "field",
            "from_column",
            "local_column",
            "source",
            "source_column",
            "key",
            "name",
            "from_columns",
        ],
    )?;
    let columns = names(from);
    let target = get(object, &["references", "reference", "to", "target", "refers_to", "parent"]);
    let references = if let Some(target) = target {
        reference(target, object)?
    } else {
        let table = text(
            object,
            &[
                "references_table",
                "ref_table",
                "referenced_table",
                "to_table",
                "target_table",
                "foreign_table",
                "parent_table",
                "table",
            ],
        );
        Reference { table, columns: their_columns(object) }
    };
    (!columns.is_empty() && !references.table.is_empty()).then_some((columns, references))
}

fn their_columns(object: &Map<String, Value>) -> Vec<String> {
    let keys = [
        "references_column",
        "ref_column",
        "referenced_column",
        "to_column",
        "target_column",
        "foreign_column",
        "parent_column",
        "references_columns",
        "referenced_columns",
    ];
    get(object, &keys).map(names).unwrap_or_default()
}

/// What a foreign key refers to: `{"table", "columns"}`, `users(id)`, `users.id` or `users`.
fn reference(target: &Value, beside: &Map<String, Value>) -> Option<Reference> {
    match target {
        Value::Object(object) => {
            let table = text(object, &["table", "table_name", "name", "entity"]);
            let columns = get(object, &["columns", "column", "column_name", "key", "field"]);
            Some(Reference { table, columns: columns.map(names).unwrap_or_default() })
        }
        Value::String(said) => {
            let said = said.trim();
            if let Some((table, rest)) = said.split_once('(') {
                let list = rest.split(')').next().unwrap_or_default();
                return Some(Reference {
                    table: table.trim().to_owned(),
                    columns: names(&Value::from(list)),
                });
            }
            if let Some((table, column)) = said.rsplit_once('.') {
                return Some(Reference { table: table.into(), columns: vec![column.into()] });
            }
            Some(Reference { table: said.to_owned(), columns: their_columns(beside) })
        }
        _ => None,
    }
}

/// Adds foreign keys that stand beside the tables: `{"from": "orders.user_id", "to": "users.id"}`.
fn between(object: &Map<String, Value>, tables: &mut [TableDraft]) {
    let Some(Value::Array(list)) =
        get(object, &["relationships", "foreign_keys", "relations", "references"])
    else {
        return;
    };
    for each in list.iter().filter_map(Value::as_object) {
        let from = text(each, &["from", "source", "child"]);
        let (table, column) = match from.rsplit_once('.') {
            Some((table, column)) => (table.to_owned(), column.to_owned()),
            None => (
                text(each, &["from_table", "table", "source_table", "child_table", "from"]),
                text(
                    each,
                    &["from_column", "column", "source_column", "foreign_key", "child_column"],
                ),
            ),
        };
        let references = get(each, &["to", "target", "references", "parent"])
            .and_then(|target| reference(target, each))
            .unwrap_or_else(|| Reference {
                table: text(
                    each,
                    &["to_table", "target_table", "references_table", "parent_table"],
                ),
                columns: their_columns(each),
            });
        let found = tables.iter_mut().find(|one| one.name.eq_ignore_ascii_case(&table));
        if let Some(found) = found.filter(|_| !column.is_empty() && !references.table.is_empty()) {
            found.foreign_keys.push(ForeignKey { columns: vec![column], references }.into());
        }
    }
}
