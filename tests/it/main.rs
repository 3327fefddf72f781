//! What users can rely on, tested through the binary as they run it.

mod checkout;
mod invariants;
mod peyote;
mod python;
mod recording;
