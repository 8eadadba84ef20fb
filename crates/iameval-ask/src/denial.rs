//! Calls that AWS refused, read from what people have of them: an error message, a CloudTrail event, a decoded authorization
//! message.

mod decoded;
mod event;
mod message;
mod outcome;
mod suggestion;

use iameval::{AccountId, Context, Layer};
use iameval_cloudtrail::looks_like_events;
use iameval_data::Catalogue;

pub use outcome::{Disagreement, ExplainedDenial, NamedPolicy};
pub use suggestion::{Edit, Exception, Suggestion};

/// A refused call, as far as an input tells of it. What an input does not tell is `None`, and a context key that it does not
/// tell is not given.
///
/// ```
/// use iameval::Layer;
/// use iameval_ask::DeniedCall;
/// use iameval_data::Catalogue;
///
/// let text = "An error occurred (AccessDenied) when calling the ListRoles operation: \
///     User: arn:aws:iam::111122223333:user/ana is not authorized to perform: iam:ListRoles \
///     on resource: arn:aws:iam::111122223333:role/ with an explicit deny in a service control policy";
/// let calls = DeniedCall::read_all(text, Catalogue::embedded()).unwrap();
/// let call = calls[0].as_ref().unwrap();
/// assert_eq!(call.action.as_deref(), Some("iam:ListRoles"));
/// assert_eq!((call.layer, call.explicit), (Some(Layer::ServiceControl), Some(true)));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct DeniedCall {
    /// Where it stands in the input: `line 3`, `record 12`.
    pub place: String,
    /// The caller: an ARN, `anonymous`, a service.
    pub principal: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// What the call is called where the action is not told, such as `GetObject`.
    pub operation: Option<String>,
    /// The resources: mostly one. Of several the call needs all.
    pub resources: Vec<String>,
    /// The account that owns the resource, where the input tells that besides.
    pub resource_account: Option<AccountId>,
    /// The account of the caller.
    pub account: Option<AccountId>,
    /// The layer of policies that AWS names.
    pub layer: Option<Layer>,
    /// The ARN of the policy that AWS names.
    pub policy_arn: Option<String>,
    /// Whether a Deny statement applied, or an Allow was missing.
    pub explicit: Option<bool>,
    /// Whether the input has an encoded authorization message, which `aws sts decode-authorization-message` decodes.
    pub encoded: bool,
    /// The context that the input tells.
    pub context: Context,
    /// The VPC endpoint that the call went through.
    pub vpc_endpoint: Option<String>,
    /// The keys that came from the input, each with where it stands there.
    pub told: Vec<(String, String)>,
    /// The keys that are assumed, each with the assumption.
    pub assumed: Vec<(String, String)>,
    /// What no event tells, as keys or beginnings of keys (`aws:PrincipalTag/*`), each with the reason.
    pub untold: Vec<(String, String)>,
}

/// A part of an input that is not a refused call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
#[non_exhaustive]
pub struct UnreadDenial {
    /// Where it stands.
    pub place: String,
    /// What is wrong with it.
    pub message: String,
}

/// A text in which no refused call was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct NoDenial {
    /// What was found instead.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
}

const INPUTS: &str =
    "it takes an access denied message, CloudTrail events, or what `aws sts decode-authorization-message` prints";

impl DeniedCall {
    /// Reads every refused call in a text.
    ///
    /// # Errors
    /// When there is none.
    pub fn read_all(text: &str, catalogue: &Catalogue) -> Result<Vec<Result<Self, UnreadDenial>>, NoDenial> {
        if let Some(call) = decoded::read(text) {
            return Ok(vec![call]);
        }
        if looks_like_events(text) {
            return event::read(text, catalogue);
        }
        let calls = message::read(text, catalogue);
        if calls.is_empty() {
            let trimmed = text.trim();
            let message = match trimmed {
                "" => "the input is empty".to_owned(),
                _ if trimmed.starts_with(['{', '[']) => "the input is JSON, but has no refused call".to_owned(),
                _ => "the input has no message of a refused call".to_owned(),
            };
            return Err(NoDenial { message, help: INPUTS });
        }
        Ok(calls)
    }
}

/// The account of an ARN.
fn account_of(arn: &str) -> Option<AccountId> {
    arn.split(':').nth(4)?.parse().ok()
}
