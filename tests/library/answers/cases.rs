//! The cases: requests whose answers differ in kind.

use iameval::Mfa;
use iameval_ask::{Answer, Attachment, PosedRequest};
use iameval_data::Catalogue;
use iameval_world::{Inferred, Via};

/// A native request, and what a front end adds to its answer.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) request: &'static str,
    pub(super) change: fn(Answer) -> Vec<Answer>,
}

const fn case(name: &'static str, request: &'static str) -> Case {
    Case { name, request, change: |answer| vec![answer] }
}

/// The same policies, reaching the principal in these ways.
fn reaching(answer: Answer, via: &[Via]) -> Answer {
    let attachments = answer.attachments.iter().zip(via.iter().map(Some).chain(std::iter::repeat(None)));
    let attachments = attachments
        .map(|(attachment, via)| Attachment { policy: attachment.policy.clone(), via: via.cloned() })
        .collect();
    let Answer { summary, policies, request, .. } = answer;
    PosedRequest { summary, policies, attachments, request, unknown_layers: Vec::new() }.answer(Catalogue::embedded())
}

fn with_mfa(answer: &Answer, mfa: Mfa) -> Answer {
    let mut summary = answer.summary.clone();
    summary.mfa = Some(mfa);
    let (policies, attachments) = (answer.policies.clone(), answer.attachments.clone());
    PosedRequest { summary, policies, attachments, request: answer.request.with_mfa(mfa), unknown_layers: Vec::new() }
        .answer(Catalogue::embedded())
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "allowed",
        request: r#"
request:
  action: iam:ChangePassword
  resource: arn:aws:iam::123456789012:user/john
  principal: arn:aws:iam::123456789012:user/john
options: { derive_context: true }
policies:
  identity:
    - name: ChangePassword
      document:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: [iam:GetUser, iam:ChangePassword]
            Resource: "arn:aws:iam::*:user/${aws:username}"
    - name: guard
      document:
        Version: "2012-10-17"
        Statement:
          - { Sid: OnlyPasswords, Effect: Deny, NotAction: [iam:ChangePassword, "sts:*"], Resource: "*" }
          - { Sid: NotHere, Effect: Deny, Action: "iam:*", NotResource: "arn:aws:iam::*:user/*" }
          - Sid: NotFromAbroad
            Effect: Deny
            Action: "*"
            Resource: "*"
            Condition: { NotIpAddressIfExists: { "aws:SourceIp": "203.0.113.0/24" }, Bool: { "aws:ViaAWSService": "true" } }
"#,
        change: |mut answer| {
            answer.summary.inferred = Some(Inferred::OwnUser);
            vec![reaching(answer, &[Via::Attached("john".into()), Via::Group("developers".into())])]
        },
    },
    case(
        "explicit_deny_with_a_condition",
        r#"
request:
  action: s3:GetObject
  resource: arn:aws:s3:::reports/q3.csv
  principal: arn:aws:iam::123456789012:user/john
  resource_account: "123456789012"
  context: { "aws:SourceIp": 198.51.100.7, "aws:PrincipalTag/team": blue }
policies:
  identity:
    - name: reports
      document:
        Version: "2012-10-17"
        Statement:
          - { Effect: Allow, Action: "s3:Get*", Resource: "arn:aws:s3:::reports/*" }
          - Sid: OnlyFromTheOffice
            Effect: Deny
            Action: "s3:*"
            Resource: "*"
            Condition:
              NotIpAddress: { "aws:SourceIp": ["203.0.113.0/24", "2001:db8:1::/48"] }
              StringNotEquals: { "aws:PrincipalTag/team": red }
"#,
    ),
    case(
        "explicit_deny_by_an_scp",
        r#"
request:
  action: ec2:RunInstances
  resource: arn:aws:ec2:us-west-2:123456789012:instance/*
  principal: arn:aws:sts::123456789012:assumed-role/dev/anna
  context: { "aws:RequestedRegion": us-west-2 }
policies:
  identity: { name: dev, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "ec2:*", Resource: "*" } } }
  scp:
    - level: root
      policies: [{ name: FullAWSAccess, document: { Statement: { Effect: Allow, Action: "*", Resource: "*" } } }]
    - level: workloads
      policies:
        - { name: FullAWSAccess, document: { Statement: { Effect: Allow, Action: "*", Resource: "*" } } }
        - name: fence
          document:
            Version: "2012-10-17"
            Statement:
              - Sid: StayInEurope
                Effect: Deny
                NotAction: ["iam:*", "sts:*"]
                Resource: "*"
                Condition: { StringNotLike: { "aws:RequestedRegion": "eu-*" } }
"#,
    ),
    case(
        "nearly_by_one_condition",
        r#"
request:
  action: ec2:StopInstances
  resource: arn:aws:ec2:eu-west-1:123456789012:instance/i-1
  principal: arn:aws:iam::123456789012:user/john
  context: { "aws:MultiFactorAuthPresent": true, "aws:MultiFactorAuthAge": 7200, "aws:CurrentTime": "2026-11-23T12:00:00Z" }
policies:
  identity:
    - name: operators
      document:
        Version: "2012-10-17"
        Statement:
          - Sid: FreshMfa
            Effect: Allow
            Action: [ec2:StartInstances, ec2:StopInstances]
            Resource: "*"
            Condition:
              Bool: { "aws:MultiFactorAuthPresent": "true" }
              NumericLessThan: { "aws:MultiFactorAuthAge": "3600" }
          - Sid: LastYear
            Effect: Allow
            Action: "ec2:*"
            Resource: "*"
            Condition: { DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } }
          - Sid: Impossible
            Effect: Allow
            Action: "ec2:*"
            Resource: "*"
            Condition: { StringEquals: { "aws:PrincipalTag/team": a }, StringNotEquals: { "aws:PrincipalTag/team": a } }
"#,
    ),
    case(
        "nearly_by_the_resource",
        r#"
request:
  action: s3:GetObject
  resource: arn:aws:s3:::report/q3.csv
  principal: arn:aws:iam::123456789012:user/john
  resource_account: "123456789012"
policies:
  identity:
    - name: reports
      document:
        Version: "2012-10-17"
        Statement:
          - Sid: Read
            Effect: Allow
            Action: "s3:Get*"
            Resource: "arn:aws:s3:::reports/*"
          - Sid: ReadMore
            Effect: Allow
            Action: "s3:Get*"
            Resource:
              - "arn:aws:s3:::reports-2025/*"
              - "arn:aws:s3:::reports-2026/*"
          - { Sid: Spelled, Effect: Allow, Action: ["s3:GetObjects", "s3:ListBucket"], Resource: "arn:aws:s3:::report/*" }
"#,
    ),
    case(
        "nearly_by_two_elements",
        r#"
request:
  action: dynamodb:GetItem
  resource: arn:aws:dynamodb:eu-west-1:123456789012:table/orders
  principal: arn:aws:iam::123456789012:user/john
  context: { "aws:PrincipalTag/team": blue, "aws:RequestedRegion": eu-west-1 }
policies:
  identity:
    - name: tables
      document:
        Version: "2012-10-17"
        Statement:
          - Sid: RedTables
            Effect: Allow
            Action: "dynamodb:*Item"
            Resource: "arn:aws:dynamodb:*:*:table/red-*"
            Condition: { StringEquals: { "aws:PrincipalTag/team": red } }
          - Sid: TwoConditions
            Effect: Allow
            Action: "dynamodb:*Item"
            Resource: "*"
            Condition: { StringEquals: { "aws:PrincipalTag/team": [red, green], "aws:RequestedRegion": us-east-1 } }
"#,
    ),
    case(
        "across_accounts_without_a_resource_policy",
        r#"
request:
  action: s3:GetObject
  resource: arn:aws:s3:::theirs/key
  principal: arn:aws:iam::123456789012:role/auditor
  resource_account: "999999999999"
policies:
  identity: { name: audit, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:Get*", Resource: "*" } } }
"#,
    ),
    case(
        "across_accounts_to_somebody_else",
        r#"
request:
  action: s3:GetObject
  resource: arn:aws:s3:::theirs/key
  principal: arn:aws:iam::123456789012:user/john
  resource_account: "999999999999"
policies:
  identity: { name: audit, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:Get*", Resource: "*" } } }
  resource:
    name: bucket
    document:
      Version: "2012-10-17"
      Statement:
        - Sid: Auditors
          Effect: Allow
          Principal: { AWS: "arn:aws:iam::123456789012:role/auditor" }
          Action: "s3:GetObject"
          Resource: "arn:aws:s3:::theirs/*"
        - { Sid: Nobody, Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::theirs/*" }
"#,
    ),
    case(
        "role_trust_missing",
        r#"
request: { action: "sts:AssumeRole", resource: "arn:aws:iam::123456789012:role/deploy", principal: "arn:aws:iam::123456789012:user/john" }
policies:
  identity: { name: assume, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "sts:AssumeRole", Resource: "*" } } }
"#,
    ),
    case(
        "key_policy_missing",
        r#"
request: { action: "kms:Decrypt", resource: "arn:aws:kms:eu-west-1:123456789012:key/1234", principal: "arn:aws:iam::123456789012:user/john" }
policies:
  identity: { name: keys, document: { Version: "2012-10-17", Statement: { Sid: Keys, Effect: Allow, Action: "kms:*", Resource: "*" } } }
"#,
    ),
    case(
        "key_policy_leaves_it_to_the_account",
        r#"
request: { action: "kms:Decrypt", resource: "arn:aws:kms:eu-west-1:123456789012:key/1234", principal: "arn:aws:iam::123456789012:user/john" }
policies:
  identity: { name: keys, document: { Version: "2012-10-17", Statement: { Sid: Keys, Effect: Allow, Action: "kms:Encrypt", Resource: "*" } } }
  resource:
    name: key policy
    document:
      Version: "2012-10-17"
      Statement: { Sid: Account, Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" }
"#,
    ),
    case(
        "boundary_does_not_allow",
        r#"
request: { action: "iam:CreateUser", resource: "arn:aws:iam::123456789012:user/new", principal: "arn:aws:iam::123456789012:user/john" }
policies:
  identity: { name: admin, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "*", Resource: "*" } } }
  boundary:
    name: developers
    document:
      Version: "2012-10-17"
      Statement:
        - { Sid: Work, Effect: Allow, Action: ["s3:*", "ec2:*"], Resource: "*" }
        - { Sid: Users, Effect: Allow, Action: "iam:*User", Resource: "arn:aws:iam::*:user/dev/*" }
"#,
    ),
    case(
        "session_policy",
        r#"
request: { action: "s3:PutObject", resource: "arn:aws:s3:::b/k", principal: "arn:aws:sts::123456789012:assumed-role/ci/build-7", resource_account: "123456789012" }
policies:
  identity: { name: ci, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
  session: { name: read only, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: ["s3:Get*", "s3:List*"], Resource: "*" } } }
"#,
    ),
    case(
        "session_policy_only_limits",
        r#"
request: { action: "sqs:SendMessage", resource: "arn:aws:sqs:eu-central-1:123456789012:q", principal: "arn:aws:sts::123456789012:assumed-role/ci/build-7" }
policies:
  identity: { name: ci, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
  session: { name: all, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "*", Resource: "*" } } }
"#,
    ),
    case(
        "scope_down_policies",
        r#"
request: { action: "s3:PutObject", resource: "arn:aws:s3:::b/k", principal: "arn:aws:sts::123456789012:assumed-role/agents/run-7", resource_account: "123456789012" }
policies:
  identity: { name: agents, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
  scope_down:
    - { name: agent, document: { Version: "2012-10-17", Statement: { Sid: Objects, Effect: Allow, Action: "s3:*Object", Resource: "arn:aws:s3:::b/*" } } }
    - { name: subagent, document: { Version: "2012-10-17", Statement: { Sid: Own, Effect: Allow, Action: "s3:*Object", Resource: "arn:aws:s3:::b/sub/*" } } }
"#,
    ),
    case(
        "explicit_deny_by_a_scope_down_policy",
        r#"
request: { action: "s3:PutObject", resource: "arn:aws:s3:::b/k", principal: "arn:aws:iam::123456789012:user/john", resource_account: "123456789012", context: { "aws:MultiFactorAuthPresent": null } }
policies:
  identity: { name: own, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
  scope_down:
    - name: reads only
      document:
        Version: "2012-10-17"
        Statement:
          - { Effect: Allow, Action: "*", Resource: "*" }
          - { Sid: NoWrites, Effect: Deny, Action: "s3:Put*", Resource: "*" }
"#,
    ),
    case(
        "session_policy_of_a_user",
        r#"
request: { action: "s3:PutObject", resource: "arn:aws:s3:::b/k", principal: "arn:aws:iam::123456789012:user/john", resource_account: "123456789012" }
policies:
  identity: { name: own, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
  session: { name: read only, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: ["s3:Get*", "s3:List*"], Resource: "*" } } }
"#,
    ),
    case(
        "federated_user_without_a_session_policy",
        r#"
request: { action: "s3:PutObject", resource: "arn:aws:s3:::b/k", principal: "arn:aws:sts::123456789012:federated-user/john", resource_account: "123456789012" }
policies:
  identity: { name: own, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
"#,
    ),
    case(
        "scp_levels",
        r#"
request: { action: "s3:PutObject", resource: "arn:aws:s3:::b/k", principal: "arn:aws:iam::123456789012:user/john", resource_account: "123456789012" }
policies:
  identity: { name: own, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
  scp:
    - { level: root, policies: [{ name: FullAWSAccess, document: { Statement: { Effect: Allow, Action: "*", Resource: "*" } } }] }
    - { level: ou-1, policies: [{ name: reads, document: { Statement: { Effect: Allow, Action: "s3:Get*", Resource: "*" } } }] }
    - { level: account, policies: [] }
"#,
    ),
    case(
        "endpoint_and_rcp",
        r#"
request: { action: "s3:GetObject", resource: "arn:aws:s3:::b/k", principal: "arn:aws:iam::123456789012:user/john", resource_account: "123456789012" }
policies:
  identity: { name: own, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
  rcp:
    - level: root
      policies:
        - name: perimeter
          document:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: "s3:*"
                Resource: "*"
                Condition: { StringNotEqualsIfExists: { "aws:PrincipalOrgID": o-1 } }
  endpoint:
    - name: vpce
      document: { Statement: { Effect: Allow, Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::other/*" } }
"#,
    ),
    case(
        "service_rule_allows",
        r#"
request: { action: "sts:GetCallerIdentity", principal: "arn:aws:iam::123456789012:user/john" }
policies:
  identity: { name: nothing, document: { Version: "2012-10-17", Statement: { Effect: Deny, Action: "*", Resource: "*" } } }
"#,
    ),
    case(
        "service_rule_denies",
        r#"
request: { action: "iam:DeletePolicy", resource: "arn:aws:iam::aws:policy/ReadOnlyAccess", principal: "arn:aws:iam::123456789012:user/john" }
policies:
  identity: { name: admin, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "*", Resource: "*" } } }
"#,
    ),
    case(
        "root",
        r#"
request: { action: "iam:CreateUser", resource: "arn:aws:iam::123456789012:user/new", principal: "arn:aws:iam::123456789012:root" }
policies: {}
"#,
    ),
    Case {
        name: "any_resource",
        request: r#"
request: { action: "s3:GetObject", principal: "arn:aws:iam::123456789012:user/john" }
policies:
  identity: { name: all, document: { Version: "2012-10-17", Statement: { Effect: Allow, NotAction: ["iam:*"], Resource: "*" } } }
"#,
        change: |mut answer| {
            answer.summary.inferred = Some(Inferred::AnyResource);
            answer.summary.account = answer.request.principal().account();
            vec![answer]
        },
    },
    Case {
        name: "mfa_in_three_states",
        request: r#"
request: { action: "ec2:StopInstances", resource: "arn:aws:ec2:eu-west-1:123456789012:instance/i-1", principal: "arn:aws:iam::123456789012:user/john" }
policies:
  identity:
    - { name: power, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "ec2:*", Resource: "*" } } }
    - name: force-mfa
      document:
        Version: "2012-10-17"
        Statement:
          - Sid: BlockEverythingUnlessSignedInWithMFA
            Effect: Deny
            NotAction: ["iam:ChangePassword"]
            Resource: "*"
            Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } }
"#,
        change: |answer| [Mfa::TRUE, Mfa::False, Mfa::Absent].map(|mfa| with_mfa(&answer, mfa)).into(),
    },
    case(
        "not_principal_spares_and_denies",
        r#"
request: { action: "s3:GetObject", resource: "arn:aws:s3:::b/k", principal: "arn:aws:iam::123456789012:user/john", resource_account: "123456789012" }
policies:
  identity: { name: own, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
  resource:
    name: bucket
    document:
      Version: "2012-10-17"
      Statement:
        - Sid: AllButJohn
          Effect: Deny
          NotPrincipal: { AWS: ["arn:aws:iam::123456789012:user/john", "arn:aws:iam::123456789012:root"] }
          Action: "s3:*"
          Resource: "arn:aws:s3:::b/*"
        - Sid: AllButJane
          Effect: Deny
          NotPrincipal: { AWS: ["arn:aws:iam::123456789012:user/jane", "arn:aws:iam::123456789012:root"] }
          Action: "s3:*"
          Resource: "arn:aws:s3:::b/*"
        - Sid: NotJane
          Effect: Deny
          Principal: { AWS: "arn:aws:iam::123456789012:user/jane" }
          Action: "s3:*"
          Resource: "arn:aws:s3:::b/*"
"#,
    ),
    case(
        "a_key_with_a_list",
        r#"
request:
  action: ec2:CreateTags
  resource: arn:aws:ec2:eu-west-1:123456789012:instance/i-1
  principal: arn:aws:iam::123456789012:user/john
  context: { "aws:TagKeys": [team, stage, "cost center"] }
policies:
  identity:
    - name: tags
      document:
        Version: "2012-10-17"
        Statement:
          - Sid: KnownTags
            Effect: Allow
            Action: "ec2:CreateTags"
            Resource: "*"
            Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": [team, stage] } }
          - Sid: SomeTag
            Effect: Allow
            Action: "ec2:CreateTags"
            Resource: "*"
            Condition: { "ForAnyValue:StringEqualsIfExists": { "ec2:Attributes": [owner] } }
"#,
    ),
    case(
        "unknown_and_absent_keys",
        r#"
request:
  action: s3:GetObject
  resource: arn:aws:s3:::b/k
  principal: arn:aws:iam::123456789012:user/john
  resource_account: "123456789012"
  context: { "aws:SourceVpce": null, "aws:PrincipalTag/team": null, "aws:PrincipalTag/stage": "" }
policies:
  identity:
    - name: own
      document:
        Version: "2012-10-17"
        Statement:
          - { Sid: Home, Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::b/*", Condition: { StringLike: { "aws:SourceVpc": "vpc-*" } } }
          - { Sid: Vpce, Effect: Allow, Action: "s3:*", Resource: "*", Condition: { StringEquals: { "aws:SourceVpce": vpce-1 } } }
          - { Sid: NoTeam, Effect: Allow, Action: "s3:*", Resource: "*", Condition: { "Null": { "aws:PrincipalTag/stage": true } } }
          - { Sid: Team, Effect: Deny, Action: "s3:*", Resource: "*", Condition: { "Null": { "aws:PrincipalTag/team": false } } }
"#,
    ),
    case(
        "json_on_one_long_line",
        r#"{"id":"7","request":{"action":"sqs:SendMessage","resource":"arn:aws:sqs:eu-west-1:123456789012:orders","principal":"arn:aws:iam::123456789012:user/john","context":{"aws:SecureTransport":false}},"policies":{"identity":[{"name":"queues","document":{"Version":"2012-10-17","Statement":[{"Sid":"First","Effect":"Allow","Action":["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes","sqs:SendMessage","sqs:ChangeMessageVisibility"],"Resource":"arn:aws:sqs:*:*:orders"},{"Sid":"Tls","Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},{"Sid":"Last","Effect":"Allow","Action":"sqs:*","Resource":["arn:aws:sqs:eu-west-1:123456789012:orders-with-a-name-that-is-so-long-that-no-line-holds-it-in-whole-whatever-is-done-about-it-0123456789-0123456789-0123456789-0123456789-0123456789"]}]}}]}}"#,
    ),
    case(
        "tabs_and_crlf",
        "{\r\n\t\"request\": {\r\n\t\t\"action\": \"s3:GetObject\", \"resource\": \"arn:aws:s3:::b/k\",\r\n\t\t\"principal\": \"arn:aws:iam::123456789012:user/john\", \"resource_account\": \"123456789012\"\r\n\t},\r\n\t\"policies\": {\"identity\": {\"name\": \"tabs\", \"document\": {\"Version\": \"2012-10-17\", \"Statement\": [\r\n\t\t{\r\n\t\t\t\"Sid\": \"One\",\r\n\t\t\t\"Effect\":\t\"Allow\",\r\n\t\t\t\"Action\":\t[\t\"s3:PutObject\",\t\"s3:GetObject\"\t],\r\n\t\t\t\"Resource\":\t\"arn:aws:s3:::b/*\",\r\n\t\t\t\"Condition\":\t{\r\n\t\t\t\t\"StringEquals\":\t{\t\"aws:SourceVpc\":\t[\r\n\t\t\t\t\t\"vpc-1\",\r\n\t\t\t\t\t\"vpc-2\"\r\n\t\t\t\t]\t}\r\n\t\t\t}\r\n\t\t}\r\n\t]}}}\r\n}\r\n",
    ),
    case(
        "text_of_every_kind",
        r#"
request:
  action: s3:GetObject
  resource: "arn:aws:s3:::b/Bücher/日本語 \e[31mred\e[0m\r\nnext"
  principal: arn:aws:iam::123456789012:user/john
  resource_account: "123456789012"
  context: { "aws:PrincipalTag/größe": "groß \e]0;title\a \u202Eesrever", "aws:PrincipalTag/日本": "😀😀" }
policies:
  identity:
    - name: "Richtlinie für 日本 \e[1m"
      document:
        Version: "2012-10-17"
        Statement:
          - { Sid: "Lesen\u0007\e[2J", Effect: Allow, Action: "s3:*", Resource: "*", Condition: { StringEquals: { "aws:PrincipalTag/größe": ["groß", "mittel\e[0m", "größer als alles andere auf der Welt"] } } }
          - { Sid: "日本語のステートメント", Effect: Allow, Action: "s3:*", Resource: "*", Condition: { StringEquals: { "aws:PrincipalTag/日本": "東京 または 大阪" } } }
          - { Sid: "Nein", Effect: Deny, Action: "s3:*", NotResource: "arn:aws:s3:::b/*" }
"#,
    ),
    case(
        "delegated",
        r#"
request:
  action: sqs:SendMessage
  resource: arn:aws:sqs:eu-central-1:123456789012:jobs
  principal: arn:aws:iam::123456789012:user/john
policies:
  identity:
    - { name: own, document: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } } }
  resource:
    - name: queue
      document:
        Version: "2012-10-17"
        Statement: { Effect: Allow, Principal: { AWS: "123456789012" }, Action: "sqs:*", Resource: "*" }
"#,
    ),
];
