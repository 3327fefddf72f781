//! [`columns`]: kinds taken on trust from the first value, and proved as every value is read.
//!
//! A column whose values are all written plainly and alike is typed and made an array in one pass.
//! The first value that is not takes the trust away, and the column is left to the careful
//! inference; what is proved here is what that would find.

use std::ops::Range;

use arrow::array::{ArrayRef, BooleanBufferBuilder};
use arrow::buffer::NullBuffer;

use super::Verdict;
use super::hint::Hint;
use crate::cell::RawTable;
use crate::cell::span::{Sort, Span};
use instants::Instants;
use numbers::Numbers;
use texts::Texts;
use words::Words;

mod instants;
mod numbers;
mod texts;
mod words;

/// Rows taken together, so that a block's text is still near when its last column is read.
const BLOCK: usize = 1024;

/// A column that was proved: what it is, its values, and whether one is missing.
pub(super) struct Proved {
    pub(super) verdict: Verdict,
    pub(super) array: ArrayRef,
    pub(super) nullable: bool,
}

/// What a column is taken for.
enum Guess {
    /// Nothing: no value was seen.
    Open,
    /// Whole numbers or fractions in plain digits.
    Numbers(Numbers),
    /// Dates or timestamps in ISO 8601.
    Instants(Instants),
    /// Words that come again.
    Words(Words),
    /// Text of any sort.
    Texts(Texts),
    /// What only careful reading tells.
    Lost,
}

/// A column while it is read.
struct Trust<'h> {
    hint: &'h Hint,
    guess: Guess,
    /// The rows where nothing stands.
    absent: Vec<usize>,
}

/// A value did not fit what the column was taken for.
struct Misfit;

/// The columns of a table that can be proved; `None` for the others and for those not asked for.
pub(super) fn columns(table: &RawTable<'_>, hints: &[Option<&Hint>]) -> Vec<Option<Proved>> {
    let mut trusts: Vec<Option<Trust<'_>>> = hints
        .iter()
        .map(|hint| hint.map(|hint| Trust { hint, guess: Guess::Open, absent: Vec::new() }))
        .collect();
    for from in (0..table.len()).step_by(BLOCK) {
        let rows = from..(from + BLOCK).min(table.len());
        for (column, slot) in trusts.iter_mut().enumerate() {
            if let Some(trust) = slot
                && !trust.take(table, rows.clone(), column)
            {
                *slot = None;
            }
        }
    }
    trusts.into_iter().map(|trust| trust?.proved(table)).collect()
}

/// The cells of a column in some rows, and the numbers of those rows.
fn cells<'t>(
    table: &'t RawTable<'_>,
    rows: Range<usize>,
    column: usize,
) -> impl Iterator<Item = (usize, Span)> + 't {
    let width = table.width();
    let spans = &table.spans()[rows.start * width..rows.end * width];
    rows.zip(spans.iter().skip(column).step_by(width).copied())
}

impl Trust<'_> {
    /// Takes in a column's cells of some rows; `false` where only careful reading helps.
    fn take(&mut self, table: &RawTable<'_>, rows: Range<usize>, column: usize) -> bool {
        let mut from = rows.start;
        while from < rows.end {
            let rest = cells(table, from..rows.end, column);
            let absent = &mut self.absent;
            let done = match &mut self.guess {
                Guess::Open => {
                    let found = cells(table, from..rows.end, column).find_map(|(row, span)| {
                        let found = (span.sort().is_some()).then_some((row, span));
                        if found.is_none() {
                            absent.push(row);
                        }
                        found
                    });
                    let Some((row, span)) = found else { return true };
                    self.guess = guess(table, span, self.hint);
                    self.fill(row);
                    from = row;
                    continue;
                }
                Guess::Numbers(numbers) => each(table, rest, absent, numbers, Numbers::take),
                Guess::Instants(instants) => each(table, rest, absent, instants, Instants::take),
                Guess::Words(words) => each(table, rest, absent, words, Words::take),
                Guess::Texts(texts) => each(table, rest, absent, texts, Texts::take),
                Guess::Lost => return false,
            };
            let Err(row) = done else { return true };
            // Of words that are too many or too long, a text can be made.
            self.guess = match std::mem::replace(&mut self.guess, Guess::Lost) {
                Guess::Words(words) => words.into_texts().map_or(Guess::Lost, Guess::Texts),
                _ => Guess::Lost,
            };
            from = row;
        }
        !matches!(self.guess, Guess::Lost)
    }

    /// Takes in the rows before the first value.
    fn fill(&mut self, rows: usize) {
        let nothing = || std::iter::repeat_n(None, rows);
        let done = match &mut self.guess {
            Guess::Numbers(numbers) => nothing().try_for_each(|none| numbers.take(none)),
            Guess::Instants(instants) => nothing().try_for_each(|none| instants.take(none)),
            Guess::Words(words) => nothing().try_for_each(|none| words.take(none)),
            Guess::Texts(texts) => nothing().try_for_each(|none| texts.take(none)),
            Guess::Open | Guess::Lost => Ok(()),
        };
        if done.is_err() {
            self.guess = Guess::Lost;
        }
    }

    fn proved(self, table: &RawTable<'_>) -> Option<Proved> {
        let rows = table.len();
        let mut absent = self.absent;
        let (verdict, array) = match self.guess {
            Guess::Numbers(numbers) => numbers.finish(self.hint, nulls(&absent, rows))?,
            Guess::Instants(instants) => instants.finish(nulls(&absent, rows))?,
            Guess::Words(words) => words.finish(self.hint, &mut absent, rows)?,
            Guess::Texts(texts) => texts.finish(nulls(&absent, rows))?,
            Guess::Open | Guess::Lost => return None,
        };
        Some(Proved { verdict, array, nullable: !absent.is_empty() })
    }
}

/// Gives each cell that holds something to a taker; the row that it does not take.
#[inline]
fn each<T>(
    table: &RawTable<'_>,
    cells: impl Iterator<Item = (usize, Span)>,
    absent: &mut Vec<usize>,
    taker: &mut T,
    take: impl Fn(&mut T, Option<(Sort, &[u8])>) -> Result<(), Misfit>,
) -> Result<(), usize> {
    for (row, span) in cells {
        let value = span.sort().map(|sort| (sort, table.bytes_of(span)));
        take(taker, value).map_err(|Misfit| row)?;
        if value.is_none() {
            absent.push(row);
        }
    }
    Ok(())
}

/// What a column is taken for, by its first value.
fn guess(table: &RawTable<'_>, span: Span, hint: &Hint) -> Guess {
    let (Some(text), Some(sort)) = (table.text_of(span), span.sort()) else { return Guess::Lost };
    if sort == Sort::Nested {
        return Guess::Lost;
    }
    if words::is_but_text(text) {
        return if hint.is_free() {
            Guess::Texts(Texts::new())
        } else {
            Guess::Words(Words::new())
        };
    }
    if hint.is_text() {
        Guess::Lost
    } else if numbers::plain(text.as_bytes()).is_some() && !hint.is_truth() {
        Guess::Numbers(Numbers::new())
    } else if let Some(instants) = Instants::begin(text) {
        Guess::Instants(instants)
    } else {
        Guess::Lost
    }
}

/// A bit for each row, unset where nothing stands; nothing where something stands in all of them.
fn nulls(absent: &[usize], rows: usize) -> Option<NullBuffer> {
    if absent.is_empty() {
        return None;
    }
    let mut bits = BooleanBufferBuilder::new(rows);
    bits.append_n(rows, true);
    for row in absent {
        bits.set_bit(*row, false);
    }
    Some(NullBuffer::new(bits.finish()))
}

#[cfg(test)]
mod tests;
