//! Fitting: whether a behaviour can make values of its column's kind, and says nothing that
//! contradicts itself.

use serde_json::Value;

use super::law;
use super::scope::{Rows, total, whole};
use crate::behaviour::{
    After, At, Behaviour, Forms, Given, Happening, Number, Opening, Path, Pick, Piece, Rhythm,
    Text, Until, Words,
};
use crate::design::{DesignColumn, DesignTable, route};
use crate::formula::typing::{self, Scope, Type};
use crate::kind::Kind;
use crate::value::moment::{self, Moment};

/// How deep lists and structs may lie in each other.
const MAX_DEPTH: usize = 8;

/// Why a behaviour cannot make the values of a column, if it cannot; its names are the design's.
pub(super) fn behaviour(
    tables: &[DesignTable],
    table: usize,
    column: &DesignColumn,
    behaviour: &Behaviour,
) -> Result<(), String> {
    let rows = Rows { tables, table };
    made(rows, column.kind.as_ref(), column.vocabulary.as_deref(), behaviour, MAX_DEPTH)
}

fn made(
    rows: Rows<'_>,
    kind: Option<&Kind>,
    vocabulary: Option<&[String]>,
    behaviour: &Behaviour,
    depth: usize,
) -> Result<(), String> {
    let of_kind = |what: &str, fits: fn(&Kind) -> bool| match kind {
        Some(kind) if !fits(kind) => Err(format!("a column of kind {kind} holds no {what}")),
        _ => Ok(()),
    };
    let is_text = |kind: &Kind| matches!(kind, Kind::Text);
    let is_int = |kind: &Kind| matches!(kind, Kind::Int(_));
    match behaviour {
        Behaviour::Sequence { step, .. } => {
            of_kind("sequence", |kind| matches!(kind, Kind::Int(_) | Kind::Decimal { .. }))?;
            if *step == 0 { Err("a sequence with step 0 stands still".into()) } else { Ok(()) }
        }
        Behaviour::Code { pattern, .. } => {
            of_kind("code", is_text)?;
            match capacity(pattern) {
                0 | 1 => Err(format!("`{pattern}` has only one code: give it a `#`, `A` or `a`")),
                _ => Ok(()),
            }
        }
        Behaviour::Constant { value } => holds(kind, value),
        Behaviour::Values { values, weights, at } => {
            law::weights(values.len(), weights.as_deref())?;
            at.as_ref().map_or(Ok(()), |at| whole(&at.root, rows))?;
            listed(kind, values)
        }
        Behaviour::Pick(pick) => picked(rows, kind, vocabulary, pick),
        Behaviour::Template(text) => {
            of_kind("template", |kind| matches!(kind, Kind::Text | Kind::Json))?;
            template(rows, text)
        }
        Behaviour::Uuid {} => of_kind("uuid", |kind| matches!(kind, Kind::Uuid | Kind::Text)),
        Behaviour::Bool { share, given } => {
            of_kind("truth", |kind| matches!(kind, Kind::Bool))?;
            law::share(*share)?;
            cases(given.as_ref(), |share| law::share(*share))
        }
        Behaviour::Number(number) => {
            of_kind("number", Kind::is_number)?;
            self::number(rows, number)
        }
        Behaviour::Moment(happening) => {
            of_kind("moment", Kind::is_moment)?;
            self::happening(kind, happening)?;
            match &happening.turn {
                Some(turn) if happening.rising => Err(format!(
                    "`rising` and the turn among the rows of `{turn}` both say in which order it happens"
                )),
                Some(turn) if rows.tables[rows.table].key_of(turn).is_none() => {
                    Err(format!("`{turn}` refers to no table, so nobody takes turns by it"))
                }
                _ => Ok(()),
            }
        }
        Behaviour::After(after) => {
            of_kind("moment", |kind| kind.is_moment() && *kind != Kind::Time)?;
            self::after(rows, after)
        }
        Behaviour::Copy { of } => copied(rows, kind, of),
        Behaviour::Nth { of, .. } => {
            of_kind("count", is_int)?;
            match rows.tables[rows.table].key_of(of) {
                Some(_) => Ok(()),
                None => Err(format!("`{of}` refers to no table, so nothing is counted by it")),
            }
        }
        Behaviour::Series { of, from, every, .. } => {
            of_kind("moment", |kind| kind.is_moment() && *kind != Kind::Time)?;
            series(rows, of.as_deref(), from, *every)
        }
        Behaviour::Polymorphic { type_column, cases } => {
            polymorphic(rows, kind, type_column, cases.iter())
        }
        Behaviour::Expression { text } => {
            typing::of(&text.root, &rows).and_then(|found| given_by(found, kind))
        }
        Behaviour::Total { table, key, how, of } => {
            total(rows, table, key.as_deref(), *how, of.as_ref())
                .and_then(|found| given_by(found, kind))
        }
        Behaviour::List { length, item } => {
            law::number(length)?;
            match kind {
                _ if depth == 0 => Err("lists and structs lie too deep in each other".into()),
                None => Ok(()),
                Some(Kind::List(inner)) => made(rows, Some(&inner.kind), None, item, depth - 1),
                Some(kind) => Err(format!("a column of kind {kind} holds no list")),
            }
        }
        Behaviour::Struct { fields } => match kind {
            _ if depth == 0 => Err("lists and structs lie too deep in each other".into()),
            None => Ok(()),
            Some(Kind::Struct(inner)) => fields.iter().try_for_each(|(name, behaviour)| {
                let field = inner.iter().find(|field| field.name == *name);
                let field = field.ok_or_else(|| format!("there is no field `{name}`"))?;
                made(rows, Some(&field.kind), None, behaviour, depth - 1)
            }),
            Some(kind) => Err(format!("a column of kind {kind} holds no struct")),
        },
    }
}

fn number(rows: Rows<'_>, number: &Number) -> Result<(), String> {
    law::number(number)?;
    cases(number.given.as_ref(), |one| law::within(one, number))?;
    for (case, round) in &number.rounds {
        law::above("rounds", *round, 0.0)?;
        if !number.given.as_ref().is_some_and(|given| given.cases.contains_key(case)) {
            return Err(format!("`rounds` tells of `{case}`, of which `given` tells nothing"));
        }
    }
    let Some(with) = &number.with else { return Ok(()) };
    let other = rows.column(&with.column)?;
    if !matches!(other, Type::Number { .. } | Type::Float | Type::Null) {
        return Err(format!("`{}` is a {}, not a number", with.column, other.word()));
    }
    let fits = (-1.0..=1.0).contains(&with.rho);
    if fits { Ok(()) } else { Err(format!("rho {} is not between -1 and 1", with.rho)) }
}

fn copied(rows: Rows<'_>, kind: Option<&Kind>, of: &Path) -> Result<(), String> {
    let known = route::route(rows.tables, rows.table, of);
    let theirs =
        known.and_then(|route| rows.tables[route.table].columns[route.column].kind.as_ref());
    match (rows.column(of), theirs, kind) {
        // Lists and the like are copied whole.
        (Err(_), Some(theirs), Some(kind)) if theirs == kind => Ok(()),
        (Err(why), ..) => Err(why),
        (Ok(found), _, Some(kind)) if !found.fits(kind) => {
            Err(format!("`{of}` is a {}, which {kind} does not hold", found.word()))
        }
        _ => Ok(()),
    }
}

fn series(rows: Rows<'_>, of: Option<&str>, from: &Until, every: u32) -> Result<(), String> {
    if every == 0 {
        return Err("a series that goes on by 0 stands still".into());
    }
    if let Some(of) = of.filter(|of| rows.tables[rows.table].key_of(of).is_none()) {
        return Err(format!("`{of}` refers to no table, so nothing is counted by it"));
    }
    match from {
        Until::At(at) if matches!(at.0, Moment::Time(_)) => Err(format!("`{at}` is no day")),
        Until::At(_) => Ok(()),
        Until::Column(path) => match rows.column(path)? {
            Type::Date | Type::Timestamp | Type::TimestampTz | Type::Null => Ok(()),
            other => Err(format!("`{path}` is a {}, not a moment", other.word())),
        },
    }
}

/// Why values are none to take from, if so.
fn listed(kind: Option<&Kind>, values: &[Value]) -> Result<(), String> {
    if values.is_empty() {
        return Err("no values to take from".into());
    }
    values.iter().try_for_each(|value| holds(kind, value))
}

/// How many codes a pattern has; as many as can be counted where there are more.
pub(in crate::design) fn capacity(pattern: &str) -> u64 {
    let mut letters = pattern.chars();
    let mut many: u64 = 1;
    while let Some(letter) = letters.next() {
        many = many.saturating_mul(match letter {
            '#' => 10,
            'A' | 'a' => 26,
            '\\' => {
                letters.next();
                1
            }
            _ => 1,
        });
    }
    many
}

fn given_by(found: Type, kind: Option<&Kind>) -> Result<(), String> {
    match kind {
        Some(kind) if !found.fits(kind) => {
            Err(format!("it gives a {}, which {kind} does not hold", found.word()))
        }
        _ => Ok(()),
    }
}

fn cases<T>(
    given: Option<&Given<T>>,
    fits: impl Fn(&T) -> Result<(), String>,
) -> Result<(), String> {
    given.map_or(Ok(()), |given| given.cases.values().try_for_each(fits))
}

/// Whether a column of a kind holds a value as a literal row would.
pub(super) fn holds(kind: Option<&Kind>, value: &Value) -> Result<(), String> {
    let Some(kind) = kind else { return Ok(()) };
    let text = value.as_str();
    let moment = |fits: fn(Moment) -> bool| {
        text.and_then(|t| At::parse(t).ok()).is_some_and(|at| fits(at.0))
    };
    let fits = match kind {
        Kind::Bool => value.is_boolean(),
        Kind::Int(size) => value.as_i64().is_some_and(|number| {
            let (least, most) = size.bounds();
            (least..=most).contains(&number)
        }),
        Kind::Float => value.is_number(),
        Kind::Decimal { .. } => {
            value.is_number() || text.is_some_and(|text| text.parse::<f64>().is_ok())
        }
        Kind::Text | Kind::Json | Kind::Uuid => text.is_some(),
        Kind::Enum(words) => text.is_some_and(|text| words.iter().any(|word| word == text)),
        Kind::Date => moment(|at| matches!(at, Moment::Date(_))),
        Kind::Time => moment(|at| matches!(at, Moment::Time(_))),
        Kind::Timestamp | Kind::TimestampTz => moment(|at| !matches!(at, Moment::Time(_))),
        Kind::List(_) => value.is_array(),
        Kind::Struct(_) => value.is_object(),
    };
    if fits {
        Ok(())
    } else {
        let shown: String = value.to_string().chars().take(60).collect();
        Err(format!("`{shown}` is no {kind}"))
    }
}

fn picked(
    rows: Rows<'_>,
    kind: Option<&Kind>,
    vocabulary: Option<&[String]>,
    pick: &Pick,
) -> Result<(), String> {
    let members = match kind {
        None | Some(Kind::Text) => None,
        Some(Kind::Enum(members)) => Some(members.as_slice()),
        Some(kind) => return Err(format!("a column of kind {kind} holds no words")),
    };
    let known = |words: &[String]| {
        if words.is_empty() {
            return Err("no words to pick from".to_owned());
        }
        let stranger = words.iter().find(|word| members.is_some_and(|all| !all.contains(word)));
        stranger.map_or(Ok(()), |word| Err(format!("`{word}` is not among the column's values")))
    };
    if let Some(words) = &pick.words {
        known(words)?;
    }
    let words = pick.words.as_deref().or(members).or(vocabulary).unwrap_or_default();
    if words.is_empty() && kind.is_some() {
        return Err("no words to pick from: say `words`, or give the column a vocabulary".into());
    }
    law::weights(words.len(), pick.weights.as_deref())?;
    if let Some(skew) = pick.skew {
        if pick.weights.is_some() {
            return Err("`weights` and `skew` both say how likely each word is".into());
        }
        law::above("skew", skew, 0.0)?;
    }
    let Some(given) = &pick.given else { return Ok(()) };
    if pick.unique {
        return Err("`unique` and `given` cannot both be kept".into());
    }
    rows.column(&given.column)?;
    given.cases.values().try_for_each(|Words { words, weights }| {
        known(words)?;
        law::weights(words.len(), weights.as_deref())
    })
}

fn template(rows: Rows<'_>, text: &Text) -> Result<(), String> {
    if text.forms.is_empty() {
        return Err("a template needs a form".into());
    }
    law::weights(text.forms.len(), text.weights.as_deref())?;
    if let Some(given) = &text.given {
        rows.column(&given.column)?;
    }
    cases(text.given.as_ref(), |Forms { forms, weights }| {
        if forms.is_empty() {
            return Err("a case of a template needs a form".into());
        }
        law::weights(forms.len(), weights.as_deref())
    })?;
    for (name, words) in &text.words {
        if words.words.is_empty() {
            return Err(format!("there are no words for `{name}`"));
        }
        law::weights(words.words.len(), words.weights.as_deref())?;
    }
    for piece in text.all_forms().flat_map(|form| &form.pieces) {
        match piece {
            Piece::Value { of, .. } if of.is_own() && text.words.contains_key(&of.column) => {}
            Piece::Value { of, .. } => {
                rows.column(of)?;
            }
            Piece::Formula(formula) => {
                typing::of(&formula.root, &rows)?;
            }
            Piece::Literal(_) | Piece::Pattern(_) | Piece::Range { .. } => {}
        }
    }
    Ok(())
}

fn polymorphic<'c>(
    rows: Rows<'_>,
    kind: Option<&Kind>,
    type_column: &str,
    mut cases: impl Iterator<Item = (&'c String, &'c Path)>,
) -> Result<(), String> {
    let own = &rows.tables[rows.table];
    let words = own.column(type_column).and_then(|column| column.kind.as_ref());
    cases.try_for_each(|(word, target)| {
        if let Some(Kind::Enum(words)) = words
            && !words.contains(word)
        {
            return Err(format!("`{word}` is not among the values of `{type_column}`"));
        }
        let name = target.keys.first().map(String::as_str).unwrap_or_default();
        let Some(table) = rows.tables.iter().find(|table| table.name == name) else {
            return Err(format!("there is no table `{name}`"));
        };
        let is_key = |set: &[crate::name::Identifier]| {
            matches!(set, [one] if *one == target.column.as_str())
        };
        if !is_key(&table.primary_key) && !table.unique.iter().any(|set| is_key(set)) {
            return Err(format!("`{target}` does not name a row alone"));
        }
        match (table.column(&target.column).and_then(DesignColumn::kind), kind) {
            (Some(theirs), Some(ours)) if Type::of(theirs) != Type::of(ours) => {
                Err(format!("`{target}` is {theirs} and the column {ours}"))
            }
            _ => Ok(()),
        }
    })
}

fn happening(kind: Option<&Kind>, happening: &Happening) -> Result<(), String> {
    let time = kind == Some(&Kind::Time);
    for at in happening.from.iter().chain(&happening.to) {
        if kind.is_some() && matches!(at.0, Moment::Time(_)) != time {
            return Err(format!("`{at}` is {}", if time { "no time of day" } else { "no day" }));
        }
    }
    if let (Some(from), Some(to)) = (happening.from, happening.to)
        && from.micros() > to.micros()
    {
        return Err(format!("`from` {from} comes after `to` {to}"));
    }
    if let Some(growth) = happening.growth {
        law::above("growth", growth, 0.0)?;
    }
    happening.rhythm.as_ref().map_or(Ok(()), rhythm)
}

fn rhythm(rhythm: &Rhythm) -> Result<(), String> {
    let parts = [
        ("season", &rhythm.season, 12),
        ("weekday", &rhythm.weekday, 7),
        ("hour", &rhythm.hour, 24),
    ];
    for (name, weights, many) in parts {
        if let Some(weights) = weights {
            law::weights(many, Some(weights)).map_err(|why| format!("`{name}`: {why}"))?;
        }
    }
    for (day, factor) in &rhythm.holidays {
        let full = if day.len() == 5 { format!("2024-{day}") } else { day.clone() };
        let known =
            matches!(moment::parse(&full, moment::Order::MonthFirst), Some(Moment::Date(_)));
        if !(known && factor.is_finite() && *factor >= 0.0) {
            return Err(format!("`{day}` is no holiday: say `12-25` or `2024-11-29` and a factor"));
        }
    }
    opening(&rhythm.open)
}

fn opening(open: &[Opening]) -> Result<(), String> {
    for Opening { from, to, .. } in open {
        let times = matches!((from.0, to.0), (Moment::Time(from), Moment::Time(to)) if from < to);
        if !times {
            return Err(format!("opening from {from} to {to} is no part of a day"));
        }
    }
    Ok(())
}

fn after(rows: Rows<'_>, after: &After) -> Result<(), String> {
    let moment = |path: &Path| match rows.column(path)? {
        Type::Date | Type::Timestamp | Type::TimestampTz | Type::Null => Ok(()),
        other => Err(format!("`{path}` is a {}, not a moment", other.word())),
    };
    moment(&after.column)?;
    if let Some(Until::Column(path)) = &after.until {
        moment(path)?;
    }
    if let Some(delay) = &after.delay {
        law::delay(delay)?;
    }
    if let Some(given) = &after.given {
        rows.column(&given.column)?;
    }
    cases(after.given.as_ref(), law::delay)?;
    if let Some(hour) = &after.hour {
        law::weights(24, Some(hour)).map_err(|why| format!("`hour`: {why}"))?;
    }
    let delayed = after.delay.is_some() || after.given.is_some();
    match &after.turn {
        Some(turn) if delayed => {
            Err(format!("`delay` and the turn among the rows of `{turn}` both say when it comes"))
        }
        Some(turn) if rows.tables[rows.table].key_of(turn).is_none() => {
            Err(format!("`{turn}` refers to no table, so nobody takes turns by it"))
        }
        _ => Ok(()),
    }?;
    opening(&after.open)
}
