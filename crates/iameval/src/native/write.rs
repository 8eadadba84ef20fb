//! A request and its policies in the native form, complete.

use super::keys::KnownKeys;
use super::read::builder;
use crate::context::ContextValue;
use crate::document::PolicyDocument;
use crate::json::{Node, Value};
use crate::layer::Layer;
use crate::name::Arn;
use crate::policy_set::{Group, Member, PolicySet};
use crate::principal::{Principal, PrincipalClass, PrincipalKind};
use crate::request::{Owner, Request};
use crate::service_rules::RuleSelection;
use crate::text::Span;
use std::collections::VecDeque;

/// A request or policies that the native form cannot say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the native form cannot say {what}")]
pub struct UnwritableRequestError {
    what: String,
}

/// A request and the policies that decide it, as a native simulation request: print it with `{}` on one line. `documents`
/// are those of the policies, in the order of [`PolicySet::policies`]. What is read from it is decided alike: the whole
/// context is in it, and the options say how the set is evaluated. A set with
/// [other service rules](PolicySet::with_service_rules) needs a reader with these.
///
/// ```
/// use iameval::native::{Line, RequestReader, request_to_json};
/// use iameval::{Decision, PolicyDocument, PolicySet, Request};
///
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
/// let document = PolicyDocument::parse(text).value.unwrap();
/// let policies = PolicySet::builder().identity("read", text)?.build();
/// let request = Request::builder("s3:GetObject".parse().unwrap()).context_key("aws:SourceIp", "203.0.113.7").build();
///
/// let line = request_to_json(&request, &policies, [&document]).unwrap().to_string();
/// let Ok(Line::Simulation(read)) = RequestReader::new().read(&line) else { panic!("a request") };
/// assert_eq!(read.request, request);
/// assert_eq!(read.policy_set().decide(&read.request), Decision::Allowed);
/// # Ok::<(), iameval::PolicyError>(())
/// ```
///
/// # Errors
/// What the native form cannot say: two policies of a resource, two boundaries, empty names, an unnamed user who asks for
/// something of another account.
pub fn request_to_json<'p, 'd: 'p>(
    request: &'p Request,
    policies: &'p PolicySet,
    documents: impl IntoIterator<Item = &'d PolicyDocument>,
) -> Result<Node<'p>, UnwritableRequestError> {
    let asked = asked(request);
    read_again(&asked, request)?;
    let options = [
        ("derive_context", boolean(false)),
        ("service_rules", rule_selection_to_json(policies.rule_selection())),
        ("mode", Node::string(policies.mode().as_str())),
    ];
    let policies =
        layers(policies, documents.into_iter().map(|document| -> &'p PolicyDocument { document }).collect())?;
    Ok(Node::object([("request", asked), ("policies", policies), ("options", Node::object(options))]))
}

/// What the reader makes of it must be the same request, as far as it is decided by.
fn read_again(asked: &Node<'_>, request: &Request) -> Result<(), UnwritableRequestError> {
    let read = builder(asked, &mut KnownKeys::default()).map(|builder| builder.without_derived_context().build());
    let read = read.map_err(|error| unwritable(format!("this request: {}", error.message())))?;
    let facts = |request: &Request| (request.is_same_account(), request.resource.in_management_account);
    let same = (&read.principal, &read.action, &read.context)
        == (&request.principal, &request.action, &request.context)
        && read.resource() == request.resource()
        && facts(&read) == facts(request);
    let who = "an unnamed user who asks for something of another account";
    if same { Ok(()) } else { Err(unwritable(who)) }
}

fn unwritable(what: impl Into<String>) -> UnwritableRequestError {
    UnwritableRequestError { what: what.into() }
}

fn asked(request: &Request) -> Node<'_> {
    let resource = request.resource();
    let resource = if request.resource.in_management_account {
        Node::object([("arn", Node::string(resource)), ("in_management_account", boolean(true))])
    } else {
        Node::string(resource)
    };
    let owner = match request.resource.owner {
        Owner::Known(account) => Some(account),
        // An unnamed user is of the account that the resource is said to be of.
        _ if request.principal.class().is_none() => request.principal.account(),
        _ => None,
    };
    let context = request.context.iter().map(|(key, value)| (key.as_str(), value.map_or(NULL, context_value)));
    let members = [
        Some(("action", Node::string(request.action.as_str()))),
        Some(("resource", resource)),
        owner.map(|account| ("resource_account", Node::string(account.to_string()))),
        principal(&request.principal).map(|principal| ("principal", principal)),
        Some(("context", Node::object(context))),
    ];
    Node::object(members.into_iter().flatten())
}

/// `None` for the unnamed user.
fn principal<'p>(principal: &'p Principal) -> Option<Node<'p>> {
    let (class, id) = principal.class().zip(principal.id())?;
    if id.parse().as_ref() == Ok(principal) {
        return Some(Node::string(id));
    }
    let own_account = Principal::of_class(class, id).ok().and_then(|principal| principal.account());
    let account = principal.account().filter(|account| own_account != Some(*account));
    let text = |name, text: Option<&'p str>| text.map(|text| (name, Node::string(text)));
    let flag = |name, value: Option<bool>| value.map(|value| (name, boolean(value)));
    let (mut role_of, mut user_of, mut provider_of) = (None, None, None);
    let mut assumed_root = None;
    match &principal.kind {
        PrincipalKind::RoleSession { role, provider, .. } => {
            (role_of, provider_of) = (role.as_ref().map(Arn::as_str), provider.as_deref());
        }
        PrincipalKind::FederatedUser { user, .. } => user_of = user.as_ref().map(Arn::as_str),
        PrincipalKind::Root { assumed: true, .. } => assumed_root = Some(true),
        _ => {}
    }
    let members = [
        text("id", Some(id)),
        text("type", Some(PrincipalClass::as_str(class))),
        account.map(|account| ("account", Node::string(account.to_string()))),
        text("role", role_of),
        text("user", user_of),
        text("provider", provider_of),
        flag("long_term_credentials", principal.has_long_term_credentials()),
        flag("assumed_root", assumed_root),
        text("canonical_user_id", principal.canonical_user_id.as_deref()),
        text("organization_id", principal.organization_id.as_deref()),
        flag("in_management_account", principal.in_management_account),
        flag("delegated_administrator", principal.delegated_administrator),
        flag("service_linked_role", principal.service_linked_role),
    ];
    Some(Node::object(members.into_iter().flatten()))
}

fn context_value(value: &ContextValue) -> Node<'_> {
    let mut texts = value.texts().map(Node::string);
    if value.is_list() { Node::array(texts) } else { texts.next().unwrap_or(NULL) }
}

/// The policies layer by layer.
fn layers<'p>(
    policies: &'p PolicySet,
    mut documents: VecDeque<&'p PolicyDocument>,
) -> Result<Node<'p>, UnwritableRequestError> {
    let mut members: Vec<(&str, Node<'p>)> = Vec::new();
    for layer in Layer::ALL {
        let groups: Vec<Vec<Node<'p>>> =
            policies.layer(layer).map(|group| written(group, &mut documents)).collect::<Result<_, _>>()?;
        let levels = policies.layer(layer).map(|group| group.level.as_deref());
        let (name, groups) = (layer.as_str(), groups.into_iter());
        match layer {
            _ if groups.len() == 0 => {}
            Layer::ServiceControl | Layer::ResourceControl => {
                members.push((name, Node::array(levels.zip(groups).map(level))));
            }
            Layer::Resource | Layer::PermissionsBoundary => {
                let mut all = groups.flat_map(or_nothing);
                let (Some(policy), None) = (all.next(), all.next()) else {
                    return Err(unwritable(format!("more than one `{name}` policy")));
                };
                members.push((name, policy));
            }
            Layer::Endpoint | Layer::Identity | Layer::Session | Layer::ScopeDown => {
                members.push((name, Node::array(groups.flat_map(or_nothing))));
            }
        }
    }
    if documents.is_empty() { Ok(Node::object(members)) } else { Err(unwritable("documents of no policy")) }
}

/// The policies of a group, each with its name and document.
fn written<'p>(
    group: &'p Group,
    documents: &mut VecDeque<&'p PolicyDocument>,
) -> Result<Vec<Node<'p>>, UnwritableRequestError> {
    let policy = |member: &'p Member| {
        let name = member.policy.id().as_str();
        let Some(document) = documents.pop_front() else {
            return Err(unwritable(format!("the policy `{name}` without its document")));
        };
        let members = [
            Some(("name", Node::string(name))).filter(|_| !name.is_empty()),
            Some(("document", document.to_json())),
            member.gateway.then(|| ("gateway", boolean(true))),
        ];
        Ok(Node::object(members.into_iter().flatten()))
    };
    group.members.iter().map(policy).collect()
}

/// The policies; where a layer is there without any, one that allows nothing, for no list at all would allow everything.
fn or_nothing(policies: Vec<Node<'_>>) -> Vec<Node<'_>> {
    if !policies.is_empty() {
        return policies;
    }
    let document = Node::object([("Statement", Node::array([]))]);
    vec![Node::object([("name", Node::string("nothing")), ("document", document)])]
}

fn level<'p>((name, policies): (Option<&'p str>, Vec<Node<'p>>)) -> Node<'p> {
    let name = name.filter(|name| !name.is_empty()).map(|name| ("level", Node::string(name)));
    Node::object(name.into_iter().chain([("policies", Node::array(policies))]))
}

/// Which rules of single services count, as the options of a request say it: `true`, `false` or `"refusals"`.
pub fn rule_selection_to_json(selection: RuleSelection) -> Node<'static> {
    match selection {
        RuleSelection::None => boolean(false),
        RuleSelection::Refusals => Node::string("refusals"),
        RuleSelection::All => boolean(true),
    }
}

const NULL: Node<'static> = Node { value: Value::Null, span: Span::START };

fn boolean(value: bool) -> Node<'static> {
    Node::new(Value::Bool(value))
}
