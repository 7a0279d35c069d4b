//! Detection: fields and spans in, findings out. Knows nothing of formats.

pub mod column;
pub mod field;
mod form;
pub mod span;
pub mod summary;
pub mod tag;
