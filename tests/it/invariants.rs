//! What holds of the code itself; each failure prints its remedy.

use std::fs;
use std::path::{Path, PathBuf};

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
fn unsafe_code_is_only_where_a_benchmark_earns_it() {
    // Earned by `benches/infer.rs`: the marks of a text, and the numbers and moments of a column, in
    // as wide vectors as the machine has.
    const PROVED: [&str; 2] = ["delimited/lanes.rs", "value/wide.rs"];
    let word = concat!("uns", "afe ");
    let other = |path: &Path| !PROVED.iter().any(|proved| path.ends_with(proved));
    for (path, text) in sources().into_iter().filter(|(path, _)| other(path)) {
        assert!(
            !text.contains(&format!("{word}{{")) && !text.contains(&format!("{word}fn")),
            "{}: write it without, or name the module here with the benchmark that earns it",
            path.display()
        );
    }
}

/// The sources below a folder without their tests, comments left out.
fn code_below(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = root().join(folder);
    let tested = |path: &Path| {
        let stem = path.file_stem().is_some_and(|stem| stem == "tests" || stem == "recorded");
        stem || path
            .strip_prefix(root())
            .is_ok_and(|below| below.components().any(|part| part.as_os_str() == "tests"))
    };
    sources()
        .into_iter()
        .filter(|(path, _)| path.starts_with(&folder) && !tested(path))
        .map(|(path, text)| {
            let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            (path, lines.collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

/// Words that the code below a folder does without, and where what needs them belongs.
#[track_caller]
fn assert_without(folder: &str, words: &[&str], remedy: &str) {
    for (path, code) in code_below(folder) {
        for word in words {
            assert!(!code.contains(word), "{}: `{word}`: {remedy}", path.display());
        }
    }
}

#[test]
fn schemas_open_nothing_print_nothing_and_know_no_clock() {
    assert_without(
        "schemas/src",
        &[
            "peyote_backends",
            "tokio::",
            "async fn",
            "std::fs",
            "std::net",
            "std::env",
            "SystemTime",
        ],
        "read and write in `src/`, ask in `backends/`",
    );
    assert_without(
        "schemas/src",
        &["Instant::now", "println!("],
        "measure and print in `src/cli/`",
    );
}

#[test]
fn backends_know_no_tables_and_no_command_line() {
    let words = ["arrow::", "parquet::", "clap::", "indicatif::", "std::env", "println!("];
    assert_without("backends/src", &words, "move it up into `src/`");
}

#[test]
fn generation_and_export_know_no_conversation_and_no_clock() {
    let words = ["crate::cli", "crate::invent", "peyote_backends::Backend", "async fn", "::now()"];
    assert_without("src/export", &words, "hand it in as a value");
    assert_without("src/generate", &words, "hand it in as a value");
    assert_without("src/generate", &["crate::export"], "let the caller write what is made");
}

#[test]
fn environment_is_read_by_arguments_alone() {
    for folder in ["src", "schemas/src", "backends/src"] {
        let words = ["env::var(", "env::var_os(", "env::vars("];
        assert_without(folder, &words, "give the argument an `#[arg(env)]`");
    }
}

#[test]
fn only_the_chain_file_names_llm_chain() {
    for (path, code) in code_below("backends/src") {
        let named = code.contains("llm_chain::");
        assert!(
            !named || path.ends_with("chain.rs"),
            "{}: reach llm-chain through `chain.rs`, so that it can be replaced",
            path.display()
        );
    }
    assert_without("src", &["llm_chain::"], "reach llm-chain through `backends/src/chain.rs`");
}

#[test]
fn nothing_points_at_the_command_line() {
    for (path, code) in code_below("src") {
        let inside = path.starts_with(root().join("src/cli"));
        assert!(
            inside || !code.contains("crate::cli"),
            "{}: move what it takes from `cli` out of it",
            path.display()
        );
    }
}

#[test]
fn only_the_command_line_prints() {
    for (path, code) in code_below("src") {
        let inside = path.starts_with(root().join("src/cli"));
        assert!(
            inside || !code.contains("println!("),
            "{}: return it, or tell a listener",
            path.display()
        );
    }
}

#[test]
fn nothing_unfinished_is_left() {
    for (path, code) in ["src", "schemas/src", "backends/src"].into_iter().flat_map(code_below) {
        for word in ["todo!(", "unimplemented!(", "dbg!("] {
            assert!(!code.contains(word), "{}: `{word}`: finish it", path.display());
        }
    }
}
