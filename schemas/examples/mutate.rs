//! A deterministic trial: broken texts without end, read, typed and made into arrays, whole, as they
//! flow by and in parts, of which all must say the same.
//!
//! `mutate COUNT [FROM] [FILE…]` makes texts number FROM to FROM + COUNT out of the seeds below and
//! of the files named: bytes flipped, parts cut, doubled, swapped and spliced with other seeds. Text
//! *n* is a function of *n* and of the files alone, so that what is reported can be had again. It
//! prints the slowest text and each one that panics, and fails if one does.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use peyote_schemas::document::Document;
use peyote_schemas::infer::{self, flow};
use peyote_schemas::read::{Source, decode, read};
use peyote_schemas::stream::Fault;

/// Texts of every form, as models write them.
const SEEDS: [&str; 16] = [
    "id,name,born,sum\n1,Ada,1815-12-10,\"1,200.50\"\n2,Bob,01/02/2003,$7\n3,Cy, Jr.,n/a,9%\n",
    "a;b;c\n1,5;x;\"y\n z\"\n2,25;;'q'\n# note\n\n3,0;\\\"w\\\";v\n",
    "x\ty\n1\t2\r\n3\t4\r5\t\n\nid\tday\n1\t2020-01-01\n2\t2020-02-30\n",
    "Here it is:\n\n| id | **name** |\n|---:|:---|\n| 1 | a \\| b |\n| 2 |\n\nDone.\n",
    "[{\"id\": 1, \"name\": \"Ada\", \"tags\": [\"a\", \"b\"]}, {\"id\": 2, \"at\": {\"lat\": 1.5, \"lon\": -2e3}}]",
    "Sure!\n```json\n{\"users\": [{'id': 1, name: Ada O\"Hara, ok: True,},], // end\n\"n\": NaN}\n```\nBye.",
    "{\"a\": [1, 2, 3], \"b\": [\"x\", \"y\", \"z\"]}\n{\"a\": [4], \"b\": [\"\\u00e9\\ud83d\\ude00\"]}\n",
    "{\"id\":1,\"t\":\"2020-01-01T00:00:00Z\"}\n{\"id\":2,\"t\":\"2020-01-01T12:30:00.123+05:30\"}\n{\"id\":",
    "\"{\\\"a\\\": \\\"b\\\\n\\\", \\\"c\\\": [1, {}]}\"",
    "1. oak\n2. elm\n   - white\n3) ash\n\n- one: 1\n- two: 2\n",
    "oak, elm, ash, \"red, white\", birch",
    "id,parent_id,code,zip,flag,when\n1,,A-001,01234,yes,1609459200\n2,1,A-002,99999,no,1612137600\n3,1,A-003,10115,yes,1614556800\n",
    "lat,lon,price,weight\n48.2° N,16.3° E,€ 1.200,50,12 kg\n-1.5,2.5,(300),1e309\n",
    "{{[[((\"'`,;:|\\/#*-+.=<>~^%$&@!?\u{201c}\u{2019}\u{feff}\u{0}\u{1f600}",
    "time,stamp,span\n12:30 PM,May 3rd, 2021 4pm,PT5M\n24:00,20210503,99:99\n00:00:60,31.12.1999,1 day\n",
    "<table>\nanswer: {\"rows\": [[\"id\", \"n\"], [1, \"a\"], [2, \"b\"]], \"more\": null}\n</table> [1] {x} [see](url)",
];

/// The longest text made, and the longest piece of a file that is a seed.
const LONGEST: usize = 4096;

/// Changes made to one text at most.
const CHANGES: u64 = 8;

/// What a mutation likes to put in.
const SPICE: [&str; 20] = [
    "\"",
    "'",
    "\\",
    ",",
    "\n",
    "\r\n",
    "{",
    "}",
    "[",
    "]",
    ":",
    "```",
    "|",
    "|---|",
    "//",
    "/*",
    "\u{201d}",
    "null",
    "-",
    "9999999999999999999",
];

/// Names of the texts: what their endings say is a part of the trial.
const NAMES: [&str; 5] = ["reply.txt", "rows.csv", "rows.json", "rows.jsonl", "reply.md"];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).peekable();
    let mut number = || {
        let found = words.peek().and_then(|word| word.parse::<u64>().ok());
        found.inspect(|_| {
            words.next();
        })
    };
    let count = number().unwrap_or(10_000);
    let from = number().unwrap_or(0);
    let mut seeds: Vec<Vec<u8>> = SEEDS.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    for path in words {
        match std::fs::read(&path) {
            Ok(bytes) => seeds.extend(bytes.chunks(LONGEST).take(4).map(<[u8]>::to_vec)),
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
    let begin = Instant::now();
    let mut slowest: BTreeMap<Duration, u64> = BTreeMap::new();
    let mut panics = 0;
    for number in from..from + count {
        let (name, bytes) = text(&seeds, number);
        let start = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| trial(name, &bytes))).is_err() {
            panics += 1;
            println!("panic: text {number}, {name}: {:?}", String::from_utf8_lossy(&bytes));
        }
        slowest.insert(start.elapsed(), number);
        if slowest.len() > 5 {
            slowest.pop_first();
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{count} texts of {} seeds, {panics} panics, {:.0} a second",
        seeds.len(),
        count as f64 / seconds
    );
    for (took, number) in slowest.iter().rev() {
        let (name, bytes) = text(&seeds, *number);
        println!("{took:?}: text {number}, {name}, {} bytes", bytes.len());
    }
    if panics == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Reads a text, types it, and makes its arrays and its document; does so again as the text flows by,
/// and in parts where it can be read so.
fn trial(name: &str, bytes: &[u8]) {
    let text = decode(bytes);
    let source = Source { name, text: &text, expect: None };
    let reading = read(&source);
    let tables = reading.tables.into_iter().map(peyote_schemas::RawTable::into_owned).collect();
    let dataset = infer::dataset(tables, reading.findings);
    for table in &dataset.tables {
        assert_eq!(table.raw.len(), table.batch.num_rows(), "rows read are rows typed");
        assert_eq!(table.raw.width(), table.batch.num_columns(), "columns read are columns typed");
    }
    for threads in [1, 2].into_iter().filter_map(NonZero::new) {
        let parted = flow::parts(name, text.len(), threads, || Ok(text.as_bytes()));
        if let Err(fault @ Fault::Input(_)) = &parted {
            panic!("a text at hand can be read: {fault}");
        }
        for flowing in std::iter::once(flow::read(&source, threads)).chain(parted.ok()) {
            assert_eq!(flowing.tables.len(), dataset.tables.len(), "tables flow as they are read");
            for (flowed, table) in flowing.tables.iter().zip(&dataset.tables) {
                assert_eq!(flowed.columns, table.columns, "columns flow as they are read");
                assert!(flowed.batch == table.batch, "values flow as they are read");
            }
        }
    }
    let document = Document { dataset: &dataset, rejects: None };
    assert!(serde_json::to_writer(std::io::sink(), &document).is_ok(), "a dataset has a document");
}

/// Text number *n* and its name.
fn text(seeds: &[Vec<u8>], number: u64) -> (&'static str, Vec<u8>) {
    let mut dice = Dice(number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let name = NAMES[dice.below(NAMES.len())];
    let mut text = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.next() % CHANGES {
        change(&mut text, seeds, &mut dice);
        text.truncate(LONGEST);
    }
    (name, text)
}

fn change(text: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.below(text.len() + 1);
    let reach = dice.below(10);
    let to = (at + dice.below(1 << reach)).min(text.len());
    match dice.below(9) {
        0 => {
            if let Some(byte) = text.get_mut(at) {
                *byte ^= 1 << (dice.next() % 8);
            }
        }
        1 => text.truncate(at),
        2 => drop(text.drain(at..to)),
        3 => {
            let part = text[at..to].to_vec();
            let times = dice.below(40);
            text.splice(at..at, part.repeat(times));
        }
        4 => {
            let other = &seeds[dice.below(seeds.len())];
            let start = dice.below(other.len() + 1);
            text.splice(at..to, other[start..].iter().copied());
        }
        5 => {
            let part: Vec<u8> = text.drain(at..to).collect();
            let place = dice.below(text.len() + 1);
            text.splice(place..place, part);
        }
        6 => drop(text.drain(..at)),
        7 => {
            let spice = SPICE[dice.below(SPICE.len())].repeat(1 + dice.below(4));
            text.splice(at..at, spice.bytes());
        }
        _ => {
            let spice = SPICE[dice.below(SPICE.len())];
            text.splice(at..to, spice.bytes());
        }
    }
}

/// A row of numbers without a pattern: xorshift64*.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}
