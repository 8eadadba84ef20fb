//! What each tool answers.

pub(crate) mod actions;
pub(crate) mod check;
pub(crate) mod denial;
pub(crate) mod diff;
mod given;
pub(crate) mod prove;
mod refusal;
pub(crate) mod run_tests;
pub(crate) mod simulate;
