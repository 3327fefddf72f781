//! Flow: reads a file as typed tables, some times over, and says how long that took, opening and
//! reading the file included.

use std::num::NonZero;
use std::time::Instant;

use peyote_schemas::infer::flow;
use peyote_schemas::read::{Source, decode};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else { return };
    let mut number = || arguments.next().and_then(|text| text.parse().ok());
    let times = number().unwrap_or(NonZero::<usize>::MIN);
    let threads = number().unwrap_or(NonZero::<usize>::MIN);
    let mut seconds = Vec::new();
    let mut rows = 0;
    for _ in 0..times.get() {
        let start = Instant::now();
        let Ok(bytes) = std::fs::read(&path) else { return };
        let text = decode(&bytes);
        let flowing = flow::read(&Source { name: &path, text: &text, expect: None }, threads);
        seconds.push(start.elapsed().as_secs_f64());
        rows = flowing.tables.iter().map(|table| table.batch.num_rows()).sum();
    }
    seconds.sort_by(f64::total_cmp);
    println!("{rows} {:.6} {:.6}", seconds[0], seconds[seconds.len() / 2]);
}
