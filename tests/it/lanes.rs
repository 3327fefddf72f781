//! Lanes into files: what is written without Arrow is read by others as what it is.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use peyote::export::facts::Facts;
use peyote::export::folder::{Folder, Taken};
use peyote::export::parquet::{Compression, Options as ParquetOptions};
use peyote::export::stream::{Family, Maker, Options, Start, Table, write};
use peyote::export::{Format, Head};
use peyote::generate::draw::Draw;
use peyote::lane::{Lane, Values, Words};
use peyote_schemas::{Column, IntSize, Kind};
use serde_json::json;

use crate::python::{java, python, script};

/// Rows in all, of which the last part has few.
const ROWS: u64 = 40_000;
/// Rows of a part: more than one page, and not a whole number of anything.
const PART_ROWS: u64 = 35_003;
/// Rows of a run.
const RUN: u64 = 4096;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Makes every kind that lanes hold, with gaps.
struct Mixed {
    columns: Vec<Column>,
    words: Arc<Words>,
}

impl Mixed {
    fn new() -> Self {
        let values = ["open", "shut", "it's \"odd\"", "a, b"].map(str::to_owned);
        let words = Arc::new(Words::new(values.iter().map(String::as_str)));
        let kinds = [
            ("id", Kind::Int(IntSize::I64)),
            ("flag", Kind::Bool),
            ("tiny", Kind::Int(IntSize::I8)),
            ("medium", Kind::Int(IntSize::I32)),
            ("wild", Kind::Int(IntSize::I64)),
            ("ratio", Kind::Float),
            ("rating", Kind::Float),
            ("cents", Kind::Decimal { precision: 8, scale: 2 }),
            ("price", Kind::Decimal { precision: 14, scale: 3 }),
            ("huge", Kind::Decimal { precision: 38, scale: 5 }),
            ("note", Kind::Text),
            ("city", Kind::Text),
            ("state", Kind::Enum(values.to_vec())),
            ("day", Kind::Date),
            ("hour", Kind::Time),
            ("local_at", Kind::Timestamp),
            ("at", Kind::TimestampTz),
            ("token", Kind::Uuid),
        ];
        let column = |(name, kind): (&str, Kind)| Column {
            nullable: !matches!(name, "id" | "state"),
            ..Column::new(name, kind)
        };
        Self { columns: kinds.into_iter().map(column).collect(), words }
    }

    fn lane(&self, column: &Column, rows: std::ops::Range<u64>) -> Lane {
        let draw = Draw::new(1, "mixed", &column.name);
        let below = |row: u64, many: u64| draw.below(row, many) as i64;
        let ints = |make: &dyn Fn(u64) -> i64| Values::Int(rows.clone().map(make).collect());
        let values = match column.name.as_str() {
            "id" => ints(&|row| row as i64 + 1),
            "flag" => Values::Bool(rows.clone().map(|row| below(row, 3) > 0).collect()),
            "tiny" => ints(&|row| below(row, 256) - 128),
            "medium" => ints(&|row| below(row, 1 << 32) - (1 << 31)),
            "wild" => ints(&|row| draw.bits(row) as i64),
            "ratio" => Values::Float(rows.clone().map(|row| draw.unit(row) - 0.5).collect()),
            "rating" => Values::Float(rows.clone().map(|row| below(row, 9) as f64 / 2.0).collect()),
            "cents" => ints(&|row| below(row, 200_000) - 100_000),
            "price" => ints(&|row| below(row, 99_999_999_999_999)),
            "huge" => {
                let wide = |row: u64| i128::from(draw.bits(row) as i64) * 10_i128.pow(18);
                Values::Wide(rows.clone().map(wide).collect())
            }
            "state" => Values::Word {
                words: Arc::clone(&self.words),
                picks: rows.clone().map(|row| draw.below(row, 4) as u32).collect(),
            },
            "day" => ints(&|row| below(row, 20_000)),
            "hour" => ints(&|row| below(row, 86_400) * 1_000_000),
            "local_at" | "at" => ints(&|row| below(row, 20_000) * DAY + below(!row, DAY as u64)),
            name => texts(name, draw, rows.clone()),
        };
        let lane = Lane::full(values);
        if !column.nullable {
            return lane;
        }
        // One column in four has gaps of a thousand rows, the others single ones.
        let long = column.name.len().is_multiple_of(4);
        let missing = |row: u64| if long { row / 1000 % 3 == 1 } else { below(!row, 10) == 0 };
        let mut bits = vec![0_u64; (rows.end - rows.start).div_ceil(64) as usize];
        let mut nulls = 0;
        for (at, row) in rows.enumerate() {
            bits[at / 64] |= u64::from(!missing(row)) << (at % 64);
            nulls += usize::from(missing(row));
        }
        Lane { valid: Some(bits), nulls, ..lane }
    }
}

fn texts(name: &str, draw: Draw, rows: std::ops::Range<u64>) -> Values {
    let (mut ends, mut bytes) = (Vec::new(), Vec::new());
    for row in rows {
        let number = draw.below(row, 100_000);
        let text = match name {
            "city" => ["Zürich", "Bern", "", " Basel"][number as usize % 4].to_owned(),
            "token" => {
                let (high, low) = (draw.bits(row), draw.bits(!row));
                let (a, b, c) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
                format!("{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff)
            }
            _ => format!("{}\"{number}\", so it said", "é".repeat(number as usize % 40)),
        };
        bytes.extend_from_slice(text.as_bytes());
        ends.push(bytes.len() as u32);
    }
    Values::Text { ends, bytes }
}

impl Maker for Mixed {
    fn make(&self, part: u64, take: &mut dyn FnMut(&[Lane]) -> io::Result<()>) -> io::Result<()> {
        let end = ((part + 1) * PART_ROWS).min(ROWS);
        let mut at = part * PART_ROWS;
        while at < end {
            let rows = at..(at + RUN).min(end);
            at = rows.end;
            let lanes = self.columns.iter().map(|column| self.lane(column, rows.clone()));
            take(&lanes.collect::<Vec<_>>())?;
        }
        Ok(())
    }
}

/// A dataset of one table, with the design that the scripts compare it with.
fn dataset(place: &Path, options: ParquetOptions) {
    let mixed = Mixed::new();
    let facts = ["peyote.version", "peyote.run_id", "peyote.seed", "peyote.design"];
    let facts = facts.map(|fact| (fact.to_owned(), "1".to_owned()));
    let facts = Facts::new(facts.into());
    let key = ["id".to_owned()];
    let table = Table {
        head: Head {
            name: "mixed",
            description: "every kind",
            columns: &mixed.columns,
            primary_key: &key,
            foreign_keys: &[],
        },
        maker: &mixed,
        rows: ROWS,
        part_rows: PART_ROWS,
        parts: 0..ROWS.div_ceil(PART_ROWS),
        file_parts: 100,
        stem: "samples/mixed".to_owned(),
        first_file: 0,
        family: Family { number: 0, level: 0 },
    };
    let options = Options {
        formats: &[Format::Parquet, Format::Csv],
        parquet: options,
        facts: &facts,
        threads: 2,
        plan: "mixed",
        start: Start::Anew,
        stop: &AtomicBool::new(false),
        progress: &|_| {},
    };
    let mut folder = Folder::beside(place).expect("a folder");
    write(&mut folder, &[table], &options).expect("room");
    let columns = mixed.columns.iter().map(|column| {
        let values =
            if let Kind::Enum(values) = &column.kind { json!(values) } else { json!(null) };
        let kind = column.kind.to_string();
        json!({"name": column.name, "kind": kind, "nullable": column.nullable, "values": values})
    });
    let table = json!({
        "name": "mixed",
        "columns": columns.collect::<Vec<_>>(),
        "primary_key": key,
        "foreign_keys": [],
    });
    let design = json!({"tables": [table]}).to_string();
    fs::write(folder.path().join("design.json"), design).expect("room");
    folder.finish(place, Taken::Keep).expect("room");
}

#[test]
fn pyarrow_and_duckdb_read_lanes_as_they_stand_in_csv() {
    let Some(python) = python() else { return };
    let home = tempfile::tempdir().expect("a folder");
    let place = home.path().join("zstd");
    let bloom = vec!["id".to_owned(), "note".to_owned(), "state".to_owned()];
    dataset(&place, ParquetOptions { bloom, ..ParquetOptions::default() });
    let folder = place.display().to_string();
    script(&python, "compare_formats.py", &["portable".to_owned(), folder.clone()]);
    script(&python, "check_statistics.py", &[folder]);
}

#[test]
fn every_reader_finds_the_same_rows_in_every_compression() {
    let Some(python) = python() else { return };
    let home = tempfile::tempdir().expect("a folder");
    let mut args = vec![if java() { "spark" } else { "no-spark" }.to_owned()];
    for compression in [Compression::Zstd, Compression::Snappy, Compression::Plain] {
        let place = home.path().join(format!("{compression:?}"));
        dataset(&place, ParquetOptions { compression, ..ParquetOptions::default() });
        args.push(place.join("samples/mixed.parquet").display().to_string());
    }
    script(&python, "compare_readers.py", &args);
}
