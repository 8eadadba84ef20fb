//! Policy documents and requests, drawn from alphabets so small that statements really match.
//!
//! The strategies and the project's own oracle tests and fuzz targets are made of this. It is no part of the stable API.

mod choices;
mod condition;
mod document;
mod theme;

pub use choices::Choices;
pub use condition::{DrawnValue, context};
pub use document::Document;
pub use theme::{ACCOUNT, CALLERS, FEDERATED, OTHER, PROVIDER, ROLE, SESSION, THEMES, Theme, USER, about_principals};

/// A text as JSON.
///
/// # Panics
/// Never: writing to a string does not fail.
pub fn quoted(text: &str) -> String {
    let mut out = String::new();
    let _ = iameval::json::write_string(text, &mut out);
    out
}
