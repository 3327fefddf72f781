//! [`Voice`]: how loudly a command speaks, and to whom: a person, a machine, a log, nobody.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use tracing::Level;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::live::{Lines, Live, Plain};
use crate::error::Error;
use crate::event::{Listener, Silence};

/// How loudly a command speaks.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Voice {
    /// Prints nothing but the one error.
    #[arg(long, conflicts_with_all = ["json", "verbose"], help_heading = "Output")]
    pub(super) silent: bool,
    /// Prints events as JSON lines on standard output, for machines.
    #[arg(long, help_heading = "Output")]
    pub(super) json: bool,
    /// Tells what is going on; twice tells everything.
    #[arg(short, long, action = clap::ArgAction::Count, help_heading = "Output")]
    pub(super) verbose: u8,
    /// Writes what is going on to a file, keys redacted.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) log: Option<PathBuf>,
}

impl Voice {
    /// Who hears the events of a run.
    pub(super) fn listener(&self) -> Box<dyn Listener> {
        if self.json {
            Box::new(Lines::default())
        } else if self.silent {
            Box::new(Silence)
        } else if std::io::stderr().is_terminal() {
            Box::new(Live::default())
        } else {
            Box::new(Plain)
        }
    }

    /// Who hears the events of a command whose own output is the result.
    pub(super) fn quiet_listener(&self) -> Box<dyn Listener> {
        if self.json || self.silent || !std::io::stderr().is_terminal() {
            Box::new(Silence)
        } else {
            Box::new(Live::default())
        }
    }

    /// Whether a person may be asked something.
    pub(super) fn may_ask(&self) -> bool {
        !self.silent
            && !self.json
            && std::io::stdin().is_terminal()
            && std::io::stderr().is_terminal()
    }

    /// Starts the log of this process.
    pub(super) fn start_log(&self) -> Result<(), Error> {
        let level = match (self.verbose, &self.log) {
            (0, None) => return Ok(()),
            (0 | 1, _) => Level::DEBUG,
            _ => Level::TRACE,
        };
        let builder = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::from_level(level))
            .with_ansi(false)
            .with_target(false);
        match &self.log {
            Some(path) => {
                let begun = File::options().create(true).append(true).open(path);
                // The first line shows whether it can be written at all.
                let begun = begun.and_then(|mut file| {
                    writeln!(file, concat!("peyote ", env!("CARGO_PKG_VERSION")))?;
                    Ok(file)
                });
                let file = begun.map_err(|error| Error::at_path(path, &error))?;
                start(builder.with_writer(Mutex::new(file)));
            }
            None => start(builder.without_time().with_writer(std::io::stderr)),
        }
        Ok(())
    }
}

/// Makes a subscriber the one of this process; a second one in the same process is left out.
fn start<W, L, F>(
    builder: tracing_subscriber::fmt::SubscriberBuilder<
        tracing_subscriber::fmt::format::DefaultFields,
        tracing_subscriber::fmt::format::Format<L, F>,
        LevelFilter,
        W,
    >,
) where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
    tracing_subscriber::fmt::format::Format<L, F>: tracing_subscriber::fmt::FormatEvent<
            tracing_subscriber::Registry,
            tracing_subscriber::fmt::format::DefaultFields,
        >,
    L: Send + Sync + 'static,
    F: Send + Sync + 'static,
{
    let _ = builder.try_init();
}
