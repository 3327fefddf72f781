//! [`rows`]: the rows of every table of a design: asked for, or made where no answer has any.

use arrow::array::Array;
use futures::future::join_all;
use peyote_backends::ask::ParentKeys;
use peyote_backends::{Answer, Ask, Backend};
use peyote_schemas::design::{Design, DesignTable};
use peyote_schemas::draft::{ColumnDraft, Idea, TableDraft};
use peyote_schemas::name::Identifier;
use peyote_schemas::read::{self, Source};
use peyote_schemas::{Column, Finding, Kind, Level, RawTable, guard};

use super::alike::sift;
use super::conform::{Conformed, conform};
use super::unwritten::{self, Unwritten};
use super::words::Words;
use super::{Designed, Reach, attempt, words};
use crate::error::Error;
use crate::event::{Event, Listener};
use crate::run::Request;

/// Keys of a table that are told to the model for the tables that refer to it.
const KEYS_TOLD: usize = 40;
/// Rows asked for in plain CSV: a screen of them.
const SAMPLE: usize = 10;
/// The fewest rows in plain CSV that are taken.
const LEAST_SAMPLE: usize = 5;
/// The share of their cells that must be of their column's kind.
const FITTING: f64 = 0.75;
/// The share of them that must say something of their own for the answer to be taken as it is.
const DIFFERENT: f64 = 0.8;
/// Rows that are named to be avoided.
const AVOIDED: usize = 5;
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
    /// Whether anything in the rows is the model's.
    given: bool,
    /// Whether they came as rows.
    whole: bool,
    /// The words that they were made of.
    words: Words,
    answers: Vec<Answer>,
    findings: Vec<Finding>,
}

/// Who is asked, for what, and how.
struct Asking<'a> {
    backend: &'a dyn Backend,
    request: &'a Request,
    idea: &'a Idea,
    reach: Reach,
    /// Whether rows in plain CSV are worth asking for: until they were debris once.
    samples: bool,
    /// Words that tables got, by the names of their columns.
    words: Words,
}

/// Asks for the rows of every table: parents before children, tables of one level side by side.
///
/// Where no answer has rows, words are asked for and rows made of them; each step down is a
/// finding. A table that nobody designed and no answer knows stays without rows.
pub async fn rows(
    backend: &dyn Backend,
    request: &Request,
    idea: &Idea,
    designed: &Designed,
    listener: &dyn Listener,
) -> Result<Rows, Error> {
    let (design, reach) = (&designed.design, designed.reach);
    let mut asking = Asking { backend, request, idea, reach, samples: true, words: Words::new() };
    let mut tables: Vec<Option<RawTable<'static>>> = vec![None; design.tables().len()];
    let mut told: Vec<(Vec<Answer>, Vec<Finding>)> = vec![Default::default(); tables.len()];
    let mut given = false;
    for level in &batches(design, reach) {
        let asking_now = &asking;
        let asked = level.iter().map(|at| {
            let table = &design.tables()[*at];
            let parents = keys(design, table, &tables, KEYS_TOLD);
            asking_now.one(table, parents, Unwritten { design, tables: &tables, table: *at })
        });
        let all = join_all(asked).await;
        for (at, answered) in level.iter().zip(all) {
            let answered = answered?;
            if let Some(raw) = &answered.raw {
                listener.hear(&Event::Rows {
                    table: &raw.name,
                    rows: raw.len(),
                    glimpse: glimpse(raw),
                });
            }
            given |= answered.given;
            asking.samples &= answered.whole;
            asking.words.extend(answered.words);
            super::hear(listener, &answered.findings);
            told[*at] = (answered.answers, answered.findings);
            tables[*at] = answered.raw;
        }
    }
    if !given {
        if let Some(finding) = attempt::withheld(told.iter().flat_map(|(_, found)| found)) {
            let message = format!("no table has rows or words, and {}", finding.message);
            let error = Error::failed(message).at("rows");
            return Err(match &finding.hint {
                Some(hint) => error.hint(hint.clone()),
                None => error,
            });
        }
        return Err(Error::failed(format!(
            "the model gave neither rows nor words for any of the {} tables",
            tables.len()
        ))
        .at("rows")
        .hint("try a larger model with `--model`, or `--backend builtin`")
        .conclusive());
    }
    let (answers, findings): (Vec<_>, Vec<_>) = told.into_iter().unzip();
    Ok(Rows { tables, answers: answers.concat(), findings: findings.concat() })
}

/// The rows of a design that is followed without asking: those written in it, else made ones.
pub fn of_design(design: &Design, request: &Request) -> Result<Rows, Error> {
    let tables = unwritten::all(design, request.rows as u64, request.seed)?;
    let tables = tables.into_iter().map(Some).collect();
    Ok(Rows { tables, answers: Vec::new(), findings: Vec::new() })
}

impl Asking<'_> {
    /// The rows of a table: all at once, else a few in plain CSV, else made of the words of its
    /// columns; each step down is a finding.
    async fn one(
        &self,
        table: &DesignTable,
        parents: Vec<ParentKeys>,
        unwritten: Unwritten<'_>,
    ) -> Result<TableRows, Error> {
        let (mut answers, mut findings) = (Vec::new(), Vec::new());
        let (given, whole, none) = (true, true, Words::new());
        let mut refused = None;
        if self.reach == Reach::Whole {
            let question = self.question(table, &parents);
            if table.is_implied() {
                // Nobody designed it, so one answer decides: its children's values are as good.
                let answer = attempt::answered(self.backend, &question, &mut findings).await?;
                let Some(answer) = answer else {
                    return Ok(TableRows {
                        raw: None,
                        given: false,
                        whole,
                        words: none,
                        answers,
                        findings,
                    });
                };
                let (raw, findings) = understand(&answer, &question, table);
                let findings = if raw.is_some() { findings } else { Vec::new() };
                let answers = vec![answer];
                return Ok(TableRows { raw, given, whole, words: none, answers, findings });
            }
            let attempt = attempt::ask(self.backend, question.clone(), |answer| {
                understand(answer, &question, table)
            })
            .await?;
            (answers, findings) = (attempt.answers, attempt.findings);
            if attempt.got.is_some() {
                let raw = attempt.got;
                return Ok(TableRows { raw, given, whole, words: none, answers, findings });
            }
        }
        if self.samples {
            let (raw, unfit) = self.few(table, &mut answers, &mut findings).await?;
            if raw.is_some() {
                return Ok(TableRows { raw, given, whole, words: none, answers, findings });
            }
            refused = unfit;
        }
        let Self { backend, request, idea, .. } = *self;
        let source = words::Source { backend, request, idea, elsewhere: &self.words };
        let (told, found) = (&mut answers, &mut findings);
        let closed = unwritten.closed();
        let words = words::words(&source, &closed, refused.as_ref(), told, found).await?;
        let raw = unwritten.rows(&closed, &words, self.request.rows as u64, self.request.seed);
        let raw = words::without_unknown(raw, &closed, &words, &mut findings);
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
        let given = !words.is_empty();
        Ok(TableRows { raw: Some(raw), given, whole: false, words, answers, findings })
    }

    /// A few rows in plain CSV, asked for again with what to avoid where too many of them say the
    /// same; else the rows that were not taken.
    async fn few(
        &self,
        table: &DesignTable,
        answers: &mut Vec<Answer>,
        findings: &mut Vec<Finding>,
    ) -> Result<(Option<RawTable<'static>>, Option<RawTable<'static>>), Error> {
        let (mut ask, mut best, mut refused) = (self.sample(table, Vec::new()), None, None);
        for again in [true, false] {
            let Some(answer) = attempt::answered(self.backend, &ask, findings).await? else {
                break;
            };
            let (raw, found) = understand(&answer, &ask, table);
            answers.push(answer);
            let Some(raw) = raw else { break };
            if !is_sample(&raw, table) {
                refused = refused.or(Some(raw));
                break;
            }
            let sifted = sift(&raw);
            let enough = sifted.raw.len() as f64 >= DIFFERENT * raw.len() as f64;
            let said_again = say_again(table, raw.len() - sifted.raw.len(), &sifted.alike);
            refused = refused.or(Some(raw));
            if best
                .as_ref()
                .is_none_or(|(known, _, _): &(RawTable<'_>, _, _)| known.len() < sifted.raw.len())
            {
                best = Some((sifted.raw, found, said_again.clone()));
            }
            if enough {
                break;
            }
            if again {
                findings.extend(said_again);
                let mut avoid = sifted.alike;
                avoid.truncate(AVOIDED);
                ask = self.sample(table, avoid);
            }
        }
        let best = best.filter(|(raw, _, _)| raw.len() >= LEAST_SAMPLE);
        Ok(match best {
            Some((raw, found, said_again)) => {
                findings.extend(found);
                findings.extend(said_again.filter(|finding| !findings.contains(finding)));
                (Some(raw), None)
            }
            None => (None, refused),
        })
    }

    fn question(&self, table: &DesignTable, parents: &[ParentKeys]) -> Ask {
        Ask::Rows {
            topic: self.request.topic.as_str().to_owned(),
            idea: self.idea.clone(),
            table: said(table),
            parents: parents.to_vec(),
            rows: self.request.rows,
        }
    }

    fn sample(&self, table: &DesignTable, avoid: Vec<String>) -> Ask {
        Ask::Sample {
            topic: self.request.topic.as_str().to_owned(),
            idea: self.idea.clone(),
            table: said(table),
            rows: self.request.rows.min(SAMPLE),
            avoid,
        }
    }
}

/// The rows of a table in an answer, and what was found in it.
fn understand(
    answer: &Answer,
    question: &Ask,
    table: &DesignTable,
) -> (Option<RawTable<'static>>, Vec<Finding>) {
    let source = question.task();
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
}

/// The finding for rows that were left out because others say the same.
fn say_again(table: &DesignTable, count: usize, alike: &[String]) -> Option<Finding> {
    let mut named: Vec<&str> = Vec::new();
    for cell in alike.iter().map(String::as_str) {
        if named.len() < AVOIDED && !named.contains(&cell) {
            named.push(cell);
        }
    }
    let named =
        if named.is_empty() { String::new() } else { format!(": `{}`", named.join("`, `")) };
    (count > 0).then(|| {
        Finding::new(
            Level::Repair,
            format!("/tables/{}/rows", table.name()),
            format!("{count} rows say the same as others but for digits or a slip{named}"),
        )
        .hint("every row is about another thing: give each a name of its own")
    })
}

/// Whether rows in plain CSV are more than debris: enough of them, most cells there and of their
/// column's kind.
fn is_sample(raw: &RawTable<'_>, table: &DesignTable) -> bool {
    let columns = raw.header().iter().enumerate().map(|(place, name)| {
        let kind = table.column(name).and_then(|column| column.kind().cloned());
        let column = Column::new(name, kind.unwrap_or(Kind::Text));
        let (values, _) = guard::column::array(raw, place, &column);
        (column.kind == Kind::Text, values.len() - values.null_count())
    });
    let (texts, others): (Vec<_>, Vec<_>) = columns.partition(|(is_text, _)| *is_text);
    let fit = |columns: &[(bool, usize)]| {
        let filled: usize = columns.iter().map(|(_, filled)| filled).sum();
        filled as f64 >= FITTING * (raw.len() * columns.len()) as f64
    };
    raw.len() >= LEAST_SAMPLE && fit(&texts) && fit(&others)
}

/// The tables that are asked for side by side, parents before children. Of a small model one
/// table comes first, by itself: it shows whether whole rows can be had at all.
fn batches(design: &Design, reach: Reach) -> Vec<Vec<usize>> {
    let mut batches: Vec<Vec<usize>> = design.levels().to_vec();
    if reach == Reach::Small
        && let Some(first) = batches.first_mut()
        && first.len() > 1
    {
        let rest = first.split_off(1);
        batches.insert(1, rest);
    }
    batches
}

/// A finding about a reply's table as one about the designed table.
fn of_table(mut finding: Finding, table: &DesignTable) -> Finding {
    if let Some(rest) = finding.at.strip_prefix("/tables/") {
        let rest = rest.find('/').map_or("", |at| &rest[at..]);
        finding.at = format!("/tables/{}{rest}", table.name());
    }
    finding
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
    let names = |names: &[Identifier]| {
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
