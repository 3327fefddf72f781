//! Facts: the texts that the benchmarks read, the same on every machine.
//!
//! A fact table of ten columns, as wide and as varied as one of a shop: keys, classes, an amount,
//! moments and a note.

#![allow(dead_code, reason = "each benchmark takes what it needs")]

use std::fmt::Write as _;

/// Bytes of the tables that are read whole.
pub(crate) const BYTES: usize = 24_000_000;
/// Bytes of a reply of about 20 rows.
pub(crate) const REPLY: usize = 2_000;
/// Bytes of a reply that is malformed.
pub(crate) const MALFORMED: usize = 1_000_000;

const HEADER: [&str; 10] = [
    "id",
    "customer_id",
    "product_id",
    "status",
    "channel",
    "quantity",
    "amount",
    "created_at",
    "ship_date",
    "note",
];
const STATUS: [&str; 5] = ["pending", "shipped", "delivered", "returned", "cancelled"];
const CHANNEL: [&str; 4] = ["web", "store", "phone", "partner"];
const ADJECTIVE: [&str; 10] =
    ["ample", "bold", "clear", "deep", "early", "firm", "grand", "humble", "idle", "just"];
const NOUN: [&str; 10] =
    ["arch", "bell", "cart", "door", "easel", "fence", "gate", "hinge", "inlet", "joint"];

/// One row: its cells as text.
fn row(number: u64) -> [String; 10] {
    let mut drawn = 0;
    let mut draw = |below: u64| {
        drawn += 1;
        spread(number * 64 + drawn) % below
    };
    let mut day = || format!("20{}-{:02}-{:02}", 23 + draw(3), 1 + draw(12), 1 + draw(28));
    let (created, shipped) = (day(), day());
    let clock = format!("{:02}:{:02}:{:02}", draw(24), draw(60), draw(60));
    [
        (number + 1).to_string(),
        (1 + draw(100_000)).to_string(),
        (1 + draw(10_000)).to_string(),
        STATUS[draw(5) as usize].to_owned(),
        CHANNEL[draw(4) as usize].to_owned(),
        (1 + draw(100)).to_string(),
        format!("{}.{:02}", draw(100_000), draw(100)),
        format!("{created} {clock}"),
        shipped,
        format!("{} {} #{}", ADJECTIVE[draw(10) as usize], NOUN[draw(10) as usize], draw(10_000)),
    ]
}

/// The finaliser of `SplitMix64`.
fn spread(mut bits: u64) -> u64 {
    bits = bits.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The table as CSV, of so many bytes and a little more.
pub(crate) fn csv(bytes: usize) -> String {
    let mut text = HEADER.join(",") + "\n";
    let mut number = 0;
    while text.len() < bytes {
        text.push_str(&row(number).join(","));
        text.push('\n');
        number += 1;
    }
    text
}

/// The same CSV with an unquoted comma in one note of a hundred.
pub(crate) fn ragged_csv(bytes: usize) -> String {
    let mut text = HEADER.join(",") + "\n";
    let mut number = 0;
    while text.len() < bytes {
        let line = row(number).join(",");
        text.push_str(&if number % 100 == 99 { line.replace(" #", ", no. ") } else { line });
        text.push('\n');
        number += 1;
    }
    text
}

/// The table as one JSON object a line.
pub(crate) fn jsonl(bytes: usize) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < bytes {
        object(&mut text, number, "\"");
        text.push('\n');
        number += 1;
    }
    text
}

/// A reply of narrow rows in JSON, sound but for the words around it.
pub(crate) fn json_reply(bytes: usize) -> String {
    let mut text = String::from("Here are your rows:\n```json\n[\n");
    let mut number = 0;
    while text.len() < bytes {
        let [id, _, _, status, _, quantity, amount, _, shipped, note] = row(number);
        let comma = if number == 0 { "" } else { ",\n" };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{comma}  {{\"id\": {id}, \"status\": \"{status}\", \"quantity\": {quantity}, \
             \"amount\": {amount}, \"ship_date\": \"{shipped}\", \"note\": \"{note}\"}}"
        );
        number += 1;
    }
    text.push_str("\n]\n```\nAnything else?\n");
    text
}

/// The table as a model might write it in JSON: keys without quotes in some rows, commas too many
/// or too few, comments, and no end.
pub(crate) fn malformed_json(bytes: usize) -> String {
    let mut text = String::from("Here are your rows:\n```json\n[\n");
    let mut number = 0;
    while text.len() < bytes {
        object(&mut text, number, if number % 3 == 0 { "" } else { "\"" });
        text.push_str(match number % 7 {
            0 => ",,\n",
            1 => "\n",
            2 => ", // and on\n",
            _ => ",\n",
        });
        number += 1;
    }
    text
}

fn object(text: &mut String, number: u64, mark: &str) {
    text.push('{');
    for (at, (name, value)) in HEADER.iter().zip(row(number)).enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let quote = if matches!(at, 0..=2 | 5 | 6) { "" } else { "\"" };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{mark}{name}{mark}: {quote}{value}{quote}");
    }
    text.push('}');
}
