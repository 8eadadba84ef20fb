//! What AWS writes where authorization refuses a call.

use crate::event::Event;

/// A refusal, as far as the error message tells of it. Older messages, and those of some services, tell nothing.
///
/// ```
/// use iameval_cloudtrail::Denial;
///
/// let denial = Denial::of_message(
///     "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: iam:GetRole on resource: role ops \
///      because no identity-based policy allows the iam:GetRole action",
/// );
/// assert_eq!(denial.action, Some("iam:GetRole"));
/// assert_eq!(denial.resource, Some("role ops"));
/// assert_eq!(denial.reason, Some("no identity-based policy allows the iam:GetRole action"));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denial<'e> {
    /// The caller: an ARN, mostly.
    pub caller: Option<&'e str>,
    /// The action.
    pub action: Option<&'e str>,
    /// The resource: an ARN or `*`.
    pub resource: Option<&'e str>,
    /// What stands after `because` or `with`, such as `an explicit deny in a service control policy`.
    pub reason: Option<&'e str>,
    /// The text that `aws sts decode-authorization-message` decodes.
    pub encoded: Option<&'e str>,
}

/// The error codes of refusals, without the `Client.` of EC2.
const CODES: [&str; 12] = [
    "AccessDenied",
    "AccessDeniedException",
    "AccessDeniedFault",
    "AuthorizationError",
    "AuthorizationErrorException",
    "ForbiddenException",
    "KMSAccessDeniedException",
    "KMS.AccessDeniedException",
    "NotAuthorized",
    "UnauthorizedOperation",
    "UnauthorizedOperationException",
    "VpceAccessDenied",
];

const NOT_AUTHORIZED: &str = " is not authorized to perform: ";

fn is_denied(event: &Event<'_>) -> bool {
    let code = event.error_code.as_deref().unwrap_or_default();
    let code = code.strip_prefix("Client.").unwrap_or(code);
    CODES.contains(&code)
        || event.error_message.as_deref().is_some_and(|message| {
            message.contains(NOT_AUTHORIZED) || message.contains("not authorized to perform this operation")
        })
}

impl Event<'_> {
    /// Whether authorization refused the call, by its error code or message.
    ///
    /// `AuthFailure` of EC2 is not a refusal by IAM: credentials that are not valid have it, and resources of others.
    pub fn is_denied(&self) -> bool {
        is_denied(self)
    }

    /// What AWS wrote about the refusal; `None` for a call that was not refused.
    pub fn denial(&self) -> Option<Denial<'_>> {
        self.is_denied().then(|| Denial::of_message(self.error_message.as_deref().unwrap_or_default()))
    }
}

impl<'e> Denial<'e> {
    /// Reads an error message.
    pub fn of_message(message: &'e str) -> Self {
        const ENCODED: &str = "Encoded authorization failure message: ";
        let (message, encoded) = match message.split_once(ENCODED) {
            Some((before, encoded)) => (before.trim_end(), encoded.split_whitespace().next()),
            None => (message, None),
        };
        let Some((before, after)) = message.split_once(NOT_AUTHORIZED) else {
            return Self { encoded, ..Self::default() };
        };
        let caller = before.rsplit_once("User: ").map(|(_, caller)| bare(caller));
        let (asked, reason) = split_reason(after);
        let (action, resource) = match asked.split_once(" on resource: ") {
            Some((action, resource)) => (action, Some(bare(resource))),
            None => (asked, None),
        };
        let action = action.split_whitespace().next().map(bare).filter(|action| action.contains(':'));
        let resource = resource.filter(|resource| !resource.is_empty());
        Self { caller, action, resource, reason: reason.map(bare), encoded }
    }
}

/// What was asked, and why it was refused.
fn split_reason(text: &str) -> (&str, Option<&str>) {
    let because = text.split_once(" because ");
    let with = || text.find(" with an explicit deny").and_then(|at| Some((text.get(..at)?, text.get(at + 6..)?)));
    match because.or_else(with) {
        Some((asked, reason)) => (asked, Some(reason)),
        None => (text, None),
    }
}

fn bare(text: &str) -> &str {
    text.trim().trim_end_matches(['.', ',']).trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read() {
        let caller = Some("arn:aws:iam::1:user/a");
        let none = Denial::default();
        for (message, expected) in [
            (
                "User: arn:aws:iam::1:user/a is not authorized to perform: s3:GetObject on resource: \
                 \"arn:aws:s3:::b/a file\" with an explicit deny in a service control policy",
                Denial {
                    caller,
                    action: Some("s3:GetObject"),
                    resource: Some("arn:aws:s3:::b/a file"),
                    reason: Some("an explicit deny in a service control policy"),
                    encoded: None,
                },
            ),
            (
                "You are not authorized to perform this operation. User: arn:aws:iam::1:user/a is not authorized to \
                 perform: ec2:RunInstances on resource: arn:aws:ec2:r:1:instance/* because no identity-based policy \
                 allows the ec2:RunInstances action. Encoded authorization failure message: AbC-_d",
                Denial {
                    caller,
                    action: Some("ec2:RunInstances"),
                    resource: Some("arn:aws:ec2:r:1:instance/*"),
                    reason: Some("no identity-based policy allows the ec2:RunInstances action"),
                    encoded: Some("AbC-_d"),
                },
            ),
            (
                "You are not authorized to perform this operation. Encoded authorization failure message: x",
                Denial { encoded: Some("x"), ..none },
            ),
            (
                "User: arn:aws:iam::1:user/a is not authorized to perform: kms:Decrypt on this resource because no \
                 resource-based policy allows the kms:Decrypt action",
                Denial {
                    caller,
                    action: Some("kms:Decrypt"),
                    reason: Some("no resource-based policy allows the kms:Decrypt action"),
                    ..none
                },
            ),
            (
                "User is not authorized to perform: rds:StopDBInstance.",
                Denial { action: Some("rds:StopDBInstance"), ..none },
            ),
            ("Access Denied", none),
            ("", none),
        ] {
            assert_eq!(Denial::of_message(message), expected, "{message}");
        }
    }

    #[test]
    fn refusals_are_told_from_other_errors() {
        const MESSAGE: &str = "User: a is not authorized to perform: b:C";
        for (code, message, expected) in [
            ("AccessDenied", "", true),
            ("AccessDeniedException", "", true),
            ("Client.UnauthorizedOperation", "", true),
            ("UnauthorizedOperation", "", true),
            ("VpceAccessDenied", "", true),
            ("AuthorizationError", "", true),
            ("SomethingElse", MESSAGE, true),
            ("", MESSAGE, true),
            ("AuthFailure", "", false),
            ("Client.AuthFailure", "", false),
            ("Client.DryRunOperation", "Request would have succeeded, but DryRun flag is set.", false),
            ("NotAuthorizedException", "Incorrect username or password.", false),
            ("NoSuchBucket", "", false),
            ("", "", false),
        ] {
            let text = format!(
                r#"{{"eventSource": "a", "eventName": "b", "errorCode": "{code}", "errorMessage": "{message}"}}"#
            );
            let event = crate::Events::new(&text).next().unwrap().unwrap();
            assert_eq!((event.is_denied(), event.denial().is_some()), (expected, expected), "{code} {message}");
        }
    }
}
