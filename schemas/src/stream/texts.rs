//! [`Texts`]: rows of text as JSON, as they go by.

use crate::cell::cut::Cut;
use crate::cell::{Cell, RawTable};
use crate::read::delimited::lane::Run;
use crate::read::delimited::sink::Sink;

/// The rows of one table as arrays of JSON, with commas between them.
#[derive(Default)]
pub(super) struct Texts {
    /// The rows that were not taken away.
    out: Vec<u8>,
    pub(super) rows: u64,
    /// Whether these rows are asked for.
    asked: bool,
    cuts: Vec<Vec<Cut>>,
}

impl Texts {
    pub(super) fn new(asked: bool) -> Self {
        Self { asked, ..Self::default() }
    }

    /// What there is to be written.
    pub(super) fn ready(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Takes in rows whose columns go by names.
    pub(super) fn named(&mut self, piece: &RawTable<'_>, header: &[String]) {
        let place = |name: &String| piece.header().iter().position(|known| known == name);
        let places: Vec<Option<usize>> = header.iter().map(place).collect();
        for row in 0..piece.len() {
            self.put(places.iter().map(|place| place.and_then(|at| piece.text(row, at))));
        }
    }

    fn put<'t>(&mut self, texts: impl Iterator<Item = Option<&'t str>>) {
        if !self.asked {
            return;
        }
        if self.rows > 0 {
            self.out.push(b',');
        }
        self.rows += 1;
        let texts: Vec<Option<&str>> = texts.collect();
        // Writing to memory cannot fail.
        let _ = serde_json::to_writer(&mut self.out, &texts);
    }
}

impl Sink<'_> for Texts {
    fn table(&mut self, table: &RawTable<'_>) {
        for row in 0..table.len() {
            self.put((0..table.width()).map(|column| table.text(row, column)));
        }
    }

    fn run(&mut self, run: &Run<'_>) {
        if !self.asked {
            return;
        }
        let mut cuts = std::mem::take(&mut self.cuts);
        cuts.resize_with(run.width(), Vec::new);
        for (column, cuts) in cuts.iter_mut().enumerate() {
            run.cuts(column, cuts);
        }
        for row in 0..run.count() {
            let cells = cuts.iter().map(|cuts| cuts[row]);
            self.put(cells.map(|cut| cut.sort().map(|_| cut.text(run.text()))));
        }
        self.cuts = cuts;
    }

    fn row(&mut self, cells: Vec<Cell<'_>>) {
        self.put(cells.iter().map(Cell::text));
    }
}
