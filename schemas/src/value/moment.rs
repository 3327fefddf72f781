//! [`Moment`]: a date, a time or an instant, from every spelling people use.

use std::fmt;

pub use spelling::Spelling;

mod clock;
mod reader;
mod spelling;
mod words;

/// Microseconds in a day.
pub const DAY: i64 = 86_400_000_000;

/// A date, a time of day, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970-01-01T00:00:00, in no zone.
    Timestamp(i64),
    /// Microseconds since 1970-01-01T00:00:00Z.
    TimestampTz(i64),
}

/// Which of two numbers is the day, where the text does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// 12/31/2020.
    MonthFirst,
    /// 31/12/2020.
    DayFirst,
}

/// The moment that a text spells, or `None` where it spells none; `order` decides where the text
/// leaves open which of two numbers is the day.
///
/// No moment is made of a day that the calendar lacks or an hour that the clock lacks, of a month
/// or a year alone, nor of a time of day with a zone but without a day.
pub fn parse(text: &str, order: Order) -> Option<Moment> {
    Spelling::read(text)?.moment(order)
}

impl Order {
    /// The order of a format in the letters of `strftime`.
    pub fn of(format: &str) -> Self {
        match (format.find("%d"), format.find("%m")) {
            (Some(day), Some(month)) if day < month => Self::DayFirst,
            _ => Self::MonthFirst,
        }
    }
}

/// The days of a date of the Gregorian calendar since 1970-01-01, or `None` where there is no such
/// date.
pub fn date(year: i32, month: u32, day: u32) -> Option<i32> {
    let long = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    ((1..=9999).contains(&year) && (1..=long).contains(&day))
        .then(|| days_from_civil(year, month, day))
}

/// Days since 1970-01-01 of a day of the proleptic Gregorian calendar.
pub fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month as i32 + 9) % 12) + 2) / 5 + day as i32 - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a count of days since 1970-01-01.
pub fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i32::from(month <= 2), month as u32, day as u32)
}

/// ISO 8601, with a fraction only where there is one.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = |f: &mut fmt::Formatter<'_>, days: i32| {
            let (year, month, day) = civil_from_days(days);
            write!(f, "{year:04}-{month:02}-{day:02}")
        };
        let time = |f: &mut fmt::Formatter<'_>, micros: i64| {
            let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
            write!(f, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
            if fraction == 0 {
                return Ok(());
            }
            write!(f, ".{}", format!("{fraction:06}").trim_end_matches('0'))
        };
        match *self {
            Self::Date(days) => date(f, days),
            Self::Time(micros) => time(f, micros),
            Self::Timestamp(micros) | Self::TimestampTz(micros) => {
                date(f, micros.div_euclid(DAY) as i32)?;
                f.write_str("T")?;
                time(f, micros.rem_euclid(DAY))?;
                if matches!(self, Self::TimestampTz(_)) { f.write_str("Z") } else { Ok(()) }
            }
        }
    }
}

#[cfg(test)]
mod tests;
