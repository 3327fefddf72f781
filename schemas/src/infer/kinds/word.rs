//! Words: truths, identifiers, classes and free text.

use super::Verdict;
use super::hint::Hint;
use crate::guard::column::is_document;
use crate::kind::Kind;
use crate::value::moment::Spelling;
use crate::value::{absent, number, trimmed, uuid};

/// Values that a class may have; beyond, its words are vocabulary.
pub(super) const MOST: usize = 50;

/// Truths, where every value is one and the name or the words leave no doubt.
#[derive(Default)]
pub(super) struct Truths {
    words: usize,
    /// Words, letters and digits; true ones and false ones.
    seen: [[bool; 2]; 4],
}

impl Truths {
    /// Takes a text in; `false` where it is no truth.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let Some(text) = trimmed(text) else { return false };
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        let (form, truth) = match text.len() {
            4 | 5 if is("true") || is("false") => (0, is("true")),
            2 | 3 if is("yes") || is("no") => (1, is("yes")),
            1 if is("y") || is("n") => (2, is("y")),
            1 if is("t") || is("f") => (2, is("t")),
            1 if is("1") || is("0") => (3, is("1")),
            _ if absent::is_word(text) => {
                self.words += 1;
                return true;
            }
            _ => return false,
        };
        self.seen[form][usize::from(truth)] = true;
        true
    }

    pub(super) fn verdict(&self, hint: &Hint) -> Option<Verdict> {
        let forms = self.seen.iter().filter(|form| form[0] || form[1]).count();
        let named = hint.is_truth();
        let sure = match self.seen {
            _ if forms != 1 => false,
            [[false, false], yes_no, [false, false], [false, false]] => {
                named || yes_no == [true, true]
            }
            [[false, false], _, letters, [false, false]] => named || letters == [true, true],
            [[false, false], ..] => named,
            _ => true,
        };
        sure.then(|| Verdict { words: self.words, ..Verdict::new(Kind::Bool) })
    }
}

/// Identifiers, where every value is one.
#[derive(Default)]
pub(super) struct Uuids {
    words: usize,
    found: bool,
}

impl Uuids {
    /// Takes a text in; `false` where it is no identifier.
    pub(super) fn take(&mut self, text: &str) -> bool {
        if uuid::parse(text).is_some() {
            self.found = true;
        } else if absent::is_word(text) {
            self.words += 1;
        } else {
            return false;
        }
        true
    }

    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.found.then(|| Verdict { words: self.words, ..Verdict::new(Kind::Uuid) })
    }
}

/// JSON in a column of text: every value is an object or an array, and not only by chance.
#[derive(Default)]
pub(super) struct Documents {
    found: usize,
}

impl Documents {
    /// Takes a text in; `false` where it is no document.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let text = text.trim();
        if absent::is_literal(text) {
            return true;
        }
        self.found += 1;
        text.starts_with(['{', '[']) && is_document(text)
    }

    pub(super) fn verdict(&self) -> Option<Verdict> {
        /// One quoted text with brackets around it is as likely meant as text.
        const FEWEST: usize = 2;
        (self.found >= FEWEST).then(|| Verdict::new(Kind::Json))
    }
}

/// A class or free text, by evidence: few short words that come again, or the name.
pub(super) struct Words {
    /// Nulls of a language among them.
    literals: usize,
    count: usize,
    /// The different words in order, while they may be a class.
    known: Option<Vec<Box<str>>>,
    /// The one that came last.
    last: usize,
}

impl Words {
    pub(super) fn new() -> Self {
        Self { literals: 0, count: 0, known: Some(Vec::new()), last: 0 }
    }

    /// Takes in a null of a language.
    pub(super) fn take_literal(&mut self) {
        self.literals += 1;
    }

    /// Takes in a text that is none.
    pub(super) fn take(&mut self, text: &str) {
        self.count += 1;
        let Some(known) = &mut self.known else { return };
        if known.get(self.last).is_some_and(|word| **word == *text) {
            return;
        }
        if let Some(at) = known.iter().position(|word| **word == *text) {
            self.last = at;
        } else if may_be_class(text) && known.len() < MOST {
            self.last = known.len();
            known.push(text.into());
        } else {
            self.known = None;
        }
    }

    pub(super) fn verdict(&self, hint: &Hint) -> Verdict {
        let mut verdict = Verdict { words: self.literals, ..Verdict::new(Kind::Text) };
        if let Some(known) = &self.known
            && is_class(known.len(), self.count, hint)
        {
            verdict.kind = Kind::Enum(known.iter().map(ToString::to_string).collect());
        }
        verdict
    }
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
#[derive(Default)]
pub(super) struct Doubt {
    unit: Option<Box<str>>,
    other: Option<Box<str>>,
    /// A date with the month first, and one with the day first.
    orders: [Option<Box<str>>; 2],
}

impl Doubt {
    /// Takes a text in; `false` where it looks like no more than text.
    pub(super) fn take(&mut self, text: &str) -> bool {
        if let Some(number) = number::parse(text) {
            let Some(found) = number.unit else { return false };
            match &self.unit {
                Some(unit) if **unit != *found => self.other = Some(found.into()),
                Some(_) => {}
                None => self.unit = Some(found.into()),
            }
        } else if let Some(spelling) = Spelling::read(text) {
            if let Some((first, second)) = spelling.either()
                && (first > 12 || second > 12)
            {
                self.orders[usize::from(first > 12)].get_or_insert_with(|| text.into());
            }
        } else {
            return absent::is_word(text);
        }
        true
    }

    pub(super) fn told(&self) -> Option<String> {
        match (&self.unit, &self.other, &self.orders) {
            (Some(unit), Some(other), _) => {
                Some(format!("the values are in {unit} and in {other}, left as text"))
            }
            (_, _, [Some(month), Some(day)]) => {
                Some(format!("`{month}` has the month first and `{day}` the day, left as text"))
            }
            _ => None,
        }
    }
}
