//! Giving: where the rows of a table go, and what is given away together.

use super::LESSON;
use super::body::Body;
use super::lane::Marks;
use super::queue::Piece;
use super::scan::Scanner;
use super::sink::Sink;
use crate::cell::Cell;

/// Rows that are given away together, at most, besides those of a stretch that need no mending.
const TOGETHER: usize = 1 << 12;

impl<'a, S: Sink<'a>> Body<'a, S> {
    /// Whether rows are given away and not kept.
    pub(super) fn gives(&self) -> bool {
        self.queue.is_some() || self.share.is_some() || self.taught && self.sink.is_some()
    }

    /// Tells the sink of a text's first table about how many rows come behind a place, if they are
    /// as long as those before it.
    pub(super) fn expect(&mut self, scanner: &Scanner<'a>, at: usize) {
        let (rows, seen) = (self.rows(), scanner.base + at + LESSON - self.lesson);
        if let Some(sink) = self.sink.as_mut().filter(|_| self.number == 0 && seen > 0) {
            let left = scanner.text.len() - at + scanner.ahead;
            sink.expect((left as u128 * rows as u128 / seen as u128) as usize);
        }
    }

    /// Keeps a row, or gives it away: with others of its stretch, if there are any.
    pub(super) fn keep(&mut self, cells: Vec<Cell<'a>>) {
        if !self.gives() {
            return self.table.push_row(cells);
        }
        self.given += 1;
        if self.run.as_mut().is_some_and(|run| run.count() < TOGETHER && run.mend(&cells)) {
            return;
        }
        self.give();
        if let Some(share) = &mut self.share {
            share.pieces.push(Piece::Row(cells));
        } else if let Some(queue) = &self.queue {
            queue.row(cells);
        } else if let Some(sink) = &mut self.sink {
            sink.row(cells);
        }
    }

    /// Gives the rows away that wait for others of their stretch.
    pub(super) fn give(&mut self) {
        let Some(run) = self.run.take() else { return };
        if let Some(share) = &mut self.share {
            share.pieces.push(Piece::Run(run));
        } else if let Some(queue) = &self.queue {
            queue.run(run);
        } else if let Some(sink) = &mut self.sink {
            sink.run(&run);
        }
    }

    /// What was found beforehand of the text that is read.
    pub(super) fn marks(&mut self) -> Marks {
        self.share.as_mut().map(|share| std::mem::take(&mut share.marks)).unwrap_or_default()
    }
}
