//! What a dataset *is*: reading replies, kinds, inference, enforcement, designs.
//!
//! Text goes in that nobody trusts; typed Arrow tables with keys come out, and a [`Finding`] for
//! everything that was not as it should have been. Nothing here opens a file or a socket, reads a
//! clock, or prints.
//!
//! ```text
//! text ─► read ─► RawTable ─► infer ─► Column, keys ─► guard ─► RecordBatch
//! ```

pub mod answer_schema;
pub mod catalog;
pub mod cell;
pub mod column;
pub mod dataset;
pub mod design;
pub mod document;
pub mod draft;
pub mod finding;
pub mod guard;
pub mod idea;
pub mod infer;
pub mod keys;
pub mod kind;
pub mod name;
pub mod read;
pub mod value;
pub mod vocabulary;

pub use cell::{Cell, RawTable};
pub use column::Column;
pub use dataset::{Dataset, Table};
pub use design::Design;
pub use finding::{Finding, Level};
pub use keys::{ForeignKey, Reference};
pub use kind::{Field, IntSize, Kind};
