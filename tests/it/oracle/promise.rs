//! Promises: kinds, missing values, written rows and checks.

use serde_json::Value;

use super::chance::share;
use super::text::is_of_form;
use super::{Cell, Spot, list, micros, word};

/// What is wrong with the kind of a column's values, or with how many are missing.
pub(super) fn kind(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let name = word(&column["name"]);
    let cells = spot.own(name);
    if column["nullable"] == false && cells.iter().any(Option::is_none) {
        told("a value is absent".to_owned());
    }
    if let Some(words) = column["values"].as_array() {
        let known = |text: &String| words.iter().any(|word| word == text.as_str());
        if let Some(other) = cells.iter().flatten().find(|text| !known(text)) {
            told(format!("`{other}` is not among its values"));
        }
    }
    for (place, row) in list(&spot.table["rows"]).enumerate().take(spot.rows.many) {
        let at = list(&spot.table["columns"]).position(|one| one["name"] == name);
        let wanted = &row[at.expect("a column")];
        let held = &cells[place];
        let same = match (wanted, held) {
            (Value::Null, None) => true,
            (Value::String(wanted), Some(held)) => wanted == held,
            (wanted, Some(held)) => {
                wanted.as_f64() == held.parse().ok() || wanted.to_string() == *held
            }
            _ => false,
        };
        if !same {
            told(format!("row {place} was written as {wanted}, and is {held:?}"));
        }
    }
    missing(spot, column, cells, told);
}

/// How many values are missing, where the design says a rate and nothing else takes them away.
fn missing(spot: Spot<'_>, column: &Value, cells: &[Cell], told: &mut dyn FnMut(String)) {
    let name = word(&column["name"]);
    let said = &column["nulls"];
    let rate = said["rate"].as_f64().or(said.as_f64());
    let follows =
        ["after", "copy", "expression", "total", "template", "polymorphic", "nth", "series"];
    let is_key = spot.key(name).is_some();
    let by_itself = column["behaviour"]["is"].as_str().is_some_and(|is| !follows.contains(&is));
    let Some(rate) = rate.filter(|_| by_itself && !is_key && !spot.is_checked("when", name)) else {
        return;
    };
    let rules: Vec<(&Value, Vec<Option<&str>>)> =
        list(&said["when"]).map(|rule| (rule, spot.route(word(&rule["column"])))).collect();
    let mut groups = vec![(0, 0); rules.len() + 1];
    for row in spot.made() {
        let fits = |(rule, held): &(&Value, Vec<Option<&str>>)| match held[row] {
            Some(text) => list(&rule["is"]).any(|one| one == text),
            None => list(&rule["is"]).next().is_none(),
        };
        let group = rules.iter().position(fits).unwrap_or(rules.len());
        groups[group].0 += usize::from(cells[row].is_none());
        groups[group].1 += 1;
    }
    for (group, (none, all)) in groups.into_iter().enumerate() {
        let rate = rules.get(group).map_or(Some(rate), |(rule, _)| rule["rate"].as_f64());
        if let Err(why) = share(none, all, rate.unwrap_or(0.0)) {
            told(format!("rule {group}: absent in {why}"));
        }
    }
}

/// What is wrong with the checks of a table.
pub(super) fn look(spot: Spot<'_>, told: &mut dyn FnMut(String)) {
    let number = |text: &str| text.parse::<f64>().ok().or_else(|| micros(text).map(|at| at as f64));
    let bound = |value: &Value| value.as_f64().or_else(|| number(value.as_str()?));
    for check in list(&spot.table["checks"]) {
        let cells = |part: &str| spot.own(word(&check[part]));
        let fails = |row: &usize| match word(&check["check"]) {
            "range" => cells("column")[*row].as_deref().and_then(number).is_some_and(|value| {
                bound(&check["min"]).is_some_and(|min| value < min)
                    || bound(&check["max"]).is_some_and(|max| value > max)
            }),
            "pattern" => cells("column")[*row]
                .as_deref()
                .is_some_and(|text| !is_of_form(word(&check["pattern"]), text)),
            "order" => {
                let columns = list(&check["columns"]).map(|name| &spot.own(word(name))[*row]);
                let values: Vec<f64> =
                    columns.filter_map(|cell| cell.as_deref().and_then(number)).collect();
                !values.is_sorted()
            }
            _ => {
                let held = cells("column")[*row].as_deref();
                let named = held.is_some_and(|held| list(&check["is"]).any(|one| one == held));
                named && cells("then")[*row].is_none() == (check["must"] == "present")
            }
        };
        if let Some(row) = (0..spot.rows.many).find(fails) {
            told(format!("row {row} breaks {check}"));
        }
    }
}
