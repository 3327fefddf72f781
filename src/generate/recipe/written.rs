//! Written rows: what a design holds in full, which stands first and unchanged.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};
use peyote_schemas::behaviour::Behaviour;
use peyote_schemas::design::{Design, DesignTable};
use peyote_schemas::name::Identifier;
use peyote_schemas::{Column, IntSize, Kind, RawTable, guard};

use super::{ColumnRecipe, Here};
use crate::generate::cell;
use crate::generate::frame::{Frame, Rows, give_back, take_away};
use crate::generate::maker::{Maker, Pattern, empty, join};
use crate::generate::spell::spell;
use crate::lane::{Known, Lane, Values};

/// Which tables keep the rows written in the design where they have so many rows: those that are
/// nothing else, and those whose keys are made unlike the written ones. The rows of others are
/// samples of what is made. Rows that refer to rows that do not stand do not stand either.
pub fn standing(design: &Design, rows: &[u64]) -> Vec<bool> {
    let apart = |table: usize| {
        let designed = &design.tables()[table];
        let alone = |set: &[Identifier]| {
            let [name] = set else { return set.is_empty() };
            let Some(column) = designed.place(name.as_str()) else { return false };
            match design.behaviour(table, column, rows[table]).as_deref() {
                Some(Behaviour::Sequence { .. } | Behaviour::Uuid {} | Behaviour::Pick(_)) => true,
                Some(Behaviour::Code { pattern, .. }) => {
                    let form = Pattern::new(pattern);
                    let mut texts = designed.rows().iter().map(|row| row[column].as_str());
                    texts.all(|text| text.is_some_and(|text| !form.fits(text)))
                }
                _ => false,
            }
        };
        designed.rows().is_empty()
            || rows[table] <= designed.rows().len() as u64
            || std::iter::once(designed.primary_key())
                .chain(designed.unique().iter().map(Vec::as_slice))
                .all(alone)
    };
    let mut stands: Vec<bool> = (0..rows.len()).map(apart).collect();
    // Each turn lets at least one more fall, so there are no more turns than tables.
    loop {
        let falls = |table: &usize| {
            design.tables()[*table].foreign_keys().iter().any(|key| {
                let target = (design.tables().iter())
                    .position(|one| *one.name() == key.references.table.as_str());
                target.is_some_and(|target| !stands[target])
            })
        };
        let next: Vec<usize> =
            (0..rows.len()).filter(|table| stands[*table]).filter(falls).collect();
        if next.is_empty() {
            return stands;
        }
        for table in next {
            stands[table] = false;
        }
    }
}

/// The written values of each column of a table.
pub(super) fn lanes(table: &DesignTable, columns: &[Column]) -> Vec<Option<Lane>> {
    if table.rows().is_empty() {
        return vec![None; columns.len()];
    }
    let header = columns.iter().map(|column| column.name.clone()).collect();
    let raw = cell::written(table.name().as_str(), header, table.rows());
    columns.iter().enumerate().map(|(place, column)| lane(&raw, place, column)).collect()
}

/// A column of a table that was read, as a lane.
pub(super) fn lane(raw: &RawTable<'_>, place: usize, column: &Column) -> Option<Lane> {
    let (array, _) = guard::column::array(raw, place, column);
    from_arrow(&array, &column.kind)
}

/// An array of a kind as a lane.
fn from_arrow(array: &ArrayRef, kind: &Kind) -> Option<Lane> {
    let mut lane = Lane::full(empty(kind));
    match &mut lane.values {
        Values::Bool(values) => *values = array.as_boolean_opt()?.values().iter().collect(),
        Values::Float(values) => {
            *values = array.as_primitive_opt::<Float64Type>()?.values().to_vec();
        }
        Values::Wide(values) => {
            *values = array.as_primitive_opt::<Decimal128Type>()?.values().to_vec();
        }
        Values::Int(values) => {
            *values = match kind {
                Kind::Int(IntSize::I8) => ints::<Int8Type>(array)?,
                Kind::Int(IntSize::I16) => ints::<Int16Type>(array)?,
                Kind::Int(IntSize::I32) => ints::<Int32Type>(array)?,
                Kind::Int(IntSize::I64) => ints::<Int64Type>(array)?,
                Kind::Date => ints::<Date32Type>(array)?,
                Kind::Time => ints::<Time64MicrosecondType>(array)?,
                Kind::Timestamp | Kind::TimestampTz => ints::<TimestampMicrosecondType>(array)?,
                _ => (array.as_primitive_opt::<Decimal128Type>()?.values().iter())
                    .map(|value| i64::try_from(*value).unwrap_or(0))
                    .collect(),
            };
        }
        Values::Word { words, picks } => {
            let found = arrow::compute::cast(array, &arrow::datatypes::DataType::Utf8).ok()?;
            let texts = found.as_string_opt::<i32>()?;
            *picks = (0..texts.len())
                .map(|row| {
                    let is = |at: &usize| {
                        texts.is_valid(row) && words.bytes(*at) == texts.value(row).as_bytes()
                    };
                    (0..words.len()).find(is).unwrap_or(0) as u32
                })
                .collect();
        }
        Values::Text { ends, bytes } => {
            for text in array.as_string_opt::<i32>()? {
                bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
                ends.push(bytes.len() as u32);
            }
        }
        Values::Other(other) => *other = array.clone(),
    }
    for row in (0..array.len()).filter(|row| array.is_null(*row)) {
        take_away(&mut lane, row);
    }
    if let Some(valid) = &mut lane.valid {
        valid.resize(array.len().div_ceil(64), u64::MAX);
    }
    Some(lane)
}

fn ints<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &ArrayRef) -> Option<Vec<i64>> {
    let values = array.as_primitive_opt::<T>()?.values();
    Some(values.iter().map(|value| (*value).into()).collect())
}

/// The texts that a column's written rows hold.
pub(super) fn texts(lane: Option<&Lane>) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    if let Some(lane) = lane {
        for row in (0..lane.values.len()).filter(|row| lane.holds(*row)) {
            let mut text = Vec::new();
            spell(lane, &Kind::Text, row, &mut text);
            texts.insert(String::from_utf8_lossy(&text).into_owned());
        }
    }
    texts
}

/// The texts of a written row in some columns; none where one of them is absent.
pub(super) fn key(
    lanes: &[Option<Lane>],
    columns: &[Column],
    places: &[usize],
    row: u64,
) -> Option<Vec<String>> {
    let text = |place: &usize| {
        let lane = lanes[*place].as_ref().filter(|lane| lane.holds(row as usize))?;
        let mut text = Vec::new();
        spell(lane, &columns[*place].kind, row as usize, &mut text);
        Some(String::from_utf8_lossy(&text).into_owned())
    };
    places.iter().map(text).collect()
}

/// Makes values where one must be and none is.
pub(super) fn complete(
    here: Here<'_>,
    recipe: &ColumnRecipe,
    instead: &Maker,
    frame: &mut Frame,
    lane: &mut Lane,
) {
    let (base, rows) = (frame.base, frame.rows.len());
    let there = |place: usize| {
        lane.valid.as_ref().is_none_or(|bits| {
            bits.get(place / 64).is_none_or(|bits| bits >> (place % 64) & 1 == 1)
        })
    };
    if (base..base + rows).all(there) {
        return;
    }
    let mut demanded = vec![recipe.demanded.is_none(); rows];
    for switch in recipe.demanded.iter().flatten() {
        let mut classes = Vec::new();
        switch.sort(here, frame, &mut classes);
        for (class, demanded) in classes.iter().zip(&mut demanded) {
            *demanded |= *class > 0;
        }
    }
    // What need not be there stays as it is.
    let holds = |place: usize| {
        there(place) || place.checked_sub(base).is_some_and(|place| !demanded[place])
    };
    if (base..base + rows).all(holds) {
        return;
    }
    let kind = &recipe.column.kind;
    // The maker adds behind what is there, as many rows as the frame has in hand.
    let mut other = Lane::full(instead.empty(kind));
    super::nothing(&mut other, base);
    instead.fill(here, frame, recipe.draw.named("instead"), kind, &mut other);
    let mut out = Lane::full(recipe.maker.empty(kind));
    join(lane, &mut Some, base, &mut out);
    let mut from = base;
    while from < base + rows {
        let is = holds(from);
        let to = (from..base + rows).find(|place| holds(*place) != is).unwrap_or(base + rows);
        join(if is { &*lane } else { &other }, &mut |at| Some(from + at), to - from, &mut out);
        from = to;
    }
    let absent = (0..base + rows).filter(|place| !there(*place));
    for place in absent.filter(|place| *place < base || !demanded[*place - base]) {
        take_away(&mut out, place);
    }
    *lane = out;
}

/// Puts written values of one size where made ones stand for written rows; whether they are such.
fn replace(written: &Lane, frame: &Frame, lane: &mut Lane) -> bool {
    fn put<T: Copy>(written: &[T], frame: &Frame, made: &mut [T]) {
        for place in 0..frame.rows.len() {
            if let Some(value) = written.get(frame.rows.at(place) as usize) {
                made[frame.base + place] = *value;
            }
        }
    }
    match (&written.values, &mut lane.values) {
        (Values::Bool(written), Values::Bool(made)) => put(written, frame, made),
        (Values::Int(written), Values::Int(made)) => put(written, frame, made),
        (Values::Wide(written), Values::Wide(made)) => put(written, frame, made),
        (Values::Float(written), Values::Float(made)) => put(written, frame, made),
        (Values::Word { words: one, picks }, Values::Word { words, picks: made })
            if Arc::ptr_eq(one, words) || one == words =>
        {
            put(picks, frame, made);
        }
        _ => return false,
    }
    for place in 0..frame.rows.len() {
        let row = frame.rows.at(place) as usize;
        if row >= written.values.len() {
            continue;
        }
        if written.holds(row) {
            give_back(lane, frame.base + place);
        } else {
            take_away(lane, frame.base + place);
        }
    }
    lane.known = Known::default();
    true
}

/// Puts written values where made ones stand for written rows.
pub(super) fn restore(recipe: &ColumnRecipe, frame: &Frame, lane: &mut Lane) {
    let Some(written) = &recipe.written else { return };
    let many = written.values.len() as u64;
    let is_new = match &frame.rows {
        Rows::Run { first, .. } => *first >= many,
        Rows::List(rows) => rows.iter().all(|row| *row >= many),
    };
    if is_new || replace(written, frame, lane) {
        return;
    }
    let base = frame.base;
    let mut out = Lane::full(recipe.maker.empty(&recipe.column.kind));
    let made = std::mem::replace(lane, Lane::full(Values::Bool(Vec::new())));
    join(&made, &mut Some, base, &mut out);
    // Few are written where rows are in no order: the others are copied many at once.
    let is_written = |place: usize| frame.rows.at(place) < many;
    let mut from = 0;
    while from < frame.rows.len() {
        let is = is_written(from);
        let rest = from..frame.rows.len();
        let to = rest.clone().find(|place| is_written(*place) != is).unwrap_or(rest.end);
        if is {
            join(written, &mut |at| Some(frame.rows.at(from + at) as usize), to - from, &mut out);
        } else {
            join(&made, &mut |at| Some(base + from + at), to - from, &mut out);
        }
        from = to;
    }
    for place in 0..out.values.len() {
        let holds = match place.checked_sub(base).map(|place| frame.rows.at(place)) {
            Some(row) if row < many => written.holds(row as usize),
            _ => made.valid.as_ref().is_none_or(|bits| {
                bits.get(place / 64).is_none_or(|bits| bits >> (place % 64) & 1 == 1)
            }),
        };
        if !holds {
            take_away(&mut out, place);
        }
    }
    *lane = out;
}
