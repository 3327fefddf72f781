//! [`enforce`]: tables that were read, held to a design.

use std::collections::BTreeSet;

use arrow::array::RecordBatch;
use peyote_schemas::dataset::Table;
use peyote_schemas::design::{Design, DesignTable};
use peyote_schemas::guard::{self, Action, Reject, Rules};
use peyote_schemas::infer::{self, Said};
use peyote_schemas::name::Identifier;
use peyote_schemas::read::{self, Reading, Source};
use peyote_schemas::{Cell, Column, Dataset, Finding, ForeignKey, Kind, Level, RawTable};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::invent::conform::{Conformed, conform};
use crate::run::OnError;

/// Tables that keep a design's promises, and what it took.
#[derive(Debug, Clone)]
pub struct Enforced {
    /// The designed tables that were found, in the design's order, under the design's names.
    pub dataset: Dataset,
    /// What was changed or set aside.
    pub rejects: Vec<Reject>,
}

/// Reads a text with the columns that a design expects of it: those of the table with the name of
/// the source, else of the one whose columns the text is found to have.
pub fn read_expecting(source: &Source<'_>, design: &Design) -> Reading<'static> {
    let with = |table: &DesignTable| {
        owned(read::read(&Source { expect: Some(&expected(table)), ..*source }))
    };
    let named = design.tables().iter().find(|table| is_called(table, source.stem()));
    if let Some(table) = named {
        return with(table);
    }
    let reading = read::read(source);
    match reading.tables.iter().find_map(|table| meant(table, design)) {
        Some(at) => with(&design.tables()[at]),
        None => owned(reading),
    }
}

fn owned(reading: Reading<'_>) -> Reading<'static> {
    let tables = reading.tables.into_iter().map(RawTable::into_owned).collect();
    Reading { tables, findings: reading.findings }
}

/// The tables of a reading under a design: its columns by name, its kinds, its keys and checks.
///
/// For every table rows in are rows out and the rejects of action `row`. A table or a column that
/// nobody designed is left out, and a finding says so.
pub fn enforce(
    design: &Design,
    tables: Vec<RawTable<'static>>,
    mut findings: Vec<Finding>,
    on_error: OnError,
) -> Result<Enforced, Error> {
    let mut parts: Vec<Vec<RawTable<'static>>> = vec![Vec::new(); design.tables().len()];
    let mut names = Vec::with_capacity(tables.len());
    for table in tables {
        let named = design.tables().iter().position(|designed| is_called(designed, &table.name));
        let found = named.or_else(|| meant(&table, design));
        names.push(found.map_or(table.name.clone(), |at| design.tables()[at].name().to_string()));
        match found {
            Some(at) => parts[at].push(table),
            None => findings.push(Finding::new(
                Level::Note,
                format!("/tables/{}", table.name),
                format!("`{}` is no table of the design and left out", table.name),
            )),
        }
    }
    for finding in &mut findings {
        name_table(finding, &names);
    }
    let mut rejects = Vec::new();
    let mut held = Vec::new();
    for (designed, parts) in design.tables().iter().zip(parts) {
        if parts.is_empty() {
            let message = format!("no rows of `{}` were found", designed.name());
            let at = format!("/tables/{}", designed.name());
            findings.push(Finding::new(Level::Note, at, message));
            continue;
        }
        match conform(parts, designed) {
            Ok(conformed) => {
                let raw = complete(&conformed, designed, &mut findings);
                held.push(typed(&raw, designed, on_error, &mut findings, &mut rejects)?);
            }
            Err(finding) => findings.push(finding),
        }
    }
    let rules: Vec<(Rules, RecordBatch)> =
        held.iter().map(|one| (rules(one, &held), one.table.batch.clone())).collect();
    let mended = guard::mend(&rules, on_error.into()).map_err(|broken| {
        failed(broken.len(), &broken.first().map(ToString::to_string).unwrap_or_default())
    })?;
    findings.extend(mended.findings);
    let mut changed = mended.rejects;
    let mut kept = Vec::new();
    let outcome = held.into_iter().zip(mended.rules.into_iter().zip(mended.batches));
    for (Held { table, rows, .. }, (rules, batch)) in outcome {
        let mut gone = BTreeSet::new();
        for reject in changed.iter_mut().filter(|reject| reject.table == table.raw.name) {
            if reject.is_row() {
                gone.insert(reject.row);
            }
            reject.row = rows[reject.row];
        }
        kept.push(Table {
            raw: without(&table.raw, &gone),
            columns: rules.columns,
            primary_key: rules.primary_key,
            foreign_keys: rules.foreign_keys,
            batch,
        });
    }
    rejects.append(&mut changed);
    Ok(Enforced { dataset: Dataset { tables: kept, findings }, rejects })
}

/// A designed table with its rows.
struct Held<'d> {
    designed: &'d DesignTable,
    table: Table,
    /// The number that each row had as it was read.
    rows: Vec<usize>,
}

/// A finding of table `/tables/N/…` as one of `/tables/NAME/…`, for tables change their order.
fn name_table(finding: &mut Finding, names: &[String]) {
    if let Some(rest) = finding.at.strip_prefix("/tables/") {
        let (number, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if let Some(name) = number.parse::<usize>().ok().and_then(|number| names.get(number)) {
            finding.at = format!("/tables/{name}{rest}");
        }
    }
}

fn is_called(table: &DesignTable, name: &str) -> bool {
    *table.name() == name || table.said().eq_ignore_ascii_case(name)
}

/// The designed table that most columns of a table are of, if those are half of the design's.
fn meant(table: &RawTable<'_>, design: &Design) -> Option<usize> {
    let known = |designed: &DesignTable| {
        let places: BTreeSet<usize> =
            table.header().iter().filter_map(|name| designed.place(name)).collect();
        places.len()
    };
    let mut best = None;
    for (at, designed) in design.tables().iter().enumerate() {
        let found = known(designed);
        if found * 2 >= designed.columns().len() && best.is_none_or(|(most, _)| found > most) {
            best = Some((found, at));
        }
    }
    best.map(|(_, at)| at)
}

fn expected(table: &DesignTable) -> Vec<Column> {
    let columns = table.columns().iter();
    columns.map(|column| Column { name: column.said().to_owned(), ..column.to_column() }).collect()
}

/// The rows under all columns of the design and no others.
fn complete(
    conformed: &Conformed,
    designed: &DesignTable,
    findings: &mut Vec<Finding>,
) -> RawTable<'static> {
    let raw = &conformed.raw;
    let at = format!("/tables/{}", designed.name());
    let extra = &raw.header()[raw.width() - conformed.extra..];
    if !extra.is_empty() {
        let message = format!("columns that are not designed are left out: {}", extra.join(", "));
        findings.push(Finding::new(Level::Note, at.clone(), message));
    }
    let places: Vec<Option<usize>> = (designed.columns().iter())
        .map(|column| raw.header().iter().position(|name| *column.name() == name.as_str()))
        .collect();
    let missing: Vec<&str> = (designed.columns().iter().zip(&places))
        .filter(|(_, place)| place.is_none())
        .map(|(column, _)| column.name().as_str())
        .collect();
    if !missing.is_empty() {
        let message = format!("columns are designed and not there: {}", missing.join(", "));
        findings.push(Finding::new(Level::Repair, at, message));
    }
    let header = designed.columns().iter().map(|column| column.name().to_string()).collect();
    let mut whole = RawTable::new(designed.name().as_str(), raw.source.clone(), header);
    for row in raw.rows() {
        let cell =
            |place: &Option<usize>| place.map_or(Cell::Absent, |at| row[at].clone().into_owned());
        whole.push_row(places.iter().map(cell));
    }
    whole
}

/// The rows as the design's kinds; how moments and numbers are written is read from them.
fn typed<'d>(
    raw: &RawTable<'static>,
    designed: &'d DesignTable,
    on_error: OnError,
    findings: &mut Vec<Finding>,
    rejects: &mut Vec<Reject>,
) -> Result<Held<'d>, Error> {
    let at = format!("/tables/{}", raw.name);
    let found = infer::kinds::columns(raw, &Said::default(), &at, &mut Vec::new());
    let columns: Vec<Column> = (designed.columns().iter().zip(found))
        .map(|(designed, found)| match designed.kind() {
            None => Column { nullable: designed.nullable(), ..found },
            Some(kind) => {
                let mut column = designed.to_column();
                let alike = (kind.is_moment() && found.kind.is_moment())
                    || (kind.is_number() && found.kind.is_number());
                if alike {
                    column.format = column.format.or(found.format);
                    column.unit = column.unit.or(found.unit);
                }
                column
            }
        })
        .collect();
    let mut gone = BTreeSet::new();
    let mut mended = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        for misfit in guard::column::array(raw, place, column).1 {
            let value = raw.text(misfit.row, place).unwrap_or_default();
            let reject = Reject {
                table: raw.name.clone(),
                row: misfit.row,
                column: Some(column.name.clone()),
                value: value.into(),
                action: Action::Null,
                reason: misfit.reason,
            };
            let twin = match &column.kind {
                Kind::Enum(members) if on_error == OnError::Repair => guard::meant(value, members),
                _ => None,
            };
            if let Some(twin) = twin {
                mended.push((reject.row, place, twin));
                rejects.push(Reject { action: Action::Repair, ..reject });
                continue;
            }
            match on_error {
                OnError::Repair | OnError::Null => rejects.push(reject),
                OnError::Reject if gone.insert(misfit.row) => rejects.push(Reject {
                    column: None,
                    value: whole(raw, misfit.row),
                    action: Action::Row,
                    ..reject
                }),
                OnError::Reject => {}
                OnError::Fail => {
                    let first =
                        format!("{at}/rows/{}/{}: {}", reject.row, column.name, reject.reason);
                    return Err(failed(1, &first));
                }
            }
        }
    }
    if !gone.is_empty() {
        let message =
            format!("{} rows do not fit the design's kinds and are set aside", gone.len());
        findings.push(Finding::new(Level::Repair, at, message));
    }
    let rows = (0..raw.len()).filter(|row| !gone.contains(row)).collect();
    let mut raw = without(raw, &gone);
    for (row, place, twin) in mended {
        raw.set(row, place, Cell::bare(twin.to_owned()));
    }
    let batch = guard::column::batch(&raw, &columns);
    let table = Table { raw, columns, primary_key: Vec::new(), foreign_keys: Vec::new(), batch };
    Ok(Held { designed, table, rows })
}

/// A row as an object of its texts.
fn whole(raw: &RawTable<'_>, row: usize) -> Value {
    let cells = raw.header().iter().zip(raw.row(row));
    cells
        .map(|(name, cell)| (name.clone(), cell.text().map_or(Value::Null, Value::from)))
        .collect::<Map<String, Value>>()
        .into()
}

/// The promises of a designed table, with references to the tables that are there.
fn rules(one: &Held<'_>, held: &[Held<'_>]) -> Rules {
    let Held { designed, table, .. } = one;
    let there =
        |key: &ForeignKey| held.iter().any(|other| other.table.raw.name == key.references.table);
    let texts = |set: &[Identifier]| set.iter().map(ToString::to_string).collect();
    Rules {
        table: table.raw.name.clone(),
        columns: table.columns.clone(),
        primary_key: texts(designed.primary_key()),
        unique: designed.unique().iter().map(|set| texts(set)).collect(),
        foreign_keys: (designed.foreign_keys().iter())
            .map(ForeignKey::to_text)
            .filter(there)
            .collect(),
        checks: designed.checks().to_vec(),
    }
}

/// A table without some of its rows.
fn without(raw: &RawTable<'static>, gone: &BTreeSet<usize>) -> RawTable<'static> {
    if gone.is_empty() {
        return raw.clone();
    }
    let mut kept = RawTable::new(raw.name.clone(), raw.source.clone(), raw.header().to_vec());
    for (_, row) in raw.rows().enumerate().filter(|(at, _)| !gone.contains(at)) {
        kept.push_row(row.into_iter().map(Cell::into_owned));
    }
    kept
}

fn failed(count: usize, first: &str) -> Error {
    Error::failed(format!("{count} promises of the design are broken, the first: {first}"))
        .at("--on-error fail")
        .hint("choose `--on-error repair`, `null` or `reject`")
}

#[cfg(test)]
mod tests;
