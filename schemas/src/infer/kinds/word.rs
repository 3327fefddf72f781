//! Words: truths, identifiers, classes and free text.

use std::collections::HashSet;

use super::hint::Hint;
use super::{Verdict, present};
use crate::cell::Cell;
use crate::kind::Kind;
use crate::value::moment::Spelling;
use crate::value::{absent, number, trimmed, uuid};

/// Values that a class may have; beyond, its words are vocabulary.
pub(super) const MOST: usize = 50;

/// Truths, where every value is one and the name or the words leave no doubt.
pub(super) fn truths(cells: &[&Cell<'_>], hint: &Hint) -> Option<Verdict> {
    let mut words = 0;
    // Words, letters and digits; true ones and false ones.
    let mut seen = [[false; 2]; 4];
    for text in present(cells) {
        let text = trimmed(text?)?;
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        let (form, truth) = match text.len() {
            4 | 5 if is("true") || is("false") => (0, is("true")),
            2 | 3 if is("yes") || is("no") => (1, is("yes")),
            1 if is("y") || is("n") => (2, is("y")),
            1 if is("t") || is("f") => (2, is("t")),
            1 if is("1") || is("0") => (3, is("1")),
            _ if absent::is_word(text) => {
                words += 1;
                continue;
            }
            _ => return None,
        };
        seen[form][usize::from(truth)] = true;
    }
    let forms = seen.iter().filter(|form| form[0] || form[1]).count();
    let named = hint.is_truth();
    let sure = match seen {
        _ if forms != 1 => false,
        [[false, false], yes_no, [false, false], [false, false]] => named || yes_no == [true, true],
        [[false, false], _, letters, [false, false]] => named || letters == [true, true],
        [[false, false], ..] => named,
        _ => true,
    };
    sure.then(|| Verdict { words, ..Verdict::new(Kind::Bool) })
}

/// Identifiers, where every value is one.
pub(super) fn uuids(cells: &[&Cell<'_>]) -> Option<Verdict> {
    let mut verdict = Verdict::new(Kind::Uuid);
    let mut found = false;
    for text in present(cells) {
        let text = text?;
        if uuid::parse(text).is_some() {
            found = true;
        } else if absent::is_word(text) {
            verdict.words += 1;
        } else {
            return None;
        }
    }
    found.then_some(verdict)
}

/// A class or free text, by evidence: few short words that come again, or the name.
pub(super) fn text(cells: &[&Cell<'_>], hint: &Hint) -> Verdict {
    let mut verdict = Verdict::new(Kind::Text);
    let mut known: HashSet<&str> = HashSet::new();
    let mut words: Vec<&str> = Vec::new();
    let mut count = 0;
    let mut open = true;
    for cell in cells {
        let text = match cell {
            Cell::Absent => continue,
            // In a class, an empty text is none of its words.
            Cell::Quoted(text) if text.is_empty() => continue,
            Cell::Bare(text) if absent::is_literal(text) => {
                verdict.words += 1;
                continue;
            }
            Cell::Bare(text) | Cell::Quoted(text) => text.as_ref(),
            Cell::Nested(_) => {
                open = false;
                continue;
            }
        };
        count += 1;
        if !open {
            continue;
        }
        open = may_be_class(text);
        if !open {
            continue;
        }
        if known.insert(text) {
            words.push(text);
        }
        open = words.len() <= MOST;
    }
    if open && is_class(words.len(), count, hint) {
        verdict.kind = Kind::Enum(words.into_iter().map(str::to_owned).collect());
    }
    verdict
}

/// Whether a value is short enough for a class.
pub(super) fn may_be_class(text: &str) -> bool {
    /// Bytes and words of the longest value of a class.
    const LONGEST: (usize, usize) = (32, 4);
    text.len() <= LONGEST.0
        && !text.trim().is_empty()
        && text.split_whitespace().take(LONGEST.1 + 1).count() <= LONGEST.1
}

/// Whether so many different words, so many times in all, are the values of a class.
pub(super) fn is_class(distinct: usize, count: usize, hint: &Hint) -> bool {
    /// Values that a class may have that no name speaks for.
    const MOST_UNNAMED: usize = 12;
    /// How often a value stands there on average, where the name speaks for a class or not.
    const AGAIN: (usize, usize) = (2, 4);
    let named = hint.is_class();
    let most = if named { MOST } else { MOST_UNNAMED };
    let again = if named { AGAIN.0 } else { AGAIN.1 };
    distinct > 0
        && !hint.is_free()
        && distinct <= most
        && count >= distinct * again
        && (named || distinct > 1)
}

/// Why a column of text is text although its values look like more.
pub(super) fn doubt(cells: &[&Cell<'_>]) -> Option<String> {
    let mut unit: Option<&str> = None;
    let mut other = None;
    let mut orders: [Option<&str>; 2] = [None; 2];
    for text in present(cells) {
        let text = text?;
        if let Some(number) = number::parse(text) {
            let found = number.unit?;
            match unit {
                Some(unit) if unit != found => other = Some(found),
                _ => unit = Some(found),
            }
        } else if let Some(spelling) = Spelling::read(text) {
            let (first, second) = spelling.either()?;
            if first > 12 || second > 12 {
                orders[usize::from(first > 12)].get_or_insert(text);
            }
        } else if !absent::is_word(text) {
            return None;
        }
    }
    match (unit, other, orders) {
        (Some(unit), Some(other), _) => {
            Some(format!("the values are in {unit} and in {other}, left as text"))
        }
        (_, _, [Some(month), Some(day)]) => {
            Some(format!("`{month}` has the month first and `{day}` the day, left as text"))
        }
        _ => None,
    }
}
