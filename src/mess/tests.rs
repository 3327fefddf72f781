//! Tests that a mess can be taken back, and is the same whoever makes it.

use std::collections::BTreeMap;

use peyote_schemas::IntSize;

use super::*;
use crate::lane::Values;

/// The words that texts of a test are made of.
const WORDS: [&str; 6] = ["Müller", "van der Berg", "ZÜRICH", "x", "", "O'Neill & Söhne"];

fn columns() -> Vec<Column> {
    let column = |name: &str, kind: Kind| Column { nullable: true, ..Column::new(name, kind) };
    vec![
        column("id", Kind::Int(IntSize::I64)),
        column("owner_id", Kind::Int(IntSize::I64)),
        column("name", Kind::Text),
        column("price", Kind::Decimal { precision: 10, scale: 2 }),
        column("weight", Kind::Float),
        column("sold", Kind::Bool),
        column("day", Kind::Date),
        column("at", Kind::Timestamp),
    ]
}

/// Some rows of such columns, from a number on.
fn lanes(first: u64, rows: usize) -> Vec<Lane> {
    let numbers = || (first..first + rows as u64).map(|row| row as i64);
    let texts: Vec<Option<&str>> =
        numbers().map(|row| (row % 7 != 0).then(|| WORDS[row as usize % 6])).collect();
    vec![
        Lane::full(Values::Int(numbers().map(|row| row + 1).collect())),
        Lane::full(Values::Int(numbers().map(|row| row * 7 % 90 + 10).collect())),
        text::lane(texts),
        Lane::full(Values::Int(numbers().map(|row| row * 12_345 % 999_999).collect())),
        Lane::full(Values::Float(numbers().map(|row| row as f64 * 0.25).collect())),
        Lane::full(Values::Bool(numbers().map(|row| row % 3 == 0).collect())),
        Lane::full(Values::Int(numbers().map(|row| 19_000 + row % 900).collect())),
        Lane::full(Values::Int(numbers().map(|row| row * 977_000_123).collect())),
    ]
}

fn messy(level: f64, seed: u64) -> Messy {
    let key = ["id".to_owned()];
    Messy::new("parts", &columns(), &key, &[(1, 100)], (Level((level * MILLION) as u32), seed))
}

/// Dirty rows as texts, and their defects, made in runs of so many rows.
fn made(messy: &Messy, rows: usize, run: usize) -> (Vec<Vec<Option<String>>>, Vec<Defect>) {
    let (mut all, mut defects) = (Vec::new(), Vec::new());
    for first in (0..rows).step_by(run) {
        let (lanes, found) = messy.dirty(&lanes(first as u64, run.min(rows - first)), first as u64);
        let kinds = vec![Kind::Text; lanes.len()];
        all.extend(turned(&text::texts(&lanes, &kinds)));
        defects.extend(found);
    }
    (all, defects)
}

/// Columns as rows.
fn turned(columns: &text::Texts) -> Vec<Vec<Option<String>>> {
    let row = |row: usize| columns.iter().map(|column| column[row].clone()).collect();
    (0..columns[0].len()).map(row).collect()
}

/// What [`Defect`] says of how they are taken back.
fn undone(mut rows: Vec<Vec<Option<String>>>, defects: &[Defect]) -> Vec<Vec<Option<String>>> {
    let mut places: BTreeMap<u64, Option<usize>> = BTreeMap::new();
    for defect in defects {
        match (defect.column, defect.kind) {
            (Some(column), _) => {
                let cell = &mut rows[defect.row as usize][column];
                assert_eq!(*cell, defect.after);
                cell.clone_from(&defect.before);
            }
            (None, Flaw::Duplicate) => {
                places.insert(defect.row, None);
            }
            (None, _) => {
                let place = defect.before.as_ref().expect("a place").parse().expect("a number");
                places.insert(defect.row, Some(place));
            }
        }
    }
    let many = rows.len() - places.values().filter(|place| place.is_none()).count();
    let mut out: Vec<Option<Vec<Option<String>>>> = vec![None; many];
    let mut rest = Vec::new();
    for (number, row) in rows.into_iter().enumerate() {
        match places.get(&(number as u64)) {
            Some(Some(place)) => out[*place] = Some(row),
            Some(None) => {}
            None => rest.push(row),
        }
    }
    let mut rest = rest.into_iter();
    let filled = out.into_iter().map(|row| row.or_else(|| rest.next()));
    filled.collect::<Option<Vec<_>>>().expect("a row for every place")
}

#[test]
fn whoever_takes_the_defects_back_has_the_clean_twin() {
    let (cases, draw) = (60, Draw::new(1, "mess", "cases"));
    let kinds: Vec<Kind> = columns().into_iter().map(|column| column.kind).collect();
    for case in 0..cases {
        let rows = draw.named("rows").below(case, 3000) as usize * usize::from(case > 0);
        let level = 0.001 + draw.named("level").unit(case) * 0.49;
        let messy = messy(level, draw.bits(case));
        let (dirty, defects) = made(&messy, rows, 1024);
        assert_eq!(dirty.len() as u64, messy.dirty_rows(rows as u64));
        let clean = turned(&text::texts(&lanes(0, rows), &kinds));
        assert!(undone(dirty, &defects) == clean, "{rows} rows at {level}");
    }
}

#[test]
fn a_mess_is_as_dirty_as_its_level_says() {
    for (word, share) in LEVELS {
        let level: Level = word.parse().expect("a level");
        let rows = 16_384;
        let (dirty, defects) = made(&messy(level.cells(), 3), rows, 8192);
        let cells = defects.iter().filter(|defect| defect.column.is_some()).count() as f64;
        // The key stays as it is.
        let all = dirty.len() as f64 * 7.0;
        assert!((cells / all / share - 1.0).abs() < 0.15, "{word}: {}", cells / all);
        let again = defects.iter().filter(|defect| defect.kind == Flaw::Duplicate).count();
        assert_eq!(again as u64, rows as u64 / level.block());
        assert!(defects.iter().any(|defect| defect.kind == Flaw::Late), "{word}");
    }
}

#[test]
fn every_kind_of_defect_is_there_and_orphans_refer_to_nobody() {
    let (_, defects) = made(&messy(0.2, 5), 4096, 1024);
    for flaw in Flaw::ALL.into_iter().filter(|flaw| *flaw != Flaw::Truncated) {
        assert!(defects.iter().any(|defect| defect.kind == flaw), "{}", flaw.word());
    }
    for orphan in defects.iter().filter(|defect| defect.kind == Flaw::Orphan) {
        let number: i64 = orphan.after.as_deref().expect("a key").parse().expect("a number");
        assert!(number > 100, "{number}");
    }
}

#[test]
fn the_same_seed_makes_the_same_mess_and_another_another() {
    assert_eq!(made(&messy(0.05, 1), 2048, 1024), made(&messy(0.05, 1), 2048, 1024));
    assert_ne!(made(&messy(0.05, 1), 2048, 1024).1, made(&messy(0.05, 2), 2048, 1024).1);
}

#[test]
fn levels_are_words_or_shares() {
    assert_eq!("medium".parse(), Ok(Level(20_000)));
    assert_eq!("3%".parse(), Ok(Level(30_000)));
    assert_eq!("0.1".parse(), Ok(Level(100_000)));
    for wrong in ["", "none", "0", "-1", "0.9", "nan"] {
        assert!(wrong.parse::<Level>().is_err(), "{wrong}");
    }
}
