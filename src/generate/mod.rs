//! Generation: values that nobody wrote, each a pure function of where it stands.

pub mod draw;
mod promise;
pub mod rows;
