//! [`Answer`]: a reply, and what it took to get it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A reply to an ask, exactly as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The text.
    pub text: String,
    /// The prompt that it answers, as sent: every message, the task line included.
    pub prompt: String,
    /// The model that says it answered.
    pub model: String,
    /// Why it stopped.
    pub finish: Finish,
    /// Tokens in and out, where they were counted.
    pub usage: Option<Usage>,
    /// What else was sent beside the prompt: the form asked for, the limit of tokens. Never a
    /// header. Null where nothing was sent.
    #[serde(default)]
    pub parameters: Value,
    /// What a person should know about where the answer comes from.
    #[serde(default)]
    pub note: Option<String>,
}

/// Why a reply ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model was done.
    Stop,
    /// A limit cut it off.
    Length,
    /// Something else, or not said.
    #[default]
    Other,
}

/// Tokens counted by who answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt.
    pub input: u64,
    /// Tokens of the reply.
    pub output: u64,
}

impl std::ops::Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
        }
    }
}
