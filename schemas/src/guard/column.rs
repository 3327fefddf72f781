//! Cells into Arrow arrays, by the kind of their column.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::Schema;

use crate::cell::RawTable;
use crate::column::Column;

/// A value that did not fit its column and became null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The row, from 0.
    pub row: usize,
    /// What is wrong with it, as a lower-case fragment.
    pub reason: String,
}

/// The array of one column of a table, and the values that did not fit it.
pub fn array(table: &RawTable<'_>, at: usize, column: &Column) -> (ArrayRef, Vec<Misfit>) {
    let _ = column;
    let array: StringArray = table.column(at).map(|cell| cell.text()).collect();
    (Arc::new(array), Vec::new())
}

/// All columns of a table as one batch; values that do not fit are null.
pub fn batch(table: &RawTable<'_>, columns: &[Column]) -> RecordBatch {
    let arrays: Vec<ArrayRef> =
        columns.iter().enumerate().map(|(at, column)| array(table, at, column).0).collect();
    let schema = Schema::new(
        columns.iter().map(|column| column.to_arrow().with_nullable(true)).collect::<Vec<_>>(),
    );
    let options = RecordBatchOptions::new().with_row_count(Some(table.len()));
    RecordBatch::try_new_with_options(Arc::new(schema), arrays, &options)
        .expect("arrays are made from the columns that make the schema")
}
