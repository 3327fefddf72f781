//! Lifecycles and histories: rows that go through stages or follow each other, in the design's names.

use super::scope::Rows;
use super::{law, name};
use crate::behaviour::{History, Lifecycle, Until};
use crate::design::DesignTable;
use crate::formula::typing::{self, Type};
use crate::kind::Kind;

/// The most stages of a lifecycle.
const MAX_STAGES: usize = 100;
/// How far a sum of shares may be above 1 by rounding.
const ROUNDING: f64 = 1e-9;

/// Puts a lifecycle in the design's names; why no row can go that way, if none can.
pub(super) fn lifecycle(
    tables: &[DesignTable],
    table: usize,
    way: &mut Lifecycle,
) -> Result<(), String> {
    name::column(tables, table, &mut way.status)?;
    if let Some(start) = &mut way.start {
        name::path(tables, table, start)?;
    }
    if way.stages.is_empty() || way.stages.len() > MAX_STAGES {
        return Err(format!("a lifecycle has 1 to {MAX_STAGES} stages"));
    }
    for stage in &mut way.stages {
        if let Some(at) = &mut stage.at {
            name::column(tables, table, at)?;
        }
        if let Some(after) = &stage.after {
            law::delay(after).map_err(|why| format!("stage `{}`: {why}", stage.is))?;
        }
        law::share(stage.share).map_err(|why| format!("stage `{}`: {why}", stage.is))?;
        if let Some(when) = &mut stage.when {
            name::node(tables, table, &mut when.root)?;
            let found = typing::of(&when.root, &Rows { tables, table })?;
            if !matches!(found, Type::Bool | Type::Null) {
                return Err(format!("stage `{}`: `{when}` is no condition", stage.is));
            }
        }
    }
    let own = &tables[table];
    let kind = |name: &str| own.column(name).and_then(|column| column.kind.as_ref());
    match kind(&way.status) {
        None | Some(Kind::Text) => {}
        Some(Kind::Enum(words)) => {
            if let Some(stage) = way.stages.iter().find(|stage| !words.contains(&stage.is)) {
                return Err(format!("`{}` is not among the values of `{}`", stage.is, way.status));
            }
        }
        Some(kind) => return Err(format!("the status `{}` is {kind}, not text", way.status)),
    }
    let mut onward = vec![0.0; way.stages.len()];
    let mut columns = vec![way.status.clone()];
    for (place, stage) in way.stages.iter().enumerate() {
        if way.stages[..place].iter().any(|one| one.is == stage.is) {
            return Err(format!("there are two stages `{}`", stage.is));
        }
        if place > 0 {
            let Some(before) = way.before(place) else {
                let from = stage.from.as_deref().unwrap_or_default();
                return Err(format!("no stage `{from}` stands before `{}`", stage.is));
            };
            onward[before] += stage.share;
            if onward[before] > 1.0 + ROUNDING {
                return Err(format!(
                    "more rows go on from `{}` than there are: the shares are {} together",
                    way.stages[before].is, onward[before]
                ));
            }
        }
        let Some(at) = &stage.at else { continue };
        if columns.contains(at) {
            return Err(format!("`{at}` holds two things of one lifecycle"));
        }
        columns.push(at.clone());
        if kind(at).is_some_and(|kind| !kind.is_moment() || *kind == Kind::Time) {
            return Err(format!("`{at}` holds no moments"));
        }
        let certain = place == 0;
        if !certain && own.column(at).is_some_and(|column| !column.nullable) {
            return Err(format!(
                "not every row reaches `{}`, and `nullable` does not let `{at}` be absent",
                stage.is
            ));
        }
    }
    if way.start.is_none()
        && way.stages[0].at.is_none()
        && way.stages.iter().any(|one| one.at.is_some())
    {
        return Err("nothing says when the first stage begins: give it `at`, or say `start`".into());
    }
    Ok(())
}

/// Puts a history in the design's names; why rows cannot follow each other so, if they cannot.
pub(super) fn history(
    tables: &[DesignTable],
    table: usize,
    history: &mut History,
) -> Result<(), String> {
    for one in [&mut history.of, &mut history.from, &mut history.to] {
        name::column(tables, table, one)?;
    }
    if let Some(current) = &mut history.current {
        name::column(tables, table, current)?;
    }
    name::until(tables, table, &mut history.since)?;
    let own = &tables[table];
    let kind = |name: &str| own.column(name).and_then(|column| column.kind.as_ref());
    if own.key_of(&history.of).is_none() {
        return Err(format!("`{}` refers to no table", history.of));
    }
    for bound in [&history.from, &history.to] {
        if kind(bound).is_some_and(|kind| !kind.is_moment() || *kind == Kind::Time) {
            return Err(format!("`{bound}` holds no moments"));
        }
    }
    if kind(&history.from) != kind(&history.to) || history.from == history.to {
        return Err(format!("`{}` and `{}` are no bounds of one span", history.from, history.to));
    }
    if own.column(&history.to).is_some_and(|column| !column.nullable) {
        return Err(format!(
            "the last row has no `{}`, and `nullable` does not let it",
            history.to
        ));
    }
    if let Some(current) = &history.current
        && kind(current).is_some_and(|kind| *kind != Kind::Bool)
    {
        return Err(format!("`{current}` is no truth"));
    }
    if let (Until::At(since), Some(until)) = (&history.since, history.until)
        && since.micros() >= until.micros()
    {
        return Err(format!("`since` {since} is not before `until` {until}"));
    }
    Ok(())
}
