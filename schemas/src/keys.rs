//! [`ForeignKey`]: which columns of a table name rows of another.

use serde::{Deserialize, Serialize};

/// Columns of a table whose values, where none is null, stand together in the table referred to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The columns of the referring table, in the order of the referenced ones.
    pub columns: Vec<String>,
    /// What they refer to.
    pub references: Reference,
}

/// The table and the unique columns that a foreign key points at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference {
    /// The table referred to.
    pub table: String,
    /// Its columns, together unique.
    pub columns: Vec<String>,
}
