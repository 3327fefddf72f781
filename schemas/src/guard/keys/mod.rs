//! Integrity of typed tables: what their rules say, [`violations`] of them, and how to [`mend`] them.
//!
//! Tables are looked at by column. A rule is a key, a reference, the members of an enum, a value
//! that must be there, or a [`Check`]; one pass finds what breaks it, for `violations` and `mend`
//! alike, so that what was mended is never found again.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::Schema;
use serde_json::Value;

use super::reject::Reject;
use crate::column::Column;
use crate::draft::Check;
use crate::finding::{Finding, Level};
use crate::keys::ForeignKey;
use crate::value::json::cell_value;

mod check;
mod deal;
mod duplicate;
mod fault;
mod matching;
mod member;
mod patch;
mod repair;
mod strict;

use self::fault::{Fault, What};
pub use self::member::meant;

/// What a table promises; the columns stand as in its batch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// The table's name.
    pub table: String,
    /// Its columns: kinds, and whether a value may be missing.
    pub columns: Vec<Column>,
    /// The columns that together name a row, which are never null; empty where there are none.
    pub primary_key: Vec<String>,
    /// Other sets of columns in which no two rows agree, unless one of the values is null.
    pub unique: Vec<Vec<String>>,
    /// References to these or other columns of these tables.
    pub foreign_keys: Vec<ForeignKey>,
    /// What else holds for every row.
    pub checks: Vec<Check>,
}

/// A promise that a row breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The table.
    pub table: String,
    /// The row, from 0.
    pub row: usize,
    /// The columns that the promise is about.
    pub columns: Vec<String>,
    /// Their values: one alone as it is, more as an array.
    pub value: Value,
    /// What is wrong, as a lower-case fragment.
    pub reason: String,
}

/// What to do with what breaks a promise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum OnError {
    /// Mend it; where nothing can be made of it, as [`OnError::Null`].
    #[default]
    Repair,
    /// Make the value null where it may be; else as [`OnError::Reject`].
    Null,
    /// Set the row aside, and with it the rows that need it.
    Reject,
    /// Touch nothing and say what is wrong.
    Fail,
}

/// Tables that keep their promises, and what it took.
#[derive(Debug, Clone)]
pub struct Mended {
    /// The tables, in their order.
    pub batches: Vec<RecordBatch>,
    /// The rules they keep: those given, without the references that had to be dropped.
    pub rules: Vec<Rules>,
    /// Every change, by table, then in the order in which it was made.
    pub rejects: Vec<Reject>,
    /// References that were dropped, rules that speak of columns that are not there.
    pub findings: Vec<Finding>,
}

/// Everything that breaks a rule, by table, rule and row.
///
/// A rule that speaks of tables or columns that are not there is passed over.
pub fn violations(tables: &[(Rules, RecordBatch)]) -> Vec<Violation> {
    let held = hold(tables, &mut Vec::new());
    (0..held.len())
        .flat_map(|at| {
            fault::faults(&held, at)
                .into_iter()
                .map(|fault| held[at].violation(&fault))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Tables that keep their rules, by a policy; with [`OnError::Fail`] what is wrong, if anything is.
///
/// For every table the rows that come out and the rejects of action `row` are the rows that went
/// in, and [`violations`] of what comes out is empty under the rules that come out. The same tables
/// give the same result on every machine.
pub fn mend(tables: &[(Rules, RecordBatch)], on_error: OnError) -> Result<Mended, Vec<Violation>> {
    /// How often values are mended before rows are set aside: parents of parents of parents.
    const ROUNDS: usize = 6;
    let mut findings = Vec::new();
    let mut held = hold(tables, &mut findings);
    let mut rejects = Vec::new();
    match on_error {
        OnError::Fail => {
            let violations = violations(tables);
            if !violations.is_empty() {
                return Err(violations);
            }
        }
        OnError::Reject => {}
        OnError::Null | OnError::Repair => {
            repair::twins(&mut held, &mut rejects);
            deal::drop_hopeless(&mut held, &mut findings);
            for _ in 0..ROUNDS {
                if !repair::round(&mut held, on_error, &mut rejects) {
                    break;
                }
            }
        }
    }
    strict::set_aside(&mut held, on_error, &mut rejects);
    rejects.sort_by_key(|reject| held.iter().position(|table| table.rules.table == reject.table));
    let batches = held.iter().zip(tables).map(|(table, (_, batch))| table.batch(batch)).collect();
    Ok(Mended {
        batches,
        rules: held.into_iter().map(|table| table.rules).collect(),
        rejects,
        findings,
    })
}

/// A table while it is being mended.
struct Held {
    rules: Rules,
    arrays: Vec<ArrayRef>,
    /// The number that each row had at first.
    origin: Vec<usize>,
    primary: Vec<usize>,
    unique: Vec<Vec<usize>>,
    foreign: Vec<Link>,
}

/// A reference by the numbers of tables and columns.
#[derive(Clone)]
struct Link {
    columns: Vec<usize>,
    parent: usize,
    keys: Vec<usize>,
}

impl Held {
    fn rows(&self) -> usize {
        self.origin.len()
    }

    /// Whether a column must have a value in every row.
    fn is_required(&self, column: usize) -> bool {
        !self.rules.columns[column].nullable || self.primary.contains(&column)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.rules.columns.iter().position(|column| column.name == name)
    }

    fn places(&self, names: &[String]) -> Option<Vec<usize>> {
        names.iter().map(|name| self.place(name)).collect()
    }

    fn value(&self, row: usize, column: usize) -> Value {
        cell_value(&self.arrays[column], row, &self.rules.columns[column].kind)
    }

    /// The keys of the table, the primary one first.
    fn keys(&self) -> impl Iterator<Item = &Vec<usize>> {
        std::iter::once(&self.primary).chain(&self.unique).filter(|key| !key.is_empty())
    }

    fn violation(&self, fault: &Fault) -> Violation {
        let mut values: Vec<Value> =
            fault.columns.iter().map(|column| self.value(fault.row, *column)).collect();
        let value = if values.len() == 1 { values.remove(0) } else { Value::Array(values) };
        Violation {
            table: self.rules.table.clone(),
            row: self.origin[fault.row],
            columns: fault
                .columns
                .iter()
                .map(|column| self.rules.columns[*column].name.clone())
                .collect(),
            value,
            reason: self.reason(&fault.what),
        }
    }

    fn reason(&self, what: &What) -> String {
        let name = |column: &usize| self.rules.columns[*column].name.as_str();
        let names = |columns: &[usize]| columns.iter().map(name).collect::<Vec<_>>().join("`, `");
        match what {
            What::Missing => "there is no value".into(),
            What::Word => "not a member of the enum".into(),
            What::Primary => "the primary key is there already".into(),
            What::Unique(key) => {
                format!("`{}` must be unique and is there already", names(&self.unique[*key]))
            }
            What::Orphan(link) => {
                let references = &self.rules.foreign_keys[*link].references;
                format!(
                    "no row of `{}` has this `{}`",
                    references.table,
                    references.columns.join("`, `")
                )
            }
            What::Check(check) => check::reason(&self.rules.checks[*check]),
        }
    }

    fn reject(
        &self,
        row: usize,
        column: Option<usize>,
        action: super::reject::Action,
        reason: String,
    ) -> Reject {
        let value = match column {
            Some(column) => self.value(row, column),
            None => (0..self.arrays.len())
                .map(|at| (self.rules.columns[at].name.clone(), self.value(row, at)))
                .collect(),
        };
        Reject {
            table: self.rules.table.clone(),
            row: self.origin[row],
            column: column.map(|column| self.rules.columns[column].name.clone()),
            value,
            action,
            reason,
        }
    }

    /// Keeps the rows that are marked.
    fn keep(&mut self, keep: &[bool]) {
        let mask = arrow::array::BooleanArray::from(keep.to_vec());
        for array in &mut self.arrays {
            if let Ok(kept) = arrow::compute::filter(array, &mask) {
                *array = kept;
            }
        }
        let mut keep = keep.iter();
        self.origin.retain(|_| keep.next().copied().unwrap_or(true));
    }

    fn batch(&self, before: &RecordBatch) -> RecordBatch {
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows()));
        let with =
            |schema| RecordBatch::try_new_with_options(schema, self.arrays.clone(), &options);
        with(before.schema())
            .or_else(|_| {
                // The batch was stricter than its rules, which let a value become null.
                let fields = before
                    .schema()
                    .fields()
                    .iter()
                    .map(|field| field.as_ref().clone().with_nullable(true))
                    .collect::<Vec<_>>();
                with(Arc::new(Schema::new_with_metadata(
                    fields,
                    before.schema().metadata().clone(),
                )))
            })
            .unwrap_or_else(|_| before.clone())
    }
}

/// The tables with their rules by number; rules of what is not there are left out.
fn hold(tables: &[(Rules, RecordBatch)], findings: &mut Vec<Finding>) -> Vec<Held> {
    let places: BTreeMap<&str, usize> = tables
        .iter()
        .enumerate()
        .rev()
        .map(|(at, (rules, _))| (rules.table.as_str(), at))
        .collect();
    let mut held: Vec<Held> = tables
        .iter()
        .map(|(rules, batch)| Held {
            rules: rules.clone(),
            arrays: batch.columns().to_vec(),
            origin: (0..batch.num_rows()).collect(),
            primary: Vec::new(),
            unique: Vec::new(),
            foreign: Vec::new(),
        })
        .collect();
    for at in 0..held.len() {
        // A column of the rules that the batch lacks, or the other way round, is nobody's.
        let width = held[at].arrays.len();
        held[at].rules.columns.truncate(width);
        let rules = held[at].rules.clone();
        let mut lost = |what: &str| {
            let message =
                format!("{what} of `{}` speaks of columns that are not there", rules.table);
            findings.push(Finding::new(Level::Note, format!("/tables/{at}"), message));
        };
        let primary = held[at].places(&rules.primary_key).unwrap_or_else(|| {
            lost("the primary key");
            Vec::new()
        });
        let unique = rules
            .unique
            .iter()
            .filter_map(|set| held[at].places(set))
            .filter(|set| !set.is_empty())
            .collect();
        let mut foreign = Vec::new();
        let mut kept = Vec::new();
        for key in &rules.foreign_keys {
            let link = places.get(key.references.table.as_str()).and_then(|parent| {
                let columns = held[at].places(&key.columns)?;
                let keys = held[*parent].places(&key.references.columns)?;
                (!keys.is_empty() && keys.len() == columns.len()).then_some(Link {
                    columns,
                    parent: *parent,
                    keys,
                })
            });
            if let Some(link) = link {
                foreign.push(link);
                kept.push(key.clone());
            } else {
                lost("a foreign key");
            }
        }
        let table = &mut held[at];
        (table.primary, table.unique, table.foreign) = (primary, unique, foreign);
        table.rules.unique = table
            .unique
            .iter()
            .map(|set| set.iter().map(|at| rules.columns[*at].name.clone()).collect())
            .collect();
        table.rules.foreign_keys = kept;
        if table.primary.is_empty() {
            table.rules.primary_key.clear();
        }
    }
    held
}

#[cfg(test)]
mod tests;
