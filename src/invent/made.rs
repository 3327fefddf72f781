//! [`Made`]: a dataset made from a conversation, typed and true to its design.

use arrow::array::RecordBatch;
use peyote_schemas::design::{Design, DesignTable};
use peyote_schemas::guard::Reject;
use peyote_schemas::{Column, Finding, ForeignKey};

use crate::export::Sheet;

/// A dataset made from a conversation: typed, and true to its design.
#[derive(Debug, Clone)]
pub struct Made {
    /// The design, every kind in it known.
    pub design: Design,
    /// The rows of its tables, in the design's order.
    pub tables: Vec<MadeTable>,
    /// What was found on the way.
    pub findings: Vec<Finding>,
    /// What was changed or set aside.
    pub rejects: Vec<Reject>,
}

/// The rows of a designed table.
#[derive(Debug, Clone)]
pub struct MadeTable {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its values.
    pub batch: RecordBatch,
}

impl Made {
    /// Its tables as they are written, in the design's order.
    pub fn sheets(&self) -> Vec<OwnedSheet<'_>> {
        let tables = self.design.tables().iter().zip(&self.tables);
        tables
            .map(|(design, table)| OwnedSheet {
                design,
                primary_key: design.primary_key().iter().map(ToString::to_string).collect(),
                foreign_keys: design.foreign_keys().iter().map(ForeignKey::to_text).collect(),
                table,
            })
            .collect()
    }
}

/// A table with its keys as text.
#[derive(Debug, Clone)]
pub struct OwnedSheet<'a> {
    design: &'a DesignTable,
    primary_key: Vec<String>,
    foreign_keys: Vec<ForeignKey>,
    table: &'a MadeTable,
}

impl OwnedSheet<'_> {
    /// The table as it is written.
    pub fn sheet(&self) -> Sheet<'_> {
        Sheet {
            name: self.design.name().as_str(),
            description: self.design.description(),
            columns: &self.table.columns,
            primary_key: &self.primary_key,
            foreign_keys: &self.foreign_keys,
            batch: &self.table.batch,
            rows: self.table.batch.num_rows() as u64,
        }
    }
}
