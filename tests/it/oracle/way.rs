//! Ways and histories: a status that agrees with its moments, versions without gaps.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Spot, list, micros, word};

/// What is wrong with the lifecycles and the history of a table.
pub(super) fn look(spot: Spot<'_>, told: &mut dyn FnMut(String)) {
    for way in list(&spot.table["lifecycles"]) {
        lifecycle(spot, way, told);
    }
    if spot.table["history"].is_object() {
        history(spot, &spot.table["history"], told);
    }
}

fn lifecycle(spot: Spot<'_>, way: &Value, told: &mut dyn FnMut(String)) {
    let stages: Vec<&Value> = list(&way["stages"]).collect();
    let before = |place: usize| match stages[place]["from"].as_str() {
        Some(name) => stages.iter().position(|stage| stage["is"] == name),
        None => place.checked_sub(1),
    };
    let status = spot.own(word(&way["status"]));
    for row in spot.made() {
        let Some(now) = status[row].as_deref() else { continue };
        let Some(last) = stages.iter().position(|stage| stage["is"] == now) else {
            told(format!("row {row} is `{now}`, which is no stage"));
            return;
        };
        let mut reached = vec![false; stages.len()];
        let mut at = Some(last);
        while let Some(place) = at {
            reached[place] = true;
            at = before(place);
        }
        let mut latest = i64::MIN;
        for (place, stage) in stages.iter().enumerate() {
            let Some(column) = stage["at"].as_str() else { continue };
            let moment = spot.own(column)[row].as_deref().and_then(micros);
            if moment.is_some() != reached[place] {
                told(format!("row {row} is `{now}`, and `{column}` is {moment:?}"));
                return;
            }
            if moment.is_some_and(|moment| moment < latest) {
                told(format!("row {row}: `{column}` comes before the stage before it"));
                return;
            }
            latest = moment.unwrap_or(latest);
        }
        if latest > super::time::present(spot) {
            told(format!("row {row} is of tomorrow"));
            return;
        }
    }
}

fn history(spot: Spot<'_>, said: &Value, told: &mut dyn FnMut(String)) {
    let Some(key) = spot.key(word(&said["of"])) else { return };
    let cells = |part: &str| said[part].as_str().map(|name| spot.own(name));
    let (Some(from), Some(to)) = (cells("from"), cells("to")) else { return };
    let mut spans: BTreeMap<usize, Vec<(i64, Option<i64>, bool)>> = BTreeMap::new();
    for (row, parent) in spot.parents(key).into_iter().enumerate() {
        let current = cells("current").is_none_or(|all| all[row].as_deref() == Some("true"));
        let (Some(parent), Some(from)) = (parent, from[row].as_deref().and_then(micros)) else {
            continue;
        };
        let to = to[row].as_deref().and_then(micros);
        spans.entry(parent).or_default().push((from, to, current));
    }
    for (parent, mut spans) in spans {
        spans.sort_unstable();
        let gap = spans.windows(2).any(|two| two[0].1 != Some(two[1].0) || two[0].0 >= two[1].0);
        let last = spans.last().expect("a span");
        let current = !said["current"].is_string()
            || spans.iter().filter(|span| span.2).count() == 1 && last.2;
        if gap || last.1.is_some() || !current {
            told(format!("the rows of {parent} do not follow each other: {spans:?}"));
            return;
        }
    }
}
