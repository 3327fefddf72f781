//! [`Lines`]: the columns of lines of JSON while parts of them go by.

use std::collections::HashMap;
use std::io;
use std::num::NonZero;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use super::kept::{Copied, Strip};
use super::{BLOCK, Flow, Flowed, Flowing, Hint, Trust, deal, guess, held, settled};
use crate::cell::RawTable;
use crate::read::Source;
use crate::read::json::lines::{Joint, Part, part};
use crate::read::wave::Wave;
use crate::stream::Fault;
use crate::stream::lines;
use crate::stream::window::Window;

/// Bytes read at once: few enough that they are still near when the last column takes its cells.
const PIECE: usize = if cfg!(test) { 1 << 10 } else { 1 << 18 };

/// Pieces that are at hand for each of several threads.
const EACH: usize = 8;

/// Bytes behind the first piece that are worth a thread's while.
const WORTH: usize = 2 * PIECE;

/// The table of lines that are at hand; nothing, where they must be read as one.
pub(super) fn whole(source: &Source<'_>, threads: NonZero<usize>) -> Option<Flowing> {
    let mut lines = Lines::new(source.name, threads);
    let mut rest = source.text;
    lines
        .walk(|_| {
            let (piece, behind) = rest.split_at(piece_end(rest));
            rest = behind;
            Ok((!piece.is_empty()).then_some((piece, behind.len())))
        })
        .ok()?;
    let gone = lines.gone();
    let mut later = gone.later();
    if let Some(later) = &mut later {
        later.take(source.text).ok()?;
    }
    Some(gone.finish(later))
}

/// The table of lines that come from a file.
pub(super) fn parts<R: io::Read + Send>(
    name: &str,
    size: usize,
    threads: NonZero<usize>,
    mut open: impl FnMut() -> io::Result<R>,
) -> Result<Flowing, Fault> {
    let mut lines = Lines::new(name, threads);
    let mut window = Window::short(open()?, PIECE)?.sized(size);
    lines.walk(|used: Option<String>| window.lines(used.unwrap_or_default()))?;
    let gone = lines.gone();
    let mut later = gone.later();
    if let Some(later) = &mut later {
        let mut window = Window::short(open()?, PIECE * pieces_at_once(threads))?.sized(size);
        lines::parts(&mut window, |text, _| later.take(text).map_err(Fault::Unfit))?;
        // Somebody may write to a file while it is read.
        if later.rows != gone.flowed.rows {
            return Err(Fault::changed());
        }
    }
    Ok(gone.finish(later))
}

/// The columns of lines of JSON, by their names.
struct Lines<'n> {
    name: &'n str,
    threads: NonZero<usize>,
    joint: Joint,
    names: Vec<String>,
    numbers: HashMap<String, usize>,
    columns: Vec<Arc<Mutex<Column>>>,
    rows: usize,
}

/// A column while its rows go by.
struct Column {
    /// `None`, where it is not proved.
    trust: Option<Trust>,
    /// Its text, where its first value took the trust away.
    strip: Option<Strip>,
}

/// What the columns take of a piece.
struct Share {
    columns: Vec<Arc<Mutex<Column>>>,
    /// Where each of them stands in a row of the piece.
    places: Vec<Option<usize>>,
    /// How many rows came before, and about how many come behind, if that is first known now.
    before: usize,
    expected: Option<usize>,
}

/// The columns of lines after the last of them, those that are proved and those that are not.
struct Gone<'n> {
    name: &'n str,
    threads: NonZero<usize>,
    joint: Joint,
    names: Vec<String>,
    flowed: Flowed,
    /// The text of those whose first value took the trust away.
    strips: Vec<Option<Strip>>,
}

impl<'n> Lines<'n> {
    fn new(name: &'n str, threads: NonZero<usize>) -> Self {
        let (joint, names, numbers) = (Joint::default(), Vec::new(), HashMap::new());
        Self { name, threads, joint, names, numbers, columns: Vec::new(), rows: 0 }
    }

    /// Takes in lines, pieces of which `next` gives, with how many bytes stand behind each; it is
    /// given back what is no longer needed.
    fn walk<T: Deref<Target = str> + Send>(
        &mut self,
        mut next: impl FnMut(Option<T>) -> Result<Option<(T, usize)>, Fault> + Send,
    ) -> Result<(), Fault> {
        let (name, threads) = (self.name, self.threads.get());
        let Some(first) = next(None)? else { return Ok(()) };
        // What is short is done before another thread has begun.
        let others = if first.1 > WORTH { threads - 1 } else { 0 };
        let wave = Wave::default();
        // Who has its turn is alone here.
        let (lines, fault) = (Mutex::new(self), Mutex::new(None));
        let take = |piece: usize, (text, behind): &(T, usize)| -> Result<bool, Fault> {
            let read = part(&Source { name, text, expect: None });
            if !wave.turn(piece) {
                return Ok(false);
            }
            let part = read.map_err(Fault::Unfit)?;
            let share = held(&lines).share(part.as_ref(), (text.len(), *behind))?;
            wave.pass(piece, share.columns.len());
            wave.columns(piece, share.columns.len(), |number| share.give(number, part.as_ref()));
            Ok(true)
        };
        let (first, end) = (take(0, &first).map(|_| first.0)?, false);
        let input = Mutex::new((1, next, end));
        let work = |mut used: Option<T>| {
            let _watch = wave.watch();
            loop {
                let (piece, found) = {
                    let (number, next, end) = &mut *held(&input);
                    if *end {
                        return;
                    }
                    let found = next(used.take());
                    *end = !matches!(found, Ok(Some(_)));
                    *number += 1;
                    (*number - 1, found)
                };
                let taken = match found {
                    Ok(None) => return,
                    Ok(Some(found)) => {
                        take(piece, &found).map(|goes_on| goes_on.then_some(found.0))
                    }
                    Err(fault) => {
                        if wave.turn(piece) {
                            Err(fault)
                        } else {
                            Ok(None)
                        }
                    }
                };
                match taken {
                    Ok(Some(text)) => used = Some(text),
                    Ok(None) => return,
                    Err(found) => {
                        *held(&fault) = Some(found);
                        return wave.end(piece);
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..others {
                scope.spawn(|| work(None));
            }
            work(Some(first));
        });
        fault.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// What the columns take of a piece of so many bytes, with so many behind it.
    fn share(
        &mut self,
        part: Option<&Part<'_>>,
        (bytes, behind): (usize, usize),
    ) -> Result<Share, Fault> {
        /// Of how many rows one more may come than is expected.
        const ONE_OF: usize = 16;
        let Some(part) = part else {
            let (columns, places) = (self.columns.clone(), vec![None; self.columns.len()]);
            return Ok(Share { columns, places, before: self.rows, expected: None });
        };
        self.joint.take(part).map_err(Fault::Unfit)?;
        let rows = part.table.len();
        let numbers: Vec<usize> =
            part.table.header().iter().map(|name| self.number(name)).collect();
        let mut places = vec![None; self.columns.len()];
        for (place, number) in numbers.into_iter().enumerate() {
            places[number] = Some(place);
        }
        let expected = (self.rows == 0).then(|| {
            let rows = rows.saturating_mul(behind) / bytes.max(1);
            rows + rows / ONE_OF
        });
        let before = self.rows;
        self.rows += rows;
        Ok(Share { columns: self.columns.clone(), places, before, expected })
    }

    /// The number of the column of a name, known or new.
    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let mut trust = Trust::new(Hint::of(name));
        // Nothing stands there so far.
        trust.skip(self.rows);
        self.columns.push(Arc::new(Mutex::new(Column { trust: Some(trust), strip: None })));
        self.numbers.insert(name.to_owned(), self.names.len());
        self.names.push(name.to_owned());
        self.names.len() - 1
    }

    /// The columns after the last line.
    fn gone(self) -> Gone<'n> {
        let Self { name, threads, joint, names, columns, rows, .. } = self;
        let (columns, strips): (Vec<Option<Trust>>, Vec<Option<Strip>>) =
            columns.iter().map(|column| held(column).gone()).unzip();
        let flowed = Flow { columns, rows, cuts: Vec::new(), threads: threads.get() }.finish();
        Gone { name, threads, joint, names, flowed, strips }
    }
}

impl Gone<'_> {
    /// What the text is read again for, if for anything.
    fn later(&self) -> Option<Later> {
        let mut numbers = self.flowed.lost();
        numbers.retain(|number| self.strips[*number].is_none());
        let names = numbers.iter().map(|number| self.names[*number].clone()).collect();
        let strips = numbers.iter().map(|_| Strip::default()).collect();
        let (name, threads) = (self.name.to_owned(), self.threads);
        (!numbers.is_empty()).then_some(Later { name, threads, numbers, names, strips, rows: 0 })
    }

    fn finish(self, later: Option<Later>) -> Flowing {
        let findings = self.joint.findings();
        let (mut tables, mut doubts) = (Vec::new(), Vec::new());
        if self.names.is_empty() {
            return Flowing { tables, findings, doubts };
        }
        let mut kept: Vec<(usize, Strip)> = self
            .strips
            .into_iter()
            .enumerate()
            .filter_map(|(number, strip)| Some((number, strip?)))
            .collect();
        kept.extend(
            later.into_iter().flat_map(|later| later.numbers.into_iter().zip(later.strips)),
        );
        kept.sort_unstable_by_key(|(number, _)| *number);
        let kept = Copied::of(kept, self.flowed.rows);
        let source = Source { name: self.name, text: "", expect: None };
        let raw = RawTable::new(source.stem(), self.name, self.names);
        tables.push(settled(&raw, self.flowed, Some(&kept), 0, &mut doubts));
        Flowing { tables, findings, doubts }
    }
}

impl Share {
    /// Lets a column take its cells.
    fn give(&self, number: usize, part: Option<&Part<'_>>) {
        let Some(Part { table, .. }) = part else { return };
        let mut column = held(&self.columns[number]);
        column.take(table, self.places[number], self.before);
        if let (Some(rows), Some(trust)) = (self.expected, &mut column.trust) {
            trust.reserve(rows);
        }
    }
}

impl Column {
    /// What it has taken.
    fn gone(&mut self) -> (Option<Trust>, Option<Strip>) {
        (self.trust.take(), self.strip.take())
    }

    /// Takes the cells of a table that stand in a place of its rows; `rows` came before.
    fn take(&mut self, table: &RawTable<'_>, place: Option<usize>, rows: usize) {
        if let Some(trust) = &mut self.trust {
            let open = trust.is_open();
            let mut cuts = Vec::new();
            let mut blocks = (0..table.len()).step_by(BLOCK);
            let holds = match place {
                None => {
                    trust.skip(table.len());
                    true
                }
                Some(place) => blocks.all(|from| {
                    let rows = from..(from + BLOCK).min(table.len());
                    guess::feed(trust, table, rows, place, &mut cuts)
                }),
            };
            if holds {
                return;
            }
            self.trust = None;
            if open {
                let mut strip = Strip::default();
                strip.skip(rows);
                self.strip = Some(strip);
            }
        }
        if let Some(strip) = &mut self.strip {
            strip.take(table, place);
        }
    }
}

/// Columns as text, of lines that go by once more.
struct Later {
    name: String,
    threads: NonZero<usize>,
    numbers: Vec<usize>,
    names: Vec<String>,
    strips: Vec<Strip>,
    rows: usize,
}

impl Later {
    fn take(&mut self, text: &str) -> Result<(), &'static str> {
        each_part(text, &self.name, self.threads, |parts| {
            for Part { table, .. } in &parts {
                self.rows += table.len();
                let names = table.header().iter().map(String::as_str).zip(0..);
                let places: HashMap<&str, usize> = names.collect();
                for (name, strip) in self.names.iter().zip(&mut self.strips) {
                    strip.take(table, places.get(name.as_str()).copied());
                }
            }
            Ok(())
        })
    }
}

/// Where the first piece of a text ends.
fn piece_end(text: &str) -> usize {
    let near = text.as_bytes().get(PIECE..).unwrap_or_default();
    memchr::memchr(b'\n', near).map_or(text.len(), |end| PIECE + end + 1)
}

/// How many pieces of a text are at hand at once.
fn pieces_at_once(threads: NonZero<usize>) -> usize {
    if threads.get() == 1 { 1 } else { EACH * threads.get() }
}

/// Gives lines of a text, some parts at a time.
fn each_part<'a>(
    text: &'a str,
    name: &'a str,
    threads: NonZero<usize>,
    mut take: impl FnMut(Vec<Part<'a>>) -> Result<(), &'static str>,
) -> Result<(), &'static str> {
    let mut rest = text;
    while !rest.is_empty() {
        let mut pieces = Vec::new();
        while !rest.is_empty() && pieces.len() < pieces_at_once(threads) {
            let (piece, behind) = rest.split_at(piece_end(rest));
            pieces.push(piece);
            rest = behind;
        }
        let read = |text: &'a str| part(&Source { name, text, expect: None });
        let mut parts = Vec::with_capacity(pieces.len());
        if let [piece] = pieces[..] {
            parts.extend(read(piece)?);
        } else {
            let places: Vec<_> = pieces.iter().map(|_| Mutex::new(Ok(None))).collect();
            deal(threads.get(), pieces.into_iter().zip(&places), |(piece, place)| {
                *held(place) = read(piece);
            });
            for place in &places {
                parts.extend(std::mem::replace(&mut *held(place), Ok(None))?);
            }
        }
        take(parts)?;
    }
    Ok(())
}
