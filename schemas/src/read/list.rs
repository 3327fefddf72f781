//! Numbered, bulleted and comma-separated lists: tables of one column, `item`.

use super::{Reading, Source};

/// Reads a block that is one list.
pub fn read<'a>(text: &'a str, source: &Source<'a>) -> Reading<'a> {
    let _ = (text, source);
    Reading::default()
}
