//! `peyote plan`: how much a design comes to, before any of it is made.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::scale::{self, SizeArgs, megabytes};
use super::{make, pace, report};
use crate::error::Error;
use crate::export::{Format, Types};
use crate::plan::{Plan, RowsWanted};
use crate::quote::Terminal;
use crate::run::SEED;
use crate::weight::{fitted, weighed};

const EXAMPLES: &str = "\
Examples:
  peyote plan --design trams/design.json --scale 100
  peyote plan --design trams/design.json --rows trips=1e9,stops=2e4 --threads 8
  peyote plan --design trams/design.json --size 10GB --format parquet --json";

/// Tells how many rows, parts, bytes and seconds a design comes to.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// The design; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    design: PathBuf,
    /// Rows of the largest table that grows, or of tables by name: `10M`, `orders=1e9,customers=2e6`.
    #[arg(long, value_name = "N", help_heading = "Size")]
    rows: Option<RowsWanted>,
    #[command(flatten)]
    size: SizeArgs,
    /// The forms of file that are written.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Format::Parquet, Format::Csv], help_heading = "Output")]
    format: Vec<Format>,
    /// The seed of everything drawn.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Prints one JSON document, for machines.
    #[arg(long)]
    json: bool,
}

/// Prints the plan of a design.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let design = scale::read(&args.design)?;
    let seed = args.seed.or(design.seed()).unwrap_or(SEED);
    let formats = make::formats(&args.format);
    let forms = args.size.forms(&formats, Types::default());
    let (whole, recipe) = match args.size.size {
        Some(bytes) => fitted(&design, bytes, seed, &forms)?,
        None => {
            let sizes = scale::sizes(args.rows.as_ref(), args.size.scale);
            weighed(&design, Plan::new(&design, &sizes, seed)?, &forms)?
        }
    };
    let plan = args.size.part.map(|part| whole.dealt(part.1, 1).share(part));
    let plan = plan.as_ref().unwrap_or(&whole);
    let text = if args.json {
        let text = serde_json::to_string(plan).map_err(|error| Error::failed(error.to_string()))?;
        format!("{text}\n")
    } else {
        let seconds = pace::seconds(&design, &recipe, &whole, &forms, args.size.threads())?;
        told(plan, &whole, seconds, args)
    };
    super::print(text.as_bytes())?;
    scale::unmet(&whole, args.size.size).map_or(Ok(()), |note| {
        // Where standard error is closed, nobody is there to be told.
        let _ = writeln!(io::stderr(), "{note}");
        Ok(())
    })
}

/// A plan as a person reads it, of a whole that takes so many seconds.
fn told(plan: &Plan, whole: &Plan, seconds: f64, args: &Args) -> String {
    let rows = |plan: &Plan| plan.rows().iter().sum::<u64>();
    let formats = make::formats(&args.format);
    let named = |format: &Format| match format {
        Format::Parquet => "Parquet",
        Format::Csv => "CSV",
    };
    let header = ["table", "rows", "columns", "parts"].into_iter().chain(formats.iter().map(named));
    let mut table = report::grid(&header.collect::<Vec<_>>());
    for one in &plan.tables {
        let bytes = formats.iter().map(|format| one.formats.get(format).copied().unwrap_or(0));
        let numbers = [one.rows.to_string(), one.columns.to_string(), one.parts.to_string()];
        let name = [Terminal(&one.name).to_string()];
        table.add_row(name.into_iter().chain(numbers).chain(bytes.map(megabytes)));
    }
    let of = |format: &Format| {
        let bytes = plan.tables.iter().filter_map(|table| table.formats.get(format));
        format!("{} as {}", megabytes(bytes.sum()), named(format))
    };
    let threads = args.size.threads();
    let mut text = format!("{}\n\n", table.trim_fmt());
    let _ = writeln!(
        text,
        "about {}\n{} with {threads} thread{}, {} of memory",
        formats.iter().map(of).collect::<Vec<_>>().join(" and "),
        pace::told(seconds * (rows(plan) as f64 / rows(whole).max(1) as f64)),
        if threads == 1 { "" } else { "s" },
        megabytes(plan.memory(threads)),
    );
    match args.size.part {
        Some(part) if plan.is_empty() => {
            let _ = writeln!(text, "{}", scale::nothing_in(part));
        }
        Some((k, n)) => {
            let _ = writeln!(text, "this is share {k} of {n}; all have {} rows", rows(whole));
        }
        None => {}
    }
    text
}
