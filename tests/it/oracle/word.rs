//! Words: out of their list, as often as they weigh.

use serde_json::Value;

use super::chance::{share, values_fit};
use super::{Spot, list, word};

/// What is wrong with values out of a list, or with truths.
pub(super) fn values(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let (name, said) = (word(&column["name"]), &column["behaviour"]);
    let given = &said["given"];
    let cases: Option<Vec<Option<&str>>> = given["column"].as_str().map(|path| spot.route(path));
    let case = |row: usize| -> Option<&Value> {
        let held = cases.as_ref()?[row]?;
        given["cases"].get(held)
    };
    let cells = spot.own(name);
    let mut groups: Vec<(Option<&Value>, Vec<&str>)> = Vec::new();
    for row in spot.made() {
        let Some(text) = cells[row].as_deref() else { continue };
        let case = case(row);
        match groups.iter_mut().find(|(known, _)| *known == case) {
            Some((_, texts)) => texts.push(text),
            None => groups.push((case, vec![text])),
        }
    }
    for (case, mut texts) in groups {
        if spot.is_told_apart(name) {
            // Each is one of them, however often.
            texts.sort_unstable();
            texts.dedup();
        }
        if let Err(why) = group(column, said, case, &texts) {
            told(format!("where {case:?}: {why}"));
        }
    }
}

fn group(column: &Value, said: &Value, case: Option<&Value>, texts: &[&str]) -> Result<(), String> {
    let of = texts.iter().copied();
    match word(&said["is"]) {
        "bool" => {
            let rate = case.and_then(Value::as_f64).or(said["share"].as_f64()).unwrap_or(0.5);
            share(of.filter(|text| *text == "true").count(), texts.len(), rate)
        }
        "constant" => {
            let value = shown(&said["value"]);
            match texts.iter().find(|text| !same(text, &value)) {
                Some(other) => Err(format!("`{other}` is not {value}")),
                None => Ok(()),
            }
        }
        "values" => {
            let words: Vec<String> = list(&said["values"]).map(shown).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let known: Vec<&str> = texts
                .iter()
                .map(|text| words.iter().find(|word| same(text, word)).copied().unwrap_or(text))
                .collect();
            values_fit(known.into_iter(), &words, &weights(&said["weights"], words.len()))
        }
        _ => {
            let source = case.unwrap_or(said);
            let listed = [&source["words"], &column["values"], &column["vocabulary"]];
            let listed = listed.into_iter().find(|words| words.is_array()).unwrap_or(&Value::Null);
            let words: Vec<&str> = list(listed).map(word).collect();
            let weights = match said["skew"].as_f64().filter(|_| case.is_none()) {
                Some(skew) => (1..=words.len()).map(|k| (k as f64).powf(-skew)).collect(),
                None => weights(&source["weights"], words.len()),
            };
            if said["unique"] == true {
                let mut seen = std::collections::HashSet::new();
                return match texts.iter().find(|text| !seen.insert(**text) || !words.contains(text))
                {
                    Some(text) => Err(format!("`{text}` comes twice, or is none of the words")),
                    None => Ok(()),
                };
            }
            values_fit(of, &words, &weights)
        }
    }
}

fn weights(said: &Value, many: usize) -> Vec<f64> {
    let weights: Vec<f64> = list(said).filter_map(Value::as_f64).collect();
    if weights.len() == many { weights } else { vec![1.0; many] }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether two texts say the same value: `3` and `3.00`, a moment with and without its `T`.
fn same(one: &str, other: &str) -> bool {
    let numbers = (one.parse::<f64>(), other.parse::<f64>());
    one == other
        || matches!(numbers, (Ok(one), Ok(other)) if (one - other).abs() < 1e-9)
        || super::micros(one).is_some_and(|at| super::micros(other) == Some(at))
}
