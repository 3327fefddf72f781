//! [`Run`]: objects in a row, as rows of cells.

use std::borrow::Cow;
use std::ops::Range;

use super::super::node::{Node, Object};
use super::super::parse::{Parser, Place};
use super::nest;
use crate::cell::apart::Apart;
use crate::cell::span::{Sort, Span};

/// Objects that follow each other, each a row with a cell for every key that it could have.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Run<'a> {
    text: &'a str,
    /// The name of each column.
    pub(in super::super) keys: Vec<&'a str>,
    /// The columns that hold anything, in the order in which they first do.
    pub(in super::super) order: Vec<usize>,
    seen: Vec<bool>,
    /// The cells, row by row.
    pub(in super::super) spans: Vec<Span>,
    /// Texts of cells that stand nowhere as they are.
    pub(in super::super) apart: Apart,
    /// The byte at which each object began.
    pub(in super::super) starts: Vec<usize>,
    /// How many members all objects with cells have.
    pub(in super::super) members: usize,
    /// How often the lane had learnt when the run began.
    pub(super) learnt: usize,
}

/// How often the lane has learnt, of a run whose objects it did not take.
const LOOSE: usize = usize::MAX;

/// How much of a run is whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    order: usize,
    apart: usize,
}

impl<'a> Run<'a> {
    pub(super) fn new(text: &'a str, keys: Vec<&'a str>, learnt: usize) -> Self {
        let seen = vec![false; keys.len()];
        let (order, spans, starts, apart) = (Vec::new(), Vec::new(), Vec::new(), Apart::default());
        Self { text, keys, order, seen, spans, apart, starts, members: 0, learnt }
    }

    /// A run of objects without cells: where each began. They are read again when they are asked for.
    pub(in super::super) fn loose(text: &'a str) -> Self {
        Self::new(text, Vec::new(), LOOSE)
    }

    /// Whether its objects have no cells.
    pub(in super::super) fn is_loose(&self) -> bool {
        self.learnt == LOOSE
    }

    /// Adds objects that began at some bytes, without their cells.
    pub(in super::super) fn extend(&mut self, starts: &[usize]) {
        self.starts.extend_from_slice(starts);
    }

    /// Some of the objects, without their cells.
    pub(in super::super) fn part(&self, rows: Range<usize>) -> Self {
        Self { starts: self.starts[rows].to_vec(), ..Self::loose(self.text) }
    }

    /// How many members all objects have.
    pub(in super::super) fn members(&self) -> usize {
        if self.is_loose() {
            return (0..self.len()).map(|row| self.object(row).members.len()).sum();
        }
        self.members
    }

    pub(in super::super) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// How many columns there are.
    pub(in super::super) fn width(&self) -> usize {
        self.keys.len()
    }

    /// An object, read again with care.
    pub(in super::super) fn object(&self, row: usize) -> Object<'a> {
        let start = self.starts.get(row).copied().unwrap_or(self.text.len());
        match Parser::of_list(self.text, start).value(Place::Item) {
            Some(Node::Object(object)) => object,
            _ => Object { start, members: Vec::new() },
        }
    }

    /// The objects, read again with care.
    pub(in super::super) fn objects(&self) -> impl Iterator<Item = Node<'a>> + '_ {
        (0..self.len()).map(|row| Node::Object(self.object(row)))
    }

    /// An object as compact JSON.
    pub(in super::super) fn said(&self, row: usize) -> Cow<'a, str> {
        let strict = self.starts.get(row).and_then(|start| nest::strict(self.text, *start));
        strict.unwrap_or_else(|| Node::Object(self.object(row)).compact().into())
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { order: self.order.len(), apart: self.apart.len() }
    }

    /// Begins a row: the number of its first cell.
    pub(super) fn open(&mut self) -> usize {
        let base = self.spans.len();
        self.spans.resize(base + self.keys.len(), Span::ABSENT);
        base
    }

    /// Ends a row of an object with so many members that began at a byte.
    pub(super) fn close(&mut self, start: usize, members: usize) {
        self.starts.push(start);
        self.members += members;
    }

    /// Drops what is no whole row.
    pub(super) fn reset(&mut self, mark: Mark) {
        self.spans.truncate(self.len() * self.keys.len());
        self.apart.truncate(mark.apart);
        for column in self.order.drain(mark.order..) {
            self.seen[column] = false;
        }
    }

    #[inline]
    pub(super) fn put(&mut self, cell: usize, span: Span) {
        self.spans[cell] = span;
    }

    pub(super) fn put_apart(&mut self, cell: usize, sort: Sort, text: &str) {
        self.spans[cell] = Span::apart(sort, self.apart.push(text));
    }

    #[inline]
    pub(super) fn first_seen(&mut self, column: usize) {
        if !self.seen[column] {
            self.seen[column] = true;
            self.order.push(column);
        }
    }
}
