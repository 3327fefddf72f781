//! [`Lead`]: the one column that best names the rows of its table.

use super::profile::Family;
use super::remark::Remark;
use super::words::{Words, affinity};
use super::{ColumnView, View};

/// A column that could be a table's whole primary key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lead {
    /// The column.
    pub(super) column: usize,
    /// How good the evidence is.
    pub(super) score: f64,
}

/// From here a lead is a primary key where nothing else speaks.
pub(super) const CLAIM: f64 = 0.5;
/// From here the column's name alone makes it the key.
pub(super) const SURE: f64 = 0.8;
/// Fewer rows than these are unique by accident.
const ENOUGH_ROWS: usize = 5;
/// The longest code, in bytes on average: an ISBN with its hyphens fits.
const CODE: f64 = 17.0;

/// The best single column to name a table's rows, if any does.
pub(super) fn lead(view: &View, views: &[View]) -> Option<Lead> {
    let said =
        view.columns.iter().filter(|column| column.remarks.contains(&Remark::Primary)).count();
    view.columns
        .iter()
        .enumerate()
        .filter_map(|(at, column)| {
            let told = said == 1 && column.remarks.contains(&Remark::Primary);
            let score = if told { 1.0 } else { score(view, at, column, views)? };
            (score > 0.0).then_some(Lead { column: at, score })
        })
        // The first of equals.
        .reduce(|best, next| if next.score > best.score { next } else { best })
}

fn score(view: &View, at: usize, column: &ColumnView, views: &[View]) -> Option<f64> {
    let profile = &column.profile;
    if !profile.is_unique() || !column.is_keyable() || profile.family == Family::Moment {
        return None;
    }
    let first = at == 0;
    let mut score = 0.0_f64;
    for form in &column.forms {
        score = score.max(by_name(form, view, views, first));
    }
    // A name without a word in it, `""` or `5`, has no form.
    let row_guid = column.forms.first().is_some_and(|form| form.as_slice() == ["row", "guid"]);
    if row_guid || (profile.uuid && !first) {
        score = score.min(0.3);
    }
    if first && profile.rows >= ENOUGH_ROWS {
        let code = profile.family == Family::Text && !profile.spaced && profile.mean_length <= CODE;
        let natural = if code || profile.family == Family::Day {
            0.55
        } else if profile.family == Family::Int {
            0.5
        } else {
            0.3
        };
        score = score.max(natural);
    }
    let serial = profile.span.is_some_and(|(least, most)| {
        (0..=1).contains(&least) && most - least + 1 == profile.rows as i64
    });
    if serial && first {
        score += 0.02;
    }
    Some(score)
}

fn by_name(form: &Words, view: &View, views: &[View], first: bool) -> f64 {
    if !form.is_naming() {
        return 0.0;
    }
    let stem = form.stem_words();
    if stem.is_empty() {
        return if first { 0.95 } else { 0.85 };
    }
    let own = affinity(stem, &view.name);
    let others = views
        .iter()
        .filter(|other| !std::ptr::eq(*other, view))
        .map(|other| affinity(stem, &other.name))
        .fold(0.0, f64::max);
    if own >= 0.7 && own >= others {
        return 0.9 + own / 20.0;
    }
    match (others >= 0.85, first) {
        // It names the rows of another table: unique here where the two go one to one.
        (true, true) => 0.6,
        (true, false) => 0.2,
        (false, true) => 0.85,
        (false, false) => 0.45 + own / 10.0,
    }
}
