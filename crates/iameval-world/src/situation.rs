//! What a world says about one question: who asks, under which policies, on whose resource, in which context.

use crate::combination::{Combination, PolicyOwner};
use crate::finding::Finding;
use crate::model::context::{overlay, tag_context};
use crate::model::endpoint::WorldEndpoint;
use crate::model::organization::{WorldLevel, level_name};
use crate::model::policy::Attached;
use crate::model::principal::WorldPrincipal;
use crate::model::resource::WorldResource;
use crate::model::standing::Standing;
use crate::placed::SituationPolicies;
use crate::world::World;
use iameval::{
    AccountId, Action, Arn, Context, Layer, LayeredPolicies, PolicyKind, Principal, Request, RequestBuilder,
};
use std::borrow::Cow;
use std::sync::Arc;

/// What is asked of a world.
///
/// ```
/// use iameval_world::{Ask, World};
///
/// let (world, action) = (World::default(), "s3:GetObject".parse().unwrap());
/// let jane = "arn:aws:iam::123456789012:user/jane".parse::<iameval::Principal>().unwrap();
/// let situation = world.situation(&Ask::new(&jane, &action, "arn:aws:s3:::reports/q3.csv")).unwrap();
/// assert!(situation.policies.placed().is_empty());
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Ask<'a> {
    /// Who asks.
    pub who: Who<'a>,
    /// What.
    pub action: &'a Action,
    /// On what: an ARN, or `*`. [`World::resource_arn`] makes one of a name.
    pub resource: &'a str,
    /// The account that owns the resource, when it is given; it stands above what the world knows.
    pub owner: Option<AccountId>,
    /// The VPC endpoint that the request goes through.
    pub via: Option<&'a WorldEndpoint>,
}

/// Who asks something of a world.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// A principal with what is attached to it: [`World::principal`] gives one.
    Known(&'a WorldPrincipal),
    /// A principal to which nothing is attached.
    Stranger(&'a Principal),
}

impl<'a> From<&'a WorldPrincipal> for Who<'a> {
    fn from(known: &'a WorldPrincipal) -> Self {
        Self::Known(known)
    }
}

impl<'a> From<&'a Principal> for Who<'a> {
    fn from(stranger: &'a Principal) -> Self {
        Self::Stranger(stranger)
    }
}

impl<'a> Ask<'a> {
    /// A question that goes through no endpoint.
    pub fn new(who: impl Into<Who<'a>>, action: &'a Action, resource: &'a str) -> Self {
        Self { who: who.into(), action, resource, owner: None, via: None }
    }

    /// The same with the account that owns the resource; it stands above what the world knows.
    #[must_use]
    pub fn owned_by(self, owner: Option<AccountId>) -> Self {
        Self { owner, ..self }
    }

    /// The same through a VPC endpoint.
    #[must_use]
    pub fn via(self, via: Option<&'a WorldEndpoint>) -> Self {
        Self { via, ..self }
    }
}

/// Everything that a world says about a question.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Situation {
    /// Who asks.
    pub principal: Principal,
    /// What it is evaluated on.
    pub resource: String,
    /// The account that owns the resource, where the world says so. Otherwise the engine takes that of the ARN, or the
    /// principal's.
    pub resource_account: Option<AccountId>,
    /// Whether the resource belongs to the management account, where no RCP applies.
    pub in_management_account: bool,
    /// The policies.
    pub policies: Arc<SituationPolicies>,
    /// The context that follows from the world. The engine's `derive_context` adds the rest.
    pub context: Context,
    /// Layers of which the world cannot know the policies that bind the request.
    pub unknown_layers: Vec<Layer>,
}

impl World {
    /// Everything that the world says about a question.
    ///
    /// # Errors
    /// When a policy that counts is not valid for the way it is attached.
    pub fn situation(&self, ask: &Ask<'_>) -> Result<Situation, Vec<Finding>> {
        let Ask { who, action, resource, via, .. } = *ask;
        let principal = match who {
            Who::Known(known) => Cow::Borrowed(known),
            Who::Stranger(stranger) => Cow::Owned(self.stranger(stranger.clone())),
        };
        let principal = &*principal;
        let named = self.resource_at(resource);
        let entity = self.principal_at(resource);
        let resource_account = ask.owner.or(named.and_then(|(_, resource)| resource.account));
        let account = principal.principal().account();
        let arn: Option<Arn> = resource.parse().ok();
        // What AWS itself owns is in no organization (R-CTX-13).
        let others = account.filter(|_| arn.as_ref().is_none_or(|arn| arn.account() != "aws"));
        let owner = resource_account.or_else(|| arn.as_ref()?.account_id()).or(others);
        let standing = |account: Option<AccountId>| match account {
            Some(account) => self.membership.standing(account, self.symbols.as_deref()),
            None => Standing::Certain(None),
        };
        let in_play = InPlay {
            principal,
            account: standing(account),
            owner: standing(owner),
            resource: self.resource_policy(action, named.map(|(_, resource)| resource), entity),
            via,
        };
        Ok(Situation {
            principal: principal.principal().clone(),
            resource: resource.into(),
            resource_account,
            in_management_account: in_play.owner.fact(|owner| owner.management) == Some(true),
            unknown_layers: self.unknown_layers(&in_play, named, resource),
            policies: self.policies_in(&in_play)?,
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
    ) -> Option<(PolicyOwner, PolicyKind, &'w Attached)> {
        let assumes = action.service() == "sts";
        if let Some(resource) = named
            && let Some(policy) = &resource.policy
        {
            let is_role = resource.arn.service() == "iam";
            let kind = if is_role { PolicyKind::RoleTrust } else { PolicyKind::Resource };
            return (!is_role || assumes).then_some((PolicyOwner::Resource(resource.number), kind, policy));
        }
        let role = self.principals.get(entity.filter(|_| assumes)?)?;
        Some((PolicyOwner::Role(role.number?), PolicyKind::RoleTrust, role.trust()?))
    }

    /// The layers that no source could know and that nothing else in the world speaks of.
    fn unknown_layers(
        &self,
        in_play: &InPlay<'_>,
        named: Option<(&str, &WorldResource)>,
        resource: &str,
    ) -> Vec<Layer> {
        let is_open = |layer: &&Layer| match layer {
            Layer::ServiceControl => in_play.account.is_outside() && in_play.principal.principal().account().is_some(),
            Layer::ResourceControl => in_play.owner.is_outside(),
            Layer::Resource => in_play.resource.is_none() && named.is_none() && resource != "*",
            _ => true,
        };
        self.silent.iter().filter(is_open).copied().collect()
    }

    fn context_of(&self, in_play: &InPlay<'_>, named: Option<&WorldResource>, entity: Option<&str>) -> Context {
        let mut context = in_play.principal.context().clone();
        if let Some(id) = in_play.owner.fact(|owner| owner.organization.as_deref()) {
            context.insert("aws:ResourceOrgID", id);
        }
        if let Some(path) = in_play.owner.fact(|owner| owner.path.as_deref()) {
            context.insert("aws:ResourceOrgPaths", [path]);
        }
        if let Some(entity) = entity.and_then(|name| self.principals.get(name)) {
            tag_context(&mut context, "aws:ResourceTag/", entity.tags());
        }
        if let Some(resource) = named {
            tag_context(&mut context, "aws:ResourceTag/", &resource.tags);
        }
        if let Some(via) = in_play.via {
            overlay(&mut context, &via.context);
        }
        context
    }

    fn policies_in(&self, in_play: &InPlay<'_>) -> Result<Arc<SituationPolicies>, Vec<Finding>> {
        self.situations.get_or_try_make(&in_play.combination(), || {
            let policies = SituationPolicies::new(in_play.placed())?;
            let policies = match &self.symbols {
                Some(symbols) => policies.with_symbols(symbols.clone()),
                None => policies,
            };
            Ok(Arc::new(match self.rules.get() {
                Some(rules) => policies.by_rules(rules.clone()),
                None => policies,
            }))
        })
    }
}

impl Situation {
    /// A request in this situation. What is given stands above what follows from the world.
    pub fn request(&self, action: Action, given: &Context) -> RequestBuilder {
        let mut context = given.clone();
        for (key, value) in self.context.iter().filter(|(key, _)| !given.is_given(key)) {
            context.insert_key(key.clone(), value.cloned());
        }
        let mut builder =
            Request::builder(action).principal(self.principal.clone()).resource(&self.resource).context(context);
        if self.in_management_account {
            builder = builder.resource_in_management_account();
        }
        match self.resource_account {
            Some(account) => builder.resource_account(account),
            None => builder,
        }
    }
}

/// Everything that brings policies into play.
struct InPlay<'a> {
    principal: &'a WorldPrincipal,
    account: Standing<'a>,
    owner: Standing<'a>,
    resource: Option<(PolicyOwner, PolicyKind, &'a Attached)>,
    via: Option<&'a WorldEndpoint>,
}

impl InPlay<'_> {
    fn combination(&self) -> Combination {
        Combination {
            principal: self.principal.number,
            account: self.account.key(),
            owner: self.owner.key(),
            resource: self.resource.map(|(origin, ..)| origin),
            via: self.via.map(|via| via.number),
        }
    }

    fn placed(&self) -> LayeredPolicies<Attached> {
        let mut placed = LayeredPolicies::new();
        add_levels(&mut placed, PolicyKind::ServiceControl, &self.account.levels(PolicyKind::ServiceControl));
        // A level of SCPs without policies allows nothing; levels of RCPs say nothing unless one of them has a policy.
        let rcps = self.owner.levels(PolicyKind::ResourceControl);
        if rcps.iter().any(|level| !level.policies.is_empty()) {
            add_levels(&mut placed, PolicyKind::ResourceControl, &rcps);
        }
        if let Some(via) = self.via {
            for attached in via.policies.iter().cloned() {
                placed.add(PolicyKind::Endpoint, attached);
            }
            if via.gateway {
                placed.through_gateway();
            }
        }
        let principal = self.principal;
        let of_resource = self.resource.iter().map(|(_, kind, attached)| (*kind, *attached));
        let identity = principal.identity().iter().map(|attached| (PolicyKind::Identity, attached));
        let boundary = principal.boundary().into_iter().map(|attached| (PolicyKind::PermissionsBoundary, attached));
        let session = principal.session().iter().map(|attached| (PolicyKind::Session, attached));
        let scope_down = principal.scope_down().iter().map(|attached| (PolicyKind::ScopeDown, attached));
        for (kind, attached) in of_resource.chain(identity).chain(boundary).chain(session).chain(scope_down) {
            placed.add(kind, attached.clone());
        }
        placed.name_levels(level_name);
        placed
    }
}

fn add_levels(placed: &mut LayeredPolicies<Attached>, kind: PolicyKind, levels: &[WorldLevel]) {
    for level in levels {
        placed.begin_level(kind, Some(level.name.clone()));
        level.policies.iter().for_each(|attached| placed.add(kind, attached.clone()));
    }
}
