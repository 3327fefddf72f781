//! Inference: from text to typed Arrow, with every row looked at, beside Arrow's own readers.

use std::hint::black_box;
use std::io::Cursor;
use std::num::NonZero;
use std::sync::Arc;

use arrow::array::RecordBatch;
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use peyote_schemas::infer::flow;
use peyote_schemas::read::Source;

mod fact;

/// Text to one batch, every row looked at.
fn peyote(name: &str, text: &str) -> usize {
    dealt(name, text, NonZero::<usize>::MIN)
}

/// The same on several threads.
fn dealt(name: &str, text: &str, threads: NonZero<usize>) -> usize {
    let source = Source { name, text, expect: None };
    flow::read(&source, threads).tables.iter().map(|table| table.batch.num_rows()).sum()
}

/// The same by arrow-csv: kinds from every row, then the rows under them.
fn arrow_csv(text: &str) -> usize {
    let format = arrow::csv::reader::Format::default().with_header(true);
    let (schema, _) = format.infer_schema(text.as_bytes(), None).expect("plain CSV");
    let reader = arrow::csv::ReaderBuilder::new(Arc::new(schema)).with_header(true);
    let reader = reader.build(text.as_bytes()).expect("plain CSV");
    let batches: Vec<RecordBatch> = reader.map(|batch| batch.expect("plain CSV")).collect();
    batches.iter().map(RecordBatch::num_rows).sum()
}

/// The fields of all records by the csv crate, which types nothing.
fn csv_fields(text: &str) -> usize {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut record = csv::ByteRecord::new();
    let mut fields = 0;
    while reader.read_byte_record(&mut record).expect("plain CSV") {
        fields += record.len();
    }
    fields
}

/// The same as arrow-csv by arrow-json.
fn arrow_json(text: &str) -> usize {
    let mut cursor = Cursor::new(text.as_bytes());
    let (schema, _) =
        arrow::json::reader::infer_json_schema(&mut cursor, None).expect("plain JSON");
    let reader = arrow::json::ReaderBuilder::new(Arc::new(schema));
    let reader = reader.build(Cursor::new(text.as_bytes())).expect("plain JSON");
    let batches: Vec<RecordBatch> = reader.map(|batch| batch.expect("plain JSON")).collect();
    batches.iter().map(RecordBatch::num_rows).sum()
}

/// Bytes of the tables: `BYTES` in the environment, else few enough for a quick run.
fn bytes() -> usize {
    let given = std::env::var("BYTES").ok().and_then(|bytes| bytes.parse().ok());
    given.unwrap_or(fact::BYTES)
}

fn csv(criterion: &mut Criterion) {
    let text = fact::csv(bytes());
    let ragged = fact::ragged_csv(bytes());
    assert_eq!(peyote("fact.csv", &text), arrow_csv(&text));
    let mut group = criterion.benchmark_group("csv_to_arrow");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("peyote", |bench| bench.iter(|| peyote("fact.csv", black_box(&text))));
    for threads in [2, 4].into_iter().filter_map(NonZero::new) {
        group.bench_function(format!("peyote, {threads} threads"), |bench| {
            bench.iter(|| dealt("fact.csv", black_box(&text), threads));
        });
    }
    group.bench_function("arrow-csv", |bench| bench.iter(|| arrow_csv(black_box(&text))));
    group.bench_function("csv, fields only", |bench| bench.iter(|| csv_fields(black_box(&text))));
    group.bench_function("peyote, 1 % ragged", |bench| {
        bench.iter(|| peyote("fact.csv", black_box(&ragged)));
    });
    group.finish();
}

fn jsonl(criterion: &mut Criterion) {
    let text = fact::jsonl(fact::BYTES);
    assert_eq!(peyote("fact.jsonl", &text), arrow_json(&text));
    let mut group = criterion.benchmark_group("jsonl_to_arrow");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("peyote", |bench| bench.iter(|| peyote("fact.jsonl", black_box(&text))));
    group.bench_function("arrow-json", |bench| bench.iter(|| arrow_json(black_box(&text))));
    group.finish();
}

fn replies(criterion: &mut Criterion) {
    let reply = fact::csv(fact::REPLY);
    let malformed = fact::malformed_json(fact::MALFORMED);
    let mut group = criterion.benchmark_group("reply_to_arrow");
    group.throughput(Throughput::Bytes(reply.len() as u64));
    group.bench_function("peyote, 20 rows of CSV", |bench| {
        bench.iter(|| peyote("reply.txt", black_box(&reply)));
    });
    group.bench_function("arrow-csv, 20 rows of CSV", |bench| {
        bench.iter(|| arrow_csv(black_box(&reply)));
    });
    group.sample_size(10);
    group.throughput(Throughput::Bytes(malformed.len() as u64));
    group.bench_function("peyote, malformed JSON", |bench| {
        bench.iter(|| peyote("reply.txt", black_box(&malformed)));
    });
    group.finish();
}

criterion_group!(benches, csv, jsonl, replies);
criterion_main!(benches);
