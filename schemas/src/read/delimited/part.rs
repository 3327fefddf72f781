//! [`walk`]: a text that comes in parts, read as one that is there whole.

use std::io::Read;

use super::begin::begin;
use super::body::{Body, Read as Finished, Stop};
use super::scan::{Dialect, MOST_PIECES, Scanner};
use super::sink::Sink;
use super::sniff;
use crate::cell::RawTable;
use crate::finding::Finding;
use crate::read::Source;
use crate::stream::Fault;
use crate::stream::window::Window;

/// That a table is all but empty.
pub(super) const SPARSE: Fault = Fault::Unfit("its rows fill too few of its columns");

/// What became of a table in a part of the text.
enum Outcome<S> {
    /// It goes on in another part, from a place on; what was not settled before it is kept.
    On(Box<Body<'static, S>>, usize, usize),
    /// It ended, and the next one may begin there.
    Ended(usize),
    /// The part is too short to begin with.
    Short,
}

/// Reads the tables of a text into sinks: `sink` makes one for the number and the header of a table,
/// `step` is told of it behind each part, and `done` takes it, with its table but without the rows.
/// What was found on the way.
pub(crate) fn walk<R: Read, S: for<'x> Sink<'x>>(
    window: &mut Window<R>,
    name: &str,
    sink: impl FnMut(usize, &[String]) -> S,
    step: impl FnMut(usize, &mut S) -> Result<(), Fault>,
    done: impl FnMut(usize, RawTable<'static>, S) -> Result<(), Fault>,
) -> Result<Vec<Finding>, Fault> {
    walk_by(window, name, sink, step, done, |_, held| Ok(held))
}

/// A table that goes on in another part of the text.
pub(crate) struct Held<S> {
    pub(super) body: Box<Body<'static, S>>,
    /// Where in the part it goes on.
    pub(super) at: usize,
    pub(super) regretted: usize,
    pub(super) dialect: Dialect,
}

/// The same, where `on` may take more of a table that goes on.
pub(crate) fn walk_by<R: Read, S: for<'x> Sink<'x>>(
    window: &mut Window<R>,
    name: &str,
    mut sink: impl FnMut(usize, &[String]) -> S,
    mut step: impl FnMut(usize, &mut S) -> Result<(), Fault>,
    mut done: impl FnMut(usize, RawTable<'static>, S) -> Result<(), Fault>,
    mut on: impl FnMut(&mut Window<R>, Held<S>) -> Result<Held<S>, Fault>,
) -> Result<Vec<Finding>, Fault> {
    while !window.place().1 && !sniff::is_told_by(window.text()) {
        window.slide(0)?;
    }
    // White space alone is no table.
    if window.place().1 && window.text().trim().is_empty() {
        return Ok(Vec::new());
    }
    let sniffed = sniff::sniff(window.text());
    let mut findings = Vec::new();
    let (mut number, mut at, mut regretted) = (0, 0, 0);
    'tables: loop {
        let mut held: Option<Box<Body<'static, S>>> = None;
        let mut first = Vec::new();
        loop {
            let text = window.text();
            let (_, ends) = window.place();
            let source = Source { name, text, expect: None };
            let mut scanner =
                Scanner::part(text, sniffed.dialect, window.place(), window.ahead(), regretted);
            let (mut body, from) = if let Some(held) = held.take() {
                (held.within(text, 0), at)
            } else {
                let found = begin(&mut scanner, at, &sniffed, &source);
                if scanner.short {
                    window.slide(at)?;
                    at = 0;
                    continue;
                }
                let Some(begin) = found else { break 'tables };
                if begin.header.len() > MOST_PIECES {
                    return Err(Fault::Unfit("a line of it has more fields than any table"));
                }
                first = begin.findings(number).into_iter().collect();
                let sink = sink(number, &begin.header);
                let body = Body::new(&begin, number, &sniffed, &source, &scanner, Some(sink));
                (body, begin.first)
            };
            let stop = body.spread(&mut scanner, from);
            let outcome = match stop {
                Stop::Sparse => {
                    return Err(SPARSE);
                }
                Stop::At(place) | Stop::Short(place) if !ends => {
                    if body.taught {
                        let waits = body.pending.first().map_or(place, |ragged| ragged.at);
                        let keep = waits.min(place);
                        Outcome::On(Box::new(body.within("", keep)), keep, place - keep)
                    } else {
                        Outcome::Short
                    }
                }
                Stop::At(place) | Stop::Short(place) | Stop::Next(place) => {
                    let Finished { table, sink, findings: mut found } = body.finish(&scanner);
                    findings.append(&mut first);
                    findings.append(&mut found);
                    if let Some(mut sink) = sink {
                        sink.end();
                        step(number, &mut sink)?;
                        let header = table.header().to_vec();
                        let bare = RawTable::new(&table.name, &table.source, header);
                        done(number, bare, sink)?;
                    }
                    Outcome::Ended(place)
                }
            };
            if !matches!(outcome, Outcome::Short) {
                regretted = scanner.regretted;
            }
            match outcome {
                Outcome::On(mut body, keep, place) => {
                    if let Some(sink) = &mut body.sink {
                        step(number, sink)?;
                    }
                    window.slide(keep)?;
                    let dialect = sniffed.dialect;
                    let more = on(window, Held { body, at: place, regretted, dialect })?;
                    (at, regretted) = (more.at, more.regretted);
                    held = Some(more.body);
                }
                Outcome::Ended(place) => {
                    at = place;
                    number += 1;
                    continue 'tables;
                }
                Outcome::Short => {
                    window.slide(at)?;
                    at = 0;
                }
            }
        }
    }
    Ok(findings)
}

impl<S> Body<'_, S> {
    /// The same table in another part of the text, which begins so much later.
    pub(super) fn within(self, text: &str, by: usize) -> Body<'_, S> {
        let RawTable { name, source, .. } = &self.table;
        let table = RawTable::within(text, name, source, self.table.header().to_vec());
        Body {
            table,
            pending: self.pending.into_iter().map(|ragged| ragged.moved(by)).collect(),
            number: self.number,
            manner: self.manner,
            sink: self.sink,
            given: self.given,
            cuts: self.cuts,
            profile: self.profile,
            learnt: self.learnt,
            taught: self.taught,
            lesson: self.lesson,
            fits: self.fits,
            patience: self.patience,
            apart: self.apart,
            ragged: self.ragged,
            omitted: self.omitted,
            mended: self.mended,
            trailing: self.trailing,
            counted: self.counted,
            queue: None,
            share: None,
            run: None,
        }
    }
}
