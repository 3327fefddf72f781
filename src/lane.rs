//! [`Lane`]: one column of a run of rows, as the engine makes it and as writers take it.
//!
//! A lane is a buffer that is filled again and again, so that making and writing a billion rows
//! touches the same few megabytes. What the engine knows of its values beforehand (the words that
//! they are picked from, their bounds, whether they rise) goes along with them, so that a writer
//! need not find it out.

use std::sync::Arc;

use arrow::array::ArrayRef;

pub use arrow_form::Spare;

mod arrow_form;

/// One column of a run of rows.
#[derive(Debug, Clone)]
pub struct Lane {
    /// A value for every row; what stands where there is none is of no meaning.
    pub values: Values,
    /// Which rows hold a value, a bit each, the lowest bit first; `None` where all do.
    pub valid: Option<Vec<u64>>,
    /// How many rows hold none.
    pub nulls: usize,
    /// What is known of the values without looking at them.
    pub known: Known,
}

/// The values of a lane, by how they are held.
#[derive(Debug, Clone)]
pub enum Values {
    /// Truths.
    Bool(Vec<bool>),
    /// Whole numbers of any width, days since 1970, microseconds since midnight or since 1970, and
    /// decimals of at most 18 digits, without their point.
    Int(Vec<i64>),
    /// Decimals of more digits, without their point.
    Wide(Vec<i128>),
    /// Binary fractions.
    Float(Vec<f64>),
    /// Texts picked from few: places in `words`.
    Word {
        /// What is picked from.
        words: Arc<Words>,
        /// The place of each row's text.
        picks: Vec<u32>,
    },
    /// Texts of their own, one behind the other.
    Text {
        /// Where each row's text ends in `bytes`; it begins where the one before ends.
        ends: Vec<u32>,
        /// The texts, in UTF-8.
        bytes: Vec<u8>,
    },
    /// Lists and structs, which no fast path is made for.
    Other(ArrayRef),
}

/// Texts that lanes pick from, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

/// What is known of a lane's values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// The least and the greatest of the whole numbers, if both are met exactly.
    pub bounds: Option<(i64, i64)>,
    /// Whether no value is less than the one before it.
    pub rising: bool,
}

impl Words {
    /// Texts in order; each is to be there once.
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut words = Self::default();
        for text in texts {
            words.bytes.extend_from_slice(text.as_bytes());
            words.ends.push(words.bytes.len() as u32);
        }
        words
    }

    /// Texts in UTF-8 that lie behind each other, by where each ends.
    pub(crate) fn joined(ends: Vec<u32>, bytes: Vec<u8>) -> Self {
        Self { ends, bytes }
    }

    /// Adds a text in UTF-8.
    pub(crate) fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of one, in UTF-8; none behind the last.
    pub fn bytes(&self, at: usize) -> &[u8] {
        let Some(end) = self.ends.get(at) else { return &[] };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start as usize..*end as usize]
    }
}

impl Values {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int(values) => values.len(),
            Self::Wide(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Word { picks, .. } => picks.len(),
            Self::Text { ends, .. } => ends.len(),
            Self::Other(array) => array.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Lane {
    /// A lane in which every row holds a value.
    pub fn full(values: Values) -> Self {
        Self { values, valid: None, nulls: 0, known: Known::default() }
    }

    /// Whether a row holds a value.
    pub fn holds(&self, row: usize) -> bool {
        let bit = |bits: &Vec<u64>| bits[row / 64] >> (row % 64) & 1 == 1;
        self.valid.as_ref().is_none_or(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_places() {
        let words = Words::new(["pending", "", "shipped"]);
        assert_eq!(words.len(), 3);
        assert_eq!(
            [words.bytes(0), words.bytes(1), words.bytes(2)],
            [&b"pending"[..], b"", b"shipped"]
        );
        assert_eq!(words.bytes(3), b"");
    }

    #[test]
    fn a_row_holds_nothing_where_its_bit_is_unset() {
        let values = Values::Int(vec![1; 70]);
        let mut lane = Lane::full(values);
        assert!(lane.holds(69));
        lane.valid = Some(vec![u64::MAX, 0b011_1111 & !(1 << 5)]);
        lane.nulls = 1;
        assert!(lane.holds(64) && !lane.holds(69));
    }
}
