//! `peyote extend`: later rows behind those of a dataset that was made, which stay as they are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use indicatif::ProgressBar;
use peyote_schemas::behaviour::At;
use peyote_schemas::value::moment::Moment;
use sha2::{Digest, Sha256};

use super::place::{around, unclaimed};
use super::rows::{Stretch, samples};
use super::scale::{self, PROVED, idea};
use super::{progress, until};
use crate::error::Error;
use crate::export::facts::Facts;
use crate::export::folder::Folder;
use crate::export::head::heads;
use crate::export::manifest::{Extended, Made, Manifest, hexadecimal};
use crate::export::stream::{self, JOURNAL, Options, Start, Table};
use crate::export::{Format, Sheet, parquet, summary};
use crate::generate::recipe::{Later, Recipe, go_on, later};
use crate::plan::{FILE_PARTS, MOST_ROWS, Plan, Sizes};
use crate::quote::Terminal;
use crate::story;
use crate::weight::{Forms, weighed};

mod known;

use known::{Known, day, design_rows, digest, is_of, is_page, open};

const EXAMPLES: &str = "\
Examples:
  peyote extend many-trams --to 2026-03-01
  peyote extend many-trams --to 2026-06-01 --threads 4";

/// Adds the rows of later days to a dataset that was made of a design at size.
///
/// Files that are there stay as they are to the byte; new parts lie beside them. Keys go on, and new
/// rows refer to old ones and to new ones.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// The folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The new present day of the data: nothing in it happens later.
    #[arg(long, value_name = "DATE")]
    to: String,
    /// How many threads make and write rows; all that there are where this is left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Prints nothing but the one error.
    #[arg(long)]
    silent: bool,
}

/// Adds later rows to a dataset.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let folder = &args.folder;
    let (known, earlier) = open(folder)?;
    let until = day(&args.to)
        .map_err(|why| Error::usage(why).at("--to").hint("say a day: `--to 2026-03-01`"))?;
    let Known { design, base, before, since, .. } = &known;
    if until <= *since {
        let reached = At(Moment::Timestamp(*since)).to_string();
        let reached = reached.trim_end_matches("T00:00:00").to_owned();
        return Err(Error::usage(format!("the data reaches `{reached}` already"))
            .at("--to")
            .hint("name a later day"));
    }
    let later = later(design, base, before, *since, until);
    if later.rows == *before {
        return Err(Error::usage("no row comes to any table until then")
            .at(folder.display().to_string())
            .hint(
                "a table grows with time where its moments go on to the present day: by a `moment` \
                 without `to`, a `series`, or what follows one",
            ));
    }
    let plan = possible(&known, &later)?;
    let (threads, silent) = (args.threads.map_or_else(all_threads, usize::from), args.silent);
    if !silent {
        let more = grown(&known, plan.clone(), &later)?;
        let _ = writeln!(io::stderr(), "{}: {more}", Terminal(&args.to));
        if !known.ended.is_empty() {
            let ended = known.ended.len();
            let things =
                if ended == 1 { "thing of its story has" } else { "things of its story have" };
            let _ = writeln!(io::stderr(), "{ended} {things} ended: no later row is about it");
        }
    }
    let recipe = go_on(design, base, known.manifest.seed, &later, earlier)?;
    recipe.prove(&around(folder), threads)?;
    let bar = if silent { ProgressBar::hidden() } else { progress::bar(later.all_more()) };
    let options = (threads, args.to.as_str(), &bar);
    let mut written = write(folder, &known, &recipe, (&later, &plan), options)?;
    bar.finish_and_clear();
    pages(folder, &mut written, &known, &recipe, &args.to)?;
    let rows = design_rows(&known.design, &later);
    put(folder, known.manifest, known.made, (rows, &args.to), written)?;
    if silent {
        return Ok(());
    }
    let mut text = String::new();
    for (table, (rows, before)) in
        known.design.tables().iter().zip(later.rows.iter().zip(&later.before))
    {
        let name = Terminal(table.name().as_str()).to_string();
        let _ = writeln!(text, "{name}: {} rows more, {rows} in all", rows - before);
    }
    let _ = writeln!(text, "added to {}", Terminal(&folder.display().to_string()));
    super::print(text.as_bytes())
}

fn all_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The plan that the dataset was made by, if the tables can have so many rows more.
fn possible(known: &Known, later: &Later) -> Result<Plan, Error> {
    let Known { design, made, manifest, .. } = known;
    let tables = design.tables().iter().zip(&later.rows);
    if let Some((table, _)) = tables.clone().find(|(_, rows)| **rows > MOST_ROWS) {
        return Err(Error::usage(format!("too many rows would come to `{}`", table.name()))
            .at("--to")
            .hint(format!("at most {MOST_ROWS} are made: name an earlier day")));
    }
    // How many children old parents have is settled; what tells rows apart is not.
    let conflicts = design.conflicts(&later.rows);
    let mut conflicts = conflicts.into_iter().filter(|one| !one.at.contains("/foreign_keys/"));
    if let Some(conflict) = conflicts.next() {
        return Err(Error::usage(conflict.message)
            .at(conflict.at)
            .hint("name an earlier day: the design cannot be made with so many rows"));
    }
    let sizes = Sizes { tables: made.rows.clone(), ..Sizes::default() };
    Plan::new(design, &sizes, manifest.seed)
}

/// How much comes, before any of it is made.
fn grown(known: &Known, plan: Plan, later: &Later) -> Result<String, Error> {
    let formats = formats(&known.manifest);
    let (plan, _) =
        weighed(&known.design, plan, &Forms { formats: &formats, parquet: form(&known.made) })?;
    let bytes: f64 = (plan.tables.iter().enumerate())
        .map(|(place, table)| {
            table.bytes as f64 / table.rows.max(1) as f64 * later.more(place) as f64
        })
        .sum();
    Ok(format!("{} rows more, about {}", later.all_more(), scale::megabytes(bytes as u64)))
}

/// The formats that a dataset's files have.
fn formats(manifest: &Manifest) -> Vec<Format> {
    let written = |format: &Format| {
        let of_it = |path: &str| path.starts_with("samples/") && path.ends_with(format.ending());
        manifest.files.iter().any(|entry| of_it(&entry.path))
    };
    [Format::Parquet, Format::Csv].into_iter().filter(written).collect()
}

/// How its Parquet files are written.
fn form(made: &Made) -> parquet::Options {
    let (types, compression) = (made.types, made.compression);
    parquet::Options { types, compression, bloom: made.bloom.clone() }
}

/// Writes the new parts beside the folder.
fn write(
    place: &Path,
    known: &Known,
    recipe: &Recipe,
    (later, plan): (&Later, &Plan),
    (threads, to, bar): (usize, &str, &ProgressBar),
) -> Result<Folder, Error> {
    let Known { design, made, manifest, .. } = known;
    let formats = formats(manifest);
    let heads = heads(design);
    let makers: Vec<(usize, Stretch<'_>)> = (plan.tables.iter().enumerate())
        .filter(|(table, _)| later.more(*table) > 0)
        .map(|(table, planned)| {
            let (first, rows) = (later.before[table], later.more(table));
            (table, Stretch { recipe, table, first, rows, part_rows: planned.part_rows })
        })
        .collect();
    let tables: Vec<Table<'_>> = makers
        .iter()
        .map(|(table, maker)| {
            let name = &heads[*table].name;
            Table {
                head: heads[*table].head(),
                maker,
                rows: maker.rows,
                part_rows: maker.part_rows,
                parts: 0..maker.rows.div_ceil(maker.part_rows),
                file_parts: FILE_PARTS,
                stem: format!("samples/{name}"),
                first_file: next_file(manifest, name),
                family: stream::Family { number: *table, level: 0 },
            }
        })
        .collect();
    let facts = Facts::made(design, manifest.seed).with("peyote.extended_to", to);
    let mut follows = Sha256::new();
    follows.update(format!("{later:?}{made:?}{}", manifest.seed));
    follows.update(env!("CARGO_PKG_VERSION"));
    follows.update(design.to_json().to_string());
    let mut folder = unclaimed(place, Some(JOURNAL))?;
    let stop = Arc::new(AtomicBool::new(false));
    until::raise_on_interrupt(&stop);
    let written = stream::write(
        &mut folder,
        &tables,
        &Options {
            formats: &formats,
            parquet: form(made),
            facts: &facts,
            threads,
            plan: &hexadecimal(&follows.finalize()),
            start: Start::GoOn,
            stop: &stop,
            progress: &|rows| bar.inc(rows),
        },
    );
    written.map_err(|error| error.hint("the same command goes on with it"))?;
    if later.rows.iter().sum::<u64>() <= PROVED {
        let checked = crate::check::check_with(place, Some(folder.path()))?;
        if let Some(first) = checked.violations.first() {
            let message = format!(
                "{} of the design's promises would be broken, the first one so: {first}",
                checked.violations.len()
            );
            // It can be made again. The first error is the one to tell.
            let _ = fs::remove_dir_all(folder.path());
            return Err(Error::failed(message).at(place.display().to_string()).hint(
                "say in the design how the values of that column come about, and make it again",
            ));
        }
    }
    Ok(folder)
}

/// Writes what is told of the tables anew.
fn pages(
    place: &Path,
    folder: &mut Folder,
    known: &Known,
    recipe: &Recipe,
    to: &str,
) -> Result<(), Error> {
    let Known { design, ended, manifest, .. } = known;
    let heads = heads(design);
    let batches = samples(recipe)?;
    let sheets: Vec<Sheet<'_>> = (heads.iter().zip(&batches).zip(recipe.tables()))
        .map(|((head, batch), table)| head.sheet(batch, table.rows()))
        .collect();
    let idea = idea(design);
    let story = summary::Story {
        topic: design.name(),
        idea: &idea,
        run_id: &manifest.run_id,
        findings: &[],
        answers: &[],
    };
    let text = summary::markdown(&story, &sheets);
    let pages = manifest.files.iter().filter(|entry| is_page(&entry.path));
    for entry in pages {
        let text = if entry.path == story::PAGE {
            let path = place.join(&entry.path);
            let told = fs::read_to_string(&path).map_err(|error| Error::at_path(&path, &error))?;
            story::later(&told, design, recipe, ended, to)
        } else {
            text.clone()
        };
        folder.write(&entry.path, None, |out| out.write_all(text.as_bytes()))?;
    }
    Ok(())
}

/// The number of the next file of a table; the whole of it in one file is the first.
fn next_file(manifest: &Manifest, table: &str) -> u64 {
    let number = |path: &str| {
        let part = path.rsplit_once("/part-")?.1;
        part.split_once('.')?.0.parse::<u64>().ok()
    };
    let files = manifest.files.iter().filter(|entry| is_of(&entry.path, table));
    files.filter_map(|entry| number(&entry.path)).max().map_or(1, |last| last + 1)
}

/// Puts new parts in their places, and the manifest last: until then nobody counts them in.
fn put(
    place: &Path,
    manifest: Manifest,
    mut made: Made,
    (rows, to): (BTreeMap<String, u64>, &str),
    mut folder: Folder,
) -> Result<(), Error> {
    let work = folder.path().to_owned();
    let entries = folder.entries().to_vec();
    for entry in &entries {
        let path = place.join(&entry.path);
        if path.exists() && !is_page(&entry.path) {
            // What an interrupted run has put there already.
            let known = digest(&path).map_err(|error| Error::at_path(&path, &error))?;
            if known != entry.sha256 {
                return Err(Error::usage("a file that the manifest does not know is in the way")
                    .at(path.display().to_string())
                    .hint("move it elsewhere"));
            }
        }
    }
    for entry in &entries {
        let path = place.join(&entry.path);
        let moved = fs::create_dir_all(path.parent().unwrap_or(place))
            .and_then(|()| fs::rename(work.join(&entry.path), &path));
        moved.map_err(|error| Error::at_path(&path, &error))?;
    }
    made.extended.push(Extended { to: to.to_owned(), rows });
    let kept = manifest.files.iter().filter(|entry| !is_page(&entry.path)).cloned();
    let files = kept.chain(entries).collect();
    let manifest = Manifest { made: Some(made), files, ..manifest };
    folder.write("manifest.json", None, |out| {
        serde_json::to_writer_pretty(&mut *out, &manifest)?;
        out.write_all(b"\n")
    })?;
    let path = place.join("manifest.json");
    fs::rename(work.join("manifest.json"), &path).map_err(|error| Error::at_path(&path, &error))?;
    fs::remove_dir_all(&work).map_err(|error| Error::at_path(&work, &error))
}
