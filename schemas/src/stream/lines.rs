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
    parts(window, |text, _| {
        let found = table(&Source { name, text, expect: None }, &mut joint);
        match found.map_err(Fault::Unfit)? {
            Some(piece) => each(&piece),
            None => Ok(()),
        }
    })?;
    Ok(joint.findings())
}

/// Gives the lines of a text, some at a time, and how many bytes stand behind them, as far as that
/// is known.
pub(crate) fn parts<R: Read>(
    window: &mut Window<R>,
    mut each: impl FnMut(&str, usize) -> Result<(), Fault>,
) -> Result<(), Fault> {
    loop {
        let (_, ends) = window.place();
        let text = window.text();
        let end = if ends { Some(text.len()) } else { text.rfind('\n').map(|end| end + 1) };
        let Some(end) = end else {
            window.slide(0)?;
            continue;
        };
        each(&text[..end], window.ahead() + text.len() - end)?;
        if ends {
            return Ok(());
        }
        window.slide(end)?;
    }
}
