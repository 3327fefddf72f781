//! [`Series`]: moments at a steady pace.

use peyote_schemas::Kind;
use peyote_schemas::behaviour::Unit;
use peyote_schemas::value::moment::{DAY, civil_from_days, days_from_civil};

use super::follow::{Bound, held, micros};
use super::frame::Frame;
use super::recipe::Here;
use crate::lane::{Lane, Values};

/// The last year that dates are written for.
const LAST: i64 = 9999;

/// Moments at a steady pace, each row's own, or those of each parent.
#[derive(Debug)]
pub(super) struct Series {
    /// The relation to the parent, where each has a series of its own.
    pub(super) link: Option<usize>,
    /// The first moment.
    pub(super) from: Bound,
    pub(super) pace: Pace,
}

/// How much later the next moment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// So many microseconds.
    Micros(i64),
    /// So many months of the calendar.
    Months(i64),
}

impl Pace {
    pub(super) fn new(every: u32, unit: Unit) -> Self {
        let every = i64::from(every.max(1));
        match unit {
            Unit::Month => Self::Months(every),
            Unit::Year => Self::Months(every * 12),
            unit => Self::Micros(every.saturating_mul(unit.micros())),
        }
    }

    /// How long a step is, in microseconds.
    pub(super) fn micros(self) -> i64 {
        match self {
            Self::Micros(step) => step,
            Self::Months(months) => months.saturating_mul(Unit::Month.micros()),
        }
    }

    /// How many moments from one on come before another, all in microseconds.
    pub(super) fn before(self, from: i64, until: i64) -> u64 {
        if until <= from {
            return 0;
        }
        // Months are of many lengths: near the end they are counted one by one.
        let mut many = (until - from) / self.micros().max(1);
        while many > 0 && self.after(from, many - 1) >= until {
            many -= 1;
        }
        while self.after(from, many) < until && self.after(from, many + 1) > self.after(from, many)
        {
            many += 1;
        }
        many as u64
    }

    /// The *n*-th moment behind one, all in microseconds.
    ///
    /// A month that lacks the day of the first moment gives its last one, and the next month with
    /// that day gives it again.
    fn after(self, from: i64, nth: i64) -> i64 {
        match self {
            Self::Micros(step) => from.saturating_add(step.saturating_mul(nth)),
            Self::Months(step) => {
                let (day, time) = (from.div_euclid(DAY), from.rem_euclid(DAY));
                let (year, month, day) = civil_from_days(day as i32);
                let months = (i64::from(year) * 12 + i64::from(month) - 1)
                    .saturating_add(step.saturating_mul(nth));
                let months = months.clamp(-LAST * 12, LAST * 12);
                let (year, month) = (months.div_euclid(12) as i32, months.rem_euclid(12) as u32);
                let first = days_from_civil(year, month + 1, 1);
                let next = days_from_civil(year + (month / 11) as i32, (month + 1) % 12 + 1, 1);
                let days = first + (day as i32 - 1).min(next - first - 1);
                i64::from(days) * DAY + time
            }
        }
    }
}

impl Series {
    pub(super) fn fill(&self, here: Here<'_>, frame: &mut Frame, kind: &Kind, lane: &mut Lane) {
        if let Some(link) = self.link {
            here.tie(frame, link);
        }
        if let Bound::Column(route) = &self.from {
            here.reach(frame, route);
        }
        let first = match &self.from {
            Bound::At(_) => None,
            Bound::Column(route) => {
                frame.view(&route.links, route.column).map(|view| (view, here.kind(route)))
            }
        };
        let kin = self.link.and_then(|link| frame.kin.get(link)?.as_deref());
        let Values::Int(values) = &mut lane.values else { return };
        for place in 0..frame.rows.len() {
            let nth = match self.link {
                Some(_) => kin.and_then(|kin| kin.nth.get(place).copied()).unwrap_or(0),
                None => frame.rows.at(place),
            };
            let from = match (&self.from, &first) {
                (Bound::At(at), _) => Some(*at),
                (_, Some((view, kind))) => micros(view, kind, place),
                _ => None,
            };
            // A parent that knows no first moment begins with the era.
            values.push(held(self.pace.after(from.unwrap_or(0), nth as i64), kind));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> i64 {
        i64::from(days_from_civil(year, month, day)) * DAY
    }

    #[test]
    fn months_keep_the_day_where_they_have_it() {
        let pace = Pace::new(1, Unit::Month);
        let from = day(2023, 11, 30) + 7;
        let found: Vec<i64> = (0..5).map(|nth| pace.after(from, nth) - 7).collect();
        let expected = [
            day(2023, 11, 30),
            day(2023, 12, 30),
            day(2024, 1, 30),
            day(2024, 2, 29),
            day(2024, 3, 30),
        ];
        assert_eq!(found, expected);
        assert_eq!(Pace::new(1, Unit::Year).after(day(2024, 2, 29), 1), day(2025, 2, 28));
    }

    #[test]
    fn steps_shorter_than_months_are_of_one_length() {
        assert_eq!(
            Pace::new(15, Unit::Minute).after(day(2024, 3, 31), 2),
            day(2024, 3, 31) + DAY / 48
        );
    }
}
