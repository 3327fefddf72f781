//! [`Folder`]: an output folder that is seen under its name only when it is whole.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::file::{Sync, Unfinished};
use super::site::{replaceable, taken_already};
use super::stream::JOURNAL;
use crate::error::Error;
use crate::export::manifest::Entry;

/// The ending of a folder that is being worked on.
pub const PARTIAL: &str = "partial";

/// A folder being filled beside its place: `<place>.partial` until [`Folder::finish`].
#[derive(Debug)]
pub struct Folder {
    work: PathBuf,
    entries: Vec<Entry>,
}

/// What to do when the place is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Refuse.
    Keep,
    /// Replace what is there once the new folder is whole.
    Replace,
}

impl Folder {
    /// Starts, or goes on with, the work beside a place.
    pub fn beside(place: &Path) -> Result<Self, Error> {
        let work = partial(place);
        fs::create_dir_all(&work).map_err(|error| Error::at_path(&work, &error))?;
        Ok(Self { work, entries: Vec::new() })
    }

    /// Where the work happens.
    pub fn path(&self) -> &Path {
        &self.work
    }

    /// Writes one file whole: beside its name first, then renamed into it.
    ///
    /// `rows` is how many rows of a table it holds, for the manifest.
    pub fn write(
        &mut self,
        name: &str,
        rows: Option<usize>,
        fill: impl FnOnce(&mut dyn Sink) -> io::Result<()>,
    ) -> Result<(), Error> {
        let path = self.work.join(name);
        let written = Unfinished::new(&path).and_then(|mut file| {
            fill(&mut file)?;
            file.finish(rows, Sync::Now)
        });
        let written = written.map_err(|error| Error::at_path(&path, &error))?;
        self.note(Entry { path: name.to_owned(), ..written });
        Ok(())
    }

    /// Takes note of a file that was written already.
    pub(super) fn note(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// The files written so far, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Renames the whole folder into its place, which is `place` as in [`Folder::beside`] or
    /// another name in the same parent.
    pub fn finish(self, place: &Path, taken: Taken) -> Result<(), Error> {
        // What is whole has nothing to go on with.
        if let Err(error) = fs::remove_file(self.work.join(JOURNAL))
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(Error::at_path(&self.work.join(JOURNAL), &error));
        }
        let old = place.with_added_extension("old");
        let replaced = match (taken, place.symlink_metadata().is_ok()) {
            (Taken::Keep, true) => return Err(taken_already(place)),
            (Taken::Replace, true) => {
                replaceable(place)?;
                fs::rename(place, &old).map_err(|error| Error::at_path(place, &error))?;
                true
            }
            (_, false) => false,
        };
        fs::rename(&self.work, place).map_err(|error| {
            if replaced {
                // Best effort: the first error is the one to tell.
                let _ = fs::rename(&old, place);
            }
            Error::at_path(place, &error)
        })?;
        if replaced {
            let removed =
                if old.is_dir() { fs::remove_dir_all(&old) } else { fs::remove_file(&old) };
            removed.map_err(|error| Error::at_path(&old, &error))?;
        }
        Ok(())
    }
}

/// What a file is written through.
pub trait Sink: Write + Send {}

impl<W: Write + Send> Sink for W {}

/// Where the work for a place happens.
pub fn partial(place: &Path) -> PathBuf {
    place.with_added_extension(PARTIAL)
}
