//! Export: lanes of a fact table into the bytes of files, beside Arrow's own writers.

use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::array::{DictionaryArray, types::Int32Type};
use arrow::datatypes::Schema;
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use parquet::basic;
use parquet::file::properties::WriterProperties;
use peyote::export::facts::Facts;
use peyote::export::folder::Folder;
use peyote::export::parquet::{Compression, Encoded, Encoder, Layout, Options, Writer};
use peyote::export::stream::{self, Family, Maker, Table};
use peyote::export::{self, Format, Head};
use peyote::generate::draw::Draw;
use peyote::lane::{Known, Lane, Values, Words};
use peyote_schemas::{Column, IntSize, Kind};

/// Rows of a run, as the engine makes them.
const RUN: usize = 8192;
/// Runs of a part, which becomes a row group.
const RUNS: usize = 64;
/// Parts of a file.
const PARTS: u64 = 8;
/// Microseconds of a second.
const SECOND: i64 = 1_000_000;
/// Nothing stands in the files' metadata.
static NO_FACTS: Facts = Facts::new(Vec::new());

/// The fact table: ten columns of the kinds that facts have.
struct Fact {
    columns: Vec<Column>,
    runs: Vec<Vec<Lane>>,
}

impl Fact {
    fn new() -> Self {
        let required = |name: &str, kind| Column { nullable: false, ..Column::new(name, kind) };
        let long = Kind::Int(IntSize::I64);
        let word = |words: &[&str]| Kind::Enum(words.iter().copied().map(str::to_owned).collect());
        let columns = vec![
            required("id", long.clone()),
            required("customer_id", long.clone()),
            required("product_id", long),
            required("status", word(&STATUS)),
            required("channel", word(&CHANNEL)),
            required("quantity", Kind::Int(IntSize::I32)),
            required("amount", Kind::Decimal { precision: 12, scale: 2 }),
            required("created_at", Kind::Timestamp),
            required("ship_date", Kind::Date),
            required("note", Kind::Text),
        ];
        let words = [Arc::new(Words::new(STATUS)), Arc::new(Words::new(CHANNEL))];
        let runs = (0..RUNS as u64).map(|run| lanes(run * RUN as u64, &words)).collect();
        Self { columns, runs }
    }

    fn rows(&self) -> usize {
        self.runs.len() * RUN
    }

    fn head(&self) -> Head<'_> {
        Head {
            name: "fact",
            description: "",
            columns: &self.columns,
            primary_key: &[],
            foreign_keys: &[],
        }
    }

    fn batches(&self) -> Vec<RecordBatch> {
        let fields: Vec<_> = self.columns.iter().map(Column::to_arrow).collect();
        let schema = Arc::new(Schema::new(fields));
        let batch = |lanes: &Vec<Lane>| {
            let arrays = lanes.iter().zip(&self.columns).map(|(lane, column)| array(lane, column));
            RecordBatch::try_new(Arc::clone(&schema), arrays.collect()).expect("equal lanes")
        };
        self.runs.iter().map(batch).collect()
    }
}

const STATUS: [&str; 5] = ["pending", "paid", "shipped", "delivered", "returned"];
const CHANNEL: [&str; 4] = ["web", "store", "phone", "partner"];
const FIRST: [&str; 20] = [
    "quiet", "bright", "rapid", "solid", "amber", "crisp", "eager", "fancy", "giant", "happy",
    "icy", "jolly", "keen", "lucky", "merry", "noble", "proud", "rusty", "silver", "tidy",
];
const SECOND_WORD: [&str; 20] = [
    "falcon", "river", "engine", "garden", "harbor", "island", "jacket", "kettle", "ladder",
    "meadow", "needle", "orchid", "pepper", "quartz", "rocket", "saddle", "timber", "umbra",
    "violin", "window",
];

fn lanes(first: u64, words: &[Arc<Words>; 2]) -> Vec<Lane> {
    let rows = first..first + RUN as u64;
    let int = |name: &str, least: i64, many: u64, step: i64| {
        let draw = Draw::new(7, "fact", name);
        let value = |row: u64| (least + draw.below(row, many) as i64) * step;
        Lane::full(Values::Int(rows.clone().map(value).collect()))
    };
    let word = |name: &str, words: &Arc<Words>| {
        let draw = Draw::new(7, "fact", name);
        let pick = |row: u64| draw.below(row, words.len() as u64) as u32;
        let picks = rows.clone().map(pick).collect();
        Lane::full(Values::Word { words: Arc::clone(words), picks })
    };
    let ids: Vec<i64> = rows.clone().map(|row| row as i64 + 1).collect();
    let known = Known { bounds: Some((ids[0], ids[RUN - 1])), rising: true };
    let draw = Draw::new(7, "fact", "note");
    let (mut ends, mut bytes) = (Vec::new(), Vec::new());
    for row in rows.clone() {
        let (one, two) = (draw.below(3 * row, 20) as usize, draw.below(3 * row + 1, 20) as usize);
        let number = draw.below(3 * row + 2, 10_000);
        let note = format!("{} {} #{number}", FIRST[one], SECOND_WORD[two]);
        bytes.extend_from_slice(note.as_bytes());
        ends.push(bytes.len() as u32);
    }
    vec![
        Lane { known, ..Lane::full(Values::Int(ids)) },
        int("customer_id", 1, 100_000, 1),
        int("product_id", 1, 10_000, 1),
        word("status", &words[0]),
        word("channel", &words[1]),
        int("quantity", 1, 100, 1),
        int("amount", 100, 5_000_000, 1),
        int("created_at", 1_640_995_200, 3 * 365 * 86_400, SECOND),
        int("ship_date", 18_993, 3 * 365, 1),
        Lane::full(Values::Text { ends, bytes }),
    ]
}

fn array(lane: &Lane, column: &Column) -> ArrayRef {
    match (&lane.values, &column.kind) {
        (Values::Int(values), Kind::Int(IntSize::I64)) => {
            Arc::new(Int64Array::from(values.clone()))
        }
        (Values::Int(values), Kind::Decimal { precision, scale }) => {
            let array = Decimal128Array::from_iter_values(values.iter().copied().map(i128::from));
            let array = array.with_precision_and_scale(*precision, *scale as i8);
            Arc::new(array.expect("a decimal"))
        }
        (Values::Int(values), Kind::Timestamp) => {
            Arc::new(TimestampMicrosecondArray::from(values.clone()))
        }
        (Values::Int(values), Kind::Date) => {
            Arc::new(Date32Array::from_iter_values(values.iter().map(|value| *value as i32)))
        }
        (Values::Int(values), _) => {
            Arc::new(Int32Array::from_iter_values(values.iter().map(|value| *value as i32)))
        }
        (Values::Word { words, picks }, _) => {
            let text = |at| str::from_utf8(words.bytes(at)).expect("text");
            let words = StringArray::from_iter_values((0..words.len()).map(text));
            let keys = Int32Array::from_iter_values(picks.iter().map(|pick| *pick as i32));
            Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(words)))
        }
        (Values::Text { ends, bytes }, _) => {
            let start = |row: usize| row.checked_sub(1).map_or(0, |before| ends[before] as usize);
            let text = |row: usize| &bytes[start(row)..ends[row] as usize];
            let text = |row: usize| str::from_utf8(text(row)).expect("text");
            Arc::new(StringArray::from_iter_values((0..ends.len()).map(text)))
        }
        _ => unreachable!("the fact table has no other lanes"),
    }
}

/// The room of a writer, used again for every part.
struct Room {
    layout: Arc<Layout>,
    encoder: Encoder,
    encoded: Encoded,
}

impl Room {
    fn new(fact: &Fact, compression: Compression) -> Self {
        let options = Options { compression, ..Options::default() };
        let layout = Arc::new(Layout::new(&fact.head(), &options, &[]).expect("a plain table"));
        let encoder = Encoder::new(&layout).expect("a codec");
        Self { layout, encoder, encoded: Encoded::default() }
    }

    fn write(&mut self, fact: &Fact, out: &mut Vec<u8>) -> io::Result<()> {
        out.clear();
        let mut writer = Writer::new(&mut *out, &self.layout)?;
        self.encoder.begin(fact.rows(), &mut self.encoded)?;
        for lanes in &fact.runs {
            self.encoder.push(black_box(lanes), &mut self.encoded)?;
        }
        self.encoder.finish(&mut self.encoded)?;
        writer.append(&self.encoded)?;
        writer.finish()?;
        Ok(())
    }
}

fn arrow_parquet(batches: &[RecordBatch], codec: basic::Compression, out: &mut Vec<u8>) {
    out.clear();
    let properties = WriterProperties::builder().set_compression(codec).build();
    let writer = parquet::arrow::ArrowWriter::try_new(out, batches[0].schema(), Some(properties));
    let mut writer = writer.expect("a plain schema");
    for batch in batches {
        writer.write(black_box(batch)).expect("room");
    }
    writer.close().expect("room");
}

fn parquet_files(criterion: &mut Criterion) {
    let fact = Fact::new();
    let batches = fact.batches();
    let mut out = Vec::new();
    let mut group = criterion.benchmark_group("fact to Parquet");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Elements(fact.rows() as u64));
    let zstd = basic::Compression::ZSTD(basic::ZstdLevel::default());
    for (name, compression, codec) in [
        ("zstd", Compression::Zstd, zstd),
        ("snappy", Compression::Snappy, basic::Compression::SNAPPY),
        ("plain", Compression::Plain, basic::Compression::UNCOMPRESSED),
    ] {
        let mut room = Room::new(&fact, compression);
        group.bench_function(format!("{name} by peyote"), |bench| {
            bench.iter(|| room.write(&fact, &mut out).expect("room"));
        });
        println!("{name} by peyote: {} bytes", out.len());
        group.bench_function(format!("{name} by ArrowWriter"), |bench| {
            bench.iter(|| arrow_parquet(&batches, codec, &mut out));
        });
        println!("{name} by ArrowWriter: {} bytes", out.len());
    }
    group.finish();
}

/// What each column of the fact table takes.
fn columns(criterion: &mut Criterion) {
    let fact = Fact::new();
    let mut group = criterion.benchmark_group("column to Parquet");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Elements(fact.rows() as u64));
    for (at, column) in fact.columns.iter().enumerate() {
        let one = Fact {
            columns: vec![column.clone()],
            runs: fact.runs.iter().map(|lanes| vec![lanes[at].clone()]).collect(),
        };
        let mut room = Room::new(&one, Compression::Zstd);
        let mut out = Vec::new();
        group.bench_function(&column.name, |bench| {
            bench.iter(|| room.write(&one, &mut out).expect("room"));
        });
        println!("{}: {} bytes", column.name, out.len());
    }
    group.finish();
}

fn csv_files(criterion: &mut Criterion) {
    let fact = Fact::new();
    let batches = fact.batches();
    let mut group = criterion.benchmark_group("fact to CSV");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Elements(fact.rows() as u64));
    let mut encoder = export::csv::Encoder::new(&fact.columns);
    let mut lines = export::csv::Lines::default();
    group.bench_function("by peyote", |bench| {
        bench.iter(|| {
            lines.clear();
            export::csv::header(&fact.columns, &mut lines).expect("room");
            for lanes in &fact.runs {
                encoder.push(black_box(lanes), &mut lines).expect("room");
            }
        });
    });
    println!("CSV by peyote: {} bytes", lines.bytes().len());
    let mut out = Vec::new();
    group.bench_function("by arrow-csv", |bench| {
        bench.iter(|| {
            out.clear();
            let mut writer = arrow::csv::Writer::new(&mut out);
            for batch in &batches {
                writer.write(black_box(batch)).expect("room");
            }
        });
    });
    println!("CSV by arrow-csv: {} bytes", out.len());
    group.finish();
}

impl Maker for Fact {
    fn make(&self, _part: u64, take: &mut dyn FnMut(&[Lane]) -> io::Result<()>) -> io::Result<()> {
        self.runs.iter().try_for_each(|lanes| take(black_box(lanes)))
    }
}

/// Parts of the fact table to one file on a disk, with its checksum.
fn streams(criterion: &mut Criterion) {
    let fact = Fact::new();
    let home = tempfile::tempdir().expect("a folder");
    let go = AtomicBool::new(false);
    let rows = PARTS * fact.rows() as u64;
    let mut group = criterion.benchmark_group("fact to a file");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Elements(rows));
    let formats = [
        ("zstd", Format::Parquet, Compression::Zstd),
        ("snappy", Format::Parquet, Compression::Snappy),
        ("plain", Format::Parquet, Compression::Plain),
        ("CSV", Format::Csv, Compression::Zstd),
    ];
    for (name, format, compression) in formats {
        for threads in [1, 2] {
            group.bench_function(format!("{name} by {threads}"), |bench| {
                bench.iter(|| {
                    let table = Table {
                        head: fact.head(),
                        maker: &fact,
                        rows,
                        part_rows: fact.rows() as u64,
                        parts: 0..PARTS,
                        file_parts: PARTS,
                        stem: "fact".to_owned(),
                        first_file: 0,
                        family: Family { number: 0, level: 0 },
                    };
                    let options = stream::Options {
                        formats: &[format],
                        parquet: Options { compression, ..Options::default() },
                        facts: &NO_FACTS,
                        threads,
                        plan: "",
                        start: stream::Start::Anew,
                        stop: &go,
                        progress: &|_| {},
                    };
                    // A folder that is new every time, so that nothing is taken over.
                    let place = tempfile::tempdir_in(home.path()).expect("a folder");
                    let mut folder = Folder::beside(&place.path().join("out")).expect("a folder");
                    stream::write(&mut folder, &[table], &options).expect("room");
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, parquet_files, csv_files, streams, columns);
criterion_main!(benches);
