//! [`Pick`]: words out of a list.

use serde::{Deserialize, Serialize};

use super::Given;

/// Words out of a list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    /// The words; those of the enum, or else the column's vocabulary, where they are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<String>>,
    /// How likely each is beside the others; alike where neither this nor a skew is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<Vec<f64>>,
    /// The k-th word is as likely as 1 / k^skew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew: Option<f64>,
    /// Whether no word comes twice.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub unique: bool,
    /// The words where another column has certain values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given<Words>>,
}

/// Words with their weights.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The words.
    pub words: Vec<String>,
    /// How likely each is beside the others; alike where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<Vec<f64>>,
}
