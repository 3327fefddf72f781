//! [`Stretch`]: rows of a table behind each other, as parts are made of them.

use std::io;

use crate::export::stream::Maker;
use crate::generate::recipe::Recipe;
use crate::lane::Lane;

/// Rows that go to the writer at once.
const RUN: usize = 8192;

/// Rows of a table behind each other, and what makes them.
pub(super) struct Stretch<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) table: usize,
    /// The first row, and how many there are.
    pub(super) first: u64,
    pub(super) rows: u64,
    pub(super) part_rows: u64,
}

impl Maker for Stretch<'_> {
    fn make(&self, part: u64, take: &mut dyn FnMut(&[Lane]) -> io::Result<()>) -> io::Result<()> {
        let mut frame = self.recipe.frame(self.table);
        let first = part * self.part_rows;
        let end = self.first + self.rows.min(first + self.part_rows);
        for row in (self.first + first..end).step_by(RUN) {
            self.recipe.fill(self.table, row, RUN.min((end - row) as usize), &mut frame);
            take(&frame.lanes)?;
        }
        Ok(())
    }
}
