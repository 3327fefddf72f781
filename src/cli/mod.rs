//! The command line: arguments in, one call into the library, a report out.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::error::Error;

mod backend;
mod backends;
mod catalog;
mod check;
mod design;
mod explain;
mod extend;
mod r#gen;
mod ideas;
mod live;
mod make;
mod making;
mod mess;
mod pace;
mod place;
mod plan;
mod progress;
mod read;
mod replay;
mod report;
mod rows;
mod scale;
mod sketch;
mod story;
mod talk;
mod until;
mod usage;
mod voice;
mod world;

const EXAMPLES: &str = "\
Examples:
  peyote gen --topic \"The Beatles\"                     a dataset about a topic, by whoever answers
  peyote gen --topic \"The Beatles\" --backend builtin   the same without network, key or model
  peyote read reply.txt                                any reply or file as typed tables
  peyote check data/221214-225213-face-recognition     whether a folder keeps its promises
  peyote                                               asks what it needs to know";

/// Say a topic, get a believable, typed, relational database.
#[derive(Debug, Parser)]
#[command(
    name = "peyote",
    version,
    before_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// How many letters a line of a table may have.
    #[arg(long, value_name = "N", env = "COLUMNS", hide = true)]
    columns: Option<String>,
    #[command(flatten)]
    r#gen: r#gen::Args,
}

#[derive(Debug, Subcommand)]
enum Command {
    Gen(Box<r#gen::Args>),
    Ideas(ideas::Args),
    Design(design::Args),
    Read(read::Args),
    Check(check::Args),
    Plan(plan::Args),
    Explain(explain::Args),
    Extend(extend::Args),
    Catalog(catalog::Args),
    Backends(backends::Args),
    Replay(replay::Args),
    /// Prints completions for a shell.
    #[command(
        before_help = "Examples:\n  peyote completions bash > ~/.local/share/bash-completion/completions/peyote"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Prints the manual page.
    #[command(before_help = "Examples:\n  peyote man | man -l -")]
    Man,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    until::outlive_file_limit();
    let parsed = Cli::try_parse();
    if let Ok(Cli { columns: Some(columns), .. }) = &parsed {
        report::said_width(columns);
    }
    let done = match parsed {
        Ok(Cli { command: Some(command), .. }) => run(&command),
        Ok(Cli { command: None, r#gen, .. }) => r#gen::run(&r#gen),
        // Help and version, asked for.
        Err(text) if !text.use_stderr() => printed(text.print()),
        Err(refusal) => {
            let arguments: Vec<String> =
                std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
            Err(usage::asked_wrongly(&refusal, &Cli::command(), &arguments))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed, the exit code has to do.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(error.exit().code())
        }
    }
}

fn run(command: &Command) -> Result<(), Error> {
    match command {
        Command::Gen(args) => r#gen::run(args),
        Command::Ideas(args) => ideas::run(args),
        Command::Design(args) => design::run(args),
        Command::Read(args) => read::run(args),
        Command::Check(args) => check::run(args),
        Command::Plan(args) => plan::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Extend(args) => extend::run(args),
        Command::Catalog(args) => catalog::run(args),
        Command::Backends(args) => backends::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "peyote", &mut text);
            print(&text)
        }
        Command::Man => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Cli::command())
                .render(&mut text)
                .map_err(|error| Error::failed(error.to_string()))?;
            print(&text)
        }
    }
}

/// Prints data on standard output; whoever reads may stop reading.
fn print(text: &[u8]) -> Result<(), Error> {
    printed(io::stdout().lock().write_all(text))
}

fn printed(written: io::Result<()>) -> Result<(), Error> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| Error::at_path("standard output".as_ref(), &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_agree_with_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_of_every_command_begins_with_examples() {
        let mut top = Cli::command();
        assert!(top.render_help().to_string().starts_with("Examples:\n  peyote "));
        // `peyote help` is clap's own.
        for command in top.get_subcommands_mut().filter(|command| command.get_name() != "help") {
            let help = command.render_help().to_string();
            let name = command.get_name().to_owned();
            assert!(help.starts_with("Examples:\n"), "`peyote {name}` has no example in its help");
            assert!(help.contains(&format!("peyote {name}")), "the example is not of `{name}`");
        }
    }
}
