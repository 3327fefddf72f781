//! [`Draw`]: randomness with an address instead of a state.

/// The weight of the golden ratio in 64 bits: the step of `SplitMix64` (Steele, Lea and Flood 2014).
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A source of draws for one column: draw *n* is a pure function of (seed, table, column, *n*).
///
/// Streams are keyed by names, so that adding a column changes no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    key: u64,
}

impl Draw {
    /// The draws of a column.
    pub fn new(seed: u64, table: &str, column: &str) -> Self {
        let mut key = mix(seed ^ STEP);
        for name in [table, "\u{0}", column] {
            for byte in name.bytes() {
                key = mix(key ^ u64::from(byte)).wrapping_add(STEP);
            }
        }
        Self { key }
    }

    /// Draw *n*: 64 even bits.
    pub fn bits(self, n: u64) -> u64 {
        mix(self.key.wrapping_add(n.wrapping_mul(STEP)))
    }

    /// Draw *n* as a number in `0..bound`; 0 if the bound is 0.
    pub fn below(self, n: u64, bound: u64) -> u64 {
        // Lemire's multiplication: a bias below bound / 2^64.
        ((u128::from(self.bits(n)) * u128::from(bound)) >> 64) as u64
    }

    /// Draw *n* as a number in `[0, 1)`, with 53 bits.
    pub fn unit(self, n: u64) -> f64 {
        (self.bits(n) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The finaliser of `SplitMix64`: a bijection of 64 bits.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_depends_on_its_address_alone() {
        let draw = Draw::new(7, "orders", "amount");
        assert_eq!(draw.bits(3), Draw::new(7, "orders", "amount").bits(3));
        for other in [
            Draw::new(8, "orders", "amount"),
            Draw::new(7, "order", "samount"),
            Draw::new(7, "orders", "price"),
        ] {
            assert_ne!(draw.bits(3), other.bits(3));
        }
    }

    #[test]
    fn draws_below_a_bound_reach_all_of_it_evenly() {
        let draw = Draw::new(1, "t", "c");
        let mut seen = [0u32; 10];
        for n in 0..10_000 {
            seen[draw.below(n, 10) as usize] += 1;
        }
        // Five standard deviations of a binomial with p = 0.1.
        assert!(seen.iter().all(|count| (850..=1150).contains(count)), "{seen:?}");
    }
}
