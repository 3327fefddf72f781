//! Keys across tables, ranked by evidence.

use super::Said;
use crate::dataset::Table;
use crate::finding::Finding;

/// Sets the primary and foreign keys of all tables; `said[n]` is what is known of table *n*.
pub fn find(tables: &mut [Table], said: &[Said], findings: &mut Vec<Finding>) {
    let _ = (tables, said, findings);
}
