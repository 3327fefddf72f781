//! Rows that refer only to some rows of another table: to those that were there by then, to those
//! of the same parent, to those with certain values, or to the one before.

use peyote_schemas::Kind;
use peyote_schemas::value::moment::DAY;

use super::chance::alias::Alias;
use super::chance::normal;
use super::chance::zipf::Zipf;
use super::draw::Draw;
use super::frame::{Frame, Kin, Rows};
use super::link::{Link, Tie};
use super::maker::Maker;
use super::recipe::Here;
use super::shuffle::Shuffle;
use super::switch::Switch;
use crate::lane::Values;

/// Rows of a table that are looked at together for those with certain values.
const STRETCH: u64 = 4096;
/// Stretches that are looked at where one has none of them.
const STRETCHES: u64 = 8;
/// How often a partner is drawn for each that is needed.
const PARTNERS: u64 = 16;
/// How often somebody less favoured is passed over.
const TRIES: u64 = 6;
/// The favour, in standard deviations, above which nobody is favoured more.
const FAVOUR: f64 = 1.5;

/// Rows with certain values, found last.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The number of the stretch, counted from 1; 0 while there is none.
    number: u64,
    rows: Vec<u64>,
    /// Where the rows of each value begin, and the end of the last; how likely each value is.
    groups: Option<(Vec<usize>, Alias)>,
}

impl Here<'_> {
    /// Rows that were there by then, by the rising moment that a column of them holds.
    pub(super) fn there(
        self,
        frame: &mut Frame,
        link: &Link,
        (by, since, skew): (usize, usize, f64),
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
        let favour = link.draw.named("favour");
        for place in 0..frame.rows.len() {
            let at = frame.base + place;
            let moment = match (date, other) {
                (true, false) => moments[at].saturating_mul(DAY),
                (false, true) => moments[at].div_euclid(DAY),
                _ => moments[at],
            };
            // Who is written stands first and may have come whenever.
            let there = if lane.holds(at) { happens.there(moment) } else { link.parents };
            let many = there.saturating_sub(target.written);
            let row = frame.rows.at(place);
            list.push(if many == 0 {
                link.draw.below(row, there.max(1))
            } else {
                target.written + favoured(link.draw, favour, row, many, skew)
            });
        }
    }

    /// Rows that refer to the same row as another link of this one.
    pub(super) fn same(
        self,
        frame: &mut Frame,
        link: &Link,
        (with, via, only): (usize, usize, Option<&Switch>),
        kin: &mut Kin,
        list: &mut Vec<u64>,
    ) {
        self.tie(frame, with);
        let Some(Some(other)) = frame.kin.get(with).map(Option::as_deref) else {
            list.resize(frame.rows.len(), 0);
            return;
        };
        let there = &self.recipe.tables[link.target];
        let mut children = Vec::new();
        let mut known = None;
        for place in 0..frame.rows.len() {
            let parent = other.row(place);
            if known != Some(parent) {
                children.clear();
                let (link, block) = (&there.links[via], &mut kin.block);
                let rows = (there.written, there.rows);
                link.children(&there.links, parent, rows, block, &mut children);
                self.leave(link.target, only, &mut children);
                known = Some(parent);
            }
            let none = other.none.get(place).copied().unwrap_or(false) || children.is_empty();
            let row = frame.rows.at(place);
            if none {
                list.push(link.draw.below(row, link.parents));
                if link.open {
                    kin.none.resize(frame.rows.len(), false);
                    kin.none[place] = true;
                }
            } else {
                list.push(children[link.draw.below(row, children.len() as u64) as usize]);
            }
        }
    }

    /// Leaves out rows that have other values, unless all have.
    fn leave(self, table: usize, only: Option<&Switch>, rows: &mut Vec<u64>) {
        let Some(only) = only.filter(|_| !rows.is_empty()) else { return };
        let mut other = self.recipe.frame(table);
        other.turn(Rows::List(rows.clone()));
        let mut classes = Vec::new();
        only.sort(Here { table, depth: self.depth + 1, ..self }, &mut other, &mut classes);
        if classes.iter().any(|class| *class > 0) {
            let mut classes = classes.into_iter();
            rows.retain(|_| classes.next().is_some_and(|class| class > 0));
        }
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
        let stretches = link.parents.div_ceil(STRETCH).max(1);
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
            let (first, end) = (start(stretch), start(stretch + 1));
            if kin.found.number != stretch + 1 {
                self.find(link, (switch, weights), (stretch, stretches), &mut kin.found);
            }
            let found = &kin.found.rows;
            let many = found.len() as u64;
            if many == 0 {
                list.push(link.draw.below(row, link.parents));
                if link.open {
                    kin.none.resize(frame.rows.len(), false);
                    kin.none[place] = true;
                }
            } else if let Some((starts, alias)) = &kin.found.groups {
                let group = alias.pick(link.draw.numbered(0).bits(row)) as usize;
                let (from, to) = (starts[group], starts[group + 1]);
                list.push(found[from + link.draw.below(row, (to - from) as u64) as usize]);
            } else if end - first <= many {
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
        found.groups = None;
        let there = Here { table: link.target, depth: self.depth + 1, ..self };
        let mut other = self.recipe.frame(link.target);
        for next in 0..stretches.min(STRETCHES) {
            let first = (stretch + next) % stretches * STRETCH;
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

/// The *n*-th of a row's partners, no two of them alike, some of whom are taken more often.
pub(super) fn partner(
    draw: Draw,
    nth: u64,
    ranks: &Zipf,
    whose: &Shuffle,
    met: &mut Vec<u64>,
) -> u64 {
    met.clear();
    let mut tried = 0;
    // As good as always the next one drawn is a new one; else the least of those left.
    while (met.len() as u64) < nth + 1 && tried < PARTNERS * (nth + 1) {
        let rank = ranks.rank(draw, tried) - 1;
        if !met.contains(&rank) {
            met.push(rank);
        }
        tried += 1;
    }
    let mut next = 0;
    while (met.len() as u64) < nth + 1 && next < whose.len() {
        if !met.contains(&next) {
            met.push(next);
        }
        next += 1;
    }
    whose.forward(met.last().copied().unwrap_or(0).min(whose.len().saturating_sub(1)))
}

/// One of the first so many, some of whom are favoured.
fn favoured(draw: Draw, favour: Draw, row: u64, many: u64, skew: f64) -> u64 {
    let mut draw = draw;
    let mut one = draw.below(row, many);
    if skew <= 0.0 {
        return one;
    }
    let most = libm::exp(skew * FAVOUR);
    for again in 0..TRIES {
        let share = libm::exp(skew * normal::value(favour.unit(one).max(f64::EPSILON))) / most;
        if favour.numbered(again).unit(row) < share {
            return one;
        }
        draw = draw.numbered(again);
        one = draw.below(row, many);
    }
    one
}

/// The rows of a chain's block, where so many rows make chains of a length.
pub(super) fn chain_block(rows: u64, length: u64) -> u64 {
    /// Who replaces another comes not long after it.
    const NEAR: u64 = 64;
    (rows / length.max(1) / 2).clamp(1, NEAR)
}
