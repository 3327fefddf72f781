//! Names in behaviours, in whatever spelling, made those of the design.

use crate::behaviour::{Behaviour, Path, Piece, Template, Text, Until};
use crate::design::gather::line;
use crate::design::{DesignTable, route, stem};
use crate::formula::Node;

/// The name that a column of a table has here.
pub(super) fn column(
    tables: &[DesignTable],
    table: usize,
    name: &mut String,
) -> Result<(), String> {
    let table = &tables[table];
    match stem::column(&table.columns, name) {
        Some(place) => {
            *name = table.columns[place].name.to_string();
            Ok(())
        }
        None => Err(format!("`{}` has no column `{}`", table.name, line(name))),
    }
}

/// The names of a path from a table on.
pub(super) fn path(tables: &[DesignTable], table: usize, path: &mut Path) -> Result<(), String> {
    let mut at = table;
    for key in &mut path.keys {
        column(tables, at, key)?;
        let from = &tables[at];
        let Some(found) = from.key_of(key) else {
            return Err(format!("`{}`.`{key}` refers to no table", from.name));
        };
        let target = &from.foreign_keys[found].references.table;
        at = tables.iter().position(|table| table.name == *target).unwrap_or(at);
    }
    column(tables, at, &mut path.column)
}

/// The names of a bound.
pub(super) fn until(tables: &[DesignTable], table: usize, until: &mut Until) -> Result<(), String> {
    match until {
        Until::At(_) => Ok(()),
        Until::Column(of) => path(tables, table, of),
    }
}

/// The names of an expression, no deeper than it was parsed.
pub(super) fn node(tables: &[DesignTable], table: usize, part: &mut Node) -> Result<(), String> {
    match part {
        Node::Column(of) => return path(tables, table, of),
        Node::Total { table: child, key, of, .. } => {
            let place = self::child(tables, table, child, key.as_mut())?;
            return of.as_mut().map_or(Ok(()), |of| node(tables, place, of));
        }
        _ => {}
    }
    part.parts_mut().into_iter().try_for_each(|part| node(tables, table, part))
}

/// The names of a child table and of its column that refers here; its place.
fn child(
    tables: &[DesignTable],
    table: usize,
    name: &mut String,
    mut key: Option<&mut String>,
) -> Result<usize, String> {
    let Some(place) = stem::find(tables, name) else {
        return Err(format!("there is no table `{}`", line(name)));
    };
    *name = tables[place].name.to_string();
    if let Some(key) = &mut key {
        column(tables, place, key)?;
    }
    match route::children(tables, table, name, key.as_ref().map(|key| key.as_str())) {
        Some(_) => Ok(place),
        None => Err(format!("no foreign key of `{name}` refers to `{}`", tables[table].name)),
    }
}

/// All names of a behaviour.
pub(super) fn behaviour(
    tables: &[DesignTable],
    table: usize,
    behaviour: &mut Behaviour,
) -> Result<(), String> {
    let of_path = |of: &mut Path| path(tables, table, of);
    match behaviour {
        Behaviour::Sequence { .. }
        | Behaviour::Code { .. }
        | Behaviour::Constant { .. }
        | Behaviour::Uuid {}
        | Behaviour::List { .. }
        | Behaviour::Struct { .. } => Ok(()),
        Behaviour::Pick(pick) => {
            pick.given.as_mut().map_or(Ok(()), |given| of_path(&mut given.column))
        }
        Behaviour::Bool { given, .. } => {
            given.as_mut().map_or(Ok(()), |given| of_path(&mut given.column))
        }
        Behaviour::Number(number) => {
            number.given.as_mut().map_or(Ok(()), |given| of_path(&mut given.column))?;
            number.with.as_mut().map_or(Ok(()), |with| of_path(&mut with.column))
        }
        Behaviour::Template(text) => template(tables, table, text),
        Behaviour::After(after) => {
            of_path(&mut after.column)?;
            after.given.as_mut().map_or(Ok(()), |given| of_path(&mut given.column))?;
            after.turn.as_mut().map_or(Ok(()), |turn| column(tables, table, turn))?;
            after.until.as_mut().map_or(Ok(()), |until| self::until(tables, table, until))
        }
        Behaviour::Moment(happening) => {
            happening.turn.as_mut().map_or(Ok(()), |turn| column(tables, table, turn))
        }
        Behaviour::Copy { of } => of_path(of),
        Behaviour::Nth { of, .. } => column(tables, table, of),
        Behaviour::Series { of, from, .. } => {
            of.as_mut().map_or(Ok(()), |of| column(tables, table, of))?;
            until(tables, table, from)
        }
        Behaviour::Polymorphic { type_column, cases } => {
            column(tables, table, type_column)?;
            cases.values_mut().try_for_each(|target| {
                let [name] = target.keys.as_mut_slice() else {
                    return Err(format!("`{target}` is no column: say `table.column`"));
                };
                let Some(place) = stem::find(tables, name) else {
                    return Err(format!("there is no table `{}`", line(name)));
                };
                *name = tables[place].name.to_string();
                column(tables, place, &mut target.column)
            })
        }
        Behaviour::Values { at, .. } => {
            at.as_mut().map_or(Ok(()), |at| node(tables, table, &mut at.root))
        }
        Behaviour::Expression { text } => node(tables, table, &mut text.root),
        Behaviour::Total { table: name, key, of, .. } => {
            let place = child(tables, table, name, key.as_mut())?;
            of.as_mut().map_or(Ok(()), |of| node(tables, place, &mut of.root))
        }
    }
}

fn template(tables: &[DesignTable], table: usize, text: &mut Text) -> Result<(), String> {
    let Text { forms, words, given, .. } = text;
    if let Some(given) = given {
        path(tables, table, &mut given.column)?;
    }
    let given = given.iter_mut().flat_map(|given| given.cases.values_mut());
    for Template { pieces } in forms.iter_mut().chain(given.flat_map(|forms| &mut forms.forms)) {
        for piece in pieces {
            match piece {
                Piece::Value { of, .. } if of.is_own() && words.contains_key(&of.column) => {}
                Piece::Value { of, .. } => path(tables, table, of)?,
                Piece::Formula(formula) => node(tables, table, &mut formula.root)?,
                Piece::Literal(_) | Piece::Pattern(_) | Piece::Range { .. } => {}
            }
        }
    }
    Ok(())
}
