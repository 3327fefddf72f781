//! [`Answer`]: a reply, and what it took to get it.

use serde::{Deserialize, Serialize};

/// A reply to an ask, exactly as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// Why a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model was done.
    Stop,
    /// A limit cut it off.
    Length,
    /// Something else, or not said.
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
