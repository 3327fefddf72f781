//! [`Builtin`]: the catalog as a backend: no network, no key, no model.

use std::collections::BTreeSet;

use peyote_schemas::catalog::{self, Entry, Near};
use peyote_schemas::draft::{Draft, Idea, TableDraft};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Finish};
use crate::ask::Ask;
use crate::error::{Class, Error};
use crate::form::Form;
use crate::{Backend, Pending, words};

/// Surer than this, a design is said to fit; below, to be the nearest there is.
const FITS: f64 = 0.5;

/// The catalog's worlds, as text in the form that any model's answer has. Ideas are its worlds,
/// the nearest first; a design is the world of the idea's name, else the nearest; rows are the
/// world's own, all of them, whatever number was asked for, because keys and totals hold among
/// all of them only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Builtin;

impl Backend for Builtin {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(async move { reply(ask) })
    }
}

fn reply(ask: &Ask) -> Result<Answer, Error> {
    let (near, body) = match ask.base() {
        Ask::Ideas { topic, count } => {
            let near = catalog::nearest(topic);
            let ideas: Vec<Value> = near.iter().take((*count).max(1)).map(idea).collect();
            (near.first().cloned(), json!({"ideas": ideas}))
        }
        Ask::Design { topic, idea, tables } => {
            let near = world(topic, idea);
            let body = near.as_ref().map(|near| design(&near.entry.draft, *tables));
            (near, body.unwrap_or_default())
        }
        Ask::Names { topic, idea, .. } | Ask::Columns { topic, idea, .. } => {
            let near = world(topic, idea);
            let body = near.as_ref().map(|near| design(&near.entry.draft, None));
            (near, body.unwrap_or_default())
        }
        Ask::Rows { topic, idea, table, .. } | Ask::Sample { topic, idea, table, .. } => {
            let near = world(topic, idea);
            let rows = near.as_ref().and_then(|near| rows(near.entry, &table.name));
            (near, json!({"rows": rows.ok_or_else(|| absent(&table.name))?}))
        }
        Ask::Vocabulary { topic, idea, table, column, count, .. } => {
            let near = world(topic, idea);
            let values = near.as_ref().and_then(|near| vocabulary(near.entry, table, column));
            let values = values.ok_or_else(|| absent(&format!("{table}.{column}")))?;
            (near, json!({"values": values.into_iter().take(*count).collect::<Vec<_>>()}))
        }
        Ask::Repair { .. } | Ask::Rest { .. } => {
            unreachable!("the base of an ask is asked for the first time")
        }
    };
    let near = near.ok_or_else(|| {
        Error::new(Class::Final, "the catalog is empty").hint("use another `--backend`")
    })?;
    Ok(Answer {
        text: body.to_string(),
        prompt: words::transcript(&ask.messages(Form::Json)),
        model: format!("builtin:{}", near.entry.name),
        finish: Finish::Stop,
        note: Some(note(&near)),
        ..Answer::default()
    })
}

/// The world that an idea is about: the one of its name, else the nearest.
fn world(topic: &str, idea: &Idea) -> Option<Near> {
    let near = catalog::nearest(topic);
    let named = near.iter().find(|near| same(&near.entry.draft.name, &idea.name)).cloned();
    named.or_else(|| {
        let whole = format!("{topic} {} {}", idea.name, idea.about);
        catalog::nearest(&whole).into_iter().next()
    })
}

fn idea(near: &Near) -> Value {
    let Draft { name, about, use_cases, .. } = &near.entry.draft;
    json!({"name": name, "about": about, "use_cases": use_cases})
}

/// The tables without their rows and words, those referred to first; the first `most` of them
/// stand on their own.
fn design(draft: &Draft, most: Option<usize>) -> Value {
    let order = parents_first(&draft.tables);
    let most = most.unwrap_or(order.len()).max(1);
    let bare = |table: &&TableDraft| {
        let mut table = (*table).clone();
        table.rows.clear();
        table.columns.iter_mut().for_each(|column| column.vocabulary = None);
        table
    };
    let tables: Vec<TableDraft> = order.iter().take(most).map(bare).collect();
    let whole = tables.len() == draft.tables.len();
    if whole && !draft.story.is_empty() {
        return json!({"name": draft.name, "tables": tables, "story": draft.story});
    }
    json!({"name": draft.name, "tables": tables})
}

/// The tables in an order in which each comes after all that it refers to, as far as there is one.
fn parents_first(tables: &[TableDraft]) -> Vec<&TableDraft> {
    let mut placed = BTreeSet::new();
    let mut order = Vec::new();
    while order.len() < tables.len() {
        let free = |table: &&TableDraft| {
            let settled = |parent: &str| same(parent, &table.name) || placed.contains(parent);
            !placed.contains(table.name.as_str())
                && table.foreign_keys.iter().all(|key| settled(&key.references.table))
        };
        let left = |table: &&TableDraft| !placed.contains(table.name.as_str());
        let Some(next) = tables.iter().find(free).or_else(|| tables.iter().find(left)) else {
            break;
        };
        placed.insert(next.name.as_str());
        order.push(next);
    }
    order
}

fn rows(entry: &Entry, table: &str) -> Option<Vec<Value>> {
    let table = find(entry, table)?;
    let row = |row: &Vec<Value>| {
        let cells = table.columns.iter().zip(row);
        Value::Object(
            cells.map(|(column, cell)| (column.name.clone(), cell.clone())).collect::<Map<_, _>>(),
        )
    };
    Some(table.rows.iter().map(row).collect())
}

/// The words of a column: those it draws from, else those that stand in its rows.
fn vocabulary(entry: &Entry, table: &str, column: &str) -> Option<Vec<String>> {
    let table = find(entry, table)?;
    let at = table.columns.iter().position(|candidate| same(&candidate.name, column))?;
    if let Some(words) = table.columns[at].vocabulary.as_ref().or(table.columns[at].values.as_ref())
    {
        return Some(words.clone());
    }
    let mut seen = BTreeSet::new();
    let values = table.rows.iter().filter_map(|row| row.get(at)).filter(|value| !value.is_null());
    let words = values.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    Some(words.filter(|word| seen.insert(word.clone())).collect())
}

fn find<'a>(entry: &'a Entry, name: &str) -> Option<&'a TableDraft> {
    entry.draft.tables.iter().find(|table| same(&table.name, name))
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn note(near: &Near) -> String {
    let fit = if near.sure >= FITS { "fits" } else { "is the nearest there is" };
    format!(
        "the ready-made design `{}` {fit} ({:.0} % sure); for one of your own ask a model with \
         `--backend openai` or `--backend local`",
        near.entry.name,
        near.sure * 100.0
    )
}

fn absent(what: &str) -> Error {
    Error::new(Class::Final, format!("the catalog has no `{}`", words::line(what)))
        .hint("`peyote catalog` lists what it has; ask a model with `--backend openai` or `--backend local`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    fn idea_of(name: &str) -> Idea {
        Idea { name: name.into(), ..Idea::default() }
    }

    #[tokio::test]
    async fn every_world_is_answered_whole() {
        for entry in catalog::entries() {
            let idea = idea_of(&entry.draft.name);
            let ask = Ask::Design { topic: "?".into(), idea: idea.clone(), tables: None };
            let answer = Builtin.answer(&ask).await.unwrap();
            assert_eq!(answer.model, format!("builtin:{}", entry.name));
            let draft: Draft = serde_json::from_str(&answer.text).unwrap();
            assert_eq!(draft.tables.len(), entry.draft.tables.len());
            for table in draft.tables {
                assert!(table.rows.is_empty());
                let name = table.name.clone();
                let ask = Ask::Rows {
                    topic: "?".into(),
                    idea: idea.clone(),
                    table,
                    parents: vec![],
                    rows: 5,
                };
                let answer = Builtin.answer(&ask).await.unwrap();
                let body: Value = serde_json::from_str(&answer.text).unwrap();
                assert_eq!(
                    body["rows"].as_array().unwrap().len(),
                    find(entry, &name).unwrap().rows.len()
                );
            }
        }
    }

    #[tokio::test]
    async fn fewer_tables_still_stand_on_their_own() {
        for most in 1..6 {
            for entry in catalog::entries() {
                let ask = Ask::Design {
                    topic: "?".into(),
                    idea: idea_of(&entry.draft.name),
                    tables: Some(most),
                };
                let draft: Draft =
                    serde_json::from_str(&Builtin.answer(&ask).await.unwrap().text).unwrap();
                let names: Vec<&str> =
                    draft.tables.iter().map(|table| table.name.as_str()).collect();
                assert_eq!(names.len(), most.min(entry.draft.tables.len()));
                for key in draft.tables.iter().flat_map(|table| &table.foreign_keys) {
                    assert!(
                        names.contains(&key.references.table.as_str()),
                        "{} {names:?}",
                        key.references.table
                    );
                }
            }
        }
    }

    #[tokio::test]
    async fn ideas_come_nearest_first_with_how_sure_it_is() {
        let ask = Ask::Ideas { topic: "The Beatles".into(), count: 2 };
        let answer = Builtin.answer(&ask).await.unwrap();
        assert_eq!(answer.model, "builtin:music");
        let note = answer.note.unwrap();
        assert!(note.contains("`music`") && note.contains("% sure"), "{note}");
        let body: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(body["ideas"][0]["name"], json!(catalog::entry("music").unwrap().draft.name));
    }

    #[tokio::test]
    async fn contract_holds() {
        let entry = &catalog::entries()[0];
        let (topic, idea) = (entry.name.to_owned(), idea_of(&entry.draft.name));
        let table = entry.draft.tables[0].clone();
        let column = table.columns[0].name.clone();
        let rows = Ask::Rows {
            topic: topic.clone(),
            idea: idea.clone(),
            table: table.clone(),
            parents: vec![],
            rows: 9,
        };
        let asks = vec![
            Ask::Ideas { topic: topic.clone(), count: 5 },
            Ask::Design { topic: topic.clone(), idea: idea.clone(), tables: None },
            rows.clone(),
            Ask::Repair { of: Box::new(rows), reply: String::new(), findings: vec![] },
            Ask::Vocabulary {
                topic,
                idea,
                table: table.name,
                column,
                description: None,
                count: 9,
                avoid: vec![],
            },
        ];
        contract::every_ask_is_answered(&Builtin, &asks).await;
        contract::calls_run_side_by_side(std::sync::Arc::new(Builtin), &asks).await;
        contract::dropped_call_leaves_no_trace(&Builtin, &asks).await;
    }

    #[tokio::test]
    async fn strange_asks_are_answered_or_refused_clearly() {
        for topic in ["", "🦀", "ночь\n\u{0}", &"x ".repeat(20_000)] {
            for ask in [
                Ask::Ideas { topic: topic.into(), count: 0 },
                Ask::Design { topic: topic.into(), idea: idea_of(topic), tables: Some(0) },
            ] {
                Builtin.answer(&ask).await.unwrap();
            }
        }
        let of_a_table =
            |ask: &&Ask| matches!(ask.base(), Ask::Rows { .. } | Ask::Vocabulary { .. });
        for ask in contract::asks().iter().filter(of_a_table) {
            contract::error_helps(&Builtin.answer(ask).await.unwrap_err());
        }
    }
}
