//! What users can rely on, tested through the binary as they run it.

mod bad_input;
mod check;
mod checkout;
mod dataset;
mod enforce;
mod faults;
mod formats;
mod gen_builtin;
mod gen_recorded;
mod generate;
mod golden;
mod help;
mod invariants;
mod lanes;
mod mess;
mod oracle;
mod peyote;
mod python;
mod random_designs;
mod random_faults;
mod read;
mod readme;
mod recording;
mod replay;
mod resume;
mod story;
