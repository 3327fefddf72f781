//! [`Run`]: one making of a dataset: when, with what seed, and what was asked.

use std::path::{Path, PathBuf};

use jiff::Zoned;
use peyote_schemas::name::Slug;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::export::{Format, Types};
use crate::mess::Level;

/// The longest topic, in characters: a long sentence. More is no topic but a document.
pub const MAX_TOPIC: usize = 1000;
/// Rows asked of a model for each table, unless told otherwise.
pub const ROWS: usize = 20;
/// Ideas asked of a model, unless told otherwise.
pub const IDEAS: usize = 5;
/// The seed where none is given: any fixed number does, so that the same answers give the same
/// data.
pub const SEED: u64 = 1;

/// A topic: some text on one line, neither empty nor too long, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Topic(String);

/// Everything that a dataset depends on besides the answers: kept in the lock, reused by a replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What it is about.
    pub topic: Topic,
    /// How many ideas to ask for.
    pub ideas: usize,
    /// How many tables to ask for, if that was said.
    pub tables: Option<usize>,
    /// How many rows to ask for, for each table.
    pub rows: usize,
    /// Rows of the largest table that grows, where a ready-made world answers: as many are made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_size: Option<u64>,
    /// The seed of everything drawn.
    pub seed: u64,
    /// The forms of file to write.
    pub formats: Vec<Format>,
    /// The Parquet types that may be written.
    pub types: Types,
    /// What to do with values that break a promise.
    pub on_error: OnError,
    /// How dirty a twin is made beside it, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mess: Option<Level>,
}

/// One making of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its id: the date, the time and the topic; also the name of its folder.
    pub id: String,
    /// When it began, in RFC 3339.
    pub created: String,
    /// Who answers.
    pub backend: String,
    /// At which base URL, if one was named.
    pub base_url: Option<String>,
    /// The model, if one was named.
    pub model: Option<String>,
    /// What was asked.
    pub request: Request,
}

/// What to do with values that break a promise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// Mend them where that can be done.
    #[default]
    Repair,
    /// Empty them.
    Null,
    /// Set their rows aside.
    Reject,
    /// End the run.
    Fail,
}

impl Request {
    /// What is asked about a topic where nothing else is said.
    pub fn about(topic: Topic) -> Self {
        Self {
            topic,
            ideas: IDEAS,
            tables: None,
            rows: ROWS,
            at_size: None,
            seed: SEED,
            formats: vec![Format::Parquet, Format::Csv],
            types: Types::default(),
            on_error: OnError::default(),
            mess: None,
        }
    }
}

impl Topic {
    /// A topic, if the text can be one.
    pub fn new(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let example = "say it in a few words: `--topic \"The Beatles\"`";
        if text.is_empty() {
            return Err(Error::usage("the topic is empty").at("--topic").hint(example));
        }
        let letters = text.chars().count();
        if letters > MAX_TOPIC {
            return Err(Error::usage(format!(
                "the topic has {letters} characters, at most {MAX_TOPIC} are taken"
            ))
            .at("--topic")
            .hint(example));
        }
        if let Some(control) = text.chars().find(|letter| letter.is_control()) {
            return Err(Error::usage(format!(
                "the topic has a control character, U+{:04X}",
                u32::from(control)
            ))
            .at("--topic")
            .hint("write it on one line of plain text"));
        }
        Ok(Self(text.to_owned()))
    }

    /// A topic from a text of any form: what cannot stand in one is left out.
    pub fn lossy(text: &str) -> Self {
        let plain = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
        let short: String = plain.take(MAX_TOPIC).collect();
        let short = short.trim();
        Self(if short.is_empty() { "data".to_owned() } else { short.to_owned() })
    }

    /// The topic as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Run {
    /// A run that begins now.
    pub fn begin(request: Request, backend: &str, now: &Zoned) -> Self {
        let slug = Slug::new(request.topic.as_str(), "dataset");
        Self {
            id: format!("{}-{slug}", now.strftime("%y%m%d-%H%M%S")),
            created: now.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            backend: backend.to_owned(),
            base_url: None,
            model: None,
            request,
        }
    }

    /// The output folder below a path, once the dataset has a name.
    pub fn place(&self, path: &Path, name: &str) -> PathBuf {
        const STAMP: usize = "yymmdd-hhmmss".len();
        let stamp = self.id.get(..STAMP).unwrap_or(&self.id);
        path.join(format!("{stamp}-{}", Slug::new(name, "dataset")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_one_short_line() {
        assert_eq!(Topic::new("  The Beatles ").expect("a topic").as_str(), "The Beatles");
        for bad in ["", "   ", "a\u{7}b", &"x".repeat(10_000)] {
            let error = Topic::new(bad).expect_err("no topic");
            assert_eq!(error.exit().code(), 2);
            assert!(error.next_step().is_some());
        }
    }
}
