//! The checkout: its files, and the folder of corpora that may lie beside it.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A path in the folder `../shared`, or in the one that `PEYOTE_SHARED` names; `None`, said
/// plainly, where it is not there.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PEYOTE_SHARED");
    let path = folder.map_or_else(|| root().join("../shared"), PathBuf::from).join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("NOT RUN: this part needs {}, which is not there", path.display());
    None
}

/// The checkout's own files with an ending, in order of their paths.
pub(crate) fn files(ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder").flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() && name != "target" && !name.to_string_lossy().starts_with('.') {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
