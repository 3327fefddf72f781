//! Designs made at any size: a plan, and rows streamed to files by as many threads as there are.

use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use jiff::Zoned;
use peyote_schemas::design::Design;
use peyote_schemas::draft::Idea;
use peyote_schemas::fit::{Samples, fit};
use peyote_schemas::{Column, ForeignKey};
use sha2::{Digest, Sha256};

use super::r#gen::OutputArgs;
use super::mess;
use super::place::unclaimed;
use super::report::{self, Line};
use super::until;
use super::voice::Voice;
use crate::error::Error;
use crate::event::{Cost, Event};
use crate::export::dataset::{self, Contents};
use crate::export::folder::check_free;
use crate::export::manifest::{Entry, hexadecimal};
use crate::export::stream::{self, Maker, Options, Table};
use crate::export::{Head, Sheet, parquet};
use crate::generate::recipe::{Recipe, recipe};
use crate::lane::Lane;
use crate::mess::Mess;
use crate::plan::{Plan, PlannedTable, RowsWanted, Sizes, bytes};
use crate::quote::Terminal;
use crate::run::{Request, Run};
use crate::story;

/// Rows that go to the writer at once.
const RUN: usize = 8192;
/// Parts of a file: 134 million rows.
pub(super) const FILE_PARTS: u64 = 1024;
/// Rows that are shown of a table.
const SHOWN: u64 = 20;
/// Rows of a whole dataset up to which its promises are proved again from its files before it is shown:
/// what is read in a second and fits memory.
const PROVED: u64 = 1 << 18;

/// How much of a design is made, and by whom.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct SizeArgs {
    /// Multiplies the rows of all tables that grow; lookups keep theirs.
    #[arg(long, value_name = "N", requires = "design", help_heading = "Size")]
    pub(super) scale: Option<f64>,
    /// Makes as many rows as files of so many bytes hold, about: `10GB`.
    #[arg(long, value_name = "BYTES", value_parser = bytes, requires = "design", conflicts_with_all = ["scale", "rows"], help_heading = "Size")]
    pub(super) size: Option<u64>,
    /// Makes only the k-th of n shares of every table: what all of them make together is the whole.
    #[arg(long, value_name = "K/N", value_parser = share, requires = "design", help_heading = "Size")]
    pub(super) part: Option<(u64, u64)>,
    /// How many threads make and write rows; all that there are where this is left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Size")]
    pub(super) threads: Option<u16>,
    /// How pages of Parquet files are compressed.
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub(super) compression: parquet::Compression,
    /// Columns whose Parquet files get a Bloom filter.
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', help_heading = "Output")]
    pub(super) bloom: Vec<String>,
}

impl SizeArgs {
    /// Whether any of them asks for more than a model would give.
    pub(super) fn is_said(&self) -> bool {
        self.scale.is_some() || self.size.is_some() || self.part.is_some() || self.threads.is_some()
    }

    /// What is asked of the sizes of tables.
    pub(super) fn sizes(&self, rows: Option<&RowsWanted>) -> Sizes {
        let (all, tables) = match rows {
            Some(RowsWanted::All(rows)) => (Some(*rows), None),
            Some(RowsWanted::Tables(tables)) => (None, Some(tables.clone())),
            None => (None, None),
        };
        Sizes {
            rows: all,
            tables: tables.unwrap_or_default(),
            scale: self.scale.unwrap_or(1.0),
            bytes: self.size,
        }
    }

    fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(all, usize::from)
    }
}

/// `2/8`: the second of eight.
fn share(text: &str) -> Result<(u64, u64), String> {
    let parts = text
        .split_once('/')
        .and_then(|(k, n)| Some((k.trim().parse::<u64>().ok()?, n.trim().parse::<u64>().ok()?)));
    parts
        .filter(|(k, n)| (1..=*n).contains(k) && *n <= 1_000_000)
        .ok_or_else(|| "say which of how many: `2/8`".to_owned())
}

/// Makes a design's tables at the sizes asked for.
pub(super) fn from_design(
    design: &Design,
    request: &Request,
    (size, sizes): (&SizeArgs, &Sizes),
    output: &OutputArgs,
    voice: &Voice,
) -> Result<(), Error> {
    let began = Instant::now();
    let plan = Plan::new(design, sizes, request.seed)?;
    let recipe = recipe(design, &plan.rows(), request.seed)?;
    let run = Run::begin(request.clone(), "design", &Zoned::now());
    let place = match &output.out {
        Some(out) => {
            check_free(out, output.taken())?;
            out.clone()
        }
        None => run.place(&output.path, design.name()),
    };
    let batches = samples(&recipe)?;
    let story = super::story::page(design, &recipe, request, size, &plan);
    let mut folder = unclaimed(&place, Some(stream::JOURNAL))?;
    let heads = heads(design);
    let idea = Idea {
        name: design.name().to_owned(),
        about: design.about().to_owned(),
        use_cases: design.use_cases().to_owned(),
    };
    let sheets: Vec<Sheet<'_>> = (heads.iter().zip(&batches).zip(&plan.tables))
        .map(|((head, batch), table)| head.sheet(batch, table.rows))
        .collect();
    let contents = Contents {
        run: &run,
        ideas: std::slice::from_ref(&idea),
        idea: &idea,
        design,
        sheets: &sheets,
        findings: &[],
        rejects: &[],
        answers: &[],
        models: &[],
    };
    dataset::begin(&mut folder, &contents)?;
    if let Some(story) = &story {
        folder.write(story::PAGE, None, |out| out.write_all(story.text.as_bytes()))?;
    }
    let facts = facts(design, request);
    let makers: Vec<Rows<'_>> = (plan.tables.iter().enumerate())
        .map(|(table, planned)| Rows { recipe: &recipe, table, planned })
        .collect();
    let tables: Vec<Table<'_>> = (makers.iter().zip(&sheets))
        .map(|(maker, sheet)| table(maker, sheet.head(), size.part))
        .collect();
    let end = |table: &str, column: &str| mess::end_of(&recipe, table, column);
    let dirt = request.mess.map(|level| Mess::new(&tables, &end, level, request.seed));
    let twins = dirt.as_ref().map(|dirt| dirt.twins(&tables)).unwrap_or_default();
    let defects = Mess::defects(&tables, &twins);
    let mut tables = tables;
    if let Some(dirt) = &dirt {
        tables.extend(dirt.tables(&tables, &twins, &defects));
    }
    let stop = Arc::new(AtomicBool::new(false));
    until::raise_on_interrupt(&stop);
    stream::write(
        &mut folder,
        &tables,
        &Options {
            formats: &request.formats,
            parquet: parquet::Options {
                types: request.types,
                compression: size.compression,
                bloom: size.bloom.clone(),
            },
            facts: &facts,
            threads: size.threads(),
            plan: &fingerprint(&plan, design, request, size),
            start: stream::Start::GoOn,
            stop: &stop,
            progress: &|_| {},
        },
    )?;
    dataset::end(&mut folder, &contents)?;
    // It says nothing that the manifest does not.
    let _ = std::fs::remove_file(folder.path().join(stream::JOURNAL));
    let listener = voice.listener();
    for entry in folder.entries() {
        listener.hear(&Event::Wrote { path: &entry.path, rows: entry.rows, bytes: entry.bytes });
    }
    let bytes: u64 = folder.entries().iter().map(|entry| entry.bytes).sum();
    if size.part.is_none() && plan.tables.iter().map(|table| table.rows).sum::<u64>() <= PROVED {
        prove(folder.path())?;
    }
    let rows = rows_in(folder.entries(), request);
    folder.finish(&place, output.taken())?;
    let shown = place.display().to_string();
    listener.hear(&Event::Finished {
        folder: &shown,
        tables: plan.tables.len(),
        rows,
        repairs: 0,
        rejects: 0,
        cost: Cost::default(),
    });
    if voice.silent || voice.json {
        return Ok(());
    }
    let seconds = began.elapsed().as_secs_f64();
    let (sheets, story, place) = (&sheets, story.as_ref(), &shown);
    Report { sheets, rows, bytes, seconds, story, place }.print()
}

/// What files say they are made from: nothing of when, so that they are the same bytes every time,
/// and nothing of what is hidden in them.
fn facts(design: &Design, request: &Request) -> [(String, String); 3] {
    [
        ("peyote.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("peyote.seed".to_owned(), request.seed.to_string()),
        ("peyote.design".to_owned(), design.without_story().to_json().to_string()),
    ]
}

/// What is said of a dataset that was made.
struct Report<'a> {
    sheets: &'a [Sheet<'a>],
    rows: usize,
    bytes: u64,
    seconds: f64,
    story: Option<&'a story::Page>,
    place: &'a str,
}

impl Report<'_> {
    fn print(&self) -> Result<(), Error> {
        let mut text = report::tables(&lines(self.sheets));
        let seconds = self.seconds.max(1e-9);
        let _ = writeln!(
            text,
            "\n{} rows, {:.1} MB in {seconds:.2} s: {:.2} M rows/s",
            self.rows,
            self.bytes as f64 / 1e6,
            self.rows as f64 / seconds / 1e6
        );
        if let Some(page) = self.story {
            let _ = writeln!(text, "{}", page.line());
        }
        let _ = writeln!(text, "written to {}", Terminal(self.place));
        super::print(text.as_bytes())
    }
}

/// A table's makings.
struct Rows<'a> {
    recipe: &'a Recipe,
    table: usize,
    planned: &'a PlannedTable,
}

impl Maker for Rows<'_> {
    fn make(&self, part: u64, take: &mut dyn FnMut(&[Lane]) -> io::Result<()>) -> io::Result<()> {
        let mut frame = self.recipe.frame(self.table);
        let first = part * self.planned.part_rows;
        let end = self.planned.rows.min(first + self.planned.part_rows);
        for row in (first..end).step_by(RUN) {
            self.recipe.fill(self.table, row, RUN.min((end - row) as usize), &mut frame);
            take(&frame.lanes)?;
        }
        Ok(())
    }
}

fn table<'a>(maker: &'a Rows<'a>, head: Head<'a>, part: Option<(u64, u64)>) -> Table<'a> {
    let planned = maker.planned;
    // A table without rows has one part without rows.
    let all = planned.parts.max(1);
    let (parts, file_parts) = match part {
        Some((k, n)) => {
            let each = all.div_ceil(n);
            ((each * (k - 1)).min(all)..(each * k).min(all), each)
        }
        None => (0..all, FILE_PARTS),
    };
    Table {
        head,
        maker,
        rows: planned.rows,
        part_rows: planned.part_rows,
        parts,
        file_parts,
        stem: format!("samples/{}", planned.name),
    }
}

/// What a table is, owned.
struct OwnedHead {
    name: String,
    description: String,
    columns: Vec<Column>,
    primary_key: Vec<String>,
    foreign_keys: Vec<ForeignKey>,
}

impl OwnedHead {
    fn sheet<'a>(&'a self, batch: &'a RecordBatch, rows: u64) -> Sheet<'a> {
        Sheet {
            name: &self.name,
            description: &self.description,
            columns: &self.columns,
            primary_key: &self.primary_key,
            foreign_keys: &self.foreign_keys,
            batch,
            rows,
        }
    }
}

fn heads(design: &Design) -> Vec<OwnedHead> {
    let head = |table: &peyote_schemas::design::DesignTable| OwnedHead {
        name: table.name().to_string(),
        description: table.description().to_owned(),
        columns: table
            .columns()
            .iter()
            .map(peyote_schemas::design::DesignColumn::to_column)
            .collect(),
        primary_key: table.primary_key().iter().map(ToString::to_string).collect(),
        foreign_keys: table.foreign_keys().iter().map(ForeignKey::to_text).collect(),
    };
    design.tables().iter().map(head).collect()
}

/// The first rows of each table.
fn samples(recipe: &Recipe) -> Result<Vec<RecordBatch>, Error> {
    let failed = |error: ArrowError| Error::failed(error.to_string());
    let first = |table: usize| {
        let made = &recipe.tables()[table];
        let mut frame = recipe.frame(table);
        recipe.fill(table, 0, made.rows().min(SHOWN) as usize, &mut frame);
        let fields = made.columns().map(Column::to_arrow).collect::<Vec<_>>();
        let arrays =
            made.columns().zip(&frame.lanes).map(|(column, lane)| lane.to_arrow(&column.kind));
        let arrays = arrays.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let told = made.columns().zip(&arrays);
        let mut open = told.filter(|(column, array)| !column.nullable && array.null_count() > 0);
        if let Some((column, _)) = open.next() {
            let message = format!("nobody says how the values of `{}` come about", column.name);
            return Err(Error::usage(message)
                .at(format!("/tables/{}/columns/{}", made.name(), column.name))
                .hint("give it a `behaviour` in the design, or let it be null"));
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(failed)
    };
    (0..recipe.tables().len()).map(first).collect()
}

/// All that the bytes of the files follow from, as one word.
fn fingerprint(plan: &Plan, design: &Design, request: &Request, size: &SizeArgs) -> String {
    let mut digest = Sha256::new();
    let said = (plan.rows(), plan.seed, &request.formats, &request.types, size.part, request.mess);
    digest.update(format!("{said:?}{:?}{:?}", size.compression, size.bloom));
    digest.update(env!("CARGO_PKG_VERSION"));
    digest.update(design.to_json().to_string());
    hexadecimal(&digest.finalize())
}

fn lines(sheets: &[Sheet<'_>]) -> Vec<Line> {
    let line = |sheet: &Sheet<'_>| {
        let mut parents: Vec<&str> = Vec::new();
        for key in sheet.foreign_keys {
            if !parents.contains(&key.references.table.as_str()) {
                parents.push(&key.references.table);
            }
        }
        Line {
            table: sheet.name.to_owned(),
            rows: sheet.rows as usize,
            columns: sheet.columns.len(),
            primary_key: sheet.primary_key.join(", "),
            refers_to: parents.join(", "),
            repaired: 0,
            rejected: 0,
        }
    };
    sheets.iter().map(line).collect()
}

/// Prints what would be made.
pub(super) fn show(plan: &Plan, size: &SizeArgs, json: bool) -> Result<(), Error> {
    let threads = size.threads();
    if json {
        let text = serde_json::to_string(plan).map_err(|error| Error::failed(error.to_string()))?;
        return super::print(format!("{text}\n").as_bytes());
    }
    let mut table = report::grid(&["table", "rows", "columns", "parts", "about"]);
    for one in &plan.tables {
        table.add_row([
            Terminal(&one.name).to_string(),
            one.rows.to_string(),
            one.columns.to_string(),
            one.parts.to_string(),
            megabytes(one.bytes),
        ]);
    }
    let mut text = format!("{table}\n\n");
    let _ = writeln!(
        text,
        "about {} as Parquet, {:.1} s with {threads} threads, {} of memory",
        megabytes(plan.bytes()),
        plan.seconds(threads),
        megabytes(plan.memory(threads)),
    );
    super::print(text.as_bytes())
}

fn megabytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..10_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// The design in a file, as it is made at size.
pub(super) fn read(path: &std::path::Path) -> Result<Design, Error> {
    Ok(taught(path, crate::reopen::read_sound_design(path)?))
}

/// How many rows were written, in each form: of a share, only some of all.
fn rows_in(entries: &[Entry], request: &Request) -> usize {
    let ending = request.formats.first().map_or("", |format| format.ending());
    let written = entries
        .iter()
        .filter(|entry| entry.path.starts_with("samples/") && entry.path.ends_with(ending));
    written.filter_map(|entry| entry.rows).sum()
}

/// Whether all that was made keeps the design's promises, read back from its files.
fn prove(work: &std::path::Path) -> Result<(), Error> {
    let checked = crate::check::check(work)?;
    let Some(first) = checked.violations.first() else { return Ok(()) };
    let message = format!(
        "{} of the design's promises would be broken, the first one so: {first}",
        checked.violations.len()
    );
    // It can be made again. The first error is the one to tell.
    let _ = std::fs::remove_dir_all(work);
    Err(Error::failed(message)
        .at(work.display().to_string())
        .hint("say in the design how the values of that column come about, or drop the promise"))
}

/// A design with what the rows of its folder show of it, or those written in it; as it is where
/// they are none, or were made at size themselves.
pub(super) fn taught(path: &std::path::Path, design: Design) -> Design {
    /// A file of a sample has no more bytes.
    const MOST_BYTES: u64 = 4 << 20;
    let written = design.tables().iter().any(|table| !table.rows().is_empty());
    let sized = design.tables().iter().any(|table| table.size().is_some());
    let folder = path.parent().filter(|_| path.ends_with("design.json") && !sized);
    let small = |folder: &&std::path::Path| {
        let files = std::fs::read_dir(folder.join("samples"));
        files.is_ok_and(|mut files| {
            files.all(|file| {
                file.and_then(|file| file.metadata()).is_ok_and(|told| told.len() <= MOST_BYTES)
            })
        })
    };
    let samples = folder.filter(small).map_or_else(Samples::default, |folder| {
        crate::reopen::samples(folder, &design, super::r#gen::MOST_ROWS as usize)
    });
    if samples.is_empty() && !written { design } else { fit(&design, &samples) }
}
