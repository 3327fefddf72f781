//! Arrays of every kind, lists and structs included.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, ListArray, StringArray, StructArray,
    Time64MicrosecondArray, TimestampMicrosecondArray, new_null_array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::Int32Type;

use super::scalar::{self, Fit, is_absent, quoted};
use super::{Form, Misfit};
use crate::cell::Cell;
use crate::kind::{Field, IntSize, Kind, MAX_PRECISION};
use crate::value::{json, uuid};

/// The array of cells under a kind; what does not fit is null and reported.
pub(super) fn array(
    cells: &[&Cell<'_>],
    kind: &Kind,
    form: Form<'_>,
    misfits: &mut Vec<Misfit>,
) -> ArrayRef {
    let whole = |size: IntSize| {
        let (least, most) = match size {
            IntSize::I8 => (i8::MIN.into(), i8::MAX.into()),
            IntSize::I16 => (i16::MIN.into(), i16::MAX.into()),
            IntSize::I32 => (i32::MIN.into(), i32::MAX.into()),
            IntSize::I64 => (i64::MIN, i64::MAX),
        };
        move |text: &str| scalar::whole(text, form, least, most)
    };
    match kind {
        Kind::Bool => Arc::new(each(cells, kind, misfits, scalar::truth).collect::<BooleanArray>()),
        Kind::Int(IntSize::I8) => {
            let values = each(cells, kind, misfits, whole(IntSize::I8));
            Arc::new(values.map(|value| value.map(|value| value as i8)).collect::<Int8Array>())
        }
        Kind::Int(IntSize::I16) => {
            let values = each(cells, kind, misfits, whole(IntSize::I16));
            Arc::new(values.map(|value| value.map(|value| value as i16)).collect::<Int16Array>())
        }
        Kind::Int(IntSize::I32) => {
            let values = each(cells, kind, misfits, whole(IntSize::I32));
            Arc::new(values.map(|value| value.map(|value| value as i32)).collect::<Int32Array>())
        }
        Kind::Int(IntSize::I64) => {
            Arc::new(each(cells, kind, misfits, whole(IntSize::I64)).collect::<Int64Array>())
        }
        Kind::Float => {
            let read = |text: &str| scalar::float(text, form);
            Arc::new(each(cells, kind, misfits, read).collect::<Float64Array>())
        }
        Kind::Decimal { precision, scale } => {
            decimals(cells, kind, (*precision, *scale), form, misfits)
        }
        Kind::Text => Arc::new(each(cells, kind, misfits, Ok).collect::<StringArray>()),
        Kind::Json => documents(cells, kind),
        Kind::Uuid => {
            let read = |text: &str| {
                let id = uuid::parse(text).map(|id| String::from_utf8_lossy(&id).into_owned());
                id.ok_or_else(|| format!("{} is not a uuid", quoted(text)))
            };
            Arc::new(each(cells, kind, misfits, read).collect::<StringArray>())
        }
        Kind::Enum(words) => one_of(cells, kind, words, misfits),
        Kind::Date => {
            let read = |text: &str| scalar::day(text, form);
            Arc::new(each(cells, kind, misfits, read).collect::<Date32Array>())
        }
        Kind::Time => {
            let read = |text: &str| scalar::time(text, form);
            Arc::new(each(cells, kind, misfits, read).collect::<Time64MicrosecondArray>())
        }
        Kind::Timestamp => {
            let read = |text: &str| scalar::timestamp(text, form);
            Arc::new(each(cells, kind, misfits, read).collect::<TimestampMicrosecondArray>())
        }
        Kind::TimestampTz => {
            let read = |text: &str| scalar::timestamp(text, form);
            let array: TimestampMicrosecondArray = each(cells, kind, misfits, read).collect();
            Arc::new(array.with_timezone("UTC"))
        }
        Kind::List(item) => list(cells, kind, item, misfits),
        Kind::Struct(fields) => structs(cells, kind, fields, misfits),
    }
}

/// The value of every cell, in order; null where there is none or it does not fit.
fn each<'t, T>(
    cells: &'t [&Cell<'_>],
    kind: &'t Kind,
    misfits: &'t mut Vec<Misfit>,
    read: impl Fn(&'t str) -> Fit<T> + 't,
) -> impl Iterator<Item = Option<T>> + 't {
    cells.iter().enumerate().map(move |(row, cell)| {
        if is_absent(cell, kind) {
            return None;
        }
        let text = cell.text()?;
        let nested = matches!(cell, Cell::Nested(_)) && !matches!(kind, Kind::Text);
        let read = if nested { Err(format!("{} is nested", quoted(text))) } else { read(text) };
        read.map_err(|reason| misfits.push(Misfit { row, reason })).ok()
    })
}

fn decimals(
    cells: &[&Cell<'_>],
    kind: &Kind,
    (precision, scale): (u8, u8),
    form: Form<'_>,
    misfits: &mut Vec<Misfit>,
) -> ArrayRef {
    let read = |text: &str| scalar::decimal(text, form, precision, scale);
    let array: Decimal128Array = each(cells, kind, misfits, read).collect();
    if !(1..=MAX_PRECISION).contains(&precision) || scale > precision {
        return new_null_array(&kind.to_arrow(), cells.len());
    }
    Arc::new(array.with_data_type(kind.to_arrow()))
}

/// Documents as compact text: bare words that are JSON stay, all other text becomes a string.
fn documents(cells: &[&Cell<'_>], kind: &Kind) -> ArrayRef {
    fn document<'t>(cell: &'t Cell<'_>, kind: &Kind) -> Option<Cow<'t, str>> {
        if is_absent(cell, kind) {
            return None;
        }
        let text = cell.text()?;
        let is_json = match cell {
            Cell::Nested(_) => true,
            Cell::Quoted(text) => text.trim_start().starts_with(['{', '[']) && is_document(text),
            _ => is_document(text),
        };
        Some(if is_json { Cow::Borrowed(text) } else { serde_json::json!(text).to_string().into() })
    }
    Arc::new(cells.iter().map(|cell| document(cell, kind)).collect::<StringArray>())
}

/// Whether a text is one JSON document.
pub(crate) fn is_document(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Words of a list as keys into it; another case or other spaces are mended.
fn one_of(
    cells: &[&Cell<'_>],
    kind: &Kind,
    words: &[String],
    misfits: &mut Vec<Misfit>,
) -> ArrayRef {
    let exact: HashMap<&str, i32> =
        words.iter().enumerate().rev().map(|(at, word)| (word.as_str(), at as i32)).collect();
    let loose: HashMap<String, i32> = words
        .iter()
        .enumerate()
        .rev()
        .map(|(at, word)| (word.trim().to_lowercase(), at as i32))
        .collect();
    let read = |text: &str| {
        let found = exact.get(text).or_else(|| loose.get(&text.trim().to_lowercase()));
        found.copied().ok_or_else(|| format!("{} is not one of the values", quoted(text)))
    };
    let keys: Int32Array = each(cells, kind, misfits, read).collect();
    let values: StringArray = words.iter().map(Some).collect();
    match DictionaryArray::<Int32Type>::try_new(keys, Arc::new(values)) {
        Ok(array) => Arc::new(array),
        Err(_) => new_null_array(&kind.to_arrow(), cells.len()),
    }
}

/// The items of a cell: of a JSON array, else of a text with one mark between its pieces.
fn items<'t>(cell: &'t Cell<'_>) -> Option<Vec<Cell<'t>>> {
    let text = cell.text()?;
    if text.trim_start().starts_with('[') {
        return json::items(text);
    }
    if matches!(cell, Cell::Nested(_)) {
        return None;
    }
    let mark = [';', '|', ','].into_iter().find(|mark| text.contains(*mark)).unwrap_or(',');
    Some(text.split(mark).map(|piece| Cell::bare(piece.trim())).collect())
}

fn list(cells: &[&Cell<'_>], kind: &Kind, item: &Field, misfits: &mut Vec<Misfit>) -> ArrayRef {
    let mut rows: Vec<Option<Vec<Cell<'_>>>> = Vec::with_capacity(cells.len());
    for (row, cell) in cells.iter().enumerate() {
        let found = if is_absent(cell, kind) { None } else { items(cell) };
        if found.is_none() && !is_absent(cell, kind) {
            let reason = format!("{} is not a list", quoted(cell.text().unwrap_or("")));
            misfits.push(Misfit { row, reason });
        }
        rows.push(found);
    }
    loop {
        let (flat, owners): (Vec<&Cell<'_>>, Vec<usize>) = rows
            .iter()
            .enumerate()
            .flat_map(|(row, items)| items.iter().flatten().map(move |item| (item, row)))
            .unzip();
        let mut inside = Vec::new();
        let values = array(&flat, &item.kind, Form::PLAIN, &mut inside);
        // A list that may not hold nulls is not kept with one: it falls whole.
        let broken: Vec<usize> = if item.nullable {
            Vec::new()
        } else {
            (0..values.len()).filter(|at| values.is_null(*at)).map(|at| owners[at]).collect()
        };
        misfits
            .extend(inside.into_iter().map(|misfit| Misfit { row: owners[misfit.row], ..misfit }));
        if broken.is_empty() {
            let lengths = rows.iter().map(|items| items.as_ref().map_or(0, Vec::len));
            let offsets = OffsetBuffer::from_lengths(lengths);
            let nulls: NullBuffer = rows.iter().map(Option::is_some).collect();
            let field = Arc::new(item.to_arrow());
            return match ListArray::try_new(field, offsets, values, Some(nulls)) {
                Ok(array) => Arc::new(array),
                Err(_) => new_null_array(&kind.to_arrow(), cells.len()),
            };
        }
        let told: HashSet<usize> = misfits.iter().map(|misfit| misfit.row).collect();
        for row in broken {
            if rows[row].take().is_some() && !told.contains(&row) {
                misfits.push(Misfit { row, reason: "an item is missing".into() });
            }
        }
    }
}

fn structs(
    cells: &[&Cell<'_>],
    kind: &Kind,
    fields: &[Field],
    misfits: &mut Vec<Misfit>,
) -> ArrayRef {
    if fields.is_empty() {
        return new_null_array(&kind.to_arrow(), cells.len());
    }
    let at: HashMap<&str, usize> =
        fields.iter().enumerate().map(|(at, field)| (field.name.as_str(), at)).collect();
    let mut columns: Vec<Vec<Cell<'_>>> = vec![vec![Cell::Absent; cells.len()]; fields.len()];
    let mut present = vec![false; cells.len()];
    for (row, cell) in cells.iter().enumerate() {
        if is_absent(cell, kind) {
            continue;
        }
        let text = cell.text().unwrap_or("");
        let Some(members) = json::members(text) else {
            misfits.push(Misfit { row, reason: format!("{} is not an object", quoted(text)) });
            continue;
        };
        if let Some((extra, _)) = members.iter().find(|(name, _)| !at.contains_key(name.as_ref())) {
            misfits.push(Misfit { row, reason: format!("there is no field {}", quoted(extra)) });
            continue;
        }
        present[row] = true;
        for (name, value) in members {
            columns[at[name.as_ref()]][row] = value;
        }
    }
    let mut arrays = Vec::with_capacity(fields.len());
    for (field, column) in fields.iter().zip(&columns) {
        let column: Vec<&Cell<'_>> = column.iter().collect();
        let mut inside = Vec::new();
        let array = array(&column, &field.kind, Form::PLAIN, &mut inside);
        misfits.extend(inside.into_iter().map(|misfit| Misfit {
            row: misfit.row,
            reason: format!("in {}: {}", quoted(&field.name), misfit.reason),
        }));
        if !field.nullable {
            for row in (0..array.len()).filter(|row| array.is_null(*row)) {
                if std::mem::take(&mut present[row]) && column[row] == &Cell::Absent {
                    let reason = format!("the field {} is missing", quoted(&field.name));
                    misfits.push(Misfit { row, reason });
                }
            }
        }
        arrays.push(array);
    }
    let nulls = NullBuffer::from(present);
    let fields = fields.iter().map(|field| Arc::new(field.to_arrow())).collect();
    match StructArray::try_new(fields, arrays, Some(nulls)) {
        Ok(array) => Arc::new(array),
        Err(_) => new_null_array(&kind.to_arrow(), cells.len()),
    }
}
