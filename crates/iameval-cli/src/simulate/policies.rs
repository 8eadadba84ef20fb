//! The policies of a question: those of a world or an example, and parts given by flags; assembled into one set.

use super::principal::{self, Chosen};
use crate::args::{LayerName, Simulate, WorldFlags};
use crate::config::Config;
use crate::exit::{Failure, Outcome, about_argument};
use crate::output::Output;
use crate::policy;
use crate::setup::Setup;
use iameval::{AccountId, Action, Code, Layer, PolicyKind, PolicySet, Principal, PrincipalClass, ServiceRules};
use iameval_report::Attachment;
use iameval_world::{
    Ask, Attached, Defaults, LevelNames, PlacedPolicy, Situation, SituationPolicies, Unbound, Via, World,
    WorldEndpoint, WorldPrincipal, assemble,
};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Who asks, in which world.
pub(super) struct Scene {
    /// Without a world that of nobody and nothing.
    pub(super) world: World,
    who: WorldPrincipal,
    /// Whether somebody said who asks, so that `self` has a meaning.
    pub(super) is_named: bool,
    has_world: bool,
    given: Given,
    via: Option<String>,
    owner: Option<AccountId>,
    assembled: RefCell<Vec<(Arc<SituationPolicies>, Policies)>>,
}

/// The policies of a question, and where each comes from.
#[derive(Clone)]
pub(super) struct Policies {
    pub(super) set: PolicySet,
    pub(super) attachments: Arc<[Attachment]>,
}

impl Scene {
    pub(super) fn new(
        flags: &Simulate,
        scp_levels: &[Vec<usize>],
        setup: &Setup,
        output: &mut Output,
    ) -> Outcome<Self> {
        let config = &setup.config;
        let world = world(&flags.world, config, output)?;
        let account = account(world.as_ref(), config)?;
        let Chosen { who, is_named } = principal::choose(flags, world.as_ref(), config, account)?;
        let owner = flags.asked.resource_account.as_deref().map(resource_account).transpose()?;
        let has_world = world.is_some();
        let given = Given::read(&flags.world, scp_levels, setup.catalogue().service_rules())?;
        refuse_unbound(&flags.world, who.principal())?;
        let scene = Self {
            given,
            world: world.unwrap_or_default(),
            who,
            is_named,
            has_world,
            via: flags.asked.via.clone(),
            owner,
            assembled: RefCell::default(),
        };
        scene.endpoint()?;
        Ok(scene)
    }

    pub(super) fn principal(&self) -> &Principal {
        self.who.principal()
    }

    pub(super) fn defaults(&self) -> &Defaults {
        self.world.defaults()
    }

    /// What the world says about a question.
    pub(super) fn situation(&self, action: &Action, resource: &str) -> Outcome<Situation> {
        let ask = Ask::new(&self.who, action, resource).owned_by(self.owner).via(self.endpoint()?);
        Ok(self.world.situation(&ask)?)
    }

    /// The policies of a situation, with those that flags give.
    pub(super) fn policies(&self, of_world: &Arc<SituationPolicies>) -> Outcome<Policies> {
        let mut assembled = self.assembled.borrow_mut();
        if let Some((_, known)) = assembled.iter().find(|(known, _)| Arc::ptr_eq(known, of_world)) {
            return Ok(known.clone());
        }
        let policies = self.given.beside(of_world)?;
        assembled.push((of_world.clone(), policies.clone()));
        Ok(policies)
    }

    /// The policies of a question about no resource of the world.
    pub(super) fn anywhere(&self, action: &Action) -> Outcome<PolicySet> {
        Ok(self.policies(&self.situation(action, "*")?.policies)?.set)
    }

    /// Whether there is something to decide by. Root needs no policies.
    pub(super) fn check<'p>(&self, mut sets: impl Iterator<Item = &'p PolicySet>) -> Outcome<()> {
        let is_root = self.principal().class() == Some(PrincipalClass::Root);
        let is_empty = |set: &PolicySet| !Layer::ALL.iter().any(|layer| set.has_layer(*layer));
        if is_root || sets.any(|set| !is_empty(set)) {
            return Ok(());
        }
        Err(self.nothing_to_decide_by())
    }

    fn nothing_to_decide_by(&self) -> Failure {
        let of_resources = self.world.resources().values().any(|resource| resource.policy.is_some());
        let (message, help) = if of_resources && !self.principal().has_policies() {
            ("no policies are left to decide by", "name a resource of the world that has a policy with `-r`")
        } else if self.has_world || self.given.leaves_out() {
            let help = "attach some in the world file, or give them with `--policy FILE`";
            ("no policies are left to decide by", help)
        } else {
            let help = "give a world with `-w FILE` (or in an `iameval.toml`), policies with `--policy FILE`, or try `--example force-mfa`";
            ("there are no policies to decide by", help)
        };
        Failure::usage(Code::NothingToDecideBy, message, help)
    }

    /// The endpoint that `--via` names.
    fn endpoint(&self) -> Outcome<Option<&WorldEndpoint>> {
        let Some(name) = &self.via else { return Ok(None) };
        let found = self.world.named_endpoint(name);
        found.map(Some).map_err(|diagnostic| Failure(vec![about_argument("--via", name, *diagnostic)]))
    }
}

/// The world that is asked. `--policy` stands in for a configured one.
fn world(flags: &WorldFlags, config: &Config, output: &mut Output) -> Outcome<Option<World>> {
    if flags.policy.is_empty() {
        return crate::world::load(&flags.source, config, output);
    }
    let given = crate::world::given(&flags.source, output)?;
    if given.is_none() && !config.worlds.is_empty() {
        output.detail("world: none, since `--policy` stands in for the configured one");
    }
    Ok(given)
}

fn account(world: Option<&World>, config: &Config) -> Outcome<Option<AccountId>> {
    let configured = config.defaults.account.as_deref().map(|text| {
        text.parse().map_err(|error: iameval::ParseAccountIdError| {
            Failure::setting("defaults.account", text, Code::InvalidField, error.to_string(), "such as `123456789012`")
        })
    });
    Ok(world.and_then(World::account).or(configured.transpose()?))
}

fn resource_account(text: &str) -> Outcome<AccountId> {
    text.parse().map_err(|error: iameval::ParseAccountIdError| {
        Failure::argument(
            "--resource-account",
            text,
            Code::InvalidFlagValue,
            error.to_string(),
            Some("such as `123456789012`".into()),
        )
    })
}

/// The policies that flags give, and what flags leave out.
struct Given {
    placed: Vec<PlacedPolicy>,
    /// Levels of SCPs, those without policies included.
    scp_levels: usize,
    without: Vec<Layer>,
    gateway: bool,
    /// `None` in pure policy mode.
    service_rules: Option<Arc<ServiceRules>>,
}

/// The layers of which there is one policy, or one list of levels: those of flags stand in for those of the world.
const STAND_IN: [Layer; 5] =
    [Layer::ServiceControl, Layer::ResourceControl, Layer::Endpoint, Layer::Resource, Layer::PermissionsBoundary];

impl Given {
    fn read(parts: &WorldFlags, scp_levels: &[Vec<usize>], rules: &Arc<ServiceRules>) -> Outcome<Self> {
        let without = parts.without.iter().map(|layer| layer_of(*layer)).collect();
        let mut given = Self {
            placed: Vec::new(),
            scp_levels: scp_levels.len(),
            without,
            gateway: parts.gateway_endpoint,
            service_rules: (!parts.no_service_rules).then(|| rules.clone()),
        };
        at_most_one("--boundary", &parts.boundary)?;
        at_most_one("--resource-policy", &parts.resource_policy)?;
        for (kind, flag, paths) in [
            (PolicyKind::Identity, "--policy", &parts.policy),
            (PolicyKind::PermissionsBoundary, "--boundary", &parts.boundary),
            (PolicyKind::Session, "--session-policy", &parts.session_policy),
            (PolicyKind::ScopeDown, "--scope-down", &parts.scope_down),
            (PolicyKind::Resource, "--resource-policy", &parts.resource_policy),
            (PolicyKind::Endpoint, "--endpoint-policy", &parts.endpoint_policy),
            (PolicyKind::ResourceControl, "--rcp", &parts.rcp),
        ] {
            for path in paths {
                given.add(kind, 0, flag, path)?;
            }
        }
        for (level, members) in scp_levels.iter().enumerate() {
            for path in members.iter().filter_map(|member| parts.scp.get(*member)) {
                given.add(PolicyKind::ServiceControl, level, "--scp", path)?;
            }
        }
        Ok(given)
    }

    fn add(&mut self, kind: PolicyKind, level: usize, flag: &str, path: &Path) -> Outcome<()> {
        let attached = Attached { policy: policy::load(flag, path)?, via: Via::Flag };
        self.placed.push(PlacedPolicy { kind, level, gateway: self.gateway, attached });
        Ok(())
    }

    fn leaves_out(&self) -> bool {
        !self.without.is_empty()
    }

    /// The policies of a world, with these beside them or in their stead.
    fn beside(&self, world: &SituationPolicies) -> Outcome<Policies> {
        let own = |layer| self.placed.iter().any(|placed| Layer::of(placed.kind) == layer);
        let own_scps = self.scp_levels > 0;
        let replaced = |layer| match layer {
            Layer::ServiceControl => own_scps,
            _ => STAND_IN.contains(&layer) && own(layer),
        };
        let of_world = world.placed().iter().filter(|placed| !replaced(Layer::of(placed.kind)));
        let gateway = world.placed().iter().any(|placed| placed.gateway);
        let of_flags =
            self.placed.iter().map(|placed| PlacedPolicy { gateway: placed.gateway || gateway, ..placed.clone() });
        let mut placed: Vec<PlacedPolicy> = of_world.cloned().chain(of_flags).collect();
        placed.retain(|placed| !self.without.contains(&Layer::of(placed.kind)));
        // A set numbers its policies by layer and level, and within one in the order they were added.
        placed.sort_by_key(|placed| (Layer::of(placed.kind), placed.level));
        let mut levels = world.levels().clone();
        if own_scps {
            levels.scps = LevelNames::numbered(self.scp_levels, 0).scps;
        }
        if replaced(Layer::ResourceControl) {
            levels.rcps.clear();
        }
        if self.without.contains(&Layer::ServiceControl) {
            levels.scps.clear();
        }
        let set = assemble(&placed, &levels, |policy, kind| policy.compile(kind))?;
        let set = match &self.service_rules {
            Some(rules) => set.with_rules(rules.clone()),
            None => set.with_service_rules(false),
        };
        let attachments = placed
            .into_iter()
            .map(|PlacedPolicy { attached, .. }| Attachment { policy: attached.policy, via: Some(attached.via) });
        Ok(Policies { set, attachments: attachments.collect() })
    }
}

/// Refuses policies that do not bind the caller: the question means another one.
fn refuse_unbound(flags: &WorldFlags, caller: &Principal) -> Outcome<()> {
    let given = [
        (PolicyKind::Session, "--session-policy", flags.session_policy.first()),
        (PolicyKind::ScopeDown, "--scope-down", flags.scope_down.first()),
    ];
    for (kind, flag, path) in given {
        if let Some(path) = path
            && let Some(Unbound { message, help }) = Unbound::find(kind, caller, "`--scope-down`")
        {
            let path = path.display().to_string();
            return Err(Failure::argument(flag, &path, Code::ConflictingFlags, message, Some(help)));
        }
    }
    Ok(())
}

fn at_most_one(flag: &str, paths: &[PathBuf]) -> Outcome<()> {
    match paths {
        [_, second, ..] => {
            let message = format!("`{flag}` is given twice, and there is one such policy at most");
            let second = second.display().to_string();
            Err(Failure::argument(
                flag,
                &second,
                Code::ConflictingFlags,
                message,
                Some("put all statements into one policy".into()),
            ))
        }
        _ => Ok(()),
    }
}

fn layer_of(name: LayerName) -> Layer {
    match name {
        LayerName::Scp => Layer::ServiceControl,
        LayerName::Rcp => Layer::ResourceControl,
        LayerName::Endpoint => Layer::Endpoint,
        LayerName::Resource => Layer::Resource,
        LayerName::Identity => Layer::Identity,
        LayerName::Boundary => Layer::PermissionsBoundary,
        LayerName::Session => Layer::Session,
        LayerName::ScopeDown => Layer::ScopeDown,
    }
}
