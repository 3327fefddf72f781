//! Behaviours: what was said of how values come about, read and put where it belongs.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::gather::line;
use super::{DesignTable, stem};
use crate::behaviour::{At, Behaviour, Nulls, Spread};
use crate::draft::{ColumnDraft, TableDraft};
use crate::finding::{Finding, Level};

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
}

/// The present day of the data.
pub(super) fn clock(said: Option<&str>, findings: &mut Vec<Finding>) -> Option<At> {
    let said = said?;
    match At::parse(said) {
        Ok(at) => Some(at),
        Err(why) => {
            findings.push(Finding::new(Level::Reject, "/clock", why));
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
                Finding::new(Level::Reject, at, message)
                    .hint("`peyote design --schema` says what may stand there"),
            );
            None
        }
    }
}
