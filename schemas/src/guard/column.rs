//! Cells into Arrow arrays, by the kind of their column.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Fields, Schema};

use crate::cell::RawTable;
use crate::column::Column;
use crate::infer::kinds::Hint;
use crate::value::moment::Order;
use crate::value::number::Mark;

mod builder;
mod grown;
mod nested;
mod scalar;

pub(crate) use builder::Builder;
pub(crate) use nested::is_document;
#[cfg(test)]
pub(crate) use scalar::is_absent;
pub(crate) use scalar::is_text;

/// A value that did not fit its column and became null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The row, from 0.
    pub row: usize,
    /// What is wrong with it, as a lower-case fragment.
    pub reason: String,
}

/// How the texts of a column are written, as its format says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form<'a> {
    /// Which of two numbers is the day.
    pub(crate) order: Order,
    /// What a bare number counts from 1970 on, where moments are such numbers.
    pub(crate) epoch: Option<Epoch>,
    /// What stands before a fraction.
    pub(crate) mark: Mark,
    /// What one of it is.
    pub(crate) unit: Option<&'a str>,
    /// What stands for nothing among texts.
    pub(crate) gap: Gap,
}

/// What stands for nothing among the texts of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The null of a language, where nobody quoted it.
    Literal,
    /// Any word for nothing: the column's name is that of a code.
    Word,
}

/// What a number counts that stands for an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Epoch {
    Seconds,
    Millis,
    Micros,
    Nanos,
}

/// The format of numbers with a comma before their fraction.
pub const DECIMAL_COMMA: &str = "decimal_comma";

/// The array of one column of a table, and the values that did not fit it.
///
/// The array has as many values as the table has rows, and the type of the column's kind. Missing
/// values are null and fit, whether or not the column is nullable.
pub fn array(table: &RawTable<'_>, at: usize, column: &Column) -> (ArrayRef, Vec<Misfit>) {
    let mut builder = Builder::new(column).expecting(table.len());
    table.column(at).for_each(|cell| builder.push(&cell));
    builder.finish()
}

/// All columns of a table as one batch; values that do not fit are null.
///
/// # Panics
///
/// Never: the arrays are made from the columns that make the schema.
pub fn batch(table: &RawTable<'_>, columns: &[Column]) -> RecordBatch {
    batch_of(table, columns, vec![None; columns.len()])
}

/// The same, where some of the arrays are there already.
pub(crate) fn batch_of(
    table: &RawTable<'_>,
    columns: &[Column],
    made: Vec<Option<ArrayRef>>,
) -> RecordBatch {
    let arrays: Vec<ArrayRef> = (columns.iter().zip(made).enumerate())
        .map(|(at, (column, made))| made.unwrap_or_else(|| array(table, at, column).0))
        .collect();
    batch_from(columns, arrays, table.len())
}

/// The same from arrays of so many values, one of each column.
pub(crate) fn batch_from(columns: &[Column], arrays: Vec<ArrayRef>, rows: usize) -> RecordBatch {
    let schema = Schema::new(
        columns.iter().map(|column| column.to_arrow().with_nullable(true)).collect::<Fields>(),
    );
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(schema), arrays, &options)
        .expect("arrays are made from the columns that make the schema")
}

impl Form<'_> {
    /// How texts are written inside lists and structs.
    pub(crate) const PLAIN: Form<'static> = Form {
        order: Order::MonthFirst,
        epoch: None,
        mark: Mark::Point,
        unit: None,
        gap: Gap::Literal,
    };

    /// How the texts of a column are written.
    pub(crate) fn of(column: &Column) -> Form<'_> {
        let format = column.format.as_deref().unwrap_or("");
        Form {
            order: Order::of(format),
            epoch: Epoch::ALL.into_iter().find(|epoch| epoch.format() == format),
            mark: if format == DECIMAL_COMMA { Mark::Comma } else { Mark::Point },
            unit: column.unit.as_deref(),
            gap: if Hint::of(&column.name).is_coded() { Gap::Word } else { Gap::Literal },
        }
    }
}

impl Epoch {
    /// From the coarsest to the finest.
    pub(crate) const ALL: [Self; 4] = [Self::Seconds, Self::Millis, Self::Micros, Self::Nanos];

    /// The word for it in a column's format.
    pub(crate) fn format(self) -> &'static str {
        match self {
            Self::Seconds => "epoch_s",
            Self::Millis => "epoch_ms",
            Self::Micros => "epoch_us",
            Self::Nanos => "epoch_ns",
        }
    }

    /// A count as microseconds; what is finer falls.
    pub(crate) fn micros(self, count: i64) -> Option<i64> {
        match self {
            Self::Seconds => count.checked_mul(1_000_000),
            Self::Millis => count.checked_mul(1000),
            Self::Micros => Some(count),
            Self::Nanos => Some(count.div_euclid(1000)),
        }
    }
}

#[cfg(test)]
mod tests;
