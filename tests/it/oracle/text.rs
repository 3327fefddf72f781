//! Texts: forms and templates, matched piece by piece.

use std::collections::HashSet;

use serde_json::Value;

use super::{Spot, list, word};

/// Whether a text has a form: `#` a digit, `A` an upper-case letter, `a` a lower-case one, `\` before
/// what stands for itself, `*` anything.
pub(super) fn is_of_form(form: &str, text: &str) -> bool {
    let mut letters = form.chars();
    let Some(first) = letters.next() else { return text.is_empty() };
    let rest = letters.as_str();
    let next = || {
        let mut text = text.chars();
        text.next().map(|letter| (letter, text.as_str()))
    };
    let one = |fits: &dyn Fn(char) -> bool, rest: &str| {
        next().is_some_and(|(letter, text)| fits(letter) && is_of_form(rest, text))
    };
    match first {
        '#' => one(&|letter| letter.is_ascii_digit(), rest),
        'A' => one(&|letter| letter.is_ascii_uppercase(), rest),
        'a' => one(&|letter| letter.is_ascii_lowercase(), rest),
        '*' => {
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.into_iter().any(|at| is_of_form(rest, &text[at..]))
        }
        '\\' => {
            let mut letters = rest.chars();
            let itself = letters.next();
            one(&|letter| Some(letter) == itself, letters.as_str())
        }
        itself => one(&|letter| letter == itself, rest),
    }
}

/// What may stand in a place of a template, for one row.
enum Piece<'t> {
    /// One of these.
    Any(Vec<&'t str>),
    /// Of this form.
    Form(String),
    /// A whole number between two.
    Range(i64, i64),
}

/// What is wrong with the texts of a template.
pub(super) fn values(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let said = &column["behaviour"];
    if !said["case"].is_null() {
        return;
    }
    let cells = spot.own(word(&column["name"]));
    let forms: Vec<Vec<Part<'_>>> =
        list(&said["forms"]).map(|form| parts(spot, said, word(form))).collect();
    let mut seen = HashSet::new();
    for row in spot.made() {
        let open = forms.iter().any(|form| form.iter().any(|part| part.is_absent(row)));
        let Some(text) = cells[row].as_deref() else {
            if column["nullable"] != true {
                told(format!("row {row} is absent"));
                return;
            }
            continue;
        };
        // What is told apart has the number of its row at its end, or before the `@` of an address.
        let number = format!("{}@", row + 1);
        let plain = text.replacen(&number, "@", 1);
        let unique = said["unique"] == true;
        let whole = |form: &Vec<Part<'_>>| {
            let pieces: Option<Vec<Piece<'_>>> = form.iter().map(|part| part.at(row)).collect();
            pieces.is_some_and(|pieces| {
                matches(&pieces, text, unique, row)
                    || unique && matches(&pieces, &plain, false, row)
            })
        };
        if !open && !forms.iter().any(whole) {
            told(format!("row {row}: `{text}` is of none of the forms {}", said["forms"]));
            return;
        }
        if said["unique"] == true && !seen.insert(text) {
            told(format!("`{text}` comes twice"));
            return;
        }
    }
}

/// A part of a template, for all rows.
enum Part<'t> {
    Same(Vec<&'t str>),
    Form(String),
    Range(i64, i64),
    Column(Vec<Option<&'t str>>),
}

impl<'t> Part<'t> {
    fn at(&self, row: usize) -> Option<Piece<'t>> {
        Some(match self {
            Self::Same(words) => Piece::Any(words.clone()),
            Self::Form(form) => Piece::Form(form.clone()),
            Self::Range(min, max) => Piece::Range(*min, *max),
            Self::Column(values) => Piece::Any(vec![values[row]?]),
        })
    }

    fn is_absent(&self, row: usize) -> bool {
        matches!(self, Self::Column(values) if values[row].is_none())
    }
}

fn parts<'m>(spot: Spot<'m>, said: &'m Value, form: &'m str) -> Vec<Part<'m>> {
    let mut parts = Vec::new();
    let mut rest = form;
    while let Some(from) = rest.find('{') {
        let to = rest.find('}').expect("a brace that is closed");
        parts.push(Part::Same(vec![&rest[..from]]));
        let piece = &rest[from + 1..to];
        rest = &rest[to + 1..];
        let words = &said["words"][piece]["words"];
        parts.push(if piece.contains('#') {
            Part::Form(piece.to_owned())
        } else if let Some((min, max)) = piece.split_once("..") {
            let number = |text: &str| text.parse().expect("a number");
            Part::Range(number(min), number(max))
        } else if words.is_array() {
            Part::Same(list(words).map(word).collect())
        } else {
            Part::Column(spot.route(piece))
        });
    }
    parts.push(Part::Same(vec![rest]));
    parts
}

/// Whether a text is some pieces behind each other; perhaps with the number of its row, where no
/// two are alike.
fn matches(pieces: &[Piece<'_>], text: &str, numbered: bool, row: usize) -> bool {
    let Some((first, rest)) = pieces.split_first() else {
        let number = (row + 1).to_string();
        let told_apart = text.trim_start_matches([' ', '-']) == number;
        return text.is_empty() || (numbered && told_apart);
    };
    match first {
        Piece::Any(words) => words.iter().any(|word| {
            text.strip_prefix(word).is_some_and(|text| matches(rest, text, numbered, row))
        }),
        Piece::Form(form) => {
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            let mut ends = ends.into_iter();
            ends.any(|at| {
                is_of_form(form, &text[..at]) && matches(rest, &text[at..], numbered, row)
            })
        }
        Piece::Range(min, max) => {
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| {
                let number = text[..at].parse::<i64>();
                number.is_ok_and(|number| (*min..=*max).contains(&number))
                    && matches(rest, &text[at..], numbered, row)
            })
        }
    }
}
