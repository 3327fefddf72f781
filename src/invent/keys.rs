//! Keys: what was said of them and what the rows bear, made to agree.

use std::collections::BTreeSet;

use peyote_schemas::dataset::Table;
use peyote_schemas::design::DesignTable;
use peyote_schemas::{Finding, ForeignKey, Kind, Level, Reference};

/// The share of rows that a said primary key must tell apart to be mended; below, it is no key.
const KEY_SHARE: f64 = 0.5;

/// The share of a reference's values that must be in another unique column of the parent than its
/// primary key for the reference to mean that one.
const NATURAL_SHARE: f64 = 0.3;

/// The said primary key, where the rows bear it; else the one that was found.
pub(super) fn primary(design: &DesignTable, table: &mut Table, findings: &mut Vec<Finding>) {
    let said: Vec<String> = design.primary_key().iter().map(ToString::to_string).collect();
    if said == table.primary_key {
        return;
    }
    if said.is_empty() {
        if !is_key_by_name(design, &table.primary_key) {
            // Unlike by chance, as the first names of twenty people may be.
            table.primary_key.clear();
        }
        return;
    }
    let at = format!("/tables/{}/primary_key", design.name());
    let places: Option<Vec<usize>> = said.iter().map(|name| place(table, name)).collect();
    let Some(places) = places else {
        let message = format!("the rows lack the primary key `{}`", said.join(", "));
        findings.push(Finding::new(Level::Note, at, message));
        return;
    };
    let keys: BTreeSet<Vec<Option<&str>>> = (0..table.raw.len())
        .map(|row| places.iter().map(|place| table.raw.text(row, *place)).collect())
        .collect();
    let enough = if is_key_by_name(design, &said) { KEY_SHARE } else { 1.0 };
    if keys.len() as f64 >= enough * table.raw.len() as f64 {
        table.primary_key = said;
        return;
    }
    if !is_key_by_name(design, &table.primary_key) {
        table.primary_key.clear();
    }
    let message = format!(
        "`{}` was said to be the primary key, but {} rows have only {} of it",
        said.join(", "),
        table.raw.len(),
        keys.len()
    );
    findings.push(Finding::new(Level::Note, at, message));
}

/// Whether the names of columns say that they name rows: an id, a code, the name of the thing
/// itself; of several columns, each a key of its own or a position.
fn is_key_by_name(design: &DesignTable, columns: &[String]) -> bool {
    const KEYS: [&str; 12] = [
        "id", "code", "key", "number", "no", "uuid", "guid", "sku", "isbn", "iata", "icao", "isrc",
    ];
    const THINGS: [&str; 3] = ["name", "title", "label"];
    let word = |name: &str| name.rsplit('_').next().unwrap_or(name).to_owned();
    let is_key = |name: &String| KEYS.contains(&word(name).as_str());
    match columns {
        [] => false,
        [name] => {
            let stem = name.strip_suffix(&format!("_{}", word(name))).unwrap_or("");
            is_key(name)
                || (THINGS.contains(&word(name).as_str())
                    && (stem.is_empty() || design.name().as_str().starts_with(stem)))
        }
        many => many.iter().all(is_key),
    }
}

/// Whether a reference that nobody spoke of is told by its name: that of the key it refers to, alone
/// or behind a role (`home_team_id`), and not the table's own key.
pub(super) fn is_told_by_name(key: &ForeignKey, primary_key: &[String]) -> bool {
    key.columns != primary_key
        && key.columns.iter().zip(&key.references.columns).all(|(column, referred)| {
            column == referred || column.ends_with(&format!("_{referred}"))
        })
}

/// The references of a table: those that its rows prove, and those that were said and can be kept.
pub(super) fn foreign(
    design: &DesignTable,
    at: usize,
    tables: &[Table],
    findings: &mut Vec<Finding>,
) -> Vec<ForeignKey> {
    let child = &tables[at];
    let mut keys = child.foreign_keys.clone();
    for said in design.foreign_keys().iter().map(ForeignKey::to_text) {
        if keys.iter().any(|key| key.columns == said.columns) {
            continue;
        }
        let told = |message: String| {
            let at = format!("/tables/{}/foreign_keys", design.name());
            Finding::new(Level::Note, at, message)
        };
        let (columns, target) = (said.columns.join(", "), &said.references.table);
        if said.columns.iter().any(|name| place(child, name).is_none()) {
            findings
                .push(told(format!("the rows lack `{columns}`, which should refer to `{target}`")));
            continue;
        }
        let Some(parent) = tables.iter().find(|table| table.raw.name == *target) else { continue };
        match meant(child, parent, &said) {
            Some(columns) => keys.push(ForeignKey {
                references: Reference { table: target.clone(), columns },
                ..said
            }),
            None => findings.push(told(format!(
                "no value of `{columns}` names a row of `{target}`: the reference was dropped"
            ))),
        }
    }
    keys
}

/// The columns of the parent that a reference means: another unique column than the primary key
/// where more of the values are there, else the primary key where the kinds allow it.
fn meant(child: &Table, parent: &Table, said: &ForeignKey) -> Option<Vec<String>> {
    let [column] = said.columns.as_slice() else {
        return (parent.primary_key.len() == said.columns.len())
            .then(|| parent.primary_key.clone());
    };
    let from = place(child, column)?;
    let values: Vec<&str> = child.raw.texts(from).flatten().collect();
    let share = |to: usize| {
        let keys: BTreeSet<&str> = parent.raw.texts(to).flatten().collect();
        let unique = keys.len() == parent.raw.len();
        let found = values.iter().filter(|value| keys.contains(*value)).count();
        if unique { found as f64 / values.len().max(1) as f64 } else { 0.0 }
    };
    let primary = match parent.primary_key.as_slice() {
        [name] => place(parent, name),
        _ => None,
    };
    let best = (0..parent.columns.len()).map(|to| (share(to), to)).fold(
        (0.0, None),
        |best: (f64, Option<usize>), (share, to)| {
            if share > best.0 { (share, Some(to)) } else { best }
        },
    );
    let primary_share = primary.map_or(0.0, share);
    if let (natural, Some(to)) = best
        && natural >= NATURAL_SHARE
        && natural > primary_share
    {
        return Some(vec![parent.columns[to].name.clone()]);
    }
    let to = primary?;
    let alike = same_family(&child.columns[from].kind, &parent.columns[to].kind);
    (primary_share > 0.0 || alike).then(|| vec![parent.columns[to].name.clone()])
}

/// Whether values of two kinds can be each other's keys.
fn same_family(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Int(_), Kind::Int(_)) | (Kind::Uuid, Kind::Uuid) => true,
        // Text that names nothing in the parent says something of its own.
        _ => false,
    }
}

pub(super) fn place(table: &Table, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.name == name)
}
