//! Reading: from text to raw tables, beside what splits or parses the same text.

use std::hint::black_box;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use peyote_schemas::read::{self, Source};

mod fact;

fn rows(name: &str, text: &str) -> usize {
    let reading = read::read(&Source { name, text, expect: None });
    reading.tables.first().map_or(0, peyote_schemas::RawTable::len)
}

fn csv(criterion: &mut Criterion) {
    let text = fact::csv(fact::BYTES);
    let ragged = fact::ragged_csv(fact::BYTES);
    let mut group = criterion.benchmark_group("read_csv");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("peyote", |bench| bench.iter(|| rows("fact.csv", black_box(&text))));
    group.bench_function("peyote, 1 % ragged", |bench| {
        bench.iter(|| rows("fact.csv", black_box(&ragged)));
    });
    group.bench_function("csv crate, splitting only", |bench| {
        bench.iter(|| {
            let mut reader = csv::Reader::from_reader(black_box(text.as_bytes()));
            let mut record = csv::ByteRecord::new();
            let mut count = 0;
            while reader.read_byte_record(&mut record).unwrap_or(false) {
                count += record.len();
            }
            count
        });
    });
    group.finish();
}

fn jsonl(criterion: &mut Criterion) {
    let text = fact::jsonl(fact::BYTES);
    let mut group = criterion.benchmark_group("read_jsonl");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("peyote", |bench| bench.iter(|| rows("fact.jsonl", black_box(&text))));
    group.bench_function("serde_json values", |bench| {
        bench.iter(|| {
            let values = black_box(&text).lines().map(serde_json::from_str::<serde_json::Value>);
            values.flatten().count()
        });
    });
    group.finish();
}

fn malformed(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read_malformed_json");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    // Twice the bytes, twice the time.
    for bytes in [fact::MALFORMED, 2 * fact::MALFORMED] {
        let text = fact::malformed_json(bytes);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("peyote, {bytes} bytes"), |bench| {
            bench.iter(|| rows("reply.txt", black_box(&text)));
        });
    }
    group.finish();
}

criterion_group!(benches, csv, jsonl, malformed);
criterion_main!(benches);
