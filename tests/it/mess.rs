//! Dirty twins: taking back every defect gives the clean files again, to the byte.

use std::collections::BTreeMap;

use crate::peyote::{Peyote, Ran};

const BANK: &str = include_str!("../story/bank.json");

/// A CSV file as rows of fields, none where there is nothing, without its header.
fn fields(text: &str) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let (mut field, mut quoted, mut within) = (String::new(), false, false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if within && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => {
                within = !within;
                quoted = true;
            }
            ',' | '\n' if !within => {
                let text = std::mem::take(&mut field);
                row.push((quoted || !text.is_empty()).then_some(text));
                quoted = false;
                if letter == '\n' {
                    rows.push(std::mem::take(&mut row));
                }
            }
            other => field.push(other),
        }
    }
    rows.remove(0);
    rows
}

/// Takes all defects of a run back, table by table, and compares.
fn take_back(ran: &Ran) -> usize {
    let defects = fields(&ran.read("made/mess/defects.csv"));
    let files = ran.files("made/samples");
    let tables: Vec<&str> = files.iter().filter_map(|file| file.strip_suffix(".csv")).collect();
    assert!(!tables.is_empty());
    for table in &tables {
        let clean = ran.read(&format!("made/samples/{table}.csv"));
        let header: Vec<&str> = clean.lines().next().expect("a header").split(',').collect();
        let mut dirty = fields(&ran.read(&format!("made/mess/samples/{table}.csv")));
        let mut moved: BTreeMap<usize, Option<usize>> = BTreeMap::new();
        for defect in defects.iter().filter(|one| one[0].as_deref() == Some(*table)) {
            let row: usize = defect[1].as_deref().expect("a row").parse().expect("a number");
            match (&defect[3], defect[4].as_deref()) {
                (Some(column), _) => {
                    let column = header.iter().position(|name| name == column).expect("a column");
                    assert_eq!(dirty[row][column], defect[6], "{table} {row}");
                    dirty[row][column].clone_from(&defect[5]);
                }
                (None, Some("duplicate")) => {
                    moved.insert(row, None);
                }
                (None, _) => {
                    let place = defect[5].as_deref().expect("a place").parse().expect("a number");
                    moved.insert(row, Some(place));
                }
            }
        }
        let gone = moved.values().filter(|place| place.is_none()).count();
        let mut out = vec![None; dirty.len() - gone];
        let mut rest = Vec::new();
        for (row, values) in dirty.into_iter().enumerate() {
            match moved.get(&row) {
                Some(Some(place)) => out[*place] = Some(values),
                Some(None) => {}
                None => rest.push(values),
            }
        }
        let mut rest = rest.into_iter();
        let undone: Vec<_> =
            out.into_iter().map(|row| row.or_else(|| rest.next()).expect("a row")).collect();
        assert!(undone == fields(&clean), "{table}");
    }
    defects.len()
}

#[test]
fn taking_back_the_defects_of_a_large_run_gives_its_clean_twin() {
    let made = |args: &str| {
        Peyote::new()
            .file("bank.json", BANK)
            .args("gen --design bank.json --out made --mess medium")
            .args(args)
            .run()
            .done()
    };
    let one = made("--threads 1 --format csv,parquet");
    assert!(take_back(&one) > 2000);
    // Whoever makes it makes the same mess, and the clean tables are as they are without it.
    let other = made("--threads 3 --format csv,parquet");
    for name in one.files("made/mess") {
        let bytes = |ran: &Ran| std::fs::read(ran.path("made/mess").join(&name)).expect("a file");
        assert!(bytes(&one) == bytes(&other), "{name}");
    }
    Peyote::new().args("check").arg(one.path("made")).run().done();
}

#[test]
fn taking_back_the_defects_of_a_small_run_gives_its_clean_twin() {
    let made = Peyote::new()
        .args("gen --topic bakery --backend builtin --silent --out made --mess heavy")
        .run()
        .done();
    assert!(take_back(&made) > 20);
    let manifest = made.read("made/manifest.json");
    assert!(manifest.contains("mess/defects.parquet"), "{manifest}");
}

#[test]
fn a_mess_that_is_none_is_refused() {
    let refused = Peyote::new().args("gen --topic bakery --mess tidy").run().exits(2);
    assert!(refused.stderr.contains("say `light`, `medium`, `heavy`"), "{}", refused.stderr);
}
