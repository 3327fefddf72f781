//! [`Error`]: a place, a sentence, and a next step.

use std::fmt;
use std::io;
use std::path::Path;

use crate::quote::Terminal;

/// What went wrong, said once: where, what, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    place: Option<String>,
    message: String,
    hint: Option<String>,
    exit: Exit,
    conclusive: bool,
}

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It could not be done.
    Failed,
    /// It was asked wrongly.
    Usage,
    /// The person ended it.
    Interrupted,
}

impl Exit {
    /// The process's exit code: 1, 2 or 130.
    pub fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Interrupted => 130,
        }
    }
}

impl Error {
    /// It could not be done.
    pub fn failed(message: impl Into<String>) -> Self {
        let (place, hint) = (None, None);
        Self { place, message: message.into(), hint, exit: Exit::Failed, conclusive: false }
    }

    /// It was asked wrongly.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, ..Self::failed(message) }
    }

    /// The person ended it.
    pub fn interrupted(message: impl Into<String>) -> Self {
        Self { exit: Exit::Interrupted, ..Self::failed(message) }
    }

    /// A file or folder could not be read or written.
    pub fn at_path(path: &Path, error: &io::Error) -> Self {
        let failed = Self::failed(reason(error)).at(path.display().to_string());
        match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::FileTooLarge
            | io::ErrorKind::QuotaExceeded => {
                failed.hint("make room, or write elsewhere with `--out DIR`")
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                failed.hint("choose a place you may write to with `--out DIR` or `--path DIR`")
            }
            io::ErrorKind::NotFound => failed.hint("check the spelling of the path"),
            io::ErrorKind::IsADirectory => failed.hint("name a file in it"),
            io::ErrorKind::NotADirectory => failed.hint("name a folder"),
            _ => failed.hint("check the path and what lies there"),
        }
    }

    /// The same error at a place: a path, a URL, a step of the run.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// The same error with a next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error as one of a question wrongly asked.
    #[must_use]
    pub fn into_usage(mut self) -> Self {
        self.exit = Exit::Usage;
        self
    }

    /// The same error as one that the same answers lead to again.
    #[must_use]
    pub fn conclusive(mut self) -> Self {
        self.conclusive = true;
        self
    }

    /// Whether the same answers lead to it again, so that nothing is won by going on.
    pub fn is_conclusive(&self) -> bool {
        self.conclusive
    }

    /// What to do next, if something can be done.
    pub fn next_step(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// How the process ends.
    pub fn exit(&self) -> Exit {
        self.exit
    }
}

/// The operating system's reason without its number: `no space left on device`.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// `place: message`, then the next step on a line of its own.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Files name paths and columns that nobody has looked at yet.
        if let Some(place) = &self.place {
            write!(f, "{}: ", Terminal(place))?;
        }
        write_lines(f, &self.message)?;
        if let Some(hint) = &self.hint {
            f.write_str("\n  next: ")?;
            write_lines(f, hint)?;
        }
        Ok(())
    }
}

/// Writes text of several lines so that no escape sequence is in it.
fn write_lines(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for (number, line) in text.split('\n').enumerate() {
        let end = if number == 0 { "" } else { "\n" };
        write!(f, "{end}{}", Terminal(line))?;
    }
    Ok(())
}

impl std::error::Error for Error {}

impl From<peyote_backends::Error> for Error {
    fn from(error: peyote_backends::Error) -> Self {
        Self { hint: error.hint.clone(), ..Self::failed(error.message) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_in_no_part_of_an_error() {
        let error =
            Error::usage("no \u{1b}[2Jfile\nand none").at("a\u{1b}[31m\nb").hint("say\u{202e} it");
        assert_eq!(error.to_string(), "a [31m b: no  [2Jfile\nand none\n  next: say  it");
    }
}
