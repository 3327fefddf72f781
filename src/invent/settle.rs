//! [`settle`]: what was designed and what the rows turned out to be, made to agree.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{Field, Schema};
use peyote_schemas::dataset::Table;
use peyote_schemas::design::{Design, DesignTable, Settlement};
use peyote_schemas::draft::Check;
use peyote_schemas::guard::{self, Action, Reject, Rules, Violation};
use peyote_schemas::infer::{self, Said};
use peyote_schemas::{Cell, Column, Finding, ForeignKey, Kind, Level, RawTable, Reference};

use super::rows::Rows;
use crate::error::Error;
use crate::export::Sheet;
use crate::run::{OnError, Request};

/// The share of rows that a said primary key must tell apart to be mended; below, it is no key.
const KEY_SHARE: f64 = 0.5;
/// The share of a reference's values that must be in another unique column of the parent than its
/// primary key for the reference to mean that one.
const NATURAL_SHARE: f64 = 0.3;

/// A dataset made from a conversation: typed, and true to its design.
#[derive(Debug, Clone)]
pub struct Made {
    /// The design, every kind in it known.
    pub design: Design,
    /// The rows of its tables, in the design's order.
    pub tables: Vec<MadeTable>,
    /// What was found on the way.
    pub findings: Vec<Finding>,
    /// What was changed or set aside.
    pub rejects: Vec<Reject>,
}

/// The rows of a designed table.
#[derive(Debug, Clone)]
pub struct MadeTable {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its values.
    pub batch: RecordBatch,
}

impl Made {
    /// Its tables as they are written, in the design's order.
    pub fn sheets(&self) -> Vec<OwnedSheet<'_>> {
        let tables = self.design.tables().iter().zip(&self.tables);
        tables
            .map(|(design, table)| OwnedSheet {
                design,
                primary_key: design.primary_key().iter().map(ToString::to_string).collect(),
                foreign_keys: design.foreign_keys().iter().map(ForeignKey::to_text).collect(),
                table,
            })
            .collect()
    }
}

/// A table with its keys as text.
#[derive(Debug, Clone)]
pub struct OwnedSheet<'a> {
    design: &'a DesignTable,
    primary_key: Vec<String>,
    foreign_keys: Vec<ForeignKey>,
    table: &'a MadeTable,
}

impl OwnedSheet<'_> {
    /// The table as it is written.
    pub fn sheet(&self) -> Sheet<'_> {
        Sheet {
            name: self.design.name().as_str(),
            description: self.design.description(),
            columns: &self.table.columns,
            primary_key: &self.primary_key,
            foreign_keys: &self.foreign_keys,
            batch: &self.table.batch,
        }
    }
}

/// Types the rows, decides the keys, and mends what breaks them.
///
/// Tables that nobody designed and no answer knew get the keys that other tables' rows name.
pub fn settle(design: &Design, rows: Rows, request: &Request) -> Result<Made, Error> {
    let mut findings = rows.findings;
    let raws = with_implied(design, rows.tables, &mut findings);
    let said: Vec<Said> = design.tables().iter().map(said).collect();
    let mut rejects = Vec::new();
    let mut tables: Vec<Table> = (raws.into_iter().zip(&said))
        .map(|(raw, said)| typed(raw, said, &mut findings, &mut rejects))
        .collect();
    let mut found = Vec::new();
    infer::keys::find(&mut tables, &said, &mut found);
    findings.extend(found.into_iter().map(|finding| named(finding, &tables)));
    for (designed, table) in design.tables().iter().zip(&mut tables) {
        primary(designed, table, &mut findings);
        table.foreign_keys.retain(|key| is_told_by_name(key, &table.primary_key));
    }
    let claims: Vec<Vec<ForeignKey>> = (design.tables().iter().zip(0..))
        .map(|(table, at)| foreign(table, at, &tables, &mut findings))
        .collect();
    for (table, keys) in tables.iter_mut().zip(claims) {
        table.foreign_keys = keys;
        free_references(table);
    }
    let rules: Vec<(Rules, RecordBatch)> = (design.tables().iter().zip(&tables))
        .map(|(designed, table)| (rules(designed, table), table.batch.clone()))
        .collect();
    let mended = guard::mend(&rules, request.on_error.into()).map_err(|broken| failed(&broken))?;
    rejects.extend(mended.rejects);
    findings.extend(mended.findings);
    let mut kept: Vec<(Rules, RecordBatch)> =
        mended.rules.into_iter().zip(mended.batches).collect();
    share_kinds(&mut kept);
    for (rules, batch) in &mut kept {
        for (column, array) in rules.columns.iter_mut().zip(batch.columns()) {
            column.nullable |= array.null_count() > 0;
        }
    }
    let settlements = (kept.iter().zip(&tables))
        .map(|((rules, batch), table)| (rules.table.clone(), settlement(rules, batch, table)))
        .collect();
    let (design, found) = design.settle(&settlements);
    findings.extend(found);
    let tables = (design.tables().iter())
        .filter_map(|table| {
            let (rules, batch) =
                kept.iter().find(|(rules, _)| *table.name() == rules.table.as_str())?;
            let columns = rules.columns.iter().zip(table.columns());
            let columns = columns.map(|(kept, designed)| Column {
                name: designed.name().to_string(),
                description: designed.description().map(str::to_owned),
                ..kept.clone()
            });
            Some(MadeTable { columns: columns.collect(), batch: batch.clone() })
        })
        .collect();
    Ok(Made { design, tables, findings, rejects })
}

/// The promises of a table: what its design says and its rows bear.
fn rules(design: &DesignTable, table: &Table) -> Rules {
    let has = |name: &str| place(table, name).is_some();
    let mut unique: Vec<Vec<String>> = (design.unique().iter())
        .map(|set| set.iter().map(ToString::to_string).collect::<Vec<_>>())
        .filter(|set| set.iter().all(|name| has(name)))
        .collect();
    unique.retain(|set| *set != table.primary_key);
    let mut checks: Vec<Check> = design.checks().to_vec();
    for check in infer::checks::checks(&table.columns, &table.batch) {
        if !checks.contains(&check) {
            checks.push(check);
        }
    }
    Rules {
        table: table.raw.name.clone(),
        columns: table.columns.clone(),
        primary_key: table.primary_key.clone(),
        unique,
        foreign_keys: table.foreign_keys.clone(),
        checks,
    }
}

/// What a table turned out to be, for the design to take over.
fn settlement(rules: &Rules, batch: &RecordBatch, table: &Table) -> Settlement {
    let refers = |name: &str| {
        rules.primary_key.iter().any(|key| key == name)
            || rules.foreign_keys.iter().any(|key| key.columns.iter().any(|column| column == name))
    };
    let vocabulary = (rules.columns.iter().zip(batch.columns()))
        .filter(|(column, _)| column.kind == Kind::Text && !refers(&column.name))
        .filter_map(|(column, array)| {
            let mut words: Vec<String> = Vec::new();
            for word in array.as_string_opt::<i32>()?.iter().flatten() {
                if !words.iter().any(|known| known == word) {
                    words.push(word.to_owned());
                }
            }
            Some((column.name.clone(), words))
        })
        .collect();
    Settlement {
        columns: rules.columns.clone(),
        primary_key: rules.primary_key.clone(),
        foreign_keys: rules.foreign_keys.clone(),
        unique: [infer::keys::unique(table), rules.unique.clone()].concat(),
        checks: rules.checks.clone(),
        vocabulary,
    }
}

/// The error of a run that was told to fail.
fn failed(broken: &[Violation]) -> Error {
    let first = broken.first().map(ToString::to_string).unwrap_or_default();
    Error::failed(format!("{} promises are broken, the first: {first}", broken.len()))
        .at("--on-error fail")
        .hint("choose `--on-error repair`, `null` or `reject`; every answer is kept")
}

impl From<OnError> for guard::OnError {
    fn from(on_error: OnError) -> Self {
        match on_error {
            OnError::Repair => Self::Repair,
            OnError::Null => Self::Null,
            OnError::Reject => Self::Reject,
            OnError::Fail => Self::Fail,
        }
    }
}

/// What the design says of a table, for inference to weigh.
fn said(table: &DesignTable) -> Said {
    let columns = table.columns().iter().filter_map(|column| {
        let kind = column.kind()?.clone();
        Some(Column {
            nullable: column.nullable(),
            unit: column.unit().map(str::to_owned),
            format: column.format().map(str::to_owned),
            description: column.description().map(str::to_owned),
            ..Column::new(column.name().as_str(), kind)
        })
    });
    let remarks = table
        .columns()
        .iter()
        .filter_map(|column| Some((column.name().to_string(), column.remark()?.to_owned())));
    Said { columns: columns.collect(), remarks: remarks.collect() }
}

/// The rows of every table; where there are none, the keys that the rows of others name.
fn with_implied(
    design: &Design,
    tables: Vec<Option<RawTable<'static>>>,
    findings: &mut Vec<Finding>,
) -> Vec<RawTable<'static>> {
    let mut made: Vec<RawTable<'static>> = Vec::with_capacity(tables.len());
    for (table, raw) in design.tables().iter().zip(&tables) {
        if let Some(raw) = raw {
            made.push(raw.clone());
            continue;
        }
        let key: Vec<String> = match table.primary_key() {
            [] => table.columns().iter().take(1).map(|column| column.name().to_string()).collect(),
            key => key.iter().map(ToString::to_string).collect(),
        };
        let mut raw = RawTable::new(table.name().as_str(), "implied", key);
        let mut seen = BTreeSet::new();
        for row in referring(design, table, &tables) {
            if seen.insert(row.clone()) {
                raw.push_row(row.into_iter().map(Cell::bare));
            }
        }
        findings.push(
            Finding::new(
                Level::Repair,
                format!("/tables/{}", table.name()),
                format!(
                    "no answer has a table `{}`, so it holds the {} keys that other tables name",
                    table.name(),
                    raw.len()
                ),
            )
            .hint("a larger model designs the tables it refers to"),
        );
        made.push(raw);
    }
    made
}

/// The keys of a table that the rows of other tables name, in order, whole ones only.
fn referring(
    design: &Design,
    target: &DesignTable,
    tables: &[Option<RawTable<'static>>],
) -> Vec<Vec<String>> {
    let mut keys = Vec::new();
    for (table, raw) in design.tables().iter().zip(tables) {
        let Some(raw) = raw else { continue };
        for key in table.foreign_keys() {
            if key.references.table != *target.name() {
                continue;
            }
            let places: Option<Vec<usize>> = (key.columns.iter())
                .map(|column| raw.header().iter().position(|name| name == column.as_str()))
                .collect();
            for row in places.iter().flat_map(|_| 0..raw.len()) {
                let key: Option<Vec<String>> = (places.iter().flatten())
                    .map(|place| raw.text(row, *place).map(|text| text.trim().to_owned()))
                    .collect();
                keys.extend(key.filter(|key| key.iter().all(|part| !part.is_empty())));
            }
        }
    }
    keys
}

fn typed(
    raw: RawTable<'static>,
    said: &Said,
    findings: &mut Vec<Finding>,
    rejects: &mut Vec<Reject>,
) -> Table {
    let at = format!("/tables/{}", raw.name);
    let columns = infer::kinds::columns(&raw, said, &at, findings);
    for (place, column) in columns.iter().enumerate() {
        for misfit in guard::column::array(&raw, place, column).1 {
            let value = raw.text(misfit.row, place).unwrap_or_default();
            rejects.push(Reject {
                table: raw.name.clone(),
                row: misfit.row,
                column: Some(column.name.clone()),
                value: value.into(),
                action: Action::Null,
                reason: misfit.reason,
            });
        }
    }
    let batch = guard::column::batch(&raw, &columns);
    Table { raw, columns, primary_key: Vec::new(), foreign_keys: Vec::new(), batch }
}

/// The said primary key, where the rows bear it; else the one that was found.
fn primary(design: &DesignTable, table: &mut Table, findings: &mut Vec<Finding>) {
    let said: Vec<String> = design.primary_key().iter().map(ToString::to_string).collect();
    if said == table.primary_key {
        return;
    }
    if said.is_empty() {
        if !is_key_by_name(design, &table.primary_key) {
            // Unlike by chance, as the first names of twenty people may be.
            table.primary_key.clear();
        }
        return;
    }
    let at = format!("/tables/{}/primary_key", design.name());
    let places: Option<Vec<usize>> = said.iter().map(|name| place(table, name)).collect();
    let Some(places) = places else {
        let message = format!("the rows lack the primary key `{}`", said.join(", "));
        findings.push(Finding::new(Level::Note, at, message));
        return;
    };
    let keys: BTreeSet<Vec<Option<&str>>> = (0..table.raw.len())
        .map(|row| places.iter().map(|place| table.raw.text(row, *place)).collect())
        .collect();
    let enough = if is_key_by_name(design, &said) { KEY_SHARE } else { 1.0 };
    if keys.len() as f64 >= enough * table.raw.len() as f64 {
        table.primary_key = said;
        return;
    }
    if !is_key_by_name(design, &table.primary_key) {
        table.primary_key.clear();
    }
    let message = format!(
        "`{}` was said to be the primary key, but {} rows have only {} of it",
        said.join(", "),
        table.raw.len(),
        keys.len()
    );
    findings.push(Finding::new(Level::Note, at, message));
}

/// Whether the names of columns say that they name rows: an id, a code, the name of the thing
/// itself; of several columns, each a key of its own or a position.
fn is_key_by_name(design: &DesignTable, columns: &[String]) -> bool {
    const KEYS: [&str; 12] = [
        "id", "code", "key", "number", "no", "uuid", "guid", "sku", "isbn", "iata", "icao", "isrc",
    ];
    const THINGS: [&str; 3] = ["name", "title", "label"];
    let word = |name: &str| name.rsplit('_').next().unwrap_or(name).to_owned();
    let is_key = |name: &String| KEYS.contains(&word(name).as_str());
    match columns {
        [] => false,
        [name] => {
            let stem = name.strip_suffix(&format!("_{}", word(name))).unwrap_or("");
            is_key(name)
                || (THINGS.contains(&word(name).as_str())
                    && (stem.is_empty() || design.name().as_str().starts_with(stem)))
        }
        many => many.iter().all(is_key),
    }
}

/// Whether a reference that nobody spoke of is told by its name: that of the key it refers to, alone
/// or behind a role (`home_team_id`), and not the table's own key.
fn is_told_by_name(key: &ForeignKey, primary_key: &[String]) -> bool {
    key.columns != primary_key
        && key.columns.iter().zip(&key.references.columns).all(|(column, referred)| {
            column == referred || column.ends_with(&format!("_{referred}"))
        })
}

/// Makes text of the enums that refer to rows: what may stand there is for the rows to say.
fn free_references(table: &mut Table) {
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

/// Gives referring columns the kind of what they refer to, parents first, now that every value of
/// theirs is there.
fn share_kinds(tables: &mut [(Rules, RecordBatch)]) {
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

/// A finding that speaks of a table by its number as one that names it.
fn named(mut finding: Finding, tables: &[Table]) -> Finding {
    if let Some(rest) = finding.at.strip_prefix("/tables/") {
        let (number, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if let Some(table) = number.parse::<usize>().ok().and_then(|at| tables.get(at)) {
            finding.at = format!("/tables/{}{rest}", table.raw.name);
        }
    }
    finding
}

/// The references of a table: those that its rows prove, and those that were said and can be kept.
fn foreign(
    design: &DesignTable,
    at: usize,
    tables: &[Table],
    findings: &mut Vec<Finding>,
) -> Vec<ForeignKey> {
    let child = &tables[at];
    let mut keys = child.foreign_keys.clone();
    for said in design.foreign_keys().iter().map(ForeignKey::to_text) {
        if keys.iter().any(|key| key.columns == said.columns) {
            continue;
        }
        let told = |message: String| {
            let at = format!("/tables/{}/foreign_keys", design.name());
            Finding::new(Level::Note, at, message)
        };
        let (columns, target) = (said.columns.join(", "), &said.references.table);
        if said.columns.iter().any(|name| place(child, name).is_none()) {
            findings
                .push(told(format!("the rows lack `{columns}`, which should refer to `{target}`")));
            continue;
        }
        let Some(parent) = tables.iter().find(|table| table.raw.name == *target) else { continue };
        match meant(child, parent, &said) {
            Some(columns) => keys.push(ForeignKey {
                references: Reference { table: target.clone(), columns },
                ..said
            }),
            None => findings.push(told(format!(
                "no value of `{columns}` names a row of `{target}`: the reference was dropped"
            ))),
        }
    }
    keys
}

/// The columns of the parent that a reference means: another unique column than the primary key
/// where more of the values are there, else the primary key where the kinds allow it.
fn meant(child: &Table, parent: &Table, said: &ForeignKey) -> Option<Vec<String>> {
    let [column] = said.columns.as_slice() else {
        return (parent.primary_key.len() == said.columns.len())
            .then(|| parent.primary_key.clone());
    };
    let from = place(child, column)?;
    let values: Vec<&str> = child.raw.texts(from).flatten().collect();
    let share = |to: usize| {
        let keys: BTreeSet<&str> = parent.raw.texts(to).flatten().collect();
        let unique = keys.len() == parent.raw.len();
        let found = values.iter().filter(|value| keys.contains(*value)).count();
        if unique { found as f64 / values.len().max(1) as f64 } else { 0.0 }
    };
    let primary = match parent.primary_key.as_slice() {
        [name] => place(parent, name),
        _ => None,
    };
    let best = (0..parent.columns.len()).map(|to| (share(to), to)).fold(
        (0.0, None),
        |best: (f64, Option<usize>), (share, to)| {
            if share > best.0 { (share, Some(to)) } else { best }
        },
    );
    let primary_share = primary.map_or(0.0, share);
    if let (natural, Some(to)) = best
        && natural >= NATURAL_SHARE
        && natural > primary_share
    {
        return Some(vec![parent.columns[to].name.clone()]);
    }
    let to = primary?;
    let alike = same_family(&child.columns[from].kind, &parent.columns[to].kind);
    (primary_share > 0.0 || alike).then(|| vec![parent.columns[to].name.clone()])
}

/// Whether values of two kinds can be each other's keys.
fn same_family(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Int(_), Kind::Int(_)) | (Kind::Uuid, Kind::Uuid) => true,
        // Text that names nothing in the parent says something of its own.
        _ => false,
    }
}

fn place(table: &Table, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.name == name)
}
