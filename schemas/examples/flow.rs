//! Flow: reads a file as typed tables and says how long that took and how much memory.

use std::time::Instant;

use peyote_schemas::infer::flow;
use peyote_schemas::read::Source;

fn main() {
    let Some(path) = std::env::args().nth(1) else { return };
    let Ok(text) = std::fs::read_to_string(&path) else { return };
    let times = std::env::args().nth(2).and_then(|times| times.parse().ok()).unwrap_or(1);
    for _ in 0..times {
        let start = Instant::now();
        let (tables, findings) = flow::read(&Source { name: &path, text: &text, expect: None });
        let seconds = start.elapsed().as_secs_f64();
        let rows: usize = tables.iter().map(|table| table.batch.num_rows()).sum();
        let speed = text.len() as f64 / 1e6 / seconds;
        println!("{rows} rows, {} findings, {seconds:.4} s, {speed:.0} MB/s", findings.len());
    }
}
