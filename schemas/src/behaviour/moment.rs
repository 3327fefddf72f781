//! [`Happening`] and [`After`]: when things happen.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Given, Law, Path, Zone};
use crate::value::moment::{self, DAY, Moment};

/// A fixed moment: `2024-03-09`, `2024-03-09T19:42:07`, `2024-03-09T18:42:07Z` or `19:42:07`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct At(pub Moment);

/// Moments between two others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Happening {
    /// The first, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<At>,
    /// The last, not included; the present day of the data where it is left out. For a column of
    /// dates or times it is included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<At>,
    /// How many times as much happens a year later: 1.3 is growth by 30 % a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth: Option<f64>,
    /// When in the year, the week and the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rhythm: Option<Rhythm>,
    /// Whether the rows stand in their order.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub rising: bool,
    /// A referring column, whose parent's rows share the time in their order: each has a part of
    /// its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// What moments are multiples of; for a column of timestamps the second, where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grain: Option<Grain>,
}

/// How much happens when: weights beside each other, whatever their sum.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rhythm {
    /// 12 weights, January first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<Vec<f64>>,
    /// 7 weights, Monday first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekday: Option<Vec<f64>>,
    /// 24 weights, the hour after midnight first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour: Option<Vec<f64>>,
    /// How many times as much as else happens on single days: `12-25` in every year, `2024-11-29`
    /// in one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub holidays: BTreeMap<String, f64>,
    /// When it may happen at all; always where this is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Opening>,
    /// Whose clock is meant, for a column of instants; UTC where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
}

/// Opening hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The days; all where it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Weekday>,
    /// A time of day, included.
    pub from: At,
    /// A later time of the same day, not included.
    pub to: At,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// What moments are multiples of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// A microsecond.
    Micro,
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// A quarter of an hour.
    Quarter,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

/// A moment that follows another.
///
/// What would come after `until` has not happened yet: it is absent where the column may be null,
/// else it comes between the two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// The moment before, of the row or of a parent; where it is absent, so is this one.
    pub column: Path,
    /// How long after it; anywhere between it and `until` where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// How long after it where another column has certain values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given<Delay>>,
    /// A referring column, whose parent's rows share the time between the two in their order:
    /// each has a part of its own. Without a delay only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// 24 weights, the hour after midnight first: how much happens when on the day on which it
    /// comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour: Option<Vec<f64>>,
    /// The moment before which it comes; the present day of the data where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Until>,
    /// When it may happen: a moment outside is moved on to the next opening.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Opening>,
    /// What becomes of the delay while it is not open.
    #[serde(default, skip_serializing_if = "Closed::is_default")]
    pub closed: Closed,
    /// What it is a multiple of; what the column's kind can hold, a second at the least, where it
    /// is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grain: Option<Grain>,
}

/// What becomes of a delay while nothing may happen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// It runs: what would come then comes as soon as it is open, together with all else that would.
    #[default]
    Runs,
    /// It stands still: two working days after Friday is Tuesday.
    Rests,
}

/// How long something takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delay {
    /// How many of the unit.
    pub law: Law,
    /// The unit.
    pub unit: Unit,
    /// The least; 0 where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// It is a multiple of this many units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<f64>,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 1 second.
    Second,
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// A twelfth of 365.25 days.
    Month,
    /// 365.25 days.
    Year,
}

/// A moment that bounds others: a fixed one, or a column of the row or of a parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Until {
    /// Fixed.
    At(At),
    /// That of a column.
    Column(Path),
}

impl At {
    /// The fixed moment that a text says.
    ///
    /// # Errors
    ///
    /// Why it says none, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let shown: String = text.chars().take(40).collect();
        let found = moment::parse(text, moment::Order::MonthFirst).map(Self);
        // What is written back has to be read again as the same.
        found
            .filter(|at| moment::parse(&at.to_string(), moment::Order::MonthFirst) == Some(at.0))
            .ok_or_else(|| {
                format!("`{shown}` is no moment: say `2024-03-09` or `2024-03-09T19:42:07`")
            })
    }

    /// Microseconds since 1970 (since midnight for a time of day); none beyond what 64 bits hold.
    pub fn micros(self) -> Option<i64> {
        match self.0 {
            Moment::Date(days) => i64::from(days).checked_mul(DAY),
            Moment::Time(micros) | Moment::Timestamp(micros) | Moment::TimestampTz(micros) => {
                Some(micros)
            }
        }
    }
}

impl TryFrom<String> for At {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<At> for String {
    fn from(at: At) -> Self {
        at.to_string()
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Until {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // No name begins with a digit.
        if text.trim_start().starts_with(|first: char| first.is_ascii_digit()) {
            At::parse(&text).map(Self::At)
        } else {
            Path::parse(&text).map(Self::Column)
        }
    }
}

impl From<Until> for String {
    fn from(until: Until) -> Self {
        match until {
            Until::At(at) => at.to_string(),
            Until::Column(path) => path.to_string(),
        }
    }
}

impl Closed {
    // serde hands the field by reference.
    #[expect(clippy::trivially_copy_pass_by_ref)]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Unit {
    /// How many microseconds it has.
    pub fn micros(self) -> i64 {
        /// Days in a year of the Julian calendar.
        const YEAR: i64 = 36_525 * DAY / 100;
        match self {
            Self::Second => 1_000_000,
            Self::Minute => 60_000_000,
            Self::Hour => DAY / 24,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Month => YEAR / 12,
            Self::Year => YEAR,
        }
    }
}

impl Grain {
    /// How many microseconds it has.
    pub fn micros(self) -> i64 {
        match self {
            Self::Micro => 1,
            Self::Second => 1_000_000,
            Self::Minute => 60_000_000,
            Self::Quarter => 15 * 60_000_000,
            Self::Hour => DAY / 24,
            Self::Day => DAY,
        }
    }
}
