//! Whole rows: sizes, spreads, lifecycles and histories that can be, in the design's names.

use super::scope::{Rows, whole};
use super::{law, name};
use crate::behaviour::{
    Among, Behaviour, Children, History, Lifecycle, Nulls, Size, Spread, Until,
};
use crate::design::DesignTable;
use crate::formula::Node;
use crate::kind::Kind;

/// The most stages of a lifecycle.
const MAX_STAGES: usize = 100;
/// How far a sum of shares may be above 1 by rounding.
const ROUNDING: f64 = 1e-9;

/// Puts a spread in the design's names; why its rows cannot be dealt out that way, if they cannot.
pub(super) fn spread(
    tables: &[DesignTable],
    table: usize,
    key: usize,
    spread: &mut Spread,
) -> Result<(), String> {
    let own = &tables[table];
    let foreign = &own.foreign_keys[key];
    if let Some(share) = spread.childless {
        law::share(share).map_err(|why| format!("`childless`: {why}"))?;
        if share >= 1.0 {
            return Err("`childless` leaves no parent for any child".into());
        }
    }
    for other in &mut spread.unlike {
        name::column(tables, table, other)?;
        let same = own.key_of(other).is_some_and(|at| {
            at != key && own.foreign_keys[at].references.table == foreign.references.table
        });
        if !same {
            return Err(format!(
                "`{other}` does not refer to `{}` as well, so the two are unlike anyway",
                foreign.references.table
            ));
        }
    }
    if let Some(tree) = &spread.tree {
        if foreign.references.table != own.name {
            return Err(format!(
                "`{}` is no tree: `{}` is another table",
                own.name, foreign.references.table
            ));
        }
        if tree.depth == Some(0) || tree.roots == Some(0) {
            return Err("a tree has a level and a root".into());
        }
        if let Some(branching) = tree.branching {
            law::above("branching", branching, 0.0)?;
        }
        if spread.children.is_some() {
            return Err("`tree` and `children` both say how many rows lie below one".into());
        }
    }
    if let Some(mut found) = spread.among.take() {
        among(tables, table, key, &mut found)?;
        if spread.children.is_some() || spread.childless.is_some() || spread.order.is_some() {
            return Err("`among` says which rows are referred to, so that no law of theirs can hold: leave out `children`, `childless` and `order`".into());
        }
        spread.among = Some(found);
    }
    let Some(children) = &spread.children else { return Ok(()) };
    match children {
        Children::Range { min, max } if min > max => {
            return Err(format!("`min` {min} is above `max` {max}"));
        }
        Children::Fixed { .. } | Children::Range { .. } => {}
        Children::Geometric { mean } => {
            if !(mean.is_finite() && *mean >= 1.0) {
                return Err(format!("the mean {mean} of a geometric law is below 1"));
            }
        }
        Children::Lognormal { mean, sigma } => {
            law::above("mean", *mean, 0.0)?;
            law::above("sigma", *sigma, 0.0)?;
        }
        Children::Zipf { skew, mean } => {
            law::above("skew", *skew, 0.0)?;
            mean.map_or(Ok(()), |mean| law::above("mean", mean, 0.0))?;
        }
    }
    let columns = &foreign.columns;
    let alone = std::iter::once(&own.primary_key)
        .chain(&own.unique)
        .any(|set| !set.is_empty() && set.iter().all(|name| columns.contains(name)));
    let (least, mean) = match children {
        Children::Fixed { count } => (*count, *count as f64),
        Children::Range { min, .. } => (*min, children.mean().unwrap_or(1.0)),
        _ => (0, children.mean().unwrap_or(1.0)),
    };
    if alone && (least > 1 || mean > 1.0 || children.most().is_some_and(|most| most > 1)) {
        let many = if least > 1 { least as f64 } else { mean };
        let names = columns.iter().map(ToString::to_string).collect::<Vec<_>>().join("`, `");
        return Err(format!(
            "`children` asks for {many} rows of `{}` to each of `{}`, but `{names}` is unique there",
            own.name, foreign.references.table
        ));
    }
    Ok(())
}

/// Puts the rows that a key may refer to in the design's names; why there are none, if so.
fn among(
    tables: &[DesignTable],
    table: usize,
    key: usize,
    among: &mut Among,
) -> Result<(), String> {
    let own = &tables[table];
    let parent = &own.foreign_keys[key].references.table;
    let target = tables.iter().position(|one| one.name == *parent).unwrap_or(table);
    let referring = |of: &str| {
        let other = own.key_of(of).filter(|at| *at != key);
        other.ok_or_else(|| format!("`{of}` refers to no other row"))
    };
    match among {
        Among::There { by, since, skew } => {
            name::column(tables, table, by)?;
            name::column(tables, target, since)?;
            skew.map_or(Ok(()), |skew| law::above("skew", skew, 0.0))?;
            let rises = |table: usize, name: &str| {
                let column = tables[table].column(name);
                let behaviour = column.and_then(|column| column.behaviour.as_ref());
                matches!(behaviour, Some(Behaviour::Moment(happening)) if happening.rising)
            };
            if target == table || !rises(target, since) {
                return Err(format!(
                    "the rows of `{parent}` do not stand in the order of `{since}`: give it a moment that is `rising`"
                ));
            }
            let moment = own.column(by).and_then(|column| column.kind.as_ref());
            match moment {
                Some(kind) if !kind.is_moment() || *kind == Kind::Time => {
                    Err(format!("`{by}` holds no moments"))
                }
                _ => Ok(()),
            }
        }
        Among::Same { of, column, values } => {
            name::column(tables, table, of)?;
            column.as_mut().map_or(Ok(()), |column| name::path(tables, target, column))?;
            if column.is_some() == values.is_empty() {
                return Err("`column` and `values` belong together".into());
            }
            let other = &own.foreign_keys[referring(of)?].references.table;
            if tables[target].foreign_keys.iter().any(|one| one.references.table == *other) {
                Ok(())
            } else {
                Err(format!("no row of `{parent}` refers to `{other}`, as `{of}` does"))
            }
        }
        Among::Where { column, values, weights } => {
            name::path(tables, target, column)?;
            law::weights(values.len(), weights.as_deref())?;
            if values.is_empty() { Err("no values to look for".into()) } else { Ok(()) }
        }
        Among::Theirs { of } => {
            name::path(tables, table, of)?;
            let [by] = of.keys.as_slice() else {
                return Err(format!("`{of}` is no reference of a parent: say `key.column`"));
            };
            let between = &own.foreign_keys[referring(by)?].references.table;
            let between = tables.iter().find(|one| one.name == *between);
            let refers = between
                .and_then(|one| Some(&one.foreign_keys[one.key_of(&of.column)?].references.table));
            match refers {
                Some(found)
                    if found == parent && between.is_some_and(|one| one.name != own.name) =>
                {
                    Ok(())
                }
                _ => Err(format!("`{of}` refers to no row of `{parent}`")),
            }
        }
        Among::Place { row } => {
            name::node(tables, table, &mut row.root)?;
            let mut totals = false;
            row.visit(&mut |node| totals |= matches!(node, Node::Total { .. }));
            if totals {
                return Err(format!("`{row}` takes a total, which is not known yet"));
            }
            whole(&row.root, Rows { tables, table })
        }
        Among::Before { of } => {
            name::column(tables, table, of)?;
            referring(of)?;
            if target == table { Ok(()) } else { Err(format!("`{parent}` is another table")) }
        }
    }
}

/// Puts a size in the design's names; why there cannot be so many rows, if there cannot.
pub(super) fn size(tables: &[DesignTable], table: usize, size: &mut Size) -> Result<(), String> {
    let own = &tables[table];
    let written = own.rows.len() as u64;
    match size {
        Size::Fixed { rows } | Size::Grows { rows } => {
            if *rows < written {
                return Err(format!("`size` says {rows} rows and `rows` writes {written}"));
            }
            if *rows == 0 { Err("a table without rows says nothing".into()) } else { Ok(()) }
        }
        Size::PerParent { of } => {
            let driving = |key: usize| own.spreads.get(key).and_then(|one| one.children.as_ref());
            let key = match of {
                Some(of) => {
                    name::column(tables, table, of)?;
                    own.key_of(of).ok_or_else(|| format!("`{of}` refers to no table"))?
                }
                None => (0..own.foreign_keys.len())
                    .find(|key| driving(*key).is_some())
                    .ok_or("no foreign key says how many children a parent has")?,
            };
            let foreign = &own.foreign_keys[key];
            if foreign.references.table == own.name {
                return Err(format!("`{}` cannot have as many rows as itself", own.name));
            }
            let mean = driving(key).and_then(Children::mean);
            if mean.is_none_or(|mean| mean <= 0.0) {
                return Err(format!(
                    "`size` follows from the children of `{}`, and its `children` says no mean",
                    foreign.references.table
                ));
            }
            Ok(())
        }
    }
}

/// Puts shares of missing values in the design's names; why they cannot be, if they cannot.
pub(super) fn nulls(
    tables: &[DesignTable],
    table: usize,
    column: usize,
    nulls: &mut Nulls,
) -> Result<(), String> {
    law::share(nulls.rate)?;
    for when in &mut nulls.when {
        name::path(tables, table, &mut when.column)?;
        law::share(when.rate)?;
    }
    let column = &tables[table].columns[column];
    let some = nulls.rate > 0.0 || nulls.when.iter().any(|when| when.rate > 0.0);
    if some && !column.nullable {
        return Err(format!("`nulls` leaves `{}` out and `nullable` does not let it", column.name));
    }
    if nulls
        .when
        .iter()
        .any(|when| when.column.is_own() && when.column.column == column.name.as_str())
    {
        return Err(format!("whether `{}` is there cannot depend on itself", column.name));
    }
    Ok(())
}

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
