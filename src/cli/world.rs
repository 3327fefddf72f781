//! [`at_size`]: a ready-made world with as many rows as are asked for, where it can have them.

use std::collections::BTreeMap;
use std::path::Path;

use peyote_backends::Answer;
use peyote_schemas::behaviour::Size;
use peyote_schemas::design::{Design, DesignTable};
use peyote_schemas::fit::{Samples, fit};
use peyote_schemas::{Column, catalog, design};

use super::rows::batches;
use crate::error::Error;
use crate::generate::recipe::recipe;
use crate::invent::made::{Made, MadeTable};
use crate::plan::{Plan, Sizes};
use crate::run::{Request, SEED};

/// How the model of an answer begins that is a ready-made world.
const BUILTIN: &str = "builtin:";

/// A ready-made world as it is asked for.
pub(super) enum World {
    /// Made at that size.
    Made(Box<Made>),
    /// With the rows that are written in it, and why, where something else is asked for.
    Written(Option<String>),
}

/// Why a design cannot be made with so few rows, if it cannot: those that are written in it stay.
pub(super) fn too_few(design: &Design, rows: u64) -> Option<String> {
    let grows = |table: &&DesignTable| matches!(table.size(), None | Some(Size::Grows { .. }));
    let most = design.tables().iter().filter(grows).max_by_key(|table| table.rows().len())?;
    let written = most.rows().len();
    (written as u64 > rows).then(|| {
        format!(
            "`--rows {rows}` is not followed: {written} rows of `{}` are written in the design of \
             `{}`, and keys and totals hold among all of them only",
            most.name(),
            design.name()
        )
    })
}

/// The world that the answers about a design are of, at the size and by the seed asked for; with its
/// written rows where none is, and where somebody else answered. The work is done in a folder.
pub(super) fn at_size(answers: &[Answer], request: &Request, work: &Path) -> Result<World, Error> {
    let name = answers.last().and_then(|answer| answer.model.strip_prefix(BUILTIN));
    let Some(entry) = name.and_then(catalog::entry) else { return Ok(World::Written(None)) };
    let written = |why: String| Ok(World::Written(Some(why)));
    let name = entry.name;
    let Some(rows) = request.at_size else {
        if request.seed == SEED || request.mess.is_some() {
            return Ok(World::Written(None));
        }
        return written(format!(
            "`--seed {}` changes nothing here: the rows of the ready-made `{name}` are written; \
             with `--rows 200` they are made by it",
            request.seed
        ));
    };
    if request.tables.is_some_and(|tables| tables < entry.draft.tables.len()) {
        return written(format!(
            "`--rows {rows}` is not followed: of a part of the tables of the ready-made `{name}` \
             there are only the rows that are written"
        ));
    }
    let design = design::resolve(&entry.draft).map_err(|findings| {
        Error::failed(format!("the catalog's `{name}` is broken: {findings:?}"))
    })?;
    // What is hidden in it is told on a page that belongs to a design made at size.
    let design = fit(&design.0.without_story().closed(&BTreeMap::new()), &Samples::default());
    let plan = Plan::new(&design, &Sizes { rows: Some(rows), ..Sizes::default() }, request.seed)?;
    if let Some(why) = too_few(&design, rows) {
        return written(why);
    }
    let recipe = recipe(&design, &plan.rows(), plan.seed)?;
    // So few rows are told apart in memory, by one thread.
    recipe.prove(work, 1)?;
    let made = batches(&recipe, |_, rows| 0..rows)?.into_iter().zip(design.tables());
    let tables = made
        .map(|(batch, table)| MadeTable {
            columns: table
                .columns()
                .iter()
                .map(design::DesignColumn::to_column)
                .collect::<Vec<Column>>(),
            batch,
        })
        .collect();
    let (findings, rejects) = (Vec::new(), Vec::new());
    Ok(World::Made(Box::new(Made { design, tables, findings, rejects })))
}
