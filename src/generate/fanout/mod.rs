//! [`Fanout`]: which parent every child has, and which children every parent has, without either
//! ever being written down.
//!
//! A parent has a *rank*, a child has a *slot*. A [`Curve`] says how many slots the ranks below any
//! rank have together; ranks and rows, slots and rows are tied by a [`Shuffle`], which goes both
//! ways. So the children per parent follow their law to the child, their sum is exact, and either
//! side finds the other in constant time, whatever their number.

pub mod curve;
mod spread;

pub use self::curve::Curve;
pub use self::spread::Spread;

use super::draw::Draw;
use super::shuffle::Shuffle;

/// The least number of parents between two sums that are kept.
const LEAST_BLOCK: u64 = 64;
/// The most sums that are kept: 8 MiB of them.
const MOST_SUMS: u64 = 1 << 20;
/// The most parents whose children are counted once for all: 16 MiB of counts.
const MOST_COUNTS: u64 = 1 << 24;
/// Parents whose ranks are found side by side: a multiple of every block that is shorter.
const AT_ONCE: u64 = 4096;
/// Parents that are gone through one by one before the right one is searched for.
const STEPS: usize = 4;

/// How the children of parents stand in their table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// One parent's behind the other's.
    Clustered,
    /// Anywhere.
    Shuffled,
}

/// A relation of `0..children` to `0..parents`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fanout {
    curve: Curve,
    ties: Ties,
}

#[derive(Debug, Clone, PartialEq)]
enum Ties {
    /// All parents have as many, and their children stand one behind the other's.
    Even { each: u64 },
    /// Ranks and slots lie anywhere.
    Shuffled { slots: Shuffle, ranks: Shuffle },
    /// Slots are rows.
    Clustered { ranks: Shuffle, sums: Sums },
}

/// How many slots parents have that stand in their order.
#[derive(Debug, Clone, PartialEq)]
struct Sums {
    /// The slots of all parents before each block of 2^`log`, and of all.
    before: Vec<u64>,
    log: u32,
    /// The slots of each parent, where there are not too many of either; else empty.
    counts: Vec<u8>,
}

/// The slots of one block of parents, kept from one question to the next.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// The number of the block, counted from 1; 0 while there is none.
    number: usize,
    /// The first slot of each parent, and the end of the last.
    starts: Vec<u64>,
    /// The place of the parent found last.
    at: usize,
}

impl Fanout {
    /// The relation with a curve, in an order.
    pub fn new(curve: Curve, order: Order, draw: Draw) -> Self {
        let ranks = Shuffle::new(draw.named("ranks"), curve.parents());
        let ties = match (order, curve.each()) {
            (Order::Clustered, Some(each)) => Ties::Even { each },
            (Order::Clustered, None) => Ties::Clustered { ranks, sums: Sums::new(&curve, &ranks) },
            (Order::Shuffled, _) => {
                let slots = Shuffle::new(draw.named("slots"), curve.children());
                Ties::Shuffled { slots, ranks }
            }
        };
        Self { curve, ties }
    }

    /// How many parents there are.
    pub fn parents(&self) -> u64 {
        self.curve.parents()
    }

    /// How many children there are.
    pub fn children(&self) -> u64 {
        self.curve.children()
    }

    /// The most children that one parent has.
    pub fn most(&self) -> u64 {
        self.curve.most()
    }

    /// Whether the children of a parent stand behind those of the parent before it.
    pub fn is_clustered(&self) -> bool {
        !matches!(self.ties, Ties::Shuffled { .. })
    }

    /// The parent of a child, and which of its children this is, from 0.
    #[inline]
    pub fn parent(&self, child: u64, block: &mut Block) -> (u64, u64) {
        match &self.ties {
            Ties::Even { each } => (child / each, child % each),
            Ties::Shuffled { slots, ranks } => {
                let (rank, nth) = self.curve.owner(slots.forward(child));
                (ranks.backward(rank), nth)
            }
            Ties::Clustered { .. } => self.clustered(child, block),
        }
    }

    /// The child before one among those of its parent; a child that is not its parent's first.
    pub fn before(&self, child: u64) -> u64 {
        match &self.ties {
            Ties::Shuffled { slots, .. } => slots.backward(slots.forward(child).saturating_sub(1)),
            Ties::Even { .. } | Ties::Clustered { .. } => child.saturating_sub(1),
        }
    }

    /// The child after one among those of its parent, if there is one.
    pub fn after(&self, child: u64, block: &mut Block) -> Option<u64> {
        let (parent, nth) = self.parent(child, block);
        (nth + 1 < self.count(parent)).then(|| match &self.ties {
            Ties::Shuffled { slots, .. } => slots.backward(slots.forward(child) + 1),
            Ties::Even { .. } | Ties::Clustered { .. } => child + 1,
        })
    }

    /// Adds the parents of some children to a list, and which of its children each is to another.
    pub fn parents_of(
        &self,
        children: impl Iterator<Item = u64>,
        block: &mut Block,
        list: &mut Vec<u64>,
        nth: &mut Vec<u64>,
    ) {
        if let Ties::Even { each: 1 } = self.ties {
            // Everyone is an only child.
            let from = list.len();
            list.extend(children);
            nth.extend(std::iter::repeat_n(0, list.len() - from));
            return;
        }
        let Ties::Shuffled { slots, ranks } = &self.ties else {
            // Neighbours have the same parent, which is looked for once, or that behind it.
            let (mut parent, mut first, mut end) = (0, 0, 0);
            list.reserve(children.size_hint().0);
            nth.reserve(children.size_hint().0);
            let is_clustered = matches!(self.ties, Ties::Clustered { .. });
            for child in children {
                if child == end
                    && is_clustered
                    && first < end
                    && let Some([from, to]) = block.starts.get(block.at + 1..block.at + 3)
                    && (*from..*to).contains(&child)
                {
                    block.at += 1;
                    parent += 1;
                    (first, end) = (*from, *to);
                } else if !(first..end).contains(&child) {
                    let (found, which) = self.parent(child, block);
                    (parent, first) = (found, child - which);
                    end = match &self.ties {
                        Ties::Even { each } => first + each,
                        Ties::Clustered { .. } => {
                            block.starts.get(block.at + 1).copied().unwrap_or(first)
                        }
                        Ties::Shuffled { .. } => first,
                    };
                }
                list.push(parent);
                nth.push(child - first);
            }
            return;
        };
        // A step at a time for all: vectors take many side by side.
        let from = list.len();
        list.extend(children);
        slots.forward_all(&mut list[from..]);
        nth.extend(list[from..].iter_mut().map(|slot| {
            let (rank, which) = self.curve.owner(*slot);
            *slot = rank;
            which
        }));
        ranks.backward_all(&mut list[from..]);
    }

    /// How many children a parent has.
    pub fn count(&self, parent: u64) -> u64 {
        match &self.ties {
            Ties::Even { each } => *each,
            Ties::Shuffled { ranks, .. } => self.curve.count(ranks.forward(parent)),
            Ties::Clustered { ranks, sums } => match sums.counts.get(parent as usize) {
                Some(count) => (*count).into(),
                None => self.curve.count(ranks.forward(parent)),
            },
        }
    }

    /// Adds the children of a parent to a list, in the order in which [`parent`](Self::parent)
    /// counts them.
    pub fn children_of(&self, parent: u64, block: &mut Block, list: &mut Vec<u64>) {
        match &self.ties {
            // Where they stand is looked for only of those who have any.
            Ties::Clustered { sums, .. } if sums.counts.get(parent as usize) == Some(&0) => {}
            Ties::Even { .. } | Ties::Clustered { .. } => {
                let (first, count) = self.run(parent, block);
                list.extend(first..first + count);
            }
            Ties::Shuffled { slots, ranks } => {
                let rank = ranks.forward(parent);
                let first = self.curve.start(rank);
                let count = self.curve.count(rank);
                list.extend((first..first + count).map(|slot| slots.backward(slot)));
            }
        }
    }

    /// How many children a parent has, and where their row begins: to be asked for one of them.
    pub fn siblings(&self, parent: u64, block: &mut Block) -> (u64, u64) {
        match &self.ties {
            Ties::Even { .. } | Ties::Clustered { .. } => self.run(parent, block),
            Ties::Shuffled { ranks, .. } => {
                let rank = ranks.forward(parent);
                (self.curve.start(rank), self.curve.count(rank))
            }
        }
    }

    /// One of the children that begin at a place, in the order in which [`parent`](Self::parent)
    /// counts them.
    pub fn child(&self, first: u64, nth: u64) -> u64 {
        match &self.ties {
            Ties::Even { .. } | Ties::Clustered { .. } => first + nth,
            Ties::Shuffled { slots, .. } => slots.backward(first + nth),
        }
    }

    /// The first child of a parent and how many it has, where they stand behind each other.
    fn run(&self, parent: u64, block: &mut Block) -> (u64, u64) {
        match &self.ties {
            Ties::Even { each } => (parent * each, *each),
            Ties::Clustered { sums, .. } if !sums.counts.is_empty() => {
                let number = (parent >> sums.log) as usize;
                let from = number << sums.log;
                let block = sums.counts.get(from..).unwrap_or_default();
                let before = together(block, parent as usize - from);
                let start = sums.before.get(number).copied().unwrap_or_default();
                (
                    start + before,
                    sums.counts.get(parent as usize).map_or(0, |count| (*count).into()),
                )
            }
            Ties::Clustered { ranks, sums } => {
                self.fill(ranks, sums, (parent >> sums.log) as usize, block);
                let at = (parent & ((1 << sums.log) - 1)) as usize;
                (block.starts[at], block.starts[at + 1] - block.starts[at])
            }
            Ties::Shuffled { .. } => (0, 0),
        }
    }

    fn clustered(&self, child: u64, block: &mut Block) -> (u64, u64) {
        let Ties::Clustered { ranks, sums } = &self.ties else { return (0, 0) };
        let within = |block: &Block| {
            block.starts.first().is_some_and(|first| *first <= child)
                && block.starts.last().is_some_and(|end| child < *end)
        };
        if block.number == 0 || !within(block) {
            // Who goes through all comes to the next block.
            let next = |number: &usize| {
                let around = sums.before.get(*number..number + 2);
                around.is_some_and(|around| around[0] <= child && child < around[1])
            };
            let number = Some(block.number).filter(next).unwrap_or_else(|| {
                sums.before.partition_point(|sum| *sum <= child).saturating_sub(1)
            });
            self.fill(ranks, sums, number, block);
        }
        let behind = block.starts.get(block.at..).unwrap_or_default();
        let near = behind.iter().take(STEPS + 1).take_while(|start| **start <= child).count();
        if near == 0 || near > STEPS {
            block.at = block.starts.partition_point(|start| *start <= child).saturating_sub(1);
        } else {
            block.at += near - 1;
        }
        let parent = (((block.number - 1) as u64) << sums.log) + block.at as u64;
        (parent, child - block.starts[block.at])
    }

    fn fill(&self, ranks: &Shuffle, sums: &Sums, number: usize, block: &mut Block) {
        if block.number == number + 1 {
            return;
        }
        block.number = number + 1;
        block.at = 0;
        block.starts.clear();
        let mut start = sums.before[number.min(sums.before.len() - 1)];
        block.starts.push(start);
        let first = (number as u64) << sums.log;
        let end = self.parents().min(first + (1 << sums.log));
        let known = sums.counts.get(first as usize..end as usize).filter(|_| first < end);
        if let Some(known) = known.filter(|known| !known.is_empty()) {
            block.starts.extend(known.iter().map(|count| {
                start += u64::from(*count);
                start
            }));
            return;
        }
        for parent in first..end {
            start += self.curve.count(ranks.forward(parent));
            block.starts.push(start);
        }
    }
}

impl Sums {
    fn new(curve: &Curve, ranks: &Shuffle) -> Self {
        let parents = curve.parents();
        let log = (parents / MOST_SUMS).max(LEAST_BLOCK).next_power_of_two().ilog2();
        let mut before = Vec::with_capacity((parents >> log) as usize + 2);
        let counted = parents <= MOST_COUNTS && u8::try_from(curve.most()).is_ok();
        let mut counts = Vec::with_capacity(if counted { parents as usize } else { 0 });
        let (mut sum, mut parent) = (0, 0);
        before.push(0);
        let mut ranked: Vec<u64> = Vec::new();
        while parent < parents {
            // Some blocks at once, whose ranks are found side by side.
            let end = parents.min(parent + AT_ONCE.max(1 << log));
            ranked.clear();
            ranked.extend(parent..end);
            ranks.forward_all(&mut ranked);
            for block in ranked.chunks(1 << log) {
                for rank in block {
                    let count = curve.count(*rank);
                    sum += count;
                    if counted {
                        counts.push(count as u8);
                    }
                }
                before.push(sum);
            }
            parent = end;
        }
        Self { before, log, counts }
    }
}

/// The sum of the first so many counts; of a whole block without a branch, as who asks goes hither and
/// thither.
fn together(counts: &[u8], many: usize) -> u64 {
    /// Counts that are added side by side.
    const WIDTH: usize = 8;
    /// Every other byte, and a one for each two bytes.
    const OTHERS: u64 = 0x00ff_00ff_00ff_00ff;
    const ONES: u64 = 0x0001_0001_0001_0001;
    let block = counts.first_chunk::<{ LEAST_BLOCK as usize }>();
    let Some(block) = block.filter(|block| many <= block.len()) else {
        return counts.iter().take(many).map(|count| u64::from(*count)).sum();
    };
    // Four sums of sixteen counts each at the most, none of which comes to 2^16 in the end.
    let mut sums = 0_u64;
    for (at, eight) in block.as_chunks::<WIDTH>().0.iter().enumerate() {
        let bits = 8 * many.saturating_sub(at * WIDTH).min(WIDTH) as u32;
        let kept = u64::from_le_bytes(*eight) & !u64::MAX.checked_shl(bits).unwrap_or(0);
        sums += (kept & OTHERS) + (kept >> 8 & OTHERS);
    }
    sums.wrapping_mul(ONES) >> 48
}

#[cfg(test)]
mod tests;
