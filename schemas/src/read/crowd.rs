//! [`Crowd`]: tables of a text that holds more of them than any dataset does.

use std::collections::HashMap;

use serde_json::Value;

use super::Reading;
use crate::cell::{Cell, RawTable};
use crate::finding::{Finding, Level};
use crate::guard::column::is_document;

/// Tables of a text, and of one part of it, that are kept apart: several times as many as the
/// largest schemas of applications have. What each takes is many times the text that it can be.
pub(crate) const MOST_TABLES: usize = if cfg!(test) { 1 << 6 } else { 1 << 12 };

/// Findings about the tables behind those.
const MOST_FINDINGS: usize = 1 << 12;

/// The column of rows of which each is one value.
const ITEM: &str = "item";

/// The tables of a text behind the first [`MOST_TABLES`]: those of the same columns are one. No row
/// is lost: where even the headers are more than that, each row is one value, as JSON.
#[derive(Debug, Default)]
pub(crate) struct Crowd<'a> {
    tables: Vec<RawTable<'a>>,
    /// How many were joined in each.
    joined: Vec<usize>,
    /// Which of them has a header.
    known: HashMap<Vec<String>, usize>,
    /// Which of them holds the rows of all others.
    others: Option<usize>,
    findings: Vec<Finding>,
    /// How many more findings there were.
    more: usize,
}

impl<'a> Crowd<'a> {
    /// Takes in what was read of one part of the text.
    pub(crate) fn take(&mut self, reading: Reading<'a>) {
        let next = self.tables.len();
        let places: Vec<(usize, usize)> =
            reading.tables.into_iter().map(|table| self.add(table)).collect();
        for finding in reading.findings {
            if self.findings.len() < MOST_FINDINGS {
                self.findings.push(placed(finding, &places, next));
            } else {
                self.more += 1;
            }
        }
    }

    /// The tables and what was found of them, where so many tables stand before.
    pub(crate) fn finish(self, before: usize) -> (Vec<RawTable<'a>>, Vec<Finding>) {
        let mut findings = self.findings;
        let at = |number: usize| format!("/tables/{number}");
        for (number, joined) in self.joined.into_iter().enumerate() {
            let others = self.others == Some(number);
            if joined < 2 && !others {
                continue;
            }
            let message = if others {
                format!(
                    "the text holds so many tables that the rows of {joined} are one value each"
                )
            } else {
                format!("the text holds so many tables that {joined} of the same columns are one")
            };
            findings.push(Finding::new(Level::Repair, at(number), message));
        }
        if self.more > 0 {
            let message = format!("{} more findings about tables like this", self.more);
            findings.push(Finding::new(Level::Note, at(0), message));
        }
        let moved = |finding| super::moved(finding, before);
        (self.tables, findings.into_iter().map(moved).collect())
    }

    /// Adds a table: which it is now, and from which row on.
    fn add(&mut self, table: RawTable<'a>) -> (usize, usize) {
        if let Some(&number) = self.known.get(table.header()) {
            let row = self.tables[number].len();
            self.tables[number].append(table);
            self.joined[number] += 1;
            return (number, row);
        }
        if self.known.len() < MOST_TABLES {
            let number = self.tables.len();
            self.known.insert(table.header().to_vec(), number);
            self.tables.push(table);
            self.joined.push(1);
            return (number, 0);
        }
        let number = *self.others.get_or_insert_with(|| {
            let header = vec![ITEM.to_owned()];
            self.tables.push(RawTable::new(table.name.clone(), table.source.clone(), header));
            self.joined.push(0);
            self.tables.len() - 1
        });
        let row = self.tables[number].len();
        for cells in table.rows() {
            let object = as_json(table.header(), &cells);
            self.tables[number].push_row([Cell::Nested(object.into())]);
        }
        self.joined[number] += 1;
        (number, row)
    }
}

/// A row as a JSON object, without what is absent.
fn as_json(header: &[String], cells: &[Cell<'_>]) -> String {
    let string = |text: &str| Value::from(text).to_string();
    let mut object = String::from("{");
    for (name, cell) in header.iter().zip(cells) {
        let Some(text) = cell.text() else { continue };
        if object.len() > 1 {
            object.push(',');
        }
        object.push_str(&string(name));
        object.push(':');
        match cell {
            Cell::Nested(text) => object.push_str(text),
            Cell::Bare(text) if is_document(text) => object.push_str(text),
            _ => object.push_str(&string(text)),
        }
    }
    object.push('}');
    object
}

/// A finding of a part's table `/tables/N/…` where that table is now.
fn placed(mut finding: Finding, places: &[(usize, usize)], next: usize) -> Finding {
    let Some(rest) = finding.at.strip_prefix("/tables/") else { return finding };
    let (number, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let Ok(number) = number.parse::<usize>() else { return finding };
    let (table, first) = places.get(number).copied().unwrap_or((next, 0));
    let row = rest.strip_prefix("/rows/").and_then(|row| row.parse::<usize>().ok());
    finding.at = match row {
        Some(row) => format!("/tables/{table}/rows/{}", row + first),
        None => format!("/tables/{table}{rest}"),
    };
    finding
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::MOST_TABLES;
    use crate::read::{Source, read};

    #[test]
    fn tables_of_one_header_beyond_any_dataset_are_one() {
        let mut text = String::new();
        for row in 0..MOST_TABLES + 10 {
            let _ = write!(text, "```csv\na,b\n{row},2\n```\n\n");
        }
        let _ = write!(text, "```csv\na,b\n1,2\n3,4,5\n```\n\n");
        let reading = read(&Source { name: "reply.md", text: &text, expect: None });
        assert_eq!(reading.tables.len(), MOST_TABLES + 1);
        let last = &reading.tables[MOST_TABLES];
        assert_eq!((last.len(), last.text(0, 0)), (12, Some(&*MOST_TABLES.to_string())));
        let at: Vec<&str> = reading.findings.iter().map(|finding| finding.at.as_str()).collect();
        let table = format!("/tables/{MOST_TABLES}");
        assert_eq!(at, [format!("{table}/rows/11"), table]);
    }

    #[test]
    fn rows_of_tables_that_no_dataset_has_as_many_of_are_values() {
        let mut text = String::new();
        for table in 0..2 * MOST_TABLES + 5 {
            let _ = write!(text, "```csv\na,b{table}\n{table},x y\n```\n\n");
        }
        let reading = read(&Source { name: "reply.md", text: &text, expect: None });
        assert_eq!(reading.tables.len(), 2 * MOST_TABLES + 1);
        let last = &reading.tables[2 * MOST_TABLES];
        let number = 2 * MOST_TABLES + 4;
        let object = format!("{{\"a\":{number},\"b{number}\":\"x y\"}}");
        assert_eq!((last.len(), last.text(4, 0)), (5, Some(&*object)));
        let message = "the text holds so many tables that the rows of 5 are one value each";
        assert_eq!(reading.findings.last().map(|last| last.message.as_str()), Some(message));
    }
}
