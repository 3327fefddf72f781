//! Flow: reads a file as typed tables, some times over, and says how long that took, opening and
//! reading the file included.

use std::fs::File;
use std::io;
use std::num::NonZero;
use std::time::Instant;

use peyote_schemas::infer::flow::{self, Flowing};
use peyote_schemas::read::{Source, decode};
use peyote_schemas::stream::Fault;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else { return Ok(()) };
    let mut number = || arguments.next().and_then(|text| text.parse().ok());
    let times = number().unwrap_or(NonZero::<usize>::MIN);
    let threads = number().unwrap_or(NonZero::<usize>::MIN);
    let mut seconds = Vec::new();
    let mut rows = 0;
    for _ in 0..times.get() {
        let start = Instant::now();
        let flowing = read(&path, threads)?;
        seconds.push(start.elapsed().as_secs_f64());
        rows = flowing.tables.iter().map(|table| table.batch.num_rows()).sum();
    }
    seconds.sort_by(f64::total_cmp);
    println!("{rows} {:.6} {:.6}", seconds[0], seconds[seconds.len() / 2]);
    Ok(())
}

/// The tables of a file: in parts where that is possible, else whole.
fn read(path: &str, threads: NonZero<usize>) -> io::Result<Flowing> {
    let size = std::fs::metadata(path)?.len() as usize;
    match flow::parts(path, size, threads, || File::open(path)) {
        Err(Fault::Input(error)) => Err(error),
        Err(Fault::Unfit(_)) => {
            let text = std::fs::read(path)?;
            Ok(flow::read(&Source { name: path, text: &decode(&text), expect: None }, threads))
        }
        Ok(flowing) => Ok(flowing),
    }
}
