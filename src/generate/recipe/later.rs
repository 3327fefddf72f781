//! [`Later`]: how many rows come behind those that there are when time goes on, and which rows they
//! may belong to.
//!
//! Rows keep their numbers: a table goes on behind its last row, so that keys, codes and all that is
//! unique go on as well. What was made stays as it is. Rows whose parents say how many children they
//! have, or what these come to, therefore belong to parents that are new themselves, and so do rows
//! that tell no time of their own; others to any.

use std::collections::BTreeSet;

use peyote_schemas::Kind;
use peyote_schemas::behaviour::{Behaviour, Children, Happening, Path, Size, Until};
use peyote_schemas::design::{Design, DesignTable, Maker as Said};
use peyote_schemas::formula::Node;
use peyote_schemas::value::moment::DAY;

use super::compile::per_parent;
use super::links::{children, names_a_row, pair};
use crate::generate::maker::happens_between;
use crate::generate::series::Pace;

/// The most columns that moments follow each other by.
const DEEPEST: usize = 16;

/// What comes behind the rows that there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    /// The present day of the data so far, in microseconds since 1970.
    pub since: i64,
    /// Its present day then.
    pub until: i64,
    /// The rows of each table so far.
    pub before: Vec<u64>,
    /// The rows of each table then, those among them.
    pub rows: Vec<u64>,
    /// For each table and foreign key the first row that a new one may refer to.
    pub first: Vec<Vec<u64>>,
}

/// What comes to a design's tables between two days. `base` are the sizes that it was made at.
pub fn later(design: &Design, base: &[u64], before: &[u64], since: i64, until: i64) -> Later {
    let totals = totals(design, base);
    let mut later = Later {
        since,
        until,
        before: before.to_vec(),
        rows: before.to_vec(),
        first: vec![Vec::new(); before.len()],
    };
    for (place, table) in design.tables().iter().enumerate() {
        let target = |key: usize| {
            let name = table.foreign_keys()[key].references.table.as_str();
            design.tables().iter().position(|one| *one.name() == name).unwrap_or(place)
        };
        let keys = 0..table.foreign_keys().len();
        let closed = |key: usize| {
            let there = target(key);
            there != place
                && (is_closed(table, key)
                    || totals.contains(&(place, key))
                    || (later.rows[there] > before[there] && counts(table, key)))
        };
        let first = keys.map(|key| if closed(key) { before[target(key)] } else { 0 }).collect();
        later.first[place] = first;
        let (wanted, driving) = more(design, place, base, &later, &target);
        if let Some(key) = driving {
            later.first[place][key] = before[target(key)];
        }
        // What is too young yet has no children: of days that come, only those before that count.
        let span = (until - since).max(1);
        let young = table.spreads().iter().filter_map(|spread| spread.aged.as_ref());
        let young = young.map(|aged| i64::from(aged.days) * DAY).max().unwrap_or(0).min(span);
        let wanted = (u128::from(wanted) * (span - young) as u128 / span as u128) as u64;
        later.rows[place] = later.rows[place].saturating_add(wanted);
    }
    later
}

impl Later {
    /// How many rows come to a table.
    pub fn more(&self, table: usize) -> u64 {
        self.rows[table] - self.before[table]
    }

    /// How many rows come to all tables.
    pub fn all_more(&self) -> u64 {
        (0..self.rows.len()).fold(0, |sum, table| sum.saturating_add(self.more(table)))
    }
}

/// How many rows come to a table, and the foreign key to those that they come with, if they tell no
/// time of their own.
fn more(
    design: &Design,
    place: usize,
    base: &[u64],
    later: &Later,
    target: &dyn Fn(usize) -> usize,
) -> (u64, Option<usize>) {
    let table = &design.tables()[place];
    let now = later.before[place];
    if matches!(table.size(), Some(Size::Fixed { .. })) || base[place] <= table.rows().len() as u64
    {
        return (0, None);
    }
    // Rows that must belong to new ones need some.
    let firsts = later.first[place].iter().enumerate();
    let mut barren =
        firsts.filter(|(key, first)| **first > 0 && later.rows[target(*key)] <= **first);
    if barren.next().is_some() {
        return (0, None);
    }
    let grows = |key: usize| later.more(target(key)) > 0 && target(key) != place;
    if let Some(Size::PerParent { of }) = table.size()
        && let Some(key) = per_parent(table, of.as_deref()).filter(|key| grows(*key))
    {
        let parents = later.more(target(key));
        return (children(table, of.as_deref(), |_| Some(parents)).unwrap_or(0), None);
    }
    if let Some(rows) = in_time(design, place, base, later) {
        return (rows, None);
    }
    if matches!(table.size(), Some(Size::PerParent { .. })) {
        return (0, None);
    }
    // Without a time of its own a table grows as what it refers to.
    let driving = (0..table.foreign_keys().len()).find(|key| grows(*key));
    let rows = driving.map(target).map_or(0, |parent| {
        let (more, all) = (u128::from(later.more(parent)), later.before[parent].max(1));
        u64::try_from(u128::from(now) * more / u128::from(all)).unwrap_or(u64::MAX)
    });
    (rows, driving)
}

/// How many rows come to a table by the time that its own rows tell; none where they tell none.
fn in_time(design: &Design, place: usize, base: &[u64], later: &Later) -> Option<u64> {
    let table = &design.tables()[place];
    // What need not be there, as an end, says little of how many there are.
    let told = |nullable: bool| {
        let columns = 0..table.columns().len();
        let columns = columns.filter(move |at| table.columns()[*at].nullable() == nullable);
        in_time_of(design, place, base, later, columns)
    };
    told(false).or_else(|| told(true))
}

/// How many rows come to a table by the time that some of its columns tell.
fn in_time_of(
    design: &Design,
    place: usize,
    base: &[u64],
    later: &Later,
    columns: impl Iterator<Item = usize>,
) -> Option<u64> {
    let table = &design.tables()[place];
    let now = later.before[place];
    let mut found = None;
    for column in columns {
        let behaviour = design.behaviour(place, column, base[place]);
        let rows = match behaviour.as_deref() {
            Some(Behaviour::Series { of, from, every, unit }) => {
                let pace = Pace::new(*every, *unit);
                let step = pace.micros();
                let parents = of.as_ref().and_then(|of| {
                    let key = &table.foreign_keys()[table.key_of(of)?];
                    let name = key.references.table.as_str();
                    design.tables().iter().position(|one| *one.name() == name)
                });
                // As many as fit before the new day; from a moment of its own each goes on as long.
                let each = parents.map_or(1, |at| later.before[at].max(1));
                let steps = match from {
                    // What ended before the present day does not go on.
                    Until::At(at)
                        if pace.before(at.micros()?, later.since) > now.div_ceil(each) + 1 =>
                    {
                        return Some(0);
                    }
                    Until::At(at) => pace.before(at.micros()?, later.until),
                    Until::Column(_) => {
                        let all = (later.until - later.since) / step.max(1);
                        let each = parents.map_or(1, |at| later.rows[at].max(1));
                        now.div_ceil(each) + all.max(0) as u64
                    }
                };
                let each = parents.map_or(1, |at| later.rows[at]);
                Some(steps.saturating_mul(each).saturating_sub(now))
            }
            _ => root(design, place, column, base).map(|happening| {
                let from = happening.from.and_then(peyote_schemas::behaviour::At::micros);
                let from = from.unwrap_or(later.since - 730 * DAY);
                if from >= later.since {
                    return 0;
                }
                let (so_far, more) = happens_between(&happening, (from, later.since), later.until);
                (now as f64 * more / so_far.max(f64::MIN_POSITIVE)).round() as u64
            }),
        };
        if let Some(rows) = rows
            && found.is_none_or(|found| rows > found)
        {
            found = Some(rows);
        }
    }
    found
}

/// When that happens which a column's moments follow from, if it goes on to the present day.
pub(super) fn root(
    design: &Design,
    mut table: usize,
    mut column: usize,
    base: &[u64],
) -> Option<Happening> {
    for _ in 0..DEEPEST {
        let own = design.tables().get(table)?;
        let kind = own.columns().get(column)?.kind();
        if !kind.is_some_and(|kind| kind.is_moment() && *kind != Kind::Time) {
            return None;
        }
        let next = match own.maker(column) {
            Said::Reached(way, _) => start(own, way)?,
            Said::Key(_) | Said::History | Said::Status(_) => return None,
            Said::Said(_) | Said::Open => {
                match design.behaviour(table, column, base[table]).as_deref() {
                    Some(Behaviour::Moment(happening)) => {
                        return happening.to.is_none().then(|| happening.clone());
                    }
                    Some(Behaviour::After(after)) if after.until.is_none() => after.column.clone(),
                    Some(Behaviour::Copy { of }) => of.clone(),
                    _ => return None,
                }
            }
        };
        let route = design.route(table, &next)?;
        (table, column) = (route.table, route.column);
    }
    None
}

/// When the first stage of a lifecycle begins.
fn start(table: &DesignTable, way: usize) -> Option<Path> {
    let way = table.lifecycles().get(way)?;
    let first = || way.stages.first()?.at.clone().map(Path::own);
    way.start.clone().or_else(first)
}

/// Whether rows that exist already can have no more children by a foreign key.
fn is_closed(table: &DesignTable, key: usize) -> bool {
    let of = table.history().and_then(|history| table.key_of(&history.of));
    names_a_row(table, key) || pair(table, key) == Some(key) || of == Some(key)
}

/// Whether a foreign key says how many children each row has.
fn counts(table: &DesignTable, key: usize) -> bool {
    let sized = match table.size() {
        Some(Size::PerParent { of }) => per_parent(table, of.as_deref()) == Some(key),
        _ => false,
    };
    let law = table.spreads()[key].children.as_ref();
    sized || matches!(law, Some(Children::Fixed { .. } | Children::Range { .. }))
}

/// The foreign keys that totals go by, as (table, key).
fn totals(design: &Design, base: &[u64]) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    for (at, table) in design.tables().iter().enumerate() {
        let stages = table.lifecycles().iter().flat_map(|way| &way.stages);
        for when in stages.filter_map(|stage| stage.when.as_ref()) {
            when.visit(&mut |node| {
                if let Node::Total { table, key, .. } = node {
                    found.extend(design.children(at, table, key.as_deref()));
                }
            });
        }
        for column in 0..table.columns().len() {
            match design.behaviour(at, column, base[at]).as_deref() {
                Some(Behaviour::Total { table, key, .. }) => {
                    found.extend(design.children(at, table, key.as_deref()));
                }
                Some(Behaviour::Expression { text }) => text.visit(&mut |node| {
                    if let Node::Total { table, key, .. } = node {
                        found.extend(design.children(at, table, key.as_deref()));
                    }
                }),
                _ => {}
            }
        }
    }
    found
}
