//! Two worlds: principals of both, paired by name or ARN, and those that only one has.

use super::alike::{beyond, merged};
use super::changed::narrowed;
use super::cohort::{Cohort, Documents, Member};
use super::facts::{self, changed_resource_tags, moved};
use super::own_tags::{self, ChangedTag, reading_before};
use super::{Diff, DiffError, DiffUndecided, Differ, Subject, not_known};
use crate::diff::DiffPart;
use crate::on_resource::{actions_on, in_and_below, must_consent};
use crate::provable::Provable;
use iameval::{Action, Arn, Context, ContextKey, Principal};
use iameval_prove::{KeyScope, KeyState, Scope, ValueRange};
use iameval_world::{Ask, Situation, World, WorldPrincipal, WorldResource};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Two worlds, with what there is to compare in them.
pub(super) struct Worlds<'w> {
    pub(super) sides: [&'w World; 2],
    /// The resources that have a policy on either side, in order of their names.
    places: Vec<Place<'w>>,
    /// Tags of resources that are others than before.
    tags: BTreeSet<ContextKey>,
}

/// A resource with a policy on either side.
pub(super) struct Place<'w> {
    name: &'w str,
    arn: &'w Arn,
    pub(super) sides: [Option<&'w WorldResource>; 2],
}

impl Differ<'_> {
    /// What changes for the principals of a world, and for others whom its resources let in.
    ///
    /// Principals with the same policies whom none of these tells apart are compared once: on all resources without a policy
    /// of their own, and on each resource with one.
    ///
    /// # Errors
    /// When a policy is not valid for the way it is attached.
    pub fn worlds(&self, old: &World, new: &World) -> Result<Diff, DiffError> {
        let worlds = Worlds::new([old, new]);
        let mut diff = Diff::default();
        let pairs = worlds.pairs();
        diff.principals = pairs.len();
        let symbols = match not_known::of_both(worlds.sides) {
            Ok(symbols) => symbols,
            Err(part) => {
                diff.parts.push(*part);
                return Ok(diff);
            }
        };
        let (mut documents, mut cohorts) = (Documents::default(), Vec::<Cohort<'_>>::new());
        let mut known: HashMap<_, usize> = HashMap::new();
        for pair in pairs {
            let situations = worlds.situations(&pair, &any_action(), "*")?;
            diff.unknown_layers
                .extend(situations.iter().flatten().flat_map(|side| side.unknown_layers.iter().copied()));
            let key = documents.key(&pair, &situations);
            let next = cohorts.len();
            let place = *known.entry(key).or_insert(next);
            match cohorts.get_mut(place) {
                Some(cohort) => cohort.members.push(pair),
                None => cohorts.push(Cohort { members: vec![pair], situations }),
            }
        }
        let everywhere_else: Vec<String> = worlds.places.iter().flat_map(Place::globs).collect();
        let is_same = |documents: &mut Documents, situations: &[Option<Situation>; 2]| {
            documents.is_same(situations) && !reads_any(situations, &worlds.tags)
        };
        let same: Vec<bool> = cohorts.iter().map(|cohort| is_same(&mut documents, &cohort.situations)).collect();
        // What one principal for whom nothing else changes meets as before on a resource, all such principals do. RCPs do not
        // bind service-linked roles, so that those cannot tell.
        let is_bound = |member: &&Member<'_>| !member.principal().is_some_and(Principal::is_service_linked_role);
        let mut members = cohorts.iter().zip(&same).filter(|(_, same)| **same).flat_map(|(cohort, _)| &cohort.members);
        let mut unchanged = BTreeSet::new();
        if let Some(member) = members.find(is_bound) {
            for place in &worlds.places {
                let situations = worlds.situations(member, &any_action(), place.arn.as_str())?;
                if is_same(&mut documents, &situations) {
                    unchanged.insert(place.name);
                }
            }
        }
        for (cohort, is_same) in cohorts.iter().zip(same) {
            let Some(first) = cohort.members.first() else { continue };
            let in_management_account = cohort.situations.iter().flatten().any(|side| side.in_management_account);
            let scope = Scope { except_resources: everywhere_else.clone(), in_management_account, ..Scope::default() };
            diff.compared += usize::from(!is_same);
            let general =
                if is_same { None } else { self.pair(cohort, first, &cohort.situations, scope, None, &worlds.tags)? };
            for place in worlds.places.iter().filter(|place| !is_same || !unchanged.contains(place.name)) {
                let members: Vec<&Member<'_>> = cohort.members.iter().collect();
                let compared = &mut diff.compared;
                let mut parts = self.on_resource(&worlds, &mut documents, &members, place, compared)?;
                parts.extend(self.sessions_on(&worlds, &mut documents, cohort, place, &parts, compared)?);
                diff.parts.extend(parts.into_iter().filter_map(|part| beyond(part, general.as_ref())));
            }
            diff.parts.extend(general);
        }
        diff.parts.extend(moved(worlds.sides));
        self.outsiders(worlds.sides, symbols.as_ref(), &mut diff)?;
        self.unheld(worlds.sides, symbols.as_ref(), &mut diff)?;
        diff.parts = merged(std::mem::take(&mut diff.parts));
        Ok(diff)
    }

    /// What changes for members of a cohort on a resource with a policy, for those together whom its policy does not set apart.
    pub(super) fn on_resource(
        &self,
        worlds: &Worlds<'_>,
        documents: &mut Documents,
        members: &[&Member<'_>],
        place: &Place<'_>,
        compared: &mut usize,
    ) -> Result<Vec<DiffPart>, DiffError> {
        let (action, arn) = (any_action(), place.arn);
        let mut alike: BTreeMap<[Vec<String>; 2], Vec<&&Member<'_>>> = BTreeMap::new();
        for member in members {
            let situations = || worlds.situations(member, &action, arn.as_str());
            alike.entry(documents.set_apart_by(&place.sides, member, situations)?).or_default().push(member);
        }
        let mut parts = Vec::new();
        for members in alike.into_values() {
            let Some(first) = members.first() else { continue };
            let situations = worlds.situations(first, &action, arn.as_str())?;
            if documents.is_same(&situations) && !reads_any(&situations, &worlds.tags) {
                continue;
            }
            *compared += 1;
            let situation = situations.iter().flatten().next();
            let scope = Scope {
                actions: actions_on(arn, self.catalogue),
                resources: place.globs(),
                resource_account: situation.and_then(|situation| situation.resource_account),
                in_management_account: situation.is_some_and(|situation| situation.in_management_account),
                ..Scope::default()
            };
            let cohort = Cohort { members: members.iter().map(|member| (**member).clone()).collect(), situations };
            parts.extend(self.pair(&cohort, first, &cohort.situations, scope, Some(place), &worlds.tags)?);
        }
        Ok(parts)
    }

    /// What changes for the members of a cohort, the first of whom stands for all.
    fn pair(
        &self,
        cohort: &Cohort<'_>,
        first: &Member<'_>,
        situations: &[Option<Situation>; 2],
        mut scope: Scope,
        place: Option<&Place<'_>>,
        tags: &BTreeSet<ContextKey>,
    ) -> Result<Option<DiffPart>, DiffError> {
        let must_consent = place.is_some_and(|place| must_consent(place.arn));
        let [old, new] = situations.each_ref().map(|situation| match situation {
            Some(situation) => Provable::of_situation(situation),
            None => Provable::nothing(),
        });
        scope.principal = situations.iter().flatten().last().map(|situation| situation.principal.clone());
        scope.derives_context = true;
        let said = said(situations, [&old, &new]);
        scope.keys = said.keys;
        let mut undecided = said.undecided;
        undecided.extend(facts::undecided(situations, [&old, &new]));
        let is_read = |key: &&ContextKey| reads(&old, key) || reads(&new, key);
        undecided.extend(tags.iter().filter(is_read).cloned().map(DiffUndecided::Context));
        let proved = if said.tags.is_empty() { old.clone() } else { reading_before(old.clone(), &said.tags)? };
        let sides = [proved, new].map(|side| if must_consent { side.with_only_refusals() } else { side });
        // Another principal, or another context, is a change of its own.
        let is_same_caller = match situations {
            [Some(old), Some(new)] => old.principal == new.principal && old.context == new.context,
            _ => false,
        };
        let subject = Subject {
            principals: cohort.members.iter().map(|member| member.name.to_owned()).collect(),
            presence: first.presence(),
            unheld: None,
            resource: place.map(|place| place.name.to_owned()),
            condition: None,
        };
        if is_same_caller {
            let [old, new] = &sides;
            let Some(narrowed) = narrowed(&scope, old, new) else {
                let part = DiffPart { undecided, ..DiffPart::empty(subject, sides) };
                return Ok((!part.is_empty()).then_some(part));
            };
            scope = narrowed;
        }
        let mut part = self.part(subject, sides, &scope, undecided)?;
        if let Some(part) = part.as_mut().filter(|_| !said.tags.is_empty()) {
            own_tags::tell(part, old, &said.tags);
        }
        Ok(part)
    }
}

/// Whether policies read a key.
fn reads(policies: &Provable, key: &ContextKey) -> bool {
    policies.policies().set().context_keys().any(|read| read == key)
}

/// Whether the policies of either side read one of these keys.
fn reads_any(situations: &[Option<Situation>; 2], keys: &BTreeSet<ContextKey>) -> bool {
    let read = || situations.iter().flatten().flat_map(|situation| situation.policies.set().context_keys());
    !keys.is_empty() && read().any(|key| keys.contains(key))
}

/// What two worlds say of the context.
#[derive(Default)]
struct Said {
    keys: Vec<KeyScope>,
    /// Tags of the principal of which they say different things, and that policies read.
    tags: Vec<ChangedTag>,
    /// Other such keys.
    undecided: BTreeSet<DiffUndecided>,
}

/// What the worlds say of the context, where both say the same or only one has the principal. Any other key to which they give
/// different values is left free, and told where a policy reads it.
fn said(situations: &[Option<Situation>; 2], sides: [&Provable; 2]) -> Said {
    let mut said = Said::default();
    let contexts: Vec<&Context> = situations.iter().flatten().map(|situation| &situation.context).collect();
    let names: BTreeSet<&ContextKey> = contexts.iter().flat_map(|context| context.iter()).map(|(key, _)| key).collect();
    let is_of_resource = |key: &ContextKey| key.as_str().to_ascii_lowercase().starts_with("aws:resourcetag/");
    // Conditions of templates on statements are not in their texts.
    let has_symbols = sides.iter().any(|side| side.policies().set().symbols().is_some());
    for key in names.into_iter().filter(|key| !is_of_resource(key)) {
        let values: Vec<_> = contexts.iter().map(|context| context.value(key)).collect();
        let is_read = || sides.iter().any(|side| reads(side, key));
        if values.windows(2).any(|pair| pair.first() != pair.last()) {
            let tag = match values.as_slice() {
                [old, new] if !has_symbols => ChangedTag::new(key, [*old, *new]),
                _ => None,
            };
            match tag {
                _ if !is_read() => {}
                Some(tag) => {
                    said.keys.extend(tag.scopes());
                    said.tags.push(tag);
                }
                None => {
                    said.undecided.insert(DiffUndecided::Context(key.clone()));
                }
            }
            continue;
        }
        let state = match values.first().copied().flatten() {
            None => KeyState::Absent,
            Some(value) => {
                let any_of = Some(value.texts().map(ToOwned::to_owned).collect());
                KeyState::Present(Box::new(ValueRange { any_of, ..ValueRange::default() }))
            }
        };
        said.keys.push(KeyScope { key: key.clone(), is_list: None, alternatives: vec![state] });
    }
    said
}

impl<'w> Worlds<'w> {
    fn new(sides: [&'w World; 2]) -> Self {
        let mut resources: BTreeMap<&str, [Option<&WorldResource>; 2]> = BTreeMap::new();
        for (side, world) in sides.iter().enumerate() {
            for (name, resource) in world.resources() {
                let is_role = resource.arn.service() == "iam";
                if let (Some(_), false) = (&resource.policy, is_role) {
                    let both = resources.entry(name).or_default();
                    if let Some(place) = both.get_mut(side) {
                        *place = Some(resource);
                    }
                }
            }
        }
        let place = |(name, sides): (&'w str, [Option<&'w WorldResource>; 2])| {
            let arn = sides.iter().flatten().next().map(|resource| &resource.arn)?;
            Some(Place { name, arn, sides })
        };
        Self { sides, places: resources.into_iter().filter_map(place).collect(), tags: changed_resource_tags(sides) }
    }

    /// The principals, those of the two sides together that have one name, or one ARN.
    fn pairs(&self) -> Vec<Member<'w>> {
        let [old, new] = self.sides;
        let arn = |principal: &'w WorldPrincipal| principal.principal().id();
        let by_arn: HashMap<&str, &str> =
            new.principals().iter().filter_map(|(name, principal)| Some((arn(principal)?, name.as_str()))).collect();
        let mut pairs = Vec::new();
        let mut met = BTreeSet::new();
        for (name, principal) in old.principals() {
            let same_name = new.principals().get_key_value(name).map(|(name, _)| name.as_str());
            let other = same_name.or_else(|| by_arn.get(arn(principal)?).copied());
            let other = other.filter(|other| met.insert(*other)).and_then(|other| new.principals().get(other));
            pairs.push(Member { name, sides: [Some(principal), other] });
        }
        let only_new = new.principals().iter().filter(|(name, _)| !met.contains(name.as_str()));
        pairs.extend(only_new.map(|(name, principal)| Member { name, sides: [None, Some(principal)] }));
        pairs
    }

    /// What both worlds say of an action of a principal.
    fn situations(
        &self,
        pair: &Member<'_>,
        action: &Action,
        resource: &str,
    ) -> Result<[Option<Situation>; 2], DiffError> {
        let [old, new] = self.sides;
        let situation = |world: &World, principal: Option<&WorldPrincipal>| {
            principal.map(|principal| world.situation(&Ask::new(principal, action, resource))).transpose()
        };
        let [of_old, of_new] = pair.sides;
        Ok([situation(old, of_old)?, situation(new, of_new)?])
    }
}

/// An action that does not belong to STS, for which trust policies would take part.
fn any_action() -> Action {
    Action::literal("any:any").unwrap_or_else(|_| unreachable!("this is an action"))
}

impl Place<'_> {
    /// The resource and what is in it.
    fn globs(&self) -> Vec<String> {
        let arns: BTreeSet<&str> = self.sides.iter().flatten().map(|resource| resource.arn.as_str()).collect();
        arns.into_iter().flat_map(in_and_below).collect()
    }
}
