//! Where resources are: the accounts and regions of providers.

use super::naming::Naming;
use crate::stack::Location;
use iameval::json::{Node, Value};
use iameval::symbol::SymbolKind;

/// What is known of where a provider puts resources.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
}

/// The arguments that decide which account a provider is for.
const OF_ACCOUNT: [&str; 12] = [
    "access_key",
    "allowed_account_ids",
    "assume_role",
    "assume_role_with_web_identity",
    "endpoints",
    "forbidden_account_ids",
    "profile",
    "secret_key",
    "shared_config_files",
    "shared_credentials_file",
    "shared_credentials_files",
    "token",
];

/// Whether an argument decides which account a provider is for.
pub(super) fn decides_account(name: &str) -> bool {
    OF_ACCOUNT.contains(&name)
}

/// Whether two providers certainly use the same account.
pub(super) fn share_account(left: Option<&Node<'_>>, right: Option<&Node<'_>>) -> bool {
    OF_ACCOUNT.iter().all(|name| {
        let of = |node: Option<&Node<'_>>| node.and_then(|node| node.get("expressions")?.get(name)).map(written);
        of(left) == of(right)
    })
}

/// A value, without its places.
fn written(node: &Node<'_>) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => text.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::Array(items) => format!("{:?}", items.iter().map(written).collect::<Vec<_>>()),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|member| (&*member.key, written(&member.value))).collect();
            members.sort_unstable();
            format!("{members:?}")
        }
    }
}

/// The one account that a provider accepts, where it says so.
pub(super) fn only_account<'n>(provider: Option<&'n Node<'_>>) -> Option<&'n str> {
    let allowed = provider?.get("expressions")?.get("allowed_account_ids")?.get("constant_value")?;
    match &allowed.value {
        Value::Array(items) => match items.as_slice() {
            [one] => one.as_str(),
            _ => None,
        },
        _ => None,
    }
}

/// The location of a provider. That of the default one shares its symbols with those that use the same account.
pub(super) fn location(known: &Known, key: &str, shares_account: bool, naming: &mut Naming<'_>) -> Location {
    let own = |name: &str| if key == DEFAULT { name.to_owned() } else { format!("{key}/{name}") };
    let account = known.account.clone().unwrap_or_else(|| {
        let address = if shares_account { ACCOUNT.to_owned() } else { own(ACCOUNT) };
        naming.text(&address, SymbolKind::Account)
    });
    let region = known.region.clone().unwrap_or_else(|| naming.text(&own(REGION), SymbolKind::Region));
    at(account, region)
}

/// The location of an account and a region.
pub(super) fn at(account: String, region: String) -> Location {
    let of_region = [("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")];
    let partition = of_region.into_iter().find(|(start, _)| region.starts_with(start));
    let partition = partition.map_or("aws", |(_, partition)| partition).to_owned();
    Location { account, region, partition }
}

/// The provider that resources use where nothing else is said.
pub(super) const DEFAULT: &str = "aws";
/// What the account and the region of the default provider are called.
pub(super) const ACCOUNT: &str = "AWS::AccountId";
pub(super) const REGION: &str = "AWS::Region";

/// Whether a text can be the name of a region.
pub(super) fn is_region(text: &str) -> bool {
    text.matches('-').count() >= 2 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
