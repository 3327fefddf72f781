//! `peyote backends`: which backends are usable here, and why not.

use std::fmt::Write;
use std::time::Instant;

use peyote_backends::{Answer, Ask, Backend, probe};
use serde_json::json;

use super::backend::{self, BackendArgs};
use super::until::until_interrupted;
use crate::error::Error;
use crate::quote::Terminal;

const EXAMPLES: &str = "\
Examples:
  peyote backends
  peyote backends --base-url http://gpu-box:8000/v1 --json
  peyote backends --probe --backend local";

/// Shows who could answer here, and what is missing where nobody can.
#[derive(Debug, clap::Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    backend: BackendArgs,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
    /// Puts one small question to the backend that would answer, to see what it can do.
    #[arg(long)]
    probe: bool,
}

/// Looks at every backend; a server is asked for its models, and nothing else.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    if args.probe {
        return probe_it(args);
    }
    let named = args.backend.endpoint()?;
    let standings = until_interrupted(
        async {
            let named = match named {
                Some(endpoint) => Some(probe::look("the named server", endpoint).await),
                None => None,
            };
            let probed = if named.is_some() { Vec::new() } else { probe::usual_ports().await };
            Ok(probe::standings(args.backend.key(), named.as_ref(), &probed))
        },
        || None,
    )?;
    let mut text = String::new();
    if args.json {
        let document: Vec<_> = standings
            .iter()
            .map(|standing| {
                json!({
                    "name": standing.name,
                    "usable": standing.usable,
                    "why": standing.why,
                    "hint": standing.hint,
                    "detail": standing.detail,
                })
            })
            .collect();
        let _ = writeln!(text, "{}", json!(document));
    } else {
        for standing in &standings {
            let mark = if standing.usable { "yes" } else { "no " };
            let _ = writeln!(text, "{:8} {mark}  {}", standing.name, Terminal(&standing.why));
            for line in &standing.detail {
                let _ = writeln!(text, "              {}", Terminal(line));
            }
            if let Some(hint) = &standing.hint {
                let _ = writeln!(text, "         next: {}", Terminal(hint));
            }
        }
    }
    super::print(text.as_bytes())
}

/// Asks the chosen backend for one idea and shows how it took the question.
fn probe_it(args: &Args) -> Result<(), Error> {
    let ask = Ask::Ideas { topic: "bees".to_owned(), count: 1 };
    let (name, because, answer, seconds) = until_interrupted(
        async {
            let chosen = backend::choose(&args.backend).await?;
            let start = Instant::now();
            let answer = chosen.backend.answer(&ask).await?;
            Ok((chosen.name, chosen.because, answer, start.elapsed().as_secs_f64()))
        },
        || None,
    )?;
    let rung = rung(&answer);
    let limit = ["max_completion_tokens", "max_tokens"]
        .into_iter()
        .find(|field| answer.parameters.get(field).is_some());
    let keeps = serde_json::from_str::<serde_json::Value>(answer.text.trim())
        .is_ok_and(|value| value["ideas"].is_array());
    let (input, output) = answer.usage.map(|usage| (usage.input, usage.output)).unzip();
    let text = if args.json {
        let document = json!({
            "backend": name, "model": answer.model, "form": rung, "keeps_to_it": keeps,
            "limit": limit, "input": input, "output": output, "seconds": seconds,
        });
        format!("{document}\n")
    } else {
        let kept = match (rung, keeps) {
            ("text", _) => "",
            (_, true) => ", and keeps to it",
            (_, false) => ", but does not keep to it",
        };
        let counted = input.zip(output).map_or_else(
            || "not counted".to_owned(),
            |(input, output)| format!("{input} in, {output} out"),
        );
        format!(
            "answers  {name} ({})\nmodel    {}\nform     takes {rung}{kept}\nlimit    {}\ntokens   {counted}\ntime     {seconds:.1} s\n",
            Terminal(&because),
            Terminal(&answer.model),
            limit.unwrap_or("none"),
        )
    };
    super::print(text.as_bytes())
}

/// The form of answer that was asked for when it came.
fn rung(answer: &Answer) -> &'static str {
    match answer.parameters["response_format"]["type"].as_str() {
        Some("json_schema") => "json_schema",
        Some("json_object") if answer.parameters["response_format"].get("schema").is_some() => {
            "json_object with a schema"
        }
        Some(_) => "json_object",
        None => "text",
    }
}
