//! What is read from broken JSON, and that it always is.

use proptest::prelude::*;

use super::look;
use super::parse::{Parser, Place};
use crate::cell::{Cell, RawTable};
use crate::finding::Level;
use crate::read::{Reading, Source, read};

fn reading<'a>(name: &'a str, text: &'a str) -> Reading<'a> {
    read(&Source { name, text, expect: None })
}

/// The rows of a table in one line: names, then rows, `~` where nothing stood.
fn shown(table: &RawTable<'_>) -> String {
    let rows = table.rows().map(|row| {
        row.iter().map(|cell| cell.text().unwrap_or("~").to_owned()).collect::<Vec<_>>().join("|")
    });
    std::iter::once(table.header().join("|")).chain(rows).collect::<Vec<_>>().join(" / ")
}

fn first(text: &str) -> String {
    reading("reply.txt", text).tables.first().map_or_else(String::new, shown)
}

#[test]
fn each_repair_gives_what_the_writer_meant() {
    let cases = [
        // Quotation marks.
        (r#"{'town': 'Oslo', "area": 454}"#, "town|area / Oslo|454"),
        ("{“town”: “Oslo”}", "town / Oslo"),
        (r#"{town: Oslo, country: "Norway"}"#, "town|country / Oslo|Norway"),
        (r#"{town": "Oslo", "area": 454}"#, "town|area / Oslo|454"),
        (r#"{"town": Oslo", "area": 454}"#, "town|area / Oslo|454"),
        (r#"{"town": "Oslo, "area": 454}"#, "town|area / Oslo|454"),
        (r#"{"town": "Oslo}"#, "town / Oslo"),
        (r#"{"motto": "say "yes" twice", "n": 1}"#, r#"motto|n / say "yes" twice|1"#),
        (r#"{"motto": "so "yes", and so on", "n": 1}"#, r#"motto|n / so "yes", and so on|1"#),
        (r#"{"code": "if {"a": 1}, then b.", "n": 1}"#, r#"code|n / if {"a": 1}, then b.|1"#),
        (r#"{""town"": ""Oslo""}"#, "town / Oslo"),
        (r"{'s': 'it's fine', 'n': 2}", "s|n / it's fine|2"),
        ("{\"s\": \"\"\"two \"quoted\"\nlines\"\"\"}", "s / two \"quoted\"\nlines"),
        ("{\"s\": \"one\ntwo\", \"n\": 1}", "s|n / one\ntwo|1"),
        (r#"{"s": "one" + " and " + 'two'}"#, "s / one and two"),
        (r#"{"town": "Oslo" (the capital), "area": 454}"#, "town|area / Oslo|454"),
        (r#"["one" or so, "two", "three" at most]"#, "item / one / two / three"),
        (r#"{"town": ""Old" Oslo", "area": 454}"#, r#"town|area / "Old" Oslo|454"#),
        (r#"{"town": "Oslo"", "tv": "27"", "n": 1}"#, r#"town|tv|n / Oslo|27"|1"#),
        (r#"{"town": "Oslo\", "area": 454}"#, "town|area / Oslo|454"),
        (r#"{"town": \"Oslo\", \"area\": 454}"#, "town|area / Oslo|454"),
        (r#"{`town`: "Oslo", "area": 454", "n": "7}"#, "town|area|n / Oslo|454|7"),
        (r#"{"town: "Oslo", "area: 454}"#, "town|area / Oslo|454"),
        (r#"{"town""Oslo","of":["a""b","c],"n":1}"#, r#"town|of|n / Oslo|["a","b","c"]|1"#),
        // Commas, colons and brackets.
        (r#"[{"a": 1,}, {"a": 2},]"#, "a / 1 / 2"),
        (r#"[{"a": 1 "b": 2} {"a": 3, "b": 4}]"#, "a|b / 1|2 / 3|4"),
        ("{\"a\": \"x\"\n\"b\": \"y\"}", "a|b / x|y"),
        (r#"{"a" "x", "b" 2}"#, "a|b / x|2"),
        (r#"{"a" => 1, "b" = 2}"#, "a|b / 1|2"),
        (r#"[{"a": 1, {"a": 2}]"#, "a / 1 / 2"),
        (r#"{"a": [1, 2}, "b": 3}"#, "a|b / [1,2]|3"),
        (r#"{"a": 1}}]"#, "a / 1"),
        (r#"["a": 1, "b": 2]"#, "a|b / 1|2"),
        (r#"{"r": [[1, 2], 3, 4], [5, 6]]}"#, "r / [[1,2],[3,4],[5,6]]"),
        (r"{'r': [[[1], 2], [3]]}", "r / [[[1],2],[3]]"),
        (r#"{"a": 1}, "b": 2, "c": 3}"#, "a|b|c / 1|2|3"),
        (r#"[{"a": 1}, "b": 2}, {"a": 3, "b": 4}, {"a": 5}, "b": 6}]"#, "a|b / 1|2 / 3|4 / 5|6"),
        (r#"{"n": 7, "r": [{"a": 1}}, {"a": 2}], "m": 8}"#, "a / 1 / 2"),
        (r#"{"n": 7, "r": [{"a": 1], {"a": 2}], "m": 8}"#, "a / 1 / 2"),
        (r#"{"n": 7, "r": {"a": 1}, {"a": 2}], "m": 8}"#, "a / 1 / 2"),
        (
            r#"[{"r": ["x", "y"]], "m": 8}, {{"r": ["z"], "m": 9}]"#,
            r#"r|m / ["x","y"]|8 / ["z"]|9"#,
        ),
        (r#"{"r": "x", "y", "z"], "m": 8}"#, r#"r|m / ["x","y","z"]|8"#),
        (r#"{"r": [["x", "y"], "m": 8}"#, r#"r|m / ["x","y"]|8"#),
        (r#"{"r": ["x", "y", "m": 8}"#, r#"r|m / ["x","y"]|8"#),
        (r#"{"o": {"x": "y"], "m": 8}"#, r#"o|m / {"x":"y"}|8"#),
        (r#"{"o": "x": "y"}, "m": 8}"#, r#"o|m / {"x":"y"}|8"#),
        // Words of other languages.
        ("{'a': True, 'b': None, 'c': undefined}", "a|b|c / true|~|~"),
        (r#"{"a": 1} // the end"#, "a / 1"),
        ("{\"a\": true // one\n, \"b\": 2 // two\n}", "a|b / true|2"),
        ("{\"a\": 1, # one\n /* two */ \"b\": 2}", "a|b / 1|2"),
        (r#"{"_id": ObjectId("f00"), "n": NumberLong(7)}"#, "_id|n / f00|7"),
        (r#"handle({"a": 1});"#, "a / 1"),
        ("rows = [(1, 'x'), (2, 'y')]", ""),
        (
            "{\"at\": 2024-05-06T07:08:09Z, \"u\": https://a.example/b}",
            "at|u / 2024-05-06T07:08:09Z|https://a.example/b",
        ),
        // Numbers keep their own text.
        (r#"{"a": 1.50, "b": .5, "c": 1., "d": -2,000.00}"#, "a|b|c|d / 1.50|0.5|1.0|-2,000.00"),
        (r#"{"a": 12345678901234567890123}"#, "a / 12345678901234567890123"),
        (r#"[{"a": 1}, ..., {"a": 9}]"#, "a / 1 / 9"),
        ("[{\"a\": 1},\n... (truncated, for brevity)", "a / 1"),
        ("[{\"a\": 1},\n  ... and 97 more\n]", "a / 1"),
        (r#"{"a": 1, ... "b": 2}"#, "a|b / 1|2"),
        (r#"[{"a": 1; "b": "x"}; {"a": 2; "b": "y"}]"#, "a|b / 1|x / 2|y"),
        (r#"{,"a": 1, "b": 2}"#, "a|b / 1|2"),
        // Text within text.
        ("{\"code\": ```python\nprint({1: 2})\n```, \"n\": 1}", "code|n / print({1: 2})|1"),
        (r#"{\"a\": \"x\"}"#, "a / x"),
        (r#""[{\"a\": 1}, {\"a\": 2}]""#, "a / 1 / 2"),
        (r#"{"tex": "\frac{a}{b}", "e": "\u00e9\ud83d"}"#, "tex|e / \u{c}rac{a}{b}|é\u{fffd}"),
        // Cut off.
        (r#"[{"a": 1, "b": "x"}, {"a": 2, "b": "y"#, "a|b / 1|x / 2|y"),
        (r#"[{"a": 1, "b": "x"}, {"a": 2, "b""#, "a|b / 1|x / 2|~"),
        (r#"[{"a": 1}, {"a": -12.3e"#, "a / 1 / -12.3"),
        (r#"[{"a": 1, "b": 25}, {"a": 2, "b": 3"#, "a|b / 1|25 / 2|~"),
        ("[{\"a\": 1, \"b\": 25}, {\"a\": 2, \"b\": 3\n", "a|b / 1|25 / 2|3"),
        (r#"{"a": "x", "b": [1, 2"#, "a|b / x|[1,2]"),
        (r#"{"a": "x", "b": 12"#, "a|b / x|~"),
        ("[1, 2, 12.9", "item / 1 / 2"),
        (r#"[{"a": true}, {"a": fal"#, "a / true / false"),
        ("```json\n[{\"a\": true}, {\"a\": tr\n```", "a / true / true"),
        ("[{\"a\": 1.5}, {\"a\": 2.\n", "a / 1.5 / 2.0"),
    ];
    for (text, meant) in cases {
        assert_eq!(first(text), meant, "{text}");
    }
}

#[test]
fn list_written_again_with_more_in_it_is_read_once() {
    let cases = [
        (r#"[{"a": "Os"}][{"a": "Oslo"}][{"a": "Oslo", "b": 1}]"#, "a|b / Oslo|1"),
        (r#"[{"a": 1, "b": 2}][{"a": 1, "b": 2}, {"a": 3, "b": 4}]"#, "a|b / 1|2 / 3|4"),
        (r#"[{"a": [{"b": 1}]}][{"a": [{"b": 1}, {"b": 2}]}]"#, r#"a / [{"b":1},{"b":2}]"#),
        // Pages of one table, repeated rows, and lines are not the same list again.
        (r#"[{"a": 1, "b": "x"}][{"a": 2, "b": "xy"}]"#, "a|b / 1|x / 2|xy"),
        (r#"[{"a": "x"}][{"a": "x"}]"#, "a / x / x"),
        ("[{\"a\": \"x\"}]\n[{\"a\": \"xy\"}]", "a / x / xy"),
        (r#"[{"a": "x"}, {"a": "y"}][{"a": "xx"}, {"a": "yy"}]"#, "a / x / y / xx / yy"),
    ];
    for (text, meant) in cases {
        assert_eq!(first(text), meant, "{text}");
        assert_eq!(first(&format!("As asked:\n```json\n{text}\n```\n")), meant, "{text}");
    }
}

#[test]
fn every_form_of_json_is_a_table() {
    let cases = [
        (
            "a.json",
            r#"[{"a": 1}, {"b": {"c": [1, null, "x"]}}]"#,
            r#"a|b / 1|~ / ~|{"c":[1,null,"x"]}"#,
        ),
        ("a.json", r#"[["id", "name"], [1, "x"], [2]]"#, "id|name / 1|x / 2|~"),
        ("a.json", "[[1, 2], [3, 4]]", "column0|column1 / 1|2 / 3|4"),
        ("a.json", r#"{"id": [1, 2, 3], "name": ["x", "y", "z"]}"#, "id|name / 1|x / 2|y / 3|z"),
        ("a.json", r#"["x", "y"]"#, "item / x / y"),
        ("a.json", r#"[{"a": 1}, 2]"#, "a|item / 1|~ / ~|2"),
        ("a.json", "42", "item / 42"),
        ("a.jsonl", "{\"a\": 1}\n{\"a\": 2, \"b\": 3}\n", "a|b / 1|~ / 2|3"),
        ("a.jsonl", "{\"a\": 1, \"t\": [{\"x\": 1}]}\n", r#"a|t / 1|[{"x":1}]"#),
        ("a.jsonl", "{\"a\": 1}\n[no, x]\n{\"a\": 2}\n", "a|item / 1|~ / ~|[\"no\",\"x\"] / 2|~"),
        ("a.jsonl", "{\"a\": 1}\nfailed\n{\"a\": 2}\n", "a / 1 / 2"),
        ("a.jsonl", "[\"id\", \"n\"]\n[1, 5]\n[2, 6]\n", "id|n / 1|5 / 2|6"),
        ("a.jsonl", "{\"a\": 1, \"b\": \"x\n{\"a\": 2, \"b\": \"y\"}\n", "a|b / 1|x / 2|y"),
        ("a.csv", "{\"a\",1\n", "{\"a\"|1"),
    ];
    for (name, text, meant) in cases {
        let reading = reading(name, text);
        let found = reading.tables.first().map_or_else(String::new, shown);
        if name == "a.csv" {
            assert!(found.contains('1'), "{text}: {found}");
        } else {
            assert_eq!(found, meant, "{text}");
        }
    }
}

#[test]
fn an_object_of_arrays_of_objects_is_those_tables() {
    let text = r#"{"made": "today", "users": [{"id": 1}], "n": 2, "orders": [{"id": 7}]}"#;
    let reading = reading("reply.txt", text);
    let names: Vec<&str> = reading.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["users", "orders"]);
    let [finding] = reading.findings.as_slice() else { panic!("{:?}", reading.findings) };
    assert_eq!((finding.at.as_str(), finding.level), ("/tables/0", Level::Note));
    assert!(finding.message.contains("`made` = `today`, `n` = `2`"), "{}", finding.message);
}

#[test]
fn json_is_found_in_fences_and_between_words() {
    let table = "a|b / 1|x";
    for text in [
        "Sure, here it is:\n```json\n[{\"a\": 1, \"b\": \"x\"}]\n```\nAnything else?",
        "Sure:\n```\n{\"a\": 1, \"b\": \"x\"}",
        "The row is {\"a\": 1, \"b\": \"x\"} as you asked.",
        "```python\nrows = [{'a': 1, 'b': 'x'}]\n```",
        "See [1] and {this}. Then:\n\n{a: 1, b: \"x\"}\n",
        "1. {\"a\": 1, \"b\": \"x\"}\n",
    ] {
        assert_eq!(first(text), table, "{text}");
    }
    let two = reading("reply.txt", "One: {\"a\": 1} and another: {\"a\": 2}.");
    assert_eq!(two.tables.len(), 2);
    let rows = first("1. {\"a\": 1}\n2. {\"a\": 2}\n");
    assert_eq!(rows, "a / 1 / 2");
}

#[test]
fn heading_before_json_names_its_table() {
    for (text, name) in [
        ("### Users\n\n```json\n[{\"a\": 1}]\n```\n", "Users"),
        ("**Table 2: Order lines**\n[{\"a\": 1}]\n", "Order lines"),
        ("Here you are.\n\nusers:\n[{\"a\": 1}]\n", "users"),
        ("Here are your rows:\n[{\"a\": 1}]\n", "reply"),
        ("## Users\n{\"people\": [{\"a\": 1}]}\n", "people"),
    ] {
        assert_eq!(reading("reply.txt", text).tables[0].name, name, "{text}");
    }
}

#[test]
fn list_beside_objects_is_a_note() {
    let text = "```json\n[\"x\", \"y\"]\n```\nand\n```json\n[{\"a\": 'q'}]\n```";
    let reading = reading("reply.txt", text);
    assert_eq!(reading.tables.len(), 1);
    assert_eq!(shown(&reading.tables[0]), "a / q");
    let places: Vec<_> = reading.findings.iter().map(|finding| finding.at.as_str()).collect();
    assert_eq!(places, ["/tables/0", "/tables/0/rows/0"]);
    assert!(reading.findings[0].message.contains("`x`, `y`"), "{:?}", reading.findings);
    assert_eq!(first("```json\n[\"x\", \"y\"]\n```"), "item / x / y");
}

#[test]
fn words_with_brackets_are_left_alone() {
    for text in [
        "Dear {name}, see [1] and [the manual](https://a.example).",
        "The set {x} and the interval [0, 1] are closed.",
        "```python\ndef f(x):\n    return {x}\n```",
        "fn main() { let x = [0; 4]; }",
        "I cannot help with that.",
    ] {
        assert!(reading("reply.txt", text).tables.is_empty(), "{text}");
    }
}

#[test]
fn a_repair_is_found_at_its_row() {
    let reading = reading("reply.txt", "[{\"a\": 1},\n {\"a\": 'x'},\n {\"a\": 3}]");
    let [finding] = reading.findings.as_slice() else { panic!("{:?}", reading.findings) };
    assert_eq!((finding.at.as_str(), finding.level), ("/tables/0/rows/1", Level::Repair));
}

#[test]
fn repairs_of_one_sort_are_told_a_hundred_times_at_most() {
    let text = format!("[{}]", "{'a': 1},".repeat(1000));
    let reading = reading("reply.txt", &text);
    assert_eq!(reading.tables[0].len(), 1000);
    let quotes: Vec<_> =
        reading.findings.iter().filter(|finding| finding.message.contains("quotation")).collect();
    assert_eq!(quotes.len(), 101);
    assert!(quotes[100].message.ends_with("(900 times more)"), "{}", quotes[100].message);
}

#[test]
fn rows_without_a_name_in_common_stay_whole() {
    let rows: Vec<String> = (0..3000).map(|row| format!("{{\"k{row}\": {row}}}")).collect();
    let text = format!("[{}]", rows.join(","));
    let reading = reading("a.json", &text);
    assert_eq!(reading.tables[0].header(), ["item"]);
    assert_eq!(reading.tables[0].len(), 3000);
}

#[test]
fn what_is_nested_too_deep_is_text() {
    let text = format!("{{\"a\": {}1{}}}", "[".repeat(200), "]".repeat(200));
    let reading = reading("a.json", &text);
    let Cell::Nested(cell) = reading.tables[0].cell(0, 0) else { panic!("not nested") };
    assert!(serde_json::from_str::<serde_json::Value>(&cell).is_ok());
    assert!(cell.contains(&"[".repeat(101)));
}

#[test]
fn text_without_escapes_is_borrowed() {
    let text = r#"[{"a": "plain", "b": 12.50}]"#;
    let reading = reading("a.json", text);
    for cell in reading.tables[0].row(0) {
        let (Cell::Quoted(said) | Cell::Bare(said)) = cell else { panic!("{cell:?}") };
        assert!(matches!(said, std::borrow::Cow::Borrowed(_)), "{said}");
    }
}

/// Bytes visited while a text is read as one value.
fn steps(text: &str) -> usize {
    let mut parser = Parser::new(text, 0);
    while parser.at < text.len() {
        let before = parser.at;
        if parser.value(Place::Item).is_none() || parser.at == before {
            parser.at = look::boundary(text, parser.at + 1);
        }
    }
    parser.steps
}

#[test]
fn hostile_text_takes_linear_time() {
    /// Steps for each byte, at most, over all the texts below.
    const PER_BYTE: usize = 24;
    for (unit, size) in [
        ("[", 1_000_000),
        ("{\"a\":", 1_000_000),
        ("[{", 500_000),
        ("\"", 500_000),
        ("{\"a\": \"", 300_000),
        (", \"b", 500_000),
        ("\" b ", 500_000),
        ("\"/*", 300_000),
        ("', '\"", 300_000),
        ("f(", 500_000),
        ("“ ” ,", 300_000),
        ("a, b ", 300_000),
        ("x\"y\"z", 300_000),
        ("]}", 500_000),
        ("{\"a\": 1}, \"b\": 2}", 300_000),
        ("[{\"id\": 1}, \"id\": 2}, ", 300_000),
        ("\"x\", \"y\": ", 300_000),
        ("{\"k: 1, ", 300_000),
        ("\"a]}\", ", 300_000),
        ("{\"a\": \"b\": ", 300_000),
        ("\"x\" or so, ", 300_000),
    ] {
        let text = format!("{{\"a\": \"{}", unit.repeat(size / unit.len()));
        assert!(steps(&text) <= PER_BYTE * text.len(), "{unit}: {}", steps(&text));
        let text = unit.repeat(size / unit.len());
        assert!(steps(&text) <= PER_BYTE * text.len(), "{unit}: {}", steps(&text));
    }
}

#[test]
fn one_unclosed_quote_in_ten_megabytes_is_read_once() {
    let text = format!("[{{\"a\": \"{}", "words, more words {and} so on ".repeat(350_000));
    assert!(text.len() > 10_000_000);
    assert!(steps(&text) <= 2 * text.len());
    assert_eq!(reading("reply.txt", &text).tables[0].len(), 1);
}

/// Pieces of which broken JSON is made.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ":",
        ",",
        "\"",
        "'",
        "`",
        "```",
        "```json\n",
        "“",
        "”",
        "’",
        "\\",
        "\\u",
        "\\ud83d",
        "\n",
        " ",
        "a",
        "key",
        "é",
        "\u{feff}",
        "\u{a0}",
        "12",
        "-1.5e",
        "true",
        "None",
        "//",
        "/*",
        "*/",
        "#",
        "...",
        "…",
        "+",
        "=",
        "f(",
        "\"a\":",
        "\"x\",",
        "{\"a\":1}",
        "|",
        "\t",
        "\0",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[a-z][a-z_ ]{0,8}[a-z]", 1..5)
        .prop_map(|names| names.into_iter().collect())
}

proptest! {
    #[test]
    fn any_text_is_read(text in pieces()) {
        let reading = reading("reply.txt", &text);
        for finding in &reading.findings {
            prop_assert!(finding.at.starts_with("/tables/"));
        }
        reading.tables.iter().for_each(|table| assert!(table.width() > 0));
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = reading("a.json", &text);
    }

    #[test]
    fn valid_rows_come_back_exactly(
        names in names(),
        rows in prop::collection::vec(prop::collection::vec(any::<(u8, i64, String)>(), 5), 1..8),
    ) {
        let value = |(sort, number, text): &(u8, i64, String)| match sort % 5 {
            0 => serde_json::Value::Null,
            1 => serde_json::json!(number),
            2 => serde_json::json!(*number % 2 == 0),
            3 => serde_json::json!(*number as f64 / 8.0),
            _ => serde_json::json!(text),
        };
        let records: Vec<serde_json::Value> = rows.iter().map(|row| {
            let members = names.iter().cloned().zip(row.iter().map(value));
            serde_json::Value::Object(members.collect())
        }).collect();
        let text = serde_json::Value::Array(records.clone()).to_string();
        let reading = reading("a.json", &text);
        prop_assert_eq!(reading.tables.len(), 1);
        prop_assert!(reading.findings.is_empty(), "{:?} in {}", reading.findings, text);
        let table = &reading.tables[0];
        prop_assert_eq!(table.header(), names.as_slice());
        prop_assert_eq!(table.len(), rows.len());
        for (record, row) in records.iter().zip(table.rows()) {
            for (name, cell) in names.iter().zip(row) {
                let expected = match &record[name] {
                    serde_json::Value::Null => Cell::Absent,
                    serde_json::Value::String(text) => Cell::Quoted(text.as_str().into()),
                    other => Cell::Bare(other.to_string().into()),
                };
                prop_assert_eq!(cell, expected);
            }
        }
    }

    #[test]
    fn whole_rows_outlive_a_cut(count in 1_usize..6, cut in 0_usize..400) {
        let rows: Vec<String> =
            (0..count).map(|row| format!(r#"{{"id": {row}, "name": "N {row}, \"é\""}}"#)).collect();
        let text = format!("[{}]", rows.join(", "));
        let cut = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let part = &text[..cut];
        let reading = reading("a.json", part);
        let whole = part.matches('}').count();
        prop_assert!(reading.tables.first().map_or(0, RawTable::len) >= whole);
        for row in 0..whole {
            let cells = reading.tables[0].row(row);
            let texts = (row.to_string(), format!("N {row}, \"é\""));
            prop_assert_eq!(cells[0].text(), Some(texts.0.as_str()));
            prop_assert_eq!(cells[1].text(), Some(texts.1.as_str()));
        }
    }
}

#[test]
fn objects_of_more_sorts_than_any_dataset_has_are_one_table_at_last() {
    use std::fmt::Write as _;

    use crate::read::MOST_TABLES;

    let mut text = String::new();
    for row in 0..MOST_TABLES + 9 {
        let _ = writeln!(text, "{{\"c{row}\": {row}}}");
    }
    let reading = read(&Source { name: "reply.txt", text: &text, expect: None });
    assert_eq!(reading.tables.len(), MOST_TABLES + 1);
    let last = &reading.tables[MOST_TABLES];
    assert_eq!((last.len(), last.width()), (9, 9));
    assert_eq!(reading.findings.len(), 1);
    let mut text = String::new();
    for at in 0..MOST_TABLES + 9 {
        let _ = write!(text, "\"t{at}\": [{{\"a\": {at}}}],");
    }
    let text = format!("{{{text} \"z\": [{{\"a\": 1}}]}}");
    let reading = read(&Source { name: "reply.json", text: &text, expect: None });
    assert_eq!(reading.tables.len(), MOST_TABLES + 1);
    assert_eq!(reading.tables[MOST_TABLES].len(), 10);
}

#[test]
fn mark_of_several_bytes_behind_a_plain_one_is_no_end() {
    let text = "Sure!\n``}`json\n{\"users\": \u{201d}\u{201d}[{'id': 1, name: Ada O\"Ha\"n\"n\"n\"n\"n\"n\": NaN}\n```\nBye.ra, ok: Tnullue,\u{201d}, // end*\"n\"n\"n";
    reading("reply.md", text);
}
