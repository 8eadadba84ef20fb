//! From event source and name to the action.
//!
//! Nearly always the event source without `.amazonaws.com` is the prefix of the action, and the event name its name. The
//! tables here have the rest, apart from the calls that [`Catalogue::actions_of_call`] knows.

use crate::error::RequestError;
use crate::event::Event;
use crate::value::Value;
use iameval_data::{ActionInfo, Catalogue};

/// Event sources whose first part is not the prefix of their actions, sorted: without `.amazonaws.com`, and the prefix.
/// Checked against github.com/iann0036/iam-dataset and github.com/flosell/trailscraper, both MIT.
const SOURCES: [(&str, &str); 29] = [
    ("agreement-marketplace", "aws-marketplace"),
    ("amazonmq", "mq"),
    ("application-insights", "applicationinsights"),
    ("appstream2", "appstream"),
    ("billingconsole", "billing"),
    ("chime-sdk-media-pipelines", "chime"),
    ("chime-sdk-voice", "chime"),
    ("cloudcontrolapi", "cloudformation"),
    ("contact-lens", "connect"),
    ("discovery-marketplace", "aws-marketplace"),
    ("management-marketplace", "aws-marketplace-management"),
    ("marketplacecatalog", "aws-marketplace"),
    ("migrationhub", "mgh"),
    ("models.lex", "lex"),
    ("monitoring", "cloudwatch"),
    ("mturk-requester", "mechanicalturk"),
    ("opensearchservice", "es"),
    ("participant-connect", "connect"),
    ("pinpoint", "mobiletargeting"),
    ("pricelist", "pricing"),
    ("qconnect", "wisdom"),
    ("rdsdata", "rds-data"),
    ("reporting-marketplace", "aws-marketplace"),
    ("runtime.lex", "lex"),
    ("servicecatalog-appregistry", "servicecatalog"),
    ("streams.dynamodb", "dynamodb"),
    ("tagging", "tag"),
    ("taxconsole", "tax"),
    ("transcribestreaming", "transcribe"),
];

/// Events whose action has another name, and that are not calls of that name in any SDK, sorted: event source and name, and
/// the action. S3 writes the names of its older API; the console writes names of its own.
const CALLS: [(&str, &str, &str); 6] = [
    ("billingconsole", "GetAlternateContact", "account:GetAlternateContact"),
    ("billingconsole", "GetContactInformation", "account:GetContactInformation"),
    ("s3", "DeleteAccountPublicAccessBlock", "s3:PutAccountPublicAccessBlock"),
    ("s3", "DeleteBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    ("s3", "GetStorageLensDashboardDataInternal", "s3:GetStorageLensDashboard"),
    ("s3", "PostObject", "s3:PutObject"),
];

/// What IAM does not authorize: an event source, its event, or `*` for all of them, and what they are. *CloudTrail record
/// contents* and the API references: these calls are not signed.
const NOT_AUTHORIZED: [(&str, &str, &str); 6] = [
    ("signin", "*", "signing in to the console comes before authorization"),
    ("sso", "Authenticate", SIGNING_IN),
    ("sso", "CreateToken", SIGNING_IN),
    ("sso", "Federate", SIGNING_IN),
    ("sso", "RegisterClient", SIGNING_IN),
    ("sso", "StartDeviceAuthorization", SIGNING_IN),
];
const SIGNING_IN: &str = "signing in with IAM Identity Center comes before authorization";

/// Actions that S3 asks in place of others where the call names a version of the object.
const VERSIONED: [(&str, &str); 9] = [
    ("DeleteObject", "DeleteObjectVersion"),
    ("DeleteObjectTagging", "DeleteObjectVersionTagging"),
    ("GetObject", "GetObjectVersion"),
    ("GetObjectAcl", "GetObjectVersionAcl"),
    ("GetObjectAttributes", "GetObjectVersionAttributes"),
    ("GetObjectTagging", "GetObjectVersionTagging"),
    ("GetObjectTorrent", "GetObjectVersionTorrent"),
    ("PutObjectAcl", "PutObjectVersionAcl"),
    ("PutObjectTagging", "PutObjectVersionTagging"),
];

/// The event source without `.amazonaws.com`.
pub(crate) fn service<'e>(event: &'e Event<'_>) -> &'e str {
    event.source.split(".amazonaws.").next().unwrap_or_default()
}

/// The action that names the call.
pub(crate) fn action<'c>(
    event: &Event<'_>,
    parameters: &Value<'_>,
    catalogue: &'c Catalogue,
) -> Result<ActionInfo<'c>, RequestError> {
    let service = service(event);
    let not_authorized = |reason| Err(RequestError::NotAuthorized { call: event.call(), reason });
    match event.event_type.as_deref() {
        Some("AwsServiceEvent") => return not_authorized("a service tells what happened, and nobody asked for it"),
        Some("AwsConsoleSignIn") => return not_authorized("signing in to the console comes before authorization"),
        Some("AwsCloudTrailInsight") => return not_authorized("an insight event is not a call"),
        _ => {}
    }
    let entry = NOT_AUTHORIZED.iter().find(|(own, name, _)| *own == service && (*name == "*" || *name == event.name));
    if let Some((_, _, reason)) = entry {
        return not_authorized(reason);
    }
    let action = find(service, &event.name, catalogue).ok_or_else(|| RequestError::unknown(event))?;
    let versioned = VERSIONED.iter().find(|(plain, _)| service == "s3" && *plain == action.name());
    match versioned.filter(|_| parameters.get("versionId").as_text().is_some()) {
        Some((_, versioned)) => Ok(action.service().action(versioned).unwrap_or(action)),
        None => Ok(action),
    }
}

fn find<'c>(service: &str, name: &str, catalogue: &'c Catalogue) -> Option<ActionInfo<'c>> {
    if let Some((_, _, action)) = CALLS.iter().find(|(own, call, _)| (*own, *call) == (service, name)) {
        return catalogue.action(action);
    }
    let known = SOURCES.binary_search_by_key(&service, |(source, _)| source);
    let prefix = match known.ok().and_then(|at| SOURCES.get(at)) {
        Some((_, prefix)) => prefix,
        None => service.split('.').next().unwrap_or_default(),
    };
    let actions = catalogue.service(prefix);
    [name, undated(name)].into_iter().find_map(|name| {
        let same = actions.and_then(|service| service.action(name));
        // Copies are named after what they write; reading the source is one of the further actions.
        same.or_else(|| {
            let call = format!("{prefix}:{name}");
            let mut checked = catalogue.actions_of_call(&call);
            let first = checked.next()?;
            Some(checked.find(|other| other.name().starts_with("Put") && first.name() == "GetObject").unwrap_or(first))
        })
    })
}

/// The name without the version of the API that Lambda and CloudFront append: `ListFunctions20150331`,
/// `GetFunction20150331v2`, `CreateDistribution2020_05_31`.
fn undated(name: &str) -> &str {
    let is_version = |rest: &str| {
        let (date, version) = rest.split_once('v').unwrap_or((rest, "0"));
        let digits = date.bytes().filter(u8::is_ascii_digit).count();
        digits == 8
            && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
            && version.bytes().all(|byte| byte.is_ascii_digit())
    };
    let date = name.match_indices("20").find(|(at, _)| name.get(*at..).is_some_and(is_version));
    date.and_then(|(at, _)| name.get(..at)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_lead_to_actions() {
        let catalogue = Catalogue::embedded();
        assert!(SOURCES.is_sorted_by_key(|(source, _)| source));
        for (source, prefix) in SOURCES {
            assert!(catalogue.service(prefix).is_some(), "{source}: {prefix}");
        }
        assert!(CALLS.is_sorted());
        for (_, _, action) in CALLS {
            assert_eq!(catalogue.action(action).map(|found| found.to_string()).as_deref(), Some(action));
        }
        for (plain, versioned) in VERSIONED {
            for name in [plain, versioned] {
                assert!(catalogue.action(&format!("s3:{name}")).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn calls_lead_to_their_actions() {
        for (source, name, expected) in [
            ("lambda", "ListFunctions20150331", Some("lambda:ListFunctions")),
            ("lambda", "GetFunction20150331v2", Some("lambda:GetFunction")),
            ("lambda", "Invoke", Some("lambda:InvokeFunction")),
            ("cloudfront", "CreateDistribution2020_05_31", Some("cloudfront:CreateDistribution")),
            ("monitoring", "PutMetricAlarm", Some("cloudwatch:PutMetricAlarm")),
            ("s3", "ListObjects", Some("s3:ListBucket")),
            ("s3", "HeadObject", Some("s3:GetObject")),
            ("s3", "ListBuckets", Some("s3:ListAllMyBuckets")),
            ("s3", "CopyObject", Some("s3:PutObject")),
            ("s3", "GetBucketEncryption", Some("s3:GetEncryptionConfiguration")),
            ("s3", "DeleteBucketEncryption", Some("s3:PutEncryptionConfiguration")),
            ("s3", "DeleteBucketPublicAccessBlock", Some("s3:PutBucketPublicAccessBlock")),
            ("s3", "PutBucketLifecycle", Some("s3:PutLifecycleConfiguration")),
            ("s3", "DeleteBucketReplication", Some("s3:PutReplicationConfiguration")),
            ("s3", "DeleteObjects", Some("s3:DeleteObject")),
            ("apigateway", "CreateRestApi", Some("apigateway:POST")),
            ("apigateway", "GetRestApis", Some("apigateway:GET")),
            ("dynamodb", "BatchGetItem", Some("dynamodb:BatchGetItem")),
            ("streams.dynamodb", "GetRecords", Some("dynamodb:GetRecords")),
            ("s3", "CreateServiceLinkedRole", None),
            ("nonsense", "GetObject", None),
        ] {
            let found = find(source, name, Catalogue::embedded()).map(|action| action.to_string());
            assert_eq!(found.as_deref(), expected, "{source} {name}");
        }
    }
}
