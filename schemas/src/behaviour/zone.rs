//! [`Zone`]: whose clock is meant, without a database of zones: the same on every machine.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::value::moment::{DAY, civil_from_days, days_from_civil};

/// Microseconds in a minute.
const MINUTE: i64 = 60_000_000;
/// How far from Greenwich a clock may be, in minutes.
const FARTHEST: i16 = 14 * 60;

/// A clock: minutes east of Greenwich, and the rule by which it is put forward in summer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    /// As it was said: `Europe/Amsterdam`, `+05:30`.
    name: String,
    offset: i16,
    summer: Option<Summer>,
}

/// By which rule clocks are put forward by an hour in summer; the rules as they stand today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Summer {
    /// From the last Sunday of March, 01:00 UTC, to the last Sunday of October, 01:00 UTC.
    Europe,
    /// From the second Sunday of March, 02:00, to the first Sunday of November, 02:00.
    America,
    /// From the first Sunday of October, 02:00, to the first Sunday of April, 03:00.
    Australia,
    /// From the last Sunday of September, 02:00, to the first Sunday of April, 03:00.
    NewZealand,
}

use Summer::{America, Australia, Europe, NewZealand};

/// Zones by the names of the IANA database: hours in quarters east of Greenwich.
const ZONES: &[(&str, i16, Option<Summer>)] = &[
    ("UTC", 0, None),
    ("Europe/London", 0, Some(Europe)),
    ("Europe/Dublin", 0, Some(Europe)),
    ("Europe/Lisbon", 0, Some(Europe)),
    ("Europe/Amsterdam", 4, Some(Europe)),
    ("Europe/Berlin", 4, Some(Europe)),
    ("Europe/Brussels", 4, Some(Europe)),
    ("Europe/Budapest", 4, Some(Europe)),
    ("Europe/Copenhagen", 4, Some(Europe)),
    ("Europe/Luxembourg", 4, Some(Europe)),
    ("Europe/Madrid", 4, Some(Europe)),
    ("Europe/Oslo", 4, Some(Europe)),
    ("Europe/Paris", 4, Some(Europe)),
    ("Europe/Prague", 4, Some(Europe)),
    ("Europe/Rome", 4, Some(Europe)),
    ("Europe/Stockholm", 4, Some(Europe)),
    ("Europe/Vienna", 4, Some(Europe)),
    ("Europe/Warsaw", 4, Some(Europe)),
    ("Europe/Zurich", 4, Some(Europe)),
    ("Europe/Athens", 8, Some(Europe)),
    ("Europe/Bucharest", 8, Some(Europe)),
    ("Europe/Helsinki", 8, Some(Europe)),
    ("Europe/Kyiv", 8, Some(Europe)),
    ("Europe/Istanbul", 12, None),
    ("Europe/Moscow", 12, None),
    ("Atlantic/Reykjavik", 0, None),
    ("America/New_York", -20, Some(America)),
    ("America/Toronto", -20, Some(America)),
    ("America/Chicago", -24, Some(America)),
    ("America/Denver", -28, Some(America)),
    ("America/Phoenix", -28, None),
    ("America/Los_Angeles", -32, Some(America)),
    ("America/Vancouver", -32, Some(America)),
    ("America/Anchorage", -36, Some(America)),
    ("America/Halifax", -16, Some(America)),
    ("America/Mexico_City", -24, None),
    ("America/Bogota", -20, None),
    ("America/Lima", -20, None),
    ("America/Sao_Paulo", -12, None),
    ("America/Argentina/Buenos_Aires", -12, None),
    ("Pacific/Honolulu", -40, None),
    ("Africa/Casablanca", 4, None),
    ("Africa/Lagos", 4, None),
    ("Africa/Johannesburg", 8, None),
    ("Africa/Nairobi", 12, None),
    ("Asia/Riyadh", 12, None),
    ("Asia/Tehran", 14, None),
    ("Asia/Dubai", 16, None),
    ("Asia/Karachi", 20, None),
    ("Asia/Kolkata", 22, None),
    ("Asia/Kathmandu", 23, None),
    ("Asia/Dhaka", 24, None),
    ("Asia/Bangkok", 28, None),
    ("Asia/Jakarta", 28, None),
    ("Asia/Ho_Chi_Minh", 28, None),
    ("Asia/Shanghai", 32, None),
    ("Asia/Hong_Kong", 32, None),
    ("Asia/Singapore", 32, None),
    ("Asia/Manila", 32, None),
    ("Australia/Perth", 32, None),
    ("Asia/Seoul", 36, None),
    ("Asia/Tokyo", 36, None),
    ("Australia/Brisbane", 40, None),
    ("Australia/Sydney", 40, Some(Australia)),
    ("Australia/Melbourne", 40, Some(Australia)),
    ("Australia/Adelaide", 38, Some(Australia)),
    ("Pacific/Auckland", 48, Some(NewZealand)),
];

impl Zone {
    /// The zone of a name or an offset.
    ///
    /// # Errors
    ///
    /// That there is none, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some((name, quarters, summer)) =
            ZONES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(text))
        {
            return Ok(Self { name: (*name).into(), offset: quarters * 15, summer: *summer });
        }
        let offset = offset(text).filter(|offset| offset.abs() <= FARTHEST);
        offset.map(|offset| Self { name: text.into(), offset, summer: None }).ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            format!("`{shown}` is no zone known here: say its offset, like `+01:00`")
        })
    }

    /// Minutes east of Greenwich, in winter.
    pub fn offset(&self) -> i16 {
        self.offset
    }

    /// The rule by which its clocks are put forward.
    pub fn summer(&self) -> Option<Summer> {
        self.summer
    }

    /// What its clocks show at an instant; both in microseconds since 1970.
    pub fn local(&self, instant: i64) -> i64 {
        let winter = instant.saturating_add(i64::from(self.offset) * MINUTE);
        // In a summer that ends in the next year, it is winter that is bounded.
        let forward = self.summer.is_some_and(|rule| {
            let day = winter.div_euclid(DAY);
            let (year, ..) = civil_from_days(day.clamp(-700_000, 2_900_000) as i32);
            let (start, end) = rule.bounds(year, self.offset);
            if start < end {
                (start..end).contains(&instant)
            } else {
                !(end..start).contains(&instant)
            }
        });
        if forward { winter.saturating_add(60 * MINUTE) } else { winter }
    }

    /// The instant at which its clocks show something. A time that is left out in spring is the
    /// one an hour later; of one that comes twice in autumn, the first is taken.
    pub fn instant(&self, local: i64) -> i64 {
        let winter = local.saturating_sub(i64::from(self.offset) * MINUTE);
        let summer = winter.saturating_sub(60 * MINUTE);
        if self.summer.is_some() && self.local(summer) == local { summer } else { winter }
    }
}

impl Summer {
    /// When it begins and ends in a year, in microseconds since 1970, UTC, for clocks that are
    /// `offset` minutes east of Greenwich in winter.
    fn bounds(self, year: i32, offset: i16) -> (i64, i64) {
        let at = |day: i32, hours: i64, offset: i64| {
            i64::from(day) * DAY + hours * 60 * MINUTE - offset * MINUTE
        };
        let (winter, summer) = (i64::from(offset), i64::from(offset) + 60);
        match self {
            Self::Europe => (at(sunday(year, 3, 25), 1, 0), at(sunday(year, 10, 25), 1, 0)),
            Self::America => {
                (at(sunday(year, 3, 8), 2, winter), at(sunday(year, 11, 1), 2, summer))
            }
            Self::Australia => {
                (at(sunday(year, 10, 1), 2, winter), at(sunday(year, 4, 1), 3, summer))
            }
            Self::NewZealand => {
                (at(sunday(year, 9, 24), 2, winter), at(sunday(year, 4, 1), 3, summer))
            }
        }
    }
}

/// The first Sunday on or after a day.
fn sunday(year: i32, month: u32, day: u32) -> i32 {
    let day = days_from_civil(year, month, day);
    // The fourth of January 1970 was a Sunday.
    day + (3 - day).rem_euclid(7)
}

/// Minutes of an offset like `+01:00` or `-0330`.
fn offset(text: &str) -> Option<i16> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|letter| *letter != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i16, i16) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    (minutes < 60).then_some(sign * (hours * 60 + minutes))
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

/// As it was said.
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::moment::{Moment, Order, parse};

    fn micros(text: &str) -> i64 {
        match parse(text, Order::MonthFirst) {
            Some(Moment::Timestamp(micros) | Moment::TimestampTz(micros)) => micros,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn clocks_are_put_forward_and_back() {
        for (zone, instant, local) in [
            ("Europe/Amsterdam", "2024-03-31T00:59:59Z", "2024-03-31T01:59:59"),
            ("Europe/Amsterdam", "2024-03-31T01:00:00Z", "2024-03-31T03:00:00"),
            ("Europe/Amsterdam", "2024-10-27T00:59:59Z", "2024-10-27T02:59:59"),
            ("Europe/Amsterdam", "2024-10-27T01:00:00Z", "2024-10-27T02:00:00"),
            ("America/New_York", "2024-03-10T06:59:59Z", "2024-03-10T01:59:59"),
            ("America/New_York", "2024-03-10T07:00:00Z", "2024-03-10T03:00:00"),
            ("America/New_York", "2024-11-03T06:00:00Z", "2024-11-03T01:00:00"),
            ("Australia/Sydney", "2024-01-15T00:00:00Z", "2024-01-15T11:00:00"),
            ("Australia/Sydney", "2024-07-15T00:00:00Z", "2024-07-15T10:00:00"),
            ("Asia/Kolkata", "2024-07-15T00:00:00Z", "2024-07-15T05:30:00"),
            ("-0330", "2024-07-15T03:30:00Z", "2024-07-15T00:00:00"),
        ] {
            let zone = Zone::parse(zone).unwrap();
            assert_eq!(zone.local(micros(instant)), micros(local), "{zone} {instant}");
        }
    }

    #[test]
    fn every_instant_comes_back_from_its_clock() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let start = micros("2024-03-01T00:30:00Z");
        for hour in 0..24 * 365 {
            let instant = start + hour * 60 * MINUTE;
            let again = zone.instant(zone.local(instant));
            // The hour that comes twice is told apart by nobody.
            assert!(again == instant || instant - again == 60 * MINUTE, "{hour}");
        }
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        for text in ["", "Mars/Base", "+99:00", "+1", "+01:70", "+é"] {
            assert!(Zone::parse(text).is_err(), "{text}");
        }
    }
}
