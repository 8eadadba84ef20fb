//! The users, groups and roles of an account with their policies, as IAM's calls name them: by name, whatever the path.
//!
//! A world says of a policy what it is called and where it is attached. CHOICE: what is called `OWNER:NAME` is inline, as
//! loaders of worlds name policies that stand inside a principal or group; any other is managed. Templates say which is which. A world has no groups by
//! themselves: those are there that a user is in and that have a policy.

use crate::fault::Fault;
use crate::policy_text::PolicyText;
use iameval::{AccountId, Arn, Context, PolicyDocument, PolicyKind, PrincipalClass};
use iameval_data::ManagedPolicy;
use iameval_report::{Names, Writing};
use iameval_world::{Attached, LoadedPolicy, Via, World, WorldPrincipal};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The account that examples of AWS have, where a world says no other.
const EXAMPLE_ACCOUNT: &str = "123456789012";

/// Who is there, and which managed policies.
#[derive(Debug)]
pub(crate) struct Entities {
    pub(crate) account: AccountId,
    pub(crate) users: BTreeMap<String, Entity>,
    pub(crate) roles: BTreeMap<String, Entity>,
    pub(crate) groups: BTreeMap<String, Entity>,
    /// By ARN.
    pub(crate) managed: BTreeMap<String, Arc<StoredPolicy>>,
    /// What is not known of them.
    pub(crate) names: Names,
}

/// What policies are attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntityKind {
    User,
    Group,
    Role,
}

/// A user, a group or a role.
#[derive(Debug)]
pub(crate) struct Entity {
    pub(crate) kind: EntityKind,
    pub(crate) name: String,
    /// `/`, or such as `/ops/`.
    pub(crate) path: String,
    pub(crate) arn: String,
    pub(crate) id: String,
    /// What the world knows of its requests.
    pub(crate) context: Context,
    pub(crate) policies: Vec<Arc<StoredPolicy>>,
    /// Of a user.
    pub(crate) groups: Vec<String>,
    pub(crate) boundary: Option<Arc<StoredPolicy>>,
    pub(crate) trust: Option<Arc<LoadedPolicy>>,
    pub(crate) tags: Vec<(String, String)>,
}

/// A policy of the world, inline or managed.
#[derive(Debug)]
pub(crate) struct StoredPolicy {
    /// Its name in IAM.
    pub(crate) name: String,
    /// `None` for an inline one.
    pub(crate) arn: Option<String>,
    loaded: Arc<LoadedPolicy>,
    names: Names,
    identity: OnceLock<Arc<PolicyText>>,
    boundary: OnceLock<Arc<PolicyText>>,
}

impl EntityKind {
    /// `user`, `group` or `role`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            EntityKind::User => "user",
            EntityKind::Group => "group",
            EntityKind::Role => "role",
        }
    }

    /// What its unique ids begin with.
    fn prefix(self) -> &'static str {
        match self {
            EntityKind::User => "AIDA",
            EntityKind::Group => "AGPA",
            EntityKind::Role => "AROA",
        }
    }
}

impl Entities {
    /// Those of the world's account.
    pub(crate) fn of(world: &World, account: Option<AccountId>) -> Self {
        let known = || world.principals().values().find_map(|known| known.principal().account());
        let account = account.or_else(|| world.account()).or_else(known);
        let mut entities = Self {
            account: account.unwrap_or_else(example_account),
            users: BTreeMap::new(),
            roles: BTreeMap::new(),
            groups: BTreeMap::new(),
            managed: BTreeMap::new(),
            names: Names::of(world.symbols()),
        };
        for known in world.policies() {
            let attachable = |kind: &PolicyKind| matches!(kind, PolicyKind::Identity | PolicyKind::PermissionsBoundary);
            if known.kinds.is_empty() || known.kinds.iter().any(attachable) {
                entities.stored(&known.policy);
            }
        }
        for known in world.principals().values() {
            entities.add(known);
        }
        entities
    }

    /// The users, groups or roles.
    pub(crate) fn all(&self, kind: EntityKind) -> &BTreeMap<String, Entity> {
        match kind {
            EntityKind::User => &self.users,
            EntityKind::Group => &self.groups,
            EntityKind::Role => &self.roles,
        }
    }

    /// The one of that name.
    ///
    /// # Errors
    /// `NoSuchEntity`, as IAM says it.
    pub(crate) fn find(&self, kind: EntityKind, name: &str) -> Result<&Entity, Fault> {
        self.all(kind).get(name).ok_or_else(|| {
            let word = kind.word();
            Fault::no_such_entity(format!("The {word} with name {name} cannot be found."))
        })
    }

    fn add(&mut self, known: &WorldPrincipal) {
        let (kind, all) = match known.principal().class() {
            Some(PrincipalClass::User) => (EntityKind::User, "user/"),
            Some(PrincipalClass::Role | PrincipalClass::RoleSession) => (EntityKind::Role, "role/"),
            _ => return,
        };
        let own = |arn: &Arn| arn.account_id() == Some(self.account);
        let arn = known.principal().principal_arn().and_then(|arn| arn.parse::<Arn>().ok());
        let Some(arn) = arn.filter(own) else { return };
        let Some(name) = arn.resource().strip_prefix(all) else { return };
        let (path, name) = name.rsplit_once('/').map_or(("/".into(), name), |(path, name)| (format!("/{path}/"), name));
        if self.all(kind).contains_key(name) {
            return;
        }
        let mut groups: Vec<String> = Vec::new();
        let mut policies = Vec::new();
        for attached in known.identity() {
            match &attached.via {
                Via::Group(group) => {
                    if !groups.iter().any(|known| known == &**group) {
                        groups.push((**group).to_owned());
                    }
                }
                _ => policies.push(self.stored(&attached.policy)),
            }
        }
        for group in &groups {
            self.add_group(group, &arn, known.identity());
        }
        let entity = Entity {
            kind,
            name: name.to_owned(),
            path,
            id: known.unique_id().map_or_else(|| unique_id(kind, arn.as_str()), str::to_owned),
            arn: arn.as_str().to_owned(),
            context: known.context().clone(),
            policies,
            groups,
            boundary: known.boundary().map(|attached| self.stored(&attached.policy)),
            trust: known.trust().map(|attached| attached.policy.clone()),
            tags: known.tags().to_vec(),
        };
        let all = if kind == EntityKind::User { &mut self.users } else { &mut self.roles };
        all.insert(entity.name.clone(), entity);
    }

    fn add_group(&mut self, name: &str, member: &Arn, attached: &[Attached]) {
        if self.groups.contains_key(name) {
            return;
        }
        let own = attached.iter().filter(|attached| matches!(&attached.via, Via::Group(group) if &**group == name));
        let policies = own.map(|attached| self.stored(&attached.policy)).collect();
        let arn = format!("arn:{}:iam::{}:group/{name}", member.partition(), self.account);
        let group = Entity {
            kind: EntityKind::Group,
            name: name.to_owned(),
            path: "/".into(),
            id: unique_id(EntityKind::Group, &arn),
            arn,
            context: Context::new(),
            policies,
            groups: Vec::new(),
            boundary: None,
            trust: None,
            tags: Vec::new(),
        };
        self.groups.insert(name.to_owned(), group);
    }

    /// The policy as IAM knows it; a managed one is there once.
    fn stored(&mut self, loaded: &Arc<LoadedPolicy>) -> Arc<StoredPolicy> {
        let (name, arn) = named(loaded, self.account);
        if let Some(known) = arn.as_ref().and_then(|arn| self.managed.get(arn)) {
            return known.clone();
        }
        let (identity, boundary) = (OnceLock::new(), OnceLock::new());
        let names = self.names.clone();
        let policy = Arc::new(StoredPolicy { name, arn, loaded: loaded.clone(), names, identity, boundary });
        if let Some(arn) = &policy.arn {
            self.managed.insert(arn.clone(), policy.clone());
        }
        policy
    }
}

/// The name and the ARN of a policy.
fn named(loaded: &LoadedPolicy, account: AccountId) -> (String, Option<String>) {
    if let Some(arn) = loaded.arn() {
        return (arn.rsplit('/').next().unwrap_or(arn).to_owned(), Some(arn.to_owned()));
    }
    if let Some(name) = loaded.name.strip_prefix("aws:") {
        let arn =
            ManagedPolicy::find(name).map_or_else(|| format!("arn:aws:iam::aws:policy/{name}"), ManagedPolicy::arn);
        return (name.to_owned(), Some(arn));
    }
    if let Some((_, name)) = loaded.name.rsplit_once(':') {
        let Some(origin) = loaded.origin() else { return (name.to_owned(), None) };
        // A template says what its policies are: `cfn:Deploy/reports` stands inside the role, or is attached to it.
        let name = name.rsplit('/').next().unwrap_or(name);
        let is_managed = origin.resource_type == "AWS::IAM::ManagedPolicy";
        return (name.to_owned(), is_managed.then(|| format!("arn:aws:iam::{account}:policy/{name}")));
    }
    let file = loaded.name.rsplit('/').next().unwrap_or_default();
    let name = ["json", "yaml", "yml"].iter().find_map(|ending| file.strip_suffix(ending)?.strip_suffix('.'));
    let name = name.unwrap_or(file);
    (name.to_owned(), Some(format!("arn:aws:iam::{account}:policy/{name}")))
}

impl StoredPolicy {
    /// Whether AWS manages it.
    pub(crate) fn is_of_aws(&self) -> bool {
        self.arn.as_ref().is_some_and(|arn| arn.contains("::aws:"))
    }

    /// What statements of it are told by (R-SIM-18).
    pub(crate) fn source_id(&self, holder: &Entity) -> String {
        match &self.arn {
            Some(_) => self.name.clone(),
            None => format!("{}_{}_{}", holder.kind.word(), holder.name, self.name),
        }
    }

    /// The unique id of a managed policy.
    pub(crate) fn id(&self) -> String {
        format!("ANPA{}", letters(self.arn.as_deref().unwrap_or_default()))
    }

    /// The text that positions refer to.
    pub(crate) fn document(&self) -> String {
        document_text(&self.loaded, &self.names)
    }

    /// The policy, compiled for where it is attached.
    ///
    /// # Errors
    /// When it is not valid there.
    pub(crate) fn text(&self, kind: PolicyKind) -> Result<Arc<PolicyText>, Fault> {
        let cell = if kind == PolicyKind::PermissionsBoundary { &self.boundary } else { &self.identity };
        if let Some(known) = cell.get() {
            return Ok(known.clone());
        }
        let compiled = self.loaded.compile(kind).map_err(|findings| {
            let first = findings.first().map(ToString::to_string).unwrap_or_default();
            Fault::policy_evaluation(format!("The policy {} could not be evaluated.", self.name)).with_detail(first)
        })?;
        let text = PolicyText::stored(self.document(), self.loaded.document().clone(), compiled);
        Ok(cell.get_or_init(|| Arc::new(text)).clone())
    }
}

/// A policy as JSON: its own text where that is JSON and nothing else, as a file and a dump have it. What is not known in it
/// has its name.
pub(crate) fn document_text(loaded: &LoadedPolicy, names: &Names) -> String {
    let text = &loaded.source.text;
    let is_whole =
        text.trim_start().starts_with('{') && PolicyDocument::parse(text).value.as_ref() == Some(loaded.document());
    if is_whole {
        return text.clone();
    }
    names.shown(&loaded.document().to_json().to_string(), Writing::Json).into_owned()
}

/// A unique id for those whose own is not known: always the same for one ARN.
fn unique_id(kind: EntityKind, arn: &str) -> String {
    kind.prefix().to_owned() + &letters(arn)
}

/// Seventeen letters and digits that follow from a text (FNV-1a).
fn letters(text: &str) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let fold = |hash: u128, byte: u8| (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013B);
    let mut hash = text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, fold);
    let mut next = || {
        let letter = usize::try_from(hash % 32).ok().and_then(|place| LETTERS.get(place)).copied().unwrap_or(b'A');
        hash /= 32;
        char::from(letter)
    };
    (0..17).map(|_| next()).collect()
}

fn example_account() -> AccountId {
    #[expect(clippy::unwrap_used, reason = "twelve digits are an account id")]
    EXAMPLE_ACCOUNT.parse().unwrap()
}
