//! `peyote gen`: from a topic, or a design, to a dataset in a folder.

use std::io::Write;
use std::path::PathBuf;

use jiff::Zoned;

use super::backend::BackendArgs;
use super::make;
use super::scale::{self, SizeArgs};
use super::sketch;
use super::talk;
use super::voice::Voice;
use super::world;
use crate::error::Error;
use crate::export::folder::Taken;
use crate::export::{Format, Types, parquet};
use crate::mess::Level;
use crate::plan::RowsWanted;
use crate::quote::Terminal;
use crate::run::{IDEAS, OnError, ROWS, Request, SEED, Topic};

/// The most rows that a model is asked for, for one table: more no reply holds.
pub(super) const MOST_ROWS: u64 = 200;
/// The most ideas or tables that a model is asked for.
const MOST_IDEAS: usize = 50;

const EXAMPLES: &str = "\
Examples:
  peyote gen --topic \"The Beatles\"
  peyote gen --topic \"owls of Finland\" --backend local --base-url http://localhost:11434/v1
  peyote gen --topic \"container ports\" --backend openai --model gpt-5-mini --out ports
  peyote gen --topic \"tram networks\" -n 1 --silent --format parquet --out trams
  peyote gen --resume trams
  peyote gen --topic \"tram networks\" --dry-run
  peyote gen --lock trams/peyote.lock --out in-ci
  peyote gen --design trams/design.json --rows 100 --out more-trams
  peyote gen --design trams/design.json --scale 1000 --format parquet --out many-trams";

/// Makes a dataset about a topic.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// What the data is about; asked for on a terminal if it is missing.
    #[arg(long, short)]
    topic: Option<String>,
    /// How many ideas to ask for; with 1 nothing is chosen.
    #[arg(short = 'n', long = "ideas", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=50))]
    ideas: Option<u16>,
    /// How many tables to ask for.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=50))]
    tables: Option<u16>,
    /// How many rows to ask for, for each table; of a design any number, also table by table:
    /// `10M`, `orders=1e9,customers=2e6`.
    #[arg(long, value_name = "N")]
    rows: Option<RowsWanted>,
    /// The seed of everything drawn.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Leaves out what the design plants for somebody to find.
    #[arg(long, requires = "design", help_heading = "Size")]
    no_story: bool,
    /// Makes the tables of a design instead of asking anybody; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["topic", "ideas"])]
    design: Option<PathBuf>,
    #[command(flatten)]
    backend: BackendArgs,
    #[command(flatten)]
    size: SizeArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Goes on with a run that was interrupted, without asking again what is answered or making again
    /// the files that are whole; a file holds up to 1,024 parts.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["topic", "out", "path", "ideas", "tables", "rows", "seed"])]
    resume: Option<PathBuf>,
    /// Takes every answer from this lock, and fails where it would need a call.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["resume", "design"])]
    lock: Option<PathBuf>,
    /// Prints how many calls and tokens it would take, and what they cost, and asks nobody.
    #[arg(long, conflicts_with_all = ["resume", "design", "lock"])]
    dry_run: bool,
    #[command(flatten)]
    pub(super) voice: Voice,
}

/// Where a dataset goes, and in what form.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct OutputArgs {
    /// The folder below which the dataset gets a folder of its own.
    #[arg(long, value_name = "DIR", default_value = "data", help_heading = "Output")]
    pub(super) path: PathBuf,
    /// Exactly this folder.
    #[arg(long, value_name = "DIR", conflicts_with = "path", help_heading = "Output")]
    pub(super) out: Option<PathBuf>,
    /// Replaces the folder if it is there.
    #[arg(long, help_heading = "Output")]
    pub(super) overwrite: bool,
    /// The forms of file to write.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Format::Parquet, Format::Csv], help_heading = "Output")]
    pub(super) format: Vec<Format>,
    /// The Parquet types that may be written.
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub(super) types: Types,
    /// Makes a dirty twin as well, in `mess/`, with every defect in `mess/defects`: `light`, `medium`,
    /// `heavy` (0.5, 2, 8 % of cells), or the share of cells itself.
    #[arg(long, value_name = "LEVEL", help_heading = "Output")]
    pub(super) mess: Option<Level>,
    /// What to do with values that break a promise.
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub(super) on_error: OnError,
}

impl OutputArgs {
    /// What to do if the folder is there.
    pub(super) fn taken(&self) -> Taken {
        if self.overwrite { Taken::Replace } else { Taken::Keep }
    }
}

/// Makes a dataset.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    args.voice.start_log()?;
    if let Some(dir) = &args.resume {
        let (size, taken) = (&args.size, args.output.taken());
        if scale::resume(dir, args.design.as_deref(), size, taken, &args.voice)? {
            return Ok(());
        }
        return make::resume(dir, &args.backend, &args.voice, args.output.taken());
    }
    if let Some(path) = &args.design {
        let design = crate::reopen::read_sound_design(path)?;
        let design = if args.no_story { design.without_story() } else { design };
        let request = Request {
            seed: args.seed.or(design.seed()).unwrap_or(SEED),
            ..request(args, Topic::lossy(design.name()))
        };
        let many = match &args.rows {
            Some(RowsWanted::All(rows)) => *rows > MOST_ROWS,
            Some(RowsWanted::Tables(_)) => true,
            None => false,
        };
        let sized = design.tables().iter().any(|table| table.size().is_some());
        if many || sized || args.size.is_said() {
            let design = scale::taught(path, &design);
            if let Some(RowsWanted::All(rows)) = &args.rows {
                say(args, world::too_few(&design, *rows));
            }
            let size = (&args.size, args.rows.as_ref());
            let output = (&args.output, std::slice::from_ref(path));
            return scale::from_design(&design, &request, size, output, &args.voice);
        }
        let hidden = "what is to be hidden needs rows that are made at size: say `--scale 1`";
        say(args, (!design.story().is_empty()).then(|| hidden.to_owned()));
        say(args, unfollowed(args));
        let taught = scale::taught(path, &design);
        let output = (&args.output, std::slice::from_ref(path));
        return make::from_design((&design, &taught), &request, output, &args.voice);
    }
    few(args)?;
    if let Some(lock) = &args.lock {
        return make::locked(lock, |kept| changed(args, kept), &args.output, &args.voice);
    }
    let request = match &args.topic {
        Some(text) => request(args, Topic::new(text)?),
        None if args.voice.may_ask() => asked(args)?,
        None => {
            return Err(Error::usage("there is no topic")
                .at("--topic")
                .hint("say what the data is about: `peyote gen --topic \"The Beatles\"`"));
        }
    };
    if args.dry_run {
        return sketch::dry_run(&request, &args.backend, args.voice.json);
    }
    say(args, unfollowed(args));
    let now = Zoned::now();
    make::from_topic(&request, &now, &args.backend, &args.output, &args.voice)
}

/// Tells a person something that is no error.
fn say(args: &Args, note: Option<String>) {
    if let Some(note) = note.filter(|_| !args.voice.silent && !args.voice.json) {
        // Where standard error is closed, nobody is there to be told.
        let _ = writeln!(std::io::stderr(), "{}", Terminal(&note));
    }
}

/// What is asked for and only followed where a design is made at size.
fn unfollowed(args: &Args) -> Option<String> {
    let flags = [
        ("`--compression`", args.size.compression != parquet::Compression::default()),
        ("`--bloom`", !args.size.bloom.is_empty()),
    ];
    let given: Vec<&str> =
        flags.into_iter().filter_map(|(flag, given)| given.then_some(flag)).collect();
    (!given.is_empty()).then(|| {
        format!(
            "not followed here: {}; they are for designs made at size (`--design`, `--scale 1`)",
            given.join(" and ")
        )
    })
}

/// Refuses more rows than a model can be asked for.
fn few(args: &Args) -> Result<(), Error> {
    match &args.rows {
        None => Ok(()),
        Some(RowsWanted::All(rows)) if *rows <= MOST_ROWS => Ok(()),
        Some(_) => Err(Error::usage(format!(
            "a model is asked for at most {MOST_ROWS} rows of each table"
        ))
        .at("--rows")
        .hint("more are made of a design: `peyote gen --design DIR/design.json --rows 10M`")),
    }
}

/// The rows to ask for.
fn wanted(args: &Args) -> Option<usize> {
    match &args.rows {
        Some(RowsWanted::All(rows)) => Some(*rows as usize),
        _ => None,
    }
}

/// What is asked for, where it is not what a lock was made with.
fn changed(args: &Args, kept: Request) -> Result<Request, Error> {
    Ok(Request {
        topic: args.topic.as_deref().map_or(Ok(kept.topic), Topic::new)?,
        ideas: args.ideas.map_or(kept.ideas, usize::from),
        tables: args.tables.map(usize::from).or(kept.tables),
        rows: wanted(args).unwrap_or(kept.rows),
        at_size: wanted(args).map(|rows| rows as u64).or(kept.at_size),
        mess: args.output.mess.or(kept.mess),
        seed: args.seed.unwrap_or(kept.seed),
        ..kept
    })
}

/// What a person answers to the questions that no flag has answered.
fn asked(args: &Args) -> Result<Request, Error> {
    let request = request(args, talk::topic()?);
    let ideas = match args.ideas {
        Some(_) => request.ideas,
        None => talk::number("How many ideas?", IDEAS, MOST_IDEAS)?,
    };
    let tables = match args.tables {
        Some(_) => request.tables,
        None => Some(talk::number("How many tables? 0 leaves it to the model.", 0, MOST_IDEAS)?)
            .filter(|tables| *tables > 0),
    };
    let rows = match &args.rows {
        Some(_) => request.rows,
        None => talk::number("How many rows of each?", ROWS, MOST_ROWS as usize)?.max(1),
    };
    Ok(Request { ideas: ideas.max(1), tables, rows, ..request })
}

fn request(args: &Args, topic: Topic) -> Request {
    Request {
        topic,
        ideas: args.ideas.map_or(IDEAS, usize::from),
        tables: args.tables.map(usize::from),
        rows: wanted(args).unwrap_or(ROWS),
        at_size: wanted(args).map(|rows| rows as u64),
        seed: args.seed.unwrap_or(SEED),
        formats: make::formats(&args.output.format),
        types: args.output.types,
        on_error: args.output.on_error,
        mess: args.output.mess,
    }
}
