//! Lanes to CSV: [`Encoder`] writes the same lines as the writer of batches, without values between.

use std::io;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use peyote_schemas::{Column, Kind};

use super::cell::{CELL, Cell, cells};
use super::cells::{Source, block};
use super::lines::{Lines, Step};
use super::{field, is_plain, value};
use crate::export::digits::Days;
use crate::lane::{Lane, Values, Words};

/// The most words that are kept as cells.
const MANY: usize = 1 << 14;
/// The most cells of a word.
const CELLS: usize = 4;

/// Writes lanes as lines.
pub struct Encoder {
    columns: Vec<Column>,
    /// The words of each column's last lane, as they stand in a line.
    fields: Vec<Fields>,
    /// The cells of the last block of rows, row by row.
    cells: Vec<Cell>,
    days: Days,
}

/// Words as fields.
#[derive(Default)]
pub(super) struct Fields {
    words: Option<Arc<Words>>,
    places: Vec<(u32, u32)>,
    bytes: Vec<u8>,
    /// What stands behind a field in its cell.
    behind: u8,
    /// The words as cells, of which each has so many; none where one is too long.
    cells: Vec<Cell>,
    many: usize,
}

/// A column of a run of rows, by how its fields are written.
pub(super) enum Run<'l> {
    Bool(&'l [bool]),
    Int(&'l [i64]),
    Decimal(&'l [i64], u8),
    Wide(&'l [i128], u8),
    Uuid(&'l [i128]),
    Float(&'l [f64]),
    Day(&'l [i64]),
    Time(&'l [i64]),
    Moment(&'l [i64]),
    Instant(&'l [i64]),
    Word(&'l [u32]),
    /// Texts, and whether none of them holds a byte that asks for quotes.
    Text(&'l [u32], &'l [u8], bool),
    Other(&'l ArrayRef, &'l Kind),
}

impl Encoder {
    /// An encoder for a table.
    pub fn new(columns: &[Column]) -> Self {
        let last = columns.len().saturating_sub(1);
        let behind = |at: usize| if at == last { b'\n' } else { b',' };
        let fields = |at: usize| Fields { behind: behind(at), ..Fields::default() };
        Self {
            columns: columns.to_vec(),
            fields: (0..columns.len()).map(fields).collect(),
            cells: Vec::new(),
            days: Days::new(),
        }
    }

    /// Appends the next rows: a lane for every column, all of the same length.
    pub fn push(&mut self, lanes: &[Lane], into: &mut Lines) -> io::Result<()> {
        let rows = lanes.first().map_or(0, |lane| lane.values.len());
        if lanes.len() != self.columns.len() || lanes.iter().any(|lane| lane.values.len() != rows) {
            return Err(wrong("the lanes of a run are as many as columns and of one length"));
        }
        for (lane, fields) in lanes.iter().zip(&mut self.fields) {
            if let Values::Word { words, picks } = &lane.values {
                fields.know(words)?;
                if picks.iter().any(|pick| *pick as usize >= words.len()) {
                    return Err(wrong("a pick is of no word"));
                }
            }
        }
        let Self { columns, fields, cells, days } = self;
        let mut runs = Vec::with_capacity(lanes.len());
        for ((lane, column), fields) in lanes.iter().zip(columns.iter()).zip(fields.iter()) {
            let enough = |valid: &Vec<u64>| valid.len() >= rows.div_ceil(64);
            let run = run(lane, column).filter(|_| lane.valid.as_ref().is_none_or(enough));
            let said = format!("the lane of `{}` is not of its column's kind", column.name);
            runs.push(Source {
                run: run.ok_or_else(|| wrong(&said))?,
                valid: lane.valid.as_deref(),
                behind: fields.behind,
                fields,
            });
        }
        if let [alone] = runs.as_slice() {
            for row in 0..rows {
                let before = into.len();
                alone.write(row, days, into)?;
                // A lone NULL would be an empty line, which readers skip.
                if into.len() == before {
                    into.text(b"\"\"");
                }
                into.byte(alone.behind);
            }
        } else {
            let many: Vec<usize> = runs.iter().map(Source::many).collect();
            let row_cells = many.iter().sum::<usize>().max(1);
            let size = block(row_cells);
            cells.resize(size * row_cells, [0; CELL]);
            let mut steps = Vec::with_capacity(runs.len());
            for first in (0..rows).step_by(size) {
                let rows = first..rows.min(first + size);
                let mut at = 0;
                for (source, many) in runs.iter().zip(&many) {
                    let place = (at, *many, row_cells);
                    match (source.cells(rows.clone(), place, days, cells), steps.last_mut()) {
                        // What lies beside each other is walked along at once.
                        (Step::Cells(next), Some(Step::Cells(before)))
                            if before.end == next.start =>
                        {
                            before.end = next.end;
                        }
                        (step, _) => steps.push(step),
                    }
                    at += many;
                }
                into.block(rows, (cells, row_cells), &steps, days)?;
                steps.clear();
            }
        }
        into.add(rows);
        Ok(())
    }
}

impl Fields {
    /// Writes every word once, however often it is picked.
    fn know(&mut self, words: &Arc<Words>) -> io::Result<()> {
        if self.words.as_ref().is_some_and(|known| Arc::ptr_eq(known, words)) {
            return Ok(());
        }
        self.places.clear();
        self.bytes.clear();
        for at in 0..words.len() {
            let start = self.bytes.len();
            let text = str::from_utf8(words.bytes(at)).map_err(io::Error::other)?;
            field(&mut self.bytes, text)?;
            self.places.push((start as u32, (self.bytes.len() - start) as u32));
        }
        // The last word is copied as far as the others.
        self.bytes.resize(self.bytes.len() + CELL * CELLS, 0);
        self.words = Some(Arc::clone(words));
        self.cells.clear();
        self.many = 0;
        let longest = self.places.iter().map(|(_, len)| *len as usize).max().unwrap_or(0);
        let many = longest / (CELL - 1) + 1;
        if words.len() <= MANY && many <= CELLS {
            for (start, len) in &self.places {
                let text = &self.bytes[*start as usize..(*start + *len) as usize];
                self.cells.extend(cells(text, self.behind, many).into_iter().flatten());
            }
            self.many = many;
        }
        Ok(())
    }

    /// The words as cells.
    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// How many cells a word has; none where it is written byte by byte.
    pub(super) fn many(&self) -> usize {
        self.many
    }
}

fn run<'l>(lane: &'l Lane, column: &'l Column) -> Option<Run<'l>> {
    Some(match (&lane.values, &column.kind) {
        (Values::Bool(values), Kind::Bool) => Run::Bool(values),
        (Values::Int(values), Kind::Int(_)) => Run::Int(values),
        (Values::Int(values), Kind::Decimal { scale, .. }) if *scale < 19 => {
            Run::Decimal(values, *scale)
        }
        (Values::Wide(values), Kind::Decimal { scale, .. }) => Run::Wide(values, *scale),
        (Values::Wide(values), Kind::Uuid) => Run::Uuid(values),
        (Values::Float(values), Kind::Float) => Run::Float(values),
        (Values::Int(values), Kind::Date) => Run::Day(values),
        (Values::Int(values), Kind::Time) => Run::Time(values),
        (Values::Int(values), Kind::Timestamp) => Run::Moment(values),
        (Values::Int(values), Kind::TimestampTz) => Run::Instant(values),
        (Values::Word { picks, .. }, kind) if is_text(kind) => Run::Word(picks),
        (Values::Text { ends, bytes }, kind) if is_text(kind) => {
            let ends_well = ends.last().is_none_or(|end| *end as usize <= bytes.len());
            // Every byte is looked at, so that many are at once.
            let quoted = bytes.iter().fold(false, |quoted, byte| quoted | asks_for_quotes(*byte));
            if !ends_well || !ends.is_sorted() {
                return None;
            }
            Run::Text(ends, bytes, !quoted)
        }
        (Values::Other(array), kind) if *array.data_type() == kind.to_arrow() => {
            Run::Other(array, kind)
        }
        _ => return None,
    })
}

fn is_text(kind: &Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Enum(_) | Kind::Json | Kind::Uuid)
}

#[inline]
fn asks_for_quotes(byte: u8) -> bool {
    matches!(byte, b'"' | b',' | b'\n' | b'\r')
}

/// Whether a text begins and ends with a letter of ASCII: it has no white space round it.
#[inline]
pub(super) fn has_plain_ends(text: &[u8]) -> bool {
    let outer = |byte: &u8| (33..127).contains(byte);
    text.first().is_some_and(outer) && text.last().is_some_and(outer)
}

impl Run<'_> {
    #[inline]
    pub(super) fn write(
        &self,
        row: usize,
        fields: &Fields,
        days: &mut Days,
        into: &mut Lines,
    ) -> io::Result<()> {
        match self {
            Self::Bool(values) => {
                into.text(if values[row] { b"true" } else { b"false" });
            }
            Self::Int(values) => into.line(|line| line.int(values[row])),
            Self::Decimal(values, scale) => into.line(|line| line.decimal(values[row], *scale)),
            Self::Wide(values, scale) => into.line(|line| line.wide(values[row], *scale)),
            Self::Uuid(values) => into.line(|line| line.uuid(values[row] as u128)),
            Self::Float(values) => float(values[row], into)?,
            Self::Day(values) => into.line(|line| line.day(values[row] as i32, days)),
            Self::Time(values) => into.line(|line| line.time(values[row])),
            Self::Moment(values) => into.line(|line| line.moment(values[row], days)),
            Self::Instant(values) => into.line(|line| {
                line.moment(values[row], days);
                line.utc();
            }),
            Self::Word(picks) => {
                let (start, len) = fields.places[picks[row] as usize];
                into.part(&fields.bytes, start as usize, len as usize);
            }
            Self::Text(ends, bytes, plain) => {
                let start = row.checked_sub(1).map_or(0, |before| ends[before] as usize);
                let end = ends[row] as usize;
                if *plain && has_plain_ends(&bytes[start..end]) {
                    into.part(bytes, start, end - start);
                } else {
                    let text = str::from_utf8(&bytes[start..end]).map_err(io::Error::other)?;
                    if is_plain(text) { into.text(text.as_bytes()) } else { field(into, text)? }
                }
            }
            Self::Other(array, kind) => value(into, array, row, kind)?,
        }
        Ok(())
    }
}

fn float(number: f64, into: &mut Lines) -> io::Result<()> {
    if number.is_finite() {
        serde_json::to_writer(into, &number).map_err(io::Error::from)
    } else if number.is_nan() {
        Ok(())
    } else {
        into.text(if number > 0.0 { b"Infinity" } else { b"-Infinity" });
        Ok(())
    }
}

fn wrong(said: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::sample::{batch, columns, lanes};
    use crate::export::{Sheet, csv};

    #[test]
    fn lanes_make_the_lines_that_batches_make() {
        for (seed, rows) in [(0, 0), (1, 1), (2, 300), (4, 2000), (7, 65)] {
            let columns = columns();
            let lanes = lanes(seed, rows, &columns);
            let mut lines = Lines::default();
            csv::header(&columns, &mut lines).unwrap();
            Encoder::new(&columns).push(&lanes, &mut lines).unwrap();
            let sheet = Sheet {
                name: "all",
                description: "",
                columns: &columns,
                primary_key: &[],
                foreign_keys: &[],
                batch: &batch(&columns, &lanes),
                rows: 0,
            };
            let mut expected = Vec::new();
            csv::write(&sheet, &mut expected).unwrap();
            let said = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            for (line, expected) in said(lines.bytes()).lines().zip(said(&expected).lines()) {
                assert_eq!(line, expected);
            }
            assert_eq!(lines.bytes(), expected);
            assert_eq!(lines.rows(), rows);
        }
    }

    #[test]
    fn a_lone_null_is_no_empty_line() {
        let columns = [Column::new("only", Kind::Int(peyote_schemas::IntSize::I64))];
        let lane =
            Lane { valid: Some(vec![0b01]), nulls: 1, ..Lane::full(Values::Int(vec![7, 8])) };
        let mut lines = Lines::default();
        Encoder::new(&columns).push(&[lane], &mut lines).unwrap();
        assert_eq!(lines.bytes(), b"7\n\"\"\n");
    }
}
