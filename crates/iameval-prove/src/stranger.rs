//! Callers without any tie to the accounts of a policy, and what they can choose of their requests.

use crate::claim::{KeyScope, KeyState, Policies, Scope, ValueRange};
use iameval::{AccountId, ContextKey, OperatorFamily, PatternElement, Principal, PrincipalClass, Statement};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

/// A caller whom nobody has invited, and the requests that they can make.
#[derive(Debug, Clone)]
pub(crate) struct Stranger {
    pub(crate) scope: Scope,
    /// Whether the caller has identity policies, which allow everything.
    pub(crate) has_policies: bool,
}

/// An account and ids that AWS assigned to someone else than those that the policies name.
#[derive(Debug, Clone)]
struct Ids {
    account: AccountId,
    organization: &'static str,
    unique: &'static str,
}

/// An OIDC provider that signs in the users of many tenants.
struct SharedProvider {
    /// Host and path, as the keys of its tokens begin.
    host: &'static str,
    /// What the `sub` of a stranger's token looks like.
    subject: &'static str,
    /// What the `aud` looks like, where the provider assigns it; elsewhere it is the caller's choice.
    audience: Option<&'static str>,
    /// Further claims that say whose the token is, and what they look like.
    others: &'static [(&'static str, &'static str)],
}

/// A name of a stranger's own in the tables of providers.
const STRANGER: &str = "stranger-zzzz";

/// The claims of GitHub that say whose workflow it is (*Available keys for AWS OIDC federation*, IAM User Guide).
const OF_GITHUB: &[(&str, &str)] = &[
    ("actor", "stranger-zzzz"),
    ("actor_id", "999999999999"),
    ("enterprise", "stranger-zzzz"),
    ("enterprise_id", "999999999999"),
    ("job_workflow_ref", "stranger-zzzz/*"),
    ("repository", "stranger-zzzz/*"),
    ("repository_id", "999999999999"),
    ("repository_owner", "stranger-zzzz"),
    ("repository_owner_id", "999999999999"),
    ("workflow_ref", "stranger-zzzz/*"),
];

/// Shared providers (*Identity-provider controls for shared OIDC providers*, IAM User Guide), with the form of their
/// subjects as each provider documents it.
const SHARED_PROVIDERS: [SharedProvider; 8] = [
    SharedProvider {
        host: "token.actions.githubusercontent.com",
        subject: "repo:stranger-zzzz/*",
        audience: None,
        others: OF_GITHUB,
    },
    SharedProvider { host: "gitlab.com", subject: "project_path:stranger-zzzz/*", audience: None, others: &[] },
    SharedProvider { host: "app.terraform.io", subject: "organization:stranger-zzzz:*", audience: None, others: &[] },
    SharedProvider {
        host: "oidc.circleci.com",
        subject: "org/00000000-0000-4000-8000-00000000zzzz/*",
        audience: Some("00000000-0000-4000-8000-00000000zzzz"),
        others: &[],
    },
    SharedProvider {
        host: "agent.buildkite.com",
        subject: "organization:stranger-zzzz:*",
        audience: None,
        others: &[],
    },
    SharedProvider { host: "oidc.codefresh.io", subject: "account:zzzzzzzzzzzz:*", audience: None, others: &[] },
    SharedProvider {
        host: "accounts.google.com",
        subject: "100000000000000000zzz",
        audience: Some("zzzz.apps.googleusercontent.com"),
        others: &[("oaud", "zzzz.apps.googleusercontent.com")],
    },
    SharedProvider {
        host: "cognito-identity.amazonaws.com",
        subject: "us-east-1:00000000-0000-4000-8000-00000000zzzz",
        audience: Some("us-east-1:00000000-0000-4000-8000-0000000zzzzz"),
        others: &[],
    },
];

/// Whether it is known that an OIDC provider signs in the users of many tenants, by its host and path.
pub fn is_shared_provider(host: &str) -> bool {
    SHARED_PROVIDERS.iter().any(|provider| provider.host == host)
}

/// Every kind of stranger to these policies.
pub(crate) fn strangers(policies: &Policies, asked: &Scope) -> Vec<Stranger> {
    strangers_with(&Ids::unnamed(policies), policies, asked)
}

/// The same of an account that no account can be of which only that is known: a stranger is of another by definition. The
/// text is no account id, which a policy could only tell by `?`.
pub(crate) fn strangers_of_unnamed_account(policies: &Policies, asked: &Scope) -> Vec<Stranger> {
    const NO_ACCOUNT: &str = "\u{10FFFD}";
    let ids = Ids::unnamed(policies);
    let counts_letters = policies.documents().iter().any(|document| document.to_string().contains('?'));
    let account = NO_ACCOUNT.parse().ok().filter(|_| !counts_letters).unwrap_or(ids.account);
    strangers_with(&Ids { account, ..ids }, policies, asked)
}

fn strangers_with(ids: &Ids, policies: &Policies, asked: &Scope) -> Vec<Stranger> {
    let mut strangers = Vec::new();
    if let Ok(anonymous) = Principal::of_class(PrincipalClass::Anonymous, "anonymous") {
        strangers.push(stranger(policies, asked, ids, anonymous, Vec::new()));
    }
    for ids in std::iter::once(ids.clone()).chain(ids.in_patterns(policies)) {
        let user = format!("arn:aws:iam::{}:user/stranger", ids.account);
        let session = format!("arn:aws:sts::{}:assumed-role/stranger/session", ids.account);
        for (arn, class) in [(user, "user"), (session, "role")] {
            let Ok(principal) = arn.parse::<Principal>() else { continue };
            let stranger = stranger(policies, asked, &ids, principal, signed_in(&ids, class));
            strangers.push(Stranger { has_policies: true, ..stranger });
        }
    }
    for provider in &SHARED_PROVIDERS {
        for text in provider.names(policies) {
            let Ok(principal) = Principal::of_class(PrincipalClass::WebIdentity, &text) else { continue };
            strangers.push(stranger(policies, asked, ids, principal, provider.token(&text, policies)));
        }
    }
    strangers
}

fn stranger(policies: &Policies, asked: &Scope, ids: &Ids, principal: Principal, own: Vec<KeyScope>) -> Stranger {
    let account = ids.account;
    let mut keys = own;
    keys.extend(asked.keys.iter().cloned());
    keys.push(addresses(policies));
    // Nobody calls as a service, through its endpoints or for its accounts.
    let not_there = [
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:SourceOwner",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:userid",
        "aws:username",
        "aws:FederatedProvider",
        "kms:CallerAccount",
    ];
    keys.extend(not_there.map(|key| said(key, vec![KeyState::Absent])));
    keys.push(said("aws:PrincipalIsAWSService", vec![KeyState::Absent, exactly(&["false"])]));
    // Mount targets are in the networks of the file system's owner (*Blocking public access to file systems*, EFS User Guide).
    keys.push(said("elasticfilesystem:AccessedViaMountTarget", vec![KeyState::Absent, exactly(&["false"])]));
    keys.push(said("sts:ExternalId", vec![KeyState::Absent, exactly(&["stranger-zzzz"])]));
    keys.push(said("s3:DataAccessPointAccount", vec![KeyState::Absent, exactly(&[account.as_str()])]));
    for (key, id) in [("aws:SourceVpc", "vpc-0000000000000zzzz"), ("aws:SourceVpce", "vpce-0000000000000zzzz")] {
        keys.push(said(key, vec![KeyState::Absent, exactly(&[id])]));
    }
    let vpc = format!("arn:aws:ec2:*:{account}:vpc/*");
    keys.push(said("aws:SourceVpcArn", vec![KeyState::Absent, like(&vpc)]));
    let access_point = format!("arn:aws:s3:*:{account}:accesspoint/*");
    keys.push(said("s3:DataAccessPointArn", vec![KeyState::Absent, like(&access_point)]));
    keys.push(said("aws:VpceAccount", vec![KeyState::Absent, exactly(&[account.as_str()])]));
    keys.push(said("aws:VpceOrgID", vec![KeyState::Absent, exactly(&[ORGANIZATION])]));
    keys.push(said("aws:VpceOrgPaths", vec![KeyState::Absent, like(PATHS)]));
    let mut seen = BTreeSet::new();
    keys.retain(|scope| seen.insert(scope.key.clone()));
    let resource_account = asked.resource_account.or_else(|| owner(policies, account));
    let scope = Scope { principal: Some(principal), keys, resource_account, derives_context: false, ..asked.clone() };
    Stranger { scope, has_policies: false }
}

const ORGANIZATION: &str = "o-zzzzzzzzzz";
/// Only the id of an organization is its own among all; roots and units of others may have the same ids (*AWS global condition
/// context keys*, `aws:PrincipalOrgPaths`).
const PATHS: &str = "o-zzzzzzzzzz/r-*/*";

/// Providers that every account trusts without an ARN of its own (*AWS JSON policy elements: Principal*, IAM User Guide).
const BUILT_IN_PROVIDERS: [&str; 4] =
    ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];

/// What a user or a session of a role has in its context.
fn signed_in(ids: &Ids, class: &str) -> Vec<KeyScope> {
    let account = ids.account.as_str();
    let (arn, user_id) = match class {
        "user" => (format!("arn:aws:iam::{account}:user/*"), format!("AIDA{}", ids.unique)),
        _ => (format!("arn:aws:iam::{account}:role/*"), format!("AROA{}:*", ids.unique)),
    };
    let organization = || vec![KeyState::Absent, exactly(&[ids.organization])];
    let mut keys = vec![
        said("aws:PrincipalAccount", vec![exactly(&[account])]),
        said("kms:CallerAccount", vec![exactly(&[account])]),
        said("aws:PrincipalArn", vec![like_without_further_colons(&arn)]),
        said("aws:userid", vec![like(&user_id)]),
        said("aws:PrincipalOrgID", organization()),
        said("aws:PrincipalOrgPaths", vec![KeyState::Absent, like(PATHS)]),
    ];
    if class == "user" {
        keys.push(said("aws:username", vec![KeyState::Present(Box::default())]));
    } else {
        // Whoever has roles chooses who may sign in to them.
        let own =
            [format!("arn:aws:iam::{account}:oidc-provider/*"), format!("arn:aws:iam::{account}:saml-provider/*")];
        let built_in = BUILT_IN_PROVIDERS.map(str::to_owned);
        let range = ValueRange { like: Some([built_in.as_slice(), &own].concat()), ..ValueRange::default() };
        keys.push(said("aws:FederatedProvider", vec![KeyState::Absent, KeyState::Present(Box::new(range))]));
    }
    keys
}

/// The addresses that a stranger can call from: all but private ones, and networks of a policy that are narrow enough to be
/// someone's own (*The meaning of "public"*, Amazon S3 User Guide: /8 of IPv4, /32 of IPv6, and longer).
fn addresses(policies: &Policies) -> KeyScope {
    const PRIVATE: [&str; 6] =
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7"];
    let key = ContextKey::new("aws:SourceIp");
    let mut owned: Vec<String> = PRIVATE.map(Into::into).into();
    for statement in statements(policies) {
        for (operator, test) in statement.tests() {
            if operator.base.family() == OperatorFamily::IpAddress && ContextKey::new(test.key()) == key {
                owned.extend(test.values().filter(|text| is_narrow(text)).map(str::to_owned));
            }
        }
    }
    let range = ValueRange { not_cidr: owned, ..ValueRange::default() };
    KeyScope { key, is_list: None, alternatives: vec![KeyState::Absent, KeyState::Present(Box::new(range))] }
}

fn is_narrow(network: &str) -> bool {
    let (address, prefix) = network.split_once('/').unwrap_or((network, "128"));
    let least = if address.parse::<Ipv4Addr>().is_ok() { 8 } else { 32 };
    prefix.parse::<u32>().is_ok_and(|prefix| prefix >= least)
}

/// The account that owns the resources: the first that the policies name in a resource, or another than the stranger's.
fn owner(policies: &Policies, stranger: AccountId) -> Option<AccountId> {
    let mut resources = statements(policies).filter_map(Statement::resource).flat_map(PatternElement::patterns);
    let named = resources.find_map(|arn| arn.split(':').nth(4)?.parse::<AccountId>().ok());
    named.filter(|account| *account != stranger).or_else(|| "111122223333".parse().ok())
}

impl SharedProvider {
    /// The names by which the policies trust the provider.
    fn names(&self, policies: &Policies) -> Vec<String> {
        let mut names = BTreeSet::new();
        for statement in statements(policies) {
            let Some(iameval::PrincipalForm::Map(lists)) = statement.principal().map(iameval::PrincipalElement::form)
            else {
                continue;
            };
            let federated = lists.iter().filter(|list| list.kind() == iameval::PrincipalType::Federated);
            let own = |text: &&str| **text == *self.host || text.ends_with(&format!(":oidc-provider/{}", self.host));
            names.extend(federated.flat_map(iameval::PrincipalList::values).filter(own).map(str::to_owned));
        }
        names.into_iter().collect()
    }

    /// The subjects that a stranger's token may have. A name is the stranger's choice, unless a policy names it in full.
    fn subject(&self, policies: &Policies) -> KeyState {
        let Some((before, after)) = self.subject.split_once(STRANGER) else { return like(self.subject) };
        let key = ContextKey::new(&format!("{}:sub", self.host));
        let mut not_like = BTreeSet::new();
        for statement in statements(policies) {
            for (_, test) in statement.tests().filter(|(_, test)| ContextKey::new(test.key()) == key) {
                let named = test.values().filter_map(|value| value.strip_prefix(before)?.split(['/', ':']).next());
                // An owner with its number has the name before it.
                let named = named.map(|owner| owner.split('@').next().unwrap_or(owner));
                for owner in named.filter(|owner| !owner.contains(['*', '?', '$'])) {
                    not_like.extend([format!("{before}{owner}{after}"), format!("{before}{owner}@*{after}")]);
                }
            }
        }
        let like = Some(vec![format!("{before}*{after}")]);
        let range = ValueRange { like, not_like: not_like.into_iter().collect(), ..ValueRange::default() };
        KeyState::Present(Box::new(range))
    }

    /// What a token of a stranger brings along.
    fn token(&self, name: &str, policies: &Policies) -> Vec<KeyScope> {
        let key = |claim: &str| format!("{}:{claim}", self.host);
        let mut keys = vec![
            said(&key("sub"), vec![self.subject(policies)]),
            said("aws:FederatedProvider", vec![exactly(&[name])]),
        ];
        keys.extend(self.audience.map(|audience| said(&key("aud"), vec![exactly(&[audience])])));
        let other = |(claim, pattern): &(&str, &str)| said(&key(claim), vec![KeyState::Absent, like(pattern)]);
        keys.extend(self.others.iter().map(other));
        keys
    }
}

impl Ids {
    /// Ids that are in no policy.
    fn unnamed(policies: &Policies) -> Self {
        let texts: String = policies.documents().iter().map(ToString::to_string).collect();
        let mut accounts = (0_u64..).map(|number| format!("{:012}", 999_999_999_999 - number));
        let account = accounts.find_map(|text| (!texts.contains(&text)).then(|| text.parse().ok()).flatten());
        let account = account.unwrap_or_else(|| unreachable!("a policy does not name every account"));
        Self { account, organization: ORGANIZATION, unique: "ZZZZZZZZZZZZZZZZZ" }
    }

    /// The same with accounts that fit patterns of the policies for the caller's account.
    fn in_patterns(&self, policies: &Policies) -> Vec<Self> {
        const MOST: usize = 4;
        let keys = ["aws:PrincipalAccount", "kms:CallerAccount"].map(ContextKey::new);
        let tests = statements(policies).flat_map(Statement::tests);
        let values =
            tests.filter(|(_, test)| keys.contains(&ContextKey::new(test.key()))).flat_map(|(_, test)| test.values());
        let mut accounts = BTreeSet::new();
        for pattern in values.filter(|text| text.contains(['*', '?']) && !text.contains('$')) {
            let missing = 12_usize.saturating_sub(pattern.chars().filter(|character| *character != '*').count());
            let text = pattern.replacen('*', &"9".repeat(missing), 1).replace('*', "").replace('?', "9");
            accounts.extend(text.parse::<AccountId>().ok().filter(|account| *account != self.account));
        }
        accounts.into_iter().take(MOST).map(|account| Self { account, ..self.clone() }).collect()
    }
}

fn statements(policies: &Policies) -> impl Iterator<Item = &Statement> {
    policies.documents().iter().flat_map(|document| document.statements())
}

fn said(key: &str, alternatives: Vec<KeyState>) -> KeyScope {
    KeyScope { key: ContextKey::new(key), is_list: None, alternatives }
}

fn exactly(texts: &[&str]) -> KeyState {
    let any_of = Some(texts.iter().map(|text| (*text).to_owned()).collect());
    KeyState::Present(Box::new(ValueRange { any_of, ..ValueRange::default() }))
}

/// ARNs of users and roles, whose names and paths have no colons.
fn like_without_further_colons(pattern: &str) -> KeyState {
    let like = Some(vec![pattern.to_owned()]);
    let not_like = vec!["arn:*:*:*:*:*:*".to_owned()];
    KeyState::Present(Box::new(ValueRange { like, not_like, ..ValueRange::default() }))
}

fn like(pattern: &str) -> KeyState {
    KeyState::Present(Box::new(ValueRange { like: Some(vec![pattern.to_owned()]), ..ValueRange::default() }))
}
