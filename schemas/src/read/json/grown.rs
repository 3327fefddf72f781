//! [`outgrows`]: whether a list was written a second time, grown, as streams of unfinished replies are.

use std::borrow::Cow;

use super::node::{Node, each};
use super::records::is_row;

/// Whether a list of objects holds all that another one before it held and goes on where that one
/// ended: with more text in its last value, more members in its last object or more objects.
/// A list written twice alike did not grow.
pub(super) fn outgrows(new: &Node<'_>, old: &Node<'_>) -> bool {
    let rows =
        |node: &Node<'_>| matches!(node, Node::Array(items) if items.first().is_some_and(is_row));
    rows(new) && rows(old) && grows(old, new) == Some(Growth::Grown)
}

/// What became of a value that was written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Growth {
    Same,
    Grown,
}

/// What became of a value; nothing, if another one stands in its place.
fn grows(old: &Node<'_>, new: &Node<'_>) -> Option<Growth> {
    match (old, new) {
        (Node::Text(old), Node::Text(new)) if old == new => Some(Growth::Same),
        (Node::Text(old), Node::Text(new)) => new.starts_with(&**old).then_some(Growth::Grown),
        (Node::Array(old), Node::Array(new)) => {
            let (old, new) = (single(old), single(new));
            ends(old.iter(), new.iter(), grows)
        }
        (Node::Object(old), Node::Object(new)) => {
            ends(old.members.iter(), new.members.iter(), |(key, old), (name, new)| {
                (key == name).then(|| grows(old, new)).flatten()
            })
        }
        (old, new) => (old == new).then_some(Growth::Same),
    }
}

/// Items of which each stands for one.
fn single<'n, 'a>(items: &'n Vec<Node<'a>>) -> Cow<'n, [Node<'a>]> {
    if items.iter().any(|item| matches!(item, Node::Rows(_))) {
        Cow::Owned(each(items.clone()))
    } else {
        Cow::Borrowed(items)
    }
}

/// What became of several values: all but the last as they were, that one grown or more behind it.
fn ends<T>(
    old: impl ExactSizeIterator<Item = T>,
    new: impl ExactSizeIterator<Item = T>,
    grows: impl Fn(T, T) -> Option<Growth>,
) -> Option<Growth> {
    let (count, more) = (old.len(), new.len().checked_sub(old.len())?);
    let mut last = Growth::Same;
    for (number, (old, new)) in old.zip(new).enumerate() {
        last = grows(old, new)?;
        if last == Growth::Grown && number + 1 < count {
            return None;
        }
    }
    Some(if more > 0 { Growth::Grown } else { last })
}
