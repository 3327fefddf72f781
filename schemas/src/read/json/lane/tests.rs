//! What the lane takes is what the careful parser reads.

use proptest::prelude::*;

use super::super::parse::Parser;
use super::super::{tables, values};
use super::*;
use crate::read::{Reading, Source};

fn source(text: &str) -> Source<'_> {
    Source { name: "a.json", text, expect: None }
}

fn fast(text: &str) -> Reading<'_> {
    tables(values(Parser::new(text, 0).with_lane(0)), &source(text))
}

fn careful(text: &str) -> Reading<'_> {
    tables(values(Parser::new(text, 0)), &source(text))
}

/// How many objects of a text the lane takes.
fn taken(text: &str) -> usize {
    fn rows(node: &Node<'_>) -> usize {
        match node {
            Node::Rows(run) => run.len(),
            Node::Array(items) => items.iter().map(rows).sum(),
            Node::Object(object) => object.members.iter().map(|(_, node)| rows(node)).sum(),
            _ => 0,
        }
    }
    let values = values(Parser::new(text, 0).with_lane(0));
    values.roots.iter().map(|root| rows(&root.node)).sum()
}

#[test]
fn flat_objects_are_taken_however_they_are_written() {
    for (text, count) in [
        ("[{\"a\": 1, \"b\": \"x\"}, {\"a\": 2, \"b\": \"y\"}]", 2),
        ("{\"a\":1}\n{\"a\":2}\n{\"a\":null}\n", 3),
        ("[{a: 1, b: 'x'}, {a: 2, b: 'y'},, {a: 3, b: \"z\"}", 3),
        ("[{\"a\": 1,}\n {\"a\": 2,} // two\n {\"a\": 3}]", 3),
        ("[{\"a\": 1, \"b\": \"x\"}, {\"b\": \"y\", \"a\": 2}, {\"b\": \"z\"}]", 3),
        ("[{\"a\": \"say \\\"x\\\"\"}, {\"a\": \"\\u00e9\"}]", 2),
        ("[{\"a\": 1}, {\"a\": [2, {\"b\": \"x\"}]}, {\"a\": 3}]", 3),
        ("[{\"a\": 1}, {\"a\": [\"\\n\"]}, {\"a\": 3}]", 2),
        ("{\"a\": [1]}\n{\"a\": [2]}\n{\"a\": [3]}\n", 2),
        ("[{\"a\": 1}, {\"a\": \"say \"x\"\"}, {\"a\": 3}]", 2),
        ("{\"t\": [{\"a\": 1}, {\"a\": 2}], \"u\": [{\"b\": 3}]}", 3),
        ("[{\"a\": 1, \"a\": 2}]", 0),
        ("[{\"a\": +1}, {\"a\": True}, {\"a\": 1e}]", 0),
    ] {
        assert_eq!(taken(text), count, "{text}");
        same(text);
    }
}

#[test]
fn repairs_of_an_object_that_holds_objects_are_told_of_each() {
    same("{a: [1, {\"y\": 2}]}\n{a: [1, {\"y\": 2}]}\n{a: [1, {y: 2}]}\n");
}

#[test]
fn objects_that_are_held_by_their_places_alone_are_read_as_they_were() {
    let kinds = [
        "{\"a\": 1}",
        "{\"b\": \"x\", \"c\": [1, {\"d\": 2}]}",
        "{\"b\": null, 'a': 2}",
        "{\"e\": \"say \\\"x\\\"\"}",
        "{\"f(x)\": 1}",
        "{\"g\": 1, \"g\": 2}",
        "{}",
        "{\"t\": [{\"a\": 1}, {\"a\": 2}]}",
    ];
    for step in 1..kinds.len() {
        for comma in [",\n", "\n"] {
            let rows: Vec<&str> = (0..60).map(|row| kinds[row * step % kinds.len()]).collect();
            let text = rows.join(comma);
            same(&text);
            same(&format!("[{text}]"));
            same(&format!("{{\"u\": 1, \"rows\": [{text}]}}"));
            same(&text.replace("{}", "{\"cut\": "));
        }
    }
    let text = "{\"a\":1}\n{\"b\":2}\n".repeat(60);
    let held = values(Parser::new(&text, 0).with_lane(0)).roots;
    let loose = |root: &super::super::Root<'_>| match &root.node {
        Node::Rows(run) if run.is_loose() => run.len(),
        _ => 0,
    };
    assert!(held.len() < 20 && held.iter().map(loose).sum::<usize>() > 100);
}

#[track_caller]
fn same(text: &str) {
    let (fast, careful) = (fast(text), careful(text));
    assert_eq!(fast.tables, careful.tables, "{text}");
    assert_eq!(fast.findings, careful.findings, "{text}");
}

/// A row: a style and the values, each with a number for what is written there.
type Row = (u8, Vec<(u8, u8)>);

const VALUES: [&str; 36] = [
    "[1,\"x\",{\"y\":null}]",
    "{\"z\": [1, 2.5, \"two words\"], \"n\": {}}",
    "[]",
    "[[1, 2], [true]]",
    "1",
    "-2.50",
    "3e5",
    "true",
    "false",
    "null",
    "\"x\"",
    "\"\"",
    "\"two words\"",
    "\"it's {so}, [and] so\"",
    "\"a\\\"b\\\\\"",
    "\"\\u00e9\\n\"",
    "\"é, \u{4e2d}\"",
    "\"a long text, longer than thirty-two bytes are: so it is\"",
    "'single'",
    "'say \"x\"'",
    "'it's'",
    "True",
    "None",
    "+1",
    "01",
    "1,000",
    "[1, 2]",
    "{\"z\": 1}",
    "bare words",
    "\"inner \"quote\" here\"",
    "\"line\nend\"",
    "\"open",
    "[[1], 2]",
    "[\"it\\n\"]",
    "{\"a\" : \"é\\u00e9\",}",
    "[1, [2, {\"a\": \"]\"}]]",
];
/// Values up to here are in any JSON.
const SOUND: u8 = 18;

const NAMES: [&str; 6] = ["id", "name", "unit price", "ok", "n_1", "q"];

/// The rows as text, as their styles say.
fn written(rows: &[Row], shape: u8) -> String {
    let mut text = String::from(match shape % 5 {
        0 => "[",
        1 => "[\n",
        2 => "{\"rows\": [",
        3 => "{\"n\": 1, \"first\": [{\"id\": 1}], \"rows\": [",
        _ => "",
    });
    for (style, cells) in rows {
        let key = |at: usize| match style % 8 {
            5 => NAMES[at].replace(' ', "_"),
            6 => format!("'{}'", NAMES[at]),
            _ => format!("\"{}\"", NAMES[at]),
        };
        let (colon, comma) = match style % 8 {
            1 => (":", ","),
            2 => (" : ", ",\n  "),
            3 => (": ", ",, "),
            4 => (": ", " "),
            7 => (": ", ", /* c */ "),
            _ => (": ", ", "),
        };
        text.push('{');
        for (number, (name, value)) in cells.iter().enumerate() {
            let name = if style / 8 % 4 == 3 { usize::from(*name) } else { number };
            let comma = if number == 0 { "" } else { comma };
            let value = VALUES[usize::from(*value) % VALUES.len()];
            text.push_str(comma);
            text.push_str(&key(name % NAMES.len()));
            text.push_str(colon);
            text.push_str(value);
        }
        text.push_str(match style / 32 % 4 {
            0 if style % 3 == 0 => ",}",
            _ => "}",
        });
        let lines = shape % 5 == 4;
        text.push_str(match style / 16 % 8 {
            1 if !lines => ",,\n",
            2 => "\n",
            3 if !lines => ", // and on\n",
            4 if !lines => "",
            5 if !lines => " ",
            _ if lines => "\n",
            _ => ", ",
        });
    }
    text.push_str(match shape % 5 {
        0 => "]",
        2 | 3 => "]}",
        _ => "",
    });
    text
}

fn rows(most: u8) -> impl Strategy<Value = Vec<Row>> {
    let sound = prop::collection::vec((0..6_u8, 0..most), 3..4);
    let row = prop_oneof![
        4 => (Just(0_u8), sound.clone()),
        2 => (any::<u8>(), sound),
        1 => (any::<u8>(), prop::collection::vec((0..6_u8, 0..VALUES.len() as u8), 0..7)),
    ];
    prop::collection::vec(row, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn objects_are_read_the_same_with_and_without_a_lane(
        rows in rows(SOUND),
        shape in any::<u8>(),
    ) {
        let text = written(&rows, shape);
        let (fast, careful) = (fast(&text), careful(&text));
        prop_assert_eq!(&fast.tables, &careful.tables, "{}", text);
        prop_assert_eq!(&fast.findings, &careful.findings, "{}", text);
    }

    #[test]
    fn mutated_objects_are_read_the_same_with_and_without_a_lane(
        rows in rows(VALUES.len() as u8),
        shape in any::<u8>(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..18_usize), 1..4),
    ) {
        const PIECES: [&str; 18] = [
            "", "", "", "\"", "'", ",", "{", "}", "[", "]", ":", "\\", "\n", " ", "/*", "x", "1", "…",
        ];
        let mut text = written(&rows, shape);
        for (at, piece) in cuts {
            let at = at.index(text.len() + 1);
            let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            if piece < 3 {
                let width = text[at..].chars().next().map_or(0, char::len_utf8);
                text.replace_range(at..at + width, "");
            } else {
                text.insert_str(at, PIECES[piece]);
            }
        }
        let (fast, careful) = (fast(&text), careful(&text));
        prop_assert_eq!(&fast.tables, &careful.tables, "{}", text);
        prop_assert_eq!(&fast.findings, &careful.findings, "{}", text);
    }
}

#[test]
fn object_that_closed_too_early_is_read_the_same() {
    let text =
        r#"{"first": [{"id": 1}], "rows": [{"id": 2}, "name": "x"}, {"id": 3, "name": "y"}]}"#;
    let (fast, careful) = (fast(text), careful(text));
    assert_eq!(fast.tables, careful.tables);
    assert_eq!(fast.findings, careful.findings);
}
