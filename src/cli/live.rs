//! The view of a run: what is being invented, as it comes; or plain lines, or JSON lines.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::event::{Event, Listener};
use crate::quote::Terminal;

/// How often the mark of life moves.
const TICK: Duration = Duration::from_millis(120);
/// Letters of a longer text that are shown.
const SHOWN_LETTERS: usize = 100;

/// A view on a terminal: a line that moves, and what was invented above it.
///
/// The line is there only while something is waited for, so that questions have the screen.
#[derive(Default)]
pub(super) struct Live {
    state: Mutex<(Option<ProgressBar>, BTreeSet<String>)>,
}

/// One line a step, for standard error that is no terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain;

/// One JSON line an event on standard output.
#[derive(Debug, Default)]
pub(super) struct Lines {
    trouble: Mutex<Option<io::Error>>,
}

impl Live {
    fn wait(&self, change: impl FnOnce(&mut BTreeSet<String>)) {
        let Ok(mut state) = self.state.lock() else { return };
        let (bar, waiting) = &mut *state;
        change(waiting);
        if waiting.is_empty() {
            clear(bar);
            return;
        }
        let tasks: Vec<&str> = waiting.iter().map(String::as_str).collect();
        let message = format!("asking for {}", Terminal(&tasks.join(", ")));
        bar.get_or_insert_with(spinner).set_message(message);
    }

    fn tell(&self, text: &str) {
        let Ok(state) = self.state.lock() else { return };
        match &state.0 {
            Some(bar) => bar.suspend(|| eprintln!("{text}")),
            None => eprintln!("{text}"),
        }
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner:.cyan} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(TICK);
    bar
}

fn clear(bar: &mut Option<ProgressBar>) {
    if let Some(bar) = bar.take() {
        bar.finish_and_clear();
    }
}

impl Listener for Live {
    fn hear(&self, event: &Event<'_>) {
        match event {
            Event::Asked { task } => self.wait(|waiting| {
                waiting.insert((*task).to_owned());
            }),
            Event::Answered { task, .. } | Event::Unanswered { task, .. } => {
                self.wait(|waiting| {
                    waiting.remove(*task);
                });
            }
            _ => {}
        }
        if let Some(text) = told(event) {
            self.tell(&text);
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if let Ok(mut state) = self.state.lock() {
            clear(&mut state.0);
        }
    }
}

impl Listener for Plain {
    fn hear(&self, event: &Event<'_>) {
        if let Some(text) = told(event) {
            // A closed standard error is no reason to lose the data.
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }
}

impl Listener for Lines {
    fn hear(&self, event: &Event<'_>) {
        let Ok(line) = serde_json::to_string(event) else { return };
        // Whoever reads may stop reading.
        if let Err(error) = writeln!(io::stdout(), "{line}")
            && error.kind() != io::ErrorKind::BrokenPipe
            && let Ok(mut trouble) = self.trouble.lock()
        {
            trouble.get_or_insert(error);
        }
    }

    fn trouble(&self) -> Option<io::Error> {
        self.trouble.lock().ok()?.take()
    }
}

/// The beginning of a text, with a mark where it was cut.
fn short(text: &str) -> String {
    let begin: String = text.chars().take(SHOWN_LETTERS).collect();
    let more = if begin.len() < text.len() { "…" } else { "" };
    format!("{}{more}", Terminal(&begin))
}

/// What a person is told of an event, if anything.
fn told(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::Started { topic, backend, because, .. } => {
            format!("{}: {} ({})", Terminal(topic), Terminal(backend), Terminal(because))
        }
        Event::Ideas { ideas } => {
            let lines: Vec<String> = (ideas.iter().enumerate())
                .map(|(at, idea)| {
                    let gap = if idea.about.is_empty() { "" } else { ": " };
                    format!("  {}. {}{gap}{}", at + 1, Terminal(&idea.name), short(&idea.about))
                })
                .collect();
            format!("ideas\n{}", lines.join("\n"))
        }
        Event::Chosen { idea } => format!("idea: {}", Terminal(&idea.name)),
        Event::Designed { tables } => {
            let lines: Vec<String> = tables
                .iter()
                .map(|(name, columns)| {
                    format!("  {} ({})", Terminal(name), short(&columns.join(", ")))
                })
                .collect();
            format!("tables\n{}", lines.join("\n"))
        }
        Event::Rows { table, rows, glimpse } => {
            let glimpse = glimpse.join(", ");
            let gap = if glimpse.is_empty() { "" } else { ": " };
            format!("  {}, {rows} rows{gap}{}", Terminal(table), short(&glimpse))
        }
        // What is not answered ends the run with an error that says why.
        Event::Unanswered { .. }
        | Event::Asked { .. }
        | Event::Answered { .. }
        | Event::Found { .. }
        | Event::Wrote { .. }
        | Event::Finished { .. } => return None,
    })
}
