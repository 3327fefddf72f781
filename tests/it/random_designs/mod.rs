//! Designs drawn at random: every one is made as it says, the same by any number of threads and in any
//! shares, or is refused with the two statements that conflict.
//!
//! `PEYOTE_DESIGN_RUNS=1000 cargo test --test it random_designs -- --nocapture` makes a thousand and
//! prints how they ended; `PEYOTE_DESIGN=17` makes that one alone and prints its design, or so many from
//! it on.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;

use crate::oracle::{Made, Rows, wrong};
use crate::peyote::{Peyote, Ran};

mod apart;
mod column;
mod draw;

/// Designs in the suite unless more are asked for.
const RUNS: usize = 30;
/// Of so many designs at most one may be refused.
const REFUSED: usize = 4;

/// How the making of a design ended.
enum Ended {
    Made,
    Refused,
    Wrong(String),
}

fn asked(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}

fn make(design: &Value, args: &str) -> Ran {
    Peyote::new()
        .file("design.json", design.to_string())
        .args("gen --design design.json --silent --seed 11 --out made")
        .args(args)
        .run()
}

/// The bytes of every table's files.
fn bytes(ran: &Ran) -> BTreeMap<String, Vec<u8>> {
    let files = ran.files("made/samples").into_iter();
    let read = |name: String| {
        let bytes = fs::read(ran.path("made/samples").join(&name)).expect("a file");
        (name, bytes)
    };
    files.map(read).collect()
}

/// Makes a design in every way and looks at what came of it.
fn run(number: usize) -> Ended {
    let design = draw::design(number as u64);
    let ran = make(&design, "--threads 1");
    let told = |what: String| Ended::Wrong(format!("design {number}: {what}"));
    if ran.code == 2 && !ran.stderr.contains("the design cannot be followed") {
        // A place, then what conflicts: two names or two numbers at the least.
        let message = ran.stderr.split("\n  next:").next().unwrap_or_default();
        let names = message.matches('`').count() / 2;
        let clear = names >= 2 && !ran.path("made").exists() && !ran.path("made.partial").exists();
        return if clear { Ended::Refused } else { told(ran.stderr) };
    }
    if ran.code != 0 {
        return told(ran.stderr);
    }
    let made = Made::read(&design, &ran.path("made"));
    let broken = wrong(&made);
    if !broken.is_empty() {
        return told(format!("{broken:#?}"));
    }
    let whole = bytes(&ran);
    let two = make(&design, "--threads 2");
    if two.code != 0 || bytes(&two) != whole {
        return told(format!("two threads make other bytes than one {}", two.stderr));
    }
    if let Some(wrong) = shares(&design, &whole).or_else(|| edited(number, &design, &made)) {
        return told(wrong);
    }
    Ended::Made
}

/// What is wrong with the shares of a design together, if anything is.
fn shares(design: &Value, whole: &BTreeMap<String, Vec<u8>>) -> Option<String> {
    let shares = [1, 2].map(|k| make(design, &format!("--format csv --part {k}/2")));
    if let Some(share) = shares.iter().find(|share| share.code != 0) {
        return Some(format!("a share: {}", share.stderr));
    }
    let shares = shares.map(|share| bytes(&share));
    for (name, bytes) in whole.iter().filter(|(name, _)| !name.ends_with("parquet")) {
        let header = bytes.split_inclusive(|byte| *byte == b'\n').next().expect("a header");
        let mut joined = header.to_vec();
        let stem = name.trim_end_matches("csv");
        for share in &shares {
            let parts = share.iter().filter(|(part, _)| {
                part.starts_with(stem)
                    || part.starts_with(&format!("{}/", stem.trim_end_matches('.')))
            });
            parts.for_each(|(_, bytes)| joined.extend_from_slice(&bytes[header.len()..]));
        }
        if joined != *bytes {
            return Some(format!("the shares of {name} together are not the whole"));
        }
    }
    None
}

/// Every column of a design with what it says, by the column's name; names are nowhere twice.
fn columns(design: &Value) -> Vec<(String, String, String)> {
    let tables = design["tables"].as_array().expect("tables");
    let of = |table: &Value| {
        let name = table["name"].as_str().expect("a name").to_owned();
        let columns = table["columns"].as_array().expect("columns").clone();
        // What holds of whole rows binds all that it names.
        let bound = format!("{}{}{}", table["lifecycles"], table["history"], table["checks"]);
        columns.into_iter().map(move |column| {
            let own = column["name"].as_str().expect("a name").to_owned();
            let ties =
                if bound.contains(&format!("\"{own}\"")) { bound.clone() } else { String::new() };
            (name.clone(), own, format!("{}{}{ties}", column["behaviour"], column["nulls"]))
        })
    };
    tables.iter().flat_map(of).collect()
}

/// Changes one column, and says what else changed that has nothing to do with it, if anything did.
fn edited(number: usize, design: &Value, made: &Made<'_>) -> Option<String> {
    let mut other = design.clone();
    let mut open = Vec::new();
    for (at, table) in design["tables"].as_array()?.iter().enumerate() {
        for (place, column) in table["columns"].as_array()?.iter().enumerate() {
            // A set that is unique together changes with each of its columns.
            if table["unique"].to_string().contains(&column["name"].to_string()) {
                continue;
            }
            let law = &column["behaviour"]["law"]["is"];
            if law == "uniform" || column["behaviour"]["is"] == "pick" {
                open.push((at, place));
            }
        }
    }
    let (at, place) = *open.get(number % open.len().max(1))?;
    let column = &mut other["tables"][at]["columns"][place];
    let name = column["name"].as_str()?.to_owned();
    let behaviour = &mut column["behaviour"];
    if behaviour["is"] == "pick" {
        behaviour["words"].as_array_mut()?.reverse();
    } else {
        behaviour["law"]["max"] = Value::from(behaviour["law"]["max"].as_f64()? + 3.0);
    }
    let mut touched = vec![name];
    let all = columns(design);
    loop {
        let names = |says: &str| touched.iter().any(|name| says.contains(name.as_str()));
        let next = all.iter().find(|(_, own, says)| !touched.contains(own) && names(says));
        match next {
            Some((_, own, _)) => touched.push(own.clone()),
            None => break,
        }
    }
    let ran = make(&other, "--format parquet");
    if ran.code != 0 {
        return Some(format!("with `{}` changed: {}", touched[0], ran.stderr));
    }
    let after = Made::read(&other, &ran.path("made"));
    let same = |one: &Rows, other: &Rows, name: &str| one.column(name) == other.column(name);
    for (table, own, _) in &all {
        let equal = same(made.rows(table), after.rows(table), own);
        if !equal && !touched.contains(own) {
            return Some(format!("`{own}` changed with `{}`", touched[0]));
        }
    }
    None
}

#[test]
fn designs_drawn_at_random_are_made_as_they_say_or_refused_clearly() {
    let one = asked("PEYOTE_DESIGN");
    let runs = asked("PEYOTE_DESIGN_RUNS").unwrap_or(if one.is_some() { 1 } else { RUNS });
    let first = one.unwrap_or(0);
    let numbers = first..first + runs;
    // As many at a time as there are cores: none of them waits for anything.
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(numbers.start);
    let ended = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if !numbers.contains(&number) {
                        break;
                    }
                    let made = run(number);
                    if let Ended::Wrong(why) = &made {
                        eprintln!("{why}");
                    }
                    ended.lock().expect("no run panics with it").push(made);
                }
            });
        }
    });
    let ended = ended.into_inner().expect("every run is done");
    let refused = ended.iter().filter(|ended| matches!(ended, Ended::Refused)).count();
    let wrong: Vec<&String> = (ended.iter())
        .filter_map(|ended| match ended {
            Ended::Wrong(why) => Some(why),
            _ => None,
        })
        .collect();
    eprintln!("designs: {runs}, {refused} refused, {} otherwise", wrong.len());
    if one.is_some() && runs == 1 {
        eprintln!("{:#}", draw::design(first as u64));
    }
    assert!(wrong.is_empty(), "{} of {runs}: {wrong:#?}", wrong.len());
    assert!(refused * REFUSED <= runs.max(REFUSED), "{refused} of {runs} are refused");
}
