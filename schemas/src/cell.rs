//! [`RawTable`]: rows of text as read, before anybody believes them.

use std::borrow::Cow;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawTable<'a> {
    /// The table's name: a key of the reply, else the stem of the source's name.
    pub name: String,
    /// Where it was read: a file name, or a step of a conversation.
    pub source: String,
    header: Vec<String>,
    cells: Vec<Cell<'a>>,
}

impl<'a> RawTable<'a> {
    /// An empty table with a header of at least one column.
    pub fn new(name: impl Into<String>, source: impl Into<String>, header: Vec<String>) -> Self {
        Self { name: name.into(), source: source.into(), header, cells: Vec::new() }
    }

    /// Appends a row: cut, or filled with [`Cell::Absent`], to the header's length.
    pub fn push_row(&mut self, row: impl IntoIterator<Item = Cell<'a>>) {
        let end = self.cells.len() + self.header.len();
        self.cells.extend(row.into_iter().take(self.header.len()));
        self.cells.resize(end, Cell::Absent);
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
        if self.header.is_empty() { 0 } else { self.cells.len() / self.header.len() }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cell in a row and a column, both from 0.
    pub fn cell(&self, row: usize, column: usize) -> &Cell<'a> {
        &self.cells[row * self.header.len() + column]
    }

    /// Puts another cell in a place.
    pub fn set(&mut self, row: usize, column: usize, cell: Cell<'a>) {
        let at = row * self.header.len() + column;
        self.cells[at] = cell;
    }

    /// The cells of a row.
    pub fn row(&self, row: usize) -> &[Cell<'a>] {
        let width = self.header.len();
        &self.cells[row * width..(row + 1) * width]
    }

    /// The rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[Cell<'a>]> {
        self.cells.chunks_exact(self.header.len().max(1))
    }

    /// The cells of a column in order.
    pub fn column(&self, column: usize) -> impl ExactSizeIterator<Item = &Cell<'a>> + Clone {
        self.cells.iter().skip(column).step_by(self.header.len().max(1))
    }

    /// Gives the columns other names, as many as there are.
    pub fn rename(&mut self, header: Vec<String>) {
        debug_assert_eq!(header.len(), self.header.len());
        self.header = header;
    }

    /// The same table, owning its text.
    pub fn into_owned(self) -> RawTable<'static> {
        RawTable {
            name: self.name,
            source: self.source,
            header: self.header,
            cells: self.cells.into_iter().map(Cell::into_owned).collect(),
        }
    }
}
