//! Spreading: a text that one thread reads in order, and whose columns several threads take.

use std::num::NonZero;
use std::sync::{Arc, Mutex};

use memchr::memchr;

use super::body::{Body, Stop};
use super::queue::{Crew, Queue};
use super::scan::Scanner;
use super::sink::{Column, Sink};

/// Bytes of a text at least that are worth a thread's while.
const WORTH: usize = if cfg!(test) { 1 << 13 } else { 1 << 18 };
/// Bytes read at a time until it is known what the columns hold.
const LESSON: usize = if cfg!(test) { 1 << 12 } else { 1 << 17 };
/// Columns at most: of more of them, each would take too few rows at once.
pub(super) const MOST_COLUMNS: usize = 1 << 10;

impl<'a, S: Sink<'a>> Body<'a, S> {
    /// Reads records from `at` until the text or the table ends; where that is, or nothing where
    /// the table would be all but empty.
    pub(super) fn read(&mut self, scanner: &mut Scanner<'a>, at: usize) -> Option<usize> {
        match self.spread(scanner, at) {
            Stop::At(at) | Stop::Next(at) | Stop::Short(at) => Some(at),
            Stop::Sparse => None,
        }
    }

    /// Reads records from `at` until the text or the table ends, on as many threads as the sink has.
    pub(super) fn spread(&mut self, scanner: &mut Scanner<'a>, mut at: usize) -> Stop {
        let threads = self.sink.as_ref().map_or(1, Sink::threads);
        let until = scanner.text.len();
        let wide = self.table.width() > MOST_COLUMNS;
        let Some(others) = NonZero::new(threads - 1).filter(|_| !wide && self.table.width() > 1)
        else {
            return self.pass(scanner, at, until, &[]);
        };
        while !self.taught && at < until {
            match self.pass(scanner, at, line_after(scanner.text, at + LESSON), &[]) {
                Stop::At(next) => at = next,
                stop => return stop,
            }
        }
        match self.sink.take() {
            Some(mut sink) if until - at > WORTH => {
                let before = self.given;
                let stop = self.shared(scanner, at, others, sink.columns());
                sink.came(self.given - before);
                self.sink = Some(sink);
                stop
            }
            sink => {
                self.sink = sink;
                self.pass(scanner, at, until, &[])
            }
        }
    }

    /// Reads records from `at` until one begins at `until` or behind, or the table ends. `until` is
    /// behind the end of a line, or the text's end; `crew` takes the rows, if there is a queue.
    pub(super) fn pass(
        &mut self,
        scanner: &mut Scanner<'a>,
        at: usize,
        until: usize,
        crew: &Crew<'_>,
    ) -> Stop {
        let stop = self.records(scanner, at, until, crew);
        self.give();
        stop
    }

    /// Reads the rest of a text, of which some other threads take columns too.
    fn shared(
        &mut self,
        scanner: &mut Scanner<'a>,
        at: usize,
        others: NonZero<usize>,
        columns: Vec<&mut dyn Column>,
    ) -> Stop {
        let queue = Arc::new(Queue::new(columns.len()));
        let crew: Vec<Mutex<&mut dyn Column>> = columns.into_iter().map(Mutex::new).collect();
        self.queue = Some(Arc::clone(&queue));
        let stop = std::thread::scope(|scope| {
            for _ in 0..others.get().min(crew.len() - 1) {
                scope.spawn(|| queue.work(&crew));
            }
            let _watch = queue.watch();
            let stop = self.pass(scanner, at, scanner.text.len(), &crew);
            queue.close();
            queue.work(&crew);
            stop
        });
        self.queue = None;
        stop
    }
}

/// Where the first line begins that begins behind a place; the end of the text where none does.
pub(super) fn line_after(text: &str, place: usize) -> usize {
    let rest = text.as_bytes().get(place..).unwrap_or_default();
    memchr(b'\n', rest).map_or(text.len(), |end| place + end + 1)
}
