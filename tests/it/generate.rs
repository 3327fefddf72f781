//! Designs made at any size: the same bytes whoever makes them, and files that keep every promise.

use std::collections::BTreeMap;
use std::fs;

use crate::peyote::{Peyote, Ran, made};

/// A shop with everything that a design can say of keys and values.
const SHOP: &str = include_str!("../../src/generate/recipe/tests/shop.json");

/// A table that has several parts soon.
const LONG: &str = r#"{"resolved": true, "tables": [{"name": "long", "primary_key": ["id"],
    "size": {"is": "grows", "rows": 1000}, "columns": [
        {"name": "id", "kind": "int64", "nullable": false},
        {"name": "amount", "kind": "int32", "nullable": true, "nulls": 0.1, "behaviour":
            {"is": "number", "law": {"is": "uniform", "min": 1, "max": 9}}}]}]}"#;

/// The bytes of every table's files.
fn tables(ran: &Ran) -> BTreeMap<String, Vec<u8>> {
    let files = ran.files("made/samples").into_iter();
    let read = |name: String| {
        let bytes = fs::read(ran.path("made/samples").join(&name)).expect("a file");
        (name, bytes)
    };
    files.map(read).collect()
}

#[test]
fn any_number_of_threads_makes_the_same_bytes() {
    for (design, args, files) in [(SHOP, "--scale 2", 20), (LONG, "--rows 400k", 2)] {
        let made = |more: &str| tables(&made(design, &format!("{args} {more}")));
        let one = made("--threads 1");
        assert_eq!(one.len(), files);
        assert!(one == made("--threads 3"));
        assert!(one != made("--threads 1 --seed 5"));
    }
}

#[test]
fn shares_together_are_the_whole() {
    let made = |more: &str| tables(&made(LONG, &format!("--rows 500k --format csv {more}")));
    let whole = made("");
    let shares: Vec<_> = (1..=3).map(|k| made(&format!("--part {k}/3"))).collect();
    for (name, bytes) in &whole {
        let table = name.strip_suffix(".csv").expect("a table");
        let header = bytes.split_inclusive(|byte| *byte == b'\n').next().expect("a header");
        let mut joined = header.to_vec();
        for share in &shares {
            for (part, bytes) in share {
                if part == name || part.starts_with(&format!("{table}/")) {
                    joined.extend_from_slice(&bytes[header.len()..]);
                }
            }
        }
        assert!(joined == *bytes, "{name}: {} and {} bytes", joined.len(), bytes.len());
    }
}

#[test]
fn files_keep_the_promises_of_their_design() {
    let made = made(SHOP, "--scale 3 --seed 9");
    let folder = made.path("made");
    Peyote::new().args("check").arg(&folder).run().done();
}

#[test]
fn plan_tells_what_will_be_made() {
    let plan = Peyote::new()
        .file("shop.json", SHOP)
        .args("plan --design shop.json --json --rows customers=1e9,orders=5M")
        .run()
        .done();
    let told: serde_json::Value = serde_json::from_str(&plan.stdout).expect("JSON");
    let rows = |name: &str| {
        let tables = told["tables"].as_array().expect("tables");
        let table = tables.iter().find(|table| table["name"] == name).expect("a table");
        table["rows"].as_u64().expect("a number")
    };
    assert_eq!(rows("customers"), 1_000_000_000);
    assert_eq!(rows("orders"), 5_000_000);
    assert_eq!(rows("items"), 12_500_000);
    assert_eq!(rows("categories"), 40);
}

#[test]
fn what_cannot_be_made_is_refused_before_anything_is_written() {
    for (args, why) in [
        ("--rows products=20000", "10000 codes of the form"),
        ("--rows details=900", "is to be unique in the 900 rows of `details`"),
        ("--rows shoes=9", "the design has no table `shoes`"),
        ("--scale 0", "`0` is no scale"),
    ] {
        let ran = Peyote::new()
            .file("shop.json", SHOP)
            .args("gen --design shop.json --out made")
            .args(args)
            .run()
            .exits(2);
        assert!(ran.stderr.contains(why), "{args}: {}", ran.stderr);
        assert!(!ran.path("made").exists() && !ran.path("made.partial").exists());
    }
}

#[test]
fn work_that_lies_there_already_is_neither_taken_over_nor_lost() {
    for args in ["--rows 1k", "--rows 30", "--scale 2"] {
        for (file, bytes) in [("peyote.lock", "paid for"), ("samples/alien.csv", "a,b")] {
            let file = format!("made.partial/{file}");
            let ran = Peyote::new()
                .file("long.json", LONG)
                .file(&file, bytes)
                .args("gen --design long.json --out made")
                .args(args)
                .run()
                .exits(2);
            assert!(ran.stderr.contains("an unfinished run lies here already"), "{}", ran.stderr);
            assert_eq!(ran.read(&file), bytes);
            assert!(!ran.path("made").exists());
        }
    }
}

#[test]
fn data_that_breaks_its_designs_promises_is_not_shown() {
    let broken = r#"{"resolved": true, "tables": [{"name": "stays", "columns": [
        {"name": "code", "kind": "text", "nullable": false, "behaviour": {"is": "pick", "words": ["x1"]}}],
        "checks": [{"check": "pattern", "column": "code", "pattern": "A##"}]}]}"#;
    let run = Peyote::new().file("broken.json", broken);
    let ran = run.args("gen --design broken.json --rows 1k --out made").run().exits(1);
    assert!(ran.stderr.contains("1000 of the design's promises would be broken"), "{}", ran.stderr);
    assert!(!ran.path("made").exists() && !ran.path("made.partial").exists());
}

/// A design of one table with some columns of 64-bit numbers that rise, and one more.
fn extreme(start: i64, column: &str) -> String {
    format!(
        r#"{{"resolved": true, "tables": [{{"name": "far", "columns": [
            {{"name": "a", "kind": "int64", "nullable": false, "behaviour": {{"is": "sequence", "start": {start}}}}},
            {{"name": "b", "nullable": false, {column}}}]}}]}}"#
    )
}

#[test]
fn values_stay_within_what_their_kind_holds() {
    let far = 9_000_000_000_000_000_000;
    for (column, most) in [
        (
            r#""kind": "decimal(38,0)", "behaviour": {"is": "expression", "text": "a * a * a"}"#,
            1e38,
        ),
        (r#""kind": "decimal(20,2)", "behaviour": {"is": "expression", "text": "a * a"}"#, 1e18),
        (r#""kind": "int32", "behaviour": {"is": "expression", "text": "0 - a"}"#, 2_147_483_649.0),
        (
            r#""kind": "float64", "behaviour": {"is": "number", "law": {"is": "normal", "mean": 1e308, "deviation": 1e308}}"#,
            f64::MAX,
        ),
    ] {
        let ran = made(&extreme(far, column), "--rows 1k --format csv");
        let text = ran.read("made/samples/far.csv");
        assert_eq!(text.lines().count(), 1001);
        for line in text.lines().skip(1) {
            let (_, value) = line.split_once(',').expect("two columns");
            let value: f64 = value.parse().unwrap_or_else(|_| panic!("{column}: `{value}`"));
            assert!(value.abs() <= most, "{column}: {value}");
        }
    }
}

#[test]
fn what_goes_beyond_its_kind_is_refused() {
    let day = r#""kind": "date", "behaviour": {"is": "series", "from": "2024-01-01", "every": 1000, "unit": "year"}"#;
    for (start, column) in [(i64::MAX - 998, r#""kind": "int64""#), (1, day)] {
        let run = Peyote::new().file("far.json", extreme(start, column));
        let ran = run.args("gen --design far.json --rows 1k --out made").run().exits(2);
        assert!(ran.stderr.contains("goes beyond that in 1000 rows"), "{}", ran.stderr);
    }
    made(&extreme(i64::MAX - 999, r#""kind": "int64""#), "--rows 1k");
}

#[test]
fn hundreds_of_thousands_of_words_are_picked_from() {
    let words = (0..300_000).map(|word| format!("\"w{word}\"")).collect::<Vec<_>>().join(",");
    let column = format!(r#""kind": "text", "behaviour": {{"is": "pick", "words": [{words}]}}"#);
    made(&extreme(1, &column), "--rows 1k --format csv");
}

#[test]
fn a_value_is_explained() {
    let explain = |args: &str| {
        let run = Peyote::new().file("shop.json", SHOP).args("explain --design shop.json");
        run.args(args).run()
    };
    let told = explain("items.amount 17").done().stdout;
    for word in ["quantity * unit_price", "draw", "beside", "value"] {
        assert!(told.contains(word), "{told}");
    }
    assert!(explain("orders.customer_id 3").done().stdout.contains("of customers by customer_id"));
    explain("orders.colour").exits(2);
    explain("orders.total 3000").exits(2);
}

#[test]
fn a_model_is_not_asked_for_millions() {
    let ran = Peyote::new().args("gen --topic owls --backend builtin --rows 10M").run().exits(2);
    assert!(ran.stderr.contains("at most 200 rows"), "{}", ran.stderr);
}
