//! JSON as tables, however broken.

use super::{Reading, Source};

/// Reads a block of JSON.
pub fn read<'a>(text: &'a str, source: &Source<'a>) -> Reading<'a> {
    let _ = (text, source);
    Reading::default()
}
