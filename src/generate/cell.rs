//! Cells: what is made and what is written, as tables that are read hold it.

use arrow::array::ArrayRef;
use peyote_schemas::value::json::cell_value;
use peyote_schemas::{Cell, Kind, RawTable};
use serde_json::Value;

use super::recipe::Recipe;
use crate::error::Error;

/// The source of tables whose rows were made.
pub const MADE: &str = "generated";

/// All rows of a table of a recipe, as text.
pub fn made(recipe: &Recipe, table: usize) -> Result<RawTable<'static>, Error> {
    let own = &recipe.tables()[table];
    let mut frame = recipe.frame(table);
    let rows = own.rows() as usize;
    recipe.fill(table, 0, rows, &mut frame);
    let arrays = own.columns().zip(&frame.lanes).map(|(column, lane)| lane.to_arrow(&column.kind));
    let arrays: Vec<ArrayRef> =
        arrays.collect::<Result<_, _>>().map_err(|error| Error::failed(error.to_string()))?;
    let header = own.columns().map(|column| column.name.clone()).collect();
    let mut raw = RawTable::new(own.name(), MADE, header);
    for row in 0..rows {
        raw.push_row(own.columns().zip(&arrays).map(|(column, array)| {
            match cell_value(array, row, &column.kind) {
                Value::String(text) if !matches!(column.kind, Kind::Text | Kind::Enum(_)) => {
                    Cell::Bare(text.into())
                }
                value => cell(&value),
            }
        }));
    }
    Ok(raw)
}

/// A value as a cell of a table that was read.
pub(super) fn cell(value: &Value) -> Cell<'static> {
    match value {
        Value::Null => Cell::Absent,
        Value::String(text) => Cell::Quoted(text.clone().into()),
        Value::Object(_) | Value::Array(_) => Cell::Nested(value.to_string().into()),
        Value::Bool(_) | Value::Number(_) => Cell::Bare(value.to_string().into()),
    }
}

/// Values as rows of a table that was read.
pub fn written<'v>(
    name: &str,
    header: Vec<String>,
    rows: impl IntoIterator<Item = &'v Vec<Value>>,
) -> RawTable<'static> {
    let mut raw = RawTable::new(name, "design", header);
    for row in rows {
        raw.push_row(row.iter().map(cell));
    }
    raw
}
