//! [`recipe`]: a design worked out, at the sizes that a plan has.

use std::collections::BTreeSet;
use std::sync::Arc;

use peyote_schemas::behaviour::{After, Among, Behaviour, Happening, Size};
use peyote_schemas::design::{Design, DesignTable, Maker as Said};
use peyote_schemas::draft::{Check, Presence};
use peyote_schemas::formula::{Function, Node};
use peyote_schemas::name::Identifier;
use peyote_schemas::{Column, Kind};

use super::kept::{Kept, Room};
use super::later::{Later, root};
use super::noted::Noted;
use super::nulls::NullRule;
use super::{ColumnRecipe, Recipe, Route, TableRecipe, sets, written};
use crate::error::Error;
use crate::generate::draw::{self, Draw};
use crate::generate::formula::share;
use crate::generate::life::{Stage, Way};
use crate::generate::maker::Maker;
use crate::generate::switch::Switch;
use crate::generate::total::Total;
use crate::lane::Lane;

/// A design that is worked out, and what is known of it so far.
pub(super) struct Bench<'d> {
    pub(super) design: &'d Design,
    pub(super) seed: u64,
    /// How many rows each table has.
    pub(super) rows: &'d [u64],
    /// How many it had when it was made first: what is usual goes by that.
    pub(super) base: &'d [u64],
    /// What comes behind rows that there are, where some are.
    pub(super) later: Option<&'d Later>,
    /// What made those rows.
    pub(super) earlier: Option<Arc<Recipe>>,
    /// How many of them are written in the design.
    pub(super) written: Vec<u64>,
    pub(super) columns: Vec<Vec<Column>>,
    /// The written values of each column.
    pub(super) lanes: Vec<Vec<Option<Lane>>>,
    /// Links whose children are counted or found from their parents.
    pub(super) counted: BTreeSet<(usize, usize)>,
    pub(super) clock: i64,
}

/// Works out a design with so many rows for each table, in the design's order.
pub fn recipe(design: &Design, rows: &[u64], seed: u64) -> Result<Recipe, Error> {
    work(design, rows, seed, None, None)
}

/// Works out what comes behind the rows of an earlier recipe of the same design, which was made first
/// with `base` rows of each table.
pub fn go_on(
    design: &Design,
    base: &[u64],
    seed: u64,
    later: &Later,
    earlier: Recipe,
) -> Result<Recipe, Error> {
    work(design, base, seed, Some(later), Some(Arc::new(earlier)))
}

fn work(
    design: &Design,
    base: &[u64],
    seed: u64,
    later: Option<&Later>,
    earlier: Option<Arc<Recipe>>,
) -> Result<Recipe, Error> {
    let rows = later.map_or(base, |later| later.rows.as_slice());
    let columns: Vec<Vec<Column>> = (design.tables().iter())
        .map(|table| {
            table.columns().iter().map(peyote_schemas::design::DesignColumn::to_column).collect()
        })
        .collect();
    let stands = written::standing(design, base);
    let written: Vec<u64> = (design.tables().iter().zip(base).zip(&stands))
        .map(
            |((table, rows), stands)| {
                if *stands { (table.rows().len() as u64).min(*rows) } else { 0 }
            },
        )
        .collect();
    let lanes = (design.tables().iter().zip(&columns).zip(&stands))
        .map(
            |((table, columns), stands)| {
                if *stands { written::lanes(table, columns) } else { vec![None; columns.len()] }
            },
        )
        .collect();
    let clock = later.map_or_else(|| design.present(), |later| later.until);
    let counted = counted(design, base);
    let bench = Bench {
        design,
        seed,
        rows,
        base,
        later,
        earlier: earlier.clone(),
        written,
        columns,
        lanes,
        counted,
        clock,
    };
    let mut tables = Vec::with_capacity(rows.len());
    for table in 0..design.tables().len() {
        tables.push(bench.table(table)?);
    }
    let mut recipe = Recipe { tables, clock, earlier, story: Vec::new(), room: Room::default() };
    if later.is_none() {
        for table in 0..recipe.tables.len() {
            bench.link_written(table, &mut recipe);
        }
    }
    bench.plant(&mut recipe);
    recipe.unsettle();
    recipe.room.is_open = true;
    Ok(recipe)
}

/// The foreign keys whose children are counted or found from their parents, as (table, key).
fn counted(design: &Design, rows: &[u64]) -> BTreeSet<(usize, usize)> {
    let mut counted = BTreeSet::new();
    for (at, table) in design.tables().iter().enumerate() {
        let total = |child: &str, key: Option<&str>| design.children(at, child, key);
        for column in 0..table.columns().len() {
            match design.behaviour(at, column, rows[at]).as_deref() {
                Some(Behaviour::Nth { of, .. }) => {
                    counted.extend(table.key_of(of).map(|key| (at, key)));
                }
                Some(Behaviour::Series { of: Some(of), .. }) => {
                    counted.extend(table.key_of(of).map(|key| (at, key)));
                }
                Some(Behaviour::Total { table, key, .. }) => {
                    counted.extend(total(table, key.as_deref()));
                }
                Some(
                    Behaviour::Expression { text: formula }
                    | Behaviour::Values { at: Some(formula), .. },
                ) => formula.visit(&mut |node| {
                    if let Node::Total { table, key, .. } = node {
                        counted.extend(total(table, key.as_deref()));
                    }
                    counted.extend(numbered(design, at, node));
                }),
                _ => {}
            }
        }
        let stages = table.lifecycles().iter().flat_map(|way| &way.stages);
        for when in stages.filter_map(|stage| stage.when.as_ref()) {
            when.visit(&mut |node| {
                if let Node::Total { table, key, .. } = node {
                    counted.extend(total(table, key.as_deref()));
                }
            });
        }
        for column in table.columns() {
            if let Some(
                Behaviour::After(After { turn: Some(turn), .. })
                | Behaviour::Moment(Happening { turn: Some(turn), .. }),
            ) = column.behaviour()
            {
                counted.extend(table.key_of(turn).map(|key| (at, key)));
            }
        }
        for (column, key) in apart(table) {
            let place = table.columns().iter().position(|one| *one.name() == column);
            let behaviour = place.and_then(|place| design.behaviour(at, place, rows[at]));
            if matches!(behaviour.as_deref(), Some(Behaviour::Pick(_))) {
                counted.insert((at, key));
            }
        }
        for (key, spread) in table.spreads().iter().enumerate() {
            match &spread.among {
                Some(Among::Place { row }) => {
                    row.visit(&mut |node| counted.extend(numbered(design, at, node)));
                }
                Some(Among::Before { of }) => {
                    counted.extend(table.key_of(of).map(|key| (at, key)));
                }
                Some(Among::Same { of, .. }) => {
                    let place =
                        |name: &str| design.tables().iter().position(|one| *one.name() == name);
                    let parent = table.key_of(of).map(|of| &table.foreign_keys()[of]);
                    let target = place(table.foreign_keys()[key].references.table.as_str());
                    let via = parent.zip(target).and_then(|(parent, target)| {
                        let keys = design.tables()[target].foreign_keys();
                        let parent = &parent.references.table;
                        Some((target, keys.iter().position(|key| key.references.table == *parent)?))
                    });
                    counted.extend(via);
                }
                _ => {}
            }
        }
        let of = table.history().and_then(|history| table.key_of(&history.of));
        counted.extend(of.map(|key| (at, key)));
        if let Some(Size::PerParent { of }) = table.size() {
            counted.extend(per_parent(table, of.as_deref()).map(|key| (at, key)));
        }
    }
    counted
}

/// The foreign key whose children a part of an expression over a table's rows counts, as (table, key).
fn numbered(design: &Design, table: usize, node: &Node) -> Option<(usize, usize)> {
    let Node::Call(Function::Nth, parts) = node else { return None };
    let [Node::Column(path)] = parts.as_slice() else { return None };
    let found = design.route(table, path)?;
    Some((found.table, design.tables()[found.table].key_of(&path.column)?))
}

/// Columns whose values tell the rows of one parent apart, each with the foreign key to it.
pub(super) fn apart(table: &DesignTable) -> Vec<(Identifier, usize)> {
    let sets = std::iter::once(table.primary_key()).chain(table.unique().iter().map(Vec::as_slice));
    let of_set = |set: &[Identifier]| {
        let key = table.foreign_keys().iter().position(|key| {
            key.columns.len() + 1 == set.len() && key.columns.iter().all(|one| set.contains(one))
        })?;
        let columns = &table.foreign_keys()[key].columns;
        let own = set.iter().find(|one| !columns.contains(one))?;
        table.key_of(own.as_str()).is_none().then(|| (own.clone(), key))
    };
    sets.filter_map(of_set).collect()
}

/// The foreign key that a table's size follows from.
pub(crate) fn per_parent(table: &DesignTable, of: Option<&str>) -> Option<usize> {
    match of {
        Some(column) => table.key_of(column),
        None => table.spreads().iter().position(|spread| spread.children.is_some()),
    }
}

impl Bench<'_> {
    pub(super) fn design_table(&self, table: usize) -> &DesignTable {
        &self.design.tables()[table]
    }

    /// How many rows of a table stand before those that are made.
    pub(super) fn stands(&self, table: usize) -> u64 {
        self.later.map_or(self.written[table], |later| later.before[table])
    }

    /// The day before which nothing new happens, for a column whose moments go on with the present
    /// day of the data.
    pub(super) fn since(&self, table: usize, column: usize) -> Option<i64> {
        let later = self.later?;
        root(self.design, table, column, self.base).map(|_| later.since)
    }

    /// The draws of a column.
    pub(super) fn draw(&self, table: usize, column: usize) -> Draw {
        let designed = self.design_table(table);
        let column = &designed.columns()[column];
        Draw::new(self.seed, designed.name().as_str(), column.name().as_str())
    }

    /// The place of a table by its name.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.design.tables().iter().position(|table| *table.name() == name)
    }

    /// A design's route as one of the recipe: its foreign keys are links of the same places.
    pub(super) fn route(
        &self,
        table: usize,
        path: &peyote_schemas::behaviour::Path,
    ) -> Option<Route> {
        let route = self.design.route(table, path)?;
        let links = route.hops.iter().map(|hop| hop.key).collect();
        Some(Route { links, table: route.table, column: route.column })
    }

    /// Rows by what another column holds.
    pub(super) fn switch<'t>(
        &self,
        route: Route,
        cases: impl IntoIterator<Item = &'t str>,
    ) -> Switch {
        let kind = self.columns[route.table][route.column].kind.clone();
        Switch::new(route, &kind, cases)
    }

    fn table(&self, table: usize) -> Result<TableRecipe, Error> {
        let designed = self.design_table(table);
        let mut totals = Vec::new();
        let mut links = (0..designed.foreign_keys().len())
            .map(|key| self.link(table, key))
            .collect::<Result<Vec<_>, _>>()?;
        let mut columns = Vec::with_capacity(designed.columns().len());
        for at in 0..designed.columns().len() {
            let maker = self.maker(table, at, &mut totals)?;
            let column = self.columns[table][at].clone();
            let nulls = self.nulls(table, at, &maker);
            let least = self.least(table, at, &maker);
            let demanded = self.demanded(table, at);
            let instead = self.instead(table, at, &maker, demanded.is_some())?;
            let written = self.lanes[table][at].clone().filter(|_| self.later.is_none());
            columns.push(ColumnRecipe {
                column,
                maker,
                nulls,
                instead,
                demanded,
                least,
                written,
                story: Vec::new(),
                draw: self.draw(table, at),
                dealt: None,
                kept: Kept::default(),
                noted: Noted::default(),
            });
        }
        share(columns.iter_mut().filter_map(|column| match &mut column.maker {
            Maker::Formula(worked) => Some(&mut worked.root),
            _ => None,
        }));
        let sets::Kept { deals, open, .. } = self.deals(table, &mut links, &mut columns)?;
        let ways =
            (0..designed.lifecycles().len()).map(|way| self.way(table, way, &mut totals)).collect();
        Ok(TableRecipe {
            name: designed.name().to_string(),
            rows: self.rows[table],
            written: self.stands(table),
            columns,
            links,
            ways,
            totals,
            deals,
            open,
        })
    }

    /// Which rows of a column hold nothing.
    fn nulls(&self, table: usize, column: usize, maker: &Maker) -> Option<NullRule> {
        let designed = self.design_table(table);
        let is_key = matches!(designed.maker(column), Said::Key(_));
        let keyed = designed.primary_key().contains(designed.columns()[column].name());
        if is_key || keyed || matches!(maker, Maker::Absent) {
            return None;
        }
        self.null_rule(table, column)
    }

    /// The rows on which a column that may be absent must hold a value, by its checks.
    fn demanded(&self, table: usize, column: usize) -> Option<Vec<Switch>> {
        let designed = self.design_table(table);
        let own = &designed.columns()[column];
        let switch = |check: &Check| match check {
            Check::When { column, is, then, must: Presence::Present }
                if own.name().as_str() == then.as_str() && !designed.follows(column, then) =>
            {
                let route = Route::own(table, designed.place(column)?);
                let kind = &self.columns[table][route.column].kind;
                Some(Switch::any(route.clone(), kind, is))
            }
            _ => None,
        };
        let found: Vec<Switch> = designed.checks().iter().filter_map(switch).collect();
        (own.nullable() && !found.is_empty()).then_some(found)
    }

    /// What the design says of a column's missing values.
    pub(super) fn null_rule(&self, table: usize, column: usize) -> Option<NullRule> {
        let full = |rate: f64| if rate >= 1.0 { u64::MAX } else { draw::share(rate) };
        let nulls = self.design.nulls(table, column);
        let when: Vec<(Switch, u64)> = (nulls.when.iter())
            .filter_map(|rule| {
                let route = self.route(table, &rule.column)?;
                let own = route.links.is_empty() && route.column == column;
                let kind = &self.columns[route.table][route.column].kind;
                (!own).then(|| (Switch::any(route.clone(), kind, &rule.is), full(rule.rate)))
            })
            .collect();
        let none = nulls.rate <= 0.0 && when.iter().all(|(_, share)| *share == 0);
        (!none).then_some(NullRule { share: full(nulls.rate), when })
    }

    /// The columns that a value may not be less than, where its maker does not see to it.
    fn least(&self, table: usize, column: usize, maker: &Maker) -> Vec<usize> {
        let designed = self.design_table(table);
        if !matches!(maker, Maker::Number(_) | Maker::Moment(_) | Maker::Stock(_)) {
            return Vec::new();
        }
        let name = designed.columns()[column].name();
        let kind = &self.columns[table][column].kind;
        let mut least = Vec::new();
        for check in designed.checks() {
            let Check::Order { columns } = check else { continue };
            let Some(place) = columns.iter().position(|one| *name == one.as_str()) else {
                continue;
            };
            let before = columns[..place].iter().filter_map(|name| designed.place(name));
            least.extend(before.filter(|at| {
                let other = &self.columns[table][*at].kind;
                *at != column
                    && !designed.follows(designed.columns()[*at].name().as_str(), name.as_str())
                    && (other == kind || matches!((other, kind), (Kind::Int(_), Kind::Int(_))))
            }));
        }
        least
    }

    /// Whether a column alone names a row.
    pub(super) fn is_alone(&self, table: usize, column: usize) -> bool {
        let designed = self.design_table(table);
        let alone = std::slice::from_ref(designed.columns()[column].name());
        designed.primary_key() == alone || designed.unique().iter().any(|set| set == alone)
    }

    fn way(&self, table: usize, way: usize, totals: &mut Vec<Total>) -> Way {
        let designed = self.design_table(table);
        let said = &designed.lifecycles()[way];
        let start = match &said.start {
            Some(path) => self.route(table, path),
            None => (said.stages.first())
                .and_then(|stage| stage.at.as_deref())
                .and_then(|at| designed.place(at))
                .map(|at| Route::own(table, at)),
        };
        let draw = Draw::new(self.seed, designed.name().as_str(), &said.status).named("way");
        let mut taken = vec![0.0; said.stages.len()];
        let mut stages = Vec::with_capacity(said.stages.len());
        let (mut known, mut conditions) = (Vec::new(), Vec::new());
        for (place, stage) in said.stages.iter().enumerate() {
            let before = said.before(place);
            let from = before.map_or(0.0, |before| taken[before]);
            if let Some(before) = before {
                taken[before] = from + stage.share;
            }
            let column = stage.at.as_deref().and_then(|at| designed.place(at));
            let kind = column.map_or(Kind::Timestamp, |at| self.columns[table][at].kind.clone());
            let nullable = column.is_none_or(|at| designed.columns()[at].nullable());
            // The first stage's own moment is no delay after itself.
            let starts = place == 0 && said.start.is_none();
            let delay = stage.after.as_ref().filter(|_| !starts);
            let grain = super::laws::grain(&kind, None);
            // Stages often go by the same.
            let when = stage.when.as_ref().map(|when| {
                known.iter().position(|one| *one == when).unwrap_or_else(|| {
                    known.push(when);
                    conditions.push(self.expression(table, &when.root, totals));
                    known.len() - 1
                })
            });
            stages.push(Stage {
                name: stage.is.clone(),
                before,
                draws: (from, from + stage.share),
                delay: delay.map(|delay| super::laws::span(delay, grain)),
                // Moments of one way are told apart to the second, days among them or not.
                grain: grain.min(1_000_000),
                must: !nullable && place > 0,
                when,
                draw: draw.named(&stage.is),
            });
        }
        let since = (start.as_ref())
            .and_then(|route| self.since(route.table, route.column))
            .filter(|_| self.later.is_some());
        Way { start, since, stages, conditions, story: Vec::new() }
    }
}
