//! Keys across tables: primary, then foreign, then composite, each ranked by evidence.
//!
//! Names are read first, since they cost nothing: singular and plural, abbreviations, camel case,
//! prefixes that a whole table or the whole dataset shares, roles (`billing_address_id`). Values
//! decide: a key is claimed only where every value of it is found in the table referred to, and
//! where that is no accident. Whole numbers from 1 to 5 are in every column of numbers from 1, so
//! that such columns need a name; the codes of airports do not. What a model said of a column
//! ("foreign key to Users") is believed even where values stray, and the finding says how many do.
//!
//! Columns are hashed once, a bounded sketch of each is kept, and only pairs that pass both name
//! and sketch are looked at in full.

use std::collections::{BTreeMap, BTreeSet};

use self::profile::{Family, Profile};
use self::words::Words;
use super::Said;
use crate::dataset::Table;
use crate::finding::{Finding, Level};
use crate::keys::{ForeignKey, Reference};

pub(crate) use sketch::Sketch;
pub use sketch::Sketches;

mod composite;
mod foreign;
mod pair;
mod primary;
mod profile;
mod remark;
mod sketch;
mod words;

/// Pairs of a column and a table whose names are compared at most: a thousand tables of eight
/// columns, in about a second.
const MOST_PAIRS: usize = 1 << 23;

/// Sets the primary and foreign keys of all tables; `said[n]` is what is known of table *n*.
///
/// A claimed foreign key holds for every row, unless a remark made it; doubts are findings of
/// [`Level::Note`]. Tables and columns keep their order; the same tables give the same keys. Of
/// thousands of tables the first ones may refer to each other, and the rest to themselves alone.
pub fn find(tables: &mut [Table], said: &[Said], findings: &mut Vec<Finding>) {
    find_with(tables, &[], said, findings);
}

/// The same, where of some tables not all rows are at hand: for these `sketches[n]` tells of table
/// *n* what its values are like, and a note tells where a key rests on that alone. Such a table has
/// no key of several columns.
pub fn find_with(
    tables: &mut [Table],
    sketches: &[Option<&Sketches>],
    said: &[Said],
    findings: &mut Vec<Finding>,
) {
    let count = together(tables);
    first_among(tables, count, sketches, said, findings);
}

/// Sets the keys of the first so many tables, and of each of the others by itself.
fn first_among(
    tables: &mut [Table],
    count: usize,
    sketches: &[Option<&Sketches>],
    said: &[Said],
    findings: &mut Vec<Finding>,
) {
    let (first, rest) = tables.split_at_mut(count);
    among(first, sketches, said, findings);
    if !rest.is_empty() {
        let message = format!("references are looked for among the first {count} tables only");
        findings.push(Finding::new(Level::Note, format!("/tables/{count}"), message));
    }
    for (at, table) in rest.iter_mut().enumerate() {
        let at = count + at;
        let mut own = Vec::new();
        let said = said.get(at).map(std::slice::from_ref).unwrap_or_default();
        let sketches = sketches.get(at).map(std::slice::from_ref).unwrap_or_default();
        among(std::slice::from_mut(table), sketches, said, &mut own);
        for finding in &mut own {
            if let Some(place) = finding.at.strip_prefix("/tables/0") {
                finding.at = format!("/tables/{at}{place}");
            }
        }
        findings.append(&mut own);
    }
}

/// How many of the first tables can be looked at together.
fn together(tables: &[Table]) -> usize {
    let mut columns = 0;
    let fits = |(at, table): &(usize, &Table)| {
        columns += table.columns.len();
        at * columns <= MOST_PAIRS
    };
    tables.iter().enumerate().take_while(fits).count()
}

/// Sets the keys of tables that may all refer to each other.
fn among(
    tables: &mut [Table],
    sketches: &[Option<&Sketches>],
    said: &[Said],
    findings: &mut Vec<Finding>,
) {
    let views = views(tables, sketches, said);
    let leads: Vec<Option<primary::Lead>> =
        views.iter().map(|view| primary::lead(view, &views)).collect();
    let mut links = foreign::links(tables, &views, &leads, findings);
    let mut keys: Vec<Vec<usize>> = (0..tables.len())
        .map(|at| composite::primary(tables, &views, at, leads[at], &links))
        .collect();
    composite::foreign(tables, &views, &keys, &mut links);
    // What refers by several columns may have its key begin with them.
    for at in 0..tables.len() {
        let wide = |link: &Link| link.child == at && link.columns.len() > 1;
        if keys[at].is_empty() && links.iter().any(wide) {
            keys[at] = composite::primary(tables, &views, at, leads[at], &links);
        }
    }
    for (at, (table, key)) in tables.iter_mut().zip(&keys).enumerate() {
        table.primary_key = key.iter().map(|column| table.columns[*column].name.clone()).collect();
        let place = format!("/tables/{at}/primary_key");
        if key.is_empty() && views[at].rows > 1 {
            let message = format!("no column of `{}` names its rows", table.raw.name);
            findings.push(Finding::new(Level::Note, place, message));
        } else if let ([column], Some(Some(sketches))) = (&key[..], sketches.get(at))
            && !sketches.sure.get(*column).is_some_and(|sure| *sure)
        {
            let message = format!(
                "`{}` names the rows as far as a sketch of its values tells",
                table.columns[*column].name
            );
            findings.push(Finding::new(Level::Note, place, message));
        }
    }
    links.sort_by(|a, b| (a.child, &a.columns).cmp(&(b.child, &b.columns)));
    for link in links {
        let references = Reference {
            table: tables[link.parent].raw.name.clone(),
            columns: named(&tables[link.parent], &link.keys),
        };
        let columns = named(&tables[link.child], &link.columns);
        tables[link.child].foreign_keys.push(ForeignKey { columns, references });
    }
}

/// Sets of columns besides the primary key in which no two rows agree and whose names or forms
/// say that this is no accident: an e-mail address, a serial number, a UUID.
pub fn unique(table: &Table) -> Vec<Vec<String>> {
    const ONCE: &[&str] = &[
        "email", "usernam", "login", "vin", "sku", "isbn", "issn", "ean", "iban", "slug", "url",
        "barcod",
    ];
    (0..table.columns.len())
        .filter(|at| table.primary_key != [table.columns[*at].name.clone()])
        .filter(|at| {
            let words = Words::new(&table.columns[*at].name);
            let profile = profile::profile(table, *at);
            let last = words.as_slice().last().is_some_and(|word| ONCE.contains(&word.as_str()));
            profile.is_unique() && profile.rows > 1 && (last || words.is_naming() || profile.uuid)
        })
        .map(|at| vec![table.columns[at].name.clone()])
        .collect()
}

/// A foreign key by the numbers of its tables and columns.
#[derive(Debug, Clone, PartialEq)]
struct Link {
    child: usize,
    columns: Vec<usize>,
    parent: usize,
    keys: Vec<usize>,
    /// How good the evidence is; 1 where it was said.
    score: f64,
}

/// A table as far as its keys go.
struct View {
    name: Words,
    columns: Vec<ColumnView>,
    rows: usize,
    /// Whether its values are not at hand.
    sketched: bool,
    /// Whether columns elsewhere are named after it, so that its rows are things of their own.
    is_entity: bool,
    /// What columns tell the type of: `owner` where there is an `owner_type`.
    typed: BTreeSet<String>,
}

/// A column as far as keys go.
struct ColumnView {
    /// Its name in all its readings: as written, without the dataset's prefix, without the table's.
    forms: Vec<Words>,
    profile: Profile,
    /// What was said of it.
    remarks: Vec<remark::Remark>,
}

impl ColumnView {
    /// Whether its values can refer to rows or name them.
    fn is_keyable(&self) -> bool {
        /// The longest text that names a row, in bytes on average; longer text is prose.
        const LONGEST: f64 = 80.0;
        !matches!(self.profile.family, Family::Other | Family::Time)
            && self.profile.mean_length <= LONGEST
    }

    fn is_naming(&self) -> bool {
        self.forms.iter().any(Words::is_naming)
    }
}

fn named(table: &Table, columns: &[usize]) -> Vec<String> {
    columns.iter().map(|at| table.columns[*at].name.clone()).collect()
}

fn views(tables: &[Table], sketches: &[Option<&Sketches>], said: &[Said]) -> Vec<View> {
    let names: Vec<Words> = tables.iter().map(|table| Words::of_table(&table.raw.name)).collect();
    let prefix = shared_prefix(&names, names.len());
    let nobody = Said::default();
    let mut views: Vec<View> = tables
        .iter()
        .enumerate()
        .map(|(number, table)| {
            let said = said.get(number).unwrap_or(&nobody);
            let sketches = sketches.get(number).copied().flatten();
            let profile = |at: usize| match sketches.and_then(|all| all.profiles.get(at)) {
                Some(profile) => profile.clone(),
                None => profile::profile(table, at),
            };
            let written: Vec<Words> =
                table.columns.iter().map(|column| Words::new(&column.name)).collect();
            let own = shared_prefix(&written, written.len());
            let of_dataset = names[number].as_slice().get(..prefix).unwrap_or_default();
            let columns: Vec<ColumnView> = table
                .columns
                .iter()
                .enumerate()
                .map(|(at, column)| ColumnView {
                    forms: forms(&written[at], of_dataset, own),
                    profile: profile(at),
                    remarks: remark::remarks(column, said),
                })
                .collect();
            let name = names[number].without_first(prefix);
            let typed = columns.iter().flat_map(|column| &column.forms).filter_map(typed).collect();
            let rows = sketches.map_or(table.batch.num_rows(), |sketches| sketches.rows);
            let sketched = sketches.is_some();
            View { name, columns, rows, sketched, is_entity: false, typed }
        })
        .collect();
    let stems = namesakes(&views);
    for (at, view) in views.iter_mut().enumerate() {
        let tables = stems.get(view.name.as_slice());
        view.is_entity = tables.is_some_and(|(first, others)| *others || *first != at);
    }
    views
}

/// What a column tells the type of, if it tells one.
fn typed(form: &Words) -> Option<String> {
    let words = form.as_slice();
    let is_type = words.len() > 1
        && words.last().is_some_and(|word| matches!(word.as_str(), "typ" | "kind" | "class"));
    is_type.then(|| form.first(words.len() - 1).joined())
}

/// What the naming columns of all tables name, in all its shorter readings, with the first table
/// that does so and whether another does too.
fn namesakes(views: &[View]) -> BTreeMap<Vec<String>, (usize, bool)> {
    let mut named: BTreeMap<Vec<String>, (usize, bool)> = BTreeMap::new();
    for (at, view) in views.iter().enumerate() {
        for form in
            view.columns.iter().flat_map(|column| &column.forms).filter(|form| form.is_naming())
        {
            let stem = form.stem();
            for start in 0..stem.as_slice().len() {
                let (first, others) =
                    named.entry(stem.as_slice()[start..].to_vec()).or_insert((at, false));
                *others |= *first != at;
            }
        }
    }
    named
}

fn forms(written: &Words, dataset: &[String], own: usize) -> Vec<Words> {
    let mut forms = vec![written.clone()];
    if !dataset.is_empty() && written.as_slice().starts_with(dataset) {
        forms.push(written.without_first(dataset.len()));
    }
    forms.push(written.without_first(own));
    let mut seen = BTreeSet::new();
    forms.retain(|form| !form.is_empty() && seen.insert(form.joined()));
    forms
}

/// How many first words all of some names share, where there are enough names to call it a habit
/// and each name has a word of its own left.
fn shared_prefix(names: &[Words], count: usize) -> usize {
    const HABIT: usize = 3;
    if count < HABIT {
        return 0;
    }
    let Some((first, rest)) = names.split_first() else { return 0 };
    let mut shared = first.as_slice().len().saturating_sub(1);
    for name in rest {
        let same = first.as_slice().iter().zip(name.as_slice()).take_while(|(a, b)| a == b).count();
        shared = shared.min(same).min(name.as_slice().len().saturating_sub(1));
    }
    shared
}

#[cfg(test)]
mod tests;
