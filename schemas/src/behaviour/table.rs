//! What holds of whole rows: [`Size`], [`Lifecycle`] and [`History`].

use serde::{Deserialize, Serialize};

use super::{At, Delay, Path};

/// How many rows a table has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Size {
    /// The same at any scale: a lookup table.
    Fixed {
        /// How many.
        rows: u64,
    },
    /// As many times as the scale says.
    Grows {
        /// How many at scale 1.
        rows: u64,
    },
    /// As many as the rows that a foreign key refers to have children.
    PerParent {
        /// A column of that foreign key; the first with a law for children where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<String>,
    },
}

/// The way of a row through stages: its status, and the moment of each stage that it has reached.
///
/// A row begins at the first stage and goes on until it is left behind by chance or by the present
/// day of the data. Its status is the last stage reached; the moments of all stages on its way are
/// there, all others are absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// The column that holds the stage's name.
    pub status: String,
    /// When the first stage begins, where that is no column of the row: `order_id.ordered_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Path>,
    /// The stages; each but the first follows another that stands before it.
    pub stages: Vec<Stage>,
}

/// A stage of a lifecycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// What the status is then.
    pub is: String,
    /// The column that holds the moment when it was reached, if one does. That of the first stage
    /// has a behaviour of its own, unless the lifecycle says when it starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The stage before; the one that stands before it, where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// How long after the stage before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Delay>,
    /// The share of the rows of the stage before that go on to this one, 0 to 1; those of stages
    /// that follow the same one are at most 1 together.
    #[serde(default = "whole", skip_serializing_if = "is_whole")]
    pub share: f64,
    /// Where it holds a row goes on to this stage whatever the shares are: an order of which
    /// something came back was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<crate::formula::Formula>,
}

/// Rows that follow each other in time, those of one parent without gaps: slowly changing data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// The column that refers to whom the rows are about.
    pub of: String,
    /// The column that holds when a row begins to hold.
    pub from: String,
    /// The column that holds when it ends: when the next one begins; absent for the last.
    pub to: String,
    /// The column that is true for the last row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// When the first row begins: a moment, or a column of the parent.
    pub since: super::Until,
    /// The day before which all rows begin; the present day of the data where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<At>,
}

impl Lifecycle {
    /// The place of the stage before another: `None` for the first and for one that names no stage
    /// before it.
    pub fn before(&self, stage: usize) -> Option<usize> {
        match &self.stages.get(stage)?.from {
            Some(name) => self.stages[..stage].iter().position(|one| one.is == *name),
            None => stage.checked_sub(1),
        }
    }
}

const fn whole() -> f64 {
    1.0
}

// serde hands the field by reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn is_whole(share: &f64) -> bool {
    (*share - 1.0).abs() < f64::EPSILON
}
