//! Actions that only signed requests can ask for. AWS refuses a request without a signature before any policy is evaluated, whomever the
//! policy of the resource lets in. Kept by hand, of services whose resources have policies or are often meant by `*`.

use iameval::{Action, ActionPattern};
use std::sync::LazyLock;

/// Patterns for the actions. Those of S3, SQS, SNS, API Gateway, `OpenSearch` Service, EFS and VPC Lattice are not among them, nor
/// the function URLs of Lambda and what is signed with the token of a provider.
pub const SIGNED_ONLY: [&str; 62] = [
    "acm-pca:*",
    "acm:*",
    "backup:*",
    "bedrock:*",
    "cloudformation:*",
    "cloudtrail:*",
    "codeartifact:*",
    "codebuild:*",
    "dynamodb:*",
    "ec2:*",
    "ecr:*",
    "ecs:*",
    "eks:*",
    "events:*",
    "glue:*",
    "iam:*",
    "kafka:*",
    "kinesis:*",
    "kms:*",
    "lambda:Add*",
    "lambda:Create*",
    "lambda:Delete*",
    "lambda:Disable*",
    "lambda:Enable*",
    "lambda:Get*",
    "lambda:InvokeAsync",
    "lambda:InvokeFunction",
    "lambda:List*",
    "lambda:Publish*",
    "lambda:Put*",
    "lambda:Remove*",
    "lambda:Tag*",
    "lambda:Untag*",
    "lambda:Update*",
    "logs:*",
    "network-firewall:*",
    "organizations:*",
    "ram:*",
    "rds:*",
    "redshift-serverless:*",
    "redshift:*",
    "route53:*",
    "s3express:*",
    "s3tables:*",
    "sagemaker:*",
    "schemas:*",
    "secretsmanager:*",
    "serverlessrepo:*",
    "ses:*",
    "signer:*",
    "ssm-contacts:*",
    "ssm-incidents:*",
    "ssm:*",
    "states:*",
    "sts:AssumeRole",
    "sts:AssumeRoot",
    "sts:Decode*",
    "sts:Get*",
    "sts:Set*",
    "sts:Tag*",
    "timestream:*",
    "xray:*",
];

/// Whether only signed requests can ask for the action, so that no anonymous caller can, whatever policies say.
///
/// ```
/// use iameval_data::needs_signature;
///
/// let needs = |action: &str| needs_signature(&action.parse().unwrap());
/// assert!(needs("sts:AssumeRole") && needs("kms:Decrypt") && needs("lambda:InvokeFunction"));
/// assert!(!needs("s3:GetObject") && !needs("lambda:InvokeFunctionUrl"));
/// ```
pub fn needs_signature(action: &Action) -> bool {
    static PATTERNS: LazyLock<[ActionPattern; SIGNED_ONLY.len()]> =
        LazyLock::new(|| SIGNED_ONLY.map(ActionPattern::new));
    PATTERNS.iter().any(|pattern| pattern.matches(action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    #[test]
    fn patterns_cover_actions_and_are_sorted() {
        assert!(SIGNED_ONLY.is_sorted());
        for pattern in SIGNED_ONLY {
            assert!(Catalogue::embedded().matching(pattern).next().is_some(), "{pattern}");
        }
    }
}
