//! [`Lines`]: the columns of lines of JSON while parts of them go by.

use std::collections::HashMap;
use std::io;
use std::num::NonZero;
use std::sync::Mutex;

use super::kept::{Copied, Strip};
use super::{BLOCK, Flow, Flowing, Hint, Trust, deal, guess, held, settled};
use crate::cell::RawTable;
use crate::read::Source;
use crate::read::json::lines::{Joint, Part, part};
use crate::stream::Fault;
use crate::stream::lines;
use crate::stream::window::{Ahead, Input, Window};

/// Bytes read at once: few enough that they are still near when the last column takes its cells.
const PIECE: usize = if cfg!(test) { 1 << 10 } else { 1 << 18 };

/// Pieces that are at hand for each of several threads.
const EACH: usize = 8;

/// The table of lines that are at hand; nothing, where they must be read as one.
pub(super) fn whole(source: &Source<'_>, threads: NonZero<usize>) -> Option<Flowing> {
    let text = source.text;
    let mut lines = Lines::new(source.name, threads);
    lines.take(text, 0).ok()?;
    let mut later = lines.later();
    if let Some(later) = &mut later {
        later.take(text).ok()?;
    }
    Some(lines.finish(later))
}

/// The table of lines that come from a file.
pub(super) fn parts<R: io::Read + Send>(
    name: &str,
    size: usize,
    threads: NonZero<usize>,
    mut open: impl FnMut() -> io::Result<R>,
) -> Result<Flowing, Fault> {
    let mut lines = Lines::new(name, threads);
    let part = PIECE * pieces_at_once(threads);
    let input = open()?;
    if threads.get() > 1 {
        std::thread::scope(|scope| {
            lines.walk(&mut Window::short(Ahead::of(scope, input), part)?.sized(size))
        })?;
    } else {
        lines.walk(&mut Window::short(input, part)?.sized(size))?;
    }
    let mut later = lines.later();
    if let Some(later) = &mut later {
        let mut window = Window::short(open()?, part)?.sized(size);
        lines::parts(&mut window, |text, _| later.take(text).map_err(Fault::Unfit))?;
        // Somebody may write to a file while it is read.
        if later.rows != lines.rows {
            return Err(Fault::changed());
        }
    }
    Ok(lines.finish(later))
}

/// The columns of lines of JSON, by their names.
struct Lines<'n> {
    name: &'n str,
    threads: NonZero<usize>,
    joint: Joint,
    names: Vec<String>,
    numbers: HashMap<String, usize>,
    columns: Vec<Column>,
    rows: usize,
}

/// A column while its rows go by.
struct Column {
    /// `None`, where it is not proved.
    trust: Option<Trust>,
    /// Its text, where its first value took the trust away.
    strip: Option<Strip>,
}

impl<'n> Lines<'n> {
    fn new(name: &'n str, threads: NonZero<usize>) -> Self {
        let (joint, names, numbers) = (Joint::default(), Vec::new(), HashMap::new());
        Self { name, threads, joint, names, numbers, columns: Vec::new(), rows: 0 }
    }

    fn walk(&mut self, window: &mut Window<impl Input>) -> Result<(), Fault> {
        lines::parts(window, |text, ahead| self.take(text, ahead).map_err(Fault::Unfit))
    }

    /// Takes lines in, behind which so many bytes stand.
    fn take(&mut self, text: &str, ahead: usize) -> Result<(), &'static str> {
        let (name, threads) = (self.name, self.threads);
        each_part(text, name, threads, |parts, left| {
            let fresh = self.rows == 0;
            for part in &parts {
                self.joint.take(part)?;
            }
            self.columns(&parts);
            if fresh && !parts.is_empty() {
                let taken = (text.len() - left).max(1);
                self.expect(self.rows.saturating_mul(left + ahead) / taken);
            }
            Ok(())
        })
    }

    /// Lets each column take its cells.
    fn columns(&mut self, parts: &[Part<'_>]) {
        let numbered = |Part { table, .. }: &Part<'_>| -> Vec<usize> {
            table.header().iter().map(|name| self.number(name)).collect()
        };
        let numbers: Vec<Vec<usize>> = parts.iter().map(numbered).collect();
        let mut rows = self.rows;
        let mut tables = Vec::with_capacity(parts.len());
        for (Part { table, .. }, numbers) in parts.iter().zip(numbers) {
            let mut places = vec![None; self.columns.len()];
            for (place, number) in numbers.into_iter().enumerate() {
                places[number] = Some(place);
            }
            tables.push((table, places, rows));
            rows += table.len();
        }
        // What is short is done before another thread has begun.
        let threads = if parts.len() > 1 { self.threads.get() } else { 1 };
        deal(threads, self.columns.iter_mut().enumerate(), |(number, column)| {
            for (table, places, rows) in &tables {
                column.take(table, places[number], *rows);
            }
        });
        self.rows = rows;
    }

    /// The number of the column of a name, known or new.
    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let mut trust = Trust::new(Hint::of(name));
        // Nothing stands there so far.
        trust.skip(self.rows);
        self.columns.push(Column { trust: Some(trust), strip: None });
        self.numbers.insert(name.to_owned(), self.names.len());
        self.names.push(name.to_owned());
        self.names.len() - 1
    }

    /// Makes room for about so many rows more.
    fn expect(&mut self, rows: usize) {
        /// Of how many rows one more may come than is expected.
        const ONE_OF: usize = 16;
        for trust in self.columns.iter_mut().filter_map(|column| column.trust.as_mut()) {
            trust.reserve(rows + rows / ONE_OF);
        }
    }

    /// What the text is read again for, if for anything.
    fn later(&self) -> Option<Later> {
        let lost = |column: &Column| column.trust.is_none() && column.strip.is_none();
        let numbers: Vec<usize> =
            (0..self.columns.len()).filter(|number| lost(&self.columns[*number])).collect();
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
        let (columns, strips): (Vec<Option<Trust>>, Vec<Option<Strip>>) =
            self.columns.into_iter().map(|column| (column.trust, column.strip)).unzip();
        let mut kept: Vec<(usize, Strip)> = strips
            .into_iter()
            .enumerate()
            .filter_map(|(number, strip)| Some((number, strip?)))
            .collect();
        kept.extend(
            later.into_iter().flat_map(|later| later.numbers.into_iter().zip(later.strips)),
        );
        kept.sort_unstable_by_key(|(number, _)| *number);
        let kept = Copied::of(kept, self.rows);
        let source = Source { name: self.name, text: "", expect: None };
        let raw = RawTable::new(source.stem(), self.name, self.names);
        let (threads, cuts) = (self.threads.get(), Vec::new());
        let flowed = Flow { columns, rows: self.rows, cuts, threads }.finish();
        tables.push(settled(&raw, flowed, Some(&kept), 0, &mut doubts));
        Flowing { tables, findings, doubts }
    }
}

impl Column {
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
        each_part(text, &self.name, self.threads, |parts, _| {
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

/// How many pieces of a text are at hand at once.
fn pieces_at_once(threads: NonZero<usize>) -> usize {
    if threads.get() == 1 { 1 } else { EACH * threads.get() }
}

/// Gives lines of a text, some parts at a time, and how many bytes stand behind those.
fn each_part<'a>(
    text: &'a str,
    name: &'a str,
    threads: NonZero<usize>,
    mut take: impl FnMut(Vec<Part<'a>>, usize) -> Result<(), &'static str>,
) -> Result<(), &'static str> {
    let mut at = 0;
    while at < text.len() {
        let mut pieces = Vec::new();
        while at < text.len() && pieces.len() < pieces_at_once(threads) {
            let near = text.as_bytes().get(at + PIECE..).unwrap_or_default();
            let end = memchr::memchr(b'\n', near).map_or(text.len(), |end| at + PIECE + end + 1);
            pieces.push(&text[at..end]);
            at = end;
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
        take(parts, text.len() - at)?;
    }
    Ok(())
}
