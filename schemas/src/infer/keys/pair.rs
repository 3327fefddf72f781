//! [`Pair`]: a column and a key it may refer to, as far as their names go.

use std::borrow::Cow;

use super::primary::Lead;
use super::profile::Family;
use super::words::{Words, affinity};
use super::{ColumnView, View};

/// Words that place one row above, before or behind another of the same table.
const OWN_ROLES: &[&str] = &[
    "parent",
    "predecessor",
    "previous",
    "prev",
    "successor",
    "original",
    "mentor",
    "referrer",
    "superior",
    "reportsto",
    "reportto",
    "recommendedby",
    "recommendby",
    "referredby",
    "referedby",
    "managedby",
    "supervisedby",
    "replac",
    "supersed",
    "manager",
    "mgr",
    "supervisor",
    "boss",
    "sup",
    "replyto",
    "replyingto",
    "inreplyto",
    "sponsor",
    "invitedby",
    "dependson",
];
/// Words for a person who acts, in a column that refers to a table of persons.
const PERSON_ROLES: &[&str] = &[
    "manager",
    "mgr",
    "supervisor",
    "salesperson",
    "salesrep",
    "rep",
    "assigne",
    "assignee",
    "assignedto",
    "owner",
    "author",
    "creator",
    "createdby",
    "updatedby",
    "modifiedby",
    "approvedby",
    "approver",
    "reviewer",
    "reviewedby",
    "agent",
    "sender",
    "receiver",
    "recipient",
    "follower",
    "followe",
    "seller",
    "buyer",
    "host",
    "guest",
    "lead",
    "leader",
    "head",
    "coach",
    "instructor",
    "advisor",
    "chef",
];
/// Tables of persons, the more usual first.
const PERSONS: &[&str] =
    &["employe", "staff", "user", "person", "member", "worker", "account", "contact", "profil"];

/// From here a key goes by its own table's name.
const OWNED: f64 = 0.7;

/// A pair worth looking at.
pub(super) struct Pair {
    pub(super) parent: usize,
    pub(super) key: usize,
    /// What the names say, from 0 to 1.
    pub(super) name: f64,
    /// Whether the parent's own name says that the key is its own (`user_id` of `users`).
    pub(super) owned: bool,
}

/// A column that others may refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) column: usize,
    /// How well it goes by its table's name, from 0 to 1.
    own: f64,
    /// What its name is worth as the name of what is referred to.
    weight: f64,
    /// Whether it is the one that best names the rows of its table.
    is_lead: bool,
}

/// What is to be known of a column that others may refer to, once for all of them.
pub(super) fn target(
    views: &[View],
    leads: &[Option<Lead>],
    (parent, column): (usize, usize),
) -> Target {
    let to = &views[parent].columns[column];
    let own = to
        .forms
        .iter()
        .map(Words::stem_words)
        .map(|stem| if stem.is_empty() { 1.0 } else { affinity(stem, &views[parent].name) })
        .fold(0.0, f64::max);
    let weight = match (own >= OWNED, views[parent].is_entity) {
        // The table that a key is named after comes before others that have it too.
        (true, _) => 0.97 + own * 0.03,
        (false, false) if has_owner(views, parent, to) => 0.6,
        (false, _) => 0.9,
    };
    let is_lead = leads[parent].is_some_and(|lead| lead.column == column);
    Target { column, own, weight, is_lead }
}

/// What the names say of a pair, or `None` where they and the kinds rule it out; `named` are the
/// tables that the column's own name says it refers to.
pub(super) fn pair(
    views: &[View],
    named: &[usize],
    (child, at): (usize, usize),
    (parent, target): (usize, &Target),
) -> Option<Pair> {
    let key = target.column;
    let column = &views[child].columns[at];
    let to = &views[parent].columns[key];
    let empty = column.profile.nulls == column.profile.rows;
    if !empty && column.profile.family != to.profile.family {
        return None;
    }
    if matches!(to.profile.family, Family::Moment | Family::Time | Family::Other) {
        return None;
    }
    let Target { own, weight, is_lead, .. } = *target;
    let mut name: f64 = 0.0;
    for form in &column.forms {
        for other in &to.forms {
            name = name.max(by_name(form, other, &views[parent].name, weight, is_lead));
        }
        if is_lead {
            name = name.max(by_role(form, views, child, parent));
        }
    }
    if is_lead && named.contains(&parent) {
        name = name.max(0.95);
    }
    if is_lead
        && views[child].name.tells_more_of(&views[parent].name)
        && !refers_else(views, child, parent)
    {
        for form in
            column.forms.iter().filter(|form| form.is_naming() && form.stem_words().is_empty())
        {
            name = name.max(if to.forms.contains(form) { 0.85 } else { 0.0 });
        }
    }
    if to.profile.family == Family::Day && name < 0.9 {
        return None;
    }
    // A measure of the same name as another table's measure refers to nothing.
    if to.profile.family == Family::Int && !column.is_naming() && !is_lead {
        return None;
    }
    // Nor does an address or a note, though rows elsewhere tell the same.
    let prose = to.profile.family == Family::Text && to.profile.spaced && !is_lead;
    if prose && !to.forms.iter().any(|form| form.has(&["nam", "titl"]) || form.is_naming()) {
        return None;
    }
    if empty && name < 0.8 {
        return None;
    }
    if parent == child && name < 0.6 {
        return None;
    }
    Some(Pair { parent, key, name, owned: own >= OWNED })
}

/// Whether a column of a table is named after another.
fn refers_else(views: &[View], child: usize, parent: usize) -> bool {
    views[child]
        .columns
        .iter()
        .flat_map(|column| &column.forms)
        .any(|form| form.is_naming() && affinity(form.stem_words(), &views[parent].name) >= OWNED)
}

/// Whether another table is the one that a column is named after.
fn has_owner(views: &[View], table: usize, column: &ColumnView) -> bool {
    column.forms.iter().any(|form| {
        let stem = form.stem_words();
        views.iter().enumerate().any(|(at, view)| at != table && affinity(stem, &view.name) >= 0.9)
    })
}

/// Whether a column beside it says, row by row, which table is meant (`owner_id`, `owner_type`).
pub(super) fn is_polymorphic(view: &View, column: &ColumnView) -> bool {
    column.forms.iter().any(|form| form.is_naming() && view.typed.contains(&form.stem().joined()))
}

fn by_name(form: &Words, key: &Words, table: &Words, own: f64, is_lead: bool) -> f64 {
    let mut best: f64 = 0.0;
    let lead = if is_lead { 1.0 } else { 0.85 };
    if key.is_specific() {
        if form == key {
            best = best.max(0.95 * own * lead);
        } else if form.ends_with(key) {
            best = best.max(0.88 * own * lead);
        } else if own > 0.95 && key.is_naming() && form.is_naming() {
            // `product_assembly_id` and `product_id`: the same thing in a role named behind it.
            let (stem, thing) = (form.stem_words(), key.stem_words());
            if !thing.is_empty() && stem.len() > thing.len() && stem.starts_with(thing) {
                best = best.max(0.6 * lead);
            }
        }
    }
    let stem = form.stem_words();
    if form.is_naming() && !stem.is_empty() {
        // `user_id` for the key of `users`, whatever that key is called.
        best = best.max(affinity(stem, table) * if is_lead { 0.92 } else { 0.5 });
    } else if !form.is_naming() && key.as_slice().len() <= table.as_slice().len() + 2 {
        // `region` for the key of `regions`, or for its name.
        let named = key.is_naming() || key.has(&["nam", "titl"]) || form == key;
        let close = affinity(form.as_slice(), table);
        if named && close >= 0.85 {
            best = best.max(close * if is_lead || key.has(&["nam", "titl"]) { 0.7 } else { 0.5 });
        }
    }
    // `country_code` and `region_name` for `code` of `countries` and `name` of `regions`.
    if form.ends_with(key) {
        let front = form.as_slice().len() - key.as_slice().len();
        let close = affinity(&form.as_slice()[..front], table);
        if close >= 0.85 {
            best = best.max(0.9 * close);
        }
    }
    best
}

fn by_role(form: &Words, views: &[View], child: usize, parent: usize) -> f64 {
    let stem = form.stem_words();
    let (Some(first), Some(word)) = (stem.first(), stem.last()) else { return 0.0 };
    // `reports to` is a role in one word.
    let joined = if stem.len() > 1 { Cow::Owned(stem.concat()) } else { Cow::Borrowed(&**word) };
    let person = |view: &View| {
        view.name.as_slice().last().is_some_and(|word| PERSONS.contains(&word.as_str()))
    };
    let mentions = |roles: &[&str]| [&*joined, word, first].iter().any(|word| roles.contains(word));
    if child == parent {
        // `parent_region` of regions, `reports_to` of employees.
        let alone = OWN_ROLES.contains(&&*joined);
        let with_table = OWN_ROLES.contains(&first.as_str())
            && affinity(&stem[1..], &views[parent].name) >= 0.85;
        return if alone || with_table { 0.8 } else { 0.0 };
    }
    if mentions(PERSON_ROLES) && person(&views[parent]) {
        let persons = views.iter().filter(|view| person(view)).count();
        return if persons == 1 { 0.7 } else { 0.5 };
    }
    0.0
}
