//! Tests that sets of columns are unique at every number of rows, or refused.

use std::collections::HashSet;

use peyote_schemas::{design, draft::Draft};
use serde_json::{Value, json};

use super::*;
use crate::generate::frame::Rows;
use crate::generate::recipe::{Recipe, recipe};
use crate::generate::spell::spell;

/// A table `t` with columns that are to be unique, besides tables `a` of 100 rows, `b` of 50 and `c` of 7.
struct Table {
    columns: Vec<Value>,
    keys: Vec<Value>,
    unique: Vec<Vec<&'static str>>,
}

fn column(name: &str, kind: &str, behaviour: &Value) -> Value {
    json!({"name": name, "kind": kind, "nullable": false, "behaviour": behaviour})
}

fn words(many: usize) -> Value {
    let words: Vec<String> = (0..many).map(|at| format!("word {at}")).collect();
    json!({"is": "pick", "words": words})
}

fn range(min: i64, max: i64) -> Value {
    json!({"is": "number", "law": {"is": "uniform", "min": min, "max": max}})
}

impl Table {
    fn new(unique: &[&'static str]) -> Self {
        Self { columns: Vec::new(), keys: Vec::new(), unique: vec![unique.to_vec()] }
    }

    fn with(mut self, name: &str, kind: &str, behaviour: &Value) -> Self {
        self.columns.push(column(name, kind, behaviour));
        self
    }

    fn refers(mut self, name: &str, table: &str, more: &Value) -> Self {
        self.columns.push(json!({"name": name, "kind": "int64", "nullable": false}));
        let mut key = json!({"columns": [name], "references": {"table": table, "columns": ["id"]}});
        for (part, value) in more.as_object().into_iter().flatten() {
            key[part] = value.clone();
        }
        self.keys.push(key);
        self
    }

    fn made(&self, rows: u64) -> Result<Recipe, Error> {
        let id = column("id", "int64", &json!({"is": "sequence"}));
        let mut tables: Vec<Value> = [("a", 100), ("b", 50), ("c", 7)]
            .iter()
            .map(|(name, rows)| {
                json!({"name": name, "columns": [id], "primary_key": ["id"],
                    "size": {"is": "fixed", "rows": rows}})
            })
            .collect();
        let mut columns = vec![id];
        columns.extend(self.columns.iter().cloned());
        tables.push(json!({"name": "t", "columns": columns, "primary_key": ["id"],
            "unique": self.unique, "foreign_keys": self.keys,
            "size": {"is": "fixed", "rows": rows}}));
        let draft = json!({"name": "sets", "resolved": true, "clock": "2026-01-01",
            "tables": tables});
        let draft: Draft = serde_json::from_value(draft).expect("a draft");
        let (design, findings) = design::resolve(&draft).expect("a sound design");
        assert!(findings.is_empty(), "{findings:?}");
        recipe(&design, &[100, 50, 7, rows], 5)
    }

    /// What a proof says to so many rows.
    fn proved(&self, rows: u64) -> Result<(), Error> {
        let folder = tempfile::tempdir().expect("a folder");
        self.made(rows)?.prove(folder.path(), 2)
    }

    /// What is made of so many rows is unlike in the unique columns, in any order of rows.
    #[track_caller]
    fn is_unique(&self, rows: u64) {
        let made = self.made(rows).expect("a recipe");
        let table = made.tables.len() - 1;
        for set in &self.unique {
            let own = &made.tables[table].columns;
            let place = |name: &&str| own.iter().position(|one| one.column.name == *name);
            let set: Vec<usize> = set.iter().filter_map(place).collect();
            let mut frame = made.frame(table);
            made.fill(table, 0, rows as usize, &mut frame);
            let tuple = |frame: &crate::generate::frame::Frame, place: usize| {
                let mut text = Vec::new();
                for column in &set {
                    spell(&frame.lanes[*column], &own[*column].column.kind, place, &mut text);
                    text.push(0);
                }
                text
            };
            let mut seen = HashSet::new();
            for row in 0..rows as usize {
                let one = tuple(&frame, row);
                let text = String::from_utf8_lossy(&one).into_owned();
                assert!(seen.insert(one), "row {row} is there already: {text}");
            }
            let mut other = made.frame(table);
            let some: Vec<u64> = (0..rows).rev().step_by(7).collect();
            other.turn(Rows::List(some.clone()));
            made.make_all(table, &mut other);
            for (place, row) in some.into_iter().enumerate() {
                assert_eq!(tuple(&other, place), tuple(&frame, row as usize), "row {row}");
            }
        }
    }

    #[track_caller]
    fn is_refused(&self, rows: u64, why: &str) {
        let error = self.made(rows).expect_err("a refusal").to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn set_of_foreign_keys_and_words_is_unique_up_to_the_last_combination() {
    let enrolments = Table::new(&["student", "course", "term"])
        .refers("student", "a", &json!({}))
        .refers("course", "b", &json!({}));
    let enrolments = enrolments.with("term", "text", &words(4));
    enrolments.is_unique(700);
    enrolments.is_unique(20_000);
    enrolments.is_refused(20_001, "`student`, `course`, `term` are to be unique");
}

#[test]
fn set_of_drawn_columns_is_unique_up_to_the_last_combination() {
    let addresses = Table::new(&["city", "street", "number"])
        .with("city", "text", &words(12))
        .with("street", "text", &words(40))
        .with("number", "int32", &range(1, 60));
    addresses.is_unique(28_800);
    addresses.is_refused(28_801, "`number` has 60 values");
    let kinds = Table::new(&["flag", "price", "day", "level"])
        .with("flag", "bool", &json!({"is": "bool", "share": 0.5}))
        .with("price", "decimal(8,2)", &range(1, 3))
        .with("day", "date", &json!({"is": "moment", "from": "2025-01-01", "to": "2025-01-10"}))
        .with("level", "int16", &json!({"is": "values", "values": [1, 5, 9]}));
    kinds.is_unique(2 * 201 * 10 * 3);
}

#[test]
fn columns_with_weights_keep_them_as_far_as_there_is_room() {
    let rows = Table::new(&["a", "rank", "word"])
        .refers("a", "a", &json!({}))
        .with(
            "rank",
            "text",
            &json!({"is": "pick", "words": ["x", "y", "z"], "weights": [90, 9, 1]}),
        )
        .with("word", "text", &words(5));
    rows.is_unique(1500);
    let made = rows.made(450).expect("a recipe");
    let rare = (0..450).filter(|row| made.shown(3, 2, *row) == "z").count();
    assert!(rare < 20, "{rare}");
}

#[test]
fn weights_are_kept_where_all_columns_have_some() {
    let weights = |many: i32| (1..=many).map(|at| f64::from(at * at)).collect::<Vec<_>>();
    let weighed = |many: i32| {
        let words: Vec<String> = (0..many).map(|at| format!("word {at}")).collect();
        json!({"is": "pick", "words": words, "weights": weights(many)})
    };
    let levels = json!({"is": "number", "law":
        {"is": "levels", "values": [5, 10, 20], "weights": [6, 3, 1]}});
    let rows = Table::new(&["word", "other", "level"])
        .with("word", "text", &weighed(12))
        .with("other", "text", &weighed(30))
        .with("level", "int32", &levels);
    rows.is_unique(12 * 30 * 3);
    rows.is_refused(12 * 30 * 3 + 1, "are to be unique");
    let many = 150;
    let made = rows.made(many).expect("a recipe");
    let share =
        |column: usize, is: &str| (0..many).filter(|row| made.shown(3, column, *row) == is).count();
    assert!(share(3, "5") > 60 && share(3, "20") < 30, "{} {}", share(3, "5"), share(3, "20"));
    assert!(share(1, "word 11") > 20 && share(1, "word 0") < 5, "{}", share(1, "word 11"));
    // The first rows are no others than the last.
    let early = (0..many / 2).filter(|row| made.shown(3, 3, *row) == "5").count();
    assert!((early * 2).abs_diff(share(3, "5")) < 24, "{early}");
}

#[test]
fn words_that_weigh_nothing_are_not_dealt() {
    let word = json!({"is": "pick", "words": ["x", "y", "z", "w"], "weights": [3, 0, 2, 0]});
    let rows = Table::new(&["a", "word"]).refers("a", "a", &json!({})).with("word", "text", &word);
    rows.is_unique(200);
    rows.is_refused(201, "`word` has 2 values");
    let made = rows.made(200).expect("a recipe");
    assert!((0..200).all(|row| ["x", "z"].contains(&made.shown(3, 2, row).as_str())));
}

#[test]
fn numbers_of_any_law_belong_to_sets() {
    let law = |law: &Value| json!({"is": "number", "law": law});
    let ranks = law(&json!({"is": "zipf", "most": 40, "skew": 1.1}));
    for kind in ["int32", "decimal(8,2)", "float64"] {
        let mut ranks = ranks.clone();
        ranks["round"] = 1.into();
        Table::new(&["rank", "size"])
            .with("rank", kind, &ranks)
            .with("size", "int32", &range(1, 30))
            .is_unique(1200);
    }
    let wide = law(&json!({"is": "uniform", "min": -8e18, "max": 8e18}));
    let fine = law(&json!({"is": "normal", "mean": 0, "deviation": 1}));
    for (kind, number) in [("int64", wide), ("float64", fine)] {
        let rows = Table::new(&["flag", "number"])
            .with("flag", "bool", &json!({"is": "bool", "share": 0.5}))
            .with("number", kind, &number);
        rows.is_unique(5000);
        rows.proved(50_000).expect("no two rows are alike");
    }
}

#[test]
fn keys_that_are_never_alike_are_unique_as_a_pair() {
    let pairs = Table::new(&["left", "right"]).refers("left", "a", &json!({})).refers(
        "right",
        "a",
        &json!({"unlike": ["left"]}),
    );
    pairs.is_unique(5000);
    pairs.is_unique(9900);
    pairs.is_refused(9901, "are to be unique");
}

#[test]
fn rows_of_one_parent_are_told_apart_within_it() {
    let fixed = json!({"children": {"is": "fixed", "count": 20}});
    for order in ["clustered", "shuffled"] {
        let mut key = fixed.clone();
        key["order"] = json!(order);
        let days = json!({"is": "moment", "from": "2025-01-01", "to": "2025-01-20"});
        Table::new(&["a", "day"]).refers("a", "a", &key).with("day", "date", &days).is_unique(2000);
        Table::new(&["a", "b", "word"])
            .refers("a", "a", &key)
            .refers("b", "c", &json!({}))
            .with("word", "text", &words(3))
            .is_unique(2000);
    }
    Table::new(&["a", "word", "flag"])
        .refers("a", "a", &fixed)
        .with("word", "text", &words(9))
        .with("flag", "bool", &json!({"is": "bool", "share": 0.2}))
        .is_refused(2000, "`word` has 9 values");
    // A law without a most is bounded by what there is.
    let loose = json!({"children": {"is": "geometric", "mean": 6}});
    let loose =
        Table::new(&["a", "word"]).refers("a", "a", &loose).with("word", "text", &words(12));
    loose.is_unique(600);
}

#[test]
fn laws_of_numbers_and_moments_are_bent_no_more_than_needed() {
    let law =
        json!({"is": "number", "law": {"is": "normal", "mean": 500, "deviation": 80}, "min": 0});
    let numbers =
        Table::new(&["a", "size"]).refers("a", "a", &json!({})).with("size", "int32", &law);
    numbers.is_unique(10_000);
    let made = numbers.made(10_000).expect("a recipe");
    let sizes = (0..10_000).map(|row| made.shown(3, 2, row).parse::<f64>().expect("a number"));
    let mean = sizes.sum::<f64>() / 10_000.0;
    assert!((mean - 545.0).abs() < 55.0, "{mean}");
    let rhythm = json!({"is": "moment", "from": "2025-01-01", "to": "2025-03-01", "grain": "hour",
        "rhythm": {"weekday": [5, 5, 5, 5, 5, 1, 0]}});
    Table::new(&["b", "at"])
        .refers("b", "b", &json!({}))
        .with("at", "timestamp", &rhythm)
        .is_unique(30_000);
}

#[test]
fn keys_that_are_never_alike_and_sets_that_overlap_are_unique() {
    let day = json!({"is": "moment", "from": "2025-01-01", "to": "2025-01-31"});
    Table::new(&["left", "right", "day"])
        .refers("left", "c", &json!({}))
        .refers("right", "c", &json!({"unlike": ["left"]}))
        .with("day", "date", &day)
        .is_unique(7 * 6 * 31);
    let mut both = Table::new(&["a", "word"])
        .refers("a", "a", &json!({}))
        .refers("b", "b", &json!({}))
        .with("word", "text", &words(6))
        .with("number", "int32", &range(1, 40));
    both.unique.push(vec!["b", "word", "number"]);
    both.is_unique(100);
}

#[test]
fn text_that_comes_twice_is_told_apart_by_a_number() {
    let names = json!({"is": "template", "forms": ["{x} {y}"],
        "words": {"x": {"words": ["oak", "elm"]}, "y": {"words": ["hill", "lane"]}}});
    Table::new(&["name", "town"])
        .with("name", "text", &names)
        .with("town", "text", &words(3))
        .is_unique(500);
}

#[test]
fn what_nothing_keeps_is_proved_or_refused() {
    let after = |table: Table| {
        table.with("begun", "date", &json!({"is": "moment", "from": "2025-01-01"})).with(
            "done",
            "date",
            &json!({"is": "after", "column": "begun", "delay":
                {"law": {"is": "uniform", "min": 1, "max": 3}, "unit": "day"}}),
        )
    };
    let steps = after(Table::new(&["flag", "done"]).with(
        "flag",
        "bool",
        &json!({"is": "bool", "share": 0.5}),
    ));
    for rows in [3000, 100_000] {
        let error = steps.proved(rows).expect_err("a refusal").to_string();
        let why = format!("`flag`, `done` are to be unique in the {rows} rows of `t`");
        assert!(error.contains(&why), "{error}");
    }
}

#[test]
fn what_an_expression_comes_to_is_proved_beyond_what_memory_holds_at_once() {
    let halves = |by: u64| {
        let text = format!("rank - rank % {by}");
        Table::new(&["a", "half"])
            .refers("a", "a", &json!({"children": {"is": "fixed", "count": 1_000}}))
            .with("rank", "int64", &json!({"is": "nth", "of": "a"}))
            .with("half", "int64", &json!({"is": "expression", "text": text}))
    };
    halves(1).proved(100_000).expect("no two rows are alike");
    let refused = |_| halves(2).proved(100_000).expect_err("a refusal").to_string();
    let [error, again] = [0, 1].map(refused);
    assert_eq!(error, again);
    assert!(error.contains(" have the same"), "{error}");
}
