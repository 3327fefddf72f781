//! Columns: behaviours, worked out into makers.

use std::sync::{Arc, OnceLock};

use peyote_schemas::behaviour::{
    Behaviour, Delay, Given, Grain, Happening, Law, Number, Path, Pick, Piece, Text, Until, Words,
};
use peyote_schemas::design::Maker as Said;
use peyote_schemas::value::moment::DAY;
use peyote_schemas::{Column, Kind, RawTable};
use serde_json::Value;

use super::compile::Bench;
use super::{Route, standard, written};
use crate::error::Error;
use crate::generate::chance::alias::Alias;
use crate::generate::chance::normal;
use crate::generate::chance::quantile::{Quantile, share_below};
use crate::generate::chance::zipf::Zipf;
use crate::generate::draw::share;
use crate::generate::follow::{Bound, Following, Span};
use crate::generate::formula::Worked;
use crate::generate::history::{History, Part as Bounds};
use crate::generate::maker::{
    Amount, Cells, Codes, Deck, Form, Grid, Happens, Lists, Maker, Numbers, Part, Pattern, Picks,
    Polymorphic, Sequence, Spread, Stock, Structs, Texts,
};
use crate::generate::rows::cell;
use crate::generate::series::{Pace, Series};
use crate::generate::shuffle::Shuffle;
use crate::generate::switch::Switch;
use crate::generate::total::Total;
use crate::lane::Words as Lexicon;

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
            Said::Said(behaviour) => self.behave(table, column, behaviour, totals),
            Said::Open => {
                let behaviour = standard::behaviour(self, table, column);
                match behaviour {
                    Some(behaviour) => self.behave(table, column, &behaviour, totals),
                    None => Ok(Maker::Absent),
                }
            }
        }
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
        let since = match &said.since {
            Until::At(at) => Bound::At(at.micros().unwrap_or(0)),
            Until::Column(path) => match self.route(table, path) {
                Some(route) => Bound::Column(route),
                None => return Maker::Absent,
            },
        };
        let from = designed.place(&said.from);
        let kind = from.map_or(&Kind::Timestamp, |at| &self.columns[table][at].kind);
        let draw = from.map_or(self.draw(table, column), |from| self.draw(table, from));
        let until = said.until.and_then(|at| at.micros()).unwrap_or(self.clock);
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
                let pattern = Pattern::new(pattern);
                if pattern.many() < u128::from(rows) {
                    return Err(self.too_few(table, column, pattern.many(), "codes of its form"));
                }
                let many = u64::try_from(pattern.many()).unwrap_or(u64::MAX);
                let shuffled = *order == peyote_schemas::behaviour::CodeOrder::Shuffled;
                let shuffle = shuffled.then(|| Shuffle::new(draw, many));
                // A code is not all zeros where there are others.
                let start = u64::from(!shuffled && pattern.many() > u128::from(rows));
                Maker::Codes(Codes { pattern, shuffle, start })
            }
            Behaviour::Constant { value } => self
                .stock(own, std::slice::from_ref(value), None)
                .map_or(Maker::Absent, Maker::Stock),
            Behaviour::Values { values, weights } => {
                self.stock(own, values, weights.as_deref()).map_or(Maker::Absent, Maker::Stock)
            }
            Behaviour::Pick(pick) => self.pick(table, column, pick, alone)?,
            Behaviour::Template(text) => self.text(table, column, text, alone, totals),
            Behaviour::Uuid {} => Maker::Uuid,
            Behaviour::Bool { share: of, given } => {
                let given = self.given(table, given.as_ref(), |rate| Some(share(*rate)));
                Maker::Bool { share: share(*of), given }
            }
            Behaviour::Number(number) => self.number(table, column, number, alone)?,
            Behaviour::Moment(happening) => {
                self.moment(table, own, happening, alone || happening.rising)
            }
            Behaviour::After(after) => {
                let Some(of) = self.route(table, &after.column) else { return Ok(Maker::Absent) };
                let until = after.until.as_ref();
                let until = until.map_or(Bound::At(self.clock), |until| self.bound(table, until));
                let grain = grain(&own.kind, after.grain);
                Maker::After(Following {
                    of,
                    delay: after.delay.as_ref().map(|delay| span(delay, grain)),
                    until,
                    open: after.open.clone(),
                    grain,
                    nullable: own.nullable,
                })
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
                Maker::Formula(Worked { root: self.expression(table, &text.root, totals) })
            }
            Behaviour::Total { table: child, key, how, of } => {
                let of = of.as_ref().map(|of| &of.root);
                let root = self.total(table, child, key.as_deref(), *how, of, totals);
                Maker::Formula(Worked { root })
            }
            Behaviour::List { length, item } => self
                .list(own, length, item)
                .map_or(Maker::Absent, |list| Maker::List(Box::new(list))),
            Behaviour::Struct { fields } => {
                self.fields(own, fields).map_or(Maker::Absent, Maker::Struct)
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

    fn too_few(&self, table: usize, column: usize, many: u128, of: &str) -> Error {
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

    /// Values of a column's kind.
    pub(super) fn stock(
        &self,
        column: &Column,
        values: &[Value],
        weights: Option<&[f64]>,
    ) -> Option<Stock> {
        if values.is_empty() {
            return None;
        }
        let mut raw = RawTable::new("values", "design", vec![column.name.clone()]);
        for value in values {
            raw.push_row([cell(value)]);
        }
        let alone = vec![1.0; values.len()];
        let alias = Alias::new(weights.filter(|all| all.len() == values.len()).unwrap_or(&alone));
        Some(Stock { values: written::lane(&raw, 0, column)?, alias })
    }

    fn pick(&self, table: usize, column: usize, pick: &Pick, alone: bool) -> Result<Maker, Error> {
        let own = &self.columns[table][column];
        let designed = &self.design_table(table).columns()[column];
        let main: Vec<String> = match (&pick.words, &own.kind) {
            (Some(words), _) => words.clone(),
            (None, Kind::Enum(words)) => words.clone(),
            (None, _) => designed.vocabulary().unwrap_or_default().to_vec(),
        };
        let weights = pick.weights.clone().filter(|all| all.len() == main.len()).or_else(|| {
            let skew = pick.skew?;
            Some((1..=main.len()).map(|k| libm::pow(k as f64, -skew)).collect())
        });
        if !matches!(own.kind, Kind::Text | Kind::Enum(_) | Kind::Json | Kind::Uuid) {
            let values: Vec<Value> = main.iter().map(|word| Value::from(word.as_str())).collect();
            let stock = self.stock(own, &values, weights.as_deref());
            return Ok(stock.map_or(Maker::Absent, Maker::Stock));
        }
        let mut all = Vec::new();
        if let Kind::Enum(words) = &own.kind {
            all.clone_from(words);
        }
        let place = |word: &str, all: &mut Vec<String>| {
            let known = all.iter().position(|one| one == word);
            known.unwrap_or_else(|| {
                all.push(word.to_owned());
                all.len() - 1
            }) as u32
        };
        let unique = pick.unique || alone;
        let taken = written::texts(self.lanes[table][column].as_ref());
        let mut places: Vec<u32> = Vec::new();
        for word in &main {
            let at = place(word, &mut all);
            // What is written is not drawn again where nothing comes twice.
            if !unique || !taken.contains(word) {
                places.push(at);
            }
        }
        let straight = places.iter().enumerate().all(|(at, place)| at as u32 == *place);
        let made = self.rows[table] - self.written[table];
        let shuffle = unique.then(|| Shuffle::new(self.draw(table, column), places.len() as u64));
        if unique && (places.len() as u64) < made {
            if pick.unique || !matches!(own.kind, Kind::Text) {
                return Err(self.too_few(table, column, main.len() as u128, "words"));
            }
            // Words of a key that nobody said are all of them: told apart by numbers.
            let words = Words { words: main, weights };
            return Ok(self.numbered_words(table, column, &words));
        }
        let decks = |words: &Words, all: &mut Vec<String>| Deck {
            places: words.words.iter().map(|word| place(word, all)).collect(),
            alias: alias(words),
        };
        let given = match &pick.given {
            Some(given) if !unique => {
                let worked: Vec<Deck> =
                    given.cases.values().map(|words| decks(words, &mut all)).collect();
                let route = self.route(table, &given.column);
                let cases = given.cases.keys().map(String::as_str);
                route.map(|route| (self.switch(route, cases), worked))
            }
            _ => None,
        };
        for word in taken {
            place(&word, &mut all);
        }
        if all.is_empty() {
            return Ok(Maker::Absent);
        }
        let even = vec![1.0; places.len()];
        let weights = weights.filter(|all| all.len() == places.len());
        let alias = Alias::new(weights.as_deref().unwrap_or(&even));
        let main = Deck { places: if straight { Vec::new() } else { places }, alias };
        let words = Arc::new(Lexicon::new(all.iter().map(String::as_str)));
        Ok(Maker::Pick(Picks { words, main, given, unique: shuffle }))
    }

    /// Words that come again with a number behind them.
    fn numbered_words(&self, table: usize, column: usize, words: &Words) -> Maker {
        let draw = self.draw(table, column);
        let lexicon = Lexicon::new(words.words.iter().map(String::as_str));
        let deck = Deck { places: Vec::new(), alias: alias(words) };
        Maker::Text(Texts {
            forms: vec![Form::new(vec![Part::Word(lexicon, deck, draw)])],
            alias: Alias::new(&[1.0]),
            case: None,
            unique: true,
            rows: self.rows[table],
            met: OnceLock::new(),
        })
    }

    fn text(
        &self,
        table: usize,
        column: usize,
        text: &Text,
        alone: bool,
        totals: &mut Vec<Total>,
    ) -> Maker {
        let draw = self.draw(table, column);
        let mut keyed = false;
        let mut forms = Vec::with_capacity(text.forms.len());
        for (form, template) in text.forms.iter().enumerate() {
            let mut parts = Vec::with_capacity(template.pieces.len());
            for (place, piece) in template.pieces.iter().enumerate() {
                let draw = draw.numbered(form as u64).numbered(place as u64);
                parts.push(match piece {
                    Piece::Literal(text) => Part::Literal(text.clone().into_bytes()),
                    Piece::Pattern(pattern) => Part::Pattern(Pattern::new(pattern), draw),
                    Piece::Range { min, max, width } => {
                        let many = max.wrapping_sub(*min) as u64;
                        let width = width.map_or(0, usize::from);
                        Part::Range(*min, many.saturating_add(1), width, draw)
                    }
                    Piece::Value { of, width, shape } => {
                        let words = (of.is_own()).then(|| text.words.get(&of.column)).flatten();
                        match (words, self.route(table, of)) {
                            (Some(words), _) => {
                                let texts = words.words.iter().map(String::as_str);
                                let deck = Deck { places: Vec::new(), alias: alias(words) };
                                shaped(Lexicon::new(texts), *shape, deck, draw)
                            }
                            (None, Some(route)) => {
                                keyed |= route.links.is_empty()
                                    && shape.is_none()
                                    && self.is_alone(table, route.column);
                                Part::Value(route, width.map_or(0, usize::from), *shape)
                            }
                            (None, None) => Part::Literal(of.to_string().into_bytes()),
                        }
                    }
                    #[allow(unreachable_patterns, reason = "pieces are still being added")]
                    _ => Part::Literal(Vec::new()),
                });
            }
            forms.push(Form::new(parts));
        }
        let _ = totals;
        let even = vec![1.0; forms.len()];
        let weights = text.weights.as_deref().filter(|all| all.len() == forms.len());
        Maker::Text(Texts {
            forms,
            alias: Alias::new(weights.unwrap_or(&even)),
            case: text.case,
            // What holds a key is unlike all others as it is.
            unique: (text.unique || alone) && !keyed,
            rows: self.rows[table],
            met: OnceLock::new(),
        })
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
        let given = self.given(table, number.given.as_ref(), |one| Some(law(one)));
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
        Ok(Maker::Number(Numbers { spread, given, with, grid, unique }))
    }

    fn moment(&self, table: usize, own: &Column, happening: &Happening, rising: bool) -> Maker {
        /// How long things go on, where nobody says since when.
        const SPAN: i64 = 730 * DAY;
        let grain = grain(&own.kind, happening.grain);
        let (from, to) = if own.kind == Kind::Time {
            let at = |at: Option<peyote_schemas::behaviour::At>| at.and_then(|at| at.micros());
            let from = at(happening.from).unwrap_or(0);
            // The last is met as well.
            (from, at(happening.to).map_or(DAY, |to| to.saturating_add(grain).min(DAY)))
        } else {
            let last = i64::from(own.kind == Kind::Date) * DAY;
            let at = happening.to.and_then(|at| at.micros());
            let to = at.map_or(self.clock, |to| to.saturating_add(last));
            (happening.from.and_then(|at| at.micros()).unwrap_or(to.saturating_sub(SPAN)), to)
        };
        let cells = Cells::new(&own.kind, happening, from, to, grain);
        Maker::Moment(Happens { cells, rising: rising.then_some(self.rows[table]) })
    }
}

/// A law on a grid, within bounds.
pub(super) fn spread(law: &Law, grid: &Grid, bounds: (Option<f64>, Option<f64>)) -> Spread {
    let table = |value: &dyn Fn(f64) -> f64| {
        let from = bounds.0.map_or(0.0, |least| share_below(value, least));
        let to = bounds.1.map_or(1.0, |most| share_below(value, most));
        Spread::Table(Box::new(Quantile::new(value, from, to.max(from))))
    };
    match law {
        Law::Uniform { min, max } => {
            let (min, max) = (min.min(*max), max.max(*min));
            let least = bounds.0.map_or(min, |least| min.max(least));
            let most = bounds.1.map_or(max, |most| max.min(most)).max(least);
            if grid.is_none() {
                table(&|share| least + (most - least) * share)
            } else {
                let (first, many) = grid.units(least, most);
                Spread::Even(first, many)
            }
        }
        Law::Normal { mean, deviation } => table(&|share| mean + deviation * normal::value(share)),
        Law::Lognormal { median, sigma } => {
            table(&|share| median * libm::exp(sigma * normal::value(share)))
        }
        Law::Exponential { mean } => table(&|share| -mean * libm::log1p(-share)),
        Law::Zipf { most, skew } => Spread::Zipf(Zipf::new(*most, *skew)),
        Law::Triangular { min, mode, max } => table(&|share| {
            let (low, high) = (mode - min, max - mode);
            let all = (max - min).max(f64::MIN_POSITIVE);
            if share < low / all {
                min + libm::sqrt((share * all * low).max(0.0))
            } else {
                max - libm::sqrt(((1.0 - share) * all * high).max(0.0))
            }
        }),
        Law::Levels { values, weights } => {
            let values = if values.is_empty() { vec![0.0] } else { values.clone() };
            let even = vec![1.0; values.len()];
            let weights = weights.as_deref().filter(|all| all.len() == values.len());
            let alias = Alias::new(weights.unwrap_or(&even));
            Spread::Levels(values, alias)
        }
    }
}

/// How long something takes, for moments that are multiples of a grain.
pub(super) fn span(delay: &Delay, grain: i64) -> Span {
    let unit = delay.unit.micros();
    // Days after a day are whole ones, and so on.
    let round = delay.round.or((grain >= unit).then(|| grain as f64 / unit as f64));
    let bounds = (Some(delay.min.unwrap_or(0.0)), delay.max);
    let grid = Grid::new(&Kind::Float, round, bounds, &[]);
    let spread = spread(&delay.law, &grid, bounds);
    Span { amount: Amount { spread, grid }, unit }
}

/// What moments of a kind are multiples of, in microseconds.
pub(super) fn grain(kind: &Kind, said: Option<Grain>) -> i64 {
    let least = if *kind == Kind::Date { DAY } else { 1 };
    said.map_or(1_000_000, Grain::micros).max(least)
}

fn alias(words: &Words) -> Alias {
    let even = vec![1.0; words.words.len()];
    let weights = words.weights.as_deref().filter(|all| all.len() == even.len());
    Alias::new(weights.unwrap_or(&even))
}

/// Words in a shape.
fn shaped(
    words: Lexicon,
    shape: Option<peyote_schemas::behaviour::Shape>,
    deck: Deck,
    draw: crate::generate::draw::Draw,
) -> Part {
    let Some(shape) = shape else { return Part::Word(words, deck, draw) };
    let texts: Vec<String> = (0..words.len())
        .map(|at| {
            let mut text = Vec::new();
            crate::generate::shape::piece(shape, words.bytes(at), &mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
        .collect();
    Part::Word(Lexicon::new(texts.iter().map(String::as_str)), deck, draw)
}

impl Bench<'_> {
    /// Lists of a column's kind.
    fn list(&self, own: &Column, length: &Number, item: &Behaviour) -> Option<Lists> {
        let Kind::List(field) = &own.kind else { return None };
        let bounds = (length.min.or(Some(0.0)), length.max);
        let grid = Grid::new(&Kind::Float, Some(1.0), bounds, &[]);
        let spread = spread(&length.law, &grid, bounds);
        let column = Column::new(field.name.clone(), field.kind.clone());
        Some(Lists { length: Amount { spread, grid }, item: self.inside(&column, item)? })
    }

    /// Structs of a column's kind.
    fn fields(
        &self,
        own: &Column,
        said: &std::collections::BTreeMap<String, Behaviour>,
    ) -> Option<Structs> {
        let Kind::Struct(fields) = &own.kind else { return None };
        let maker = |field: &peyote_schemas::Field| {
            let column = Column::new(field.name.clone(), field.kind.clone());
            let said = said.get(&field.name).and_then(|said| self.inside(&column, said));
            said.unwrap_or(Maker::Absent)
        };
        Some(Structs { fields: fields.iter().map(maker).collect() })
    }

    /// What makes values inside of others: whatever hangs on nothing beside it.
    fn inside(&self, own: &Column, behaviour: &Behaviour) -> Option<Maker> {
        Some(match behaviour {
            Behaviour::Constant { value } => {
                Maker::Stock(self.stock(own, std::slice::from_ref(value), None)?)
            }
            Behaviour::Values { values, weights } => {
                Maker::Stock(self.stock(own, values, weights.as_deref())?)
            }
            Behaviour::Pick(pick) => {
                let words = match (&pick.words, &own.kind) {
                    (Some(words), _) | (None, Kind::Enum(words)) => words,
                    _ => return None,
                };
                let values: Vec<Value> = words.iter().map(|word| word.as_str().into()).collect();
                Maker::Stock(self.stock(own, &values, pick.weights.as_deref())?)
            }
            Behaviour::Uuid {} => Maker::Uuid,
            Behaviour::Bool { share: of, .. } => Maker::Bool { share: share(*of), given: None },
            Behaviour::Number(number) => {
                let bounds = (number.min, number.max);
                let grid = Grid::new(&own.kind, number.round, bounds, &number.ending);
                let spread = spread(&number.law, &grid, bounds);
                Maker::Number(Numbers { spread, given: None, with: None, grid, unique: None })
            }
            Behaviour::Moment(happening) => self.moment(0, own, happening, false),
            Behaviour::List { length, item } => {
                Maker::List(Box::new(self.list(own, length, item)?))
            }
            Behaviour::Struct { fields } => Maker::Struct(self.fields(own, fields)?),
            _ => return None,
        })
    }
}
