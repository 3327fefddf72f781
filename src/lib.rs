//! Peyote: say a topic, get a believable, typed, relational database.

pub mod check;
pub mod cli;
pub mod enforce;
pub mod error;
pub mod estimate;
pub mod event;
pub mod export;
pub mod generate;
pub mod input;
pub mod invent;
pub mod lane;
pub mod mess;
pub mod plan;
pub mod quote;
pub mod reopen;
pub mod run;
pub mod story;
pub mod weight;

pub use error::Error;
