//! The policies of a question: a world, an example, or parts; assembled into one set.

use crate::args::{LayerName, Simulate, WorldFlags};
use crate::config::Config;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use iameval::suggest::did_you_mean;
use iameval::{AccountId, Code, Context, Layer, Mfa, PolicyKind, PolicySet, Principal, PrincipalClass};
use iameval_report::Attachment;
use iameval_world::{Attached, Disk, Example, Files, LoadedPolicy, Via, World, WorldPrincipal};
use std::path::PathBuf;
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
    pub(super) fn new(flags: &Simulate, scp_levels: &[usize], config: &Config, output: &mut Output) -> Outcome<Self> {
        let world = world(&flags.world, config, output)?;
        let account = account(world.as_ref(), config)?;
        let chosen = choose(flags, world.as_ref(), config, account)?;
        let policies = Policies::collect(flags, scp_levels, &chosen)?;
        if policies.attached.is_empty() {
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

/// The world that flags and configuration name. `--policy` stands in for a configured one.
fn world(flags: &WorldFlags, config: &Config, output: &mut Output) -> Outcome<Option<World>> {
    if let Some(name) = &flags.example {
        let Some(example) = Example::find(name) else {
            let names: Vec<&str> = Example::all().iter().map(|example| example.name).collect();
            let help =
                did_you_mean(name, names.iter().copied()).unwrap_or_else(|| format!("there is {}", names.join(", ")));
            let message = format!("there is no example `{name}`");
            return Err(Failure::argument("--example", name, Code::UnknownName, message, Some(help)));
        };
        output.detail(&format!("world: the example `{}`: {}", example.name, example.summary));
        return Ok(Some(World::load(example, &[example.world().into()])?));
    }
    let paths: &[PathBuf] = match flags.world.as_slice() {
        [] if !flags.policy.is_empty() => &[],
        [] => &config.worlds,
        given => given,
    };
    if paths.is_empty() {
        return Ok(None);
    }
    for path in paths {
        output.detail(&format!("world: {}", path.display()));
    }
    Ok(Some(World::load(&Disk, paths)?))
}

fn account(world: Option<&World>, config: &Config) -> Outcome<Option<AccountId>> {
    let configured = config.defaults.account.as_deref().map(|text| {
        text.parse().map_err(|error: iameval::ParseAccountIdError| {
            Failure::argument("iameval.toml, defaults.account", text, Code::InvalidField, error.to_string(), None)
        })
    });
    Ok(world.and_then(World::account).or(configured.transpose()?))
}

/// The principal, and what the world attaches to it.
struct Chosen {
    principal: Principal,
    is_named: bool,
    attached: Option<WorldPrincipal>,
}

fn choose(flags: &Simulate, world: Option<&World>, config: &Config, account: Option<AccountId>) -> Outcome<Chosen> {
    let from_world = |found: &WorldPrincipal| Chosen {
        principal: found.principal.clone(),
        is_named: true,
        attached: Some(found.clone()),
    };
    let default =
        world.and_then(|world| world.defaults().principal.as_deref()).or(config.defaults.principal.as_deref());
    let Some(name) = flags.asked.principal.as_deref().or(default.filter(|_| world.is_some())) else {
        let only = world.map(World::principals).filter(|principals| principals.len() == 1);
        if let Some((_, only)) = only.and_then(|principals| principals.first_key_value()) {
            return Ok(from_world(only));
        }
        if let Some(world) = world
            && !world.principals().is_empty()
            && flags.world.policy.is_empty()
        {
            let names: Vec<&str> = world.principals().keys().map(String::as_str).collect();
            let help = format!("say who asks with `--as`: {}", names.join(", "));
            return Err(Failure::usage(Code::UnknownName, "the world has several principals and no default one", help));
        }
        let principal = account.map_or_else(Principal::unnamed, Principal::unnamed_in);
        return Ok(Chosen { principal, is_named: false, attached: None });
    };
    if let Some(world) = world {
        let by_name = world.principals().get(name);
        let by_arn = || world.principals().values().find(|known| known.principal.id() == Some(name));
        if let Some(found) = by_name.or_else(by_arn) {
            return Ok(from_world(found));
        }
    }
    let known: Vec<&str> = world.into_iter().flat_map(|world| world.principals().keys().map(String::as_str)).collect();
    let help = did_you_mean(name, known.iter().copied())
        .or_else(|| (!known.is_empty()).then(|| format!("the world knows {}", known.join(", "))));
    let principal: Principal = name.parse().map_err(|error: iameval::PrincipalError| {
        if !known.is_empty() && !name.contains(':') {
            let message = format!("the world knows no principal `{name}`");
            return Failure::argument("--as", name, Code::UnknownName, message, help.clone());
        }
        Failure::argument("--as", name, Code::InvalidCaller, error.to_string(), help.clone())
    })?;
    // Beside a world a name with a dot is a misspelt name rather than the host of an identity provider.
    let is_host = principal.class() == Some(PrincipalClass::WebIdentity) && !name.starts_with("arn:");
    if world.is_some() && flags.world.policy.is_empty() && (principal.has_policies() || is_host) {
        let message = format!("the world does not know `{name}`, so nothing is attached to it");
        return Err(Failure::argument("--as", name, Code::UnknownName, message, help));
    }
    Ok(Chosen { principal, is_named: true, attached: None })
}

/// A policy, where it is attached, and in which level.
struct Placed {
    kind: PolicyKind,
    level: usize,
    attached: Attached,
}

struct Policies {
    attached: Vec<Placed>,
}

impl Policies {
    fn collect(flags: &Simulate, scp_levels: &[usize], chosen: &Chosen) -> Outcome<Self> {
        let mut policies = Self { attached: Vec::new() };
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
        for (kind, paths) in [
            (PolicyKind::Identity, &parts.policy),
            (PolicyKind::PermissionsBoundary, &parts.boundary),
            (PolicyKind::Session, &parts.session_policy),
            (PolicyKind::Resource, &parts.resource_policy),
            (PolicyKind::Endpoint, &parts.endpoint_policy),
            (PolicyKind::ResourceControl, &parts.rcp),
        ] {
            for path in paths {
                policies.file(kind, 0, path)?;
            }
        }
        for (path, level) in parts.scp.iter().zip(scp_levels) {
            policies.file(PolicyKind::ServiceControl, *level, path)?;
        }
        let without: Vec<Layer> = parts.without.iter().map(|layer| layer_of(*layer)).collect();
        policies.attached.retain(|placed| !without.contains(&Layer::of(placed.kind)));
        Ok(policies)
    }

    fn extend<'a>(&mut self, kind: PolicyKind, attached: impl IntoIterator<Item = &'a Attached>) {
        let placed = attached.into_iter().map(|attached| Placed { kind, level: 0, attached: attached.clone() });
        self.attached.extend(placed);
    }

    fn file(&mut self, kind: PolicyKind, level: usize, path: &std::path::Path) -> Outcome<()> {
        let source = if path.as_os_str() == "-" { iameval_world::Source::standard_input()? } else { Disk.read(path)? };
        let name = path.file_stem().map_or_else(|| source.name.clone(), |stem| stem.to_string_lossy().into_owned());
        let name = if name == "-" { source.name.clone() } else { name };
        let policy = Arc::new(LoadedPolicy::from_source(&name, &source)?);
        self.attached.push(Placed { kind, level, attached: Attached { policy, via: Via::Flag } });
        Ok(())
    }

    fn assemble(mut self, flags: &WorldFlags) -> Outcome<(PolicySet, Arc<[Attachment]>)> {
        // A set numbers its policies by layer, and within one in the order they were added.
        self.attached.sort_by_key(|placed| (Layer::of(placed.kind), placed.level));
        let mut builder = PolicySet::builder();
        let mut attachments = Vec::new();
        let mut level = None;
        for Placed { kind, level: own_level, attached } in &self.attached {
            let policy = attached.policy.compile(*kind)?;
            attachments
                .push(Attachment { source: Some(attached.policy.source.clone()), via: Some(attached.via.clone()) });
            if *kind == PolicyKind::ServiceControl && level != Some(*own_level) {
                // `--scp-level` twice in a row makes a level without policies, which allows nothing.
                for skipped in level.map_or(0, |level| level + 1)..=*own_level {
                    builder = builder.add_level(*kind, &skipped.to_string(), []);
                }
                level = Some(*own_level);
            }
            builder = if *kind == PolicyKind::Endpoint && flags.gateway_endpoint {
                builder.add_gateway_endpoint(policy)
            } else {
                builder.add(policy)
            };
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
