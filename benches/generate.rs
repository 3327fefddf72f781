//! Generation: rows that nobody wrote, from a design of the catalog.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use peyote::generate::rows::{Words, rows};
use peyote_schemas::{catalog, design};

/// Rows made at once.
const ROWS: usize = 10_000;

fn tables(criterion: &mut Criterion) {
    let Some(entry) = catalog::entries().first() else { return };
    let (design, _) = design::resolve(&entry.draft).expect("a sound design");
    let mut group = criterion.benchmark_group("generate");
    group.sample_size(10).throughput(Throughput::Elements(ROWS as u64));
    for table in design.tables().iter().take(3) {
        group.bench_function(table.name().as_str(), |bench| {
            bench.iter(|| rows(black_box(table), ROWS, 7, &Words::new(), &Words::new()));
        });
    }
    group.finish();
}

criterion_group!(benches, tables);
criterion_main!(benches);
