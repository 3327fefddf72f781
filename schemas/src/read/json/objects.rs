//! Objects in a row: by the lane where they are written alike, with care where they are not.

use super::lane::{Between, DEEPEST, Lane, Run};
use super::node::{MAX_DEPTH, Node};
use super::parse::{Parser, Place};
use super::repair::Log;

impl<'a> Parser<'a> {
    /// Reads the object that begins here, and those behind it that the lane takes.
    pub(super) fn objects(&mut self, between: Between, nodes: &mut Vec<Node<'a>>) {
        let Some(mut lane) = self.lane.take_if(|_| self.open.len() + DEEPEST < MAX_DEPTH) else {
            nodes.extend(self.value(Place::Item));
            return;
        };
        let mut careful = true;
        if lane.is_ready() {
            let run = run_of(nodes, &lane);
            let start = self.at;
            (self.at, careful) = lane.take(start, between, run, &mut self.log);
            self.steps += self.at - start;
            if run.is_empty() {
                nodes.pop();
            }
        }
        if careful {
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
        self.lane = Some(lane);
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
