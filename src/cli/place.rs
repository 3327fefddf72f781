//! [`Place`]: where a dataset goes, and the folder beside it in which the work is done.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::r#gen::OutputArgs;
use crate::error::Error;
use crate::export::dataset::LOCK;
use crate::export::folder::{Folder, partial};
use crate::export::site::{meant, settled};
use crate::quote::ShellWord;
use crate::run::Run;

/// Where a dataset goes.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// Exactly here.
    Here(PathBuf),
    /// Into a folder of its own below this one.
    Below(PathBuf),
}

/// Clears a folder of what a run that was killed had begun to write: only its lock says anything.
pub(super) fn swept(work: &Path) -> Result<(), Error> {
    let failed = |error| Error::at_path(work, &error);
    for entry in fs::read_dir(work).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name() == LOCK {
            continue;
        }
        let is_folder = entry.file_type().map_err(failed)?.is_dir();
        let path = entry.path();
        let gone = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        gone.map_err(|error| Error::at_path(&path, &error))?;
    }
    Ok(())
}

/// The nearest folder that there is around a place.
pub(super) fn around(place: &Path) -> PathBuf {
    let mut found = place.ancestors().skip(1).filter(|folder| folder.is_dir());
    found.next().map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// Where a dataset goes, if it may: not in the place of one of its `inputs`.
pub(super) fn place(output: &OutputArgs, inputs: &[PathBuf]) -> Result<Place, Error> {
    match &output.out {
        Some(out) => Ok(Place::Here(settled(out, output.taken(), inputs)?)),
        None => Ok(Place::Below(below(&output.path)?)),
    }
}

/// The folder below which datasets get folders of their own, with nothing made on the way to it that
/// it does not lie in.
pub(super) fn below(path: &Path) -> Result<PathBuf, Error> {
    if !path.components().any(|part| part == Component::ParentDir) {
        return Ok(path.to_owned());
    }
    meant(path).map_err(|error| Error::at_path(path, &error))
}

/// The folder in which a run's work begins.
pub(super) fn fresh(place: &Place, run: &Run) -> Result<Folder, Error> {
    let place = match place {
        Place::Here(out) => out.clone(),
        Place::Below(path) => path.join(&run.id),
    };
    unclaimed(&place, None)
}

/// The folder in which the work for a place begins, unless somebody's unfinished work lies there
/// that this is not going on with: a file named `known` says that it is.
///
/// What lies there would be shown as a part of what is made, and an unfinished run has answers that
/// were paid for.
pub(super) fn unclaimed(place: &Path, known: Option<&str>) -> Result<Folder, Error> {
    let work = partial(place);
    let hint = if work.join(LOCK).exists() {
        format!("{}, or remove the folder", resume_hint(&work))
    } else if known.is_some_and(|known| work.join(known).exists()) || !holds_files(&work)? {
        return Folder::beside(place);
    } else {
        "finish it with the command that began it, or remove the folder".to_owned()
    };
    Err(Error::usage("an unfinished run lies here already")
        .at(work.display().to_string())
        .hint(hint))
}

/// Whether anything lies in a folder but what was never given its name.
fn holds_files(work: &Path) -> Result<bool, Error> {
    let failed = |error| Error::at_path(work, &error);
    let entries = match fs::read_dir(work) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        if !entry.map_err(failed)?.file_name().to_string_lossy().starts_with('.') {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How to go on with a run of which something is kept.
pub(super) fn resume_hint(work: &Path) -> String {
    let work = work.display().to_string();
    format!("go on with `peyote gen --resume {}`: nothing is asked twice", ShellWord(&work))
}
