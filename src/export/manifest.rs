//! [`Manifest`]: which files make a dataset, and what they were made from.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::{Types, parquet};

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
    /// What the rows were made with, where a design was made at size: all that `extend` has to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Made>,
    /// The files, in the order in which they were written.
    pub files: Vec<Entry>,
}

/// What the rows of a design were made with, besides the design and the seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The rows of each table, by its name.
    pub rows: BTreeMap<String, u64>,
    /// The Parquet types that might be written.
    pub types: Types,
    /// How pages are compressed.
    pub compression: parquet::Compression,
    /// Columns with a Bloom filter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bloom: Vec<String>,
    /// Which share of the rows it is, where others hold the rest: the k-th of n.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<(u64, u64)>,
    /// What came later, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extended: Vec<Extended>,
}

/// Rows that came later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extended {
    /// The present day of the data then.
    pub to: String,
    /// The rows that came to each table, by its name.
    pub rows: BTreeMap<String, u64>,
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
