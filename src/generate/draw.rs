//! [`Draw`]: randomness with an address instead of a state.

mod even;

/// The step of `wyrand` (Wang Yi): where the walk over 64 bits goes from one draw to the next.
const STEP: u64 = 0x2d35_8dcc_aa6c_78a5;
/// What `wyrand` sets against where it stands.
const SECRET: u64 = 0x8bb8_4b93_962e_acc9;
/// The weight of the golden ratio in 64 bits, with which `SplitMix64` (Steele, Lea and Flood 2014)
/// walks: keys are mixed with it.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
/// What the values of this version hang on besides the seed and the names: to be counted up with
/// every change of a draw's meaning.
const VERSION: u64 = 1;

/// A source of draws for one column: draw *n* is a pure function of (seed, table, column, *n*).
///
/// Streams are keyed by names, so that adding a column changes no other. A draw is `wyrand` at its
/// *n*-th step, reached by a multiplication: one wide product, half a nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    key: u64,
}

impl Draw {
    /// The draws of a column.
    pub fn new(seed: u64, table: &str, column: &str) -> Self {
        let key = mix(seed ^ mix(VERSION ^ GOLDEN));
        Self { key }.named(table).named(column)
    }

    /// The draws for something of its own within a column: no draw of these has to do with any of
    /// the column's.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        let mut key = mix(self.key ^ name.len() as u64);
        for byte in name.bytes() {
            key = mix(key ^ u64::from(byte)).wrapping_add(GOLDEN);
        }
        Self { key: mix(key) }
    }

    /// The draws that belong to a number: to a parent's row, or to one try of several.
    #[inline]
    #[must_use]
    pub fn numbered(self, number: u64) -> Self {
        Self { key: mix(self.key.wrapping_add(GOLDEN.wrapping_mul(number.wrapping_add(1)))) }
    }

    /// Draw *n*: 64 even bits.
    #[inline]
    pub fn bits(self, n: u64) -> u64 {
        let at = self.key.wrapping_add(n.wrapping_mul(STEP));
        let product = u128::from(at) * u128::from(at ^ SECRET);
        (product >> 64) as u64 ^ product as u64
    }

    /// Draw *n* as a number in `0..bound`; 0 if the bound is 0.
    #[inline]
    pub fn below(self, n: u64, bound: u64) -> u64 {
        // Lemire's multiplication: a bias below bound / 2^64.
        ((u128::from(self.bits(n)) * u128::from(bound)) >> 64) as u64
    }

    /// Draw *n* as a number in `[0, 1)`, with 53 bits.
    #[inline]
    pub fn unit(self, n: u64) -> f64 {
        (self.bits(n) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Whether draw *n* is among so many of 2^64: see [`share`].
    #[inline]
    pub fn is_within(self, n: u64, share: u64) -> bool {
        self.bits(n) < share
    }
}

/// A share of all draws, for [`Draw::is_within`]: none at 0 and below, all but one of 2^64 at 1.
pub fn share(of_one: f64) -> u64 {
    // The conversion stays within bounds: that of NaN is 0.
    (of_one * 18_446_744_073_709_551_616.0) as u64
}

/// The finaliser of `SplitMix64`: a bijection of 64 bits.
#[inline]
pub(super) fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests;
