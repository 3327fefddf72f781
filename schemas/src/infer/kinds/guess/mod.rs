//! [`Trust`]: a kind taken on trust from the first value, and proved as every value is read.
//!
//! A column whose values are all written plainly and alike is typed and made an array in one pass.
//! The first value that is not takes the trust away, and the column is left to the careful
//! inference; what is proved here is what that would find.
//!
//! Whoever reads gives a column its cells as they come: as [`Cut`]s of a text that is at hand, many
//! at a time. Nothing of the text is kept.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};

use super::Verdict;
use super::hint::Hint;
use crate::cell::cut::Cut;
use crate::cell::span::{Sort, Span};
use crate::cell::{Cell, RawTable};
use crate::guard::column::Gap;
use crate::kind::Kind;
use instants::Instants;
use nulls::{Gaps, Nulls};
use numbers::Numbers;
use texts::Texts;
use truths::Truths;
use words::Words;

mod instants;
mod many;
mod nulls;
mod numbers;
mod texts;
mod truths;
mod words;

/// Rows taken together, so that a block's text is still near when its last column is read.
const BLOCK: usize = 1024;

/// A column that was proved: what it is, its values, and whether one is missing.
pub(crate) struct Proved {
    pub(super) verdict: Verdict,
    pub(super) array: ArrayRef,
    pub(super) nullable: bool,
}

/// A column while it is read.
pub(crate) struct Trust {
    hint: Hint,
    guess: Guess,
    nulls: Nulls,
}

/// What a column is taken for.
enum Guess {
    /// Nothing: no value was seen.
    Open,
    /// Whole numbers or fractions in plain digits.
    Numbers(Box<Numbers>),
    /// Dates or timestamps in ISO 8601.
    Instants(Instants),
    /// True and false in one pair of words.
    Truths(Truths),
    /// Words that come again.
    Words(Words),
    /// Text of any sort.
    Texts(Texts),
    /// What only careful reading tells.
    Lost,
}

impl Trust {
    /// A column without values, of a name that says something of them.
    pub(crate) fn new(hint: Hint) -> Self {
        Self { hint, guess: Guess::Open, nulls: Nulls::new() }
    }

    /// Takes in the next cells of the column, pieces of a text; `false` where the column is one that
    /// only careful reading tells, now or before: what it is given then is not looked at.
    pub(crate) fn take(&mut self, text: &[u8], cuts: &[Cut]) -> bool {
        if matches!(self.guess, Guess::Lost) {
            return false;
        }
        let gaps = Nulls::gaps(cuts);
        let rows = self.nulls.rows();
        self.nulls.take_all(cuts, gaps);
        let mut from = 0;
        while from < cuts.len() {
            let rest = &cuts[from..];
            let done = match &mut self.guess {
                Guess::Open => {
                    let Some(first) = rest.iter().find(|cut| !cut.is_absent()) else { return true };
                    self.guess = guess(text, *first, &self.hint);
                    self.guess.skip(rows);
                    continue;
                }
                Guess::Numbers(numbers) => numbers.take(text, rest, gaps),
                Guess::Instants(instants) => instants.take(text, rest),
                Guess::Truths(truths) => truths.take(text, rest),
                Guess::Words(words) => words.take(text, rest),
                Guess::Texts(texts) => texts.take(text, rest),
                Guess::Lost => return false,
            };
            let Err(taken) = done else { return true };
            // Of words that are too many or too long, a text can be made.
            self.guess = match std::mem::replace(&mut self.guess, Guess::Lost) {
                Guess::Words(words) => words.into_texts().map_or(Guess::Lost, Guess::Texts),
                _ => Guess::Lost,
            };
            from += taken;
        }
        !matches!(self.guess, Guess::Lost)
    }

    /// Whether no value was seen.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.guess, Guess::Open)
    }

    /// Takes in so many rows where nothing stands.
    pub(crate) fn skip(&mut self, rows: usize) {
        let nothing = [Cut::ABSENT; 64];
        let mut left = rows;
        while left > 0 {
            let some = &nothing[..left.min(nothing.len())];
            // Where nothing stands, nothing is refused.
            self.take(&[], some);
            left -= some.len();
        }
    }

    /// Makes room for about so many rows more.
    pub(crate) fn reserve(&mut self, rows: usize) {
        match &mut self.guess {
            Guess::Numbers(numbers) => numbers.reserve(rows),
            Guess::Instants(instants) => instants.reserve(rows),
            Guess::Words(words) => words.reserve(rows),
            Guess::Texts(texts) => texts.reserve(rows),
            // A bit for each takes next to nothing.
            Guess::Truths(_) | Guess::Open | Guess::Lost => {}
        }
    }

    /// Takes in one cell, whoever owns its text.
    pub(crate) fn take_one(&mut self, cell: &Cell<'_>) -> bool {
        let (sort, text) = match cell {
            Cell::Absent => return self.take(&[], &[Cut::ABSENT]),
            Cell::Bare(text) => (Sort::Bare, text),
            Cell::Quoted(text) => (Sort::Quoted, text),
            Cell::Nested(text) => (Sort::Nested, text),
        };
        if text.len() > Cut::LONGEST {
            self.guess = Guess::Lost;
            return false;
        }
        self.take(text.as_bytes(), &[Cut::new(sort, 0, text.len() as u32)])
    }

    /// The column, where every value was proved.
    pub(crate) fn proved(self) -> Option<Proved> {
        let Self { hint, guess, mut nulls } = self;
        let nullable = !nulls.is_empty() || nulls.rows() == 0;
        let (verdict, array) = match guess {
            Guess::Numbers(numbers) => numbers.finish(&hint, nulls.finish())?,
            Guess::Instants(instants) => instants.finish(nulls.finish()),
            Guess::Truths(truths) => truths.finish(&hint, nulls.finish())?,
            Guess::Words(words) => {
                let (verdict, array) = words.finish(&hint, &mut nulls)?;
                return Some(Proved { verdict, array, nullable: !nulls.is_empty() });
            }
            Guess::Texts(texts) => texts.finish(nulls.finish())?,
            Guess::Open => {
                let nothing: ArrayRef = Arc::new(StringArray::new_null(nulls.rows()));
                (Verdict::new(Kind::Text), nothing)
            }
            Guess::Lost => return None,
        };
        Some(Proved { verdict, array, nullable })
    }
}

impl Guess {
    /// Takes in the rows before the first value.
    fn skip(&mut self, rows: usize) {
        let nothing = [Cut::ABSENT; 64];
        let mut left = rows;
        while left > 0 {
            let some = &nothing[..left.min(nothing.len())];
            // Where nothing stands, nothing is refused.
            let _ = match self {
                Self::Numbers(numbers) => numbers.take(&[], some, Gaps::Some),
                Self::Instants(instants) => instants.take(&[], some),
                Self::Truths(truths) => truths.take(&[], some),
                Self::Words(words) => words.take(&[], some),
                Self::Texts(texts) => texts.take(&[], some),
                Self::Open | Self::Lost => return,
            };
            left -= some.len();
        }
    }
}

/// The columns of a table that can be proved; `None` for the others and for those not asked for.
pub(super) fn columns(table: &RawTable<'_>, hints: Vec<Option<Hint>>) -> Vec<Option<Proved>> {
    let mut trusts: Vec<Option<Trust>> =
        hints.into_iter().map(|hint| hint.map(Trust::new)).collect();
    let mut cuts = Vec::new();
    for from in (0..table.len()).step_by(BLOCK) {
        let to = (from + BLOCK).min(table.len());
        for (column, slot) in trusts.iter_mut().enumerate() {
            if let Some(trust) = slot
                && !feed(trust, table, from..to, column, &mut cuts)
            {
                *slot = None;
            }
        }
    }
    trusts.into_iter().map(|trust| trust?.proved()).collect()
}

/// Gives a column the cells of some rows of a table; `false` where only careful reading helps.
pub(crate) fn feed(
    trust: &mut Trust,
    table: &RawTable<'_>,
    rows: std::ops::Range<usize>,
    column: usize,
    cuts: &mut Vec<Cut>,
) -> bool {
    let width = table.width();
    let spans = &table.spans()[rows.start * width..rows.end * width];
    let spans = || spans.iter().skip(column).step_by(width).copied();
    // Places count from the first cell of the rows on; what lies before it or far behind comes alone.
    let base = spans().find_map(Span::range).map_or(0, |range| range.start);
    let text = table.bytes_from(base);
    cuts.clear();
    for span in spans() {
        let cut = match (span.sort(), span.range()) {
            (None, _) => Some(Cut::ABSENT),
            (Some(sort), Some(range)) => (range.start.checked_sub(base))
                .and_then(|start| u32::try_from(start).ok())
                .map(|start| Cut::new(sort, start, range.len() as u32)),
            (Some(_), None) => None,
        };
        if let Some(cut) = cut {
            cuts.push(cut);
            continue;
        }
        if !trust.take(text, cuts) || !trust.take_one(&table.cell_of(span)) {
            return false;
        }
        cuts.clear();
    }
    trust.take(text, cuts)
}

/// Makes room for so many values more, if there is room; else it is made when they come.
fn room<T>(values: &mut Vec<T>, more: usize) {
    let _ = values.try_reserve_exact(more);
}

/// Values without the room that was made for more of them, if that was much.
fn fitted<T>(mut values: Vec<T>) -> Vec<T> {
    if values.capacity() > values.len() + values.len() / 4 {
        values.shrink_to_fit();
    }
    values
}

/// What a column is taken for, by its first value.
fn guess(text: &[u8], cut: Cut, hint: &Hint) -> Guess {
    let bytes = cut.of(text);
    let Ok(text) = std::str::from_utf8(bytes) else { return Guess::Lost };
    if cut.sort() == Some(Sort::Nested) {
        return Guess::Lost;
    }
    let plain = crate::value::digits::number(bytes, 0, bytes.len()).is_some();
    if !plain && words::is_but_text(text) {
        return if hint.is_free() {
            let gap = if hint.is_coded() { Gap::Word } else { Gap::Literal };
            Guess::Texts(Texts::new(gap))
        } else {
            Guess::Words(Words::new())
        };
    }
    if hint.is_text() {
        Guess::Lost
    } else if let Some(truths) = Truths::begin(bytes, hint) {
        Guess::Truths(truths)
    } else if plain && !hint.is_truth() {
        Guess::Numbers(Box::new(Numbers::new()))
    } else if let Some(instants) = Instants::begin(text) {
        Guess::Instants(instants)
    } else {
        Guess::Lost
    }
}

#[cfg(test)]
mod tests;
