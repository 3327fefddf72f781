//! [`estimate`]: what a run will take, before anything is asked.

use peyote_backends::ask::{ParentKeys, TABLES};
use peyote_backends::form::Form;
use peyote_backends::{Ask, Usage};
use peyote_schemas::draft::{ColumnDraft, Idea, TableDraft};

use crate::event::Cost;
use crate::run::Request;

/// Columns of a table usually: the mean of what text models of 2022 designed.
const COLUMNS: usize = 6;
/// A name of the usual length.
const NAME: &str = "inspected_by";
/// A sentence of the usual length.
const SENTENCE: &str = "It records which of them were seen, where and when, by whom, and what was \
noted at each of the visits, so that trends over the years become visible.";

/// Calls and tokens of a run in which every reply can be used as it is: ideas, a design, and the rows
/// of every table. Prompts are those for `asked`, the form that is tried first; replies are of the
/// usual length in `answered`. A table that nobody asked for, a repair, or the rest of a reply that
/// was cut off comes on top.
pub fn estimate(request: &Request, asked: Form, answered: Form) -> Cost {
    let topic = request.topic.as_str().to_owned();
    let idea = Idea {
        name: format!("{topic} data"),
        about: SENTENCE.to_owned(),
        use_cases: SENTENCE.to_owned(),
    };
    let tables = request.tables.unwrap_or(TABLES);
    let column = |_| ColumnDraft {
        name: NAME.to_owned(),
        kind: Some("text".to_owned()),
        ..ColumnDraft::default()
    };
    let table = TableDraft {
        name: NAME.to_owned(),
        description: SENTENCE.to_owned(),
        columns: (0..COLUMNS).map(column).collect(),
        ..TableDraft::default()
    };
    let parents = vec![ParentKeys {
        columns: vec![NAME.to_owned()],
        table: NAME.to_owned(),
        keys: vec!["12".to_owned(); request.rows],
    }];
    let rows = request.rows;
    let asks = [
        (1, Ask::Ideas { topic: topic.clone(), count: request.ideas }),
        (1, Ask::Design { topic: topic.clone(), idea: idea.clone(), tables: request.tables }),
        (tables as u64, Ask::Rows { topic, idea, table, parents, rows }),
    ];
    asks.iter().fold(Cost::default(), |sum, (calls, ask)| {
        let Usage { input, .. } = ask.likely_usage(asked);
        let Usage { output, .. } = ask.likely_usage(answered);
        Cost {
            calls: sum.calls + calls,
            input: sum.input + calls * input,
            output: sum.output + calls * output,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Topic;

    #[test]
    fn estimate_grows_with_what_is_asked_for() {
        let request = Request::about(Topic::lossy("owls"));
        let usual = estimate(&request, Form::Json, Form::Text);
        assert_eq!(usual.calls, 2 + TABLES as u64);
        let more = Request { tables: Some(12), rows: 60, ..request.clone() };
        let more = estimate(&more, Form::Json, Form::Text);
        assert!(more.calls == 14 && more.output > 4 * usual.output && more.input > usual.input);
        let json = estimate(&request, Form::Json, Form::Json);
        assert!(json.output > 2 * usual.output && json.input == usual.input);
    }
}
