//! [`Design`]: a dataset's tables, columns and keys, checked, with parents before children.
//!
//! [`resolve`] is the only door: it takes a [`Draft`](crate::draft::Draft), which nobody trusts,
//! and gives back a design in which
//!
//! - every name is an [`Identifier`], unique where it stands: tables in the design, columns in
//!   their table;
//! - every key, check and literal row speaks of tables and columns that are there;
//! - what a foreign key points at is a table's primary key or one of its unique sets;
//! - a table stands after the tables it refers to, save where the references go in a circle.
//!
//! A model says little of kinds, so a column's kind may still be open;
//! [`Design::settle`] closes it with what the rows turned out to be.
//!
//! ```
//! use peyote_schemas::{design, draft};
//!
//! let reply = "1. Owners: Columns: owner_id (primary key), name\n\
//!              2. Pets: Columns: pet_id (primary key), owner_id (foreign key to Owners table)";
//! let (draft, _) = draft::read(reply);
//! let (design, findings) = design::resolve(&draft).unwrap();
//! assert!(findings.is_empty());
//! let pets = design.table("pets").unwrap();
//! assert_eq!(pets.foreign_keys()[0].references.table, "owners");
//! ```

use serde_json::Value;

use crate::behaviour::{At, Behaviour, History, Lifecycle, Nulls, Size, Spread};
use crate::column::Column;
use crate::draft::Check;
use crate::keys::ForeignKey;
use crate::kind::Kind;
use crate::name::Identifier;
use crate::story::Anomaly;

mod behave;
mod check;
mod conflict;
mod dialect;
mod foreign;
mod gather;
mod implied;
mod link;
mod order;
mod primary;
mod resolve;
mod route;
pub mod schema;
mod settle;
mod stem;
mod usual;
mod write;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;

pub(crate) use dialect::is_kind_word;
pub use resolve::resolve;
pub use route::{Hop, Maker, Route};
pub use settle::Settlement;
pub(crate) use usual::recent;

/// The most tables a design has.
pub const MAX_TABLES: usize = 50;
/// The most columns a table has.
pub const MAX_COLUMNS: usize = 100;

/// A dataset that is fit to be made: see the [module's page](self) for what holds of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    name: String,
    about: String,
    use_cases: String,
    seed: Option<u64>,
    clock: Option<At>,
    tables: Vec<DesignTable>,
    levels: Vec<Vec<usize>>,
    story: Vec<Anomaly>,
}

/// A table of a design.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignTable {
    name: Identifier,
    said: String,
    implied: bool,
    description: String,
    columns: Vec<DesignColumn>,
    primary_key: Vec<Identifier>,
    unique: Vec<Vec<Identifier>>,
    foreign_keys: Vec<ForeignKey<Identifier>>,
    /// As many as there are foreign keys.
    spreads: Vec<Spread>,
    checks: Vec<Check>,
    rows: Vec<Vec<Value>>,
    size: Option<Size>,
    lifecycles: Vec<Lifecycle>,
    history: Option<History>,
}

/// A column of a designed table.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignColumn {
    name: Identifier,
    said: String,
    kind: Option<Kind>,
    nullable: bool,
    unit: Option<String>,
    format: Option<String>,
    description: Option<String>,
    vocabulary: Option<Vec<String>>,
    behaviour: Option<Behaviour>,
    nulls: Option<Nulls>,
    remark: Option<String>,
}

impl Design {
    /// What it is called, in a few words.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the data is about.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// What it could be used for.
    pub fn use_cases(&self) -> &str {
        &self.use_cases
    }

    /// What its values are drawn from, where a run names no other number.
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// The present day of the data, if the design says one: nothing in it happens later.
    pub fn clock(&self) -> Option<At> {
        self.clock
    }

    /// The present day of the data, whether the design says one or not, in microseconds since 1970.
    pub fn present(&self) -> i64 {
        usual::present(self.clock)
    }

    /// The tables, parents before children.
    pub fn tables(&self) -> &[DesignTable] {
        &self.tables
    }

    /// The table of a name, which is compared as an identifier.
    pub fn table(&self, name: &str) -> Option<&DesignTable> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// Places in [`tables`](Self::tables) that can be asked for side by side: a level refers only
    /// to levels before it, tables that refer to each other in a circle share one.
    pub fn levels(&self) -> &[Vec<usize>] {
        &self.levels
    }

    /// What is planted for somebody to find.
    pub fn story(&self) -> &[Anomaly] {
        &self.story
    }

    /// The same design with nothing to find in its data.
    #[must_use]
    pub fn without_story(&self) -> Self {
        Self { story: Vec::new(), ..self.clone() }
    }

    /// The same design with another story, which is in its names.
    #[must_use]
    pub fn with_story(&self, story: Vec<Anomaly>) -> Self {
        Self { story, ..self.clone() }
    }

    /// Whether the kind of every column is known.
    pub fn is_settled(&self) -> bool {
        self.tables.iter().flat_map(|table| &table.columns).all(|column| column.kind.is_some())
    }
}

/// What the key of a table is called where nobody named one: `user_id` in `Users`.
pub fn key_name(table: &str) -> Identifier {
    implied::key_name(&Identifier::new(table, "table"))
}

impl DesignTable {
    /// Its name.
    pub fn name(&self) -> &Identifier {
        &self.name
    }

    /// Its name as the model gave it: what the model has to be asked with.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// Whether nobody designed it: it is there because other tables point at it.
    pub fn is_implied(&self) -> bool {
        self.implied
    }

    /// What one row of it is; may be empty.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Its columns, at least one.
    pub fn columns(&self) -> &[DesignColumn] {
        &self.columns
    }

    /// The columns that together name a row; empty where nothing does.
    pub fn primary_key(&self) -> &[Identifier] {
        &self.primary_key
    }

    /// Other sets of columns that are unique together.
    pub fn unique(&self) -> &[Vec<Identifier>] {
        &self.unique
    }

    /// The columns that name rows of tables, itself included.
    pub fn foreign_keys(&self) -> &[ForeignKey<Identifier>] {
        &self.foreign_keys
    }

    /// How the rows are dealt out to those that a foreign key refers to, by the key's place in
    /// [`foreign_keys`](Self::foreign_keys).
    pub fn spreads(&self) -> &[Spread] {
        &self.spreads
    }

    /// How many rows there are, if the design says so.
    pub fn size(&self) -> Option<&Size> {
        self.size.as_ref()
    }

    /// The ways of its rows through stages; no column is part of two.
    pub fn lifecycles(&self) -> &[Lifecycle] {
        &self.lifecycles
    }

    /// How its rows follow each other in time, where those of one parent do without gaps.
    pub fn history(&self) -> Option<&History> {
        self.history.as_ref()
    }

    /// What else holds for every row; column names in it are identifiers of this table.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Rows written in full, each with a value for every column; empty where there are none.
    pub fn rows(&self) -> &[Vec<Value>] {
        &self.rows
    }

    /// The column of a name, which is compared as an identifier.
    pub fn column(&self, name: &str) -> Option<&DesignColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The place of the column that a header of the model's own means, in whatever spelling:
    /// `Visitor ID`, `Location (latitude/longitude)`, `Foreign Key to Repairs Table`.
    pub fn place(&self, header: &str) -> Option<usize> {
        stem::column(&self.columns, header)
    }
}

impl DesignColumn {
    /// Its name.
    pub fn name(&self) -> &Identifier {
        &self.name
    }

    /// Its name as the model gave it.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// What its values are, or `None` while that is open.
    pub fn kind(&self) -> Option<&Kind> {
        self.kind.as_ref()
    }

    /// Whether a value may be missing.
    pub fn nullable(&self) -> bool {
        self.nullable
    }

    /// What one of it is: `USD`, `%`, `°C`.
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// How moments were written.
    pub fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }

    /// What it means, in a sentence.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Words and phrases that it draws from.
    pub fn vocabulary(&self) -> Option<&[String]> {
        self.vocabulary.as_deref()
    }

    /// How its values come about, if the design says so. A column that refers to another table, a
    /// status or moment of a lifecycle and the bounds of a history have none of their own.
    pub fn behaviour(&self) -> Option<&Behaviour> {
        self.behaviour.as_ref()
    }

    /// How many of its values are missing, if the design says so.
    pub fn nulls(&self) -> Option<&Nulls> {
        self.nulls.as_ref()
    }

    /// The same as a column; one whose kind is open is text.
    pub fn to_column(&self) -> Column {
        Column {
            nullable: self.nullable,
            unit: self.unit.clone(),
            format: self.format.clone(),
            description: self.description.clone(),
            ..Column::new(self.name.as_str(), self.kind.clone().unwrap_or(Kind::Text))
        }
    }

    /// What else was said of it, in the model's words.
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }
}
