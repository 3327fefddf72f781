//! [`alike`]: whether values that follow each other are rows of one table.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::lane::Run;
use super::node::{Node, Object};
use super::records::is_rows;

/// Whether two values are rows of one table: objects, or arrays of them, with most names in common.
pub(super) fn alike(one: &Node<'_>, other: &Node<'_>) -> bool {
    /// The first object of a value, or the last of several.
    fn first<'n, 'a>(node: &'n Node<'a>, side: Side) -> Option<Cow<'n, Object<'a>>> {
        match (node, side) {
            (Node::Object(object), _) => Some(Cow::Borrowed(object)),
            (Node::Rows(run), Side::Front) => Some(Cow::Owned(run.object(0))),
            (Node::Rows(run), Side::Back) => Some(Cow::Owned(run.object(run.len() - 1))),
            (Node::Array(items), _) if is_rows(items) => first(items.first()?, Side::Front),
            _ => None,
        }
    }
    /// Names compared at most, so that a text of many wide objects stays linear.
    const COMPARED: usize = 64;
    let (Some(one), Some(other)) = (first(one, Side::Back), first(other, Side::Front)) else {
        return false;
    };
    let (small, large) =
        if one.members.len() < other.members.len() { (&one, &other) } else { (&other, &one) };
    let names: BTreeSet<&str> =
        large.members.iter().take(COMPARED * 2).map(|(key, _)| &**key).collect();
    let compared = small.members.len().min(COMPARED);
    let common =
        small.members.iter().take(COMPARED).filter(|(key, _)| names.contains(&**key)).count();
    common * 2 >= compared
}

/// An end of several values.
#[derive(Debug, Clone, Copy)]
enum Side {
    Front,
    Back,
}

/// Whether objects without cells are all alike, each with the one before it.
pub(super) fn are_alike(run: &Run<'_>) -> bool {
    let mut last = None;
    run.objects().all(|object| {
        let holds = last.as_ref().is_none_or(|last| alike(last, &object));
        last = Some(object);
        holds
    })
}
