//! [`Error`]: why no answer came, and what a person can do about it.

use std::fmt;

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What kind of failure it was.
    pub class: Class,
    /// What happened, as a lower-case fragment.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// What kind of failure stopped a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The same call may succeed later.
    Passing,
    /// The server refuses the form of the request, not the request.
    Form,
    /// Asking again cannot help.
    Final,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
