//! Who and what exists, and how it is found: by name, by ARN, and under which resource an ARN lies.

use crate::aliases::Aliases;
use crate::combination::{SITUATIONS, Situations};
use crate::finding::Finding;
use crate::model::context::Defaults;
use crate::model::endpoint::WorldEndpoint;
use crate::model::organization::{Membership, WorldAccount};
use crate::model::policy::{Attached, WorldPolicy};
use crate::model::principal::WorldPrincipal;
use crate::model::resource::WorldResource;
use iameval::symbol::Symbols;
use iameval::{AccountId, Arn, Context, ContextKey, Layer, PolicyDocument, Principal, PrincipalClass, ServiceRules};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// Who and what exists. [`World::load`] reads files; a [`WorldBuilder`](crate::WorldBuilder) takes what comes from
/// elsewhere.
///
/// Threads may share a world, and ask it about [situations](World::situation) for as long as they like: of what it works
/// out it keeps a bounded amount.
#[derive(Debug)]
pub struct World {
    pub(crate) files: Vec<String>,
    pub(crate) account: Option<AccountId>,
    pub(crate) policies: Vec<WorldPolicy>,
    pub(crate) groups: BTreeMap<String, Vec<Attached>>,
    pub(crate) principals: BTreeMap<String, WorldPrincipal>,
    pub(crate) resources: BTreeMap<String, WorldResource>,
    pub(crate) index: Index,
    pub(crate) membership: Membership,
    pub(crate) endpoints: BTreeMap<String, WorldEndpoint>,
    pub(crate) contexts: BTreeMap<String, Context>,
    pub(crate) defaults: Defaults,
    pub(crate) situations: Situations,
    /// Rules of single services in place of those inside the program.
    pub(crate) rules: OnceLock<Arc<ServiceRules>>,
    /// The keys that its policies read, once somebody has asked.
    pub(crate) read_keys: OnceLock<HashSet<ContextKey>>,
    pub(crate) warnings: Vec<Finding>,
    /// Layers of which what the world was made of holds no policies, whether there are any or not.
    pub(crate) silent: BTreeSet<Layer>,
    /// Further names of things.
    pub(crate) aliases: Aliases,
    /// What is not known, where something is.
    pub(crate) symbols: Option<Arc<Symbols>>,
}

/// Names by what stands for them.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// The first principal of each ARN, service and provider.
    principals: HashMap<String, String>,
    /// The users and roles by ARN: the first with a trust policy, else with tags.
    entities: HashMap<String, String>,
    /// The ARNs of `entities` by the name at their end.
    named: HashMap<String, Vec<String>>,
    /// The resources by ARN.
    resources: HashMap<String, String>,
}

/// Services whose names have slashes of their own, so that nothing lies under anything.
const FLAT: [&str; 3] = ["ecr", "iam", "ssm"];

impl Default for World {
    fn default() -> Self {
        Self::of(BTreeMap::new(), BTreeMap::new())
    }
}

impl World {
    /// A world of these, of which nothing else is known.
    pub(crate) fn of(principals: BTreeMap<String, WorldPrincipal>, resources: BTreeMap<String, WorldResource>) -> Self {
        Self {
            files: Vec::new(),
            account: None,
            policies: Vec::new(),
            groups: BTreeMap::new(),
            index: Index::of(&principals, &resources),
            principals,
            resources,
            membership: Membership::default(),
            endpoints: BTreeMap::new(),
            contexts: BTreeMap::new(),
            defaults: Defaults::default(),
            situations: Situations::new(SITUATIONS),
            rules: OnceLock::new(),
            read_keys: OnceLock::new(),
            warnings: Vec::new(),
            silent: BTreeSet::new(),
            aliases: Aliases::default(),
            symbols: None,
        }
    }

    pub(crate) fn keep_situations(&mut self, count: usize) {
        self.situations = Situations::new(count);
    }

    /// Decides by these rules of single services in place of those inside the program. To be said before anything is
    /// asked; what is said later has no effect.
    pub fn decide_by(&self, rules: Arc<ServiceRules>) {
        let _ = self.rules.set(rules);
    }

    /// The names of the world files that were read, in order: a file after those that it uses.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// The account that names without one belong to: that of the file that was read last and has one.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// What is worth knowing about the files, although the world can be made of them: policies that are attached and whose
    /// documents are not known.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// What is not known of this world; `None` where everything is.
    pub fn symbols(&self) -> Option<&Arc<Symbols>> {
        self.symbols.as_ref()
    }

    /// Every policy once, in the order in which the files name them first.
    pub fn policies(&self) -> &[WorldPolicy] {
        &self.policies
    }

    /// The policies of each group by its name, whether anybody is in it or not.
    pub fn groups(&self) -> &BTreeMap<String, Vec<Attached>> {
        &self.groups
    }

    /// The principals by name.
    pub fn principals(&self) -> &BTreeMap<String, WorldPrincipal> {
        &self.principals
    }

    /// The resources by name.
    pub fn resources(&self) -> &BTreeMap<String, WorldResource> {
        &self.resources
    }

    /// The VPC endpoints by name.
    pub fn endpoints(&self) -> &BTreeMap<String, WorldEndpoint> {
        &self.endpoints
    }

    /// The named contexts.
    pub fn contexts(&self) -> &BTreeMap<String, Context> {
        &self.contexts
    }

    /// The defaults.
    pub fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    /// The principal of that name; or the one of that ARN, service or provider; or the user or role of that name with its
    /// path, such as `role/service/web`; or the session of that ARN, of a role that is there without a session.
    pub fn principal(&self, text: &str) -> Option<WorldPrincipal> {
        let text = self.aliases.name(text);
        if let Some(known) = self.principals.get(text) {
            return Some(known.clone());
        }
        if let Some(name) = self.index.principals.get(text) {
            return self.principals.get(name).cloned();
        }
        if let Some((kind, name)) = text.split_once('/')
            && let Some(known) = self.principals.get(name)
        {
            let is_meant = matches!(
                (kind, known.principal().class()),
                ("user", Some(PrincipalClass::User)) | ("role", Some(PrincipalClass::Role))
            );
            if is_meant {
                return Some(known.clone());
            }
        }
        if let Some(name) = self.named_with_path(text) {
            return self.principals.get(name).cloned();
        }
        let session: Principal = text.parse().ok().filter(|_| text.contains(":assumed-role/"))?;
        let mut found = self.principals.values().find_map(|role| role.session_of(&session))?;
        self.membership.tell(&mut found, self.symbols.as_deref());
        Some(found)
    }

    /// The first policy of that name. There may be more of one document, as it is attached under different conditions.
    pub fn policy(&self, text: &str) -> Option<&WorldPolicy> {
        let name = self.aliases.name(text);
        self.policies.iter().find(|known| known.policy.name == name)
    }

    /// The names that a text means as a further name, such as `cfn:ID`, where it means several.
    pub fn ambiguous(&self, text: &str) -> &[String] {
        self.aliases.several(text)
    }

    /// The name of the user or role that a name with its path means: `role/service/web`, or `service/web` where only one
    /// has that. Where several accounts have one, it is that of the account of the world.
    fn named_with_path(&self, text: &str) -> Option<&str> {
        let known = self.index.named.get(text.rsplit('/').next()?)?.iter().filter(|arn| {
            let own = arn.splitn(6, ':').nth(5).unwrap_or_default();
            own == text || own.split_once('/').is_some_and(|(_, name)| name == text)
        });
        let known = known.filter_map(|arn| Some((&**arn, &**self.index.entities.get(arn)?)));
        let found: Vec<(&str, &str)> = known.collect();
        match found.as_slice() {
            [(_, name)] => Some(name),
            several => {
                let account = self.account.as_ref().map(AccountId::as_str)?;
                let mut own = several.iter().filter(|(arn, _)| arn.split(':').nth(4) == Some(account));
                own.next().map(|(_, name)| *name).filter(|_| own.next().is_none())
            }
        }
    }

    /// A principal that is not in the world, to which nothing is attached, with what is known of its account.
    pub fn stranger(&self, principal: Principal) -> WorldPrincipal {
        let mut stranger = WorldPrincipal::new(principal);
        self.membership.tell(&mut stranger, self.symbols.as_deref());
        stranger
    }

    /// The context keys that policies of the world read, in conditions and as policy variables.
    pub fn read_keys(&self) -> &HashSet<ContextKey> {
        self.read_keys.get_or_init(|| {
            let documents = self.policies.iter().map(|known| known.policy.document());
            documents.flat_map(PolicyDocument::key_uses).map(|used| ContextKey::new(&used.key)).collect()
        })
    }

    /// What the organization says of every account that says nothing else.
    pub fn organization(&self) -> Option<&WorldAccount> {
        self.membership.organization.as_ref()
    }

    /// The accounts of the organization that the world names.
    pub fn member_accounts(&self) -> &BTreeMap<AccountId, WorldAccount> {
        &self.membership.accounts
    }

    /// What is known of an account; `None` when it is not in the organization.
    pub fn account_facts(&self, account: AccountId) -> Option<&WorldAccount> {
        self.membership.of(account)
    }

    /// The ARN that a text means: an ARN, the name of a resource of the world, or such a name with a suffix after a
    /// slash. `None` when it is none of these.
    pub fn resource_arn(&self, text: &str) -> Option<String> {
        if text.starts_with("arn:") {
            return text.parse::<Arn>().is_ok().then(|| text.to_owned());
        }
        let by_name = |name| self.resources.get(self.aliases.name(name));
        if let Some(resource) = by_name(text) {
            return Some(resource.arn.to_string());
        }
        let cuts = text.rmatch_indices('/').filter_map(|(at, _)| text.split_at_checked(at));
        let mut named = cuts.filter_map(|(name, suffix)| Some((by_name(name)?, suffix)));
        named.next().map(|(resource, suffix)| format!("{}{suffix}", resource.arn.as_str().trim_end_matches('/')))
    }

    /// The resource of the world that an ARN is, or lies under, with its name; the longest when there are several.
    pub fn resource_at(&self, arn: &str) -> Option<(&str, &WorldResource)> {
        if self.resources.is_empty() {
            return None;
        }
        let by_arn = |arn: &str| self.resources.get_key_value(self.index.resources.get(arn)?);
        let named = |(name, resource)| (String::as_str(name), resource);
        if let Some(found) = by_arn(arn) {
            return Some(named(found));
        }
        let own = arn.match_indices(':').nth(4).map(|(at, _)| at)?;
        if !Self::has_things_under(arn) {
            return None;
        }
        let above = arn.rmatch_indices('/').take_while(|(at, _)| *at > own);
        above.filter_map(|(at, _)| by_arn(arn.get(..at)?)).map(named).next()
    }

    /// Whether what lies under an ARN, after a slash, belongs to the resource of that ARN.
    pub fn has_things_under(arn: &str) -> bool {
        !FLAT.contains(&arn.split(':').nth(2).unwrap_or_default())
    }

    /// The name of the principal that is the user or role of that ARN.
    pub(crate) fn principal_at(&self, arn: &str) -> Option<&str> {
        self.index.entities.get(arn).map(String::as_str)
    }
}

impl Index {
    fn of(principals: &BTreeMap<String, WorldPrincipal>, resources: &BTreeMap<String, WorldResource>) -> Self {
        let mut index = Self::default();
        for (name, known) in principals {
            if let Some(id) = known.principal().id() {
                index.principals.entry(id.into()).or_insert_with(|| name.clone());
            }
        }
        let telling = |known: &WorldPrincipal| (known.trust().is_some(), !known.tags().is_empty());
        for (name, known) in principals {
            let is_entity = matches!(
                known.principal().class(),
                Some(PrincipalClass::User | PrincipalClass::Role | PrincipalClass::RoleSession)
            );
            let Some(arn) = known.principal().principal_arn().filter(|_| is_entity) else { continue };
            let other = index.entities.get(arn).and_then(|other| principals.get(other));
            if other.is_none() {
                let own_name = arn.rsplit('/').next().unwrap_or(arn);
                index.named.entry(own_name.into()).or_default().push(arn.into());
            }
            let better = other.is_none_or(|other| telling(known) > telling(other));
            if better {
                index.entities.insert(arn.into(), name.clone());
            }
        }
        index.resources = resources.iter().map(|(name, known)| (known.arn.to_string(), name.clone())).collect();
        index
    }
}
