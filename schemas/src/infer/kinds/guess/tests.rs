//! Tests: what is taken on trust is what careful reading finds.

use proptest::prelude::*;

use crate::cell::{Cell, RawTable};
use crate::guard;
use crate::infer::Said;
use crate::infer::kinds::evidence::Evidence;
use crate::infer::kinds::{Hint, arrays, evident};
use crate::name::Identifier;

const NAMES: [&str; 12] = [
    "id",
    "status",
    "price",
    "note",
    "created_at",
    "is_open",
    "zip",
    "lat",
    "x",
    "amount",
    "code",
    "name_str",
];

/// The column, its array and the findings, by careful reading alone.
fn careful(table: &RawTable<'_>) -> Vec<(crate::Column, arrow::array::ArrayRef)> {
    let evidence = |at: usize| {
        let hint = Hint::new(&Identifier::new(&table.header()[at], "x"), "");
        let mut evidence = Evidence::new(hint, 0);
        table.column(at).for_each(|cell| evidence.take(&cell));
        evidence
    };
    let evidence: Vec<Evidence> = (0..table.width()).map(evidence).collect();
    (evident(table.header(), &evidence, "", &mut Vec::new()).into_iter().enumerate())
        .map(|(at, column)| {
            let array = guard::column::array(table, at, &column).0;
            (column, array)
        })
        .collect()
}

/// Values of one way of writing, most of the time.
fn values() -> impl Strategy<Value = Vec<Cell<'static>>> {
    let way = prop_oneof![
        Just("-?[1-9][0-9]{0,5}"),
        Just("[01]"),
        Just("[0-9]{1,3}\\.[0-9]{2}"),
        Just("-?[0-9]{1,3}(\\.[0-9]{1,3})?"),
        Just("[0-9]{8}|[0-9]{17,20}"),
        Just("20[0-2][0-9]-[01][0-9]-[0-3][0-9]"),
        Just("2020-0[1-9]-1[0-9][ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,7})?Z?"),
        Just("2020-0[1-9]-1[0-9] 1[0-9]:[0-5][0-9]:[0-5][0-9]"),
        Just("red|green|blue|Nil"),
        Just("[a-zé]{1,3}( [a-z]{1,9}){0,5}"),
        Just("yes|no|true|null"),
        Just("(0?[1-9]|1[0-9])/(0?[1-9]|1[0-9])/2020"),
    ];
    let odd = "N/A|null|NULL|-|[0-9]{1,2}|x y|\\{\\}| 5|5 |\\$5|2020-01-01|1e5|0[0-9]|";
    (way, 1..60_usize, 0..30_u32).prop_flat_map(move |(way, rows, share)| {
        let cell = |text: String, sort: u8| match sort {
            0 | 1 => Cell::bare(text),
            2 => Cell::Quoted(text.into()),
            _ => Cell::Absent,
        };
        let usual = (way, 0..3_u8).prop_map(move |(text, sort)| cell(text, sort));
        let other = (odd, 0..4_u8).prop_map(move |(text, sort)| cell(text, sort));
        let odd_share = if share < 20 { 0 } else { share - 19 };
        prop::collection::vec(
            prop_oneof![60 => usual, odd_share => other, share / 4 => Just(Cell::Absent)],
            rows,
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn what_is_trusted_is_what_careful_reading_finds(name in 0..NAMES.len(), values in values()) {
        let mut table = RawTable::new("t", "s", vec![NAMES[name].into()]);
        for value in values {
            table.push_row([value]);
        }
        let (columns, arrays) = arrays(&table, &Said::default(), "", &mut Vec::new());
        let found = columns.into_iter().zip(arrays);
        for ((column, array), (careful, plain)) in found.zip(careful(&table)) {
            prop_assert_eq!(&column, &careful);
            if let Some(array) = array {
                prop_assert_eq!(&array, &plain);
            }
        }
    }
}
