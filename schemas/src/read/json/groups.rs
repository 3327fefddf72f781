//! [`Groups`]: values that follow each other, those alike together, whatever stands between them.

use super::alike::alike;
use super::lane::Run;
use super::node::Node;
use super::records::is_row;
use crate::read::{MOST_TABLES, Source};

/// Groups that a value is compared with, the latest first, before it begins one of its own.
const COMPARED: usize = 16;

/// Values in groups, in the order of each group's first.
pub(super) struct Groups<'a> {
    all: Vec<Group<'a>>,
    /// The groups that the next value may belong to, the latest last.
    latest: Vec<usize>,
    /// Whether each value is a line.
    lines: bool,
}

/// Values alike.
struct Group<'a> {
    nodes: Vec<Node<'a>>,
    /// The number of the one that the next is compared with.
    last: usize,
}

impl<'a> Groups<'a> {
    /// No groups of the values of a source.
    pub(super) fn of(source: &Source<'a>) -> Self {
        Self { all: Vec::new(), latest: Vec::new(), lines: source.is_lines_file() }
    }

    /// Goes past words between two values: those behind them are others, unless they are lines.
    pub(super) fn part(&mut self) {
        if !self.lines {
            self.latest.clear();
        }
    }

    /// Adds a value: to the group of the one before, to another group of objects alike, or to a
    /// new one, as long as there may be more.
    pub(super) fn add(&mut self, node: Node<'a>) {
        if let Node::Rows(run) = &node
            && run.is_loose()
        {
            self.loose(run);
            return;
        }
        let number = self.place(&node, None);
        let group = &mut self.all[number];
        if group.nodes.is_empty() || !self.lines || is_row(&node) {
            group.last = group.nodes.len();
        }
        group.nodes.push(node);
    }

    /// The values of each group.
    pub(super) fn finish(self) -> impl Iterator<Item = Vec<Node<'a>>> {
        self.all.into_iter().map(|group| group.nodes)
    }

    /// Adds objects without cells, each for itself.
    fn loose(&mut self, run: &Run<'a>) {
        let mut last: Option<(usize, Node<'a>)> = None;
        for row in 0..run.len() {
            let rest = if self.is_full() { row..run.len() } else { row..row + 1 };
            let object = Node::Object(run.object(row));
            let number = self.place(&object, last.as_ref());
            let nodes = &mut self.all[number].nodes;
            match nodes.last_mut() {
                Some(Node::Rows(known)) if known.is_loose() => {
                    known.extend(&run.starts[rest.clone()]);
                }
                _ => nodes.push(Node::Rows(Box::new(run.part(rest.clone())))),
            }
            self.all[number].last = self.all[number].nodes.len() - 1;
            if rest.end == run.len() {
                return;
            }
            last = Some((number, object));
        }
    }

    /// Whether there may be no more groups.
    fn is_full(&self) -> bool {
        self.all.len() > MOST_TABLES
    }

    /// The number of the group of a value; `known` is the last value of one, if it is at hand.
    fn place(&mut self, node: &Node<'a>, known: Option<&(usize, Node<'a>)>) -> usize {
        if self.is_full() {
            return MOST_TABLES;
        }
        for (turn, place) in (0..self.latest.len()).rev().enumerate() {
            let number = self.latest[place];
            let group = &self.all[number];
            let last = match known {
                Some((known, last)) if *known == number => last,
                _ => &group.nodes[group.last],
            };
            let rows = is_row(node) && is_row(last);
            // Among lines of objects, one that is none ends no table.
            let goes_on = turn == 0 && self.lines && !rows;
            if goes_on || ((turn == 0 || rows) && alike(last, node)) {
                self.latest.remove(place);
                self.latest.push(number);
                return number;
            }
        }
        self.all.push(Group { nodes: Vec::new(), last: 0 });
        if self.latest.len() == COMPARED {
            self.latest.remove(0);
        }
        self.latest.push(self.all.len() - 1);
        self.all.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::super::{Source, read};

    #[test]
    fn rows_on_both_sides_of_an_unlike_object_are_one_table() {
        let mut text = String::new();
        for row in 0..40 {
            let _ = writeln!(text, "{{\"id\":{row},\"v\":\"x\"}}");
            if row % 10 == 9 {
                let _ = writeln!(text, "{{\"error\":'late'}}");
            }
        }
        for name in ["a.jsonl", "reply.txt"] {
            let reading = read(&Source { name, text: &text, expect: None });
            let sizes: Vec<_> = reading.tables.iter().map(crate::cell::RawTable::len).collect();
            assert_eq!(sizes, [40, 4], "{name}");
            let at: Vec<_> = reading.findings.iter().map(|finding| &*finding.at).collect();
            assert_eq!(at[..2], ["/tables/1/rows/0", "/tables/1/rows/1"], "{name}");
        }
    }

    #[test]
    fn rows_between_words_stay_apart() {
        let text = "{\"id\":1}\nand then the other ones\n{\"id\":2}\n";
        let reading = read(&Source { name: "a.json", text, expect: None });
        assert_eq!(reading.tables.len(), 2);
    }
}
