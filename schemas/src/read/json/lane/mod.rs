//! [`Lane`]: objects written like one before them, taken from mark to mark without a tree.
//!
//! The careful parser reads one object; what stands between its values is remembered byte for byte, with the repairs that were made there. Where the same bytes stand
//! between plain values again, the careful parser would find the same again: all it looks at is
//! there, for no look ahead goes past the next key. So the lane takes the object, repairs and all,
//! for a comparison a member. Of what is strict JSON, keys may also come in another order or be
//! left out. Whatever else stands there is left to the careful parser, and the lane goes on behind
//! it.

use std::collections::HashMap;

use self::gap::{First, Gap, Key, LONGEST};
pub(super) use self::nest::{DEEPEST, strict, strict_end};
use self::plain::Plain;
pub(super) use self::run::Run;
use super::node::{Node, Object};
use super::repair::{Log, Repair};
use crate::cell::span::{Sort, Span};

mod gap;
mod nest;
mod plain;
mod run;

/// Ways of writing an object that are remembered at a time.
const LAYOUTS: usize = 8;

/// Layouts learnt, at most, for each that was of use, and at the beginning.
const CREDIT: usize = 32;

/// Bytes of an object at most from which a layout is learnt: a longer one hardly comes again.
const LONG: usize = 1 << 16;

/// Objects that repay the learning of a layout.
const REPAID: usize = 4;

/// Keys of a lane at most: wider objects are read with care.
const WIDEST: usize = 4096;

/// Cells of a row for each member of an object, at most: where objects are sparser, rows of cells
/// would be larger than the text.
const SPARSE: usize = 4;

/// Names up to which any two objects that share half of them are alike, in whatever order.
const COMPARED: usize = 64;

/// Objects read with care from which on they are not held as they were read, where they can be read
/// again.
const STRANGE: usize = if cfg!(test) { 3 } else { 1 << 10 };

/// What stands between two objects that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    /// Blanks, as between the values of a text.
    Blanks,
    /// A comma, as between the items of an array.
    Comma,
}

/// How objects were written, and the keys seen in them.
#[derive(Debug, Clone)]
pub(super) struct Lane<'a> {
    text: &'a str,
    /// Where the text begins in the text that spans count from.
    offset: usize,
    keys: Vec<&'a str>,
    columns: HashMap<&'a str, usize>,
    layouts: Vec<Layout<'a>>,
    /// The layout of the last object.
    last: usize,
    /// The layout that is forgotten next.
    oldest: usize,
    credit: usize,
    /// Objects taken since a layout was learnt.
    taken: usize,
    /// The number of the object that is being taken, and the last one that had each key.
    serial: usize,
    seen: Vec<usize>,
    /// Members of the last object, and whether it was just as its layout.
    members: usize,
    exact: bool,
    /// How often a layout was learnt.
    learnt: usize,
    /// Objects that were read with care.
    careful: usize,
    notes: Vec<(Repair, usize)>,
}

/// What stands between the values of an object.
#[derive(Debug, Clone)]
struct Layout<'a> {
    gaps: Vec<Gap<'a>>,
    /// The gap behind the value of each column.
    behind: Vec<Option<usize>>,
}

impl<'a> Lane<'a> {
    /// A lane that has seen nothing, in a text that begins at a byte of the one that spans count
    /// from.
    pub(super) fn new(text: &'a str, offset: usize) -> Self {
        Self {
            text,
            offset,
            keys: Vec::new(),
            columns: HashMap::new(),
            layouts: Vec::new(),
            last: 0,
            oldest: 0,
            credit: CREDIT,
            taken: 0,
            serial: 0,
            seen: Vec::new(),
            members: 0,
            exact: false,
            learnt: 0,
            careful: 0,
            notes: Vec::new(),
        }
    }

    /// A lane in the same text that has seen nothing.
    pub(super) fn anew(&self) -> Self {
        Self::new(self.text, self.offset)
    }

    /// Whether a layout is known.
    pub(super) fn is_ready(&self) -> bool {
        !self.layouts.is_empty()
    }

    /// Counts an object that was read with care.
    pub(super) fn pass(&mut self) {
        self.careful += 1;
    }

    /// Whether so many objects were read with care that what is held of each matters.
    pub(super) fn is_strange(&self) -> bool {
        self.careful > STRANGE
    }

    /// A run of objects with the keys known now.
    pub(super) fn run(&self) -> Run<'a> {
        Run::new(self.text, self.keys.clone(), self.learnt)
    }

    /// Whether objects can be added to a run: nothing was learnt since it began.
    pub(super) fn fits(&self, run: &Run<'a>) -> bool {
        run.learnt == self.learnt
    }

    /// Takes the objects that follow each other from a byte on, the next one behind each as
    /// `between` says: the byte behind the last, or the first of one that was not taken, and whether
    /// there is one.
    pub(super) fn take(
        &mut self,
        mut at: usize,
        between: Between,
        run: &mut Run<'a>,
        log: &mut Log,
    ) -> (usize, bool) {
        loop {
            let Some(end) = self.object(at, between, run, log) else { return (at, true) };
            let bytes = self.text.as_bytes();
            let mut next = gap::blank(bytes, end);
            if between == Between::Comma {
                if bytes.get(next) != Some(&b',') {
                    return (end, false);
                }
                next = gap::blank(bytes, next + 1);
            }
            if bytes.get(next) != Some(&b'{') {
                return (end, false);
            }
            at = next;
        }
    }

    /// Takes the object at a byte; the byte behind it, if it was taken.
    pub(super) fn object(
        &mut self,
        at: usize,
        between: Between,
        run: &mut Run<'a>,
        log: &mut Log,
    ) -> Option<usize> {
        let last = self.last;
        let others = (0..self.layouts.len()).filter(|number| *number != last);
        for number in std::iter::once(last).chain(others) {
            let before = run.mark();
            self.notes.clear();
            match self.written_as(number, at, between, run) {
                Some(end) => {
                    run.close(at, self.members);
                    for (repair, at) in &self.notes {
                        log.note(*repair, *at);
                    }
                    self.last = number;
                    self.taken += 1;
                    if self.taken == REPAID {
                        self.credit = (self.credit + 1).min(CREDIT);
                    }
                    return Some(end);
                }
                None => run.reset(before),
            }
        }
        None
    }

    /// Takes the object at a byte as written in a layout.
    fn written_as(
        &mut self,
        number: usize,
        at: usize,
        between: Between,
        run: &mut Run<'a>,
    ) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let layout = self.layouts.get(number)?;
        self.serial += 1;
        let serial = self.serial;
        let before = self.members;
        let base = run.open();
        let mut members = 0;
        let mut strays = false;
        let mut next = 0;
        let mut at = at;
        loop {
            let expected = layout.gaps.get(next);
            let (column, value) = match expected {
                Some(gap) if gap.stands_at(bytes, at) => {
                    for (repair, behind) in &gap.notes {
                        self.notes.push((*repair, at + behind));
                    }
                    next += 1;
                    (gap.column, at + gap.bytes.len())
                }
                _ => {
                    let first = if members == 0 { First::Yes } else { First::No };
                    let (key, value) = gap::strict(self.text, at, first)?;
                    strays = true;
                    let column = match key {
                        None => None,
                        Some(key) => Some(*self.columns.get(key)?),
                    };
                    let behind = column.and_then(|column| layout.behind.get(column).copied());
                    if let Some(Some(behind)) = behind {
                        next = behind;
                    }
                    (column, value)
                }
            };
            let Some(column) = column else {
                at = value;
                break;
            };
            if std::mem::replace(&mut self.seen[column], serial) == serial {
                return None;
            }
            let plain = plain::value(bytes, value)?;
            let cell = base + column;
            at = plain.end();
            match plain {
                Plain::Null { .. } => {}
                Plain::Said { sort, start, end, .. } => {
                    run.put(cell, Span::new(sort, start + self.offset, end - start)?);
                }
                Plain::Single { start, end } => {
                    self.notes.push((Repair::Quotes, start));
                    let (start, end) = (start + self.offset, end + self.offset);
                    run.put(cell, Span::new(Sort::Quoted, start, end - start)?);
                }
                Plain::Escaped { start, end } => {
                    let text = super::string::unescape(&self.text[start..end]);
                    run.put_apart(cell, Sort::Quoted, &text);
                }
                Plain::Spaced { start, end } => {
                    let text = nest::compact(&self.text[start..end]);
                    run.put_apart(cell, Sort::Nested, &text);
                }
            }
            run.first_seen(column);
            members += 1;
        }
        let width = self.keys.len();
        if between == Between::Blanks {
            // Of two values with few names in common, each begins a table of its own.
            let same = !strays && self.exact && number == self.last;
            let common = (members + before).saturating_sub(width);
            if !same && (width > COMPARED || common * 2 < members.min(before)) {
                return None;
            }
        }
        if members * SPARSE + SPARSE < width {
            return None;
        }
        // `{"a": 1}, "b": 2}`: it ended too early.
        if gap::is_key_behind(bytes, at) {
            return None;
        }
        self.members = members;
        self.exact = !strays;
        Some(at)
    }

    /// Learns how the object between two bytes was written from what was read in it with care:
    /// `true`, if the lane takes that object itself now.
    pub(super) fn learn(
        &mut self,
        start: usize,
        end: usize,
        object: &Object<'a>,
        notes: &[(Repair, usize)],
    ) -> bool {
        if self.credit == 0 || end - start > LONG || !(1..=WIDEST).contains(&object.members.len()) {
            return false;
        }
        self.credit -= 1;
        let Some((keys, mut gaps)) = layout_of(self.text, start, end, object, notes) else {
            return false;
        };
        self.learnt += 1;
        let known = keys.iter().filter(|key| self.columns.contains_key(*key)).count();
        if known == 0 || self.keys.len() + keys.len() - known > WIDEST {
            let credit = self.credit;
            let (learnt, careful) = (self.learnt, self.careful);
            *self = Self { credit, learnt, careful, ..self.anew() };
        }
        for (key, gap) in keys.iter().zip(&mut gaps) {
            let column = *self.columns.entry(key).or_insert_with(|| {
                self.keys.push(key);
                self.seen.push(0);
                self.keys.len() - 1
            });
            gap.column = Some(column);
        }
        let mut behind = vec![None; self.keys.len()];
        for (number, gap) in gaps.iter().enumerate() {
            if let Some(column) = gap.column {
                if behind[column].is_some() {
                    // A key that comes twice.
                    return false;
                }
                behind[column] = Some(number + 1);
            }
        }
        let layout = Layout { gaps, behind };
        if self.layouts.len() < LAYOUTS {
            self.last = self.layouts.len();
            self.layouts.push(layout);
        } else {
            self.last = self.oldest;
            self.layouts[self.oldest] = layout;
            self.oldest = (self.oldest + 1) % LAYOUTS;
        }
        self.taken = 0;
        // A new run begins, and whether its first object is like the one before is asked later.
        self.members = self.keys.len();
        self.exact = true;
        true
    }
}

/// The keys of an object and what stands before, between and behind its values; nothing, where
/// that is not plain or where it was understood otherwise.
fn layout_of<'a>(
    text: &'a str,
    start: usize,
    end: usize,
    object: &Object<'a>,
    notes: &[(Repair, usize)],
) -> Option<(Vec<&'a str>, Vec<Gap<'a>>)> {
    let bytes = text.as_bytes();
    let mut notes = notes.iter().copied().peekable();
    let mut keys = Vec::with_capacity(object.members.len());
    let mut gaps = Vec::with_capacity(object.members.len() + 1);
    let mut members = object.members.iter();
    let mut at = start;
    loop {
        let (key, value) =
            gap::loose(text, at, if keys.is_empty() { First::Yes } else { First::No })?;
        if value - at > LONGEST {
            return None;
        }
        let mut inside = Vec::new();
        while let Some((repair, place)) = notes.next_if(|(_, place)| *place <= value) {
            let is_local = matches!(
                repair,
                Repair::Quotes | Repair::UnquotedKey | Repair::ExtraComma | Repair::MissingComma
            );
            inside.push((repair, place.checked_sub(at).filter(|_| is_local)?));
        }
        gaps.push(Gap::new(&bytes[at..value], inside));
        let Key::Named(key) = key else {
            let whole = value == end && notes.next().is_none() && members.next().is_none();
            return (whole && !keys.is_empty()).then_some((keys, gaps));
        };
        let (known, node) = members.next()?;
        let plain = plain::value(bytes, value)?;
        if **known != *key || !is_same(text, &plain, node) {
            return None;
        }
        if let Plain::Single { start, .. } = plain
            && notes.next() != Some((Repair::Quotes, start))
        {
            return None;
        }
        keys.push(key);
        at = plain.end();
    }
}

/// Whether a plain value says what was read with care.
fn is_same(text: &str, plain: &Plain, node: &Node<'_>) -> bool {
    match (plain, node) {
        (Plain::Null { .. }, Node::Null) => true,
        (Plain::Said { sort: Sort::Bare, start, end, .. }, Node::Bare(word))
        | (
            Plain::Said { sort: Sort::Quoted, start, end, .. } | Plain::Single { start, end },
            Node::Text(word),
        ) => text[*start..*end] == **word,
        (Plain::Escaped { start, end }, Node::Text(word)) => {
            super::string::unescape(&text[*start..*end]) == **word
        }
        (Plain::Said { sort: Sort::Nested, start, end, .. }, node) if node.is_nested() => {
            text[*start..*end] == node.compact()
        }
        (Plain::Spaced { start, end }, node) if node.is_nested() => {
            nest::compact(&text[*start..*end]) == node.compact()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
