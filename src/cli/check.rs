//! `peyote check`: whether a folder keeps its promises, whoever wrote it.

use std::fmt::Write;
use std::path::PathBuf;

use peyote_schemas::guard::Violation;
use serde_json::{Value, json};

use crate::check;
use crate::error::Error;
use crate::quote::Terminal;

/// Violations that are shown one by one.
const SHOWN: usize = 20;

const EXAMPLES: &str = "\
Examples:
  peyote check data/221214-225213-face-recognition
  peyote check exports --json";

/// Proves kinds, keys, ranges and order in time again from the files of a folder.
///
/// A folder with a `design.json` is held to it; of any other the keys are inferred first.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// The folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
    /// Prints nothing but the one error.
    #[arg(long, conflicts_with = "json")]
    silent: bool,
}

/// Checks a folder; broken promises are an error.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let checked = check::check(&args.folder)?;
    let violations = &checked.violations;
    let text = if args.json {
        let document = json!({
            "tables": checked.tables.iter().map(|(name, rows)| json!({"name": name, "rows": rows})).collect::<Vec<_>>(),
            "checks": checked.checks,
            "violations": violations.iter().map(broken).collect::<Vec<_>>(),
            "findings": checked.findings,
        });
        format!("{document}\n")
    } else {
        told(&checked)
    };
    if !args.silent {
        super::print(text.as_bytes())?;
    }
    if violations.is_empty() {
        return Ok(());
    }
    Err(Error::failed(format!("{} promises are broken", violations.len()))
        .at(args.folder.display().to_string())
        .hint("see the lines above, or `--json` for all of them"))
}

fn told(checked: &check::Checked) -> String {
    let mut text = String::new();
    for (name, rows) in &checked.tables {
        let _ = writeln!(text, "{}: {rows} rows", Terminal(name));
    }
    for violation in checked.violations.iter().take(SHOWN) {
        let _ = writeln!(text, "broken: {}", Terminal(&violation.to_string()));
    }
    if checked.violations.len() > SHOWN {
        let _ = writeln!(text, "… and {} more", checked.violations.len() - SHOWN);
    }
    for finding in checked.findings.iter().take(SHOWN) {
        let _ = writeln!(text, "note: {}", Terminal(&finding.to_string()));
    }
    let broken = match checked.violations.len() {
        0 => "none is broken".to_owned(),
        many => format!("{many} rows break one"),
    };
    let _ = writeln!(text, "{} promises checked, {broken}", checked.checks);
    text
}

/// A violation for machines.
fn broken(violation: &Violation) -> Value {
    json!({
        "table": violation.table,
        "row": violation.row,
        "columns": violation.columns,
        "value": violation.value,
        "reason": violation.reason,
    })
}
