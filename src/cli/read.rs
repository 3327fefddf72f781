//! `peyote read`: any reply, CSV, JSON or Markdown file as a typed dataset.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};

use peyote_schemas::design::Design;
use peyote_schemas::document::{self, Document};
use peyote_schemas::guard::{Action, Reject};
use peyote_schemas::infer::{Said, flow};
use peyote_schemas::name::Slug;
use peyote_schemas::read::{self, Source};
use peyote_schemas::value::json::cell_value;
use peyote_schemas::{Dataset, Finding, RawTable, Table, infer};
use serde_json::Value;

use super::report::{duckdb_line, grid};
use crate::enforce;
use crate::error::Error;
use crate::export::folder::{Folder, Taken, check_free};
use crate::export::{self, Format, Sheet, Types};
use crate::input;
use crate::quote::Terminal;
use crate::reopen;
use crate::run::OnError;

/// Rows of each table that are shown.
const SHOWN_ROWS: usize = 8;
/// Letters of a value that are shown.
const SHOWN_LETTERS: usize = 32;
/// Letters of a name that are shown.
const SHOWN_NAME: usize = 80;
/// Columns of each table that are shown.
const SHOWN_COLUMNS: usize = 100;
/// Findings that are shown.
const SHOWN_FINDINGS: usize = 20;

const EXAMPLES: &str = "\
Examples:
  peyote read reply.txt
  peyote read exports/ --json
  peyote read 'exports/*.csv' reply.json --out typed --format parquet
  peyote read orders.csv --design design.json --on-error reject --out typed
  curl -s https://example.org/table.md | peyote read -";

/// Reads replies and files of any form as typed tables.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders or patterns with `*`, also packed as `.gz` or `.zst`; `-` is standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
    /// Writes the tables into this folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The forms of file to write.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Format::Parquet])]
    format: Vec<Format>,
    /// The Parquet types that may be written.
    #[arg(long, value_enum, default_value_t)]
    types: Types,
    /// Replaces the folder if it is there.
    #[arg(long)]
    overwrite: bool,
    /// Holds the tables to this design: its columns by name, its kinds, keys and checks.
    #[arg(long, value_name = "FILE")]
    design: Option<PathBuf>,
    /// What to do with what breaks a promise of the design.
    #[arg(long, value_enum, default_value_t, requires = "design")]
    on_error: OnError,
}

/// Reads, and shows or writes.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let taken = if args.overwrite { Taken::Replace } else { Taken::Keep };
    if let Some(out) = &args.out {
        check_free(out, taken)?;
    }
    let (dataset, rejects) = match &args.design {
        None if args.json => (dataset(&args.paths)?, None),
        None => (typed(&args.paths)?, None),
        Some(path) => {
            let design = reopen::read_design(path)?;
            let (tables, findings) = tables(&args.paths, Some(&design))?;
            let held = enforce::enforce(&design, tables, findings, args.on_error)?;
            (held.dataset, Some(held.rejects))
        }
    };
    if let Some(out) = &args.out {
        write(&dataset, rejects.as_deref(), args, out, taken)?;
    }
    if args.json {
        return print_document(&Document { dataset: &dataset, rejects: rejects.as_deref() });
    }
    let mut text = shown(&dataset, args.out.as_deref());
    if let Some(rejects) = &rejects {
        text.push_str(&set_aside(rejects));
    }
    super::print(text.as_bytes())
}

/// Prints a document piece by piece: it may be many times as long as what was read.
fn print_document(document: &Document<'_>) -> Result<(), Error> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = serde_json::to_writer(&mut out, document).map_err(io::Error::from);
    super::printed(written.and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()))
}

/// The tables of some files and folders, typed together.
pub(super) fn dataset(paths: &[PathBuf]) -> Result<Dataset, Error> {
    let (tables, findings) = tables(paths, None)?;
    Ok(infer::dataset(tables, findings))
}

/// The same without the tables' text, which nobody asks for who asks for no JSON.
fn typed(paths: &[PathBuf]) -> Result<Dataset, Error> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let mut tables = Vec::new();
    let (mut findings, mut doubts) = (Vec::new(), Vec::new());
    for path in paths {
        for file in input::gather(path).map_err(|error| Error::at_path(path, &error))? {
            let text = read::decode(&file.bytes);
            let source = Source { name: &file.name, text: &text, expect: None };
            let flow = flow::read(&source, threads);
            let first = tables.len();
            tables.extend(flow.tables);
            findings.extend(flow.findings.into_iter().map(|found| read::moved(found, first)));
            doubts.extend(flow.doubts.into_iter().map(|found| read::moved(found, first)));
        }
    }
    findings.append(&mut doubts);
    let said = vec![Said::default(); tables.len()];
    infer::keys::find(&mut tables, &said, &mut findings);
    Ok(Dataset { tables, findings })
}

/// The tables of some files and folders as text, and what was found while reading.
fn tables(
    paths: &[PathBuf],
    design: Option<&Design>,
) -> Result<(Vec<RawTable<'static>>, Vec<Finding>), Error> {
    let mut tables = Vec::new();
    let mut findings = Vec::new();
    for path in paths {
        for file in input::gather(path).map_err(|error| Error::at_path(path, &error))? {
            let text = read::decode(&file.bytes);
            let source = Source { name: &file.name, text: &text, expect: None };
            let reading = match design {
                Some(design) => enforce::read_expecting(&source, design),
                None => read::read(&source),
            };
            let first = tables.len();
            tables.extend(reading.tables.into_iter().map(RawTable::into_owned));
            findings.extend(reading.findings.into_iter().map(|found| read::moved(found, first)));
        }
    }
    Ok((tables, findings))
}

/// What became of values and rows that broke a promise: how many, and the first of them.
fn set_aside(rejects: &[Reject]) -> String {
    let count = |action: Action| rejects.iter().filter(|reject| reject.action == action).count();
    let mut text = format!(
        "{} values mended, {} emptied, {} rows set aside\n",
        count(Action::Repair),
        count(Action::Null),
        count(Action::Row)
    );
    for reject in rejects.iter().take(SHOWN_FINDINGS) {
        let column = reject.column.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
        let line = format!("{} row {}{column}: {}", reject.table, reject.row, reject.reason);
        let _ = writeln!(text, "{}", Terminal(&line));
    }
    text
}

fn write(
    dataset: &Dataset,
    rejects: Option<&[Reject]>,
    args: &Args,
    out: &Path,
    taken: Taken,
) -> Result<(), Error> {
    let mut folder = Folder::beside(out)?;
    let mut names: Vec<String> = Vec::new();
    for table in &dataset.tables {
        let name = Slug::new(&table.raw.name, "table").to_string();
        let same = names.iter().filter(|taken| **taken == name).count();
        names.push(name.clone());
        let stem = if same == 0 { name } else { format!("{name}-{}", same + 1) };
        for format in &args.format {
            export::write(&mut folder, &stem, &sheet(table), *format, args.types, &[])?;
        }
    }
    let schema = document::schema(dataset);
    folder.write("schema.json", None, |out| {
        serde_json::to_writer_pretty(&mut *out, &schema)?;
        out.write_all(b"\n")
    })?;
    if let Some(rejects) = rejects {
        folder.write("rejects.jsonl", None, |out| {
            for reject in rejects {
                serde_json::to_writer(&mut *out, reject)?;
                out.write_all(b"\n")?;
            }
            Ok(())
        })?;
    }
    folder.finish(out, taken)
}

fn sheet(table: &Table) -> Sheet<'_> {
    Sheet {
        name: &table.raw.name,
        description: "",
        columns: &table.columns,
        primary_key: &table.primary_key,
        foreign_keys: &table.foreign_keys,
        batch: &table.batch,
        rows: table.batch.num_rows() as u64,
    }
}

fn shown(dataset: &Dataset, out: Option<&Path>) -> String {
    let mut text = String::new();
    if dataset.tables.is_empty() {
        text.push_str("no table was found\n");
    }
    for table in &dataset.tables {
        text.push_str(&about(table));
        text.push_str(&rows(table));
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
fn about(table: &Table) -> String {
    let mut grid = grid(&["column", "kind", "nulls", "key"]);
    for (column, array) in table.columns.iter().zip(table.batch.columns()).take(SHOWN_COLUMNS) {
        let unit = column.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
        let mut keys = Vec::new();
        if table.primary_key.contains(&column.name) {
            keys.push("primary".to_owned());
        }
        for key in table.foreign_keys.iter().filter(|key| key.columns.contains(&column.name)) {
            keys.push(format!("→ {}", key.references.table));
        }
        let nulls = array.null_count();
        grid.add_row([
            short(&column.name, SHOWN_NAME),
            format!("{}{}", column.kind, Terminal(&unit)),
            if nulls == 0 { String::new() } else { nulls.to_string() },
            Terminal(&keys.join(", ")).to_string(),
        ]);
    }
    let (name, rows) = (Terminal(&table.raw.name), table.batch.num_rows());
    let more = match table.columns.len().saturating_sub(SHOWN_COLUMNS) {
        0 => String::new(),
        more => format!("… {more} columns more\n"),
    };
    let source = Terminal(&table.raw.source);
    format!("{name} ({rows} rows, from {source})\n{}\n{more}", grid.trim_fmt())
}

/// The first rows.
fn rows(table: &Table) -> String {
    let names: Vec<String> = (table.columns.iter().take(SHOWN_COLUMNS))
        .map(|column| short(&column.name, SHOWN_NAME))
        .collect();
    let mut grid = grid(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for row in 0..table.batch.num_rows().min(SHOWN_ROWS) {
        let cells = table.columns.iter().zip(table.batch.columns()).take(SHOWN_COLUMNS);
        grid.add_row(cells.map(|(column, array)| match cell_value(array, row, &column.kind) {
            Value::Null => String::new(),
            Value::String(text) => short(&text, SHOWN_LETTERS),
            other => short(&other.to_string(), SHOWN_LETTERS),
        }));
    }
    let more = table.batch.num_rows().saturating_sub(SHOWN_ROWS);
    let more = if more == 0 { String::new() } else { format!("… {more} rows more\n") };
    format!("{}\n{more}", grid.trim_fmt())
}

/// The beginning of a text, safe to print.
fn short(text: &str, letters: usize) -> String {
    let end = text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at);
    let cut = if end < text.len() { "…" } else { "" };
    format!("{}{cut}", Terminal(&text[..end]))
}
