//! [`Favour`]: rows that are taken more often than others.

use crate::generate::chance::normal;
use crate::generate::draw::Draw;

/// Cells of equal share by which somebody's favour is known.
const CELLS: usize = 1 << 12;
/// By how much a favour that is known roughly may be off, and more.
const OFF: f64 = 1e-9;
/// How often somebody less favoured is passed over.
const TRIES: usize = 6;
/// The favour, in standard deviations, above which nobody is favoured more.
const FAVOUR: f64 = 1.5;

/// How much some rows are favoured.
#[derive(Debug)]
pub(in crate::generate) struct Favour {
    skew: f64,
    most: f64,
    /// The chance to be taken at the ends of cells of equal share.
    knots: Vec<f64>,
}

impl Favour {
    /// Favour whose logarithm deviates by a skew.
    pub(in crate::generate) fn new(skew: f64) -> Self {
        let most = libm::exp(skew * FAVOUR);
        let mut favour = Self { skew, most, knots: Vec::new() };
        if skew > 0.0 {
            let knot = |at: usize| favour.share(at as f64 / CELLS as f64);
            favour.knots = (0..=CELLS).map(knot).collect();
        }
        favour
    }

    /// The chance that somebody at a share of all is taken.
    fn share(&self, at: f64) -> f64 {
        libm::exp(self.skew * normal::value(at.max(f64::EPSILON))) / self.most
    }

    /// Whether somebody at a share of all is taken, by a draw.
    #[inline]
    fn takes(&self, at: f64, unit: f64) -> bool {
        let cell = (at * CELLS as f64) as usize;
        match self.knots.get(cell..cell + 2) {
            Some(ends) if unit < ends[0] * (1.0 - OFF) => true,
            Some(ends) if unit > ends[1] * (1.0 + OFF) => false,
            _ => unit < self.share(at),
        }
    }

    /// One of the first so many, some of whom are favoured.
    pub(super) fn one(&self, tries: &Tries, row: u64, many: u64) -> u64 {
        let one = tries.first.below(row, many);
        if self.skew <= 0.0 {
            return one;
        }
        let mut one = one;
        for (taken, next) in &tries.others {
            if self.takes(tries.favour.unit(one), taken.unit(row)) {
                return one;
            }
            one = next.below(row, many);
        }
        one
    }
}

/// The draws of those who may be taken one after the other: the first, how favoured each is, and for each
/// try whether that one is taken and who is next.
pub(super) struct Tries {
    first: Draw,
    favour: Draw,
    others: [(Draw, Draw); TRIES],
}

impl Tries {
    pub(super) fn new(first: Draw) -> Self {
        let (favour, mut next, mut again) = (first.named("favour"), first, 0);
        let others = std::array::from_fn(|_| {
            next = next.numbered(again);
            let taken = favour.numbered(again);
            again += 1;
            (taken, next)
        });
        Self { first, favour, others }
    }
}
