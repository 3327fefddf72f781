//! [`Noted`]: what was made of rows last, noted for the tables that refer to them, for totals of
//! them, and for their own table where a total came first.
//!
//! Parts of tables that belong together are made side by side, so a few megabytes of notes reach
//! from parents to their children, however many there are. A note holds what would be made again;
//! no value hangs on whether it is there.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::kept::Room;
use super::{Here, Maker};
use crate::generate::frame::{Frame, Kin, Rows, take_away};
use crate::generate::link::{Link, Tie};
use crate::generate::maker::put;
use crate::lane::{Known, Lane, Values};

/// Bytes that the notes of one column or link take at most: those of three parts of numbers.
const MOST: u64 = 4 << 20;
/// Fewer rows are made as they are asked for.
const FEW: usize = 64;
/// Rows that are looked for first: who goes far afield misses one of them.
const PROBES: usize = 16;
/// How many times as far apart as they are many the rows may be for which others are noted.
const NEAR: u64 = 64;

/// Runs of rows of which something was made lately.
#[derive(Debug)]
pub(in crate::generate) struct Noted<T> {
    /// Whether it was asked for and not there.
    is_missed: AtomicBool,
    runs: Mutex<Runs<T>>,
}

#[derive(Debug)]
struct Runs<T> {
    by_first: BTreeMap<u64, Arc<Run<T>>>,
    /// The first rows of all, the oldest note first.
    ages: VecDeque<u64>,
    bytes: u64,
}

/// What was made of a run of rows.
#[derive(Debug)]
struct Run<T> {
    first: u64,
    rows: usize,
    bytes: u64,
    what: T,
}

/// The values of a column.
#[derive(Debug)]
pub(in crate::generate) struct Held {
    lane: Lane,
    /// Whole numbers that are short enough, instead of those of the lane.
    short: Vec<i32>,
}

/// The rows that rows refer to.
#[derive(Debug)]
pub(in crate::generate) struct Tied {
    rows: Vec<u32>,
    none: Vec<bool>,
}

/// Where rows were found.
struct Hits<T> {
    /// Runs, each with the place behind the last row in hand that it holds.
    runs: Vec<(Arc<Run<T>>, usize)>,
    /// For each row in hand its place in its run.
    places: Vec<u32>,
}

impl<T> Default for Noted<T> {
    fn default() -> Self {
        let runs = Runs { by_first: BTreeMap::new(), ages: VecDeque::new(), bytes: 0 };
        Self { is_missed: AtomicBool::new(false), runs: Mutex::new(runs) }
    }
}

impl<T> Noted<T> {
    /// Where all of some rows are noted, if they are.
    fn find(&self, rows: &Rows) -> Option<Hits<T>> {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if runs.by_first.is_empty() {
            return None;
        }
        let within = |run: &Run<T>, row: u64| {
            row.checked_sub(run.first).filter(|place| *place < run.rows as u64)
        };
        let run_of = |row: u64| runs.by_first.range(..=row).next_back().map(|(_, run)| run);
        let all = rows.len();
        for probe in (0..all).step_by(all.div_ceil(PROBES).max(1)) {
            let row = rows.at(probe);
            within(run_of(row)?, row)?;
        }
        let mut hits = Hits { runs: Vec::new(), places: Vec::with_capacity(all) };
        if let Rows::Run { first, len } = rows
            && let Some(run) = run_of(*first)
            && let Some(from) = within(run, *first)
            && from + *len as u64 <= run.rows as u64
        {
            hits.places.extend((from as u32..).take(*len));
            hits.runs.push((Arc::clone(run), all));
            return Some(hits);
        }
        let mut run: Option<&Arc<Run<T>>> = None;
        for place in 0..all {
            let row = rows.at(place);
            let known = run.and_then(|run| within(run, row));
            let found = if let Some(known) = known {
                known
            } else {
                hits.runs.extend(run.map(|run| (Arc::clone(run), place)));
                let next = run_of(row)?;
                run = Some(next);
                within(next, row)?
            };
            hits.places.push(found as u32);
        }
        hits.runs.extend(run.map(|run| (Arc::clone(run), all)));
        Some(hits)
    }

    /// Notes what was made of rows, in the place of older notes where there is no room for more.
    fn put(&self, room: &Room, run: Run<T>) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if run.bytes > MOST || runs.by_first.contains_key(&run.first) {
            return;
        }
        while runs.bytes + run.bytes > MOST || !room.take(run.bytes) {
            let oldest = runs.ages.pop_front().and_then(|first| runs.by_first.remove(&first));
            let Some(oldest) = oldest else { return };
            runs.bytes -= oldest.bytes;
            room.give(oldest.bytes);
        }
        runs.bytes += run.bytes;
        runs.ages.push_back(run.first);
        runs.by_first.insert(run.first, Arc::new(run));
    }

    /// Tells that rows which lie near each other were asked for and are not there.
    fn miss(&self, rows: &Rows) {
        let Rows::List(rows) = rows else { return };
        let ends = rows.iter().min().zip(rows.iter().max());
        if ends.is_some_and(|(least, most)| most - least < NEAR * rows.len() as u64) {
            self.is_missed.store(true, Ordering::Relaxed);
        }
    }
}

impl Here<'_> {
    /// The first of the rows in hand, if what is made of them is to be noted: rows of a table's own
    /// that others asked for, and rows one behind the other that others ask for.
    fn noting<T>(self, frame: &Frame, noted: &Noted<T>) -> Option<u64> {
        let room = &self.recipe.room;
        if !room.is_open || self.recipe.earlier.is_some() || frame.base > 0 {
            return None;
        }
        match &frame.rows {
            Rows::Run { first, len } if self.depth == 0 && *len >= FEW => {
                noted.is_missed.load(Ordering::Relaxed).then_some(*first)
            }
            Rows::List(rows) if self.depth > 0 && rows.len() >= FEW => {
                let follows = |pair: &[u64]| pair[1] == pair[0] + 1;
                rows.windows(2).all(follows).then(|| rows[0])
            }
            _ => None,
        }
    }

    /// Where the rows in hand are noted, if they are.
    fn noticed<T>(self, frame: &Frame, noted: &Noted<T>) -> Option<Hits<T>> {
        // What was made less deep is not cut off where it would be here.
        let is_deep = self.depth + self.recipe.room.deepest() >= super::DEEPEST;
        let is_open = self.recipe.room.is_open && self.recipe.earlier.is_none();
        if !is_open || is_deep || frame.rows.len() < FEW {
            return None;
        }
        let hits = noted.find(&frame.rows);
        if hits.is_none() && self.depth > 0 && !noted.is_missed.load(Ordering::Relaxed) {
            noted.miss(&frame.rows);
        }
        hits
    }

    /// Notes what a column holds.
    pub(super) fn note(self, frame: &Frame, column: usize, lane: &Lane) {
        let recipe = &self.recipe().columns[column];
        // What writers are told beside the values is not noted, so such values neither.
        if lane.known != Known::default() || is_plain(&recipe.maker) {
            return;
        }
        let Some(first) = self.noting(frame, &recipe.noted) else { return };
        let short = match &lane.values {
            Values::Int(values) => {
                let short = values.iter().map(|value| i32::try_from(*value));
                short.collect::<Result<Vec<i32>, _>>().unwrap_or_default()
            }
            Values::Other(_) => return,
            _ => Vec::new(),
        };
        let lane = if short.is_empty() {
            lane.clone()
        } else {
            Lane { values: Values::Int(Vec::new()), valid: lane.valid.clone(), ..*lane }
        };
        let rows = frame.rows.len();
        let bytes = (size_of_val(short.as_slice()) + size(&lane)) as u64;
        recipe.noted.put(&self.recipe.room, Run { first, rows, bytes, what: Held { lane, short } });
    }

    /// Adds what a column holds to a lane, if all of it is noted.
    pub(super) fn look_up(self, frame: &Frame, column: usize, lane: &mut Lane) -> bool {
        let recipe = &self.recipe().columns[column];
        if is_plain(&recipe.maker) {
            return false;
        }
        let Some(hits) = self.noticed(frame, &recipe.noted) else { return false };
        let (from, mut start) = (lane.values.len(), 0);
        for (run, end) in &hits.runs {
            let places = &hits.places[start..*end];
            let Held { lane: of, short } = &run.what;
            match &mut lane.values {
                Values::Int(values) if !short.is_empty() => {
                    values.extend(places.iter().map(|place| i64::from(short[*place as usize])));
                }
                _ => match places.first().zip(places.last()) {
                    Some((from, to))
                        if to >= from
                            && (to - from) as usize + 1 == places.len()
                            && follow(places) =>
                    {
                        put(of, |at| Some(*from as usize + at), places.len(), lane);
                    }
                    _ => put(of, |at| Some(places[at] as usize), places.len(), lane),
                },
            }
            if of.valid.is_some() {
                for (at, place) in places.iter().enumerate() {
                    if !of.holds(*place as usize) {
                        take_away(lane, from + start + at);
                    }
                }
            }
            start = *end;
        }
        true
    }

    /// Notes which rows those in hand refer to.
    pub(in crate::generate) fn note_tie(self, frame: &Frame, link: &Link, kin: &Kin, list: &[u64]) {
        if !is_noted(link) {
            return;
        }
        let Some(first) = self.noting(frame, &link.noted) else { return };
        let rows: Result<Vec<u32>, _> = list.iter().map(|row| u32::try_from(*row)).collect();
        let Ok(rows) = rows else { return };
        let bytes = (size_of_val(rows.as_slice()) + kin.none.len()) as u64;
        let (many, none) = (rows.len(), kin.none.clone());
        let run = Run { first, rows: many, bytes, what: Tied { rows, none } };
        link.noted.put(&self.recipe.room, run);
    }

    /// Adds the rows that those in hand refer to to a list, if all of them are noted.
    pub(in crate::generate) fn look_up_tie(
        self,
        frame: &Frame,
        link: &Link,
        kin: &mut Kin,
        list: &mut Vec<u64>,
    ) -> bool {
        if !is_noted(link) {
            return false;
        }
        let Some(hits) = self.noticed(frame, &link.noted) else { return false };
        let mut start = 0;
        for (run, end) in &hits.runs {
            let places = &hits.places[start..*end];
            let Tied { rows, none } = &run.what;
            list.extend(places.iter().map(|place| u64::from(rows[*place as usize])));
            for (at, place) in places.iter().enumerate().filter(|_| !none.is_empty()) {
                if none[*place as usize] {
                    kin.none.resize(frame.rows.len(), false);
                    kin.none[start + at] = true;
                }
            }
            start = *end;
        }
        true
    }
}

/// Whether places stand one behind the other.
fn follow(places: &[u32]) -> bool {
    places.windows(2).all(|pair| pair[0] + 1 == pair[1])
}

/// Whether values are made about as fast as they are looked up.
fn is_plain(maker: &Maker) -> bool {
    match maker {
        Maker::Bool { given, .. } => given.is_none(),
        Maker::Pick(picks) => {
            picks.given.is_none() && picks.unique.is_none() && picks.within.is_none()
        }
        Maker::Sequence(_) | Maker::Stock(_) | Maker::Absent => true,
        _ => false,
    }
}

/// Whether a link is searched for long, and no more is to be known of it than where it leads.
fn is_noted(link: &Link) -> bool {
    matches!(
        link.tie,
        Tie::Partner { .. } | Tie::There { .. } | Tie::Same { .. } | Tie::Where { .. }
    )
}

/// The bytes of a lane.
fn size(lane: &Lane) -> usize {
    let values = match &lane.values {
        Values::Bool(values) => values.len(),
        Values::Int(values) => size_of_val(values.as_slice()),
        Values::Wide(values) => size_of_val(values.as_slice()),
        Values::Float(values) => size_of_val(values.as_slice()),
        Values::Word { picks, .. } => size_of_val(picks.as_slice()),
        Values::Text { ends, bytes } => size_of_val(ends.as_slice()) + bytes.len(),
        Values::Other(_) => 0,
    };
    values + lane.valid.as_ref().map_or(0, |valid| size_of_val(valid.as_slice()))
}
