//! [`Sink`]: what takes the rows of a table as they are read, in order.

use super::lane::Run;
use crate::cell::cut::Cut;
use crate::cell::{Cell, RawTable};

/// What takes the rows of a table as they are read, in order.
pub(crate) trait Sink<'a>: Sized {
    /// On how many threads it takes rows.
    fn threads(&self) -> usize {
        1
    }
    /// The columns that take rows in its place where it takes them on several threads, one for each
    /// of the table's.
    fn columns(&mut self) -> Vec<&mut dyn Column> {
        Vec::new()
    }
    /// Is told how many rows its columns took in its place.
    fn came(&mut self, _rows: usize) {}
    /// Is told about how many rows come behind those that are here.
    fn expect(&mut self, _rows: usize) {}
    /// Takes the rows of a table.
    fn table(&mut self, table: &RawTable<'a>);
    /// Takes many rows.
    fn run(&mut self, run: &Run<'a>);
    /// Is told that no more rows come.
    fn end(&mut self) {}
    /// Takes one row.
    fn row(&mut self, cells: Vec<Cell<'a>>);
}

/// What takes the cells of one column, in order.
pub(crate) trait Column: Send {
    /// Takes its cells of many rows; `number` is the column's.
    fn run(&mut self, run: &Run<'_>, number: usize, cuts: &mut Vec<Cut>);
    /// Takes its cell of one row.
    fn row(&mut self, cell: &Cell<'_>);
}

/// No sink: rows stay in their table.
pub(super) enum Nobody {}

impl Sink<'_> for Nobody {
    fn table(&mut self, _: &RawTable<'_>) {}
    fn run(&mut self, _: &Run<'_>) {}
    fn row(&mut self, _: Vec<Cell<'_>>) {}
}
