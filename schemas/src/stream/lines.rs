//! [`walk`]: lines of JSON that come in parts, as tables of the same rows.

use std::io::Read;

use super::Fault;
use super::window::Window;
use crate::cell::RawTable;
use crate::finding::Finding;
use crate::read::Source;
use crate::read::json::lines::{Joint, table};

/// Gives the rows of a text of JSON Lines, some at a time; what was repaired.
pub(super) fn walk<R: Read>(
    window: &mut Window<R>,
    name: &str,
    mut each: impl FnMut(&RawTable<'_>) -> Result<(), Fault>,
) -> Result<Vec<Finding>, Fault> {
    let mut joint = Joint::default();
    loop {
        let (_, ends) = window.place();
        let text = window.text();
        let end = if ends { Some(text.len()) } else { text.rfind('\n').map(|end| end + 1) };
        let Some(end) = end else {
            window.slide(0)?;
            continue;
        };
        let source = Source { name, text: &text[..end], expect: None };
        let found = table(&source, &mut joint).map_err(Fault::Unfit)?;
        if let Some(piece) = found {
            each(&piece)?;
        }
        if ends {
            return Ok(joint.findings());
        }
        window.slide(end)?;
    }
}
