//! [`outgrows`]: whether a value was written a second time, grown, as streams of unfinished replies
//! are.

use std::borrow::Cow;

use super::large;
use super::look;
use super::node::{Node, each};
use super::parse::{Parser, Place};
use super::repair::Repair;

/// Whether a list holds all that another one before it held and goes on where that one ended: with
/// more text in its last value, more members in its last object or more items.
/// A list written twice alike did not grow.
pub(super) fn outgrows(new: &Node<'_>, old: &Node<'_>) -> bool {
    let full = |node: &Node<'_>| matches!(node, Node::Array(items) if !items.is_empty());
    full(new) && full(old) && grows(old, new) == Some(Growth::Grown)
}

impl<'a> Parser<'a> {
    /// Reads the list or the object that begins here, behind a member and without a key, if it can
    /// only be that member's value once more: it is, if it holds all that the value holds, and else
    /// it is left out.
    pub(super) fn again(&mut self, members: &mut [(Cow<'a, str>, Node<'a>)]) -> bool {
        let first = members.first().map(|(key, _)| key.clone());
        let Some((_, old)) = members.last_mut() else { return false };
        let start = self.at;
        let once_more = match (self.peek(), &*old) {
            (Some(b'['), Node::Array(_) | Node::Large(_)) => true,
            // Another row, whose first key is the same, begins where this one was not closed.
            (Some(b'{'), Node::Object(object)) => {
                let key = look::key_of(self.text, start);
                key.is_some()
                    && key != first.as_deref()
                    && key == object.members.first().map(|(key, _)| &**key)
            }
            _ => false,
        };
        if !once_more {
            return false;
        }
        let Some(new) = self.value(Place::Item) else { return false };
        let instead = grows(old, &new).is_some();
        self.log.note(if instead { Repair::Outgrown } else { Repair::Stray }, start);
        if instead {
            *old = new;
        }
        true
    }
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
            if !holds(old, new) {
                return None;
            }
            let (old, new) = (single(old), single(new));
            ends(old.iter(), new.iter(), grows)
        }
        (Node::Large(old), Node::Large(new)) if old != new => {
            let more = new.strip_prefix(old.strip_suffix(']')?.trim_ascii_end())?;
            more.trim_ascii_start().starts_with(',').then_some(Growth::Grown)
        }
        (old @ Node::Array(_), Node::Large(new)) => {
            grows(old, &Node::Array(large::items(new).collect()))
        }
        (Node::Object(old), Node::Object(new)) => {
            ends(old.members.iter(), new.members.iter(), |(key, old), (name, new)| {
                (key == name).then(|| grows(old, new)).flatten()
            })
        }
        (old, new) => (old == new).then_some(Growth::Same),
    }
}

/// Whether there are no more old items than new ones: the rest of the old ones is not looked at.
fn holds(old: &[Node<'_>], new: &[Node<'_>]) -> bool {
    let mut room: usize = new.iter().map(Node::count).sum();
    old.iter().all(|item| {
        let left = room.checked_sub(item.count());
        room = left.unwrap_or(0);
        left.is_some()
    })
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

#[cfg(test)]
mod tests {
    use super::super::super::{Source, read};

    #[test]
    fn value_written_twice_keeps_the_members_and_rows_behind_it() {
        for (first, cell) in [
            ("[1,2][1,2,3]", "[1,2,3]"),
            ("[1,2] [1,2]", "[1,2]"),
            ("[1,2],[3]", "[1,2]"),
            ("[1,2][3]", "[1,2]"),
            ("[[1],[2]][[1],[2],[3]]", "[[1],[2],[3]]"),
            ("[{\"y\":1}][{\"y\":1},{\"y\":2}]", "[{\"y\":1},{\"y\":2}]"),
            ("{\"x\":\"a\"}{\"x\":\"ab\"}", "{\"x\":\"ab\"}"),
            ("{\"x\":1}{\"x\":2}", "{\"x\":1}"),
            ("{\"x\":1},{\"x\":1,\"z\":2}", "{\"x\":1,\"z\":2}"),
        ] {
            let text = format!("[{{\"a\":{first},\"b\":1}},{{\"a\":[4],\"b\":2}}]");
            let reading = read(&Source { name: "a.json", text: &text, expect: None });
            assert_eq!(reading.tables.len(), 1, "{first}");
            let row = |row| {
                let cells = reading.tables[0].row(row);
                let texts: Vec<_> = cells.iter().map(|cell| cell.text().unwrap_or("~")).collect();
                texts.join(" ")
            };
            assert_eq!([row(0), row(1)], [format!("{cell} 1"), "[4] 2".to_owned()], "{first}");
        }
    }

    #[test]
    fn row_behind_one_that_is_not_closed_is_a_row() {
        let text = r#"[{"a":{"x":1},{"a":{"x":2}},{"a":{"x":3}}]"#;
        let reading = read(&Source { name: "a.json", text, expect: None });
        assert_eq!(reading.tables[0].len(), 3);
    }

    #[test]
    fn list_of_single_values_written_again_is_read_once() {
        let reading = read(&Source { name: "a.json", text: "[1,2][1,2,3]", expect: None });
        assert_eq!((reading.tables.len(), reading.tables[0].len()), (1, 3));
    }
}
