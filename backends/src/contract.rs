//! Contract: what every backend promises, as a suite that each of them runs.
//!
//! A backend of your own passes it too: call [`every_ask_is_answered`] and the others from a test.

use std::sync::Arc;
use std::time::Duration;

use peyote_schemas::draft::{ColumnDraft, Idea, KeyDraft, TableDraft};
use peyote_schemas::{Finding, Level, Reference};

use crate::Backend;
use crate::answer::Answer;
use crate::ask::{Ask, ParentKeys};
use crate::error::Error;

/// How long a cancelled call is left to run before it is dropped.
const MOMENT: Duration = Duration::from_micros(200);

/// One ask of every sort, about one small dataset.
pub fn asks() -> Vec<Ask> {
    let topic = "a beekeepers' association".to_owned();
    let idea = Idea {
        name: "Hive Inspections".into(),
        about: "hives, their keepers and what was seen at each inspection".into(),
        use_cases: "find out which hives will not survive the winter".into(),
    };
    let column = |name: &str, kind: &str| ColumnDraft {
        name: name.into(),
        kind: Some(kind.into()),
        ..ColumnDraft::default()
    };
    let table = TableDraft {
        name: "Inspections".into(),
        description: "one look into one hive".into(),
        columns: vec![
            column("inspection_id", "int32"),
            column("hive_id", "int32"),
            column("inspected_at", "timestamp"),
            ColumnDraft {
                values: Some(vec!["calm".into(), "nervous".into(), "aggressive".into()]),
                ..column("temper", "enum")
            },
            ColumnDraft {
                unit: Some("kg".into()),
                nullable: Some(true),
                description: Some("the hive on its scale".into()),
                ..column("weight", "decimal(12,2)")
            },
        ],
        primary_key: vec!["inspection_id".into()],
        foreign_keys: vec![KeyDraft {
            columns: vec!["hive_id".into()],
            references: Reference { table: "Hives".into(), columns: vec!["hive_id".into()] },
            ..KeyDraft::default()
        }],
        ..TableDraft::default()
    };
    let ideas = Ask::Ideas { topic: topic.clone(), count: 3 };
    let parents = vec![ParentKeys {
        columns: vec!["hive_id".into()],
        table: "Hives".into(),
        keys: vec!["3".into(), "8".into(), "21".into()],
    }];
    let small = [
        Ask::Names { topic: topic.clone(), idea: idea.clone(), avoid: vec!["Wasps".into()] },
        Ask::Columns {
            topic: topic.clone(),
            idea: idea.clone(),
            table: "Hives".into(),
            others: vec!["Keepers".into(), "Inspections".into()],
        },
        Ask::Sample {
            topic: topic.clone(),
            idea: idea.clone(),
            table: table.clone(),
            rows: 8,
            avoid: Vec::new(),
        },
    ];
    let rows = Ask::Rows { topic: topic.clone(), idea: idea.clone(), table, parents, rows: 12 };
    let repair = Ask::Repair {
        of: Box::new(rows.clone()),
        reply: "inspection_id,hive_id\n1,99".into(),
        findings: vec![Finding::new(Level::Error, "/tables/0/rows/0", "`99` is no key of Hives")],
    };
    let large = vec![
        ideas,
        Ask::Design { topic: topic.clone(), idea: idea.clone(), tables: Some(4) },
        rows,
        Ask::Vocabulary {
            topic,
            idea,
            table: "Hives".into(),
            column: "queen_origin".into(),
            description: Some("where the queen was bred".into()),
            count: 10,
            avoid: vec!["Carniola".into(), "from a swarm".into()],
        },
        repair,
    ];
    large.into_iter().chain(small).collect()
}

/// Every ask gets an answer with text in it; gives back the answers, in the order of the asks.
/// [`asks`] has one of every sort; a backend that knows only some worlds brings its own.
///
/// # Panics
///
/// When one does not.
pub async fn every_ask_is_answered(backend: &dyn Backend, asks: &[Ask]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for ask in asks {
        match backend.answer(ask).await {
            Ok(answer) => {
                assert!(!answer.text.trim().is_empty(), "`{}`: the answer is empty", ask.task());
                assert!(!answer.model.is_empty(), "`{}`: nobody says they answered", ask.task());
                let line = format!("Task: {}", ask.task());
                assert!(
                    answer.prompt.ends_with(&line),
                    "`{}`: the prompt lacks its end",
                    ask.task()
                );
                answers.push(answer);
            }
            Err(error) => panic!("`{}`: {error}", ask.task()),
        }
    }
    answers
}

/// Calls run side by side, on any thread, and each gets the answer to its own ask.
///
/// # Panics
///
/// When one gets another's.
pub async fn calls_run_side_by_side(backend: Arc<dyn Backend>, asks: &[Ask]) {
    let calls = asks.iter().cloned().map(|ask| {
        let backend = Arc::clone(&backend);
        tokio::spawn(async move {
            let answer = backend.answer(&ask).await;
            (ask.task(), answer)
        })
    });
    for call in calls.collect::<Vec<_>>() {
        let (task, answer) = call.await.unwrap_or_else(|why| panic!("a call panicked: {why}"));
        let answer = answer.unwrap_or_else(|error| panic!("`{task}`: {error}"));
        assert!(answer.prompt.ends_with(&format!("Task: {task}")), "`{task}` got another's answer");
    }
}

/// A call that is dropped half way leaves the backend as able as before.
///
/// # Panics
///
/// When a later call fails.
pub async fn dropped_call_leaves_no_trace(backend: &dyn Backend, asks: &[Ask]) {
    for ask in asks {
        let _ = tokio::time::timeout(MOMENT, backend.answer(ask)).await;
        drop(backend.answer(ask));
    }
    for ask in asks.iter().take(1) {
        if let Err(error) = backend.answer(ask).await {
            panic!("after dropped calls: {error}");
        }
    }
}

/// An error says what happened as a fragment, and what to do next.
///
/// # Panics
///
/// When it does not.
pub fn error_helps(error: &Error) {
    let text = &error.message;
    assert!(!text.is_empty() && !text.ends_with('.'), "`{text}` is no fragment");
    assert!(!text.starts_with(char::is_uppercase), "`{text}` does not begin in lower case");
    assert!(!text.contains('\n'), "`{text}` is more than a line");
    assert!(
        error.hint.as_ref().is_some_and(|hint| !hint.is_empty()),
        "`{text}` says nothing to do"
    );
}
