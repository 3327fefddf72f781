//! Small asks: a design one question at a time, and the words of one column at a time.

use std::collections::BTreeSet;

use peyote_backends::{Answer, Ask, Backend};
use peyote_schemas::design;
use peyote_schemas::draft::{self, ColumnDraft, Draft, Idea, TableDraft};
use peyote_schemas::name::Identifier;
use peyote_schemas::{Finding, Level, vocabulary};

use super::attempt::answered;
use super::{drift, sound};
use crate::error::Error;
use crate::run::Request;

/// How often a small question is put: an answer that is too little is added to, once.
const TIMES: usize = 2;
/// Tables of a design that is asked for by name, unless a number was said.
const TABLES: usize = 5;
/// The fewest names of tables that are enough.
const ENOUGH_NAMES: usize = 3;
/// The fewest columns of a table that are enough.
const ENOUGH_COLUMNS: usize = 3;
/// The fewest words of a column that are enough.
const ENOUGH_WORDS: usize = 4;

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
    let (mut names, mut strange): (Vec<String>, Vec<String>) = Default::default();
    let mut lost = false;
    for _ in 0..TIMES {
        let avoid = names.iter().chain(&strange).cloned().collect();
        let ask = Ask::Names { topic: topic.to_owned(), idea: idea.clone(), avoid };
        let answer = backend.answer(&ask).await?;
        // Who can do more than was asked has done it.
        let (mut whole, found) = draft::read(&answer.text);
        let mut debris = sound::keep_sound(&mut whole);
        let listed = vocabulary::read(&answer.text);
        given.answers.push(answer);
        if is_whole(&whole) {
            given.got = whole;
            given.findings.extend(found);
            given.findings.append(&mut debris);
            return Ok(given);
        }
        let all = listed.join(", ");
        let strays = drift::strays(topic, &all);
        if strays || strange.is_empty() && drift::misses(topic, &all) {
            lost |= strays;
            strange.extend(sound::names(listed, topic));
            continue;
        }
        names.extend(listed);
        names = sound::names(names, topic);
        if names.len() >= ENOUGH_NAMES {
            break;
        }
    }
    if !strange.is_empty() {
        let message = format!(
            "the tables named first have nothing of the topic, so others were asked for: {}",
            strange.join(", ")
        );
        given.findings.push(Finding::new(Level::Note, "/tables", message));
        if names.len() < ENOUGH_NAMES && (!lost || names.is_empty()) {
            names = sound::names([names, strange].concat(), topic);
        }
    }
    // What the topic is about is a table of it, whatever else is.
    let about = drift::head(topic).filter(|name| {
        sound::is_name(name) && !names.iter().any(|other| drift::shares_a_word(name, other))
    });
    names = about.into_iter().chain(names).collect();
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
        let mut draft = one_table(name, &answer.text);
        draft.tables.truncate(1);
        let fresh = TableDraft { columns, ..TableDraft::default() };
        columns = sound::columns(std::iter::once(fresh).chain(draft.tables).collect(), topic);
        answers.push(answer);
        if columns.len() >= ENOUGH_COLUMNS {
            break;
        }
    }
    columns.iter_mut().for_each(sound::keep_plain);
    let mut table = TableDraft { name: name.to_owned(), columns, ..TableDraft::default() };
    if table.columns.len() >= sound::LEAST_COLUMNS {
        with_key(&mut table);
    }
    Ok(table)
}

/// What a reply says of one table: a bare list is of its columns, anything else speaks for itself.
fn one_table(name: &str, reply: &str) -> Draft {
    let speaks = reply.contains(['{', '|']) || reply.to_lowercase().contains("column");
    let (own, _) = if speaks { draft::read(reply) } else { Default::default() };
    if sound::is_usable(&own) {
        return own;
    }
    draft::read(&format!("# {name}\nColumns:\n{reply}")).0
}

/// Gives a table without an id one that is its key: every model names one or forgets it.
fn with_key(table: &mut TableDraft) {
    let own = design::key_name(&table.name);
    let is_id = |column: &ColumnDraft| {
        let name = Identifier::new(&column.name, "column");
        name == "id" || sound::stem(name.as_str()) == sound::stem(own.as_str())
    };
    // `id` and `owls_id` beside `owl_id` say the same.
    let first = table.columns.iter().position(is_id);
    let mut at = 0;
    table.columns.retain(|column| {
        at += 1;
        first == Some(at - 1) || !is_id(column)
    });
    if first.is_none() {
        let kind = Some("int32".to_owned());
        let name = own.to_string();
        table.primary_key = vec![name.clone()];
        table
            .columns
            .insert(0, ColumnDraft { name, kind, nullable: Some(false), ..ColumnDraft::default() });
    }
}

/// The words of one column out of as many answers as it takes to have enough.
pub async fn words(
    backend: &dyn Backend,
    ask: &Ask,
    topic: &str,
    answers: &mut Vec<Answer>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<String>, Error> {
    let mut words: Vec<String> = Vec::new();
    let (mut alike, mut ask) = (Vec::new(), ask.clone());
    for _ in 0..TIMES {
        let Some(answer) = answered(backend, &ask, findings).await? else { break };
        let listed = said_of(&ask, sound::words(vocabulary::read(&answer.text), topic));
        answers.push(answer);
        for word in listed {
            let again = words.iter().any(|known| sound::is_alike(known, &word));
            if again { &mut alike } else { &mut words }.push(word);
        }
        if words.len() >= ENOUGH_WORDS {
            break;
        }
        if let Ask::Vocabulary { avoid, .. } = &mut ask {
            avoid.clone_from(&words);
        }
    }
    // Numbered names are better than one name.
    if words.len() < ENOUGH_WORDS {
        words.extend(alike);
    }
    let mut seen = BTreeSet::new();
    words.retain(|word| seen.insert(word.to_lowercase()));
    Ok(words)
}

/// The words without those that only say again what they were asked about.
fn said_of(ask: &Ask, mut words: Vec<String>) -> Vec<String> {
    if let Ask::Vocabulary { topic, table, column, .. } = ask {
        let both = format!("{table}.{column}");
        let asked = [topic, table, column, &both].map(|name| sound::stem(name));
        // "20 owls" says again that twenty were asked for.
        let bare = |word: &str| sound::stem(word.trim_matches(|c: char| !c.is_alphabetic()));
        words.retain(|word| !asked.contains(&bare(word)));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_one_table_are_read_in_every_form() {
        for reply in [
            "- crate_id (integer, primary key)\n- weight (decimal, kg)\n- owner (text)",
            "1. Crates: one crate. Columns: crate_id (integer, primary key), weight (decimal, kg), owner (text)",
            r#"{"columns": [{"name": "crate_id", "kind": "int32"}, {"name": "weight", "kind": "decimal"}, {"name": "owner", "kind": "text"}]}"#,
            r#"{"tables": [{"name": "Crates", "columns": [{"name": "crate_id"}, {"name": "weight"}, {"name": "owner"}]}]}"#,
        ] {
            let columns = sound::columns(one_table("Crates", reply).tables, "harbours");
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            assert_eq!(names, ["crate_id", "weight", "owner"], "{reply}");
        }
    }

    #[test]
    fn table_without_an_id_gets_one() {
        let column = |name: &str| ColumnDraft { name: name.into(), ..ColumnDraft::default() };
        let mut table = TableDraft {
            name: "Quays".into(),
            columns: vec![column("name"), column("depth")],
            ..TableDraft::default()
        };
        with_key(&mut table);
        assert_eq!(
            (table.columns.len(), table.primary_key.clone()),
            (3, vec!["quay_id".to_owned()])
        );
        with_key(&mut table);
        assert_eq!(table.columns.len(), 3);
        table.columns.extend([column("id"), column("Quays_ID")]);
        with_key(&mut table);
        assert_eq!(table.columns.len(), 3);
    }
}
