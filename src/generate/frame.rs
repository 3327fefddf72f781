//! [`Frame`]: the columns of some rows of a table, made as they are asked for.

use std::collections::BTreeMap;

use arrow::buffer::NullBuffer;

use super::among::{Found, Groups};
use super::fanout::Block;
use super::formula::Vector;
use super::life::Life;
use crate::lane::{Lane, Values};

/// Which rows of a table are made.
#[derive(Debug, Clone)]
pub enum Rows {
    /// So many from one on.
    Run {
        /// The first.
        first: u64,
        /// How many.
        len: usize,
    },
    /// These, in this order, perhaps some of them twice.
    List(Vec<u64>),
}

/// The columns of some rows of a table, made as they are asked for, and the rows of other tables
/// that they belong to.
///
/// Buffers stay from one run of rows to the next. Lanes of a frame that collects are added to; the
/// rows in hand begin at `base`.
#[derive(Debug)]
pub struct Frame {
    /// The rows in hand.
    pub rows: Rows,
    /// Where they begin in each lane.
    pub base: usize,
    /// A lane for each column.
    pub lanes: Vec<Lane>,
    /// Which of them hold the rows in hand.
    pub(super) made: Vec<Made>,
    /// The rows referred to by each link.
    pub(super) kin: Vec<Option<Box<Kin>>>,
    /// The way through each lifecycle.
    pub(super) lives: Vec<Option<Box<Life>>>,
    /// The children that totals are taken of, by the place of the total.
    pub(super) kids: Vec<Option<Box<Kids>>>,
    /// Those of the rows in hand that an earlier recipe made.
    pub(super) early: Option<Box<Early>>,
    /// What expressions come to on the rows in hand, as text, by what they have in common.
    pub(super) told: Vec<(u64, Lane)>,
    /// What expressions of the table have in common comes to on the rows in hand.
    pub(super) shared: BTreeMap<u64, Vector>,
}

/// How far a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// Not begun.
    Not,
    /// Being made: who asks for it now goes round in a circle.
    Making,
    /// There.
    There,
}

/// The rows of a table that the rows in hand refer to.
#[derive(Debug)]
pub(super) struct Kin {
    /// Whether they are those of the rows in hand.
    pub(super) ready: bool,
    /// Their columns. Neighbours that refer to the same row share it where `place` says so.
    pub(super) frame: Frame,
    /// For each row in hand the place of the row that it refers to in `frame`; none where that is
    /// its own place.
    pub(super) place: Vec<u32>,
    /// Which child of its parent each row in hand is, from 0.
    pub(super) nth: Vec<u64>,
    /// How many children the parent of each has, where that was asked for.
    pub(super) many: Vec<u64>,
    /// Which rows in hand refer to none; empty where all refer to one.
    pub(super) none: Vec<bool>,
    /// The block of parents looked at last.
    pub(super) block: Block,
    /// Rows with certain values, found last.
    pub(super) found: Found,
    /// Rows of parents, found last.
    pub(super) groups: Groups,
}

/// Those of some rows that an earlier recipe made.
#[derive(Debug)]
pub(super) struct Early {
    /// Whether they are those of the rows in hand.
    pub(super) ready: bool,
    pub(super) frame: Frame,
    /// For each row in hand its place in `frame`, if it is one of them.
    pub(super) places: Vec<Option<u32>>,
}

/// Rows of a child table, those of each row in hand behind each other.
#[derive(Debug)]
pub(super) struct Kids {
    /// Whether they are those of all rows in hand.
    pub(super) ready: bool,
    pub(super) frame: Frame,
    pub(super) ends: Vec<u32>,
    pub(super) block: Block,
}

/// A column of the rows in hand, or of rows that they refer to.
#[derive(Debug, Clone)]
pub(super) struct View<'f> {
    pub(super) lane: &'f Lane,
    base: usize,
    hops: Vec<&'f Kin>,
}

impl Rows {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Run { len, .. } => *len,
            Self::List(rows) => rows.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of one of them.
    #[inline]
    pub fn at(&self, place: usize) -> u64 {
        match self {
            Self::Run { first, .. } => first + place as u64,
            Self::List(rows) => rows[place],
        }
    }

    /// Adds something made of each row's number.
    #[inline]
    pub(super) fn each<T>(&self, out: &mut Vec<T>, mut make: impl FnMut(u64) -> T) {
        match self {
            Self::Run { first, len } => out.extend((*first..*first + *len as u64).map(make)),
            Self::List(rows) => out.extend(rows.iter().map(|row| make(*row))),
        }
    }
}

impl Frame {
    /// A frame of a table with such lanes, empty, without rows in hand.
    pub(super) fn new(lanes: Vec<Lane>, links: usize, lives: usize, totals: usize) -> Self {
        Self {
            rows: Rows::List(Vec::new()),
            base: 0,
            made: vec![Made::Not; lanes.len()],
            lanes,
            kin: (0..links).map(|_| None).collect(),
            lives: (0..lives).map(|_| None).collect(),
            kids: (0..totals).map(|_| None).collect(),
            early: None,
            told: Vec::new(),
            shared: BTreeMap::new(),
        }
    }

    /// Turns to other rows, and forgets what lanes held.
    pub fn turn(&mut self, rows: Rows) {
        for lane in &mut self.lanes {
            clear(lane);
        }
        self.base = 0;
        self.take(rows);
    }

    /// Goes on to other rows, which are added behind those that lanes hold.
    pub fn go_on(&mut self, rows: Rows) {
        self.base += self.rows.len();
        self.take(rows);
    }

    fn take(&mut self, rows: Rows) {
        self.rows = rows;
        self.made.fill(Made::Not);
        self.told.clear();
        self.shared.clear();
        for kin in self.kin.iter_mut().flatten() {
            kin.ready = false;
        }
        for life in self.lives.iter_mut().flatten() {
            life.ready = false;
        }
        for kids in self.kids.iter_mut().flatten() {
            kids.ready = false;
        }
        if let Some(early) = &mut self.early {
            early.ready = false;
        }
    }

    /// A list of rows to fill and to [turn](Self::turn) to: the one in hand, emptied.
    pub(super) fn list(&mut self) -> Vec<u64> {
        match std::mem::replace(&mut self.rows, Rows::List(Vec::new())) {
            Rows::List(mut rows) => {
                rows.clear();
                rows
            }
            Rows::Run { .. } => Vec::new(),
        }
    }

    /// What a column holds by way of links; it has to be made already.
    pub(super) fn view(&self, links: &[usize], column: usize) -> Option<View<'_>> {
        let mut frame = self;
        let mut hops = Vec::with_capacity(links.len());
        for link in links {
            let kin = frame.kin.get(*link)?.as_deref()?;
            hops.push(kin);
            frame = &kin.frame;
        }
        Some(View { lane: frame.lanes.get(column)?, base: frame.base, hops })
    }
}

impl View<'_> {
    /// The place in the lane of the value that a row in hand sees, if it sees one.
    #[inline]
    pub(super) fn at(&self, place: usize) -> Option<usize> {
        let mut place = place;
        for kin in &self.hops {
            if kin.none.get(place).copied().unwrap_or(false) {
                return None;
            }
            place = kin.place.get(place).map_or(place, |place| *place as usize);
        }
        let place = self.base + place;
        self.lane.holds(place).then_some(place)
    }

    /// Where in the lane the values stand that rows see, where each sees one over one hop at most:
    /// so many places behind the first, none for its own.
    pub(super) fn places(&self) -> Option<(Option<&[u32]>, usize)> {
        if self.lane.valid.is_some() || self.hops.iter().any(|kin| !kin.none.is_empty()) {
            return None;
        }
        let mut moved = self.hops.iter().filter(|kin| !kin.place.is_empty());
        let places = moved.next().map(|kin| kin.place.as_slice());
        moved.next().is_none().then_some((places, self.base))
    }

    /// Where behind the first the values stand that so many rows see, where all see the row of one other
    /// table, of whose rows there are fewer.
    pub(super) fn shared(&self, rows: usize) -> Option<&[u32]> {
        let [kin] = self.hops.as_slice() else { return None };
        let held = self.lane.values.len().saturating_sub(self.base);
        let is_shared = kin.none.is_empty() && kin.place.len() >= rows && held < rows;
        is_shared.then_some(kin.place.as_slice())
    }

    /// Whether every row in hand sees a value, at its own place.
    pub(super) fn is_straight(&self) -> bool {
        self.lane.valid.is_none()
            && self.hops.iter().all(|kin| kin.none.is_empty() && kin.place.is_empty())
    }

    /// Which of so many rows see nothing; empty where all see a value.
    pub(super) fn absent(&self, rows: usize) -> Vec<bool> {
        if self.lane.valid.is_none() && self.hops.iter().all(|kin| kin.none.is_empty()) {
            return Vec::new();
        }
        (0..rows).map(|row| self.at(row).is_none()).collect()
    }

    /// Where the rows in hand begin in the lane.
    pub(super) fn base(&self) -> usize {
        self.base
    }
}

/// Empties a lane and keeps its buffers.
pub(super) fn clear(lane: &mut Lane) {
    match &mut lane.values {
        Values::Bool(values) => values.clear(),
        Values::Int(values) => values.clear(),
        Values::Wide(values) => values.clear(),
        Values::Float(values) => values.clear(),
        Values::Word { picks, .. } => picks.clear(),
        Values::Text { ends, bytes } => {
            ends.clear();
            bytes.clear();
        }
        Values::Other(array) => *array = array.slice(0, 0),
    }
    lane.valid = None;
    lane.nulls = 0;
    lane.known = crate::lane::Known::default();
}

/// Takes the value of one row away.
pub(super) fn take_away(lane: &mut Lane, place: usize) {
    let words = lane.values.len().max(place + 1).div_ceil(64);
    let valid = lane.valid.get_or_insert_with(Vec::new);
    // What is added later holds values until it is told otherwise.
    valid.resize(words.max(valid.len()), u64::MAX);
    let bit = 1 << (place % 64);
    if valid[place / 64] & bit != 0 {
        valid[place / 64] &= !bit;
        lane.nulls += 1;
    }
}

/// Lets the value of one row count that was taken away.
pub(super) fn give_back(lane: &mut Lane, place: usize) {
    let Some(bits) = lane.valid.as_mut().and_then(|valid| valid.get_mut(place / 64)) else {
        return;
    };
    let bit = 1 << (place % 64);
    if *bits & bit == 0 {
        *bits |= bit;
        lane.nulls -= 1;
    }
}

/// Ends a lane: as many bits as rows, and none behind them.
pub(super) fn finish(lane: &mut Lane) {
    let rows = lane.values.len();
    if let Some(valid) = &mut lane.valid {
        valid.resize(rows.div_ceil(64), u64::MAX);
        if let Some(last) = valid.last_mut()
            && !rows.is_multiple_of(64)
        {
            *last &= (1 << (rows % 64)) - 1;
        }
        if let Values::Other(array) = &mut lane.values {
            // Arrays say for themselves what they hold.
            let held: NullBuffer =
                (0..rows).map(|row| valid[row / 64] >> (row % 64) & 1 == 1).collect();
            let nulls = NullBuffer::union(array.nulls(), Some(&held));
            if let Ok(data) = array.to_data().into_builder().nulls(nulls).build() {
                *array = arrow::array::make_array(data);
            }
        }
    }
}
