//! Policies that someone hands in for a principal to whom they do not apply.

use iameval::{PolicyKind, Principal, PrincipalClass};

/// Why policies of a kind do not bind a principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbound {
    /// What is wrong.
    pub message: String,
    /// What may be meant.
    pub help: String,
}

impl Unbound {
    /// Whether session policies (R-EVAL-14) or scope-down policies (R-EVAL-13) are handed in for a principal whom they do
    /// not bind; policies of other kinds are left to the evaluation. `scope_down` is what gives scope-down policies, such as
    /// a flag.
    ///
    /// ```
    /// use iameval::PolicyKind;
    /// use iameval_world::Unbound;
    ///
    /// let of = |caller: &str| Unbound::find(PolicyKind::Session, &caller.parse().unwrap(), "`--scope-down`");
    /// assert_eq!(of("arn:aws:sts::123456789012:assumed-role/app/run-1"), None);
    /// let unbound = of("arn:aws:iam::123456789012:user/jane").unwrap();
    /// assert_eq!(unbound.message, "session policies do not apply to an IAM user");
    /// ```
    pub fn find(kind: PolicyKind, principal: &Principal, scope_down: &str) -> Option<Self> {
        let unbound = |message: String, help: String| Some(Self { message, help });
        match kind {
            PolicyKind::Session if !principal.is_session() => match principal.class() {
                Some(PrincipalClass::User) => unbound(
                    "session policies do not apply to an IAM user".into(),
                    format!(
                        "for temporary credentials of the user that were scoped down, give {scope_down}; for a \
                         `GetFederationToken` session, name the session as the caller: \
                         `arn:aws:sts::ACCOUNT:federated-user/NAME`"
                    ),
                ),
                None => unbound(
                    "session policies apply to a session, and the caller is an unnamed IAM user".into(),
                    "name the session as the caller: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` or \
                     `arn:aws:sts::ACCOUNT:federated-user/NAME`"
                        .into(),
                ),
                Some(PrincipalClass::Root) => unbound(
                    "session policies do not apply to the root user".into(),
                    format!(
                        "for temporary credentials that were scoped down, give {scope_down}; define a session of `sts:AssumeRoot` as a principal in a world, with `assumed_root`"
                    ),
                ),
                Some(_) => unbound(
                    format!("session policies do not apply to `{principal}`"),
                    "they apply to sessions of roles and federated users".into(),
                ),
            },
            PolicyKind::ScopeDown if !principal.has_policies() => unbound(
                format!("scope-down policies do not apply to `{principal}`"),
                "they apply to temporary credentials: sessions of roles and federated users, and those of users and root"
                    .into(),
            ),
            _ => None,
        }
    }
}
