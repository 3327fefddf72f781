//! [`Spread`]: how the rows of a table belong to those of another.

use serde::{Deserialize, Serialize};

use super::Path;

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
    /// Since when a row has to be there for anything to refer to it; any has where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aged: Option<Aged>,
    /// Which rows may be referred to at all; any where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<Among>,
}

/// How old a row is before it has children: what has not arrived yet is not sent back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aged {
    /// The column of the other table, or of the parent whose children stand there in its order, that
    /// says since when a row is there; rows stand in that order
    /// ([`Happening::rising`](super::Happening::rising)).
    pub since: Path,
    /// Whole days before the present day of the data.
    pub days: u16,
}

/// Which rows a foreign key may refer to.
///
/// How many children each of them has follows from that by chance, so no law for it is said
/// besides. But those that were [there](Among::There) may be favoured as [`Children::Zipf`] says, by
/// a key that tells the children of another key's parent apart: the products of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Among {
    /// Those that were there by then: customers who had joined when the order was placed.
    There {
        /// The column of this row that says when it happened; of a parent only beside
        /// [`Children::Zipf`].
        by: Path,
        /// The column of the other table that says since when a row is there; its rows stand in
        /// that order ([`Happening::rising`](super::Happening::rising)).
        since: String,
        /// The column of the other table that says until when a row is there, that moment or day
        /// included; absent for what is there to stay. Only beside [`Children::Zipf`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
        /// How much some are favoured, as the standard deviation of a logarithm; all are alike
        /// where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        skew: Option<f64>,
    },
    /// Those that refer to the same row as this one: an address of the order's own customer.
    Same {
        /// The referring column of this row.
        of: String,
        /// A column of the other table, or of its parents, by whose values some are left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        column: Option<Path>,
        /// Its values, as text.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<String>,
        /// The column of this row that says when it happened, where only those are meant that were
        /// there then, or who was nearest to it where nobody was; the present day counts where it
        /// is missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// The column of the other table that says since when a row is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<String>,
        /// The column of the other table that says until when; missing for those that still are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
    },
    /// Those with certain values: pilots who are captains.
    Where {
        /// A column of the other table, or of its parents.
        column: Path,
        /// Its values, as text.
        values: Vec<String>,
        /// How likely each value is beside the others; as likely as it is there, where it is left
        /// out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weights: Option<Vec<f64>>,
        /// The column of this row that says when it happened, where only those are meant that were
        /// there then, as for [`Same`](Self::Same).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// The column of the other table that says since when a row is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<String>,
        /// The column of the other table that says until when; missing for those that still are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
    },
    /// The one that a parent of this row refers to: the label of the record's artist.
    Theirs {
        /// By way of a referring column of this row: `artist_id.label_id`.
        of: Path,
    },
    /// The one whose number, counted from 0, an expression over this row comes to, counted around
    /// where there are fewer; none where it comes to nothing: whose turn it is on that day.
    Place {
        /// The expression, without totals.
        row: crate::formula::Formula,
    },
    /// The row before this one among those of a parent: the visit before, of the same patient.
    /// Only where a table refers to itself.
    Before {
        /// The column that refers to the parent.
        of: String,
    },
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
///
/// Where no two rows refer to the same one, the tree is chains, and its depth their length.
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
