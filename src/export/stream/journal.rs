//! [`Journal`]: which files of a run are whole, so that going on with it makes only what is missing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::export::file::BEGUN;
use crate::export::manifest::{Entry, hexadecimal};

/// The name of the journal in a folder that is being worked on.
pub const JOURNAL: &str = "journal.jsonl";

/// What becomes of the files that an earlier run has left in the folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Start {
    /// They are removed.
    #[default]
    Anew,
    /// Those that are whole are kept; they must be of the same plan.
    GoOn,
}

/// The first line of a journal.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Begun {
    /// What the files follow from: seed, design, sizes and forms, as one checksum.
    plan: String,
}

/// An open journal.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
}

impl Journal {
    /// Opens the journal of a folder: a new one, or the one of a run of the same plan together with
    /// the files that are still as they were written.
    pub(super) fn open(
        folder: &Path,
        plan: &str,
        start: Start,
    ) -> Result<(Self, Vec<Entry>), Error> {
        let path = folder.join(JOURNAL);
        let failed = |error: io::Error| Error::at_path(&path, &error);
        let mut whole = Vec::new();
        let mut lines = Vec::new();
        match File::open(&path) {
            Ok(file) => {
                let mut known = BufReader::new(file).lines();
                let first = known.next().transpose().map_err(failed)?.unwrap_or_default();
                let begun: Option<Begun> = serde_json::from_str(&first).ok();
                if start == Start::GoOn && begun.is_none_or(|begun| begun.plan != plan) {
                    return Err(Error::usage("the files so far were made by another plan")
                        .at(path.display().to_string())
                        .hint(
                            "use the same design, sizes, seed and formats, or start anew elsewhere",
                        ));
                }
                for line in known {
                    // A line that was cut off says nothing.
                    let Ok(entry) = serde_json::from_str::<Entry>(&line.map_err(failed)?) else {
                        continue;
                    };
                    if start == Start::Anew {
                        forget(folder, &entry).map_err(failed)?;
                    } else if is_whole(folder, &entry).map_err(failed)? {
                        lines.extend(
                            serde_json::to_vec(&entry).map_err(|error| failed(error.into()))?,
                        );
                        lines.push(b'\n');
                        whole.push(entry);
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        fs::create_dir_all(folder).map_err(failed)?;
        sweep(folder, 0).map_err(failed)?;
        let begun = serde_json::to_string(&Begun { plan: plan.to_owned() });
        let begun = begun.map_err(|error| failed(error.into()))?;
        let fresh = [begun.as_bytes(), b"\n", &lines].concat();
        fs::write(&path, fresh).map_err(failed)?;
        let file = OpenOptions::new().append(true).open(&path).map_err(failed)?;
        Ok((Self { file }, whole))
    }

    /// Takes note of a file that has its name.
    pub(super) fn note(&mut self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }
}

/// Whether a file lies in the folder: a journal is text from a disk, and may say anything.
fn is_inside(entry: &Entry) -> bool {
    let mut parts = Path::new(&entry.path).components();
    parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Removes a file of a run that is not gone on with.
fn forget(folder: &Path, entry: &Entry) -> io::Result<()> {
    if !is_inside(entry) {
        return Ok(());
    }
    match fs::remove_file(folder.join(&entry.path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether a file is as it was written.
fn is_whole(folder: &Path, entry: &Entry) -> io::Result<bool> {
    if !is_inside(entry) {
        return Ok(false);
    }
    match File::open(folder.join(&entry.path)) {
        Ok(mut file) if file.metadata()?.len() == entry.bytes => {
            let mut digest = Sha256::new();
            io::copy(&mut file, &mut digest)?;
            Ok(hexadecimal(&digest.finalize()) == entry.sha256)
        }
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes what a killed run left without a name.
fn sweep(folder: &Path, depth: usize) -> io::Result<()> {
    /// A table's files lie one folder deep below the folder of all tables.
    const DEEPEST: usize = 2;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && depth < DEEPEST {
            sweep(&entry.path(), depth + 1)?;
        } else if entry.file_name().to_string_lossy().starts_with(BEGUN) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
