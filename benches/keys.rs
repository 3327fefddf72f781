//! Keys: primary and foreign ones over the tables of a warehouse, by rows and by tables.

use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use peyote_schemas::infer::{Said, keys};

mod warehouse;

fn find(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("keys");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    for (tables, rows) in [(10, 10_000), (10, 20_000), (500, 20), (1000, 20)] {
        let made = warehouse::tables(tables, rows);
        let said = vec![Said::default(); tables];
        group.bench_function(BenchmarkId::new(format!("{tables} tables"), rows), |bench| {
            bench.iter_batched(
                || made.clone(),
                |mut made| keys::find(&mut made, &said, &mut Vec::new()),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, find);
criterion_main!(benches);
