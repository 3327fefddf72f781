//! [`Making`]: what a run makes of a design, kept beside its files so that it can be gone on with.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use peyote_schemas::design::Design;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::error::{Error, Exit};
use crate::export::manifest::{Made, hexadecimal};
use crate::plan::{Plan, Sizes};
use crate::quote::ShellWord;
use crate::run::Run;

/// The name of the file that says it, while the run is under way.
pub(super) const MAKING: &str = "making.json";

/// What a run makes of a design.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Making {
    /// The run.
    pub(super) run: Run,
    /// Sizes and forms.
    pub(super) made: Made,
    /// Which share of all parts, where others make the rest.
    pub(super) part: Option<(u64, u64)>,
}

impl Making {
    /// The plan that it follows.
    pub(super) fn plan(&self, design: &Design) -> Result<Plan, Error> {
        let sizes = Sizes { tables: self.made.rows.clone(), ..Sizes::default() };
        Plan::new(design, &sizes, self.run.request.seed)
    }

    /// All that the bytes of the files follow from, as one word.
    pub(super) fn fingerprint(&self, design: &Design) -> String {
        let mut digest = Sha256::new();
        let request = &self.run.request;
        digest.update(format!("{:?}{:?}{:?}", self.made, request.seed, self.part));
        digest.update(format!("{:?}{:?}", request.formats, request.mess));
        digest.update(env!("CARGO_PKG_VERSION"));
        digest.update(design.to_json().to_string());
        hexadecimal(&digest.finalize())
    }

    /// The unfinished run in a folder, if there is one.
    pub(super) fn read(work: &Path) -> Result<Option<Self>, Error> {
        let path = work.join(MAKING);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                Error::failed(format!("it does not say what was to be made: {error}"))
                    .at(path.display().to_string())
                    .hint("it was written by another version of peyote: use that one")
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::at_path(&path, &error)),
        }
    }

    /// Keeps it in the folder where the work is done; what lies there already, if it makes the same.
    pub(super) fn kept(self, work: &Path, design: &Design) -> Result<Self, Error> {
        let path = work.join(MAKING);
        if let Some(known) = Self::read(work)? {
            if known.fingerprint(design) == self.fingerprint(design) {
                return Ok(known);
            }
            return Err(another_plan(&path));
        }
        let failed = |error: io::Error| Error::at_path(&path, &error);
        let bytes = serde_json::to_vec(&self).map_err(|error| failed(error.into()))?;
        let mut file = NamedTempFile::new_in(work).map_err(failed)?;
        file.write_all(&bytes).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(self)
    }
}

/// Refuses to mix what was made with what is asked for.
pub(super) fn another_plan(path: &Path) -> Error {
    Error::usage("the files so far were made by another plan")
        .at(path.display().to_string())
        .hint("use the same design, sizes, seed and formats, or start anew elsewhere")
}

/// An error of a run that can be gone on with, with how.
pub(super) fn resumable(error: Error, work: &Path) -> Error {
    if error.exit() == Exit::Usage || !work.join(MAKING).exists() {
        return error;
    }
    let work = work.display().to_string();
    let resume = format!(
        "go on with `peyote gen --resume {}`: what is whole is not made again",
        ShellWord(&work)
    );
    let room = error.next_step().filter(|_| error.exit() == Exit::Failed);
    let hint = room.map_or_else(|| resume.clone(), |hint| format!("{hint}; {resume}"));
    error.hint(hint)
}
