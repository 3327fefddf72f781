//! [`compare`]: the files of a folder against what its manifest says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};

use parquet::file::reader::{FileReader, SerializedFileReader};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::export::manifest::{Entry, Manifest, hexadecimal};
use crate::export::site::MANIFEST;

/// The folder of a dataset that its tables lie in.
const SAMPLES: &str = "samples/";
/// Bytes that are read at once.
const PIECE: usize = 256 << 10;

/// What the files of a folder are, compared with what was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// How many files were looked at: those of the manifest, and those that it does not know.
    pub files: usize,
    /// How many bytes of them were digested.
    pub bytes: u64,
    /// The share of all rows that the folder holds, if it is one: the k-th of n.
    pub share: Option<(u64, u64)>,
    /// Those that are not as they were written.
    pub faults: Vec<Fault>,
}

/// A file that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its path in the folder, with `/`.
    pub path: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub hint: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.path, self.reason, self.hint)
    }
}

/// Compares the files of a folder with its manifest: that each is there, with the rows, the bytes and
/// the SHA-256 that it was written with, that no other is, and that the forms of a table have equally
/// many rows. Nothing where no manifest is.
///
/// A file is read in pieces, whatever its length. Hidden files are the system's, and left alone.
pub fn compare(folder: &Path) -> Result<Option<Compared>, Error> {
    let path = folder.join(MANIFEST);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        // What is no folder is told of where its tables are sought.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(Error::at_path(&path, &error)),
    };
    let manifest: Manifest = match serde_json::from_slice(&bytes) {
        Ok(manifest) => manifest,
        // Other programs have manifests as well.
        Err(_) if !folder.join("design.json").exists() => return Ok(None),
        Err(error) => {
            let hint = "make the folder again, or take the manifest from a copy of it";
            let reason = format!("it cannot be read: {error}");
            let fault = Fault { path: MANIFEST.to_owned(), reason, hint };
            return Ok(Some(Compared { files: 1, faults: vec![fault], ..Compared::default() }));
        }
    };
    let share = manifest.made.as_ref().and_then(|made| made.part);
    let mut compared = Compared { share, ..Compared::default() };
    let mut known = BTreeSet::new();
    let mut rows = Twins::default();
    for entry in &manifest.files {
        known.insert(entry.path.as_str());
        compared.files += 1;
        match one(folder, entry) {
            Ok(now) => {
                compared.bytes += now.bytes;
                rows.count(&entry.path, now.rows);
                compared.faults.extend(now.fault);
            }
            Err(fault) => compared.faults.push(fault),
        }
    }
    for path in listed(folder)? {
        if path != MANIFEST && !known.contains(path.as_str()) {
            compared.files += 1;
            compared.faults.push(Fault {
                path,
                reason: format!("nobody wrote it here: `{MANIFEST}` does not know it"),
                hint: "move it elsewhere: who loads the folder takes it for a part of the dataset",
            });
        }
    }
    compared.faults.extend(rows.faults());
    Ok(Some(compared))
}

/// The manifest of a folder, if it has one that can be read.
pub fn manifest(folder: &Path) -> Option<Manifest> {
    serde_json::from_slice(&fs::read(folder.join(MANIFEST)).ok()?).ok()
}

/// What a file is now.
struct Now {
    bytes: u64,
    rows: Option<u64>,
    fault: Option<Fault>,
}

/// A file that the manifest knows, compared with what it says.
fn one(folder: &Path, entry: &Entry) -> Result<Now, Fault> {
    const AGAIN: &str = "make the folder again, or take the file from a copy of it";
    let fault = |reason: String| Fault { path: entry.path.clone(), reason, hint: AGAIN };
    if !Path::new(&entry.path).components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(fault("its path leads out of the folder".to_owned()));
    }
    let path = folder.join(&entry.path);
    let (bytes, sha256) = digest(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => fault("it is missing".to_owned()),
        _ => fault(format!("it cannot be read: {error}")),
    })?;
    let told = entry.rows.map(|rows| rows as u64);
    if (bytes, sha256.as_str()) == (entry.bytes, entry.sha256.as_str()) {
        return Ok(Now { bytes, rows: told, fault: None });
    }
    let rows = told.and_then(|_| rows_in(&path).ok().flatten());
    let mut reason = "it has changed since it was written".to_owned();
    match (rows, told) {
        (Some(rows), Some(told)) if rows != told => {
            reason = format!("{reason}: {rows} rows where {told} were written");
        }
        _ if bytes != entry.bytes => {
            reason = format!("{reason}: {bytes} bytes where {} were written", entry.bytes);
        }
        _ => reason.push_str(": its SHA-256 is another"),
    }
    Ok(Now { bytes, rows, fault: Some(fault(reason)) })
}

/// How many bytes a file has, and their SHA-256.
fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut piece = vec![0; PIECE];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, hexadecimal(&digest.finalize())));
        }
        digest.update(&piece[..read]);
        bytes += read as u64;
    }
}

/// How many rows a file of a table has; nothing for a file of another form.
fn rows_in(path: &Path) -> io::Result<Option<u64>> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned());
    let file = File::open(path)?;
    match ending.as_deref() {
        Some("parquet") => {
            let reader = SerializedFileReader::new(file).map_err(io::Error::other)?;
            Ok(u64::try_from(reader.metadata().file_metadata().num_rows()).ok())
        }
        Some("csv") => records(file).map(|records| Some(records.saturating_sub(1))),
        _ => Ok(None),
    }
}

/// The records of a CSV file: lines, but for those that a quoted field goes over.
fn records(mut file: impl Read) -> io::Result<u64> {
    let mut piece = vec![0; PIECE];
    let (mut records, mut quoted, mut begun) = (0, false, false);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(records + u64::from(begun));
        }
        for &byte in &piece[..read] {
            match byte {
                b'\n' if !quoted => {
                    records += 1;
                    begun = false;
                    continue;
                }
                // One that stands for itself is two, which changes nothing.
                b'"' => quoted = !quoted,
                _ => {}
            }
            begun = true;
        }
    }
}

/// The paths of all files below a folder, with `/`, in order.
fn listed(folder: &Path) -> Result<BTreeSet<String>, Error> {
    let mut found = BTreeSet::new();
    let mut open = vec![String::new()];
    while let Some(below) = open.pop() {
        let path = folder.join(&below);
        let failed = |error: io::Error| Error::at_path(&path, &error);
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let name = if below.is_empty() { name } else { format!("{below}/{name}") };
            // A link to a folder is not followed, so that no cycle is walked.
            if entry.file_type().map_err(failed)?.is_dir() {
                open.push(name);
            } else {
                found.insert(name);
            }
        }
    }
    Ok(found)
}

/// The rows of every table of `samples/`, by the form of its files.
#[derive(Default)]
struct Twins(BTreeMap<String, BTreeMap<String, Option<u64>>>);

impl Twins {
    /// Counts in a file; one whose rows are not known makes the sum unknown.
    fn count(&mut self, path: &str, rows: Option<u64>) {
        let Some((stem, ending)) =
            path.strip_prefix(SAMPLES).and_then(|path| path.rsplit_once('.'))
        else {
            return;
        };
        // The parts of a table lie in a folder of its name.
        let table = stem.split('/').next().unwrap_or(stem).to_owned();
        let forms = self.0.entry(table).or_default();
        let sum = forms.entry(ending.to_owned()).or_insert(Some(0));
        *sum = sum.zip(rows).map(|(sum, rows)| sum + rows);
    }

    /// The tables of which one form has other rows than another.
    fn faults(&self) -> Vec<Fault> {
        let differ = |(table, forms): (&String, &BTreeMap<String, Option<u64>>)| {
            let known: Vec<(&String, u64)> =
                forms.iter().filter_map(|(form, rows)| rows.map(|rows| (form, rows))).collect();
            let (first, rest) = known.split_first()?;
            let other = rest.iter().find(|other| other.1 != first.1)?;
            Some(Fault {
                path: format!("{SAMPLES}{table}"),
                reason: format!(
                    "{} rows as {}, {} as {}: the two are one table",
                    first.1, first.0, other.1, other.0
                ),
                hint: "write one of the two again from the other",
            })
        };
        self.0.iter().filter_map(differ).collect()
    }
}

/// The tables of a folder without a manifest of which one form has other rows than another.
pub(super) fn twins(folder: &Path) -> Result<Vec<Fault>, Error> {
    let mut rows = Twins::default();
    for path in listed(folder)?.iter().filter(|path| path.starts_with(SAMPLES)) {
        let counted = rows_in(&folder.join(path)).ok().flatten();
        if counted.is_some() {
            rows.count(path, counted);
        }
    }
    Ok(rows.faults())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_counted_as_they_are_quoted() {
        for (text, count) in [
            ("", 0),
            ("a", 1),
            ("a\n", 1),
            ("a\n1\n2", 3),
            ("a\n\"1\n2\"\n3\n", 3),
            ("a\n\"say \"\"\nno\"\"\"\n", 2),
        ] {
            assert_eq!(records(text.as_bytes()).unwrap(), count, "{text:?}");
        }
    }

    #[test]
    fn forms_of_a_table_that_differ_are_named() {
        let mut rows = Twins::default();
        rows.count("samples/a.csv", Some(3));
        rows.count("samples/a.parquet", Some(3));
        rows.count("samples/b/part-00000.csv", Some(3));
        rows.count("samples/b/part-00001.csv", Some(4));
        rows.count("samples/b/part-00000.parquet", Some(8));
        let faults = rows.faults();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].path, "samples/b");
    }
}
