//! Chance: what counts and samples may be, if they follow their laws.

use std::collections::BTreeMap;

/// Standard deviations that a statistic may lie off: one in 300,000 by chance.
const SIGMAS: f64 = 4.5;
/// The least that is expected of a class for Pearson's test; rarer ones are taken together.
const LEAST: f64 = 5.0;
/// The greatest distance of a sample from its law, times the root of its size: passed with a
/// probability of 2 exp(-2 · 2.6²), one in 370,000 (Kolmogorov).
const DISTANCE: f64 = 2.6;

/// Why a count of so many tries is not that of a share, if it is not.
pub(super) fn share(count: usize, tries: usize, share: f64) -> Result<(), String> {
    let (tries, count) = (tries as f64, count as f64);
    let (expected, deviation) = (tries * share, (tries * share * (1.0 - share)).max(0.0).sqrt());
    // The tail towards the middle is the longer one, by what Cornish and Fisher give for the skew.
    let skew = (1.0 - 2.0 * share) * (count - expected).signum();
    let longer = skew.max(0.0) * (SIGMAS * SIGMAS - 1.0) / 6.0;
    if (count - expected).abs() <= SIGMAS * deviation + longer + 1.0 {
        return Ok(());
    }
    Err(format!("{count} of {tries}, where {expected:.1} were to be expected"))
}

/// Why counts of classes are not those of their weights (Pearson's chi-squared, with the bound of
/// Wilson and Hilferty), if they are not.
pub(crate) fn counts_fit(counts: &[usize], weights: &[f64]) -> Result<(), String> {
    let all: f64 = counts.iter().map(|count| *count as f64).sum();
    let sum: f64 = weights.iter().sum();
    if let Some(at) = (0..counts.len()).find(|at| counts[*at] > 0 && weights[*at] <= 0.0) {
        return Err(format!("class {at} has no weight, and {} rows", counts[at]));
    }
    let (mut chi, mut classes, mut rare) = (0.0, 0_u32, (0.0, 0.0));
    for (count, weight) in counts.iter().zip(weights) {
        let expected = all * weight / sum;
        if expected < LEAST {
            rare = (rare.0 + *count as f64, rare.1 + expected);
        } else {
            chi += (*count as f64 - expected).powi(2) / expected;
            classes += 1;
        }
    }
    if rare.1 >= LEAST {
        chi += (rare.0 - rare.1).powi(2) / rare.1;
        classes += 1;
    }
    if classes < 2 {
        return Ok(());
    }
    let free = f64::from(classes - 1);
    let spread = 2.0 / (9.0 * free);
    let bound = free * (1.0 - spread + SIGMAS * spread.sqrt()).powi(3);
    if chi <= bound {
        return Ok(());
    }
    Err(format!("chi-squared {chi:.1} of at most {bound:.1}: {counts:?} by {weights:?}"))
}

/// The same for values and what each is to weigh; one that is not listed is an error of its own.
pub(super) fn values_fit<'v>(
    values: impl Iterator<Item = &'v str>,
    words: &[&str],
    weights: &[f64],
) -> Result<(), String> {
    // A word that is listed twice weighs as much as both.
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut sums: Vec<f64> = Vec::new();
    for (word, weight) in words.iter().zip(weights) {
        let next = sums.len();
        let place = *places.entry(word).or_insert(next);
        if place == next {
            sums.push(0.0);
        }
        sums[place] += weight;
    }
    let mut counts = vec![0; sums.len()];
    for value in values {
        let Some(place) = places.get(value) else {
            return Err(format!("`{value}` is not among {words:?}"));
        };
        counts[*place] += 1;
    }
    counts_fit(&counts, &sums)
}

/// Why a sample is too far from its law, if it is. `below` is the share of the law below a number;
/// `unit` is what numbers are rounded to.
pub(super) fn sample_fits(
    mut sample: Vec<f64>,
    unit: f64,
    below: impl Fn(f64) -> f64,
) -> Result<(), String> {
    sample.sort_by(f64::total_cmp);
    let all = sample.len() as f64;
    let slack = DISTANCE / all.sqrt();
    for (place, value) in sample.iter().enumerate() {
        let (least, most) = (place as f64 / all, (place + 1) as f64 / all);
        if least > below(value + unit) + slack || most < below(value - unit) - slack {
            return Err(format!(
                "{least:.3} of the sample are below {value}, by the law {:.3}, with {slack:.3} for chance",
                below(*value)
            ));
        }
    }
    Ok(())
}

/// The correlation of the ranks of two columns (Spearman), and how many pairs there are.
pub(crate) fn rank_correlation(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        order.sort_by(|left, right| of(&pairs[*left]).total_cmp(&of(&pairs[*right])));
        let mut ranks = vec![0.0; pairs.len()];
        let mut from = 0;
        while from < order.len() {
            let value = of(&pairs[order[from]]);
            let same =
                order[from..].iter().take_while(|at| of(&pairs[**at]).total_cmp(&value).is_eq());
            let many = same.count();
            for at in &order[from..from + many] {
                ranks[*at] = from as f64 + (many - 1) as f64 / 2.0;
            }
            from += many;
        }
        ranks
    };
    let (left, right) = (ranks(&|pair| pair.0), ranks(&|pair| pair.1));
    let middle = (pairs.len() as f64 - 1.0) / 2.0;
    let product = |one: &[f64], other: &[f64]| -> f64 {
        one.iter().zip(other).map(|(one, other)| (one - middle) * (other - middle)).sum()
    };
    product(&left, &right) / (product(&left, &left) * product(&right, &right)).sqrt()
}
