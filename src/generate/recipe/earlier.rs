//! Earlier rows: those that a recipe comes behind, made again by the recipe that made them.

use super::{ColumnRecipe, Here, Recipe};
use crate::generate::frame::{Early, Frame, Kin, Rows, take_away};
use crate::generate::link::Tie;
use crate::generate::maker::join;
use crate::lane::{Lane, Values};

impl Recipe {
    /// How many children a row has by a link, with those of earlier recipes.
    fn count(&self, table: usize, link: usize, parent: u64) -> u64 {
        let own = &self.tables[table].links[link];
        let here = match &own.tie {
            Tie::Fan(fanout) if (own.first..own.first + fanout.parents()).contains(&parent) => {
                fanout.count(parent - own.first)
            }
            _ => 0,
        };
        let before =
            self.earlier.as_deref().filter(|earlier| parent < earlier.tables[own.target].rows);
        here + before.map_or(0, |earlier| earlier.count(table, link, parent))
    }
}

impl<'r> Here<'r> {
    /// How many of the rows in hand an earlier recipe made.
    pub(in crate::generate) fn was(self, frame: &Frame) -> usize {
        if self.recipe.earlier.is_none() {
            return 0;
        }
        let before = self.recipe().written;
        (0..frame.rows.len()).filter(|place| frame.rows.at(*place) < before).count()
    }

    /// Puts the values of earlier rows in their places.
    pub(super) fn recall(self, frame: &mut Frame, column: usize, lane: &mut Lane) {
        let Some((there, mut early)) = self.early(frame) else { return };
        there.make(&mut early.frame, column);
        overlay(&self.recipe().columns[column], frame, &early, column, lane);
        frame.early = Some(early);
    }

    /// Ties earlier rows to what they refer to, and counts the children of earlier ones on.
    pub(in crate::generate) fn recall_tie(
        self,
        frame: &mut Frame,
        at: usize,
        kin: &mut Kin,
        list: &mut [u64],
    ) {
        let Some(earlier) = self.recipe.earlier.as_deref() else { return };
        let link = &self.recipe().links[at];
        let before = earlier.tables[link.target].rows;
        for (place, nth) in kin.nth.iter_mut().enumerate() {
            if list[place] < before && frame.rows.at(place) >= self.recipe().written {
                *nth += earlier.count(self.table, at, list[place]);
            }
        }
        let Some((there, mut early)) = self.early(frame) else { return };
        there.tie(&mut early.frame, at);
        if let Some(Some(known)) = early.frame.kin.get(at).map(Option::as_deref) {
            for (place, from) in early.places.iter().enumerate() {
                let Some(from) = from.map(|from| from as usize) else { continue };
                list[place] = known.row(from);
                if let Some(nth) = known.nth.get(from) {
                    kin.nth.resize(list.len(), 0);
                    kin.nth[place] = *nth;
                }
                let none = known.none.get(from).copied().unwrap_or(false);
                if none || !kin.none.is_empty() {
                    kin.none.resize(list.len(), false);
                    kin.none[place] = none;
                }
            }
        }
        frame.early = Some(early);
    }

    /// The earlier ones of the rows in hand, and where they are made; nothing if there are none.
    fn early(self, frame: &mut Frame) -> Option<(Here<'r>, Box<Early>)> {
        let earlier = self.recipe.earlier.as_deref()?;
        if self.was(frame) == 0 {
            return None;
        }
        let there = Here { recipe: earlier, ..self };
        let mut early = frame.early.take().unwrap_or_else(|| {
            Box::new(Early { ready: false, frame: earlier.frame(self.table), places: Vec::new() })
        });
        if !early.ready {
            early.ready = true;
            let before = self.recipe().written;
            let mut list = Vec::new();
            early.places.clear();
            for place in 0..frame.rows.len() {
                let row = frame.rows.at(place);
                early.places.push((row < before).then_some(list.len() as u32));
                list.extend((row < before).then_some(row));
            }
            early.frame.turn(Rows::List(list));
        }
        Some((there, early))
    }
}

/// Puts values of another lane in the places of those that were made for rows that are not new.
fn overlay(recipe: &ColumnRecipe, frame: &Frame, early: &Early, column: usize, lane: &mut Lane) {
    let source = &early.frame.lanes[column];
    let mut pool = std::mem::replace(lane, Lane::full(Values::Bool(Vec::new())));
    let (base, many) = (frame.base, pool.values.len());
    join(source, &mut Some, source.values.len(), &mut pool);
    let from = |place: usize| {
        let early = place.checked_sub(base).and_then(|place| early.places[place]);
        early.map_or(place, |at| many + at as usize)
    };
    let mut out = Lane::full(recipe.maker.empty(&recipe.column.kind));
    let all = base + frame.rows.len();
    join(&pool, &mut |place| Some(from(place)), all, &mut out);
    let holds = |lane: &Lane, place: usize| {
        let bit =
            |bits: &Vec<u64>| bits.get(place / 64).is_none_or(|bits| bits >> (place % 64) & 1 == 1);
        lane.valid.as_ref().is_none_or(bit)
    };
    for place in 0..all {
        let at = from(place);
        let there = if at < many { holds(&pool, at) } else { holds(source, at - many) };
        if !there {
            take_away(&mut out, place);
        }
    }
    *lane = out;
}
