//! [`Anomaly`]: something in the data that somebody is to find.
//!
//! A design states what is planted, `story` in `design.json`; the engine plants it, and what it
//! planted where stands beside the data. Every name in here is one of the design's, once
//! [`resolve`](crate::design::resolve) has checked it.
//!
//! ```
//! use peyote_schemas::story::Anomaly;
//!
//! let said = r#"{"is": "rate_shift", "table": "orders", "column": "status", "value": "returned", "factor": 2,
//!     "where": {"column": "supplier_id", "at": "placed_at", "from": "2025-07-01", "to": "2025-10-01"}}"#;
//! let anomaly: Anomaly = serde_json::from_str(said).unwrap();
//! assert_eq!(anomaly.table(), "orders");
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::behaviour::{At, Path};

/// The most anomalies of a design.
pub const MOST: usize = 20;
/// The most rows of a burst.
pub const MOST_ROWS: u32 = 65_536;
/// The most members of a ring.
pub const MOST_MEMBERS: u32 = 1_000;

/// Something in the data that somebody is to find: a closed set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Anomaly {
    /// A value becomes more or less frequent: a supplier whose returns double.
    RateShift {
        /// Whose rows.
        table: String,
        /// The column: a truth, a word, or the status of a lifecycle.
        column: String,
        /// The value, as text.
        value: String,
        /// How many times as frequent it is; above 0.
        factor: f64,
        /// Which rows.
        #[serde(rename = "where", default, skip_serializing_if = "Where::is_all")]
        rows: Where,
        /// What it is, in a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        says: Option<String>,
    },
    /// Numbers become larger or smaller at once: a price error, a wrong unit.
    LevelShift {
        /// Whose rows.
        table: String,
        /// The column of numbers.
        column: String,
        /// What they are multiplied by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        factor: Option<f64>,
        /// What is added to them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<f64>,
        /// The share of those rows that it happens to; all where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        share: Option<f64>,
        /// Which rows.
        #[serde(rename = "where", default, skip_serializing_if = "Where::is_all")]
        rows: Where,
        /// What it is, in a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        says: Option<String>,
    },
    /// Numbers move away steadily from a moment on: a sensor that drifts.
    Drift {
        /// Whose rows.
        table: String,
        /// The column of numbers.
        column: String,
        /// How much is added for each day since `from`.
        per_day: f64,
        /// Which rows; `at` and `from` have to be said.
        #[serde(rename = "where")]
        rows: Where,
        /// What it is, in a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        says: Option<String>,
    },
    /// Many rows of one parent in a short time: a breach at 03:14.
    Burst {
        /// Whose rows.
        table: String,
        /// The referring column: all rows of the burst have one parent.
        key: String,
        /// The column of moments.
        at: String,
        /// When it begins.
        from: At,
        /// When it is over; not included.
        to: At,
        /// How many rows it has.
        rows: u32,
        /// What else its rows hold, as literal rows would.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        set: BTreeMap<String, Value>,
        /// What it is, in a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        says: Option<String>,
    },
    /// A few rows that share what others have to themselves: accounts with one device.
    Ring {
        /// Whose rows.
        table: String,
        /// The column that they share.
        column: String,
        /// How many they are; at least 2.
        members: u32,
        /// What they do at the same time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rush: Option<Rush>,
        /// What it is, in a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        says: Option<String>,
    },
    /// Nothing happens for a while.
    Outage {
        /// Whose rows.
        table: String,
        /// Which rows are missing; `at`, `from` and `to` have to be said.
        #[serde(rename = "where")]
        rows: Where,
        /// What it is, in a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        says: Option<String>,
    },
    /// Values are missing for a while: a sensor that is silent.
    Dropout {
        /// Whose rows.
        table: String,
        /// The column that may be null.
        column: String,
        /// Which rows.
        #[serde(rename = "where", default, skip_serializing_if = "Where::is_all")]
        rows: Where,
        /// What it is, in a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        says: Option<String>,
    },
}

/// Which rows of a table: those of somebody, in some time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Where {
    /// The column that tells whose they are, of the row or of a parent; all where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<Path>,
    /// Its values, as text. None for a referring column: one row that it refers to is chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<String>,
    /// The column of moments, of the row or of a parent, that tells when they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Path>,
    /// The first moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<At>,
    /// The moment at which it is over; not included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<At>,
}

/// What the members of a ring do at the same time: as many rows each, as near as may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rush {
    /// The table whose rows they are.
    pub table: String,
    /// Its column that refers to the members.
    pub key: String,
    /// Its column of moments.
    pub at: String,
    /// When it begins.
    pub from: At,
    /// When it is over; not included.
    pub to: At,
    /// How many rows, of all members together.
    pub rows: u32,
    /// What else these rows hold, as literal rows would: small equal amounts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, Value>,
}

impl Anomaly {
    /// The table that it is in.
    pub fn table(&self) -> &str {
        match self {
            Self::RateShift { table, .. }
            | Self::LevelShift { table, .. }
            | Self::Drift { table, .. }
            | Self::Burst { table, .. }
            | Self::Ring { table, .. }
            | Self::Outage { table, .. }
            | Self::Dropout { table, .. } => table,
        }
    }

    /// What it is, in a sentence, if somebody said so.
    pub fn says(&self) -> Option<&str> {
        match self {
            Self::RateShift { says, .. }
            | Self::LevelShift { says, .. }
            | Self::Drift { says, .. }
            | Self::Burst { says, .. }
            | Self::Ring { says, .. }
            | Self::Outage { says, .. }
            | Self::Dropout { says, .. } => says.as_deref(),
        }
    }

    /// Which rows it is about, where they are told by what they hold.
    pub fn rows(&self) -> Option<&Where> {
        match self {
            Self::RateShift { rows, .. }
            | Self::LevelShift { rows, .. }
            | Self::Drift { rows, .. }
            | Self::Outage { rows, .. }
            | Self::Dropout { rows, .. } => Some(rows),
            Self::Burst { .. } | Self::Ring { .. } => None,
        }
    }

    /// What kind of thing it is, in the words of the field.
    pub fn title(&self) -> &'static str {
        match self {
            Self::RateShift { .. } => "rate shift",
            Self::LevelShift { .. } => "level shift",
            Self::Drift { .. } => "drift",
            Self::Burst { .. } => "burst",
            Self::Ring { .. } => "ring",
            Self::Outage { .. } => "outage",
            Self::Dropout { .. } => "dropout",
        }
    }

    /// The columns whose values it changes, as (table, column), the latter a name of that table.
    pub fn changes(&self) -> Vec<(&str, &str)> {
        fn rush<'a>(
            (table, key, at): (&'a str, &'a str, &'a str),
            set: &'a BTreeMap<String, Value>,
        ) -> impl Iterator<Item = (&'a str, &'a str)> {
            let set = set.keys().map(String::as_str);
            [key, at].into_iter().chain(set).map(move |column| (table, column))
        }
        match self {
            Self::RateShift { table, column, .. }
            | Self::LevelShift { table, column, .. }
            | Self::Drift { table, column, .. }
            | Self::Dropout { table, column, .. } => vec![(table, column)],
            Self::Burst { table, key, at, set, .. } => rush((table, key, at), set).collect(),
            Self::Ring { table, column, rush: what, .. } => {
                let what = what.iter();
                let all = what.flat_map(|one| rush((&one.table, &one.key, &one.at), &one.set));
                std::iter::once((table.as_str(), column.as_str())).chain(all).collect()
            }
            Self::Outage { table, rows, .. } => {
                rows.at.iter().map(|at| (table.as_str(), at.column.as_str())).collect()
            }
        }
    }
}

impl Where {
    /// Whether all rows are meant.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// The window in microseconds since 1970, its end not included; open ends are the farthest that
    /// there are.
    pub fn window(&self) -> (i64, i64) {
        let at = |at: Option<At>| at.and_then(At::micros);
        (at(self.from).unwrap_or(i64::MIN), at(self.to).unwrap_or(i64::MAX))
    }
}
