//! Parquet and CSV: the same values in both, in types that DuckDB, pyarrow and Spark read.

use peyote_schemas::Kind;

use crate::dataset::Dataset;
use crate::peyote::{Peyote, Ran};
use crate::python::{python, script};

/// The ready-made designs, each with a topic that is nearest to it.
const DESIGNS: [(&str, &str); 6] = [
    ("music", "record labels and concerts"),
    ("power_grid", "electricity substations and meters"),
    ("hospital", "hospital patients and diagnoses"),
    ("shop", "online shop orders and returns"),
    ("airline", "airline flights and bookings"),
    ("observatory", "telescope observations of stars"),
];

fn made(topic: &str, options: &str) -> Ran {
    Peyote::new()
        .args("gen --backend builtin -n 1 --silent --out made --topic")
        .arg(topic)
        .args(options)
        .run()
        .done()
}

#[test]
fn parquet_and_csv_of_every_design_hold_the_same_values_in_portable_types() {
    let Some(python) = python() else { return };
    let ran: Vec<Ran> = DESIGNS.iter().map(|(_, topic)| made(topic, "")).collect();
    for ((design, topic), ran) in DESIGNS.iter().zip(&ran) {
        let dataset = Dataset::open(ran.path("made"));
        let model = format!("builtin:{design}");
        assert_eq!(dataset.manifest["models"], serde_json::json!([model]), "{topic}");
    }
    let folders: Vec<String> =
        ran.iter().map(|ran| ran.path("made").display().to_string()).collect();
    script(&python, "compare_formats.py", &[vec!["portable".to_owned()], folders.clone()].concat());
    script(&python, "open_duckdb.py", &folders);
}

#[test]
fn native_types_are_those_of_the_design() {
    let Some(python) = python() else { return };
    let ran: Vec<Ran> = DESIGNS.iter().map(|(_, topic)| made(topic, "--types native")).collect();
    let mut args = vec!["native".to_owned()];
    args.extend(ran.iter().map(|ran| ran.path("made").display().to_string()));
    script(&python, "compare_formats.py", &args);
}

#[test]
fn every_kind_is_written_in_its_parquet_type() {
    let Some(python) = python() else { return };
    let ran = Peyote::new()
        .file("design.json", KINDS)
        .args("gen --design design.json --silent --rows 40 --out made")
        .run()
        .done();
    let dataset = Dataset::open(ran.path("made"));
    dataset.assert_whole();
    let columns = dataset.design["tables"][0]["columns"].as_array().expect("columns").clone();
    let kinds: Vec<&str> = columns.iter().filter_map(|column| column["kind"].as_str()).collect();
    for kind in Kind::WORDS {
        let said = kinds.iter().any(|said| said.split('(').next() == Some(kind));
        assert!(said, "`{kind}` is not among {kinds:?}");
    }
    script(
        &python,
        "compare_formats.py",
        &["portable".to_owned(), ran.path("made").display().to_string()],
    );
}

/// A design that says every kind, with a row of each edge.
const KINDS: &str = r#"{
  "name": "Kinds", "about": "every kind", "use_cases": "",
  "tables": [{
    "name": "kinds", "description": "one of each",
    "columns": [
      {"name": "id", "kind": "int64", "nullable": false},
      {"name": "flag", "kind": "bool"},
      {"name": "tiny", "kind": "int8"},
      {"name": "small", "kind": "int16"},
      {"name": "medium", "kind": "int32"},
      {"name": "ratio", "kind": "float64"},
      {"name": "price", "kind": "decimal(12,3)", "unit": "EUR"},
      {"name": "note", "kind": "text"},
      {"name": "state", "kind": "enum", "values": ["open", "shut", "it's \"odd\""]},
      {"name": "day", "kind": "date"},
      {"name": "hour", "kind": "time"},
      {"name": "local_at", "kind": "timestamp"},
      {"name": "at", "kind": "timestamptz"},
      {"name": "token", "kind": "uuid"},
      {"name": "extra", "kind": "json"},
      {"name": "tags", "kind": "list", "items": {"kind": "text"}},
      {"name": "spot", "kind": "struct", "fields": [{"name": "x", "kind": "float64"}, {"name": "y", "kind": "float64"}]}
    ],
    "primary_key": ["id"],
    "foreign_keys": [],
    "rows": [
      [1, true, -128, -32768, -2147483648, 0.1, "123456789.125", "plain", "open", "2024-02-29", "23:59:59", "1969-12-31T23:59:59", "2024-06-01T12:00:00+02:00", "123e4567-e89b-12d3-a456-426614174000", "{\"a\": [1, null]}", "[\"x\", \"y\"]", "{\"x\": 1.5, \"y\": -2}"],
      [2, false, 127, 32767, 2147483647, -1e300, "-0.001", "a \"quoted\", one\nwith lines", "it's \"odd\"", "0001-01-01", "00:00:00", "2024-03-31T02:30:00.123456", "1900-01-01T00:00:00Z", "00000000-0000-0000-0000-000000000000", "null", "[]", "{\"x\": null, \"y\": 0}"],
      [9007199254740993, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null],
      [4, true, 0, 0, 0, 0, "0", " spaces ", "shut", "9999-12-31", "12:30:00.5", "2024-01-01T00:00:00", "2024-01-01T00:00:00Z", "ffffffff-ffff-ffff-ffff-ffffffffffff", "\"text\"", "[\"é\", \"🦉\"]", "{\"x\": 0, \"y\": 1}"]
    ]
  }]
}"#;
