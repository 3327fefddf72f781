//! [`Shuffle`]: a permutation that is never written down.

use super::draw::{Draw, mix};

/// Half rounds: three rounds make a Feistel network a pseudo-random permutation (Luby and Rackoff
/// 1988).
const ROUNDS: usize = 6;

/// A permutation of `0..len`, computed forwards and backwards number by number.
///
/// A number is split in two digits, of radix `high` and of radix 2^`low`, which take turns in being
/// moved by a draw of the other (a Feistel network over mixed radices, after Black and Rogaway
/// 2002). The digits count a few numbers more than `len`; who lands there goes on walking, which
/// about one of √`len` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shuffle {
    len: u64,
    high: u64,
    low: u32,
    keys: [u64; ROUNDS],
}

impl Shuffle {
    /// The permutation of `0..len` that belongs to draws.
    pub fn new(draw: Draw, len: u64) -> Self {
        let low = (u64::BITS - len.leading_zeros()) / 2;
        let high = (len >> low) + u64::from(len & ((1 << low) - 1) != 0);
        let mut keys = [0; ROUNDS];
        for (key, round) in keys.iter_mut().zip(0..) {
            *key = draw.numbered(round).bits(0);
        }
        Self { len, high: high.max(1), low, keys }
    }

    /// How many numbers there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where a number goes. Numbers from `len` on stay.
    #[inline]
    pub fn forward(&self, number: u64) -> u64 {
        if number >= self.len {
            return number;
        }
        let mask = (1 << self.low) - 1;
        let (mut high, mut low) = (number >> self.low, number & mask);
        loop {
            for keys in self.keys.chunks_exact(2) {
                high += below(keys[0], low, self.high);
                high -= if high >= self.high { self.high } else { 0 };
                low = low.wrapping_add(stir(keys[1], high)) & mask;
            }
            let number = high << self.low | low;
            if number < self.len {
                return number;
            }
        }
    }

    /// Where a number comes from. Numbers from `len` on stay.
    #[inline]
    pub fn backward(&self, number: u64) -> u64 {
        if number >= self.len {
            return number;
        }
        let mask = (1 << self.low) - 1;
        let (mut high, mut low) = (number >> self.low, number & mask);
        loop {
            for keys in self.keys.chunks_exact(2).rev() {
                low = low.wrapping_sub(stir(keys[1], high)) & mask;
                let step = below(keys[0], low, self.high);
                high = if high >= step { high - step } else { high + self.high - step };
            }
            let number = high << self.low | low;
            if number < self.len {
                return number;
            }
        }
    }
}

/// 64 bits that hang on a key and a digit; the upper ones are the better mixed.
#[inline]
fn stir(key: u64, digit: u64) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let product = u128::from(key ^ digit.wrapping_mul(ODD)) * u128::from(ODD);
    (product >> 64) as u64 ^ product as u64
}

#[inline]
fn below(key: u64, digit: u64, bound: u64) -> u64 {
    ((u128::from(stir(key, digit)) * u128::from(bound)) >> 64) as u64
}

/// Another number of 64 bits for every number of 64 bits: identifiers that look random, each once.
#[inline]
pub fn scattered(draw: Draw, number: u64) -> u64 {
    mix(number ^ draw.bits(0)) ^ draw.bits(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_reached_once_and_found_again() {
        for len in (0..70).chain([100, 255, 256, 257, 1000, 4097, 65_535, 65_537]) {
            let shuffle = Shuffle::new(Draw::new(len, "t", "c"), len);
            let mut seen = vec![false; len as usize];
            for number in 0..len {
                let there = shuffle.forward(number);
                assert!(there < len && !seen[there as usize], "{number} of {len}");
                seen[there as usize] = true;
                assert_eq!(shuffle.backward(there), number);
            }
        }
    }

    #[test]
    fn large_numbers_are_found_again() {
        for len in [1 << 40, (1 << 40) + 1, 10_000_000_000, u64::MAX / 2, u64::MAX] {
            let shuffle = Shuffle::new(Draw::new(1, "t", "c"), len);
            for number in (0..1000).chain(len - 1000..len) {
                let there = shuffle.forward(number);
                assert!(there < len);
                assert_eq!(shuffle.backward(there), number);
            }
        }
    }

    #[test]
    fn neighbours_part() {
        // The distance of two numbers at random is a third of all.
        let len = 1_000_003_u64;
        for seed in 0..5 {
            let shuffle = Shuffle::new(Draw::new(seed, "t", "c"), len);
            let apart = |n: u64| shuffle.forward(n).abs_diff(shuffle.forward(n + 1)) as f64;
            let mean = (0..100_000).map(apart).sum::<f64>() / 100_000.0 / len as f64;
            assert!((mean - 1.0 / 3.0).abs() < 0.005, "{mean}");
            // And each sixteenth of the source falls evenly on the sixteenths of the target.
            let mut counts = [[0_u32; 16]; 16];
            for number in 0..160_000 {
                let from = number * len / 160_000;
                let to = shuffle.forward(from);
                counts[(from * 16 / len) as usize][(to * 16 / len) as usize] += 1;
            }
            let chi: f64 =
                counts.iter().flatten().map(|c| (f64::from(*c) - 625.0).powi(2) / 625.0).sum();
            assert!((chi - 255.0).abs() < 4.5 * 22.6, "{chi}");
        }
    }

    #[test]
    fn scattered_numbers_are_each_there_once() {
        let draw = Draw::new(3, "t", "c");
        let mut seen: Vec<u64> = (0..10_000).map(|n| scattered(draw, n)).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 10_000);
    }
}
