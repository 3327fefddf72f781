//! Rows that refer only to some rows of another table: to those that were there by then, to those
//! of the same parent, to those with certain values, or to the one before.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use peyote_schemas::Kind;
use peyote_schemas::value::moment::DAY;

use super::chance::alias::Alias;
use super::frame::{Frame, Kin, Rows};
use super::link::{Link, Tie};
use super::maker::Maker;
use super::recipe::Here;
use super::shuffle::Shuffle;
use super::switch::Switch;
use crate::lane::Values;
use favour::Tries;

mod favour;
mod partner;
mod stay;

pub(super) use favour::Favour;
pub(super) use partner::{Shelf, Skew};
pub(super) use stay::Then;
use stay::nearest;

/// Rows of a table that are looked at together for those with certain values.
const STRETCH: u64 = 4096;
/// Stretches that are looked at where one has none of them.
const STRETCHES: u64 = 8;
/// Rows of groups that are kept.
const KEPT: usize = 1 << 20;
/// Rows with certain values, found last.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The number of the stretch, counted from 1; 0 while there is none.
    number: u64,
    rows: Vec<u64>,
    /// Where the rows of each value begin, and the end of the last; how likely each value is.
    groups: Option<(Vec<usize>, Alias)>,
    /// How likely each row is beside the others, where that is said.
    weights: Vec<f64>,
    /// From when until when each is there, where that is asked.
    stays: Vec<(i64, i64)>,
}

/// Rows of some parents that have certain values, found last.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// Where those of a parent begin and end.
    places: BTreeMap<u64, (usize, usize)>,
    rows: Vec<u64>,
    /// From when until when each is there, where that is asked.
    stays: Vec<(i64, i64)>,
    frame: Option<Frame>,
}

impl Here<'_> {
    /// Rows that were there by then, by the rising moment that a column of them holds.
    pub(super) fn there(
        self,
        frame: &mut Frame,
        link: &Link,
        (by, since, skew): (usize, usize, &Favour),
        list: &mut Vec<u64>,
    ) {
        self.make(frame, by);
        let target = &self.recipe.tables[link.target];
        let end = &target.columns[since];
        let Maker::Moment(happens) = &end.maker else {
            frame.rows.each(list, |row| link.draw.below(row, link.parents));
            return;
        };
        let kind = &self.recipe().columns[by].column.kind;
        let (date, other) = (*kind == Kind::Date, end.column.kind == Kind::Date);
        let lane = &frame.lanes[by];
        let Values::Int(moments) = &lane.values else { return };
        let tries = Tries::new(link.draw);
        let mut hint = 0;
        for place in 0..frame.rows.len() {
            let at = frame.base + place;
            let moment = match (date, other) {
                (true, false) => moments[at].saturating_mul(DAY),
                (false, true) => moments[at].div_euclid(DAY),
                _ => moments[at],
            };
            // Who is written stands first and may have come whenever.
            let there =
                if lane.holds(at) { happens.there(moment, &mut hint) } else { link.parents };
            let many = there.saturating_sub(target.written);
            let row = frame.rows.at(place);
            list.push(if many == 0 {
                link.draw.below(row, there.max(1))
            } else {
                target.written + skew.one(&tries, row, many)
            });
        }
    }

    /// Rows that refer to the same row as another link of this one.
    pub(super) fn same(
        self,
        frame: &mut Frame,
        link: &Link,
        (with, via, only, then): (usize, usize, Option<&Switch>, Option<&Then>),
        kin: &mut Kin,
        list: &mut Vec<u64>,
    ) {
        let mut moments = Vec::new();
        if let Some(then) = then {
            self.happened(frame, then, &mut moments);
        }
        self.tie(frame, with);
        let Some(Some(other)) = frame.kin.get(with).map(Option::as_deref) else {
            list.resize(frame.rows.len(), 0);
            return;
        };
        let there = &self.recipe.tables[link.target];
        let back = &there.links[via];
        let (all, written) = (frame.rows.len(), there.written);
        let mut take = |place: usize, many: usize, one: &dyn Fn(u64) -> u64| {
            let row = frame.rows.at(place);
            if other.none.get(place).copied().unwrap_or(false) || many == 0 {
                list.push(link.draw.below(row, link.parents));
                if link.open {
                    kin.none.resize(all, false);
                    kin.none[place] = true;
                }
            } else {
                list.push(one(link.draw.below(row, many as u64)));
            }
        };
        let is_open = only.is_none()
            && then.is_none()
            && back.written.is_empty()
            && self.recipe.earlier.is_none();
        if let (Tie::Fan(fanout), true) = (&back.tie, is_open) {
            // No list is needed to take one of the children.
            let (mut known, mut first, mut count) = (None, 0, 0);
            for place in 0..all {
                let parent = other.row(place);
                if known != Some(parent) {
                    let open = parent.checked_sub(back.first).filter(|at| *at < fanout.parents());
                    (first, count) =
                        open.map_or((0, 0), |parent| fanout.siblings(parent, &mut kin.block));
                    known = Some(parent);
                }
                take(place, count as usize, &|nth| fanout.child(first, nth) + written);
            }
            return;
        }
        let mut place = 0;
        while place < all {
            let from = place;
            if kin.groups.rows.len() >= KEPT {
                kin.groups.places.clear();
                kin.groups.rows.clear();
            }
            let mut new = Vec::new();
            while place < all && kin.groups.rows.len() < KEPT {
                let parent = other.row(place);
                let Groups { places, rows, .. } = &mut kin.groups;
                if let Entry::Vacant(entry) = places.entry(parent) {
                    let start = rows.len();
                    self.all_children((link.target, via), parent, &mut kin.block, rows);
                    entry.insert((start, rows.len()));
                    new.push(parent);
                }
                place += 1;
            }
            let first = new.first().and_then(|parent| kin.groups.places.get(parent));
            let first = first.map_or(kin.groups.rows.len(), |(start, _)| *start);
            self.leave(link.target, only, &new, &mut kin.groups);
            if let Some(then) = then {
                self.stays(link.target, then, first, &mut kin.groups);
            }
            let groups = &kin.groups;
            for place in from..place {
                let found = groups.places.get(&other.row(place)).copied();
                let (start, end) = found.unwrap_or_default();
                let Some(stays) = then.and_then(|_| groups.stays.get(start..end)) else {
                    take(place, end - start, &|nth| groups.rows[start + nth as usize]);
                    continue;
                };
                let moment = moments.get(place).copied().unwrap_or(self.recipe.clock);
                let is_there = |stay: &&(i64, i64)| (stay.0..=stay.1).contains(&moment);
                let many = stays.iter().filter(is_there).count();
                let those = |nth: u64| {
                    let mut those = (0..stays.len()).filter(|at| is_there(&&stays[*at]));
                    let at = if many > 0 { those.nth(nth as usize) } else { None };
                    groups.rows[start + at.or_else(|| nearest(stays, moment)).unwrap_or(0)]
                };
                take(place, many.max(stays.len().min(1)), &those);
            }
        }
    }

    /// Leaves out rows that have other values, unless all of a parent have: of the parents whose rows
    /// were added last.
    fn leave(self, table: usize, only: Option<&Switch>, new: &[u64], groups: &mut Groups) {
        let Some(only) = only else { return };
        let bounds = |parent: &u64| groups.places.get(parent).copied().unwrap_or_default();
        let Some(first) = new.first().map(|parent| bounds(parent).0) else { return };
        let mut classes = Vec::new();
        let mut other = groups.frame.take().unwrap_or_else(|| self.recipe.frame(table));
        let there = Here { table, depth: self.depth + 1, ..self };
        for rows in groups.rows[first..].chunks(STRETCH as usize) {
            let mut list = other.list();
            list.extend_from_slice(rows);
            other.turn(Rows::List(list));
            only.sort(there, &mut other, &mut classes);
        }
        groups.frame = Some(other);
        let mut kept = first;
        for parent in new {
            let Some((start, end)) = groups.places.get_mut(parent) else { continue };
            let of = |place: usize| classes.get(place - first).is_some_and(|class| *class > 0);
            let any = (*start..*end).any(of);
            let begin = kept;
            for place in *start..*end {
                if !any || of(place) {
                    groups.rows[kept] = groups.rows[place];
                    kept += 1;
                }
            }
            (*start, *end) = (begin, kept);
        }
        groups.rows.truncate(kept);
    }

    /// Rows with certain values: those of a stretch of the other table, the stretches in the order
    /// of the rows that refer to them, each row once where there are enough of them.
    pub(super) fn with_values(
        self,
        frame: &Frame,
        link: &Link,
        (switch, weights): (&Switch, Option<&[f64]>),
        kin: &mut Kin,
        list: &mut Vec<u64>,
    ) {
        let recipe = self.recipe();
        let children = (recipe.rows - recipe.written).max(1);
        let stretches = (link.parents - link.first).div_ceil(STRETCH).max(1);
        let split = |from: u64, by: u64, of: u64| {
            (u128::from(from) * u128::from(by) / u128::from(of)) as u64
        };
        for place in 0..frame.rows.len() {
            let row = frame.rows.at(place);
            let nth = row.saturating_sub(recipe.written).min(children - 1);
            let stretch = split(nth, stretches, children);
            let start = |stretch: u64| {
                // The first child of a stretch: the least whose share reaches it.
                (u128::from(stretch) * u128::from(children)).div_ceil(u128::from(stretches)) as u64
            };
            let first = start(stretch);
            if kin.found.number != stretch + 1 {
                self.find(link, (switch, weights), (stretch, stretches), &mut kin.found);
            }
            let found = &kin.found.rows;
            let many = found.len() as u64;
            if many == 0 {
                list.push(link.first + link.draw.below(row, link.parents - link.first));
                if link.open {
                    kin.none.resize(frame.rows.len(), false);
                    kin.none[place] = true;
                }
            } else if let Some((starts, alias)) = &kin.found.groups {
                let group = alias.pick(link.draw.numbered(0).bits(row)) as usize;
                let (from, to) = (starts[group], starts[group + 1]);
                list.push(found[from + link.draw.below(row, (to - from) as u64) as usize]);
            } else if nth - first < many {
                let shuffle = Shuffle::new(link.draw.numbered(stretch), many);
                list.push(found[shuffle.forward(nth - first) as usize]);
            } else {
                list.push(found[link.draw.below(row, many) as usize]);
            }
        }
    }

    fn find(
        self,
        link: &Link,
        (switch, weights): (&Switch, Option<&[f64]>),
        (stretch, stretches): (u64, u64),
        found: &mut Found,
    ) {
        found.number = stretch + 1;
        found.rows.clear();
        found.weights.clear();
        found.groups = None;
        let there = Here { table: link.target, depth: self.depth + 1, ..self };
        let mut other = self.recipe.frame(link.target);
        // Far apart: where one has none its neighbours often have none either.
        let stride = (stretches / STRETCHES).max(1);
        for next in 0..stretches.min(STRETCHES) {
            let first = link.first + (stretch + next * stride) % stretches * STRETCH;
            let len = STRETCH.min(link.parents.saturating_sub(first)) as usize;
            other.turn(Rows::Run { first, len });
            let mut classes = Vec::new();
            switch.sort(there, &mut other, &mut classes);
            let with = classes.iter().zip(first..).filter(|(class, _)| **class > 0);
            let mut with: Vec<(u32, u64)> = with.map(|(class, row)| (*class, row)).collect();
            with.sort_unstable();
            found.rows.extend(with.iter().map(|(_, row)| *row));
            if let Some(weights) = weights.filter(|_| !with.is_empty()) {
                let runs: Vec<&[(u32, u64)]> =
                    with.chunk_by(|one, other| one.0 == other.0).collect();
                let weight = |run: &&[(u32, u64)]| weights.get(run[0].0 as usize - 1).copied();
                let weights: Vec<f64> = runs.iter().map(|run| weight(run).unwrap_or(0.0)).collect();
                let mut starts = vec![0];
                for run in &runs {
                    starts.push(starts[starts.len() - 1] + run.len());
                }
                for (run, weight) in runs.iter().zip(&weights) {
                    let each = weight / run.len() as f64;
                    found.weights.resize(found.weights.len() + run.len(), each);
                }
                let any = weights.iter().any(|weight| *weight > 0.0);
                found.groups = any.then(|| (starts, Alias::new(&weights)));
            }
            if !found.rows.is_empty() {
                return;
            }
        }
    }

    /// The row before each of the rows in hand among those of another link's parent.
    pub(super) fn before(self, frame: &mut Frame, with: usize, kin: &mut Kin, list: &mut Vec<u64>) {
        self.tie(frame, with);
        let written = self.recipe().written;
        let Tie::Fan(fanout) = &self.recipe().links[with].tie else {
            frame.rows.each(list, |row| row);
            kin.none.resize(frame.rows.len(), true);
            return;
        };
        let Some(Some(other)) = frame.kin.get(with).map(Option::as_deref) else { return };
        kin.none.resize(frame.rows.len(), false);
        for place in 0..frame.rows.len() {
            let row = frame.rows.at(place);
            let first = other.nth.get(place).copied().unwrap_or(0) == 0;
            let alone = other.none.get(place).copied().unwrap_or(false);
            kin.none[place] = first || alone || row < written;
            list.push(match row.checked_sub(written).filter(|_| !first) {
                Some(child) => fanout.before(child) + written,
                None => row,
            });
        }
    }

    /// Chains through the rows of the table itself: each row refers to one of the block before its
    /// own, no two to the same one.
    pub(super) fn chained(
        self,
        frame: &Frame,
        link: &Link,
        (block, length): (u64, u64),
        kin: &mut Kin,
        list: &mut Vec<u64>,
    ) {
        let written = self.recipe().written;
        kin.none.resize(frame.rows.len(), false);
        for place in 0..frame.rows.len() {
            let row = frame.rows.at(place);
            let made = row.saturating_sub(written);
            let (number, within) = (made / block, made % block);
            if row < written || number % length == 0 {
                kin.none[place] = true;
                list.push(row);
            } else {
                let shuffle = Shuffle::new(link.draw.numbered(number), block);
                list.push(written + (number - 1) * block + shuffle.forward(within));
            }
        }
    }
}

/// The rows of a chain's block, where so many rows make chains of a length.
pub(super) fn chain_block(rows: u64, length: u64) -> u64 {
    /// Who replaces another comes not long after it.
    const NEAR: u64 = 64;
    (rows / length.max(1) / 2).clamp(1, NEAR)
}
