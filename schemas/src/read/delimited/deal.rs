//! Dealing: stretches of a text read on several threads, as if one had read them in order.
//!
//! A stretch is read on trust: that a record begins where a line does, and that nothing from before
//! waits to be known as a row. What was read is kept only where both turned out true when all before
//! it was read; else the stretch is read once more. So the number of threads changes nothing.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use memchr::memchr;

use super::body::{Body, Stop};
use super::ragged::Notes;
use super::scan::Scanner;
use super::sink::Sink;
use crate::read::align::Patience;

/// Bytes of a stretch at least: enough to be worth a thread's while, and few enough that none waits
/// long for the last one.
const STRETCH: usize = if cfg!(test) { 1 << 13 } else { 1 << 18 };
/// Stretches for each thread that what is left of a text would make, if all were as long as the
/// next one. So the first ones are long, and what is read of them need not be put together.
const SHARES: usize = 2;
/// Bytes read at a time until it is known what the columns hold.
const LESSON: usize = if cfg!(test) { 1 << 12 } else { 1 << 17 };
/// How many times as much may be read on trust as the table has had, if it ended where a stretch
/// begins: what keeps a text of many tables linear, each of which ends while more is read.
const AHEAD: usize = 2;

/// What became of a stretch.
struct Outcome<'a, S> {
    /// Where it begins and ends.
    start: usize,
    until: usize,
    /// Where the reading of it stopped.
    stop: Stop,
    /// Who read it, before and after.
    begun: (Scanner<'a>, Patience),
    scanner: Scanner<'a>,
    body: Body<'a, S>,
    /// Rows that its body believed to stand before it.
    before: usize,
    /// Whether its first record is plainly a row.
    begins_plain: bool,
}

impl<'a, S: Sink<'a>> Body<'a, S> {
    /// Reads records from `at` until the text or the table ends, on as many threads as the sink has.
    pub(super) fn deal(&mut self, scanner: &mut Scanner<'a>, begin: usize) -> Stop {
        let mut stop = Stop::At(begin);
        while let Stop::At(at) = stop
            && at < scanner.text.len()
        {
            let ready = self.taught && !self.apart && self.pending.is_empty();
            let threads = self.sink.as_ref().map_or(1, Sink::threads);
            if !ready || (scanner.text.len() - at) / threads <= STRETCH {
                stop = self.pass(scanner, at, line_after(scanner.text, at + LESSON));
                continue;
            }
            for outcome in self.ahead(scanner, begin, at, threads) {
                stop = self.resume(scanner, stop, outcome);
            }
        }
        stop
    }

    /// Reads what is left from `at` on in stretches, up to the first in which the table, which
    /// began at `begin`, seems to end.
    fn ahead(
        &self,
        scanner: &Scanner<'a>,
        begin: usize,
        at: usize,
        threads: usize,
    ) -> Vec<Outcome<'a, S>> {
        let stretches = stretches(scanner.text, begin, at, threads);
        let outcomes: Vec<Mutex<Option<Outcome<'a, S>>>> =
            stretches.iter().map(|_| Mutex::new(None)).collect();
        let (next, last) = (AtomicUsize::new(0), AtomicUsize::new(usize::MAX));
        // Bytes of a row.
        let long = ((at - begin) / self.rows().max(1)).max(self.table.width());
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number > last.load(Ordering::Relaxed) {
                    return;
                }
                let Some(stretch) = stretches.get(number) else { return };
                let outcome = self.trust(scanner, stretch.clone(), stretch.len() / long);
                if outcome.as_ref().is_none_or(|outcome| !matches!(outcome.stop, Stop::At(_))) {
                    last.fetch_min(number, Ordering::Relaxed);
                }
                *outcomes[number].lock().unwrap_or_else(PoisonError::into_inner) = outcome;
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.min(outcomes.len()) {
                scope.spawn(work);
            }
            work();
        });
        let outcomes = outcomes.into_iter();
        outcomes
            .filter_map(|one| one.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect()
    }

    /// Reads a stretch on trust, of about so many rows.
    fn trust(
        &self,
        scanner: &Scanner<'a>,
        stretch: Range<usize>,
        rows: usize,
    ) -> Option<Outcome<'a, S>> {
        /// Of how many rows one more may be there than was guessed, without moving those before it.
        const ONE_OF: usize = 32;
        let Range { start, end: until } = stretch;
        let begun = (scanner.clone(), self.patience.clone());
        let mut scanner = scanner.clone();
        let mut body = Body {
            number: self.number,
            manner: self.manner,
            // What a sink takes does not stay in the table.
            table: self.table.clone(),
            sink: Some(self.sink.as_ref()?.fork(rows + rows / ONE_OF + 1)?),
            given: self.given,
            cuts: Vec::new(),
            profile: self.profile.clone(),
            learnt: self.learnt,
            taught: true,
            lesson: self.lesson,
            fits: self.fits,
            patience: self.patience.clone(),
            pending: Vec::new(),
            apart: false,
            ragged: Vec::new(),
            omitted: Notes::default(),
            mended: Notes::default(),
            trailing: 0,
            counted: 0,
            begins_plain: None,
        };
        let before = body.rows();
        let stop = body.pass(&mut scanner, start, until);
        let begins_plain = body.begins_plain == Some(start);
        Some(Outcome { start, until, stop, begun, scanner, body, before, begins_plain })
    }

    /// Goes on behind a stretch that was read on trust, or reads it once more.
    fn resume(&mut self, scanner: &mut Scanner<'a>, stop: Stop, outcome: Outcome<'a, S>) -> Stop {
        let Stop::At(at) = stop else { return stop };
        if at == outcome.start && outcome.begins_plain && !self.apart {
            // What waits to be known as a row is one now.
            self.settle(scanner);
        }
        let right = at == outcome.start && !self.apart && self.pending.is_empty();
        let left = scanner.behind(&outcome.begun.0, &outcome.scanner, outcome.start);
        let patience = self.patience.less(&outcome.begun.1, &outcome.body.patience);
        let body = outcome.body;
        let (true, Some(left), Some(patience), Some(sink), Some(rows)) =
            (right, left, patience, &mut self.sink, body.sink)
        else {
            return self.pass(scanner, at, outcome.until);
        };
        (*scanner, self.patience) = (left, patience);
        sink.join(rows);
        let shift = self.given - outcome.before;
        self.omitted.append(body.omitted, shift);
        self.mended.append(body.mended, shift);
        self.given += body.given - outcome.before;
        self.trailing += body.trailing;
        self.fits |= body.fits;
        (self.pending, self.apart) = (body.pending, body.apart);
        if body.counted > 0 {
            self.counted = body.counted + shift;
        }
        if self.is_sparse(scanner, outcome.start) { Stop::Sparse } else { outcome.stop }
    }
}

/// The stretches of a text from `at` on, for a table that began at `begin`.
fn stretches(text: &str, begin: usize, at: usize, threads: usize) -> Vec<Range<usize>> {
    let mut stretches = Vec::new();
    let mut start = at;
    while start < text.len() {
        let share = (text.len() - start) / (threads * SHARES);
        let trusted = (start - begin).saturating_mul(AHEAD) / threads;
        let end = line_after(text, start + share.min(trusted).max(STRETCH));
        stretches.push(start..end);
        start = end;
    }
    stretches
}

/// Where the first line begins that begins behind a place; the end of the text where none does.
fn line_after(text: &str, place: usize) -> usize {
    let rest = text.as_bytes().get(place..).unwrap_or_default();
    memchr(b'\n', rest).map_or(text.len(), |end| place + end + 1)
}
