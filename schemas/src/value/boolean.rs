//! True and false, from the words people use for them.

use super::trimmed;

/// The truth that a text names, or `None` where it names none.
///
/// Digits and single letters are truths only in a column that is known to hold truths.
pub fn parse(text: &str) -> Option<bool> {
    let text = trimmed(text)?;
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match text.len() {
        1..=5 if is(&["true", "yes", "t", "y", "1", "on"]) => Some(true),
        1..=5 if is(&["false", "no", "f", "n", "0", "off"]) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn truths_are_read_in_any_case() {
        for text in ["TRUE", "yes", " Y ", "1", "t"] {
            assert_eq!(parse(text), Some(true), "{text:?}");
        }
        for text in ["False", "NO", "n", "0", "f"] {
            assert_eq!(parse(text), Some(false), "{text:?}");
        }
        for text in ["", "maybe", "2", "10", "truth"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
