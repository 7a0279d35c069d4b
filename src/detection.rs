//! Detection: fields and spans in, findings out. Knows nothing of formats.

pub mod field;
