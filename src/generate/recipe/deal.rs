//! [`Deal`]: values dealt out to the rows of a table so that no two rows have all of them alike.
//!
//! What several columns can hold together is counted through: a combination is a number whose digits
//! are the places of the values in their columns. Each row has a number of its own, among all rows or
//! among those of one parent, a [`Shuffle`] leads from there to its combination, and the digits of that
//! say what the columns hold. So no two rows meet, whatever their number, and none knows of another.
//! Columns whose values are not alike in weight come last: a combination of the others that is had
//! again takes from them the next value that it did not have, drawn by their weights.

use std::sync::Arc;

use super::Here;
use crate::generate::chance::alias::Alias;
use crate::generate::chance::zipf::Zipf;
use crate::generate::draw::Draw;
use crate::generate::frame::Frame;
use crate::generate::link::Link;
use crate::generate::maker::Cells;
use crate::generate::shuffle::Shuffle;
use crate::lane::{Known, Lane, Values};

/// What is dealt out to the rows of a table.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Deal {
    /// The link whose parents each deal out to their own rows; none where all rows are dealt to.
    pub(super) within: Option<usize>,
    /// The first row that is dealt to, where all are.
    pub(super) from: u64,
    /// How many combinations there are of the even digits.
    pub(super) even: u64,
    /// The even ones, then those with weights.
    pub(super) digits: Vec<Digit>,
    pub(super) draw: Draw,
    /// The columns of the set.
    pub(super) set: Vec<usize>,
    /// The order in which combinations are dealt, where one is made of all of them.
    pub(super) order: Option<Arc<Order>>,
}

/// Combinations in the order in which they are drawn by their weights, none of them twice.
#[derive(Debug)]
pub(super) struct Order {
    /// So many rows have the first of them, in any order; those behind, one by one.
    pub(super) rows: u64,
    pub(super) places: Vec<u32>,
}

/// A column of what is dealt out.
#[derive(Debug, Clone)]
pub(super) struct Digit {
    /// How many values it has.
    pub(super) many: u64,
    pub(super) law: Law,
}

/// How often each value of a digit comes.
#[derive(Debug, Clone)]
pub(super) enum Law {
    /// All alike.
    Even,
    /// By weights.
    Weighed(Alias),
    /// By rank, and whose rank it is.
    Ranked(Zipf, Shuffle),
}

/// What a column holds by a digit.
#[derive(Debug)]
pub(super) struct Dealt {
    pub(super) deal: usize,
    pub(super) digit: usize,
    pub(super) source: Source,
}

/// The values of a digit.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// Words by their places.
    Words(Vec<u32>),
    /// Places in a list of values.
    Places(Lane),
    Truths,
    /// Units of a grid: the first, what one is, and by what it is divided where lanes hold fractions.
    Units {
        least: i64,
        unit: i64,
        per: f64,
    },
    /// Moments by their law, so many of them.
    Moments(Box<Cells>, u64),
    /// All moments that there are, and how many are before each stretch of them.
    AllMoments(Box<Cells>, Vec<u64>),
    /// What the column's own law gives, moved on to the next number of units that leaves the digit when
    /// it is divided by so many; not beyond the greatest.
    Rest {
        many: i64,
        most: i64,
        unit: i64,
        per: f64,
    },
}

impl Source {
    /// Whether the column's own law is asked first.
    pub(super) fn is_moved(&self) -> bool {
        matches!(self, Self::Rest { .. })
    }
}

impl Deal {
    /// Whether another deals the same to the same rows, as the numbers of those go on.
    pub(super) fn deals_as(&self, other: &Self) -> bool {
        let alike = |(one, other): (&Digit, &Digit)| {
            one.many == other.many
                && match (&one.law, &other.law) {
                    (Law::Weighed(one), Law::Weighed(other)) => one == other,
                    (Law::Even, Law::Even) | (Law::Ranked(..), Law::Ranked(..)) => true,
                    _ => false,
                }
        };
        let rows = |deal: &Self| deal.order.as_ref().map(|order| order.rows);
        (self.within, self.from, self.even) == (other.within, other.from, other.even)
            && rows(self) == rows(other)
            && self.digits.len() == other.digits.len()
            && self.digits.iter().zip(&other.digits).all(alike)
    }

    /// Adds a digit of each row in hand.
    pub(in crate::generate) fn digits(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        digit: usize,
        out: &mut Vec<u64>,
    ) {
        if let Some(link) = self.within {
            here.tie(frame, link);
        }
        let kin = self.within.and_then(|link| frame.kin.get(link)?.as_deref());
        if let Some(order) = &self.order {
            let below = self.digits[..digit].iter().map(|one| one.many.max(1)).product::<u64>();
            let many = self.digits[digit].many.max(1);
            let shuffle = Shuffle::new(self.draw, order.rows);
            out.extend((0..frame.rows.len()).map(|place| {
                let number = frame.rows.at(place).saturating_sub(self.from);
                let at = if number < order.rows { shuffle.forward(number) } else { number };
                let place = at as usize % order.places.len().max(1);
                u64::from(order.places.get(place).copied().unwrap_or(0)) / below % many
            }));
            return;
        }
        let Some(kin) = kin else {
            self.digits_of_all(frame, digit, out);
            return;
        };
        let mut known: Option<(u64, Shuffle)> = None;
        out.extend((0..frame.rows.len()).map(|place| {
            let (group, number) = (kin.row(place), kin.nth.get(place).copied().unwrap_or(0));
            let shuffle = match known {
                Some((of, shuffle)) if of == group => shuffle,
                _ => Shuffle::new(self.draw.numbered(group), self.even),
            };
            known = Some((group, shuffle));
            let even = self.even.max(1);
            let at = shuffle.forward(number % even);
            self.digit(digit, at, number / even, group)
        }));
    }

    /// Adds a digit of each row in hand where all rows are dealt to: a step at a time for all of them,
    /// as vectors take many side by side.
    fn digits_of_all(&self, frame: &Frame, digit: usize, out: &mut Vec<u64>) {
        let even = self.even.max(1);
        let from = out.len();
        let number = |row: u64| row.saturating_sub(self.from);
        frame.rows.each(out, |row| match number(row) {
            few if few < even => few,
            many => many % even,
        });
        let shuffle = Shuffle::new(self.draw.numbered(0), self.even);
        shuffle.forward_all(&mut out[from..]);
        // Even digits stand before the others.
        let is_even = |one: &Digit| matches!(one.law, Law::Even);
        if self.digits.iter().take(digit + 1).all(is_even)
            && let Some(one) = self.digits.get(digit)
        {
            let below = self.digits[..digit].iter().map(|one| one.many.max(1));
            let below = below.fold(1, u64::saturating_mul);
            let is_last = below.saturating_mul(one.many) >= even;
            for at in &mut out[from..] {
                let places = if below > 1 { *at / below } else { *at };
                *at = if is_last { places } else { places % one.many.max(1) };
            }
            return;
        }
        for (place, at) in out[from..].iter_mut().enumerate() {
            *at = self.digit(digit, *at, number(frame.rows.at(place)) / even, 0);
        }
    }

    /// A digit of a combination of the even ones that a group has for the *n*-th time.
    fn digit(&self, digit: usize, at: u64, nth: u64, group: u64) -> u64 {
        let (mut at, mut nth) = (at, nth);
        let mut draw = self.draw.named("weighed").numbered(group).numbered(at);
        for (place, one) in self.digits.iter().enumerate() {
            let many = one.many.max(1);
            if matches!(one.law, Law::Even) {
                if place == digit {
                    return at % many;
                }
                at /= many;
                continue;
            }
            let turn = nth % many;
            draw = draw.numbered(place as u64);
            if place == digit {
                return match &one.law {
                    Law::Even => 0,
                    Law::Weighed(alias) => {
                        next(many, turn, |again| u64::from(alias.pick(draw.bits(again))))
                    }
                    Law::Ranked(ranks, whose) => {
                        whose.forward(next(many, turn, |again| ranks.rank(draw, again) - 1))
                    }
                };
            }
            draw = draw.numbered(turn);
            nth /= many;
        }
        0
    }
}

impl Order {
    /// The order of all combinations of digits for so many rows: each combination comes up after a time
    /// that is the shorter the more it weighs (Efraimidis and Spirakis 2006).
    pub(super) fn new(weights: &[Vec<f64>], draw: Draw, rows: u64) -> Self {
        let all: usize = weights.iter().map(Vec::len).product();
        let mut times: Vec<u64> = (0..all as u32)
            .map(|place| {
                let mut rest = place as usize;
                let weight = weights.iter().fold(1.0, |weight, of| {
                    let own = of[rest % of.len()];
                    rest /= of.len();
                    weight * own
                });
                let share = (draw.bits(place.into()) >> 11) as f64 + 0.5;
                let time = -libm::log(share / (1_u64 << 53) as f64) / weight;
                // Times are above zero, so that their bits stand in their order.
                u64::from((time as f32).to_bits()) << 32 | u64::from(place)
            })
            .collect();
        times.sort_unstable();
        Self { rows, places: times.into_iter().map(|time| time as u32).collect() }
    }
}

/// The *n*-th of so many places of which none comes twice, as they are drawn.
fn next(many: u64, nth: u64, pick: impl Fn(u64) -> u64) -> u64 {
    /// Draws before the least of those left is taken: as many whichever is asked for, so that all
    /// who ask have the same order.
    const TRIES: u64 = 512;
    let mut found: Vec<u64> = Vec::with_capacity(nth as usize + 1);
    for again in 0..TRIES {
        let place = pick(again);
        if !found.contains(&place) {
            found.push(place);
            if found.len() as u64 > nth {
                return place;
            }
        }
    }
    let mut left = (0..many).filter(|place| !found.contains(place));
    left.nth((nth - found.len() as u64) as usize).unwrap_or(0)
}

impl Here<'_> {
    /// Adds the rows that a digit leads to, counted from behind the row of another link if there is one.
    pub(in crate::generate) fn deal_out(
        self,
        frame: &mut Frame,
        link: &Link,
        (deal, digit): (usize, usize),
        apart: Option<usize>,
        list: &mut Vec<u64>,
    ) {
        let Some(deal) = self.recipe().deals.get(deal) else { return };
        deal.digits(self, frame, digit, list);
        if let Some(apart) = apart {
            self.tie(frame, apart);
        }
        let other = apart.and_then(|apart| frame.kin.get(apart)?.as_deref());
        // Counted round as when the first rows were dealt to, whoever came since.
        let many = deal.digits.get(digit).map_or(1, |digit| digit.many);
        let open = many.saturating_add(u64::from(apart.is_some())).max(1);
        for (place, parent) in list.iter_mut().enumerate() {
            let behind = other.map_or(0, |other| other.row(place).saturating_sub(link.first) + 1);
            *parent = link.first + (behind + *parent) % open;
        }
    }
}

impl Dealt {
    /// Makes the values of the rows in hand, behind those that the lane holds, or moves those that
    /// stand there.
    pub(super) fn fill(&self, here: Here<'_>, frame: &mut Frame, lane: &mut Lane) {
        let mut digits = Vec::with_capacity(frame.rows.len());
        if let Some(deal) = here.recipe().deals.get(self.deal) {
            deal.digits(here, frame, self.digit, &mut digits);
        }
        let base = frame.base;
        lane.known = Known::default();
        match (&self.source, &mut lane.values) {
            (Source::Words(places), Values::Word { picks, .. }) => {
                let place = |digit: &u64| places.get(*digit as usize).copied();
                picks.extend(digits.iter().map(|digit| place(digit).unwrap_or(*digit as u32)));
            }
            (Source::Places(values), _) => {
                let place = |at: usize| Some(digits[at] as usize);
                crate::generate::maker::join(values, &mut { place }, digits.len(), lane);
            }
            (Source::Truths, Values::Bool(values)) => {
                values.extend(digits.iter().map(|digit| *digit == 1));
            }
            (Source::Units { least, unit, .. }, Values::Int(values)) => {
                let unit = |digit: &u64| least.wrapping_add(*digit as i64).wrapping_mul(*unit);
                values.extend(digits.iter().map(unit));
            }
            (Source::Units { least, unit, .. }, Values::Wide(values)) => {
                let unit = |digit: &u64| least.wrapping_add(*digit as i64).wrapping_mul(*unit);
                values.extend(digits.iter().map(|digit| i128::from(unit(digit))));
            }
            (Source::Units { least, per, .. }, Values::Float(values)) => {
                let units = |digit: &u64| least.wrapping_add(*digit as i64) as f64;
                values.extend(digits.iter().map(|digit| units(digit) / per));
            }
            (Source::Moments(cells, many), Values::Int(values)) => {
                values.extend(digits.iter().map(|digit| cells.stratum(*digit, *many)));
            }
            (Source::AllMoments(cells, before), Values::Int(values)) => {
                values.extend(digits.iter().map(|digit| cells.nth(*digit, before)));
            }
            (Source::Rest { many, most, unit, .. }, Values::Int(values)) => {
                for (value, digit) in values[base..].iter_mut().zip(&digits) {
                    let units = value.div_euclid(*unit);
                    *value = moved(units, *digit as i64, *many, *most).wrapping_mul(*unit);
                }
            }
            (Source::Rest { many, most, per, .. }, Values::Float(values)) => {
                for (value, digit) in values[base..].iter_mut().zip(&digits) {
                    let units = libm::round(*value * per) as i64;
                    *value = moved(units, *digit as i64, *many, *most) as f64 / per;
                }
            }
            _ => {}
        }
    }
}

/// The next number from one on that leaves a rest when it is divided, or where that is beyond the
/// greatest the one before it.
fn moved(units: i64, rest: i64, many: i64, most: i64) -> i64 {
    let next = units.saturating_add((rest - units.rem_euclid(many)).rem_euclid(many));
    if next > most { next - many } else { next }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn deal(evens: &[u64], weighed: &[&[f64]]) -> Deal {
        let even = |many: &u64| Digit { many: *many, law: Law::Even };
        let weighed = weighed.iter().map(|weights| Digit {
            many: weights.len() as u64,
            law: Law::Weighed(Alias::new(weights)),
        });
        Deal {
            within: None,
            from: 0,
            even: evens.iter().product(),
            digits: evens.iter().map(even).chain(weighed).collect(),
            draw: Draw::new(1, "t", "a,b"),
            set: Vec::new(),
            order: None,
        }
    }

    #[track_caller]
    fn assert_all_differ(deal: &Deal) {
        let all: u64 = deal.digits.iter().map(|digit| digit.many).product();
        for group in [0, 7] {
            let shuffle = Shuffle::new(deal.draw.numbered(group), deal.even);
            let combination = |number: u64| -> Vec<u64> {
                let at = shuffle.forward(number % deal.even);
                let digit = |place| deal.digit(place, at, number / deal.even, group);
                (0..deal.digits.len()).map(digit).collect()
            };
            let seen: BTreeSet<Vec<u64>> = (0..all).map(combination).collect();
            assert_eq!(seen.len() as u64, all);
            let within =
                |one: &Vec<u64>| one.iter().zip(&deal.digits).all(|(digit, of)| *digit < of.many);
            assert!(seen.iter().all(within));
        }
    }

    #[test]
    fn every_combination_comes_once() {
        assert_all_differ(&deal(&[3, 5, 7], &[]));
        assert_all_differ(&deal(&[12, 1, 31], &[&[1.0, 9.0]]));
        assert_all_differ(&deal(&[4], &[&[5.0, 1.0, 0.0, 1.0], &[1.0, 100.0, 3.0]]));
        assert_all_differ(&deal(&[], &[&[1.0, 2.0, 3.0]]));
    }

    #[test]
    fn number_is_moved_to_its_rest_within_bounds() {
        for units in -20..=40 {
            for rest in 0..7 {
                let there = moved(units, rest, 7, 40);
                assert!(there <= 40 && there.rem_euclid(7) == rest);
                assert!(there > units - 7 && there < units + 7);
            }
        }
    }
}
