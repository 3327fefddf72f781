//! [`Sink`]: what takes the rows of a table as they are read, in order.

use super::lane::Run;
use crate::cell::{Cell, RawTable};

/// What takes the rows of a table as they are read, in order.
pub(crate) trait Sink<'a>: Send + Sync + Sized {
    /// On how many threads it takes rows.
    fn threads(&self) -> usize {
        1
    }
    /// A sink for rows that come later, about so many, and nothing in it, where there can be one.
    fn fork(&self, _rows: usize) -> Option<Self> {
        None
    }
    /// Takes the rows of a fork in behind those that are here.
    fn join(&mut self, _later: Self) {}
    /// Is told about how many rows come behind those that are here.
    fn expect(&mut self, _rows: usize) {}
    /// Takes the rows of a table.
    fn table(&mut self, table: &RawTable<'a>);
    /// Takes many rows.
    fn run(&mut self, run: &Run<'a, '_>);
    /// Is told that no more rows come.
    fn end(&mut self) {}
    /// Takes one row.
    fn row(&mut self, cells: Vec<Cell<'a>>);
}

/// No sink: rows stay in their table.
pub(super) enum Nobody {}

impl Sink<'_> for Nobody {
    fn table(&mut self, _: &RawTable<'_>) {}
    fn run(&mut self, _: &Run<'_, '_>) {}
    fn row(&mut self, _: Vec<Cell<'_>>) {}
}
