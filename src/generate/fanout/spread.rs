//! [`Spread`]: the law that children per parent follow.

use super::curve::Curve;
use crate::generate::chance::normal;

/// The mean above which the law of Poisson is that of a bell.
const POISSON: f64 = 200.0;
/// Pieces of a curve over a law without whole steps.
const PIECES: u64 = 1024;
/// Ranks that a Zipf law gives a piece each.
const SINGLE: u64 = 1024;
/// By how much the pieces after those grow.
const GROWTH: f64 = 1.02;

/// The law that children per parent follow, among the parents that have any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread {
    /// So many each.
    Fixed(u64),
    /// Any number between two, all alike.
    Range(u64, u64),
    /// At least one, each next one less likely by the same factor, with a mean.
    Geometric(f64),
    /// As chance deals them out: the law of Poisson, with a mean.
    Chance(f64),
    /// Few with many: a mean, and the deviation of the logarithm.
    LogNormal {
        /// The mean.
        mean: f64,
        /// The deviation of the logarithm.
        sigma: f64,
    },
    /// The *r*-th has its share in proportion to *r* to the power of minus this; a mean besides.
    Zipf {
        /// The mean.
        mean: f64,
        /// The power.
        skew: f64,
    },
}

impl Spread {
    /// The mean number of children.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Fixed(each) => *each as f64,
            Self::Range(least, most) => f64::midpoint(*least as f64, *most as f64),
            Self::Geometric(mean) => mean.max(1.0),
            Self::Chance(mean) | Self::LogNormal { mean, .. } | Self::Zipf { mean, .. } => {
                mean.max(0.0)
            }
        }
    }

    /// How many children so many parents have together.
    pub fn children(&self, parents: u64, childless: f64) -> u64 {
        let having = having(parents, childless);
        match self {
            Self::Fixed(each) => having * each,
            Self::Range(least, most) => (u128::from(having) * u128::from(least + most) / 2) as u64,
            _ => libm::round(having as f64 * self.mean()) as u64,
        }
    }

    /// The fewest and the most children that one of the parents that have any may have.
    pub(super) fn bounds(&self) -> (u64, u64) {
        match self {
            Self::Fixed(each) => (*each, *each),
            Self::Range(least, most) => (*least, *most),
            Self::Geometric(_) => (1, u64::MAX),
            Self::Chance(_) | Self::LogNormal { .. } | Self::Zipf { .. } => (0, u64::MAX),
        }
    }

    /// The curve of this law over so many parents and exactly so many children, at most `most` of
    /// one parent. Where the children are more or fewer than the law has, it is stretched.
    pub fn curve(&self, parents: u64, children: u64, childless: f64, most: u64) -> Curve {
        let having = having(parents, childless);
        if parents == 0 || children == 0 {
            return Curve::new(&[(parents, 0)]);
        }
        let having = having.max(1);
        let none = parents - having;
        let pieces = self.pieces(having);
        let (least, law_most) = self.bounds();
        let least = if least * having <= children { least } else { 0 };
        let most =
            most.min(if law_most.saturating_mul(having) >= children { law_most } else { most });
        let slots = apportion(&pieces, children, least, most.max(children.div_ceil(having)));
        let mut corners = vec![(none, 0)];
        let (mut rank, mut slot) = (none, 0);
        for ((ranks, _), slots) in pieces.iter().zip(slots) {
            rank += ranks;
            slot += slots;
            corners.push((rank, slot));
        }
        Curve::new(&corners)
    }

    /// Runs of ranks and the weight of each, the sum of ranks being all that there are.
    fn pieces(&self, having: u64) -> Vec<(u64, f64)> {
        match *self {
            Self::Fixed(each) => vec![(having, having as f64 * each as f64)],
            Self::Range(least, most) => {
                let values = (most.saturating_sub(least) + 1).min(PIECES).min(having);
                let value = |at: u64| {
                    if values < 2 {
                        return f64::midpoint(least as f64, most as f64);
                    }
                    least as f64 + (most - least) as f64 * at as f64 / (values - 1) as f64
                };
                let upto =
                    |at: u64| (u128::from(having) * u128::from(at) / u128::from(values)) as u64;
                let ranks = |at: u64| upto(at + 1) - upto(at);
                (0..values).map(|at| (ranks(at), ranks(at) as f64 * value(at))).collect()
            }
            Self::Geometric(mean) => {
                let stays = 1.0 - 1.0 / mean.max(1.0);
                let mut pieces = Vec::new();
                let (mut rank, mut share, mut each) = (0, 1.0, 1.0);
                while rank < having && (pieces.len() as u64) < PIECES {
                    share *= stays;
                    let upto = having - libm::round(having as f64 * share) as u64;
                    if upto > rank {
                        pieces.push((upto - rank, (upto - rank) as f64 * each));
                        rank = upto;
                    }
                    each += 1.0;
                }
                if rank < having {
                    pieces.push((having - rank, (having - rank) as f64 * each));
                }
                pieces
            }
            Self::Chance(mean) if mean <= POISSON => {
                let mut pieces = Vec::new();
                let (mut rank, mut upto, mut each) = (0, 0.0, 0.0);
                let mut share = libm::exp(-mean);
                while rank < having && (pieces.len() as u64) < PIECES && each < 3.0 * POISSON {
                    upto += share;
                    let next = (libm::round(having as f64 * upto) as u64).min(having);
                    if next > rank {
                        pieces.push((next - rank, (next - rank) as f64 * each));
                        rank = next;
                    }
                    each += 1.0;
                    share *= mean / each;
                }
                if rank < having {
                    pieces.push((having - rank, (having - rank) as f64 * each));
                }
                pieces
            }
            // Of many children hardly another law.
            Self::Chance(mean) => {
                let sigma = 1.0 / libm::sqrt(mean);
                Self::LogNormal { mean, sigma }.pieces(having)
            }
            Self::LogNormal { sigma, .. } => {
                // The share of all children that the lower part of all parents has.
                let lorenz = |share: f64| match share {
                    1.0.. => 1.0,
                    _ => normal::below(normal::value(share) - sigma),
                };
                let cuts = cuts(having);
                let weight = |from: u64, to: u64| {
                    lorenz(to as f64 / having as f64) - lorenz(from as f64 / having as f64)
                };
                cuts.windows(2).map(|cut| (cut[1] - cut[0], weight(cut[0], cut[1]))).collect()
            }
            Self::Zipf { skew, .. } => {
                let height = |rank: f64| libm::pow(rank, -skew);
                let mut pieces: Vec<(u64, f64)> =
                    (1..=having.min(SINGLE)).map(|rank| (1, height(rank as f64))).collect();
                let mut rank = having.min(SINGLE);
                while rank < having {
                    let ranks = ((rank as f64 * (GROWTH - 1.0)) as u64).clamp(1, having - rank);
                    let middle = rank as f64 + f64::midpoint(1.0, ranks as f64);
                    pieces.push((ranks, ranks as f64 * height(middle)));
                    rank += ranks;
                }
                pieces.reverse();
                pieces
            }
        }
    }
}

/// How many of the parents have children.
fn having(parents: u64, childless: f64) -> u64 {
    parents - (libm::round(parents as f64 * childless.clamp(0.0, 1.0)) as u64).min(parents)
}

/// Where to cut so many ranks: evenly, and ever finer towards the last, who have most.
fn cuts(having: u64) -> Vec<u64> {
    let mut cuts: Vec<u64> = (0..PIECES)
        .map(|at| (u128::from(having) * u128::from(at) / u128::from(PIECES)) as u64)
        .collect();
    let mut rest = having.div_ceil(PIECES);
    while rest > 0 {
        // Eight to an octave.
        cuts.push(having - rest);
        rest -= rest.div_ceil(8);
    }
    cuts.push(having);
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// Slots for every piece by its weight: their sum exactly `children`, and in no piece fewer than
/// `least` or more than `most` for each rank, as far as that can be.
fn apportion(pieces: &[(u64, f64)], children: u64, least: u64, most: u64) -> Vec<u64> {
    /// What weights are counted in: a sum of 2^52 loses nothing.
    const UNITS: f64 = 4_503_599_627_370_496.0;
    let having: u64 = pieces.iter().map(|(ranks, _)| ranks).sum();
    let base = least * having;
    let all: f64 = pieces.iter().map(|(_, weight)| weight).sum();
    // Where everybody has a least, only what is above it is shared out.
    let above = least > 0 && all >= base as f64;
    let share = |(ranks, weight): &(u64, f64)| {
        if above { (weight - (least * ranks) as f64).max(0.0) } else { *weight }
    };
    let shares: Vec<f64> = pieces.iter().map(share).collect();
    let sum: f64 = shares.iter().sum();
    let scale = if sum > 0.0 { UNITS / sum } else { 0.0 };
    let units: Vec<u128> = if sum > 0.0 {
        shares.iter().map(|share| (share * scale) as u128).collect()
    } else {
        pieces.iter().map(|(ranks, _)| u128::from(*ranks)).collect()
    };
    let total: u128 = units.iter().sum::<u128>().max(1);
    let free = u128::from(children - base.min(children));
    let (mut run, mut given) = (0, 0);
    let mut slots: Vec<u64> = units
        .iter()
        .zip(pieces)
        .map(|(units, (ranks, _))| {
            run += units;
            let upto = (free * run + total / 2) / total;
            let slots = (upto - given) as u64 + least * ranks;
            given = upto;
            slots
        })
        .collect();
    // What is above the most goes to those that have room, from the last to the first.
    let mut spilt = 0;
    for (slots, (ranks, _)) in slots.iter_mut().zip(pieces) {
        let room = ranks.saturating_mul(most);
        spilt += slots.saturating_sub(room);
        *slots = (*slots).min(room);
    }
    for (slots, (ranks, _)) in slots.iter_mut().zip(pieces).rev() {
        let taken = spilt.min(ranks.saturating_mul(most) - *slots);
        *slots += taken;
        spilt -= taken;
    }
    slots
}
