//! [`Replay`]: a backend that gives back the answers kept in a lock, and asks nobody.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::answer::Answer;
use crate::ask::Ask;
use crate::error::{Class, Error};
use crate::lock::{Answers, Header, Transcript};
use crate::{Backend, Pending};

/// What to do where a lock has no answer.
const HINT: &str = "finish the run with `--resume`, or ask a model with `--backend`";

/// The answers of an earlier run. An ask is known by its fingerprint; one whose words are new, as
/// after an upgrade, by its task and by how often that was asked before.
#[derive(Debug)]
pub struct Replay {
    header: Header,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    by_ask: Answers,
    /// Asks that were not put, by name, and why.
    withheld: BTreeMap<String, String>,
    by_task: BTreeMap<String, (usize, Vec<Answer>)>,
}

impl Replay {
    /// The answers of a lock.
    pub fn new(transcript: Transcript) -> Self {
        let asks = Answers::of(&transcript.entries);
        let mut withheld = BTreeMap::new();
        let mut tasks: BTreeMap<String, (usize, Vec<Answer>)> = BTreeMap::new();
        for entry in &transcript.entries {
            if let Some(why) = &entry.withheld {
                withheld.insert(entry.fingerprint.clone(), why.clone());
                continue;
            }
            tasks.entry(entry.task.clone()).or_default().1.push(entry.answer());
        }
        let state = Mutex::new(State { by_ask: asks, withheld, by_task: tasks });
        Self { header: transcript.header, state }
    }

    /// The answers of a lock to exactly the asks that it has: another one fails, as it would cost a
    /// call, though its task may be known.
    pub fn exact(transcript: Transcript) -> Self {
        let replay = Self::new(transcript);
        replay.state.lock().unwrap_or_else(PoisonError::into_inner).by_task.clear();
        replay
    }

    /// The first line of the lock: its arguments make the same run again.
    pub fn header(&self) -> &Header {
        &self.header
    }

    fn take(&self, ask: &Ask) -> Result<Answer, Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (task, name) = (ask.task(), ask.fingerprint());
        let known = state.by_ask.knows(&name);
        let answer = state.by_ask.take(&name);
        if let (None, Some(why)) = (&answer, state.withheld.get(&name)) {
            return Err(Error::new(Class::Spent, why.clone()).hint(HINT));
        }
        if known {
            return answer.ok_or_else(|| absent(&task, "is not in the lock so often"));
        }
        let Some((asked, answers)) = state.by_task.get_mut(&task) else {
            return Err(absent(&task, "is not in the lock"));
        };
        let answer = answers.get(*asked).cloned();
        *asked += 1;
        answer.ok_or_else(|| absent(&task, "is not in the lock so often"))
    }
}

impl Backend for Replay {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(async move { self.take(ask) })
    }
}

fn absent(task: &str, how: &str) -> Error {
    Error::new(Class::Final, format!("the answer to `{task}` {how}")).hint(HINT)
}
