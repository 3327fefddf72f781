//! [`Draft`]: a dataset as a model or a person said it, loosely; nobody trusts it yet.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::keys::{ForeignKey, Reference};

mod column;
mod grid;
mod json;
mod json_column;
mod list;
pub(crate) mod outline;
mod read;
mod sql;
pub(crate) mod value;

#[cfg(test)]
mod tests;

pub use read::read;

/// An idea for a dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idea {
    /// Its name: a few words.
    pub name: String,
    /// What the data is about.
    #[serde(default)]
    pub about: String,
    /// What it could be used for.
    #[serde(default)]
    pub use_cases: String,
}

/// A dataset as it was said; [`resolve`](crate::design::resolve) makes a design of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What the data is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// What it could be used for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub use_cases: String,
    /// Whether a resolved design was written here: names, kinds and keys stand as they are, and
    /// nothing more is read out of names and remarks.
    #[serde(default, skip_serializing_if = "is_false")]
    pub resolved: bool,
    /// What its values are drawn from, where a run names no other number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The present day of the data: nothing in it happens later. A moment, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// Its tables, in any order.
    #[serde(default)]
    pub tables: Vec<TableDraft>,
    /// What is planted for somebody to find: each an [`Anomaly`](crate::story::Anomaly), as it was
    /// said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub story: Vec<Value>,
}

/// A table as it was said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TableDraft {
    /// Its name, in any spelling.
    #[serde(default)]
    pub name: String,
    /// The name as the model first gave it, where `name` was made of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// Whether nobody named it: other tables point at it, and so it was added.
    #[serde(default, skip_serializing_if = "is_false")]
    pub implied: bool,
    /// What one row of it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its columns.
    #[serde(default)]
    pub columns: Vec<ColumnDraft>,
    /// The columns that together name a row.
    #[serde(default)]
    pub primary_key: Vec<String>,
    /// Other sets of columns that are unique together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unique: Vec<Vec<String>>,
    /// The columns that name rows of tables.
    #[serde(default)]
    pub foreign_keys: Vec<KeyDraft>,
    /// What else holds for every row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Rows written in full, as many values as there are columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Vec<Value>>,
    /// How many rows it has: a [`Size`](crate::behaviour::Size), as it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Value>,
    /// The ways of its rows through stages: each a [`Lifecycle`](crate::behaviour::Lifecycle), as
    /// it was said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifecycles: Vec<Value>,
    /// How its rows follow each other in time: a [`History`](crate::behaviour::History), as it was
    /// said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Value>,
}

/// A foreign key as it was said, with how the rows are dealt out to those referred to: together a
/// [`Spread`](crate::behaviour::Spread).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyDraft {
    /// The columns of the referring table, in the order of the referenced ones.
    #[serde(default)]
    pub columns: Vec<String>,
    /// What they refer to.
    pub references: Reference,
    /// How many children each parent has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub children: Option<Value>,
    /// The share of parents without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub childless: Option<Value>,
    /// Whether the children of a parent stand together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Value>,
    /// Other referring columns that never hold the same value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlike: Option<Value>,
    /// The form of the tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<Value>,
    /// How old a row is before it has children.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aged: Option<Value>,
    /// Which rows may be referred to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<Value>,
}

impl KeyDraft {
    /// How the rows are dealt out, as it was said; an object without members if nothing was.
    pub fn spread(&self) -> Value {
        let said = [
            ("children", &self.children),
            ("childless", &self.childless),
            ("order", &self.order),
            ("unlike", &self.unlike),
            ("tree", &self.tree),
            ("aged", &self.aged),
            ("among", &self.among),
        ];
        let there = said.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
        Value::Object(there.map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The same key with rows dealt out as an object says; what it does not say is left open.
    #[must_use]
    pub fn spread_as(self, spread: &Value) -> Self {
        let said = |name: &str| spread.get(name).cloned();
        Self {
            children: said("children"),
            childless: said("childless"),
            order: said("order"),
            unlike: said("unlike"),
            tree: said("tree"),
            aged: said("aged"),
            among: said("among"),
            ..self
        }
    }
}

/// A key of which nothing more was said.
impl From<ForeignKey> for KeyDraft {
    fn from(key: ForeignKey) -> Self {
        Self { columns: key.columns, references: key.references, ..Self::default() }
    }
}

/// A column as it was said; a field of a struct and the item of a list too.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnDraft {
    /// Its name, in any spelling.
    #[serde(default)]
    pub name: String,
    /// The name as the model first gave it, where `name` was made of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// The word for its kind (`int32`, `decimal(12,2)`, `enum`, or whatever the model called it).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether a value may be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nullable: Option<bool>,
    /// What one of it is: `USD`, `%`, `°C`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How moments are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// What the column means, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The words of an enum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// Words and phrases that a text column draws from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<Vec<String>>,
    /// How its values come about: a [`Behaviour`](crate::behaviour::Behaviour), as it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behaviour: Option<Value>,
    /// How many are missing: [`Nulls`](crate::behaviour::Nulls), as it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls: Option<Value>,
    /// What is in a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Box<ColumnDraft>>,
    /// What is in a struct.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<ColumnDraft>>,
    /// What else was said of it, in the model's words: "foreign key to Users".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

// serde hands the field by reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Something that holds for every row of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "snake_case")]
pub enum Check {
    /// A number or a moment lies between two bounds, both included; either may be absent.
    Range {
        /// The column.
        column: String,
        /// The least value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Value>,
        /// The greatest value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Value>,
    },
    /// A text has a form: `#` a digit, `A` an upper-case letter, `a` a lower-case one, `*` any
    /// number of any characters, `\` before a character that stands for itself; the rest as is.
    Pattern {
        /// The column.
        column: String,
        /// The form.
        pattern: String,
    },
    /// Values rise from column to column; equal is allowed, nulls are passed over.
    Order {
        /// The columns, least first.
        columns: Vec<String>,
    },
    /// Where one column has one of some values, another must or must not be null.
    When {
        /// The column looked at.
        column: String,
        /// Its values, as text, for which the rest holds.
        is: Vec<String>,
        /// The column that the rest is about.
        then: String,
        /// What holds for it.
        must: Presence,
    },
}

/// Whether a value is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It is not null.
    Present,
    /// It is null.
    Absent,
}
