//! The partitions of AWS that a stranger may be of.

use super::key::statements;
use crate::claim::{Policies, Scope};
use crate::glob::Glob;
use iameval_data::partitions as known_partitions;
use std::collections::BTreeSet;

/// Those of the resources, where these tell; else `aws`, and those that the policies name.
pub(super) fn partitions(policies: &Policies, asked: &Scope) -> BTreeSet<String> {
    let of_all = |arns: Vec<&str>| {
        let all: Option<BTreeSet<String>> = arns.into_iter().map(|arn| partition(arn).map(str::to_owned)).collect();
        all.filter(|all| !all.is_empty())
    };
    let asked = of_all(asked.resources.iter().map(String::as_str).collect());
    asked.or_else(|| of_all(resources(policies)?)).unwrap_or_else(|| named(policies))
}

/// The resources of all statements; `None` where one leaves open which they are.
fn resources(policies: &Policies) -> Option<Vec<&str>> {
    let mut arns = Vec::new();
    for statement in statements(policies) {
        arns.extend(statement.resource().filter(|resource| !resource.is_negated())?.patterns());
    }
    Some(arns)
}

/// The partition of an ARN, where that is not left open.
fn partition(arn: &str) -> Option<&str> {
    let (partition, _) = arn.strip_prefix("arn:")?.split_once(':')?;
    partition.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-').then_some(partition)
}

fn named(policies: &Policies) -> BTreeSet<String> {
    const USUAL: &str = "aws";
    let texts: String = policies.documents().iter().map(ToString::to_string).collect();
    let patterns = texts.split("arn:").skip(1).filter_map(|rest| rest.split(':').next());
    let patterns: BTreeSet<&str> = patterns.filter(|text| text.contains(['*', '?'])).collect();
    // What fits the usual one needs no other.
    let others: Vec<Glob> = patterns.into_iter().map(Glob::plain).filter(|glob| !glob.fits(USUAL)).collect();
    let is_named = |partition: &str| {
        partition == USUAL
            || texts.contains(&format!(":{partition}:"))
            || others.iter().any(|glob| glob.fits(partition))
    };
    known_partitions().filter(|partition| is_named(partition)).map(str::to_owned).collect()
}
