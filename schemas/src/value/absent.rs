//! Words for nothing: how people write that a value is missing.

use super::trimmed;

/// The longest of them.
const LONGEST: &str = "not applicable";

/// Words for nothing, in small letters.
pub(crate) const WORDS: &[&str] = &[
    "-",
    "--",
    "---",
    "–",
    "—",
    "?",
    ".",
    "na",
    "n/a",
    "n.a",
    "n.a.",
    "n/d",
    "#n/a",
    "#value!",
    "#ref!",
    "#div/0!",
    "#num!",
    "#name?",
    "#null!",
    "nat",
    "nan",
    "nil",
    "null",
    "none",
    "\\n",
    "(null)",
    "<null>",
    "<na>",
    "not available",
    LONGEST,
    "no data",
    "missing",
];

/// Whether a text stands for a missing value where the rest of its column is not text.
///
/// In a column of text most of these are values ("Side effects: None"); see [`is_literal`].
pub fn is_word(text: &str) -> bool {
    let Some(text) = trimmed(text) else { return false };
    if text.is_empty() {
        return true;
    }
    // Most values are numbers or longer than any of the words.
    if text.len() > LONGEST.len() || text.as_bytes()[0].is_ascii_digit() {
        // What some databases write for a day that is none.
        return text.starts_with("0000-00-00") && matches!(&text[10..], "" | " 00:00:00");
    }
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a bare text is the null of a language or a file format, even among text.
pub fn is_literal(text: &str) -> bool {
    trimmed(text).is_some_and(|text| matches!(text, "NULL" | "null" | "\\N" | "<null>" | "(null)"))
}

#[cfg(test)]
mod tests {
    use super::{is_literal, is_word};

    #[test]
    fn words_for_nothing_are_known_in_any_case() {
        for word in ["", "  ", "N/A", "none", "NULL", "NaN", "-", "nil", "\\N"] {
            assert!(is_word(word), "{word:?}");
        }
        for word in ["unknown", "0", "no", "nothing at all", "x"] {
            assert!(!is_word(word), "{word:?}");
        }
    }

    #[test]
    fn only_literals_are_nulls_among_text() {
        assert!(is_literal("NULL") && is_literal("\\N"));
        assert!(!is_literal("None") && !is_literal("N/A") && !is_literal("-"));
    }
}
