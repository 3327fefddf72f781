//! [`Sheet`]: the rows of a table, looked at by column.

use serde_json::Value;

use crate::behaviour::At;

/// Rows, as literal rows hold values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet<'r> {
    rows: &'r [Vec<Value>],
}

impl<'r> Sheet<'r> {
    /// The first rows of some.
    pub(super) fn new(rows: &'r [Vec<Value>], most: usize) -> Self {
        Self { rows: &rows[..rows.len().min(most)] }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The value of a row in a column, if it has one.
    pub(super) fn cell(&self, row: usize, column: usize) -> Option<&'r Value> {
        self.rows.get(row)?.get(column).filter(|value| !value.is_null())
    }

    /// The values that are there.
    pub(super) fn values(&self, column: usize) -> impl Iterator<Item = &'r Value> {
        let rows = self.rows;
        rows.iter().filter_map(move |row| row.get(column)).filter(|value| !value.is_null())
    }

    /// The texts that are there.
    pub(super) fn texts(&self, column: usize) -> impl Iterator<Item = &'r str> {
        self.values(column).filter_map(Value::as_str)
    }

    /// The number of every row.
    pub(super) fn numbers(&self, column: usize) -> Vec<Option<f64>> {
        (0..self.len()).map(|row| number(self.cell(row, column)?)).collect()
    }

    /// The moment of every row, in microseconds.
    pub(super) fn moments(&self, column: usize) -> Vec<Option<i64>> {
        (0..self.len())
            .map(|row| At::parse(self.cell(row, column)?.as_str()?).ok()?.micros())
            .collect()
    }
}

/// A number as a literal row holds it.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}
