//! Recorded conversations served as a model by the replay server beside the checkout.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
