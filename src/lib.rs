//! Records-of-processing scanner.
