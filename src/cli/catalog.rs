//! `peyote catalog`: the ready-made designs that answer where no model does.

use std::fmt::Write;

use peyote_schemas::catalog;
use peyote_schemas::design;
use serde_json::json;

use super::report::grid;
use crate::error::Error;

const EXAMPLES: &str = "\
Examples:
  peyote catalog
  peyote catalog music > music.json && peyote gen --design music.json --out music
  peyote catalog --near \"The Beatles\"";

/// Shows the ready-made designs that `--backend builtin` answers from.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// Prints this design as a document.
    name: Option<String>,
    /// Says how near each design is to a topic.
    #[arg(long, value_name = "TOPIC", conflicts_with = "name")]
    near: Option<String>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Shows all designs, or one.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    if let Some(name) = &args.name {
        return one(name);
    }
    let near: Vec<(f64, &catalog::Entry)> = match &args.near {
        Some(topic) => {
            catalog::nearest(topic).into_iter().map(|near| (near.sure, near.entry)).collect()
        }
        None => catalog::entries().iter().map(|entry| (1.0, entry)).collect(),
    };
    let mut text = String::new();
    if args.json {
        for (score, entry) in near {
            let tables: Vec<&str> =
                entry.draft.tables.iter().map(|table| table.name.as_str()).collect();
            let near = args.near.as_ref().map(|_| score);
            let line = json!({"name": entry.name, "about": entry.draft.about, "tables": tables, "near": near});
            let _ = writeln!(text, "{line}");
        }
    } else {
        let mut table = grid(&["name", "near", "tables", "about"]);
        for (score, entry) in near {
            let tables: Vec<&str> =
                entry.draft.tables.iter().map(|table| table.name.as_str()).collect();
            table.add_row([
                entry.name.to_owned(),
                args.near.as_ref().map_or_else(String::new, |_| format!("{:.0} %", score * 100.0)),
                tables.join(", "),
                entry.draft.about.clone(),
            ]);
        }
        let _ = writeln!(text, "{}", table.trim_fmt());
    }
    super::print(text.as_bytes())
}

fn one(name: &str) -> Result<(), Error> {
    let Some(entry) = catalog::entry(name) else {
        let names: Vec<&str> = catalog::entries().iter().map(|entry| entry.name).collect();
        return Err(Error::usage(format!("there is no design `{name}` in the catalog"))
            .hint(format!("choose one of {}", names.join(", "))));
    };
    let design = design::resolve(&entry.draft)
        .map_err(|findings| {
            Error::failed(format!("the catalog's `{name}` is broken: {findings:?}"))
        })?
        .0;
    let mut text =
        serde_json::to_string_pretty(&design).map_err(|error| Error::failed(error.to_string()))?;
    text.push('\n');
    super::print(text.as_bytes())
}
