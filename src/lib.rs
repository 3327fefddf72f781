//! Peyote: say a topic, get a believable, typed, relational database.

pub mod cli;
pub mod input;
