//! Claims about arrays: values that fit keep every digit, and the others are reported.

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int32Type;

use super::{Misfit, array, batch};
use crate::cell::{Cell, RawTable};
use crate::column::Column;
use crate::kind::{Field, IntSize, Kind};
use crate::value::json::cell_value;

fn read(kind: &Kind, cells: &[Cell<'static>]) -> (String, Vec<Misfit>) {
    let mut table = RawTable::new("t", "t", vec!["x".into()]);
    for cell in cells {
        table.push_row([cell.clone()]);
    }
    let (array, misfits) = array(&table, 0, &Column::new("x", kind.clone()));
    let values: Vec<_> = (0..array.len()).map(|at| cell_value(&array, at, kind)).collect();
    (serde_json::json!(values).to_string(), misfits)
}

fn bare(texts: &[&'static str]) -> Vec<Cell<'static>> {
    texts.iter().map(|text| Cell::bare(*text)).collect()
}

#[test]
fn digits_are_never_rounded_away() {
    let kind = Kind::Decimal { precision: 5, scale: 2 };
    let (values, misfits) = read(&kind, &bare(&["1.5", "2.340", "2.345", "1234.5", "-0.01"]));
    assert_eq!(values, r#"["1.50","2.34",null,null,"-0.01"]"#);
    assert_eq!(misfits.iter().map(|misfit| misfit.row).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(misfits[0].reason, "`2.345` has more than 2 digits after the point");
}

#[test]
fn whole_numbers_stay_in_their_width() {
    let (values, misfits) =
        read(&Kind::Int(IntSize::I8), &bare(&["127", "128", "5.0", "5.5", "x"]));
    assert_eq!(values, "[127,null,5,null,null]");
    assert_eq!(misfits.len(), 3);
}

#[test]
fn other_units_do_not_fit() {
    let mut column = Column::new("x", Kind::Float);
    column.unit = Some("kg".into());
    let mut table = RawTable::new("t", "t", vec!["x".into()]);
    for text in ["5 kg", "6", "7 lb"] {
        table.push_row([Cell::bare(text)]);
    }
    let (array, misfits) = array(&table, 0, &column);
    assert_eq!(array.null_count(), 1);
    assert_eq!(misfits[0].reason, "`7 lb` is in lb, not in kg");
}

#[test]
fn class_words_are_matched_in_any_case() {
    let mut table = RawTable::new("t", "t", vec!["x".into()]);
    for text in ["open", " Open", "SHUT", "ajar"] {
        table.push_row([Cell::bare(text)]);
    }
    let kind = Kind::Enum(vec!["open".into(), "shut".into()]);
    let (array, misfits) = array(&table, 0, &Column::new("x", kind));
    let keys = array.as_dictionary::<Int32Type>().keys();
    assert_eq!(keys.iter().collect::<Vec<_>>(), [Some(0), Some(0), Some(1), None]);
    assert_eq!(misfits.len(), 1);
}

#[test]
fn dates_take_only_midnights() {
    let (values, misfits) = read(&Kind::Date, &bare(&["2020-01-02 00:00:00", "2020-01-02 10:00"]));
    assert_eq!((values.as_str(), misfits.len()), (r#"["2020-01-02",null]"#, 1));
}

#[test]
fn moments_before_1970_keep_their_day() {
    let (values, _) = read(&Kind::Date, &bare(&["1969-12-31 00:00", "1900-03-01"]));
    assert_eq!(values, r#"["1969-12-31","1900-03-01"]"#);
}

#[test]
fn floats_without_end_stay_valid_json() {
    let (values, misfits) = read(&Kind::Float, &bare(&["inf", "-Infinity", "NaN", "1.5"]));
    assert_eq!((values.as_str(), misfits.len()), (r#"["Infinity","-Infinity",null,1.5]"#, 0));
}

#[test]
fn text_under_json_becomes_a_string() {
    let cells = [
        Cell::Nested("[1]".into()),
        Cell::Bare("word".into()),
        Cell::Quoted("5".into()),
        Cell::Absent,
    ];
    assert_eq!(read(&Kind::Json, &cells).0, r#"[[1],"word","5",null]"#);
}

#[test]
fn plain_text_is_split_into_a_list() {
    let item = Field { name: "item".into(), kind: Kind::Text, nullable: true };
    let list = Kind::List(Box::new(item));
    assert_eq!(
        read(&list, &bare(&["a; b;c", "x, y", "one"])).0,
        r#"[["a","b","c"],["x","y"],["one"]]"#
    );
}

#[test]
fn missing_fields_that_must_be_there_null_their_struct() {
    let field = |name: &str, nullable| Field { name: name.into(), kind: Kind::Text, nullable };
    let kind = Kind::Struct(vec![field("a", false), field("b", true)]);
    let cells = [
        Cell::Nested(r#"{"a":"x"}"#.into()),
        Cell::Nested(r#"{"b":"y"}"#.into()),
        Cell::Nested(r#"{"a":"x","c":1}"#.into()),
        Cell::Nested("[1]".into()),
    ];
    let (values, misfits) = read(&kind, &cells);
    assert_eq!(values, r#"[{"a":"x","b":null},null,null,null]"#);
    assert_eq!(misfits.iter().map(|misfit| misfit.row).collect::<Vec<_>>(), [2, 3, 1]);
}

#[test]
fn items_that_must_be_there_null_their_list() {
    let item = Field { name: "item".into(), kind: Kind::Int(IntSize::I64), nullable: false };
    let kind = Kind::List(Box::new(item));
    let cells: Vec<_> =
        ["[1,2]", "[3,null]", r#"[4,"x"]"#, "[]"].map(|text| Cell::Nested(text.into())).into();
    let (values, misfits) = read(&kind, &cells);
    assert_eq!(values, "[[1,2],null,null,[]]");
    assert_eq!(misfits.len(), 2);
}

#[test]
fn batches_have_as_many_rows_as_their_table() {
    let mut table = RawTable::new("t", "t", vec!["a".into(), "b".into()]);
    table.push_row([Cell::bare("1"), Cell::bare("x")]);
    table.push_row([Cell::bare("y")]);
    let columns = [Column::new("a", Kind::Int(IntSize::I64)), Column::new("b", Kind::Text)];
    let batch = batch(&table, &columns);
    assert_eq!((batch.num_rows(), batch.num_columns()), (2, 2));
    assert_eq!(batch.column(0).null_count(), 1);
}

#[test]
fn large_list_is_that_of_small_ones() {
    let items: Vec<String> = (0..300_000).map(|item| (item * 7 % 1000).to_string()).collect();
    let field = |nullable| Field { name: "item".into(), kind: Kind::Int(IntSize::I16), nullable };
    let text = format!("[{}]", items.join(","));
    for nullable in [true, false] {
        let kind = Kind::List(Box::new(field(nullable)));
        let (values, misfits) = read(&kind, &[Cell::Nested(text.clone().into())]);
        assert_eq!(values, format!("[{text}]"));
        assert_eq!(misfits, []);
    }
}

#[test]
fn items_that_do_not_fit_are_reported_with_their_rows() {
    let cells = ["[1,2]", "[]", "[3,\"x\",4]", "[5]"].map(|text| Cell::Nested(text.into()));
    let field = |nullable| Field { name: "item".into(), kind: Kind::Int(IntSize::I64), nullable };
    let (values, misfits) = read(&Kind::List(Box::new(field(true))), &cells);
    assert_eq!(values, "[[1,2],[],[3,null,4],[5]]");
    assert_eq!(misfits.iter().map(|misfit| misfit.row).collect::<Vec<_>>(), [2]);
    let (values, misfits) = read(&Kind::List(Box::new(field(false))), &cells);
    assert_eq!(values, "[[1,2],[],null,[5]]");
    assert_eq!(misfits.iter().map(|misfit| misfit.row).collect::<Vec<_>>(), [2]);
}
