//! Tables whose rows nobody wrote: of a design without sizes, and those that a model has no rows of.

use std::collections::BTreeSet;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::dataset::Dataset;
use crate::faults::{answer, receive};
use crate::peyote::Peyote;

/// A harbour that says what holds and not how values come about.
const HARBOUR: &str = r#"{"name": "Harbour", "resolved": true, "tables": [
  {"name": "quays", "primary_key": ["code"], "columns": [
    {"name": "code", "kind": "text", "nullable": false},
    {"name": "depth", "kind": "decimal(5,1)", "nullable": false}],
   "checks": [{"check": "pattern", "column": "code", "pattern": "QA-##"}, {"check": "range", "column": "depth", "min": 4, "max": 18}]},
  {"name": "ships", "primary_key": ["ship_id"], "unique": [["imo"]], "columns": [
    {"name": "ship_id", "kind": "int32", "nullable": false},
    {"name": "imo", "kind": "text", "nullable": false},
    {"name": "status", "kind": "enum", "values": ["in port", "scrapped"], "nullable": false},
    {"name": "built_on", "kind": "date", "nullable": false},
    {"name": "scrapped_on", "kind": "date"}],
   "checks": [{"check": "pattern", "column": "imo", "pattern": "IMO #######"},
    {"check": "order", "columns": ["built_on", "scrapped_on"]},
    {"check": "when", "column": "status", "is": ["scrapped"], "then": "scrapped_on", "must": "present"},
    {"check": "when", "column": "status", "is": ["in port"], "then": "scrapped_on", "must": "absent"}]},
  {"name": "moorings", "primary_key": ["ship_id", "quay"], "columns": [
    {"name": "ship_id", "kind": "int32", "nullable": false},
    {"name": "quay", "kind": "text", "nullable": false},
    {"name": "moored_by", "kind": "text"}],
   "foreign_keys": [{"columns": ["ship_id"], "references": {"table": "ships", "columns": ["ship_id"]}},
    {"columns": ["quay"], "references": {"table": "quays", "columns": ["code"]}}]}]}"#;

#[test]
fn design_without_sizes_is_made_whole_and_keeps_its_promises() {
    let design = HARBOUR;
    let ran = Peyote::new()
        .file("design.json", design)
        .args("gen --design design.json --silent --rows 40 --out made")
        .run()
        .done();
    let made = Dataset::open(ran.path("made"));
    made.assert_whole();
    for table in ["quays", "ships", "moorings"] {
        assert_eq!((made.rows(table), made.set_aside(table)), (40, 0), "{table}");
    }
    Peyote::new().args("check --silent").arg(ran.path("made")).run().done();
    let again = Peyote::new()
        .file("design.json", design)
        .args("gen --design design.json --silent --rows 40 --out made")
        .run()
        .done();
    assert_eq!(made.csv(), Dataset::open(again.path("made")).csv());
}

#[test]
fn design_that_cannot_be_is_refused_before_anything_is_written() {
    let design = HARBOUR.replace("QA-##", "Q-#");
    let ran = Peyote::new()
        .file("design.json", design)
        .args("gen --design design.json --silent --rows 40 --out made")
        .run()
        .exits(2);
    assert!(ran.stderr.contains("quays") && ran.stderr.contains("code"), "{}", ran.stderr);
    assert!(!ran.path("made").exists() && !ran.path("made.partial").exists());
}

/// What a model says to a task; nothing of use where it has no rows.
fn reply(task: &str) -> String {
    let design = json!({"tables": [
        {"name": "Lamps", "columns": [{"name": "Lamp ID", "kind": "int32"}, {"name": "Model", "kind": "text"}, {"name": "Lit At", "kind": "timestamp"}],
         "primary_key": ["Lamp ID"]},
        {"name": "Checks", "columns": [{"name": "Check ID"}, {"name": "Lamp ID"}, {"name": "Inspector"}, {"name": "Timestamp"}, {"name": "Brightness Rating"}, {"name": "Verdict"}],
         "primary_key": ["Check ID"],
         "foreign_keys": [{"columns": ["Lamp ID"], "references": {"table": "Lamps", "columns": ["Lamp ID"]}}]}]});
    let kind = task.split(' ').next().unwrap_or_default();
    if kind == "ideas" {
        json!({"ideas": [{"name": "Lamp checks", "about": "lamps", "use_cases": "care"}]})
            .to_string()
    } else if kind == "design" {
        design.to_string()
    } else if task == "rows Lamps" {
        let rows = (0..12).map(|row| {
            json!({"Lamp ID": 7 * row + 1, "Model": format!("Beam {row}"), "Lit At": format!("2024-03-{:02} 20:15:00", row + 1)})
        });
        json!({"rows": rows.collect::<Vec<Value>>()}).to_string()
    } else if task == "vocabulary Checks.Verdict" {
        "- steady\n- flickers\n- dim at dusk\n- dark\n- too bright".to_owned()
    } else if task.starts_with("vocabulary Checks.Inspector") {
        "- Ada Holm\n- Bo Lind\n- Cy Marsh\n- Di Nord\n- Ed Vik".to_owned()
    } else {
        "I'm sorry, I do not know.".to_owned()
    }
}

/// A model that answers by what it is asked for, and the tasks it got.
fn model() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let tasks = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let tasks = Arc::clone(&tasks);
            std::thread::spawn(move || serve(stream, &tasks));
        }
    });
    (format!("http://127.0.0.1:{port}/v1"), asked)
}

fn serve(mut stream: TcpStream, tasks: &Mutex<Vec<String>>) {
    let (head, body) = receive(&mut stream);
    let said = if head.starts_with("get") {
        json!({"data": [{"id": "lamp"}]})
    } else {
        let request: Value = serde_json::from_slice(&body).expect("a request");
        let messages = request["messages"].as_array().expect("messages");
        let last = messages.last().and_then(|one| one["content"].as_str()).expect("a message");
        let task = last.rsplit_once("Task: ").map_or("", |(_, task)| task.trim()).to_owned();
        let text = reply(task.trim_start_matches("repair "));
        tasks.lock().expect("a list").push(task);
        json!({"model": "lamp", "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]})
    };
    answer(&mut stream, said.to_string().as_bytes());
}

#[test]
fn table_that_a_model_has_no_rows_of_refers_to_those_it_has() {
    let (url, asked) = model();
    let ran = Peyote::new()
        .args("gen --topic lamps -n 1 --silent --out made --backend local --base-url")
        .arg(url)
        .run()
        .done();
    let made = Dataset::open(ran.path("made"));
    made.assert_whole();
    Peyote::new().args("check --silent").arg(ran.path("made")).run().done();
    assert_eq!((made.rows("lamps"), made.rows("checks")), (12, 20));
    assert_eq!(made.set_aside("checks"), 0);
    let tasks = asked.lock().expect("a list").clone();
    let words: BTreeSet<&str> =
        tasks.iter().filter_map(|task| task.strip_prefix("vocabulary ")).collect();
    assert_eq!(words, BTreeSet::from(["Checks.Inspector", "Checks.Verdict"]), "{tasks:?}");
    let tables = made.design["tables"].as_array().expect("tables");
    let checks = tables.iter().find(|table| table["name"] == "checks").expect("checks");
    let kinds: Vec<&str> = (checks["columns"].as_array().expect("columns").iter())
        .filter_map(|column| column["kind"].as_str())
        .collect();
    assert!(kinds[3] == "timestamp" && kinds[4] != "text", "{kinds:?}");
    assert_eq!(checks["foreign_keys"][0]["references"]["table"], "lamps");
}
