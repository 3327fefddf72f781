//! [`Quantile`]: any law over the numbers as a table, one look a value.

/// Cells of equal share.
const CELLS: usize = 1 << CELL_BITS;
const CELL_BITS: u32 = 12;
/// Cells in each tail, every one half as likely as the one before: the outermost is met once in
/// 2^52 draws.
const OCTAVES: usize = 40;
/// Bits of a draw that are left within a cell.
const REST: u32 = u64::BITS - CELL_BITS;

/// The inverse of a distribution function, exact at its knots and straight between them.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantile {
    knots: Vec<f64>,
    /// Outwards from the ends of the first and the last cell.
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl Quantile {
    /// The table of a law, given the value below which a share in `(0, 1)` lies; it must not fall.
    ///
    /// Only shares from `from` to `to` are met: a law within bounds has no spikes at them.
    pub fn new(value: impl Fn(f64) -> f64, from: f64, to: f64) -> Self {
        let share = |of: f64| from + (to - from) * of;
        // The ends themselves are infinite for laws without bounds: a little within.
        let within = |of: f64| share(of).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
        let knots = (0..=CELLS).map(|at| value(within(at as f64 / CELLS as f64))).collect();
        let octave = |at: usize| 1.0 / CELLS as f64 / (1_u64 << at) as f64;
        // From above the share is taken from 1 last, so that little of it is lost.
        let lower = (0..=OCTAVES).map(|at| value(within(octave(at)))).collect();
        let upper = (0..=OCTAVES).map(|at| value(within(1.0 - octave(at)))).collect();
        Self { knots, lower, upper }
    }

    /// The value for 64 even bits.
    #[inline]
    pub fn at(&self, bits: u64) -> f64 {
        let cell = (bits >> REST) as usize;
        let rest = bits << CELL_BITS;
        if cell == 0 {
            return octave(&self.lower, rest);
        }
        if cell == CELLS - 1 {
            return octave(&self.upper, !rest);
        }
        let part = (rest >> 11) as f64 * (1.0 / (1_u64 << 53) as f64);
        let from = self.knots[cell];
        from + (self.knots[cell + 1] - from) * part
    }
}

/// The value in a tail: `rest` is how far it is from the end, of 2^64.
#[cold]
fn octave(knots: &[f64], rest: u64) -> f64 {
    let at = (rest.leading_zeros() as usize).min(OCTAVES - 1);
    let part = (rest << at >> 11) as f64 / (1_u64 << 52) as f64 - 1.0;
    let (far, near) = (knots[at + 1], knots[at]);
    far + (near - far) * part.max(0.0)
}

/// The share below which a law stays under a bound, by bisection of its quantiles.
pub fn share_below(value: impl Fn(f64) -> f64, bound: f64) -> f64 {
    /// Halvings until nothing is left to halve.
    const HALVINGS: usize = 60;
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if value(middle) < bound {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::super::normal;
    use super::*;
    use crate::generate::draw::Draw;

    #[test]
    fn table_follows_its_law() {
        let table = Quantile::new(normal::value, 0.0, 1.0);
        for step in 1..4000_u64 {
            let bits = step * (u64::MAX / 4000) + 12_345_678;
            let share = bits as f64 / u64::MAX as f64;
            assert!((table.at(bits) - normal::value(share)).abs() < 2e-3, "{share}");
        }
        // Far out in the tails as well.
        for zeros in 12..44 {
            let bits = u64::MAX >> zeros;
            let expected = normal::value(bits as f64 / u64::MAX as f64);
            assert!((table.at(bits) - expected).abs() < 0.02, "{zeros}");
            assert!((table.at(!bits) + expected).abs() < 0.02, "{zeros}");
        }
        assert!(table.at(0).is_finite() && table.at(u64::MAX).is_finite());
    }

    #[test]
    fn table_rises() {
        let table = Quantile::new(|share| -libm::log(1.0 - share), 0.0, 1.0);
        let mut before = f64::NEG_INFINITY;
        for step in 0..1_000_000_u64 {
            let value = table.at(step * (u64::MAX / 1_000_000));
            assert!(value >= before);
            before = value;
        }
    }

    #[test]
    fn mean_and_deviation_are_those_of_the_law() {
        let table = Quantile::new(normal::value, 0.0, 1.0);
        let draw = Draw::new(1, "t", "c");
        let many = 1_000_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for n in 0..many {
            let value = table.at(draw.bits(n));
            sum += value;
            squares += value * value;
        }
        let many = many as f64;
        assert!((sum / many).abs() < 0.004 && (squares / many - 1.0).abs() < 0.006);
    }

    #[test]
    fn bounds_cut_without_spikes() {
        let law = |share| 10.0 + 5.0 * normal::value(share);
        let (from, to) = (share_below(law, 8.0), share_below(law, 20.0));
        let table = Quantile::new(law, from, to);
        let draw = Draw::new(1, "t", "c");
        let values: Vec<f64> = (0..100_000).map(|n| table.at(draw.bits(n))).collect();
        assert!(values.iter().all(|value| (7.999_999..20.000_001).contains(value)));
        let low = values.iter().filter(|value| **value < 8.1).count();
        assert!(low < 2000, "{low}");
    }
}
