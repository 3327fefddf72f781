//! What every world of the catalog keeps, and where topics lead.

#![allow(clippy::unwrap_used)]

mod behaviours;
mod promises;
mod topics;
