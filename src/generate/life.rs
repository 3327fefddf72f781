//! [`Way`] and [`Life`]: the way of rows through stages, and the moments at which they reach them.

use peyote_schemas::Kind;

use super::draw::Draw;
use super::follow::{Span, grained, held, micros};
use super::formula::{Data, Expr};
use super::frame::{Frame, take_away};
use super::recipe::{Here, Route};
use super::story::{Bent, Turn};
use crate::lane::{Lane, Values};

/// The way of a table's rows through stages.
#[derive(Debug)]
pub(super) struct Way {
    /// When the first stage begins.
    pub(super) start: Option<Route>,
    /// The moment before which none begins, where rows come behind others.
    pub(super) since: Option<i64>,
    pub(super) stages: Vec<Stage>,
    /// What stages go by.
    pub(super) conditions: Vec<Expr>,
    /// Rows that go another way.
    pub(super) story: Vec<Bent>,
}

/// A stage of a way.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) name: String,
    /// The stage before; none for the first.
    pub(super) before: Option<usize>,
    /// Of the draws after the stage before, those that come here: from, and up to.
    pub(super) draws: (f64, f64),
    pub(super) delay: Option<Span>,
    /// What its moment is a multiple of, in microseconds.
    pub(super) grain: i64,
    /// Whether every row of the stage before has to come here.
    pub(super) must: bool,
    /// The condition where a row of the stage before has to come here.
    pub(super) when: Option<usize>,
    pub(super) draw: Draw,
}

/// How far the rows in hand have come.
#[derive(Debug, Default)]
pub(super) struct Life {
    pub(super) ready: bool,
    /// The last stage of each.
    last: Vec<u32>,
    /// For each stage the moment at which each row reached it; none where it did not, or nobody
    /// knows when.
    moments: Vec<Vec<Option<i64>>>,
}

impl Here<'_> {
    /// Fills a lane with the names of the stages that the rows in hand have come to, or with the
    /// moments of one.
    pub(super) fn walk_to(
        self,
        frame: &mut Frame,
        way: usize,
        stage: Option<usize>,
        kind: &Kind,
        lane: &mut Lane,
    ) {
        self.walk(frame, way);
        let stages = &self.recipe().ways[way].stages;
        let from = lane.values.len();
        let Some(Some(life)) = frame.lives.get(way).map(Option::as_deref) else { return };
        match (stage, &mut lane.values) {
            (None, Values::Word { words, picks }) => {
                let place = |stage: &Stage| {
                    (0..words.len()).find(|at| words.bytes(*at) == stage.name.as_bytes())
                };
                let places: Vec<u32> =
                    stages.iter().map(|stage| place(stage).unwrap_or(0) as u32).collect();
                picks.extend(life.last.iter().map(|stage| places[*stage as usize]));
            }
            (None, Values::Text { ends, bytes }) => {
                for stage in &life.last {
                    bytes.extend_from_slice(stages[*stage as usize].name.as_bytes());
                    ends.push(bytes.len() as u32);
                }
            }
            (Some(stage), Values::Int(values)) => {
                let moments = &life.moments[stage];
                values.extend(moments.iter().map(|at| held(at.unwrap_or(0), kind)));
                for (place, moment) in moments.iter().enumerate() {
                    if moment.is_none() {
                        take_away(lane, from + place);
                    }
                }
            }
            _ => {}
        }
    }

    fn walk(self, frame: &mut Frame, at: usize) {
        if frame.lives[at].as_ref().is_some_and(|life| life.ready) {
            return;
        }
        let way = &self.recipe().ways[at];
        let clock = self.recipe.clock;
        let mut life = frame.lives[at].take().unwrap_or_default();
        life.ready = true;
        life.last.clear();
        life.moments.resize_with(way.stages.len(), Vec::new);
        let rows = frame.rows.len();
        for moments in &mut life.moments {
            moments.clear();
            moments.resize(rows, None);
        }
        let starts = way.start.as_ref().and_then(|route| {
            let view = self.view(frame, route)?;
            let start = |place| micros(&view, self.kind(route), place);
            Some((0..rows).map(start).collect::<Vec<_>>())
        });
        let bent: Vec<(&Bent, Vec<bool>)> =
            way.story.iter().map(|bent| (bent, bent.chosen.mask(self, frame))).collect();
        let holds: Vec<Vec<bool>> =
            way.conditions.iter().map(|when| self.holds(frame, when)).collect();
        let sure: Vec<&[bool]> = (way.stages.iter())
            .map(|stage| stage.when.map_or(&[][..], |when| holds[when].as_slice()))
            .collect();
        let draws: Vec<Draw> = way.stages.iter().map(|stage| stage.draw.named("next")).collect();
        for place in 0..frame.rows.len() {
            let row = frame.rows.at(place);
            let start = starts.as_ref().map(|starts| starts[place]);
            let mut now = 0;
            let mut when = start.flatten().map(|at| at.max(way.since.unwrap_or(at)));
            if let (Some(first), Some(at)) = (way.stages.first(), when) {
                let delay = first.delay.as_ref().map_or(0, |delay| delay.micros(first.draw, row));
                when = Some(grained(at.saturating_add(delay), first.grain, at.min(clock)));
            }
            life.moments[0][place] = when;
            let turns = || bent.iter().filter(|(_, mask)| mask[place]).map(|(bent, _)| *bent);
            let sure = |stage: usize| sure[stage].get(place).copied().unwrap_or(false);
            let mut next = way.bent(now, (row, draws[now].unit(row)), &sure, turns());
            while let Some(stage) = next {
                let here = &way.stages[stage];
                let then = when.map(|when| {
                    let delay = here.delay.as_ref().map_or(0, |delay| delay.micros(here.draw, row));
                    grained(when.saturating_add(delay), here.grain, when)
                });
                let then = match (then, when) {
                    (Some(then), Some(when)) if then >= clock => {
                        if !here.must {
                            break;
                        }
                        Some(when.midpoint(clock.max(when)))
                    }
                    (then, _) => then,
                };
                life.moments[stage][place] = then;
                (now, when) = (stage, then);
                next = way.bent(now, (row, draws[now].unit(row)), &sure, turns());
            }
            life.last.push(now as u32);
        }
        frame.lives[at] = Some(life);
    }
}

impl Here<'_> {
    /// On which of the rows in hand a condition holds.
    fn holds(self, frame: &mut Frame, when: &Expr) -> Vec<bool> {
        let vector = self.work(frame, when);
        let Data::Truth(mut truths) = vector.data else { return Vec::new() };
        for (truth, none) in truths.iter_mut().zip(vector.none) {
            *truth &= !none;
        }
        truths
    }
}

impl Way {
    /// The stage that a row goes on to after one, where some go another way.
    fn bent<'b>(
        &self,
        now: usize,
        (row, unit): (u64, f64),
        sure: &impl Fn(usize) -> bool,
        bent: impl Iterator<Item = &'b Bent>,
    ) -> Option<usize> {
        let mut next = self.next(now, unit, sure);
        for Bent { stage, turn, draw, .. } in bent {
            let follows = self.stages[*stage].before == Some(now);
            let free = next.is_none_or(|next| !self.stages[next].must && !sure(next));
            let (more, share) = match turn {
                Turn::More(share) => (true, *share),
                Turn::Fewer(share) => (false, *share),
            };
            let turns = follows && free && more == (next != Some(*stage));
            if turns && draw.is_within(row, share) {
                next = more.then_some(*stage);
            }
        }
        next
    }

    /// The stage that a row goes on to after one, by a draw of it.
    fn next(&self, now: usize, unit: f64, sure: &impl Fn(usize) -> bool) -> Option<usize> {
        let follows = |at: &usize| self.stages[*at].before == Some(now);
        let drawn = |at: &usize| {
            let (from, to) = self.stages[*at].draws;
            self.stages[*at].must || (from <= unit && unit < to)
        };
        // Stages follow only stages that stand before them, so every way ends.
        let mut next = (now + 1..self.stages.len()).filter(follows);
        let mut certain = next.clone();
        certain.find(|at| sure(*at)).or_else(|| next.find(drawn))
    }
}
