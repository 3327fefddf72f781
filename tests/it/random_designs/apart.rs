//! Sets of columns drawn at random that no two rows have alike.

use serde_json::{Value, json};

use super::draw::{Drawn, Table};

/// Adds two to four columns that are to be unique together, perhaps with a foreign key among them.
pub(super) fn add(drawn: &mut Drawn, table: &mut Table) {
    let many = 2 + drawn.dice.below(3);
    let mut set: Vec<String> = Vec::new();
    let keys: Vec<Value> =
        table.foreign.iter().filter(|key| key["tree"].is_null()).cloned().collect();
    if !keys.is_empty() && drawn.dice.is(60) {
        let columns = drawn.dice.one(&keys)["columns"].as_array().cloned().unwrap_or_default();
        set.extend(columns.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    let many = many.max(set.len() + 1);
    while set.len() < many {
        if !drawn.tables.is_empty() && drawn.dice.is(25) {
            let target = drawn.dice.below(drawn.tables.len());
            let (columns, key) = drawn.refer(table, target, false);
            table.foreign.push(key);
            set.extend(columns);
            continue;
        }
        let name = drawn.name("one");
        let (kind, behaviour) = drawn_of(drawn);
        table.columns.push(json!({"name": name, "kind": kind, "nullable": false,
            "behaviour": behaviour}));
        set.push(name);
    }
    table.unique.push(json!(set));
}

/// A column that has values enough for a few, or for many.
fn drawn_of(drawn: &mut Drawn) -> (&'static str, Value) {
    let words: Vec<String> = (0..5 + drawn.dice.below(40)).map(|at| format!("word {at}")).collect();
    match drawn.dice.below(9) {
        0 => ("text", json!({"is": "pick", "words": words})),
        1 => {
            let weights: Vec<usize> = words.iter().map(|_| 1 + drawn.dice.below(9)).collect();
            ("text", json!({"is": "pick", "words": words, "weights": weights}))
        }
        2 => ("bool", json!({"is": "bool", "share": 0.3})),
        3 => ("int16", json!({"is": "values", "values": [2, 3, 5, 7], "weights": [4, 3, 2, 1]})),
        4 => ("date", json!({"is": "moment", "from": "2025-01-01", "to": "2025-03-01"})),
        5 => {
            let rhythm = json!({"weekday": [5, 5, 5, 5, 5, 2, 0]});
            let moment = json!({"is": "moment", "from": "2025-01-01", "grain": "hour",
                "rhythm": rhythm});
            ("timestamp", moment)
        }
        6 => {
            let law = json!({"is": "normal", "mean": 900, "deviation": 200});
            ("int32", json!({"is": "number", "law": law, "min": 0}))
        }
        7 => {
            let law = json!({"is": "uniform", "min": 1, "max": 3});
            ("decimal(8,2)", json!({"is": "number", "law": law}))
        }
        _ => {
            let law = json!({"is": "uniform", "min": 1, "max": 40 + drawn.dice.below(900)});
            ("int32", json!({"is": "number", "law": law}))
        }
    }
}
