//! [`Shuffle`]: a permutation that is never written down.

use peyote_schemas::value::wide::{Work, widest};

use super::draw::{Draw, mix};

/// Half rounds: three rounds make a Feistel network a pseudo-random permutation (Luby and Rackoff
/// 1988).
const ROUNDS: usize = 6;

/// Numbers that are moved together.
const AT_ONCE: usize = 512;
/// The lower half of 64 bits.
const HALF: u64 = u32::MAX as u64;

/// A permutation of `0..len`, computed forwards and backwards number by number, or for many numbers
/// side by side.
///
/// A number is split in two digits, of radix `high` and of radix 2^`low`, which take turns in being
/// moved by a draw of the other (a Feistel network over mixed radices, after Black and Rogaway
/// 2002). No digit is longer than 32 bits, so that every product fits a lane of a vector. The digits
/// count a few numbers more than `len`; who lands there goes on walking, which about one of √`len`
/// does.
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
            *key = draw.bits(round);
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
        let mut at = self.onward(number);
        while at >= self.len {
            at = self.onward(at);
        }
        at
    }

    /// Where a number comes from. Numbers from `len` on stay.
    #[inline]
    pub fn backward(&self, number: u64) -> u64 {
        if number >= self.len {
            return number;
        }
        let mut at = self.back(number);
        while at >= self.len {
            at = self.back(at);
        }
        at
    }

    /// Puts in the place of each number where it [goes](Self::forward).
    pub fn forward_all(&self, numbers: &mut [u64]) {
        self.all(numbers, Way::On);
    }

    /// Puts in the place of each number where it [comes from](Self::backward).
    pub fn backward_all(&self, numbers: &mut [u64]) {
        self.all(numbers, Way::Back);
    }

    /// Takes a step with all numbers, and then the way with those that have not arrived.
    fn all(&self, numbers: &mut [u64], way: Way) {
        let mut before = [0; AT_ONCE];
        for numbers in numbers.chunks_mut(AT_ONCE) {
            let before = &mut before[..numbers.len()];
            before.copy_from_slice(numbers);
            widest(Steps { shuffle: *self, way, before, numbers });
            for (number, before) in numbers.iter_mut().zip(before) {
                if *number >= self.len {
                    *number = match way {
                        Way::On => self.forward(*before),
                        Way::Back => self.backward(*before),
                    };
                }
            }
        }
    }

    /// A step on the way of a number below `len`.
    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn onward(&self, number: u64) -> u64 {
        let mask = (1 << self.low) - 1;
        let (mut high, mut low) = (number >> self.low, number & mask);
        for keys in self.keys.chunks_exact(2) {
            high = high.wrapping_add(below(keys[0], low, self.high));
            let over = if high as i64 >= self.high as i64 { self.high } else { 0 };
            high = high.wrapping_sub(over);
            low = low.wrapping_add(stir(keys[1], high)) & mask;
        }
        high << self.low | low
    }

    /// A step back on the way to a number below `len`.
    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn back(&self, number: u64) -> u64 {
        let mask = (1 << self.low) - 1;
        let (mut high, mut low) = (number >> self.low, number & mask);
        for keys in self.keys.chunks_exact(2).rev() {
            low = low.wrapping_sub(stir(keys[1], high)) & mask;
            high = high.wrapping_sub(below(keys[0], low, self.high));
            let under = if (high as i64) < 0 { self.high } else { 0 };
            high = high.wrapping_add(under);
        }
        high << self.low | low
    }
}

/// Where numbers are moved to.
#[derive(Debug, Clone, Copy)]
enum Way {
    On,
    Back,
}

/// A step of many numbers; those from `len` on stay.
struct Steps<'n> {
    shuffle: Shuffle,
    way: Way,
    before: &'n [u64],
    numbers: &'n mut [u64],
}

impl Work for Steps<'_> {
    type Done = ();
    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) {
        let Self { shuffle, way, before, numbers } = self;
        let stays = |number: u64| number >= shuffle.len;
        // Loops of their own: what is called in them is to be compiled with them.
        match way {
            Way::On => {
                for (number, before) in numbers.iter_mut().zip(before) {
                    let there = shuffle.onward(*before);
                    *number = if stays(*before) { *before } else { there };
                }
            }
            Way::Back => {
                for (number, before) in numbers.iter_mut().zip(before) {
                    let there = shuffle.back(*before);
                    *number = if stays(*before) { *before } else { there };
                }
            }
        }
    }
}

/// 32 bits that hang on a key and a digit: two products with their halves folded, the second of
/// which makes up for what the first leaves of the upper bits.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
fn stir(key: u64, digit: u64) -> u64 {
    /// The golden ratio in 32 bits, and a factor of the finaliser of `MurmurHash3` (Appleby 2011).
    const FIRST: u64 = 0x9e37_79b9;
    const SECOND: u64 = 0x85eb_ca6b;
    let product = ((digit ^ key) & HALF) * FIRST;
    let product = ((product ^ product >> 32 ^ key >> 32) & HALF) * SECOND;
    (product ^ product >> 32) & HALF
}

#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
fn below(key: u64, digit: u64, bound: u64) -> u64 {
    let digit = stir(key, digit);
    // The bound may be 2^32 itself.
    (digit * (bound & HALF)) >> 32 | digit & (bound >> 32).wrapping_neg()
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
    fn many_go_where_each_goes() {
        for len in [0, 1, 7, 1000, 65_537, (1 << 40) + 1, u64::MAX / 2, u64::MAX] {
            let shuffle = Shuffle::new(Draw::new(len, "t", "c"), len);
            let numbers: Vec<u64> = (0..1300)
                .map(|at| at * (len / 1300).max(1))
                .chain([len, len.saturating_add(5), u64::MAX])
                .collect();
            let mut all = numbers.clone();
            shuffle.forward_all(&mut all);
            let each: Vec<u64> = numbers.iter().map(|number| shuffle.forward(*number)).collect();
            assert_eq!(all, each, "{len}");
            shuffle.backward_all(&mut all);
            assert_eq!(all, numbers, "{len}");
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
