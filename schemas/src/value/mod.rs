//! Single values: from text to number or moment, and from Arrow to JSON.

pub mod absent;
pub mod boolean;
pub(crate) mod digits;
pub mod json;
pub mod moment;
pub mod number;
pub mod unit;
pub mod uuid;
pub mod wide;

/// The text without the spaces around it, or `None` where it is longer than any single value but
/// text: a place full of spaces is not searched for the end of them again and again.
pub(crate) fn trimmed(text: &str) -> Option<&str> {
    /// Far more than the longest number, moment or identifier, padded to a column's width.
    const LONGEST: usize = 1024;
    (text.len() <= LONGEST).then(|| text.trim())
}
