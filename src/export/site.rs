//! [`settled`]: whether a dataset may go where a person says, told before anything is written.

use std::env;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use clap::ValueEnum;
use peyote_schemas::name::Slug;
use serde::Deserialize;
use serde_json::Value;

use super::Format;
use super::folder::Taken;
use super::manifest::Manifest;
use crate::error::Error;

/// Where the manifest of a dataset lies in its folder.
pub const MANIFEST: &str = "manifest.json";
/// Where a folder says what tables were read into it.
pub const SCHEMA: &str = "schema.json";
/// Where a folder says what was set aside.
pub const REJECTS: &str = "rejects.jsonl";

/// The folder that a path means, without `.` and `..`, if a dataset may go there: it is not taken, or
/// it may be replaced, which it may not if one of the `inputs` lies in it.
pub fn settled(path: &Path, taken: Taken, inputs: &[PathBuf]) -> Result<PathBuf, Error> {
    let place = meant(path).map_err(|error| Error::at_path(path, &error))?;
    // A person knows the path by what was said.
    check_free(&place, taken).map_err(|error| error.at(path.display().to_string()))?;
    if place.symlink_metadata().is_ok() {
        let whole = fs::canonicalize(&place).map_err(|error| Error::at_path(path, &error))?;
        let inside =
            |input: &&PathBuf| fs::canonicalize(input).is_ok_and(|input| input.starts_with(&whole));
        if let Some(input) = inputs.iter().find(inside) {
            let input = input.display();
            return Err(Error::usage(format!("the folder holds `{input}`, which is read"))
                .at(path.display().to_string())
                .hint("name another folder with `--out DIR`: what is read is not replaced"));
        }
    }
    Ok(place)
}

/// The name of a table's files, apart from those of tables before it.
pub fn stem(table: &str, names: &mut Vec<String>) -> String {
    let name = Slug::new(table, "table").to_string();
    let same = names.iter().filter(|taken| **taken == name).count();
    names.push(name.clone());
    if same == 0 { name } else { format!("{name}-{}", same + 1) }
}

/// Refuses a place that is taken, before any work is done.
pub fn check_free(place: &Path, taken: Taken) -> Result<(), Error> {
    match (taken, place.symlink_metadata().is_ok()) {
        (_, false) => Ok(()),
        (Taken::Keep, true) => Err(taken_already(place)),
        (Taken::Replace, true) => replaceable(place),
    }
}

/// Whether tables were read into a folder: whether it has what is said of them then.
pub fn was_read(folder: &Path) -> bool {
    let schema = fs::read(folder.join(SCHEMA)).unwrap_or_default();
    serde_json::from_slice::<Schema>(&schema).is_ok()
}

/// A path without `.` and `..`, also where what it names is not there yet.
///
/// `new/..` names what `new` would lie in; of a link that is there, what lies around that to which it
/// leads, as the system has it.
pub fn meant(path: &Path) -> io::Result<PathBuf> {
    let mut meant = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if meant.is_symlink() {
                    meant = fs::canonicalize(&meant)?;
                }
                match meant.components().next_back() {
                    Some(Component::Normal(_)) => {
                        meant.pop();
                    }
                    Some(Component::RootDir | Component::Prefix(_)) => {}
                    _ => meant.push(part),
                }
            }
            _ => meant.push(part),
        }
    }
    // A folder without a name of its own in the path has one all the same.
    match meant.file_name() {
        Some(_) => Ok(meant),
        None if meant.as_os_str().is_empty() => env::current_dir(),
        None => fs::canonicalize(meant),
    }
}

/// Refuses a folder that peyote did not make, and the one that the person stands in.
pub(super) fn replaceable(place: &Path) -> Result<(), Error> {
    let whole = fs::canonicalize(place).map_err(|error| Error::at_path(place, &error))?;
    let refused = |why: &str| {
        Err(Error::usage(why)
            .at(place.display().to_string())
            .hint("name another folder with `--out DIR`, or move this one away yourself"))
    };
    if env::current_dir().is_ok_and(|here| here.starts_with(&whole)) {
        return refused("the folder that you are in is not replaced");
    }
    if is_own(&whole).map_err(|error| Error::at_path(place, &error))? {
        return Ok(());
    }
    refused("peyote did not make what lies here, so it is not replaced")
}

/// Refuses a place where something lies already.
pub(super) fn taken_already(place: &Path) -> Error {
    Error::usage("the output folder exists already")
        .at(place.display().to_string())
        .hint("name another with `--out DIR`, or replace it with `--overwrite`")
}

/// Whether a folder is empty, or holds a dataset that was made, or tables that were read and nothing
/// else.
fn is_own(folder: &Path) -> io::Result<bool> {
    if !folder.is_dir() {
        return Ok(false);
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    let document = |name: &str| fs::read(folder.join(name)).unwrap_or_default();
    if serde_json::from_slice::<Manifest>(&document(MANIFEST)).is_ok() {
        return Ok(true);
    }
    let schema = serde_json::from_slice::<Schema>(&document(SCHEMA));
    let mut stems = Vec::new();
    for table in schema.iter().flat_map(|schema| &schema.tables) {
        stems.push(stem(&table.name, &mut Vec::new()));
    }
    let written = |name: &String| {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        // Of tables of one name, the second has a number.
        let first = stem.rsplit_once('-').map_or(stem, |(first, _)| first);
        let table = stems.iter().any(|one| one == stem || one == first);
        let told = [SCHEMA, REJECTS].contains(&name.as_str());
        told || table && Format::value_variants().iter().any(|format| format.ending() == ending)
    };
    Ok(names.is_empty() || schema.is_ok() && names.iter().all(written))
}

/// The beginning of what a folder says of tables that were read into it.
#[derive(Deserialize)]
struct Schema {
    tables: Vec<Read>,
    #[serde(rename = "findings")]
    _findings: Vec<Value>,
}

/// A table of it.
#[derive(Deserialize)]
struct Read {
    name: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "columns")]
    _columns: Vec<Value>,
    #[serde(rename = "primary_key")]
    _primary_key: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_means_the_folder_it_would_be_once_all_of_it_is_there() {
        let cases = [("out", "out"), ("a/./b/", "a/b"), ("x/.", "x"), ("new/../out", "out")];
        for (said, meaning) in cases.into_iter().chain([("../out", "../out"), ("/../a", "/a")]) {
            assert_eq!(meant(Path::new(said)).unwrap(), Path::new(meaning), "{said}");
        }
        let here = env::current_dir().unwrap();
        for said in [".", "new/..", "a/b/../.."] {
            assert_eq!(meant(Path::new(said)).unwrap(), here, "{said}");
        }
        assert_eq!(meant(Path::new("..")).unwrap(), here.parent().unwrap().canonicalize().unwrap());
    }

    #[test]
    fn folder_of_somebody_else_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("out");
        fs::create_dir(&place).unwrap();
        assert!(replaceable(&place).is_ok(), "nothing is lost with an empty folder");
        fs::write(place.join("users.csv"), "id\n1\n").unwrap();
        assert!(replaceable(&place).is_err());
        let schema = "{\"tables\": [{\"name\": \"users\", \"source\": \"a\", \"columns\": [], \
             \"primary_key\": []}], \"findings\": []}";
        fs::write(place.join(SCHEMA), schema).unwrap();
        assert!(replaceable(&place).is_ok());
        fs::write(place.join("notes.txt"), "mine").unwrap();
        assert!(replaceable(&place).is_err());
    }
}
