//! [`Dataset`]: an output folder, opened, and what must hold of every one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

/// An output folder.
pub(crate) struct Dataset {
    /// Where it lies.
    pub(crate) folder: PathBuf,
    /// Its `design.json`.
    pub(crate) design: Value,
    /// Its `manifest.json`.
    pub(crate) manifest: Value,
    /// Its `rejects.jsonl`.
    pub(crate) rejects: Vec<Value>,
}

impl Dataset {
    /// Opens a folder that a run says it wrote.
    #[track_caller]
    pub(crate) fn open(folder: impl AsRef<Path>) -> Self {
        let folder = folder.as_ref().to_owned();
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let json = |text: &str| serde_json::from_str(text).expect("JSON");
        Self {
            design: json(&read("design.json")),
            manifest: json(&read("manifest.json")),
            rejects: read("rejects.jsonl").lines().map(json).collect(),
            folder,
        }
    }

    /// The names of its tables, in the design's order.
    pub(crate) fn tables(&self) -> Vec<&str> {
        let tables = self.design["tables"].as_array().expect("tables");
        tables.iter().map(|table| table["name"].as_str().expect("a name")).collect()
    }

    /// How many rows a table has, by the manifest.
    pub(crate) fn rows(&self, table: &str) -> u64 {
        let files = self.manifest["files"].as_array().expect("files");
        let stem = format!("samples/{table}.");
        let file =
            files.iter().find(|file| file["path"].as_str().is_some_and(|p| p.starts_with(&stem)));
        file.and_then(|file| file["rows"].as_u64())
            .unwrap_or_else(|| panic!("no file of `{table}`"))
    }

    /// How many rows of a table were set aside.
    pub(crate) fn set_aside(&self, table: &str) -> u64 {
        let of_table = |line: &&Value| line["table"] == table && line["action"] == "row";
        self.rejects.iter().filter(of_table).count() as u64
    }

    /// Every table's CSV, by the table's name.
    pub(crate) fn csv(&self) -> BTreeMap<String, String> {
        let read = |table: &str| {
            let path = self.folder.join("samples").join(format!("{table}.csv"));
            fs::read_to_string(path).expect("a CSV file")
        };
        self.tables().into_iter().map(|table| (table.to_owned(), read(table))).collect()
    }

    /// Holds the folder to what every output folder promises of its files.
    #[track_caller]
    pub(crate) fn assert_whole(&self) {
        let mut listed = vec!["manifest.json".to_owned()];
        for file in self.manifest["files"].as_array().expect("files") {
            let path = file["path"].as_str().expect("a path");
            let bytes = fs::read(self.folder.join(path)).expect("a listed file is there");
            assert_eq!(file["bytes"], bytes.len() as u64, "{path}");
            let digest = Sha256::digest(&bytes);
            let digest = peyote::export::manifest::hexadecimal(&digest);
            assert_eq!(file["sha256"], digest.as_str(), "{path}");
            listed.push(path.to_owned());
        }
        listed.sort();
        assert_eq!(files(&self.folder), listed, "the manifest lists every file and no other");
        for reject in &self.rejects {
            let action = reject["action"].as_str().expect("an action");
            assert!(["row", "null", "repair"].contains(&action), "{reject}");
            assert_eq!(reject["column"].is_null(), action == "row", "{reject}");
            assert!(
                self.tables().contains(&reject["table"].as_str().expect("a table")),
                "{reject}"
            );
        }
        let partial = self.folder.with_added_extension("partial");
        assert!(!partial.exists(), "{} is left", partial.display());
    }
}

/// The paths of all files below a folder, in order, with `/`.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).expect("below");
                found.push(below.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}
