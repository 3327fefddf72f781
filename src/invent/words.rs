//! Words for the text columns of a table whose rows no answer has, and what becomes of columns without any.

use std::collections::{BTreeMap, BTreeSet};

use peyote_backends::{Answer, Ask, Backend, plain};
use peyote_schemas::design::{DesignColumn, DesignTable};
use peyote_schemas::draft::Idea;
use peyote_schemas::name::Identifier;
use peyote_schemas::{Finding, Kind, Level, RawTable};

use super::small;
use super::unwritten::Closed;
use crate::error::Error;
use crate::run::Request;

/// Words of columns, by their names.
pub(super) type Words = BTreeMap<String, Vec<String>>;

/// Text columns of a table whose words are asked for.
const VOCABULARIES: usize = 6;
/// Words asked for, for each of them.
const WORDS: usize = 20;
/// The fewest different values of a column in rows that were not taken for it to draw from them.
const LEAST_SPARE: usize = 3;
/// The fewest columns of a table that is worth having.
const LEAST_COLUMNS: usize = 2;
/// Names of columns that mean something else in every table.
const GENERIC: [&str; 9] =
    ["name", "title", "description", "type", "remark", "notes", "status", "code", "category"];

/// Who is asked for words, and about what.
pub(super) struct Source<'a> {
    pub(super) backend: &'a dyn Backend,
    pub(super) request: &'a Request,
    pub(super) idea: &'a Idea,
    /// Words that other tables got, by the names of their columns.
    pub(super) elsewhere: &'a Words,
}

/// Words for the text columns of a table: asked for one column at a time; where nothing comes, those
/// of a column of the same name in another table, else what stood in rows that were not taken.
pub(super) async fn words(
    source: &Source<'_>,
    closed: &Closed,
    refused: Option<&RawTable<'_>>,
    answers: &mut Vec<Answer>,
    findings: &mut Vec<Finding>,
) -> Result<Words, Error> {
    let topic = source.request.topic.as_str();
    let table = closed.table();
    let mut words = Words::new();
    for (number, column) in wanted(closed).enumerate() {
        let name = column.name().to_string();
        let mut found = Vec::new();
        if number < VOCABULARIES {
            let ask = Ask::Vocabulary {
                topic: topic.to_owned(),
                idea: source.idea.clone(),
                table: table.said().to_owned(),
                column: column.said().to_owned(),
                description: column.description().map(str::to_owned),
                count: WORDS,
                avoid: Vec::new(),
            };
            found = small::words(source.backend, &ask, topic, answers, findings).await?;
        }
        if found.is_empty() && !GENERIC.contains(&name.as_str()) {
            found = source.elsewhere.get(&name).cloned().unwrap_or_default();
        }
        if found.is_empty() {
            found = refused.map(|raw| spare(raw, &name, topic)).unwrap_or_default();
        }
        if !found.is_empty() {
            words.insert(name, found);
        }
    }
    Ok(words)
}

/// Takes the columns out of made rows of whose texts nobody knows anything, each with a finding; a
/// table keeps two columns, whatever stands in them.
pub(super) fn without_unknown(
    raw: RawTable<'static>,
    closed: &Closed,
    words: &Words,
    findings: &mut Vec<Finding>,
) -> RawTable<'static> {
    let unknown: Vec<&str> = wanted(closed)
        .filter(|column| closed.is_unknown(column))
        .map(|column| column.name().as_str())
        .filter(|name| !words.contains_key(*name))
        .collect();
    let (gone, kept): (Vec<usize>, Vec<usize>) =
        (0..raw.width()).partition(|place| unknown.contains(&raw.header()[*place].as_str()));
    if gone.is_empty() || raw.is_empty() || kept.len() < LEAST_COLUMNS {
        return raw;
    }
    for place in gone {
        let message = "no answer had words for it, so it was left out";
        let at = format!("/tables/{}/columns/{}", closed.table().name(), raw.header()[place]);
        findings
            .push(Finding::new(Level::Repair, at, message).hint("a larger model has words for it"));
    }
    let header = kept.iter().map(|place| raw.header()[*place].clone()).collect();
    let mut less = RawTable::new(&raw.name, raw.source.clone(), header);
    for row in raw.rows() {
        less.push_row(
            kept.iter().map(|place| row[*place].clone().into_owned()).collect::<Vec<_>>(),
        );
    }
    less
}

/// The columns that words must be found for: text that is neither a key nor of a form. What its
/// name or columns of its name in other tables say to be a moment, a number or an id is none.
fn wanted(closed: &Closed) -> impl Iterator<Item = &DesignColumn> {
    let table = closed.table();
    let open = |column: &&DesignColumn| wants(table, column) && !closed.is_formed(column);
    table.columns().iter().filter(move |column| open(column) || closed.is_stray(column))
}

fn wants(table: &DesignTable, column: &DesignColumn) -> bool {
    let named = |keys: &[Identifier]| keys.contains(column.name());
    matches!(column.kind(), None | Some(Kind::Text))
        && column.vocabulary().is_none()
        && column.behaviour().is_none()
        && !table.foreign_keys().iter().any(|key| named(&key.columns))
        && !(named(table.primary_key()) && table.columns().len() > 1)
}

/// The different values of a column in rows that were not taken, if they are enough.
fn spare(raw: &RawTable<'_>, name: &str, topic: &str) -> Vec<String> {
    let Some(place) = raw.header().iter().position(|header| header == name) else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    let words: Vec<String> = (raw.texts(place).flatten().map(str::trim))
        .filter(|text| text.chars().any(char::is_alphabetic) && !plain::is_echo(text, topic))
        .filter(|text| seen.insert(text.to_lowercase()))
        .map(str::to_owned)
        .collect();
    if words.len() < LEAST_SPARE { Vec::new() } else { words }
}
