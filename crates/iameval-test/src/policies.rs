//! Policies without a world.

use crate::load::rendered;
use iameval::{Layer, LayeredPolicies, PolicyKind, PolicySet};
use iameval_ask::Attachment;
use iameval_world::{Attached, Finding, LoadedPolicy, Source, Via, assemble, level_name};
use std::path::Path;
use std::sync::Arc;

/// Policies without a world, by kind, with their names and texts, so that a failed test can show the statement.
///
/// A test that asks a plain [`PolicySet`] is told less when it fails.
///
/// ```
/// use iameval_test::{Policies, TestRequest, assert_allowed, assert_denied};
///
/// let policies = Policies::new().file(iameval_test::PolicyKind::Identity, "aws:PowerUserAccess").identity(
///     "no-deletion",
///     r#"{"Version": "2012-10-17",
///         "Statement": [{"Sid": "Keep", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}]}"#,
/// );
/// assert_allowed!(policies, TestRequest::of("s3:GetObject").resource("arn:aws:s3:::reports/q3.csv"));
/// assert_denied!(policies, TestRequest::of("s3:DeleteBucket"), by = "no-deletion#Keep");
/// ```
#[derive(Debug, Clone)]
pub struct Policies {
    placed: LayeredPolicies<Attached>,
    set: PolicySet,
    attachments: Arc<[Attachment]>,
}

impl Default for Policies {
    fn default() -> Self {
        let set = PolicySet::builder().build();
        Self { placed: LayeredPolicies::new(), set, attachments: Arc::from([]) }
    }
}

macro_rules! of_kind {
    ($($(#[doc = $doc:literal])* $name:ident: $kind:ident,)*) => {
        $(
            $(#[doc = $doc])*
            ///
            /// # Panics
            /// When the text is no such policy, with everything that is wrong.
            #[must_use]
            #[track_caller]
            pub fn $name(self, name: &str, text: &str) -> Self {
                self.text(PolicyKind::$kind, name, text)
            }
        )*
    };
}

impl Policies {
    /// No policies.
    pub fn new() -> Self {
        Self::default()
    }

    of_kind! {
        /// Adds an identity policy: what it is called in answers, and its text.
        identity: Identity,
        /// Adds the permissions boundary.
        boundary: PermissionsBoundary,
        /// Adds a session policy. Several together allow what any of them allows.
        session: Session,
        /// Adds the policy of an `sts:GetScopedCredentials` call. Each must allow as well.
        scope_down: ScopeDown,
        /// Adds the policy of the resource.
        resource: Resource,
        /// Adds the trust policy of the role that is asked about.
        trust: RoleTrust,
        /// Adds the policy of a VPC endpoint.
        endpoint: Endpoint,
        /// Adds an SCP to the level that was begun last.
        scp: ServiceControl,
        /// Adds an RCP to the level that was begun last.
        rcp: ResourceControl,
    }

    /// Adds the policy of a file, or `aws:NAME`, one that AWS manages.
    ///
    /// # Panics
    /// When it cannot be read or is no such policy, with everything that is wrong.
    #[must_use]
    #[track_caller]
    pub fn file(self, kind: PolicyKind, path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        match LoadedPolicy::open(path).and_then(|policy| self.add(kind, policy)) {
            Ok(policies) => policies,
            Err(findings) => panic!("{}", refusal(&path.display().to_string(), kind, &findings)),
        }
    }

    /// Begins the next level of SCPs, after the root's; what [`Policies::scp`] adds is of the level that was begun last.
    ///
    /// # Panics
    /// Never: every policy was compiled when it was added.
    #[must_use]
    pub fn next_scp_level(self) -> Self {
        self.next_level(PolicyKind::ServiceControl)
    }

    /// Begins the next level of RCPs, after the root's.
    ///
    /// # Panics
    /// Never: every policy was compiled when it was added.
    #[must_use]
    pub fn next_rcp_level(self) -> Self {
        self.next_level(PolicyKind::ResourceControl)
    }

    /// The policies, compiled.
    pub fn set(&self) -> &PolicySet {
        &self.set
    }

    pub(crate) fn attachments(&self) -> &Arc<[Attachment]> {
        &self.attachments
    }

    #[cfg(feature = "proptest")]
    pub(crate) fn loaded(&self) -> impl Iterator<Item = &LoadedPolicy> {
        self.attachments.iter().map(|attachment| &*attachment.policy)
    }

    #[track_caller]
    fn text(self, kind: PolicyKind, name: &str, text: &str) -> Self {
        let policy = LoadedPolicy::from_source(name, &Source::new(name, text));
        match policy.and_then(|policy| self.add(kind, policy)) {
            Ok(policies) => policies,
            Err(findings) => panic!("{}", refusal(name, kind, &findings)),
        }
    }

    fn add(mut self, kind: PolicyKind, policy: LoadedPolicy) -> Result<Self, Vec<Finding>> {
        self.placed.add(kind, Attached { policy: Arc::new(policy), via: Via::Flag });
        self.assembled()
    }

    #[expect(clippy::expect_used, reason = "every policy was compiled when it was added")]
    fn next_level(mut self, kind: PolicyKind) -> Self {
        if !self.placed.has_layer(Layer::of(kind)) {
            self.placed.begin_level(kind, None);
        }
        self.placed.begin_level(kind, None);
        self.assembled().expect("policies of the kinds that they were added as")
    }

    fn assembled(self) -> Result<Self, Vec<Finding>> {
        // Levels are numbered anew with each that is begun, so they stay unnamed in `placed`.
        let mut named = self.placed.clone();
        named.name_levels(level_name);
        let set = assemble(&named)?;
        let placed = self.placed.iter().map(|placed| placed.policy);
        let attachments = placed.map(|attached| Attachment { policy: attached.policy.clone(), via: None }).collect();
        Ok(Self { set, attachments, ..self })
    }
}

fn refusal(name: &str, kind: PolicyKind, findings: &[Finding]) -> String {
    format!("`{name}` cannot be used as {}\n\n{}\n", kind.with_article(), rendered(findings))
}
