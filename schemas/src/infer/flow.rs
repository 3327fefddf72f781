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
use crate::read::delimited::body::Sink;
use crate::read::delimited::lane::{OwnRun, Run};
use crate::read::delimited::read_into;
use crate::read::text::{self, Block, Form};
use crate::read::{self as reading, Source, moved};

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
    for found in text::found(source) {
        let first = tables.len();
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
        let cells = |number: usize| -> Vec<Cell<'_>> {
            let kept = kept.as_ref().and_then(|kept| Some((kept, kept.place(number)?)));
            kept.map_or_else(Vec::new, |(kept, at)| kept.table.column(at).collect())
        };
        let at = format!("/tables/{}", tables.len());
        let typed = kinds::concluded(raw.header(), proved, &cells, &at, doubts);
        let (columns, arrays): (Vec<Column>, Vec<ArrayRef>) = (typed.into_iter().enumerate())
            .map(|(number, (column, array))| {
                let array = array.unwrap_or_else(|| {
                    let cells = cells(number);
                    guard::column::build(&cells.iter().collect::<Vec<_>>(), &column).0
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

/// The columns of a table while its rows go by.
struct Flow<'a> {
    /// `None` for a column that is not proved.
    columns: Vec<Option<Trust>>,
    rows: usize,
    cuts: Vec<Cut>,
    /// Among how many threads the columns are dealt.
    threads: usize,
    /// What waits to be taken by several threads, and how many bytes that are.
    waiting: Vec<Rows<'a>>,
    bytes: usize,
}

/// Rows that wait.
enum Rows<'a> {
    Run(OwnRun<'a>),
    One(Vec<Cell<'a>>),
}

/// The columns of a table after its last row.
struct Flowed {
    rows: usize,
    proved: Vec<Option<Proved>>,
}

impl<'a> Flow<'a> {
    fn new(header: &[String], threads: usize) -> Self {
        let columns = header.iter().map(|name| Some(Trust::new(Hint::of(name)))).collect();
        Self { columns, rows: 0, cuts: Vec::new(), threads, waiting: Vec::new(), bytes: 0 }
    }

    fn finish(mut self) -> Flowed {
        self.flush();
        let proved: Vec<Mutex<Option<Proved>>> =
            self.columns.iter().map(|_| Mutex::new(None)).collect();
        // What is short is done before another thread has begun.
        let threads = if self.rows > BLOCK { self.threads } else { 1 };
        deal(threads, self.columns.drain(..).enumerate(), |(number, trust)| {
            *held(&proved[number]) = trust.and_then(Trust::proved);
        });
        let proved = proved.into_iter();
        let proved = proved.map(|one| one.into_inner().unwrap_or_else(PoisonError::into_inner));
        Flowed { rows: self.rows, proved: proved.collect() }
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

    fn wait(&mut self, rows: Rows<'a>, bytes: usize) {
        /// Bytes of text for which it is worth while to wake other threads.
        const ENOUGH: usize = 1 << 22;
        self.waiting.push(rows);
        self.bytes += bytes;
        if self.bytes >= ENOUGH {
            self.flush();
        }
    }

    /// Lets the columns take what waits, each column on one thread at a time.
    fn flush(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        if waiting.is_empty() {
            return;
        }
        deal(self.threads, self.columns.iter_mut().enumerate(), |(number, slot)| {
            let Some(trust) = slot else { return };
            let mut cuts = Vec::new();
            let all = waiting.iter().all(|rows| match rows {
                Rows::Run(run) => take(trust, &run.run(), number, &mut cuts),
                Rows::One(cells) => trust.take_one(cells.get(number).unwrap_or(&Cell::Absent)),
            });
            if !all {
                *slot = None;
            }
        });
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

impl<'a> Sink<'a> for Flow<'a> {
    fn table(&mut self, table: &RawTable<'a>) {
        for from in (0..table.len()).step_by(BLOCK) {
            let rows = from..(from + BLOCK).min(table.len());
            self.each(|number, trust, cuts| guess::feed(trust, table, rows.clone(), number, cuts));
        }
        self.rows += table.len();
    }

    fn run(&mut self, run: &Run<'a, '_>) {
        self.rows += run.count();
        if self.threads > 1 {
            let own = run.own();
            let bytes = own.length();
            return self.wait(Rows::Run(own), bytes);
        }
        self.each(|number, trust, cuts| take(trust, run, number, cuts));
    }

    fn row(&mut self, cells: Vec<Cell<'a>>) {
        self.rows += 1;
        if self.threads > 1 {
            let bytes = cells.iter().filter_map(Cell::text).map(str::len).sum();
            return self.wait(Rows::One(cells), bytes);
        }
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
mod tests {
    use super::*;

    fn check(name: &str, text: &str) {
        let source = Source { name, text, expect: None };
        let plain = reading::read(&source);
        let mut findings = plain.findings;
        let mut expected = Vec::new();
        for (number, raw) in plain.tables.iter().enumerate() {
            let at = format!("/tables/{number}");
            expected.push(super::super::typed(raw, &Said::default(), &at, &mut findings));
        }
        for threads in [1, 3].into_iter().filter_map(NonZero::new) {
            let flowing = read(&source, threads);
            assert_eq!([flowing.findings, flowing.doubts].concat(), findings);
            let tables = flowing.tables;
            assert_eq!(tables.len(), expected.len());
            for (table, (columns, batch)) in tables.iter().zip(&expected) {
                assert_eq!(&table.columns, columns);
                assert_eq!(&table.batch, batch);
            }
        }
    }

    /// Rows of a shop, some of them broken, more than any that is learnt from.
    fn shop(rows: usize, odd: usize) -> String {
        let mut text = String::from("id,status,price,day,note,share\n");
        for row in 0..rows {
            let share = if row == 1700 { "12 %".to_owned() } else { format!("{}.5", row % 9) };
            let status = ["new", "paid", "sent"][row % 3];
            let comma = if row % odd == 7 { ", and" } else { "" };
            let line = format!(
                "{row},{status},{}.{:02},2024-0{}-11,\"no\" {row}{comma} x,{share}\n",
                row % 800,
                row % 100,
                1 + row % 9
            );
            text.push_str(&line.replace("\"no\"", if row % 5 == 0 { "no" } else { "nr" }));
            if row % 997 == 900 {
                text.push_str("\n# remark\n");
            }
        }
        text
    }

    #[test]
    fn what_flows_by_is_what_is_read_and_typed() {
        for (rows, odd) in [(3, 2), (40, 11), (1200, 50), (5000, 100), (5000, 9)] {
            check("shop.csv", &shop(rows, odd));
            check("shop.txt", &format!("Here you are:\n\n{}\nThat was all.\n", shop(rows, odd)));
        }
        check("two.csv", &format!("{}\n\na,b\n1,2\n3,4\n", shop(2000, 100)));
        check("x.json", "[{\"a\": 1, \"b\": [2]}, {\"a\": 3}]");
        check("x.csv", "");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(16))]
        #[test]
        fn any_rows_flow_as_they_are_read_and_typed(
            rows in proptest::collection::vec(
                "[0-9]{1,4},(a|b|NULL|),-?[0-9]{1,5}(\\.[0-9]{2})?,(\"[a-z, \"]{0,4}\"|[a-z\u{e9} ]{0,9}),2020-0[1-9]-1[0-9](, x)?(\n|\r\n)",
                1..60,
            ),
            times in 1..40_usize,
            seam in ".{0,12}",
        ) {
            let text = format!("id,kind,sum,note,day\n{}{seam}\n{}", rows.concat().repeat(times), rows.concat());
            check("t.csv", &text);
        }
    }
}
