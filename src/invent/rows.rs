//! [`rows`]: the rows of every table of a design: asked for, or made where no answer has any.

use futures::future::join_all;
use peyote_backends::ask::ParentKeys;
use peyote_backends::{Answer, Ask, Backend};
use peyote_schemas::design::{Design, DesignTable};
use peyote_schemas::draft::{ColumnDraft, Idea, TableDraft};
use peyote_schemas::read::{self, Source};
use peyote_schemas::{Finding, Kind, Level, RawTable, vocabulary};

use super::attempt;
use super::conform::{Conformed, conform};
use crate::error::Error;
use crate::event::{Event, Listener};
use crate::generate;
use crate::generate::rows::Words;
use crate::run::Request;

/// Keys of a table that are told to the model for the tables that refer to it.
const KEYS_TOLD: usize = 40;
/// Text columns of a table whose words are asked for where its rows could not be had.
const VOCABULARIES: usize = 6;
/// Words asked for, for each of them.
const WORDS: usize = 20;
/// Values of a row that are shown as it comes.
const GLIMPSE: usize = 4;

/// The rows of a design's tables, and how they came.
#[derive(Debug, Clone)]
pub struct Rows {
    /// For each table of the design its rows, or nothing where only its children can tell.
    pub tables: Vec<Option<RawTable<'static>>>,
    /// What was said, table by table.
    pub answers: Vec<Answer>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// One table's rows, and how they came.
struct TableRows {
    raw: Option<RawTable<'static>>,
    answers: Vec<Answer>,
    findings: Vec<Finding>,
}

/// Asks for the rows of every table: parents before children, tables of one level side by side.
///
/// Where no answer has rows, words are asked for and rows made of them; each step down is a
/// finding. A table that nobody designed and no answer knows stays without rows.
pub async fn rows(
    backend: &dyn Backend,
    request: &Request,
    idea: &Idea,
    design: &Design,
    listener: &dyn Listener,
) -> Result<Rows, Error> {
    let mut tables: Vec<Option<RawTable<'static>>> = vec![None; design.tables().len()];
    let mut told: Vec<(Vec<Answer>, Vec<Finding>)> = vec![Default::default(); tables.len()];
    for level in design.levels() {
        let asked = level.iter().map(|at| {
            let table = &design.tables()[*at];
            one(backend, request, idea, table, keys(design, table, &tables, KEYS_TOLD))
        });
        for (at, answered) in level.iter().zip(join_all(asked).await) {
            let answered = answered?;
            if let Some(raw) = &answered.raw {
                listener.hear(&Event::Rows {
                    table: &raw.name,
                    rows: raw.len(),
                    glimpse: glimpse(raw),
                });
            }
            super::hear(listener, &answered.findings);
            told[*at] = (answered.answers, answered.findings);
            tables[*at] = answered.raw;
        }
    }
    let (answers, findings): (Vec<_>, Vec<_>) = told.into_iter().unzip();
    Ok(Rows { tables, answers: answers.concat(), findings: findings.concat() })
}

/// The rows of a design that is followed without asking: those written in it, else made ones.
pub fn of_design(design: &Design, request: &Request) -> Rows {
    let mut tables: Vec<Option<RawTable<'static>>> = vec![None; design.tables().len()];
    for at in design.levels().iter().flatten() {
        let table = &design.tables()[*at];
        tables[*at] = Some(if table.rows().is_empty() {
            let keys = known(table, &keys(design, table, &tables, usize::MAX));
            generate::rows::rows(table, request.rows, request.seed, &Words::new(), &keys)
        } else {
            generate::rows::written(table)
        });
    }
    Rows { tables, answers: Vec::new(), findings: Vec::new() }
}

async fn one(
    backend: &dyn Backend,
    request: &Request,
    idea: &Idea,
    table: &DesignTable,
    parents: Vec<ParentKeys>,
) -> Result<TableRows, Error> {
    let question = Ask::Rows {
        topic: request.topic.as_str().to_owned(),
        idea: idea.clone(),
        table: said(table),
        parents: parents.clone(),
        rows: request.rows,
    };
    let source = question.task();
    let understand = |answer: &Answer| {
        let reading = read::read(&Source { name: &source, text: &answer.text, expect: None });
        let mut findings: Vec<Finding> =
            reading.findings.into_iter().map(|finding| of_table(finding, table)).collect();
        let tables = reading.tables.into_iter().map(RawTable::into_owned).collect();
        match conform(tables, table) {
            Ok(conformed) => {
                findings.extend(extra(&conformed, table));
                (Some(conformed.raw), findings)
            }
            Err(finding) => {
                findings.push(finding);
                (None, findings)
            }
        }
    };
    if table.is_implied() {
        // Nobody designed it, so one answer decides: its children's values are as good a source.
        let answer = backend.answer(&question).await?;
        let (raw, findings) = understand(&answer);
        let findings = if raw.is_some() { findings } else { Vec::new() };
        return Ok(TableRows { raw, answers: vec![answer], findings });
    }
    let attempt = attempt::ask(backend, question, understand).await?;
    let (mut answers, mut findings) = (attempt.answers, attempt.findings);
    if attempt.got.is_some() {
        return Ok(TableRows { raw: attempt.got, answers, findings });
    }
    let words = words(backend, request, idea, table, &mut answers).await?;
    let keys = known(table, &parents);
    let raw = generate::rows::rows(table, request.rows, request.seed, &words, &keys);
    findings.push(Finding::new(
        Level::Repair,
        format!("/tables/{}", table.name()),
        format!(
            "no answer had rows of `{}`, so {} were made from its design and {} lists of words",
            table.name(),
            raw.len(),
            words.len()
        ),
    ));
    Ok(TableRows { raw: Some(raw), answers, findings })
}

/// The keys that the referring columns of a table may have, by the names of the design.
fn known(table: &DesignTable, parents: &[ParentKeys]) -> Words {
    (parents.iter())
        .filter_map(|parent| Some((table.place(parent.columns.first()?)?, &parent.keys)))
        .map(|(place, keys)| (table.columns()[place].name().to_string(), keys.clone()))
        .collect()
}

/// Words for the text columns of a table, each asked for by itself.
async fn words(
    backend: &dyn Backend,
    request: &Request,
    idea: &Idea,
    table: &DesignTable,
    answers: &mut Vec<Answer>,
) -> Result<Words, Error> {
    let mut words = Words::new();
    let refers = |name: &str| {
        table.foreign_keys().iter().any(|key| key.columns.iter().any(|column| column == name))
    };
    let columns = table.columns().iter().filter(|column| {
        matches!(column.kind(), None | Some(Kind::Text))
            && column.vocabulary().is_none()
            && !refers(column.name().as_str())
    });
    for column in columns.take(VOCABULARIES) {
        let answer = backend
            .answer(&Ask::Vocabulary {
                topic: request.topic.as_str().to_owned(),
                idea: idea.clone(),
                table: table.said().to_owned(),
                column: column.said().to_owned(),
                description: column.description().map(str::to_owned),
                count: WORDS,
            })
            .await?;
        let found = vocabulary::read(&answer.text);
        if !found.is_empty() {
            words.insert(column.name().to_string(), found);
        }
        answers.push(answer);
    }
    Ok(words)
}

/// A designed table in the model's own words, as it is asked about.
fn said(table: &DesignTable) -> TableDraft {
    let columns = table.columns().iter().map(|column| ColumnDraft {
        name: column.said().to_owned(),
        kind: column.kind().map(ToString::to_string),
        nullable: Some(column.nullable()),
        unit: column.unit().map(str::to_owned),
        format: column.format().map(str::to_owned),
        description: column.description().map(str::to_owned),
        values: match column.kind() {
            Some(Kind::Enum(values)) => Some(values.clone()),
            _ => None,
        },
        remark: column.remark().map(str::to_owned),
        ..ColumnDraft::default()
    });
    let names = |names: &[peyote_schemas::name::Identifier]| {
        (names.iter())
            .map(|name| {
                table
                    .column(name.as_str())
                    .map_or_else(|| name.to_string(), |c| c.said().to_owned())
            })
            .collect()
    };
    TableDraft {
        name: table.said().to_owned(),
        description: table.description().to_owned(),
        columns: columns.collect(),
        primary_key: names(table.primary_key()),
        ..TableDraft::default()
    }
}

/// The keys that exist by now in the tables that a table refers to.
fn keys(
    design: &Design,
    table: &DesignTable,
    tables: &[Option<RawTable<'static>>],
    most: usize,
) -> Vec<ParentKeys> {
    let mut parents = Vec::new();
    for key in table.foreign_keys() {
        let [name] = key.references.columns.as_slice() else { continue };
        let target = key.references.table.as_str();
        let Some(at) = design.tables().iter().position(|table| table.name().as_str() == target)
        else {
            continue;
        };
        let Some(raw) = &tables[at] else { continue };
        let Some(place) = raw.header().iter().position(|header| header == name.as_str()) else {
            continue;
        };
        let keys: Vec<String> =
            (raw.texts(place)).flatten().take(most).map(str::to_owned).collect();
        let said = |name: &str| {
            table.column(name).map_or_else(|| name.to_owned(), |column| column.said().to_owned())
        };
        parents.push(ParentKeys {
            columns: key.columns.iter().map(|column| said(column.as_str())).collect(),
            table: design.tables()[at].said().to_owned(),
            keys,
        });
    }
    parents
}

/// A finding about a reply's table as one about the designed table.
fn of_table(mut finding: Finding, table: &DesignTable) -> Finding {
    if let Some(rest) = finding.at.strip_prefix("/tables/") {
        let rest = rest.find('/').map_or("", |at| &rest[at..]);
        finding.at = format!("/tables/{}{rest}", table.name());
    }
    finding
}

/// A finding for the columns that nobody designed.
fn extra(conformed: &Conformed, table: &DesignTable) -> Option<Finding> {
    let header = conformed.raw.header();
    let names = &header[header.len() - conformed.extra..];
    (!names.is_empty()).then(|| {
        Finding::new(
            Level::Note,
            format!("/tables/{}", table.name()),
            format!("columns beyond the design were kept: {}", names.join(", ")),
        )
    })
}

/// Some values of the first row.
fn glimpse(raw: &RawTable<'_>) -> Vec<String> {
    let texts =
        (0..raw.width()).filter(|_| !raw.is_empty()).filter_map(|column| raw.text(0, column));
    texts.take(GLIMPSE).map(str::to_owned).collect()
}
