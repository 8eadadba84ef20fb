//! The policies of a question: a world, an example, or parts; assembled into one set.

use super::principal::{self, Chosen};
use crate::args::{LayerName, Simulate, WorldFlags};
use crate::config::Config;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::policy;
use iameval::{AccountId, Code, CompiledPolicy, Context, Layer, Mfa, PolicyKind, PolicySet, Principal, PrincipalClass};
use iameval_report::Attachment;
use iameval_world::{Attached, Via, World, WorldPrincipal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Who asks, under which policies.
pub(super) struct Scene {
    pub(super) principal: Principal,
    /// Whether somebody said who asks, so that `self` has a meaning.
    pub(super) is_named: bool,
    pub(super) policies: PolicySet,
    pub(super) attachments: Arc<[Attachment]>,
    pub(super) mfa: Option<Mfa>,
    pub(super) context: Context,
    pub(super) strict_context: bool,
}

impl Scene {
    pub(super) fn new(
        flags: &Simulate,
        scp_levels: &[Vec<usize>],
        config: &Config,
        output: &mut Output,
    ) -> Outcome<Self> {
        let world = world(&flags.world, config, output)?;
        let account = account(world.as_ref(), config)?;
        let chosen = principal::choose(flags, world.as_ref(), config, account)?;
        let policies = Policies::collect(flags, scp_levels, &chosen)?;
        // Root needs no policies.
        if policies.is_empty() && chosen.principal.class() != Some(PrincipalClass::Root) {
            return Err(nothing_to_decide_by(&flags.world, world.is_some()));
        }
        let (set, attachments) = policies.assemble(&flags.world)?;
        let defaults = world.as_ref().map(|world| world.defaults().clone()).unwrap_or_default();
        Ok(Self {
            principal: chosen.principal,
            is_named: chosen.is_named,
            policies: set,
            attachments,
            mfa: defaults.mfa,
            context: defaults.context,
            strict_context: defaults.strict_context.unwrap_or(false),
        })
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

/// A policy, where it is attached, and in which level.
struct Placed {
    kind: PolicyKind,
    level: usize,
    attached: Attached,
}

struct Policies {
    attached: Vec<Placed>,
    /// Levels of SCPs, those without policies included.
    scp_levels: usize,
}

impl Policies {
    fn collect(flags: &Simulate, scp_levels: &[Vec<usize>], chosen: &Chosen) -> Outcome<Self> {
        let mut policies = Self { attached: Vec::new(), scp_levels: scp_levels.len() };
        let parts = &flags.world;
        if let Some(WorldPrincipal { identity, boundary, session, .. }) = &chosen.attached {
            policies.extend(PolicyKind::Identity, identity);
            policies.extend(PolicyKind::PermissionsBoundary, boundary);
            policies.extend(PolicyKind::Session, session);
        }
        if !parts.boundary.is_empty() {
            // A boundary from a flag stands in for that of the world: there is one at most.
            policies.attached.retain(|placed| placed.kind != PolicyKind::PermissionsBoundary);
        }
        at_most_one("--boundary", &parts.boundary)?;
        at_most_one("--resource-policy", &parts.resource_policy)?;
        for (kind, flag, paths) in [
            (PolicyKind::Identity, "--policy", &parts.policy),
            (PolicyKind::PermissionsBoundary, "--boundary", &parts.boundary),
            (PolicyKind::Session, "--session-policy", &parts.session_policy),
            (PolicyKind::Resource, "--resource-policy", &parts.resource_policy),
            (PolicyKind::Endpoint, "--endpoint-policy", &parts.endpoint_policy),
            (PolicyKind::ResourceControl, "--rcp", &parts.rcp),
        ] {
            for path in paths {
                policies.given(kind, 0, flag, path)?;
            }
        }
        for (level, members) in scp_levels.iter().enumerate() {
            for path in members.iter().filter_map(|member| parts.scp.get(*member)) {
                policies.given(PolicyKind::ServiceControl, level, "--scp", path)?;
            }
        }
        let without: Vec<Layer> = parts.without.iter().map(|layer| layer_of(*layer)).collect();
        policies.attached.retain(|placed| !without.contains(&Layer::of(placed.kind)));
        if without.contains(&Layer::ServiceControl) {
            policies.scp_levels = 0;
        }
        Ok(policies)
    }

    fn is_empty(&self) -> bool {
        self.attached.is_empty() && self.scp_levels == 0
    }

    fn extend<'a>(&mut self, kind: PolicyKind, attached: impl IntoIterator<Item = &'a Attached>) {
        let placed = attached.into_iter().map(|attached| Placed { kind, level: 0, attached: attached.clone() });
        self.attached.extend(placed);
    }

    /// Adds a policy that a flag names.
    fn given(&mut self, kind: PolicyKind, level: usize, flag: &str, path: &Path) -> Outcome<()> {
        let policy = policy::load(flag, path)?;
        self.attached.push(Placed { kind, level, attached: Attached { policy, via: Via::Flag } });
        Ok(())
    }

    fn assemble(mut self, flags: &WorldFlags) -> Outcome<(PolicySet, Arc<[Attachment]>)> {
        // A set numbers its policies by layer, and within one in the order they were added.
        self.attached.sort_by_key(|placed| (Layer::of(placed.kind), placed.level));
        let mut attachments = Vec::new();
        let mut levels: Vec<Vec<Arc<CompiledPolicy>>> = vec![Vec::new(); self.scp_levels];
        let mut builder = PolicySet::builder();
        for Placed { kind, level, attached } in &self.attached {
            let policy = attached.policy.compile(*kind)?;
            attachments.push(Attachment { policy: attached.policy.clone(), via: Some(attached.via.clone()) });
            match kind {
                PolicyKind::ServiceControl => {
                    if let Some(level) = levels.get_mut(*level) {
                        level.push(policy);
                    }
                }
                PolicyKind::Endpoint if flags.gateway_endpoint => builder = builder.add_gateway_endpoint(policy),
                _ => builder = builder.add(policy),
            }
        }
        for (number, level) in levels.into_iter().enumerate() {
            builder = builder.add_level(PolicyKind::ServiceControl, &number.to_string(), level);
        }
        Ok((builder.build().with_service_rules(!flags.no_service_rules), attachments.into()))
    }
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
    }
}

fn nothing_to_decide_by(flags: &WorldFlags, has_world: bool) -> Failure {
    if has_world || !flags.without.is_empty() {
        let help = "attach some in the world file, or give them with `--policy FILE`";
        return Failure::usage(Code::NothingToDecideBy, "no policies are left to decide by", help);
    }
    Failure::usage(
        Code::NothingToDecideBy,
        "there are no policies to decide by",
        "give a world with `-w FILE` (or in an `iameval.toml`), policies with `--policy FILE`, or try `--example force-mfa`",
    )
}
