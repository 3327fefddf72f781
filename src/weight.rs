//! [`weighed`]: how many bytes the files of a plan will have, by what some rows of each table take.
//!
//! What a row takes in a file hangs on how its values repeat, vary and follow each other, of which
//! their kinds say nothing. So some rows of every table are made, encoded as they will be, counted
//! and thrown away: the same ones every time, so that a size is the same rows everywhere.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use peyote_schemas::design::Design;

use crate::error::Error;
use crate::export::facts::Facts;
use crate::export::head::{OwnedHead, heads};
use crate::export::parquet::{Encoded, Encoder, Layout, Options, Writer};
use crate::export::{Format, csv};
use crate::generate::recipe::{Recipe, recipe};
use crate::lane::Lane;
use crate::plan::{FILE_PARTS, Plan, PlannedTable, Sizes, scale_of};

/// Rows of a page of a Parquet file, which repeat what one of them takes.
const PAGE: u64 = 1 << 15;
/// Rows that a sample has at least, as far as there are as many.
const LEAST: u64 = 1 << 11;
/// Values of a table that are made as a sample, about.
const VALUES: u64 = 1 << 18;
/// Rows that are made at once.
const RUN: u64 = 1 << 11;
/// Places all over a table at which lines are counted, and rows at each.
const LINES: (u64, u64) = (8, 512);

/// What files are written.
#[derive(Debug, Clone)]
pub struct Forms<'a> {
    /// Their formats.
    pub formats: &'a [Format],
    /// How as Parquet.
    pub parquet: Options,
}

/// A plan with the bytes that its files will have, about, as all formats together and each alone; with
/// what makes its rows.
///
/// Files of a few thousand rows are known to the byte; what more rows take is told by the last rows of
/// the sample.
pub fn weighed(design: &Design, plan: Plan, forms: &Forms<'_>) -> Result<(Plan, Recipe), Error> {
    let recipe = recipe(design, &plan.rows(), plan.seed)?;
    let weights = weights(design, &plan, &recipe, forms)?;
    Ok((told(plan, &weights), recipe))
}

/// The plan of a design whose files have so many bytes, about, or as near as it comes: what does not
/// grow, and rows that are written, stay as they are. With what makes its rows.
pub fn fitted(
    design: &Design,
    bytes: u64,
    seed: u64,
    forms: &Forms<'_>,
) -> Result<(Plan, Recipe), Error> {
    /// As near as samples can tell: a part of so many.
    const NEAR: u64 = 32;
    /// Bytes of the files of which rows are made first: what a row takes changes little with how many
    /// there are, and few are set up soon.
    const FEW: u64 = 16_000_000;
    let at = |scale: f64| Plan::new(design, &Sizes { scale, ..Sizes::default() }, seed);
    let mut plan = at(scale_of(design, bytes.min(FEW), &Plan::bytes)?)?;
    // From a few rows to about as many as there will be.
    for _ in 0..2 {
        let recipe = recipe(design, &plan.rows(), plan.seed)?;
        let weights = weights(design, &plan, &recipe, forms)?;
        let known = told(plan, &weights);
        if known.bytes().abs_diff(bytes) <= bytes / NEAR {
            return Ok((known, recipe));
        }
        let size = |plan: &Plan| told(plan.clone(), &weights).bytes();
        plan = told(at(scale_of(design, bytes, &size)?)?, &weights);
        if plan.rows() == known.rows() {
            return Ok((plan, recipe));
        }
    }
    let recipe = recipe(design, &plan.rows(), plan.seed)?;
    Ok((plan, recipe))
}

/// What rows of a table take.
#[derive(Debug, Default)]
struct Weight {
    /// A Parquet file without rows.
    empty: f64,
    /// Row groups of a few rows and of more, with what they and what is said of them take.
    groups: [(f64, f64); 2],
    /// The first line of a CSV file.
    header: f64,
    /// Any other line, on average.
    line: f64,
}

impl Weight {
    /// Bytes of a row group.
    fn group(&self, rows: f64) -> f64 {
        let [(few, less), (many, more)] = self.groups;
        if rows <= few {
            return if few > 0.0 { less * rows / few } else { 0.0 };
        }
        (more - less) / (many - few).max(1.0) * (rows - few) + less
    }

    /// Bytes of a table's files of a format.
    fn bytes(&self, format: Format, table: &PlannedTable) -> u64 {
        let parts = table.parts.max(1);
        let files = parts.div_ceil(FILE_PARTS) as f64;
        let bytes = match format {
            Format::Parquet => {
                let last = table.rows - (parts - 1) * table.part_rows.min(table.rows);
                let whole = self.group(table.part_rows as f64) * (parts - 1) as f64;
                self.empty * files + whole + self.group(last as f64)
            }
            Format::Csv => self.header * files + self.line * table.rows as f64,
        };
        bytes.round() as u64
    }
}

/// A plan with what its tables take.
fn told(mut plan: Plan, weights: &[BTreeMap<Format, Weight>]) -> Plan {
    for (table, weights) in plan.tables.iter_mut().zip(weights) {
        let bytes = weights.iter().map(|(format, weight)| (*format, weight.bytes(*format, table)));
        table.formats = bytes.collect();
        table.bytes = table.formats.values().sum();
    }
    plan
}

/// What rows of each table take in each format.
fn weights(
    design: &Design,
    plan: &Plan,
    recipe: &Recipe,
    forms: &Forms<'_>,
) -> Result<Vec<BTreeMap<Format, Weight>>, Error> {
    let facts = Facts::made(design, plan.seed);
    let heads = heads(design);
    let weigh = |at: usize| -> io::Result<BTreeMap<Format, Weight>> {
        let sample = Sample { recipe, at, table: &plan.tables[at], head: &heads[at] };
        let each = forms.formats.iter().map(|format| {
            let weight = match format {
                Format::Parquet => sample.parquet(&forms.parquet, &facts),
                Format::Csv => sample.csv(),
            };
            Ok((*format, weight?))
        });
        each.collect()
    };
    let next = AtomicUsize::new(0);
    let (weigh, next) = (&weigh, &next);
    let some = || {
        let tables = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let tables = tables.take_while(|at| *at < plan.tables.len());
        tables.map(|at| (at, weigh(at))).collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let found = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(some)).collect();
        let mut found = some();
        for other in others {
            // A thread that panicked says so itself.
            found.extend(other.join().unwrap_or_default());
        }
        found
    });
    let mut all: Vec<_> = plan.tables.iter().map(|_| BTreeMap::new()).collect();
    for (at, weight) in found {
        all[at] = weight.map_err(|error| Error::failed(error.to_string()))?;
    }
    Ok(all)
}

/// A table of which some rows are made.
struct Sample<'a> {
    recipe: &'a Recipe,
    at: usize,
    table: &'a PlannedTable,
    head: &'a OwnedHead,
}

impl Sample<'_> {
    /// Rows of the part in the middle: all that there are of a small table.
    fn parquet(&self, options: &Options, facts: &Facts) -> io::Result<Weight> {
        let PlannedTable { rows, part_rows, parts, .. } = *self.table;
        let layout = Layout::new(&self.head.head(), options, &facts.of(&self.head.name));
        let layout = Arc::new(layout.map_err(io::Error::other)?);
        let empty = Writer::new(Vec::new(), &layout)?.finish()?.len();
        let columns = self.table.columns.max(1) as u64;
        let many = (VALUES / columns).clamp(LEAST, PAGE).min(part_rows).min(rows);
        let first = (parts / 2 * part_rows).min(rows - many);
        let few = (many / 2).next_multiple_of(RUN);
        // What is worth a dictionary hangs on how many rows there are in all.
        let all = part_rows.min(rows) as usize;
        let mut groups = [Group::new(few, all, &layout)?, Group::new(many, all, &layout)?];
        self.make(first..first + many, &mut |lanes| {
            groups.iter_mut().try_for_each(|group| group.push(lanes))
        })?;
        let [less, more] = groups.map(|group| group.bytes(&layout));
        let empty = empty as f64;
        // Of one run there is no difference to go by.
        let less = if few < many { (few as f64, less? - empty) } else { (0.0, 0.0) };
        Ok(Weight { empty, groups: [less, (many as f64, more? - empty)], ..Weight::default() })
    }

    /// Lines all over the table.
    fn csv(&self) -> io::Result<Weight> {
        let columns = self.head.head().columns;
        let mut header = Vec::new();
        csv::header(columns, &mut header)?;
        let (places, each) = LINES;
        let rows = self.table.rows;
        let stretches: Vec<Range<u64>> = if rows <= places * each {
            vec![0..rows]
        } else {
            let middle = |place: u64| (rows as f64 / places as f64 * (place as f64 + 0.5)) as u64;
            let stretch = |place| {
                let first = middle(place).saturating_sub(each / 2).min(rows - each);
                first..first + each
            };
            (0..places).map(stretch).collect()
        };
        let (mut encoder, mut lines) = (csv::Encoder::new(columns), csv::Lines::default());
        let (mut bytes, mut count) = (0, 0);
        for stretch in stretches {
            count += stretch.end - stretch.start;
            self.make(stretch, &mut |lanes| {
                lines.clear();
                encoder.push(lanes, &mut lines)?;
                bytes += lines.bytes().len();
                Ok(())
            })?;
        }
        let line = bytes as f64 / count.max(1) as f64;
        Ok(Weight { header: header.len() as f64, line, ..Weight::default() })
    }

    /// Makes some rows, a run at a time.
    fn make(
        &self,
        rows: Range<u64>,
        take: &mut dyn FnMut(&[Lane]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut frame = self.recipe.frame(self.at);
        for row in rows.clone().step_by(RUN as usize) {
            let many = RUN.min(rows.end - row);
            self.recipe.fill(self.at, row, many as usize, &mut frame);
            take(&frame.lanes)?;
        }
        Ok(())
    }
}

/// A row group that takes the first rows of those that are made.
struct Group {
    encoder: Encoder,
    encoded: Encoded,
    left: u64,
}

impl Group {
    /// One that takes so many rows, and is a part of a row group of more.
    fn new(rows: u64, all: usize, layout: &Arc<Layout>) -> io::Result<Self> {
        let mut group =
            Self { encoder: Encoder::new(layout)?, encoded: Encoded::default(), left: rows };
        group.encoder.begin(all, &mut group.encoded)?;
        Ok(group)
    }

    /// Takes the next rows, if it has room for them.
    fn push(&mut self, lanes: &[Lane]) -> io::Result<()> {
        let rows = lanes.first().map_or(0, |lane| lane.values.len()) as u64;
        if self.left >= rows {
            self.left -= rows;
            self.encoder.push(lanes, &mut self.encoded)?;
        }
        Ok(())
    }

    /// Bytes of a file that holds it alone.
    fn bytes(mut self, layout: &Arc<Layout>) -> io::Result<f64> {
        self.encoder.finish(&mut self.encoded)?;
        let mut writer = Writer::new(Vec::new(), layout)?;
        writer.append(&self.encoded)?;
        Ok(writer.finish()?.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use peyote_schemas::{design, draft::Draft};

    use super::*;

    const LOG: &str = r#"{"resolved": true, "tables": [
        {"name": "levels", "primary_key": ["level"], "size": {"is": "fixed", "rows": 40},
         "columns": [{"name": "level", "kind": "int16", "nullable": false}]},
        {"name": "events", "primary_key": ["id"], "size": {"is": "grows", "rows": 1000},
         "columns": [
            {"name": "id", "kind": "int64", "nullable": false},
            {"name": "level", "kind": "int16", "nullable": false},
            {"name": "at", "kind": "timestamp", "nullable": false},
            {"name": "what", "kind": "text", "nullable": false,
             "vocabulary": ["opened", "closed", "could not be found"]}],
         "foreign_keys": [{"columns": ["level"],
            "references": {"table": "levels", "columns": ["level"]}}]}]}"#;

    fn log(bytes: u64, formats: &[Format]) -> Plan {
        let draft: Draft = serde_json::from_str(LOG).expect("a draft");
        let (design, _) = design::resolve(&draft).expect("a sound design");
        let forms = Forms { formats, parquet: Options::default() };
        fitted(&design, bytes, 1, &forms).expect("a plan").0
    }

    #[test]
    fn plan_has_as_many_bytes_as_are_asked_for() {
        for formats in [&[Format::Parquet][..], &[Format::Csv], &[Format::Parquet, Format::Csv]] {
            for bytes in [40_000, 1 << 20, 1 << 26, 1 << 33] {
                let plan = log(bytes, formats);
                let apart = plan.bytes().abs_diff(bytes);
                assert!(apart <= bytes / 32, "{formats:?}: {} of {bytes}", plan.bytes());
                assert_eq!(plan.tables[0].rows, 40);
                assert_eq!(plan, log(bytes, formats), "the same every time");
            }
        }
    }

    #[test]
    fn files_are_no_smaller_than_what_does_not_grow() {
        let plan = log(1, &[Format::Csv]);
        assert_eq!(plan.tables[0].rows, 40);
        assert!(plan.bytes() > 100 && plan.tables[1].rows <= 1, "{plan:?}");
    }

    #[test]
    fn format_is_weighed_alone() {
        let plan = log(1 << 24, &[Format::Parquet, Format::Csv]);
        let of = |format: Format| -> u64 {
            plan.tables.iter().map(|table| table.formats[&format]).sum()
        };
        assert_eq!(of(Format::Parquet) + of(Format::Csv), plan.bytes());
        assert!(of(Format::Csv) > 2 * of(Format::Parquet), "{plan:?}");
    }
}
