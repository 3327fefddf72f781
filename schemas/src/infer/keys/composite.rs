//! Keys of several columns: junctions, lines of a document, histories, and references to them.

use std::collections::BTreeSet;

use super::primary::{CLAIM, Lead, SURE};
use super::profile::{Family, row_hashes};
use super::remark::Remark;
use super::words::affinity;
use super::{ColumnView, Link, View};
use crate::dataset::Table;

/// The most columns in a key; real ones seldom have five.
const MOST_COLUMNS: usize = 4;
/// The most columns that combinations are made of.
const MOST_PARTS: usize = 10;
/// The most combinations tried on one table.
const MOST_TRIES: usize = 200;
/// From here a name is that of a table.
const OWN_NAME: f64 = 0.85;
/// Fewer pairs of values than these agree by accident.
const ENOUGH_PAIRS: usize = 5;
/// One hash in so many is looked at before all are.
const SAMPLED: u64 = 64;
/// Words of tables that hold several states of one thing.
const STATES: &[&str] = &[
    "history", "log", "daily", "weekly", "monthly", "yearly", "snapshot", "dat", "period",
    "version", "calendar", "schedul",
];
/// Words of tables that hold the lines of a document.
const LINES: &[&str] = &["detail", "lin", "item", "entry", "position"];
/// Words for a place in a sequence, which completes the key of a document's lines.
const PLACES: &[&str] = &[
    "lin", "sequenc", "seq", "ordinal", "position", "index", "number", "no", "nr", "num", "lineno",
    "rank", "round", "lap", "step", "version", "part", "slot", "season", "year", "week", "month",
    "quarter", "period", "semester", "term",
];
/// Words for what a text is in, which completes the key of a thing's translations and the like.
const TONGUES: &[&str] = &["languag", "lang", "local", "cultur", "currency"];
/// Words for when a row was written, which is never part of what it names.
const BOOKKEEPING: &[&str] = &[
    "updat",
    "updated",
    "modified",
    "creat",
    "created",
    "insert",
    "inserted",
    "load",
    "loaded",
    "timestamp",
    "crtd",
];

/// The primary key of a table: its leading column, or the fewest columns that together name a row.
pub(super) fn primary(
    tables: &[Table],
    views: &[View],
    at: usize,
    lead: Option<Lead>,
    links: &[Link],
) -> Vec<usize> {
    let view = &views[at];
    if view.sketched {
        let claimed = lead.filter(|lead| lead.score >= CLAIM);
        return claimed.map(|lead| lead.column).into_iter().collect();
    }
    let told: Vec<usize> = (0..view.columns.len())
        .filter(|column| view.columns[*column].remarks.contains(&Remark::Primary))
        .take(MOST_COLUMNS)
        .collect();
    if !told.is_empty() {
        return told;
    }
    let refers =
        |column: usize| links.iter().any(|link| link.child == at && link.columns.contains(&column));
    let single = lead.filter(|lead| lead.score >= CLAIM);
    let run = leading_run(view, &refers);
    if let Some(lead) = single {
        // An id behind that of the document whose lines these are is counted within it.
        if lead.column == 1 && refers(0) && view.name.has(LINES) {
            return vec![0, 1];
        }
        let borrowed = refers(lead.column);
        let longer = run.len() > 1
            && run.contains(&lead.column)
            && (borrowed || !is_named_after(view, lead.column))
            && outgrows(view, &run, &refers);
        let weak = lead.score < SURE
            && !borrowed
            && run.len() > 1
            && !run.contains(&lead.column)
            && run.iter().any(|column| refers(*column));
        if (longer || weak) && run.len() <= MOST_COLUMNS && is_unique(tables, at, &run) {
            return run;
        }
        return vec![lead.column];
    }
    if view.rows < 2 {
        return Vec::new();
    }
    if let Some(key) = of_run(tables, view, at, &run, &refers) {
        return key;
    }
    if let Some(key) = counted_within(view).filter(|key| is_unique(tables, at, key)) {
        return key;
    }
    // What rows elsewhere refer to names a row here, though it be a name in words.
    let referred = links
        .iter()
        .filter(|link| link.parent == at && link.child != at && link.keys.len() == 1)
        .map(|link| link.keys[0])
        .find(|column| view.columns[*column].profile.nulls == 0);
    if let Some(column) = referred {
        return vec![column];
    }
    if let Some(key) = in_force(view, &refers).filter(|key| is_unique(tables, at, key)) {
        return key;
    }
    combined(tables, view, at, &refers)
}

/// Adds references of several columns to composite keys, and drops those of one column that they
/// imply.
pub(super) fn foreign(
    tables: &[Table],
    views: &[View],
    keys: &[Vec<usize>],
    links: &mut Vec<Link>,
) {
    let mut found = Vec::new();
    for (parent, key) in keys.iter().enumerate().filter(|(_, key)| key.len() > 1) {
        let mut parents: Option<Vec<u64>> = None;
        for (child, view) in views.iter().enumerate() {
            if child == parent || view.sketched || views[parent].sketched {
                continue;
            }
            let Some(columns) = matching(view, &views[parent], key) else { continue };
            // Two tables that share a key stand beside each other, unless one is named for the other.
            let own: BTreeSet<usize> = keys[child].iter().copied().collect();
            let beside = own == columns.iter().copied().collect()
                && !view.name.contains(&views[parent].name);
            if beside {
                continue;
            }
            let parents = parents.get_or_insert_with(|| {
                let mut hashes: Vec<u64> =
                    row_hashes(&tables[parent], key).into_iter().flatten().collect();
                hashes.sort_unstable();
                hashes
            });
            let mut rows: Vec<u64> =
                row_hashes(&tables[child], &columns).into_iter().flatten().collect();
            rows.sort_unstable();
            rows.dedup();
            if rows.len() >= ENOUGH_PAIRS
                && rows.iter().all(|row| parents.binary_search(row).is_ok())
            {
                found.push(Link { child, columns, parent, keys: key.clone(), score: 0.9 });
            }
        }
    }
    // What the pair refers to has that reference itself.
    let through: Vec<Link> = links.clone();
    links.retain(|link| {
        !found.iter().any(|wide| {
            let place = wide.columns.iter().position(|column| [*column] == *link.columns);
            wide.child == link.child
                && place.is_some_and(|place| {
                    let key = wide.keys[place];
                    through.iter().any(|other| {
                        other.child == wide.parent
                            && other.columns == [key]
                            && (other.parent, &other.keys) == (link.parent, &link.keys)
                    })
                })
        })
    });
    links.extend(found);
}

/// The columns of a table that go by the names of a key's columns, in the key's order.
fn matching(view: &View, parent: &View, key: &[usize]) -> Option<Vec<usize>> {
    let alike = |a: &ColumnView, b: &ColumnView| {
        a.is_keyable()
            && a.profile.family == b.profile.family
            && a.forms.iter().any(|form| form.is_specific() && b.forms.contains(form))
    };
    let mut columns = Vec::with_capacity(key.len());
    for part in key {
        let part = &parent.columns[*part];
        let column = (0..view.columns.len())
            .find(|at| !columns.contains(at) && alike(&view.columns[*at], part))?;
        columns.push(column);
    }
    Some(columns)
}

/// The first columns that look like parts of a key, up to the first that does not.
fn leading_run(view: &View, refers: &dyn Fn(usize) -> bool) -> Vec<usize> {
    (0..view.columns.len())
        .take_while(|at| is_part(view, *at, refers))
        .take(MOST_COLUMNS + 1)
        .collect()
}

/// Whether a column could be part of a key with others.
fn is_part(view: &View, at: usize, refers: &dyn Fn(usize) -> bool) -> bool {
    let column = &view.columns[at];
    if column.profile.nulls > 0 || column.profile.rows == 0 {
        return false;
    }
    if refers(at) {
        return true;
    }
    if column.profile.uuid || column.forms.iter().any(|form| form.as_slice() == ["row", "guid"]) {
        return false;
    }
    let bookkeeping = column.forms.iter().any(|form| form.has(BOOKKEEPING));
    match column.profile.family {
        Family::Other | Family::Moment => false,
        Family::Day => {
            !bookkeeping
                && column
                    .forms
                    .iter()
                    .all(|form| !form.has(&["end", "due", "to", "until", "expiry"]))
        }
        Family::Time => {
            column.forms.iter().any(|form| form.has(&["start", "begin", "from"]))
                && column.forms.iter().all(|form| !form.has(&["end"]))
        }
        Family::Int | Family::Text => {
            column.is_keyable() && (column.is_naming() || is_place(column))
        }
    }
}

fn is_place(column: &ColumnView) -> bool {
    let ends = |words: &[&str]| {
        column
            .forms
            .iter()
            .any(|form| form.as_slice().last().is_some_and(|word| words.contains(&word.as_str())))
    };
    if column.profile.family == Family::Text {
        return ends(TONGUES);
    }
    column.profile.family == Family::Int
        && column.forms.iter().any(|form| {
            form.as_slice().last().is_some_and(|word| PLACES.contains(&word.as_str()))
                || form
                    .as_slice()
                    .first()
                    .is_some_and(|word| matches!(word.as_str(), "lin" | "seq" | "sequenc"))
        })
}

/// Whether a run of parts is the key although its first column names each row by itself: a table
/// that joins others, or one that holds states of a thing and has only one of each so far.
fn outgrows(view: &View, run: &[usize], refers: &dyn Fn(usize) -> bool) -> bool {
    let references = run.iter().filter(|column| refers(**column)).count();
    let rest = view.columns.iter().skip(run.len());
    let bare = rest.clone().all(|column| {
        column.forms.iter().any(|form| form.has(BOOKKEEPING))
            || column.profile.uuid
            || column.profile.family == Family::Moment
    });
    let dated = run.iter().any(|column| view.columns[*column].profile.family == Family::Day);
    // `film_actor` of `film_id` and `actor_id`.
    let stems: Vec<String> = (run.iter())
        .filter_map(|at| Some(view.columns[*at].forms.first()?.stem().joined()))
        .collect();
    let mut turned = stems.clone();
    turned.reverse();
    let joins = [stems.concat(), turned.concat()].contains(&view.name.joined());
    (references >= 1 && (bare || joins)) || (dated && view.name.has(STATES))
}

/// Whether a column goes by its table's name, so that it is not another's key.
fn is_named_after(view: &View, at: usize) -> bool {
    view.columns[at].forms.iter().any(|form| {
        let stem = form.stem_words();
        form.is_naming() && (stem.is_empty() || affinity(stem, &view.name) >= 0.7)
    })
}

/// The key among the first columns of a table: all that look like parts where nothing else follows
/// them, else the fewest, else all with one part more from behind.
fn of_run(
    tables: &[Table],
    view: &View,
    at: usize,
    run: &[usize],
    refers: &dyn Fn(usize) -> bool,
) -> Option<Vec<usize>> {
    let run = &run[..run.len().min(MOST_COLUMNS)];
    if run.len() < 2 {
        return None;
    }
    if outgrows(view, run, refers) && is_unique(tables, at, run) {
        return Some(run.to_vec());
    }
    for size in 2..=run.len() {
        if is_unique(tables, at, &run[..size]) {
            return Some(run[..size].to_vec());
        }
    }
    let undated: Vec<usize> =
        run.iter().copied().filter(|at| view.columns[*at].profile.family != Family::Day).collect();
    let behind = (run.len()..view.columns.len()).filter(|column| refers(*column)).take(MOST_PARTS);
    behind
        .flat_map(|column| {
            [undated.as_slice(), run]
                .map(|run| run.iter().copied().chain([column]).collect::<Vec<_>>())
        })
        .find(|key| (2..=MOST_COLUMNS).contains(&key.len()) && is_unique(tables, at, key))
}

/// The key of things that are counted anew within another: `store_no` of stores, and the `region`
/// before it.
fn counted_within(view: &View) -> Option<Vec<usize>> {
    let is_own = |column: &ColumnView| {
        column
            .forms
            .iter()
            .any(|form| form.is_naming() && affinity(form.stem_words(), &view.name) >= OWN_NAME)
    };
    let last = (1..MOST_COLUMNS.min(view.columns.len())).find(|at| is_own(&view.columns[*at]))?;
    let is_word = |column: &ColumnView| {
        column.is_keyable() && column.profile.nulls == 0 && !column.profile.spaced
    };
    view.columns[..=last].iter().all(is_word).then(|| (0..=last).collect())
}

/// The key of what is so from a day to a day: what it is said of, what is said where the table goes
/// by it, and the first day.
fn in_force(view: &View, refers: &dyn Fn(usize) -> bool) -> Option<Vec<usize>> {
    let day = |at: usize, words: &[&str]| {
        view.columns.get(at).is_some_and(|column| {
            column.profile.family == Family::Day && column.forms.iter().any(|form| form.has(words))
        })
    };
    let from = (1..view.columns.len()).find(|at| {
        day(*at, &["from", "start", "begin"]) && day(*at + 1, &["to", "end", "until"])
    })?;
    let said = |at: &usize| view.columns[*at].forms.contains(&view.name);
    let key: Vec<usize> = (0..from).filter(|at| refers(*at) || said(at)).chain([from]).collect();
    (refers(0) && key.len() <= MOST_COLUMNS).then_some(key)
}

/// The fewest parts that together name a row, those before others that have the first part.
fn combined(
    tables: &[Table],
    view: &View,
    at: usize,
    refers: &dyn Fn(usize) -> bool,
) -> Vec<usize> {
    let parts: Vec<usize> = (0..view.columns.len())
        .filter(|column| is_part(view, *column, refers))
        .take(MOST_PARTS)
        .collect();
    // A key of several columns names at least one thing that is known elsewhere, or comes first.
    let anchored = |set: &[usize]| set.iter().any(|column| refers(*column) || *column == 0);
    let mut tries = 0;
    for size in 2..=MOST_COLUMNS.min(parts.len()) {
        let mut sets = sets(&parts, size);
        // A place in a sequence completes a key better than another reference, and a day does too.
        sets.sort_by_key(|set| {
            let places = set.iter().filter(|at| is_place(&view.columns[**at])).count();
            let days =
                set.iter().filter(|at| view.columns[**at].profile.family == Family::Day).count();
            (!set.contains(&0), std::cmp::Reverse(places.min(1)), std::cmp::Reverse(days.min(1)))
        });
        for set in sets {
            let room: f64 =
                set.iter().map(|column| view.columns[*column].profile.distinct as f64).product();
            // Columns of so many values would agree in no two rows by chance alone.
            let by_chance = room > (view.rows as f64).powi(2) / 2.0;
            if !anchored(&set) || room < view.rows as f64 || by_chance {
                continue;
            }
            tries += 1;
            if tries > MOST_TRIES {
                return Vec::new();
            }
            if is_unique(tables, at, &set) {
                return set;
            }
        }
    }
    Vec::new()
}

/// All sets of a size from a few parts, in the order of their places.
fn sets(parts: &[usize], size: usize) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = (0_u32..1 << parts.len())
        .filter(|mask| mask.count_ones() as usize == size)
        .map(|mask| {
            (0..parts.len()).filter(|bit| mask & (1 << bit) != 0).map(|bit| parts[bit]).collect()
        })
        .collect();
    sets.sort();
    sets
}

fn is_unique(tables: &[Table], at: usize, columns: &[usize]) -> bool {
    let rows = row_hashes(&tables[at], columns);
    let count = rows.len();
    let hashes: Vec<u64> = rows.into_iter().flatten().collect();
    let differ = |mut hashes: Vec<u64>| {
        hashes.sort_unstable();
        hashes.windows(2).all(|pair| pair[0] != pair[1])
    };
    // Two rows that agree have one hash: few of the hashes show that where there are many such rows.
    let few = |hashes: &[u64]| hashes.iter().copied().filter(|hash| hash % SAMPLED == 0).collect();
    hashes.len() == count && differ(few(&hashes)) && differ(hashes)
}
