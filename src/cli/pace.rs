//! [`seconds`]: how long a plan takes, by the pace at which some rows of each table are made.
//!
//! What a row costs hangs on its columns, on its parents and on the machine, so a sample of every
//! table is made and encoded, and thrown away. How long that took reaches nothing but the estimate.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use peyote_schemas::design::Design;
use sha2::{Digest, Sha256};

use super::rows::Stretch;
use super::scale::PROVED;
use crate::error::Error;
use crate::export::head::{OwnedHead, heads};
use crate::export::parquet::{Encoded, Encoder, Layout};
use crate::export::{Format, csv};
use crate::generate::recipe::{Recipe, recipe};
use crate::plan::{Plan, PlannedTable};
use crate::weight::Forms;

/// How long a sample takes to be worth extending to the rest: far more than a clock's tick and than
/// what a part begins with.
const ENOUGH: Duration = Duration::from_millis(12);
/// Rows of the first sample, which is doubled until it is enough.
const FIRST: u64 = 1 << 11;
/// How often a sample is made, of which the fastest counts: others stand for what else the machine
/// did.
const TIMES: usize = 3;
/// Seconds that a value takes to be read back and proved, where a dataset is. Measure it anew by the
/// processor time of `gen --format parquet --threads 1` with a little fewer and a little more rows than
/// [`PROVED`]: shop and airline took 0.5 s for 2.5 million values.
const PROOF: f64 = 0.2e-6;

/// Seconds that so many threads take to write a plan, about.
pub(super) fn seconds(
    design: &Design,
    known: &Recipe,
    plan: &Plan,
    forms: &Forms<'_>,
    threads: usize,
) -> Result<f64, Error> {
    let began = Instant::now();
    drop(recipe(design, &plan.rows(), plan.seed)?);
    let setting_up = began.elapsed().as_secs_f64();
    let (mut all, mut longest, mut values) = (0.0, 0.0_f64, 0.0);
    for (table, (planned, head)) in plan.tables.iter().zip(&heads(design)).enumerate() {
        let part = Sample { recipe: known, table, planned, head, forms };
        let part = part.cost().map_err(|error| Error::failed(error.to_string()))?;
        let parts = planned.rows as f64 / planned.part_rows.min(planned.rows).max(1) as f64;
        all += part * parts;
        longest = longest.max(part);
        values += planned.rows as f64 * planned.columns as f64;
    }
    let proof = if plan.rows().iter().sum::<u64>() <= PROVED { values * PROOF } else { 0.0 };
    Ok(setting_up + (all / threads.max(1) as f64).max(longest) + proof)
}

/// A table of which some rows are made.
struct Sample<'a> {
    recipe: &'a Recipe,
    table: usize,
    planned: &'a PlannedTable,
    head: &'a OwnedHead,
    forms: &'a Forms<'a>,
}

impl Sample<'_> {
    /// Seconds of a whole part.
    fn cost(&self) -> io::Result<f64> {
        let most = self.planned.part_rows.min(self.planned.rows);
        let layout = Layout::new(&self.head.head(), &self.forms.parquet, &[]);
        let layout = Arc::new(layout.map_err(|error| io::Error::other(error.to_string()))?);
        let mut encoder = (Encoder::new(&layout)?, csv::Encoder::new(self.head.head().columns));
        let mut encoded = (Encoded::default(), csv::Lines::default());
        let mut time = |rows: u64| -> io::Result<f64> {
            let mut fastest = f64::MAX;
            for _ in 0..TIMES {
                let began = Instant::now();
                self.once(rows, &mut encoder, &mut encoded)?;
                fastest = fastest.min(began.elapsed().as_secs_f64());
            }
            Ok(fastest)
        };
        let mut rows = FIRST.min(most);
        let (mut before, mut last) = (None, (rows, time(rows)?));
        while rows < most && last.1 < ENOUGH.as_secs_f64() {
            rows = (rows * 2).min(most);
            before = Some(last);
            last = (rows, time(rows)?);
        }
        let mean = last.1 / rows.max(1) as f64;
        // Parts begin with words to learn and tables to fill: what another row takes is less.
        let slope = before.map_or(mean, |(few, took)| {
            ((last.1 - took) / (rows - few).max(1) as f64).clamp(mean / 2.0, mean)
        });
        Ok(slope.mul_add((most - rows) as f64, last.1))
    }

    /// Makes and encodes rows of the part in the middle.
    fn once(
        &self,
        rows: u64,
        (encoder, lines): &mut (Encoder, csv::Encoder),
        (encoded, text): &mut (Encoded, csv::Lines),
    ) -> io::Result<()> {
        let PlannedTable { part_rows, parts, .. } = *self.planned;
        let first = (parts / 2).min(parts.saturating_sub(1)) * part_rows;
        let first = first.min(self.planned.rows - rows);
        let stretch =
            Stretch { recipe: self.recipe, table: self.table, first, rows, part_rows: rows.max(1) };
        let [to_parquet, to_csv] =
            [Format::Parquet, Format::Csv].map(|format| self.forms.formats.contains(&format));
        text.clear();
        encoder.begin(rows as usize, encoded)?;
        crate::export::stream::Maker::make(&stretch, 0, &mut |lanes| {
            if to_parquet {
                encoder.push(lanes, encoded)?;
            }
            if to_csv { lines.push(lanes, text) } else { Ok(()) }
        })?;
        encoder.finish(encoded)?;
        // Files are hashed as they are written.
        std::hint::black_box(Sha256::digest(vec![0; encoded.bytes() + text.bytes().len()]));
        Ok(())
    }
}

/// Seconds, as a person reads them.
pub(super) fn told(seconds: f64) -> String {
    match seconds {
        ..100.0 => format!("{seconds:.1} s"),
        ..6_000.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3_600.0),
    }
}
