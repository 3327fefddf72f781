//! `replay`: a lock alone gives the same bytes again, in every file.

use std::path::Path;

use tempfile::TempDir;

use crate::dataset::{Dataset, files};
use crate::peyote::{Peyote, Ran};
use crate::recording::{recordings, serve, transcript};

fn made() -> Ran {
    Peyote::new().args("gen --topic ferries --backend builtin --silent --out made").run().done()
}

fn replay(lock: &Path, out: &Path) -> Ran {
    // A base URL and a key in the environment are nothing to a replay.
    Peyote::new()
        .env("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        .env("OPENAI_API_KEY", "sk-none")
        .args("replay --silent")
        .arg(lock)
        .arg("--out")
        .arg(out)
        .run()
}

#[track_caller]
fn assert_same_bytes(one: &Path, other: &Path) {
    assert_eq!(files(one), files(other));
    for file in files(one) {
        let read = |folder: &Path| std::fs::read(folder.join(&file)).expect("a file");
        assert!(read(one) == read(other), "{file} differs");
    }
}

#[test]
fn replayed_dataset_has_the_same_bytes_in_every_file() {
    let ran = made();
    let again = ran.path("again");
    replay(&ran.path("made/peyote.lock"), &again).done();
    Dataset::open(&again).assert_whole();
    assert_same_bytes(&ran.path("made"), &again);
    // A replay of the replay as well, and with other options than the run had.
    replay(&again.join("peyote.lock"), &ran.path("third")).done();
    assert_same_bytes(&again, &ran.path("third"));
}

#[test]
fn options_of_the_run_come_from_its_lock() {
    let ran = Peyote::new()
        .args(
            "gen --topic ferries --backend builtin --silent --format csv --seed 5 -n 2 --out made",
        )
        .run()
        .done();
    replay(&ran.path("made/peyote.lock"), &ran.path("again")).done();
    assert_same_bytes(&ran.path("made"), &ran.path("again"));
}

#[test]
fn recorded_runs_replay_to_the_byte_however_many_calls_went_at_a_time() {
    let Some(recording) = recordings().into_iter().nth(3) else { return };
    let home = TempDir::new().expect("a folder");
    let topic = transcript(&recording)["topic"].as_str().expect("a topic").to_owned();
    let mut tables = Vec::new();
    for calls in ["1", "4", "16"] {
        let served = serve(&recording, "--latency 0.02");
        let out = home.path().join(calls);
        Peyote::new()
            .args("gen -n 1 --silent --backend local --concurrency")
            .arg(calls)
            .arg("--base-url")
            .arg(&served.url)
            .arg("--topic")
            .arg(&topic)
            .arg("--out")
            .arg(&out)
            .run()
            .done();
        drop(served);
        let again = home.path().join(format!("{calls}-again"));
        replay(&out.join("peyote.lock"), &again).done();
        assert_same_bytes(&out, &again);
        tables.push(Dataset::open(&out).csv());
    }
    assert!(
        tables.iter().all(|csv| *csv == tables[0]),
        "the number of calls at a time is seen in the data"
    );
}

#[test]
fn damaged_last_line_is_left_out() {
    let ran = made();
    let lock = ran.path("made/peyote.lock");
    let mut bytes = std::fs::read(&lock).expect("a lock");
    bytes.extend_from_slice(b"{\"task\": \"rows ");
    let damaged = ran.path("damaged.lock");
    std::fs::write(&damaged, bytes).expect("a lock");
    replay(&damaged, &ran.path("again")).done();
    let (one, other) = (Dataset::open(ran.path("made")), Dataset::open(ran.path("again")));
    other.assert_whole();
    assert_eq!(one.csv(), other.csv());
}

#[test]
fn lock_that_lacks_an_answer_is_one_error() {
    let ran = made();
    let text = ran.read("made/peyote.lock");
    let lines: Vec<&str> = text.lines().collect();
    std::fs::write(ran.path("short.lock"), format!("{}\n", lines[..lines.len() - 2].join("\n")))
        .expect("a lock");
    let failed = replay(&ran.path("short.lock"), &ran.path("again")).exits(1);
    assert!(
        failed.stderr.starts_with("error: ") && failed.stderr.contains("\n  next: "),
        "{}",
        failed.stderr
    );
    assert!(!ran.path("again").exists() && !ran.path("again.partial").exists());
}

#[test]
fn lock_damaged_within_is_refused() {
    let ran = made();
    let text = ran.read("made/peyote.lock");
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1] = "{\"task\": ";
    std::fs::write(ran.path("bad.lock"), lines.join("\n")).expect("a lock");
    let failed = replay(&ran.path("bad.lock"), &ran.path("again")).exits(1);
    assert!(failed.stderr.contains("line 2"), "{}", failed.stderr);
}
