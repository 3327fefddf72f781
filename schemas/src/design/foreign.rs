//! Foreign keys: which columns point at which table, by key, by remark and by name.

use super::gather::line;
use super::{DesignColumn, DesignTable, stem};
use crate::draft::TableDraft;
use crate::finding::{Finding, Level};
use crate::keys::{ForeignKey, Reference};
use crate::name::Identifier;

/// Words before the table in a remark that speaks of one.
const MARKERS: [&str; 14] = [
    "foreign key",
    "foreign-key",
    "foreign_key",
    "references",
    "referencing",
    "reference to",
    "refers to",
    "refer to",
    "linked to",
    "links to",
    "link to",
    "points to",
    "pointing to",
    "fk",
];
/// Words between such a marker and the table.
const CONNECTORS: [&str; 17] = [
    "to",
    "for",
    "of",
    "from",
    "in",
    "into",
    "on",
    "references",
    "referencing",
    "reference",
    "refers",
    "the",
    "a",
    "linking",
    "pointing",
    "table",
    "links",
];
/// The most words in the name of a table that a column alone gives away.
const MAX_SUBJECT: usize = 3;

/// Columns said to point at a table, before anybody looked whether it is there.
#[derive(Debug)]
pub(super) struct Claim {
    /// The referring table's place.
    pub(super) table: usize,
    /// The referring columns.
    pub(super) columns: Vec<Identifier>,
    /// What is pointed at.
    pub(super) target: Target,
    /// Where it was said, as a pointer into the draft.
    pub(super) at: String,
}

/// What a claim points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A table by its name, and columns of it, if they were said.
    Named {
        /// The readings of the words, the likeliest first: a table's name and columns' names.
        readings: Vec<(String, Vec<String>)>,
    },
    /// "(foreign key)" and nothing else: the column's own name has to tell.
    Bare,
    /// A table that the column's name gave away by itself.
    Guessed {
        /// Its place.
        table: usize,
    },
}

/// The table and the columns that a remark speaks of.
pub(super) fn reference(remark: &str) -> Option<Target> {
    let lower = remark.to_ascii_lowercase();
    let (start, marker) = MARKERS
        .iter()
        .filter_map(|marker| Some((bounded(&lower, marker)?, *marker)))
        .min_by_key(|(start, marker)| (*start, usize::MAX - marker.len()))?;
    let mut rest = &remark[start + marker.len()..];
    loop {
        rest = rest.trim_start_matches(|edge: char| {
            edge.is_whitespace() || matches!(edge, ':' | '-' | '>' | '=' | '→' | '(' | ')' | '.')
        });
        let word = rest.split(|edge: char| !edge.is_alphanumeric() && edge != '_').next();
        match word.filter(|word| CONNECTORS.contains(&word.to_ascii_lowercase().as_str())) {
            Some(word) => rest = &rest[word.len()..],
            None => break,
        }
    }
    let phrase = phrase(rest);
    if !phrase.chars().any(char::is_alphanumeric) {
        return Some(Target::Bare);
    }
    Some(Target::Named { readings: readings(phrase) })
}

/// The table that a column points at whose whole name is "foreign key to" it.
pub(super) fn standing(name: &str) -> Option<Identifier> {
    let words = stem::words(name);
    let alone = matches!(words.as_slice(), [first, second, ..] if first == "foreign" && second == "key")
        || words.first().is_some_and(|first| first == "fk");
    match reference(name).filter(|_| alone)? {
        Target::Named { readings } => {
            let (table, _) = readings.into_iter().next()?;
            Some(Identifier::new(&table, "table"))
        }
        _ => None,
    }
}

/// Whether a remark says that a column points at a table.
pub(super) fn is_claimed(column: &DesignColumn) -> bool {
    column.remark.as_deref().and_then(reference).is_some()
}

/// The place of a word or words that stand for themselves in a text.
fn bounded(text: &str, words: &str) -> Option<usize> {
    let part = |letter: Option<char>| letter.is_some_and(|l| l.is_alphanumeric() || l == '_');
    text.match_indices(words).map(|(at, _)| at).find(|at| {
        !part(text[..*at].chars().next_back()) && !part(text[at + words.len()..].chars().next())
    })
}

/// The words that name a table, up to where the sentence goes on.
fn phrase(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let mut end = text.len();
    for stop in [
        ",", ";", "\n", ". ", " and ", " or ", " that ", " which ", " with ", " so ", " - ", " – ",
        " as ",
    ] {
        end = end.min(lower.find(stop).unwrap_or(end));
    }
    let text = &text[..end];
    text.trim_matches(|edge: char| edge.is_whitespace() || "\"'`“”‘’.*[]".contains(edge))
}

/// What a phrase may mean: `users(id)`, `users.id`, `id in users`, `users table`.
fn readings(phrase: &str) -> Vec<(String, Vec<String>)> {
    let plain = |text: &str| text.trim_matches(|edge: char| !edge.is_alphanumeric()).to_owned();
    let mut readings = Vec::new();
    if let Some((table, rest)) = phrase.split_once('(') {
        let columns = rest.split(')').next().unwrap_or(rest);
        readings.push((plain(table), columns.split(',').map(plain).collect()));
        return readings;
    }
    if let Some((table, column)) = phrase.rsplit_once('.') {
        readings.push((plain(table), vec![plain(column)]));
    }
    readings.push((plain(phrase), Vec::new()));
    let lower = phrase.to_ascii_lowercase();
    for joint in [" in ", " of ", " from "] {
        if let Some(at) = lower.find(joint) {
            let column = phrase[..at].trim_end_matches("column").trim();
            readings.push((plain(&phrase[at + joint.len()..]), vec![plain(column)]));
        }
    }
    readings.retain(|(table, _)| !table.is_empty());
    readings
}

/// All that drafts and remarks claim, in the order of the tables.
pub(super) fn claims(
    tables: &[DesignTable],
    drafts: &[Vec<(usize, &TableDraft)>],
    resolved: bool,
    findings: &mut Vec<Finding>,
) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        for (number, draft) in &drafts[at] {
            for (place, key) in draft.foreign_keys.iter().enumerate() {
                let pointer = format!("/tables/{number}/foreign_keys/{place}");
                let found: Option<Vec<Identifier>> = (key.columns.iter())
                    .map(|name| {
                        let place = stem::column(&table.columns, name)?;
                        Some(table.columns[place].name.clone())
                    })
                    .collect();
                let Some(columns) = found.filter(|columns| !columns.is_empty()) else {
                    let names = line(&key.columns.join("`, `"));
                    let message = format!("`{}` has no column `{names}` to refer with", table.name);
                    findings.push(Finding::new(Level::Reject, pointer, message));
                    continue;
                };
                let readings = vec![(key.references.table.clone(), key.references.columns.clone())];
                let target = Target::Named { readings };
                claims.push(Claim { table: at, columns, target, at: pointer });
            }
        }
        if resolved {
            continue;
        }
        for (place, column) in table.columns.iter().enumerate() {
            let Some(target) = column.remark.as_deref().and_then(reference) else { continue };
            let taken = (claims.iter())
                .any(|claim| claim.table == at && claim.columns == [column.name.clone()]);
            if !taken {
                let number = drafts[at].first().map_or(at, |(number, _)| *number);
                let pointer = format!("/tables/{number}/columns/{place}");
                claims.push(Claim {
                    table: at,
                    columns: vec![column.name.clone()],
                    target,
                    at: pointer,
                });
            }
        }
    }
    claims
}

/// The table that a column's name gives away: `puzzle_id` the one whose key is `puzzle_id` or
/// whose subject is a puzzle, `parent_region` and `home_team_id` with the role before it.
pub(super) fn by_name(tables: &[DesignTable], table: usize, column: &Identifier) -> Option<usize> {
    if let Some(owner) = owner(tables, table, column) {
        return Some(owner);
    }
    let mut words = stem::keyed(column.as_str());
    if let Some(last) = words.last_mut() {
        let bare = last.trim_end_matches(|letter: char| letter.is_ascii_digit()).to_owned();
        if !bare.is_empty() {
            *last = bare;
        }
    }
    let words: Vec<String> = words.iter().map(|word| stem::word(word)).collect();
    let subjects: Vec<Vec<String>> =
        tables.iter().map(|table| stem::subject(table.name.as_str())).collect();
    let only = |holds: &dyn Fn(&[String]) -> bool, but: Option<usize>| {
        let mut found = (0..tables.len()).filter(|at| Some(*at) != but && holds(&subjects[*at]));
        found.next().filter(|_| found.next().is_none())
    };
    if words == ["parent"] {
        return Some(table);
    }
    only(&|subject| subject == words.as_slice(), None)
        .or_else(|| only(&|subject| subject.ends_with(&words), Some(table)))
        .or_else(|| only(&|subject| subject.starts_with(&words), Some(table)))
        // A role stands before the subject, seldom behind it.
        .or_else(|| (1..words.len()).find_map(|cut| only(&|s| s == &words[cut..], None)))
        .or_else(|| {
            (1..words.len()).rev().find_map(|cut| only(&|s| s == &words[..cut], Some(table)))
        })
}

/// The one other table whose primary key is a column of the same telling name.
fn owner(tables: &[DesignTable], table: usize, column: &Identifier) -> Option<usize> {
    if matches!(column.as_str(), "id" | "key" | "code" | "name") {
        return None;
    }
    let owners: Vec<usize> = (0..tables.len())
        .filter(|at| *at != table && tables[*at].primary_key == [column.clone()])
        .collect();
    match owners.as_slice() {
        [] => None,
        [one] => Some(*one),
        // Several tables share the key: the one it is named after has it from itself.
        many => {
            let words: Vec<String> =
                stem::keyed(column.as_str()).iter().map(|word| stem::word(word)).collect();
            many.iter().copied().find(|at| stem::subject(tables[*at].name.as_str()) == words)
        }
    }
}

/// Claims nobody made but names do: `customer_id` beside a table of customers.
pub(super) fn guesses(tables: &[DesignTable], claims: &[Claim]) -> Vec<Claim> {
    let mut guesses = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        for (place, column) in table.columns.iter().enumerate() {
            let name = &column.name;
            let claimed =
                claims.iter().any(|claim| claim.table == at && claim.columns.contains(name));
            if claimed || table.primary_key == [name.clone()] || !stem::is_key(name.as_str()) {
                continue;
            }
            let found = owner(tables, at, name).or_else(|| {
                let is_id =
                    ["_id", "_key", "_fk", "_uuid"].iter().any(|end| name.as_str().ends_with(end));
                if is_id { by_name(tables, at, name) } else { None }
            });
            let Some(parent) = found.filter(|parent| !tables[*parent].primary_key.is_empty())
            else {
                continue;
            };
            let [key] = tables[parent].primary_key.as_slice() else { continue };
            if parent == at && key == name {
                continue;
            }
            guesses.push(Claim {
                table: at,
                columns: vec![name.clone()],
                target: Target::Guessed { table: parent },
                at: format!("/tables/{at}/columns/{place}"),
            });
        }
    }
    guesses
}

/// Adds a foreign key to a table, once.
pub(super) fn add(
    table: &mut DesignTable,
    columns: Vec<Identifier>,
    parent: Identifier,
    keys: Vec<Identifier>,
) {
    let key = ForeignKey { columns, references: Reference { table: parent, columns: keys } };
    if !table.foreign_keys.contains(&key) {
        table.foreign_keys.push(key);
    }
}

/// What a column that is "(foreign key)" and nothing else would call the table it points at.
pub(super) fn subject(column: &DesignColumn) -> Option<String> {
    let words = stem::keyed(column.name.as_str());
    let alone = words.len() == 1 && stem::KEY_WORDS.contains(&words[0].as_str());
    let plain = !column.said.contains(['/', '|', '&']);
    let mut words = words;
    let last = words.pop()?;
    let bare = last.trim_end_matches(|letter: char| letter.is_ascii_digit()).to_owned();
    words.push(stem::plural(if bare.is_empty() { &last } else { &bare }));
    (plain && !alone && words.len() <= MAX_SUBJECT).then(|| words.join("_"))
}
