//! Generation: values that nobody wrote, each a pure function of where it stands.
//!
//! A [`recipe`] is a design worked out at some sizes; it makes any rows of any table, in any order,
//! the same ones every time.

mod among;
pub mod cell;
pub mod chance;
pub mod draw;
pub mod fanout;
mod follow;
mod formula;
pub mod frame;
mod history;
mod life;
mod link;
mod maker;
pub mod recipe;
mod series;
mod shape;
pub mod shuffle;
mod spell;
pub mod story;
mod switch;
mod total;

pub(crate) use spell::spell;
