//! The scope of a claim.

use super::claim::not_here;
use super::key::read_keys;
use crate::claim::Scope;
use iameval::json::fields::{boolean, fields, invalid, parsed, text};
use iameval::json::{Node, Value};
use iameval::native::{RequestError, RequestErrorCode};
use iameval::text::Span;
use iameval::{AccountId, Diagnostic};

type Result<T, E = Box<RequestError>> = std::result::Result<T, E>;

/// What stands beside the scope.
const BESIDE: [&str; 6] = ["principal", "resource_account", "derive_context", "any_text", "realistic", "service_rules"];

pub(super) fn read_scope(node: Option<&Node<'_>>, resource_account: Option<&Node<'_>>) -> Result<Scope> {
    let short: Option<AccountId> = resource_account.map(|node| parsed(node, "`resource_account`")).transpose()?;
    let mut scope = Scope { resource_account: short, ..Scope::default() };
    let Some(node) = node else { return Ok(scope) };
    not_here(node, "a scope", &BESIDE, "put it beside `scope`")?;
    let names = ["action", "not_action", "resource", "not_resource", "context"];
    let [action, not_action, resource, not_resource, context] = fields(node, "a scope", names)?;
    if let Some(node) = action {
        scope.actions = some_of(node, "action pattern", action_pattern)?;
    }
    if let Some(node) = not_action {
        scope.except_actions = all_of(node, action_pattern)?;
    }
    if let Some(node) = resource {
        read_resources(node, &mut scope)?;
    }
    if let Some(node) = not_resource {
        scope.except_resources = all_of(node, resource_pattern)?;
    }
    if let Some(node) = context {
        scope.keys = read_keys(node)?;
    }
    Ok(scope)
}

/// Patterns, or an object that says more of the resources, as in a request.
fn read_resources(node: &Node<'_>, scope: &mut Scope) -> Result<()> {
    let Value::Object(_) = node.value else {
        scope.resources = some_of(node, "resource pattern", resource_pattern)?;
        return Ok(());
    };
    let names = ["arn", "account", "in_management_account"];
    let [arn, account, management] = fields(node, "a resource (or patterns)", names)?;
    if let Some(arn) = arn {
        scope.resources = some_of(arn, "resource pattern", resource_pattern)?;
    }
    if let Some(node) = account {
        let long: AccountId = parsed(node, "`account`")?;
        if let Some(short) = scope.resource_account.filter(|short| *short != long) {
            let message = format!("`resource_account` says {short}, `resource.account` says {long}");
            return Err(invalid(node.span, message).into());
        }
        scope.resource_account = Some(long);
    }
    scope.in_management_account = management.map_or(Ok(false), |node| boolean(node, "`in_management_account`"))?;
    Ok(())
}

/// One text or a list of at least one.
fn some_of(node: &Node<'_>, what: &str, read: fn(&Node<'_>) -> Result<String, Diagnostic>) -> Result<Vec<String>> {
    let texts = all_of(node, read)?;
    if texts.is_empty() {
        let message = format!("an empty list of {what}s matches no request");
        return Err(empty_scope(node.span, message, "remove the field to mean all"));
    }
    Ok(texts)
}

/// One text or a list.
fn all_of(node: &Node<'_>, read: fn(&Node<'_>) -> Result<String, Diagnostic>) -> Result<Vec<String>, Diagnostic> {
    items(node).iter().map(read).collect()
}

/// The items of a list, or the one value that stands for a list of one.
pub(super) fn items<'n, 'a>(node: &'n Node<'a>) -> &'n [Node<'a>] {
    match &node.value {
        Value::Array(items) => items,
        _ => std::slice::from_ref(node),
    }
}

fn action_pattern(node: &Node<'_>) -> Result<String, Diagnostic> {
    let pattern = text(node, "an action pattern")?;
    if pattern == "*" || pattern.contains(':') {
        return Ok(pattern.to_owned());
    }
    let message =
        format!("`{pattern}` is not an action pattern: expected `*`, or a service prefix, a colon and a name");
    let service = pattern.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let help = service.then(|| format!("for every action of the service write `{}:*`", pattern.to_ascii_lowercase()));
    Err(invalid(node.span, message).with_any_help(help))
}

fn resource_pattern(node: &Node<'_>) -> Result<String, Diagnostic> {
    let pattern = text(node, "a resource pattern")?;
    without_variables(node, pattern)?;
    Ok(pattern.to_owned())
}

/// Refuses policy variables: patterns of a claim know the wildcards and the characters that stand for themselves.
pub(super) fn without_variables(node: &Node<'_>, pattern: &str) -> Result<(), Diagnostic> {
    let is_known = |rest: &str| ["*}", "?}", "$}"].iter().any(|known| rest.starts_with(known));
    if pattern.split("${").skip(1).all(is_known) {
        return Ok(());
    }
    let message =
        format!("`{pattern}` has a policy variable; claim patterns support only `${{*}}`, `${{?}}` and `${{$}}`");
    Err(invalid(node.span, message).with_help("write `${$}{` for the characters `${`"))
}

/// An error about a scope in which no request lies.
pub(super) fn empty_scope(span: Span, message: impl Into<String>, help: &str) -> Box<RequestError> {
    let mut error = Box::<RequestError>::from(invalid(span, message).with_help(help));
    error.code = RequestErrorCode::EmptyScope;
    error
}
