//! The policies of a request.

use super::{RequestError, RequestErrorCode};
use crate::compile::{CompiledPolicy, PolicyId};
use crate::diagnostic::Diagnostic;
use crate::document::{ParsePolicyDocumentError, PolicyDocument, PolicyKind};
use crate::json::fields::{boolean, fields, invalid, text};
use crate::json::{self, Node, Value};
use crate::layer::Layer;
use crate::layered::{LayeredPolicies, LayeredPolicy};
use crate::policy_set::PolicySet;
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::sync::Arc;

type Result<T, E = Box<RequestError>> = std::result::Result<T, E>;

/// The policies that a request or a definition brings, layer by layer.
#[derive(Debug, Clone, Default)]
pub struct RequestPolicies {
    layered: LayeredPolicies<Arc<Read>>,
}

/// A policy of a request as it was read.
#[derive(Debug)]
struct Read {
    compiled: Arc<CompiledPolicy>,
    document: WrittenPolicy,
}

/// The document of a policy of a request.
#[derive(Debug, Clone)]
pub struct WrittenPolicy {
    /// The document.
    pub document: Arc<PolicyDocument>,
    /// The text that its spans refer to, when the document was itself given as a text; else they refer to the request's.
    pub text: Option<Arc<str>>,
}

impl RequestPolicies {
    /// Both together; the layer that both have, when there is one.
    ///
    /// # Errors
    /// A layer that both have.
    pub fn union(&self, other: &Self) -> Result<Self, Layer> {
        if let Some(both) = self.layered.layers().find(|layer| other.layered.has_layer(*layer)) {
            return Err(both);
        }
        let mut layered = self.layered.clone();
        layered.append(other.layered.clone());
        Ok(Self { layered })
    }

    /// Whether there are none at all.
    pub fn is_empty(&self) -> bool {
        self.layered.is_empty()
    }

    /// The documents, in the order of [`PolicySet::policies`].
    pub fn documents(&self) -> impl Iterator<Item = &WrittenPolicy> {
        self.layered.iter().map(|policy| &policy.policy.document)
    }

    /// The policies as a set.
    pub fn to_set(&self) -> PolicySet {
        PolicySet::from(self.layered.map(|policy| policy.policy.compiled.clone()))
    }
}

/// Compiled policies by what they were compiled from. Emptied when it has grown large, so that memory stays bounded.
#[derive(Debug)]
pub(super) struct Cache {
    compiled: HashMap<CacheKey, Arc<Read>, FixedState>,
    bytes: usize,
    most: usize,
}

/// Kind, name and text of a policy.
type CacheKey = (PolicyKind, Box<str>, Box<str>);

/// Bytes of policy text to remember.
const CACHE_BYTES: usize = 4 << 20;
/// Policies to remember, unless someone says otherwise.
const CACHE_POLICIES: usize = 10_000;

impl Default for Cache {
    fn default() -> Self {
        Self { compiled: HashMap::default(), bytes: 0, most: CACHE_POLICIES }
    }
}

impl Cache {
    /// Remembers so many policies at most.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = most;
    }

    fn compile(
        &mut self,
        kind: PolicyKind,
        name: &str,
        text: &str,
        compile: impl FnOnce() -> Result<Read>,
    ) -> Result<Arc<Read>> {
        let key = (kind, Box::from(name), Box::from(text));
        if let Some(policy) = self.compiled.get(&key) {
            return Ok(policy.clone());
        }
        let policy = Arc::new(compile()?);
        if self.bytes > CACHE_BYTES || self.compiled.len() >= self.most {
            self.compiled.clear();
            self.bytes = 0;
        }
        self.bytes += text.len();
        self.compiled.insert(key, policy.clone());
        Ok(policy)
    }
}

pub(super) fn read(node: &Node<'_>, source: &str, cache: &mut Cache) -> Result<RequestPolicies> {
    let names = ["identity", "resource", "boundary", "session", "scope_down", "scp", "rcp", "endpoint"];
    let [identity, resource, boundary, session, scope_down, scp, rcp, endpoint] = fields(node, "the policies", names)?;
    let mut reader = PoliciesReader { source, cache, layered: LayeredPolicies::new() };
    for (kind, name, node, count) in [
        (PolicyKind::Identity, "identity", identity, Count::Any),
        (PolicyKind::Resource, "resource", resource, Count::AtMostOne),
        (PolicyKind::PermissionsBoundary, "boundary", boundary, Count::AtMostOne),
        (PolicyKind::Session, "session", session, Count::Any),
        (PolicyKind::ScopeDown, "scope_down", scope_down, Count::Any),
        (PolicyKind::Endpoint, "endpoint", endpoint, Count::Any),
    ] {
        let Some(node) = node else { continue };
        match count {
            Count::Any => reader.policies(kind, name, items(node))?,
            Count::AtMostOne => reader.at_most_one(kind, name, node)?,
        }
    }
    for (kind, name, node) in [(PolicyKind::ServiceControl, "scp", scp), (PolicyKind::ResourceControl, "rcp", rcp)] {
        if let Some(node) = node {
            reader.levels(kind, name, node)?;
        }
    }
    Ok(RequestPolicies { layered: reader.layered })
}

/// How many policies of a kind there may be.
#[derive(Clone, Copy)]
enum Count {
    Any,
    AtMostOne,
}

struct PoliciesReader<'r> {
    source: &'r str,
    cache: &'r mut Cache,
    layered: LayeredPolicies<Arc<Read>>,
}

impl PoliciesReader<'_> {
    /// Policies that are called after their place in the list called `name`.
    fn policies(&mut self, kind: PolicyKind, name: &str, nodes: &[Node<'_>]) -> Result<()> {
        nodes.iter().enumerate().try_for_each(|(index, node)| self.policy(kind, &format!("{name}[{index}]"), node))
    }

    fn at_most_one(&mut self, kind: PolicyKind, name: &str, node: &Node<'_>) -> Result<()> {
        match items(node) {
            [] => Ok(()),
            [one] => self.policy(kind, name, one),
            several => {
                let message = format!("there can be at most one `{name}` policy, found {}", several.len());
                Err(invalid(node.span, message).into())
            }
        }
    }

    /// A level object, a list of them, a list of lists of policies, or policies that are one level.
    fn levels(&mut self, kind: PolicyKind, name: &str, node: &Node<'_>) -> Result<()> {
        let nodes = items(node);
        let is_level = |node: &Node<'_>| node.get("policies").is_some() || node.get("level").is_some();
        let is_list = |node: &Node<'_>| matches!(node.value, Value::Array(_));
        let [level_objects, lists] =
            [nodes.iter().filter(|node| is_level(node)).count(), nodes.iter().filter(|node| is_list(node)).count()];
        if nodes.is_empty() {
            return Ok(());
        }
        if level_objects == 0 && lists == 0 {
            self.layered.begin_level(kind, None);
            return self.policies(kind, &format!("{name}[0]"), nodes);
        }
        if level_objects != nodes.len() && lists != nodes.len() {
            let message =
                format!("`{name}` mixes levels and policies: expected a list of levels or a list of policies");
            return Err(invalid(node.span, message).into());
        }
        nodes.iter().enumerate().try_for_each(|(index, node)| self.level(kind, &format!("{name}[{index}]"), node))
    }

    fn level(&mut self, kind: PolicyKind, place: &str, node: &Node<'_>) -> Result<()> {
        let (level, policies) = if let Value::Array(_) = node.value {
            (None, node)
        } else {
            let [level, policies] = fields(node, "a level", ["level", "policies"])?;
            let Some(policies) = policies else {
                return Err(invalid(node.span, "the level has no `policies`").into());
            };
            (level.map(|node| text(node, "`level`")).transpose()?, policies)
        };
        let Value::Array(nodes) = &policies.value else {
            let message = format!("`policies` of a level must be a list, found {}", policies.kind());
            return Err(invalid(policies.span, message).into());
        };
        self.layered.begin_level(kind, level.map(Into::into));
        self.policies(kind, place, nodes)
    }

    /// `{name, document}`, a document, or its text.
    fn policy(&mut self, kind: PolicyKind, place: &str, node: &Node<'_>) -> Result<()> {
        let wrapped = node.get("document").is_some() || (node.get("name").is_some() && node.get("Statement").is_none());
        let (name, document, gateway) = if wrapped {
            let [name, document, gateway] = fields(node, "a policy", ["name", "document", "gateway"])?;
            let Some(document) = document else {
                return Err(invalid(node.span, "the policy has no `document`").into());
            };
            if let (Some(gateway), false) = (gateway, kind == PolicyKind::Endpoint) {
                return Err(invalid(gateway.span, "`gateway` is for endpoint policies only").into());
            }
            let name = name.map(|node| text(node, "`name`")).transpose()?;
            (name, document, gateway.map_or(Ok(false), |node| boolean(node, "`gateway`"))?)
        } else {
            (None, node, false)
        };
        let name = name.unwrap_or(place);
        let raw = self.source.get(document.span.range()).unwrap_or_default();
        let read = self.cache.compile(kind, name, raw, || compile(kind, name, document))?;
        self.layered.push(LayeredPolicy { kind, gateway, policy: read });
        Ok(())
    }
}

fn compile(kind: PolicyKind, name: &str, node: &Node<'_>) -> Result<Read> {
    let Value::String(text) = &node.value else {
        return from_tree(kind, name, node, None).map_err(|diagnostics| malformed(node, diagnostics, None));
    };
    let inner = json::parse(text).map_err(|diagnostic| malformed(node, vec![diagnostic], Some(String::new())))?;
    from_tree(kind, name, &inner, Some(text)).map_err(|diagnostics| {
        let within = diagnostics.first().map(|diagnostic| inner.path_to(diagnostic.place())).unwrap_or_default();
        malformed(node, diagnostics, Some(within))
    })
}

fn from_tree(kind: PolicyKind, name: &str, node: &Node<'_>, text: Option<&str>) -> Result<Read, Vec<Diagnostic>> {
    let document = PolicyDocument::from_tree(node).into_result().map_err(ParsePolicyDocumentError::into_diagnostics)?;
    let compiled = CompiledPolicy::new(PolicyId::new(name), kind, &document);
    let compiled = Arc::new(compiled.map_err(|error| error.diagnostics().to_vec())?);
    let document = WrittenPolicy { document: Arc::new(document), text: text.map(Into::into) };
    Ok(Read { compiled, document })
}

/// `within` is the path inside a document that was given as text; the path to the text itself comes before it.
fn malformed(node: &Node<'_>, diagnostics: Vec<Diagnostic>, within: Option<String>) -> Box<RequestError> {
    let first = diagnostics.first();
    Box::new(RequestError {
        code: RequestErrorCode::MalformedPolicy,
        message: first.map(|diagnostic| diagnostic.message().to_owned()).unwrap_or_default(),
        span: Some(first.filter(|_| within.is_none()).map_or(node.span, Diagnostic::place)),
        path: within,
        help: first.and_then(|diagnostic| diagnostic.help().map(Into::into)),
        diagnostics,
        id: None,
    })
}

/// The items of a list, or the one value that stands for a list; `null` is none.
fn items<'n, 'a>(node: &'n Node<'a>) -> &'n [Node<'a>] {
    match &node.value {
        Value::Null => &[],
        Value::Array(items) => items,
        _ => std::slice::from_ref(node),
    }
}
