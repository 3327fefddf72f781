//! Stories: anomalies that can be planted, in the design's names.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{cycle, fit, name};
use crate::behaviour::{After, At, Behaviour, Path, Until};
use crate::design::gather::line;
use crate::design::{DesignTable, Maker, route, stem};
use crate::draft::{Check, Presence};
use crate::finding::{Finding, Level};
use crate::kind::Kind;
use crate::story::{Anomaly, MOST, MOST_MEMBERS, MOST_ROWS, Rush, Where};
use crate::value::moment::Moment;

/// The anomalies that a draft says and that can be; what cannot becomes a finding.
pub(in crate::design) fn story(
    tables: &[DesignTable],
    said: &[Value],
    clock: Option<At>,
    findings: &mut Vec<Finding>,
) -> Vec<Anomaly> {
    let mut kept: Vec<(usize, Anomaly)> = Vec::new();
    for (place, value) in said.iter().enumerate() {
        let at = format!("/story/{place}");
        if place >= MOST {
            let message = format!("a design has at most {MOST} anomalies");
            findings.push(Finding::new(Level::Error, at, message));
            break;
        }
        let Some(mut anomaly) = super::read::<Anomaly>(value, &at, findings) else { continue };
        let fits = fitted(tables, &mut anomaly, clock).and_then(|()| apart(&anomaly, &kept));
        match fits {
            Ok(()) => kept.push((place, anomaly)),
            Err(why) => {
                let message = format!("a {} was left out: {why}", anomaly.title());
                findings.push(Finding::new(Level::Error, at, message));
            }
        }
    }
    kept.into_iter().map(|(_, anomaly)| anomaly).collect()
}

/// Why an anomaly is in the way of another one, if it is.
fn apart(anomaly: &Anomaly, others: &[(usize, Anomaly)]) -> Result<(), String> {
    let own = anomaly.changes();
    for (place, other) in others {
        let at_once = |(table, column): &(&str, &str)| {
            let (since, until) = window(other, (table, column));
            let (from, to) = window(anomaly, (table, column));
            own.contains(&(table, column)) && since < to && from < until
        };
        if let Some((table, column)) = other.changes().into_iter().find(at_once) {
            return Err(format!(
                "the {} at /story/{place} changes `{table}`.`{column}` at the same time",
                other.title()
            ));
        }
    }
    Ok(())
}

/// When a column is changed.
fn window(anomaly: &Anomaly, (table, column): (&str, &str)) -> (i64, i64) {
    let micros =
        |from: &At, to: &At| (from.micros().unwrap_or(i64::MIN), to.micros().unwrap_or(i64::MAX));
    match anomaly {
        Anomaly::Burst { from, to, .. } => micros(from, to),
        Anomaly::Ring { table: own, column: shared, rush: Some(Rush { from, to, .. }), .. }
            if (own.as_str(), shared.as_str()) != (table, column) =>
        {
            micros(from, to)
        }
        other => other.rows().map_or((i64::MIN, i64::MAX), Where::window),
    }
}

/// Puts an anomaly in the design's names; why it cannot be planted, if it cannot.
fn fitted(tables: &[DesignTable], anomaly: &mut Anomaly, clock: Option<At>) -> Result<(), String> {
    match anomaly {
        Anomaly::RateShift { table, column, value, factor, rows, .. } => {
            let (at, place) = changed(tables, table, column)?;
            rate(&tables[at], place, value, *factor)?;
            within(tables, at, rows, clock)?;
            unmoved(tables, (at, place), rows)
        }
        Anomaly::LevelShift { table, column, factor, by, share, rows, .. } => {
            let (at, place) = changed(tables, table, column)?;
            number(&tables[at], place)?;
            let sane = |number: &Option<f64>| number.is_none_or(f64::is_finite);
            if factor.is_none() && by.is_none() || !sane(factor) || !sane(by) {
                return Err("say how much: a `factor`, or what is added, `by`".into());
            }
            if let Some(share) = share {
                super::law::share(*share)?;
            }
            within(tables, at, rows, clock)?;
            unmoved(tables, (at, place), rows)
        }
        Anomaly::Drift { table, column, per_day, rows, .. } => {
            let (at, place) = changed(tables, table, column)?;
            number(&tables[at], place)?;
            if !per_day.is_finite() || *per_day == 0.0 {
                return Err(format!("`per_day` is {per_day}: nothing drifts"));
            }
            if rows.at.is_none() || rows.from.is_none() {
                return Err("`where` has to say `at` and `from`".into());
            }
            within(tables, at, rows, clock)?;
            unmoved(tables, (at, place), rows)
        }
        Anomaly::Burst { table, key, at, from, to, rows, set, .. } => {
            rush(tables, table, (key, at), (*from, *to, clock), *rows, set)
        }
        Anomaly::Ring { table, column, members, rush: what, .. } => {
            let (at, place) = named(tables, table, column)?;
            ring(&tables[at], place, *members)?;
            let Some(Rush { table: other, key, at, from, to, rows, set }) = what else {
                return Ok(());
            };
            rush(tables, other, (key, at), (*from, *to, clock), *rows, set)?;
            let rushed = stem::find(tables, other).map(|place| &tables[place]);
            let refers = rushed.and_then(|rushed| {
                rushed.key_of(key).map(|key| &rushed.foreign_keys[key].references.table)
            });
            match refers {
                Some(refers) if *refers != table.as_str() => {
                    Err(format!("`{other}`.`{key}` refers to `{refers}`, not to `{table}`"))
                }
                _ => Ok(()),
            }
        }
        Anomaly::Outage { table, rows, .. } => outage(tables, table, rows, clock),
        Anomaly::Dropout { table, column, rows, .. } => {
            let (at, place) = changed(tables, table, column)?;
            missing(&tables[at], place)?;
            within(tables, at, rows, clock)?;
            unmoved(tables, (at, place), rows)
        }
    }
}

/// The places of a table and of a column of it, which get the design's names.
fn named(
    tables: &[DesignTable],
    table: &mut String,
    column: &mut String,
) -> Result<(usize, usize), String> {
    let at =
        stem::find(tables, table).ok_or_else(|| format!("there is no table `{}`", line(table)))?;
    *table = tables[at].name.to_string();
    name::column(tables, at, column)?;
    let place = tables[at].columns.iter().position(|one| one.name == column.as_str());
    Ok((at, place.unwrap_or(0)))
}

/// The same of a column whose values are changed.
fn changed(
    tables: &[DesignTable],
    table: &mut String,
    column: &mut String,
) -> Result<(usize, usize), String> {
    let (at, place) = named(tables, table, column)?;
    free(&tables[at], place)?;
    Ok((at, place))
}

/// Why the values of a column are not free to be others, if they are not.
fn free(table: &DesignTable, place: usize) -> Result<(), String> {
    let name = &table.columns[place].name;
    if std::iter::once(&table.primary_key).chain(&table.unique).any(|set| set.contains(name)) {
        return Err(format!("`{name}` tells the rows of `{}` apart", table.name));
    }
    match table.maker(place) {
        Maker::Key(key) => {
            let parent = &table.foreign_keys[key].references.table;
            Err(format!("`{name}` refers to `{parent}`, which says what its values are"))
        }
        Maker::Reached(..) => Err(format!("a lifecycle says when `{name}` is")),
        Maker::History => Err(format!("the history of `{}` says what `{name}` is", table.name)),
        Maker::Said(Behaviour::Total { table: child, .. }) => {
            Err(format!("`{name}` is the total of `{child}`: change what it is taken of"))
        }
        Maker::Said(Behaviour::Expression { .. }) => {
            Err(format!("an expression says what `{name}` is: change what it follows from"))
        }
        Maker::Said(
            Behaviour::Sequence { .. } | Behaviour::Nth { .. } | Behaviour::Polymorphic { .. },
        ) => Err(format!("`{name}` counts or refers")),
        Maker::Status(_) | Maker::Said(_) | Maker::Open => Ok(()),
    }
}

fn rate(table: &DesignTable, place: usize, value: &str, factor: f64) -> Result<(), String> {
    let column = &table.columns[place];
    let name = &column.name;
    super::law::above("factor", factor, 0.0)?;
    match (&column.kind, table.maker(place)) {
        (_, Maker::Status(way)) => {
            let stages = &table.lifecycles[way].stages;
            match stages.iter().position(|stage| stage.is == value) {
                None => Err(format!("the lifecycle of `{name}` has no stage `{value}`")),
                Some(0) => Err(format!("every row begins as `{value}`")),
                Some(_) => Ok(()),
            }
        }
        (Some(Kind::Enum(words)), _) if !words.iter().any(|word| word == value) => {
            Err(format!("`{value}` is not among the values of `{name}`"))
        }
        (Some(Kind::Bool), _) if !matches!(value, "true" | "false") => {
            Err(format!("`{value}` is no truth: say `true` or `false`"))
        }
        (None | Some(Kind::Bool | Kind::Enum(_) | Kind::Text), _) => Ok(()),
        (Some(kind), _) => Err(format!("`{name}` is {kind}: no value of it has a rate")),
    }
}

fn number(table: &DesignTable, place: usize) -> Result<(), String> {
    let column = &table.columns[place];
    match &column.kind {
        Some(kind) if !kind.is_number() => {
            Err(format!("`{}` is {kind}, which holds no numbers", column.name))
        }
        _ => Ok(()),
    }
}

fn ring(table: &DesignTable, place: usize, members: u32) -> Result<(), String> {
    let column = &table.columns[place];
    if !matches!(table.maker(place), Maker::Key(_)) {
        free(table, place)?;
    }
    let sets = std::iter::once(&table.primary_key).chain(&table.unique);
    if sets.clone().any(|set| set.contains(&column.name)) {
        return Err(format!("`{}` tells the rows of `{}` apart", column.name, table.name));
    }
    if !(2..=MOST_MEMBERS).contains(&members) {
        return Err(format!("a ring has from 2 to {MOST_MEMBERS} members, not {members}"));
    }
    Ok(())
}

fn missing(table: &DesignTable, place: usize) -> Result<(), String> {
    let column = &table.columns[place];
    let name = &column.name;
    if !column.nullable {
        return Err(format!("`{name}` holds a value on every row"));
    }
    let must = table.checks.iter().any(|check| {
        matches!(check, Check::When { then, must: Presence::Present, .. } if *name == then.as_str())
    });
    if must { Err(format!("a check says when `{name}` is there")) } else { Ok(()) }
}

/// Many rows in a short time: of one parent, or of some.
fn rush(
    tables: &[DesignTable],
    table: &mut String,
    (key, at): (&mut String, &mut String),
    (from, to, clock): (At, At, Option<At>),
    rows: u32,
    set: &mut BTreeMap<String, Value>,
) -> Result<(), String> {
    let (own, place) = named(tables, table, at)?;
    name::column(tables, own, key)?;
    let told = &tables[own];
    if told.key_of(key).is_none() {
        return Err(format!("`{key}` refers to no table"));
    }
    free(told, place)?;
    if !(2..=MOST_ROWS).contains(&rows) {
        return Err(format!("a burst has from 2 to {MOST_ROWS} rows, not {rows}"));
    }
    match told.maker(place) {
        Maker::Said(Behaviour::Moment(happening)) if happening.rising => {
            return Err(format!("the rows of `{table}` stand in the order of `{at}`"));
        }
        Maker::Said(Behaviour::After(After { column, until, .. })) => {
            if column.keys.first() != Some(key) || column.keys.len() != 1 {
                return Err(format!("`{at}` follows `{column}`, which no `{key}` decides"));
            }
            if let Some(Until::Column(until)) = until {
                return Err(format!("`{at}` comes before `{until}`"));
            }
        }
        Maker::Said(Behaviour::Moment(_)) | Maker::Open => {}
        _ => return Err(format!("`{at}` follows from something else")),
    }
    for check in &told.checks {
        if let Check::Order { columns } = check
            && columns.iter().skip(1).any(|column| column == at)
        {
            return Err(format!("`{at}` comes after `{}`, as a check says", columns[0]));
        }
    }
    let mut rows = Where {
        at: Some(Path::own(at.clone())),
        from: Some(from),
        to: Some(to),
        ..Where::default()
    };
    within(tables, own, &mut rows, clock)?;
    let said = std::mem::take(set);
    for (mut column, value) in said {
        name::column(tables, own, &mut column)?;
        let place = told.columns.iter().position(|one| one.name == column.as_str()).unwrap_or(0);
        free(told, place)?;
        if matches!(told.maker(place), Maker::Status(_)) {
            return Err(format!("a lifecycle says what `{column}` is"));
        }
        fit::holds(told.columns[place].kind.as_ref(), &value)
            .map_err(|why| format!("`{column}`: {why}"))?;
        set.insert(column, value);
    }
    Ok(())
}

fn outage(
    tables: &[DesignTable],
    table: &mut String,
    rows: &mut Where,
    clock: Option<At>,
) -> Result<(), String> {
    let own =
        stem::find(tables, table).ok_or_else(|| format!("there is no table `{}`", line(table)))?;
    *table = tables[own].name.to_string();
    within(tables, own, rows, clock)?;
    let (Some(at), Some(_), Some(to)) = (&rows.at, rows.from, rows.to) else {
        return Err("`where` has to say `at`, `from` and `to`".into());
    };
    let told = &tables[own];
    let Some(place) = told.columns.iter().position(|one| one.name == at.column.as_str()) else {
        return Err(format!("`{at}` is no column of `{table}` itself"));
    };
    if !at.is_own() {
        return Err(format!("`{at}` is a column of another table: plant it there"));
    }
    free(told, place)?;
    match told.maker(place) {
        Maker::Said(Behaviour::Moment(happening)) => {
            if happening.rising && rows.column.is_some() {
                return Err(format!("the rows of `{table}` stand in the order of `{at}`"));
            }
        }
        Maker::Said(Behaviour::After(After { until, .. })) => match until {
            Some(Until::Column(until)) => return Err(format!("`{at}` comes before `{until}`")),
            Some(Until::At(until)) if until.micros() <= to.micros() => {
                return Err(format!("the outage ends at {to}, and `{at}` at {until}"));
            }
            _ => {}
        },
        Maker::Open => {}
        _ => return Err(format!("`{at}` follows from something else")),
    }
    unmoved(tables, (own, place), &Where { at: None, ..rows.clone() })
}

/// Puts what tells rows in the design's names; why it tells none, if it does not.
fn within(
    tables: &[DesignTable],
    table: usize,
    rows: &mut Where,
    clock: Option<At>,
) -> Result<(), String> {
    if let Some(column) = &mut rows.column {
        name::path(tables, table, column)?;
        let route = route::route(tables, table, column);
        let refers = route.is_some_and(|route| {
            let end = &tables[route.table];
            matches!(end.maker(route.column), Maker::Key(_))
        });
        if rows.is.is_empty() && !refers {
            return Err(format!("`{column}` refers to no row: say which of its values, `is`"));
        }
    } else if !rows.is.is_empty() {
        return Err("`is` has no `column` that it is about".into());
    }
    let Some(at) = &mut rows.at else {
        let bare = rows.from.is_none() && rows.to.is_none();
        return if bare { Ok(()) } else { Err("a window needs a column of moments, `at`".into()) };
    };
    name::path(tables, table, at)?;
    let Some(route) = route::route(tables, table, at) else { return Ok(()) };
    let end = &tables[route.table].columns[route.column];
    if let Some(kind) = &end.kind
        && (!kind.is_moment() || *kind == Kind::Time)
    {
        return Err(format!("`{at}` is {kind}, not a moment"));
    }
    for bound in [rows.from, rows.to].into_iter().flatten() {
        if matches!(bound.0, Moment::Time(_)) {
            return Err(format!("`{bound}` is no day"));
        }
    }
    if let (Some(from), Some(to)) = (rows.from, rows.to)
        && from.micros() >= to.micros()
    {
        return Err(format!("`from` {from} is not before `to` {to}"));
    }
    let (mut first, mut last) = (None, clock);
    if let Some(Behaviour::Moment(happening)) = &end.behaviour {
        first = happening.from;
        last = happening.to.or(last);
    }
    let outside = |bound: At| {
        let micros = bound.micros();
        first.is_some_and(|first| micros < first.micros())
            || last.is_some_and(|last| micros > last.micros())
    };
    if let Some(bound) = [rows.from, rows.to].into_iter().flatten().find(|bound| outside(*bound)) {
        let told = |at: Option<At>| at.map_or_else(|| "…".to_owned(), |at| at.to_string());
        return Err(format!(
            "{bound} is outside of `{at}`, which goes from {} to {}",
            told(first),
            told(last)
        ));
    }
    Ok(())
}

/// Why what tells rows follows from what is changed in them, if it does.
fn unmoved(
    tables: &[DesignTable],
    (table, place): (usize, usize),
    rows: &Where,
) -> Result<(), String> {
    let own = &tables[table];
    let name = &own.columns[place].name;
    let mut goals = vec![(table, place)];
    if let Maker::Status(way) = own.maker(place) {
        let of_way = |at: &usize| matches!(own.maker(*at), Maker::Reached(of, _) if of == way);
        goals.extend((0..own.columns.len()).filter(of_way).map(|at| (table, at)));
    }
    for path in [&rows.column, &rows.at].into_iter().flatten() {
        let Some(route) = route::route(tables, table, path) else { continue };
        if cycle::reaches(tables, (route.table, route.column), &goals) {
            return Err(format!("`{path}` tells the rows, and follows from `{name}`"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
