//! Dealing: stretches of a text read on several threads, as if one had read them in order.
//!
//! A stretch is read on trust: that a record begins where a line does, and that nothing from before
//! waits to be known as a row. What was read is kept only where both turned out true when all before
//! it was read; else the stretch is read once more. So the number of threads changes nothing.

use std::sync::{Mutex, PoisonError};

use memchr::memchr;

use super::body::{Body, Stop};
use super::ragged::Notes;
use super::scan::Scanner;
use super::sink::Sink;
use crate::read::align::Patience;

/// Bytes of a stretch: enough to be worth a thread's while, and few enough that none waits long for
/// the last one.
const STRETCH: usize = if cfg!(test) { 1 << 13 } else { 1 << 20 };
/// Bytes read at a time until it is known what the columns hold.
const LESSON: usize = if cfg!(test) { 1 << 12 } else { 1 << 17 };
/// How many times as much may be read on trust as the table has had: what keeps a text of many
/// tables linear, each of which ends while more is read.
const AHEAD: usize = 4;

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
            if !ready || scanner.text.len() - at <= STRETCH {
                stop = self.pass(scanner, at, line_after(scanner.text, at + LESSON));
                continue;
            }
            let threads = self.sink.as_ref().map_or(1, Sink::threads);
            let most = (at - begin).saturating_mul(AHEAD).max(threads.saturating_mul(STRETCH));
            for outcome in self.ahead(scanner, at, most, threads) {
                stop = self.resume(scanner, stop, outcome);
            }
        }
        stop
    }

    /// Reads up to so many bytes from `at` on in stretches.
    fn ahead(
        &self,
        scanner: &Scanner<'a>,
        at: usize,
        most: usize,
        threads: usize,
    ) -> Vec<Outcome<'a, S>> {
        let text = scanner.text;
        let mut starts = vec![at];
        let mut last = at;
        while last < text.len() && last - at < most {
            last = line_after(text, last + STRETCH);
            starts.push(last);
        }
        let stretches = starts.windows(2).map(|ends| (ends[0], ends[1])).enumerate();
        let stretches = Mutex::new(stretches);
        let outcomes: Vec<Mutex<Option<Outcome<'a, S>>>> =
            starts[1..].iter().map(|_| Mutex::new(None)).collect();
        let work = || {
            loop {
                let next = stretches.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((number, (start, until))) = next else { return };
                let outcome = self.trust(scanner, start, until);
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

    /// Reads a stretch on trust.
    fn trust(&self, scanner: &Scanner<'a>, start: usize, until: usize) -> Option<Outcome<'a, S>> {
        let begun = (scanner.clone(), self.patience.clone());
        let mut scanner = scanner.clone();
        let mut body = Body {
            number: self.number,
            manner: self.manner,
            // What a sink takes does not stay in the table.
            table: self.table.clone(),
            sink: Some(self.sink.as_ref()?.fork()?),
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

/// Where the first line begins that begins behind a place; the end of the text where none does.
fn line_after(text: &str, place: usize) -> usize {
    let rest = text.as_bytes().get(place..).unwrap_or_default();
    memchr(b'\n', rest).map_or(text.len(), |end| place + end + 1)
}
