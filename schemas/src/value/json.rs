//! [`cell_value`]: one Arrow value as JSON: ISO 8601 for moments, decimals as strings; and
//! [`cell_text`], the same as text.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{
    Date32Type, Decimal128Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Time64MicrosecondType, TimestampMicrosecondType,
};
use serde::ser::{Serialize, SerializeMap, Serializer};
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

/// The value in a row of an array whose kind is known, as text: compact JSON of what is nested,
/// however many values that holds, without a tree of them; `None` where nothing stands.
pub fn cell_text(array: &dyn Array, row: usize, kind: &Kind) -> Option<String> {
    if array.is_null(row) {
        return None;
    }
    if matches!(kind, Kind::List(_) | Kind::Struct(_)) {
        return serde_json::to_string(&Inner { array, row, kind }).ok();
    }
    match cell_value(array, row, kind) {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// A value within another.
struct Inner<'v> {
    array: &'v dyn Array,
    row: usize,
    kind: &'v Kind,
}

impl Serialize for Inner<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { array, row, kind } = *self;
        match kind {
            Kind::List(item) if array.is_valid(row) => {
                let items = array.as_list::<i32>().value(row);
                let inner = |row| Inner { array: &items, row, kind: &item.kind };
                serializer.collect_seq((0..items.len()).map(inner))
            }
            Kind::Struct(fields) if array.is_valid(row) => {
                let mut members = serializer.serialize_map(Some(fields.len()))?;
                for (field, part) in fields.iter().zip(array.as_struct().columns()) {
                    let inner = Inner { array: part, row, kind: &field.kind };
                    members.serialize_entry(&field.name, &inner)?;
                }
                members.end()
            }
            _ => cell_value(array, row, kind).serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{cell_text, cell_value};
    use crate::cell::{Cell, RawTable};
    use crate::column::Column;
    use crate::guard::column::array;
    use crate::kind::{Field, IntSize, Kind};

    #[test]
    fn nested_text_is_that_of_its_value() {
        let field = |name: &str, kind| Field { name: name.into(), kind, nullable: true };
        let day = field("day", Kind::Date);
        let count = field("n", Kind::Int(IntSize::I64));
        let rows = Kind::List(Box::new(field("item", Kind::Struct(vec![day, count]))));
        let kind = Kind::Struct(vec![field("rows", rows), field("name", Kind::Text)]);
        let mut table = RawTable::new("t", "t", vec!["x".into()]);
        for text in [
            r#"{"rows":[{"day":"2024-05-01","n":3},null,{}],"name":"a \"b\""}"#,
            r#"{"rows":[],"name":null}"#,
            "{}",
        ] {
            table.push_row([Cell::Nested(text.into())]);
        }
        table.push_row([Cell::Absent]);
        let (array, _) = array(&table, 0, &Column::new("x", kind.clone()));
        for row in 0..3 {
            let value = cell_value(&array, row, &kind).to_string();
            assert_eq!(cell_text(&array, row, &kind), Some(value));
        }
        assert_eq!(cell_text(&array, 3, &kind), None);
    }
}
