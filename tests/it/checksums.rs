//! Golden checksums: what every design of the catalog and of the benchmarks is made to, byte for byte,
//! on every machine and by any number of threads.
//!
//! They change with a design, with the meaning of a draw and with the writers, and with nothing else.
//! Where that is meant, `PEYOTE_RENEW=1 cargo test --test it checksums` writes `tests/golden/checksums.txt`
//! anew; read which tables changed before keeping it.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::checkout::root;
use crate::golden::{golden, name};
use crate::peyote::Peyote;

/// Rows of the largest table that grows.
const ROWS: &str = "500";

/// The designs: of the catalog, then of the benchmarks.
pub(crate) fn designs() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["schemas/catalog", "benches/designs"] {
        let files = fs::read_dir(root().join(folder)).expect("a folder of designs");
        let mut files: Vec<PathBuf> = files.flatten().map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
        files.sort();
        assert!(!files.is_empty(), "{folder} holds no design");
        found.extend(files);
    }
    found
}

#[test]
fn every_design_is_made_to_the_bytes_that_are_known() {
    let mut text = String::new();
    for design in designs() {
        let ran = Peyote::new()
            .args(&format!("gen --rows {ROWS} --seed 7 --threads 2 --silent --out made --design"))
            .arg(&design)
            .run();
        let named = name(&design);
        assert_eq!(ran.code, 0, "{named}: {}", ran.stderr);
        let manifest: Value = serde_json::from_str(&ran.read("made/manifest.json")).expect("JSON");
        for file in manifest["files"].as_array().expect("files") {
            let path = file["path"].as_str().expect("a path");
            if let Some(path) = path.strip_prefix("samples/") {
                let digest = file["sha256"].as_str().expect("a checksum");
                let _ = writeln!(text, "{digest}  {named} {path} {}", file["rows"]);
            }
        }
    }
    golden("golden/checksums.txt", &text);
}
