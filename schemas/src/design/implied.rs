//! Implied parts: a table that others point at and nobody designed, a key that a table lacks.

use serde_json::Value;

use super::primary::add_unique;
use super::{DesignColumn, DesignTable, MAX_COLUMNS, stem};
use crate::kind::Kind;
use crate::name::Identifier;

/// A table for what `child` points at: its key, under the name that was said if one was, and what
/// a row of it is called.
pub(super) fn table(
    said: &str,
    key: Option<&str>,
    child: &DesignColumn,
    taken: &[DesignTable],
) -> DesignTable {
    let mut words: Vec<&str> = said.split_whitespace().collect();
    let filler = |word: &&str| matches!(word.to_ascii_lowercase().as_str(), "table" | "tables");
    while words.len() > 1 && words.last().is_some_and(filler) {
        words.pop();
    }
    let said = words.join(" ");
    let name = Identifier::new(&said, "table");
    let name = name.unlike(|name| taken.iter().any(|table| table.name == *name));
    let id = key.is_some() || stem::is_key(child.name.as_str());
    let key = match key {
        Some(key) => Identifier::new(key, "id"),
        None if id => key_name(&name),
        None => child.name.clone(),
    };
    // A column that names its parent in words leaves the parent to say more about them.
    let word = if id { "name" } else { "description" };
    let word = Identifier::new(word, "name").unlike(|name| *name == key);
    let mut columns = vec![column(key.clone(), None), column(word, Some(Kind::Text))];
    columns[0].nullable = false;
    columns[0].kind.clone_from(&child.kind);
    DesignTable {
        said: if said.is_empty() { name.as_str().to_owned() } else { said },
        name,
        implied: true,
        description: String::new(),
        columns,
        primary_key: vec![key],
        unique: Vec::new(),
        foreign_keys: Vec::new(),
        spreads: Vec::new(),
        checks: Vec::new(),
        rows: Vec::new(),
        size: None,
        lifecycles: Vec::new(),
        history: None,
    }
}

/// What the key of a table is called: `user_id` in `users`, `repair_log_id` in `repair_log_data`.
pub(super) fn key_name(table: &Identifier) -> Identifier {
    let mut words: Vec<&str> = table.as_str().split('_').collect();
    while words.len() > 1
        && words.last().is_some_and(|last| matches!(*last, "data" | "table" | "information"))
    {
        words.pop();
    }
    let Some((last, before)) = words.split_last() else { return table.clone() };
    let mut name = before.join("_");
    if !name.is_empty() {
        name.push('_');
    }
    name.push_str(&stem::singular(last));
    Identifier::new(&format!("{name} id"), "id")
}

fn column(name: Identifier, kind: Option<Kind>) -> DesignColumn {
    DesignColumn {
        said: name.as_str().to_owned(),
        name,
        kind,
        nullable: true,
        unit: None,
        format: None,
        description: None,
        vocabulary: None,
        behaviour: None,
        nulls: None,
        remark: None,
    }
}

/// How a parent came by the key that a child points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// It was there: the primary key.
    Primary(Identifier),
    /// A column that was there and is the key from now on.
    Promoted(Identifier),
    /// A column that was not there.
    Added(Identifier),
}

/// The one column of a parent that a child's column points at; the parent gets one if it has none.
pub(super) fn key(parent: &mut DesignTable, child: &DesignColumn) -> Option<Key> {
    match parent.primary_key.as_slice() {
        [key] => return Some(Key::Primary(key.clone())),
        [] => {}
        // One column of a composite key names no row by itself.
        _ => {
            let same = parent.columns.iter().find(|column| column.name == child.name)?;
            let name = same.name.clone();
            add_unique(parent, vec![name.clone()]);
            return Some(Key::Promoted(name));
        }
    }
    if let Some(name) = natural(parent, child) {
        parent.primary_key = vec![name.clone()];
        return Some(Key::Promoted(name));
    }
    if parent.columns.len() >= MAX_COLUMNS {
        return None;
    }
    let own = key_name(&parent.name);
    let name = own.unlike(|name| parent.columns.iter().any(|column| column.name == *name));
    let id = stem::is_key(child.name.as_str());
    let kind = if id { child.kind.clone() } else { None };
    let mut added = column(name.clone(), kind);
    added.nullable = false;
    parent.columns.insert(0, added);
    for (number, row) in parent.rows.iter_mut().enumerate() {
        row.insert(0, Value::from(number + 1));
    }
    parent.primary_key = vec![name.clone()];
    Some(Key::Added(name))
}

/// The column of a parent without key that says in words what the child says: the same name, the
/// parent's name, or a first column that ends like the child's.
fn natural(parent: &DesignTable, child: &DesignColumn) -> Option<Identifier> {
    let stems = |name: &str| -> Vec<String> {
        stem::words(name).iter().map(|word| stem::word(word)).collect()
    };
    let free = |column: &&DesignColumn| {
        !parent.foreign_keys.iter().any(|key| key.columns == [column.name.clone()])
    };
    if let Some(same) = parent.columns.iter().filter(free).find(|one| one.name == child.name) {
        return Some(same.name.clone());
    }
    if stem::is_key(child.name.as_str()) {
        return None;
    }
    let subject = stem::subject(parent.name.as_str());
    let named = |column: &&DesignColumn| {
        let words = stems(column.name.as_str());
        let (last, before) = words.split_last().map_or((None, &[][..]), |(l, b)| (Some(l), b));
        words == subject
            || (last.is_some_and(|last| last == "nam" || last == "titl")
                && (before.is_empty() || subject.ends_with(before)))
    };
    let wanted = stems(child.name.as_str());
    (parent.columns.iter().filter(free).find(named))
        .or_else(|| {
            (parent.columns.first().filter(free))
                .filter(|first| stems(first.name.as_str()).ends_with(&wanted))
        })
        .map(|column| column.name.clone())
}
