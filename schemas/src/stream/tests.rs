//! Tests of streams: what is read in parts is what is read whole.

use std::io::{self, Read};

use arrow::compute::concat_batches;
use proptest::prelude::*;

use super::*;
use crate::infer::{self, Said};
use crate::read::read;

/// A text that comes a few bytes at a time, in any number of them.
struct Trickle<'t> {
    bytes: &'t [u8],
    turn: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.turn = (self.turn * 7 + 3) % 4096;
        let count = buffer.len().min(self.turn + 1);
        self.bytes.read(&mut buffer[..count])
    }
}

/// Reads a text both ways; the reason why it was not read in parts, if there is one.
fn check(name: &str, text: &str) -> Option<&'static str> {
    let input = || Trickle { bytes: text.as_bytes(), turn: text.len() };
    let learnt = match learn(name, input()) {
        Ok(learnt) => learnt,
        Err(Fault::Unfit(reason)) => return Some(reason),
        Err(fault) => panic!("{fault}"),
    };
    let whole = read(&Source { name, text, expect: None });
    assert_eq!(learnt.findings, whole.findings, "{name}");
    assert_eq!(learnt.tables.len(), whole.tables.len(), "{name}");
    let mut doubts = Vec::new();
    for (number, (table, raw)) in learnt.tables.iter().zip(&whole.tables).enumerate() {
        let at = format!("/tables/{number}");
        let (columns, batch) = infer::typed(raw, &Said::default(), &at, &mut doubts);
        assert_eq!(table.columns, columns, "{name}");
        assert_eq!(table.rows, raw.len() as u64, "{name}");
        assert_eq!(table.first.name, raw.name);
        let rows = |raw: &RawTable<'_>| raw.rows().take(8).map(|row| format!("{row:?}")).collect();
        let (first, expected): (Vec<String>, Vec<String>) = (rows(&table.first), rows(raw));
        assert_eq!(first, expected, "{name}");
        let nulls: Vec<u64> = batch.columns().iter().map(|all| all.null_count() as u64).collect();
        assert_eq!(table.nulls, nulls, "{name}");
        let mut rows = Vec::new();
        let count = texts(name, (number, raw.header()), input(), &mut rows).unwrap();
        let cells = |row: usize| (0..raw.width()).map(move |at| raw.text(row, at));
        let plain: Vec<Vec<_>> = (0..raw.len()).map(|row| cells(row).collect()).collect();
        assert_eq!(count, table.rows, "{name}");
        let whole = serde_json::to_string(&plain).unwrap();
        assert_eq!(format!("[{}]", String::from_utf8(rows).unwrap()), whole, "{name}");
        let mut batches = Vec::new();
        let mut keep = |batch: RecordBatch| {
            batches.push(batch);
            Ok(())
        };
        learnt.batches(number, input(), &mut keep).unwrap();
        assert!(batches.len() >= (batch.num_rows() / (1 << 13)).min(1));
        let joined = concat_batches(&batch.schema(), &batches).unwrap();
        assert_eq!(joined, batch, "{name}");
    }
    assert_eq!(learnt.doubts, doubts, "{name}");
    None
}

/// Rows of a shop, every one in so many of them broken.
fn shop(rows: usize, odd: usize) -> Vec<String> {
    let mut lines = vec!["id,status,price,day,note,share,late".to_owned()];
    for row in 0..rows {
        let status = ["new", "paid", "sent"][row % 3];
        let share = if row == rows / 2 { "12 %".to_owned() } else { format!("{}.5", row % 9) };
        let note = match row % odd {
            1 => "and, so on",
            2 => "\"a, \"\"b\"\"\"",
            3 => "\"one line\nand another, yes\"",
            _ => "free words",
        };
        let late = if row > rows / 2 { "2024-01-02 03:04:05" } else { "" };
        lines.push(format!(
            "{row},{status},{}.00,0{}/11/2024,{note},{share},{late}",
            row % 97,
            1 + row % 9
        ));
    }
    lines
}

#[test]
fn parts_are_read_as_the_whole_is() {
    for (rows, odd) in [(0, 9), (3, 2), (300, 40), (900, 90), (900, 7)] {
        let text = shop(rows, odd).join("\n");
        assert_eq!(check("shop.csv", &text), None);
        assert_eq!(check("shop.csv", &text.replace('\n', "\r\n")), None);
        assert_eq!(check("shop.csv", &format!("{text}\n\nThat was all, and no more.\n")), None);
        assert_eq!(check("shop.tsv", &format!("\u{feff}{}", text.replace(',', "\t"))), None);
    }
    let lines = shop(1_000, 400);
    let spoil = |every: usize, line: &str| -> String {
        let mut lines = lines.clone();
        for at in (20..lines.len()).step_by(every) {
            lines[at] = line.replace('#', &at.to_string());
        }
        lines.join("\n")
    };
    for (every, line) in [
        (90, "#,new,1.00,2024-01-11,\"x,1.5,"),
        (70, ""),
        (60, "# remark"),
        (450, "\na,b\n1,2\n3,4"),
        (3, "#,,,"),
        (1, "#,a,b,c,d,e,f,g,h"),
    ] {
        let text = spoil(every, line);
        assert_eq!(check("spoilt.csv", &text), None, "{line}");
        check("spoilt.csv", &text.replace('\n', "\r"));
    }
}

#[test]
fn columns_of_one_value_and_no_value_are_read_in_parts() {
    let numbers = (0..9_000).map(|row| (row % 10).to_string()).collect::<Vec<_>>().join("\n");
    assert_eq!(check("n.csv", &format!("n\n{numbers}")), None);
    assert_eq!(check("n.csv", &format!("n\n{}", "1\n\n".repeat(9_000))), None);
    assert_eq!(check("n.csv", ""), None);
    assert_eq!(check("n.csv", "\n\n\n"), None);
    assert_eq!(check("n.csv", "a,b"), None);
    assert_eq!(check("n.csv", &format!("a,b\n{}", "x".repeat(40_000))), None);
}

#[test]
fn lines_of_json_are_read_in_parts() {
    let line = |row: usize| match row % 50 {
        7 => format!("{{'id': {row}, name: \"Ada\", \"sum\": 1.50,}}\n"),
        8 => format!("{{\"id\": {row}, \"name\": null}}\n"),
        9 => format!("{{\"sum\": 2, \"id\": {row}, \"at\": {{\"x\": [1, 2], \"y\": null}}}}\n"),
        10 => "\n".to_owned(),
        _ => format!("{{\"id\": {row}, \"name\": \"B\\u00e9 {row}\", \"sum\": {row}.25}}\n"),
    };
    let text: String = (0..3_000).map(line).collect();
    assert_eq!(check("a.jsonl", &text), None);
    assert_eq!(check("a.ndjson", text.trim_end()), None);
    assert_eq!(check("a.jl", ""), None);
    // What is not plainly so is read whole.
    assert!(check("a.jsonl", &text.replace("{\"id\": 2999,", "{\"id\": 2999 [")).is_some());
    assert!(check("a.jsonl", "[1, 2]\n[3, 4]\n").is_some());
    assert!(check("a.jsonl", &format!("{text}{{\"other\": 1, \"names\": 2}}\n")).is_some());
}

#[test]
fn what_cannot_be_read_in_parts_is_said() {
    assert!(matches!(learn("a.csv", &b"a,b\n\xff,1\n"[..]), Err(Fault::Unfit(_))));
    assert!(matches!(learn("a.csv", &b"a\0,\0b\0\n\0"[..]), Err(Fault::Unfit(_))));
    assert!(matches!(learn("a.json", &b"[]"[..]), Err(Fault::Unfit(_))));
    let long = format!("a,b\n1,{}\n", "x".repeat(200_000));
    assert!(matches!(learn("a.csv", long.as_bytes()), Err(Fault::Unfit(_))));
    let learnt = learn("a.csv", &b"a,b\n1,2\n"[..]).unwrap();
    let other = learnt.batches(0, &b"a,b\n1,2\n3,4\n"[..], &mut |_| Ok(()));
    assert!(matches!(other, Err(Fault::Input(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_rows_are_read_in_parts_as_they_are_whole(
        rows in proptest::collection::vec(
            "[0-9]{1,4},(a|b|NULL|),-?[0-9]{1,5}(\\.[0-9]{2})?,(\"[a-z, \n\"]{0,4}\"|[a-z\u{e9} ]{0,9}),(2020-0[1-9]-1[0-9]|0[1-9]/0[1-9]/2020|N/A)(, x)?(\n|\r\n)",
            1..40,
        ),
        times in 1..40_usize,
        seam in ".{0,12}",
    ) {
        let text = format!("id,kind,sum,note,day\n{}{seam}\n{}", rows.concat().repeat(times), rows.concat());
        check("t.csv", &text);
    }
}
