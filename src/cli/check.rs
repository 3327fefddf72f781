//! `peyote check`: whether a folder keeps its promises, whoever wrote it.

use std::fmt::Write;
use std::path::PathBuf;

use peyote_schemas::guard::Violation;
use serde_json::{Value, json};

use crate::check::{self, Compared, Fault};
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
/// A folder with a `design.json` is held to it; of any other the keys are inferred first. Files are
/// compared with the folder's `manifest.json`: that each is there, as it was written, and no other.
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
            "files": checked.files.as_ref().map(files),
            "findings": checked.findings,
        });
        format!("{document}\n")
    } else {
        told(&checked)
    };
    if !args.silent {
        super::print(text.as_bytes())?;
    }
    if let Some(error) = checked.unread {
        return Err(error);
    }
    let broken = match checked.broken() {
        0 => return Ok(()),
        1 => "1 promise is broken".to_owned(),
        many => format!("{many} promises are broken"),
    };
    Err(Error::failed(broken)
        .at(args.folder.display().to_string())
        .hint("see the lines above, or `--json` for all of them"))
}

fn told(checked: &check::Checked) -> String {
    let mut text = String::new();
    for (name, rows) in &checked.tables {
        let _ = writeln!(text, "{}: {}", Terminal(name), counted(*rows, "row"));
    }
    let faults = checked.files.as_ref().map_or(&[][..], |files| &files.faults);
    for fault in faults.iter().take(SHOWN) {
        let _ = writeln!(text, "broken: {}", Terminal(&fault.to_string()));
    }
    if faults.len() > SHOWN {
        let _ = writeln!(text, "… and {} files more", faults.len() - SHOWN);
    }
    for violation in checked.violations.iter().take(SHOWN) {
        let _ = writeln!(text, "broken: {}", Terminal(&violation.to_string()));
    }
    if checked.violations.len() > SHOWN {
        let _ = writeln!(text, "… and {} more", checked.violations.len() - SHOWN);
    }
    for finding in checked.findings.iter().take(SHOWN) {
        // What is of the whole folder has no place in it.
        let told = match finding.at.as_str() {
            "" => finding.message.clone(),
            _ => finding.to_string(),
        };
        let _ = writeln!(text, "note: {}", Terminal(&told));
    }
    if let Some(Compared { files, faults, .. }) = &checked.files
        && faults.is_empty()
    {
        let files = counted(*files, "file");
        let _ = writeln!(text, "{files} compared with the manifest: rows, bytes, SHA-256");
    }
    let mut broken = Vec::new();
    match faults.len() {
        0 => {}
        1 => broken.push("1 file breaks one".to_owned()),
        many => broken.push(format!("{many} files break one")),
    }
    match checked.violations.len() {
        0 => {}
        1 => broken.push("1 row breaks one".to_owned()),
        many => broken.push(format!("{many} rows break one")),
    }
    let broken = if broken.is_empty() { "none is broken".to_owned() } else { broken.join(", ") };
    let _ = writeln!(text, "{} checked, {broken}", counted(checked.checks, "promise"));
    text
}

/// `1 row`, `2 rows`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The comparison of files for machines.
fn files(compared: &Compared) -> Value {
    let fault =
        |fault: &Fault| json!({"path": fault.path, "reason": fault.reason, "hint": fault.hint});
    json!({
        "compared": compared.files,
        "share": compared.share.map(|(k, n)| format!("{k}/{n}")),
        "broken": compared.faults.iter().map(fault).collect::<Vec<_>>(),
    })
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
