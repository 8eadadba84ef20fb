//! What assertions say when they fail, word for word.

#![expect(clippy::expect_used, reason = "what fails here is a failed test")]

mod claims;
mod failures;
mod matrix;
mod policies;
mod questions;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// The line of the last panic that was wanted.
    static LINE: Cell<u32> = const { Cell::new(0) };
    /// Whether a panic is wanted; nothing is printed of it.
    static WANTED: Cell<bool> = const { Cell::new(false) };
}

/// What a test fails with, and the line that it fails in.
#[track_caller]
fn failure(assertion: impl FnOnce()) -> (String, u32) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if WANTED.get() {
                LINE.set(panic.location().map_or(0, std::panic::Location::line));
            } else {
                usual(panic);
            }
        }));
    });
    WANTED.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(assertion));
    WANTED.set(false);
    let panic = outcome.expect_err("it passes");
    let text = match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().expect("a text")).to_owned(),
    };
    (text, LINE.get())
}

/// Holds what a test fails with against what it should say.
#[track_caller]
fn fails(wanted: &str, assertion: impl FnOnce()) {
    let (text, _) = failure(assertion);
    assert_eq!(text.trim_end(), wanted.trim());
}
