//! Keys: unique, resolved, dealt out as the design says, and the values that name rows.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::chance::share;
use super::text::is_of_form;
use super::{Spot, list, word};

/// What is wrong with the keys of a table.
pub(super) fn look(spot: Spot<'_>, told: &mut dyn FnMut(String)) {
    let table = spot.table;
    let sets = std::iter::once(&table["primary_key"]).chain(list(&table["unique"]));
    for set in sets.filter(|set| list(set).next().is_some()) {
        let mut seen = HashSet::new();
        let tuples = spot.tuples(set);
        let twice = tuples.iter().flatten().find(|tuple| !seen.insert((*tuple).clone()));
        if let Some(twice) = twice {
            told(format!("{set} is {twice:?} twice"));
        }
        if *set == table["primary_key"] && tuples.iter().any(Option::is_none) {
            told(format!("{set} is absent"));
        }
    }
    for key in list(&table["foreign_keys"]) {
        let parents = spot.parents(key);
        let own = spot.tuples(&key["columns"]);
        let lost = own.iter().zip(&parents).find(|(own, parent)| own.is_some() && parent.is_none());
        if let Some((own, _)) = lost {
            told(format!("{own:?} refers to nothing of {}", key["references"]));
        }
        for other in list(&key["unlike"]) {
            let first = word(&key["columns"][0]);
            let (one, other) = (spot.own(first), spot.own(word(other)));
            if spot.made().any(|row| one[row].is_some() && one[row] == other[row]) {
                told(format!("`{first}` is like what it is to be unlike"));
            }
        }
        if key["tree"].is_object() {
            tree(spot, key, &parents, told);
        } else {
            children(spot, key, &parents, told);
        }
        absent(spot, key, told);
    }
}

/// How many keys are absent where the design says a rate.
fn absent(spot: Spot<'_>, key: &Value, told: &mut dyn FnMut(String)) {
    let [column] = key["columns"].as_array().map_or(&[][..], Vec::as_slice) else { return };
    let Some(rate) = spot.column(word(column)).and_then(|column| column["nulls"]["rate"].as_f64())
    else {
        return;
    };
    let through = list(&spot.table["foreign_keys"])
        .any(|wider| wider != key && list(&wider["columns"]).any(|one| one == column));
    if through || key["tree"].is_object() || spot.is_checked("when", word(column)) {
        return;
    }
    let none = spot.made().filter(|row| spot.own(word(column))[*row].is_none()).count();
    if let Err(why) = share(none, spot.made().len(), rate) {
        told(format!("{column} is absent in {why}"));
    }
}

fn tree(spot: Spot<'_>, key: &Value, parents: &[Option<usize>], told: &mut dyn FnMut(String)) {
    let mut deepest = 0;
    for start in 0..parents.len() {
        let (mut at, mut depth) = (start, 1);
        while let Some(parent) = parents[at].filter(|parent| *parent != at) {
            at = parent;
            depth += 1;
            if depth > parents.len() {
                told(format!("row {start} is above itself"));
                return;
            }
        }
        deepest = deepest.max(depth);
    }
    let tree = &key["tree"];
    if let Some(depth) = tree["depth"].as_u64().filter(|depth| *depth != deepest as u64) {
        told(format!("the tree has {deepest} levels, not {depth}"));
    }
    let nullable = spot.column(word(&key["columns"][0])).is_some_and(|one| one["nullable"] == true);
    let roots = parents.iter().enumerate().filter(|(row, up)| up.is_none_or(|up| up == *row));
    let roots = roots.count() as u64;
    if let Some(wanted) = tree["roots"].as_u64().filter(|wanted| nullable && *wanted != roots) {
        told(format!("the tree has {roots} roots, not {wanted}"));
    }
}

fn children(spot: Spot<'_>, key: &Value, parents: &[Option<usize>], told: &mut dyn FnMut(String)) {
    let law = &key["children"];
    let there = spot.target(key);
    let nullable = list(&key["columns"])
        .any(|one| spot.column(word(one)).is_some_and(|one| one["nullable"] == true));
    if nullable || spot.made().start > 0 || (law.is_null() && key["childless"].is_null()) {
        return;
    }
    let mut counts = vec![0_u64; there.rows.many];
    parents.iter().flatten().for_each(|parent| counts[*parent] += 1);
    let none = counts.iter().filter(|count| **count == 0).count();
    let childless = key["childless"].as_f64().unwrap_or(0.0);
    let wanted = (there.rows.many as f64 * childless).round() as usize;
    let size = &spot.table["size"];
    let driven = size["is"] == "per_parent"
        && (size["of"].is_null() || list(&key["columns"]).any(|one| *one == size["of"]));
    let (least, most) = match law["is"].as_str() {
        Some("fixed") => (law["count"].as_u64(), law["count"].as_u64()),
        Some("range") => (law["min"].as_u64(), law["max"].as_u64()),
        Some("geometric") => (Some(1), None),
        _ => (None, None),
    };
    if none < wanted || (driven && least.is_some_and(|least| least > 0) && none != wanted) {
        told(format!("{none} rows of {} have no children, not {wanted}", there.table["name"]));
    }
    let out = |count: &&u64| {
        least.is_some_and(|least| **count < least) || most.is_some_and(|most| **count > most)
    };
    // Those without children are counted already.
    if let Some(count) = counts.iter().filter(|count| driven && **count > 0).find(out) {
        told(format!("a row of {} has {count} children by {law}", there.table["name"]));
    }
    let mean = law["mean"].as_f64().or_else(|| Some((least? + most?) as f64 / 2.0));
    if let Some(mean) = mean.filter(|_| driven) {
        let all = (there.rows.many - wanted) as f64 * mean;
        if (all - spot.rows.many as f64).abs() > 1.0 {
            told(format!("{} rows, where {law} has {all}", spot.rows.many));
        }
    }
    if law["is"] == "zipf" && !driven {
        counts.sort_unstable();
        let most = counts.last().copied().unwrap_or(0) as usize;
        if most * counts.len() < spot.rows.many {
            told(format!("nobody has more than the mean by {law}"));
        }
    }
}

/// What is wrong with the values of a column that counts or names rows.
pub(super) fn values(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let (name, said) = (word(&column["name"]), &column["behaviour"]);
    let cells = spot.own(name);
    let made = spot.made();
    match word(&said["is"]) {
        "sequence" => {
            let number = |row: usize| cells[row].as_ref().and_then(|text| text.parse::<i64>().ok());
            let of = |part: &str| said[part].as_i64();
            let (start, step) = (of("start").unwrap_or(1), of("step").unwrap_or(1));
            let gap = of("gap").unwrap_or(0);
            for row in made.clone() {
                let Some(value) = number(row) else { continue };
                let before = row.checked_sub(1).filter(|row| *row >= made.start).and_then(number);
                if before.is_some_and(|before| (value - before) * step.signum() <= 0) {
                    told(format!("{value} does not follow {before:?}"));
                    return;
                }
                let steps = row as i64 * (gap + 1);
                let fits = (steps..=steps + gap).any(|steps| value == start + step * steps);
                if made.start == 0 && !fits {
                    told(format!("row {row} is {value}"));
                    return;
                }
            }
        }
        "code" => {
            let form = word(&said["pattern"]);
            let texts: Vec<&str> = made.clone().filter_map(|row| cells[row].as_deref()).collect();
            if let Some(other) = texts.iter().find(|text| !is_of_form(form, text)) {
                told(format!("`{other}` is not of the form `{form}`"));
            }
            if said["order"] != "shuffled" && !texts.is_sorted() {
                told("codes do not rise".to_owned());
            }
        }
        "uuid" => {
            let mut seen = HashSet::new();
            for text in made.filter_map(|row| cells[row].as_deref()) {
                let form = text.len() == 36
                    && text.as_bytes()[14] == b'4'
                    && matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b');
                if !form || !seen.insert(text) {
                    told(format!("`{text}` is no identifier, or comes twice"));
                    return;
                }
            }
        }
        _ => {
            let Some(key) = spot.key(word(&said["of"])) else { return };
            let start = said["start"].as_i64().unwrap_or(1);
            let mut next = HashMap::new();
            for (row, parent) in spot.parents(key).into_iter().enumerate() {
                let Some(parent) = parent else { continue };
                let nth = next.entry(parent).or_insert_with(Vec::new);
                nth.extend(cells[row].as_ref().and_then(|text| text.parse::<i64>().ok()));
            }
            let nullable =
                spot.column(word(&said["of"])).is_some_and(|one| one["nullable"] == true);
            for (parent, mut found) in next {
                found.sort_unstable();
                let even = found.iter().zip(start..).all(|(one, wanted)| *one == wanted);
                if !even && !nullable {
                    told(format!("the children of row {parent} are counted {found:?}"));
                    return;
                }
            }
        }
    }
}
