//! A decision with what it rests on: matched statements, layers, keys that were not given, and notes.

use super::service::{OrganizationAccounts, Standing};
use super::{DecidedBy, Decision, Evaluation, Layers, Looked, Observer, ServiceRule, Undetermined};
use crate::certainty::Certainty;
use crate::document::Effect;
use crate::layer::Layer;
use crate::name::{AccountId, ContextKey};
use crate::policy_set::{PolicySet, StatementId};
use crate::principal::PrincipalKind;
use crate::request::{Owner, Request};
use crate::service_rules::ActionRule;

/// A decision and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Simulation {
    /// The same as [`PolicySet::decide`] gives.
    pub decision: Decision,
    /// What it may be and what it depends on, where it is undetermined.
    pub undetermined: Option<Undetermined>,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// The rule of a service that decided, if one did.
    pub service_rule: Option<ServiceRule>,
    /// Every statement that matched, Allow and Deny, in every layer that binds the request: in order of the layers
    /// ([`Layer::ALL`]), then of the policies, then of their statements.
    pub matched: Vec<Matched>,
    /// Every statement that may match, as [symbols](crate::symbol) tell, in the same order.
    pub may_match: Vec<Matched>,
    /// What each layer said, in the same order.
    pub layers: Vec<LayerVerdict>,
    /// Whether an Allow of the resource's policy is needed beside that of the identity side: across accounts mostly, and
    /// where the policy must consent in the same account too.
    pub needs_resource_policy: bool,
    /// Keys that some policy reads and that were neither given nor known to be absent, in order of their names.
    pub missing_context_keys: Vec<ContextKey>,
}

/// A statement that matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matched {
    /// Which one; [`PolicySet::origin`] tells more.
    pub id: StatementId,
    /// Its effect.
    pub effect: Effect,
    /// Its layer.
    pub layer: Layer,
}

/// What a layer said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerVerdict {
    /// The layer.
    pub layer: Layer,
    /// `None` when no policy of that layer is there; a layer that is there and does not bind has no verdict either.
    pub decision: Option<Decision>,
    /// Whether policies of that layer are there that do not bind this request (R-EVAL-01).
    pub unbound: bool,
}

/// Something that the decision takes for granted, or that is worth knowing about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// The ARN names no account and none was given: the resource is taken to be the principal's own (section 10).
    OwnerAssumed(AccountId),
    /// Nothing says whose the resource is: the request counts as cross-account.
    OwnerUnknown,
    /// The trust policy of the role is mandatory and was not given (R-SVC-01).
    TrustPolicyMissing,
    /// The key policy is mandatory and was not given (R-SVC-02).
    KeyPolicyMissing,
    /// The role of the session is taken to have no path, and a policy tests its ARN (R-CTX-05, R-PRIN-05).
    RolePathUnknown,
    /// The federated user is taken to be named like the IAM user that made the session (R-PRIN-06).
    FederatedUserAssumed,
    /// The endpoint is taken to be an interface endpoint, and its policy names an account (R-EVAL-12).
    EndpointTypeAssumed,
    /// A session made with `AssumeRole` has the MFA key, `true` or `false`; here it is absent, as it is for sessions of an
    /// identity provider, and nothing says that this is one (R-MFA-04, R-CTX-07).
    MfaAbsentForSession,
    /// A session made with an identity provider does not have the MFA key; here it has a value (R-CTX-07).
    MfaGivenForProviderSession,
    /// The credentials of the user or root were scoped down, so they are temporary and have the MFA key, `true` or
    /// `false`; here it is absent (R-EVAL-13).
    MfaAbsentForScopedDown,
    /// IAM refuses its calls to federated users, but for those who signed in to the console (R-SVC-11).
    RefusedToSessions,
    /// A policy of the resource is there and takes no part in this action, or for this caller (R-SVC-20).
    ResourcePolicyTakesNoPart,
    /// The Deny statements of the resource's policy do not bind the owner's root user in this call, which repairs that policy
    /// (R-SVC-13).
    OwnerRootEscapesDenies,
    /// The auth policy of a VPC Lattice service was not given: the ordinary rules hold (R-SVC-21).
    AuthPolicyMissing,
    /// The action is for certain accounts of an organization, and it is not said whether the caller's is one (R-SVC-24).
    OrganizationCallerNotSaid(OrganizationAccounts),
    /// IAM does not authorize this operation: policies do not decide it (R-SVC-26).
    NotAuthorizedByIam,
    /// Something else must allow it beside IAM.
    FurtherGate(Box<str>),
    /// A policy of the resource reads a key that requests of this service do not have.
    KeyNotSupplied(ContextKey),
}

impl Note {
    /// A stable code, such as `owner_assumed`.
    pub fn id(&self) -> &'static str {
        match self {
            Note::OwnerAssumed(_) => "owner_assumed",
            Note::OwnerUnknown => "owner_unknown",
            Note::TrustPolicyMissing => "trust_policy_missing",
            Note::KeyPolicyMissing => "key_policy_missing",
            Note::RolePathUnknown => "role_path_unknown",
            Note::FederatedUserAssumed => "federated_user_assumed",
            Note::EndpointTypeAssumed => "endpoint_type_assumed",
            Note::MfaAbsentForSession => "mfa_absent_for_session",
            Note::MfaGivenForProviderSession => "mfa_given_for_provider_session",
            Note::MfaAbsentForScopedDown => "mfa_absent_for_scoped_down",
            Note::RefusedToSessions => "refused_to_sessions",
            Note::ResourcePolicyTakesNoPart => "resource_policy_takes_no_part",
            Note::AuthPolicyMissing => "auth_policy_missing",
            Note::OwnerRootEscapesDenies => "owner_root_escapes_denies",
            Note::OrganizationCallerNotSaid(_) => "organization_caller_not_said",
            Note::NotAuthorizedByIam => "not_authorized_by_iam",
            Note::FurtherGate(_) => "further_gate",
            Note::KeyNotSupplied(_) => "key_not_supplied",
        }
    }
}

impl Simulation {
    /// Whether it is denied, whatever the rest comes to; an undetermined decision may be so too.
    pub fn is_denied(&self) -> bool {
        match &self.undetermined {
            Some(undetermined) => !undetermined.possible.contains(&Decision::Allowed),
            None => !self.decision.is_allowed(),
        }
    }

    /// The statements that made the decision: those that deny, or those that grant. None where nothing allows, or where
    /// a rule of the service decided.
    pub fn deciding(&self) -> impl Iterator<Item = &Matched> {
        let decides = |matched: &&Matched| match (self.decision, self.decided_by) {
            (_, DecidedBy::Service | DecidedBy::None) | (Decision::ImplicitDeny | Decision::Undetermined, _) => false,
            (Decision::ExplicitDeny, _) => matched.effect == Effect::Deny,
            (Decision::Allowed, DecidedBy::Layer(layer)) => {
                // Where the identity side counts, so does what the resource's policy grants beside it.
                let beside = layer == Layer::Identity && matched.layer == Layer::Resource;
                matched.effect == Effect::Allow && (matched.layer == layer || beside)
            }
        };
        self.matched.iter().filter(decides)
    }
}

impl PolicySet {
    /// Decides a request and says what the decision rests on.
    ///
    /// ```
    /// use iameval::{DecidedBy, Layer, PolicySet, Request};
    ///
    /// let policies = PolicySet::builder().identity("admin", r#"{"Statement": [
    ///   {"Effect": "Allow", "Action": "*", "Resource": "*"},
    ///   {"Sid": "NoKeys", "Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": "*"}]}"#)?.build();
    ///
    /// let simulation = policies.simulate(&Request::builder("iam:CreateAccessKey".parse().unwrap()).build());
    /// assert_eq!(simulation.decided_by, DecidedBy::Layer(Layer::Identity));
    /// let deny = policies.origin(simulation.matched[1].id).unwrap();
    /// assert_eq!((deny.policy.as_str(), deny.sid), ("admin", Some("NoKeys")));
    /// # Ok::<(), iameval::PolicyError>(())
    /// ```
    pub fn simulate(&self, request: &Request) -> Simulation {
        let evaluation = Evaluation::new(self, request);
        let mut collector = Collector::default();
        let (verdict, undetermined, layers) = match &self.symbols {
            None => {
                let verdict = evaluation.run(&mut collector);
                let layers = evaluation.layer_verdicts(&verdict.layers);
                (verdict, None, layers)
            }
            Some(symbols) => {
                evaluation.look(symbols, &mut collector);
                let determined = evaluation.determine(symbols);
                (determined.verdict, determined.undetermined, determined.layers)
            }
        };
        let missing = |key: &&ContextKey| !request.context().is_given(key);
        Simulation {
            decision: verdict.decision,
            undetermined,
            decided_by: verdict.decided_by,
            service_rule: verdict.service_rule,
            layers,
            needs_resource_policy: evaluation.facts().needs_resource_policy(),
            matched: in_order(collector.matched),
            may_match: in_order(collector.may_match),
            missing_context_keys: self.context_keys().filter(missing).cloned().collect(),
        }
    }

    /// The keys that were not given and could change the decision, in order of their names: by evaluation with three
    /// truth values. It may name one too many, never one too few.
    pub fn undecided_context_keys(&self, request: &Request) -> Vec<ContextKey> {
        Evaluation::new(self, request).undecided_keys()
    }

    /// What the decision takes for granted.
    pub fn notes(&self, request: &Request) -> Vec<Note> {
        Evaluation::new(self, request).notes()
    }
}

/// Collects the statements that apply. Statement ids are numbered in the order of the layers.
#[derive(Default)]
struct Collector {
    matched: Vec<Matched>,
    may_match: Vec<Matched>,
}

/// Each once, in the order of the layers.
fn in_order(mut matched: Vec<Matched>) -> Vec<Matched> {
    matched.sort_by_key(|matched| matched.id);
    matched.dedup_by_key(|matched| matched.id);
    matched
}

impl Observer for Collector {
    const ALL: bool = true;
    const TRACE: bool = false;

    fn statement(&mut self, looked: Looked<'_>) {
        let matched = Matched { id: looked.id, effect: looked.statement.effect, layer: looked.layer };
        match looked.applies.certainty() {
            Certainty::Yes => self.matched.push(matched),
            Certainty::Maybe => self.may_match.push(matched),
            Certainty::No => {}
        }
    }
}

impl Evaluation<'_> {
    pub(super) fn layer_verdicts(&self, layers: &Layers) -> Vec<LayerVerdict> {
        let outcomes = &layers.outcomes;
        let allows = |layer| match layer {
            Layer::ServiceControl => outcomes.service_control,
            Layer::ResourceControl => true,
            Layer::Endpoint => outcomes.endpoint,
            Layer::Resource => outcomes.resource.is_some(),
            Layer::Identity => outcomes.identity,
            Layer::PermissionsBoundary => outcomes.boundary == Some(true),
            Layer::Session => outcomes.session == Some(true),
            Layer::ScopeDown => outcomes.scope_down,
        };
        let verdict = |(layer, denied): (Layer, &bool)| {
            let there = self.set.has_layer(layer);
            let binds = self.binds(layer);
            let decision = match (*denied, allows(layer)) {
                (true, _) => Decision::ExplicitDeny,
                (false, true) => Decision::Allowed,
                (false, false) => Decision::ImplicitDeny,
            };
            LayerVerdict { layer, decision: (there && binds).then_some(decision), unbound: there && !binds }
        };
        layers.denied.iter().map(verdict).collect()
    }

    fn notes(&self) -> Vec<Note> {
        let request = self.request;
        let mut notes = Vec::new();
        let has_resource_policy = self.set.has_layer(Layer::Resource);
        match request.resource.owner {
            Owner::Assumed(account) if request.resource.arn.is_some() => notes.push(Note::OwnerAssumed(account)),
            Owner::Unknown if request.principal.has_policies() => notes.push(Note::OwnerUnknown),
            _ => {}
        }
        if !has_resource_policy {
            if self.is_trust_request() {
                notes.push(Note::TrustPolicyMissing);
            }
            if self.is_key_request() {
                notes.push(Note::KeyPolicyMissing);
            }
            if self.has_live(ActionRule::BothSidesRequired) {
                notes.push(Note::AuthPolicyMissing);
            }
        }
        match request.principal.kind {
            PrincipalKind::RoleSession { role: None, .. } if self.tests_the_role() => {
                notes.push(Note::RolePathUnknown);
            }
            PrincipalKind::FederatedUser { user: None, .. } if has_resource_policy => {
                notes.push(Note::FederatedUserAssumed);
            }
            _ => {}
        }
        if self.endpoint_type_matters() {
            notes.push(Note::EndpointTypeAssumed);
        }
        if self.is_role_session() {
            let has_key = request.context.value(&ContextKey::new("aws:MultiFactorAuthPresent")).is_some();
            match (has_key, self.is_provider_session()) {
                (false, false) if self.mfa_is_absent() => notes.push(Note::MfaAbsentForSession),
                (true, true) => notes.push(Note::MfaGivenForProviderSession),
                _ => {}
            }
        }
        if self.is_scoped_down() && !request.principal.is_session() && self.mfa_is_absent() {
            notes.push(Note::MfaAbsentForScopedDown);
        }
        self.notes_of_rules(&mut notes);
        notes
    }

    fn tests_the_role(&self) -> bool {
        let key = ContextKey::new("aws:PrincipalArn");
        let statements = || self.groups().flat_map(super::super::policy_set::Group::statements);
        self.set.policies().any(|policy| policy.context_keys().any(|other| *other == key))
            || statements().any(|(_, _, statement)| statement.names_roles())
    }

    fn endpoint_type_matters(&self) -> bool {
        let gateway_service = matches!(self.request.action.service(), "s3" | "dynamodb");
        let named = |group: &super::Group| {
            group.statements().any(|(member, _, statement)| !member.gateway && statement.names_accounts())
        };
        gateway_service && self.set.layer(Layer::Endpoint).any(named)
    }

    /// Whether something says that the session was made with a SAML or OIDC provider.
    fn is_provider_session(&self) -> bool {
        let request = self.request;
        matches!(request.principal.kind, PrincipalKind::RoleSession { provider: Some(_), .. })
            || request.context.value(&ContextKey::new("aws:FederatedProvider")).is_some()
    }

    /// Whether the key is known to be absent.
    fn mfa_is_absent(&self) -> bool {
        let key = ContextKey::new("aws:MultiFactorAuthPresent");
        self.request.context.is_given(&key) && self.request.context.value(&key).is_none()
    }

    /// What the service does beside the policies, or leaves out of its requests.
    fn notes_of_rules(&self, notes: &mut Vec<Note>) {
        if self.is_federated_user() && self.request.action.service() == "iam" {
            notes.push(Note::RefusedToSessions);
        }
        if self.set.has_layer(Layer::Resource) && self.leaves_out_resource_policy() {
            notes.push(Note::ResourcePolicyTakesNoPart);
        }
        let escapes = |group: &super::Group| group.statements().any(|(.., statement)| statement.effect == Effect::Deny);
        if self.ignores(Layer::Resource, Effect::Deny)
            && self.groups().any(|group| group.layer == Layer::Resource && escapes(group))
        {
            notes.push(Note::OwnerRootEscapesDenies);
        }
        if let Some((accounts, Standing::NotSaid)) = self.organization_standing()
            && self.rule_after_denies().is_none()
        {
            notes.push(Note::OrganizationCallerNotSaid(accounts));
        }
        if self.has_live(ActionRule::NotAuthorizedByIam) {
            notes.push(Note::NotAuthorizedByIam);
        }
        let Some(rules) = self.set.rules.get() else { return };
        let action = &self.request.action;
        notes.extend(rules.further_gates(action).map(|gate| Note::FurtherGate(gate.into())));
        if self.has_live(ActionRule::KeysNotSupplied) && self.binds(Layer::Resource) {
            let policies = self.set.layer(Layer::Resource).flat_map(|group| &group.members);
            let read = policies.flat_map(|member| member.policy.context_keys());
            let mut keys: Vec<&ContextKey> = read.filter(|key| !rules.supplies(action.service(), key)).collect();
            keys.sort();
            keys.dedup();
            notes.extend(keys.into_iter().map(|key| Note::KeyNotSupplied(key.clone())));
        }
    }
}
