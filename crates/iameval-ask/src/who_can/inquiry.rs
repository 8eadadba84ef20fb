//! One principal and one question: what they ask on, and what that comes to.

use super::named::{Named, named_in};
use super::{Access, AccessQuestion, AskedOn, Verdict, never_there};
use crate::added::Assembled;
use crate::asker::{Asker, Caller, ChosenResource, NamedAction};
use crate::posed::{PosedRequest, RequestSummary};
use crate::statement::{PlacedStatement, Places};
use iameval::open::{Bounds, OnResources, OpenStatement};
use iameval::{
    AccountId, Action, Context, ContextKey, DecidedBy, Decision, Layer, Mfa, PatternPart, PolicyKind, PolicySet,
    Principal, PrincipalClass, PrincipalType, Request, Statement, StatementId, Version,
};
use iameval_data::{ActionInfo, DefaultResource, asked};
use iameval_world::{Call, DependsBy, Finding, Inferred, Situation, WorldEndpoint, WorldPrincipal};

/// What everybody is asked in the same way.
#[derive(Debug)]
pub(super) struct Inquiry<'a> {
    pub(super) asker: &'a Asker<'a>,
    pub(super) context: Context,
    endpoint: Option<&'a WorldEndpoint>,
    resource_account: Option<AccountId>,
    places: Places,
}

/// The reasons for what is said of somebody.
#[derive(Debug)]
#[non_exhaustive]
pub struct Details {
    /// What there is to say.
    pub access: Access,
    /// The request with its policies.
    pub posed: PosedRequest,
    /// Between which decisions it can move, by which keys.
    pub bounds: Bounds,
    /// The statements that apply or may.
    pub statements: Vec<OpenStatement>,
    places: Places,
}

impl Details {
    /// What is not known and tells, by its names.
    pub fn unknown(&self) -> Vec<&str> {
        let symbols = self.posed.policies.symbols();
        let name = |symbol| symbols.map(|symbols| symbols.name(symbol));
        self.bounds.symbols.iter().filter_map(|symbol| name(*symbol)).collect()
    }

    /// A statement with where it is.
    pub fn place(&self, id: StatementId) -> Option<PlacedStatement<'_>> {
        self.places.place(&self.posed.policies, &self.posed.attachments, id)
    }
}

/// A request, and whether its resource is open.
pub(super) struct Case {
    pub(super) situation: Situation,
    pub(super) assembled: Assembled,
    pub(super) request: Request,
    pub(super) is_open: bool,
    must_consent: bool,
    inferred: Option<Inferred>,
}

impl<'a> Inquiry<'a> {
    pub(super) fn new(
        asker: &'a Asker<'a>,
        context: Context,
        endpoint: Option<&'a WorldEndpoint>,
        resource_account: Option<AccountId>,
    ) -> Self {
        Self { asker, context, endpoint, resource_account, places: Places::default() }
    }

    /// What an action is asked on where no resource is named.
    pub(super) fn follows(&self, action: &Action) -> AskedOn {
        match asked(action, self.asker.catalogue()) {
            Some(DefaultResource::Nothing) => {
                AskedOn::This(ChosenResource { resource: "*".into(), name: None, inferred: Some(Inferred::NoResource) })
            }
            Some(_) => AskedOn::Follows,
            None if self.must_consent(action) => AskedOn::AnyThatConsents,
            None => AskedOn::Any,
        }
    }

    /// Whether the policy of what an action is asked on must allow it, within one account too.
    fn must_consent(&self, action: &Action) -> bool {
        const ACCOUNT: &str = "123456789012";
        let (Some(info), Ok(account)) = (self.asker.catalogue().action(action.as_str()), ACCOUNT.parse()) else {
            return false;
        };
        let none = PolicySet::builder().build();
        info.arns().any(|form| {
            let filled = form.replace("${Partition}", "aws").replace("${Account}", ACCOUNT);
            let resource = filled.replace("${", "").replace('}', "");
            let request =
                Request::builder(action.clone()).principal(Principal::unnamed_in(account)).resource(&resource);
            none.simulate(&request.build()).needs_resource_policy
        })
    }

    /// The resources with policies of their own that are left out of a question that names none.
    pub(super) fn guarded(&self, action: &Action, on: &AskedOn) -> Vec<String> {
        let open = matches!(on, AskedOn::Any | AskedOn::AnyThatConsents);
        let needed = open.then(|| {
            let nobody = self.asker.world().stranger(Principal::unnamed());
            let call = Call { principal: nobody.principal(), action, region: None };
            self.asker.world().infer_resource(&call, &PolicySet::builder().build(), self.asker.catalogue()).err()
        });
        match needed.flatten().map(|needed| needed.by) {
            Some(DependsBy::Policies(names)) => names,
            _ => Vec::new(),
        }
    }

    /// What there is to say of a principal, once resource policies that are left out count: where one of them may allow it, it is
    /// not certain that they cannot.
    ///
    /// # Errors
    /// When a policy is not valid for the way it is attached.
    pub(super) fn beside_guarded(
        &self,
        access: Access,
        principal: &WorldPrincipal,
        question: (&NamedAction, &AskedOn, Option<Mfa>),
        guarded: &[String],
    ) -> Result<Access, Vec<Finding>> {
        let resource = Some(DecidedBy::Layer(Layer::Resource));
        if access.verdict != Verdict::Cannot || guarded.is_empty() || access.is_denied {
            return Ok(access);
        }
        let (action, on, mfa) = question;
        let case = self.case(principal, action, on, mfa)?;
        let resources = guarded.iter().filter_map(|name| self.asker.world().resources().get(name));
        for (arn, policy) in resources.filter_map(|resource| Some((&resource.arn, resource.policy.as_ref()?))) {
            let kind = if arn.service() == "iam" { PolicyKind::RoleTrust } else { PolicyKind::Resource };
            // What it may allow by itself.
            let set = PolicySet::builder().add(policy.policy.compile(kind)?).build();
            if set.bounds(&case.request, OnResources::Any(&|_| true)).best.is_allowed() {
                return Ok(Access { verdict: Verdict::Undetermined, stopped_by: resource, ..access });
            }
        }
        Ok(access)
    }

    pub(super) fn caller<'c>(&'c self, principal: &'c WorldPrincipal) -> Caller<'c> {
        Caller { principal, endpoint: self.endpoint, resource_account: self.resource_account }
    }

    /// The resource that a principal asks on: `*` with `None` where it is open.
    fn resource(
        &self,
        principal: &WorldPrincipal,
        action: &Action,
        on: &AskedOn,
    ) -> (String, Option<Inferred>, /* whether it is open */ bool) {
        let open = || ("*".to_owned(), Some(Inferred::AnyResource), true);
        match on {
            AskedOn::This(chosen) => (chosen.resource.clone(), chosen.inferred, false),
            AskedOn::Caller => match principal.principal().id().filter(|id| id.starts_with("arn:")) {
                Some(arn) => (arn.to_owned(), None, false),
                None => open(),
            },
            AskedOn::Follows => {
                let region = ContextKey::new("aws:RequestedRegion");
                let region = self.context.value(&region).and_then(|value| value.texts().next());
                let call = Call { principal: principal.principal(), action, region };
                let none = PolicySet::builder().build();
                match self.asker.world().infer_resource(&call, &none, self.asker.catalogue()) {
                    Ok((_, Inferred::AnyResource)) | Err(_) => open(),
                    Ok((resource, inferred)) => (resource, Some(inferred), false),
                }
            }
            AskedOn::Any | AskedOn::AnyThatConsents => open(),
        }
    }

    /// The request of a principal.
    ///
    /// # Errors
    /// When a policy is not valid for the way it is attached.
    pub(super) fn case(
        &self,
        principal: &WorldPrincipal,
        action: &NamedAction,
        on: &AskedOn,
        mfa: Option<Mfa>,
    ) -> Result<Case, Vec<Finding>> {
        let (resource, inferred, is_open) = self.resource(principal, &action.action, on);
        let situation = self.asker.situation(&self.caller(principal), &action.action, &resource)?;
        let assembled = self.asker.policies(&situation.policies)?;
        let mfa = mfa.map(|mfa| if mfa == Mfa::Absent && always_has_mfa_key(principal) { Mfa::False } else { mfa });
        let request = self.asker.request(&situation, &action.action, &self.context, mfa);
        let must_consent = *on == AskedOn::AnyThatConsents;
        Ok(Case { situation, assembled, request, is_open, must_consent, inferred })
    }

    /// Whether a principal can, by the policies of their own.
    pub(super) fn access(
        &self,
        principal: &WorldPrincipal,
        action: &NamedAction,
        on: &AskedOn,
        mfa: Option<Mfa>,
    ) -> Result<(Access, Vec<Layer>), Vec<Finding>> {
        let case = self.case(principal, action, on, mfa)?;
        let access = case.access(&self.bounds(&case));
        Ok((access, case.unknown_layers(access)))
    }

    pub(super) fn bounds(&self, case: &Case) -> Bounds {
        self.on_resources(case, |on| {
            let policies = &case.assembled.policies;
            let ask = |request: &Request| policies.bounds(request, on);
            self.settling(&case.request, policies, ask, |bounds, is| bounds.keys.iter().any(is))
        })
    }

    /// What comes of a request in which no key is left open that no such request has. Such keys are looked for only where
    /// something depends on one: `depends` says whether a key fits of those that the outcome depends on.
    pub(super) fn settling<T>(
        &self,
        request: &Request,
        policies: &PolicySet,
        ask: impl Fn(&Request) -> T,
        depends: impl Fn(&T, &dyn Fn(&ContextKey) -> bool) -> bool,
    ) -> T {
        let found = ask(request);
        let catalogue = self.asker.catalogue();
        let is_impossible = |key: &ContextKey| catalogue.never_has(request, key).is_some();
        if depends(&found, &is_impossible) { ask(&self.settled(request, policies)) } else { found }
    }

    /// The request without keys that policies read and that no such request has.
    pub(super) fn settled(&self, request: &Request, policies: &PolicySet) -> Request {
        request.without(never_there(policies.context_keys(), request, self.asker.catalogue()))
    }

    /// Asks on the resource of a case, or on any that the action is ever asked on.
    pub(super) fn on_resources<T>(&self, case: &Case, ask: impl FnOnce(OnResources<'_>) -> T) -> T {
        if !case.is_open {
            return ask(OnResources::This);
        }
        let info = self.asker.catalogue().action(case.request.action().as_str());
        let may_name = |id: StatementId| {
            let statement = case.assembled.statement(id);
            statement.is_none_or(|statement| self.may_name(statement, info, &case.request))
        };
        ask(OnResources::Any(&may_name))
    }

    /// Whether a statement that names some resources can name one that an action is ever asked on. A pattern with a variable
    /// that has no value names none (R-RES-08).
    pub(super) fn may_name(&self, statement: &Statement, action: Option<ActionInfo<'_>>, request: &Request) -> bool {
        let Some(element) = statement.resource() else { return true };
        if element.is_negated() {
            return true;
        }
        let has_value = |key: &str| {
            let key = ContextKey::new(key);
            let is_given = request.context().is_given(&key);
            if is_given {
                request.context().value(&key).is_some()
            } else {
                self.asker.catalogue().never_has(request, &key).is_none()
            }
        };
        element.patterns().zip(element.parts(Some(Version::V2012))).any(|(pattern, parts)| {
            let filled = parts.iter().all(|part| match part {
                PatternPart::Variable(variable) => variable.default.is_some() || has_value(&variable.key),
                _ => true,
            });
            filled && action.is_none_or(|action| action.takes(pattern))
        })
    }

    /// The reasons for what is said of a principal.
    pub(super) fn details(
        &self,
        principal: &WorldPrincipal,
        question: &AccessQuestion,
    ) -> Result<Details, Vec<Finding>> {
        let AccessQuestion { action, asked_on, mfa, guarded, .. } = question;
        let case = self.case(principal, action, asked_on, *mfa)?;
        let bounds = self.bounds(&case);
        let details = self.explain(case, bounds, action, *mfa);
        let access = self.beside_guarded(details.access, principal, (action, asked_on, *mfa), guarded)?;
        Ok(Details { access, ..details })
    }

    pub(super) fn explain(&self, case: Case, bounds: Bounds, action: &NamedAction, mfa: Option<Mfa>) -> Details {
        let access = case.access(&bounds);
        let policies = &case.assembled.policies;
        let statements = self.on_resources(&case, |on| {
            let ask = |request: &Request| policies.open_statements(request, on);
            self.settling(&case.request, policies, ask, |open, is| {
                open.iter().flat_map(|statement| &statement.keys).any(is)
            })
        });
        let unknown_layers = case.layers_without_policies();
        let Case { situation, assembled, request, inferred, .. } = case;
        let posed = PosedRequest {
            summary: RequestSummary::of_situation(&situation, &action.text, inferred, mfa),
            policies: assembled.policies,
            attachments: assembled.attachments,
            request,
            unknown_layers,
        };
        Details { access, posed, bounds, statements, places: self.places.clone() }
    }
}

impl Case {
    /// Whether it is about something of the principal's own.
    pub(super) fn is_on_own(&self) -> bool {
        !self.is_open && !matches!(self.inferred, Some(Inferred::AskedByService | Inferred::NoResource))
    }

    /// What the bounds of its decision come to.
    pub(super) fn access(&self, bounds: &Bounds) -> Access {
        self.access_if(bounds, |_| true)
    }

    /// The same where every policy of a layer is known, whatever is attached to the principal of this case.
    pub(super) fn access_of_known(&self, bounds: &Bounds, known: Layer) -> Access {
        self.access_if(bounds, |layer| layer != known)
    }

    fn access_if(&self, bounds: &Bounds, counts: impl Fn(Layer) -> bool) -> Access {
        let layers = self.assembled.policies.policies().map(|policy| Layer::of(policy.kind()));
        let unknown = self.assembled.attachments.iter().zip(layers);
        let unknown = unknown.into_iter().any(|(attachment, layer)| attachment.policy.is_unknown() && counts(layer));
        // What would have to consent is not there, and may be without the world's knowing: the resource is open, or the world
        // knows no policies of resources.
        let resource = Layer::Resource;
        let silent = self.is_open || self.situation.unknown_layers.contains(&resource);
        let lacks_resource_side = bounds.stopped_by == Some(DecidedBy::Layer(resource))
            && bounds.best == Decision::ImplicitDeny
            && !self.assembled.policies.has_layer(resource);
        // The policy of the resource may also grant by itself, what no other layer stops.
        let is_up_to_resource = matches!(
            bounds.stopped_by,
            None | Some(DecidedBy::None | DecidedBy::Layer(Layer::Identity | Layer::Resource))
        );
        if self.must_consent && is_up_to_resource && bounds.best != Decision::ExplicitDeny {
            let stopped_by = Some(DecidedBy::Layer(resource));
            return Access { verdict: Verdict::Undetermined, stopped_by, is_denied: false };
        }
        let verdict = match (bounds.worst.is_allowed(), bounds.best) {
            (true, _) if unknown => Verdict::Undetermined,
            (true, _) => Verdict::Can,
            (false, Decision::Allowed) => Verdict::CanIf,
            (false, Decision::ImplicitDeny) if unknown || (silent && lacks_resource_side) => Verdict::Undetermined,
            (false, _) => Verdict::Cannot,
        };
        Access { verdict, stopped_by: bounds.stopped_by, is_denied: bounds.best == Decision::ExplicitDeny }
    }

    /// Layers that could stop what is said to be possible.
    pub(super) fn unknown_layers(&self, access: Access) -> Vec<Layer> {
        if access.verdict.may() { self.layers_without_policies() } else { Vec::new() }
    }

    /// The layers that the world cannot know and that no policy of the question stands for.
    fn layers_without_policies(&self) -> Vec<Layer> {
        let is_given = |layer: &&Layer| !self.assembled.policies.has_layer(**layer);
        self.situation.unknown_layers.iter().filter(is_given).copied().collect()
    }
}

/// Whether every request of a principal tells its state of multi-factor authentication: those of a role session do, unless it
/// was made through a SAML or OIDC provider (R-CTX-07). A role that trusts only providers has no other sessions.
pub fn always_has_mfa_key(principal: &WorldPrincipal) -> bool {
    let is_role = matches!(principal.principal().class(), Some(PrincipalClass::Role | PrincipalClass::RoleSession));
    let by_provider = principal.context().is_given(&ContextKey::new("aws:FederatedProvider"))
        || principal.trust().is_some_and(|trust| {
            let named = named_in(trust.policy.document());
            !named.is_empty() && named.iter().all(|named| matches!(named, Named::Other(PrincipalType::Federated, _)))
        });
    is_role && !by_provider
}
