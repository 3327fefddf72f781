//! Joining: a column that was taken in by parts, each without knowing the others.

use super::nulls::Nulls;
use super::numbers::Numbers;
use super::{Guess, Trust};

impl Trust {
    /// A column for rows that come later, about so many, taken for the same; `None` where only
    /// careful reading helps.
    pub(crate) fn fork(&self, rows: usize) -> Option<Self> {
        let mut guess = self.guess.fork()?;
        guess.reserve(rows);
        Some(Self { hint: self.hint.clone(), guess, nulls: Nulls::new() })
    }

    /// Makes room for about so many rows more.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.guess.reserve(rows);
    }

    /// The column of several parts in order; `None` where one of them is none, or they differ in
    /// what they were taken for.
    pub(crate) fn joined(parts: Vec<Option<Self>>) -> Option<Self> {
        let rows = |part: &Option<Self>| part.as_ref().map_or(0, |part| part.nulls.rows());
        let more: usize = parts.iter().skip(1).map(rows).sum();
        let mut parts = parts.into_iter();
        let mut whole = parts.next()??;
        whole.guess.reserve(more);
        for part in parts {
            whole = whole.join(part?)?;
        }
        Some(whole)
    }

    /// This column and, behind it, another.
    fn join(mut self, mut later: Self) -> Option<Self> {
        let (rows, more) = (self.nulls.rows(), later.nulls.rows());
        if matches!(self.guess, Guess::Open) {
            self.guess = later.guess.fork()?;
            self.guess.skip(rows);
        }
        if matches!(later.guess, Guess::Open) {
            self.guess.skip(more);
        } else {
            self.guess = self.guess.join(later.guess)?;
        }
        self.nulls.join(&mut later.nulls);
        Some(self)
    }
}

impl Guess {
    fn fork(&self) -> Option<Self> {
        Some(match self {
            Self::Open => Self::Open,
            Self::Numbers(_) => Self::Numbers(Numbers::new()),
            Self::Instants(instants) => Self::Instants(instants.fork()),
            Self::Truths(truths) => Self::Truths(truths.fork()),
            Self::Words(words) => Self::Words(words.fork()),
            Self::Texts(texts) => Self::Texts(texts.fork()),
            Self::Lost => return None,
        })
    }

    /// Makes room for so many values more.
    fn reserve(&mut self, rows: usize) {
        match self {
            Self::Numbers(numbers) => numbers.reserve(rows),
            Self::Instants(instants) => instants.reserve(rows),
            Self::Words(words) => words.reserve(rows),
            Self::Texts(texts) => texts.reserve(rows),
            // A bit for each takes next to nothing.
            Self::Truths(_) | Self::Open | Self::Lost => {}
        }
    }

    fn join(self, later: Self) -> Option<Self> {
        Some(match (self, later) {
            (Self::Numbers(numbers), Self::Numbers(more)) => Self::Numbers(numbers.join(&more)),
            (Self::Instants(instants), Self::Instants(more)) => {
                Self::Instants(instants.join(&more)?)
            }
            (Self::Truths(truths), Self::Truths(more)) => Self::Truths(truths.join(more)?),
            (Self::Words(mut words), Self::Words(more)) => {
                if words.join(&more) {
                    Self::Words(words)
                } else {
                    Self::Texts(words.into_texts()?.join(&more.into_texts()?)?)
                }
            }
            (Self::Words(words), Self::Texts(more)) => {
                Self::Texts(words.into_texts()?.join(&more)?)
            }
            (Self::Texts(texts), Self::Words(more)) => {
                Self::Texts(texts.join(&more.into_texts()?)?)
            }
            (Self::Texts(texts), Self::Texts(more)) => Self::Texts(texts.join(&more)?),
            _ => return None,
        })
    }
}
