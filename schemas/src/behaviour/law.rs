//! [`Law`]: how numbers are spread.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Given, Path};

/// Numbers that follow a law.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// How they are spread.
    pub law: Law,
    /// The least; the law is cut off there, nothing heaps up at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The greatest; the law is cut off there, nothing heaps up at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// They are multiples of this: 0.01, 5, 1000. What the kind can hold, where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<f64>,
    /// What stands behind the whole number, as prices have it: 0.99, 0.95, 0; each as likely as
    /// often as it stands there. Bounds hold none the less.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ending: Vec<f64>,
    /// Another number that this one goes along with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<With>,
    /// The law where another column has certain values; bounds and endings stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given<Law>>,
    /// What they are multiples of where that column has certain of its values, and not of `round`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rounds: BTreeMap<String, f64>,
}

/// A number that another goes along with: their ranks are those of two normal variables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct With {
    /// The other column, of the row or of a parent; its behaviour is a number as well.
    pub column: Path,
    /// How the normal variables behind the two correlate, -1 to 1.
    pub rho: f64,
}

/// How numbers are spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Law {
    /// All alike between two bounds, both included.
    Uniform {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// The bell.
    Normal {
        /// Its middle.
        mean: f64,
        /// Its standard deviation, above 0.
        deviation: f64,
    },
    /// The bell of the logarithms: amounts, durations, sizes.
    Lognormal {
        /// The number that half of them are below, above 0.
        median: f64,
        /// The standard deviation of the natural logarithm, above 0.
        sigma: f64,
    },
    /// Waits between events that do not know of each other.
    Exponential {
        /// The mean, above 0.
        mean: f64,
    },
    /// Whole numbers from 1 on, the k-th as likely as 1 / k^skew.
    Zipf {
        /// The greatest, at least 1.
        most: u64,
        /// How much the first are ahead, above 0.
        skew: f64,
    },
    /// A triangle over two bounds.
    Triangular {
        /// The least.
        min: f64,
        /// The likeliest, between the two.
        mode: f64,
        /// The greatest.
        max: f64,
    },
    /// A few numbers and no others.
    Levels {
        /// The numbers.
        values: Vec<f64>,
        /// How likely each is beside the others; alike where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weights: Option<Vec<f64>>,
    },
}

impl Number {
    /// Numbers of a law with nothing else said.
    pub fn new(law: Law) -> Self {
        let (ending, rounds) = (Vec::new(), BTreeMap::new());
        Self { law, min: None, max: None, round: None, ending, with: None, given: None, rounds }
    }
}
