//! What assertions say when they fail, word for word.

mod failures;
mod requests;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a test fails with.
#[track_caller]
fn failure(test: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(test)).expect_err("the test passes");
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().expect("a text")).to_owned(),
    }
}
