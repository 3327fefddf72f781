//! [`Known`]: a dataset that goes on, as it was made and as it lies there.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};

use parquet::file::reader::{FileReader, SerializedFileReader};
use peyote_schemas::behaviour::At;
use peyote_schemas::design::Design;
use peyote_schemas::story::Anomaly;
use peyote_schemas::value::moment::Moment;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::export::manifest::{Entry, Made, Manifest, hexadecimal};
use crate::generate::recipe::{Later, Recipe, go_on, later, recipe};
use crate::story;

/// Bytes of a file that are looked at at once.
const CHUNK: usize = 1 << 18;

/// A dataset as it was made, and what made it.
pub(super) struct Known {
    pub(super) manifest: Manifest,
    pub(super) made: Made,
    /// The design, with what goes on in later rows of its story.
    pub(super) design: Design,
    /// What of its story does not go on.
    pub(super) ended: Vec<Anomaly>,
    /// The rows that each table had first.
    pub(super) base: Vec<u64>,
    /// The rows that each has by now.
    pub(super) before: Vec<u64>,
    /// The present day of the data by now.
    pub(super) since: i64,
}

/// A day or a moment, in microseconds since 1970.
pub(super) fn day(text: &str) -> Result<i64, String> {
    let at = At::parse(text)?;
    match at.0 {
        Moment::Time(_) => Err(format!("`{at}` is no day")),
        _ => at.micros().ok_or_else(|| format!("`{at}` is too far away")),
    }
}

/// Opens a folder that was made of a design at size, and is as it was left.
pub(super) fn open(folder: &Path) -> Result<(Known, Recipe), Error> {
    let path = folder.join("manifest.json");
    let bytes = fs::read(&path).map_err(|error| {
        Error::at_path(&path, &error).hint("name a folder that `peyote gen --design` wrote")
    })?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| {
        Error::usage(format!("no manifest: {error}"))
            .at(path.display().to_string())
            .hint("name a folder that `peyote gen --design` wrote")
    })?;
    let Some(made) = manifest.made.clone().filter(|made| made.part.is_none()) else {
        return Err(Error::usage(
            "it was not made of a design at size, so nothing says how it goes on",
        )
        .at(folder.display().to_string())
        .hint(
            "make it with `peyote gen --design DIR/design.json --scale 1`, whole, and extend that",
        ));
    };
    for entry in manifest.files.iter().filter(|entry| !is_page(&entry.path)) {
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
    let (goes_on, ended) = going_on(&design, &recipe);
    let design = design.with_story(goes_on);
    let (since, before) = (design.present(), base.clone());
    let mut known = Known { manifest, made, design, ended, base, before, since };
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
    for (table, rows) in known.design.tables().iter().zip(&known.before) {
        for ending in ["parquet", "csv"] {
            let files = || {
                known.manifest.files.iter().filter(move |entry| {
                    is_of(&entry.path, table.name().as_str()) && entry.path.ends_with(ending)
                })
            };
            let counted: usize = files().filter_map(|entry| entry.rows).sum();
            if files().next().is_some() && counted as u64 != *rows {
                return Err(changed(&format!("how many rows `{}` has", table.name())));
            }
        }
    }
    Ok((known, recipe))
}

/// Whether a file is one of a table's.
pub(super) fn is_of(path: &str, table: &str) -> bool {
    path.strip_prefix("samples/")
        .and_then(|rest| rest.strip_prefix(table))
        .is_some_and(|rest| rest.starts_with(['.', '/']))
}

/// Whether a file tells of the tables, and is written anew as they grow.
pub(super) fn is_page(path: &str) -> bool {
    path == story::PAGE || path.starts_with("summary-")
}

/// What of a design's story goes on in later rows, and what has ended: what is told by what rows hold
/// goes on, of those whom it was about first. What was planted among numbered rows stays where it is.
fn going_on(design: &Design, recipe: &Recipe) -> (Vec<Anomaly>, Vec<Anomaly>) {
    let (mut on, mut ended) = (Vec::new(), Vec::new());
    for (anomaly, told) in design.story().iter().zip(recipe.story()) {
        let mut later = anomaly.clone();
        let goes_on = match &mut later {
            Anomaly::RateShift { rows, .. }
            | Anomaly::LevelShift { rows, .. }
            | Anomaly::Drift { rows, .. }
            | Anomaly::Outage { rows, .. }
            | Anomaly::Dropout { rows, .. } => {
                let lasts = rows.window().1 > design.present();
                if rows.column.is_some() && rows.is.is_empty() {
                    rows.is = told.who().to_vec();
                }
                let whose = rows.column.is_none() || !rows.is.is_empty();
                lasts && whose
            }
            Anomaly::Burst { .. } | Anomaly::Ring { .. } => false,
        };
        if goes_on { on.push(later) } else { ended.push(anomaly.clone()) }
    }
    (on, ended)
}

/// Refuses a file that is not as it was written, or holds another number of rows than was said.
fn unchanged(folder: &Path, entry: &Entry) -> Result<(), Error> {
    let path = folder.join(&entry.path);
    let failed = |error: io::Error| Error::at_path(&path, &error);
    let inside =
        Path::new(&entry.path).components().all(|part| matches!(part, Component::Normal(_)));
    let hint = "what comes later would not fit it: make the dataset again, and extend that";
    let (sum, lines) = if inside { looked(&path).map_err(failed)? } else { (String::new(), 0) };
    if sum != entry.sha256 {
        return Err(Error::usage("the file was changed since it was made")
            .at(path.display().to_string())
            .hint(hint));
    }
    let Some(said) = entry.rows else { return Ok(()) };
    let held = if entry.path.ends_with(".parquet") {
        let reader = File::open(&path).map_err(failed)?;
        let reader = SerializedFileReader::new(reader)
            .map_err(|error| Error::failed(error.to_string()).at(path.display().to_string()))?;
        u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0)
    } else {
        // The first line names the columns.
        lines.saturating_sub(1)
    };
    if held == said as u64 {
        return Ok(());
    }
    Err(Error::usage(format!("the manifest says that the file has {said} rows, and it has {held}"))
        .at(path.display().to_string())
        .hint(hint))
}

/// The SHA-256 of a file.
pub(super) fn digest(path: &Path) -> io::Result<String> {
    looked(path).map(|(sum, _)| sum)
}

/// The SHA-256 of a file, and its lines, where a line goes on within quotes.
fn looked(path: &Path) -> io::Result<(String, u64)> {
    let (mut file, mut digest) = (File::open(path)?, Sha256::new());
    let (mut lines, mut quoted) = (0, false);
    let mut chunk = vec![0; CHUNK];
    loop {
        let many = file.read(&mut chunk)?;
        if many == 0 {
            return Ok((hexadecimal(&digest.finalize()), lines));
        }
        digest.update(&chunk[..many]);
        for byte in &chunk[..many] {
            quoted ^= *byte == b'"';
            lines += u64::from(*byte == b'\n' && !quoted);
        }
    }
}

/// How many rows come to each table, by its name.
pub(super) fn design_rows(design: &Design, later: &Later) -> BTreeMap<String, u64> {
    let tables = design.tables().iter().enumerate();
    tables.map(|(place, table)| (table.name().to_string(), later.more(place))).collect()
}
