//! Warehouse: tables that refer to each other, of any number and size, typed and without keys yet.
//!
//! Every five tables are a thing (`customers`), what happens to it (`orders`), its lines, what joins
//! two things, and a history. Whole numbers that name rows all begin at 1, so that values alone tell
//! nothing: the hard case, and the usual one.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, DictionaryArray, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::{Field, Int32Type, Schema};
use peyote_schemas::cell::RawTable;
use peyote_schemas::column::Column;
use peyote_schemas::dataset::Table;
use peyote_schemas::kind::{IntSize, Kind};

/// Tables of one group.
const GROUP: usize = 5;
/// Lines of one order.
const LINES: usize = 4;

/// Things and what happens to them.
const NAMES: [(&str, &str); 10] = [
    ("customer", "order"),
    ("product", "shipment"),
    ("store", "visit"),
    ("supplier", "invoice"),
    ("employee", "booking"),
    ("warehouse", "transfer"),
    ("carrier", "delivery"),
    ("campaign", "click"),
    ("account", "payment"),
    ("patient", "claim"),
];

/// So many tables of so many rows each.
pub(crate) fn tables(count: usize, rows: usize) -> Vec<Table> {
    (0..count).map(|at| table(at, rows)).collect()
}

/// A table by its number: the same for the same numbers.
fn table(at: usize, rows: usize) -> Table {
    let group = at / GROUP;
    let (thing, event) = names(group);
    // A group refers to the things of the one before it too.
    let (other, _) = names(group.saturating_sub(1));
    let id = |name: &str| format!("{name}_id");
    let ids = || int((0..rows).map(|row| row as i64 + 1));
    let any = |salt: u64| int((0..rows).map(move |row| draw(salt, row, rows) as i64 + 1));
    let days = || {
        let days = (0..rows).map(|row| 18_000 + (row / 500) as i32);
        (Kind::Date, Arc::new(Date32Array::from_iter_values(days)) as ArrayRef)
    };
    match at % GROUP {
        0 => build(
            format!("{thing}s"),
            rows,
            vec![
                (id(&thing), ids()),
                (format!("{thing}_code"), code(&thing, 0..rows)),
                ("full_name".into(), code("Some One", (0..rows).map(|row| draw(1, row, rows)))),
                ("status".into(), status(rows)),
                ("credit".into(), float(rows)),
            ],
        ),
        1 => build(
            format!("{event}s"),
            rows,
            vec![
                (id(&event), ids()),
                (id(&thing), any(2)),
                (format!("{other}_code"), code(&other, (0..rows).map(|row| draw(3, row, rows)))),
                ("placed_on".into(), days()),
                ("status".into(), status(rows)),
                ("total".into(), float(rows)),
            ],
        ),
        2 => build(
            format!("{event}_lines"),
            rows,
            vec![
                (id(&event), int((0..rows).map(|row| (row / LINES) as i64 + 1))),
                ("line_no".into(), int((0..rows).map(|row| (row % LINES) as i64 + 1))),
                (id(&other), any(4)),
                ("quantity".into(), int((0..rows).map(|row| draw(5, row, 20) as i64 + 1))),
                ("price".into(), float(rows)),
            ],
        ),
        3 => build(
            format!("{thing}_{event}_links"),
            rows,
            vec![
                (id(&thing), int((0..rows).map(|row| (row / 2) as i64 + 1))),
                (id(&event), int((0..rows).map(|row| ((row * 7 + row % 2) % rows) as i64 + 1))),
                ("share".into(), float(rows)),
            ],
        ),
        _ => build(
            format!("{thing}_history"),
            rows,
            vec![
                (id(&thing), int((0..rows).map(|row| (row % 500) as i64 + 1))),
                ("valid_from".into(), days()),
                ("level".into(), int((0..rows).map(|row| draw(6, row, 100) as i64))),
            ],
        ),
    }
}

/// The names of a group; past the first ten they carry letters in front.
fn names(group: usize) -> (String, String) {
    let (thing, event) = NAMES[group % NAMES.len()];
    let mut front = String::new();
    let mut round = group / NAMES.len();
    while round > 0 {
        front.push(char::from(b'a' + (round % 26) as u8));
        round /= 26;
    }
    (format!("{front}{thing}"), format!("{front}{event}"))
}

fn build(name: String, rows: usize, columns: Vec<(String, (Kind, ArrayRef))>) -> Table {
    let header: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let (columns, arrays): (Vec<Column>, Vec<ArrayRef>) =
        columns.into_iter().map(|(name, (kind, array))| (Column::new(name, kind), array)).unzip();
    let fields: Vec<Field> = columns
        .iter()
        .zip(&arrays)
        .map(|(column, array)| Field::new(&column.name, array.data_type().clone(), true))
        .collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).expect("one length");
    assert_eq!(batch.num_rows(), rows);
    let raw = RawTable::new(name, "made", header);
    Table { raw, columns, primary_key: Vec::new(), foreign_keys: Vec::new(), batch }
}

fn int(values: impl Iterator<Item = i64>) -> (Kind, ArrayRef) {
    (Kind::Int(IntSize::I64), Arc::new(Int64Array::from_iter_values(values)))
}

fn float(rows: usize) -> (Kind, ArrayRef) {
    let values = (0..rows).map(|row| draw(7, row, 100_000) as f64 / 100.0);
    (Kind::Float, Arc::new(Float64Array::from_iter_values(values)))
}

fn code(front: &str, values: impl Iterator<Item = usize>) -> (Kind, ArrayRef) {
    let texts = values.map(|value| format!("{front}-{value:07}"));
    (Kind::Text, Arc::new(StringArray::from_iter_values(texts)))
}

fn status(rows: usize) -> (Kind, ArrayRef) {
    const STATES: [&str; 4] = ["new", "open", "held", "done"];
    let values: DictionaryArray<Int32Type> =
        (0..rows).map(|row| STATES[draw(8, row, STATES.len())]).collect();
    (Kind::Text, Arc::new(values))
}

/// One of `of` numbers: the same for the same arguments.
fn draw(salt: u64, row: usize, of: usize) -> usize {
    let mut bits = (row as u64 ^ salt << 40).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) % of.max(1) as u64) as usize
}
