//! [`OwnedHead`]: what the tables of a design are, in the words of those who write them.

use arrow::array::RecordBatch;
use peyote_schemas::design::{Design, DesignColumn, DesignTable};
use peyote_schemas::{Column, ForeignKey};

use super::{Head, Sheet};

/// What a table is, owned.
#[derive(Debug, Clone)]
pub struct OwnedHead {
    /// Its name.
    pub name: String,
    description: String,
    columns: Vec<Column>,
    primary_key: Vec<String>,
    foreign_keys: Vec<ForeignKey>,
}

impl OwnedHead {
    /// What the table is.
    pub fn head(&self) -> Head<'_> {
        Head {
            name: &self.name,
            description: &self.description,
            columns: &self.columns,
            primary_key: &self.primary_key,
            foreign_keys: &self.foreign_keys,
        }
    }

    /// The table with its first rows, and how many it has in all.
    pub fn sheet<'a>(&'a self, batch: &'a RecordBatch, rows: u64) -> Sheet<'a> {
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

/// What the tables of a design are, in its order.
pub fn heads(design: &Design) -> Vec<OwnedHead> {
    let head = |table: &DesignTable| OwnedHead {
        name: table.name().to_string(),
        description: table.description().to_owned(),
        columns: table.columns().iter().map(DesignColumn::to_column).collect(),
        primary_key: table.primary_key().iter().map(ToString::to_string).collect(),
        foreign_keys: table.foreign_keys().iter().map(ForeignKey::to_text).collect(),
    };
    design.tables().iter().map(head).collect()
}
