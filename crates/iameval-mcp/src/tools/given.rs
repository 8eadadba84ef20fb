//! What several tools are given alike: who asks, with which policies, in which context.

use crate::answer::Refused;
use crate::arguments::Arguments;
use crate::workspace::Workspace;
use iameval::json::fields::{invalid, text};
use iameval::json::{Node, Value};
use iameval::{Context, ContextValue, Mfa, PolicyKind};
use iameval_ask::{AddedPolicies, Asker, Question, read_mfa};
use iameval_world::World;
use std::sync::Arc;

/// The arguments that bring policies, each with the kind that they are of.
const POLICIES: [(&str, PolicyKind); 4] = [
    ("policies", PolicyKind::Identity),
    ("boundary", PolicyKind::PermissionsBoundary),
    ("session_policies", PolicyKind::Session),
    ("resource_policy", PolicyKind::Resource),
];

/// A world, and the policies that arguments bring beside its own.
pub(super) struct AskedWorld {
    pub(super) world: Arc<World>,
    has_world: bool,
    added: AddedPolicies,
    has_policies: bool,
}

impl AskedWorld {
    pub(super) fn read(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<Self, Refused> {
        let world = workspace.world()?;
        let has_world = world.is_some();
        let mut added = AddedPolicies::new();
        added.decide_by(workspace.catalogue().service_rules().clone());
        let mut has_policies = false;
        for (name, kind) in POLICIES {
            for policy in arguments.policies(name)? {
                added.add(kind, policy);
                has_policies |= kind == PolicyKind::Identity;
            }
        }
        Ok(Self { world: world.unwrap_or_default(), has_world, added, has_policies })
    }

    /// Asks it. Without a world, or with policies of one's own, the caller need not be a principal of the world.
    pub(super) fn asker<'a>(&'a self, workspace: &'a dyn Workspace) -> Asker<'a> {
        let asker = Asker::new(&self.world, workspace.catalogue()).beside(self.added.clone());
        if !self.has_world || self.has_policies { asker.for_anyone() } else { asker }
    }
}

/// The parts of a question that arguments give.
pub(super) fn question(arguments: &Arguments<'_>) -> Result<Question, Refused> {
    Ok(Question {
        principal: arguments.text("principal")?.map(str::to_owned),
        resources: arguments.texts("resources")?,
        resource_account: arguments.parsed("resource_account")?,
        endpoint: arguments.text("endpoint")?.map(str::to_owned),
        context: context(arguments)?,
        mfa: mfa(arguments)?,
        ..Question::default()
    })
}

/// The context keys: a value, a list of values, or `null` for one that is not there.
fn context(arguments: &Arguments<'_>) -> Result<Context, Refused> {
    let mut context = Context::new();
    each_key(arguments, |key, values| match values {
        None => context.insert_absent(key),
        Some(Values::One(value)) => context.insert(key, ContextValue::single(value)),
        Some(Values::Several(values)) => context.insert(key, ContextValue::list(values)),
    })?;
    Ok(context)
}

/// What a context key is given.
pub(super) enum Values<'v> {
    One(&'v str),
    Several(Vec<&'v str>),
}

/// Goes through the argument `context`; `None` is a key that is not there.
pub(super) fn each_key(
    arguments: &Arguments<'_>,
    mut take: impl FnMut(&str, Option<Values<'_>>),
) -> Result<(), Refused> {
    let Some(node) = arguments.get("context") else { return Ok(()) };
    let members = node.members().ok_or_else(|| {
        arguments.wrong(invalid(node.span, format!("`context` must be an object, found {}", node.kind())))
    })?;
    for member in members {
        let one = |node| value(node).map_err(|error| arguments.wrong(error));
        match &member.value.value {
            Value::Null => take(&member.key, None),
            Value::Array(items) => {
                take(&member.key, Some(Values::Several(items.iter().map(one).collect::<Result<_, _>>()?)));
            }
            _ => take(&member.key, Some(Values::One(one(&member.value)?))),
        }
    }
    Ok(())
}

/// A value of a key: text, or a number or a boolean as they are written.
fn value<'n>(node: &'n Node<'_>) -> Result<&'n str, iameval::Diagnostic> {
    match &node.value {
        Value::Bool(value) => Ok(if *value { "true" } else { "false" }),
        Value::Number(digits) => Ok(digits),
        Value::String(text) => Ok(text),
        _ => text(node, "the value of a context key"),
    }
}

/// States of multi-factor authentication: `true`, `false`, `"absent"`, or a list of them.
pub(super) fn mfa(arguments: &Arguments<'_>) -> Result<Vec<Mfa>, Refused> {
    let Some(node) = arguments.get("mfa") else { return Ok(Vec::new()) };
    let states = match &node.value {
        Value::Array(items) => items.iter().collect(),
        _ => vec![node],
    };
    let state = |node: &Node<'_>| {
        let read = value(node).and_then(|text| {
            read_mfa(text).map_err(|error| {
                let help = error.help.unwrap_or_else(|| "there are true, false and \"absent\"".into());
                invalid(node.span, error.message).with_help(help)
            })
        });
        read.map_err(|error| arguments.wrong(error))
    };
    states.into_iter().map(state).collect()
}
