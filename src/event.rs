//! [`Event`]: what happens in a run, for whoever shows it: a live view, JSON lines, nobody.

use std::io;
use std::sync::Mutex;

use peyote_backends::{Answer, Ask, Backend, Pending};
use peyote_schemas::Finding;
use peyote_schemas::draft::Idea;
use serde::Serialize;

/// Something that happened, as it happens.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// A run began.
    Started {
        /// Its id.
        run_id: &'a str,
        /// Its topic.
        topic: &'a str,
        /// Who answers.
        backend: &'a str,
        /// Why this one, and what else could be.
        because: &'a str,
        /// Where the work happens.
        folder: &'a str,
    },
    /// A question went out.
    Asked {
        /// The task line: `rows orders`.
        task: &'a str,
    },
    /// An answer came.
    Answered {
        /// The task line of the question.
        task: &'a str,
        /// Who answered.
        model: &'a str,
        /// Tokens of the prompt, where they were counted.
        input: Option<u64>,
        /// Tokens of the reply, where they were counted.
        output: Option<u64>,
    },
    /// No answer came.
    Unanswered {
        /// The task line of the question.
        task: &'a str,
        /// Why.
        why: &'a str,
    },
    /// Ideas were read.
    Ideas {
        /// The ideas, in the order in which they came.
        ideas: &'a [Idea],
    },
    /// An idea was chosen.
    Chosen {
        /// The idea.
        idea: &'a Idea,
    },
    /// Tables were designed.
    Designed {
        /// The name of each table and of its columns.
        tables: Vec<(&'a str, Vec<&'a str>)>,
    },
    /// A table has its rows.
    Rows {
        /// The table.
        table: &'a str,
        /// How many rows.
        rows: usize,
        /// Some values of one of them, to look at.
        glimpse: Vec<String>,
    },
    /// Something was not as it should have been.
    Found {
        /// What, and what became of it.
        finding: &'a Finding,
    },
    /// A file was written.
    Wrote {
        /// Its path in the output folder.
        path: &'a str,
        /// Its rows, if it is a table.
        rows: Option<usize>,
        /// Its size.
        bytes: u64,
    },
    /// The run is done.
    Finished {
        /// The output folder.
        folder: &'a str,
        /// How many tables it holds.
        tables: usize,
        /// How many rows they hold.
        rows: usize,
        /// Values that were repaired or emptied.
        repairs: usize,
        /// Rows set aside.
        rejects: usize,
        /// What it took.
        cost: Cost,
    },
}

/// What a run took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Questions answered.
    pub calls: u64,
    /// Tokens of their prompts, where they were counted.
    pub input: u64,
    /// Tokens of the replies, where they were counted.
    pub output: u64,
}

/// Somebody who wants to know.
pub trait Listener: Send + Sync {
    /// Takes notice of an event.
    fn hear(&self, event: &Event<'_>);

    /// Why what was heard could not be passed on, if it could not: asked once, at the end of a run.
    fn trouble(&self) -> Option<io::Error> {
        None
    }
}

/// Nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silence;

impl Listener for Silence {
    fn hear(&self, _: &Event<'_>) {}
}

/// A backend whose questions and answers are heard, and counted.
pub struct Heard<'l, B> {
    inner: B,
    listener: &'l dyn Listener,
    counted: Mutex<(Cost, Vec<String>)>,
}

impl<'l, B: Backend> Heard<'l, B> {
    /// Tells a listener of everything asked of a backend.
    pub fn new(inner: B, listener: &'l dyn Listener) -> Self {
        Self { inner, listener, counted: Mutex::default() }
    }

    /// What it took so far.
    pub fn cost(&self) -> Cost {
        self.counted.lock().map(|counted| counted.0).unwrap_or_default()
    }

    /// The models that answered so far, each once, in order of their names.
    pub fn models(&self) -> Vec<String> {
        let mut models = self.counted.lock().map(|counted| counted.1.clone()).unwrap_or_default();
        models.sort();
        models
    }

    fn count(&self, answer: &Answer) {
        let Ok(mut counted) = self.counted.lock() else { return };
        let (cost, models) = &mut *counted;
        cost.calls += 1;
        cost.input += answer.usage.map_or(0, |usage| usage.input);
        cost.output += answer.usage.map_or(0, |usage| usage.output);
        if !models.contains(&answer.model) {
            models.push(answer.model.clone());
        }
    }
}

impl<B: Backend> Backend for Heard<'_, B> {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(async move {
            let task = ask.task();
            self.listener.hear(&Event::Asked { task: &task });
            let answered = self.inner.answer(ask).await;
            match &answered {
                Ok(answer) => {
                    self.count(answer);
                    self.listener.hear(&Event::Answered {
                        task: &task,
                        model: &answer.model,
                        input: answer.usage.map(|usage| usage.input),
                        output: answer.usage.map(|usage| usage.output),
                    });
                }
                Err(error) => {
                    let why = error.to_string();
                    self.listener.hear(&Event::Unanswered { task: &task, why: &why });
                }
            }
            answered
        })
    }
}
