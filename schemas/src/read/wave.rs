//! [`Wave`]: pieces of a text that threads read each by itself, and whose columns take them in order.
//!
//! A thread has a piece from beginning to end, so that what it found stays near. Three things are
//! done with it: what needs no other piece, what is done in the order of the pieces, and what each
//! column does in that order. While one thread has its columns take a piece, another one follows
//! column by column behind it, or reads.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Columns that are waited for each by itself, and how many of the others together: of thousands,
/// each takes next to nothing.
const ALONE: usize = 32;
const TOGETHER: usize = 64;

/// Where the threads of a wave are.
#[derive(Debug, Default)]
pub(crate) struct Wave {
    state: Mutex<State>,
    /// Is told when something was done.
    more: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The piece that comes next in order.
    next: usize,
    /// The piece that each group of columns takes next.
    groups: Vec<usize>,
    /// The piece before which the wave ends.
    end: Option<usize>,
    /// Whether a thread gave up, so that none need wait for it.
    broken: bool,
}

/// What tells the other threads if one should panic.
pub(crate) struct Watch<'w>(&'w Wave);

/// The columns of a group, of so many; none behind the last group.
fn group(number: usize, columns: usize) -> std::ops::Range<usize> {
    let from = |number: usize| number.min(ALONE) + number.saturating_sub(ALONE) * TOGETHER;
    from(number).min(columns)..from(number + 1).min(columns)
}

/// In how many groups so many columns are.
fn groups(columns: usize) -> usize {
    columns.min(ALONE) + columns.saturating_sub(ALONE).div_ceil(TOGETHER)
}

impl Wave {
    /// Waits until all that is done in order with the pieces before this one is done; `false` where
    /// the wave ends before it.
    pub(crate) fn turn(&self, piece: usize) -> bool {
        let state = self.wait(|state| state.next == piece || state.end.is_some());
        !state.broken && state.end.is_none()
    }

    /// Says that what is done in order with a piece is done, and that there are so many columns, of
    /// which those that are new begin with it.
    pub(crate) fn pass(&self, piece: usize, columns: usize) {
        let mut state = self.state();
        state.next = piece + 1;
        state.groups.resize(groups(columns), piece);
        drop(state);
        self.more.notify_all();
    }

    /// Ends the wave before the piece whose turn it is.
    pub(crate) fn end(&self, piece: usize) {
        self.state().end = Some(piece);
        self.more.notify_all();
    }

    /// Has each of so many columns take a piece, once it has taken those before.
    pub(crate) fn columns(&self, piece: usize, columns: usize, mut take: impl FnMut(usize)) {
        for number in 0..groups(columns) {
            if self.wait(|state| state.groups[number] == piece).broken {
                return;
            }
            group(number, columns).for_each(&mut take);
            self.state().groups[number] = piece + 1;
            self.more.notify_all();
        }
    }

    /// What tells the other threads if this one should panic before it is done.
    pub(crate) fn watch(&self) -> Watch<'_> {
        Watch(self)
    }

    fn wait(&self, until: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let mut state = self.state();
        while !state.broken && !until(&state) {
            state = self.more.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.state().broken = true;
            self.0.more.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_takes_all_pieces_in_order() {
        let (wave, tickets) = (Wave::default(), Mutex::new(0..40_usize));
        let columns: Vec<Mutex<Vec<usize>>> = (0..200).map(|_| Mutex::default()).collect();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    loop {
                        let Some(piece) = tickets.lock().unwrap().next() else { return };
                        if piece == 30 && wave.turn(piece) {
                            wave.end(piece);
                        } else if wave.turn(piece) {
                            // Columns come late, too.
                            let count = columns.len().min(10 + piece * 9);
                            wave.pass(piece, count);
                            wave.columns(piece, count, |at| {
                                columns[at].lock().unwrap().push(piece);
                            });
                        }
                    }
                });
            }
        });
        for (at, taken) in columns.into_iter().enumerate() {
            let first = at.saturating_sub(9).div_ceil(9);
            assert_eq!(taken.into_inner().unwrap(), (first..30).collect::<Vec<_>>(), "{at}");
        }
    }

    #[test]
    fn groups_hold_each_column_once() {
        for columns in [0, 1, 31, 32, 33, 96, 97, 1000] {
            let all: Vec<usize> = (0..groups(columns)).flat_map(|at| group(at, columns)).collect();
            assert_eq!(all, (0..columns).collect::<Vec<_>>());
        }
    }
}
