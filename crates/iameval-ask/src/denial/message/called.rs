//! Which call was refused, where the message does not name the action: by the operation, and by the service where it is told.

use super::super::DeniedCall;
use super::sentence::bare;
use iameval_cloudtrail::Events;
use iameval_data::Catalogue;
use std::collections::HashMap;

/// What SDKs call services, in lower case without spaces, where that is not the event source; sorted.
const SERVICES: [(&str, &str); 22] = [
    ("acmpca", "acm-pca"),
    ("apigatewayv2", "apigateway"),
    ("applicationautoscaling", "application-autoscaling"),
    ("bedrockruntime", "bedrock"),
    ("cloudwatch", "monitoring"),
    ("cloudwatchlogs", "logs"),
    ("cognitoidentity", "cognito-identity"),
    ("cognitoidentityprovider", "cognito-idp"),
    ("configservice", "config"),
    ("costexplorer", "ce"),
    ("databasemigrationservice", "dms"),
    ("directoryservice", "ds"),
    ("efs", "elasticfilesystem"),
    ("elasticloadbalancingv2", "elasticloadbalancing"),
    ("emr", "elasticmapreduce"),
    ("eventbridge", "events"),
    ("opensearch", "es"),
    ("resourcegroupstaggingapi", "tagging"),
    ("sesv2", "ses"),
    ("sfn", "states"),
    ("ssoadmin", "sso"),
    ("wafregional", "waf-regional"),
];

/// Names the call from what stands around the message.
pub(super) fn name(call: &mut DeniedCall, text: &str, calls: &mut Calls<'_>) {
    if text.contains("ciphertext refers to a customer master key") {
        call.action = Some("kms:Decrypt".to_owned());
        return;
    }
    let by_go = text.split_once("operation error ").and_then(|(_, after)| {
        let (service, after) = after.split_once(": ")?;
        Some((Some(service.to_owned()), first_word(after)))
    });
    let by_cli = || text.split_once("when calling the ").map(|(_, after)| (None, first_word(after)));
    let by_php = || {
        let (_, after) = text.split_once("Error executing \"")?;
        let (operation, after) = after.split_once('"')?;
        let url = after.split_once('"').and_then(|(_, url)| url.split('"').next()).unwrap_or_default();
        let (service, resource) = of_url(url);
        call.resources.extend(resource);
        Some((service, operation))
    };
    let Some((service, operation)) = by_go.or_else(by_cli).or_else(by_php) else { return };
    let operation = bare(operation);
    if operation.is_empty() || !operation.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return;
    }
    call.operation = Some(operation.to_owned());
    let service = service.or_else(|| named_service(text));
    call.action = calls.action(service.as_deref(), operation, text);
    if call.resources.is_empty() && call.action.as_deref().is_some_and(|action| action.starts_with("s3:")) {
        call.resources.extend(object(text, operation));
    }
}

/// `(Service: Amazon S3; Status Code: 403; …)`.
fn named_service(text: &str) -> Option<String> {
    let after = text.split_once("(Service: ")?.1;
    let name = after.split([';', ',', ')']).next()?.trim();
    Some(name.strip_prefix("Amazon").or_else(|| name.strip_prefix("AWS")).unwrap_or(name).to_owned())
}

/// The service of a URL, and what it is about where that is S3.
fn of_url(url: &str) -> (Option<String>, Option<String>) {
    let Some((host, path)) = url.strip_prefix("https://").map(|rest| rest.split_once('/').unwrap_or((rest, ""))) else {
        return (None, None);
    };
    let labels: Vec<&str> = host.split('.').collect();
    let Some(at) = labels.iter().position(|label| *label == "s3" || label.starts_with("s3-")) else {
        return (labels.first().map(|label| (*label).to_owned()), None);
    };
    let bucket = labels.get(..at).unwrap_or_default().join(".");
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let about = [bucket.as_str(), path].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
    (Some("s3".to_owned()), (!about.is_empty()).then(|| format!("arn:aws:s3:::{about}")))
}

/// `upload failed: ./a to s3://bucket/key An error occurred …`.
fn object(text: &str, operation: &str) -> Option<String> {
    let (before, _) = text.split_once("An error occurred")?;
    let (_, about) = before.split_once("failed: ")?;
    let about = about.trim_end();
    let about = about.rsplit_once("s3://").map(|(_, about)| about)?;
    // The source stands before the target: `download failed: s3://bucket/key to ./a`.
    let about = about.split_once(" to ").map_or(about, |(about, _)| about);
    let is_of_bucket = operation.contains("Bucket") || operation.starts_with("ListObjects");
    let about = if is_of_bucket { about.split('/').next().unwrap_or_default() } else { about };
    (!about.is_empty()).then(|| format!("arn:aws:s3:::{about}"))
}

/// What calls were looked up already: a log may have one many times.
pub(super) struct Calls<'c> {
    catalogue: &'c Catalogue,
    known: HashMap<(String, String, [bool; 2]), Option<String>>,
}

impl<'c> Calls<'c> {
    pub(super) fn of(catalogue: &'c Catalogue) -> Self {
        Self { catalogue, known: HashMap::new() }
    }

    /// The action of a call, where only one is possible.
    fn action(&mut self, service: Option<&str>, operation: &str, text: &str) -> Option<String> {
        // Only S3 says no more than this.
        let is_bare = ["Access Denied", "Forbidden", "due to a VPC endpoint policy"].iter().any(|words| text.contains(words));
        // Only EC2 has this code.
        let is_ec2 = text.contains("UnauthorizedOperation");
        let service = service.map(|name| name.to_ascii_lowercase().replace(' ', "")).unwrap_or_default();
        let key = (service, operation.to_owned(), [is_bare, is_ec2]);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let found = self.find(&key.0, operation, key.2);
        self.known.insert(key, found.clone());
        found
    }

    fn find(&self, service: &str, operation: &str, [is_bare, is_ec2]: [bool; 2]) -> Option<String> {
        let source = match SERVICES.binary_search_by_key(&service, |(known, _)| known) {
            Ok(at) => SERVICES.get(at).map_or(service, |(_, source)| source),
            Err(_) => service,
        };
        let likely = [(source, !source.is_empty()), ("ec2", is_ec2), ("s3", is_bare)];
        let found = likely.into_iter().filter(|(_, is_likely)| *is_likely);
        if let Some(action) = found.into_iter().find_map(|(service, _)| of_service(service, operation, self.catalogue)) {
            return Some(action);
        }
        let mut known = self.catalogue.services().filter_map(|service| service.action(operation));
        match (known.next(), known.next()) {
            (Some(only), None) => Some(only.to_string()),
            _ => None,
        }
    }
}

/// The action of a call of a service, as CloudTrail's names of calls give it.
fn of_service(service: &str, operation: &str, catalogue: &Catalogue) -> Option<String> {
    if !service.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')) {
        return None;
    }
    let text = format!(r#"{{"eventSource": "{service}.amazonaws.com", "eventName": "{operation}"}}"#);
    let event = Events::new(&text).next()?.ok()?;
    event.action(catalogue).ok().map(|action| action.to_string())
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::SERVICES;

    #[test]
    fn services_are_sorted() {
        assert!(SERVICES.is_sorted());
    }
}
