//! Moments: whether every value of a column is one, and which number is the day.

use super::hint::Hint;
use super::{Verdict, present};
use crate::cell::Cell;
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

/// The kind of a column of moments, or `None` where a value is none. `neighbours` is the order that
/// other columns of the table are written in.
pub(super) fn verdict(
    cells: &[&Cell<'_>],
    hint: &Hint,
    neighbours: Option<Order>,
) -> Option<(Verdict, Settled)> {
    let mut words = 0;
    let (mut dates, mut times, mut stamps, mut instants) = (0, 0, 0, 0);
    let (mut day_first, mut month_first, mut open) = (false, false, false);
    let mut example = None;
    let mut ambiguous = None;
    for text in present(cells) {
        let text = text?;
        let Some(spelling) = Spelling::read(text) else {
            if !absent::is_word(text) {
                return None;
            }
            words += 1;
            continue;
        };
        if spelling.weak && !hint.is_moment() {
            return None;
        }
        example.get_or_insert(text);
        match spelling.either() {
            Some((first, second)) if first <= 12 && second <= 12 => {
                open = true;
                ambiguous.get_or_insert(text);
            }
            Some((first, _)) if first > 12 => day_first = true,
            Some(_) => month_first = true,
            None => {}
        }
        match spelling.moment(Order::MonthFirst)? {
            Moment::Date(_) => dates += 1,
            Moment::Time(_) => times += 1,
            Moment::Timestamp(_) => stamps += 1,
            Moment::TimestampTz(_) => instants += 1,
        }
        // Days and times of day are never one column; two orders in one column leave every
        // other value in doubt.
        if times > 0 && dates + stamps + instants > 0 || day_first && month_first {
            return None;
        }
    }
    let example = ambiguous.or(example)?;
    let settled = match (day_first, month_first, open) {
        (true, ..) => Settled::By(Order::DayFirst),
        (_, true, _) => Settled::By(Order::MonthFirst),
        (_, _, false) => Settled::Unneeded,
        _ => hint.order().or_else(|| rising(cells)).map_or(Settled::Open, Settled::By),
    };
    let order = match settled {
        Settled::By(order) => order,
        _ => neighbours.unwrap_or(Order::MonthFirst),
    };
    let kind = match (times, stamps, instants) {
        (1.., ..) if !hint.is_clock() => return None,
        (1.., ..) => Kind::Time,
        (_, _, 1..) => Kind::TimestampTz,
        (_, 1.., _) => Kind::Timestamp,
        _ => Kind::Date,
    };
    let mut verdict = Verdict { words, ..Verdict::new(kind) };
    verdict.format = Spelling::format(example, order);
    if instants > 0 && dates + stamps > 0 {
        let bare = dates + stamps;
        verdict.note(format!("{bare} of {} moments name no zone, taken as UTC", bare + instants));
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
fn rising(cells: &[&Cell<'_>]) -> Option<Order> {
    /// Fewer steps than this rise by chance.
    const STEPS: usize = 4;
    let sorted = |order: Order| {
        let mut last: Option<i64> = None;
        let (mut up, mut down) = (0, 0);
        for text in present(cells).flatten() {
            let at = match Spelling::read(text).and_then(|spelling| spelling.moment(order)) {
                Some(Moment::Date(days)) => i64::from(days),
                Some(Moment::Timestamp(micros) | Moment::TimestampTz(micros)) => micros,
                _ => continue,
            };
            match last.map(|last| at.cmp(&last)) {
                Some(std::cmp::Ordering::Greater) => up += 1,
                Some(std::cmp::Ordering::Less) => down += 1,
                _ => {}
            }
            last = Some(at);
        }
        (up >= STEPS && down == 0) || (down >= STEPS && up == 0)
    };
    match (sorted(Order::MonthFirst), sorted(Order::DayFirst)) {
        (true, false) => Some(Order::MonthFirst),
        (false, true) => Some(Order::DayFirst),
        _ => None,
    }
}
