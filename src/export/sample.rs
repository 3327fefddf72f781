//! Lanes of every kind for tests, and the arrays that they stand for.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int8Array, Int16Array,
    Int32Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
    Time64MicrosecondArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, Schema};
use peyote_schemas::{Column, Field, IntSize, Kind};

use crate::generate::draw::Draw;
use crate::lane::{Lane, Values, Words};

/// Microseconds of a day.
const DAY: u64 = 86_400_000_000;

/// A column of every kind, and some that lanes hold in another way.
pub(super) fn columns() -> Vec<Column> {
    let field = |name: &str, kind| Field { name: name.to_owned(), kind, nullable: true };
    let long = || Kind::Int(IntSize::I64);
    let values = ["open", "shut", "it's \"odd\"", ""].map(str::to_owned).to_vec();
    let kinds = [
        ("flag", Kind::Bool),
        ("int8", Kind::Int(IntSize::I8)),
        ("int16", Kind::Int(IntSize::I16)),
        ("int32", Kind::Int(IntSize::I32)),
        ("int64", long()),
        ("id", long()),
        ("few", long()),
        ("float", Kind::Float),
        ("rating", Kind::Float),
        ("cents", Kind::Decimal { precision: 9, scale: 2 }),
        ("price", Kind::Decimal { precision: 18, scale: 4 }),
        ("wide", Kind::Decimal { precision: 38, scale: 10 }),
        ("text", Kind::Text),
        ("city", Kind::Text),
        ("word", Kind::Text),
        ("state", Kind::Enum(values)),
        ("day", Kind::Date),
        ("hour", Kind::Time),
        ("local", Kind::Timestamp),
        ("at", Kind::TimestampTz),
        ("token", Kind::Uuid),
        ("extra", Kind::Json),
        ("tags", Kind::List(Box::new(field("item", long())))),
        ("spot", Kind::Struct(vec![field("x", long()), field("y", Kind::Text)])),
    ];
    let column = |(at, (name, kind)): (usize, (&str, Kind))| Column {
        nullable: at % 5 != 0,
        ..Column::new(name, kind)
    };
    kinds.into_iter().enumerate().map(column).collect()
}

/// Runs of random lanes of so many rows each.
pub(super) fn table(seed: u64, runs: &[usize], columns: &[Column]) -> Vec<Vec<Lane>> {
    (0..).zip(runs).map(|(at, rows)| lanes(seed * 100 + at, *rows, columns)).collect()
}

/// A random lane for every column.
pub(super) fn lanes(seed: u64, rows: usize, columns: &[Column]) -> Vec<Lane> {
    columns.iter().map(|column| lane(seed, rows, column)).collect()
}

fn lane(seed: u64, rows: usize, column: &Column) -> Lane {
    let draw = Draw::new(seed, "sample", &column.name);
    let ints = |make: &dyn Fn(u64) -> i64| Values::Int((0..rows as u64).map(make).collect());
    let up_to = |bits: u32| move |at: u64| (draw.bits(at) as i64) >> (64 - bits);
    let values = match (&column.kind, column.name.as_str()) {
        (_, "id") => ints(&|at| at as i64 + 1),
        (_, "few") => ints(&|at| draw.below(at, 7) as i64 * 1_000_000_007),
        (Kind::Bool, _) => {
            Values::Bool((0..rows as u64).map(|at| draw.below(at, 2) == 1).collect())
        }
        (Kind::Int(IntSize::I8), _) => ints(&up_to(8)),
        (Kind::Int(IntSize::I16), _) => ints(&up_to(16)),
        (Kind::Int(IntSize::I32), _) => ints(&up_to(32)),
        (Kind::Int(IntSize::I64), _) => ints(&up_to(64)),
        (Kind::Float, "rating") => {
            Values::Float((0..rows as u64).map(|at| draw.below(at, 10) as f64 / 2.0).collect())
        }
        (Kind::Float, _) => Values::Float((0..rows as u64).map(|at| strange(draw, at)).collect()),
        (Kind::Decimal { precision: 38, .. }, _) => {
            let wide = |at: u64| i128::from(up_to(64)(at)) * i128::from(draw.bits(!at) >> 8);
            Values::Wide((0..rows as u64).map(wide).collect())
        }
        (Kind::Decimal { .. }, _) => ints(&|at| draw.below(at, 1_999_999_999) as i64 - 999_999_999),
        (Kind::Date, _) => ints(&|at| draw.below(at, 60_000) as i64 - 30_000),
        (Kind::Time, _) => ints(&|at| draw.below(at, DAY) as i64),
        (Kind::Timestamp | Kind::TimestampTz, _) => {
            ints(&|at| draw.below(at, 90_000 * DAY) as i64 - (30_000 * DAY) as i64)
        }
        (Kind::Text, "word") => words(&["fig", "apple", "pear tree", "", "two\nlines"], rows, draw),
        (Kind::Enum(values), _) => {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            words(&values, rows, draw)
        }
        (Kind::Text, "city") => texts(rows, |at| {
            ["Zürich", " Bern ", "Basel, CH", "Genève"][draw.below(at, 4) as usize].to_owned()
        }),
        (Kind::Uuid, _) => texts(rows, |at| {
            let (high, low) = (draw.bits(2 * at), draw.bits(2 * at + 1));
            let (a, b, c) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
            format!("{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff)
        }),
        (Kind::Json, _) => texts(rows, |at| format!("{{\"n\":{}}}", draw.below(at, 1000))),
        (Kind::List(_), _) => {
            let list =
                |at: u64| (!at.is_multiple_of(3)).then(|| vec![Some(at as i64); at as usize % 4]);
            let lists = (0..rows as u64).map(list);
            let array = ListArray::from_iter_primitive::<Int64Type, _, _>(lists);
            Values::Other(Arc::new(array))
        }
        (Kind::Struct(fields), _) => {
            let x: ArrayRef = Arc::new(
                (0..rows as i64).map(|at| (at % 5 > 0).then_some(at)).collect::<Int64Array>(),
            );
            let y: ArrayRef =
                Arc::new(StringArray::from_iter_values((0..rows).map(|at| at.to_string())));
            let fields: Vec<_> = fields.iter().map(|field| Arc::new(field.to_arrow())).collect();
            Values::Other(Arc::new(StructArray::new(fields.into(), vec![x, y], None)))
        }
        (Kind::Text, _) => texts(rows, |at| {
            let long = if draw.below(at, 50) == 0 { "é".repeat(60) } else { String::new() };
            let few = ["", "plain", "a,b", "say \"so\"", "line\r\n", " x"];
            format!("{}{}{long}", few[draw.below(at, 6) as usize], draw.below(!at, 4000))
        }),
    };
    let mut lane = Lane::full(values);
    if column.nullable && !matches!(lane.values, Values::Other(_)) && seed % 4 != 3 {
        // All of them, none of them, or some.
        let share = [100, 3, 60][(seed % 4) as usize];
        let missing = |row: usize| draw.below(row as u64 + (1 << 40), 100) < share;
        let mut bits = vec![0_u64; rows.div_ceil(64)];
        for row in (0..rows).filter(|row| !missing(*row)) {
            bits[row / 64] |= 1 << (row % 64);
        }
        lane.nulls = rows - bits.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        lane.valid = Some(bits);
    }
    lane
}

fn strange(draw: Draw, at: u64) -> f64 {
    match draw.below(at, 40) {
        0 => f64::NAN,
        1 => -0.0,
        2 => f64::INFINITY,
        3 => 1e300,
        _ => draw.unit(at) * 2000.0 - 1000.0,
    }
}

fn words(texts: &[&str], rows: usize, draw: Draw) -> Values {
    let words = Arc::new(Words::new(texts.iter().copied()));
    let picks = (0..rows as u64).map(|at| draw.below(at, texts.len() as u64) as u32).collect();
    Values::Word { words, picks }
}

fn texts(rows: usize, make: impl Fn(u64) -> String) -> Values {
    let (mut ends, mut bytes) = (Vec::new(), Vec::new());
    for at in 0..rows as u64 {
        bytes.extend_from_slice(make(at).as_bytes());
        ends.push(bytes.len() as u32);
    }
    Values::Text { ends, bytes }
}

/// The same rows as a batch in the types of their kinds.
pub(super) fn batch(columns: &[Column], lanes: &[Lane]) -> RecordBatch {
    let arrays = columns.iter().zip(lanes).map(|(column, lane)| array(lane, &column.kind));
    let fields: Vec<_> = columns.iter().map(Column::to_arrow).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays.collect()).expect("equal lanes")
}

fn array(lane: &Lane, kind: &Kind) -> ArrayRef {
    let there = |row: usize| lane.holds(row);
    let rows = lane.values.len();
    let to = kind.to_arrow();
    match &lane.values {
        Values::Bool(values) => {
            Arc::new((0..rows).map(|row| there(row).then(|| values[row])).collect::<BooleanArray>())
        }
        Values::Float(values) => {
            Arc::new((0..rows).map(|row| there(row).then(|| values[row])).collect::<Float64Array>())
        }
        Values::Wide(values) => {
            let array: Decimal128Array =
                (0..rows).map(|row| there(row).then(|| values[row])).collect();
            Arc::new(array.with_data_type(to))
        }
        Values::Int(values) => {
            let each = || (0..rows).map(|row| there(row).then(|| values[row]));
            match to {
                DataType::Int8 => {
                    Arc::new(each().map(|v| v.map(|v| v as i8)).collect::<Int8Array>())
                }
                DataType::Int16 => {
                    Arc::new(each().map(|v| v.map(|v| v as i16)).collect::<Int16Array>())
                }
                DataType::Int32 => {
                    Arc::new(each().map(|v| v.map(|v| v as i32)).collect::<Int32Array>())
                }
                DataType::Date32 => {
                    Arc::new(each().map(|v| v.map(|v| v as i32)).collect::<Date32Array>())
                }
                DataType::Decimal128(..) => {
                    let array: Decimal128Array = each().map(|v| v.map(i128::from)).collect();
                    Arc::new(array.with_data_type(to))
                }
                DataType::Time64(_) => Arc::new(each().collect::<Time64MicrosecondArray>()),
                DataType::Timestamp(..) => {
                    let array: TimestampMicrosecondArray = each().collect();
                    Arc::new(array.with_data_type(to))
                }
                _ => Arc::new(each().collect::<Int64Array>()),
            }
        }
        Values::Word { words, picks } => {
            let text = |row: usize| str::from_utf8(words.bytes(picks[row] as usize)).expect("text");
            let array: StringArray = (0..rows).map(|row| there(row).then(|| text(row))).collect();
            cast(&array, &to).expect("text")
        }
        Values::Text { ends, bytes } => {
            let text = |row: usize| {
                let start = row.checked_sub(1).map_or(0, |before| ends[before] as usize);
                str::from_utf8(&bytes[start..ends[row] as usize]).expect("text")
            };
            let array: StringArray = (0..rows).map(|row| there(row).then(|| text(row))).collect();
            cast(&array, &to).expect("text")
        }
        Values::Other(array) => Arc::clone(array),
    }
}
