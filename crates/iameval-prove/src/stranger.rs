//! Callers without any tie to the accounts of a policy, and what they can choose of their requests.

mod address;
mod ids;
mod key;
mod partition;
mod provider;
mod source;

use crate::claim::{KeyScope, KeyState, Policies, Scope};
use crate::class;
use crate::realistic::ORGANIZATION_PATH;
use address::addresses;
use iameval::{
    AccountId, CompiledPolicy, ContextKey, PatternElement, PolicyDocument, PolicyId, PolicyKind, Principal,
    PrincipalClass, Request, Statement,
};
use iameval_data::SIGNED_ONLY;
use ids::{NamedIds, OWN_ORGANIZATION, foreign};
use key::{absent, absent_or, arn_like, each_within, exactly, reads_any, said, statements, tests, within};
use partition::partitions;
use provider::{BUILT_IN_PROVIDERS, SHARED_PROVIDERS, SharedProvider, keys_of_providers};
use source::OF_SOURCE;
use std::collections::BTreeSet;
use std::sync::Arc;

pub use provider::is_shared_provider;

/// A caller whom nobody has invited, and the requests that they can make.
#[derive(Debug, Clone)]
pub(crate) struct Stranger {
    pub(crate) scope: Scope,
}

impl Stranger {
    /// The request from the caller whose ARN it has.
    pub(crate) fn with_its_arn(&self, request: Request) -> Request {
        let text = |key: &str| request.context().value(&ContextKey::new(key))?.texts().next();
        let arn = text("aws:PrincipalArn");
        let Some(principal) = arn.and_then(|arn| caller(request.principal(), arn, text("aws:userid"))) else {
            return request;
        };
        let scope = Scope { principal: Some(principal), ..self.scope.clone() };
        let own = class::request(&scope, request.action().clone(), request.resource());
        let mut own = own.leaving_open(own.context().iter().map(|(key, _)| key));
        for (key, value) in request.context().iter() {
            own = match value {
                Some(value) => own.with_context_key(key.as_str(), value.clone()),
                None => own.without([key]),
            };
        }
        own
    }
}

/// The caller like this one who has an ARN.
fn caller(like: &Principal, arn: &str, user_id: Option<&str>) -> Option<Principal> {
    match like.class()? {
        class @ (PrincipalClass::User | PrincipalClass::FederatedUser) => Principal::of_class(class, arn).ok(),
        PrincipalClass::RoleSession => {
            let (_, name) = arn.rsplit_once('/')?;
            let session = user_id.and_then(|id| Some(id.split_once(':')?.1)).unwrap_or("session");
            let (before, _) = like.id()?.split_once('/')?;
            let session =
                Principal::of_class(PrincipalClass::RoleSession, &format!("{before}/{name}/{session}")).ok()?;
            session.with_role(arn.parse().ok()?).ok()
        }
        _ => None,
    }
}

/// Whose a stranger is, as far as AWS assigns it.
#[derive(Debug, Clone, Copy)]
struct Home<'h> {
    partition: &'h str,
    account: AccountId,
}

/// Keys that tell callers of an account apart by what they are.
const OF_FORM: [&str; 2] = ["aws:PrincipalArn", "aws:userid"];

/// Keys that follow from who calls, with which endpoint and for whom, and are there only where it is said.
const OF_CALLER: [&str; 10] = [
    "aws:FederatedProvider",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:userid",
    "aws:username",
    "kms:CallerAccount",
];

/// Keys that only users and sessions of roles bring along.
const OF_SESSION: [&str; 2] = ["aws:SourceIdentity", "sts:RoleSessionName"];

/// Every kind of stranger to these policies.
pub(crate) fn strangers(policies: &Policies, asked: &Scope) -> Vec<Stranger> {
    let named = NamedIds::of(policies, asked);
    let account = named.unnamed_account();
    strangers_with(&named, account, policies, asked)
}

/// The same of an account that no account can be of which only that is known: a stranger is of another by definition. The
/// text is no account id, which a policy could only tell by `?`.
pub(crate) fn strangers_of_unnamed_account(policies: &Policies, asked: &Scope) -> Vec<Stranger> {
    const NO_ACCOUNT: &str = "\u{10FFFD}";
    let named = NamedIds::of(policies, asked);
    let counts_letters = policies.documents().iter().any(|document| document.to_string().contains('?'));
    let account = NO_ACCOUNT.parse().ok().filter(|_| !counts_letters).unwrap_or_else(|| named.unnamed_account());
    strangers_with(&named, account, policies, asked)
}

/// The kinds of policies that a stranger has of its own. A federated user may do what both allow.
fn own_policies(stranger: &Principal) -> &'static [PolicyKind] {
    match stranger.class() {
        Some(PrincipalClass::FederatedUser) => &[PolicyKind::Identity, PolicyKind::Session],
        Some(PrincipalClass::User | PrincipalClass::RoleSession | PrincipalClass::Root) => &[PolicyKind::Identity],
        _ => &[],
    }
}

/// The policies, with those that a stranger has, which allow everything.
pub(crate) fn with_own_policies(policies: &Policies, stranger: Option<&Principal>) -> Policies {
    const ALL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let mut all = policies.clone();
    for kind in stranger.map(own_policies).unwrap_or_default() {
        let compiled = CompiledPolicy::parse(PolicyId::new("everything"), *kind, ALL);
        if let (Ok(compiled), Ok(document)) = (compiled, ALL.parse::<PolicyDocument>()) {
            all = all.with(&Arc::new(compiled), Arc::new(document));
        }
    }
    all
}

fn strangers_with(named: &NamedIds, account: AccountId, policies: &Policies, asked: &Scope) -> Vec<Stranger> {
    let partitions = partitions(policies, asked);
    let mut accounts = vec![account];
    accounts.extend(named.accounts_like_patterns(policies, account));
    let mut strangers = Vec::new();
    for partition in &partitions {
        let others = partitions.iter().filter(|other| *other != partition);
        let mut asked = asked.clone();
        // Nobody is let in to the resources of another partition.
        asked.except_resources.extend(others.map(|other| format!("arn:{other}:*")));
        let about = About { named, policies, asked: &asked };
        for account in &accounts {
            strangers.extend(about.of_home(Home { partition, account: *account }));
        }
    }
    let about = About { named, policies, asked };
    let home = Home { partition: partitions.first().map_or("aws", String::as_str), account };
    strangers.extend(SHARED_PROVIDERS.iter().flat_map(|provider| about.of_provider(home, provider)));
    strangers
}

/// What a role is asked for beside an action that lets a caller in, and by itself gives nobody anything (*Pass session tags in
/// AWS STS* and *Monitor and control actions taken with assumed roles*, IAM User Guide).
const BESIDE_OTHERS: [&str; 3] = ["sts:SetContext", "sts:SetSourceIdentity", "sts:TagSession"];

/// What strangers are strangers to.
#[derive(Clone, Copy)]
struct About<'a> {
    named: &'a NamedIds,
    policies: &'a Policies,
    asked: &'a Scope,
}

impl About<'_> {
    /// The strangers whom a provider signed in. All that they can do is assume roles.
    fn of_provider(self, home: Home<'_>, provider: &SharedProvider) -> Vec<Stranger> {
        let Some(actions) = sts_actions(&self.asked.actions) else { return Vec::new() };
        let owner = self.asked.resource_account.or_else(|| owner(self.policies, home.account));
        let names = provider.names(self.policies, home.partition, owner);
        let strangers = names.into_iter().filter_map(|text| {
            let principal = Principal::of_class(PrincipalClass::WebIdentity, &text).ok()?;
            let mut keys = provider.token(&text, self.policies);
            keys.extend(keys_of_providers(self.policies, |host| provider.is_at(host)));
            let mut stranger = self.stranger(home, principal, keys);
            stranger.scope.actions.clone_from(&actions);
            Some(stranger)
        });
        strangers.collect()
    }

    /// The strangers of an account, and whom it has call for it.
    fn of_home(self, home: Home<'_>) -> Vec<Stranger> {
        let Home { partition, account } = home;
        let mut strangers = Vec::new();
        let anonymous = Principal::of_class(PrincipalClass::Anonymous, "anonymous");
        strangers.extend(anonymous.map(|anonymous| {
            let mut stranger = self.stranger(home, anonymous, self.without_session());
            // Whoever a provider signed in is a stranger of another kind.
            stranger.scope.except_actions.push("sts:*".into());
            stranger.scope.except_actions.extend(SIGNED_ONLY.map(Into::into));
            stranger
        }));
        let mut forms = vec![
            (PrincipalClass::User, format!("arn:{partition}:iam::{account}:user/stranger")),
            (PrincipalClass::RoleSession, format!("arn:{partition}:sts::{account}:assumed-role/stranger/session")),
        ];
        if reads_any(self.policies, &OF_FORM) {
            forms.push((PrincipalClass::Root, format!("arn:{partition}:iam::{account}:root")));
            forms.push((
                PrincipalClass::FederatedUser,
                format!("arn:{partition}:sts::{account}:federated-user/stranger"),
            ));
        }
        let usual = forms.iter().map(|(class, arn)| (*class, arn, self.signed_in(home, *class)));
        // What has no colons in it comes first.
        let odd = forms.iter().filter_map(|(class, arn)| {
            let path = self.odd_path(home, *class)?;
            Some((*class, arn, [path].into_iter().chain(self.signed_in(home, *class)).collect()))
        });
        for (class, arn, keys) in usual.chain(odd) {
            let principal = Principal::of_class(class, arn);
            strangers.extend(principal.map(|principal| self.stranger(home, principal, keys)));
        }
        for mut keys in source::calls(partition, account, self.policies, self.named) {
            let service = Principal::of_class(PrincipalClass::Service, "stranger.amazonaws.com");
            keys.extend(self.without_session());
            strangers.extend(service.map(|service| self.stranger(home, service, keys)));
        }
        strangers
    }

    /// What a user, a session or the root user of an account has in its context.
    fn signed_in(self, home: Home<'_>, class: PrincipalClass) -> Vec<KeyScope> {
        let Home { partition, account } = home;
        let mut keys = vec![
            said("aws:PrincipalAccount", vec![exactly(&[account.as_str()])]),
            said("kms:CallerAccount", vec![exactly(&[account.as_str()])]),
            absent_or("aws:PrincipalOrgID", [self.named.another("o-")]),
            absent_or("aws:PrincipalOrgPaths", [self.named.other_paths()]),
        ];
        let iam = format!("arn:{partition}:iam::{account}");
        match class {
            PrincipalClass::User => keys.extend([
                said("aws:PrincipalArn", vec![arn_like(&format!("{iam}:user/*"))]),
                said("aws:userid", vec![self.named.another_unique_id("AIDA", "")]),
                said("aws:username", vec![KeyState::Present(Box::default())]),
            ]),
            PrincipalClass::Root => {
                keys.extend([
                    said("aws:PrincipalArn", vec![exactly(&[&format!("{iam}:root")])]),
                    said("aws:userid", vec![exactly(&[account.as_str()])]),
                ]);
                keys.extend(self.without_session());
            }
            PrincipalClass::FederatedUser => keys.extend([
                said("aws:PrincipalArn", vec![arn_like(&format!("arn:{partition}:sts::{account}:federated-user/*"))]),
                said("aws:userid", vec![key::like(&format!("{account}:*"))]),
            ]),
            _ => {
                // Whoever has roles chooses who may sign in to them.
                let own = ["oidc-provider", "saml-provider"].map(|kind| format!("{iam}:{kind}/*"));
                let providers: Vec<&str> =
                    BUILT_IN_PROVIDERS.into_iter().chain(own.iter().map(String::as_str)).collect();
                keys.extend(provider::of_session(self.policies));
                keys.extend([
                    said("aws:PrincipalArn", vec![arn_like(&format!("{iam}:role/*"))]),
                    said("aws:userid", vec![self.named.another_unique_id("AROA", ":*")]),
                    absent_or("aws:FederatedProvider", [within(&providers, Vec::new())]),
                ]);
            }
        }
        keys
    }

    /// An ARN whose path may have colons (*IAM identifiers*, IAM User Guide). The name has none, so it does not end like the ARN of
    /// a root user.
    fn odd_path(self, home: Home<'_>, class: PrincipalClass) -> Option<KeyScope> {
        let Home { partition, account } = home;
        let kind = match class {
            PrincipalClass::User => "user",
            PrincipalClass::RoleSession => "role",
            _ => return None,
        };
        let arn = within(&[&format!("arn:{partition}:iam::{account}:{kind}/*/*")], vec!["*:root".to_owned()]);
        reads_any(self.policies, &["aws:PrincipalArn"]).then(|| said("aws:PrincipalArn", vec![arn]))
    }

    /// That nothing is there which only users and sessions of roles have.
    fn without_session(self) -> Vec<KeyScope> {
        let read = self.policies.set().context_keys().map(ContextKey::as_str);
        let tags = read.filter(|key| key.to_ascii_lowercase().starts_with("aws:principaltag/"));
        tags.chain(OF_SESSION).map(absent).collect()
    }

    /// The stranger with keys of its own. What is said first of a key counts.
    fn stranger(self, home: Home<'_>, principal: Principal, own: Vec<KeyScope>) -> Stranger {
        let Home { partition, account } = home;
        let Self { named, policies, asked } = self;
        let mut keys = own;
        keys.extend(asked.keys.iter().cloned());
        keys.push(addresses(policies));
        if !matches!(principal.class(), Some(PrincipalClass::RoleSession | PrincipalClass::WebIdentity)) {
            keys.extend(keys_of_providers(policies, |_| false));
        }
        keys.extend(OF_CALLER.into_iter().chain(OF_SOURCE).map(absent));
        keys.push(absent_or("aws:PrincipalIsAWSService", [exactly(&["false"])]));
        // Mount targets are in the networks of the file system's owner (*Blocking public access to file systems*, EFS User Guide).
        keys.push(absent_or("elasticfilesystem:AccessedViaMountTarget", [exactly(&["false"])]));
        keys.push(absent_or("sts:ExternalId", [foreign(policies, "sts:ExternalId", "#")]));
        keys.push(absent_or("aws:SourceVpc", [named.another("vpc-")]));
        keys.push(absent_or("aws:SourceVpce", [named.another("vpce-")]));
        keys.push(absent_or("aws:SourceVpcArn", [arn_like(&format!("arn:{partition}:ec2:*:{account}:vpc/*"))]));
        let access_point = format!("arn:{partition}:s3:*:{account}:accesspoint/*");
        keys.push(absent_or("s3:DataAccessPointArn", [arn_like(&access_point)]));
        keys.push(absent_or("s3:DataAccessPointAccount", [exactly(&[account.as_str()])]));
        keys.push(absent_or("aws:VpceAccount", [exactly(&[account.as_str()])]));
        keys.push(absent_or("aws:VpceOrgID", [named.another("o-")]));
        keys.push(absent_or("aws:VpceOrgPaths", [named.other_paths()]));
        let resource_account = asked.resource_account.or_else(|| owner(policies, account));
        keys.extend(self.of_owner(account, resource_account));
        // What the policies do not look at makes no difference.
        let read: BTreeSet<&ContextKey> = policies.set().context_keys().collect();
        let is_asked = |key: &ContextKey| asked.keys.iter().any(|scope| scope.key == *key);
        let mut seen = BTreeSet::new();
        keys.retain(|scope| (read.contains(&scope.key) || is_asked(&scope.key)) && seen.insert(scope.key.clone()));
        let except_actions = asked.except_actions.iter().cloned().chain(BESIDE_OTHERS.map(Into::into)).collect();
        let scope = Scope {
            principal: Some(principal),
            keys,
            resource_account,
            derives_context: false,
            except_actions,
            ..asked.clone()
        };
        Stranger { scope }
    }

    /// What follows from the owner of the resources, which is no stranger.
    fn of_owner(self, stranger: AccountId, owner: Option<AccountId>) -> Vec<KeyScope> {
        const ACCOUNT: &str = "aws:ResourceAccount";
        const ORGANIZATION: &str = "aws:ResourceOrgID";
        let tested = |key: &str| {
            let key = ContextKey::new(key);
            let tests = tests(self.policies).filter(move |(_, test)| ContextKey::new(test.key()) == key);
            tests.flat_map(|(_, test)| test.values())
        };
        // Where the owner is not known, it may be any that the policies look for.
        let is_known = self.asked.resource_account.is_some();
        let looked_for = tested(ACCOUNT).filter(|_| !is_known).filter_map(|text| self.named.account_named(text));
        let owners: BTreeSet<AccountId> = looked_for.chain(owner).filter(|account| *account != stranger).collect();
        let owners: Vec<&str> = owners.iter().map(AccountId::as_str).collect();
        let account = match owners.as_slice() {
            [] => None,
            [one] => Some(said(ACCOUNT, vec![KeyState::Is((*one).into())])),
            several => Some(absent_or(ACCOUNT, [exactly(several)])),
        };
        let organization = match tested(ORGANIZATION).next() {
            None => said(ORGANIZATION, vec![KeyState::Is(OWN_ORGANIZATION.into())]),
            Some(_) => absent_or(ORGANIZATION, [key::like("o-*")]),
        };
        let paths = absent_or("aws:ResourceOrgPaths", [each_within(&[ORGANIZATION_PATH], Vec::new())]);
        account.into_iter().chain([organization, paths]).collect()
    }
}

/// The actions of STS among those that fit the patterns; `None` where there are none.
fn sts_actions(patterns: &[String]) -> Option<Vec<String>> {
    let of_sts = |pattern: &String| match pattern.get(..4) {
        Some(service) if service.eq_ignore_ascii_case("sts:") => Some(pattern.clone()),
        _ => (pattern == "*").then(|| "sts:*".to_owned()),
    };
    let actions: Vec<String> = match patterns {
        [] => vec!["sts:*".to_owned()],
        patterns => patterns.iter().filter_map(of_sts).collect(),
    };
    (!actions.is_empty()).then_some(actions)
}

/// The account that owns the resources: the first that the policies name in a resource, or another than the stranger's.
fn owner(policies: &Policies, stranger: AccountId) -> Option<AccountId> {
    let mut resources = statements(policies).filter_map(Statement::resource).flat_map(PatternElement::patterns);
    let named = resources.find_map(|arn| ids::account_of(arn).parse::<AccountId>().ok());
    named.filter(|account| *account != stranger).or_else(|| "111122223333".parse().ok())
}
