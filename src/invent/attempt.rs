//! [`ask`]: a question, and again with what was wrong with the answer, a bounded number of times.

use peyote_backends::{Answer, Ask, Backend, Error, Finish};
use peyote_schemas::{Finding, Level};

/// How often an answer that cannot be used is sent back.
pub const REPAIRS: usize = 1;

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

/// Asks, reads, and asks again with the findings while nothing usable came, or only a part of it.
///
/// `read` gives what it understood, if anything, and what it found; `join` makes one of what an
/// answer that was cut off had, and the answer after it.
///
/// # Errors
///
/// If no answer comes at all: what was paid for is in the lock by then.
pub async fn ask<T>(
    backend: &dyn Backend,
    question: Ask,
    read: impl Fn(&Answer) -> (Option<T>, Vec<Finding>),
    join: impl Fn(T, T) -> T,
) -> Result<Attempt<T>, Error> {
    let mut attempt = Attempt { got: None, answers: Vec::new(), findings: Vec::new() };
    let mut next = question.clone();
    for repair in 0..=REPAIRS {
        let answer = backend.answer(&next).await?;
        let (got, mut findings) = read(&answer);
        let cut = answer.finish == Finish::Length;
        if cut {
            findings.push(
                Finding::new(Level::Repair, "", "the answer was cut off before its end")
                    .hint("write only what follows its last whole row, or all of it, shorter"),
            );
        }
        next = Ask::Repair {
            of: Box::new(question.clone()),
            reply: answer.text.clone(),
            findings: findings.clone(),
        };
        attempt.got = match (attempt.got, got) {
            (Some(first), Some(second)) => Some(join(first, second)),
            (first, second) => second.or(first),
        };
        attempt.answers.push(answer);
        attempt.findings.extend(findings);
        if attempt.got.is_some() && !cut {
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
