//! What IAM was asked in an event.

use crate::call::action;
use crate::caller::caller;
use crate::context::{EventContext, context};
use crate::error::RequestError;
use crate::event::Event;
use crate::resource::{AskedResource, further, refused, resources};
use iameval::{Action, Principal, Request};
use iameval_data::Catalogue;

/// What IAM was asked in an event: the parts of requests, and where each was found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventRequest {
    /// Who asked.
    pub principal: Principal,
    /// The action that names the call.
    pub action: Action,
    /// Actions that the call needs as well, as far as the event shows: `iam:PassRole`, `s3:PutObjectAcl`. Each with
    /// its resource. Where the message of a refusal names one of them it is the first.
    pub also: Vec<(Action, AskedResource)>,
    /// The resources that the action was asked on: one at least. A call on several types of resources has one of each.
    pub resources: Vec<AskedResource>,
    /// The context keys, and what is known of them.
    pub context: EventContext,
}

impl EventRequest {
    fn of(event: &Event<'_>, catalogue: &Catalogue) -> Result<Self, RequestError> {
        let parameters = event.request_parameters();
        let info = action(event, &parameters, catalogue)?;
        let action: Action = info.to_string().parse().map_err(|_| RequestError::unknown(event))?;
        let principal = caller(event)?;
        let resources = resources(event, &parameters, (&action, info), &principal, catalogue);
        // What AWS refused comes first, where it is not the action that names the call.
        let mut also: Vec<_> = refused(event).into_iter().filter(|(other, _)| *other != action).collect();
        for other in further(&parameters, info, &resources) {
            if !also.iter().any(|(action, asked)| (action, &asked.resource) == (&other.0, &other.1.resource)) {
                also.push(other);
            }
        }
        let mut context = context(event, &parameters, info);
        context.context.declare_multivalued(|key| catalogue.is_multivalued(key));
        Ok(Self { principal, action, also, resources, context })
    }

    /// A request for each resource, ready to be decided.
    pub fn requests(&self) -> impl Iterator<Item = Request> {
        self.resources.iter().map(|asked| {
            let builder = Request::builder(self.action.clone()).principal(self.principal.clone());
            let builder = builder.resource(&asked.resource).context(self.context.context.clone());
            match asked.owner {
                Some(account) => builder.resource_account(account).build(),
                None => builder.build(),
            }
        })
    }
}

impl Event<'_> {
    /// The action that names the call.
    ///
    /// # Errors
    /// When the event is not a call that IAM authorizes, or no action is known for it.
    pub fn action(&self, catalogue: &Catalogue) -> Result<Action, RequestError> {
        let info = action(self, &self.request_parameters(), catalogue)?;
        info.to_string().parse().map_err(|_| RequestError::unknown(self))
    }

    /// What IAM was asked.
    ///
    /// # Errors
    /// When the event is not a call that IAM authorizes, or does not tell its caller or action.
    pub fn request(&self, catalogue: &Catalogue) -> Result<EventRequest, RequestError> {
        EventRequest::of(self, catalogue)
    }
}
