//! [`Then`]: from when until when rows are there, of which only those are referred to that were.

use peyote_schemas::Kind;
use peyote_schemas::value::moment::DAY;

use super::{Groups, STRETCH};
use crate::generate::fanout::Block;
use crate::generate::frame::{Frame, Kin, Rows};
use crate::generate::link::Link;
use crate::generate::recipe::{Here, Recipe};
use crate::generate::switch::Switch;
use crate::lane::Values;

/// Which columns tell who was there when a row happened.
#[derive(Debug)]
pub(in crate::generate) struct Then {
    /// The column that holds when that was.
    pub(in crate::generate) by: usize,
    /// The column of the other table that holds since when a row is there.
    pub(in crate::generate) since: Option<usize>,
    /// The column that holds until when.
    pub(in crate::generate) until: Option<usize>,
}

impl Here<'_> {
    /// Adds the rows of a table that refer to a row by one of its links, those that earlier recipes
    /// made before the others.
    pub(super) fn all_children(
        self,
        (table, link): (usize, usize),
        parent: u64,
        block: &mut Block,
        list: &mut Vec<u64>,
    ) {
        let earlier = std::iter::successors(self.recipe.earlier.as_deref(), |recipe| {
            recipe.earlier.as_deref()
        });
        let earlier: Vec<&Recipe> = earlier.collect();
        for recipe in earlier.into_iter().rev() {
            let own = &recipe.tables[table];
            if parent < own.links[link].parents {
                let (counts, mut block) = ((own.written, own.rows), Block::default());
                own.links[link].children(&own.links, parent, counts, &mut block, list);
            }
        }
        let own = &self.recipe.tables[table];
        own.links[link].children(&own.links, parent, (own.written, own.rows), block, list);
    }

    /// When each of the rows in hand happened, in microseconds; at present where that is missing.
    pub(super) fn happened(self, frame: &mut Frame, then: &Then, moments: &mut Vec<i64>) {
        self.make(frame, then.by);
        let (from, rows) = (frame.base, frame.rows.len());
        self.moments(frame, then.by, from..from + rows, 0, self.recipe.clock, moments);
    }

    /// Adds from when until when the rows of groups are there, those from one on.
    pub(super) fn stays(self, table: usize, then: &Then, first: usize, groups: &mut Groups) {
        let mut other = groups.frame.take().unwrap_or_else(|| self.recipe.frame(table));
        let there = Here { table, depth: self.depth + 1, ..self };
        groups.stays.truncate(first);
        for rows in groups.rows[first..].chunks(STRETCH as usize) {
            let mut list = other.list();
            list.extend_from_slice(rows);
            other.turn(Rows::List(list));
            let mut bound = |column: Option<usize>, more, missing| {
                let mut moments = Vec::new();
                let Some(column) = column else { return vec![missing; rows.len()] };
                there.make(&mut other, column);
                let places = other.base..other.base + rows.len();
                there.moments(&other, column, places, more, missing, &mut moments);
                moments
            };
            let since = bound(then.since, 0, i64::MIN);
            // A last day is there to its end.
            let until = bound(then.until, DAY - 1, i64::MAX);
            groups.stays.extend(since.into_iter().zip(until));
        }
        groups.frame = Some(other);
    }

    /// Rows with certain values that were there when each of the rows in hand happened.
    pub(in crate::generate) fn with_values_then(
        self,
        frame: &mut Frame,
        link: &Link,
        (switch, weights): (&Switch, Option<&[f64]>),
        then: &Then,
        kin: &mut Kin,
        list: &mut Vec<u64>,
    ) {
        let mut moments = Vec::new();
        self.happened(frame, then, &mut moments);
        let recipe = self.recipe();
        let children = (recipe.rows - recipe.written).max(1);
        let stretches = (link.parents - link.first).div_ceil(STRETCH).max(1);
        for (place, moment) in moments.into_iter().enumerate() {
            let row = frame.rows.at(place);
            // The stretches in the order of the rows that refer to them: each is found once.
            let nth = row.saturating_sub(recipe.written).min(children - 1);
            let stretch = u128::from(nth) * u128::from(stretches) / u128::from(children);
            let stretch = stretch as u64;
            let found = &mut kin.found;
            if found.number != stretch + 1 {
                self.find(link, (switch, weights), (stretch, stretches), found);
                let mut groups =
                    Groups { rows: std::mem::take(&mut found.rows), ..Groups::default() };
                self.stays(link.target, then, 0, &mut groups);
                (found.rows, found.stays) = (groups.rows, groups.stays);
            }
            let likely = |at: usize| found.weights.get(at).copied().unwrap_or(1.0);
            let there = |at: &usize| (found.stays[*at].0..=found.stays[*at].1).contains(&moment);
            let those = (0..found.rows.len()).filter(there);
            let all: f64 = those.clone().map(likely).sum();
            let mut left = (link.draw.bits(row) >> 11) as f64 / (1_u64 << 53) as f64 * all;
            let mut chosen = None;
            for at in those {
                chosen = Some(at);
                left -= likely(at);
                if left < 0.0 {
                    break;
                }
            }
            if let Some(at) = chosen.or_else(|| nearest(&found.stays, moment)) {
                list.push(found.rows[at]);
                continue;
            }
            list.push(link.first + link.draw.below(row, link.parents - link.first));
            if link.open {
                kin.none.resize(frame.rows.len(), false);
                kin.none[place] = true;
            }
        }
    }

    /// The moments of a column, in microseconds; `more` is what a day comes to besides its first.
    fn moments(
        self,
        frame: &Frame,
        column: usize,
        places: std::ops::Range<usize>,
        more: i64,
        missing: i64,
        moments: &mut Vec<i64>,
    ) {
        let is_date = self.recipe().columns[column].column.kind == Kind::Date;
        let (unit, more) = if is_date { (DAY, more) } else { (1, 0) };
        let lane = &frame.lanes[column];
        let Values::Int(values) = &lane.values else {
            moments.resize(moments.len() + places.len(), missing);
            return;
        };
        moments.extend(places.map(|at| {
            let value = || values[at].saturating_mul(unit).saturating_add(more);
            if lane.holds(at) { value() } else { missing }
        }));
    }
}

/// Who is there nearest to a moment at which nobody is, as a place among them all.
pub(super) fn nearest(stays: &[(i64, i64)], moment: i64) -> Option<usize> {
    let away =
        |stay: &(i64, i64)| stay.0.saturating_sub(moment).max(moment.saturating_sub(stay.1)).max(0);
    (0..stays.len()).min_by_key(|place| away(&stays[*place]))
}
