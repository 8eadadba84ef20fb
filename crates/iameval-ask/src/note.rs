//! What an answer takes for granted.

use iameval::{Layer, Note};

/// Something that an answer takes for granted, or that is worth knowing about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerNote<'a> {
    /// A note of the engine.
    Engine(&'a Note),
    /// The document of a policy that has a part in the decision is not known.
    PolicyUnknown {
        /// The name of the policy.
        policy: &'a str,
    },
    /// The request is allowed as far as the world knows, and the world cannot know the policies of these layers.
    LayersUnknown {
        /// The layers.
        layers: &'a [Layer],
    },
}

impl AnswerNote<'_> {
    /// A stable code, such as `owner_assumed`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Engine(note) => note.id(),
            Self::PolicyUnknown { .. } => "policy_unknown",
            Self::LayersUnknown { .. } => "layers_unknown",
        }
    }
}
