//! Onward: sets of a table whose later rows have to be unlike those that it has.
//!
//! What was dealt out to the rows that there are is dealt on: later rows have the numbers behind
//! theirs, among all rows or among those of their parent, and the same shuffle leads from there.

use peyote_schemas::name::Identifier;

use super::super::compile::Bench;
use super::super::deal::{Deal, Dealt};
use super::super::{ColumnRecipe, Recipe, TableRecipe};
use super::{Kept, Part, parts};
use crate::error::Error;
use crate::generate::link::{Link, Tie};
use crate::generate::maker::Maker;

impl Bench<'_> {
    /// Whether later rows can be like those that there are in the columns of a set.
    pub(super) fn goes_on(
        &self,
        table: usize,
        parts: &[Part],
        links: &[Link],
        columns: &[ColumnRecipe],
    ) -> bool {
        self.later.is_some()
            && !self.is_timed(table, parts, columns)
            && !parts.iter().any(|part| match part {
                Part::Link(link) => links[*link].first > 0,
                Part::Column(_) => false,
            })
    }

    /// Whether a set holds when something happened: what happens later has no moment in common with
    /// what was.
    pub(super) fn is_timed(&self, table: usize, parts: &[Part], columns: &[ColumnRecipe]) -> bool {
        parts.iter().any(|part| match part {
            Part::Column(column) => {
                matches!(columns[*column].maker, Maker::Moment(_))
                    && self.since(table, *column).is_some()
            }
            Part::Link(_) => false,
        })
    }

    /// The recipes that made rows of a table before, the last one first.
    fn before(&self, table: usize) -> impl Iterator<Item = &TableRecipe> {
        std::iter::successors(self.earlier.as_deref(), |recipe: &&Recipe| recipe.earlier.as_deref())
            .map(move |recipe| &recipe.tables[table])
            .filter(|recipe| recipe.rows > recipe.written)
    }

    /// How many children of a link a row can have already, at most.
    pub(super) fn had(&self, table: usize, link: usize) -> u64 {
        self.before(table).fold(0, |most: u64, recipe| {
            most.saturating_add(match &recipe.links[link].tie {
                Tie::Fan(fanout) => fanout.most(),
                _ => recipe.rows - recipe.written,
            })
        })
    }

    /// Keeps a set unique that later rows can have in common with those that there are.
    pub(super) fn keep_on(
        &self,
        table: usize,
        set: &[Identifier],
        links: &mut [Link],
        columns: &mut [ColumnRecipe],
        kept: &mut Kept,
    ) -> Result<(), Error> {
        let designed = self.design_table(table);
        let parts = parts(designed, set);
        let places: Vec<usize> =
            set.iter().filter_map(|name| designed.place(name.as_str())).collect();
        let of_set = |recipe: &TableRecipe| recipe.deals.iter().position(|deal| deal.set == places);
        let last = self.before(table).next().and_then(|recipe| Some((recipe, of_set(recipe)?)));
        let known = last.filter(|(recipe, at)| {
            let deal = &recipe.deals[*at];
            let is_fan = |link: usize| matches!(links[link].tie, Tie::Fan(_));
            deal.within.is_none_or(is_fan)
                && self
                    .before(table)
                    .all(|other| of_set(other).is_some_and(|at| other.deals[at].deals_as(deal)))
        });
        let Some((recipe, at)) = known else {
            self.keep_apart(table, &parts, links, columns);
            let numbered = self.numbered(table, &parts);
            if let Some(Maker::Text(texts)) = numbered.map(|column| &mut columns[column].maker) {
                texts.unique = true;
            } else {
                kept.open.push(places);
            }
            return Ok(());
        };
        let deal = recipe.deals[at].clone();
        let all = deal.combinations();
        if let Some(link) = deal.within {
            if !self.limit(table, link, all, links) {
                // Not every parent has as many as it can have: what comes out is looked through.
                kept.open.push(places);
            }
        } else if all < self.rows[table] - deal.from {
            let names = set.iter().map(Identifier::as_str).collect::<Vec<_>>().join("`, `");
            return Err(Error::usage(format!(
                "`{names}` are to be unique in the {} rows that `{}` would have, and together they \
                 have {all} values",
                self.rows[table],
                designed.name(),
            ))
            .at(format!("/tables/{}/unique", designed.name()))
            .hint("name an earlier day, or give one of them more values and make the whole anew"));
        }
        take_over(recipe, at, kept.deals.len(), links, columns);
        kept.deals.push(deal);
        Ok(())
    }

    /// Gives the words of a set that tell the rows of a parent apart no more rows than there are words.
    fn keep_apart(
        &self,
        table: usize,
        parts: &[Part],
        links: &mut [Link],
        columns: &[ColumnRecipe],
    ) {
        for part in parts {
            let Part::Column(column) = part else { continue };
            if let Maker::Pick(picks) = &columns[*column].maker
                && let Some(link) = picks.within
                && picks.given.is_none()
                && matches!(links[link].tie, Tie::Fan(_))
                && parts.contains(&Part::Link(link))
            {
                self.limit(table, link, picks.main.alias.len() as u64, links);
            }
        }
    }

    /// Sees to it that no parent has more rows than so many, those that it had among them; whether
    /// none has.
    fn limit(&self, table: usize, link: usize, most: u64, links: &mut [Link]) -> bool {
        let Tie::Fan(fanout) = &links[link].tie else { return false };
        let left = most.saturating_sub(self.had(table, link));
        if fanout.most() <= left {
            return true;
        }
        let capped = (left > 0).then(|| self.capped(table, link, &links[link], left)).flatten();
        let is_kept = capped.is_some();
        if let Some(fanout) = capped {
            links[link].tie = Tie::Fan(fanout);
        }
        is_kept
    }

    /// A column of texts with numbers behind those that came twice in the rows that there are.
    fn numbered(&self, table: usize, parts: &[Part]) -> Option<usize> {
        let is_numbered = |recipe: &TableRecipe, column: usize| match &recipe.columns[column].maker
        {
            Maker::Text(texts) => texts.unique,
            _ => false,
        };
        parts.iter().find_map(|part| match part {
            Part::Column(column) => {
                self.before(table).all(|recipe| is_numbered(recipe, *column)).then_some(*column)
            }
            Part::Link(_) => None,
        })
    }
}

/// Deals out to columns and links what an earlier recipe dealt out to them.
fn take_over(
    recipe: &TableRecipe,
    known: usize,
    deal: usize,
    links: &mut [Link],
    columns: &mut [ColumnRecipe],
) {
    for (own, before) in columns.iter_mut().zip(&recipe.columns) {
        if let Some(dealt) = before.dealt.as_ref().filter(|dealt| dealt.deal == known) {
            own.dealt = Some(Dealt { deal, digit: dealt.digit, source: dealt.source.clone() });
        }
    }
    for (own, before) in links.iter_mut().zip(&recipe.links) {
        if let Tie::Dealt { deal: (of, digit), apart } = &before.tie
            && *of == known
        {
            own.tie = Tie::Dealt { deal: (deal, *digit), apart: *apart };
        }
    }
}

impl Deal {
    /// How many combinations it deals out, before the first comes again.
    fn combinations(&self) -> u64 {
        self.digits.iter().fold(1, |all: u64, digit| all.saturating_mul(digit.many))
    }
}
