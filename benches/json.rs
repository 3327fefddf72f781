//! JSON: to typed Arrow with every row looked at, beside Arrow's own reader, and parsed or repaired
//! by what does only that.

use std::hint::black_box;
use std::io::Cursor;
use std::sync::Arc;

use arrow::array::RecordBatch;
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use peyote_schemas::infer::{self, Said};
use peyote_schemas::read::{self, Source};

mod fact;

/// Text to one batch, every row looked at.
fn peyote(name: &str, text: &str) -> usize {
    let reading = read::read(&Source { name, text, expect: None });
    let mut findings = reading.findings;
    let typed = |table| infer::typed(&table, &Said::default(), "/tables/0", &mut findings).1;
    let batches: Vec<RecordBatch> = reading.tables.into_iter().map(typed).collect();
    batches.iter().map(RecordBatch::num_rows).sum()
}

/// Text to tables of text, untyped.
fn tables(name: &str, text: &str) -> usize {
    let reading = read::read(&Source { name, text, expect: None });
    reading.tables.iter().map(peyote_schemas::cell::RawTable::len).sum()
}

/// The same by arrow-json: kinds from every row, then the rows under them.
fn arrow_json(text: &str) -> usize {
    let mut cursor = Cursor::new(text.as_bytes());
    let (schema, _) =
        arrow::json::reader::infer_json_schema(&mut cursor, None).expect("plain JSON");
    let reader = arrow::json::ReaderBuilder::new(Arc::new(schema));
    let reader = reader.build(Cursor::new(text.as_bytes())).expect("plain JSON");
    let batches: Vec<RecordBatch> = reader.map(|batch| batch.expect("plain JSON")).collect();
    batches.iter().map(RecordBatch::num_rows).sum()
}

/// Lines to values by `serde_json`.
fn serde_json(text: &str) -> usize {
    let values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    values.fold(0, |count, value| {
        black_box(value.expect("plain JSON"));
        count + 1
    })
}

/// Lines to values by sonic-rs.
fn sonic(text: &str) -> usize {
    let value = |line| black_box(sonic_rs::from_str::<sonic_rs::Value>(line).expect("plain JSON"));
    text.lines().fold(0, |count, line| {
        value(line);
        count + 1
    })
}

/// Lines to tapes by simd-json, which writes into the text it reads.
fn simd(text: &str) -> usize {
    let mut bytes = text.as_bytes().to_vec();
    let lines = bytes.split_mut(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| black_box(simd_json::to_tape(line).expect("plain JSON")).0.len()).count()
}

/// Broken text to text that is JSON, and to values, by jsonrepair-rs and `serde_json`.
fn jsonrepair(text: &str) -> usize {
    let whole = jsonrepair_rs::jsonrepair(text).expect("what it repairs");
    let value: serde_json::Value = serde_json::from_str(&whole).expect("repaired JSON");
    value.as_array().map_or(0, Vec::len)
}

fn lines(criterion: &mut Criterion) {
    let text = fact::jsonl(fact::BYTES);
    assert_eq!(peyote("fact.jsonl", &text), arrow_json(&text));
    let mut group = criterion.benchmark_group("jsonl");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("to Arrow, peyote", |bench| {
        bench.iter(|| peyote("fact.jsonl", black_box(&text)));
    });
    group.bench_function("to Arrow, arrow-json", |bench| {
        bench.iter(|| arrow_json(black_box(&text)));
    });
    group.bench_function("to tables of text, peyote", |bench| {
        bench.iter(|| tables("fact.jsonl", black_box(&text)));
    });
    group.bench_function("to values, serde_json", |bench| {
        bench.iter(|| serde_json(black_box(&text)));
    });
    group.bench_function("to values, sonic-rs", |bench| bench.iter(|| sonic(black_box(&text))));
    group.bench_function("to tapes, simd-json", |bench| bench.iter(|| simd(black_box(&text))));
    group.finish();
}

fn replies(criterion: &mut Criterion) {
    let reply = fact::json_reply(fact::REPLY);
    let malformed = fact::malformed_json(fact::MALFORMED);
    // What the repairer reads: the fence alone, and no commas in a row.
    let fence = malformed[malformed.find('[').unwrap_or(0)..].replace(",,", ",");
    assert_eq!(peyote("reply.txt", &malformed), jsonrepair(&fence));
    let mut group = criterion.benchmark_group("json_reply");
    group.throughput(Throughput::Bytes(reply.len() as u64));
    group.bench_function("20 rows to Arrow, peyote", |bench| {
        bench.iter(|| peyote("reply.txt", black_box(&reply)));
    });
    group.bench_function("20 rows to tables of text, peyote", |bench| {
        bench.iter(|| tables("reply.txt", black_box(&reply)));
    });
    group.sample_size(20);
    group.throughput(Throughput::Bytes(malformed.len() as u64));
    group.bench_function("malformed to Arrow, peyote", |bench| {
        bench.iter(|| peyote("reply.txt", black_box(&malformed)));
    });
    group.bench_function("malformed to tables of text, peyote", |bench| {
        bench.iter(|| tables("reply.txt", black_box(&malformed)));
    });
    group.bench_function("malformed to values, jsonrepair-rs and serde_json", |bench| {
        bench.iter(|| jsonrepair(black_box(&fence)));
    });
    group.finish();
}

criterion_group!(benches, lines, replies);
criterion_main!(benches);
