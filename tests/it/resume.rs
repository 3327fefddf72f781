//! Interrupted runs: what was paid for is kept, and `--resume` goes on without asking it again.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::dataset::Dataset;
use crate::peyote::Peyote;
use crate::recording::{Served, recordings, serve, transcript};

/// The longest wait for something that has to come.
const PATIENCE: Duration = Duration::from_secs(30);
/// Answers that a run has when it is interrupted.
const ANSWERS: usize = 3;

/// A slow run, well under way.
struct UnderWay {
    served: Served,
    child: Child,
    home: TempDir,
    topic: String,
}

impl UnderWay {
    fn begin() -> Option<Self> {
        let recording = recordings().into_iter().next()?;
        let home = TempDir::new().expect("a folder");
        let log = home.path().join("requests.jsonl");
        let served = serve(&recording, &format!("--latency 0.3 --log {}", log.display()));
        let topic = transcript(&recording)["topic"].as_str().expect("a topic").to_owned();
        let (mut command, folder) = Peyote::new()
            .args("gen --backend local -n 1 --out made --base-url")
            .arg(&served.url)
            .arg("--topic")
            .arg(&topic)
            .into_command();
        drop(folder);
        let child = command
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let under_way = Self { served, child, home, topic };
        let begun = Instant::now();
        while under_way.kept().len() < ANSWERS {
            assert!(begun.elapsed() < PATIENCE, "no answers are kept");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(under_way)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The tasks whose answers are in the lock.
    fn kept(&self) -> Vec<String> {
        let text =
            std::fs::read_to_string(self.path("made.partial/peyote.lock")).unwrap_or_default();
        let entry = |line: &str| {
            serde_json::from_str::<Value>(line).ok()?["task"].as_str().map(str::to_owned)
        };
        text.lines().skip(1).filter_map(entry).collect()
    }

    /// The tasks that the server was asked, in order.
    fn asked(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.path("requests.jsonl")).expect("a log");
        let line = |line: &str| serde_json::from_str::<Value>(line).expect("a JSON line");
        text.lines().map(|text| line(text)["task"].as_str().expect("a task").to_owned()).collect()
    }

    /// Goes on with the run and holds it to what an uninterrupted one gives.
    fn resumes(&self, dir: &str) {
        let kept = self.kept();
        let before = self.asked().len();
        Peyote::new().args("gen --silent --resume").arg(self.path(dir)).run().done();
        let asked = &self.asked()[before..];
        for task in &kept {
            assert!(!asked.contains(task), "`{task}` is asked again: {asked:?}");
        }
        let resumed = Dataset::open(self.path("made"));
        resumed.assert_whole();
        let whole = self.path("whole");
        Peyote::new()
            .args("gen --backend local -n 1 --silent --base-url")
            .arg(&self.served.url)
            .arg("--topic")
            .arg(&self.topic)
            .arg("--out")
            .arg(&whole)
            .run()
            .done();
        assert_eq!(Dataset::open(whole).csv(), resumed.csv());
    }

    #[track_caller]
    fn is_kept_beside(&self) {
        assert!(!self.path("made").exists(), "nothing is seen under its name before it is whole");
        assert!(self.kept().len() >= ANSWERS);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn signal(name: &str, child: &Child) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
    assert!(sent.expect("a signal").success());
}

fn text(pipe: Option<impl std::io::Read>) -> String {
    std::io::read_to_string(pipe.expect("a pipe")).expect("text")
}

#[test]
fn interrupted_run_says_how_to_go_on_and_goes_on() {
    for name in ["INT", "TERM"] {
        let Some(mut run) = UnderWay::begin() else { return };
        signal(name, &run.child);
        let status = run.child.wait().expect("the run ends");
        let stderr = text(run.child.stderr.take());
        assert_eq!(status.code(), Some(130), "{stderr}");
        let last: Vec<&str> = stderr.lines().rev().take(2).collect();
        assert_eq!(last[1], "error: interrupted", "{stderr}");
        assert!(
            last[0].starts_with("  next: ") && last[0].contains("peyote gen --resume made.partial"),
            "{stderr}"
        );
        run.is_kept_beside();
        run.resumes("made.partial");
    }
}

#[test]
fn killed_run_goes_on() {
    let Some(mut run) = UnderWay::begin() else { return };
    run.child.kill().expect("a signal");
    run.child.wait().expect("the run ends");
    run.is_kept_beside();
    // The folder's final name will do as well.
    run.resumes("made");
}

#[test]
fn run_killed_while_it_wrote_a_line_goes_on() {
    let Some(mut run) = UnderWay::begin() else { return };
    run.child.kill().expect("a signal");
    run.child.wait().expect("the run ends");
    let lock = run.path("made.partial/peyote.lock");
    let mut bytes = std::fs::read(&lock).expect("a lock");
    bytes.extend_from_slice(b"{\"task\":\"rows");
    std::fs::write(&lock, bytes).expect("a lock");
    run.resumes("made.partial");
}

#[test]
fn run_killed_before_its_lock_had_a_name_is_begun_by_the_same_command() {
    let ran = Peyote::new()
        .file("made.partial/.peyote.lock.begun", "{\"form\"")
        .args("gen --topic owls --backend builtin -n 1 --silent --out made")
        .run()
        .done();
    let hidden = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.expect("an entry").file_name().to_string_lossy().starts_with('.')
    };
    assert!(!std::fs::read_dir(ran.path("made")).expect("a folder").any(hidden));
}

#[test]
fn same_command_again_points_to_the_unfinished_run() {
    let Some(mut run) = UnderWay::begin() else { return };
    run.child.kill().expect("a signal");
    run.child.wait().expect("the run ends");
    let before = std::fs::read(run.path("made.partial/peyote.lock")).expect("a lock");
    let again = Peyote::new()
        .args("gen --topic owls --backend builtin --silent --out")
        .arg(run.path("made"))
        .run()
        .exits(2);
    assert!(again.stderr.contains("peyote gen --resume"), "{}", again.stderr);
    let after = std::fs::read(run.path("made.partial/peyote.lock")).expect("a lock");
    assert_eq!(before, after);
}

#[test]
fn run_that_fails_after_some_answers_keeps_them() {
    let Some(recording) = recordings().into_iter().next() else { return };
    let home = TempDir::new().expect("a folder");
    let failing = serve(&recording, "--max-requests 3");
    let ran = Peyote::new()
        .args("gen --backend local -n 1 --silent --topic owls --base-url")
        .arg(&failing.url)
        .arg("--out")
        .arg(home.path().join("made"))
        .run()
        .exits(1);
    assert!(ran.stderr.contains("peyote gen --resume"), "{}", ran.stderr);
    drop(failing);
    let served = serve(&recording, "");
    resumed_at(&served, home.path());
}

fn resumed_at(served: &Served, home: &Path) {
    Peyote::new()
        .args("gen --silent --resume")
        .arg(home.join("made.partial"))
        .args("--base-url")
        .arg(&served.url)
        .run()
        .done();
    Dataset::open(home.join("made")).assert_whole();
}
