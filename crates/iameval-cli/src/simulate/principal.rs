//! Who asks.

use crate::args::Simulate;
use crate::config::Config;
use crate::exit::{Failure, Outcome, about_argument};
use iameval::{AccountId, Code, Diagnostic, Principal};
use iameval_ask::words::listed;
use iameval_world::{World, WorldPrincipal};

/// The principal with what the world attaches to it.
pub(super) struct Chosen {
    pub(super) who: WorldPrincipal,
    /// Whether somebody said who asks.
    pub(super) is_named: bool,
}

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
    let found = match world {
        Some(world) if flags.world.policy.is_empty() => world.caller(name),
        // The policies that are named stand in for what nobody attached.
        Some(world) => world.anyone(name),
        None => World::default().anyone(name).map_err(|diagnostic| without_world(name, *diagnostic, config)),
    };
    let who = found.map_err(|diagnostic| Failure(vec![about_argument("--as", name, *diagnostic)]))?;
    Ok(Chosen { who, is_named: true })
}

/// What to say of a name where there is no world to know it.
fn without_world(name: &str, diagnostic: Diagnostic, config: &Config) -> Box<Diagnostic> {
    if diagnostic.code != Code::UnknownName {
        return Box::new(diagnostic);
    }
    let message = format!("`{name}` is no principal: without a world, expected an ARN, an AWS service or `anonymous`");
    let help = if config.worlds.is_empty() {
        "an ARN reads `arn:aws:iam::123456789012:user/john`"
    } else {
        "`--policy` stands in for the configured world; name the world with `-w` to have both"
    };
    Box::new(Diagnostic { message, ..diagnostic }.with_help(help))
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
