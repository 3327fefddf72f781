//! Arithmetic on vectors, in exact decimals as far as both sides are.

use std::cmp::Ordering;

use peyote_schemas::formula::{Function, Operator};
use peyote_schemas::value::moment::DAY;

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
fn divided(digits: i128, by: i128) -> i128 {
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

fn power(digits: u8) -> i128 {
    10_i128.pow(u32::from(digits.min(38)))
}

/// Decimals as binary fractions.
pub(super) fn floats(digits: &[i128], scale: u8) -> Vec<f64> {
    let by = 10_f64.powi(i32::from(scale));
    digits.iter().map(|digits| *digits as f64 / by).collect()
}

pub(super) fn negated(mut vector: Vector) -> Vector {
    match &mut vector.data {
        Data::Number(digits, _) => digits.iter_mut().for_each(|one| *one = one.saturating_neg()),
        Data::Float(numbers) => numbers.iter_mut().for_each(|number| *number = -*number),
        _ => {}
    }
    vector
}

pub(super) fn absolute(mut vector: Vector) -> Vector {
    match &mut vector.data {
        Data::Number(digits, _) => digits.iter_mut().for_each(|one| *one = one.saturating_abs()),
        Data::Float(numbers) => numbers.iter_mut().for_each(|number| *number = number.abs()),
        _ => {}
    }
    vector
}

pub(super) fn rounded(function: Function, mut vector: Vector, digits: u8) -> Vector {
    match &mut vector.data {
        Data::Number(numbers, scale) => {
            let has = *scale;
            if has <= digits {
                return vector;
            }
            let by = power(has - digits);
            for number in numbers {
                *number = match function {
                    Function::Floor => number.div_euclid(by),
                    Function::Ceil => -(-*number).div_euclid(by),
                    _ => divided(*number, by),
                };
            }
            *scale = digits;
        }
        Data::Float(numbers) => {
            let by = 10_f64.powi(i32::from(digits));
            for number in numbers {
                let scaled = *number * by;
                *number = match function {
                    Function::Floor => libm::floor(scaled),
                    Function::Ceil => libm::ceil(scaled),
                    _ => libm::round(scaled),
                } / by;
            }
        }
        _ => {}
    }
    vector
}

/// What an operator makes of two sides.
pub(super) fn binary(operator: Operator, left: Vector, right: Vector) -> Vector {
    let rows = length(&left).max(length(&right));
    if matches!(operator, Operator::And | Operator::Or) {
        let truths = (0..rows).map(|row| match operator {
            Operator::And => left.holds(row) && right.holds(row),
            _ => left.holds(row) || right.holds(row),
        });
        return Vector::full(Data::Truth(truths.collect()));
    }
    let mut none = left.either_none(&right, rows);
    if is_comparison(operator) {
        let Some(orders) = orders(&left.data, &right.data) else { return Vector::nothing(rows) };
        let truths = orders.into_iter().map(|order| fits(operator, order)).collect();
        return Vector { data: Data::Truth(truths), none };
    }
    let data = match (left.data, right.data) {
        (Data::Number(left, one), Data::Number(right, other)) => {
            exact(operator, left, one, &right, other, &mut none)
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
            let days = left.into_iter().zip(right).map(|(left, right)| (left - right).into());
            Data::Number(days.collect(), 0)
        }
        (Data::Micros(left), Data::Micros(right)) if operator == Operator::Subtract => {
            let days = left.into_iter().zip(right).map(|(left, right)| {
                // In days, with six digits.
                divided(i128::from(left - right) * 1_000_000, DAY.into())
            });
            Data::Number(days.collect(), QUOTIENT)
        }
        (Data::Days(moments), Data::Number(days, scale)) => {
            let sign = if operator == Operator::Subtract { -1 } else { 1 };
            let later = |(at, days): (i64, i128)| at + sign * scaled(days, scale, 0) as i64;
            Data::Days(moments.into_iter().zip(days).map(later).collect())
        }
        (Data::Micros(moments), Data::Number(days, scale)) => {
            let sign = if operator == Operator::Subtract { -1 } else { 1 };
            let later = |(at, days): (i64, i128)| {
                at + sign * divided(days.saturating_mul(DAY.into()), power(scale)) as i64
            };
            Data::Micros(moments.into_iter().zip(days).map(later).collect())
        }
        _ => return Vector::nothing(rows),
    };
    Vector { data, none }
}

fn length(vector: &Vector) -> usize {
    match &vector.data {
        Data::Number(digits, _) => digits.len(),
        Data::Float(numbers) => numbers.len(),
        Data::Truth(truths) => truths.len(),
        Data::Micros(values) | Data::Days(values) => values.len(),
        Data::Text(texts) => texts.len(),
        Data::Nothing => vector.none.len(),
    }
}

fn is_comparison(operator: Operator) -> bool {
    use Operator::{AtLeast, AtMost, Equal, Greater, Less, Unequal};
    matches!(operator, Equal | Unequal | Less | AtMost | Greater | AtLeast)
}

fn fits(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::Unequal => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::AtMost => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    }
}

fn orders(left: &Data, right: &Data) -> Option<Vec<Ordering>> {
    fn all<T, U>(left: &[T], right: &[U], order: impl Fn(&T, &U) -> Ordering) -> Vec<Ordering> {
        left.iter().zip(right).map(|(left, right)| order(left, right)).collect()
    }
    Some(match (left, right) {
        (Data::Number(left, one), Data::Number(right, other)) => {
            let scale = *one.max(other);
            all(left, right, |left, right| {
                scaled(*left, *one, scale).cmp(&scaled(*right, *other, scale))
            })
        }
        (Data::Float(left), Data::Float(right)) => all(left, right, f64::total_cmp),
        (Data::Float(left), Data::Number(right, scale)) => {
            all(left, &floats(right, *scale), f64::total_cmp)
        }
        (Data::Number(left, scale), Data::Float(right)) => {
            all(&floats(left, *scale), right, f64::total_cmp)
        }
        (Data::Truth(left), Data::Truth(right)) => all(left, right, bool::cmp),
        (Data::Micros(left), Data::Micros(right)) | (Data::Days(left), Data::Days(right)) => {
            all(left, right, i64::cmp)
        }
        (Data::Days(left), Data::Micros(right)) => {
            all(left, right, |left, right| left.saturating_mul(DAY).cmp(right))
        }
        (Data::Micros(left), Data::Days(right)) => {
            all(left, right, |left, right| left.cmp(&right.saturating_mul(DAY)))
        }
        (Data::Text(left), Data::Text(right)) => all(left, right, Ord::cmp),
        _ => return None,
    })
}

fn exact(
    operator: Operator,
    mut left: Vec<i128>,
    one: u8,
    right: &[i128],
    other: u8,
    none: &mut Vec<bool>,
) -> Data {
    let scale = one.max(other);
    match operator {
        Operator::Multiply => {
            for (left, right) in left.iter_mut().zip(right) {
                *left = left.saturating_mul(*right);
            }
            if one + other > MOST_SCALE {
                let has = one + other;
                for left in &mut left {
                    *left = scaled(*left, has, MOST_SCALE);
                }
            }
            Data::Number(left, (one + other).min(MOST_SCALE))
        }
        Operator::Divide | Operator::Modulo => {
            let wants = if operator == Operator::Divide {
                (scale + QUOTIENT).min(MOST_SCALE)
            } else {
                scale
            };
            for (row, (left, right)) in left.iter_mut().zip(right).enumerate() {
                if *right == 0 {
                    none.resize(none.len().max(row + 1), false);
                    none[row] = true;
                    continue;
                }
                let by = scaled(*right, other, scale);
                *left = if operator == Operator::Modulo {
                    scaled(*left, one, scale) % by
                } else {
                    let of = scaled(*left, one, scale).saturating_mul(power(wants));
                    divided(of, by.abs()) * by.signum()
                };
            }
            Data::Number(left, wants)
        }
        _ => {
            for (left, right) in left.iter_mut().zip(right) {
                let (to, by) = (scaled(*left, one, scale), scaled(*right, other, scale));
                *left = if operator == Operator::Subtract {
                    to.saturating_sub(by)
                } else {
                    to.saturating_add(by)
                };
            }
            Data::Number(left, scale)
        }
    }
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
        Vector::number(vec![digits], scale)
    }

    fn result(operator: Operator, left: Vector, right: Vector) -> (i128, u8) {
        match binary(operator, left, right).data {
            Data::Number(digits, scale) => (digits[0], scale),
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
