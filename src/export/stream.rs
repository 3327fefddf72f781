//! Streaming: parts of tables made and encoded on threads, and appended to their files in order.
//!
//! A part is what becomes one row group. Every thread takes the next part, makes its rows a run at
//! a time, and encodes each run at once; whoever comes next in a file's order appends it, so that
//! no thread only waits for others. As many parts are in memory as there are threads, and one more;
//! the lines of the part whose turn it is are written while it is made.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::facts::Facts;
use super::file::{Sync as When, Unfinished};
use super::folder::Folder;
use super::manifest::Entry;
use super::{Format, Head, csv, parquet};
use crate::error::Error;
use crate::lane::Lane;

pub use journal::{JOURNAL, Start};
pub use order::Family;
use order::Order;

mod journal;
mod order;

/// What makes the rows of a table.
pub trait Maker: Sync {
    /// Makes the rows of a part in order, and gives them to `take` a run at a time: a lane for every
    /// column, all of one length. An error of `take` is to be given back.
    fn make(&self, part: u64, take: &mut dyn FnMut(&[Lane]) -> io::Result<()>) -> io::Result<()>;

    /// Whether a part has as many rows as its table says, which is how it should be; else it has as
    /// many as it turns out to have.
    fn is_counted(&self) -> bool {
        true
    }
}

/// A table that is to be written.
pub struct Table<'a> {
    /// What it is.
    pub head: Head<'a>,
    /// What makes its rows.
    pub maker: &'a dyn Maker,
    /// Its rows in all.
    pub rows: u64,
    /// Rows of every part but the last.
    pub part_rows: u64,
    /// The parts that are written: all of them, or some where other machines write the others.
    pub parts: Range<u64>,
    /// Parts of a file.
    pub file_parts: u64,
    /// Where its files lie in the folder, without an ending: `samples/orders`.
    pub stem: String,
    /// The number of its first file, where there are files of the table already.
    pub first_file: u64,
    /// Which tables it is made beside.
    pub family: Family,
}

/// How tables are written.
pub struct Options<'a> {
    /// In which formats.
    pub formats: &'a [Format],
    /// How as Parquet.
    pub parquet: parquet::Options,
    /// What stands in the metadata of files.
    pub facts: &'a Facts,
    /// Threads; at least one is used.
    pub threads: usize,
    /// What all files follow from, as one word: only files of the same plan are kept when a run is
    /// gone on with.
    pub plan: &'a str,
    /// Whether an earlier run in the same folder is gone on with.
    pub start: Start,
    /// Whether the person wants to stop.
    pub stop: &'a AtomicBool,
    /// Is told how many rows were written since it was told last.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// Parts in memory besides one for every thread.
const SPARE: usize = 1;
/// Bytes of lines that are worth being written before their part is whole.
const AHEAD: usize = 256 << 10;

impl Table<'_> {
    /// How many parts there are in all.
    pub fn all_parts(&self) -> u64 {
        self.rows.div_ceil(self.part_rows.max(1)).max(1)
    }

    fn rows_of(&self, part: u64) -> u64 {
        let start = part.saturating_mul(self.part_rows);
        self.rows.saturating_sub(start).min(self.part_rows)
    }

    /// The name of a file, in the folder and without an ending.
    fn name(&self, file: u64) -> String {
        let file = file + self.first_file;
        if self.all_parts() <= self.file_parts.max(1) && self.first_file == 0 {
            self.stem.clone()
        } else {
            format!("{}/part-{file:05}", self.stem)
        }
    }
}

/// Writes all parts of tables that are not in the folder yet.
pub fn write(
    folder: &mut Folder,
    tables: &[Table<'_>],
    options: &Options<'_>,
) -> Result<(), Error> {
    let (mut journal, whole) = journal::Journal::open(folder.path(), options.plan, options.start)?;
    let whole: BTreeMap<String, Entry> =
        whole.into_iter().map(|entry| (entry.path.clone(), entry)).collect();
    let mut files = Vec::new();
    for (table, said) in tables.iter().enumerate() {
        let facts = options.facts.of(said.head.name);
        let layout = parquet::Layout::new(&said.head, &options.parquet, &facts);
        let layout = Arc::new(layout.map_err(|error| Error::failed(error.to_string()))?);
        let size = said.file_parts.max(1);
        let mut start = said.parts.start;
        while start < said.parts.end {
            let end = ((start / size + 1) * size).min(said.parts.end);
            let names = options.formats.iter().map(|format| {
                (*format, format!("{}.{}", said.name(start / size), format.ending()))
            });
            // A file that is whole in one format and not in the other is made in both again.
            let names: Vec<_> = names.collect();
            let known: Option<Vec<_>> =
                names.iter().map(|(_, name)| whole.get(name).cloned()).collect();
            files.push(File {
                table,
                parts: start..end,
                names,
                layout: Arc::clone(&layout),
                known,
                rows: AtomicU64::new(0),
            });
            start = end;
        }
    }
    let state = State::new(&files, tables);
    let work = Work { tables, files: &files, options, folder: folder.path().to_owned() };
    let shared = Shared { state: Mutex::new(state), moved: Condvar::new() };
    let noted = Mutex::new((&mut journal, vec![Vec::new(); files.len()]));
    thread::scope(|scope| {
        for _ in 0..options.threads.max(1) {
            scope.spawn(|| {
                if let Err(error) = work.run(&shared, &noted) {
                    shared.lock().error.get_or_insert(error);
                }
                shared.moved.notify_all();
            });
        }
    });
    let state = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (_, mut made) = noted.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = state.error {
        return Err(error);
    }
    if options.stop.load(Ordering::Relaxed) {
        return Err(
            Error::interrupted("interrupted; what is whole is kept").hint("go on with `--resume`")
        );
    }
    for (file, made) in files.iter().zip(&mut made) {
        let entries = file.known.clone().unwrap_or_else(|| std::mem::take(made));
        for entry in entries {
            folder.note(entry);
        }
    }
    Ok(())
}

/// A file, or the same rows as files of several formats.
struct File {
    table: usize,
    parts: Range<u64>,
    names: Vec<(Format, String)>,
    layout: Arc<parquet::Layout>,
    /// What is known of it, if it is there already.
    known: Option<Vec<Entry>>,
    /// Rows appended so far.
    rows: AtomicU64,
}

struct Work<'a> {
    tables: &'a [Table<'a>],
    files: &'a [File],
    options: &'a Options<'a>,
    folder: PathBuf,
}

struct Shared {
    state: Mutex<State>,
    /// Something has changed for those who wait.
    moved: Condvar,
}

struct State {
    /// What is still to be made.
    next: Order,
    /// Parts that are being made or wait to be appended.
    busy: usize,
    files: BTreeMap<usize, Open>,
    /// Room of parts that are written.
    free: Vec<Part>,
    error: Option<Error>,
}

/// A file that parts are being made for.
#[derive(Default)]
struct Open {
    /// The parts that are encoded, each waiting for its turn.
    waiting: BTreeMap<u64, Part>,
    /// The part whose turn it is; nothing while one is being appended.
    turn: Option<u64>,
    outs: Vec<Out>,
}

/// A part as it will stand in its files.
#[derive(Default)]
struct Part {
    rows: u64,
    encoded: parquet::Encoded,
    lines: csv::Lines,
}

enum Out {
    Parquet(Box<parquet::Writer<Unfinished>>),
    Csv(Unfinished),
}

/// What a thread makes parts with: the encoders of the table that it made last.
struct Bench {
    table: usize,
    parquet: parquet::Encoder,
    csv: csv::Encoder,
}

type Noted<'a> = Mutex<(&'a mut journal::Journal, Vec<Vec<Entry>>)>;

impl State {
    fn new(files: &[File], tables: &[Table<'_>]) -> Self {
        let next = Order::new(files, tables);
        Self { next, busy: 0, files: BTreeMap::new(), free: Vec::new(), error: None }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A thread that panicked says so itself; the state is only counted through.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work<'_> {
    fn run(&self, shared: &Shared, noted: &Noted<'_>) -> Result<(), Error> {
        let mut bench = None;
        while let Some((file, number, mut part)) = self.begin(shared) {
            self.encode(file, number, &mut part, &mut bench, shared)
                .map_err(|error| self.failed(file, &error))?;
            let mut state = shared.lock();
            state.files.entry(file).or_default().waiting.insert(number, part);
            drop(state);
            self.append(file, shared, noted)?;
        }
        Ok(())
    }

    /// The next part, and room for it, once there may be another one in memory.
    fn begin(&self, shared: &Shared) -> Option<(usize, u64, Part)> {
        let mut state = shared.lock();
        loop {
            if state.error.is_some() || self.options.stop.load(Ordering::Relaxed) {
                return None;
            }
            if state.busy < self.options.threads.max(1) + SPARE {
                let (file, number) = state.next.take(self.files, self.tables)?;
                state.busy += 1;
                let start = self.files[file].parts.start;
                if number == start {
                    state.files.entry(file).or_default().turn = Some(start);
                }
                return Some((file, number, state.free.pop().unwrap_or_default()));
            }
            state = shared.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn encode(
        &self,
        file: usize,
        number: u64,
        part: &mut Part,
        bench: &mut Option<Bench>,
        shared: &Shared,
    ) -> io::Result<()> {
        let File { table, layout, names, .. } = &self.files[file];
        let said = &self.tables[*table];
        let bench = match bench {
            Some(bench) if bench.table == *table => bench,
            other => other.insert(Bench {
                table: *table,
                parquet: parquet::Encoder::new(layout)?,
                csv: csv::Encoder::new(said.head.columns),
            }),
        };
        let [to_parquet, to_csv] = [Format::Parquet, Format::Csv]
            .map(|format| names.iter().any(|(known, _)| *known == format));
        part.rows = said.rows_of(number);
        part.lines.clear();
        bench.parquet.begin(part.rows as usize, &mut part.encoded)?;
        let mut rows = 0;
        let mut take = |lanes: &[Lane]| {
            if self.options.stop.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            rows += lanes.first().map_or(0, |lane| lane.values.len()) as u64;
            if to_parquet {
                bench.parquet.push(lanes, &mut part.encoded)?;
            }
            if to_csv {
                bench.csv.push(lanes, &mut part.lines)?;
                if part.lines.bytes().len() >= AHEAD {
                    self.put_ahead(file, number, &mut part.lines, shared)?;
                }
            }
            Ok(())
        };
        said.maker.make(number, &mut take)?;
        if !said.maker.is_counted() {
            part.rows = rows;
        } else if rows != part.rows {
            let said = format!("part {number} has {rows} rows, not {}", part.rows);
            return Err(io::Error::new(io::ErrorKind::InvalidData, said));
        }
        bench.parquet.finish(&mut part.encoded)
    }

    /// Appends the lines of a part that is still being made, if it is its turn: they are near yet,
    /// and need no room of their own until the part is whole.
    fn put_ahead(
        &self,
        file: usize,
        number: u64,
        lines: &mut csv::Lines,
        shared: &Shared,
    ) -> io::Result<()> {
        let mut state = shared.lock();
        let open = state.files.get_mut(&file).filter(|open| open.turn == Some(number));
        let Some(open) = open else { return Ok(()) };
        // Nobody else appends before this part is encoded.
        let mut outs = std::mem::take(&mut open.outs);
        drop(state);
        self.start(file, &mut outs)?;
        put_lines(lines, &mut outs)?;
        lines.clear();
        if let Some(open) = shared.lock().files.get_mut(&file) {
            open.outs = outs;
        }
        Ok(())
    }

    /// Appends the parts whose turn it is, unless another thread does.
    fn append(&self, file: usize, shared: &Shared, noted: &Noted<'_>) -> Result<(), Error> {
        loop {
            let mut state = shared.lock();
            let Some(open) = state.files.get_mut(&file) else { return Ok(()) };
            let Some(turn) = open.turn else { return Ok(()) };
            let Some(part) = open.waiting.remove(&turn) else { return Ok(()) };
            open.turn = None;
            let mut outs = std::mem::take(&mut open.outs);
            drop(state);
            self.put(file, &part, &mut outs).map_err(|error| self.failed(file, &error))?;
            (self.options.progress)(part.rows);
            let last = turn + 1 == self.files[file].parts.end;
            if last {
                self.finish(file, std::mem::take(&mut outs), noted)
                    .map_err(|error| self.failed(file, &error))?;
            }
            let mut state = shared.lock();
            state.busy -= 1;
            state.free.push(part);
            if last {
                state.files.remove(&file);
            } else if let Some(open) = state.files.get_mut(&file) {
                open.outs = outs;
                open.turn = Some(turn + 1);
            }
            drop(state);
            shared.moved.notify_all();
        }
    }

    fn put(&self, file: usize, part: &Part, outs: &mut Vec<Out>) -> io::Result<()> {
        self.files[file].rows.fetch_add(part.rows, Ordering::Relaxed);
        self.start(file, outs)?;
        put_lines(&part.lines, outs)?;
        for out in outs {
            if let Out::Parquet(writer) = out {
                writer.append(&part.encoded)?;
            }
        }
        Ok(())
    }

    /// Begins the files, unless they are begun.
    fn start(&self, file: usize, outs: &mut Vec<Out>) -> io::Result<()> {
        let File { table, layout, names, .. } = &self.files[file];
        if outs.is_empty() {
            for (format, name) in names {
                let mut begun = Unfinished::new(&self.folder.join(name))?;
                outs.push(match format {
                    Format::Parquet => Out::Parquet(Box::new(parquet::Writer::new(begun, layout)?)),
                    Format::Csv => {
                        csv::header(self.tables[*table].head.columns, &mut begun)?;
                        Out::Csv(begun)
                    }
                });
            }
        }
        Ok(())
    }

    fn finish(&self, file: usize, outs: Vec<Out>, noted: &Noted<'_>) -> io::Result<()> {
        let File { names, rows, .. } = &self.files[file];
        let rows = rows.load(Ordering::Relaxed);
        for (out, (_, name)) in outs.into_iter().zip(names) {
            let begun = match out {
                Out::Parquet(writer) => writer.finish()?,
                Out::Csv(begun) => begun,
            };
            let entry = begun.finish(Some(rows as usize), When::Later)?;
            let entry = Entry { path: name.clone(), ..entry };
            let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
            noted.0.note(&entry)?;
            noted.1[file].push(entry);
        }
        Ok(())
    }

    fn failed(&self, file: usize, error: &io::Error) -> Error {
        if error.kind() == io::ErrorKind::Interrupted {
            return Error::interrupted("interrupted; what is whole is kept")
                .hint("go on with `--resume`");
        }
        let name = self.files[file].names.first().map_or("", |(_, name)| name);
        Error::at_path(&self.folder.join(name), error)
    }
}

fn put_lines(lines: &csv::Lines, outs: &mut [Out]) -> io::Result<()> {
    for out in outs {
        if let Out::Csv(out) = out {
            out.write_all(lines.bytes())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
