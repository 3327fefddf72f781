//! `peyote plan`: how much a design comes to, before any of it is made.

use std::path::PathBuf;

use super::scale::{self, SizeArgs};
use crate::error::Error;
use crate::plan::{Plan, RowsWanted};
use crate::run::SEED;

const EXAMPLES: &str = "\
Examples:
  peyote plan --design trams/design.json --scale 100
  peyote plan --design trams/design.json --rows trips=1e9,stops=2e4 --threads 8
  peyote plan --design trams/design.json --size 10GB --json";

/// Tells how many rows, parts, bytes and seconds a design comes to.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// The design.
    #[arg(long, value_name = "FILE")]
    design: PathBuf,
    /// Rows of the largest table that grows, or of tables by name: `10M`, `orders=1e9,customers=2e6`.
    #[arg(long, value_name = "N", help_heading = "Size")]
    rows: Option<RowsWanted>,
    #[command(flatten)]
    size: SizeArgs,
    /// Prints one JSON document, for machines.
    #[arg(long)]
    json: bool,
}

/// Prints the plan of a design.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let design = scale::read(&args.design)?;
    let sizes = args.size.sizes(args.rows.as_ref());
    let plan = Plan::new(&design, &sizes, design.seed().unwrap_or(SEED))?;
    scale::show(&design, &plan, &args.size, args.json)
}
