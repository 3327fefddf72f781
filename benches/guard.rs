//! Enforcement: cells into arrays under kinds that are known, and the promises of typed rows.

use std::hint::black_box;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use peyote_schemas::guard::{self, Rules};
use peyote_schemas::infer::{self, Said};
use peyote_schemas::read::{self, Source};

mod fact;

/// Bytes of the table: what is enforced is looked at more than once.
const BYTES: usize = fact::BYTES / 6;

fn enforce(criterion: &mut Criterion) {
    let text = fact::csv(BYTES);
    let reading = read::read(&Source { name: "fact.csv", text: &text, expect: None });
    let table = &reading.tables[0];
    let (columns, batch) = infer::typed(table, &Said::default(), "/tables/0", &mut Vec::new());
    let mut group = criterion.benchmark_group("guard");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("cells to arrays", |bench| {
        bench.iter(|| guard::column::batch(black_box(table), &columns));
    });
    let rules = Rules {
        table: "fact".into(),
        columns: columns.clone(),
        primary_key: vec!["id".into()],
        ..Rules::default()
    };
    let tables = [(rules, batch)];
    group.bench_function("violations of kept promises", |bench| {
        bench.iter(|| guard::violations(black_box(&tables)));
    });
    group.finish();
}

criterion_group!(benches, enforce);
criterion_main!(benches);
