//! [`Sheet`]: the rows of a printed table on their way to a table, without what the printer put in
//! place of what it left out.

use std::borrow::Cow;

use super::notes;
use super::pipes::Hand;
use crate::cell::{Cell, RawTable};
use crate::finding::{Finding, Level};
use crate::read::Source;
use crate::read::align::{self, Patience, Profile, Tail};
use crate::read::delimited::header;
use crate::read::delimited::scan::{MOST_PIECES, Piece};

/// Cells that a table may have without being filled.
const ROOMY: usize = 1 << 20;

/// Where a table is read: its place in the reading, the text and its source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a, 's> {
    /// Its number among the tables.
    pub(super) number: usize,
    /// The text that all pieces lie in.
    pub(super) text: &'a str,
    /// Where the text is from.
    pub(super) source: &'s Source<'a>,
}

/// A table that is being filled.
pub(super) struct Sheet<'a, 's> {
    place: Place<'a, 's>,
    hand: Hand,
    table: RawTable<'a>,
    profile: Profile,
    ragged: Vec<(usize, Vec<Piece<'a>>)>,
    /// Which of the printed columns stand for others that are not printed.
    elided: Vec<bool>,
    /// The row that stands behind the first rows that are not printed.
    gap: Option<usize>,
    /// How many cells were cut off, and the first of them.
    cut: (usize, Option<usize>),
    findings: Vec<Finding>,
}

impl<'a, 's> Sheet<'a, 's> {
    /// An empty table with the names of its columns; `None` where so many columns and so many rows
    /// are far more cells than `bytes` could fill.
    pub(super) fn new<'n>(
        place: Place<'a, 's>,
        hand: Hand,
        names: impl Iterator<Item = &'n str> + Clone,
        (rows, bytes): (usize, usize),
    ) -> Option<Self> {
        let elision = |name: &str| hand == Hand::Printed && notes::is_elision(name);
        let mut elided: Vec<bool> = names.clone().map(elision).collect();
        if elided.iter().all(|elided| *elided) {
            elided.fill(false);
        }
        let mut shown = elided.iter().map(|elided| !elided);
        let names = header::names(names.filter(|_| shown.next().unwrap_or(true)));
        if names.len() > MOST_PIECES || names.len() * rows > ROOMY.max(bytes) {
            return None;
        }
        let Place { number, source, .. } = place;
        let name = if number == 0 {
            source.stem().to_owned()
        } else {
            format!("{}_{}", source.stem(), number + 1)
        };
        let table = RawTable::within(source.text, name, source.name, names);
        let profile = Profile::new(table.header(), source.expect);
        let mut sheet = Self {
            place,
            hand,
            table,
            profile,
            ragged: Vec::new(),
            elided,
            gap: None,
            cut: (0, None),
            findings: Vec::new(),
        };
        if sheet.elided.contains(&true) {
            sheet.note(None, "columns were left out where this was printed: one is called `…`");
        } else {
            sheet.elided.clear();
        }
        Some(sheet)
    }

    /// Takes a row.
    pub(super) fn take(&mut self, mut pieces: Vec<Piece<'a>>) {
        let width = self.table.width();
        if notes::is_elided(&pieces) && (width > 1 || self.hand == Hand::Printed) {
            self.gap.get_or_insert(self.table.len());
            return;
        }
        if pieces.len() == self.elided.len() {
            let mut elided = self.elided.iter();
            pieces.retain(|_| elided.next() != Some(&true));
        }
        // A pandoc cell of nothing but its alignment says nothing.
        if pieces.len() == width + 1 && pieces[0].text.bytes().all(|byte| b":-".contains(&byte)) {
            pieces.remove(0);
        }
        while pieces.len() > width && pieces.last().is_some_and(|piece| piece.text.is_empty()) {
            pieces.pop();
        }
        if self.hand == Hand::Printed {
            for piece in &mut pieces {
                if notes::is_nothing(&piece.text) {
                    piece.text = Cow::Borrowed("");
                } else if notes::is_cut(&piece.text) {
                    self.cut.0 += 1;
                    self.cut.1.get_or_insert(self.table.len());
                }
            }
        }
        if pieces.len() == width {
            self.profile.learn(pieces.iter().map(|piece| &*piece.text));
            self.table.push_row(pieces.iter().map(align::as_cell));
        } else {
            self.ragged.push((self.table.len(), pieces));
            self.table.push_row([]);
        }
    }

    /// Takes a row that has a cell for each column, some of them absent.
    pub(super) fn take_whole(&mut self, cells: Vec<Option<Piece<'a>>>) {
        let cell = |piece: Option<Piece<'a>>| {
            let piece = piece.filter(|piece| !notes::is_nothing(&piece.text));
            piece.map_or(Cell::Absent, |piece| Cell::bare(piece.text))
        };
        self.table.push_row(cells.into_iter().map(cell));
    }

    /// Says something of the table, or of one of its rows.
    pub(super) fn note(&mut self, row: Option<usize>, message: &str) {
        let table = self.place.number;
        let at = match row {
            Some(row) => format!("/tables/{table}/rows/{row}"),
            None => format!("/tables/{table}"),
        };
        self.findings.push(Finding::new(Level::Note, at, message));
    }

    /// The table and what was found, with the line under the table that counts its rows.
    pub(super) fn finish(mut self, counted: Option<&str>) -> (RawTable<'a>, Vec<Finding>) {
        let counted = counted.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let shown = counted.filter(|line| {
            let line = line.to_ascii_lowercase();
            self.gap.is_some() || line.contains("shown") || line.contains("showing")
        });
        if let Some(line) = shown {
            let message = format!("rows were left out where this was printed: `{line}`");
            self.note(self.gap, &message);
        } else if self.gap.is_some() {
            let message = "rows were left out where this was printed: dots stand for them";
            self.note(self.gap, message);
        }
        if let (count, Some(row)) = self.cut {
            let what = if count == 1 { "a cell was" } else { "cells were" };
            self.note(Some(row), &format!("{what} cut off where this was printed: `…`"));
        }
        let Place { number, text, .. } = self.place;
        let mut patience = Patience::with(text.len());
        for (row, pieces) in self.ragged {
            let aligned = align::align(&self.profile, text, &pieces, Tail::Whole, &mut patience);
            if let Some(message) = align::told(&aligned, self.table.header()) {
                let at = format!("/tables/{number}/rows/{row}");
                self.findings.push(Finding { at, level: Level::Repair, message, hint: None });
            }
            for (column, cell) in aligned.cells.into_iter().enumerate() {
                self.table.set(row, column, cell);
            }
        }
        (self.table, self.findings)
    }
}
