//! Everything that a principal can do, exactly.

mod beyond;
mod privilege;

use crate::access_group::{AccessGroup, groups, groups_that_may};
use crate::asker::{Asker, Caller, is_decidable, whole};
use crate::on_resource::{actions_on, in_and_below};
use crate::phrase::in_phrases;
use crate::problem::{QuestionProblem, Remark};
use crate::provable::Provable;
use crate::question::{About, Question, Refused, Remarked, Tagged};
use crate::sessions::NamedSessions;
use iameval::{Action, Arn, Context, ContextKey, Layer, Mfa};
use iameval_data::Catalogue;
use iameval_prove::{ClaimError, KeyScope, KeyState, Prover, Scope, Undecided};
use iameval_world::WorldPrincipal;
use std::collections::BTreeSet;

pub(crate) use privilege::foremost;
pub use privilege::{Privilege, PrivilegeKind};

/// Everything that some request of a principal can do.
#[derive(Debug)]
#[non_exhaustive]
pub struct Privileges {
    /// Who.
    pub principal: String,
    /// With which state of multi-factor authentication, where one is asked for.
    pub mfa: Option<Mfa>,
    /// What can be done on resources without a policy of their own, and then on each resource with one.
    pub parts: Vec<PrivilegesPart>,
    /// What is worth knowing first, the most serious kind first.
    pub worth_knowing: Vec<Privilege>,
    /// Layers of which the world cannot know the policies that bind the principal.
    pub unknown_layers: BTreeSet<Layer>,
}

/// What can be done on some resources.
#[derive(Debug)]
#[non_exhaustive]
pub struct PrivilegesPart {
    /// The resource as it is asked for, or by its name in the world; `None` for every resource without a policy.
    pub resource: Option<String>,
    /// The session of the role that can do this beyond what the role can: policies name it.
    pub session: Option<String>,
    /// The policies that decide.
    pub policies: Provable,
    /// The requests that are meant.
    pub scope: Scope,
    /// The actions, by the statement that gives them.
    pub groups: Vec<AccessGroup>,
    /// Further actions that may be done: it depends on what is not known.
    pub may: Vec<AccessGroup>,
    /// Why it is not known of further actions.
    pub undecided: Vec<Undecided>,
}

/// Why it cannot be told what a principal can do.
#[derive(Debug)]
#[non_exhaustive]
pub enum PrivilegesProblem {
    /// Something is wrong with the question.
    Refused(Refused),
    /// No request is in the scope, or the prover contradicts the evaluator.
    Proof(ClaimError),
}

impl From<Vec<Tagged<QuestionProblem>>> for PrivilegesProblem {
    fn from(problems: Vec<Tagged<QuestionProblem>>) -> Self {
        Self::Refused(Refused { problems, remarks: Vec::new() })
    }
}

impl From<ClaimError> for PrivilegesProblem {
    fn from(error: ClaimError) -> Self {
        Self::Proof(error)
    }
}

impl PrivilegesPart {
    /// What it says that another part does not say by the same statements.
    fn beyond(mut self, other: &Self, catalogue: &Catalogue) -> Option<Self> {
        let certain = said(&other.groups, other);
        self.groups = further_than(&self.groups, &self.policies, &certain, catalogue);
        self.may = further_than(&self.may, &self.policies, &[certain, said(&other.may, other)].concat(), catalogue);
        self.undecided.retain(|reason| !other.undecided.contains(reason));
        let is_empty = self.groups.is_empty() && self.may.is_empty() && self.undecided.is_empty();
        (!is_empty).then_some(self)
    }
}

impl Privileges {
    /// Whether it is not known of further actions whether they can be done.
    pub fn has_undecided(&self) -> bool {
        self.parts.iter().any(|part| !part.undecided.is_empty())
    }

    /// Every action of the catalogue with the first part and group that has it, sorted.
    pub fn actions(&self) -> Vec<(&str, &PrivilegesPart, &AccessGroup)> {
        self.actions_of(|part| &part.groups)
    }

    /// The same of those that may be done, by what is not known, and are not certain on any resource.
    pub fn actions_that_may(&self) -> Vec<(&str, &PrivilegesPart, &AccessGroup)> {
        let mut may = self.actions_of(|part| &part.may);
        if may.is_empty() {
            return may;
        }
        let certain = self.actions();
        may.retain(|(action, ..)| certain.binary_search_by(|(own, ..)| own.cmp(action)).is_err());
        may
    }

    fn actions_of(
        &self,
        groups: fn(&PrivilegesPart) -> &Vec<AccessGroup>,
    ) -> Vec<(&str, &PrivilegesPart, &AccessGroup)> {
        let all = self.parts.iter().flat_map(|part| {
            groups(part).iter().flat_map(move |group| group.actions.iter().map(move |action| (&**action, part, group)))
        });
        let mut all: Vec<_> = all.collect();
        all.sort_by_key(|(action, ..)| *action);
        all.dedup_by_key(|(action, ..)| *action);
        all
    }
}

impl Asker<'_> {
    /// Everything that some request of a principal can do, for each state of multi-factor authentication that is asked for.
    /// Actions of the question do not count; context keys that it does not say are free.
    ///
    /// # Errors
    /// Everything that is wrong with the question.
    pub fn what_can(&self, question: &Question) -> Result<Remarked<Vec<Privileges>>, PrivilegesProblem> {
        let principal = self.principal(question.principal.as_deref())?;
        let (context, states) = self.given_to(question);
        let prover = Prover::new(self.catalogue());
        let of_state = |mfa| self.privileges(&prover, &principal, question, &context, mfa);
        let answer: Vec<Privileges> = states.into_iter().map(of_state).collect::<Result<_, _>>()?;
        let policies = answer.iter().flat_map(|privileges| &privileges.parts).map(|part| &part.policies);
        let remarks = self.remarks(question, policies);
        Ok(Remarked { answer, remarks })
    }

    /// What is worth knowing about a question that these policies answer.
    fn remarks<'p>(&self, question: &Question, policies: impl Iterator<Item = &'p Provable>) -> Vec<Tagged<Remark>> {
        self.odd_context(&question.context, || {
            policies.flat_map(|own| own.policies().set().context_keys().cloned()).collect()
        })
    }

    fn privileges(
        &self,
        prover: &Prover<'_>,
        principal: &WorldPrincipal,
        question: &Question,
        context: &Context,
        mfa: Option<Mfa>,
    ) -> Result<Privileges, PrivilegesProblem> {
        let mut unknown_layers = BTreeSet::new();
        let mut parts = Vec::new();
        for place in self.places(&caller(principal, question), question)? {
            let on_place = |who: &WorldPrincipal| self.on_place(prover, &caller(who, question), &place, context, mfa);
            let Some((of_role, layers)) = on_place(principal)? else { continue };
            unknown_layers.extend(layers);
            let documents = of_role.policies.policies().documents().iter().map(|document| &**document);
            let mut of_sessions = Vec::new();
            for session in NamedSessions::of(documents).of_role(principal.principal()) {
                let principal = self.principal(Some(&session))?;
                let beyond = on_place(&principal)?.and_then(|(part, _)| part.beyond(&of_role, self.catalogue()));
                of_sessions.extend(beyond.map(|part| PrivilegesPart { session: Some(session), ..part }));
            }
            parts.push(of_role);
            parts.extend(of_sessions);
        }
        drop_known(&mut parts, self.catalogue());
        let worth_knowing = privilege::find(prover, principal, &parts, self.catalogue())?;
        let principal = question.principal.clone().unwrap_or_else(|| principal.principal().to_string());
        Ok(Privileges { principal, mfa, parts, worth_knowing, unknown_layers })
    }

    /// What can be done on a place, and the layers of which the world cannot know the policies; `None` for a resource on which
    /// no request of this kind can be made.
    fn on_place(
        &self,
        prover: &Prover<'_>,
        caller: &Caller<'_>,
        place: &Place,
        context: &Context,
        mfa: Option<Mfa>,
    ) -> Result<Option<(PrivilegesPart, Vec<Layer>)>, PrivilegesProblem> {
        let on = place.on.as_deref().unwrap_or("*");
        let (policies, mut scope, layers) = self.proving(caller, on, context, mfa)?;
        place.describe(&mut scope);
        let found = match prover.what_can(policies.policies(), &scope) {
            Ok(found) => found,
            Err(ClaimError::EmptyScope(_)) if place.is_further => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let groups = groups(&found, &policies, None, &scope, self.catalogue());
        let may = groups_that_may(&found, &policies, None, &scope, self.catalogue());
        let (resource, undecided) = (place.name.clone(), found.undecided);
        Ok(Some((PrivilegesPart { resource, session: None, policies, scope, groups, may, undecided }, layers)))
    }

    /// The policies of a principal on a resource, and the requests that it can make there.
    fn proving(
        &self,
        caller: &Caller<'_>,
        resource: &str,
        context: &Context,
        mfa: Option<Mfa>,
    ) -> Result<(Provable, Scope, Vec<Layer>), PrivilegesProblem> {
        // An action that does not belong to STS, for which trust policies would take part.
        let action = Action::literal("any:any").unwrap_or_else(|_| unreachable!("this is an action"));
        let refused = |findings| PrivilegesProblem::from(whole(QuestionProblem::Policies(findings)));
        let situation = self.situation(caller, &action, resource).map_err(refused)?;
        let assembled = self.policies(&situation.policies).map_err(refused)?;
        // In a world without policies no caller can do anything; without a world there is nothing to list.
        if self.world().principals().is_empty() && !is_decidable(caller, std::iter::once(&assembled.policies)) {
            return Err(whole(self.nothing_to_decide_by(caller, None)).into());
        }
        let mut keys: Vec<KeyScope> = fixed(context).chain(mfa.into_iter().flat_map(of_mfa)).collect();
        let is_tag = |key: &ContextKey| key.as_str().to_ascii_lowercase().starts_with("aws:resourcetag/");
        let own = fixed(&situation.context).filter(|key| !is_tag(&key.key) || resource != "*");
        let own: Vec<KeyScope> = own.filter(|own| !keys.iter().any(|key| key.key == own.key)).collect();
        keys.extend(own);
        let scope = Scope {
            principal: Some(situation.principal.clone()),
            resource_account: situation.resource_account,
            in_management_account: situation.in_management_account,
            derives_context: true,
            keys,
            ..Scope::default()
        };
        let policies = Provable::new(assembled.policies, assembled.attachments).sharing(self.lines());
        Ok((policies, scope, situation.unknown_layers))
    }

    /// The resources that are asked for; without any, all that have no policy, and then each that has one.
    fn places(&self, caller: &Caller<'_>, question: &Question) -> Result<Vec<Place>, PrivilegesProblem> {
        let mut places = Vec::new();
        for (index, text) in question.resources.iter().enumerate() {
            let wrong = |problem| vec![Tagged::new(About::Resource(index), text, problem)];
            let chosen = self.named(caller, text).map_err(wrong)?;
            let arn: Option<Arn> = chosen.resource.parse().ok();
            places.push(Place {
                actions: arn.map(|arn| actions_on(&arn, self.catalogue())).unwrap_or_default(),
                name: Some(text.clone()),
                resources: vec![if chosen.resource == "*" { "${*}".to_owned() } else { chosen.resource.clone() }],
                on: Some(chosen.resource),
                ..Place::default()
            });
        }
        if !places.is_empty() {
            return Ok(places);
        }
        let resources = self.world().resources().iter();
        let with_policy: Vec<_> =
            resources.filter(|(_, resource)| resource.policy.is_some() && resource.arn.service() != "iam").collect();
        let except = with_policy.iter().flat_map(|(_, resource)| in_and_below(resource.arn.as_str())).collect();
        places.push(Place { except, ..Place::default() });
        places.extend(with_policy.into_iter().map(|(name, resource)| Place {
            name: Some(name.clone()),
            on: Some(resource.arn.as_str().to_owned()),
            resources: in_and_below(resource.arn.as_str()),
            actions: actions_on(&resource.arn, self.catalogue()),
            is_further: true,
            ..Place::default()
        }));
        Ok(places)
    }
}

/// Resources that have their policies in common.
#[derive(Default)]
struct Place {
    name: Option<String>,
    /// A resource that tells the policies.
    on: Option<String>,
    resources: Vec<String>,
    except: Vec<String>,
    actions: Vec<String>,
    /// Whether it was not asked for by name.
    is_further: bool,
}

impl Place {
    /// Says which requests are meant.
    fn describe(&self, scope: &mut Scope) {
        scope.resources.clone_from(&self.resources);
        scope.except_resources.clone_from(&self.except);
        scope.actions.clone_from(&self.actions);
    }
}

fn caller<'p>(principal: &'p WorldPrincipal, question: &Question) -> Caller<'p> {
    Caller { principal, endpoint: None, resource_account: question.resource_account }
}

/// Leaves out of further parts what the first says by the same statement; and of what may be done on any resource, what the
/// same statement gives on one that is named, or may: a resource that is not known may be that one.
fn drop_known(parts: &mut [PrivilegesPart], catalogue: &Catalogue) {
    let on_some = parts.iter().flat_map(|part| said(&part.groups, part));
    let on_some = on_some.chain(parts.iter().skip(1).flat_map(|part| said(&part.may, part))).collect::<Vec<_>>();
    let may = parts.first().map(|first| further_than(&first.may, &first.policies, &on_some, catalogue));
    let Some((first, further)) = parts.split_first_mut() else { return };
    first.may = may.unwrap_or_default();
    let certain = said(&first.groups, first);
    for part in further {
        let policies = &part.policies;
        let is_further =
            |group: &AccessGroup| !further_than(std::slice::from_ref(group), policies, &certain, catalogue).is_empty();
        part.groups.retain(is_further);
    }
}

/// The name of a statement, with actions that it gives, sorted.
type SaidGroup<'g> = (Option<crate::diff::Name>, &'g [String]);

fn said<'g>(groups: &'g [AccessGroup], part: &PrivilegesPart) -> Vec<SaidGroup<'g>> {
    groups.iter().map(|group| (crate::diff::name(&part.policies, group.by), &*group.actions)).collect()
}

/// The groups that have actions of which it is not said that the same statement gives them, with those.
fn further_than(
    groups: &[AccessGroup],
    policies: &Provable,
    known: &[SaidGroup<'_>],
    catalogue: &Catalogue,
) -> Vec<AccessGroup> {
    let further = |group: &AccessGroup| {
        let name = crate::diff::name(policies, group.by);
        let same: Vec<&SaidGroup<'_>> = known.iter().filter(|(own, _)| *own == name).collect();
        let is_said = |action: &String| same.iter().any(|(_, actions)| actions.binary_search(action).is_ok());
        if same.is_empty() || group.actions.iter().all(|action| !is_said(action)) {
            return (same.is_empty() || !group.actions.is_empty()).then(|| group.clone());
        }
        let actions: Vec<String> = group.actions.iter().filter(|action| !is_said(action)).cloned().collect();
        let phrases = in_phrases(&actions, catalogue);
        (!actions.is_empty()).then(|| AccessGroup { actions, phrases, ..group.clone() })
    };
    groups.iter().filter_map(further).collect()
}

/// What a context says, as scopes of its keys.
fn fixed(context: &Context) -> impl Iterator<Item = KeyScope> {
    context.iter().map(|(key, value)| KeyScope {
        key: key.clone(),
        is_list: value.is_some_and(iameval::ContextValue::is_list).then_some(true),
        alternatives: vec![value.cloned().map_or(KeyState::Absent, KeyState::Is)],
    })
}

/// The two keys of multi-factor authentication. How long ago it was is free, unless that is said.
fn of_mfa(mfa: Mfa) -> Vec<KeyScope> {
    let mut context = Context::new();
    mfa.apply(&mut context);
    let is_open_age = mfa == Mfa::TRUE;
    let mut keys: Vec<KeyScope> = fixed(&context).collect();
    if is_open_age {
        keys.retain(|key| key.key != ContextKey::new("aws:MultiFactorAuthAge"));
    }
    keys
}
