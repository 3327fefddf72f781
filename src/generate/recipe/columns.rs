//! Columns: behaviours, worked out into makers.

use std::sync::Arc;

use peyote_schemas::behaviour::{
    After, Behaviour, Given, Happening, Law, Number, Path, Piece, Text, Until,
};
use peyote_schemas::design::Maker as Said;
use peyote_schemas::value::moment::DAY;
use peyote_schemas::{Column, Kind};

use super::Route;
use super::compile::Bench;
use super::laws::{grain, span, spread};
use super::words::{single, stock};
use crate::error::Error;
use crate::generate::chance::alias::Alias;
use crate::generate::draw::share;
use crate::generate::follow::{Bound, Following};
use crate::generate::formula::{Expr, Worked};
use crate::generate::history::{History, Part as Bounds};
use crate::generate::maker::{
    Cells, Chosen, Codes, Grid, Happens, Maker, Numbers, Pattern, Polymorphic, Sequence, Spread,
    Stock,
};
use crate::generate::series::{Pace, Series};
use crate::generate::shuffle::Shuffle;
use crate::generate::switch::Switch;
use crate::generate::total::Total;

impl Bench<'_> {
    /// What makes the values of a column.
    pub(super) fn maker(
        &self,
        table: usize,
        column: usize,
        totals: &mut Vec<Total>,
    ) -> Result<Maker, Error> {
        let designed = self.design_table(table);
        match designed.maker(column) {
            Said::Key(key) => {
                let refers = &designed.foreign_keys()[key];
                let name = designed.columns()[column].name();
                let place = refers.columns.iter().position(|one| one == name);
                let target = self.place(refers.references.table.as_str());
                let route = place.zip(target).and_then(|(place, target)| {
                    let other = refers.references.columns.get(place)?;
                    let column = self.design_table(target).place(other.as_str())?;
                    Some(Route { links: vec![key], table: target, column })
                });
                Ok(route.map_or(Maker::Absent, Maker::Copy))
            }
            Said::Status(way) => Ok(Maker::Way { way, stage: None }),
            Said::Reached(way, stage) => Ok(Maker::Way { way, stage: Some(stage) }),
            Said::History => Ok(self.history(table, column)),
            Said::Said(_) | Said::Open => {
                match self.design.behaviour(table, column, self.base[table]) {
                    Some(behaviour) => self.behave(table, column, &behaviour, totals),
                    None => Ok(Maker::Absent),
                }
            }
        }
    }

    /// What stands where a column that must hold a value got none from what it follows from; none
    /// for columns that follow from nothing.
    pub(super) fn instead(
        &self,
        table: usize,
        column: usize,
        maker: &Maker,
        demanded: bool,
    ) -> Result<Option<Box<Maker>>, Error> {
        let follows = match maker {
            Maker::After(_)
            | Maker::Way { .. }
            | Maker::History { .. }
            | Maker::Copy(_)
            | Maker::Formula(_)
            | Maker::Polymorphic(_)
            | Maker::Series(_)
            | Maker::Nth { .. }
            | Maker::Stock(_)
            | Maker::Chosen(_)
            | Maker::Text(_)
            | Maker::Number(_)
            | Maker::Absent => true,
            Maker::Sequence(_)
            | Maker::Codes(_)
            | Maker::Uuid
            | Maker::Bool { .. }
            | Maker::Pick(_)
            | Maker::Moment(_)
            | Maker::List(_)
            | Maker::Struct(_) => false,
        };
        let designed = self.design_table(table);
        // A key without a row to refer to has nothing to stand instead.
        let nullable = designed.columns()[column].nullable();
        let said = designed.maker(column);
        // A way says by itself which of its moments there are.
        let way = matches!(said, Said::Status(_) | Said::Reached(..) | Said::History);
        if !follows || nullable && (!demanded || way) || matches!(said, Said::Key(_)) {
            return Ok(None);
        }
        // What must follow comes as soon as it can.
        if let (Said::Said(behaviour), Maker::After(_), true) = (said, maker, nullable)
            && let Maker::After(following) =
                self.behave(table, column, behaviour, &mut Vec::new())?
        {
            return Ok(Some(Box::new(Maker::After(Following { nullable: false, ..following }))));
        }
        if let Some(Behaviour::Template(Text { unique: true, .. })) =
            designed.columns()[column].behaviour()
        {
            // No text may come twice, whatever it stands for.
            let piece = Piece::Literal(designed.columns()[column].name().to_string());
            let text = Text { unique: true, ..single(piece) };
            let draw = self.draw(table, column);
            return Ok(Some(Box::new(self.text(table, draw, &text, false, &mut Vec::new()))));
        }
        let Some(behaviour) = self.design.standing(table, column, self.base[table]) else {
            return Ok(None);
        };
        let maker = self.behave(table, column, &behaviour, &mut Vec::new())?;
        Ok(Some(Box::new(maker)))
    }

    fn history(&self, table: usize, column: usize) -> Maker {
        let designed = self.design_table(table);
        let Some(said) = designed.history() else { return Maker::Absent };
        let Some(link) = designed.key_of(&said.of) else { return Maker::Absent };
        let name = designed.columns()[column].name();
        let part = match name.as_str() {
            name if said.from == name => Bounds::From,
            name if said.to == name => Bounds::To,
            _ => Bounds::Current,
        };
        let least = |at: i64| self.later.map_or(at, |later| at.max(later.since));
        let since = match &said.since {
            Until::At(at) => Bound::At(least(at.micros().unwrap_or(0))),
            Until::Column(path) => match self.route(table, path) {
                Some(route) => Bound::Column(route),
                None => return Maker::Absent,
            },
        };
        let from = designed.place(&said.from);
        let kind = from.map_or(&Kind::Timestamp, |at| &self.columns[table][at].kind);
        let draw = from.map_or(self.draw(table, column), |from| self.draw(table, from));
        let until =
            said.until.and_then(peyote_schemas::behaviour::At::micros).unwrap_or(self.clock);
        let history = History { link, since, until, grain: grain(kind, None), draw };
        Maker::History { history: Arc::new(history), part }
    }

    fn behave(
        &self,
        table: usize,
        column: usize,
        behaviour: &Behaviour,
        totals: &mut Vec<Total>,
    ) -> Result<Maker, Error> {
        let own = &self.columns[table][column];
        let rows = self.rows[table];
        let alone = self.is_alone(table, column);
        let draw = self.draw(table, column);
        let maker = match behaviour {
            Behaviour::Sequence { start, step, gap } => {
                let start = self.behind_written(table, column, *start, *step);
                Maker::Sequence(Sequence { start, step: *step, gap: *gap })
            }
            Behaviour::Code { pattern, order } => {
                let said = pattern;
                let pattern = Pattern::new(said);
                let shuffled = *order == peyote_schemas::behaviour::CodeOrder::Shuffled;
                // A code is not all zeros where there are others.
                let base = u128::from(self.base[table]);
                let start = u64::from(!shuffled && pattern.many() > base);
                if pattern.many() < u128::from(rows + start) {
                    // Codes that come again are drawn.
                    if !alone && pattern.many() < base {
                        let text = single(Piece::Pattern(said.clone()));
                        return Ok(self.text(table, draw, &text, false, totals));
                    }
                    return Err(self.too_few(table, column, pattern.many(), "codes of its form"));
                }
                let many = u64::try_from(pattern.many()).unwrap_or(u64::MAX);
                let shuffle = shuffled.then(|| Shuffle::new(draw, many));
                Maker::Codes(Codes { pattern, shuffle, start })
            }
            Behaviour::Constant { value } => {
                stock(own, std::slice::from_ref(value), None).map_or(Maker::Absent, Maker::Stock)
            }
            Behaviour::Values { values, weights, at } => {
                let at = at.as_ref().map(|at| self.expression(table, &at.root, totals));
                let stock = stock(own, values, weights.as_deref());
                stock.map_or(Maker::Absent, |stock| listed(stock, at))
            }
            Behaviour::Pick(pick) => self.pick(table, column, pick, alone)?,
            Behaviour::Template(text) => self.text(table, draw, text, alone, totals),
            Behaviour::Uuid {} => Maker::Uuid,
            Behaviour::Bool { share: of, given } => {
                let given = self.given(table, given.as_ref(), |rate| Some(share(*rate)));
                Maker::Bool { share: share(*of), given }
            }
            Behaviour::Number(number) => self.number(table, column, number, alone)?,
            Behaviour::Moment(happening) => {
                self.moment(table, own, happening, alone || happening.rising)?
            }
            Behaviour::After(after) => {
                let Some(of) = self.route(table, &after.column) else { return Ok(Maker::Absent) };
                let until = after.until.as_ref();
                let until = until.map_or(Bound::At(self.clock), |until| self.bound(table, until));
                let since = self.since(table, column);
                let grain = grain(&own.kind, after.grain);
                let given = self.given(table, after.given.as_ref(), |one| Some(span(one, grain)));
                let turn = (after.turn.as_ref()).and_then(|of| self.design_table(table).key_of(of));
                Maker::After(Following { given, turn, ..following(own, after, of, until, since) })
            }
            Behaviour::Copy { of } => self.route(table, of).map_or(Maker::Absent, Maker::Copy),
            Behaviour::Nth { of, start } => match self.design_table(table).key_of(of) {
                Some(link) => Maker::Nth { link, start: *start },
                None => Maker::Absent,
            },
            Behaviour::Series { of, from, every, unit } => {
                let link = of.as_ref().and_then(|of| self.design_table(table).key_of(of));
                Maker::Series(Series {
                    link,
                    from: self.bound(table, from),
                    pace: Pace::new(*every, *unit),
                })
            }
            Behaviour::Polymorphic { type_column, cases } => {
                let Some(place) = self.design_table(table).place(type_column) else {
                    return Ok(Maker::Absent);
                };
                let switch =
                    self.switch(Route::own(table, place), cases.keys().map(String::as_str));
                let case = |path: &Path| {
                    let target = self.place(path.keys.first()?)?;
                    let column = self.design_table(target).place(&path.column)?;
                    Some((target, column, self.rows[target]))
                };
                let cases = cases.values().map(|path| case(path).unwrap_or((table, 0, 0)));
                Maker::Polymorphic(Polymorphic { switch, cases: cases.collect() })
            }
            Behaviour::Expression { text } => {
                Maker::Formula(Worked::new(self.expression(table, &text.root, totals)))
            }
            Behaviour::Total { table: child, key, how, of } => {
                let of = of.as_ref().map(|of| &of.root);
                let root = self.total(table, child, key.as_deref(), *how, of, totals);
                Maker::Formula(Worked::new(root))
            }
            Behaviour::List { length, item } => self
                .list(table, draw, own, length, item)
                .map_or(Maker::Absent, |list| Maker::List(Box::new(list))),
            Behaviour::Struct { fields } => {
                self.fields(table, draw, own, fields).map_or(Maker::Absent, Maker::Struct)
            }
        };
        Ok(maker)
    }

    /// What a moment is bounded by; the present day of the data where that is not to be had.
    fn bound(&self, table: usize, until: &Until) -> Bound {
        match until {
            Until::At(at) => Bound::At(at.micros().unwrap_or(self.clock)),
            Until::Column(path) => {
                self.route(table, path).map_or(Bound::At(self.clock), Bound::Column)
            }
        }
    }

    /// Where a sequence starts, so that it goes on behind the written rows.
    fn behind_written(&self, table: usize, column: usize, start: i64, step: i64) -> i64 {
        let written = self.written[table];
        let Some(lane) = &self.lanes[table][column] else { return start };
        let crate::lane::Values::Int(values) = &lane.values else { return start };
        let follows = |(row, value): (usize, &i64)| {
            *value == start.wrapping_add(step.wrapping_mul(row as i64))
        };
        if values.iter().enumerate().all(follows) {
            return start;
        }
        let last = if step > 0 { values.iter().max() } else { values.iter().min() };
        let next = last.map_or(start, |last| last.saturating_add(step));
        next.saturating_sub(step.saturating_mul(written as i64))
    }

    pub(super) fn too_few(&self, table: usize, column: usize, many: u128, of: &str) -> Error {
        let designed = self.design_table(table);
        let name = designed.columns()[column].name();
        Error::usage(format!(
            "`{}` has {} rows and `{name}` is unique, but there are only {many} {of}",
            designed.name(),
            self.rows[table]
        ))
        .at(format!("/tables/{}/columns/{name}", designed.name()))
        .hint("ask for fewer rows, or give it more to choose from")
    }

    /// Cases of another column.
    pub(super) fn given<T, U>(
        &self,
        table: usize,
        given: Option<&Given<T>>,
        work: impl Fn(&T) -> Option<U>,
    ) -> Option<(Switch, Vec<U>)> {
        let given = given?;
        let route = self.route(table, &given.column)?;
        let switch = self.switch(route, given.cases.keys().map(String::as_str));
        Some((switch, given.cases.values().map(work).collect::<Option<Vec<U>>>()?))
    }

    fn number(
        &self,
        table: usize,
        column: usize,
        number: &Number,
        alone: bool,
    ) -> Result<Maker, Error> {
        let own = &self.columns[table][column];
        let grid = Grid::new(&own.kind, number.round, (number.min, number.max), &number.ending);
        let bounds = (number.min, number.max);
        let law = |law: &Law| spread(law, &grid, bounds);
        let round = |case: &String| {
            let round = number.rounds.get(case).copied().or(number.round);
            Grid::new(&own.kind, round, bounds, &number.ending)
        };
        let mut given = self.given(table, number.given.as_ref(), |one| Some(law(one)));
        let mut grids = Vec::new();
        if let (Some(cases), Some((_, laws)), false) =
            (&number.given, &mut given, number.rounds.is_empty())
        {
            grids.push(grid.clone());
            grids.extend(cases.cases.keys().map(round));
            for ((said, law), grid) in cases.cases.values().zip(laws).zip(&grids[1..]) {
                *law = spread(said, grid, bounds);
            }
        }
        let with = number.with.as_ref().and_then(|with| {
            let route = self.route(table, &with.column)?;
            Some((route, with.rho.clamp(-1.0, 1.0)))
        });
        let mut spread = law(&number.law);
        let mut unique = None;
        if alone {
            if !matches!(spread, Spread::Even(..)) && !grid.is_none() {
                let (min, max) = (number.min.unwrap_or(0.0), number.max.unwrap_or(f64::MAX));
                let (least, many) = grid.units(min, max);
                spread = Spread::Even(least, many);
            }
            if let Spread::Even(_, many) = spread {
                if many < self.rows[table] {
                    return Err(self.too_few(
                        table,
                        column,
                        many.into(),
                        "numbers between its bounds",
                    ));
                }
                unique = Some(Shuffle::new(self.draw(table, column), many));
            }
        }
        Ok(Maker::Number(Numbers { spread, given, with, grid, grids, unique }))
    }

    pub(super) fn moment(
        &self,
        table: usize,
        own: &Column,
        happening: &Happening,
        rising: bool,
    ) -> Result<Maker, Error> {
        /// How long things go on, where nobody says since when.
        const SPAN: i64 = 730 * DAY;
        let grain = grain(&own.kind, happening.grain);
        let (from, to) = if own.kind == Kind::Time {
            let at = |at: Option<peyote_schemas::behaviour::At>| {
                at.and_then(peyote_schemas::behaviour::At::micros)
            };
            let from = at(happening.from).unwrap_or(0);
            // The last is met as well.
            (from, at(happening.to).map_or(DAY, |to| to.saturating_add(grain).min(DAY)))
        } else {
            let last = i64::from(own.kind == Kind::Date) * DAY;
            let at = happening.to.and_then(peyote_schemas::behaviour::At::micros);
            let to = at.map_or(self.clock, |to| to.saturating_add(last));
            let from = happening.from.and_then(peyote_schemas::behaviour::At::micros);
            let from = from.unwrap_or(to.saturating_sub(SPAN));
            // What comes later happens later, unless it is said when it happens.
            let since = self.later.filter(|_| at.is_none()).map(|later| later.since);
            (since.map_or(from, |since| since.max(from)), to)
        };
        let ends = happening.to.is_some() || own.kind == Kind::Time;
        if rising && ends && self.later.is_some_and(|later| later.more(table) > 0) {
            let (designed, name) = (self.design_table(table).name(), &own.name);
            let said = "rises up to a day that the design says, and `extend` adds rows to";
            return Err(Error::usage(format!("`{name}` {said} `{designed}`"))
                .at(format!("/tables/{designed}/columns/{name}"))
                .hint("leave `to` out of it, so that it goes on with the present day"));
        }
        let stands = if self.later.is_some() { self.stands(table) } else { 0 };
        let rising = rising.then(|| (stands, self.rows[table] - stands));
        let cells = Cells::new(&own.kind, happening, from, to, grain);
        let turn = happening.turn.as_ref().and_then(|of| self.design_table(table).key_of(of));
        Ok(Maker::Moment(Happens { cells, rising, turn }))
    }
}

/// Moments of a column that follow others.
fn following(
    own: &Column,
    after: &After,
    of: Route,
    until: Bound,
    since: Option<i64>,
) -> Following {
    let grain = grain(&own.kind, after.grain);
    Following {
        of,
        since,
        delay: after.delay.as_ref().map(|delay| span(delay, grain)),
        given: None,
        turn: None,
        hours: after.hour.as_deref().map(Alias::new),
        until,
        open: after.open.clone(),
        closed: after.closed,
        grain,
        nullable: own.nullable,
        gaps: Vec::new(),
    }
}

/// What takes values out of a list, by lot or where an expression says which.
fn listed(stock: Stock, at: Option<Expr>) -> Maker {
    match at {
        Some(at) => Maker::Chosen(Box::new(Chosen { stock, at })),
        None => Maker::Stock(stock),
    }
}
