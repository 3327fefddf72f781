//! Text made safe for Markdown by type: [`Inline`] for a line or a cell, [`Block`] for a quotation.

use std::fmt;

/// Any text as plain characters of one line, fit for a paragraph or a table's cell.
#[derive(Debug, Clone, Copy)]
pub struct Inline<'a>(pub &'a str);

/// Any text as a code block that it cannot end.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a>(pub &'a str);

impl fmt::Display for Inline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '$' => {
                    write!(f, "\\{letter}")?;
                }
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                _ if letter.is_control() || is_direction(letter) => f.write_str(" ")?,
                _ => write!(f, "{letter}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = self.0.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        writeln!(f, "{fence}text")?;
        for line in self.0.lines() {
            let plain: String = line
                .chars()
                .map(|letter| match letter {
                    '\t' => letter,
                    _ if letter.is_control() || is_direction(letter) => ' ',
                    _ => letter,
                })
                .collect();
            writeln!(f, "{plain}")?;
        }
        writeln!(f, "{fence}")
    }
}

/// Characters that turn the direction of what follows, and so can hide it (Unicode TR 36).
fn is_direction(letter: char) -> bool {
    crate::quote::is_invisible(letter)
}
