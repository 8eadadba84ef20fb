//! Service principals: the names by which policies know AWS's services. AWS publishes no list of them.

use crate::catalogue::Catalogue;
use crate::region::{partition_of_region, suggest_region};
use iameval::suggest::nearest;

/// What names of services end in, partition by partition (botocore 1.44.8), the longer of two that end alike first.
const SUFFIXES: [&str; 7] = [
    ".amazonaws.com.cn",
    ".amazonaws.com",
    ".amazonaws.eu",
    ".csp.hci.ic.gov",
    ".sc2s.sgov.gov",
    ".c2s.ic.gov",
    ".cloud.adc-e.uk",
];

/// Services that have another name than the prefix of their actions, sorted. Most stand in AWS managed policies, under
/// `iam:PassedToService` and `iam:AWSServiceName`, or in the developer guides of the services; a few only where AWS CloudTrail
/// names the source of an event.
const NAMES: [&str; 57] = [
    "amazonmq",
    "application-insights",
    "appstream2",
    "assets.marketplace",
    "aws-artifact-account-sync",
    "billingconsole",
    "cassandra-streams",
    "cloudcontrolapi",
    "cloudwatch-crossaccount",
    "codecatalyst-runner",
    "config-conforms",
    "config-multiaccountsetup",
    "contact-lens",
    "cost-optimization-hub.bcm",
    "directoryservice",
    "ec2-images",
    "ec2.application-status-checks",
    "ec2.capacitymanager",
    "ec2fastlaunch",
    "ec2fleet",
    "ec2scheduled",
    "ec2sqlha",
    "ecs-tasks",
    "edgelambda",
    "eks-connector",
    "eks-fargate",
    "eks-fargate-pods",
    "eks-nodegroup",
    "events.managedservices",
    "lexv2",
    "license-management.marketplace",
    "license-manager.member-account",
    "macie",
    "management-marketplace",
    "metering-marketplace",
    "migrationhub",
    "monitoring",
    "opensearchservice",
    "osis-pipelines",
    "pinpoint",
    "private-marketplace.marketplace",
    "qconnect",
    "rds-preview",
    "resale-authorization.marketplace",
    "resource-snapshot-job.partnercentral-selling",
    "resourcegroups",
    "securityhubv2",
    "servicecatalog-appregistry",
    "spot",
    "spotfleet",
    "ssm.integrations",
    "tagging",
    "transcribestreaming",
    "transitgateway",
    "user-attribute-cost-allocation-data",
    "vmie",
    "vpc-flow-logs",
];

/// Services of Alexa, which have a domain of their own (*Using AWS Lambda with Alexa*).
const OTHERS: [&str; 2] = ["alexa-appkit.amazon.com", "alexa-connectedhome.amazon.com"];

/// A text of the form that service principals have: `NAME.amazonaws.com` or `NAME.REGION.amazonaws.com`, with the
/// ending of any partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServicePrincipal<'t> {
    name: &'t str,
    /// The region with the dot before it, or nothing.
    region: &'t str,
    suffix: &'static str,
}

impl<'t> ServicePrincipal<'t> {
    /// The parts of a text in lower case; `None` where it has another form.
    ///
    /// ```
    /// use iameval_data::{Catalogue, ServicePrincipal};
    ///
    /// let catalogue = Catalogue::embedded();
    /// let known = |text| ServicePrincipal::parse(text).is_some_and(|principal| principal.is_known(catalogue));
    /// assert!(known("ecs-tasks.amazonaws.com") && known("logs.eu-west-1.amazonaws.com"));
    /// let slip = ServicePrincipal::parse("lamda.amazonaws.com").unwrap();
    /// assert_eq!(slip.suggest(catalogue).as_deref(), Some("lambda.amazonaws.com"));
    /// ```
    pub fn parse(text: &'t str) -> Option<Self> {
        let (body, suffix) = SUFFIXES.iter().find_map(|suffix| Some((text.strip_suffix(suffix)?, *suffix)))?;
        let name = match body.rsplit_once('.') {
            Some((name, region)) if partition_of_region(region).is_some() => name,
            _ => body,
        };
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        let region = body.get(name.len()..).unwrap_or_default();
        name.split('.').all(is_label).then_some(Self { name, region, suffix })
    }

    /// The service principal that a text of another form means, such as `lambda` or `lambda.amazonaws`, if there is one.
    pub fn meant_by(text: &str, catalogue: &Catalogue) -> Option<String> {
        let label = text.split('.').next()?.to_ascii_lowercase();
        let name = format!("{label}.amazonaws.com");
        let principal = ServicePrincipal::parse(&name)?;
        if principal.is_known(catalogue) { Some(name) } else { principal.suggest(catalogue) }
    }

    /// Whether there is such a service: by its name, or as a part of a service, such as `replication.ecr`.
    pub fn is_known(self, catalogue: &Catalogue) -> bool {
        let mut name = self.name;
        loop {
            if catalogue.service(name).is_some() || NAMES.binary_search(&name).is_ok() {
                return true;
            }
            let Some((_, rest)) = name.split_once('.') else { return false };
            name = rest;
        }
    }

    /// The service principal that a mistyped one most likely means.
    pub fn suggest(self, catalogue: &Catalogue) -> Option<String> {
        if let Some((name, region)) = self.name.rsplit_once('.')
            && let Some(region) = suggest_region(region)
        {
            return Some(format!("{name}.{region}{}", self.suffix));
        }
        let prefixes = catalogue.prefixes();
        let name = nearest(self.name, prefixes.chain(NAMES.iter().map(|name| -> &str { name })))?;
        Some(format!("{name}{}{}", self.region, self.suffix))
    }
}

/// Whether the text is a service principal of another form than [`ServicePrincipal`] reads.
pub fn is_other_service_principal(text: &str) -> bool {
    OTHERS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_and_no_prefixes() {
        assert!(NAMES.is_sorted());
        for name in NAMES {
            assert!(Catalogue::embedded().service(name).is_none(), "{name} is a prefix");
        }
    }

    #[test]
    fn names_regions_and_partitions() {
        let catalogue = Catalogue::embedded();
        let check = |text: &str| ServicePrincipal::parse(text).map(|principal| principal.is_known(catalogue));
        for known in [
            "ec2.amazonaws.com",
            "ec2.amazonaws.com.cn",
            "codedeploy.us-east-1.amazonaws.com",
            "guardduty.me-south-1.amazonaws.com",
            "member.org.stacksets.cloudformation.amazonaws.com",
            "dynamodb.application-autoscaling.amazonaws.com",
            "lambda.amazonaws.eu",
        ] {
            assert_eq!(check(known), Some(true), "{known}");
        }
        for unknown in ["lamda.amazonaws.com", "logs.eu-wst-1.amazonaws.com", "some-thing.amazonaws.com"] {
            assert_eq!(check(unknown), Some(false), "{unknown}");
        }
        for none in ["lambda.amazon.com", "lambda", ".amazonaws.com", "a b.amazonaws.com", "x..amazonaws.com"] {
            assert_eq!(check(none), None, "{none}");
        }
        let slip = ServicePrincipal::parse("logs.eu-wst-1.amazonaws.com").unwrap();
        assert_eq!(slip.suggest(catalogue).as_deref(), Some("logs.eu-west-1.amazonaws.com"));
        for (text, meant) in [("lambda", "lambda"), ("ECS-Tasks.amazon.com", "ecs-tasks"), ("lamda", "lambda")] {
            assert_eq!(ServicePrincipal::meant_by(text, catalogue), Some(format!("{meant}.amazonaws.com")), "{text}");
        }
        assert_eq!(ServicePrincipal::meant_by("some-thing", catalogue), None);
        let far = ServicePrincipal::parse("some-thing.amazonaws.com").unwrap();
        assert_eq!(far.suggest(catalogue), None);
    }
}
