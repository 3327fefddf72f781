//! Behaviours: what was said of how values come about, read and put where it belongs.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::gather::line;
use super::{DesignTable, Maker, stem};
use crate::behaviour::{At, Behaviour, Nulls, Spread};
use crate::draft::{ColumnDraft, TableDraft};
use crate::finding::{Finding, Level};

mod cycle;
pub(super) mod fit;
mod law;
mod lives;
mod name;
mod rows;
mod scope;
mod story;
#[cfg(test)]
mod tests;

pub(super) use story::story;

/// The most lifecycles that a table has.
const MAX_LIFECYCLES: usize = 10;

/// Reads what drafts say of behaviours into the tables; what cannot be read becomes a finding.
pub(super) fn keep(
    tables: &mut [DesignTable],
    drafts: &[Vec<(usize, &TableDraft)>],
    findings: &mut Vec<Finding>,
) {
    for table in tables.iter_mut() {
        table.spreads = vec![Spread::default(); table.foreign_keys.len()];
    }
    for (table, drafts) in tables.iter_mut().zip(drafts) {
        for (number, draft) in drafts {
            let at = format!("/tables/{number}");
            whole(table, draft, &at, findings);
            for (place, column) in draft.columns.iter().enumerate() {
                let at = format!("{at}/columns/{place}");
                one(table, column, &at, findings);
            }
        }
    }
    let place = |table: usize| {
        let number = drafts.get(table).and_then(|drafts| drafts.first()).map(|(number, _)| *number);
        number.map_or_else(|| "/tables".to_owned(), |number| format!("/tables/{number}"))
    };
    for table in 0..tables.len() {
        whole_rows(tables, table, &place(table), findings);
    }
    for table in 0..tables.len() {
        columns(tables, table, &place(table), findings);
    }
    for ((table, column), way) in cycle::circles(tables) {
        let why = format!("it follows from itself: {way}");
        if let Maker::Key(key) = tables[table].maker(column) {
            let at = format!("{}/foreign_keys/{key}", place(table));
            let message = format!("how `{}` is dealt out was left out: {why}", tables[table].name);
            findings.push(Finding::new(Level::Error, at, message));
            tables[table].spreads[key].among = None;
            continue;
        }
        let at = format!("{}/columns/{column}/behaviour", place(table));
        findings.push(refused(tables, at, table, column, &why));
        if let Maker::Status(way) | Maker::Reached(way, _) = tables[table].maker(column) {
            tables[table].lifecycles[way].stages.iter_mut().for_each(|stage| stage.when = None);
        }
        tables[table].columns[column].behaviour = None;
    }
}

/// Takes out of a table what cannot hold of its rows; what stays is in the design's names.
fn whole_rows(tables: &mut [DesignTable], table: usize, at: &str, findings: &mut Vec<Finding>) {
    let mut told = |at: String, name: &str, why: &str| {
        let message = format!("{name} was left out: {why}");
        findings.push(Finding::new(Level::Error, at, message));
    };
    let own = tables[table].name.to_string();
    for key in 0..tables[table].spreads.len() {
        let mut spread = std::mem::take(&mut tables[table].spreads[key]);
        match rows::spread(tables, table, key, &mut spread) {
            Ok(()) => tables[table].spreads[key] = spread,
            Err(why) => {
                let name = format!("how `{own}` is dealt out");
                told(format!("{at}/foreign_keys/{key}"), &name, &why);
            }
        }
    }
    if let Some(mut size) = tables[table].size.take() {
        match rows::size(tables, table, &mut size) {
            Ok(()) => tables[table].size = Some(size),
            Err(why) => told(format!("{at}/size"), &format!("the size of `{own}`"), &why),
        }
    }
    let ways = std::mem::take(&mut tables[table].lifecycles);
    for (place, mut way) in ways.into_iter().enumerate() {
        let mut fits = lives::lifecycle(tables, table, &mut way);
        let taken = |name: &str| {
            (tables[table].columns.iter().position(|column| column.name == name)).is_some_and(
                |column| !matches!(tables[table].maker(column), Maker::Open | Maker::Said(_)),
            )
        };
        let started = way.start.is_some();
        let made = (way.stages.iter().enumerate())
            .filter(|(stage, _)| *stage > 0 || started)
            .filter_map(|(_, stage)| stage.at.as_ref());
        if let Some(name) = std::iter::once(&way.status).chain(made).find(|name| taken(name))
            && fits.is_ok()
        {
            fits = Err(format!("something else makes `{name}` already"));
        }
        match fits {
            Ok(()) => tables[table].lifecycles.push(way),
            Err(why) => {
                told(format!("{at}/lifecycles/{place}"), &format!("a lifecycle of `{own}`"), &why);
            }
        }
    }
    if let Some(mut history) = tables[table].history.take() {
        match lives::history(tables, table, &mut history) {
            Ok(()) => tables[table].history = Some(history),
            Err(why) => told(format!("{at}/history"), &format!("the history of `{own}`"), &why),
        }
    }
}

/// Takes out of a table's columns what cannot be; what stays is in the design's names.
fn columns(tables: &mut [DesignTable], table: usize, at: &str, findings: &mut Vec<Finding>) {
    for column in 0..tables[table].columns.len() {
        if let Some(mut nulls) = tables[table].columns[column].nulls.take() {
            match rows::nulls(tables, table, column, &mut nulls) {
                Ok(()) => tables[table].columns[column].nulls = Some(nulls),
                Err(why) => {
                    let at = format!("{at}/columns/{column}/nulls");
                    findings.push(refused(tables, at, table, column, &why));
                }
            }
        }
        let Some(mut behaviour) = tables[table].columns[column].behaviour.take() else { continue };
        let clash = match tables[table].maker(column) {
            Maker::Key(key) => {
                let parent = &tables[table].foreign_keys[key].references.table;
                Some(format!("it refers to `{parent}`, which says what its values are"))
            }
            Maker::Status(_) | Maker::Reached(..) => {
                Some("a lifecycle says what its values are".to_owned())
            }
            Maker::History => Some("the table's history says what its values are".to_owned()),
            Maker::Said(_) | Maker::Open => None,
        };
        let fits = clash.map_or(Ok(()), Err).and_then(|()| {
            name::behaviour(tables, table, &mut behaviour)?;
            fit::behaviour(tables, table, &tables[table].columns[column], &behaviour)
        });
        match fits {
            Ok(()) => tables[table].columns[column].behaviour = Some(behaviour),
            Err(why) => {
                let at = format!("{at}/columns/{column}/behaviour");
                findings.push(refused(tables, at, table, column, &why));
            }
        }
    }
}

fn refused(tables: &[DesignTable], at: String, table: usize, column: usize, why: &str) -> Finding {
    let (table, column) = (&tables[table], &tables[table].columns[column]);
    let message =
        format!("the behaviour of `{}`.`{}` was left out: {why}", table.name, column.name);
    Finding::new(Level::Error, at, message)
}

/// The present day of the data.
pub(super) fn clock(said: Option<&str>, findings: &mut Vec<Finding>) -> Option<At> {
    let said = said?;
    match At::parse(said) {
        Ok(at) => Some(at),
        Err(why) => {
            findings.push(Finding::new(Level::Error, "/clock", why));
            None
        }
    }
}

/// What is said of a whole table.
fn whole(table: &mut DesignTable, draft: &TableDraft, at: &str, findings: &mut Vec<Finding>) {
    if let Some(size) = &draft.size
        && table.size.is_none()
    {
        table.size = read(size, &format!("{at}/size"), findings);
    }
    for (place, way) in draft.lifecycles.iter().take(MAX_LIFECYCLES).enumerate() {
        table.lifecycles.extend(read(way, &format!("{at}/lifecycles/{place}"), findings));
    }
    if let Some(history) = &draft.history
        && table.history.is_none()
    {
        table.history = read(history, &format!("{at}/history"), findings);
    }
    for (place, key) in draft.foreign_keys.iter().enumerate() {
        let said = key.spread();
        if said.as_object().is_some_and(serde_json::Map::is_empty) {
            continue;
        }
        let at = format!("{at}/foreign_keys/{place}");
        let columns: Vec<Option<usize>> =
            key.columns.iter().map(|name| stem::column(&table.columns, name)).collect();
        let same = |own: &crate::ForeignKey<crate::name::Identifier>| {
            own.columns.len() == columns.len()
                && own.columns.iter().zip(&columns).all(|(own, place)| {
                    place.is_some_and(|place| table.columns[place].name == *own)
                })
        };
        let named = |own: &crate::ForeignKey<crate::name::Identifier>| {
            own.references.table == key.references.table.as_str()
        };
        let mut fitting = (0..table.foreign_keys.len()).filter(|at| same(&table.foreign_keys[*at]));
        let first = fitting.clone().next();
        let found = fitting.find(|at| named(&table.foreign_keys[*at])).or(first);
        let Some(found) = found else { continue };
        if let Some(spread) = read(&said, &at, findings) {
            table.spreads[found] = spread;
        }
    }
}

/// What is said of a column.
fn one(table: &mut DesignTable, draft: &ColumnDraft, at: &str, findings: &mut Vec<Finding>) {
    if draft.behaviour.is_none() && draft.nulls.is_none() {
        return;
    }
    let Some(place) = stem::column(&table.columns, &draft.name) else { return };
    let column = &mut table.columns[place];
    if let Some(said) = &draft.behaviour {
        let at = format!("{at}/behaviour");
        column.behaviour = read::<Behaviour>(said, &at, findings).or(column.behaviour.take());
    }
    if let Some(said) = &draft.nulls {
        // A number alone is their share.
        let said = if said.is_number() { json!({ "rate": said }) } else { said.clone() };
        let at = format!("{at}/nulls");
        column.nulls = read::<Nulls>(&said, &at, findings).or(column.nulls.take());
    }
}

/// A value read by the letter; what is wrong with it becomes a finding.
fn read<T: DeserializeOwned>(said: &Value, at: &str, findings: &mut Vec<Finding>) -> Option<T> {
    match serde_json::from_value(said.clone()) {
        Ok(value) => Some(value),
        Err(why) => {
            let message = format!("left out: {}", line(&why.to_string()));
            findings.push(
                Finding::new(Level::Error, at, message)
                    .hint("`peyote design --schema` says what may stand there"),
            );
            None
        }
    }
}
