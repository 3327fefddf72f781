//! Parquet, portable by default: the types that DuckDB and a Spark with default settings read.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, FixedSizeBinaryArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Field, FieldRef, Fields, Metadata, Schema, Time64MicrosecondType,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::PARQUET_FIELD_ID_META_KEY;
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use peyote_schemas::value::moment::Moment;
use peyote_schemas::{Column, Kind};
use serde_json::json;

use super::{Head, Sheet, Types};

pub use codec::Compression;
pub use lanes::{Encoded, Encoder, Writer};
pub use layout::{Layout, Options};
use wide::{WIDE, Wide};

mod bits;
mod bounds;
mod chunk;
mod codec;
mod column;
mod delta;
mod lanes;
mod layout;
mod lexicon;
mod nested;
mod numbers;
mod texts;
mod wide;

/// Bytes of a row group, encoded: what one DuckDB thread or one Spark task likes to take at once.
const ROW_GROUP_BYTES: usize = 128 << 20;
/// Bytes of a UUID (RFC 9562).
const UUID_BYTES: i32 = 16;

/// Writes a table as one Parquet file; `more` goes into the file's own metadata.
pub fn write(
    sheet: &Sheet<'_>,
    types: Types,
    more: &[(String, String)],
    out: impl Write + Send,
) -> Result<()> {
    let mut ids = 0;
    let mut fields = Vec::with_capacity(sheet.columns.len());
    let mut arrays = Vec::with_capacity(sheet.columns.len());
    for (column, array) in sheet.columns.iter().zip(sheet.batch.columns()) {
        let array = stored(array, &column.kind, types)?;
        fields.push(described(column, array.data_type(), &mut ids));
        arrays.push(cast(&array, fields[fields.len() - 1].data_type())?);
    }
    let schema = Arc::new(Schema::new(fields));
    let mut writer = Whole::begin(out, &schema, &sheet.head(), more)?;
    writer.write(&RecordBatch::try_new(schema, arrays)?)?;
    writer.finish()
}

/// A file whose columns have the types that they are stored in.
enum Whole<W: Write + Send> {
    Usual(Box<ArrowWriter<W>>),
    Wide(Box<Wide<W>>),
}

impl<W: Write + Send> Whole<W> {
    /// Begins a file.
    fn begin(
        out: W,
        schema: &Arc<Schema>,
        head: &Head<'_>,
        more: &[(String, String)],
    ) -> Result<Self> {
        let known = properties().set_key_value_metadata(Some(facts(head, more))).build();
        let writer = ArrowWriter::try_new(out, Arc::clone(schema), Some(known))?;
        Ok(if schema.fields().len() > WIDE {
            Self::Wide(Box::new(Wide::new(writer, schema, properties().build())?))
        } else {
            Self::Usual(Box::new(writer))
        })
    }

    /// Writes some rows.
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match self {
            Self::Usual(writer) => writer.write(batch),
            Self::Wide(writer) => writer.write(batch),
        }
    }

    /// Ends the file.
    fn finish(self) -> Result<()> {
        match self {
            Self::Usual(writer) => writer.close().map(drop),
            Self::Wide(writer) => writer.finish(),
        }
    }
}

/// A Parquet file whose rows come some at a time.
pub struct Rows<W: Write + Send> {
    writer: Whole<W>,
    schema: Arc<Schema>,
    kinds: Vec<Kind>,
    types: Types,
}

impl<W: Write + Send> Rows<W> {
    /// Begins a file of a table without rows.
    pub fn begin(head: &Head<'_>, types: Types, out: W) -> Result<Self> {
        let mut ids = 0;
        let fields: Vec<Field> = (head.columns.iter())
            .map(|column| described(column, &stored_type(&column.kind, types), &mut ids))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let writer = Whole::begin(out, &schema, head, &[])?;
        let kinds = head.columns.iter().map(|column| column.kind.clone()).collect();
        Ok(Self { writer, schema, kinds, types })
    }

    /// Writes some rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let mut arrays = Vec::with_capacity(self.kinds.len());
        for ((kind, array), field) in
            self.kinds.iter().zip(batch.columns()).zip(self.schema.fields())
        {
            arrays.push(cast(&stored(array, kind, self.types)?, field.data_type())?);
        }
        self.writer.write(&RecordBatch::try_new(Arc::clone(&self.schema), arrays)?)
    }

    /// Ends the file.
    pub fn finish(self) -> Result<()> {
        self.writer.finish()
    }
}

/// How files are written.
fn properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_created_by(concat!("peyote ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::Zstd.stored())
        .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
}

/// What stands in the metadata of a table's files.
fn facts(head: &Head<'_>, more: &[(String, String)]) -> Vec<KeyValue> {
    let more = more.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    more.chain([KeyValue::new("peyote.keys".to_owned(), keys(head))]).collect()
}

/// The table's keys as one JSON document.
fn keys(head: &Head<'_>) -> String {
    json!({
        "table": head.name,
        "description": head.description,
        "primary_key": head.primary_key,
        "foreign_keys": head.foreign_keys,
    })
    .to_string()
}

/// The Arrow type in which a kind is stored.
fn stored_type(kind: &Kind, types: Types) -> DataType {
    match (kind, types) {
        (Kind::Uuid, Types::Native) => DataType::FixedSizeBinary(UUID_BYTES),
        (_, Types::Portable) => portable(&kind.to_arrow()),
        (_, Types::Native) => kind.to_arrow(),
    }
}

/// The array in a type that may be stored: times as text and UUIDs as text, unless native types may
/// be.
fn stored(array: &ArrayRef, kind: &Kind, types: Types) -> Result<ArrayRef> {
    match (kind, types) {
        (Kind::Uuid, Types::Native) => {
            let texts = array.as_string::<i32>();
            let bytes = texts.iter().map(|text| text.and_then(uuid_bytes));
            let bytes = FixedSizeBinaryArray::try_from_sparse_iter_with_size(bytes, UUID_BYTES)?;
            Ok(Arc::new(bytes))
        }
        (Kind::Time, Types::Portable) => {
            let times = array.as_primitive::<Time64MicrosecondType>().iter();
            let texts = times.map(|time| time.map(|time| Moment::Time(time).to_string()));
            Ok(Arc::new(texts.collect::<StringArray>()))
        }
        (_, Types::Portable) => Ok(cast(array, &portable(array.data_type()))?),
        (_, Types::Native) => Ok(Arc::clone(array)),
    }
}

/// The same type with text for every time in it.
fn portable(data_type: &DataType) -> DataType {
    let inner = |field: &FieldRef| {
        Arc::new(field.as_ref().clone().with_data_type(portable(field.data_type())))
    };
    match data_type {
        DataType::Time64(_) => DataType::Utf8,
        DataType::List(item) => DataType::List(inner(item)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(inner).collect()),
        other => other.clone(),
    }
}

/// The 16 bytes of a UUID in its usual text form.
fn uuid_bytes(text: &str) -> Option<[u8; 16]> {
    let mut digits = text.bytes().filter(|byte| *byte != b'-');
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        let high = char::from(digits.next()?).to_digit(16)?;
        let low = char::from(digits.next()?).to_digit(16)?;
        *byte = (high * 16 + low) as u8;
    }
    digits.next().is_none().then_some(bytes)
}

/// The stored field of a column, with its id and what is known of it as metadata.
fn described(column: &Column, stored: &DataType, ids: &mut u32) -> Field {
    *ids += 1;
    let mut field = Field::new(&column.name, DataType::Null, column.nullable);
    let mut facts = vec![
        (PARQUET_FIELD_ID_META_KEY.to_owned(), ids.to_string()),
        ("peyote.kind".to_owned(), column.kind.to_string()),
    ];
    let known = [
        ("peyote.unit", column.unit.clone()),
        ("peyote.format", column.format.clone()),
        ("description", column.description.clone()),
    ];
    facts.extend(known.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    if let Kind::Enum(values) = &column.kind {
        facts.push(("peyote.values".to_owned(), json!(values).to_string()));
    }
    if column.kind == Kind::Uuid && *stored == DataType::FixedSizeBinary(16) {
        facts.push(("ARROW:extension:name".to_owned(), "arrow.uuid".to_owned()));
    }
    field.set_metadata(facts.into_iter().collect::<Metadata>());
    field.with_data_type(numbered(stored, ids))
}

/// The same type with an id for every field inside it.
fn numbered(data_type: &DataType, ids: &mut u32) -> DataType {
    match data_type {
        DataType::List(item) => DataType::List(numbered_field(item, ids)),
        DataType::Struct(fields) => DataType::Struct(
            fields.iter().map(|field| numbered_field(field, ids)).collect::<Fields>(),
        ),
        other => other.clone(),
    }
}

fn numbered_field(field: &FieldRef, ids: &mut u32) -> FieldRef {
    *ids += 1;
    let id = [(PARQUET_FIELD_ID_META_KEY.to_owned(), ids.to_string())];
    let inner = numbered(field.data_type(), ids);
    Arc::new(field.as_ref().clone().with_data_type(inner).with_metadata(Metadata::from_iter(id)))
}

#[cfg(test)]
mod tests;
