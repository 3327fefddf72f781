//! Mess: a dirty twin of a dataset, and every defect that makes the difference.
//!
//! What dirties a row hangs on the seed, the table and the row alone, so that any number of threads
//! makes the same mess. The law of it: whoever takes the defects back has the clean twin again, to
//! the byte (see [`Defect`]).

use std::str::FromStr;

use peyote_schemas::{Column, Kind};
use serde::{Deserialize, Serialize};

use crate::generate::draw::{Draw, share};
use crate::lane::Lane;

mod cell;
mod run;
mod set;
mod text;
mod twin;

pub use set::Mess;
pub use twin::{Clean, Defects, Twin, columns};

/// The folder of the dirty twin, in that of the dataset.
pub const FOLDER: &str = "mess";
/// The name of the table of defects.
pub const DEFECTS: &str = "defects";
/// Shares of cells that are dirtied, by the words for them.
const LEVELS: [(&str, f64); 3] = [("light", 0.005), ("medium", 0.02), ("heavy", 0.08)];
/// What a level counts.
const MILLION: f64 = 1e6;
/// The largest share: beyond it nothing is left to be found.
const MOST: f64 = 0.5;
/// Rows of which one comes twice, at least and at most: rows are made in runs of a multiple of these.
const BLOCKS: (u64, u64) = (16, 1024);

/// How dirty a twin is: the share of cells that have a defect, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Level(u32);

/// A defect: what one cell, or one row, was and is.
///
/// To take all of them back: put `before` into every cell that has one; take away the rows that are
/// duplicates; put the late ones where `before` says, counted from 0, and all others, in their
/// order, into the places between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// The row of the dirty table, from 0.
    pub row: u64,
    /// What names the row: the value of its primary key, a JSON array where that has several
    /// columns; none where a table has no such key.
    pub key: Option<String>,
    /// The column; none where the whole row is meant.
    pub column: Option<usize>,
    /// What kind of defect it is.
    pub kind: Flaw,
    /// What was there; for a late row, its place in the clean table.
    pub before: Option<String>,
    /// What is there; for a late row, its place now.
    pub after: Option<String>,
}

/// A kind of defect: a closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// A value is gone.
    Missing,
    /// Something stands where nothing is known: `N/A`, `-`, `1900-01-01`.
    Placeholder,
    /// A slip of the finger.
    Typo,
    /// Spaces that do not belong there.
    Whitespace,
    /// Letters of another case.
    Case,
    /// A number, moment or truth written in another way.
    Format,
    /// UTF-8 that was read as Windows-1252.
    Encoding,
    /// Text that was cut off.
    Truncated,
    /// A reference to a row that is not there.
    Orphan,
    /// A row that comes again.
    Duplicate,
    /// A row that comes later than it should.
    Late,
}

/// A table that is to be dirtied.
#[derive(Debug, Clone)]
pub struct Messy {
    name: String,
    columns: Vec<Dirtied>,
    /// The places of the columns of its primary key.
    key: Vec<usize>,
    level: Level,
    /// Which rows come again, and which are late.
    rows: Draw,
}

/// A column that is to be dirtied.
#[derive(Debug, Clone)]
struct Dirtied {
    column: Column,
    role: Role,
    draw: Draw,
}

/// What a column is for.
#[derive(Debug, Clone, PartialEq)]
enum Role {
    /// It tells rows apart, and stays as it is.
    Key,
    /// It refers to rows of a table, whose whole numbers end before this one.
    Reference(i64),
    /// Anything else.
    Value,
}

impl Level {
    /// The share of cells that have a defect.
    pub fn cells(self) -> f64 {
        f64::from(self.0) / MILLION
    }

    /// Of so many rows, one comes again: a power of two.
    pub fn block(self) -> u64 {
        let rows = (2.0 / self.cells()).clamp(BLOCKS.0 as f64, BLOCKS.1 as f64) as u64;
        rows.next_power_of_two()
    }

    /// The share of rows that come late.
    pub fn late(self) -> f64 {
        self.cells() / 2.0
    }
}

impl FromStr for Level {
    type Err = String;

    /// `light`, `medium`, `heavy`, or the share itself: `0.03` or `3%`.
    fn from_str(text: &str) -> Result<Self, String> {
        let word = LEVELS.iter().find(|(word, _)| *word == text).map(|(_, share)| *share);
        let number = || {
            let (digits, of) = text.strip_suffix('%').map_or((text, 1.0), |rest| (rest, 100.0));
            digits.trim().parse::<f64>().ok().map(|number| number / of)
        };
        let found = word.or_else(number).filter(|share| *share > 0.0 && *share <= MOST);
        found.map(|share| Self((share * MILLION).ceil() as u32)).ok_or_else(|| {
            "say `light`, `medium`, `heavy`, or a share of cells up to a half: `0.03`".to_owned()
        })
    }
}

impl Flaw {
    /// All of them, in their order.
    pub const ALL: [Self; 11] = [
        Self::Missing,
        Self::Placeholder,
        Self::Typo,
        Self::Whitespace,
        Self::Case,
        Self::Format,
        Self::Encoding,
        Self::Truncated,
        Self::Orphan,
        Self::Duplicate,
        Self::Late,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Placeholder => "placeholder",
            Self::Typo => "typo",
            Self::Whitespace => "whitespace",
            Self::Case => "case",
            Self::Format => "format",
            Self::Encoding => "encoding",
            Self::Truncated => "truncated",
            Self::Orphan => "orphan",
            Self::Duplicate => "duplicate",
            Self::Late => "late",
        }
    }
}

impl Messy {
    /// A table by its name, columns, primary key, and the columns that refer to others, each with
    /// the first whole number behind the keys that it may refer to.
    pub fn new(
        name: &str,
        columns: &[Column],
        primary_key: &[String],
        references: &[(usize, i64)],
        (level, seed): (Level, u64),
    ) -> Self {
        let place = |name: &String| columns.iter().position(|column| column.name == *name);
        let key: Vec<usize> = primary_key.iter().filter_map(place).collect();
        let dirtied = |(place, column): (usize, &Column)| {
            let refers = references.iter().find(|(at, _)| *at == place);
            let role = match refers {
                _ if key.contains(&place) => Role::Key,
                Some((_, end)) => Role::Reference(*end),
                None => Role::Value,
            };
            let draw = Draw::new(seed, name, &column.name).named("mess");
            Dirtied { column: column.clone(), role, draw }
        };
        Self {
            name: name.to_owned(),
            columns: columns.iter().enumerate().map(dirtied).collect(),
            key: key.clone(),
            level,
            rows: Draw::new(seed, name, "").named("mess"),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many rows the dirty table has, where the clean one has so many.
    pub fn dirty_rows(&self, rows: u64) -> u64 {
        rows + rows / self.level.block()
    }

    /// Dirties a run of rows, the first of which is `first` in the clean table and a multiple of the
    /// [block](Level::block): lanes of texts, and the defects, in the order of the rows.
    pub fn dirty(&self, lanes: &[Lane], first: u64) -> (Vec<Lane>, Vec<Defect>) {
        run::dirty(self, &text::texts(lanes, &self.kinds()), first)
    }

    fn kinds(&self) -> Vec<Kind> {
        self.columns.iter().map(|one| one.column.kind.clone()).collect()
    }

    fn cells(&self) -> u64 {
        share(self.level.cells())
    }
}

#[cfg(test)]
mod tests;
