//! Scalars: one text into one value, or the reason why not.

use super::{Form, Gap};
use crate::cell::Cell;
use crate::kind::{Kind, MAX_PRECISION};
use crate::value::moment::{self, DAY, Moment};
use crate::value::number::{self, Number};
use crate::value::{absent, boolean};

/// What became of a text: a value, or what is wrong with it.
pub(super) type Fit<T> = Result<T, String>;

/// Whether a cell holds nothing, under a kind.
pub(crate) fn is_absent(cell: &Cell<'_>, kind: &Kind) -> bool {
    match cell {
        Cell::Absent => true,
        Cell::Nested(_) => false,
        Cell::Bare(text) if is_text(kind) => absent::is_literal(text),
        Cell::Quoted(text) if is_text(kind) => {
            text.is_empty() && !matches!(kind, Kind::Text | Kind::Json)
        }
        Cell::Bare(text) | Cell::Quoted(text) => {
            // A float may be "nan" for nothing else than a missing number.
            absent::is_word(text)
        }
    }
}

/// Whether a text of a column of text stands for nothing, besides what does so in any.
pub(super) fn is_gap(text: &str, form: Form<'_>) -> bool {
    form.gap == Gap::Word && absent::is_word(text)
}

/// Whether words for nothing may be values of the kind.
pub(crate) fn is_text(kind: &Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Enum(_) | Kind::Json | Kind::List(_) | Kind::Struct(_))
}

/// A text between backticks, cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    /// Characters of a value that a reason shows.
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

fn no(text: &str, what: &str) -> String {
    format!("{} is not {what}", quoted(text))
}

pub(super) fn truth(text: &str) -> Fit<bool> {
    boolean::parse(text).ok_or_else(|| no(text, "true or false"))
}

fn counted<'t>(text: &'t str, form: Form<'_>, what: &str) -> Fit<Number<'t>> {
    let number = number::read(text, form.mark).ok_or_else(|| no(text, what))?;
    match (form.unit, number.unit) {
        (Some(unit), Some(other)) if unit != other => {
            Err(format!("{} is in {other}, not in {unit}", quoted(text)))
        }
        _ => Ok(number),
    }
}

/// A whole number between two bounds.
pub(super) fn whole(text: &str, form: Form<'_>, least: i64, most: i64) -> Fit<i64> {
    let number = counted(text, form, "a whole number")?;
    let value = number.to_i64().ok_or_else(|| no(text, "a whole number of 64 bits"))?;
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(format!("{} is not between {least} and {most}", quoted(text)))
}

pub(super) fn float(text: &str, form: Form<'_>) -> Fit<f64> {
    if let Ok(number) = counted(text, form, "") {
        return Ok(number.to_f64());
    }
    match number::read(text, form.mark) {
        Some(_) => counted(text, form, "").map(|number| number.to_f64()),
        None => number::float(text, form.mark).ok_or_else(|| no(text, "a number")),
    }
}

pub(super) fn decimal(text: &str, form: Form<'_>, precision: u8, scale: u8) -> Fit<i128> {
    let number = counted(text, form, "a number")?;
    let digits = number
        .scaled(scale)
        .ok_or_else(|| format!("{} has more than {scale} digits after the point", quoted(text)))?;
    let bound = 10_i128.pow(u32::from(precision.min(MAX_PRECISION)));
    if digits.abs() < bound {
        return Ok(digits);
    }
    Err(format!("{} has more than {precision} digits", quoted(text)))
}

pub(super) fn day(text: &str, form: Form<'_>) -> Fit<i32> {
    match instant(text, form) {
        Some(Moment::Date(days)) => Ok(days),
        Some(Moment::Timestamp(micros) | Moment::TimestampTz(micros))
            if micros.rem_euclid(DAY) == 0 =>
        {
            Ok((micros / DAY) as i32)
        }
        Some(_) => Err(no(text, "a date alone")),
        None => Err(no(text, "a date")),
    }
}

pub(super) fn time(text: &str, form: Form<'_>) -> Fit<i64> {
    match instant(text, form) {
        Some(Moment::Time(micros)) => Ok(micros),
        _ => Err(no(text, "a time of day")),
    }
}

/// Microseconds since 1970 of a timestamp, with or without a zone; a day is its midnight, and what
/// names no zone is in UTC.
pub(super) fn timestamp(text: &str, form: Form<'_>) -> Fit<i64> {
    match instant(text, form) {
        Some(Moment::Date(days)) => Ok(i64::from(days) * DAY),
        Some(Moment::Timestamp(micros) | Moment::TimestampTz(micros)) => Ok(micros),
        _ => Err(no(text, "a date with a time")),
    }
}

fn instant(text: &str, form: Form<'_>) -> Option<Moment> {
    if let Some(epoch) = form.epoch {
        let count = number::parse(text).and_then(|number| number.to_i64())?;
        return epoch.micros(count).map(Moment::TimestampTz);
    }
    moment::parse(text, form.order)
}
