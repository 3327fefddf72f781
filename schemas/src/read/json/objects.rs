//! Objects in a row: by the lane where they are written alike, with care where they are not.

use super::lane::{Between, DEEPEST, Lane, Run, strict_end};
use super::node::{MAX_DEPTH, Node};
use super::parse::{Parser, Place};
use super::records::has_names;
use super::repair::Log;

impl<'a> Parser<'a> {
    /// Reads the object that begins here, and those behind it that the lane takes.
    pub(super) fn objects(&mut self, between: Between, nodes: &mut Vec<Node<'a>>) {
        let Some(mut lane) = self.lane.take_if(|_| self.open.len() + DEEPEST < MAX_DEPTH) else {
            let cut = if between == Between::Blanks { self.cut_lines() } else { None };
            nodes.extend(cut.or_else(|| self.value(Place::Item)));
            return;
        };
        let mut careful = true;
        let before = nodes.len();
        if lane.is_ready() {
            let run = run_of(nodes, &lane);
            let start = self.at;
            (self.at, careful) = lane.take(start, between, run, &mut self.log);
            self.steps += self.at - start;
            if run.is_empty() {
                nodes.pop();
            }
        }
        // Whether what was read with care is read so again.
        let mut plain = false;
        if careful
            && between == Between::Blanks
            && let Some(node) = self.cut_lines()
        {
            lane.pass();
            nodes.push(node);
            careful = false;
        }
        if careful {
            lane.pass();
            let start = self.at;
            let outer = self.log.begin();
            // An object between others may hold tables; one in a table holds none.
            self.lane = (between == Between::Blanks).then(|| Box::new(lane.anew()));
            let node = self.value(Place::Item);
            let learnt = match (&node, self.log.recent()) {
                (Some(Node::Object(object)), Some(notes)) => {
                    lane.learn(start, self.at, object, notes)
                }
                _ => false,
            };
            plain = self.log.recent().is_some_and(<[_]>::is_empty)
                && strict_end(self.text, start) == Some(self.at);
            self.log.end(outer);
            // What was mended is told already. A value that stands alone may hold tables.
            let mut told = Log::default();
            let holds = |node: &Option<Node<'_>>| match node {
                Some(Node::Object(object)) => {
                    object.members.iter().any(|(_, node)| node.is_nested())
                }
                _ => false,
            };
            let alone = between == Between::Blanks && holds(&node);
            let taken = learnt
                && !alone
                && lane.object(start, between, run_of(nodes, &lane), &mut told).is_some();
            if !taken {
                if matches!(nodes.last(), Some(Node::Rows(run)) if run.is_empty()) {
                    nodes.pop();
                }
                nodes.extend(node);
            }
        }
        if before > 0 && lane.is_strange() {
            let fresh = nodes.split_off(before);
            loosen(fresh, if plain { Plain::Yes } else { Plain::No }, self.text, nodes);
        }
        self.lane = Some(lane);
    }

    /// The object that begins here, if it ends with its line without being whole; lines of which
    /// nothing is whole are gone past, up to the next object.
    fn cut_lines(&mut self) -> Option<Node<'a>> {
        loop {
            let node = self.cut()?;
            if !matches!(&node, Node::Object(object) if object.members.is_empty()) {
                return Some(node);
            }
            self.space();
        }
    }
}

/// Whether an object is read again as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plain {
    Yes,
    No,
}

/// Adds values to others: objects that stand for themselves, and runs of few, without their cells.
fn loosen<'a>(fresh: Vec<Node<'a>>, plain: Plain, text: &'a str, nodes: &mut Vec<Node<'a>>) {
    /// Objects of a run that are few for what it takes.
    const FEW: usize = 8;
    for node in fresh {
        let starts = match &node {
            Node::Rows(run) if run.len() < FEW => &run.starts[..],
            Node::Object(object)
                if plain == Plain::Yes && (object.members.is_empty() || has_names(object)) =>
            {
                std::slice::from_ref(&object.start)
            }
            _ => {
                nodes.push(node);
                continue;
            }
        };
        if !matches!(nodes.last(), Some(Node::Rows(run)) if run.is_loose()) {
            nodes.push(Node::Rows(Box::new(Run::loose(text))));
        }
        if let Some(Node::Rows(run)) = nodes.last_mut() {
            run.extend(starts);
        }
    }
}

/// The run at the end of some values that the lane goes on with.
fn run_of<'n, 'a>(nodes: &'n mut Vec<Node<'a>>, lane: &Lane<'a>) -> &'n mut Run<'a> {
    let goes_on = matches!(nodes.last(), Some(Node::Rows(run)) if lane.fits(run));
    if !goes_on {
        nodes.push(Node::Rows(Box::new(lane.run())));
    }
    match nodes.last_mut() {
        Some(Node::Rows(run)) => run,
        _ => unreachable!("the last value is a run"),
    }
}
