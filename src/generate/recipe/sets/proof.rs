//! Proof: a look at all rows of tables whose columns nothing tells apart, before any row is written.
//!
//! A row is known by 64 bits of what it holds. Those of all rows are sorted, on disk where they are
//! many, and what has the same bits is looked at itself: memory stays the same at any number of rows.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::super::{ColumnRecipe, Recipe};
use super::runs::{RUN, Runs};
use crate::error::Error;
use crate::generate::draw::Draw;
use crate::generate::frame::{Frame, Rows};
use crate::generate::link::Tie;
use crate::generate::spell::spell;
use crate::lane::Values;

/// Rows that are made at once.
const BATCH: u64 = 4096;
/// Rows with the same bits that are looked at together.
const MOST: usize = 1 << 10;

impl Recipe {
    /// Leaves sets to the proof whose values a story moves.
    pub(in super::super) fn unsettle(&mut self) {
        for table in &mut self.tables {
            for (at, deal) in table.deals.iter().enumerate() {
                let columns = table.columns.iter();
                let told = columns.filter(|column| deal_of(column) == Some(at));
                let told = told.filter(|column| !column.story.is_empty());
                let moved = table.links.iter().enumerate().filter(|(link, of)| {
                    let own = matches!(of.tie, Tie::Dealt { deal, .. } if deal.0 == at);
                    (own || deal.within == Some(*link)) && !of.story.is_empty()
                });
                if told.count() + moved.count() > 0 {
                    table.open.push(deal.set.clone());
                }
            }
        }
    }

    /// Looks at the rows of tables before any is written, whose columns hold what no row can be dealt:
    /// expressions, texts, moments that follow others. What does not fit in 32 MB lies in a file
    /// without a name in `folder` meanwhile, with 8 bytes for each row.
    ///
    /// # Errors
    ///
    /// If two rows are alike in columns that are to be unique; the error names them. If that file cannot
    /// be written.
    pub fn prove(&self, folder: &Path, threads: usize) -> Result<(), Error> {
        for (at, table) in self.tables.iter().enumerate() {
            for set in &table.open {
                let twice = self.twice(at, set, folder, threads);
                let twice = twice.map_err(|error| {
                    Error::at_path(folder, &error)
                        .hint("so many rows are told apart there: make room, or ask for fewer rows")
                })?;
                let Some((one, other)) = twice else { continue };
                let names: Vec<&str> =
                    set.iter().map(|column| table.columns[*column].column.name.as_str()).collect();
                let (last, names) = (names[names.len() - 1], names.join("`, `"));
                let is_later = self.earlier.is_some() && other >= table.written;
                let (rows, hint) = if is_later {
                    let hint = "name an earlier day, or give one of them more values and make the \
                                whole anew";
                    (format!("the {} rows that `{}` would have", table.rows, table.name), hint)
                } else {
                    let hint = "say in the design how their values come about, or drop the promise";
                    (format!("the {} rows of `{}`", table.rows, table.name), hint)
                };
                return Err(Error::usage(format!(
                    "`{names}` are to be unique in {rows}, and by what `{last}` and the others say, \
                     rows {one} and {other} have the same",
                ))
                .at(format!("/tables/{}/unique", table.name))
                .hint(hint));
            }
        }
        Ok(())
    }

    /// Two rows of a table that are alike in some columns, if there are such: the same ones by any
    /// number of threads.
    fn twice(
        &self,
        table: usize,
        set: &[usize],
        folder: &Path,
        threads: usize,
    ) -> io::Result<Option<(u64, u64)>> {
        let rows = self.tables[table].rows;
        let (runs, next, is_found) = (Runs::new(folder), AtomicU64::new(0), AtomicBool::new(false));
        // Runs are begun in their order, so that the first pair of all is found.
        let done = Mutex::new((runs, None::<(u64, u64)>, Ok(())));
        let work = || {
            let mut frame = self.frame(table);
            while !is_found.load(Ordering::Relaxed) {
                let first = next.fetch_add(RUN, Ordering::Relaxed);
                if first >= rows {
                    return;
                }
                let run = first..rows.min(first + RUN);
                let mut all = Vec::with_capacity((run.end - run.start) as usize);
                self.each(table, set, run.clone(), &mut frame, |_, text| {
                    all.push(bits(text));
                    None::<()>
                });
                all.sort_unstable();
                let same = all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
                let same: Vec<u64> = same.take(MOST).collect();
                let pair = self.alike(table, set, run, &same);
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                let (runs, found, ended) = &mut *done;
                if let Some(pair) = pair {
                    is_found.store(true, Ordering::Relaxed);
                    *found = Some(found.map_or(pair, |found| found.min(pair)));
                } else if let Err(error) = runs.add(all) {
                    is_found.store(true, Ordering::Relaxed);
                    *ended = Err(error);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.min(rows.div_ceil(RUN) as usize) {
                scope.spawn(work);
            }
            work();
        });
        let (mut runs, found, ended) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        ended?;
        if found.is_some() {
            return Ok(found);
        }
        loop {
            let same = runs.repeated(MOST)?;
            if same.is_empty() {
                return Ok(None);
            }
            if let Some(pair) = self.alike(table, set, 0..rows, &same) {
                return Ok(Some(pair));
            }
        }
    }

    /// The first two of some rows that are alike, among those that are known by some bits.
    fn alike(
        &self,
        table: usize,
        set: &[usize],
        rows: std::ops::Range<u64>,
        same: &[u64],
    ) -> Option<(u64, u64)> {
        if same.is_empty() {
            return None;
        }
        let mut seen = BTreeMap::new();
        self.each(table, set, rows, &mut self.frame(table), |row, text| {
            same.binary_search(&bits(text)).ok()?;
            seen.insert(text.to_vec(), row).map(|other| (other, row))
        })
    }

    /// Shows the text of each row that holds all of some columns, until something is found in one.
    fn each<T>(
        &self,
        table: usize,
        set: &[usize],
        rows: std::ops::Range<u64>,
        frame: &mut Frame,
        mut look: impl FnMut(u64, &[u8]) -> Option<T>,
    ) -> Option<T> {
        let mut text = Vec::new();
        for first in (rows.start..rows.end).step_by(BATCH as usize) {
            frame.turn(Rows::Run { first, len: (rows.end - first).min(BATCH) as usize });
            for column in set {
                self.make(table, frame, *column);
            }
            for place in 0..frame.rows.len() {
                // What holds nothing is unlike all others.
                if !set.iter().all(|column| frame.lanes[*column].holds(place)) {
                    continue;
                }
                text.clear();
                for column in set {
                    let lane = &frame.lanes[*column];
                    if let Values::Other(array) = &lane.values {
                        let shown = arrow::util::display::array_value_to_string(array, place);
                        text.extend(shown.unwrap_or_default().bytes());
                    } else {
                        let kind = &self.tables[table].columns[*column].column.kind;
                        spell(lane, kind, place, &mut text);
                    }
                    text.push(0);
                }
                let found = look(first + place as u64, &text);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }
}

/// 64 bits that a text is known by.
fn bits(text: &[u8]) -> u64 {
    let (words, rest) = text.as_chunks();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let begun = Draw::new(0, "", "").numbered(text.len() as u64);
    let words = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
    words.fold(begun, Draw::numbered).bits(0)
}

/// What is dealt out to a column.
fn deal_of(column: &ColumnRecipe) -> Option<usize> {
    column.dealt.as_ref().map(|dealt| dealt.deal)
}
