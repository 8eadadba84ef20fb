//! Policies without a world.

use crate::load::rendered;
use iameval::{Layer, PolicyKind, PolicySet};
use iameval_ask::Attachment;
use iameval_world::{Attached, Finding, LevelNames, LoadedPolicy, PlacedPolicy, Source, Via, assemble};
use std::path::Path;
use std::sync::Arc;

/// Policies without a world, by kind, with their names and texts, so that a failed test can show the statement.
///
/// A test that asks a plain [`PolicySet`] is told less when it fails.
///
/// ```
/// use iameval_test::{Policies, Request, assert_allowed, assert_denied};
///
/// let policies = Policies::new().file(iameval_test::PolicyKind::Identity, "aws:PowerUserAccess").identity(
///     "no-deletion",
///     r#"{"Version": "2012-10-17",
///         "Statement": [{"Sid": "Keep", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}]}"#,
/// );
/// assert_allowed!(policies, Request::of("s3:GetObject").resource("arn:aws:s3:::reports/q3.csv"));
/// assert_denied!(policies, Request::of("s3:DeleteBucket"), by = "no-deletion#Keep");
/// ```
#[derive(Debug, Clone)]
pub struct Policies {
    // INVARIANT: in the order of `PolicySet::policies`.
    placed: Vec<PlacedPolicy>,
    scp_levels: usize,
    rcp_levels: usize,
    set: PolicySet,
    attachments: Arc<[Attachment]>,
}

impl Default for Policies {
    fn default() -> Self {
        let set = PolicySet::builder().build();
        Self { placed: Vec::new(), scp_levels: 0, rcp_levels: 1, set, attachments: Arc::from([]) }
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
    #[expect(clippy::expect_used, reason = "every policy was compiled when it was added")]
    pub fn next_scp_level(mut self) -> Self {
        self.scp_levels = self.scp_levels.max(1) + 1;
        self.assembled().expect("policies of the kinds that they were added as")
    }

    /// Begins the next level of RCPs, after the root's.
    #[must_use]
    pub fn next_rcp_level(mut self) -> Self {
        self.rcp_levels += 1;
        self
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
        let level = match kind {
            PolicyKind::ServiceControl => {
                self.scp_levels = self.scp_levels.max(1);
                self.scp_levels - 1
            }
            PolicyKind::ResourceControl => self.rcp_levels - 1,
            _ => 0,
        };
        let attached = Attached { policy: Arc::new(policy), via: Via::Flag };
        self.placed.push(PlacedPolicy { kind, level, gateway: false, attached });
        self.placed.sort_by_key(|placed| (Layer::of(placed.kind), placed.level));
        self.assembled()
    }

    fn assembled(self) -> Result<Self, Vec<Finding>> {
        let levels = LevelNames::numbered(self.scp_levels, self.rcp_levels);
        let set = assemble(&self.placed, &levels, |policy, kind| policy.compile(kind))?;
        let placed = self.placed.iter();
        let attachments =
            placed.map(|placed| Attachment { policy: placed.attached.policy.clone(), via: None }).collect();
        Ok(Self { set, attachments, ..self })
    }
}

fn refusal(name: &str, kind: PolicyKind, findings: &[Finding]) -> String {
    format!("`{name}` cannot be taken as {}\n\n{}\n", kind.with_article(), rendered(findings))
}
