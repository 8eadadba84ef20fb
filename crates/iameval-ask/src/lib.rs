//! Questions as people write them, and their answers as data.
//!
//! An [`Answer`] is a decided request; [`Answer::read`] works out once what there is to say of it. What it looks like, as
//! text or JSON, is for renderers.

mod answer;
mod dependence;
mod layer_map;
mod mark;
mod note;
mod reading;
mod statement;
mod why;
pub mod words;

pub use answer::{Answer, Attachment, RequestSummary};
pub use dependence::{depends_on_resource, never_asked};
pub use layer_map::{LayerMap, LayerOutcome};
pub use mark::{Element, KeyState, Mark, Says};
pub use note::AnswerNote;
pub use reading::{CitedStatement, Flips, MfaFlip, MissedStatement, Reading, Sides};
pub use statement::{PlacedStatement, SourcePlace};
pub use why::Why;
