//! The `peyote` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    peyote::cli::main()
}
