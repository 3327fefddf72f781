//! `peyote backends`: which backends are usable here, and why not.

use std::fmt::Write;

use peyote_backends::probe;
use serde_json::json;

use super::backend::BackendArgs;
use super::until::until_interrupted;
use crate::error::Error;
use crate::quote::Terminal;

const EXAMPLES: &str = "\
Examples:
  peyote backends
  peyote backends --base-url http://gpu-box:8000/v1 --json";

/// Shows who could answer here, and what is missing where nobody can.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    backend: BackendArgs,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

/// Looks at every backend; a server is asked for its models, and nothing else.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let named = args.backend.endpoint()?;
    let standings = until_interrupted(
        async {
            let named = match named {
                Some(endpoint) => Some(probe::look("the named server", endpoint).await),
                None => None,
            };
            let probed = if named.is_some() { Vec::new() } else { probe::usual_ports().await };
            Ok(probe::standings(args.backend.key(), named.as_ref(), &probed))
        },
        || None,
    )?;
    let mut text = String::new();
    if args.json {
        let document: Vec<_> = standings
            .iter()
            .map(|standing| {
                json!({
                    "name": standing.name,
                    "usable": standing.usable,
                    "why": standing.why,
                    "hint": standing.hint,
                    "detail": standing.detail,
                })
            })
            .collect();
        let _ = writeln!(text, "{}", json!(document));
    } else {
        for standing in &standings {
            let mark = if standing.usable { "yes" } else { "no " };
            let _ = writeln!(text, "{:8} {mark}  {}", standing.name, Terminal(&standing.why));
            for line in &standing.detail {
                let _ = writeln!(text, "              {}", Terminal(line));
            }
            if let Some(hint) = &standing.hint {
                let _ = writeln!(text, "         next: {}", Terminal(hint));
            }
        }
    }
    super::print(text.as_bytes())
}
