//! Moments: whether every value of a column is one, and which number is the day.

use std::cmp::Ordering;

use super::Verdict;
use super::hint::Hint;
use crate::kind::Kind;
use crate::value::absent;
use crate::value::moment::{Moment, Order, Spelling};

/// What is known of the order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// No value leaves it open.
    Unneeded,
    /// A value, the rising of the column or a remark says it.
    By(Order),
    /// Nothing says it.
    Open,
}

/// What the values of a column of moments have in common.
#[derive(Default)]
pub(super) struct Moments {
    words: usize,
    dates: usize,
    times: usize,
    stamps: usize,
    instants: usize,
    /// Those that name a part of a microsecond.
    finer: usize,
    day_first: bool,
    month_first: bool,
    /// The first text, and the first that leaves the order open.
    example: Option<Box<str>>,
    ambiguous: Option<Box<str>>,
    /// How the column goes up and down under each order: the month first, the day first.
    steps: [Steps; 2],
}

/// How a column goes up and down from row to row.
#[derive(Default)]
struct Steps {
    last: Option<i64>,
    up: usize,
    down: usize,
}

impl Moments {
    /// Takes a text in; `false` where it is no moment of such a column.
    pub(super) fn take(&mut self, text: &str, hint: &Hint) -> bool {
        let Some(spelling) = Spelling::read(text) else {
            self.words += 1;
            return absent::is_word(text);
        };
        let either = spelling.either();
        let Some(moment) = spelling.moment(Order::MonthFirst) else { return false };
        if spelling.weak && !hint.is_moment() {
            return false;
        }
        if self.example.is_none() {
            self.example = Some(text.into());
        }
        match either {
            Some((first, second)) if first <= 12 && second <= 12 => {
                self.ambiguous.get_or_insert_with(|| text.into());
            }
            Some((first, _)) if first > 12 => self.day_first = true,
            Some(_) => self.month_first = true,
            None => {}
        }
        match moment {
            Moment::Date(_) => self.dates += 1,
            Moment::Time(_) => self.times += 1,
            Moment::Timestamp(_) => self.stamps += 1,
            Moment::TimestampTz(_) => self.instants += 1,
        }
        self.finer += usize::from(is_finer(text));
        let other = if either.is_some() { spelling.moment(Order::DayFirst) } else { Some(moment) };
        self.steps[0].take(Some(moment));
        self.steps[1].take(other);
        // Days and times of day are never one column; two orders in one column leave every
        // other value in doubt.
        let mixed = self.times > 0 && self.dates + self.stamps + self.instants > 0;
        !(mixed || self.day_first && self.month_first)
    }

    /// The kind of the column, where every value was taken in. `neighbours` is the order that other
    /// columns of the table are written in.
    pub(super) fn verdict(
        &self,
        hint: &Hint,
        neighbours: Option<Order>,
    ) -> Option<(Verdict, Settled)> {
        let example = self.ambiguous.as_deref().or(self.example.as_deref())?;
        let settled = match (self.day_first, self.month_first, self.ambiguous.is_some()) {
            (true, ..) => Settled::By(Order::DayFirst),
            (_, true, _) => Settled::By(Order::MonthFirst),
            (_, _, false) => Settled::Unneeded,
            _ => hint.order().or_else(|| self.rising()).map_or(Settled::Open, Settled::By),
        };
        let order = match settled {
            Settled::By(order) => order,
            _ => neighbours.unwrap_or(Order::MonthFirst),
        };
        let kind = match (self.times, self.stamps, self.instants) {
            (1.., ..) if !hint.is_clock() => return None,
            (1.., ..) => Kind::Time,
            (_, _, 1..) => Kind::TimestampTz,
            (_, 1.., _) => Kind::Timestamp,
            _ => Kind::Date,
        };
        let mut verdict = Verdict { words: self.words, ..Verdict::new(kind) };
        verdict.format = Spelling::format(example, order);
        let bare = self.dates + self.stamps;
        if self.instants > 0 && bare > 0 {
            let all = bare + self.instants;
            verdict.note(format!("{bare} of {all} moments name no zone, taken as UTC"));
        }
        if self.finer > 0 {
            let all = self.times + bare + self.instants;
            verdict.note(format!(
                "{} of {all} moments name parts of a microsecond, which are left out",
                self.finer
            ));
        }
        if settled == Settled::Open {
            let order = if order == Order::MonthFirst { "month" } else { "day" };
            let why = if neighbours.is_some() { ", as in the columns beside" } else { "" };
            verdict.note(format!(
                "`{example}` leaves day and month open; read with the {order} first{why}"
            ));
            verdict.hint = Some("say the format, such as `YYYY-MM-DD`, for the column".into());
        }
        Some((verdict, settled))
    }

    /// The order under which alone the column rises, or falls, from row to row.
    fn rising(&self) -> Option<Order> {
        match (self.steps[0].are_one_way(), self.steps[1].are_one_way()) {
            (true, false) => Some(Order::MonthFirst),
            (false, true) => Some(Order::DayFirst),
            _ => None,
        }
    }
}

/// Whether a moment has more than six digits behind its seconds, and not zeros alone.
fn is_finer(text: &str) -> bool {
    /// The shortest such moment: `7:8:9.0123456`.
    const SHORTEST: usize = 13;
    text.len() >= SHORTEST
        && text.rsplit_once(['.', ',']).is_some_and(|(_, rest)| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit);
            digits.skip(6).any(|digit| digit != b'0')
        })
}

impl Steps {
    fn take(&mut self, moment: Option<Moment>) {
        let at = match moment {
            Some(Moment::Date(days)) => i64::from(days),
            Some(Moment::Timestamp(micros) | Moment::TimestampTz(micros)) => micros,
            _ => return,
        };
        match self.last.map(|last| at.cmp(&last)) {
            Some(Ordering::Greater) => self.up += 1,
            Some(Ordering::Less) => self.down += 1,
            _ => {}
        }
        self.last = Some(at);
    }

    fn are_one_way(&self) -> bool {
        /// Fewer steps than this rise by chance.
        const STEPS: usize = 4;
        (self.up >= STEPS && self.down == 0) || (self.down >= STEPS && self.up == 0)
    }
}
