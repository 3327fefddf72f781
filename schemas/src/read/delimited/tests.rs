//! Tests: small texts of every kind, and laws that hold for all.

use std::ops::Range;

use super::*;

fn source(text: &str) -> Source<'_> {
    Source { name: "things.csv", text, expect: None }
}

fn one(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let reading = read(text, &source(text));
    let table = &reading.tables[0];
    let rows = table
        .rows()
        .map(|row| row.iter().map(|cell| cell.text().unwrap_or("∅").to_owned()).collect())
        .collect();
    (table.header().to_vec(), rows)
}

#[test]
fn quoted_field_may_be_empty_and_hold_lines() {
    let (header, rows) = one("a,b\r\n\"x, \"\"y\"\"\r\nz\",\"\"\r\n");
    assert_eq!(header, ["a", "b"]);
    assert_eq!(rows, [["x, \"y\"\r\nz", ""]]);
}

#[test]
fn cells_of_hundreds_of_lines_are_cells() {
    let lines = (0..500).map(|line| format!("line {line}, so\n")).collect::<Vec<_>>().concat();
    let rows = |rows: Range<usize>, cell: &str| {
        rows.map(|row| format!("{row},{cell},{row}.5\n")).collect::<Vec<_>>().concat()
    };
    let blank = "x\n".to_owned() + &"\n".repeat(895) + "y";
    for cell in [lines.as_str(), blank.as_str()] {
        for first in [0, 1, 4000] {
            let quoted = rows(first..first + 9, &format!("\"{cell}\""));
            let text = format!("id,note,price\n{}{quoted}", rows(0..first, "plain words of it"));
            let (header, rows) = one(&text);
            assert_eq!(header, ["id", "note", "price"]);
            assert_eq!(rows.len(), first + 9);
            assert_eq!(rows[first][1], cell);
            assert_eq!(
                rows[first + 8],
                [&(first + 8).to_string(), cell, &format!("{}.5", first + 8)]
            );
        }
    }
}

#[test]
fn lines_of_nul_and_ctrl_z_are_called_what_they_are() {
    for header in ["id,name\n1,a\n", "name\na\n"] {
        let said = |end: &str| {
            let text = format!("{header}{end}");
            let reading = read(&text, &source(&text));
            assert_eq!(reading.tables[0].len(), 1, "{text:?}");
            reading.findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
        };
        assert!(said("\u{1A}").is_empty());
        assert_eq!(said("\0\0\0\n"), ["line of nothing but NUL or Ctrl-Z left out"]);
    }
}

#[test]
fn numbers_in_the_first_record_mean_no_header() {
    assert_eq!(one("1,ada\n2,bob\n").0, ["column0", "column1"]);
}

#[test]
fn preamble_and_footer_are_left_out_and_reported() {
    let text =
        "Sales of May\n\nday,sold\n2020-05-01,3\n2020-05-02,4\n\nSource: the till, by hand.\n";
    let reading = read(text, &source(text));
    assert_eq!(reading.tables[0].len(), 2);
    assert_eq!(reading.findings.len(), 2);
}

#[test]
fn titles_padded_to_the_width_are_no_header() {
    let text = "Sales,,\nof May,,\n,,\nday,sold,price\n2020-05-01,3,1.50\n2020-05-02,4,1.60\n";
    let reading = read(text, &source(text));
    assert_eq!(reading.tables[0].header(), ["day", "sold", "price"]);
    assert_eq!((reading.tables[0].len(), reading.findings.len()), (2, 1));
    // A row that is all but empty is one of a table without names.
    assert_eq!(one("x,,\na,1,2\nb,3,4\n").1.len(), 3);
    assert_eq!(one("a,b,c\nx,,\ny,1,2\n").1.len(), 2);
}

#[test]
fn comment_with_delimiters_is_one_where_others_are() {
    let text = "# sold\n# by, hand\nday,sold,price\n1,2,3\n# and, then\n4,5,6\n";
    assert_eq!(one(text).1, [["1", "2", "3"], ["4", "5", "6"]]);
}

#[test]
fn rule_under_the_header_is_no_row() {
    assert_eq!(one("day\tsold\n---\t----\n1\t2\n3\t4\n").1, [["1", "2"], ["3", "4"]]);
    assert_eq!(one("day,sold\n1,2\n--,--\n3,4\n").1.len(), 3);
}

#[test]
fn end_mark_of_a_file_is_no_row() {
    assert_eq!(one("day,sold\n1,2\n3,4\n\u{1A}").1.len(), 2);
    assert_eq!(one("day,sold\n1,2\n3,4\n\0\0\0").1.len(), 2);
}

#[test]
fn second_header_after_a_blank_line_begins_a_second_table() {
    let text = "id,name\n1,ada\n2,bob\n\nid,day,sum\n1,2020-01-01,5\n2,2020-01-02,6\n";
    let reading = read(text, &source(text));
    assert_eq!(reading.tables.iter().map(RawTable::len).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn header_of_another_width_begins_a_second_table() {
    let text = "id,name\n1,ada\n2,bob\nid,day,sum\n1,2020-01-01,5\n2,2020-01-02,6\n";
    let reading = read(text, &source(text));
    assert_eq!(reading.tables.iter().map(RawTable::len).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn last_record_under_lines_of_fields_is_a_row() {
    assert_eq!(one("a,b\rd,e,f").1, [["d", "e", "f"]]);
    assert!(one("\"\"").1.is_empty());
}

#[test]
fn repeated_header_is_no_row() {
    assert_eq!(one("id,name\n1,ada\nid,name\n2,bob\n").1.len(), 2);
}

#[test]
fn misplaced_quotes_cost_no_cell() {
    let clean =
        "\"id\",\"name\",\"phone\"\n\"1\",\"Ada\",\"555-0101\"\n\"2\",\"Bob\",\"555-0102\"\n";
    for row in [
        "\"3\"\"Cy\",\"555-0103\"",
        "\"3\"\",\"Cy\",\"555-0103\"",
        "\"3\" \"Cy\" \"555-0103\"",
        "\"3\",,\"Cy\",\"555-0103\"",
    ] {
        let text = format!("{clean}{row}\n\"4\",\"Di\",\"555-0104\"\n");
        let (_, rows) = one(&text);
        assert_eq!(rows.len(), 4, "{row}");
        assert_eq!(rows[2], ["3", "Cy", "555-0103"], "{row}");
    }
}

#[test]
fn unclosed_quote_swallows_no_line() {
    let (_, rows) = one("a,b\n1,\"x\n2,y\n3,\"z\"\n");
    assert_eq!(rows, [["1", "x"], ["2", "y"], ["3", "z"]]);
}

#[test]
fn opening_quotes_and_long_lines_stay_linear() {
    let quotes = format!("a,b\n{}", "1,\"x\n".repeat(200_000));
    assert_eq!(one(&quotes).1.len(), 200_000);
    let unclosed = format!("a,b\n1,\"x\n{}", format!("2,{}\n", "y".repeat(100)).repeat(100_000));
    assert_eq!(one(&unclosed).1.len(), 100_001);
    let line = format!("a,b\n1,{}\n", "x".repeat(10_000_000));
    assert_eq!(one(&line).1.len(), 1);
    let wide = "x,".repeat(100_000);
    assert!(!read(&wide, &source(&wide)).tables.is_empty());
}

#[test]
fn row_that_fits_by_chance_is_mended() {
    let text = "id,name,city,sum\n1,Ada,Oslo,5.50\n2,Bob,Rome,6.10\n3,Cy,Lima,7.25\n4,Di,Bern,8.00\n5,Ed, Jr.,9.75\n";
    assert_eq!(one(text).1[4], ["5", "Ed, Jr.", "∅", "9.75"]);
}

#[test]
fn comments_and_trailing_delimiters_are_no_data() {
    let (_, rows) = one("# made by hand\na;b\n1;2;\n# half way\n3;4#5;6\n");
    assert_eq!(rows, [["1", "2"], ["3", "4"]]);
}

#[test]
fn line_ends_may_be_mixed() {
    assert_eq!(one("a,b\r1,2\r\n3,4\n5,6").1.len(), 3);
}

#[test]
fn single_column_keeps_its_blank_lines() {
    assert_eq!(one("note\nx\n\ny\n").1, [["x"], ["∅"], ["y"]]);
}

#[test]
fn spans_leave_prose_alone() {
    let text = "Sure, here are the rows, as you asked:\n\nid,name\n1,ada\n2,bob\n\nI hope this helps, and good luck.\n";
    let found: Vec<&str> = spans(text).into_iter().map(|span| &text[span]).collect();
    assert_eq!(found, ["id,name\n1,ada\n2,bob"]);
}

proptest::proptest! {
    #[test]
    fn any_text_reads(text in "[a-c0-9,;|\"'\\\\\t\r\n #.-]{0,200}") {
        let _ = read(&text, &source(&text));
        let _ = spans(&text);
    }

    #[test]
    fn any_bytes_read(bytes in proptest::collection::vec(proptest::arbitrary::any::<u8>(), 0..200)) {
        let text = crate::read::decode(&bytes).into_owned();
        let _ = read(&text, &source(&text));
    }

    #[test]
    fn clean_text_comes_back(rows in proptest::collection::vec(proptest::collection::vec("[ -~\u{e9}\n]{0,12}", 3), 1..8)) {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let lines = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n");
        let text = format!("first,second,third\n{}\"end\",\"end\",\"end\"\n", lines.collect::<String>());
        let (header, found) = one(&text);
        proptest::prop_assert_eq!(header, ["first", "second", "third"]);
        let kept = rows.iter().skip_while(|row| row.iter().all(String::is_empty));
        proptest::prop_assert_eq!(&found[..found.len() - 1], &kept.cloned().collect::<Vec<_>>()[..]);
    }

    #[test]
    fn no_row_is_lost(rows in proptest::collection::vec(proptest::collection::vec("[a-z]{1,6}|[0-9]{1,4}| [a-z]{1,3}", 1..7), 1..12)) {
        let lines = rows.iter().enumerate().map(|(id, row)| format!("{id},{}\n", row.join(",")));
        let text = format!("id,name,note,sum\n{}", lines.collect::<String>());
        let (_, found) = one(&text);
        let words = |cells: &[String]| {
            let all = cells.join(",").replace('∅', "");
            all.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect::<Vec<_>>()
        };
        proptest::prop_assert_eq!(found.len(), rows.len());
        for ((id, row), cells) in rows.iter().enumerate().zip(&found) {
            let mut given = vec![id.to_string()];
            given.extend(row.iter().cloned());
            proptest::prop_assert_eq!(words(cells), words(&given));
        }
    }
}
