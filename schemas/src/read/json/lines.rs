//! Lines of JSON in parts: objects alike, one after the other, of which none is broken so that
//! others may belong to it.

use std::borrow::Cow;
use std::collections::HashSet;

use super::alike::{alike, are_alike};
use super::names::is_sparse;
use super::node::{Node, Object};
use super::records::{Rows, is_row};
use super::repair::{Log, Repair};
use super::told::said;
use super::{parser, unwrapped, values};
use crate::cell::RawTable;
use crate::finding::Finding;
use crate::read::Source;

/// Places remembered of each sort of repair.
const REMEMBERED: usize = 100;

/// Why lines are no rows of one table.
const UNLIKE: &str = "its lines are not all objects with names in common";

/// Objects alike, one after the other, of a part of a text.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    /// Their table.
    pub(crate) table: RawTable<'a>,
    starts: Vec<usize>,
    log: Log,
    /// The first object and the last.
    ends: (Node<'static>, Node<'static>),
    members: usize,
}

/// What goes from one part of a text to the next.
#[derive(Debug, Default)]
pub(crate) struct Joint {
    /// The last object.
    last: Option<Node<'static>>,
    rows: usize,
    names: HashSet<String>,
    members: usize,
    /// The repairs: the rows in which they were made, and how many more there were.
    repairs: Vec<(Repair, Vec<usize>, usize)>,
}

/// A part of a text, which ends where a line does, if there is an object in it; the reason why the
/// text must be read whole.
pub(crate) fn part<'a>(source: &Source<'a>) -> Result<Option<Part<'a>>, &'static str> {
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
    let apart = found.roots.iter().any(|root| root.apart);
    let roots: Vec<Node<'a>> = found.roots.into_iter().map(|root| root.node).collect();
    let holds =
        |root: &Node<'_>| !matches!(root, Node::Rows(run) if run.is_loose() && !are_alike(run));
    let mut pairs = roots.iter().zip(roots.iter().skip(1));
    let rows = roots.iter().all(|root| is_row(root) && holds(root));
    if apart || !rows || !pairs.all(|(one, other)| alike(one, other)) {
        return Err(UNLIKE);
    }
    let (Some(first), Some(last)) = (roots.first(), roots.last()) else { return Err(UNLIKE) };
    let ends = (end(first, 0), end(last, usize::MAX));
    let members = roots.iter().map(members).sum();
    if members == 0 {
        return Err("nothing is in its objects");
    }
    let Some(Rows { table, starts }) = Rows::alone(source, roots) else {
        return Err("its lines have too few names in common, or a name twice in one");
    };
    Ok(Some(Part { table, starts, log: found.log, ends, members }))
}

/// The table of a part's objects, if there is one; the reason why the text must be read whole.
pub(crate) fn table<'a>(
    source: &Source<'a>,
    joint: &mut Joint,
) -> Result<Option<RawTable<'a>>, &'static str> {
    let Some(part) = part(source)? else { return Ok(None) };
    joint.take(&part)?;
    Ok(Some(part.table))
}

impl Joint {
    /// Goes past a part; the reason why the text must be read whole.
    pub(crate) fn take(&mut self, part: &Part<'_>) -> Result<(), &'static str> {
        let Part { table, starts, log, ends, members } = part;
        if self.last.as_ref().is_some_and(|last| !alike(last, &ends.0)) {
            return Err(UNLIKE);
        }
        self.last = Some(ends.1.clone());
        for (repair, places, more) in log.sorts() {
            let known = self.repairs.iter().position(|known| known.0 == repair);
            let entry = known.unwrap_or_else(|| {
                self.repairs.push((repair, Vec::new(), 0));
                self.repairs.len() - 1
            });
            let (_, rows, left) = &mut self.repairs[entry];
            for at in places {
                if rows.len() < REMEMBERED {
                    let row = starts.partition_point(|start| start <= at).saturating_sub(1);
                    rows.push(self.rows + row);
                } else {
                    *left += 1;
                }
            }
            *left += more;
        }
        for name in table.header() {
            if !self.names.contains(name) {
                self.names.insert(name.clone());
            }
        }
        self.rows += table.len();
        self.members += members;
        if is_sparse(self.names.len(), self.rows, self.members) {
            return Err("its rows fill too few of its columns");
        }
        Ok(())
    }

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

/// The object of a number among those of a value, or the last: its names, which is all that is
/// asked of it.
fn end(node: &Node<'_>, row: usize) -> Node<'static> {
    let named = |object: &Object<'_>| {
        let names = object.members.iter().map(|(key, _)| (Cow::Owned(key.to_string()), Node::Null));
        Node::Object(Object { start: object.start, members: names.collect() })
    };
    match node {
        Node::Rows(run) => named(&run.object(row.min(run.len() - 1))),
        Node::Object(object) => named(object),
        _ => Node::Null,
    }
}

/// How many members the objects of a value have.
fn members(node: &Node<'_>) -> usize {
    match node {
        Node::Rows(run) => run.members(),
        Node::Object(object) => object.members.len(),
        _ => 0,
    }
}
