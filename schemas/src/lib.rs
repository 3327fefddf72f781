//! Schemas: what a dataset *is*: reading replies, kinds, inference, enforcement, designs.
//!
//! Text goes in that nobody trusts; typed Arrow tables with keys come out, and a [`Finding`] for
//! everything that was not as it should have been.
//!
//! ```text
//! text ─► read ─► RawTable ─► infer ─► Column, keys ─► guard ─► RecordBatch
//! ```
//!
//! # Example
//!
//! ```
//! use peyote_schemas::read::{Source, read};
//! use peyote_schemas::{Kind, infer};
//!
//! let text = "Here are the rows you asked for:\n\n\
//!     id,name,price,sold\n\
//!     1,Lamp,$19.50,2024-05-01\n\
//!     2,Table, round,$1,200.00,2024-05-17\n";
//! let reading = read(&Source { name: "reply.txt", text, expect: None });
//! let tables = reading.tables.into_iter().map(|table| table.into_owned()).collect();
//! let dataset = infer::dataset(tables, reading.findings);
//!
//! let table = &dataset.tables[0];
//! assert_eq!(table.raw.cell(1, 1).text(), Some("Table, round"));
//! assert_eq!(table.columns[2].kind, Kind::Decimal { precision: 6, scale: 2 });
//! assert_eq!(table.columns[2].unit.as_deref(), Some("USD"));
//! assert_eq!(table.columns[3].kind, Kind::Date);
//! assert_eq!(table.primary_key, ["id"]);
//! assert_eq!(table.batch.num_rows(), 2);
//! // The row whose comma was not quoted is a finding, with its place.
//! assert!(dataset.findings.iter().any(|finding| finding.at == "/tables/0/rows/1"));
//! ```
//!
//! # What it reads
//!
//! - fields between commas, tabs, semicolons or pipes, with preambles, comments, misplaced quotes,
//!   rows that lack or split values, several tables in one text
//! - Markdown tables, numbered, bulleted and comma-separated lists
//! - JSON and JSON Lines, however broken: cut off, unquoted, commented, in single or curly quotes,
//!   within a string; arrays of objects, objects of arrays, nested values
//! - all of these in fences and between prose, which is left alone
//! - bytes in UTF-8, UTF-16 or Windows-1252, by [`read::decode`]
//!
//! [`read::read`] decides which parts of a text are tables, [`infer`] what their values are, by every
//! one of them, and the [`guard`] whether they keep what a [`Design`] promises.
//!
//! # What it never does
//!
//! - fail or panic on a text: [`read::read`] has no error, and what it cannot make a table of is no
//!   table
//! - guess without saying so: a repair or a doubt is a [`Finding`] with its place
//! - look at a sample of the values where all of them are at hand
//! - change a value between text and type that it does not report: rows in are rows out and rows set
//!   aside
//! - take more than linear time, or recurse as deep as a text is nested
//! - open a file or a socket, read a clock or a locale, print, or run code from a text

pub mod behaviour;
pub mod catalog;
pub mod cell;
pub mod column;
pub mod dataset;
pub mod design;
pub mod document;
pub mod draft;
pub mod finding;
pub mod fit;
pub mod formula;
pub mod guard;
pub mod idea;
pub mod infer;
pub mod keys;
pub mod kind;
pub mod name;
pub mod read;
pub mod story;
pub mod value;
pub mod vocabulary;

pub use cell::{Cell, RawTable};
pub use column::Column;
pub use dataset::{Dataset, Table};
pub use design::Design;
pub use finding::{Finding, Level};
pub use keys::{ForeignKey, Reference};
pub use kind::{Field, IntSize, Kind};
