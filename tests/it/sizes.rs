//! How large things are: bytes that are asked for, shares of few rows, and what files say of themselves.

use std::fs::{self, File};

use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;

use crate::peyote::{Peyote, Ran, made};

/// A table that does not grow, one that does, and children of its rows.
const PORTS: &str = r#"{"name": "ports", "about": "Ships that call at ports.", "tables": [
    {"name": "berths", "primary_key": ["berth"], "size": {"is": "fixed", "rows": 12},
     "columns": [{"name": "berth", "kind": "int16", "nullable": false}]},
    {"name": "calls", "primary_key": ["call_id"], "size": {"is": "grows", "rows": 200},
     "columns": [
        {"name": "call_id", "kind": "int64", "nullable": false},
        {"name": "berth", "kind": "int16", "nullable": false},
        {"name": "arrived_at", "kind": "timestamp", "nullable": false},
        {"name": "flag", "kind": "text", "nullable": true, "vocabulary": ["PA", "LR", "MH", "SG"]}],
     "foreign_keys": [{"columns": ["berth"], "references": {"table": "berths", "columns": ["berth"]}}]},
    {"name": "containers", "primary_key": ["call_id", "line"], "size": {"is": "per_parent"},
     "columns": [
        {"name": "call_id", "kind": "int64", "nullable": false},
        {"name": "line", "kind": "int16", "nullable": false},
        {"name": "weight", "kind": "decimal(7,2)", "nullable": false, "unit": "kg"}],
     "foreign_keys": [{"columns": ["call_id"], "references": {"table": "calls", "columns": ["call_id"]},
        "children": {"is": "range", "min": 1, "max": 9}}]}]}"#;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The bytes of all files of tables.
fn bytes(ran: &Ran) -> u64 {
    let manifest = json(&ran.read("made/manifest.json"));
    let files = manifest["files"].as_array().expect("files").iter();
    let of_tables = files.filter(|file| file["rows"].is_u64());
    of_tables.filter_map(|file| file["bytes"].as_u64()).sum()
}

#[test]
fn files_have_as_many_bytes_as_are_asked_for() {
    for (size, wanted) in [("100kB", 100_000), ("2MB", 2_000_000)] {
        for format in ["parquet", "csv", "parquet,csv"] {
            let args = format!("--size {size} --format {format}");
            let ran = made(PORTS, &args);
            let came = bytes(&ran);
            assert!(came.abs_diff(wanted) < wanted / 7, "{args}: {came}");
            let plan = Peyote::new().file("ports.json", PORTS);
            let plan = plan.args("plan --design ports.json --json").args(&args).run().done();
            let told = json(&plan.stdout);
            let tables = told["tables"].as_array().expect("tables").iter();
            let told: u64 = tables.filter_map(|table| table["bytes"].as_u64()).sum();
            assert!(told.abs_diff(came) < came / 7, "{args}: {told} told, {came} made");
        }
    }
}

#[test]
fn size_that_cannot_be_met_is_told() {
    let plan = Peyote::new().file("ports.json", PORTS);
    let plan = plan.args("plan --design ports.json --size 10").run().done();
    assert!(plan.stderr.contains("is as near as it comes to 0.0 kB"), "{}", plan.stderr);
}

#[test]
fn plan_tells_of_every_format_that_is_made() {
    let plan = |args: &str| {
        let run = Peyote::new().file("ports.json", PORTS).env("COLUMNS", "100");
        run.args("plan --design ports.json --scale 10").args(args).run().done().stdout
    };
    let (both, csv) = (plan(""), plan("--format csv"));
    assert!(both.contains(" as Parquet and ") && both.contains(" as CSV\n"), "{both}");
    assert!(csv.contains("CSV") && !csv.contains("Parquet"), "{csv}");
}

#[test]
fn shares_of_few_rows_all_hold_some_and_are_the_whole() {
    for mess in ["", "--mess heavy"] {
        let made = |more: &str| made(PORTS, &format!("--scale 20 --format csv {mess} {more}"));
        let whole = made("");
        let shares: Vec<Ran> = (1..=3).map(|k| made(&format!("--part {k}/3"))).collect();
        for table in ["berths", "calls", "containers"] {
            let all = whole.read(&format!("made/samples/{table}.csv"));
            let (header, rows) = all.split_once('\n').expect("a header");
            let mut joined = String::new();
            for (k, share) in shares.iter().enumerate() {
                let file = format!("made/samples/{table}/part-{k:05}.csv");
                // Few rows are one block of what is dirtied.
                let is_block = !mess.is_empty() && !share.path(&file).exists();
                assert!(!is_block || table == "berths", "{file}");
                let text = if is_block { format!("{header}\n") } else { share.read(&file) };
                let (own, rows) = text.split_once('\n').expect("a header");
                assert_eq!(own, header);
                joined.push_str(rows);
            }
            assert!(joined == rows, "{table}: {} and {} letters", joined.len(), rows.len());
        }
        Peyote::new().args("check --silent").arg(shares[1].path("made")).run().done();
    }
}

#[test]
fn file_says_what_the_design_says_of_its_table_and_no_more() {
    let ran = Peyote::new()
        .args("gen --topic shop --backend builtin --format parquet --silent --out made")
        .run()
        .done();
    let whole = fs::metadata(ran.path("made/design.json")).expect("a design").len();
    assert!(bytes(&ran) < whole, "{} bytes beside a design of {whole}", bytes(&ran));
    let manifest = json(&ran.read("made/manifest.json"));
    let entries = manifest["files"].as_array().expect("files");
    let design = entries.iter().find(|entry| entry["path"] == "design.json").expect("a design");
    for name in ran.files("made/samples") {
        let file = File::open(ran.path("made/samples").join(&name)).expect("a file");
        let file = SerializedFileReader::new(file).expect("Parquet");
        let facts = file.metadata().file_metadata().key_value_metadata().expect("facts");
        let fact = |key: &str| {
            let fact = facts.iter().find(|fact| fact.key == key).expect(key);
            fact.value.clone().expect("a value")
        };
        let part = json(&fact("peyote.design"));
        let tables = part["tables"].as_array().expect("tables");
        assert_eq!(tables.len(), 1, "{name}");
        assert_eq!(format!("{}.parquet", tables[0]["name"].as_str().expect("a name")), name);
        assert_eq!(design["sha256"], fact("peyote.design_sha256").as_str());
    }
}

#[test]
fn design_comes_from_standard_input() {
    let plan = Peyote::new().stdin(PORTS.as_bytes()).args("plan --design - --json").run().done();
    assert_eq!(json(&plan.stdout)["tables"][1]["rows"], 200);
    let run = Peyote::new().stdin(PORTS.as_bytes());
    run.args("gen --design - --format csv --silent --out made").run().done();
    let wrong = Peyote::new().stdin(b"{").args("plan --design -").run().exits(2);
    assert!(wrong.stderr.contains("standard input: no design"), "{}", wrong.stderr);
}

#[test]
fn value_is_explained_as_it_stands_in_the_folder_of_its_design() {
    let ran = made(PORTS, "--scale 3 --seed 8 --format csv");
    let rows = ran.read("made/samples/calls.csv");
    let arrived = rows.lines().nth(422).and_then(|row| row.split(',').nth(2)).expect("a row");
    let told = Peyote::new()
        .args("explain calls.arrived_at 421 --design")
        .arg(ran.path("made/design.json"))
        .run()
        .done();
    let last = told.stdout.lines().last().expect("a value").to_owned();
    assert!(last.contains(&arrived[..10]), "{last}: {arrived}");
}
