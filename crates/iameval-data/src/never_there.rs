//! Context keys that a request cannot have, as far as AWS documents it.

use crate::catalogue::{ActionInfo, Catalogue};
use crate::overlap::ArnPattern;
use crate::provider::is_provider_key;
use iameval::{ContextKey, Principal, PrincipalClass, Request};

/// Why no request such as this one has a context key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NeverThere {
    /// AWS lists the key neither with the action nor with the resources it takes (*Service Authorization Reference*), or
    /// documents that the service does not have it.
    ForAction,
    /// Requests of such a principal do not have the key (R-CTX-03).
    ForPrincipal,
    /// The action creates the resource, which has no tags before.
    ForNewResource,
}

impl Catalogue {
    /// Why a request for that action, by that principal, on that resource never has a context key; `None` where it may
    /// have it, or nothing is known.
    ///
    /// ```
    /// use iameval::{ContextKey, Request};
    /// use iameval_data::{Catalogue, NeverThere};
    ///
    /// let get = Request::builder("s3:GetObject".parse().unwrap())
    ///     .principal("arn:aws:iam::111122223333:role/ci".parse().unwrap())
    ///     .resource("arn:aws:s3:::reports/q3.csv")
    ///     .build();
    /// let never = |key| Catalogue::embedded().never_has(&get, &ContextKey::new(key));
    /// assert_eq!(never("s3:prefix"), Some(NeverThere::ForAction));
    /// assert_eq!(never("aws:username"), Some(NeverThere::ForPrincipal));
    /// assert_eq!(never("aws:SourceIp"), None);
    /// ```
    pub fn never_has(&self, request: &Request, key: &ContextKey) -> Option<NeverThere> {
        if never_of_principal(request.principal(), key.lowercase()) {
            return Some(NeverThere::ForPrincipal);
        }
        if !self.service_rules().supplies(request.action().service(), key) {
            return Some(NeverThere::ForAction);
        }
        let action = self.action(request.action().as_str())?;
        if !self.may_carry(action, key.as_str()) {
            return Some(NeverThere::ForAction);
        }
        (is_resource_tag(key.lowercase()) && creates(action, request.resource())).then_some(NeverThere::ForNewResource)
    }

    /// Whether requests for the action may have the key, by any principal.
    fn may_carry(&self, action: ActionInfo<'_>, key: &str) -> bool {
        // Of a key that it does not know the catalogue knows nothing.
        let Some(info) = self.context_key(key) else { return true };
        let of_any_request = info.presence().is_some() && !is_tag(&key.to_ascii_lowercase());
        of_any_request || is_provider_key(key) || action.may_carry(key) || action.service().lists_nowhere(key)
    }
}

impl ActionInfo<'_> {
    /// Whether a request for the action may have a key of its service, or one about tags. An action that creates a resource
    /// with tags has them as tags of the resource as well (*AWS global condition context keys*, `aws:ResourceTag`), where
    /// the service does so.
    pub fn may_carry(self, key: &str) -> bool {
        let is_resource_tag = key.get(..RESOURCE_TAG.len()).is_some_and(|head| head.eq_ignore_ascii_case(RESOURCE_TAG));
        self.supports(key) || (is_resource_tag && self.supports("aws:RequestTag/x"))
    }
}

const RESOURCE_TAG: &str = "aws:resourcetag/";

fn is_tag(key: &str) -> bool {
    key == "aws:tagkeys" || key.starts_with("aws:requesttag/") || key.starts_with(RESOURCE_TAG)
}

/// `aws:ResourceTag/…`, and the keys of services with the same meaning, in lower case.
fn is_resource_tag(key: &str) -> bool {
    key.split_once(':').is_some_and(|(_, rest)| rest.starts_with("resourcetag/"))
}

/// Whether the action makes the resource that it is evaluated on: `ec2:CreateVolume` on a volume.
fn creates(action: ActionInfo<'_>, resource: &str) -> bool {
    let Some(made) = action.name().strip_prefix("Create") else { return false };
    let is_made = |name: &str| name.replace('-', "").eq_ignore_ascii_case(made);
    let pattern = ArnPattern::new(resource);
    let mut taken = action.resource_types().map(|taken| taken.resource_type).filter(|resource_type| {
        resource == "*" || resource_type.arns().any(|form| pattern.overlaps(&ArnPattern::of_form(form)))
    });
    taken.next().is_some_and(|first| is_made(first.name())) && taken.all(|other| is_made(other.name()))
}

/// Keys that only direct calls of a service have (R-CTX-03, R-CTX-11), in lower case.
const OF_SERVICES: [&str; 7] = [
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
];

/// Keys that only sessions of roles have, in lower case.
const OF_ROLES: [&str; 13] = [
    "aws:chatbotsourcearn",
    "aws:ec2instancesourceprivateipv4",
    "aws:ec2instancesourcevpc",
    "aws:sourceidentity",
    "codebuild:buildarn",
    "codebuild:projectarn",
    "ec2:roledelivery",
    "ec2:sourceinstancearn",
    "glue:credentialissuingservice",
    "glue:roleassumedby",
    "lambda:sourcefunctionarn",
    "ssm:sourceinstancearn",
    "transfer:username",
];

/// Keys about the account of the caller and about the credentials that AWS gave out, in lower case. A service calls without
/// such, and so do anonymous callers.
const OF_CREDENTIALS: [&str; 5] = [
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:signinsessionarn",
];

/// Whether requests of the principal never have the key; `key` is in lower case.
fn never_of_principal(principal: &Principal, key: &str) -> bool {
    use PrincipalClass::{
        Anonymous, CanonicalUser, FederatedUser, Role, RoleSession, Root, Saml, Service, User, WebIdentity,
    };
    // Of a caller that is not named nothing is known.
    let Some(class) = principal.class() else { return false };
    if OF_SERVICES.contains(&key) {
        return class != Service;
    }
    if OF_ROLES.contains(&key) {
        return !matches!(class, Role | RoleSession);
    }
    if OF_CREDENTIALS.contains(&key) {
        return matches!(class, Service | Anonymous | Saml | WebIdentity);
    }
    match key {
        "aws:username" => !matches!(class, User | CanonicalUser),
        "aws:assumedroot" => class != Root,
        "aws:federatedprovider" => matches!(class, User | Root | Service | Anonymous | FederatedUser),
        "aws:calledvia" | "aws:calledviafirst" | "aws:calledvialast" => class == Service,
        _ => key.starts_with("aws:principaltag/") && matches!(class, Service | Anonymous),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn never(principal: &str, action: &str, resource: &str, key: &str) -> Option<NeverThere> {
        let request =
            Request::builder(action.parse().unwrap()).principal(principal.parse().unwrap()).resource(resource).build();
        Catalogue::embedded().never_has(&request, &ContextKey::new(key))
    }

    const USER: &str = "arn:aws:iam::111122223333:user/jane";
    const ROLE: &str = "arn:aws:iam::111122223333:role/ci";
    const SERVICE: &str = "cloudtrail.amazonaws.com";

    #[test]
    fn what_an_action_carries() {
        let object = "arn:aws:s3:::b/k";
        for (action, resource, key, expected) in [
            ("s3:GetObject", object, "s3:prefix", Some(NeverThere::ForAction)),
            ("s3:GetObject", object, "s3:ExistingObjectTag/team", None),
            ("s3:GetObject", object, "kms:ViaService", Some(NeverThere::ForAction)),
            ("s3:GetObject", object, "ec2:SourceInstanceArn", None),
            ("s3:GetObject", object, "aws:RequestTag/team", Some(NeverThere::ForAction)),
            ("s3:GetObject", object, "acme:Key", None),
            ("s3:GetObject", object, "token.actions.githubusercontent.com:sub", None),
            ("s3:ListBucket", "arn:aws:s3:::b", "s3:prefix", None),
            ("acme:Get", object, "s3:prefix", None),
            ("ec2:RunInstances", "arn:aws:ec2:eu-central-1:111122223333:instance/*", "aws:RequestTag/team", None),
            (
                "ec2:CreateVolume",
                "arn:aws:ec2:eu-central-1:111122223333:volume/*",
                "aws:ResourceTag/team",
                Some(NeverThere::ForNewResource),
            ),
            ("ec2:CreateTags", "arn:aws:ec2:eu-central-1:111122223333:volume/vol-1", "aws:ResourceTag/team", None),
            ("ec2:CreateSnapshot", "arn:aws:ec2:eu-central-1:111122223333:volume/vol-1", "aws:ResourceTag/team", None),
        ] {
            assert_eq!(never(ROLE, action, resource, key), expected, "{action} {resource} {key}");
        }
    }

    #[test]
    fn what_a_principal_has() {
        for (principal, key, expected) in [
            (USER, "aws:username", false),
            (ROLE, "aws:username", true),
            (ROLE, "aws:SourceIdentity", false),
            (USER, "aws:SourceIdentity", true),
            (USER, "aws:Ec2InstanceSourceVpc", true),
            (ROLE, "aws:Ec2InstanceSourceVpc", false),
            (USER, "aws:SourceArn", true),
            (SERVICE, "aws:SourceArn", false),
            (SERVICE, "aws:PrincipalOrgID", true),
            (SERVICE, "aws:PrincipalTag/team", true),
            (USER, "aws:PrincipalTag/team", false),
            (USER, "aws:PrincipalOrgID", false),
            ("anonymous", "aws:PrincipalOrgID", true),
            ("arn:aws:iam::111122223333:root", "aws:AssumedRoot", false),
            (USER, "aws:AssumedRoot", true),
        ] {
            let expected = expected.then_some(NeverThere::ForPrincipal);
            assert_eq!(never(principal, "s3:GetObject", "arn:aws:s3:::b/k", key), expected, "{principal} {key}");
        }
    }
}
