//! [`Names`]: the names of objects that are rows of one table.

use std::collections::HashMap;

use super::node::Object;

/// Cells that a table may have without being filled: beyond this and [`SPARSE`] times the members
/// that were read, the rows stay whole in one column.
const ROOMY: usize = 1 << 20;

/// Cells for each member that was read, at most, in a table beyond [`ROOMY`] cells.
const SPARSE: usize = 64;

/// The names of objects, and their numbers, in the order in which they come.
#[derive(Default)]
pub(super) struct Names {
    pub(super) header: Vec<String>,
    pub(super) columns: HashMap<String, usize>,
    /// How many objects there are, and members in them.
    rows: usize,
    members: usize,
}

impl Names {
    /// Adds those of an object.
    pub(super) fn add(&mut self, object: &Object<'_>) {
        self.count(1, object.members.len());
        for (number, (key, _)) in object.members.iter().enumerate() {
            if self.header.get(number).is_none_or(|name| name != key) {
                self.add_one(key);
            }
        }
    }

    /// Counts objects whose names are added one by one, and the members in them.
    pub(super) fn count(&mut self, rows: usize, members: usize) {
        self.rows += rows;
        self.members += members;
    }

    /// Whether the objects so far have too few names in common to be rows.
    pub(super) fn are_sparse(&self) -> bool {
        is_sparse(self.header.len(), self.rows, self.members)
    }

    /// Adds one.
    pub(super) fn add_one(&mut self, key: &str) {
        if !self.columns.contains_key(key) {
            self.columns.insert(key.to_owned(), self.header.len());
            self.header.push(key.to_owned());
        }
    }
}

/// Whether too few of so many columns are filled by the members of so many rows.
pub(super) fn is_sparse(width: usize, rows: usize, members: usize) -> bool {
    width.saturating_mul(rows) > ROOMY.max(SPARSE.saturating_mul(members))
}
