//! [`Numbers`]: numbers that follow a law.

use peyote_schemas::Kind;

use crate::generate::chance::alias::Alias;
use crate::generate::chance::normal;
use crate::generate::chance::quantile::Quantile;
use crate::generate::chance::zipf::Zipf;
use crate::generate::draw::{Draw, share};
use crate::generate::formula::Divisor;
use crate::generate::frame::{Frame, Rows};
use crate::generate::recipe::{Here, Route};
use crate::generate::shuffle::Shuffle;
use crate::generate::switch::Switch;
use crate::lane::{Lane, Values};

/// The most tables that a number goes along with behind each other.
const DEEPEST: usize = 8;

/// Numbers that follow a law.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Numbers {
    pub(in crate::generate) spread: Spread,
    /// The laws where another column has certain values.
    pub(in crate::generate) given: Option<(Switch, Vec<Spread>)>,
    /// Another number that this one goes along with, and how closely.
    pub(in crate::generate) with: Option<(Route, f64)>,
    pub(in crate::generate) grid: Grid,
    /// A place of its own for every row, where no two are alike.
    pub(in crate::generate) unique: Option<Shuffle>,
}

/// How numbers are rounded, and how a lane holds them.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::generate) struct Grid {
    /// What a number is multiplied by to be counted in units of the grid; 0 for no grid.
    per: f64,
    /// What a unit of the grid is in the lane: a whole number, or a fraction.
    unit: i64,
    /// The least and the greatest, in units of the grid.
    bounds: (i64, i64),
    /// What stands behind the whole number, in the lane; with how much one is.
    endings: Vec<i64>,
    one: i64,
}

/// A law, worked out.
#[derive(Debug, Clone)]
pub(in crate::generate) enum Spread {
    /// Units of the grid, all alike: the first and how many.
    Even(i64, u64),
    /// By a table of quantiles.
    Table(Box<Quantile>),
    /// Ranks.
    Zipf(Zipf),
    /// A few.
    Levels(Vec<f64>, Alias),
}

/// A single number that follows a law.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Amount {
    pub(in crate::generate) spread: Spread,
    pub(in crate::generate) grid: Grid,
}

impl Amount {
    /// The number of a row.
    #[inline]
    pub(in crate::generate) fn at(&self, draw: Draw, row: u64) -> f64 {
        let number = self.spread.number(draw, row, draw.bits(row));
        match &self.spread {
            Spread::Even(..) => number / self.grid.per,
            _ if self.grid.is_none() => number,
            _ => self.grid.held(number) as f64 / self.grid.per,
        }
    }
}

impl Amount {
    /// Adds what is made of the number of each row.
    pub(in crate::generate) fn all(
        &self,
        draw: Draw,
        rows: &Rows,
        out: &mut Vec<i64>,
        make: impl Fn(f64) -> i64,
    ) {
        let grid = &self.grid;
        // A loop each, so that none has a choice to make.
        match &self.spread {
            Spread::Table(table) if grid.is_none() => {
                rows.each(out, |row| make(table.at(draw.bits(row))));
            }
            Spread::Table(table) => {
                let held = |number: f64| grid.held(number) as f64 / grid.per;
                rows.each(out, |row| make(held(table.at(draw.bits(row)))));
            }
            _ => rows.each(out, |row| make(self.at(draw, row))),
        }
    }
}

impl Grid {
    /// The grid of a kind: multiples of `round`, within bounds, with endings.
    pub(in crate::generate) fn new(
        kind: &Kind,
        round: Option<f64>,
        bounds: (Option<f64>, Option<f64>),
        endings: &[f64],
    ) -> Self {
        let scale = match kind {
            Kind::Decimal { scale, .. } => 10_f64.powi(i32::from(*scale)),
            _ => 1.0,
        };
        let finest = if *kind == Kind::Float { 0.0 } else { 1.0 / scale };
        let round = round.filter(|round| *round > 0.0).unwrap_or(finest);
        let whole = |number: f64| libm::round(number) as i64;
        let (per, unit) = match kind {
            // Halves, hundredths and the like are counted, so that no tail of a binary fraction is
            // left: what they are multiplied by is a whole number as often as not.
            Kind::Float if round > 0.0 => (1.0 / round, 1),
            Kind::Float => (0.0, 1),
            _ => {
                let unit = whole(round * scale).max(1);
                (scale / unit as f64, unit)
            }
        };
        let (low, high) = kind_bounds(kind, unit);
        let least = bounds.0.map_or(low, |least| (libm::ceil(least * per - 1e-9) as i64).max(low));
        let most = bounds.1.map_or(high, |most| (libm::floor(most * per + 1e-9) as i64).min(high));
        let one = whole(scale);
        Self {
            per,
            unit,
            bounds: (least.min(most), most.max(least)),
            endings: endings.iter().map(|ending| whole(ending * scale)).collect(),
            one,
        }
    }

    /// How many steps of the grid one is, where there is a grid.
    pub(in crate::generate) fn fractions(&self) -> Option<f64> {
        (self.per > 0.0).then_some(self.per)
    }

    /// The least and the greatest number of units, and what one is in a lane of whole numbers.
    pub(in crate::generate) fn held_units(&self) -> ((i64, i64), i64) {
        (self.bounds, self.unit)
    }

    /// Whether whole numbers have endings.
    pub(in crate::generate) fn has_endings(&self) -> bool {
        !self.endings.is_empty()
    }

    /// Whether numbers are rounded at all.
    pub(in crate::generate) fn is_none(&self) -> bool {
        self.per <= 0.0
    }

    /// The units from one number to another, both included.
    pub(in crate::generate) fn units(&self, min: f64, max: f64) -> (i64, u64) {
        let least = (libm::ceil(min * self.per - 1e-9) as i64).max(self.bounds.0);
        let most = (libm::floor(max * self.per + 1e-9) as i64).min(self.bounds.1);
        (least, most.saturating_sub(least).max(0) as u64 + 1)
    }

    /// A number as the lane holds it.
    #[inline]
    pub(in crate::generate) fn held(&self, number: f64) -> i64 {
        let units = floor(number * self.per + 0.5);
        units.clamp(self.bounds.0, self.bounds.1).wrapping_mul(self.unit)
    }

    /// Gives held numbers of rows one of the endings each, by draws.
    fn end(&self, held: &mut [i64], draw: Draw, rows: &Rows) {
        let one = self.one;
        let (least, most) = (self.bounds.0 * self.unit, self.bounds.1 * self.unit);
        let divisor = u64::try_from(one).ok().and_then(Divisor::new);
        let Some(first) = self.endings.first() else { return };
        let is_one = self.endings.iter().all(|ending| ending == first);
        for (place, held) in held.iter_mut().enumerate() {
            let ending = if is_one {
                first
            } else {
                &self.endings[Alias::even(draw.bits(rows.at(place)), self.endings.len())]
            };
            // Bounds are half of what 64 bits hold, so the divisor can take whatever is held.
            let whole = match divisor {
                Some(divisor) => divisor.floor(*held),
                None => held.div_euclid(one),
            };
            let ended = whole * one + ending;
            *held = match ended {
                low if low < least && low + one <= most => low + one,
                high if high > most && high - one >= least => high - one,
                ended => ended.clamp(least, most),
            };
        }
    }
}

impl Spread {
    /// The number of a draw, where it is no whole number of units.
    #[inline]
    fn number(&self, draw: Draw, row: u64, bits: u64) -> f64 {
        match self {
            Self::Even(least, many) => {
                // 64 bits are made a fraction many times as fast as 128.
                *least as f64 + ((u128::from(bits) * u128::from(*many)) >> 64) as u64 as f64
            }
            Self::Table(table) => table.at(bits),
            Self::Zipf(zipf) => zipf.rank(draw, row) as f64,
            Self::Levels(levels, alias) => levels[alias.pick(bits) as usize],
        }
    }
}

impl Numbers {
    pub(super) fn fill(&self, here: Here<'_>, frame: &mut Frame, draw: Draw, lane: &mut Lane) {
        let grid = &self.grid;
        // Units that get an ending are drawn with all bits.
        let whole = matches!(self.spread, Spread::Even(..)) && !grid.endings.is_empty();
        let plain = self.given.is_none() && self.with.is_none() && !whole;
        match &mut lane.values {
            Values::Int(values) => {
                let from = values.len();
                if plain {
                    self.plain(draw, &frame.rows, values);
                } else {
                    self.each(here, frame, draw, values, |law, row, bits| match law {
                        Spread::Even(least, many) if !grid.is_none() => {
                            (least + place(bits, *many)).wrapping_mul(grid.unit)
                        }
                        law => grid.held(law.number(draw, row, bits)),
                    });
                }
                if !grid.endings.is_empty() {
                    grid.end(&mut values[from..], draw.named("ending"), &frame.rows);
                }
            }
            Values::Float(values) => {
                let per = grid.per.max(f64::MIN_POSITIVE);
                self.each(here, frame, draw, values, |law, row, bits| match law {
                    Spread::Even(least, many) if !grid.is_none() => {
                        (least + place(bits, *many)) as f64 / per
                    }
                    law if grid.is_none() => finite(law.number(draw, row, bits)),
                    law => grid.held(law.number(draw, row, bits)) as f64 / grid.per,
                });
            }
            Values::Wide(values) => {
                let mut numbers = Vec::new();
                self.plain(draw, &frame.rows, &mut numbers);
                values.extend(numbers.into_iter().map(i128::from));
            }
            _ => {}
        }
    }

    /// The greatest number that there may be, as lanes of whole numbers and of fractions hold it.
    pub(in crate::generate) fn most(&self) -> (i64, f64) {
        let units = self.grid.bounds.1;
        let most = if self.grid.is_none() { f64::MAX } else { units as f64 / self.grid.per };
        (units.saturating_mul(self.grid.unit), most)
    }

    fn plain(&self, draw: Draw, rows: &Rows, values: &mut Vec<i64>) {
        let grid = &self.grid;
        match (&self.spread, &self.unique) {
            (Spread::Even(least, many), Some(shuffle)) => {
                let (least, unit, many) = (*least, grid.unit, *many);
                let mut places = Vec::new();
                rows.each(&mut places, |row| row % many.max(1));
                shuffle.forward_all(&mut places);
                values.extend(
                    places
                        .into_iter()
                        .map(|place| least.wrapping_add(place as i64).wrapping_mul(unit)),
                );
            }
            (Spread::Even(least, many), None) => {
                let (least, many, unit) = (*least, *many, grid.unit);
                let first = least.wrapping_mul(unit);
                if let (Ok(many), 1) = (u32::try_from(many), unit) {
                    draw.places(rows, many, values, move |place| first.wrapping_add(place as i64));
                } else if let Ok(many) = u32::try_from(many) {
                    draw.places(rows, many, values, move |place| {
                        first.wrapping_add((place as i64).wrapping_mul(unit))
                    });
                } else {
                    rows.each(values, |row| {
                        least.wrapping_add(draw.below(row, many) as i64).wrapping_mul(unit)
                    });
                }
            }
            (Spread::Table(table), _) => {
                rows.each(values, |row| grid.held(table.at(draw.bits(row))));
            }
            (Spread::Levels(levels, alias), _) => {
                let levels: Vec<i64> = levels.iter().map(|level| grid.held(*level)).collect();
                rows.each(values, |row| levels[alias.pick(draw.bits(row)) as usize]);
            }
            (spread, _) => {
                rows.each(values, |row| grid.held(spread.number(draw, row, draw.bits(row))));
            }
        }
    }

    /// Adds what is made of each row's law, its number and the draw that decides.
    fn each<T>(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        draw: Draw,
        out: &mut Vec<T>,
        make: impl Fn(&Spread, u64, u64) -> T,
    ) {
        let mut laws = vec![&self.spread];
        let mut classes = Vec::new();
        if let Some((switch, given)) = &self.given {
            laws.extend(given);
            switch.sort(here, frame, &mut classes);
        }
        let mut draws = Vec::new();
        if self.with.is_some() {
            self.ranks(here, frame, draw, &mut draws, 0);
        } else {
            frame.rows.each(&mut draws, |row| draw.bits(row));
        }
        if classes.is_empty() {
            classes.resize(draws.len(), 0);
        }
        let rows = &frame.rows;
        out.extend(draws.into_iter().zip(classes).enumerate().map(|(place, (bits, class))| {
            let law = laws.get(class as usize).copied().unwrap_or(&self.spread);
            make(law, rows.at(place), bits)
        }));
    }

    /// The draws that decide where in its law each number stands, tied to those of another column.
    pub(in crate::generate) fn ranks(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        draw: Draw,
        out: &mut Vec<u64>,
        deep: usize,
    ) {
        let own = |row: u64| draw.bits(row);
        let Some((route, rho)) = self.with.as_ref().filter(|_| deep < DEEPEST) else {
            frame.rows.each(out, own);
            return;
        };
        // The other's draws are those of its own rows: made again, not looked up.
        here.reach(frame, route);
        let mut others = vec![None; frame.rows.len()];
        let end = &here.recipe.tables[route.table].columns[route.column];
        if let super::Maker::Number(numbers) = &end.maker {
            let mut ranks = Vec::new();
            if route.links.is_empty() {
                numbers.ranks(here, frame, end.draw, &mut ranks, deep + 1);
                for (other, rank) in others.iter_mut().zip(ranks) {
                    *other = Some(rank);
                }
            } else {
                numbers.ranks_behind(here, frame, route, &mut others, deep);
            }
        }
        let rest = libm::sqrt((1.0 - rho * rho).max(0.0));
        out.extend(others.into_iter().enumerate().map(|(place, other)| {
            let bits = own(frame.rows.at(place));
            let Some(other) = other else { return bits };
            share(normal::below(rho * bell(other) + rest * bell(bits)))
        }));
    }
}

impl Numbers {
    /// The draws of these numbers, at the end of a route, for each of the rows in hand.
    fn ranks_behind(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        route: &Route,
        others: &mut [Option<u64>],
        deep: usize,
    ) {
        let mut places: Vec<Option<usize>> = (0..others.len()).map(Some).collect();
        let mut at = frame;
        for link in &route.links {
            let Some(Some(kin)) = at.kin.get_mut(*link).map(Option::as_deref_mut) else { return };
            for place in &mut places {
                *place = place.and_then(|place| {
                    let none = kin.none.get(place).copied().unwrap_or(false);
                    (!none).then(|| kin.place.get(place).map_or(place, |there| *there as usize))
                });
            }
            at = &mut kin.frame;
        }
        let there = Here { table: route.table, depth: here.depth + route.links.len(), ..here };
        let draw = here.recipe.tables[route.table].columns[route.column].draw;
        let mut ranks = Vec::new();
        self.ranks(there, at, draw, &mut ranks, deep + 1);
        for (other, place) in others.iter_mut().zip(places) {
            *other = place.and_then(|place| ranks.get(place).copied());
        }
    }
}

/// The place among so many alike that a draw decides.
#[inline]
fn place(bits: u64, many: u64) -> i64 {
    ((u128::from(bits) * u128::from(many)) >> 64) as i64
}

/// The greatest whole number that is not above another, as far as 64 bits hold it.
#[inline]
fn floor(number: f64) -> i64 {
    // Towards nought is an instruction, down is a call where nothing is known of the machine.
    let whole = number as i64;
    whole.saturating_sub(i64::from(whole as f64 > number))
}

/// The value of a normal variable for a draw.
fn bell(bits: u64) -> f64 {
    normal::value(((bits >> 11) as f64 + 0.5) / (1_u64 << 53) as f64)
}

/// A number that is one: the nearest where a law runs out of what 64 bits hold, nought where it leads nowhere.
pub(in crate::generate) fn finite(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.clamp(f64::MIN, f64::MAX) }
}

/// The least and the greatest that a kind holds, in units of the grid.
fn kind_bounds(kind: &Kind, unit: i64) -> (i64, i64) {
    // Units are added to each other: half of what 64 bits hold leaves room for that.
    let (least, most) = (i128::from(i64::MIN / 2), i128::from(i64::MAX / 2));
    let (low, high) = kind.bounds().unwrap_or((least, most));
    (low.max(least) as i64 / unit, high.min(most) as i64 / unit)
}
