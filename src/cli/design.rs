//! `peyote design`: the tables of a dataset, without rows.

use peyote_schemas::design::schema::DOCUMENT;

use super::backend::BackendArgs;
use super::sketch;
use super::voice::Voice;
use crate::error::Error;
use crate::run::Topic;

const EXAMPLES: &str = "\
Examples:
  peyote design --topic \"The Beatles\" > beatles.json
  peyote design --topic \"ferry traffic\" --tables 8 --backend local
  peyote design --schema > design.schema.json";

/// Asks for the tables of a dataset and prints them as a design, which `gen --design` takes.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// What the data is to be about.
    #[arg(long, short, required_unless_present = "schema")]
    topic: Option<String>,
    /// How many tables to ask for.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=50))]
    tables: Option<u16>,
    /// Prints the JSON Schema of the design document instead.
    #[arg(long, conflicts_with_all = ["topic", "tables"])]
    schema: bool,
    #[command(flatten)]
    backend: BackendArgs,
    #[command(flatten)]
    voice: Voice,
}

/// Prints a design as one JSON document.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    args.voice.start_log()?;
    let document = match &args.topic {
        None => serde_json::from_str(DOCUMENT)
            .map_err(|error| Error::failed(format!("the schema is broken: {error}")))?,
        Some(topic) => {
            let tables = args.tables.map(usize::from);
            sketch::design(&Topic::new(topic)?, tables, &args.backend, &args.voice)?.to_json()
        }
    };
    let mut text = serde_json::to_string_pretty(&document)
        .map_err(|error| Error::failed(error.to_string()))?;
    text.push('\n');
    super::print(text.as_bytes())
}
