//! [`Template`]: text put together from pieces.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Given, Path, Words};
use crate::formula::Formula;

/// The longest template, in bytes.
const MAX_TEMPLATE: usize = 2000;
/// The most pieces of a template.
const MAX_PIECES: usize = 100;
/// The most zeros that a number is filled up with.
const MAX_WIDTH: u8 = 32;

/// Text put together from neighbours, parents' columns and words of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The forms that the text may have; at least one.
    pub forms: Vec<Template>,
    /// How likely each form is beside the others; alike where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<Vec<f64>>,
    /// The forms where another column has certain values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given<Forms>>,
    /// Words that forms name in braces: drawn anew for every such piece and row.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, Words>,
    /// What becomes of the whole text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    /// Whether no text comes twice; what would is told apart by a number.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub unique: bool,
}

/// Forms that a text may have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    /// The forms; at least one.
    pub forms: Vec<Template>,
    /// How likely each form is beside the others; alike where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<Vec<f64>>,
}

impl Text {
    /// All forms that the text may have, those of cases behind the others.
    pub fn all_forms(&self) -> impl Iterator<Item = &Template> {
        let given = self.given.iter().flat_map(|given| given.cases.values());
        self.forms.iter().chain(given.flat_map(|forms| &forms.forms))
    }
}

/// Text with holes, as it is written: `{first|initial}.{last|slug}@{domain}`, `#{1..10000}`,
/// `Customer#{customer_id:9}`, `{AA-###}`, `{{` for a brace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    /// Its pieces, in order.
    pub pieces: Vec<Piece>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Text as it stands.
    Literal(String),
    /// `{name}`: words of the template's own where it has some of that name, else the value of a
    /// column, of the row or of a parent; where that is absent, so is the whole text.
    Value {
        /// What is named.
        of: Path,
        /// How many digits it is filled up to with zeros before it: `{customer_id:9}`.
        width: Option<u8>,
        /// What becomes of it: `{name|initial}`.
        shape: Option<Shape>,
    },
    /// `{AA-###}`: by chance, `#` a digit, `A` an upper-case letter, `a` a lower-case one, the
    /// rest as it is; at least one `#`.
    Pattern(String),
    /// `{=10 + nation_id}`: what an expression gives, written as the kind it has is; where that is
    /// nothing, so is the whole text.
    Formula(Formula),
    /// `{1..10000}`: a whole number by chance, both bounds included.
    Range {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
        /// How many digits it is filled up to with zeros before it: `{0..999:3}`.
        width: Option<u8>,
    },
}

/// What becomes of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `lower`, `upper`, `ascii`, `slug`.
    Case(Case),
    /// `initial`: its first letter.
    Initial,
    /// `first`: its first word.
    First,
    /// `last`: its last word.
    Last,
}

/// What becomes of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// Lower-case letters.
    Lower,
    /// Upper-case letters.
    Upper,
    /// Letters of any script as ASCII.
    Ascii,
    /// Lower-case ASCII letters and digits, all else left out, save what stands for itself in a
    /// mail address or a handle (`.`, `-`, `_`, `@`, `+`); for a piece, those are left out too.
    Slug,
}

impl Template {
    /// The template that a text is.
    ///
    /// # Errors
    ///
    /// Why it is none, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.len() > MAX_TEMPLATE {
            return Err(format!("a template has 1 to {MAX_TEMPLATE} bytes, not {}", text.len()));
        }
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
                continue;
            }
            let Some(end) = rest.find('}').filter(|_| brace == "{") else {
                return Err("a brace in a template is not closed: say `{{` or `}}` for one".into());
            };
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(Piece::parse(rest[..end].trim())?);
            rest = &rest[end + 1..];
            if pieces.len() > MAX_PIECES {
                return Err(format!("a template has at most {MAX_PIECES} pieces"));
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Self { pieces })
    }

    /// The columns and words that it names.
    pub fn names(&self) -> impl Iterator<Item = &Path> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value { of, .. } => Some(of),
            _ => None,
        })
    }
}

impl Piece {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(formula) = text.strip_prefix('=') {
            return Formula::parse(formula).map(Self::Formula);
        }
        if text.contains('#') {
            return Ok(Self::Pattern(text.to_owned()));
        }
        let (text, shape) = match text.split_once('|') {
            Some((text, shape)) => (text.trim(), Some(Shape::parse(shape.trim())?)),
            None => (text, None),
        };
        let (text, width) = match text.rsplit_once(':') {
            Some((text, width)) => {
                let digits = width.trim().parse().ok();
                let digits = digits.filter(|digits| (1..=MAX_WIDTH).contains(digits));
                let Some(digits) = digits else {
                    return Err(format!("`{width}` is no number of digits up to {MAX_WIDTH}"));
                };
                (text.trim(), Some(digits))
            }
            None => (text, None),
        };
        if let Some((min, max)) = text.split_once("..")
            && let (Ok(min), Ok(max)) = (min.trim().parse::<i64>(), max.trim().parse::<i64>())
        {
            if min > max || shape.is_some() {
                return Err(format!("`{{{text}}}` ends before it begins, or has a shape"));
            }
            return Ok(Self::Range { min, max, width });
        }
        Ok(Self::Value { of: Path::parse(text)?, width, shape })
    }
}

impl Shape {
    const ALL: [(&'static str, Self); 7] = [
        ("lower", Self::Case(Case::Lower)),
        ("upper", Self::Case(Case::Upper)),
        ("ascii", Self::Case(Case::Ascii)),
        ("slug", Self::Case(Case::Slug)),
        ("initial", Self::Initial),
        ("first", Self::First),
        ("last", Self::Last),
    ];

    fn parse(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(word, _)| *word == text);
        found.map(|(_, shape)| *shape).ok_or_else(|| {
            let words = Self::ALL.map(|(word, _)| word).join("`, `");
            format!("`{text}` is no shape of a piece: say one of `{words}`")
        })
    }

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, shape)| *shape == self).map_or("", |(word, _)| word)
    }
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.to_string()
    }
}

/// As it is written.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |width: &Option<u8>| width.map(|w| format!(":{w}")).unwrap_or_default();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => {
                    f.write_str(&text.replace('{', "{{").replace('}', "}}"))?;
                }
                Piece::Value { of, width: wide, shape } => {
                    let shape = shape.map(|shape| format!("|{}", shape.word()));
                    write!(f, "{{{of}{}{}}}", width(wide), shape.unwrap_or_default())?;
                }
                Piece::Formula(formula) => write!(f, "{{={formula}}}")?,
                Piece::Pattern(pattern) => write!(f, "{{{pattern}}}")?,
                Piece::Range { min, max, width: wide } => {
                    write!(f, "{{{min}..{max}{}}}", width(wide))?;
                }
            }
        }
        Ok(())
    }
}
