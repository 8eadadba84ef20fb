//! From parts to a world. Whatever reads worlds adds to a [`WorldBuilder`].

mod named;

use crate::clash::{Clash, Place};
pub(crate) use named::{Kind, overrides_nothing};

use crate::aliases::Aliases;
use crate::finding::Finding;
use crate::model::context::Defaults;
use crate::model::endpoint::{EndpointParts, WorldEndpoint};
use crate::model::organization::{
    AccountParts, LevelParts, Membership, OrganizationParts, WorldAccount, WorldLevel, id_in_path, level_names,
};
use crate::model::policy::{Attached, LoadedPolicy, PolicyRef, Via, WorldPolicy};
use crate::model::principal::{AttachedToPrincipal, PrincipalParts, WorldPrincipal, plural, whose};
use crate::model::resource::{ResourceParts, WorldResource, policy_kind};
use crate::world::World;
use iameval::symbol::Symbols;
use iameval::{AccountId, Context, Layer, Mfa, PolicyKind};
use iameval_data::ManagedPolicy;
use named::Named;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A world in the making: the one way to a [`World`].
///
/// Policies are added first, and what attaches them names them by [`PolicyRef`]. Everything else has a name and a
/// [`Place`], so that two definitions of one thing can be told apart; one that [overrides](Place::overriding) replaces
/// the earlier. Definitions may come in any order, those of groups after their members too.
///
/// ```
/// use iameval_world::{
///     Ask, LevelParts, LoadedPolicy, OrganizationParts, Place, PrincipalParts, ResourceParts, Source, WorldBuilder,
/// };
///
/// let policy = |name: &str, text: &str| LoadedPolicy::from_source(name, &Source::new(name, text)).unwrap();
/// let all = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
/// let reads = r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
/// let from = Place::in_file("inventory.csv");
///
/// let mut builder = WorldBuilder::new();
/// let (all, reads) = (builder.policy(policy("all", all)), builder.policy(policy("reads", reads)));
/// builder.group("Developers", vec![all], &from).unwrap();
/// let mut jane = PrincipalParts::new("arn:aws:iam::123456789012:user/jane".parse().unwrap());
/// jane.groups.push("Developers".into());
/// builder.principal("jane", jane, &from).unwrap();
/// builder.resource("reports", ResourceParts::new("arn:aws:s3:::reports".parse().unwrap()), &from).unwrap();
/// let mut organization = OrganizationParts::new();
/// organization.scps = vec![LevelParts::new(vec![all]).named("root"), LevelParts::new(vec![reads])];
/// builder.organization(organization, &from).unwrap();
/// let world = builder.build().unwrap();
///
/// let jane = world.principal("jane").unwrap();
/// let action = "s3:GetObject".parse().unwrap();
/// let situation = world.situation(&Ask::new(&jane, &action, "arn:aws:s3:::reports/q3.csv")).unwrap();
/// let levels: Vec<&str> = situation.policies.set().levels(iameval::Layer::ServiceControl).collect();
/// assert_eq!(levels, ["root", "level 2 of 2"]);
/// ```
#[derive(Debug, Default)]
pub struct WorldBuilder {
    files: Vec<String>,
    account: Option<AccountId>,
    slots: Vec<Slot>,
    /// AWS's policies that were asked for by name.
    managed: BTreeMap<&'static str, PolicyRef>,
    policies: Named<PolicyRef>,
    groups: Named<Vec<PolicyRef>>,
    principals: Named<PrincipalParts>,
    resources: Named<ResourceParts>,
    /// The names of resources by ARN.
    arns: HashMap<String, String>,
    organization: Option<(Place, OrganizationParts)>,
    accounts: Named<(AccountId, AccountParts)>,
    endpoints: Named<EndpointParts>,
    contexts: Named<Context>,
    defaults: Defaults,
    /// Where the default principal and resource are named.
    default_places: [Option<Place>; 2],
    warnings: Vec<(Option<PolicyRef>, Finding)>,
    /// The policies that warnings are about, the first of each name.
    warned: HashMap<String, PolicyRef>,
    situations: Option<usize>,
    silent: BTreeSet<Layer>,
    symbols: Symbols,
    aliases: Aliases,
}

/// A policy of the world, unless another one replaces it.
#[derive(Debug)]
struct Slot {
    policy: Arc<LoadedPolicy>,
    kinds: BTreeSet<PolicyKind>,
    replaced_by: Option<PolicyRef>,
}

/// Policies.
impl WorldBuilder {
    /// An empty world.
    pub fn new() -> Self {
        Self::default()
    }

    /// A world of nothing that will be compared with another one, of which this is not known.
    pub(crate) fn beside(symbols: &Symbols) -> Self {
        Self { symbols: Symbols::beside(symbols), ..Self::new() }
    }

    /// Makes a policy one of the world. Each call makes one more, also for the same policy.
    pub fn policy(&mut self, policy: impl Into<Arc<LoadedPolicy>>) -> PolicyRef {
        let number = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.slots.push(Slot { policy: policy.into(), kinds: BTreeSet::new(), replaced_by: None });
        PolicyRef(number)
    }

    /// Makes a policy that AWS manages one of the world, unless this was done before.
    ///
    /// # Errors
    /// None for the policies that the program holds.
    pub fn managed_policy(&mut self, managed: ManagedPolicy) -> Result<PolicyRef, Vec<Finding>> {
        if let Some(known) = self.managed.get(managed.name()) {
            return Ok(*known);
        }
        let name = managed.name();
        let policy = self.policy(LoadedPolicy::managed(managed)?);
        self.managed.insert(name, policy);
        Ok(policy)
    }

    /// Gives a policy a name by which definitions can attach it. Where it overrides another policy, everything that one
    /// is attached to has this one.
    ///
    /// # Errors
    /// When the name is taken.
    pub fn name_policy(&mut self, name: &str, policy: PolicyRef, from: &Place) -> Result<(), Clash> {
        self.check([policy], from)?;
        if let Some(earlier) = self.policies.define(Kind::Policy, name, policy, from)? {
            self.replace(earlier, policy);
        }
        Ok(())
    }

    /// Puts one policy in place of another, wherever that one is attached or will be.
    pub fn replace(&mut self, old: PolicyRef, new: PolicyRef) {
        let (old, new) = (self.current(old), self.current(new));
        if old == new {
            return;
        }
        let Some(slot) = self.slots.get_mut(old.0 as usize) else { return };
        slot.replaced_by = Some(new);
        let kinds = std::mem::take(&mut slot.kinds);
        if let Some(slot) = self.slots.get_mut(new.0 as usize) {
            slot.kinds.extend(kinds);
        }
    }

    /// The policy of that name.
    pub fn named_policy(&self, name: &str) -> Option<PolicyRef> {
        self.policies.get(name).copied()
    }

    /// The names of policies.
    pub fn policy_names(&self) -> impl Iterator<Item = &str> {
        self.policies.names()
    }

    /// That nothing of a kind has a name, with the name that is meant most likely.
    pub(crate) fn undefined(&self, kind: Kind, name: &str, place: &Place) -> Clash {
        match kind {
            Kind::Policy => self.policies.undefined(kind, name, place),
            Kind::Group => self.groups.undefined(kind, name, place),
            Kind::Principal => self.principals.undefined(kind, name, place),
            Kind::Resource => self.resources.undefined(kind, name, place),
            Kind::Account => self.accounts.undefined(kind, name, place),
            Kind::Endpoint => self.endpoints.undefined(kind, name, place),
            Kind::Context => self.contexts.undefined(kind, name, place),
        }
    }

    /// Says something worth knowing that does not keep the world from being made.
    pub fn warn(&mut self, warning: Finding) {
        self.warnings.push((None, warning));
    }

    /// Says something worth knowing about a policy, unless another one replaces it in the end.
    pub fn warn_about(&mut self, policy: PolicyRef, warning: Finding) {
        if let Some(slot) = self.slots.get(policy.0 as usize) {
            self.warned.entry(slot.policy.name.clone()).or_insert(policy);
        }
        self.warnings.push((Some(policy), warning));
    }

    /// The policy of that name whose document is not known, where there is a warning about it.
    pub(crate) fn unknown_policy(&self, name: &str) -> Option<PolicyRef> {
        self.warned.get(name).copied()
    }

    /// What stands in place of a policy now.
    fn current(&self, mut policy: PolicyRef) -> PolicyRef {
        // It ends: `replace` leads from a policy that nothing replaces to another such one.
        while let Some(newer) = self.slots.get(policy.0 as usize).and_then(|slot| slot.replaced_by) {
            policy = newer;
        }
        policy
    }

    /// A policy of another builder would be some other policy here, or none.
    fn check(&self, policies: impl IntoIterator<Item = PolicyRef>, from: &Place) -> Result<(), Clash> {
        let unknown = policies.into_iter().any(|policy| policy.0 as usize >= self.slots.len());
        if unknown { Err(Clash::new(from, "an attached policy does not exist in this world")) } else { Ok(()) }
    }

    fn note(&mut self, policies: impl IntoIterator<Item = PolicyRef>, kind: PolicyKind) {
        for policy in policies {
            let current = self.current(policy);
            if let Some(slot) = self.slots.get_mut(current.0 as usize) {
                slot.kinds.insert(kind);
            }
        }
    }
}

/// Who and what exists.
impl WorldBuilder {
    /// Says that a file was read.
    pub fn file(&mut self, name: impl Into<String>) {
        self.files.push(name.into());
    }

    /// The account that names without one belong to.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// Says which account names without one belong to; the last word counts.
    pub fn set_account(&mut self, account: AccountId) {
        self.account = Some(account);
    }

    /// What is not known of the world: texts of its definitions may hold these symbols.
    pub fn symbols(&mut self) -> &mut Symbols {
        &mut self.symbols
    }

    /// Lets something be found by a further name, whatever it is. A further name that several things have finds none of
    /// them, and says so.
    ///
    /// ```
    /// use iameval_world::{Place, PrincipalParts, WorldBuilder};
    ///
    /// let mut builder = WorldBuilder::new();
    /// let jane = PrincipalParts::new("arn:aws:iam::123456789012:user/jane".parse().unwrap());
    /// builder.principal("cfn:Staff/Jane", jane, &Place::in_file("staff.yaml")).unwrap();
    /// builder.alias("cfn:Jane", "cfn:Staff/Jane");
    /// assert!(builder.build().unwrap().principal("cfn:Jane").is_some());
    /// ```
    pub fn alias(&mut self, alias: &str, name: &str) {
        self.aliases.add(alias, name);
    }

    /// Adds a group with its policies.
    ///
    /// # Errors
    /// When there is one of that name.
    pub fn group(&mut self, name: &str, policies: Vec<PolicyRef>, from: &Place) -> Result<(), Clash> {
        self.check(policies.iter().copied(), from)?;
        self.groups.define(Kind::Group, name, policies.clone(), from)?;
        self.note(policies, PolicyKind::Identity);
        Ok(())
    }

    /// Whether there is a policy, principal, resource or endpoint of that name.
    pub fn has(&self, name: &str) -> bool {
        self.policies.get(name).is_some()
            || self.principals.get(name).is_some()
            || self.resources.get(name).is_some()
            || self.endpoints.get(name).is_some()
    }

    /// Whether there is a group of that name.
    pub fn has_group(&self, name: &str) -> bool {
        self.groups.get(name).is_some()
    }

    /// The names of groups.
    pub fn group_names(&self) -> impl Iterator<Item = &str> {
        self.groups.names()
    }

    /// Adds a principal.
    ///
    /// # Errors
    /// When there is one of that name, or it has something that such a principal cannot have, such as a service a
    /// boundary.
    pub fn principal(&mut self, name: &str, parts: PrincipalParts, from: &Place) -> Result<(), Clash> {
        if let Some((field, class)) = parts.misfit() {
            let message = format!("`{field}` is not for {}", plural(class));
            return Err(Clash::new(from, message).with_help(whose(field).to_owned()));
        }
        let attached = [
            (PolicyKind::Identity, parts.policies.clone()),
            (PolicyKind::PermissionsBoundary, parts.boundary.into_iter().collect()),
            (PolicyKind::Session, parts.session_policies.clone()),
            (PolicyKind::ScopeDown, parts.scope_down.clone()),
            (PolicyKind::RoleTrust, parts.trust.into_iter().collect()),
        ];
        self.check(attached.iter().flat_map(|(_, policies)| policies.iter().copied()), from)?;
        self.principals.define(Kind::Principal, name, parts, from)?;
        for (kind, policies) in attached {
            self.note(policies, kind);
        }
        Ok(())
    }

    /// Adds a resource.
    ///
    /// # Errors
    /// When there is one of that name or ARN, the name means something else where resources are named, or the ARN has
    /// another account.
    pub fn resource(&mut self, name: &str, parts: ResourceParts, from: &Place) -> Result<(), Clash> {
        if matches!(name, "self" | "*") || name.starts_with("arn:") {
            let clash = Clash::new(from, format!("a resource cannot be called `{name}`"));
            return Err(clash.with_help("it has another meaning where a resource is expected".to_owned()));
        }
        let arn = parts.arn.to_string();
        if let Some(other) = self.resource_with(&arn).filter(|other| *other != name) {
            let clash = Clash::new(from, format!("the resource `{other}` already has the ARN of `{name}`"));
            return Err(clash.after(self.resources.place(other)));
        }
        if let (Some(given), Some(own)) = (parts.account, parts.arn.account_id())
            && given != own
        {
            return Err(Clash::new(
                from,
                format!("according to the ARN of `{name}`, the resource is in account {own}"),
            ));
        }
        self.check(parts.policy, from)?;
        let (policy, kind) = (parts.policy, policy_kind(&parts.arn));
        if let Some(earlier) = self.resources.define(Kind::Resource, name, parts, from)? {
            self.arns.remove(earlier.arn.as_str());
        }
        self.arns.insert(arn, name.into());
        self.note(policy, kind);
        Ok(())
    }

    /// The name of the resource that has an ARN.
    pub fn resource_with(&self, arn: &str) -> Option<&str> {
        self.arns.get(arn).map(String::as_str)
    }

    /// Says what holds for every account of the organization that says nothing else.
    ///
    /// # Errors
    /// When this was said before, or two levels have one name.
    pub fn organization(&mut self, parts: OrganizationParts, from: &Place) -> Result<(), Clash> {
        self.may_define_organization(from)?;
        self.levels([(&parts.scps, PolicyKind::ServiceControl), (&parts.rcps, PolicyKind::ResourceControl)], from)?;
        self.organization = Some((from.clone(), parts));
        Ok(())
    }

    /// Whether a definition of the organization may stand there.
    pub(crate) fn may_define_organization(&self, from: &Place) -> Result<(), Clash> {
        named::check("the organization", self.organization.as_ref().map(|(place, _)| place), from)
    }

    /// The id of the organization, as far as it was said.
    pub fn organization_id(&self) -> Option<&str> {
        self.organization.as_ref().and_then(|(_, parts)| parts.id())
    }

    /// Adds an account of the organization.
    ///
    /// # Errors
    /// When it was added before, or two levels have one name.
    pub fn member_account(&mut self, id: AccountId, parts: AccountParts, from: &Place) -> Result<(), Clash> {
        let levels = [(&parts.scps, PolicyKind::ServiceControl), (&parts.rcps, PolicyKind::ResourceControl)];
        self.levels(levels.map(|(levels, kind)| (levels.as_deref().unwrap_or_default(), kind)), from)?;
        self.accounts.define(Kind::Account, id.as_str(), (id, parts), from)?;
        Ok(())
    }

    fn levels<L: AsRef<[LevelParts]>>(&mut self, levels: [(L, PolicyKind); 2], from: &Place) -> Result<(), Clash> {
        for (levels, kind) in levels {
            let levels = levels.as_ref();
            let mut met = BTreeSet::new();
            for name in level_names(levels) {
                if met.contains(&name) {
                    return Err(Clash::new(from, format!("two levels are named `{name}`")));
                }
                met.insert(name);
            }
            let policies = || levels.iter().flat_map(|level| level.policies.iter().copied());
            self.check(policies(), from)?;
            self.note(policies(), kind);
        }
        Ok(())
    }

    /// Adds a VPC endpoint.
    ///
    /// # Errors
    /// When there is one of that name.
    pub fn endpoint(&mut self, name: &str, parts: EndpointParts, from: &Place) -> Result<(), Clash> {
        self.check(parts.policies.iter().copied(), from)?;
        let policies = parts.policies.clone();
        self.endpoints.define(Kind::Endpoint, name, parts, from)?;
        self.note(policies, PolicyKind::Endpoint);
        Ok(())
    }

    /// Adds a context with a name.
    ///
    /// # Errors
    /// When there is one of that name.
    pub fn context(&mut self, name: &str, context: Context, from: &Place) -> Result<(), Clash> {
        self.contexts.define(Kind::Context, name, context, from)?;
        Ok(())
    }

    /// The context of that name.
    pub fn named_context(&self, name: &str) -> Option<&Context> {
        self.contexts.get(name)
    }

    /// The names of contexts.
    pub fn context_names(&self) -> impl Iterator<Item = &str> {
        self.contexts.names()
    }

    /// Says who asks by default: the name of a principal, or an ARN. The last word counts.
    pub fn default_principal(&mut self, name: &str, from: &Place) {
        self.defaults.principal = Some(name.into());
        let [place, _] = &mut self.default_places;
        *place = Some(from.clone());
    }

    /// Says what is asked about by default: an ARN, the name of a resource, a name with a suffix, `self` or
    /// `*`. The last word counts.
    pub fn default_resource(&mut self, name: &str, from: &Place) {
        self.defaults.resource = Some(name.into());
        let [_, place] = &mut self.default_places;
        *place = Some(from.clone());
    }

    /// Says the state of multi-factor authentication by default.
    pub fn default_mfa(&mut self, mfa: Mfa) {
        self.defaults.mfa = Some(mfa);
    }

    /// Says which context keys are always given.
    pub fn default_context(&mut self, context: Context) {
        self.defaults.context = context;
    }

    /// Says whether an answer that depends on a key that was not given is an error.
    pub fn default_strict_context(&mut self, strict: bool) {
        self.defaults.strict_context = Some(strict);
    }

    /// Says whether a test may name an action that AWS is not known to have, or that is never evaluated on its resources.
    pub fn default_lenient(&mut self, lenient: bool) {
        self.defaults.lenient = Some(lenient);
    }

    /// How many combinations of policies the world keeps put together; 20,000 by default. More of them take
    /// more memory; with fewer, policies are put together again more often.
    pub fn keep_situations(&mut self, count: usize) {
        self.situations = Some(count);
    }

    /// Where everything of a kind is defined.
    pub(crate) fn places(&self, kind: Kind) -> BTreeMap<&str, &Place> {
        match kind {
            Kind::Policy => self.policies.places(),
            Kind::Group => self.groups.places(),
            Kind::Principal => self.principals.places(),
            Kind::Resource => self.resources.places(),
            Kind::Account => self.accounts.places(),
            Kind::Endpoint => self.endpoints.places(),
            Kind::Context => self.contexts.places(),
        }
    }
}

/// From parts to what they make.
impl WorldBuilder {
    /// The world.
    ///
    /// # Errors
    /// When something is named that nothing defines: a group, the default principal or resource.
    pub fn build(mut self) -> Result<World, Vec<Finding>> {
        let unknown = self.unknown_groups();
        if !unknown.is_empty() {
            return Err(self.named(unknown));
        }
        let membership = self.membership();
        let parts = std::mem::take(&mut self.principals);
        let principals = self.world_principals(parts, &membership);
        let endpoints = self.endpoints.iter().enumerate().map(|(number, (name, parts))| {
            let endpoint = WorldEndpoint {
                policies: self.attached(&parts.policies, &Via::Attached(name.into())),
                gateway: parts.gateway,
                context: parts.context.clone(),
                origin: parts.origin.clone(),
                number,
            };
            (name.to_owned(), endpoint)
        });
        let endpoints = endpoints.collect();
        let groups = self
            .groups
            .iter()
            .map(|(name, policies)| (name.to_owned(), self.attached(policies, &Via::Group(name.into()))));
        let groups = groups.collect();
        let resources = self.world_resources();
        let stays = |policy: &Option<PolicyRef>| policy.is_none_or(|policy| self.current(policy) == policy);
        let warnings = self.warnings.iter().filter(|(policy, _)| stays(policy)).map(|(_, warning)| warning.clone());
        let warnings = self.named(warnings.collect());
        let policies = self.slots.into_iter().filter(|slot| slot.replaced_by.is_none());
        let policies = policies.map(|slot| WorldPolicy { policy: slot.policy, kinds: slot.kinds }).collect();
        let mut world = World {
            files: self.files,
            account: self.account,
            policies,
            groups,
            membership,
            endpoints,
            contexts: self.contexts.into_map(),
            defaults: self.defaults,
            warnings,
            silent: self.silent,
            aliases: self.aliases,
            symbols: (!self.symbols.is_empty()).then(|| Arc::new(self.symbols)),
            ..World::of(principals, resources)
        };
        if let Some(count) = self.situations {
            world.keep_situations(count);
        }
        let unknown = unknown_defaults(&world, &self.default_places);
        if unknown.is_empty() {
            return Ok(world);
        }
        Err(unknown.into_iter().map(|finding| finding.naming(world.symbols().map(AsRef::as_ref))).collect())
    }

    /// The findings with the names of what is not known.
    pub(crate) fn named(&self, findings: Vec<Finding>) -> Vec<Finding> {
        findings.into_iter().map(|finding| finding.naming(Some(&self.symbols))).collect()
    }

    /// Says that a source holds no policies of these layers, whether there are any or not: an allow that one of them could
    /// deny says so.
    pub fn cannot_know(&mut self, layers: impl IntoIterator<Item = Layer>) {
        self.silent.extend(layers);
    }

    fn unknown_groups(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (name, parts) in self.principals.iter() {
            let Some(place) = self.principals.place(name) else { continue };
            for group in parts.groups.iter().filter(|group| !self.has_group(group)) {
                findings.push(self.groups.undefined(Kind::Group, group, place).into());
            }
        }
        findings
    }

    /// The policy that stands for a reference now; `None` where it is one of another builder.
    pub fn loaded(&self, policy: PolicyRef) -> Option<&Arc<LoadedPolicy>> {
        self.slots.get(self.current(policy).0 as usize).map(|slot| &slot.policy)
    }

    fn attached<'p>(&self, policies: impl IntoIterator<Item = &'p PolicyRef>, via: &Via) -> Vec<Attached> {
        // Those that are not there were refused when they were attached.
        let policies = policies.into_iter().filter_map(|policy| self.loaded(*policy));
        policies.map(|policy| Attached { policy: policy.clone(), via: via.clone() }).collect()
    }

    fn membership(&self) -> Membership {
        let organization = self.organization.as_ref().map(|(_, parts)| {
            let via = Via::Attached("the organization".into());
            WorldAccount {
                organization: parts.id().map(Into::into),
                path: parts.path.clone(),
                scps: self.world_levels(&parts.scps, &via),
                rcps: self.world_levels(&parts.rcps, &via),
                ..WorldAccount::default()
            }
        });
        let accounts = self.accounts.iter().enumerate().map(|(number, (_, (id, parts)))| {
            let via = Via::Attached(format!("account {id}").into());
            let usual = organization.clone().unwrap_or_default();
            let levels = |own: &Option<Vec<LevelParts>>, usual| match own {
                Some(levels) => self.world_levels(levels, &via),
                None => usual,
            };
            let path = parts.path.clone().or(usual.path);
            let account = WorldAccount {
                organization: usual.organization.or_else(|| id_in_path(path.as_deref()).map(Into::into)),
                path,
                scps: levels(&parts.scps, usual.scps),
                rcps: levels(&parts.rcps, usual.rcps),
                management: parts.management,
                delegated_administrator: parts.delegated_administrator,
                number: number + 1,
            };
            (*id, account)
        });
        let accounts = accounts.collect();
        Membership { own: self.account, organization, accounts }
    }

    fn world_levels(&self, levels: &[LevelParts], via: &Via) -> Vec<WorldLevel> {
        let named = level_names(levels).zip(levels);
        named.map(|(name, level)| WorldLevel { name, policies: self.attached(&level.policies, via) }).collect()
    }

    fn world_principals(
        &self,
        parts: Named<PrincipalParts>,
        membership: &Membership,
    ) -> BTreeMap<String, WorldPrincipal> {
        let made = parts.into_map().into_iter().enumerate().map(|(number, (name, parts))| {
            let own = Via::Attached(name.as_str().into());
            let mut attached = AttachedToPrincipal {
                identity: self.attached(&parts.policies, &own),
                boundary: self.attached(&parts.boundary, &own).pop(),
                session: self.attached(&parts.session_policies, &own),
                scope_down: self.attached(&parts.scope_down, &own),
                trust: self.attached(&parts.trust, &own).pop(),
            };
            for group in &parts.groups {
                let policies = self.groups.get(group).into_iter().flatten();
                attached.identity.extend(self.attached(policies, &Via::Group(group.as_str().into())));
            }
            let mut principal = parts.into_principal(number, attached);
            membership.tell(&mut principal, Some(&self.symbols));
            (name, principal)
        });
        made.collect()
    }

    fn world_resources(&self) -> BTreeMap<String, WorldResource> {
        let made = self.resources.iter().enumerate().map(|(number, (name, parts))| {
            let resource = WorldResource {
                arn: parts.arn.clone(),
                account: parts.account.or(parts.arn.account_id()).or(self.account),
                policy: self.attached(&parts.policy, &Via::Attached(name.into())).pop(),
                tags: parts.tags.clone(),
                origin: parts.origin.clone(),
                number,
            };
            (name.to_owned(), resource)
        });
        made.collect()
    }
}

/// Empty defaults.
fn unknown_defaults(world: &World, [principal, resource]: &[Option<Place>; 2]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let defaults = world.defaults();
    if let (Some(name), Some(place)) = (&defaults.principal, principal) {
        let is_arn = name.starts_with("arn:") && name.parse::<iameval::Principal>().is_ok();
        if !is_arn && world.principal(name).is_none() {
            findings.push(Clash::undefined("principal", name, place, world.principals()).into());
        }
    }
    if let (Some(name), Some(place)) = (&defaults.resource, resource)
        && !matches!(name.as_str(), "self" | "*")
        && world.resource_arn(name).is_none()
    {
        findings.push(Clash::undefined("resource", name, place, world.resources()).into());
    }
    findings
}
