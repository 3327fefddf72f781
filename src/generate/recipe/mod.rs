//! [`Recipe`]: a design and its sizes, worked out so far that any rows of any table can be made.

use std::sync::Arc;

use peyote_schemas::{Column, Kind};

use super::draw::Draw;
use super::frame::{Frame, Made, Rows, View, finish, take_away};
use super::life::Way;
use super::link::{Link, Tie};
use super::maker::Maker;
use super::story::{Planted, Told};
use super::switch::Switch;
use super::total::Total;
use crate::lane::{Lane, Values};

use noted::Held;

mod columns;
mod compile;
mod deal;
mod earlier;
mod explain;
mod expression;
mod inside;
mod kept;
mod later;
mod laws;
mod links;
mod noted;
mod nulls;
mod raise;
mod sets;
mod story;
mod words;
mod written;

pub use compile::{go_on, recipe};
pub use explain::Explained;
pub use later::{Later, later};
pub use links::children;
pub(super) use noted::{Noted, Tied};
pub(super) use nulls::NullRule;
pub use written::standing;

/// The most tables that a value may hang on behind each other: more go round in a circle.
const DEEPEST: usize = 24;

/// Everything that is needed to make any rows of any table: each value is a pure function of the
/// seed, the names of table and column, and the row.
#[derive(Debug)]
pub struct Recipe {
    pub(super) tables: Vec<TableRecipe>,
    /// The present day of the data, in microseconds since 1970.
    pub(super) clock: i64,
    /// What made the rows before, where these come behind others.
    pub(super) earlier: Option<Arc<Recipe>>,
    /// What was planted, in the design's order.
    pub(super) story: Vec<Told>,
    room: kept::Room,
}

/// What is needed to make rows of a table.
#[derive(Debug)]
pub struct TableRecipe {
    pub(super) name: String,
    pub(super) rows: u64,
    /// How many of them were there before: written in the design, or made by an earlier recipe.
    pub(super) written: u64,
    pub(super) columns: Vec<ColumnRecipe>,
    pub(super) links: Vec<Link>,
    pub(super) ways: Vec<Way>,
    pub(super) totals: Vec<Total>,
    /// What is dealt out so that no two rows have all of it alike.
    pub(super) deals: Vec<deal::Deal>,
    /// Columns that are to be unique together, which nothing keeps so.
    open: Vec<Vec<usize>>,
}

/// What is needed to make values of a column.
#[derive(Debug)]
pub struct ColumnRecipe {
    pub(super) column: Column,
    pub(super) maker: Maker,
    pub(super) nulls: Option<NullRule>,
    /// What makes a value where one must be and what it follows from has none.
    pub(super) instead: Option<Box<Maker>>,
    /// The rows on which a value must be; all of them where it may never be absent.
    pub(super) demanded: Option<Vec<Switch>>,
    /// Columns of the row that it may not be less than.
    pub(super) least: Vec<usize>,
    /// The values written in the design.
    pub(super) written: Option<Lane>,
    /// What is planted in them.
    pub(super) story: Vec<Planted>,
    pub(super) draw: Draw,
    /// What is dealt out to it, where no two rows may be alike in it and others.
    dealt: Option<deal::Dealt>,
    kept: kept::Kept,
    noted: Noted<Held>,
}

/// The way to a column: by links from the row on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) links: Vec<usize>,
    /// The table at the end.
    pub(super) table: usize,
    pub(super) column: usize,
}

/// A table and the rows of it that are in hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here<'r> {
    pub(super) recipe: &'r Recipe,
    pub(super) table: usize,
    /// How many tables lie between this one and the one that is asked for.
    pub(super) depth: usize,
}

impl Recipe {
    /// The tables, in the design's order.
    pub fn tables(&self) -> &[TableRecipe] {
        &self.tables
    }

    /// The table whose rows those of a table stand in the order of, if there is one.
    pub fn in_order_of(&self, table: usize) -> Option<usize> {
        let is_in_order = |tie: &Tie| matches!(tie, Tie::Fan(fanout) if fanout.is_clustered());
        let links = &self.tables.get(table)?.links;
        let above = links.iter().find(|link| is_in_order(&link.tie))?.target;
        (above != table).then_some(above)
    }

    /// A frame for rows of a table.
    pub fn frame(&self, table: usize) -> Frame {
        let recipe = &self.tables[table];
        let lanes = recipe.columns.iter().map(ColumnRecipe::empty).collect();
        Frame::new(lanes, recipe.links.len(), recipe.ways.len(), recipe.totals.len())
    }

    /// Makes a column of the rows that a frame has in hand.
    pub fn make(&self, table: usize, frame: &mut Frame, column: usize) {
        Here { recipe: self, table, depth: 0 }.make(frame, column);
    }

    /// Makes all columns of the rows that a frame has in hand.
    pub fn make_all(&self, table: usize, frame: &mut Frame) {
        for column in 0..self.tables[table].columns.len() {
            self.make(table, frame, column);
        }
    }

    /// Makes rows of one column of a table, and of what it hangs on; see [`fill`](Self::fill).
    pub fn fill_one(
        &self,
        table: usize,
        column: usize,
        first: u64,
        rows: usize,
        frame: &mut Frame,
    ) {
        frame.turn(Rows::Run { first, len: rows });
        self.make(table, frame, column);
        finish(&mut frame.lanes[column]);
    }

    /// Makes rows of a table, added to the lanes of a frame, which is emptied first.
    pub fn fill(&self, table: usize, first: u64, rows: usize, frame: &mut Frame) {
        /// Rows made at once: what lies in the nearest cache with all that is needed for it.
        const BATCH: usize = 4096;
        frame.turn(Rows::Run { first, len: 0 });
        let mut done = 0;
        while done < rows {
            let len = BATCH.min(rows - done);
            frame.go_on(Rows::Run { first: first + done as u64, len });
            self.make_all(table, frame);
            done += len;
        }
        frame.lanes.iter_mut().for_each(finish);
    }
}

impl TableRecipe {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Its columns.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().map(|column| &column.column)
    }
}

impl ColumnRecipe {
    /// A lane without rows, of the form in which its values are held.
    fn empty(&self) -> Lane {
        Lane::full(self.maker.empty(&self.column.kind))
    }
}

impl<'r> Here<'r> {
    pub(super) fn recipe(self) -> &'r TableRecipe {
        &self.recipe.tables[self.table]
    }

    /// Makes a column of the rows in hand, unless it is there.
    pub(super) fn make(self, frame: &mut Frame, column: usize) {
        if frame.made[column] != Made::Not {
            return;
        }
        frame.made[column] = Made::Making;
        let recipe = &self.recipe().columns[column];
        let empty = Lane::full(Values::Bool(Vec::new()));
        let mut lane = std::mem::replace(&mut frame.lanes[column], empty);
        let all = frame.base + frame.rows.len();
        let was = self.was(frame);
        self.recipe.room.reach(self.depth);
        let new = was < frame.rows.len();
        // What is kept is found at once, wherever it stands.
        let noticed = new
            && (self.recollect(frame, column, &mut lane) || self.look_up(frame, column, &mut lane));
        if !new || noticed {
            // None of them is new, or all are known.
        } else if self.depth < DEEPEST {
            let dealt = recipe.dealt.as_ref();
            if dealt.is_none_or(|dealt| dealt.source.is_moved()) {
                recipe.maker.fill(self, frame, recipe.draw, &recipe.column.kind, &mut lane);
            }
            if let Some(instead) = &recipe.instead
                && lane.nulls > 0
            {
                written::complete(self, recipe, instead, frame, &mut lane);
            }
            if let Some(dealt) = dealt {
                dealt.fill(self, frame, &mut lane);
            }
            if let Some(nulls) = &recipe.nulls {
                nulls.apply(self, frame, recipe, &mut lane);
            }
            for planted in &recipe.story {
                planted.apply(self, frame, recipe, &mut lane);
            }
            for least in &recipe.least {
                self.make(frame, *least);
                raise::raise(self, recipe, &mut lane, &frame.lanes[*least], frame.base);
            }
            if self.recipe().written > 0 {
                written::restore(recipe, frame, &mut lane);
            }
        } else {
            self.recipe.room.cut.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            nothing(&mut lane, all);
        }
        if was > 0 {
            self.recall(frame, column, &mut lane);
        }
        if let Some(valid) = &mut lane.valid {
            valid.resize(all.div_ceil(64), u64::MAX);
        }
        debug_assert_eq!(lane.values.len(), all, "{}", recipe.column.name);
        if !noticed {
            self.note(frame, column, &lane);
        }
        frame.lanes[column] = lane;
        frame.made[column] = Made::There;
    }

    /// Makes what a route leads to.
    pub(super) fn reach(self, frame: &mut Frame, route: &Route) {
        let (mut here, mut frame) = (self, frame);
        for link in &route.links {
            here.tie(frame, *link);
            let target = here.recipe().links[*link].target;
            here = Here { table: target, depth: here.depth + 1, ..here };
            let Some(kin) = frame.kin[*link].as_deref_mut() else { return };
            frame = &mut kin.frame;
        }
        here.make(frame, route.column);
    }

    /// Makes what a route leads to, and gives it.
    pub(super) fn view<'f>(self, frame: &'f mut Frame, route: &Route) -> Option<View<'f>> {
        self.reach(frame, route);
        frame.view(&route.links, route.column)
    }

    /// The kind of what a route leads to.
    pub(super) fn kind(self, route: &Route) -> &'r Kind {
        &self.recipe.tables[route.table].columns[route.column].column.kind
    }
}

impl Route {
    /// A column of the row itself.
    pub(super) fn own(table: usize, column: usize) -> Self {
        Self { links: Vec::new(), table, column }
    }
}

/// Fills a lane up with rows that hold nothing.
pub(super) fn nothing(lane: &mut Lane, all: usize) {
    let from = lane.values.len();
    match &mut lane.values {
        Values::Bool(values) => values.resize(all, false),
        Values::Int(values) => values.resize(all, 0),
        Values::Wide(values) => values.resize(all, 0),
        Values::Float(values) => values.resize(all, 0.0),
        Values::Word { picks, .. } => picks.resize(all, 0),
        Values::Text { ends, .. } => ends.resize(all, ends.last().copied().unwrap_or(0)),
        Values::Other(array) => {
            let none = arrow::array::new_null_array(array.data_type(), all - from);
            if let Ok(joined) = arrow::compute::concat(&[array.as_ref(), none.as_ref()]) {
                *array = joined;
            }
        }
    }
    for place in from..all {
        take_away(lane, place);
    }
}

#[cfg(test)]
mod tests;
