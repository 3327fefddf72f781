//! Moments: between their bounds, when it is open, after what they follow.

use peyote_schemas::value::moment::{DAY, Moment, Order, parse};
use serde_json::Value;

use super::chance::counts_fit;
use super::{Spot, list, word};

/// Microseconds of an hour.
const HOUR: i64 = DAY / 24;

/// A moment in microseconds since 1970, a time of day in microseconds since midnight.
pub(crate) fn micros(text: &str) -> Option<i64> {
    Some(match parse(text, Order::MonthFirst)? {
        Moment::Date(days) => i64::from(days) * DAY,
        Moment::Time(micros) | Moment::Timestamp(micros) | Moment::TimestampTz(micros) => micros,
    })
}

/// The day before which all happens.
pub(super) fn present(spot: Spot<'_>) -> i64 {
    micros(word(&spot.made.design["clock"])).expect("a day")
}

/// What is wrong with the moments of a column.
pub(super) fn values(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    match word(&column["behaviour"]["is"]) {
        "moment" => happening(spot, column, told),
        "after" => after(spot, column, told),
        _ => series(spot, column, told),
    }
}

fn happening(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let (name, said) = (word(&column["name"]), &column["behaviour"]);
    let kind = word(&column["kind"]);
    let at = |part: &str| said[part].as_str().and_then(micros);
    let whole = if kind == "date" { DAY } else { i64::from(kind == "time") };
    let to =
        at("to").map_or_else(|| if kind == "time" { DAY } else { present(spot) }, |to| to + whole);
    let rhythm = &said["rhythm"];
    let zoned = rhythm["zone"].is_string();
    let moments: Vec<i64> =
        spot.made().filter_map(|row| spot.own(name)[row].as_deref().and_then(micros)).collect();
    let early = |moment: &&i64| at("from").is_some_and(|from| **moment < from) || **moment >= to;
    if let Some(moment) = moments.iter().find(early) {
        told(format!("{moment} is not between {} and {to}", said["from"]));
    }
    let grain = grain(said).unwrap_or(if kind == "date" { DAY } else { 1_000_000 });
    if let Some(moment) = moments.iter().find(|moment| moment.rem_euclid(grain) != 0) {
        told(format!("{moment} is no multiple of {grain}"));
    }
    let alone = list(&spot.table["unique"]).any(|set| list(set).all(|one| one == name));
    if said["rising"] == true && !alone && !moments.is_sorted() {
        told("moments do not rise".to_owned());
    }
    if zoned || kind == "time" || spot.is_checked("order", name) {
        return;
    }
    if let Some(shut) = moments.iter().find(|moment| !is_open(&rhythm["open"], **moment)) {
        told(format!("{shut} is outside of {}", rhythm["open"]));
    }
    let hour = |moment: &i64| (moment.rem_euclid(DAY) / HOUR) as usize;
    let open = list(&rhythm["open"]).next().is_some();
    if let Some(weights) =
        rhythm["hour"].as_array().filter(|_| !open && kind != "date" && !spot.is_told_apart(name))
    {
        let weights: Vec<f64> = weights.iter().filter_map(Value::as_f64).collect();
        let mut counts = vec![0; 24];
        for moment in &moments {
            counts[hour(moment)] += 1;
        }
        if let Err(why) = counts_fit(&counts, &weights) {
            told(format!("by hour: {why}"));
        }
    }
    let weekday = |moment: &i64| (moment.div_euclid(DAY) + 3).rem_euclid(7) as usize;
    if let Some(weights) = rhythm["weekday"].as_array() {
        let none = |moment: &&i64| weights[weekday(moment)] == 0;
        if let Some(moment) = moments.iter().find(none) {
            told(format!("{moment} is on a day without weight"));
        }
    }
}

fn grain(said: &Value) -> Option<i64> {
    Some(match said["grain"].as_str()? {
        "micro" => 1,
        "second" => 1_000_000,
        "minute" => 60_000_000,
        "quarter" => 15 * 60_000_000,
        "hour" => HOUR,
        _ => DAY,
    })
}

/// Whether a moment lies in one of some opening hours; always where there are none.
pub(super) fn is_open(open: &Value, moment: i64) -> bool {
    const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let today = WEEK[(moment.div_euclid(DAY) + 3).rem_euclid(7) as usize];
    let time = moment.rem_euclid(DAY);
    list(open).next().is_none()
        || list(open).any(|hours| {
            let of = |part: &str| micros(word(&hours[part])).expect("a time");
            let day = list(&hours["days"]).next().is_none()
                || list(&hours["days"]).any(|day| day == today);
            day && (of("from")..of("to")).contains(&time)
        })
}

fn after(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let (name, said) = (word(&column["name"]), &column["behaviour"]);
    let before = spot.route(word(&said["column"]));
    let until =
        said["until"].as_str().filter(|text| !text.starts_with(|c: char| c.is_ascii_digit()));
    let bounds = until.map(|path| spot.route(path));
    let fixed = if until.is_none() { said["until"].as_str().and_then(micros) } else { None };
    for row in spot.made() {
        let Some(at) = spot.own(name)[row].as_deref().and_then(micros) else { continue };
        let Some(from) = before[row].and_then(micros) else {
            if column["nullable"] == true {
                told(format!("row {row} follows what is absent"));
                return;
            }
            continue;
        };
        let floor = if column["kind"] == "date" { from.div_euclid(DAY) * DAY } else { from };
        if at < floor {
            told(format!("row {row}: {at} comes before {from}"));
            return;
        }
        let bound = bounds.as_ref().map_or(fixed, |bounds| bounds[row].and_then(micros));
        let bound = bound.unwrap_or_else(|| present(spot));
        if at > bound.max(floor) {
            told(format!("row {row}: {at} comes after {bound}"));
            return;
        }
        let delay = &said["delay"];
        let least = delay["min"].as_f64().or(delay["law"]["min"].as_f64()).unwrap_or(0.0);
        let least = (least * unit(&delay["unit"]) as f64) as i64;
        let grain = if column["kind"] == "date" { DAY } else { 1_000_000 };
        // What would have come too late comes at any time where it has to be there.
        if column["nullable"] == true && at + grain < from + least {
            told(format!("row {row}: {at} comes sooner than {least} after {from}"));
            return;
        }
        if column["nullable"] == true && !is_open(&said["open"], at) && column["kind"] != "date" {
            told(format!("row {row}: {at} is outside of {}", said["open"]));
            return;
        }
    }
}

fn unit(said: &Value) -> i64 {
    match said.as_str() {
        Some("minute") => 60_000_000,
        Some("hour") => HOUR,
        Some("day") => DAY,
        Some("week") => 7 * DAY,
        _ => 1_000_000,
    }
}

/// Series of a fixed step: each row's or, from the moment of the parent, each parent's own.
fn series(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let (name, said) = (word(&column["name"]), &column["behaviour"]);
    if matches!(said["unit"].as_str(), Some("month" | "year")) {
        return;
    }
    let step = said["every"].as_i64().unwrap_or(1) * unit(&said["unit"]);
    let from = word(&said["from"]);
    let fixed = micros(from);
    let firsts = fixed.is_none().then(|| spot.route(from));
    let parents = said["of"].as_str().map(|of| spot.parents(spot.key(of).expect("a key")));
    let mut known: Vec<(Option<usize>, Vec<i64>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for row in spot.made() {
        let Some(at) = spot.own(name)[row].as_deref().and_then(micros) else { continue };
        let parent = parents.as_ref().and_then(|parents| parents[row]);
        let first = fixed.or_else(|| firsts.as_ref()?[row].and_then(micros));
        let Some(first) = first else { continue };
        let place = *places.entry(parent).or_insert_with(|| {
            known.push((parent, Vec::new()));
            known.len() - 1
        });
        known[place].1.push(at - first);
    }
    for (parent, mut steps) in known {
        steps.sort_unstable();
        let even = steps.iter().zip(0..).all(|(at, nth)| *at == nth * step);
        if !even {
            told(format!("of parent {parent:?} at {:?}, by {step}", &steps[..steps.len().min(5)]));
            return;
        }
    }
}
