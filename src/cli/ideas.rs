//! `peyote ideas`: ideas for datasets about a topic.

use std::fmt::Write;

use super::backend::BackendArgs;
use super::sketch;
use super::voice::Voice;
use crate::error::Error;
use crate::quote::Terminal;
use crate::run::{IDEAS, Topic};

const EXAMPLES: &str = "\
Examples:
  peyote ideas --topic \"The Beatles\"
  peyote ideas --topic \"tide gauges\" -n 10 --json";

/// Asks for ideas about a topic and prints them.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// What the data is to be about.
    #[arg(long, short)]
    topic: String,
    /// How many ideas to ask for.
    #[arg(short = 'n', long = "ideas", value_name = "N", default_value_t = IDEAS as u16, value_parser = clap::value_parser!(u16).range(1..=50))]
    ideas: u16,
    #[command(flatten)]
    backend: BackendArgs,
    #[command(flatten)]
    voice: Voice,
}

/// Prints ideas: a numbered list, or one JSON line each.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    args.voice.start_log()?;
    let topic = Topic::new(&args.topic)?;
    let ideas = sketch::ideas(&topic, usize::from(args.ideas), &args.backend, &args.voice)?;
    let mut text = String::new();
    for (idea, number) in ideas.iter().zip(1..) {
        let _ = if args.voice.json {
            writeln!(text, "{}", serde_json::json!(idea))
        } else {
            writeln!(text, "{number}. {}: {}", Terminal(&idea.name), Terminal(&idea.about))
        };
    }
    super::print(text.as_bytes())
}
