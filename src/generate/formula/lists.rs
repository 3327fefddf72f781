//! [`contains`]: whether lists of texts hold a text.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::DataType;

use super::texts::Texts;
use super::vector::{Data, Vector};
use crate::generate::frame::View;
use crate::lane::Words;

/// What stands before each text of a list and behind the last: the unit separator of ASCII.
const BETWEEN: u8 = 0x1f;

/// The lists of texts that rows see, each as one text.
pub(super) fn joined(view: &View<'_>, lists: &ArrayRef, rows: usize) -> Option<Texts> {
    let lists = lists.as_list_opt::<i32>()?;
    let items = arrow::compute::cast(lists.values(), &DataType::Utf8).ok()?;
    let items = items.as_string_opt::<i32>()?;
    let ends = lists.value_offsets();
    let mut words = Words::joined(Vec::with_capacity(rows), Vec::new());
    let mut text = Vec::new();
    for row in 0..rows {
        text.clear();
        let bounds = view.at(row).and_then(|at| Some((*ends.get(at)?, *ends.get(at + 1)?)));
        let (from, to) = bounds.unwrap_or_default();
        for item in (from as usize..to as usize).filter(|item| items.is_valid(*item)) {
            text.push(BETWEEN);
            text.extend_from_slice(items.value(item).as_bytes());
        }
        text.push(BETWEEN);
        words.push(&text);
    }
    Some(Texts { words: Arc::new(words), picks: (0..rows as u32).collect() })
}

/// Whether a list of each row holds a text; nothing where either is missing.
pub(super) fn contains(list: &Vector, text: &Vector, rows: usize) -> Vector {
    let (Data::Text(lists), Data::Text(texts)) = (&list.data, &text.data) else {
        return Vector::nothing(rows);
    };
    let mut wanted = Vec::new();
    let holds = |row: usize| {
        wanted.clear();
        wanted.push(BETWEEN);
        wanted.extend_from_slice(texts.bytes(row));
        wanted.push(BETWEEN);
        let list = lists.bytes(row);
        list.len() >= wanted.len() && list.windows(wanted.len()).any(|part| part == wanted)
    };
    let truths = (0..rows).map(holds).collect();
    Vector { data: Data::Truth(truths), none: list.either_none(text, rows) }
}
