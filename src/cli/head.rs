//! [`OwnedHead`]: what a table of a design is, for those who write it.

use arrow::array::RecordBatch;
use peyote_schemas::design::Design;
use peyote_schemas::{Column, ForeignKey};

use crate::export::{Head, Sheet};

/// What a table is, owned.
pub(super) struct OwnedHead {
    pub(super) name: String,
    description: String,
    columns: Vec<Column>,
    primary_key: Vec<String>,
    foreign_keys: Vec<ForeignKey>,
}

impl OwnedHead {
    /// The table without rows.
    pub(super) fn head(&self) -> Head<'_> {
        Head {
            name: &self.name,
            description: &self.description,
            columns: &self.columns,
            primary_key: &self.primary_key,
            foreign_keys: &self.foreign_keys,
        }
    }

    /// The table with its first rows, of so many in all.
    pub(super) fn sheet<'a>(&'a self, batch: &'a RecordBatch, rows: u64) -> Sheet<'a> {
        Sheet {
            name: &self.name,
            description: &self.description,
            columns: &self.columns,
            primary_key: &self.primary_key,
            foreign_keys: &self.foreign_keys,
            batch,
            rows,
        }
    }
}

/// The tables of a design, in its order.
pub(super) fn heads(design: &Design) -> Vec<OwnedHead> {
    let head = |table: &peyote_schemas::design::DesignTable| OwnedHead {
        name: table.name().to_string(),
        description: table.description().to_owned(),
        columns: table
            .columns()
            .iter()
            .map(peyote_schemas::design::DesignColumn::to_column)
            .collect(),
        primary_key: table.primary_key().iter().map(ToString::to_string).collect(),
        foreign_keys: table.foreign_keys().iter().map(ForeignKey::to_text).collect(),
    };
    design.tables().iter().map(head).collect()
}
