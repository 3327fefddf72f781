//! [`Layout`]: how a table is stored as Parquet, the same for every row group and file of it.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use parquet::arrow::{ArrowSchemaConverter, add_encoded_arrow_schema_to_metadata};
use parquet::basic::Type;
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::SchemaDescPtr;
use peyote_schemas::{IntSize, Kind};

use super::bounds::Stored;
use super::codec::Compression;
use super::{described, facts, stored_type};
use crate::export::{Head, Types};

/// What a person may choose of Parquet files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Which types may be written.
    pub types: Types,
    /// How pages are compressed.
    pub compression: Compression,
    /// The columns that get a Bloom filter, by name.
    pub bloom: Vec<String>,
}

/// How a table is stored as Parquet.
#[derive(Debug, Clone)]
pub struct Layout {
    pub(super) schema: SchemaRef,
    pub(super) descriptor: SchemaDescPtr,
    pub(super) shapes: Vec<Shape>,
    pub(super) facts: Vec<KeyValue>,
    pub(super) compression: Compression,
}

/// How a column is stored.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) stored: Stored,
    pub(super) nullable: bool,
    /// The least and the greatest whole number that it has room for.
    pub(super) range: (i64, i64),
    /// Whether it gets a Bloom filter.
    pub(super) bloom: bool,
    /// Its place among the columns of the file, in which a struct is as many as it has fields.
    pub(super) leaf: usize,
}

/// What becomes of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Truths, as bits.
    Bool,
    /// Whole numbers.
    Int,
    /// Binary fractions.
    Float,
    /// Decimals of a fixed number of bytes.
    Wide,
    /// Texts.
    Text,
    /// Microseconds since midnight, as text.
    Clock,
    /// UUIDs, as 16 bytes.
    Uuid,
    /// Lists and structs.
    Nested,
}

impl Layout {
    /// The layout of a table; `more` goes into the metadata of its files.
    pub fn new(head: &Head<'_>, options: &Options, more: &[(String, String)]) -> Result<Self> {
        let mut ids = 0;
        let fields = head
            .columns
            .iter()
            .map(|column| described(column, &stored_type(&column.kind, options.types), &mut ids));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let mut properties =
            WriterProperties::builder().set_key_value_metadata(Some(facts(head, more))).build();
        add_encoded_arrow_schema_to_metadata(&schema, &mut properties);
        let facts = properties.key_value_metadata().cloned().unwrap_or_default();
        let descriptor = Arc::new(ArrowSchemaConverter::new().convert(&schema)?);
        let mut shapes = Vec::with_capacity(head.columns.len());
        let mut leaf = 0;
        for (at, column) in head.columns.iter().enumerate() {
            // The leaves of a column stand together, in the order of the columns.
            while leaf + 1 < descriptor.num_columns() && descriptor.get_column_root_idx(leaf) < at {
                leaf += 1;
            }
            let physical = descriptor.column(leaf).physical_type();
            let bytes = match physical {
                Type::INT32 => 4,
                Type::INT64 | Type::DOUBLE => 8,
                Type::FIXED_LEN_BYTE_ARRAY => descriptor.column(leaf).type_length() as usize,
                _ => 0,
            };
            shapes.push(Shape {
                name: column.name.clone(),
                role: role(&column.kind, physical, options.types),
                stored: Stored { physical, bytes },
                nullable: column.nullable,
                range: range(&column.kind, physical),
                bloom: options.bloom.contains(&column.name) && physical != Type::BOOLEAN,
                leaf,
            });
        }
        let compression = options.compression;
        Ok(Self { schema, descriptor, shapes, facts, compression })
    }

    /// The table as Arrow has it when the file is read.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }
}

fn role(kind: &Kind, physical: Type, types: Types) -> Role {
    match kind {
        Kind::Bool => Role::Bool,
        Kind::Decimal { .. } if physical == Type::FIXED_LEN_BYTE_ARRAY => Role::Wide,
        Kind::Float => Role::Float,
        Kind::Uuid if types == Types::Native => Role::Uuid,
        Kind::Text | Kind::Enum(_) | Kind::Json | Kind::Uuid => Role::Text,
        Kind::Time if types == Types::Portable => Role::Clock,
        Kind::Int(_)
        | Kind::Decimal { .. }
        | Kind::Date
        | Kind::Time
        | Kind::Timestamp
        | Kind::TimestampTz => Role::Int,
        Kind::List(_) | Kind::Struct(_) => Role::Nested,
    }
}

fn range(kind: &Kind, physical: Type) -> (i64, i64) {
    match kind {
        Kind::Int(IntSize::I8) => (i8::MIN.into(), i8::MAX.into()),
        Kind::Int(IntSize::I16) => (i16::MIN.into(), i16::MAX.into()),
        Kind::Decimal { precision, .. } if *precision <= 18 => {
            let end = 10_i64.pow(u32::from(*precision));
            (1 - end, end - 1)
        }
        _ if physical == Type::INT32 => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}
