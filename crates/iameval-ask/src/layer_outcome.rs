//! What a layer of policies says.

use iameval::{Decision, LayerVerdict};

/// What a layer of policies says about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerOutcome {
    /// There are no policies of this layer.
    NotPresent,
    /// There are policies, and they do not bind this request.
    DoesNotBind,
    /// The policies come to this.
    Says(Decision),
}

impl LayerOutcome {
    /// The decision, where the layer comes to one.
    pub fn decision(self) -> Option<Decision> {
        match self {
            Self::Says(decision) => Some(decision),
            Self::NotPresent | Self::DoesNotBind => None,
        }
    }
}

impl From<&LayerVerdict> for LayerOutcome {
    fn from(verdict: &LayerVerdict) -> Self {
        match (verdict.decision, verdict.unbound) {
            (Some(decision), _) => Self::Says(decision),
            (None, true) => Self::DoesNotBind,
            (None, false) => Self::NotPresent,
        }
    }
}
