//! Lists and structs: as long and as full as the design says.

use serde_json::Value;

use super::{Spot, word};

/// What is wrong with lists and structs of numbers, words and truths.
pub(super) fn values(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let said = &column["behaviour"];
    for text in spot.made().filter_map(|row| spot.own(word(&column["name"]))[row].as_deref()) {
        let inner = text.trim_start_matches(['[', '{']).trim_end_matches([']', '}']);
        let items: Vec<&str> = inner.split(", ").filter(|item| !item.is_empty()).collect();
        if said["is"] == "list" {
            let (law, many) = (&said["length"]["law"], items.len() as f64);
            let bounds = (law["min"].as_f64(), law["max"].as_f64());
            let short = bounds.0.is_some_and(|min| many < min);
            if short || bounds.1.is_some_and(|max| many > max) {
                told(format!("`{text}` is of another length than {law}"));
                return;
            }
            if let Some(item) = items.iter().find(|item| !fits(&said["item"], item)) {
                told(format!("`{item}` is nothing of {}", said["item"]));
                return;
            }
        } else {
            for (name, field) in said["fields"].as_object().into_iter().flatten() {
                let prefix = format!("{name}: ");
                let found = items.iter().find_map(|item| item.strip_prefix(prefix.as_str()));
                if !found.is_some_and(|item| fits(field, item)) {
                    told(format!("`{text}` lacks `{name}` by {field}"));
                    return;
                }
            }
        }
    }
}

fn fits(said: &Value, item: &str) -> bool {
    match word(&said["is"]) {
        "number" => item.parse::<f64>().is_ok_and(|number| {
            let law = &said["law"];
            let bound = |part: &str| law[part].as_f64().unwrap_or(number);
            (bound("min")..=bound("max")).contains(&number)
        }),
        "pick" => said["words"].as_array().is_none_or(|words| words.iter().any(|one| one == item)),
        "bool" => item == "true" || item == "false",
        _ => true,
    }
}
