//! Small asks: a design one question at a time, and the words of one column at a time.

use peyote_backends::{Answer, Ask, Backend};
use peyote_schemas::draft::{self, ColumnDraft, Draft, Idea, TableDraft};
use peyote_schemas::{Finding, Level, vocabulary};

use super::sound;
use crate::error::Error;
use crate::run::Request;

/// How often a small question is put: an answer that is too little is added to, once.
const TIMES: usize = 2;
/// Tables of a design that is asked for by name, unless a number was said.
const TABLES: usize = 5;
/// The fewest names of tables that are enough.
const ENOUGH_NAMES: usize = 3;
/// The fewest columns of a table that are enough.
const ENOUGH_COLUMNS: usize = 4;
/// The fewest words of a column that are enough.
const ENOUGH_WORDS: usize = 5;

/// What small asks gave, and how it came.
#[derive(Debug)]
pub struct Given<T> {
    /// What was understood.
    pub got: T,
    /// What was said.
    pub answers: Vec<Answer>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// The tables of an idea: first their names, then the columns of each.
pub async fn design(
    backend: &dyn Backend,
    request: &Request,
    idea: &Idea,
) -> Result<Given<Draft>, Error> {
    let topic = request.topic.as_str();
    let mut given = Given { got: Draft::default(), answers: Vec::new(), findings: Vec::new() };
    let mut names: Vec<String> = Vec::new();
    for _ in 0..TIMES {
        let ask = Ask::Names { topic: topic.to_owned(), idea: idea.clone() };
        let answer = backend.answer(&ask).await?;
        // Who can do more than was asked has done it.
        let (mut whole, found) = draft::read(&answer.text);
        let mut debris = sound::keep_sound(&mut whole, topic);
        let listed = vocabulary::read(&answer.text);
        given.answers.push(answer);
        if is_whole(&whole) {
            given.got = whole;
            given.findings.extend(found);
            given.findings.append(&mut debris);
            return Ok(given);
        }
        names.extend(listed);
        names = sound::names(names, topic);
        if names.len() >= ENOUGH_NAMES {
            break;
        }
    }
    names.truncate(request.tables.unwrap_or(TABLES));
    given.findings.push(Finding::new(
        Level::Note,
        "/tables",
        format!("the tables were asked for one by one: {}", names.join(", ")),
    ));
    for name in &names {
        let others = names.iter().filter(|other| *other != name).cloned().collect();
        let table = table(backend, topic, idea, name, others, &mut given.answers).await?;
        if table.columns.len() < sound::LEAST_COLUMNS {
            given.findings.push(
                Finding::new(
                    Level::Reject,
                    format!("/tables/{name}"),
                    format!("no answer had two columns of `{name}`, so it was left out"),
                )
                .hint("try a larger model with `--model`"),
            );
            continue;
        }
        given.got.tables.push(table);
    }
    Ok(given)
}

/// Whether a draft is a design rather than a list of names that could be read as one.
fn is_whole(draft: &Draft) -> bool {
    let full = |table: &&TableDraft| table.columns.len() > sound::LEAST_COLUMNS;
    2 * draft.tables.iter().filter(full).count() > draft.tables.len()
}

/// One table: its columns out of as many answers as it takes to have enough.
async fn table(
    backend: &dyn Backend,
    topic: &str,
    idea: &Idea,
    name: &str,
    others: Vec<String>,
    answers: &mut Vec<Answer>,
) -> Result<TableDraft, Error> {
    let ask = Ask::Columns {
        topic: topic.to_owned(),
        idea: idea.clone(),
        table: name.to_owned(),
        others,
    };
    let mut columns: Vec<ColumnDraft> = Vec::new();
    for _ in 0..TIMES {
        let answer = backend.answer(&ask).await?;
        let (mut draft, _) = draft::read(&answer.text);
        if !sound::is_usable(&draft) {
            // A bare list of columns is this table's; the reader wants that said.
            (draft, _) = draft::read(&format!("# {name}\nColumns:\n{}", answer.text));
        }
        draft.tables.truncate(1);
        let fresh = TableDraft { columns, ..TableDraft::default() };
        columns = sound::columns(std::iter::once(fresh).chain(draft.tables).collect(), topic);
        answers.push(answer);
        if columns.len() >= ENOUGH_COLUMNS {
            break;
        }
    }
    Ok(TableDraft { name: name.to_owned(), columns, ..TableDraft::default() })
}

/// The words of one column out of as many answers as it takes to have enough.
pub async fn words(
    backend: &dyn Backend,
    ask: &Ask,
    topic: &str,
    answers: &mut Vec<Answer>,
) -> Result<Vec<String>, Error> {
    let mut words: Vec<String> = Vec::new();
    for _ in 0..TIMES {
        let answer = backend.answer(ask).await?;
        for word in sound::words(vocabulary::read(&answer.text), topic) {
            if !words.iter().any(|known| known.to_lowercase() == word.to_lowercase()) {
                words.push(word);
            }
        }
        answers.push(answer);
        if words.len() >= ENOUGH_WORDS {
            break;
        }
    }
    Ok(words)
}
