//! A tree to a request.

use super::keys::KnownKeys;
use super::policies::{self, Cache};
use super::principal::read_principal;
use super::{Definition, EvaluationOptions, Line, RequestError, RequestPolicies, RequestReader, SimulationRequest};
use crate::context::{Context, ContextValue};
use crate::diagnostic::Diagnostic;
use crate::json::fields::{boolean, fields, invalid, parsed, text};
use crate::json::{Node, Value};
use crate::mode::EvaluationMode;
use crate::name::{AccountId, Action, ContextKey, ParseActionError};
use crate::request::{MOST_DERIVED_KEYS, Request, RequestBuilder};
use crate::service_rules::RuleSelection;
use crate::suggest::did_you_mean;
use crate::text::Spanned;

type Result<T, E = Diagnostic> = std::result::Result<T, E>;

pub(super) fn line(tree: &Node<'_>, source: &str, reader: &mut RequestReader) -> Result<Line, Box<RequestError>> {
    let read = if tree.get("define").is_some() {
        definition(tree, source, &mut reader.cache).map(Line::Define)
    } else {
        simulation(tree, source, reader).map(|simulation| Line::Simulation(Box::new(simulation)))
    };
    read.map_err(|error| error.located_in(tree))
}

pub(super) fn definition(tree: &Node<'_>, source: &str, cache: &mut Cache) -> Result<Definition, Box<RequestError>> {
    let [name, policies] = fields(tree, "a definition", ["define", "policies"])?;
    let name = name.map(|node| text(node, "`define`")).transpose()?.unwrap_or_default().to_owned();
    let Some(policies) = policies else {
        return Err(invalid(tree.span, "the definition has no `policies`").into());
    };
    Ok(Definition { name, policies: policies::read(policies, source, cache)? })
}

fn simulation(
    tree: &Node<'_>,
    source: &str,
    reader: &mut RequestReader,
) -> Result<SimulationRequest, Box<RequestError>> {
    let names = ["id", "request", "policies", "policy_set", "options"];
    let [id_node, request, own_policies, policy_set, option_node] = fields(tree, "a simulation request", names)?;
    let id = id_node.map(read_id).transpose()?.flatten();
    let Some(request) = request else {
        return Err(invalid(tree.span, "the simulation request has no `request`").into());
    };
    let (options, derive) = option_node.map(options).transpose()?.unwrap_or_default();
    let mut builder = builder(request, &mut reader.keys)?;
    if !derive {
        builder = builder.without_derived_context();
    }
    Ok(SimulationRequest {
        id,
        request: builder.build(),
        policies: match own_policies {
            Some(node) => policies::read(node, source, &mut reader.cache)?,
            None => RequestPolicies::default(),
        },
        policy_set: policy_set.map(read_policy_set_name).transpose()?,
        options,
    })
}

/// Reads the name of policies that were defined before.
///
/// # Errors
/// When it is not a text.
pub fn read_policy_set_name(node: &Node<'_>) -> Result<Spanned<String>> {
    Ok(Spanned::new(text(node, "`policy_set`")?.to_owned(), node.span))
}

/// Reads an id; a number is taken as its text.
///
/// # Errors
/// When it is neither a text nor a number nor null.
pub fn read_id(node: &Node<'_>) -> Result<Option<String>> {
    match &node.value {
        Value::Null => Ok(None),
        Value::String(text) | Value::Number(text) => Ok(Some(text.as_ref().into())),
        _ => Err(invalid(node.span, format!("`id` must be a string, found {}", node.kind()))),
    }
}

/// The options, and whether to derive context keys.
fn options(node: &Node<'_>) -> Result<(EvaluationOptions, bool)> {
    let [derive, service_rules, mode] = fields(node, "the options", ["derive_context", "service_rules", "mode"])?;
    let mode = match mode {
        None => EvaluationMode::Live,
        Some(node) => parsed(node, "`mode`")?,
    };
    let derive = derive.map_or(Ok(false), |node| boolean(node, "`derive_context`"))?;
    let service_rules = service_rules.map(read_rule_selection).transpose()?.unwrap_or_default();
    let options = EvaluationOptions { service_rules, mode, ..EvaluationOptions::default() };
    Ok((options, derive))
}

/// Reads which rules of single services count: `true`, `false` or `"refusals"`.
///
/// # Errors
/// When it is something else.
pub fn read_rule_selection(node: &Node<'_>) -> Result<RuleSelection> {
    match &node.value {
        Value::Bool(true) => Ok(RuleSelection::All),
        Value::Bool(false) => Ok(RuleSelection::None),
        Value::String(word) if word == "refusals" => Ok(RuleSelection::Refusals),
        Value::String(word) => {
            let message = format!("`service_rules` must be true, false or \"refusals\", found `{word}`");
            Err(invalid(node.span, message).with_any_help(did_you_mean(word, ["refusals"])))
        }
        _ => {
            let message = format!("`service_rules` must be true, false or \"refusals\", found {}", node.kind());
            Err(invalid(node.span, message))
        }
    }
}

pub(super) fn builder(node: &Node<'_>, keys: &mut KnownKeys) -> Result<RequestBuilder> {
    let names = ["action", "resource", "resource_account", "principal", "context"];
    let [action, resource, resource_account, principal, context] = fields(node, "a request", names)?;
    let Some(action) = action else { return Err(invalid(node.span, "the request has no `action`")) };
    let mut builder = Request::builder(read_action(action)?);
    let short: Option<AccountId> = resource_account.map(|node| parsed(node, "`resource_account`")).transpose()?;
    let mut owner = short;
    if let Some(node) = resource {
        let resource = read_resource(node)?;
        builder = builder.resource(resource.arn);
        if resource.in_management_account {
            builder = builder.resource_in_management_account();
        }
        if let (Some(short), Some(long)) = (short, resource.account)
            && short != long
        {
            let message = format!("`resource_account` says {short}, `resource.account` says {long}");
            return Err(invalid(node.span, message));
        }
        owner = owner.or(resource.account);
    }
    if let Some(owner) = owner {
        builder = builder.resource_account(owner);
    }
    if let Some(node) = principal {
        builder = builder.principal(read_principal(node)?);
    }
    if let Some(node) = context {
        builder = builder.context(read_context(node, keys)?);
    }
    Ok(builder)
}

fn read_action(node: &Node<'_>) -> Result<Action> {
    parsed(node, "the action").map_err(|error| {
        let is_pattern = |text: &str| matches!(text.parse::<Action>(), Err(ParseActionError::Pattern(_)));
        if node.as_str().is_some_and(is_pattern) { error.with_help("name the actions one by one") } else { error }
    })
}

struct Resource<'n> {
    arn: &'n str,
    account: Option<AccountId>,
    in_management_account: bool,
}

fn read_resource<'n>(node: &'n Node<'_>) -> Result<Resource<'n>> {
    if node.as_str().is_some() {
        return Ok(Resource { arn: text(node, "the resource")?, account: None, in_management_account: false });
    }
    let [arn, account, management] =
        fields(node, "a resource (or a string)", ["arn", "account", "in_management_account"])?;
    Ok(Resource {
        arn: arn.map_or(Ok("*"), |node| text(node, "`arn`"))?,
        account: account.map(|node| parsed(node, "`account`")).transpose()?,
        in_management_account: management.map_or(Ok(false), |node| boolean(node, "`in_management_account`"))?,
    })
}

fn read_context(node: &Node<'_>, keys: &mut KnownKeys) -> Result<Context> {
    let Some(members) = node.members() else {
        return Err(invalid(node.span, format!("the context must be an object, found {}", node.kind())));
    };
    let mut entries: Vec<Entry> = Vec::with_capacity(members.len() + MOST_DERIVED_KEYS);
    entries.extend(members.iter().map(|member| (keys.key(&member.key), None)));
    let repeated = repeated(&entries);
    for (index, (member, (key, value))) in members.iter().zip(&mut entries).enumerate() {
        if Some(index) == repeated {
            return Err(invalid(member.key_span, format!("the context key `{key}` is given twice")));
        }
        *value = context_value(&member.value)?;
    }
    Ok(Context::of(entries))
}

type Entry = (ContextKey, Option<ContextValue>);

/// So many keys are compared with each other, which is quicker than to sort them.
const FEW: usize = 8;

/// The first key that was there before. A request may carry tags that differ only in case, and nothing else twice
/// (R-COND-04).
fn repeated(entries: &[Entry]) -> Option<usize> {
    fn name((key, _): &Entry) -> &str {
        if key.as_str().contains('/') { key.as_str() } else { key.lowercase() }
    }
    if entries.len() <= FEW {
        let before = |(index, entry)| entries.iter().take(index).any(|other| name(other) == name(entry));
        return entries.iter().enumerate().position(before);
    }
    let mut names: Vec<(&str, usize)> = entries.iter().map(name).zip(0..).collect();
    names.sort_unstable();
    let again = |pair: &[(&str, usize)]| match pair {
        [(one, _), (other, index)] if one == other => Some(*index),
        _ => None,
    };
    names.windows(2).filter_map(again).min()
}

fn context_value(node: &Node<'_>) -> Result<Option<ContextValue>> {
    match &node.value {
        Value::Null => Ok(None),
        Value::Array(items) => {
            let texts: Vec<&str> = items.iter().map(read_context_text).collect::<Result<_>>()?;
            Ok(Some(ContextValue::list(texts)))
        }
        _ => Ok(Some(ContextValue::single(read_context_text(node)?))),
    }
}

/// Reads a value of a context key: a string, or a number or boolean for its text.
///
/// # Errors
/// When it is something else.
pub fn read_context_text<'n>(node: &'n Node<'_>) -> Result<&'n str> {
    match &node.value {
        Value::String(text) | Value::Number(text) => Ok(text),
        Value::Bool(true) => Ok("true"),
        Value::Bool(false) => Ok("false"),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            let message = format!("a context value must be a string, a number or a boolean, found {}", node.kind());
            Err(invalid(node.span, message))
        }
    }
}
