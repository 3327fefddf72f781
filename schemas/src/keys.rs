//! [`ForeignKey`]: which columns of a table name rows of another.

use serde::{Deserialize, Serialize};

/// Columns of a table whose values, where none is null, stand together in the table referred to.
///
/// Names are text as it was given, or [`Identifier`](crate::name::Identifier)s inside a design.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ForeignKey<N = String> {
    /// The columns of the referring table, in the order of the referenced ones.
    pub columns: Vec<N>,
    /// What they refer to.
    pub references: Reference<N>,
}

/// The table and the unique columns that a foreign key points at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference<N = String> {
    /// The table referred to.
    pub table: N,
    /// Its columns, together unique.
    pub columns: Vec<N>,
}

impl<N: ToString> ForeignKey<N> {
    /// The same key with its names as text.
    pub fn to_text(&self) -> ForeignKey {
        let text = |names: &[N]| names.iter().map(ToString::to_string).collect();
        ForeignKey {
            columns: text(&self.columns),
            references: Reference {
                table: self.references.table.to_string(),
                columns: text(&self.references.columns),
            },
        }
    }
}
