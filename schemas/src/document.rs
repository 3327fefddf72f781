//! The document of `peyote read --json`: a dataset for machines, in one stable form.

use std::io::{self, Write};

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int32Type;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::column::Column;
use crate::dataset::{Dataset, Table};
use crate::guard::Reject;
use crate::kind::{Field, Kind};
use crate::value::json::cell_value;

/// The whole dataset as one JSON document: `{"tables": […], "findings": […]}`, and `"rejects"`
/// where a design was enforced.
///
/// It is no tree of values but a view: serialized value by value, it takes no memory for its rows,
/// however many there are.
///
/// ```
/// use peyote_schemas::document::Document;
/// use peyote_schemas::infer;
/// use peyote_schemas::read::{Source, read};
///
/// let reading = read(&Source { name: "users.csv", text: "id,name\n1,Ada\n", expect: None });
/// let tables = reading.tables.into_iter().map(|table| table.into_owned()).collect();
/// let dataset = infer::dataset(tables, reading.findings);
/// let text = serde_json::to_string(&Document { dataset: &dataset, rejects: None })?;
/// assert!(text.contains(r#""rows":[["1","Ada"]],"typed":[[1,"Ada"]]"#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// The tables and what was found.
    pub dataset: &'a Dataset,
    /// What a design had mended or set aside, where one was enforced.
    pub rejects: Option<&'a [Reject]>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut document = to.serialize_map(None)?;
        document.serialize_entry("tables", &Tables(&self.dataset.tables))?;
        document.serialize_entry("findings", &self.dataset.findings)?;
        if let Some(rejects) = self.rejects {
            document.serialize_entry("rejects", rejects)?;
        }
        document.end()
    }
}

/// Writes the same document of tables whose text may not be at hand: `rows` writes that of the table
/// of a number, its rows with commas between them, and says whether it did.
pub fn write(
    dataset: &Dataset,
    out: &mut dyn Write,
    rows: &mut dyn FnMut(usize, &mut dyn Write) -> io::Result<bool>,
) -> io::Result<()> {
    out.write_all(b"{\"tables\":[")?;
    for (number, table) in dataset.tables.iter().enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        let about = about(table).to_string();
        out.write_all(about.strip_suffix('}').unwrap_or(&about).as_bytes())?;
        out.write_all(b",\"rows\":[")?;
        if !rows(number, out)? {
            for row in 0..table.raw.len() {
                if row > 0 {
                    out.write_all(b",")?;
                }
                serde_json::to_writer(&mut *out, &TextRow(table, row))?;
            }
        }
        out.write_all(b"],\"typed\":")?;
        serde_json::to_writer(&mut *out, &Typed(table))?;
        out.write_all(b"}")?;
    }
    out.write_all(b"],\"findings\":")?;
    serde_json::to_writer(&mut *out, &dataset.findings)?;
    out.write_all(b"}")
}

/// The same without rows: what the tables are, and what was found.
pub fn schema(dataset: &Dataset) -> Value {
    json!({
        "tables": dataset.tables.iter().map(about).collect::<Vec<_>>(),
        "findings": dataset.findings,
    })
}

struct Tables<'a>(&'a [Table]);

impl Serialize for Tables<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(Whole))
    }
}

/// A table: what it is, its rows as text, its rows as typed.
struct Whole<'a>(&'a Table);

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut table = to.serialize_map(None)?;
        if let Value::Object(about) = about(self.0) {
            for (name, value) in about {
                table.serialize_entry(&name, &value)?;
            }
        }
        table.serialize_entry("rows", &Texts(self.0))?;
        table.serialize_entry("typed", &Typed(self.0))?;
        table.end()
    }
}

struct Texts<'a>(&'a Table);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq((0..self.0.raw.len()).map(|row| TextRow(self.0, row)))
    }
}

struct TextRow<'a>(&'a Table, usize);

impl Serialize for TextRow<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(Table { raw, .. }, row) = self;
        to.collect_seq((0..raw.width()).map(|column| raw.text(*row, column)))
    }
}

struct Typed<'a>(&'a Table);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq((0..self.0.batch.num_rows()).map(|row| TypedRow(self.0, row)))
    }
}

struct TypedRow<'a>(&'a Table, usize);

impl Serialize for TypedRow<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(Table { columns, batch, .. }, row) = self;
        let mut cells = to.serialize_seq(Some(batch.num_columns()))?;
        for (column, array) in columns.iter().zip(batch.columns()) {
            match text(array, *row, &column.kind) {
                Some(text) => cells.serialize_element(text)?,
                None => cells.serialize_element(&cell_value(array, *row, &column.kind))?,
            }
        }
        cells.end()
    }
}

/// The text of a value that is a text, without a copy.
fn text<'a>(array: &'a dyn Array, row: usize, kind: &Kind) -> Option<&'a str> {
    if array.is_null(row) {
        return None;
    }
    match kind {
        Kind::Text | Kind::Uuid => Some(array.as_string::<i32>().value(row)),
        Kind::Enum(_) => {
            let words = array.as_dictionary::<Int32Type>();
            let at = usize::try_from(words.keys().value(row)).ok()?;
            Some(words.values().as_string::<i32>().value(at))
        }
        _ => None,
    }
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
