//! Moments in expressions: how far apart they are, and their parts.

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

/// A part of a moment.
pub(super) fn part(function: Function, of: Vector) -> Vector {
    let Vector { data, none } = of;
    let Some(moments) = micros(data) else { return Vector::nothing(none.len()) };
    if function == Function::Date {
        let days = moments.iter().map(|micros| micros.div_euclid(DAY)).collect();
        return Vector { data: Data::Days(days), none };
    }
    let parts = moments.iter().map(|micros| {
        let day = micros.div_euclid(DAY);
        let (year, month, of_month) = civil_from_days(day.clamp(-700_000, 2_900_000) as i32);
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
