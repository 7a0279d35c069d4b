//! Code of others that may panic on odd input: the panic becomes an error of the one source.
//! Knows no format.

use super::{At, SourceError};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs foreign code; a panic in it is an error that says so, and the text of the panic is dropped.
pub fn guarded<T>(format: &'static str, work: impl FnOnce() -> T) -> Result<T, SourceError> {
    let before = GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    done.map_err(|_| SourceError::Malformed {
        format,
        reason: "it is so damaged, or so unusual, that reading it was given up".into(),
        at: At(None),
    })
}

/// Whether a panic on this thread is one that [`guarded`] will turn into an error: nobody needs to be told of it.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_its_text_is_gone() {
        let error = guarded("PDF", || panic!("jane@example.com")).map(|()| 1);
        let text = error.expect_err("it panics").to_string();
        assert!(text.contains("PDF") && !text.contains("jane"), "{text}");
        assert_eq!(guarded("PDF", || 1).ok(), Some(1));
        assert!(!is_guarded());
    }
}
