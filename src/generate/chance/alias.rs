//! [`Alias`]: picks of unlike weight in constant time (Walker 1977, Vose 1991).

/// Places with weights: a pick takes one draw and one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    /// For every place the share of 2^64 that stays there, and where the rest goes; empty where all
    /// weights are alike.
    cells: Vec<(u64, u32)>,
    many: u64,
}

impl Alias {
    /// Places as many as weights. What is no positive number weighs nothing; if nothing weighs
    /// anything, all weigh alike.
    pub fn new(weights: &[f64]) -> Self {
        let many = weights.len() as u64;
        let sound = |weight: &f64| if weight.is_finite() { weight.max(0.0) } else { 0.0 };
        let mut parts: Vec<f64> = weights.iter().map(sound).collect();
        let total: f64 = parts.iter().sum();
        let alike = parts.windows(2).all(|pair| pair[0].total_cmp(&pair[1]).is_eq());
        if alike || total <= 0.0 || !total.is_finite() {
            return Self { cells: Vec::new(), many };
        }
        for part in &mut parts {
            *part *= many as f64 / total;
        }
        let mut cells: Vec<(u64, u32)> =
            (0..weights.len() as u32).map(|at| (u64::MAX, at)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..parts.len()).partition(|at| parts[*at] < 1.0);
        while let (Some(low), Some(high)) = (small.pop(), large.last().copied()) {
            cells[low] = (super::super::draw::share(parts[low]), high as u32);
            parts[high] -= 1.0 - parts[low];
            if parts[high] < 1.0 {
                large.pop();
                small.push(high);
            }
        }
        Self { cells, many }
    }

    /// The place that 64 even bits pick.
    #[inline]
    pub fn pick(&self, bits: u64) -> u32 {
        let product = u128::from(bits) * u128::from(self.many);
        let place = (product >> 64) as u32;
        let Some((stays, other)) = self.cells.get(place as usize) else { return place };
        // Who stays and who goes is guessed wrong as often as right: bits instead of a branch.
        place ^ (place ^ other) & u32::from(product as u64 >= *stays).wrapping_neg()
    }

    /// The place that 64 even bits pick among so many alike.
    #[inline]
    pub fn even(bits: u64, many: usize) -> usize {
        ((u128::from(bits) * many as u128) >> 64) as usize
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.many as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.many == 0
    }

    /// The places that are picked at all, and their weights; none where all of them are.
    pub fn reached(&self) -> Option<(Vec<usize>, Vec<f64>)> {
        let weights = self.weights();
        let places: Vec<usize> = (0..weights.len()).filter(|at| weights[*at] > 0.0).collect();
        let left: Vec<f64> = places.iter().map(|at| weights[*at]).collect();
        (places.len() < weights.len()).then_some((places, left))
    }

    /// How often each place is picked, all alike being one.
    pub fn weights(&self) -> Vec<f64> {
        if self.cells.is_empty() {
            return vec![1.0; self.len()];
        }
        let mut weights = vec![0.0; self.cells.len()];
        for (at, (stays, other)) in self.cells.iter().enumerate() {
            let share = if *other as usize == at { 1.0 } else { *stays as f64 / 2_f64.powi(64) };
            weights[at] += share;
            weights[*other as usize] += 1.0 - share;
        }
        weights
    }

    /// Whether all places are picked alike.
    pub fn is_even(&self) -> bool {
        self.cells.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::draw::Draw;

    #[test]
    fn picks_keep_to_their_weights() {
        let weights = [5.0, 0.0, 1.0, 3.0, 0.5, f64::NAN, -2.0];
        let alias = Alias::new(&weights);
        let draw = Draw::new(1, "t", "c");
        let mut counts = [0_u32; 7];
        for n in 0..100_000 {
            counts[alias.pick(draw.bits(n)) as usize] += 1;
        }
        for (at, weight) in [5.0, 0.0, 1.0, 3.0, 0.5, 0.0, 0.0].into_iter().enumerate() {
            let expected = 100_000.0 * weight / 9.5;
            let off = f64::from(counts[at]) - expected;
            assert!(off.abs() <= 4.5 * f64::sqrt(expected), "{at}: {counts:?}");
        }
    }

    #[test]
    fn weights_alike_or_absent_pick_evenly() {
        for weights in [&[2.0, 2.0, 2.0][..], &[0.0, -1.0, f64::NAN]] {
            let alias = Alias::new(weights);
            assert!(alias.is_even() || weights[0] <= 0.0);
            let places = [0, u64::MAX / 2, u64::MAX].map(|bits| alias.pick(bits));
            assert_eq!(places, [0, 1, 2]);
        }
        assert_eq!(Alias::new(&[]).pick(7), 0);
    }
}
