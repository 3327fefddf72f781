//! Peyote: say a topic, get a believable, typed, relational database.

pub mod cli;
pub mod error;
pub mod event;
pub mod export;
pub mod input;
pub mod quote;
pub mod run;

pub use error::Error;
