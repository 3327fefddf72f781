//! Printing: an expression as text that parses to the same.

use std::fmt::{self, Display};

use super::{Exact, Function, Node, Operator};
use crate::behaviour::Path;

/// How strongly what stands on its own binds.
const ALONE: u8 = 8;
/// How strongly a sign or `not` binds.
const SIGNED: u8 = 7;
const DENIED: u8 = 3;

impl Node {
    fn strength(&self) -> u8 {
        match self {
            Self::Binary(operator, _) => operator.strength(),
            Self::Negate(_) => SIGNED,
            Self::Number(number) if number.digits < 0 => SIGNED,
            Self::Not(_) => DENIED,
            Self::Call(Function::IsNull, _) => Operator::Equal.strength(),
            _ => ALONE,
        }
    }

    /// Writes the part, in brackets where it binds less than it must.
    fn within(&self, f: &mut fmt::Formatter<'_>, least: u8) -> fmt::Result {
        if self.strength() < least { write!(f, "({self})") } else { self.fmt(f) }
    }
}

impl Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Bool(truth) => truth.fmt(f),
            Self::Moment(at) => write!(f, "date '{at}'"),
            Self::Null => f.write_str("null"),
            Self::Column(path) => column(path, f),
            Self::Negate(part) => {
                f.write_str("-")?;
                part.within(f, ALONE)
            }
            Self::Not(part) => {
                f.write_str("not ")?;
                part.within(f, DENIED + 1)
            }
            Self::Binary(operator, parts) => {
                parts[0].within(f, operator.strength())?;
                write!(f, " {} ", operator.word())?;
                parts[1].within(f, operator.strength() + 1)
            }
            Self::Call(Function::IsNull, parts) if parts.len() == 1 => {
                parts[0].within(f, Operator::Equal.strength() + 1)?;
                f.write_str(" is null")
            }
            Self::Call(function, parts) => {
                write!(f, "{}(", function.word())?;
                list(parts.iter(), f)?;
                f.write_str(")")
            }
            Self::Choose { cases, rest } => {
                f.write_str("if(")?;
                list(cases.iter().flatten().chain([rest.as_ref()]), f)?;
                f.write_str(")")
            }
            Self::Total { how, table, key, of } => {
                write!(f, "{}(", how.word())?;
                name(table, f)?;
                if let Some(key) = key {
                    f.write_str(" by ")?;
                    name(key, f)?;
                }
                if let Some(of) = of {
                    write!(f, ": {of}")?;
                }
                f.write_str(")")
            }
        }
    }
}

/// The number with its point.
impl Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = format!("{:0>1$}", self.digits.unsigned_abs(), scale + 1);
        let (whole, part) = digits.split_at(digits.len() - scale);
        let sign = if self.digits < 0 { "-" } else { "" };
        let point = if scale > 0 { "." } else { "" };
        write!(f, "{sign}{whole}{point}{part}")
    }
}

fn list<'n>(parts: impl Iterator<Item = &'n Node>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, part) in parts.enumerate() {
        f.write_str(if at == 0 { "" } else { ", " })?;
        part.fmt(f)?;
    }
    Ok(())
}

fn column(path: &Path, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for key in &path.keys {
        name(key, f)?;
        f.write_str(".")?;
    }
    name(&path.column, f)
}

/// A name, in quotes where it would be read as something else.
fn name(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const WORDS: [&str; 17] = [
        "true", "false", "null", "not", "and", "or", "case", "when", "then", "else", "end", "if",
        "by", "date", "is", "in", "between",
    ];
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !WORDS.contains(&name.to_ascii_lowercase().as_str());
    if plain { f.write_str(name) } else { write!(f, "\"{}\"", name.replace('"', "\"\"")) }
}
