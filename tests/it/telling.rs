//! What commands tell: of shares, of flags that cannot be followed, in lines that have room.

use std::fs;

use serde_json::Value;

use crate::peyote::{Peyote, Ran, made};

/// One table of several parts and one of a single part, with values of every nested kind.
const LOG: &str = r#"{"name": "log", "tables": [
    {"name": "stations", "columns": [
        {"name": "station_id", "kind": "int64", "nullable": false, "behaviour": {"is": "sequence"}},
        {"name": "name", "kind": "text", "nullable": false,
         "vocabulary": ["Alpha", "Bravo", "Charlie"]}],
     "primary_key": ["station_id"], "size": {"is": "fixed", "rows": 3}},
    {"name": "events", "columns": [
        {"name": "event_id", "kind": "int64", "nullable": false, "behaviour": {"is": "sequence"}},
        {"name": "station_id", "kind": "int64", "nullable": false}],
     "primary_key": ["event_id"], "size": {"is": "grows", "rows": 1000},
     "foreign_keys": [{"columns": ["station_id"],
        "references": {"table": "stations", "columns": ["station_id"]}}]}]}"#;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn planned(args: &str) -> Ran {
    Peyote::new().file("log.json", LOG).args("plan --design log.json").args(args).run().done()
}

fn rows(plan: &Value) -> Vec<u64> {
    let tables = plan["tables"].as_array().expect("tables");
    tables.iter().map(|table| table["rows"].as_u64().expect("rows")).collect()
}

#[test]
fn plan_of_a_share_counts_the_share() {
    let whole = json(&planned("--rows 400k --json").stdout);
    let mut sums = vec![0; 2];
    for k in 1..=3 {
        let share = json(&planned(&format!("--rows 400k --json --part {k}/3")).stdout);
        for (sum, rows) in sums.iter_mut().zip(rows(&share)) {
            *sum += rows;
        }
    }
    assert_eq!(sums, rows(&whole));
    let told = planned("--rows 400k --part 2/3").stdout;
    assert!(told.contains("share 2 of 3"), "{told}");
    let told = planned("--rows 3 --part 7/7").stdout;
    assert!(told.contains("share 7 of 7 holds nothing"), "{told}");
}

#[test]
fn share_counts_and_checks_itself() {
    let ran = Peyote::new()
        .file("design.json", LOG)
        .args("gen --design design.json --rows 400k --format csv --part 2/3 --out made")
        .run()
        .done();
    let share = json(&planned("--rows 400k --json --part 2/3").stdout);
    let all: u64 = rows(&share).iter().sum();
    assert!(all > 0 && ran.stdout.contains(&format!("{all} rows")), "{}", ran.stdout);
    let page =
        ran.files("made").into_iter().find(|name| name.starts_with("summary-")).expect("a page");
    let page = ran.read(&format!("made/{page}"));
    assert!(page.contains(&format!("2 tables, {all} rows")) && page.contains("share 2 of 3"));
    let checked = Peyote::new().args("check").arg(ran.path("made")).run().done();
    assert!(checked.stdout.contains("note: this is share 2 of 3"), "{}", checked.stdout);
}

#[test]
fn share_without_rows_says_so() {
    let run = Peyote::new().file("design.json", LOG);
    let ran = run.args("gen --design design.json --rows 3 --part 7/7 --out made").run().done();
    assert!(ran.stdout.contains("share 7 of 7 holds nothing"), "{}", ran.stdout);
    let checked = Peyote::new().args("check").arg(ran.path("made")).run().done();
    assert!(checked.stdout.contains("events: 0 rows"), "{}", checked.stdout);
}

#[test]
fn ready_made_world_has_the_rows_that_are_asked_for() {
    let world = |args: &str| {
        let run = Peyote::new().args("gen --topic airline --backend builtin --format csv");
        run.args("--out made").args(args).run().done()
    };
    let many = |ran: &Ran| -> u64 {
        let manifest = json(&ran.read("made/manifest.json"));
        let files = manifest["files"].as_array().expect("files");
        files.iter().filter_map(|file| file["rows"].as_u64()).sum()
    };
    let (written, one, two) = (world(""), world("--rows 200"), world("--rows 200 --seed 2"));
    assert!(many(&one) > many(&written));
    let tables = |ran: &Ran| -> Vec<Vec<u8>> {
        let files = ran.files("made/samples");
        let read = |name: &String| fs::read(ran.path(&format!("made/samples/{name}")));
        files.iter().map(|name| read(name).expect("a table")).collect()
    };
    assert!(tables(&one) != tables(&two));
    for ran in [&one, &two] {
        Peyote::new().args("check --silent").arg(ran.path("made")).run().done();
        let lock = ran.path("made/peyote.lock");
        let again = Peyote::new().args("replay --silent --out made").arg(lock).run().done();
        assert!(tables(&again) == tables(ran));
    }
    for (args, flag) in [("--seed 2", "`--seed 2` changes nothing"), ("--rows 1", "`--rows 1` is")]
    {
        let ran = world(args);
        assert!(ran.stdout.contains(flag), "{args}: {}", ran.stdout);
    }
    assert!(!written.stdout.contains("--seed"), "{}", written.stdout);
}

#[test]
fn value_that_was_changed_is_named_with_what_the_design_makes() {
    let ran = made(LOG, "--rows 3000 --format csv");
    let path = ran.path("made/samples/events.csv");
    let text = fs::read_to_string(&path).expect("a table");
    let lines: Vec<&str> = text.lines().collect();
    // Another station that is there: no key and no kind is broken.
    let (event, station) = lines[2501].split_once(',').expect("two cells");
    let other = if station == "1" { "2" } else { "1" };
    let changed = format!("{event},{other}");
    let checked = |lines: &[&str]| {
        fs::write(&path, lines.join("\n") + "\n").expect("a table");
        Peyote::new().args("check").arg(ran.path("made")).run()
    };
    let told = checked(&[&lines[..2501], &[changed.as_str()], &lines[2502..]].concat()).exits(1);
    let line = format!("events row 2500, station_id: {other}: the design makes {station} of it");
    assert!(told.stdout.contains(&line), "{}", told.stdout);
    assert!(told.stdout.contains("1 file breaks one, 1 row breaks one"), "{}", told.stdout);
    let told = checked(&[&lines[..1001], &lines[1002..]].concat()).exits(1);
    assert!(told.stdout.contains("2999 rows where 3000 were written"), "{}", told.stdout);
    assert!(told.stdout.contains("events row 1000"), "{}", told.stdout);
    let more = [&lines[..1001], &lines[1002..], &["9999,1"]].concat();
    let told = checked(&more).exits(1);
    assert!(told.stdout.contains("1 file breaks one, 1 row breaks one"), "{}", told.stdout);
    checked(&lines).done();
}

#[test]
fn values_of_every_kind_are_explained() {
    let run = Peyote::new().args("catalog airline").run().done();
    let explained = |column: &str| {
        let run = Peyote::new().file("airline.json", &run.stdout).args("explain").arg(column);
        let told = run.args("3 --design airline.json").run().done().stdout;
        let value = told.lines().find(|line| line.trim_start().starts_with("value"));
        value.expect("a value").trim_start().trim_start_matches("value").trim().to_owned()
    };
    let value = explained("crew.type_ratings");
    assert!(value == "nothing" || value.starts_with('['), "{value}");
    assert!(!explained("crew.crew_id").is_empty());
}

#[test]
fn lines_keep_to_the_width_that_the_shell_says() {
    let wide: Vec<String> = (0..60).map(|at| format!("column_{at}")).collect();
    let text = format!("{}\n{}\n", wide.join(","), vec!["word"; 60].join(","));
    let widest = |run: Peyote, columns: &str| {
        let told = run.env("COLUMNS", columns).run().done().stdout;
        told.lines().map(|line| line.trim_end().chars().count()).max().expect("a line")
    };
    for columns in ["80", "100"] {
        let most: usize = columns.parse().expect("a number");
        let read = Peyote::new().file("wide.csv", &text).args("read wide.csv");
        assert!(widest(read, columns) <= most, "read");
        assert!(widest(Peyote::new().args("catalog"), columns) <= most, "catalog");
        let plan = Peyote::new().file("log.json", LOG).args("plan --design log.json");
        assert!(widest(plan, columns) <= most, "plan");
    }
    let read = Peyote::new().file("wide.csv", &text).args("read wide.csv");
    let told = read.env("COLUMNS", "60").run().done().stdout;
    assert!(told.contains(" columns more\n"), "{told}");
    assert!(widest(Peyote::new().args("catalog"), "no number") < 250);
}

#[test]
fn text_without_a_table_is_told_of() {
    let ran = Peyote::new().args("read -").run().exits(1);
    assert!(ran.stderr.contains("standard input: no table was found"), "{}", ran.stderr);
    let ran = Peyote::new().file("no.txt", "I am sorry.\n").args("read no.txt --out typed").run();
    let ran = ran.exits(1);
    assert!(!ran.path("typed").exists() && !ran.path("typed.partial").exists());
}

#[test]
fn read_that_finds_no_room_leaves_nothing() {
    use std::fmt::Write;
    let mut text = "id,word\n".to_owned();
    for row in 0..40_000 {
        let _ = writeln!(text, "{row},{}", row * 7919 % 10_007);
    }
    let (command, folder) = Peyote::new().file("long.csv", text).into_command();
    let limited = format!(
        "ulimit -f 20; exec {} read long.csv --out typed --format csv",
        command.get_program().display()
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &limited])
        .current_dir(folder.path())
        .output()
        .expect("a shell");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!folder.path().join("typed").exists());
    assert!(!folder.path().join("typed.partial").exists());
}

#[test]
fn extra_share_of_a_folder_is_no_whole() {
    let ran = made(LOG, "--rows 400k --format csv --part 1/2");
    let file = "samples/stations/part-00000.csv";
    fs::remove_file(ran.path(&format!("made/{file}"))).expect("a table");
    let checked = Peyote::new().args("check").arg(ran.path("made")).run().exits(1);
    assert!(checked.stdout.contains(&format!("{file}: it is missing")), "{}", checked.stdout);
}
