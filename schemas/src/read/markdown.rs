//! Markdown tables: pipes with a rule under the header.

use super::{Reading, Source};

/// Reads a block that is one Markdown table.
pub fn read<'a>(text: &'a str, source: &Source<'a>) -> Reading<'a> {
    let _ = (text, source);
    Reading::default()
}
