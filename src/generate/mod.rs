//! Generation: values that nobody wrote, each a pure function of where it stands.

pub mod draw;
pub mod rows;
