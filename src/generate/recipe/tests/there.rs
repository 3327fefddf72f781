//! Tests: rows that refer to those that were there then, numbers rounded by case, and lists that are
//! asked what they hold.

use super::*;

/// Wards whose staff come and go, and what happens there.
const SHIFTS: &str = r#"{"name": "Shifts", "resolved": true, "clock": "2026-01-01", "tables": [
    {"name": "wards", "size": {"is": "fixed", "rows": 6}, "columns": [
        {"name": "id", "kind": "int16", "nullable": false}], "primary_key": ["id"]},
    {"name": "staff", "size": {"is": "fixed", "rows": 400}, "columns": [
        {"name": "id", "kind": "int32", "nullable": false},
        {"name": "ward_id", "kind": "int16", "nullable": false},
        {"name": "role", "kind": "enum", "values": ["nurse", "doctor"], "nullable": false,
            "behaviour": {"is": "pick", "weights": [2, 1]}},
        {"name": "since", "kind": "date", "nullable": false,
            "behaviour": {"is": "moment", "from": "2010-01-01", "to": "2024-01-01"}},
        {"name": "until", "kind": "date", "nullable": true,
            "behaviour": {"is": "expression", "text": "if(id % 3 = 0, since + 1500, null)"}}],
     "primary_key": ["id"],
     "foreign_keys": [{"columns": ["ward_id"], "references": {"table": "wards", "columns": ["id"]},
        "children": {"is": "lognormal", "mean": 60, "sigma": 0.2}}]},
    {"name": "stays", "size": {"is": "grows", "rows": 3000}, "columns": [
        {"name": "id", "kind": "int32", "nullable": false, "behaviour": {"is": "sequence"}},
        {"name": "ward_id", "kind": "int16", "nullable": false},
        {"name": "began_at", "kind": "timestamp", "nullable": false,
            "behaviour": {"is": "moment", "from": "2012-01-01", "rising": true}},
        {"name": "doctor_id", "kind": "int32", "nullable": true, "nulls": {"rate": 0}},
        {"name": "nurse_id", "kind": "int32", "nullable": false},
        {"name": "role", "kind": "text", "nullable": false,
            "behaviour": {"is": "copy", "of": "nurse_id.role"}},
        {"name": "ward", "kind": "int16", "nullable": true,
            "behaviour": {"is": "copy", "of": "doctor_id.ward_id"}},
        {"name": "was_there", "kind": "bool", "nullable": true, "behaviour": {"is": "expression", "text":
            "began_at >= doctor_id.since and date(began_at) <= coalesce(doctor_id.until, date(began_at))"}},
        {"name": "nurse_was", "kind": "bool", "nullable": false, "behaviour": {"is": "expression", "text":
            "began_at >= nurse_id.since and date(began_at) <= coalesce(nurse_id.until, date(began_at))"}},
        {"name": "until_now", "kind": "int32", "nullable": false, "behaviour": {"is": "expression", "text":
            "days(date '2025-12-30', present())"}}],
     "primary_key": ["id"],
     "foreign_keys": [{"columns": ["ward_id"], "references": {"table": "wards", "columns": ["id"]}},
        {"columns": ["doctor_id"], "references": {"table": "staff", "columns": ["id"]},
         "among": {"is": "same", "of": "ward_id", "column": "role", "values": ["doctor"],
            "by": "began_at", "since": "since", "until": "until"}},
        {"columns": ["nurse_id"], "references": {"table": "staff", "columns": ["id"]},
         "among": {"is": "where", "column": "role", "values": ["nurse"], "weights": [1],
            "by": "began_at", "since": "since", "until": "until"}}]}]}"#;

#[test]
fn rows_refer_to_those_that_were_there_then() {
    let stays = told(&worked(SHIFTS, 1.0, 5), "stays");
    let there = |name: &str| stays.column(name).iter().flatten().all(|was| was == "true");
    assert!(there("was_there") && there("nurse_was"));
    assert!(stays.all("role").iter().all(|role| *role == "nurse"));
    let named = |(ward, own): &(&Option<String>, &Option<String>)| ward.is_some() && ward == own;
    let pairs = || stays.column("ward").iter().zip(stays.column("ward_id"));
    assert!(pairs().all(|(ward, own)| ward.is_none() || ward == own));
    assert!(pairs().filter(named).count() > 2900);
    assert!(stays.all("until_now").iter().all(|days| *days == "2"));
}

#[test]
fn later_rows_refer_to_earlier_ones_of_the_same_parent() {
    let draft: Draft = serde_json::from_str(SHIFTS).expect("a draft");
    let (design, _) = design::resolve(&draft).expect("a sound design");
    let (base, day) = ([6, 400, 3000], 86_400_000_000);
    let first = recipe(&design, &base, 5).expect("a recipe");
    let since = first.clock;
    let later = later(&design, &base, &base, since, since + 300 * day);
    assert!(later.rows[2] > 3100, "{later:?}");
    let stays = told(&go_on(&design, &base, 5, &later, first).expect("a recipe"), "stays");
    let known = stays.column("ward").iter().zip(stays.column("ward_id")).skip(3000);
    assert!(known.clone().all(|(ward, own)| ward.is_none() || ward == own));
    assert!(known.clone().filter(|(ward, _)| ward.is_some()).count() > 100);
    let days: BTreeSet<_> = stays.all("until_now").into_iter().collect();
    assert_eq!(days, BTreeSet::from(["2", "302"]));
}

#[test]
fn numbers_are_rounded_as_their_case_asks_for() {
    const READINGS: &str = r#"{"name": "Readings", "resolved": true, "tables": [
        {"name": "readings", "size": {"is": "fixed", "rows": 500}, "columns": [
            {"name": "id", "kind": "int32", "nullable": false},
            {"name": "of", "kind": "text", "nullable": false,
                "behaviour": {"is": "pick", "words": ["cells", "acid", "salt"]}},
            {"name": "value", "kind": "float64", "nullable": false, "behaviour": {"is": "number",
                "law": {"is": "normal", "mean": 50, "deviation": 9}, "round": 0.1,
                "given": {"column": "of", "cases": {
                    "cells": {"is": "normal", "mean": 250, "deviation": 40},
                    "acid": {"is": "normal", "mean": 2, "deviation": 0.4}}},
                "rounds": {"cells": 5, "acid": 0.01}}},
            {"name": "marks", "kind": "list", "nullable": false,
                "item": {"name": "item", "kind": "text", "nullable": false},
                "behaviour": {"is": "list", "length": {"law": {"is": "uniform", "min": 0, "max": 2}},
                    "item": {"is": "pick", "words": ["late", "later", "odd"]}}},
            {"name": "is_late", "kind": "bool", "nullable": false,
                "behaviour": {"is": "expression", "text": "contains(marks, 'late')"}},
            {"name": "is_lat", "kind": "bool", "nullable": false,
                "behaviour": {"is": "expression", "text": "contains(marks, 'lat')"}}],
         "primary_key": ["id"]}]}"#;
    let readings = told(&worked(READINGS, 1.0, 5), "readings");
    for (of, value) in readings.all("of").into_iter().zip(readings.all("value")) {
        let per = match of {
            "cells" => 0.2,
            "acid" => 100.0,
            _ => 10.0,
        };
        let units = value.parse::<f64>().expect("a number") * per;
        assert!((units - units.round()).abs() < 1e-6, "{of} {value}");
    }
    assert!(
        readings
            .all("value")
            .iter()
            .any(|value| value.split_once('.').is_some_and(|of| of.1.len() == 2))
    );
    let late = readings.all("is_late").into_iter().filter(|late| *late == "true").count();
    assert!((50..400).contains(&late), "{late}");
    assert!(readings.all("is_lat").into_iter().all(|lat| lat == "false"));
}
