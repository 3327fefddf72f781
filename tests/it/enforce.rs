//! `read --design`: tables held to a design, and every line of what did not fit.

use serde_json::Value;

use crate::peyote::{Peyote, Ran};

/// Shops under a key of two columns, and sales that refer to them.
const DESIGN: &str = r#"{
  "name": "Trade", "about": "shops and sales", "use_cases": "",
  "tables": [
    {"name": "shops", "description": "", "columns": [
      {"name": "region", "kind": "enum", "values": ["north", "south"], "nullable": false},
      {"name": "number", "kind": "int32", "nullable": false},
      {"name": "opened", "kind": "date"}
    ], "primary_key": ["region", "number"], "foreign_keys": []},
    {"name": "sales", "description": "", "columns": [
      {"name": "sale_id", "kind": "int32", "nullable": false},
      {"name": "shop_region", "kind": "enum", "values": ["north", "south"]},
      {"name": "shop_number", "kind": "int32"},
      {"name": "state", "kind": "enum", "values": ["open", "paid"], "nullable": false}
    ], "primary_key": ["sale_id"],
     "foreign_keys": [{"columns": ["shop_region", "shop_number"],
                       "references": {"table": "shops", "columns": ["region", "number"]}}]}
  ]
}"#;

/// A misspelt region, a day that is none, and a key that comes twice.
const SHOPS: &str = "region,number,opened\n\
    north,1,2024-01-05\nnroth,2,2024-02-30\nsouth,1,2024-03-01\nsouth,1,2024-03-02\n";

/// A key that comes twice, an orphan, a missing key, no reference at all, and no state.
const SALES: &str = "sale_id,shop_region,shop_number,state\n\
    1,north,1,open\n1,south,1,paid\n3,south,9,paid\n,north,2,opne\n5,,,paid\n6,north,1,\n";

fn held(policy: &str) -> Ran {
    Peyote::new()
        .file("design.json", DESIGN)
        .file("shops.csv", SHOPS)
        .file("sales.csv", SALES)
        .args("read shops.csv sales.csv --design design.json --out out --format csv --on-error")
        .arg(policy)
        .run()
}

/// What was rejected, as `table row column action` a line.
fn rejects(ran: &Ran) -> Vec<String> {
    let lines = ran.read("out/rejects.jsonl");
    lines
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).expect("JSON");
            assert!(line["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{line}");
            assert_eq!(line["column"].is_null(), line["action"] == "row", "{line}");
            assert_eq!(line["value"].is_object(), line["action"] == "row", "{line}");
            let word = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
            format!("{} {} {} {}", word("table"), line["row"], word("column"), word("action"))
        })
        .collect()
}

#[test]
fn repair_keeps_every_row_that_can_be_mended() {
    let ran = held("repair").done();
    assert_eq!(
        rejects(&ran),
        [
            "shops 1 region repair",
            "shops 1 opened null",
            "sales 3 state repair",
            "shops 3 number repair",
            "sales 2 shop_region repair",
            "sales 2 shop_number repair",
            "sales 3 sale_id repair",
            "sales 1 sale_id repair",
            "sales 5 - row",
        ]
    );
    assert_eq!(
        ran.read("out/shops.csv").lines().nth(2),
        Some("north,2,"),
        "a near twin stands for its member"
    );
    assert_eq!(ran.read("out/sales.csv").lines().count(), 1 + 5);
}

#[test]
fn null_empties_what_may_be_empty_and_sets_the_rest_aside() {
    let ran = held("null").done();
    assert_eq!(
        ran.read("out/sales.csv"),
        "sale_id,shop_region,shop_number,state\n1,north,1,open\n3,,,paid\n5,,,paid\n"
    );
    assert_eq!(
        ran.read("out/shops.csv"),
        "region,number,opened\nnorth,1,2024-01-05\nsouth,1,2024-03-01\n"
    );
    let lines = rejects(&ran);
    assert_eq!(lines.iter().filter(|line| line.ends_with(" row")).count(), 2 + 3);
    assert!(lines.contains(&"sales 2 shop_region null".to_owned()), "{lines:?}");
}

#[test]
fn reject_sets_rows_aside_whole() {
    let ran = held("reject").done();
    assert_eq!(
        rejects(&ran),
        [
            "shops 1 - row",
            "sales 3 - row",
            "shops 3 - row",
            "sales 2 - row",
            "sales 5 - row",
            "sales 1 - row",
        ]
    );
    let first = ran.read("out/rejects.jsonl");
    let first: Value =
        serde_json::from_str(first.lines().next().unwrap_or_default()).expect("JSON");
    assert_eq!(first["value"]["region"], "nroth", "the row as it was read");
    assert_eq!(ran.read("out/sales.csv").lines().count(), 1 + 2);
}

#[test]
fn fail_writes_nothing() {
    let ran = held("fail").exits(1);
    assert!(ran.stderr.contains("`nroth` is not one of the values"), "{}", ran.stderr);
    assert!(!ran.path("out").exists());
}
