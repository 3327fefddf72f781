//! [`Path`]: a column of the row, or of its parents.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most hops of a path: a parent's parent's parent is far enough.
const MAX_HOPS: usize = 4;
/// The longest name in a path, in bytes.
const MAX_NAME: usize = 200;

/// A column of the row itself (`status`), of its parent (`customer_id.country`: the country of the
/// row that `customer_id` refers to), of its parent's parent, and so on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path {
    /// The referring columns to go by, from the row on; none for a column of the row itself.
    pub keys: Vec<String>,
    /// The column at the end.
    pub column: String,
}

impl Path {
    /// A column of the row itself.
    pub fn own(column: impl Into<String>) -> Self {
        Self { keys: Vec::new(), column: column.into() }
    }

    /// A column of the row that another column refers to.
    pub fn of(key: impl Into<String>, column: impl Into<String>) -> Self {
        Self { keys: vec![key.into()], column: column.into() }
    }

    /// Whether it is a column of the row itself.
    pub fn is_own(&self) -> bool {
        self.keys.is_empty()
    }

    /// The path that a text with points between its names is.
    ///
    /// # Errors
    ///
    /// Why it is none, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::from_names(text.split('.').map(|name| name.trim().to_owned()).collect())
    }

    /// The path of some names, the column last.
    pub(crate) fn from_names(mut names: Vec<String>) -> Result<Self, String> {
        let shown: String = names.join(".").chars().take(MAX_NAME).collect();
        if names.iter().any(|name| name.is_empty() || name.len() > MAX_NAME) {
            return Err(format!("`{shown}` is no column: say `column` or `key.column`"));
        }
        if names.len() > MAX_HOPS + 1 {
            return Err(format!("`{shown}` goes by more than {MAX_HOPS} keys"));
        }
        let column = names.pop().unwrap_or_default();
        Ok(Self { keys: names, column })
    }
}

impl TryFrom<String> for Path {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.to_string()
    }
}

/// The names with points between them.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for key in &self.keys {
            write!(f, "{key}.")?;
        }
        f.write_str(&self.column)
    }
}
