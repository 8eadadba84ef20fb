//! Keys on the owner of a VPC endpoint, which few services send.

use super::KeyTest;
use crate::codes;
use crate::subject::{Covered, Subject, a_few};
use iameval::Diagnostic;

const KEYS: [&str; 3] = ["aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];

/// The services that send them: *AWS global condition context keys*, and AWS's *Data perimeter policy examples*
/// (`network_perimeter_vpceorgid_scp`).
const SERVICES: [&str; 49] = [
    "acm-pca",
    "applicationinsights",
    "apprunner",
    "athena",
    "b2bi",
    "cassandra",
    "cloudformation",
    "cognito-identity",
    "comprehendmedical",
    "compute-optimizer",
    "datasync",
    "discovery",
    "dms",
    "ds-data",
    "ebs",
    "ecr",
    "ecs",
    "firehose",
    "healthlake",
    "identitystore",
    "iotfleetwise",
    "iottwinmaker",
    "iotwireless",
    "kinesisanalytics",
    "kms",
    "lambda",
    "medical-imaging",
    "network-firewall",
    "omics",
    "payment-cryptography",
    "polly",
    "pricing",
    "rbin",
    "rekognition",
    "route53",
    "s3",
    "s3express",
    "scheduler",
    "servicediscovery",
    "servicequotas",
    "ses",
    "sms-voice",
    "sqs",
    "ssm-contacts",
    "storagegateway",
    "textract",
    "transcribe",
    "transfer",
    "workmail",
];

pub(super) fn lint(subject: &Subject<'_>, test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    let Some(key) = KEYS.iter().find(|key| test.is(key)) else { return };
    let mut others: Vec<&str> = Vec::new();
    let mut all = subject.statement.action().is_negated();
    for covering in &subject.patterns {
        match &covering.covered {
            Covered::Everything | Covered::Unknown => all = true,
            Covered::Actions(actions) => others.extend(actions.iter().map(|action| action.service().prefix())),
        }
    }
    others.retain(|service| !SERVICES.contains(service));
    others.sort_unstable();
    others.dedup();
    if !all && others.is_empty() {
        return;
    }
    let verb = if !all && others.len() == 1 { "does" } else { "do" };
    let who = if all { "most services".to_owned() } else { a_few(others, 3) };
    let calls = if test.holds_without_key() { "all of their calls" } else { "none of their calls" };
    let message = format!("{who} {verb} not send `{key}`: the condition is true for {calls}");
    let help = "list actions of the services that send it, such as `s3:*`, `kms:*`, `sqs:*` and `ecr:*`";
    report(Diagnostic::new(codes::KEY_OF_FEW_SERVICES, test.of.key_span(), message).with_help(help));
}
