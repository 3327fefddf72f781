//! `peyote extend`: later rows behind those of a dataset that was made, which stay as they are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use peyote_schemas::behaviour::At;
use peyote_schemas::design::Design;
use peyote_schemas::value::moment::Moment;
use sha2::{Digest, Sha256};

use super::place::unclaimed;
use super::rows::{Rows, heads};
use super::scale::PROVED;
use super::until;
use crate::error::Error;
use crate::export::folder::Folder;
use crate::export::manifest::{Entry, Extended, Made, Manifest, hexadecimal};
use crate::export::stream::{self, JOURNAL, Options, Start, Table};
use crate::export::{Format, parquet};
use crate::generate::recipe::{Later, Recipe, go_on, later, recipe};
use crate::plan::{Plan, Sizes};
use crate::quote::Terminal;

const EXAMPLES: &str = "\
Examples:
  peyote extend many-trams --to 2026-03-01
  peyote extend many-trams --to 2026-06-01 --threads 4";

/// Parts of a file: 134 million rows.
const FILE_PARTS: u64 = 1024;

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

/// A dataset as it was made, and what made it.
struct Known {
    manifest: Manifest,
    made: Made,
    design: Design,
    /// The rows that each table had first.
    base: Vec<u64>,
    /// The rows that each has by now.
    before: Vec<u64>,
    /// The present day of the data by now.
    since: i64,
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
    let recipe = go_on(design, base, known.manifest.seed, &later, earlier)?;
    let (threads, silent) = (args.threads, args.silent);
    let written = write(folder, &known, &recipe, &later, (threads, &args.to))?;
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

fn design_rows(design: &Design, later: &Later) -> BTreeMap<String, u64> {
    let tables = design.tables().iter().enumerate();
    tables.map(|(place, table)| (table.name().to_string(), later.more(place))).collect()
}

/// A day or a moment, in microseconds since 1970.
fn day(text: &str) -> Result<i64, String> {
    let at = At::parse(text)?;
    match at.0 {
        Moment::Time(_) => Err(format!("`{at}` is no day")),
        _ => at.micros().ok_or_else(|| format!("`{at}` is too far away")),
    }
}

/// Opens a folder that was made of a design at size, and is as it was left.
fn open(folder: &Path) -> Result<(Known, Recipe), Error> {
    let path = folder.join("manifest.json");
    let bytes = fs::read(&path).map_err(|error| {
        Error::at_path(&path, &error).hint("name a folder that `peyote gen --design` wrote")
    })?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| {
        Error::usage(format!("no manifest: {error}"))
            .at(path.display().to_string())
            .hint("name a folder that `peyote gen --design` wrote")
    })?;
    let Some(made) = manifest.made.clone() else {
        return Err(Error::usage(
            "it was not made of a design at size, so nothing says how it goes on",
        )
        .at(folder.display().to_string())
        .hint(
            "make it with `peyote gen --design DIR/design.json --scale 1`, whole, and extend that",
        ));
    };
    for entry in &manifest.files {
        unchanged(folder, entry)?;
    }
    let design = crate::reopen::read_sound_design(&folder.join("design.json"))?;
    let changed = |what: &str| {
        Error::failed(format!("{what} is not what the manifest says"))
            .at(path.display().to_string())
            .hint("it was made by another version of peyote, or changed: make it again")
    };
    let base: Option<Vec<u64>> = (design.tables().iter())
        .map(|table| made.rows.get(table.name().as_str()).copied())
        .collect();
    let base = base.ok_or_else(|| changed("the design"))?;
    let mut recipe = recipe(&design, &base, manifest.seed)?;
    let mut known =
        Known { since: design.present(), before: base.clone(), made, base, design, manifest };
    for one in known.made.extended.clone() {
        let until = day(&one.to).map_err(|_| changed("a day"))?;
        let Known { design, base, before, since, .. } = &known;
        let later = later(design, base, before, *since, until);
        if design_rows(design, &later) != one.rows {
            return Err(changed("how many rows came later"));
        }
        recipe = go_on(design, base, known.manifest.seed, &later, recipe)?;
        known = Known { before: later.rows, since: until, ..known };
    }
    Ok((known, recipe))
}

/// Refuses a file that is not as it was written.
fn unchanged(folder: &Path, entry: &Entry) -> Result<(), Error> {
    let path = folder.join(&entry.path);
    let inside =
        Path::new(&entry.path).components().all(|part| matches!(part, Component::Normal(_)));
    let same =
        inside && digest(&path).map_err(|error| Error::at_path(&path, &error))? == entry.sha256;
    if same {
        return Ok(());
    }
    Err(Error::usage("the file was changed since it was made")
        .at(path.display().to_string())
        .hint("what comes later would not fit it: make the dataset again, and extend that"))
}

fn digest(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    io::copy(&mut File::open(path)?, &mut digest)?;
    Ok(hexadecimal(&digest.finalize()))
}

/// Writes the new parts beside the folder.
fn write(
    place: &Path,
    known: &Known,
    recipe: &Recipe,
    later: &Later,
    (threads, to): (Option<u16>, &str),
) -> Result<Folder, Error> {
    let Known { design, made, manifest, .. } = known;
    let sizes = Sizes { tables: made.rows.clone(), ..Sizes::default() };
    let plan = Plan::new(design, &sizes, manifest.seed)?;
    let formats: Vec<Format> = [Format::Parquet, Format::Csv]
        .into_iter()
        .filter(|format| (files(manifest, "")).any(|path| path.ends_with(format.ending())))
        .collect();
    let heads = heads(design);
    let makers: Vec<(usize, Rows<'_>)> = (plan.tables.iter().enumerate())
        .filter(|(table, _)| later.more(*table) > 0)
        .map(|(table, planned)| {
            let (first, rows) = (later.before[table], later.more(table));
            (table, Rows { recipe, table, first, rows, part_rows: planned.part_rows })
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
            }
        })
        .collect();
    let facts = [
        ("peyote.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("peyote.seed".to_owned(), manifest.seed.to_string()),
        ("peyote.extended_to".to_owned(), to.to_owned()),
        ("peyote.design".to_owned(), design.to_json().to_string()),
    ];
    let mut plan = Sha256::new();
    plan.update(format!("{later:?}{made:?}{}", manifest.seed));
    plan.update(env!("CARGO_PKG_VERSION"));
    plan.update(design.to_json().to_string());
    let mut folder = unclaimed(place, Some(JOURNAL))?;
    let stop = Arc::new(AtomicBool::new(false));
    until::raise_on_interrupt(&stop);
    let all = || std::thread::available_parallelism().map_or(1, usize::from);
    let written = stream::write(
        &mut folder,
        &tables,
        &Options {
            formats: &formats,
            parquet: parquet::Options {
                types: made.types,
                compression: made.compression,
                bloom: made.bloom.clone(),
            },
            facts: &facts,
            threads: threads.map_or_else(all, usize::from),
            plan: &hexadecimal(&plan.finalize()),
            start: Start::GoOn,
            stop: &stop,
            progress: &|_| {},
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

/// The paths of the files of a table, or of all.
fn files<'m>(manifest: &'m Manifest, table: &str) -> impl Iterator<Item = &'m str> {
    let stem = format!("samples/{table}");
    let all = table.is_empty();
    manifest.files.iter().filter_map(move |entry| {
        let rest = entry.path.strip_prefix(&stem)?;
        (all || rest.starts_with(['.', '/'])).then_some(entry.path.as_str())
    })
}

/// The number of the next file of a table; the whole of it in one file is the first.
fn next_file(manifest: &Manifest, table: &str) -> u64 {
    let number = |path: &str| {
        let part = path.rsplit_once("/part-")?.1;
        part.split_once('.')?.0.parse::<u64>().ok()
    };
    files(manifest, table).filter_map(number).max().map_or(1, |last| last + 1)
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
        if path.exists() {
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
    let files = manifest.files.iter().cloned().chain(entries).collect();
    let manifest = Manifest { made: Some(made), files, ..manifest };
    folder.write("manifest.json", None, |out| {
        serde_json::to_writer_pretty(&mut *out, &manifest)?;
        out.write_all(b"\n")
    })?;
    let path = place.join("manifest.json");
    fs::rename(work.join("manifest.json"), &path).map_err(|error| Error::at_path(&path, &error))?;
    fs::remove_dir_all(&work).map_err(|error| Error::at_path(&work, &error))
}
