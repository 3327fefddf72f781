//! [`Learner`]: what is learnt of a table while its rows go by.

use std::collections::HashMap;

use crate::cell::cut::Cut;
use crate::cell::{Cell, RawTable};
use crate::infer::keys::Sketch;
use crate::infer::kinds::Hint;
use crate::infer::kinds::evidence::Evidence;
use crate::read::delimited::lane::Run;
use crate::read::delimited::sink::Sink;

/// Rows that are kept to be shown.
const FIRST: usize = 8;

/// What is learnt of a table while its rows go by.
pub(super) struct Learner {
    names: Vec<String>,
    numbers: HashMap<String, usize>,
    pub(super) evidence: Vec<Evidence>,
    pub(super) sketches: Vec<Sketch>,
    pub(super) rows: usize,
    pub(super) first: Vec<Vec<Cell<'static>>>,
    cuts: Vec<Cut>,
}

impl Learner {
    pub(super) fn new(header: &[String]) -> Self {
        let mut learner = Self {
            names: Vec::new(),
            numbers: HashMap::new(),
            evidence: Vec::new(),
            sketches: Vec::new(),
            rows: 0,
            first: Vec::new(),
            cuts: Vec::new(),
        };
        for name in header {
            learner.add(name);
        }
        learner
    }

    /// The names of the columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Adds a column that no row has had so far.
    fn add(&mut self, name: &str) {
        let mut evidence = Evidence::new(Hint::of(name), 0);
        evidence.skip(self.rows);
        self.evidence.push(evidence);
        self.sketches.push(Sketch::new(self.names.len() + 1));
        self.numbers.insert(name.to_owned(), self.names.len());
        self.names.push(name.to_owned());
    }

    /// Takes in rows whose columns go by names, known or new.
    pub(super) fn named(&mut self, piece: &RawTable<'_>) {
        for name in piece.header() {
            if !self.numbers.contains_key(name) {
                self.add(name);
            }
        }
        let number = |name: &String| self.numbers.get(name).copied().unwrap_or(0);
        let numbers: Vec<usize> = piece.header().iter().map(number).collect();
        let mut missing = vec![true; self.names.len()];
        for (column, number) in numbers.iter().enumerate() {
            missing[*number] = false;
            piece.column(column).for_each(|cell| self.take(*number, &cell));
        }
        for number in (0..self.names.len()).filter(|number| missing[*number]) {
            self.evidence[number].skip(piece.len());
        }
        for row in piece.rows().take(FIRST - self.first.len()) {
            let mut cells = vec![Cell::Absent; self.names.len()];
            for (cell, number) in row.into_iter().zip(&numbers) {
                cells[*number] = cell.into_owned();
            }
            self.first.push(cells);
        }
        self.rows += piece.len();
    }

    fn take(&mut self, column: usize, cell: &Cell<'_>) {
        self.evidence[column].take(cell);
        if let Some(text) = cell.text() {
            self.sketches[column].take(text);
        }
    }
}

impl Sink<'_> for Learner {
    fn table(&mut self, table: &RawTable<'_>) {
        self.named(table);
    }

    fn run(&mut self, run: &Run<'_>) {
        let text = run.text();
        let mut cuts = std::mem::take(&mut self.cuts);
        let from = self.first.len();
        self.first.resize(FIRST.min(from + run.count()), vec![Cell::Absent; self.names.len()]);
        for column in 0..self.names.len() {
            run.cuts(column, &mut cuts);
            for (row, cut) in self.first[from..].iter_mut().zip(&cuts) {
                row[column] = cut.cell(text).into_owned();
            }
            let (evidence, sketch) = (&mut self.evidence[column], &mut self.sketches[column]);
            for cut in &cuts {
                match cut.sort() {
                    None => evidence.skip(1),
                    Some(sort) => {
                        let text = cut.text(text);
                        evidence.take_text(sort, text);
                        sketch.take(text);
                    }
                }
            }
        }
        self.cuts = cuts;
        self.rows += run.count();
    }

    fn row(&mut self, cells: Vec<Cell<'_>>) {
        for (column, cell) in cells.iter().enumerate() {
            self.take(column, cell);
        }
        self.rows += 1;
        if self.first.len() < FIRST {
            self.first.push(cells.into_iter().map(Cell::into_owned).collect());
        }
    }
}
