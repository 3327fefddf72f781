//! The usual: how values come about in columns of which the design does not say it.
//!
//! What is told goes before what is guessed: checks, enum values, vocabulary and written rows
//! decide, then the column's name, then its kind. Nothing here is even where the world is not:
//! categories are skewed, amounts have a long tail, days have hours.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::{Design, DesignColumn, DesignTable, Maker, stem};
use crate::behaviour::{
    Behaviour, Case, CodeOrder, Law, Nulls, NullsWhen, Number, Path, Pick, Template, Text, Words,
};
use crate::draft::{Check, Presence};
use crate::kind::Kind;

mod kind;
mod lexicon;
mod moment;
mod number;
mod pattern;
#[cfg(test)]
mod tests;
mod text;

pub(super) use moment::present;
pub(crate) use moment::recent;

/// How much the first of several words is ahead where nobody said it.
const SKEW: f64 = 0.7;
/// The share of missing values where values may be missing.
const MISSING: f64 = 0.06;
/// How many digits a code has at least.
const DIGITS: usize = 5;
/// How deep lists and structs are made up.
const MAX_DEPTH: usize = 8;
/// How many written values are kept as a pool.
const MAX_POOL: usize = 1000;

impl Design {
    /// How the values of a column come about: what the design says of it within the bounds of its
    /// checks, or what is usual for such a column in a table of so many rows. None for a column
    /// that a foreign key, a lifecycle or a history makes, and for places that are not there.
    pub fn behaviour(&self, table: usize, column: usize, rows: u64) -> Option<Cow<'_, Behaviour>> {
        let own = self.tables.get(table)?;
        let one = own.columns.get(column)?;
        match own.maker(column) {
            Maker::Said(Behaviour::Number(number)) => {
                let bounded = number::bounded(own, one, number.clone());
                Some(Cow::Owned(Behaviour::Number(bounded)))
            }
            Maker::Said(said) => Some(Cow::Borrowed(said)),
            Maker::Open => Some(Cow::Owned(Spot { design: self, table, column, rows }.usual())),
            Maker::Key(_) | Maker::Status(_) | Maker::Reached(..) | Maker::History => None,
        }
    }

    /// How the values of a column come about where what they follow from has none: by their kind
    /// and name, and from nothing else. None for places that are not there.
    pub fn standing(&self, table: usize, column: usize, rows: u64) -> Option<Behaviour> {
        let one = self.tables.get(table)?.columns.get(column)?;
        let kind = one.kind.clone().unwrap_or(Kind::Text);
        let follows = |behaviour: &Behaviour| {
            matches!(
                behaviour,
                Behaviour::After(_)
                    | Behaviour::Copy { .. }
                    | Behaviour::Nth { .. }
                    | Behaviour::Series { .. }
                    | Behaviour::Polymorphic { .. }
                    | Behaviour::Expression { .. }
                    | Behaviour::Total { .. }
            )
        };
        // What is worked out of nothing is nothing.
        if let Some(Behaviour::Expression { .. } | Behaviour::Total { .. }) = one.behaviour
            && matches!(kind, Kind::Int(_) | Kind::Float | Kind::Decimal { .. })
        {
            return Some(Behaviour::Constant { value: 0.into() });
        }
        let usual = Spot { design: self, table, column, rows }.usual();
        if !follows(&usual) && !matches!(usual, Behaviour::Template(_)) {
            return Some(usual);
        }
        Some(inside(one.name.as_str(), &kind, MAX_DEPTH))
    }

    /// Whether the texts of a column have a form by its checks or its name, as addresses and codes do,
    /// so that no words need to be known for it.
    pub fn is_formed(&self, table: usize, column: usize) -> bool {
        let Some(own) = self.tables.get(table) else { return false };
        let pattern = |check: &Check| matches!(check, Check::Pattern { column: of, .. } if own.columns[column].name == of.as_str());
        column < own.columns.len()
            && (own.checks.iter().any(pattern)
                || text::is_formed(Spot { design: self, table, column, rows: 1 }))
    }

    /// Whether nothing is known of the texts of a column but that they are some.
    pub fn is_unknown(&self, table: usize, column: usize) -> bool {
        let one = self.tables.get(table).and_then(|own| own.columns.get(column));
        one.is_some_and(|one| matches!(one.kind, None | Some(Kind::Text)))
            && self.behaviour(table, column, 1).is_some_and(|usual| text::is_filler(&usual))
    }

    /// How many values of a column are missing: what its checks demand, then what the design says,
    /// then what is usual. The moments of a lifecycle and of a history, and columns that must hold
    /// a value, are left to what makes them.
    pub fn nulls(&self, table: usize, column: usize) -> Nulls {
        let Some(own) = self.tables.get(table) else { return Nulls::default() };
        let Some(one) = own.columns.get(column).filter(|one| one.nullable) else {
            return Nulls::default();
        };
        let made =
            matches!(own.maker(column), Maker::Reached(..) | Maker::History | Maker::Status(_));
        if made {
            return Nulls::default();
        }
        let mut nulls = one.nulls.clone().unwrap_or_else(|| {
            // What follows from other values is missing where they are.
            let follows = matches!(
                one.behaviour,
                Some(
                    Behaviour::Expression { .. } | Behaviour::Total { .. } | Behaviour::Copy { .. }
                )
            );
            let alone = own.names_a_row(one);
            Nulls { rate: if follows || alone { 0.0 } else { MISSING }, when: Vec::new() }
        });
        let demanded = own.checks.iter().filter_map(|check| match check {
            // A value that is told by this one looks at whether this one is there.
            Check::When { column, .. } if own.follows(column, one.name.as_str()) => None,
            Check::When { column, is, then, must } if one.name == then.as_str() => {
                let rate = if *must == Presence::Absent { 1.0 } else { 0.0 };
                Some(NullsWhen { column: Path::own(column.clone()), is: is.clone(), rate })
            }
            _ => None,
        });
        nulls.when = demanded.chain(nulls.when).collect();
        nulls
    }
}

impl DesignTable {
    /// Whether a column alone names a row.
    fn names_a_row(&self, column: &DesignColumn) -> bool {
        std::iter::once(&self.primary_key)
            .chain(&self.unique)
            .any(|set| matches!(set.as_slice(), [one] if *one == column.name))
    }
}

/// A column of which nothing is said, where it stands.
#[derive(Clone, Copy)]
struct Spot<'d> {
    design: &'d Design,
    table: usize,
    column: usize,
    rows: u64,
}

impl<'d> Spot<'d> {
    fn table(self) -> &'d DesignTable {
        &self.design.tables[self.table]
    }

    fn column(self) -> &'d DesignColumn {
        &self.table().columns[self.column]
    }

    fn name(self) -> &'d str {
        self.column().name.as_str()
    }

    fn words(self) -> Vec<String> {
        stem::words(self.name())
    }

    fn usual(self) -> Behaviour {
        let (table, column) = (self.table(), self.column());
        let alone = table.names_a_row(column);
        let kind = column.kind.clone().unwrap_or(Kind::Text);
        if let Some(counted) = self.counted(&kind) {
            return counted;
        }
        match &kind {
            Kind::Bool => Behaviour::Bool { share: self.true_share(), given: None },
            Kind::Int(_) | Kind::Decimal { .. } if alone => self.key(),
            Kind::Int(_) | Kind::Float | Kind::Decimal { .. } => {
                Behaviour::Number(number::usual(table, column, &kind))
            }
            Kind::Enum(_) if alone => Behaviour::Pick(Pick { unique: true, ..Pick::default() }),
            Kind::Enum(words) => {
                let weights = self.counts(words);
                let skew = if weights.is_some() { None } else { Some(SKEW) };
                Behaviour::Pick(Pick { weights, skew, ..Pick::default() })
            }
            Kind::Date | Kind::Time | Kind::Timestamp | Kind::TimestampTz => {
                moment::usual(self, &kind)
            }
            Kind::Uuid => Behaviour::Uuid {},
            Kind::Text => self.text(alone),
            Kind::Json | Kind::List(_) | Kind::Struct(_) => {
                let pool = self.written();
                if pool.is_empty() {
                    inside(self.name(), &kind, MAX_DEPTH)
                } else {
                    Behaviour::Values { values: pool, weights: None, at: None }
                }
            }
        }
    }

    /// 1, 2, 3, … or day after day, for what names a row alone or among those of one parent.
    fn counted(self, kind: &Kind) -> Option<Behaviour> {
        let (table, column) = (self.table(), self.column());
        let moment = matches!(kind, Kind::Date | Kind::Timestamp | Kind::TimestampTz);
        if moment && table.names_a_row(column) {
            return moment::series(self, None);
        }
        let set = std::iter::once(&table.primary_key)
            .chain(&table.unique)
            .find(|set| set.len() > 1 && set.contains(&column.name))?;
        let others = || set.iter().filter(|name| **name != column.name);
        let parent = others().find(|name| table.key_of(name.as_str()).is_some())?;
        // Two that both count would count alike.
        let first = set.iter().find(|name| {
            let counts = |one: &DesignColumn| {
                matches!(
                    one.kind,
                    Some(Kind::Int(_) | Kind::Date | Kind::Timestamp | Kind::TimestampTz)
                )
            };
            table.column(name.as_str()).is_some_and(counts) && table.key_of(name.as_str()).is_none()
        });
        if first != Some(&column.name) {
            return None;
        }
        if moment {
            return moment::series(self, Some(parent.as_str()));
        }
        matches!(kind, Kind::Int(_))
            .then(|| Behaviour::Nth { of: parent.as_str().to_owned(), start: 1 })
    }

    /// Numbers that rise from where written rows end.
    fn key(self) -> Behaviour {
        let written = self.written();
        let last = written.iter().filter_map(Value::as_i64).max();
        // Written rows stand first; the sequence begins with the row behind them.
        let start = last.map_or(1, |last| last.saturating_add(1) - self.table().rows.len() as i64);
        Behaviour::Sequence { start, step: 1, gap: 0 }
    }

    fn text(self, alone: bool) -> Behaviour {
        let (table, column) = (self.table(), self.column());
        let pattern = table.checks.iter().find_map(|check| match check {
            Check::Pattern { column: of, pattern } if column.name == of.as_str() => Some(pattern),
            _ => None,
        });
        if let Some(pattern) = pattern {
            // Addresses and numbers to call have forms of their own, which fit.
            if let Some(named) = text::usual(self, alone).filter(|_| pattern.contains(['@', '+'])) {
                return named;
            }
            let words = self.written_words();
            let open = pattern::is_open(pattern);
            let pattern = pattern::definite(pattern, &words);
            let listed = !alone && open && !words.is_empty();
            if !listed && super::behave::fit::capacity(&pattern) > 1 {
                let order = if alone { CodeOrder::Rising } else { CodeOrder::Shuffled };
                return Behaviour::Code { pattern, order };
            }
        }
        if let Some(named) = text::usual(self, alone) {
            return named;
        }
        let words = match &column.vocabulary {
            Some(words) => words.clone(),
            None => self.written_words(),
        };
        if !words.is_empty() {
            if !alone {
                let weights = self.counts(&words);
                let skew = if weights.is_some() { None } else { Some(SKEW / 2.0) };
                return Behaviour::Pick(Pick {
                    words: column.vocabulary.is_none().then_some(words),
                    weights,
                    skew,
                    ..Pick::default()
                });
            }
            return templated(&["{word}"], &[("word", words)], true);
        }
        if alone { self.code() } else { text::phrase() }
    }

    /// Codes with the first letters of the table's name, as many as there are rows and more.
    fn code(self) -> Behaviour {
        let letters = self.table().name.as_str().chars().filter(char::is_ascii_alphabetic);
        let prefix: String = letters.take(3).flat_map(char::to_uppercase).collect();
        let digits = (self.rows.max(1).ilog10() as usize + 2).max(DIGITS);
        let prefix: String = prefix.chars().flat_map(|letter| ['\\', letter]).collect();
        let pattern = format!("{prefix}-{}", "#".repeat(digits));
        Behaviour::Code { pattern, order: CodeOrder::Rising }
    }

    /// The values of the column in written rows, each once.
    fn written(self) -> Vec<Value> {
        let mut seen = BTreeSet::new();
        (self.table().rows.iter())
            .filter_map(|row| row.get(self.column))
            .filter(|value| !value.is_null() && seen.insert(value.to_string()))
            .take(MAX_POOL)
            .cloned()
            .collect()
    }

    fn written_words(self) -> Vec<String> {
        self.written().iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// How often each of some words was written, where rows were and all of them are words.
    fn counts(self, words: &[String]) -> Option<Vec<f64>> {
        let rows = &self.table().rows;
        if rows.len() < 2 * words.len() {
            return None;
        }
        let count = |word: &String| {
            let same = |row: &&Vec<Value>| {
                row.get(self.column).and_then(Value::as_str) == Some(word.as_str())
            };
            // A word that nobody wrote by chance is rare, not impossible.
            rows.iter().filter(same).count() as f64 + 0.5
        };
        Some(words.iter().map(count).collect())
    }

    fn true_share(self) -> f64 {
        let written = self.table().rows.iter().filter_map(|row| row.get(self.column)?.as_bool());
        let (mut all, mut held) = (0.0, 0.0);
        for truth in written {
            all += 1.0;
            held += f64::from(u8::from(truth));
        }
        if all >= 8.0 {
            return (held + 0.5) / (all + 1.0);
        }
        let words = self.words();
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        if has(&[
            "deleted",
            "archived",
            "fraud",
            "fraudulent",
            "cancelled",
            "canceled",
            "blocked",
            "banned",
            "defective",
            "failed",
            "error",
            "closed",
            "expired",
            "discontinued",
            "suspended",
            "test",
        ]) {
            0.04
        } else if has(&[
            "active",
            "enabled",
            "verified",
            "available",
            "valid",
            "current",
            "passed",
            "success",
            "completed",
        ]) {
            0.87
        } else {
            0.3
        }
    }
}

/// Text of some forms without words of its own.
fn formed(forms: &[&str], unique: bool) -> Behaviour {
    templated::<Vec<String>>(forms, &[], unique)
}

/// Text of some forms with words of its own.
fn templated<L>(forms: &[&str], words: &[(&str, L)], unique: bool) -> Behaviour
where
    L: IntoIterator<Item: Into<String>> + Clone,
{
    let words = words.iter().map(|(name, words)| {
        let words = words.clone().into_iter().map(Into::into).collect();
        ((*name).to_owned(), Words { words, weights: None })
    });
    Behaviour::Template(Text {
        forms: forms.iter().filter_map(|form| Template::parse(form).ok()).collect(),
        weights: None,
        given: None,
        words: words.collect(),
        case: None,
        unique,
    })
}

/// What is in lists and structs of which nothing was written.
fn inside(name: &str, kind: &Kind, depth: usize) -> Behaviour {
    match kind {
        Kind::List(item) if depth > 0 => Behaviour::List {
            length: Number { max: Some(4.0), ..Number::new(Law::Exponential { mean: 1.5 }) },
            item: Box::new(inside(name, &item.kind, depth - 1)),
        },
        Kind::Struct(fields) if depth > 0 => Behaviour::Struct {
            fields: (fields.iter())
                .map(|field| (field.name.clone(), inside(&field.name, &field.kind, depth - 1)))
                .collect(),
        },
        Kind::List(_) => {
            Behaviour::Values { values: vec![Value::Array(Vec::new())], weights: None, at: None }
        }
        Kind::Struct(_) => Behaviour::Values {
            values: vec![Value::Object(serde_json::Map::new())],
            weights: None,
            at: None,
        },
        Kind::Json => Behaviour::Constant { value: "{}".into() },
        Kind::Bool => Behaviour::Bool { share: 0.3, given: None },
        Kind::Int(_) | Kind::Float | Kind::Decimal { .. } => {
            Behaviour::Number(number::named(name, kind))
        }
        Kind::Enum(_) => Behaviour::Pick(Pick { skew: Some(SKEW), ..Pick::default() }),
        Kind::Date | Kind::Time | Kind::Timestamp | Kind::TimestampTz => {
            Behaviour::Moment(moment::recent(None, kind))
        }
        Kind::Uuid => Behaviour::Uuid {},
        Kind::Text => {
            let mut plain =
                templated(&["{noun}"], &[("noun", lexicon::NOUNS.split_whitespace())], false);
            if let Behaviour::Template(text) = &mut plain {
                text.case = Some(Case::Lower);
            }
            plain
        }
    }
}
