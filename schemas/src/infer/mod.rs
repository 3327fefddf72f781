//! Inference: raw tables in, typed tables with keys out.

use arrow::array::RecordBatch;

use crate::cell::RawTable;
use crate::column::Column;
use crate::dataset::{Dataset, Table};
use crate::finding::Finding;
use crate::guard;

pub mod checks;
pub mod flow;
pub mod keys;
pub mod kinds;

/// What is known of a table before its rows are looked at: what a design or a model said.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The columns, as far as the design types them.
    pub columns: Vec<Column>,
    /// Remarks of the model: a column's name and what was said of it ("foreign key to Users").
    pub remarks: Vec<(String, String)>,
}

/// The columns of a table and its values under them; `at` is the table's pointer.
pub fn typed(
    raw: &RawTable<'_>,
    said: &Said,
    at: &str,
    findings: &mut Vec<Finding>,
) -> (Vec<Column>, RecordBatch) {
    let (columns, arrays) = kinds::arrays(raw, said, at, findings);
    let batch = guard::column::batch_of(raw, &columns, arrays);
    (columns, batch)
}

/// Types the tables of a reading and finds the keys between them.
pub fn dataset(raw: Vec<RawTable<'static>>, mut findings: Vec<Finding>) -> Dataset {
    let mut tables = Vec::with_capacity(raw.len());
    for (number, raw) in raw.into_iter().enumerate() {
        let at = format!("/tables/{number}");
        let (columns, batch) = typed(&raw, &Said::default(), &at, &mut findings);
        tables.push(Table {
            raw,
            columns,
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            batch,
        });
    }
    let said = vec![Said::default(); tables.len()];
    keys::find(&mut tables, &said, &mut findings);
    Dataset { tables, findings }
}
