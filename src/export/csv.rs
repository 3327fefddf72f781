//! CSV as in RFC 4180, with NULL and the empty text told apart: nothing, and `""`.

use std::io::{self, Write};

use arrow::array::{Array, AsArray, RecordBatch};
use peyote_schemas::value::json::cell_text;
use peyote_schemas::{Column, Kind};

use super::Sheet;

pub use lanes::Encoder;
pub use lines::Lines;

mod cell;
mod cells;
mod lanes;
mod lines;

/// Writes a header and all rows; lines end in `\n`.
pub fn write(sheet: &Sheet<'_>, out: &mut impl Write) -> io::Result<()> {
    header(sheet.columns, out)?;
    rows(sheet.columns, sheet.batch, out)
}

/// Writes some rows, a line each.
pub fn rows(columns: &[Column], batch: &RecordBatch, out: &mut impl Write) -> io::Result<()> {
    for row in 0..batch.num_rows() {
        for (at, (column, array)) in columns.iter().zip(batch.columns()).enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            match array.as_string_opt::<i32>() {
                // Text and JSON stand as they are.
                Some(texts) if texts.is_valid(row) => field(out, texts.value(row))?,
                _ => value(out, array, row, &column.kind)?,
            }
        }
        // A lone NULL would be an empty line, which readers skip.
        if columns.len() == 1 && batch.column(0).is_null(row) {
            out.write_all(b"\"\"")?;
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Writes the names of columns as the first line.
pub fn header(columns: &[Column], out: &mut impl Write) -> io::Result<()> {
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        field(out, &column.name)?;
    }
    out.write_all(b"\n")
}

fn value(out: &mut impl Write, array: &dyn Array, row: usize, kind: &Kind) -> io::Result<()> {
    cell_text(array, row, kind).map_or(Ok(()), |text| field(out, &text))
}

fn field(out: &mut impl Write, text: &str) -> io::Result<()> {
    if is_plain(text) {
        return out.write_all(text.as_bytes());
    }
    out.write_all(b"\"")?;
    for (at, part) in text.split('"').enumerate() {
        if at > 0 {
            out.write_all(b"\"\"")?;
        }
        out.write_all(part.as_bytes())?;
    }
    out.write_all(b"\"")
}

/// Whether a text stands without quotes.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(char::is_whitespace)
        && !text.ends_with(char::is_whitespace)
        && !text.contains(['"', ',', '\n', '\r'])
}
