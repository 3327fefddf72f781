//! Circles: columns that follow from themselves, by way of others.

use std::collections::BTreeSet;

use crate::behaviour::{Among, Behaviour, Given, NullsWhen, Path, Piece, Until};
use crate::design::{DesignTable, Maker, route};
use crate::formula::Node;

/// A column, by the places of its table and of itself.
type Place = (usize, usize);

/// Columns whose behaviour has to go so that nothing follows from itself, each with the way that
/// led back to it.
pub(super) fn circles(tables: &[DesignTable]) -> Vec<(Place, String)> {
    let mut found = Vec::new();
    let mut done: BTreeSet<Place> = BTreeSet::new();
    for table in 0..tables.len() {
        for column in 0..tables[table].columns.len() {
            walk(tables, (table, column), &mut done, &mut found);
        }
    }
    found
}

/// Walks all that a column follows from, without recursion.
fn walk(
    tables: &[DesignTable],
    start: Place,
    done: &mut BTreeSet<Place>,
    found: &mut Vec<(Place, String)>,
) {
    if done.contains(&start) {
        return;
    }
    let mut way: Vec<(Place, Vec<Place>)> = vec![(start, follows(tables, start))];
    while let Some((at, rest)) = way.last_mut() {
        let at = *at;
        let Some(next) = rest.pop() else {
            done.insert(at);
            way.pop();
            continue;
        };
        if done.contains(&next) {
            continue;
        }
        let Some(back) = way.iter().position(|(place, _)| *place == next) else {
            let more = follows(tables, next);
            way.push((next, more));
            continue;
        };
        // Only a behaviour can be left out, what a stage goes by, or which rows a key is for; keys
        // and sizes cannot.
        let said = |place: &Place| {
            let table = &tables[place.0];
            matches!(table.maker(place.1), Maker::Said(_))
        };
        let circle: Vec<Place> = way[back..].iter().map(|(place, _)| *place).collect();
        let staged = |place: &Place| {
            let table = &tables[place.0];
            let (Maker::Status(way) | Maker::Reached(way, _)) = table.maker(place.1) else {
                return false;
            };
            table.lifecycles[way].stages.iter().any(|stage| stage.when.is_some())
        };
        let chosen = |place: &Place| {
            let table = &tables[place.0];
            let Maker::Key(key) = table.maker(place.1) else { return false };
            table.spreads.get(key).is_some_and(|spread| spread.among.is_some())
        };
        let guilty = circle.iter().rev().find(|place| said(place));
        let guilty = guilty.or_else(|| circle.iter().find(|place| staged(place)));
        let Some(guilty) = guilty.or_else(|| circle.iter().find(|place| chosen(place))) else {
            continue;
        };
        let named = |place: &Place| {
            let table = &tables[place.0];
            format!("`{}`.`{}`", table.name, table.columns[place.1].name)
        };
        let mut names: Vec<String> = circle.iter().map(named).collect();
        names.push(named(&circle[0]));
        found.push((*guilty, names.join(" follows from ")));
        // What follows from it now follows from nothing that it did.
        let cut = way.iter().position(|(place, _)| place == guilty).unwrap_or(back);
        way.truncate(cut + 1);
        if let Some((_, rest)) = way.last_mut() {
            rest.clear();
        }
    }
}

/// Whether a column is one of some others, or follows from one.
pub(super) fn reaches(tables: &[DesignTable], start: Place, goals: &[Place]) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    while let Some(at) = open.pop() {
        if goals.contains(&at) {
            return true;
        }
        if seen.insert(at) {
            open.extend(follows(tables, at));
        }
    }
    false
}

/// The columns that a column's values follow from.
fn follows(tables: &[DesignTable], (table, column): Place) -> Vec<Place> {
    let mut found = BTreeSet::new();
    let own = &tables[table];
    let mut path = |path: &Path| add(tables, table, path, &mut found);
    if let Some(nulls) = &own.columns[column].nulls {
        nulls.when.iter().for_each(|NullsWhen { column, .. }| path(column));
    }
    match own.maker(column) {
        Maker::Key(key) => match own.spreads.get(key).and_then(|spread| spread.among.as_ref()) {
            Some(Among::There { by, until, .. }) => {
                path(by);
                let target = &own.foreign_keys[key].references.table;
                let target = tables.iter().position(|one| one.name == *target);
                if let (Some(until), Some(target)) = (until, target) {
                    add(tables, target, &Path::own(until.clone()), &mut found);
                }
            }
            Some(Among::Before { of }) => path(&Path::own(of.clone())),
            Some(Among::Place { row }) => node(tables, table, &row.root, &mut found),
            Some(
                among @ (Among::Same { by, since, until, .. }
                | Among::Where { by, since, until, .. }),
            ) => {
                if let Some(by) = by {
                    path(&Path::own(by.clone()));
                }
                let bounds = since.iter().chain(until).map(|one| Path::own(one.clone()));
                let column = match among {
                    Among::Same { of, column, .. } => {
                        path(&Path::own(of.clone()));
                        column.as_ref()
                    }
                    Among::Where { column, .. } => Some(column),
                    _ => None,
                };
                let target = &own.foreign_keys[key].references.table;
                if let Some(target) = tables.iter().position(|one| one.name == *target) {
                    for one in column.cloned().into_iter().chain(bounds) {
                        add(tables, target, &one, &mut found);
                    }
                }
            }
            Some(Among::Theirs { of }) => path(of),
            None => {}
        },
        Maker::Open => {}
        Maker::Status(way) | Maker::Reached(way, _) => {
            let way = &own.lifecycles[way];
            if let Some(start) = &way.start {
                path(start);
            } else if let Some(at) = way.stages.first().and_then(|stage| stage.at.as_ref()) {
                path(&Path::own(at.clone()));
            }
            for when in way.stages.iter().filter_map(|stage| stage.when.as_ref()) {
                node(tables, table, &when.root, &mut found);
            }
        }
        Maker::History => {
            if let Some(Until::Column(since)) = own.history.as_ref().map(|history| &history.since) {
                path(since);
            }
        }
        Maker::Said(behaviour) => of_behaviour(tables, table, behaviour, &mut found),
    }
    found.into_iter().collect()
}

fn add(tables: &[DesignTable], table: usize, path: &Path, found: &mut BTreeSet<Place>) {
    if let Some(route) = route::route(tables, table, path) {
        for (hop, name) in route.hops.iter().zip(&path.keys) {
            refers(tables, (hop.from, hop.key), Some(name), found);
        }
        found.insert((route.table, route.column));
    }
}

/// Adds the columns of a foreign key, or the one of them that is named.
fn refers(
    tables: &[DesignTable],
    (table, key): Place,
    named: Option<&str>,
    found: &mut BTreeSet<Place>,
) {
    let own = &tables[table];
    let is_part = |name: &str| {
        named.is_none_or(|named| named == name)
            && own.foreign_keys[key].columns.iter().any(|one| *one == name)
    };
    let columns = own.columns.iter().enumerate();
    found.extend(
        columns.filter(|(_, column)| is_part(column.name.as_str())).map(|(at, _)| (table, at)),
    );
}

/// Adds what a total over the rows of a child table follows from.
fn total(
    tables: &[DesignTable],
    child: Option<Place>,
    of: Option<&Node>,
    found: &mut BTreeSet<Place>,
) {
    let Some((child, key)) = child else { return };
    refers(tables, (child, key), None, found);
    if let Some(of) = of {
        node(tables, child, of, found);
    }
}

fn of_behaviour(
    tables: &[DesignTable],
    table: usize,
    behaviour: &Behaviour,
    found: &mut BTreeSet<Place>,
) {
    let mut path = |path: &Path| add(tables, table, path, found);
    match behaviour {
        Behaviour::Pick(pick) => {
            if let Some(Given { column, .. }) = &pick.given {
                path(column);
            }
        }
        Behaviour::Bool { given: Some(given), .. } => path(&given.column),
        Behaviour::Number(number) => {
            number.given.iter().for_each(|given| path(&given.column));
            number.with.iter().for_each(|with| path(&with.column));
        }
        Behaviour::Template(text) => {
            if let Some(given) = &text.given {
                path(&given.column);
            }
            for piece in text.all_forms().flat_map(|form| &form.pieces) {
                match piece {
                    Piece::Value { of, .. }
                        if !(of.is_own() && text.words.contains_key(&of.column)) =>
                    {
                        add(tables, table, of, found);
                    }
                    Piece::Formula(formula) => node(tables, table, &formula.root, found),
                    _ => {}
                }
            }
        }
        Behaviour::After(after) => {
            path(&after.column);
            after.given.iter().for_each(|given| path(&given.column));
            after.turn.iter().for_each(|turn| path(&Path::own(turn.clone())));
            if let Some(Until::Column(until)) = &after.until {
                path(until);
            }
        }
        Behaviour::Moment(happening) => {
            happening.turn.iter().for_each(|turn| path(&Path::own(turn.clone())));
        }
        Behaviour::Copy { of } => path(of),
        Behaviour::Series { from: Until::Column(from), .. } => path(from),
        Behaviour::Polymorphic { type_column, .. } => path(&Path::own(type_column.clone())),
        Behaviour::Expression { text: formula } | Behaviour::Values { at: Some(formula), .. } => {
            node(tables, table, &formula.root, found);
        }
        Behaviour::Total { table: child, key, of, .. } => {
            let child = route::children(tables, table, child, key.as_deref());
            total(tables, child, of.as_ref().map(|of| &of.root), found);
        }
        _ => {}
    }
}

fn node(tables: &[DesignTable], table: usize, part: &Node, found: &mut BTreeSet<Place>) {
    match part {
        Node::Column(path) => add(tables, table, path, found),
        Node::Total { table: child, key, of, .. } => {
            let child = route::children(tables, table, child, key.as_deref());
            total(tables, child, of.as_deref(), found);
        }
        _ => part.parts().into_iter().for_each(|part| node(tables, table, part, found)),
    }
}
