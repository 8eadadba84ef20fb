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
struct Ids {
    account: AccountId,
    organization: String,
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
}

/// Shared providers (*Identity-provider controls for shared OIDC providers*, IAM User Guide), with the form of their
/// subjects as each provider documents it.
const SHARED_PROVIDERS: [SharedProvider; 8] = [
    SharedProvider { host: "token.actions.githubusercontent.com", subject: "repo:stranger-zzzz/*", audience: None },
    SharedProvider { host: "gitlab.com", subject: "project_path:stranger-zzzz/*", audience: None },
    SharedProvider { host: "app.terraform.io", subject: "organization:stranger-zzzz:*", audience: None },
    SharedProvider {
        host: "oidc.circleci.com",
        subject: "org/00000000-0000-4000-8000-00000000zzzz/*",
        audience: Some("00000000-0000-4000-8000-00000000zzzz"),
    },
    SharedProvider { host: "agent.buildkite.com", subject: "organization:stranger-zzzz:*", audience: None },
    SharedProvider { host: "oidc.codefresh.io", subject: "account:zzzzzzzzzzzz:*", audience: None },
    SharedProvider {
        host: "accounts.google.com",
        subject: "100000000000000000zzz",
        audience: Some("zzzz.apps.googleusercontent.com"),
    },
    SharedProvider {
        host: "cognito-identity.amazonaws.com",
        subject: "us-east-1:00000000-0000-4000-8000-00000000zzzz",
        audience: Some("us-east-1:00000000-0000-4000-8000-0000000zzzzz"),
    },
];

/// Every kind of stranger to these policies.
pub(crate) fn strangers(policies: &Policies, asked: &Scope) -> Vec<Stranger> {
    let ids = Ids::unnamed(policies);
    let mut strangers = Vec::new();
    if let Ok(anonymous) = Principal::of_class(PrincipalClass::Anonymous, "anonymous") {
        strangers.push(stranger(policies, asked, anonymous, Vec::new()));
    }
    let user = format!("arn:aws:iam::{}:user/stranger", ids.account);
    let session = format!("arn:aws:sts::{}:assumed-role/stranger/session", ids.account);
    for (arn, class) in [(user, "user"), (session, "role")] {
        let Ok(principal) = arn.parse::<Principal>() else { continue };
        strangers.push(Stranger { has_policies: true, ..stranger(policies, asked, principal, signed_in(&ids, class)) });
    }
    for provider in &SHARED_PROVIDERS {
        for text in provider.names(policies) {
            let Ok(principal) = Principal::of_class(PrincipalClass::WebIdentity, &text) else { continue };
            strangers.push(stranger(policies, asked, principal, provider.token(&text)));
        }
    }
    strangers
}

fn stranger(policies: &Policies, asked: &Scope, principal: Principal, own: Vec<KeyScope>) -> Stranger {
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
    keys.push(said("sts:ExternalId", vec![KeyState::Absent, exactly(&["stranger-zzzz"])]));
    keys.push(said(
        "s3:DataAccessPointAccount",
        vec![KeyState::Absent, exactly(&[Ids::unnamed(policies).account.as_str()])],
    ));
    for (key, id) in [("aws:SourceVpc", "vpc-0000000000000zzzz"), ("aws:SourceVpce", "vpce-0000000000000zzzz")] {
        keys.push(said(key, vec![KeyState::Absent, exactly(&[id])]));
    }
    let account = Ids::unnamed(policies).account;
    let vpc = format!("arn:aws:ec2:*:{account}:vpc/*");
    keys.push(said("aws:SourceVpcArn", vec![KeyState::Absent, like(&vpc)]));
    keys.push(said("aws:VpceAccount", vec![KeyState::Absent, exactly(&[account.as_str()])]));
    for (key, id) in [("aws:VpceOrgID", ORGANIZATION), ("aws:VpceOrgPaths", PATH)] {
        keys.push(said(key, vec![KeyState::Absent, exactly(&[id])]));
    }
    let mut seen = BTreeSet::new();
    keys.retain(|scope| seen.insert(scope.key.clone()));
    let resource_account = asked.resource_account.or_else(|| owner(policies, account));
    let scope = Scope { principal: Some(principal), keys, resource_account, derives_context: false, ..asked.clone() };
    Stranger { scope, has_policies: false }
}

const ORGANIZATION: &str = "o-zzzzzzzzzz";
const PATH: &str = "o-zzzzzzzzzz/r-zzzz/ou-zzzz-zzzzzzzz/";

/// What a user or a session of a role has in its context.
fn signed_in(ids: &Ids, class: &str) -> Vec<KeyScope> {
    let account = ids.account.as_str();
    let (arn, user_id) = match class {
        "user" => (format!("arn:aws:iam::{account}:user/*"), format!("AIDA{}", ids.unique)),
        _ => (format!("arn:aws:iam::{account}:role/*"), format!("AROA{}:*", ids.unique)),
    };
    let organization = || vec![KeyState::Absent, exactly(&[&ids.organization])];
    let mut keys = vec![
        said("aws:PrincipalAccount", vec![exactly(&[account])]),
        said("kms:CallerAccount", vec![exactly(&[account])]),
        said("aws:PrincipalArn", vec![like(&arn)]),
        said("aws:userid", vec![like(&user_id)]),
        said("aws:PrincipalOrgID", organization()),
        said("aws:PrincipalOrgPaths", vec![KeyState::Absent, exactly(&[PATH])]),
    ];
    if class == "user" {
        keys.push(said("aws:username", vec![KeyState::Present(Box::default())]));
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

    /// What a token of a stranger brings along.
    fn token(&self, name: &str) -> Vec<KeyScope> {
        let key = |claim: &str| format!("{}:{claim}", self.host);
        let mut keys =
            vec![said(&key("sub"), vec![like(self.subject)]), said("aws:FederatedProvider", vec![exactly(&[name])])];
        keys.extend(self.audience.map(|audience| said(&key("aud"), vec![exactly(&[audience])])));
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
        Self { account, organization: ORGANIZATION.to_owned(), unique: "ZZZZZZZZZZZZZZZZZ" }
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

fn like(pattern: &str) -> KeyState {
    KeyState::Present(Box::new(ValueRange { like: Some(vec![pattern.to_owned()]), ..ValueRange::default() }))
}
