//! Requests from flags, and their answers.

use super::policies::Scene;
use super::resource;
use crate::args::{RequestFlags, Simulate};
use crate::config::{Config, ContextDefault, Word};
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use iameval::{AccountId, Action, Code, Context, ContextKey, ContextValue, DateTime, Mfa, Request};
use iameval_report::{Answer, Question};
use std::collections::BTreeMap;

pub(super) fn answers(flags: &Simulate, scene: &Scene, config: &Config, output: &mut Output) -> Outcome<Vec<Answer>> {
    let asked = &flags.asked;
    let context = context(asked, scene, config)?;
    let states = mfa_states(asked, scene, config)?;
    let owner = asked.resource_account.as_deref().map(resource_account).transpose()?;
    let mut answers = Vec::new();
    for text in &flags.actions {
        let action = action(text)?;
        for chosen in resource::choose(asked, &action, scene)? {
            for mfa in &states {
                let mut builder = Request::builder(action.clone())
                    .principal(scene.principal.clone())
                    .resource(&chosen.resource)
                    .context(context.clone())
                    .derive_context();
                if let Some(mfa) = mfa {
                    builder = builder.mfa(*mfa);
                }
                if let Some(owner) = owner {
                    builder = builder.resource_account(owner);
                }
                let request = builder.build();
                details(&request, &context, output);
                let question = Question {
                    action: text.clone(),
                    resource: chosen.resource.clone(),
                    inferred: chosen.inferred,
                    principal: scene.principal.to_string(),
                    mfa: *mfa,
                    id: None,
                };
                answers.push(answer(question, scene, &request));
            }
        }
    }
    Ok(answers)
}

fn answer(question: Question, scene: &Scene, request: &Request) -> Answer {
    Answer {
        question,
        policies: scene.policies.clone(),
        attachments: scene.attachments.clone(),
        simulation: scene.policies.simulate(request),
        undecided: scene.policies.undecided_context_keys(request),
        notes: scene.policies.notes(request),
    }
}

fn action(text: &str) -> Outcome<Action> {
    let refuse = |message: String, help: &str| {
        Err(Failure::argument("ACTION", text, Code::InvalidAction, message, Some(help.into())))
    };
    if text.contains(['*', '?']) {
        let help = "name the actions one by one";
        return refuse(format!("`{text}` is a pattern; a request is for one action"), help);
    }
    match text.parse::<Action>() {
        Ok(action) if !action.name().is_empty() => Ok(action),
        Ok(_) => refuse(format!("`{text}` names no action after the colon"), "write it as `service:Action`"),
        Err(error) => refuse(error.to_string(), "write it as `service:Action`, such as `iam:ChangePassword`"),
    }
}

fn resource_account(text: &str) -> Outcome<AccountId> {
    text.parse().map_err(|error: iameval::ParseAccountIdError| {
        Failure::argument("--resource-account", text, Code::InvalidFlagValue, error.to_string(), None)
    })
}

/// The states to ask with; `None` leaves the context as it is.
fn mfa_states(flags: &RequestFlags, scene: &Scene, config: &Config) -> Outcome<Vec<Option<Mfa>>> {
    let given_in_context = flags
        .context
        .iter()
        .chain(&flags.no_context)
        .find(|text| text.to_ascii_lowercase().starts_with("aws:multifactorauth"));
    let configured = config.defaults.mfa.as_ref().map(|word| match word {
        Word::Bool(value) => value.to_string(),
        Word::Text(text) => text.clone(),
    });
    let Some(text) = flags.mfa.as_ref().or(configured.as_ref().filter(|_| given_in_context.is_none())) else {
        return Ok(vec![scene.mfa.filter(|_| given_in_context.is_none())]);
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
        Failure::argument("--mfa", text, Code::InvalidFlagValue, error.to_string(), None)
    })
}

/// The context that flags, world and configuration give; the first of these wins.
fn context(flags: &RequestFlags, scene: &Scene, config: &Config) -> Outcome<Context> {
    let mut context = scene.context.clone();
    for (key, value) in &config.defaults.context {
        if context.is_given(&ContextKey::new(key)) {
            continue;
        }
        match value {
            ContextDefault::Text(text) if text == "absent" => context.insert_absent(key),
            ContextDefault::Text(text) => context.insert(key, text.as_str()),
            ContextDefault::Bool(value) => context.insert(key, *value),
            ContextDefault::Number(value) => context.insert(key, value.to_string()),
            ContextDefault::List(values) => {
                context.insert(key, ContextValue::list(values.iter().map(String::as_str)));
            }
        }
    }
    let mut given: BTreeMap<ContextKey, Given<'_>> = BTreeMap::new();
    for text in &flags.context {
        let Some((key, value)) = text.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            let message = format!("`{text}` has no `=`");
            let help = "write it as `KEY=VALUE`, such as `aws:SourceIp=203.0.113.7`";
            return Err(Failure::argument("--context", text, Code::InvalidFlagValue, message, Some(help.into())));
        };
        given.entry(ContextKey::new(key)).or_default().push(value, text)?;
    }
    let shorthands =
        [("aws:SourceIp", "--source-ip", &flags.source_ip), ("aws:RequestedRegion", "--region", &flags.region)];
    for (key, flag, value) in shorthands {
        let Some(value) = value else { continue };
        if given.insert(ContextKey::new(key), Given { values: vec![value], empty: false }).is_some() {
            return Err(conflict(flag, key));
        }
    }
    for (key, given) in given {
        match given.values.as_slice() {
            [one] => context.insert(key.as_str(), *one),
            values => context.insert(key.as_str(), ContextValue::list(values.iter().copied())),
        }
    }
    for key in &flags.no_context {
        let in_flags = flags.context.iter().filter_map(|text| text.split_once('='));
        if in_flags.into_iter().any(|(other, _)| ContextKey::new(other) == ContextKey::new(key)) {
            return Err(conflict("--no-context", key));
        }
        context.insert_absent(key);
    }
    time(flags, &mut context)?;
    Ok(context)
}

fn conflict(flag: &str, key: &str) -> Failure {
    let message = format!("`{flag}` and `--context` both say something about `{key}`");
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
            return Err(Failure::argument("--context", text, Code::ConflictingFlags, message, None));
        }
        if empty {
            self.empty = true;
        } else {
            self.values.push(value);
        }
        Ok(())
    }
}

/// `--at`, or `SOURCE_DATE_EPOCH`: both time keys, where they are not given.
fn time(flags: &RequestFlags, context: &mut Context) -> Outcome<()> {
    let from_environment = std::env::var("SOURCE_DATE_EPOCH").ok().filter(|text| !text.is_empty());
    let (name, text) = match (&flags.at, from_environment) {
        (Some(text), _) => ("--at", text.clone()),
        (None, Some(text)) => ("SOURCE_DATE_EPOCH", text),
        (None, None) => return Ok(()),
    };
    let instant = if text == "now" {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        DateTime::from_epoch_seconds(since.as_secs())
    } else {
        text.parse().map_err(|error: iameval::ParseDateTimeError| {
            let help = "write it as `2026-11-23T12:00:00Z`, as epoch seconds, or `now`";
            Failure::argument(name, &text, Code::InvalidFlagValue, error.to_string(), Some(help.into()))
        })?
    };
    for (key, value) in
        [("aws:CurrentTime", instant.to_string()), ("aws:EpochTime", instant.epoch_seconds().to_string())]
    {
        if !context.is_given(&ContextKey::new(key)) {
            context.insert(key, value);
        }
    }
    Ok(())
}

/// What was derived, for those who asked.
fn details(request: &Request, given: &Context, output: &mut Output) {
    let derived = request.context().iter().filter(|(key, _)| !given.is_given(key));
    for (key, value) in derived {
        let value = value.map_or("absent".to_owned(), |value| value.texts().collect::<Vec<_>>().join(", "));
        output.detail(&format!("context: {key} = {value}"));
    }
}
