//! Sketch: what there is before a dataset: ideas, a design, what it will cost.

use std::fmt::Write as _;

use peyote_backends::form::Form;
use peyote_backends::{Whole, price};
use peyote_schemas::design::Design;
use peyote_schemas::draft::Idea;

use super::backend::{self, BackendArgs};
use super::report;
use super::until::until_interrupted;
use super::voice::Voice;
use crate::error::Error;
use crate::estimate::estimate;
use crate::event::{Cost, Heard};
use crate::invent;
use crate::quote::Terminal;
use crate::run::{Request, Topic};

/// Asks for ideas about a topic.
pub(super) fn ideas(
    topic: &Topic,
    count: usize,
    backend: &BackendArgs,
    voice: &Voice,
) -> Result<Vec<Idea>, Error> {
    let listener = voice.quiet_listener();
    until_interrupted(
        async {
            let chosen = backend::choose(backend).await?;
            let backend = Whole::new(Heard::new(chosen.backend, listener.as_ref()));
            let request = Request { ideas: count, ..Request::about(topic.clone()) };
            Ok(invent::ideas(&backend, &request, listener.as_ref()).await?.ideas)
        },
        || None,
    )
}

/// Asks for the tables of the first idea about a topic.
pub(super) fn design(
    topic: &Topic,
    tables: Option<usize>,
    backend: &BackendArgs,
    voice: &Voice,
) -> Result<Design, Error> {
    let listener = voice.quiet_listener();
    until_interrupted(
        async {
            let chosen = backend::choose(backend).await?;
            let backend = Whole::new(Heard::new(chosen.backend, listener.as_ref()));
            let request = Request { ideas: 1, tables, ..Request::about(topic.clone()) };
            let ideas = invent::ideas(&backend, &request, listener.as_ref()).await?;
            let designed =
                invent::design(&backend, &request, &ideas.ideas[0], ideas.reach, listener.as_ref())
                    .await?;
            Ok(designed.design)
        },
        || None,
    )
}

/// Prints what a run will take, without asking anybody anything.
pub(super) fn dry_run(request: &Request, backend: &BackendArgs, json: bool) -> Result<(), Error> {
    let chosen = until_interrupted(backend::choose(backend), || None)?;
    let cost = estimate(request, Form::Json, chosen.answers_in);
    let usd = chosen.price.map(|price| report::usd(cost, price));
    let mut text = String::new();
    if json {
        let Cost { calls, input, output } = cost;
        let document = serde_json::json!({
            "backend": chosen.name, "calls": calls, "input": input, "output": output,
            "usd": usd, "prices": usd.map(|_| price::DATE),
        });
        let _ = writeln!(text, "{document}");
    } else {
        let (calls, tables) = (cost.calls, cost.calls - 2);
        let _ = writeln!(text, "{calls} calls: ideas, a design, the rows of about {tables} tables");
        let Cost { input, output, .. } = cost;
        let _ = writeln!(
            text,
            "about {input} tokens in and {output} out; replies differ: {} to {} out",
            output / 2,
            output * 2
        );
        let _ = match usd {
            Some(0.0) => writeln!(text, "cost: nothing"),
            Some(usd) => writeln!(text, "cost: about ${usd:.4}, by prices of {}", price::DATE),
            None => writeln!(text, "cost: unknown for this endpoint; `--price IN,OUT` says it"),
        };
        let _ = writeln!(text, "answers: {} ({})", chosen.name, Terminal(&chosen.because));
    }
    super::print(text.as_bytes())
}
