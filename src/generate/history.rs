//! [`History`]: rows that follow each other in time, those of one parent without gaps.

use peyote_schemas::Kind;
use peyote_schemas::value::moment::DAY;

use super::draw::Draw;
use super::follow::{Bound, held, micros};
use super::frame::{Frame, take_away};
use super::link::Tie;
use super::recipe::Here;
use crate::lane::{Lane, Values};

/// Rows that follow each other in time.
#[derive(Debug)]
pub(super) struct History {
    /// The relation to whom they are about.
    pub(super) link: usize,
    /// When the first one of each begins.
    pub(super) since: Bound,
    /// Before when all begin, in microseconds.
    pub(super) until: i64,
    /// What bounds are multiples of, in microseconds.
    pub(super) grain: i64,
    pub(super) draw: Draw,
}

/// A column of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// When a row begins to hold.
    From,
    /// When it ends.
    To,
    /// Whether it is the last.
    Current,
}

impl History {
    pub(super) fn fill(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        part: Part,
        kind: &Kind,
        lane: &mut Lane,
    ) {
        here.tie(frame, self.link);
        if let Bound::Column(route) = &self.since {
            here.reach(frame, route);
        }
        let since = match &self.since {
            Bound::At(_) => None,
            Bound::Column(route) => {
                frame.view(&route.links, route.column).map(|view| (view, here.kind(route)))
            }
        };
        let Some(Some(kin)) = frame.kin.get(self.link).map(Option::as_deref) else { return };
        let link = &here.recipe().links[self.link];
        let Tie::Fan(fanout) = &link.tie else { return };
        let from = lane.values.len();
        let mut last = Vec::new();
        for place in 0..frame.rows.len() {
            let parent = kin.row(place);
            let nth = kin.nth.get(place).copied().unwrap_or(0);
            let many = fanout.count(parent.saturating_sub(link.first)).max(nth + 1);
            let start = match (&self.since, &since) {
                (Bound::At(at), _) => Some(*at),
                (_, Some((view, kind))) => micros(view, kind, place),
                _ => None,
            };
            let start = start.unwrap_or(self.until - DAY);
            let is_last = nth + 1 == many;
            match (part, &mut lane.values) {
                (Part::Current, Values::Bool(values)) => values.push(is_last),
                (Part::From, Values::Int(values)) => {
                    values.push(held(self.bound(parent, start, nth, many), kind));
                }
                (Part::To, Values::Int(values)) => {
                    if is_last {
                        last.push(from + place);
                    }
                    values.push(held(self.bound(parent, start, nth + 1, many), kind));
                }
                _ => return,
            }
        }
        for place in last {
            take_away(lane, place);
        }
    }

    /// When the *n*-th of a parent's rows begins: each at a moment of its own in its part of the
    /// time that there is.
    fn bound(&self, parent: u64, start: i64, nth: u64, many: u64) -> i64 {
        let start = start.div_euclid(self.grain);
        if nth == 0 {
            return start * self.grain;
        }
        // Where there is too little time, every row has a grain of its own none the less.
        let room = (self.until.div_euclid(self.grain) - start).max(many as i64) as u64;
        let upto = |nth: u64| (u128::from(room) * u128::from(nth) / u128::from(many.max(1))) as u64;
        let (from, to) = (upto(nth), upto(nth + 1));
        let into = self.draw.numbered(parent).below(nth, (to - from).max(1));
        (start + (from + into) as i64) * self.grain
    }
}
