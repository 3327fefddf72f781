//! Stories: what is planted in values for somebody to find, exactly and by index.
//!
//! Every change of a value hangs on its row alone: on its number, and on what its columns and its
//! parents hold. So whoever makes a row, in whatever run, plants the same.

use peyote_schemas::Kind;
use peyote_schemas::value::moment::DAY;

use super::draw::Draw;
use super::follow::{held, micros};
use super::frame::{Frame, take_away};
use super::maker::{Cells, finite, slice};
use super::recipe::{ColumnRecipe, Here, Route, nothing};
use crate::lane::{Known, Lane, Values, Words};

mod chosen;
mod told;

pub(super) use chosen::{Chosen, RowSet, Window};
pub use told::{Measured, Told};

/// A change of the values of a column.
#[derive(Debug)]
pub(super) struct Planted {
    pub(super) chosen: Chosen,
    pub(super) change: Change,
    pub(super) draw: Draw,
}

/// What becomes of the values of chosen rows.
#[derive(Debug)]
pub(super) enum Change {
    /// All are the one that a lane of one row holds.
    Value(Lane),
    /// So many of the others, as a share of all draws, become that one.
    More(Lane, u64),
    /// So many of those that are that one become another.
    Fewer(Lane, u64),
    /// Numbers are others.
    Number(Numbers),
    /// Moments lie between two, in microseconds, one behind the other.
    Between(i64, i64, i64),
    /// Moments lie elsewhere.
    Elsewhere(Cells),
    /// There is none.
    Nothing,
}

/// Numbers multiplied and added to.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    pub(super) factor: f64,
    pub(super) by: f64,
    /// What is added for each day since a moment.
    pub(super) daily: Option<(Route, i64, f64)>,
    /// The share of all draws that it happens to.
    pub(super) share: u64,
    /// What a whole one is in the lane.
    pub(super) one: f64,
    /// What fractions are counted in, where the lane holds such.
    pub(super) per: f64,
    /// The least and the greatest, in the lane.
    pub(super) bounds: (f64, f64),
}

/// Rows of a table that refer to others than they would.
#[derive(Debug)]
pub(super) struct Moved {
    pub(super) rows: RowSet,
    /// Whom they refer to, in turn.
    pub(super) parents: Vec<u64>,
}

/// Rows that go another way through stages.
#[derive(Debug)]
pub(super) struct Bent {
    pub(super) chosen: Chosen,
    pub(super) stage: usize,
    /// As a share of all draws, how many more come to the stage of those that did not, or less of
    /// those that did.
    pub(super) turn: Turn,
    pub(super) draw: Draw,
}

/// How many rows take another turn.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    /// So many of those that did not come.
    More(u64),
    /// So many of those that came do not.
    Fewer(u64),
}

/// Time in which nothing happens.
#[derive(Debug)]
pub(super) struct Gap {
    pub(super) chosen: Chosen,
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Planted {
    /// Changes the values of the rows in hand.
    pub(super) fn apply(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        recipe: &ColumnRecipe,
        lane: &mut Lane,
    ) {
        let mask = self.chosen.mask(here, frame);
        if !mask.contains(&true) {
            return;
        }
        let (base, kind) = (frame.base, &recipe.column.kind);
        lane.known = Known::default();
        match &self.change {
            Change::Value(value) => {
                let at: Vec<Option<usize>> = mask.iter().map(|is| is.then_some(0)).collect();
                replace(lane, base, value, &at);
            }
            Change::More(value, share) => {
                let turned = |(place, is): (usize, &bool)| {
                    (*is && lane.holds_in(base + place)
                        && self.draw.is_within(frame.rows.at(place), *share)
                        && !same(lane, base + place, value))
                    .then_some(0)
                };
                let at: Vec<Option<usize>> = mask.iter().enumerate().map(turned).collect();
                replace(lane, base, value, &at);
            }
            Change::Fewer(value, share) => {
                self.fewer(here, frame, recipe, (value, *share), &mask, lane);
            }
            Change::Number(numbers) => numbers.apply(here, frame, self.draw, &mask, lane),
            Change::Between(from, to, grain) => {
                let rows = self.chosen.rows.as_ref();
                let Values::Int(values) = &mut lane.values else { return };
                for (place, _) in mask.iter().enumerate().filter(|(_, is)| **is) {
                    let row = frame.rows.at(place);
                    let (nth, many) =
                        rows.map_or((0, 1), |rows| (rows.nth(row).unwrap_or(0), rows.len().max(1)));
                    let span = (to - from).max(1) as u64;
                    let upto =
                        |nth: u64| (u128::from(span) * u128::from(nth) / u128::from(many)) as u64;
                    let room = (upto(nth + 1) - upto(nth)).max(1);
                    let at = from + (upto(nth) + self.draw.below(row, room)) as i64;
                    let at = at.div_euclid(*grain) * grain;
                    let first = from.div_euclid(*grain) + i64::from(from.rem_euclid(*grain) != 0);
                    values[base + place] = held(at.max(first * grain), kind);
                }
            }
            Change::Elsewhere(cells) => {
                let Values::Int(values) = &mut lane.values else { return };
                let unit = if *kind == Kind::Date { DAY } else { 1 };
                let Some(window) = &self.chosen.own else { return };
                for (place, _) in mask.iter().enumerate().filter(|(_, is)| **is) {
                    let value = &mut values[base + place];
                    if window.contains(&value.saturating_mul(unit)) {
                        *value = cells.at(self.draw, frame.rows.at(place));
                    }
                }
            }
            Change::Nothing => {
                for (place, _) in mask.iter().enumerate().filter(|(_, is)| **is) {
                    take_away(lane, base + place);
                }
            }
        }
    }

    /// Turns some values into others of the same column, drawn anew.
    fn fewer(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        recipe: &ColumnRecipe,
        (value, share): (&Lane, u64),
        mask: &[bool],
        lane: &mut Lane,
    ) {
        /// Draws after which a column is taken to hold nothing else.
        const TRIES: u64 = 6;
        let base = frame.base;
        let mut open: Vec<bool> = (mask.iter().enumerate())
            .map(|(place, is)| {
                *is && lane.holds_in(base + place)
                    && self.draw.is_within(frame.rows.at(place), share)
                    && same(lane, base + place, value)
            })
            .collect();
        for time in 0..TRIES {
            if !open.contains(&true) {
                return;
            }
            let kind = &recipe.column.kind;
            let mut other = Lane::full(recipe.maker.empty(kind));
            if base > 0 {
                nothing(&mut other, base);
            }
            recipe.maker.fill(here, frame, self.draw.numbered(time), kind, &mut other);
            let at: Vec<Option<usize>> = (open.iter().enumerate())
                .map(|(place, open)| {
                    let there = base + place;
                    (*open && other.holds_in(there) && !same(&other, there, value)).then_some(there)
                })
                .collect();
            replace(lane, base, &other, &at);
            for (open, at) in open.iter_mut().zip(&at) {
                *open &= at.is_none();
            }
        }
    }
}

impl Numbers {
    fn apply(&self, here: Here<'_>, frame: &mut Frame, draw: Draw, mask: &[bool], lane: &mut Lane) {
        let base = frame.base;
        let mut added = vec![self.by; mask.len()];
        if let Some((route, since, per_day)) = &self.daily {
            let kind = here.kind(route);
            let Some(view) = here.view(frame, route) else { return };
            for (place, added) in added.iter_mut().enumerate() {
                let at = micros(&view, kind, place).unwrap_or(*since);
                *added += at.saturating_sub(*since) as f64 / DAY as f64 * per_day;
            }
        }
        let (least, most) = self.bounds;
        for place in 0..mask.len() {
            let there = base + place;
            let hit = mask[place]
                && lane.holds_in(there)
                && (self.share == u64::MAX || draw.is_within(frame.rows.at(place), self.share));
            if !hit {
                continue;
            }
            let moved = |value: f64| {
                let value = value * self.factor + added[place] * self.one;
                finite(value).clamp(least, most)
            };
            match &mut lane.values {
                Values::Int(values) => {
                    values[there] = libm::round(moved(values[there] as f64)) as i64;
                }
                Values::Wide(values) => {
                    values[there] = libm::round(moved(values[there] as f64)) as i128;
                }
                Values::Float(values) => {
                    let value = moved(values[there]);
                    let units = libm::round(value * self.per);
                    // A number so large has nothing to round.
                    values[there] = if units.is_finite() { units / self.per } else { value };
                }
                _ => {}
            }
        }
    }
}

impl Moved {
    /// Whom a row refers to, if it is one of these.
    #[inline]
    pub(super) fn parent(&self, row: u64) -> Option<u64> {
        let nth = self.rows.nth(row)?;
        self.parents.get((nth % self.parents.len().max(1) as u64) as usize).copied()
    }
}

impl Lane {
    /// Whether a row holds a value, in a lane that is not finished.
    fn holds_in(&self, row: usize) -> bool {
        let bit =
            |bits: &Vec<u64>| bits.get(row / 64).is_none_or(|bits| bits >> (row % 64) & 1 == 1);
        self.valid.as_ref().is_none_or(bit)
    }
}

/// The text of a place, in a lane of texts or words.
fn text(values: &Values, place: usize) -> Option<&[u8]> {
    match values {
        Values::Word { words, picks } => Some(words.bytes(picks[place] as usize)),
        Values::Text { ends, bytes } => Some(slice(ends, bytes, place)),
        _ => None,
    }
}

/// Whether the value at a place is the one that a lane of one row holds.
pub(super) fn same(lane: &Lane, place: usize, value: &Lane) -> bool {
    match (&lane.values, &value.values) {
        (Values::Bool(values), Values::Bool(value)) => values[place] == value[0],
        (Values::Int(values), Values::Int(value)) => values[place] == value[0],
        (one, other) => text(one, place).is_some_and(|found| text(other, 0) == Some(found)),
    }
}

/// Puts values of another lane in the place of those from `base` on, where `at` says which.
fn replace(lane: &mut Lane, base: usize, from: &Lane, at: &[Option<usize>]) {
    let places = || at.iter().enumerate().filter_map(|(place, at)| Some((base + place, (*at)?)));
    match (&mut lane.values, &from.values) {
        (Values::Bool(values), Values::Bool(from)) => {
            places().for_each(|(place, at)| values[place] = from[at]);
        }
        (Values::Int(values), Values::Int(from)) => {
            places().for_each(|(place, at)| values[place] = from[at]);
        }
        (Values::Wide(values), Values::Wide(from)) => {
            places().for_each(|(place, at)| values[place] = from[at]);
        }
        (Values::Float(values), Values::Float(from)) => {
            places().for_each(|(place, at)| values[place] = from[at]);
        }
        (Values::Word { words, picks }, from) => {
            for (place, at) in places() {
                let found = text(from, at).and_then(|text| find(words, text));
                picks[place] = found.unwrap_or(picks[place]);
            }
        }
        (Values::Text { ends, bytes }, from) => {
            let start = base.checked_sub(1).map_or(0, |before| ends[before]);
            let (old_ends, old) = (ends.split_off(base), bytes.split_off(start as usize));
            let mut begin = 0;
            for (end, at) in old_ends.iter().zip(at) {
                let end = (end - start) as usize;
                let own = &old[begin..end];
                bytes.extend_from_slice(at.and_then(|at| text(from, at)).unwrap_or(own));
                ends.push(bytes.len() as u32);
                begin = end;
            }
        }
        (Values::Other(array), Values::Other(from)) => {
            let own = |row: usize| (0, row);
            let mut which: Vec<(usize, usize)> = (0..array.len()).map(own).collect();
            places().for_each(|(place, at)| which[place] = (1, at));
            if let Ok(mixed) = arrow::compute::interleave(&[array.as_ref(), from.as_ref()], &which)
            {
                *array = mixed;
            }
        }
        _ => return,
    }
    for (place, at) in places() {
        if from.holds_in(at) {
            give(lane, place);
        } else {
            take_away(lane, place);
        }
    }
}

/// Lets a row hold a value that held none.
fn give(lane: &mut Lane, place: usize) {
    let Some(bits) = lane.valid.as_mut().and_then(|valid| valid.get_mut(place / 64)) else {
        return;
    };
    let bit = 1 << (place % 64);
    if *bits & bit == 0 {
        *bits |= bit;
        lane.nulls = lane.nulls.saturating_sub(1);
    }
}

/// The place of a word.
pub(super) fn find(words: &Words, text: &[u8]) -> Option<u32> {
    (0..words.len()).find(|at| words.bytes(*at) == text).map(|at| at as u32)
}
