//! [`golden`]: a text compared with the file that says what it should be.
//!
//! `PEYOTE_RENEW=1 cargo test --test it` writes the files anew; read the difference before keeping it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::checkout::root;

/// Compares a text with a file below `tests/`, or writes the file where renewal is asked for.
#[track_caller]
pub(crate) fn golden(name: &str, text: &str) {
    let path = root().join("tests").join(name);
    if std::env::var_os("PEYOTE_RENEW").is_some() {
        fs::write(&path, text).expect("a golden file is written");
        return;
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        wanted == text,
        "{name}:\n--- wanted\n{wanted}\n--- came\n{text}\n--- if this is right: PEYOTE_RENEW=1 cargo test --test it"
    );
}

/// The files of a folder below `tests/` that no golden file is, in order of their names.
pub(crate) fn cases(folder: &str, is_golden: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(root().join("tests").join(folder))
        .expect("a folder of cases")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| !is_golden(&name(path)))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "tests/{folder} holds no case");
    found
}

/// The name of a file without its folders.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}
