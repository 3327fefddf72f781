//! Tests of streaming: the same bytes from any number of threads, and nothing made twice.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64};

use peyote_schemas::{Column, IntSize, Kind};

use super::*;
use crate::export::folder::{Taken, partial};
use crate::lane::Values;

/// Nothing stands in the files' metadata.
static NONE: Facts = Facts::new(Vec::new());

/// Counts from 1 on in a part's rows, and fails in one part if it is told to.
struct Counter {
    part_rows: u64,
    rows: u64,
    fails: Option<u64>,
    made: AtomicU64,
}

impl Counter {
    fn new(rows: u64, part_rows: u64) -> Self {
        Self { part_rows, rows, fails: None, made: AtomicU64::new(0) }
    }
}

impl Maker for Counter {
    fn make(&self, part: u64, take: &mut dyn FnMut(&[Lane]) -> io::Result<()>) -> io::Result<()> {
        self.made.fetch_add(1, Ordering::Relaxed);
        if self.fails == Some(part) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let rows = (part * self.part_rows..self.rows.min((part + 1) * self.part_rows))
            .map(|row| row as i64 + 1)
            .collect::<Vec<_>>();
        // Some parts take longer than others.
        thread::sleep(std::time::Duration::from_millis(part * 7 % 5));
        rows.chunks(100).try_for_each(|run| take(&[Lane::full(Values::Int(run.to_vec()))]))
    }
}

fn id() -> Vec<Column> {
    vec![Column { nullable: false, ..Column::new("id", Kind::Int(IntSize::I64)) }]
}

fn table<'a>(maker: &'a Counter, columns: &'a [Column], file_parts: u64) -> Table<'a> {
    let table = Table {
        head: Head {
            name: "orders",
            description: "",
            columns,
            primary_key: &[],
            foreign_keys: &[],
        },
        maker,
        rows: maker.rows,
        part_rows: maker.part_rows,
        parts: 0..0,
        file_parts,
        stem: "samples/orders".to_owned(),
        family: Family { number: 0, level: 0 },
        first_file: 0,
    };
    Table { parts: 0..table.all_parts(), ..table }
}

fn options(threads: usize, stop: &AtomicBool) -> Options<'_> {
    Options {
        formats: &[Format::Parquet, Format::Csv],
        parquet: parquet::Options::default(),
        facts: &NONE,
        threads,
        plan: "a",
        start: Start::GoOn,
        stop,
        progress: &|_| {},
    }
}

/// What a folder holds below the samples, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.join("samples")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    let columns = id();
    let go = AtomicBool::new(false);
    let mut all = Vec::new();
    for threads in [1, 2, 5] {
        let place = home.path().join(format!("by-{threads}"));
        let mut folder = Folder::beside(&place).unwrap();
        let (one, many) = (Counter::new(2950, 300), Counter::new(1000, 150));
        let mut tables = [table(&one, &columns, 100), table(&many, &columns, 2)];
        tables[1].stem = "samples/items".to_owned();
        write(&mut folder, &tables, &options(threads, &go)).unwrap();
        let names: Vec<&str> = folder.entries().iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(names[0..2], ["samples/orders.parquet", "samples/orders.csv"]);
        assert_eq!(
            names[2..4],
            ["samples/items/part-00000.parquet", "samples/items/part-00000.csv"]
        );
        assert_eq!(names.len(), 2 + 8);
        assert_eq!(folder.entries().iter().filter_map(|entry| entry.rows).sum::<usize>(), 2 * 3950);
        folder.finish(&place, Taken::Keep).unwrap();
        assert!(!place.join(JOURNAL).exists());
        all.push(files(&place));
    }
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    let lines = String::from_utf8(all[0]["orders.csv"].clone()).unwrap();
    let expected = ["id".to_owned()].into_iter().chain((1..=2950).map(|id| id.to_string()));
    assert!(lines.lines().eq(expected));
}

#[test]
fn what_is_whole_is_not_made_again() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("out");
    let columns = id();
    let go = AtomicBool::new(false);
    let mut maker = Counter::new(1000, 100);
    maker.fails = Some(7);
    let mut folder = Folder::beside(&place).unwrap();
    let error = write(&mut folder, &[table(&maker, &columns, 2)], &options(2, &go)).unwrap_err();
    assert!(error.to_string().contains("part-00003"), "{error}");
    let left = files(&partial(&place));
    assert!(left.keys().all(|name| name.starts_with("part-0000")), "{:?}", left.keys());
    let whole = left.len() as u64 / 2;
    assert!((2..=3).contains(&whole), "{whole}");
    // What a killed run leaves is swept away, and what is damaged is made again.
    fs::write(partial(&place).join("samples/orders/.peyote-left"), b"half").unwrap();
    fs::write(partial(&place).join("samples/orders/part-00001.csv"), b"id\n").unwrap();
    maker.fails = None;
    maker.made = AtomicU64::new(0);
    let mut folder = Folder::beside(&place).unwrap();
    write(&mut folder, &[table(&maker, &columns, 2)], &options(2, &go)).unwrap();
    assert_eq!(maker.made.load(Ordering::Relaxed), 2 * (5 - whole + 1));
    assert_eq!(folder.entries().len(), 10);
    let anew = home.path().join("anew");
    let mut other = Folder::beside(&anew).unwrap();
    write(&mut other, &[table(&maker, &columns, 2)], &options(1, &go)).unwrap();
    assert_eq!(folder.entries(), other.entries());
    assert_eq!(files(&partial(&place)), files(&partial(&anew)));
}

#[test]
fn files_of_another_plan_are_not_mixed_in() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("out");
    let columns = id();
    let go = AtomicBool::new(false);
    let maker = Counter::new(10, 10);
    let mut folder = Folder::beside(&place).unwrap();
    write(&mut folder, &[table(&maker, &columns, 1)], &options(1, &go)).unwrap();
    let other = Options { plan: "b", ..options(1, &go) };
    let error = write(&mut folder, &[table(&maker, &columns, 1)], &other).unwrap_err();
    assert!(error.to_string().contains("another plan"), "{error}");
    let anew = Options { plan: "b", start: Start::Anew, ..options(1, &go) };
    let other = Table { stem: "samples/other".to_owned(), ..table(&maker, &columns, 1) };
    write(&mut folder, &[other], &anew).unwrap();
    let names: Vec<String> = files(folder.path()).into_keys().collect();
    assert_eq!(names, ["other.csv", "other.parquet"]);
}

#[test]
fn an_interrupt_ends_the_run_and_leaves_no_half_file() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("out");
    let columns = id();
    let stop = AtomicBool::new(false);
    let maker = Counter::new(5000, 100);
    let written = AtomicI64::new(0);
    let progress = |rows: u64| {
        if written.fetch_add(rows as i64, Ordering::Relaxed) > 1000 {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let options = Options { progress: &progress, ..options(2, &stop) };
    let mut folder = Folder::beside(&place).unwrap();
    let error = write(&mut folder, &[table(&maker, &columns, 5)], &options).unwrap_err();
    assert!(error.to_string().contains("interrupted"), "{error}");
    assert!(files(&partial(&place)).keys().all(|name| name.starts_with("part-")));
    assert!(maker.made.load(Ordering::Relaxed) < 50);
}

#[test]
fn an_empty_table_is_a_file_with_its_columns() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("out");
    let columns = id();
    let go = AtomicBool::new(false);
    let maker = Counter::new(0, 100);
    let mut folder = Folder::beside(&place).unwrap();
    write(&mut folder, &[table(&maker, &columns, 5)], &options(2, &go)).unwrap();
    assert_eq!(files(&partial(&place))["orders.csv"], b"id\n");
}

#[test]
fn few_parts_are_in_memory_at_a_time() {
    /// Counts the parts that were begun and are not yet written.
    struct Watched<'a>(&'a Counter, &'a AtomicI64, &'a AtomicI64);
    impl Maker for Watched<'_> {
        fn make(
            &self,
            part: u64,
            take: &mut dyn FnMut(&[Lane]) -> io::Result<()>,
        ) -> io::Result<()> {
            let busy = self.1.fetch_add(1, Ordering::SeqCst) + 1;
            self.2.fetch_max(busy, Ordering::SeqCst);
            // The first part is the slowest, and all others wait for it.
            thread::sleep(std::time::Duration::from_millis(if part == 0 { 100 } else { 0 }));
            self.0.make(part, take)
        }
    }
    let home = tempfile::tempdir().unwrap();
    let columns = id();
    let go = AtomicBool::new(false);
    let (busy, most) = (AtomicI64::new(0), AtomicI64::new(0));
    let counter = Counter::new(4000, 100);
    let maker = Watched(&counter, &busy, &most);
    let done = |_| {
        busy.fetch_sub(1, Ordering::SeqCst);
    };
    let options = Options { progress: &done, ..options(3, &go) };
    let table = Table { maker: &maker, ..table(&counter, &columns, 100) };
    write(&mut Folder::beside(&home.path().join("out")).unwrap(), &[table], &options).unwrap();
    assert!(most.load(Ordering::SeqCst) <= 4, "{most:?}");
}

#[test]
fn parts_of_a_family_are_made_side_by_side() {
    /// Notes which parts are made.
    struct Noting<'a>(&'static str, &'a Mutex<Vec<(&'static str, u64)>>, Counter);
    impl Maker for Noting<'_> {
        fn make(
            &self,
            part: u64,
            take: &mut dyn FnMut(&[Lane]) -> io::Result<()>,
        ) -> io::Result<()> {
            self.1.lock().unwrap().push((self.0, part));
            self.2.make(part, take)
        }
    }
    let home = tempfile::tempdir().unwrap();
    let columns = id();
    let made = Mutex::new(Vec::new());
    let [parents, children] = [("parents", 200), ("children", 400)]
        .map(|(name, rows)| Noting(name, &made, Counter::new(rows, 100)));
    let tables: Vec<Table<'_>> = [(&parents, 0), (&children, 1)]
        .map(|(maker, level)| {
            let family = Family { number: 0, level };
            let stem = format!("samples/{}", maker.0);
            Table { maker, stem, family, ..table(&maker.2, &columns, 2) }
        })
        .into();
    let go = AtomicBool::new(false);
    write(&mut Folder::beside(&home.path().join("out")).unwrap(), &tables, &options(1, &go))
        .unwrap();
    let order = [("parents", 0), ("children", 0), ("parents", 1)];
    let made = made.into_inner().unwrap();
    assert_eq!(made[..3], order);
    assert_eq!(made.len(), 6);
}
