//! Nested values: objects as structs, arrays as lists, and what is neither as JSON.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Verdict;
use super::hint::Hint;
use crate::cell::Cell;
use crate::guard::column::is_document;
use crate::kind::{Field, Kind};
use crate::name::Identifier;
use crate::value::{absent, json};

/// Levels of structs and lists that become kinds; what lies deeper stays JSON.
pub(super) const DEEPEST: usize = 6;

/// Fields that a struct may have; an object with more is a map, and stays JSON.
const MOST_FIELDS: usize = 100;

/// The kind of a column that holds nested values, or `None` where none is nested.
pub(super) fn verdict(cells: &[&Cell<'_>], deep: usize) -> Option<Verdict> {
    let mut texts = Vec::new();
    let mut others = false;
    for cell in cells {
        match cell {
            Cell::Nested(text) => texts.push(text.as_ref()),
            Cell::Absent => {}
            Cell::Bare(text) if absent::is_literal(text) => {}
            Cell::Bare(_) | Cell::Quoted(_) => others = true,
        }
    }
    if texts.is_empty() {
        return None;
    }
    let kind = if others || deep >= DEEPEST {
        None
    } else if texts.iter().all(|text| text.trim_start().starts_with('{')) {
        structure(&texts, deep)
    } else if texts.iter().all(|text| text.trim_start().starts_with('[')) {
        list(&texts, deep)
    } else {
        None
    };
    Some(Verdict::new(kind.unwrap_or(Kind::Json)))
}

/// JSON in a column of text: every value is an object or an array, and not only by chance.
pub(super) fn documents(cells: &[&Cell<'_>]) -> Option<Verdict> {
    /// One quoted text with brackets around it is as likely meant as text.
    const FEWEST: usize = 2;
    let mut found = 0;
    for text in super::present(cells) {
        let text = text?.trim();
        if absent::is_literal(text) {
            continue;
        }
        if !text.starts_with(['{', '[']) || !is_document(text) {
            return None;
        }
        found += 1;
    }
    (found >= FEWEST).then(|| Verdict::new(Kind::Json))
}

/// What the objects of a column hold under one name.
struct Place<'t> {
    name: String,
    cells: Vec<Cell<'t>>,
    /// Objects that have the name, and the last of them.
    objects: usize,
    last: usize,
}

fn structure(texts: &[&str], deep: usize) -> Option<Kind> {
    let mut at: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut places: Vec<Place<'_>> = Vec::new();
    for (object, text) in texts.iter().enumerate() {
        for (name, cell) in json::members(text)? {
            let next = places.len();
            let place = *at.entry(name).or_insert_with_key(|name| {
                let (name, cells) = (name.to_string(), Vec::new());
                places.push(Place { name, cells, objects: 0, last: usize::MAX });
                next
            });
            if places.len() > MOST_FIELDS {
                return None;
            }
            let place = &mut places[place];
            place.objects += usize::from(place.last != object);
            place.last = object;
            place.cells.push(cell);
        }
    }
    if places.is_empty() {
        return None;
    }
    let fields = places.into_iter().map(|place| {
        let mut field = inner(place.name, &place.cells, deep);
        field.nullable |= place.objects < texts.len();
        field
    });
    Some(Kind::Struct(fields.collect()))
}

fn list(texts: &[&str], deep: usize) -> Option<Kind> {
    let mut cells = Vec::new();
    for text in texts {
        cells.extend(json::items(text)?);
    }
    Some(Kind::List(Box::new(inner("item".into(), &cells, deep))))
}

/// What the values at one place inside are. A document says itself which of them are text, so that
/// text stays text there, but for moments in ISO 8601 and identifiers; where it mixes text and
/// others, each stays what it is.
fn inner(name: String, cells: &[Cell<'_>], deep: usize) -> Field {
    let cells: Vec<&Cell<'_>> = cells.iter().collect();
    let (verdict, _) =
        super::verdict(&cells, &Hint::new(&Identifier::new(&name, "x"), ""), None, deep + 1);
    let text = cells.iter().any(|cell| matches!(cell, Cell::Quoted(_)));
    let bare = cells.iter().any(|cell| matches!(cell, Cell::Bare(_)));
    let iso = verdict.format.as_deref().is_some_and(|format| format.starts_with("%Y-%m-%d"));
    let kind = match verdict.kind {
        _ if text && bare => Kind::Json,
        kind @ (Kind::Uuid | Kind::List(_) | Kind::Struct(_) | Kind::Json) => kind,
        kind @ (Kind::Bool | Kind::Int(_) | Kind::Float | Kind::Decimal { .. }) if bare => kind,
        kind if kind.is_moment() && text && iso => kind,
        _ if bare => Kind::Json,
        _ => Kind::Text,
    };
    let nullable = super::is_nullable(&cells, &kind);
    Field { name, kind, nullable }
}
