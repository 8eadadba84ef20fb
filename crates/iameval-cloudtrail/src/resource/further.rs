//! Actions that a call needs besides the one that names it, as far as its parameters show.

use super::parameters::{Parameters, contains_word};
use super::{AskedResource, ResourceSource};
use crate::value::Value;
use iameval::Action;
use iameval_data::ActionInfo;

/// A parameter of a call of S3, and what it takes besides.
const S3: [(&str, &str, &str); 7] = [
    ("CreateBucket", "x-amz-acl", "s3:PutBucketAcl"),
    ("CreateBucket", "x-amz-bucket-object-lock-enabled", "s3:PutBucketObjectLockConfiguration"),
    ("PutObject", "x-amz-acl", "s3:PutObjectAcl"),
    ("PutObject", "x-amz-object-lock-legal-hold", "s3:PutObjectLegalHold"),
    ("PutObject", "x-amz-object-lock-mode", "s3:PutObjectRetention"),
    ("PutObject", "x-amz-object-lock-retain-until-date", "s3:PutObjectRetention"),
    ("PutObject", "x-amz-tagging", "s3:PutObjectTagging"),
];

/// Services whose calls have a role as their object, and pass none.
const WITHOUT_PASSED_ROLES: [&str; 5] = ["access-analyzer", "iam", "sso", "sts", "rolesanywhere"];

/// The further actions, each with its resource.
pub(crate) fn further(
    parameters: &Value<'_>,
    action: ActionInfo<'_>,
    resources: &[AskedResource],
) -> Vec<(Action, AskedResource)> {
    let mut further = Vec::new();
    let mut add = |name: &str, resource: AskedResource| {
        if let Ok(action) = name.parse()
            && !further.iter().any(|(other, own)| *other == action && *own == resource)
        {
            further.push((action, resource));
        }
    };
    let prefix = action.service().prefix();
    if prefix == "s3" {
        for (_, parameter, name) in S3.iter().filter(|(call, ..)| *call == action.name()) {
            let is_given =
                parameters.get(parameter).as_text().is_some_and(|text| !text.is_empty() && text != "private");
            if let Some(resource) = resources.first().filter(|_| is_given) {
                add(name, resource.clone());
            }
        }
        if let Some(source) = parameters.get("x-amz-copy-source").as_text() {
            let partition = resources.first().and_then(|to| to.resource.split(':').nth(1)).unwrap_or("aws");
            let (object, version) =
                source.split_once("?versionId=").map_or((source, false), |(object, _)| (object, true));
            let resource = format!("arn:{partition}:s3:::{}", object.trim_start_matches('/'));
            let source = ResourceSource::Parameters(vec!["requestParameters.x-amz-copy-source".into()]);
            let name = if version { "s3:GetObjectVersion" } else { "s3:GetObject" };
            add(name, AskedResource { resource, owner: None, source });
        }
    }
    if !WITHOUT_PASSED_ROLES.contains(&prefix) {
        let texts = Parameters::of(parameters);
        let is_role = |arn: &str| arn.starts_with("arn:") && arn.contains(":iam::") && arn.contains(":role/");
        for text in texts.texts.iter().filter(|text| is_role(text.value) && contains_word(texts.name(**text), "role")) {
            let source = ResourceSource::Parameters(vec![texts.path(*text)]);
            add("iam:PassRole", AskedResource { resource: text.value.into(), owner: None, source });
        }
    }
    if prefix == "ec2" && action.name() != "CreateTags" {
        let specifications = parameters.get("tagSpecificationSet").get("items").items();
        for kind in specifications.iter().filter_map(|specification| specification.get("resourceType").as_text()) {
            let is_new = |resource: &&AskedResource| resource.source == ResourceSource::New(kind.into());
            if let Some(resource) = resources.iter().find(is_new) {
                add("ec2:CreateTags", resource.clone());
            }
        }
    }
    let is_new_in_iam = prefix == "iam" && action.name().starts_with("Create");
    if is_new_in_iam && !parameters.get("tags").items().is_empty() {
        let name = action.name().replacen("Create", "Tag", 1);
        if action.service().action(&name).is_some()
            && let Some(resource) = resources.first()
        {
            add(&format!("iam:{name}"), resource.clone());
        }
    }
    further
}
