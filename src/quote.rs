//! Text made safe by type for where it goes: [`Terminal`], [`SqlText`], [`ShellWord`].

use std::fmt;

/// Any text on one line of a terminal: no escape sequence, no change of direction.
#[derive(Debug, Clone, Copy)]
pub struct Terminal<'a>(pub &'a str);

/// Any text as a literal of SQL, in single quotes.
#[derive(Debug, Clone, Copy)]
pub struct SqlText<'a>(pub &'a str);

/// Any text as one word of a POSIX shell, in quotes only where it needs them.
#[derive(Debug, Clone, Copy)]
pub struct ShellWord<'a>(pub &'a str);

impl fmt::Display for Terminal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            if letter.is_control() || is_invisible(letter) {
                f.write_str(" ")?;
            } else {
                write!(f, "{letter}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for SqlText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0.replace('\0', "").replace('\'', "''"))
    }
}

impl fmt::Display for ShellWord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
        if !self.0.is_empty() && self.0.bytes().all(plain) {
            return f.write_str(self.0);
        }
        write!(f, "'{}'", self.0.replace('\0', "").replace('\'', r"'\''"))
    }
}

/// Marks that turn the direction of text or hide it (Unicode TR 36).
pub(crate) fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_do_not_reach_a_terminal() {
        assert_eq!(Terminal("a\u{1b}[31mb\u{202e}c\n").to_string(), "a [31mb c ");
    }

    #[test]
    fn quotes_end_no_literal_early() {
        assert_eq!(SqlText("o'; drop table x").to_string(), "'o''; drop table x'");
        assert_eq!(ShellWord("it's; rm").to_string(), r"'it'\''s; rm'");
        assert_eq!(ShellWord("out/a.parquet").to_string(), "out/a.parquet");
    }
}
