//! [`Finding`]: something that was not as it should have been, and what became of it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing: an assumption, a "maybe".
    Note,
    /// Mended: the value or the row is there, changed as the message says.
    Repair,
    /// Set aside: a value became null or a row went to the rejects.
    Reject,
    /// A promise is broken and nothing mended it.
    Error,
}

/// One sentence about one place, for a person and for a model alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Where, as a JSON pointer into the document: `/tables/0/rows/3`.
    pub at: String,
    /// How much it matters.
    pub level: Level,
    /// What is so, as a lower-case fragment.
    pub message: String,
    /// What to do about it, if there is something to do.
    pub hint: Option<String>,
}

impl Finding {
    /// A finding without a hint.
    pub fn new(level: Level, at: impl Into<String>, message: impl Into<String>) -> Self {
        Self { at: at.into(), level, message: message.into(), hint: None }
    }

    /// The same finding with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The one line that a person reads and a model gets in a repair.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}
