//! Tests: printed tables as programs and people write them.

use super::*;
use crate::cell::RawTable;

fn rows(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let reading = read(text, &Source { name: "reply.md", text, expect: None });
    let table = &reading.tables[0];
    let rows = table
        .rows()
        .map(|row| row.iter().map(|cell| cell.text().unwrap_or("∅").into()).collect())
        .collect();
    (table.header().to_vec(), rows)
}

#[test]
fn outer_pipes_are_optional_and_inner_ones_escaped() {
    let text = "Look:\n\n**Name** | Use\n:--|--:\na \\| b | x\nc |\n\nDone | so.\n";
    let (header, rows) = rows(text);
    assert_eq!(header, ["Name", "Use"]);
    assert_eq!(rows, [["a | b", "x"], ["c", "∅"]]);
}

#[test]
fn two_tables_are_two() {
    let text = "| a | b |\n|---|---|\n| 1 | 2 |\n\n| c | d |\n|---|---|\n| 3 | 4 |\n| 5 | 6 |\n";
    let found = read(text, &Source { name: "reply.md", text, expect: None });
    assert_eq!(found.tables.iter().map(RawTable::len).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn pipes_that_agree_need_no_rule() {
    assert_eq!(rows("| a | b |\n| 1 | 2 |\n| 3 | 4 |\n").1.len(), 2);
}

#[test]
fn tables_quoted_or_printed_are_tables() {
    let printed = [
        " id | town \n----+------\n  1 | Oslo\n  2 | Hull\n(2 rows)\n",
        "> | id | town |\n> | —– | —– |\n> | 1 | Oslo |\n> | 2 | Hull |\n",
        "+----+------+\n| id | town |\n+----+------+\n|  1 | Oslo |\n|  2 | Hull |\n+----+------+\n",
        "+----+------+\n| id | town |\n+====+======+\n| 1  | Oslo |\n+----+------+\n| 2  | Hull |\n+----+------+\n",
        "┌───────┬─────────┐\n│  id   │  town   │\n│ int32 │ varchar │\n├───────┼─────────┤\n│     1 │ Oslo    │\n│     2 │ Hull    │\n├───────┴─────────┤\n│ 2 rows          │\n└─────────────────┘\n",
        "shape: (2, 2)\n┌─────┬──────┐\n│ id  ┆ town │\n│ --- ┆ ---  │\n│ i64 ┆ str  │\n╞═════╪══════╡\n│ 1   ┆ Oslo │\n│ 2   ┆ Hull │\n└─────┴──────┘\n",
    ];
    for text in printed {
        let (header, rows) = rows(text);
        assert_eq!(header, ["id", "town"], "{text}");
        assert_eq!(rows, [["1", "Oslo"], ["2", "Hull"]], "{text}");
    }
}

#[test]
fn tree_of_folders_is_no_table() {
    assert!(spans("a\n│   ├── b\n│   │   └── c\n│   │   ├── d\n│   └── e\n").is_empty());
}

#[test]
fn longer_row_loses_nothing() {
    let text = "| id | note |\n|---|---|\n| 1 | x |\n| 2 | y | z |\n";
    assert_eq!(rows(text).1[1], ["2", "y | z"]);
}

/// The names, the rows and what was said of them.
fn told(text: &str) -> (Vec<String>, Vec<Vec<String>>, Vec<String>) {
    let (header, rows) = rows(text);
    let reading = read(text, &Source { name: "reply.md", text, expect: None });
    assert_eq!(reading.tables.len(), 1, "{text}");
    (header, rows, reading.findings.into_iter().map(|finding| finding.message).collect())
}

#[test]
fn types_dots_and_counts_of_a_box_are_no_rows() {
    let (header, rows, said) = told(
        "┌───────┬─────────┬────────┐\n│  id   │  town   │  size  │\n│ int64 │ varchar │ double │\n\
         ├───────┼─────────┼────────┤\n│     1 │ Oslo    │    1.5 │\n│     2 │ Hull    │   NULL │\n\
         │     · │  ·      │     ·  │\n│     · │  ·      │     ·  │\n│     9 │ York    │    3.0 │\n\
         ├───────┴─────────┴────────┤\n│ 9 rows (3 shown) 3 columns│\n└──────────────────────────┘\n",
    );
    assert_eq!(header, ["id", "town", "size"]);
    assert_eq!(rows, [["1", "Oslo", "1.5"], ["2", "Hull", "∅"], ["9", "York", "3.0"]]);
    assert_eq!(said, ["rows were left out where this was printed: `9 rows (3 shown) 3 columns`"]);
}

#[test]
fn box_without_rows_has_names() {
    for text in [
        "┌───────┬─────────┐\n│  id   │  town   │\n│ int32 │ varchar │\n└───────┴─────────┘\n      0 rows\n",
        "┌───────┬─────────┐\n│  id   │  town   │\n│ int32 │ varchar │\n├───────┴─────────┤\n│     0 rows      │\n└─────────────────┘\n",
    ] {
        let (header, rows, _) = told(text);
        assert_eq!((header, rows), (vec!["id".to_owned(), "town".to_owned()], vec![]), "{text}");
    }
    assert!(spans("┌─────┬─────┐\n│ a   │ b   │\n└─────┴─────┘\n").is_empty());
}

#[test]
fn words_that_name_types_stay_where_they_are_values() {
    let text = "┌─────────┬─────────┐\n│  kind   │  note   │\n│ varchar │ varchar │\n├─────────┼─────────┤\n\
                │ int64   │ varchar │\n│ date    │ time    │\n└─────────┴─────────┘\n";
    assert_eq!(rows(text).1, [["int64", "varchar"], ["date", "time"]]);
}

#[test]
fn columns_that_are_not_printed_are_told() {
    let (header, rows, said) = told(
        "shape: (2, 30)\n┌─────┬───┬──────┐\n│ id  ┆ … ┆ z    │\n│ --- ┆   ┆ ---  │\n│ i64 ┆   ┆ str  │\n\
         ╞═════╪═══╪══════╡\n│ 1   ┆ … ┆ null │\n│ 2   ┆ … ┆ long… │\n└─────┴───┴──────┘\n",
    );
    assert_eq!(header, ["id", "z"]);
    assert_eq!(rows, [["1", "∅"], ["2", "long…"]]);
    assert_eq!(
        said,
        [
            "columns were left out where this was printed: one is called `…`",
            "a cell was cut off where this was printed: `…`"
        ]
    );
}

#[test]
fn cells_of_several_lines_are_one() {
    for text in [
        // Marked by `psql`, without and with a frame.
        " id |   note    | size \n----+-----------+------\n  1 | x         |    5\n  2 | by the   +|     \n    | sea       | \n(2 rows)\n",
        "+----+-----------+------+\n| id |   note    | size |\n+----+-----------+------+\n|  1 | x         |    5 |\n|  2 | by the   +|      |\n|    | sea       |      |\n+----+-----------+------+\n(2 rows)\n",
        " id │ note    │ size \n────┼─────────┼──────\n  1 │ x       │    5\n  2 │ by the ↵│     \n    │ sea     │ \n",
        // Between rules.
        "┌────┬────────┬──────┐\n│ id │  note  │ size │\n├────┼────────┼──────┤\n│ 1  │ x      │ 5    │\n├────┼────────┼──────┤\n│ 2  │ by the │      │\n│    │ sea    │      │\n└────┴────────┴──────┘\n",
        // In columns, with blank lines between rows.
        "id  note    size\n--  ------  ----\n1   x       5\n\n2   by the\n    sea\n",
        // One value a line.
        "-[ RECORD 1 ]----\nid   | 1\nnote | x\nsize | 5\n-[ RECORD 2 ]----\nid   | 2\nnote | by the   +\n     | sea\nsize | \n",
        "+-[ RECORD 1 ]----+\n| id   | 1        |\n| note | x        |\n| size | 5        |\n+-[ RECORD 2 ]----+\n| id   | 2        |\n| note | by the  +|\n|      | sea      |\n| size |          |\n+------+----------+\n",
        "*************************** 1. row ***************************\n  id: 1\nnote: x\nsize: 5\n*************************** 2. row ***************************\n  id: 2\nnote: by the\nsea\nsize: NULL\n2 rows in set (0.00 sec)\n",
        "   id = 1\n note = x\n size = 5\n\n   id = 2\n note = by the\nsea\n size = \n",
    ] {
        let (header, rows, _) = told(text);
        assert_eq!(header, ["id", "note", "size"], "{text}");
        assert_eq!(rows, [["1", "x", "5"], ["2", "by the\nsea", "∅"]], "{text}");
    }
}

#[test]
fn cells_that_were_too_wide_are_joined_again() {
    for text in [
        " id | note   \n----+--------\n  1 | by the.\n    |. sea   \n  2 | x      \n",
        "┌───────┬────────┐\n│  id   │  note  │\n│ int32 │ varchar│\n├───────┼────────┤\n│     1 │ by the │\n│       │ sea    │\n│     2 │ x      │\n└───────┴────────┘\n",
    ] {
        let joined = rows(text).1;
        assert_eq!(joined.len(), 2, "{text}");
        assert_eq!(joined[0][1].replace(' ', ""), "bythesea", "{text}");
    }
    // What had room above is a row of its own.
    let apart = "┌─────────┬──────────────┐\n│  id     │     note     │\n│ varchar │   varchar    │\n\
                 ├─────────┼──────────────┤\n│ a       │ short        │\n│         │ other        │\n\
                 └─────────┴──────────────┘\n";
    assert_eq!(rows(apart).1.len(), 2);
}

#[test]
fn sections_between_rules_keep_their_rows() {
    let text = "+-------+------+\n| town  | size |\n+-------+------+\n| Oslo  |    1 |\n| Hull  |    2 |\n\
                | York  |    3 |\n+-------+------+\n| total |    6 |\n+-------+------+\n";
    assert_eq!(rows(text).1.len(), 4);
}

#[test]
fn restructured_text_is_read_by_its_edges() {
    for text in [
        "=====  ========  =====\nId     Town      Price\n=====  ========  =====\n1      Hull, by\n       the sea   2.5\n2                3.5\n=====  ========  =====\n",
        "+----+----------+-------+\n| Id | Town     | Price |\n+====+==========+=======+\n| 1  | Hull, by | 2.5   |\n|    | the sea  |       |\n+----+----------+-------+\n| 2  |          | 3.5   |\n+----+----------+-------+\n",
    ] {
        let (header, rows, _) = told(text);
        assert_eq!(header, ["Id", "Town", "Price"], "{text}");
        assert_eq!(rows, [["1", "Hull, by the sea", "2.5"], ["2", "∅", "3.5"]], "{text}");
    }
}

#[test]
fn columns_below_dashes_are_cut_where_the_dashes_are() {
    for text in [
        "id          town                size\n----------- ------------------- ------\n          1 Oslo by the fjord      1.5\n          2 Hull                  NULL\n\n(2 rows affected)\n",
        "        ID TOWN                  SIZE\n---------- --------------- ----------\n         1 Oslo by the fjord      1.5\n"
            .replace("Oslo by the fjord", "Oslo by fjord  ")
            .as_str(),
    ] {
        let (header, rows, _) = told(text);
        assert_eq!(header.len(), 3, "{text}");
        assert_eq!((rows[0][0].as_str(), rows[0][2].as_str()), ("1", "1.5"), "{text}");
    }
    let paged = "id town\n-- ------\n 1 Oslo\n\nid town\n-- ------\n 2 Hull\n\n2 rows selected.\n";
    assert_eq!(rows(paged).1, [["1", "Oslo"], ["2", "Hull"]]);
    assert!(spans("A heading\n---------\nand what it says\n\n- - -\n").is_empty());
}

#[test]
fn data_frame_has_its_columns_and_no_counted_index() {
    let (header, rows, said) = told(
        "    id    town  size\n0    1    Oslo   1.5\n1    2  Hull a   NaN\n..  ..     ...   ...\n\
         8    9    York   3.0\n\n[9 rows x 3 columns]\n",
    );
    assert_eq!(header, ["id", "town", "size"]);
    assert_eq!(rows, [["1", "Oslo", "1.5"], ["2", "Hull a", "∅"], ["9", "York", "3.0"]]);
    assert_eq!(
        said,
        [
            "the numbers before the rows, counted from 0, are left out",
            "rows were left out where this was printed: `[9 rows x 3 columns]`"
        ]
    );
    let named = "      size  ok\ntown          \nOslo   1.5   1\nHull   2.5   0\n";
    assert_eq!(told(named).0, ["town", "size", "ok"]);
    let kept = "   id  size\n3   1   1.5\n7   2   2.5\n";
    assert_eq!(told(kept).1, [["3", "1", "1.5"], ["7", "2", "2.5"]]);
    let bare = " id town  size\n  1 Oslo   1.5\n  2 Hull   NaN\n";
    assert_eq!(told(bare).1, [["1", "Oslo", "1.5"], ["2", "Hull", "∅"]]);
}

#[test]
fn data_frame_in_blocks_is_one() {
    let (header, rows, _) = told(
        "    id  town  \\\n0    1  Oslo   \n1    2  Hull   \n\n   size  \n0   1.5  \n1   2.5  \n",
    );
    assert_eq!(header, ["id", "town", "size"]);
    assert_eq!(rows, [["1", "Oslo", "1.5"], ["2", "Hull", "2.5"]]);
}

#[test]
fn frames_without_blanks_and_with_names_in_the_edge_are_tables() {
    let (_, found, said) = told(
        "+---+--------------------+----+\n| id|                town|size|\n+---+--------------------+----+\n\
         |  1|a long name that ...| 1.5|\n|  2|                Hull|NULL|\n+---+--------------------+----+\n\
         only showing top 2 rows\n",
    );
    assert_eq!(found, [["1", "a long name that ...", "1.5"], ["2", "Hull", "∅"]]);
    assert_eq!(said[0], "rows were left out where this was printed: `only showing top 2 rows`");
    let crest = "   ┌─id─┬─town─┐\n1. │  1 │ Oslo │\n2. │  2 │ ᴺᵁᴸᴸ │\n   └────┴──────┘\n";
    assert_eq!(
        rows(crest),
        (
            vec!["id".into(), "town".into()],
            vec![vec!["1".into(), "Oslo".into()], vec!["2".into(), "∅".into()]]
        )
    );
}

#[test]
fn prose_and_code_are_no_printed_tables() {
    for text in [
        "  The sea is calm\nand the wind is up\nall day  and night\n",
        "let a = 1\nlet b = 2\n\nlet a = 3\n",
        "    x = 1\n    y = 2\n",
        "    Contents\n1 Of the sea\n2 Of the wind\n",
    ] {
        assert!(spans(text).is_empty(), "{text}");
    }
}

#[test]
fn many_lines_that_begin_no_table_take_no_longer_each() {
    let lines = 60_000;
    for line in [
        "a|b\n",
        "ab cd\n",
        "a = 1\n",
        "== ==\n",
        "a  b\n-\n",
        "a  b\n-- --\n",
        "a\n---\nb\n",
        "| a\nb | c\n",
    ] {
        let text = line.repeat(lines);
        let _ = spans(&text);
    }
}

#[test]
fn short_lines_under_many_columns_take_as_long_as_they_are() {
    let columns = 20_000;
    let head = format!("{}\n{}\n", "ab ".repeat(columns), "-- ".repeat(columns));
    let text = head + &"1\n".repeat(60_000);
    assert_eq!(spans(&text).first(), Some(&(0..text.len() - 1)));
}

#[test]
fn empty_columns_are_a_table_where_a_note_counts_no_rows() {
    let text = "a  b\n-- --\n".repeat(3);
    assert!(spans(&text).is_empty());
    for blank in ["", "\n"] {
        let noted = format!("{text}{blank}(0 rows)\n");
        let from = text.len() - "a  b\n-- --\n".len();
        assert_eq!(spans(&noted).first(), Some(&(from..noted.len() - 1)));
    }
}

proptest::proptest! {
    #[test]
    fn any_text_reads(text in "[a1|\\\\:\n =+.…*│┼─┴┌┐├-]{0,120}") {
        let _ = read(&text, &Source { name: "reply.md", text: &text, expect: None });
    }
}
