//! Tests of what can be planted, and what is refused.

use serde_json::{Value, json};

use crate::design::{Design, resolve};
use crate::draft::{self, Draft};

/// A shop, with something planted.
fn shop(story: &Value) -> Result<Design, String> {
    let said = json!({"resolved": true, "clock": "2026-01-01", "tables": [
        {"name": "suppliers", "columns": [{"name": "id", "kind": "int32", "nullable": false}],
         "primary_key": ["id"]},
        {"name": "orders", "columns": [
            {"name": "id", "kind": "int64", "nullable": false},
            {"name": "supplier_id", "kind": "int32", "nullable": false},
            {"name": "placed_at", "kind": "timestamp", "nullable": false,
             "behaviour": {"is": "moment", "from": "2024-01-01", "to": "2026-01-01"}},
            {"name": "paid_at", "kind": "timestamp", "nullable": true},
            {"name": "status", "kind": "enum", "nullable": false, "values": ["placed", "paid"]},
            {"name": "channel", "kind": "enum", "nullable": false, "values": ["web", "store"]},
            {"name": "price", "kind": "decimal(8,2)", "nullable": false},
            {"name": "twice", "kind": "decimal(8,2)", "nullable": false,
             "behaviour": {"is": "expression", "text": "price * 2"}},
            {"name": "note", "kind": "text", "nullable": true}],
         "primary_key": ["id"],
         "lifecycles": [{"status": "status", "stages": [{"is": "placed", "at": "placed_at"},
            {"is": "paid", "at": "paid_at", "share": 0.9,
             "after": {"law": {"is": "exponential", "mean": 3}, "unit": "day"}}]}],
         "foreign_keys": [{"columns": ["supplier_id"],
            "references": {"table": "suppliers", "columns": ["id"]}}]}],
        "story": story});
    let draft: Draft = serde_json::from_value(said).expect("a draft");
    let (design, findings) = resolve(&draft).expect("a design");
    match findings.first() {
        Some(finding) => Err(format!("{}: {}", finding.at, finding.message)),
        None => Ok(design),
    }
}

#[test]
fn a_story_is_read_and_written_again() {
    let story = json!([
        {"is": "rate_shift", "table": "Orders", "column": "Channel", "value": "store", "factor": 2,
         "where": {"column": "supplier_id", "at": "placed_at", "from": "2025-07-01", "to": "2025-10-01"}},
        {"is": "level_shift", "table": "orders", "column": "price", "factor": 0.1,
         "where": {"column": "supplier_id", "is": ["3"]}},
        {"is": "dropout", "table": "orders", "column": "note"},
    ]);
    let design = shop(&story).expect("a story that can be");
    assert_eq!(design.story().len(), 3);
    assert_eq!(design.story()[0].changes(), [("orders", "channel")]);
    let text = design.to_json().to_string();
    let (again, findings) = draft::read(&text);
    assert_eq!(findings, []);
    assert_eq!(resolve(&again).expect("a design").0, design);
    assert!(!design.without_story().to_json().to_string().contains("story"));
}

#[test]
fn what_cannot_be_planted_is_refused_and_says_what_stands_against_it() {
    let cases = [
        (
            json!({"is": "rate_shift", "table": "parcels", "column": "a", "value": "b", "factor": 2}),
            "there is no table `parcels`",
        ),
        (
            json!({"is": "rate_shift", "table": "orders", "column": "channel", "value": "fax", "factor": 2}),
            "`fax` is not among the values of `channel`",
        ),
        (
            json!({"is": "rate_shift", "table": "orders", "column": "status", "value": "lost", "factor": 2}),
            "the lifecycle of `status` has no stage `lost`",
        ),
        (
            json!({"is": "rate_shift", "table": "orders", "column": "price", "value": "1", "factor": 2}),
            "`price` is decimal(8,2): no value of it has a rate",
        ),
        (
            json!({"is": "rate_shift", "table": "orders", "column": "status", "value": "paid", "factor": 2,
                "where": {"at": "paid_at", "from": "2025-01-01"}}),
            "`paid_at` tells the rows, and follows from `status`",
        ),
        (
            json!({"is": "level_shift", "table": "orders", "column": "twice", "factor": 2}),
            "an expression says what `twice` is: change what it follows from",
        ),
        (
            json!({"is": "level_shift", "table": "orders", "column": "id", "by": 2}),
            "`id` tells the rows of `orders` apart",
        ),
        (
            json!({"is": "level_shift", "table": "orders", "column": "price"}),
            "say how much: a `factor`, or what is added, `by`",
        ),
        (
            json!({"is": "drift", "table": "orders", "column": "price", "per_day": 1, "where": {}}),
            "`where` has to say `at` and `from`",
        ),
        (
            json!({"is": "dropout", "table": "orders", "column": "price"}),
            "`price` holds a value on every row",
        ),
        (
            json!({"is": "outage", "table": "orders",
                "where": {"at": "placed_at", "from": "2031-01-01", "to": "2031-01-02"}}),
            "2031-01-01 is outside of `placed_at`, which goes from 2024-01-01 to 2026-01-01",
        ),
        (
            json!({"is": "outage", "table": "orders",
                "where": {"at": "paid_at", "from": "2025-01-01", "to": "2025-01-02"}}),
            "a lifecycle says when `paid_at` is",
        ),
        (
            json!({"is": "burst", "table": "orders", "key": "channel", "at": "placed_at",
                "from": "2025-01-01", "to": "2025-01-02", "rows": 9}),
            "`channel` refers to no table",
        ),
        (
            json!({"is": "burst", "table": "orders", "key": "supplier_id", "at": "placed_at",
                "from": "2025-01-01", "to": "2025-01-02", "rows": 9, "set": {"price": "dear"}}),
            "`price`: `\"dear\"` is no decimal(8,2)",
        ),
        (
            json!({"is": "ring", "table": "suppliers", "column": "id", "members": 4}),
            "`id` tells the rows of `suppliers` apart",
        ),
        (
            json!({"is": "rate_shift", "table": "orders", "column": "channel", "value": "web", "factor": 2,
                "where": {"column": "note"}}),
            "`note` refers to no row: say which of its values, `is`",
        ),
    ];
    for (anomaly, why) in cases {
        let refused = shop(&json!([anomaly])).expect_err(why);
        assert!(refused.starts_with("/story/0: a "), "{refused}");
        assert!(refused.ends_with(why), "{refused}\nis not about\n{why}");
    }
}

#[test]
fn two_that_change_the_same_at_the_same_time_are_named() {
    let shift = |from: &str, to: &str| {
        json!({"is": "level_shift", "table": "orders", "column": "price", "factor": 2,
               "where": {"at": "placed_at", "from": from, "to": to}})
    };
    let apart = json!([shift("2025-01-01", "2025-02-01"), shift("2025-02-01", "2025-03-01")]);
    assert_eq!(shop(&apart).expect("they are apart").story().len(), 2);
    let both = json!([shift("2025-01-01", "2025-02-02"), shift("2025-02-01", "2025-03-01")]);
    let refused = shop(&both).expect_err("they are not");
    assert_eq!(
        refused,
        "/story/1: a level shift was left out: the level shift at /story/0 changes \
         `orders`.`price` at the same time"
    );
}
