//! [`Following`]: moments that follow others.

use peyote_schemas::Kind;
use peyote_schemas::behaviour::Opening;
use peyote_schemas::value::moment::DAY;

use super::chance::alias::Alias;
use super::draw::Draw;
use super::frame::{Frame, Rows, View, take_away};
use super::link::Tie;
use super::maker::{Amount, hours_of, is_on};
use super::recipe::{Here, Route};
use super::story::Gap;
use super::switch::Switch;
use crate::lane::{Lane, Values};

/// Moments that follow others.
#[derive(Debug)]
pub(super) struct Following {
    pub(super) of: Route,
    /// The moment before which none comes, where rows come behind others.
    pub(super) since: Option<i64>,
    /// How long after; anywhere up to `until` where there is none.
    pub(super) delay: Option<Span>,
    /// How long after where another column has certain values.
    pub(super) given: Option<(Switch, Vec<Span>)>,
    /// The link whose parent's rows share the time between the two.
    pub(super) turn: Option<usize>,
    /// Hours of the day by their weights, where it comes anywhere.
    pub(super) hours: Option<Alias>,
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
    #[inline]
    pub(super) fn micros(&self, draw: Draw, row: u64) -> i64 {
        self.held(self.amount.at(draw, row))
    }

    /// Adds how long it takes on each row.
    fn all(&self, draw: Draw, rows: &Rows, out: &mut Vec<i64>) {
        self.amount.all(draw, rows, out, |number| self.held(number));
    }

    #[inline]
    fn held(&self, number: f64) -> i64 {
        (number * self.unit as f64).max(0.0) as i64
    }
}

/// A moment of a lane in microseconds.
#[inline]
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

/// How many grains a moment is from 1970, rounded down.
#[inline]
fn grains(micros: i64, grain: i64) -> i64 {
    /// Microseconds of a second, and of a minute.
    const SECOND: i64 = 1_000_000;
    const MINUTE: i64 = 60 * SECOND;
    // What is divided by most often is known, which is several times as fast.
    match grain {
        1 => micros,
        SECOND => micros.div_euclid(SECOND),
        MINUTE => micros.div_euclid(MINUTE),
        DAY => micros.div_euclid(DAY),
        _ => micros.div_euclid(grain),
    }
}

/// The multiple of a grain that is nearest, but not before `least`.
#[inline]
pub(super) fn grained(micros: i64, grain: i64, least: i64) -> i64 {
    let nearest = grains(micros.saturating_add(grain / 2), grain).saturating_mul(grain);
    if nearest >= least {
        return nearest;
    }
    let below = grains(least, grain);
    below.saturating_add(i64::from(below.wrapping_mul(grain) != least)) * grain
}

/// The draws of moments that follow others.
struct Draws {
    delay: Draw,
    between: Draw,
    hour: Draw,
}

impl Following {
    /// A moment of the same day at an hour when things happen, as far as that is within bounds.
    fn at_hour(&self, draw: Draw, row: u64, at: i64, (from, until): (i64, i64)) -> i64 {
        const HOUR: i64 = DAY / 24;
        let Some(hours) = &self.hours else { return at };
        let hour = i64::from(hours.pick(draw.bits(row)));
        let moved = at.div_euclid(DAY) * DAY + hour * HOUR + at.rem_euclid(HOUR);
        if (from..until).contains(&moved) { moved } else { at }
    }

    /// A moment of the day `at` lies on, at an hour when things happen and the minute of `after`; of
    /// the next day that is open where that had gone by.
    fn on_the_hour(&self, draw: Draw, row: u64, (at, after): (i64, i64), floor: i64) -> i64 {
        const HOUR: i64 = DAY / 24;
        let Some(hours) = self.hours.as_ref().filter(|_| self.grain < DAY) else { return at };
        let minute = grained(after, self.grain, floor).rem_euclid(HOUR);
        let moved = i64::from(hours.pick(draw.bits(row))) * HOUR + minute;
        let today = at.div_euclid(DAY) * DAY;
        if today + moved >= floor {
            return today + moved;
        }
        next_open(&self.open, today + DAY).div_euclid(DAY) * DAY + moved
    }

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
        let gaps: Vec<(&Gap, Vec<bool>)> =
            self.gaps.iter().map(|gap| (gap, gap.chosen.mask(here, frame))).collect();
        let mut classes = Vec::new();
        if let Some((switch, _)) = &self.given {
            switch.sort(here, frame, &mut classes);
        }
        if let Some(link) = self.turn {
            here.tie(frame, link);
        }
        let draws = Draws { delay: draw, between: draw.named("between"), hour: draw.named("hour") };
        let mut delays = Vec::new();
        if let (Some(delay), None) = (&self.delay, &self.given) {
            delay.all(draws.delay, &frame.rows, &mut delays);
        }
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
            let turns = self.turn.and_then(|link| {
                let Tie::Fan(fanout) = &here.recipe().links[link].tie else { return None };
                Some((frame.kin.get(link)?.as_deref()?, fanout))
            });
            for place in 0..frame.rows.len() {
                let row = frame.rows.at(place);
                let turn = turns.map_or((0, 1), |(kin, fanout)| {
                    let nth = kin.nth.get(place).copied().unwrap_or(0);
                    (nth, fanout.count(kin.row(place)).max(nth + 1))
                });
                let class = classes.get(place).copied().unwrap_or(0) as usize;
                let given =
                    self.given.as_ref().and_then(|(_, given)| given.get(class.wrapping_sub(1)));
                let delay = delays.get(place).copied().or_else(|| {
                    let delay = given.or(self.delay.as_ref());
                    delay.map(|delay| delay.micros(draws.delay, row))
                });
                let from = micros(&of, of_kind, place).map(|at| at.max(self.since.unwrap_or(at)));
                let bound = match (&self.until, &until) {
                    (Bound::At(at), _) => Some(*at),
                    (_, Some((view, kind))) => micros(view, kind, place),
                    _ => None,
                };
                let until = bound.unwrap_or(here.recipe.clock);
                let mut moment = from.and_then(|from| {
                    let (from, until) = within((from, until), turn);
                    self.moment(&draws, row, (from, until), delay)
                });
                for (gap, _) in gaps.iter().filter(|(_, mask)| mask[place]) {
                    let after = from.unwrap_or(gap.from);
                    moment = moment
                        .and_then(|at| self.past(gap, draws.between, (row, at), after, until));
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

    fn moment(
        &self,
        draws: &Draws,
        row: u64,
        (from, until): (i64, i64),
        delay: Option<i64>,
    ) -> Option<i64> {
        // A day holds what happened on it: its own begins before.
        let floor = if self.grain >= DAY { grains(from, self.grain) * self.grain } else { from };
        let anywhere = || {
            let room = until.saturating_sub(floor).max(0) as u64;
            let at = floor + draws.between.below(row, room) as i64;
            let at = self.at_hour(draws.hour, row, at, (floor, until));
            grains(at, self.grain).saturating_mul(self.grain).max(floor)
        };
        let Some(delay) = delay else { return Some(anywhere()) };
        let after = from.saturating_add(delay);
        let at = grained(next_open(&self.open, after), self.grain, floor);
        // To the nearest grain it may come to lie on the hour of closing.
        let at = if self.grain < DAY { next_open(&self.open, at) } else { at };
        let at = self.on_the_hour(draws.hour, row, (at, after), floor);
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

/// The part of a span that is a row's own, where so many share it in their order.
fn within((from, until): (i64, i64), (nth, many): (u64, u64)) -> (i64, i64) {
    let room = i128::from(until.saturating_sub(from).max(0));
    let upto = |nth: u64| from + (room * i128::from(nth) / i128::from(many)) as i64;
    if many < 2 { (from, until) } else { (upto(nth), upto(nth + 1)) }
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
