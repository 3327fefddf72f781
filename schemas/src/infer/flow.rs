//! [`read`]: text to typed tables in one pass, without a table of text between.
//!
//! The cells of a column go to its arrays while their text is near. What they were is not kept: a
//! column whose kind only careful inference tells is read once more, with others like it alone.

use std::io;
use std::num::NonZero;
use std::sync::{Mutex, MutexGuard, PoisonError};

use arrow::array::{ArrayRef, RecordBatch};

use super::Said;
use super::kinds::guess::{self, Proved, Trust};
use super::kinds::{self, Hint};
use crate::cell::cut::Cut;
use crate::cell::{Cell, RawTable};
use crate::column::Column;
use crate::dataset::Table;
use crate::finding::Finding;
use crate::guard;
use crate::read::delimited::lane::Run;
use crate::read::delimited::sink::Sink;
use crate::read::delimited::{self, part, read_into, share};
use crate::read::text::{self, Block, Form};
use crate::read::{self as reading, Crowd, MOST_TABLES, Source, moved};
use crate::stream::window::Window;
use crate::stream::{self, Fault};
use kept::{Copied, Kept, Lying};

mod kept;
mod lines;

/// Rows that are taken from a table of text at once.
const BLOCK: usize = 1024;
/// Rows that are worth a thread's while.
const WORTH: usize = 1 << 14;

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
    if source.is_lines_file()
        && source.expect.is_none()
        && let Some(flowing) = lines::whole(source, threads)
    {
        return flowing;
    }
    let (mut tables, mut findings, mut doubts) = (Vec::new(), Vec::new(), Vec::new());
    let mut crowd = Crowd::default();
    for found in text::found(source) {
        let first = tables.len();
        if first >= MOST_TABLES {
            crowd.take(reading::block(found, source));
            continue;
        }
        let found = if found.0.form == Form::Delimited {
            block(&found.0, source, threads.get(), &mut tables, &mut doubts)
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

/// The same of a file whose name says that it is delimited text or lines of JSON, a part of which is
/// held at a time: once for most files, and once more where the kind of a column is not plain.
///
/// `size` is how many bytes it has, as far as that is known, and `open` must give the same each time.
/// What cannot be read so is [`Fault::Unfit`], as of a [`stream`] but for the number
/// of tables, and can be read whole.
pub fn parts<R: io::Read + Send>(
    name: &str,
    size: usize,
    threads: NonZero<usize>,
    mut open: impl FnMut() -> io::Result<R>,
) -> Result<Flowing, Fault> {
    match stream::form(name) {
        Some(stream::Form::Delimited) => {}
        Some(stream::Form::Lines) => return lines::parts(name, size, threads, open),
        None => return Err(Fault::Unfit("its name says no form that is read in parts")),
    }
    let (flows, findings) = flows(Window::near(open()?)?.sized(size), name, threads)?;
    let mut kept = Vec::new();
    if !flows.iter().all(|(_, flowed)| flowed.lost().is_empty()) {
        let known = |number: usize, header: &[String]| {
            let (raw, flowed): &Gone = flows.get(number)?;
            (raw.header() == header).then_some(flowed)
        };
        part::walk(
            &mut Window::near(open()?)?,
            name,
            |number, header| Copied::new(known(number, header).map_or(Vec::new(), Flowed::lost)),
            |_, _| Ok(()),
            |number, raw, copied| {
                // Somebody may write to a file while it is read.
                let rows = known(number, raw.header()).map(|flowed| flowed.rows);
                if rows != Some(copied.rows()) {
                    return Err(Fault::changed());
                }
                kept.push(copied);
                Ok(())
            },
        )?;
        if kept.len() != flows.len() {
            return Err(Fault::changed());
        }
    }
    let (mut kept, mut tables, mut doubts) = (kept.into_iter(), Vec::new(), Vec::new());
    for (raw, flowed) in flows {
        let kept = kept.next();
        tables.push(settled(&raw, flowed, kept.as_ref(), tables.len(), &mut doubts));
    }
    Ok(Flowing { tables, findings, doubts })
}

/// A table without its text, and its columns.
type Gone = (RawTable<'static>, Flowed);

/// The tables of a text that comes in parts, and what was found while reading them.
fn flows(
    mut window: Window<impl io::Read + Send>,
    name: &str,
    threads: NonZero<usize>,
) -> Result<(Vec<Gone>, Vec<Finding>), Fault> {
    let mut flows = Vec::new();
    let findings = part::walk_by(
        &mut window,
        name,
        |_, header| Flow::new(header, threads.get()),
        |_, _| Ok(()),
        |_, raw, flow| {
            if flows.len() == MOST_TABLES {
                return Err(Fault::Unfit("it holds more tables than any dataset"));
            }
            flows.push((raw, flow.finish()));
            Ok(())
        },
        share::shared,
    )?;
    Ok((flows, findings))
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
fn block(
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
    let mut lost = flows.iter().map(|(_, flowed)| flowed.as_ref().map_or(Vec::new(), Flowed::lost));
    let mut kept = Vec::new();
    if !lost.clone().all(|columns| columns.is_empty()) {
        // The text is read again for the columns that were not proved.
        let (found, _) = read_into(block.text, source, |header| {
            Some(Lying::new(source.text, lost.next().unwrap_or_default(), header))
        });
        kept.extend(found.into_iter().map(|(_, kept)| kept));
    }
    let mut kept = kept.into_iter();
    for (raw, flowed) in flows {
        let kept = kept.next().flatten();
        tables.push(match flowed {
            Some(flowed) => settled(&raw, flowed, kept.as_ref(), tables.len(), doubts),
            None => whole(&raw, tables.len(), doubts),
        });
    }
    findings
}

/// The table of columns that are proved, and of others that were kept as text.
fn settled(
    raw: &RawTable<'_>,
    Flowed { rows, proved }: Flowed,
    kept: Option<&impl Kept>,
    number: usize,
    doubts: &mut Vec<Finding>,
) -> Table {
    let each = |number: usize, take: &mut dyn FnMut(Cell<'_>)| {
        let place = |kept: &&_| Kept::columns(*kept).binary_search(&number).ok();
        if let Some((kept, at)) = kept.and_then(|kept| Some((kept, place(&kept)?))) {
            kept.each(at, take);
        }
    };
    let at = format!("/tables/{number}");
    let (columns, arrays) = kinds::concluded(raw.header(), proved, &each, &at, doubts);
    let array = |(number, array): (usize, Option<ArrayRef>)| {
        array.unwrap_or_else(|| {
            let mut builder = guard::column::Builder::new(&columns[number]).expecting(rows);
            each(number, &mut |cell| builder.push(&cell));
            builder.finish().0
        })
    };
    let arrays: Vec<ArrayRef> = arrays.into_iter().enumerate().map(array).collect();
    let batch = guard::column::batch_from(&columns, arrays, rows);
    bare(raw, columns, batch)
}

/// The columns of a table while its rows go by; `None` for a column that is not proved.
struct Flow {
    columns: Vec<Option<Trust>>,
    rows: usize,
    cuts: Vec<Cut>,
    threads: usize,
}

/// The columns of a table after its last row.
struct Flowed {
    rows: usize,
    proved: Vec<Option<Proved>>,
}

impl Flowed {
    /// The columns that are not proved.
    fn lost(&self) -> Vec<usize> {
        (0..self.proved.len()).filter(|number| self.proved[*number].is_none()).collect()
    }
}

impl Flow {
    fn new(header: &[String], threads: usize) -> Self {
        let columns = header.iter().map(|name| Some(Trust::new(Hint::of(name)))).collect();
        Self { columns, rows: 0, cuts: Vec::new(), threads }
    }

    fn finish(self) -> Flowed {
        let prove = |column: Option<Trust>| column.and_then(Trust::proved);
        // What is short is done before another thread has begun.
        if self.threads <= 1 || self.rows <= WORTH {
            let proved = self.columns.into_iter().map(prove).collect();
            return Flowed { rows: self.rows, proved };
        }
        let proved: Vec<Mutex<Option<Proved>>> =
            self.columns.iter().map(|_| Mutex::new(None)).collect();
        deal(self.threads, self.columns.into_iter().zip(&proved), |(column, proved)| {
            *held(proved) = prove(column);
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
}

/// Does some work for each of several things, on so many threads.
fn deal<T>(threads: usize, things: impl Iterator<Item = T> + Send, work: impl Fn(T) + Sync) {
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
fn take(trust: &mut Trust, run: &Run<'_>, number: usize, cuts: &mut Vec<Cut>) -> bool {
    run.cuts(number, cuts);
    trust.take(run.text().as_bytes(), cuts)
}

impl<'a> Sink<'a> for Flow {
    fn threads(&self) -> usize {
        self.threads
    }

    fn columns(&mut self) -> Vec<&mut dyn delimited::sink::Column> {
        self.columns.iter_mut().map(|column| column as _).collect()
    }

    fn came(&mut self, rows: usize) {
        self.rows += rows;
    }

    fn expect(&mut self, rows: usize) {
        /// Of how many rows one more may come than is expected.
        const ONE_OF: usize = 8;
        for trust in self.columns.iter_mut().flatten() {
            trust.reserve(rows + rows / ONE_OF);
        }
    }

    fn table(&mut self, table: &RawTable<'a>) {
        for from in (0..table.len()).step_by(BLOCK) {
            let rows = from..(from + BLOCK).min(table.len());
            self.each(|number, trust, cuts| guess::feed(trust, table, rows.clone(), number, cuts));
        }
        self.rows += table.len();
    }

    fn run(&mut self, run: &Run<'a>) {
        self.rows += run.count();
        self.each(|number, trust, cuts| take(trust, run, number, cuts));
    }

    fn row(&mut self, cells: Vec<Cell<'a>>) {
        self.rows += 1;
        self.each(|number, trust, _| trust.take_one(cells.get(number).unwrap_or(&Cell::Absent)));
    }
}

impl delimited::sink::Column for Option<Trust> {
    fn run(&mut self, run: &Run<'_>, number: usize, cuts: &mut Vec<Cut>) {
        if self.as_mut().is_some_and(|trust| !take(trust, run, number, cuts)) {
            *self = None;
        }
    }

    fn row(&mut self, cell: &Cell<'_>) {
        if self.as_mut().is_some_and(|trust| !trust.take_one(cell)) {
            *self = None;
        }
    }
}

#[cfg(test)]
mod tests;
