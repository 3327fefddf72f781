//! [`Spread`]: how the rows of a table belong to those of another.

use serde::{Deserialize, Serialize};

/// How the rows of a table are dealt out to the rows that a foreign key refers to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// How many children a parent has; without it they are dealt out by chance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub children: Option<Children>,
    /// The share of parents that have none, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub childless: Option<f64>,
    /// Whether the children of a parent stand together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Other referring columns of the row that never hold the same value: from and to, home and
    /// away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlike: Vec<String>,
    /// The form of the tree, where a table refers to itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<Tree>,
}

/// How many children a parent has, before all are made to add up to the rows of the child.
///
/// Where the rows of the child are given, the law says how they are shared out; where they follow
/// from the parents ([`Size::PerParent`](super::Size::PerParent)), how many there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Children {
    /// The same for every parent.
    Fixed {
        /// How many.
        count: u64,
    },
    /// Between two bounds, both included, all numbers alike.
    Range {
        /// The least.
        min: u64,
        /// The greatest.
        max: u64,
    },
    /// At least one, one more by chance, and so on.
    Geometric {
        /// The mean, at least 1.
        mean: f64,
    },
    /// Many have few and few have many.
    Lognormal {
        /// The mean.
        mean: f64,
        /// The standard deviation of the natural logarithm, above 0.
        sigma: f64,
    },
    /// The k-th favourite parent has a share as 1 / k^skew; who is a favourite is drawn by lot.
    Zipf {
        /// How much the first are ahead, above 0.
        skew: f64,
        /// The mean, where it decides the number of rows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mean: Option<f64>,
    },
}

/// Whether the children of a parent stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The children of the first parent come first, then those of the second.
    Clustered,
    /// As if shuffled.
    Shuffled,
}

/// The form of the tree that a table's rows make by referring to each other; no row is above
/// itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    /// Levels, the first included; at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<u32>,
    /// Mean number of rows straight below one, above 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branching: Option<f64>,
    /// Rows above which there is none; at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roots: Option<u64>,
}

impl Children {
    /// The mean number of children, where the law says one.
    pub fn mean(&self) -> Option<f64> {
        match self {
            Self::Fixed { count } => Some(*count as f64),
            Self::Range { min, max } => Some(f64::midpoint(*min as f64, *max as f64)),
            Self::Geometric { mean } | Self::Lognormal { mean, .. } => Some(*mean),
            Self::Zipf { mean, .. } => *mean,
        }
    }

    /// The most children that a parent may have, where the law says so.
    pub fn most(&self) -> Option<u64> {
        match self {
            Self::Fixed { count } => Some(*count),
            Self::Range { max, .. } => Some(*max),
            Self::Geometric { .. } | Self::Lognormal { .. } | Self::Zipf { .. } => None,
        }
    }
}
