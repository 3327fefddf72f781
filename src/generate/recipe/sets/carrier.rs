//! [`Carrier`]: a part of a set whose values can be dealt out, and as many of them as tell rows apart.

use std::collections::BTreeSet;

use peyote_schemas::behaviour::{Behaviour, Children, Size};

use super::super::ColumnRecipe;
use super::super::compile::{Bench, per_parent};
use super::super::deal::{Law, Source};
use super::{Group, Part};
use crate::generate::chance::alias::Alias;
use crate::generate::chance::zipf::Zipf;
use crate::generate::link::{Link, Tie};
use crate::generate::maker::{Maker, Numbers, Picks, Spread};
use crate::generate::shuffle::Shuffle;
use crate::lane::{Lane, Values};

/// The most combinations that are counted through; columns beyond that keep their own draws.
const MOST: u64 = 1 << 62;
/// How often a combination comes again at most, where what tells it apart is drawn by weights: what
/// was drawn before is drawn again for every row.
const AGAIN: u64 = 64;
/// Combinations that are put in an order before any row is made: 16 MB.
const ORDERED: u64 = 1 << 22;
/// Ranks whose law is followed one by one.
const RANKS: u64 = 1 << 12;
/// A part of a set that can be dealt out.
pub(super) struct Carrier {
    pub(super) part: Part,
    pub(super) many: u64,
    pub(super) law: Law,
    pub(super) source: Option<Source>,
    /// The other link whose row it never leads to.
    pub(super) apart: Option<usize>,
    /// Whether another set holds it as well.
    pub(super) is_shared: bool,
}

/// What so many rows are dealt.
pub(super) struct Hand {
    /// The carriers of the even digits, then those with weights.
    pub(super) digits: Vec<Carrier>,
    pub(super) even: u64,
    /// Whether all combinations are to be put in an order by their weights.
    pub(super) is_ordered: bool,
}

impl Bench<'_> {
    /// A link as what can be dealt out. `bent` are those too whose law is followed only nearly then.
    pub(super) fn link_carrier(
        &self,
        table: usize,
        at: usize,
        parts: &[Part],
        links: &[Link],
        bent: bool,
    ) -> Option<Carrier> {
        let link = &links[at];
        let apart = match link.unlike.as_slice() {
            [] => None,
            [other] if parts.contains(&Part::Link(*other)) => Some(*other),
            _ => return None,
        };
        let many =
            link.parents.saturating_sub(link.first).saturating_sub(u64::from(apart.is_some()));
        let law = match &link.tie {
            Tie::Chance => Law::Even,
            Tie::Fan(_)
                if bent
                    && self.is_bent(table, at)
                    && !links.iter().any(
                        |other| matches!(other.tie, Tie::Partner { with, .. } if with == at),
                    ) =>
            {
                match &self.design_table(table).spreads()[at].children {
                    Some(Children::Zipf { skew, .. }) => {
                        let whose = Shuffle::new(link.draw.named("ranks"), many);
                        Law::Ranked(Zipf::new(many, *skew), whose)
                    }
                    _ => Law::Even,
                }
            }
            _ => return None,
        };
        let part = Part::Link(at);
        (many > 0).then_some(Carrier { part, many, law, source: None, apart, is_shared: false })
    }

    /// Whether a law of children is one of the many that are not said to the child, and nobody counts
    /// them.
    fn is_bent(&self, table: usize, at: usize) -> bool {
        let designed = self.design_table(table);
        let spread = &designed.spreads()[at];
        let sized = match designed.size() {
            Some(Size::PerParent { of }) => per_parent(designed, of.as_deref()) == Some(at),
            _ => false,
        };
        let loose =
            matches!(spread.children, Some(Children::Zipf { .. } | Children::Lognormal { .. }));
        loose && spread.childless.is_none() && !sized && !self.counted.contains(&(table, at))
    }

    /// A column as what can be dealt out.
    pub(super) fn column_carrier(
        &self,
        table: usize,
        at: usize,
        columns: &[ColumnRecipe],
        bent: bool,
    ) -> Option<Carrier> {
        let own = &columns[at];
        if own.dealt.is_some() || !own.least.is_empty() {
            return None;
        }
        let (many, law, source) = match &own.maker {
            Maker::Bool { share, given: None } => {
                let yes = *share as f64 / 2_f64.powi(64);
                let law = weighed(Alias::new(&[1.0 - yes, yes]));
                (!matches!(*share, 0 | u64::MAX)).then_some((2, law, Source::Truths))?
            }
            Maker::Pick(picks) if picks.given.is_none() => {
                let (places, alias) = words(picks)?;
                (alias.len() as u64, weighed(alias), Source::Words(places))
            }
            Maker::Stock(stock) => {
                let mut seen = BTreeSet::new();
                let kind = &own.column.kind;
                let unlike = (0..stock.values.values.len()).all(|place| {
                    let mut text = Vec::new();
                    crate::generate::spell::spell(&stock.values, kind, place, &mut text);
                    stock.values.holds(place) && seen.insert(text)
                });
                let values = Source::Places(stock.values.clone());
                unlike.then(|| (seen.len() as u64, weighed(stock.alias.clone()), values))?
            }
            Maker::Number(numbers) => self.number_carrier((table, at), numbers, bent)?,
            Maker::Moment(happens) if happens.rising.is_none() && happens.turn.is_none() => {
                let (strata, all) = happens.cells.strata();
                let cells = Box::new(happens.cells.clone());
                if bent {
                    let before = cells.before();
                    (all, Law::Even, Source::AllMoments(cells, before))
                } else {
                    (strata, Law::Even, Source::Moments(cells, strata))
                }
            }
            _ => return None,
        };
        let part = Part::Column(at);
        let (source, apart) = (Some(source), None);
        (many > 0).then_some(Carrier { part, many, law, source, apart, is_shared: false })
    }

    fn number_carrier(
        &self,
        (table, at): (usize, usize),
        numbers: &Numbers,
        bent: bool,
    ) -> Option<(u64, Law, Source)> {
        let grid = &numbers.grid;
        if numbers.given.is_some() || numbers.unique.is_some() || grid.has_endings() {
            return None;
        }
        let ((_, most), unit) = grid.held_units();
        let per = grid.fractions()?;
        match &numbers.spread {
            // More than can be counted through are hardly ever drawn twice.
            Spread::Even(_, many) if *many > MOST => None,
            Spread::Even(least, many) if numbers.with.is_none() && !self.is_with(table, at) => {
                Some((*many, Law::Even, Source::Units { least: *least, unit, per }))
            }
            Spread::Levels(levels, alias) if numbers.with.is_none() && !self.is_with(table, at) => {
                let (places, weights) = alias
                    .reached()
                    .unwrap_or_else(|| ((0..levels.len()).collect(), alias.weights()));
                let numbers_of = places.iter().map(|place| levels[*place]);
                self.listed((table, at), numbers, numbers_of.collect(), &weights)
            }
            Spread::Zipf(zipf) if numbers.with.is_none() && !self.is_with(table, at) => {
                let weights = zipf.weights(RANKS)?;
                let ranks = (1..=weights.len()).map(|rank| rank as f64).collect();
                self.listed((table, at), numbers, ranks, &weights)
            }
            // Numbers that are moved no farther than most of them are from each other.
            Spread::Table(table) if bent => {
                /// A tenth of all draws.
                const TENTH: u64 = u64::MAX / 10;
                let wide = (table.at(u64::MAX - TENTH) - table.at(TENTH)) * per;
                let many = (wide.max(0.0) as u64).min(1 << 40);
                let rest = Source::Rest { many: many as i64, most, unit, per };
                Some((many, Law::Even, rest))
            }
            _ => None,
        }
    }

    /// Numbers that are few, each once.
    fn listed(
        &self,
        (table, at): (usize, usize),
        numbers: &Numbers,
        list: Vec<f64>,
        weights: &[f64],
    ) -> Option<(u64, Law, Source)> {
        let per = numbers.grid.fractions()?;
        let held: Vec<i64> = list.into_iter().map(|number| numbers.grid.held(number)).collect();
        let unlike = held.iter().collect::<BTreeSet<_>>().len() == held.len();
        let maker = Maker::Number(numbers.clone());
        let values = match maker.empty(&self.columns[table][at].kind) {
            Values::Int(_) => Values::Int(held),
            Values::Wide(_) => Values::Wide(held.into_iter().map(i128::from).collect()),
            Values::Float(_) => {
                Values::Float(held.into_iter().map(|held| held as f64 / per).collect())
            }
            _ => return None,
        };
        let law = weighed(Alias::new(weights));
        unlike.then(|| (weights.len() as u64, law, Source::Places(Lane::full(values))))
    }

    /// Whether another number goes along with this one.
    fn is_with(&self, table: usize, column: usize) -> bool {
        self.design.tables().iter().enumerate().any(|(other, designed)| {
            (0..designed.columns().len()).any(|own| {
                let said = self.design.behaviour(other, own, self.base[other]);
                let Some(Behaviour::Number(number)) = said.as_deref() else { return false };
                let route = number.with.as_ref().and_then(|with| self.route(other, &with.column));
                route.is_some_and(|route| route.table == table && route.column == column)
            })
        })
    }
}

/// The carriers that tell so many rows apart, if they do.
pub(super) fn hand(carriers: Vec<Carrier>, group: &Group) -> Option<Hand> {
    let is_rest = |carrier: &Carrier| matches!(carrier.source, Some(Source::Rest { .. }));
    let (rests, carriers): (Vec<_>, Vec<_>) = carriers.into_iter().partition(is_rest);
    let is_even = |carrier: &Carrier| matches!(carrier.law, Law::Even);
    let (mut found, mut weighed): (Vec<_>, Vec<_>) = carriers.into_iter().partition(is_even);
    let mut even = 1_u64;
    found.retain(|carrier| {
        let fits = even.checked_mul(carrier.many).filter(|even| *even <= MOST);
        even = fits.unwrap_or(even);
        fits.is_some()
    });
    let is_weighed = |carrier: &Carrier| matches!(carrier.law, Law::Weighed(_));
    let all = found.iter().chain(&weighed);
    let all = all.fold(1, |all: u64, carrier| all.saturating_mul(carrier.many));
    let again = group.rows.div_ceil(even);
    if again > AGAIN
        && group.within.is_none()
        && (group.rows..=ORDERED).contains(&all)
        && weighed.iter().all(is_weighed)
    {
        found.append(&mut weighed);
        return Some(Hand { digits: found, even: all, is_ordered: true });
    }
    // Those with the most values first, so that few of them have to be looked at again.
    weighed.sort_by_key(|carrier| std::cmp::Reverse(carrier.many));
    let mut digits = Vec::new();
    let mut again = again;
    for mut carrier in weighed {
        if again <= 1 {
            break;
        }
        if again > AGAIN && carrier.many > 1 && even.saturating_mul(carrier.many) <= MOST {
            carrier.law = Law::Even;
            even *= carrier.many;
            again = group.rows.div_ceil(even);
            found.push(carrier);
        } else {
            again = again.div_ceil(carrier.many);
            digits.push(carrier);
        }
    }
    for mut rest in rests {
        let many = again.min(rest.many);
        if let Some(Source::Rest { many: of, .. }) = &mut rest.source
            && many > 1
            && even.saturating_mul(many) <= MOST
        {
            *of = many as i64;
            rest.many = many;
            even *= many;
            again = again.div_ceil(many);
            found.push(rest);
        }
    }
    let all = digits.iter().fold(even, |all, digit| all.saturating_mul(digit.many));
    found.append(&mut digits);
    let is_dealt = again <= 1 && all >= group.rows && !found.is_empty();
    is_dealt.then_some(Hand { digits: found, even, is_ordered: false })
}

fn weighed(alias: Alias) -> Law {
    if alias.is_even() { Law::Even } else { Law::Weighed(alias) }
}

/// The places of words that may come, none of them twice, and how likely each is.
fn words(picks: &Picks) -> Option<(Vec<u32>, Alias)> {
    let places = &picks.main.places;
    let unlike = places.iter().collect::<BTreeSet<_>>().len() == places.len();
    unlike.then(|| match picks.main.alias.reached() {
        None => (places.clone(), picks.main.alias.clone()),
        Some((reached, weights)) => {
            // Words that stand in their order have no places of their own.
            let place = |at: usize| places.get(at).copied().unwrap_or(at as u32);
            (reached.into_iter().map(place).collect(), Alias::new(&weights))
        }
    })
}
