//! [`Nested`]: lists and structs, which the ordinary writer takes over.

use std::io;
use std::mem;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::properties::WriterProperties;

use super::chunk::Placed;
use super::layout::{Layout, Shape};
use crate::export::into_io;
use crate::lane::{Lane, Values};

/// A column of lists or structs, as a file of its own.
pub(super) struct Nested {
    schema: SchemaRef,
    properties: WriterProperties,
    writer: Option<ArrowWriter<Vec<u8>>>,
    name: String,
}

/// A column of one row group as the ordinary writer wrote it.
#[derive(Default)]
pub(super) struct Leaves {
    bytes: Vec<u8>,
    metadata: Option<ParquetMetaData>,
}

impl Nested {
    /// A column of a layout.
    pub(super) fn new(layout: &Layout, at: usize, shape: &Shape) -> Self {
        let schema = Arc::new(Schema::new(vec![layout.schema.field(at).clone()]));
        let properties = WriterProperties::builder()
            .set_compression(layout.compression.stored())
            .set_max_row_group_row_count(None)
            .build();
        Self { schema, properties, writer: None, name: shape.name.clone() }
    }

    /// Takes the next rows.
    pub(super) fn push(&mut self, lane: &Lane) -> io::Result<()> {
        let Values::Other(array) = &lane.values else {
            let said = format!("the lane of `{}` is neither a list nor a struct", self.name);
            return Err(io::Error::new(io::ErrorKind::InvalidData, said));
        };
        let array = cast(array, self.schema.field(0).data_type()).map_err(io::Error::other)?;
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), vec![array]);
        let batch = batch.map_err(io::Error::other)?;
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => {
                let (schema, properties) = (Arc::clone(&self.schema), self.properties.clone());
                let writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties));
                none.insert(writer.map_err(into_io)?)
            }
        };
        writer.write(&batch).map_err(into_io)
    }

    /// Ends the row group.
    pub(super) fn finish(&mut self, leaves: &mut Leaves) -> io::Result<()> {
        *leaves = Leaves::default();
        if let Some(mut writer) = self.writer.take() {
            leaves.metadata = Some(writer.finish().map_err(into_io)?);
            leaves.bytes = mem::take(writer.inner_mut());
        }
        Ok(())
    }
}

impl Leaves {
    /// How many bytes it takes.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes of every leaf, and what a file's end says of it when the first one begins at `at`.
    pub(super) fn placed(
        &self,
        mut at: u64,
        layout: &Layout,
        leaf: usize,
    ) -> io::Result<Vec<(&[u8], Placed)>> {
        let Some(metadata) = &self.metadata else { return Ok(Vec::new()) };
        let Some(group) = metadata.row_groups().first() else { return Ok(Vec::new()) };
        let indexes = metadata.page_index_for_row_group(0);
        let mut placed = Vec::with_capacity(group.num_columns());
        for (place, column) in group.columns().iter().enumerate() {
            let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
            let end = start + column.compressed_size();
            let bytes = self.bytes.get(start as usize..end as usize).ok_or_else(misplaced)?;
            let moved = |offset: i64| offset - start + at as i64;
            let mut offsets = indexes.offset_index(place).cloned();
            for page in offsets.iter_mut().flat_map(|index| &mut index.page_locations) {
                page.offset = moved(page.offset);
            }
            let metadata = relocated(column, layout, leaf + place, moved)?;
            let columns = indexes.column_index(place).cloned();
            placed.push((bytes, Placed { metadata, columns, offsets }));
            at += bytes.len() as u64;
        }
        Ok(placed)
    }
}

/// What is said of a column, in a file where it stands elsewhere.
fn relocated(
    column: &ColumnChunkMetaData,
    layout: &Layout,
    leaf: usize,
    moved: impl Fn(i64) -> i64,
) -> io::Result<ColumnChunkMetaData> {
    let mut builder = ColumnChunkMetaData::builder(layout.descriptor.column(leaf))
        .set_compression(layout.compression.stored())
        .set_encodings_mask(*column.encodings_mask())
        .set_total_compressed_size(column.compressed_size())
        .set_total_uncompressed_size(column.uncompressed_size())
        .set_num_values(column.num_values())
        .set_data_page_offset(moved(column.data_page_offset()))
        .set_dictionary_page_offset(column.dictionary_page_offset().map(&moved))
        .set_unencoded_byte_array_data_bytes(column.unencoded_byte_array_data_bytes())
        .set_repetition_level_histogram(column.repetition_level_histogram().cloned())
        .set_definition_level_histogram(column.definition_level_histogram().cloned());
    if let Some(statistics) = column.statistics() {
        builder = builder.set_statistics(statistics.clone());
    }
    if let Some(stats) = column.page_encoding_stats() {
        builder = builder.set_page_encoding_stats(stats.clone());
    }
    builder.build().map_err(into_io)
}

fn misplaced() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a column lies outside of its file")
}
