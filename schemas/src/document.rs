//! The document of `peyote read --json`: a dataset for machines, in one stable form.

use serde_json::{Map, Value, json};

use crate::column::Column;
use crate::dataset::{Dataset, Table};
use crate::kind::{Field, Kind};
use crate::value::json::cell_value;

/// The whole dataset as one JSON document.
pub fn document(dataset: &Dataset) -> Value {
    json!({
        "tables": dataset.tables.iter().map(table).collect::<Vec<_>>(),
        "findings": dataset.findings,
    })
}

/// The same without rows: what the tables are, and what was found.
pub fn schema(dataset: &Dataset) -> Value {
    json!({
        "tables": dataset.tables.iter().map(about).collect::<Vec<_>>(),
        "findings": dataset.findings,
    })
}

fn table(table: &Table) -> Value {
    let rows: Vec<Vec<Option<&str>>> = (0..table.raw.len())
        .map(|row| (0..table.raw.width()).map(|column| table.raw.text(row, column)).collect())
        .collect();
    let typed: Vec<Vec<Value>> = (0..table.batch.num_rows())
        .map(|row| {
            (table.columns.iter().zip(table.batch.columns()))
                .map(|(column, array)| cell_value(array, row, &column.kind))
                .collect()
        })
        .collect();
    let mut object = about(table);
    object["rows"] = json!(rows);
    object["typed"] = json!(typed);
    object
}

fn about(table: &Table) -> Value {
    json!({
        "name": table.raw.name,
        "source": table.raw.source,
        "columns": table.columns.iter().map(column).collect::<Vec<_>>(),
        "primary_key": table.primary_key,
        "foreign_keys": table.foreign_keys,
    })
}

/// A column as documents show it: its kind as a word, and what is inside the kind beside it.
pub fn column(column: &Column) -> Value {
    let mut object = Map::new();
    object.insert("name".into(), column.name.clone().into());
    object.insert("kind".into(), column.kind.to_string().into());
    object.insert("nullable".into(), column.nullable.into());
    object.insert("unit".into(), column.unit.clone().into());
    object.insert("format".into(), column.format.clone().into());
    inside(&mut object, &column.kind);
    if let Some(description) = &column.description {
        object.insert("description".into(), description.clone().into());
    }
    object.into()
}

fn inside(object: &mut Map<String, Value>, kind: &Kind) {
    let values = if let Kind::Enum(values) = kind { json!(values) } else { Value::Null };
    object.insert("values".into(), values);
    match kind {
        Kind::List(item) => {
            object.insert("item".into(), field(item));
        }
        Kind::Struct(fields) => {
            object.insert("fields".into(), fields.iter().map(field).collect());
        }
        _ => {}
    }
}

fn field(field: &Field) -> Value {
    let mut object = Map::new();
    object.insert("name".into(), field.name.clone().into());
    object.insert("kind".into(), field.kind.to_string().into());
    object.insert("nullable".into(), field.nullable.into());
    inside(&mut object, &field.kind);
    object.into()
}
