//! Who asks.

use crate::args::Simulate;
use crate::config::Config;
use crate::exit::{Failure, Outcome};
use iameval::suggest::did_you_mean;
use iameval::{AccountId, Code, Principal, PrincipalClass};
use iameval_report::words::listed;
use iameval_world::{World, WorldPrincipal};

/// The principal with what the world attaches to it.
pub(super) struct Chosen {
    pub(super) who: WorldPrincipal,
    /// Whether somebody said who asks.
    pub(super) is_named: bool,
}

/// Identity providers that are named by their host; any other has an ARN.
const PROVIDERS: [&str; 3] = ["accounts.google.com", "graph.facebook.com", "www.amazon.com"];

/// The principal that the flags name, or the default one, or the only one there is, or some user of the account.
pub(super) fn choose(
    flags: &Simulate,
    world: Option<&World>,
    config: &Config,
    account: Option<AccountId>,
) -> Outcome<Chosen> {
    let Some(name) = flags.asked.principal.as_deref().or_else(|| default(world, config)) else {
        return nobody_named(flags, world, account);
    };
    if let Some(found) = world.and_then(|world| world.principal(name)) {
        return Ok(Chosen { who: found, is_named: true });
    }
    let principal = stranger(name, flags, world, config)?;
    Ok(Chosen { who: known_of(principal, world), is_named: true })
}

/// A principal that is not in the world, with what the world knows of its account.
fn known_of(principal: Principal, world: Option<&World>) -> WorldPrincipal {
    match world {
        Some(world) => world.stranger(principal),
        None => World::default().stranger(principal),
    }
}

/// That of the configuration, unless the world that is asked does not know it; then that of the world.
fn default<'c>(world: Option<&'c World>, config: &'c Config) -> Option<&'c str> {
    let configured = config.defaults.principal.as_deref();
    let Some(world) = world else { return configured.filter(|name| name.contains(':')) };
    let knows = |name: &&str| name.contains(':') || world.principal(name).is_some();
    configured.filter(knows).or(world.defaults().principal.as_deref())
}

fn nobody_named(flags: &Simulate, world: Option<&World>, account: Option<AccountId>) -> Outcome<Chosen> {
    let principals: Vec<_> = world.into_iter().flat_map(World::principals).collect();
    match principals.as_slice() {
        [(_, only)] => Ok(Chosen { who: WorldPrincipal::clone(only), is_named: true }),
        [_, _, ..] if flags.world.policy.is_empty() => {
            let names: Vec<&str> = principals.iter().map(|(name, _)| name.as_str()).collect();
            let help = format!("say who asks with `--as`: {}", listed(&names, ", ", 12));
            Err(Failure::usage(Code::UnknownName, "the world has several principals and no default one", help))
        }
        _ => {
            let principal = account.map_or_else(Principal::unnamed, Principal::unnamed_in);
            Ok(Chosen { who: known_of(principal, world), is_named: false })
        }
    }
}

/// Somebody whom the world does not know.
fn stranger(name: &str, flags: &Simulate, world: Option<&World>, config: &Config) -> Outcome<Principal> {
    let known: Vec<&str> = world.into_iter().flat_map(|world| world.principals().keys().map(String::as_str)).collect();
    let long_names = [format!("user/{name}"), format!("role/{name}")];
    if world.is_some_and(|world| long_names.iter().all(|long| world.principal(long).is_some())) {
        let message = format!("a user and a role of the world are called `{name}`");
        let help = format!("say `{}`", long_names.join("` or `"));
        return Err(Failure::argument("--as", name, Code::UnknownName, message, Some(help)));
    }
    let unknown = |message: String| {
        let help = did_you_mean(name, known.iter().copied()).or_else(|| match known.as_slice() {
            [] if !config.worlds.is_empty() => {
                Some("`--policy` stands in for the configured world; name the world with `-w` to have both".into())
            }
            [] => Some("an ARN reads `arn:aws:iam::123456789012:user/john`".into()),
            known => Some(format!("the world knows {}", listed(known, ", ", 12))),
        });
        Failure::argument("--as", name, Code::UnknownName, message, help)
    };
    // A bare name is one of the world, or one of the few providers that have no ARN; anything else is a typing slip.
    let bare = !name.contains(':') && name != "anonymous" && !name.contains(".amazonaws.");
    if bare && !PROVIDERS.contains(&name) {
        return Err(unknown(match world {
            Some(_) => format!("the world knows no principal `{name}`"),
            None => {
                format!("`{name}` is no principal: without a world, expected an ARN, an AWS service or `anonymous`")
            }
        }));
    }
    let principal: Principal = name.parse().map_err(|error: iameval::PrincipalError| {
        let help = "users and roles are `arn:aws:iam::ACCOUNT:user/NAME`, sessions `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`";
        Failure::argument("--as", name, Code::InvalidCaller, error.to_string(), Some(help.into()))
    })?;
    // Root needs nothing attached.
    let needs_policies = principal.has_policies() && principal.class() != Some(PrincipalClass::Root);
    if world.is_some() && flags.world.policy.is_empty() && needs_policies {
        return Err(unknown(format!("the world does not know `{name}`, so nothing is attached to it")));
    }
    Ok(principal)
}
