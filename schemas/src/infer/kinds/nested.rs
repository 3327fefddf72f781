//! Nested values: objects as structs, arrays as lists, and what is neither as JSON.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Verdict;
use super::hint::Hint;
use crate::cell::Cell;
use crate::guard::column::is_document;
use crate::kind::{Field, Kind};
use crate::value::json;
use crate::value::moment::Order;

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
            Cell::Bare(text) if crate::value::absent::is_literal(text) => {}
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

/// JSON in a column of text: every value is an object or an array.
pub(super) fn documents(cells: &[&Cell<'_>]) -> Option<Verdict> {
    let mut found = false;
    for text in super::present(cells) {
        let text = text?.trim();
        if !text.starts_with(['{', '[']) || !is_document(text) {
            return None;
        }
        found = true;
    }
    found.then(|| Verdict::new(Kind::Json))
}

fn structure(texts: &[&str], deep: usize) -> Option<Kind> {
    let mut at: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut fields: Vec<(String, Vec<Cell<'_>>)> = Vec::new();
    for text in texts {
        for (name, cell) in json::members(text)? {
            let next = fields.len();
            let place = *at.entry(name).or_insert_with_key(|name| {
                fields.push((name.to_string(), Vec::new()));
                next
            });
            if fields.len() > MOST_FIELDS {
                return None;
            }
            fields[place].1.push(cell);
        }
    }
    if fields.is_empty() {
        return None;
    }
    let fields = fields.into_iter().map(|(name, cells)| {
        let missing = cells.len() < texts.len();
        let mut field = inner(name, &cells, deep);
        field.nullable |= missing;
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

/// What the values at one place inside are. There is no room for a unit or a format there, so what
/// needs one stays text.
fn inner(name: String, cells: &[Cell<'_>], deep: usize) -> Field {
    let cells: Vec<&Cell<'_>> = cells.iter().collect();
    let hint = Hint::new(&name, "");
    let (verdict, _) = super::verdict(&cells, &hint, None, deep + 1);
    let needless = verdict.format.as_deref().is_none_or(|format| {
        verdict.kind.is_moment() && Order::of(format) == Order::MonthFirst && format.contains('%')
    });
    let kind = match verdict.kind {
        Kind::Enum(_) => Kind::Text,
        kind if needless && verdict.unit.is_none() => kind,
        _ => Kind::Text,
    };
    let nullable = super::is_nullable(&cells, &kind);
    Field { name, kind, nullable }
}
