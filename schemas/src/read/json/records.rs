//! Values as tables: which of them are rows, what the columns are, and where the repairs went.

use std::borrow::Cow;
use std::collections::HashMap;

use super::groups::Groups;
use super::lane::Run;
use super::large;
use super::names::{Names, is_sparse};
use super::node::{Node, Object};
use super::repair::{Log, Repair};
use super::told::{crowded, listed, repairs, said, shown};
use super::{Fenced, expected};
use crate::cell::span::Span;
use crate::cell::{Cell, RawTable};
use crate::finding::{Finding, Level};
use crate::read::{MOST_TABLES, Reading, Source};

/// The column of a table whose rows have no names in them.
const ITEM: &str = "item";

/// Rows that an object of equally long lists has at least to be a table of columns.
const COLUMN_ROWS: usize = 3;

/// A table with the byte at which each of its rows began.
struct Found<'a> {
    table: RawTable<'a>,
    starts: Vec<usize>,
}

/// A table of objects alike, and the byte at which each of its rows began.
pub(super) struct Rows<'a> {
    pub(super) table: RawTable<'a>,
    pub(super) starts: Vec<usize>,
}

impl<'a> Rows<'a> {
    /// The rows of some objects, if they make one table about which there is nothing to be said.
    pub(super) fn alone(source: &Source<'a>, objects: Vec<Node<'a>>) -> Option<Self> {
        let mut tables = Tables { source, found: Vec::new(), findings: Vec::new() };
        tables.rows(source.stem().to_owned(), objects);
        let found = tables.found.pop().filter(|_| tables.findings.is_empty())?;
        Some(Self { table: found.table, starts: found.starts })
    }
}

/// What is gathered while values become tables.
struct Tables<'a, 's> {
    source: &'s Source<'a>,
    found: Vec<Found<'a>>,
    findings: Vec<Finding>,
}

/// The tables of a text's values, in order, and its repairs as findings.
pub(super) fn reading<'a>(
    roots: Vec<(Node<'a>, bool)>,
    log: &Log,
    source: &Source<'a>,
) -> Reading<'a> {
    let mut tables = Tables { source, found: Vec::new(), findings: Vec::new() };
    let mut groups = Groups::of(source);
    for (node, apart) in roots {
        if apart {
            groups.part();
        }
        groups.add(node);
    }
    let mut rest = Vec::new();
    for group in groups.finish() {
        if tables.found.len() < MOST_TABLES {
            tables.group(group);
        } else {
            rest.extend(group);
        }
    }
    tables.group(rest);
    if tables.found.len() > MOST_TABLES {
        tables.findings.push(crowded());
    }
    let starts: Vec<&[usize]> = tables.found.iter().map(|found| &*found.starts).collect();
    let mut findings = repairs(&starts, log);
    findings.append(&mut tables.findings);
    if let Some(expect) = source.expect {
        for (number, found) in tables.found.iter_mut().enumerate() {
            for (repair, rows) in expected::settle(&mut found.table, expect) {
                let rows: Vec<_> = rows.into_iter().map(Some).collect();
                findings.extend(said(number, repair, &rows, 0));
            }
        }
    }
    Reading { tables: tables.found.into_iter().map(|found| found.table).collect(), findings }
}

/// Whether a value found in a text is data: an object with members, an array that holds one, or,
/// between words, an array of quoted texts.
pub(super) fn is_data(node: &Node<'_>, log: &Log, fenced: Fenced) -> bool {
    let strays: usize = (log.sorts())
        .filter(|(repair, ..)| matches!(repair, Repair::Stray | Repair::NoValue))
        .map(|(_, places, more)| places.len() + more)
        .sum();
    let named = |object: &Object<'_>| strays <= object.members.len() && has_names(object);
    match node {
        Node::Object(object) => named(object),
        Node::Array(items) => {
            if items.iter().any(is_row) {
                let full = |item: &Node<'_>| match item {
                    Node::Object(object) => !object.members.is_empty(),
                    item => is_row(item),
                };
                return items.iter().any(full)
                    && strays <= items.iter().map(Node::count).sum::<usize>();
            }
            if items.iter().all(|item| matches!(item, Node::Array(_))) {
                return items.len() > 1 && (fenced == Fenced::Yes || has_header(items));
            }
            items.len() > 1
                && (fenced == Fenced::Yes || items.iter().all(|item| matches!(item, Node::Text(_))))
        }
        Node::Rows(run) => !run.is_empty(),
        _ => false,
    }
}

/// Whether an object has members whose names have nothing of code in them.
pub(super) fn has_names(object: &Object<'_>) -> bool {
    let odd = |key: &str| key.contains(['(', ';', '{', '=', '<']) || key.contains("//");
    !object.members.is_empty() && !object.members.iter().take(8).any(|(key, _)| odd(key))
}

impl<'a> Tables<'a, '_> {
    /// Values alike: one table, if each is a row or rows of it.
    fn group(&mut self, mut group: Vec<Node<'a>>) {
        let name = self.source.stem().to_owned();
        if group.len() == 1 && !self.source.is_lines_file() {
            if let Some(node) = group.pop() {
                self.value(name, node);
            }
            return;
        }
        let mut items = Vec::with_capacity(group.len());
        for node in group {
            match node {
                Node::Array(more) if is_rows(&more) => items.extend(more),
                node => items.push(node),
            }
        }
        self.array(name, items);
    }

    fn value(&mut self, name: String, node: Node<'a>) {
        match node {
            Node::Object(object) => self.object(name, object),
            Node::Array(items) => self.array(name, items),
            Node::Rows(run) if run.len() == 1 => self.object(name, run.object(0)),
            Node::Rows(run) => self.array(name, vec![Node::Rows(run)]),
            scalar => self.list(name, vec![scalar]),
        }
    }

    fn object(&mut self, name: String, object: Object<'a>) {
        let holds = |node: &Node<'_>| matches!(node, Node::Array(items) if is_rows(items));
        if self.is_expected(&object) {
            self.rows(name, vec![Node::Object(object)]);
            return;
        }
        if let [(_, Node::Object(inner))] = object.members.as_slice()
            && self.is_expected(inner)
        {
            self.rows(name, vec![Node::Object(inner.clone())]);
            return;
        }
        if object.members.iter().any(|(_, node)| holds(node)) {
            let at = format!("/tables/{}", self.found.len());
            let (mut beside, mut rest) = (Vec::new(), Vec::new());
            for (key, node) in object.members {
                match node {
                    Node::Array(items) if is_rows(&items) => {
                        if self.found.len() < MOST_TABLES {
                            self.array(key.into_owned(), items);
                        } else {
                            rest.extend(items);
                        }
                    }
                    node => beside.push(shown(&key, &node)),
                }
            }
            self.array(name, rest);
            if !beside.is_empty() {
                let message =
                    format!("values beside the tables are not in them: {}", listed(&beside));
                self.findings.push(Finding::new(Level::Note, at, message));
            }
            return;
        }
        if object.members.is_empty() {
            return;
        }
        if let Some(rows) = column_rows(&object) {
            self.columns(name, object, rows);
            return;
        }
        self.rows(name, vec![Node::Object(object)]);
    }

    /// Whether most members of an object are columns that a design expects: it is a row then,
    /// whatever its values hold.
    fn is_expected(&self, object: &Object<'a>) -> bool {
        let expect = self.source.expect.unwrap_or_default();
        let known = |key: &str| expect.iter().any(|column| column.is_called(key));
        // More members than columns are looked at in vain.
        let seen = object.members.iter().take(expect.len() * 2);
        let found = seen.filter(|(key, _)| known(key)).count();
        found > 0 && found * 2 > object.members.len()
    }

    fn array(&mut self, name: String, items: Vec<Node<'a>>) {
        let arrays = items.iter().all(|item| matches!(item, Node::Array(_)));
        if items.is_empty() {
        } else if items.iter().any(is_row) {
            self.rows(name, items);
        } else if arrays
            && items.iter().all(|item| matches!(item, Node::Array(rows) if is_rows(rows)))
        {
            let all = items.into_iter().flat_map(|item| match item {
                Node::Array(rows) => rows,
                other => vec![other],
            });
            self.rows(name, all.collect());
        } else if arrays && items.len() > 1 {
            self.grid(name, items);
        } else {
            self.list(name, items);
        }
    }

    /// Objects as rows; a row that is no object stands in a column of its own.
    fn rows(&mut self, name: String, items: Vec<Node<'a>>) {
        let mut names = Names::default();
        let mut loose = false;
        // The names of objects that are no rows may be more than the text.
        for item in &items {
            match item {
                Node::Object(object) => names.add(object),
                Node::Rows(run) if run.is_loose() => {
                    let mut rows = 0..run.len();
                    while !names.are_sparse()
                        && let Some(row) = rows.next()
                    {
                        names.add(&run.object(row));
                    }
                }
                Node::Rows(run) => {
                    names.count(run.len(), run.members);
                    run.order.iter().for_each(|column| names.add_one(run.keys[*column]));
                }
                _ => {
                    names.count(1, 0);
                    loose = true;
                }
            }
            if names.are_sparse() {
                break;
            }
        }
        if names.are_sparse() {
            let at = format!("/tables/{}", self.found.len());
            let message = "rows have too few names in common to be columns: each is one value";
            self.findings.push(Finding::new(Level::Note, at, message));
            self.list(name, items);
            return;
        }
        let Names { mut header, columns, .. } = names;
        let count: usize = items.iter().map(Node::count).sum();
        let loose = (loose || header.is_empty()).then(|| {
            let column = columns.get(ITEM).copied().unwrap_or(header.len());
            if column == header.len() {
                header.push(ITEM.to_owned());
            }
            column
        });
        let mut table = RawTable::within(self.source.text, name, self.source.name, header);
        let mut starts = Vec::with_capacity(count);
        let mut row = vec![Cell::Absent; table.width()];
        let mut doubles = Vec::new();
        let mut object = |object: Object<'a>, table: &mut RawTable<'a>| {
            for (number, (key, value)) in object.members.into_iter().enumerate() {
                let guess = table.header().get(number).is_some_and(|name| *name == key);
                let column = if guess { Some(number) } else { columns.get(&*key).copied() };
                let Some(column) = column else { continue };
                if row[column] != Cell::Absent && doubles.last() != Some(&table.len()) {
                    doubles.push(table.len());
                }
                row[column] = cell(value);
            }
            push(table, &mut row);
        };
        let mut blank = vec![Cell::Absent; table.width()];
        for item in items {
            match item {
                Node::Rows(run) if run.is_loose() => {
                    starts.extend_from_slice(&run.starts);
                    table.spans_mut().reserve_exact(run.len() * blank.len());
                    (0..run.len()).for_each(|row| object(run.object(row), &mut table));
                }
                Node::Rows(run) => {
                    starts.extend_from_slice(&run.starts);
                    append(&mut table, *run, &columns);
                }
                Node::Object(one) => {
                    starts.push(one.start);
                    object(one, &mut table);
                }
                node => {
                    starts.push(starts.last().copied().unwrap_or(0));
                    if let Some(column) = loose {
                        blank[column] = cell(node);
                    }
                    push(&mut table, &mut blank);
                }
            }
        }
        let number = self.found.len();
        let doubles: Vec<_> = doubles.into_iter().map(Some).collect();
        self.findings.extend(said(number, Repair::DuplicateKey, &doubles, 0));
        self.found.push(Found { table, starts });
    }

    /// Arrays as rows, the first one as names if it can be.
    fn grid(&mut self, name: String, items: Vec<Node<'a>>) {
        let named = has_header(&items);
        let width =
            items.iter().map(|item| if let Node::Array(cells) = item { cells.len() } else { 1 });
        let width = width.max().unwrap_or(1).max(1);
        let members: usize = items
            .iter()
            .map(|item| if let Node::Array(cells) = item { cells.len() } else { 1 })
            .sum();
        if is_sparse(width, items.len(), members) {
            self.list(name, items);
            return;
        }
        let mut rows = items.into_iter().map(|item| match item {
            Node::Array(cells) => cells,
            other => vec![other],
        });
        let mut header: Vec<String> = Vec::with_capacity(width);
        if named {
            header.extend(rows.next().into_iter().flatten().filter_map(|node| match node {
                Node::Text(text) => Some(text.into_owned()),
                _ => None,
            }));
        }
        for number in header.len()..width {
            header.push(format!("column{number}"));
        }
        let mut table = RawTable::within(self.source.text, name, self.source.name, header);
        for row in rows {
            table.push_row(row.into_iter().map(cell));
        }
        self.found.push(Found { table, starts: Vec::new() });
    }

    /// An object of equally long lists: each a column.
    fn columns(&mut self, name: String, object: Object<'a>, rows: usize) {
        let mut header = Vec::new();
        let mut columns = Vec::new();
        for (key, node) in object.members {
            let items: Box<dyn Iterator<Item = Node<'a>>> = match node {
                Node::Array(items) => Box::new(items.into_iter()),
                Node::Large(text) => Box::new(large::items(text)),
                _ => continue,
            };
            header.push(key.into_owned());
            columns.push(items);
        }
        let mut table = RawTable::within(self.source.text, name, self.source.name, header);
        for _ in 0..rows {
            let row = columns.iter_mut().map(|column| column.next().map_or(Cell::Absent, cell));
            table.push_row(row);
        }
        self.found.push(Found { table, starts: Vec::new() });
    }

    fn list(&mut self, name: String, items: Vec<Node<'a>>) {
        let mut table =
            RawTable::within(self.source.text, name, self.source.name, vec![ITEM.to_owned()]);
        for item in items {
            match item {
                Node::Rows(run) => {
                    (0..run.len()).for_each(|row| table.push_row([Cell::Nested(run.said(row))]));
                }
                item => table.push_row([cell(item)]),
            }
        }
        self.found.push(Found { table, starts: Vec::new() });
    }
}

/// Adds a row to a table, and leaves it without cells.
fn push<'a>(table: &mut RawTable<'a>, row: &mut Vec<Cell<'a>>) {
    let width = row.len();
    table.push_row(row.drain(..));
    row.resize(width, Cell::Absent);
}

/// Adds the rows of a run to a table whose columns have numbers by name.
fn append<'a>(table: &mut RawTable<'a>, run: Run<'a>, columns: &HashMap<String, usize>) {
    let (old, new) = (run.width(), table.width());
    let number = |column: &usize| columns.get(run.keys[*column]).copied().unwrap_or(*column);
    let moved: Vec<(usize, usize)> = run.order.iter().map(|at| (*at, number(at))).collect();
    let before = table.take_apart(run.apart);
    let spans = table.spans_mut();
    if old == new && moved.iter().all(|(from, to)| from == to) {
        if spans.is_empty() {
            *spans = run.spans;
        } else {
            spans.extend(run.spans.iter().map(|span| span.behind(before)));
        }
    } else {
        for row in run.spans.chunks_exact(old) {
            let base = spans.len();
            spans.resize(base + new, Span::ABSENT);
            for (from, to) in &moved {
                spans[base + to] = row[*from].behind(before);
            }
        }
    }
}

/// Whether a value is an object, or several.
pub(super) fn is_row(node: &Node<'_>) -> bool {
    matches!(node, Node::Object(_) | Node::Rows(_))
}

fn cell(node: Node<'_>) -> Cell<'_> {
    match node {
        Node::Null => Cell::Absent,
        Node::Bare(text) => Cell::Bare(text),
        Node::Text(text) => Cell::Quoted(text),
        Node::Large(text) => Cell::Nested(large::compact(text)),
        nested => Cell::Nested(Cow::Owned(nested.compact())),
    }
}

pub(super) fn is_rows(items: &[Node<'_>]) -> bool {
    !items.is_empty() && items.iter().all(is_row)
}

/// Whether the first of several arrays names the columns: texts, all different, each like a name.
fn has_header(items: &[Node<'_>]) -> bool {
    let [Node::Array(first), _, ..] = items else { return false };
    let mut names: Vec<&str> = Vec::with_capacity(first.len());
    for node in first {
        match node {
            Node::Text(text)
                if text.starts_with(|letter: char| letter.is_alphabetic() || letter == '_') =>
            {
                names.push(text);
            }
            _ => return false,
        }
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    let fits = |item: &Node<'_>| matches!(item, Node::Array(cells) if cells.len() <= count);
    count > 0 && names.len() == count && items.iter().all(fits)
}

/// How many rows an object is whose members are columns.
fn column_rows(object: &Object<'_>) -> Option<usize> {
    let length = |node: &Node<'_>| match node {
        Node::Array(items) if !items.iter().any(Node::is_nested) => Some(items.len()),
        Node::Large(text) => large::count(text),
        _ => None,
    };
    let mut lengths = object.members.iter().map(|(_, node)| length(node));
    let first = lengths.next()??;
    let whole = object.members.len() > 1 && first >= COLUMN_ROWS;
    (whole && lengths.all(|next| next == Some(first))).then_some(first)
}
