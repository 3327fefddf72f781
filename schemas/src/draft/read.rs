//! [`read`]: the tables that any reply speaks of, as a draft.

use super::outline::{self, Item};
use super::{Draft, TableDraft, grid, json, list, sql, value};
use crate::finding::{Finding, Level};

/// The most tables kept of a reply; more is never meant.
const MAX_TABLES: usize = 500;
/// The most columns kept of a table.
const MAX_COLUMNS: usize = 1000;
/// The most sentences told of that fitted nowhere.
const MAX_ASIDES: usize = 20;

/// Reads the tables of a dataset out of a reply of any form.
///
/// JSON under any plausible keys, `CREATE TABLE`, Markdown tables of columns, numbered and
/// bulleted lists, headings with lists, names with columns in brackets: of all forms that give
/// tables the one that says most is taken. It never fails: at worst the draft is empty and a
/// finding says what was looked for.
pub fn read(text: &str) -> (Draft, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut best = said_in_json(text);
    if best.as_ref().is_none_or(|draft| weight(&draft.tables) == 0) {
        let forms = [sql::tables(text), grid::tables(text)];
        let lines = outline::outline(text);
        let (listed, asides) = list::tables(&lines);
        let mut tables = Vec::new();
        for form in forms {
            if weight(&form) > weight(&tables) {
                tables = form;
            }
        }
        if weight(&listed) > weight(&tables) {
            tables = listed;
            for aside in asides.into_iter().take(MAX_ASIDES) {
                let message = format!("not understood and left aside: `{}`", short(&aside));
                findings.push(Finding::new(Level::Note, "/tables", message));
            }
        }
        best = Some(Draft { name: name(&lines), tables, ..Draft::default() });
    }
    let mut draft = best.unwrap_or_default();
    draft.tables.truncate(MAX_TABLES);
    for table in &mut draft.tables {
        if table.rows.is_empty() {
            table.columns.truncate(MAX_COLUMNS);
        }
    }
    if draft.tables.is_empty() {
        let message = "no tables were found in the reply";
        let hint = "answer with JSON {\"tables\": [{\"name\", \"columns\"}]} or with a list of \
                    lines like `1. Name: what it holds. Columns: a, b, c`";
        findings.push(Finding::new(Level::Error, "/tables", message).hint(hint));
    }
    (draft, findings)
}

/// The draft in the JSON of a reply: the value with most in it, or all values together.
fn said_in_json(text: &str) -> Option<Draft> {
    let drafts: Vec<Draft> = value::values(text).iter().filter_map(json::draft).collect();
    let most = drafts.iter().map(|draft| draft.tables.len()).max()?;
    if most > 1 {
        return drafts.into_iter().find(|draft| draft.tables.len() == most);
    }
    let mut drafts = drafts.into_iter();
    let mut first = drafts.next()?;
    first.tables.extend(drafts.flat_map(|draft| draft.tables));
    Some(first)
}

/// How much a reading says: tables, then columns.
fn weight(tables: &[TableDraft]) -> usize {
    tables.iter().map(|table| 1 + table.columns.len().min(MAX_COLUMNS)).sum()
}

/// What a dataset is called by the first heading that is over everything.
fn name(lines: &[Item]) -> String {
    let first = lines.iter().find(|item| matches!(item.marker, outline::Marker::Heading(1)));
    first.map(|item| short(&item.text)).unwrap_or_default()
}

fn short(text: &str) -> String {
    text.chars().take(160).collect()
}
