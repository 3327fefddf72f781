//! [`Error`]: why no answer came, and what a person can do about it.

use std::fmt;
use std::time::Duration;

use crate::answer::Usage;

/// Why no answer came.
///
/// Its message and hint are safe to show: whatever looks like a key was cut out of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What kind of failure it was.
    pub class: Class,
    /// What happened, as a lower-case fragment.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The HTTP status, where a server gave one.
    pub status: Option<u16>,
    /// How long the server wants to be left alone.
    pub after: Option<Duration>,
    /// The server's name for the request, for its makers.
    pub request_id: Option<String>,
    /// What the call may have cost although nothing usable came of it.
    pub bill: Bill,
}

/// What a call that failed may have cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Bill {
    /// Nothing: it never reached the server, or was refused.
    #[default]
    Nothing,
    /// So many tokens, as the server counted them.
    Counted(Usage),
    /// Nobody knows: the server was at work on it.
    Open,
}

/// What kind of failure stopped a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The same call may succeed later.
    Passing,
    /// Nothing came in time; the server may still be at work on it.
    Stalled,
    /// The server refuses the form of the request, not the request.
    Form,
    /// Asking again cannot help.
    Final,
    /// No more may be asked in this run; what is there has to do.
    Spent,
}

impl Error {
    /// An error of a class with what happened, without a hint.
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        let (message, bill) = (message.into(), Bill::Nothing);
        Self { class, message, hint: None, status: None, after: None, request_id: None, bill }
    }

    /// The same error with what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error with what the call may have cost.
    #[must_use]
    pub(crate) fn bill(mut self, bill: Bill) -> Self {
        self.bill = bill;
        self
    }

    /// The same error with the status that came with it.
    #[must_use]
    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
