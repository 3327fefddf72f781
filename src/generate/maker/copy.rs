//! Copies: values of other rows, and rows of one of several tables.

use std::sync::Arc;

use super::super::draw::Draw;
use super::super::frame::{Frame, Rows, View, take_away};
use super::super::recipe::{Here, Route};
use super::super::switch::Switch;
use crate::lane::{Lane, Values, Words};

/// A row of one of several tables, by its key.
#[derive(Debug)]
pub(in crate::generate) struct Polymorphic {
    /// Which case a row is.
    pub(in crate::generate) switch: Switch,
    /// For each case the table, its key, and how many rows it has.
    pub(in crate::generate) cases: Vec<(usize, usize, u64)>,
}

impl Polymorphic {
    pub(super) fn fill(&self, here: Here<'_>, frame: &mut Frame, draw: Draw, lane: &mut Lane) {
        let mut classes = Vec::new();
        self.switch.sort(here, frame, &mut classes);
        // For each case the lane of the keys of its rows, and how many of them are taken.
        let mut lanes: Vec<(Lane, usize)> = Vec::new();
        for ((table, key, many), class) in self.cases.iter().zip(1..) {
            let mut other = here.recipe.frame(*table);
            let of_case = classes.iter().enumerate().filter(|(_, found)| **found == class);
            let rows = of_case.map(|(place, _)| draw.below(frame.rows.at(place), *many)).collect();
            other.turn(Rows::List(rows));
            Here { table: *table, depth: here.depth + 1, ..here }.make(&mut other, *key);
            lanes.push((other.lanes.swap_remove(*key), 0));
        }
        let from = lane.values.len();
        for (place, class) in classes.iter().enumerate() {
            let found = lanes.get_mut((*class as usize).wrapping_sub(1));
            let found = found.filter(|(lane, taken)| *taken < lane.values.len());
            match found {
                Some((keys, taken)) if self.cases[*class as usize - 1].2 > 0 => {
                    let at = *taken;
                    *taken += 1;
                    join(keys, &mut |_| Some(at), 1, lane);
                }
                _ => {
                    super::nothing(lane, from + place + 1);
                }
            }
        }
    }
}

/// Adds keys that count the rows referred to, which need not be made to be known; whether they are
/// such keys.
pub(super) fn counted(here: Here<'_>, frame: &mut Frame, route: &Route, lane: &mut Lane) -> bool {
    let ([link], Values::Int(values)) = (route.links.as_slice(), &mut lane.values) else {
        return false;
    };
    let target = &here.recipe.tables[route.table];
    let end = &target.columns[route.column];
    let super::Maker::Sequence(sequence) = &end.maker else { return false };
    if target.written > 0 {
        return false;
    }
    here.tie(frame, *link);
    let Some(Some(kin)) = frame.kin.get(*link).map(Option::as_deref) else { return false };
    let from = values.len();
    match &kin.frame.rows {
        Rows::List(rows) if kin.place.is_empty() && sequence.gap == 0 => {
            values.extend(rows.iter().map(|row| sequence.at(end.draw, *row)));
        }
        _ => {
            values.extend((0..frame.rows.len()).map(|place| sequence.at(end.draw, kin.row(place))));
        }
    }
    for (place, none) in kin.none.iter().enumerate() {
        if *none {
            take_away(lane, from + place);
        }
    }
    true
}

/// Adds what the few rows hold that those in hand refer to, where most refer to none; whether it is so.
pub(super) fn sparse(here: Here<'_>, frame: &mut Frame, route: &Route, lane: &mut Lane) -> bool {
    /// How many times as many as those that refer to one all rows are at least.
    const MANY: usize = 4;
    let [link] = route.links.as_slice() else { return false };
    here.tie(frame, *link);
    let Some(Some(kin)) = frame.kin.get(*link).map(Option::as_deref) else { return false };
    let rows = frame.rows.len();
    let is_there = |place: &usize| !kin.none.get(*place).copied().unwrap_or(false);
    if kin.none.is_empty() {
        return false;
    }
    let there: Vec<usize> = (0..rows).filter(is_there).collect();
    if there.len() > rows / MANY {
        return false;
    }
    let mut few = here.recipe.frame(route.table);
    few.turn(Rows::List(there.iter().map(|place| kin.row(*place)).collect()));
    let target = Here { table: route.table, depth: here.depth + 1, ..here };
    target.make(&mut few, route.column);
    let of = &few.lanes[route.column];
    let from = lane.values.len();
    let mut next = 0;
    let places = (0..rows).map(|place| {
        let seen = (there.get(next) == Some(&place)).then_some(next);
        next += usize::from(seen.is_some());
        seen.filter(|at| of.holds(*at))
    });
    let places: Vec<Option<usize>> = places.collect();
    put(of, |place| places[place], rows, lane);
    for (place, _) in places.iter().enumerate().filter(|(_, seen)| seen.is_none()) {
        take_away(lane, from + place);
    }
    true
}

/// Adds what a view sees, row by row.
pub(in crate::generate) fn gather(view: &View<'_>, rows: usize, lane: &mut Lane) {
    let from = lane.values.len();
    match view.places() {
        Some((None, base)) => put(view.lane, |place| Some(base + place), rows, lane),
        Some((Some(places), base)) if places.len() >= rows => {
            put(view.lane, |place| Some(base + places[place] as usize), rows, lane);
        }
        _ => {
            put(view.lane, |place| view.at(place), rows, lane);
            for place in 0..rows {
                if view.at(place).is_none() {
                    take_away(lane, from + place);
                }
            }
        }
    }
}

/// Adds values of a lane by their places; what stands for none is of no meaning.
pub(in crate::generate) fn join(
    of: &Lane,
    place: &mut dyn FnMut(usize) -> Option<usize>,
    rows: usize,
    lane: &mut Lane,
) {
    put(of, place, rows, lane);
}

/// Adds values of a lane by their places, in a loop made for how these are found.
#[inline]
pub(in crate::generate) fn put(
    of: &Lane,
    mut place: impl FnMut(usize) -> Option<usize>,
    rows: usize,
    lane: &mut Lane,
) {
    match (&mut lane.values, &of.values) {
        (Values::Bool(out), Values::Bool(of)) => {
            out.extend((0..rows).map(|row| place(row).is_some_and(|at| of[at])));
        }
        (Values::Int(out), Values::Int(of)) => {
            out.extend((0..rows).map(|row| place(row).map_or(0, |at| of[at])));
        }
        (Values::Float(out), Values::Float(of)) => {
            out.extend((0..rows).map(|row| place(row).map_or(0.0, |at| of[at])));
        }
        (Values::Float(out), Values::Int(of)) => {
            out.extend((0..rows).map(|row| place(row).map_or(0.0, |at| of[at] as f64)));
        }
        (Values::Wide(out), Values::Wide(of)) => {
            out.extend((0..rows).map(|row| place(row).map_or(0, |at| of[at])));
        }
        (Values::Wide(out), Values::Int(of)) => {
            out.extend((0..rows).map(|row| place(row).map_or(0, |at| of[at].into())));
        }
        (Values::Word { words, picks: out }, Values::Word { words: from, picks }) => {
            if Arc::ptr_eq(words, from) || words == from {
                out.extend((0..rows).map(|row| place(row).map_or(0, |at| picks[at])));
            } else {
                let places: Vec<u32> =
                    (0..from.len()).map(|at| find(words, from.bytes(at))).collect();
                out.extend((0..rows).map(|row| {
                    place(row).map_or(0, |at| places.get(picks[at] as usize).copied().unwrap_or(0))
                }));
            }
        }
        (Values::Word { words, picks: out }, Values::Text { ends, bytes }) => {
            out.extend(
                (0..rows).map(|row| place(row).map_or(0, |at| find(words, slice(ends, bytes, at)))),
            );
        }
        (Values::Text { ends: out, bytes }, Values::Word { words, picks }) => {
            for row in 0..rows {
                if let Some(at) = place(row) {
                    bytes.extend_from_slice(words.bytes(picks[at] as usize));
                }
                out.push(bytes.len() as u32);
            }
        }
        (Values::Text { ends: out, bytes: into }, Values::Text { ends, bytes }) => {
            put_texts((ends, bytes), place, rows, (out, into));
        }
        (Values::Other(out), Values::Other(of)) => {
            let indices: arrow::array::UInt64Array =
                (0..rows).map(|row| place(row).map(|at| at as u64)).collect();
            if let Ok(taken) = arrow::compute::take(of.as_ref(), &indices, None)
                && let Ok(joined) = arrow::compute::concat(&[out.as_ref(), taken.as_ref()])
            {
                *out = joined;
            }
        }
        _ => {
            let all = lane.values.len() + rows;
            super::nothing(lane, all);
        }
    }
}

/// Adds texts by their places, runs of neighbours as one.
fn put_texts(
    (ends, bytes): (&[u32], &[u8]),
    mut place: impl FnMut(usize) -> Option<usize>,
    rows: usize,
    (out, into): (&mut Vec<u32>, &mut Vec<u8>),
) {
    let start = |at: usize| at.checked_sub(1).map_or(0, |before| ends[before]);
    out.reserve(rows);
    // The bytes of the run so far, and the place behind it.
    let (mut from, mut to, mut next) = (0, 0, usize::MAX);
    for row in 0..rows {
        if let Some(at) = place(row) {
            if at != next {
                into.extend_from_slice(&bytes[from as usize..to as usize]);
                from = start(at);
            }
            to = ends[at];
            next = at + 1;
        }
        out.push(into.len() as u32 + (to - from));
    }
    into.extend_from_slice(&bytes[from as usize..to as usize]);
}

/// The bytes of a text in a lane.
pub(in crate::generate) fn slice<'l>(ends: &[u32], bytes: &'l [u8], at: usize) -> &'l [u8] {
    let from = at.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[from as usize..ends[at] as usize]
}

/// The place of a word; the first where it is none of them.
fn find(words: &Words, word: &[u8]) -> u32 {
    (0..words.len()).find(|at| words.bytes(*at) == word).unwrap_or(0) as u32
}
