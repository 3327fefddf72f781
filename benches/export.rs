//! Export: a typed batch into the bytes of files, beside Arrow's own writers.

use std::hint::black_box;

use arrow::array::RecordBatch;
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use peyote::export::{self, Sheet, Types};
use peyote_schemas::infer::{self, Said};
use peyote_schemas::read::{self, Source};

mod fact;

fn sheet(criterion: &mut Criterion) {
    let text = fact::csv(fact::BYTES / 4);
    let reading = read::read(&Source { name: "fact.csv", text: &text, expect: None });
    let table = &reading.tables[0];
    let (columns, batch) = infer::typed(table, &Said::default(), "/tables/0", &mut Vec::new());
    let sheet = Sheet {
        name: "fact",
        description: "",
        columns: &columns,
        primary_key: &[],
        foreign_keys: &[],
        batch: &batch,
    };
    let mut group = criterion.benchmark_group("export");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("Parquet", |bench| {
        bench.iter(|| {
            let mut out = Vec::new();
            export::parquet::write(black_box(&sheet), Types::Portable, &[], &mut out)
                .expect("room");
            out
        });
    });
    group.bench_function("Parquet by ArrowWriter", |bench| {
        bench.iter(|| plain_parquet(black_box(&batch)));
    });
    group.bench_function("CSV", |bench| {
        bench.iter(|| {
            let mut out = Vec::new();
            export::csv::write(black_box(&sheet), &mut out).expect("room");
            out
        });
    });
    group.bench_function("CSV by arrow-csv", |bench| {
        bench.iter(|| {
            let mut out = Vec::new();
            arrow::csv::Writer::new(&mut out).write(black_box(&batch)).expect("room");
            out
        });
    });
    group.finish();
}

fn plain_parquet(batch: &RecordBatch) -> Vec<u8> {
    let mut out = Vec::new();
    let writer = parquet::arrow::ArrowWriter::try_new(&mut out, batch.schema(), None);
    let mut writer = writer.expect("a plain schema");
    writer.write(batch).expect("room");
    writer.close().expect("room");
    out
}

criterion_group!(benches, sheet);
criterion_main!(benches);
