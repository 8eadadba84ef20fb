//! One model of an answer, several renderers; and findings for people and for machines.

mod answer;
mod escape;
mod explanation;
mod finding;
mod finding_json;
mod fingerprint;
mod github;
mod json;
mod located;
mod sarif;
mod style;
mod text;

pub use answer::{Answer, Attachment, Inferred, Question};
pub use explanation::{Explanation, code_table, explanation, explanation_to_text, explanations_to_json};
pub use finding::render_finding;
pub use finding_json::findings_to_json;
pub use github::{findings_to_github, github_summary};
pub use json::answers_to_json;
pub use sarif::findings_to_sarif;
pub use style::Style;
pub use text::answer_to_text;
