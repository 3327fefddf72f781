//! Moments by what they are called: births, beginnings, ends, and what comes after what.

use super::Spot;
use crate::behaviour::{
    After, At, Behaviour, Closed, Delay, Happening, Law, Path, Rhythm, Unit, Until,
};
use crate::design::{DesignColumn, DesignTable, Maker};
use crate::draft::Check;
use crate::kind::Kind;
use crate::value::moment::{self, DAY, Moment};

/// The present day of data that says none: nothing later happens.
pub(in crate::design) const PRESENT: &str = "2026-01-01";
/// How many days of the past are told of: three years.
const PAST: i64 = 1_096;
/// How much more happens a year later.
const GROWTH: f64 = 1.25;
/// When people do things, hour by hour: evenings before mornings, and some never sleep.
const HOURS: [f64; 24] = [
    1.1, 0.6, 0.4, 0.3, 0.3, 0.6, 1.4, 2.9, 4.4, 5.3, 5.8, 5.9, 5.6, 5.2, 5.3, 5.4, 5.6, 6.0, 6.6,
    7.1, 6.9, 5.8, 4.0, 2.3,
];
/// How much happens on the days of a week, Monday first.
const WEEK: [f64; 7] = [1.08, 1.05, 1.03, 1.02, 1.06, 0.92, 0.84];
/// Words of moments at which someone or something begins to be there.
const BEGINNINGS: [&str; 16] = [
    "created",
    "registered",
    "joined",
    "signup",
    "signed",
    "opened",
    "hired",
    "hire",
    "founded",
    "since",
    "start",
    "started",
    "installed",
    "commissioned",
    "launched",
    "enrolled",
];
/// Words of moments that come after another of their row, with the days that they take at the
/// median.
const ENDINGS: [(&str, f64); 25] = [
    ("paid", 0.2),
    ("restored", 0.2),
    ("confirmed", 0.1),
    ("approved", 0.8),
    ("captured", 0.1),
    ("shipped", 1.4),
    ("dispatched", 1.2),
    ("delivered", 3.2),
    ("received", 4.0),
    ("returned", 12.0),
    ("refunded", 14.0),
    ("resolved", 1.5),
    ("closed", 4.0),
    ("completed", 2.0),
    ("finished", 0.2),
    ("ended", 0.2),
    ("end", 6.0),
    ("arrival", 0.15),
    ("arrived", 0.15),
    ("discharged", 3.5),
    ("cancelled", 1.0),
    ("due", 30.0),
    ("expires", 365.0),
    ("expiry", 365.0),
    ("terminated", 620.0),
];

/// What is usual for a column of moments.
pub(super) fn usual(column: Spot<'_>, kind: &Kind) -> Behaviour {
    let (table, own) = (column.table(), column.column());
    let words = column.words();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if *kind == Kind::Time {
        return Behaviour::Moment(recent(column.design.clock(), kind));
    }
    if has(&["birth", "born", "birthday", "birthdate", "dob"]) {
        return Behaviour::Moment(Happening {
            from: At::parse("1944-01-01").ok(),
            to: At::parse("2007-12-31").ok(),
            ..Happening::default()
        });
    }
    if let Some((least, most)) = range(table, own) {
        return Behaviour::Moment(Happening {
            from: least,
            to: most,
            ..recent(column.design.clock(), kind)
        });
    }
    if let Some(before) = before(table, own).filter(|_| !leads_back(table, own)) {
        let path = Path::own(before.name.as_str());
        let delay = match &before.kind {
            // A time of day is no moment to count from.
            Some(Kind::Time) => None,
            _ => Some(taking(&words, kind)),
        };
        if delay.is_some() {
            let until = later(table, own).map(|later| Path::own(later.name.as_str()));
            return Behaviour::After(After {
                column: path,
                // Between two others there is room anywhere.
                delay: delay.filter(|_| until.is_none()),
                given: None,
                turn: None,
                hour: None,
                until: until.map(Until::Column),
                open: Vec::new(),
                closed: Closed::default(),
                grain: None,
            });
        }
    }
    if let Some(path) = parent(column) {
        return Behaviour::After(After {
            column: path,
            delay: None,
            given: None,
            turn: None,
            hour: None,
            until: None,
            open: Vec::new(),
            closed: Closed::default(),
            grain: None,
        });
    }
    Behaviour::Moment(recent(column.design.clock(), kind))
}

/// Moments at the pace of those written, or day after day, up to the present day.
pub(super) fn series(column: Spot<'_>, of: Option<&str>) -> Option<Behaviour> {
    let mut written: Vec<i64> = (column.written().iter())
        .filter_map(|value| At::parse(value.as_str()?).ok()?.micros())
        .collect();
    written.sort_unstable();
    let step = written.windows(2).map(|two| two[1] - two[0]).filter(|step| *step > 0).min();
    let step = step.unwrap_or(DAY);
    let date = column.column().kind == Some(Kind::Date);
    let (every, unit) = [Unit::Week, Unit::Day, Unit::Hour, Unit::Minute, Unit::Second]
        .into_iter()
        .find(|unit| step % unit.micros() == 0 && (!date || unit.micros() >= DAY))
        .map_or((1, Unit::Day), |unit| (step / unit.micros(), unit));
    let present = column.design.present().div_euclid(DAY);
    // A series of the whole table ends at the present day, one of a parent is shorter.
    let rows = if of.is_some() { 1_000 } else { i64::try_from(column.rows).unwrap_or(i64::MAX) };
    let span = rows.saturating_mul(every.saturating_mul(unit.micros())) / DAY;
    let first = written.first().map(|first| first.div_euclid(DAY));
    // Not before the calendar that everybody uses.
    let first = first.unwrap_or(present - span.clamp(0, 300 * 365));
    let from = Until::At(At(Moment::Date(i32::try_from(first).ok()?)));
    let every = u32::try_from(every).unwrap_or(1).max(1);
    Some(Behaviour::Series { of: of.map(str::to_owned), from, every, unit })
}

/// The past years, with their days and hours.
pub(crate) fn recent(clock: Option<At>, kind: &Kind) -> Happening {
    if *kind == Kind::Time {
        let mut hour = HOURS.to_vec();
        hour[..6].fill(0.0);
        let rhythm = Rhythm { hour: Some(hour), ..Rhythm::default() };
        return Happening { rhythm: Some(rhythm), ..Happening::default() };
    }
    let present = clock.or_else(|| At::parse(PRESENT).ok());
    let today = present.and_then(At::micros).unwrap_or_default().div_euclid(DAY);
    let first = i32::try_from(today - PAST).unwrap_or_default();
    let rhythm = Rhythm {
        weekday: Some(WEEK.to_vec()),
        hour: (*kind != Kind::Date).then(|| HOURS.to_vec()),
        ..Rhythm::default()
    };
    Happening {
        from: Some(At(Moment::Date(first))),
        to: None,
        growth: Some(GROWTH),
        rhythm: Some(rhythm),
        ..Happening::default()
    }
}

/// The bounds that a check sets.
fn range(table: &DesignTable, column: &DesignColumn) -> Option<(Option<At>, Option<At>)> {
    table.checks.iter().find_map(|check| match check {
        Check::Range { column: of, min, max } if column.name == of.as_str() => {
            let at = |value: &Option<serde_json::Value>| At::parse(value.as_ref()?.as_str()?).ok();
            Some((at(min), at(max)))
        }
        _ => None,
    })
}

/// The column of the row that a moment comes after: by a check, or by what the two are called.
///
/// What is always there comes after what is always there: what may be missing between the two
/// finds its place between them.
fn before<'d>(table: &'d DesignTable, column: &DesignColumn) -> Option<&'d DesignColumn> {
    let name = column.name.as_str();
    let is_there = |one: &&DesignColumn| column.nullable || !one.nullable;
    let told = ordered(table, name).and_then(|(columns, place)| {
        let earlier = columns[..place].iter().rev();
        earlier.filter_map(|one| table.column(one)).find(is_there)
    });
    let moment = |one: &&DesignColumn| {
        matches!(one.kind, Some(Kind::Date | Kind::Timestamp | Kind::TimestampTz))
    };
    told.filter(moment).or_else(|| {
        let place = table.columns.iter().position(|one| one.name == column.name)?;
        let words = crate::design::stem::words(name);
        let ends = words.iter().any(|word| {
            word == "updated" || word == "modified" || ENDINGS.iter().any(|(end, _)| end == word)
        });
        let born = |one: &&DesignColumn| {
            let words = crate::design::stem::words(one.name.as_str());
            words.iter().any(|word| word.starts_with("birth") || word == "dob" || word == "born")
        };
        let earlier = table.columns[..place].iter().filter(moment).filter(is_there);
        earlier.rev().find(|one| !born(one)).filter(|_| ends)
    })
}

/// The column before which a moment comes that may be missing: by a check, the next one that is
/// always there.
fn later<'d>(table: &'d DesignTable, column: &DesignColumn) -> Option<&'d DesignColumn> {
    let (columns, place) = ordered(table, column.name.as_str()).filter(|_| column.nullable)?;
    let later = columns[place + 1..].iter().filter_map(|one| table.column(one));
    later.into_iter().find(|one| !one.nullable && one.kind.as_ref().is_some_and(Kind::is_moment))
}

/// The columns of the first check that orders a column among others, and its place among them.
fn ordered<'d>(table: &'d DesignTable, name: &str) -> Option<(&'d [String], usize)> {
    table.checks.iter().find_map(|check| match check {
        Check::Order { columns } => {
            let place = columns.iter().position(|one| one == name)?;
            Some((&columns[..], place))
        }
        _ => None,
    })
}

/// Whether what a moment comes after comes after it, by way of others.
fn leads_back(table: &DesignTable, column: &DesignColumn) -> bool {
    let mut at = column;
    for _ in 0..table.columns.len() {
        let next = match &at.behaviour {
            Some(Behaviour::After(after)) if after.column.is_own() => {
                table.column(&after.column.column)
            }
            Some(Behaviour::Moment(_)) => None,
            // An expression may follow from anything.
            Some(_) => return true,
            None => before(table, at),
        };
        match next {
            None => return false,
            Some(next) if next.name == column.name => return true,
            Some(next) => at = next,
        }
    }
    true
}

/// The beginning of a parent, before which nothing happens to it.
fn parent(column: Spot<'_>) -> Option<Path> {
    let table = column.table();
    let begins = |one: &&DesignColumn| {
        let words = crate::design::stem::words(one.name.as_str());
        matches!(one.kind, Some(Kind::Date | Kind::Timestamp | Kind::TimestampTz))
            && words.iter().any(|word| BEGINNINGS.contains(&word.as_str()))
    };
    // The first moment of the row is what follows the parent; the others follow it.
    let first = table.columns.iter().position(|one| {
        one.kind.as_ref().is_some_and(|kind| kind.is_moment() && *kind != Kind::Time)
    });
    if first != Some(column.column) {
        return None;
    }
    table.foreign_keys.iter().find_map(|key| {
        let place = column.design.tables.iter().position(|one| one.name == key.references.table)?;
        let key = key.columns.first()?;
        let optional = table.column(key.as_str()).is_none_or(DesignColumn::nullable);
        if place >= column.table || optional {
            return None;
        }
        let theirs = &column.design.tables[place];
        let found = theirs.columns.iter().find(begins)?;
        let at = theirs.columns.iter().position(|one| one.name == found.name)?;
        let plain = matches!(
            theirs.maker(at),
            Maker::Open | Maker::Said(Behaviour::Moment(_) | Behaviour::After(_))
        );
        (plain && !found.nullable).then(|| Path::of(key.as_str(), found.name.as_str()))
    })
}

/// How long something takes, by what its end is called.
fn taking(words: &[String], kind: &Kind) -> Delay {
    let days = words
        .iter()
        .find_map(|word| ENDINGS.iter().find(|(end, _)| end == word).map(|(_, days)| *days));
    let days = days.unwrap_or(5.0);
    let fixed = words.iter().any(|word| matches!(word.as_str(), "due" | "expires" | "expiry"));
    if fixed {
        let law = Law::Levels {
            values: vec![days / 2.0, days, days * 2.0],
            weights: Some(vec![3.0, 6.0, 1.0]),
        };
        return Delay { law, unit: Unit::Day, min: None, max: None, round: Some(1.0) };
    }
    let (median, unit) = match kind {
        Kind::Date => (days.max(1.0), Unit::Day),
        _ if days < 1.0 => (days * 24.0 * 60.0, Unit::Minute),
        _ => (days * 24.0, Unit::Hour),
    };
    let law = Law::Lognormal { median, sigma: 0.6 };
    Delay { law, unit, min: None, max: Some(median * 12.0), round: None }
}

/// The present day of a design's data, in microseconds since 1970.
pub(in crate::design) fn present(clock: Option<At>) -> i64 {
    let known = clock.and_then(At::micros);
    let usual = || match moment::parse(PRESENT, moment::Order::MonthFirst) {
        Some(Moment::Date(days)) => i64::from(days) * DAY,
        _ => 0,
    };
    known.unwrap_or_else(usual)
}
