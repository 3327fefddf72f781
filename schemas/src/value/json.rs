//! [`cell_value`]: one Arrow value as JSON: ISO 8601 for moments, decimals as strings.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{
    Date32Type, Decimal128Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Time64MicrosecondType, TimestampMicrosecondType,
};
use serde_json::Value;

use super::moment::Moment;
use crate::kind::{IntSize, Kind};

pub use parts::{each_item, items, members};

mod parts;

/// The value in a row of an array whose kind is known.
pub fn cell_value(array: &dyn Array, row: usize, kind: &Kind) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match kind {
        Kind::Bool => array.as_boolean().value(row).into(),
        Kind::Int(IntSize::I8) => array.as_primitive::<Int8Type>().value(row).into(),
        Kind::Int(IntSize::I16) => array.as_primitive::<Int16Type>().value(row).into(),
        Kind::Int(IntSize::I32) => array.as_primitive::<Int32Type>().value(row).into(),
        Kind::Int(IntSize::I64) => array.as_primitive::<Int64Type>().value(row).into(),
        Kind::Float => match array.as_primitive::<Float64Type>().value(row) {
            // JSON has no word for these; the word as text says more than a null.
            infinite if infinite.is_infinite() => {
                if infinite > 0.0 {
                    "Infinity".into()
                } else {
                    "-Infinity".into()
                }
            }
            // `From` makes a null of what is not a number.
            value => value.into(),
        },
        Kind::Decimal { .. } => array.as_primitive::<Decimal128Type>().value_as_string(row).into(),
        Kind::Text | Kind::Uuid => array.as_string::<i32>().value(row).into(),
        Kind::Json => {
            let text = array.as_string::<i32>().value(row);
            serde_json::from_str(text).unwrap_or_else(|_| text.into())
        }
        Kind::Enum(_) => {
            let words = array.as_dictionary::<Int32Type>();
            let at = words.keys().value(row) as usize;
            words.values().as_string::<i32>().value(at).into()
        }
        Kind::Date => {
            Moment::Date(array.as_primitive::<Date32Type>().value(row)).to_string().into()
        }
        Kind::Time => Moment::Time(array.as_primitive::<Time64MicrosecondType>().value(row))
            .to_string()
            .into(),
        Kind::Timestamp => {
            Moment::Timestamp(array.as_primitive::<TimestampMicrosecondType>().value(row))
                .to_string()
                .into()
        }
        Kind::TimestampTz => {
            Moment::TimestampTz(array.as_primitive::<TimestampMicrosecondType>().value(row))
                .to_string()
                .into()
        }
        Kind::List(item) => {
            let items = array.as_list::<i32>().value(row);
            (0..items.len()).map(|at| cell_value(&items, at, &item.kind)).collect()
        }
        Kind::Struct(fields) => {
            let parts = array.as_struct();
            (fields.iter().zip(parts.columns()))
                .map(|(field, part)| (field.name.clone(), cell_value(part, row, &field.kind)))
                .collect()
        }
    }
}
