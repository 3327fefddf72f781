//! Copies, expressions, totals and rows of one of several tables.

use std::collections::HashSet;

use serde_json::Value;

use super::{Spot, list, word};

/// Digits behind the point that totals are counted in.
const SCALE: usize = 6;

/// A decimal as a whole number of millionths.
fn exact(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if part.len() > SCALE {
        return None;
    }
    format!("{whole}{part:0<SCALE$}").parse::<i128>().ok().map(|number| sign * number)
}

/// What is wrong with values that follow from others.
pub(super) fn values(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let (name, said) = (word(&column["name"]), &column["behaviour"]);
    let cells = spot.own(name);
    match word(&said["is"]) {
        "copy" => {
            let theirs = spot.route(word(&said["of"]));
            let nulls = !column["nulls"].is_null();
            let off = |row: &usize| {
                let (own, other) = (cells[*row].as_deref(), theirs[*row]);
                own != other
                    && !(own.is_none() && nulls)
                    && !(other.is_none() && column["nullable"] == false)
            };
            if let Some(row) = spot.made().find(off) {
                told(format!("row {row} is {:?}, and not {:?}", cells[row], theirs[row]));
            }
        }
        "expression" => expression(spot, column, told),
        "total" => total(spot, column, told),
        _ => {
            let types = spot.own(word(&said["type_column"]));
            for row in spot.made() {
                let (Some(key), Some(of)) = (&cells[row], &types[row]) else { continue };
                let Some(path) = said["cases"][of.as_str()].as_str() else {
                    told(format!("row {row} refers to `{key}` as {of}"));
                    return;
                };
                let (table, other) = path.split_once('.').expect("a table and its key");
                let there = spot.made.rows(table).column(other);
                let known: HashSet<&str> = there.iter().flatten().map(String::as_str).collect();
                if !known.contains(key.as_str()) {
                    told(format!("row {row}: there is no `{key}` of {path}"));
                    return;
                }
            }
        }
    }
}

/// Expressions of the forms `a + b`, `a - b` and `round(a * b, 2)`; others are passed over.
fn expression(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let text = word(&column["behaviour"]["text"]);
    let inner = text.strip_prefix("round(").and_then(|rest| rest.strip_suffix(", 2)"));
    let known = [" * ", " + ", " - "].into_iter().find(|sign| text.contains(sign));
    let Some((sign, (left, right))) =
        known.and_then(|sign| Some((sign, inner.unwrap_or(text).split_once(sign)?)))
    else {
        return;
    };
    if (sign == " * ") != inner.is_some() || right.contains([' ', '(']) || left.contains('(') {
        return;
    }
    let (left, right) = (spot.route(left), spot.route(right));
    let cells = spot.own(word(&column["name"]));
    for row in spot.made() {
        let both = left[row].and_then(exact).zip(right[row].and_then(exact));
        let wanted = both.map(|(left, right)| match sign {
            " + " => left + right,
            " - " => left - right,
            _ => {
                // Half a cent is rounded away from nought.
                let product = left * right;
                let cent = 10_i128.pow(2 * SCALE as u32 - 2);
                let cents = (product.abs() + cent / 2) / cent;
                product.signum() * cents * 10_i128.pow(SCALE as u32 - 2)
            }
        });
        let Some(found) = cells[row].as_deref() else { continue };
        // Where nothing is to be worked out, what must be there stands for itself.
        if wanted.is_some_and(|wanted| exact(found) != Some(wanted)) {
            told(format!("row {row}: {text} is {found}, not {wanted:?} millionths"));
            return;
        }
    }
}

fn total(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let said = &column["behaviour"];
    let Some(there) = spot.made.spot(word(&said["table"])) else { return };
    let own = &spot.table["name"];
    let key = list(&there.table["foreign_keys"]).find(|key| {
        key["references"]["table"] == *own
            && said["key"].as_str().is_none_or(|name| list(&key["columns"]).any(|one| one == name))
    });
    let Some(key) = key else { return };
    let of = said["of"].as_str().filter(|of| !of.contains(' ')).map(|of| there.route(of));
    if said["of"].is_string() && of.is_none() {
        return;
    }
    let mut all: Vec<Vec<i128>> = vec![Vec::new(); spot.rows.many];
    for (row, parent) in there.parents(key).into_iter().enumerate() {
        let Some(parent) = parent else { continue };
        match &of {
            None => all[parent].push(0),
            Some(values) => all[parent].extend(values[row].and_then(exact)),
        }
    }
    let how = word(&said["how"]);
    let cells = spot.own(word(&column["name"]));
    for row in spot.made() {
        let of = &all[row];
        let wanted = match how {
            "count" => Some(of.len() as i128 * 10_i128.pow(SCALE as u32)),
            "sum" => Some(of.iter().sum()),
            "min" => of.iter().min().copied(),
            "max" => of.iter().max().copied(),
            _ => return,
        };
        let found = cells[row].as_deref();
        let same = match (wanted, found) {
            (None, found) => found.is_none() || column["nullable"] == false,
            (_, None) => column["nullable"] == true && !column["nulls"].is_null(),
            (wanted, Some(found)) => exact(found) == wanted,
        };
        if !same {
            told(format!("row {row}: {how} is {found:?}, not {wanted:?} millionths"));
            return;
        }
    }
}
