//! What AWS writes where authorization refuses a call.

/// A refusal, as far as the error message tells of it. Older messages, and those of S3 and RDS, tell less or nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denial<'e> {
    /// The caller: an ARN, mostly.
    pub caller: Option<&'e str>,
    /// The action.
    pub action: Option<&'e str>,
    /// The resource: an ARN or `*`.
    pub resource: Option<&'e str>,
    /// What stands after `because` or `with`, such as `no identity-based policy allows the s3:GetObject action`.
    pub reason: Option<&'e str>,
    /// The text that `aws sts decode-authorization-message` decodes.
    pub encoded: Option<&'e str>,
}
