//! `peyote replay`: the same dataset again, from its lock alone.

use std::path::PathBuf;

use super::r#gen::OutputArgs;
use super::make;
use super::voice::Voice;
use crate::error::Error;

const EXAMPLES: &str = "\
Examples:
  peyote replay data/221214-225213-face-recognition/peyote.lock --out again";

/// Makes a dataset again from the conversation that a lock file keeps: the same bytes, nobody asked.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// The lock file.
    #[arg(value_name = "LOCK")]
    lock: PathBuf,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    voice: Voice,
}

/// Replays a conversation.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    args.voice.start_log()?;
    make::replay(&args.lock, &args.output, &args.voice)
}
