//! Generation: rows that nobody wrote, from design documents.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use peyote::generate::recipe::{Recipe, recipe};
use peyote::lane::Spare;
use peyote_schemas::draft::Draft;
use peyote_schemas::{Design, design};

/// Rows made in one go: a row group's.
const ROWS: usize = 1 << 17;
/// Rows that a batch of Arrow holds: they stay in a near cache until they are looked at.
const BATCH: usize = 1 << 12;

/// Two tables of which the first has a billion rows.
const BILLION: &str = r#"{"resolved": true, "tables": [
    {"name": "parent", "columns": [
        {"name": "id", "kind": "int64", "nullable": false, "behaviour": {"is": "sequence"}},
        {"name": "born", "kind": "timestamp", "nullable": false,
            "behaviour": {"is": "moment", "from": "2020-01-01", "to": "2025-01-01"}}],
     "primary_key": ["id"]},
    {"name": "child", "columns": [
        {"name": "parent_id", "kind": "int64", "nullable": false},
        {"name": "born", "kind": "timestamp", "nullable": false,
            "behaviour": {"is": "copy", "of": "parent_id.born"}}],
     "foreign_keys": [{"columns": ["parent_id"],
        "references": {"table": "parent", "columns": ["id"]},
        "children": {"is": "lognormal", "mean": 10, "sigma": 1}, "order": "shuffled"}]}]}"#;

fn designed(text: &str) -> Design {
    let draft: Draft = serde_json::from_str(text).expect("a draft");
    design::resolve(&draft).expect("a sound design").0
}

fn worked(design: &Design, rows: &[u64]) -> Recipe {
    recipe(design, rows, 1).expect("a recipe")
}

fn fact(criterion: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/designs/fact.json");
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let recipe = worked(&designed(&text), &[10_000_000]);
    let kinds: Vec<_> = recipe.tables()[0].columns().map(|column| column.kind.clone()).collect();
    let mut group = criterion.benchmark_group("generate/fact");
    group.sample_size(20).throughput(Throughput::Elements(ROWS as u64));
    let mut frame = recipe.frame(0);
    group.bench_function("lanes", |bench| {
        bench.iter(|| recipe.fill(0, black_box(3_000_000), ROWS, &mut frame));
    });
    let mut spares: Vec<Spare> = kinds.iter().map(|_| Spare::default()).collect();
    group.bench_function("arrow", |bench| {
        bench.iter(|| {
            for first in (0..ROWS).step_by(BATCH) {
                recipe.fill(0, black_box(3_000_000) + first as u64, BATCH, &mut frame);
                for ((lane, kind), spare) in frame.lanes.iter_mut().zip(&kinds).zip(&mut spares) {
                    black_box(lane.lend(kind, spare).expect("an array"));
                }
            }
        });
    });
    for column in 0..kinds.len() {
        let name = recipe.tables()[0].columns().nth(column).map(|column| column.name.clone());
        group.bench_function(name.unwrap_or_default(), |bench| {
            bench.iter(|| {
                for first in (0..ROWS).step_by(BATCH) {
                    recipe.fill_one(0, column, black_box(first as u64), BATCH, &mut frame);
                }
            });
        });
    }
    group.finish();
}

fn reference(criterion: &mut Criterion) {
    let recipe = worked(&designed(BILLION), &[1_000_000_000, 10_000_000_000]);
    let mut frame = recipe.frame(1);
    let mut group = criterion.benchmark_group("generate/reference");
    group.sample_size(20).throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("a billion parents", |bench| {
        bench.iter(|| recipe.fill(1, black_box(7_000_000_000), ROWS, &mut frame));
    });
    group.finish();
}

criterion_group!(benches, fact, reference);
criterion_main!(benches);
