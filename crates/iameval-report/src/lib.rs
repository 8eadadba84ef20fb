//! One model of an answer, several renderers; and findings the way a compiler shows them.

mod answer;
mod finding;
mod json;
mod style;
mod text;

pub use answer::{Answer, Attachment, Inferred, Question};
pub use finding::render_finding;
pub use json::answers_to_json;
pub use style::Style;
pub use text::answer_to_text;
