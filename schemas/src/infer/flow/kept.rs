//! [`Kept`]: the text of columns that are looked at once more.

use crate::cell::cut::Cut;
use crate::cell::span::{Sort, Span};
use crate::cell::{Cell, RawTable};
use crate::read::delimited::lane::Run;
use crate::read::delimited::sink::Sink;

/// Some columns of a table as text.
pub(super) trait Kept {
    /// Which columns of the table they are, in order.
    fn columns(&self) -> &[usize];
    /// Gives the cells of one of them, by its place among them.
    fn each(&self, place: usize, take: &mut dyn FnMut(Cell<'_>));
}

/// Columns of a text that is at hand.
pub(super) struct Lying<'a> {
    columns: Vec<usize>,
    table: RawTable<'a>,
    cuts: Vec<Cut>,
}

impl<'a> Lying<'a> {
    /// So many columns of a table of a text, as yet without rows.
    pub(super) fn new(text: &'a str, columns: Vec<usize>, header: &[String]) -> Self {
        let header: Vec<String> = columns.iter().map(|at| header[*at].clone()).collect();
        Self { columns, table: RawTable::within(text, "", "", header), cuts: Vec::new() }
    }
}

impl Kept for Lying<'_> {
    fn columns(&self) -> &[usize] {
        &self.columns
    }

    fn each(&self, place: usize, take: &mut dyn FnMut(Cell<'_>)) {
        self.table.column(place).for_each(take);
    }
}

impl<'a> Sink<'a> for Lying<'a> {
    fn table(&mut self, table: &RawTable<'a>) {
        for row in 0..table.len() {
            self.table.push_row(self.columns.iter().map(|at| table.cell(row, *at).into_owned()));
        }
    }

    fn run(&mut self, run: &Run<'a>) {
        let Some(base) = self.table.place_of(run.text()) else { return };
        let width = self.columns.len();
        let from = self.table.spans().len();
        let spans = self.table.spans_mut();
        spans.resize(from + run.count() * width, Span::ABSENT);
        for (place, column) in self.columns.iter().enumerate() {
            run.cuts(*column, &mut self.cuts);
            let places = spans[from..].iter_mut().skip(place).step_by(width);
            for (span, cut) in places.zip(&self.cuts) {
                let found = |sort| Span::new(sort, base + cut.start(), cut.length());
                *span = cut.sort().and_then(found).unwrap_or(Span::ABSENT);
            }
        }
    }

    fn row(&mut self, mut cells: Vec<Cell<'a>>) {
        let taken = self.columns.iter().map(|at| {
            cells.get_mut(*at).map_or(Cell::Absent, |cell| std::mem::replace(cell, Cell::Absent))
        });
        self.table.push_row(taken);
    }
}

/// Columns of a text that goes by, each a text of its own.
pub(super) struct Copied {
    columns: Vec<usize>,
    strips: Vec<Strip>,
    rows: usize,
    cuts: Vec<Cut>,
}

/// The cells of a column one after the other.
#[derive(Default)]
pub(super) struct Strip {
    text: String,
    /// What each of them is, and how long its text is.
    cells: Vec<(Option<Sort>, usize)>,
}

impl Copied {
    /// Columns of so many rows, by their numbers in order.
    pub(super) fn of(columns: Vec<(usize, Strip)>, rows: usize) -> Self {
        let (columns, strips) = columns.into_iter().unzip();
        Self { columns, strips, rows, cuts: Vec::new() }
    }

    /// Columns as yet without rows.
    pub(super) fn new(columns: Vec<usize>) -> Self {
        let strips = columns.iter().map(|_| Strip::default()).collect();
        Self { columns, strips, rows: 0, cuts: Vec::new() }
    }

    /// How many rows went by.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }
}

impl Strip {
    /// Takes in so many cells where nothing stands.
    pub(super) fn skip(&mut self, cells: usize) {
        self.cells.resize(self.cells.len() + cells, (None, 0));
    }

    /// Takes in the cells of a table in a place of its rows.
    pub(super) fn take(&mut self, table: &RawTable<'_>, place: Option<usize>) {
        match place {
            Some(place) => table.column(place).for_each(|cell| self.push(&cell)),
            None => self.skip(table.len()),
        }
    }

    fn push(&mut self, cell: &Cell<'_>) {
        let (sort, text) = match cell {
            Cell::Absent => return self.cells.push((None, 0)),
            Cell::Bare(text) => (Sort::Bare, text),
            Cell::Quoted(text) => (Sort::Quoted, text),
            Cell::Nested(text) => (Sort::Nested, text),
        };
        self.text.push_str(text);
        self.cells.push((Some(sort), text.len()));
    }
}

impl Kept for Copied {
    fn columns(&self) -> &[usize] {
        &self.columns
    }

    fn each(&self, place: usize, take: &mut dyn FnMut(Cell<'_>)) {
        let Strip { text, cells } = &self.strips[place];
        let mut at = 0;
        for (sort, length) in cells {
            let piece = text.get(at..at + length).unwrap_or_default().into();
            at += length;
            take(match sort {
                None => Cell::Absent,
                Some(Sort::Bare) => Cell::Bare(piece),
                Some(Sort::Quoted) => Cell::Quoted(piece),
                Some(Sort::Nested) => Cell::Nested(piece),
            });
        }
    }
}

impl<'a> Sink<'a> for Copied {
    fn table(&mut self, table: &RawTable<'a>) {
        self.rows += table.len();
        for (column, strip) in self.columns.iter().zip(&mut self.strips) {
            table.column(*column).for_each(|cell| strip.push(&cell));
        }
    }

    fn run(&mut self, run: &Run<'a>) {
        self.rows += run.count();
        for (column, strip) in self.columns.iter().zip(&mut self.strips) {
            run.cuts(*column, &mut self.cuts);
            self.cuts.iter().for_each(|cut| strip.push(&cut.cell(run.text())));
        }
    }

    fn row(&mut self, cells: Vec<Cell<'a>>) {
        self.rows += 1;
        for (column, strip) in self.columns.iter().zip(&mut self.strips) {
            strip.push(cells.get(*column).unwrap_or(&Cell::Absent));
        }
    }
}
