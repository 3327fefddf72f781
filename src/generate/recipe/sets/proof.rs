//! Proof: a look at small tables whose columns nothing tells apart, before any row is written.

use std::collections::BTreeMap;

use super::super::{ColumnRecipe, Recipe};
use super::SMALL_TABLE;
use crate::error::Error;
use crate::generate::frame::Rows;
use crate::generate::link::Tie;
use crate::generate::spell::spell;

impl Recipe {
    /// Leaves sets to the proof whose values a story moves.
    ///
    /// # Errors
    ///
    /// If a table has too many rows to be proved.
    pub(in super::super) fn unsettle(&mut self) -> Result<(), Error> {
        for table in &mut self.tables {
            for (at, deal) in table.deals.iter().enumerate() {
                let columns = table.columns.iter();
                let told = columns.filter(|column| deal_of(column) == Some(at));
                let told = told.filter(|column| !column.story.is_empty());
                let moved = table.links.iter().enumerate().filter(|(link, of)| {
                    let own = matches!(of.tie, Tie::Dealt { deal, .. } if deal.0 == at);
                    (own || deal.within == Some(*link)) && !of.story.is_empty()
                });
                if told.count() + moved.count() == 0 {
                    continue;
                }
                if table.rows > SMALL_TABLE {
                    let name = |column: &usize| table.columns[*column].column.name.as_str();
                    let names = deal.set.iter().map(name).collect::<Vec<_>>().join("`, `");
                    return Err(Error::usage(format!(
                        "`{names}` are to be unique in the {} rows of `{}`, and `story` moves some",
                        table.rows, table.name
                    ))
                    .at(format!("/tables/{}/unique", table.name))
                    .hint("ask for fewer rows, plant it elsewhere, or drop the promise"));
                }
                table.open.push(deal.set.clone());
            }
        }
        Ok(())
    }

    /// Looks at the rows of small tables before any is written, whose columns hold what no row can be
    /// dealt: expressions, texts, moments that follow others.
    ///
    /// # Errors
    ///
    /// If two rows are alike in columns that are to be unique; the error names them.
    pub fn prove(&self) -> Result<(), Error> {
        for (at, table) in self.tables.iter().enumerate() {
            for set in table.open.iter().filter(|_| table.rows <= SMALL_TABLE) {
                let Some((one, other)) = self.twice(at, set) else { continue };
                let names: Vec<&str> =
                    set.iter().map(|column| table.columns[*column].column.name.as_str()).collect();
                let (last, names) = (names[names.len() - 1], names.join("`, `"));
                return Err(Error::usage(format!(
                    "`{names}` are to be unique in the {} rows of `{}`, and by what `{last}` and the \
                     others say, rows {one} and {other} have the same",
                    table.rows, table.name
                ))
                .at(format!("/tables/{}/unique", table.name))
                .hint("say in the design how their values come about, or drop the promise"));
            }
        }
        Ok(())
    }

    /// Two rows of a table that are alike in some columns, if there are such.
    fn twice(&self, table: usize, set: &[usize]) -> Option<(u64, u64)> {
        const BATCH: u64 = 4096;
        let rows = self.tables[table].rows;
        let mut frame = self.frame(table);
        let mut seen = BTreeMap::new();
        for first in (0..rows).step_by(BATCH as usize) {
            frame.turn(Rows::Run { first, len: (rows - first).min(BATCH) as usize });
            for column in set {
                self.make(table, &mut frame, *column);
            }
            for place in 0..frame.rows.len() {
                let lanes = set.iter().map(|column| (&frame.lanes[*column], *column));
                let mut text = Vec::new();
                let whole = lanes.into_iter().all(|(lane, column)| {
                    let kind = &self.tables[table].columns[column].column.kind;
                    let holds = lane.holds(place);
                    if holds {
                        spell(lane, kind, place, &mut text);
                        text.push(0);
                    }
                    holds
                });
                let row = first + place as u64;
                if whole && let Some(other) = seen.insert(text, row) {
                    return Some((other, row));
                }
            }
        }
        None
    }
}

/// What is dealt out to a column.
fn deal_of(column: &ColumnRecipe) -> Option<usize> {
    column.dealt.as_ref().map(|dealt| dealt.deal)
}
