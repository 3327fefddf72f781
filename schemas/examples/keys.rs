//! Keys at size: `cargo run --release --example keys -- TABLES ROWS` makes a warehouse, finds its
//! keys, and says how long that took and how much memory it had beyond the tables themselves.

use std::time::Instant;

use peyote_schemas::infer::{Said, keys};

#[path = "../../benches/warehouse/mod.rs"]
mod warehouse;

/// Kilobytes that the process has had at most, and has now, where the system tells.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|text| text.strip_prefix(line));
    value.and_then(|text| text.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn main() {
    let number =
        |at: usize, other: usize| std::env::args().nth(at).map_or(Ok(other), |arg| arg.parse());
    let (Ok(count), Ok(rows)) = (number(1, 50), number(2, 100_000)) else {
        eprintln!("two whole numbers: tables and rows");
        std::process::exit(2);
    };
    let mut tables = warehouse::tables(count, rows);
    let before = memory("VmRSS:");
    let started = Instant::now();
    keys::find(&mut tables, &vec![Said::default(); count], &mut Vec::new());
    let seconds = started.elapsed().as_secs_f64();
    let primary = tables.iter().filter(|table| !table.primary_key.is_empty()).count();
    let foreign: usize = tables.iter().map(|table| table.foreign_keys.len()).sum();
    println!("{count} tables × {rows} rows: {primary} primary and {foreign} foreign keys");
    println!(
        "{seconds:.2} s, {} MB for the tables, {} MB more at the peak",
        before / 1024,
        memory("VmHWM:").saturating_sub(before) / 1024
    );
    if std::env::args().nth(3).is_some() {
        for table in &tables {
            println!("{} {:?} {:?}", table.raw.name, table.primary_key, table.foreign_keys);
        }
    }
}
