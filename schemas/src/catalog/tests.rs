//! What every world of the catalog keeps, and where topics lead.

mod promises;
mod topics;
