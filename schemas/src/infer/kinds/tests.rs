//! Claims about kinds: what every column of a table is, and that the guard agrees.

use arrow::array::Array;
use proptest::prelude::*;

use super::columns;
use crate::cell::{Cell, RawTable};
use crate::column::Column;
use crate::finding::Finding;
use crate::guard;
use crate::infer::Said;
use crate::kind::{IntSize, Kind};
use crate::value::json::cell_value;

/// A table of one column; a text in double quotes is quoted, one in brackets nested.
fn table<'t>(name: &str, texts: &[&'t str]) -> RawTable<'t> {
    let mut table = RawTable::new("t", "t.csv", vec![name.to_owned()]);
    for text in texts {
        let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        table.push_row([match quoted {
            Some(text) => Cell::Quoted(text.into()),
            None if text.starts_with(['{', '[']) => Cell::Nested((*text).into()),
            None => Cell::bare(*text),
        }]);
    }
    table
}

fn said(name: &str, texts: &[&str], said: &Said) -> (Column, Vec<Finding>) {
    let table = table(name, texts);
    let mut findings = Vec::new();
    let mut columns = columns(&table, said, "/tables/0", &mut findings);
    (columns.remove(0), findings)
}

fn column(name: &str, texts: &[&str]) -> Column {
    let (column, _) = said(name, texts, &Said::default());
    let (array, misfits) = guard::column::array(&table(name, texts), 0, &column);
    assert_eq!(misfits, [], "{name} {texts:?}");
    assert_eq!(array.len(), texts.len());
    assert_eq!(array.data_type(), &column.kind.to_arrow());
    assert_eq!(array.null_count() > 0, column.nullable, "{name} {texts:?}");
    column
}

fn kind(name: &str, texts: &[&str]) -> String {
    column(name, texts).kind.to_string()
}

fn values(name: &str, texts: &[&str]) -> String {
    let table = table(name, texts);
    let column = column(name, texts);
    let (array, _) = guard::column::array(&table, 0, &column);
    let values: Vec<_> = (0..array.len()).map(|at| cell_value(&array, at, &column.kind)).collect();
    serde_json::json!(values).to_string()
}

#[test]
fn numbers_are_whole_decimal_or_float_by_how_they_are_written() {
    assert_eq!(kind("n", &["1", "-20", "", "3,000"]), "int64");
    assert_eq!(kind("n", &["1.50", "22.75"]), "decimal(4,2)");
    assert_eq!(kind("n", &["1.5", "22.75", "3"]), "float64");
    assert_eq!(kind("unit_price", &["1.5", "22.75", "3"]), "decimal(4,2)");
    assert_eq!(kind("latitude", &["51.5074", "48.8566"]), "float64");
    assert_eq!(kind("n", &["1e3", "2"]), "float64");
    assert_eq!(kind("n", &["9223372036854775808", "1"]), "decimal(19,0)");
    assert_eq!(kind("n", &["0.1234567890123456789", "1.5"]), "decimal(20,19)");
    assert_eq!(kind("n", &["\"12\"", "\"7\""]), "int64");
    assert_eq!(kind("n", &[&"7".repeat(45)]), "text");
}

#[test]
fn words_taken_as_null_are_told() {
    let texts = ["1", "N/A", "-", "3", "null", "#N/A", "?", "", "n.a.", "999"];
    let (column, findings) = said("qty", &texts, &Said::default());
    assert_eq!((column.kind.to_string().as_str(), column.nullable), ("int64", true));
    let message =
        "words such as `N/A`, `-`, `null`, `#N/A`, `?`, `n.a.` are taken as null in 6 rows";
    assert_eq!(findings[0].message, message);
    assert_eq!(values("qty", &texts), "[1,null,null,3,null,null,null,null,null,999]");
}

#[test]
fn words_for_nothing_are_no_codes_but_names() {
    for name in ["zip", "phone_number", "isbn"] {
        let texts = ["01234", "N/A", "10001", "-", "60601"];
        assert_eq!(values(name, &texts), r#"["01234",null,"10001",null,"60601"]"#, "{name}");
    }
    assert_eq!(values("surname", &["Null", "Reed"]), r#"["Null","Reed"]"#);
    assert_eq!(values("country", &["NA", "NO", "-"]), r#"["NA","NO","-"]"#);
    assert_eq!(kind("due", &["2024-01-02", "N/A", "0000-00-00"]), "date");
}

#[test]
fn digests_are_text_although_an_e_stands_in_them() {
    let texts = ["1e10", "2e20", "3e05", "4e11"];
    for name in ["hash", "commit_sha", "hex", "id", "item_code", "md5"] {
        assert_eq!(kind(name, &texts), "text", "{name}");
    }
    assert_eq!(kind("reading", &texts), "float64");
}

#[test]
fn letters_multiply_where_things_are_counted() {
    assert_eq!(values("followers", &["1.2k", "3M", "450"]), "[1200,3000000,450]");
    assert_eq!(kind("purity", &["18K", "24K"]), "text");
}

#[test]
fn dates_in_two_orders_are_told_among_others() {
    let (_, findings) = said("day", &["05/05/2024", "13/02/2024", "02/14/2024"], &Said::default());
    assert!(findings[0].message.ends_with("left as text"), "{findings:?}");
}

#[test]
fn units_stand_beside_the_kind() {
    let price = column("price", &["$1,200.50", "$3.00", "N/A"]);
    assert_eq!(
        (price.kind.to_string().as_str(), price.unit.as_deref()),
        ("decimal(6,2)", Some("USD"))
    );
    let share = column("share", &["45%", "7%", ""]);
    assert_eq!((share.kind.to_string().as_str(), share.unit.as_deref()), ("int64", Some("%")));
    assert!(share.nullable);
    let heat = column("heat", &["3.5 °C", "-12.0 °C"]);
    assert_eq!(
        (heat.kind.to_string().as_str(), heat.unit.as_deref()),
        ("decimal(3,1)", Some("°C"))
    );
    let comma = column("price", &["1.250,50 €", "9,99 €"]);
    assert_eq!(comma.format.as_deref(), Some(guard::column::DECIMAL_COMMA));
    assert_eq!(values("price", &["1.250,50 €", "9,99 €"]), r#"["1250.50","9.99"]"#);
    assert_eq!(values("net", &["(1,200.25)", "300.00"]), r#"["-1200.25","300.00"]"#);
}

#[test]
fn two_units_are_text_and_said() {
    let (column, findings) = said("wait", &["2 hours", "30 minutes"], &Said::default());
    assert_eq!(column.kind, Kind::Text);
    assert!(findings.iter().any(|finding| finding.message.contains("min")), "{findings:?}");
}

#[test]
fn codes_stay_text() {
    assert_eq!(kind("id", &["0012", "3456"]), "text");
    assert_eq!(kind("phone", &["5550100123", "5550100456"]), "text");
    assert_eq!(kind("Zip Code", &["90210", "10001"]), "text");
    assert_eq!(kind("card_number", &["4000123412341234", "5100123412341234"]), "text");
    assert_eq!(kind("contact", &["+4930123456", "+33612345678"]), "text");
    assert_eq!(kind("short_name", &["10", "20"]), "text");
    assert_eq!(kind("floor", &["10", "20"]), "int64");
    assert_eq!(kind("part_code", &["1E5", "2E7"]), "text");
    assert_eq!(kind("sizes", &["7,8", "9,10"]), "text");
    assert_eq!(kind("ShipDateStr", &["20200131", "20200201"]), "text");
    assert_eq!(kind("block_id", &["1.00", "2.00"]), "text");
}

#[test]
fn moments_are_dates_times_or_stamps() {
    assert_eq!(kind("d", &["2020-01-02", "2021-12-31"]), "date");
    assert_eq!(kind("d", &["2020-01-02", "2021-12-31 10:00"]), "timestamp");
    assert_eq!(kind("d", &["2020-01-02T10:00:00Z"]), "timestamptz");
    assert_eq!(kind("d", &["7:30 PM", "8:00 am", "-"]), "time");
    assert_eq!(kind("d", &["10:00", "24:61"]), "text");
    assert_eq!(kind("d", &["10:00", "2020-01-02"]), "text");
    assert_eq!(kind("d", &["2020-02-30", "2020-02-01"]), "text");
    assert_eq!(kind("duration", &["00:03:12", "00:04:05"]), "text");
}

#[test]
fn whole_column_settles_day_and_month() {
    assert_eq!(values("d", &["25/12/2020", "01/02/2020"]), r#"["2020-12-25","2020-02-01"]"#);
    assert_eq!(values("d", &["12/25/2020", "01/02/2020"]), r#"["2020-12-25","2020-01-02"]"#);
    let rising = ["28/1/2020", "1/2/2020"];
    assert_eq!(column("d", &rising).format.as_deref(), Some("%d/%m/%Y"));
    let rising = ["2/1/2020", "5/1/2020", "9/1/2020", "1/2/2020", "4/2/2020", "7/2/2020"];
    assert_eq!(column("d", &rising).format.as_deref(), Some("%d/%m/%Y"));
    let (open, findings) = said("d", &["3/4/2020", "2/1/2020"], &Said::default());
    assert_eq!(open.format.as_deref(), Some("%m/%d/%Y"));
    assert_eq!(findings[0].at, "/tables/0/columns/0");
    let remarks = vec![("d".to_owned(), "a date, DD/MM/YYYY".to_owned())];
    let (told, findings) = said("d", &["3/4/2020"], &Said { remarks, ..Said::default() });
    assert_eq!((told.format.as_deref(), findings.len()), (Some("%d/%m/%Y"), 0));
}

#[test]
fn two_orders_in_one_column_are_text_and_said() {
    let (column, findings) = said("d", &["25/12/2020", "12/25/2020"], &Said::default());
    assert_eq!((column.kind, findings.len()), (Kind::Text, 1));
}

#[test]
fn columns_beside_settle_what_one_leaves_open() {
    let mut table = RawTable::new("t", "t", vec!["from".into(), "to".into()]);
    table.push_row([Cell::bare("25/12/2020"), Cell::bare("01/02/2021")]);
    table.push_row([Cell::bare("26/12/2020"), Cell::bare("02/02/2021")]);
    let columns = columns(&table, &Said::default(), "/tables/0", &mut Vec::new());
    assert_eq!(columns[1].format.as_deref(), Some("%d/%m/%Y"));
}

#[test]
fn numbers_are_moments_by_form_or_by_name() {
    assert_eq!(kind("x", &["20200131", "20191201"]), "date");
    assert_eq!(kind("order_id", &["20200131", "20191201"]), "int64");
    assert_eq!(kind("x", &["20200131", "20201301"]), "int64");
    assert_eq!(kind("x", &["20200131093000", "20191201120000"]), "timestamp");
    let epoch = column("created_at", &["1596124400", "1600000000"]);
    assert_eq!((epoch.kind, epoch.format.as_deref()), (Kind::TimestampTz, Some("epoch_s")));
    assert_eq!(values("ts", &["1600000000500"]), r#"["2020-09-13T12:26:40.5Z"]"#);
    assert_eq!(kind("visits", &["1596124400"]), "int64");
    assert_eq!(kind("time", &["43", "39"]), "int64");
}

#[test]
fn truths_need_two_words_or_a_name() {
    assert_eq!(kind("x", &["true", "FALSE"]), "bool");
    assert_eq!(kind("x", &["true"]), "bool");
    assert_eq!(kind("rsvp", &["Yes", "No", "n/a"]), "bool");
    assert_eq!(kind("rsvp", &["Yes", "Yes"]), "text");
    assert_eq!(kind("is_member", &["1", "0"]), "bool");
    assert_eq!(kind("IsMember", &["Y", "Y"]), "bool");
    assert_eq!(kind("stops", &["1", "0"]), "int64");
    let remarks = vec![("paid".to_owned(), "Boolean".to_owned())];
    let (told, _) = said("paid", &["0", "1"], &Said { remarks, ..Said::default() });
    assert_eq!(told.kind, Kind::Bool);
}

#[test]
fn classes_need_evidence() {
    let again = ["open", "shut", "open", "open", "shut", "shut", "open", "shut"];
    assert_eq!(column("x", &again).kind, Kind::Enum(vec!["open".into(), "shut".into()]));
    assert_eq!(kind("city", &again), "text");
    assert_eq!(kind("status", &["open", "shut", "open", "shut"]), "enum");
    assert_eq!(kind("status", &["open", "shut", "held"]), "text");
    let long = "a sentence that tells what went on at that time";
    assert_eq!(kind("x", &[long; 9]), "text");
}

#[test]
fn words_for_nothing_are_null_only_beside_values() {
    assert_eq!(values("n", &["5", "None", "n/a"]), "[5,null,null]");
    assert_eq!(values("d", &["2020-01-02", "-"]), r#"["2020-01-02",null]"#);
    assert_eq!(values("side_effects", &["Fever", "None"]), r#"["Fever","None"]"#);
    assert_eq!(values("parent", &["Tools", "NULL"]), r#"["Tools",null]"#);
    assert_eq!(values("parent", &["Tools", "\"NULL\""]), r#"["Tools","NULL"]"#);
    assert_eq!(kind("population", &["1200", "unknown"]), "text");
    let (_, findings) = said("n", &["5", "None"], &Said::default());
    assert!(findings[0].message.contains("None"), "{findings:?}");
}

#[test]
fn identifiers_are_uuids_in_lower_case() {
    let texts = ["8B0C1D22-7F6E-4A3B-9C8D-0E1F2A3B4C5D"];
    assert_eq!(values("key", &texts), r#"["8b0c1d22-7f6e-4a3b-9c8d-0e1f2a3b4c5d"]"#);
}

#[test]
fn nested_values_become_structs_and_lists() {
    let column = column("x", &[r#"{"a":1,"b":["u","v"]}"#, r#"{"a":2.5,"c":true}"#, ""]);
    let Kind::Struct(fields) = &column.kind else { panic!("{:?}", column.kind) };
    let shown: Vec<_> =
        fields.iter().map(|f| format!("{} {} {}", f.name, f.kind, f.nullable)).collect();
    assert_eq!(shown, ["a float64 false", "b list true", "c bool true"]);
    assert_eq!(values("x", &["[1,2]", "[]", ""]), "[[1,2],[],null]");
    assert_eq!(values("x", &[r#"["1","x"]"#]), r#"[["1","x"]]"#);
    assert_eq!(values("x", &[r#"[1,"x",null]"#]), r#"[[1,"x",null]]"#);
    assert_eq!(kind("x", &["[1]", r#"{"a":1}"#]), "json");
    assert_eq!(values("x", &["[1]", "word", "5"]), r#"[[1],"word",5]"#);
    assert_eq!(kind("x", &["{}"]), "json");
    assert_eq!(values("x", &[r#"{"a":1,"a":2}"#, "{}"]), r#"[{"a":2},{"a":null}]"#);
    assert_eq!(kind("x", &["\"{\"a\":[1]}\"", "\"{\"b\":2}\""]), "json");
}

#[test]
fn designs_win_where_values_fit() {
    let design = |kind| Said { columns: vec![Column::new("Val", kind)], ..Said::default() };
    let small = Kind::Int(IntSize::I16);
    let (column, _) = said("val", &["1", "2"], &design(small.clone()));
    assert_eq!((column.kind, column.name.as_str()), (small.clone(), "val"));
    let (column, _) = said("val", &["1", "2"], &design(Kind::Text));
    assert_eq!(column.kind, Kind::Text);
    let (column, findings) = said("val", &["apple", "pear"], &design(small));
    assert_eq!((column.kind, findings.len()), (Kind::Text, 1));
    let (column, _) = said("val", &["25/12/2020"], &design(Kind::Timestamp));
    assert_eq!((column.kind, column.format.as_deref()), (Kind::Timestamp, Some("%d/%m/%Y")));
}

#[test]
fn empty_columns_are_nullable_text() {
    let empty = column("x", &["", ""]);
    assert_eq!((empty.kind, empty.nullable), (Kind::Text, true));
}

#[test]
fn deep_and_wide_values_are_bounded() {
    let deep = "[".repeat(50_000) + &"]".repeat(50_000);
    let column = column("x", &[&deep]);
    assert!(matches!(column.kind, Kind::List(_) | Kind::Json));
    let wide: Vec<String> = (0..5000).map(|at| format!("\"k{at}\":1")).collect();
    assert_eq!(kind("x", &[&format!("{{{}}}", wide.join(","))]), "json");
}

/// A cell of any form.
fn any_cell() -> impl Strategy<Value = Cell<'static>> {
    let word = prop_oneof![
        "[-+(]?[$€]?[0-9]{1,12}([.,][0-9]{1,3}){0,2}( ?(%|kg|h))?\\)?",
        "[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?Z?)?",
        "(yes|no|true|false|T|F|0|1|N/A|NULL|null|none|-)",
        "[0-9]{1,2}:[0-9]{2}( [ap]m)?",
        "[a-z]{1,3}",
        "\\PC{0,12}",
    ];
    let nested = prop_oneof![
        "\\{\"a\":[0-9]{1,3}(,\"b\":(\"x\"|null|\\[1\\]))?\\}",
        "\\[(1|\"2\"|null|\\{\"k\":true\\})(,(1|\"2020-01-02\"|1.5)){0,2}\\]",
        "[\\[{]\\PC{0,8}",
    ];
    prop_oneof![
        1 => Just(Cell::Absent),
        6 => word.clone().prop_map(Cell::bare),
        2 => word.prop_map(|text| Cell::Quoted(text.into())),
        2 => nested.prop_map(|text| Cell::Nested(text.into())),
    ]
}

proptest! {
    #[test]
    fn what_is_inferred_fits(
        name in "(id|d|price|is_x|created_at|status|zip|x)",
        pool in proptest::collection::vec(any_cell(), 1..4),
        picks in proptest::collection::vec(0_usize..4, 0..12),
    ) {
        let mut table = RawTable::new("t", "t", vec![name]);
        for pick in &picks {
            table.push_row([pool[pick % pool.len()].clone()]);
        }
        let mut findings = Vec::new();
        let columns = columns(&table, &Said::default(), "/tables/0", &mut findings);
        let (array, misfits) = guard::column::array(&table, 0, &columns[0]);
        prop_assert_eq!(array.len(), picks.len());
        prop_assert_eq!(array.data_type(), &columns[0].kind.to_arrow());
        prop_assert!(misfits.is_empty(), "{:?} {:?}", columns, misfits);
        prop_assert!(array.null_count() == 0 || columns[0].nullable, "{:?}", columns);
        for row in 0..array.len() {
            let _ = cell_value(&array, row, &columns[0].kind).to_string();
        }
        prop_assert_eq!(guard::column::batch(&table, &columns).num_rows(), picks.len());
    }

    #[test]
    fn any_cells_fit_or_are_reported(
        cells in proptest::collection::vec(any_cell(), 0..8),
        kind in any_kind(),
    ) {
        let mut table = RawTable::new("t", "t", vec!["x".into()]);
        for cell in &cells {
            table.push_row([cell.clone()]);
        }
        let column = Column::new("x", kind);
        let (array, misfits) = guard::column::array(&table, 0, &column);
        prop_assert_eq!(array.len(), cells.len());
        prop_assert_eq!(array.data_type(), &column.kind.to_arrow());
        prop_assert!(misfits.iter().all(|misfit| misfit.row < cells.len()));
        for (row, cell) in cells.iter().enumerate() {
            let lost = array.is_null(row) && !guard::column::is_absent(cell, &column.kind);
            let told = misfits.iter().any(|misfit| misfit.row == row);
            prop_assert!(!lost || told, "{:?} under {}", cell, column.kind);
        }
    }
}

fn any_kind() -> impl Strategy<Value = Kind> {
    let leaf = prop_oneof![
        Just(Kind::Bool),
        Just(Kind::Int(IntSize::I8)),
        Just(Kind::Int(IntSize::I64)),
        Just(Kind::Float),
        Just(Kind::Decimal { precision: 5, scale: 2 }),
        Just(Kind::Text),
        Just(Kind::Enum(vec!["a".into(), "Yes".into()])),
        Just(Kind::Date),
        Just(Kind::Time),
        Just(Kind::Timestamp),
        Just(Kind::TimestampTz),
        Just(Kind::Uuid),
        Just(Kind::Json),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        let field = (inner, any::<bool>());
        prop_oneof![
            field.clone().prop_map(|(kind, nullable)| {
                let name = "item".into();
                Kind::List(Box::new(crate::kind::Field { name, kind, nullable }))
            }),
            (field.clone(), field).prop_map(|(a, b)| {
                let named = |name: &str, (kind, nullable)| crate::kind::Field {
                    name: name.into(),
                    kind,
                    nullable,
                };
                Kind::Struct(vec![named("a", a), named("b", b)])
            }),
        ]
    })
}

#[test]
fn number_that_no_kind_holds_stays_text() {
    assert_eq!(kind("x", &["1e400", "1.5", "2"]), "text");
    assert_eq!(kind("x", &["-1e999", "1.5", "2"]), "text");
    assert_eq!(kind("x", &["1e-400", "1.5", "2"]), "text");
    assert_eq!(kind("x", &["1e300", "1.5", "0e5"]), "float64");
    let long = "1234567890123456789012345678901234567890";
    assert_eq!(kind("x", &[long, "2", "3"]), "text");
    assert_eq!(kind("x", &[&format!("{long}.12"), "2.50", "3.75"]), "text");
    assert_eq!(kind("x", &[&format!("0.{long}"), "2.50", "3.75"]), "float64");
}

#[test]
fn sections_that_count_beyond_nine_are_no_fractions() {
    assert_eq!(kind("ver", &["1.1", "1.2", "1.9", "1.10", "1.11", "2.1"]), "text");
    assert_eq!(kind("val", &["1.5", "2.25", "2.5", "2.75", "1.50"]), "float64");
    assert_eq!(kind("price", &["1.5", "2.10", "2.5", "2.75", "1.95"]), "decimal(3,2)");
}

#[test]
fn parts_of_a_microsecond_are_told_of() {
    let second = |fraction: &str| format!("2024-05-06 07:08:09.{fraction}");
    let texts = ["123456789", "123456", "123456000"].map(second);
    let (_, findings) = said("at", &texts.each_ref().map(String::as_str), &Said::default());
    let told = "1 of 3 moments name parts of a microsecond";
    assert!(findings.iter().any(|finding| finding.message.contains(told)), "{findings:?}");
}
