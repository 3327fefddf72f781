//! [`RawTable`]: rows of text as read, before anybody believes them.

use std::borrow::Cow;
use std::fmt;

use apart::Apart;
use span::{Sort, Span};

pub(crate) mod apart;
pub(crate) mod cut;
pub(crate) mod span;

/// One value as it stood in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing stood here: an empty unquoted field, a JSON `null`, a key that a record lacks.
    Absent,
    /// Bare text: an unquoted field, a JSON number, `true` or `false`.
    Bare(Cow<'a, str>),
    /// Text that was quoted: it is text even if it looks like a number, and may be empty.
    Quoted(Cow<'a, str>),
    /// An object or an array, as compact JSON.
    Nested(Cow<'a, str>),
}

impl<'a> Cell<'a> {
    /// The text, or `None` where nothing stood.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Absent => None,
            Self::Bare(text) | Self::Quoted(text) | Self::Nested(text) => Some(text),
        }
    }

    /// Bare text, or [`Cell::Absent`] where it is empty.
    pub fn bare(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Absent } else { Self::Bare(text) }
    }

    /// The same cell, owning its text.
    pub fn into_owned(self) -> Cell<'static> {
        let own = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Absent => Cell::Absent,
            Self::Bare(text) => Cell::Bare(own(text)),
            Self::Quoted(text) => Cell::Quoted(own(text)),
            Self::Nested(text) => Cell::Nested(own(text)),
        }
    }
}

/// A table of text: a header and rows of exactly as many cells.
///
/// A cell is eight bytes that say where in the text it stands, so that a table is hardly larger
/// than the text it was read from; only what was mended or made is a text of its own.
#[derive(Clone)]
pub struct RawTable<'a> {
    /// The table's name: a key of the reply, else the stem of the source's name.
    pub name: String,
    /// Where it was read: a file name, or a step of a conversation.
    pub source: String,
    header: Vec<String>,
    /// The text that cells lie in.
    text: Cow<'a, str>,
    /// Where in the text that was read `text` begins.
    origin: usize,
    spans: Vec<Span>,
    /// Texts of cells that do not lie in `text`.
    apart: Apart,
}

impl<'a> RawTable<'a> {
    /// An empty table with a header of at least one column.
    pub fn new(name: impl Into<String>, source: impl Into<String>, header: Vec<String>) -> Self {
        Self::within("", name, source, header)
    }

    /// An empty table whose cells will, for the most part, be pieces of a text.
    pub fn within(
        text: &'a str,
        name: impl Into<String>,
        source: impl Into<String>,
        header: Vec<String>,
    ) -> Self {
        Self {
            name: name.into(),
            source: source.into(),
            header,
            text: Cow::Borrowed(text),
            origin: 0,
            spans: Vec::new(),
            apart: Apart::default(),
        }
    }

    /// Appends a row: cut, or filled with [`Cell::Absent`], to the header's length.
    pub fn push_row(&mut self, row: impl IntoIterator<Item = Cell<'a>>) {
        let end = self.spans.len() + self.header.len();
        for cell in row.into_iter().take(self.header.len()) {
            let span = self.hold(cell);
            self.spans.push(span);
        }
        self.spans.resize(end, Span::ABSENT);
    }

    /// Appends the rows of a table of as many columns that lies in the same text.
    pub(crate) fn append(&mut self, other: Self) {
        debug_assert_eq!(other.width(), self.width());
        let same = match (&self.text, &other.text) {
            (Cow::Borrowed(own), Cow::Borrowed(text)) => {
                std::ptr::eq(*own, *text) && self.origin == other.origin
            }
            _ => false,
        };
        if same {
            let before = self.take_apart(other.apart);
            self.spans.extend(other.spans.into_iter().map(|span| span.behind(before)));
        } else {
            for row in other.rows() {
                let row: Vec<Cell<'a>> =
                    row.into_iter().map(Cell::into_owned).collect::<Vec<Cell<'static>>>();
                self.push_row(row);
            }
        }
    }

    /// Takes texts apart in, of spans that are appended then; how many there were before.
    pub(crate) fn take_apart(&mut self, texts: Apart) -> usize {
        self.apart.append(texts)
    }

    /// The names of the columns, as given.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.header.len()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        if self.header.is_empty() { 0 } else { self.spans.len() / self.header.len() }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The cell in a row and a column, both from 0.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        self.seen(self.spans[row * self.header.len() + column])
    }

    /// The text in a row and a column, or `None` where nothing stands.
    pub fn text(&self, row: usize, column: usize) -> Option<&str> {
        self.text_of(self.spans[row * self.header.len() + column])
    }

    /// Puts another cell in a place.
    pub fn set(&mut self, row: usize, column: usize, cell: Cell<'a>) {
        let at = row * self.header.len() + column;
        self.spans[at] = self.hold(cell);
    }

    /// The cells of a row.
    pub fn row(&self, row: usize) -> Vec<Cell<'_>> {
        let width = self.header.len();
        self.spans[row * width..(row + 1) * width].iter().map(|span| self.seen(*span)).collect()
    }

    /// The rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Vec<Cell<'_>>> {
        (self.spans.chunks_exact(self.header.len().max(1)))
            .map(|row| row.iter().map(|span| self.seen(*span)).collect())
    }

    /// The cells of a column in order.
    pub fn column(&self, column: usize) -> impl ExactSizeIterator<Item = Cell<'_>> + Clone {
        (self.spans.iter().skip(column).step_by(self.header.len().max(1)))
            .map(|span| self.seen(*span))
    }

    /// The texts of a column in order, `None` where nothing stands.
    pub fn texts(&self, column: usize) -> impl ExactSizeIterator<Item = Option<&str>> + Clone {
        (self.spans.iter().skip(column).step_by(self.header.len().max(1)))
            .map(|span| self.text_of(*span))
    }

    /// Gives the columns other names, as many as there are.
    pub fn rename(&mut self, header: Vec<String>) {
        debug_assert_eq!(header.len(), self.header.len());
        self.header = header;
    }

    /// The same table, owning its text: of the text that was read, only the part with its cells.
    pub fn into_owned(self) -> RawTable<'static> {
        /// Bytes between the cells for each byte in them up to which they are kept: delimiters,
        /// keys, and what is small anyway.
        const SLACK: (usize, usize) = (16, 1 << 16);
        let inside = || self.spans.iter().filter_map(|span| span.range());
        let start = inside().map(|range| range.start).min().unwrap_or(self.origin);
        let end = inside().map(|range| range.end).max().unwrap_or(self.origin);
        let held: usize = inside().map(|range| range.len() + 1).sum();
        if end - start > held.saturating_mul(SLACK.0).saturating_add(SLACK.1) {
            // A table scattered over a text of many.
            let mut text = String::with_capacity(held);
            let mut spans = Vec::with_capacity(self.spans.len());
            for span in &self.spans {
                spans.push(match span.range() {
                    Some(_) => {
                        let at = text.len();
                        text.push_str(self.text_of(*span).unwrap_or_default());
                        span.moved(at)
                    }
                    None => *span,
                });
            }
            let (name, source, header, text, apart) =
                (self.name, self.source, self.header, Cow::Owned(text), self.apart);
            return RawTable { name, source, header, text, origin: 0, spans, apart };
        }
        RawTable {
            text: Cow::Owned(self.text[start - self.origin..end - self.origin].to_owned()),
            origin: start,
            apart: self.apart,
            name: self.name,
            source: self.source,
            header: self.header,
            spans: self.spans,
        }
    }

    /// The same table without the text that it lies in, which can be given to it again.
    pub fn adrift(self) -> Adrift {
        Adrift(RawTable {
            name: self.name,
            source: self.source,
            header: self.header,
            text: Cow::Borrowed(""),
            origin: self.origin,
            spans: self.spans,
            apart: self.apart,
        })
    }

    /// A cell as eight bytes: where it lies in the text, else where among the texts apart.
    fn hold(&mut self, cell: Cell<'a>) -> Span {
        let (sort, text) = match cell {
            Cell::Absent => return Span::ABSENT,
            Cell::Bare(text) => (Sort::Bare, text),
            Cell::Quoted(text) => (Sort::Quoted, text),
            Cell::Nested(text) => (Sort::Nested, text),
        };
        if let (Cow::Borrowed(inner), Cow::Borrowed(whole)) = (&text, &self.text)
            && let Some(start) = offset(whole, inner)
            && let Some(span) = Span::new(sort, start + self.origin, inner.len())
        {
            return span;
        }
        Span::apart(sort, self.apart.push(&text))
    }

    /// The cell that a span is.
    pub(crate) fn cell_of(&self, span: Span) -> Cell<'_> {
        self.seen(span)
    }

    fn seen(&self, span: Span) -> Cell<'_> {
        let text = || Cow::Borrowed(self.text_of(span).unwrap_or_default());
        match span.sort() {
            None => Cell::Absent,
            Some(Sort::Bare) => Cell::Bare(text()),
            Some(Sort::Quoted) => Cell::Quoted(text()),
            Some(Sort::Nested) => Cell::Nested(text()),
        }
    }

    /// The text of a span, or `None` where nothing stands.
    #[inline]
    pub(crate) fn text_of(&self, span: Span) -> Option<&str> {
        match span.range() {
            Some(range) => self.text.get(range.start - self.origin..range.end - self.origin),
            None => span.number().and_then(|at| self.apart.get(at)),
        }
    }

    /// Where a text begins in the text that the table lies in, if it is a part of that.
    pub(crate) fn place_of(&self, text: &str) -> Option<usize> {
        let Cow::Borrowed(whole) = &self.text else { return None };
        offset(whole, text).map(|start| start + self.origin)
    }

    /// The bytes of the text from a place on, as spans count it.
    pub(crate) fn bytes_from(&self, place: usize) -> &[u8] {
        self.text.as_bytes().get(place.saturating_sub(self.origin)..).unwrap_or_default()
    }

    /// The spans of all cells, row by row.
    pub(crate) fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Takes all rows away.
    pub(crate) fn clear(&mut self) {
        self.spans.clear();
        self.apart.truncate(0);
    }

    /// The same, for who appends whole rows of spans of the text that the table lies in.
    pub(crate) fn spans_mut(&mut self) -> &mut Vec<Span> {
        &mut self.spans
    }
}

/// A table without the text that its cells lie in.
#[derive(Debug)]
pub struct Adrift(RawTable<'static>);

impl Adrift {
    /// The table with all of the text that it was read from, which is not copied.
    pub fn within(self, text: String) -> RawTable<'static> {
        RawTable { text: Cow::Owned(text), ..self.0 }
    }
}

/// Where in a text a part of it begins; `None` for a text that is no part of it.
pub(crate) fn offset(whole: &str, part: &str) -> Option<usize> {
    let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (start + part.len() <= whole.len()).then_some(start)
}

/// Tables are the same that read the same, wherever their texts lie.
impl PartialEq for RawTable<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.source == other.source
            && self.header == other.header
            && self.spans.len() == other.spans.len()
            && (self.spans.iter().zip(&other.spans))
                .all(|(one, two)| self.seen(*one) == other.seen(*two))
    }
}

impl Eq for RawTable<'_> {}

impl fmt::Debug for RawTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawTable")
            .field("name", &self.name)
            .field("source", &self.source)
            .field("header", &self.header)
            .field("rows", &self.rows().collect::<Vec<_>>())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_the_same_in_its_text_again() {
        let text = "ab,cd".to_owned();
        let mut table = RawTable::within(&text, "t", "s", vec!["x".into(), "y".into()]);
        table.push_row([Cell::bare(&text[..2]), Cell::bare("z".to_owned())]);
        let (plain, adrift) = (table.clone().into_owned(), table.adrift());
        assert_eq!(adrift.within(text), plain);
    }

    #[test]
    fn cells_stay_what_they_are_wherever_they_lie() {
        let text = "ab,cd\n[1]".to_owned();
        let cells = [
            Cell::Bare(Cow::Borrowed(&text[0..2])),
            Cell::Quoted(Cow::Borrowed(&text[3..5])),
            Cell::Nested(Cow::Borrowed(&text[6..9])),
            Cell::Absent,
            Cell::Quoted(Cow::Borrowed("")),
            Cell::Bare(Cow::Owned("made".into())),
        ];
        let header: Vec<String> = (0..cells.len()).map(|at| at.to_string()).collect();
        let mut table = RawTable::within(&text[..], "t", "s", header);
        table.push_row(cells.clone());
        table.push_row([cells[1].clone()]);
        table.set(1, 2, cells[0].clone());
        assert_eq!(table.row(0), cells);
        assert_eq!(table.text(1, 2), Some("ab"));
        assert_eq!(table.clone().into_owned(), table);
    }

    #[test]
    fn appended_rows_read_as_they_did() {
        let text = "ab,cd".to_owned();
        let table = |cells: [Cell<'_>; 2]| {
            let mut table = RawTable::within(&text, "t", "s", vec!["x".into(), "y".into()]);
            table.push_row(cells.map(Cell::into_owned));
            table
        };
        let one = table([Cell::bare("q".to_owned()), Cell::Absent]);
        let two = table([Cell::Nested("[1]".to_owned().into()), Cell::bare("z".to_owned())]);
        for (mut first, second) in
            [(one.clone(), two.clone()), (one.clone().into_owned(), two.clone().into_owned())]
        {
            first.append(second);
            assert_eq!((first.row(0), first.row(1)), (one.row(0), two.row(0)));
        }
    }

    #[test]
    fn table_scattered_over_a_long_text_owns_its_cells_alone() {
        let text = format!("a{}b", " ".repeat(1 << 20));
        let mut table = RawTable::within(&text, "t", "s", vec!["x".into()]);
        table.push_row([Cell::bare(&text[..1])]);
        table.push_row([Cell::bare(&text[text.len() - 1..])]);
        let owned = table.clone().into_owned();
        assert_eq!(owned, table);
        assert!(owned.text.len() < 10);
    }
}
