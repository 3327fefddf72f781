//! Flow: reads a file as typed tables, some times over, and says how fast.

use std::num::NonZero;
use std::time::Instant;

use peyote_schemas::infer::flow;
use peyote_schemas::read::Source;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), times) = (arguments.next(), arguments.next()) else { return };
    let Ok(text) = std::fs::read_to_string(&path) else { return };
    let times = times.and_then(|times| times.parse().ok()).unwrap_or(1_usize);
    let threads =
        arguments.next().and_then(|threads| threads.parse().ok()).unwrap_or(NonZero::<usize>::MIN);
    let mut seconds = Vec::new();
    let (mut rows, mut doubts) = (0, 0);
    for _ in 0..times {
        let start = Instant::now();
        let (tables, findings) =
            flow::read(&Source { name: &path, text: &text, expect: None }, threads);
        seconds.push(start.elapsed().as_secs_f64());
        rows = tables.iter().map(|table| table.batch.num_rows()).sum();
        doubts = findings.len();
    }
    seconds.sort_by(f64::total_cmp);
    let (best, median) = (seconds[0], seconds[times / 2]);
    let speed = |seconds: f64| text.len() as f64 / 1e6 / seconds;
    println!("{rows} rows, {doubts} findings");
    println!(
        "best {best:.6} s, {:.0} MB/s; median {median:.6} s, {:.0} MB/s",
        speed(best),
        speed(median)
    );
}
