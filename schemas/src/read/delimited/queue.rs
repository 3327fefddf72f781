//! [`Queue`]: rows that one thread finds and several take, each a column at a time.
//!
//! What is read in order is read by one thread, as if there were no other: it only puts the rows
//! here. A column takes them in their order, and no column knows of another, so the number of
//! threads changes nothing, and nothing has to be put together.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::lane::Run;
use super::sink::Column;
use crate::cell::Cell;
use crate::cell::cut::Cut;

/// Cells of rows that a column takes its own of at once, at least, if there are as many: a few
/// stretches of text, so that another thread that takes the next column of them finds them near.
const TURN: usize = 1 << 13;
/// Cells that may wait for a column before who finds them lets columns take some.
const MOST: usize = 1 << 16;

/// Rows that one thread finds and several take.
pub(super) struct Queue<'a> {
    state: Mutex<State<'a>>,
    /// Is told when there is more to do, or nothing more will come.
    more: Condvar,
}

/// Some rows that came together.
pub(super) enum Piece<'a> {
    Run(Run<'a>),
    Row(Vec<Cell<'a>>),
}

struct State<'a> {
    /// What was not yet taken by all columns.
    pieces: VecDeque<Arc<Piece<'a>>>,
    /// How many pieces were taken by all, and how many cells are in the others.
    gone: usize,
    cells: usize,
    /// For each column, the next piece, and whether it takes some.
    turns: Vec<(usize, Turn)>,
    closed: bool,
    /// Whether a thread gave up, so that none need wait for it.
    broken: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Free,
    Taken,
}

/// The columns that take rows.
pub(super) type Crew<'c> = [Mutex<&'c mut dyn Column>];

/// A column's turn: which column it is, and what it takes.
type Task<'a> = (usize, Vec<Arc<Piece<'a>>>);

impl<'a> Queue<'a> {
    /// An empty queue for so many columns.
    pub(super) fn new(columns: usize) -> Self {
        let (pieces, turns) = (VecDeque::new(), vec![(0, Turn::Free); columns]);
        let state = State { pieces, gone: 0, cells: 0, turns, closed: false, broken: false };
        Self { state: Mutex::new(state), more: Condvar::new() }
    }

    /// Puts the rows of a run behind the others.
    pub(super) fn run(&self, run: Run<'a>) {
        self.put(Piece::Run(run));
    }

    /// Puts a row behind the others.
    pub(super) fn row(&self, cells: Vec<Cell<'a>>) {
        self.put(Piece::Row(cells));
    }

    fn put(&self, piece: Piece<'a>) {
        let mut state = self.state();
        state.cells += piece.cells();
        state.pieces.push_back(Arc::new(piece));
        drop(state);
        self.more.notify_all();
    }

    /// Says that nothing more will come.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.more.notify_all();
    }

    /// What tells the other threads if this one should panic before it is done.
    pub(super) fn watch(&self) -> Watch<'_, 'a> {
        Watch(self)
    }

    /// Lets columns take rows until all have all that will come.
    pub(super) fn work(&self, columns: &Crew<'_>) {
        let _watch = self.watch();
        let mut cuts = Vec::new();
        let mut state = self.state();
        loop {
            if let Some(task) = state.task() {
                drop(state);
                state = self.done(&task, columns, &mut cuts);
            } else if state.broken || state.closed && state.pieces.is_empty() {
                return;
            } else {
                state = self.more.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// Lets columns take rows as long as too many wait, and one is free to.
    pub(super) fn ease(&self, columns: &Crew<'_>, cuts: &mut Vec<Cut>) {
        let mut state = self.state();
        while state.cells > MOST {
            if let Some(task) = state.task() {
                drop(state);
                state = self.done(&task, columns, cuts);
            } else if state.cells > 2 * MOST && !state.broken {
                state = self.more.wait(state).unwrap_or_else(PoisonError::into_inner);
            } else {
                return;
            }
        }
    }

    /// Lets a column take what it is its turn to take.
    fn done(
        &self,
        (number, pieces): &Task<'a>,
        columns: &Crew<'_>,
        cuts: &mut Vec<Cut>,
    ) -> MutexGuard<'_, State<'a>> {
        let mut column = columns[*number].lock().unwrap_or_else(PoisonError::into_inner);
        for piece in pieces {
            piece.give(*number, &mut **column, cuts);
        }
        drop(column);
        let mut state = self.state();
        state.turns[*number].0 += pieces.len();
        state.turns[*number].1 = Turn::Free;
        state.forget();
        self.more.notify_all();
        state
    }

    fn state(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What tells the other threads if one should panic.
pub(super) struct Watch<'q, 'a>(&'q Queue<'a>);

impl Drop for Watch<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.state().broken = true;
            self.0.more.notify_all();
        }
    }
}

impl<'a> State<'a> {
    /// The turn of the column that is furthest behind and does not take anything now.
    fn task(&mut self) -> Option<Task<'a>> {
        let free = self.turns.iter().enumerate().filter(|(_, turn)| turn.1 == Turn::Free);
        let (number, (next, _)) = free.min_by_key(|(_, turn)| turn.0)?;
        let (mut cells, mut task) = (0, Vec::new());
        for piece in self.pieces.range(next - self.gone..) {
            task.push(Arc::clone(piece));
            cells += piece.cells();
            if cells >= TURN {
                break;
            }
        }
        if task.is_empty() {
            return None;
        }
        self.turns[number].1 = Turn::Taken;
        Some((number, task))
    }

    /// Forgets what all columns have taken.
    fn forget(&mut self) {
        let least = self.turns.iter().map(|turn| turn.0).min().unwrap_or(self.gone);
        for piece in self.pieces.drain(..least - self.gone) {
            self.cells -= piece.cells();
        }
        self.gone = least;
    }
}

impl Piece<'_> {
    /// Gives a column its cells.
    pub(super) fn give(&self, number: usize, column: &mut dyn Column, cuts: &mut Vec<Cut>) {
        match self {
            Self::Run(run) => column.run(run, number, cuts),
            Self::Row(cells) => column.row(cells.get(number).unwrap_or(&Cell::Absent)),
        }
    }

    fn cells(&self) -> usize {
        match self {
            Self::Run(run) => run.count() * run.width(),
            Self::Row(cells) => cells.len(),
        }
    }
}
