//! [`Reader`]: from the letters and digits of a text to a [`Spelling`], in one pass.

use super::clock::{self, Clock, run};
use super::spelling::{Day, Spelling};
use super::{DAY, date, words};

/// What a number of a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Year,
    ShortYear,
    Month,
    Day,
    First,
    Second,
}

/// A number of a date.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    value: u32,
    length: usize,
    /// Whether an apostrophe or an ordinal's ending says what it is.
    says: Says,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Says {
    #[default]
    Nothing,
    Year,
    Day,
}

/// A place in a text, and what was read up to it.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    parts: [Part; 3],
    count: usize,
    month: Option<u8>,
    /// What stands between the parts, where it is the same.
    joint: u8,
    time: Option<Clock>,
    offset: Option<i32>,
    /// Whether the offset was written in digits.
    exact: bool,
    weekday: bool,
    week: Option<i32>,
    /// How it was written; the letters U+0001 to U+0003 stand for the numbers of the date.
    pub(super) ink: Option<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], ink: Option<String>) -> Self {
        let bytes =
            bytes.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or(bytes);
        Self {
            bytes,
            at: 0,
            parts: [Part::default(); 3],
            count: 0,
            month: None,
            joint: b' ',
            time: None,
            offset: None,
            exact: false,
            weekday: false,
            week: None,
            ink,
        }
    }

    /// Reads to the end, or `None` where something belongs to no moment.
    pub(super) fn all(&mut self) -> Option<()> {
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b',' => self.skip(1),
                b'0'..=b'9' => self.digits()?,
                b'\'' => self.short_year()?,
                b'+' | b'-' if self.takes_offset(byte) => self.digits_offset()?,
                b'(' if self.time.is_some() => self.comment(b')')?,
                b'[' if self.exact => self.comment(b']')?,
                _ if byte.is_ascii_alphabetic() => self.word()?,
                _ => return None,
            }
        }
        Some(())
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at.min(self.bytes.len())..]
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn is_digit(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(|byte| byte.is_ascii_digit())
    }

    /// Passes over bytes that stand for themselves in the format.
    fn skip(&mut self, count: usize) {
        if self.ink.is_some() {
            let passed: String =
                self.rest().iter().take(count).map(|byte| char::from(*byte)).collect();
            self.write(&passed);
        }
        self.at += count;
    }

    /// Passes over bytes that `letters` stand for in the format.
    fn take(&mut self, count: usize, letters: &str) {
        self.write(letters);
        self.at += count;
    }

    fn write(&mut self, letters: &str) {
        if let Some(ink) = &mut self.ink {
            ink.push_str(letters);
        }
    }

    fn has_day(&self) -> bool {
        self.week.is_some() || self.count + usize::from(self.month.is_some()) == 3
    }

    fn takes_offset(&self, sign: u8) -> bool {
        self.is_digit(1) && (self.time.is_some() || self.has_day() && sign == b'+')
    }

    fn digits(&mut self) -> Option<()> {
        let length = run(self.rest());
        if self.time.is_none() && length <= 2 {
            let mark = if self.peek(length) == Some(b'.') && self.has_day() { b'.' } else { b':' };
            if let Some(clock) = clock::read(self.rest(), mark) {
                self.clock(clock);
                return Some(());
            }
        }
        if self.count == 0 && self.month.is_none() && length >= 8 {
            return self.compact(length);
        }
        if self.has_day() {
            return None;
        }
        self.part()?;
        let joint = self.peek(0);
        match joint {
            Some(b'.') if matches!(self.peek(1), None | Some(b' ')) && length <= 2 => self.skip(1),
            Some(joint @ (b'-' | b'/' | b'.' | b'\\' | b':'))
                if self.count == 1 && self.month.is_none() =>
            {
                self.joined(joint)?;
            }
            Some(b'-') if self.peek(1) == Some(b'W') && length == 4 => {}
            _ => self.far_east(),
        }
        Some(())
    }

    /// The marks of China, Japan and Korea after a year, a month or a day.
    fn far_east(&mut self) {
        let marks = ["年", "月", "日", "년", "월", "일"];
        let rest = self.rest();
        if let Some(mark) = marks.iter().find(|mark| rest.starts_with(mark.as_bytes())) {
            self.take(mark.len(), mark);
            self.joint = b'~';
        }
    }

    /// One number of a date.
    fn part(&mut self) -> Option<()> {
        let (value, length) = clock::number(self.rest(), 4)?;
        let part = self.parts.get_mut(self.count)?;
        *part = Part { value: value as u32, length, says: Says::Nothing };
        self.count += 1;
        let marker = ["\u{1}", "\u{2}", "\u{3}"][self.count - 1];
        self.take(length, marker);
        if length <= 2
            && let Some([a, b]) = self.rest().get(..2)
            && matches!(
                [a.to_ascii_lowercase(), b.to_ascii_lowercase()],
                [b's', b't'] | [b'n' | b'r', b'd'] | [b't', b'h']
            )
            && !self.peek(2).is_some_and(|byte| byte.is_ascii_alphanumeric())
        {
            self.parts[self.count - 1].says = Says::Day;
            self.skip(2);
        }
        Some(())
    }

    /// The second and third part of a date whose parts one mark joins.
    fn joined(&mut self, joint: u8) -> Option<()> {
        if joint == b'-' && self.peek(1) == Some(b'W') {
            return self.iso_week();
        }
        self.joint = joint;
        while self.count + usize::from(self.month.is_some()) < 3 {
            if self.peek(0) != Some(joint) {
                return None;
            }
            self.skip(1);
            if self.is_digit(0) {
                self.part()?;
            } else {
                self.named_month()?;
            }
        }
        match self.peek(0) {
            // Apache's logs put a colon between the day and the time.
            Some(b':' | b'T' | b't' | b'_') if self.is_digit(1) => {
                self.skip(1);
                self.compact_clock();
            }
            _ => {}
        }
        Some(())
    }

    /// `-W05-4` after a year.
    fn iso_week(&mut self) -> Option<()> {
        let [b'-', b'W', tens, ones, b'-', day @ b'1'..=b'7', ..] = self.rest() else {
            return None;
        };
        if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
            return None;
        }
        let year = self.parts[0].value as i32;
        let week = i32::from(tens - b'0') * 10 + i32::from(ones - b'0');
        // The week that holds the 4th of January is the first.
        let fourth = date(year, 1, 4)?;
        let monday = fourth - (fourth + 3).rem_euclid(7);
        let next = date(year + 1, 1, 4)?;
        let first_of_next = next - (next + 3).rem_euclid(7);
        let days = monday + (week - 1) * 7 + i32::from(day - b'1');
        if week < 1 || days >= first_of_next {
            return None;
        }
        self.week = Some(days);
        self.count = 3;
        self.at += 6;
        self.ink = self.ink.take().map(|_| "%G-W%V-%u".to_owned());
        Some(())
    }

    /// `20200131`, `20200131T090507`, `20200131 0905`, `20200131090507`, `2020013109:05`.
    fn compact(&mut self, length: usize) -> Option<()> {
        let whole = matches!(length, 8 | 12 | 14);
        if !whole && (length != 10 || self.peek(10) != Some(b':')) {
            return None;
        }
        let digits = self.rest();
        let number = |from: usize, to: usize| {
            digits[from..to].iter().fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0'))
        };
        for (at, (from, to)) in [(0, 4), (4, 6), (6, 8)].into_iter().enumerate() {
            self.parts[at] =
                Part { value: number(from, to), length: to - from, says: Says::Nothing };
        }
        self.count = 3;
        self.joint = b'0';
        self.take(8, "\u{1}\u{2}\u{3}");
        if length == 10 {
            let clock = clock::read(self.rest(), b':')?;
            self.clock(clock);
        } else if length > 8 {
            let clock = clock::compact(self.rest())?;
            self.clock(clock);
        } else if matches!(self.peek(0), Some(b'T' | b't' | b' ')) && self.is_digit(1) {
            self.skip(1);
            self.compact_clock();
        }
        Some(())
    }

    /// A clock without marks at this place, if there is one.
    fn compact_clock(&mut self) {
        if run(self.rest()) >= 2
            && self.peek(2) != Some(b':')
            && let Some(clock) = clock::compact(self.rest())
        {
            self.clock(clock);
        }
    }

    fn clock(&mut self, clock: Clock) {
        self.take(clock.length, clock.format);
        self.write(clock.tail);
        self.time = Some(clock);
    }

    /// `'98`.
    fn short_year(&mut self) -> Option<()> {
        if run(self.bytes.get(self.at + 1..)?) != 2 {
            return None;
        }
        self.skip(1);
        self.part()?;
        self.parts[self.count - 1].says = Says::Year;
        Some(())
    }

    fn digits_offset(&mut self) -> Option<()> {
        let (seconds, length) = clock::offset(self.rest())?;
        // An offset may be said twice, if it is the same (`+0300 +03`), and may follow `GMT`.
        if self.exact && self.offset != Some(seconds) {
            return None;
        }
        self.offset = Some(seconds);
        self.exact = true;
        self.take(length, "%z");
        Some(())
    }

    /// Something in brackets that names the zone once more.
    fn comment(&mut self, end: u8) -> Option<()> {
        let length = self.rest().iter().position(|byte| *byte == end)? + 1;
        self.skip(length);
        Some(())
    }

    fn word(&mut self) -> Option<()> {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = &rest[..length];
        if self.has_day() && self.time.is_none() && words::is(word, b"t") && self.is_digit(1) {
            self.skip(1);
            self.compact_clock();
            return Some(());
        }
        if self.month.is_none() && words::month(word).is_some() {
            self.named_month()?;
            match self.peek(0) {
                Some(b'.') => self.skip(1),
                Some(joint @ (b'-' | b'/')) if self.count == 0 => self.joined(joint)?,
                _ => {}
            }
            return Some(());
        }
        if !self.weekday && words::is_weekday(word) {
            self.weekday = true;
            self.take(length, if length > 5 { "%A" } else { "%a" });
            if self.peek(0) == Some(b'.') {
                self.skip(1);
            }
            return Some(());
        }
        if [&b"of"[..], b"at", b"on", b"the"].iter().any(|filler| words::is(word, filler)) {
            self.skip(length);
            return Some(());
        }
        if self.time.is_some() && self.exact {
            // The name of an offset that is known already.
            self.take(length, "%Z");
            return Some(());
        }
        if self.time.is_some() && self.offset.is_none() {
            self.offset = Some(words::zone(word)?);
            self.take(length, "%Z");
            return Some(());
        }
        let noon = words::is(word, b"noon");
        if self.time.is_none() && self.has_day() && (noon || words::is(word, b"midnight")) {
            let micros = if noon { DAY / 2 } else { 0 };
            let format = if noon { "noon" } else { "midnight" };
            self.clock(Clock { micros, length, strict: true, format, tail: "" });
            return Some(());
        }
        None
    }

    fn named_month(&mut self) -> Option<()> {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if self.month.is_some() {
            return None;
        }
        self.month = Some(words::month(&rest[..length])?);
        self.take(length, if length > 4 { "%B" } else { "%b" });
        Some(())
    }

    /// The spelling, and what each number of its date is.
    pub(super) fn finish(&self) -> Option<(Spelling, [Role; 3])> {
        let none = [Role::Day; 3];
        let time = self.time.map(|clock| clock.micros);
        let spelling = |day, weak| Spelling { day, time, offset: self.offset, weak };
        if let Some(days) = self.week {
            return Some((spelling(Some(Day::Known(days)), false), none));
        }
        if self.count == 0 && self.month.is_none() {
            let clock = self.time.filter(|clock| clock.strict && clock.micros < DAY)?;
            let alone = self.offset.is_none() && !self.weekday && clock.length == self.bytes.len();
            return alone.then(|| (spelling(None, false), none));
        }
        if !self.has_day() {
            return None;
        }
        let (day, weak, roles) =
            if let Some(month) = self.month { self.named(month)? } else { self.numbered()? };
        Some((spelling(Some(day), weak), roles))
    }

    /// A date whose month is a word.
    fn named(&self, month: u8) -> Option<(Day, bool, [Role; 3])> {
        let [a, b, _] = self.parts;
        let year_first = a.length == 4 || a.says == Says::Year || b.says == Says::Day;
        let (day, year) = if year_first { (b, a) } else { (a, b) };
        let (year, role) = full_year(year)?;
        let known = Day::Known(date(year, month.into(), day.number(Says::Day)?)?);
        let roles = if year_first { [role, Role::Day] } else { [Role::Day, role] };
        Some((known, false, [roles[0], roles[1], Role::Day]))
    }

    /// A date of three numbers.
    fn numbered(&self) -> Option<(Day, bool, [Role; 3])> {
        let [a, b, c] = self.parts;
        if a.length == 4 || self.joint == b'~' {
            let (year, role) = full_year(a)?;
            let known = Day::Known(date(year, b.number(Says::Nothing)?, c.number(Says::Nothing)?)?);
            return Some((known, false, [role, Role::Month, Role::Day]));
        }
        let (year, role) = full_year(c)?;
        let (first, second) = (a.number(Says::Nothing)?, b.number(Says::Nothing)?);
        // Two-digit years: `12/31/20` is a date, `1.2.20` a version, `36-24-36` a measure.
        let bare = self.time.is_none();
        let weak = role == Role::ShortYear && (self.joint == b'-' || self.joint == b'.' && bare);
        if role == Role::ShortYear && matches!(self.joint, b' ' | b':')
            || self.joint == b':' && bare
        {
            return None;
        }
        let known = |month, day| Some(Day::Known(date(year, month, day)?));
        let day = match (first > 12, second > 12) {
            (true, true) => return None,
            (false, false) if first == second => known(first, second)?,
            (false, false) => {
                date(year, first, second)?;
                date(year, second, first)?;
                Day::Either { first: first as u8, second: second as u8, year }
            }
            (month_second, _) => {
                let (month, day) = if month_second { (second, first) } else { (first, second) };
                date(year, month, day)?;
                Day::Either { first: first as u8, second: second as u8, year }
            }
        };
        let roles = match (first > 12, second > 12) {
            (true, _) => [Role::Day, Role::Month],
            (_, true) => [Role::Month, Role::Day],
            _ => [Role::First, Role::Second],
        };
        Some((day, weak, [roles[0], roles[1], role]))
    }
}

impl Part {
    /// The number, where it has one or two digits and nothing says that it is something else.
    fn number(self, says: Says) -> Option<u32> {
        (self.length <= 2 && (self.says == Says::Nothing || self.says == says))
            .then_some(self.value)
    }
}

/// A year of four digits, or of two, which stand for 1969 to 2068 (POSIX `strptime`).
fn full_year(part: Part) -> Option<(i32, Role)> {
    match (part.length, part.says) {
        (4, Says::Nothing) => Some((part.value as i32, Role::Year)),
        (2, Says::Nothing | Says::Year) => {
            let century = if part.value < 69 { 2000 } else { 1900 };
            Some((century + part.value as i32, Role::ShortYear))
        }
        _ => None,
    }
}
