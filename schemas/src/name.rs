//! Names made safe by type: [`Identifier`] for tables and columns, [`Slug`] for paths.

use std::borrow::Borrow;
use std::fmt;

use serde::Serialize;

/// The longest name kept, in bytes: what `PostgreSQL` keeps of an identifier.
pub const MAX_IDENTIFIER: usize = 63;
/// The longest slug kept, in bytes: leaves room for dates and endings in any file system.
pub const MAX_SLUG: usize = 60;

/// How many characters of a text a name is made of at most.
const MOST_READ: usize = 1024;

/// A name of lower-case ASCII letters, digits and underscores that begins with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Identifier(String);

/// A name of lower-case ASCII letters, digits and hyphens: safe as part of a path anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Identifier {
    /// An identifier from any text; `fallback` where nothing usable is in it.
    pub fn new(text: &str, fallback: &str) -> Self {
        let mut name = words(text, MAX_IDENTIFIER, '_');
        if name.is_empty() {
            fallback.clone_into(&mut name);
        }
        if name.starts_with(|first: char| !first.is_ascii_lowercase()) {
            let first = fallback.chars().find(char::is_ascii_lowercase).unwrap_or('x');
            name = format!("{first}_{name}");
            name.truncate(MAX_IDENTIFIER);
            name.truncate(name.trim_end_matches('_').len());
        }
        Self(name)
    }

    /// The same name with a number behind it, cut so that the whole is not too long.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Self {
        let end = format!("_{number}");
        let room = MAX_IDENTIFIER - end.len();
        let base = &self.0[..self.0.len().min(room)];
        Self(format!("{}{end}", base.trim_end_matches('_')))
    }

    /// This name, or the first of `name_2`, `name_3`, … that is not taken.
    #[must_use]
    pub fn unlike(self, taken: impl Fn(&Self) -> bool) -> Self {
        if !taken(&self) {
            return self;
        }
        let mut number = 2;
        loop {
            let other = self.numbered(number);
            if !taken(&other) {
                return other;
            }
            number += 1;
        }
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Slug {
    /// A slug from any text; `fallback` where nothing usable is in it.
    pub fn new(text: &str, fallback: &str) -> Self {
        let slug = words(text, MAX_SLUG, '-');
        Self(if slug.is_empty() { fallback.to_owned() } else { slug })
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A set or a map of identifiers can be asked with text.
impl Borrow<str> for Identifier {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Identifier {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Identifier {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The words of a text in lower-case ASCII, joined; `CamelCase` is two words, `AccountID` too.
fn words(text: &str, most: usize, joint: char) -> String {
    if is_plain(text, most, joint) {
        return text.to_owned();
    }
    let mut out = String::new();
    // A text of any length is read no further than its name can reach.
    let start: String = text.chars().take(MOST_READ).collect();
    let ascii = deunicode::deunicode(&start);
    let letters: Vec<char> = ascii.chars().filter(|letter| *letter != '\'').collect();
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            if !out.is_empty() && !out.ends_with(joint) {
                out.push(joint);
            }
            continue;
        }
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let starts = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase()
                        && after.is_some_and(char::is_ascii_lowercase)
                        && !is_ending(&letters[at + 1..]))
            });
        if starts && !out.is_empty() && !out.ends_with(joint) {
            out.push(joint);
        }
        if out.len() >= most {
            break;
        }
        out.push(letter.to_ascii_lowercase());
    }
    out.trim_end_matches(joint).to_owned()
}

/// Whether a text is nothing but words in lower-case ASCII, each joined to the next: a name already.
fn is_plain(text: &str, most: usize, joint: char) -> bool {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    text.len() <= most && text.split(joint).all(|word| !word.is_empty() && word.chars().all(plain))
}

/// Whether only an ending follows an abbreviation: `IDs`, `RSVPed`.
fn is_ending(letters: &[char]) -> bool {
    let length = letters.iter().take(3).take_while(|letter| letter.is_ascii_lowercase()).count();
    matches!(&letters[..length], ['s'] | ['e', 'd' | 's'])
}
