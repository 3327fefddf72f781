//! Whole rows: sizes, spreads and nulls that can be, in the design's names.

use super::scope::{Rows, whole};
use super::{law, name};
use crate::behaviour::{Aged, Among, Behaviour, Children, Nulls, Order, Size, Spread};
use crate::design::{DesignTable, route};
use crate::formula::Node;
use crate::kind::Kind;

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
    if let Some(mut found) = spread.aged.take() {
        aged(tables, table, key, &mut found)?;
        if spread.children.is_none() {
            return Err("`aged` goes with `children`, which says how many an old row has".into());
        }
        spread.aged = Some(found);
    }
    if let Some(mut found) = spread.among.take() {
        among(tables, table, key, &mut found)?;
        alone(own, key, spread, &found)?;
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

/// Whether the rows that a key may refer to leave room for the laws beside them; why not, if so.
fn alone(own: &DesignTable, key: usize, spread: &Spread, found: &Among) -> Result<(), String> {
    let favours = matches!(
        (found, &spread.children),
        (Among::There { skew: None, .. }, Some(Children::Zipf { .. }))
    );
    if let Among::There { by, until, .. } = found
        && !favours
        && (!by.is_own() || until.is_some())
    {
        return Err(
            "`among` looks at a parent's moment, or at `until`, only beside `children` `zipf`"
                .into(),
        );
    }
    if favours {
        pairs(own, key)?;
    } else if spread.children.is_some() {
        return Err("`among` says which rows are referred to, so that no law of theirs can hold: leave out `children`, `childless` and `order`".into());
    }
    if spread.childless.is_some() || spread.order.is_some() {
        return Err("`among` says which rows are referred to, so that no law of theirs can hold: leave out `children`, `childless` and `order`".into());
    }
    Ok(())
}

/// Whether a key tells the children of another key's parent apart; why it does not, if so.
fn pairs(own: &DesignTable, key: usize) -> Result<(), String> {
    let columns = &own.foreign_keys[key].columns;
    let mut sets = std::iter::once(&own.primary_key).chain(&own.unique);
    let paired = sets.any(|set| {
        let rest: Vec<_> = set.iter().filter(|one| !columns.contains(one)).collect();
        let others = own.foreign_keys.iter().enumerate().filter(|(at, _)| *at != key);
        rest.len() < set.len()
            && !rest.is_empty()
            && others
                .into_iter()
                .any(|(_, other)| rest.iter().all(|one| other.columns.contains(one)))
    });
    if paired {
        Ok(())
    } else {
        Err("`among` and `children` go together only where the key and another are unique together"
            .into())
    }
}

/// Whether the rows of a table stand in the order of a column's moments.
fn rises(tables: &[DesignTable], table: usize, name: &str) -> bool {
    let column = tables[table].column(name);
    let behaviour = column.and_then(|column| column.behaviour.as_ref());
    matches!(behaviour, Some(Behaviour::Moment(happening)) if happening.rising)
}

/// Puts what says since when a row is there in the design's names; why nothing does, if so.
fn aged(tables: &[DesignTable], table: usize, key: usize, aged: &mut Aged) -> Result<(), String> {
    let parent = &tables[table].foreign_keys[key].references.table;
    let mut at = tables.iter().position(|one| one.name == *parent).unwrap_or(table);
    if at == table {
        return Err(format!("`{parent}` is the table itself, whose age nothing says yet"));
    }
    name::path(tables, at, &mut aged.since)?;
    let Some(end) = route::route(tables, at, &aged.since) else {
        return Err(format!("`{}` leads nowhere", aged.since));
    };
    for hop in &aged.since.keys {
        let law = tables[at].key_of(hop).map(|key| (key, &tables[at].spreads[key]));
        let Some((key, _)) = law.filter(|(_, law)| {
            law.children.is_some() && law.among.is_none() && law.order == Some(Order::Clustered)
        }) else {
            return Err(format!(
                "the rows of `{}` do not stand in the order of `{hop}`: give it `children`, and `order` `clustered`",
                tables[at].name
            ));
        };
        let next = &tables[at].foreign_keys[key].references.table;
        at = tables.iter().position(|one| one.name == *next).unwrap_or(at);
    }
    if rises(tables, end.table, &aged.since.column) {
        Ok(())
    } else {
        Err(format!("`{}` does not rise: give it a moment that is `rising`", aged.since))
    }
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
        Among::There { by, since, until, skew } => {
            name::path(tables, table, by)?;
            name::column(tables, target, since)?;
            until.as_mut().map_or(Ok(()), |until| name::column(tables, target, until))?;
            skew.map_or(Ok(()), |skew| law::above("skew", skew, 0.0))?;
            if target == table || !rises(tables, target, since) {
                return Err(format!(
                    "the rows of `{parent}` do not stand in the order of `{since}`: give it a moment that is `rising`"
                ));
            }
            let kind = |table: usize, column: usize| tables[table].columns[column].kind.as_ref();
            let by = (by.to_string(), route::route(tables, table, by));
            let by = by.1.map(|end| (by.0, kind(end.table, end.column)));
            let until = until.as_ref().map(|name| {
                (name.clone(), tables[target].column(name).and_then(|column| column.kind.as_ref()))
            });
            let no_moment = |kind: &Kind| !kind.is_moment() || *kind == Kind::Time;
            let strange = |(_, kind): &(String, Option<&Kind>)| kind.is_some_and(no_moment);
            match by.into_iter().chain(until).find(strange) {
                Some((name, _)) => Err(format!("`{name}` holds no moments")),
                None => Ok(()),
            }
        }
        Among::Same { of, column, values, by, since, until } => {
            name::column(tables, table, of)?;
            there_then(tables, table, target, (by, since, until))?;
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
        Among::Where { column, values, weights, by, since, until } => {
            name::path(tables, target, column)?;
            there_then(tables, table, target, (by, since, until))?;
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

/// Puts what says who was there then in the design's names; why it says nothing, if it does not.
fn there_then(
    tables: &[DesignTable],
    table: usize,
    target: usize,
    (by, since, until): (&mut Option<String>, &mut Option<String>, &mut Option<String>),
) -> Result<(), String> {
    if by.is_some() != (since.is_some() || until.is_some()) {
        return Err("`by` belongs together with `since` or `until`".into());
    }
    for (table, name) in [(table, by), (target, since), (target, until)] {
        let Some(name) = name else { continue };
        name::column(tables, table, name)?;
        let kind = tables[table].column(name).and_then(|column| column.kind.as_ref());
        if kind.is_some_and(|kind| !kind.is_moment() || *kind == Kind::Time) {
            return Err(format!("`{name}` holds no moments"));
        }
    }
    Ok(())
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
