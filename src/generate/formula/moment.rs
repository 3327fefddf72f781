//! Moments in expressions: how far apart they are, and their parts.

use std::collections::BTreeMap;

use peyote_schemas::behaviour::Zone;
use peyote_schemas::formula::Function;
use peyote_schemas::value::moment::{DAY, civil_from_days};

use super::digits::Digits;
use super::vector::{Data, Vector};
use crate::generate::maker::weekday;

/// Whole units from one moment to another, rounded down.
pub(super) fn between(from: Vector, to: Vector, unit: i64) -> Vector {
    let rows = from.none.len().max(to.none.len());
    let none = from.either_none(&to, super::number::length(&from));
    let (Some(left), Some(right)) = (micros(from.data), micros(to.data)) else {
        return Vector::nothing(rows);
    };
    let units = left.iter().zip(&right).map(|(from, to)| (to - from).div_euclid(unit));
    Vector { data: Data::Number(Digits::new(units.collect()), 0), none }
}

/// The moments so many units after others.
pub(super) fn later(from: Vector, many: &Vector, unit: i64, rows: usize) -> Vector {
    let none = from.either_none(many, rows);
    match (from.data, &many.data) {
        (Data::Micros(mut moments), Data::Number(digits, _)) => {
            for (row, moment) in moments.iter_mut().enumerate() {
                let many = i64::try_from(digits.at(row)).unwrap_or(0);
                *moment = moment.saturating_add(many.saturating_mul(unit));
            }
            Vector { data: Data::Micros(moments), none }
        }
        _ => Vector::nothing(rows),
    }
}

/// The instants at which the clocks of zones show days and times; UTC where a zone is unknown.
pub(super) fn instant(day: &Vector, time: &Vector, zone: &Vector, rows: usize) -> Vector {
    let (Data::Days(days), Data::Micros(times), Data::Text(names)) =
        (&day.data, &time.data, &zone.data)
    else {
        return Vector::nothing(rows);
    };
    let mut known: BTreeMap<u32, Option<Clock>> = BTreeMap::new();
    let mut last = None;
    let mut moments = Vec::with_capacity(rows);
    let mut none = Vec::with_capacity(rows);
    for row in 0..rows {
        let pick = names.picks[row];
        // Neighbours often have the same clock.
        let (_, clock) = match last.take() {
            Some(same @ (of, _)) if of == pick => last.insert(same),
            other => {
                if let Some((of, clock)) = other {
                    known.insert(of, clock);
                }
                let clock = known.remove(&pick).unwrap_or_else(|| Clock::of(names.bytes(row)));
                last.insert((pick, clock))
            }
        };
        let local = days[row].saturating_mul(DAY).saturating_add(times[row]);
        moments.push(clock.as_mut().map_or(local, |clock| clock.instant(local)));
        none.push(day.is_none(row) || time.is_none(row));
    }
    let none = if none.contains(&true) { none } else { Vec::new() };
    Vector { data: Data::Micros(moments), none }
}

/// The clock of a zone, and between which of its times it was found to stay as far from UTC.
struct Clock {
    zone: Zone,
    from: i64,
    to: i64,
    ahead: i64,
}

impl Clock {
    fn of(name: &[u8]) -> Option<Self> {
        let zone = str::from_utf8(name).ok().and_then(|name| Zone::parse(name).ok())?;
        Some(Self { zone, from: 0, to: 0, ahead: 0 })
    }

    /// The instant at which it shows a time.
    fn instant(&mut self, local: i64) -> i64 {
        /// Days from one on that are looked at: between two days on which clocks are put forward or
        /// back lie more, so a clock that is right at both ends is right between them.
        const DAYS: [i64; 4] = [64, 16, 4, 1];
        /// Times before and after which nothing is kept, beyond all that calendars are used for.
        const LAST: i64 = 1 << 60;
        if !(self.from..self.to).contains(&local) {
            if !(-LAST..LAST).contains(&local) {
                return self.zone.instant(local);
            }
            let from = local.div_euclid(DAY) * DAY;
            let ahead = from - self.zone.instant(from);
            let is_steady = |to: &i64| to - 1 - self.zone.instant(to - 1) == ahead;
            let Some(to) = DAYS.map(|days| from + days * DAY).into_iter().find(is_steady) else {
                return self.zone.instant(local);
            };
            (self.from, self.to, self.ahead) = (from, to, ahead);
        }
        local - self.ahead
    }
}

/// A part of a moment.
pub(super) fn part(function: Function, of: Vector) -> Vector {
    let Vector { data, none } = of;
    let Some(moments) = micros(data) else { return Vector::nothing(none.len()) };
    if function == Function::Date {
        let days = moments.iter().map(|micros| micros.div_euclid(DAY)).collect();
        return Vector { data: Data::Days(days), none };
    }
    // Neighbours are often of one day.
    let (mut known, mut civil) = (i64::MIN, (0, 0, 0));
    let parts = moments.iter().map(|micros| {
        let day = micros.div_euclid(DAY);
        if day != known {
            civil = civil_from_days(day.clamp(-700_000, 2_900_000) as i32);
            known = day;
        }
        let (year, month, of_month) = civil;
        match function {
            Function::Year => i64::from(year),
            Function::Month => i64::from(month),
            Function::Day => i64::from(of_month),
            Function::Hour => micros.rem_euclid(DAY) / (DAY / 24),
            _ => weekday(day) as i64 + 1,
        }
    });
    Vector { data: Data::Number(Digits::new(parts.collect()), 0), none }
}

fn micros(data: Data) -> Option<Vec<i64>> {
    match data {
        Data::Micros(micros) => Some(micros),
        Data::Days(days) => Some(days.into_iter().map(|day| day.saturating_mul(DAY)).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_shows_what_its_zone_does() {
        for name in ["Europe/London", "America/Toronto", "Australia/Sydney", "+05:30"] {
            let zone = Zone::parse(name).expect("a zone");
            let mut clock = Clock::of(name.as_bytes()).expect("a clock");
            let year = |day: i64| (20_000 + day) * DAY;
            // On and back, by steps that meet every hour of the day.
            let times = (0..20_000).map(|step| year(step * 25 / 24) + step % 24 * (DAY / 24));
            for local in times.clone().chain(times.rev()).chain([i64::MIN, i64::MAX, 0, -1]) {
                assert_eq!(clock.instant(local), zone.instant(local), "{name} at {local}");
            }
        }
    }
}
