//! The guard: the one door through which values become columns that keep every promise.

pub mod column;
pub mod keys;
pub mod reject;
