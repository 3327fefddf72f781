//! Invention: from a topic to typed tables, by asking a backend and believing nothing it says.

use peyote_backends::{Answer, Ask, Backend, plain};
use peyote_schemas::design::{self, Design};
use peyote_schemas::draft::{self, Draft, Idea};
use peyote_schemas::{Finding, Level, idea};

use crate::error::Error;
use crate::event::{Event, Listener};
use crate::run::Request;

mod alike;
pub mod attempt;
pub mod conform;
pub mod drift;
mod implied;
mod keys;
pub mod made;
pub mod reach;
mod references;
pub mod rows;
pub mod settle;
pub mod small;
pub mod sound;
mod unwritten;
mod words;

pub use made::{Made, MadeTable};
pub use reach::Reach;
pub use rows::Rows;

/// Ideas for datasets, and how they came.
#[derive(Debug, Clone)]
pub struct Ideas {
    /// The ideas, at least one.
    pub ideas: Vec<Idea>,
    /// How much who gave them can be asked at once.
    pub reach: Reach,
    /// What was said.
    pub answers: Vec<Answer>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// A design whose kinds may still be open, and how it came.
#[derive(Debug, Clone)]
pub struct Designed {
    /// The design.
    pub design: Design,
    /// How much who gave it can be asked at once.
    pub reach: Reach,
    /// What was said.
    pub answers: Vec<Answer>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// Asks for ideas; where none can be read, the topic itself is the idea, and a finding says so.
pub async fn ideas(
    backend: &dyn Backend,
    request: &Request,
    listener: &dyn Listener,
) -> Result<Ideas, Error> {
    let topic = request.topic.as_str();
    let question = Ask::Ideas { topic: topic.to_owned(), count: request.ideas };
    let attempt = attempt::ask(backend, question, |answer| {
        let (mut ideas, findings) = idea::read(&answer.text, topic);
        // Only a weak model makes its ideas of the example's words.
        let small = Reach::of(std::slice::from_ref(answer)) == Reach::Small;
        ideas.retain(|idea| {
            idea.name.chars().any(char::is_alphabetic)
                && !(small && plain::is_echo(&idea.name, topic))
        });
        ideas.truncate(request.ideas.max(1));
        ((!ideas.is_empty()).then_some(ideas), findings)
    })
    .await?;
    let mut findings = attempt.findings;
    let ideas = attempt.got.unwrap_or_else(|| {
        findings.push(
            Finding::new(
                Level::Note,
                "/ideas",
                "no idea could be read, so the topic itself is the idea",
            )
            .hint("try a larger model, or say what you want in `--topic`"),
        );
        vec![Idea {
            name: format!("{topic} data"),
            about: topic.to_owned(),
            use_cases: String::new(),
        }]
    });
    listener.hear(&Event::Ideas { ideas: &ideas });
    hear(listener, &findings);
    let reach = Reach::of(&attempt.answers);
    Ok(Ideas { ideas, reach, answers: attempt.answers, findings })
}

/// Asks for the tables of an idea: all at once, and one by one where that gives no design.
///
/// # Errors
///
/// If no table can be read from any answer: there is nothing to make then.
pub async fn design(
    backend: &dyn Backend,
    request: &Request,
    idea: &Idea,
    reach: Reach,
    listener: &dyn Listener,
) -> Result<Designed, Error> {
    let topic = request.topic.as_str();
    let (mut answers, mut findings) = (Vec::new(), Vec::new());
    if reach == Reach::Whole {
        let question =
            Ask::Design { topic: topic.to_owned(), idea: idea.clone(), tables: request.tables };
        let attempt = attempt::ask(backend, question, |answer| {
            let (draft, mut findings) = draft::read(&answer.text);
            let design = resolved(draft, idea, &mut findings);
            (design, findings)
        })
        .await?;
        (answers, findings) = (attempt.answers, attempt.findings);
        if let Some(design) = attempt.got {
            hear(listener, &findings);
            listener.hear(&Event::Designed { tables: names(&design) });
            return Ok(Designed { design, reach, answers, findings });
        }
        let message = "no answer held a design that can be used, so smaller questions were asked";
        findings.push(Finding::new(Level::Note, "/tables", message));
    }
    let given = small::design(backend, request, idea).await?;
    answers.extend(given.answers);
    findings.extend(given.findings);
    let design = resolved(given.got, idea, &mut findings);
    hear(listener, &findings);
    let Some(design) = design else {
        return Err(Error::failed(format!(
            "the model's {} answers hold no table with two columns that have names",
            answers.len()
        ))
        .at("design")
        .hint("try a larger model with `--model`, or `--backend builtin`")
        .conclusive());
    };
    listener.hear(&Event::Designed { tables: names(&design) });
    Ok(Designed { design, reach: Reach::Small, answers, findings })
}

/// The design of a draft under an idea's name, once the debris is out; nothing if none is left.
fn resolved(mut draft: Draft, idea: &Idea, findings: &mut Vec<Finding>) -> Option<Design> {
    if draft.tables.is_empty() {
        return None;
    }
    findings.extend(sound::keep_sound(&mut draft));
    if !sound::is_usable(&draft) {
        let message = "no table has two columns whose names are words";
        findings.push(
            Finding::new(Level::Error, "/tables", message)
                .hint("name the tables, and two to ten columns for each"),
        );
        return None;
    }
    let named = Draft {
        name: idea.name.clone(),
        about: idea.about.clone(),
        use_cases: idea.use_cases.clone(),
        resolved: false,
        seed: draft.seed,
        clock: draft.clock,
        // The rows that a model writes into its design come again, better, when asked for.
        tables: draft.tables,
        story: draft.story,
    };
    // A story that cannot be is not worth another question.
    let told = |finding: &Finding| finding.at.starts_with("/story");
    let found = match design::resolve(&named) {
        Ok((_, found)) if found.iter().any(told) => {
            design::resolve(&Draft { story: Vec::new(), ..named })
        }
        found => found,
    };
    match found {
        Ok((design, found)) => {
            findings.extend(found);
            Some(design)
        }
        Err(found) => {
            findings.extend(found);
            None
        }
    }
}

/// Tells a listener of findings, one by one.
fn hear(listener: &dyn Listener, findings: &[Finding]) {
    for finding in findings {
        listener.hear(&Event::Found { finding });
    }
}

fn names(design: &Design) -> Vec<(&str, Vec<&str>)> {
    (design.tables().iter())
        .map(|table| {
            let columns = table.columns().iter().map(|column| column.name().as_str()).collect();
            (table.name().as_str(), columns)
        })
        .collect()
}
