//! Generation: values that nobody wrote, each a pure function of where it stands.

pub mod chance;
pub mod draw;
pub mod fanout;
mod promise;
pub mod rows;
pub mod shuffle;
