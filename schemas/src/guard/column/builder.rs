//! [`Builder`]: an array that grows cell by cell, under a kind that is known.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, DictionaryArray, Float64Builder,
    Int8Builder, Int16Builder, Int32Builder, Int64Builder, StringArray, StringBuilder,
    Time64MicrosecondBuilder, TimestampMicrosecondBuilder, new_null_array,
};
use arrow::datatypes::Int32Type;

use super::grown::Grown;
use super::scalar::{self, Fit, is_absent, quoted};
use super::{Form, Misfit, nested};
use crate::cell::Cell;
use crate::column::Column;
use crate::kind::{IntSize, Kind, MAX_PRECISION};
use crate::value::number::{Mark, POWERS};
use crate::value::{digits, uuid};

/// Cells that become lists or structs together.
const BLOCK: usize = 4096;
/// Whole numbers up to here are exact floats.
const EXACT: u64 = 1 << 53;

/// An array that grows cell by cell; what does not fit is null and reported.
pub(crate) struct Builder<'c> {
    kind: &'c Kind,
    form: Form<'c>,
    rows: usize,
    /// How many rows there will be, as far as that is known.
    expected: usize,
    values: Values<'c>,
    misfits: Vec<Misfit>,
}

enum Values<'c> {
    Bool(BooleanBuilder),
    I8(Int8Builder),
    I16(Int16Builder),
    I32(Int32Builder),
    I64(Int64Builder),
    Float(Float64Builder),
    Decimal(Decimal128Builder, u8, u8),
    Text(StringBuilder),
    Json(StringBuilder),
    Uuid(StringBuilder),
    Enum(Int32Builder, Words<'c>),
    Date(Date32Builder),
    Time(Time64MicrosecondBuilder),
    Stamp(TimestampMicrosecondBuilder),
    /// Lists and structs: cells that wait, and the array of those before them.
    Nested(Vec<Cell<'static>>, Option<Box<Grown>>),
}

/// The words of a class by their texts; another case or other spaces are mended.
struct Words<'c> {
    all: &'c [String],
    exact: HashMap<&'c str, i32>,
    loose: HashMap<String, i32>,
    last: usize,
}

impl<'c> Builder<'c> {
    /// An empty array of a column.
    pub(crate) fn new(column: &'c Column) -> Self {
        Self::of(&column.kind, Form::of(column))
    }

    pub(super) fn of(kind: &'c Kind, form: Form<'c>) -> Self {
        let values = match kind {
            Kind::Bool => Values::Bool(BooleanBuilder::with_capacity(0)),
            Kind::Int(IntSize::I8) => Values::I8(Int8Builder::with_capacity(0)),
            Kind::Int(IntSize::I16) => Values::I16(Int16Builder::with_capacity(0)),
            Kind::Int(IntSize::I32) => Values::I32(Int32Builder::with_capacity(0)),
            Kind::Int(IntSize::I64) => Values::I64(Int64Builder::with_capacity(0)),
            Kind::Float => Values::Float(Float64Builder::with_capacity(0)),
            Kind::Decimal { precision, scale } => {
                Values::Decimal(Decimal128Builder::with_capacity(0), *precision, *scale)
            }
            Kind::Text => Values::Text(StringBuilder::with_capacity(0, 0)),
            Kind::Json => Values::Json(StringBuilder::with_capacity(0, 0)),
            Kind::Uuid => Values::Uuid(StringBuilder::with_capacity(0, 0)),
            Kind::Enum(words) => Values::Enum(Int32Builder::with_capacity(0), Words::new(words)),
            Kind::Date => Values::Date(Date32Builder::with_capacity(0)),
            Kind::Time => Values::Time(Time64MicrosecondBuilder::with_capacity(0)),
            Kind::Timestamp | Kind::TimestampTz => {
                Values::Stamp(TimestampMicrosecondBuilder::with_capacity(0))
            }
            Kind::List(_) | Kind::Struct(_) => Values::Nested(Vec::new(), None),
        };
        Self { kind, form, rows: 0, expected: 0, values, misfits: Vec::new() }
    }

    /// The same, for so many rows.
    pub(crate) fn expecting(self, rows: usize) -> Self {
        Self { expected: rows, ..self }
    }

    /// Takes a cell in.
    pub(crate) fn push(&mut self, cell: &Cell<'_>) {
        let row = self.rows;
        self.rows += 1;
        if self.push_plain(cell) {
            return;
        }
        let (kind, form) = (self.kind, self.form);
        let mut take = Take { cell, kind, row, misfits: &mut self.misfits };
        let whole =
            |least: i64, most: i64| move |text: &str| scalar::whole(text, form, least, most);
        match &mut self.values {
            Values::Bool(all) => all.append_option(take.read(scalar::truth)),
            Values::I8(all) => {
                let value = take.read(whole(i8::MIN.into(), i8::MAX.into()));
                all.append_option(value.map(|value| value as i8));
            }
            Values::I16(all) => {
                let value = take.read(whole(i16::MIN.into(), i16::MAX.into()));
                all.append_option(value.map(|value| value as i16));
            }
            Values::I32(all) => {
                let value = take.read(whole(i32::MIN.into(), i32::MAX.into()));
                all.append_option(value.map(|value| value as i32));
            }
            Values::I64(all) => all.append_option(take.read(whole(i64::MIN, i64::MAX))),
            Values::Float(all) => {
                all.append_option(take.read(|text| scalar::float(text, form)));
            }
            Values::Decimal(all, precision, scale) => {
                let (precision, scale) = (*precision, *scale);
                let read = |text: &str| scalar::decimal(text, form, precision, scale);
                all.append_option(take.read(read));
            }
            Values::Text(all) => match take.present().filter(|text| !scalar::is_gap(text, form)) {
                Some(text) => all.append_value(text),
                None => all.append_null(),
            },
            Values::Json(all) => match take.present().map(|text| nested::document(cell, text)) {
                Some(text) => all.append_value(text),
                None => all.append_null(),
            },
            Values::Uuid(all) => {
                let read = |text: &str| {
                    let id = uuid::parse(text).map(|id| String::from_utf8_lossy(&id).into_owned());
                    id.ok_or_else(|| format!("{} is not a uuid", quoted(text)))
                };
                all.append_option(take.read(read));
            }
            Values::Enum(all, words) => all.append_option(take.read(|text| words.find(text))),
            Values::Date(all) => all.append_option(take.read(|text| scalar::day(text, form))),
            Values::Time(all) => all.append_option(take.read(|text| scalar::time(text, form))),
            Values::Stamp(all) => {
                all.append_option(take.read(|text| scalar::timestamp(text, form)));
            }
            Values::Nested(cells, _) => {
                cells.push(cell.clone().into_owned());
                if cells.len() == BLOCK {
                    let array = self.close();
                    if let Values::Nested(_, grown) = &mut self.values {
                        if let Some(grown) = grown {
                            grown.push(&array);
                        } else {
                            let mut first = Box::new(Grown::new(&kind.to_arrow()));
                            first.push(&array);
                            first.expect(self.expected);
                            *grown = Some(first);
                        }
                    }
                }
            }
        }
    }

    /// Takes a number in plain digits in; `false` for any other cell.
    fn push_plain(&mut self, cell: &Cell<'_>) -> bool {
        if self.form.epoch.is_some() || self.form.mark == Mark::Comma {
            return false;
        }
        if !matches!(self.values, Values::I64(_) | Values::Float(_) | Values::Decimal(..)) {
            return false;
        }
        let (Cell::Bare(text) | Cell::Quoted(text)) = cell else { return false };
        let Some(plain) = digits::number(text.as_bytes(), 0, text.len()) else { return false };
        match &mut self.values {
            Values::I64(all) if plain.scale == 0 => all.append_value(plain.digits),
            Values::Float(all) if plain.digits.unsigned_abs() < EXACT => {
                all.append_value(plain.digits as f64 / POWERS[usize::from(plain.scale)]);
            }
            Values::Decimal(all, precision, scale) if plain.scale <= *scale => {
                let power = 10_i128.pow(u32::from(*scale - plain.scale));
                let value = i128::from(plain.digits).saturating_mul(power);
                if value.abs() >= 10_i128.pow(u32::from((*precision).min(MAX_PRECISION))) {
                    return false;
                }
                all.append_value(value);
            }
            _ => return false,
        }
        true
    }

    /// The array of the lists or structs that wait.
    fn close(&mut self) -> ArrayRef {
        let cells = match &mut self.values {
            Values::Nested(cells, _) => std::mem::take(cells),
            _ => Vec::new(),
        };
        let first = self.rows - cells.len();
        let mut misfits = Vec::new();
        let all: Vec<&Cell<'_>> = cells.iter().collect();
        let array = nested::array(&all, self.kind, self.form, &mut misfits);
        let moved = misfits.into_iter().map(|misfit| Misfit { row: misfit.row + first, ..misfit });
        self.misfits.extend(moved);
        array
    }

    /// The array, and the values that did not fit it.
    pub(crate) fn finish(mut self) -> (ArrayRef, Vec<Misfit>) {
        let (kind, rows) = (self.kind, self.rows);
        if let Values::Nested(_, grown) = &mut self.values {
            let grown = grown.take();
            let last = self.close();
            let array = match grown {
                None => last,
                Some(mut grown) => {
                    grown.push(&last);
                    grown.finish(rows)
                }
            };
            return (array, self.misfits);
        }
        let array: ArrayRef = match self.values {
            Values::Bool(mut all) => Arc::new(all.finish()),
            Values::I8(mut all) => Arc::new(all.finish()),
            Values::I16(mut all) => Arc::new(all.finish()),
            Values::I32(mut all) => Arc::new(all.finish()),
            Values::I64(mut all) => Arc::new(all.finish()),
            Values::Float(mut all) => Arc::new(all.finish()),
            Values::Decimal(mut all, precision, scale) => {
                if (1..=MAX_PRECISION).contains(&precision) && scale <= precision {
                    Arc::new(all.finish().with_data_type(kind.to_arrow()))
                } else {
                    new_null_array(&kind.to_arrow(), rows)
                }
            }
            Values::Text(mut all) | Values::Json(mut all) | Values::Uuid(mut all) => {
                Arc::new(all.finish())
            }
            Values::Enum(mut keys, words) => {
                let values: StringArray = words.all.iter().map(Some).collect();
                match DictionaryArray::<Int32Type>::try_new(keys.finish(), Arc::new(values)) {
                    Ok(array) => Arc::new(array),
                    Err(_) => new_null_array(&kind.to_arrow(), rows),
                }
            }
            Values::Date(mut all) => Arc::new(all.finish()),
            Values::Time(mut all) => Arc::new(all.finish()),
            Values::Stamp(mut all) if *kind == Kind::TimestampTz => {
                Arc::new(all.finish().with_timezone("UTC"))
            }
            Values::Stamp(mut all) => Arc::new(all.finish()),
            Values::Nested(..) => new_null_array(&kind.to_arrow(), rows),
        };
        (array, self.misfits)
    }
}

/// A cell on its way to become a value.
struct Take<'t, 'm> {
    cell: &'t Cell<'t>,
    kind: &'t Kind,
    row: usize,
    misfits: &'m mut Vec<Misfit>,
}

impl<'t> Take<'t, '_> {
    /// The text, where something stands.
    fn present(&self) -> Option<&'t str> {
        if is_absent(self.cell, self.kind) { None } else { self.cell.text() }
    }

    /// The value of the text, where there is one and it fits.
    fn read<T>(&mut self, read: impl FnOnce(&'t str) -> Fit<T>) -> Option<T> {
        let text = self.present()?;
        let nested = matches!(self.cell, Cell::Nested(_));
        let read = if nested { Err(format!("{} is nested", quoted(text))) } else { read(text) };
        let row = self.row;
        read.map_err(|reason| self.misfits.push(Misfit { row, reason })).ok()
    }
}

impl<'c> Words<'c> {
    fn new(all: &'c [String]) -> Self {
        let numbered = || all.iter().enumerate().rev();
        Self {
            all,
            exact: numbered().map(|(at, word)| (word.as_str(), at as i32)).collect(),
            loose: numbered().map(|(at, word)| (word.trim().to_lowercase(), at as i32)).collect(),
            last: 0,
        }
    }

    fn find(&mut self, text: &str) -> Fit<i32> {
        if self.all.get(self.last).is_some_and(|word| word == text) {
            return Ok(self.last as i32);
        }
        let found = self.exact.get(text).or_else(|| self.loose.get(&text.trim().to_lowercase()));
        let found = found.copied();
        self.last = found.and_then(|at| usize::try_from(at).ok()).unwrap_or(self.last);
        found.ok_or_else(|| format!("{} is not one of the values", quoted(text)))
    }
}
