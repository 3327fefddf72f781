//! `peyote explain`: which rule, vocabulary and draw made a value.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use peyote_schemas::design::Design;
use peyote_schemas::story::Anomaly;

use super::scale;
use crate::check;
use crate::error::Error;
use crate::generate::recipe::recipe;
use crate::plan::{Plan, RowsWanted, Sizes};
use crate::quote::Terminal;
use crate::run::SEED;

const EXAMPLES: &str = "\
Examples:
  peyote explain orders.total --design shop/design.json
  peyote explain orders.total 4711 --design shop/design.json --seed 3 --scale 100";

/// Tells which rule, vocabulary and draw made a value.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    /// The column: `orders.total`.
    #[arg(value_name = "TABLE.COLUMN")]
    column: String,
    /// A row of it, counted from 0.
    row: Option<u64>,
    /// The design; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    design: PathBuf,
    /// The seed that it was made with; of a design beside its dataset, that of the dataset.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The rows that it was made with; of a design beside its dataset, those of the dataset.
    #[arg(long, value_name = "N", help_heading = "Size")]
    rows: Option<RowsWanted>,
    /// Multiplies the rows of all tables that grow, as it was made.
    #[arg(long, value_name = "N", conflicts_with = "rows", help_heading = "Size")]
    scale: Option<f64>,
}

/// Explains a column, or a value of it.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let design = scale::read(&args.design)?;
    let wrong = |why: String, hint: String| Error::usage(why).at("TABLE.COLUMN").hint(hint);
    let Some((table, column)) = args.column.split_once('.') else {
        let why = format!("`{}` names no column of a table", args.column);
        return Err(wrong(why, "say `orders.total`".to_owned()));
    };
    let Some(at) = design.tables().iter().position(|one| *one.name() == table) else {
        let tables: Vec<&str> = design.tables().iter().map(|one| one.name().as_str()).collect();
        let why = format!("the design has no table `{table}`");
        return Err(wrong(why, format!("it has {}", tables.join(", "))));
    };
    let designed = &design.tables()[at];
    let Some(place) = designed.place(column) else {
        let columns: Vec<&str> = designed.columns().iter().map(|one| one.name().as_str()).collect();
        let why = format!("`{table}` has no column `{column}`");
        return Err(wrong(why, format!("it has {}", columns.join(", "))));
    };
    let plan = plan(args, &design)?;
    let rows = plan.tables[at].rows;
    if let Some(row) = args.row.filter(|row| *row >= rows) {
        return Err(Error::usage(format!("`{table}` has {rows} rows, and none of number {row}"))
            .at("ROW")
            .hint("rows are counted from 0; say with `--rows` how many there are"));
    }
    let recipe = recipe(&design, &plan.rows(), plan.seed)?;
    let mut text = String::new();
    let mut lines = recipe.explain(&design, at, place, args.row);
    let told = match args.row {
        Some(row) => shifts(&design, &plan, (at, place, row))?,
        None => stories(&design, at, place),
    };
    // The value itself comes last.
    let last = if args.row.is_some() { lines.len() - 1 } else { lines.len() };
    lines.splice(last..last, told.into_iter().map(|says| ("story", says)));
    for (word, says) in lines {
        let _ = writeln!(text, "{word:>10}  {}", Terminal(&says));
    }
    super::print(text.as_bytes())
}

/// The rows and the seed that the design was made with: those that are said, else those of the folder
/// that it lies in.
fn plan(args: &Args, design: &Design) -> Result<Plan, Error> {
    let folder = args.design.parent().filter(|_| args.rows.is_none() && args.scale.is_none());
    let manifest = folder.and_then(check::manifest);
    let told = manifest.and_then(|manifest| Some((manifest.made?.rows, manifest.seed)));
    let own = |rows: &BTreeMap<String, u64>| {
        design.tables().iter().all(|table| rows.contains_key(table.name().as_str()))
    };
    let told = told.filter(|(rows, _)| own(rows));
    let kept = told.as_ref().map(|(_, seed)| *seed);
    let seed = args.seed.or(kept).or(design.seed()).unwrap_or(SEED);
    let sizes = match told {
        Some((tables, _)) => Sizes { tables, ..Sizes::default() },
        None => scale::sizes(args.rows.as_ref(), args.scale),
    };
    Plan::new(design, &sizes, seed)
}

/// The stories that change values of a column.
fn stories(design: &Design, table: usize, column: usize) -> Vec<String> {
    let table = &design.tables()[table];
    let own = (table.name().as_str(), table.columns()[column].name().as_str());
    let stories = design.story().iter().enumerate();
    let told = stories.filter(|(_, one)| one.changes().contains(&own));
    told.map(|(number, one)| format!("{} changes it in some rows", named(number, one))).collect()
}

/// The stories that change one value, each with what it was before and is then: a story is planted
/// over those before it.
fn shifts(
    design: &Design,
    plan: &Plan,
    (table, column, row): (usize, usize, u64),
) -> Result<Vec<String>, Error> {
    let value = |many: usize| -> Result<String, Error> {
        let told = design.with_story(design.story()[..many].to_vec());
        Ok(recipe(&told, &plan.rows(), plan.seed)?.shown(table, column, row))
    };
    let mut shifts = Vec::new();
    let mut before = value(0)?;
    for (number, anomaly) in design.story().iter().enumerate() {
        let after = value(number + 1)?;
        if after != before {
            let what = named(number, anomaly);
            shifts.push(format!("{what} makes `{after}` of `{before}`"));
        }
        before = after;
    }
    Ok(shifts)
}

/// A story by its number on the page that tells of it, and what it is.
fn named(number: usize, anomaly: &Anomaly) -> String {
    let says = anomaly.says().map(|says| format!(" ({says})")).unwrap_or_default();
    format!("{}, {}{says},", number + 1, anomaly.title())
}
