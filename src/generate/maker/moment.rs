//! [`Happens`]: moments that come when things happen.

use peyote_schemas::Kind;
use peyote_schemas::behaviour::{Happening, Opening, Rhythm, Weekday};
use peyote_schemas::value::moment::{DAY, civil_from_days};

use crate::generate::chance::alias::Alias;
use crate::generate::draw::Draw;
use crate::generate::frame::Frame;
use crate::generate::link::Tie;
use crate::generate::recipe::Here;
use crate::lane::{Lane, Values};

/// Microseconds of an hour.
const HOUR: i64 = DAY / 24;
/// The most cells that time is cut into: 45 years of hours.
const MOST_CELLS: i64 = 400_000;
/// Cells that are looked at before the right one is searched for.
const NEAR: usize = 3;
/// The weight that all cells have together, where rows stand in their order.
const WEIGHT: f64 = 4_611_686_018_427_387_904.0;

/// Moments that come when things happen.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Happens {
    pub(in crate::generate) cells: Cells,
    /// The first row and how many there are, where they stand in their order.
    pub(in crate::generate) rising: Option<(u64, u64)>,
    /// The link whose parent's rows share the time in their order.
    pub(in crate::generate) turn: Option<usize>,
}

/// Time, cut where it becomes more or less likely; in the units of the lane.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Cells {
    /// What moments are multiples of.
    grain: i64,
    /// Where each begins, and how many grains it has.
    spans: Vec<(i64, u64)>,
    alias: Alias,
    /// The weight of all cells before each, and of all.
    sums: Vec<u64>,
}

impl Cells {
    /// The moment of a row, where rows stand in no order.
    pub(in crate::generate) fn at(&self, draw: Draw, row: u64) -> i64 {
        let (start, many) = match self.spans.as_slice() {
            [one] => *one,
            all => all[self.alias.pick(draw.bits(row)) as usize],
        };
        start + draw.named("within").below(row, many) as i64 * self.grain
    }

    /// How many moments there are of which each is as likely as any, as far apart as their law has
    /// them; and how many there are at all.
    pub(in crate::generate) fn strata(&self) -> (u64, u64) {
        let all = self.spans.iter().fold(0_u64, |sum, (_, many)| sum.saturating_add(*many));
        if self.spans.len() == 1 {
            return (all, all);
        }
        // What the likeliest has for itself: nobody is nearer to the next one.
        let most = self.spans.iter().zip(self.sums.windows(2));
        let most = most.map(|((_, many), sums)| (sums[1] - sums[0]) / (*many).max(1) + 2).max();
        (self.sums.last().copied().unwrap_or(0) / most.unwrap_or(1), all)
    }

    /// One of so many [strata](Self::strata), in their order.
    pub(in crate::generate) fn stratum(&self, number: u64, many: u64) -> i64 {
        if let [(start, _)] = self.spans.as_slice() {
            return start + number as i64 * self.grain;
        }
        let total = self.sums.last().copied().unwrap_or(0);
        let step = total / many.max(1);
        let at = number.saturating_mul(step).saturating_add(step / 2).min(total.saturating_sub(1));
        let cell = self.sums.partition_point(|sum| *sum <= at).clamp(1, self.spans.len()) - 1;
        let (start, grains) = self.spans[cell];
        let width = (self.sums[cell + 1] - self.sums[cell]).max(1);
        let into = u128::from(at.saturating_sub(self.sums[cell])) * u128::from(grains);
        start + ((into / u128::from(width)) as i64).min(grains as i64 - 1) * self.grain
    }

    /// How many moments there are before each stretch of them.
    pub(in crate::generate) fn before(&self) -> Vec<u64> {
        let mut sum = 0_u64;
        let before = |(_, many): &(i64, u64)| {
            sum = sum.saturating_add(*many);
            sum - many
        };
        self.spans.iter().map(before).collect()
    }

    /// The *n*-th of all moments, where so many are [before](Self::before) each stretch.
    pub(in crate::generate) fn nth(&self, number: u64, before: &[u64]) -> i64 {
        let at = before.partition_point(|sum| *sum <= number).saturating_sub(1);
        let (start, _) = self.spans[at];
        start + (number - before[at]) as i64 * self.grain
    }

    /// The same time without the moments from one to another, the latter not included; in the units
    /// of the lane. None where nothing is left.
    pub(in crate::generate) fn without(&self, from: i64, to: i64) -> Option<Self> {
        let (mut spans, mut weights) = (Vec::new(), Vec::new());
        for ((start, many), sums) in self.spans.iter().zip(self.sums.windows(2)) {
            let weight = (sums[1] - sums[0]) as f64 / *many as f64;
            // The first place that is not before a moment.
            let place = |at: i64| {
                let steps = at.saturating_sub(*start);
                let up =
                    steps.div_euclid(self.grain) + i64::from(steps.rem_euclid(self.grain) != 0);
                up.clamp(0, *many as i64) as u64
            };
            for (first, end) in [(0, place(from)), (place(to), *many)] {
                if first < end {
                    spans.push((start + first as i64 * self.grain, end - first));
                    weights.push(weight * (end - first) as f64);
                }
            }
        }
        let total: f64 = weights.iter().sum();
        if spans.is_empty() || total <= 0.0 {
            return None;
        }
        let mut sums = vec![0];
        let mut run = 0.0;
        for weight in &weights {
            run += weight;
            sums.push((run / total * WEIGHT) as u64);
        }
        Some(Self { grain: self.grain, spans, alias: Alias::new(&weights), sums })
    }

    /// Time from one moment to another, in microseconds, as much of it as a column of a kind may
    /// have; `to` is not included.
    pub(in crate::generate) fn new(
        kind: &Kind,
        happening: &Happening,
        from: i64,
        to: i64,
        grain: i64,
    ) -> Self {
        let to = to.max(from + 1);
        let rhythm = happening.rhythm.clone().unwrap_or_default();
        let growth = happening.growth.filter(|growth| *growth > 0.0 && growth.is_finite());
        let plain = growth.is_none() && rhythm == Rhythm::default();
        let days = (to - from) / DAY + 2;
        let hourly = *kind != Kind::Date
            && (rhythm.hour.is_some() || !rhythm.open.is_empty() || rhythm.zone.is_some());
        let many = days.saturating_mul(if hourly { 24 } else { 1 });
        let mut weighed = Vec::new();
        if plain || many > MOST_CELLS {
            weighed.push((from, to, 1.0));
        } else {
            weigh(kind, &rhythm, growth.unwrap_or(1.0), hourly, (from, to), &mut weighed);
        }
        let mut cells = Vec::with_capacity(weighed.len());
        let mut weights = Vec::with_capacity(weighed.len());
        for (start, end, weight) in weighed {
            // Grains that begin in the cell.
            let first = start.div_euclid(grain) + i64::from(start.rem_euclid(grain) != 0);
            let last = (end - 1).div_euclid(grain);
            if last >= first && weight > 0.0 {
                cells.push((first * grain, (last - first + 1) as u64));
                weights.push(weight * ((end - start) as f64 / HOUR as f64));
            }
        }
        if cells.is_empty() {
            cells.push((from.div_euclid(grain) * grain, 1));
            weights.push(1.0);
        }
        let total: f64 = weights.iter().sum();
        let mut sums = Vec::with_capacity(weights.len() + 1);
        let mut run = 0.0;
        sums.push(0);
        for weight in &weights {
            run += weight;
            sums.push((run / total * WEIGHT) as u64);
        }
        let mut grain = grain;
        if *kind == Kind::Date {
            grain = grain.div_euclid(DAY).max(1);
            for cell in &mut cells {
                cell.0 = cell.0.div_euclid(DAY);
            }
        }
        Self { grain, spans: cells, alias: Alias::new(&weights), sums }
    }

    /// How many of so many rows that stand in their order have surely come by a moment. `hint` is the
    /// place of a cell that is looked at first, and of that which was found.
    fn there(&self, moment: i64, rows: u64, hint: &mut usize) -> u64 {
        let is_there = |at: usize| {
            let start = |at: usize| self.spans.get(at).map(|(start, _)| *start <= moment);
            start(at) == Some(true) && start(at + 1) != Some(true)
        };
        if let Some(near) = (*hint..*hint + NEAR).find(|at| is_there(*at)) {
            *hint = near;
        } else {
            let Some(cell) =
                self.spans.partition_point(|(start, _)| *start <= moment).checked_sub(1)
            else {
                return 0;
            };
            *hint = cell;
        }
        let cell = *hint;
        let (start, grains) = self.spans[cell];
        let width = self.sums[cell + 1] - self.sums[cell];
        let into = ((moment - start) / self.grain) as u64;
        let upto = if into >= grains {
            self.sums[cell + 1]
        } else {
            self.sums[cell] + scaled(width, into, grains)
        };
        scaled(upto, rows, self.sums.last().copied().unwrap_or(0))
    }

    /// The moment of a row among so many that stand in their order. `hint` is the place of a cell that
    /// is looked at first, and of that which was found.
    fn rising(&self, draw: Draw, row: u64, upto: &Upto, hint: &mut usize) -> i64 {
        let (from, to) = (upto.of(row), upto.of(row + 1));
        let at = (from + draw.below(row, (to - from).max(1))).min(upto.all.saturating_sub(1));
        let is_there = |cell: usize| {
            let around = self.sums.get(cell..cell + 2);
            around.is_some_and(|around| around[0] <= at && at < around[1])
        };
        let near = (*hint..*hint + NEAR).find(|cell| is_there(*cell));
        let cell = near.unwrap_or_else(|| {
            self.sums.partition_point(|sum| *sum <= at).clamp(1, self.spans.len()) - 1
        });
        *hint = cell;
        let (start, grains) = self.spans[cell];
        let width = (self.sums[cell + 1] - self.sums[cell]).max(1);
        let into = (at - self.sums[cell]) as f64 / width as f64;
        start + ((into * grains as f64) as i64).min(grains as i64 - 1) * self.grain
    }

    /// How much of all weight rows have that stand in their order, so many of them.
    fn upto(&self, rows: u64) -> Upto {
        let (all, rows) = (self.sums.last().copied().unwrap_or(0), rows.max(1));
        Upto { all, rows, whole: all / rows, rest: all % rows }
    }
}

/// How much of all weight the rows before one have.
struct Upto {
    all: u64,
    rows: u64,
    /// What each has, rounded down, and what is left.
    whole: u64,
    rest: u64,
}

impl Upto {
    #[inline]
    fn of(&self, row: u64) -> u64 {
        match row.checked_mul(self.rest) {
            Some(rest) if row <= self.rows => row * self.whole + rest / self.rows,
            _ => (u128::from(row) * u128::from(self.all) / u128::from(self.rows)) as u64,
        }
    }
}

/// `number * by / of`, rounded down; nought where that is nothing.
#[inline]
fn scaled(number: u64, by: u64, of: u64) -> u64 {
    match number.checked_mul(by) {
        Some(product) => product.checked_div(of).unwrap_or(0),
        // 128 bits are shifted many times as fast as they are divided.
        None if of.is_power_of_two() => {
            ((u128::from(number) * u128::from(by)) >> of.trailing_zeros()) as u64
        }
        None => (u128::from(number) * u128::from(by)).checked_div(of.into()).unwrap_or(0) as u64,
    }
}

impl Happens {
    /// How many of the rows, which stand in their order, have come by a moment: as many as surely
    /// have, none where they stand in no order.
    ///
    /// `hint` is anything at first, and then makes neighbours fast.
    pub(in crate::generate) fn there(&self, moment: i64, hint: &mut usize) -> u64 {
        self.rising.map_or(0, |(first, rows)| first + self.cells.there(moment, rows, hint))
    }

    pub(super) fn fill(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        draw: Draw,
        _: &Kind,
        lane: &mut Lane,
    ) {
        let Values::Int(values) = &mut lane.values else { return };
        let cells = &self.cells;
        if let Some(link) = self.turn {
            here.tie(frame, link);
            let Tie::Fan(fanout) = &here.recipe().links[link].tie else { return };
            let Some(Some(kin)) = frame.kin.get(link).map(Option::as_deref) else { return };
            let mut hint = 0;
            values.extend((0..frame.rows.len()).map(|place| {
                let parent = kin.row(place);
                let nth = kin.nth.get(place).copied().unwrap_or(0);
                let upto = cells.upto(fanout.count(parent).max(nth + 1));
                cells.rising(draw.numbered(parent), nth, &upto, &mut hint)
            }));
            return;
        }
        if let Some((first, rows)) = self.rising {
            let place = |row: u64| row.saturating_sub(first).min(rows);
            let (upto, mut hint) = (cells.upto(rows), 0);
            frame.rows.each(values, |row| cells.rising(draw, place(row), &upto, &mut hint));
            return;
        }
        let grain = cells.grain;
        match cells.spans.as_slice() {
            [(start, many)] => {
                let (start, many) = (*start, *many);
                let moment =
                    move |place: u64| start.wrapping_add((place as i64).wrapping_mul(grain));
                match u32::try_from(many) {
                    Ok(many) => draw.places(&frame.rows, many, values, moment),
                    Err(_) => frame.rows.each(values, |row| moment(draw.below(row, many))),
                }
            }
            all => {
                let within = draw.named("within");
                frame.rows.each(values, |row| {
                    let (start, many) = all[cells.alias.pick(draw.bits(row)) as usize];
                    start + within.below(row, many) as i64 * grain
                });
            }
        }
    }
}

/// Cuts time into cells with weights for an hour of each.
fn weigh(
    kind: &Kind,
    rhythm: &Rhythm,
    growth: f64,
    hourly: bool,
    (from, to): (i64, i64),
    cells: &mut Vec<(i64, i64, f64)>,
) {
    let zone = rhythm.zone.as_ref().filter(|_| *kind == Kind::TimestampTz);
    let local = |at: i64| zone.map_or(at, |zone| zone.local(at));
    let instant = |at: i64| zone.map_or(at, |zone| zone.instant(at));
    let (first, last) = (local(from).div_euclid(DAY), local(to - 1).div_euclid(DAY));
    for day in first..=last {
        let weight = day_weight(rhythm, day) * libm::pow(growth, (day - first) as f64 / 365.25);
        let mut push = |start: i64, end: i64, weight: f64| {
            let (start, end) = (instant(day * DAY + start), instant(day * DAY + end));
            let (start, end) = (start.max(from), end.min(to));
            if start < end && weight > 0.0 {
                cells.push((start, end, weight));
            }
        };
        if !hourly {
            push(0, DAY, weight);
            continue;
        }
        for hour in 0..24 {
            let begin = hour * HOUR;
            if local(instant(day * DAY + begin)) != day * DAY + begin {
                // Clocks are put forward over this hour.
                continue;
            }
            let hours = rhythm.hour.as_ref().and_then(|hours| hours.get(hour as usize));
            let weight = weight * hours.copied().unwrap_or(1.0);
            if rhythm.open.is_empty() {
                push(begin, begin + HOUR, weight);
            }
            for opening in rhythm.open.iter().filter(|opening| is_on(opening, day)) {
                let (open, close) = hours_of(opening);
                push(begin.max(open), (begin + HOUR).min(close), weight);
            }
        }
    }
}

/// How much happens from one moment to another, and then up to a third, beside each other.
pub(in crate::generate) fn happens_between(
    happening: &Happening,
    (from, since): (i64, i64),
    until: i64,
) -> (f64, f64) {
    let rhythm = happening.rhythm.clone().unwrap_or_default();
    let growth = happening.growth.filter(|growth| *growth > 0.0).unwrap_or(1.0);
    let first = from.div_euclid(DAY);
    let (mut before, mut after) = (0.0, 0.0);
    for day in first..=(until - 1).div_euclid(DAY) {
        let weight = day_weight(&rhythm, day) * libm::pow(growth, (day - first) as f64 / 365.25);
        let part = |from: i64, to: i64| {
            let (from, to) = (from.max(day * DAY), to.min((day + 1) * DAY));
            weight * (to - from).max(0) as f64 / DAY as f64
        };
        before += part(from, since);
        after += part(since, until);
    }
    (before, after)
}

/// The weight of a day: by its month, its weekday, and what is celebrated on it.
fn day_weight(rhythm: &Rhythm, day: i64) -> f64 {
    let (year, month, of_month) = civil_from_days(day.clamp(-700_000, 2_900_000) as i32);
    let of = |weights: &Option<Vec<f64>>, at: usize| {
        weights.as_ref().and_then(|weights| weights.get(at)).copied().unwrap_or(1.0)
    };
    let season = of(&rhythm.season, month as usize - 1);
    let weekday = of(&rhythm.weekday, weekday(day));
    let single = rhythm.holidays.get(&format!("{year:04}-{month:02}-{of_month:02}"));
    let yearly = rhythm.holidays.get(&format!("{month:02}-{of_month:02}"));
    (season * weekday * single.or(yearly).copied().unwrap_or(1.0)).max(0.0)
}

/// The place of a day in its week, Monday first.
pub(in crate::generate) fn weekday(day: i64) -> usize {
    // The first of January 1970 was a Thursday.
    (day + 3).rem_euclid(7) as usize
}

/// Whether an opening is of a day.
pub(in crate::generate) fn is_on(opening: &Opening, day: i64) -> bool {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    const WEEK: [Weekday; 7] = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];
    opening.days.is_empty() || opening.days.contains(&WEEK[weekday(day)])
}

/// When an opening begins and ends, in microseconds since midnight.
pub(in crate::generate) fn hours_of(opening: &Opening) -> (i64, i64) {
    let at = |at: &peyote_schemas::behaviour::At| at.micros().unwrap_or(0).clamp(0, DAY);
    (at(&opening.from), at(&opening.to))
}
