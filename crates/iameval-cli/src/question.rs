//! What flags and configuration say of a question.

use crate::args::RequestFlags;
use crate::codes;
use crate::exit::{Failure, Outcome};
use iameval::{AccountId, Context, ContextKey, ContextValue, DateTime, Mfa};
use iameval_ask::Question;
use iameval_world::{Config, Word};
use std::collections::BTreeMap;

/// The parts of a question that flags and configuration give, without who asks and what.
pub(crate) fn asked(flags: &RequestFlags, config: &Config) -> Outcome<Question> {
    Ok(Question {
        resources: flags.resource.clone(),
        resource_account: flags.resource_account.as_deref().map(resource_account).transpose()?,
        endpoint: flags.via.clone(),
        context: context(flags, config)?,
        mfa: mfa_states(flags, config)?,
        ..Question::default()
    })
}

/// The account of the configuration.
pub(crate) fn account(config: &Config) -> Outcome<Option<AccountId>> {
    let configured = config.defaults.account.as_deref().map(|text| {
        text.parse().map_err(|error: iameval::ParseAccountIdError| {
            Failure::setting(
                "defaults.account",
                text,
                iameval::codes::INVALID_FIELD,
                error.to_string(),
                "such as `123456789012`",
            )
        })
    });
    configured.transpose()
}

pub(crate) fn resource_account(text: &str) -> Outcome<AccountId> {
    text.parse().map_err(|error: iameval::ParseAccountIdError| {
        Failure::argument(
            "--resource-account",
            text,
            codes::INVALID_FLAG_VALUE,
            error.to_string(),
            Some("such as `123456789012`".into()),
        )
    })
}

/// Whether a text begins with one of the two keys that tell the state of multi-factor authentication.
fn is_mfa_key(text: &str) -> bool {
    text.to_ascii_lowercase().starts_with("aws:multifactorauth")
}

/// The states to ask with, each once; none where that is left to the world.
fn mfa_states(flags: &RequestFlags, config: &Config) -> Outcome<Vec<Mfa>> {
    let given_in_context = flags.context.iter().chain(&flags.no_context).find(|text| is_mfa_key(text));
    if let (Some(key), [_, ..]) = (given_in_context, flags.mfa.as_slice()) {
        let message = "`--mfa` and this key set the same thing";
        let help = "remove one of the two";
        return Err(Failure::argument("--context", key, codes::CONFLICTING_FLAGS, message, Some(help.into())));
    }
    let help = "`all` means `true`, `false` and `absent`";
    let mut states = Vec::new();
    for text in &flags.mfa {
        let named = states_of(text).map_err(|error| {
            Failure::argument("--mfa", text, codes::INVALID_FLAG_VALUE, error.to_string(), Some(help.into()))
        })?;
        for state in named {
            if !states.contains(&state) {
                states.push(state);
            }
        }
    }
    let configured = config.defaults.mfa.as_ref().filter(|_| states.is_empty() && given_in_context.is_none());
    if let Some(text) = configured.map(Word::text) {
        states = states_of(&text).map_err(|error| {
            Failure::setting("defaults.mfa", &text, iameval::codes::INVALID_FIELD, error.to_string(), help)
        })?;
    }
    Ok(states)
}

/// The states that a text names.
fn states_of(text: &str) -> Result<Vec<Mfa>, iameval::ParseMfaError> {
    match text {
        "all" => Ok(vec![Mfa::TRUE, Mfa::False, Mfa::Absent]),
        text => text.parse().map(|mfa| vec![mfa]),
    }
}

/// The context that configuration and flags give; flags stand above the configuration, in any spelling of a key.
fn context(flags: &RequestFlags, config: &Config) -> Outcome<Context> {
    let mut context = Context::new();
    let mut set = |key: &str, value: Option<ContextValue>| {
        context.remove(key);
        match value {
            Some(value) => context.insert(key, value),
            None => context.insert_absent(key),
        }
    };
    for (key, value) in time_from_environment()? {
        set(key, Some(value.into()));
    }
    for (key, value) in &config.defaults.context {
        set(key, value.to_context());
    }
    let mut given: BTreeMap<ContextKey, (&str, ContextValues<'_>)> = BTreeMap::new();
    for text in &flags.context {
        let Some((key, value)) = text.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            let message = format!("`{text}` is not `KEY=VALUE`");
            let help = "write it like `aws:SourceIp=203.0.113.7`; repeat the flag for a key with several values";
            return Err(Failure::argument("--context", text, codes::INVALID_FLAG_VALUE, message, Some(help.into())));
        };
        given.entry(ContextKey::new(key)).or_insert(("--context", ContextValues::default())).1.push(value, text)?;
    }
    let time = flags.at.as_deref().map(|text| time("--at", text)).transpose()?;
    let shorthands = [
        ("aws:SourceIp", "--source-ip", flags.source_ip.as_deref().map(source_ip).transpose()?),
        ("aws:RequestedRegion", "--region", flags.region.as_deref()),
        ("aws:CurrentTime", "--at", time.as_ref().map(|[(_, text), _]| text.as_str())),
        ("aws:EpochTime", "--at", time.as_ref().map(|[_, (_, text)]| text.as_str())),
    ];
    for (key, flag, value) in shorthands {
        let Some(value) = value else { continue };
        let value = ContextValues { values: vec![value], empty: false };
        if given.insert(ContextKey::new(key), (flag, value)).is_some() {
            return Err(conflict(flag, "--context", key));
        }
    }
    for key in &flags.no_context {
        if key.is_empty() || key.contains('=') {
            let message = format!("`{key}` is not a context key");
            let help = "`--no-context` takes a key without a value, such as `aws:SourceIp`";
            return Err(Failure::argument("--no-context", key, codes::INVALID_FLAG_VALUE, message, Some(help.into())));
        }
        if let Some((flag, _)) = given.get(&ContextKey::new(key)) {
            return Err(conflict("--no-context", flag, key));
        }
        set(key, None);
    }
    for (key, (_, given)) in given {
        let value = match given.values.as_slice() {
            [one] => ContextValue::single(one),
            values => ContextValue::list(values.iter().copied()),
        };
        set(key.as_str(), Some(value));
    }
    Ok(context)
}

fn source_ip(text: &str) -> Outcome<&str> {
    if text.parse::<std::net::IpAddr>().is_ok() {
        return Ok(text);
    }
    let message = format!("`{text}` is not an IP address");
    let help = "write it like `203.0.113.7` or `2001:db8::1`";
    Err(Failure::argument("--source-ip", text, codes::INVALID_FLAG_VALUE, message, Some(help.into())))
}

fn conflict(flag: &str, other: &str, key: &str) -> Failure {
    let message = format!("`{flag}` and `{other}` both set `{key}`");
    Failure::argument(flag, key, codes::CONFLICTING_FLAGS, message, Some("remove one of the two".into()))
}

/// The values that `--context` gives a key.
#[derive(Default)]
struct ContextValues<'f> {
    values: Vec<&'f str>,
    empty: bool,
}

impl<'f> ContextValues<'f> {
    fn push(&mut self, value: &'f str, text: &str) -> Outcome<()> {
        let empty = value == "[]";
        if (empty && !self.values.is_empty()) || self.empty {
            let message = "an empty list cannot be combined with values";
            let help = "give values, or `[]` alone";
            return Err(Failure::argument("--context", text, codes::CONFLICTING_FLAGS, message, Some(help.into())));
        }
        if empty {
            self.empty = true;
        } else {
            self.values.push(value);
        }
        Ok(())
    }
}

/// Both time keys, as `SOURCE_DATE_EPOCH` gives them.
fn time_from_environment() -> Outcome<Vec<(&'static str, String)>> {
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) if !text.is_empty() => Ok(time("SOURCE_DATE_EPOCH", &text)?.into()),
        _ => Ok(Vec::new()),
    }
}

/// The two time keys of an instant; `name` is where it comes from.
fn time(name: &str, text: &str) -> Outcome<[(&'static str, String); 2]> {
    let instant = if text == "now" {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        DateTime::from_epoch_seconds(since.as_secs())
    } else {
        text.parse().map_err(|error: iameval::ParseDateTimeError| {
            let help = "write it as `2026-11-23T12:00:00Z`, as epoch seconds, or `now`";
            Failure::argument(name, text, codes::INVALID_FLAG_VALUE, error.to_string(), Some(help.into()))
        })?
    };
    Ok([("aws:CurrentTime", instant.to_string()), ("aws:EpochTime", instant.epoch_seconds().to_string())])
}
