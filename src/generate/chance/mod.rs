//! Chance: laws that turn even draws into values.

pub mod alias;
pub mod normal;
pub mod quantile;
pub mod zipf;
