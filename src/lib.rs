//! ropa: personal-data inventory and records of processing activities.
//!
//! The one way through, and the order in which modules may import each other:
//! targets → sources → fields and spans → detection → findings → inventory → register, check → reports.

pub mod taxonomy;

pub mod vocabulary;

pub mod config;

pub mod value;

pub mod field;

pub mod source;

pub mod target;

pub mod finding;

pub mod detector;

pub mod detection;

pub mod inventory;

pub mod scan;

pub mod register;

pub mod check;

pub mod tag;

pub mod report;

pub mod cli;
