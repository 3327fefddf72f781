//! Single values: from text to number or moment, and from Arrow to JSON.

pub mod json;
pub mod moment;
pub mod number;
