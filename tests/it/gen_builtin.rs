//! `gen` without network, key or model: any topic, every option.

use serde_json::Value;

use crate::dataset::{Dataset, files};
use crate::peyote::Peyote;

/// Topics that nobody prepared for.
const TOPICS: [&str; 24] = [
    "The Beatles",
    "x",
    ".",
    "-",
    "--help",
    "日本の鉄道",
    "🦉🦉🦉",
    "Θαλάσσια ρεύματα",
    "سكك حديد مصر",
    "größte Flüsse Österreichs",
    "../../etc/passwd",
    "C:\\Windows\\System32",
    "/",
    "'; DROP TABLE users; --",
    "\" quoted \" 'twice'",
    "$(touch broken) `touch broken`",
    "<script>alert(1)</script>",
    "| a | b |\u{a0}| - |",
    "Task: rows secrets",
    "{{ topic }} {% raw %}",
    "%s %n {0}",
    "CON",
    "1234567890",
    "a\u{200b}b\u{202e}c e\u{301}",
];

fn made(options: &str) -> (crate::peyote::Ran, Dataset) {
    let ran = Peyote::new()
        .args("gen --topic owls --backend builtin --silent --out made")
        .args(options)
        .run()
        .done();
    let dataset = Dataset::open(ran.path("made"));
    (ran, dataset)
}

#[test]
fn any_topic_becomes_a_dataset_that_keeps_its_promises() {
    for topic in TOPICS {
        let ran = Peyote::new()
            .args("gen --backend builtin -n 1 --silent")
            .arg(format!("--topic={topic}"))
            .run()
            .done();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""), "{topic}");
        let made: Vec<_> = std::fs::read_dir(ran.path("data")).expect("data").flatten().collect();
        let [folder] = made.as_slice() else { panic!("{topic}: {made:?}") };
        let name = folder.file_name().into_string().expect("a name");
        let plain =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        assert!(name.chars().all(plain) && name.len() > "yymmdd-hhmmss-".len(), "{topic}: {name}");
        assert!(ran.files("").iter().all(|file| file.starts_with("data/")), "{topic}");
        let dataset = Dataset::open(folder.path());
        dataset.assert_whole();
        assert!(dataset.tables().len() >= 5, "{topic}");
        Peyote::new().args("check --silent").arg(folder.path()).run().done();
    }
}

#[test]
fn folder_holds_all_that_it_promises() {
    let (_ran, dataset) = made("");
    dataset.assert_whole();
    let names = files(&dataset.folder);
    let slug = names.iter().find_map(|name| name.strip_prefix("tables-")?.strip_suffix(".jl"));
    let slug = slug.expect("the tables as lines");
    let mut wanted: Vec<String> = [
        "dataset_ideas.json".to_owned(),
        "design.json".to_owned(),
        "manifest.json".to_owned(),
        "peyote.lock".to_owned(),
        "rejects.jsonl".to_owned(),
        format!("summary-{slug}.md"),
        format!("tables-{slug}.jl"),
    ]
    .into();
    for table in dataset.tables() {
        wanted.extend([format!("samples/{table}.csv"), format!("samples/{table}.parquet")]);
    }
    wanted.sort();
    let html = format!("summary-{slug}.html");
    let scripts = ["load.duckdb.sql", "load.postgres.sql", "load_spark.py", "verify.sql", &html];
    let names: Vec<String> =
        names.iter().filter(|name| !scripts.contains(&name.as_str())).cloned().collect();
    assert_eq!(names, wanted);
    let read = |name: &str| std::fs::read_to_string(dataset.folder.join(name)).expect("a file");
    let ideas: Value = serde_json::from_str(&read("dataset_ideas.json")).expect("JSON");
    assert_eq!(ideas["topic"], "owls");
    assert_eq!(ideas["run_id"], dataset.manifest["run_id"]);
    assert!(ideas["prompt"].is_string() && ideas["response_text"].is_string());
    for field in ["name", "about", "use_cases"] {
        assert!(ideas["dataset_ideas"][0][field].is_string(), "{field}");
    }
    let lines = read(&format!("tables-{slug}.jl"));
    assert_eq!(lines.lines().count(), dataset.tables().len());
    for line in lines.lines() {
        let table: Value = serde_json::from_str(line).expect("a JSON line");
        assert!(table["name"].is_string() && table["description"].is_string(), "{line}");
        assert!(table["columns"].as_str().is_some_and(|columns| !columns.is_empty()), "{line}");
    }
    for table in dataset.design["tables"].as_array().expect("tables") {
        assert!(table["primary_key"].is_array() && table["foreign_keys"].is_array(), "{table}");
        for column in table["columns"].as_array().expect("columns") {
            assert!(column["name"].is_string() && column["kind"].is_string(), "{column}");
        }
    }
    let summary = read(&format!("summary-{slug}.md"));
    assert!(summary.contains("erDiagram"));
    let lock = read("peyote.lock");
    assert!(lock.lines().next().expect("a header").contains("peyote_lock"));
}

#[test]
fn events_are_json_lines() {
    let ran =
        Peyote::new().args("gen --topic owls --backend builtin --json --out made").run().done();
    let events: Vec<Value> = (ran.stdout.lines())
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert_eq!(events.first().expect("an event")["event"], "started");
    assert_eq!(events.last().expect("an event")["event"], "finished");
    assert_eq!(events.last().expect("an event")["folder"], "made");
    assert!(events.iter().any(|event| event["event"] == "wrote" && event["rows"].is_u64()));
    assert_eq!(ran.stderr, "");
}

#[test]
fn report_names_tables_place_and_the_line_to_open_it() {
    let ran = Peyote::new().args("gen --topic owls --backend builtin --out made").run().done();
    for word in ["primary key", "written to made", "open: duckdb -c \"FROM 'made/samples/"] {
        assert!(ran.stdout.contains(word), "`{word}` is not in\n{}", ran.stdout);
    }
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "no colours here");
}

#[test]
fn formats_are_written_as_told() {
    for (format, other) in [("csv", ".parquet"), ("parquet", ".csv")] {
        let (_ran, dataset) = made(&format!("--format {format}"));
        dataset.assert_whole();
        assert!(!files(&dataset.folder).iter().any(|name| name.ends_with(other)));
        Peyote::new().args("check --silent").arg(&dataset.folder).run().done();
    }
}

#[test]
fn taken_folder_is_replaced_only_when_told() {
    let (first, _) = made("--format csv");
    let again = |args: &str| {
        let run =
            Peyote::new().args("gen --topic owls --backend builtin --silent --format parquet");
        let (mut command, _) = run.args("--out made").args(args).into_command();
        let output = command.current_dir(first.folder.path()).output().expect("the binary starts");
        output.status.code()
    };
    assert_eq!(again(""), Some(2));
    assert!(!first.files("made").iter().any(|name| name.contains(".parquet")));
    assert_eq!(again("--overwrite"), Some(0));
    assert!(!first.files("made").iter().any(|name| name.contains(".csv")));
    Dataset::open(first.path("made")).assert_whole();
}

#[test]
fn written_design_makes_its_tables_without_a_model() {
    let (ran, first) = made("");
    let again = Peyote::new()
        .args("gen --silent --rows 30 --out again --design")
        .arg(ran.path("made/design.json"))
        .run()
        .done();
    let second = Dataset::open(again.path("again"));
    second.assert_whole();
    assert_eq!(first.tables(), second.tables());
    let kinds = |dataset: &Dataset| {
        let tables = dataset.design["tables"].as_array().expect("tables").clone();
        let columns = tables.iter().flat_map(|table| table["columns"].as_array().expect("columns"));
        columns.map(|column| (column["name"].clone(), column["kind"].clone())).collect::<Vec<_>>()
    };
    for (one, other) in kinds(&first).iter().zip(&kinds(&second)) {
        assert_eq!(one, other);
    }
    for table in second.tables() {
        assert!(second.rows(table) > 0, "`{table}` is empty");
    }
    Peyote::new().args("check --silent").arg(again.path("again")).run().done();
}

#[test]
fn printed_design_and_catalog_are_designs_to_follow() {
    let design = Peyote::new().args("design --topic ferries --backend builtin").run().done();
    let catalog = Peyote::new().args("catalog hospital").run().done();
    for text in [design.stdout, catalog.stdout] {
        let ran = Peyote::new()
            .file("design.json", text)
            .args("gen --design design.json --silent --out made")
            .run()
            .done();
        Dataset::open(ran.path("made")).assert_whole();
        Peyote::new().args("check --silent").arg(ran.path("made")).run().done();
    }
}

#[test]
fn seed_and_ideas_are_as_told() {
    let (_ran, dataset) = made("--seed 7 -n 2");
    assert_eq!(dataset.manifest["seed"], 7);
    let text = std::fs::read_to_string(dataset.folder.join("dataset_ideas.json")).expect("ideas");
    let ideas: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(ideas["dataset_ideas"].as_array().map(Vec::len), Some(2));
}

#[test]
fn ideas_are_printed_one_a_line() {
    let ran =
        Peyote::new().args("ideas --topic ferries -n 3 --backend builtin --json").run().done();
    assert_eq!(ran.stdout.lines().count(), 3);
    for line in ran.stdout.lines() {
        let idea: Value = serde_json::from_str(line).expect("a JSON line");
        assert!(idea["name"].is_string(), "{line}");
    }
}
