//! [`Reject`]: one line of `rejects.jsonl`: what was changed or set aside, and why.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A value or a row that did not stay as it was.
///
/// For every table, rows in are rows out and as many of these as have [`Action::Row`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The table.
    pub table: String,
    /// The row, from 0, as it was numbered before anything was set aside.
    pub row: usize,
    /// The column; `None` for a whole row.
    pub column: Option<String>,
    /// What stood there; for a whole row an object of all its values.
    pub value: Value,
    /// What became of it.
    pub action: Action,
    /// Why, as a lower-case fragment.
    pub reason: String,
}

/// What became of a value or a row that broke a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// The row was set aside.
    Row,
    /// The value became null.
    Null,
    /// The value became another one, which keeps the promise.
    Repair,
}
