//! The README: every console block in it runs and prints what it says.
//!
//! A block is fenced as `console`; a line that begins with `$ ` is run, the lines below it are what it prints. `…`
//! stands for any text on a line, and alone on a line for any lines. `cargo run --release --` is this build's binary,
//! `duckdb` is DuckDB through Python. All blocks run one after the other in one folder. The command that runs the
//! tests is not run here: it is what runs this.

use std::path::Path;
use std::process::Command;

use crate::checkout::root;
use crate::python::python;

/// How the README says that the binary is built and run.
const CARGO_RUN: &str = "cargo run --release --";

/// A command and the lines that it should print.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    command: String,
    prints: Vec<String>,
}

/// The steps of all console blocks.
fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => {
                    steps.push(Step { command: command.to_owned(), prints: Vec::new() });
                }
                (None, Some(step)) if step.command.ends_with('\\') => {
                    step.command.pop();
                    step.command.push_str(line.trim_start());
                }
                (None, Some(step)) => step.prints.push(line.trim_end().to_owned()),
                (None, None) => panic!("`{line}` stands before any command"),
            }
        }
    }
    steps
}

/// Whether a line is as said, `…` being any text.
fn line_fits(said: &str, line: &str) -> bool {
    let mut parts = said.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Whether lines are as said, a lone `…` being any lines.
fn fits(said: &[String], lines: &[&str]) -> bool {
    match said {
        [] => lines.is_empty(),
        [any, rest @ ..] if any == "…" => (0..=lines.len()).any(|at| fits(rest, &lines[at..])),
        [line, rest @ ..] => {
            lines.first().is_some_and(|found| line_fits(line, found)) && fits(rest, &lines[1..])
        }
    }
}

/// Puts the binary, and DuckDB where it can be had, on a path of their own.
fn tools(folder: &Path) -> bool {
    let bin = folder.join("bin");
    std::fs::create_dir(&bin).expect("a folder");
    let script = |name: &str, text: String| {
        let path = bin.join(name);
        std::fs::write(&path, text).expect("a script");
        let done = Command::new("chmod").arg("+x").arg(path).status();
        assert!(done.expect("chmod").success());
    };
    script("peyote", format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_peyote")));
    let Some(python) = python() else { return false };
    let shell = root().join("tests/python/duckdb_shell.py");
    script(
        "duckdb",
        format!("#!/bin/sh\nexec '{}' '{}' \"$@\"\n", python.display(), shell.display()),
    );
    true
}

fn run(step: &Step, home: &Path, work: &Path) {
    let command = step.command.replace(CARGO_RUN, "peyote");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &format!("{command} 2>&1")])
        .env("PATH", format!("{}:{path}", home.join("bin").display()))
        .env_remove("OPENAI_API_KEY")
        .env_remove("OPENAI_BASE_URL")
        .current_dir(work)
        .output()
        .expect("a shell");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "$ {}\n{printed}", step.command);
    let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
    assert!(
        fits(&step.prints, &lines),
        "$ {}\n--- README.md says\n{}\n--- it prints\n{}",
        step.command,
        step.prints.join("\n"),
        lines.join("\n")
    );
}

#[test]
fn every_console_block_runs_and_prints_what_it_says() {
    let Ok(text) = std::fs::read_to_string(root().join("README.md")) else {
        eprintln!("NOT RUN: there is no README.md");
        return;
    };
    let home = tempfile::tempdir().expect("a folder");
    let work = home.path().join("work");
    std::fs::create_dir(&work).expect("a folder");
    let duckdb = tools(home.path());
    for step in steps(&text) {
        if step.command.starts_with("cargo test") {
            let ci = std::fs::read_to_string(root().join(".ci/run")).expect(".ci/run");
            assert!(
                ci.lines().any(|line| line == step.command),
                ".ci/run: call `{}`",
                step.command
            );
        } else if step.command.contains("duckdb") && !duckdb {
            eprintln!("NOT RUN: `{}`", step.command);
        } else {
            run(&step, home.path(), &work);
        }
    }
}

#[test]
fn steps_are_read_from_console_blocks_alone() {
    let text = "a\n```console\n$ one \\\n    --flag\nout\n\n$ two\n```\n```sh\n$ three\n```\n";
    let step = |command: &str, prints: &[&str]| Step {
        command: command.to_owned(),
        prints: prints.iter().map(|line| (*line).to_owned()).collect(),
    };
    assert_eq!(steps(text), [step("one --flag", &["out", ""]), step("two", &[])]);
}

#[test]
fn ellipsis_stands_for_any_text_and_any_lines() {
    let said = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    assert!(fits(&said(&["a … c", "…", "end"]), &["a b b c", "x", "y", "end"]));
    assert!(fits(&said(&["…", "end"]), &["end"]));
    assert!(!fits(&said(&["a … c"]), &["a b"]));
    assert!(!fits(&said(&["a"]), &["a", "b"]));
    assert!(!line_fits("a…a", "a"));
}
