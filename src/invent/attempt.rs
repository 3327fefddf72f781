//! [`ask`]: a question, and again with what was wrong with the answer, a bounded number of times.

use peyote_backends::error::Class;
use peyote_backends::{Answer, Ask, Backend, Error, Finish};
use peyote_schemas::{Finding, Level};

/// How often an answer that cannot be used is sent back.
pub const REPAIRS: usize = 2;

/// Where findings stand about what was not asked.
const WITHHELD: &str = "/withheld";

/// What came of a question.
#[derive(Debug)]
pub struct Attempt<T> {
    /// What was understood, or nothing if no answer could be used.
    pub got: Option<T>,
    /// Every answer, in order.
    pub answers: Vec<Answer>,
    /// What was found in the answers, the last one's last.
    pub findings: Vec<Finding>,
}

/// Asks, reads, and asks again with the findings while nothing usable came.
///
/// `read` gives what it understood, if anything, and what it found.
///
/// # Errors
///
/// If no answer comes at all: what was paid for is in the lock by then.
pub async fn ask<T>(
    backend: &dyn Backend,
    question: Ask,
    read: impl Fn(&Answer) -> (Option<T>, Vec<Finding>),
) -> Result<Attempt<T>, Error> {
    let mut attempt = Attempt { got: None, answers: Vec::new(), findings: Vec::new() };
    let mut next = question.clone();
    for repair in 0..=REPAIRS {
        let Some(answer) = answered(backend, &next, &mut attempt.findings).await? else { break };
        let (got, findings) = read(&answer);
        let usable = got.is_some();
        next = Ask::Repair {
            of: Box::new(question.clone()),
            reply: answer.text.clone(),
            findings: findings.clone(),
        };
        if answer.finish == Finish::Length {
            let message = format!(
                "the answer to `{}` was cut off every time; what came whole is kept",
                question.task()
            );
            attempt.findings.push(Finding::new(Level::Note, "", message));
        }
        attempt.got = got;
        attempt.answers.push(answer);
        attempt.findings.extend(findings);
        if usable {
            if repair > 0 {
                attempt.findings.push(Finding::new(
                    Level::Note,
                    "",
                    format!("`{}` was answered usably after {repair} repairs", question.task()),
                ));
            }
            break;
        }
    }
    Ok(attempt)
}

/// The finding that says first what was not asked in this run, and which cap forbade it.
pub fn withheld<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Option<&'a Finding> {
    findings.into_iter().find(|finding| finding.at == WITHHELD)
}

/// The answer to a question, or nothing and a finding where no more may be asked in this run.
///
/// # Errors
///
/// If no answer comes for another reason.
pub async fn answered(
    backend: &dyn Backend,
    question: &Ask,
    findings: &mut Vec<Finding>,
) -> Result<Option<Answer>, Error> {
    match backend.answer(question).await {
        Err(error) if error.class == Class::Spent => {
            let message = format!("`{}` was not asked: {error}", question.task());
            let finding = Finding::new(Level::Note, WITHHELD, message);
            findings.push(match error.hint {
                Some(hint) => finding.hint(hint),
                None => finding,
            });
            Ok(None)
        }
        answered => answered.map(Some),
    }
}
