//! [`Form`]: of what kind the vector is that a part of an expression comes to, known before it is.

use peyote_schemas::Kind;
use peyote_schemas::formula::{Function, Operator};

use super::digits::Digits;
use super::vector::{Data, Vector};
use super::{Expr, number};
use crate::generate::recipe::Route;

/// Of what kind a vector is: decimals with so many digits after the point, and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::generate) enum Form {
    Nothing,
    Number(u8),
    Float,
    Truth,
    Micros,
    Days,
}

impl Form {
    /// The form of what an expression comes to, by the kinds of columns; none where it is not known,
    /// as that of texts is not.
    pub(in crate::generate) fn of<'k>(
        expr: &Expr,
        kind: &impl Fn(&Route) -> &'k Kind,
    ) -> Option<Self> {
        Some(match expr {
            Expr::Number(exact) => Self::Number(exact.scale),
            Expr::Place { .. } => Self::Number(0),
            Expr::Truth(_) | Expr::Is(..) => Self::Truth,
            Expr::Moment(_) => Self::Micros,
            Expr::Day(_) => Self::Days,
            Expr::Null => Self::Nothing,
            Expr::Column(route) => match kind(route) {
                Kind::Bool => Self::Truth,
                Kind::Int(_) => Self::Number(0),
                Kind::Decimal { scale, .. } => Self::Number(*scale),
                Kind::Float => Self::Float,
                Kind::Date => Self::Days,
                Kind::Time | Kind::Timestamp | Kind::TimestampTz => Self::Micros,
                _ => return None,
            },
            Expr::Not(part) => match Self::of(part, kind)? {
                Self::Truth => Self::Truth,
                _ => return None,
            },
            Expr::Negate(part) => match Self::of(part, kind)? {
                form @ (Self::Number(_) | Self::Float) => form,
                _ => return None,
            },
            Expr::Binary(operator, parts) => {
                if matches!(operator, Operator::And | Operator::Or) {
                    return Some(Self::Truth);
                }
                let (left, right) = (Self::of(&parts[0], kind)?, Self::of(&parts[1], kind)?);
                return Self::binary(*operator, left, right);
            }
            Expr::Call(function, parts) => return Self::call(*function, parts, kind),
            Expr::Choose(choice) => return choice.form(),
            Expr::Shared { of, .. } => return Self::of(of, kind),
            Expr::Text(_) | Expr::Total(_) => return None,
        })
    }

    fn binary(operator: Operator, left: Self, right: Self) -> Option<Self> {
        let form = match (left, right) {
            (Self::Number(one), Self::Number(other)) => {
                Self::Number(number::scale(operator, one, other))
            }
            (Self::Number(_) | Self::Float, Self::Number(_) | Self::Float) => Self::Float,
            _ => return None,
        };
        Some(if number::is_comparison(operator) { Self::Truth } else { form })
    }

    fn call<'k>(
        function: Function,
        parts: &[Expr],
        kind: &impl Fn(&Route) -> &'k Kind,
    ) -> Option<Self> {
        let mut forms = parts.iter().map(|part| Self::of(part, kind));
        let is_moment = |form: Option<Self>| matches!(form, Some(Self::Micros | Self::Days));
        match function {
            Function::Round | Function::Floor | Function::Ceil => {
                let digits = match parts.get(1) {
                    None => 0,
                    Some(Expr::Number(exact)) if exact.scale == 0 => {
                        exact.digits.clamp(0, 18) as u8
                    }
                    Some(_) => return None,
                };
                match forms.next()?? {
                    Self::Number(has) => Some(Self::Number(has.min(digits))),
                    Self::Float => Some(Self::Float),
                    _ => None,
                }
            }
            Function::Abs => match forms.next()?? {
                form @ (Self::Number(_) | Self::Float) => Some(form),
                _ => None,
            },
            Function::IsNull => Some(Self::Truth),
            Function::Min | Function::Max | Function::Coalesce => {
                let first = forms.next()??;
                forms.try_fold(first, |one, other| one.either(other?))
            }
            Function::Days | Function::Hours | Function::Minutes | Function::Seconds => {
                (parts.len() == 2 && forms.all(is_moment)).then_some(Self::Number(0))
            }
            Function::Year
            | Function::Month
            | Function::Day
            | Function::Hour
            | Function::Weekday => forms.all(is_moment).then_some(Self::Number(0)),
            Function::Row | Function::Nth => Some(Self::Number(0)),
            Function::Date => forms.all(is_moment).then_some(Self::Days),
            Function::MinutesAfter
            | Function::SecondsAfter
            | Function::Instant
            | Function::Contains
            | Function::Present => None,
        }
    }

    /// The form of values of which some are of another.
    pub(super) fn either(self, other: Self) -> Option<Self> {
        Some(match (self, other) {
            (Self::Number(one), Self::Number(other)) => Self::Number(one.max(other)),
            (Self::Number(_) | Self::Float, Self::Number(_) | Self::Float) => Self::Float,
            (Self::Nothing, form) | (form, Self::Nothing) => form,
            (one, other) if one == other => one,
            _ => return None,
        })
    }

    /// A vector of this form that no row looks at.
    pub(super) fn unseen(self, rows: usize) -> Vector {
        Vector::full(match self {
            Self::Nothing => return Vector::nothing(rows),
            Self::Number(scale) => Data::Number(Digits::Same(0, rows), scale),
            Self::Float => Data::Float(vec![0.0; rows]),
            Self::Truth => Data::Truth(vec![false; rows]),
            Self::Micros => Data::Micros(vec![0; rows]),
            Self::Days => Data::Days(vec![0; rows]),
        })
    }
}
