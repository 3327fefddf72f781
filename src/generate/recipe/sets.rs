//! Sets of columns that no two rows of a table have alike: how each is kept, or why it cannot be.

use std::collections::BTreeSet;
use std::sync::Arc;

use peyote_schemas::behaviour::{Behaviour, Text};
use peyote_schemas::design::{DesignTable, Maker as Said};
use peyote_schemas::name::Identifier;

use super::ColumnRecipe;
use super::compile::Bench;
use super::deal::{Deal, Dealt, Digit, Law, Order};
use crate::error::Error;
use crate::generate::draw::Draw;
use crate::generate::history::Part as Bounds;
use crate::generate::link::{Link, Tie};
use crate::generate::maker::Maker;

mod carrier;
mod onward;
mod proof;
mod runs;

use carrier::{Carrier, hand};

/// What a set consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A link, all columns of its foreign key.
    Link(usize),
    Column(usize),
}

/// How the sets of a table are kept.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) deals: Vec<Deal>,
    /// The columns of sets that nothing keeps.
    pub(super) open: Vec<Vec<usize>>,
    /// Columns whose words tell the rows of a parent apart.
    bound: BTreeSet<usize>,
}

/// The rows that a set has to tell apart.
#[derive(Clone, Copy)]
struct Group {
    within: Option<usize>,
    from: u64,
    /// How many there are in one.
    rows: u64,
}

impl Bench<'_> {
    /// Sees to it that every set of a table's columns that is to be unique is.
    pub(super) fn deals(
        &self,
        table: usize,
        links: &mut [Link],
        columns: &mut [ColumnRecipe],
    ) -> Result<Kept, Error> {
        let mut kept = Kept::default();
        if self.rows[table] <= self.stands(table) {
            return Ok(kept);
        }
        let designed = self.design_table(table);
        let (done, sets): (Vec<&[Identifier]>, Vec<_>) = sets(designed)
            .into_iter()
            .partition(|set| self.is_kept(table, &parts(designed, set), links, columns));
        // Words that tell apart the rows of one set already are none to be dealt out in another.
        let done = done.into_iter().flatten().filter_map(|name| designed.place(name.as_str()));
        kept.bound = done.filter(|at| matches!(columns[*at].maker, Maker::Pick(_))).collect();
        let (on, sets): (Vec<&[Identifier]>, Vec<_>) = sets
            .into_iter()
            .partition(|set| self.goes_on(table, &parts(designed, set), links, columns));
        for set in on {
            self.keep_on(table, set, links, columns, &mut kept)?;
        }
        for (place, set) in sets.iter().enumerate() {
            let others = sets.iter().enumerate().filter(|(other, _)| *other != place);
            let others: BTreeSet<&Identifier> = others.flat_map(|(_, set)| *set).collect();
            self.keep(table, set, &others, links, columns, &mut kept)?;
        }
        Ok(kept)
    }

    /// Whether a set is unlike in all rows as it is made.
    fn is_kept(
        &self,
        table: usize,
        parts: &[Part],
        links: &[Link],
        columns: &[ColumnRecipe],
    ) -> bool {
        let designed = self.design_table(table);
        let is_there =
            |link: usize| parts.contains(&Part::Link(link)) && links[link].unlike.is_empty();
        let most = |link: usize| match &links[link].tie {
            // Who has children already has these besides.
            Tie::Fan(fanout) if self.later.is_some() && links[link].first == 0 => {
                Some(fanout.most().saturating_add(self.had(table, link)))
            }
            Tie::Fan(fanout) => Some(fanout.most()),
            _ => None,
        };
        let kept = |part: &Part| match part {
            Part::Link(link) => match &links[*link].tie {
                Tie::Once(_) | Tie::Chain { .. } => true,
                Tie::Partner { with, .. } => {
                    let others = links[*link].parents.saturating_sub(links[*link].first);
                    is_there(*with)
                        && links[*link].unlike.is_empty()
                        && most(*with).is_some_and(|most| most <= others)
                }
                Tie::Fan(_) => is_there(*link) && most(*link).is_some_and(|most| most <= 1),
                _ => false,
            },
            Part::Column(column) => match &columns[*column].maker {
                Maker::Sequence(sequence) => sequence.step != 0,
                Maker::Codes(_) | Maker::Uuid => true,
                Maker::Number(numbers) => numbers.unique.is_some(),
                Maker::Pick(picks) => {
                    let enough = |link: usize| {
                        picks.given.is_none()
                            && most(link).is_some_and(|most| most <= picks.main.alias.len() as u64)
                    };
                    picks.unique.is_some()
                        || picks.within.is_some_and(|link| is_there(link) && enough(link))
                }
                Maker::Text(texts) => {
                    let said = designed.columns()[*column].behaviour();
                    texts.unique
                        || matches!(said, Some(Behaviour::Template(Text { unique: true, .. })))
                }
                Maker::Series(series) => series.link.is_none_or(is_there),
                Maker::Nth { link, .. } => is_there(*link),
                Maker::History { history, part: Bounds::From | Bounds::To } => {
                    is_there(history.link)
                }
                _ => false,
            },
        };
        parts.iter().any(kept)
    }

    /// Keeps a set unique.
    fn keep(
        &self,
        table: usize,
        set: &[Identifier],
        others: &BTreeSet<&Identifier>,
        links: &mut [Link],
        columns: &mut [ColumnRecipe],
        kept: &mut Kept,
    ) -> Result<(), Error> {
        let designed = self.design_table(table);
        let parts = parts(designed, set);
        let mut group = self.group(table, &parts, links, columns);
        let names = |part: &Part| -> Vec<&Identifier> {
            match part {
                Part::Link(link) => designed.foreign_keys()[*link].columns.iter().collect(),
                Part::Column(column) => vec![designed.columns()[*column].name()],
            }
        };
        let carriers = |group: &Group, links: &[Link], columns: &[ColumnRecipe], bent: bool| {
            let open = parts.iter().filter(|part| {
                let is_taken = match part {
                    Part::Link(link) => kept.deals.iter().any(|deal| deal.within == Some(*link)),
                    Part::Column(column) => kept.bound.contains(column),
                };
                !is_taken && group.within.map(Part::Link) != Some(**part)
            });
            open.filter_map(|part| {
                let mut found = match part {
                    Part::Link(link) => self.link_carrier(table, *link, &parts, links, bent),
                    Part::Column(column) => self.column_carrier(table, *column, columns, bent),
                }?;
                found.is_shared = names(part).iter().any(|name| others.contains(name));
                Some(found)
            })
            .collect::<Vec<Carrier>>()
        };
        // Where a law lets parents have any number of children, none gets more than there is for it.
        if let Some(link) = group.within {
            let most = carriers(&group, links, columns, true);
            let most = most.iter().fold(1, |most: u64, one| most.saturating_mul(one.many));
            if most < group.rows
                && let Some(fanout) = self.capped(table, link, &links[link], most)
            {
                group.rows = fanout.most();
                links[link].tie = Tie::Fan(fanout);
            }
        }
        let mut dealt = None;
        for (bent, shared) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut found = carriers(&group, links, columns, bent);
            found.retain(|carrier| shared || !carrier.is_shared);
            let all = found.len() == parts.len();
            let several = found.len() > 1 || group.within.is_some() || all;
            // One alone has each of its values once: rather a text of its own.
            let texts = Self::text_of(designed, &parts, columns);
            if !several && texts.is_some() {
                continue;
            }
            dealt = hand(found, &group);
            if dealt.is_some() {
                break;
            }
        }
        let name = set.iter().map(Identifier::as_str).collect::<Vec<_>>().join(",");
        let Some(hand) = dealt else {
            if let Some(column) = Self::text_of(designed, &parts, columns) {
                if let Maker::Text(texts) = &mut columns[column].maker {
                    texts.unique = true;
                }
                return Ok(());
            }
            let left = carriers(&group, links, columns, true);
            self.left(table, set, &parts, &group, &left)?;
            let place = |name: &Identifier| designed.place(name.as_str());
            kept.open.push(set.iter().filter_map(place).collect());
            return Ok(());
        };
        let draw = Draw::new(self.seed, designed.name().as_str(), &name).named("deal");
        let deal = kept.deals.len();
        let mut digits = Vec::with_capacity(hand.digits.len());
        for (digit, carrier) in hand.digits.into_iter().enumerate() {
            digits.push(Digit { many: carrier.many, law: carrier.law });
            match carrier.part {
                Part::Link(link) => {
                    links[link].tie = Tie::Dealt { deal: (deal, digit), apart: carrier.apart };
                }
                Part::Column(column) => {
                    let dealt = carrier.source.map(|source| Dealt { deal, digit, source });
                    columns[column].dealt = dealt;
                }
            }
        }
        let Group { within, from, rows } = group;
        let order = hand.is_ordered.then(|| {
            let weights = digits.iter().map(|digit: &Digit| match &digit.law {
                Law::Weighed(alias) => alias.weights(),
                Law::Even | Law::Ranked(..) => vec![1.0; digit.many as usize],
            });
            let weights: Vec<Vec<f64>> = weights.collect();
            Arc::new(Order::new(&weights, draw.named("order"), rows))
        });
        let set = set.iter().filter_map(|name| designed.place(name.as_str())).collect();
        kept.deals.push(Deal { within, from, even: hand.even, digits, draw, set, order });
        Ok(())
    }

    /// Which rows a set has to tell apart: those of one parent, where a foreign key of it deals them
    /// out, else all.
    fn group(
        &self,
        table: usize,
        parts: &[Part],
        links: &[Link],
        columns: &[ColumnRecipe],
    ) -> Group {
        let stands = self.stands(table);
        let later = self.is_timed(table, parts, columns);
        let anchor = |part: &Part| match part {
            Part::Link(link) => match &links[*link].tie {
                Tie::Fan(fanout) if links[*link].unlike.is_empty() => {
                    // Who has children already would count them from the first again.
                    let closed = self.later.is_none() || later || links[*link].first > 0;
                    closed.then(|| (fanout.most(), *link))
                }
                _ => None,
            },
            Part::Column(_) => None,
        };
        if let Some((most, link)) = parts.iter().filter_map(anchor).min() {
            return Group { within: Some(link), from: 0, rows: most };
        }
        Group { within: None, from: stands, rows: self.rows[table] - stands }
    }

    /// Texts of a set that a number can stand behind where one comes twice.
    fn text_of(designed: &DesignTable, parts: &[Part], columns: &[ColumnRecipe]) -> Option<usize> {
        parts.iter().find_map(|part| match part {
            Part::Column(column) if matches!(columns[*column].maker, Maker::Text(_)) => {
                let is_text =
                    designed.columns()[*column].kind() == Some(&peyote_schemas::Kind::Text);
                is_text.then_some(*column)
            }
            _ => None,
        })
    }

    /// What becomes of a set that nothing keeps: it is proved by what comes out, unless all of its
    /// columns are known to have too few values.
    fn left(
        &self,
        table: usize,
        set: &[Identifier],
        parts: &[Part],
        group: &Group,
        carriers: &[Carrier],
    ) -> Result<(), Error> {
        let designed = self.design_table(table);
        if parts.len() > carriers.len() + usize::from(group.within.is_some()) {
            return Ok(());
        }
        let names = |names: &[Identifier]| {
            names.iter().map(Identifier::as_str).collect::<Vec<_>>().join("`, `")
        };
        let part_names = |part: Part| match part {
            Part::Link(link) => names(&designed.foreign_keys()[link].columns),
            Part::Column(at) => designed.columns()[at].name().to_string(),
        };
        let rows = match group.within {
            Some(link) => {
                let key = &designed.foreign_keys()[link];
                format!(
                    "the {} rows of `{}` that a row of `{}` has",
                    group.rows,
                    designed.name(),
                    key.references.table
                )
            }
            None => format!("the {} rows of `{}`", group.rows, designed.name()),
        };
        let told: Vec<String> = (carriers.iter())
            .map(|carrier| format!("`{}` has {} values", part_names(carrier.part), carrier.many))
            .collect();
        let other = parts.iter().find(|part| {
            let own = carriers.iter().any(|carrier| carrier.part == **part);
            !own && group.within.map(Part::Link) != Some(**part)
        });
        let bound = other.map(|part| format!("`{}` follows a law of its own", part_names(*part)));
        let why = told.into_iter().chain(bound).collect::<Vec<_>>().join(", ");
        Err(Error::usage(format!("`{}` are to be unique in {rows}, and {why}", names(set)))
            .at(format!("/tables/{}/unique", designed.name()))
            .hint("ask for fewer rows, give one of them more values, or drop the promise"))
    }
}

/// The sets of columns that are to be unique and hold no other such set.
fn sets(table: &DesignTable) -> Vec<&[Identifier]> {
    let all: Vec<&[Identifier]> = std::iter::once(table.primary_key())
        .chain(table.unique().iter().map(Vec::as_slice))
        .filter(|set| !set.is_empty())
        .collect();
    let holds = |set: &[Identifier], other: &[Identifier]| {
        other.len() < set.len() && other.iter().all(|one| set.contains(one))
    };
    let least = |set: &&&[Identifier]| !all.iter().any(|other| holds(set, other));
    all.iter().filter(|set| set.len() > 1).filter(least).copied().collect()
}

/// What a set consists of.
fn parts(table: &DesignTable, set: &[Identifier]) -> Vec<Part> {
    let mut parts = Vec::new();
    for column in set.iter().filter_map(|name| table.place(name.as_str())) {
        let part = match table.maker(column) {
            Said::Key(key)
                if table.foreign_keys()[key].columns.iter().all(|one| set.contains(one)) =>
            {
                Part::Link(key)
            }
            _ => Part::Column(column),
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

#[cfg(test)]
mod tests;
