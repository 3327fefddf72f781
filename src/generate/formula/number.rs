//! Arithmetic on vectors, in exact decimals as far as both sides are.

use std::cmp::Ordering;

use peyote_schemas::formula::{Function, Operator};
use peyote_schemas::value::moment::DAY;

use super::digits::{Digits, Divisor, short};
use super::vector::{Data, Vector};

/// Digits that a quotient has more than its operands.
const QUOTIENT: u8 = 6;
/// The most digits after the point that are kept.
const MOST_SCALE: u8 = 18;

/// A decimal with another number of digits after the point, rounded half away from zero.
#[inline]
pub(super) fn scaled(digits: i128, has: u8, wants: u8) -> i128 {
    match has.cmp(&wants) {
        Ordering::Equal => digits,
        Ordering::Less => digits.saturating_mul(power(wants - has)),
        Ordering::Greater => divided(digits, power(has - wants)),
    }
}

/// The quotient of two whole numbers, rounded half away from zero; the second is above 0.
#[inline]
pub(super) fn divided(digits: i128, by: i128) -> i128 {
    // Most numbers fit in 64 bits, in which a division is ten times as fast.
    if let (Ok(digits), Ok(by)) = (i64::try_from(digits), i64::try_from(by)) {
        let (whole, rest) = (digits / by, digits % by);
        let up = rest.unsigned_abs() >= by.unsigned_abs() - rest.unsigned_abs();
        return i128::from(whole) + i128::from(digits.signum()) * i128::from(up);
    }
    let (whole, rest) = (digits / by, digits % by);
    let up = rest.unsigned_abs() >= by.unsigned_abs() - rest.unsigned_abs();
    whole + digits.signum() * i128::from(up)
}

pub(super) fn power(digits: u8) -> i128 {
    10_i128.pow(u32::from(digits.min(38)))
}

/// Decimals as binary fractions.
pub(super) fn floats(digits: &Digits, scale: u8) -> Vec<f64> {
    let by = 10_f64.powi(i32::from(scale));
    match digits {
        Digits::Same(value, rows) => vec![*value as f64 / by; *rows],
        Digits::Narrow(values, _) => values.iter().map(|value| *value as f64 / by).collect(),
        Digits::Wide(values) => values.iter().map(|value| *value as f64 / by).collect(),
    }
}

pub(super) fn negated(mut vector: Vector) -> Vector {
    vector.data = match vector.data {
        Data::Number(digits, scale) => {
            let bound = digits.bound();
            Data::Number(digits.each(bound, |one| -one, i128::saturating_neg), scale)
        }
        Data::Float(numbers) => Data::Float(numbers.into_iter().map(|number| -number).collect()),
        other => other,
    };
    vector
}

pub(super) fn absolute(mut vector: Vector) -> Vector {
    vector.data = match vector.data {
        Data::Number(digits, scale) => {
            let bound = digits.bound();
            Data::Number(digits.each(bound, i64::abs, i128::saturating_abs), scale)
        }
        Data::Float(numbers) => Data::Float(numbers.into_iter().map(f64::abs).collect()),
        other => other,
    };
    vector
}

pub(super) fn rounded(function: Function, mut vector: Vector, digits: u8) -> Vector {
    vector.data = match vector.data {
        Data::Number(numbers, has) if has > digits => {
            let by = power(has - digits);
            let divisor = u64::try_from(by).ok().and_then(Divisor::new);
            let floor = |number: i128| match (short(number), divisor) {
                (Some(number), Some(by)) => by.floor(number).into(),
                _ => number.div_euclid(by),
            };
            let wide = |number: i128| match function {
                Function::Floor => floor(number),
                Function::Ceil => -floor(-number),
                _ => divided(number, by),
            };
            let numbers = match divisor {
                // What is divided is nearer to nought than it was, but for what is rounded up.
                Some(by) => {
                    let bound = numbers.bound();
                    match function {
                        Function::Floor => numbers.each(bound, |number| by.floor(number), wide),
                        Function::Ceil => numbers.each(bound, |number| -by.floor(-number), wide),
                        _ => numbers.scaled(has, digits),
                    }
                }
                None => numbers.each(None, |number| number, wide),
            };
            Data::Number(numbers.shortened(), digits)
        }
        Data::Float(mut numbers) => {
            let by = 10_f64.powi(i32::from(digits));
            for number in &mut numbers {
                let scaled = *number * by;
                *number = match function {
                    Function::Floor => libm::floor(scaled),
                    Function::Ceil => libm::ceil(scaled),
                    _ => libm::round(scaled),
                } / by;
            }
            Data::Float(numbers)
        }
        other => other,
    };
    vector
}

/// The rows in which both of two conditions hold, or one of them.
pub(super) fn both(operator: Operator, mut left: Vec<bool>, right: &[bool]) -> Vector {
    for (left, right) in left.iter_mut().zip(right) {
        *left = if operator == Operator::And { *left & right } else { *left | right };
    }
    Vector::full(Data::Truth(left))
}

/// What an operator other than those of conditions makes of two sides.
pub(super) fn binary(operator: Operator, left: Vector, right: Vector) -> Vector {
    let rows = length(&left).max(length(&right));
    let mut none = left.either_none(&right, rows);
    if is_comparison(operator) {
        return match compared(operator, left.data, right.data) {
            Some(truths) => Vector { data: Data::Truth(truths), none },
            None => Vector::nothing(rows),
        };
    }
    let data = match (left.data, right.data) {
        (Data::Number(left, one), Data::Number(right, other)) => {
            exact(operator, left, one, right, other, &mut none)
        }
        (Data::Number(left, scale), Data::Float(right)) => {
            Data::Float(float(operator, floats(&left, scale), &right, &mut none))
        }
        (Data::Float(left), Data::Number(right, scale)) => {
            Data::Float(float(operator, left, &floats(&right, scale), &mut none))
        }
        (Data::Float(left), Data::Float(right)) => {
            Data::Float(float(operator, left, &right, &mut none))
        }
        (Data::Days(left), Data::Days(right)) if operator == Operator::Subtract => {
            let days = left.into_iter().zip(right).map(|(left, right)| left - right);
            Data::Number(Digits::new(days.collect()), 0)
        }
        (Data::Micros(left), Data::Micros(right)) if operator == Operator::Subtract => {
            let days = left.into_iter().zip(right).map(|(left, right)| {
                // In days, with six digits.
                divided(i128::from(left - right) * 1_000_000, DAY.into())
            });
            Data::Number(Digits::long(days.collect()), QUOTIENT)
        }
        (Data::Days(moments), Data::Number(days, scale)) => {
            let days = days.scaled(scale, 0);
            let sign = if operator == Operator::Subtract { -1 } else { 1 };
            let later = |(row, at): (usize, i64)| at + sign * days.at(row) as i64;
            Data::Days(moments.into_iter().enumerate().map(later).collect())
        }
        (Data::Micros(moments), Data::Number(days, scale)) => {
            let sign = if operator == Operator::Subtract { -1 } else { 1 };
            let later = |(row, at): (usize, i64)| {
                at + sign * divided(days.at(row).saturating_mul(DAY.into()), power(scale)) as i64
            };
            Data::Micros(moments.into_iter().enumerate().map(later).collect())
        }
        _ => return Vector::nothing(rows),
    };
    Vector { data, none }
}

pub(super) fn length(vector: &Vector) -> usize {
    match &vector.data {
        Data::Number(digits, _) => digits.len(),
        Data::Float(numbers) => numbers.len(),
        Data::Truth(truths) => truths.len(),
        Data::Micros(values) | Data::Days(values) => values.len(),
        Data::Text(texts) => texts.len(),
        Data::Nothing => vector.none.len(),
    }
}

pub(super) fn is_comparison(operator: Operator) -> bool {
    use Operator::{AtLeast, AtMost, Equal, Greater, Less, Unequal};
    matches!(operator, Equal | Unequal | Less | AtMost | Greater | AtLeast)
}

/// Whether pairs are in the order that an operator asks for.
fn tested<T>(
    operator: Operator,
    pairs: impl Iterator<Item = (T, T)>,
    order: impl Fn(&T, &T) -> Ordering,
) -> Vec<bool> {
    // An operator each, so that the loop over pairs has no choice to make.
    match operator {
        Operator::Equal => pairs.map(|(left, right)| order(&left, &right).is_eq()).collect(),
        Operator::Unequal => pairs.map(|(left, right)| order(&left, &right).is_ne()).collect(),
        Operator::Less => pairs.map(|(left, right)| order(&left, &right).is_lt()).collect(),
        Operator::AtMost => pairs.map(|(left, right)| order(&left, &right).is_le()).collect(),
        Operator::Greater => pairs.map(|(left, right)| order(&left, &right).is_gt()).collect(),
        _ => pairs.map(|(left, right)| order(&left, &right).is_ge()).collect(),
    }
}

fn compared(operator: Operator, left: Data, right: Data) -> Option<Vec<bool>> {
    let moments =
        |left: Vec<i64>, right: Vec<i64>| tested(operator, left.into_iter().zip(right), i64::cmp);
    let floats_of = |left: Vec<f64>, right: Vec<f64>| {
        tested(operator, left.into_iter().zip(right), f64::total_cmp)
    };
    let micros = |days: Vec<i64>| days.into_iter().map(|day| day.saturating_mul(DAY)).collect();
    Some(match (left, right) {
        (Data::Number(left, one), Data::Number(right, other)) => {
            let scale = one.max(other);
            match (left.scaled(one, scale), right.scaled(other, scale)) {
                (Digits::Narrow(left, _), Digits::Narrow(right, _)) => moments(left, right),
                (Digits::Narrow(left, _), Digits::Same(right, _))
                    if i64::try_from(right).is_ok() =>
                {
                    let right = right as i64;
                    tested(operator, left.into_iter().map(|left| (left, right)), i64::cmp)
                }
                (left, right) => {
                    let pairs = left.wide().into_iter().zip(right.wide());
                    tested(operator, pairs, i128::cmp)
                }
            }
        }
        (Data::Float(left), Data::Float(right)) => floats_of(left, right),
        (Data::Float(left), Data::Number(right, scale)) => floats_of(left, floats(&right, scale)),
        (Data::Number(left, scale), Data::Float(right)) => floats_of(floats(&left, scale), right),
        (Data::Truth(left), Data::Truth(right)) => {
            tested(operator, left.into_iter().zip(right), bool::cmp)
        }
        (Data::Micros(left), Data::Micros(right)) | (Data::Days(left), Data::Days(right)) => {
            moments(left, right)
        }
        (Data::Days(left), Data::Micros(right)) => moments(micros(left), right),
        (Data::Micros(left), Data::Days(right)) => moments(left, micros(right)),
        (Data::Text(left), Data::Text(right)) if right.words.len() == 1 => {
            // Every word is looked at once, where there are not more of them than rows.
            let right = right.words.bytes(0);
            let tests = |words: &mut dyn Iterator<Item = usize>| {
                tested(operator, words.map(|at| (left.words.bytes(at), right)), Ord::cmp)
            };
            if left.words.len() > left.len() {
                return Some(tests(&mut left.picks.iter().map(|pick| *pick as usize)));
            }
            let of = tests(&mut (0..left.words.len()));
            left.picks.iter().map(|pick| of.get(*pick as usize).copied().unwrap_or(false)).collect()
        }
        (Data::Text(left), Data::Text(right)) => {
            let rows = 0..left.len().min(right.len());
            tested(operator, rows.map(|row| (left.bytes(row), right.bytes(row))), Ord::cmp)
        }
        _ => return None,
    })
}

/// Digits behind the point of what comes of two decimals.
pub(super) fn scale(operator: Operator, one: u8, other: u8) -> u8 {
    match operator {
        Operator::Multiply => (one + other).min(MOST_SCALE),
        Operator::Divide => (one.max(other) + QUOTIENT).min(MOST_SCALE),
        _ => one.max(other),
    }
}

fn exact(
    operator: Operator,
    left: Digits,
    one: u8,
    right: Digits,
    other: u8,
    none: &mut Vec<bool>,
) -> Data {
    let both = left.bound().zip(right.bound());
    let wants = scale(operator, one, other);
    if operator == Operator::Multiply {
        let bound = both.and_then(|(left, right)| left.checked_mul(right));
        let product = left.with(right, bound, |left, right| left * right, i128::saturating_mul);
        return Data::Number(product.scaled(one + other, wants), wants);
    }
    let scale = one.max(other);
    let (to, by) = (left.scaled(one, scale), right.scaled(other, scale));
    let both = to.bound().zip(by.bound());
    let operation = match operator {
        // As many digits more as the quotient has.
        Operator::Divide => quotient(to.scaled(0, wants), by, none),
        Operator::Modulo => rest(to, by, none),
        Operator::Subtract => {
            let bound = both.and_then(|(to, by)| to.checked_add(by));
            to.with(by, bound, |to, by| to - by, i128::saturating_sub)
        }
        _ => {
            let bound = both.and_then(|(to, by)| to.checked_add(by));
            to.with(by, bound, |to, by| to + by, i128::saturating_add)
        }
    };
    Data::Number(operation, wants)
}

/// Notes the rows in which nothing can be divided by.
fn without_noughts(by: &Digits, none: &mut Vec<bool>) {
    for row in (0..by.len()).filter(|row| by.at(*row) == 0) {
        none.resize(none.len().max(row + 1), false);
        none[row] = true;
    }
}

/// Quotients, rounded half away from zero; nought where something is divided by nought.
fn quotient(of: Digits, by: Digits, none: &mut Vec<bool>) -> Digits {
    let wide = |of: i128, by: i128| match by {
        0 => 0,
        by => divided(of, by.abs()) * by.signum(),
    };
    let bound = of.bound();
    if let (Digits::Same(same, _), Some(bound)) = (&by, bound)
        && let Some(divisor) = u64::try_from(same.unsigned_abs()).ok().and_then(Divisor::new)
    {
        let sign = same.signum();
        let narrow = |of| divisor.nearest(of) * sign as i64;
        return of.each(Some(bound), narrow, |of| wide(of, *same));
    }
    without_noughts(&by, none);
    let bound = bound.filter(|_| by.bound().is_some());
    let narrow = |of: i64, by: i64| {
        if by == 0 {
            return 0;
        }
        let (whole, rest) = (of / by.abs(), (of % by.abs()).unsigned_abs());
        let up = i64::from(rest >= by.unsigned_abs() - rest);
        (whole + of.signum() * up) * by.signum()
    };
    of.with(by, bound, narrow, wide)
}

/// What divisions leave, with the sign of what is divided; nought where it is by nought.
fn rest(of: Digits, by: Digits, none: &mut Vec<bool>) -> Digits {
    let wide = |of: i128, by: i128| if by == 0 { 0 } else { of % by };
    let bound = of.bound();
    if let (Digits::Same(same, _), Some(bound)) = (&by, bound)
        && let Some(divisor) = u64::try_from(same.unsigned_abs()).ok().and_then(Divisor::new)
    {
        return of.each(Some(bound), |of| divisor.rest(of), |of| wide(of, *same));
    }
    without_noughts(&by, none);
    let bound = bound.filter(|_| by.bound().is_some());
    of.with(by, bound, |of, by| if by == 0 { 0 } else { of % by }, wide)
}

fn float(operator: Operator, mut left: Vec<f64>, right: &[f64], none: &mut Vec<bool>) -> Vec<f64> {
    let divides = matches!(operator, Operator::Divide | Operator::Modulo);
    for (row, (left, right)) in left.iter_mut().zip(right).enumerate() {
        if divides && *right == 0.0 {
            none.resize(none.len().max(row + 1), false);
            none[row] = true;
        }
        *left = match operator {
            Operator::Add => *left + right,
            Operator::Subtract => *left - right,
            Operator::Multiply => *left * right,
            Operator::Divide => *left / right,
            _ => *left % right,
        };
        if !left.is_finite() {
            *left = 0.0;
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(digits: i128, scale: u8) -> Vector {
        Vector::number(Digits::long(vec![digits]), scale)
    }

    fn result(operator: Operator, left: Vector, right: Vector) -> (i128, u8) {
        match binary(operator, left, right).data {
            Data::Number(digits, scale) => (digits.at(0), scale),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(result(Operator::Add, number(150, 2), number(5, 0)), (650, 2));
        assert_eq!(result(Operator::Multiply, number(3, 0), number(1999, 2)), (5997, 2));
        assert_eq!(result(Operator::Divide, number(1, 0), number(3, 0)), (333_333, 6));
        assert_eq!(result(Operator::Divide, number(-2, 0), number(3, 0)), (-666_667, 6));
        assert_eq!(result(Operator::Modulo, number(-7, 0), number(3, 0)), (-1, 0));
        assert!(binary(Operator::Divide, number(1, 0), number(0, 0)).is_none(0));
        let half = || Vector::full(Data::Float(vec![0.5]));
        assert!(binary(Operator::Divide, half(), number(0, 0)).is_none(0));
        assert!(binary(Operator::Modulo, half(), Vector::full(Data::Float(vec![0.0]))).is_none(0));
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (digits, expected) in [(125, 13), (-125, -13), (124, 12), (-124, -12), (0, 0)] {
            assert_eq!(scaled(digits, 2, 1), expected);
            let large = digits * 10_i128.pow(25);
            assert_eq!(scaled(large, 27, 1), expected);
        }
    }
}
