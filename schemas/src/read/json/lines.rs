//! Lines of JSON in parts: objects alike, one after the other, of which none is broken so that
//! others may belong to it.

use super::node::Node;
use super::records::{Rows, alike, is_row};
use super::repair::Repair;
use super::told::said;
use super::{parser, unwrapped, values};
use crate::cell::RawTable;
use crate::finding::Finding;
use crate::read::Source;

/// Places remembered of each sort of repair.
const REMEMBERED: usize = 100;

/// What goes from one part of a text to the next.
#[derive(Debug, Default)]
pub(crate) struct Joint {
    /// The last object.
    last: Option<Node<'static>>,
    rows: usize,
    /// The repairs: the rows in which they were made, and how many more there were.
    repairs: Vec<(Repair, Vec<usize>, usize)>,
}

/// The table of a part's objects, if there is one; the reason why the text must be read whole.
pub(crate) fn table<'a>(
    source: &Source<'a>,
    joint: &mut Joint,
) -> Result<Option<RawTable<'a>>, &'static str> {
    if unwrapped(source.text).is_some() {
        return Err("its JSON stands within a string");
    }
    let found = values(parser(source.text, source));
    if found.log.sorts().any(|(repair, ..)| !is_local(repair)) {
        return Err("a line of it is broken");
    }
    if found.roots.is_empty() && source.text.trim().is_empty() {
        return Ok(None);
    }
    let roots: Vec<Node<'a>> = found.roots.into_iter().map(|root| root.node).collect();
    let before = joint.last.iter();
    let pairs =
        before.chain(&roots).zip(&roots[usize::from(joint.last.is_none()).min(roots.len())..]);
    if roots.is_empty() || !roots.iter().all(is_row) || !pairs.into_iter().all(|(a, b)| alike(a, b))
    {
        return Err("its lines are not all objects with names in common");
    }
    let last = match roots.last() {
        Some(Node::Rows(run)) => Node::Object(run.object(run.len() - 1)),
        Some(node) => node.clone(),
        None => return Ok(None),
    };
    joint.last = Some(last.into_owned());
    let Some(Rows { table, starts }) = Rows::alone(source, roots) else {
        return Err("its lines have too few names in common, or a name twice in one");
    };
    for (repair, places, more) in found.log.sorts() {
        let known = joint.repairs.iter().position(|known| known.0 == repair);
        let entry = known.unwrap_or_else(|| {
            joint.repairs.push((repair, Vec::new(), 0));
            joint.repairs.len() - 1
        });
        let (_, rows, left) = &mut joint.repairs[entry];
        for at in places {
            if rows.len() < REMEMBERED {
                let row = starts.partition_point(|start| start <= at).saturating_sub(1);
                rows.push(joint.rows + row);
            } else {
                *left += 1;
            }
        }
        *left += more;
    }
    joint.rows += table.len();
    Ok(Some(table))
}

/// Whether a text is one value a line, by its name.
pub(super) fn is_lines(source: &Source<'_>) -> bool {
    [".jsonl", ".ndjson", ".jl"].iter().any(|end| source.name.ends_with(end))
}

impl Joint {
    /// What was repaired in all parts.
    pub(crate) fn findings(self) -> Vec<Finding> {
        let told = |(repair, mut rows, more): (Repair, Vec<usize>, usize)| {
            rows.dedup();
            let rows: Vec<Option<usize>> = rows.into_iter().map(Some).collect();
            said(0, repair, &rows, more)
        };
        self.repairs.into_iter().flat_map(told).collect()
    }
}

/// Whether a repair leaves no doubt where its object ends.
fn is_local(repair: Repair) -> bool {
    matches!(
        repair,
        Repair::Quotes
            | Repair::Unquoted
            | Repair::UnquotedKey
            | Repair::MissingComma
            | Repair::ExtraComma
            | Repair::MissingColon
            | Repair::Literal
            | Repair::Number
    )
}
