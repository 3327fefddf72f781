//! [`Twin`] and [`Defects`]: what makes a dirty table, and the table of all defects.

use std::io;

use arrow::array::{AsArray, RecordBatch};
use peyote_schemas::value::json::cell_value;
use peyote_schemas::{Column, IntSize, Kind};

use super::text::{lane, plain};
use super::{Defect, Flaw, Messy};
use crate::export::stream::Maker;
use crate::lane::{Lane, Values};

/// What makes the rows of a dirty table out of those of the clean one.
pub struct Twin<'a> {
    /// What makes the clean rows: in runs that begin at multiples of the block.
    pub clean: &'a dyn Maker,
    /// What dirties them.
    pub messy: &'a Messy,
    /// Clean rows of every part but the last.
    pub part_rows: u64,
}

/// What makes the rows of the table of defects: those of each part of each table, one behind the
/// other. As many as there are, nobody knows before.
pub struct Defects<'a> {
    /// The dirty tables, each with the parts of it that are made.
    pub parts: Vec<(&'a Twin<'a>, u64)>,
}

/// Rows that are there already.
pub struct Clean<'a> {
    /// The rows.
    pub batch: &'a RecordBatch,
    /// Their columns.
    pub columns: &'a [Column],
}

/// The columns of the table of defects.
pub fn columns() -> Vec<Column> {
    let said = [
        ("table", false, "The table."),
        ("row", false, "The row of the dirty table, from 0."),
        (
            "key",
            true,
            "What names the row: its primary key, a JSON array where that has several columns.",
        ),
        ("column", true, "The column; null where the whole row is meant."),
        ("kind", false, "What is wrong."),
        ("before", true, "What was there; for a late row its place in the clean table, from 0."),
        ("after", true, "What is there; for a late row its place now."),
    ];
    let column = |(name, nullable, description): (&str, bool, &str)| {
        let kind = match name {
            "row" => Kind::Int(IntSize::I64),
            "kind" => Kind::Enum(Flaw::ALL.iter().map(|flaw| flaw.word().to_owned()).collect()),
            _ => Kind::Text,
        };
        Column { nullable, description: Some(description.to_owned()), ..Column::new(name, kind) }
    };
    said.into_iter().map(column).collect()
}

impl Messy {
    /// The columns of the dirty table: all of them texts, any of which may be missing.
    pub fn columns(&self) -> Vec<Column> {
        let text = |one: &super::Dirtied| Column {
            nullable: true,
            description: one.column.description.clone(),
            ..Column::new(one.column.name.clone(), Kind::Text)
        };
        self.columns.iter().map(text).collect()
    }
}

impl Twin<'_> {
    /// Makes the rows of a part, run by run, with their defects.
    fn runs(
        &self,
        part: u64,
        take: &mut dyn FnMut(Vec<Lane>, Vec<Defect>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut first = part * self.part_rows;
        self.clean.make(part, &mut |lanes| {
            let (dirty, defects) = self.messy.dirty(lanes, first);
            first += lanes.first().map_or(0, |lane| lane.values.len()) as u64;
            take(dirty, defects)
        })
    }
}

impl Maker for Twin<'_> {
    fn make(&self, part: u64, take: &mut dyn FnMut(&[Lane]) -> io::Result<()>) -> io::Result<()> {
        self.runs(part, &mut |dirty, _| take(&dirty))
    }
}

impl Maker for Defects<'_> {
    fn make(&self, part: u64, take: &mut dyn FnMut(&[Lane]) -> io::Result<()>) -> io::Result<()> {
        let Some((twin, part)) = self.parts.get(part as usize) else { return Ok(()) };
        let words = crate::lane::Words::new(Flaw::ALL.iter().map(|flaw| flaw.word()));
        let words = std::sync::Arc::new(words);
        twin.runs(*part, &mut |_, defects| {
            let names = &twin.messy.columns;
            let column = |defect: &Defect| Some(names[defect.column?].column.name.clone());
            let columns: Vec<Option<String>> = defects.iter().map(column).collect();
            let picks = defects.iter().map(|defect| defect.kind as u32).collect();
            take(&[
                lane(defects.iter().map(|_| Some(twin.messy.name()))),
                Lane::full(Values::Int(defects.iter().map(|one| one.row as i64).collect())),
                lane(defects.iter().map(|one| one.key.as_deref())),
                lane(columns.iter().map(Option::as_deref)),
                Lane::full(Values::Word { words: words.clone(), picks }),
                lane(defects.iter().map(|one| one.before.as_deref())),
                lane(defects.iter().map(|one| one.after.as_deref())),
            ])
        })
    }

    fn is_counted(&self) -> bool {
        false
    }
}

impl Maker for Clean<'_> {
    /// All rows, in one run.
    fn make(&self, _: u64, take: &mut dyn FnMut(&[Lane]) -> io::Result<()>) -> io::Result<()> {
        let lanes: Vec<Lane> = (self.columns.iter().zip(self.batch.columns()))
            .map(|(column, array)| {
                let text = |row: usize| match array.as_string_opt::<i32>() {
                    Some(texts) if arrow::array::Array::is_valid(texts, row) => {
                        Some(texts.value(row).to_owned())
                    }
                    _ => plain(cell_value(array, row, &column.kind)),
                };
                let texts: Vec<Option<String>> = (0..self.batch.num_rows()).map(text).collect();
                lane(texts.iter().map(Option::as_deref))
            })
            .collect();
        take(&lanes)
    }
}
