//! References: what stands in referring columns, made fit for what they refer to.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{Field, Schema};
use peyote_schemas::dataset::Table;
use peyote_schemas::guard::{self, Action, Reject, Rules};
use peyote_schemas::{Cell, Finding, ForeignKey, Kind, Level};

use super::keys::place;

/// The share of a reference's words that must be in the table referred to for it to be kept.
const KNOWN_SHARE: f64 = 0.5;

/// Makes text of the enums that refer to rows: what may stand there is for the rows to say.
pub(super) fn free_references(table: &mut Table) {
    let mut changed = false;
    for column in &mut table.columns {
        let refers = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
        if refers && matches!(column.kind, Kind::Enum(_)) {
            column.kind = Kind::Text;
            changed = true;
        }
    }
    if changed {
        table.batch = guard::column::batch(&table.raw, &table.columns);
    }
}

/// Empties the references that say in words that they name nothing: `None`, `N/A`.
pub(super) fn empty_references(child: usize, tables: &mut [Table], rejects: &mut Vec<Reject>) {
    const NOTHING: [&str; 6] = ["none", "n/a", "na", "nil", "null", "-"];
    for key in tables[child].foreign_keys.clone() {
        let [column] = key.columns.as_slice() else { continue };
        let Some((at, known)) = referred(&tables[child], tables, &key) else { continue };
        let table = &mut tables[child];
        if table.primary_key.contains(column) {
            continue;
        }
        let says_nothing: Vec<usize> = (table.raw.texts(at).enumerate())
            .filter_map(|(row, text)| Some((row, text?.trim())))
            .filter(|(_, text)| NOTHING.contains(&text.to_lowercase().as_str()))
            .filter(|(_, text)| !known.contains(*text))
            .map(|(row, _)| row)
            .collect();
        for row in says_nothing.iter().copied() {
            rejects.push(Reject {
                table: table.raw.name.clone(),
                row,
                column: Some(column.clone()),
                value: table.raw.text(row, at).unwrap_or_default().into(),
                action: Action::Null,
                reason: format!("names no row of `{}`", key.references.table),
            });
            table.raw.set(row, at, Cell::Absent);
        }
        if !says_nothing.is_empty() {
            table.columns[at].nullable = true;
            table.batch = guard::column::batch(&table.raw, &table.columns);
        }
    }
}

/// Drops the references whose words are mostly not those of the table referred to: dealing them to
/// its rows would put words into people's mouths. Ids say nothing, so they are dealt.
pub(super) fn drop_strangers(child: usize, tables: &mut [Table], findings: &mut Vec<Finding>) {
    let mut keys = tables[child].foreign_keys.clone();
    keys.retain(|key| {
        let table = &tables[child];
        let Some((at, known)) = referred(table, tables, key) else { return true };
        let is_id = matches!(table.columns[at].kind, Kind::Int(_) | Kind::Uuid)
            || key.columns[0].ends_with("_id");
        let values: Vec<&str> = table.raw.texts(at).flatten().collect();
        let found = values.iter().filter(|value| known.contains(value.trim())).count();
        let stays = is_id || found as f64 >= KNOWN_SHARE * values.len() as f64;
        if !stays {
            findings.push(Finding::new(
                Level::Note,
                format!("/tables/{}/foreign_keys", table.raw.name),
                format!(
                    "`{}` was said to refer to `{}`, where only {found} of its {} values are: \
                     the reference was dropped",
                    key.columns[0],
                    key.references.table,
                    values.len()
                ),
            ));
        }
        stays
    });
    tables[child].foreign_keys = keys;
}

/// The place of a reference's one column, and the keys that it may have.
fn referred(
    child: &Table,
    tables: &[Table],
    key: &ForeignKey,
) -> Option<(usize, BTreeSet<String>)> {
    let ([column], [referred]) = (key.columns.as_slice(), key.references.columns.as_slice()) else {
        return None;
    };
    let parent = tables.iter().find(|table| table.raw.name == key.references.table)?;
    let keys = parent.raw.texts(place(parent, referred)?).flatten();
    Some((place(child, column)?, keys.map(|key| key.trim().to_owned()).collect()))
}

/// Gives referring columns the kind of what they refer to, parents first, now that every value of
/// theirs is there.
pub(super) fn share_kinds(tables: &mut [(Rules, RecordBatch)]) {
    for child in 0..tables.len() {
        for key in tables[child].0.foreign_keys.clone() {
            for (name, referred) in key.columns.iter().zip(&key.references.columns) {
                let at = |rules: &Rules, name: &String| {
                    rules.columns.iter().position(|column| column.name == *name)
                };
                let Some(parent) = tables
                    .iter()
                    .find(|(rules, _)| rules.table == key.references.table)
                    .and_then(|(rules, _)| Some(rules.columns[at(rules, referred)?].clone()))
                else {
                    continue;
                };
                let (rules, batch) = &mut tables[child];
                let Some(place) = at(rules, name) else { continue };
                if rules.columns[place].kind != parent.kind {
                    retype(rules, batch, place, &parent.kind);
                }
            }
        }
    }
}

/// Gives a column another kind, if every value of it has one there.
fn retype(rules: &mut Rules, batch: &mut RecordBatch, place: usize, kind: &Kind) {
    let before = batch.column(place);
    let Ok(after) = cast(before, &kind.to_arrow()) else { return };
    if after.null_count() != before.null_count() {
        return;
    }
    let mut arrays = batch.columns().to_vec();
    arrays[place] = after;
    let fields: Vec<Field> = (batch.schema().fields().iter().zip(&arrays))
        .map(|(field, array)| field.as_ref().clone().with_data_type(array.data_type().clone()))
        .collect();
    if let Ok(retyped) = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays) {
        *batch = retyped;
        rules.columns[place].kind = kind.clone();
    }
}
