//! Numbers: the law that some were drawn by, as simple as they allow.

use crate::behaviour::{Law, Number};
use crate::kind::Kind;

/// The most different numbers that are taken for all there are.
const MAX_LEVELS: usize = 8;
/// Coarse steps that people round to, the coarsest first.
const STEPS: [f64; 12] =
    [1_000_000.0, 100_000.0, 10_000.0, 1_000.0, 100.0, 50.0, 10.0, 5.0, 1.0, 0.5, 0.1, 0.01];
/// The most digits after the point that are seen.
const FINEST: f64 = 1e-6;
/// How far from a multiple a number may be, of its step.
const NEAR: f64 = 1e-6;
/// The skewness from which on a law has a long tail.
const SKEWED: f64 = 0.8;
/// How far beyond what was seen numbers may go, of the span seen.
const BEYOND: f64 = 0.25;
/// The share of numbers with an ending from which on endings are a habit.
const HABIT: f64 = 0.5;

/// The law, rounding and endings of numbers in rising order; at least one.
pub(crate) fn numbers(sorted: &[f64], kind: &Kind) -> Number {
    let (Some(least), Some(most)) = (sorted.first().copied(), sorted.last().copied()) else {
        return Number::new(Law::Uniform { min: 0.0, max: 1.0 });
    };
    let count = sorted.len() as f64;
    if let Some(levels) = levels(sorted) {
        return Number::new(levels);
    }
    let step = step(sorted);
    let mean = sorted.iter().sum::<f64>() / count;
    let spread = (sorted.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt();
    let skewness = sorted.iter().map(|x| ((x - mean) / spread).powi(3)).sum::<f64>() / count;
    let law = if least > 0.0 && (skewness > SKEWED || most / least > 50.0) {
        let logs: Vec<f64> = sorted.iter().map(|x| x.ln()).collect();
        let middle = logs.iter().sum::<f64>() / count;
        let sigma = (logs.iter().map(|x| (x - middle).powi(2)).sum::<f64>() / count).sqrt();
        Law::Lognormal { median: plain(middle.exp()), sigma: plain(sigma.max(0.05)) }
    } else {
        Law::Normal { mean: plain(mean), deviation: plain(spread.max(FINEST)) }
    };
    let room = (most - least) * BEYOND;
    // Numbers on one side of 0 stay there, shares stay shares.
    let low = if least >= 0.0 { (least - room).max(0.0).min(least) } else { least - room };
    let high = match most {
        most if most <= 1.0 && least >= 0.0 && step < 1.0 => (most + room).min(1.0),
        most if most <= 100.0 && least >= 0.0 && !matches!(kind, Kind::Int(_)) => {
            (most + room).min(100.0).max(most)
        }
        most => most + room,
    };
    let (min, max) = if step > 0.0 {
        ((low / step).ceil() * step, (high / step).floor() * step)
    } else {
        (low, high)
    };
    let (min, max) = (plain(min.min(least)), plain(max.max(most)));
    let ending = endings(sorted, kind);
    let finest = kind_step(kind);
    let round =
        (step > 0.0 && finest.is_none_or(|finest| step > finest * 1.5) && ending.is_empty())
            .then_some(step);
    Number { min: Some(min), max: Some(max), round, ending, ..Number::new(law) }
}

/// A few numbers that come again and again, with how often they do.
fn levels(sorted: &[f64]) -> Option<Law> {
    let mut values: Vec<(f64, f64)> = Vec::new();
    for number in sorted {
        let full = values.len() == MAX_LEVELS;
        match values.last_mut() {
            Some((value, many)) if value.total_cmp(number).is_eq() => *many += 1.0,
            _ if full => return None,
            _ => values.push((*number, 1.0)),
        }
    }
    let few = values.len() == 1 || sorted.len() >= 3 * values.len();
    few.then(|| Law::Levels {
        values: values.iter().map(|(value, _)| *value).collect(),
        weights: (values.len() > 1).then(|| values.iter().map(|(_, many)| *many).collect()),
    })
}

/// The coarsest step that all numbers are multiples of; 0 where there is none.
fn step(sorted: &[f64]) -> f64 {
    let multiple = |step: f64| {
        sorted.iter().all(|number| {
            let many = number / step;
            (many - many.round()).abs() < NEAR.max(many.abs() * f64::EPSILON * 4.0)
        })
    };
    let fine = [0.001, 0.0001, 0.00001, FINEST];
    STEPS.into_iter().chain(fine).find(|step| multiple(*step)).unwrap_or(0.0)
}

/// What prices end in, if most of them end alike.
fn endings(sorted: &[f64], kind: &Kind) -> Vec<f64> {
    if !matches!(kind, Kind::Decimal { scale: 2.., .. } | Kind::Float) {
        return Vec::new();
    }
    let cents = |number: &f64| ((number - number.floor()) * 100.0).round() as u32 % 100;
    let mut found: Vec<(u32, usize)> = Vec::new();
    for number in sorted {
        match found.iter_mut().find(|(ending, _)| *ending == cents(number)) {
            Some((_, many)) => *many += 1,
            None => found.push((cents(number), 1)),
        }
    }
    found.sort_by_key(|(ending, many)| (std::cmp::Reverse(*many), *ending));
    let habit: usize = found.iter().take(3).map(|(_, many)| many).sum();
    let liked = found.iter().any(|(ending, _)| matches!(ending, 99 | 95 | 49 | 50 | 90));
    if found.len() > 20 || !liked || (habit as f64) < HABIT * sorted.len() as f64 {
        return Vec::new();
    }
    // Each as often as it was seen, up to ten in all.
    let most = sorted.len().max(1);
    (found.iter())
        .flat_map(|(ending, many)| {
            let share = (many * 10).div_ceil(most);
            std::iter::repeat_n(f64::from(*ending) / 100.0, share)
        })
        .collect()
}

/// The finest step of a kind.
fn kind_step(kind: &Kind) -> Option<f64> {
    match kind {
        Kind::Int(_) => Some(1.0),
        Kind::Decimal { scale, .. } => Some(10_f64.powi(-i32::from(*scale))),
        _ => None,
    }
}

/// A number of at most six digits that count: what a few rows show is no finer.
fn plain(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return 0.0;
    }
    let shown = format!("{number:.5e}");
    shown.parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONEY: Kind = Kind::Decimal { precision: 10, scale: 2 };

    #[test]
    fn prices_keep_their_endings() {
        let prices = [4.99, 7.95, 8.99, 12.99, 12.99, 15.99, 18.0, 24.99, 39.95, 79.99];
        let found = numbers(&prices, &MONEY);
        assert!(matches!(found.law, Law::Lognormal { .. }), "{found:?}");
        assert!(found.ending.contains(&0.99) && found.ending.contains(&0.95));
        assert!(found.min <= Some(4.99) && found.max >= Some(79.99));
    }

    #[test]
    fn few_numbers_are_levels_and_round_ones_stay_round() {
        let levels = numbers(&[1.0, 1.0, 2.0, 2.0, 2.0, 5.0, 5.0, 5.0, 5.0], &Kind::Float);
        assert_eq!(
            levels.law,
            Law::Levels { values: vec![1.0, 2.0, 5.0], weights: Some(vec![2.0, 3.0, 4.0]) }
        );
        let round = [1200.0, 1500.0, 1600.0, 1900.0, 2100.0, 2300.0, 2500.0, 2600.0, 2800.0];
        assert_eq!(numbers(&round, &Kind::Float).round, Some(100.0));
    }
}
