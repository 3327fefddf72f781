//! Moments: spans, what comes after what, and how long it takes.

use super::sheet::Sheet;
use crate::behaviour::{After, At, Behaviour, Closed, Delay, Grain, Happening, Law, Path, Unit};
use crate::design::{Design, DesignColumn, Maker};
use crate::draft::Check;
use crate::kind::Kind;
use crate::value::moment::{DAY, Moment};

/// Microseconds in an hour.
const HOUR: i64 = DAY / 24;
/// How much wider than what was seen the span may be, as its share.
const BEYOND: i64 = 20;
/// The longest mean time after which one thing is still told to follow another, in days.
const LONGEST: i64 = 800;

/// The moment that a column follows, and how long after it.
pub(super) fn after(
    design: &Design,
    sheets: &[Sheet<'_>],
    table: usize,
    column: usize,
) -> Option<Behaviour> {
    let (own, sheet) = (&design.tables()[table], &sheets[table]);
    let mine = sheet.moments(column);
    let is_moment = |one: &DesignColumn| {
        matches!(one.kind(), Some(Kind::Date | Kind::Timestamp | Kind::TimestampTz))
    };
    let name = own.columns()[column].name();
    let told = |other: &DesignColumn| {
        own.checks().iter().any(|check| match check {
            Check::Order { columns } => {
                let place = |one: &str| columns.iter().position(|column| column == one);
                place(other.name().as_str()) < place(name.as_str())
                    && place(other.name().as_str()).is_some()
            }
            _ => false,
        })
    };
    let mut best: Option<(i64, Path, Vec<i64>)> = None;
    let mut consider = |path: Path, theirs: Vec<Option<i64>>| {
        let delays: Option<Vec<i64>> = (mine.iter().zip(&theirs))
            .filter_map(|(after, before)| Some((*after)? - (*before)?))
            .map(|delay| (delay >= 0).then_some(delay))
            .collect();
        let Some(mut delays) = delays.filter(|delays| delays.len() >= super::FEWEST) else {
            return;
        };
        delays.sort_unstable();
        let middle = delays[delays.len() / 2];
        let nearer = best.as_ref().is_none_or(|(least, ..)| middle < *least);
        if middle > 0 && middle <= LONGEST * DAY && nearer {
            best = Some((middle, path, delays));
        }
    };
    for (other, one) in own.columns().iter().enumerate() {
        let free = matches!(own.maker(other), Maker::Open | Maker::Said(_) | Maker::Reached(..));
        if is_moment(one) && free && (other < column || told(one)) && other != column {
            consider(Path::own(one.name().as_str()), sheet.moments(other));
        }
    }
    // A parent's beginning counts only where nothing of the row is nearer.
    for (key, foreign) in own.foreign_keys().iter().enumerate() {
        let [from] = foreign.columns.as_slice() else { continue };
        let Some(rows) = super::relation::parents(design, sheets, table, key) else { continue };
        let place = design.tables().iter().position(|one| *one.name() == foreign.references.table);
        let Some(place) = place.filter(|place| *place < table) else { continue };
        for (other, one) in design.tables()[place].columns().iter().enumerate() {
            let free = matches!(design.tables()[place].maker(other), Maker::Open | Maker::Said(_));
            if !is_moment(one) || !free {
                continue;
            }
            let theirs = sheets[place].moments(other);
            let theirs = rows.iter().map(|row| row.and_then(|row| theirs[row])).collect();
            consider(Path::of(from.as_str(), one.name().as_str()), theirs);
        }
    }
    let (_, path, delays) = best?;
    let whole_days = delays.iter().all(|delay| delay % DAY == 0);
    Some(Behaviour::After(After {
        column: path,
        delay: Some(delay(&delays, whole_days)),
        given: None,
        turn: None,
        hour: None,
        until: None,
        open: Vec::new(),
        closed: Closed::default(),
        grain: None,
    }))
}

/// How long something takes that took so long, in rising order.
fn delay(delays: &[i64], whole_days: bool) -> Delay {
    let middle = delays[delays.len() / 2];
    let unit = match middle {
        _ if whole_days => Unit::Day,
        middle if middle >= 2 * DAY => Unit::Day,
        middle if middle >= 2 * HOUR => Unit::Hour,
        middle if middle >= HOUR / 30 => Unit::Minute,
        _ => Unit::Second,
    };
    let many = |micros: i64| micros as f64 / unit.micros() as f64;
    let logs: Vec<f64> =
        delays.iter().filter(|delay| **delay > 0).map(|delay| many(*delay).ln()).collect();
    let mean = logs.iter().sum::<f64>() / logs.len().max(1) as f64;
    let variance =
        logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / logs.len().max(1) as f64;
    let short = |number: f64| (number * 1000.0).round() / 1000.0;
    // The same time between any two is a habit of who wrote the rows, not of the world.
    let sigma = short(variance.sqrt().clamp(0.15, 2.0));
    let most = many(delays[delays.len() - 1]);
    Delay {
        law: Law::Lognormal { median: short(mean.exp()).max(0.001), sigma },
        unit,
        min: Some(short(many(delays[0]) / 2.0)).filter(|min| *min > 0.0),
        max: Some((most * 1.5).ceil().max(1.0)),
        round: whole_days.then_some(1.0),
    }
}

/// The span in which something happens, with the rhythm that is usual for it.
pub(super) fn happening(
    design: &Design,
    sheet: &Sheet<'_>,
    column: usize,
    kind: &Kind,
) -> Option<Behaviour> {
    let mut seen: Vec<i64> = sheet.moments(column).into_iter().flatten().collect();
    seen.sort_unstable();
    let (first, last) = (*seen.first()?, *seen.last()?);
    if seen.len() < super::FEWEST || first == last {
        return None;
    }
    let span = last - first;
    let from = (first - span / BEYOND).div_euclid(DAY);
    let present = design.present();
    let to = (last + span / BEYOND).div_euclid(DAY) + 1;
    let to = if last < present { to.min(present.div_euclid(DAY)) } else { to };
    let day = |days: i64| i32::try_from(days).ok().map(|days| At(Moment::Date(days)));
    let usual = crate::design::recent(design.clock(), kind);
    let at_midnight = seen.iter().all(|at| at.rem_euclid(DAY) == 0);
    let by_minute = seen.iter().all(|at| at % (HOUR / 60) == 0);
    let mut rhythm = usual.rhythm;
    // What never happens at a weekend does not.
    let weekday = |at: &i64| (at.div_euclid(DAY) + 3).rem_euclid(7);
    let lived = span > 400 * DAY * 10;
    if let Some(rhythm) = &mut rhythm {
        if lived {
            rhythm.weekday = None;
        } else if seen.len() >= 15 && seen.iter().all(|at| weekday(at) < 5) {
            rhythm.weekday = Some(vec![1.1, 1.05, 1.0, 1.0, 0.95, 0.0, 0.0]);
        }
        if at_midnight {
            rhythm.hour = None;
        } else if *kind != Kind::Date {
            rhythm.hour = hours(&seen, rhythm.hour.take());
        }
    }
    let grain = match kind {
        Kind::Date => None,
        _ if at_midnight => Some(Grain::Day),
        _ if by_minute => Some(Grain::Minute),
        _ => None,
    };
    Some(Behaviour::Moment(Happening {
        from: day(from),
        to: day(to),
        growth: None,
        rhythm,
        rising: false,
        turn: None,
        grain,
    }))
}

/// The hours of the day, between those seen and those that are usual.
fn hours(seen: &[i64], usual: Option<Vec<f64>>) -> Option<Vec<f64>> {
    let usual = usual?;
    let mut counts = [0.0; 24];
    for at in seen {
        counts[(at.rem_euclid(DAY) / HOUR) as usize % 24] += 1.0;
    }
    let all = seen.len() as f64;
    let total: f64 = usual.iter().sum();
    let weight = |hour: usize| {
        // An hour lends half of itself to its neighbours.
        let near = (counts[(hour + 23) % 24] + 2.0 * counts[hour] + counts[(hour + 1) % 24]) / 4.0;
        let mixed = 0.8 * near / all + 0.2 * usual[hour] / total;
        (mixed * 10_000.0).round() / 100.0
    };
    Some((0..24).map(weight).collect())
}
