//! What every world of the catalog keeps, and where topics lead.

#![allow(clippy::unwrap_used)]

mod promises;
mod topics;
