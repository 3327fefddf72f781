//! Recorded conversations: every table, column and reference that a real model named is there.

use std::path::PathBuf;

use serde_json::Value;

use super::{Design, resolve, stem};
use crate::draft;
use crate::finding::Finding;

/// The folders of the recordings, or `None` where they are not on this machine.
fn recordings() -> Option<Vec<PathBuf>> {
    let shared = std::env::var_os("PEYOTE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let Ok(folder) = std::fs::read_dir(shared.join("corpora/davinci")) else {
        println!("did not run: there are no recordings in {}", shared.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = folder
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("transcript.json").exists())
        .collect();
    paths.sort();
    Some(paths)
}

fn json(path: PathBuf) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// The names in a list of columns, read as simply as can be: up to the first full stop that a
/// sentence follows, between commas outside brackets, each without its brackets.
fn names(list: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut depth = 0;
    for (at, letter) in list.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => names.push(String::new()),
            '.' if depth == 0
                && list[at + 1..].trim_start().contains(' ')
                && list[at..].starts_with(". ") =>
            {
                break;
            }
            letter if depth == 0 => names.last_mut().unwrap().push(letter),
            _ => {}
        }
    }
    names
        .iter()
        .map(|name| name.trim().trim_end_matches('.').to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

fn table<'a>(design: &'a Design, name: &str) -> Option<&'a super::DesignTable> {
    stem::find(design.tables(), name).map(|at| &design.tables()[at])
}

fn told(findings: &[Finding], words: [&str; 2]) -> bool {
    findings.iter().any(|finding| words.iter().all(|word| finding.message.contains(word)))
}

#[test]
fn recorded_designs_are_whole() {
    let Some(paths) = recordings() else { return };
    let mut faults = Vec::new();
    let (mut tables, mut columns, mut keys) = (0, 0, 0);
    for path in &paths {
        let transcript = json(path.join("transcript.json"));
        let expected = json(path.join("expected.json"));
        let (draft, mut findings) = draft::read(text(&transcript, "tables_reply"));
        let (design, more) = resolve(&draft).unwrap();
        findings.extend(more);
        let run = path.file_name().unwrap().to_string_lossy().into_owned();
        for said in list(&transcript, "tables") {
            tables += 1;
            let name = text(said, "name");
            let Some(found) = table(&design, name) else {
                faults.push(format!("{run}: no table {name}"));
                continue;
            };
            if found.said() != name {
                faults.push(format!("{run}: {name} is called {}", found.said()));
            }
            for column in names(text(said, "columns")) {
                columns += 1;
                if found.place(&column).is_none() {
                    faults.push(format!("{run}: {name} has no column {column}"));
                }
            }
        }
        for key in list(&expected, "foreign_keys") {
            keys += 1;
            let (from, column) = (text(key, "table"), text(key, "column"));
            let Some(found) = table(&design, from) else { continue };
            let Some(place) = found.place(column) else { continue };
            let column = found.columns()[place].name();
            let target = found.foreign_keys().iter().find(|key| key.columns == [column.clone()]);
            let reported = told(&findings, [found.name().as_str(), column.as_str()]);
            let holds = match key["references"].as_str() {
                Some(parent) => target.is_some_and(|key| {
                    table(&design, parent)
                        .is_some_and(|parent| *parent.name() == key.references.table)
                }),
                None => target.is_some(),
            };
            if !(holds || reported) {
                faults.push(format!(
                    "{run}: {from}.{column} does not refer to {}",
                    key["references"]
                ));
            }
            if std::env::var_os("PEYOTE_SHOW").is_some() {
                println!(
                    "{run}: {from}.{column} ({}) -> {:?}",
                    text(key, "says"),
                    target.map(|k| k.to_text().references)
                );
            }
        }
        if std::env::var_os("PEYOTE_SHOW").is_some() {
            show(&run, &design, &findings);
        }
    }
    println!("{} recordings: {tables} tables, {columns} columns, {keys} references", paths.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn show(run: &str, design: &Design, findings: &[Finding]) {
    println!("=== {run} {:?}", design.levels());
    for table in design.tables() {
        println!(
            "{} [{}] key {:?} {}",
            table.name(),
            table.said(),
            table.primary_key(),
            table.description()
        );
        for column in table.columns() {
            println!(
                "    {} [{}] {:?} {:?} {:?} {:?}",
                column.name(),
                column.said(),
                column.kind(),
                column.unit(),
                column.remark(),
                column.description()
            );
        }
        for key in table.foreign_keys() {
            println!("    -> {:?}", key.to_text());
        }
    }
    for finding in findings {
        println!("  ! {:?} {finding}", finding.level);
    }
}
