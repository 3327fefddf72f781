//! [`Column`]: a name, a kind, and what is known of the values.

use arrow::datatypes::Field as ArrowField;

use crate::kind::Kind;

/// A column of a table: its name as given, what its values are, and how they were written.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The name as the source gave it.
    pub name: String,
    /// What the values are.
    pub kind: Kind,
    /// Whether a value may be missing.
    pub nullable: bool,
    /// What one of it is: `USD`, `%`, `°C`, `kg`.
    pub unit: Option<String>,
    /// How moments were written, in the letters of `strftime`, or another name of a form
    /// (`epoch_s`); what turns the column's text into its values.
    pub format: Option<String>,
    /// What the column means, in a sentence.
    pub description: Option<String>,
}

impl Column {
    /// A nullable column of a kind, with nothing else known.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
            nullable: true,
            unit: None,
            format: None,
            description: None,
        }
    }

    /// Whether a header's name or a key means this column: the same letters and digits in any case,
    /// whatever stands between them.
    pub fn is_called(&self, name: &str) -> bool {
        let letters = |text: &str| {
            let kept = text.chars().filter(|letter| letter.is_alphanumeric());
            kept.flat_map(char::to_lowercase).collect::<String>()
        };
        self.name.eq_ignore_ascii_case(name.trim()) || {
            let own = letters(&self.name);
            !own.is_empty() && own == letters(name)
        }
    }

    /// The Arrow field that holds this column in memory.
    pub fn to_arrow(&self) -> ArrowField {
        ArrowField::new(&self.name, self.kind.to_arrow(), self.nullable)
    }
}
