//! [`is_note`]: what programs print round their tables, and what they print in place of what they leave out.

use crate::read::delimited::scan::Piece;

/// What stands for rows, columns and ends of texts that were left out where a table was printed.
const ELISIONS: [&str; 6] = ["…", "...", "..", "·", "⋮", "⋯"];

/// What programs print where there is no value.
const NOTHING: [&str; 3] = ["NULL", "null", "ᴺᵁᴸᴸ"];

/// Whether a line under a table counts its rows or says how many of them are shown.
pub(super) fn is_note(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['(', '[']);
    let counted = {
        let rest = line.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == ',');
        let what = rest.trim_start().to_ascii_lowercase();
        let counts = ["row", "record", "line", "shown", "document", "tuple"];
        rest.len() < line.len() && counts.iter().any(|word| what.starts_with(word))
    };
    let line = line.to_ascii_lowercase();
    let begins = ["only showing top", "fetched ", "no rows selected", "empty set"];
    counted || begins.iter().any(|start| line.starts_with(start))
}

/// Whether a text stands for something that was left out.
pub(super) fn is_elision(text: &str) -> bool {
    ELISIONS.contains(&text)
}

/// Whether a row stands for rows that were left out.
pub(super) fn is_elided(pieces: &[Piece<'_>]) -> bool {
    !pieces.is_empty() && pieces.iter().all(|piece| is_elision(&piece.text))
}

/// Whether a text was cut off where it was printed.
pub(super) fn is_cut(text: &str) -> bool {
    text.ends_with('…') || text.ends_with("...")
}

/// Whether a text stands for no value.
pub(super) fn is_nothing(text: &str) -> bool {
    NOTHING.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_rows_are_notes_and_words_are_none() {
        for note in [
            "(3 rows)",
            "  1,000 rows (20 shown)   5 columns",
            "[100 rows x 5 columns]",
            "2 Row(s) produced. Time Elapsed: 0.141s",
            "only showing top 20 rows",
            "Fetched 2 row(s) in 0.12s",
        ] {
            assert!(is_note(note), "{note}");
        }
        for other in ["", "rows of trees", "3 apples", "(see below)"] {
            assert!(!is_note(other), "{other}");
        }
    }
}
