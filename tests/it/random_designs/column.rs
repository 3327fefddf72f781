//! Columns drawn at random: every kind, every behaviour, tied to what is there already.

use serde_json::{Value, json};

use super::draw::{Drawn, Table};

/// A column that others may be tied to.
#[derive(Clone)]
pub(super) struct Known {
    /// How it is named from a row.
    pub(super) path: String,
    pub(super) holds: Holds,
    pub(super) nullable: bool,
    /// Whether it is of the table itself.
    pub(super) own: bool,
    /// Whether its values follow from no others.
    pub(super) free: bool,
}

/// What a column holds.
#[derive(Clone, PartialEq)]
pub(super) enum Holds {
    /// Whole numbers of up to five digits.
    Count,
    /// Numbers of up to ten digits, two of them behind the point.
    Cents,
    /// Numbers that follow a smooth law.
    Smooth,
    /// Moments.
    Moment,
    /// These words.
    Words(Vec<&'static str>),
}

impl Known {
    pub(super) fn own(name: &str, holds: Holds, nullable: bool) -> Self {
        Self { path: name.to_owned(), holds, nullable, own: true, free: true }
    }
}

const WORDS: [&[&str]; 4] = [
    &["red", "green", "blue"],
    &["new", "used", "as good as new", "broken, for parts"],
    &["Ōsaka", "Zürich", "São Paulo", "Kraków", "Aarhus", "Łódź"],
    &["yes", "no"],
];

/// Adds a column to a table.
pub(super) fn add(drawn: &mut Drawn, table: &mut Table) {
    let name = drawn.name("col");
    let nullable = drawn.dice.is(30);
    let mut known = None;
    let made = match drawn.dice.below(19) {
        0 | 1 => {
            known = Some(Holds::Count);
            let law = json!({"is": "uniform", "min": 1 + drawn.dice.below(50), "max": 100 + drawn.dice.below(900)});
            Some(("int32".to_owned(), json!({"is": "number", "law": law})))
        }
        2 => {
            known = Some(Holds::Cents);
            Some(("decimal(12,2)".to_owned(), price(drawn)))
        }
        3 | 4 => smooth(drawn, table, &mut known),
        5 => few(drawn),
        6 | 7 => Some(words(drawn, table, &mut known)),
        8 | 9 => moment(drawn, &mut known),
        10 | 11 => after(drawn, table, nullable, &mut known),
        12 => Some(text(drawn, table)),
        13 => copy(drawn, table),
        14 => expression(drawn, table),
        15 => nested(drawn, table, &name),
        16 => {
            let share = drawn.dice.below(11) as f64 / 10.0;
            Some(("bool".to_owned(), json!({"is": "bool", "share": share})))
        }
        17 => {
            let values = json!([1, 5, 7]);
            Some((
                "int16".to_owned(),
                json!({"is": "values", "values": values, "weights": [1, 2, 4]}),
            ))
        }
        _ => Some(("text".to_owned(), json!({"is": "constant", "value": "always \"this\""}))),
    };
    let Some((kind, behaviour)) = made else { return };
    let ties = matches!(behaviour["is"].as_str(), Some("after" | "copy" | "expression"));
    // What follows from what may be absent may be so itself.
    let nullable = nullable || (ties && drawn.dice.is(70)) || behaviour["is"] == "copy";
    let mut said =
        json!({"name": name, "kind": kind, "nullable": nullable, "behaviour": behaviour});
    if let Some(Holds::Words(words)) = &known
        && drawn.dice.is(50)
    {
        said["kind"] = json!("enum");
        said["values"] = json!(words);
    }
    if nullable && !ties {
        said["nulls"] = nulls(drawn, table);
    }
    let free = said["behaviour"]["given"].is_null() && said["behaviour"]["with"].is_null() && !ties;
    table.columns.push(said);
    if let Some(holds) = known {
        let own = Known::own(&name, holds, nullable);
        table.known.push(Known { free: free && !nullable, ..own });
    }
}

fn nulls(drawn: &mut Drawn, table: &Table) -> Value {
    let rate = drawn.dice.below(6) as f64 / 10.0;
    let mut said = json!({"rate": rate});
    if let Some((path, words)) = some_words(drawn, table).filter(|_| drawn.dice.is(40)) {
        said["when"] = json!([{"column": path, "is": [words[0]], "rate": 0.9}]);
    }
    said
}

/// A column of words, of the row or of a parent.
fn some_words(drawn: &mut Drawn, table: &Table) -> Option<(String, Vec<&'static str>)> {
    let found: Vec<&Known> =
        table.known.iter().filter(|known| matches!(known.holds, Holds::Words(_))).collect();
    if found.is_empty() {
        return None;
    }
    let one = drawn.dice.one(&found);
    let Holds::Words(words) = &one.holds else { return None };
    Some((one.path.clone(), words.clone()))
}

fn some(drawn: &mut Drawn, table: &Table, holds: &[Holds]) -> Option<Known> {
    let found: Vec<&Known> =
        table.known.iter().filter(|known| holds.contains(&known.holds)).collect();
    (!found.is_empty()).then(|| (*drawn.dice.one(&found)).clone())
}

fn price(drawn: &mut Drawn) -> Value {
    let law = json!({"is": "lognormal", "median": 10 + drawn.dice.below(90), "sigma": 0.6});
    let mut said = json!({"is": "number", "law": law, "min": 0.5, "max": 9999.99});
    match drawn.dice.below(3) {
        0 => said["ending"] = json!([0.99, 0.99, 0.5]),
        1 => said["round"] = json!(0.05),
        _ => {}
    }
    said
}

fn smooth(drawn: &mut Drawn, table: &Table, known: &mut Option<Holds>) -> Option<(String, Value)> {
    let mean = drawn.dice.below(200) as f64;
    let law = match drawn.dice.below(5) {
        0 => json!({"is": "normal", "mean": mean, "deviation": 1 + drawn.dice.below(30)}),
        1 => json!({"is": "lognormal", "median": mean + 1.0, "sigma": 0.5}),
        2 => json!({"is": "exponential", "mean": mean + 0.5}),
        3 => json!({"is": "triangular", "min": mean - 10.0, "mode": mean, "max": mean + 40.0}),
        _ => json!({"is": "uniform", "min": mean, "max": mean + 100.0}),
    };
    let mut said = json!({"is": "number", "law": law});
    if said["law"]["is"] == "normal" && drawn.dice.is(40) {
        said["min"] = json!(mean);
    }
    if drawn.dice.is(20) {
        said["max"] = json!(mean + 15.0);
    }
    let with = some(drawn, table, &[Holds::Smooth]);
    if let Some(with) = with.filter(|_| drawn.dice.is(60)) {
        let rho = *drawn.dice.one(&[0.9, 0.6, -0.8, 0.0]);
        said["with"] = json!({"column": with.path, "rho": rho});
    } else if let Some((path, words)) = some_words(drawn, table).filter(|_| drawn.dice.is(40)) {
        let case = json!({"is": "uniform", "min": mean, "max": mean + 12.0});
        said["given"] = json!({"column": path, "cases": {words[0]: case}});
    }
    if said["given"].is_null() {
        *known = Some(Holds::Smooth);
    }
    let kind = *drawn.dice.one(&["float64", "decimal(14,4)"]);
    Some((kind.to_owned(), said))
}

fn few(drawn: &mut Drawn) -> Option<(String, Value)> {
    let law = match drawn.dice.below(2) {
        0 => json!({"is": "zipf", "most": 3 + drawn.dice.below(30), "skew": 1.1}),
        _ => json!({"is": "levels", "values": [1, 2.0, 10, 25], "weights": [5, 0, 3, 2]}),
    };
    Some(("int16".to_owned(), json!({"is": "number", "law": law})))
}

fn words(drawn: &mut Drawn, table: &Table, known: &mut Option<Holds>) -> (String, Value) {
    let words = drawn.dice.one(&WORDS).to_vec();
    let mut said = json!({"is": "pick", "words": words});
    match drawn.dice.below(3) {
        0 => {
            let weights: Vec<usize> = words.iter().map(|_| 1 + drawn.dice.below(9)).collect();
            said["weights"] = json!(weights);
        }
        1 => said["skew"] = json!(1.2),
        _ => {}
    }
    if let Some((path, cases)) = some_words(drawn, table).filter(|_| drawn.dice.is(40)) {
        let case = json!({"words": [words[0], words[1]], "weights": [1, 3]});
        said["given"] = json!({"column": path, "cases": {cases[0]: case}});
    }
    *known = Some(Holds::Words(words));
    ("text".to_owned(), said)
}

fn moment(drawn: &mut Drawn, known: &mut Option<Holds>) -> Option<(String, Value)> {
    let kind = *drawn.dice.one(&["timestamp", "timestamp", "timestamptz", "date", "time"]);
    if kind == "time" {
        return Some((
            kind.to_owned(),
            json!({"is": "moment", "from": "08:00:00", "to": "17:30:00"}),
        ));
    }
    let mut said = json!({"is": "moment", "from": "2023-04-05"});
    if drawn.dice.is(40) {
        said["to"] = json!("2025-02-03");
    }
    if drawn.dice.is(30) {
        said["growth"] = json!(1.5);
    }
    if drawn.dice.is(20) {
        said["rising"] = json!(true);
    }
    let mut rhythm = json!({});
    if drawn.dice.is(40) {
        rhythm["weekday"] = json!([5, 5, 5, 5, 5, 1, 0]);
    }
    if drawn.dice.is(30) {
        rhythm["season"] = json!([1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4]);
    }
    if drawn.dice.is(20) {
        rhythm["holidays"] = json!({"12-25": 0, "2024-07-14": 5});
    }
    if kind != "date" && drawn.dice.is(40) {
        rhythm["hour"] =
            json!([0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 4, 5, 6, 6, 5, 5, 4, 3, 2, 1, 0, 0]);
    } else if kind != "date" && drawn.dice.is(40) {
        rhythm["open"] = json!([{"days": ["mon", "wed"], "from": "09:30:00", "to": "12:15:00"},
            {"from": "18:00:00", "to": "20:00:00"}]);
    }
    if kind == "timestamptz" && drawn.dice.is(50) {
        rhythm["zone"] = json!("Europe/Amsterdam");
    }
    if kind != "date" && drawn.dice.is(30) {
        said["grain"] = json!(drawn.dice.one(&["minute", "quarter", "micro"]));
    }
    if rhythm != json!({}) {
        said["rhythm"] = rhythm;
    }
    *known = Some(Holds::Moment);
    Some((kind.to_owned(), said))
}

fn after(
    drawn: &mut Drawn,
    table: &mut Table,
    nullable: bool,
    known: &mut Option<Holds>,
) -> Option<(String, Value)> {
    let of = some(drawn, table, &[Holds::Moment])?;
    let mut said = json!({"is": "after", "column": of.path});
    if drawn.dice.is(70) {
        let unit = *drawn.dice.one(&["minute", "hour", "day"]);
        let law = match drawn.dice.below(3) {
            0 => json!({"is": "uniform", "min": 2, "max": 20}),
            1 => json!({"is": "exponential", "mean": 6}),
            _ => json!({"is": "lognormal", "median": 3, "sigma": 0.9}),
        };
        said["delay"] = json!({"law": law, "unit": unit});
        if drawn.dice.is(30) {
            said["delay"]["min"] = json!(3);
            said["delay"]["max"] = json!(15);
        }
        if nullable && drawn.dice.is(20) {
            said["open"] = json!([{"from": "09:00:00", "to": "17:00:00"}]);
        }
    }
    *known = Some(Holds::Moment);
    let kind = *drawn.dice.one(&["timestamp", "date"]);
    Some((kind.to_owned(), said))
}

fn text(drawn: &mut Drawn, table: &Table) -> (String, Value) {
    let words = json!({"size": {"words": ["big", "small"], "weights": [3, 1]},
        "thing": {"words": ["pan", "pot", "ladle"]}});
    let form = match drawn.dice.below(5) {
        0 => "{size} {thing} no. {1..500}".to_owned(),
        1 => "{AA-###}".to_owned(),
        2 => "a {thing}, \"{size}\" {{".replace("{{", "("),
        _ => match table
            .known
            .iter()
            .find(|known| matches!(known.holds, Holds::Words(_) | Holds::Count))
        {
            Some(known) => format!("{{thing}} of {{{}}}", known.path),
            None => "{thing}".to_owned(),
        },
    };
    let mut said = json!({"is": "template", "forms": [form], "words": words});
    if drawn.dice.is(30) {
        said["forms"] = json!([said["forms"][0], "just a {thing}"]);
    }
    if drawn.dice.is(40) {
        said["unique"] = json!(true);
    }
    ("text".to_owned(), said)
}

fn copy(drawn: &mut Drawn, table: &Table) -> Option<(String, Value)> {
    let parents: Vec<&Known> = table.known.iter().filter(|known| !known.own).collect();
    if parents.is_empty() {
        return None;
    }
    let of = *drawn.dice.one(&parents);
    let kind = match of.holds {
        Holds::Count => "int64",
        Holds::Cents => "decimal(14,2)",
        Holds::Words(_) => "text",
        Holds::Smooth | Holds::Moment => return None,
    };
    Some((kind.to_owned(), json!({"is": "copy", "of": of.path})))
}

fn expression(drawn: &mut Drawn, table: &Table) -> Option<(String, Value)> {
    let numbers = [Holds::Count, Holds::Cents];
    let (left, right) = (some(drawn, table, &numbers)?, some(drawn, table, &numbers)?);
    let (left, right) = (left.path, right.path);
    let text = match drawn.dice.below(3) {
        0 => format!("round({left} * {right}, 2)"),
        1 => format!("{left} + {right}"),
        _ => format!("{left} - {right}"),
    };
    Some(("decimal(18,2)".to_owned(), json!({"is": "expression", "text": text})))
}

/// A list or a struct: of a kind that is said in parts, so the column is added here.
fn nested(drawn: &mut Drawn, table: &mut Table, name: &str) -> Option<(String, Value)> {
    let length = json!({"law": {"is": "uniform", "min": drawn.dice.below(2), "max": 4}});
    let number = json!({"is": "number", "law": {"is": "uniform", "min": 3, "max": 30}});
    let said = match drawn.dice.below(3) {
        0 => json!({"name": name, "kind": "list", "nullable": false,
            "item": {"name": "item", "kind": "int32", "nullable": false},
            "behaviour": {"is": "list", "length": length, "item": number}}),
        1 => json!({"name": name, "kind": "list", "nullable": false,
            "item": {"name": "item", "kind": "text", "nullable": false},
            "behaviour": {"is": "list", "length": length, "item":
                {"is": "pick", "words": ["jazz", "folk", "drum and bass"]}}}),
        _ => json!({"name": name, "kind": "struct", "nullable": false,
            "fields": [{"name": "wide", "kind": "int32", "nullable": false},
                {"name": "sort", "kind": "text", "nullable": false}],
            "behaviour": {"is": "struct", "fields": {"wide": number, "sort":
                {"is": "pick", "words": ["round", "square"]}}}}),
    };
    table.columns.push(said);
    None
}
