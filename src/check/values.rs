//! [`changed`]: the values of changed files that are not what the design makes, by making them again.

use std::path::Path;

use arrow::array::{Array, RecordBatch};
use peyote_schemas::design::Design;
use peyote_schemas::guard::{Rules, Violation};
use peyote_schemas::value::json::cell_value;

use super::files::{Compared, manifest};
use crate::error::Error;
use crate::generate::recipe::recipe;
use crate::plan::{Plan, Sizes};

/// Rows that are made at once.
const RUN: usize = 4096;
/// Rows next to each other of which most are others, from which on they are taken to stand elsewhere.
const MOVED: usize = 16;
/// Values that are named; who has changed more has changed the table.
const MOST: usize = 1000;

/// The values of tables with changed files that are not those that were made, where the folder's
/// tables were made at size from its design, whole, and stay as they were made: sums, copies and all
/// that hangs on other values among them. Nothing where only the files can be compared.
pub(super) fn changed(
    folder: &Path,
    design: &Design,
    compared: &Compared,
    tables: &[(Rules, RecordBatch)],
) -> Result<Vec<Violation>, Error> {
    let is_changed = |path: &str| compared.faults.iter().any(|fault| fault.path == path);
    let Some(manifest) = manifest(folder).filter(|_| !is_changed("design.json")) else {
        return Ok(Vec::new());
    };
    let Some(made) = manifest.made.filter(|made| made.part.is_none() && made.extended.is_empty())
    else {
        return Ok(Vec::new());
    };
    let sizes = Sizes { tables: made.rows, ..Sizes::default() };
    let plan = Plan::new(design, &sizes, manifest.seed)?;
    let recipe = recipe(design, &plan.rows(), plan.seed)?;
    let mut violations = Vec::new();
    for (table, (rules, batch)) in tables.iter().enumerate() {
        let of_table = |path: &str| {
            let rest =
                path.strip_prefix("samples/").and_then(|path| path.strip_prefix(&rules.table));
            rest.is_some_and(|rest| rest.starts_with(['.', '/']))
        };
        if !compared.faults.iter().any(|fault| of_table(&fault.path)) {
            continue;
        }
        let rows = batch.num_rows().min(recipe.tables()[table].rows() as usize);
        let whole = rows as u64 == recipe.tables()[table].rows() && rows == batch.num_rows();
        let mut frame = recipe.frame(table);
        'table: for first in (0..rows).step_by(RUN) {
            let len = RUN.min(rows - first);
            recipe.fill(table, first as u64, len, &mut frame);
            let mut differ = Vec::new();
            for ((column, lane), array) in
                rules.columns.iter().zip(&frame.lanes).zip(batch.columns())
            {
                let made = lane.to_arrow(&column.kind);
                let made = made.map_err(|error| Error::failed(error.to_string()))?;
                let array = array.slice(first, len);
                if made.as_ref() == array.as_ref() {
                    continue;
                }
                for row in 0..len {
                    let (was, is) = (
                        cell_value(&made, row, &column.kind),
                        cell_value(&array, row, &column.kind),
                    );
                    if was != is {
                        differ.push(Violation {
                            table: rules.table.clone(),
                            row: first + row,
                            columns: vec![column.name.clone()],
                            value: is,
                            reason: format!("the design makes {was} of it here"),
                        });
                    }
                }
            }
            differ.sort_by_key(|violation| violation.row);
            let mut places: Vec<usize> = differ.iter().map(|one| one.row).collect();
            places.dedup();
            let behind = differ.first().map_or(0, |one| first + len - one.row);
            // All rows behind a missing one stand elsewhere.
            let moved = !whole || places.len() >= MOVED && places.len() * 2 > behind;
            if let Some(one) = differ.first().filter(|_| moved) {
                violations.push(Violation {
                    reason: format!(
                        "{}: rows are missing, too many or moved from here on",
                        one.reason
                    ),
                    ..one.clone()
                });
                break 'table;
            }
            violations.extend(differ);
            if violations.len() >= MOST {
                violations.truncate(MOST);
                return Ok(violations);
            }
        }
    }
    Ok(violations)
}
