//! Single values: from text to number or moment, and from Arrow to JSON.

pub mod absent;
pub mod boolean;
pub mod json;
pub mod moment;
pub mod number;
pub mod unit;
pub mod uuid;
