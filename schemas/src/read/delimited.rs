//! Fields between commas, tabs, semicolons or pipes.

use super::{Reading, Source};
use crate::cell::{Cell, RawTable};

/// Reads a block of delimited text.
pub fn read<'a>(text: &'a str, source: &Source<'a>) -> Reading<'a> {
    let mut lines = text.trim().lines();
    let Some(header) = lines.next() else { return Reading::default() };
    let header = header.split(',').map(|name| name.trim().to_owned()).collect();
    let mut table = RawTable::new(source.stem(), source.name, header);
    for line in lines.filter(|line| !line.trim().is_empty()) {
        table.push_row(line.split(',').map(|field| Cell::bare(field.trim())));
    }
    Reading { tables: vec![table], findings: Vec::new() }
}
