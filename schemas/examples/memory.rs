//! Memory: the most that reading takes, for each byte of what is read, over texts of many shapes.
//!
//! `memory [MEGABYTES] [SHAPE…]` makes a text of each shape, reads it in a process of its own by
//! each way of reading, and prints the seconds and the most memory that the process ever held, as
//! Linux tells it, divided by the bytes of the text, which is a part of it. Beside `typed` stands what
//! the buffers of the arrays alone take, likewise. Of what is read in parts it prints the megabytes
//! besides the text.

use std::fmt::Write as _;
use std::fs;
use std::num::NonZero;
use std::process::Command;
use std::time::Instant;

use peyote_schemas::document::Document;
use peyote_schemas::infer::{self, flow};
use peyote_schemas::read::{Source, read};
use peyote_schemas::stream;

/// The name of a shape, of a file that has it, and what makes it.
type Shape = (&'static str, &'static str, fn(usize) -> String);

const SHAPES: [Shape; 28] = [
    ("fact", "a.csv", |bytes| rows("id,customer,status,amount,day,note\n", bytes, fact)),
    ("ragged", "a.csv", |bytes| rows("id,customer,status,amount,day,note\n", bytes, ragged)),
    ("all ragged", "a.csv", |bytes| rows("a,b,c\n", bytes, |row| format!("{row},x,y,z\n"))),
    ("one digit", "a.csv", |bytes| rows("n\n", bytes, |row| format!("{}\n", row % 10))),
    ("one word", "a.csv", |bytes| rows("n\n", bytes, |row| format!("w{row}\n"))),
    ("prices", "a.csv", |bytes| {
        rows("n,m\n", bytes, |row| format!("${},{} %\n", row % 90, row % 7))
    }),
    ("short cells", "a.csv", |bytes| {
        rows("a,b,c,d\n", bytes, |row| format!("{},{},{},{}\n", row % 9, row % 7, row % 5, row % 3))
    }),
    ("wide", "a.csv", |bytes| wide(bytes, 10_000)),
    ("very wide", "a.csv", |bytes| wide(bytes, 100_000)),
    ("long text", "a.csv", |bytes| {
        rows("id,text\n", bytes, |row| {
            format!("{row},{}\n", "some words of no weight ".repeat(200))
        })
    }),
    ("lines in quotes", "a.csv", |bytes| {
        rows("id,text\n", bytes, |row| format!("{row},\"one line\nand, yes, \"\"another\"\"\"\n"))
    }),
    ("blank lines", "a.csv", |bytes| rows("n\n1\n", bytes, |_| "\n".to_owned())),
    ("carriage returns", "a.csv", |bytes| rows("a,b\r", bytes, |row| format!("{row},x\r"))),
    ("zeros", "a.csv", |bytes| rows("a,b\n", bytes, |_| "\0\0,\0\n".to_owned())),
    ("headers", "a.csv", |bytes| {
        rows(
            "",
            bytes,
            |row| if row % 2 == 0 { "a,b\n1,2\n".into() } else { "c,d,e\n3,4,5\n".into() },
        )
    }),
    ("open quote", "a.csv", |bytes| rows("a,b\n1,\"x\n", bytes, |row| format!("{row},x\n"))),
    ("one line", "a.csv", |bytes| rows("", bytes, |row| format!("{row},"))),
    ("one word of text", "a.txt", |bytes| "x".repeat(bytes)),
    ("array", "a.json", |bytes| {
        rows("[", bytes, |row| format!("{{\"id\": {row}, \"name\": \"Ada\"}},\n"))
    }),
    ("nested", "a.json", |bytes| {
        rows("[", bytes, |row| format!("{{\"id\": {row}, \"at\": {{\"x\": 1, \"y\": [2, 3]}}}},\n"))
    }),
    ("lines of JSON", "a.jsonl", |bytes| rows("", bytes, |row| fact_json(row) + "\n")),
    ("tiny objects", "a.jsonl", |bytes| rows("", bytes, |_| "{\"a\":1}\n".to_owned())),
    ("open brackets", "a.json", |bytes| "[".repeat(bytes.min(1_000_000))),
    ("unlike objects", "a.json", |bytes| {
        rows(
            "",
            bytes,
            |row| if row % 2 == 0 { "{\"a\":1}\n".into() } else { "{\"b\":2}\n".into() },
        )
    }),
    ("pipes", "a.md", |bytes| rows("", bytes, |row| format!("|a|b|\n|-|-|\n|{row}|x|\n\n"))),
    ("many tables", "a.csv", |bytes| {
        rows("", bytes, |row| {
            if row % 2 == 0 { "a,b\n1,2\n\n".into() } else { "c,d,e\n3,4,5\n\n".into() }
        })
    }),
    ("headed fences", "a.md", |bytes| {
        rows("", bytes, |row| format!("```csv\na,b{row}\n1,2\n```\n\n"))
    }),
    ("fences", "a.md", |bytes| rows("", bytes, |row| format!("```csv\na,b\n{row},2\n```\n\n"))),
];

/// How a text is read.
const WAYS: [&str; 3] = ["typed", "document", "parts"];

fn main() {
    let mut words = std::env::args().skip(1);
    let first = words.next();
    if first.as_deref() == Some("trial") {
        let word = |word: Option<String>| word.unwrap_or_default();
        return trial(&word(words.next()), &word(words.next()), &word(words.next()));
    }
    let megabytes = first.and_then(|word| word.parse().ok()).unwrap_or(20);
    let asked: Vec<String> = words.collect();
    println!("{:18} {:>9} {}", "", "bytes", WAYS.map(|way| format!("{way:>24}")).concat());
    for (shape, ..) in
        SHAPES.iter().filter(|shape| asked.is_empty() || asked.iter().any(|one| one == shape.0))
    {
        let mut line = String::new();
        for way in WAYS {
            let ran = std::env::current_exe().and_then(|own| {
                Command::new(own).args(["trial", shape, way]).arg(megabytes.to_string()).output()
            });
            let said = ran.map(|ran| String::from_utf8_lossy(&ran.stdout).trim().to_owned());
            match said.ok().filter(|said| !said.is_empty()) {
                Some(said) => {
                    let (bytes, rest) = said.split_once(' ').unwrap_or((&said, ""));
                    if line.is_empty() {
                        // Writing to a string cannot fail.
                        let _ = write!(line, "{bytes:>9} ");
                    }
                    let _ = write!(line, "{rest:>24}");
                }
                None => line.push_str("        did not end"),
            }
        }
        println!("{shape:18} {line}");
    }
}

/// Reads a text of a shape in a way, and says what that took.
fn trial(shape: &str, way: &str, megabytes: &str) {
    let bytes = megabytes.parse().unwrap_or(20) * 1_000_000;
    let Some((_, name, make)) = SHAPES.iter().find(|known| known.0 == shape) else { return };
    let text = make(bytes);
    let mut buffers = 0;
    let start = Instant::now();
    let source = Source { name, text: &text, expect: None };
    if way == "typed" {
        let read = flow::read(&source, NonZero::<usize>::MIN);
        let columns = read.tables.iter().flat_map(|table| table.batch.columns());
        buffers = columns.map(|column| column.get_buffer_memory_size()).sum();
    } else if way == "parts" {
        let read = stream::learn(name, text.as_bytes()).and_then(|learnt| {
            let mut rows = 0;
            for number in 0..learnt.tables.len() {
                learnt.batches(number, text.as_bytes(), &mut |batch| {
                    rows += batch.num_rows();
                    Ok(())
                })?;
            }
            Ok(rows)
        });
        if read.is_err() {
            return println!("{} not so", text.len());
        }
    } else {
        let reading = read(&source);
        let tables = reading.tables.into_iter().map(peyote_schemas::RawTable::into_owned).collect();
        let dataset = infer::dataset(tables, reading.findings);
        let document = Document { dataset: &dataset, rejects: None };
        drop(serde_json::to_writer(std::io::sink(), &document));
    }
    let seconds = start.elapsed().as_secs_f64();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = most.and_then(|most| most.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    let held = kilobytes.unwrap_or(f64::NAN) * 1024.0;
    let besides = (held - text.len() as f64) / 1e6;
    let share = held / text.len() as f64;
    if way == "parts" {
        println!("{} {besides:.0} MB, {seconds:.2} s", text.len());
    } else if way == "typed" {
        let arrays = buffers as f64 / text.len() as f64;
        println!("{} {share:.1} x ({arrays:.1}), {seconds:.2} s", text.len());
    } else {
        println!("{} {share:.1} x, {seconds:.2} s", text.len());
    }
}

/// A text of so many bytes and a little more, row by row.
fn rows(begin: &str, bytes: usize, row: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(bytes + (1 << 16));
    text.push_str(begin);
    let mut number = 0;
    while text.len() < bytes {
        text.push_str(&row(number));
        number += 1;
    }
    text
}

fn fact(row: usize) -> String {
    let status = ["pending", "shipped", "returned"][row % 3];
    format!(
        "{row},{},{status},{}.{:02},2024-{:02}-11,bold gate #{}\n",
        row * 7919 % 100_003,
        row * 31 % 9973,
        row % 100,
        1 + row % 12,
        row % 10_000
    )
}

fn ragged(row: usize) -> String {
    if row % 100 == 99 { fact(row).replace(" #", ", no. ") } else { fact(row) }
}

fn fact_json(row: usize) -> String {
    let status = ["pending", "shipped", "returned"][row % 3];
    format!(
        "{{\"id\": {row}, \"status\": \"{status}\", \"amount\": {}.{:02}, \"note\": \"bold gate #{}\"}}",
        row * 31 % 9973,
        row % 100,
        row % 10_000
    )
}

fn wide(bytes: usize, width: usize) -> String {
    let names: Vec<String> = (0..width).map(|at| format!("c{at}")).collect();
    rows(&(names.join(",") + "\n"), bytes, |row| {
        let cells: Vec<String> = (0..width).map(|at| (row * at % 1000).to_string()).collect();
        cells.join(",") + "\n"
    })
}
