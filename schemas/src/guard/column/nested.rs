//! Arrays of every kind, lists and structs included.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ListArray, StructArray, new_null_array};
use arrow::buffer::{NullBuffer, OffsetBuffer};

use super::builder::Builder;
use super::scalar::{is_absent, quoted};
use super::{Form, Misfit};
use crate::cell::Cell;
use crate::kind::{Field, Kind};
use crate::value::json;

/// The array of cells under a kind; what does not fit is null and reported.
pub(super) fn array(
    cells: &[&Cell<'_>],
    kind: &Kind,
    form: Form<'_>,
    misfits: &mut Vec<Misfit>,
) -> ArrayRef {
    match kind {
        Kind::List(item) => list(cells, kind, item, misfits),
        Kind::Struct(fields) => structs(cells, kind, fields, misfits),
        _ => {
            let mut builder = Builder::of(kind, form);
            for cell in cells {
                builder.push(cell);
            }
            let (array, mut more) = builder.finish();
            misfits.append(&mut more);
            array
        }
    }
}

/// The text of a cell that is a document: bare words that are JSON stay, all other text becomes a
/// string.
pub(super) fn document<'t>(cell: &Cell<'_>, text: &'t str) -> Cow<'t, str> {
    let is_json = match cell {
        Cell::Nested(_) => true,
        Cell::Quoted(_) => text.trim_start().starts_with(['{', '[']) && is_document(text),
        _ => is_document(text),
    };
    if is_json { Cow::Borrowed(text) } else { serde_json::json!(text).to_string().into() }
}

/// Whether a text is one JSON document.
pub(crate) fn is_document(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
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

/// The lists of cells whose items are read one by one and never stand side by side; `None` where one
/// of them falls or is no list.
fn streamed(
    cells: &[&Cell<'_>],
    kind: &Kind,
    item: &Field,
    misfits: &mut Vec<Misfit>,
) -> Option<ArrayRef> {
    let mut builder = Builder::of(&item.kind, Form::PLAIN);
    let (mut ends, mut count) = (vec![0], 0_i32);
    for cell in cells {
        if !is_absent(cell, kind) {
            // What owns its text is taken as it comes, so that items lie in it.
            json::each_item(cell.text()?, |item| {
                builder.push(&item);
                count = count.saturating_add(1);
            })?;
        }
        ends.push(count);
    }
    let (values, inside) = builder.finish();
    if !item.nullable && values.null_count() > 0 || count == i32::MAX {
        return None;
    }
    let nulls: NullBuffer = cells.iter().map(|cell| !is_absent(cell, kind)).collect();
    let owner = |at: usize| ends.partition_point(|end| *end as usize <= at) - 1;
    let inside = inside.into_iter().map(|misfit| Misfit { row: owner(misfit.row), ..misfit });
    let inside: Vec<Misfit> = inside.collect();
    let offsets = OffsetBuffer::new(ends.into());
    let field = Arc::new(item.to_arrow());
    let array = ListArray::try_new(field, offsets, values, Some(nulls)).ok()?;
    misfits.extend(inside);
    Some(Arc::new(array))
}

fn list(cells: &[&Cell<'_>], kind: &Kind, item: &Field, misfits: &mut Vec<Misfit>) -> ArrayRef {
    /// Bytes of a list from which its items are not looked at side by side, whatever they are.
    const LARGE: usize = 1 << 20;
    let nested = matches!(item.kind, Kind::List(_) | Kind::Struct(_));
    let large = || cells.iter().any(|cell| cell.text().is_some_and(|text| text.len() >= LARGE));
    if (!nested || large())
        && let Some(array) = streamed(cells, kind, item, misfits)
    {
        return array;
    }
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
