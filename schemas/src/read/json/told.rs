//! What was mended and left out, as findings.

use std::fmt::Write as _;

use super::node::Node;
use super::repair::{Log, Repair};
use crate::finding::{Finding, Level};
use crate::read::MOST_TABLES;

/// Characters of a value shown in a finding.
const SHOWN: usize = 40;

/// The repairs of a text as findings at the rows where they stood.
///
/// For each table, the bytes at which its rows began.
pub(super) fn repairs(starts: &[&[usize]], log: &Log) -> Vec<Finding> {
    let place = |at: usize| {
        // Rows of several tables may take turns.
        let last = |(table, starts): (usize, &&[usize])| {
            let row = starts.partition_point(|start| *start <= at).checked_sub(1)?;
            Some((starts[row], table, row))
        };
        let last = starts.iter().enumerate().filter_map(last).max();
        last.map_or((0, None), |(_, table, row)| (table, Some(row)))
    };
    let mut findings = Vec::new();
    for (repair, places, more) in log.sorts() {
        let mut rows: Vec<(usize, Option<usize>)> = places.iter().map(|at| place(*at)).collect();
        rows.dedup();
        let mut from = 0;
        while from < rows.len() {
            let table = rows[from].0;
            let to = rows[from..]
                .iter()
                .position(|row| row.0 != table)
                .map_or(rows.len(), |next| from + next);
            let here: Vec<Option<usize>> = rows[from..to].iter().map(|row| row.1).collect();
            let more = if to == rows.len() { more } else { 0 };
            findings.extend(said(table, repair, &here, more));
            from = to;
        }
    }
    findings
}

/// A repair of a table as findings: one for each row of the first hundred, and how many more.
pub(super) fn said(
    table: usize,
    repair: Repair,
    rows: &[Option<usize>],
    more: usize,
) -> Vec<Finding> {
    /// Findings of one sort.
    const MOST: usize = 100;
    let mut findings: Vec<Finding> = (rows.iter().take(MOST))
        .map(|row| {
            let at = match row {
                Some(row) => format!("/tables/{table}/rows/{row}"),
                None => format!("/tables/{table}"),
            };
            Finding::new(Level::Repair, at, repair.message())
        })
        .collect();
    let more = more + rows.len().saturating_sub(MOST);
    if more > 0 {
        let message = format!("{} ({more} times more)", repair.message());
        findings.push(Finding::new(Level::Repair, format!("/tables/{table}"), message));
    }
    findings
}

/// Lists that stand beside a table.
pub(super) fn beside(lists: &[&Node<'_>]) -> Finding {
    let mut said = Vec::new();
    for list in lists {
        if let Node::Array(items) = list {
            said.extend(items.iter().map(value));
        }
    }
    let message = format!("a list beside the tables is not in them: {}", listed(&said));
    Finding::new(Level::Note, "/tables/0", message)
}

/// What is said of the one table behind as many as are kept apart.
pub(super) fn crowded() -> Finding {
    let message = "more tables than any dataset has: whatever follows is one table";
    Finding::new(Level::Repair, format!("/tables/{MOST_TABLES}"), message)
}

/// A member as a finding shows it.
pub(super) fn shown(key: &str, node: &Node<'_>) -> String {
    format!("`{key}` = {}", value(node))
}

fn value(node: &Node<'_>) -> String {
    let value = match node {
        Node::Null => "null".to_owned(),
        Node::Bare(text) | Node::Text(text) => text.chars().take(SHOWN + 1).collect(),
        nested => nested.compact(),
    };
    let mut short: String = value.chars().take(SHOWN).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    format!("`{short}`")
}

/// Some of the members that a finding names.
pub(super) fn listed(all: &[String]) -> String {
    /// Values named in one finding.
    const NAMED: usize = 8;
    let mut list = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if all.len() > NAMED {
        // Writing to a string cannot fail.
        let _ = write!(list, " and {} more", all.len() - NAMED);
    }
    list
}
