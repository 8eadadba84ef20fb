//! A naive evaluator: the oracle that the engine is compared with, and the baseline of its benches.
//!
//! It is written from the page of rules and not from the engine: no index, nothing compiled, every call reads the
//! patterns anew. It leaves out the simulator mode and the odder spellings of values, see [`value`].

pub mod compose;
mod rules;
pub mod value;

use iameval::layers::Facts as Composition;
use iameval::layers::Strength::{self, Account, Direct, Entity};
use iameval::layers::{CallerKind, LayerOutcomes, ResourceSide};
use iameval::{
    CompiledPolicy, ConditionOperator, ConditionTest, Decision, Effect, EvaluationMode, Layer, Operator,
    PatternElement, PolicyDocument, PolicyId, PolicyKind, PolicySet, PrincipalClass, PrincipalElement, PrincipalForm,
    PrincipalType, Quantifier, Request, Statement, Version,
};
use std::sync::Arc;
use value::{Token, expand, glob, hold_in_parts, instant, is_arn, is_base64, lowercase, network, number, truth};

/// The policies of one question. A layer without documents is not there; a level without documents allows nothing.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    /// The policies of the principal.
    pub identity: Vec<PolicyDocument>,
    /// The policy of the resource.
    pub resource: Option<PolicyDocument>,
    /// The permissions boundary.
    pub boundary: Option<PolicyDocument>,
    /// The policies of the session.
    pub session: Vec<PolicyDocument>,
    /// Scope-down policies, earliest first.
    pub scope_down: Vec<PolicyDocument>,
    /// Service control policies, level by level.
    pub scp: Vec<Vec<PolicyDocument>>,
    /// Resource control policies, level by level.
    pub rcp: Vec<Vec<PolicyDocument>>,
    /// The policies of the VPC endpoint.
    pub endpoint: Vec<PolicyDocument>,
    /// Whether it is a gateway endpoint (R-EVAL-12).
    pub gateway: bool,
    /// Pure policy mode: without the rules of single services (section 14).
    pub pure: bool,
}

/// What a request knows and its public API does not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The user behind a federated user.
    pub user: Option<String>,
    /// The provider that a role session signed in with.
    pub provider: Option<String>,
    /// The canonical user id of the principal's account.
    pub canonical_user_id: Option<String>,
    /// Whether the user's credentials are long-term ones.
    pub long_term_credentials: Option<bool>,
    /// Whether it is a root session made with `AssumeRoot`.
    pub assumed_root: bool,
    /// Whether the principal is of the management account, where it is said.
    pub management_account: Option<bool>,
    /// Whether the principal's account is a delegated administrator, where it is said.
    pub delegated_administrator: Option<bool>,
    /// Whether the resource is of the management account.
    pub resource_in_management_account: bool,
}

/// Decides a request of which the public API tells everything.
pub fn decide(policies: &Policies, request: &Request) -> Decision {
    decide_knowing(policies, request, &Facts::default())
}

/// Decides a request.
pub fn decide_knowing(policies: &Policies, request: &Request, facts: &Facts) -> Decision {
    let resource = request.resource().encode_utf16().collect();
    Question { policies, request, facts, resource, class: request.principal().class() }.decide()
}

struct Question<'a> {
    policies: &'a Policies,
    request: &'a Request,
    facts: &'a Facts,
    resource: Vec<u16>,
    /// `None` for the unnamed user.
    class: Option<PrincipalClass>,
}

/// Documents that count as one, and where they are attached.
type Group<'a> = (Layer, &'a [PolicyDocument]);

impl Question<'_> {
    /// Table (a), table (b) across accounts.
    fn decide(&self) -> Decision {
        let action = self.request.action().lowercase();
        let same_account = self.request.is_same_account();
        let rules = !self.policies.pure;
        if self.rule("always_allowed") && self.is_signed_in() {
            return Decision::Allowed;
        }
        if self.rule("allowed_with_long_term_credentials") && self.has_long_term_credentials() {
            return Decision::Allowed;
        }
        if (self.rule("refused_to_root") && self.is_root()) || (self.rule("bucket_policy") && !same_account) {
            return Decision::ImplicitDeny;
        }
        let groups: Vec<Group<'_>> = self.groups().into_iter().filter(|(layer, _)| self.binds(*layer)).collect();
        let escapes = same_account && self.is_root() && self.rule("owner_root_escapes_resource_policy");
        let ignored = |layer| layer == Layer::Resource && escapes;
        if groups.iter().any(|&group| !ignored(group.0) && self.strongest(group, Effect::Deny).is_some()) {
            return Decision::ExplicitDeny;
        }
        if rules && (self.is_refused(action, same_account) || self.is_refused_by_rule()) {
            return Decision::ImplicitDeny;
        }
        allowed_if(compose::is_allowed(self.composition(action, same_account), self.outcomes(&groups)))
    }

    fn composition(&self, action: &str, same_account: bool) -> Composition {
        use PrincipalClass::{FederatedUser, Root};
        let caller = match self.class {
            Some(Root) if self.facts.assumed_root => CallerKind::AssumedRoot,
            Some(Root) => CallerKind::Root,
            Some(FederatedUser) => CallerKind::FederatedUser,
            _ if self.has_identity_side() => CallerKind::Entity,
            _ => CallerKind::Bare,
        };
        let resource_side = if self.needs_no_resource_side() {
            ResourceSide::NotAsked
        } else if self.rule("both_sides_required") && self.policies.resource.is_some() {
            // R-SVC-21
            ResourceSide::BesideIdentity
        } else if !self.policies.pure && self.requires_resource_policy(action) {
            ResourceSide::MustConsent
        } else {
            ResourceSide::Grants
        };
        Composition { caller, same_account, resource_side, mode: EvaluationMode::Live }
    }

    fn outcomes(&self, groups: &[Group<'_>]) -> LayerOutcomes {
        let of = |layer| groups.iter().filter(move |(other, _)| *other == layer);
        // Whether every group of the layer allows; a layer that is not there limits nothing.
        let lets_through = |layer| of(layer).all(|&group| self.strongest(group, Effect::Allow).is_some());
        let said = |layer| of(layer).next().map(|_| lets_through(layer));
        LayerOutcomes {
            service_control: lets_through(Layer::ServiceControl),
            endpoint: lets_through(Layer::Endpoint),
            resource: of(Layer::Resource).find_map(|&group| self.strongest(group, Effect::Allow)),
            identity: said(Layer::Identity) == Some(true),
            boundary: said(Layer::PermissionsBoundary),
            session: said(Layer::Session),
            scope_down: lets_through(Layer::ScopeDown),
        }
    }

    fn groups(&self) -> Vec<Group<'_>> {
        let policies = self.policies;
        let mut groups: Vec<Group<'_>> = Vec::new();
        groups.extend(policies.scp.iter().map(|level| (Layer::ServiceControl, level.as_slice())));
        groups.extend(policies.rcp.iter().map(|level| (Layer::ResourceControl, level.as_slice())));
        let one = [
            (Layer::Endpoint, policies.endpoint.as_slice()),
            (Layer::Resource, policies.resource.as_slice()),
            (Layer::Identity, policies.identity.as_slice()),
            (Layer::PermissionsBoundary, policies.boundary.as_slice()),
            (Layer::Session, policies.session.as_slice()),
        ];
        groups.extend(one.into_iter().filter(|(_, documents)| !documents.is_empty()));
        groups.extend(policies.scope_down.iter().map(|document| (Layer::ScopeDown, std::slice::from_ref(document))));
        groups
    }

    /// Whether policies of that layer bind the request (R-EVAL-01, R-ORG-04, R-ORG-05).
    fn binds(&self, layer: Layer) -> bool {
        use PrincipalClass::{Anonymous, Saml, Service, WebIdentity};
        let linked = self.request.principal().is_service_linked_role();
        let pure = self.policies.pure;
        match layer {
            Layer::ServiceControl => {
                let outside = matches!(self.class, Some(Service | WebIdentity | Saml | Anonymous));
                let exempt = self.rule("scp_never_restricts");
                !outside && !linked && self.facts.management_account != Some(true) && !exempt
            }
            Layer::ResourceControl => {
                let own_role = self.class == Some(Service)
                    && self.requires_resource_policy(self.request.action().lowercase())
                    && self.resource_is("iam", "role/aws-service-role/");
                let exempt = !pure && (self.is_aws_alias() || own_role);
                let exempt = exempt || self.rule("rcp_never_restricts");
                !linked && !self.facts.resource_in_management_account && !exempt
            }
            Layer::Endpoint => true,
            Layer::Resource => {
                let about_a_role = self.request.action().service() == "iam" && self.resource_is("iam", "role/");
                pure || !(about_a_role || self.leaves_out_resource_policy())
            }
            Layer::Identity => self.has_identity_side() && !self.is_root(),
            Layer::PermissionsBoundary | Layer::ScopeDown => self.has_identity_side(),
            Layer::Session => {
                use PrincipalClass::{FederatedUser, Role, RoleSession};
                self.facts.assumed_root || matches!(self.class, Some(RoleSession | Role | FederatedUser))
            }
        }
    }

    /// The strongest match of the statements of that effect that apply.
    fn strongest(&self, (layer, documents): Group<'_>, effect: Effect) -> Option<Strength> {
        let of = |document: &PolicyDocument| {
            let variables = document.version() == Some(Version::V2012);
            let statements = document.statements().iter().filter(|statement| statement.effect() == effect);
            statements.filter_map(|statement| self.applies(layer, statement, variables)).max()
        };
        documents.iter().filter_map(of).max()
    }

    /// R-MODEL-02.
    fn applies(&self, layer: Layer, statement: &Statement, variables: bool) -> Option<Strength> {
        let action = self.request.action().lowercase();
        if !listed(statement.action(), |pattern| action_matches(pattern, action)) {
            return None;
        }
        let padded = matches!(layer, Layer::Identity | Layer::PermissionsBoundary | Layer::Session | Layer::ScopeDown);
        let in_resource_policy = layer == Layer::Resource;
        let resource =
            |element| listed(element, |pattern| self.resource_matches(pattern, variables, padded, in_resource_policy));
        if !statement.resource().is_none_or(resource) {
            return None;
        }
        let strength = match (layer, statement.principal()) {
            (Layer::Resource | Layer::Endpoint, None) => return None,
            (_, None) => Direct,
            (_, Some(element)) if element.is_negated() => self.not_principal(layer, element, statement.effect())?,
            (_, Some(element)) => self.principal(layer, element, statement.effect())?,
        };
        let holds = statement.condition().iter().all(|block| {
            block.keys().iter().all(|test| self.condition(block.operator(), test, variables, statement.effect()))
        });
        holds.then_some(strength)
    }

    /// R-RES-02, R-RES-06.
    fn resource_matches(&self, pattern: &str, variables: bool, padded: bool, in_resource_policy: bool) -> bool {
        if let Some(path) = pattern.strip_prefix("execute-api:/").filter(|_| in_resource_policy) {
            return self.api_path_matches(path, variables);
        }
        let plain = pattern.split(['*', '?', '$']).next().unwrap_or_default();
        if pattern == "*" || !self.request.resource().starts_with(plain) {
            return pattern == "*";
        }
        let Some(mut tokens) = expand(pattern, self.request.context(), variables, true) else { return false };
        let missing = 5_usize.saturating_sub(tokens.iter().filter(|token| **token == Token::COLON).count());
        hold_in_parts(&mut tokens);
        if glob(&tokens, &self.resource) {
            return true;
        }
        let is_static = !(variables && pattern.contains("${"));
        if !padded || !is_static || missing == 0 {
            return false;
        }
        let text = pattern.to_owned() + &":*".repeat(missing);
        let Some(mut tokens) = expand(&text, self.request.context(), variables, true) else { return false };
        hold_in_parts(&mut tokens);
        glob(&tokens, &self.resource)
    }

    /// R-SVC-18.
    fn api_path_matches(&self, path: &str, variables: bool) -> bool {
        let own = self.request.resource().splitn(6, ':').nth(5).and_then(|api| api.split_once('/'));
        let Some((_, own)) = own.filter(|_| self.resource_is("execute-api", "")) else { return false };
        let units: Vec<u16> = own.encode_utf16().collect();
        expand(path, self.request.context(), variables, true).is_some_and(|tokens| glob(&tokens, &units))
    }

    /// R-PRIN-01 to R-PRIN-11.
    fn principal(&self, layer: Layer, element: &PrincipalElement, effect: Effect) -> Option<Strength> {
        let entries = match element.form() {
            PrincipalForm::Everyone => return Some(Direct),
            PrincipalForm::Map(lists) => {
                lists.iter().flat_map(|list| list.values().map(move |entry| (list.kind(), entry)))
            }
        };
        entries.filter_map(|(kind, entry)| self.entry(layer, kind, entry, effect)).max()
    }

    fn entry(&self, layer: Layer, kind: PrincipalType, entry: &str, effect: Effect) -> Option<Strength> {
        use PrincipalClass::{CanonicalUser, FederatedUser, Role, RoleSession, Saml, Service, User, WebIdentity};
        let principal = self.request.principal();
        let is_own = principal.id() == Some(entry);
        let deny = effect == Effect::Deny;
        let (class, strength) = match (kind, self.class) {
            (PrincipalType::Aws, _) if entry == "*" => return Some(Direct),
            (PrincipalType::Aws, class) => {
                if let Some(account) = account_of_entry(entry) {
                    let own = principal.account().is_some_and(|own| own.as_str() == account);
                    let means_root = layer == Layer::Endpoint && self.policies.gateway;
                    return (own && (!means_root || self.is_root())).then_some(Account);
                }
                match class? {
                    User => (is_own || self.is_unique_id(entry), Direct),
                    RoleSession | FederatedUser if is_own => (true, Direct),
                    Role => (is_own || self.is_unique_id(entry), Entity),
                    RoleSession => (self.is_role_of_session(entry) || self.is_unique_id(entry), Entity),
                    FederatedUser => (self.federated_by().as_deref() == Some(entry), Entity),
                    _ => (false, Entity),
                }
            }
            (PrincipalType::Service, Some(Service)) => (is_own || (deny && entry == "*"), Direct),
            (PrincipalType::Federated, Some(WebIdentity | Saml)) => (is_own || (deny && entry == "*"), Direct),
            (PrincipalType::Federated, _) => {
                let provider = self.facts.provider.as_deref();
                (deny && provider.is_some_and(|own| own == entry || entry == "*"), Direct)
            }
            (PrincipalType::CanonicalUser, Some(CanonicalUser)) => (is_own || (deny && entry == "*"), Direct),
            (PrincipalType::CanonicalUser, _) => {
                let own = self.facts.canonical_user_id.as_deref();
                let means_root = layer == Layer::Endpoint && self.policies.gateway && entry != "*";
                let own = own.filter(|_| !means_root || self.is_root());
                (own.is_some_and(|own| own == entry || (deny && entry == "*")), Account)
            }
            _ => (false, Direct),
        };
        class.then_some(strength)
    }

    /// R-PRIN-12, R-PRIN-13.
    fn not_principal(&self, layer: Layer, element: &PrincipalElement, effect: Effect) -> Option<Strength> {
        use PrincipalClass::{CanonicalUser, FederatedUser, RoleSession, Saml, Service, WebIdentity};
        if effect == Effect::Allow {
            return self.principal(layer, element, effect).is_none().then_some(Direct);
        }
        if layer == Layer::Resource && self.policies.boundary.is_some() && self.has_identity_side() {
            return Some(Direct);
        }
        let PrincipalForm::Map(lists) = element.form() else { return None };
        let names = |kind, wanted: &dyn Fn(&str) -> bool| {
            lists.iter().filter(|list| list.kind() == kind).any(|list| list.values().any(wanted))
        };
        let own = |entry: &str| self.request.principal().id() == Some(entry);
        let is_listed = names(PrincipalType::Aws, &|entry| entry == "*")
            || match self.class {
                None | Some(PrincipalClass::Anonymous) => false,
                Some(RoleSession) => {
                    names(PrincipalType::Aws, &own)
                        && names(PrincipalType::Aws, &|entry| {
                            self.is_role_of_session(entry) || self.is_unique_id(entry)
                        })
                }
                Some(FederatedUser) => {
                    let user = self.federated_by();
                    names(PrincipalType::Aws, &own)
                        && names(PrincipalType::Aws, &|entry| user.as_deref() == Some(entry))
                }
                Some(PrincipalClass::Root) => {
                    let account = self.request.principal().account();
                    names(PrincipalType::Aws, &|entry| {
                        account_of_entry(entry) == account.as_ref().map(iameval::AccountId::as_str)
                    })
                }
                Some(Service) => names(PrincipalType::Service, &own),
                Some(WebIdentity | Saml) => names(PrincipalType::Federated, &own),
                Some(CanonicalUser) => names(PrincipalType::CanonicalUser, &own),
                Some(_) => names(PrincipalType::Aws, &|entry| own(entry) || self.is_unique_id(entry)),
            };
        (!is_listed).then_some(Direct)
    }

    fn is_role_of_session(&self, entry: &str) -> bool {
        let principal = self.request.principal();
        if let Some(role) = principal.principal_arn() {
            return role == entry;
        }
        let entry_parts: Vec<&str> = entry.splitn(6, ':').collect();
        let own_parts: Vec<&str> = principal.id().unwrap_or_default().splitn(6, ':').collect();
        match (&*entry_parts, &*own_parts) {
            (&["arn", partition, "iam", "", account, role], &[_, own_partition, _, _, own_account, session]) => {
                let name = role.strip_prefix("role/").and_then(|path| path.rsplit('/').next());
                (partition, account) == (own_partition, own_account) && name == session.split('/').nth(1)
            }
            _ => false,
        }
    }

    /// The user behind a federated user: given, or taken to have the same name (R-PRIN-06).
    fn federated_by(&self) -> Option<String> {
        let arn = self.request.principal().id()?;
        let named = || arn.replacen(":sts:", ":iam:", 1).replacen(":federated-user/", ":user/", 1);
        Some(self.facts.user.clone().unwrap_or_else(named))
    }

    /// R-PRIN-10: the unique id of a user, or of the role before the name of its session.
    fn is_unique_id(&self, entry: &str) -> bool {
        let own = self.request.context().value(&iameval::ContextKey::new("aws:userid"));
        let Some(text) = own.filter(|value| !value.is_list()).and_then(|value| value.texts().next()) else {
            return false;
        };
        let id =
            if self.class == Some(PrincipalClass::User) { text } else { text.split(':').next().unwrap_or_default() };
        (entry.starts_with("AIDA") || entry.starts_with("AROA")) && id == entry
    }

    /// Section 8.
    fn condition(&self, operator: ConditionOperator, test: &ConditionTest, variables: bool, effect: Effect) -> bool {
        let value = self.request.context().value(&iameval::ContextKey::new(test.key()));
        if operator.base == Operator::Null {
            if let Some(quantifier) = operator.quantifier {
                return quantifier == Quantifier::ForAllValues;
            }
            return test.values().any(|wanted| truth(wanted) == value.is_none());
        }
        let has_values = test.values().next().is_some();
        let holds = |text: &str| has_values && self.holds(operator.base, text, test, variables, effect);
        match (operator.quantifier, value) {
            (None, None) => operator.if_exists || (has_values && is_negated(operator.base)),
            (None, Some(value)) => !value.is_list() && value.texts().all(holds),
            (Some(Quantifier::ForAllValues), value) => value.is_none_or(|value| value.texts().all(holds)),
            (Some(Quantifier::ForAnyValue), value) => value.is_some_and(|value| value.texts().any(holds)),
        }
    }

    /// Table (d): one value of the request against the values of the policy.
    fn holds(&self, base: Operator, given: &str, test: &ConditionTest, variables: bool, effect: Effect) -> bool {
        use Operator as O;
        let units: Vec<u16> = given.encode_utf16().collect();
        let expand = |wanted: &str, wild| expand(wanted, self.request.context(), variables, wild);
        let ordered = |order: Option<std::cmp::Ordering>| match base {
            O::NumericLessThan | O::DateLessThan => order.is_some_and(std::cmp::Ordering::is_lt),
            O::NumericLessThanEquals | O::DateLessThanEquals => order.is_some_and(std::cmp::Ordering::is_le),
            O::NumericGreaterThan | O::DateGreaterThan => order.is_some_and(std::cmp::Ordering::is_gt),
            O::NumericGreaterThanEquals | O::DateGreaterThanEquals => order.is_some_and(std::cmp::Ordering::is_ge),
            _ => order.is_some_and(std::cmp::Ordering::is_eq),
        };
        let matches = |wanted: &str| match base {
            O::StringEquals | O::StringNotEquals => expand(wanted, false).is_some_and(|tokens| glob(&tokens, &units)),
            O::StringLike | O::StringNotLike => expand(wanted, true).is_some_and(|tokens| glob(&tokens, &units)),
            O::StringEqualsIgnoreCase | O::StringNotEqualsIgnoreCase => {
                expand(wanted, false).is_some_and(|tokens| lowercase(&value::text(&tokens)) == lowercase(given))
            }
            O::Bool => expand(wanted, false).is_some_and(|tokens| truth(&value::text(&tokens)) == truth(given)),
            O::BinaryEquals => is_base64(given) && wanted == given,
            O::IpAddress | O::NotIpAddress => network(wanted).is_some_and(|network| network.contains(given)),
            _ if base.as_str().starts_with("Numeric") => {
                ordered(number(given).zip(number(wanted)).map(|(own, wanted)| own.cmp(&wanted)))
            }
            _ => ordered(instant(given).zip(instant(wanted)).map(|(own, wanted)| own.cmp(&wanted))),
        };
        match base {
            O::ArnEquals | O::ArnLike | O::ArnNotEquals | O::ArnNotLike => {
                if !is_arn(given) {
                    return false;
                }
                for wanted in test.values() {
                    let Some(tokens) = expand(wanted, true) else { continue };
                    match value::arn_matches(&tokens, given) {
                        None => return effect == Effect::Deny,
                        Some(true) => return !is_negated(base),
                        Some(false) => {}
                    }
                }
                is_negated(base)
            }
            O::NotIpAddress if value::address(given).is_none() => false,
            _ => test.values().any(matches) != is_negated(base),
        }
    }

    fn is_root(&self) -> bool {
        self.class == Some(PrincipalClass::Root)
    }

    fn is_signed_in(&self) -> bool {
        use PrincipalClass::{Anonymous, Saml, WebIdentity};
        !matches!(self.class, Some(Anonymous | WebIdentity | Saml))
    }

    fn has_identity_side(&self) -> bool {
        use PrincipalClass::{Anonymous, CanonicalUser, Saml, Service, WebIdentity};
        !matches!(self.class, Some(Service | WebIdentity | Saml | CanonicalUser | Anonymous))
    }

    /// R-SVC-06.
    fn has_long_term_credentials(&self) -> bool {
        let absent = |key| self.request.context().value(&iameval::ContextKey::new(key)).is_none();
        let may = matches!(self.class, None | Some(PrincipalClass::User | PrincipalClass::Root));
        let by_context = || absent("aws:TokenIssueTime") && absent("aws:MultiFactorAuthPresent");
        // R-EVAL-13: only temporary credentials can be scoped down.
        let scoped_down = !self.policies.scope_down.is_empty();
        may && !scoped_down && !self.facts.assumed_root && self.facts.long_term_credentials.unwrap_or_else(by_context)
    }

    /// Whether the resource is an ARN of that service whose resource part begins so.
    fn resource_is(&self, service: &str, start: &str) -> bool {
        let parts: Vec<&str> = self.request.resource().splitn(6, ':').collect();
        matches!(*parts, ["arn", _, own, _, _, resource] if own == service && resource.starts_with(start))
    }

    fn is_aws_alias(&self) -> bool {
        self.resource_is("kms", "alias/aws/")
    }

    /// R-SVC-03.
    fn requires_resource_policy(&self, action: &str) -> bool {
        let assumes = [
            "sts:assumerole",
            "sts:assumerolewithsaml",
            "sts:assumerolewithwebidentity",
            "sts:tagsession",
            "sts:setsourceidentity",
        ];
        (assumes.contains(&action) && self.resource_is("iam", "role/"))
            || (action.starts_with("kms:") && self.resource_is("kms", "key/"))
    }

    /// R-SVC-07, R-SVC-09, R-SVC-15.
    fn is_refused(&self, action: &str, same_account: bool) -> bool {
        let (service, name) = action.split_once(':').unwrap_or_default();
        let reads = ["get", "list", "describe", "generate", "simulate"].iter().any(|verb| name.starts_with(verb));
        let aws_policy = self.resource_is("iam", "policy/") && self.request.resource().split(':').nth(4) == Some("aws");
        let managed = match service {
            "iam" => aws_policy || self.resource_is("iam", "role/aws-reserved/"),
            "kms" => self.is_aws_alias(),
            _ => false,
        };
        (managed && !reads)
            || (action == "iam:passrole" && !same_account)
            || (self.facts.assumed_root && self.policies.session.is_empty())
    }
}

fn allowed_if(condition: bool) -> Decision {
    if condition { Decision::Allowed } else { Decision::ImplicitDeny }
}

fn is_negated(base: Operator) -> bool {
    base.as_str().contains("Not")
}

/// Whether a pattern of the element matches, or none of a negated one.
fn listed(element: &PatternElement, matches: impl Fn(&str) -> bool) -> bool {
    element.patterns().any(matches) != element.is_negated()
}

/// R-ACT-01 to R-ACT-05; `action` is in lower case.
fn action_matches(pattern: &str, action: &str) -> bool {
    let Some((service, name)) = pattern.split_once(':') else { return pattern == "*" };
    if name.is_empty() || name.contains(':') || pattern.contains(|c: char| c == ',' || c.is_whitespace()) {
        return false;
    }
    let part = |pattern: &str, text: &str| {
        let plain = pattern.find(['*', '?']).unwrap_or(pattern.len());
        let (Some((plain, rest)), Some((start, end))) = (pattern.split_at_checked(plain), text.split_at_checked(plain))
        else {
            return false;
        };
        let same = plain.eq_ignore_ascii_case(start);
        let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        same && (rest == "*" || glob(&value::wild(&rest.to_ascii_lowercase()), &units(end)))
    };
    action.split_once(':').is_some_and(|(own_service, own_name)| part(service, own_service) && part(name, own_name))
}

/// The account that an `AWS` entry names as such: its digits, or its root's ARN.
fn account_of_entry(entry: &str) -> Option<&str> {
    let digits = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = entry.splitn(6, ':').collect();
    match *parts {
        [account] if digits(account) => Some(account),
        ["arn", _, "iam", "", account, "root"] if digits(account) => Some(account),
        _ => None,
    }
}

impl Policies {
    /// The same policies as the engine takes them.
    ///
    /// # Panics
    /// When a document is refused for its layer.
    #[expect(clippy::expect_used, reason = "what generators and fixtures hold compiles")]
    pub fn to_set(&self) -> PolicySet {
        let compile = |kind: PolicyKind, place: String, document| {
            Arc::new(CompiledPolicy::new(PolicyId::new(&place), kind, document).expect("a policy of its kind"))
        };
        let mut builder = PolicySet::builder();
        let flat = [
            (PolicyKind::Resource, self.resource.as_slice()),
            (PolicyKind::Identity, self.identity.as_slice()),
            (PolicyKind::PermissionsBoundary, self.boundary.as_slice()),
            (PolicyKind::Session, self.session.as_slice()),
            (PolicyKind::ScopeDown, self.scope_down.as_slice()),
        ];
        for (kind, documents) in flat {
            for (index, document) in documents.iter().enumerate() {
                builder = builder.add(compile(kind, format!("{}[{index}]", Layer::of(kind).as_str()), document));
            }
        }
        for (index, document) in self.endpoint.iter().enumerate() {
            let policy = compile(PolicyKind::Endpoint, format!("endpoint[{index}]"), document);
            builder = if self.gateway { builder.add_gateway_endpoint(policy) } else { builder.add(policy) };
        }
        for (kind, levels) in [(PolicyKind::ServiceControl, &self.scp), (PolicyKind::ResourceControl, &self.rcp)] {
            for (level, documents) in levels.iter().enumerate() {
                let place = |index| format!("{}[{level}][{index}]", Layer::of(kind).as_str());
                let policies =
                    documents.iter().enumerate().map(|(index, document)| compile(kind, place(index), document));
                builder = builder.add_level(kind, &level.to_string(), policies);
            }
        }
        let set = builder.build();
        if self.pure { set.without_service_rules() } else { set }
    }

    /// The documents in the order of the set's policies.
    pub fn documents(&self) -> impl Iterator<Item = &PolicyDocument> {
        let levels = self.scp.iter().chain(&self.rcp).flatten();
        let around = levels.chain(&self.endpoint).chain(&self.resource).chain(&self.identity);
        around.chain(&self.boundary).chain(&self.session).chain(&self.scope_down)
    }
}
