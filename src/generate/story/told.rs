//! [`Told`] and [`Measured`]: what was planted, and how large it is, for whoever tells of it.

use peyote_schemas::Kind;
use peyote_schemas::story::Anomaly;
use peyote_schemas::value::moment::DAY;

use super::Chosen;
use crate::generate::frame::Rows;
use crate::generate::recipe::{Here, Recipe};
use crate::generate::spell::spell;
use crate::lane::{Lane, Values};

/// Rows that are looked at to say how large something is, at most: a share is off by a thousandth and a
/// half, and a small dataset's are all looked at.
const MOST: u64 = 1 << 17;
/// Rows that are looked at in one go.
const AT_ONCE: usize = 8192;

/// What was planted, with all that was chosen by lot.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The place of its table.
    pub(in crate::generate) table: usize,
    /// The place of the column that changes.
    pub(in crate::generate) column: usize,
    /// Whose rows it is about, as the column that tells it holds them; or the keys of a ring.
    pub(in crate::generate) who: Vec<String>,
    /// How many rows were planted, where that is counted.
    pub(in crate::generate) rows: u64,
    /// Why it was not planted, where there are no rows for it.
    pub(in crate::generate) missing: Option<String>,
    /// Which rows it is about.
    pub(in crate::generate) chosen: Chosen,
}

/// How large something is beside the rest of its table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measured {
    /// How many rows were looked at.
    pub looked: u64,
    /// How many rows of the table there are.
    pub all: u64,
    /// How many of those looked at it is about.
    pub inside: u64,
    /// What is measured there: a share, or a mean.
    pub there: f64,
    /// The same in all other rows, or in the others of the same ones where it is about some time.
    pub elsewhere: f64,
    /// For an outage: rows at the same time of the day before, or in as much time before it.
    pub before: u64,
}

impl Told {
    /// Why it was not planted, where there are no rows for it.
    pub fn missing(&self) -> Option<&str> {
        self.missing.as_deref()
    }

    /// Whose rows it is about, as the column that tells it holds them; or the keys of a ring.
    pub fn who(&self) -> &[String] {
        &self.who
    }

    /// How many rows were planted, where that is counted: those of a burst, the members of a ring.
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

impl Recipe {
    /// What was planted, in the design's order.
    pub fn story(&self) -> &[Told] {
        &self.story
    }

    /// How many rows the table has in which something was planted, of which none was looked at.
    pub fn extent(&self, told: &Told) -> Measured {
        Measured { all: self.tables[told.table].rows, ..Measured::default() }
    }

    /// How large something is that was planted: of all rows, or of some that lie evenly among them
    /// where there are many.
    pub fn measure(&self, told: &Told, anomaly: &Anomaly) -> Measured {
        let table = told.table;
        let all = self.tables[table].rows;
        let looked = all.min(MOST);
        let mut measured = Measured { looked, all, ..Measured::default() };
        let before = before(told, anomaly);
        // Whose rows they are tells with what they are compared, where time tells them apart.
        let same = Chosen { within: None, ..told.chosen.clone() };
        let timed = told.chosen.within.is_some() && told.chosen.whose.is_some();
        let kind = &self.tables[table].columns[told.column].column.kind;
        let (mut sums, mut counts) = ([0.0; 2], [0_u64; 2]);
        let mut frame = self.frame(table);
        let here = Here { recipe: self, table, depth: 0 };
        let mut next = 0;
        while next < looked {
            let end = looked.min(next + AT_ONCE as u64);
            let at = |place: u64| (u128::from(place) * u128::from(all) / u128::from(looked)) as u64;
            frame.turn(Rows::List((next..end).map(at).collect()));
            next = end;
            self.make(table, &mut frame, told.column);
            let mask = told.chosen.mask(here, &mut frame);
            if let Some(before) = &before {
                let found = before.mask(here, &mut frame);
                measured.before += found.iter().filter(|is| **is).count() as u64;
            }
            let like = if timed { same.mask(here, &mut frame) } else { vec![true; mask.len()] };
            let lane = &frame.lanes[told.column];
            for (place, is) in mask.iter().enumerate() {
                measured.inside += u64::from(*is);
                if !like[place] {
                    continue;
                }
                if let Some(value) = sized(lane, kind, place, anomaly) {
                    sums[usize::from(*is)] += value;
                    counts[usize::from(*is)] += 1;
                }
            }
        }
        let mean = |is: usize| sums[is] / counts[is].max(1) as f64;
        (measured.elsewhere, measured.there) = (mean(0), mean(1));
        measured
    }
}

/// The rows in as much time before an outage.
fn before(told: &Told, anomaly: &Anomaly) -> Option<Chosen> {
    let Anomaly::Outage { .. } = anomaly else { return None };
    let mut chosen = told.chosen.clone();
    let window = chosen.within.as_mut()?;
    // What is shorter than a day is compared with the same hours of another one.
    let long = window.time.end.saturating_sub(window.time.start).max(DAY);
    window.time = window.time.start.saturating_sub(long)..window.time.end.saturating_sub(long);
    Some(chosen)
}

/// What is measured of a value: whether it is the one, whether it is missing, or how large it is.
fn sized(lane: &Lane, kind: &Kind, place: usize, anomaly: &Anomaly) -> Option<f64> {
    let truth = |is: bool| Some(if is { 1.0 } else { 0.0 });
    match anomaly {
        Anomaly::Dropout { .. } => truth(!lane.holds_in(place)),
        _ if !lane.holds_in(place) => None,
        Anomaly::RateShift { value, .. } => {
            let mut text = Vec::new();
            spell(lane, kind, place, &mut text);
            truth(text == value.as_bytes())
        }
        Anomaly::LevelShift { .. } | Anomaly::Drift { .. } => {
            let one = match kind {
                Kind::Decimal { scale, .. } => 10_f64.powi(i32::from(*scale)),
                _ => 1.0,
            };
            match &lane.values {
                Values::Int(values) => Some(values[place] as f64 / one),
                Values::Wide(values) => Some(values[place] as f64 / one),
                Values::Float(values) => Some(values[place]),
                _ => None,
            }
        }
        Anomaly::Burst { .. } | Anomaly::Ring { .. } | Anomaly::Outage { .. } => None,
    }
}
