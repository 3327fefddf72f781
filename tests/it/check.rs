//! `check`: the promises of a folder proved again, whoever wrote it.

use std::path::Path;

use serde_json::Value;

use crate::peyote::{Peyote, Ran};
use crate::python::{python, script};

/// What is done to a file.
type Change = fn(&Path);

/// Two tables of somebody's own, in which every order names a customer.
const CUSTOMERS: &str =
    "customer_id,name,joined\n1,Ada,2024-01-02\n2,Ben,2024-02-03\n3,Cem,2024-03-04\n";
const ORDERS: &str = "order_id,customer_id,total\n10,1,12.50\n11,2,8.00\n12,1,7.25\n13,3,1.00\n";

fn made(format: &str) -> Ran {
    Peyote::new()
        .args("gen --topic music --backend builtin --silent --out made --format")
        .args(format)
        .run()
        .done()
}

fn check(ran: &Ran, options: &str) -> Ran {
    Peyote::new().args("check").args(options).arg(ran.path("made")).run()
}

/// Changes one line of a table of the made folder.
fn tamper(ran: &Ran, table: &str, change: impl FnOnce(&mut Vec<String>)) {
    let path = ran.path(&format!("made/samples/{table}.csv"));
    let mut lines: Vec<String> =
        std::fs::read_to_string(&path).expect("a table").lines().map(str::to_owned).collect();
    change(&mut lines);
    std::fs::write(path, lines.join("\n") + "\n").expect("a table");
}

/// A line with the value of one column replaced, where no cell before it is quoted.
fn with(line: &str, header: &str, column: &str, value: &str) -> String {
    let at = header.split(',').position(|name| name == column).expect("a column");
    let mut cells: Vec<&str> = line.split(',').collect();
    cells[at] = value;
    cells.join(",")
}

fn violations(ran: &Ran) -> Vec<Value> {
    let checked = check(ran, "--json").exits(1);
    let document: Value = serde_json::from_str(&checked.stdout).expect("one document");
    document["violations"].as_array().expect("violations").clone()
}

#[test]
fn written_folder_keeps_its_promises() {
    for format in ["parquet,csv", "parquet", "csv", "parquet --types native"] {
        let ran = made(format);
        let checked = check(&ran, "--json").done();
        let document: Value = serde_json::from_str(&checked.stdout).expect("one document");
        assert_eq!(document["violations"], Value::Array(Vec::new()), "{format}");
        assert!(document["checks"].as_u64() > Some(20), "{format}: {document}");
        assert!(document["tables"].as_array().is_some_and(|tables| tables.len() >= 5));
        assert_eq!(check(&ran, "--silent").done().stdout, "");
    }
}

#[test]
fn orphan_is_named() {
    let ran = made("csv");
    tamper(&ran, "releases", |lines| lines[1] = with(&lines[1], &lines[0], "artist_id", "999999"));
    let found = violations(&ran);
    let orphan = found.iter().find(|found| found["table"] == "releases").expect("an orphan");
    assert_eq!(orphan["columns"], serde_json::json!(["artist_id"]));
    assert!(orphan["value"].to_string().contains("999999"), "{orphan}");
    let told = check(&ran, "").exits(1);
    assert!(told.stdout.contains("broken: ") && told.stdout.contains("999999"), "{}", told.stdout);
    assert!(
        told.stderr.starts_with("error: ") && told.stderr.contains("  next: "),
        "{}",
        told.stderr
    );
}

#[test]
fn key_that_stands_twice_is_named() {
    let ran = made("csv");
    tamper(&ran, "labels", |lines| {
        let twice = lines[1].clone();
        lines.push(twice);
    });
    assert!(
        violations(&ran).iter().any(|found| found["columns"] == serde_json::json!(["label_id"]))
    );
}

#[test]
fn value_of_another_kind_or_no_value_is_named() {
    let ran = made("csv");
    tamper(&ran, "artists", |lines| {
        lines[1] = with(&lines[1], &lines[0], "name", "");
        lines[2] = with(&lines[2], &lines[0], "kind", "sculpture");
    });
    let found = violations(&ran);
    for column in ["name", "kind"] {
        let named = found.iter().any(|found| found["columns"] == serde_json::json!([column]));
        assert!(named, "`{column}` is not in {found:?}");
    }
}

#[test]
fn missing_table_is_one_error() {
    let ran = made("csv");
    std::fs::remove_file(ran.path("made/samples/artists.csv")).expect("a table");
    let checked = check(&ran, "").exits(1);
    assert!(
        checked.stderr.contains("artists.csv") && checked.stderr.contains("  next: "),
        "{}",
        checked.stderr
    );
}

#[test]
fn file_that_is_not_as_it_was_written_is_named() {
    let ran = made("csv,parquet");
    let told = check(&ran, "").done().stdout;
    assert!(told.contains("compared with the manifest"), "{told}");
    let samples = ran.path("made/samples");
    let page =
        ran.files("made").into_iter().find(|name| name.starts_with("summary-")).expect("a page");
    let changes: [(&str, String, Change); 5] = [
        ("is missing", "samples/labels.csv".to_owned(), |path| {
            std::fs::remove_file(path).expect("a file");
        }),
        ("rows where", "samples/labels.csv".to_owned(), |path| {
            let text = std::fs::read_to_string(path).expect("a table");
            let last = text.trim_end().rfind('\n').expect("lines");
            std::fs::write(path, &text[..=last]).expect("a table");
        }),
        ("bytes where", page, |path| {
            let text = std::fs::read_to_string(path).expect("a page");
            std::fs::write(path, text + "\n").expect("a page");
        }),
        ("nobody wrote it", "samples/more.csv".to_owned(), |path| {
            std::fs::write(path, "id\n1\n").expect("a file");
        }),
        ("SHA-256", "samples/labels.parquet".to_owned(), |path| {
            let mut bytes = std::fs::read(path).expect("a file");
            let last = bytes.len() - 5;
            bytes[last] ^= 1;
            std::fs::write(path, bytes).expect("a file");
        }),
    ];
    for (word, name, change) in changes {
        let path = samples.join("..").join(&name);
        let before = std::fs::read(&path).ok();
        change(&path);
        let told = check(&ran, "").exits(1);
        let line = told.stdout.lines().find(|line| line.starts_with(&format!("broken: {name}: ")));
        assert!(line.is_some_and(|line| line.contains(word)), "{word}: {}", told.stdout);
        let document: Value = serde_json::from_str(&check(&ran, "--json").stdout).expect("JSON");
        assert_eq!(document["files"]["broken"][0]["path"], name.as_str(), "{word}");
        match before {
            Some(bytes) => std::fs::write(&path, bytes).expect("a file"),
            None => std::fs::remove_file(&path).expect("a file"),
        }
        check(&ran, "").done();
    }
}

#[test]
fn forms_of_a_table_agree_in_their_rows_where_no_manifest_says_how_many() {
    let ran = made("csv,parquet");
    std::fs::remove_file(ran.path("made/manifest.json")).expect("a manifest");
    let told = check(&ran, "").done().stdout;
    assert!(told.contains("note: ") && told.contains("no manifest"), "{told}");
    tamper(&ran, "labels", |lines| lines.truncate(2));
    let told = check(&ran, "").exits(1);
    assert!(told.stdout.contains("broken: samples/labels: 1 rows as csv"), "{}", told.stdout);
    assert!(told.stderr.contains("1 promise is broken"), "{}", told.stderr);
}

#[test]
fn folder_of_somebody_else_is_checked_by_what_it_says() {
    let foreign = |orders: &str| {
        Peyote::new()
            .file("exports/customers.csv", CUSTOMERS)
            .file("exports/orders.csv", orders)
            .args("check exports --json")
            .run()
    };
    let ran = foreign(ORDERS).done();
    let document: Value = serde_json::from_str(&ran.stdout).expect("one document");
    let tables =
        serde_json::json!([{"name": "customers", "rows": 3}, {"name": "orders", "rows": 4}]);
    assert_eq!(document["tables"], tables);
    assert_eq!(document["violations"], Value::Array(Vec::new()));
}

#[test]
fn parquet_of_somebody_else_is_checked_whatever_its_types() {
    let Some(python) = python() else { return };
    let peyote = Peyote::new().file("exports/plain.csv", CUSTOMERS);
    let (mut command, folder) = peyote.into_command();
    script(
        &python,
        "odd_parquet.py",
        &[folder.path().join("exports/odd.parquet").display().to_string()],
    );
    let output = command.args(["check", "exports", "--json"]).output().expect("the binary starts");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let document: Value = serde_json::from_slice(&output.stdout).expect("one document");
    assert_eq!(document["tables"][0], serde_json::json!({"name": "odd", "rows": 3}));
}
