//! Stories, worked out: whose rows they are, and what becomes of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use peyote_schemas::behaviour::At;
use peyote_schemas::draft::Check;
use peyote_schemas::story::{Anomaly, Rush, Where};
use peyote_schemas::value::moment::DAY;
use peyote_schemas::{Column, Kind};
use serde_json::Value;

use super::compile::Bench;
use super::laws::grain;
use super::words::stock;
use super::{Recipe, Route};
use crate::generate::draw::{Draw, share};
use crate::generate::frame::Rows;
use crate::generate::maker::Maker;
use crate::generate::story::{
    Bent, Change, Chosen, Gap, Moved, Numbers, Planted, RowSet, Told, Turn, Window, find, same,
};
use crate::generate::switch::Switch;
use crate::lane::{Lane, Values, Words};

mod actors;

/// Rows in which it is counted how frequent a value is.
const SAMPLE: u64 = 8192;
/// What fractions are counted in where nothing rounds them.
const FINEST: f64 = 1e6;

impl Bench<'_> {
    /// Plants the story of the design, as far as there are rows for it.
    pub(super) fn plant(&self, recipe: &mut Recipe) {
        for (number, anomaly) in self.design.story().iter().enumerate() {
            let told = self.one(anomaly, number, recipe);
            let told = told.unwrap_or_else(|why| Told { missing: Some(why), ..Told::default() });
            recipe.story.push(told);
        }
    }

    fn one(&self, anomaly: &Anomaly, number: usize, recipe: &mut Recipe) -> Result<Told, String> {
        let table = self.place(anomaly.table()).ok_or("its table is not there")?;
        let column = |name: &str| {
            self.design_table(table).place(name).ok_or_else(|| format!("`{name}` is not there"))
        };
        let draw = |column: usize| self.draw(table, column).named("story").numbered(number as u64);
        let mut told = Told { table, ..Told::default() };
        match anomaly {
            Anomaly::RateShift { column: name, value, factor, rows, .. } => {
                let at = column(name)?;
                told.column = at;
                told.chosen = self.chosen(table, rows, draw(at), recipe, &mut told.who)?;
                self.rate(recipe, &told, (value, *factor), draw(at))?;
            }
            Anomaly::LevelShift { column: name, factor, by, share: of, rows, .. } => {
                let at = column(name)?;
                told.column = at;
                told.chosen = self.chosen(table, rows, draw(at), recipe, &mut told.who)?;
                let numbers = Numbers {
                    factor: factor.unwrap_or(1.0),
                    by: by.unwrap_or(0.0),
                    share: of.filter(|of| *of < 1.0).map_or(u64::MAX, share),
                    ..self.numbers(table, at, recipe)
                };
                Self::add(recipe, &told, Change::Number(numbers), draw(at));
            }
            Anomaly::Drift { column: name, per_day, rows, .. } => {
                let at = column(name)?;
                told.column = at;
                told.chosen = self.chosen(table, rows, draw(at), recipe, &mut told.who)?;
                let when = told.chosen.within.as_ref().ok_or("nobody says since when")?;
                let daily = Some((when.at.clone(), when.time.start, *per_day));
                let numbers = Numbers { daily, ..self.numbers(table, at, recipe) };
                Self::add(recipe, &told, Change::Number(numbers), draw(at));
            }
            Anomaly::Burst { key, at, from, to, rows, set, .. } => {
                told.column = column(at)?;
                let rush = Rush {
                    table: anomaly.table().to_owned(),
                    key: key.clone(),
                    at: at.clone(),
                    from: *from,
                    to: *to,
                    rows: *rows,
                    set: set.clone(),
                };
                let draw = draw(told.column);
                let actors = self.actors(recipe, &rush, 1, draw)?;
                told.who = self.names(recipe, table, key, &actors.parents)?;
                told.rows = u64::from(*rows);
                self.rush(recipe, &rush, actors, draw)?;
            }
            Anomaly::Ring { column: name, members, rush, .. } => {
                let at = column(name)?;
                told.column = at;
                let draw = draw(at);
                let members = u64::from(*members);
                let parents = if let Some(rush) = rush {
                    let actors = self.actors(recipe, rush, members, draw)?;
                    let parents = actors.parents.clone();
                    self.share(recipe, (table, at), &parents, draw)?;
                    self.rush(recipe, rush, actors, draw)?;
                    parents
                } else {
                    let parents = self.members(table, members, draw)?;
                    self.share(recipe, (table, at), &parents, draw)?;
                    parents
                };
                told.rows = members;
                told.who = self.keys(recipe, table, &parents);
            }
            Anomaly::Outage { rows, .. } => self.outage(recipe, &mut told, rows, &draw)?,
            Anomaly::Dropout { column: name, rows, .. } => {
                let at = column(name)?;
                told.column = at;
                told.chosen = self.chosen(table, rows, draw(at), recipe, &mut told.who)?;
                Self::add(recipe, &told, Change::Nothing, draw(at));
            }
        }
        Ok(told)
    }

    fn add(recipe: &mut Recipe, told: &Told, change: Change, draw: Draw) {
        let chosen = told.chosen.clone();
        let column = &mut recipe.tables[told.table].columns[told.column];
        column.story.push(Planted { chosen, change, draw });
    }

    /// The rows that something happens to; `who` is told whose they are.
    fn chosen(
        &self,
        table: usize,
        rows: &Where,
        draw: Draw,
        recipe: &Recipe,
        who: &mut Vec<String>,
    ) -> Result<Chosen, String> {
        let mut chosen = Chosen { written: self.written[table], ..Chosen::default() };
        if let Some(path) = &rows.column {
            let route = self.route(table, path).ok_or_else(|| format!("`{path}` leads nowhere"))?;
            let kind = self.columns[route.table][route.column].kind.clone();
            *who = if rows.is.is_empty() {
                let name = self.columns[route.table][route.column].name.clone();
                let parents = self.busiest(recipe, route.table, &name, draw)?;
                self.names(recipe, route.table, &name, &parents)?
            } else {
                rows.is.clone()
            };
            chosen.whose = Some(Switch::any(route, &kind, who));
        }
        if let Some(at) = &rows.at {
            let route = self.route(table, at).ok_or_else(|| format!("`{at}` leads nowhere"))?;
            let (from, to) = rows.window();
            chosen.within = Some(Window { at: route, time: from..to });
        }
        Ok(chosen)
    }

    /// How numbers of a column may be changed.
    fn numbers(&self, table: usize, column: usize, recipe: &Recipe) -> Numbers {
        let own = &self.columns[table][column];
        let one = match own.kind {
            Kind::Decimal { scale, .. } => 10_f64.powi(i32::from(scale)),
            _ => 1.0,
        };
        let (mut least, mut most) = (f64::MIN, f64::MAX);
        if let Some((low, high)) = own.kind.bounds() {
            (least, most) = (low as f64, high as f64);
        }
        let number = |value: &Option<Value>| {
            let value = value.as_ref()?;
            value.as_f64().or_else(|| value.as_str()?.parse().ok())
        };
        for check in self.design_table(table).checks() {
            if let Check::Range { column, min, max } = check
                && *column == own.name
            {
                least = least.max(number(min).map_or(f64::MIN, |min| min * one));
                most = most.min(number(max).map_or(f64::MAX, |max| max * one));
            }
        }
        let per = match &recipe.tables[table].columns[column].maker {
            Maker::Number(numbers) => numbers.grid.fractions().unwrap_or(FINEST),
            _ => FINEST,
        };
        Numbers {
            factor: 1.0,
            by: 0.0,
            daily: None,
            share: u64::MAX,
            one,
            per,
            bounds: (least, most.max(least)),
        }
    }

    /// A value that is so many times as frequent.
    fn rate(
        &self,
        recipe: &mut Recipe,
        told: &Told,
        (value, factor): (&str, f64),
        draw: Draw,
    ) -> Result<(), String> {
        let &Told { table, column, .. } = told;
        let own = &self.columns[table][column];
        if let Maker::Way { way, stage: None } = recipe.tables[table].columns[column].maker {
            let way = &mut recipe.tables[table].ways[way];
            let stage = way.stages.iter().position(|stage| stage.name == value);
            let stage = stage.ok_or_else(|| format!("there is no stage `{value}`"))?;
            let (from, to) = way.stages[stage].draws;
            let turn = match turned((to - from).clamp(0.0, 1.0), factor) {
                (more, true) => Turn::More(more),
                (fewer, false) => Turn::Fewer(fewer),
            };
            way.story.push(Bent { chosen: told.chosen.clone(), stage, turn, draw });
            return Ok(());
        }
        let said = match own.kind {
            Kind::Bool => Value::Bool(value == "true"),
            _ => Value::from(value),
        };
        let lane = self.value(recipe, (table, column), &said)?;
        let first = self.stands(table).min(self.rows[table]);
        let many = (self.rows[table] - first).min(SAMPLE);
        let mut frame = recipe.frame(table);
        recipe.fill_one(table, column, first, many as usize, &mut frame);
        let made = &frame.lanes[column];
        let is = |place: &usize| made.holds(*place) && same(made, *place, &lane);
        let found = (0..many as usize).filter(is).count();
        if found == 0 {
            return Err(format!("`{}` is hardly ever `{value}`", own.name));
        }
        let there = (0..many as usize).filter(|place| made.holds(*place)).count();
        let change = match turned(found as f64 / there.max(1) as f64, factor) {
            (more, true) => Change::More(lane, more),
            (fewer, false) => Change::Fewer(lane, fewer),
        };
        Self::add(recipe, told, change, draw);
        Ok(())
    }

    /// A lane that holds one value of a column; the column's words know it from now on.
    fn value(
        &self,
        recipe: &mut Recipe,
        (table, column): (usize, usize),
        value: &Value,
    ) -> Result<Lane, String> {
        let own = &self.columns[table][column];
        let stock = stock(own, std::slice::from_ref(value), None);
        let lane = stock.ok_or_else(|| format!("`{}` cannot hold {value}", own.name))?.values;
        if let Some(text) = value.as_str() {
            know(&mut recipe.tables[table].columns[column].maker, text);
        }
        Ok(lane)
    }

    /// Nothing between two moments.
    fn outage(
        &self,
        recipe: &mut Recipe,
        told: &mut Told,
        rows: &Where,
        draw: &dyn Fn(usize) -> Draw,
    ) -> Result<(), String> {
        let table = told.table;
        let at = rows.at.as_ref().ok_or("nobody says of what")?;
        let route = self.route(table, at).ok_or_else(|| format!("`{at}` leads nowhere"))?;
        let column = route.column;
        told.column = column;
        let (from, to) = rows.window();
        let whose = Where { at: None, from: None, to: None, ..rows.clone() };
        let chosen = self.chosen(table, &whose, draw(column), recipe, &mut told.who)?;
        let all = chosen.whose.is_none();
        told.chosen =
            Chosen { within: Some(Window { at: route, time: from..to }), ..chosen.clone() };
        let made = &mut recipe.tables[table].columns[column];
        // Days begin at midnight: those that begin in the gap are left out.
        let days = |at: i64| at.div_euclid(DAY) + i64::from(at.rem_euclid(DAY) != 0);
        let (first, end) =
            if made.column.kind == Kind::Date { (days(from), days(to)) } else { (from, to) };
        match &mut made.maker {
            Maker::Moment(happens) => {
                let rest =
                    happens.cells.without(first, end).ok_or("nothing is left outside of it")?;
                if happens.rising.is_some() {
                    if !all {
                        return Err(format!("the rows stand in the order of `{at}`"));
                    }
                    happens.cells = rest;
                    return Ok(());
                }
                let chosen = Chosen { own: Some(from..to), ..chosen };
                let change = Change::Elsewhere(rest);
                made.story.push(Planted { chosen, change, draw: draw(column) });
            }
            Maker::After(following) => {
                if following.turn.is_some() {
                    return Err(format!("`{at}` comes in turns"));
                }
                if to >= self.clock {
                    return Err(format!("`{at}` has to be somewhere behind it"));
                }
                following.gaps.push(Gap { chosen, from, to });
            }
            _ => return Err(format!("`{at}` follows from something else")),
        }
        Ok(())
    }

    /// Rows of some parents in a short time.
    fn rush(
        &self,
        recipe: &mut Recipe,
        rush: &Rush,
        actors: actors::Actors,
        draw: Draw,
    ) -> Result<(), String> {
        let table = self.place(&rush.table).ok_or("its table is not there")?;
        let designed = self.design_table(table);
        let at = designed.place(&rush.at).ok_or("its moments are not there")?;
        let written = self.written[table];
        let chosen = Chosen { rows: Some(actors.rows.clone()), written, ..Chosen::default() };
        let kind = &self.columns[table][at].kind;
        let step = match &recipe.tables[table].columns[at].maker {
            Maker::After(following) => following.grain,
            _ => grain(kind, None),
        };
        let micros = |at: At| at.micros().unwrap_or(self.clock);
        let between = Change::Between(micros(rush.from), micros(rush.to), step);
        let own = &mut recipe.tables[table].columns[at];
        own.story.push(Planted { chosen: chosen.clone(), change: between, draw });
        let said: &BTreeMap<String, Value> = &rush.set;
        for (name, value) in said {
            let Some(place) = designed.place(name) else { continue };
            let lane = self.value(recipe, (table, place), value)?;
            let planted = Planted { chosen: chosen.clone(), change: Change::Value(lane), draw };
            recipe.tables[table].columns[place].story.push(planted);
        }
        if actors.moved {
            let moved = Moved { rows: actors.rows, parents: actors.parents };
            recipe.tables[table].links[actors.link].story.push(moved);
        }
        Ok(())
    }

    /// Lets rows of a table hold what the first of them does.
    fn share(
        &self,
        recipe: &mut Recipe,
        (table, column): (usize, usize),
        members: &[u64],
        draw: Draw,
    ) -> Result<(), String> {
        let mut rows = members.to_vec();
        rows.sort_unstable();
        let first = rows.first().copied().ok_or("it has no members")?;
        let designed = self.design_table(table);
        let name = designed.columns()[column].name().as_str();
        if let Some(link) = designed.key_of(name) {
            if self.counted.contains(&(table, link)) || !self.is_free(recipe, table, link) {
                return Err(format!("the rows of `{}` are counted by `{name}`", designed.name()));
            }
            let parent = Self::parents(recipe, table, link, &[first])[0];
            let parent = parent.ok_or_else(|| format!("`{name}` of the first one is absent"))?;
            let moved = Moved { rows: RowSet::These(rows), parents: vec![parent] };
            recipe.tables[table].links[link].story.push(moved);
            return Ok(());
        }
        let mut frame = recipe.frame(table);
        // The first one that holds a value gives it to all.
        frame.turn(Rows::List(rows.clone()));
        recipe.make(table, &mut frame, column);
        let made = &frame.lanes[column];
        let there = (0..rows.len()).find(|place| made.holds(*place));
        let there = there.ok_or_else(|| format!("`{name}` is absent in all of them"))?;
        let mut value = Lane::full(super::super::maker::empty(&self.columns[table][column].kind));
        if let Values::Word { words, .. } = &made.values {
            value = Lane::full(Values::Word { words: Arc::clone(words), picks: Vec::new() });
        }
        super::super::maker::join(made, &mut |_| Some(there), 1, &mut value);
        let written = self.written[table];
        let chosen = Chosen { rows: Some(RowSet::These(rows)), written, ..Chosen::default() };
        let planted = Planted { chosen, change: Change::Value(value), draw };
        recipe.tables[table].columns[column].story.push(planted);
        Ok(())
    }

    /// A column, for whoever tells of it.
    pub(super) fn own(&self, table: usize, column: usize) -> &Column {
        &self.columns[table][column]
    }
}

/// Of those that are not yet, or that are, how many have to turn for a share to be so many times as
/// large; and whether they are to become more.
fn turned(of: f64, factor: f64) -> (u64, bool) {
    if factor < 1.0 {
        return (share(1.0 - factor), false);
    }
    let aim = (of * factor).min(1.0);
    if aim >= 1.0 { (u64::MAX, true) } else { (share((aim - of) / (1.0 - of)), true) }
}

/// Adds a word to those that a column has.
fn know(maker: &mut Maker, text: &str) {
    let words = match maker {
        Maker::Pick(picks) => &mut picks.words,
        Maker::Stock(stock) => match &mut stock.values.values {
            Values::Word { words, .. } => words,
            _ => return,
        },
        _ => return,
    };
    if find(words, text.as_bytes()).is_none() {
        let all: Vec<&str> = (0..words.len())
            .map(|at| std::str::from_utf8(words.bytes(at)).unwrap_or_default())
            .chain([text])
            .collect();
        *words = Arc::new(Words::new(all));
    }
}

impl Route {
    /// Whether it is a column of the row itself.
    pub(super) fn is_own(&self) -> bool {
        self.links.is_empty()
    }
}
