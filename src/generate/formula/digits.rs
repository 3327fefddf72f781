//! [`Digits`]: the decimals of many rows without their point, in 64 bits where they surely fit.

use super::number::{divided, power};

/// The numbers of rows: decimals without their point.
#[derive(Debug, Clone)]
pub(in crate::generate) enum Digits {
    /// The same number on so many rows.
    Same(i128, usize),
    /// Numbers of which none is farther from nought than a bound, which is below 2^63.
    Narrow(Vec<i64>, u64),
    /// Any numbers.
    Wide(Vec<i128>),
}

/// A whole number above nought and below 2^63 that many are divided by: a product with a reciprocal
/// instead of a division (Granlund and Montgomery 1994).
#[derive(Debug, Clone, Copy)]
pub(in crate::generate) struct Divisor {
    by: u64,
    reciprocal: u64,
    shift: u32,
}

impl Digits {
    /// Numbers as lanes hold them.
    pub(in crate::generate) fn new(values: Vec<i64>) -> Self {
        let (mut least, mut most) = (0_i64, 0_i64);
        for value in &values {
            least = least.min(*value);
            most = most.max(*value);
        }
        match bounded(Some(least.unsigned_abs().max(most.unsigned_abs()))) {
            Some(bound) => Self::Narrow(values, bound),
            None => Self::Wide(values.into_iter().map(i128::from).collect()),
        }
    }

    /// Numbers that may be long, and mostly are not.
    pub(in crate::generate) fn long(values: Vec<i128>) -> Self {
        match values.iter().map(|value| i64::try_from(*value)).collect() {
            Ok(values) => Self::new(values),
            Err(_) => Self::Wide(values),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Same(_, rows) => *rows,
            Self::Narrow(values, _) => values.len(),
            Self::Wide(values) => values.len(),
        }
    }

    #[inline]
    pub(super) fn at(&self, row: usize) -> i128 {
        match self {
            Self::Same(value, _) => *value,
            Self::Narrow(values, _) => values[row].into(),
            Self::Wide(values) => values[row],
        }
    }

    /// What none of the numbers is farther from nought than, where that fits 63 bits.
    pub(super) fn bound(&self) -> Option<u64> {
        match self {
            Self::Same(value, _) => bounded(u64::try_from(value.unsigned_abs()).ok()),
            Self::Narrow(_, bound) => Some(*bound),
            Self::Wide(_) => None,
        }
    }

    /// Every number by itself, in as many bits as there may be.
    pub(in crate::generate) fn wide(self) -> Vec<i128> {
        match self {
            Self::Same(value, rows) => vec![value; rows],
            Self::Narrow(values, _) => values.into_iter().map(i128::from).collect(),
            Self::Wide(values) => values,
        }
    }

    /// Every number by itself, cut off where 64 bits do not hold it.
    pub(in crate::generate) fn clamped(self, low: i64, high: i64) -> Vec<i64> {
        match self {
            Self::Same(value, rows) => {
                vec![value.clamp(low.into(), high.into()) as i64; rows]
            }
            Self::Narrow(mut values, bound) => {
                if bound > high.max(0) as u64 || bound > low.min(0).unsigned_abs() {
                    for value in &mut values {
                        *value = (*value).clamp(low, high);
                    }
                }
                values
            }
            Self::Wide(values) => {
                let held = |value: i128| value.clamp(low.into(), high.into()) as i64;
                values.into_iter().map(held).collect()
            }
        }
    }

    /// Numbers made of each one alone; `bound` is that of what is made.
    pub(super) fn each(
        self,
        bound: Option<u64>,
        narrow: impl Fn(i64) -> i64,
        wide: impl Fn(i128) -> i128,
    ) -> Self {
        match (self, bounded(bound)) {
            (Self::Same(value, rows), _) => Self::Same(wide(value), rows),
            (Self::Narrow(mut values, _), Some(bound)) => {
                for value in &mut values {
                    *value = narrow(*value);
                }
                Self::Narrow(values, bound)
            }
            (values, _) => Self::Wide(values.wide().into_iter().map(wide).collect()),
        }
    }

    /// Numbers made of those of two sides; `bound` is that of what is made.
    pub(super) fn with(
        self,
        other: Self,
        bound: Option<u64>,
        narrow: impl Fn(i64, i64) -> i64,
        wide: impl Fn(i128, i128) -> i128,
    ) -> Self {
        match (self, other, bounded(bound)) {
            (Self::Same(left, rows), Self::Same(right, _), _) => {
                Self::Same(wide(left, right), rows)
            }
            (Self::Narrow(mut left, _), Self::Narrow(right, _), Some(bound)) => {
                for (left, right) in left.iter_mut().zip(right) {
                    *left = narrow(*left, right);
                }
                Self::Narrow(left, bound)
            }
            // Where there is a bound of the whole, either side is within 64 bits.
            (Self::Narrow(mut left, _), Self::Same(right, _), Some(bound)) => {
                let right = right as i64;
                for left in &mut left {
                    *left = narrow(*left, right);
                }
                Self::Narrow(left, bound)
            }
            (Self::Same(left, _), Self::Narrow(mut right, _), Some(bound)) => {
                let left = left as i64;
                for right in &mut right {
                    *right = narrow(left, *right);
                }
                Self::Narrow(right, bound)
            }
            (left, right, _) => {
                let mut left = left.wide();
                for (left, right) in left.iter_mut().zip(right.wide()) {
                    *left = wide(*left, right);
                }
                Self::Wide(left)
            }
        }
    }

    /// The same decimals with another number of digits after the point, rounded half away from
    /// zero.
    pub(super) fn scaled(self, has: u8, wants: u8) -> Self {
        // Looked up once for all.
        let whole = power(has.abs_diff(wants));
        let by = u64::try_from(whole).ok();
        match has.cmp(&wants) {
            std::cmp::Ordering::Equal => self,
            std::cmp::Ordering::Less => {
                let bound = self.bound().zip(by).and_then(|(bound, by)| bound.checked_mul(by));
                let by = by.unwrap_or(0) as i64;
                self.each(bound, |value| value * by, |value| value.saturating_mul(whole))
            }
            std::cmp::Ordering::Greater => {
                let by = by.and_then(Divisor::new);
                let wide = |value| match (short(value), by) {
                    (Some(value), Some(by)) => by.nearest(value).into(),
                    _ => divided(value, whole),
                };
                match (self.bound(), by) {
                    (Some(bound), Some(by)) => {
                        let bound = by.quotient(bound) + 1;
                        self.each(Some(bound), |value| by.nearest(value), wide)
                    }
                    _ => self.each(None, |value| value, wide).shortened(),
                }
            }
        }
    }

    /// The same numbers in 64 bits, where they fit by now.
    pub(super) fn shortened(self) -> Self {
        match self {
            Self::Wide(values) => Self::long(values),
            other => other,
        }
    }
}

/// A number in 64 bits, without a sign in 63, if that holds it.
#[inline]
pub(super) fn short(value: i128) -> Option<i64> {
    i64::try_from(value).ok().filter(|value| *value != i64::MIN)
}

impl Divisor {
    /// A number to divide by, if it is above nought and below 2^63.
    pub(in crate::generate) fn new(by: u64) -> Option<Self> {
        let by = bounded(Some(by)).filter(|by| *by > 0)?;
        // The least power of two that is not below: 2^(63 + shift) / by, rounded up, is below 2^64.
        let shift = u64::BITS - (by - 1).leading_zeros();
        let reciprocal = (1_u128 << (63 + shift)).div_ceil(by.into());
        Some(Self { by, reciprocal: u64::try_from(reciprocal).ok()?, shift })
    }

    /// A number below 2^63, divided and rounded down.
    #[inline]
    pub(super) fn quotient(self, of: u64) -> u64 {
        ((u128::from(of) * u128::from(self.reciprocal)) >> 63 >> self.shift) as u64
    }

    /// A number, divided and rounded half away from zero.
    #[inline]
    pub(super) fn nearest(self, of: i64) -> i64 {
        let whole = self.quotient(of.unsigned_abs());
        let rest = of.unsigned_abs() - whole * self.by;
        let whole = (whole + u64::from(rest >= self.by - rest)) as i64;
        if of < 0 { -whole } else { whole }
    }

    /// A number, divided and rounded down.
    #[inline]
    pub(in crate::generate) fn floor(self, of: i64) -> i64 {
        let whole = self.quotient(of.unsigned_abs());
        let rest = of.unsigned_abs() - whole * self.by;
        if of < 0 { -((whole + u64::from(rest > 0)) as i64) } else { whole as i64 }
    }

    /// What a division leaves, with the sign of what is divided.
    #[inline]
    pub(super) fn rest(self, of: i64) -> i64 {
        let rest = (of.unsigned_abs() - self.quotient(of.unsigned_abs()) * self.by) as i64;
        if of < 0 { -rest } else { rest }
    }
}

/// A bound, if 63 bits hold it.
fn bounded(bound: Option<u64>) -> Option<u64> {
    bound.filter(|bound| i64::try_from(*bound).is_ok())
}

#[cfg(test)]
mod tests {
    use super::super::number::scaled;
    use super::*;

    #[test]
    fn reciprocals_divide_as_divisions_do() {
        let most = i64::MAX as u64;
        let around = |number: u64| [number.saturating_sub(1), number, number.saturating_add(1)];
        let powers = (0..63).map(|power| 1_u64 << power);
        let tens = (0..19).map(|power| 10_u64.pow(power));
        let numbers: Vec<u64> = powers
            .chain(tens)
            .chain([3, 7, 20_001, 86_400_000_000, 6_148_914_691_236_517_205, most])
            .flat_map(around)
            .filter(|number| *number <= most)
            .collect();
        for by in numbers.iter().filter(|by| **by > 0) {
            let divisor = Divisor::new(*by).expect("a divisor");
            for of in &numbers {
                assert_eq!(divisor.quotient(*of), of / by, "{of} by {by}");
                for of in [*of as i64, -(*of as i64)] {
                    let by = i128::from(*by);
                    let wide = i128::from(of);
                    assert_eq!(i128::from(divisor.floor(of)), wide.div_euclid(by));
                    assert_eq!(i128::from(divisor.rest(of)), wide % by);
                    let nearest = wide.signum() * ((2 * wide.abs() + by) / (2 * by));
                    assert_eq!(i128::from(divisor.nearest(of)), nearest, "{of} by {by}");
                }
            }
        }
        assert!(Divisor::new(0).is_none() && Divisor::new(most + 1).is_none());
    }

    #[test]
    fn numbers_are_scaled_alike_however_they_are_held() {
        for (has, wants) in [(2, 2), (2, 6), (6, 2), (0, 18), (18, 0), (2, 25), (30, 4)] {
            for value in [0, 1, -1, 49, 50, -50, 1_234_567, i64::MAX, -i64::MAX] {
                let expected = scaled(value.into(), has, wants);
                for digits in [
                    Digits::new(vec![value]),
                    Digits::Wide(vec![value.into()]),
                    Digits::Same(value.into(), 1),
                ] {
                    assert_eq!(digits.scaled(has, wants).wide(), [expected]);
                }
            }
        }
        assert!(Digits::new(vec![i64::MIN]).bound().is_none());
    }
}
