//! [`Zipf`]: ranks of which the first are met most (rejection-inversion, Hörmann and Derflinger
//! 1996).

use crate::generate::draw::Draw;

/// Tries before the last one is taken as it is; the mean is 1.01.
const TRIES: u64 = 64;

/// A law over `1..=ranks`: rank *r* is met in proportion to *r* to the power of minus `skew`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zipf {
    ranks: f64,
    skew: f64,
    first: f64,
    last: f64,
    sure: f64,
}

impl Zipf {
    /// The law over so many ranks, at least one, with a skew above 0.
    pub fn new(ranks: u64, skew: f64) -> Self {
        let ranks = ranks.max(1) as f64;
        let mut zipf = Self { ranks, skew, first: 0.0, last: 0.0, sure: 0.0 };
        zipf.first = zipf.area(1.5) - 1.0;
        zipf.last = zipf.area(ranks + 0.5);
        zipf.sure = 2.0 - zipf.reach(zipf.area(2.5) - zipf.height(2.0));
        zipf
    }

    /// The rank of a row, from 1.
    #[inline]
    pub fn rank(&self, draw: Draw, row: u64) -> u64 {
        let mut tried = 0;
        loop {
            let unit = if tried == 0 { draw.unit(row) } else { draw.numbered(tried).unit(row) };
            let area = self.last + unit * (self.first - self.last);
            let place = self.reach(area);
            let rank = libm::floor(place + 0.5).clamp(1.0, self.ranks);
            tried += 1;
            if rank - place <= self.sure
                || area >= self.area(rank + 0.5) - self.height(rank)
                || tried == TRIES
            {
                return rank as u64;
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

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
