//! `peyote read`: any reply, CSV, JSON or Markdown file as a typed dataset.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use peyote_schemas::read::{self, Source};
use peyote_schemas::{document, infer};

use crate::input;

/// Reads replies and files of any form as typed tables.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files or folders; `-` is standard input.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let mut tables = Vec::new();
    let mut findings = Vec::new();
    for path in &args.paths {
        let files = match input::gather(path) {
            Ok(files) => files,
            Err(error) => {
                eprintln!("error: {}: {error}", path.display());
                return ExitCode::FAILURE;
            }
        };
        for file in files {
            let text = read::decode(&file.bytes);
            let reading = read::read(&Source { name: &file.name, text: &text, expect: None });
            let first = tables.len();
            tables.extend(reading.tables.into_iter().map(|table| table.into_owned()));
            findings.extend(reading.findings.into_iter().map(|f| read::moved(f, first)));
        }
    }
    let dataset = infer::dataset(tables, findings);
    let document = document::document(&dataset);
    let mut out = io::stdout().lock();
    match serde_json::to_writer(&mut out, &document)
        .map_err(io::Error::from)
        .and_then(|()| out.write_all(b"\n"))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
