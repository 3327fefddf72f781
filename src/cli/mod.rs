//! The command line: arguments in, one call into the library, a report out.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod read;

/// Say a topic, get a believable, typed, relational database.
#[derive(Debug, Parser)]
#[command(name = "peyote", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Read(read::Args),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Read(args) => read::run(&args),
    }
}
