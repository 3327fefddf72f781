//! [`Stretch`]: the rows of a table as writers take them, and what the table is.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use peyote_schemas::Column;

use crate::error::Error;
use crate::export::Head;
use crate::export::stream::{Family, Maker, Table};
use crate::generate::recipe::Recipe;
use crate::lane::Lane;
use crate::plan::{FILE_PARTS, PlannedTable};

/// Stretch that go to the writer at once.
const RUN: usize = 2048;
/// Stretch that are shown of a table.
const SHOWN: u64 = 20;

/// A table's makings.
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

/// A table as it is written: all of its parts, or a share of them.
pub(super) fn table<'a>(
    maker: &'a Stretch<'a>,
    head: Head<'a>,
    planned: &PlannedTable,
    part: Option<(u64, u64)>,
) -> Table<'a> {
    let stem = format!("samples/{}", head.name);
    // A table without rows has one part without rows.
    let planned = PlannedTable { parts: planned.parts.max(1), ..planned.clone() };
    let (parts, file_parts, stem) = match part {
        // Files of all shares have names of their own, to lie in one folder.
        Some((k, n)) => (planned.share((k, n)), u64::MAX, format!("{stem}/part-{:05}", k - 1)),
        None => (0..planned.parts, FILE_PARTS, stem),
    };
    Table {
        head,
        maker,
        rows: maker.rows,
        part_rows: maker.part_rows,
        parts,
        file_parts,
        stem,
        first_file: 0,
        family: family(maker.recipe, maker.table),
    }
}

/// The tables that one is made beside: those that it stands in the order of, and those that stand in
/// its order.
fn family(recipe: &Recipe, table: usize) -> Family {
    /// Tables that stand in each other's order, at most.
    const MOST: u64 = 16;
    let mut family = Family { number: table, level: 0 };
    while let Some(above) = recipe.in_order_of(family.number).filter(|_| family.level < MOST) {
        family = Family { number: above, level: family.level + 1 };
    }
    family
}

/// The first rows of each table, to be shown.
pub(super) fn samples(recipe: &Recipe) -> Result<Vec<RecordBatch>, Error> {
    batches(recipe, |_, rows| 0..rows.min(SHOWN))
}

/// The first rows of a share of each table, to be shown.
pub(super) fn samples_of(
    recipe: &Recipe,
    shares: &[Range<u64>],
) -> Result<Vec<RecordBatch>, Error> {
    batches(recipe, |table, _| {
        let share = &shares[table];
        share.start..share.end.min(share.start + SHOWN)
    })
}

/// Some rows of each table: which, `some` says of a table by its place and how many it has.
pub(super) fn batches(
    recipe: &Recipe,
    some: impl Fn(usize, u64) -> Range<u64>,
) -> Result<Vec<RecordBatch>, Error> {
    let failed = |error: ArrowError| Error::failed(error.to_string());
    let first = |table: usize| {
        let made = &recipe.tables()[table];
        let mut frame = recipe.frame(table);
        let rows = some(table, made.rows());
        recipe.fill(table, rows.start, (rows.end - rows.start) as usize, &mut frame);
        let fields = made.columns().map(Column::to_arrow).collect::<Vec<_>>();
        let arrays =
            made.columns().zip(&frame.lanes).map(|(column, lane)| lane.to_arrow(&column.kind));
        let arrays = arrays.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let told = made.columns().zip(&arrays);
        let mut open = told.filter(|(column, array)| !column.nullable && array.null_count() > 0);
        if let Some((column, _)) = open.next() {
            let message = format!("nobody says how the values of `{}` come about", column.name);
            return Err(Error::usage(message)
                .at(format!("/tables/{}/columns/{}", made.name(), column.name))
                .hint("give it a `behaviour` in the design, or let it be null"));
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(failed)
    };
    (0..recipe.tables().len()).map(first).collect()
}
