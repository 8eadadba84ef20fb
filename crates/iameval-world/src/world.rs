//! World files: accounts, policies, groups and principals.

use crate::{Files, Finding, LoadedPolicy, Source, find_managed, yaml};
use iameval::json::fields::{boolean, fields, invalid, parsed, text};
use iameval::json::{Member, Node, Value};
use iameval::suggest::did_you_mean;
use iameval::text::Span;
use iameval::{AccountId, Code, Context, ContextValue, Diagnostic, Mfa, PolicyKind, Principal};
use iameval_data::ManagedPolicy;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Who and what exists.
#[derive(Debug, Default)]
pub struct World {
    account: Option<AccountId>,
    policies: Vec<WorldPolicy>,
    principals: BTreeMap<String, WorldPrincipal>,
    defaults: Defaults,
}

/// A policy of a world, and as what it is attached to groups and principals.
#[derive(Debug, Clone)]
pub struct WorldPolicy {
    /// The policy.
    pub policy: Arc<LoadedPolicy>,
    /// The kinds; none when it is attached nowhere.
    pub kinds: BTreeSet<PolicyKind>,
}

/// A principal with everything that is attached to it.
#[derive(Debug, Clone)]
pub struct WorldPrincipal {
    /// Who it is.
    pub principal: Principal,
    /// Its identity policies, the groups' after its own.
    pub identity: Vec<Attached>,
    /// Its permissions boundary.
    pub boundary: Option<Attached>,
    /// Policies passed when the session was made.
    pub session: Vec<Attached>,
}

/// A policy and how it reaches the principal.
#[derive(Debug, Clone)]
pub struct Attached {
    /// The policy.
    pub policy: Arc<LoadedPolicy>,
    /// How.
    pub via: Via,
}

/// How a policy reaches a principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Attached to the principal of that name.
    Attached(String),
    /// Attached to a group that the principal is in.
    Group(String),
    /// Given on the command line.
    Flag,
}

/// What is taken when nothing else is said.
#[derive(Debug, Default, Clone)]
pub struct Defaults {
    /// The principal who asks.
    pub principal: Option<String>,
    /// The state of multi-factor authentication.
    pub mfa: Option<Mfa>,
    /// Context keys that are always given.
    pub context: Context,
    /// Whether an answer that depends on a key that was not given is an error.
    pub strict_context: Option<bool>,
}

type Result<T> = std::result::Result<T, Vec<Finding>>;

impl World {
    /// Reads world files; what one defines, another may use.
    ///
    /// # Errors
    /// Everything that is wrong in the first file that has something wrong.
    pub fn load(files: &dyn Files, paths: &[PathBuf]) -> Result<Self> {
        let mut loader = Loader {
            files,
            policies: BTreeMap::new(),
            managed: BTreeMap::new(),
            groups: BTreeMap::new(),
            world: World::default(),
        };
        for path in paths {
            loader.file(path)?;
        }
        Ok(loader.world)
    }

    /// The account that names without one belong to.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// Every policy once, in the order in which the files name them first.
    pub fn policies(&self) -> &[WorldPolicy] {
        &self.policies
    }

    /// The principals by name.
    pub fn principals(&self) -> &BTreeMap<String, WorldPrincipal> {
        &self.principals
    }

    /// The defaults.
    pub fn defaults(&self) -> &Defaults {
        &self.defaults
    }
}

/// Where a name was defined: its file and place.
type Defined = (Arc<Source>, Span);

struct Loader<'f> {
    files: &'f dyn Files,
    policies: BTreeMap<String, (Arc<LoadedPolicy>, Defined)>,
    /// The managed policies that are named so far, by their own names.
    managed: BTreeMap<&'static str, Arc<LoadedPolicy>>,
    groups: BTreeMap<String, (Vec<Arc<LoadedPolicy>>, Defined)>,
    world: World,
}

/// The file that is being read.
struct File {
    source: Arc<Source>,
    folder: PathBuf,
    partition: String,
}

/// Fields of the full format that this version does not read.
const LATER: [&str; 7] = ["use", "sources", "resources", "organization", "accounts", "endpoints", "contexts"];

impl Loader<'_> {
    fn file(&mut self, path: &Path) -> Result<()> {
        let source = self.files.read(path).map_err(|finding| vec![*finding])?;
        let one = |diagnostic: Box<Diagnostic>| vec![Finding::new(&source, *diagnostic)];
        let tree = yaml::parse(&source.text).map_err(one)?;
        if let Some(member) = tree.members().into_iter().flatten().find(|member| LATER.contains(&&*member.key)) {
            let message = format!("`{}` is not read by this version", member.key);
            let help = "it reads `account`, `partition`, `policies`, `groups`, `principals` and `defaults`";
            let diagnostic = Diagnostic::new(Code::InvalidField, member.key_span, message).with_help(help);
            return Err(one(Box::new(diagnostic)));
        }
        let names = ["version", "account", "partition", "policies", "groups", "principals", "defaults"];
        let [version, account, partition, policies, groups, principals, defaults] =
            fields(&tree, "a world", names).map_err(one)?;
        if let Some(node) = version
            && !matches!(&node.value, Value::Number(text) if text == "1")
        {
            return Err(one(invalid(node.span, format!("version {node} of world files is not known; this is 1"))));
        }
        if let Some(node) = account {
            self.world.account = Some(parsed(node, "`account`").map_err(one)?);
        }
        let partition = partition.map_or(Ok("aws"), |node| text(node, "`partition`")).map_err(one)?.to_owned();
        let folder = path.parent().map(Into::into).unwrap_or_default();
        let file = File { source: source.clone(), folder, partition };
        for member in entries(policies, "`policies`").map_err(one)? {
            let policy = self.policy(&file, &member.key, &member.value)?;
            let defined = (policy, file.defined(member));
            self.define(&file, "policy", member, |loader| &mut loader.policies, defined)?;
        }
        for member in entries(groups, "`groups`").map_err(one)? {
            let attached =
                self.policy_list(&file, &format!("{}:", member.key), Some(&member.value), PolicyKind::Identity)?;
            let defined = (attached, file.defined(member));
            self.define(&file, "group", member, |loader| &mut loader.groups, defined)?;
        }
        for member in entries(principals, "`principals`").map_err(one)? {
            let principal = self.principal(&file, member)?;
            if self.world.principals.insert(member.key.to_string(), principal).is_some() {
                return Err(file.error(twice("principal", member)));
            }
        }
        if let Some(node) = defaults {
            self.defaults(&file, node)?;
        }
        Ok(())
    }

    fn define<T>(
        &mut self,
        file: &File,
        what: &str,
        member: &Member<'_>,
        map: impl Fn(&mut Self) -> &mut BTreeMap<String, (T, Defined)>,
        defined: (T, Defined),
    ) -> Result<()> {
        match map(self).insert(member.key.to_string(), defined) {
            Some((_, (source, span))) => {
                let mut diagnostic = twice(what, member);
                if source == file.source {
                    diagnostic = Box::new(diagnostic.with_label(span, "first defined here"));
                }
                Err(file.error(diagnostic))
            }
            None => Ok(()),
        }
    }

    /// A policy as a world names it: a file, a managed policy, or a document in place.
    fn policy(&mut self, file: &File, name: &str, node: &Node<'_>) -> Result<Arc<LoadedPolicy>> {
        let policy = match node.as_str().map(|text| (text, find_managed(text))) {
            None => LoadedPolicy::from_tree(name, &file.source, node)?,
            Some((_, Some(managed))) => return self.managed(file, node, managed),
            Some((path, None)) => self.policy_file(file, name, path, node.span)?,
        };
        Ok(self.keep(policy))
    }

    fn managed(
        &mut self,
        file: &File,
        node: &Node<'_>,
        managed: std::result::Result<ManagedPolicy, Box<Diagnostic>>,
    ) -> Result<Arc<LoadedPolicy>> {
        let managed = managed.map_err(|mut diagnostic| {
            (diagnostic.span, diagnostic.place) = (node.span, node.span);
            file.error(diagnostic)
        })?;
        if let Some(known) = self.managed.get(managed.name()) {
            return Ok(known.clone());
        }
        let policy = self.keep(LoadedPolicy::managed(managed)?);
        self.managed.insert(managed.name(), policy.clone());
        Ok(policy)
    }

    fn policy_file(&self, file: &File, name: &str, path: &str, span: Span) -> Result<LoadedPolicy> {
        let source = self.files.read(&file.folder.join(path)).map_err(|finding| {
            // The place to mend is where the file is named.
            let Diagnostic { code, message, help, .. } = finding.diagnostic.clone();
            match code {
                Code::Unreadable | Code::IsFolder => {
                    let mut diagnostic = Diagnostic::new(code, span, message);
                    diagnostic.help = help.or_else(|| Some("paths are relative to the world file".into()));
                    file.error(Box::new(diagnostic))
                }
                _ => vec![*finding],
            }
        })?;
        LoadedPolicy::from_source(name, &source)
    }

    /// Makes a policy one of the world.
    fn keep(&mut self, policy: LoadedPolicy) -> Arc<LoadedPolicy> {
        let policy = Arc::new(policy);
        self.world.policies.push(WorldPolicy { policy: policy.clone(), kinds: BTreeSet::new() });
        policy
    }

    /// Policies by name or in place, one or several, attached as policies of that kind.
    fn policy_list(
        &mut self,
        file: &File,
        within: &str,
        node: Option<&Node<'_>>,
        kind: PolicyKind,
    ) -> Result<Vec<Arc<LoadedPolicy>>> {
        let attached =
            items(node).enumerate().map(|(index, node)| self.attached(file, &format!("{within}{index}"), node, kind));
        attached.collect()
    }

    fn attached(&mut self, file: &File, place: &str, node: &Node<'_>, kind: PolicyKind) -> Result<Arc<LoadedPolicy>> {
        let policy = match node.as_str().filter(|name| find_managed(name).is_none()) {
            None => self.policy(file, place, node)?,
            Some(name) => match self.policies.get(name) {
                Some((policy, _)) => policy.clone(),
                None => return Err(file.unknown("policy", name, node.span, self.policies.keys())),
            },
        };
        if let Some(known) = self.world.policies.iter_mut().find(|known| Arc::ptr_eq(&known.policy, &policy)) {
            known.kinds.insert(kind);
        }
        Ok(policy)
    }

    fn principal(&mut self, file: &File, member: &Member<'_>) -> Result<WorldPrincipal> {
        let node = &member.value;
        let names = [
            "user",
            "role",
            "federated",
            "service",
            "root",
            "anonymous",
            "session",
            "groups",
            "policies",
            "boundary",
            "session_policies",
        ];
        let [user, role, federated, service, root, anonymous, session, groups, policies, boundary, session_policies] =
            fields(node, "a principal", names).map_err(|error| file.error(error))?;
        let principal = self.identity(file, member, [user, role, federated, service, root, anonymous], session)?;
        let own = Via::Attached(member.key.to_string());
        let by = |policies: Vec<Arc<LoadedPolicy>>, via: &Via| {
            policies.into_iter().map(|policy| Attached { policy, via: via.clone() }).collect::<Vec<_>>()
        };
        let place = format!("{}:", member.key);
        let mut identity = by(self.policy_list(file, &place, policies, PolicyKind::Identity)?, &own);
        for node in items(groups) {
            let name = text(node, "a group").map_err(|error| file.error(error))?;
            let Some((policies, _)) = self.groups.get(name) else {
                return Err(file.unknown("group", name, node.span, self.groups.keys()));
            };
            identity.extend(by(policies.clone(), &Via::Group(name.into())));
        }
        let boundaries =
            self.policy_list(file, &format!("{place}boundary"), boundary, PolicyKind::PermissionsBoundary)?;
        let boundaries = by(boundaries, &own);
        if boundaries.len() > 1 {
            let span = boundary.map_or(node.span, |node| node.span);
            return Err(file.error(invalid(span, "a principal has one permissions boundary at most")));
        }
        let session =
            by(self.policy_list(file, &format!("{place}session"), session_policies, PolicyKind::Session)?, &own);
        Ok(WorldPrincipal { principal, identity, boundary: boundaries.into_iter().next(), session })
    }

    /// Who the principal is; one of the kinds must be there.
    fn identity(
        &self,
        file: &File,
        member: &Member<'_>,
        kinds: [Option<&Node<'_>>; 6],
        session: Option<&Node<'_>>,
    ) -> Result<Principal> {
        let error = |diagnostic| file.error(diagnostic);
        let [user, role, federated, service, root, anonymous] = kinds;
        if kinds.iter().flatten().count() != 1 {
            let message = format!(
                "the principal `{}` must be one of `user`, `role`, `federated`, `service`, `root`, `anonymous`",
                member.key
            );
            return Err(error(invalid(member.key_span, message)));
        }
        let account = || {
            self.world.account.ok_or_else(|| {
                let message = "the principal is given by name, and the world has no `account`";
                let diagnostic = Diagnostic::new(Code::InvalidField, member.key_span, message);
                error(Box::new(diagnostic.with_help("write `account: \"123456789012\"` at the top of the world file")))
            })
        };
        let partition = &file.partition;
        let named = |node: &Node<'_>, what: &str, service: &str, kind: &str| -> Result<String> {
            let name = text(node, what).map_err(error)?;
            if name.starts_with("arn:") {
                return Ok(name.to_owned());
            }
            Ok(format!("arn:{partition}:{service}::{}:{kind}/{}", account()?, name.trim_start_matches('/')))
        };
        let principal = |id: String, node: &Node<'_>| -> Result<Principal> {
            id.parse().map_err(|problem: iameval::PrincipalError| {
                error(Box::new(Diagnostic::new(Code::InvalidCaller, node.span, problem.to_string())))
            })
        };
        if let Some(node) = user {
            return principal(named(node, "`user`", "iam", "user")?, node);
        }
        if let Some(node) = role {
            let role = named(node, "`role`", "iam", "role")?;
            let Some(session_node) = session else { return principal(role, node) };
            let session = text(session_node, "`session`").map_err(error)?;
            let arn: iameval::Arn = role
                .parse()
                .map_err(|problem: iameval::ParseArnError| error(invalid(node.span, problem.to_string())))?;
            let name = arn.resource().rsplit('/').next().unwrap_or_default();
            let id = format!("arn:{}:sts::{}:assumed-role/{name}/{session}", arn.partition(), arn.account());
            return principal(id, session_node)?
                .with_role(arn)
                .map_err(|problem| error(invalid(node.span, problem.to_string())));
        }
        if let Some(node) = federated {
            return principal(named(node, "`federated`", "sts", "federated-user")?, node);
        }
        if let Some(node) = service {
            return principal(text(node, "`service`").map_err(error)?.to_owned(), node);
        }
        if let Some(node) = root {
            let account = match &node.value {
                Value::Bool(true) => account()?,
                _ => parsed(node, "`root`").map_err(error)?,
            };
            return principal(format!("arn:{partition}:iam::{account}:root"), node);
        }
        if let Some(node) = anonymous
            && !boolean(node, "`anonymous`").map_err(error)?
        {
            return Err(error(invalid(node.span, "`anonymous` takes `true` only")));
        }
        principal("anonymous".into(), &member.value)
    }

    fn defaults(&mut self, file: &File, node: &Node<'_>) -> Result<()> {
        let error = |diagnostic| file.error(diagnostic);
        let [principal, mfa, context, strict] =
            fields(node, "the defaults", ["principal", "mfa", "context", "strict_context"]).map_err(error)?;
        if let Some(node) = principal {
            let name = text(node, "`principal`").map_err(error)?;
            if !self.world.principals.contains_key(name) {
                return Err(file.unknown("principal", name, node.span, self.world.principals.keys()));
            }
            self.world.defaults.principal = Some(name.into());
        }
        if let Some(node) = mfa {
            let word = match &node.value {
                Value::Bool(value) => value.to_string(),
                _ => text(node, "`mfa`").map_err(error)?.to_owned(),
            };
            let state = word
                .parse()
                .map_err(|problem: iameval::ParseMfaError| error(invalid(node.span, problem.to_string())))?;
            self.world.defaults.mfa = Some(state);
        }
        if let Some(node) = context {
            self.world.defaults.context = read_context(node).map_err(error)?;
        }
        if let Some(node) = strict {
            self.world.defaults.strict_context = Some(boolean(node, "`strict_context`").map_err(error)?);
        }
        Ok(())
    }
}

/// A context as worlds write it: `key: value`, `key: [values]`, `key: absent`.
fn read_context(node: &Node<'_>) -> std::result::Result<Context, Box<Diagnostic>> {
    let mut context = Context::new();
    let scalar = |node: &Node<'_>| match &node.value {
        Value::String(text) | Value::Number(text) => Ok(text.to_string()),
        Value::Bool(value) => Ok(value.to_string()),
        _ => Err(invalid(
            node.span,
            format!("a context value must be a text, a number or a boolean, found {}", node.kind()),
        )),
    };
    for member in entries(Some(node), "the context")? {
        match &member.value.value {
            Value::String(text) if text == "absent" => context.insert_absent(&member.key),
            Value::Array(items) => {
                let values: Vec<String> = items.iter().map(scalar).collect::<std::result::Result<_, _>>()?;
                context.insert(&member.key, ContextValue::list(values.iter().map(String::as_str)));
            }
            _ => context.insert(&member.key, scalar(&member.value)?),
        }
    }
    Ok(context)
}

impl File {
    #[expect(clippy::boxed_local, reason = "readers of fields give boxes")]
    fn error(&self, diagnostic: Box<Diagnostic>) -> Vec<Finding> {
        vec![Finding::new(&self.source, *diagnostic)]
    }

    fn defined(&self, member: &Member<'_>) -> Defined {
        (self.source.clone(), member.key_span)
    }

    fn unknown<'n>(&self, what: &str, name: &str, span: Span, known: impl Iterator<Item = &'n String>) -> Vec<Finding> {
        let known: Vec<&str> = known.map(String::as_str).collect();
        let mut diagnostic = Diagnostic::new(Code::UnknownName, span, format!("no {what} `{name}` is defined"));
        diagnostic.help = did_you_mean(name, known.iter().copied())
            .or_else(|| (!known.is_empty()).then(|| format!("defined are {}", known.join(", "))));
        self.error(Box::new(diagnostic))
    }
}

fn twice(what: &str, member: &Member<'_>) -> Box<Diagnostic> {
    let message = format!("the {what} `{}` is defined twice", member.key);
    Box::new(Diagnostic::new(Code::InvalidField, member.key_span, message))
}

fn entries<'n, 'a>(node: Option<&'n Node<'a>>, what: &str) -> std::result::Result<&'n [Member<'a>], Box<Diagnostic>> {
    match node {
        None => Ok(&[]),
        Some(node) => node
            .members()
            .ok_or_else(|| invalid(node.span, format!("{what} must be a map of names, found {}", node.kind()))),
    }
}

/// The items of a list, or the one value that stands for it.
fn items<'n, 'a>(node: Option<&'n Node<'a>>) -> impl Iterator<Item = &'n Node<'a>> {
    let items: &[Node<'a>] = match node {
        None => &[],
        Some(Node { value: Value::Array(items), .. }) => items,
        Some(node) => std::slice::from_ref(node),
    };
    items.iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Finding;
    use PolicyKind::{Identity, PermissionsBoundary, Session};

    struct OneFile(&'static str);

    impl Files for OneFile {
        fn read(&self, _: &Path) -> std::result::Result<Arc<Source>, Box<Finding>> {
            Ok(Source::new("world.yaml", self.0))
        }
    }

    #[test]
    fn every_policy_is_listed_once_with_its_kinds() {
        let text = r#"
account: "123456789012"
policies:
  unused: { Statement: { Effect: Allow, Action: "a:*", Resource: "*" } }
  power: aws:PowerUserAccess
groups:
  all: [power, { Statement: { Effect: Allow, Action: "b:*", Resource: "*" } }]
principals:
  jane: { user: jane, groups: [all], boundary: "arn:aws:iam::aws:policy/PowerUserAccess" }
  john: { user: john, policies: aws:ReadOnlyAccess, session_policies: [aws:ReadOnlyAccess] }
"#;
        let world = World::load(&OneFile(text), &["world.yaml".into()]).unwrap();
        let policies = world.policies().iter();
        let listed: Vec<(&str, Vec<PolicyKind>)> =
            policies.map(|known| (known.policy.name.as_str(), known.kinds.iter().copied().collect())).collect();
        assert_eq!(
            listed,
            [
                ("unused", vec![]),
                ("aws:PowerUserAccess", vec![Identity, PermissionsBoundary]),
                ("all:1", vec![Identity]),
                ("aws:ReadOnlyAccess", vec![Identity, Session]),
            ]
        );
    }
}
