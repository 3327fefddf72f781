//! [`Type`]: what an expression gives, before any row is there.

use super::{Function, How, Node, Operator};
use crate::behaviour::Path;
use crate::kind::Kind;
use crate::value::moment::Moment;

/// The most digits after the point that an expression keeps.
pub(crate) const MAX_SCALE: u8 = 18;
/// How many digits after the point a quotient has more than what it is made of.
const QUOTIENT: u8 = 6;

/// What a part of an expression gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// An exact number with so many digits after the point.
    Number {
        /// The digits after the point, at most 18.
        scale: u8,
    },
    /// A binary fraction: where one is part of it, the whole is one.
    Float,
    /// A text.
    Text,
    /// A list of texts, of which can be asked what it holds.
    Texts,
    /// A truth.
    Bool,
    /// A calendar day.
    Date,
    /// A time of day.
    Time,
    /// A date and time of day in no zone.
    Timestamp,
    /// An instant.
    TimestampTz,
    /// Nothing, whatever the row.
    Null,
}

/// What columns and child tables of an expression are.
pub(crate) trait Scope {
    /// The type of a column, or why there is none.
    fn column(&self, path: &Path) -> Result<Type, String>;
    /// Whether a column refers to a row, by way of a foreign key.
    fn refers(&self, path: &Path) -> bool;
    /// The scope of a child table's rows, or why there is none.
    fn child(&self, table: &str, key: Option<&str>) -> Result<Box<dyn Scope + '_>, String>;
}

impl Type {
    /// What the values of a kind are in an expression; none for what it cannot work with.
    pub fn of(kind: &Kind) -> Option<Self> {
        Some(match kind {
            Kind::Bool => Self::Bool,
            Kind::Int(_) => Self::Number { scale: 0 },
            Kind::Decimal { scale, .. } if *scale <= MAX_SCALE => Self::Number { scale: *scale },
            Kind::Float => Self::Float,
            Kind::Text | Kind::Enum(_) | Kind::Uuid => Self::Text,
            Kind::Date => Self::Date,
            Kind::Time => Self::Time,
            Kind::Timestamp => Self::Timestamp,
            Kind::TimestampTz => Self::TimestampTz,
            Kind::List(item) if matches!(item.kind, Kind::Text | Kind::Enum(_)) => Self::Texts,
            Kind::Decimal { .. } | Kind::Json | Kind::List(_) | Kind::Struct(_) => return None,
        })
    }

    /// Whether a column of a kind can hold it: numbers are rounded to it, half away from zero.
    pub fn fits(self, kind: &Kind) -> bool {
        match self {
            Self::Null => true,
            Self::Number { .. } | Self::Float => kind.is_number(),
            Self::Texts => false,
            other => Self::of(kind) == Some(other),
        }
    }

    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Number { .. } | Self::Float => "number",
            Self::Text => "text",
            Self::Texts => "list",
            Self::Bool => "truth",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp | Self::TimestampTz => "moment",
            Self::Null => "nothing",
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Number { .. } | Self::Float | Self::Null)
    }

    fn is_moment(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp | Self::TimestampTz | Self::Null)
    }

    fn scale(self) -> u8 {
        if let Self::Number { scale } = self { scale } else { 0 }
    }

    /// What holds a value of either type; none where nothing does.
    fn either(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Null, one) | (one, Self::Null) => Some(one),
            (Self::Number { scale: one }, Self::Number { scale: other }) => {
                Some(Self::Number { scale: one.max(other) })
            }
            (one, other) if one.is_number() && other.is_number() => Some(Self::Float),
            (one, other) => (one == other).then_some(one),
        }
    }
}

/// The type of a part, or why it has none.
pub(crate) fn of(node: &Node, scope: &dyn Scope) -> Result<Type, String> {
    Ok(match node {
        Node::Number(number) => Type::Number { scale: number.scale },
        Node::Text(_) => Type::Text,
        Node::Bool(_) => Type::Bool,
        Node::Null => Type::Null,
        Node::Moment(at) => match at.0 {
            Moment::Date(_) => Type::Date,
            Moment::Time(_) => Type::Time,
            Moment::Timestamp(_) => Type::Timestamp,
            Moment::TimestampTz(_) => Type::TimestampTz,
        },
        Node::Column(path) => scope.column(path)?,
        Node::Negate(part) => {
            let found = of(part, scope)?;
            if !found.is_number() {
                return Err(format!("`-{part}` is the negative of a {}", found.word()));
            }
            found
        }
        Node::Not(part) => truth(part, scope)?,
        Node::Binary(operator, parts) => binary(*operator, parts, scope)?,
        Node::Call(function, parts) => call(*function, parts, scope)?,
        Node::Choose { cases, rest } => {
            let mut found = of(rest, scope)?;
            for [condition, value] in cases {
                truth(condition, scope)?;
                let value_type = of(value, scope)?;
                found = found.either(value_type).ok_or_else(|| {
                    format!("`{value}` is a {}, `{rest}` a {}", value_type.word(), found.word())
                })?;
            }
            found
        }
        Node::Total { how, table, key, of: part } => {
            let child = scope.child(table, key.as_deref())?;
            let found = part.as_ref().map(|part| of(part, child.as_ref())).transpose()?;
            total(*how, found)?
        }
    })
}

/// The type of a total over values of a type.
pub(crate) fn total(how: How, of: Option<Type>) -> Result<Type, String> {
    match (how, of) {
        (How::Count, None | Some(Type::Bool)) => Ok(Type::Number { scale: 0 }),
        (How::Count, Some(other)) => {
            Err(format!("a count is of truths, not of a {}", other.word()))
        }
        (How::Sum, Some(number @ (Type::Number { .. } | Type::Float))) => Ok(number),
        (How::Avg, Some(Type::Number { scale })) => {
            Ok(Type::Number { scale: (scale + QUOTIENT).min(MAX_SCALE) })
        }
        (How::Avg, Some(Type::Float)) => Ok(Type::Float),
        (How::Min | How::Max, Some(other)) => Ok(other),
        (how, Some(other)) => Err(format!("there is no {} of a {}", how.word(), other.word())),
        (how, None) => Err(format!("a {} needs to be told of what", how.word())),
    }
}

fn truth(part: &Node, scope: &dyn Scope) -> Result<Type, String> {
    match of(part, scope)? {
        Type::Bool | Type::Null => Ok(Type::Bool),
        other => Err(format!("`{part}` is a {}, not a condition", other.word())),
    }
}

fn binary(operator: Operator, parts: &[Node; 2], scope: &dyn Scope) -> Result<Type, String> {
    if matches!(operator, Operator::And | Operator::Or) {
        truth(&parts[0], scope)?;
        return truth(&parts[1], scope);
    }
    let (one, other) = (of(&parts[0], scope)?, of(&parts[1], scope)?);
    let clash = || {
        let [left, right] = parts;
        let (left_word, right_word) = (one.word(), other.word());
        format!(
            "`{left}` is a {left_word} and `{right}` a {right_word}: `{}` has no meaning between them",
            operator.word()
        )
    };
    match operator {
        Operator::And | Operator::Or => Ok(Type::Bool),
        Operator::Equal
        | Operator::Unequal
        | Operator::Less
        | Operator::AtMost
        | Operator::Greater
        | Operator::AtLeast => {
            let alike = one.either(other).is_some() || (one.is_moment() && other.is_moment());
            if alike { Ok(Type::Bool) } else { Err(clash()) }
        }
        Operator::Subtract if one == Type::Date && other == Type::Date => {
            Ok(Type::Number { scale: 0 })
        }
        Operator::Add | Operator::Subtract
            if one == Type::Date && other == (Type::Number { scale: 0 }) =>
        {
            Ok(Type::Date)
        }
        _ if !one.is_number() || !other.is_number() => Err(clash()),
        _ if one == Type::Float || other == Type::Float => Ok(Type::Float),
        Operator::Add | Operator::Subtract | Operator::Modulo => {
            Ok(Type::Number { scale: one.scale().max(other.scale()) })
        }
        Operator::Multiply => {
            let scale = one.scale() + other.scale();
            if scale > MAX_SCALE {
                let [left, right] = parts;
                return Err(format!(
                    "`{left} * {right}` has {scale} digits after the point: round one of them"
                ));
            }
            Ok(Type::Number { scale })
        }
        Operator::Divide => {
            let scale = (one.scale().max(other.scale()) + QUOTIENT).min(MAX_SCALE);
            Ok(Type::Number { scale })
        }
    }
}

fn call(function: Function, parts: &[Node], scope: &dyn Scope) -> Result<Type, String> {
    if matches!(function, Function::Row | Function::Nth) {
        return match parts {
            [Node::Column(path)] if !scope.refers(path) => {
                Err(format!("`{path}` refers to no row"))
            }
            [] | [Node::Column(_)] => Ok(Type::Number { scale: 0 }),
            _ => Err(format!("`{}` takes a column that refers to a row", function.word())),
        };
    }
    let mut types = Vec::with_capacity(parts.len());
    for part in parts {
        types.push(of(part, scope)?);
    }
    let word = function.word();
    let first = types.first().copied().unwrap_or(Type::Null);
    let wrong = |found: Type| format!("`{word}` takes no {}", found.word());
    match function {
        Function::Round => {
            if !first.is_number() {
                return Err(wrong(first));
            }
            let digits = match parts.get(1) {
                None => 0,
                Some(Node::Number(number))
                    if number.scale == 0
                        && (0..=i128::from(MAX_SCALE)).contains(&number.digits) =>
                {
                    number.digits as u8
                }
                Some(other) => {
                    return Err(format!("`{other}` is no number of digits from 0 to {MAX_SCALE}"));
                }
            };
            Ok(if first == Type::Float { first } else { Type::Number { scale: digits } })
        }
        Function::Floor | Function::Ceil => match first {
            Type::Float => Ok(Type::Float),
            Type::Number { .. } | Type::Null => Ok(Type::Number { scale: 0 }),
            other => Err(wrong(other)),
        },
        Function::Abs if first.is_number() => Ok(first),
        Function::IsNull => Ok(Type::Bool),
        Function::Contains => match (first, types.get(1).copied().unwrap_or(Type::Null)) {
            (Type::Texts | Type::Null, Type::Text | Type::Null) => Ok(Type::Bool),
            (Type::Texts | Type::Null, other) | (other, _) => Err(wrong(other)),
        },
        Function::Present => Ok(Type::Timestamp),
        Function::Min | Function::Max | Function::Coalesce => {
            let mut found = Type::Null;
            for one in types {
                found = found.either(one).ok_or_else(|| {
                    format!("`{word}` takes a {} or a {}, not both", found.word(), one.word())
                })?;
            }
            Ok(found)
        }
        Function::Days | Function::Hours | Function::Minutes | Function::Seconds => {
            let time = types.iter().all(|one| *one == Type::Time);
            match types.iter().find(|one| !one.is_moment()) {
                Some(other) if !time => Err(wrong(*other)),
                _ => Ok(Type::Number { scale: 0 }),
            }
        }
        Function::Year | Function::Month | Function::Day | Function::Weekday
            if first.is_moment() =>
        {
            Ok(Type::Number { scale: 0 })
        }
        Function::Hour if first.is_moment() || first == Type::Time => Ok(Type::Number { scale: 0 }),
        Function::Date if first.is_moment() => Ok(Type::Date),
        Function::MinutesAfter | Function::SecondsAfter => {
            let takes =
                matches!(first, Type::Time | Type::Timestamp | Type::TimestampTz | Type::Null);
            match types.get(1) {
                Some(Type::Number { scale: 0 } | Type::Null) if takes => Ok(first),
                Some(other) if takes => Err(wrong(*other)),
                _ => Err(wrong(first)),
            }
        }
        Function::Instant => {
            let wants = [Type::Date, Type::Time, Type::Text];
            let strange =
                types.iter().zip(wants).find(|(one, wants)| **one != *wants && **one != Type::Null);
            strange.map_or(Ok(Type::TimestampTz), |(one, _)| Err(wrong(*one)))
        }
        _ => Err(wrong(first)),
    }
}
