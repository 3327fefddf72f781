//! [`Dataset`]: typed tables with their keys, and what was found on the way.

use arrow::array::RecordBatch;

use crate::cell::RawTable;
use crate::column::Column;
use crate::finding::Finding;
use crate::keys::ForeignKey;

/// Tables that belong together.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The tables, in the order in which they were read.
    pub tables: Vec<Table>,
    /// What was found, in the order in which it was met.
    pub findings: Vec<Finding>,
}

/// One table: what it is, what it holds, and the text it was read from.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its text as read, after repair and before typing; row *n* of `raw` is row *n* of `batch`.
    pub raw: RawTable<'static>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The columns that together name a row; empty where none was found.
    pub primary_key: Vec<String>,
    /// The columns that name rows of other tables.
    pub foreign_keys: Vec<ForeignKey>,
    /// Its values.
    pub batch: RecordBatch,
}
