//! Links: foreign keys, worked out.

use std::collections::{BTreeMap, BTreeSet};

use peyote_schemas::behaviour::{Aged, Among, Children, Order as Said};
use peyote_schemas::design::DesignTable;
use peyote_schemas::name::Identifier;
use peyote_schemas::value::moment::DAY;

use super::compile::{Bench, per_parent};
use super::{Noted, NullRule, Recipe, written};
use crate::error::Error;
use crate::generate::among::{Favour, Shelf, Then, chain_block};
use crate::generate::chance::zipf::Zipf;
use crate::generate::draw::{Draw, share};
use crate::generate::fanout::{Block, Fanout, Order, Spread};
use crate::generate::link::{Link, Tie};
use crate::generate::maker::Maker;
use crate::generate::shuffle::Shuffle;
use crate::generate::switch::Switch;

/// Rows straight below one of a tree, where nobody says how many.
const BRANCHING: f64 = 5.0;
/// The share of rows that refer to none before them, where nobody says it.
const UNCHAINED: f64 = 0.85;
/// Rows of a chain, where nobody says how many.
const CHAIN: u32 = 3;
/// Levels of a tree at most, where nobody says how many.
const DEPTH: u32 = 4;

/// The law of a design, with what it is stretched to where it says no mean.
pub(crate) fn spread(children: Option<&Children>, mean: f64) -> Spread {
    match children {
        Some(Children::Fixed { count }) => Spread::Fixed(*count),
        Some(Children::Range { min, max }) => Spread::Range((*min).min(*max), *max),
        Some(Children::Geometric { mean }) => Spread::Geometric(*mean),
        Some(Children::Lognormal { mean, sigma }) => {
            Spread::LogNormal { mean: *mean, sigma: *sigma }
        }
        Some(Children::Zipf { skew, mean: said }) => {
            Spread::Zipf { mean: said.unwrap_or(mean), skew: *skew }
        }
        None => Spread::Chance(mean),
    }
}

/// How many rows a table has whose size follows from its parents; `rows` are the rows of a table by
/// its name, where they are known.
pub fn children(
    table: &DesignTable,
    of: Option<&str>,
    rows: impl Fn(&str) -> Option<u64>,
) -> Option<u64> {
    let key = per_parent(table, of)?;
    let said = &table.spreads()[key];
    let parents = rows(table.foreign_keys()[key].references.table.as_str())?;
    let law = spread(said.children.as_ref(), 1.0);
    Some(law.children(parents, said.childless.unwrap_or(0.0)))
}

/// Whether the columns of a foreign key name a row of their own table.
pub(super) fn names_a_row(table: &DesignTable, at: usize) -> bool {
    let key = &table.foreign_keys()[at];
    let is_set = |set: &[Identifier]| {
        !set.is_empty() && set.iter().all(|column| key.columns.contains(column))
    };
    is_set(table.primary_key()) || table.unique().iter().any(|set| is_set(set))
}

/// Where a set of foreign keys alone names a row: the first of them, which the others go by.
pub(super) fn pair(table: &DesignTable, at: usize) -> Option<usize> {
    let keys = table.foreign_keys();
    let sets = std::iter::once(table.primary_key()).chain(table.unique().iter().map(Vec::as_slice));
    for set in sets.filter(|set| set.len() > 1) {
        let within = |key: &usize| keys[*key].columns.iter().all(|one| set.contains(one));
        let parts: Vec<usize> = (0..keys.len()).filter(within).collect();
        let covered =
            set.iter().all(|one| parts.iter().any(|key| keys[*key].columns.contains(one)));
        if covered && parts.len() > 1 && parts.contains(&at) {
            let law = |key: &&usize| table.spreads()[**key].children.is_some();
            let first = parts.iter().find(law).or(parts.first()).copied()?;
            let second = parts.iter().find(|key| **key != first).copied()?;
            // What must be unlike another goes by that one, which would go by it.
            if [first, second].iter().any(|key| !table.spreads()[*key].unlike.is_empty()) {
                return None;
            }
            // Rows of which no two have the same parent are told apart by that.
            let children = table.spreads()[first].children.as_ref();
            if children.and_then(Children::most).is_some_and(|most| most <= 1) {
                return None;
            }
            // Two of them tell rows apart; a third may be any.
            return (at == first || at == second).then_some(first);
        }
    }
    None
}

impl Bench<'_> {
    /// The first row that a new one may refer to by a foreign key.
    fn first(&self, table: usize, at: usize) -> u64 {
        self.later.and_then(|later| later.first[table].get(at)).copied().unwrap_or(0)
    }

    /// A foreign key, worked out.
    pub(super) fn link(&self, table: usize, at: usize) -> Result<Link, Error> {
        let designed = self.design_table(table);
        let key = &designed.foreign_keys()[at];
        let spread = &designed.spreads()[at];
        let name = key.columns.iter().map(Identifier::as_str).collect::<Vec<_>>().join(",");
        let draw = Draw::new(self.seed, designed.name().as_str(), &name).named("link");
        let target = self.place(key.references.table.as_str()).unwrap_or(table);
        let parents = self.rows[target];
        let first = self.first(table, at);
        let tie = self.tie(table, at, target, draw)?;
        let places: Vec<usize> =
            key.columns.iter().filter_map(|name| designed.place(name.as_str())).collect();
        let nullable = places.iter().find(|at| designed.columns()[**at].nullable());
        // What says which row is referred to says where there is none.
        let tree = matches!(
            tie,
            Tie::Tree { .. } | Tie::Before { .. } | Tie::Same { .. } | Tie::Place { .. }
        );
        let nulls = nullable.and_then(|column| {
            let keyed = designed.primary_key().iter().any(|one| key.columns.contains(one));
            let said = designed.columns()[*column].nulls().is_some();
            // The roots of a tree have no parent already.
            (!keyed && (!tree || said)).then(|| self.null_rule(table, *column)).flatten()
        });
        // Most things replace nothing.
        let nulls = match &tie {
            Tie::Chain { .. } => nulls.or_else(|| {
                nullable.filter(|at| designed.columns()[**at].nulls().is_none())?;
                Some(NullRule { share: share(UNCHAINED), when: Vec::new() })
            }),
            _ => nulls,
        };
        let unlike = (spread.unlike.iter())
            .filter_map(|column| designed.key_of(column))
            .filter(|other| *other < at)
            .collect();
        let open = nullable.is_some();
        let (written, story) = (Vec::new(), Vec::new());
        let noted = Noted::default();
        Ok(Link { target, parents, first, tie, nulls, open, unlike, written, story, draw, noted })
    }

    fn tie(&self, table: usize, at: usize, target: usize, draw: Draw) -> Result<Tie, Error> {
        let designed = self.design_table(table);
        let key = &designed.foreign_keys()[at];
        let said = &designed.spreads()[at];
        let parents = self.rows[target] - self.first(table, at);
        let children = self.rows[table] - self.stands(table);
        // Partners are drawn from among those that are there.
        let shelved = said.children.is_some();
        let among = said.among.as_ref().filter(|_| !shelved);
        if let Some(tie) = among.and_then(|among| self.among(table, target, among)) {
            return Ok(tie);
        }
        let alone = names_a_row(designed, at);
        if target == table {
            let open = self.may_be_absent(table, at);
            if alone && open {
                let length = said.tree.as_ref().and_then(|tree| tree.depth).unwrap_or(CHAIN).into();
                let block = chain_block(children, length);
                return Ok(Tie::Chain { block, length, rows: children });
            }
            return Ok(Tie::Tree { levels: self.levels(table, at), open });
        }
        if let Some(through) = self.through(table, at, target) {
            return Ok(through);
        }
        if alone {
            if children > parents {
                return Err(Error::usage(format!(
                    "{} rows of `{}` cannot each have a row of `{}` of their own: there are {parents}",
                    self.rows[table],
                    designed.name(),
                    key.references.table
                ))
                .at(format!("/tables/{}/foreign_keys/{at}", designed.name()))
                .hint("ask for fewer rows, or let more of them share one"));
            }
            return Ok(Tie::Once(Shuffle::new(draw, parents)));
        }
        let pair = pair(designed, at).filter(|first| self.is_paired(table, *first));
        if let Some(with) = pair.filter(|with| *with != at) {
            let skew = match &said.children {
                Some(Children::Zipf { skew, .. }) => {
                    Some((Zipf::new(parents, *skew), Shuffle::new(draw.named("ranks"), parents)))
                }
                _ => None,
            };
            let shelf = said.among.as_ref().and_then(|among| self.shelf(table, target, among));
            return Ok(Tie::Partner { with, skew, shelf });
        }
        let counted = self.counted.contains(&(table, at));
        let lawless = said.children.is_none() && said.childless.is_none() && said.order.is_none();
        if lawless && !counted && pair.is_none() {
            return Ok(Tie::Chance);
        }
        let most = pair.map_or(u64::MAX, |_| self.partners(table, at));
        if u128::from(most) * u128::from(parents) < u128::from(children) {
            return Err(Error::usage(format!(
                "{children} rows of `{}` have no pairs of their own: there are {}",
                designed.name(),
                u128::from(most) * u128::from(parents)
            ))
            .at(format!("/tables/{}/foreign_keys/{at}", designed.name()))
            .hint("ask for fewer rows, or for more of those that they refer to"));
        }
        let parents = match &said.aged {
            Some(aged) => {
                self.aged(target, aged)?.saturating_sub(self.first(table, at)).max(1).min(parents)
            }
            None => parents,
        };
        Ok(Tie::Fan(self.fan(table, at, (parents, children), most, draw)))
    }

    /// How many rows of a table, its first, are as old as is said.
    fn aged(&self, table: usize, aged: &Aged) -> Result<u64, Error> {
        let mut hops = Vec::with_capacity(aged.since.keys.len());
        let mut at = table;
        for hop in &aged.since.keys {
            let Some(key) = self.design_table(at).key_of(hop) else { return Ok(self.rows[table]) };
            hops.push((at, key));
            let next = &self.design_table(at).foreign_keys()[key].references.table;
            at = self.place(next.as_str()).unwrap_or(at);
        }
        let column = self.design_table(at).place(&aged.since.column);
        let maker = column.map(|column| self.maker(at, column, &mut Vec::new())).transpose()?;
        let Some(Maker::Moment(happens)) = maker else { return Ok(self.rows[table]) };
        let until = self.clock.saturating_sub(i64::from(aged.days) * DAY);
        let mut old = happens.there(until, &mut 0);
        for (at, key) in hops.into_iter().rev() {
            let link = self.link(at, key)?;
            let Tie::Fan(fanout) = &link.tie else { return Ok(self.rows[table]) };
            let parent = old.saturating_sub(link.first);
            old = if parent < fanout.parents() {
                self.stands(at) + fanout.siblings(parent, &mut Block::default()).0
            } else {
                self.rows[at]
            };
        }
        Ok(old)
    }

    /// The relation of so many children to so many parents by a foreign key, none of whom has more
    /// than so many.
    fn fan(
        &self,
        table: usize,
        at: usize,
        (parents, children): (u64, u64),
        most: u64,
        draw: Draw,
    ) -> Fanout {
        let designed = self.design_table(table);
        let said = &designed.spreads()[at];
        let pair = pair(designed, at).filter(|first| self.is_paired(table, *first));
        let sized = match designed.size() {
            Some(peyote_schemas::behaviour::Size::PerParent { of }) => {
                per_parent(designed, of.as_deref()) == Some(at)
            }
            _ => false,
        };
        let order = match said.order {
            Some(Said::Clustered) => Order::Clustered,
            None if sized || pair.is_some() => Order::Clustered,
            Some(Said::Shuffled) | None => Order::Shuffled,
        };
        let childless = said.childless.unwrap_or(0.0);
        let mean = children as f64 / (parents as f64 * (1.0 - childless)).max(1.0);
        let curve = spread(said.children.as_ref(), mean).curve(parents, children, childless, most);
        Fanout::new(curve, order, draw)
    }

    /// The same relation as that of a link, none of whose parents has more than so many children; none
    /// where that is more than its law lets go, or too few.
    pub(super) fn capped(&self, table: usize, at: usize, link: &Link, most: u64) -> Option<Fanout> {
        let said = &self.design_table(table).spreads()[at];
        let parents = link.parents - link.first;
        let children = self.rows[table] - self.stands(table);
        let fertile = parents as f64 * (1.0 - said.childless.unwrap_or(0.0));
        let soft = said.children.as_ref().is_none_or(|law| law.most().is_none());
        let fits = soft && fertile.floor() * most as f64 >= children as f64;
        fits.then(|| self.fan(table, at, (parents, children), most, link.draw))
    }

    /// The tie to the rows that a key may refer to.
    fn among(&self, table: usize, target: usize, among: &Among) -> Option<Tie> {
        let (own, there) = (self.design_table(table), self.design_table(target));
        let then = |by: &Option<String>, since: &Option<String>, until: &Option<String>| {
            let place = |name: &Option<String>| there.place(name.as_ref()?);
            Some(Then { by: own.place(by.as_ref()?)?, since: place(since), until: place(until) })
        };
        Some(match among {
            Among::There { by, since, skew, .. } => Tie::There {
                by: own.place(&by.column).filter(|_| by.is_own())?,
                since: there.place(since)?,
                skew: Favour::new(skew.unwrap_or(0.0)),
            },
            Among::Same { of, column, values, by, since, until } => {
                let with = own.key_of(of)?;
                let only = column.as_ref().and_then(|column| {
                    let route = self.route(target, column)?;
                    let kind = &self.columns[route.table][route.column].kind;
                    Some(Switch::any(route.clone(), kind, values))
                });
                let then = then(by, since, until);
                Tie::Same { with, via: self.shared(table, with, target)?, only, then }
            }
            Among::Where { column, values, weights, by, since, until } => {
                let route = self.route(target, column)?;
                let kind = &self.columns[route.table][route.column].kind;
                let switch = match weights {
                    None => Switch::any(route.clone(), kind, values),
                    Some(_) => Switch::new(route, kind, values.iter().map(String::as_str)),
                };
                Tie::Where { switch, weights: weights.clone(), then: then(by, since, until) }
            }
            Among::Theirs { of } => {
                let link = own.key_of(of.keys.first()?)?;
                let between = self.place(own.foreign_keys()[link].references.table.as_str())?;
                Tie::Through { link, via: self.design_table(between).key_of(&of.column)? }
            }
            Among::Place { row } => {
                Tie::Place { row: self.expression(table, &row.root, &mut Vec::new()) }
            }
            Among::Before { of } => Tie::Before { with: own.key_of(of)? },
        })
    }

    /// When the rows are there that a key may refer to.
    fn shelf(&self, table: usize, target: usize, among: &Among) -> Option<Shelf> {
        let Among::There { by, since, until, .. } = among else { return None };
        let there = self.design_table(target);
        let until = until.as_ref().and_then(|until| there.place(until));
        Some(Shelf { by: self.route(table, by)?, since: there.place(since)?, until })
    }

    /// The foreign key of a table that leads where one of another table leads.
    fn shared(&self, table: usize, with: usize, target: usize) -> Option<usize> {
        let parent = &self.design_table(table).foreign_keys()[with].references.table;
        let keys = self.design_table(target).foreign_keys();
        keys.iter().position(|key| key.references.table == *parent)
    }

    /// Whether the pair that a foreign key is the first of tells all rows apart: what belongs to the
    /// same set as two others need not be told apart by those.
    fn is_paired(&self, table: usize, first: usize) -> bool {
        let designed = self.design_table(table);
        let keys = designed.foreign_keys();
        let two = (0..keys.len()).filter(|key| pair(designed, *key) == Some(first));
        let two: BTreeSet<&Identifier> = two.flat_map(|key| &keys[key].columns).collect();
        let sets = std::iter::once(designed.primary_key())
            .chain(designed.unique().iter().map(Vec::as_slice));
        let mut wider = sets.filter(|set| two.iter().all(|one| set.contains(one)));
        if wider.all(|set| set.len() == two.len()) {
            return true;
        }
        let target = self.place(keys[first].references.table.as_str()).unwrap_or(table);
        let (parents, most) = (self.rows[target], self.partners(table, first));
        let said = designed.spreads()[first].children.as_ref().and_then(Children::most);
        let rows = self.rows[table] - self.stands(table);
        u128::from(parents) * u128::from(most) >= u128::from(rows)
            && said.is_none_or(|said| said <= most)
    }

    /// How many partners there are for a row of the first foreign key of a pair.
    fn partners(&self, table: usize, at: usize) -> u64 {
        let designed = self.design_table(table);
        let keys = designed.foreign_keys();
        let partner = (0..keys.len()).find(|key| *key != at && pair(designed, *key) == Some(at));
        let target = partner.and_then(|key| self.place(keys[key].references.table.as_str()));
        target.map_or(u64::MAX, |target| self.rows[target])
    }

    /// A key whose columns are part of a wider one goes by the row that the wider one refers to.
    fn through(&self, table: usize, at: usize, target: usize) -> Option<Tie> {
        let designed = self.design_table(table);
        let keys = designed.foreign_keys();
        let key = &keys[at];
        for (link, wider) in keys.iter().enumerate() {
            let covers = key.columns.iter().all(|column| wider.columns.contains(column));
            if link == at || wider.columns.len() <= key.columns.len() || !covers {
                continue;
            }
            let between = self.place(wider.references.table.as_str())?;
            let names: Vec<&Identifier> = (key.columns.iter())
                .filter_map(|column| {
                    let place = wider.columns.iter().position(|one| one == column)?;
                    wider.references.columns.get(place)
                })
                .collect();
            let via = self.design_table(between).foreign_keys().iter().position(|next| {
                self.place(next.references.table.as_str()) == Some(target)
                    && next.columns.iter().collect::<Vec<_>>() == names
                    && next.references.columns == key.references.columns
            });
            if let Some(via) = via {
                return Some(Tie::Through { link, via });
            }
        }
        None
    }

    fn may_be_absent(&self, table: usize, at: usize) -> bool {
        let designed = self.design_table(table);
        (designed.foreign_keys()[at].columns.iter())
            .filter_map(|name| designed.column(name.as_str()))
            .any(peyote_schemas::design::DesignColumn::nullable)
    }

    /// Where the levels of a tree begin, and the end of the last.
    fn levels(&self, table: usize, at: usize) -> Vec<u64> {
        let designed = self.design_table(table);
        let rows = self.base[table];
        let tree = designed.spreads()[at].tree.as_ref();
        let depth = tree.and_then(|tree| tree.depth).unwrap_or(DEPTH).max(1);
        let branching =
            tree.and_then(|tree| tree.branching).unwrap_or(BRANCHING).max(f64::MIN_POSITIVE);
        let shares = |growth: f64| (0..depth).map(move |level| libm::pow(growth, f64::from(level)));
        let total: f64 = shares(branching).sum();
        let roots = tree
            .and_then(|tree| tree.roots)
            .unwrap_or((rows as f64 / total) as u64)
            .clamp(1, rows.max(1));
        let roots = if self.may_be_absent(table, at) { roots } else { 1 };
        let mut levels = vec![0, roots.min(rows)];
        // What the roots leave, in proportion to the branching.
        let rest = rows - roots.min(rows);
        let below: f64 = shares(branching).skip(1).sum();
        let mut run = 0.0;
        for share in shares(branching).skip(1) {
            run += share;
            levels.push(roots + libm::round(rest as f64 * run / below) as u64);
        }
        if depth == 1 {
            levels[1] = rows;
        }
        levels.dedup();
        // What comes later stands below what is there, on the last level.
        if let (Some(_), Some(end)) = (self.later, levels.last_mut()) {
            *end = u64::MAX;
        }
        levels
    }

    /// Finds what the written rows of a table refer to.
    pub(super) fn link_written(&self, table: usize, recipe: &mut Recipe) {
        let rows = self.written[table];
        if rows == 0 {
            return;
        }
        let designed = self.design_table(table);
        for (at, key) in designed.foreign_keys().iter().enumerate() {
            let target = recipe.tables[table].links[at].target;
            let there = self.design_table(target);
            let own: Vec<usize> =
                key.columns.iter().filter_map(|name| designed.place(name.as_str())).collect();
            let other: Vec<usize> = key
                .references
                .columns
                .iter()
                .filter_map(|name| there.place(name.as_str()))
                .collect();
            let mut known = BTreeMap::new();
            for row in 0..self.written[target] {
                let text = written::key(&self.lanes[target], &self.columns[target], &other, row);
                known.entry(text).or_insert(row);
            }
            let parent = |row: u64| {
                let text = written::key(&self.lanes[table], &self.columns[table], &own, row)?;
                known.get(&Some(text.clone())).copied().or_else(|| {
                    // A key that counts the rows says which one it is of.
                    let [column] = other.as_slice() else { return None };
                    let Maker::Sequence(sequence) = &recipe.tables[target].columns[*column].maker
                    else {
                        return None;
                    };
                    let offset = text.first()?.parse::<i64>().ok()?.checked_sub(sequence.start)?;
                    let found = offset.checked_div(sequence.step)? as u64;
                    let exact = sequence.gap == 0 && offset.checked_rem(sequence.step)? == 0;
                    (exact && offset >= 0 && found < self.rows[target]).then_some(found)
                })
            };
            let written = (0..rows).map(parent).collect();
            recipe.tables[table].links[at].written = written;
        }
    }
}
