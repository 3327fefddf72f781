//! [`Following`]: moments that follow others.

use peyote_schemas::Kind;
use peyote_schemas::behaviour::Opening;
use peyote_schemas::value::moment::DAY;

use super::draw::Draw;
use super::frame::{Frame, View, take_away};
use super::maker::{Amount, hours_of, is_on};
use super::recipe::{Here, Route};
use super::story::Gap;
use crate::lane::{Lane, Values};

/// Moments that follow others.
#[derive(Debug)]
pub(super) struct Following {
    pub(super) of: Route,
    /// How long after; anywhere up to `until` where there is none.
    pub(super) delay: Option<Span>,
    pub(super) until: Bound,
    pub(super) open: Vec<Opening>,
    /// What it is a multiple of, in microseconds.
    pub(super) grain: i64,
    /// Whether it may be absent.
    pub(super) nullable: bool,
    /// When nothing happens.
    pub(super) gaps: Vec<Gap>,
}

/// How long something takes.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) amount: Amount,
    /// Microseconds of one.
    pub(super) unit: i64,
}

/// What a moment comes before.
#[derive(Debug)]
pub(super) enum Bound {
    /// A fixed one, in microseconds since 1970.
    At(i64),
    /// That of a column.
    Column(Route),
}

impl Span {
    /// How long it takes on a row, in microseconds.
    pub(super) fn micros(&self, draw: Draw, row: u64) -> i64 {
        (self.amount.at(draw, row) * self.unit as f64).max(0.0) as i64
    }
}

/// A moment of a lane in microseconds.
pub(super) fn micros(view: &View<'_>, kind: &Kind, place: usize) -> Option<i64> {
    let at = view.at(place)?;
    match &view.lane.values {
        Values::Int(values) if *kind == Kind::Date => values[at].checked_mul(DAY),
        Values::Int(values) => Some(values[at]),
        _ => None,
    }
}

/// Microseconds as a lane of a kind holds them.
pub(super) fn held(micros: i64, kind: &Kind) -> i64 {
    match kind {
        Kind::Date => micros.div_euclid(DAY),
        Kind::Time => micros.rem_euclid(DAY),
        _ => micros,
    }
}

/// The multiple of a grain that is nearest, but not before `least`.
pub(super) fn grained(micros: i64, grain: i64, least: i64) -> i64 {
    let nearest = micros.saturating_add(grain / 2).div_euclid(grain).saturating_mul(grain);
    if nearest >= least {
        return nearest;
    }
    least.div_euclid(grain).saturating_add(i64::from(least.rem_euclid(grain) != 0)) * grain
}

impl Following {
    pub(super) fn fill(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        draw: Draw,
        kind: &Kind,
        lane: &mut Lane,
    ) {
        here.reach(frame, &self.of);
        if let Bound::Column(route) = &self.until {
            here.reach(frame, route);
        }
        let between = draw.named("between");
        let gaps: Vec<(&Gap, Vec<bool>)> =
            self.gaps.iter().map(|gap| (gap, gap.chosen.mask(here, frame))).collect();
        let mut moments: Vec<Option<i64>> = Vec::with_capacity(frame.rows.len());
        {
            let Some(of) = frame.view(&self.of.links, self.of.column) else { return };
            let of_kind = here.kind(&self.of);
            let until = match &self.until {
                Bound::At(_) => None,
                Bound::Column(route) => {
                    let view = frame.view(&route.links, route.column);
                    view.map(|view| (view, here.kind(route)))
                }
            };
            for place in 0..frame.rows.len() {
                let row = frame.rows.at(place);
                let from = micros(&of, of_kind, place);
                let bound = match (&self.until, &until) {
                    (Bound::At(at), _) => Some(*at),
                    (_, Some((view, kind))) => micros(view, kind, place),
                    _ => None,
                };
                let until = bound.unwrap_or(here.recipe.clock);
                let mut moment = from.and_then(|from| self.moment(draw, between, row, from, until));
                for (gap, _) in gaps.iter().filter(|(_, mask)| mask[place]) {
                    let after = from.unwrap_or(gap.from);
                    moment = moment.and_then(|at| self.past(gap, between, (row, at), after, until));
                }
                moments.push(moment);
            }
        }
        let from = lane.values.len();
        let Values::Int(values) = &mut lane.values else { return };
        values.extend(moments.iter().map(|at| held(at.unwrap_or(0), kind)));
        for (place, moment) in moments.iter().enumerate() {
            if moment.is_none() {
                take_away(lane, from + place);
            }
        }
    }

    fn moment(&self, draw: Draw, between: Draw, row: u64, from: i64, until: i64) -> Option<i64> {
        // A day holds what happened on it: its own begins before.
        let floor = if self.grain >= DAY { from.div_euclid(self.grain) * self.grain } else { from };
        let anywhere = || {
            let room = until.saturating_sub(floor).max(0) as u64;
            let at = floor + between.below(row, room) as i64;
            at.div_euclid(self.grain).saturating_mul(self.grain).max(floor)
        };
        let Some(delay) = &self.delay else { return Some(anywhere()) };
        let after = from.saturating_add(delay.micros(draw, row));
        let at = grained(next_open(&self.open, after), self.grain, floor);
        match at < until {
            true => Some(at),
            false if self.nullable => None,
            false => Some(anywhere()),
        }
    }
}

impl Following {
    /// A moment that is not in a gap: where nobody says how long after another it is, anywhere else;
    /// else soon after the gap.
    fn past(
        &self,
        gap: &Gap,
        between: Draw,
        (row, at): (u64, i64),
        from: i64,
        until: i64,
    ) -> Option<i64> {
        if !(gap.from..gap.to).contains(&at) {
            return Some(at);
        }
        let anew = between.named("gap");
        let end = grained(gap.to, self.grain, gap.to);
        if self.delay.is_none() {
            let before = (gap.from - from).max(0);
            let room = before + (until - end).max(0);
            let step = anew.below(row, room.max(0) as u64) as i64;
            let other = if step < before { from + step } else { end + step - before };
            let other = other.div_euclid(self.grain) * self.grain;
            if other >= from && other < until && !(gap.from..gap.to).contains(&other) {
                return Some(other);
            }
        }
        let room = (gap.to - gap.from).min(until - end);
        let later = end + anew.below(row, room.max(1) as u64) as i64;
        let later = grained(later, self.grain, end);
        if later < until { Some(later) } else { (!self.nullable).then_some(end) }
    }
}

/// The first moment from one on at which it is open.
fn next_open(open: &[Opening], from: i64) -> i64 {
    if open.is_empty() {
        return from;
    }
    let today = from.div_euclid(DAY);
    for day in today..today + 8 {
        let start = from.max(day * DAY) - day * DAY;
        let hours = open.iter().filter(|opening| is_on(opening, day)).map(hours_of);
        let next = hours.filter(|(_, to)| start < *to).map(|(from, _)| from.max(start)).min();
        if let Some(next) = next {
            return day * DAY + next;
        }
    }
    from
}
