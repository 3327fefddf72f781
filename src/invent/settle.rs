//! [`settle`]: what was designed and what the rows turned out to be, made to agree.

use arrow::array::{Array, AsArray, RecordBatch};
use peyote_schemas::dataset::Table;
use peyote_schemas::design::{Design, DesignTable, Settlement};
use peyote_schemas::draft::Check;
use peyote_schemas::guard::{self, Action, Reject, Rules, Violation};
use peyote_schemas::infer::{self, Said};
use peyote_schemas::{Column, Finding, ForeignKey, Kind, RawTable};

use super::implied::with_implied;
use super::keys::{foreign, is_told_by_name, place, primary};
use super::made::{Made, MadeTable};
use super::references::{drop_strangers, empty_references, free_references, share_kinds};
use super::rows::Rows;
use crate::error::Error;
use crate::generate::cell;
use crate::run::{OnError, Request};

/// Types the rows, decides the keys, and mends what breaks them.
///
/// Tables that nobody designed and no answer knew get the keys that other tables' rows name.
pub fn settle(design: &Design, rows: Rows, request: &Request) -> Result<Made, Error> {
    let mut findings = rows.findings;
    let raws = with_implied(design, &rows.tables, &mut findings);
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
    for at in 0..tables.len() {
        empty_references(at, &mut tables, &mut rejects);
        drop_strangers(at, &mut tables, &mut findings);
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
        // Made rows rise where the design says so; that most do by chance says nothing.
        let chance = table.raw.source == cell::MADE && matches!(check, Check::Order { .. });
        if !chance && !checks.contains(&check) {
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
        unique: [unique(rules, batch, table), rules.unique.clone()].concat(),
        checks: rules.checks.clone(),
        vocabulary,
    }
}

/// The sets of columns that told rows apart as they came, and still do after mending.
fn unique(rules: &Rules, batch: &RecordBatch, table: &Table) -> Vec<Vec<String>> {
    let holds = |set: &Vec<String>| {
        let alone = Rules {
            table: rules.table.clone(),
            columns: rules.columns.clone(),
            unique: vec![set.clone()],
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
        };
        guard::violations(&[(alone, batch.clone())]).is_empty()
    };
    infer::keys::unique(table).into_iter().filter(holds).collect()
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
pub(super) fn said(table: &DesignTable) -> Said {
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
