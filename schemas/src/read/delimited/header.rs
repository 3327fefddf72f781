//! Headers: whether the first record names the columns, and by what names they go.

use std::collections::BTreeSet;

use super::scan::Piece;
use crate::column::Column;
use crate::read::align::shape::{Shape, shape};

/// Letters and words a column's name may have; more is a sentence.
const LONGEST_NAME: usize = 80;
const MOST_WORDS: usize = 8;
/// Words of a name that ends in a full stop, as `Licence No.` does.
const MOST_ABBREVIATED: usize = 3;
/// The share of a column's cells whose look must agree before a header can differ from it.
const AGREEMENT: f32 = 0.8;

/// Shapes that one column may mix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Text,
    Number,
    Moment,
    Clock,
    Other(Shape),
}

fn family(shape: Shape) -> Option<Family> {
    Some(match shape {
        Shape::Empty | Shape::Null => return None,
        Shape::Int | Shape::Number | Shape::Currency | Shape::Percent | Shape::Measure => {
            Family::Number
        }
        Shape::Date | Shape::Timestamp => Family::Moment,
        Shape::Time => Family::Clock,
        Shape::Code | Shape::Word | Shape::Numbered | Shape::Phrase => Family::Text,
        other => Family::Other(other),
    })
}

/// Whether a record could name columns: short pieces that are neither numbers nor sentences
/// nor binary.
pub(in crate::read) fn could_name(pieces: &[Piece<'_>]) -> bool {
    let named = pieces.iter().filter(|piece| !piece.text.is_empty());
    let mut count = 0;
    for piece in named {
        count += 1;
        let text = &*piece.text;
        if text.len() > LONGEST_NAME
            || text.ends_with(['!', ';'])
            || !text.contains(char::is_alphanumeric)
            || text.contains(|letter: char| letter.is_control() && !"\n\r\t".contains(letter))
            || shape(text).is_data()
            || text.split_whitespace().count()
                > if text.ends_with('.') { MOST_ABBREVIATED } else { MOST_WORDS }
        {
            return false;
        }
    }
    count * 2 > pieces.len()
}

/// Whether the first record of a table names its columns, judged by the records below it.
///
/// As `DuckDB` has it: it does where it looks unlike a column whose cells look alike, or where every
/// column is text and no name is missing.
pub(in crate::read) fn names_columns(
    first: &[Piece<'_>],
    below: &[&[Piece<'_>]],
    expect: Option<&[Column]>,
) -> bool {
    let known = |piece: &Piece<'_>| {
        expect.unwrap_or_default().iter().any(|column| column.is_called(&piece.text))
    };
    if first.iter().filter(|piece| known(piece)).count() * 2 > first.len() {
        return true;
    }
    let fitting: Vec<&[Piece<'_>]> =
        below.iter().copied().filter(|row| row.len() == first.len()).collect();
    if fitting.is_empty() {
        return if below.is_empty() {
            // A version, 1.2.3, or a code that begins with a digit names nothing.
            let dotted = |text: &str| {
                text.starts_with(|letter: char| letter.is_ascii_digit()) && text.contains('.')
            };
            first.iter().all(|piece| {
                !piece.text.is_empty() && !shape(&piece.text).is_data() && !dotted(&piece.text)
            })
        } else {
            could_name(first)
        };
    }
    let mut all_text = true;
    for (at, name) in first.iter().enumerate() {
        let Some(usual) = usual(&fitting, at) else {
            // A word over nothing at all is a name.
            if fitting.len() > 1 && shape(&name.text).is_text() {
                return true;
            }
            continue;
        };
        if usual == Family::Text {
            continue;
        }
        all_text = false;
        if family(shape(&name.text)).is_some_and(|found| found != usual) {
            return true;
        }
    }
    (all_text && first.iter().all(|piece| !piece.text.is_empty())) || are_years(first, &fitting)
}

/// Whether a record names columns by years: a run of them, one as far from the next as the other,
/// beside nothing but names, over cells that are no years.
fn are_years(first: &[Piece<'_>], below: &[&[Piece<'_>]]) -> bool {
    /// Years that are a run with a name beside them, and without.
    const RUN: (usize, usize) = (2, 3);
    let year = |piece: &Piece<'_>| {
        let text = &*piece.text;
        let whole = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let year = whole.then(|| text.parse::<i32>().ok()).flatten();
        year.filter(|year| (1800..=2100).contains(year))
    };
    let years: Vec<i32> = first.iter().filter_map(year).collect();
    let names = first.iter().filter(|piece| year(piece).is_none());
    let named = names.clone().filter(|piece| !piece.text.is_empty()).count();
    let [one, two, ..] = years[..] else { return false };
    years.len() >= if named > 0 { RUN.0 } else { RUN.1 }
        && one != two
        && years.windows(2).all(|pair| pair[1] - pair[0] == two - one)
        && names.clone().all(|piece| !shape(&piece.text).is_data())
        && below.iter().all(|row| {
            row.iter().zip(first).any(|(cell, name)| year(name).is_some() && year(cell).is_none())
        })
}

/// What most cells of a column look like.
fn usual(rows: &[&[Piece<'_>]], column: usize) -> Option<Family> {
    let found: Vec<Family> =
        rows.iter().filter_map(|row| family(shape(&row[column].text))).collect();
    let first = found.first()?;
    let Some(first) = found.iter().find(|one| **one != Family::Text) else { return Some(*first) };
    let agree = found.iter().filter(|other| *other == first).count() as f32;
    Some(if agree >= AGREEMENT * found.len() as f32 { *first } else { Family::Text })
}

/// The names that a header gives: trimmed, made up where missing, numbered where one comes twice.
pub(in crate::read) fn names<'t>(header: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::new();
    for (at, name) in header.enumerate() {
        let name = if name.contains(char::is_whitespace) {
            name.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            name.to_owned()
        };
        let base = if name.is_empty() { format!("column{at}") } else { name };
        if taken.insert(base.to_lowercase()) {
            names.push(base);
            continue;
        }
        let mut unique = base.clone();
        let mut number = 0;
        while !taken.insert(unique.to_lowercase()) {
            number += 1;
            // Past a few, the column's number is free and found at once.
            unique = if number < 100 {
                format!("{base}_{number}")
            } else {
                format!("{base}_{at}_{number}")
            };
        }
        names.push(unique);
    }
    names
}

/// Names for columns that nothing names.
pub(in crate::read) fn numbered(width: usize) -> Vec<String> {
    (0..width).map(|at| format!("column{at}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_in_a_row_name_columns_unless_years_stand_below() {
        let piece =
            |text: &'static str| Piece { text: text.into(), quoted: false, start: 0, end: 0 };
        let named = |rows: &[&[&'static str]]| {
            let rows: Vec<Vec<Piece<'_>>> =
                rows.iter().map(|row| row.iter().map(|text| piece(text)).collect()).collect();
            let below: Vec<&[Piece<'_>]> = rows[1..].iter().map(Vec::as_slice).collect();
            names_columns(&rows[0], &below, None)
        };
        assert!(named(&[&["Land", "1990", "1991"], &["Norway", "4", "5"], &["Chile", "6", "7"]]));
        assert!(named(&[&["2000", "2010", "2020"], &["1.5", "2.5", "3.5"]]));
        assert!(!named(&[&["Ada", "1990", "1991"], &["Bo", "1992", "1993"]]));
        assert!(!named(&[&["Ada", "1990", "17"], &["Bo", "1992", "18"]]));
    }

    #[test]
    fn missing_and_double_names_are_made_up() {
        assert_eq!(names(["a", " ", "a", "A"].into_iter()), ["a", "column1", "a_1", "A_2"]);
    }
}
