//! Stories: what is planted is in the files, exactly, and nothing else gives it away.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::golden::golden;
use crate::peyote::{Peyote, Ran};
use crate::python;

/// A bank in which one of everything is hidden.
const BANK: &str = include_str!("../story/bank.json");

fn made(args: &str) -> Ran {
    Peyote::new()
        .file("bank.json", BANK)
        .args("gen --design bank.json --out made")
        .args(args)
        .run()
        .done()
}

/// The rows of a table, without its header; no value of it has a comma.
fn rows(ran: &Ran, table: &str) -> Vec<Vec<String>> {
    let text = ran.read(&format!("made/samples/{table}.csv"));
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// The bytes of all data files.
fn data(ran: &Ran) -> BTreeMap<String, Vec<u8>> {
    let read = |name: String| {
        let bytes = fs::read(ran.path("made/samples").join(&name)).expect("a file");
        (name, bytes)
    };
    ran.files("made/samples").into_iter().map(read).collect()
}

#[test]
fn what_is_planted_is_in_the_files() {
    let made = made("--format csv");
    golden("story/bank.md", &made.read("made/story.md"));
    assert!(made.stdout.contains("7 things are hidden in it: story.md tells"), "{}", made.stdout);

    // The burst: rows of one account within five minutes, to the row.
    let logins = rows(&made, "logins");
    let burst: Vec<_> = logins
        .iter()
        .filter(|row| ("2025-09-14T03:14"..="2025-09-14T03:19").contains(&row[2].as_str()))
        .filter(|row| row[4] == "185.220.101.4")
        .collect();
    assert_eq!(burst.len(), 240);
    let accounts: BTreeSet<&String> = burst.iter().map(|row| &row[1]).collect();
    assert_eq!(accounts.len(), 1);
    assert!(burst.iter().all(|row| row[3] == "wrong_password"));

    // The outage: nothing, to the row, and as many rows as ever in all.
    let out = |row: &&Vec<String>| ("2025-05-06T10".."2025-05-06T17").contains(&row[2].as_str());
    assert_eq!(logins.iter().filter(out).count(), 0);
    assert_eq!(logins.len(), 20_000);

    // The ring: six accounts with one device, who pay the same in the same half hour.
    let accounts = rows(&made, "accounts");
    let mut devices: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in accounts.iter().filter(|row| !row[2].is_empty()) {
        devices.entry(&row[2]).or_default().push(&row[0]);
    }
    let ring = devices.values().max_by_key(|members| members.len()).expect("a ring");
    assert_eq!(ring.len(), 6);
    let payments = rows(&made, "payments");
    let rushed: Vec<_> = payments
        .iter()
        .filter(|row| ("2025-12-05T22:10".."2025-12-05T22:40").contains(&row[2].as_str()))
        .filter(|row| row[4] == "49.90")
        .collect();
    assert_eq!(rushed.len(), 90);
    assert!(rushed.iter().all(|row| ring.contains(&row[1].as_str()) && row[3] == "booked"));

    // Totals follow what is planted below them, and payments come after their accounts.
    let cents = |text: &str| text.replace('.', "").parse::<i64>().expect("an amount");
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for row in &payments {
        *sums.entry(&row[1]).or_default() += cents(&row[4]);
    }
    let opened: BTreeMap<&str, &str> =
        accounts.iter().map(|row| (row[0].as_str(), row[3].as_str())).collect();
    assert!(payments.iter().all(|row| row[2].as_str() >= opened[row[1].as_str()]));
    for row in accounts.iter().filter(|row| !row[4].is_empty()) {
        assert_eq!(cents(&row[4]), sums.get(row[0].as_str()).copied().unwrap_or(0), "{row:?}");
    }

    // The dropout: one branch is silent for four days.
    let silent = rows(&made, "readings")
        .into_iter()
        .filter(|row| ("2025-04-05".."2025-04-09").contains(&row[1].as_str()))
        .filter(|row| row[3].is_empty())
        .fold(BTreeMap::<String, usize>::new(), |mut many, row| {
            *many.entry(row[0].clone()).or_default() += 1;
            many
        });
    assert_eq!(silent.values().filter(|many| **many == 96).count(), 1, "{silent:?}");
}

#[test]
fn queries_of_the_page_find_what_is_planted() {
    let Some(interpreter) = python::python() else { return };
    let made = made("--format parquet");
    let run = std::process::Command::new(interpreter)
        .arg(crate::checkout::root().join("tests/python/find_story.py"))
        .arg(made.path("made"))
        .output()
        .expect("Python starts");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("8 queries"), "{said}");
}

#[test]
fn a_story_is_the_same_whoever_makes_it_and_can_be_left_out() {
    let one = made("--threads 1");
    assert!(data(&one) == data(&made("--threads 3")));
    // Data files do not tell.
    for (name, bytes) in data(&one) {
        for word in [&b"rate_shift"[..], b"level_shift", b"story"] {
            assert!(!bytes.windows(word.len()).any(|part| part == word), "{name}");
        }
    }
    let plain = made("--no-story");
    assert!(!plain.path("made/story.md").exists());
    assert!(!plain.read("made/design.json").contains("rate_shift"));
    assert!(data(&plain) != data(&one));
    // Nothing but what the story is about is different.
    let (told, left) = (data(&one), data(&plain));
    assert!(told["branches.csv"] == left["branches.csv"]);
    let differ = told["logins.csv"]
        .split(|byte| *byte == b'\n')
        .zip(left["logins.csv"].split(|byte| *byte == b'\n'))
        .filter(|(one, other)| one != other)
        .count();
    assert!((240..320).contains(&differ), "{differ}");
}

#[test]
fn what_has_no_rows_is_told_and_not_planted() {
    let made = made("--rows logins=50,accounts=40,branches=30 --format csv");
    let page = made.read("made/story.md");
    assert!(page.contains("Not planted at this size: it has 240 rows, and "), "{page}");
    assert!(made.stdout.contains("no rows for"), "{}", made.stdout);
}

#[test]
fn a_shift_past_what_numbers_hold_ends_at_the_last_of_them() {
    let design = r#"{"resolved": true, "tables": [{"name": "reads", "primary_key": ["id"],
        "size": {"is": "grows", "rows": 500}, "columns": [
        {"name": "id", "kind": "int64", "nullable": false},
        {"name": "at", "kind": "timestamp", "nullable": false, "behaviour":
            {"is": "moment", "from": "2025-01-01", "to": "2025-12-31"}},
        {"name": "value", "kind": "float64", "nullable": false, "behaviour":
            {"is": "number", "law": {"is": "normal", "mean": 10, "deviation": 1}}}]}],
        "story": [{"is": "level_shift", "table": "reads", "column": "value", "factor": 1e308,
            "where": {"at": "at", "from": "2025-02-01", "to": "2025-06-01"}}]}"#;
    let ran = crate::peyote::made(design, "--format csv");
    let rows = ran.read("made/samples/reads.csv");
    let values: Vec<f64> =
        rows.lines().skip(1).map(|row| row.rsplit(',').next().unwrap().parse().unwrap()).collect();
    assert!(values.iter().all(|value| value.is_finite()) && values.contains(&f64::MAX));
}
