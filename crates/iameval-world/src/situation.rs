//! What a world says about one question: who asks, under which policies, on whose resource, in which context.

use crate::context::tag_context;
use crate::{Attached, Finding, LoadedPolicy, World, WorldAccount, WorldEndpoint, WorldPrincipal, WorldResource};
use iameval::{
    AccountId, Action, Arn, CompiledPolicy, Context, Layer, PolicyKind, PolicySet, Principal, PrincipalClass, Request,
    RequestBuilder,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is asked of a world.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Who asks: [`World::principal`] and [`World::stranger`] give one.
    pub principal: &'a WorldPrincipal,
    /// What.
    pub action: &'a Action,
    /// On what: an ARN, or `*`. [`World::resource_arn`] makes one of a name.
    pub resource: &'a str,
    /// The account that owns the resource, when somebody says so; it stands above what the world knows.
    pub owner: Option<AccountId>,
    /// The VPC endpoint that the request goes through.
    pub via: Option<&'a WorldEndpoint>,
}

/// Everything that a world says about a question.
#[derive(Debug, Clone)]
pub struct Situation {
    /// Who asks.
    pub principal: Principal,
    /// What it is asked on.
    pub resource: String,
    /// The account that owns the resource, where the world says so. Otherwise the engine takes that of the ARN, or the
    /// principal's.
    pub resource_account: Option<AccountId>,
    /// Whether the resource belongs to the management account, where no RCP applies.
    pub in_management_account: bool,
    /// The policies.
    pub layers: Arc<Layers>,
    /// The context that follows from the world. The engine's `derive_context` adds the rest.
    pub context: Context,
}

/// The policies of a question, layer by layer. Questions about the same principal, resource, accounts and endpoint
/// share them.
#[derive(Debug)]
pub struct Layers {
    placed: Vec<PlacedPolicy>,
    scp_levels: usize,
    set: PolicySet,
}

/// A policy, as what it is attached, and in which level.
#[derive(Debug, Clone)]
pub struct PlacedPolicy {
    /// As what it is attached.
    pub kind: PolicyKind,
    /// The level of an SCP or RCP, from 0; root first.
    pub level: usize,
    /// Whether it is the policy of a gateway endpoint.
    pub gateway: bool,
    /// The policy, and how it comes into play.
    pub attached: Attached,
}

impl World {
    /// The principal of that name; or the one of that ARN, service or provider; or the session of that ARN, of a role
    /// that is there without a session.
    pub fn principal(&self, text: &str) -> Option<WorldPrincipal> {
        if let Some(known) = self.principals.get(text) {
            return Some(known.clone());
        }
        if let Some(name) = self.by_id.get(text) {
            return self.principals.get(name).cloned();
        }
        if let Some((kind, name)) = text.split_once('/')
            && let Some(known) = self.principals.get(name)
        {
            let is_meant = matches!(
                (kind, known.principal.class()),
                ("user", Some(PrincipalClass::User)) | ("role", Some(PrincipalClass::Role))
            );
            return is_meant.then(|| known.clone());
        }
        let session: Principal = text.parse().ok().filter(|_| text.contains(":assumed-role/"))?;
        let mut found = self.principals.values().find_map(|role| role.session_of(&session))?;
        self.membership.tell(&mut found);
        Some(found)
    }

    /// A principal that is not in the world, to which nothing is attached, with what is known of its account.
    pub fn stranger(&self, principal: Principal) -> WorldPrincipal {
        let mut stranger = WorldPrincipal::new(principal);
        self.membership.tell(&mut stranger);
        stranger
    }

    /// What is known of an account; `None` when it is not in the organization.
    pub fn account_facts(&self, account: AccountId) -> Option<&WorldAccount> {
        self.membership.of(account)
    }

    /// Everything that the world says about a question.
    ///
    /// # Errors
    /// When a policy that counts is none of the kind as which it is attached.
    pub fn situation(&self, ask: &Ask<'_>) -> Result<Situation, Vec<Finding>> {
        let Ask { principal, action, resource, via, .. } = *ask;
        let named = self.resource_at(resource);
        let entity = self.principal_at(resource);
        let resource_account = ask.owner.or(named.and_then(|(_, resource)| resource.account));
        let account = principal.principal.account();
        let arn: Option<Arn> = resource.parse().ok();
        // What AWS itself owns is in no organization (R-CTX-13).
        let others = account.filter(|_| arn.as_ref().is_none_or(|arn| arn.account() != "aws"));
        let owner = resource_account
            .or_else(|| arn.as_ref()?.account_id())
            .or(others)
            .and_then(|account| self.membership.of(account));
        let in_play = InPlay {
            principal,
            account: account.and_then(|account| self.membership.of(account)),
            owner,
            resource: self.resource_policy(action, named.map(|(_, resource)| resource), entity),
            via,
        };
        Ok(Situation {
            principal: principal.principal.clone(),
            resource: resource.into(),
            resource_account,
            in_management_account: owner.is_some_and(|owner| owner.management == Some(true)),
            layers: self.layers(&in_play)?,
            context: self.context_of(
                &in_play,
                named.map(|(_, known)| known).filter(|known| known.arn.as_str() == resource),
                entity,
            ),
        })
    }

    /// The policy of the resource. A trust policy takes part in actions of STS alone (R-SVC-03).
    fn resource_policy<'w>(
        &'w self,
        action: &Action,
        named: Option<&'w WorldResource>,
        entity: Option<&str>,
    ) -> Option<(Origin, PolicyKind, &'w Attached)> {
        let assumes = action.service() == "sts";
        if let Some(resource) = named
            && let Some(policy) = &resource.policy
        {
            let is_role = resource.arn.service() == "iam";
            let kind = if is_role { PolicyKind::RoleTrust } else { PolicyKind::Resource };
            return (!is_role || assumes).then_some((Origin::Resource(resource.number), kind, policy));
        }
        let role = self.principals.get(entity.filter(|_| assumes)?)?;
        Some((Origin::Role(role.number?), PolicyKind::RoleTrust, role.trust.as_ref()?))
    }

    fn context_of(&self, in_play: &InPlay<'_>, named: Option<&WorldResource>, entity: Option<&str>) -> Context {
        let mut context = in_play.principal.context.clone();
        if let Some(owner) = in_play.owner {
            if let Some(id) = &owner.organization {
                context.insert("aws:ResourceOrgID", id.as_str());
            }
            if let Some(path) = &owner.path {
                context.insert("aws:ResourceOrgPaths", [path.as_str()]);
            }
        }
        if let Some(entity) = entity.and_then(|name| self.principals.get(name)) {
            tag_context(&mut context, "aws:ResourceTag/", &entity.tags);
        }
        if let Some(resource) = named {
            tag_context(&mut context, "aws:ResourceTag/", &resource.tags);
        }
        if let Some(via) = in_play.via {
            crate::context::overlay(&mut context, &via.context);
        }
        context
    }

    fn layers(&self, in_play: &InPlay<'_>) -> Result<Arc<Layers>, Vec<Finding>> {
        /// How many combinations to remember.
        const MANY: usize = 20_000;
        let combination = in_play.combination();
        if let Some(known) = self.cache.layers().get(&combination) {
            return Ok(known.clone());
        }
        let placed = in_play.placed();
        let scp_levels = in_play.account.map_or(0, |account| account.scps.len());
        let set = assemble(&placed, scp_levels, |policy, kind| self.cache.compile(policy, kind))?;
        let set = match self.rules.get() {
            Some(rules) => set.with_rules(rules.clone()),
            None => set,
        };
        let layers = Arc::new(Layers { placed, scp_levels, set });
        let mut known = self.cache.layers();
        if known.len() >= MANY {
            known.clear();
        }
        known.insert(combination, layers.clone());
        Ok(layers)
    }
}

impl Situation {
    /// A request in this situation. What is given stands above what follows from the world.
    pub fn request(&self, action: Action, given: &Context) -> RequestBuilder {
        let mut context = given.clone();
        for (key, value) in self.context.iter().filter(|(key, _)| !given.is_given(key)) {
            match value {
                Some(value) => context.insert(key.as_str(), value.clone()),
                None => context.insert_absent(key.as_str()),
            }
        }
        let builder = Request::builder(action)
            .principal(self.principal.clone())
            .resource(&self.resource)
            .resource_in_management_account(self.in_management_account)
            .context(context);
        match self.resource_account {
            Some(account) => builder.resource_account(account),
            None => builder,
        }
    }
}

impl Layers {
    /// The policies in the order of [`PolicySet::policies`].
    pub fn placed(&self) -> &[PlacedPolicy] {
        &self.placed
    }

    /// How many levels of SCPs there are, those without policies included.
    pub fn scp_levels(&self) -> usize {
        self.scp_levels
    }

    /// The policies, compiled.
    pub fn set(&self) -> &PolicySet {
        &self.set
    }

    /// The policies, with another one in the place of each that `instead` gives one for. Nothing is compiled again.
    pub fn with(&self, instead: impl Fn(&PlacedPolicy) -> Option<Arc<CompiledPolicy>>) -> PolicySet {
        let own = self.placed.iter().zip(self.set.policies());
        let compiled = own.map(|(placed, own)| instead(placed).unwrap_or_else(|| own.clone()));
        put_together(&self.placed, self.scp_levels, compiled)
    }
}

/// Compiles policies and puts them together; `placed` is in the order of [`PolicySet::policies`].
///
/// # Errors
/// What `compile` does not take.
pub fn assemble(
    placed: &[PlacedPolicy],
    scp_levels: usize,
    mut compile: impl FnMut(&Arc<LoadedPolicy>, PolicyKind) -> Result<Arc<CompiledPolicy>, Vec<Finding>>,
) -> Result<PolicySet, Vec<Finding>> {
    let mut compiled = Vec::with_capacity(placed.len());
    let mut wrong = Vec::new();
    for PlacedPolicy { kind, attached, .. } in placed {
        match compile(&attached.policy, *kind) {
            Ok(policy) => compiled.push(policy),
            Err(findings) => wrong.extend(findings),
        }
    }
    if wrong.is_empty() { Ok(put_together(placed, scp_levels, compiled)) } else { Err(wrong) }
}

/// Puts compiled policies together; `compiled` has one for each that is placed.
fn put_together(
    placed: &[PlacedPolicy],
    scp_levels: usize,
    compiled: impl IntoIterator<Item = Arc<CompiledPolicy>>,
) -> PolicySet {
    let mut builder = PolicySet::builder();
    let mut levels: [Vec<Vec<Arc<CompiledPolicy>>>; 2] = [vec![Vec::new(); scp_levels], Vec::new()];
    for (PlacedPolicy { kind, level, gateway, .. }, policy) in placed.iter().zip(compiled) {
        let [scps, rcps] = &mut levels;
        let levels = match kind {
            PolicyKind::ServiceControl => scps,
            PolicyKind::ResourceControl => rcps,
            PolicyKind::Endpoint if *gateway => {
                builder = builder.add_gateway_endpoint(policy);
                continue;
            }
            _ => {
                builder = builder.add(policy);
                continue;
            }
        };
        while levels.len() <= *level {
            levels.push(Vec::new());
        }
        if let Some(level) = levels.get_mut(*level) {
            level.push(policy);
        }
    }
    for (kind, levels) in [PolicyKind::ServiceControl, PolicyKind::ResourceControl].into_iter().zip(levels) {
        for (number, level) in levels.into_iter().enumerate() {
            builder = builder.add_level(kind, &number.to_string(), level);
        }
    }
    builder.build()
}

/// Everything that brings policies into play.
struct InPlay<'a> {
    principal: &'a WorldPrincipal,
    account: Option<&'a WorldAccount>,
    owner: Option<&'a WorldAccount>,
    resource: Option<(Origin, PolicyKind, &'a Attached)>,
    via: Option<&'a WorldEndpoint>,
}

/// What stands for everything that brings policies into play, by number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Combination {
    principal: Option<usize>,
    account: Option<usize>,
    owner: Option<usize>,
    resource: Option<Origin>,
    via: Option<usize>,
}

/// Whose the policy of a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Origin {
    Resource(usize),
    Role(usize),
}

impl InPlay<'_> {
    fn combination(&self) -> Combination {
        Combination {
            principal: self.principal.number,
            account: self.account.map(|account| account.number),
            owner: self.owner.map(|owner| owner.number),
            resource: self.resource.map(|(origin, ..)| origin),
            via: self.via.map(|via| via.number),
        }
    }

    fn placed(&self) -> Vec<PlacedPolicy> {
        let one =
            |kind, attached: &Attached| PlacedPolicy { kind, level: 0, gateway: false, attached: attached.clone() };
        let levels = |kind, levels: &[Vec<Attached>]| -> Vec<PlacedPolicy> {
            let numbered = levels.iter().enumerate();
            numbered
                .flat_map(|(level, policies)| {
                    policies.iter().map(move |attached| PlacedPolicy { level, ..one(kind, attached) })
                })
                .collect()
        };
        let principal = self.principal;
        let mut placed = Vec::new();
        placed.extend(self.account.into_iter().flat_map(|account| levels(PolicyKind::ServiceControl, &account.scps)));
        placed.extend(self.owner.into_iter().flat_map(|owner| levels(PolicyKind::ResourceControl, &owner.rcps)));
        placed.extend(self.via.into_iter().flat_map(|via| {
            let policies = via.policies.iter();
            policies.map(|attached| PlacedPolicy { gateway: via.gateway, ..one(PolicyKind::Endpoint, attached) })
        }));
        placed.extend(self.resource.iter().map(|(_, kind, attached)| one(*kind, attached)));
        placed.extend(principal.identity.iter().map(|attached| one(PolicyKind::Identity, attached)));
        placed.extend(principal.boundary.iter().map(|attached| one(PolicyKind::PermissionsBoundary, attached)));
        placed.extend(principal.session.iter().map(|attached| one(PolicyKind::Session, attached)));
        placed.extend(principal.scope_down.iter().map(|attached| one(PolicyKind::ScopeDown, attached)));
        debug_assert!(placed.is_sorted_by_key(|placed| (Layer::of(placed.kind), placed.level)));
        placed
    }
}

/// What is worked out once.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    layers: Mutex<HashMap<Combination, Arc<Layers>>>,
    /// By the address of the policy, which the world keeps alive.
    compiled: Mutex<HashMap<(usize, PolicyKind), Arc<CompiledPolicy>>>,
}

impl Cache {
    fn layers(&self) -> MutexGuard<'_, HashMap<Combination, Arc<Layers>>> {
        self.layers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn compile(&self, policy: &Arc<LoadedPolicy>, kind: PolicyKind) -> Result<Arc<CompiledPolicy>, Vec<Finding>> {
        let key = (Arc::as_ptr(policy).addr(), kind);
        let compiled = || self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = compiled().get(&key) {
            return Ok(known.clone());
        }
        let policy = policy.compile(kind)?;
        compiled().insert(key, policy.clone());
        Ok(policy)
    }
}
