//! [`Manifest`]: which files make a dataset, and what they were made from.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// The contents of `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of peyote that wrote it.
    pub peyote: String,
    /// The run that made it.
    pub run_id: String,
    /// When the run began, in RFC 3339.
    pub created: String,
    /// The seed of everything drawn.
    pub seed: u64,
    /// Who answered.
    pub backend: String,
    /// The models that answered, each once.
    pub models: Vec<String>,
    /// The files, in the order in which they were written.
    pub files: Vec<Entry>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its path in the folder, with `/`.
    pub path: String,
    /// How many rows of a table it holds, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// Its size.
    pub bytes: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Bytes in hexadecimal, lower case.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
