//! [`Kept`]: what a column of a table holds that is looked at here and there, made once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use super::{Here, Maker};
use crate::generate::frame::{Frame, Rows, take_away};
use crate::lane::{Lane, Values};

/// Bytes that all columns of a recipe may take together: what memory bears beside the writers'.
const ROOM: u64 = 64 << 20;
/// Fewer rows are made as they are asked for.
const FEW: usize = 64;
/// Rows by which it is seen whether they are asked for in their order.
const SEEN: usize = 16;
/// Rows that are made at once.
const BATCH: u64 = 4096;
/// Tables behind which nothing is looked up any more, half of those behind which nothing is made.
const DEPTH: usize = super::DEEPEST / 2;

/// Room for columns that are kept, and whether it may be used: not before the recipe is done.
#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) is_open: bool,
    taken: AtomicU64,
    /// How often something was too deep to be made.
    pub(super) cut: AtomicU64,
    /// How deep the deepest was that was asked for.
    deepest: AtomicUsize,
}

impl Room {
    /// Takes so many bytes, if they are left.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let is_left = self.taken.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= ROOM;
        if !is_left {
            self.taken.fetch_sub(bytes, Ordering::Relaxed);
        }
        is_left
    }

    /// Gives so many bytes back.
    pub(super) fn give(&self, bytes: u64) {
        self.taken.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(super) fn reach(&self, depth: usize) {
        // To look is shared, to write is not.
        if self.deepest.load(Ordering::Relaxed) < depth {
            self.deepest.fetch_max(depth, Ordering::Relaxed);
        }
    }

    pub(super) fn deepest(&self) -> usize {
        self.deepest.load(Ordering::Relaxed)
    }
}

/// A column's values, if they were asked for often enough to be kept.
#[derive(Debug, Default)]
pub(in crate::generate) struct Kept {
    asked: AtomicU64,
    is_begun: AtomicBool,
    /// None where the column cannot be kept.
    all: OnceLock<Option<All>>,
}

/// All values of a column.
#[derive(Debug)]
pub(in crate::generate) struct All {
    values: Fixed,
    /// A bit for each row that holds a value; empty where all do.
    valid: Vec<u64>,
}

/// Values of one size, as small as they are.
#[derive(Debug)]
enum Fixed {
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Short(Vec<i32>),
    Float(Vec<f64>),
    Word(Vec<u32>),
    /// Places in lists that are not long.
    Small(Vec<u8>),
}

impl Here<'_> {
    /// Adds what a column holds to a lane, if it is kept: rows of another table that are asked for in
    /// no order.
    pub(super) fn recollect(self, frame: &Frame, column: usize, lane: &mut Lane) -> bool {
        let Rows::List(rows) = &frame.rows else { return false };
        let table = self.recipe();
        let recipe = &table.columns[column];
        let is_of_use = self.depth > 0
            && self.depth <= DEPTH
            && self.recipe.room.is_open
            && self.recipe.earlier.is_none()
            && rows.len() >= FEW
            && !rows[..SEEN].is_sorted()
            && !is_cheap(&recipe.maker);
        if !is_of_use || bytes(&lane.values).is_none() || rows.iter().any(|row| *row >= table.rows)
        {
            return false;
        }
        let kept = &recipe.kept;
        if kept.all.get().is_none() {
            let before = kept.asked.fetch_add(rows.len() as u64, Ordering::Relaxed);
            let asked = before + rows.len() as u64;
            if asked < table.rows / 2 || kept.is_begun.swap(true, Ordering::Relaxed) {
                return false;
            }
            let _ = kept.all.set(self.keep(column, &lane.values));
        }
        match kept.all.get() {
            Some(Some(all)) => all.add(rows, lane),
            _ => false,
        }
    }

    /// All that a column holds, where it is kept already.
    pub(in crate::generate) fn all_kept(&self, column: usize) -> Option<&All> {
        let is_open = self.recipe.room.is_open && self.recipe.earlier.is_none();
        let kept = &self.recipe.tables[self.table].columns[column].kept;
        kept.all.get()?.as_ref().filter(|_| is_open && self.depth <= DEPTH)
    }

    /// Makes all values of a column.
    fn keep(self, column: usize, like: &Values) -> Option<All> {
        let Room { taken, cut, .. } = &self.recipe.room;
        let rows = self.recipe().rows;
        let size = rows.checked_mul(bytes(like)?)?;
        if !self.recipe.room.take(size) {
            return None;
        }
        let before = cut.load(Ordering::Relaxed);
        let there = Self { depth: DEPTH, ..self };
        let mut frame = self.recipe.frame(self.table);
        frame.turn(Rows::Run { first: 0, len: 0 });
        let mut valid = Vec::new();
        let mut values = Fixed::new(like, rows as usize);
        for first in (0..rows).step_by(BATCH as usize) {
            let len = BATCH.min(rows - first) as usize;
            frame.turn(Rows::Run { first, len });
            there.make(&mut frame, column);
            let lane = &frame.lanes[column];
            if !values.extend(&lane.values) {
                return None;
            }
            for place in (0..len).filter(|place| !lane.holds(*place)) {
                let row = first as usize + place;
                valid.resize((rows as usize).div_ceil(64), u64::MAX);
                valid[row / 64] &= !(1 << (row % 64));
            }
        }
        // Less deep in the chain it would not have been cut off.
        if cut.load(Ordering::Relaxed) != before {
            return None;
        }
        values.shrink();
        taken.fetch_sub(size - size.min(rows * values.size()), Ordering::Relaxed);
        Some(All { values, valid })
    }
}

/// Whether values are made as fast as they are looked up.
fn is_cheap(maker: &Maker) -> bool {
    match maker {
        Maker::Bool { given, .. } => given.is_none(),
        Maker::Pick(picks) => {
            picks.given.is_none() && picks.unique.is_none() && picks.within.is_none()
        }
        Maker::Number(numbers) => numbers.given.is_none() && numbers.with.is_none(),
        Maker::Sequence(_) | Maker::Stock(_) | Maker::Absent => true,
        _ => false,
    }
}

/// The bytes of a value while they are made, where values are of one size.
fn bytes(values: &Values) -> Option<u64> {
    match values {
        Values::Bool(_) => Some(1),
        Values::Word { words, .. } if u8::try_from(words.len()).is_ok() => Some(1),
        Values::Word { .. } => Some(4),
        Values::Int(_) | Values::Float(_) => Some(8),
        Values::Wide(_) | Values::Text { .. } | Values::Other(_) => None,
    }
}

impl Fixed {
    fn new(like: &Values, rows: usize) -> Self {
        match like {
            Values::Bool(_) => Self::Bool(Vec::with_capacity(rows)),
            Values::Float(_) => Self::Float(Vec::with_capacity(rows)),
            Values::Word { words, .. } if u8::try_from(words.len()).is_ok() => {
                Self::Small(Vec::with_capacity(rows))
            }
            Values::Word { .. } => Self::Word(Vec::with_capacity(rows)),
            _ => Self::Int(Vec::with_capacity(rows)),
        }
    }

    /// Adds values, if they are of this form.
    fn extend(&mut self, values: &Values) -> bool {
        match (self, values) {
            (Self::Bool(all), Values::Bool(values)) => all.extend_from_slice(values),
            (Self::Int(all), Values::Int(values)) => all.extend_from_slice(values),
            (Self::Float(all), Values::Float(values)) => all.extend_from_slice(values),
            (Self::Word(all), Values::Word { picks, .. }) => all.extend_from_slice(picks),
            (Self::Small(all), Values::Word { picks, .. }) => {
                all.extend(picks.iter().map(|pick| *pick as u8));
            }
            _ => return false,
        }
        true
    }

    /// Takes as little room as the values need.
    fn shrink(&mut self) {
        if let Self::Int(values) = self
            && let Ok(short) = values.iter().map(|value| i32::try_from(*value)).collect()
        {
            *self = Self::Short(short);
        }
    }

    fn size(&self) -> u64 {
        match self {
            Self::Bool(_) | Self::Small(_) => 1,
            Self::Short(_) | Self::Word(_) => 4,
            Self::Int(_) | Self::Float(_) => 8,
        }
    }
}

impl All {
    /// The whole number on a row, if it holds one.
    #[inline]
    pub(in crate::generate) fn number(&self, row: u64) -> Option<i64> {
        let row = usize::try_from(row).ok()?;
        if self.valid.get(row / 64).is_some_and(|bits| bits >> (row % 64) & 1 == 0) {
            return None;
        }
        match &self.values {
            Fixed::Int(all) => all.get(row).copied(),
            Fixed::Short(all) => all.get(row).copied().map(i64::from),
            _ => None,
        }
    }

    fn add(&self, rows: &[u64], lane: &mut Lane) -> bool {
        fn each<T: Copy, U>(all: &[T], rows: &[u64], out: &mut Vec<U>, held: impl Fn(T) -> U) {
            out.extend(rows.iter().map(|row| held(all[*row as usize])));
        }
        let from = lane.values.len();
        match (&self.values, &mut lane.values) {
            (Fixed::Bool(all), Values::Bool(out)) => each(all, rows, out, |value| value),
            (Fixed::Int(all), Values::Int(out)) => each(all, rows, out, |value| value),
            (Fixed::Short(all), Values::Int(out)) => each(all, rows, out, i64::from),
            (Fixed::Float(all), Values::Float(out)) => each(all, rows, out, |value| value),
            (Fixed::Word(all), Values::Word { picks, .. }) => each(all, rows, picks, |pick| pick),
            (Fixed::Small(all), Values::Word { picks, .. }) => each(all, rows, picks, u32::from),
            _ => return false,
        }
        if !self.valid.is_empty() {
            for (place, row) in rows.iter().enumerate() {
                if self.valid[*row as usize / 64] >> (row % 64) & 1 == 0 {
                    take_away(lane, from + place);
                }
            }
        }
        true
    }
}
