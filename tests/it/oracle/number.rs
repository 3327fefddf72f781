//! Numbers: within their bounds, on their grid, and spread by their law.

use std::collections::HashMap;

use serde_json::Value;

use super::chance::{counts_fit, rank_correlation, sample_fits};
use super::{Spot, list, word};

/// What is wrong with numbers that follow a law.
pub(super) fn values(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let (name, said) = (word(&column["name"]), &column["behaviour"]);
    let numbers = spot.rows.numbers(name);
    let (min, max) = (said["min"].as_f64(), said["max"].as_f64());
    let unit = unit(column, said);
    for row in spot.made() {
        let Some(value) = numbers[row] else { continue };
        let low = min.is_some_and(|min| value < min - 1e-9);
        if low || max.is_some_and(|max| value > max + 1e-9) {
            told(format!("row {row} is {value}, not between {min:?} and {max:?}"));
            return;
        }
        if said["ending"].is_array() {
            let rest = value.rem_euclid(1.0);
            let known = list(&said["ending"]).filter_map(Value::as_f64);
            let mut off =
                known.map(|ending| (rest - ending).abs().min(1.0 - (rest - ending).abs()));
            let at_bound =
                [min, max].into_iter().flatten().any(|bound| (bound - value).abs() < 1e-9);
            if !off.any(|off| off < 1e-6) && !at_bound {
                told(format!("row {row}: {value} has another ending"));
                return;
            }
        } else if unit > 0.0 && ((value / unit) - (value / unit).round()).abs() > 1e-6 {
            told(format!("row {row}: {value} is no multiple of {unit}"));
            return;
        }
    }
    let single = std::iter::once(&spot.table["primary_key"]).chain(list(&spot.table["unique"]));
    let alone =
        single.into_iter().any(|set| list(set).count() == 1 && list(set).all(|one| one == name));
    let bent = alone
        || spot.is_told_apart(name)
        || said["ending"].is_array()
        || spot.is_checked("order", name)
        || spot.is_checked("range", name);
    if bent {
        return;
    }
    let given = &said["given"];
    let held = given["column"].as_str().map(|path| spot.route(path));
    let case = |row: usize| -> Option<&Value> { given["cases"].get(held.as_ref()?[row]?) };
    let mut groups: Vec<(Option<&Value>, Vec<f64>)> = Vec::new();
    for row in spot.made() {
        let Some(value) = numbers[row] else { continue };
        let case = case(row);
        match groups.iter_mut().find(|(known, _)| *known == case) {
            Some((_, sample)) => sample.push(value),
            None => groups.push((case, vec![value])),
        }
    }
    // Children of one parent that go along with it are as one: there are as many as parents.
    let kin = said["with"]["column"].as_str().is_some_and(|path| path.contains('.'));
    for (case, sample) in groups.into_iter().filter(|_| !kin) {
        if let Err(why) = follows(case.unwrap_or(&said["law"]), (min, max), unit, sample) {
            told(format!("by {}: {why}", case.unwrap_or(&said["law"])));
        }
    }
    if let (Some(path), Some(rho)) = (said["with"]["column"].as_str(), said["with"]["rho"].as_f64())
    {
        along(spot, &numbers, path, rho, told);
    }
}

/// Whether numbers go along with another column's.
fn along(
    spot: Spot<'_>,
    numbers: &[Option<f64>],
    path: &str,
    rho: f64,
    told: &mut dyn FnMut(String),
) {
    let others = spot.route(path);
    let pair = |row: usize| Some((numbers[row]?, others[row]?.parse().ok()?));
    let pairs: Vec<(f64, f64)> = spot.made().filter_map(pair).collect();
    // Ties pull ranks together: columns of few values say little.
    let mut own: Vec<u64> = pairs.iter().map(|pair| pair.0.to_bits()).collect();
    own.sort_unstable();
    own.dedup();
    if own.len() * 3 < pairs.len() {
        return;
    }
    // Spearman's coefficient of two normal variables (Pearson 1907).
    let wanted = 6.0 / std::f64::consts::PI * (rho / 2.0).asin();
    let found = rank_correlation(&pairs);
    // As many as there are values to go along with, those of a parent with many children as one.
    let mut many: HashMap<u64, f64> = HashMap::new();
    for (_, other) in &pairs {
        *many.entry(other.to_bits()).or_default() += 1.0;
    }
    let squares: f64 = many.values().map(|count| count * count).sum();
    let apart = (pairs.len() as f64).powi(2) / squares;
    if apart >= 30.0 && (found - wanted).abs() > 5.0 / apart.sqrt() {
        told(format!("goes along with `{path}` by {found:.2}, not {wanted:.2}"));
    }
}

/// What numbers of a column are multiples of; 0 for anything.
fn unit(column: &Value, said: &Value) -> f64 {
    let kind = word(&column["kind"]);
    let finest = match kind {
        "float64" => 0.0,
        kind if kind.starts_with("decimal") => {
            let scale = kind.trim_end_matches(')').rsplit(',').next().expect("a scale");
            10_f64.powi(-scale.trim().parse::<i32>().expect("a number"))
        }
        _ => 1.0,
    };
    said["round"].as_f64().unwrap_or(finest)
}

/// Why a sample does not follow a law cut off at bounds and rounded, if it does not.
pub(super) fn follows(
    law: &Value,
    (min, max): (Option<f64>, Option<f64>),
    unit: f64,
    sample: Vec<f64>,
) -> Result<(), String> {
    let of = |part: &str| law[part].as_f64().unwrap_or(0.0);
    let below = |x: f64| -> f64 {
        match word(&law["is"]) {
            "uniform" => (x - of("min")) / (of("max") - of("min")).max(f64::MIN_POSITIVE),
            "normal" => bell((x - of("mean")) / of("deviation")),
            "lognormal" if x <= 0.0 => 0.0,
            "lognormal" => bell((x / of("median")).ln() / of("sigma")),
            "exponential" => 1.0 - (-x.max(0.0) / of("mean")).exp(),
            _ => {
                let (min, mode, max) = (of("min"), of("mode"), of("max"));
                match x {
                    x if x <= min => 0.0,
                    x if x >= max => 1.0,
                    x if x <= mode => (x - min).powi(2) / ((max - min) * (mode - min)),
                    x => 1.0 - (max - x).powi(2) / ((max - min) * (max - mode)),
                }
            }
        }
        .clamp(0.0, 1.0)
    };
    match word(&law["is"]) {
        "levels" => {
            let values: Vec<f64> = list(&law["values"]).filter_map(Value::as_f64).collect();
            let weights: Vec<f64> = list(&law["weights"]).filter_map(Value::as_f64).collect();
            let weights = if weights.is_empty() { vec![1.0; values.len()] } else { weights };
            let mut counts = vec![0; values.len()];
            for one in sample {
                let place = values.iter().position(|value| (value - one).abs() < 1e-6);
                counts[place.ok_or_else(|| format!("{one} is no level"))?] += 1;
            }
            counts_fit(&counts, &weights)
        }
        "zipf" => {
            let most = of("most") as usize;
            let mut counts = vec![0; most];
            for one in sample {
                let rank = one.round() as usize;
                *counts
                    .get_mut(rank.wrapping_sub(1))
                    .ok_or_else(|| format!("{one} is no rank"))? += 1;
            }
            let weights: Vec<f64> = (1..=most).map(|k| (k as f64).powf(-of("skew"))).collect();
            counts_fit(&counts, &weights)
        }
        _ => {
            let low = min.map_or(0.0, below);
            let high = max.map_or(1.0, below);
            let cut = |x: f64| ((below(x) - low) / (high - low).max(1e-12)).clamp(0.0, 1.0);
            sample_fits(sample, unit.max(1e-9), cut)
        }
    }
}

/// The share of a normal variable below a number (Abramowitz and Stegun 7.1.26).
fn bell(x: f64) -> f64 {
    let z = x.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let poly = t
        * (0.254_829_592
            + t * (-0.284_496_736
                + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    let half = (1.0 - poly * (-z * z).exp()) / 2.0;
    if x < 0.0 { 0.5 - half } else { 0.5 + half }
}
