//! Links of one column: every pair that a name or the values suggest, the best one kept.

use super::pair::{Pair, Target, is_polymorphic, pair, target};
use super::primary::{CLAIM, Lead};
use super::profile::{self, Family};
use super::remark::{self, Remark};
use super::words::affinity;
use super::{ColumnView, Link, View};
use crate::dataset::Table;
use crate::finding::{Finding, Level};

/// From here a link is claimed.
const CLAIMED: f64 = 0.72;
/// From here a link is worth a note.
const MAYBE: f64 = 0.6;
/// The least evidence of a name with which values of no information are enough.
const NAMED: f64 = 0.6;
/// The least evidence of a name with which a link that some values break is worth a note.
const NEARLY: f64 = 0.8;
/// Bits of surprise beyond which more tell nothing.
const MOST_BITS: f64 = 40.0;
/// How many columns of a table, besides the leading one, are tried as what is referred to.
const MOST_ALTERNATES: usize = 6;

/// The links of single columns, one at most for each column.
pub(super) fn links(
    tables: &[Table],
    views: &[View],
    leads: &[Option<Lead>],
    findings: &mut Vec<Finding>,
) -> Vec<Link> {
    let targets = targets(views, leads);
    let mut links = Vec::new();
    for (child, view) in views.iter().enumerate() {
        for (at, column) in view.columns.iter().enumerate() {
            if let Some(link) = said(tables, views, leads, child, at, findings) {
                links.push(link);
            } else if column.is_keyable() && view.rows > 0 {
                links.extend(best(tables, views, leads, &targets, (child, at), findings));
            }
        }
    }
    links
}

/// For each table the columns that others may refer to, the leading one first.
fn targets(views: &[View], leads: &[Option<Lead>]) -> Vec<Vec<Target>> {
    views
        .iter()
        .zip(leads)
        .enumerate()
        .map(|(table, (view, lead))| {
            let lead = lead.filter(|lead| lead.score >= 0.3).map(|lead| lead.column);
            let others = view.columns.iter().enumerate().filter(|(at, column)| {
                Some(*at) != lead
                    && column.profile.is_unique()
                    && column.is_keyable()
                    && (column.profile.family == Family::Text || column.is_naming())
            });
            lead.into_iter()
                .chain(others.map(|(at, _)| at).take(MOST_ALTERNATES))
                .map(|column| target(views, leads, (table, column)))
                .collect()
        })
        .collect()
}

/// The link that was said in so many words.
fn said(
    tables: &[Table],
    views: &[View],
    leads: &[Option<Lead>],
    child: usize,
    at: usize,
    findings: &mut Vec<Finding>,
) -> Option<Link> {
    let column = &views[child].columns[at];
    let target = column.remarks.iter().find_map(|remark| match remark {
        Remark::Foreign(target) => Some(target),
        _ => None,
    })?;
    let place = format!("/tables/{child}/columns/{at}");
    let Some(parent) = remark::table(target, views, child) else {
        let message = format!(
            "`{}` is said to refer to a table that is not here",
            tables[child].columns[at].name
        );
        findings.push(Finding::new(Level::Note, place, message));
        return None;
    };
    let same = views[parent].columns.iter().position(|key| {
        key.profile.is_unique()
            && key.forms.iter().any(|form| column.forms.contains(form) && form.is_specific())
    });
    let key = same.or(leads[parent].filter(|lead| lead.score >= CLAIM).map(|lead| lead.column))?;
    if (parent, key) == (child, at) {
        return None;
    }
    let strays = profile::strangers(
        &profile::hashes(&tables[child], at),
        &profile::hashes(&tables[parent], key),
    );
    if strays > 0 {
        let message = format!(
            "`{}` is said to refer to `{}`, which lacks {strays} of its values",
            tables[child].columns[at].name, tables[parent].raw.name
        );
        findings.push(Finding::new(Level::Note, place, message));
    }
    Some(Link { child, columns: vec![at], parent, keys: vec![key], score: 1.0 })
}

/// The best link that names and values suggest for a column.
fn best(
    tables: &[Table],
    views: &[View],
    leads: &[Option<Lead>],
    targets: &[Vec<Target>],
    (child, at): (usize, usize),
    findings: &mut Vec<Finding>,
) -> Option<Link> {
    let column = &views[child].columns[at];
    let is_lead = leads[child].is_some_and(|lead| lead.column == at && lead.score >= CLAIM);
    let named: Vec<usize> = column
        .remarks
        .iter()
        .filter_map(|remark| match remark {
            Remark::Named(target) => remark::table(target, views, child),
            _ => None,
        })
        .collect();
    let polymorphic = is_polymorphic(&views[child], column);
    let mut found: Vec<(Pair, f64)> = Vec::new();
    let mut near: Option<(usize, usize, f64)> = None;
    for (parent, keys) in targets.iter().enumerate() {
        for target in keys {
            let key = target.column;
            if (parent, key) == (child, at) {
                continue;
            }
            let Some(pair) = pair(views, &named, (child, at), (parent, target)) else { continue };
            // Names that say nothing need values that do, which not even a range that strays can.
            let strays = !column.profile.is_within(&views[parent].columns[key].profile);
            if pair.name < 0.85 && polymorphic || pair.name < NEARLY && strays {
                continue;
            }
            let to = &views[parent].columns[key];
            if is_lead && !leads_on(views, &pair, (child, at), leads) {
                continue;
            }
            let outside = column.profile.share_outside(&to.profile);
            if outside > 0.0 {
                if outside <= 0.2 && pair.name >= NEARLY && column.profile.distinct >= 5 {
                    near = Some((parent, key, outside));
                }
                continue;
            }
            let score = weigh(column, to, &pair);
            if score < MAYBE || !included(tables, views, (child, at), (parent, key)) {
                continue;
            }
            found.push((pair, score));
        }
    }
    if let (true, Some((parent, key, outside))) = (found.is_empty(), near) {
        let message = format!(
            "`{}` would refer to `{}.{}`, but {:.0} % of its values are not there",
            tables[child].columns[at].name,
            tables[parent].raw.name,
            tables[parent].columns[key].name,
            (outside * 100.0).max(1.0)
        );
        findings.push(Finding::new(Level::Note, format!("/tables/{child}/columns/{at}"), message));
    }
    let only = found.len() == 1;
    let (pair, mut score) = choose(found, views, child, column)?;
    // Values that fit one key alone of all are worth more than values that fit anywhere.
    if only && pair.name < NAMED && bits(column, &views[pair.parent].columns[pair.key]) >= MOST_BITS
    {
        score += 0.1;
    }
    if score >= CLAIMED {
        return Some(Link {
            child,
            columns: vec![at],
            parent: pair.parent,
            keys: vec![pair.key],
            score,
        });
    }
    let message = format!(
        "`{}` may refer to `{}.{}`: every value is there, but the names do not say so",
        tables[child].columns[at].name,
        tables[pair.parent].raw.name,
        tables[pair.parent].columns[pair.key].name
    );
    findings.push(Finding::new(Level::Note, format!("/tables/{child}/columns/{at}"), message));
    None
}

/// Whether a key of its own table may refer to another: as the child of a one-to-one pair.
fn leads_on(
    views: &[View],
    pair: &Pair,
    (child, at): (usize, usize),
    leads: &[Option<Lead>],
) -> bool {
    if pair.parent == child || pair.name < 0.8 {
        return false;
    }
    let column = &views[child].columns[at];
    let to = &views[pair.parent].columns[pair.key];
    // The table that the column is named after is the parent, whatever the values say.
    if column.forms.iter().any(|form| affinity(form.stem_words(), &views[child].name) >= 0.85) {
        return false;
    }
    let is_key =
        leads[pair.parent].is_some_and(|lead| lead.column == pair.key && lead.score >= CLAIM);
    is_key && (pair.owned || column.profile.distinct < to.profile.distinct)
}

/// How surprising it is, in bits, that all values of a column are among a key's.
fn bits(column: &ColumnView, to: &ColumnView) -> f64 {
    /// Bits that a text value tells; short codes tell less than names.
    const TEXT: f64 = 6.0;
    let distinct = column.profile.distinct as f64;
    let bits = match (column.profile.span, to.profile.span) {
        (Some((least, _)), Some((first, most))) => {
            // How full the key's numbers are, and how much of them the column's range covers.
            let full = (to.profile.distinct as f64 / (most as f64 - first as f64 + 1.0)).min(1.0);
            let low_start =
                if first > 1 && least >= first { (first as f64).log2().min(8.0) } else { 0.0 };
            distinct * -full.log2() + low_start * distinct.min(5.0)
        }
        _ => distinct * TEXT.min(column.profile.mean_length.max(1.0) * 2.0),
    };
    bits.clamp(0.0, MOST_BITS)
}

fn weigh(column: &ColumnView, to: &ColumnView, pair: &Pair) -> f64 {
    let told = bits(column, to) / MOST_BITS;
    let coverage = column.profile.distinct as f64 / to.profile.distinct.max(1) as f64;
    if pair.name >= NAMED {
        return pair.name + 0.12 * told + 0.08 * coverage;
    }
    let naming = column.is_naming()
        || column.profile.family == Family::Text
            && !column.profile.spaced
            && column.profile.mean_length <= 12.0;
    if pair.name > 0.0 {
        return pair.name + 0.25 * told + 0.05 * coverage;
    }
    // Values alone: many of them, of a column that looks like a key, in a key that leads.
    if naming && told >= 1.0 && column.profile.distinct >= 8 && !column.profile.is_unique() {
        return if column.profile.family == Family::Text { 0.62 + 0.1 * coverage } else { 0.6 };
    }
    0.0
}

fn included(
    tables: &[Table],
    views: &[View],
    (child, at): (usize, usize),
    (parent, key): (usize, usize),
) -> bool {
    let (from, to) = (&views[child].columns[at].profile, &views[parent].columns[key].profile);
    if from.is_whole() && to.is_whole() || to.is_dense() && from.is_within(to) {
        return true;
    }
    if views[child].sketched || views[parent].sketched {
        // The sketches had no value to say against it.
        return true;
    }
    profile::strangers(&profile::hashes(&tables[child], at), &profile::hashes(&tables[parent], key))
        == 0
}

/// The pair to keep: the best by name, and of pairs named alike the one that fits closest.
fn choose(
    mut found: Vec<(Pair, f64)>,
    views: &[View],
    child: usize,
    column: &ColumnView,
) -> Option<(Pair, f64)> {
    /// Pairs within this of the best are named alike.
    const ALIKE: f64 = 0.16;
    /// The chance at which a fit into a smaller table is no accident.
    const CHANCE: f64 = 1e-3;
    found.sort_by(|a, b| {
        b.1.total_cmp(&a.1).then((a.0.parent, a.0.key).cmp(&(b.0.parent, b.0.key)))
    });
    let (first, rest) = found.split_first()?;
    let best = first.1;
    let top = first.0.parent;
    let same = |pair: &Pair| {
        // Only where both keys go by the column's own name can they stand for the same thing.
        views[pair.parent].columns[pair.key].forms.iter().any(|form| column.forms.contains(form))
    };
    if !same(&first.0) || rest.is_empty() {
        return found.into_iter().next();
    }
    let alike = |(pair, score): &&(Pair, f64)| best - score <= ALIKE && same(pair);
    let named = rest
        .iter()
        .chain(std::iter::once(first))
        .filter(alike)
        .filter(|(pair, _)| {
            pair.parent != child && views[child].name.contains(&views[pair.parent].name)
        })
        .max_by_key(|(pair, _)| {
            (views[pair.parent].name.as_slice().len(), std::cmp::Reverse(pair.parent))
        })
        .map(|(pair, _)| (pair.parent, pair.key));
    let size = views[top].columns[first.0.key].profile.distinct as f64;
    let closest = rest
        .iter()
        .filter(alike)
        .filter(|(pair, _)| {
            let share = views[pair.parent].columns[pair.key].profile.distinct as f64 / size;
            share.powf(column.profile.distinct as f64) < CHANCE
        })
        .min_by_key(|(pair, _)| {
            (views[pair.parent].columns[pair.key].profile.distinct, pair.parent)
        })
        .map(|(pair, _)| (pair.parent, pair.key));
    let wanted = named.or(closest).unwrap_or((first.0.parent, first.0.key));
    found.into_iter().find(|(pair, _)| (pair.parent, pair.key) == wanted)
}
