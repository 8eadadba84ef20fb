//! Requests from flags, and their answers.

use super::action;
use super::policies::Scene;
use super::resource::Resources;
use crate::args::{RequestFlags, Simulate};
use crate::config::{Config, Word};
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::setup::Setup;
use iameval::{Code, Context, ContextKey, ContextValue, DateTime, Mfa, Request};
use iameval_report::{Answer, Question};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn answers(flags: &Simulate, scene: &Scene, setup: &Setup, output: &mut Output) -> Outcome<Vec<Answer>> {
    let (asked, catalogue) = (&flags.asked, setup.catalogue());
    let mut context = context(asked, scene, &setup.config)?;
    context.declare_multivalued(|key| catalogue.is_multivalued(key));
    let states = mfa_states(asked, scene, &setup.config)?;
    let actions = action::asked(flags, catalogue, output)?;
    let resources =
        Resources { scene, catalogue, region: region(&context) }.choose(&asked.resource, &actions, output)?;
    let mut asking = Vec::new();
    for (action, chosen) in actions.iter().zip(resources) {
        for chosen in chosen {
            let situation = scene.situation(&action.action, &chosen.resource)?;
            let policies = scene.policies(&situation.policies)?;
            asking.push((action, chosen, situation, policies));
        }
    }
    scene.check(asking.iter().map(|(.., policies)| &policies.set))?;
    let mut told = BTreeSet::new();
    let mut answers = Vec::new();
    for (action, chosen, situation, policies) in asking {
        if let Some(name) = &chosen.name {
            tell(format!("resource: {name} is {}", chosen.resource), &mut told, output);
        }
        for mfa in &states {
            let mut builder = situation.request(action.action.clone(), &context);
            if let Some(mfa) = mfa {
                builder = builder.mfa(*mfa);
            }
            let mut request = builder.build();
            request.declare_multivalued(|key| catalogue.is_multivalued(key));
            details(&request, &context, &mut told, output);
            let question = Question::of_situation(&situation, &action.text, chosen.inferred, *mfa);
            answers.push(Answer::new(question, policies.set.clone(), policies.attachments.clone(), request));
        }
    }
    Ok(answers)
}

/// The region that the request goes to, where it is known.
fn region(context: &Context) -> Option<&str> {
    context.value(&ContextKey::new("aws:RequestedRegion"))?.texts().next()
}

/// Whether a text begins with one of the two keys that tell the state of multi-factor authentication.
fn is_mfa_key(text: &str) -> bool {
    text.to_ascii_lowercase().starts_with("aws:multifactorauth")
}

/// The states to ask with; `None` leaves the context as it is.
fn mfa_states(flags: &RequestFlags, scene: &Scene, config: &Config) -> Outcome<Vec<Option<Mfa>>> {
    let given_in_context = flags.context.iter().chain(&flags.no_context).find(|text| is_mfa_key(text));
    let configured = config.defaults.mfa.as_ref().map(Word::text);
    let Some(text) = flags.mfa.as_ref().or(configured.as_ref().filter(|_| given_in_context.is_none())) else {
        let configured = config.defaults.context.keys().any(|key| is_mfa_key(key));
        return Ok(vec![scene.defaults().mfa.filter(|_| given_in_context.is_none() && !configured)]);
    };
    if let Some(text) = given_in_context {
        let message = "`--mfa` and this key say the same thing in two ways";
        let help = "leave one of the two out";
        return Err(Failure::argument("--context", text, Code::ConflictingFlags, message, Some(help.into())));
    }
    if text == "all" {
        return Ok(vec![Some(Mfa::TRUE), Some(Mfa::False), Some(Mfa::Absent)]);
    }
    text.parse().map(|mfa| vec![Some(mfa)]).map_err(|error: iameval::ParseMfaError| {
        let help = "`all` asks with `true`, `false` and `absent`";
        match flags.mfa {
            Some(_) => Failure::argument("--mfa", text, Code::InvalidFlagValue, error.to_string(), Some(help.into())),
            None => Failure::setting("defaults.mfa", text, Code::InvalidField, error.to_string(), help),
        }
    })
}

/// The context that world, configuration and flags give; each stands above the one before, in any spelling of a key.
fn context(flags: &RequestFlags, scene: &Scene, config: &Config) -> Outcome<Context> {
    let mut context = scene.defaults().context.clone();
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
    let mut given: BTreeMap<ContextKey, (&str, Given<'_>)> = BTreeMap::new();
    for text in &flags.context {
        let Some((key, value)) = text.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            let message = format!("`{text}` is not `KEY=VALUE`");
            let help = "write it like `aws:SourceIp=203.0.113.7`; repeat the flag for a key with several values";
            return Err(Failure::argument("--context", text, Code::InvalidFlagValue, message, Some(help.into())));
        };
        given.entry(ContextKey::new(key)).or_insert(("--context", Given::default())).1.push(value, text)?;
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
        let value = Given { values: vec![value], empty: false };
        if given.insert(ContextKey::new(key), (flag, value)).is_some() {
            return Err(conflict(flag, "--context", key));
        }
    }
    for key in &flags.no_context {
        if key.is_empty() || key.contains('=') {
            let message = format!("`{key}` is no context key");
            let help = "`--no-context` takes a key without a value, such as `aws:SourceIp`";
            return Err(Failure::argument("--no-context", key, Code::InvalidFlagValue, message, Some(help.into())));
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
    let message = format!("`{text}` is no IP address");
    let help = "write it like `203.0.113.7` or `2001:db8::1`";
    Err(Failure::argument("--source-ip", text, Code::InvalidFlagValue, message, Some(help.into())))
}

fn conflict(flag: &str, other: &str, key: &str) -> Failure {
    let message = format!("`{flag}` and `{other}` both say something about `{key}`");
    Failure::argument(flag, key, Code::ConflictingFlags, message, Some("leave one of the two out".into()))
}

/// The values that `--context` gives a key.
#[derive(Default)]
struct Given<'f> {
    values: Vec<&'f str>,
    empty: bool,
}

impl<'f> Given<'f> {
    fn push(&mut self, value: &'f str, text: &str) -> Outcome<()> {
        let empty = value == "[]";
        if (empty && !self.values.is_empty()) || self.empty {
            let message = "a list without values has no values beside it";
            let help = "give values, or `[]` alone";
            return Err(Failure::argument("--context", text, Code::ConflictingFlags, message, Some(help.into())));
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
            Failure::argument(name, text, Code::InvalidFlagValue, error.to_string(), Some(help.into()))
        })?
    };
    Ok([("aws:CurrentTime", instant.to_string()), ("aws:EpochTime", instant.epoch_seconds().to_string())])
}

/// What was derived, for those who asked; the same thing once.
fn details(request: &Request, given: &Context, told: &mut BTreeSet<String>, output: &mut Output) {
    let derived = request.context().iter().filter(|(key, _)| !given.is_given(key));
    for (key, value) in derived {
        let value = value.map_or("absent".to_owned(), |value| value.texts().collect::<Vec<_>>().join(", "));
        tell(format!("context: {key} = {value}"), told, output);
    }
}

fn tell(line: String, told: &mut BTreeSet<String>, output: &mut Output) {
    if !told.contains(&line) {
        output.detail(&line);
        told.insert(line);
    }
}
