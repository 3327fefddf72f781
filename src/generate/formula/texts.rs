//! [`Texts`]: the texts of many rows, of which equal ones are held once where they come so.

use std::sync::Arc;

use crate::lane::Words;

/// The texts of rows: places in a list.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Texts {
    pub(in crate::generate) words: Arc<Words>,
    pub(in crate::generate) picks: Vec<u32>,
}

impl Texts {
    /// The same text on so many rows.
    pub(super) fn same(text: &str, rows: usize) -> Self {
        Self { words: Arc::new(Words::new([text])), picks: vec![0; rows] }
    }

    pub(super) fn len(&self) -> usize {
        self.picks.len()
    }

    #[inline]
    pub(in crate::generate) fn bytes(&self, row: usize) -> &[u8] {
        self.words.bytes(self.picks[row] as usize)
    }

    /// The texts of one side where a condition holds, else those of the other.
    pub(super) fn choose(holds: &[bool], yes: Self, no: &Self) -> Self {
        let rows = holds.len();
        if Arc::ptr_eq(&yes.words, &no.words) {
            let picks = super::vector::pick(holds, yes.picks, &no.picks);
            return Self { words: yes.words, picks };
        }
        let all = yes.words.len() + no.words.len();
        let mut words = Words::default();
        // Long lists of which few words are met are not copied.
        if all > 4 * rows.max(16) {
            for (row, holds) in holds.iter().enumerate() {
                words.push(if *holds { yes.bytes(row) } else { no.bytes(row) });
            }
            return Self { words: Arc::new(words), picks: (0..rows as u32).collect() };
        }
        for from in [&yes.words, &no.words] {
            (0..from.len()).for_each(|at| words.push(from.bytes(at)));
        }
        let behind = yes.words.len() as u32;
        let mut picks = yes.picks;
        for ((pick, other), holds) in picks.iter_mut().zip(&no.picks).zip(holds) {
            *pick = if *holds { *pick } else { behind + other };
        }
        Self { words: Arc::new(words), picks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_of_the_side_that_holds() {
        let many = |at: u32| Texts {
            words: Arc::new(Words::new((0..500).map(|_| "many"))),
            picks: vec![at; 3],
        };
        let sides = [Texts::same("one", 3), Texts::same("", 3), many(7)];
        for yes in &sides {
            for no in &sides {
                let chosen = Texts::choose(&[true, false, true], yes.clone(), no);
                let found: Vec<_> = (0..chosen.len()).map(|row| chosen.bytes(row)).collect();
                assert_eq!(found, [yes.bytes(0), no.bytes(1), yes.bytes(2)]);
            }
        }
    }
}
