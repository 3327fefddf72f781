//! [`Actors`]: the rows that others refer to in a story, and which ones do.

use peyote_schemas::Kind;
use peyote_schemas::behaviour::Behaviour;
use peyote_schemas::story::Rush;

use super::super::compile::Bench;
use super::super::{Here, Recipe};
use crate::generate::draw::Draw;
use crate::generate::fanout::Block;
use crate::generate::follow::micros;
use crate::generate::frame::Rows;
use crate::generate::link::{Link, Tie};
use crate::generate::shuffle::Shuffle;
use crate::generate::spell::spell;
use crate::generate::story::RowSet;

/// Parents that are looked at in one go.
const AT_ONCE: u64 = 1024;
/// Parents that are looked at in search of some that fit.
const MOST: u64 = 1 << 20;
/// Parents of which the busiest is taken.
const CANDIDATES: u64 = 64;

/// Who does something, and with which rows.
pub(super) struct Actors {
    pub(super) parents: Vec<u64>,
    /// The key of the rows.
    pub(super) link: usize,
    pub(super) rows: RowSet,
    /// Whether the rows would be those of others.
    pub(super) moved: bool,
}

impl Bench<'_> {
    /// As many parents as wanted for the rows of a rush, and the rows.
    pub(super) fn actors(
        &self,
        recipe: &Recipe,
        rush: &Rush,
        many: u64,
        draw: Draw,
    ) -> Result<Actors, String> {
        let table = self.place(&rush.table).ok_or("its table is not there")?;
        let designed = self.design_table(table);
        let key = designed.key_of(&rush.key).ok_or("its key is not there")?;
        let link = &recipe.tables[table].links[key];
        let (all, rows) = (u64::from(rush.rows), self.rows[table] - self.written[table]);
        if all > rows {
            return Err(format!("it has {all} rows, and `{}` {rows}", rush.table));
        }
        let columns = &designed.foreign_keys()[key].columns;
        let keyed = std::iter::once(designed.primary_key())
            .chain(designed.unique().iter().map(Vec::as_slice))
            .any(|set| set.iter().any(|one| columns.contains(one)));
        let bound = keyed || self.counted.contains(&(table, key));
        if !bound && !self.is_free(recipe, table, key) {
            return Err(format!("`{}` follows from another key", rush.key));
        }
        if bound && !matches!(link.tie, Tie::Fan(_)) {
            return Err(format!("each row of `{}` has a `{}` of its own", rush.table, rush.key));
        }
        let each = if bound { all.div_ceil(many) } else { 0 };
        let before = self.rushing(recipe, table, key, rush)?;
        let shuffle = Shuffle::new(draw.named("members"), link.parents);
        let mut parents = Vec::new();
        let mut looked = 0;
        while (parents.len() as u64) < many && looked < link.parents.min(MOST) {
            let end = (looked + AT_ONCE).min(link.parents);
            let mut some: Vec<u64> = (looked..end).map(|place| shuffle.forward(place)).collect();
            looked = end;
            if let (true, Tie::Fan(fanout)) = (bound, &link.tie) {
                some.retain(|parent| fanout.count(*parent) >= each);
            }
            if let Some((column, from)) = before
                && !some.is_empty()
            {
                some = self.earlier(recipe, (link.target, column), from, &some);
            }
            some.truncate((many - parents.len() as u64) as usize);
            parents.extend(some);
        }
        if (parents.len() as u64) < many {
            let target = self.design_table(link.target).name();
            let told = if bound {
                format!(" with {each} rows of `{}` or more", rush.table)
            } else {
                String::new()
            };
            return Err(format!("{} of {many} rows of `{target}`{told} were found", parents.len()));
        }
        let written = self.written[table];
        let rows = if bound {
            let (mut list, mut block) = (Vec::new(), Block::default());
            for (place, parent) in parents.iter().enumerate() {
                let upto = |place: u64| all * place / many;
                let wanted = upto(place as u64 + 1) - upto(place as u64);
                let mut own = Vec::new();
                link.children(&[], *parent, (written, self.rows[table]), &mut block, &mut own);
                own.retain(|row| *row >= written);
                list.extend(own.into_iter().take(wanted as usize));
            }
            list.sort_unstable();
            RowSet::These(list)
        } else {
            let shuffle = Shuffle::new(draw.named("rows"), rows);
            RowSet::Anywhere { many: all, written, shuffle }
        };
        Ok(Actors { parents, link: key, rows, moved: !bound })
    }

    /// Whether rows may refer to others than they would.
    pub(super) fn is_free(&self, recipe: &Recipe, table: usize, key: usize) -> bool {
        let designed = self.design_table(table);
        let own = &designed.foreign_keys()[key].columns;
        let alone = |name: &str| own.iter().any(|one| *one == name);
        let unlike = (designed.spreads().iter().enumerate()).any(|(at, spread)| {
            if at == key {
                !spread.unlike.is_empty()
            } else {
                spread.unlike.iter().any(|one| alone(one))
            }
        });
        let links = &recipe.tables[table].links;
        let partner = |link: &Link| matches!(link.tie, Tie::Partner { with, .. } if with == key);
        !unlike
            && !links.iter().any(partner)
            && matches!(links[key].tie, Tie::Chance | Tie::Fan(_) | Tie::There { .. })
    }

    /// The column of the parent that has to be earlier than a rush, and when that is.
    fn rushing(
        &self,
        recipe: &Recipe,
        table: usize,
        key: usize,
        rush: &Rush,
    ) -> Result<Option<(usize, i64)>, String> {
        let designed = self.design_table(table);
        let at = designed.place(&rush.at).ok_or("its moments are not there")?;
        let from = rush.from.micros().unwrap_or(self.clock);
        if let Tie::There { by, since, .. } = recipe.tables[table].links[key].tie {
            let known = by == at;
            return if known {
                Ok(Some((since, from)))
            } else {
                Err(format!("`{}` goes by other moments", rush.key))
            };
        }
        let said = self.design.behaviour(table, at, self.rows[table]);
        let Some(Behaviour::After(after)) = said.as_deref() else { return Ok(None) };
        let route = self.route(table, &after.column).filter(|route| !route.is_own());
        let route = route.filter(|route| route.links == [key]);
        let route = route.ok_or_else(|| format!("`{}` follows `{}`", rush.at, after.column))?;
        if after.turn.is_some() {
            return Err(format!("the rows of each `{}` take turns", rush.key));
        }
        Ok(Some((route.column, from)))
    }

    /// Those rows of a table whose moment is before another.
    fn earlier(
        &self,
        recipe: &Recipe,
        (table, column): (usize, usize),
        before: i64,
        rows: &[u64],
    ) -> Vec<u64> {
        let mut frame = recipe.frame(table);
        frame.turn(Rows::List(rows.to_vec()));
        let kind = &self.own(table, column).kind;
        recipe.make(table, &mut frame, column);
        let Some(view) = frame.view(&[], column) else { return Vec::new() };
        let fits = |place: usize| micros(&view, kind, place).is_some_and(|at| at < before);
        rows.iter().enumerate().filter(|(place, _)| fits(*place)).map(|(_, row)| *row).collect()
    }

    /// Some rows of a table that nobody wrote.
    pub(super) fn members(&self, table: usize, many: u64, draw: Draw) -> Result<Vec<u64>, String> {
        let written = self.written[table];
        let rows = self.rows[table] - written;
        if rows < many {
            let name = self.design_table(table).name();
            return Err(format!("it has {many} members, and `{name}` {rows} rows"));
        }
        let shuffle = Shuffle::new(draw.named("members"), rows);
        Ok((0..many).map(|place| written + shuffle.forward(place)).collect())
    }

    /// One of the rows that a key refers to: of a few, the one that most refer to.
    pub(super) fn busiest(
        &self,
        recipe: &Recipe,
        table: usize,
        name: &str,
        draw: Draw,
    ) -> Result<Vec<u64>, String> {
        let key = self.design_table(table).key_of(name);
        let key = key.ok_or_else(|| format!("`{name}` refers to no table"))?;
        let link = &recipe.tables[table].links[key];
        if link.parents == 0 {
            return Err(format!("`{name}` refers to a table without rows"));
        }
        let shuffle = Shuffle::new(draw.named("who"), link.parents);
        let some = (0..link.parents.min(CANDIDATES)).map(|place| shuffle.forward(place));
        let busy = match &link.tie {
            // Of those that are alike, the first.
            Tie::Fan(fanout) => some.rev().max_by_key(|parent| fanout.count(*parent)),
            _ => some.take(1).next(),
        };
        Ok(busy.into_iter().collect())
    }

    /// The rows that some rows of a table refer to by a key.
    pub(super) fn parents(
        recipe: &Recipe,
        table: usize,
        key: usize,
        rows: &[u64],
    ) -> Vec<Option<u64>> {
        let mut frame = recipe.frame(table);
        frame.turn(Rows::List(rows.to_vec()));
        Here { recipe, table, depth: 0 }.tie(&mut frame, key);
        let Some(Some(kin)) = frame.kin.get(key).map(Option::as_deref) else {
            return vec![None; rows.len()];
        };
        let none = |place: usize| kin.none.get(place).copied().unwrap_or(false);
        (0..rows.len()).map(|place| (!none(place)).then(|| kin.row(place))).collect()
    }

    /// What a referring column holds where it refers to some rows, as text.
    pub(super) fn names(
        &self,
        recipe: &Recipe,
        table: usize,
        name: &str,
        parents: &[u64],
    ) -> Result<Vec<String>, String> {
        let designed = self.design_table(table);
        let key = designed.key_of(name).ok_or_else(|| format!("`{name}` refers to no table"))?;
        let foreign = &designed.foreign_keys()[key];
        let place = foreign.columns.iter().position(|one| *one == name);
        let target = recipe.tables[table].links[key].target;
        let column = place
            .and_then(|place| foreign.references.columns.get(place))
            .and_then(|column| self.design_table(target).place(column.as_str()))
            .ok_or("what it refers to is not there")?;
        Ok(self.spelled(recipe, target, column, parents))
    }

    /// What tells some rows of a table apart, as text.
    pub(super) fn keys(&self, recipe: &Recipe, table: usize, rows: &[u64]) -> Vec<String> {
        let designed = self.design_table(table);
        match designed.primary_key() {
            [key] => match designed.place(key.as_str()) {
                Some(column) => self.spelled(recipe, table, column, rows),
                None => Vec::new(),
            },
            _ => rows.iter().map(|row| format!("row {row}")).collect(),
        }
    }

    fn spelled(&self, recipe: &Recipe, table: usize, column: usize, rows: &[u64]) -> Vec<String> {
        let mut frame = recipe.frame(table);
        frame.turn(Rows::List(rows.to_vec()));
        recipe.make(table, &mut frame, column);
        let (lane, kind): (_, &Kind) = (&frame.lanes[column], &self.own(table, column).kind);
        let text = |place: usize| {
            let mut text = Vec::new();
            if lane.holds(place) {
                spell(lane, kind, place, &mut text);
            }
            String::from_utf8_lossy(&text).into_owned()
        };
        (0..rows.len()).map(text).collect()
    }
}
