//! From names to a question that can be decided: who asks, on what, under which policies. Assertions and test files ask
//! alike.

use crate::file::Checked;
use iameval::text::Span;
use iameval::{Action, Code, Context, ContextKey, Diagnostic, Mfa, PolicySet, Request};
use iameval_data::Catalogue;
use iameval_report::words::quoted;
use iameval_report::{Attachment, depends_on_resource};
use iameval_world::{
    Ask, Call, Finding, Inferred, Lacking, ResourceNeeded, Situation, SituationPolicies, World, WorldEndpoint,
    WorldPrincipal,
};
use std::sync::Arc;

/// Who asks, where, under which policies.
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a World,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) who: &'a WorldPrincipal,
    pub(crate) via: Option<&'a WorldEndpoint>,
    /// Policies that stand in for those of the world.
    pub(crate) instead: Option<&'a PolicySet>,
}

/// A resource, and how it was found where nobody named one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) resource: String,
    pub(crate) inferred: Option<Inferred>,
}

/// Why something cannot be asked.
pub(crate) enum Refusal {
    /// What is wrong with the question; it has no place.
    Question(Box<Diagnostic>),
    /// Policies that are none of the kind as which they are attached.
    Policies(Vec<Finding>),
}

impl From<Box<Diagnostic>> for Refusal {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::Question(diagnostic)
    }
}

impl From<Vec<Finding>> for Refusal {
    fn from(findings: Vec<Finding>) -> Self {
        Self::Policies(findings)
    }
}

impl Scene<'_> {
    /// The resource that a text means. What is wrong with it has no place.
    pub(crate) fn named(&self, text: &str) -> Checked<Chosen> {
        let resource = self.world.named_resource(text, self.who.principal())?;
        Ok(Chosen { resource, inferred: None })
    }

    /// The resource that follows from the action, in a request with that context.
    pub(crate) fn inferred(&self, action: &Action, context: &Context) -> Result<Chosen, Refusal> {
        let situation = self.situation(action, "*")?;
        let policies = self.instead.unwrap_or(situation.policies.set());
        let region = context.value(&ContextKey::new("aws:RequestedRegion")).and_then(|value| value.texts().next());
        let call = Call { principal: self.who.principal(), action, region };
        match self.world.infer_resource(&call, policies, self.catalogue) {
            Ok((resource, inferred)) => Ok(Chosen { resource, inferred: Some(inferred) }),
            Err(needed) => Err(resource_needed(action, &needed, policies).into()),
        }
    }

    /// Everything that the world says about an action on a resource.
    pub(crate) fn situation(&self, action: &Action, resource: &str) -> Result<Situation, Vec<Finding>> {
        self.world.situation(&Ask::new(self.who, action, resource).via(self.via))
    }

    /// The request in a situation, with what is given.
    pub(crate) fn request(
        &self,
        situation: &Situation,
        action: &Action,
        context: &Context,
        mfa: Option<Mfa>,
    ) -> Request {
        let mut builder = situation.request(action.clone(), context);
        if let Some(mfa) = mfa {
            builder = builder.mfa(mfa);
        }
        let mut request = builder.build();
        request.declare_multivalued(|key| self.catalogue.is_multivalued(key));
        request
    }
}

/// Where the policies of a question come from.
pub(crate) fn attachments(policies: &SituationPolicies) -> Arc<[Attachment]> {
    let placed = policies.placed().iter().map(|placed| &placed.attached);
    placed.map(|attached| Attachment { policy: attached.policy.clone(), via: Some(attached.via.clone()) }).collect()
}

fn resource_needed(action: &Action, needed: &ResourceNeeded, policies: &PolicySet) -> Box<Diagnostic> {
    let mut help = format!(
        "say `resource`: an ARN such as {}, `self` for the caller, or `*` for no resource",
        quoted(&needed.forms, 3)
    );
    if needed.lacking.contains(&Lacking::Region) {
        help += "; or give `aws:RequestedRegion`, for the service itself asks with that ARN";
    }
    let message = depends_on_resource(action, needed, policies);
    Box::new(Diagnostic::new(Code::ResourceNeeded, Span::default(), message).with_help(help))
}
