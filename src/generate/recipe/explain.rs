//! [`Recipe::explain`]: what made a value.

use peyote_schemas::behaviour::Behaviour;
use peyote_schemas::design::{Design, Maker as Said};

use peyote_schemas::value::json::cell_value;

use super::{Here, Recipe, Rows};
use crate::generate::maker::Maker;
use crate::generate::spell::spell;
use crate::lane::Values;

/// What made a value, as lines of a word and what it says.
pub type Explained = Vec<(&'static str, String)>;

impl Recipe {
    /// What makes the values of a column: the rule, what it hangs on, and how a row's value came
    /// about. `table` and `column` are places; the design is the one that the recipe is of.
    pub fn explain(
        &self,
        design: &Design,
        table: usize,
        column: usize,
        row: Option<u64>,
    ) -> Explained {
        let recipe = &self.tables[table];
        let made = &recipe.columns[column];
        let designed = &design.tables()[table];
        let own = &made.column;
        let mut lines = Explained::new();
        let null = if own.nullable { "may be absent" } else { "always there" };
        lines.push(("column", format!("{}.{}: {}, {null}", recipe.name, own.name, own.kind)));
        lines.push(("rule", rule(design, table, column)));
        let standard = matches!(designed.maker(column), Said::Open);
        if standard {
            lines.push((
                "by",
                format!("nobody: what is usual for such a column ({})", form(&made.maker)),
            ));
        }
        let links: Vec<String> = (recipe.links.iter().zip(designed.foreign_keys()))
            .filter(|(_, key)| key.columns.iter().any(|one| *one == own.name.as_str()))
            .map(|(link, key)| {
                let target = &self.tables[link.target];
                format!("{} rows of {} by {}", target.rows, target.name, join(&key.columns))
            })
            .collect();
        if !links.is_empty() {
            lines.push(("refers to", links.join("; ")));
        }
        let Some(row) = row else { return lines };
        lines.push(("row", format!("{row} of {}, counted from 0", recipe.rows)));
        if row < recipe.written {
            lines.push(("by", "the design: it is written there".to_owned()));
        } else {
            let bits = made.draw.bits(row);
            lines.push((
                "draw",
                format!("{bits:#018x}: {:.9} of all", bits as f64 / 2_f64.powi(64)),
            ));
        }
        let mut frame = self.frame(table);
        frame.turn(Rows::List(vec![row]));
        let here = Here { recipe: self, table, depth: 0 };
        here.make(&mut frame, column);
        for (at, (link, key)) in recipe.links.iter().zip(designed.foreign_keys()).enumerate() {
            if let Some(kin) = frame.kin[at].as_deref().filter(|kin| kin.ready) {
                let parent = if kin.none.first() == Some(&true) {
                    "none".to_owned()
                } else {
                    format!("row {}", kin.row(0))
                };
                let target = &self.tables[link.target].name;
                lines.push(("parent", format!("{parent} of {target} by {}", join(&key.columns))));
            }
        }
        for (place, lane) in frame.lanes.iter().enumerate() {
            let other = &recipe.columns[place].column;
            if place != column && lane.values.len() == 1 {
                lines.push(("beside", format!("{} = {}", other.name, shown(lane, &other.kind))));
            }
        }
        lines.push(("value", shown(&frame.lanes[column], &own.kind)));
        lines
    }

    /// A value as text. `table` and `column` are places.
    pub fn shown(&self, table: usize, column: usize, row: u64) -> String {
        let mut frame = self.frame(table);
        frame.turn(Rows::List(vec![row]));
        self.make(table, &mut frame, column);
        shown(&frame.lanes[column], &self.tables[table].columns[column].column.kind)
    }
}

fn shown(lane: &crate::lane::Lane, kind: &peyote_schemas::Kind) -> String {
    if !lane.holds(0) {
        return "nothing".to_owned();
    }
    if let Values::Other(array) = &lane.values {
        return cell_value(array, 0, kind).to_string();
    }
    let mut text = Vec::new();
    spell(lane, kind, 0, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

fn join(names: &[peyote_schemas::name::Identifier]) -> String {
    names.iter().map(peyote_schemas::name::Identifier::as_str).collect::<Vec<_>>().join(", ")
}

/// The rule of a column, as the design says it.
fn rule(design: &Design, table: usize, column: usize) -> String {
    let designed = &design.tables()[table];
    let said = |behaviour: &Behaviour| serde_json::to_string(behaviour).unwrap_or_default();
    match designed.maker(column) {
        Said::Key(key) => {
            let key = &designed.foreign_keys()[key];
            format!(
                "foreign key ({}) to {} ({})",
                join(&key.columns),
                key.references.table,
                join(&key.references.columns)
            )
        }
        Said::Status(way) => {
            let stages = &designed.lifecycles()[way].stages;
            let names: Vec<&str> = stages.iter().map(|stage| stage.is.as_str()).collect();
            format!("status of a lifecycle: {}", names.join(", "))
        }
        Said::Reached(way, stage) => {
            let stage = &designed.lifecycles()[way].stages[stage];
            format!(
                "moment of `{}` in the lifecycle of {}",
                stage.is,
                designed.lifecycles()[way].status
            )
        }
        Said::History => "bound of a history without gaps".to_owned(),
        Said::Said(behaviour) => said(behaviour),
        Said::Open => "none".to_owned(),
    }
}

/// What kind of maker it is, in a word or two.
fn form(maker: &Maker) -> &'static str {
    match maker {
        Maker::Sequence(_) => "numbers that rise with the row",
        Maker::Codes(_) => "codes of one form",
        Maker::Uuid => "random identifiers",
        Maker::Bool { .. } => "truths",
        Maker::Number(_) => "numbers of a law",
        Maker::Pick(_) | Maker::Stock(_) | Maker::Chosen(_) => "picks out of a list",
        Maker::Text(_) => "a template",
        Maker::Moment(_) => "moments",
        Maker::After(_) => "moments after others",
        Maker::Way { .. } => "a lifecycle",
        Maker::History { .. } => "a history",
        Maker::Copy(_) => "copies of another row",
        Maker::Nth { .. } => "numbers within a parent",
        Maker::Polymorphic(_) => "rows of one of several tables",
        Maker::Formula(_) => "an expression",
        Maker::List(_) => "lists",
        Maker::Struct(_) => "structs",
        Maker::Series(_) => "moments at a steady pace",
        Maker::Absent => "nothing",
    }
}
