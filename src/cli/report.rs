//! The table at the end of a run: what was written, where, what was repaired, what it cost.

use std::path::Path;
use std::sync::OnceLock;

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, TableComponent, Width};
use peyote_backends::{Price, Usage};

use crate::event::Cost;
use crate::quote::{ShellWord, SqlText, Terminal};

/// Letters of a line of a cell where nobody says how wide lines may be.
const MOST_CELL: u16 = 80;

/// How wide lines may be, where the shell says so.
static SAID: OnceLock<u16> = OnceLock::new();

/// One table of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The table's name.
    pub(super) table: String,
    /// How many rows it has.
    pub(super) rows: usize,
    /// How many columns.
    pub(super) columns: usize,
    /// The columns that name its rows.
    pub(super) primary_key: String,
    /// The tables that it refers to, each once.
    pub(super) refers_to: String,
    /// How many values of it were repaired or emptied.
    pub(super) repaired: usize,
    /// How many rows of it were set aside.
    pub(super) rejected: usize,
}

/// An empty table with a header and one rule under it, as wide as its terminal.
pub(super) fn grid(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(NOTHING);
    table.set_style(TableComponent::HeaderLines, '─');
    table.set_style(TableComponent::MiddleHeaderIntersections, '─');
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    if let Some(width) = width() {
        table.set_width(width);
    } else {
        let most = ColumnConstraint::UpperBoundary(Width::Fixed(MOST_CELL));
        table.set_constraints(header.iter().map(|_| most));
    }
    table
}

/// Keeps how wide lines may be, as the person's shell says; what is no number is not said.
pub(super) fn said_width(columns: &str) {
    if let Some(width) = columns.trim().parse().ok().filter(|width| *width > 0) {
        // Said once, when the arguments are read.
        let _ = SAID.set(width);
    }
}

/// How many letters a line of standard output has room for; nothing where it is no terminal, and
/// nobody says.
pub(super) fn width() -> Option<u16> {
    /// Less is no width that anything can be read at.
    const LEAST: u16 = 20;
    let width = SAID.get().copied().or_else(|| {
        let terminal = dialoguer::console::Term::stdout();
        terminal.is_term().then(|| terminal.size_checked().map(|(_, columns)| columns)).flatten()
    });
    width.map(|width| width.max(LEAST))
}

/// What was written, as a table.
pub(super) fn tables(lines: &[Line]) -> String {
    let mut table =
        grid(&["table", "rows", "columns", "primary key", "refers to", "repaired", "set aside"]);
    for line in lines {
        table.add_row([
            Terminal(&line.table).to_string(),
            line.rows.to_string(),
            line.columns.to_string(),
            Terminal(&line.primary_key).to_string(),
            Terminal(&line.refers_to).to_string(),
            count(line.repaired),
            count(line.rejected),
        ]);
    }
    table.trim_fmt()
}

/// A count, with nothing for zero, so that what is not zero is seen.
fn count(number: usize) -> String {
    if number == 0 { String::new() } else { number.to_string() }
}

/// What a run took, in a sentence.
pub(super) fn cost(cost: Cost, price: Option<Price>) -> String {
    match cost {
        Cost { calls: 0, .. } => "no call was made".to_owned(),
        Cost { calls, input: 0, output: 0 } => format!("{calls} answers, no tokens counted"),
        Cost { calls, input, output } => {
            let dollars =
                price.map_or_else(String::new, |price| format!(", ${:.4}", usd(cost, price)));
            format!("{calls} answers, {input} tokens in, {output} tokens out{dollars}")
        }
    }
}

/// What calls cost, in dollars.
pub(super) fn usd(cost: Cost, price: Price) -> f64 {
    price.of(Usage { input: cost.input, output: cost.output })
}

/// The line that opens a file of a dataset in DuckDB.
pub(super) fn duckdb_line(file: &Path) -> String {
    let path = file.display().to_string();
    let query = format!("FROM {}", SqlText(&path));
    if query.contains(['"', '$', '`', '\\', '!']) {
        return format!("duckdb -c {}", ShellWord(&query));
    }
    format!("duckdb -c \"{query}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_path_stays_one_word_of_the_shell() {
        assert_eq!(duckdb_line(Path::new("out/a.parquet")), "duckdb -c \"FROM 'out/a.parquet'\"");
        assert_eq!(duckdb_line(Path::new("a'$(x)/b")), r"duckdb -c 'FROM '\''a'\'''\''$(x)/b'\'''");
    }
}
