//! What `explain` tells of the stories in values: which, and from what to what.

use std::fs;

use crate::peyote::{Peyote, made};

/// Gauges of which one rises, and visits that are mostly paid.
const GAUGES: &str = r#"{"name": "Gauges", "resolved": true, "clock": "2026-01-01", "seed": 5, "tables": [
  {"name": "gauges", "size": {"is": "fixed", "rows": 4}, "primary_key": ["id"], "columns": [
    {"name": "id", "kind": "int32", "nullable": false}]},
  {"name": "readings", "size": {"is": "grows", "rows": 200}, "primary_key": ["id"], "columns": [
    {"name": "id", "kind": "int64", "nullable": false},
    {"name": "gauge_id", "kind": "int32", "nullable": false},
    {"name": "level", "kind": "decimal(6,1)", "nullable": false, "behaviour": {"is": "number", "law": {"is": "uniform", "min": 1, "max": 9}}},
    {"name": "twice", "kind": "decimal(6,1)", "nullable": false, "behaviour": {"is": "expression", "text": "level * 2"}}],
   "foreign_keys": [{"columns": ["gauge_id"], "references": {"table": "gauges", "columns": ["id"]}}]}],
 "story": [{"is": "level_shift", "table": "readings", "column": "level", "by": 500, "where": {"column": "gauge_id"}, "says": "one gauge was moved"}]}"#;

#[test]
fn a_shifted_value_is_told_with_its_story_and_what_it_was() {
    let ran = made(GAUGES, "--scale 1 --format csv");
    let text = fs::read_to_string(ran.path("made/samples/readings.csv")).expect("readings");
    let levels = text.lines().skip(1).map(|line| line.split(',').nth(2).expect("a level"));
    let levels: Vec<f64> = levels.map(|level| level.parse().expect("a number")).collect();
    let row = levels.iter().position(|level| *level > 500.0).expect("a shifted row");
    let plain = levels.iter().position(|level| *level < 500.0).expect("another row");
    let explain = |args: String| {
        let run = Peyote::new().file("design.json", GAUGES).args("explain --design design.json");
        run.args(&args).run().done().stdout
    };
    let told = explain(format!("readings.level {row}"));
    let (after, before) = (levels[row], levels[row] - 500.0);
    let says = format!("1, level shift (one gauge was moved), makes `{after:.1}` of `{before:.1}`");
    assert!(told.contains(&says), "{told}");
    assert!(told.trim_end().ends_with(&format!("value  {after:.1}")), "{told}");
    // What follows from it is shifted as well.
    assert!(explain(format!("readings.twice {row}")).contains("level shift"), "{told}");
    assert!(!explain(format!("readings.level {plain}")).contains("story"));
    assert!(explain("readings.level".to_owned()).contains("changes it in some rows"));
    assert!(!explain("readings.id".to_owned()).contains("story"));
}
