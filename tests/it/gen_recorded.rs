//! `gen` with recorded models, which answer as real ones do, and misbehave as real servers do.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::dataset::Dataset;
use crate::peyote::{Peyote, Ran};
use crate::python::{java, python, script};
use crate::recording::{recordings, same_table, serve, transcript};

/// The longest that a run may take whose server never answers, with a second of patience a call.
const HANG: Duration = Duration::from_secs(20);

/// A run about a recording's topic at its server.
fn asking(url: &str, backend: &str, topic: &str, out: &Path) -> Peyote {
    Peyote::new()
        .args("gen -n 1 --silent --backend")
        .arg(backend)
        .args("--base-url")
        .arg(url)
        .arg("--topic")
        .arg(topic)
        .arg("--out")
        .arg(out)
}

fn topic(folder: &Path) -> String {
    transcript(folder)["topic"].as_str().expect("a topic").to_owned()
}

/// The rows of a recorded table, as the recording's own list of what is true has them.
fn recorded_rows(folder: &Path) -> Vec<(String, u64)> {
    let text = std::fs::read_to_string(folder.join("expected.json")).expect("what is expected");
    let expected: Value = serde_json::from_str(&text).expect("JSON");
    let tables = expected["tables"].as_array().expect("tables");
    let count = |table: &Value| table["rows"].as_array().map_or(0, Vec::len) as u64;
    tables
        .iter()
        .map(|table| (table["table"].as_str().expect("a name").to_owned(), count(table)))
        .collect()
}

/// Holds a dataset to its recording: every table, every row, and types that are not all text.
fn assert_nothing_is_lost(folder: &Path, dataset: &Dataset) {
    let name = folder.display();
    dataset.assert_whole();
    for (table, rows) in recorded_rows(folder) {
        let found = dataset.tables().into_iter().find(|found| same_table(found, &table));
        let found = found
            .unwrap_or_else(|| panic!("{name}: `{table}` is not among {:?}", dataset.tables()));
        let (written, aside) = (dataset.rows(found), dataset.set_aside(found));
        assert!(
            written + aside >= rows,
            "{name}: `{found}` has {written} rows and {aside} set aside, of {rows}"
        );
    }
    let tables = dataset.design["tables"].as_array().expect("tables");
    let mut kinds = tables.iter().flat_map(|table| table["columns"].as_array().expect("columns"));
    assert!(kinds.any(|column| column["kind"] != "text"), "{name}: every column is text");
}

/// Makes every recording's dataset, each in a folder of its own; `None` where there are none.
fn make_all(mode: &str, backend: &str) -> Option<(TempDir, Vec<String>)> {
    let home = TempDir::new().expect("a folder");
    let mut made = Vec::new();
    for recording in recordings() {
        let served = serve(&recording, &format!("--mode {mode}"));
        let out = home.path().join(recording.file_name().expect("a name"));
        let ran = asking(&served.url, backend, &topic(&recording), &out).run().done();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""), "{}", recording.display());
        assert_nothing_is_lost(&recording, &Dataset::open(&out));
        Peyote::new().args("check --silent").arg(&out).run().done();
        made.push(out.display().to_string());
    }
    (!made.is_empty()).then_some((home, made))
}

fn opens_in_duckdb(made: &[String]) {
    if let Some(python) = python() {
        script(&python, "open_duckdb.py", made);
    }
}

#[test]
fn plain_local_model_makes_datasets_that_duckdb_and_spark_open() {
    let Some((_home, made)) = make_all("text", "local") else { return };
    opens_in_duckdb(&made);
    if let (Some(python), true) = (python(), java()) {
        script(&python, "open_spark.py", &made);
    }
}

#[test]
fn local_model_that_refuses_schemas_makes_datasets_that_duckdb_opens() {
    let Some((_home, made)) = make_all("reject", "local") else { return };
    opens_in_duckdb(&made);
}

#[test]
fn openai_client_at_a_plain_server_makes_datasets_that_duckdb_opens() {
    let Some((_home, made)) = make_all("text", "openai") else { return };
    opens_in_duckdb(&made);
}

#[test]
fn openai_client_at_a_server_that_refuses_schemas_makes_datasets_that_duckdb_opens() {
    let Some((_home, made)) = make_all("reject", "openai") else { return };
    opens_in_duckdb(&made);
}

/// The first recording, and what an untroubled run makes of it.
fn untroubled() -> Option<(PathBuf, TempDir, Dataset)> {
    let recording = recordings().into_iter().next()?;
    let home = TempDir::new().expect("a folder");
    let served = serve(&recording, "");
    let out = home.path().join("made");
    asking(&served.url, "local", &topic(&recording), &out).run().done();
    let dataset = Dataset::open(out);
    Some((recording, home, dataset))
}

/// A run at a server that misbehaves.
fn troubled(recording: &Path, faults: &str, backend: &str) -> (TempDir, Ran, PathBuf) {
    let home = TempDir::new().expect("a folder");
    let served = serve(recording, faults);
    let out = home.path().join("made");
    let ran = asking(&served.url, backend, &topic(recording), &out).run();
    (home, ran, out)
}

fn leaves_no_trace(faults: &[&str]) {
    let Some((recording, _home, clean)) = untroubled() else { return };
    for fault in faults {
        for backend in ["local", "openai"] {
            let (_home, ran, out) = troubled(&recording, &format!("--fault {fault}"), backend);
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{fault}, {backend}");
            let dataset = Dataset::open(out);
            dataset.assert_whole();
            assert_eq!(clean.csv(), dataset.csv(), "{fault}, {backend}");
        }
    }
}

#[test]
fn passing_refusal_leaves_no_trace() {
    leaves_no_trace(&["429:1", "429bare:1", "500:1", "503:1"]);
}

#[test]
fn broken_body_leaves_no_trace() {
    leaves_no_trace(&["html:1", "badjson:1", "drop:1", "empty:1", "null:1"]);
}

#[test]
fn prose_around_a_reply_and_its_cut_end_leave_no_trace() {
    leaves_no_trace(&["chatter:1", "truncate:1"]);
}

#[test]
fn refusal_in_prose_is_asked_again() {
    let Some((recording, _home, clean)) = untroubled() else { return };
    let (_home, ran, out) = troubled(&recording, "--fault refuse:1", "local");
    let ran = ran.done();
    assert_eq!(ran.stderr, "");
    let dataset = Dataset::open(&out);
    dataset.assert_whole();
    for table in clean.tables() {
        assert!(dataset.tables().contains(&table), "`{table}` is not among {:?}", dataset.tables());
    }
    Peyote::new().args("check --silent").arg(out).run().done();
}

#[test]
fn model_that_always_refuses_still_ends_in_a_dataset_or_one_error() {
    let Some(recording) = recordings().into_iter().next() else { return };
    let (_home, ran, out) = troubled(&recording, "--fault refuse:1000", "local");
    match ran.code {
        0 => Dataset::open(out).assert_whole(),
        code => {
            assert_eq!((code, ran.stderr.matches("error: ").count()), (1, 1), "{}", ran.stderr);
            assert!(ran.stderr.contains("  next: ") && !out.exists(), "{}", ran.stderr);
            // What was paid for is kept.
            let lock = out.with_added_extension("partial").join("peyote.lock");
            let lock = std::fs::read_to_string(lock).expect("a lock");
            assert!(lock.lines().count() > 1, "{lock}");
        }
    }
}

#[test]
fn wrong_key_ends_the_run_at_once() {
    let Some(recording) = recordings().into_iter().next() else { return };
    for backend in ["local", "openai"] {
        let (_home, ran, out) = troubled(&recording, "--fault auth:1000", backend);
        let ran = ran.exits(1);
        assert!(ran.stderr.contains("401") && ran.stderr.contains("  next: "), "{}", ran.stderr);
        assert!(!out.exists() && !out.with_added_extension("partial").exists());
    }
}

#[test]
fn server_that_hangs_is_left_within_its_time() {
    let Some(recording) = recordings().into_iter().next() else { return };
    let served = serve(&recording, "--fault hang:1000");
    let home = TempDir::new().expect("a folder");
    let begun = Instant::now();
    let ran = asking(&served.url, "local", "owls", &home.path().join("made"))
        .args("--timeout 1")
        .run()
        .exits(1);
    assert!(begun.elapsed() < HANG, "{:?}", begun.elapsed());
    assert!(ran.stderr.contains("--timeout"), "{}", ran.stderr);
}
