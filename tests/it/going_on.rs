//! Designs whose making was ended: what is whole is kept, and `--resume` makes only what is missing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant, SystemTime};

use crate::dataset::Dataset;
use crate::peyote::Peyote;

/// The longest wait for something that has to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Two tables that are soon there, and one that takes its time.
const DESIGN: &str = r#"{"name": "Long", "resolved": true, "tables": [
  {"name": "first", "size": {"is": "fixed", "rows": 500}, "primary_key": ["id"], "columns": [
    {"name": "id", "kind": "int64", "nullable": false}]},
  {"name": "second", "size": {"is": "fixed", "rows": 5000}, "primary_key": ["id"], "columns": [
    {"name": "id", "kind": "int64", "nullable": false}]},
  {"name": "third", "size": {"is": "grows", "rows": 600000}, "primary_key": ["id"], "columns": [
    {"name": "id", "kind": "int64", "nullable": false},
    {"name": "word", "kind": "text", "nullable": false, "behaviour": {"is": "template", "forms": ["{a##}-{1..5000}"]}},
    {"name": "amount", "kind": "float64", "nullable": false, "behaviour": {"is": "number", "law": {"is": "normal", "mean": 5, "deviation": 1}}}]}]}"#;

fn begin(home: &Path) -> Child {
    fs::write(home.join("design.json"), DESIGN).expect("a file");
    let run =
        Peyote::new().args("gen --design design.json --seed 5 --threads 2 --silent --out made");
    let (mut command, _folder) = run.into_command();
    command
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

/// The files of the tables in a folder, with when each was written.
fn written(folder: &Path) -> BTreeMap<String, SystemTime> {
    let named = crate::dataset::files(&folder.join("samples")).into_iter();
    let named = named.filter(|name| !name.starts_with('.'));
    let when = |name: String| {
        let told = fs::metadata(folder.join("samples").join(&name)).expect("a file");
        (name, told.modified().expect("a time"))
    };
    named.map(when).collect()
}

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = crate::dataset::files(&folder.join("samples")).into_iter();
    let read = |name: String| {
        let bytes = fs::read(folder.join("samples").join(&name)).expect("a file");
        (name, bytes)
    };
    files.map(read).collect()
}

/// The bytes of a run that nobody ended.
fn whole() -> BTreeMap<String, Vec<u8>> {
    let run = Peyote::new().file("design.json", DESIGN);
    let ran = run.args("gen --design design.json --seed 5 --silent --out made").run().done();
    bytes(&ran.path("made"))
}

#[test]
fn a_run_that_was_killed_goes_on_with_what_is_missing() {
    let home = tempfile::tempdir().expect("a folder");
    let mut child = begin(home.path());
    let work = home.path().join("made.partial");
    let begun = Instant::now();
    // The first two tables are whole, the third is not.
    while written(&work).len() < 4 && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("a signal");
    child.wait().expect("the run ends");
    let kept = written(&work);
    assert_eq!(kept.len(), 4, "{kept:?}");
    assert!(!home.path().join("made").exists());
    for args in ["gen --resume made.partial --threads 1 --silent", "gen --resume made --silent"] {
        let (mut command, _folder) = Peyote::new().args(args).into_command();
        let ended = command.current_dir(home.path()).output().expect("the binary runs");
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        if args.contains("partial") {
            assert!(ended.status.success(), "{told}");
        } else {
            assert!(told.contains("there is no unfinished run here"), "{told}");
        }
    }
    let made = home.path().join("made");
    let now = written(&made);
    for (name, when) in kept {
        assert_eq!(now[&name], when, "{name} was made again");
    }
    assert!(bytes(&made) == whole());
    Dataset::open(&made).assert_whole();
}

#[cfg(unix)]
#[test]
fn a_run_that_was_interrupted_says_how_to_go_on() {
    let home = tempfile::tempdir().expect("a folder");
    let child = begin(home.path());
    let work = home.path().join("made.partial");
    let begun = Instant::now();
    while written(&work).len() < 2 && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(5));
    }
    let id = child.id().to_string();
    let sent = std::process::Command::new("kill").args(["-INT", &id]).status().expect("a signal");
    assert!(sent.success());
    let ended = child.wait_with_output().expect("the run ends");
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(130), "{told}");
    assert!(told.contains("peyote gen --resume made.partial"), "{told}");
    let (mut command, _folder) =
        Peyote::new().args("gen --design design.json --resume made --silent").into_command();
    let ended = command.current_dir(home.path()).output().expect("the binary runs");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(bytes(&home.path().join("made")) == whole());
}

#[cfg(unix)]
#[test]
fn a_disk_that_was_full_leaves_what_is_whole() {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("design.json"), DESIGN).expect("a file");
    // No file may grow beyond 512 KiB: the third table's does.
    let line = format!(
        "ulimit -f 1024; exec {} gen --design design.json --seed 5 --silent --out made",
        env!("CARGO_BIN_EXE_peyote")
    );
    let ended = std::process::Command::new("sh")
        .args(["-c", &line])
        .current_dir(home.path())
        .output()
        .expect("a shell");
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.contains("gen --resume made.partial"), "{told}");
    let kept = written(&home.path().join("made.partial"));
    assert_eq!(kept.len(), 4, "{kept:?}");
    let (mut command, _folder) = Peyote::new().args("gen --resume made --silent").into_command();
    let ended = command.current_dir(home.path()).output().expect("the binary runs");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(bytes(&home.path().join("made")) == whole());
}

#[test]
fn another_plan_is_not_mixed_in() {
    let home = tempfile::tempdir().expect("a folder");
    let mut child = begin(home.path());
    let work = home.path().join("made.partial");
    let begun = Instant::now();
    while written(&work).len() < 2 && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("a signal");
    child.wait().expect("the run ends");
    for args in ["--seed 6", "--seed 5 --scale 2", "--seed 5 --format csv"] {
        let run = Peyote::new().args("gen --design design.json --silent --out made").args(args);
        let (mut command, _folder) = run.into_command();
        let ended = command.current_dir(home.path()).output().expect("the binary runs");
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(told.contains("made by another plan"), "{args}: {told}");
    }
}
