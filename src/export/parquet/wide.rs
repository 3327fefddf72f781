//! [`Wide`]: a file of so many columns that they are encoded some at a time.
//!
//! The library's own writer makes room for every column of a row group at once: for a dictionary,
//! for what packs its pages and for what would unpack them, some hundred kilobytes a column.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowWriterOptions, compute_leaves};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use super::ROW_GROUP_BYTES;

/// Columns above which a table is written so.
pub(super) const WIDE: usize = 1 << 10;
/// Columns that are encoded at a time.
const AT_ONCE: usize = 1 << 8;

/// A file whose row groups are written column by column.
pub(super) struct Wide<W: Write + Send> {
    file: SerializedFileWriter<W>,
    /// The columns, so many together as are encoded at a time.
    parts: Vec<Arc<Schema>>,
    properties: WriterProperties,
    /// Rows of the next row group, and their bytes as Arrow has them.
    waiting: Vec<RecordBatch>,
    bytes: usize,
}

impl<W: Write + Send> Wide<W> {
    /// Goes on with a file that has no row so far; `properties` are those of its columns.
    pub(super) fn new(
        writer: ArrowWriter<W>,
        schema: &Schema,
        properties: WriterProperties,
    ) -> Result<Self> {
        let (file, _) = writer.into_serialized_writer()?;
        let part = |fields: &[Arc<_>]| Arc::new(Schema::new(fields.to_vec()));
        let parts = schema.fields().chunks(AT_ONCE).map(part).collect();
        Ok(Self { file, parts, properties, waiting: Vec::new(), bytes: 0 })
    }

    /// Writes some rows.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let rows = batch.num_rows();
        if rows == 0 {
            return Ok(());
        }
        let bytes = batch.get_array_memory_size();
        // Of one long batch row groups are made.
        let groups = bytes.div_ceil(ROW_GROUP_BYTES).clamp(1, rows);
        let some = rows.div_ceil(groups);
        for from in (0..rows).step_by(some) {
            self.waiting.push(batch.slice(from, some.min(rows - from)));
            self.bytes += bytes / groups;
            if self.bytes >= ROW_GROUP_BYTES {
                self.group()?;
            }
        }
        Ok(())
    }

    /// Ends the file.
    pub(super) fn finish(mut self) -> Result<()> {
        self.group()?;
        self.file.close().map(drop)
    }

    /// Writes the rows that wait as a row group.
    fn group(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        let mut first = 0;
        for part in &self.parts {
            // The columns of a file of their own are written as those of the whole.
            let options = ArrowWriterOptions::new()
                .with_properties(self.properties.clone())
                .with_skip_arrow_metadata(true);
            let own = ArrowWriter::try_new_with_options(io::sink(), Arc::clone(part), options)?;
            let (_, factory) = own.into_serialized_writer()?;
            let mut writers = factory.create_column_writers(0)?.into_iter();
            for (at, field) in part.fields().iter().enumerate() {
                let mut leaves = Vec::new();
                for batch in &self.waiting {
                    let found = compute_leaves(field, batch.column(first + at))?;
                    if leaves.is_empty() {
                        leaves.extend(writers.by_ref().take(found.len()));
                    }
                    for (writer, leaf) in leaves.iter_mut().zip(&found) {
                        writer.write(leaf)?;
                    }
                }
                for writer in leaves {
                    writer.close()?.append_to_row_group(&mut group)?;
                }
            }
            first += part.fields().len();
        }
        group.close()?;
        self.waiting.clear();
        self.bytes = 0;
        Ok(())
    }
}
