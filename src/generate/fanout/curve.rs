//! [`Curve`]: how many slots the ranks below any rank have together.

/// Entries of the index into the steps, at most.
const INDEX: u64 = 4096;

/// A rising line of straight pieces from (0, 0) to (`parents`, `children`), over whole numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    steps: Vec<Step>,
    /// For every 2^`shift` slots the first step that reaches into them.
    index: Vec<u32>,
    shift: u32,
    /// The same for every 2^`rank_shift` ranks.
    ranks: Vec<u32>,
    rank_shift: u32,
    most: u64,
}

/// A run of ranks that share a run of slots evenly.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    rank: u64,
    slot: u64,
    /// Slots of each rank, whole and in parts of 2^64.
    whole: u64,
    part: u64,
    /// Ranks of each slot, likewise, a little less than it is.
    back_whole: u64,
    back_part: u64,
}

impl Curve {
    /// The line through corners (rank, slot) that rise in both; it begins at (0, 0).
    pub fn new(corners: &[(u64, u64)]) -> Self {
        let mut steps = Vec::with_capacity(corners.len() + 1);
        let mut most = 0;
        let (mut rank, mut slot) = (0, 0);
        for (next_rank, next_slot) in corners {
            if *next_rank > rank && *next_slot >= slot {
                let (ranks, slots) = (next_rank - rank, next_slot - slot);
                let part = ratio(slots % ranks, ranks);
                steps.push(Step {
                    rank,
                    slot,
                    whole: slots / ranks,
                    // Rounded up, so that no whole number is missed by a hair.
                    part: part + u64::from(slots % ranks != 0),
                    back_whole: ranks.checked_div(slots).unwrap_or(0),
                    back_part: ratio(ranks.checked_rem(slots).unwrap_or(0), slots),
                });
                most = most.max(slots.div_ceil(ranks));
                (rank, slot) = (*next_rank, *next_slot);
            }
        }
        // An end that no slot lies behind.
        steps.push(Step { rank, slot, whole: 0, part: 0, back_whole: 0, back_part: 0 });
        let shift = (u64::BITS - slot.leading_zeros()).saturating_sub(INDEX.ilog2());
        let mut index = Vec::with_capacity((slot >> shift) as usize + 1);
        let mut at = 0;
        for cell in 0..=slot >> shift {
            while at + 2 < steps.len() && steps[at + 1].slot <= cell << shift {
                at += 1;
            }
            index.push(at as u32);
        }
        let rank_shift = (u64::BITS - rank.leading_zeros()).saturating_sub(INDEX.ilog2());
        let mut ranks = Vec::with_capacity((rank >> rank_shift) as usize + 1);
        let mut at = 0;
        for cell in 0..=rank >> rank_shift {
            while at + 1 < steps.len() && steps[at + 1].rank <= cell << rank_shift {
                at += 1;
            }
            ranks.push(at as u32);
        }
        Self { steps, index, shift, ranks, rank_shift, most }
    }

    /// How many ranks there are.
    pub fn parents(&self) -> u64 {
        self.steps.last().map_or(0, |end| end.rank)
    }

    /// How many slots there are.
    pub fn children(&self) -> u64 {
        self.steps.last().map_or(0, |end| end.slot)
    }

    /// The most slots of one rank.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// The slots of every rank, where all have as many and at least one.
    pub fn each(&self) -> Option<u64> {
        match self.steps.as_slice() {
            [step, _] if step.part == 0 && step.whole > 0 => Some(step.whole),
            _ => None,
        }
    }

    /// The slots of all ranks before one.
    #[inline]
    pub fn start(&self, rank: u64) -> u64 {
        self.start_in(self.step(rank), rank)
    }

    /// The slots of a rank.
    #[inline]
    pub fn count(&self, rank: u64) -> u64 {
        let at = self.step(rank);
        self.start_in(at, rank + 1).saturating_sub(self.start_in(at, rank))
    }

    /// The rank of a slot, and which of the rank's slots it is.
    #[inline]
    pub fn owner(&self, slot: u64) -> (u64, u64) {
        let mut at = self.index.get((slot >> self.shift) as usize).map_or(0, |at| *at as usize);
        while at + 2 < self.steps.len() && self.steps[at + 1].slot <= slot {
            at += 1;
        }
        let step = &self.steps[at];
        let offset = slot - step.slot;
        let mut rank = step.rank + times(offset, step.back_whole, step.back_part);
        // The estimate is of the slot's lower edge: it is short by one where a rank begins there, as
        // often as not, so that is counted without a branch.
        let mut start = self.start_in(at, rank);
        let mut next = self.start_in(at, rank + 1);
        let ends = next <= slot && rank < self.parents();
        rank += u64::from(ends);
        start = if ends { next } else { start };
        loop {
            next = self.start_in(at, rank + 1);
            if next > slot || rank >= self.parents() {
                return (rank, slot.saturating_sub(start));
            }
            rank += 1;
            start = next;
        }
    }

    /// The last step that begins at a rank or before it.
    #[inline]
    fn step(&self, rank: u64) -> usize {
        let cell = (rank >> self.rank_shift) as usize;
        let mut at = self.ranks.get(cell).or(self.ranks.last()).map_or(0, |at| *at as usize);
        while at + 1 < self.steps.len() && self.steps[at + 1].rank <= rank {
            at += 1;
        }
        at
    }

    #[inline]
    fn start_in(&self, at: usize, rank: u64) -> u64 {
        let step = &self.steps[at];
        let end = self.steps.get(at + 1).map_or(step.slot, |next| next.slot);
        (step.slot + times(rank - step.rank, step.whole, step.part)).min(end)
    }
}

/// `of / by` in parts of 2^64, rounded down; `of < by`.
fn ratio(of: u64, by: u64) -> u64 {
    (u128::from(of) << 64).checked_div(u128::from(by)).unwrap_or(0) as u64
}

#[inline]
fn times(number: u64, whole: u64, part: u64) -> u64 {
    number * whole + ((u128::from(number) * u128::from(part)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_agrees(corners: &[(u64, u64)]) {
        let curve = Curve::new(corners);
        let (parents, children) = corners[corners.len() - 1];
        assert_eq!((curve.parents(), curve.children()), (parents, children));
        let mut slot = 0;
        for rank in 0..parents {
            assert_eq!(curve.start(rank), slot, "{corners:?} at rank {rank}");
            assert!(curve.count(rank) <= curve.most());
            for nth in 0..curve.count(rank) {
                assert_eq!(curve.owner(slot), (rank, nth), "{corners:?} at slot {slot}");
                slot += 1;
            }
        }
        assert_eq!(slot, children);
    }

    #[test]
    fn ranks_and_slots_find_each_other() {
        assert_agrees(&[(10, 30)]);
        assert_agrees(&[(10, 0)]);
        assert_agrees(&[(7, 3)]);
        assert_agrees(&[(7, 24)]);
        assert_agrees(&[(3, 0), (10, 7), (13, 16), (14, 1000)]);
        assert_agrees(&[(1, 900), (2, 1400), (1000, 2000), (5000, 2500)]);
        let many: Vec<(u64, u64)> = (1..3000).map(|at| (at * 3, at * at / 50)).collect();
        assert_agrees(&many);
    }

    #[test]
    fn large_numbers_find_each_other() {
        let parents = 1_000_000_007;
        let children = 9_999_999_967;
        let curve =
            Curve::new(&[(parents / 10, 0), (parents / 2, children / 7), (parents, children)]);
        for slot in (0..children).step_by(99_999_989).chain([children - 1]) {
            let (rank, nth) = curve.owner(slot);
            assert_eq!(curve.start(rank) + nth, slot);
            assert!(nth < curve.count(rank));
        }
        assert_eq!(curve.start(parents), children);
    }
}
