//! [`Remark`]: what was said of a column as a key, by a model or by the column's own name.

use super::View;
use super::words::{Words, affinity};
use crate::column::Column;
use crate::infer::Said;

/// Something said of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Remark {
    /// It names the rows of its table, alone or with others of which the same is said.
    Primary,
    /// It refers to a table that goes by these words.
    Foreign(Words),
    /// Its own name says that it refers to a table, which the values have yet to show.
    Named(Words),
}

/// What a model said of a column, and what its name and its description say.
pub(super) fn remarks(column: &Column, said: &Said) -> Vec<Remark> {
    let mine = Words::new(&column.name);
    let mut remarks: Vec<Remark> = said
        .remarks
        .iter()
        .filter(|(name, _)| *name == column.name || Words::new(name) == mine)
        .flat_map(|(_, text)| read(text, &mine))
        .collect();
    if let Some(target) = target(&column.name) {
        remarks.push(Remark::Named(target));
    }
    remarks
}

/// The table that a remark speaks of: the one whose name stands in it, the nearest first.
pub(super) fn table(target: &Words, views: &[View], own: usize) -> Option<usize> {
    let near = |at: &usize| {
        let name = &views[*at].name;
        if target == name {
            2.0
        } else if target.contains(name) {
            1.0 + name.as_slice().len() as f64 / 100.0
        } else {
            affinity(target.as_slice(), name)
        }
    };
    (0..views.len())
        .filter(|at| near(at) >= 0.7 && (*at != own || near(at) > 1.5))
        .max_by(|a, b| near(a).total_cmp(&near(b)).then(b.cmp(a)))
}

fn read(text: &str, column: &Words) -> Vec<Remark> {
    let lower = text.to_lowercase();
    let mut remarks = Vec::new();
    let has_word =
        |word: &str| lower.split(|letter: char| !letter.is_alphanumeric()).any(|part| part == word);
    if lower.contains("primary key") || has_word("pk") {
        remarks.push(Remark::Primary);
    }
    if let Some(target) = target(text) {
        remarks.push(Remark::Foreign(target));
    } else if lower.contains("foreign key") || has_word("fk") {
        remarks.push(Remark::Foreign(column.stem()));
    }
    remarks
}

/// The words after "foreign key to", "FK to", "references", or before "FK" at the end.
fn target(text: &str) -> Option<Words> {
    const BEFORE: &[&str] = &[
        "foreign key to ",
        "foreign key for ",
        "foreign key from ",
        "foreign key referencing ",
        "foreign key references ",
        "foreign key of ",
        "foreign key in ",
        "fk to ",
        "fk: ",
        "fk -> ",
        "fk → ",
        "references ",
        "refers to ",
        "links to ",
    ];
    const AFTER: &[&str] = &[" foreign key", " fk", "_fk"];
    let lower = text.to_ascii_lowercase();
    let rest = BEFORE
        .iter()
        .find_map(|before| lower.find(before).map(|at| &text[at + before.len()..]))
        .or_else(|| {
            AFTER
                .iter()
                .find_map(|after| lower.strip_suffix(after).map(|front| &text[..front.len()]))
        })?;
    // The name ends where a clause does, or at a column after a point or in brackets.
    let end = rest.find(['.', ',', ';', '(', ')', '\n']).unwrap_or(rest.len());
    let rest = rest[..end].trim();
    let rest = rest.strip_prefix("the ").or_else(|| rest.strip_prefix("The ")).unwrap_or(rest);
    let words = Words::of_table(rest);
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(text: &str) -> Option<Words> {
        target(text)
    }

    #[test]
    fn remark_names_the_table_it_points_at() {
        for text in [
            "foreign key to Side_Effects table",
            "Foreign Key to the side effects",
            "FK to SideEffect",
            "references side_effects(id)",
            "Side Effects Table FK",
        ] {
            assert_eq!(foreign(text), Some(Words::of_table("side_effects")), "{text}");
        }
        assert_eq!(foreign("the patient's age"), None);
    }

    #[test]
    fn bare_mark_points_by_the_columns_own_name() {
        let column = Words::new("Patient_ID");
        assert_eq!(read("FK", &column), [Remark::Foreign(Words::new("Patient"))]);
        assert_eq!(read("integer, PK", &column), [Remark::Primary]);
    }
}
