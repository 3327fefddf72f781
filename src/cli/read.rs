//! `peyote read`: any reply, CSV, JSON or Markdown file as a typed dataset.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Read as _, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use peyote_schemas::design::Design;
use peyote_schemas::document::{Document, schema};
use peyote_schemas::guard::{self, Action, Reject};
use peyote_schemas::infer::Said;
use peyote_schemas::infer::flow::{self, Flowing};
use peyote_schemas::read::{self, Source};
use peyote_schemas::stream::{self, Fault, Learnt, Stream};
use peyote_schemas::{Dataset, Finding, Level, RawTable, Table, infer};

use super::place::{swept, unclaimed};
use crate::enforce;
use crate::error::Error;
use crate::export::folder::{Folder, Taken};
use crate::export::site::{REJECTS, SCHEMA, settled, stem};
use crate::export::{self, Format, Sheet, Types};
use crate::input::{self, File, Keep};
use crate::quote::Terminal;
use crate::reopen;
use crate::run::OnError;

mod document;
mod view;

/// Findings that are shown.
const SHOWN_FINDINGS: usize = 20;
/// Bytes of a file from which on it is read in parts: in any case, and where its values are so short
/// that they take several times the memory of the text.
const STREAMED_FROM: (u64, u64) = (256_000_000, 8_000_000);
/// Bytes of a file from which on it is not held whole while its values are: twice a part of it.
const PARTED_FROM: u64 = 16_000_000;
/// The file by which work is known that was begun here and can be begun anew.
const READING: &str = ".peyote-reading";
/// Bytes of a file by which that is told.
const BEGINNING: u64 = 1 << 16;

const EXAMPLES: &str = "\
Examples:
  peyote read reply.txt
  peyote read exports/ --json
  peyote read 'exports/*.csv' reply.json --out typed --format parquet
  peyote read orders.csv --design design.json --on-error reject --out typed
  peyote read big.csv.zst --stream --out typed --format parquet,csv
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
    /// Reads CSV, TSV and JSON Lines twice, in memory that does not grow with them. Files of more
    /// than 256 MB are read so in any case, where that can be, and files of very short values of
    /// more than 8 MB. Standard input waits on the disk meanwhile.
    #[arg(long, conflicts_with_all = ["json", "design"])]
    stream: bool,
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
    /// Holds the tables to this design: its columns by name, its kinds, keys and checks; `-` is
    /// standard input.
    #[arg(long, value_name = "FILE")]
    design: Option<PathBuf>,
    /// What to do with what breaks a promise of the design.
    #[arg(long, value_enum, default_value_t, requires = "design")]
    on_error: OnError,
}

/// Reads, and shows or writes.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let taken = if args.overwrite { Taken::Replace } else { Taken::Keep };
    let place = args.out.as_ref().map(|out| settled(out, taken, &inputs(args)?)).transpose()?;
    let (dataset, streamed, rejects) = match &args.design {
        None if args.json && args.out.is_none() => return document::print(&args.paths),
        None if args.json => (dataset(&args.paths)?, Vec::new(), None),
        None => {
            let (dataset, streamed) = typed(args)?;
            (dataset, streamed, None)
        }
        Some(path) => {
            let design = reopen::read_design(path)?;
            let (tables, findings) = tables(&args.paths, Some(&design))?;
            let held = enforce::enforce(&design, tables, findings, args.on_error)?;
            (held.dataset, Vec::new(), Some(held.rejects))
        }
    };
    if dataset.tables.is_empty() && !args.json {
        super::print(view::shown(&dataset, &streamed, None).as_bytes())?;
        return Err(nothing_found(&args.paths));
    }
    if let Some(out) = &place {
        write(&dataset, &streamed, rejects.as_deref(), args, out, taken)?;
    }
    if args.json {
        return print_document(&Document { dataset: &dataset, rejects: rejects.as_deref() });
    }
    let mut text = view::shown(&dataset, &streamed, place.as_deref());
    if let Some(rejects) = &rejects {
        text.push_str(&set_aside(rejects));
    }
    super::print(text.as_bytes())
}

/// Tells that nothing read is a table.
fn nothing_found(paths: &[PathBuf]) -> Error {
    let place = match paths {
        [path] if path.as_os_str() == "-" => "standard input".to_owned(),
        [path] => path.display().to_string(),
        _ => format!("{} paths", paths.len()),
    };
    Error::failed("no table was found")
        .at(place)
        .hint("name a file that holds one: CSV, JSON, a Markdown table, or a list")
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

/// A table of a file that is read in parts: the file, what was learnt of it, and which of its tables
/// it is.
pub(super) struct Part {
    file: Rc<(File, Stream)>,
    number: usize,
}

impl Part {
    /// What was learnt of the table.
    pub(super) fn learnt(&self) -> &Learnt {
        &self.file.1.tables[self.number]
    }
}

/// The same without the tables' text, which nobody asks for who asks for no JSON; for each table
/// whose rows are not at hand, how they are had.
fn typed(args: &Args) -> Result<(Dataset, Vec<Option<Part>>), Error> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let mut tables = Vec::new();
    let mut parts: Vec<Option<Part>> = Vec::new();
    let (mut findings, mut doubts) = (Vec::new(), Vec::new());
    let keep = if args.stream { Keep::Disk } else { Keep::Memory };
    for path in &args.paths {
        let failed = |error: io::Error| Error::at_path(path, &error);
        for file in input::gather(path, keep).map_err(failed)? {
            let first = tables.len();
            let mut file = file;
            let file = if args.stream && stream::form(&file.name).is_some()
                || is_large(&file).map_err(failed)?
            {
                match learn(&mut file).map_err(failed)? {
                    Ok(learnt) => {
                        let (found, doubtful) = learnt.moved_findings(first);
                        findings.extend(found);
                        doubts.extend(doubtful);
                        tables.extend(learnt.tables.iter().map(beginning));
                        let count = learnt.tables.len();
                        let file = Rc::new((file, learnt));
                        parts.extend(
                            (0..count).map(|number| Some(Part { file: Rc::clone(&file), number })),
                        );
                        continue;
                    }
                    Err(Fault::Input(error)) => return Err(failed(error)),
                    Err(Fault::Unfit(reason)) if args.stream => {
                        return Err(Error::failed(format!("cannot be read in parts: {reason}"))
                            .at(path.display().to_string())
                            .hint("leave `--stream` out to have it read whole, in memory"));
                    }
                    Err(Fault::Unfit(reason)) => {
                        let message = format!("read whole, in memory, not in parts: {reason}");
                        let at = format!("/tables/{first}");
                        findings.push(Finding::new(Level::Note, at, message));
                        file
                    }
                }
            } else {
                file
            };
            let flow = flowing(file, threads).map_err(failed)?;
            tables.extend(flow.tables);
            parts.resize_with(tables.len(), || None);
            findings.extend(flow.findings.into_iter().map(|found| read::moved(found, first)));
            doubts.extend(flow.doubts.into_iter().map(|found| read::moved(found, first)));
        }
    }
    findings.append(&mut doubts);
    let said = vec![Said::default(); tables.len()];
    let sketches: Vec<_> =
        parts.iter().map(|part| part.as_ref().map(|part| &part.learnt().sketches)).collect();
    infer::keys::find_with(&mut tables, &sketches, &said, &mut findings);
    Ok((Dataset { tables, findings }, parts))
}

/// What a first reading learns of a file, whatever its encoding is.
fn learn(file: &mut File) -> io::Result<Result<Stream, Fault>> {
    let learnt = stream::learn(&file.name, file.open()?);
    if !learnt.as_ref().is_err_and(Fault::is_of_encoding) {
        return Ok(learnt);
    }
    file.learn_encoding()?;
    Ok(stream::learn(&file.name, file.open()?))
}

/// The tables of a file with their values: the file in parts where it is so long that it is worth
/// not to have it whole, and where it can be read so.
fn flowing(file: File, threads: NonZero<usize>) -> io::Result<Flowing> {
    let size = file.size()?;
    if size >= PARTED_FROM && stream::form(&file.name).is_some() {
        match flow::parts(&file.name, size as usize, threads, || file.open()) {
            Err(Fault::Input(error)) => return Err(error),
            Err(Fault::Unfit(_)) => {}
            Ok(flowing) => return Ok(flowing),
        }
    }
    let name = file.name.clone();
    let text = read::decoded(file.bytes()?);
    Ok(flow::read(&Source { name: &name, text: &text, expect: None }, threads))
}

/// Whether a file is read in parts although nobody asked for it.
fn is_large(file: &File) -> io::Result<bool> {
    let Some(form) = stream::form(&file.name) else { return Ok(false) };
    let size = file.size()?;
    if size <= STREAMED_FROM.1 || size > STREAMED_FROM.0 {
        return Ok(size > STREAMED_FROM.0);
    }
    let mut beginning = Vec::new();
    file.open()?.take(BEGINNING).read_to_end(&mut beginning)?;
    Ok(stream::is_dense(form, &beginning))
}

/// A table of which only the first rows are at hand.
fn beginning(learnt: &Learnt) -> Table {
    Table {
        raw: learnt.first.clone(),
        columns: learnt.columns.clone(),
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        batch: guard::column::batch(&learnt.first, &learnt.columns),
    }
}

/// The tables of some files and folders as text, and what was found while reading.
fn tables(
    paths: &[PathBuf],
    design: Option<&Design>,
) -> Result<(Vec<RawTable<'static>>, Vec<Finding>), Error> {
    let mut tables = Vec::new();
    let mut findings = Vec::new();
    for path in paths {
        let failed = |error: io::Error| Error::at_path(path, &error);
        for file in input::gather(path, Keep::Memory).map_err(failed)? {
            let name = file.name.clone();
            let text = read::decoded(file.bytes().map_err(failed)?);
            let source = Source { name: &name, text: &text, expect: None };
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
    streamed: &[Option<Part>],
    rejects: Option<&[Reject]>,
    args: &Args,
    out: &Path,
    taken: Taken,
) -> Result<(), Error> {
    let folder = emptied(out)?;
    let work = folder.path().to_owned();
    let written = fill(folder, dataset, streamed, rejects, args)
        .and_then(|folder| {
            fs::remove_file(work.join(READING))
                .map(|()| folder)
                .map_err(|error| Error::at_path(&work, &error))
        })
        .and_then(|folder| folder.finish(out, taken));
    if written.is_err() {
        // It can be read again. The first error is the one to tell.
        let _ = fs::remove_dir_all(&work);
    }
    written
}

/// The folder in which the work for a place is done, without what a run that was killed left there.
fn emptied(out: &Path) -> Result<Folder, Error> {
    let folder = unclaimed(out, Some(READING))?;
    let work = folder.path();
    if work.join(READING).exists() {
        swept(work)?;
    }
    fs::write(work.join(READING), "").map_err(|error| {
        let _ = fs::remove_dir(work);
        Error::at_path(work, &error)
    })?;
    Ok(folder)
}

fn fill(
    mut folder: Folder,
    dataset: &Dataset,
    streamed: &[Option<Part>],
    rejects: Option<&[Reject]>,
    args: &Args,
) -> Result<Folder, Error> {
    let mut names: Vec<String> = Vec::new();
    for (number, table) in dataset.tables.iter().enumerate() {
        let stem = stem(&table.raw.name, &mut names);
        let sheet = sheet(table);
        for format in &args.format {
            let Some(Some(part)) = streamed.get(number) else {
                export::write(&mut folder, &stem, &sheet, *format, args.types, &[])?;
                continue;
            };
            let (file, stream) = &*part.file;
            let rows = (&sheet.head(), part.learnt().rows);
            export::write_streamed(&mut folder, &stem, rows, *format, args.types, |each| {
                let again = file.open()?;
                stream.batches(part.number, again, each).map_err(|fault| match fault {
                    Fault::Input(error) => error,
                    Fault::Unfit(reason) => io::Error::new(io::ErrorKind::InvalidData, reason),
                })
            })?;
        }
    }
    let schema = schema(dataset);
    folder.write(SCHEMA, None, |out| {
        serde_json::to_writer_pretty(&mut *out, &schema)?;
        out.write_all(b"\n")
    })?;
    if let Some(rejects) = rejects {
        folder.write(REJECTS, None, |out| {
            for reject in rejects {
                serde_json::to_writer(&mut *out, reject)?;
                out.write_all(b"\n")?;
            }
            Ok(())
        })?;
    }
    Ok(folder)
}

/// The files that are read, as far as they are there.
fn inputs(args: &Args) -> Result<Vec<PathBuf>, Error> {
    if !args.overwrite {
        return Ok(Vec::new());
    }
    let mut inputs: Vec<PathBuf> = args.design.iter().cloned().collect();
    for path in args.paths.iter().filter(|path| path.as_os_str() != "-") {
        let found =
            input::gather(path, Keep::Memory).map_err(|error| Error::at_path(path, &error))?;
        inputs.extend(found.iter().filter_map(|file| file.path().map(Path::to_owned)));
    }
    Ok(inputs)
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
