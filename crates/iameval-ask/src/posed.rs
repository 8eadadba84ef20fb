//! Requests that can be decided.

use crate::answer::{Answer, Attachment, RequestSummary};
use iameval::{Decision, Layer, PolicySet, Request};
use iameval_data::Catalogue;
use std::sync::Arc;

/// One request of a question, with the policies that it is decided by.
#[derive(Debug, Clone)]
pub struct PosedRequest {
    /// What is asked, as people say it.
    pub summary: RequestSummary,
    /// The policies.
    pub policies: PolicySet,
    /// Where each of them comes from, in the order of [`PolicySet::policies`].
    pub attachments: Arc<[Attachment]>,
    /// The request.
    pub request: Request,
    /// Layers of which the world cannot know the policies that bind the request.
    pub unknown_layers: Vec<Layer>,
}

impl PosedRequest {
    /// The decision.
    pub fn decide(&self) -> Decision {
        self.policies.decide(&self.request)
    }

    /// The decision with everything that there is to say of it.
    pub fn answer(self, catalogue: &Catalogue) -> Answer {
        Answer::new(self, catalogue)
    }
}
