//! The cases of `fixtures/shrink`.
