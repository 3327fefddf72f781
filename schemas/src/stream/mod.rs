//! [`Stream`]: a file of any size as typed batches, read twice in memory that does not grow with it.
//!
//! The first reading ([`learn`]) sees every row and keeps none: it learns the tables' columns, what
//! was repaired, and a sketch of each column for the keys. The second ([`Stream::batches`]) gives the
//! values, batch by batch. Columns, values and findings are those of [`read`](crate::read::read) and
//! [`typed`](crate::infer::typed) for the same text.
//!
//! What takes memory is a part of the text, 8 MiB for the most part, a batch, and for each column
//! what it was learnt to be. A text that cannot be read so is no error of the text: it is
//! [`Fault::Unfit`], with the reason, and can be read whole. It is one
//!
//! - that is not UTF-8, unless it is read through [`Recoded`](crate::read::Recoded)
//! - of more than eight tables, or of records of more than 64 MiB
//! - of so many columns that are empty that each line would be kept as one value
//! - of JSON Lines that are not all objects with names in common, or of which one is broken so that
//!   others may belong to it
//!
//! ```
//! use peyote_schemas::stream;
//!
//! let text = "day,sum\n2024-05-01,3.50\n2024-05-02,\"1,200.00\"\n";
//! let learnt = stream::learn("sales.csv", text.as_bytes())?;
//! assert_eq!(learnt.tables[0].columns[1].kind.to_string(), "decimal(6,2)");
//! let mut rows = 0;
//! learnt.batches(0, text.as_bytes(), &mut |batch| {
//!     rows += batch.num_rows();
//!     Ok(())
//! })?;
//! assert_eq!(rows as u64, learnt.tables[0].rows);
//! # Ok::<(), stream::Fault>(())
//! ```

use std::fmt;
use std::io::{self, Read, Write};

use arrow::array::RecordBatch;

use crate::cell::RawTable;
use crate::column::Column;
use crate::finding::Finding;
use crate::infer::keys::Sketches;
use crate::infer::kinds;
use crate::read::delimited::part;
use crate::read::{Source, moved};
use learner::Learner;
use texts::Texts;
use typing::Typing;
use window::Window;

mod learner;
pub(crate) mod lines;
#[cfg(test)]
mod tests;
mod texts;
mod typing;
pub(crate) mod window;

/// Tables that one file may hold: each is read for by itself.
const MOST_TABLES: usize = 8;

/// How a file is written that can be read in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Fields between commas, tabs, semicolons or pipes.
    Delimited,
    /// One JSON object a line.
    Lines,
}

/// Why a text was not read in parts.
#[derive(Debug)]
pub enum Fault {
    /// It could not be had.
    Input(io::Error),
    /// It must be read whole; the reason, as a fragment.
    Unfit(&'static str),
}

/// Why a text in another encoding is unfit.
const NOT_UTF8: &str = "it is not UTF-8";

impl Fault {
    /// Whether the text is unfit only because it is not UTF-8.
    pub fn is_of_encoding(&self) -> bool {
        matches!(self, Self::Unfit(NOT_UTF8))
    }
}

/// What a first reading learnt of a file.
#[derive(Debug)]
pub struct Stream {
    /// The file's name.
    name: String,
    form: Form,
    /// The tables, the first one first.
    pub tables: Vec<Learnt>,
    /// What was found while reading; `at` begins with `/tables/N`, N as in `tables`.
    pub findings: Vec<Finding>,
    /// What was found while typing, likewise.
    pub doubts: Vec<Finding>,
}

/// What was learnt of a table.
#[derive(Debug)]
pub struct Learnt {
    /// Its first rows as text, and its name.
    pub first: RawTable<'static>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// How many rows it has.
    pub rows: u64,
    /// How many values of each column are missing.
    pub nulls: Vec<u64>,
    /// What keys are found by.
    pub sketches: Sketches,
}

/// How a file of a name is written, if it can be read in parts.
pub fn form(name: &str) -> Option<Form> {
    let source = Source { name, text: "", expect: None };
    if source.is_delimited_file() {
        Some(Form::Delimited)
    } else {
        source.is_lines_file().then_some(Form::Lines)
    }
}

/// Whether the values of a text that begins so take several times the memory of the text, since they
/// are short.
pub fn is_dense(form: Form, beginning: &[u8]) -> bool {
    /// Bytes of a value, with what is around it, below which it is short.
    const SHORT: (usize, usize) = (6, 14);
    let (marks, short): (&[u8], usize) = match form {
        Form::Delimited => (b",;|\t\n\r", SHORT.0),
        Form::Lines => (b":", SHORT.1),
    };
    let values = beginning.iter().filter(|byte| marks.contains(byte)).count();
    values * short > beginning.len()
}

/// Writes the rows of a table as text, each an array of JSON, with commas between them; how many
/// there are. `header` is the table's, `input` all of the file.
pub fn texts(
    name: &str,
    (table, header): (usize, &[String]),
    input: impl Read,
    out: &mut dyn Write,
) -> Result<u64, Fault> {
    let mut window = Window::open(input)?;
    let mut rows = 0;
    if form(name) == Some(Form::Lines) {
        let mut texts = Texts::new(table == 0);
        lines::walk(&mut window, name, |piece| {
            texts.named(piece, header);
            Ok(out.write_all(&texts.ready())?)
        })?;
        return Ok(texts.rows);
    }
    part::walk(
        &mut window,
        name,
        |number, _| Texts::new(number == table),
        |_, texts| Ok(out.write_all(&texts.ready())?),
        |number, _, texts| {
            if number == MOST_TABLES {
                return Err(Fault::Unfit("it holds more than eight tables"));
            }
            rows += texts.rows;
            Ok(())
        },
    )?;
    Ok(rows)
}

/// Reads a file for the first time, by the form that its name says.
pub fn learn(name: &str, input: impl Read) -> Result<Stream, Fault> {
    let form = form(name).ok_or(Fault::Unfit("its name says no form that is read in parts"))?;
    let mut window = Window::open(input)?;
    let mut learnt: Vec<(RawTable<'static>, Learner)> = Vec::new();
    let mut findings = Vec::new();
    match form {
        Form::Delimited => {
            findings = part::walk(
                &mut window,
                name,
                |_, header| Learner::new(header),
                |_, _| Ok(()),
                |_, table, learner| {
                    if learnt.len() == MOST_TABLES {
                        return Err(Fault::Unfit("it holds more than eight tables"));
                    }
                    learnt.push((table, learner));
                    Ok(())
                },
            )?;
        }
        Form::Lines => {
            let mut learner = Learner::new(&[]);
            let found = lines::walk(&mut window, name, |piece| {
                learner.named(piece);
                Ok(())
            })?;
            findings.extend(found);
            let source = Source { name, text: "", expect: None };
            let header = learner.names().to_vec();
            if !header.is_empty() {
                learnt.push((RawTable::new(source.stem(), name, header), learner));
            }
        }
    }
    let mut doubts = Vec::new();
    let mut tables = Vec::with_capacity(learnt.len());
    for (number, (table, learner)) in learnt.into_iter().enumerate() {
        let at = format!("/tables/{number}");
        tables.push(learner.learnt(&table, &at, &mut doubts));
    }
    Ok(Stream { name: name.to_owned(), form, tables, findings, doubts })
}

impl Stream {
    /// Reads the file once more and gives the rows of a table, some at a time and in order.
    ///
    /// `input` must give what it gave before: where it gives other rows, that is an error of the
    /// input.
    pub fn batches(
        &self,
        table: usize,
        input: impl Read,
        each: &mut dyn FnMut(RecordBatch) -> io::Result<()>,
    ) -> Result<(), Fault> {
        let Some(learnt) = self.tables.get(table) else { return Ok(()) };
        let mut window = Window::open(input)?;
        let mut rows = 0;
        let mut give = |batches: Vec<RecordBatch>| -> Result<(), Fault> {
            for batch in batches {
                rows += batch.num_rows() as u64;
                each(batch)?;
            }
            Ok(())
        };
        match self.form {
            Form::Delimited => {
                part::walk(
                    &mut window,
                    &self.name,
                    |number, _| Typing::new(if number == table { &learnt.columns } else { &[] }),
                    |_, typing| give(typing.ready()),
                    |_, _, _| Ok(()),
                )?;
            }
            Form::Lines => {
                let mut typing = Typing::new(&learnt.columns);
                lines::walk(&mut window, &self.name, |piece| {
                    typing.named(piece);
                    give(typing.ready())
                })?;
                give(typing.rest())?;
            }
        }
        if rows == learnt.rows {
            return Ok(());
        }
        Err(Fault::changed())
    }

    /// The findings of both sorts, as of a file whose first table is the one of a number.
    pub fn moved_findings(&self, first: usize) -> (Vec<Finding>, Vec<Finding>) {
        let all = |findings: &[Finding]| {
            findings.iter().map(|finding| moved(finding.clone(), first)).collect()
        };
        (all(&self.findings), all(&self.doubts))
    }
}

impl Learner {
    /// What was learnt of a table of a name.
    fn learnt(self, table: &RawTable<'_>, at: &str, doubts: &mut Vec<Finding>) -> Learnt {
        let Self { evidence, sketches, rows, first, .. } = self;
        let columns = kinds::evident(table.header(), &evidence, at, doubts);
        let nulls: Vec<u64> = (columns.iter().zip(&evidence))
            .map(|(column, evidence)| evidence.nulls(&column.kind) as u64)
            .collect();
        let sketches = Sketches::new(&columns, &sketches, &nulls, rows);
        let mut shown = RawTable::new(&table.name, &table.source, table.header().to_vec());
        for row in first {
            shown.push_row(row);
        }
        Learnt { first: shown, columns, rows: rows as u64, nulls, sketches }
    }
}

impl Fault {
    /// What is said of a file that is another when it is read once more.
    pub(crate) fn changed() -> Self {
        let changed = "it is not what it was when it was read first";
        Self::Input(io::Error::new(io::ErrorKind::InvalidData, changed))
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Input(error)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) => error.fmt(f),
            Self::Unfit(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for Fault {}
