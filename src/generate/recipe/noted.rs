//! [`Noted`]: what totals come to, noted while the rows are made for the tables that copy it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{Here, Maker, Recipe};
use crate::generate::formula::Expr;
use crate::generate::frame::{Frame, Rows};
use crate::lane::{Lane, Values};

/// Fewer rows are made as they are asked for.
const FEW: usize = 64;
/// Columns that follow from each other, at most.
const DEEPEST: usize = 8;

/// Values of runs of rows, each by the first row of its run; none where they are not to be noted.
#[derive(Debug, Default)]
pub(in crate::generate) struct Noted {
    runs: Option<Mutex<BTreeMap<u64, Vec<i32>>>>,
}

impl Recipe {
    /// Prepares to note what takes long to be made and is copied by rows of other tables.
    pub(super) fn prepare_notes(&mut self) {
        let mut copied = Vec::new();
        for table in &self.tables {
            for column in &table.columns {
                if let Maker::Copy(route) = &column.maker
                    && !route.links.is_empty()
                    && self.is_total(route.table, route.column, 0)
                {
                    copied.push((route.table, route.column));
                }
            }
        }
        for (table, column) in copied {
            self.tables[table].columns[column].noted.runs = Some(Mutex::default());
        }
    }

    /// Whether a column follows from rows of another table that refer to it.
    fn is_total(&self, table: usize, column: usize, deep: usize) -> bool {
        let Maker::Formula(worked) = &self.tables[table].columns[column].maker else {
            return false;
        };
        deep < DEEPEST
            && worked.root.any(&|expr| match expr {
                Expr::Total(_) => true,
                Expr::Column(route) if route.links.is_empty() => {
                    route.column != column && self.is_total(table, route.column, deep + 1)
                }
                _ => false,
            })
    }
}

impl Here<'_> {
    /// Notes what a column holds, while the rows of its own table are made.
    pub(super) fn note(self, frame: &Frame, column: usize, lane: &Lane) {
        let Some(runs) = &self.recipe().columns[column].noted.runs else { return };
        let (Rows::Run { first, .. }, Values::Int(values)) = (&frame.rows, &lane.values) else {
            return;
        };
        let room = &self.recipe.room;
        if self.depth > 0 || !room.is_open || self.recipe.earlier.is_some() || lane.nulls > 0 {
            return;
        }
        let short = values[frame.base..].iter().map(|value| i32::try_from(*value));
        let Ok(short) = short.collect::<Result<Vec<i32>, _>>() else { return };
        let bytes = size_of_val(short.as_slice()) as u64;
        let mut runs = runs.lock().unwrap_or_else(PoisonError::into_inner);
        if !runs.contains_key(first) && room.take(bytes) {
            runs.insert(*first, short);
        }
    }

    /// Adds what a column holds to a lane, if all of it is noted.
    pub(super) fn look_up(self, frame: &Frame, column: usize, lane: &mut Lane) -> bool {
        let Some(runs) = &self.recipe().columns[column].noted.runs else { return false };
        let Values::Int(values) = &mut lane.values else { return false };
        // What was made less deep is not cut off where it would be here.
        let is_deep = self.depth + self.recipe.room.deepest() >= super::DEEPEST;
        if self.depth == 0 || is_deep || frame.rows.len() < FEW {
            return false;
        }
        let runs = runs.lock().unwrap_or_else(PoisonError::into_inner);
        let from = values.len();
        let mut run: (u64, &[i32]) = (0, &[]);
        for place in 0..frame.rows.len() {
            let row = frame.rows.at(place);
            let within = |run: (u64, &[i32])| {
                let place = row.checked_sub(run.0).and_then(|place| usize::try_from(place).ok())?;
                run.1.get(place).copied()
            };
            let value = within(run).or_else(|| {
                let (first, values) = runs.range(..=row).next_back()?;
                run = (*first, values);
                within(run)
            });
            let Some(value) = value else {
                values.truncate(from);
                return false;
            };
            values.push(value.into());
        }
        true
    }
}
