//! Gathering: drafted tables and columns under safe names, each once, none without bound.

use super::dialect::{self, Meaning};
use super::{DesignColumn, DesignTable, MAX_COLUMNS, MAX_TABLES, foreign, implied, stem};
use crate::draft::{ColumnDraft, Draft, TableDraft};
use crate::finding::{Finding, Level};
use crate::name::Identifier;

/// The longest sentence kept, in characters.
const MAX_TEXT: usize = 2000;
/// The longest name as said that is kept, in characters.
const MAX_SAID: usize = 200;
/// How often a table is taken in that a model says again and again.
const MAX_TWINS: usize = 5;
/// The most words of a vocabulary that are kept.
const MAX_VOCABULARY: usize = 10_000;

/// A table with its columns, and the drafts it was gathered from: the first gave it its name.
#[derive(Debug)]
pub(super) struct Gathered<'a> {
    /// The table, without keys.
    pub(super) table: DesignTable,
    /// The drafts, with their places in the whole.
    pub(super) drafts: Vec<(usize, &'a TableDraft)>,
}

/// The tables of a draft.
pub(super) fn tables<'a>(draft: &'a Draft, findings: &mut Vec<Finding>) -> Vec<Gathered<'a>> {
    let mut tables: Vec<Gathered<'a>> = Vec::new();
    for (number, table) in draft.tables.iter().enumerate() {
        let at = format!("/tables/{number}");
        if is_blank(&table.name) && table.columns.is_empty() {
            findings.push(Finding::new(Level::Reject, at, "a table without name and columns"));
            continue;
        }
        if !draft.resolved
            && let Some(first) = twin(&tables, table)
        {
            if tables[first].drafts.len() == MAX_TWINS {
                continue;
            }
            merge(&mut tables[first], number, table, findings);
            continue;
        }
        if table.columns.is_empty() {
            let message = format!("`{}` has no columns and was left out", line(&table.name));
            findings.push(Finding::new(Level::Reject, at, message).hint("name its columns"));
            continue;
        }
        if tables.len() == MAX_TABLES {
            let left = draft.tables.len() - number;
            let message = format!("{left} tables after the first {MAX_TABLES} were left out");
            findings.push(Finding::new(Level::Reject, at, message));
            break;
        }
        let name = Identifier::new(&table.name, "table");
        let name = name.unlike(|name| tables.iter().any(|other| other.table.name == *name));
        let said = table.said.as_ref().map_or_else(|| line(&table.name), |said| line(said));
        let mut gathered = Gathered {
            table: DesignTable {
                said: if is_blank(&said) { name.as_str().to_owned() } else { said },
                name,
                implied: table.implied,
                description: sentence(&table.description),
                columns: Vec::new(),
                primary_key: Vec::new(),
                unique: Vec::new(),
                foreign_keys: Vec::new(),
                spreads: Vec::new(),
                checks: Vec::new(),
                rows: Vec::new(),
                size: None,
                lifecycles: Vec::new(),
                history: None,
            },
            drafts: vec![(number, table)],
        };
        columns(&mut gathered.table, table, &at, !draft.resolved, findings);
        tables.push(gathered);
    }
    tables
}

/// The table, already there, that a drafted one says again.
fn twin(tables: &[Gathered<'_>], table: &TableDraft) -> Option<usize> {
    if is_blank(&table.name) {
        return None;
    }
    let stem = stem::table(&table.name);
    tables.iter().position(|other| stem::table(&other.table.said) == stem)
}

/// Adds to a table what its twin has and it lacks.
fn merge<'a>(
    into: &mut Gathered<'a>,
    number: usize,
    table: &'a TableDraft,
    findings: &mut Vec<Finding>,
) {
    let at = format!("/tables/{number}");
    let message =
        format!("`{}` is `{}` again; the two are one", line(&table.name), into.table.said);
    findings.push(Finding::new(Level::Repair, at.clone(), message));
    // Rows written for other columns cannot be told apart any more.
    let has_rows = into.drafts.iter().any(|(_, draft)| !draft.rows.is_empty());
    if into.table.description.is_empty() {
        into.table.description = sentence(&table.description);
    }
    if !has_rows && table.rows.is_empty() {
        let fresh: Vec<ColumnDraft> = (table.columns.iter())
            .filter(|column| stem::column(&into.table.columns, &column.name).is_none())
            .cloned()
            .collect();
        let more = TableDraft { columns: fresh, ..TableDraft::default() };
        columns(&mut into.table, &more, &at, true, findings);
    }
    into.drafts.push((number, table));
}

/// Appends the columns of a draft to a table; `repeats` are passed over where no row needs them.
fn columns(
    table: &mut DesignTable,
    draft: &TableDraft,
    at: &str,
    loose: bool,
    findings: &mut Vec<Finding>,
) {
    for (number, column) in draft.columns.iter().enumerate() {
        let at = format!("{at}/columns/{number}");
        if table.columns.len() == MAX_COLUMNS {
            let left = draft.columns.len() - number;
            let message = format!("{left} columns after the first {MAX_COLUMNS} were left out");
            findings.push(Finding::new(Level::Reject, at, message));
            break;
        }
        let target = if loose { foreign::standing(&column.name) } else { None };
        let name = match &target {
            Some(table) => implied::key_name(table),
            None => Identifier::new(&column.name, "column"),
        };
        let said = line(column.said.as_ref().unwrap_or(&column.name));
        let said = if is_blank(&said) { name.as_str().to_owned() } else { said };
        let taken = |name: &Identifier| table.columns.iter().any(|other| other.name == *name);
        let again = table.columns.iter().any(|other| other.said.eq_ignore_ascii_case(&said));
        if loose && draft.rows.is_empty() && again {
            let message = format!("`{said}` stands there twice and is one column");
            findings.push(Finding::new(Level::Repair, at, message));
            continue;
        }
        let named = name.clone().unlike(taken);
        if named != name {
            let message = format!("another column is `{name}` already; `{said}` is `{named}`");
            findings.push(Finding::new(Level::Repair, at.clone(), message));
        }
        let mut gathered = gathered(column, named, said, &at, findings);
        if target.is_some() && gathered.remark.is_none() {
            gathered.remark = Some(gathered.said.clone());
        }
        table.columns.push(gathered);
    }
}

fn gathered(
    column: &ColumnDraft,
    name: Identifier,
    said: String,
    at: &str,
    findings: &mut Vec<Finding>,
) -> DesignColumn {
    let kind = match dialect::kind(column) {
        Meaning::Kind(kind) => Some(kind),
        Meaning::Open => None,
        Meaning::Unknown => {
            let word = line(column.kind.as_deref().unwrap_or_default());
            let message = format!("`{word}` is no kind; its values will tell what `{said}` is");
            findings.push(
                Finding::new(Level::Note, at, message)
                    .hint("say one of bool, int64, float64, decimal(p,s), text, enum, date, time, timestamp, timestamptz, uuid, json, list, struct"),
            );
            None
        }
    };
    let text = |text: &Option<String>, most: usize| {
        text.as_deref().map(|text| bounded(text, most)).filter(|text| !text.is_empty())
    };
    let vocabulary = column.vocabulary.as_ref().map(|words| {
        let words = words.iter().map(|word| line(word)).filter(|word| !is_blank(word));
        words.take(MAX_VOCABULARY).collect::<Vec<_>>()
    });
    DesignColumn {
        name,
        said,
        kind,
        nullable: column.nullable.unwrap_or(true),
        unit: text(&column.unit, MAX_SAID),
        format: text(&column.format, MAX_SAID),
        description: text(&column.description, MAX_TEXT),
        vocabulary: vocabulary.filter(|words| !words.is_empty()),
        behaviour: None,
        nulls: None,
        remark: text(&column.remark, MAX_TEXT),
    }
}

/// A text on one line, without control characters, not longer than a name may be.
pub(super) fn line(text: &str) -> String {
    bounded(text, MAX_SAID)
}

/// A sentence or a few on one line, without control characters.
pub(super) fn sentence(text: &str) -> String {
    bounded(text, MAX_TEXT)
}

/// A text on one line, without control characters and without spaces at its ends.
fn bounded(text: &str, most: usize) -> String {
    let plain: String = (text.trim().chars().take(most))
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    plain.trim().to_owned()
}

fn is_blank(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}
