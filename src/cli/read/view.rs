//! [`shown`]: what was read, for a person.

use std::fmt::Write as _;
use std::path::Path;

use peyote_schemas::name::Slug;
use peyote_schemas::stream::Learnt;
use peyote_schemas::value::json::cell_text;
use peyote_schemas::{Dataset, Finding, Table};

use super::super::report::{duckdb_line, grid, width};
use super::{Part, SHOWN_FINDINGS};
use crate::quote::Terminal;

/// Rows of each table that are shown.
const SHOWN_ROWS: usize = 8;
/// Letters of a value that are shown.
const SHOWN_LETTERS: usize = 32;
/// Letters of a name that are shown.
const SHOWN_NAME: usize = 80;
/// Columns of each table that are shown.
const SHOWN_COLUMNS: usize = 100;

/// The tables' columns and first rows, what was found, and where the tables were written.
pub(super) fn shown(dataset: &Dataset, streamed: &[Option<Part>], out: Option<&Path>) -> String {
    let mut text = String::new();
    for (number, table) in dataset.tables.iter().enumerate() {
        let learnt = streamed.get(number).and_then(Option::as_ref).map(Part::learnt);
        text.push_str(&about(table, learnt));
        text.push_str(&rows(table, learnt));
        text.push('\n');
    }
    let repairs: Vec<&Finding> = dataset.findings.iter().collect();
    for finding in repairs.iter().take(SHOWN_FINDINGS) {
        let _ = writeln!(
            text,
            "{}: {}",
            Terminal(&place(finding, dataset)),
            Terminal(&finding.message)
        );
    }
    if repairs.len() > SHOWN_FINDINGS {
        let more = repairs.len() - SHOWN_FINDINGS;
        let _ = writeln!(text, "… and {more} findings more; `--json` has them all");
    }
    if let Some(out) = out {
        let _ = writeln!(text, "written to {}", Terminal(&out.display().to_string()));
        if let Some(table) = dataset.tables.first() {
            let file = out.join(format!("{}.parquet", Slug::new(&table.raw.name, "table")));
            if file.exists() {
                let _ = writeln!(text, "open: {}", duckdb_line(&file));
            }
        }
    }
    text
}

/// Where a finding is, as a person says it: `orders, row 4`.
fn place(finding: &Finding, dataset: &Dataset) -> String {
    let mut parts = finding.at.split('/').skip(1);
    let (Some("tables"), Some(number)) = (parts.next(), parts.next()) else {
        return finding.at.clone();
    };
    let Some(table) = number.parse().ok().and_then(|at: usize| dataset.tables.get(at)) else {
        return finding.at.clone();
    };
    let name = &table.raw.name;
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<usize>().ok());
    match (parts.next(), number(parts.next())) {
        (Some("rows"), Some(row)) => format!("{name}, row {}", row + 1),
        (Some("columns"), Some(at)) => match table.columns.get(at) {
            Some(column) => format!("{name}.{}", column.name),
            None => name.clone(),
        },
        _ => name.clone(),
    }
}

/// The table's name, size and keys, and its columns with their kinds.
fn about(table: &Table, learnt: Option<&Learnt>) -> String {
    let mut grid = grid(&["column", "kind", "nulls", "key"]);
    let columns = table.columns.iter().zip(table.batch.columns()).enumerate();
    for (at, (column, array)) in columns.take(SHOWN_COLUMNS) {
        let unit = column.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
        let mut keys = Vec::new();
        if table.primary_key.contains(&column.name) {
            keys.push("primary".to_owned());
        }
        for key in table.foreign_keys.iter().filter(|key| key.columns.contains(&column.name)) {
            keys.push(format!("→ {}", key.references.table));
        }
        let nulls = learnt.map_or(array.null_count() as u64, |learnt| learnt.nulls[at]);
        grid.add_row([
            short(&column.name, SHOWN_NAME),
            format!("{}{}", column.kind, Terminal(&unit)),
            if nulls == 0 { String::new() } else { nulls.to_string() },
            Terminal(&keys.join(", ")).to_string(),
        ]);
    }
    let (name, rows) = (Terminal(&table.raw.name), count(table, learnt));
    let more = match table.columns.len().saturating_sub(SHOWN_COLUMNS) {
        0 => String::new(),
        more => format!("… {more} columns more\n"),
    };
    let source = Terminal(&table.raw.source);
    format!("{name} ({rows} rows, from {source})\n{}\n{more}", grid.trim_fmt())
}

/// How many rows a table has.
fn count(table: &Table, learnt: Option<&Learnt>) -> u64 {
    learnt.map_or(table.batch.num_rows() as u64, |learnt| learnt.rows)
}

/// The first rows.
fn rows(table: &Table, learnt: Option<&Learnt>) -> String {
    let cells: Vec<Vec<String>> = (table.columns.iter().zip(table.batch.columns()))
        .take(SHOWN_COLUMNS)
        .map(|(column, array)| {
            let name = std::iter::once(short(&column.name, SHOWN_NAME));
            let rows = 0..table.batch.num_rows().min(SHOWN_ROWS);
            name.chain(rows.map(|row| {
                let text = cell_text(array, row, &column.kind).unwrap_or_default();
                short(&text, SHOWN_LETTERS)
            }))
            .collect()
        })
        .collect();
    let shown = fitting(&cells, width());
    let cells = &cells[..shown];
    let header: Vec<&str> = cells.iter().map(|column| column[0].as_str()).collect();
    let mut grid = grid(&header);
    for row in 1..cells.first().map_or(0, Vec::len) {
        grid.add_row(cells.iter().map(|column| column[row].as_str()));
    }
    // Of more than can be named, the table of columns has said so.
    let left = match table.columns.len().min(SHOWN_COLUMNS) - shown {
        0 => String::new(),
        1 => "… 1 column more\n".to_owned(),
        left => format!("… {left} columns more\n"),
    };
    let more = count(table, learnt).saturating_sub(SHOWN_ROWS as u64);
    let more = if more == 0 { String::new() } else { format!("… {more} rows more\n") };
    format!("{}\n{left}{more}", grid.trim_fmt())
}

/// How many of the columns a line has room for: one at least, and all where it has no end.
fn fitting(columns: &[Vec<String>], width: Option<u16>) -> usize {
    /// Letters between two columns.
    const BETWEEN: usize = 2;
    let Some(width) = width else { return columns.len() };
    let mut taken = 0;
    let fits = |column: &&Vec<String>| -> bool {
        let widest = column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
        taken += widest + BETWEEN;
        taken <= usize::from(width)
    };
    columns.iter().take_while(fits).count().max(1).min(columns.len())
}

/// The beginning of a text, safe to print.
fn short(text: &str, letters: usize) -> String {
    let end = text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at);
    let cut = if end < text.len() { "…" } else { "" };
    format!("{}{cut}", Terminal(&text[..end]))
}
