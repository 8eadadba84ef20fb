//! From names to requests that can be decided.

use crate::added::{AddedPolicies, Assembled, attachments};
use crate::dependence::never_asked;
use crate::given::Given;
use crate::multivalued;
use crate::posed::PosedRequest;
use crate::posed::{Attachment, RequestSummary};
use crate::problem::{QuestionProblem, Remark};
use crate::question::{About, Posed, Question, Refused, Tagged};
use crate::statement::Places;
use iameval::{
    AccountId, Action, Context, ContextKey, Layer, Mfa, PolicyKind, PolicySet, Principal, PrincipalClass, Problem,
    Request, Severity,
};
use iameval_data::{Catalogue, expand_pattern, is_action_pattern, is_oidc_key, parse_action, unknown_action};
use iameval_world::{
    Ask, Call, Finding, Inferred, Situation, SituationPolicies, Unbound, World, WorldEndpoint, WorldPrincipal, codes,
};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Turns questions about a world into requests that can be decided.
///
/// ```
/// use iameval::Decision;
/// use iameval_ask::{Asker, Question};
/// use iameval_data::Catalogue;
/// use iameval_world::{Example, World};
///
/// let example = Example::find("force-mfa").unwrap();
/// let world = World::load(example, &[example.world().into()]).unwrap();
/// let asker = Asker::new(&world, Catalogue::embedded());
/// let question = Question {
///     principal: Some("john.doe".into()),
///     actions: vec!["iam:ChangePassword".into()],
///     ..Question::default()
/// };
/// let posed = asker.pose(&question).unwrap();
/// assert_eq!(posed.requests[0].summary.resource, "arn:aws:iam::123456789012:user/john.doe");
/// assert_eq!(posed.requests[0].decide(), Decision::Allowed);
/// ```
#[derive(Debug)]
pub struct Asker<'a> {
    world: &'a World,
    catalogue: &'a Catalogue,
    policies: Deciding,
    callers: Callers,
    account: Option<AccountId>,
    unknown_actions: Severity,
    assembled: Mutex<Vec<(Arc<SituationPolicies>, Assembled)>>,
    places: Places,
}

/// Which policies decide.
#[derive(Debug)]
enum Deciding {
    OfWorld,
    Beside(AddedPolicies),
    Instead(Assembled),
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Callers {
    /// Principals of the world, and those whose policies do not matter.
    Known,
    /// The same, and anyone else whom an ARN names.
    Anyone,
}

/// Who asks, through which endpoint, on whose resources.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'c> {
    /// Who asks.
    pub principal: &'c WorldPrincipal,
    /// The VPC endpoint that the requests go through.
    pub endpoint: Option<&'c WorldEndpoint>,
    /// The account that owns the resources, above what the world says.
    pub resource_account: Option<AccountId>,
}

/// A resource, and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenResource {
    /// An ARN, or `*`.
    pub resource: String,
    /// What the question calls it, when that is a name in the world.
    pub name: Option<String>,
    /// How it was found, where the question does not name one.
    pub inferred: Option<Inferred>,
}

/// An action to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAction {
    /// As written, or as the catalogue does when a pattern covers it.
    pub text: String,
    /// The action.
    pub action: Action,
}

/// What a text that names actions comes to.
#[derive(Debug, Clone)]
pub enum NamedActions {
    /// One action; and what there is to say when AWS is not known to have it.
    One(NamedAction, Option<Problem>),
    /// Those that a pattern covers.
    Covered(Vec<NamedAction>),
}

/// How many combinations of policies to remember.
const REMEMBERED: usize = 64;

impl<'a> Asker<'a> {
    /// Asks the policies of a world.
    pub fn new(world: &'a World, catalogue: &'a Catalogue) -> Self {
        Self {
            world,
            catalogue,
            policies: Deciding::OfWorld,
            callers: Callers::Known,
            account: world.account(),
            unknown_actions: Severity::Warning,
            assembled: Mutex::default(),
            places: Places::default(),
        }
    }

    /// Takes policies beside those of the world.
    #[must_use]
    pub fn beside(self, policies: AddedPolicies) -> Self {
        Self { policies: Deciding::Beside(policies), ..self }
    }

    /// Takes policies in place of all of the world's.
    #[must_use]
    pub fn instead(self, policies: PolicySet, attachments: Arc<[Attachment]>) -> Self {
        Self { policies: Deciding::Instead(Assembled { policies, attachments }), callers: Callers::Anyone, ..self }
    }

    /// Lets anyone ask whom an ARN names, although the world attaches nothing to them.
    #[must_use]
    pub fn for_anyone(self) -> Self {
        Self { callers: Callers::Anyone, ..self }
    }

    /// Says to which account someone belongs who is not named, where the world does not.
    #[must_use]
    pub fn in_account(self, account: Option<AccountId>) -> Self {
        Self { account: self.account.or(account), ..self }
    }

    /// Refuses actions that AWS is not known to have.
    #[must_use]
    pub fn refuse_unknown_actions(self) -> Self {
        Self { unknown_actions: Severity::Error, ..self }
    }

    /// The world that is asked.
    pub fn world(&self) -> &'a World {
        self.world
    }

    pub(crate) fn catalogue(&self) -> &'a Catalogue {
        self.catalogue
    }

    /// Where the lines of the sources begin of which somebody asked.
    pub(crate) fn lines(&self) -> &Places {
        &self.places
    }

    /// Whether the identity policies that decide are those that the world attaches.
    pub(crate) fn has_own_identity_policies(&self) -> bool {
        match &self.policies {
            Deciding::OfWorld => true,
            Deciding::Beside(added) => !added.has(PolicyKind::Identity) && !added.leaves_out(Layer::Identity),
            Deciding::Instead(_) => false,
        }
    }

    /// The requests that a question comes to.
    ///
    /// # Errors
    /// Everything that is wrong with the first part of it that has something wrong.
    pub fn pose(&self, question: &Question) -> Result<Posed, Refused> {
        let mut remarks = Vec::new();
        match self.requests(question, &mut remarks) {
            Ok(requests) => Ok(Posed { requests, remarks }),
            Err(problems) => Err(Refused { problems, remarks }),
        }
    }

    fn requests(
        &self,
        question: &Question,
        remarks: &mut Vec<Tagged<Remark>>,
    ) -> Result<Vec<PosedRequest>, Vec<Tagged<QuestionProblem>>> {
        let principal = self.principal(question.principal.as_deref())?;
        let endpoint = question.endpoint.as_ref().map(|name| {
            let found = self.world.named_endpoint(name);
            found.map_err(|problem| vec![Tagged::new(About::Endpoint, name, problem.into())])
        });
        let caller = Caller {
            principal: &principal,
            endpoint: endpoint.transpose()?,
            resource_account: question.resource_account,
        };
        let (context, states) = self.given_to(question);
        let actions = self.all_actions(&question.actions, remarks)?;
        let resources = self.resources(&caller, question, &actions, &context, remarks)?;
        let mut asking = Vec::new();
        for ((_, action), chosen) in actions.iter().zip(resources) {
            for chosen in chosen {
                let situation = self.situation(&caller, &action.action, &chosen.resource).map_err(whole)?;
                let policies = self.policies(&situation.policies).map_err(whole)?;
                asking.push((action, chosen, situation, policies));
            }
        }
        if !is_decidable(&caller, asking.iter().map(|(.., policies)| &policies.policies)) {
            return Err(whole(self.nothing_to_decide_by(&caller, None)));
        }
        let read = || asking.iter().flat_map(|(.., own)| own.policies.context_keys().cloned()).collect();
        remarks.extend(self.odd_context(&question.context, read));
        let mut requests = Vec::new();
        for (action, ChosenResource { resource, name, inferred }, situation, assembled) in asking {
            if let Some(name) = name {
                remarks.push(Tagged::new(About::Question, &name, Remark::ResourceIs(resource)));
            }
            for mfa in &states {
                let posed = self.put_together(&situation, &assembled, action, inferred, &context, *mfa);
                remark_derived(&posed.request, &context, remarks);
                requests.push(posed);
            }
        }
        Ok(requests)
    }

    /// The context of a question above what the world gives, and the states of multi-factor authentication that are asked for.
    pub(crate) fn given_to(&self, question: &Question) -> (Context, Vec<Option<Mfa>>) {
        let given = Given { context: question.context.clone(), mfa: question.mfa.first().copied() };
        let Given { context, mfa } = given.above(self.world.defaults());
        let states = match question.mfa.as_slice() {
            [] => vec![mfa],
            states => states.iter().copied().map(Some).collect(),
        };
        (context, states)
    }

    /// What is odd about the context of a question: keys and values that are slips, most likely.
    pub(crate) fn odd_context(
        &self,
        context: &Context,
        read: impl FnOnce() -> HashSet<ContextKey>,
    ) -> Vec<Tagged<Remark>> {
        let given = context.iter().flat_map(|(key, value)| value.into_iter().map(move |value| (key, value)));
        let values = given.flat_map(|(key, value)| value.texts().filter_map(move |text| self.odd_value(key, text)));
        self.unknown_keys(context, read).into_iter().chain(values).collect()
    }

    /// The keys of a question that AWS is not known to have and that no policy reads: slips, most likely.
    pub(crate) fn unknown_keys(
        &self,
        context: &Context,
        read: impl FnOnce() -> HashSet<ContextKey>,
    ) -> Vec<Tagged<Remark>> {
        let mut unknown: Vec<&ContextKey> =
            context.iter().map(|(key, _)| key).filter(|key| !self.is_known_key(key)).collect();
        if !unknown.is_empty() {
            let read = read();
            unknown.retain(|key| !read.contains(*key));
        }
        let told = |key: &ContextKey| Remark::UnknownKey(self.key_unknown(key));
        unknown.into_iter().map(|key| Tagged::new(About::Context, key.as_str(), told(key))).collect()
    }

    /// What there is to say of the first key of a context that AWS is not known to have and that no policy reads.
    pub fn unknown_key(&self, context: &Context, is_read: impl Fn(&ContextKey) -> bool) -> Option<Problem> {
        let mut unknown = context.iter().map(|(key, _)| key).filter(|key| !self.is_known_key(key) && !is_read(key));
        unknown.next().map(|key| self.key_unknown(key))
    }

    /// What there is to say of a value that is not of the type that its key has.
    pub(crate) fn odd_value(&self, key: &ContextKey, text: &str) -> Option<Tagged<Remark>> {
        let key_type = self.catalogue.context_key(key.as_str())?.key_type();
        let is_open = self.world.symbols().is_some_and(|symbols| symbols.within(text).next().is_some());
        if is_open || key_type.reads(text) {
            return None;
        }
        let message = format!("`{key}` is {}, which `{text}` is not", key_type.in_words());
        let problem = Problem::new(crate::codes::VALUE_OF_ANOTHER_TYPE, message)
            .with_help("operators of that type do not match it");
        Some(Tagged::new(About::Context, text, Remark::OddValue(problem)))
    }

    fn is_known_key(&self, key: &ContextKey) -> bool {
        self.catalogue.context_key(key.as_str()).is_some() || is_oidc_key(key.as_str())
    }

    fn key_unknown(&self, key: &ContextKey) -> Problem {
        let message = format!("`{key}` is not a known context key, and no policy reads it");
        let near = self.catalogue.suggest_context_key(key.as_str()).map(|near| format!("did you mean `{near}`?"));
        Problem::new(iameval_data::codes::UNKNOWN_CONTEXT_KEY, message).with_any_help(near)
    }

    /// Who asks: the principal of that name, or the default one, or the only one there is, or someone unnamed.
    ///
    /// # Errors
    /// If there is no principal of that name, or none can be assumed where one is needed.
    pub fn principal(&self, name: Option<&str>) -> Result<WorldPrincipal, Vec<Tagged<QuestionProblem>>> {
        let principal = match name.or(self.world.defaults().principal.as_deref()) {
            Some(name) => {
                self.named_principal(name).map_err(|problem| vec![Tagged::new(About::Principal, name, problem)])?
            }
            None => self.unnamed_principal().map_err(whole)?,
        };
        let found = first_unbound(principal.principal(), |kind| match &self.policies {
            Deciding::OfWorld => false,
            Deciding::Beside(added) => added.has(kind),
            Deciding::Instead(assembled) => assembled.policies.has_layer(Layer::of(kind)),
        });
        match found {
            Some(kind) => {
                let principal = Box::new(principal.principal().clone());
                Err(whole(QuestionProblem::DoesNotBind { kind, principal }))
            }
            None => Ok(principal),
        }
    }

    fn named_principal(&self, name: &str) -> Result<WorldPrincipal, QuestionProblem> {
        match (&self.policies, self.callers) {
            // No one has a name where there is no world.
            (Deciding::Instead(_), _) => {
                let principal = name
                    .parse::<Principal>()
                    .map_err(|error| Problem::new(codes::INVALID_CALLER, error.to_string()))?;
                Ok(self.world.stranger(principal))
            }
            (_, Callers::Known) => Ok(self.world.caller(name)?),
            (_, Callers::Anyone) => Ok(self.world.anyone(name)?),
        }
    }

    fn unnamed_principal(&self) -> Result<WorldPrincipal, QuestionProblem> {
        let mut all = self.world.principals().values();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(only.clone()),
            (Some(_), Some(_)) if self.callers == Callers::Known => {
                Err(QuestionProblem::PrincipalNeeded(self.world.principals().keys().cloned().collect()))
            }
            _ => Ok(self.world.stranger(self.account.map_or_else(Principal::unnamed, Principal::unnamed_in))),
        }
    }

    /// The action that a text names, or those that it covers when it is a pattern.
    ///
    /// # Errors
    /// When it is neither.
    pub fn actions(&self, text: &str) -> Result<NamedActions, Problem> {
        if is_action_pattern(text) {
            let covered = expand_pattern(text, self.catalogue)?.into_iter().map(|info| {
                let text = info.to_string();
                Ok(NamedAction { action: parse_action(&text)?, text })
            });
            return covered.collect::<Result<_, Problem>>().map(NamedActions::Covered);
        }
        let action = parse_action(text)?;
        let unknown = unknown_action(&action, self.catalogue);
        Ok(NamedActions::One(NamedAction { text: text.to_owned(), action }, unknown))
    }

    /// The actions in order, each with its position in the question. What a pattern covers and is there already does not
    /// come twice.
    pub(crate) fn all_actions(
        &self,
        texts: &[String],
        remarks: &mut Vec<Tagged<Remark>>,
    ) -> Result<Vec<(usize, NamedAction)>, Vec<Tagged<QuestionProblem>>> {
        let (mut actions, mut unknown, mut known) = (Vec::new(), Vec::new(), HashSet::new());
        for (index, text) in texts.iter().enumerate() {
            let about = About::Action(index);
            match self.actions(text).map_err(|problem| vec![Tagged::new(about, text, problem.into())])? {
                NamedActions::One(action, strange) => {
                    unknown.extend(strange.map(|problem| Tagged::new(about, text, problem)));
                    known.insert(action.action.clone());
                    actions.push((index, action));
                }
                NamedActions::Covered(covered) => {
                    let new = covered.into_iter().filter(|action| known.insert(action.action.clone()));
                    actions.extend(new.map(|action| (index, action)));
                }
            }
        }
        if self.unknown_actions == Severity::Error && !unknown.is_empty() {
            let refused = unknown.into_iter().map(|Tagged { about, text, what }| {
                let what = QuestionProblem::Invalid(what.with_severity(Severity::Error));
                Tagged { about, text, what }
            });
            return Err(refused.collect());
        }
        remarks.extend(unknown.into_iter().map(|Tagged { about, text, what }| Tagged {
            about,
            text,
            what: Remark::UnknownAction(what),
        }));
        Ok(actions)
    }

    /// For each action the resources that the question names, or the one that follows from the action.
    fn resources(
        &self,
        caller: &Caller<'_>,
        question: &Question,
        actions: &[(usize, NamedAction)],
        context: &Context,
        remarks: &mut Vec<Tagged<Remark>>,
    ) -> Result<Vec<Vec<ChosenResource>>, Vec<Tagged<QuestionProblem>>> {
        let default = self.world.defaults().resource.as_ref().filter(|_| question.resources.is_empty());
        if question.resources.is_empty() && default.is_none() {
            return self.inferred_for_all(caller, actions, context);
        }
        let mut named = Vec::new();
        for (index, text) in question.resources.iter().chain(default).enumerate() {
            let about = About::Resource(index);
            let chosen = self.named(caller, text).map_err(|problem| vec![Tagged::new(about, text, problem)])?;
            remarks.extend(self.remark_resource(about, text, &chosen, actions));
            named.push(chosen);
        }
        Ok(vec![named; actions.len()])
    }

    /// That actions are never evaluated on a resource.
    pub(crate) fn remark_resource(
        &self,
        about: About,
        text: &str,
        chosen: &ChosenResource,
        actions: &[(usize, NamedAction)],
    ) -> Option<Tagged<Remark>> {
        let asked = actions.iter().map(|(_, asked)| (&*asked.text, &asked.action));
        let misfits = never_asked(asked, &chosen.resource, self.catalogue)?;
        Some(Tagged::new(about, text, Remark::NeverAsked(misfits)))
    }

    /// Everything that needs a resource is named, not only the first.
    fn inferred_for_all(
        &self,
        caller: &Caller<'_>,
        actions: &[(usize, NamedAction)],
        context: &Context,
    ) -> Result<Vec<Vec<ChosenResource>>, Vec<Tagged<QuestionProblem>>> {
        let (mut chosen, mut needed) = (Vec::new(), Vec::new());
        for (index, NamedAction { text, action }) in actions {
            let situation = self.situation(caller, action, "*").map_err(whole)?;
            let policies = self.policies(&situation.policies).map_err(whole)?.policies;
            let inferred = self.inferred_by(caller, action, context, &policies);
            if !is_decidable(caller, std::iter::once(&policies)) {
                return Err(whole(self.nothing_to_decide_by(caller, inferred.err())));
            }
            match inferred {
                Ok(resource) => chosen.push(vec![resource]),
                Err(problem) => needed.push(Tagged::new(About::Action(*index), text, problem)),
            }
        }
        if needed.is_empty() { Ok(chosen) } else { Err(needed) }
    }

    /// The resource that a text means.
    ///
    /// # Errors
    /// When it means none.
    pub fn named(&self, caller: &Caller<'_>, text: &str) -> Result<ChosenResource, QuestionProblem> {
        self.named_by(caller.principal.principal(), text)
    }

    /// The same for a text that means the same for every caller: any but `self`.
    ///
    /// # Errors
    /// When it means none.
    pub fn named_by_anyone(&self, text: &str) -> Result<ChosenResource, QuestionProblem> {
        self.named_by(&Principal::unnamed(), text)
    }

    fn named_by(&self, principal: &Principal, text: &str) -> Result<ChosenResource, QuestionProblem> {
        let resource = self.world.named_resource(text, principal).map_err(|problem| {
            let is_unnamed = text == "self" && principal.id().is_none() && principal.class().is_none();
            if is_unnamed { QuestionProblem::SelfUnnamed(problem) } else { QuestionProblem::Invalid(problem) }
        })?;
        let name = (resource != *text && text != "self").then(|| text.to_owned());
        Ok(ChosenResource { resource, name, inferred: None })
    }

    /// The resource that follows from the action, in a request with that context.
    ///
    /// # Errors
    /// When none does and the answer depends on it; when a policy is not valid for the way it is attached.
    pub fn inferred(
        &self,
        caller: &Caller<'_>,
        action: &Action,
        context: &Context,
    ) -> Result<ChosenResource, QuestionProblem> {
        let situation = self.situation(caller, action, "*")?;
        match &self.policies {
            Deciding::OfWorld => self.inferred_by(caller, action, context, situation.policies.set()),
            _ => self.inferred_by(caller, action, context, &self.policies(&situation.policies)?.policies),
        }
    }

    fn inferred_by(
        &self,
        caller: &Caller<'_>,
        action: &Action,
        context: &Context,
        policies: &PolicySet,
    ) -> Result<ChosenResource, QuestionProblem> {
        let region = context.value(&ContextKey::new("aws:RequestedRegion")).and_then(|value| value.texts().next());
        let call = Call { principal: caller.principal.principal(), action, region };
        match self.world.infer_resource(&call, policies, self.catalogue) {
            Ok((resource, inferred)) => Ok(ChosenResource { resource, name: None, inferred: Some(inferred) }),
            Err(needed) => Err(QuestionProblem::resource_needed(action, needed, policies)),
        }
    }

    /// Everything that the world says about an action on a resource.
    ///
    /// # Errors
    /// When a policy is not valid for the way it is attached.
    pub fn situation(&self, caller: &Caller<'_>, action: &Action, resource: &str) -> Result<Situation, Vec<Finding>> {
        let Caller { principal, endpoint, resource_account } = *caller;
        self.world.situation(&Ask::new(principal, action, resource).owned_by(resource_account).via(endpoint))
    }

    /// The request in a situation, with what is given.
    pub fn request(&self, situation: &Situation, action: &Action, context: &Context, mfa: Option<Mfa>) -> Request {
        let builder = situation.request(action.clone(), context);
        let mut request = match mfa {
            Some(mfa) => builder.mfa(mfa),
            None => builder,
        }
        .build();
        multivalued::declare(&mut request, |key| self.catalogue.is_multivalued(key));
        request
    }

    /// One request, with its policies.
    ///
    /// # Errors
    /// When a policy is not valid for the way it is attached.
    pub fn posed(
        &self,
        caller: &Caller<'_>,
        action: &NamedAction,
        chosen: &ChosenResource,
        context: &Context,
        mfa: Option<Mfa>,
    ) -> Result<PosedRequest, Vec<Finding>> {
        let situation = self.situation(caller, &action.action, &chosen.resource)?;
        let assembled = self.policies(&situation.policies)?;
        Ok(self.put_together(&situation, &assembled, action, chosen.inferred, context, mfa))
    }

    /// One request in a situation, with policies that were looked up.
    pub(crate) fn put_together(
        &self,
        situation: &Situation,
        assembled: &Assembled,
        action: &NamedAction,
        inferred: Option<Inferred>,
        context: &Context,
        mfa: Option<Mfa>,
    ) -> PosedRequest {
        let Assembled { policies, attachments } = assembled.clone();
        let is_given = |layer: &&Layer| !policies.has_layer(**layer);
        let unknown_layers = situation.unknown_layers.iter().filter(is_given).copied().collect();
        PosedRequest {
            summary: RequestSummary::of_situation(situation, &action.text, inferred, mfa),
            policies,
            attachments,
            request: self.request(situation, &action.action, context, mfa),
            unknown_layers,
        }
    }

    /// The policies of a situation, with where each comes from.
    pub(crate) fn policies(&self, of_world: &Arc<SituationPolicies>) -> Result<Assembled, Vec<Finding>> {
        let added = match &self.policies {
            Deciding::OfWorld => {
                let attachments = attachments(of_world.placed());
                return Ok(Assembled { policies: of_world.set().clone(), attachments });
            }
            Deciding::Instead(assembled) => return Ok(assembled.clone()),
            Deciding::Beside(added) => added,
        };
        let remembered = || self.assembled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = remembered().iter().find(|(known, _)| Arc::ptr_eq(known, of_world)) {
            return Ok(known.clone());
        }
        let assembled = added.beside(of_world)?;
        let mut remembered = remembered();
        if remembered.len() >= REMEMBERED {
            remembered.remove(0);
        }
        remembered.push((of_world.clone(), assembled.clone()));
        Ok(assembled)
    }

    /// The policies of a situation alone.
    pub(crate) fn policy_set(&self, of_world: &Arc<SituationPolicies>) -> Result<PolicySet, Vec<Finding>> {
        match &self.policies {
            Deciding::OfWorld => Ok(of_world.set().clone()),
            _ => Ok(self.policies(of_world)?.policies),
        }
    }

    pub(crate) fn nothing_to_decide_by(&self, caller: &Caller<'_>, needed: Option<QuestionProblem>) -> QuestionProblem {
        let of_resources = self.world.resources().values().any(|resource| resource.policy.is_some());
        let of_resources_only = of_resources && !caller.principal.principal().has_policies();
        QuestionProblem::NothingToDecideBy { of_resources_only, needed: needed.map(Box::new) }
    }
}

/// Whether there is something to decide by. Root needs no policies.
pub(crate) fn is_decidable<'p>(caller: &Caller<'_>, mut sets: impl Iterator<Item = &'p PolicySet>) -> bool {
    let is_root = caller.principal.principal().class() == Some(PrincipalClass::Root);
    is_root || sets.any(|set| Layer::ALL.iter().any(|layer| set.has_layer(*layer)))
}

/// The first kind of policies in the set that do not bind the principal although someone means them to.
pub fn unbound_kind(policies: &PolicySet, principal: &Principal) -> Option<PolicyKind> {
    first_unbound(principal, |kind| policies.has_layer(Layer::of(kind)))
}

fn first_unbound(principal: &Principal, is_given: impl Fn(PolicyKind) -> bool) -> Option<PolicyKind> {
    let mut given = [PolicyKind::Session, PolicyKind::ScopeDown].into_iter().filter(|kind| is_given(*kind));
    // Only what to do about it depends on the name of the flag or method.
    given.find(|kind| Unbound::find(*kind, principal, "").is_some())
}

/// A problem of the question as a whole.
pub(crate) fn whole(problem: impl Into<QuestionProblem>) -> Vec<Tagged<QuestionProblem>> {
    vec![Tagged::new(About::Question, "", problem.into())]
}

/// What was derived for a request beside what is given.
fn remark_derived(request: &Request, given: &Context, remarks: &mut Vec<Tagged<Remark>>) {
    let derived = request.context().iter().filter(|(key, _)| !given.is_given(key));
    remarks.extend(
        derived.map(|(key, value)| Tagged::new(About::Question, "", Remark::Derived(key.clone(), value.cloned()))),
    );
}
