//! Relations: what is worked out of other columns, of parents and of children, and how many
//! children a parent has.

use std::collections::BTreeMap;

use serde_json::json;

use super::sheet::Sheet;
use crate::behaviour::{Behaviour, Path};
use crate::design::{Design, DesignTable, Maker};
use crate::draft::Draft;
use crate::formula::{Formula, How};
use crate::kind::Kind;

/// The most numbers of a row that are tried as parts of an expression.
const PARTS: usize = 12;
/// How far a sum in binary fractions may be from the same in decimals, of its size.
const NEAR: f64 = 1e-9;
/// The fewest parents whose children add up that show a total.
const PARENTS: usize = 4;

/// For each row, the row of the parent that a foreign key of one column refers to.
pub(super) fn parents(
    design: &Design,
    sheets: &[Sheet<'_>],
    table: usize,
    key: usize,
) -> Option<Vec<Option<usize>>> {
    let own = &design.tables()[table];
    let foreign = own.foreign_keys().get(key)?;
    let ([from], [to]) = (foreign.columns.as_slice(), foreign.references.columns.as_slice()) else {
        return None;
    };
    let place = design.tables().iter().position(|one| *one.name() == foreign.references.table)?;
    let column = |table: &DesignTable, name: &str| {
        table.columns().iter().position(|one| one.name().as_str() == name)
    };
    let from = column(own, from.as_str())?;
    let to = column(&design.tables()[place], to.as_str())?;
    let rows: BTreeMap<String, usize> = (0..sheets[place].len())
        .filter_map(|row| Some((sheets[place].cell(row, to)?.to_string(), row)))
        .collect();
    let sheet = &sheets[table];
    Some(
        (0..sheet.len())
            .map(|row| rows.get(&sheet.cell(row, from)?.to_string()).copied())
            .collect(),
    )
}

/// A part of an expression: what it is called, and its number on every row.
struct Part {
    name: String,
    numbers: Vec<Option<f64>>,
}

/// An expression that gives every number of a column.
pub(super) fn expression(
    design: &Design,
    sheets: &[Sheet<'_>],
    table: usize,
    column: usize,
) -> Option<Behaviour> {
    let (own, sheet) = (&design.tables()[table], &sheets[table]);
    let wanted = sheet.numbers(column);
    let known: Vec<f64> = wanted.iter().flatten().copied().collect();
    let differ =
        known.iter().any(|one| known.first().is_some_and(|first| (one - first).abs() > NEAR));
    if known.len() < super::FEWEST || !differ {
        return None;
    }
    let mut parts = Vec::new();
    let numeric = |kind: Option<&Kind>| kind.is_some_and(Kind::is_number);
    for (other, one) in own.columns().iter().enumerate() {
        // What comes later may follow from this one; a key is no amount.
        let free = matches!(own.maker(other), Maker::Open | Maker::Said(_));
        if other < column && numeric(one.kind()) && free && !super::names_a_row(own, other) {
            parts.push(Part { name: one.name().to_string(), numbers: sheet.numbers(other) });
        }
    }
    for (key, foreign) in own.foreign_keys().iter().enumerate() {
        let Some(rows) = parents(design, sheets, table, key) else { continue };
        let place =
            design.tables().iter().position(|one| *one.name() == foreign.references.table)?;
        let parent = &design.tables()[place];
        for (other, one) in parent.columns().iter().enumerate() {
            let free = matches!(parent.maker(other), Maker::Open | Maker::Said(_));
            if place >= table || !numeric(one.kind()) || !free || super::names_a_row(parent, other)
            {
                continue;
            }
            let theirs = sheets[place].numbers(other);
            let numbers = rows.iter().map(|row| row.and_then(|row| theirs[row])).collect();
            parts.push(Part { name: format!("{}.{}", foreign.columns[0], one.name()), numbers });
        }
    }
    parts.truncate(PARTS);
    let scale = match own.columns()[column].kind() {
        Some(Kind::Decimal { scale, .. }) => Some(i32::from(*scale)),
        Some(Kind::Int(_)) => Some(0),
        _ => None,
    };
    let text = found(&parts, &wanted, scale)?;
    Formula::parse(&text).ok().map(|text| Behaviour::Expression { text })
}

/// The first form that gives all numbers, the simplest forms first.
fn found(parts: &[Part], wanted: &[Option<f64>], scale: Option<i32>) -> Option<String> {
    let fits = |value: &dyn Fn(usize) -> Option<f64>| -> bool {
        let mut seen = 0;
        for (row, wanted) in wanted.iter().enumerate() {
            let (Some(wanted), Some(value)) = (wanted, value(row)) else { continue };
            let value = match scale {
                Some(scale) => {
                    let unit = 10_f64.powi(scale);
                    // Half away from zero, as far as binary fractions can tell.
                    let scaled = value * unit;
                    (scaled + scaled.signum() * NEAR * scaled.abs().max(1.0)).round() / unit
                }
                None => value,
            };
            if (value - wanted).abs() > NEAR * wanted.abs().max(1.0) {
                return false;
            }
            seen += 1;
        }
        seen >= super::FEWEST
    };
    let at = |part: &Part, row: usize| part.numbers[row];
    // A part that is 0 or 1 throughout would fit anything.
    let telling = |part: &&Part| {
        let mut numbers = part.numbers.iter().flatten();
        let first = numbers.next();
        first.is_some_and(|first| numbers.any(|number| (number - first).abs() > NEAR))
    };
    let parts: Vec<&Part> = parts.iter().filter(telling).collect();
    for (i, a) in parts.iter().enumerate() {
        for b in &parts[i + 1..] {
            if fits(&|row| Some(at(a, row)? * at(b, row)?)) {
                return Some(format!("{} * {}", a.name, b.name));
            }
            if fits(&|row| Some(at(a, row)? + at(b, row)?)) {
                return Some(format!("{} + {}", a.name, b.name));
            }
        }
        for b in parts.iter().filter(|b| b.name != a.name) {
            if fits(&|row| Some(at(a, row)? - at(b, row)?)) {
                return Some(format!("{} - {}", a.name, b.name));
            }
            if fits(&|row| Some(at(a, row)? * (1.0 - at(b, row)?))) {
                return Some(format!("{} * (1 - {})", a.name, b.name));
            }
            if fits(&|row| Some(at(a, row)? * (1.0 - at(b, row)? / 100.0))) {
                return Some(format!("{} * (1 - {} / 100)", a.name, b.name));
            }
        }
    }
    for (i, a) in parts.iter().enumerate() {
        for (j, b) in parts.iter().enumerate().filter(|(j, _)| *j != i) {
            for c in parts.iter().enumerate().filter(|(k, _)| *k != i && *k != j).map(|(_, c)| c) {
                if i < j && fits(&|row| Some(at(a, row)? * at(b, row)? * (1.0 - at(c, row)?))) {
                    return Some(format!("{} * {} * (1 - {})", a.name, b.name, c.name));
                }
                if i < j
                    && fits(&|row| Some(at(a, row)? * at(b, row)? * (1.0 - at(c, row)? / 100.0)))
                {
                    return Some(format!("{} * {} * (1 - {} / 100)", a.name, b.name, c.name));
                }
                if i < j && fits(&|row| Some(at(a, row)? * at(b, row)? - at(c, row)?)) {
                    return Some(format!("{} * {} - {}", a.name, b.name, c.name));
                }
                if i < j && fits(&|row| Some(at(a, row)? + at(b, row)? - at(c, row)?)) {
                    return Some(format!("{} + {} - {}", a.name, b.name, c.name));
                }
                if i < j && fits(&|row| Some(at(a, row)? + at(b, row)? + at(c, row)?)) {
                    return Some(format!("{} + {} + {}", a.name, b.name, c.name));
                }
            }
        }
    }
    None
}

/// A sum or a count over the rows of a child table that gives every number of a column.
pub(super) fn total(
    design: &Design,
    sheets: &[Sheet<'_>],
    table: usize,
    column: usize,
) -> Option<Behaviour> {
    let own = &design.tables()[table];
    let wanted = sheets[table].numbers(column);
    for (place, child) in design.tables().iter().enumerate() {
        for (key, foreign) in child.foreign_keys().iter().enumerate() {
            if foreign.references.table != *own.name() || place == table {
                continue;
            }
            let Some(rows) = parents(design, sheets, place, key) else { continue };
            let several = child
                .foreign_keys()
                .iter()
                .filter(|one| one.references.table == *own.name())
                .count()
                > 1;
            let name = several.then(|| foreign.columns[0].to_string());
            let fits = |numbers: &dyn Fn(usize) -> Option<f64>| {
                let mut sums = vec![(0.0, 0); wanted.len()];
                for (row, parent) in rows.iter().enumerate() {
                    if let (Some(parent), Some(number)) = (parent, numbers(row)) {
                        sums[*parent].0 += number;
                        sums[*parent].1 += 1;
                    }
                }
                let with = |least: usize| sums.iter().filter(|(_, many)| *many >= least).count();
                // Parents with one child each show no sum.
                with(1) >= PARENTS
                    && with(2) >= 2
                    && sums.iter().zip(&wanted).all(|((sum, many), wanted)| match wanted {
                        Some(wanted) => (sum - wanted).abs() <= NEAR * wanted.abs().max(1.0) * 1e3,
                        None => *many == 0,
                    })
            };
            let made = |how: How, of: Option<Formula>| Behaviour::Total {
                table: child.name().to_string(),
                key: name.clone(),
                how,
                of,
            };
            if fits(&|_| Some(1.0)) {
                return Some(made(How::Count, None));
            }
            for (other, one) in child.columns().iter().enumerate() {
                if !one.kind().is_some_and(Kind::is_number) || super::names_a_row(child, other) {
                    continue;
                }
                let numbers = sheets[place].numbers(other);
                if fits(&|row| numbers[row])
                    && let Ok(of) = Formula::parse(one.name().as_str())
                {
                    return Some(made(How::Sum, Some(of)));
                }
            }
        }
    }
    None
}

/// The column of a parent that a column says again.
pub(super) fn copy(
    design: &Design,
    sheets: &[Sheet<'_>],
    table: usize,
    column: usize,
) -> Option<Behaviour> {
    let (own, sheet) = (&design.tables()[table], &sheets[table]);
    let kind = own.columns()[column].kind();
    for (key, foreign) in own.foreign_keys().iter().enumerate() {
        let Some(rows) = parents(design, sheets, table, key) else { continue };
        let place =
            design.tables().iter().position(|one| *one.name() == foreign.references.table)?;
        if place >= table {
            continue;
        }
        let parent = &design.tables()[place];
        for (other, one) in parent.columns().iter().enumerate() {
            if one.kind() != kind {
                continue;
            }
            let mut seen = std::collections::BTreeSet::new();
            let mut many = 0;
            let same = (rows.iter().enumerate()).all(|(row, parent)| {
                let Some(parent) = parent else { return sheet.cell(row, column).is_none() };
                let (mine, theirs) = (sheet.cell(row, column), sheets[place].cell(*parent, other));
                many += 1;
                seen.extend(mine.map(ToString::to_string));
                mine == theirs
            });
            if same && many >= super::FEWEST && seen.len() >= 3 {
                let of = Path::of(foreign.columns[0].as_str(), one.name().as_str());
                return Some(Behaviour::Copy { of });
            }
        }
    }
    None
}

/// How many children parents have, where the rows show more than a habit.
pub(super) fn spreads(design: &Design, sheets: &[Sheet<'_>], table: usize, draft: &mut Draft) {
    let own = &design.tables()[table];
    for (key, foreign) in own.foreign_keys().iter().enumerate() {
        let said = own
            .spreads()
            .get(key)
            .is_some_and(|one| one.children.is_some() || one.tree.is_some() || one.among.is_some());
        let itself = foreign.references.table == *own.name();
        if said || itself {
            continue;
        }
        let Some(rows) = parents(design, sheets, table, key) else { continue };
        let place = design.tables().iter().position(|one| *one.name() == foreign.references.table);
        let Some(place) = place else { continue };
        let mut counts = vec![0_u32; sheets[place].len()];
        for parent in rows.into_iter().flatten() {
            counts[parent] += 1;
        }
        let with: Vec<f64> =
            counts.iter().filter(|many| **many > 0).map(|many| f64::from(*many)).collect();
        let most = with.iter().copied().fold(0.0, f64::max);
        // One child for each parent is what a model writes that goes down a list.
        if with.len() < PARENTS || most < 2.0 {
            continue;
        }
        let mean = with.iter().sum::<f64>() / with.len() as f64;
        let logs: Vec<f64> = with.iter().map(|many| many.ln()).collect();
        let middle = logs.iter().sum::<f64>() / logs.len() as f64;
        let sigma =
            (logs.iter().map(|log| (log - middle).powi(2)).sum::<f64>() / logs.len() as f64).sqrt();
        let childless = (counts.len() - with.len()) as f64 / counts.len() as f64;
        let short = |number: f64| (number * 100.0).round() / 100.0;
        let drafted = &mut draft.tables[table].foreign_keys[key];
        drafted.children = Some(json!({
            "is": "lognormal", "mean": short(mean), "sigma": short(sigma.max(0.3)),
        }));
        // Parents of a sample that have none are not all of them to stay without.
        if childless > 0.0 && drafted.childless.is_none() {
            drafted.childless = Some(json!(short(childless.min(0.5) / 2.0)));
        }
    }
}
