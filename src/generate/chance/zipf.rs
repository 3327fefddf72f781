//! [`Zipf`]: ranks of which the first are met most (rejection-inversion, Hörmann and Derflinger
//! 1996).

use peyote_schemas::value::wide::{Work, widest};

use crate::generate::draw::Draw;

/// Tries before the last one is taken as it is; the mean is 1.01.
const TRIES: u64 = 64;

/// Ranks that are few: what a draw comes to is looked up.
const FEW: f64 = 64.0;
/// Places that are all looked at rather than some.
const SHORT: usize = 32;
/// Ranks from which on the curve between two is as good as straight.
const SMOOTH: f64 = 8.0;
/// By how much what is known roughly may be off, and more: relative to it, or to one.
const OFF: f64 = 1e-9;
/// Halvings of `[0, 1)` until what is left is less than that.
const HALVINGS: usize = 36;

/// A law over `1..=ranks`: rank *r* is met in proportion to *r* to the power of minus `skew`.
#[derive(Debug, Clone, PartialEq)]
pub struct Zipf {
    ranks: f64,
    skew: f64,
    first: f64,
    last: f64,
    sure: f64,
    /// What areas are raised to where the rough way may be taken, else 0.
    power: f64,
    /// For few ranks, each's refusal and then itself from the first on: the draws above which nothing
    /// that comes later is met.
    above: Vec<f64>,
}

impl Zipf {
    /// How often each rank is met beside the first, if they are no more than so many.
    pub fn weights(&self, most: u64) -> Option<Vec<f64>> {
        let ranks = self.ranks as u64;
        (ranks <= most)
            .then(|| (1..=ranks).map(|rank| libm::pow(rank as f64, -self.skew)).collect())
    }

    /// The law over so many ranks, at least one, with a skew above 0.
    pub fn new(ranks: u64, skew: f64) -> Self {
        let ranks = ranks.max(1) as f64;
        let (first, last, sure) = (0.0, 0.0, 0.0);
        let mut zipf = Self { ranks, skew, first, last, sure, power: 0.0, above: Vec::new() };
        zipf.first = zipf.area(1.5) - 1.0;
        zipf.last = zipf.area(ranks + 0.5);
        zipf.sure = 2.0 - zipf.reach(zipf.area(2.5) - zipf.height(2.0));
        let power = 1.0 / (1.0 - skew);
        if power.abs() < 64.0 && (0.0..4.0).contains(&skew) {
            zipf.power = power;
        }
        if ranks <= FEW && skew.is_finite() {
            // The greater a draw, the lower its rank, and the nearer to be refused.
            let place = |unit: f64| {
                let (rank, taken) = zipf.tried(unit);
                2 * rank - u64::from(!taken)
            };
            let above = |code: u64| {
                let (mut low, mut high) = (0.0, 1.0);
                for _ in 0..HALVINGS {
                    let middle = f64::midpoint(low, high);
                    if place(middle) > code { low = middle } else { high = middle }
                }
                high
            };
            zipf.above = (1..=2 * ranks as u64).map(above).collect();
        }
        zipf
    }

    /// The rank of a row, from 1.
    #[inline]
    pub fn rank(&self, draw: Draw, row: u64) -> u64 {
        let mut tried = 0;
        loop {
            let unit = if tried == 0 { draw.unit(row) } else { draw.numbered(tried).unit(row) };
            let (rank, taken) = self.known(unit).unwrap_or_else(|| self.tried(unit));
            tried += 1;
            if taken || tried == TRIES {
                return rank;
            }
        }
    }

    /// The rank of a row, from 1, where what its first draw comes to is known; 0 if it is not.
    #[inline]
    pub fn known_rank(&self, draw: Draw, row: u64, known: u64) -> u64 {
        if known > 0 { known } else { self.rank(draw, row) }
    }

    /// Puts in the place of each draw the rank that it is taken for, from 1, or 0 where it takes more to
    /// know: vectors take many side by side.
    pub fn known_ranks(&self, units: &[f64], ranks: &mut Vec<u64>) {
        let from = ranks.len();
        ranks.resize(from + units.len(), 0);
        if self.above.is_empty() && self.power != 0.0 {
            widest(Known { zipf: self, units, ranks: &mut ranks[from..] });
            return;
        }
        for (rank, unit) in ranks[from..].iter_mut().zip(units) {
            let known = self.known(*unit).filter(|(_, taken)| *taken);
            *rank = known.map_or(0, |(known, _)| known);
        }
    }

    /// The rank of a draw, and whether it is taken.
    fn tried(&self, unit: f64) -> (u64, bool) {
        let area = self.last + unit * (self.first - self.last);
        let place = self.reach(area);
        let rank = libm::floor(place + 0.5).clamp(1.0, self.ranks);
        let taken = rank - place <= self.sure || area >= self.area(rank + 0.5) - self.height(rank);
        (rank as u64, taken)
    }

    /// The same, found in a rough way where that is sure.
    #[inline]
    fn known(&self, unit: f64) -> Option<(u64, bool)> {
        if !self.above.is_empty() {
            // Without a branch where they are few enough: the next draw is of another rank.
            let code = match self.above.as_slice() {
                few if few.len() <= SHORT => {
                    few.iter().map(|above| usize::from(unit <= above + OFF)).sum()
                }
                all => all.iter().position(|above| unit > above + OFF)?,
            };
            if code == self.above.len() {
                return None;
            }
            let apart = code == 0 || unit < self.above[code - 1] - OFF;
            return apart.then_some((code as u64 / 2 + 1, code % 2 == 1));
        }
        if self.power == 0.0 {
            return None;
        }
        let rank = self.roughly(unit);
        (rank > 0).then_some((rank, true))
    }

    /// The rank that a draw is taken for, where the rough way may be taken and is sure; else 0.
    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[allow(
        clippy::needless_bitwise_bool,
        clippy::manual_range_contains,
        reason = "vectors have no branches"
    )]
    #[inline(always)]
    fn roughly(&self, unit: f64) -> u64 {
        let area = self.last + unit * (self.first - self.last);
        let base = 1.0 + area * (1.0 - self.skew);
        let place = rough::exp(self.power * rough::log(base));
        let whole = rough::floor(place + 0.5);
        let into = place + 0.5 - whole;
        let off = place * OFF;
        // What is refused lies within this of the lower end, by the bend of the curve; twice as much.
        let bend = self.skew * (self.skew + 1.0) / (12.0 * place * place);
        // Without a branch: all of it is worked out for draws side by side.
        let is_sure = (base >= 1e-6)
            & (base < 1e300)
            & (place >= SMOOTH)
            & (place < self.ranks - 1.0)
            & (place < rough::LARGE)
            & (into > bend + off)
            & (into < 1.0 - off);
        if is_sure { rough::whole(whole) } else { 0 }
    }

    fn height(&self, at: f64) -> f64 {
        libm::exp(-self.skew * libm::log(at))
    }

    /// The integral of the height, up to a constant.
    fn area(&self, to: f64) -> f64 {
        let log = libm::log(to);
        let power = (1.0 - self.skew) * log;
        if power.abs() > 1e-8 {
            libm::expm1(power) / power * log
        } else {
            log * (1.0 + power / 2.0)
        }
    }

    /// Up to where the height has an area.
    fn reach(&self, area: f64) -> f64 {
        let power = (area * (1.0 - self.skew)).max(-1.0);
        let factor =
            if power.abs() > 1e-8 { libm::log1p(power) / power } else { 1.0 - power / 2.0 };
        libm::exp(factor * area)
    }
}

/// What draws are taken for.
struct Known<'z> {
    zipf: &'z Zipf,
    units: &'z [f64],
    ranks: &'z mut [u64],
}

impl Work for Known<'_> {
    type Done = ();
    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) {
        for (rank, unit) in self.ranks.iter_mut().zip(self.units) {
            *rank = self.zipf.roughly(*unit);
        }
    }
}

/// Powers to ten digits, by rules that are inlined, without a branch and without a conversion that not
/// all vectors have.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
mod rough {
    use std::f64::consts::{LN_2, LOG2_E};

    /// Bits behind the point of a number; those of the exponent of 1.
    const BITS: u32 = 52;
    const ONE: u64 = 1023 << BITS;
    /// 2^52, whose numbers have nothing behind the point: what is added to it is rounded, and stands in
    /// its lower bits.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    /// Numbers below this are rounded down by [`floor`].
    pub(super) const LARGE: f64 = WHOLE / 4.0;

    /// A number from 0 up to [`LARGE`], rounded down.
    #[inline(always)]
    pub(super) fn floor(of: f64) -> f64 {
        let near = (of + WHOLE) - WHOLE;
        if near > of { near - 1.0 } else { near }
    }

    /// A whole number from 0 up to [`LARGE`].
    #[inline(always)]
    pub(super) fn whole(of: f64) -> u64 {
        (of + WHOLE).to_bits() & ((1 << BITS) - 1)
    }

    /// The series of the logarithm, of odd powers, and that of the exponential in two parts.
    const ODDS: [f64; 8] =
        [1.0, 1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0, 1.0 / 15.0];
    const LOW: [f64; 8] =
        [1.0, 1.0, 0.5, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0];
    const HIGH: [f64; 8] = [
        1.0 / 40_320.0,
        1.0 / 362_880.0,
        1.0 / 3_628_800.0,
        1.0 / 39_916_800.0,
        0.0,
        0.0,
        0.0,
        0.0,
    ];

    /// A polynomial, in a way whose steps do not wait for each other (Estrin).
    #[inline(always)]
    fn sum(of: [f64; 8], at: f64) -> f64 {
        let square = at * at;
        let low = (of[0] + of[1] * at) + (of[2] + of[3] * at) * square;
        let high = (of[4] + of[5] * at) + (of[6] + of[7] * at) * square;
        low + high * (square * square)
    }

    #[inline(always)]
    fn eighth(of: f64) -> f64 {
        let square = of * of;
        (square * square) * (square * square)
    }

    /// The natural logarithm of an ordinary number above 0.
    #[inline(always)]
    pub(super) fn log(of: f64) -> f64 {
        let bits = of.to_bits();
        let part = f64::from_bits(bits & ((1 << BITS) - 1) | ONE);
        // The part is between the roots of a half and of two.
        let high = part > std::f64::consts::SQRT_2;
        let part = if high { part * 0.5 } else { part };
        let exponent = f64::from_bits(bits >> BITS | WHOLE.to_bits()) - WHOLE;
        let exponent = exponent - 1023.0 + if high { 1.0 } else { 0.0 };
        let t = (part - 1.0) / (part + 1.0);
        let square = t * t;
        let series = sum(ODDS, square);
        exponent * LN_2 + 2.0 * t * series
    }

    /// The exponential of a number within a few hundred.
    #[inline(always)]
    pub(super) fn exp(of: f64) -> f64 {
        let twos = floor(of * LOG2_E + 0.5 + 1024.0) - 1024.0;
        let rest = of - twos * LN_2;
        let series = sum(LOW, rest) + sum(HIGH, rest) * eighth(rest);
        // What is out of bounds comes to nothing of use, and is not used.
        let power = (twos + 1023.0).clamp(1.0, 2046.0);
        series * f64::from_bits((power + WHOLE).to_bits() << BITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_roughly_is_what_is_there() {
        for skew in [0.2, 0.55, 0.8, 0.999, 1.0, 1.001, 1.4, 2.4, 3.9, 6.0] {
            for ranks in [1, 2, 8, 20, 64, 65, 1000, 120_000, 1_000_000_000] {
                let zipf = Zipf::new(ranks, skew);
                let draw = Draw::new(ranks, "t", "c");
                let ends = [0.0, 1.0 - f64::EPSILON, 0.5, 1e-12];
                let units = (0..4000).map(|row| draw.unit(row)).chain(ends);
                let mut found = 0;
                for unit in units {
                    let mut side = Vec::new();
                    zipf.known_ranks(&[unit], &mut side);
                    if let Some(known) = zipf.known(unit) {
                        assert_eq!(known, zipf.tried(unit), "{ranks} at {skew}: {unit}");
                        found += 1;
                        assert_eq!(side[0], if known.1 { known.0 } else { 0 });
                    } else {
                        assert_eq!(side, [0]);
                    }
                }
                assert!(found > 3900 || ranks > 64, "{ranks} at {skew}: {found}");
            }
        }
    }

    #[test]
    fn ranks_are_met_by_their_powers() {
        for skew in [0.5, 1.0, 1.5, 3.0] {
            let zipf = Zipf::new(1000, skew);
            let draw = Draw::new(1, "t", "c");
            let mut counts = vec![0_u32; 1001];
            for row in 0..200_000 {
                counts[zipf.rank(draw, row) as usize] += 1;
            }
            let all: f64 = (1..=1000).map(|rank| f64::from(rank).powf(-skew)).sum();
            for rank in [1_u32, 2, 3, 10, 100] {
                let expected = 200_000.0 * f64::from(rank).powf(-skew) / all;
                let off = f64::from(counts[rank as usize]) - expected;
                assert!(off.abs() < 4.5 * expected.sqrt().max(1.0), "rank {rank} at {skew}: {off}");
            }
        }
    }

    #[test]
    fn one_rank_is_always_met_and_many_are_within_bounds() {
        let draw = Draw::new(1, "t", "c");
        assert!((0..100).all(|row| Zipf::new(1, 1.1).rank(draw, row) == 1));
        let wide = Zipf::new(1_000_000_000, 0.8);
        assert!((0..10_000).all(|row| (1..=1_000_000_000).contains(&wide.rank(draw, row))));
    }
}
