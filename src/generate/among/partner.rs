//! Partners: rows of which no two children of one parent have the same, drawn by favour, from among
//! those that are there.

use std::collections::BTreeMap;

use peyote_schemas::Kind;
use peyote_schemas::value::moment::DAY;

use crate::generate::chance::zipf::Zipf;
use crate::generate::draw::Draw;
use crate::generate::follow::micros;
use crate::generate::frame::{Frame, Kin, Rows};
use crate::generate::link::Link;
use crate::generate::maker::Maker;
use crate::generate::recipe::{Here, Route};
use crate::generate::shuffle::Shuffle;

/// How often partners are drawn before the least of those left is taken: as often whichever of them is
/// asked for, so that all who ask have the same order.
const PARTNERS: u64 = 16 * 64;
/// How often partners that turn out to be gone are drawn anew: more often only where nearly all are gone.
const ROUNDS: usize = 64;

/// Who is taken more often: ranks, and whose they are.
pub(in crate::generate) type Skew = (Zipf, Shuffle);

/// When partners are there.
#[derive(Debug)]
pub(in crate::generate) struct Shelf {
    /// When the row happens.
    pub(in crate::generate) by: Route,
    /// The rising column of the other table that says since when a row of it is there.
    pub(in crate::generate) since: usize,
    /// Its column that says until when, absent for what is there to stay.
    pub(in crate::generate) until: Option<usize>,
}

/// The partners of a row, drawn one after the other.
#[derive(Debug, Default)]
struct Met {
    /// Whose they are.
    of: Option<u64>,
    ranks: Vec<u64>,
    tried: u64,
}

/// A draw of each row in hand, and what the place of the row comes to by it.
struct Drawn {
    /// Whose each is, which of them, and their draw.
    each: Vec<(u64, u64, Draw)>,
    known: Vec<u64>,
    /// The place of each among the rows in hand.
    places: Vec<usize>,
}

/// Who is there when a row happens.
struct Open {
    /// The moment, in days or microseconds as the other table tells them; none where nobody knows.
    at: Option<i64>,
    /// How many of the other rows have come by then.
    many: u64,
}

impl Drawn {
    fn new(other: &Kin, rows: usize, draw: Draw, ranks: &Zipf) -> Self {
        // As good as always a child's partner is what the draw of its place comes to: those are worked
        // out for all, a step at a time.
        let mut each = Vec::with_capacity(rows);
        let mut units = Vec::with_capacity(rows);
        for place in 0..rows {
            let nth = other.nth.get(place).copied().unwrap_or(0);
            let of = other.row(place);
            let draw = match each.last() {
                Some((before, _, draw)) if *before == of => *draw,
                _ => draw.numbered(of),
            };
            each.push((of, nth, draw));
            units.push(draw.unit(nth));
        }
        let mut known = Vec::with_capacity(rows);
        ranks.known_ranks(&units, &mut known);
        Self { each, known, places: (0..rows).collect() }
    }

    /// What a draw of the parent of one of them comes to, 0 where that is not worked out: each child stands
    /// for the draw of its place, whoever meets it.
    #[inline]
    fn known_of(&self, at: usize, tried: u64) -> u64 {
        let (of, nth, _) = self.each[at];
        let Some(place) = (at + tried as usize).checked_sub(nth as usize) else { return 0 };
        match self.each.get(place) {
            Some((other, other_nth, _)) if *other == of && *other_nth == tried => self.known[place],
            _ => 0,
        }
    }

    /// The same with the children of a parent before a row in hand that are not, if they are wanted: by
    /// them goes whom that row meets.
    fn with_those_before(self, wanted: bool) -> Self {
        let follows = |at: usize| {
            let ((of, nth, _), before) = (self.each[at], at.checked_sub(1).map(|at| self.each[at]));
            nth == 0 || before.is_some_and(|(other, last, _)| other == of && last + 1 == nth)
        };
        if !wanted || (0..self.each.len()).all(follows) {
            return self;
        }
        let mut all = Self { each: Vec::new(), known: Vec::new(), places: Vec::new() };
        for at in 0..self.each.len() {
            let (of, nth, draw) = self.each[at];
            for before in (0..nth).filter(|_| !follows(at)) {
                all.each.push((of, before, draw));
                all.known.push(0);
                all.places.push(at);
            }
            all.each.push(self.each[at]);
            all.known.push(self.known[at]);
            all.places.push(at);
        }
        all
    }
}

impl Here<'_> {
    /// Adds a partner of each row in hand to a list: whichever child of its parent it is, by another
    /// link, no two of a parent's alike, some of whom are taken more often.
    pub(in crate::generate) fn partners(
        self,
        frame: &mut Frame,
        link: &Link,
        (with, skew, shelf): (usize, &Skew, Option<&Shelf>),
        list: &mut Vec<u64>,
    ) {
        let open = shelf.map(|shelf| self.open(frame, link, shelf));
        let rows = frame.rows.len();
        let Some(Some(other)) = frame.kin.get(with).map(Option::as_deref) else { return };
        let (ranks, whose) = skew;
        let drawn = Drawn::new(other, rows, link.draw, ranks);
        let mut met = Met::default();
        let Some((shelf, open)) = shelf.zip(open) else {
            let from = list.len();
            list.extend(drawn.each.into_iter().zip(drawn.known).map(|((of, nth, draw), known)| {
                partner((of, draw), (nth, known), ranks, whose.len(), &mut met)
            }));
            whose.forward_all(&mut list[from..]);
            return;
        };
        let there = Here { table: link.target, depth: self.depth + 1, ..self };
        if let Some(until) = shelf.until
            && let Some(all) = there.all_kept(until)
        {
            // Who is gone is known of everyone: nobody has to be looked at.
            let is_date = there.recipe().columns[until].column.kind == Kind::Date;
            let last = |one: u64| {
                let last = all.number(one)?;
                let last = if is_date { last.checked_mul(DAY)? } else { last };
                Some(self.told(last, link, shelf))
            };
            let drawn = drawn.with_those_before(true);
            // Behind those before it stands each row's own.
            let from = list.len();
            list.resize(from + rows, 0);
            for at in 0..drawn.each.len() {
                list[from + drawn.places[at]] = present(at, &drawn, skew, (&open, last), &mut met);
            }
            return;
        }
        let drawn = drawn.with_those_before(shelf.until.is_some());
        let mut gone = BTreeMap::new();
        let known = |gone: &BTreeMap<u64, i64>, one: u64| gone.get(&one).copied();
        let mut taken: Vec<u64> = (0..drawn.each.len())
            .map(|at| present(at, &drawn, skew, (&open, |one| known(&gone, one)), &mut met))
            .collect();
        if let Some(until) = shelf.until {
            // What is gone is known by looking: whoever turns out to be is not drawn again.
            let mut frame = self.recipe.frame(link.target);
            let mut asked: Vec<usize> = (0..taken.len()).collect();
            for _ in 0..ROUNDS {
                frame.turn(Rows::List(asked.iter().map(|at| taken[*at]).collect()));
                there.make(&mut frame, until);
                let Some(view) = frame.view(&[], until) else { break };
                let kind = &there.recipe().columns[until].column.kind;
                let mut wrong = Vec::new();
                for (place, at) in asked.iter().enumerate() {
                    let last = micros(&view, kind, place).map(|last| there.told(last, link, shelf));
                    if let (Some(last), Some(then)) = (last, open[drawn.places[*at]].at)
                        && last < then
                    {
                        gone.insert(taken[*at], last);
                        wrong.push(drawn.each[*at].0);
                    }
                }
                if wrong.is_empty() {
                    break;
                }
                wrong.sort_unstable();
                // All of a parent's, as each goes by those before it.
                let is_wrong = |at: &usize| wrong.binary_search(&drawn.each[*at].0).is_ok();
                asked = (0..taken.len()).filter(is_wrong).collect();
                met = Met::default();
                for at in &asked {
                    let last = |one| known(&gone, one);
                    taken[*at] = present(*at, &drawn, skew, (&open, last), &mut met);
                }
            }
        }
        // Behind those before it stands each row's own.
        let mut own = vec![0; rows];
        for (at, one) in taken.into_iter().enumerate() {
            own[drawn.places[at]] = one;
        }
        list.append(&mut own);
    }

    /// Microseconds as the column tells moments that says since when a row of the other table is there.
    fn told(self, micros: i64, link: &Link, shelf: &Shelf) -> i64 {
        let since = &self.recipe.tables[link.target].columns[shelf.since];
        if since.column.kind == Kind::Date { micros.div_euclid(DAY) } else { micros }
    }

    /// Who is there when each of the rows in hand happens.
    fn open(self, frame: &mut Frame, link: &Link, shelf: &Shelf) -> Vec<Open> {
        let rows = frame.rows.len();
        let all = || Open { at: None, many: link.parents };
        let since = &self.recipe.tables[link.target].columns[shelf.since];
        let kind = self.kind(&shelf.by);
        let Maker::Moment(happens) = &since.maker else {
            return (0..rows).map(|_| all()).collect();
        };
        let Some(view) = self.view(frame, &shelf.by) else {
            return (0..rows).map(|_| all()).collect();
        };
        let (mut hint, mut last) = (0, None);
        let there = (0..rows).map(|place| {
            let Some(at) = micros(&view, kind, place) else { return all() };
            let at = self.told(at, link, shelf);
            // Neighbours have the same parent, and so the same moment.
            let many = match last {
                Some((known, many)) if known == at => many,
                _ => happens.there(at, &mut hint).min(link.parents),
            };
            last = Some((at, many));
            Open { at: Some(at), many }
        });
        there.collect()
    }
}

/// The partner of one of the rows in hand, of those who are there and not gone; `last` is until when
/// one is there, as far as that is known.
fn present(
    at: usize,
    drawn: &Drawn,
    (ranks, whose): &Skew,
    (open, last): (&[Open], impl Fn(u64) -> Option<i64>),
    met: &mut Met,
) -> u64 {
    let (of, nth, draw) = drawn.each[at];
    let open = &open[drawn.places[at]];
    let is_open = |one: u64| {
        let is_there = |then| last(one).is_none_or(|last| last >= then);
        one < open.many && open.at.is_none_or(is_there)
    };
    if met.of != Some(of) || met.ranks.len() as u64 != nth {
        *met = Met { of: Some(of), ..Met::default() };
    }
    while (met.ranks.len() as u64) < nth + 1 && met.tried < PARTNERS {
        let known = drawn.known_of(at, met.tried);
        let one = whose.forward(ranks.known_rank(draw, met.tried, known) - 1);
        if is_open(one) && !met.ranks.contains(&one) {
            met.ranks.push(one);
        }
        met.tried += 1;
    }
    // Else the first of those left, which are there if any is.
    let mut next = 0;
    while (met.ranks.len() as u64) < nth + 1 && next < whose.len() {
        if !met.ranks.contains(&next) {
            met.ranks.push(next);
        }
        met.of = None;
        next += 1;
    }
    met.ranks.last().copied().unwrap_or(0).min(whose.len().saturating_sub(1))
}

/// The rank of the *n*-th of a row's partners; what the *n*-th draw is taken for may be known.
fn partner(
    (of, draw): (u64, Draw),
    (nth, known): (u64, u64),
    ranks: &Zipf,
    all: u64,
    met: &mut Met,
) -> u64 {
    // The partners before are the same for the next one, as far as they were drawn.
    if met.of != Some(of) || met.ranks.len() as u64 != nth {
        met.of = Some(of);
        met.ranks.clear();
        met.tried = 0;
    }
    // As good as always the next one drawn is a new one; else the least of those left.
    while (met.ranks.len() as u64) < nth + 1 && met.tried < PARTNERS {
        let known = if met.tried == nth { known } else { 0 };
        let rank = ranks.known_rank(draw, met.tried, known) - 1;
        if !met.ranks.contains(&rank) {
            met.ranks.push(rank);
        }
        met.tried += 1;
    }
    let mut next = 0;
    while (met.ranks.len() as u64) < nth + 1 && next < all {
        if !met.ranks.contains(&next) {
            met.ranks.push(next);
        }
        met.of = None;
        next += 1;
    }
    met.ranks.last().copied().unwrap_or(0).min(all.saturating_sub(1))
}
