//! Designs made at any size: a plan, and rows streamed to files by as many threads as there are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use indicatif::ProgressBar;
use jiff::Zoned;
use peyote_schemas::design::Design;
use peyote_schemas::draft::Idea;
use peyote_schemas::fit::{Samples, fit};
use peyote_schemas::{Finding, Level};

use super::r#gen::OutputArgs;
use super::making::{self, MAKING, Making};
use super::mess;
use super::place::{Place, around, place, unclaimed};
use super::report::{self, Line};
use super::rows::{Stretch, samples, samples_of, table};
use super::voice::Voice;
use super::{progress, until};
use crate::error::Error;
use crate::event::{Cost, Event};
use crate::export::dataset::{self, Contents};
use crate::export::facts::Facts;
use crate::export::folder::{Folder, PARTIAL, Taken, partial};
use crate::export::head::heads;
use crate::export::manifest::{Entry, Made};
use crate::export::site::check_free;
use crate::export::stream::{self, Options, Table};
use crate::export::{Format, Sheet, Types, parquet};
use crate::generate::recipe::recipe;
use crate::mess::{Level as MessLevel, Mess};
use crate::plan::{Plan, RowsWanted, Sizes, bytes};
use crate::quote::Terminal;
use crate::run::{Request, Run};
use crate::story;
use crate::weight::{self, Forms};

/// Rows of a whole dataset up to which its promises are proved again from its files before it is shown:
/// what is read in a second and fits memory. What is made keeps them by itself, or is refused before; this
/// is the last look, at expressions above all, which are the design's own reckoning.
pub(super) const PROVED: u64 = 1 << 18;

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

    /// The plan of a design at the sizes that are asked for, in files of these forms.
    pub(super) fn plan(
        &self,
        design: &Design,
        rows: Option<&RowsWanted>,
        seed: u64,
        forms: &Forms<'_>,
    ) -> Result<Plan, Error> {
        match self.size {
            Some(bytes) => weight::fitted(design, bytes, seed, forms).map(|(plan, _)| plan),
            None => Plan::new(design, &sizes(rows, self.scale), seed),
        }
    }

    /// The forms of files.
    pub(super) fn forms<'a>(&self, formats: &'a [Format], types: Types) -> Forms<'a> {
        let parquet =
            parquet::Options { types, compression: self.compression, bloom: self.bloom.clone() };
        Forms { formats, parquet }
    }

    /// How many threads work.
    pub(super) fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(all, usize::from)
    }
}

/// What is asked of the sizes of tables.
pub(super) fn sizes(rows: Option<&RowsWanted>, scale: Option<f64>) -> Sizes {
    let (rows, tables) = match rows {
        Some(RowsWanted::All(rows)) => (Some(*rows), BTreeMap::new()),
        Some(RowsWanted::Tables(tables)) => (None, tables.clone()),
        None => (None, BTreeMap::new()),
    };
    Sizes { rows, tables, scale: scale.unwrap_or(1.0) }
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
    (size, rows): (&SizeArgs, Option<&RowsWanted>),
    (output, inputs): (&OutputArgs, &[PathBuf]),
    voice: &Voice,
) -> Result<(), Error> {
    let forms = size.forms(&request.formats, request.types);
    let plan = size.plan(design, rows, request.seed, &forms)?;
    if let Some(note) = unmet(&plan, size.size).filter(|_| !voice.silent && !voice.json) {
        // Where standard error is closed, nobody is there to be told.
        let _ = writeln!(io::stderr(), "{note}");
    }
    let run = Run::begin(request.clone(), "design", &Zoned::now());
    let place = match place(output, inputs)? {
        Place::Here(out) => out,
        Place::Below(path) => run.place(&path, design.name()),
    };
    let made = Made {
        rows: plan.tables.iter().map(|table| (table.name.clone(), table.rows)).collect(),
        types: request.types,
        compression: size.compression,
        bloom: size.bloom.clone(),
        part: size.part,
        extended: Vec::new(),
    };
    let making = Making { run, made, part: size.part };
    make(design, &plan, making, &place, (size.threads(), output.taken()), voice)
}

/// Goes on with the making of a design that was interrupted, if that is what lies in a folder's
/// place; whether it is.
pub(super) fn resume(
    dir: &Path,
    design: Option<&Path>,
    size: &SizeArgs,
    taken: Taken,
    voice: &Voice,
) -> Result<bool, Error> {
    let is_work = dir.extension().is_some_and(|ending| ending == PARTIAL);
    let place = if is_work { dir.with_extension("") } else { dir.to_owned() };
    let work = partial(&place);
    let Some(making) = Making::read(&work)? else { return Ok(false) };
    let kept = work.join("design.json");
    if !kept.exists() {
        // Nothing was made yet that another design could be mixed up with.
        return Ok(false);
    }
    let known = crate::reopen::read_sound_design(&kept)?;
    if let Some(path) = design
        && read(path)?.to_json() != known.to_json()
    {
        return Err(making::another_plan(&kept));
    }
    check_free(&place, taken)?;
    let plan = making.plan(&known)?;
    make(&known, &plan, making, &place, (size.threads(), taken), voice)?;
    Ok(true)
}

/// Makes the rows of a plan, and puts them in their place.
fn make(
    design: &Design,
    plan: &Plan,
    making: Making,
    place: &Path,
    (threads, taken): (usize, Taken),
    voice: &Voice,
) -> Result<(), Error> {
    let began = Instant::now();
    let recipe = recipe(design, &plan.rows(), plan.seed)?;
    recipe.prove(&around(place), threads)?;
    let dealt = dealt(plan, &making);
    let plan = dealt.as_ref().unwrap_or(plan);
    let share = making.part.map_or_else(|| plan.clone(), |part| plan.share(part));
    let batches = match making.part {
        Some(part) => {
            let rows: Vec<_> = plan.tables.iter().map(|table| table.share_rows(part)).collect();
            samples_of(&recipe, &rows)?
        }
        None => samples(&recipe)?,
    };
    let findings: Vec<Finding> = making.part.map(share_note).into_iter().collect();
    let story = super::story::page(design, &recipe, &making, plan);
    let mut folder = unclaimed(place, Some(MAKING))?;
    let making = making.kept(folder.path(), design)?;
    let Making { run, made, part } = &making;
    let request = &run.request;
    let heads = heads(design);
    let idea = idea(design);
    let sheets: Vec<Sheet<'_>> = (heads.iter().zip(&batches).zip(&share.tables))
        .map(|((head, batch), table)| head.sheet(batch, table.rows))
        .collect();
    let contents = Contents {
        run,
        ideas: std::slice::from_ref(&idea),
        idea: &idea,
        design,
        sheets: &sheets,
        findings: &findings,
        rejects: &[],
        answers: &[],
        models: &[],
        // A share is not the whole, and does not go on.
        made: Some(made),
    };
    dataset::begin(&mut folder, &contents)?;
    if let Some(story) = &story {
        folder.write(story::PAGE, None, |out| out.write_all(story.text.as_bytes()))?;
    }
    let facts = Facts::made(design, request.seed);
    let makers: Vec<Stretch<'_>> = (plan.tables.iter().enumerate())
        .map(|(table, planned)| Stretch {
            recipe: &recipe,
            table,
            first: 0,
            rows: planned.rows,
            part_rows: planned.part_rows,
        })
        .collect();
    let tables: Vec<Table<'_>> = (makers.iter().zip(&sheets).zip(&plan.tables))
        .map(|((maker, sheet), planned)| table(maker, sheet.head(), planned, *part))
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
    let quiet = voice.silent || voice.json;
    let all = share.tables.iter().map(|table| table.rows).sum();
    let bar = if quiet { ProgressBar::hidden() } else { progress::bar(all) };
    let written = stream::write(
        &mut folder,
        &tables,
        &Options {
            formats: &request.formats,
            parquet: parquet::Options {
                types: made.types,
                compression: made.compression,
                bloom: made.bloom.clone(),
            },
            facts: &facts,
            threads,
            plan: &making.fingerprint(design),
            start: stream::Start::GoOn,
            stop: &stop,
            progress: &|rows| bar.inc(rows),
        },
    );
    bar.finish_and_clear();
    let work = folder.path().to_owned();
    written
        .and_then(|()| dataset::end(&mut folder, &contents))
        .map_err(|error| making::resumable(error, &work))?;
    // They say nothing that the manifest does not.
    let _ = std::fs::remove_file(work.join(stream::JOURNAL));
    let _ = std::fs::remove_file(work.join(MAKING));
    let (rows, bytes) = shown(folder, plan, &making, (place, taken), voice)?;
    if voice.silent || voice.json {
        return Ok(());
    }
    let seconds = began.elapsed().as_secs_f64();
    let place = place.display().to_string();
    let (sheets, story, place) = (&sheets, story.as_ref(), &place);
    let nothing = making.part.filter(|_| share.is_empty());
    Report { sheets, rows, bytes, seconds, story, place, nothing }.print()
}

/// The plan in parts that a share has some of, if only a share is made.
fn dealt(plan: &Plan, making: &Making) -> Option<Plan> {
    // What is dirtied comes in blocks.
    let block = making.run.request.mess.map_or(1, MessLevel::block);
    making.part.map(|(_, shares)| plan.dealt(shares, block))
}

/// What a design is about.
pub(super) fn idea(design: &Design) -> Idea {
    Idea {
        name: design.name().to_owned(),
        about: design.about().to_owned(),
        use_cases: design.use_cases().to_owned(),
    }
}

/// Proves what was made, if it is small, gives it its place and tells of it: its rows and bytes.
fn shown(
    folder: Folder,
    plan: &Plan,
    making: &Making,
    (place, taken): (&Path, Taken),
    voice: &Voice,
) -> Result<(usize, u64), Error> {
    let listener = voice.listener();
    for entry in folder.entries() {
        listener.hear(&Event::Wrote { path: &entry.path, rows: entry.rows, bytes: entry.bytes });
    }
    let bytes: u64 = folder.entries().iter().map(|entry| entry.bytes).sum();
    let all: u64 = plan.tables.iter().map(|table| table.rows).sum();
    if making.part.is_none() && all <= PROVED {
        prove(folder.path())?;
    }
    let rows = rows_in(folder.entries(), &making.run.request);
    folder.finish(place, taken)?;
    listener.hear(&Event::Finished {
        folder: &place.display().to_string(),
        tables: plan.tables.len(),
        rows,
        repairs: 0,
        rejects: 0,
        cost: Cost::default(),
    });
    Ok((rows, bytes))
}

/// What is said of a dataset that was made.
struct Report<'a> {
    sheets: &'a [Sheet<'a>],
    rows: usize,
    bytes: u64,
    seconds: f64,
    story: Option<&'a story::Page>,
    place: &'a str,
    /// The share of all rows that was to be made and holds none.
    nothing: Option<(u64, u64)>,
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
        if let Some(part) = self.nothing {
            let _ = writeln!(text, "{}", nothing_in(part));
        }
        let _ = writeln!(text, "written to {}", Terminal(self.place));
        super::print(text.as_bytes())
    }
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

/// What is said of a share that holds nothing.
pub(super) fn nothing_in((k, n): (u64, u64)) -> String {
    format!("share {k} of {n} holds nothing: no table has as many rows as there are shares")
}

/// What a share says of itself.
fn share_note((k, n): (u64, u64)) -> Finding {
    let message =
        format!("this is share {k} of {n} of the rows; what they refer to may be in another");
    Finding::new(Level::Note, "", message)
}

/// What is said where files cannot have as many bytes as were asked for, if they cannot.
pub(super) fn unmet(plan: &Plan, wanted: Option<u64>) -> Option<String> {
    /// From which on it is another size: a part of so many.
    const FAR: u64 = 5;
    let (wanted, bytes) = (wanted?, plan.bytes());
    (bytes.abs_diff(wanted) > wanted / FAR).then(|| {
        format!(
            "{} is as near as it comes to {}: tables that do not grow, and rows that are written in \
             the design, stay as they are",
            megabytes(bytes),
            megabytes(wanted)
        )
    })
}

/// Bytes, as a person reads them.
pub(super) fn megabytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..10_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// The design in a file, as it is made at size.
pub(super) fn read(path: &std::path::Path) -> Result<Design, Error> {
    Ok(taught(path, &crate::reopen::read_sound_design(path)?))
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
    let checked = crate::check::check_with(work, None)?;
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
pub(super) fn taught(path: &std::path::Path, design: &Design) -> Design {
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
        crate::reopen::samples(folder, design, super::r#gen::MOST_ROWS as usize)
    });
    let design = design.closed(&BTreeMap::new());
    if samples.is_empty() && !written { design } else { fit(&design, &samples) }
}
