//! [`Runs`]: any number of numbers, sorted on disk, and which of them come twice.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Numbers that are sorted in memory at once: 16 MB, and fewer where tests want several runs.
pub(super) const RUN: u64 = if cfg!(test) { 1 << 15 } else { 1 << 21 };
/// Numbers of all runs that are held while they are merged.
const HELD: usize = 1 << 21;
/// The fewest and the most numbers of a run that are read at once.
const BLOCK: (usize, usize) = (1 << 8, 1 << 16);

/// Runs of numbers, each of them sorted: the first in memory, the others in a file without a name.
pub(super) struct Runs {
    folder: PathBuf,
    file: Option<File>,
    written: u64,
    sorted: Vec<Run>,
    /// The next number of each run, and which run that is; none before the merge begins.
    heads: Option<BinaryHeap<Reverse<(u64, usize)>>>,
    last: Option<u64>,
}

/// A sorted run.
struct Run {
    /// Where in the file that begins which is not read yet, and where it ends, in numbers.
    rest: std::ops::Range<u64>,
    block: Vec<u64>,
    place: usize,
}

impl Runs {
    /// None yet; where they need a file, it lies in a folder.
    pub(super) fn new(folder: &Path) -> Self {
        let (file, sorted) = (None, Vec::new());
        Self { folder: folder.to_owned(), file, written: 0, sorted, heads: None, last: None }
    }

    /// Adds a run of numbers that are sorted.
    pub(super) fn add(&mut self, numbers: Vec<u64>) -> io::Result<()> {
        if self.sorted.is_empty() {
            self.sorted.push(Run { rest: 0..0, block: numbers, place: 0 });
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder)?),
        };
        let mut bytes = Vec::with_capacity(BLOCK.1 * size_of::<u64>());
        for block in numbers.chunks(BLOCK.1) {
            bytes.clear();
            bytes.extend(block.iter().flat_map(|number| number.to_le_bytes()));
            file.write_all(&bytes)?;
        }
        let end = self.written + numbers.len() as u64;
        self.sorted.push(Run { rest: self.written..end, block: Vec::new(), place: 0 });
        self.written = end;
        Ok(())
    }

    /// The next numbers that come twice, each once, so many at most; none at the end.
    pub(super) fn repeated(&mut self, most: usize) -> io::Result<Vec<u64>> {
        let mut heads = if let Some(heads) = self.heads.take() {
            heads
        } else {
            let mut heads = BinaryHeap::with_capacity(self.sorted.len());
            for run in 0..self.sorted.len() {
                heads.extend(self.next(run)?.map(|number| Reverse((number, run))));
            }
            heads
        };
        let mut found: Vec<u64> = Vec::new();
        while found.len() < most
            && let Some(Reverse((number, run))) = heads.pop()
        {
            if self.last == Some(number) && found.last() != Some(&number) {
                found.push(number);
            }
            self.last = Some(number);
            heads.extend(self.next(run)?.map(|number| Reverse((number, run))));
        }
        self.heads = Some(heads);
        Ok(found)
    }

    /// The next number of a run.
    fn next(&mut self, run: usize) -> io::Result<Option<u64>> {
        let block = (HELD / self.sorted.len()).clamp(BLOCK.0, BLOCK.1) as u64;
        let Self { file, sorted, .. } = self;
        let run = &mut sorted[run];
        if run.place == run.block.len()
            && let Some(file) = file
        {
            let many = block.min(run.rest.end - run.rest.start);
            let mut bytes = vec![0; many as usize * size_of::<u64>()];
            file.seek(SeekFrom::Start(run.rest.start * size_of::<u64>() as u64))?;
            file.read_exact(&mut bytes)?;
            let (numbers, _) = bytes.as_chunks();
            run.block = numbers.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect();
            run.place = 0;
            run.rest.start += many;
        }
        let number = run.block.get(run.place).copied();
        run.place += usize::from(number.is_some());
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::draw::Draw;

    #[test]
    fn numbers_that_come_twice_are_found_across_runs_and_within() {
        let folder = tempfile::tempdir().unwrap();
        let draw = Draw::new(1, "t", "c");
        for many in [0_u64, 1, 5, 40] {
            let mut runs = Runs::new(folder.path());
            let mut all = Vec::new();
            for run in 0..many {
                let len = draw.below(run, 400);
                let mut numbers: Vec<u64> =
                    (0..len).map(|at| draw.numbered(run).below(at, 60_000)).collect();
                numbers.sort_unstable();
                all.extend_from_slice(&numbers);
                runs.add(numbers).unwrap();
            }
            all.sort_unstable();
            let mut twice: Vec<u64> =
                all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
            twice.dedup();
            let mut found = Vec::new();
            loop {
                let some = runs.repeated(3).unwrap();
                if some.is_empty() {
                    break;
                }
                found.extend(some);
            }
            found.dedup();
            assert_eq!(found, twice);
        }
    }
}
