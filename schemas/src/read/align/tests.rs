//! Tests: ragged rows and their one right division.

use std::borrow::Cow;

use super::*;
use crate::read::delimited::scan::{Dialect, Escape, Scanner};

const COMMAS: Dialect = Dialect { delimiter: b',', quote: Some(b'"'), escape: Escape::Doubled };

fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    Scanner::new(line, COMMAS).single(0, &mut pieces);
    pieces
}

fn divided(header: &str, fitting: &[&str], row: &str) -> Vec<String> {
    let header: Vec<String> = header.split(',').map(str::to_owned).collect();
    let mut profile = Profile::new(&header, None);
    for line in fitting {
        let cells = pieces(line);
        profile.learn(cells.iter().map(|piece| &*piece.text));
    }
    let aligned = align(&profile, row, &pieces(row), Tail::Whole, &mut Patience::with(row.len()));
    aligned.cells.iter().map(|cell| cell.text().unwrap_or("∅").to_owned()).collect()
}

#[test]
fn thousands_are_joined_where_no_row_fits() {
    assert_eq!(
        divided(
            "Reef,Restoration Method,Budget,Started",
            &[],
            "Maldives,Coral Nursery,$250,000,3/9/2021"
        ),
        ["Maldives", "Coral Nursery", "$250,000", "3/9/2021"]
    );
}

#[test]
fn coordinates_are_joined_by_the_header() {
    assert_eq!(
        divided(
            "Station,Location (lat/long),Depth,Day",
            &[],
            "North,51.5012,-0.1201,40,2021-02-03"
        ),
        ["North", "51.5012,-0.1201", "40", "2021-02-03"]
    );
}

#[test]
fn sentence_stays_in_the_text_column() {
    let fitting = ["1,Lamp,A small light,2020-01-02", "2,Rug,A woven floor cover,2020-01-05"];
    assert_eq!(
        divided(
            "id,name,description,created",
            &fitting,
            "3,Vase,A tall, slim, blue vessel,2020-02-01"
        ),
        ["3", "Vase", "A tall, slim, blue vessel", "2020-02-01"]
    );
}

#[test]
fn missing_value_is_null_where_kinds_say_so() {
    let fitting = ["1,Lamp,20.50,2020-01-02", "2,Rug,18.00,2020-01-05", "3,Cup,2.25,2020-01-07"];
    assert_eq!(
        divided("id,name,price,created", &fitting, "4,Vase,2020-02-01"),
        ["4", "Vase", "∅", "2020-02-01"]
    );
}

#[test]
fn value_seen_before_goes_where_it_was() {
    let fitting = [
        "1,Oslo,open,tall",
        "2,Rome,shut,low",
        "3,Lima,open,tall",
        "4,Bern,shut,low",
        "5,Kyiv,open,low",
    ];
    assert_eq!(divided("id,city,gate,wall", &fitting, "6,Cairo,tall"), ["6", "Cairo", "∅", "tall"]);
}

/// Rows of a number, a class, a day and an amount.
fn accounts(rows: usize) -> Vec<String> {
    let class = |row: usize| ["open", "paid", "late"][row % 3];
    (0..rows)
        .map(|row| format!("{row},{},2024-02-{:02},{row}.50", class(row), 1 + row % 28))
        .collect()
}

#[test]
fn surplus_piece_is_set_aside_where_no_column_holds_it() {
    let fitting = accounts(90);
    let fitting: Vec<&str> = fitting.iter().map(String::as_str).collect();
    for row in [
        "7,paid,2024-02-03,12.25,spare",
        "7,paid,2024-02-03,12.25,spare,parts",
        "spare,7,paid,2024-02-03,12.25",
        "7,spare,paid,2024-02-03,12.25",
        "7,paid,spare,2024-02-03,12.25",
        "7,paid,2024-02-03,12.25,41",
    ] {
        let found = divided("id,state,day,amount", &fitting, row);
        assert_eq!(found, ["7", "paid", "2024-02-03", "12.25"], "{row}");
    }
}

#[test]
fn surplus_piece_joins_free_text() {
    let fitting = accounts(90);
    let noted: Vec<String> =
        fitting.iter().map(|row| format!("{row},a note on {}", row.replace(',', " "))).collect();
    let noted: Vec<&str> = noted.iter().map(String::as_str).collect();
    let row = "7,paid,2024-02-03,12.25,a note,with more";
    let found = divided("id,state,day,amount,note", &noted, row);
    assert_eq!(found, ["7", "paid", "2024-02-03", "12.25", "a note,with more"]);
}

#[test]
fn what_is_set_aside_is_told() {
    let fitting = accounts(60);
    let header = ["id", "state", "day", "amount"].map(String::from);
    let mut profile = Profile::new(&header, None);
    for row in &fitting {
        profile.learn(row.split(','));
    }
    let row = "7,paid,2024-02-03,12.25,spare";
    let aligned = align(&profile, row, &pieces(row), Tail::Whole, &mut Patience::with(row.len()));
    let found = told(&aligned, &header);
    assert_eq!(found.as_deref(), Some("`spare` set aside, for it fits no column"));
}

#[test]
fn very_wide_row_with_one_piece_more_is_divided() {
    let width = 300;
    let row = |at: usize| (0..width).map(move |column| (at * column % 97).to_string());
    let header: Vec<String> = (0..width).map(|column| format!("c{column}")).collect();
    let mut profile = Profile::new(&header, None);
    for at in 0..40 {
        let cells: Vec<String> = row(at).collect();
        profile.learn(cells.iter().map(String::as_str));
    }
    let fitting: Vec<String> = row(7).collect();
    let line = format!("{},spare", fitting.join(","));
    let aligned =
        align(&profile, &line, &pieces(&line), Tail::Whole, &mut Patience::with(line.len()));
    let cells: Vec<&str> = aligned.cells.iter().filter_map(Cell::text).collect();
    assert_eq!(cells, fitting);
}

#[test]
fn wide_row_keeps_every_piece() {
    let row = vec!["x"; 5000].join(",");
    let cells = divided("a,b,c", &[], &row);
    assert_eq!(cells.join(","), row);
}

#[test]
fn piece_is_borrowed() {
    assert!(matches!(pieces("a,\"b c\"")[1].text, Cow::Borrowed("b c")));
}

proptest::proptest! {
    #[test]
    fn narrow_search_finds_what_the_wide_one_finds(
        rows in proptest::collection::vec("[0-9]{1,3},(red|blue|),[a-z]{1,5} [a-z]{1,4},[0-9]{1,2}\\.[0-9]{2},2020-01-1[0-9]", 5..60),
        odd in "([0-9]{1,4}|red|[a-z]{1,6}|[a-z]{2,4} [a-z]{2,4}|[0-9]\\.[0-9]|2020-01-11)?((,|, )([0-9]{1,4}|red|[a-z]{1,6}|[a-z]{2,4} [a-z]{2,4}|[0-9]\\.[0-9]|2020-01-11)?){1,8}",
    ) {
        let header = ["id", "status", "note", "sum", "day"].map(String::from);
        let mut profile = Profile::new(&header, None);
        for row in &rows {
            profile.learn(row.split(','));
        }
        profile.learn_spaces(4 * rows.len(), 0);
        let mut pieces = Vec::new();
        let dialect = Dialect { delimiter: b',', quote: None, escape: Escape::Doubled };
        Scanner::new(&odd, dialect).single(0, &mut pieces);
        let mut patience = Patience::with(odd.len());
        let found = align(&profile, &odd, &pieces, Tail::Whole, &mut patience);
        let most = joinable(pieces.len(), 5);
        let table = weigh(&profile, &odd, &pieces, Tail::Whole, Band { gaps: 5, extra: pieces.len(), most });
        let (mut cells, mut piece, mut column) = (Vec::new(), 0, 0);
        while (piece, column) != (pieces.len(), 5) {
            match table[piece * 6 + column].1 {
                Step::Drop => piece += 1,
                Step::Leave => {
                    cells.push(Cell::Absent);
                    column += 1;
                }
                Step::Take(count) => {
                    cells.push(cell(&odd, &pieces[piece..piece + count]));
                    piece += count;
                    column += 1;
                }
            }
        }
        proptest::prop_assert_eq!(&found.cells, &cells);
    }
}
