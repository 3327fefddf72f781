//! Even places: what the draws of rows beside each other pick among things alike, several at once.
//!
//! A draw is the product of two words, of which no vector has room; its upper half, which is enough
//! for a place among fewer than 2^32, comes of products of half words, of which a vector makes eight
//! at once.

use peyote_schemas::value::wide::{Work, widest};

use super::{Draw, SECRET, STEP};
use crate::generate::frame::Rows;

/// The lower half of a word.
const LOW: u64 = u32::MAX as u64;

impl Draw {
    /// Adds what is made of the place among so many, all alike, that the upper half of each row's
    /// draw picks: a bias below many / 2^32 of one in many.
    #[inline]
    pub(in crate::generate) fn places<T>(
        self,
        rows: &Rows,
        many: u32,
        out: &mut Vec<T>,
        make: impl Fn(u64) -> T,
    ) {
        match rows {
            Rows::Run { first, len } => {
                let at = self.stand(*first);
                widest(Fresh { at, many, len: *len, out, make });
            }
            Rows::List(rows) => out.extend(rows.iter().map(|row| make(self.place(*row, many)))),
        }
    }

    /// Makes something of each value and the place among so many, all alike, that the upper half of
    /// the draw of its row picks, of rows beside each other.
    #[inline]
    pub(in crate::generate) fn run<T: Copy>(
        self,
        first: u64,
        many: u32,
        out: &mut [T],
        make: impl Fn(T, u64) -> T,
    ) {
        widest(Run { at: self.stand(first), many, out, make });
    }

    /// Where draw *n* stands.
    fn stand(self, n: u64) -> u64 {
        self.key.wrapping_add(n.wrapping_mul(STEP))
    }

    /// The place among so many, all alike, that the upper half of a draw picks.
    #[inline]
    pub(in crate::generate) fn place(self, n: u64, many: u32) -> u64 {
        ((self.bits(n) >> 32) * u64::from(many)) >> 32
    }
}

/// New values of rows beside each other.
struct Fresh<'v, T, M> {
    /// Where the first row's draw stands.
    at: u64,
    many: u32,
    len: usize,
    out: &'v mut Vec<T>,
    make: M,
}

impl<T, M: Fn(u64) -> T> Work for Fresh<'_, T, M> {
    type Done = ();

    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) {
        let Self { mut at, many, len, out, make } = self;
        // As many as are told before: room for them is made once, and not emptied first.
        out.extend((0..len).map(|_| {
            let value = make((upper(at) * u64::from(many)) >> 32);
            at = at.wrapping_add(STEP);
            value
        }));
    }
}

/// Values of rows beside each other that are there already.
struct Run<'v, T, M> {
    /// Where the first row's draw stands.
    at: u64,
    many: u32,
    out: &'v mut [T],
    make: M,
}

impl<T: Copy, M: Fn(T, u64) -> T> Work for Run<'_, T, M> {
    type Done = ();

    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) {
        let Self { mut at, many, out, make } = self;
        for slot in out {
            *slot = make(*slot, (upper(at) * u64::from(many)) >> 32);
            at = at.wrapping_add(STEP);
        }
    }
}

/// The upper half of the draw that stands somewhere.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
fn upper(at: u64) -> u64 {
    let other = at ^ SECRET;
    let [low, high] = [at & LOW, at >> 32];
    let [other_low, other_high] = [other & LOW, other >> 32];
    // No sum is more than a word: a product of halves leaves room for two halves more.
    let middle = ((low * other_low) >> 32) + low * other_high;
    let rest = (middle & LOW) + high * other_low;
    let top = high * other_high + (middle >> 32) + (rest >> 32);
    (top >> 32) ^ (rest & LOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_words_make_the_upper_half_of_a_draw() {
        let ends = [0, 1, LOW, LOW + 1, u64::MAX, SECRET, !SECRET, 1 << 63, 0xffff_ffff_0000_0000];
        let many = (0..10_000).map(|n| Draw { key: 7 }.bits(n));
        for at in ends.into_iter().chain(many) {
            assert_eq!(upper(at), Draw { key: at }.bits(0) >> 32);
        }
    }

    #[test]
    fn places_of_a_run_are_those_of_its_rows() {
        let draw = Draw::new(1, "t", "c");
        for (first, len, many) in
            [(0, 0, 5), (3, 1, 1), (u64::MAX - 5, 77, 100), (9, 300, u32::MAX)]
        {
            let rows = Rows::Run { first, len };
            let all: Vec<u64> = (0..len as u64).map(|row| first.wrapping_add(row)).collect();
            let expected: Vec<u64> = all.iter().map(|row| draw.place(*row, many)).collect();
            for rows in [rows, Rows::List(all)] {
                let mut found = vec![7];
                draw.places(&rows, many, &mut found, |place| place);
                assert_eq!((found[0], &found[1..]), (7, &expected[..]));
            }
        }
    }
}
