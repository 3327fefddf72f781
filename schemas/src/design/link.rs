//! Links: claims made into foreign keys, each to a key that its parent has.

use super::foreign::{self, Claim, Target};
use super::gather::line;
use super::implied::{self, Key};
use super::primary::add_unique;
use super::{DesignTable, MAX_TABLES, stem};
use crate::finding::{Finding, Level};
use crate::name::Identifier;

/// Makes a foreign key of every claim that can hold; the others become findings.
pub(super) fn all(
    tables: &mut Vec<DesignTable>,
    claims: Vec<Claim>,
    said_keys: &[bool],
    resolved: bool,
    findings: &mut Vec<Finding>,
) {
    for claim in claims {
        let Some((parent, names)) = target(tables, &claim, findings) else { continue };
        link(tables, &claim, parent, &names, said_keys, resolved, findings);
    }
}

/// The table a claim points at, added if nobody designed it, and the columns it named there.
fn target(
    tables: &mut Vec<DesignTable>,
    claim: &Claim,
    findings: &mut Vec<Finding>,
) -> Option<(usize, Vec<String>)> {
    let child = &tables[claim.table];
    let said = line(&names(&claim.columns));
    let (wanted, columns) = match &claim.target {
        Target::Guessed { table } => return Some((*table, Vec::new())),
        Target::Named { readings } => {
            for (table, columns) in readings {
                if let Some(at) = stem::find(tables, table) {
                    return Some((at, columns.clone()));
                }
            }
            let (table, columns) = readings.first()?;
            (Some(table.clone()), columns.clone())
        }
        Target::Bare => {
            let name = claim.columns.first()?;
            if let Some(at) = foreign::by_name(tables, claim.table, name) {
                return Some((at, Vec::new()));
            }
            let column = child.column(name.as_str())?;
            (foreign::subject(column), Vec::new())
        }
    };
    let column = claim.columns.first().and_then(|name| child.column(name.as_str()))?.clone();
    let usable = wanted.filter(|name| name.chars().any(char::is_alphanumeric));
    let Some(wanted) = usable.filter(|_| tables.len() < MAX_TABLES && claim.columns.len() == 1)
    else {
        let message =
            format!("`{}`.`{said}` is said to be a foreign key, but no table fits", child.name);
        let hint = "name the table it refers to";
        findings.push(Finding::new(Level::Reject, claim.at.clone(), message).hint(hint));
        return None;
    };
    let key = columns.first().filter(|_| columns.len() == 1);
    let parent = implied::table(&wanted, key.map(String::as_str), &column, tables);
    let message = format!(
        "`{}`.`{said}` points at a table `{}` that nobody designed; it was added",
        child.name, parent.said
    );
    let hint = format!("design the table `{}`", parent.said);
    findings.push(Finding::new(Level::Repair, claim.at.clone(), message).hint(hint));
    tables.push(parent);
    Some((tables.len() - 1, Vec::new()))
}

fn link(
    tables: &mut [DesignTable],
    claim: &Claim,
    parent: usize,
    named: &[String],
    said_keys: &[bool],
    resolved: bool,
    findings: &mut Vec<Finding>,
) {
    let said = names(&claim.columns);
    let (child_name, parent_name) = (tables[claim.table].name.clone(), tables[parent].name.clone());
    let drop = |why: &str| {
        let message = format!("`{child_name}`.`{said}` does not refer to `{parent_name}`: {why}");
        Finding::new(Level::Reject, claim.at.clone(), message)
    };
    let taken = tables[claim.table].foreign_keys.iter().any(|key| key.columns == claim.columns);
    if taken && !resolved {
        findings.push(drop("it refers to another table already"));
        return;
    }
    let remarked = claim.at.contains("/columns/");
    let own = tables[claim.table].primary_key == claim.columns;
    if own && parent != claim.table && !resolved {
        let back = tables[parent].foreign_keys.iter().any(|key| {
            key.references.table == child_name && key.columns == tables[parent].primary_key
        });
        if (remarked && !said_keys.get(claim.table).copied().unwrap_or(false)) || back {
            findings.push(drop("it is the key that names the table's own rows"));
            return;
        }
    }
    let (before, told) = (tables[parent].clone(), findings.len());
    let keys = match keys(tables, claim, parent, named, findings) {
        Ok(keys) => keys,
        Err(why) => {
            findings.push(drop(&why));
            return;
        }
    };
    if parent == claim.table && keys == claim.columns {
        // The key that was made for it goes with it.
        tables[parent] = before;
        findings.truncate(told);
        findings.push(drop("a column cannot point at itself"));
        return;
    }
    if matches!(claim.target, Target::Guessed { .. }) {
        let message =
            format!("`{child_name}`.`{said}` is taken to refer to `{parent_name}`, by name");
        findings.push(Finding::new(Level::Note, claim.at.clone(), message));
    }
    foreign::add(&mut tables[claim.table], claim.columns.clone(), parent_name, keys);
}

/// The columns of the parent that a claim points at, unique from now on if they were not.
fn keys(
    tables: &mut [DesignTable],
    claim: &Claim,
    parent: usize,
    named: &[String],
    findings: &mut Vec<Finding>,
) -> Result<Vec<Identifier>, String> {
    let places: Option<Vec<usize>> =
        named.iter().map(|name| stem::column(&tables[parent].columns, name)).collect();
    if let Some(places) = places.filter(|places| places.len() == claim.columns.len()) {
        let table = &mut tables[parent];
        let keys: Vec<Identifier> =
            places.iter().map(|place| table.columns[*place].name.clone()).collect();
        let twice = (1..keys.len()).any(|at| keys[..at].contains(&keys[at]));
        if twice {
            return Err("one column cannot stand twice in a key".into());
        }
        let itself = parent == claim.table && keys == claim.columns;
        if table.primary_key.is_empty() && !itself {
            table.primary_key.clone_from(&keys);
        } else if !itself && !same_set(&keys, &table.primary_key) {
            add_unique(table, keys.clone());
        }
        return Ok(keys);
    }
    if claim.columns.len() > 1 {
        let key = &tables[parent].primary_key;
        if key.len() == claim.columns.len() {
            return Ok(key.clone());
        }
        let message = format!("its key has {} columns, not {}", key.len(), claim.columns.len());
        return Err(message);
    }
    let child = claim.columns.first().and_then(|name| tables[claim.table].column(name.as_str()));
    let Some(child) = child.cloned() else { return Err("the column is not there".into()) };
    let table = &mut tables[parent];
    let (key, news) = match implied::key(table, &child) {
        Some(Key::Primary(key)) => (key, None),
        Some(Key::Promoted(key)) => {
            let news = format!("`{}` has no key of its own; `{key}` names its rows", table.name);
            (key, Some((Level::Note, news)))
        }
        Some(Key::Added(key)) => {
            let news = format!("`{}` has no key; `{key}` was added", table.name);
            (key, Some((Level::Repair, news)))
        }
        None => return Err("it has no key of one column".into()),
    };
    if let Some((level, news)) = news {
        findings.push(Finding::new(level, claim.at.clone(), news));
    }
    Ok(vec![key])
}

fn same_set(one: &[Identifier], other: &[Identifier]) -> bool {
    one.len() == other.len() && one.iter().all(|name| other.contains(name))
}

fn names(columns: &[Identifier]) -> String {
    columns.iter().map(Identifier::as_str).collect::<Vec<_>>().join("`, `")
}

/// Gives a key and what points at it one kind, where one of the two is open.
pub(super) fn share_kinds(tables: &mut [DesignTable]) {
    // A kind may travel along a chain of keys; every round but the last closes one at least.
    let mut changed = true;
    while changed {
        changed = false;
        for at in 0..tables.len() {
            for key in tables[at].foreign_keys.clone() {
                let Some(parent) = tables.iter().position(|t| t.name == key.references.table)
                else {
                    continue;
                };
                for (from, to) in key.columns.iter().zip(&key.references.columns) {
                    let Some(child) = place(&tables[at], from) else { continue };
                    let Some(target) = place(&tables[parent], to) else { continue };
                    let kinds = (
                        tables[at].columns[child].kind.clone(),
                        tables[parent].columns[target].kind.clone(),
                    );
                    match kinds {
                        (None, Some(kind)) => tables[at].columns[child].kind = Some(kind),
                        (Some(kind), None) => tables[parent].columns[target].kind = Some(kind),
                        _ => continue,
                    }
                    changed = true;
                }
            }
        }
    }
}

fn place(table: &DesignTable, name: &Identifier) -> Option<usize> {
    table.columns.iter().position(|column| column.name == *name)
}
