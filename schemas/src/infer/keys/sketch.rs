//! [`Sketch`]: what is kept of a column's values for its keys while they go by.

use std::collections::BTreeSet;

use super::profile::{Family, Profile, SKETCH, of_text, whole};
use crate::column::Column;
use crate::kind::Kind;

/// Hashes kept of all columns of a table, so that those of a wide one are fewer.
const ALL: usize = 1 << 22;
/// Hashes kept of a column at least.
const FEWEST: usize = 16;

/// What is kept of a column's values for its keys while they go by.
#[derive(Debug)]
pub(crate) struct Sketch {
    /// The least hashes, and how many are kept at most.
    least: BTreeSet<u64>,
    most: usize,
    /// Whether one of them came twice.
    repeats: bool,
    texts: usize,
    bytes: usize,
    /// Whether a value has white space inside, and how many are no whole numbers.
    spaced: bool,
    others: usize,
    span: Option<(i64, i64)>,
    /// The last number, and whether each was greater than the one before.
    last: Option<i64>,
    rises: bool,
}

/// What is known of the values of a table's columns where the values are not at hand.
#[derive(Debug, Clone)]
pub struct Sketches {
    pub(super) rows: usize,
    pub(super) profiles: Vec<Profile>,
    /// For each column whether it is known for certain that no value comes twice.
    pub(super) sure: Vec<bool>,
}

impl Sketch {
    /// Of no values, as one of so many columns.
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            least: BTreeSet::new(),
            most: (ALL / columns.max(1)).clamp(FEWEST, SKETCH),
            repeats: false,
            texts: 0,
            bytes: 0,
            spaced: false,
            others: 0,
            span: None,
            last: None,
            rises: true,
        }
    }

    /// Takes in a value that is not missing.
    pub(crate) fn take(&mut self, text: &str) {
        self.texts += 1;
        self.bytes += text.len();
        if self.is_prose() {
            return;
        }
        let number = whole(text);
        self.rises &= number.is_some() && number > self.last;
        self.last = number;
        if let Some(number) = number {
            let (least, most) = self.span.unwrap_or((number, number));
            self.span = Some((least.min(number), most.max(number)));
        } else {
            self.others += 1;
            self.spaced = self.spaced || text.trim().contains(char::is_whitespace);
        }
        let hash = of_text(text);
        if self.least.len() == self.most {
            if self.least.last().is_some_and(|last| hash > *last) {
                return;
            }
            self.repeats |= !self.least.insert(hash);
            if self.least.len() > self.most {
                self.least.pop_last();
            }
        } else {
            self.repeats |= !self.least.insert(hash);
        }
    }

    /// Whether the values are so long that they name nothing.
    fn is_prose(&self) -> bool {
        /// Values after which that is told, and bytes of one on average.
        const LONG: (usize, usize) = (1000, 160);
        self.texts > LONG.0 && self.bytes > self.texts * LONG.1
    }

    /// Whether it is known for certain that no value comes twice.
    fn is_sure(&self) -> bool {
        !self.is_prose() && !self.repeats && (self.rises || self.least.len() < self.most)
    }

    fn profile(&self, column: &Column, rows: usize, nulls: usize) -> Profile {
        let text = matches!(
            column.kind,
            Kind::Text | Kind::Uuid | Kind::Enum(_) | Kind::Decimal { scale: 0, .. }
        );
        let whole = self.others == 0 && self.texts > 0;
        let family = match &column.kind {
            _ if self.is_prose() => Family::Other,
            Kind::Int(_) => Family::Int,
            Kind::Date => Family::Day,
            Kind::Time => Family::Time,
            Kind::Timestamp | Kind::TimestampTz => Family::Moment,
            _ if text && whole => Family::Int,
            _ if text => Family::Text,
            _ => Family::Other,
        };
        // Of hashes that are spread evenly, the greatest of the least tells how many there are.
        let seen = self.least.len();
        let distinct = match self.least.last() {
            Some(_) if !self.repeats && seen > 0 => rows - nulls,
            Some(last) if seen == self.most => {
                let part = (*last as f64 / u64::MAX as f64).max(f64::MIN_POSITIVE);
                ((seen as f64 / part) as usize).clamp(seen, rows.saturating_sub(1).max(seen))
            }
            _ => seen,
        };
        Profile {
            family,
            rows,
            nulls,
            distinct,
            span: self.span.filter(|_| family == Family::Int),
            mean_length: if text { self.bytes as f64 / self.texts.max(1) as f64 } else { 0.0 },
            spaced: text && self.spaced,
            uuid: column.kind == Kind::Uuid,
            sketch: self.least.iter().copied().collect(),
        }
    }
}

impl Sketches {
    /// What is known of the columns of a table with so many rows, of which some are missing.
    pub(crate) fn new(columns: &[Column], sketches: &[Sketch], nulls: &[u64], rows: usize) -> Self {
        let all = || columns.iter().zip(sketches).zip(nulls);
        let profile = |((column, sketch), nulls): ((&Column, &Sketch), &u64)| {
            sketch.profile(column, rows, *nulls as usize)
        };
        let profiles = all().map(profile).collect();
        Self { rows, profiles, sure: sketches.iter().map(Sketch::is_sure).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch<'t>(texts: impl Iterator<Item = &'t str>) -> Sketch {
        let mut sketch = Sketch::new(1);
        texts.for_each(|text| sketch.take(text));
        sketch
    }

    #[test]
    fn sketch_tells_what_comes_twice_and_how_many_there_are() {
        let many: Vec<String> = (0..20_000).map(|number| format!("v{number}")).collect();
        let column = Column::new("c", Kind::Text);
        let once = sketch(many.iter().map(String::as_str));
        assert!(!once.is_sure());
        assert!(once.profile(&column, many.len(), 0).is_unique());
        let twice = sketch(many.iter().chain(&many).map(String::as_str));
        let profile = twice.profile(&column, 2 * many.len(), 0);
        assert!(!profile.is_unique());
        assert!((18_000..22_000).contains(&profile.distinct), "{}", profile.distinct);
        let numbers: Vec<String> = (1..20_000).map(|number| number.to_string()).collect();
        assert!(sketch(numbers.iter().map(String::as_str)).is_sure());
    }
}
