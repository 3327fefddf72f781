//! [`Route`] and [`Maker`]: a design's names as places, for whoever makes its values.

use crate::behaviour::{Behaviour, Path, Until};
use crate::design::{Design, DesignTable};
use crate::formula::Node;

/// Where a [`Path`] leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The foreign keys to go by, from the row on.
    pub hops: Vec<Hop>,
    /// The place of the table at the end.
    pub table: usize,
    /// The place of the column in it.
    pub column: usize,
}

/// A step from a row to the row that it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// The place of the table gone from.
    pub from: usize,
    /// The place of its foreign key gone by.
    pub key: usize,
    /// The place of the table gone to.
    pub to: usize,
}

/// What makes the values of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Maker<'d> {
    /// A foreign key, by its place: the first of those that it is part of which has most columns.
    Key(usize),
    /// A lifecycle, by its place: the column is its status.
    Status(usize),
    /// A lifecycle and a stage of it, by their places: the column is the moment of that stage.
    Reached(usize, usize),
    /// The table's history: the column is one of its bounds or says which row is the last.
    History,
    /// A behaviour that the design says.
    Said(&'d Behaviour),
    /// Nothing that the design says: what is usual for such a column.
    Open,
}

impl Design {
    /// Where a path leads from the rows of a table, by its place; none where a name is not there.
    pub fn route(&self, table: usize, path: &Path) -> Option<Route> {
        route(&self.tables, table, path)
    }

    /// The child table and its foreign key that a total over its rows goes by, by their places;
    /// none where it does not refer here. `key` names a column of that foreign key.
    pub fn children(&self, table: usize, child: &str, key: Option<&str>) -> Option<(usize, usize)> {
        children(&self.tables, table, child, key)
    }
}

/// See [`Design::route`].
pub(super) fn route(tables: &[DesignTable], table: usize, path: &Path) -> Option<Route> {
    let mut hops = Vec::new();
    let mut at = table;
    for name in &path.keys {
        let from = tables.get(at)?;
        let key = from.key_of(name)?;
        let target = &from.foreign_keys[key].references.table;
        let to = tables.iter().position(|table| table.name == *target)?;
        hops.push(Hop { from: at, key, to });
        at = to;
    }
    let columns = &tables.get(at)?.columns;
    let column = columns.iter().position(|column| column.name == path.column.as_str())?;
    Some(Route { hops, table: at, column })
}

/// See [`Design::children`].
pub(super) fn children(
    tables: &[DesignTable],
    table: usize,
    child: &str,
    key: Option<&str>,
) -> Option<(usize, usize)> {
    let place = tables.iter().position(|table| table.name == child)?;
    let own = &tables.get(table)?.name;
    let keys = &tables[place].foreign_keys;
    let fits = |at: &usize| {
        keys[*at].references.table == *own
            && key.is_none_or(|name| keys[*at].columns.iter().any(|column| *column == name))
    };
    (0..keys.len()).find(fits).map(|key| (place, key))
}

impl DesignTable {
    /// The place of the foreign key that a column refers by: that of the column alone before one
    /// of several columns.
    pub fn key_of(&self, column: &str) -> Option<usize> {
        let fits = |at: &usize| self.foreign_keys[*at].columns.iter().any(|one| *one == column);
        let keys = 0..self.foreign_keys.len();
        keys.filter(fits).min_by_key(|at| self.foreign_keys[*at].columns.len())
    }

    /// Whether the values of a column follow from those of another of the row, by way of others,
    /// as far as the design says so.
    pub fn follows(&self, column: &str, from: &str) -> bool {
        let mut seen = std::collections::BTreeSet::from([column.to_owned()]);
        let mut open = vec![column.to_owned()];
        while let Some(at) = open.pop() {
            let mut name = |path: &Path| {
                if path.is_own() && seen.insert(path.column.clone()) {
                    open.push(path.column.clone());
                }
            };
            match self.column(&at).and_then(|column| column.behaviour.as_ref()) {
                Some(Behaviour::Expression { text }) => text.visit(&mut |node| {
                    if let Node::Column(path) = node {
                        name(path);
                    }
                }),
                Some(Behaviour::After(after)) => {
                    name(&after.column);
                    after.given.iter().for_each(|given| name(&given.column));
                    if let Some(Until::Column(path)) = &after.until {
                        name(path);
                    }
                }
                Some(Behaviour::Number(number)) => {
                    number.given.iter().for_each(|given| name(&given.column));
                    number.with.iter().for_each(|with| name(&with.column));
                }
                Some(Behaviour::Pick(pick)) => {
                    pick.given.iter().for_each(|given| name(&given.column));
                }
                _ => {}
            }
            if seen.contains(from) {
                return true;
            }
        }
        false
    }

    /// What makes the values of a column, by its place.
    pub fn maker(&self, column: usize) -> Maker<'_> {
        let Some(column) = self.columns.get(column) else { return Maker::Open };
        let name = column.name.as_str();
        let keys = self.foreign_keys.iter().enumerate();
        let key = keys
            .filter(|(_, key)| key.columns.iter().any(|one| *one == name))
            .max_by_key(|(at, key)| (key.columns.len(), std::cmp::Reverse(*at)));
        if let Some((at, _)) = key {
            return Maker::Key(at);
        }
        for (at, way) in self.lifecycles.iter().enumerate() {
            if way.status == name {
                return Maker::Status(at);
            }
            let stage = way.stages.iter().position(|stage| stage.at.as_deref() == Some(name));
            if let Some(stage) = stage.filter(|stage| *stage > 0 || way.start.is_some()) {
                return Maker::Reached(at, stage);
            }
        }
        let history = self.history.as_ref().is_some_and(|history| {
            history.from == name || history.to == name || history.current.as_deref() == Some(name)
        });
        if history {
            return Maker::History;
        }
        column.behaviour.as_ref().map_or(Maker::Open, Maker::Said)
    }
}
