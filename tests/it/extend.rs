//! Later rows: behind those that are there, which stay as they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::oracle::{Made, Rows, assert_holds, micros};
use crate::peyote::{Peyote, Ran, made};

/// A shop whose customers, orders and readings go on, and whose lookups do not.
const SHOP: &str = r#"{"name": "Shop", "resolved": true, "clock": "2026-01-01", "tables": [
  {"name": "countries", "size": {"is": "fixed", "rows": 3}, "primary_key": ["code"], "columns": [
    {"name": "code", "kind": "text", "nullable": false},
    {"name": "name", "kind": "text", "nullable": false}],
   "rows": [["NL", "Netherlands"], ["BE", "Belgium"], ["LU", "Luxembourg"]]},
  {"name": "customers", "size": {"is": "grows", "rows": 300}, "primary_key": ["id"], "unique": [["email"]], "columns": [
    {"name": "id", "kind": "int64", "nullable": false, "behaviour": {"is": "sequence", "gap": 2}},
    {"name": "email", "kind": "text", "nullable": false, "behaviour": {"is": "template", "forms": ["{first}@mail.example"], "words": {"first": {"words": ["ida", "bo", "mia"]}}, "unique": true}},
    {"name": "country", "kind": "text", "nullable": false},
    {"name": "joined_at", "kind": "timestamp", "nullable": false, "behaviour": {"is": "moment", "from": "2025-01-01", "growth": 1.5, "rising": true}},
    {"name": "born_on", "kind": "date", "nullable": false, "behaviour": {"is": "moment", "from": "1950-01-01", "to": "2005-12-31"}}],
   "foreign_keys": [{"columns": ["country"], "references": {"table": "countries", "columns": ["code"]}}]},
  {"name": "orders", "size": {"is": "grows", "rows": 900}, "primary_key": ["id"], "unique": [["code"]], "columns": [
    {"name": "id", "kind": "int64", "nullable": false},
    {"name": "code", "kind": "text", "nullable": false, "behaviour": {"is": "code", "pattern": "AA-####", "order": "shuffled"}},
    {"name": "customer_id", "kind": "int64", "nullable": false},
    {"name": "land", "kind": "text", "nullable": false, "behaviour": {"is": "copy", "of": "customer_id.country.name"}},
    {"name": "ordered_at", "kind": "timestamp", "nullable": false, "behaviour": {"is": "after", "column": "customer_id.joined_at"}},
    {"name": "status", "kind": "enum", "values": ["placed", "paid"], "nullable": false},
    {"name": "paid_at", "kind": "timestamp", "nullable": true},
    {"name": "total", "kind": "decimal(14,2)", "nullable": false, "behaviour": {"is": "total", "table": "items", "how": "sum", "of": "price"}}],
   "foreign_keys": [{"columns": ["customer_id"], "references": {"table": "customers", "columns": ["id"]}, "children": {"is": "lognormal", "mean": 3, "sigma": 1}}],
   "lifecycles": [{"status": "status", "stages": [{"is": "placed", "at": "ordered_at"}, {"is": "paid", "at": "paid_at", "share": 0.9, "after": {"law": {"is": "exponential", "mean": 2}, "unit": "day"}}]}]},
  {"name": "items", "size": {"is": "per_parent"}, "primary_key": ["order_id", "line"], "columns": [
    {"name": "order_id", "kind": "int64", "nullable": false},
    {"name": "line", "kind": "int16", "nullable": false, "behaviour": {"is": "nth", "of": "order_id"}},
    {"name": "price", "kind": "decimal(10,2)", "nullable": false, "behaviour": {"is": "number", "law": {"is": "lognormal", "median": 20, "sigma": 0.5}, "ending": [0.99]}}],
   "foreign_keys": [{"columns": ["order_id"], "references": {"table": "orders", "columns": ["id"]}, "children": {"is": "range", "min": 1, "max": 4}}]},
  {"name": "meters", "size": {"is": "fixed", "rows": 5}, "primary_key": ["id"], "columns": [
    {"name": "id", "kind": "int32", "nullable": false}]},
  {"name": "readings", "size": {"is": "grows", "rows": 600}, "primary_key": ["meter_id", "nth"], "columns": [
    {"name": "meter_id", "kind": "int32", "nullable": false},
    {"name": "nth", "kind": "int32", "nullable": false, "behaviour": {"is": "nth", "of": "meter_id"}},
    {"name": "read_at", "kind": "timestamp", "nullable": false, "behaviour": {"is": "series", "of": "meter_id", "from": "2025-12-27", "every": 1, "unit": "hour"}},
    {"name": "power", "kind": "float64", "nullable": false, "behaviour": {"is": "number", "law": {"is": "normal", "mean": 5, "deviation": 1}}}],
   "foreign_keys": [{"columns": ["meter_id"], "references": {"table": "meters", "columns": ["id"]}, "children": {"is": "fixed", "count": 120}}]},
  {"name": "plans", "size": {"is": "per_parent"}, "primary_key": ["customer_id", "valid_from"], "columns": [
    {"name": "customer_id", "kind": "int64", "nullable": false},
    {"name": "valid_from", "kind": "date", "nullable": false},
    {"name": "valid_to", "kind": "date", "nullable": true}],
   "foreign_keys": [{"columns": ["customer_id"], "references": {"table": "customers", "columns": ["id"]}, "children": {"is": "range", "min": 1, "max": 3}}],
   "history": {"of": "customer_id", "from": "valid_from", "to": "valid_to", "since": "customer_id.joined_at"}}]}"#;

fn extend(folder: &Path, args: &str) -> Ran {
    Peyote::new().args("extend").arg(folder).args(args).run()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |name: String| (name.clone(), fs::read(folder.join(name)).expect("a file"));
    crate::dataset::files(folder).into_iter().map(read).collect()
}

/// The design with another present day.
fn until(day: &str) -> Value {
    let mut design: Value = serde_json::from_str(SHOP).expect("JSON");
    design["clock"] = day.into();
    design
}

#[test]
fn later_rows_stand_behind_those_that_stay_as_they_are() {
    let ran = made(SHOP, "--seed 3 --scale 1");
    let folder = ran.path("made");
    let before = files(&folder);
    let sizes = |made: &Made<'_>| {
        ["countries", "customers", "orders", "items", "meters", "readings", "plans"]
            .map(|table| made.rows(table).many)
    };
    let first = sizes(&Made::read(&until("2026-01-01"), &folder));
    for day in ["2026-02-01", "2026-03-15"] {
        extend(&folder, &format!("--to {day}")).done();
        assert_holds(&Made::read(&until(day), &folder));
        Peyote::new().args("check").arg(&folder).run().done();
        crate::dataset::Dataset::open(&folder).assert_whole();
    }
    let after = files(&folder);
    let told = |name: &str| name == "manifest.json" || name.starts_with("summary-");
    for (name, bytes) in before.iter().filter(|(name, _)| !told(name)) {
        assert!(after[name] == *bytes, "{name} was changed");
    }
    let whole = until("2026-03-15");
    let made = Made::read(&whole, &folder);
    let all = sizes(&made);
    for (table, (first, all)) in first.iter().zip(all).enumerate() {
        let grows = ![0, 4].contains(&table);
        assert_eq!(all > *first, grows, "table {table}: {first} and {all} rows");
    }
    // An hour apart up to the last day.
    assert_eq!(all[5], 5 * 24 * (5 + 31 + 28 + 14));
    let then = micros("2026-01-01").expect("a day");
    let early = |rows: &Rows, column: &str, from: usize| {
        rows.all(column)[from..].iter().any(|at| micros(at).expect("a moment") < then)
    };
    let (customers, orders) = (made.rows("customers"), made.rows("orders"));
    assert!(!early(customers, "joined_at", first[1]) && early(customers, "born_on", first[1]));
    assert!(!early(orders, "ordered_at", first[2]));
    assert!(!early(made.rows("plans"), "valid_from", first[6]));
    let (name, summary) = after.iter().find(|(name, _)| name.starts_with("summary-")).expect("one");
    let summary = String::from_utf8_lossy(summary);
    assert!(summary.contains(&format!("{} rows.", all[2])), "{name}: {summary}");
    let ids = customers.all("id");
    let old: Vec<bool> = orders.all("customer_id")[first[2]..]
        .iter()
        .map(|customer| ids[..first[1]].contains(customer))
        .collect();
    assert!(old.contains(&true) && old.contains(&false), "new orders of old customers and of new");
}

#[test]
fn later_rows_are_the_same_by_any_number_of_threads() {
    let grown = |threads: u8| {
        let ran = made(SHOP, "--seed 4 --scale 1 --compression snappy");
        let folder = ran.path("made");
        extend(&folder, &format!("--to 2026-04-01 --threads {threads} --silent")).done();
        let mut files = files(&folder);
        files.retain(|name, _| name.starts_with("samples/"));
        files
    };
    assert!(grown(1) == grown(3));
}

#[test]
fn what_cannot_go_on_is_refused_and_left_alone() {
    let ran = made(SHOP, "--scale 1");
    let folder = ran.path("made");
    let refused = |args: &str, why: &str| {
        let before = files(&folder);
        let ran = extend(&folder, args).exits(2);
        assert!(ran.stderr.contains(why), "{args}: {}", ran.stderr);
        assert!(files(&folder) == before && !folder.with_added_extension("partial").exists());
    };
    refused("--to 2025-12-31", "the data reaches `2026-01-01` already");
    refused("--to tomorrow", "`tomorrow` is no moment");
    let path = folder.join("samples/orders.csv");
    let text = fs::read_to_string(&path).expect("a file");
    fs::write(&path, text.replacen("placed", "PLACED", 1)).expect("a file");
    refused("--to 2026-02-01", "the file was changed since it was made");
    let still = r#"{"resolved": true, "tables": [{"name": "words", "size": {"is": "grows", "rows": 9}, "columns": [
        {"name": "id", "kind": "int64", "nullable": false},
        {"name": "said_on", "kind": "date", "nullable": false, "behaviour": {"is": "moment", "from": "2020-01-01", "to": "2021-01-01"}}],
        "primary_key": ["id"]}]}"#;
    let still = made(still, "--scale 1");
    let ran = extend(&still.path("made"), "--to 2099-01-01").exits(2);
    assert!(ran.stderr.contains("no row comes to any table"), "{}", ran.stderr);
    let small =
        Peyote::new().args("gen --topic owls --backend builtin -n 1 --silent --out made").run();
    let ran = extend(&small.done().path("made"), "--to 2099-01-01").exits(2);
    assert!(ran.stderr.contains("not made of a design at size"), "{}", ran.stderr);
}

#[test]
fn a_share_does_not_go_on() {
    let ran = made(SHOP, "--scale 1 --part 1/2");
    let ran = extend(&ran.path("made"), "--to 2026-02-01").exits(2);
    assert!(ran.stderr.contains("not made of a design at size"), "{}", ran.stderr);
}

#[test]
fn folder_that_names_files_elsewhere_is_refused_without_an_escape_sequence() {
    for path in ["../outside.csv", "/tmp/outside.csv", "samples/\u{1b}[31mred.csv"] {
        let ran = made(SHOP, "--format csv");
        let manifest = ran.path("made/manifest.json");
        let mut said: Value =
            serde_json::from_slice(&fs::read(&manifest).expect("a manifest")).expect("JSON");
        said["files"][0]["path"] = path.into();
        fs::write(&manifest, said.to_string()).expect("a manifest");
        let (mut command, _folder) =
            Peyote::new().args("extend --to 2031-01-01").arg(ran.path("made")).into_command();
        let ended = command.output().expect("the binary starts");
        assert!(!ended.status.success() && !ended.stderr.contains(&0x1b), "{path}");
        assert!(!ran.path("outside.csv").exists());
    }
}

#[test]
fn how_much_comes_is_said_before_and_too_much_is_refused() {
    let ran = made(SHOP, "--scale 1 --format csv");
    let folder = ran.path("made");
    let before = files(&folder);
    let ended = extend(&folder, "--to 9999-12-31").exits(2);
    assert!(
        ended.stderr.contains("too many rows") || ended.stderr.contains("codes"),
        "{}",
        ended.stderr
    );
    assert!(files(&folder) == before && !folder.with_added_extension("partial").exists());
    let ended = extend(&folder, "--to 2026-02-01").done();
    assert!(ended.stderr.contains("rows more, about"), "{}", ended.stderr);
}

#[test]
fn a_manifest_that_says_another_number_of_rows_is_not_believed() {
    for format in ["csv", "parquet"] {
        let ran = made(SHOP, &format!("--scale 1 --format {format}"));
        let path = ran.path("made/manifest.json");
        let text = fs::read_to_string(&path).expect("a manifest");
        let mut said: Value = serde_json::from_str(&text).expect("JSON");
        let files = said["files"].as_array_mut().expect("files");
        let orders = files
            .iter_mut()
            .find(|file| file["path"].as_str().is_some_and(|path| path.contains("orders")));
        orders.expect("orders")["rows"] = 901.into();
        fs::write(&path, said.to_string()).expect("a manifest");
        let ended = extend(&ran.path("made"), "--to 2026-02-01").exits(2);
        assert!(ended.stderr.contains("901 rows, and it has 900"), "{}", ended.stderr);
        let mut said: Value = serde_json::from_str(&text).expect("JSON");
        said["made"]["rows"]["orders"] = 901.into();
        fs::write(&path, said.to_string()).expect("a manifest");
        let ended = extend(&ran.path("made"), "--to 2026-02-01").exits(1);
        assert!(ended.stderr.contains("how many rows `orders` has"), "{}", ended.stderr);
    }
}

#[test]
fn a_story_goes_on_in_later_rows() {
    let mut design: Value = serde_json::from_str(SHOP).expect("JSON");
    design["story"] = serde_json::json!([
        {"is": "level_shift", "table": "readings", "column": "power", "by": 100,
         "where": {"column": "meter_id", "at": "read_at", "from": "2025-12-30"}},
        {"is": "rate_shift", "table": "orders", "column": "status", "value": "paid", "factor": 0.3,
         "where": {"at": "ordered_at", "from": "2025-10-01", "to": "2025-11-01"}}]);
    let ran = made(&design.to_string(), "--scale 1");
    let folder = ran.path("made");
    let page = fs::read_to_string(folder.join("story.md")).expect("a page");
    for day in ["2026-01-20", "2026-02-01"] {
        extend(&folder, &format!("--to {day}")).done();
    }
    let mut until = design.clone();
    until["clock"] = "2026-02-01".into();
    let made = Made::read(&until, &folder);
    let readings = made.rows("readings");
    let (power, meters) = (readings.numbers("power"), readings.column("meter_id"));
    let shifted = (0..readings.many).filter(|row| power[*row].is_some_and(|power| power > 50.0));
    let high: Vec<(Option<String>, Option<String>)> =
        shifted.map(|row| (meters[row].clone(), readings.column("read_at")[row].clone())).collect();
    // One meter, every hour of the days from then on.
    assert_eq!(high.len(), 33 * 24, "{high:?}");
    assert!(high.iter().all(
        |(meter, at)| *meter == high[0].0 && at.as_deref().is_some_and(|at| at >= "2025-12-30")
    ));
    let told = fs::read_to_string(folder.join("story.md")).expect("a page");
    assert!(
        told.starts_with(page.trim_end())
            && told.matches("## Later rows, up to 2026-02-01").count() == 1,
        "{told}"
    );
    assert!(told.contains("goes on") && !told.contains("up to 2026-01-20"), "{told}");
    Peyote::new().args("check").arg(&folder).run().done();
    crate::dataset::Dataset::open(&folder).assert_whole();
}

/// Tables with a set of columns of `seats` that no two rows have alike.
fn seats(unique: &str, size: &str, children: &str) -> String {
    format!(
        r#"{{"name": "Seats", "resolved": true, "clock": "2026-01-01", "tables": [
  {{"name": "halls", "size": {{"is": "fixed", "rows": 60}}, "primary_key": ["id"], "columns": [
    {{"name": "id", "kind": "int64", "nullable": false}}]}},
  {{"name": "seats", "size": {size}, "primary_key": ["id"], "unique": [{unique}], "columns": [
    {{"name": "id", "kind": "int64", "nullable": false}},
    {{"name": "hall", "kind": "int64", "nullable": false}},
    {{"name": "taken_at", "kind": "timestamp", "nullable": false, "behaviour": {{"is": "moment", "from": "2025-01-01", "rising": true}}}},
    {{"name": "class", "kind": "enum", "values": ["a", "b", "c"], "nullable": false, "behaviour": {{"is": "pick", "weights": [5, 3, 1]}}}},
    {{"name": "double", "kind": "int32", "nullable": false, "behaviour": {{"is": "expression", "text": "number * 2"}}}},
    {{"name": "number", "kind": "int32", "nullable": false, "behaviour": {{"is": "number", "law": {{"is": "uniform", "min": 1, "max": 40}}}}}}],
   "foreign_keys": [{{"columns": ["hall"], "references": {{"table": "halls", "columns": ["id"]}}{children}}}]}}]}}"#
    )
}

#[test]
fn what_is_unique_together_stays_so_in_later_rows() {
    let grows = r#"{"is": "grows", "rows": 900}"#;
    let range = r#", "children": {"is": "range", "min": 0, "max": 30}"#;
    let designs = [
        seats(r#"["hall", "class", "number"]"#, grows, ""),
        seats(r#"["hall", "class", "number"]"#, r#"{"is": "per_parent", "of": "hall"}"#, range),
        seats(r#"["hall", "number"]"#, grows, ""),
    ];
    for design in designs {
        let ran = made(&design, "--scale 1");
        let folder = ran.path("made");
        for day in ["2026-02-01", "2026-03-15"] {
            extend(&folder, &format!("--to {day}")).done();
            Peyote::new().args("check").arg(&folder).run().done();
        }
        crate::dataset::Dataset::open(&folder).assert_whole();
    }
}

#[test]
fn later_rows_that_cannot_be_unlike_are_refused_before_any_is_made() {
    for (unique, rows, why) in [
        (r#"["hall", "class", "number"]"#, 900, "together they have 2400 values"),
        (r#"["class", "taken_at", "hall"], ["hall", "double"]"#, 20, "have the same"),
    ] {
        let grows = format!(r#"{{"is": "grows", "rows": {rows}}}"#);
        let ran = made(&seats(unique, &grows, ""), "--scale 1");
        let folder = ran.path("made");
        let before = files(&folder);
        let ended = extend(&folder, "--to 2066-01-01").exits(2);
        assert!(
            ended.stderr.contains(why) && ended.stderr.contains("name an earlier day"),
            "{}",
            ended.stderr
        );
        assert!(files(&folder) == before && !folder.with_added_extension("partial").exists());
    }
}

#[test]
fn what_of_a_story_has_ended_is_said() {
    let mut design: Value = serde_json::from_str(SHOP).expect("JSON");
    design["story"] = serde_json::json!([
        {"is": "burst", "table": "orders", "key": "customer_id", "at": "ordered_at",
         "from": "2025-12-01", "to": "2025-12-02", "rows": 20}]);
    let ran = made(&design.to_string(), "--scale 1");
    let folder = ran.path("made");
    let ended = extend(&folder, "--to 2026-02-01").done();
    assert!(ended.stderr.contains("1 thing of its story has ended"), "{}", ended.stderr);
    let told = fs::read_to_string(folder.join("story.md")).expect("a page");
    assert!(told.contains("has ended: no later row of `orders` is about it"), "{told}");
}
