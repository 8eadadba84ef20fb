//! Many principals at once. Principals of one account and class that differ in their identity policies only are asked
//! together: what a policy comes to is worked out once for all of them, unless it reads what tells them apart.

use super::inquiry::{Inquiry, always_has_mfa_key};
use super::{Access, AskedOn};
use crate::asker::NamedAction;
use iameval::open::{Certainty, IdentitySide, OnResources};
use iameval::{AccountId, ContextKey, Layer, Mfa, PolicyKind, PolicySet, PrincipalClass, Request};
use iameval_world::{Finding, LoadedPolicy, WorldPrincipal};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Everybody, and what they have in common.
#[derive(Debug)]
pub(super) struct Population<'a> {
    pub(super) members: Vec<Member<'a>>,
    /// Principals that differ in their identity policies only, by position.
    cohorts: Vec<Vec<usize>>,
    /// Those who are in no cohort.
    individuals: Vec<usize>,
    /// The identity policies of all cohorts.
    policies: Vec<Arc<LoadedPolicy>>,
    /// The keys that tell members of a cohort apart.
    own_keys: BTreeSet<ContextKey>,
}

/// A principal of the world.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) name: &'a str,
    pub(super) principal: &'a WorldPrincipal,
    /// The identity policies, by position among those of all.
    policies: Box<[u32]>,
}

/// What the principals of a cohort have in common.
#[derive(PartialEq, Eq, Hash)]
struct Common<'a> {
    account: Option<AccountId>,
    partition: Option<&'a str>,
    class: Option<PrincipalClass>,
    is_service_linked: bool,
    has_long_term_credentials: Option<bool>,
    always_has_mfa_key: bool,
    boundary: Option<*const LoadedPolicy>,
}

impl<'a> Population<'a> {
    pub(super) fn new(inquiry: &Inquiry<'a>) -> Self {
        let mut numbers: HashMap<*const LoadedPolicy, u32> = HashMap::new();
        let mut policies = Vec::new();
        let mut own_keys: BTreeSet<ContextKey> =
            ["aws:PrincipalArn", "aws:username", "aws:userid"].map(ContextKey::new).into();
        let mut members = Vec::new();
        let (mut cohorts, mut individuals) = (Vec::<Vec<usize>>::new(), Vec::new());
        let mut known: HashMap<Common<'_>, usize> = HashMap::new();
        for (name, principal) in inquiry.asker.world().principals() {
            let identity = principal.identity().iter().map(|attached| {
                *numbers.entry(Arc::as_ptr(&attached.policy)).or_insert_with(|| {
                    policies.push(attached.policy.clone());
                    u32::try_from(policies.len() - 1).unwrap_or(u32::MAX)
                })
            });
            members.push(Member { name, principal, policies: identity.collect() });
            own_keys.extend(principal.context().iter().map(|(key, _)| key.clone()));
            let position = members.len() - 1;
            match Common::of(principal).filter(|_| inquiry.asker.has_own_identity_policies()) {
                Some(common) => {
                    let cohort = *known.entry(common).or_insert_with(|| {
                        cohorts.push(Vec::new());
                        cohorts.len() - 1
                    });
                    if let Some(cohort) = cohorts.get_mut(cohort) {
                        cohort.push(position);
                    }
                }
                None => individuals.push(position),
            }
        }
        Self { members, cohorts, individuals, policies, own_keys }
    }

    pub(super) fn member(&self, position: usize) -> Option<&Member<'a>> {
        self.members.get(position)
    }
}

impl<'a> Common<'a> {
    /// `None` for those who have too much of their own.
    fn of(of_world: &'a WorldPrincipal) -> Option<Self> {
        let (principal, class) = (of_world.principal(), of_world.principal().class());
        let is_plain = of_world.session().is_empty() && of_world.scope_down().is_empty();
        let has_many = matches!(class, Some(PrincipalClass::User | PrincipalClass::Role));
        (is_plain && has_many).then(|| Self {
            account: principal.account(),
            partition: principal.id().and_then(|arn| arn.split(':').nth(1)),
            class,
            is_service_linked: principal.is_service_linked_role(),
            has_long_term_credentials: principal.has_long_term_credentials(),
            always_has_mfa_key: always_has_mfa_key(of_world),
            boundary: of_world.boundary().map(|attached| Arc::as_ptr(&attached.policy)),
        })
    }
}

/// What there is to say of everybody, in order; and the layers that the world does not know and that could stop somebody who
/// can.
///
/// # Errors
/// When a policy is not valid for the way it is attached.
pub(super) fn access(
    inquiry: &Inquiry<'_>,
    population: &Population<'_>,
    action: &NamedAction,
    on: &AskedOn,
    mfa: Option<Mfa>,
) -> Result<(Vec<Access>, Vec<Layer>), Vec<Finding>> {
    let mut found: Vec<Option<Access>> = vec![None; population.members.len()];
    let mut unknown = Vec::new();
    for cohort in &population.cohorts {
        let Some(first) = cohort.first().and_then(|first| population.member(*first)) else { continue };
        let Some(mut shared) = Shared::new(inquiry, population, first, action, on, mfa)? else { continue };
        for position in cohort {
            let Some(member) = population.member(*position) else { continue };
            let access = shared.access(member)?;
            if let (Some(access), Some(found)) = (access, found.get_mut(*position)) {
                *found = Some(access);
            }
        }
        unknown.extend(shared.unknown_layers());
    }
    let individually = |(member, access): (&Member<'_>, Option<Access>)| {
        if let Some(access) = access {
            return Ok(access);
        }
        let (access, layers) = inquiry.access(member.principal, action, on, mfa)?;
        unknown.extend(layers);
        unknown.sort_unstable();
        unknown.dedup();
        Ok(access)
    };
    let access = population.members.iter().zip(found).map(individually).collect::<Result<_, Vec<Finding>>>()?;
    Ok((access, unknown))
}

/// What is worked out once for a cohort.
struct Shared<'s, 'a> {
    inquiry: &'s Inquiry<'a>,
    population: &'s Population<'a>,
    /// The policies that bind the first of the cohort; its identity policies are looked past.
    case: super::inquiry::Case,
    /// The request as it is for all, without what tells them apart.
    request: Request,
    /// What each identity policy comes to; the inner `None` is for those that tell members apart.
    sides: HashMap<u32, Option<IdentitySide>>,
    /// What each outcome of the identity policies comes to.
    verdicts: HashMap<IdentitySide, Option<Access>>,
}

impl<'s, 'a> Shared<'s, 'a> {
    /// `None` where each member must be asked on its own.
    fn new(
        inquiry: &'s Inquiry<'a>,
        population: &'s Population<'a>,
        first: &Member<'_>,
        action: &NamedAction,
        on: &AskedOn,
        mfa: Option<Mfa>,
    ) -> Result<Option<Self>, Vec<Finding>> {
        let case = inquiry.case(first.principal, action, on, mfa)?;
        let own_resource = !matches!(on, AskedOn::This(_)) && case.is_on_own();
        let names_principals =
            [Layer::Resource, Layer::Endpoint].iter().any(|layer| case.assembled.policies.has_layer(*layer));
        if own_resource || names_principals {
            return Ok(None);
        }
        let request = case.request.leaving_open(&population.own_keys);
        Ok(Some(Self { inquiry, population, case, request, sides: HashMap::new(), verdicts: HashMap::new() }))
    }

    /// What there is to say of a member; `None` where it must be asked on its own.
    fn access(&mut self, member: &Member<'_>) -> Result<Option<Access>, Vec<Finding>> {
        match self.side(member)? {
            Some(side) => Ok(self.of_side(side)),
            None => Ok(None),
        }
    }

    /// What the identity policies of a member come to; `None` where that depends on who it is.
    fn side(&mut self, member: &Member<'_>) -> Result<Option<IdentitySide>, Vec<Finding>> {
        let mut all = IdentitySide::default();
        for number in &member.policies {
            let known = self.sides.get(number).copied();
            let side = known.map_or_else(|| self.side_of(*number), Ok)?;
            self.sides.insert(*number, side);
            match side {
                Some(side) => all = all.and(side),
                None => return Ok(None),
            }
        }
        Ok(Some(all))
    }

    fn side_of(&self, number: u32) -> Result<Option<IdentitySide>, Vec<Finding>> {
        let Some(policy) = self.population.policies.get(number as usize).filter(|policy| !policy.is_unknown()) else {
            return Ok(None);
        };
        let set = PolicySet::builder().add(policy.compile(PolicyKind::Identity)?).build();
        let info = self.inquiry.asker.catalogue().action(self.request.action().as_str());
        let statements = policy.document().statements();
        let may_name = |id| {
            let index = set.origin(id).map(|origin| origin.statement_index);
            index
                .and_then(|index| statements.get(index))
                .is_none_or(|statement| self.inquiry.may_name(statement, info, &self.request))
        };
        let on = if self.case.is_open { OnResources::Any(&may_name) } else { OnResources::This };
        let ask = |request: &Request| set.open_statements(request, on);
        let open = self
            .inquiry
            .settling(&self.request, &set, ask, |open, is| open.iter().flat_map(|statement| &statement.keys).any(is));
        let tells_apart =
            open.iter().flat_map(|statement| &statement.keys).any(|key| self.population.own_keys.contains(key));
        Ok((!tells_apart).then(|| open.into_iter().collect()))
    }

    fn of_side(&mut self, side: IdentitySide) -> Option<Access> {
        if let Some(known) = self.verdicts.get(&side) {
            return *known;
        }
        let policies = &self.case.assembled.policies;
        let bounds = self.inquiry.on_resources(&self.case, |on| {
            let ask = |request: &Request| policies.bounds_beside(request, on, side);
            self.inquiry.settling(&self.request, policies, ask, |bounds, is| bounds.keys.iter().any(is))
        });
        let tells_apart = bounds.keys.iter().any(|key| self.population.own_keys.contains(key));
        // What is attached to the first of the cohort does not count; a member with a policy that is not known is not asked here.
        let access = (!tells_apart).then(|| self.case.access_of_known(&bounds, Layer::Identity));
        self.verdicts.insert(side, access);
        access
    }

    fn unknown_layers(&self) -> Vec<Layer> {
        let can = self.verdicts.values().flatten().find(|access| access.verdict.may());
        can.map(|access| self.case.unknown_layers(*access)).unwrap_or_default()
    }
}

/// Identity policies that may have to do with an action, on whatever resource, and who has them.
#[derive(Debug)]
pub(super) struct Holders {
    /// For each cohort the policies, by number, each with its members.
    of_cohorts: Vec<Vec<(u32, Vec<usize>)>>,
}

impl Holders {
    /// Looks for statements about the action once, so that asking about many resources does not.
    ///
    /// # Errors
    /// When a policy is not valid for the way it is attached.
    pub(super) fn new(
        inquiry: &Inquiry<'_>,
        population: &Population<'_>,
        action: &NamedAction,
        on: &AskedOn,
        mfa: Option<Mfa>,
    ) -> Result<Self, Vec<Finding>> {
        let mut of_cohorts = Vec::new();
        for cohort in &population.cohorts {
            let mut holders: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
            for position in cohort {
                for number in population.member(*position).into_iter().flat_map(|member| &member.policies) {
                    holders.entry(*number).or_default().push(*position);
                }
            }
            let mut about = Vec::new();
            if let Some(first) = cohort.first().and_then(|first| population.member(*first)) {
                let request = inquiry.case(first.principal, action, on, mfa)?.request;
                for (number, members) in holders {
                    let policy = population.policies.get(number as usize).filter(|policy| !policy.is_unknown());
                    let is_about = match policy {
                        Some(policy) => {
                            let set = PolicySet::builder().add(policy.compile(PolicyKind::Identity)?).build();
                            !set.open_statements(&request, OnResources::Any(&|_| true)).is_empty()
                        }
                        None => true,
                    };
                    if is_about {
                        about.push((number, members));
                    }
                }
            }
            of_cohorts.push(about);
        }
        Ok(Self { of_cohorts })
    }
}

/// Those whose identity policies may let them do something, and those for whom that depends on who they are.
///
/// # Errors
/// When a policy is not valid for the way it is attached.
pub(super) fn with_identity_side(
    inquiry: &Inquiry<'_>,
    population: &Population<'_>,
    holders: &Holders,
    action: &NamedAction,
    on: &AskedOn,
    mfa: Option<Mfa>,
) -> Result<BTreeSet<usize>, Vec<Finding>> {
    let mut found: BTreeSet<usize> = population.individuals.iter().copied().collect();
    for (cohort, holders) in population.cohorts.iter().zip(&holders.of_cohorts).filter(|(_, all)| !all.is_empty()) {
        let Some(first) = cohort.first().and_then(|first| population.member(*first)) else { continue };
        let case = inquiry.case(first.principal, action, on, mfa)?;
        let request = case.request.leaving_open(&population.own_keys);
        let shared = Shared { inquiry, population, case, request, sides: HashMap::new(), verdicts: HashMap::new() };
        for (number, members) in holders {
            if shared.side_of(*number)?.is_none_or(|side| side.allow != Certainty::No) {
                found.extend(members);
            }
        }
    }
    Ok(found)
}
