//! Export: record batches into files that DuckDB and Spark load without guessing.

use std::io;

use arrow::array::RecordBatch;
use peyote_schemas::{Column, ForeignKey};
use serde::{Deserialize, Serialize};

use self::folder::Folder;
use crate::error::Error;

pub mod csv;
pub mod dataset;
mod digits;
pub mod facts;
mod file;
pub mod folder;
pub mod head;
pub mod manifest;
pub mod markdown;
pub mod parquet;
#[cfg(test)]
mod sample;
pub mod site;
pub mod stream;
pub mod summary;

/// A table as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// Its name, as the other sheets' foreign keys say it.
    pub name: &'a str,
    /// What one row of it is.
    pub description: &'a str,
    /// Its columns, one for each column of the batch.
    pub columns: &'a [Column],
    /// The columns that together name a row.
    pub primary_key: &'a [String],
    /// The columns that name rows of tables.
    pub foreign_keys: &'a [ForeignKey],
    /// Its rows, or the first of them.
    pub batch: &'a RecordBatch,
    /// How many rows it has in all.
    pub rows: u64,
}

/// What a table is, without its rows.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Its name, as the other tables' foreign keys say it.
    pub name: &'a str,
    /// What one row of it is.
    pub description: &'a str,
    /// Its columns.
    pub columns: &'a [Column],
    /// The columns that together name a row.
    pub primary_key: &'a [String],
    /// The columns that name rows of tables.
    pub foreign_keys: &'a [ForeignKey],
}

impl<'a> Sheet<'a> {
    /// What the table is.
    pub fn head(&self) -> Head<'a> {
        let Self { name, description, columns, primary_key, foreign_keys, .. } = *self;
        Head { name, description, columns, primary_key, foreign_keys }
    }
}

/// Writes a table into a folder as one file, `<stem>.<ending>`.
pub fn write(
    folder: &mut Folder,
    stem: &str,
    sheet: &Sheet<'_>,
    format: Format,
    types: Types,
    facts: &[(String, String)],
) -> Result<(), Error> {
    let name = format!("{stem}.{}", format.ending());
    folder.write(&name, Some(sheet.batch.num_rows()), |mut out| match format {
        Format::Parquet => parquet::write(sheet, types, facts, &mut out).map_err(into_io),
        Format::Csv => csv::write(sheet, &mut out),
    })
}

/// Writes a table into a folder as one file whose rows come some at a time: `rows` gives them to
/// whom it is handed.
pub fn write_streamed(
    folder: &mut Folder,
    stem: &str,
    (head, count): (&Head<'_>, u64),
    format: Format,
    types: Types,
    rows: impl FnOnce(&mut dyn FnMut(RecordBatch) -> io::Result<()>) -> io::Result<()>,
) -> Result<(), Error> {
    let name = format!("{stem}.{}", format.ending());
    folder.write(&name, usize::try_from(count).ok(), |mut out| match format {
        Format::Parquet => {
            let mut file = parquet::Rows::begin(head, types, &mut out).map_err(into_io)?;
            rows(&mut |batch| file.write(&batch).map_err(into_io))?;
            file.finish().map_err(into_io)
        }
        Format::Csv => {
            csv::header(head.columns, &mut out)?;
            rows(&mut |batch| csv::rows(head.columns, &batch, &mut out))
        }
    })
}

/// The operating system's error inside one of the Parquet library, where there is one.
fn into_io(error: ::parquet::errors::ParquetError) -> io::Error {
    match error {
        ::parquet::errors::ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(inner) => *inner,
            Err(inner) => io::Error::other(inner),
        },
        other => io::Error::other(other),
    }
}

/// A form of file.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Apache Parquet.
    Parquet,
    /// Comma-separated values as in RFC 4180.
    Csv,
}

impl Format {
    /// The ending of its file names, without a dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }
}

/// Which Parquet types may be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Types {
    /// What DuckDB and a Spark with default settings both read: times and UUIDs as text.
    #[default]
    Portable,
    /// The TIME and UUID types as well, which a Spark with default settings refuses.
    Native,
}
