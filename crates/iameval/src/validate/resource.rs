//! Resources: V-06, V-09 to V-13, V-17, V-19.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::document::{PolicyKind, Statement};
use crate::name::AccountId;
use crate::text::Spanned;

/// Partitions that AWS knows.
pub(super) const PARTITIONS: [&str; 10] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-eusc",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-iso-g",
    "aws-dev",
];

/// What the resource part of an IAM ARN begins with: the types that AWS's message (V-13) lists, and newer ones of the
/// service reference, which managed policies use.
const IAM_TYPES: [&str; 16] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
    "assumed-role/",
    "delegation-request/",
    "role-template/",
];

pub(super) fn check(statement: &Statement, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    let Some(element) = statement.resource() else { return };
    if kind == PolicyKind::RoleTrust {
        let message = "`Resource` does not belong in a role trust policy: the role itself is the resource";
        report(Diagnostic::new(codes::TRUST_POLICY_RESOURCE, element.name_span(), message));
    }
    if element.patterns.items.is_empty() {
        let message = "the list of resources is empty, so the statement matches nothing";
        report(Diagnostic::new(codes::NO_RESOURCES, element.patterns.span(), message));
    }
    for resource in &element.patterns.items {
        if !(kind == PolicyKind::Resource && is_of_own_api(&resource.value))
            && let Some(diagnostic) = one(resource)
        {
            report(diagnostic);
        }
    }
}

/// What API Gateway completes to an ARN of the API itself when it saves a resource policy (*API Gateway resource policy
/// examples*).
fn is_of_own_api(text: &str) -> bool {
    text.starts_with("execute-api:/")
}

fn one(resource: &Spanned<Box<str>>) -> Option<Diagnostic> {
    let text = &*resource.value;
    let finding = |code, message: String| Some(Diagnostic::new(code, resource.span, message));
    // A variable may stand for anything, also for a whole ARN.
    if text == "*" || text.starts_with("${") {
        return None;
    }
    if !text.contains(':') {
        let help = "an ARN has the form `arn:aws:service:region:account:resource`";
        let aws = format!("Resource {text} must be in ARN format or \"*\".");
        return finding(codes::RESOURCE_NOT_ARN, format!("the resource `{text}` is neither `*` nor an ARN"))
            .map(|diagnostic| diagnostic.with_help(help).refused(9, aws));
    }
    // A colon inside a variable separates nothing (R-ARN-02).
    let masked = without_colons_in_variables(text);
    let mut parts = masked.splitn(6, ':');
    let head = parts.next().unwrap_or_default();
    let partition = parts.next().unwrap_or_default();
    if head != "arn" && (partition.is_empty() || PARTITIONS.contains(&head)) {
        let missing = if partition.is_empty() { "arn:aws:" } else { "arn:" };
        return finding(codes::UNKNOWN_PARTITION, format!("`{text}` does not begin with `arn:` and a partition")).map(
            |diagnostic| diagnostic.with_help(format!("write `{missing}{text}`")).refused(10, unknown_partition(text)),
        );
    }
    if !is_partition(partition) {
        return finding(codes::UNKNOWN_PARTITION, format!("`{partition}` is not a partition, in `{text}`"))
            .map(|diagnostic| diagnostic.refused(10, unknown_partition(text)));
    }
    if head != "arn" {
        return finding(codes::RESOURCE_NOT_ARN, format!("`{text}` does not begin with `arn:`"));
    }
    let Some(service) = parts.next() else {
        return finding(codes::RESOURCE_WITHOUT_VENDOR, format!("the ARN `{text}` ends before the service"));
    };
    let (region, _, rest) = (parts.next(), parts.next(), parts.next());
    if service.is_empty() || (rest.is_none() && text.contains("::")) {
        return finding(codes::INCOMPLETE_ARN, format!("the ARN `{text}` is missing a part: it needs five colons"));
    }
    let region = region.unwrap_or_default();
    let rest = rest.unwrap_or_default();
    let regionless = service == "iam" || (service == "s3" && !rest.starts_with("accesspoint/"));
    if regionless && !region.is_empty() && region != "*" {
        let aws = match service {
            "iam" => format!("IAM resource {text} cannot contain region information."),
            _ => format!("Resource {text} can not contain region information."),
        };
        let (message, help) = region_or_missing(text, partition, service);
        return finding(codes::UNEXPECTED_REGION, message)
            .map(|diagnostic| diagnostic.with_help(help).refused(12, aws));
    }
    let of_iam_type = rest.is_empty()
        || rest.starts_with(['*', '?'])
        || rest.starts_with("${")
        || rest == "root"
        || IAM_TYPES.iter().any(|kind| rest.starts_with(kind) || wildcard_within(rest, kind));
    if service == "iam" && !of_iam_type {
        return finding(codes::UNKNOWN_IAM_RESOURCE, format!("`{rest}` is not a resource of IAM"))
            .map(|diagnostic| diagnostic.with_help(format!("it begins with one of {}", IAM_TYPES.join(", "))));
    }
    None
}

/// What to say of an ARN of a service without regions whose fourth part is not empty: where parts are missing, what stands
/// there is the resource.
fn region_or_missing(text: &str, partition: &str, service: &str) -> (String, String) {
    let tail = text.splitn(4, ':').last().unwrap_or_default();
    if text.matches(':').count() > 4 {
        let help = match tail.split_once(':') {
            Some((_, rest)) => format!("write `arn:{partition}:{service}::{rest}`"),
            None => "remove the region".to_owned(),
        };
        return (format!("ARNs of {service} have no region, in `{text}`"), help);
    }
    let has_account = tail.split(':').next().is_some_and(|part| part.parse::<AccountId>().is_ok());
    let places = match service {
        _ if has_account => ":",
        "s3" => "::",
        _ => ":ACCOUNT:",
    };
    let message = format!("the ARN `{text}` is missing a part: five colons come before the resource");
    (message, format!("write `arn:{partition}:{service}:{places}{tail}`"))
}

fn without_colons_in_variables(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, variable)) = rest.split_once("${") {
        let (name, after) = variable.split_once('}').unwrap_or((variable, ""));
        masked.push_str(before);
        masked.push_str("${");
        masked.push_str(&name.replace(':', "."));
        masked.push('}');
        rest = after;
    }
    masked.push_str(rest);
    masked
}

/// AWS's message: whatever stands before the first colon, the next part is the partition, and missing parts are
/// shown as `*`.
fn unknown_partition(text: &str) -> String {
    let (_, rest) = text.split_once(':').unwrap_or(("", text));
    let (partition, rest) = rest.split_once(':').unwrap_or((rest, ""));
    let mut parts = rest.splitn(4, ':');
    let mut part = || parts.next().filter(|_| !rest.is_empty()).unwrap_or("*");
    let (service, region, account, resource) = (part(), part(), part(), part());
    format!(
        "Partition \"{partition}\" is not valid for resource \"arn:{partition}:{service}:{region}:{account}:{resource}\"."
    )
}

fn is_partition(text: &str) -> bool {
    text.contains(['*', '?']) || text.starts_with("${") || PARTITIONS.contains(&text)
}

/// Whether `text` has a wildcard before `kind` is complete, and agrees with it up to there.
fn wildcard_within(text: &str, kind: &str) -> bool {
    text.find(['*', '?']).is_some_and(|at| at < kind.len() && text.get(..at) == kind.get(..at))
}
