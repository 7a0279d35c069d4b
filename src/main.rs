//! The front door: one command runs, its end becomes the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ropa::cli::main()
}
