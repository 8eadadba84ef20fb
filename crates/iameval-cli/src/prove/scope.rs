//! What flags and configuration say of a scope.

use super::expectation;
use crate::args::{Prove, RuleName, ScopeFlags};
use crate::codes;
use crate::exit::{Failure, Outcome};
use crate::question::resource_account;
use crate::setup::Setup;
use iameval::{ContextKey, ContextValue, Mfa, RuleSelection};
use iameval_ask::{ClaimQuestion, KeyValues, is_mfa_key, read_mfa};
use iameval_prove::{KeyScope, KeyState};
use iameval_world::{Config, Word, World};
use std::collections::BTreeMap;

/// The claim that flags and configuration make.
pub(super) fn question(flags: &Prove, world: &World, setup: &Setup) -> Outcome<ClaimQuestion> {
    let (scope, config) = (&flags.scope, &setup.config);
    if flags.world.around.no_service_rules && scope.service_rules.is_some() {
        let message = "`--no-service-rules` and `--service-rules` contradict each other";
        return Err(Failure::usage(codes::CONFLICTING_FLAGS, message, "remove one of the two"));
    }
    // A configured principal may be no one in this world.
    let knows = |name: &&String| name.contains(':') || world.principal(name).is_some();
    let (actions, except_actions) = actions(flags)?;
    let keys = keys(scope, setup)?;
    Ok(ClaimQuestion {
        principal: flags.principal.as_ref().or(config.defaults.principal.as_ref().filter(knows)).cloned(),
        actions,
        except_actions,
        resources: scope.resource.clone(),
        except_resources: scope.except_resource.clone(),
        resource_account: scope.resource_account.as_deref().map(resource_account).transpose()?,
        endpoint: scope.via.clone(),
        mfa: mfa(scope, &keys, config)?,
        keys,
        realistic: scope.realistic,
        service_rules: rules(scope.service_rules),
        ..ClaimQuestion::new(expectation(flags.expect))
    })
}

/// Which rules of single services count.
pub(super) fn rules(named: Option<RuleName>) -> RuleSelection {
    match named {
        None => RuleSelection::None,
        Some(RuleName::Refusals) => RuleSelection::Refusals,
        Some(RuleName::All) => RuleSelection::All,
    }
}

/// The actions, and those that are left out. `--except` takes what follows it, so a `*` at its end that nothing else names
/// is what the claim is about: to leave out everything would leave nothing.
fn actions(flags: &Prove) -> Outcome<(Vec<String>, Vec<String>)> {
    let except = &flags.scope.except;
    match (flags.actions.as_slice(), except.split_last()) {
        ([], Some((last, others))) if last == "*" => Ok((vec![last.clone()], others.to_vec())),
        ([], _) => {
            let help = match except.last() {
                Some(last) => format!(
                    "`--except` takes what follows it: put the actions before it, such as `'*'` before `{last}`"
                ),
                None => "such as `iameval prove 's3:Delete*'`, or `'*'` for every action".to_owned(),
            };
            Err(Failure::usage(codes::USAGE, "no action is named", help))
        }
        (actions, _) => Ok((actions.to_vec(), except.clone())),
    }
}

/// The states of multi-factor authentication, any of which is meant; none where that is left to the world.
fn mfa(flags: &ScopeFlags, keys: &[KeyScope], config: &Config) -> Outcome<Vec<Mfa>> {
    let in_context = keys.iter().find(|scope| is_mfa_key(&scope.key));
    if let (Some(scope), [_, ..]) = (in_context, flags.mfa.as_slice()) {
        let message = "`--mfa` and this key set the same thing";
        let help = Some("remove one of the two".into());
        return Err(Failure::argument("--context", scope.key.as_str(), codes::CONFLICTING_FLAGS, message, help));
    }
    let state = |text: &String| {
        read_mfa(text).map_err(|error| {
            let help = match text.as_str() {
                "all" => Some("leave `--mfa` out for any state".into()),
                _ => error.help,
            };
            Failure::argument("--mfa", text, codes::INVALID_FLAG_VALUE, error.message, help)
        })
    };
    if !flags.mfa.is_empty() {
        return flags.mfa.iter().map(state).collect();
    }
    let configured = config.defaults.mfa.as_ref().filter(|_| in_context.is_none()).map(Word::text);
    let configured = configured.filter(|text| text != "all").map(|text| {
        read_mfa(&text).map_err(|error| {
            Failure::setting("defaults.mfa", &text, iameval::codes::INVALID_FIELD, error.message, "such as `false`")
        })
    });
    Ok(configured.transpose()?.into_iter().collect())
}

/// What flags say of context keys, and the configuration of others.
fn keys(flags: &ScopeFlags, setup: &Setup) -> Outcome<Vec<KeyScope>> {
    let mut said: BTreeMap<ContextKey, KeyValues> = BTreeMap::new();
    for text in &flags.context {
        let wrong = |message: String, help: &str| {
            Failure::argument("--context", text, codes::INVALID_FLAG_VALUE, message, Some(help.into()))
        };
        let Some((key, relation, value)) = taken_apart(text) else {
            let message = format!("`{text}` is not `KEY=VALUE`, `KEY~PATTERN` or `KEY!=VALUE`");
            return Err(wrong(message, "write it like `aws:SourceIp=203.0.113.7`; `KEY=?` is any value"));
        };
        let values = said.entry(ContextKey::new(key)).or_default();
        match relation {
            Relation::Is if value == "?" => values.is_there(),
            Relation::Is if value == "[]" => values.is_empty_list(),
            Relation::Is => values.is(value),
            Relation::IsNot => values.is_not(value),
            Relation::IsLike => {
                values.is_like(value).map_err(|message| wrong(message, "write `*` or `?` in its place"))?;
            }
        }
    }
    for key in &flags.no_context {
        if key.is_empty() || key.contains('=') {
            let message = format!("`{key}` is not a context key");
            let help = "`--no-context` takes a key without a value, such as `aws:SourceIp`";
            return Err(Failure::argument("--no-context", key, codes::INVALID_FLAG_VALUE, message, Some(help.into())));
        }
        said.entry(ContextKey::new(key)).or_default().is_absent();
    }
    let configured =
        setup.config.defaults.context.iter().map(|(key, value)| (ContextKey::new(key), value.to_context()));
    let configured: Vec<KeyScope> = configured
        .filter(|(key, _)| !said.contains_key(key))
        .map(|(key, value)| {
            let is_list = value.as_ref().is_some_and(ContextValue::is_list).then_some(true);
            let state = value.map_or(KeyState::Absent, KeyState::Is);
            KeyScope { key, is_list, alternatives: vec![state] }
        })
        .collect();
    let said = said.into_iter().map(|(key, values)| values.into_scope(key, setup.catalogue()));
    Ok(said.chain(configured).collect())
}

/// How a value stands to its key.
#[derive(Clone, Copy)]
enum Relation {
    Is,
    IsNot,
    IsLike,
}

/// Key, relation and value: the first sign between two texts counts.
fn taken_apart(text: &str) -> Option<(&str, Relation, &str)> {
    let at = text.find(['=', '~'])?;
    let (key, rest) = text.split_at_checked(at)?;
    let value = rest.get(1..)?;
    let (key, relation) = match (rest.starts_with('~'), key.strip_suffix('!')) {
        (true, _) => (key, Relation::IsLike),
        (false, Some(key)) => (key, Relation::IsNot),
        (false, None) => (key, Relation::Is),
    };
    (!key.is_empty()).then_some((key, relation, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sign_counts() {
        for (text, expected) in [
            ("a:k=v", Some(("a:k", "is", "v"))),
            ("a:k=", Some(("a:k", "is", ""))),
            ("a:k=v~w", Some(("a:k", "is", "v~w"))),
            ("a:k~v=*", Some(("a:k", "like", "v=*"))),
            ("a:k!=v", Some(("a:k", "not", "v"))),
            ("a:k", None),
            ("=v", None),
            ("!=v", None),
        ] {
            let found = taken_apart(text).map(|(key, relation, value)| {
                let word = match relation {
                    Relation::Is => "is",
                    Relation::IsNot => "not",
                    Relation::IsLike => "like",
                };
                (key, word, value)
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}
