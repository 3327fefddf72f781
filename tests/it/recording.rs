//! Recorded conversations served as a model by the replay server beside the checkout.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::checkout::shared;

/// A recorded conversation being served on a loopback port; the server ends with it.
pub(crate) struct Served {
    /// Its base URL.
    pub(crate) url: String,
    child: Child,
}

/// The folders of all recordings, in order; none, said plainly, where they are not there.
pub(crate) fn recordings() -> Vec<PathBuf> {
    let Some(folder) = shared("corpora/davinci") else { return Vec::new() };
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a readable folder")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("transcript.json").exists())
        .collect();
    found.sort();
    found
}

/// The transcript in a recording's folder.
pub(crate) fn transcript(folder: &Path) -> Value {
    let text = std::fs::read_to_string(folder.join("transcript.json")).expect("a transcript");
    serde_json::from_str(&text).expect("a transcript is JSON")
}

/// Whether a design's table is the one of a recording: by its letters, without a plural's s and
/// without words that say nothing, as the replay server matches them.
pub(crate) fn same_table(one: &str, other: &str) -> bool {
    let stem = |name: &str| {
        let bare: String =
            name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let short = ["data", "table", "information"].iter().find_map(|end| bare.strip_suffix(end));
        let short = short.unwrap_or(&bare).trim_end_matches('s');
        if short.is_empty() { bare.clone() } else { short.to_owned() }
    };
    stem(one) == stem(other)
}

/// Serves a recording with options of the replay server.
pub(crate) fn serve(folder: &Path, options: &str) -> Served {
    let server = shared("servers/replay_server.py").expect("recordings come with their server");
    let mut child = Command::new("python3")
        .arg(server)
        .arg("--transcript")
        .arg(folder.join("transcript.json"))
        .args(options.split_whitespace())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the replay server starts");
    let mut url = String::new();
    let stdout = child.stdout.take().expect("a pipe");
    BufReader::new(stdout).read_line(&mut url).expect("the server says where it is");
    Served { url: url.trim().to_owned(), child }
}

/// Runs at once whose time is mostly spent waiting for a server.
const SIDE_BY_SIDE: usize = 8;

/// What a job gives for every number below `count`, some of them done at the same time.
pub(crate) fn side_by_side<T: Send>(count: usize, job: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE.min(count) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= count {
                        break;
                    }
                    let got = job(number);
                    done.lock().expect("no job panics with it").push((number, got));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("every job is done");
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, got)| got).collect()
}

/// How many answers a server's log says were given to each task, faults that are none left out.
pub(crate) fn given(log: &str) -> BTreeMap<String, usize> {
    let mut given = BTreeMap::new();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).expect("a JSON line");
        let fault = line["fault"].as_str();
        if fault.is_none_or(|fault| ["truncate", "refuse", "chatter"].contains(&fault)) {
            *given.entry(line["task"].as_str().expect("a task").to_owned()).or_default() += 1;
        }
    }
    given
}

/// How many answers to each task are in a lock; a line that was cut off is none.
pub(crate) fn kept(lock: &str) -> BTreeMap<String, usize> {
    let mut kept = BTreeMap::new();
    let lines = lock.lines().skip(1).filter_map(|line| serde_json::from_str::<Value>(line).ok());
    for line in lines.filter(|line| line["withheld"].is_null()) {
        *kept.entry(line["task"].as_str().expect("a task").to_owned()).or_default() += 1;
    }
    kept
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
