//! [`Typing`]: rows that become batches of known columns as they go by.

use arrow::array::{ArrayRef, RecordBatch};

use crate::cell::cut::Cut;
use crate::cell::{Cell, RawTable};
use crate::column::Column;
use crate::guard::column::{Builder, batch_from};
use crate::read::delimited::lane::Run;
use crate::read::delimited::sink::Sink;

/// Rows of a batch, and its cells, at most, before it is given away.
const ROWS: usize = if cfg!(test) { 64 } else { 1 << 16 };
const CELLS: usize = 1 << 22;

/// Rows that become batches of known columns as they go by; without columns, nothing.
pub(super) struct Typing<'c> {
    columns: &'c [Column],
    builders: Vec<Builder<'c>>,
    rows: usize,
    ready: Vec<RecordBatch>,
    cuts: Vec<Cut>,
}

impl<'c> Typing<'c> {
    pub(super) fn new(columns: &'c [Column]) -> Self {
        let builders = columns.iter().map(Builder::new).collect();
        Self { columns, builders, rows: 0, ready: Vec::new(), cuts: Vec::new() }
    }

    /// The batches that are whole.
    pub(super) fn ready(&mut self) -> Vec<RecordBatch> {
        std::mem::take(&mut self.ready)
    }

    /// The batches that are left.
    pub(super) fn rest(&mut self) -> Vec<RecordBatch> {
        self.close();
        self.ready()
    }

    /// Takes in rows whose columns go by names.
    pub(super) fn named(&mut self, piece: &RawTable<'_>) {
        let place = |column: &Column| piece.header().iter().position(|name| *name == column.name);
        for (column, builder) in self.columns.iter().zip(&mut self.builders) {
            match place(column) {
                Some(at) => piece.column(at).for_each(|cell| builder.push(&cell)),
                None => (0..piece.len()).for_each(|_| builder.push(&Cell::Absent)),
            }
        }
        self.count(piece.len());
    }

    fn count(&mut self, rows: usize) {
        self.rows += rows;
        if self.rows >= ROWS || self.rows.saturating_mul(self.columns.len()) >= CELLS {
            self.close();
        }
    }

    /// Makes a batch of the rows so far.
    fn close(&mut self) {
        if self.rows == 0 || self.columns.is_empty() {
            return;
        }
        let fresh = self.columns.iter().map(Builder::new).collect();
        let builders = std::mem::replace(&mut self.builders, fresh);
        // What was learnt from every value refuses none.
        let arrays: Vec<ArrayRef> =
            builders.into_iter().map(|builder| builder.finish().0).collect();
        self.ready.push(batch_from(self.columns, arrays, self.rows));
        self.rows = 0;
    }
}

impl Sink<'_> for Typing<'_> {
    fn table(&mut self, table: &RawTable<'_>) {
        if table.width() == self.columns.len() {
            for (at, builder) in self.builders.iter_mut().enumerate() {
                table.column(at).for_each(|cell| builder.push(&cell));
            }
            self.count(table.len());
        }
    }

    fn run(&mut self, run: &Run<'_>) {
        let text = run.text();
        for (column, builder) in self.builders.iter_mut().enumerate() {
            run.cuts(column, &mut self.cuts);
            self.cuts.iter().for_each(|cut| builder.push(&cut.cell(text)));
        }
        self.count(run.count());
    }

    fn row(&mut self, cells: Vec<Cell<'_>>) {
        for (cell, builder) in cells.iter().zip(&mut self.builders) {
            builder.push(cell);
        }
        self.count(1);
    }

    fn end(&mut self) {
        self.close();
    }
}
