//! [`read`]: text to typed tables in one pass, without a table of text between.
//!
//! The cells of a column go to its arrays while their text is near. What they were is not kept: a
//! column whose kind only careful inference tells is read once more, with others like it alone.

use std::num::NonZero;
use std::sync::{Mutex, MutexGuard, PoisonError};

use arrow::array::{ArrayRef, RecordBatch};

use super::Said;
use super::kinds::guess::{self, Proved, Trust};
use super::kinds::{self, Hint};
use crate::cell::cut::Cut;
use crate::cell::span::Span;
use crate::cell::{Cell, RawTable};
use crate::column::Column;
use crate::dataset::Table;
use crate::finding::Finding;
use crate::guard;
use crate::read::delimited::lane::Run;
use crate::read::delimited::read_into;
use crate::read::delimited::sink::Sink;
use crate::read::text::{self, Block, Form};
use crate::read::{self as reading, Crowd, MOST_TABLES, Source, moved};

/// Rows that are taken from a table of text at once.
const BLOCK: usize = 1024;

/// The tables of a text with their values but without their text: [`Table::raw`] has a header and no
/// row. Columns, values and findings are those of [`read`](crate::read::read) and
/// [`typed`](super::typed), whatever the number of threads; keys are not looked for.
///
/// ```
/// use std::num::NonZero;
///
/// use peyote_schemas::infer::flow;
/// use peyote_schemas::read::Source;
///
/// let source = Source { name: "sales.csv", text: "day,sum\n2024-05-01,3.50\n", expect: None };
/// let table = &flow::read(&source, NonZero::<usize>::MIN).tables[0];
/// assert_eq!(table.batch.num_rows(), 1);
/// assert_eq!(table.columns[1].kind.to_string(), "decimal(3,2)");
/// assert!(table.raw.is_empty());
/// ```
pub fn read(source: &Source<'_>, threads: NonZero<usize>) -> Flowing {
    let (mut tables, mut findings, mut doubts) = (Vec::new(), Vec::new(), Vec::new());
    let mut crowd = Crowd::default();
    for found in text::found(source) {
        let first = tables.len();
        if first >= MOST_TABLES {
            crowd.take(reading::block(found, source));
            continue;
        }
        let found = if found.0.form == Form::Delimited {
            delimited(&found.0, source, threads.get(), &mut tables, &mut doubts)
        } else {
            let found = reading::block(found, source);
            for raw in &found.tables {
                tables.push(whole(raw, tables.len(), &mut doubts));
            }
            found.findings
        };
        findings.extend(found.into_iter().map(|finding| moved(finding, first)));
    }
    let (late, found) = crowd.finish(tables.len());
    for raw in &late {
        tables.push(whole(raw, tables.len(), &mut doubts));
    }
    findings.extend(found);
    Flowing { tables, findings, doubts }
}

/// Tables with their values but without their text.
#[derive(Debug)]
pub struct Flowing {
    /// The tables: [`Table::raw`] has a header and no row, and there are no keys.
    pub tables: Vec<Table>,
    /// What was found while reading; `at` begins with `/tables/N`, N as in `tables`.
    pub findings: Vec<Finding>,
    /// What was found while typing, likewise.
    pub doubts: Vec<Finding>,
}

/// A table whose rows are at hand as text.
fn whole(raw: &RawTable<'_>, number: usize, doubts: &mut Vec<Finding>) -> Table {
    let at = format!("/tables/{number}");
    let (columns, batch) = super::typed(raw, &Said::default(), &at, doubts);
    bare(raw, columns, batch)
}

/// A table without its text.
fn bare(raw: &RawTable<'_>, columns: Vec<Column>, batch: RecordBatch) -> Table {
    let header = raw.header().to_vec();
    let raw = RawTable::new(raw.name.clone(), raw.source.clone(), header);
    Table { raw, columns, primary_key: Vec::new(), foreign_keys: Vec::new(), batch }
}

/// Appends the tables of a block of delimited text; what was found while reading them.
fn delimited(
    block: &Block<'_>,
    source: &Source<'_>,
    threads: usize,
    tables: &mut Vec<Table>,
    doubts: &mut Vec<Finding>,
) -> Vec<Finding> {
    let (found, findings) =
        read_into(block.text, source, |header| Some(Flow::new(header, threads)));
    let flows: Vec<(RawTable<'_>, Option<Flowed>)> =
        found.into_iter().map(|(raw, flow)| (raw, flow.map(Flow::finish))).collect();
    let mut kept = again(block, source, &flows).into_iter();
    for (raw, flowed) in flows {
        let kept = kept.next().flatten();
        let Some(Flowed { rows, proved }) = flowed else {
            tables.push(whole(&raw, tables.len(), doubts));
            continue;
        };
        let each = |number: usize, take: &mut dyn FnMut(Cell<'_>)| {
            let kept = kept.as_ref().and_then(|kept| Some((kept, kept.place(number)?)));
            if let Some((kept, at)) = kept {
                kept.table.column(at).for_each(take);
            }
        };
        let at = format!("/tables/{}", tables.len());
        let typed = kinds::concluded(raw.header(), proved, &each, &at, doubts);
        let (columns, arrays): (Vec<Column>, Vec<ArrayRef>) = (typed.into_iter().enumerate())
            .map(|(number, (column, array))| {
                let array = array.unwrap_or_else(|| {
                    let mut builder = guard::column::Builder::new(&column);
                    each(number, &mut |cell| builder.push(&cell));
                    builder.finish().0
                });
                (column, array)
            })
            .unzip();
        let batch = guard::column::batch_from(&columns, arrays, rows);
        tables.push(bare(&raw, columns, batch));
    }
    findings
}

/// Reads a text again for the columns that were not proved; nothing for tables without such.
fn again<'a>(
    block: &Block<'a>,
    source: &Source<'a>,
    flows: &[(RawTable<'_>, Option<Flowed>)],
) -> Vec<Option<Kept<'a>>> {
    let lost = |flowed: &Flowed| -> Vec<usize> {
        (0..flowed.proved.len()).filter(|number| flowed.proved[*number].is_none()).collect()
    };
    let lost: Vec<Vec<usize>> =
        flows.iter().map(|(_, flowed)| flowed.as_ref().map_or_else(Vec::new, lost)).collect();
    if lost.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    let mut lost = lost.into_iter();
    let (found, _) = read_into(block.text, source, |header| {
        let columns = lost.next().unwrap_or_default();
        let header: Vec<String> = columns.iter().map(|at| header[*at].clone()).collect();
        let table = RawTable::within(source.text, "", "", header);
        Some(Kept { columns, table, cuts: Vec::new() })
    });
    found.into_iter().map(|(_, kept)| kept).collect()
}

/// The columns of a table while its rows go by; `None` for a column that is not proved.
struct Flow {
    columns: Vec<Option<Trust>>,
    /// The columns of rows that came before those, in order.
    before: Vec<Vec<Option<Trust>>>,
    rows: usize,
    /// Of them in `columns`.
    fresh: usize,
    cuts: Vec<Cut>,
    threads: usize,
}

/// The columns of a table after its last row.
struct Flowed {
    rows: usize,
    proved: Vec<Option<Proved>>,
}

impl Flow {
    fn new(header: &[String], threads: usize) -> Self {
        let columns = header.iter().map(|name| Some(Trust::new(Hint::of(name)))).collect();
        Self { columns, before: Vec::new(), rows: 0, fresh: 0, cuts: Vec::new(), threads }
    }

    fn finish(mut self) -> Flowed {
        let width = self.columns.len();
        if self.fresh > 0 || self.before.is_empty() {
            self.before.push(self.columns);
        }
        let mut parts: Vec<Vec<Option<Trust>>> =
            (0..width).map(|_| Vec::with_capacity(self.before.len())).collect();
        for columns in self.before {
            for (parts, column) in parts.iter_mut().zip(columns) {
                parts.push(column);
            }
        }
        let proved: Vec<Mutex<Option<Proved>>> = (0..width).map(|_| Mutex::new(None)).collect();
        // What is short is done before another thread has begun.
        let threads = if self.rows > BLOCK { self.threads } else { 1 };
        deal(threads, parts.into_iter().enumerate(), |(number, parts)| {
            *held(&proved[number]) = Trust::joined(parts).and_then(Trust::proved);
        });
        let proved = proved.into_iter();
        let proved = proved.map(|one| one.into_inner().unwrap_or_else(PoisonError::into_inner));
        Flowed { rows: self.rows, proved: proved.collect() }
    }

    /// Columns as these are, without values, and with room for so many.
    fn empty(&self, rows: usize) -> Vec<Option<Trust>> {
        self.columns.iter().map(|column| column.as_ref()?.fork(rows)).collect()
    }

    /// Puts the columns behind those that came before.
    fn shelve(&mut self) {
        if self.fresh > 0 || self.before.is_empty() {
            let empty = self.empty(0);
            self.before.push(std::mem::replace(&mut self.columns, empty));
            self.fresh = 0;
        }
    }

    /// Lets each column that is still trusted take something in; `false` takes the trust away.
    fn each(&mut self, mut take: impl FnMut(usize, &mut Trust, &mut Vec<Cut>) -> bool) {
        for (number, slot) in self.columns.iter_mut().enumerate() {
            if let Some(trust) = slot
                && !take(number, trust, &mut self.cuts)
            {
                *slot = None;
            }
        }
    }
}

/// Does some work for each of several things, on so many threads.
fn deal<T>(threads: usize, things: impl Iterator<Item = T> + Send, work: impl Fn(T) + Sync) {
    if threads <= 1 {
        things.for_each(work);
        return;
    }
    let things = Mutex::new(things);
    let worker = || {
        loop {
            let next = held(&things).next();
            let Some(thing) = next else { return };
            work(thing);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(worker);
        }
        worker();
    });
}

/// What a lock holds, whatever became of the last holder.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets a column take its cells of a run.
fn take(trust: &mut Trust, run: &Run<'_, '_>, number: usize, cuts: &mut Vec<Cut>) -> bool {
    run.cuts(number, cuts);
    trust.take(run.text().as_bytes(), cuts)
}

impl<'a> Sink<'a> for Flow {
    fn threads(&self) -> usize {
        self.threads
    }

    fn fork(&self, rows: usize) -> Option<Self> {
        Some(Self {
            columns: self.empty(rows),
            before: Vec::new(),
            rows: 0,
            fresh: 0,
            cuts: Vec::new(),
            threads: 1,
        })
    }

    fn join(&mut self, later: Self) {
        self.shelve();
        self.rows += later.rows;
        // A column that is not proved here is not looked at further on.
        for (column, later) in self.columns.iter_mut().zip(&later.columns) {
            if later.is_none() {
                *column = None;
            }
        }
        self.before.push(later.columns);
    }

    fn table(&mut self, table: &RawTable<'a>) {
        for from in (0..table.len()).step_by(BLOCK) {
            let rows = from..(from + BLOCK).min(table.len());
            self.each(|number, trust, cuts| guess::feed(trust, table, rows.clone(), number, cuts));
        }
        self.rows += table.len();
        self.fresh += table.len();
    }

    fn run(&mut self, run: &Run<'a, '_>) {
        self.rows += run.count();
        self.fresh += run.count();
        self.each(|number, trust, cuts| take(trust, run, number, cuts));
    }

    fn row(&mut self, cells: Vec<Cell<'a>>) {
        self.rows += 1;
        self.fresh += 1;
        self.each(|number, trust, _| trust.take_one(cells.get(number).unwrap_or(&Cell::Absent)));
    }
}

/// Some columns of a table as text.
struct Kept<'a> {
    columns: Vec<usize>,
    table: RawTable<'a>,
    cuts: Vec<Cut>,
}

impl Kept<'_> {
    /// Which column of the table is the one of that number.
    fn place(&self, number: usize) -> Option<usize> {
        self.columns.binary_search(&number).ok()
    }
}

impl<'a> Sink<'a> for Kept<'a> {
    fn table(&mut self, table: &RawTable<'a>) {
        for row in 0..table.len() {
            self.table.push_row(self.columns.iter().map(|at| table.cell(row, *at).into_owned()));
        }
    }

    fn run(&mut self, run: &Run<'a, '_>) {
        let Some(base) = self.table.place_of(run.text()) else { return };
        let width = self.columns.len();
        let from = self.table.spans().len();
        let spans = self.table.spans_mut();
        spans.resize(from + run.count() * width, Span::ABSENT);
        for (place, column) in self.columns.iter().enumerate() {
            run.cuts(*column, &mut self.cuts);
            let places = spans[from..].iter_mut().skip(place).step_by(width);
            for (span, cut) in places.zip(&self.cuts) {
                let found = |sort| Span::new(sort, base + cut.start(), cut.length());
                *span = cut.sort().and_then(found).unwrap_or(Span::ABSENT);
            }
        }
    }

    fn row(&mut self, mut cells: Vec<Cell<'a>>) {
        let taken = self.columns.iter().map(|at| {
            cells.get_mut(*at).map_or(Cell::Absent, |cell| std::mem::replace(cell, Cell::Absent))
        });
        self.table.push_row(taken);
    }
}

#[cfg(test)]
mod tests;
