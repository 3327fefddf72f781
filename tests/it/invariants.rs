//! What holds of the code itself; each failure prints its remedy.

use std::fs;
use std::path::PathBuf;

use crate::checkout::{files, root};

/// The longest file of code, in lines.
const MOST_LINES: usize = 500;
/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 6] = ["utils", "helpers", "common", "misc", "prelude", "types"];

fn sources() -> Vec<(PathBuf, String)> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a readable source");
        (path, text)
    };
    files("rs").into_iter().map(read).collect()
}

#[test]
fn every_source_opens_with_what_it_is() {
    for (path, text) in sources() {
        assert!(
            text.starts_with("//! "),
            "{}: begin the file with `//! ` and a line that says what it is",
            path.display()
        );
    }
}

#[test]
fn no_source_is_longer_than_a_reader_holds() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(
            lines <= MOST_LINES,
            "{}: {lines} lines, at most {MOST_LINES}: give a noun inside it a file of its own",
            path.display()
        );
    }
}

#[test]
fn no_source_has_an_empty_name() {
    for path in files("rs") {
        let stem = path.file_stem().expect("a stem").to_string_lossy().into_owned();
        assert!(
            !EMPTY_NAMES.contains(&stem.as_str()),
            "{}: name the file after the thing in it",
            path.display()
        );
    }
}

#[test]
fn unsafe_code_is_nowhere() {
    let word = concat!("uns", "afe ");
    for (path, text) in sources() {
        assert!(
            !text.contains(&format!("{word}{{")) && !text.contains(&format!("{word}fn")),
            "{}: write it without, or name the module here with the benchmark that earns it",
            path.display()
        );
    }
}

#[test]
fn crates_point_one_way() {
    for (folder, forbidden) in [
        (
            "schemas",
            ["peyote_backends", "tokio::", "std::fs", "std::net", "SystemTime", "println!("],
        ),
        ("backends", ["arrow::", "parquet::", "clap::", "indicatif::", "std::env", "println!("]),
        (
            "src/export",
            ["crate::cli", "crate::invent", "std::env", "SystemTime", "println!(", "async fn"],
        ),
    ] {
        for (path, text) in sources() {
            if !path.starts_with(root().join(folder).join("src"))
                && !path.starts_with(root().join(folder))
            {
                continue;
            }
            let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
            let code: Vec<&str> =
                code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            for word in forbidden {
                assert!(
                    !path
                        .components()
                        .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
                        && !code.iter().any(|line| line.contains(word))
                        || path.to_string_lossy().contains("tests"),
                    "{}: `{word}` does not belong into {folder}: move what needs it up a crate",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn nothing_points_at_the_command_line() {
    for (path, text) in sources() {
        let inside =
            path.starts_with(root().join("src/cli")) || path.starts_with(root().join("tests"));
        let root_file = path == root().join("src/lib.rs") || path == root().join("src/main.rs");
        assert!(
            inside || root_file || !text.contains("crate::cli"),
            "{}: move what it takes from `cli` out of it",
            path.display()
        );
    }
}
