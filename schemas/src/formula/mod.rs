//! [`Formula`]: an expression over a row, its parents and its children.
//!
//! Numbers are exact decimals as far as the columns are: what is added keeps the longer fraction,
//! what is multiplied has both, and a quotient six digits more than its operands. What an operand
//! is missing from is missing, save for `coalesce`, `is null` and conditions, which then do not hold.
//!
//! ```text
//! quantity * unit_price * (1 - discount)          columns of the row, decimals
//! customer_id.country = 'NL'                      of the row that customer_id refers to
//! round(x, 2)  floor(x)  ceil(x)  abs(x)          half away from zero
//! min(a, b)  max(a, b)  coalesce(a, b)
//! if(a < b and not c, x, y)                       or: case when a < b then x else y end
//! a is null  a in ('x', 'y')  a between 1 and 9   or with `not` before: a is not null
//! ended_on - started_on                           dates: days; date + number: that many days later
//! days(a, b)  hours(a, b)  minutes(a, b)  seconds(a, b)    whole ones from a to b
//! minutes_after(a, n)  seconds_after(a, n)        the moment so many of them later, or earlier
//! instant(date, time, zone)                       when a clock of that zone shows it
//! contains(list, text)                            whether a list of texts holds it
//! present()                                       the present day of the data, at midnight
//! year(a)  month(a)  day(a)  hour(a)  weekday(a)  Monday is 1
//! row()  row(customer_id)  nth(customer_id)       its number, counted from 0; that of the row referred
//!                                                 to; which of that one's children it is, from 0
//! sum(items: quantity * price)  count(items)      over the rows of a child table
//! min(items: x)  max(items: x)  avg(items: x)  count(items: x > 3)
//! sum(flights by origin_id: seats)                where several of its columns refer here
//! 'text'  12.50  true  null  date '2024-03-09'    literals; "odd name" for a column
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::behaviour::{At, Path};

mod parse;
mod print;
#[cfg(test)]
mod tests;
mod token;
pub(crate) mod typing;

pub use typing::Type;

/// An expression, parsed; as text it is what [`Display`](fmt::Display) writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Formula {
    /// The whole of it.
    pub root: Node,
}

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// An exact number.
    Number(Exact),
    /// A text.
    Text(String),
    /// A truth.
    Bool(bool),
    /// A moment.
    Moment(At),
    /// Nothing.
    Null,
    /// A column's value.
    Column(Path),
    /// `-x`.
    Negate(Box<Node>),
    /// `not x`.
    Not(Box<Node>),
    /// Two parts with an operator between them.
    Binary(Operator, Box<[Node; 2]>),
    /// A function of some parts; as many as [`Function::takes`] says.
    Call(Function, Vec<Node>),
    /// The first value whose condition holds, else the last.
    Choose {
        /// Conditions with their values; at least one.
        cases: Vec<[Node; 2]>,
        /// The value where none holds.
        rest: Box<Node>,
    },
    /// What the rows of a child table come to; without rows, a sum and a count are 0 and all
    /// else is nothing.
    Total {
        /// How they are taken together.
        how: How,
        /// The child table.
        table: String,
        /// Its column that refers here, where more than one does.
        key: Option<String>,
        /// What is taken of each of its rows, in its columns; nothing for a plain count.
        of: Option<Box<Node>>,
    },
}

/// An exact number: `digits` without the point, `scale` of them after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact {
    /// The digits, as a whole number.
    pub digits: i128,
    /// How many of them stand after the point; at most 18.
    pub scale: u8,
}

/// What stands between two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `or`.
    Or,
    /// `and`.
    And,
    /// `=`.
    Equal,
    /// `!=`.
    Unequal,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    Greater,
    /// `>=`.
    AtLeast,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`: what is left of a whole division, with the sign of the first.
    Modulo,
}

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// To some digits after the point, 0 if none are said; half away from zero.
    Round,
    /// The whole number below.
    Floor,
    /// The whole number above.
    Ceil,
    /// Without its sign.
    Abs,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The first that is there.
    Coalesce,
    /// Whether a value is missing.
    IsNull,
    /// Whole days from one moment to another, rounded down.
    Days,
    /// Whole hours.
    Hours,
    /// Whole minutes.
    Minutes,
    /// Whole seconds.
    Seconds,
    /// The year of a moment.
    Year,
    /// The month, 1 to 12.
    Month,
    /// The day of the month, 1 to 31.
    Day,
    /// The hour of the day, 0 to 23.
    Hour,
    /// The day of the week, Monday is 1.
    Weekday,
    /// The calendar day of a moment.
    Date,
    /// The moment so many minutes after another.
    MinutesAfter,
    /// The moment so many seconds after another.
    SecondsAfter,
    /// The instant at which a day and a time of day are shown by the clocks of a zone.
    Instant,
    /// Whether a list of texts holds a text.
    Contains,
    /// The present day of the data, which moves on where later rows are added.
    Present,
    /// The number of the row in its table, counted from 0, or of the row that a column refers to.
    Row,
    /// Which of the children of the row that a column refers to this one is, counted from 0.
    Nth,
}

/// How rows are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Their sum; 0 for none.
    Sum,
    /// How many there are, or of how many something is true.
    Count,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The mean.
    Avg,
}

impl Formula {
    /// The expression that a text is.
    ///
    /// # Errors
    ///
    /// What is wrong with it and where, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::formula(text)
    }

    /// Every column that it names of the row itself or its parents, and every total that it takes.
    pub fn visit(&self, see: &mut dyn FnMut(&Node)) {
        self.root.visit(see);
    }
}

impl Node {
    /// Sees this part and all parts in it, save what is inside of totals, which speaks of other
    /// rows.
    pub fn visit(&self, see: &mut dyn FnMut(&Self)) {
        see(self);
        for part in self.parts() {
            part.visit(see);
        }
    }

    /// The parts straight inside of it, save what is inside of a total.
    pub fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Negate(part) | Self::Not(part) => vec![part],
            Self::Binary(_, parts) => parts.iter().collect(),
            Self::Call(_, parts) => parts.iter().collect(),
            Self::Choose { cases, rest } => {
                cases.iter().flatten().chain(std::iter::once(rest.as_ref())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The same, to be changed; what is inside of a total as well.
    pub(crate) fn parts_mut(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Negate(part) | Self::Not(part) => vec![part],
            Self::Binary(_, parts) => parts.iter_mut().collect(),
            Self::Call(_, parts) => parts.iter_mut().collect(),
            Self::Choose { cases, rest } => {
                cases.iter_mut().flatten().chain(std::iter::once(rest.as_mut())).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Function {
    const ALL: [(&'static str, Self); 25] = [
        ("round", Self::Round),
        ("floor", Self::Floor),
        ("ceil", Self::Ceil),
        ("abs", Self::Abs),
        ("min", Self::Min),
        ("max", Self::Max),
        ("coalesce", Self::Coalesce),
        ("is_null", Self::IsNull),
        ("days", Self::Days),
        ("hours", Self::Hours),
        ("minutes", Self::Minutes),
        ("seconds", Self::Seconds),
        ("year", Self::Year),
        ("month", Self::Month),
        ("day", Self::Day),
        ("hour", Self::Hour),
        ("weekday", Self::Weekday),
        ("date", Self::Date),
        ("minutes_after", Self::MinutesAfter),
        ("seconds_after", Self::SecondsAfter),
        ("instant", Self::Instant),
        ("contains", Self::Contains),
        ("present", Self::Present),
        ("row", Self::Row),
        ("nth", Self::Nth),
    ];

    /// The least and the greatest number of parts that it takes.
    pub fn takes(self) -> (usize, usize) {
        match self {
            Self::Round => (1, 2),
            Self::Min | Self::Max | Self::Coalesce => (1, 20),
            Self::Days
            | Self::Hours
            | Self::Minutes
            | Self::Seconds
            | Self::MinutesAfter
            | Self::SecondsAfter
            | Self::Contains => (2, 2),
            Self::Instant => (3, 3),
            Self::Present => (0, 0),
            Self::Row => (0, 1),
            Self::Floor
            | Self::Ceil
            | Self::Abs
            | Self::IsNull
            | Self::Year
            | Self::Month
            | Self::Day
            | Self::Hour
            | Self::Weekday
            | Self::Date
            | Self::Nth => (1, 1),
        }
    }

    /// Its name.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, function)| *function == self).map_or("", |(word, _)| word)
    }

    fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, function)| *function)
    }
}

impl How {
    const ALL: [(&'static str, Self); 5] = [
        ("sum", Self::Sum),
        ("count", Self::Count),
        ("min", Self::Min),
        ("max", Self::Max),
        ("avg", Self::Avg),
    ];

    /// Its name.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, how)| *how == self).map_or("", |(word, _)| word)
    }

    fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, how)| *how)
    }
}

impl Operator {
    /// How it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }

    /// How strongly it binds: what binds more is worked out first.
    const fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal
            | Self::Unequal
            | Self::Less
            | Self::AtMost
            | Self::Greater
            | Self::AtLeast => 4,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide | Self::Modulo => 6,
        }
    }
}

impl TryFrom<String> for Formula {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Formula> for String {
    fn from(formula: Formula) -> Self {
        formula.to_string()
    }
}

/// As it is written, with no more brackets than needed.
impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}
