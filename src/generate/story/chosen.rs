//! [`Chosen`]: the rows that something happens to.

use std::ops::Range;

use crate::generate::follow::micros;
use crate::generate::frame::Frame;
use crate::generate::recipe::{Here, Route};
use crate::generate::shuffle::Shuffle;
use crate::generate::switch::Switch;

/// The rows of a table that something happens to: those for which all of it holds.
#[derive(Debug, Clone, Default)]
pub(in crate::generate) struct Chosen {
    /// By their numbers.
    pub(in crate::generate) rows: Option<RowSet>,
    /// By whose they are: those of class 1.
    pub(in crate::generate) whose: Option<Switch>,
    /// By when they are.
    pub(in crate::generate) within: Option<Window>,
    /// By the column's own moments, where these are what changes, in microseconds.
    pub(in crate::generate) own: Option<Range<i64>>,
    /// Rows that are written in the design: nothing happens to them.
    pub(in crate::generate) written: u64,
}

/// Time, as a column of moments tells it; in microseconds.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Window {
    pub(in crate::generate) at: Route,
    pub(in crate::generate) time: Range<i64>,
}

/// Rows by their numbers.
#[derive(Debug, Clone)]
pub(in crate::generate) enum RowSet {
    /// So many, anywhere behind the written ones.
    Anywhere {
        /// How many.
        many: u64,
        /// Where the first one that is not written stands.
        written: u64,
        /// Of the rows that are not written.
        shuffle: Shuffle,
    },
    /// These, in their order.
    These(Vec<u64>),
}

impl Chosen {
    /// Which of the rows in hand are chosen.
    pub(in crate::generate) fn mask(&self, here: Here<'_>, frame: &mut Frame) -> Vec<bool> {
        let rows = frame.rows.len();
        let number = |place: usize| {
            let row = frame.rows.at(place);
            row >= self.written && self.rows.as_ref().is_none_or(|rows| rows.nth(row).is_some())
        };
        let mut mask: Vec<bool> = (0..rows).map(number).collect();
        // Most rows in hand are of another time, so that nobody needs to know whose they are.
        if let Some(Window { at, time }) = &self.within
            && mask.contains(&true)
        {
            let kind = here.kind(at);
            match here.view(frame, at) {
                Some(view) => {
                    for (place, is) in mask.iter_mut().enumerate() {
                        *is =
                            *is && micros(&view, kind, place).is_some_and(|at| time.contains(&at));
                    }
                }
                None => mask.fill(false),
            }
        }
        if let Some(whose) = &self.whose
            && mask.contains(&true)
        {
            let mut classes = Vec::with_capacity(rows);
            whose.sort(here, frame, &mut classes);
            mask.iter_mut().zip(classes).for_each(|(is, class)| *is &= class == 1);
        }
        mask
    }
}

impl RowSet {
    /// How many there are.
    pub(in crate::generate) fn len(&self) -> u64 {
        match self {
            Self::Anywhere { many, .. } => *many,
            Self::These(rows) => rows.len() as u64,
        }
    }

    /// The place of a row among them, if it is one.
    #[inline]
    pub(in crate::generate) fn nth(&self, row: u64) -> Option<u64> {
        match self {
            Self::Anywhere { many, written, shuffle } => {
                let place = shuffle.forward(row.checked_sub(*written)?);
                (place < *many).then_some(place)
            }
            Self::These(rows) => rows.binary_search(&row).ok().map(|place| place as u64),
        }
    }
}
