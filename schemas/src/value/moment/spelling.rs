//! [`Spelling`]: a moment as a text spells it, before it is settled which number is the day.

use super::super::trimmed;
use super::reader::{Reader, Role};
use super::{DAY, Moment, Order, clock, date};

/// The longest spelling that is looked at, in bytes.
const LONGEST: usize = 80;

/// What a text says of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling {
    pub(super) day: Option<Day>,
    /// Microseconds since midnight.
    pub(super) time: Option<i64>,
    /// Seconds east of Greenwich.
    pub(super) offset: Option<i32>,
    /// Whether the text may as well be something else (a version, a score), so that only the
    /// column's name can tell.
    pub weak: bool,
}

/// The day that a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// Days since 1970-01-01.
    Known(i32),
    /// Two numbers, each of which may be the day.
    Either { first: u8, second: u8, year: i32 },
}

impl Spelling {
    /// What a text says, or `None` where it spells no moment.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = trimmed(text)?.as_bytes();
        if let Some(spelling) = iso(bytes) {
            return Some(spelling);
        }
        let first = bytes.first()?;
        if bytes.len() > LONGEST || !(first.is_ascii_alphanumeric() || *first == b'[') {
            return None;
        }
        // Every moment has digits; most words have none.
        if !bytes.iter().any(u8::is_ascii_digit) {
            return None;
        }
        let mut reader = Reader::new(bytes, None);
        reader.all()?;
        reader.finish().map(|(spelling, _)| spelling)
    }

    /// How a text spells its moment, in the letters of `strftime`.
    pub fn format(text: &str, order: Order) -> Option<String> {
        let mut reader = Reader::new(trimmed(text)?.as_bytes(), Some(String::new()));
        reader.all()?;
        let (_, roles) = reader.finish()?;
        let mut format = String::new();
        for letter in reader.ink?.chars() {
            match letter {
                '\u{1}'..='\u{3}' => {
                    let role = roles[letter as usize - 1];
                    format.push_str(match (role, order) {
                        (Role::Year, _) => "%Y",
                        (Role::ShortYear, _) => "%y",
                        (Role::Month, _)
                        | (Role::First, Order::MonthFirst)
                        | (Role::Second, Order::DayFirst) => "%m",
                        _ => "%d",
                    });
                }
                ' ' if format.ends_with(' ') => {}
                other => format.push(other),
            }
        }
        Some(format)
    }

    /// The moment, where `order` decides what the text leaves open.
    pub fn moment(&self, order: Order) -> Option<Moment> {
        let Some(day) = self.day else {
            return self.time.filter(|micros| *micros < DAY).map(Moment::Time);
        };
        let days = match day {
            Day::Known(days) => days,
            Day::Either { first, second, year } => {
                let month_first = if first > 12 || second > 12 {
                    second > 12
                } else {
                    order == Order::MonthFirst
                };
                let (month, day) = if month_first { (first, second) } else { (second, first) };
                date(year, month.into(), day.into())?
            }
        };
        let Some(time) = self.time else {
            return match self.offset {
                None => Some(Moment::Date(days)),
                Some(_) => Some(self.at(days, 0)),
            };
        };
        Some(self.at(days, time))
    }

    /// The two numbers of which one is the day, where the text does not say which.
    pub fn either(&self) -> Option<(u8, u8)> {
        match self.day {
            Some(Day::Either { first, second, .. }) => Some((first, second)),
            _ => None,
        }
    }

    fn at(&self, days: i32, time: i64) -> Moment {
        let micros = i64::from(days) * DAY + time;
        match self.offset {
            None => Moment::Timestamp(micros),
            Some(seconds) => Moment::TimestampTz(micros - i64::from(seconds) * 1_000_000),
        }
    }
}

/// The most frequent form, read without looking at each part twice: `2020-01-31T09:05:07.25Z`.
fn iso(bytes: &[u8]) -> Option<Spelling> {
    let (day, rest) = bytes.split_at_checked(10)?;
    let two = |at: usize| {
        let (tens, ones) = (day[at].wrapping_sub(b'0'), day[at + 1].wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
    };
    if day[4] != b'-' || day[7] != b'-' {
        return None;
    }
    let days = date((two(0)? * 100 + two(2)?) as i32, two(5)?, two(8)?)?;
    let known = Some(Day::Known(days));
    let [mark, rest @ ..] = rest else {
        return Some(Spelling { day: known, time: None, offset: None, weak: false });
    };
    if !matches!(mark, b'T' | b' ' | b't') {
        return None;
    }
    let time = clock::read(rest, b':')?;
    let offset = match &rest[time.length..] {
        [] => None,
        [b'Z' | b'z'] => Some(0),
        [b'+' | b'-', ..] => {
            let (seconds, length) = clock::offset(&rest[time.length..])?;
            if time.length + length < rest.len() {
                return None;
            }
            Some(seconds)
        }
        _ => return None,
    };
    Some(Spelling { day: known, time: Some(time.micros), offset, weak: false })
}
