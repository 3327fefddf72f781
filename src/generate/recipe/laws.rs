//! Laws and delays, worked out.

use peyote_schemas::Kind;
use peyote_schemas::behaviour::{Delay, Grain, Law};
use peyote_schemas::value::moment::DAY;

use crate::generate::chance::alias::Alias;
use crate::generate::chance::normal;
use crate::generate::chance::quantile::{Quantile, share_below};
use crate::generate::chance::zipf::Zipf;
use crate::generate::follow::Span;
use crate::generate::maker::{Amount, Grid, Spread};

/// A law on a grid, within bounds.
pub(super) fn spread(law: &Law, grid: &Grid, bounds: (Option<f64>, Option<f64>)) -> Spread {
    let table = |value: &dyn Fn(f64) -> f64| {
        let from = bounds.0.map_or(0.0, |least| share_below(value, least));
        let to = bounds.1.map_or(1.0, |most| share_below(value, most));
        Spread::Table(Box::new(Quantile::new(value, from, to.max(from))))
    };
    match law {
        Law::Uniform { min, max } => {
            let (min, max) = (min.min(*max), max.max(*min));
            let least = bounds.0.map_or(min, |least| min.max(least));
            let most = bounds.1.map_or(max, |most| max.min(most)).max(least);
            if grid.is_none() {
                table(&|share| least + (most - least) * share)
            } else {
                let (first, many) = grid.units(least, most);
                Spread::Even(first, many)
            }
        }
        Law::Normal { mean, deviation } => table(&|share| mean + deviation * normal::value(share)),
        Law::Lognormal { median, sigma } => {
            table(&|share| median * libm::exp(sigma * normal::value(share)))
        }
        Law::Exponential { mean } => table(&|share| -mean * libm::log1p(-share)),
        Law::Zipf { most, skew } => Spread::Zipf(Zipf::new(*most, *skew)),
        Law::Triangular { min, mode, max } => table(&|share| {
            let (low, high) = (mode - min, max - mode);
            let all = (max - min).max(f64::MIN_POSITIVE);
            if share < low / all {
                min + libm::sqrt((share * all * low).max(0.0))
            } else {
                max - libm::sqrt(((1.0 - share) * all * high).max(0.0))
            }
        }),
        Law::Levels { values, weights } => {
            let values = if values.is_empty() { vec![0.0] } else { values.clone() };
            let even = vec![1.0; values.len()];
            let weights = weights.as_deref().filter(|all| all.len() == values.len());
            let alias = Alias::new(weights.unwrap_or(&even));
            Spread::Levels(values, alias)
        }
    }
}

/// How long something takes, for moments that are multiples of a grain.
pub(super) fn span(delay: &Delay, grain: i64) -> Span {
    let unit = delay.unit.micros();
    // Days after a day are whole ones, and so on.
    let round = delay.round.or((grain >= unit).then(|| grain as f64 / unit as f64));
    let bounds = (Some(delay.min.unwrap_or(0.0)), delay.max);
    let grid = Grid::new(&Kind::Float, round, bounds, &[]);
    let spread = spread(&delay.law, &grid, bounds);
    Span { amount: Amount { spread, grid }, unit }
}

/// What moments of a kind are multiples of, in microseconds.
pub(super) fn grain(kind: &Kind, said: Option<Grain>) -> i64 {
    let least = if *kind == Kind::Date { DAY } else { 1 };
    said.map_or(1_000_000, Grain::micros).max(least)
}
