//! What statements and requests are about: actions and resources that fit each other, and whom principal elements name.

use super::{Choices, condition, quoted};
use iameval::{Effect, PolicyKind};

/// The account of most callers and resources.
pub const ACCOUNT: &str = "111122223333";
/// Another account.
pub const OTHER: &str = "444455556666";

/// Actions and resources of one service, with the patterns that are about them.
#[derive(Debug)]
pub struct Theme {
    /// Actions that are asked for.
    pub actions: &'static [&'static str],
    /// Resources that they are asked on.
    pub resources: &'static [&'static str],
    action_patterns: &'static [&'static str],
    resource_patterns: &'static [&'static str],
}

/// Every theme.
pub const THEMES: [&Theme; 6] = [&S3, &SQS, &IAM, &KMS, &STS, &OTHERS];

const S3: Theme = Theme {
    actions: &[
        "s3:GetObject",
        "s3:PutObject",
        "S3:getobject",
        "s3:ListBucket",
        "s3:GetBucketPolicy",
        "s3:DeleteBucketPolicy",
    ],
    resources: &[
        "arn:aws:s3:::reports/team/q3.csv",
        "arn:aws:s3:::reports/u",
        "arn:aws:s3:::reports",
        "arn:aws:s3:::reports/a:b/😀.csv",
        "arn:aws:s3:::reports/${aws:username}",
        "arn:aws:s3:::reports/*",
        "*",
    ],
    action_patterns: &[
        "s3:*",
        "s3:Get*",
        "s3:GetObject",
        "s3:?etObject",
        "S3:GETOBJECT",
        "s3:*Object*",
        "s3:",
        "s3:Get Object",
        "s3:GetObject,s3:PutObject",
        "s*:GetObject",
        "*:GetObject",
        "*:*",
        "s3*",
        "s3:?*Bucket*",
    ],
    resource_patterns: &[
        "arn:aws:s3:::reports/*",
        "arn:aws:s3:::reports*",
        "arn:aws:s3:::reports/team/q3.csv",
        "arn:aws:s3:::*/q3.csv",
        "arn:*",
        "arn:aws:s3",
        "arn:aws:s3:*",
        "arn:aws:s3:::reports/${aws:PrincipalTag/team}/*",
        "arn:aws:s3:::reports/${aws:PrincipalTag/team, 'team'}/*",
        "arn:aws:s3:::reports/${aws:TagKeys, 'team'}/*",
        "arn:aws:s3:::reports/${aws:username}",
        "arn:aws:s3:::reports/${*}",
        "arn:aws:s3:::reports/${",
        "arn:aws:s3:::reports/?",
        "arn:aws:s3:::reports/a:b/??.csv",
        "arn:aws:s3:::reports/a:b/?.csv",
        "arn:aws:s3:?:reports/*",
        "arn:aws:s3:*reports/*",
        "arn:aws:s3:*:reports/*",
        "arn:aws:s3:*::reports/**",
        "arn:aws:*",
        "${aws:SourceArn}",
        "*/q3.csv",
    ],
};

const SQS: Theme = Theme {
    actions: &["sqs:SendMessage", "sqs:ListQueues", "sqs:DeleteQueue", "sqs:SetQueueAttributes"],
    resources: &[
        "arn:aws:sqs:us-east-1:111122223333:orders",
        "arn:aws:sqs:us-east-1:444455556666:orders",
        "arn:aws:sqs:us-east-1:111122223333:",
        "arn:aws:sqs:us-east-1:444455556666:",
        "*",
    ],
    action_patterns: &["sqs:*", "sqs:SendMessage", "sqs:S*", "sqs:*Queue*", "*:List*", "sqs:?endMessage", "sqs:SEND*e"],
    resource_patterns: &[
        "arn:aws:sqs:us-east-1:111122223333:orders",
        "arn:aws:sqs:us-east-1:111122223333:*",
        "arn:aws:sqs:us-east-1",
        "arn:aws:sqs:us-east-1:111122223333",
        "arn:aws:sqs:*:orders",
        "arn:aws:sqs:*:*:ord*",
        "arn:aws:sqs:us-*-1:${aws:PrincipalAccount}:*",
        "arn:aws:sqs:${aws:RequestedRegion}",
        "arn:aws:sqs:us-east-?:111122223333:?rders",
        "arn:aws:sqs:us*orders",
        "arn:aws:s?s:*",
        "arn:aws:*:us-east-1:*",
        "arn:*:sqs:*:*:*",
        "ARN:aws:sqs:us-east-1:111122223333:orders",
    ],
};

/// Services with rules of their own (section 14).
const OTHERS: Theme = Theme {
    actions: &[
        "es:ESHttpGet",
        "es:DeleteDomain",
        "sns:Publish",
        "sns:CreateTopic",
        "logs:PutLogEvents",
        "vpc-lattice-svcs:Invoke",
        "backup:DeleteBackupVault",
        "backup:CopyIntoBackupVault",
        "organizations:ListAccounts",
        "organizations:CreateAccount",
        "guardduty:DeleteCustomDetectionRuleOrgConfiguration",
        "account:GetPrimaryEmail",
        "ec2:ValidateSecurityGroupQuotasForInterface",
        "mechanicalturk:CreateHIT",
        "execute-api:Invoke",
        "dynamodb:DeleteResourcePolicy",
        "dynamodb:ListTables",
        "codeartifact:PutDomainPermissionsPolicy",
        "cloudtrail:GetEventDataStore",
        "cloudtrail:DeleteEventDataStore",
        "bedrock:DeleteKnowledgeBase",
        "ses:CreateEmailIdentity",
        "lex:StartConversation",
        "glue:GetJob",
        "billing:TransferCredit",
        "cognito-idp:SignUp",
    ],
    resources: &[
        "arn:aws:es:us-east-1:111122223333:domain/d",
        "arn:aws:es:us-east-1:444455556666:domain/d",
        "arn:aws:sns:us-east-1:111122223333:t",
        "arn:aws:logs:us-east-1:111122223333:log-group:g:log-stream:s",
        "arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-1/path",
        "arn:aws:backup:us-east-1:444455556666:backup-vault:v",
        "arn:aws:organizations::444455556666:account/o-a/111122223333",
        "arn:aws:account::444455556666:account/o-a/111122223333",
        "arn:aws:execute-api:eu-west-1:111122223333:abc/test/GET/hello",
        "arn:aws-us-gov:sns:us-gov-west-1:111122223333:t",
        "arn:aws:dynamodb:us-east-1:111122223333:table/t",
        "arn:aws:dynamodb:us-east-1:444455556666:",
        "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/e",
        "arn:aws:cloudtrail:us-east-1:111122223333:trail/t",
        "arn:aws:bedrock:us-east-1:444455556666:knowledge-base/K",
        "arn:aws:ses:us-east-1:444455556666:identity/example.com",
        "arn:aws:glue:us-east-1:444455556666:job/j",
        "*",
    ],
    action_patterns: &["*", "es:*", "sns:*", "logs:*", "backup:*", "organizations:*", "*:*", "execute-api:Invoke"],
    resource_patterns: &[
        "*",
        "arn:aws:es:us-east-1:*",
        "arn:aws:*:*:111122223333:*",
        "arn:aws:*:*:444455556666:*",
        "execute-api:/*",
        "execute-api:/test/GET/*",
        "execute-api:/*/POST/?",
    ],
};

const IAM: Theme = Theme {
    actions: &[
        "iam:PassRole",
        "iam:CreateUser",
        "iam:GetRole",
        "iam:UpdateRole",
        "iam:AttachRolePolicy",
        "iam:GetPolicy",
        "iam:DeletePolicy",
        "iam:EnableOrganizationsRootSessions",
    ],
    resources: &[
        "arn:aws:iam::111122223333:role/app/deploy",
        "arn:aws:iam::111122223333:user/u",
        "arn:aws:iam::444455556666:role/app/deploy",
        "arn:aws:iam::111122223333:role/aws-reserved/sso",
        "arn:aws:iam::111122223333:role/aws-service-role/ops.amazonaws.com/AWSServiceRoleForOps",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "*",
    ],
    action_patterns: &["iam:*", "iam:PassRole", "iam:*Role", "IAM:get*", "iam:Create*", "iam:*Policy", "iam:?*"],
    resource_patterns: &[
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::*:user/${aws:username}",
        "arn:aws:iam::*:user/u",
        "arn:aws:iam::*",
        "arn:aws:iam",
        "arn:aws:iam::aws:policy/*",
        "arn:aws:iam::111122223333:role/app/deploy",
        "arn:aws:iam::${aws:PrincipalAccount}:*",
        "arn:aws:iam::*deploy",
    ],
};

const KMS: Theme = Theme {
    actions: &[
        "kms:Decrypt",
        "kms:RetireGrant",
        "kms:ListKeys",
        "kms:UpdateAlias",
        "kms:DescribeKey",
        "kms:ScheduleKeyDeletion",
    ],
    resources: &[
        "arn:aws:kms:us-east-1:111122223333:key/k1",
        "arn:aws:kms:us-east-1:444455556666:key/k1",
        "arn:aws:kms:us-east-1:111122223333:alias/aws/s3",
        "arn:aws:kms:us-east-1:111122223333:alias/own",
        "*",
    ],
    action_patterns: &["kms:*", "kms:Decrypt", "kms:De*", "KMS:*GRANT", "kms:*Alias"],
    resource_patterns: &[
        "arn:aws:kms:us-east-1:111122223333:key/*",
        "arn:aws:kms:*:*:key/k?",
        "arn:aws:kms:*",
        "arn:aws:kms:us-east-1:111122223333:alias/*",
        "arn:aws:kms",
        "arn:aws:kms:*:key/k1",
    ],
};

const STS: Theme = Theme {
    actions: &[
        "sts:AssumeRole",
        "sts:TagSession",
        "sts:AssumeRoleWithWebIdentity",
        "sts:GetSessionToken",
        "sts:GetCallerIdentity",
        "sts:GetFederationToken",
        "sts:GetScopedCredentials",
        "sts:AssumeRoot",
    ],
    resources: &[
        "arn:aws:iam::111122223333:role/app/deploy",
        "arn:aws:iam::444455556666:role/app/deploy",
        "*",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::444455556666:root",
        "arn:aws:iam::111122223333:user/u",
        "arn:aws:iam::111122223333:role/aws-service-role/ops.amazonaws.com/AWSServiceRoleForOps",
    ],
    action_patterns: &["sts:*", "sts:AssumeRole", "sts:AssumeRole*", "sts:Get*", "sts:*Session*"],
    resource_patterns: &[
        "arn:aws:iam::111122223333:role/app/deploy",
        "arn:aws:iam::*:role/app/*",
        "arn:aws:iam::${aws:PrincipalAccount}:role/*",
        "arn:aws:iam::111122223333",
    ],
};

impl Theme {
    /// A statement for policies of that kind.
    pub fn statement(&self, choices: &mut Choices<'_>, kind: PolicyKind) -> String {
        let mut members = Vec::new();
        let denies = choices.chance(if kind == PolicyKind::ResourceControl { 80 } else { 20 });
        let effect = if denies { Effect::Deny } else { Effect::Allow };
        if choices.chance(10) {
            members.push(format!("\"Sid\":{}", quoted(choices.pick(&["", "A", "Ünicode \"quoted\" \u{1F600}"]))));
        }
        members.push(format!("\"Effect\":\"{effect}\""));
        match kind {
            PolicyKind::Resource | PolicyKind::RoleTrust | PolicyKind::Endpoint => {
                members.extend(principal(choices, effect));
            }
            PolicyKind::ResourceControl => {
                members.push(format!("\"Principal\":{}", choices.pick(&["\"*\"", "{\"AWS\":\"*\"}"])));
            }
            _ => {}
        }
        let action =
            |choices: &mut Choices<'_>| if choices.chance(35) { "*" } else { choices.pick(self.action_patterns) };
        let resource =
            |choices: &mut Choices<'_>| if choices.chance(50) { "*" } else { choices.pick(self.resource_patterns) };
        members.push(element(choices, "Action", 12, action));
        let own_resource = matches!(kind, PolicyKind::Resource | PolicyKind::RoleTrust | PolicyKind::Endpoint);
        if kind != PolicyKind::RoleTrust && !(own_resource && choices.chance(20)) {
            members.push(element(choices, "Resource", 12, resource));
        }
        members.extend(condition::condition(choices));
        if choices.chance(20) {
            members.reverse();
        }
        format!("{{{}}}", members.join(","))
    }
}

/// A statement about everything, for some principals.
pub fn about_principals(choices: &mut Choices<'_>, effect: Effect) -> String {
    let principal = principal(choices, effect).map(|element| format!("{element},")).unwrap_or_default();
    format!(r#"{{"Effect":"{effect}",{principal}"Action":"*","Resource":"*"}}"#)
}

/// `Action`, `NotAction` and the like. A negated list is not empty.
fn element(
    choices: &mut Choices<'_>,
    name: &str,
    negated: usize,
    mut one: impl FnMut(&mut Choices<'_>) -> &'static str,
) -> String {
    let negated = choices.chance(negated);
    let least = usize::from(negated || !choices.chance(2));
    let patterns = choices.several(least, 3, &mut one);
    format!("\"{}{name}\":{}", if negated { "Not" } else { "" }, list(choices, &patterns))
}

/// A list of texts; one alone may stand without brackets.
fn list(choices: &mut Choices<'_>, texts: &[&str]) -> String {
    match texts {
        [text] if choices.chance(50) => quoted(text),
        _ => format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(",")),
    }
}

/// A user whom principal elements name.
pub const USER: &str = "arn:aws:iam::111122223333:user/ops/u";
/// A role whom they name.
pub const ROLE: &str = "arn:aws:iam::111122223333:role/app/deploy";
/// A session of the role.
pub const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deploy/s1";
/// A federated user.
pub const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/u";
const CREATOR: &str = "arn:aws:iam::111122223333:user/u";
/// An identity provider.
pub const PROVIDER: &str = "accounts.example.com";

/// Who asks, among them whom principal elements name; `None` is a user whom no policy names.
pub const CALLERS: [Option<&str>; 10] = [
    None,
    Some(USER),
    Some(ROLE),
    Some(SESSION),
    Some(FEDERATED),
    Some("arn:aws:iam::111122223333:root"),
    Some("arn:aws:iam::444455556666:user/u"),
    Some("ec2.amazonaws.com"),
    Some(PROVIDER),
    Some("anonymous"),
];

const ENTRIES: [(&str, &str); 24] = [
    ("AWS", "*"),
    ("AWS", ACCOUNT),
    ("AWS", "arn:aws:iam::111122223333:root"),
    ("AWS", USER),
    ("AWS", ROLE),
    ("AWS", SESSION),
    ("AWS", FEDERATED),
    ("AWS", CREATOR),
    ("AWS", OTHER),
    ("AWS", "arn:aws:iam::444455556666:user/u"),
    ("AWS", "arn:aws:iam::111122223333:role/deploy"),
    ("AWS", "arn:aws:iam::111122223333:role/*"),
    ("AWS", "arn:aws-cn:iam::111122223333:role/app/deploy"),
    ("AWS", "arn:aws:iam::444455556666:role/app/deploy"),
    ("AWS", "AIDAEXAMPLE"),
    ("AWS", "AROAEXAMPLE"),
    ("Service", "ec2.amazonaws.com"),
    ("Service", "*"),
    ("Federated", PROVIDER),
    ("Federated", "arn:aws:iam::111122223333:saml-provider/corp"),
    ("Federated", "*"),
    ("CanonicalUser", "c0ffee"),
    ("CanonicalUser", "deadbeef"),
    ("CanonicalUser", "*"),
];

/// `Principal` or `NotPrincipal`, or neither.
fn principal(choices: &mut Choices<'_>, effect: Effect) -> Option<String> {
    if choices.chance(3) {
        return None;
    }
    let negated = choices.chance(if effect == Effect::Deny { 30 } else { 5 });
    let name = if negated { "NotPrincipal" } else { "Principal" };
    if choices.chance(45) && !negated {
        return Some(format!("\"{name}\":\"*\""));
    }
    // An empty `NotPrincipal` is refused.
    let least = usize::from(negated || !choices.chance(2));
    let entries = choices.several(least, 4, |choices| choices.pick(&ENTRIES));
    let lists: Vec<String> = ["AWS", "Service", "Federated", "CanonicalUser"]
        .into_iter()
        .filter_map(|kind| {
            let values: Vec<&str> = entries.iter().filter(|(own, _)| *own == kind).map(|(_, value)| *value).collect();
            (!values.is_empty()).then(|| format!("\"{kind}\":{}", list(choices, &values)))
        })
        .collect();
    Some(format!("\"{name}\":{{{}}}", lists.join(",")))
}
