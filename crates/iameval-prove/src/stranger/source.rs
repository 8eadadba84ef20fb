//! What an AWS service tells of a resource for which it calls, where that is a stranger's.

use super::ids::NamedIds;
use super::key::{absent_or, exactly, reads_any, said, tests, within};
use crate::claim::{KeyScope, KeyState, Policies};
use iameval::{AccountId, ContextKey};

/// The keys by which a service says for whose resource it calls.
pub(super) const OF_SOURCE: [&str; 5] =
    ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner"];

/// The keys of a call by a service in its own name, for a resource that one key at least tells of: for each of those that the
/// policies look at, the call in which it is there.
pub(super) fn calls(partition: &str, account: AccountId, policies: &Policies, named: &NamedIds) -> Vec<Vec<KeyScope>> {
    let of_key = |key: &&str| {
        let is_there = |mut scope: KeyScope| {
            if scope.key == ContextKey::new(key) {
                scope.alternatives.retain(|state| *state != KeyState::Absent);
            }
            scope
        };
        let mut keys: Vec<KeyScope> =
            of_resource(partition, account, policies, named).into_iter().map(is_there).collect();
        keys.push(said("aws:PrincipalIsAWSService", vec![exactly(&["true"])]));
        keys.push(said("aws:ViaAWSService", vec![exactly(&["false"])]));
        keys
    };
    OF_SOURCE.iter().filter(|key| reads_any(policies, &[key])).map(of_key).collect()
}

/// The keys of a call for a resource of this account, or for one whose ARN names no account, such as a bucket.
fn of_resource(partition: &str, account: AccountId, policies: &Policies, named: &NamedIds) -> Vec<KeyScope> {
    let own = || exactly(&[account.as_str()]);
    let arn = vec![KeyState::Absent, arn_with(partition, account, policies, named), arn_without(partition, policies)];
    vec![
        absent_or("aws:SourceAccount", [own()]),
        absent_or("aws:SourceOwner", [own()]),
        said("aws:SourceArn", arn),
        absent_or("aws:SourceOrgID", [named.another("o-")]),
        absent_or("aws:SourceOrgPaths", [named.other_paths()]),
    ]
}

/// An ARN that names the account. No other part of it is the id of an account.
fn arn_with(partition: &str, account: AccountId, policies: &Policies, named: &NamedIds) -> KeyState {
    let mut not_like: Vec<String> = named.accounts().map(|other| format!("*:{other}:*")).collect();
    not_like.push(format!("arn:*:*:*:*:{account}:*"));
    not_like.extend(buckets(policies));
    within(&[&format!("arn:{partition}:*:*:{account}:*")], not_like)
}

/// An ARN that names no account: whoever has the resource chose or was given what identifies it, so one that a policy names in
/// full is no stranger's.
fn arn_without(partition: &str, policies: &Policies) -> KeyState {
    let mut not_like = vec!["arn:*:*:*:*:*:*".to_owned()];
    not_like.extend(values(policies).filter(|arn| !is_open(arn)).map(str::to_owned));
    not_like.extend(buckets(policies));
    within(&[&format!("arn:{partition}:*:*::*")], not_like)
}

/// Patterns for the buckets that policies name, also with wildcards in place of region and account.
fn buckets(policies: &Policies) -> impl Iterator<Item = String> {
    let named = values(policies).filter_map(|arn| {
        let mut parts = arn.splitn(6, ':').skip(2);
        let (service, resource) = (parts.next()?, parts.nth(2)?);
        let bucket = resource.split('/').next().filter(|name| !name.is_empty() && !is_open(name))?;
        (service == "s3").then_some(bucket)
    });
    named.flat_map(|bucket| ["", "/*"].map(|under| format!("arn:*:s3:*:*:{bucket}{under}")))
}

fn values(policies: &Policies) -> impl Iterator<Item = &str> {
    let key = ContextKey::new("aws:SourceArn");
    tests(policies).filter(move |(_, test)| ContextKey::new(test.key()) == key).flat_map(|(_, test)| test.values())
}

fn is_open(text: &str) -> bool {
    text.contains(['*', '?', '$'])
}
